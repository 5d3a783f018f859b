//! The help: the keys and their commands, made from the table of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::window::{ListWindow, draw_count, inset};
use crate::keys::{self, CLASS_HELP, COUNT_HELP, MOUSE_HELP, TYPE_HELP};
use crate::session::{InClass, Lab, Mode, Session};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{Line, put_lines, wrapped};

/// A part of the help: a heading and the mode whose keys it lists.
pub(in crate::ui) type Chapter = (&'static str, Mode);

/// The help in a lesson.
const LESSON: [Chapter; 5] = [
    ("Walking through the lesson", Mode::Walk),
    ("Asking the numbers (Tab)", Mode::Numbers),
    ("Choosing what the network is made of (c)", Mode::Choices),
    ("Answering a question", Mode::Ask),
    ("Looking at what was missed", Mode::Review),
];

/// What the help has more for a student in a class.
const STUDENT: [Chapter; 2] = [
    ("In the class", Mode::InClass),
    ("Answering a question to the class", Mode::ClassQuestion),
];

/// What the help has more for a teacher.
const TEACHER: [Chapter; 3] = [
    ("In the class", Mode::InClass),
    ("Teaching it (T)", Mode::Console),
    ("Typing a question or a name", Mode::ClassField),
];

/// Returns the help in a lesson.
pub(in crate::ui) fn of_lesson(session: &Session) -> Vec<Chapter> {
    let of_class = of_class(session.in_class());
    of_class.iter().chain(&LESSON).copied().collect()
}

/// Returns what the help has more in a class.
const fn of_class(class: Option<InClass>) -> &'static [Chapter] {
    match class {
        None => &[],
        Some(class) if class.teaches => &TEACHER,
        Some(_) => &STUDENT,
    }
}

/// The help in the lab.
const LAB: [Chapter; 4] = [
    ("In the lab", Mode::Lab),
    ("Among its numbers (Tab)", Mode::LabNumbers),
    ("Among the choices (c)", Mode::Choices),
    ("Changing the data by hand (d)", Mode::Data),
];

/// What stands before the keys for whoever is led through the lab.
const LED: &str = "The class goes through the lab together. The keys that play, go, open and change are those of whoever leads; \
                   those that only show something are yours too, and F leads back to the class.";

/// Returns the help in the lab: where samples are placed, what is for that comes first.
fn of_lab(lab: &Lab) -> Vec<Chapter> {
    let mut chapters = LAB.to_vec();
    if lab.hand().is_some() {
        chapters.rotate_right(1);
    }
    chapters.splice(0..0, of_class(lab.in_class()).iter().copied());
    chapters
}

/// Returns all lines of the help in the lab.
fn lines_of_lab(lab: &Lab, theme: &Theme, width: usize) -> Vec<Line> {
    let mut all = Vec::new();
    if lab.is_led() {
        let parts = wrapped(&theme.text(LED), width).into_iter();
        all.extend(parts.map(|part| vec![(part, Role::Text)]));
        all.push(Line::new());
    }
    all.extend(lines(theme, &of_lab(lab), width));
    all
}

/// Draws the help in the lab.
pub(in crate::ui) fn draw_of_lab(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = lines_of_lab(lab, theme, usize::from(inset(area).width));
    draw_lines(theme, lab.scroll(), &lines, area, buf);
}

/// Returns the number of rows by which the help in the lab can be scrolled.
pub(in crate::ui) fn most_scroll_of_lab(lab: &Lab, theme: &Theme, area: Rect) -> usize {
    let lines = lines_of_lab(lab, theme, usize::from(inset(area).width));
    most_lines(&lines, area)
}

/// The help in the menu.
pub(in crate::ui) const MENU: [Chapter; 2] = [
    ("Choosing a lesson", Mode::Menu),
    ("Searching for one (/)", Mode::Search),
];

/// The signs on the screen of a lesson: in Unicode, in ASCII, and their meaning.
const SIGNS: [(&str, &str, &str); 9] = [
    (
        "bias b",
        "bias b",
        "the row or column that belongs to the bias unit",
    ),
    ("·", ".", "a placeholder: no number belongs there"),
    ("╌╌╌", "---", "a placeholder that [1+] drops"),
    ("…", "~", "a matrix is shown in part: the cursor scrolls it"),
    ("?", "?", "a number that you are asked for"),
    (
        "*",
        "*",
        "a number that is not as written, since you have changed something",
    ),
    (
        "✓ ~ ✗",
        "ok ~ no",
        "an answer that is right, right so far, wrong",
    ),
    ("!", "!", "in the meters: a saturated unit"),
    (
        "solid, broken",
        "+ -",
        "in the network: weights above 0 and below 0; large ones are thick",
    ),
];

/// The signs in the menu, and their meaning.
const MENU_SIGNS: [(&str, &str, &str); 5] = [
    ("✓", "x", "a lesson that was walked to its end"),
    (
        "◐",
        "~",
        "a lesson that was left half-way: it opens where it was left",
    ),
    ("○", "o", "a lesson that was not opened yet"),
    ("5/7", "5/7", "5 of its 7 questions answered right"),
    (
        "25 min",
        "25 min",
        "about how long it takes: 15 seconds a step, and 45 more a question",
    ),
];

/// The width of the column for the keys.
const KEYS_WIDTH: usize = 22;

/// Returns a row with a key in a column of its own, in as many lines as its text needs.
pub(super) fn row(keys: String, help: &str, column: usize, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(column + 2).max(8);
    let mut keys = Some(keys);
    let line = |part| {
        let keys = keys.take().unwrap_or_default();
        let gap = " ".repeat((column + 2).saturating_sub(keys.width()));
        vec![(keys, Role::Key), (gap, Role::Text), (part, Role::Text)]
    };
    wrapped(help, room).into_iter().map(line).collect()
}

/// Adds the heading of a part, with an empty line above.
fn add_heading(lines: &mut Vec<Line>, text: &str) {
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    lines.push(vec![(text.to_owned(), Role::Title)]);
}

/// Returns the whole help. Rows that are the same for walking and for the cursor are listed once.
fn lines(theme: &Theme, chapters: &[Chapter], width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut listed = Vec::new();
    for (title, mode) in chapters {
        let is_first = lines.is_empty();
        add_heading(&mut lines, title);
        let mut add = |keys: String, help: &str| {
            lines.extend(row(keys, &theme.text(help), KEYS_WIDTH, width));
        };
        let mut bindings: Vec<_> = keys::bindings(*mode).collect();
        if is_first && *mode == Mode::Data {
            // Where one places samples, what is for that alone comes first.
            bindings.sort_by_key(|binding| binding.modes.len() > 1);
        }
        for binding in bindings {
            // What is the same as in the lesson stands there.
            let of_class = matches!(
                mode,
                Mode::InClass | Mode::ClassQuestion | Mode::ClassField | Mode::Console
            );
            if of_class && binding.modes.contains(&Mode::Walk) {
                continue;
            }
            let same = (binding.command, binding.keys, binding.help);
            if listed.contains(&same) {
                continue;
            }
            listed.push(same);
            let names: Vec<String> = binding
                .keys
                .iter()
                .map(|key| keys::name(*key, theme.ascii))
                .collect();
            add(shortened(&names), binding.help);
        }
        match mode {
            Mode::Walk | Mode::Lab => add(theme.text(COUNT_HELP.0).into_owned(), COUNT_HELP.1),
            Mode::Data => {
                add(theme.text(CLASS_HELP.0).into_owned(), CLASS_HELP.1);
                add(MOUSE_HELP.0.to_owned(), MOUSE_HELP.1);
            }
            Mode::Ask => add(theme.text(TYPE_HELP.0).into_owned(), TYPE_HELP.1),
            _ => {}
        }
    }
    for (mode, signs) in [(Mode::Walk, &SIGNS[..]), (Mode::Menu, &MENU_SIGNS[..])] {
        if !chapters.iter().any(|chapter| chapter.1 == mode) {
            continue;
        }
        add_heading(&mut lines, "Signs on the screen");
        for (unicode, ascii, meaning) in signs {
            let sign = theme.pick(unicode, ascii).to_owned();
            lines.extend(row(sign, meaning, KEYS_WIDTH, width));
        }
    }
    lines
}

/// Returns the names of keys, as many as fit in their column.
fn shortened(names: &[String]) -> String {
    let mut text = String::new();
    for name in names {
        let more = if text.is_empty() {
            name.clone()
        } else {
            format!("{text} {name}")
        };
        if more.width() > KEYS_WIDTH {
            break;
        }
        text = more;
    }
    text
}

/// Returns the number of rows by which the help can be scrolled.
pub(in crate::ui) fn most_scroll(theme: &Theme, chapters: &[Chapter], area: Rect) -> usize {
    most_lines(
        &lines(theme, chapters, usize::from(inset(area).width)),
        area,
    )
}

/// Returns the number of rows by which lines can be scrolled.
pub(in crate::ui) fn most_lines(lines: &[Line], area: Rect) -> usize {
    ListWindow::scrolled(0, lines.len(), usize::from(inset(area).height)).most_scroll()
}

/// Draws the help.
pub(in crate::ui) fn draw(
    theme: &Theme,
    scroll: usize,
    chapters: &[Chapter],
    area: Rect,
    buf: &mut Buffer,
) {
    let lines = lines(theme, chapters, usize::from(inset(area).width));
    draw_lines(theme, scroll, &lines, area, buf);
}

/// Draws lines that can be scrolled, and how many more there are.
pub(in crate::ui) fn draw_lines(
    theme: &Theme,
    scroll: usize,
    lines: &[Line],
    area: Rect,
    buf: &mut Buffer,
) {
    let inner = inset(area);
    let window = ListWindow::scrolled(scroll, lines.len(), usize::from(inner.height));
    put_lines(buf, inner, window.shown(lines), theme);
    if window.most_scroll() > 0 {
        let more = match window.below() {
            0 => "the end".to_owned(),
            1 => "1 more line".to_owned(),
            more => format!("{more} more lines"),
        };
        draw_count(&more, inner, inner.bottom().saturating_sub(1), theme, buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::fixture::{ASCII, PLAIN, text};

    fn shown(theme: &Theme, scroll: usize, (width, height): (u16, u16)) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        draw(theme, scroll, &LESSON, area, &mut buf);
        text(&buf).lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_key_of_the_table_is_explained() {
        let all = shown(&PLAIN, 0, (100, 140));
        for (heading, mode) in LESSON {
            assert!(all.contains(&format!(" {heading}")));
            for binding in keys::bindings(mode) {
                let first = keys::name(binding.keys[0], false);
                let is_there = all.iter().any(|line| {
                    line.trim_start().starts_with(&first) && line.ends_with(binding.help)
                });
                assert!(is_there, "{first}: {}", binding.help);
            }
        }
        let ascii = shown(&ASCII, 0, (100, 140));
        assert!(ascii.iter().all(|line| line.is_ascii()));
        assert_eq!(ascii.len(), all.len());
    }

    #[test]
    fn scrolling_shows_every_line_and_counts_those_below() {
        let size = (60, 10);
        let all = shown(&PLAIN, 0, (60, 200));
        let all = &all[..=all.iter().rposition(|line| !line.is_empty()).unwrap()];
        let most = most_scroll(&PLAIN, &LESSON, Rect::new(0, 0, 60, 10));
        // One row says how many more there are.
        assert_eq!(most, all.len() - 9);
        for scroll in 0..=most {
            let lines = shown(&PLAIN, scroll, size);
            assert_eq!(lines[..9], all[scroll..scroll + 9]);
            let more = match most - scroll {
                0 => "the end".to_owned(),
                1 => "1 more line".to_owned(),
                more => format!("{more} more lines"),
            };
            assert_eq!(lines[9].trim(), more);
        }
        // Scrolling ends with the last line; if all fits, nothing scrolls.
        assert_eq!(shown(&PLAIN, 1000, size), shown(&PLAIN, most, size));
        assert_eq!(most_scroll(&PLAIN, &LESSON, Rect::new(0, 0, 60, 200)), 0);
    }
}
