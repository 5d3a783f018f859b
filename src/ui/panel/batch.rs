//! The samples of the batch side by side: what each adds to the loss, and the mean or sum. Beside it are the errors ŷ − y
//! with their signs, whose mean can be small however large each is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::changed::mark_changed;
use crate::algebra::{Cell, Quantity};
use crate::engine::Reduction;
use crate::trace::OfSamples;
use crate::ui::style::{Role, cell_role};
use crate::ui::text::wrapped;
use crate::ui::text::{fitted, paragraph, put, put_right};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(view: &View) -> String {
    match view.step.shown_samples().len() {
        0 => "Batch".into(),
        1 => "Batch of 1 sample".into(),
        samples => format!("Batch of {samples} samples"),
    }
}

/// The number of samples that get a row on a small screen.
const WANTED: usize = 5;

/// Returns the rows for a few samples, the heading and the mean or sum.
pub(super) fn min_rows(view: &View) -> u16 {
    let samples = view.step.spec().training.batch_size.clamp(3, WANTED);
    u16::try_from(samples + 2).unwrap_or(u16::MAX)
}

/// Returns the rows for every sample, the heading, the mean or sum and a sentence.
pub(super) fn max_rows(view: &View) -> u16 {
    let samples = view.step.spec().training.batch_size.max(WANTED);
    u16::try_from(samples + 6).unwrap_or(u16::MAX)
}

/// The columns between two numbers.
const GAP: usize = 1;

/// A quantity of every sample: a name, a value for each, and their mean or sum if it has a meaning.
struct ShownQuantity {
    name: String,
    values: Vec<Option<String>>,
    reduced: Option<String>,
    /// The width of such a number once it is known, so that nothing moves then.
    least: usize,
    /// The quantity of whose cells these are the values, if the cursor can be on them.
    symbol: Option<Quantity>,
    role: Role,
}

/// Draws a column for every sample if there is room, or else a row.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let samples = view.step.shown_samples();
    if samples.is_empty() {
        let text = "Here the samples of a batch will stand side by side, each with its loss.";
        paragraph(buf, area, text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let quantities = quantities(view);
    let table = BatchTable {
        view,
        samples: &samples,
        quantities: &quantities,
        cell: quantities
            .iter()
            .map(ShownQuantity::numbers)
            .max()
            .unwrap_or(1),
    };
    let used = if table.columns_fit(usize::from(area.width)) && area.height > 4 {
        table.draw_columns(area, buf)
    } else {
        table.draw_rows(area, buf)
    };
    let below = Rect {
        y: area.y + used.min(area.height),
        height: area.height.saturating_sub(used),
        ..area
    };
    draw_remark(view, below, buf);
}

fn quantities(view: &View) -> Vec<ShownQuantity> {
    let (step, last) = (&view.step, view.step.last());
    let count = step.columns();
    let number = |value: f64| Some(view.number(value));
    let known = |values: Option<&[f64]>| {
        values.map_or(vec![None; count], |values| {
            values.iter().map(|&value| number(value)).collect()
        })
    };
    let decimals = view.session.decimals().count().unwrap_or(0);
    let quantity = |name: &str, values, reduced, symbol, role| ShownQuantity {
        name: view.theme.text(name).into_owned(),
        values,
        reduced,
        least: match name {
            "y" => 1,
            "ŷ − y" => 3 + decimals,
            _ => 2 + decimals,
        },
        symbol,
        role,
    };
    let mut quantities = Vec::new();
    let is_single = step.network().outputs() == 1;
    if is_single {
        let row = |symbol| step.get(symbol, false).map(|values| values.row(0).to_vec());
        let outputs = row(Quantity::Output(last));
        quantities.push(quantity(
            "ŷ",
            known(outputs.as_deref()),
            None,
            Some(Quantity::Output(last)),
            Role::Text,
        ));
        let targets = row(Quantity::Target).unwrap_or_default();
        let targets = targets
            .iter()
            .map(|&y| {
                Some(
                    view.theme
                        .text(&view.session.decimals().term(y))
                        .into_owned(),
                )
            })
            .collect();
        quantities.push(quantity(
            "y",
            targets,
            None,
            Some(Quantity::Target),
            Role::Text,
        ));
    }
    let mut push = |name, of: Option<OfSamples>, role| {
        let values = known(of.as_ref().map(|of| &*of.values));
        let reduced = of.and_then(|of| number(of.reduced));
        quantities.push(quantity(name, values, reduced, None, role));
    };
    push("J", step.losses_of_samples(), Role::Result);
    if is_single {
        push("ŷ − y", step.errors_of_samples(), Role::Text);
    }
    quantities
}

/// Draws a remark about the errors with their signs, below an empty line, if all of it fits.
fn draw_remark(view: &View, area: Rect, buf: &mut Buffer) {
    let errors = view.step.errors_of_samples().map(|errors| errors.values);
    let Some(errors) = errors.filter(|errors| errors.len() > 1) else {
        return;
    };
    let size: f64 = errors.iter().map(|error| error.abs()).sum();
    let cancel = errors.iter().sum::<f64>().abs() < size / 2.0;
    let reduction = view.step.spec().training.reduction;
    let [what, shorter] = [
        format!(
            "The {} of the losses is what the update is to make smaller.",
            reduction.name()
        ),
        format!(
            "The update is to make the {} smaller.",
            reduction.loss_name()
        ),
    ];
    let forms = if cancel {
        [
            "With their signs the errors ŷ − y cancel each other; losses are never negative and cannot.",
            "With signs, errors cancel; losses cannot.",
        ]
    } else {
        [what.as_str(), shorter.as_str()]
    };
    let room = usize::from(area.height.saturating_sub(1));
    let lines = forms
        .iter()
        .map(|text| wrapped(&view.theme.text(text), usize::from(area.width)))
        .find(|lines| lines.len() <= room);
    let style = view.theme.style(Role::Dim);
    for (y, line) in (area.y + 1..area.bottom()).zip(lines.iter().flatten()) {
        put(buf, area, area.x, y, line, style);
    }
}

impl ShownQuantity {
    /// Returns the width of its numbers, now or later.
    fn numbers(&self) -> usize {
        let numbers = self.values.iter().chain([&self.reduced]).flatten();
        let width = numbers.map(|number| number.width()).max().unwrap_or(0);
        width.max(self.least)
    }

    /// Returns the width with its name above.
    fn width(&self) -> usize {
        self.numbers().max(self.name.width())
    }
}

struct BatchTable<'a> {
    view: &'a View<'a>,
    samples: &'a [usize],
    quantities: &'a [ShownQuantity],
    /// The width of the widest number.
    cell: usize,
}

impl BatchTable<'_> {
    const HEADING: &'static str = "sample";

    fn label(&self) -> usize {
        let names = self.quantities.iter().map(|quantity| quantity.name.width());
        names.max().unwrap_or(0).max(Self::HEADING.len())
    }

    /// Returns whether all samples and the mean stand side by side.
    fn columns_fit(&self, width: usize) -> bool {
        self.label() + (self.samples.len() + 1) * (self.cell + GAP) <= width
    }

    /// Draws a column for each sample. Returns the rows used.
    fn draw_columns(&self, area: Rect, buf: &mut Buffer) -> u16 {
        let theme = self.view.theme;
        let lines = std::iter::once(None).chain(self.quantities.iter().map(Some));
        for (y, quantity) in (area.y..area.bottom()).zip(lines) {
            let name = quantity.map_or(Self::HEADING, |quantity| &quantity.name);
            put(buf, area, area.x, y, name, theme.style(Role::Dim));
            for place in 0..=self.samples.len() {
                let end = self.label() + (place + 1) * (self.cell + GAP);
                self.put_cell(
                    quantity,
                    place,
                    (end, self.cell),
                    Rect {
                        y,
                        height: 1,
                        ..area
                    },
                    buf,
                );
            }
        }
        u16::try_from(self.quantities.len() + 1).unwrap_or(u16::MAX)
    }

    /// Draws a row for each sample, as many as there is room for. Returns the rows used.
    fn draw_rows(&self, area: Rect, buf: &mut Buffer) -> u16 {
        let theme = self.view.theme;
        let height = usize::from(area.height);
        let width = usize::from(area.width);
        // The number of a sample has as many columns as the largest has digits.
        let label = self
            .samples
            .iter()
            .max()
            .map_or(1, |n| n.to_string().len())
            .max(4);
        // The loss and the error are the point of the panel: they are left out last.
        let mut shown: &[ShownQuantity] = self.quantities;
        let used = |shown: &[ShownQuantity]| -> usize {
            shown.iter().map(|quantity| quantity.width() + GAP).sum()
        };
        while shown.len() > 1 && label + used(shown) > width {
            shown = &shown[1..];
        }
        let all = self.samples.len();
        let room = height.saturating_sub(2).max(1);
        let is_cut = all > room;
        let room = if is_cut {
            room.saturating_sub(1).max(1)
        } else {
            room
        };
        let at = self.view.column();
        let first = (at + 1).saturating_sub(room).min(all.saturating_sub(room));
        let mut y = area.y;
        let mut line = |place: Option<usize>, buf: &mut Buffer| {
            if y >= area.bottom() {
                return;
            }
            let row = Rect {
                y,
                height: 1,
                ..area
            };
            let name = match place {
                None => "no.".to_owned(),
                Some(place) => self.sample(place),
            };
            let role = if place.is_none() {
                Role::Dim
            } else {
                Role::Text
            };
            put(buf, row, row.x, y, &name, theme.style(role));
            let mut end = label;
            for quantity in shown {
                end += quantity.width() + GAP;
                match place {
                    None => {
                        let x = area.x
                            + u16::try_from(end.saturating_sub(quantity.name.width())).unwrap_or(0);
                        put(buf, row, x, y, &quantity.name, theme.style(Role::Dim));
                    }
                    Some(place) => {
                        self.put_cell(Some(quantity), place, (end, quantity.width()), row, buf);
                    }
                }
            }
            y += 1;
        };
        line(None, buf);
        for place in first..(first + room).min(all) {
            line(Some(place), buf);
        }
        line(Some(all), buf);
        let used = y - area.y;
        if is_cut && y < area.bottom() {
            let text = format!("samples {} to {} of {all}", first + 1, first + room);
            let text = fitted(&text, width, theme);
            put_right(buf, area, y, &text, theme.style(Role::Dim));
            return used + 1;
        }
        used
    }

    fn reduction(&self) -> Reduction {
        self.view.step.spec().training.reduction
    }

    /// Returns the number of a sample, or the name of the mean or sum after the last one.
    fn sample(&self, place: usize) -> String {
        self.samples
            .get(place)
            .map_or_else(|| self.reduction().name().into(), usize::to_string)
    }

    /// Draws one number, or the heading of a column, so that it ends at the end of a column.
    fn put_cell(
        &self,
        quantity: Option<&ShownQuantity>,
        place: usize,
        (end, width): (usize, usize),
        row: Rect,
        buf: &mut Buffer,
    ) {
        let theme = self.view.theme;
        let is_reduced = place == self.samples.len();
        let (text, role) = match quantity {
            None => (self.sample(place), Role::Dim),
            Some(quantity) if is_reduced => match &quantity.reduced {
                Some(reduced) => (reduced.clone(), quantity.role),
                None => return,
            },
            Some(quantity) => match &quantity.values[place] {
                None => (theme.pick("·", ".").into(), Role::Placeholder),
                Some(value) => {
                    let cell = quantity.symbol.map(|symbol| Cell::new(symbol, 0, place));
                    (value.clone(), cell_role(self.view, cell, Role::Text))
                }
            },
        };
        let text = fitted(&text, width, theme);
        let x = row.x + u16::try_from(end - text.width()).unwrap_or(0);
        let end = put(buf, row, x, row.y, &text, theme.style(role));
        if let Some(quantity) = quantity.filter(|_| !is_reduced) {
            let cell = quantity.symbol.map(|symbol| Cell::new(symbol, 0, place));
            mark_changed(self.view, cell, (x, end), row, buf);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::Operation;
    use crate::session::{Command, Group, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, text, train};
    use crate::ui::fixture::{go_to, with_view};

    fn lines(session: &Session, size: (u16, u16)) -> Vec<String> {
        let text = text(&drawn(session, PLAIN, size, draw));
        text.lines().map(str::to_owned).collect()
    }

    /// Returns a session of XOR in one batch, with a panel for it.
    fn xor(operation: Operation) -> Session {
        let mut session = Net::xor().at(vec![0, 1, 2, 3], operation);
        while !session
            .panels(&session.step())
            .contains(&crate::lesson::Panel::Batch)
        {
            session.apply(Command::NextPanel);
        }
        session
    }

    #[test]
    fn samples_stand_side_by_side_where_there_is_room_else_one_below_the_other() {
        let session = xor(Operation::Loss);
        let narrow = lines(&session, (27, 6));
        let expected = [
            "no.      ŷ y     J  ŷ − y",
            "1    0.498 0 0.690  0.498",
            "2    0.482 1 0.729 −0.518",
            "3    0.511 1 0.670 −0.489",
            "4    0.493 0 0.680  0.493",
            "mean         0.692 −0.004",
        ];
        assert_eq!(narrow, expected);
        let wide = lines(&session, (44, 8));
        let expected = [
            "sample      1      2      3      4   mean",
            "ŷ       0.498  0.482  0.511  0.493",
            "y           0      1      1      0",
            "J       0.690  0.729  0.670  0.680  0.692",
            "ŷ − y   0.498 −0.518 −0.489  0.493 −0.004",
            "",
            "With signs, errors cancel; losses cannot.",
            "",
        ];
        assert_eq!(wide, expected);
        let ascii = text(&drawn(&session, ASCII, (44, 5), draw));
        assert!(ascii.contains("y_hat - y  0.498 -0.518"), "{ascii}");
        check_sizes(&session, draw);
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Batch of 4 samples");
        });
    }

    /// The mean of the losses is the loss of the batch, also after new predictions.
    #[test]
    fn losses_are_those_of_the_step() {
        with_view(&xor(Operation::Prediction), PLAIN, |view| {
            assert!(view.step.losses_of_samples().is_none());
        });
        for operation in [Operation::Loss, Operation::PredictionLoss] {
            let session = xor(operation);
            with_view(&session, PLAIN, |view| {
                let losses = view.step.losses_of_samples().unwrap();
                let loss = view.step.loss().unwrap();
                assert!((losses.reduced - loss).abs() < 1e-12, "{operation:?}");
            });
        }
        let session = xor(Operation::Activation(1));
        let shown = lines(&session, (27, 6));
        assert_eq!(shown[1], "1        · 0     ·      ·");
    }

    #[test]
    fn of_many_samples_those_around_the_cursor_are_shown() {
        let mut session = xor(Operation::Loss);
        let shown = lines(&session, (27, 5));
        assert_eq!(shown[4].trim(), "samples 1 to 2 of 4", "{shown:?}");
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Batch)
        {
            session.apply(Command::Numbers);
        }
        for _ in 0..3 {
            session.apply(Command::Right);
        }
        let buf = drawn(&session, PLAIN, (27, 5), draw);
        let shown = text(&buf);
        assert!(shown.contains("samples 3 to 4 of 4"), "{shown}");
        let lit: String = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(lit, "0.493", "{shown}");
    }

    #[test]
    fn several_outputs_have_their_losses_alone_and_training_has_words() {
        let session = Net::large().at(vec![0, 1, 2], Operation::Loss);
        let shown = lines(&session, (27, 6));
        assert_eq!(shown[0], "no.      J");
        assert_eq!(shown[4], "mean 2.670");
        check_sizes(&session, draw);
        let mut session = Net::xor().session(vec![train(5)]);
        session.go_to(usize::MAX);
        assert_eq!(lines(&session, (27, 6))[0], "Here the samples of a batch");
        check_sizes(&session, draw);
        let mut session = Net::grounded().session(vec![crate::ui::fixture::walk(vec![0])]);
        go_to(&mut session, Operation::Loss);
        check_sizes(&session, draw);
    }
}
