//! A hub that is killed and comes back, and one whose journal cannot be written.

use std::fs;

use nn_tutor::class::{Class, ClassView, QuestionPhase, Role};
use nn_tutor::hub::{Hello, LineError, OpenClass, ToHub, journal, own_uid};

use super::process::Process;
use super::room::{self, Client, PATIENCE, Room, at, go, go_to_lab, options, student};

#[test]
fn a_hub_that_comes_back_goes_on() {
    let below = tempfile::tempdir().unwrap();
    let path = below.path().join("state/classes/class.jsonl");
    let open = || Room::below(below.path(), |config| config.journal = Some(path.clone()));
    let room = open();
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    teacher.send(&go(7));
    teacher.send(&options(&["red", "blue"], 0));
    ada.class(|view| view.question.is_some());
    ada.answer(1, 1, "b");
    drop(room);
    assert_eq!(ada.bye(), nn_tutor::hub::ByeReason::HubEnds);
    assert!(ada.is_broken());

    let room = open();
    let mut back = room.student("Ada");
    assert_eq!(back.welcome.member, ada.welcome.member);
    let view = back.class(|_| true);
    assert_eq!(at(&view), Some(7));
    assert_eq!(view.question.unwrap().phase, QuestionPhase::Open);
    // What was sent already, and not known to have arrived.
    back.answer(1, 1, "b");
    back.answer(1, 2, "a");
    let mut teacher = room.teacher();
    let view = teacher.overview(|view| view.counts.answered == 1);
    assert_eq!(view.counts.joined, 1);
    assert_eq!(view.tallies[0].options, [1, 0]);
    teacher.send(&ToHub::End);
    assert!(room.has_ended());

    // A class that has ended is not gone on with, and its results stay.
    let room = open();
    assert_eq!(room.teacher().overview(|_| true).counts.joined, 0);
    let kept = journal::read(&path.with_file_name("class-1.jsonl"), "class").unwrap();
    let results = Class::replay(&kept.events).results();
    assert_eq!(results.rows[0].name, "Ada");
    assert_eq!(results.rows[0].cells[0].as_ref().unwrap().tries, 2);
}

/// A run that plays in the lab is paused once the line of whoever plays it has ended, or the hub has: also where the same
/// teacher has another line.
#[test]
fn a_run_is_paused_once_whoever_plays_it_is_gone() {
    let below = tempfile::tempdir().unwrap();
    let path = below.path().join("state/class.jsonl");
    let open = || Room::below(below.path(), |config| config.journal = Some(path.clone()));
    let plays = |view: &ClassView| {
        let lab = view.position.as_ref().and_then(|at| at.lab.as_ref());
        lab.map(|lab| lab.is_playing)
    };
    let room = open();
    let mut elsewhere = room.teacher();
    let mut ada = room.student("Ada");
    let mut teacher = room.teacher();
    teacher.send(&go_to_lab(true));
    ada.class(|view| plays(view) == Some(true));
    // Who only looks on does not end it.
    drop(room.teacher());
    let mut bob = room.student("Bob");
    assert_eq!(plays(&bob.class(|_| true)), Some(true));
    drop(teacher);
    ada.class(|view| plays(view) == Some(false));
    elsewhere.overview(|view| plays(&view.class) == Some(false));
    elsewhere.send(&go_to_lab(true));
    ada.class(|view| plays(view) == Some(true));
    drop(room);
    let room = open();
    assert_eq!(plays(&room.student("Ada").class(|_| true)), Some(false));
}

#[test]
fn the_class_goes_on_without_its_journal_and_the_teacher_is_told() {
    let below = tempfile::tempdir().unwrap();
    let place = below.path().join("state");
    // Nothing can be written below a file, not even by root.
    fs::write(&place, "").unwrap();
    let path = place.join("class.jsonl");
    let room = Room::below(below.path(), |config| config.journal = Some(path.clone()));
    let mut teacher = room.teacher();
    let mut ada = room.student("Ada");
    let view = teacher.overview(|view| view.trouble.is_some());
    assert!(view.trouble.unwrap().contains("not on the disk"));
    teacher.send(&options(&["red", "blue"], 0));
    ada.class(|view| view.question.is_some());
    ada.answer(1, 1, "a");
    fs::remove_file(&place).unwrap();
    ada.answer(1, 2, "b");
    teacher.overview(|view| view.trouble.is_none() && view.counts.answered == 1);
    let kept = journal::read(&path, "class").unwrap();
    let class = Class::replay(&kept.events);
    assert_eq!(
        class.questions()[0]
            .given(ada.welcome.member.unwrap(), 1)
            .unwrap()
            .tries,
        2
    );
}

/// A student who answers, whatever becomes of the hub.
struct Answering {
    name: String,
    client: Client,
    /// The number of the last answer that was sent, and of the last one that was confirmed.
    sent: usize,
    confirmed: usize,
}

impl Answering {
    /// Takes what has come, and returns whether the hub is still there.
    fn look(&mut self, question: u32) -> bool {
        loop {
            match self.client.line.receive() {
                Ok(Some(nn_tutor::hub::FromHub::Own(own))) => {
                    let mut answers = own.answers.iter();
                    let own = answers.find(|answer| answer.question.0 == question);
                    let tries = own.map_or(0, |answer| answer.tries);
                    assert!(tries <= self.sent, "an answer was doubled");
                    assert!(tries >= self.confirmed, "an answer was lost");
                    self.confirmed = tries;
                }
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(LineError::Gone) => return false,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn send(&mut self, question: u32) {
        let message = room::answer(question, self.sent, &self.typed());
        // The hub may be gone.
        let _ = self.client.line.send(&message);
    }

    fn typed(&self) -> String {
        ["a", "b"][self.sent % 2].to_owned()
    }
}

#[test]
fn no_answer_is_lost_or_doubled_when_the_hub_is_killed() {
    const KILLS: usize = 60;
    let below = tempfile::tempdir().unwrap();
    let class = OpenClass::named("class", own_uid(), below.path()).unwrap();
    let mut hub = Process::hub(below.path(), None, 0);
    let come = |name: &str| Client::come(&class, &student(name)).unwrap();
    let mut students: Vec<Answering> = ["Ada", "Alan", "Grace", "Emmy"]
        .map(|name| Answering {
            name: name.to_owned(),
            client: come(name),
            sent: 0,
            confirmed: 0,
        })
        .into();
    let mut question = 0;
    // How many answers there were, and of how many the hub was killed before they were confirmed.
    let (mut all, mut open) = (0, 0);
    // The same numbers in every run.
    let mut random = 12_345_u32;
    for kill in 0..KILLS {
        if kill % 6 == 0 {
            let mut teacher = Client::come(&class, &Hello::new(Role::Teacher)).unwrap();
            teacher.send(&options(&["red", "blue"], 0));
            question += 1;
            for student in &mut students {
                student.client.class(|view| {
                    let asked = view.question.as_ref();
                    asked.is_some_and(|asked| asked.id.0 == question)
                });
                all += student.sent;
                (student.sent, student.confirmed) = (0, 0);
            }
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for step in 0..random >> 28 {
            for (number, student) in students.iter_mut().enumerate() {
                student.look(question);
                // Some wait for what they have sent, others go on.
                let waits = (number + kill) % 2 == 0;
                if !waits || student.confirmed == student.sent {
                    student.sent += usize::from(student.confirmed == student.sent);
                    student.send(question);
                }
                if step % 3 == 2 && waits && student.confirmed < student.sent {
                    let sent = student.sent;
                    student
                        .client
                        .own(|own| own.answers.iter().any(|it| it.tries == sent));
                    student.confirmed = sent;
                }
            }
        }
        hub.kill();
        for student in &mut students {
            while student.look(question) {
                assert!(
                    student
                        .client
                        .line
                        .wait(PATIENCE)
                        .is_ok_and(|it| it.is_some())
                        || !student.look(question)
                );
            }
        }
        hub = Process::hub(below.path(), None, 0);
        for student in &mut students {
            student.client = come(&student.name);
            open += usize::from(student.confirmed < student.sent);
            if student.sent > 0 {
                student.send(question);
                let (sent, confirmed) = (student.sent, student.confirmed);
                let own = student.client.own(|own| {
                    let tries = own.answers.first().map_or(0, |answer| answer.tries);
                    assert!((confirmed..=sent).contains(&tries), "{tries} of {sent}");
                    tries == sent
                });
                student.confirmed = sent;
                assert_eq!(own.answers[0].typed, student.typed());
            }
        }
    }
    assert!(
        all > 200 && open > 20,
        "{all} answers, {open} not confirmed"
    );
    hub.kill();
    let kept = journal::read(&below.path().join("class.jsonl"), "class").unwrap();
    assert_eq!(kept.unreadable, 0);
    let class = Class::replay(&kept.events);
    let last = class.questions().last().unwrap();
    for student in &students {
        let member = student.client.welcome.member.unwrap();
        assert_eq!(class.member(member).unwrap().name, student.name);
        let tries = last.given(member, 1).map_or(0, |given| given.tries);
        assert_eq!(tries, student.sent);
    }
}
