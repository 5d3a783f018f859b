//! Choices of a lesson that are turned there and back, and what the screen says while a change is being worked out.

use nn_tutor::keys;
use nn_tutor::lesson::Library;
use nn_tutor::session::{ChooseWhat, Session};

use super::{compiled_beside, press, session_of, text};
use crate::common::key_strings::key;

fn choose(session: &mut Session, row: usize, what: ChooseWhat<'_>) {
    session.choose(row, what);
    session.edit_now();
}

/// Whatever came along goes back too: the lesson is as it was written.
#[test]
fn a_choice_that_is_turned_there_and_back_leaves_the_lesson_as_it_was() {
    const TURNS: [[ChooseWhat<'static>; 2]; 2] = [
        [ChooseWhat::Next, ChooseWhat::Before],
        [ChooseWhat::Before, ChooseWhat::Next],
    ];
    let mut along = 0;
    for (name, far) in [("xor", 3), ("grounded", 1), ("features", 2), ("gates", 2)] {
        let mut fresh = session_of(name);
        fresh.go_to(fresh.trace().len() / 2);
        let rows = fresh.choices();
        for (row, choice) in rows.iter().enumerate() {
            for [there, back] in TURNS {
                let what = format!("{name}: {} {there:?}", choice.label);
                let mut session = fresh.clone();
                let value = |session: &Session| session.choices()[row].value.clone();
                let mut count = 0;
                for _ in 0..far {
                    let was = value(&session);
                    choose(&mut session, row, there);
                    let said = session.message().unwrap_or_default();
                    along += usize::from(said.contains(" too."));
                    count += usize::from(value(&session) != was);
                }
                for _ in 0..count {
                    choose(&mut session, row, back);
                }
                let names = session.changes().iter().map(|change| &change.name);
                let names: Vec<_> = names.collect();
                assert!(
                    names.is_empty(),
                    "{what}: {names:?} {:?}",
                    session.message()
                );
                assert!(session.choices() == rows, "{what}");
            }
        }
    }
    assert!(along > 3, "{along}");
}

/// A partner that is not needed any more is as it was, wherever the choice goes on to.
#[test]
fn what_came_along_goes_back_as_soon_as_it_may() {
    let mut came_back = 0;
    for (label, other) in [
        ("output: activation", "loss"),
        ("loss", "output: activation"),
    ] {
        let mut session = session_of("xor");
        let value = |session: &Session, label: &str| {
            let mut rows = session.choices().into_iter();
            rows.find(|row| row.label == label).unwrap().value
        };
        let row = session.choice_named(label).unwrap();
        let (first, partner) = (value(&session, label), value(&session, other));
        let mut went = false;
        for what in [[ChooseWhat::Next; 12], [ChooseWhat::Before; 12]].concat() {
            choose(&mut session, row, what);
            let is_back = value(&session, other) == partner;
            came_back += usize::from(went && is_back && value(&session, label) != first);
            went = !is_back;
        }
    }
    assert!(came_back > 0);
}

/// A page that the author's words do not fit any more keeps its place: all pages keep their numbers.
#[test]
fn pages_keep_their_numbers_where_sentences_are_left_out() {
    let (mut tried, mut left_out) = (0, 0);
    for name in Library::embedded().names() {
        let fresh = session_of(name);
        let len = fresh.trace().len();
        for index in [len / 3, len - 1] {
            for (number, typed) in [("rho", "*2"), ("W(0)[1,1]", "+0.5")] {
                let mut session = fresh.clone();
                session.go_to(index);
                session.change_named(number, typed);
                session.edit_now();
                if !session.is_changed() {
                    continue;
                }
                tried += 1;
                let said = session.message().unwrap_or_default();
                left_out += usize::from(said.contains("left out"));
                let (before, now) = (fresh.trace(), session.trace());
                let what = format!("{name}, step {}, {number}: {said}", index + 1);
                assert_eq!(now.steps(), before.steps(), "{what}");
                let stands = now.number(session.index());
                assert!(
                    [index + 1, index + 2].contains(&stands),
                    "{what}: on {stands}"
                );
            }
        }
    }
    assert!(tried > 40 && left_out > 0, "{tried} {left_out}");
}

/// A summary still names what the walk before it has computed: how the network is trained from there on changes nothing of it.
#[test]
fn a_new_rate_leaves_what_a_walk_has_computed() {
    let mut session = session_of("grounded");
    let last = session.trace().len() - 1;
    session.go_to(last);
    let before = session.step().narration();
    session.change_named("rho", "0.5");
    session.edit_now();
    assert!(session.is_changed());
    assert_eq!(session.step().narration(), before);
}

const WAITS: &str = "* training again";

/// What is not yet as the learner has changed it says so on every screen, and moving does not lose it.
#[test]
fn a_lesson_that_is_trained_again_says_so_until_it_is() {
    let hit = |session: &mut Session, keys: &str| {
        for c in keys.chars() {
            if let Some(command) = keys::command_in(session, key(c)) {
                session.apply(command);
            }
        }
    };
    // A step in front of a training, with numbers that can be changed.
    let fresh = session_of("xor");
    let changed = (0..fresh.trace().len()).find_map(|index| {
        let mut session = fresh.clone();
        session.go_to(index);
        press(&mut session, "⎋⇥⇥");
        assert!(!text(&session).contains(WAITS));
        hit(&mut session, "+");
        let is_early = session.is_waiting() && compiled_beside(&session).1.is_some();
        is_early.then_some(session)
    });
    let mut session = changed.unwrap();
    assert!(session.is_waiting());
    let (made, early, _) = compiled_beside(&session);
    let early = early.unwrap();
    // The page with the change is shown before the rest is trained, and says what is changed.
    let page = session.with_early(early.clone()).unwrap();
    assert!(text(&page).contains("* 1 change"), "{}", text(&page));
    // The cursor moves on it, and stays where it has gone.
    hit(&mut session, "→");
    let page = session.with_early(early.clone()).unwrap();
    assert!(text(&page).contains("* 1 change"), "{}", text(&page));
    let (moved, was) = (page.cursor(), session.cursor());
    assert!(moved.is_some() && moved.map(|at| at.cell.row) == was.map(|at| at.cell.row));
    for keys in ["x", "⎋", "→", "→", "←", "?", "⎋", "C", "⎋", "c", "⎋"] {
        hit(&mut session, keys);
        assert!(session.is_waiting(), "{keys}");
        let early = session.with_early(early.clone());
        let is_there = early.is_some_and(|early| text(&early).contains("* 1 change"));
        let screen = text(&session);
        assert!(is_there || screen.contains(WAITS), "{keys}: {screen}");
        assert!(screen.contains(WAITS), "{keys}: {screen}");
    }
    let at = session.index();
    session.take_edit(Ok(made));
    assert!(!text(&session).contains(WAITS) && text(&session).contains("* 1 change"));
    assert_eq!(session.index(), session.shown_index(at));
}
