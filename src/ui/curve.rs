//! The loss curve: the mean loss over the data set after every update so far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, Pen};
use super::theme::Role;
use super::view::{View, first_fitting, put, put_right};
use crate::session::Group;
use crate::trace::{Cell, Operation, Symbol};

/// The heading of the panel: whose loss the curve is.
pub(super) fn title(view: &View) -> String {
    match view.step.spec().data.len() {
        1 => "Loss J".into(),
        samples => format!("Loss J, all {samples} samples"),
    }
}

/// From so many times the smallest loss to the largest on, the scale is logarithmic.
const SPAN_FOR_LOG: f64 = 100.0;

/// Rows from which on the losses stand in a line of their own above the curve.
const LEAST_WITH_VALUES: u16 = 3;

/// The losses now, and the curve that led there.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let points = view.step.trace().curve(view.step.index);
    let scale = Scale::new(&points);
    let top = Rect { height: 1, ..area };
    draw_values(view, &points, &scale, top, buf);
    if area.height < LEAST_WITH_VALUES {
        return;
    }
    let plot = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    draw_axes_and_curve(view, &points, &scale, plot, buf);
}

/// How losses become heights.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Scale {
    fn new(points: &[(usize, f64)]) -> Self {
        let low = points.iter().fold(f64::INFINITY, |low, &(_, j)| low.min(j));
        let high = points
            .iter()
            .fold(f64::NEG_INFINITY, |high, &(_, j)| high.max(j));
        Self {
            low,
            high,
            is_log: low > 0.0 && high / low > SPAN_FOR_LOG,
        }
    }

    /// 0 at the smallest loss, 1 at the largest. Where all are the same, 1: there is room below to fall to,
    /// unless they are 0.
    fn share(self, loss: f64) -> f64 {
        let of = |j: f64| if self.is_log { j.ln() } else { j };
        let span = of(self.high) - of(self.low);
        if span > 0.0 {
            ((of(loss) - of(self.low)) / span).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(self.high > 0.0))
        }
    }
}

/// The loss of the batch, which the cursor can be on, and the loss of the whole set.
fn draw_values(view: &View, points: &[(usize, f64)], scale: &Scale, area: Rect, buf: &mut Buffer) {
    let Some(&(_, all)) = points.last() else {
        return;
    };
    let theme = view.theme;
    let width = usize::from(area.width);
    let samples = view.step.spec().data.len();
    let whole = if samples == 1 {
        "J".into()
    } else {
        format!("all {samples}:")
    };
    let now = view.number(all);
    let loss = view.step.loss();
    // The same number need not be there twice.
    let batch = loss.filter(|loss| samples > 1 || view.number(*loss) != now);
    let name = match view.step.shown_samples().as_slice() {
        [sample] => format!("sample {sample}:"),
        _ => "batch:".into(),
    };
    let cell = Cell::new(Symbol::Loss, 0, 0);
    let role = if view.is_cursor(cell) {
        Role::Cursor
    } else if view.is_source(cell) {
        Role::Source
    } else if is_new(view) {
        Role::Result
    } else {
        Role::Text
    };
    let in_panel = view.cursor.is_some_and(|place| place.group == Group::Loss);
    if let Some(batch) = batch {
        let number = view.number(batch);
        let short = if samples == 1 { "J" } else { "all:" };
        let right = [whole.as_str(), short].map(|whole| format!("{whole} {now}"));
        let left = [format!("{name} "), "J ".into(), String::new()];
        // What the cursor is on stays to the last.
        let pairs = left
            .iter()
            .flat_map(|left| right.iter().map(move |right| (left, Some(right))))
            // Where both do not fit, the panel's heading speaks of the whole set.
            .chain(left.iter().filter(|_| in_panel).map(|left| (left, None)));
        for (left, right) in pairs {
            let used = left.width() + number.width() + right.map_or(0, |right| right.width() + 1);
            if used > width && !(in_panel && left.is_empty() && right.is_none()) {
                continue;
            }
            let x = put(buf, area, area.x, area.y, left, theme.style(Role::Dim));
            put(buf, area, x, area.y, &number, theme.style(role));
            if let Some(right) = right {
                put_right(buf, area, area.y, right, theme.style(Role::Text));
            }
            return;
        }
    }
    let forms = [format!("{whole} {now}"), now];
    let text = first_fitting(&forms, width).unwrap_or(&forms[1]);
    let number = text.rsplit(' ').next().unwrap_or_default();
    let lead = &text[..text.len() - number.len()];
    let x = put(buf, area, area.x, area.y, lead, theme.style(Role::Dim));
    let role = if loss.is_some() { role } else { Role::Text };
    let x = put(buf, area, x, area.y, number, theme.style(role));
    let log = "log scale";
    if scale.is_log && usize::from(area.right().saturating_sub(x)) > log.len() {
        put_right(buf, area, area.y, log, theme.style(Role::Dim));
    }
}

/// Whether this step computes the loss.
fn is_new(view: &View) -> bool {
    matches!(
        view.step.operation(),
        Some(Operation::Loss | Operation::PredictionLoss)
    )
}

fn draw_axes_and_curve(
    view: &View,
    points: &[(usize, f64)],
    scale: &Scale,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let dim = theme.style(Role::Dim);
    let width = usize::from(area.width);
    let is_flat = scale.low >= scale.high;
    let is_zero = scale.high <= 0.0;
    // Labels may have a third of the panel.
    let labels = labels(view, *scale, (width / 3).max(5));
    let rows = area.height - 1;
    let side = labels.iter().map(|label| label.width()).max().unwrap_or(0);
    let side = if side + 8 > width { 0 } else { side };
    let axis = area.x + u16::try_from(side).unwrap_or(0);
    let bottom = area.bottom() - 1;
    for y in area.y..bottom {
        let is_labelled = (y == area.y && !is_zero) || (y + 1 == bottom && (!is_flat || is_zero));
        let line = if is_labelled && side > 0 {
            theme.pick("┤", "+")
        } else {
            theme.pick("│", "|")
        };
        put(buf, area, axis, y, line, dim);
    }
    if side > 0 {
        let mut at = |y: u16, text: &str| {
            let x = axis.saturating_sub(u16::try_from(text.width()).unwrap_or(0));
            put(buf, area, x, y, text, dim);
        };
        if !is_zero {
            at(area.y, &labels[0]);
        }
        if is_zero || rows > 1 && !is_flat {
            at(bottom - 1, &labels[1]);
        }
        if scale.is_log && rows > 2 {
            at(area.y + rows / 2, "log");
        }
    }
    draw_updates(
        view,
        points,
        Rect {
            x: axis,
            width: area.right() - axis,
            y: bottom,
            height: 1,
        },
        buf,
    );
    let plot = Rect {
        x: axis + 1,
        width: area.right().saturating_sub(axis + 1),
        height: rows,
        ..area
    };
    if !plot.is_empty() {
        draw_curve(view, points, *scale, plot, buf);
    }
}

/// The largest and the smallest loss: with the learner's decimals or, where those do not tell them from each
/// other or from 0, with more.
fn labels(view: &View, scale: Scale, width: usize) -> [String; 2] {
    let ends = [scale.high, scale.low];
    let tells = |labels: &[String; 2]| {
        let is_nothing = |label: &String| label.chars().all(|c| "0.".contains(c));
        (scale.high <= scale.low || labels[0] != labels[1])
            && (scale.low == 0.0 || !is_nothing(&labels[1]))
    };
    let dash = view.theme.pick("−", "-");
    let wanted = view.session.decimals().count().unwrap_or(16);
    let wanted = wanted.min(width.saturating_sub(2));
    if scale.is_log {
        return ends.map(|j| {
            if j < 0.1_f64.powi(i32::try_from(wanted).unwrap_or(0)) {
                format!("{j:.0e}").replace('-', dash)
            } else {
                view.short_number(j, width)
            }
        });
    }
    let forms = (wanted..=wanted + 3)
        .map(|decimals| ends.map(|j| format!("{j:.decimals$}")))
        .chain([
            ends.map(|j| format!("{j:.0e}")),
            ends.map(|j| format!("{j:.1e}")),
        ]);
    let fits = |labels: &[String; 2]| labels.iter().all(|label| label.width() <= width);
    forms.filter(tells).find(fits).map_or_else(
        || ends.map(|j| view.short_number(j, width)),
        |labels| labels.map(|label| label.replace('-', dash)),
    )
}

/// The horizontal axis: the first and the last update, and how many epochs that is.
fn draw_updates(view: &View, points: &[(usize, f64)], area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let dim = theme.style(Role::Dim);
    let corner = theme.pick("└", "+");
    let line = theme
        .pick("─", "-")
        .repeat(usize::from(area.width).saturating_sub(1));
    put(buf, area, area.x, area.y, &format!("{corner}{line}"), dim);
    let last = points.last().map_or(0, |&(updates, _)| updates);
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let updates = plural(last, "update");
    let epochs = view.step.epoch();
    let mut forms = vec![updates, last.to_string()];
    if epochs > 0 {
        forms.insert(0, format!("{}, {}", forms[0], plural(epochs, "epoch")));
    }
    let room = usize::from(area.width).saturating_sub(4);
    if last == 0 {
        let text = first_fitting(&forms, room).unwrap_or_default();
        put(buf, area, area.x + 1, area.y, text, dim);
        return;
    }
    if let Some(text) = first_fitting(&forms, room) {
        put(buf, area, area.x + 1, area.y, "0", dim);
        put_right(buf, area, area.y, text, dim);
    }
}

/// The points, no more than a column of dots each: where there are more, their lowest and highest.
fn draw_curve(view: &View, points: &[(usize, f64)], scale: Scale, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let mut canvas = Canvas::new(area, theme.ascii);
    let (width, height) = canvas.size();
    let last = points.last().map_or(0, |&(updates, _)| updates).max(1);
    // Exact: both are far below 2^52, and the result is within the canvas.
    #[allow(clippy::cast_possible_truncation)]
    let column =
        |updates: usize| (updates as f64 / last as f64 * f64::from(width - 1)).round() as i32;
    #[allow(clippy::cast_possible_truncation)]
    let row = |loss: f64| ((1.0 - scale.share(loss)) * f64::from(height - 1)).round() as i32;
    let pen = Pen::thin(theme.style(Role::Text), '*');
    let mut before: Option<(i32, i32)> = None;
    // Of the many points of a column only those that are drawn are given a height: that is what takes time.
    for points in points.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let x = column(points[0].0);
        let reach = Scale::new(points);
        let (first, last) = (row(points[0].1), row(points[points.len() - 1].1));
        if let Some(at) = before {
            canvas.line(at, (x, first), &pen);
        }
        canvas.line((x, row(reach.high)), (x, row(reach.low)), &pen);
        before = Some((x, last));
    }
    canvas.render(buf);
    if let Some((x, y)) = before {
        let (across, down) = canvas.scale();
        let cell = |start: u16, dots: i32, scale: i32| {
            start.saturating_add(u16::try_from(dots / scale).unwrap_or(0))
        };
        let (x, y) = (cell(area.x, x, across), cell(area.y, y, down));
        put(
            buf,
            area,
            x,
            y,
            theme.pick("●", "O"),
            theme.style(Role::Title),
        );
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::super::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, walk};
    use super::super::fixture::{go_to, with_view};
    use super::*;
    use crate::session::{Command, Session};

    fn lines(session: &Session) -> Vec<String> {
        let text = text(&drawn(session, PLAIN, (27, 6), draw));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn one_point_is_a_point_with_its_value() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        let expected = [
            "J 0.670",
            "0.670┤●",
            "     │",
            "     │",
            "     │",
            "     └0 updates────────────",
        ];
        assert_eq!(lines(&session), expected);
        with_view(&session, PLAIN, |view| assert_eq!(title(view), "Loss J"));
    }

    #[test]
    fn the_curve_runs_from_the_first_to_the_last_update() {
        let session = Net::grounded().at(vec![0], Operation::PredictionLoss);
        let expected = [
            "J 0.326",
            "0.670┤⠉⠒⠢⢄⣀",
            "     │     ⠉⠑⠒⠤⣀⡀",
            "     │          ⠈⠉⠒⠤⢄⣀",
            "0.326┤                ⠉⠑⠢⠤●",
            "     └0────────────1 update",
        ];
        assert_eq!(lines(&session), expected);
        let ascii = text(&drawn(&session, ASCII, (27, 6), draw));
        assert!(ascii.contains("0.670+***"), "{ascii}");
        assert!(ascii.contains("O\n     +0---"), "{ascii}");
        // With the weights changed and no new prediction made, J is still that of the old ones.
        let session = Net::grounded().at(vec![0], Operation::Update(0));
        assert!(lines(&session)[0].contains("0.670"));
        assert!(!lines(&session).concat().contains("0.326"));
    }

    #[test]
    fn the_loss_of_the_batch_and_of_the_data_set_are_told_apart() {
        let mut session = Net::xor().session(vec![say(), walk(vec![1]), train(20)]);
        let all = |session: &Session| lines(session)[0].clone();
        assert!(all(&session).starts_with("all 4: "), "{}", all(&session));
        go_to(&mut session, Operation::Loss);
        let both = all(&session);
        assert!(
            both.starts_with("sample 2: ") && both.contains(" all: 0.692"),
            "{both}"
        );
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Loss J, all 4 samples");
        });
        session.go_to(usize::MAX);
        let axis = text(&drawn(&session, PLAIN, (44, 11), draw));
        assert!(axis.ends_with("─81 updates, 20 epochs\n"), "{axis}");
        check_sizes(&session, draw);
    }

    #[test]
    fn the_cursor_lights_the_loss() {
        let mut session = Net::xor().at(vec![0, 1], Operation::Loss);
        session.apply(Command::Numbers);
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Loss)
        {
            session.apply(Command::Numbers);
        }
        for width in [27, 12, 5] {
            let buf = drawn(&session, PLAIN, (width, 6), draw);
            let lit = buf
                .content
                .iter()
                .filter(|c| c.modifier.contains(Modifier::REVERSED));
            assert_eq!(lit.count(), 5, "0.xxx at width {width}");
        }
        check_sizes(&session, draw);
    }

    #[test]
    fn wide_spans_have_a_logarithmic_scale_and_labels_that_are_not_zero() {
        assert!(!Scale::new(&[(0, 1.0), (1, 0.02)]).is_log);
        assert!(
            !Scale::new(&[(0, 1.0), (1, 0.0)]).is_log,
            "no logarithm of 0"
        );
        let scale = Scale::new(&[(0, 1.0), (1, 0.0001), (2, 0.01)]);
        assert!(scale.is_log);
        assert!((scale.share(0.01) - 0.5).abs() < 1e-12);
        let mut session = Net::grounded().session(vec![train(20_000)]);
        session.go_to(usize::MAX);
        let text = text(&drawn(&session, PLAIN, (44, 11), draw));
        assert!(
            text.contains("log scale") && text.contains("e−5┤"),
            "{text}"
        );
        check_sizes(&session, draw);
    }

    #[test]
    fn a_flat_curve_is_a_line_and_many_points_are_drawn_by_column() {
        for (loss, share) in [(0.5, 1.0), (0.0, 0.0)] {
            let scale = Scale::new(&[(0, loss), (9, loss)]);
            assert!((scale.share(loss) - share).abs() < f64::EPSILON);
        }
        let session = Net::grounded().at(vec![0], Operation::Loss);
        // Up and down at every update: every column of dots is filled from top to bottom.
        let points: Vec<_> = (0..=100_000).map(|i| (i, (i % 2) as f64)).collect();
        let area = Rect::new(0, 0, 10, 2);
        let mut buf = Buffer::empty(area);
        with_view(&session, PLAIN, |view| {
            draw_curve(view, &points, Scale::new(&points), area, &mut buf);
        });
        assert_eq!(text(&buf), "⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n⣿⣿⣿⣿⣿⣿⣿⣿⣿●\n");
    }
}
