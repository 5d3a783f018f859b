//! The choices that a network and its training are made of, in the place of the page, so that the panels beside it follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::window::{ListWindow, draw_bar, draw_count, pointer};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{first_fitting, fitted, put, put_right};
use crate::ui::view::View;

/// Returns a value between arrows that lead to others, or with the words that none fits.
fn turned(value: &str, [back, on]: [bool; 2], theme: &Theme) -> String {
    if !back && !on {
        return format!("{value}, no other fits ");
    }
    let arrow = |leads: bool, sign, ascii| if leads { theme.pick(sign, ascii) } else { " " };
    let (back, on) = (arrow(back, "◂", "<"), arrow(on, "▸", ">"));
    format!("{back} {value} {on}")
}

/// Draws the list, with the choice that is pointed at in sight.
pub(in crate::ui) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    let (session, theme) = (view.session, view.theme);
    let title = match session.trace().lesson().networks.len() {
        1 => "What the network and its training are made of".to_owned(),
        _ => format!("What network `{}` is made of", view.step.spec().name),
    };
    let forms = [title, "The network and its training".to_owned()];
    let width = usize::from(area.width);
    let title = first_fitting(&forms, width).unwrap_or(&forms[1]);
    let title = fitted(&theme.text(title), width, theme);
    put(buf, area, area.x, area.y, &title, theme.style(Role::Title));
    let list = Rect {
        y: area.y + 2,
        height: area.height.saturating_sub(2),
        ..area
    };
    let rows = session.choices();
    let at = session.choice_at(&rows);
    let window = ListWindow::around(&(at..at + 1), rows.len(), usize::from(list.height));
    let numbered: Vec<_> = rows.iter().enumerate().collect();
    for (y, (i, row)) in (list.y..list.bottom()).zip(window.shown(&numbered)) {
        let is_chosen = *i == at;
        let role = if is_chosen { Role::Cursor } else { Role::Text };
        if is_chosen {
            draw_bar(list, y, theme, buf);
        }
        let is_changed = row.is_changed;
        let label = format!("{}{}", pointer(is_chosen, theme), row.label);
        let mark = if is_changed { "*" } else { "" };
        let value = format!("{mark}{}", row.shown());
        let value = if is_chosen {
            turned(&value, session.choice_ways(), theme)
        } else {
            format!("{value}  ")
        };
        let value = theme.text(&value).into_owned();
        let room = usize::from(list.width).saturating_sub(value.chars().count() + 1);
        let label = fitted(&theme.text(&label), room, theme);
        put(buf, list, list.x, y, &label, theme.style(role));
        let role = match (is_chosen, is_changed) {
            (true, _) => Role::Cursor,
            (false, true) => Role::Changed,
            (false, false) => Role::Text,
        };
        put_right(buf, list, y, &value, theme.style(role));
    }
    if window.most_scroll() > 0 {
        let count = format!("{} of {}", at + 1, rows.len());
        draw_count(&count, area, area.y + 1, theme, buf);
    }
}
