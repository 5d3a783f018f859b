//! Questions in the transcript: parsing a line while an answer is waited for, and printing question, feedback and
//! review.

use crate::algebra::RichText;
use crate::app::typed_words::in_typed_words;
use crate::export::text::TextStyle;
use crate::session::{Command, Missed, OpenQuestion, Session};
use crate::tutor::{Kind, Outcome};

/// The instruction printed once, before the first answer.
pub(super) const HOW: &str = "Type your answer. Enter alone shows the right one, ? gives a hint; next, back, menu and \
                              quit lead away, and a colon before any other command: :12 leads to step 12.";

/// The same, where the first question asks for a goal.
pub(super) const HOW_TO_TRY: &str = "Change numbers until this holds: set NAME VALUE, as in set W(0)[1,1] 0.5, or choices and \
                                     choose. Enter alone gives up, ? gives a hint; next, back, menu and quit lead away.";

/// The help at a question: what can be typed.
const HELP: &str = "\
0.25       an answer: 0,25 and 1/4 too; several numbers apart by spaces
           3x2 for a shape, a letter for an option, words for the rest
Enter      shows the right answer, in practice a miss; then goes on
?          a hint; after the last one, twice shows the answer
symbols    what the symbols mean
next back  one step on without the answer, one back
hide       hides what steps make until you answer, or no longer
:12        to step 12; so any command with a colon before it
menu quit  to the list of lessons; the end
";

/// The help at a goal.
const HELP_TO_TRY: &str = "\
set NAME V changes a number: set W(0)[1,1] 0.9, set rho 0.5
choices    what else can be changed; choose 3 turns the third of them on,
           choose 3 0.02 to this value; seed 2 draws other first weights
undo       takes the last change back; changes lists them
Enter      gives up, and then goes on
?          a hint; after the last one, twice gives up
e x(1) 2   explains a number: what it is made of is what moves it
symbols    what the symbols mean
next back  one step on without reaching it, one back
12         to step 12
menu quit  to the list of lessons; the end
";

/// Returns the help at a question.
pub(super) const fn help(kind: &Kind) -> &'static str {
    match kind {
        Kind::Goal(_) => HELP_TO_TRY,
        _ => HELP,
    }
}

/// The meaning of a line at a question.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// An answer; empty to show the right one.
    Answer(&'a str),
    /// A command that only questions have.
    Do(Command),
    /// A request that is not about the question.
    Elsewhere(&'a str),
    /// A request for help, with the text of it.
    Help(&'static str),
}

/// Parses a line at a question of a kind.
pub(super) fn parse<'a>(line: &'a str, kind: &Kind) -> Line<'a> {
    let is_option = |letter: char| kind.options().any(|(c, _)| c == letter);
    if let Some(rest) = line.strip_prefix(':') {
        return match rest.trim() {
            "help" | "?" => Line::Help(help(kind)),
            rest => Line::Elsewhere(rest),
        };
    }
    match line {
        "next" => Line::Do(Command::Next),
        "back" => Line::Do(Command::Back),
        "?" | "hint" => Line::Do(Command::Hint),
        "hide" => Line::Do(Command::Hide),
        "again" => Line::Do(Command::AskAgain),
        "symbols" => Line::Do(Command::Symbols),
        "menu" => Line::Do(Command::Menu),
        "quit" | "exit" => Line::Do(Command::Quit),
        "q" if !is_option('q') => Line::Do(Command::Quit),
        "help" => Line::Help(help(kind)),
        // Nothing is typed for a goal: numbers are changed by commands.
        other if matches!(kind, Kind::Goal(_)) && !other.is_empty() => Line::Elsewhere(other),
        other if !matches!(kind, Kind::Open(_)) && changes_something(other) => {
            Line::Elsewhere(other)
        }
        answer => Line::Answer(answer),
    }
}

/// Returns whether a line changes the lesson, or lists what can be changed.
fn changes_something(line: &str) -> bool {
    let word = line.split_whitespace().next();
    word.is_some_and(|word| {
        [
            "set", "undo", "compare", "changes", "choices", "choose", "write", "seed", "lab",
        ]
        .contains(&word)
    })
}

/// Prints paragraphs, wrapped.
pub(super) fn paragraphs(out: &mut String, lines: &[RichText], style: &TextStyle) {
    for line in lines {
        let text = in_typed_words(line.text(style.decimals).trim());
        style.wrap(out, &text, [0, 0]);
    }
}

/// Prints paragraphs after a word that says what they are.
fn named(out: &mut String, name: &str, lines: &[RichText], style: &TextStyle) {
    let words: Vec<String> = lines
        .iter()
        .map(|line| line.text(style.decimals).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    style.wrap(out, &format!("{name}: {}", words.join(" ")), [0, 2]);
}

/// Prints the options of a question, each with its letter.
fn options(out: &mut String, kind: &Kind, style: &TextStyle) {
    for (letter, choice) in kind.options() {
        let words: Vec<String> = choice
            .text
            .iter()
            .map(|line| line.text(style.decimals))
            .collect();
        style.wrap(out, &format!("{letter}) {}", words.join(" ")), [2, 5]);
    }
}

/// Prints the conditions of a goal, each with its number.
pub(super) fn conditions(
    out: &mut String,
    session: &Session,
    asked: &OpenQuestion,
    style: &TextStyle,
) {
    for (_, line) in asked.question.conditions(session.trace()) {
        style.wrap(out, &in_typed_words(&line.text(style.decimals)), [2, 4]);
    }
    if asked.question.goal().is_some() && session.in_class().is_some() {
        let said = if session.waits_to_be_freed() {
            "The teacher frees the class for this."
        } else {
            "Change numbers until this holds: `set NAME VALUE`, as in `set W(0)[1,1] 0.5`; `undo` takes the last change back."
        };
        style.wrap(out, said, [0, 2]);
    }
}

/// Prints what belongs to the question of a step: its options, the hints given, the answers with their feedback, and
/// the right answer once it is shown.
pub(super) fn question(
    out: &mut String,
    session: &Session,
    asked: &OpenQuestion,
    style: &TextStyle,
) {
    if asked.question.concealed.is_some() && asked.revealed {
        // The words are those of the step.
        out.push('\n');
        named(out, "Asked", &asked.question.text, style);
    }
    options(out, &asked.question.kind, style);
    if !asked.revealed {
        conditions(out, session, asked, style);
    }
    hints(out, session, asked, 0, style);
    if let Some(given) = asked.given {
        if asked.question.goal().is_none() {
            style.wrap(out, &format!("Your answer: {}", given.text), [0, 2]);
        }
        paragraphs(out, &session.feedback(given), style);
    }
    if asked.revealed {
        answer(out, session, asked, style);
    }
}

/// Prints the right answer, unless the learner has found it.
pub(super) fn answer(out: &mut String, session: &Session, asked: &OpenQuestion, style: &TextStyle) {
    let is_found = asked
        .given
        .is_some_and(|given| given.verdict.outcome == Outcome::Right);
    if !is_found {
        let answer = asked.question.reveal(session.trace());
        named(out, "Answer", &answer, style);
    }
}

/// Prints the hints shown so far, beginning with the one at an index. The very last hint is the answer, and is
/// introduced as such.
pub(super) fn hints(
    out: &mut String,
    session: &Session,
    asked: &OpenQuestion,
    from: usize,
    style: &TextStyle,
) {
    let rungs = asked.question.hints(session.trace());
    let last = rungs.len().saturating_sub(1);
    for rung in rungs.iter().take(asked.hints.min(last)).skip(from) {
        named(out, "Hint", rung, style);
    }
}

/// Returns the questions that were missed, and how to come back to them.
pub(super) fn review(missed: &[Missed], style: &TextStyle) -> String {
    let mut out = String::new();
    let count = missed.len();
    let questions = if count == 1 { "question" } else { "questions" };
    style.wrap(
        &mut out,
        &format!("Not right yet: {count} {questions}."),
        [0, 0],
    );
    for item in missed {
        out.push('\n');
        named(
            &mut out,
            &format!("Step {}", item.step + 1),
            &item.question,
            style,
        );
        let given = if item.given.is_empty() {
            "Not answered.".to_owned()
        } else {
            format!("Your answer: {}", item.given)
        };
        style.wrap(&mut out, &given, [0, 2]);
        paragraphs(&mut out, &item.feedback, style);
        named(&mut out, "Answer", &item.answer, style);
    }
    let Some(first) = missed.first() else {
        return out;
    };
    let first = first.step + 1;
    out.push('\n');
    let how = format!("{first} leads to step {first}; again asks there once more.");
    style.wrap(&mut out, &how, [0, 0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::GoalState;
    use crate::tutor::Choice;

    #[test]
    fn a_line_at_a_question_is_an_answer_a_word_or_a_colon_and_a_command() {
        let open = Kind::Open(Vec::new());
        for (line, meant) in [
            ("", Line::Answer("")),
            ("0.25 1", Line::Answer("0.25 1")),
            ("12", Line::Answer("12")),
            (":12", Line::Elsewhere("12")),
            (": b", Line::Elsewhere("b")),
            ("b", Line::Answer("b")),
            ("back", Line::Do(Command::Back)),
            ("?", Line::Do(Command::Hint)),
            ("q", Line::Do(Command::Quit)),
            ("help", Line::Help(HELP)),
        ] {
            assert_eq!(parse(line, &open), meant, "{line:?}");
        }
        let goal = Kind::Goal(GoalState {
            parts: Vec::new(),
            after_training: false,
            other_samples: false,
        });
        for (line, meant) in [
            ("", Line::Answer("")),
            ("e x(1) 2", Line::Elsewhere("e x(1) 2")),
            ("12", Line::Elsewhere("12")),
            ("?", Line::Do(Command::Hint)),
            ("help", Line::Help(HELP_TO_TRY)),
        ] {
            assert_eq!(parse(line, &goal), meant, "{line:?}");
        }
        let choice = Choice {
            text: Vec::new(),
            right: true,
            because: Vec::new(),
        };
        let many = Kind::Options(vec![choice; 17]);
        assert_eq!(parse("q", &many), Line::Answer("q"));
    }
}
