//! The first and the last line: where the learner is, and the keys that are useful now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::keys::{self, Binding, Hint};
use crate::session::{Command, Field, Menu, Mode, Session};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{first_fitting, fitted, put, put_over, put_right, wrapped};
use crate::ui::view::View;

/// Returns the parts of the place where the learner is, the most important first.
fn place(view: &View) -> Vec<String> {
    let step = &view.step;
    // How much is left of a review matters more than where in its lesson a question stands.
    let mut parts: Vec<String> = review(view).into_iter().collect();
    let trace = view.session.trace();
    let of = if trace.is_whole() {
        trace.steps().to_string()
    } else {
        // How many there are is not known before all is trained.
        view.theme.pick("…", "...").to_owned()
    };
    parts.push(format!("step {}/{of}", trace.number_shown(step.index)));
    parts.extend(practice(view));
    parts.extend(changed(view));
    if let (Some(phase), Some((n, of))) = (step.phase(), step.place_in_phase()) {
        parts.push(format!("{} {n} of {of}", phase.name()));
    }
    let samples = step.samples();
    match samples[..] {
        [] => {}
        [sample] => parts.push(format!("sample {sample}")),
        // A shuffled batch has its samples in any order.
        [first, .., last] if samples.is_sorted_by(|a, b| a + 1 == *b) => {
            parts.push(format!("samples {first}–{last}"));
        }
        _ => parts.push(format!("{} samples", samples.len())),
    }
    // In a walk, the current epoch counts already; elsewhere only the finished ones do.
    if let Some((n, of)) = step.batch_of_epoch() {
        if of > 1 {
            parts.push(format!("batch {n} of {of}"));
        }
        if of > 1 || step.epoch() > 0 {
            parts.push(format!("epoch {}", step.epoch() + 1));
        }
    } else if step.epoch() > 0 && step.operation().is_some() {
        parts.push(format!("after epoch {}", step.epoch()));
    } else if step.epoch() > 0 {
        parts.push(format!("epoch {}", step.epoch()));
    }
    parts
}

/// Returns how much the learner has changed, that the lesson is shown as it was, or that it is not yet as it was changed.
fn changed(view: &View) -> Option<String> {
    let session = view.session;
    if session.is_waiting() {
        return Some("* training again".into());
    }
    // Where a class goes together, no key leads back to the changes.
    if session.is_set_aside() && session.offers(Command::Compare) {
        return Some("as it was".into());
    }
    match session.changes().len() {
        _ if !session.is_changed() => None,
        0 => None,
        1 => Some("* 1 change".into()),
        count => Some(format!("* {count} changes")),
    }
}

/// Returns how many questions of a review are left.
fn review(view: &View) -> Option<String> {
    let posed = view.session.posed()?;
    Some(match posed.left {
        0 => "review, the last one".into(),
        left => format!("review, {left} left"),
    })
}

/// Returns the level and score of practice, or that the learner predicts results.
fn practice(view: &View) -> Option<String> {
    let session = view.session;
    if let Some(level) = session.level() {
        let score = session.practice_score();
        return Some(match score.asked {
            0 => format!("level {level}"),
            asked => format!("level {level}, {} of {asked} right", score.right),
        });
    }
    session.hides().then(|| "predict first".into())
}

/// Returns title and place within a width. The place is whole as long as it leaves the title some room.
fn header_parts(view: &View, width: usize) -> (String, String) {
    let theme = view.theme;
    let title = theme
        .text(&view.session.trace().lesson().title)
        .into_owned();
    let mut parts = place(view);
    let dot = theme.pick(" · ", " | ");
    let joined = |parts: &[String]| {
        let mut parts = parts.to_vec();
        // The step stands at the end, where one looks for it.
        parts.rotate_left(1);
        theme.text(&parts.join(dot)).into_owned()
    };
    let is_too_wide =
        |parts: &[String]| joined(parts).width() + 3 + title.width().min(width / 2) > width;
    while parts.len() > 1 && is_too_wide(&parts) {
        parts.pop();
    }
    // What is not as in the lesson is said on any screen.
    let changes = view.session.changes().len();
    if changed(view).is_some() && parts.len() == 1 {
        parts.push(format!("*{changes}"));
        if is_too_wide(&parts) {
            parts.pop();
        }
    }
    let place = joined(&parts);
    let room = width.saturating_sub(place.width() + 3);
    (fitted(&title, room, theme), place)
}

/// Draws the first line.
pub(super) fn header(view: &View, area: Rect, buf: &mut Buffer) {
    let (title, place) = header_parts(view, usize::from(area.width).saturating_sub(2));
    let line = inset(area, area.y);
    let theme = view.theme;
    put(buf, line, line.x, line.y, &title, theme.style(Role::Title));
    put_right(buf, line, line.y, &place, theme.style(Role::Text));
}

/// Returns the title as it is cut on a screen of this width; `None` if it fits.
pub(super) fn cut_title(view: &View, width: u16) -> Option<String> {
    let (title, _) = header_parts(view, usize::from(width).saturating_sub(2));
    let whole = view.theme.text(&view.session.trace().lesson().title);
    (title != whole).then_some(title)
}

/// Draws the last line: a message, a question, or the keys.
pub(super) fn footer(view: &View, area: Rect, buf: &mut Buffer) {
    let session = view.session;
    let theme = view.theme;
    let line = inset(area, area.bottom().saturating_sub(1));
    let mut x = line.x;
    if session.mode() == Mode::GoTo {
        let typed = session.typed().map_or(String::new(), |n| n.to_string());
        let ask = prompt(
            [
                format!("Go to step (1 to {}): {typed}_   ", session.trace().steps()),
                format!("Go to: {typed}_  "),
            ],
            usize::from(line.width),
            theme,
        );
        x = put(buf, line, x, line.y, &ask, theme.style(Role::Title));
    } else if let Some(ask) = field(session, usize::from(line.width), theme) {
        x = ask.put(line, theme, buf);
    } else if let Some(ask) =
        file_field(session, usize::from(line.width), theme).filter(|_| session.message().is_none())
    {
        x = ask.put(line, theme, buf);
    } else if session.message().is_some() {
        // The message is drawn last, since it may need more lines.
        return;
    }
    let rest = Rect {
        x,
        width: line.right().saturating_sub(x),
        ..line
    };
    let asked = session.asked();
    let is_answered = asked.as_ref().is_some_and(|asked| asked.revealed);
    let is_goal = asked.is_some_and(|asked| asked.question.goal().is_some());
    let hint = |binding: &'static Binding| match binding.command {
        command if !session.offers(command) => None,
        Command::Answer if is_answered => Some(&keys::ON),
        Command::Answer if is_goal && session.waits_to_be_freed() => None,
        Command::Answer if is_goal => Some(&keys::GIVE_UP),
        _ => binding.hint.as_ref(),
    };
    let mut all: Vec<&Hint> = keys::bindings(session.mode()).filter_map(hint).collect();
    if is_goal && session.mode() == Mode::Ask {
        // Nothing is typed: letters are keys of the lesson.
        all.retain(|hint| hint.word != keys::TO_NUMBERS.word);
        if !session.waits_to_be_freed() {
            all.splice(0..0, [&keys::TO_NUMBERS, &keys::TO_CHOICES]);
        }
    }
    let (fitting, _) = fitting_hints(all, usize::from(rest.width), theme);
    put_hints(&fitting, theme, rest, buf);
}

/// The columns that a prompt leaves for the keys that end it.
const KEYS_OF_PROMPT: usize = 20;

/// Returns the first form of a prompt beside which there is room for the keys that end it, or the last one.
pub(super) fn prompt(forms: [String; 2], width: usize, theme: &Theme) -> String {
    let forms = forms.map(|form| theme.text(&form).into_owned());
    let room = width.saturating_sub(KEYS_OF_PROMPT);
    let fitting = first_fitting(&forms, room).map(str::to_owned);
    let [_, short] = forms;
    fitting.unwrap_or(short)
}

/// Returns the field for the name of a file, as it is shown in so many columns; `None` if none is open.
pub(super) fn file_field(session: &Session, width: usize, theme: &Theme) -> Option<ShownField> {
    let typed = session.file_field()?;
    let words = ["Write the lesson to: ", "File: "];
    Some(typed_field(words, typed, (Mode::Write, width), theme))
}

/// A field as it is shown.
pub(super) struct ShownField {
    /// The words before it, and what is typed.
    text: String,
    /// The column and the character of the cursor, unless it is at the end.
    cursor: Option<(usize, char)>,
}

impl ShownField {
    /// Draws it at the beginning of a line. Returns the column behind it.
    pub(super) fn put(&self, line: Rect, theme: &Theme, buf: &mut Buffer) -> u16 {
        let end = put(
            buf,
            line,
            line.x,
            line.y,
            &self.text,
            theme.style(Role::Title),
        );
        if let Some((column, under)) = self.cursor {
            let x = line.x + u16::try_from(column).unwrap_or(u16::MAX - line.x);
            let style = theme.style(Role::Cursor);
            put(buf, line, x, line.y, under.encode_utf8(&mut [0; 4]), style);
        }
        end
    }
}

/// Returns a field with what is typed, beside the keys of a mode that end it: with the words before it for which there is
/// room beside all of it and all keys; without words where there is not, and where even then all of it goes only beside the
/// keys that go in. Of what is too long still one sees the part where one types.
fn typed_field(
    words: [&str; 2],
    typed: &Field,
    (mode, width): (Mode, usize),
    theme: &Theme,
) -> ShownField {
    let parts = typed.parts().map(|part| theme.text(part));
    let long = parts[0].width() + parts[1].width();
    let hints: Vec<&Hint> = keys::bindings(mode)
        .filter_map(|binding| binding.hint.as_ref())
        .collect();
    let keys = |count: usize| -> usize {
        let first = hints.iter().take(count);
        first.map(|hint| hint_width(hint, theme)).sum()
    };
    let [all, short] = words.map(|words| theme.text(words));
    // A cursor and a gap; the last key has none after it.
    let room = |words: &str, count: usize| {
        let taken = words.width() + 3 + keys(count).saturating_sub(2);
        width.saturating_sub(taken)
    };
    let forms = [
        (&*all, hints.len()),
        (&*short, hints.len()),
        ("", hints.len()),
        ("", 1),
    ];
    let fitting = forms
        .into_iter()
        .find(|(words, count)| long <= room(words, *count));
    let mut most = match fitting {
        Some(_) => long,
        None => room("", hints.len()).saturating_sub(1),
    };
    let (words, _) = fitting.unwrap_or_default();
    let before: Vec<char> = parts[0].chars().collect();
    let behind: Vec<char> = parts[1].chars().collect();
    let under = behind.first().copied();
    // The cursor stays in sight; at the end it has a place of its own.
    let end_of_shown = before.len() + usize::from(under.is_some());
    let goes_on = |most: usize| long > most.max(end_of_shown);
    if end_of_shown > most && goes_on(most) {
        // Both sides are cut, and say so.
        most = most.saturating_sub(1);
    }
    let first = end_of_shown.saturating_sub(most);
    let shown: String = before[first..].iter().collect();
    let rest: String = behind
        .iter()
        .take(most.saturating_sub(before.len() - first))
        .collect();
    let more = if fitting.is_some() {
        ""
    } else {
        theme.pick("…", "~")
    };
    let left = if first > 0 { more } else { "" };
    let right = if goes_on(most) { more } else { "" };
    let lead = format!("{words}{left}{shown}");
    let end = if under.is_some() { " " } else { "_" };
    ShownField {
        cursor: under.map(|under| (lead.width(), under)),
        text: format!("{lead}{rest}{right}{end}  "),
    }
}

/// Returns the field for a number, as it is shown in so many columns; `None` if none is open.
pub(super) fn field(session: &Session, width: usize, theme: &Theme) -> Option<ShownField> {
    let (name, now, typed) = session.field()?;
    let now = session.decimals().term(now);
    let words = [&format!("{name} is {now}. New: "), "New: "];
    Some(typed_field(words, typed, (Mode::Change, width), theme))
}

/// Draws the message about the last command, over whatever else is drawn: in the last line, or in as many above as it
/// needs. If an answer is typed in the last line, it is drawn above that.
pub(super) fn message(view: &View, area: Rect, buf: &mut Buffer) {
    let session = view.session;
    if let Some(message) = session.message() {
        let is_taken = session.mode() == Mode::GoTo;
        let above = Rect {
            height: area.height.saturating_sub(u16::from(is_taken)),
            ..area
        };
        put_message(message, Role::Title, view.theme, above, buf);
    }
}

/// Draws the message of the menu.
pub(super) fn menu_message(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if let Some(message) = menu.message() {
        put_message(message, Role::Warning, theme, area, buf);
    }
}

/// Draws a message at the end of an area, in as many lines as it needs. The first line of the area stays.
pub(super) fn put_message(message: &str, role: Role, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    let mut lines = wrapped(&theme.text(message), width);
    let most = usize::from(area.height.saturating_sub(1)).max(1);
    if lines.len() > most {
        let cut = lines.split_off(most - 1).join(" ");
        lines.push(fitted(&cut, width, theme));
    }
    let first = usize::from(area.bottom()).saturating_sub(lines.len());
    for (y, text) in (u16::try_from(first).unwrap_or(area.y)..area.bottom()).zip(lines) {
        let blank = " ".repeat(usize::from(area.width));
        put_over(buf, area, area.x, y, &blank, theme.style(Role::Text));
        put(buf, inset(area, y), area.x + 1, y, &text, theme.style(role));
    }
}

/// Draws where the lesson was left, and what can be done about it, in the middle of an area.
pub(super) fn offer(view: &View, area: Rect, buf: &mut Buffer) {
    let Some(index) = view.session.offered() else {
        return;
    };
    let theme = view.theme;
    let of = view.session.trace().len();
    let mut text = vec![
        format!("You left at step {} of {of}.", index + 1),
        String::new(),
    ];
    let keys = keys::bindings(Mode::Offer)
        .filter(|binding| matches!(binding.command, Command::Confirm | Command::Return));
    let says = keys.filter_map(|binding| Some((binding.hint.as_ref()?, binding.help)));
    text.extend(says.map(|(hint, help)| format!("{}  {help}", hint_keys(hint, theme))));
    // A border and a blank on each side.
    let most = usize::from(area.width.saturating_sub(8)).max(1);
    let lines: Vec<String> = text
        .iter()
        .flat_map(|text| wrapped(&theme.text(text), most))
        .collect();
    let width = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let rule = theme.pick("─", "-").repeat(width + 2);
    let side = theme.pick("│", "|");
    let top = format!("{}{rule}{}", theme.pick("╭", "+"), theme.pick("╮", "+"));
    let bottom = format!("{}{rule}{}", theme.pick("╰", "+"), theme.pick("╯", "+"));
    let middle = lines.iter().map(|line| {
        let gap = " ".repeat(width - line.width());
        format!("{side} {line}{gap} {side}")
    });
    let all: Vec<String> = std::iter::once(top).chain(middle).chain([bottom]).collect();
    let height = u16::try_from(all.len())
        .unwrap_or(u16::MAX)
        .min(area.height);
    let x = area.x
        + area
            .width
            .saturating_sub(u16::try_from(width + 4).unwrap_or(u16::MAX))
            / 2;
    let y = area.y + (area.height - height) / 2;
    for (y, line) in (y..y + height).zip(&all) {
        put_over(buf, area, x, y, line, theme.style(Role::Title));
    }
}

/// Draws the first and last line of the menu.
pub(super) fn menu_lines(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let line = inset(area, area.y);
    let end = put(
        buf,
        line,
        line.x,
        line.y,
        "nn-tutor",
        theme.style(Role::Title),
    );
    let due = match menu.due() {
        0 => String::new(),
        due => format!("{due} due for review: r"),
    };
    put_right(buf, line, line.y, &due, theme.style(Role::Key));
    let what = "  a time-travel debugger for learning";
    let taken = if due.is_empty() { 0 } else { due.len() + 2 };
    if what.len() + taken <= usize::from(line.right().saturating_sub(end)) {
        put(buf, line, end, line.y, what, theme.style(Role::Dim));
    }
    let mut line = inset(area, area.bottom().saturating_sub(1));
    if menu.message().is_some() {
        return;
    }
    if let (Mode::Search, Some(search)) = (menu.mode(), menu.search()) {
        let found = menu.shown().len();
        let all = menu.entries().len();
        // The end of what is typed is what one looks at.
        let room = usize::from(line.width) / 2;
        let skipped = search.chars().count().saturating_sub(room);
        let end: String = search.chars().skip(skipped).collect();
        let typed = format!("Search: {end}_  {found} of {all}   ");
        let style = theme.style(Role::Title);
        let x = put(buf, line, line.x, line.y, &theme.text(&typed), style);
        line.width = line.right().saturating_sub(x);
        line.x = x;
    }
    let is_of_use = |binding: &&Binding| binding.command != Command::Review || menu.due() > 0;
    hints(
        menu.mode(),
        |binding| Some(binding).filter(is_of_use)?.hint.as_ref(),
        theme,
        line,
        buf,
    );
}

/// Returns the line at a row, without its first and last column.
pub(super) const fn inset(area: Rect, y: u16) -> Rect {
    Rect {
        x: area.x + 1,
        y,
        width: area.width.saturating_sub(2),
        height: 1,
    }
}

fn hint_keys(hint: &Hint, theme: &Theme) -> String {
    let names = |ascii| hint.keys.iter().map(move |key| keys::name(*key, ascii));
    if hint.keys.iter().all(|key| keys::is_arrow(*key)) && hint.keys.len() > 1 {
        if !theme.ascii {
            return names(false).collect();
        }
        if hint.keys.len() > 2 {
            return "arrows".into();
        }
        return names(true).collect::<Vec<_>>().join("/");
    }
    let names: Vec<String> = names(theme.ascii).collect();
    names.join(" ")
}

/// Returns the width of a hint, with a gap after it.
fn hint_width(hint: &Hint, theme: &Theme) -> usize {
    hint_keys(hint, theme).width() + 1 + hint.word.len() + 2
}

/// Draws the keys of a mode, as many as there is room for.
pub(super) fn hints(
    mode: Mode,
    hint: impl Fn(&'static Binding) -> Option<&'static Hint>,
    theme: &Theme,
    line: Rect,
    buf: &mut Buffer,
) {
    let hints = keys::bindings(mode).filter_map(hint).collect();
    let (fitting, _) = fitting_hints(hints, usize::from(line.width), theme);
    put_hints(&fitting, theme, line, buf);
}

/// Returns the hints that fit in so many columns, and those that do not.
pub(super) fn fitting_hints(
    mut hints: Vec<&'static Hint>,
    width: usize,
    theme: &Theme,
) -> (Vec<&'static Hint>, Vec<&'static Hint>) {
    let mut others = Vec::new();
    let mut widths: Vec<usize> = hints.iter().map(|hint| hint_width(hint, theme)).collect();
    let mut total: usize = widths.iter().sum();
    while total > width + 2 {
        let Some(last) = hints.iter().map(|hint| hint.rank).max() else {
            break;
        };
        let Some(at) = hints.iter().rposition(|hint| hint.rank == last) else {
            break;
        };
        others.push(hints.remove(at));
        total -= widths.remove(at);
    }
    others.reverse();
    (hints, others)
}

/// Draws hints one after the other. Returns the column after them.
pub(super) fn put_hints(hints: &[&Hint], theme: &Theme, line: Rect, buf: &mut Buffer) -> u16 {
    let mut x = line.x;
    for (index, hint) in hints.iter().enumerate() {
        let keys = hint_keys(hint, theme);
        x = put(buf, line, x, line.y, &keys, theme.style(Role::Key));
        let gap = if index + 1 < hints.len() { "  " } else { "" };
        let word = format!(" {}{gap}", hint.word);
        x = put(buf, line, x, line.y, &word, theme.style(Role::Dim));
    }
    x
}

#[cfg(test)]
mod tests {
    use super::super::LEAST;
    use super::*;
    use crate::algebra::Operation;
    use crate::session::{Command, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, text, train, walk, with_view};

    fn line(
        session: &Session,
        theme: Theme,
        width: u16,
        draw: fn(&View, Rect, &mut Buffer),
    ) -> String {
        text(&drawn(session, theme, (width, 1), draw))
            .trim_end()
            .to_owned()
    }

    #[test]
    fn the_place_gives_way_from_the_least_important_part_on() {
        let mut session = Net::xor().session(vec![train(2), walk(vec![0, 1, 2])]);
        session.go_to(session.trace().len() - 1);
        let step = format!("step {0}/{0}", session.trace().len());
        for (width, expected) in [
            (
                80,
                format!("update 4 of 4 · samples 1–3 · after epoch 2 · {step}"),
            ),
            (50, format!("update 4 of 4 · samples 1–3 · {step}")),
            (40, format!("update 4 of 4 · {step}")),
            (20, step.clone()),
        ] {
            let shown = line(&session, PLAIN, width, header);
            assert!(shown.starts_with(" T"), "{shown}");
            let place = shown.split_once("  ").unwrap().1.trim_start();
            assert_eq!(place, expected, "{width}");
            assert_eq!(shown.width(), usize::from(width) - 1);
        }
        let shown = line(&session, ASCII, 80, header);
        assert!(
            shown.contains("samples 1-3 | after epoch 2 | step"),
            "{shown}"
        );
    }

    #[test]
    fn samples_are_named_or_counted() {
        for (batch, expected) in [
            (vec![2], "sample 3"),
            (vec![1, 2], "samples 2–3"),
            (vec![0, 3], "2 samples"),
        ] {
            let session = Net::xor().at(batch, Operation::Loss);
            let shown = line(&session, PLAIN, 80, header);
            assert!(shown.contains(&format!(" · {expected} · ")), "{shown}");
        }
    }

    #[test]
    fn a_long_title_is_cut_with_a_mark() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        let cut = |width| with_view(&session, PLAIN, |view| cut_title(view, width));
        assert_eq!(cut(80), None);
        assert_eq!(cut(LEAST.0), None);
        assert_eq!(fitted("The grounded example", 9, &PLAIN), "The grou…");
        assert_eq!(fitted("The grounded example", 9, &ASCII), "The grou~");
        assert_eq!(fitted("as it is", 8, &PLAIN), "as it is");
        assert_eq!(fitted("any", 0, &PLAIN), "");
    }

    #[test]
    fn keys_give_way_by_their_rank() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        for (width, expected) in [
            (
                100,
                " ←→ step  ↑↓ phase  e E epoch  Tab numbers  c choices  v panel  n NumPy  m menu  ? keys  q quit",
            ),
            (
                90,
                " ←→ step  ↑↓ phase  e E epoch  Tab numbers  c choices  v panel  m menu  ? keys  q quit",
            ),
            (
                80,
                " ←→ step  ↑↓ phase  e E epoch  Tab numbers  c choices  m menu  ? keys  q quit",
            ),
            (
                72,
                " ←→ step  ↑↓ phase  e E epoch  Tab numbers  m menu  ? keys  q quit",
            ),
            (
                64,
                " ←→ step  ↑↓ phase  Tab numbers  m menu  ? keys  q quit",
            ),
            (52, " ←→ step  ↑↓ phase  Tab numbers  ? keys  q quit"),
            (40, " ←→ step  Tab numbers  ? keys  q quit"),
            (30, " ←→ step  ? keys  q quit"),
        ] {
            assert_eq!(line(&session, PLAIN, width, footer), expected, "{width}");
        }
        let shown = line(&session, ASCII, 80, footer);
        assert!(
            shown.starts_with(" Left/Right step  Up/Down phase  e E epoch"),
            "{shown}"
        );
    }

    #[test]
    fn the_way_on_from_an_answer_is_named_where_there_is_room() {
        let mut session = Net::grounded().session(vec![walk(vec![0])]);
        session.apply(Command::Hide);
        session.apply(Command::Next);
        session.apply(Command::Return);
        let waiting = line(&session, PLAIN, 80, footer);
        assert!(waiting.contains("Enter show"), "{waiting}");
        session.apply(Command::Answer);
        session.apply(Command::Answer);
        let answered = line(&session, PLAIN, 80, footer);
        assert!(answered.starts_with(" ←→ step  Enter on  "), "{answered}");
        let narrow = line(&session, PLAIN, 40, footer);
        assert!(
            !narrow.contains("Enter") && narrow.contains("step"),
            "{narrow}"
        );
        // If nothing was asked, the arrows are enough.
        session.apply(Command::Back);
        let plain = line(&session, PLAIN, 80, footer);
        assert!(!plain.contains("Enter"), "{plain}");
    }

    #[test]
    fn messages_and_the_question_stand_before_the_keys() {
        let mut session = Net::grounded().at(vec![0], Operation::Loss);
        session.apply(Command::Digit(1));
        session.apply(Command::Digit(2));
        session.apply(Command::GoTo);
        let ask = format!(" Go to step (1 to {}): 12_   ", session.trace().len());
        let shown = line(&session, PLAIN, 60, footer);
        assert_eq!(shown, format!("{ask}Enter go  Esc stay  q quit"));
        session.apply(Command::Erase);
        session.apply(Command::Digit(9));
        session.apply(Command::Digit(9));
        session.apply(Command::Confirm);
        let last = format!(" The last step is {}.", session.trace().len());
        assert_eq!(line(&session, PLAIN, 60, message), last);
        // On the smallest screen too the keys that end it are named.
        session.apply(Command::GoTo);
        let narrow = line(&session, PLAIN, 40, footer);
        assert!(narrow.contains("Enter go  Esc stay"), "{narrow}");
        session.apply(Command::Digit(9));
        session.apply(Command::Digit(9));
        session.apply(Command::Confirm);
        // On a single line, a message that is too long is marked as cut.
        assert_eq!(line(&session, PLAIN, 14, message), " The last st…");
        session.apply(Command::Back);
        assert!(line(&session, PLAIN, 60, footer).starts_with(" ←→ step"));
    }
    #[test]
    fn a_long_message_is_said_whole_whatever_else_is_there() {
        let long = format!(
            "/home/ada/.local/state/{} is broken: it is now progress.json.broken-1, and progress begins anew.",
            "nn-tutor/".repeat(12)
        );
        let joined = |buf: &Buffer| text(buf).replace([' ', '\n'], "");
        let bare = long.replace(' ', "");
        for (width, height) in [(80, 24), (40, 12), (120, 40)] {
            let area = Rect::new(0, 0, width, height);
            let mut session = Net::grounded().at(vec![0], Operation::Loss);
            for mode in [
                Command::AskAgain,
                Command::Help,
                Command::Return,
                Command::GoTo,
            ] {
                session.apply(mode);
                session.say(long.clone());
                let mut buf = Buffer::empty(area);
                super::super::render(&session, &PLAIN, area, &mut buf);
                let shown = joined(&buf);
                assert!(shown.contains(&bare), "{mode:?}: {shown}");
            }
            session.apply(Command::Return);
            session.offer_to_resume(2);
            session.say(long.clone());
            let mut buf = Buffer::empty(area);
            super::super::render(&session, &PLAIN, area, &mut buf);
            let shown = joined(&buf);
            let is_asked = shown.contains("3of") || shown.contains("3/");
            assert!(shown.contains(&bare) && is_asked, "{shown}");
            let mut menu = Menu::new(Vec::new());
            menu.say(long.clone());
            let mut buf = Buffer::empty(area);
            super::super::render_menu(&menu, &PLAIN, area, &mut buf);
            assert!(joined(&buf).contains(&bare));
        }
    }
}
