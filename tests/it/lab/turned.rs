//! Choices and numbers of the lab that are turned, turned back, and set by their names.

use nn_tutor::lesson::{Lesson, Source};
use nn_tutor::session::{ChooseWhat, Lab};
use nn_tutor::trace::Run;

use super::{lab, transcript};

/// What was turned and is turned back where it was turned is no change, nor is anything left of what came along.
#[test]
fn a_choice_that_is_turned_there_and_back_is_no_change() {
    const TURNS: [[ChooseWhat<'static>; 2]; 2] = [
        [ChooseWhat::Next, ChooseWhat::Before],
        [ChooseWhat::Before, ChooseWhat::Next],
    ];
    let (mut turned, mut along) = (0, 0);
    for (name, at, how_far) in [
        ("moons", 0, &[2][..]),
        ("xor", 7, &[1, 3]),
        ("batch-norm", 3, &[1]),
        ("optimizers", 0, &[1]),
    ] {
        let mut fresh = lab(name);
        fresh.go_to(at);
        fresh.arrive();
        let rows = fresh.picture().choices();
        let numbers = |lab: &Lab| -> Vec<u64> {
            let step = lab.picture().step();
            let network = step.network();
            let all = (0..network.last())
                .flat_map(|l| network.weights(l).iter().copied().collect::<Vec<_>>());
            all.chain([step.measure().loss]).map(f64::to_bits).collect()
        };
        let before = numbers(&fresh);
        for (row, choice) in rows.iter().enumerate() {
            for [there, back] in TURNS {
                for far in how_far {
                    let what = format!("{name}: {} {far} {there:?}", choice.label);
                    let mut lab = self::lab(name);
                    lab.go_to(at);
                    lab.arrive();
                    let value = |lab: &Lab| lab.picture().choices()[row].value.clone();
                    let mut count = 0;
                    for _ in 0..*far {
                        let was = value(&lab);
                        lab.choose(row, there);
                        let said = lab.message().unwrap_or_default();
                        along += usize::from(said.contains(" too, from update"));
                        count += usize::from(value(&lab) != was);
                    }
                    turned += count;
                    let labels = |lab: &Lab| -> Vec<String> {
                        let rows = lab.picture().choices().into_iter();
                        rows.map(|row| row.label).collect()
                    };
                    // With another data set or optimizer there are other rows, but none in front of it.
                    let label = labels(&lab)[row].clone();
                    assert_eq!(label, choice.label, "{what}");
                    for _ in 0..count {
                        lab.choose(row, back);
                    }
                    let marks = lab.run().marks().iter();
                    let marks: Vec<String> = marks.map(|mark| mark.change.words(&[])).collect();
                    let said = format!("{what}: {:?} {marks:?}", lab.message());
                    assert!(lab.picture().choices() == rows, "{said}");
                    assert!(marks.is_empty(), "{said}");
                    assert!(numbers(&lab) == before, "{said}");
                    let (now, was) = (lab.run().now(), fresh.run().now());
                    assert_eq!(now.training, was.training, "{said}");
                    assert_eq!(now.layers, was.layers, "{said}");
                    assert_eq!(now.start, was.start, "{said}");
                    assert!(now.data == was.data, "{said}");
                }
            }
        }
    }
    assert!(turned > 100 && along > 10, "{turned} {along}");
}

/// The same in whatever order choices are turned back, and one that is turned further is one change.
#[test]
fn choices_that_are_turned_back_in_another_order_are_no_changes() {
    const LABELS: [&str; 9] = [
        "scaling",
        "layer 1: units",
        "layer 1: activation",
        "output: activation",
        "loss",
        "learning rate ρ, from here on",
        "batch",
        "optimizer",
        "l2, from here on",
    ];
    let mut along = 0;
    for (name, at) in [("xor", 0), ("xor", 7)] {
        for one in LABELS {
            for other in LABELS.into_iter().filter(|other| *other != one) {
                let mut lab = lab(name);
                lab.go_to(at);
                lab.arrive();
                let rows = lab.picture().choices();
                let value = |lab: &Lab, label: &str| {
                    let rows = lab.picture().choices();
                    let row = rows.iter().position(|row| row.label == label).unwrap();
                    (row, rows[row].value.clone())
                };
                let turn = |lab: &mut Lab, label: &str, what: ChooseWhat<'_>| {
                    lab.choose(value(lab, label).0, what);
                };
                let marks = |lab: &Lab| -> Vec<String> {
                    let marks = lab.run().marks().iter();
                    marks.map(|mark| mark.change.words(&[])).collect()
                };
                let [first, second] = [one, other].map(|label| value(&lab, label).1);
                turn(&mut lab, one, ChooseWhat::Next);
                turn(&mut lab, other, ChooseWhat::Next);
                let what = format!("{name} {at}: {one}, {other}");
                if value(&lab, one).1 == first || value(&lab, other).1 == second {
                    // The second has taken the first along, or there is no other.
                    along += 1;
                    continue;
                }
                turn(&mut lab, one, ChooseWhat::Value(&first));
                let said = lab.message().unwrap_or_default().to_owned();
                let left = marks(&lab);
                if value(&lab, other).1 != second {
                    assert_eq!(left.len(), 1, "{what}: {left:?}");
                    assert!(
                        said.ends_with(" again.") || one.ends_with("from here on"),
                        "{what}: {said}"
                    );
                }
                turn(&mut lab, other, ChooseWhat::Value(&second));
                assert_eq!(marks(&lab), [""; 0], "{what}: {left:?}");
                assert!(lab.picture().choices() == rows, "{what}");
            }
        }
    }
    assert!(along < 100, "{along}");
    let mut plain = transcript("xor", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    for line in [
        "set loss absolute",
        "set optimizer adam",
        "set loss mean-squared",
    ] {
        said(line);
    }
    assert_eq!(
        said("show changes"),
        "from update 0 on: Adam, β₁ 0.9, β₂ 0.999\nfrom update 0 on: loss mean-squared\n"
    );
}

/// The same where another change lies between, and for numbers that are typed.
#[test]
fn what_is_turned_back_behind_another_change_leaves_that_alone() {
    let mut plain = transcript("xor", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    for line in ["set l2 0.0001", "set rho 3", "set W(0)[1,1] 2", "set l2 0"] {
        said(line);
    }
    assert_eq!(
        said("show changes"),
        "from update 0 on: ρ 3\nfrom update 0 on: w₁,₁⁽⁰⁾ 2.000\n"
    );
    said("undo");
    said("set ρ 0.5");
    assert_eq!(said("show changes"), "Nothing has been changed.\n");
}

/// A number that is in no row of numbers is passed wherever it lies between two of them.
#[test]
fn arrows_pass_through_the_number_of_the_lesson() {
    let text = "format: 1
title: Odd numbers
summary: Numbers that no row has.
network:
  inputs: 2
  layers: [{units: 7, activation: tanh, dropout: 0.25}, {units: 1, activation: logistic}]
  init: {scheme: xavier, seed: 1}
loss: neg-log-loss
dataset: {name: moons, samples: 33, noise: 0.17}
learning_rate: 0.3
batch: 9
l2: 0.0003
l1: 0.00003
optimizer: {momentum: 0.84}
";
    let source = Source {
        name: "odd.yaml".into(),
        text: text.into(),
    };
    let lesson = Lesson::parse(source).unwrap();
    let rows_of = |lab: &Lab| lab.picture().choices();
    let new = || Lab::new(Run::of_lesson(&lesson, 0).unwrap()).unwrap();
    let first = rows_of(&new());
    let mut odd = 0;
    for (at, row) in first.iter().enumerate() {
        if row.value.parse::<f64>().is_err() {
            continue;
        }
        for (there, back) in [
            (ChooseWhat::Next, ChooseWhat::Before),
            (ChooseWhat::Before, ChooseWhat::Next),
        ] {
            let mut lab = new();
            lab.choose(at, there);
            lab.choose(at, there);
            if rows_of(&lab)[at].value == row.value {
                continue;
            }
            // From one update to the next, it is the row alone that leads back.
            lab.go_to(1);
            let mut passed = Vec::new();
            for _ in 0..4 {
                lab.choose(at, back);
                passed.push(rows_of(&lab)[at].value.clone());
            }
            assert!(passed.contains(&row.value), "{}: {passed:?}", row.label);
            odd += 1;
        }
    }
    assert!(odd > 12, "{odd}");
}

#[test]
fn what_an_optimizer_keeps_and_gamma_and_beta_have_names() {
    let mut plain = transcript("batch-norm", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    said("");
    let refused = said("set mu 0.5").replace('\n', " ");
    assert!(
        refused.starts_with("What can be set is rho, alpha, alpha1, batch, W"),
        "{refused}"
    );
    for (optimizer, names) in [
        ("momentum", &["mu", "μ", "momentum"][..]),
        ("rmsprop", &["beta", "β", "decay"]),
        ("adam", &["beta1", "β₁", "beta2", "β₂"]),
    ] {
        assert!(said(&format!("set optimizer {optimizer}")).contains(optimizer));
        for (place, name) in names.iter().enumerate() {
            let told = said(&format!("set {name} 0.{}", place + 2));
            assert!(
                told.contains(&format!("→ 0.{}", place + 2)),
                "{name}: {told}"
            );
        }
        let what = said("set nothing 1");
        assert!(what.contains(names[0]), "{what}");
    }
    for name in [
        "γ(1)[1]",
        "gamma(1)[2]",
        "β(1)[1]",
        "beta(1)[2]",
        "S(1)[1,2]",
    ] {
        let told = said(&format!("set {name} 1.25"));
        assert!(told.contains(" 1.250"), "{name}: {told}");
    }
    assert_eq!(
        said("set gamma(9)[1] 1"),
        "This network has no gamma(9)[1].\n"
    );
    let changes = said("show changes");
    assert!(changes.contains("Adam, β₁ 0.3, β₂ 0.5"), "{changes}");
}

/// By whatever name, what is a choice counts and is worded the same.
#[test]
fn a_setting_is_one_change_by_each_of_its_names() {
    let told = |name: &str| {
        let mut plain = transcript("xor", false);
        plain.take_output();
        for value in ["0.03", "0.04"] {
            plain.take_in(&format!("set {name} {value}"));
        }
        plain.take_in("show changes");
        plain.take_in("undo");
        plain.take_in("show changes");
        plain.take_output()
    };
    for names in [&["rho", "ρ", "learning_rate"][..], &["alpha", "l2", "α"]] {
        let first = told(names[0]);
        assert!(first.ends_with("Nothing has been changed.\n"), "{first}");
        for name in &names[1..] {
            assert_eq!(told(name), first, "{name}");
        }
    }
}

#[test]
fn values_of_an_optimizer_stand_in_the_list_of_changes() {
    let mut plain = transcript("xor", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    for line in [
        "set optimizer momentum",
        "go 10",
        "set momentum 0.35",
        "go 20",
    ] {
        said(line);
    }
    for line in ["set optimizer rmsprop", "go 30", "set optimizer adam"] {
        said(line);
    }
    assert_eq!(
        said("show changes"),
        "from update 0 on: momentum, μ 0.9\nfrom update 10 on: momentum, μ 0.35\n\
         from update 20 on: RMSprop, β 0.99\nfrom update 30 on: Adam, β₁ 0.9, β₂ 0.999\n"
    );
}

/// Where classes are called by numbers, these are what they are called.
#[test]
fn classes_are_called_by_one_kind_of_number() {
    for (name, list) in [
        ("digits", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        ("iris", "1 (setosa), 2 (versicolor), 3 (virginica)"),
    ] {
        let mut plain = transcript(name, false);
        plain.take_output();
        plain.take_in("turn 2 class 10");
        let said = plain.take_output().replace('\n', " ");
        assert!(
            said.contains(&format!("\"10\" is no class: they are {list}.")),
            "{said}"
        );
    }
}

/// What was changed in a layer that is taken away again is not made in the output.
#[test]
fn a_layer_that_is_taken_away_leaves_the_output_alone() {
    for name in ["or", "moons"] {
        let mut lab = lab(name);
        let rows = lab.picture().choices();
        let choose = |lab: &mut Lab, label: &str, value: &str| {
            let rows = lab.picture().choices();
            let row = rows.iter().position(|row| row.label == label).unwrap();
            lab.choose(row, ChooseWhat::Value(value));
            assert_eq!(lab.picture().choices()[row].value, value, "{name} {label}");
        };
        let hidden = rows.iter().find(|row| row.label == "hidden layers");
        let hidden: usize = hidden.unwrap().value.parse().unwrap();
        choose(&mut lab, "hidden layers", &(hidden + 1).to_string());
        let units = format!("layer {}: units", hidden + 1);
        choose(&mut lab, &units, "2");
        choose(&mut lab, "hidden layers", &hidden.to_string());
        assert!(lab.picture().choices() == rows, "{name}");
        assert!(lab.run().marks().is_empty(), "{name}");
        let step = lab.picture().step();
        assert_eq!(step.network().outputs(), 1, "{name}");
    }
}
