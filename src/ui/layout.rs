//! The layout: the places of the page and the panels, and the borders between them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::panel::Drawer;
use crate::ui::style::Role;
use crate::ui::text::{fitted, put};
use crate::ui::view::View;

/// The inner areas of the page and of the panels that there is room for.
pub(super) struct Layout {
    /// The area between header and footer.
    outer: Rect,
    /// Whether there is a border on all sides; a low window has only the line with the heading.
    boxed: bool,
    /// The area of the page: formula, matrices, narration.
    pub page: Rect,
    /// The areas of the panels, from top to bottom.
    pub panels: Vec<(Rect, Drawer)>,
}

/// The height in rows below which the page takes the rows of the border too.
const BOXED: u16 = 14;
/// The most columns of the page: a line of text of 80 columns, and a blank on each side.
const WIDEST_PAGE: u16 = 82;
/// The width in columns below which there is no column on the right.
const TWO_COLUMNS: u16 = 72;

impl Layout {
    /// Returns the layout of the area between header and footer with these panels, the most important one first.
    pub(super) fn new(view: &View, panels: &[Drawer], outer: Rect) -> Self {
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
            panels: Vec::new(),
        };
        if panels.is_empty() || (!boxed && outer.width < TWO_COLUMNS) {
            if !boxed && outer.width < TWO_COLUMNS {
                layout.page = Rect {
                    y: outer.y + 1,
                    height: outer.height.saturating_sub(1),
                    ..outer
                };
            }
        } else if outer.width >= TWO_COLUMNS {
            // What the page cannot use is the panels'.
            let right = (inner.width * 35 / 100).max(26);
            let right = right.max(inner.width.saturating_sub(WIDEST_PAGE + 1));
            layout.page.width = inner.width - right - 1;
            let column = Rect {
                x: inner.right() - right,
                width: right,
                ..inner
            };
            layout.panels = stack(view, panels, column);
        } else if inner.height >= 30 {
            // A tall, narrow window: the panels stand under the page, whose equations take several lines there.
            layout.page.height = inner.height * 3 / 5;
            let column = Rect {
                y: layout.page.bottom() + 1,
                height: inner.height - layout.page.height - 1,
                ..inner
            };
            layout.panels = stack(view, panels, column);
        }
        layout.page.x += 1;
        layout.page.width = layout.page.width.saturating_sub(2);
        layout
    }

    /// Returns whether the page has the whole width and no border around it.
    const fn is_open(&self) -> bool {
        !self.boxed && self.panels.is_empty()
    }
}

/// Returns the areas of the panels, one below the other with a line between them: as many as get their least rows. The
/// first is always there, and then comes what the step speaks of.
pub(super) fn stack(view: &View, panels: &[Drawer], column: Rect) -> Vec<(Rect, Drawer)> {
    let mut order: Vec<usize> = (0..panels.len()).collect();
    order.sort_by_key(|&i| (i > 0, !(panels[i].is_spoken_of)(view), i));
    let mut rows = column.height;
    let mut kept = Vec::new();
    for i in order {
        let line = u16::from(!kept.is_empty());
        match rows.checked_sub((panels[i].min)(view) + line) {
            Some(left) => rows = left,
            None if !kept.is_empty() => break,
            None => rows = 0,
        }
        kept.push(i);
    }
    kept.sort_unstable();
    let panels: Vec<Drawer> = kept.into_iter().map(|i| panels[i]).collect();
    let heights = heights(view, &panels, rows);
    let mut y = column.y;
    let mut stacked = Vec::with_capacity(panels.len());
    for (panel, height) in panels.into_iter().zip(heights) {
        let height = height.min(column.bottom() - y);
        stacked.push((
            Rect {
                y,
                height,
                ..column
            },
            panel,
        ));
        y += height + 1;
    }
    stacked
}

/// The factor by which the share of a panel grows when the step speaks of what it shows.
const SPOKEN_OF: u16 = 3;

/// Returns the rows of each panel: its least and its share of the spare ones, up to its most.
fn heights(view: &View, panels: &[Drawer], spare: u16) -> Vec<u16> {
    let least: Vec<u16> = panels.iter().map(|panel| (panel.min)(view)).collect();
    let mut heights = least.clone();
    let most: Vec<u16> = panels
        .iter()
        .zip(&least)
        .map(|(panel, &least)| (panel.max)(view).max(least))
        .collect();
    let fill: Vec<u16> = panels
        .iter()
        .map(|panel| {
            let share = if (panel.is_spoken_of)(view) {
                SPOKEN_OF
            } else {
                1
            };
            panel.fill * share
        })
        .collect();
    let mut spare = spare;
    let mut open: Vec<usize> = (0..panels.len()).collect();
    loop {
        let shares: u16 = open.iter().map(|&i| fill[i]).sum();
        let extra = |i: usize| u32::from(spare) * u32::from(fill[i]) / u32::from(shares);
        // A panel that cannot use its share leaves it to the others.
        let full = open.iter().position(|&i| {
            let wanted = u32::from(heights[i]) + extra(i);
            heights[i] == most[i] || wanted > u32::from(most[i])
        });
        match full {
            Some(at) if open.len() > 1 => {
                let i = open.remove(at);
                spare -= most[i] - heights[i];
                heights[i] = most[i];
            }
            _ => {
                for &i in &open {
                    heights[i] += u16::try_from(extra(i)).unwrap_or(0);
                }
                break;
            }
        }
    }
    // The rows lost in rounding go to the last panel that can use them.
    let used: u16 = open.iter().map(|&i| heights[i] - least[i]).sum();
    if let Some(&last) = open.last() {
        heights[last] += spare - used;
    }
    heights
}

/// Draws the frame with the headings of the panels in it.
pub(super) fn draw(view: &View, beside: &View, layout: &Layout, buf: &mut Buffer) {
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

    if let Some((first, _)) = layout.panels.first() {
        let column = first.x - 1;
        if first.y == layout.page.y {
            for y in top + 1..bottom {
                put(buf, outer, column, y, post, style);
            }
            put(buf, outer, column, top, theme.pick("┬", "+"), style);
            put(buf, outer, column, bottom, theme.pick("┴", "+"), style);
        }
        for (area, panel) in &layout.panels {
            let y = area.y - 1;
            if y > top {
                for x in column..=right {
                    put(buf, outer, x, y, line, style);
                }
                put(buf, outer, column, y, theme.pick("├", "+"), style);
                put(buf, outer, right, y, theme.pick("┤", "+"), style);
            }
            draw_title(view, *area, y, &(panel.title)(beside), buf);
        }
    }
    let title = view.step.title();
    let page = Rect {
        x: layout.page.x - 1,
        width: layout.page.width + 2,
        ..layout.page
    };
    draw_title(view, page, top, &title, buf);
}

/// Draws a heading in the line above an area.
pub(super) fn draw_title(view: &View, area: Rect, y: u16, title: &str, buf: &mut Buffer) {
    let title = view.theme.text(title);
    let room = usize::from(area.width).saturating_sub(4);
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
    use super::*;
    use crate::algebra::Operation;
    use crate::session::Session;
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, text, with_view};
    use crate::ui::panel;

    fn layout(session: &Session, outer: Rect) -> Layout {
        with_view(session, PLAIN, |view| {
            Layout::new(view, &panel::beside(view), outer)
        })
    }

    fn panels(width: u16, height: u16) -> usize {
        let session = Net::grounded().at(vec![0], Operation::PredictionLoss);
        layout(&session, Rect::new(0, 1, width, height - 2))
            .panels
            .len()
    }

    fn frame(view: &View, area: Rect, buf: &mut Buffer) {
        let layout = Layout::new(view, &panel::beside(view), area);
        super::draw(view, view, &layout, buf);
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
        let session = Net::grounded().at(vec![0], Operation::Loss);
        for width in (40..220).step_by(3) {
            for height in 12..80 {
                let outer = Rect::new(0, 1, width, height - 2);
                let layout = layout(&session, outer);
                let panels = layout.panels.iter().map(|(area, _)| *area);
                let areas: Vec<Rect> = [layout.page].into_iter().chain(panels).collect();
                if let [_, .., last] = areas[..] {
                    assert_eq!(last.bottom(), outer.bottom() - 1, "no row is left over");
                }
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
        let shown = text(&drawn(&session, PLAIN, (80, 19), frame));
        let lines: Vec<&str> = shown.lines().collect();
        let top =
            "╭─ Weighted sums of layer 1 ───────────────────────┬─ Network, sample 1 ───────╮";
        assert_eq!(lines[0], top);
        assert!(lines[1..18].iter().all(|line| line.starts_with('│')));
        let inner = lines.iter().filter(|line| line.contains('├'));
        // The loss has nothing to show before its step.
        assert_eq!(inner.count(), 1);
        let bottom = format!("╰{}┴{}╯", "─".repeat(50), "─".repeat(27));
        assert_eq!(lines[18], bottom);
        let shown = text(&drawn(&session, ASCII, (80, 19), frame));
        assert!(shown.is_ascii() && shown.starts_with("+- Weighted sums"));
    }

    #[test]
    fn a_title_that_is_too_long_is_cut_with_a_mark() {
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(2));
        let shown = text(&drawn(&session, PLAIN, (24, 16), frame));
        assert_eq!(shown.lines().next(), Some("╭─ Weighted sum at t… ─╮"));
    }
}
