//! What the lab says of runs, samples and changes.

use nn_tutor::session::Command;

use super::{PLAIN, lab, press, rendered, transcript};

/// Samples that were changed by hand are said to be, beside the number that there are.
#[test]
fn choices_say_that_samples_were_changed_by_hand() {
    let mut plain = transcript("neuron", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    said("");
    assert!(said("choices").starts_with("1. data set: and\n2. samples: 4\n"));
    said("place 0.44 0.6 class 1");
    let changed = said("choices");
    let expected = "1. * data set: and, changed by hand\n2. * samples: 5\n";
    assert!(changed.starts_with(expected), "{changed}");
    said("choose 2 9");
    let drawn = said("choices");
    assert!(
        drawn.starts_with("1. data set: and\n2. * samples: 9\n"),
        "{drawn}"
    );
    said("undo");
    assert!(said("choices").starts_with(expected));
    // The file of the run has samples of its own.
    let text = plain.lab().run().lesson_text().unwrap();
    let source = nn_tutor::lesson::Source {
        name: "mine.yaml".into(),
        text,
    };
    let lesson = nn_tutor::lesson::Lesson::parse(source).unwrap();
    let run = nn_tutor::trace::Run::of_lesson(&lesson, 0).unwrap();
    let lab = nn_tutor::session::Lab::new(run).unwrap();
    let rows = lab.picture().choices();
    assert_eq!(rows[0].shown(), "its own samples");
    assert!(rows.iter().all(|row| row.label != "samples"));
}

/// As of settings, nothing is left of what was moved there and back, or placed and deleted, at one update.
#[test]
fn a_sample_that_is_moved_there_and_back_is_no_change() {
    for at in [0, 7] {
        let mut plain = transcript("neuron", false);
        let mut said = |line: &str| {
            plain.take_in(line);
            plain.take_output()
        };
        said(&format!("go {at}"));
        let none = "Nothing has been changed.\n";
        let first = said("samples");
        for lines in [
            &["move 1 0.5 0.5", "move 1 0 0"][..],
            &["move 1 0.5 0.5", "move 1 0.7 0.5", "move 1 0 0"],
            &["turn 2", "turn 2"],
            &["place 0.4 0.6 class 1", "delete 5"],
            &[
                "place 0.4 0.6 class 1",
                "turn 5",
                "move 5 0.2 0.2",
                "delete 5",
            ],
            &[
                "move 1 0.5 0.5",
                "place 0.4 0.6 class 1",
                "move 1 0 0",
                "delete 5",
            ],
        ] {
            for line in lines {
                said(line);
            }
            assert_eq!(said("show changes"), none, "{lines:?}");
            assert_eq!(said("samples"), first, "{lines:?}");
        }
        // What was done between stays, and what has another number by now is another sample.
        said("move 3 0.5 0.5");
        said("set rho 2");
        said("move 3 1 0");
        assert_eq!(said("show changes"), format!("from update {at} on: ρ 2\n"));
        said("move 3 0.5 0.5");
        said("delete 1");
        said("move 3 1 0");
        assert_eq!(said("show changes").lines().count(), 4);
    }
}

/// Losses of different ages are compared, so each is said with its age, and the curve of the oldest is on the axis.
#[test]
fn each_run_says_after_how_many_epochs_its_loss_is() {
    let mut lab = lab("neuron");
    lab.go_to(179);
    lab.arrive();
    press(&mut lab, "kr]]");
    lab.go_to(25);
    lab.arrive();
    for size in [(80, 24), (120, 40)] {
        let shown = rendered(&lab, PLAIN, size);
        for said in [
            "J 0.142 after 44 epochs",
            "J 0.226 after 6 epochs",
            "all right: epoch 5",
            "all right: epoch 6",
            "179 updates",
        ] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
    }
    let mut plain = transcript("neuron", false);
    for line in ["go 179", "keep", "again", "set rho 2", "go 25", "show runs"] {
        plain.take_output();
        plain.take_in(line);
    }
    let runs = plain.take_output();
    assert!(
        runs.contains("run 1, ρ 0.5: after 44 epochs loss 0.142, all right after 5 epochs"),
        "{runs}"
    );
}

/// What goes with a change that is taken back is said.
#[test]
fn taking_back_says_how_far_it_leads_back() {
    let mut lab = lab("neuron");
    lab.go_to(9);
    lab.arrive();
    press(&mut lab, "]");
    lab.go_to(20);
    lab.arrive();
    lab.apply(Command::TakeBack);
    let said = lab.message().unwrap().to_owned();
    assert_eq!(said, "Taken back: ρ 1, from update 20 back to 9.");
    press(&mut lab, "]u");
    assert_eq!(lab.message(), Some("Taken back: ρ 1, at update 9."));
}

/// What the tasks of lessons ask for is seen, also once something is changed.
#[test]
fn the_keys_that_tasks_ask_for_are_seen_on_a_small_screen() {
    for (name, keys) in [
        ("neuron", ""),
        ("neuron", "]"),
        ("xor", ""),
        ("xor", "]"),
        ("moons", "]"),
    ] {
        let mut lab = lab(name);
        press(&mut lab, keys);
        lab.apply(Command::Digit(0));
        let shown = rendered(&lab, PLAIN, (80, 24));
        let starts = (name != "neuron").then_some("S starts");
        let undo = (!keys.is_empty()).then_some("u undo");
        // Beside the starts and a change there is one key too many.
        let save = (name == "neuron" || keys.is_empty()).then_some("w save");
        let all = [
            "k keep",
            "r again",
            "[ ] rate",
            "d data",
            "c choices",
            "L map",
            "o open",
        ];
        for said in all.into_iter().chain(starts).chain(undo).chain(save) {
            assert!(shown.contains(said), "{name} {keys}: {said}: {shown}");
        }
    }
}
