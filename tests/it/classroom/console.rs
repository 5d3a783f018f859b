//! What a teacher is told of a class, and what is said to all of it.

use nn_tutor::class::Role;
use nn_tutor::hub::Hello;
use nn_tutor::tutor;

use super::seats::{LESSONS, Room};
use super::{ADA, BOB, T, ask, asked, before_slip, lead, lead_on, trace};

/// Returns the row of a student in the console; empty where there is none.
fn row(room: &Room, name: &str) -> String {
    let screen = room.screen(T);
    let mut rows = screen.lines().filter(|line| line.contains(" · "));
    let row = rows.find(|line| line.contains(name));
    row.unwrap_or_default().to_owned()
}

/// While a question is on the screens, the names tell nothing but the answers to it.
#[test]
fn names_show_no_other_answer_as_the_vote() {
    let mut room = Room::open(&["Ada", "Bob"]);
    let (step, _, wrong) = asked();
    lead(&mut room, step);
    room.press(ADA, &format!("{wrong}⏎"));
    room.press(T, "Tn");
    room.until("her answer at the step", |room| {
        row(room, "Ada").contains('✗')
    });
    ask(&mut room, "oWhat is z? = 0.5⏎");
    room.sees(BOB, "What is z?");
    room.press(BOB, "0.5⏎");
    room.sees(T, "1 of 2 have answered");
    assert!(!row(&room, "Ada").contains('✗'), "{}", row(&room, "Ada"));
    room.press(T, "c");
    room.until("his vote", |room| row(room, "Bob").contains("✓ 0.5"));
    assert!(!row(&room, "Ada").contains('✗'), "{}", row(&room, "Ada"));
    room.press(T, "p");
    room.until("the answer at the step again", |room| {
        row(room, "Ada").contains('✗')
    });
}

/// A mark between the parts of a row is none, and what is not complete is said in words.
#[test]
fn an_answer_without_a_grade_has_no_mark_in_its_row() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    let long = "that one neuron has one line and that never parts these four, however it is turned";
    ask(&mut room, "TnoWhy?⏎");
    room.sees(ADA, "Why?");
    room.press(ADA, &format!("{long}⏎"));
    room.sees(ADA, "Taken: ");
    room.press(T, "c");
    room.sees(T, "· answer: that one neuron");
    // All of it can be read.
    let words: Vec<String> = room
        .screen(T)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert!(words.join(" ").contains(long), "{}", room.screen(T));
}

/// Who is let go up to a step is told at that step who decides on it.
#[test]
fn the_end_of_what_is_free_is_said_to_be_the_teachers() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(T, "T8f");
    room.sees(ADA, "on your own until step 8");
    room.press(ADA, ":8⏎→");
    room.sees(ADA, "The teacher lets you go until step 8.");
    room.stands(ADA, 8);
}

/// A question of one's own says in which form its answer counts.
#[test]
fn a_question_of_ones_own_says_its_form() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    room.press(T, "To");
    room.sees(T, "rounded to the decimals");
    for (typed, form) in [
        ("What is z? = 0.5", "(a number, rounded to 1 decimal)"),
        ("What is z? = 0.25", "(a number, rounded to 2 decimals)"),
        ("How many? = 3", "(a number, rounded to a whole one)"),
        ("Which?;*W;z", "(a letter)"),
        ("Which ones?;*W;*z;x", "(letters)"),
        ("Which do you like?;W;z", "(a letter, or several)"),
    ] {
        room.press(T, &format!("☓{typed}⏎"));
        room.sees(ADA, form);
        room.press(T, "po");
    }
}

/// Where nobody has answered, nothing is counted.
#[test]
fn nobody_has_answered_is_said_so() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    ask(&mut room, "ToWhat is z? = 0.5⏎");
    room.sees(ADA, "What is z?");
    room.press(T, "c");
    room.sees(T, "Nobody has answered.");
    room.press(T, "r");
    room.sees(ADA, "Nobody has answered.");
    for seat in [T, ADA] {
        let screen = room.screen(seat);
        assert!(!screen.contains("0 of 0"), "{screen}");
    }
}

/// Who was content with the first vote has answered, and is told so.
#[test]
fn an_answer_of_the_first_vote_is_not_forgotten_in_the_second() {
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, 5);
    ask(&mut room, "ToWhat is z? = 0.5⏎");
    room.sees(ADA, "What is z?");
    room.press(ADA, "0.5⏎");
    room.sees(ADA, "Taken: 0.5.");
    room.press(T, "cv");
    room.sees(ADA, "In vote 1 you have answered 0.5.");
    room.press(T, "c");
    room.sees(
        ADA,
        "In vote 1 you have answered 0.5, in this one you have not.",
    );
    let screen = room.screen(ADA);
    assert!(!screen.contains("You have not answered"), "{screen}");
}

/// A locked class is seen to be one wherever its teacher looks.
#[test]
fn a_lock_is_seen_in_the_line_about_the_class() {
    let mut room = Room::open(&["Ada"]);
    room.press(T, "Tl");
    room.sees(T, "nobody new comes in until you press l again");
    room.press(T, "n");
    room.until("the lock", |room| room.line(T).contains("locked"));
    room.press(T, "⎋");
    assert!(room.line(T).contains("locked"), "{}", room.line(T));
    room.press(T, "Tl");
    room.until("the end of it", |room| !room.line(T).contains("locked"));
}

/// Whoever drives is said to, and the others that somebody does.
#[test]
fn all_are_told_that_a_student_drives() {
    let mut room = Room::open(&["Ada", "Bob"]);
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "d");
    room.until("that she drives", |room| {
        row(room, "Ada").contains("Ada · drives")
    });
    assert!(
        !row(&room, "Ada").contains("follows"),
        "{}",
        row(&room, "Ada")
    );
    room.sees(BOB, "a student drives");
    assert!(!room.screen(BOB).contains("Ada"), "{}", room.screen(BOB));
    room.sees(ADA, "you drive");
    assert!(!room.line(ADA).contains("a student"), "{}", room.line(ADA));
}

/// The keys of the console lead to all of its keys, also from a step where words are typed.
#[test]
fn the_keys_of_the_console_lead_to_the_help() {
    let mut room = Room::open(&["Ada"]);
    let (step, ..) = asked();
    for step in [5, step] {
        lead(&mut room, step);
        room.press(T, "T");
        room.sees(T, "? keys");
        room.press(T, "?");
        room.sees(T, "Teaching it (T)");
        room.press(T, "⎋");
        room.sees(T, "Students type: ");
        room.press(T, "⎋");
    }
    room.press(T, "T");
    room.sees(T, "40f until step 40");
}

/// To a question of the next step the class goes: it is about what is seen there. For a number of the next step it stays.
#[test]
fn a_question_of_the_next_step_is_asked_there() {
    let (own, ..) = asked();
    let (before, _) = before_slip();
    assert!(tutor::question(&trace(), own - 2).is_none());
    let mut room = Room::open(&["Ada"]);
    lead(&mut room, own - 1);
    room.press(T, "T");
    room.sees(
        T,
        &format!("a goes to step {own} with the class and asks its question."),
    );
    room.press(T, "a");
    room.sees(ADA, "A question to the class");
    room.stands(ADA, own);
    room.stands(T, own);
    room.press(T, "p⎋");
    lead(&mut room, before);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    room.stands(ADA, before);
}

/// What stands under a tally is said to be slips.
#[test]
fn slips_have_a_heading() {
    let mut room = Room::open(&["Ada"]);
    let (step, typed) = before_slip();
    lead(&mut room, step);
    ask(&mut room, "Ta");
    room.sees(ADA, "A question to the class");
    room.press(ADA, &format!("{typed}⏎"));
    room.sees(ADA, "Taken: ");
    room.press(T, "cr");
    for seat in [T, ADA] {
        room.sees(seat, "Slips behind wrong answers:");
        room.sees(seat, "1 × ");
    }
}

/// Nobody gets a name that another one has, nor one with a number behind it that nobody has typed.
#[test]
fn a_name_that_is_taken_is_refused() {
    let mut room = Room::open(&["Ada", "Bob"]);
    room.press(T, "Tn");
    room.sees(T, "▸ Ada");
    room.press(T, "N");
    room.sees(T, "Another name for Ada:");
    room.press(T, "Bob⏎");
    room.sees(T, "Somebody else is called Bob, or nearly so.");
    assert!(!room.screen(T).contains("Bob 2"), "{}", room.screen(T));
    // The letters of one's own name may become others.
    // The letters of one's own name may become others.
    room.press(T, "Nada⏎");
    room.sees(T, "▸ ada");
}

/// Nobody types at the projector, and a question stands there once.
#[test]
fn the_projector_shows_a_question_once_and_no_field() {
    let (own, ..) = asked();
    let mut room = Room::open(&["Ada"]);
    let projector = room.come(Hello::new(Role::Projector));
    lead(&mut room, own);
    let question = tutor::question(&trace(), own - 1).unwrap();
    let form = question.kind.form();
    let begin: String = question.text[0]
        .text(nn_tutor::algebra::Decimals::default())
        .chars()
        .take(20)
        .collect();
    let count = |room: &mut Room| {
        let screen = room.screen_at(projector, (120, 40));
        assert!(!screen.contains('›') && !screen.contains(&form), "{screen}");
        screen.matches(&begin).count()
    };
    room.until("the answers of the step", |room| {
        room.step(projector) == own
    });
    assert_eq!(count(&mut room), 1);
    ask(&mut room, "Ta");
    room.sees(projector, "A question to the class");
    // In large print it has no letters.
    assert!(count(&mut room) <= 1);
    let screen = room.screen(ADA);
    assert!(screen.contains('›'), "{screen}");
}

/// What is right, and why, is told to nobody while a question of the lesson is answered, at any size.
#[test]
fn no_screen_tells_why_before_the_answer_is_shown() {
    let trace = trace();
    let mut questions = (0..trace.len()).filter_map(|index| {
        let because = tutor::question(&trace, index)?.because;
        let because = because
            .first()?
            .text(nn_tutor::algebra::Decimals::default());
        let begin: String = because.chars().take(24).collect();
        (begin.len() > 12).then_some((index + 1, begin))
    });
    let (step, begin) = questions.next().unwrap();
    let mut room = Room::open(&["Ada"]);
    let projector = room.come(Hello::new(Role::Projector));
    lead(&mut room, step);
    room.until("the projector at the step", |room| {
        room.step(projector) == step
    });
    let untold = |room: &mut Room| {
        for seat in [ADA, projector] {
            for size in [(80, 24), (100, 30), (120, 40), (200, 60)] {
                let screen = room.screen_at(seat, size);
                assert!(!screen.contains(&begin), "{begin}: {screen}");
            }
        }
    };
    untold(&mut room);
    ask(&mut room, "Ta");
    room.sees(projector, "A question to the class");
    untold(&mut room);
    room.press(T, "c");
    room.sees(projector, "closed");
    untold(&mut room);
}

/// With names and two votes all students are in sight.
#[test]
fn names_leave_the_votes_in_short() {
    let mut room = Room::open(&["Ada", "Bob", "Cleo", "Dan"]);
    lead(&mut room, 5);
    ask(
        &mut room,
        "TnoWhich of these is the larger one?;the first of both;*the second of both;neither of them⏎",
    );
    for (begun, vote) in [
        ("Nobody sees who answers", "cv"),
        ("In vote 1 you have", "c"),
    ] {
        for seat in [ADA, BOB] {
            room.sees(seat, begun);
            room.press(seat, "b⏎");
            room.sees(seat, "Taken: b.");
        }
        room.press(T, vote);
        room.pump();
    }
    room.sees(T, "Vote 2: a 0, b 2, c 0: 2 of 2 answers right.");
    room.sees(T, "Vote 1: a 0, b 2, c 0: 2 of 2 answers right.");
    for name in ["Ada", "Bob", "Cleo", "Dan"] {
        assert!(!row(&room, name).is_empty(), "{}", room.screen(T));
    }
    assert!(!room.screen(T).contains("more line"), "{}", room.screen(T));
    // Without the names there is room for all of it.
    room.press(T, "n");
    room.sees(T, "the second of both");
}

/// Who leaves has solved a task, or has changes to lose; only of these is a word said.
#[test]
fn a_solved_task_is_no_change_to_be_warned_of() {
    let lesson = nn_tutor::lesson::Library::embedded()
        .open_name(LESSONS[1])
        .unwrap();
    let trace = nn_tutor::trace::Trace::compile(std::sync::Arc::new(lesson)).unwrap();
    let goal = (0..trace.len()).find(|index| trace.goal(*index).is_some());
    let goal = goal.unwrap() + 1;
    let mut room = Room::open(&["Ada", "Bob"]);
    lead_on(&mut room);
    lead(&mut room, goal);
    room.press(T, "Tf");
    for seat in [ADA, BOB] {
        room.sees(seat, "on your own");
    }
    room.press(ADA, "⇥→→");
    for (number, typed, told) in [
        ("w₀,₁⁽¹⁾ = ", "6", "→ 6"),
        ("w₁,₁⁽¹⁾ = ", "-12", "→ −12"),
        ("w₂,₁⁽¹⁾ = ", "13", "You have done it"),
    ] {
        // Until the change before is worked out, the cursor may stay.
        while !room.screen(ADA).contains(number) {
            room.press(ADA, "↓");
            std::thread::sleep(std::time::Duration::from_millis(100));
            room.pump();
        }
        room.press(ADA, &format!("={typed}⏎"));
        room.sees(ADA, told);
    }
    room.press(ADA, "⎋q");
    assert_eq!(room.seats[ADA].app.farewell(), Vec::<String>::new());
    room.press(BOB, "⇥→→=9⏎");
    room.sees(BOB, "→ 9");
    room.press(BOB, "⎋q");
    let said = room.seats[BOB].app.farewell().join(" ");
    assert!(
        said.contains("are not kept") && !said.contains("w writes"),
        "{said}"
    );
}
