//! The loss map: the loss over the plane of two learned numbers in levels, with the path of the training on it and the next
//! update as an arrow; for one number, a curve with its tangent.

mod levels;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::algebra::Cell;
use crate::session::MapView;
use crate::trace::{LossMap, MapPlane, MapStep, short};
use crate::ui::plot::axes::{Axes, Bounds};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::plot::{cell_at, put_mark};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;
use levels::Levels;

/// The rows from which there is a legend of one line, of two, and of three.
const LEGENDS: [u16; 3] = [6, 9, 12];

/// The length from which an arrow is drawn as long as it is, in columns.
const SEEN_ARROW: f64 = 3.0;

/// The length that an arrow is to have at least where it is drawn longer than it is, in columns.
const LEAST_ARROW: f64 = 4.0;

/// The most powers of ten by which it is drawn longer than it is.
const MOST_POWERS: i32 = 9;

/// The height of a cell of the screen, in widths of it.
const HEIGHT: f64 = 2.0;

/// The part of the losses along a curve that decides how high its plot is.
const SHOWN: f64 = 0.9;

/// Returns the heading of the panel.
pub(super) fn title(view: &View) -> String {
    let map = map_view(view);
    let names: Vec<String> = map.cells.iter().map(|cell| name(view, *cell)).collect();
    match names.as_slice() {
        [across, up] => {
            let (right, above) = (view.theme.pick("→", "->"), view.theme.pick("↑", "^"));
            view.theme
                .text(&format!("J {right} {across}, {above} {up}"))
                .into_owned()
        }
        [along] => view.theme.text(&format!("Loss along {along}")).into_owned(),
        _ => "Loss map".to_owned(),
    }
}

/// Returns the name of a learned number as it stands in formulas.
fn name(view: &View, cell: Cell) -> String {
    cell.symbol.cell(cell.row, cell.column, view.step.last())
}

fn map_view(view: &View) -> MapView {
    let chosen = view.session.map().cloned();
    chosen.unwrap_or_else(|| MapView::of_step(&view.step))
}

/// Draws the map, or the curve.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    draw_points(view, area, buf);
}

/// Draws the map, or the curve. Returns the number of points that it shows across and down.
pub(super) fn draw_points(view: &View, area: Rect, buf: &mut Buffer) -> (usize, usize) {
    const NONE: (usize, usize) = (0, 0);
    if area.is_empty() {
        return NONE;
    }
    let map = map_view(view);
    let nothing = if view.withheld.loss {
        Some("The loss is still to be found.")
    } else if map.cells.is_empty() {
        Some("Nothing is learned here.")
    } else {
        None
    };
    if let Some(nothing) = nothing {
        paragraph(buf, area, nothing, view.theme.style(Role::Dim), *view.theme);
        return NONE;
    }
    let plane = view.step.map_plane(&map.cells, &map.path, map.zoom);
    let [above, below] = parts(area);
    let picture = Picture {
        view,
        map: &map,
        plane: &plane,
    };
    if plane.axes.len() > 1 {
        picture.draw_plane(below, above, buf)
    } else {
        picture.draw_curve(below, above, buf)
    }
}

/// Returns the area of the legend, and below it that of the plot.
fn parts(area: Rect) -> [Rect; 2] {
    let legend = LEGENDS.iter().filter(|least| area.height >= **least);
    let legend = u16::try_from(legend.count()).unwrap_or(0);
    let above = Rect {
        height: legend,
        ..area
    };
    let below = Rect {
        y: area.y + legend,
        height: area.height - legend,
        ..area
    };
    [above, below]
}

/// Returns how many cells a map over two numbers has across and down; `None` if there is none.
pub(super) fn size(view: &View, area: Rect) -> Option<(usize, usize)> {
    let map = map_view(view);
    if map.cells.len() < 2 || view.withheld.loss || area.is_empty() {
        return None;
    }
    let plane = view.step.map_plane(&map.cells, &map.path, map.zoom);
    let picture = Picture {
        view,
        map: &map,
        plane: &plane,
    };
    let [_, below] = parts(area);
    let plot = picture.axes().draw(view, below, &mut Buffer::empty(area));
    (!plot.is_empty()).then_some((usize::from(plot.width), usize::from(plot.height)))
}

/// The marks on the map.
#[derive(Debug, Clone, Copy)]
struct Marks {
    here: &'static str,
    before: &'static str,
    least: &'static str,
    path: char,
}

impl Marks {
    const fn of(theme: &Theme) -> Self {
        Self {
            here: theme.pick("●", "@"),
            before: theme.pick("○", "o"),
            least: theme.pick("×", "x"),
            path: if theme.ascii { '.' } else { '·' },
        }
    }
}

/// All that is drawn.
struct Picture<'a> {
    view: &'a View<'a>,
    map: &'a MapView,
    plane: &'a MapPlane,
}

/// What the marks mean, and what of it is drawn.
struct Legend {
    text: String,
    /// Whether the lowest place has a mark.
    has_least: bool,
    arrow: Option<Arrow>,
}

/// A place on a plot, in columns and rows from the left and from the top.
type Point = (f64, f64);

/// An arrow on a plot, in columns and rows from the left and from the top.
#[derive(Debug, Clone, Copy)]
struct Arrow {
    /// The way, as it is drawn.
    way: (f64, f64),
    /// How many times longer it is drawn than it is.
    times: f64,
    /// Whether it ends where one stands; else it begins there.
    ends_here: bool,
}

impl Arrow {
    /// Returns the arrow of a way in columns and rows; `None` if it goes nowhere.
    fn of((dx, dy): (f64, f64)) -> Option<Self> {
        let length = dx.hypot(HEIGHT * dy);
        if !(length > 0.0 && length.is_finite()) {
            return None;
        }
        let ladder =
            (0..=MOST_POWERS).flat_map(|power| [1.0, 2.0, 5.0].map(|by| by * 10_f64.powi(power)));
        let mut ladder = ladder.filter(|times| length * times >= LEAST_ARROW);
        let times = if length >= SEEN_ARROW {
            1.0
        } else {
            ladder.next()?
        };
        Some(Self {
            way: (dx * times, dy * times),
            times,
            ends_here: false,
        })
    }

    /// Returns the arrow of a step that has been made.
    fn made(way: (f64, f64)) -> Option<Self> {
        let arrow = Self::of(way)?.as_it_is();
        Some(Self {
            ends_here: true,
            ..arrow
        })
    }

    /// Returns the arrow as long as it is.
    fn as_it_is(self) -> Self {
        let times = self.times;
        Self {
            way: (self.way.0 / times, self.way.1 / times),
            times: 1.0,
            ..self
        }
    }

    /// Returns the sign of its head.
    fn head(&self, theme: &Theme) -> &'static str {
        const UNICODE: [&str; 8] = ["→", "↘", "↓", "↙", "←", "↖", "↑", "↗"];
        const ASCII: [&str; 8] = [">", ">", "v", "<", "<", "<", "^", ">"];
        let angle = (HEIGHT * self.way.1).atan2(self.way.0);
        let eighth = (angle / std::f64::consts::FRAC_PI_4).round();
        // From −4 to 4.
        #[allow(clippy::cast_possible_truncation)]
        let eighth = usize::try_from((eighth as i64).rem_euclid(8)).unwrap_or(0);
        theme.pick(UNICODE[eighth], ASCII[eighth])
    }
}

impl Picture<'_> {
    /// Returns the axes of a map.
    fn axes(&self) -> Axes {
        let [across, up] = [0, 1].map(|at| self.plane.axes[at]);
        Axes {
            x: Bounds::new(across.low, across.high),
            y: Bounds::new(up.low, up.high),
            names: [across.cell, up.cell].map(|cell| name(self.view, cell)),
        }
    }

    fn draw_plane(&self, area: Rect, above: Rect, buf: &mut Buffer) -> (usize, usize) {
        let theme = self.view.theme;
        let axes = self.axes();
        let plot = axes.draw(self.view, area, buf);
        if plot.is_empty() {
            return (0, 0);
        }
        let size = (usize::from(plot.width), usize::from(plot.height));
        let losses = if let Some(refined) = &self.map.refined {
            Arc::clone(refined)
        } else {
            let most_work = self.map.most_work;
            self.view.step.loss_map(&self.plane.axes, size, most_work)
        };
        let levels = Levels::of(&losses.losses, size, usize::from(above.width));
        draw_levels(theme, &losses, &levels, plot, buf);

        // Shares of the plot, both from the top left.
        let place = |values: &[f64]| (axes.x.share(values[0]), 1.0 - axes.y.share(values[1]));
        let mut canvas = Canvas::new(plot, theme.ascii);
        let marks = Marks::of(theme);
        let path = Pen::thin(theme.style(Role::Text), marks.path);
        let points = self.map.path.iter().map(Vec::as_slice);
        let points = points.chain([self.plane.here.as_slice()]).map(place);
        draw_way(&mut canvas, points, &path);
        let here = place(&self.plane.here);
        let way = |from: Point, to: Point| {
            let (columns, rows) = (f64::from(plot.width), f64::from(plot.height));
            ((to.0 - from.0) * columns, (to.1 - from.1) * rows)
        };
        let arrow = match (&self.plane.from, &self.plane.next) {
            (Some(from), _) => Arrow::made(way(place(from), here)),
            (None, Some(next)) => Arrow::of(way(here, place(next))),
            (None, None) => None,
        };
        let least = self.least(&losses);
        let legend = self.legend(least.map(|least| ("cell", least.0)), arrow, above);
        let least = least.filter(|_| legend.has_least);
        let least = least.map(|(_, column, row)| {
            let part = |place: usize, all: usize| (place as f64 + 0.5) / all as f64;
            (part(column, losses.columns), 1.0 - part(row, losses.rows))
        });
        draw_marks(
            theme,
            (canvas, plot),
            (here, legend.arrow.as_ref(), least),
            buf,
        );
        self.draw_legend(&legend, Some(&levels), above, buf);
        size
    }

    fn draw_curve(&self, area: Rect, above: Rect, buf: &mut Buffer) -> (usize, usize) {
        let theme = self.view.theme;
        let along = self.plane.axes[0];
        let (here, loss, slope) = (self.plane.here[0], self.plane.loss, self.plane.slopes[0]);
        let x = Bounds::new(along.low, along.high);
        // How wide the plot is depends on the labels of its height; that hardly matters for how high it is.
        let points = 2 * usize::from(area.width);
        let rough = self
            .view
            .step
            .loss_map(&[along], (points, 1), self.map.most_work);
        let mut all: Vec<f64> = rough
            .losses
            .iter()
            .copied()
            .filter(|loss| loss.is_finite())
            .collect();
        all.sort_by(f64::total_cmp);
        // Within the number of points.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let most = (SHOWN * all.len() as f64) as usize;
        let shown = all.iter().copied().take(most.max(1)).chain([loss]);
        let around = Bounds::around(shown);
        // What cannot be below 0 has no room there.
        let is_from_zero = loss >= 0.0 && all.first().is_none_or(|least| *least >= 0.0);
        let y = if is_from_zero {
            Bounds::new(around.low.max(0.0), around.high)
        } else {
            around
        };
        let axes = Axes {
            x,
            y,
            names: [name(self.view, along.cell), "J".to_owned()],
        };
        let plot = axes.draw(self.view, area, buf);
        if plot.is_empty() {
            return (0, 0);
        }
        let mut canvas = Canvas::new(plot, theme.ascii);
        let (columns, rows) = canvas.size();
        let columns_ = usize::try_from(columns).unwrap_or(0);
        let losses = self
            .view
            .step
            .loss_map(&[along], (columns_, 1), self.map.most_work);
        let height = |loss: f64| axes.y.part_down(loss, rows);
        let tangent = Pen {
            on: 2,
            off: 2,
            ..Pen::thin(theme.style(Role::Dim), ':')
        };
        let line = (0..columns_).map(|at| height(loss + slope * (along.at(at, columns_) - here)));
        let heights = (0..columns_).map(|at| height(losses.at((at, 0), (columns_, 1))));
        canvas.curve(line, false, &tangent);
        let curve = Pen {
            rank: 1,
            ..Pen::thin(theme.style(Role::Text), '*')
        };
        canvas.curve(heights, false, &curve);
        let place = |value: f64, loss: f64| (x.share(value), 1.0 - axes.y.share(loss));
        let at = place(here, loss);
        let arrow = self.plane.next.as_ref().and_then(|next| {
            let next = place(next[0], loss + slope * (next[0] - here));
            let (columns, rows) = (f64::from(plot.width), f64::from(plot.height));
            Arrow::of(((next.0 - at.0) * columns, (next.1 - at.1) * rows))
        });
        let least = self.least(&losses);
        let legend = self.legend(least.map(|least| ("point", least.0)), arrow, above);
        let least = least.filter(|_| legend.has_least);
        let mark = least.map(|(least, column, _)| place(along.at(column, losses.columns), least));
        draw_marks(
            theme,
            (canvas, plot),
            (at, legend.arrow.as_ref(), mark),
            buf,
        );
        self.draw_legend(&legend, None, above, buf);
        (columns_, 1)
    }

    /// Returns the least of the losses that are drawn, and its column and row; `None` where one stands no higher: between
    /// the places that are drawn it may be lower still.
    fn least(&self, losses: &LossMap) -> Option<(f64, usize, usize)> {
        losses.least().filter(|least| least.0 < self.plane.loss)
    }

    /// Returns what the marks mean and where one stands, as far as there is room, and what of it is to be drawn: no mark
    /// without its meaning, and an arrow as long as it is unless there is room to say how much longer.
    fn legend(&self, least: Option<(&str, f64)>, arrow: Option<Arrow>, area: Rect) -> Legend {
        let (view, theme) = (self.view, self.view.theme);
        if area.is_empty() {
            return Legend {
                text: String::new(),
                has_least: true,
                arrow: arrow.map(Arrow::as_it_is),
            };
        }
        let marks = Marks::of(theme);
        let here = format!("{} J {}", marks.here, view.number(self.plane.loss));
        let penalty = if view.step.spec().training.penalty.is_any() {
            " with the penalty"
        } else {
            ""
        };
        let [least, less] = least.map_or_else(Default::default, |(what, least)| {
            let least = view.number(least);
            [
                format!("  {} lowest {what} {least}", marks.least),
                format!("  {} lowest {least}", marks.least),
            ]
        });
        let mut forms: Vec<(String, bool)> = Vec::new();
        let mut tells_times = arrow.is_some_and(|arrow| arrow.times > 1.0);
        if let Some(arrow) = &arrow {
            let head = format!("  {}", arrow.head(theme));
            let which = if arrow.ends_here { "this" } else { "next" };
            let step = step_words(which, self.plane.step, theme);
            let samples = match self.plane.step {
                MapStep::Batch { .. } => " samples",
                _ => "",
            };
            let [times, short_times] = if arrow.times > 1.0 {
                let times = short(arrow.times);
                let sign = theme.pick("×", "x");
                [
                    format!(", {times} times as long"),
                    format!(" {sign}{times}"),
                ]
            } else {
                Default::default()
            };
            forms.extend([
                (
                    format!("{here}{penalty}{least}{head} {step}{samples}{times}"),
                    true,
                ),
                (format!("{here}{least}{head} {step}{samples}{times}"), true),
                (format!("{here}{least}{head} {step}{times}"), true),
                (format!("{here}{less}{head} {step}{times}"), true),
                (format!("{here}{less}{head} {which} step{times}"), true),
                (
                    format!("{here}{less}{head} {which} step{short_times}"),
                    true,
                ),
            ]);
            if tells_times {
                forms.push((format!("{here}{head} {which} step{times}"), false));
                forms.push((format!("{here}{head} {which} step{short_times}"), false));
            }
        }
        let with_arrow = forms.len();
        if arrow.is_none() {
            forms.push((format!("{here}{penalty}{least}"), true));
        }
        forms.extend([
            (format!("{here}{least}"), true),
            (format!("{here}{less}"), true),
            (here, false),
        ]);
        let width = usize::from(area.width);
        let texts: Vec<String> = forms
            .iter()
            .map(|form| theme.text(&form.0).into_owned())
            .collect();
        let fits = |text: &&String| text.width() <= width;
        let at = texts.iter().position(|text| fits(&text));
        tells_times &= at.is_some_and(|at| at < with_arrow);
        Legend {
            text: at.map_or_else(String::new, |at| texts[at].clone()),
            has_least: at.is_some_and(|at| forms[at].1),
            arrow: arrow.map(|arrow| if tells_times { arrow } else { arrow.as_it_is() }),
        }
    }

    /// Draws what the marks mean, the scale of the levels, and the numbers of the axes, as far as there is room.
    fn draw_legend(&self, legend: &Legend, levels: Option<&Levels>, area: Rect, buf: &mut Buffer) {
        let theme = self.view.theme;
        let width = usize::from(area.width);
        let mut lines = area.y..area.bottom();
        let Some(first) = lines.next() else {
            return;
        };
        put(
            buf,
            area,
            area.x,
            first,
            &legend.text,
            theme.style(Role::Dim),
        );
        if let Some(levels) = levels
            && let Some(y) = lines.next()
        {
            levels.draw_scale(
                theme,
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                buf,
            );
        }
        if let Some(y) = lines.next() {
            let forms = [self.numbers(true), self.numbers(false)];
            let forms = forms.map(|form| theme.text(&form).into_owned());
            // A number is whole or not there.
            let text = first_fitting(&forms, width).unwrap_or_default();
            put(buf, area, area.x, y, text, theme.style(Role::Dim));
        }
    }

    /// Returns the numbers of the axes and, if they are to move, what the next update makes of them.
    fn numbers(&self, moves: bool) -> String {
        let numbers = self.map.cells.iter().enumerate().map(|(at, cell)| {
            let here = self.plane.here[at];
            let next = self.plane.next.as_ref().filter(|_| moves);
            let next = next.map(|next| next[at]);
            let is_moved = next.filter(|next| next.total_cmp(&here).is_ne());
            let decimals = self.view.session.decimals();
            let name = name(self.view, *cell);
            match is_moved {
                // In as many decimals as tell them apart.
                Some(next) => format!(
                    "{name} {} → {}",
                    decimals.apart(here, next),
                    decimals.apart(next, here)
                ),
                None => format!("{name} {}", decimals.number(here)),
            }
        });
        numbers.collect::<Vec<_>>().join("   ")
    }
}

/// Returns what an update consists of, in a word.
fn step_words(which: &str, step: MapStep, theme: &Theme) -> String {
    let down = format!("{which} step {}", theme.pick("−ρ∇", "-rho*grad"));
    match step {
        MapStep::Downhill => down,
        MapStep::Batch { samples, of } => format!("{down} of {samples} of {of}"),
        MapStep::Training => format!("{down} in training"),
        MapStep::Optimizer(optimizer) => format!("{which} step of {}", optimizer.name()),
    }
}

/// Draws the level of every cell; where it shows no fill, by letters at the borders between two of them.
fn draw_levels(theme: &Theme, losses: &LossMap, levels: &Levels, plot: Rect, buf: &mut Buffer) {
    let size = (usize::from(plot.width), usize::from(plot.height));
    let level = |column: usize, row: usize| {
        // Rows of the screen are counted from the top.
        levels.level(losses.at((column, size.1 - 1 - row), size))
    };
    let all: Vec<usize> = (0..size.1)
        .flat_map(|row| (0..size.0).map(move |column| (column, row)))
        .map(|(column, row)| level(column, row))
        .collect();
    let of = |column: usize, row: usize| all[row * size.0 + column];
    for (row, y) in (plot.y..plot.bottom()).enumerate() {
        for (column, x) in (plot.x..plot.right()).enumerate() {
            let now = of(column, row);
            let right = of((column + 1).min(size.0 - 1), row);
            let below = of(column, (row + 1).min(size.1 - 1));
            let is_border = right != now || below != now;
            let (symbol, style) = levels.face(now, is_border, theme);
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
                cell.set_symbol(symbol).set_style(style);
            }
        }
    }
}

/// Returns the part of a line that lies on the canvas, of which its ends are shares; `None` if it misses it.
fn clipped(from: (f64, f64), to: (f64, f64)) -> Option<[(f64, f64); 2]> {
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for (from, to) in [(from.0, to.0), (from.1, to.1)] {
        let way = to - from;
        if way.abs() > 0.0 {
            let ends = [-from / way, (1.0 - from) / way];
            first = first.max(ends[0].min(ends[1]));
            last = last.min(ends[0].max(ends[1]));
        } else if !(0.0..=1.0).contains(&from) {
            return None;
        }
    }
    // Rounding may lead a little outside.
    let at = |share: f64| {
        let place = |from: f64, to: f64| (from + share * (to - from)).clamp(0.0, 1.0);
        (place(from.0, to.0), place(from.1, to.1))
    };
    (first <= last).then(|| [at(first), at(last)])
}

/// Draws a way through points, which are shares of the canvas.
fn draw_way(canvas: &mut Canvas, points: impl Iterator<Item = (f64, f64)>, pen: &Pen) {
    let (columns, rows) = canvas.size();
    let whole = Bounds::new(0.0, 1.0);
    let dot = |(x, y): (f64, f64)| Some((whole.part(x, columns)?, whole.part(y, rows)?));
    let mut last = None;
    for point in points {
        let line = clipped(last.unwrap_or(point), point);
        if let Some([Some(from), Some(to)]) = line.map(|line| line.map(dot)) {
            canvas.line(from, to, pen);
        }
        last = Some(point);
    }
}

/// How far from where one stands the head of an arrow lies that ends there, in columns.
const BESIDE: f64 = 1.25;

/// Draws what is on the canvas, the arrow, and the marks, all in shares of the plot.
fn draw_marks(
    theme: &Theme,
    (mut canvas, plot): (Canvas, Rect),
    (here, arrow, least): (Point, Option<&Arrow>, Option<Point>),
    buf: &mut Buffer,
) {
    let whole = Bounds::new(0.0, 1.0);
    let (columns, rows) = (i32::from(plot.width), i32::from(plot.height));
    let cell = |(x, y): (f64, f64)| cell_at(plot, whole.part(x, columns), whole.part(y, rows));
    let head = arrow.map(|arrow| {
        let way = (
            arrow.way.0 / f64::from(columns),
            arrow.way.1 / f64::from(rows),
        );
        let part = |part: f64| (here.0 + part * way.0, here.1 + part * way.1);
        let other = part(if arrow.ends_here { -1.0 } else { 1.0 });
        let other = clipped(here, other).map_or(here, |line| line[1]);
        let pen = Pen {
            rank: 2,
            width: if theme.ascii { 1 } else { 2 },
            ..Pen::thin(theme.style(Role::Lit), '+')
        };
        draw_way(&mut canvas, [here, other].into_iter(), &pen);
        // Beside the mark of where one stands.
        let head = if arrow.ends_here {
            part(-BESIDE / arrow.way.0.hypot(HEIGHT * arrow.way.1).max(BESIDE))
        } else {
            other
        };
        (head, arrow.head(theme), arrow.ends_here.then_some(other))
    });
    for (x, y, symbol, style) in canvas.drawn() {
        if let Some(cell) = buf.cell_mut((x, y)) {
            let style = on(cell.style(), style, theme);
            cell.set_char(symbol).set_style(style);
        }
    }
    let marks = Marks::of(theme);
    let mut put = |place: (f64, f64), mark: &str, role: Role| {
        if let Some((x, y)) = cell(place) {
            let style = on(buf[(x, y)].style(), theme.style(role), theme);
            put_mark(buf, plot, (x, y), mark, style);
        }
    };
    if let Some(least) = least {
        put(least, marks.least, Role::Title);
    }
    if let Some((at, head, before)) = head {
        put(at, head, Role::Lit);
        if let Some(before) = before {
            put(before, marks.before, Role::Title);
        }
    }
    put(here, marks.here, Role::Title);
}

/// Returns the style of something on a fill: it keeps the attributes of its own, and the colours of what stands out there.
fn on(fill: Style, style: Style, theme: &Theme) -> Style {
    match fill.bg.and_then(|bg| theme.on_level(bg)) {
        Some(fg) => Style {
            fg: Some(fg),
            bg: fill.bg,
            ..style
        },
        None => style,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Operation;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train};
    use crate::ui::style::Color;

    #[test]
    fn a_lesson_shows_the_two_steepest_weights_and_then_the_next_update() {
        let session = Net::grounded().at(vec![0], Operation::Sample);
        let shown = text(&drawn(&session, PLAIN, (44, 12), draw));
        assert!(
            !shown.contains("ρ∇"),
            "before the gradient is known: {shown}"
        );
        let session = Net::grounded().at(vec![0], Operation::Gradient(0));
        let shown = text(&drawn(&session, PLAIN, (44, 12), draw));
        let expected = "\
● J 0.670  × lowest 0.031  → next step −ρ∇
";
        assert!(shown.starts_with(expected), "{shown}");
        check_sizes(&session, draw);
        let words = Net::xor().session(vec![train(3), say()]);
        check_sizes(&words, draw);
    }

    #[test]
    fn levels_are_colours_or_letters_at_their_borders() {
        let session = Net::grounded().at(vec![0], Operation::Gradient(0));
        let size = (44, 14);
        let dark = Theme {
            color: Color::Dark,
            ascii: false,
        };
        let (coloured, plain) = (
            drawn(&session, dark, size, draw),
            drawn(&session, PLAIN, size, draw),
        );
        let ascii = text(&drawn(&session, ASCII, size, draw));
        assert!(
            ascii.is_ascii() && ascii.contains('@') && ascii.contains("a<"),
            "{ascii}"
        );
        let letters = "abcdefghij";
        // In the plot, below the legend and right of the axis, each cell has a level.
        let plot = Rect::new(8, 3, 34, 9);
        let mut seen = Vec::new();
        for position in plot.positions() {
            let background = coloured[position].bg;
            assert!(
                dark.on_level(background).is_some(),
                "{background:?} at {position}"
            );
            let symbol = plain[position].symbol();
            if symbol.len() == 1 && letters.contains(symbol) && !seen.contains(&background) {
                seen.push(background);
            }
        }
        assert!(seen.len() > 1, "{seen:?}");
        // What stands on a level stands out.
        let here = plot
            .positions()
            .find(|place| coloured[*place].symbol() == "●")
            .unwrap();
        assert_ne!(coloured[here].fg, coloured[here].bg);
        assert_eq!(Some(coloured[here].fg), dark.on_level(coloured[here].bg));
    }

    #[test]
    fn an_arrow_is_as_long_as_it_can_be_seen_and_says_how_much_longer_than_it_is() {
        for (way, times, head) in [
            ((10.0, 0.0), 1.0, "→"),
            ((-0.3, 0.0), 20.0, "←"),
            ((0.0, 0.5), 5.0, "↓"),
            ((4.0, -2.0), 1.0, "↗"),
            ((-1e-3, -5e-4), 5_000.0, "↖"),
        ] {
            let arrow = Arrow::of(way).unwrap();
            assert!(
                (arrow.times - times).abs() < 1e-9,
                "{way:?}: {}",
                arrow.times
            );
            assert_eq!(arrow.head(&PLAIN), head, "{way:?}");
        }
        for way in [(0.0, 0.0), (f64::NAN, 1.0), (1e-300, 0.0)] {
            assert!(Arrow::of(way).is_none(), "{way:?}");
        }
        // A line that leaves the plot ends at its border, and one outside is not drawn.
        for (from, to, part) in [
            ((0.5, 0.5), (2.5, -0.5), Some([(0.5, 0.5), (1.0, 0.25)])),
            ((0.5, 0.5), (0.75, 0.5), Some([(0.5, 0.5), (0.75, 0.5)])),
            ((-1.0, 0.0), (1.0, 1.0), Some([(0.0, 0.5), (1.0, 1.0)])),
            ((-1.0, 0.5), (0.5, 3.0), None),
            ((2.0, 2.0), (2.0, 2.0), None),
            ((f64::NAN, 0.0), (1.0, 1.0), None),
        ] {
            assert_eq!(clipped(from, to), part, "{from:?} {to:?}");
        }
    }
}
