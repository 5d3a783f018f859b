//! The list of lessons.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::theme::{Role, Theme};
use super::view::{fitted, paragraph, put, put_right};
use crate::session::Menu;

/// Draws the list, and below it what the chosen lesson is about.
pub(super) fn draw(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    let entries = menu.entries();
    if entries.is_empty() {
        put(
            buf,
            inner,
            inner.x,
            inner.y,
            "There are no lessons here.",
            theme.style(Role::Text),
        );
        return;
    }
    let names = entries.iter().map(|entry| entry.name.width()).max();
    let names = names.unwrap_or(0).min(usize::from(inner.width) / 2);
    let about = 4.min(inner.height.saturating_sub(1));
    let list_rows = usize::from(inner.height.saturating_sub(about + 1)).max(1);
    let first = menu
        .at()
        .saturating_sub(list_rows / 2)
        .min(entries.len().saturating_sub(list_rows));
    for (y, (i, entry)) in (inner.y..).zip(entries.iter().enumerate().skip(first).take(list_rows)) {
        let chosen = i == menu.at();
        let mark = if chosen {
            theme.pick("▸ ", "> ")
        } else {
            "  "
        };
        let style = if chosen {
            theme.style(Role::Cursor)
        } else {
            theme.style(Role::Text)
        };
        let place = match entry.place {
            Some((step, of)) if step == of => "walked to the end".into(),
            Some((step, of)) => format!("left at step {step} of {of}"),
            None => String::new(),
        };
        let room = usize::from(inner.width).saturating_sub(names + 6 + place.width());
        let title = fitted(&theme.text(&entry.title), room, theme);
        let name = fitted(&theme.text(&entry.name), names, theme);
        let text = format!("{mark}{name:<names$}  {title}");
        let end = put(buf, inner, inner.x, y, &text, style);
        if chosen {
            // The bar goes over the whole line.
            let rest = usize::from(inner.right().saturating_sub(end));
            put(buf, inner, end, y, &" ".repeat(rest), style);
        }
        let style = if chosen {
            style
        } else {
            theme.style(Role::Dim)
        };
        put_right(buf, inner, y, &place, style);
    }
    if entries.len() > list_rows {
        let more = format!("{} of {}", menu.at() + 1, entries.len());
        put_right(buf, inner, area.y, &more, theme.style(Role::Dim));
    }
    if let Some(entry) = entries.get(menu.at()) {
        let y = inner.y + u16::try_from(list_rows.min(entries.len()) + 1).unwrap_or(0);
        let role = if entry.sound {
            Role::Text
        } else {
            Role::Warning
        };
        let place = Rect {
            x: inner.x + 2,
            y,
            width: inner.width.saturating_sub(2),
            height: inner.bottom().saturating_sub(y),
        };
        let about = if entry.topics.is_empty() {
            entry.summary.clone()
        } else {
            format!(
                "{} ({} of the lecture)",
                entry.summary,
                entry.topics.join(", ")
            )
        };
        paragraph(buf, place, &about, theme.style(role), *theme);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::super::fixture::{ASCII, PLAIN, text};
    use super::*;
    use crate::session::{Command, Entry};

    fn menu(count: usize) -> Menu {
        let entry = |i: usize| Entry {
            name: format!("lesson{i}"),
            title: format!("A title ŷ{i}"),
            summary: "What it is about, in a sentence that is a little longer.".into(),
            topics: vec![format!("S{i}")],
            part: None,
            needs: Vec::new(),
            sound: i != 3,
            place: None,
        };
        Menu::new((1..=count).map(entry).collect())
    }

    fn drawn(menu: &Menu, theme: &Theme, (width, height): (u16, u16)) -> Buffer {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        draw(menu, theme, area, &mut buf);
        buf
    }

    #[test]
    fn the_chosen_lesson_is_marked_reversed_and_summed_up() {
        let mut menu = menu(2);
        menu.apply(Command::Down);
        let buf = drawn(&menu, &PLAIN, (40, 10));
        let expected = "
   lesson1  A title ŷ1
 ▸ lesson2  A title ŷ2

   What it is about, in a sentence
   that is a little longer. (S2 of
   the lecture)



";
        assert_eq!(text(&buf), expected);
        for position in buf.area.positions() {
            let is_bar = position.y == 2 && (1..39).contains(&position.x);
            let is_reversed = buf[position].modifier.contains(Modifier::REVERSED);
            assert_eq!(is_reversed, is_bar, "{position}");
        }
        assert!(text(&drawn(&menu, &ASCII, (40, 10))).contains(" > lesson2  A title y_hat2"));
    }

    #[test]
    fn a_long_list_follows_the_choice_and_says_where_it_is() {
        let mut menu = menu(30);
        for at in 1..=30 {
            let shown = text(&drawn(&menu, &PLAIN, (40, 12)));
            assert!(shown.contains(&format!("{at} of 30")), "{shown}");
            assert!(shown.contains(&format!("▸ lesson{at} ")), "{shown}");
            menu.apply(Command::Down);
        }
    }

    #[test]
    fn why_a_lesson_does_not_load_stands_out() {
        let mut menu = menu(3);
        menu.apply(Command::End);
        let buf = drawn(&menu, &PLAIN, (40, 10));
        assert_eq!(buf[(3, 5)].symbol(), "W");
        assert!(buf[(3, 5)].modifier.contains(Modifier::BOLD));
        menu.apply(Command::Up);
        let buf = drawn(&menu, &PLAIN, (40, 10));
        assert!(!buf[(3, 5)].modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn what_is_cut_is_marked() {
        let shown = text(&drawn(&menu(1), &PLAIN, (24, 5)));
        assert!(shown.contains("lesson1  A title …"), "{shown}");
        let summary = shown.lines().find(|line| line.contains("about")).unwrap();
        assert!(summary.ends_with('…'), "{shown}");
        assert!(text(&drawn(&Menu::new(Vec::new()), &PLAIN, (40, 5))).contains("no lessons"));
    }
}
