//! Questions and answers: the question, the input line, the tutor's feedback, and the summary at a step that was
//! answered.

use unicode_width::UnicodeWidthStr;

use crate::algebra::RichText;
use crate::keys;
use crate::session::{AnswerCell, Command, GivenAnswer, Mode, OpenQuestion};
use crate::tutor::{self, Choice, Kind, Outcome};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{Line, end_fitted, first_fitting, fitted, hanging, line_width, wrapped};
use crate::ui::view::View;

/// What stands over the author's words where the learner has changed the lesson.
pub(crate) const WRITTEN_BEFORE: &str = "* Written for the lesson as it was:";

/// The lines of a question before its answer is shown, without the input line.
pub(super) struct QuestionLines {
    /// The question, with its options.
    pub question: Vec<Line>,
    /// The numbers that are asked for, as far as they are typed; empty if it is only one, or if they are too many. Of a
    /// goal its conditions.
    pub cells: Vec<Line>,
    /// Whether these are told nowhere else.
    pub keeps_cells: bool,
    /// The tutor's feedback on the last answer, and the hints in their order.
    pub replies: Vec<Line>,
    /// The feedback with the newest first, for a place that shows only the beginning.
    pub newest: Vec<Line>,
}

impl QuestionLines {
    /// Returns the lines of a question, at most `width` columns wide.
    pub(super) fn new(view: &View, asked: &OpenQuestion, width: usize) -> Self {
        let verdict = asked
            .given
            .map(|given| verdict(view, given, width))
            .unwrap_or_default();
        let rungs = hints(view, asked, width);
        // A message that an answer could not be parsed is shown at the input line.
        let unreadable = asked.unreadable.map(|why| {
            let lead = [("! ".to_owned(), Role::Warning)];
            paragraphs(view, &[RichText::from(why.to_owned())], &lead, 2, width)
        });
        let unreadable = unreadable.unwrap_or_default();
        let replies = [&unreadable, &verdict].into_iter().chain(&rungs);
        let replies = replies.flatten().cloned().collect();
        let rungs = rungs.into_iter().rev().flatten();
        let unreadable = unreadable.into_iter();
        let mut newest: Vec<Line> = if is_hint_newest(asked) {
            unreadable.chain(rungs).chain(verdict).collect()
        } else {
            unreadable.chain(verdict).chain(rungs).collect()
        };
        // What is given is needed for whatever was said.
        if let Some(given) = asked
            .question
            .text
            .last()
            .filter(|_| asked.question.has_given)
            && !newest.is_empty()
        {
            let given = paragraphs(view, std::slice::from_ref(given), &[], 0, width);
            newest.splice(0..0, given);
        }
        Self {
            question: question(view, asked, width),
            cells: match asked.question.goal() {
                Some(_) => conditions(view, asked, width),
                None => cells(view, asked, width),
            },
            keeps_cells: asked.question.goal().is_some(),
            replies,
            newest,
        }
    }
}

/// Returns whether a hint was asked for after the last answer.
fn is_hint_newest(asked: &OpenQuestion) -> bool {
    asked.given.is_none_or(|given| given.hints < asked.hints)
}

/// Returns the input line. If it is too long, its beginning is cut off.
pub(super) fn input_line(view: &View, asked: &OpenQuestion, width: usize) -> Line {
    let theme = view.theme;
    if view
        .session
        .in_class()
        .is_some_and(|class| class.is_watched)
    {
        return Vec::new();
    }
    let prompt = (theme.pick("› ", "> ").to_owned(), Role::Key);
    let bar = theme.pick("▏", "_");
    let typed = theme.text(asked.typed).into_owned();
    if !typed.is_empty() {
        let room = width.saturating_sub(prompt.0.width() + 1);
        let mut line = vec![prompt, (end_fitted(&typed, room, theme), Role::Title)];
        if asked.typing {
            line.push((bar.into(), Role::Key));
        }
        return line;
    }
    if asked.question.goal().is_some() {
        let forms = ways(view, asked).map(|form| theme.text(&form).into_owned());
        let room = width.saturating_sub(prompt.0.width());
        let form = first_fitting(&forms, room).unwrap_or_default().to_owned();
        return vec![prompt, (form, Role::Dim)];
    }
    let format = match asked.kept.iter().filter(|kept| kept.is_none()).count() {
        0 => asked.question.kind.form(),
        1 => "the number that is left".to_owned(),
        left => format!("the {left} numbers that are left"),
    };
    let (bar, forms) = if asked.typing {
        let forms = [format!("  ({format})"), String::new()];
        (bar, forms)
    } else {
        let forms = match view.key(Command::AskAgain) {
            Some(key) => [
                format!("({key}: answer with {format})"),
                format!("({key}: answer)"),
            ],
            // The learner has to decide something else first.
            None => [String::new(), String::new()],
        };
        ("", forms)
    };
    let forms = forms.map(|form| theme.text(&form).into_owned());
    let room = width.saturating_sub(prompt.0.width() + 1);
    let form = first_fitting(&forms, room).unwrap_or_default().to_owned();
    vec![prompt, (bar.into(), Role::Key), (form, Role::Dim)]
}

/// Returns what leads to a goal, in a longer form and in shorter ones.
fn ways(view: &View, asked: &OpenQuestion) -> [String; 3] {
    let key = |command| view.key(command).unwrap_or_default();
    if asked.typing && view.session.waits_to_be_freed() {
        let hint = key(Command::Hint);
        [
            format!("The teacher frees the class for this. ({hint}: a hint)"),
            "The teacher frees the class for this.".to_owned(),
            "Not free yet.".to_owned(),
        ]
    } else if asked.typing {
        let (numbers, hint, answer) = (
            key(Command::Numbers),
            key(Command::Hint),
            key(Command::Answer),
        );
        // A letter is a key of the lesson here.
        let choices = keys::bindings(Mode::Walk).find(|row| row.command == Command::Choices);
        let choices =
            choices.map_or_else(String::new, |row| keys::name(row.keys[0], view.theme.ascii));
        [
            format!(
                "({numbers}: numbers, {choices}: choices such as ρ, {hint}: a hint, {answer} twice: give up)"
            ),
            format!("({numbers}: numbers, {choices}: choices such as ρ, {hint}: a hint)"),
            format!("({numbers}: numbers, {choices}: choices)"),
        ]
    } else if view.session.mode() == Mode::Numbers && !view.session.offers(Command::Raise) {
        let source = key(Command::WhereFrom);
        [
            format!("(not to be changed itself: {source} leads to the numbers that it comes from)"),
            format!("({source} leads to what it comes from)"),
            String::new(),
        ]
    } else if matches!(view.session.mode(), Mode::Numbers | Mode::Change) {
        [
            "(+ and − change the number under the cursor, = types a new one)".to_owned(),
            "(+ and − change it, = types a new one)".to_owned(),
            String::new(),
        ]
    } else {
        let again = key(Command::AskAgain);
        [
            format!("({again}: back to this task)"),
            format!("({again}: back)"),
            String::new(),
        ]
    }
}

/// Returns the conditions of a goal, each behind a mark that says whether it holds.
fn conditions(view: &View, asked: &OpenQuestion, width: usize) -> Vec<Line> {
    let conditions = asked.question.conditions(view.session.trace());
    let lines = conditions.into_iter().flat_map(|(is_met, line)| {
        let lead = if is_met {
            outcome_mark(Outcome::Right, view.theme)
        } else {
            [(view.theme.pick("○ ", "-- ").to_owned(), Role::Key)]
        };
        paragraphs(view, &[line], &lead, line_width(&lead), width)
    });
    lines.collect()
}

/// The most rows of numbers that are shown as they are typed; of more, they follow one another.
const MOST_ROWS: usize = 4;

/// Returns the numbers that are asked for as far as they are typed, in their rows and columns, or one after the other
/// where these are too many. Empty if there is no room for them.
fn cells(view: &View, asked: &OpenQuestion, width: usize) -> Vec<Line> {
    let Kind::Numbers { cells: places, .. } = &asked.question.kind else {
        return Vec::new();
    };
    let theme = view.theme;
    let text = |cell: AnswerCell| {
        let (text, role) = match cell {
            AnswerCell::Right(text) => (format!("{text}{}", theme.pick("✓", " ok")), Role::Right),
            AnswerCell::Typed(text) => (text, Role::Title),
            AnswerCell::Current(text) if asked.typing => {
                (format!("{text}{}", theme.pick("▏", "_")), Role::Key)
            }
            AnswerCell::Current(text) if !text.is_empty() => (text, Role::Title),
            AnswerCell::Current(_) | AnswerCell::Empty => ("?".to_owned(), Role::Dim),
        };
        (theme.text(&tidied(&text)).into_owned(), role)
    };
    let cells: Vec<(String, Role)> = asked.cells().into_iter().map(text).collect();
    if cells.is_empty() {
        return Vec::new();
    }
    let gap = || ("  ".to_owned(), Role::Text);
    let mut rest = cells.iter().cloned();
    let rows: Vec<Vec<(String, Role)>> = places
        .chunk_by(|one, other| one.0 == other.0)
        .map(|row| rest.by_ref().take(row.len()).collect())
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        let texts = rows.iter().filter_map(|row| row.get(column));
        texts.map(|(text, _)| text.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    if rows.len() <= MOST_ROWS && widths.iter().map(|width| width + 2).sum::<usize>() + 4 <= width {
        let last = rows.len() - 1;
        let edges = |at: usize| match at {
            _ if last == 0 || theme.ascii => ["[", "]"],
            0 => ["⎡", "⎤"],
            at if at == last => ["⎣", "⎦"],
            _ => ["⎢", "⎥"],
        };
        let line = |(at, row): (usize, Vec<(String, Role)>)| {
            let [left, right] = edges(at);
            let mut line = vec![(format!("  {left}"), Role::Dim)];
            for ((text, role), width) in row.into_iter().zip(&widths) {
                let pad = width - text.width();
                line.extend([(" ".to_owned(), Role::Text), (text, role)]);
                line.push((" ".repeat(pad + 1), Role::Text));
            }
            line.push((right.to_owned(), Role::Dim));
            line
        };
        return rows.into_iter().enumerate().map(line).collect();
    }
    let mut lines: Vec<Line> = vec![vec![gap()]];
    let mut used = 2;
    for (text, role) in cells {
        if used + text.width() > width && used > 2 {
            lines.push(vec![gap()]);
            used = 2;
        }
        used += text.width() + 2;
        if let Some(line) = lines.last_mut() {
            line.extend([(text, role), gap()]);
        }
    }
    lines
}

/// Returns the question and its options; once the answer is shown, the right ones are marked, and the others folded away.
fn question(view: &View, asked: &OpenQuestion, width: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if asked.may_be_false {
        let parts = wrapped(WRITTEN_BEFORE, width).into_iter();
        lines.extend(parts.map(|part| vec![(part, Role::Changed)]));
    }
    lines.extend(paragraphs(view, &asked.question.text, &[], 0, width));
    let (right, _) = mark(Outcome::Right, view.theme);
    let is_folded = |choice: &Choice| asked.revealed && !choice.right;
    let folded: Vec<String> = asked
        .question
        .options()
        .filter(|(_, choice)| is_folded(choice))
        .map(|(letter, _)| letter.to_string())
        .collect();
    for (letter, choice) in asked.question.options() {
        if is_folded(choice) {
            continue;
        }
        let lead = if asked.revealed && choice.right {
            format!("{right} ")
        } else {
            " ".repeat(right.width() + 1)
        };
        let indent = lead.width() + 3;
        let lead = [(lead, Role::Right), (format!("{letter}) "), Role::Key)];
        lines.extend(paragraphs(view, &choice.text, &lead, indent, width));
    }
    if !folded.is_empty() {
        let text = format!("{}not {}", " ".repeat(right.width() + 1), folded.join(", "));
        lines.push(vec![(fitted(&text, width, view.theme), Role::Dim)]);
    }
    lines
}

/// Returns the lines of each hint that was asked for.
fn hints(view: &View, asked: &OpenQuestion, width: usize) -> Vec<Vec<Line>> {
    if asked.hints == 0 {
        return Vec::new();
    }
    let rungs = asked.question.hints(view.session.trace());
    // The last is the answer, or that one gives up.
    let all = rungs.len().saturating_sub(1);
    let numbered = rungs.iter().take(asked.hints).zip(1..);
    numbered
        .map(|(rung, number)| {
            let lead = [(format!("Hint {number} of {all}: "), Role::Key)];
            paragraphs(view, rung, &lead, 2, width)
        })
        .collect()
}

/// Returns the mark of an outcome, which can be read without colour.
const fn mark(outcome: Outcome, theme: &Theme) -> (&'static str, Role) {
    match outcome {
        Outcome::Right => (theme.pick("✓", "ok"), Role::Right),
        Outcome::Partly => (theme.pick("~", "~"), Role::Title),
        Outcome::Wrong => (theme.pick("✗", "no"), Role::Warning),
        Outcome::Open => (theme.pick("›", ">"), Role::Key),
    }
}

/// Returns an answer as it is repeated: on one line, with real minus signs before its numbers.
fn tidied(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut told = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_sign = c == '-'
            && text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || ".,".contains(c))
            && !told.ends_with(char::is_alphanumeric);
        told.push(if is_sign || text == "-" { '−' } else { c });
    }
    told
}

/// Returns an answer and the tutor's feedback, after a mark.
fn verdict(view: &View, given: &GivenAnswer, width: usize) -> Vec<Line> {
    let verdict = &given.verdict;
    let lead = outcome_mark(verdict.outcome, view.theme);
    let feedback = view.session.feedback(given);
    let rich_text = answer_and_feedback(view, &given.text, &feedback, given.tries, width);
    paragraphs(view, &rich_text, &lead, line_width(&lead), width)
}

/// Returns the mark of an outcome as the start of a line.
pub(super) fn outcome_mark(outcome: Outcome, theme: &Theme) -> [(String, Role); 1] {
    let (mark, role) = mark(outcome, theme);
    [(format!("{mark} "), role)]
}

/// Returns the tutor's feedback on an answer, after the answer itself if the feedback does not name it.
pub(super) fn answer_and_feedback(
    view: &View,
    given: &str,
    feedback: &[RichText],
    tries: usize,
    width: usize,
) -> Vec<RichText> {
    // At most two lines of an answer that may be very long.
    let most = (2 * width).saturating_sub(30).max(8);
    let answer = fitted(&tidied(given), most, view.theme);
    let is_told = feedback.first().is_some_and(|first| {
        let first = first.text(view.session.decimals());
        // However it was typed: `.5` is repeated as 0.500.
        first.starts_with("You have ") || answer.split(' ').all(|part| mentions(&first, part))
    });
    let who = match (is_told, tries) {
        (true, _) => String::new(),
        (false, 0 | 1) => format!("You: {answer}. "),
        (false, tries) => format!("You, {} try: {answer}. ", tutor::ordinal(tries)),
    };
    let mut rest = feedback.iter().cloned();
    let first = RichText::from(who).then(rest.next().unwrap_or_default());
    std::iter::once(first).chain(rest).collect()
}

/// Returns whether a text names an answer, and not only a longer number that begins or ends with it.
fn mentions(words: &str, answer: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '−');
    words.match_indices(answer).any(|(at, found)| {
        let before = words[..at].chars().next_back();
        let behind = words[at + found.len()..]
            .trim_start_matches('.')
            .chars()
            .next();
        !found.is_empty() && !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

/// Returns the summary of a question once its answer is shown, in two parts: the question itself, unless the step answers it
/// anyway; the learner's answer, and the right one if that was another.
pub(super) fn answer_lines(view: &View, asked: &OpenQuestion, width: usize) -> [Vec<Line>; 2] {
    let kind = &asked.question.kind;
    let is_scene = asked.question.concealed.is_none();
    let question = if is_scene || !matches!(kind, Kind::Numbers { .. }) {
        question(view, asked, width)
    } else {
        Vec::new()
    };
    let mut lines = Vec::new();
    let outcome = asked.given.map(|given| given.verdict.outcome);
    if let Some(given) = asked.given {
        lines.extend(verdict(view, given, width));
    }
    // An answer that is visible anyway is not repeated: a whole result, or options that are marked.
    let (lead, answer) = match kind {
        // For these the tutor's feedback contains the answer.
        _ if outcome == Some(Outcome::Right) => return [question, lines],
        Kind::Numbers { cells, .. } if !is_scene && cells.len() > 1 => {
            (None, asked.question.because.clone())
        }
        Kind::Options(_) => (None, asked.question.because.clone()),
        _ => {
            let lead = ("Answer: ".to_owned(), Role::Key);
            (Some(lead), asked.question.reveal(view.session.trace()))
        }
    };
    let indent = if lead.is_some() { 2 } else { 0 };
    let lead: Vec<_> = lead.into_iter().collect();
    lines.extend(paragraphs(view, &answer, &lead, indent, width));
    [question, lines]
}

/// Returns rich text in lines of `width` columns, the first after a lead, the others indented.
pub(super) fn paragraphs(
    view: &View,
    rich_text: &[RichText],
    lead: &[(String, Role)],
    indent: usize,
    width: usize,
) -> Vec<Line> {
    let decimals = view.session.decimals();
    let blank = vec![(" ".repeat(indent), Role::Text)];
    let mut lines: Vec<Line> = Vec::new();
    for rich_text in rich_text {
        let text = rich_text.text(decimals);
        let text = view.theme.text(&text).into_owned();
        let used = if lines.is_empty() {
            line_width(lead)
        } else {
            indent
        };
        for part in hanging(&text, used, indent, width) {
            let mut line = if lines.is_empty() {
                lead.to_vec()
            } else {
                blank.clone()
            };
            line.push((part, Role::Text));
            lines.push(line);
        }
    }
    if lines.is_empty() && !lead.is_empty() {
        lines.push(lead.to_vec());
    }
    lines
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::Operation;
    use crate::session::Session;
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, go_to, text, walk, with_view};
    use crate::ui::text::put_line;

    /// Returns a session in which the learner predicts results, at the first weighted sums.
    fn predicting() -> Session {
        let mut session = Net::grounded().session(vec![walk(vec![0])]);
        session.apply(Command::Hide);
        go_to(&mut session, Operation::WeightedSum(1));
        assert!(session.is_veiled());
        session
    }

    fn typed(session: &mut Session, text: &str) {
        for character in text.chars() {
            session.apply(Command::Type(character));
        }
    }

    fn draw_input(view: &View, area: Rect, buf: &mut Buffer) {
        let line = input_line(view, view.waiting().unwrap(), usize::from(area.width));
        put_line(buf, area, area.x, area.y, &line, view.theme);
    }

    fn line(session: &Session, theme: Theme, width: u16) -> String {
        text(&drawn(session, theme, (width, 1), draw_input))
            .trim_end()
            .to_owned()
    }

    #[test]
    fn the_line_says_what_is_wanted_until_something_is_typed() {
        let mut session = predicting();
        assert_eq!(line(&session, PLAIN, 30), "› ▏  (2 numbers)");
        assert_eq!(line(&session, ASCII, 30), "> _  (2 numbers)");
        assert_eq!(line(&session, PLAIN, 12), "› ▏");
        typed(&mut session, "0.2 −.5");
        assert_eq!(line(&session, PLAIN, 30), "› 0.2 −.5▏");
        assert_eq!(line(&session, ASCII, 30), "> 0.2 -.5_");
        // The end of the input stays in sight.
        assert_eq!(line(&session, PLAIN, 8), "› … −.5▏");
        session.apply(Command::Return);
        assert_eq!(line(&session, PLAIN, 30), "› 0.2 −.5");
        session.apply(Command::AskAgain);
        session.apply(Command::Clear);
        session.apply(Command::Return);
        assert_eq!(line(&session, PLAIN, 40), "› (a: answer with 2 numbers)");
        assert_eq!(line(&session, PLAIN, 20), "› (a: answer)");
    }

    #[test]
    fn what_is_typed_stands_out_without_colour() {
        let mut session = predicting();
        let marked = |session: &Session, mark| -> String {
            let buf = drawn(session, PLAIN, (30, 1), draw_input);
            let cells = buf
                .content
                .iter()
                .filter(|cell| cell.modifier.contains(mark));
            cells.map(ratatui::buffer::Cell::symbol).collect()
        };
        assert_eq!(marked(&session, Modifier::DIM), "  (2 numbers)");
        typed(&mut session, "0.2");
        assert_eq!(marked(&session, Modifier::BOLD), "› 0.2▏");
        assert_eq!(marked(&session, Modifier::DIM), "");
    }

    #[test]
    fn an_answer_is_told_with_real_minus_signs_on_one_line() {
        assert_eq!(tidied("-0.244 \n -.5,-3"), "−0.244 −.5,−3");
        assert_eq!(tidied("2-3"), "2-3");
        assert_eq!(tidied("-"), "−");
        assert_eq!(tidied("step-by-step"), "step-by-step");
    }

    #[test]
    fn an_answer_is_told_once() {
        assert!(mentions("You have −0.244: that is W.", "−0.244"));
        assert!(mentions("That is not 3.", "3"));
        assert!(!mentions("You have −0.244", "0.244"), "another number");
        assert!(!mentions("It is 0.2441.", "0.244"), "a longer number");
        assert!(!mentions("", "") && !mentions("anything", ""));
    }

    #[test]
    fn paragraphs_hang_below_their_first_words() {
        let session = predicting();
        with_view(&session, PLAIN, |view| {
            let rich_text = [RichText::from("one two three four"), RichText::from("five")];
            let lead = [("✗ ".to_owned(), Role::Warning)];
            let lines: Vec<String> = paragraphs(view, &rich_text, &lead, 2, 12)
                .into_iter()
                .map(|line| line.into_iter().map(|(text, _)| text).collect())
                .collect();
            assert_eq!(lines, ["✗ one two", "  three four", "  five"]);
        });
    }
}
