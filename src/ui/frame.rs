//! Where the panels are, and the lines between them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Role;
use super::view::{View, fitted, put};
use super::{curve, meters, network};

/// The inner areas of the panels; one that has given way is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Everything between header and footer.
    outer: Rect,
    /// Whether there is a border on all sides; in a low window there is only the line with the heading.
    boxed: bool,
    /// Formula, matrices, narration.
    pub page: Rect,
    /// The network.
    pub network: Option<Rect>,
    /// Saturation meters.
    pub meters: Option<Rect>,
    /// The loss curve.
    pub curve: Option<Rect>,
}

/// Lower than this, the page has the rows of the border too.
const BOXED: u16 = 14;
/// Narrower than this, there is no column on the right.
const TWO_COLUMNS: u16 = 72;
/// Rows that the network, the meters and the curve want at least.
const NETWORK_ROWS: u16 = 6;
const METER_ROWS: u16 = 4;
const CURVE_ROWS: u16 = 5;

impl Layout {
    /// The layout of an area between header and footer.
    pub(super) fn of(outer: Rect) -> Self {
        let inner = Rect {
            x: outer.x + 1,
            y: outer.y + 1,
            width: outer.width.saturating_sub(2),
            height: outer.height.saturating_sub(2),
        };
        let boxed = outer.height >= BOXED;
        let mut layout = Self {
            outer,
            boxed,
            page: inner,
            network: None,
            meters: None,
            curve: None,
        };
        if !boxed && outer.width < TWO_COLUMNS {
            layout.page = Rect {
                y: outer.y + 1,
                height: outer.height.saturating_sub(1),
                ..outer
            };
        } else if outer.width >= TWO_COLUMNS {
            let right = (inner.width * 35 / 100).clamp(26, 64);
            layout.page.width = inner.width - right - 1;
            let column = Rect {
                x: inner.right() - right,
                width: right,
                ..inner
            };
            layout.stack(column);
        } else if inner.height >= 30 {
            // A tall, narrow window: the panels stand under the page.
            layout.page.height = inner.height / 2;
            let column = Rect {
                y: layout.page.bottom() + 1,
                height: inner.height - layout.page.height - 1,
                ..inner
            };
            layout.stack(column);
        }
        layout.page.x += 1;
        layout.page.width = layout.page.width.saturating_sub(2);
        layout
    }

    /// Whether the page has the whole width and no border around it.
    const fn is_open(&self) -> bool {
        !self.boxed && self.network.is_none()
    }

    /// Network, meters and curve, one below the other, as many as there is room for.
    fn stack(&mut self, column: Rect) {
        let rows = column.height;
        let two = NETWORK_ROWS + 1 + METER_ROWS;
        let three = two + 1 + CURVE_ROWS;
        let at = |y: u16, height: u16| {
            Some(Rect {
                y,
                height,
                ..column
            })
        };
        if rows >= three {
            let spare = rows - three;
            let network = NETWORK_ROWS + spare * 2 / 5;
            let meters = METER_ROWS + spare * 2 / 7;
            let curve = rows - network - meters - 2;
            self.network = at(column.y, network);
            self.meters = at(column.y + network + 1, meters);
            self.curve = at(column.y + network + meters + 2, curve);
        } else if rows >= two {
            let network = rows - 1 - METER_ROWS;
            self.network = at(column.y, network);
            self.meters = at(column.y + network + 1, METER_ROWS);
        } else {
            self.network = at(column.y, rows);
        }
    }
}

/// Draws the frame with the headings of the panels in it.
pub(super) fn draw(view: &View, layout: &Layout, buf: &mut Buffer) {
    let theme = view.theme;
    let style = theme.style(Role::Frame);
    let outer = layout.outer;
    let (left, right) = (outer.x, outer.right().saturating_sub(1));
    let (top, bottom) = (outer.y, outer.bottom().saturating_sub(1));
    let line = theme.pick("─", "-");
    let post = theme.pick("│", "|");
    let open = layout.is_open();
    for x in left..=right {
        put(buf, outer, x, top, line, style);
        if !open {
            put(buf, outer, x, bottom, line, style);
        }
    }
    if !open {
        for y in top..=bottom {
            put(buf, outer, left, y, post, style);
            put(buf, outer, right, y, post, style);
        }
        for (x, y, corner) in [
            (left, top, "╭"),
            (right, top, "╮"),
            (left, bottom, "╰"),
            (right, bottom, "╯"),
        ] {
            put(buf, outer, x, y, theme.pick(corner, "+"), style);
        }
    }

    let panels = [
        (layout.network, network::title as fn(&View) -> String),
        (layout.meters, meters::title),
        (layout.curve, curve::title),
    ];
    let beside = layout.network.is_some_and(|area| area.y == layout.page.y);
    if let Some(first) = layout.network {
        let column = first.x - 1;
        if beside {
            for y in top + 1..bottom {
                put(buf, outer, column, y, post, style);
            }
            put(buf, outer, column, top, theme.pick("┬", "+"), style);
            put(buf, outer, column, bottom, theme.pick("┴", "+"), style);
        }
        for (area, title) in panels {
            let Some(area) = area else { continue };
            let y = area.y - 1;
            if y > top {
                for x in column..=right {
                    put(buf, outer, x, y, line, style);
                }
                put(buf, outer, column, y, theme.pick("├", "+"), style);
                put(buf, outer, right, y, theme.pick("┤", "+"), style);
            }
            heading(view, area, y, &title(view), buf);
        }
    }
    let title = view.step.title();
    let page = Rect {
        x: layout.page.x - 1,
        width: layout.page.width + 2,
        ..layout.page
    };
    heading(view, page, top, &title, buf);
}

/// A heading in the line above an area.
fn heading(view: &View, area: Rect, y: u16, title: &str, buf: &mut Buffer) {
    let title = view.theme.text(title);
    let room = usize::from(area.width).saturating_sub(3);
    let title = format!(" {} ", fitted(&title, room, view.theme));
    let whole = Rect {
        y,
        height: 1,
        ..area
    };
    let style = view.theme.style(Role::Title);
    put(buf, whole, area.x + 1, y, &title, style);
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{ASCII, Net, PLAIN, drawn, text};
    use super::*;
    use crate::trace::Operation;

    fn panels(width: u16, height: u16) -> usize {
        let layout = Layout::of(Rect::new(0, 1, width, height - 2));
        [layout.network, layout.meters, layout.curve]
            .iter()
            .flatten()
            .count()
    }

    #[test]
    fn panels_give_way_in_the_stated_order() {
        assert_eq!(panels(80, 24), 3);
        assert_eq!(panels(80, 20), 2);
        assert_eq!(panels(80, 14), 1);
        assert_eq!(panels(60, 24), 0);
        assert_eq!(panels(60, 60), 3);
        assert_eq!(panels(40, 12), 0);
    }

    #[test]
    fn panels_do_not_overlap_and_stay_inside() {
        for width in 40..220 {
            for height in 12..80 {
                let outer = Rect::new(0, 1, width, height - 2);
                let layout = Layout::of(outer);
                let areas: Vec<Rect> = [
                    Some(layout.page),
                    layout.network,
                    layout.meters,
                    layout.curve,
                ]
                .into_iter()
                .flatten()
                .collect();
                for (i, a) in areas.iter().enumerate() {
                    assert!(a.width > 0 && a.height > 0, "{width}x{height}: {a:?}");
                    assert_eq!(outer.intersection(*a), *a, "{width}x{height}");
                    for b in &areas[i + 1..] {
                        assert!(!a.intersects(*b), "{width}x{height}: {a:?} {b:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn lines_meet_and_titles_stand_in_them() {
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        let frame = |view: &View, area: Rect, buf: &mut Buffer| {
            super::draw(view, &Layout::of(area), buf);
        };
        let shown = text(&drawn(&session, PLAIN, (80, 19), frame));
        let lines: Vec<&str> = shown.lines().collect();
        let top =
            "╭─ Weighted sums of layer 1 ───────────────────────┬─ Network, sample 1 ───────╮";
        assert_eq!(lines[0], top);
        assert!(lines[1..18].iter().all(|line| line.starts_with('│')));
        let inner = lines.iter().filter(|line| line.contains('├'));
        assert_eq!(inner.count(), 2);
        let bottom = format!("╰{}┴{}╯", "─".repeat(50), "─".repeat(27));
        assert_eq!(lines[18], bottom);
        let shown = text(&drawn(&session, ASCII, (80, 19), frame));
        assert!(shown.is_ascii() && shown.starts_with("+- Weighted sums"));
    }

    #[test]
    fn a_title_that_is_too_long_is_cut_with_a_mark() {
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(2));
        let frame = |view: &View, area: Rect, buf: &mut Buffer| {
            super::draw(view, &Layout::of(area), buf);
        };
        let shown = text(&drawn(&session, PLAIN, (24, 16), frame));
        assert_eq!(shown.lines().next(), Some("╭─ Weighted sum at th… ╮"));
    }
}
