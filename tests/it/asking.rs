//! Answering questions: whole lessons and exercises, answered by strings of keys.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::common::key_strings::{key, press};
use crate::common::{building, grounded};
use nn_tutor::algebra::{Decimals, Operation, Quantity, RichText};
use nn_tutor::keys;
use nn_tutor::lesson::{Lesson, Library};
use nn_tutor::session::{AnswerCell, Effect, Mode, Record, Score, Session};
use nn_tutor::trace::{CellText, Part, Trace};
use nn_tutor::tutor::{Kind, Level, Outcome, Slip, practice};
use proptest::prelude::*;

/// Returns the grounded example with a script.
fn lesson(script: &str) -> Lesson {
    building::lesson(&grounded::with(script), |_| ())
}

fn trace(script: &str) -> Arc<Trace> {
    Arc::new(building::compiled(&grounded::with(script), |_| ()))
}

/// One question of each kind.
const EVERY_KIND: &str = "  - {ask: How many connections?, number: connections}
  - {ask: Which shape?, shape: W(0)}
  - {ask: Will the prediction rise or fall?, direction: y_hat}
  - walk:
      sample: 1
      questions:
        z(1): {number: 'z(1)[2]'}
        delta(1): {ask: How much is theirs?, matrix: delta(1)}
        delta(2): {sign: 'delta(2)[1]'}
  - ask: What keeps the error from the bias?
    options: [{right: 'The dropped row.'}, {wrong: 'The transposed matrix.'}]
  - {ask: Why has the output no bias unit?, answer: Nothing comes after it.}
";

/// The numbers of the steps with a question, a right answer and a wrong one. The last question is an open one.
const ANSWERS: [(usize, &str, &str); 8] = [
    (1, "9", "6"),
    (2, "3x2", "2x3"),
    (3, "rise", "fall"),
    (5, "0.9", "0.3"),
    (10, "negative", "positive"),
    (12, "-0.060 -0.010", "-0.244 -0.049"),
    (19, "a", "b"),
    (20, "Nobody would listen.", "It has one."),
];

/// The number of questions that can be right or wrong.
const GRADED: usize = ANSWERS.len() - 1;

fn walking(script: &str) -> Session {
    Session::new(trace(script))
}

fn number(session: &Session) -> usize {
    session.index() + 1
}

fn words(lines: &[RichText]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    lines.join(" ")
}

fn is_revealed(session: &Session) -> bool {
    session.asked().unwrap().revealed
}

fn outcome(session: &Session) -> Option<Outcome> {
    let given = session.asked().unwrap().given?;
    Some(given.verdict.outcome)
}

/// Returns the right numbers of the current question, with all their digits.
fn right_numbers(session: &Session) -> String {
    let asked = session.asked().unwrap();
    let Kind::Numbers { target, cells } = &asked.question.kind else {
        panic!("{:?} asks for no numbers", asked.question.kind);
    };
    let value = target.value(session.trace());
    cells.iter().fold(String::new(), |mut text, &(r, c)| {
        write!(text, "{} ", value[[r, c]]).unwrap();
        text
    })
}

#[test]
fn a_lesson_answered_right_is_done_with_as_many_points_as_questions() {
    let mut session = walking(EVERY_KIND);
    for (step, right, _) in ANSWERS {
        while number(&session) < step {
            assert_eq!(session.mode(), Mode::Walk, "step {}", number(&session));
            press(&mut session, "⏎");
        }
        assert_eq!(session.mode(), Mode::Ask);
        press(&mut session, right);
        assert_eq!(session.asked().unwrap().typed, right);
        assert!(!is_revealed(&session));
        press(&mut session, "⏎");
        assert_eq!(number(&session), step);
        assert!(is_revealed(&session), "step {step}");
        let expected = if step == 20 {
            Outcome::Open
        } else {
            Outcome::Right
        };
        assert_eq!(outcome(&session), Some(expected), "step {step}");
        press(&mut session, "⏎");
    }
    assert!(session.is_at_end());
    assert_eq!(session.mode(), Mode::Walk);
    let expected = Score {
        right: GRADED,
        asked: GRADED,
        missed: 0,
    };
    assert_eq!(session.score(), expected);
    let message = session.message().unwrap();
    assert!(
        message.contains(&format!("All {GRADED} questions")),
        "{message}"
    );
}

#[test]
fn what_was_missed_is_reviewed_and_tried_again() {
    let mut session = walking(EVERY_KIND);
    for (step, _, wrong) in &ANSWERS[..GRADED] {
        press(&mut session, &format!("⎋{step}G{wrong}⏎"));
        let asked = session.asked().unwrap();
        assert_eq!(asked.typed, "", "step {step}");
        assert!(asked.typing && !asked.revealed, "step {step}");
        let given = asked.given.unwrap();
        assert_eq!(given.text, *wrong);
        assert_eq!(given.verdict.outcome, Outcome::Wrong, "step {step}");
        assert!(!given.verdict.feedback.is_empty(), "step {step}");
        // Enter alone asks whether to show what is right, and then does.
        press(&mut session, "⏎");
        assert!(!is_revealed(&session));
        let message = session.message().unwrap();
        assert!(message.contains("Enter once more"), "{message}");
        press(&mut session, "⏎");
        assert!(is_revealed(&session));
    }
    press(&mut session, "G⏎⏎⏎");
    assert_eq!(session.mode(), Mode::Review);
    let missed = session.review();
    let steps: Vec<usize> = missed.iter().map(|item| item.step + 1).collect();
    assert_eq!(steps, [1, 2, 3, 5, 10, 12, 19]);
    assert_eq!(missed[3].given, "0.3");
    assert!(words(&missed[3].answer).contains("0.900"));
    assert_eq!(words(&missed[1].question), "Which shape?");
    assert_eq!(session.score().missed, GRADED);
    // The second one once more: hidden again, found, and back to what is left.
    press(&mut session, "↓⏎");
    assert_eq!((number(&session), session.mode()), (2, Mode::Ask));
    assert!(session.asked().unwrap().given.is_none());
    press(&mut session, "3x2⏎");
    assert!(is_revealed(&session));
    press(&mut session, "⏎");
    assert_eq!(session.mode(), Mode::Review);
    assert_eq!(session.review().len(), GRADED - 1);
    assert_eq!(session.review_at(), 1);
    // All others are answered right.
    for _ in 1..GRADED {
        press(&mut session, "g⏎");
        let step = number(&session);
        let (_, right, _) = ANSWERS.iter().find(|answer| answer.0 == step).unwrap();
        press(&mut session, &format!("{right}⏎⏎"));
    }
    assert_eq!(session.mode(), Mode::Walk);
    assert!(session.is_at_end());
    assert!(session.review().is_empty());
    assert_eq!(session.score().right, GRADED);
}

#[test]
fn the_review_closes_and_leads_elsewhere() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "6⏎⎋G⏎⏎⏎");
    assert_eq!(session.mode(), Mode::Review);
    assert_eq!(press(&mut session, "m"), Some(Effect::Menu));
    press(&mut session, "q");
    assert_eq!(session.mode(), Mode::Walk);
    assert!(session.message().unwrap().contains("0 of 7"));
    press(&mut session, "⏎");
    assert_eq!(session.mode(), Mode::Review);
    // From a question that was opened there Esc leads back, once for the line and once for the step.
    press(&mut session, "⏎⎋");
    assert_eq!((number(&session), session.mode()), (1, Mode::Walk));
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Review);
    assert_eq!(session.review()[0].given, "6");
}

#[test]
fn enter_alone_reaches_the_end() {
    let mut session = walking(EVERY_KIND);
    let steps = session.trace().len();
    // Once for every step but the first, twice for every question.
    for _ in 0..steps - 1 + 2 * ANSWERS.len() {
        assert!(!session.is_at_end() || !is_revealed(&session));
        assert_eq!(press(&mut session, "⏎"), Some(Effect::Draw));
    }
    assert!(session.is_at_end() && is_revealed(&session));
    // Looking at answers is no miss.
    press(&mut session, "⏎");
    assert_eq!(session.mode(), Mode::Walk);
    assert!(session.message().unwrap().contains("0 of 7"));
    assert_eq!(session.records().len(), ANSWERS.len());
    assert!(
        session
            .records()
            .iter()
            .all(|record| record.outcome == "seen")
    );
}

#[test]
fn hints_come_rung_by_rung_and_the_last_one_is_the_answer() {
    for (step, right, _) in ANSWERS {
        let mut session = walking(EVERY_KIND);
        session.go_to(step - 1);
        let rungs = session
            .asked()
            .unwrap()
            .question
            .hints(session.trace())
            .len();
        for shown in 1..rungs {
            press(&mut session, "✦");
            let asked = session.asked().unwrap();
            assert_eq!((asked.hints, asked.revealed), (shown, false), "step {step}");
        }
        // The last one is the answer: one is asked first, by the key that is to be pressed once more.
        for other in ["✦⏎⌫", "✦⌫"] {
            press(&mut session, other);
            assert!(!is_revealed(&session), "step {step}: {other}");
        }
        press(&mut session, "✦");
        let message = session.message().unwrap();
        assert!(message.ends_with("more shows the answer."), "{message}");
        press(&mut session, "✦");
        assert!(is_revealed(&session), "step {step}");
        assert_eq!(session.records()[0].hints, rungs);
        // It counts as shown, so it is among those to be tried once more.
        let can_be_right = step != 20;
        let review = session.review();
        assert_eq!(
            review.iter().any(|missed| missed.step + 1 == step),
            can_be_right
        );
        let mut ended = session.clone();
        press(&mut ended, "⎋G");
        let end = if ended.mode() == Mode::Ask {
            "⎋⏎⏎⏎"
        } else {
            "⏎"
        };
        press(&mut ended, end);
        assert!(ended.mode() == Mode::Review || !can_be_right, "step {step}");
        // After that it can still be answered.
        press(&mut session, &format!("a{right}⏎"));
        assert!(is_revealed(&session), "step {step}");
    }
}

#[test]
fn going_back_shows_what_was_answered() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "9⏎⏎2x3⏎→");
    assert_eq!((number(&session), session.mode()), (3, Mode::Ask));
    press(&mut session, "←");
    // The question was not answered right: it is still open, with its feedback.
    let asked = session.asked().unwrap();
    assert_eq!(asked.given.unwrap().text, "2x3");
    assert!(!asked.revealed && asked.typing);
    press(&mut session, "←");
    let asked = session.asked().unwrap();
    assert_eq!(asked.given.unwrap().text, "9");
    assert!(asked.revealed && !asked.typing);
    // One more try hides the answer and the feedback.
    press(&mut session, "a");
    let asked = session.asked().unwrap();
    assert!(asked.given.is_none() && !asked.revealed && asked.typing);
    assert_eq!(session.score().right, 1);
}

#[test]
fn what_is_right_so_far_stays_in_the_line() {
    let mut session = walking(EVERY_KIND);
    session.go_to(11);
    press(&mut session, "-0.060⏎");
    assert_eq!(outcome(&session), Some(Outcome::Partly));
    assert_eq!(session.asked().unwrap().typed, "-0.060");
    press(&mut session, " -0.010⏎");
    assert_eq!(outcome(&session), Some(Outcome::Right));
    assert_eq!(session.asked().unwrap().given.unwrap().tries, 2);
    // However often Enter is pressed on it: only where nothing is typed it is given up, and one is asked first.
    press(&mut session, "a-0.060⏎⏎⏎⏎");
    assert!(!is_revealed(&session));
    assert_eq!(session.asked().unwrap().given.unwrap().tries, 3);
    press(&mut session, "☓⏎→←⏎");
    assert!(!is_revealed(&session), "what was asked is forgotten");
    press(&mut session, "⏎");
    assert!(is_revealed(&session));
    // Not wrong, but worth another try.
    let review = session.review();
    let given_up = review.iter().find(|missed| missed.step == 11).unwrap();
    assert!(given_up.given.is_empty());
}

/// Returns the cells of a question as they are shown: `✓` after one that stays, `▏` after the one that is typed.
fn cells(session: &Session) -> String {
    let cells = session.asked().unwrap().cells();
    let shown = cells.iter().map(|cell| match cell {
        AnswerCell::Right(text) => format!("{text}✓"),
        AnswerCell::Typed(text) => text.clone(),
        AnswerCell::Current(text) => format!("{text}▏"),
        AnswerCell::Empty => "?".to_owned(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// Several numbers are filled in one by one; those that are right stay after a wrong try, and only the others are typed.
#[test]
fn cells_are_filled_in_and_right_ones_stay() {
    const MATRIX: &str =
        "  - walk:\n      sample: 1\n      questions:\n        W(0): {matrix: W(0)}\n";
    let mut session = walking(MATRIX);
    while session.mode() != Mode::Ask {
        press(&mut session, "→");
    }
    assert_eq!(session.step().symbol(), Some(Quantity::Weights(0)));
    let right = right_numbers(&session);
    let numbers: Vec<&str> = right.split_whitespace().collect();
    for (keys, shown) in [
        ("", "▏ ? ? ? ? ?"),
        ("0.4", "0.4▏ ? ? ? ? ?"),
        (" ", "0.4 ▏ ? ? ? ?"),
        ("1/(1 + 2", "0.4 1/(1+2▏ ? ? ? ?"),
        (") 3 x 2;", "0.4 1/(1+2) 3*2 ▏ ? ?"),
        ("☓[1 2; 3 4; 5 6]", "1 2 3 4 5 6"),
        ("☓1,5 2,5 3", "1.5 2.5 3▏ ? ? ?"),
        ("☓1,2,3,4,5,6", "1 2 3 4 5 6▏"),
        ("☓1 2 3 4 5 6 7", ""),
        ("☓", "▏ ? ? ? ? ?"),
    ] {
        press(&mut session, keys);
        assert_eq!(cells(&session), shown, "{keys}");
    }
    // The second and the last are wrong.
    let with = |second: &str, last: &str| {
        let [a, _, c, d, e, _] = numbers[..] else {
            panic!()
        };
        [a, second, c, d, e, last].join(" ")
    };
    press(&mut session, &format!("{}⏎", with("7", "8")));
    assert_eq!(outcome(&session), Some(Outcome::Wrong));
    let [a, b, c, d, e, f] = numbers[..] else {
        panic!()
    };
    let kept = |second: &str, last: &str| format!("{a}✓ {second} {c}✓ {d}✓ {e}✓ {last}");
    assert_eq!(cells(&session), kept("▏", "?"));
    press(&mut session, "9");
    assert_eq!(cells(&session), kept("9▏", "?"));
    // Too few are no answer.
    press(&mut session, "⏎");
    assert_eq!(session.message(), Some("One number is still missing."));
    assert_eq!(session.asked().unwrap().given.unwrap().tries, 1);
    press(&mut session, &format!("☓{}⏎", with("7", "8")));
    press(&mut session, &format!("{b} 9⏎"));
    assert_eq!(cells(&session), format!("{a}✓ {b}✓ {c}✓ {d}✓ {e}✓ ▏"));
    assert_eq!(session.asked().unwrap().given.unwrap().tries, 3);
    // What is kept can be taken back, number by number, or all of it.
    press(&mut session, "⌫");
    assert_eq!(cells(&session), format!("{a}✓ {b}✓ {c}✓ {d}✓ {e}▏ ?"));
    press(&mut session, &format!(" {f}"));
    press(&mut session, "⏎");
    assert_eq!(
        outcome(&session),
        Some(Outcome::Right),
        "{:?}",
        session.asked()
    );
    assert_eq!(session.score().right, 1);
    press(&mut session, &format!("a{}⏎☓", with("7", "8")));
    assert_eq!(cells(&session), "▏ ? ? ? ? ?");
    // And all can be typed anew.
    press(&mut session, &format!("{}⏎{right}⏎", with("7", "8")));
    assert_eq!(outcome(&session), Some(Outcome::Right));
    // After a restart as well.
    let mut first = session.clone();
    press(&mut first, &format!("a{}⏎", with("7", "8")));
    let mut second = walking(MATRIX);
    second.restore(&first.records());
    second.go_to(first.index());
    assert_eq!(cells(&second), kept("▏", "?"));
}

/// In every lesson and exercise: of numbers of which one is wrong, the others stay, and the one alone makes it right.
#[test]
fn one_wrong_number_of_several_is_all_that_is_typed_again() {
    let mut checked = 0;
    let mut check = |session: &mut Session, place: &str| {
        let asked = session.asked().unwrap();
        let Kind::Numbers { cells: places, .. } = &asked.question.kind else {
            return;
        };
        if asked.revealed || places.len() < 2 {
            return;
        }
        let right = right_numbers(session);
        let numbers: Vec<&str> = right.split_whitespace().collect();
        let at = numbers.len() / 2;
        let mut wrong = numbers.clone();
        wrong[at] = "777.25";
        press(session, &format!("☓{}⏎", wrong.join(" ")));
        assert_eq!(outcome(session), Some(Outcome::Wrong), "{place}");
        let kept = cells(session);
        let kept: Vec<&str> = kept.split(' ').collect();
        for (i, cell) in kept.iter().enumerate() {
            assert_eq!(cell.ends_with('✓'), i != at, "{place}: {kept:?}");
        }
        press(session, &format!("{}⏎", numbers[at]));
        assert_eq!(outcome(session), Some(Outcome::Right), "{place}: {kept:?}");
        checked += 1;
    };
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
        for index in 0..session.trace().len() {
            session.go_to(index);
            if session.asked().is_some() {
                check(&mut session, &format!("{name}, step {}", index + 1));
            }
        }
    }
    let trace = exercise(3);
    let mut session = Session::practice(Arc::clone(&trace), Level::Vector);
    for index in 0..trace.len() {
        session.go_to(index);
        if session.asked().is_some() {
            check(&mut session, &format!("exercise, step {}", index + 1));
        }
    }
    assert!(checked > 10, "{checked}");
}

/// A key that changes nothing in sight says what it does.
#[test]
fn numpy_at_an_open_question_is_not_silent() {
    let mut session = walking(EVERY_KIND);
    session.go_to(4);
    press(&mut session, "n");
    assert!(session.message().unwrap().contains("once this is answered"));
    press(&mut session, "n");
    assert!(session.message().unwrap().contains("hidden again"));
}

/// Where the field is too small to be seen, nothing is typed into it, answered, looked up or hinted at.
#[test]
fn every_key_is_a_command_where_the_field_cannot_be_seen() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "9");
    for c in "12⏎✦⏎".chars() {
        if let Some(command) = keys::command_unseen(key(c)) {
            session.apply(command);
        }
    }
    assert_ne!(number(&session), 1);
    session.go_to(0);
    let asked = session.asked().unwrap();
    assert_eq!((asked.typed, asked.hints, asked.revealed), ("9", 0, false));
    assert!(session.records().is_empty());
}

/// The symbols are those of the steps so far, each with its meaning, its shape, and the step that has it first; a shape that
/// is asked for is not told.
#[test]
fn symbols_are_explained_in_every_lesson() {
    let mut all = HashSet::new();
    let mut asks_shape = 0;
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
        let last = session.trace().len() - 1;
        for index in [0, last / 3, last / 2, last] {
            session.go_to(index);
            for known in session.symbols() {
                assert!(known.first <= index + 1, "{name}: {known:?}");
                let words = known.words();
                assert!(
                    words.contains(": ")
                        && words.ends_with(&format!("First at step {}.", known.first))
                );
                all.insert(known.symbol.sign.clone());
            }
        }
        for index in 0..=last {
            session.go_to(index);
            let Some(Kind::Shape(target)) =
                session.asked().map(|asked| asked.question.kind.clone())
            else {
                continue;
            };
            asks_shape += 1;
            let symbol = target.cell(session.trace()).unwrap().symbol;
            let name_of = session.step().context().name(symbol);
            let told = |session: &Session| {
                let symbols = session.symbols().into_iter();
                let here: Vec<String> = symbols.map(|known| known.here).collect();
                let entries = here.iter().flat_map(|here| here.split(", "));
                entries
                    .map(str::to_owned)
                    .find(|entry| entry.starts_with(&format!("{name_of} ")))
            };
            let before = told(&session);
            assert!(
                before.is_none_or(|told| told.ends_with(" ?")),
                "{name}, step {}",
                index + 1
            );
        }
    }
    assert!(asks_shape > 5, "{asks_shape}");
    for sign in [
        "δ⁽ˡ⁾",
        "ψ(x⁽ˡ⁾)",
        "ρ",
        "∇⁽ˡ⁾",
        "∘",
        "⊕",
        "[1+]",
        "W⁽ˡ⁾",
        "x⁽ˡ⁾",
        "z⁽ˡ⁾",
        "ŷ",
        "y",
        "J",
        "φ",
        "ᵀ",
        "ẑ⁽ˡ⁾",
        "m⁽ˡ⁾",
    ] {
        assert!(all.contains(sign), "{sign}: {all:?}");
    }
    // From the field of a question, and back into it.
    let mut session = walking(EVERY_KIND);
    session.go_to(4);
    press(&mut session, "0.S");
    assert_eq!(session.mode(), Mode::Symbols);
    press(&mut session, "⎋9⏎");
    assert_eq!(outcome(&session), Some(Outcome::Right));
    press(&mut session, "S");
    let delta = session
        .symbols()
        .into_iter()
        .find(|known| known.symbol.sign == "z⁽ˡ⁾")
        .unwrap();
    assert_eq!(delta.here, "z⁽¹⁾ 2×1");
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
}

#[test]
fn while_a_step_is_asked_about_nothing_of_it_is_told() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "→→→⏎");
    assert_eq!(number(&session), 5);
    assert!(session.is_veiled());
    let check = |session: &Session| {
        let view = session.view();
        assert_eq!(view.known.as_ref().unwrap().index, 3);
        assert_eq!(view.shown().operation(), Some(Operation::Sample));
        assert!(view.cursor.is_none() && view.explanation.is_none() && view.example.is_none());
        let equation = view.equation();
        let result = equation.iter().find_map(|part| match part {
            Part::Matrix(operand) if operand.result => Some(operand),
            _ => None,
        });
        assert_eq!(result.unwrap().shown(1, 0), CellText::Hidden);
    };
    check(&session);
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Walk);
    check(&session);
    press(&mut session, "o");
    assert_eq!(session.mode(), Mode::Walk);
    assert!(session.message().unwrap().contains("Answer first"));
    check(&session);
    // What is known can be looked at.
    let mut looked = 0;
    for _ in 0..12 {
        press(&mut session, "⇥");
        assert_eq!(session.mode(), Mode::Numbers);
        let place = session.cursor().unwrap();
        assert_ne!(place.cell.symbol, Quantity::Sum(1));
        looked += usize::from(place.cell.symbol == Quantity::Weights(0));
        assert_eq!(tells(&session), None);
    }
    assert!(looked > 0);
    // A number that is known leads to its step, or has none.
    let mut led = 0;
    for _ in 0..12 {
        press(&mut session, "⇥⏎");
        if number(&session) == 5 {
            assert!(session.message().unwrap().contains("no step made it"));
        } else {
            led += 1;
            press(&mut session, "⎋");
            assert_eq!(number(&session), 5);
        }
        assert_eq!(session.mode(), Mode::Numbers);
        assert_eq!(tells(&session), None);
    }
    assert!(led > 0);
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Ask);
    check(&session);
    press(&mut session, "⎋");
    // Enter shows it, here as in the line.
    press(&mut session, "⏎⏎");
    assert_eq!(number(&session), 5);
    assert!(!session.is_veiled());
    assert!(session.view().example.is_some());
    press(&mut session, "⇥");
    assert!(session.explanation().is_some());
}

#[test]
fn a_question_in_a_scene_of_its_own_hides_nothing() {
    let session = walking(EVERY_KIND);
    assert!(session.asked().is_some() && !session.is_veiled());
    assert!(session.view().known.is_none());
}

#[test]
fn escape_leads_to_the_other_keys_and_a_back_again() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "12⎋?");
    assert_eq!(session.mode(), Mode::Help);
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Walk);
    press(&mut session, ":⎋");
    assert_eq!(session.mode(), Mode::Walk);
    press(&mut session, "a⌫");
    assert_eq!(session.asked().unwrap().typed, "1");
    // What was typed stays with its step.
    press(&mut session, "→3←");
    assert_eq!(session.asked().unwrap().typed, "1");
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    assert_eq!(press(&mut session, "☓9⏎"), Some(Effect::Draw));
    assert_eq!(outcome(&session), Some(Outcome::Right));
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    let mut session = walking(EVERY_KIND);
    assert_eq!(
        keys::command(session.mode(), keys::ctrl('c')).map(|command| session.apply(command)),
        Some(Effect::Quit)
    );
    assert_eq!(
        keys::command(session.mode(), keys::ctrl('z')).map(|command| session.apply(command)),
        Some(Effect::Suspend)
    );
}

/// What cannot be part of an answer is the key that it is elsewhere; nothing else of the same kind is typed.
#[test]
fn a_character_is_typed_or_it_is_a_key() {
    let at = |step: usize| {
        let mut session = walking(EVERY_KIND);
        session.go_to(step - 1);
        session
    };
    // A number: what it is made of is typed, and letters do what they do in the lesson.
    let mut session = at(5);
    press(
        &mut session,
        "1/(1+e^-0.5) exp(ln 2) 2 x 3, sqrt 2, -tanh(0.5)",
    );
    assert_eq!(
        session.asked().unwrap().typed,
        "1/(1+e^-0.5) exp(ln 2) 2 x 3, sqrt 2, -tanh(0.5)"
    );
    press(&mut session, "☓-0.5*(1 - 2e3), 1/4;[7]");
    assert_eq!(session.asked().unwrap().typed, "-0.5*(1 - 2e3), 1/4;[7]");
    for (keys, mode) in [("?", Mode::Help), (":", Mode::GoTo), ("s", Mode::GoTo)] {
        let mut session = session.clone();
        press(&mut session, keys);
        assert_eq!(session.mode(), mode, "{keys}");
        // And from there one is back in the field, with what was typed.
        press(&mut session, "⎋");
        assert_eq!(session.mode(), Mode::Ask, "{keys}");
        assert!(session.asked().unwrap().typed.ends_with("[7]"));
    }
    for (keys, effect) in [("q", Effect::Quit), ("m", Effect::Menu)] {
        assert_eq!(press(&mut session, keys), Some(effect));
    }
    press(&mut session, "l");
    assert_eq!(number(&session), 6);
    // Shapes, signs and directions are words as well, but none that begins with q.
    for (step, typed) in [
        (2, "3 by 2"),
        (2, "3 rows, 2 columns"),
        (10, "negative"),
        (3, "equal"),
    ] {
        let mut session = at(step);
        press(&mut session, typed);
        assert_eq!(session.asked().unwrap().typed, typed);
        assert_eq!(press(&mut at(step), "q"), Some(Effect::Quit), "{typed}");
        press(&mut session, "?");
        assert_eq!(session.mode(), Mode::Help, "{typed}");
    }
    // Options: their letters are typed, the others are not.
    let mut session = at(19);
    press(&mut session, "a, B");
    assert_eq!(session.asked().unwrap().typed, "a, B");
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    press(&mut session, "h");
    assert_eq!(number(&session), 18);
    // One's own words are typed whatever they are.
    let mut session = at(20);
    press(&mut session, "Why? q: e");
    assert_eq!(session.asked().unwrap().typed, "Why? q: e");
}

#[test]
fn an_answer_is_a_short_line_of_characters_that_show() {
    let mut session = walking("  - {ask: Why?, answer: So.}\n");
    press(&mut session, "\u{1b}\u{7}\u{202e}\u{200b}\nà la e\u{301}👩");
    assert_eq!(session.asked().unwrap().typed, "à la e\u{301}👩");
    press(&mut session, "⌫⌫");
    assert_eq!(session.asked().unwrap().typed, "à la ");
    press(&mut session, &"x".repeat(2000));
    assert_eq!(session.asked().unwrap().typed.chars().count(), 400);
    assert!(session.message().is_some());
    press(&mut session, "⌫");
    assert_eq!(session.asked().unwrap().typed.chars().count(), 399);
    press(&mut session, "☓⌫⌫");
    assert_eq!(session.asked().unwrap().typed, "");
}

#[test]
fn what_cannot_be_read_loses_nothing() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "9..⏎");
    let asked = session.asked().unwrap();
    assert_eq!(asked.typed, "9..");
    assert!(asked.given.is_none() && !asked.revealed);
    assert!(asked.unreadable.is_some());
    assert!(session.records().is_empty());
    // The message stays until the input is changed, and belongs to this question alone.
    for (keys, remains) in [
        ("→←", true),
        ("⌫", false),
        ("1", false),
        ("☓", false),
        ("✦", false),
    ] {
        let mut session = session.clone();
        press(&mut session, keys);
        let unreadable = session.asked().unwrap().unreadable;
        assert_eq!(unreadable.is_some(), remains, "{keys}");
    }
    session.say("The disk is full.".into());
    assert_ne!(session.asked().unwrap().unreadable, session.message());
    press(&mut session, "☓9⏎");
    assert!(is_revealed(&session) && session.asked().unwrap().unreadable.is_none());
}

/// Esc leads back to the review only from a question that was opened there and is still the current one.
#[test]
fn who_leaves_a_question_of_the_review_is_not_led_back() {
    let mut reviewing = walking(EVERY_KIND);
    press(&mut reviewing, "8⏎⏎⏎⎋G⏎⏎⏎");
    assert_eq!(reviewing.mode(), Mode::Review);
    press(&mut reviewing, "⏎");
    assert_eq!(number(&reviewing), 1);
    for away in ["→←9⏎⏎", "9⏎→⎋1G⏎", "⎋3G⎋1G⏎⏎", "⎋3G⎋1G⎋"] {
        let mut session = reviewing.clone();
        press(&mut session, away);
        assert!(number(&session) < 3, "{away}");
        assert_ne!(session.mode(), Mode::Review, "{away}");
    }
    for there in ["9⏎⏎", "⏎⏎⏎", "9⏎⎋"] {
        let mut session = reviewing.clone();
        press(&mut session, there);
        assert!(session.is_at_end(), "{there}");
    }
}

#[test]
fn jumps_pass_over_questions_and_are_asked_where_they_end() {
    let mut session = walking(EVERY_KIND);
    press(&mut session, "⎋4→");
    assert_eq!((number(&session), session.mode()), (5, Mode::Ask));
    press(&mut session, "↓");
    assert_eq!((number(&session), session.mode()), (9, Mode::Walk));
    press(&mut session, ":12⏎");
    assert_eq!((number(&session), session.mode()), (12, Mode::Ask));
    press(&mut session, "↑");
    assert_eq!((number(&session), session.mode()), (10, Mode::Ask));
    press(&mut session, "⎋G");
    assert_eq!((number(&session), session.mode()), (20, Mode::Ask));
    // Passed over is not missed.
    press(&mut session, "→");
    assert_eq!(session.mode(), Mode::Ask);
    assert!(session.message().unwrap().contains("0 of 7"));
}

#[test]
fn the_cursor_waits_while_a_question_is_passed() {
    let mut session = walking(EVERY_KIND);
    session.go_to(3);
    press(&mut session, "⇥");
    let cursor = session.cursor();
    assert!(cursor.is_some());
    press(&mut session, " ");
    assert_eq!((session.mode(), session.cursor()), (Mode::Ask, None));
    press(&mut session, "→");
    assert_eq!(session.mode(), Mode::Numbers);
    press(&mut session, "⌫←");
    assert_eq!((number(&session), session.mode()), (4, Mode::Numbers));
    assert_eq!(session.cursor(), cursor);
    // Once the answer is shown, the keys walk on.
    press(&mut session, " ⏎⏎⏎");
    assert_eq!((number(&session), session.mode()), (6, Mode::Walk));
}

const TWO_WALKS: &str = "  - say: Two walks.
  - walk: {sample: 1}
  - walk: {sample: 2}
";

#[test]
fn predicting_hides_every_result_until_it_is_answered_or_shown() {
    let mut session = walking(TWO_WALKS);
    assert!(session.asked().is_none());
    press(&mut session, "→→p");
    assert!(session.hides());
    // Seen already.
    assert!(session.asked().is_none());
    press(&mut session, "⏎");
    assert_eq!((number(&session), session.mode()), (4, Mode::Ask));
    assert!(session.is_veiled());
    let right = right_numbers(&session);
    press(&mut session, &format!("{right}⏎"));
    assert_eq!(outcome(&session), Some(Outcome::Right));
    let expected = Score {
        right: 1,
        asked: 1,
        missed: 0,
    };
    assert_eq!(session.score(), expected);
    // A result that has been shown is not hidden again, whichever way one comes.
    press(&mut session, "←→←←");
    assert_eq!((number(&session), session.mode()), (2, Mode::Walk));
    press(&mut session, "→");
    assert!(session.asked().is_none());
    // Off again: what waits is dropped, what was answered stays.
    press(&mut session, "→→");
    assert_eq!((number(&session), session.mode()), (5, Mode::Ask));
    press(&mut session, "⎋p");
    assert!(!session.hides() && !session.is_veiled());
    assert!(session.asked().is_none());
    press(&mut session, "←");
    assert!(is_revealed(&session));
    press(&mut session, "→→");
    assert!(session.asked().is_none());
}

/// What an author's question has told is not asked again.
#[test]
fn predicting_asks_for_nothing_twice() {
    let neuron = Library::embedded().open("neuron").unwrap();
    let trace = Arc::new(Trace::compile(Arc::new(neuron)).unwrap());
    let mut session = Session::new(Arc::clone(&trace));
    press(&mut session, "p→1.5⏎→→");
    assert_eq!(session.step().operation(), Some(Operation::WeightedSum(1)));
    assert!(session.asked().is_none());
    press(&mut session, "→");
    assert!(session.asked().is_some());
    // Whoever has passed the question by is asked here.
    let mut session = Session::new(trace);
    press(&mut session, "p→→→");
    assert!(session.asked().is_some());
}

#[test]
fn predicting_leaves_the_questions_of_the_author_as_they_are() {
    let mut plain = walking(EVERY_KIND);
    let mut hiding = walking(EVERY_KIND);
    press(&mut hiding, "⎋p");
    for session in [&mut plain, &mut hiding] {
        session.go_to(4);
    }
    let text = |session: &Session| words(&session.asked().unwrap().question.text);
    assert_eq!(text(&plain), text(&hiding));
    // One who goes back is not asked to predict the steps passed already.
    press(&mut hiding, "⎋8G←");
    assert!(hiding.asked().is_none());
    // And turning it off keeps them.
    press(&mut hiding, "←←");
    assert_eq!((number(&hiding), hiding.mode()), (5, Mode::Ask));
    press(&mut hiding, "p");
    assert!(!hiding.hides());
    assert!(hiding.asked().is_some() && hiding.is_veiled());
}

#[test]
fn an_opened_epoch_asks_nothing() {
    let mut session = walking(
        "  - train: {epochs: 2}
  - {ask: One?, number: connections}
  - {ask: Two?, number: connections}
  - {ask: Three?, number: connections}
",
    );
    let asked: Vec<usize> = (0..session.trace().len())
        .filter(|&index| session.trace().ask(index).is_some())
        .collect();
    press(&mut session, "o");
    assert_eq!(session.depth(), 1);
    for &index in &asked {
        session.go_to(index);
        assert_eq!((session.mode(), session.is_veiled()), (Mode::Walk, false));
        assert!(session.asked().is_none());
    }
    // Past its end there is no review of the lesson.
    press(&mut session, "G⏎");
    assert_eq!(session.mode(), Mode::Walk);
    press(&mut session, "⎋");
    assert_eq!(session.depth(), 0);
    session.go_to(asked[0]);
    assert_eq!(session.mode(), Mode::Ask);
}

#[test]
fn answers_are_restored_with_what_was_said_of_them() {
    let mut first = walking(EVERY_KIND);
    press(&mut first, "9⏎⏎2x3⏎⎋5G⏎⏎→→p⏎");
    press(&mut first, "⎋12G✦-0.244 -0.049⏎");
    let records = first.records();
    assert_eq!(records.len(), 4);
    assert_eq!(records[2].outcome, "seen");
    assert_eq!((records[3].tries, records[3].hints), (1, 1));
    assert!(!records[3].given.is_empty());
    let kept: Vec<Record> =
        serde_json::from_str(&serde_json::to_string(&records).unwrap()).unwrap();
    let mut second = walking(EVERY_KIND);
    second.restore(&kept);
    assert_eq!(second.records(), records);
    assert_eq!(second.score(), first.score());
    assert_eq!(second.review().len(), first.review().len());
    assert_eq!(second.mode(), Mode::Walk);
    assert!(is_revealed(&second));
    for index in [1, 11] {
        first.go_to(index);
        second.go_to(index);
        let said = |session: &Session| {
            let given = session.asked().unwrap().given.unwrap();
            words(&given.verdict.feedback)
        };
        assert_eq!(said(&first), said(&second));
        assert!(!is_revealed(&second));
    }
}

#[test]
fn records_that_do_not_fit_are_left_out() {
    let record = |step, given: &str, outcome: &str| Record {
        step,
        question: String::new(),
        given: given.into(),
        before: Vec::new(),
        looked: false,
        outcome: outcome.into(),
        tries: usize::MAX,
        hints: usize::MAX,
        slips: vec!["no-slip-at-all".into()],
    };
    let mut session = walking(EVERY_KIND);
    session.restore(&[
        record(0, "9", "right"),
        record(usize::MAX, "9", "right"),
        record(1, "nine", "right"),
        record(2, "3x2\u{1b}[31m", "right"),
        record(3, &"rise ".repeat(200), "right"),
        record(4, "0.5", "right"),
        record(10, "", "right"),
    ]);
    assert!(session.records().is_empty());
    // A restored answer is graded again, whatever its record says; hints of a question that is still open do not
    // contain the answer.
    session.restore(&[record(5, "0.3", "right")]);
    assert_eq!(session.records()[0].outcome, "wrong");
    let known: Vec<&str> = Slip::ALL.iter().map(|slip| slip.name()).collect();
    let slips = session.records()[0].slips.clone();
    assert!(
        slips.iter().all(|slip| known.contains(&&**slip)),
        "{slips:?}"
    );
    // Those of earlier answers stay.
    let earlier = Slip::ALL
        .iter()
        .find(|slip| !slips.contains(&slip.name().to_owned()))
        .unwrap();
    session.restore(&[Record {
        slips: vec![earlier.name().to_owned()],
        ..record(5, "0.3", "wrong")
    }]);
    assert_eq!(session.records()[0].slips.len(), slips.len() + 1);
    session.go_to(4);
    let asked = session.asked().unwrap();
    assert!(!asked.revealed);
    assert!(asked.hints < asked.question.hints(session.trace()).len());
}

#[test]
fn going_on_is_offered_and_taken_or_left() {
    let offered = || {
        let mut session = walking(EVERY_KIND);
        session.offer_to_resume(11);
        assert_eq!((session.mode(), session.offered()), (Mode::Offer, Some(11)));
        session
    };
    for (keys, step, mode) in [
        ("⏎", 12, Mode::Ask),
        ("⎋", 1, Mode::Ask),
        ("→", 12, Mode::Ask),
        // What is begun anew by mistake loses nothing.
        ("⎋↶", 12, Mode::Ask),
        ("←→→↶", 12, Mode::Ask),
        ("→↶", 1, Mode::Ask),
        ("x7⇥", 1, Mode::Offer),
        // Nor is it lost by a jump from there: the key goes back from one after the other, and round again.
        ("⎋⎋G↶", 1, Mode::Ask),
        ("⎋⎋G↶↶", 12, Mode::Ask),
        ("⎋⎋G↶↶↶", 20, Mode::Ask),
        ("⎋⎋G↶↶↶↶", 1, Mode::Ask),
        ("⎋⎋3G⎋6G⎋G↶↶", 12, Mode::Ask),
        ("?⎋", 1, Mode::Offer),
    ] {
        let mut session = offered();
        press(&mut session, keys);
        assert_eq!((number(&session), session.mode()), (step, mode), "{keys}");
        assert_eq!(session.offered().is_some(), mode == Mode::Offer);
    }
    assert_eq!(press(&mut offered(), "q"), Some(Effect::Quit));
    assert_eq!(press(&mut offered(), "m"), Some(Effect::Menu));
    // No key is ignored without a word.
    for c in ('!'..='~').filter(|c| !"qQm?".contains(*c)) {
        let mut session = offered();
        press(&mut session, &c.to_string());
        let message = session.message().unwrap();
        assert!(message.contains("step 12"), "{c}: {message}");
    }
    // The start is no place to be led to, nor is what is not there.
    for index in [0, 500] {
        let mut session = walking(EVERY_KIND);
        session.offer_to_resume(index);
        assert_eq!(session.mode(), Mode::Ask);
    }
}

/// Returns an exercise of the grounded example.
fn exercise(number: u64) -> Arc<Trace> {
    let drawn = practice::exercise(&lesson(TWO_WALKS), 7, number).unwrap();
    Arc::new(Trace::compile(drawn.into()).unwrap())
}

/// Answers all questions right until the level changes or the exercise ends.
fn answer_all(session: &mut Session) -> Vec<usize> {
    let level = session.level();
    let mut asked = Vec::new();
    while session.level() == level {
        if press(session, "⏎") == Some(Effect::Exercise) {
            break;
        }
        assert_eq!(session.mode(), Mode::Ask);
        asked.push(session.index());
        let right = right_numbers(session);
        press(session, &format!("{right}⏎"));
        assert_eq!(outcome(session), Some(Outcome::Right));
    }
    asked
}

#[test]
fn a_whole_practice_rises_to_the_last_level() {
    let mut session = Session::practice(exercise(0), Level::Value);
    assert!(session.asked().is_none() && session.records().is_empty());
    let mut right = 0;
    let mut exercises = 0;
    while session.level() != Some(Level::Pass) {
        let level = session.level();
        right += answer_all(&mut session).len();
        if session.level() > level {
            let message = session.message().unwrap();
            let number = session.level().unwrap();
            assert!(message.contains(&format!("level {number}")), "{message}");
        } else {
            exercises += 1;
            session.next_exercise(exercise(exercises));
            assert_eq!((session.index(), session.level()), (0, level));
        }
        assert!(exercises < 9);
    }
    // Three for each level, unless an exercise ends with less: never fewer.
    assert!(right >= 9);
    session.next_exercise(exercise(20));
    let asked = answer_all(&mut session);
    assert!(!asked.is_empty());
    right += asked.len();
    for index in asked {
        let step = session.trace().step(index);
        let operation = step.operation().unwrap();
        let is_learnt = matches!(operation, Operation::Update(_) | Operation::Prediction);
        assert!(is_learnt, "{operation:?}");
    }
    let score = session.practice_score();
    assert_eq!((score.right, score.asked, score.missed), (right, right, 0));
}

#[test]
fn two_misses_in_a_row_lead_a_level_down() {
    let mut session = Session::practice(exercise(0), Level::Vector);
    // Wrong, then right: one miss, however often it is tried.
    press(&mut session, "⏎");
    let right = right_numbers(&session);
    let count = right.split_whitespace().count();
    for wrong in ["99 ", "98 "] {
        press(&mut session, &format!("{}⏎", wrong.repeat(count)));
    }
    assert_eq!(session.level(), Some(Level::Vector));
    press(&mut session, &format!("{right}⏎⏎"));
    assert_eq!(session.level(), Some(Level::Vector));
    // The second answer that was only looked at leads a level down.
    press(&mut session, "⏎⏎");
    assert_eq!(session.level(), Some(Level::Value));
    assert!(session.message().unwrap().contains("Level 1"));
    let score = session.practice_score();
    assert_eq!((score.right, score.asked), (1, 2));
    // Lower than that it cannot be.
    press(&mut session, "⏎⏎⏎⏎⏎⏎");
    assert_eq!(session.level(), Some(Level::Value));
}

/// An answer with help ends a row of right answers.
#[test]
fn only_answers_without_help_lead_a_level_up() {
    let mut session = Session::practice(exercise(0), Level::Value);
    let answer = |session: &mut Session, help: &str| {
        let right = right_numbers(session);
        press(session, &format!("{help}{right}⏎"));
        assert_eq!(outcome(session), Some(Outcome::Right));
        let level = session.level();
        press(session, "⏎");
        level
    };
    press(&mut session, "⏎");
    for help in ["", "", "✦", "", "99⏎", "", ""] {
        assert_eq!(answer(&mut session, help), Some(Level::Value), "{help}");
    }
    assert_eq!(answer(&mut session, ""), Some(Level::Vector));
}

#[test]
fn a_level_up_waits_for_the_phase_to_end() {
    let mut session = Session::practice(exercise(0), Level::Vector);
    assert_eq!(answer_all(&mut session).len(), 3);
    assert_eq!(session.level(), Some(Level::Phase));
    // Four operations make the prediction: the fourth is asked as the others were.
    press(&mut session, "⏎");
    let asked = session.asked().unwrap();
    let concealed = asked.question.concealed.unwrap();
    assert_eq!(concealed.known + 1, session.index());
}

#[test]
fn in_practice_steps_on_the_way_are_passed_over_and_tell_nothing() {
    let mut session = Session::practice(exercise(0), Level::Phase);
    press(&mut session, "→");
    let end = session.index();
    assert_eq!(session.step().operation(), Some(Operation::Activation(2)));
    assert_eq!(session.mode(), Mode::Ask);
    for index in (1..end).rev() {
        press(&mut session, "←");
        assert_eq!((session.index(), session.mode()), (index, Mode::Walk));
        let view = session.view();
        assert_eq!(view.known.as_ref().map(|step| step.index), Some(0));
        let is_hidden = |part: &Part| {
            matches!(part, Part::Matrix(operand)
                if operand.result && operand.shown(operand.rows() - 1, 0) == CellText::Hidden)
        };
        assert!(view.equation().iter().any(is_hidden));
    }
    press(&mut session, "→⏎⏎");
    assert_eq!(session.index(), end);
    assert!(is_revealed(&session));
    press(&mut session, "←");
    assert!(!session.is_veiled());
    press(&mut session, "p");
    assert!(!session.hides() && session.message().is_some());
}

/// Returns something hidden that can be read off what the session shows; `None` if there is nothing.
fn tells(session: &Session) -> Option<String> {
    let view = session.view();
    let asked = session.asked();
    let waits = asked.as_ref().is_some_and(|asked| !asked.revealed);
    let concealed = asked.and_then(|asked| asked.question.concealed);
    if waits && concealed.is_some() != view.is_veiled() {
        return Some("a question that waits without its veil".into());
    }
    let known = view.known.as_ref()?;
    let is_shown = |cell| {
        let is_there = |part: &Part| {
            matches!(part, Part::Matrix(operand)
                if operand.find(cell).is_some_and(|(r, c)| operand.shown(r, c) != CellText::Hidden))
        };
        view.equation().iter().any(is_there) || known.explain(cell).is_some()
    };
    if view.example.is_some() || session.cursor().is_some_and(|place| !is_shown(place.cell)) {
        return Some("a cursor over what is hidden".into());
    }
    if known.index >= session.index() {
        return Some("panels that know the answer".into());
    }
    let mut hidden = 0;
    for part in view.equation() {
        let Part::Matrix(operand) = part else {
            continue;
        };
        for r in 0..operand.rows() {
            for c in 0..operand.columns() {
                hidden += usize::from(operand.shown(r, c) == CellText::Hidden);
                let is_one = operand.bias
                    && matches!(operand.shown(r, c), CellText::Number(v) if v.to_bits() == 1.0_f64.to_bits());
                let is_shown = matches!(operand.shown(r, c), CellText::Number(_)) && !is_one;
                let cell = operand.cell(r, c);
                let is_asked = operand.result
                    && concealed
                        .is_none_or(|concealed| concealed.hidden.hides(cell.row, cell.column));
                if is_shown && is_asked {
                    return Some(format!("{:?} {r},{c}", operand.symbol));
                }
            }
        }
    }
    (hidden == 0).then(|| "nothing hidden".into())
}

fn any_keys() -> impl Strategy<Value = String> {
    let keys = "→→→←↑↓⇥⇥✦↶⏎⏎⏎⌫⎋⎋☓⤓ eEgG.,?:SopamqnvJK0123456789xab-";
    let all: Vec<char> = keys.chars().collect();
    prop::collection::vec(prop::sample::select(all), 0..80)
        .prop_map(|keys| keys.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// No keys bring the session down, or make it show something that is hidden.
    #[test]
    fn no_keys_bring_it_down_or_make_it_tell(keys in any_keys(), level in 1_usize..=4) {
        let walk = |script| Session::new(trace(script));
        let level = Level::of_number(level).unwrap();
        let mut predicting = walk(TWO_WALKS);
        press(&mut predicting, "p");
        let mut sessions = [
            walk(EVERY_KIND),
            walk("  - {ask: Will it fall?, direction: data J}\n  - train: {epochs: 3}\n"),
            predicting,
            Session::practice(exercise(1), level),
        ];
        for session in &mut sessions {
            let kept = |session: &Session| (session.records(), session.score(), session.level());
            for c in keys.chars() {
                let (revision, before) = (session.revision(), kept(session));
                if press(session, &c.to_string()) == Some(Effect::Exercise) {
                    session.next_exercise(exercise(2));
                }
                prop_assert!(
                    session.revision() != revision || kept(session) == before,
                    "unnoticed after {} of {}", c, keys
                );
                prop_assert_eq!(tells(session), None, "after {} of {}", c, keys);
                prop_assert!(session.index() < session.trace().len());
                prop_assert!(session.mode() != Mode::Review || !session.review().is_empty());
            }
            // All records are restored.
            let records = session.records();
            if session.level().is_none() {
                let mut again = session.clone();
                again.restore(&records);
                prop_assert_eq!(again.records().len(), records.len());
            }
        }
    }
}

/// An answer that goes on from the learner's own accepted numbers is right, and stays right when the lesson is opened
/// again.
#[test]
fn what_was_accepted_may_be_gone_on_with() {
    let text = grounded::with("  - walk: {sample: 1, until: loss}\n")
        .replace(
            "[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]]",
            "[[0.6, -0.4], [-0.3, -0.4], [0.5, 0.4]]",
        )
        .replace("[[-0.3], [0.5], [0.1]]", "[[0.2], [0.8], [0.8]]")
        .replace("x: [0, 1], y: [1]", "x: [1, 0], y: [1]");
    let trace = Arc::new(building::compiled(&text, |_| ()));
    let mut session = Session::new(Arc::clone(&trace));
    // The screen shows 0.908 for z and 0.713 for ŷ.
    press(&mut session, "p→0.3 -0.8⏎⏎0.574 0.31⏎⏎0.907⏎⏎0.712⏎⏎0.340⏎");
    let told = |session: &Session| {
        let given = session.asked().unwrap().given.unwrap();
        let lines = given.verdict.feedback.iter();
        let lines: Vec<String> = lines.map(|line| line.text(Decimals::default())).collect();
        (given.verdict.outcome, lines.join(" "))
    };
    let right = (
        Outcome::Right,
        "Right; more exactly, 0.3390. By hand, from your own numbers, it is 0.340.".to_owned(),
    );
    assert_eq!(told(&session), right);
    assert_eq!(session.score().right, 5);
    let mut records = session.records();
    for _ in 0..2 {
        let mut again = Session::new(Arc::clone(&trace));
        again.restore(&records);
        press(&mut again, "G");
        assert_eq!(told(&again), right);
        assert_eq!(again.score().right, 5);
        // In whatever order they are kept.
        records.reverse();
    }
}
