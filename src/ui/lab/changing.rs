//! The numbers of a run, or the choices that it is made of, with the panels that follow them beside.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{TWO_COLUMNS, draw_tiles, frame, history, inside};
use crate::lesson::Panel;
use crate::session::{Lab, Mode};
use crate::ui::layout::stack;
use crate::ui::list::choices;
use crate::ui::page::Page;
use crate::ui::panel::Drawer;
use crate::ui::view::View;

/// The columns that the numbers take at most, where there is room for more panels.
const MOST_COLUMNS: u16 = 84;

/// Draws the numbers or the choices on the left, and beside them what follows from them.
pub(super) fn draw(lab: &Lab, view: &View, outer: Rect, buf: &mut Buffer) {
    let inner = inside(outer);
    let is_wide = outer.width >= TWO_COLUMNS;
    let left = Rect {
        width: if is_wide {
            (inner.width * 55 / 100).min(MOST_COLUMNS)
        } else {
            inner.width
        },
        ..inner
    };
    let mut below = None;
    let mut top = left;
    let title = if lab.mode() == Mode::Choices {
        choices::draw(view, left, buf);
        "Choices"
    } else {
        let history = history::of(lab, view);
        if let Some((title, points)) = history
            && left.height > history::ROWS + history::LEAST_ABOVE
        {
            top.height -= history::ROWS + 1;
            let area = Rect {
                y: top.bottom() + 1,
                height: history::ROWS,
                ..left
            };
            history::draw(lab, &points, view, area, buf);
            below = Some((area, title));
        }
        let place = Rect {
            x: top.x + 1,
            width: top.width.saturating_sub(2),
            ..top
        };
        let page = Page::fit(view, usize::from(place.width), usize::from(place.height));
        page.draw(view, place, buf);
        "Numbers"
    };
    let over = [(top, title.to_owned())].into_iter().chain(below);
    let mut tiles = vec![(left, over.collect())];
    if is_wide {
        let right = Rect {
            x: left.right() + 1,
            width: inner.right() - left.right() - 1,
            ..inner
        };
        let panels = [Panel::Loss, lab.main_panel(), Panel::Network];
        let drawers = panels.map(Drawer::new);
        tiles.push((right, draw_tiles(view, &stack(view, &drawers, right), buf)));
    }
    frame(view, outer, &tiles, buf);
}
