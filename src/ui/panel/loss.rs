//! The loss curve: the loss over the data set after every update so far and, in rings, that over the held-out set.
//! If training has gone back to the best weights, their place is marked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::changed::{mark, mark_changed};
use crate::algebra::{Cell, Operation, Quantity};
use crate::engine::Reduction;
use crate::session::Group;
use crate::trace::{LossReach, sign_of_row};
use crate::ui::plot::axes::{LEAST_LINE, draw_horizontal, draw_vertical};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{first_fitting, put, put_right};
use crate::ui::view::View;

/// Returns the heading of the panel, which names the data of the curve.
pub(super) fn title(view: &View) -> String {
    let spec = view.step.spec();
    let is_sum = spec.training.reduction == Reduction::Sum;
    match (spec.data.len(), &spec.held_out) {
        (samples, Some(held_out)) if is_sum => {
            format!("Loss sums, {samples} + {} held out", held_out.len())
        }
        (samples, Some(held_out)) => format!("Loss, {samples} + {} held out", held_out.len()),
        (1, None) => "Loss J".into(),
        (samples, None) if is_sum => format!("Loss J, sum of all {samples}"),
        (2, None) => "Loss J, both samples".into(),
        (samples, None) => format!("Loss J, all {samples} samples"),
    }
}

/// The ratio of the largest to the smallest loss from which the scale is logarithmic.
const SPAN_FOR_LOG: f64 = 100.0;

/// The least share of an axis from 0 that a curve must reach over for its shape to show. A curve that spans less in
/// the whole lesson gets an axis that does not begin at 0, or one of its own.
const LEAST_SHAPE: f64 = 0.2;

/// The rows of the panel before there is a curve: those of the number.
const ROWS_OF_A_POINT: u16 = 1;

/// Returns the least rows: a single point needs no plot.
pub(super) fn min_rows(view: &View) -> u16 {
    if has_curve(view) { 5 } else { ROWS_OF_A_POINT }
}

/// Returns the most rows that the panel can use.
pub(super) fn max_rows(view: &View) -> u16 {
    if has_curve(view) {
        u16::MAX
    } else {
        ROWS_OF_A_POINT
    }
}

/// Returns whether the panel has nothing to show: neither a curve nor a number.
pub(super) fn is_empty(view: &View) -> bool {
    view.withheld.loss && !has_curve(view)
}

fn has_curve(view: &View) -> bool {
    view.step.trace().has_curve(view.step.index)
}

/// The rows from which the losses stand in a line of their own above the curve.
const LEAST_WITH_VALUES: u16 = 3;

/// Draws the current losses, and the curve that led to them.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let (trace, index) = (view.step.trace(), view.step.index);
    let (mut train, held_out) = trace.curves(index);
    let mut best = trace.best_at(index);
    if view.withheld.loss {
        // While the loss is asked for: not the number, nor a point at its height, nor an axis that ends with it.
        let now = view.step.measure().loss;
        train.pop();
        train.retain(|&(_, loss)| view.number(loss) != view.number(now));
        best = None;
    }
    let reach = trace.loss_reach(index);
    let marks = trace.history().map_or(&[][..], |history| &history.marks);
    let others = &*trace.other_curves(index);
    let own = trace.place_in_comparison(index);
    let all = train.iter().chain(&held_out).chain(others.iter().flatten());
    let curves = LossCurves {
        scale: match own {
            // All that are compared are on this scale.
            Some(_) => LossScale::new(all),
            None => LossScale::new(all).within(reach),
        },
        own,
        train,
        held_out,
        best,
        marks,
        others,
    };
    let top = Rect { height: 1, ..area };
    if view.withheld.loss {
        let theme = view.theme;
        let x = put(
            buf,
            top,
            top.x,
            top.y,
            &data_set_label(view),
            theme.style(Role::Dim),
        );
        put(buf, top, x, top.y, " ?", theme.style(Role::Text));
        if curves.train.is_empty() && curves.held_out.is_empty() {
            return;
        }
    } else if curves.held_out.is_empty() || view.step.operation().is_some() {
        // In a walk the loss of the batch is the point.
        draw_losses(view, &curves.scale, top, buf);
    } else {
        draw_both_losses(view, &curves, top, buf);
    }
    if area.height < LEAST_WITH_VALUES {
        return;
    }
    let plot = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    draw_axes_and_curves(view, &curves, plot, buf);
}

/// The curves: losses by the number of updates.
struct LossCurves<'a> {
    train: Vec<(usize, f64)>,
    /// The losses of the held-out set; empty if there is none.
    held_out: Vec<(usize, f64)>,
    /// The number of updates after which the weights were best, if training has gone back to them.
    best: Option<usize>,
    /// The numbers of updates after which something was changed.
    marks: &'a [usize],
    /// The place of the network among those that are compared.
    own: Option<usize>,
    /// The curves of other runs.
    others: &'a [Vec<(usize, f64)>],
    scale: LossScale,
}

impl LossCurves<'_> {
    /// Returns the last update of any of the curves.
    fn last(&self) -> usize {
        let others = self.others.iter().filter_map(|other| other.last());
        let ends = self.train.last().into_iter().chain(others);
        ends.map(|point| point.0).max().unwrap_or(0)
    }
}

/// A scale from losses to heights.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LossScale {
    low: f64,
    high: f64,
    kind: ScaleKind,
}

/// The way in which a scale can be compared with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScaleKind {
    /// It begins at 0; so do the others.
    Linear,
    /// It begins at 0, and has another end than that of the networks it is compared with.
    Own,
    /// It does not begin at 0, because that would hide the shape of the curve.
    Broken,
    /// It is logarithmic.
    Log,
}

impl ScaleKind {
    /// Returns what a learner must know to compare the scale with another, in shorter and shorter forms.
    const fn notes(self) -> &'static [&'static str] {
        match self {
            Self::Linear => &[],
            Self::Own => &[
                "another scale than the other networks",
                "another scale",
                "own scale",
            ],
            Self::Broken => &[
                "not from 0, another scale than others",
                "not from 0, other scale",
                "not from 0",
            ],
            Self::Log => &["log scale"],
        }
    }

    /// Returns the name that stands at the axis.
    const fn name(self) -> &'static str {
        match self {
            Self::Linear => "",
            Self::Own => "own",
            Self::Broken => "cut",
            Self::Log => "log",
        }
    }
}

impl LossScale {
    /// Returns the scale from the smallest to the largest loss.
    fn new<'a>(points: impl IntoIterator<Item = &'a (usize, f64)>) -> Self {
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = points
            .into_iter()
            .fold(none, |(low, high), &(_, j)| (low.min(j), high.max(j)));
        let is_log = low > 0.0 && high / low > SPAN_FOR_LOG;
        let kind = if is_log {
            ScaleKind::Log
        } else {
            ScaleKind::Broken
        };
        Self { low, high, kind }
    }

    /// Returns the same scale from 0 on, and up to where the scale of compared networks ends, unless that would hide
    /// the shape that the curve has in the whole lesson. A single height has no scale.
    fn within(self, reach: LossReach) -> Self {
        if self.low >= self.high {
            return Self {
                kind: ScaleKind::Linear,
                ..self
            };
        }
        let (low, high) = reach.own;
        let from_zero = |high: f64, kind| Self {
            low: 0.0,
            high,
            kind,
        };
        match reach.compared {
            Some(shared) if shared.is_another => from_zero(shared.high, ScaleKind::Own),
            Some(shared) => from_zero(shared.high, ScaleKind::Linear),
            None if self.kind != ScaleKind::Log && high - low >= LEAST_SHAPE * high => {
                from_zero(self.high, ScaleKind::Linear)
            }
            _ => self,
        }
    }

    /// Returns the height of a loss: 0 for the low end, 1 for the high one. If all are the same, it is 1, so that
    /// there is room below to fall to, unless they are 0.
    fn share(self, loss: f64) -> f64 {
        let of = |j: f64| {
            if self.kind == ScaleKind::Log {
                j.ln()
            } else {
                j
            }
        };
        let span = of(self.high) - of(self.low);
        if span > 0.0 {
            ((of(loss) - of(self.low)) / span).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(self.high > 0.0))
        }
    }
}

/// Returns the label of the loss over the data set.
fn data_set_label(view: &View) -> String {
    match view.step.spec().data.len() {
        1 => "J".into(),
        2 => "both:".into(),
        samples => format!("all {samples}:"),
    }
}

/// Marks the loss over the data set if the learner's changes have made it another.
fn mark_whole(view: &View, place: (u16, u16), area: Rect, buf: &mut Buffer) {
    let written = view.written.as_ref();
    let was = written.map(|step| view.number(step.measure().loss));
    if was.is_some_and(|was| was != view.number(view.step.measure().loss)) {
        mark(view, place, area, buf);
    }
}

/// Draws the loss of the batch, which the cursor can be on, and the loss of the whole set.
fn draw_losses(view: &View, scale: &LossScale, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let samples = view.step.spec().data.len();
    let whole = data_set_label(view);
    // Not the end of the curve: training may have gone back to better weights.
    let now = view.number(view.step.known_data_loss());
    let loss = view.step.loss();
    // The same number need not be shown twice.
    let batch = loss.filter(|loss| samples > 1 || view.number(*loss) != now);
    let name = match view.step.shown_samples().as_slice() {
        [sample] => format!("sample {sample}:"),
        _ => "batch:".into(),
    };
    let cell = Cell::new(Quantity::Loss, 0, 0);
    let role = if computes_loss(view) {
        Role::Result
    } else {
        Role::Text
    };
    let role = cell_role(view, cell, role);
    let in_panel = view.cursor.is_some_and(|place| place.group == Group::Loss);
    if let Some(batch) = batch {
        let number = view.number(batch);
        let short = if samples == 1 { "J" } else { "all:" };
        let right = [whole.as_str(), short].map(|whole| format!("{whole} {now}"));
        let left = [format!("{name} "), "J ".into(), String::new()];
        // The number under the cursor is left out last.
        let pairs = left
            .iter()
            .flat_map(|left| right.iter().map(move |right| (left, Some(right))))
            // If both do not fit, the panel's heading says that it is the whole set.
            .chain(left.iter().filter(|_| in_panel).map(|left| (left, None)));
        for (left, right) in pairs {
            let used = left.width() + number.width() + right.map_or(0, |right| right.width() + 1);
            if used > width && !(in_panel && left.is_empty() && right.is_none()) {
                continue;
            }
            let x = put(buf, area, area.x, area.y, left, theme.style(Role::Dim));
            let end = put(buf, area, x, area.y, &number, theme.style(role));
            mark_changed(view, cell, (x, end), area, buf);
            if let Some(right) = right {
                put_right(buf, area, area.y, right, theme.style(Role::Text));
                let start = u16::try_from(now.width()).map_or(area.x, |width| area.right() - width);
                mark_whole(view, (start, area.right()), area, buf);
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
    let start = x;
    let x = put(buf, area, x, area.y, number, theme.style(role));
    if loss.is_some() {
        mark_changed(view, cell, (start, x), area, buf);
    } else {
        mark_whole(view, (start, x), area, buf);
    }
    draw_note(
        view,
        scale.kind,
        Rect {
            x,
            width: area.right().saturating_sub(x),
            ..area
        },
        buf,
    );
}

/// Draws at the right what is to be known of the scale, as far as there is room beside the numbers.
fn draw_note(view: &View, kind: ScaleKind, area: Rect, buf: &mut Buffer) {
    let forms: Vec<String> = kind.notes().iter().map(|form| (*form).to_owned()).collect();
    if let Some(note) = first_fitting(&forms, usize::from(area.width.saturating_sub(2))) {
        put_right(buf, area, area.y, note, view.theme.style(Role::Dim));
    }
}

/// The marks at the ends of both curves and at the best weights.
struct Marks {
    train: &'static str,
    held_out: &'static str,
    best: &'static str,
}

const fn marks(view: &View) -> Marks {
    let theme = view.theme;
    Marks {
        train: theme.pick("●", "O"),
        held_out: theme.pick("○", "H"),
        best: theme.pick("◆", "@"),
    }
}

/// Draws the losses of the current weights on both sets, each after the mark that its curve has there.
fn draw_both_losses(view: &View, curves: &LossCurves, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let marks = marks(view);
    let last = |points: &[(usize, f64)]| points.last().map(|&(_, loss)| loss);
    let (train, held_out) = match curves.best {
        None => (last(&curves.train), last(&curves.held_out)),
        // The curves go on to the end of training, but the current weights are the best ones.
        Some(_) => (
            Some(view.step.measure().loss),
            view.step.held_out().map(|held_out| held_out.loss),
        ),
    };
    let [train, held_out] = [train, held_out].map(|loss| loss.map(|loss| view.number(loss)));
    let (train, held_out) = (train.unwrap_or_default(), held_out.unwrap_or_default());
    // Words and numbers in turn.
    let forms: Vec<[String; 4]> = if curves.best.is_some() {
        let best = marks.best;
        [
            (format!("{best} best, kept: train "), "  held-out "),
            (format!("{best} kept: "), "  held-out "),
            (format!("{best} "), "  held-out "),
            (format!("{best} "), ", "),
        ]
        .map(|(first, second)| [first, train.clone(), second.to_owned(), held_out.clone()])
        .into()
    } else {
        let (on, out) = (marks.train, marks.held_out);
        [
            (format!("{on} train "), format!("  {out} held-out ")),
            (format!("{on} "), format!("  {out} held-out ")),
            (format!("{on} "), format!("  {out} ")),
            (String::new(), " ".to_owned()),
        ]
        .map(|(first, second)| [first, train.clone(), second, held_out.clone()])
        .into()
    };
    let width = |form: &[String; 4]| form.iter().map(|part| part.width()).sum::<usize>();
    let form = forms
        .iter()
        .find(|form| width(form) <= usize::from(area.width))
        .or(forms.last());
    let mut x = area.x;
    for (i, part) in form.into_iter().flatten().enumerate() {
        let role = if i % 2 == 0 { Role::Dim } else { Role::Text };
        x = put(buf, area, x, area.y, part, theme.style(role));
    }
    draw_note(
        view,
        curves.scale.kind,
        Rect {
            x,
            width: area.right().saturating_sub(x),
            ..area
        },
        buf,
    );
}

/// Returns whether this step computes the loss.
fn computes_loss(view: &View) -> bool {
    matches!(
        view.step.operation(),
        Some(Operation::Loss | Operation::PredictionLoss)
    )
}

fn draw_axes_and_curves(view: &View, curves: &LossCurves, area: Rect, buf: &mut Buffer) {
    let scale = &curves.scale;
    // Labels may take a third of the panel.
    let [mut low, mut high] = labels(view, *scale, (usize::from(area.width) / 3).max(5));
    // A flat curve has one label, at its height.
    if scale.high <= 0.0 {
        high.clear();
    } else if scale.low >= scale.high {
        low.clear();
    }
    let name = scale.kind.name();
    let (line, plot) = draw_vertical(view.theme, &[low, high], name, area, buf);
    let updates = updates(view, curves, usize::from(line.width));
    draw_horizontal(view.theme, &updates, "", line, buf);
    if scale.kind == ScaleKind::Broken {
        // The usual mark of an axis from which a part is left out.
        let mark = view.theme.pick("≈", "~");
        put(buf, line, line.x, line.y, mark, view.theme.style(Role::Lit));
    }
    if !plot.is_empty() {
        draw_curves(view, curves, plot, buf);
    }
}

/// Returns the labels of the smallest and the largest loss: with the learner's decimals, or with more if those do not
/// tell them from each other or from 0.
fn labels(view: &View, scale: LossScale, width: usize) -> [String; 2] {
    let ends = [scale.low, scale.high];
    let end = |j: f64, decimals: usize| {
        if j == 0.0 {
            "0".to_owned()
        } else {
            format!("{j:.decimals$}")
        }
    };
    let tells = |labels: &[String; 2]| {
        let is_nothing = |label: &String| label.chars().all(|c| "0.".contains(c));
        (scale.high <= scale.low || labels[0] != labels[1])
            && (scale.low == 0.0 || !is_nothing(&labels[0]))
    };
    let dash = view.theme.pick("−", "-");
    let wanted = view.session.decimals().count().unwrap_or(16);
    let wanted = wanted.min(width.saturating_sub(2));
    if scale.kind == ScaleKind::Log {
        return ends.map(|j| {
            if j < 0.1_f64.powi(i32::try_from(wanted).unwrap_or(0)) {
                format!("{j:.0e}").replace('-', dash)
            } else {
                view.short_number(j, width)
            }
        });
    }
    let forms = (wanted..=wanted + 3)
        .map(|decimals| ends.map(|j| end(j, decimals)))
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

/// Returns the labels of the horizontal axis: the first and the last update, and the number of epochs.
fn updates(view: &View, curves: &LossCurves, width: usize) -> [String; 2] {
    let last = curves.last();
    let own = curves.train.last().map_or(0, |&(updates, _)| updates);
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let updates = plural(last, "update");
    let epochs = view.step.epoch();
    let mut forms = vec![updates, last.to_string()];
    if epochs > 0 && own == last {
        forms.insert(0, format!("{}, {}", forms[0], plural(epochs, "epoch")));
    }
    // The width is that of two labels even if the axis begins and ends at 0.
    match first_fitting(&forms, width.saturating_sub(1 + LEAST_LINE)) {
        None => [String::new(), String::new()],
        Some(text) if last == 0 => [text.to_owned(), String::new()],
        Some(text) => ["0".to_owned(), text.to_owned()],
    }
}

/// The cells from ring to ring of the held-out curve.
const CELLS_A_RING: usize = 2;

/// Draws both curves, their ends, and the place of the best weights.
fn draw_curves(view: &View, curves: &LossCurves, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let marks = marks(view);
    let mut canvas = Canvas::new(area, theme.ascii);
    let plot = Plot {
        scale: curves.scale,
        size: canvas.size(),
        last: curves.last().max(1),
    };
    for mark in curves.marks {
        let (x, _) = canvas.cell((plot.column(*mark), 0));
        for y in area.y..area.bottom() {
            put(
                buf,
                area,
                x,
                y,
                theme.pick("┊", ":"),
                theme.style(Role::Lit),
            );
        }
    }
    let mut faint = Canvas::new(area, theme.ascii);
    let mut signs = Vec::new();
    for (number, other) in curves.others.iter().enumerate() {
        let pen = Pen::thin(theme.style(Role::Dim), '.');
        let end = plot.draw(other, &pen, &mut faint);
        if let (Some(own), Some(end)) = (curves.own, end) {
            let place = number + usize::from(number >= own);
            signs.push((faint.cell(end), sign_of_row(place).to_string()));
        }
    }
    faint.render(buf);
    let train = Pen::thin(theme.style(Role::Text), '*');
    let train_end = plot.draw(&curves.train, &train, &mut canvas);
    // Single rings instead of a line.
    let ring = if theme.ascii { 'o' } else { '◦' };
    let mut rings = Canvas::new(area, true);
    let coarse = Plot {
        size: rings.size(),
        ..plot
    };
    let held_out = Pen::thin(theme.style(Role::Title), ring);
    let held_out_end = coarse.draw(&curves.held_out, &held_out, &mut rings);
    rings.keep_columns(CELLS_A_RING);
    let put_at = |buf: &mut Buffer, (x, y), mark: &str, role: Role| {
        put(buf, area, x, y, mark, theme.style(role));
    };
    let best = curves.best.and_then(|best| {
        let at = curves.held_out.iter().find(|point| point.0 == best);
        at.map(|&(updates, loss)| (plot.column(updates), plot.row(loss)))
    });
    if let Some(best) = best {
        let (x, _) = canvas.cell(best);
        for y in area.y..area.bottom() {
            put_at(buf, (x, y), theme.pick("┊", ":"), Role::Dim);
        }
    }
    canvas.render(buf);
    rings.render(buf);
    let ends = [
        (held_out_end.map(|at| rings.cell(at)), marks.held_out),
        (train_end.map(|at| canvas.cell(at)), marks.train),
        (best.map(|at| canvas.cell(at)), marks.best),
    ];
    for (at, sign) in &signs {
        put_at(buf, *at, sign, Role::Text);
    }
    let own = curves.own.map(|own| sign_of_row(own).to_string());
    for (end, mark) in ends {
        if let Some(at) = end {
            let is_train = mark == marks.train;
            let mark = own.as_deref().filter(|_| is_train).unwrap_or(mark);
            put_at(buf, at, mark, Role::Title);
        }
    }
}

/// A plot, which turns updates and losses into dots.
struct Plot {
    scale: LossScale,
    size: (i32, i32),
    last: usize,
}

impl Plot {
    // Exact: both are far below 2^52, and the result is within the canvas.
    #[allow(clippy::cast_possible_truncation)]
    fn column(&self, updates: usize) -> i32 {
        (updates as f64 / self.last as f64 * f64::from(self.size.0 - 1)).round() as i32
    }

    #[allow(clippy::cast_possible_truncation)]
    fn row(&self, loss: f64) -> i32 {
        ((1.0 - self.scale.share(loss)) * f64::from(self.size.1 - 1)).round() as i32
    }

    /// Draws the points, at most one column of dots each; if there are more points than columns, the lowest and
    /// highest of each column. Returns the last dot.
    fn draw(&self, points: &[(usize, f64)], pen: &Pen, canvas: &mut Canvas) -> Option<(i32, i32)> {
        let mut before: Option<(i32, i32)> = None;
        // Of the many points of a column only those that are drawn get a height, because that is what takes time.
        for points in points.chunk_by(|a, b| self.column(a.0) == self.column(b.0)) {
            let x = self.column(points[0].0);
            let reach = LossScale::new(points);
            let (first, last) = (self.row(points[0].1), self.row(points[points.len() - 1].1));
            if let Some(at) = before {
                canvas.line(at, (x, first), pen);
            }
            canvas.line((x, self.row(reach.high)), (x, self.row(reach.low)), pen);
            before = Some((x, last));
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::engine::DataSet;
    use crate::lesson::{Action, Train};
    use crate::session::{Command, Session};
    use crate::trace::SharedScale;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, walk};
    use crate::ui::fixture::{go_to, with_view};

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
            "0.670┤⠉⠑⠒⠒⠤⠤⢄⣀⣀",
            "     │         ⠉⠉⠉⠒⠒⠢⠤⠤⣀⣀⡀",
            "     │                   ⠈●",
            "    0┤",
            "     └0────────────1 update",
        ];
        assert_eq!(lines(&session), expected);
        let ascii = text(&drawn(&session, ASCII, (27, 6), draw));
        assert!(ascii.contains("0.670+***"), "{ascii}");
        assert!(ascii.contains("O\n    0+"), "{ascii}");
        // After an update and before a new prediction, J is still that of the old weights.
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
        let is_log = |points: &[(usize, f64)]| LossScale::new(points).kind == ScaleKind::Log;
        assert!(!is_log(&[(0, 1.0), (1, 0.02)]));
        assert!(!is_log(&[(0, 1.0), (1, 0.0)]), "no logarithm of 0");
        let scale = LossScale::new(&[(0, 1.0), (1, 0.0001), (2, 0.01)]);
        assert_eq!(scale.kind, ScaleKind::Log);
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
    fn axes_begin_at_0_unless_that_hides_the_shape_and_then_say_so() {
        let points = [(0, 8.0), (1, 2.0)];
        let alone = |own| LossReach {
            own,
            compared: None,
        };
        let scale = LossScale::new(&points).within(alone((2.0, 8.0)));
        assert_eq!((scale.low, scale.kind), (0.0, ScaleKind::Linear));
        // A fall that is nothing beside the loss itself, in the whole lesson.
        let flat = [(0, 0.9993), (1, 0.9992)];
        let scale = LossScale::new(&flat).within(alone((0.9992, 0.9993)));
        assert_eq!((scale.low, scale.kind), (0.9992, ScaleKind::Broken));
        // Later in the lesson it falls: from 0 from the start.
        let scale = LossScale::new(&flat).within(alone((0.0, 0.9993)));
        assert_eq!((scale.low, scale.kind), (0.0, ScaleKind::Linear));
        assert!(scale.share(0.9992) > 0.99);
        // Two that are compared share one, also if one of them is flat.
        for (is_another, kind) in [(false, ScaleKind::Linear), (true, ScaleKind::Own)] {
            let compared = Some(SharedScale {
                high: 8.0,
                is_another,
            });
            let own = (0.9992, 0.9993);
            let scale = LossScale::new(&flat).within(LossReach { own, compared });
            assert_eq!((scale.low, scale.high, scale.kind), (0.0, 8.0, kind));
        }
        // What is not comparable says so, in the least room that a curve gets.
        let session = Net {
            rate: 1e-3,
            ..Net::grounded()
        };
        let mut session = session.session(vec![train(1)]);
        session.go_to(usize::MAX);
        for theme in [PLAIN, ASCII] {
            let shown = text(&drawn(&session, theme, (26, 5), draw));
            let mark = theme.pick("≈0", "~0");
            assert!(
                shown.contains("not from 0") && shown.contains(mark),
                "{shown}"
            );
            assert!(shown.contains("cut"), "{shown}");
        }
    }

    #[test]
    fn before_its_step_the_loss_is_not_shown_and_a_point_takes_one_row() {
        let mut session = Net::grounded().session(vec![say(), walk(vec![0])]);
        let loss = format!("{:.3}", session.step().measure().loss);
        for index in 0..session.trace().len() {
            session.go_to(index);
            let made =
                (0..=index).any(|i| session.trace().step(i).operation() == Some(Operation::Loss));
            let shown = text(&drawn(&session, PLAIN, (44, 11), draw));
            assert_eq!(shown.contains(&loss), made, "step {index}: {shown}");
            with_view(&session, PLAIN, |view| {
                assert_eq!(is_empty(view), !made, "step {index}");
                let has_curve = session.trace().curve(index).len() > 1;
                assert_eq!(max_rows(view) == 1, !has_curve, "step {index}");
            });
        }
    }

    #[test]
    fn a_flat_curve_is_a_line_and_many_points_are_drawn_by_column() {
        for (loss, share) in [(0.5, 1.0), (0.0, 0.0)] {
            let scale = LossScale::new(&[(0, loss), (9, loss)]);
            assert!((scale.share(loss) - share).abs() < f64::EPSILON);
        }
        let session = Net::grounded().at(vec![0], Operation::Loss);
        // Up and down at every update: every column of dots is filled from top to bottom.
        let points: Vec<_> = (0..=100_000).map(|i| (i, (i % 2) as f64)).collect();
        let area = Rect::new(0, 0, 10, 2);
        let mut buf = Buffer::empty(area);
        with_view(&session, PLAIN, |view| {
            let curves = LossCurves {
                scale: LossScale::new(&points),
                train: points,
                held_out: Vec::new(),
                best: None,
                own: None,
                marks: &[],
                others: &[],
            };
            draw_curves(view, &curves, area, &mut buf);
        });
        assert_eq!(text(&buf), "⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n⣿⣿⣿⣿⣿⣿⣿⣿⣿●\n");
    }

    /// Returns a session with one sample to learn, and a held-out one that is right half-way there.
    fn held_out(patience: Option<usize>) -> Session {
        let training = Train {
            epochs: 40,
            until: None,
            patience,
            every: Some(1),
            say: None,
        };
        let mut session = Net::grounded().session_of(vec![Action::Train(training)], |spec| {
            let held_out = DataSet::new(array![[0.0, 1.0]], array![[0.8]]).unwrap();
            spec.held_out = Some(Arc::new(held_out));
        });
        session.go_to(usize::MAX);
        session
    }

    #[test]
    fn both_curves_are_told_apart_and_end_in_their_marks() {
        let session = held_out(None);
        let shown = lines(&session);
        assert_eq!(shown[0], "● 0.010  ○ held-out 0.926", "{shown:?}");
        let plot = shown[1..].concat();
        assert!(plot.contains('●') && plot.contains('○'), "{shown:?}");
        assert!(!plot.contains('◆'), "{shown:?}");
        // Dashed: blank cells between drawn ones, in the row of the upper curve.
        let upper: String = shown[1].chars().skip(6).collect();
        assert!(
            upper.contains(' ') && upper.trim().contains(' '),
            "{shown:?}"
        );
        let wide = text(&drawn(&session, PLAIN, (44, 6), draw));
        assert!(
            wide.starts_with("● train 0.010  ○ held-out 0.926\n"),
            "{wide}"
        );
        let ascii = text(&drawn(&session, ASCII, (27, 6), draw));
        assert!(ascii.starts_with("O 0.010  H held-out 0.926"), "{ascii}");
        assert!(ascii.contains('o') && ascii.contains('*'), "{ascii}");
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Loss, 1 + 1 held out");
        });
        check_sizes(&session, draw);
    }

    #[test]
    fn where_patience_ended_the_best_weights_are_marked() {
        let session = held_out(Some(10));
        let buf = drawn(&session, PLAIN, (27, 8), draw);
        let shown = text(&buf);
        let step = session.step();
        let (train, held_out) = (step.measure().loss, step.held_out().unwrap().loss);
        let first = shown.lines().next().unwrap();
        assert_eq!(first, format!("◆ {train:.3}  held-out {held_out:.3}"));
        // The mark stands at the lowest point of the broken curve, a line below and above it.
        let marks: Vec<_> = buf
            .area
            .positions()
            .filter(|at| at.y > 0 && buf[*at].symbol() == "◆")
            .collect();
        let [mark] = marks[..] else { panic!("{shown}") };
        assert!(buf[mark].modifier.contains(Modifier::BOLD));
        assert!((1..7).any(|y| buf[(mark.x, y)].symbol() == "┊"), "{shown}");
        let curve = session.trace().held_out_curve(session.index());
        let lowest = curve
            .iter()
            .map(|point| point.1)
            .fold(f64::INFINITY, f64::min);
        assert!((lowest - held_out).abs() < 1e-12);
        // Before the end nothing is marked yet.
        let mut session = session;
        session.go_to(session.index() - 1);
        assert!(!text(&drawn(&session, PLAIN, (27, 8), draw)).contains('◆'));
        check_sizes(&session, draw);
    }
}
