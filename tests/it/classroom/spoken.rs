//! A class as its students hear it who follow in lines of text.

use std::sync::Arc;

use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;

use super::seats::{LESSONS, Room};
use super::{T, lead, lead_on, trained};

/// Says of the lab what is done there, where in an opened update the class is, and what stands there.
#[test]
fn the_lab_is_told_of_step_by_step() {
    let mut room = Room::open(&[]);
    let mut ada = room.listener("Ada");
    lead_on(&mut room);
    lead(&mut room, trained());
    room.hears(&mut ada, &format!("The class is at step {}", trained()));
    room.press(T, "L");
    let said = room.hears(&mut ada, "The class is in the lab. Update ");
    assert!(!said.contains("opened"), "{said}");
    room.press(T, "o");
    room.hears(&mut ada, "The next update is opened.");
    let mut pages = Vec::new();
    for step in 2..5 {
        room.press(T, "→");
        let said = room.hears(&mut ada, &format!("Step {step} of "));
        assert!(!said.contains("Update "), "{said}");
        assert!(said.lines().count() > 2, "no number: {said}");
        assert!(!pages.contains(&said), "the same again: {said}");
        pages.push(said);
    }
    ada.say("where");
    let said = room.hears(&mut ada, "of the next update: ");
    assert!(
        said.contains("in the lab, and the teacher leads. Update "),
        "{said}"
    );
    let page = pages.concat();
    let number = page
        .split("Step 4 of ")
        .nth(1)
        .and_then(|rest| rest.split(':').next());
    let place = format!("Step 4 of {} of the next update: ", number.unwrap_or("?"));
    assert!(said.contains(&place), "{place}\n{said}");
    room.press(T, "⎋");
    room.hears(&mut ada, "The update is closed. Update ");
    room.press(T, "]");
    room.hears(&mut ada, "Changed: ρ ");
    room.press(T, "u");
    room.hears(&mut ada, "Taken back: ρ ");
    room.press(T, "]r");
    room.hears(&mut ada, "It is another run now.");
    room.press(T, "⎋");
    room.hears(&mut ada, "The class is out of the lab.");
}

/// Each command is listed in lines that no terminal of 80 columns breaks, and does something.
#[test]
fn the_help_fits_and_lists_what_can_be_typed() {
    let mut room = Room::open(&[]);
    let mut ada = room.listener("Ada");
    lead(&mut room, 2);
    room.hears(&mut ada, "The class is at step 2");
    ada.say("help");
    let help = room.hears(&mut ada, "quit");
    assert!(help.lines().all(|line| line.chars().count() < 80), "{help}");
    ada.say("hint");
    room.hears(&mut ada, "No question is asked now.");
    ada.say("done");
    room.hears(&mut ada, "That is for when the class works on its own.");
    room.press(T, "Tf");
    room.hears(&mut ada, "Everybody works on their own.");
    ada.say("done");
    room.hears(&mut ada, "The class is told that you are done.");
}

/// A goal is not to be reached before the class is freed; then numbers are changed by name.
#[test]
fn a_goal_is_reached_in_lines_once_the_class_is_freed() {
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let goal = (0..trace.len()).find(|index| trace.goal(*index).is_some());
    let mut room = Room::open(&[]);
    let mut ada = room.listener("Ada");
    lead_on(&mut room);
    lead(&mut room, goal.unwrap() + 1);
    let said = room.hears(&mut ada, "The teacher frees the class for this.");
    assert!(!said.contains("set NAME"), "{said}");
    ada.say("set W(1)[1,1] 9");
    room.hears(&mut ada, "For now you follow.");
    room.press(T, "Tf");
    room.hears(&mut ada, "Everybody works on their own.");
    ada.say("step");
    room.hears(&mut ada, "`set NAME VALUE`");
    ada.say("set W(1)[1,1] 9");
    room.hears(&mut ada, "9");
}
