//! What a class has after its end, and what its students do on their own.

use std::sync::Arc;

use nn_tutor::class::{Class, Role};
use nn_tutor::hub::{Hello, journal};
use nn_tutor::lesson::Library;
use nn_tutor::session::Effect;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::{self, Kind, Outcome};

use super::seats::{LESSONS, Room};
use super::{ADA, T, ask, lead, lead_on, trace, trained};

/// Returns the number of the first step of the second lesson that asks for other numbers.
fn goal() -> usize {
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let has_goal = |index: &usize| trace.goal(*index).is_some();
    (0..trace.len()).find(has_goal).unwrap() + 1
}

/// The hub itself works out whether a goal is reached, and it comes into the names and the results.
#[test]
fn a_goal_that_is_reached_on_ones_own_is_counted() {
    let mut room = Room::open(&["Bob"]);
    let mut ada = room.listener("Ada");
    lead_on(&mut room);
    lead(&mut room, goal());
    room.hears(&mut ada, "The teacher frees the class for this.");
    room.press(T, "T");
    room.sees(T, "This step is a task: f frees the class for it");
    room.press(T, "f");
    room.sees(
        T,
        "This step is a task: who reaches its goal is counted here.",
    );
    room.hears(&mut ada, "Everybody works on their own.");
    ada.say("set W(1)[1,1] 9");
    room.hears(&mut ada, "→ 9");
    room.sees_beside(
        &mut ada,
        T,
        "Its goal: 0 of 1 who has tried has reached it.",
    );
    ada.say("undo");
    room.hears(&mut ada, "The lesson is as it was.");
    for row in 0..3 {
        ada.say(&format!("set W(1)[{row},1] *4"));
        room.hears(
            &mut ada,
            if row < 2 {
                "→ "
            } else {
                "The goal is reached."
            },
        );
    }
    room.sees_beside(
        &mut ada,
        T,
        "Its goal: 1 of 1 who has tried has reached it.",
    );
    room.press(T, "n");
    room.sees(T, "Ada · at step");
    room.sees(T, "✓ ");
    room.stop();
    let events = journal::read(&room.below().join("journal.jsonl"), "class").unwrap();
    let results = Class::replay(&events.events).results();
    let column = results.columns.iter().position(|column| {
        let step = column.step.as_ref();
        column.question.is_none() && step.is_some_and(|step| step.step == goal())
    });
    let row = results.rows.iter().find(|row| row.name == "Ada").unwrap();
    let cell = row.cells[column.unwrap()].as_ref().unwrap();
    assert_eq!(cell.outcome, Some(Outcome::Right));
    assert!(cell.tries >= 2 && cell.seconds.is_some(), "{cell:?}");
    assert!(cell.answer.contains("0.01"), "{cell:?}");
}

/// After the end nothing is offered that does nothing any more, and keys do what they do outside of a class.
#[test]
fn after_its_end_a_class_offers_nothing() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(T, "TEE");
    room.sees(T, "The class has ended.");
    for key in ["a", "c", "r", "f", "l", "5"] {
        room.press(T, key);
        let screen = room.screen(T);
        assert!(!screen.contains("at the moment"), "{key}: {screen}");
        for offered in [
            "a ask",
            "o own question",
            "f free",
            "asks that",
            "Students type",
        ] {
            assert!(!screen.contains(offered), "{key}: {screen}");
        }
    }
    room.press(T, "n");
    room.sees(T, "Ada");
    room.press(T, "⎋");
    assert!(room.line(T).contains("q quits"), "{}", room.line(T));
    for key in ["R", "D", "T", "F"] {
        room.press(ADA, key);
        let screen = room.screen(ADA);
        assert!(!screen.contains("at the moment"), "{key}: {screen}");
    }
    // What is changed now, nobody sees.
    room.press(T, "⇥⇥+");
    room.until("a change", |room| {
        room.position(T).is_some_and(|at| !at.changes.is_empty())
    });
    assert!(
        !room.screen(T).contains("The class sees"),
        "{}",
        room.screen(T)
    );
    // Practice leads to the list of lessons, as everywhere.
    room.press(T, "⎋NPm");
    let effect = room.seats[T].effect.clone();
    assert!(
        !matches!(effect, Some(Effect::Menu | Effect::Quit)),
        "{effect:?}"
    );
    assert!(!room.screen(T).contains("level 1"), "{}", room.screen(T));
}

/// A teacher is told that all see a change where they do.
#[test]
fn changes_are_said_to_be_seen_where_they_are() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.sees(T, "on their own");
    room.press(T, "⎋⇥⇥+");
    room.until("a change", |room| {
        room.position(T).is_some_and(|at| !at.changes.is_empty())
    });
    assert!(
        !room.screen(T).contains("The class sees"),
        "{}",
        room.screen(T)
    );
    room.press(T, "⎋UTf");
    room.sees(ADA, "you follow");
    room.sees(T, "1 follow");
    room.press(T, "⎋⇥⇥+");
    room.sees(T, "The class sees what you change.");
}

/// Whoever hears the class in lines is told of a change once, and of nothing that cannot be typed.
#[test]
fn a_change_is_told_once_and_with_what_can_be_typed() {
    let mut room = Room::open(&[]);
    let mut ada = room.listener("Ada");
    lead(&mut room, 5);
    room.press(T, "Tf");
    room.hears(&mut ada, "Everybody works on their own.");
    ada.say("set W(1)[1,1] 0.25");
    let said = room.hears(&mut ada, "`step` tells the step with it.");
    assert_eq!(said.matches("0.25").count(), 1, "{said}");
    for typed in ["undo takes it back", "compare", "changes lists them"] {
        assert!(said.contains(typed), "{said}");
    }
    assert!(!said.contains("write"), "{said}");
    ada.say("changes");
    room.hears(&mut ada, "1. ");
    ada.say("compare");
    room.hears(
        &mut ada,
        "As the lesson was. compare shows your changes again.",
    );
    ada.say("compare");
    room.hears(&mut ada, "With your changes.");
    ada.say("undo");
    let said = room.hears(&mut ada, "The lesson is as it was.");
    assert!(!said.contains("Changed"), "{said}");
}

/// Whoever is freed while the class is led through the lab is out of it in lines of text, and hears so everywhere.
#[test]
fn who_is_freed_in_the_lab_is_told_one_truth() {
    let mut room = Room::open(&[]);
    let mut ada = room.listener("Ada");
    lead(&mut room, trained());
    room.press(T, "L");
    room.hears(&mut ada, "The class is in the lab.");
    room.press(T, "Tf");
    room.hears(&mut ada, "You are out of the lab");
    ada.say("where");
    let said = room.hears(&mut ada, "Step ");
    assert!(!said.contains("in the lab"), "{said}");
    room.sees(T, "on their own");
    room.press(T, "f");
    room.hears(&mut ada, "The class is in the lab.");
    ada.say("where");
    room.hears(&mut ada, "in the lab, and the teacher leads");
}

/// The form of an answer is said in a class as the lesson itself says it.
#[test]
fn the_form_of_an_answer_is_that_of_the_lesson() {
    let trace = trace();
    let mut room = Room::open(&["Ada"]);
    let mut bob = room.listener("Bob");
    let mut forms = Vec::new();
    for index in 0..trace.len() {
        let Some(question) = tutor::question(&trace, index) else {
            continue;
        };
        let form = format!("({})", question.kind.form());
        if forms.contains(&form) || question.goal().is_some() {
            continue;
        }
        lead(&mut room, index + 1);
        if matches!(question.kind, Kind::Direction(..) | Kind::Open(_)) {
            // There letters are an answer.
            room.press(T, "⎋");
        }
        ask(&mut room, "Ta");
        room.sees(T, "A question to the class");
        room.sees(ADA, "A question to the class");
        room.sees(ADA, &form);
        room.hears(&mut bob, &format!("Type your answer {form}."));
        // A hint is offered where there is one.
        let hints = question.hints(&trace).len() > 1;
        assert_eq!(
            room.line(ADA).contains("Ctrl-T hint"),
            hints,
            "{}",
            room.line(ADA)
        );
        room.press(T, "p⎋");
        forms.push(form);
    }
    assert!(
        forms.iter().any(|form| form.contains(" numbers")),
        "{forms:?}"
    );
    ask(&mut room, "Toa?⏎");
    room.sees(ADA, "(in your own words)");
    assert!(!room.line(ADA).contains("hint"), "{}", room.line(ADA));
    let projector = room.come(Hello::new(Role::Projector));
    room.sees(projector, "a?");
}

/// On a usual screen all options are in sight without a key, also where the question is longer than half of it; Esc leads to the
/// lesson below.
#[test]
fn all_options_of_a_long_question_are_in_sight() {
    let mut room = Room::open(&["Ada"]);
    lead_on(&mut room);
    lead(&mut room, 2);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    let screen = room.screen(ADA);
    let asked: Vec<&str> = screen
        .lines()
        .skip_while(|line| !line.contains("A question to"))
        .collect();
    let asked = asked.join("\n");
    for option in ["a) ", "b) ", "c) "] {
        assert!(asked.contains(option), "{screen}");
    }
    assert_eq!(screen.matches("A neuron says 1").count(), 1, "{screen}");
    room.press(ADA, "⎋");
    room.sees(ADA, "T question");
    assert!(
        room.screen(ADA).contains("A neuron says 1"),
        "{}",
        room.screen(ADA)
    );
    // Hints at one's own pace are in the names too.
    room.press(T, "p");
    room.until("no question", |room| !room.line(ADA).contains("question"));
    room.press(ADA, "✦");
    room.sees(ADA, "Hint");
    room.press(T, "n");
    room.sees(T, "1 hint");
}
