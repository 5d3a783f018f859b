//! A class on the screens of its members: what each sees, where keys lead them, and what breaks nothing.

mod alone;
mod console;
mod seats;
mod spoken;

use std::sync::Arc;

use nn_tutor::algebra::{Decimals, Quantity, RichText};
use nn_tutor::class::Role;
use nn_tutor::hub::{Hello, ToHub};
use nn_tutor::keys::ctrl;
use nn_tutor::lesson::Library;
use nn_tutor::session::Effect;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::{self, Kind, Level};

use crate::common::key_strings;
use seats::{LESSONS, Room};

/// The seat of the teacher, and those of the first two students.
const T: usize = 0;
const ADA: usize = 1;
const BOB: usize = 2;

fn trace() -> Trace {
    let lesson = Library::embedded().open_name(LESSONS[0]).unwrap();
    Trace::compile(Arc::new(lesson)).unwrap()
}

/// Returns the number of the first step of the second lesson that shows what a training has come to.
fn trained() -> usize {
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let trains = |index: &usize| {
        let step = trace.step(*index);
        step.operation().is_none() && step.symbol().is_some()
    };
    (0..trace.len()).find(trains).unwrap() + 1
}

/// Returns the number of the first step that its author asks something at, a right and a wrong answer.
fn asked() -> (usize, String, String) {
    let trace = trace();
    for index in 0..trace.len() {
        let Some(question) = tutor::question(&trace, index) else {
            continue;
        };
        let Kind::Numbers { target, cells } = &question.kind else {
            continue;
        };
        let value = target.value(&trace);
        let typed = |change: f64| {
            let numbers = cells.iter().map(|cell| (value[*cell] + change).to_string());
            numbers.collect::<Vec<_>>().join(" ")
        };
        return (index + 1, typed(0.0), typed(17.17));
    }
    panic!("nothing is asked");
}

/// Returns the number of a step before one whose number can be asked for, and an answer with a slip.
fn before_slip() -> (usize, String) {
    let trace = trace();
    for index in 1..trace.len() {
        let asks = |index| tutor::question(&trace, index).is_some();
        if asks(index) || asks(index - 1) {
            continue;
        }
        let Some(question) = tutor::question_at_level(&trace, index, Level::Value) else {
            continue;
        };
        let Kind::Numbers { target, cells } = &question.kind else {
            continue;
        };
        let typed = format!("{}", -target.value(&trace)[cells[0]]);
        if !question.grade(&trace, &typed).unwrap().slips.is_empty() {
            return (index, typed);
        }
    }
    panic!("no step has a slip");
}

/// Leads the class to a step, and waits until everybody has heard of it, also who stands there already.
fn lead(room: &mut Room, step: usize) {
    room.press(T, &format!(":{step}⏎"));
    room.stands(T, step);
    for seat in 1..room.seats.len() {
        room.until(&format!("{seat} with the class at {step}"), |room| {
            room.step(seat) == step && !room.line(seat).contains("the class is ")
        });
    }
}

/// Leads the class from the first lesson to the second one.
fn lead_on(room: &mut Room) {
    room.press(T, "N");
    second_lesson(room);
}

/// Waits until everybody, the teacher too, stands at the beginning of the second lesson.
fn second_lesson(room: &mut Room) {
    for seat in 0..room.seats.len() {
        room.until("the second lesson", |room| {
            room.position(seat)
                .is_some_and(|at| (at.lesson.as_str(), at.step) == (LESSONS[1], 1))
        });
    }
}

#[test]
fn students_follow_look_back_and_catch_up() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead(&mut room, 5);
    assert!(room.line(ADA).contains("you follow"));
    room.press(ADA, "←←");
    room.sees(ADA, "the class is 2 steps further");
    lead_without(&mut room, 6, ADA);
    room.sees(ADA, "the class is 3 steps further");
    assert_eq!(room.step(ADA), 3);
    room.sees(T, "1 follow");
    // Never ahead.
    room.press(ADA, ":9⏎");
    room.stands(ADA, 6);
    room.sees(ADA, "The class is not further yet.");
    room.press(ADA, "←");
    room.sees(ADA, "the class is 1 step further");
    room.press(ADA, "F");
    room.stands(ADA, 6);
    room.sees(ADA, "you follow");
    lead(&mut room, 8);
    // The class may go back; nobody is behind for that.
    lead(&mut room, 2);
    room.press(ADA, "→");
    room.sees(ADA, "the class is 1 step back");
}

/// Whoever is in the middle of an answer stays there. F leads on all the same, and what was left there holds nobody again.
#[test]
fn who_types_an_answer_is_not_led_away() {
    let mut room = Room::open(&["Ada"]);
    let (step, ..) = asked();
    lead(&mut room, step);
    room.press(ADA, "0");
    lead_without(&mut room, step + 1, ADA);
    room.sees(ADA, "the class is 1 step further");
    assert_eq!(room.step(ADA), step);
    // Where the class comes back to them, they go along again.
    lead(&mut room, step);
    lead(&mut room, step + 1);
    lead(&mut room, step);
    room.press(ADA, "0");
    lead_without(&mut room, step + 1, ADA);
    room.press(ADA, "F");
    room.stands(ADA, step + 1);
    lead(&mut room, step);
    room.sees(ADA, "› 00▏");
    lead(&mut room, step + 1);
}

/// Whoever arrives where they were let go has still to do what is asked there.
#[test]
fn what_is_asked_at_the_last_free_step_is_part_of_the_work() {
    let mut room = Room::open(&["Ada"]);
    let (step, right, _) = asked();
    lead(&mut room, step - 1);
    room.press(T, &format!("T{step}f"));
    room.sees(ADA, "on your own");
    room.press(ADA, "→");
    room.stands(ADA, step);
    room.sees(T, "0 done");
    room.press(ADA, &format!("{right}⏎"));
    room.sees(T, "1 done");
}

/// Asks the class, and waits until the teacher sees the question too.
fn ask(room: &mut Room, keys: &str) {
    room.press(T, keys);
    room.sees(T, "Open: ");
}

/// Leads the class to a later step, to which one member does not go, and waits until they have heard of it.
fn lead_without(room: &mut Room, step: usize, but: usize) {
    room.press(T, &format!(":{step}⏎"));
    for seat in (0..room.seats.len()).filter(|seat| *seat != but) {
        room.stands(seat, step);
    }
    let further = step - room.step(but);
    let s = if further == 1 { "" } else { "s" };
    room.sees(but, &format!("the class is {further} step{s} further"));
}

#[test]
fn a_class_is_freed_and_gathered() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead(&mut room, 5);
    room.press(T, "T12");
    room.sees(T, "12 f: free until there");
    room.press(T, "f");
    room.sees(ADA, "on your own until step 12");
    room.press(ADA, ":30⏎");
    room.stands(ADA, 12);
    // What happens in the class takes nobody away from their own work.
    ask(&mut room, "oReady?;yes;no⏎");
    room.sees(ADA, "Ready?");
    room.press(T, "→");
    room.stands(T, 6);
    room.press(T, "p");
    for seat in [ADA, BOB] {
        room.until("no question", |room| !room.screen(seat).contains("Ready?"));
    }
    assert_eq!((room.step(ADA), room.step(BOB)), (12, 5));
    // F goes there all the same.
    room.press(BOB, "F");
    room.stands(BOB, 6);
    room.press(ADA, "⎋");
    room.press(T, "f");
    room.stands(ADA, 6);
    room.sees(ADA, "you follow");
}

#[test]
fn the_lab_is_for_those_on_their_own() {
    let mut room = Room::open(&["Ada"]);
    lead_on(&mut room);
    let step = trained();
    lead(&mut room, step);
    assert!(!room.screen(ADA).contains("L lab"), "{}", room.screen(ADA));
    room.press(ADA, "L");
    room.sees(ADA, "when the class works on its own");
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.press(ADA, "L");
    room.sees(ADA, "Space plays");
    // A question comes below it, and what is typed is the answer's.
    ask(&mut room, "oOn?;yes;no⏎");
    room.sees(ADA, "On?");
    room.press(ADA, "b⏎");
    room.sees(ADA, "Taken: b.");
    room.press(ADA, "⎋");
    assert!(!room.screen(ADA).contains("menu"), "{}", room.screen(ADA));
    // The list of lessons stays closed from there too, and a file's name may begin with any letter.
    room.press(ADA, "m");
    room.sees(ADA, "the teacher chooses the lesson");
    room.press(ADA, "wTFR");
    room.sees(ADA, "TFR");
    room.press(ADA, "⎋");
    room.press(T, "pf");
    room.sees(ADA, "The lab is closed");
    room.stands(ADA, step);
}

#[test]
fn the_class_is_led_through_the_lab() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead_on(&mut room);
    lead(&mut room, trained());
    room.press(T, "L");
    for seat in [ADA, BOB] {
        room.sees(seat, "Lab: XOR");
    }
    // Each trains there, and sees the same run.
    room.press(T, "↓↓");
    let same = |room: &mut Room, seat: usize| {
        let above = |screen: String| {
            screen
                .lines()
                .take(17)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        room.until("the same run", |room| {
            above(room.screen(seat)) == above(room.screen(T))
        });
    };
    // How fast it plays, only the teacher's screen says.
    let same_run = |room: &mut Room, seat: usize| {
        let run = |screen: String| {
            screen
                .lines()
                .skip(1)
                .take(16)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let update = |screen: &str| {
            let words: Vec<String> = screen.split_whitespace().map(str::to_owned).collect();
            let at = words.iter().position(|word| word == "update");
            at.and_then(|at| words.get(at + 1).cloned())
        };
        room.until("the same run", |room| {
            let [own, teachers] = [seat, T].map(|seat| room.screen(seat));
            update(&own) == update(&teachers) && run(own) == run(teachers)
        });
    };
    same_run(&mut room, ADA);
    same_run(&mut room, BOB);
    // The help says whose keys these are.
    room.press(ADA, "?");
    room.sees(ADA, "those of whoever leads");
    room.press(ADA, "⎋");
    room.press(T, "?");
    assert!(
        !room.screen(T).contains("whoever leads"),
        "{}",
        room.screen(T)
    );
    room.press(T, "⎋");
    // What is changed on the way is changed for all, and taken back for all.
    room.press(T, "]→→→");
    same_run(&mut room, ADA);
    room.press(T, "←u");
    same_run(&mut room, ADA);
    // However often it plays and pauses, its own echo does not stop it.
    for _ in 0..4 {
        let header = |room: &Room| room.screen(T).lines().next().unwrap_or_default().to_owned();
        room.press(T, " ");
        room.sees(ADA, "▶ playing");
        let before = header(&room);
        room.until("it plays on", |room| header(room) != before);
        room.sees(T, "▶ playing");
        room.press(T, " ");
        room.sees(T, "paused");
        same_run(&mut room, ADA);
    }
    // An update is opened, and gone through, for all.
    room.press(T, "o→→");
    same_run(&mut room, ADA);
    room.press(T, "⎋s→");
    same_run(&mut room, ADA);
    // Students look, and change nothing.
    room.press(ADA, " ");
    room.sees(ADA, "For now the class is led here.");
    room.press(ADA, ".");
    room.sees(ADA, "you follow");
    room.press(ADA, ",");
    same_run(&mut room, ADA);
    // Who looks back is called the way, and comes again.
    room.press(BOB, "⎋⎋←");
    room.sees(BOB, "the class is 1 step further");
    room.press(BOB, "→");
    room.sees(BOB, "the class is in the lab");
    room.press(BOB, "F");
    same_run(&mut room, BOB);
    // A question of the lesson waits until its numbers are those of the lesson.
    room.press(T, "Ta");
    room.sees(T, "The numbers are not those of the lesson.");
    ask(&mut room, "oWhich one?;this;that⏎");
    room.sees(BOB, "Which one?");
    room.press(T, "p⎋");
    // A late comer is there at once.
    let late = room.student("Cleo");
    same_run(&mut room, late);
    // Who is freed goes on from there.
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.press(ADA, "→→");
    room.press(T, "f⎋");
    same_run(&mut room, ADA);
    // Closed for all.
    room.press(T, "⎋⎋");
    for seat in [ADA, BOB] {
        same(&mut room, seat);
    }
    room.stands(ADA, trained());
}

/// Whoever leads pauses what another leader plays.
#[test]
fn the_key_that_plays_pauses_what_another_plays() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead(&mut room, trained());
    room.press(T, "L");
    room.sees(ADA, "goes through the lab");
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "d");
    room.sees(ADA, "you drive");
    room.press(T, "⎋");
    room.press(ADA, " ");
    room.sees(T, "▶ playing");
    room.press(T, " ");
    for seat in [T, ADA, BOB] {
        room.sees(seat, "paused");
    }
}

/// Nobody is told that a run plays once whoever plays it is gone, nor while the line to the class is broken.
#[test]
fn a_run_that_nobody_plays_is_paused_on_every_screen() {
    let mut room = Room::open(&["Ada"]);
    let second = room.come(Hello::new(Role::Teacher));
    let projector = room.come(Hello::new(Role::Projector));
    room.press(second, "⎋");
    lead(&mut room, trained());
    room.press(T, "L");
    room.sees(ADA, "goes through the lab");
    room.press(T, " ");
    for seat in [ADA, second, projector] {
        room.sees(seat, "▶ playing");
    }
    room.lose(T);
    for seat in [ADA, second, projector] {
        room.sees(seat, "paused");
    }
    room.press(second, " ");
    room.sees(ADA, "▶ playing");
    room.lose(ADA);
    room.sees(ADA, "paused");
    room.sees(ADA, "The line to the class is broken");
    room.reconnect(ADA);
    room.sees(ADA, "▶ playing");
    room.stop();
    room.sees(ADA, "paused");
}

/// A goal is reached by changing numbers: nobody is invited to that before the class is freed for it.
#[test]
fn a_goal_waits_until_the_class_is_freed_for_it() {
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let goal = (0..trace.len()).find(|index| trace.goal(*index).is_some());
    let mut room = Room::open(&["Ada"]);
    lead_on(&mut room);
    lead(&mut room, goal.unwrap() + 1);
    room.sees(ADA, "The teacher frees the class for this.");
    let screen = room.screen(ADA);
    for invites in ["numbers  ", "choices", "Tab", "give up"] {
        assert!(!screen.contains(invites), "{screen}");
    }
    let narrow = room.screen_at(ADA, (40, 12));
    assert!(!narrow.contains("choices"), "{narrow}");
    room.press(T, "Ta");
    room.sees(T, "f frees the class for it");
    room.press(T, "f");
    room.sees(ADA, "Tab: numbers");
    room.sees(ADA, "c choices");
}

/// Who has left an update that the class has open is told the way back.
#[test]
fn who_looks_away_from_an_opened_update_is_told_the_way_back() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, trained());
    room.press(T, "Lo→");
    room.sees(ADA, "you follow");
    room.until("the opened update", |room| {
        let title = |screen: String| screen.lines().nth(1).map(str::to_owned);
        title(room.screen(ADA)) == title(room.screen(T))
    });
    assert!(!room.line(ADA).contains("F follow"), "{}", room.line(ADA));
    room.press(ADA, "⎋");
    room.until("the way back", |room| {
        let line = room.line(ADA);
        line.contains("you look around") && line.contains("F follow")
    });
    room.press(ADA, "F");
    room.until("that one follows", |room| {
        let line = room.line(ADA);
        line.contains("you follow") && !line.contains("F follow")
    });
}

/// The help in the lab has the keys of the class too: of the console where it was opened from there.
#[test]
fn the_help_in_the_lab_has_the_keys_of_the_class() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, trained());
    room.press(T, "LT?");
    let help = room.screen_at(T, (100, 200));
    for key in [
        "asks the class",
        "lets everybody work on their own",
        "In the lab",
    ] {
        assert!(help.contains(key), "{key}: {help}");
    }
    room.sees(ADA, "goes through the lab");
    room.press(ADA, "?");
    let help = room.screen_at(ADA, (100, 200));
    assert!(help.contains("raises the hand"), "{help}");
    assert!(!help.contains("asks the class"), "{help}");
}

/// Returns the number of the update that somebody sees in the lab.
fn update(room: &Room, seat: usize) -> Option<usize> {
    let screen = room.screen(seat);
    let mut words = screen.split_whitespace();
    words.find(|word| *word == "update")?;
    words.next()?.parse().ok()
}

/// Moves in quick succession of which only the last one is refused take nothing back of whoever leads.
#[test]
fn a_refused_move_leaves_whoever_leads_where_they_are() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, trained());
    room.press(T, "L");
    room.sees(ADA, "goes through the lab");
    // More changes than are told to everybody; keys come faster than the hub answers.
    let before = update(&room, T).unwrap();
    room.press(T, &"]→[→".repeat(105));
    for key in "]→[→".repeat(15).chars().map(key_strings::key) {
        room.seats[T].press(key);
    }
    let steps = 2 * (105 + 15);
    room.sees(T, "The others stay where they are");
    for _ in 0..50 {
        room.pump();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert_eq!(update(&room, T), Some(before + steps), "{}", room.screen(T));
}

/// What a run has come to is told once, also where it comes back in place of a later one, and is trained again.
#[test]
fn a_run_that_comes_back_is_no_news_for_those_who_follow() {
    let mut room = Room::open(&["Ada"]);
    lead_on(&mut room);
    lead(&mut room, trained());
    room.press(T, "L");
    room.sees(ADA, "goes through the lab");
    room.press(T, ":3000⏎");
    room.sees(ADA, "No progress for ");
    let before = update(&room, ADA);
    room.press(T, "]r");
    room.until("another run", |room| update(room, ADA) != before);
    room.press(T, "u");
    room.sees(T, "The run before is back");
    room.until("the run before", |room| update(room, ADA) == before);
    room.pump();
    room.sees(ADA, "L map");
    let screen = room.screen(ADA);
    assert!(!screen.contains("No progress"), "{screen}");
}

/// Who is freed in the lab is not told any more that they are led, and the projector of nobody's speed.
#[test]
fn who_is_freed_in_the_lab_is_led_no_more() {
    let mut room = Room::open(&["Ada"]);
    let projector = room.come(Hello::new(Role::Projector));
    lead(&mut room, trained());
    room.press(T, "L");
    room.sees(ADA, "goes through the lab");
    room.sees(projector, "Lab: ");
    // On the smallest screen too.
    let narrow = room.screen_at(ADA, (40, 12));
    let narrow: Vec<&str> = narrow.split_whitespace().collect();
    let narrow = narrow.join(" ");
    assert!(
        narrow.contains("together: you see what is done there."),
        "{narrow}"
    );
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    assert!(
        !room.screen(ADA).contains("goes through the lab"),
        "{}",
        room.screen(ADA)
    );
    room.pump();
    assert!(
        !room.screen(projector).contains("/s"),
        "{}",
        room.screen(projector)
    );
}

/// At the end of a lesson nobody is offered what a class has not.
#[test]
fn the_end_of_a_lesson_offers_what_there_is() {
    let mut room = Room::open(&["Ada"]);
    let last = trace().len();
    lead(&mut room, last);
    room.press(T, "→");
    let said = |room: &Room, seat: usize| {
        room.screen(seat)
            .lines()
            .rev()
            .take(3)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let ends = said(&room, T);
    assert!(ends.contains("N: next lesson."), "{ends}");
    assert!(
        !ends.contains("practice") && !ends.contains("menu"),
        "{ends}"
    );
    room.press(T, "P");
    room.sees(T, "A class goes through its own lessons only.");
    room.press(ADA, "→");
    let ends = said(&room, ADA);
    assert!(!ends.contains("N: ") && !ends.contains("menu"), "{ends}");
}

/// Says that the work is done, and takes that back; what is done is done for this time only.
#[test]
fn students_on_their_own_say_that_they_are_done() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(ADA, "D");
    room.sees(ADA, "That is for when the class works on its own.");
    room.press(T, "Tf");
    room.sees(ADA, "D done");
    room.press(ADA, "D");
    room.sees(T, "1 done");
    room.sees(ADA, "· done");
    room.press(ADA, "D");
    room.sees(T, "0 done");
    room.until("not done", |room| !room.line(ADA).contains("· done"));
    room.press(ADA, "D");
    room.sees(T, "1 done");
    room.press(T, "f");
    room.sees(T, "1 follow");
    room.press(T, "f");
    room.sees(T, "0 done");
}

/// The console says of which step the question is that a key asks.
#[test]
fn the_console_says_whose_question_is_asked() {
    let (before, _) = before_slip();
    let (own, ..) = asked();
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, before);
    room.press(T, "T");
    let number = format!("a asks the class for the number of step {}", before + 1);
    room.sees(T, &format!("{number}, and stays at this one."));
    room.press(T, "⎋");
    lead(&mut room, own);
    room.press(T, "T");
    room.sees(T, "a asks the class the question of this step.");
}

/// A question without an answer has none to compare with, and none to be shown.
#[test]
fn a_question_without_an_answer_claims_none() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    ask(&mut room, "ToThoughts?⏎");
    room.sees(ADA, "Thoughts?");
    room.press(ADA, "many⏎");
    room.sees(ADA, "Taken: many.");
    room.press(T, "c");
    room.sees(T, "Closed. v lets vote again, p puts the question away.");
    room.press(T, "r");
    room.sees(T, "It has no answer to show.");
    room.sees(ADA, "· Your answer: many");
    assert!(
        !room.screen(ADA).contains("Compare"),
        "{}",
        room.screen(ADA)
    );
    room.press(ADA, "⎋");
    assert!(
        !room.line(ADA).contains("answer is shown"),
        "{}",
        room.line(ADA)
    );
}

/// Why the right answer is right is said once to those who have given it.
#[test]
fn the_reason_of_an_answer_is_said_once() {
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let text = |said: &[RichText]| {
        let said: Vec<_> = said
            .iter()
            .map(|said| said.text(Decimals::default()))
            .collect();
        said.join(" ")
    };
    let reasoned = (0..trace.len()).find_map(|index| {
        let question = tutor::question(&trace, index)?;
        let (letter, _) = question.kind.options().find(|(_, choice)| choice.right)?;
        let verdict = question.grade(&trace, &letter.to_string()).ok()?;
        let feedback = text(&verdict.feedback);
        let because = feedback.split_once("Right. ")?.1.to_owned();
        let is_twice = text(&question.reveal(&trace)).contains(&because);
        is_twice.then_some((index + 1, letter, because))
    });
    let (step, letter, because) = reasoned.unwrap();
    let mut room = Room::open(&["Ada"]);
    lead_on(&mut room);
    lead(&mut room, step);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    room.press(ADA, &format!("{letter}⏎"));
    room.sees(ADA, "Taken: ");
    room.press(T, "cr");
    room.sees(ADA, "The answer: ");
    let screen = room.screen_at(ADA, (300, 60));
    let begin: String = because.chars().take(30).collect();
    assert_eq!(screen.matches(&begin).count(), 1, "{begin}: {screen}");
}

/// What was answered in the first vote alone is said to be of that one.
#[test]
fn an_answer_of_the_first_vote_is_called_so() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead(&mut room, 5);
    ask(&mut room, "ToWhich?;W;*z⏎");
    for seat in [ADA, BOB] {
        room.sees(seat, "Which?");
    }
    room.press(ADA, "a⏎");
    room.sees(ADA, "Taken: a.");
    room.press(T, "cv");
    room.sees(BOB, "second vote");
    room.press(BOB, "b⏎");
    room.sees(BOB, "Taken: b.");
    room.press(T, "cr");
    room.sees(ADA, "✗ Your answer in vote 1: a");
    room.sees(BOB, "✓ Your answer in vote 2: b");
}

#[test]
fn a_question_of_the_lesson_shows_slip_and_feedback() {
    let mut room = Room::open(&["Ada", "Bob"]);
    let (step, typed) = before_slip();
    lead(&mut room, step);
    room.press(T, "T");
    room.press(T, "a");
    room.sees(ADA, "A question to the class");
    room.press(ADA, &format!("{typed}⏎"));
    room.sees(ADA, "Taken: ");
    room.sees(T, "1 of 2 have answered");
    assert!(!room.screen(T).contains(" right"), "{}", room.screen(T));
    room.press(T, "c");
    room.sees(T, "0 of 1 answer right");
    room.sees(BOB, "You have not answered.");
    room.press(T, "r");
    room.sees(ADA, "✗ Your answer: ");
    room.sees(ADA, "The answer: ");
    // The tally of all, with the slip.
    room.sees(BOB, "1 × ");
    room.press(T, "p");
    room.until("it is away", |room| {
        !room.screen(ADA).contains("A question to the class")
    });

    let (step, right, wrong) = asked();
    room.press(T, "⎋");
    lead_all(&mut room, step);
    ask(&mut room, "Ta");
    for (seat, typed) in [(ADA, &right), (BOB, &wrong)] {
        room.sees(seat, "A question to the class");
        room.press(seat, &format!("{typed}⏎"));
        room.sees(seat, "Taken: ");
    }
    room.press(T, "cr");
    room.sees(ADA, "✓ Your answer: ");
    room.sees(BOB, "✗ Your answer: ");
}

/// Leads the class to a step, with everybody.
fn lead_all(room: &mut Room, step: usize) {
    for seat in 1..room.seats.len() {
        room.press(seat, "F");
    }
    lead(room, step);
}

#[test]
fn questions_of_ones_own_are_answered_changed_and_closed() {
    let mut room = Room::open(&["Ada", "Bob"]);
    ask(&mut room, "ToWhich?;W;*z⏎");
    room.sees(ADA, "b) z");
    room.press(ADA, "q⏎");
    room.until("a word on what is no answer", |room| {
        let line = room.line(ADA);
        !line.trim().is_empty() && !line.contains("Class class")
    });
    room.press(ADA, "☓a⏎");
    room.sees(ADA, "Taken: a.");
    room.press(ADA, "b⏎");
    room.sees(ADA, "Taken: b.");
    room.sees(BOB, "Which?");
    room.press(BOB, "a⏎");
    room.sees(T, "2 of 2 have answered");
    room.press(T, "c");
    room.sees(BOB, "2 answers");
    // A second vote after a discussion; both are shown.
    room.press(T, "v");
    room.sees(BOB, "second vote");
    room.press(BOB, "b⏎");
    room.sees(BOB, "Taken: b.");
    room.press(T, "c");
    room.sees(T, "Vote 2");
    room.press(T, "r");
    room.sees(BOB, "✓ Your answer in vote 2: b");
    room.sees(BOB, "Vote 2: 1 of 1 answer right");
    room.press(T, "p");
    ask(&mut room, "oWhat is z? = 0,5⏎");
    room.sees(ADA, "(a number, rounded to 1 decimal)");
    room.press(ADA, "0.52⏎");
    room.sees(ADA, "Taken: 0.52.");
    room.press(T, "crp");
    ask(&mut room, "oWhat puzzles you?⏎");
    room.sees(ADA, "(in your own words)");
    room.press(ADA, "why T and F?⏎");
    room.sees(ADA, "Taken: why T and F?.");
    room.press(T, "n");
    room.sees(T, "Ada · follows · has answered");
    room.press(T, "c");
    room.sees(T, "why T and F?");
}

#[test]
fn hands_go_up_and_driving_is_handed_over() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead(&mut room, 5);
    room.press(BOB, "R");
    room.sees(BOB, "hand up");
    room.sees(T, "1 hand up");
    room.press(T, "T");
    room.press(T, "d");
    room.sees(T, "Choose a student first");
    room.press(T, "n");
    // Who has a hand up stands first; Ada stays marked though Bob's is lowered.
    room.sees(T, "▸ Bob");
    room.press(T, "↓");
    room.sees(T, "▸ Ada");
    room.press(T, "h");
    room.until("no hands", |room| !room.screen(BOB).contains("hand up"));
    room.sees(T, "▸ Ada");
    // Who looks back begins where the class is.
    room.press(ADA, "←←");
    room.stands(ADA, 3);
    room.press(T, "d");
    room.sees(ADA, "you drive");
    room.stands(ADA, 5);
    room.press(ADA, "→→");
    room.stands(BOB, 7);
    room.stands(T, 7);
    room.press(T, "d");
    room.until("she follows again", |room| {
        !room.screen(ADA).contains("you drive")
    });
    room.press(ADA, "→");
    room.sees(ADA, "The class is not further yet.");
    assert_eq!(room.step(BOB), 7);
}

#[test]
fn whoever_leads_is_not_led_by_their_own_echo() {
    let mut room = Room::open(&["Ada"]);
    let second = room.come(Hello::new(Role::Teacher));
    room.until("the second teacher", |room| room.step(second) == 1);
    room.press(second, "⎋");
    // Keys come faster than the hub tells of them.
    for _ in 0..6 {
        room.press(T, "→→→");
    }
    for seat in [T, ADA, second] {
        room.stands(seat, 19);
    }
    let is_onward = room.seats[T].way.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(is_onward, "{:?}", room.seats[T].way);
    room.press(second, "←←");
    for seat in [T, ADA, second] {
        room.stands(seat, 17);
    }
    room.press(T, "→");
    for seat in [T, ADA, second] {
        room.stands(seat, 18);
    }
    // The same steps again and again: which of them the hub has told of cannot be seen from where they lead.
    room.seats[T].way.clear();
    room.press(T, &"←→".repeat(40));
    room.press(T, "←");
    for seat in [T, ADA, second] {
        room.stands(seat, 17);
    }
    let way = &room.seats[T].way;
    assert!(way.iter().all(|step| (17..=18).contains(step)), "{way:?}");
}

#[test]
fn who_comes_late_stands_where_the_class_does() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 9);
    ask(&mut room, "ToWhich?;W;*z⏎");
    let late = room.student("Eve");
    room.stands(late, 9);
    room.sees(late, "Which?");
    room.press(late, "b⏎");
    room.sees(late, "Taken: b.");
}

#[test]
fn a_class_goes_on_to_its_next_lesson() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 4);
    room.press(ADA, "N");
    room.sees(ADA, "the teacher chooses the lesson");
    // What is pressed before the lesson is there leads nobody back.
    room.seats[T].press(key_strings::key('N'));
    room.seats[T].press(key_strings::key('→'));
    second_lesson(&mut room);
    room.press(T, "→→");
    room.stands(ADA, 3);
    let late = room.student("Eve");
    room.stands(late, 3);
    assert_eq!(room.position(late).unwrap().lesson, LESSONS[1]);
    // Behind the last one comes the first.
    room.press(T, "N");
    room.until("the first lesson", |room| {
        room.position(late)
            .is_some_and(|at| at.lesson == LESSONS[0])
    });
}

#[test]
fn members_are_renamed_removed_and_taken_in_again() {
    let mut room = Room::open(&["Ada", "Bob"]);
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "NGrace⏎");
    room.sees(T, "▸ Grace");
    room.press(T, "x");
    room.sees(T, "Grace · removed");
    room.until("she hears of it", |room| {
        !room.line(ADA).contains("you follow")
    });
    // The lesson goes on, and is her own now.
    room.press(ADA, "→→→");
    room.sees(ADA, "you were taken out");
    room.stands(ADA, 4);
    room.press(T, "x");
    room.until("she may come again", |room| {
        !room.screen(T).contains("removed")
    });
    // Her program asks by itself from time to time.
    room.reconnect(ADA);
    room.sees(ADA, "you follow");
    room.stands(ADA, 1);
    room.press(T, "↑x");
    room.sees(T, "Bob · removed");
    room.press(T, "x");
    room.until("he may come again", |room| {
        !room.screen(T).contains("removed")
    });
    let bob = room.student("Bob");
    room.stands(bob, 1);
    room.press(T, "EE");
    assert!(room.has_ended());
    room.until("he hears of it", |room| {
        !room.line(bob).contains("you follow")
    });
    room.press(bob, "→");
    room.stands(bob, 2);
    room.sees(bob, "Class class · has ended");
}

#[test]
fn an_answer_outlives_the_hub() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    ask(&mut room, "ToWhich?;W;*z⏎");
    room.sees(ADA, "Which?");
    room.stop();
    room.sees(ADA, "The class is interrupted");
    room.press(ADA, "b⏎");
    room.sees(ADA, "Not sent yet");
    room.press(T, "⎋→→");
    room.press(ADA, "⎋←");
    room.stands(ADA, 4);
    room.press(ADA, "R");
    room.sees(ADA, "no line to the class");
    room.press(ADA, ".");
    room.sees(ADA, "not connected");
    room.serve();
    room.reconnect(ADA);
    room.reconnect(T);
    // Where the teacher went meanwhile is where the class is.
    room.press(ADA, "F");
    room.stands(ADA, 7);
    assert_eq!(room.step(T), 7);
    room.press(ADA, "T");
    room.sees(ADA, "Taken: b.");
    room.press(T, "T");
    room.sees(T, "1 of 1 have answered");
    let answers = room.seats[ADA].sent.iter();
    let numbers: Vec<usize> = answers
        .filter_map(|message| match message {
            ToHub::Answer { number, .. } => Some(*number),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 1], "sent again, as the same answer");
}

#[test]
fn the_newer_screen_wins() {
    let mut room = Room::open(&["Ada"]);
    let second = room.student("Ada");
    room.sees(ADA, "from elsewhere");
    room.press(ADA, "→");
    room.sees(ADA, "on another screen");
    room.sees(second, "you follow");
}

#[test]
fn keys_that_are_not_for_a_class_are_not_offered() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 2);
    let alone = "menu";
    for (seat, why) in [
        (T, "A class goes through its own lessons only"),
        (ADA, "the teacher chooses the lesson"),
    ] {
        assert!(!room.screen(seat).contains(alone), "{}", room.screen(seat));
        room.press(seat, "m");
        room.sees(seat, why);
        // It stays until the next key.
        room.pump();
        room.sees(seat, why);
        room.press(seat, "?");
        room.sees(seat, "In the class");
        room.press(seat, "⎋⎋");
        room.sees(seat, "q leaves the class.");
    }
    for key in ["+", "c", "P", "L"] {
        room.press(ADA, key);
        assert!(!room.line(ADA).contains("Class class"), "{key}");
    }
    // A key that the console does not know does nothing below it.
    room.press(T, "T");
    for key in "mLyzGP+⇥$".chars() {
        room.press(T, &key.to_string());
        assert!(room.screen(T).contains("Students type"), "{key}");
        assert_ne!(room.seats[T].effect, Some(Effect::Menu));
    }
    room.press(T, "→");
    room.stands(ADA, 3);
    room.press(T, "o←←x⎋");
    assert_eq!(room.step(T), 3);
    room.press(T, "T");
    room.until("the lesson", |room| {
        !room.screen(T).contains("Students type")
    });
    room.press(T, "T?");
    room.sees(T, "Teaching it");
    // The help was opened from the console, and closes to it.
    room.press(T, "⎋");
    room.sees(T, "Students type");
    room.press(T, "T?⎋");
    assert!(!room.screen(T).contains("Students type"));
}

#[test]
fn the_console_is_scrolled() {
    let mut room = Room::open(&["Ada"]);
    room.seats[T].resize((40, 14));
    let options: Vec<String> = (0..8).map(|n| format!(";option {n}")).collect();
    let options = options.concat();
    room.press(T, &format!("Tolong{options}⏎"));
    room.sees(T, "a) option 0");
    assert!(!room.screen(T).contains("option 7"), "{}", room.screen(T));
    room.press(T, "⇟⇟⇟");
    room.sees(T, "this machine may come.");
    // No further than its end: one line back is seen at once.
    let end = room.screen(T);
    room.press(T, "K");
    assert_ne!(room.screen(T), end);
    room.press(T, "n");
    for n in 0..25 {
        room.student(&format!("Student {n}"));
    }
    room.sees(T, "26 here");
    room.press(T, "p");
    room.press(T, "⇟⇟⇟⇟⇟");
    room.sees(T, "▸ Student 9");
    room.press(T, "↑");
    room.sees(T, "▸ Student 8");
}

#[test]
fn a_word_is_told_on_the_screen() {
    let mut room = Room::shared(&["Ada"]);
    assert!(room.screen(ADA).contains("Your word is "));
    assert!(room.screen(ADA).contains("you come back"));
    room.press(ADA, ".");
    assert!(!room.screen(ADA).contains("Your word is "));
    // Nothing of one student is left where another one finds it.
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.press(ADA, "w");
    room.sees(ADA, "Others use this account too");
}

#[test]
fn an_epoch_is_opened_together_and_alone() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead_on(&mut room);
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let step = (0..trace.len()).find(|&index| trace.open(index).is_some());
    let step = step.unwrap() + 1;
    lead(&mut room, step);
    let opened = |room: &Room, seat| {
        let position = room.position(seat);
        position.map_or((Vec::new(), 0), |at| (at.opened, at.step))
    };
    // On one's own, which leads nobody else.
    room.press(ADA, "o");
    room.until("her epoch", |room| opened(room, ADA).0 == [step]);
    room.press(ADA, "→→");
    room.sees(ADA, "you look around");
    assert_eq!(opened(&room, BOB), (Vec::new(), step));
    assert_eq!(opened(&room, T), (Vec::new(), step));
    room.press(ADA, "F");
    room.until("she is back", |room| {
        opened(room, ADA) == (Vec::new(), step)
    });
    // Together, and who comes late comes into it.
    room.press(T, "o→→");
    for seat in [T, ADA, BOB] {
        room.until("the epoch", |room| opened(room, seat).0 == [step]);
        room.until("its step", |room| opened(room, seat) == opened(room, T));
    }
    let late = room.student("Eve");
    room.until("hers", |room| opened(room, late) == opened(room, T));
    room.press(T, "T");
    room.press(T, "a");
    room.sees(T, "Close the epoch first");
    room.press(T, "⎋⎋");
    for seat in [T, ADA, late] {
        room.until("all out", |room| opened(room, seat) == (Vec::new(), step));
    }
}

/// What a student has changed is theirs, and put aside where the class goes on together.
#[test]
fn who_has_changed_numbers_is_gathered_too() {
    let mut room = Room::open(&["Ada"]);
    let trace = trace();
    let walks = |index: &usize| trace.step(*index).operation().is_some();
    let step = (0..trace.len()).find(walks).unwrap() + 1;
    lead(&mut room, step);
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.press(ADA, "⇥+++");
    room.press(ADA, "⎋→→");
    assert!(room.screen(ADA).contains('*'), "{}", room.screen(ADA));
    room.press(T, "f");
    room.sees(ADA, "what you have changed is put aside");
    room.stands(ADA, step);
    room.press(ADA, "x");
    room.sees(ADA, "when the class works on its own");
    room.press(T, "→");
    room.stands(ADA, step + 1);
    assert!(!room.screen(ADA).contains('*'), "{}", room.screen(ADA));
    assert!(
        !room.screen(ADA).contains("as it was"),
        "{}",
        room.screen(ADA)
    );
    // What is put aside is there again.
    room.press(T, "f");
    room.sees(ADA, "on your own");
    room.sees(ADA, "as it was");
    room.press(ADA, "x");
    room.sees(ADA, "With your changes.");
}

#[test]
fn the_class_sees_what_its_teacher_changes() {
    let mut room = Room::open(&["Ada"]);
    let trace = trace();
    let sums = |index: &usize| trace.step(*index).symbol() == Some(Quantity::Sum(1));
    let step = (0..trace.len()).find(sums).unwrap() + 1;
    lead(&mut room, step);
    room.press(T, "⇥+");
    room.sees(T, "The class sees what you change");
    room.sees(ADA, "*0.410");
    room.press(T, "++");
    room.sees(ADA, "*0.430");
    room.sees(ADA, "you follow");
    // It is the same step, by its number in the lesson as it was written.
    assert_eq!((room.step(T), room.step(ADA)), (step, step));
    room.press(ADA, "⎋+u");
    room.sees(ADA, "when the class works on its own");
    room.press(T, "⎋→");
    room.stands(ADA, step + 1);
    room.sees(ADA, "*");
    let late = room.student("Eve");
    room.stands(late, step + 1);
    room.sees(late, "* 1 change");
    // Answers are judged by the lesson as it is written.
    room.press(T, "Ta");
    room.sees(T, "Put the lesson back first");
    room.press(T, "⎋");
    // To compare, everybody goes back and forth.
    room.press(T, "x");
    room.until("it is as it was", |room| !room.screen(ADA).contains('*'));
    room.press(T, "x");
    room.sees(ADA, "* 1 change");
    room.press(ADA, "←");
    room.sees(ADA, "the class is 1 step further");
    room.press(ADA, "F");
    room.stands(ADA, step + 1);
    room.sees(ADA, "* 1 change");
    // Whoever looks back stays there.
    room.press(ADA, "←←");
    room.sees(ADA, "the class is 2 steps further");
    room.press(T, "⇥⇥⇥+");
    room.sees(late, "* 2 changes");
    room.sees(ADA, "the class is 2 steps further");
    room.press(ADA, "F");
    room.sees(ADA, "* 2 changes");
    room.press(ADA, "→");
    room.sees(ADA, "The class is not further yet");
    room.stands(ADA, step + 1);
    room.press(T, "u⎋");
    room.sees(ADA, "* 1 change ");
    // Whoever works on their own goes on with these numbers, and is gathered to those of the class.
    room.press(T, "Tf");
    room.sees(ADA, "on your own");
    room.press(ADA, "→⎋⇥⇥+");
    room.until("a change of her own", |room| {
        room.position(ADA).is_some_and(|at| at.changes.len() == 2)
    });
    room.press(T, "f⎋");
    room.sees(ADA, "what you have changed is put aside");
    room.sees(ADA, "* 1 change");
    room.press(T, "U");
    room.until("it is as it was", |room| !room.screen(ADA).contains('*'));
    room.stands(ADA, step + 1);
    assert_eq!(room.position(ADA).unwrap().changes, []);
}

#[test]
fn pictures() {
    let mut room = Room::open(&["Ada", "Bob", "Carl"]);
    let projector = room.come(Hello::new(Role::Projector));
    lead_to(&mut room, 5);
    room.press(T, "T");
    room.sees(T, "3 follow");
    room.sees(projector, "3 follow");
    insta::assert_snapshot!("console_first", room.screen(T));
    insta::assert_snapshot!("console_first_large", room.screen_at(T, (120, 40)));
    insta::assert_snapshot!("student_follows", room.screen(ADA));
    room.press(BOB, "R");
    ask(
        &mut room,
        "oWhich is larger?;the weight W;*the sum z;neither⏎",
    );
    room.sees(ADA, "Which is larger?");
    room.sees(projector, "Which is larger?");
    insta::assert_snapshot!("student_asked", room.screen(ADA));
    insta::assert_snapshot!("student_asked_small", room.screen_at(ADA, (40, 12)));
    insta::assert_snapshot!("student_asked_large", room.screen_at(ADA, (120, 40)));
    for (seat, typed) in [(ADA, "a"), (BOB, "b"), (3, "b")] {
        room.sees(seat, "Which is larger?");
        room.press(seat, &format!("{typed}⏎"));
        room.sees(seat, "Taken: ");
    }
    room.sees(projector, "3 of 3 have answered");
    insta::assert_snapshot!("projector_asked", room.screen(projector));
    insta::assert_snapshot!(
        "projector_asked_large",
        room.screen_at(projector, (120, 45))
    );
    room.sees(T, "3 of 3 have answered");
    room.press(T, "c");
    room.sees(T, "2 of 3 answers right");
    room.sees(projector, "3 answers");
    insta::assert_snapshot!("console_closed", room.screen(T));
    insta::assert_snapshot!("console_closed_small", room.screen_at(T, (40, 12)));
    insta::assert_snapshot!("projector_closed", room.screen(projector));
    room.press(T, "r");
    // The answer and what became of one's own come one after the other.
    room.sees(ADA, "✗ Your answer: a");
    room.sees(ADA, "The answer");
    room.sees(projector, "The answer");
    insta::assert_snapshot!("student_shown", room.screen(ADA));
    insta::assert_snapshot!("student_shown_marks", room.marks(ADA));
    insta::assert_snapshot!(
        "projector_shown_large",
        room.screen_at(projector, (120, 40))
    );
    room.press(T, "n");
    room.sees(T, "▸ Bob");
    insta::assert_snapshot!("console_names", room.screen(T));
    insta::assert_snapshot!("console_names_marks", room.marks(T));
    for seat in [T, ADA, projector] {
        room.seats[seat].press(ctrl('g'));
    }
    insta::assert_snapshot!("console_ascii", room.screen(T));
    insta::assert_snapshot!("student_ascii", room.screen(ADA));
    insta::assert_snapshot!("projector_ascii", room.screen(projector));
    for seat in [T, ADA, projector] {
        let screen = room.screen(seat);
        assert!(screen.is_ascii(), "{screen}");
        for size in [(1, 1), (2, 30), (39, 11), (300, 100), (41, 13)] {
            room.screen_at(seat, size);
        }
    }
}

/// Leads everybody to a step, also those who only look.
fn lead_to(room: &mut Room, step: usize) {
    room.press(T, &format!(":{step}⏎"));
    for seat in 0..room.seats.len() {
        room.stands(seat, step);
    }
}

#[test]
fn changes_behind_a_training_and_of_a_student_who_drives_are_seen() {
    let mut room = Room::open(&["Ada", "Bob"]);
    lead_on(&mut room);
    let lesson = Library::embedded().open_name(LESSONS[1]).unwrap();
    let trace = Trace::compile(Arc::new(lesson)).unwrap();
    let trains =
        |index: &usize| trace.open(*index).is_some() && trace.step(*index).operation().is_none();
    let step = (0..trace.len()).find(trains).unwrap() + 1;
    lead(&mut room, step);
    room.press(T, "⇥⇥+");
    for seat in [T, ADA, BOB] {
        room.sees(seat, "New numbers");
    }
    assert_eq!(
        room.position(T).unwrap().shown,
        room.position(ADA).unwrap().shown
    );
    room.press(T, "⎋U");
    room.until("it is as it was", |room| !room.screen(ADA).contains('*'));
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "d⎋");
    room.sees(ADA, "you drive");
    room.press(ADA, "⇥⇥+");
    for seat in [T, ADA, BOB] {
        room.sees(seat, "New numbers");
    }
    let changes = room.position(ADA).unwrap().changes;
    assert_eq!(changes.len(), 1);
    for seat in [T, BOB] {
        assert_eq!(room.position(seat).unwrap().changes, changes);
    }
}

/// What a student leads to is gone to even where the teacher has led there before and hears of both late.
#[test]
fn a_student_may_lead_where_the_teacher_was() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "⎋");
    room.seats[T].is_late = true;
    for step in [6, 5] {
        room.press(T, &format!(":{step}⏎"));
        room.stands(ADA, step);
    }
    room.press(T, "Td⎋");
    room.sees(ADA, "you drive");
    room.press(ADA, ":6⏎");
    room.stands(ADA, 6);
    room.say(ADA, &ToHub::Hand { up: true });
    room.sees(ADA, "hand up");
    room.seats[T].is_late = false;
    room.stands(T, 6);
}

/// Returns a position with a change, as another program may send it.
fn with_change(room: &Room, edit: &serde_json::Value, name: &str) -> ToHub {
    let mut position = room.position(T).unwrap();
    let change = serde_json::json!({
        "edit": edit, "name": name, "from": {"number": 1.0}, "to": {"number": 2.0},
    });
    position.changes = vec![serde_json::from_value(change).unwrap()];
    position.shown = vec![position.step];
    ToHub::Move { position }
}

#[test]
fn changes_that_no_lesson_takes_are_tried_once_by_everybody() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 4);
    room.stands(ADA, 4);
    // Somebody with another program leads the class.
    let other = room.come(Hello::new(Role::Teacher));
    for edit in [
        serde_json::json!({"sample": {"network": 5, "side": "inputs", "sample": 0, "column": 0, "value": 5.0}}),
        serde_json::json!({"sample": {"network": 0, "side": "targets", "sample": 0, "column": 1_000_000, "value": 5.0}}),
        serde_json::json!({"set": {"at": {"scene": 99, "part": 0}, "network": 0, "name": "W(0)[1,1]", "value": 0.5}}),
    ] {
        let message = with_change(&room, &edit, "W");
        room.say(other, &message);
        // What is refused behind it shows that the hub has it.
        room.say(other, &ToHub::Close);
        room.sees(other, "not asked any more");
        room.press(other, "n");
        // It is told to all, taken up by nobody, and the class goes on.
        room.press(T, "→");
        room.stands(ADA, 5);
        room.press(T, "←");
        room.stands(ADA, 4);
        assert_eq!(room.position(ADA).unwrap().changes, []);
    }
    // A text that would be shown as another one is not taken by the hub.
    let edit = serde_json::json!({"set": {"at": {"scene": 1, "part": 0}, "network": 0, "name": "W(0)[1,1]", "value": 0.5}});
    for name in ["W\u{202e}", "W\u{1b}[2J"] {
        let message = with_change(&room, &edit, name);
        room.say(other, &message);
        room.sees(other, "cannot be seen");
        room.press(other, "n");
    }
}

#[test]
fn a_long_question_is_scrolled_above_its_field() {
    let mut room = Room::open(&["Ada"]);
    let options: Vec<String> = (0..8)
        .map(|at| {
            format!(
                "{}the option of number {at}",
                if at == 2 { "*" } else { "" }
            )
        })
        .collect();
    ask(
        &mut room,
        &format!("ToWhich of these is it?;{}⏎", options.join(";")),
    );
    room.sees(ADA, "Which of these is it?");
    for size in [(80, 24), (40, 12), (40, 13)] {
        room.seats[ADA].resize(size);
        let seen = |room: &mut Room| room.screen(ADA);
        let first = seen(&mut room);
        assert!(
            first.contains("Which of these") && first.contains("› "),
            "{first}"
        );
        let mut all = first;
        for _ in 0..8 {
            room.press(ADA, "⇟");
            all += &seen(&mut room);
        }
        for at in 0..8 {
            assert!(
                all.contains(&format!("option of number {at}")),
                "{size:?} {at}: {all}"
            );
        }
        for _ in 0..8 {
            room.press(ADA, "⇞");
        }
    }
    room.seats[ADA].resize((80, 24));
    room.press(ADA, "c⏎");
    room.sees(ADA, "Taken: c.");
    room.press(T, "cr");
    room.sees(ADA, "✓ Your answer: c");
    // A tally says its options whole.
    assert!(
        room.screen_at(ADA, (80, 24))
            .contains("the option of number 7")
    );
}

#[test]
fn hints_are_counted_and_the_question_is_answered_in_one_place() {
    let mut room = Room::open(&["Ada"]);
    let (step, right, _) = asked();
    lead_all(&mut room, step);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    assert!(room.line(ADA).contains("Ctrl-T hint"));
    room.press(ADA, "✦");
    room.sees(ADA, "Hint: ");
    room.press(T, "n");
    room.sees(T, "1 hint");
    // The lesson's own copy of the question does not give the answer away.
    room.press(ADA, "⎋⏎⏎");
    room.sees(ADA, "The class is asked this now");
    assert!(!room.screen(ADA).contains("✓"), "{}", room.screen(ADA));
    room.press(ADA, &format!("T{right}⏎"));
    room.sees(ADA, "Taken: ");
}

#[test]
fn the_number_that_is_asked_for_is_not_looked_up() {
    let mut room = Room::open(&["Ada"]);
    let (step, _) = before_slip();
    lead(&mut room, step + 2);
    room.press(T, "←←");
    room.stands(ADA, step);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    room.press(ADA, "⎋→");
    room.sees(ADA, "it comes after the answer");
    room.stands(ADA, step);
    room.press(T, "cr");
    room.sees(ADA, "its answer is shown");
    room.press(ADA, "→");
    room.stands(ADA, step + 1);
}

#[test]
fn the_smallest_screen_shows_the_lesson_and_the_class() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 4);
    let shown = room.screen_at(ADA, (40, 12));
    assert!(
        !shown.contains("needs") && shown.contains("you follow"),
        "{shown}"
    );
}
