//! Properties of a class under any events, and what each may see of it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::session::LabPosition;
use crate::tutor::Outcome;

const NAMES: [&str; 6] = ["Ada Lovelace", "Grace", "Alan", "Emmy", "Kurt", "Sofja"];

fn position(step: usize) -> Position {
    Position {
        lesson: "xor".to_owned(),
        opened: Vec::new(),
        step,
        cursor: None,
        decimals: <_>::default(),
        panel: None,
        changes: Vec::new(),
        shown: Vec::new(),
        lab: None,
    }
}

/// A position in the lab that was opened at a step.
fn in_lab(step: usize, is_playing: bool) -> Position {
    Position {
        lab: Some(Box::new(LabPosition {
            run: <_>::default(),
            opened: None,
            is_playing,
        })),
        ..position(step)
    }
}

fn step(step: usize) -> StepRef {
    StepRef {
        lesson: "xor".to_owned(),
        step,
    }
}

fn join(id: u32, role: Role) -> Event {
    let name = NAMES[id as usize % NAMES.len()];
    let name = if id as usize >= NAMES.len() {
        format!("{name} {id}")
    } else {
        name.to_owned()
    };
    Event {
        at: 0,
        by: MemberId(id),
        act: Act::Join {
            name,
            role,
            key: Key::Account { uid: 1_000 + id },
            account: None,
        },
    }
}

fn event(at: u64, by: u32, act: Act) -> Event {
    Event {
        at,
        by: MemberId(by),
        act,
    }
}

/// A class with a teacher, who is the first, and some students.
fn class(students: u32) -> Class {
    let mut class = Class::new();
    class.apply(&join(0, Role::Teacher)).unwrap();
    for id in 1..=students {
        class.apply(&join(id, Role::Student)).unwrap();
    }
    class
}

fn asked(options: usize) -> Box<Asked> {
    Box::new(Asked {
        step: None,
        cell: None,
        kind: AskedKind::Options,
        form: "a letter".to_owned(),
        text: vec!["Which one?".to_owned()],
        options: (0..options).map(|i| format!("option {i}")).collect(),
        right: vec![0],
        answer: vec!["It is the first.".to_owned()],
        number: None,
    })
}

fn verdict(outcome: Outcome, chosen: &[usize], slip: Option<&str>) -> Verdict {
    let slips = slip.map(|slip| SlipFound {
        slip: slip.to_owned(),
        text: format!("text of {slip}"),
    });
    Verdict {
        outcome,
        chosen: chosen.to_vec(),
        slips: slips.into_iter().collect(),
        feedback: vec!["said of it".to_owned()],
    }
}

fn answer(question: u32, round: usize, number: usize, chosen: usize) -> Act {
    let outcome = if chosen == 0 {
        Outcome::Right
    } else {
        Outcome::Wrong
    };
    let slip = (chosen > 0).then_some("slope-forgotten");
    Act::Answer {
        question: QuestionId(question),
        round,
        number,
        typed: format!("secret{chosen}"),
        verdict: verdict(outcome, &[chosen], slip),
    }
}

/// What is compared with those who are here does not count those who have gone, and a follower's work is where the class is.
#[test]
fn who_has_gone_is_not_counted_with_those_who_are_here() {
    let mut class = class(2);
    for id in [1, 2] {
        class.apply(&event(1, id, Act::Come)).unwrap();
    }
    class
        .apply(&event(2, 0, Act::Free { until: None }))
        .unwrap();
    class
        .apply(&event(3, 0, Act::Ask { question: asked(2) }))
        .unwrap();
    for act in [
        Act::Done { done: true },
        Act::Hand { up: true },
        answer(1, 1, 1, 0),
    ] {
        class.apply(&event(4, 1, act)).unwrap();
    }
    let counted = |class: &Class| {
        let counts = class.tally_members();
        [
            counts.joined,
            counts.here,
            counts.done,
            counts.hands,
            counts.answered,
        ]
    };
    assert_eq!(counted(&class), [2, 2, 1, 1, 1]);
    class.apply(&event(5, 1, Act::Leave)).unwrap();
    assert_eq!(counted(&class), [2, 1, 0, 0, 0]);
    class.apply(&event(6, 1, Act::Come)).unwrap();
    assert_eq!(counted(&class), [2, 2, 1, 1, 1]);
}

#[test]
fn a_vote_is_changed_until_it_is_closed() {
    let mut class = class(2);
    let mut act = |at, by, act| class.apply(&event(at, by, act));
    act(0, 0, Act::Ask { question: asked(3) }).unwrap();
    act(1, 1, answer(1, 1, 1, 2)).unwrap();
    act(2, 1, answer(1, 1, 2, 0)).unwrap();
    act(3, 2, answer(1, 1, 1, 1)).unwrap();
    // Sent once more after a reconnection.
    assert!(act(4, 2, answer(1, 1, 1, 1)).unwrap().is_nothing());
    assert_eq!(act(4, 2, answer(1, 1, 1, 0)), Err(Refusal::Stale));
    assert_eq!(act(4, 2, answer(1, 1, 3, 0)), Err(Refusal::Stale));
    assert_eq!(act(5, 0, answer(1, 1, 1, 1)), Err(Refusal::NotStudent));
    assert_eq!(act(5, 0, Act::Reveal), Err(Refusal::StillOpen));
    act(6, 0, Act::Close).unwrap();
    assert_eq!(act(7, 1, answer(1, 1, 3, 1)), Err(Refusal::Closed));
    assert!(act(7, 1, answer(1, 1, 2, 0)).unwrap().is_nothing());
    act(8, 0, Act::VoteAgain).unwrap();
    assert_eq!(act(9, 1, answer(1, 1, 3, 1)), Err(Refusal::OtherVote));
    act(9, 1, answer(1, 2, 1, 0)).unwrap();
    act(10, 0, Act::Close).unwrap();
    act(11, 0, Act::Reveal).unwrap();
    assert_eq!(act(12, 0, Act::VoteAgain), Err(Refusal::NoMoreVotes));

    let view = class.student_view(MemberId(1)).unwrap();
    let question = view.class.question.unwrap();
    assert_eq!(question.tallies.len(), 2);
    let first = question.tallies[0].whole.clone().unwrap();
    assert_eq!((first.answers, first.right, first.wrong), (2, 1, 1));
    assert_eq!(first.options, [1, 1, 0]);
    assert_eq!(first.slips[0].count, 1);
    assert_eq!(question.answer.unwrap(), ["It is the first."]);
    assert_eq!(view.own.answers.len(), 2);
    assert_eq!(view.own.answers[0].typed, "secret0");
    assert!(view.own.answers[0].result.is_some());
    let results = class.results();
    assert_eq!(results.columns.len(), 2);
    let cell = results.rows[0].cells[0].clone().unwrap();
    assert_eq!((cell.tries, cell.answer.as_str()), (2, "secret0"));
    assert!(results.rows[1].cells[1].is_none());
}

#[test]
fn an_answer_is_secret_until_it_is_shown() {
    let mut class = class(2);
    class
        .apply(&event(0, 0, Act::Ask { question: asked(3) }))
        .unwrap();
    class.apply(&event(1, 1, answer(1, 1, 1, 1))).unwrap();
    let shown = |class: &Class| {
        let view = class.student_view(MemberId(1)).unwrap();
        serde_json::to_string(&view).unwrap()
    };
    let open = shown(&class);
    for secret in ["first", "wrong", "slope", "said", "tall"] {
        assert!(!open.contains(secret), "{open}");
    }
    class.apply(&event(2, 0, Act::Close)).unwrap();
    let closed = shown(&class);
    assert!(closed.contains(r#""options":[0,1,0]"#), "{closed}");
    for secret in ["first", "wrong", "slope", "said"] {
        assert!(!closed.contains(secret), "{closed}");
    }
    class.apply(&event(3, 0, Act::Reveal)).unwrap();
    for told in ["It is the first.", "wrong", "slope", "said"] {
        assert!(shown(&class).contains(told), "{}", shown(&class));
    }
    let projected = serde_json::to_string(&class.projector_view()).unwrap();
    assert!(!projected.contains("secret"), "{projected}");
}

#[test]
fn nobody_works_ahead_of_the_class() {
    let mut class = class(1);
    let work = |number, at| {
        let act = Act::Work {
            step: step(at),
            number,
            typed: "1".to_owned(),
            verdict: verdict(Outcome::Right, &[], None),
        };
        event(0, 1, act)
    };
    assert_eq!(class.apply(&work(1, 1)), Err(Refusal::NotFreed));
    let go = |at| {
        event(
            0,
            0,
            Act::Move {
                position: position(at),
            },
        )
    };
    class.apply(&go(5)).unwrap();
    class.apply(&go(2)).unwrap();
    class.apply(&work(1, 5)).unwrap();
    assert_eq!(class.apply(&work(1, 6)), Err(Refusal::NotFreed));
    class
        .apply(&event(0, 0, Act::Free { until: Some(9) }))
        .unwrap();
    class.apply(&work(1, 9)).unwrap();
    assert_eq!(class.apply(&work(1, 10)), Err(Refusal::NotFreed));
    assert_eq!(class.view().limit, Some(9));
    class.apply(&event(0, 0, Act::Gather)).unwrap();
    assert_eq!(class.view().limit, Some(5));
    assert_eq!(class.own_work(MemberId(1)).len(), 2);
}

#[test]
fn a_student_drives_only_while_driving() {
    let mut class = class(2);
    let go = |by, at| {
        event(
            0,
            by,
            Act::Move {
                position: position(at),
            },
        )
    };
    assert_eq!(class.apply(&go(1, 3)), Err(Refusal::NotDriving));
    let hand_over = |to| event(0, 0, Act::HandOver { to });
    class.apply(&hand_over(Some(MemberId(1)))).unwrap();
    class.apply(&go(1, 3)).unwrap();
    assert_eq!(class.apply(&go(2, 4)), Err(Refusal::NotDriving));
    assert_eq!(class.view().driver, Driver::Student);
    assert!(class.own_view(MemberId(1)).unwrap().drives);
    let remove = Act::Remove {
        member: MemberId(1),
    };
    class.apply(&event(0, 0, remove)).unwrap();
    assert_eq!(class.apply(&go(1, 4)), Err(Refusal::Removed));
    assert_eq!(class.view().driver, Driver::Teacher);
    class.apply(&go(0, 4)).unwrap();
}

/// A run plays as long as whoever has begun it leads the class, and not after a replay.
#[test]
fn a_run_is_paused_where_nobody_plays_it() {
    let plays = |class: &Class| class.position().unwrap().lab.as_ref().unwrap().is_playing;
    let lead = |class: &mut Class, by| {
        let position = in_lab(3, true);
        class.apply(&event(0, by, Act::Move { position })).unwrap();
        assert!(plays(class));
    };
    let hand_over = |to: Option<u32>| Act::HandOver {
        to: to.map(MemberId),
    };
    let member = MemberId(1);
    let mut class = class(2);
    lead(&mut class, 0);
    assert!(!plays(&class.at_rest()));
    class.apply(&event(0, 0, hand_over(Some(1)))).unwrap();
    for ends in [Act::Pause, hand_over(None), Act::Remove { member }] {
        let by = u32::from(ends == Act::Pause);
        class.apply(&event(0, 0, hand_over(Some(1)))).unwrap();
        lead(&mut class, 1);
        assert!(class.apply(&event(0, by, ends)).unwrap().class);
        assert!(!plays(&class));
    }
    let position = in_lab(3, true);
    let kept = [join(0, Role::Teacher), event(0, 0, Act::Move { position })];
    assert!(!plays(&Class::replay(&kept)));
}

fn any_act() -> impl Strategy<Value = Act> {
    let member = 0_u32..8;
    let own = prop_oneof![
        Just(Act::Come),
        Just(Act::Leave),
        Just(Act::Pause),
        (1_usize..40, any::<bool>()).prop_map(|(at, follows)| Act::Look(Place {
            step: Some(step(at)),
            follows,
        })),
        (0_u32..6, 0_usize..4, 0_usize..4, 0_usize..5)
            .prop_map(|(question, round, number, chosen)| answer(question, round, number, chosen)),
        (1_usize..40, 0_usize..4).prop_map(|(at, number)| Act::Work {
            step: step(at),
            number,
            typed: format!("secret{number}"),
            verdict: verdict(Outcome::Wrong, &[], Some("ascent")),
        }),
        (any::<bool>(), 1_usize..40, 0_usize..5).prop_map(|(asked, at, shown)| Act::Hint {
            step: asked.then(|| step(at)),
            shown,
        }),
        any::<bool>().prop_map(|up| Act::Hand { up }),
        any::<bool>().prop_map(|done| Act::Done { done }),
        (1_usize..40).prop_map(|at| Act::Move {
            position: position(at)
        }),
        (1_usize..40, any::<bool>()).prop_map(|(at, plays)| Act::Move {
            position: in_lab(at, plays)
        }),
    ];
    let teachers = prop_oneof![
        prop::option::of(1_usize..60).prop_map(|until| Act::Free { until }),
        Just(Act::Gather),
        prop::option::of(member.clone()).prop_map(|to| Act::HandOver {
            to: to.map(MemberId)
        }),
        (0_usize..5).prop_map(|options| Act::Ask {
            question: asked(options)
        }),
        Just(Act::Close),
        Just(Act::Reveal),
        Just(Act::VoteAgain),
        Just(Act::PutAway),
        any::<bool>().prop_map(|locked| Act::Lock { locked }),
        (member.clone(), 0_usize..9).prop_map(|(member, name)| Act::Rename {
            member: MemberId(member),
            name: NAMES
                .get(name)
                .map_or_else(String::new, |name| (*name).to_owned()),
        }),
        member.clone().prop_map(|member| Act::Remove {
            member: MemberId(member)
        }),
        member.clone().prop_map(|member| Act::Restore {
            member: MemberId(member)
        }),
        prop::option::of(member).prop_map(|member| Act::LowerHand {
            member: member.map(MemberId)
        }),
    ];
    prop_oneof![4 => own, 3 => teachers, 1 => Just(Act::End)]
}

fn any_event() -> impl Strategy<Value = Event> {
    let role = prop_oneof![
        Just(Role::Teacher),
        Just(Role::Student),
        Just(Role::Projector)
    ];
    prop_oneof![
        1 => (0_u32..9, role).prop_map(|(id, role)| join(id, role)),
        8 => (any::<u64>(), 0_u32..8, any_act()).prop_map(|(at, by, act)| event(at, by, act)),
    ]
}

/// Returns the tallies of a class, with the answers that they are of.
fn check(class: &Class) {
    let students: Vec<&Member> = class.members().filter(|member| member.counts()).collect();
    for question in class.questions() {
        assert!((1..=2).contains(&question.round()));
        let tallies = question.tallies(|id| class.member(id).is_some_and(Member::counts));
        for (round, tally) in (1..).zip(&tallies) {
            let given = students
                .iter()
                .filter_map(|member| question.given(member.id, round));
            assert_eq!(tally.answers, given.clone().count());
            assert_eq!(tally.right + tally.partly + tally.wrong, tally.answers);
            let chosen = given
                .flat_map(|given| &given.verdict.chosen)
                .filter(|chosen| **chosen < question.asked.options.len())
                .count();
            assert_eq!(tally.options.iter().sum::<usize>(), chosen);
            let slips: usize = tally.slips.iter().map(|slip| slip.count).sum();
            assert_eq!(slips, tally.wrong);
        }
    }
    let names: Vec<&str> = class.members().map(|member| &*member.name).collect();
    for member in class.members() {
        let view = class.student_view(member.id).unwrap();
        let view = serde_json::to_string(&view).unwrap();
        let others = names.iter().filter(|name| **name != member.name);
        // A name may be part of one's own.
        for other in others.filter(|other| !member.name.contains(**other)) {
            assert!(!view.contains(&format!("\"{other}\"")), "{other}: {view}");
        }
        assert!(view.len() < 4_000, "{view}");
    }
    let projected = serde_json::to_string(&class.projector_view()).unwrap();
    assert!(
        names
            .iter()
            .all(|name| !projected.contains(&format!("\"{name}\"")))
    );
    assert!(!projected.contains("secret"));
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len(), "two have one name");
    if let Some(driver) = class.driver() {
        assert!(class.member(driver).unwrap().counts());
    }
    let results = class.results();
    assert_eq!(results.rows.len(), students.len());
    for row in &results.rows {
        assert_eq!(row.cells.len(), results.columns.len());
    }
}

proptest! {
    #[test]
    fn any_events_keep_a_class_whole(events in vec(any_event(), 0..80)) {
        let mut class = class(4);
        for event in &events {
            let before = class.clone();
            match class.apply(event) {
                Err(_) => prop_assert_eq!(&before, &class, "a refusal has changed something"),
                Ok(touched) if touched.is_nothing() => {
                    prop_assert_eq!(before.at_rest(), class.at_rest());
                }
                Ok(_) => {}
            }
        }
        check(&class);
    }

    #[test]
    fn a_replayed_journal_gives_the_same_class(events in vec(any_event(), 0..80)) {
        let mut class = Class::new();
        let mut journal = String::new();
        for event in &events {
            let is_new = class.apply(event).is_ok_and(|touched| !touched.is_nothing());
            if is_new && !event.act.is_passing() {
                journal.push_str(&serde_json::to_string(event).unwrap());
                journal.push('\n');
            }
        }
        let kept: Vec<Event> = journal
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        prop_assert_eq!(Class::replay(&kept).at_rest(), class.at_rest());
    }
}
