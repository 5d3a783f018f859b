//! The hub of a class over its socket: joining, questions, views; and what it withstands.

mod journal;
mod process;
mod random;
mod room;
mod socket;
mod withstands;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nn_tutor::class::{Place, QuestionPhase, Role, RowAnswer};
use nn_tutor::hub::{ByeReason, FromHub, Hello, LessonTexts, ToAsk, ToHub};
use nn_tutor::lesson::{Lesson, Library};
use nn_tutor::session::Session;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::Outcome;

use room::{LESSON, Room, at, config, go, go_to, options, step};

#[test]
fn a_class_goes_through_a_question_together() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    let mut alan = room.student("Alan");

    teacher.send(&go(3));
    assert_eq!(ada.class(|view| at(view) == Some(3)).limit, Some(3));
    alan.class(|view| at(view) == Some(3));

    teacher.send(&options(&["red", "blue"], 1));
    let question = ada.class(|view| view.question.is_some()).question.unwrap();
    assert_eq!(question.phase, QuestionPhase::Open);
    assert!(question.right.is_empty() && question.answer.is_none());
    ada.answer(1, 1, "a");
    ada.answer(1, 2, "b");
    alan.answer(1, 1, "a");
    // Only whoever asks hears of the tally.
    let view = teacher.overview(|view| view.counts.answered == 2);
    assert_eq!(view.tallies[0].options, [1, 1]);
    let row = teacher.row(|row| row.name == "Alan" && row.answer.is_some());
    assert_eq!(row.answer.unwrap().outcome, Outcome::Wrong);

    teacher.send(&ToHub::Close);
    let closed = alan.class(|view| {
        view.question
            .as_ref()
            .is_some_and(|q| q.phase == QuestionPhase::Closed)
    });
    assert_eq!(closed.question.unwrap().tallies[0].options, [1, 1]);
    alan.send(&room::answer(1, 2, "b"));
    assert!(alan.refused("answer").contains("closed"));
    teacher.send(&ToHub::Reveal);
    let own = alan.own(|own| own.answers.iter().any(|answer| answer.result.is_some()));
    assert_eq!(
        own.answers[0].result.as_ref().unwrap().outcome,
        Outcome::Wrong
    );
    let shown = ada.class(|view| view.question.as_ref().is_some_and(|q| q.answer.is_some()));
    assert_eq!(shown.question.unwrap().right, [1]);
}

#[test]
fn an_answer_is_judged_from_what_was_typed() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    let index = room::asked_step();
    teacher.send(&go_to(index));
    teacher.send(&ToHub::Ask {
        ask: ToAsk::Step {
            step: step(index),
            cell: None,
        },
    });
    ada.class(|view| view.question.is_some());
    ada.send(&room::answer(1, 1, "what?"));
    assert!(!ada.refused("answer").is_empty());
    let (right, wrong) = room::answers(index);
    ada.answer(1, 1, &wrong);
    let row = teacher.row(|row| row.answer.is_some());
    assert_eq!(row.answer.unwrap().outcome, Outcome::Wrong);
    ada.answer(1, 2, &right);
    let row = teacher.row(|row| row.answer.as_ref().is_some_and(|it| it.tries == 2));
    assert_eq!(row.answer.unwrap().outcome, Outcome::Right);

    // At one's own pace, as far as the class is; it is there after a reconnection.
    ada.send(&ToHub::Work {
        step: step(index),
        number: 1,
        typed: right,
    });
    teacher.overview(|view| view.work.as_ref().is_some_and(|tally| tally.right == 1));
    ada.send(&ToHub::Work {
        step: step(index + 1),
        number: 1,
        typed: "1".to_owned(),
    });
    assert!(!ada.refused("work").is_empty());
    let mut again = room.student("Ada");
    assert_eq!(again.worked()[0].outcome, Some(Outcome::Right));
    assert_eq!(ada.bye(), ByeReason::OtherLine);
}

#[test]
fn a_number_of_a_step_is_asked_for_with_its_slips() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    let (index, wrong) = room::slip();
    teacher.send(&go_to(index));
    teacher.send(&ToHub::Ask {
        ask: ToAsk::Step {
            step: step(index),
            cell: None,
        },
    });
    ada.class(|view| view.question.is_some());
    ada.answer(1, 1, &wrong);
    let view = teacher.overview(|view| view.tallies.iter().any(|tally| !tally.slips.is_empty()));
    assert!(!view.tallies[0].slips[0].found.text.is_empty());
}

#[test]
fn a_lesson_comes_with_its_tables_and_nothing_else_comes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons/homes.yaml");
    let lesson = Lesson::load(&path).unwrap();
    let samples = format!("{:?}", lesson.networks[0].data);
    let room = Room::with(|config| config.lessons = vec![("homes".to_owned(), lesson)]);
    let mut ada = room.student("Ada");
    let fetch = |lesson: &str| ToHub::Fetch {
        lesson: lesson.to_owned(),
    };
    for name in ["/etc/passwd", "../homes", "homes.csv", "", "xor"] {
        ada.send(&fetch(name));
        assert!(ada.refused("fetch").contains("no such lesson"), "{name}");
    }
    ada.send(&fetch("homes"));
    let texts: LessonTexts = ada.until(|message| match message {
        FromHub::Lesson(texts) => Some(texts.clone()),
        _ => None,
    });
    let opened = texts.open().unwrap();
    assert_eq!(format!("{:?}", opened.networks[0].data), samples);
}

#[test]
fn a_student_may_drive_and_nothing_more() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    ada.send(&go(4));
    assert!(ada.refused("move").contains("drives"));
    let id = ada.welcome.member.unwrap();
    teacher.send(&ToHub::HandOver { to: Some(id) });
    ada.own(|own| own.drives);
    ada.send(&go(4));
    teacher.overview(|view| at(&view.class) == Some(4));
    for act in room::acts_of_teachers(id) {
        let what = room::kind(&act);
        ada.send(&act);
        assert!(ada.refused(&what).contains("teacher"), "{what}");
    }
    // Nor is there anything past the end.
    for step in [0, 1_000, usize::MAX] {
        ada.send(&go_to(step));
        assert!(ada.refused("move").contains("no such step"));
    }
    teacher.send(&ToHub::HandOver { to: None });
    ada.own(|own| !own.drives);
    ada.send(&go(5));
    ada.refused("move");
    assert_eq!(teacher.overview(|_| true).counts.joined, 1);
}

#[test]
fn the_projector_shows_no_name_and_does_nothing() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada Lovelace");
    let mut projector = room.client(&Hello::new(Role::Projector)).unwrap();
    teacher.send(&options(&["red", "blue"], 0));
    ada.class(|view| view.question.is_some());
    ada.answer(1, 1, "a");
    let view = projector.until(|message| match message {
        FromHub::Projector(view) if view.counts.answered == 1 => Some(view.clone()),
        _ => None,
    });
    assert_eq!(view.counts.joined, 1);
    assert!(!format!("{view:?}").contains("Ada"));
    for act in room::acts_of_teachers(ada.welcome.member.unwrap()) {
        let what = room::kind(&act);
        projector.send(&act);
        projector.refused(&what);
    }
}

#[test]
fn names_are_told_apart_and_the_removed_stay_out() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let named = |door: &str, name: &str| {
        let mut hello = Hello::new(Role::Student);
        hello.door_name = Some(door.to_owned());
        hello.name = Some(name.to_owned());
        room.client(&hello)
    };
    let ada = named("k1", "Ada").unwrap();
    assert_eq!(ada.welcome.name.as_deref(), Some("Ada"));
    let second = named("k2", "Аda").unwrap();
    assert_eq!(second.welcome.name.as_deref(), Some("Аda 2"));
    for name in [
        "",
        " ",
        "A\u{202e}da",
        "A\u{200b}da",
        "\u{1b}[31mAda",
        "x".repeat(60_000).as_str(),
    ] {
        assert_eq!(
            named("k3", name).unwrap_err().0,
            ByeReason::BadName,
            "{name:?}"
        );
    }
    let mut alan = named("k4", "Alan").unwrap();
    let member = alan.welcome.member.unwrap();
    teacher.send(&ToHub::Rename {
        member,
        name: "ada".to_owned(),
    });
    assert!(
        teacher
            .refused("rename")
            .contains("Somebody else is called ada")
    );
    teacher.send(&ToHub::Rename {
        member,
        name: "alan t".to_owned(),
    });
    assert_eq!(alan.own(|own| own.name != "Alan").name, "alan t");
    teacher.send(&ToHub::Remove { member });
    assert_eq!(alan.bye(), ByeReason::Removed);
    assert_eq!(named("k4", "Alan").unwrap_err().0, ByeReason::Removed);
    teacher.send(&ToHub::Restore { member });
    teacher.row(|row| row.id == member && !row.removed);
    assert!(named("k4", "Alan").is_ok());
    teacher.send(&ToHub::Lock { locked: true });
    teacher.overview(|view| view.locked);
    assert_eq!(named("k5", "Grace").unwrap_err().0, ByeReason::Locked);
    assert!(named("k4", "Alan").is_ok(), "who was there may come back");
}

#[test]
fn on_a_roster_only_its_names_join() {
    let room = Room::with(|config| {
        config.roster = Some(vec!["Ada Lovelace".to_owned(), "Alan Turing".to_owned()]);
    });
    let door = |name: &str| {
        let mut hello = Hello::new(Role::Student);
        hello.door_name = Some(name.to_owned());
        room.client(&hello)
    };
    let ada = door("ada lovelace").unwrap();
    assert_eq!(ada.welcome.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(door("Grace").unwrap_err().0, ByeReason::BadName);
    assert_eq!(door("ADA LOVELACE").unwrap_err().0, ByeReason::BadName);
}

#[test]
fn in_a_shared_account_a_word_brings_one_back() {
    // This account stands for one that several share; so its code is asked for where it is not the teacher's.
    let room = Room::with(|config| config.shared = vec![nn_tutor::hub::own_uid()]);
    let hello = |name: Option<&str>, word: Option<&str>| {
        let mut hello = Hello::new(Role::Student);
        hello.name = name.map(str::to_owned);
        hello.word = word.map(str::to_owned);
        hello
    };
    let refused = |it: &Hello| room.client(it).unwrap_err().0;
    assert_eq!(refused(&hello(None, None)), ByeReason::NameNeeded);
    let mut teacher = room.teacher();
    teacher.send(&options(&["red", "blue"], 0));
    let mut ada = room.client(&hello(Some("Ada"), None)).unwrap();
    ada.class(|view| view.question.is_some());
    ada.answer(1, 1, "a");
    let word = ada.welcome.word.clone().unwrap();
    // Under a name that is known one is asked for the word; who is somebody else takes another name.
    let (reason, why) = room.client(&hello(Some("ada"), None)).unwrap_err();
    assert_eq!(reason, ByeReason::WrongWord);
    assert!(why.contains("type your word"), "{why}");
    let second = room.client(&hello(Some("Ada L"), None)).unwrap();
    assert_eq!(second.welcome.name.as_deref(), Some("Ada L"));
    let typed = word.to_uppercase().replace('-', " ");
    let mut back = room.client(&hello(Some("Ada"), Some(&typed))).unwrap();
    assert_eq!(back.welcome.member, ada.welcome.member);
    assert_eq!(
        back.own(|own| !own.answers.is_empty()).answers[0].typed,
        "a"
    );
    assert_eq!(ada.bye(), ByeReason::OtherLine);
    let wrong = hello(Some("Ada"), Some("tomi-raku-besa"));
    for _ in 0..50 {
        assert_eq!(refused(&wrong), ByeReason::WrongWord);
    }
    let again = room.client(&hello(Some("Ada"), Some(&word))).unwrap();
    let is_ada = again.welcome.member == ada.welcome.member;
    assert!(is_ada, "nobody keeps her from her own word");
}

#[test]
fn the_class_ends_for_all() {
    let room = Room::open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    teacher.send(&ToHub::End);
    assert_eq!(ada.bye(), ByeReason::Ended);
    assert_eq!(teacher.bye(), ByeReason::Ended);
    assert!(room.has_ended());
}

#[test]
fn a_hub_needs_a_proper_name() {
    let lesson = Library::embedded().open_name("xor").unwrap();
    for name in ["", "../xor", "a b", "x/y", &"x".repeat(41)] {
        let mut config = config(Path::new("/nowhere"), lesson.clone());
        config.name = name.to_owned();
        assert!(nn_tutor::hub::Hub::open(config).is_err(), "{name}");
    }
}

/// Whether a goal is reached the hub finds out, whatever a client sends and however often; nobody tries where the class is not.
#[test]
fn a_goal_is_reached_by_what_the_hub_works_out() {
    let gates = Library::embedded().open_name("gates").unwrap();
    let trace = Arc::new(Trace::compile(Arc::new(gates.clone())).unwrap());
    let goals = (0..trace.len()).filter(|index| trace.goal(*index).is_some());
    let [first, later]: [usize; 2] = goals.take(2).collect::<Vec<_>>().try_into().unwrap();
    let tried = |index: usize, value: &str| {
        let mut session = Session::new(Arc::clone(&trace));
        session.go_to(index);
        session.change_named("W(0)[0,1]", value);
        session.edit_now();
        let edits = session.changes().iter().map(|it| it.edit.clone());
        ToHub::Try {
            step: step(index + 1),
            edits: edits.collect(),
        }
    };
    let room = Room::with(|config| config.lessons = vec![(LESSON.to_owned(), gates.clone())]);
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    ada.send(&tried(first, "-0.5"));
    assert!(ada.refused("try").contains("not there yet"));
    teacher.send(&go_to(first + 1));
    teacher.send(&ToHub::Free {
        until: Some(first + 1),
    });
    ada.class(|view| view.limit == Some(first + 1));
    ada.send(&tried(later, "-0.5"));
    assert!(ada.refused("try").contains("not there yet"));
    teacher.send(&tried(first, "-0.5"));
    assert!(teacher.refused("try").contains("students"));
    ada.send(&ToHub::Look(Place {
        step: Some(step(first + 1)),
        follows: false,
    }));
    // What cannot be made is no matter of time.
    let other = serde_json::to_string(&tried(first, "0.5")).unwrap();
    let other = other.replace("W(0)[0,1]", "W(7)[0,1]");
    ada.send(&serde_json::from_str(&other).unwrap());
    let why = ada.refused("try");
    assert!(
        why.contains("cannot be made") && !why.contains("in time"),
        "{why}"
    );
    ada.send(&tried(first, "0.5"));
    let row = teacher.row(|row| row.work.is_some());
    let work = row.work.unwrap();
    assert_eq!((work.outcome, work.tries), (Outcome::Wrong, 1));
    for _ in 0..3 {
        ada.send(&tried(first, "-0.5"));
    }
    let is_right = |work: &RowAnswer| work.outcome == Outcome::Right;
    let row = teacher.row(|row| row.work.as_ref().is_some_and(is_right));
    assert_eq!(
        row.work.unwrap().tries,
        2,
        "once it is reached, no more counts"
    );
    // What follows changes nothing any more.
    ada.send(&tried(first, "0.5"));
    ada.send(&ToHub::Hand { up: true });
    let row = teacher.row(|row| row.hand.is_some());
    assert!(row.work.as_ref().is_some_and(is_right));
    // At a step that asks for no numbers nothing is reached.
    let ToHub::Try { edits, .. } = tried(first, "-0.5") else {
        unreachable!();
    };
    ada.send(&ToHub::Try {
        step: step(1),
        edits,
    });
    assert!(ada.refused("try").contains("Nothing is to be reached"));
}

/// Returns what a student sends who makes a choice at the goal of a step.
fn chosen(trace: &Arc<Trace>, index: usize, (what, value): (&str, &str)) -> ToHub {
    let mut session = Session::new(Arc::clone(trace));
    session.go_to(index);
    session.change_named(what, value);
    session.edit_now();
    let edits = session.changes().iter().map(|it| it.edit.clone());
    let edits: Vec<_> = edits.collect();
    let labels = session.choices().into_iter().map(|row| row.label);
    assert!(!edits.is_empty(), "{:?}", labels.collect::<Vec<_>>());
    ToHub::Try {
        step: step(index + 1),
        edits,
    }
}

/// What is reached by a training the hub trains; where that takes too long, the student is told that it does not count.
#[test]
fn a_goal_behind_a_training_is_trained_or_given_up() {
    let open = |patience: Duration, epochs: &str| {
        let xor = Library::embedded().open_name("xor").unwrap();
        let mut source = (*xor.source).clone();
        source.text = source.text.replace("epochs: 1000", epochs);
        let xor = Lesson::parse(source).unwrap();
        let trace = Arc::new(Trace::compile(Arc::new(xor.clone())).unwrap());
        let mut goals = (0..trace.len()).filter(|index| {
            let goal = trace.goal(*index);
            goal.is_some_and(|goal| goal.after_training)
        });
        let index = goals.next().unwrap();
        let room = Room::with(|config| {
            config.lessons = vec![(LESSON.to_owned(), xor.clone())];
            config.limits.goal = patience;
            config.limits.answers = (1_000, 1_000);
        });
        let mut teacher = room.teacher();
        let ada = room.student("Ada");
        teacher.send(&go_to(index + 1));
        teacher.send(&ToHub::Free {
            until: Some(index + 1),
        });
        (room, trace, index, teacher, ada)
    };
    let patient = Duration::from_secs(60);
    let (_room, trace, index, mut teacher, mut ada) = open(patient, "epochs: 1000");
    ada.class(|view| view.limit == Some(index + 1));
    ada.send(&ToHub::Look(Place {
        step: Some(step(index + 1)),
        follows: false,
    }));
    ada.send(&chosen(&trace, index, ("seed", "2")));
    let is_right = |work: &RowAnswer| work.outcome == Outcome::Right;
    teacher.row(|row| row.work.as_ref().is_some_and(is_right));

    let (_room, trace, index, _teacher, mut ada) = open(Duration::ZERO, "epochs: 50000");
    ada.class(|view| view.limit == Some(index + 1));
    // The hub looks now and then: some of these trainings are not over then.
    let slow = chosen(&trace, index, ("rho", "0.001"));
    let slow = serde_json::to_string(&slow).unwrap();
    for number in 100..200 {
        let slow = slow.replace("0.001", &format!("0.001{number}"));
        ada.send(&serde_json::from_str(&slow).unwrap());
        std::thread::sleep(Duration::from_millis(20));
    }
    let why = ada.refused("try");
    assert!(why.contains("could not work out in time"), "{why}");
}
