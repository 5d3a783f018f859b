//! The list of lessons as a map of the course: its parts with their lessons, how far each was walked in this run, and
//! a description of the chosen one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::window::{ListWindow, draw_bar, draw_count, pointer};
use crate::lesson::{EVENING, TOPICS, place_in_evening};
use crate::session::{Menu, MenuEntry, Reached};
use crate::ui::style::{Role, Theme};
use crate::ui::text::wrapped;
use crate::ui::text::{first_fitting, fitted, put, put_right};

/// The widest list in columns: on a wider screen it grows no further, so that title and topics of a lesson stay
/// together.
const WIDEST: u16 = 100;

/// The least width of a column where there are several.
const LEAST_COLUMN: u16 = 56;

/// The columns between two of them.
const GAP: u16 = 2;

/// The widest description: longer lines are hard to read.
const WIDEST_ABOUT: u16 = 78;

/// The least rows for the description of the chosen lesson, if the screen has them.
const LEAST_ABOUT: u16 = 3;

/// The heading of the lessons without a part, if others have one.
const NO_PART: &str = "Other lessons";

/// A row of the list.
enum MenuRow<'a> {
    Empty,
    Part(&'a str),
    Lesson(usize),
}

/// The parts of the list on a screen: columns of rows, side by side.
struct MenuLayout<'a> {
    columns: Vec<Vec<MenuRow<'a>>>,
    /// The area of the first column; the others are as wide.
    area: Rect,
    /// The rows of the only column that are in sight.
    window: ListWindow,
    /// The area of the description of the chosen lesson.
    about: Rect,
}

impl<'a> MenuLayout<'a> {
    fn new(menu: &'a Menu, theme: &Theme, area: Rect) -> Self {
        let inner = Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2),
        };
        let about = about_rows(menu, theme, inner);
        let room = usize::from(inner.height.saturating_sub(about + 1)).max(1);
        let rows = rows(menu, room);
        let most = usize::from((inner.width + GAP) / (LEAST_COLUMN + GAP));
        let columns = (2..=most)
            .find_map(|count| columns(menu, count, room))
            .filter(|_| rows.len() > room)
            .unwrap_or_else(|| vec![rows]);
        let is_chosen = |row: &MenuRow| matches!(row, MenuRow::Lesson(i) if *i == menu.at());
        let chosen = columns[0].iter().position(is_chosen).unwrap_or(0);
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let window = ListWindow::around(&(chosen..chosen), longest, room);
        let count = u16::try_from(columns.len()).unwrap_or(1);
        let width = ((inner.width + GAP) / count).saturating_sub(GAP);
        let y = inner.y + u16::try_from(room.min(longest) + 1).unwrap_or(0);
        Self {
            columns,
            area: Rect {
                width: width.min(WIDEST),
                ..inner
            },
            window,
            about: Rect {
                x: inner.x + 2,
                y,
                width: about_width(inner),
                height: inner.bottom().saturating_sub(y),
            },
        }
    }
}

/// Returns the number of lessons in sight at once.
pub(in crate::ui) fn page(menu: &Menu, theme: &Theme, area: Rect) -> usize {
    let layout = MenuLayout::new(menu, theme, area);
    let lessons = layout.columns.iter().map(|rows| {
        let rows = layout.window.shown(rows).iter();
        rows.filter(|row| matches!(row, MenuRow::Lesson(_))).count()
    });
    lessons.max().unwrap_or(0)
}

/// Draws the list, and below it the description of the chosen lesson.
pub(in crate::ui) fn draw(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let layout = MenuLayout::new(menu, theme, area);
    let inner = layout.area;
    let shown = menu.shown();
    if shown.is_empty() {
        let text = if menu.search().is_some() {
            "No lesson has that in its name, title, summary or topics."
        } else {
            "There are no lessons here."
        };
        for (y, text) in (inner.y..inner.bottom()).zip(wrapped(text, usize::from(inner.width))) {
            put(buf, inner, inner.x, y, &text, theme.style(Role::Text));
        }
        return;
    }
    let columns = MenuColumns::new(menu, theme, usize::from(inner.width));
    for (at, rows) in (0..).zip(&layout.columns) {
        let area = Rect {
            x: inner.x + at * (inner.width + GAP),
            ..inner
        };
        for (y, row) in (inner.y..).zip(layout.window.shown(rows)) {
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            match row {
                MenuRow::Empty => {}
                MenuRow::Part(name) => {
                    let name = fitted(&theme.text(name), usize::from(line.width), theme);
                    put(buf, line, line.x, y, &name, theme.style(Role::Title));
                }
                MenuRow::Lesson(i) => draw_lesson(menu, *i, &columns, theme, line, buf),
            }
        }
    }
    let is_counted = layout.window.most_scroll() > 0;
    if is_counted {
        let at = shown.iter().position(|&i| i == menu.at()).unwrap_or(0);
        let count = format!("{} of {}", at + 1, shown.len());
        let part = menu.selected().and_then(|entry| entry.part.as_ref());
        let part = part.map(|part| theme.text(&format!("{part}: {count}")).into_owned());
        let forms: Vec<String> = part.into_iter().chain([count]).collect();
        let more = first_fitting(&forms, usize::from(inner.width)).unwrap_or_default();
        draw_count(more, inner, area.y, theme, buf);
    }
    draw_evening(menu, is_counted, inner, area.y, theme, buf);
    draw_about(menu, theme, layout.about, buf);
}

/// The mark of the lessons of one evening.
const OF_EVENING: &str = "*";

/// Says what the mark of the lessons of one evening means, at the left of a row above the list.
fn draw_evening(
    menu: &Menu,
    is_counted: bool,
    inner: Rect,
    y: u16,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let shown = menu.shown();
    let is_marked = |&i: &usize| place_in_evening(&menu.entries()[i].name).is_some();
    if !shown.iter().any(is_marked) {
        return;
    }
    // The count stands at the right.
    let taken = if is_counted { LEAST_ROOM_OF_COUNT } else { 0 };
    let room = usize::from(inner.width).saturating_sub(taken);
    let count = EVENING.len();
    let short = format!("{OF_EVENING} one evening: {count} lessons");
    let forms = [format!("{short} (/ evening)"), short];
    if let Some(text) = first_fitting(&forms, room) {
        put(buf, inner, inner.x, y, text, theme.style(Role::Dim));
    }
}

/// The columns kept free for the count of the lessons.
const LEAST_ROOM_OF_COUNT: usize = 38;

/// Returns the parts of the course, each a heading with its lessons; the lessons one by one if none has a part.
fn parts(menu: &Menu) -> Vec<Vec<MenuRow<'_>>> {
    let entries = menu.entries();
    let has_parts = entries.iter().any(|entry| entry.part.is_some());
    let mut parts: Vec<Vec<MenuRow>> = Vec::new();
    let mut before: Option<&str> = None;
    for i in menu.shown() {
        let part = entries[i].part.as_deref().unwrap_or(NO_PART);
        match parts.last_mut() {
            Some(rows) if has_parts && before == Some(part) => rows.push(MenuRow::Lesson(i)),
            _ if has_parts => parts.push(vec![MenuRow::Part(part), MenuRow::Lesson(i)]),
            _ => parts.push(vec![MenuRow::Lesson(i)]),
        }
        before = Some(part);
    }
    parts
}

/// Returns whether an empty row belongs between two of these.
fn is_apart(rows: &[MenuRow]) -> bool {
    matches!(rows.first(), Some(MenuRow::Part(_)))
}

/// Returns the parts and lessons one below the other, with empty lines between the parts if there is room for all.
fn rows(menu: &Menu, room: usize) -> Vec<MenuRow<'_>> {
    let mut rows = Vec::new();
    for part in parts(menu) {
        if is_apart(&part) && !rows.is_empty() {
            rows.push(MenuRow::Empty);
        }
        rows.extend(part);
    }
    if rows.len() > room {
        rows.retain(|row| !matches!(row, MenuRow::Empty));
    }
    rows
}

/// Returns the same in at most so many columns, as low as possible, with no part in two of them; `None` if there is not
/// enough room for all.
fn columns(menu: &Menu, count: usize, room: usize) -> Option<Vec<Vec<MenuRow<'_>>>> {
    let filled = |height: usize| {
        let mut columns: Vec<Vec<MenuRow>> = Vec::new();
        for part in parts(menu) {
            let gap = usize::from(is_apart(&part));
            match columns.last_mut() {
                Some(column) if column.len() + gap + part.len() <= height => {
                    if gap > 0 {
                        column.push(MenuRow::Empty);
                    }
                    column.extend(part);
                }
                _ if part.len() <= height => columns.push(part),
                _ => return None,
            }
        }
        (columns.len() <= count).then_some(columns)
    };
    (1..=room).find_map(filled)
}

/// The widths of the columns of a line.
struct MenuColumns {
    name: usize,
    /// The width of the score; 0 if no question has been answered yet.
    score: usize,
    /// The width of the minutes; 0 if there is no room for them or none are known.
    minutes: usize,
    /// The width of the topics; 0 if there is no room for them.
    topics: usize,
}

impl MenuColumns {
    fn new(menu: &Menu, theme: &Theme, width: usize) -> Self {
        let widest = |of: fn(&MenuEntry) -> String| {
            let all = menu.entries().iter();
            all.map(|entry| theme.text(&of(entry)).width())
                .max()
                .unwrap_or(0)
        };
        // A name that would take half of a line is cut, and does not widen the others' column.
        let names = menu.entries().iter();
        let names = names.map(|entry| theme.text(&entry.name).width());
        let name = names.filter(|name| *name <= width / 2).max();
        let name = name.unwrap_or(width / 2);
        let topics = widest(topics_of);
        let title = widest(|entry| entry.title.clone());
        let score = widest(score_of);
        let minutes = (0..menu.entries().len()).map(|i| minutes_of(menu, i).width());
        let minutes = minutes.max().unwrap_or(0);
        // Topics give way before a title is cut, then the minutes, and long titles do not take them all away.
        let mut left = width.checked_sub(MARKS + name + 2 + title.min(30) + column(score));
        let mut fitting = |wanted: usize| match left {
            Some(room) if wanted > 0 && room >= wanted + 2 => {
                left = Some(room - wanted - 2);
                wanted
            }
            _ => 0,
        };
        Self {
            name,
            score,
            minutes: fitting(minutes),
            topics: fitting(topics),
        }
    }
}

/// The width of the marks before a name.
const MARKS: usize = 4;

/// Returns the room that a column takes, with the gap before it.
const fn column(width: usize) -> usize {
    if width > 0 { width + 2 } else { 0 }
}

/// Returns how long a lesson takes: `25 min`; empty if that is not known.
fn minutes_of(menu: &Menu, i: usize) -> String {
    menu.length(i)
        .map_or_else(String::new, |length| format!("{} min", length.minutes()))
}

fn topics_of(entry: &MenuEntry) -> String {
    entry.topics.join(" ")
}

/// Returns the right answers out of the questions that are asked: `5/7`.
fn score_of(entry: &MenuEntry) -> String {
    entry
        .score
        .map_or_else(String::new, |(right, asked)| format!("{right}/{asked}"))
}

/// Returns the mark for how far a lesson was walked.
const fn mark(reached: Reached, theme: &Theme) -> &'static str {
    match reached {
        Reached::Done => theme.pick("✓", "x"),
        Reached::HalfWay => theme.pick("◐", "~"),
        Reached::NotBegun => theme.pick("○", "o"),
    }
}

fn draw_lesson(
    menu: &Menu,
    i: usize,
    columns: &MenuColumns,
    theme: &Theme,
    line: Rect,
    buf: &mut Buffer,
) {
    let entry = &menu.entries()[i];
    let chosen = i == menu.at();
    let style = |role| theme.style(if chosen { Role::Cursor } else { role });
    let width = usize::from(line.width);
    if chosen {
        draw_bar(line, line.y, theme, buf);
    }
    let x = put(
        buf,
        line,
        line.x,
        line.y,
        pointer(chosen, theme),
        style(Role::Text),
    );
    let reached = menu.reached(i);
    let role = if reached == Reached::NotBegun {
        Role::Dim
    } else {
        Role::Key
    };
    let x = put(buf, line, x, line.y, mark(reached, theme), style(role));
    let names = columns.name;
    let name = fitted(&theme.text(&entry.name), names, theme);
    let after = [columns.score, columns.minutes, columns.topics].map(column);
    let room = width.saturating_sub(MARKS + names + 2 + after.iter().sum::<usize>());
    let title = fitted(&theme.text(&entry.title), room, theme);
    let mark = place_in_evening(&entry.name).map_or(" ", |_| OF_EVENING);
    let text = format!("{mark}{name:<names$}  {title}");
    put(buf, line, x, line.y, &text, style(Role::Text));
    // From right to left.
    let mut rest = line;
    for (text, columns, role) in [
        (topics_of(entry), columns.topics, Role::Dim),
        (minutes_of(menu, i), columns.minutes, Role::Dim),
        (score_of(entry), columns.score, Role::Key),
    ] {
        if columns > 0 {
            put_right(buf, rest, line.y, &text, style(role));
            let taken = u16::try_from(column(columns)).unwrap_or(u16::MAX);
            rest.width = rest.width.saturating_sub(taken);
        }
    }
}

/// Returns the width of the description below the list.
const fn about_width(inner: Rect) -> u16 {
    let width = inner.width.saturating_sub(2);
    if width < WIDEST_ABOUT {
        width
    } else {
        WIDEST_ABOUT
    }
}

/// Returns the rows for the longest description of any lesson, up to a third of the screen, so that the list does not
/// move while one moves in it.
fn about_rows(menu: &Menu, theme: &Theme, inner: Rect) -> u16 {
    let width = usize::from(about_width(inner)).max(1);
    let lines = |i: usize| -> usize {
        let (summary, rest) = about(menu, i, theme, width);
        summary.len() + rest.iter().map(Vec::len).sum::<usize>()
    };
    let longest = (0..menu.entries().len()).map(lines).max().unwrap_or(0);
    // The place where it was left gets a line of its own, sooner or later.
    let longest = u16::try_from(longest + 1).unwrap_or(u16::MAX);
    longest
        .min((inner.height * 3 / 10).max(LEAST_ABOUT))
        .min(inner.height.saturating_sub(1))
}

/// Returns the description of a lesson: the lines of its summary, and the groups of lines that may be left out, the
/// last first: the lessons that should come before it, the place where it was left, how long it takes, its place among those
/// of one evening, its topics.
fn about(menu: &Menu, i: usize, theme: &Theme, width: usize) -> (Vec<String>, Vec<Vec<String>>) {
    let entry = &menu.entries()[i];
    let lines = |text: &str| wrapped(&theme.text(text), width);
    let rest = [
        needs(menu, entry, theme),
        place(menu, i),
        length(menu, i),
        evening(menu, entry),
        topics(entry),
    ];
    (
        lines(&entry.summary),
        rest.iter().flatten().map(|text| lines(text)).collect(),
    )
}

/// Draws the description of the chosen lesson.
fn draw_about(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(entry) = menu.selected() else {
        return;
    };
    let (width, height) = (usize::from(area.width).max(1), usize::from(area.height));
    let role = if entry.sound {
        Role::Text
    } else {
        Role::Warning
    };
    let (mut summary, rest) = about(menu, menu.at(), theme, width);
    if summary.len() > height {
        let cut = summary.split_off(height.saturating_sub(1)).join(" ");
        summary.push(fitted(&cut, width, theme));
    }
    let mut lines: Vec<(String, Role)> = summary.into_iter().map(|line| (line, role)).collect();
    for part in rest {
        if lines.len() + part.len() > height {
            break;
        }
        lines.extend(part.into_iter().map(|line| (line, Role::Dim)));
    }
    for (y, (line, role)) in (area.y..area.bottom()).zip(lines) {
        put(buf, area, area.x, y, &line, theme.style(role));
    }
}

/// Returns the lessons that should come before this one, and how far they were walked.
fn needs(menu: &Menu, entry: &MenuEntry, theme: &Theme) -> Option<String> {
    let all = menu.entries();
    let needs: Vec<String> = entry
        .needs
        .iter()
        .map(
            |need| match all.iter().position(|other| other.name == *need) {
                Some(at) => format!("{need} {}", mark(menu.reached(at), theme)),
                None => need.clone(),
            },
        )
        .collect();
    (!needs.is_empty()).then(|| format!("First: {}", needs.join(", ")))
}

/// Returns the place where a lesson was left, and the score.
fn place(menu: &Menu, i: usize) -> Option<String> {
    let entry = &menu.entries()[i];
    let (step, of) = entry.place?;
    let place = match menu.reached(i) {
        _ if step == of => format!("Walked to the end, all {of} steps."),
        Reached::Done => format!("Walked to the end before; now left at step {step} of {of}."),
        _ => format!("Left at step {step} of {of}."),
    };
    Some(match entry.score {
        Some((right, asked)) => format!("{place} {right} of {asked} answered right."),
        None => place,
    })
}

/// Returns how much there is to do in a lesson, and how long that takes.
fn length(menu: &Menu, i: usize) -> Option<String> {
    menu.length(i).map(|length| format!("{length}."))
}

/// Returns the place of a lesson among those of one evening, and the one behind it.
fn evening(menu: &Menu, entry: &MenuEntry) -> Option<String> {
    let at = place_in_evening(&entry.name)?;
    let is_here = |name: &&&str| menu.entries().iter().any(|other| other.name == **name);
    let next = EVENING.get(at + 1).filter(is_here);
    let next = next.map_or_else(String::new, |next| format!(", then {next}"));
    let (number, count) = (at + 1, EVENING.len());
    Some(format!("One evening: lesson {number} of {count}{next}."))
}

/// Returns the topics of the lecture that a lesson covers.
fn topics(entry: &MenuEntry) -> Option<String> {
    let topics: Vec<String> = entry
        .topics
        .iter()
        .map(
            |topic| match TOPICS.iter().find(|(name, _)| name == topic) {
                Some((name, about)) => format!("{name} {about}"),
                None => topic.clone(),
            },
        )
        .collect();
    (!topics.is_empty()).then(|| format!("Of the lecture: {}", topics.join("; ")))
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::session::{Command, Effect, Length};
    use crate::ui::fixture::{ASCII, PLAIN, text};

    fn entry(i: usize) -> MenuEntry {
        MenuEntry {
            name: format!("lesson{i}"),
            title: format!("A title ŷ{i}"),
            summary: "What it is about, in a sentence that is a little longer.".into(),
            topics: vec![format!("S{i}")],
            part: None,
            needs: Vec::new(),
            sound: i != 3,
            place: None,
            done: false,
            score: None,
        }
    }

    fn menu(count: usize) -> Menu {
        Menu::new((1..=count).map(entry).collect())
    }

    /// Returns a menu with three lessons in two parts, and one outside of the course.
    fn course() -> Menu {
        let part = |i: usize, part: Option<&str>, needs: &[&str]| MenuEntry {
            part: part.map(Into::into),
            needs: needs.iter().map(ToString::to_string).collect(),
            ..entry(i)
        };
        Menu::new(vec![
            part(1, Some("Neurons"), &[]),
            part(2, Some("Neurons"), &["lesson1"]),
            part(9, Some("Learning ŷ"), &["lesson1", "lesson2", "elsewhere"]),
            part(11, None, &[]),
        ])
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
        let buf = drawn(&menu, &PLAIN, (50, 10));
        let expected = "
   ○ lesson1  A title ŷ1                       S1
 ▸ ○ lesson2  A title ŷ2                       S2

   What it is about, in a sentence that is a
   little longer.
   Of the lecture: S2 the perceptron algorithm



";
        assert_eq!(text(&buf), expected);
        for position in buf.area.positions() {
            let is_bar = position.y == 2 && (1..49).contains(&position.x);
            let is_reversed = buf[position].modifier.contains(Modifier::REVERSED);
            assert_eq!(is_reversed, is_bar, "{position}");
        }
        let ascii = text(&drawn(&menu, &ASCII, (50, 10)));
        assert!(
            ascii.is_ascii() && ascii.contains(" > o lesson2  A title y_hat2"),
            "{ascii}"
        );
    }

    #[test]
    fn parts_are_headings_and_marks_say_how_far_each_lesson_was_walked() {
        let mut menu = course();
        menu.left("lesson1", 20, 20, true);
        menu.left("lesson2", 3, 12, false);
        menu.apply(Command::Down);
        let buf = drawn(&menu, &PLAIN, (60, 18));
        let expected = "
 Neurons
   ✓ lesson1   A title ŷ1                                S1
   ◐ lesson2   A title ŷ2                                S2

 Learning ŷ
 ▸ ○ lesson9   A title ŷ9                                S9

 Other lessons
   ○ lesson11  A title ŷ11                              S11

   What it is about, in a sentence that is a little longer.
   First: lesson1 ✓, lesson2 ◐, elsewhere
   Of the lecture: S9 backpropagation to upstream neurons
";
        assert_eq!(text(&buf).trim_end(), expected.trim_end());
        for y in [1, 5, 8] {
            assert!(buf[(1, y)].modifier.contains(Modifier::BOLD), "a heading");
        }
        let ascii = text(&drawn(&menu, &ASCII, (60, 18)));
        assert!(
            ascii.contains("First: lesson1 x, lesson2 ~, elsewhere"),
            "{ascii}"
        );
        // If there is little room, the empty lines between parts go first.
        let low = text(&drawn(&menu, &PLAIN, (60, 13)));
        assert!(low.starts_with("\n Neurons\n"), "{low}");
        assert!(low.contains("S2\n Learning ŷ\n"), "{low}");
    }

    #[test]
    fn beside_a_lesson_stands_how_well_it_went() {
        let mut menu = course();
        menu.left("lesson1", 20, 20, true);
        menu.scored("lesson1", Some((5, 7)));
        menu.left("lesson2", 3, 12, false);
        menu.scored("lesson2", Some((10, 12)));
        menu.scored("nowhere", Some((1, 1)));
        let buf = drawn(&menu, &PLAIN, (60, 18));
        let expected = "
 Neurons
   ✓ lesson1   A title ŷ1                          5/7   S1
 ▸ ◐ lesson2   A title ŷ2                        10/12   S2

 Learning ŷ
   ○ lesson9   A title ŷ9                                S9

 Other lessons
   ○ lesson11  A title ŷ11                              S11

   What it is about, in a sentence that is a little longer.
   First: lesson1 ✓
   Left at step 3 of 12. 10 of 12 answered right.
   Of the lecture: S2 the perceptron algorithm
";
        let shown = text(&buf);
        assert_eq!(shown.trim_end(), expected.trim_end());
        // The topics give way first, then the title; the score stays whole.
        let narrow = text(&drawn(&menu, &ASCII, (40, 12)));
        assert!(
            narrow.contains("x lesson1   A title y_hat1       5/7\n"),
            "{narrow}"
        );
        menu.scored("lesson1", None);
        menu.scored("lesson2", None);
        assert!(!text(&drawn(&menu, &PLAIN, (60, 18))).contains('/'));
    }

    #[test]
    fn where_a_lesson_was_left_is_said_and_its_end_is_remembered() {
        let mut menu = course();
        let place = |menu: &Menu| {
            let shown = text(&drawn(menu, &PLAIN, (60, 18)));
            let line = shown.lines().find(|line| line.contains("step")).unwrap();
            line.trim().to_owned()
        };
        menu.left("lesson2", 3, 12, false);
        assert_eq!(place(&menu), "Left at step 3 of 12.");
        assert_eq!(menu.reached(1), Reached::HalfWay);
        menu.left("lesson2", 12, 12, true);
        menu.apply(Command::Up);
        assert_eq!(place(&menu), "Walked to the end, all 12 steps.");
        menu.left("lesson2", 5, 12, false);
        assert_eq!(
            place(&menu),
            "Walked to the end before; now left at step 5 of 12."
        );
        assert_eq!(menu.reached(1), Reached::Done);
        assert_eq!(menu.reached(0), Reached::NotBegun);
    }

    #[test]
    fn a_long_list_follows_the_choice_and_says_where_it_is() {
        let mut menu = menu(30);
        for at in 1..=30 {
            let shown = text(&drawn(&menu, &PLAIN, (40, 12)));
            assert!(shown.contains(&format!("{at} of 30")), "{shown}");
            assert!(shown.contains(&format!("▸ ○ lesson{at} ")), "{shown}");
            menu.apply(Command::Down);
        }
        // With parts, the part of the chosen lesson is named.
        let mut menu = course();
        menu.apply(Command::Down);
        let shown = text(&drawn(&menu, &PLAIN, (40, 9)));
        assert!(shown.contains("Neurons: 2 of 4"), "{shown}");
    }

    /// Returns the menu of the lessons that come with the program.
    fn embedded() -> Menu {
        let library = crate::lesson::Library::embedded();
        let entries = library.glance().into_iter().map(|listed| {
            let head = listed.lesson.unwrap();
            MenuEntry {
                name: listed.name,
                title: head.title,
                summary: head.summary,
                topics: head.topics,
                part: head.part,
                needs: head.needs,
                ..entry(1)
            }
        });
        let mut menu = Menu::new(entries.collect());
        for i in 0..menu.entries().len() {
            let length = Length {
                steps: 60,
                questions: 7,
            };
            menu.measure(menu.entries()[i].name.clone(), length);
        }
        menu
    }

    #[test]
    fn all_lessons_are_in_sight_where_there_is_room() {
        let mut menu = embedded();
        for size in [(120, 38), (200, 48), (80, 60)] {
            for theme in [PLAIN, ASCII] {
                let marked = text(&drawn(&menu, &theme, size));
                assert!(marked.contains("* one evening: 8 lessons"), "{marked}");
                let first = marked.replace(OF_EVENING, " ");
                let shown = |text: &str| {
                    let names = menu.entries().iter().filter(|entry| {
                        text.contains(&format!(" {} ", entry.name))
                            && text.contains(&*theme.text(&entry.title))
                    });
                    names.count()
                };
                assert_eq!(shown(&first), menu.entries().len(), "{size:?}\n{first}");
                assert!(!first.contains(" of 28"), "{first}");
                // No line is longer than one reads with ease, and nothing jumps while one moves in it.
                menu.apply(Command::End);
                let last = text(&drawn(&menu, &theme, size));
                let headings = |text: &str| {
                    let lines = text.lines().enumerate();
                    let parts = lines.filter(|(_, line)| line.contains("Neurons and networks"));
                    parts.map(|(y, _)| y).collect::<Vec<_>>()
                };
                assert_eq!(headings(&first), headings(&last));
                menu.apply(Command::Start);
            }
        }
    }

    #[test]
    fn a_search_leaves_what_it_finds() {
        let mut menu = course();
        menu.apply(Command::Search);
        for c in "LEARNING 9".chars() {
            menu.apply(Command::Type(c));
        }
        let shown = text(&drawn(&menu, &PLAIN, (60, 18)));
        assert!(shown.starts_with("\n Learning ŷ\n ▸ ○ lesson9 "), "{shown}");
        assert!(!shown.contains("lesson2  "), "{shown}");
        menu.apply(Command::Type('!'));
        let shown = text(&drawn(&menu, &PLAIN, (60, 18)));
        assert!(shown.starts_with("\n No lesson has that"), "{shown}");
        assert_eq!(menu.apply(Command::Open), Effect::Draw);
        menu.apply(Command::Return);
        assert_eq!(menu.shown().len(), 4);
        assert_eq!(menu.at(), 2);
    }

    #[test]
    fn how_long_a_lesson_takes_is_said() {
        let mut menu = course();
        let length = |steps, questions| Length { steps, questions };
        menu.measure("lesson1".into(), length(83, 9));
        menu.measure("lesson2".into(), length(1, 0));
        let shown = text(&drawn(&menu, &PLAIN, (60, 20)));
        assert!(
            shown.contains("lesson1   A title ŷ1                       28 min   S1\n"),
            "{shown}"
        );
        assert!(
            shown.contains("   83 steps and 9 questions, about 28 minutes.\n"),
            "{shown}"
        );
        menu.apply(Command::Down);
        let shown = text(&drawn(&menu, &PLAIN, (60, 20)));
        assert!(shown.contains("   1 step, about 1 minute.\n"), "{shown}");
    }

    #[test]
    fn why_a_lesson_does_not_load_stands_out() {
        let mut menu = menu(3);
        menu.apply(Command::End);
        let buf = drawn(&menu, &PLAIN, (40, 12));
        assert_eq!(buf[(3, 5)].symbol(), "W");
        assert!(buf[(3, 5)].modifier.contains(Modifier::BOLD));
        menu.apply(Command::Up);
        let buf = drawn(&menu, &PLAIN, (40, 12));
        assert!(!buf[(3, 5)].modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn what_is_cut_is_marked() {
        let shown = text(&drawn(&menu(1), &PLAIN, (24, 5)));
        assert!(shown.contains("lesson1  A title …"), "{shown}");
        let summary = shown.lines().find(|line| line.contains("What")).unwrap();
        assert!(summary.ends_with('…'), "{shown}");
        assert!(text(&drawn(&Menu::new(Vec::new()), &PLAIN, (40, 5))).contains("no lessons"));
    }
}
