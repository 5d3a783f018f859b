//! What is said of the usual wrong answers to questions of the lessons.

use nn_tutor::trace::Decimals;
use nn_tutor::tutor::{Outcome, question};

use crate::shipped;

/// What is said of an answer to the question at a step, counted from 1 as on the screen.
fn said(lesson: &str, step: usize, answer: &str) -> (Vec<&'static str>, String) {
    let trace = shipped(lesson);
    let question = question(&trace, step - 1).unwrap_or_else(|| panic!("{lesson} {step}"));
    let verdict = question.judge(&trace, answer).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{lesson} {step} {answer}");
    let lines: Vec<String> = verdict
        .feedback
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    let slips = verdict.slips.iter().map(|slip| slip.name()).collect();
    (slips, lines.join("\n"))
}

#[test]
fn dump() {
    for (lesson, step, answer) in [
        ("network", 6, ".881"),
        ("network", 18, ".732"),
        ("grounded", 3, ".711"),
        ("grounded", 21, ".597"),
        ("chain-rule", 7, ".883"),
        ("chain-rule", 32, "-.185"),
        ("chain-rule", 32, ".0925"),
        ("backprop", 52, ".035"),
        ("chain-rule", 18, "-.88"),
        ("neuron", 28, ".455"),
        ("neuron", 28, ".545"),
        ("neuron", 28, "-.455"),
        ("loss", 13, ".018"),
        ("loss", 5, ".982"),
        ("loss", 5, "-.982"),
        ("free-fall", 7, "4.064"),
        ("free-fall", 7, "-4.064"),
        ("early-stop", 2, "600"),
        ("early-stop", 2, "12000"),
        ("early-stop", 2, "5"),
        ("softmax", 9, ".09,.24,.67"),
        ("vanishing", 60, "-.031"),
        ("loss", 28, "-.031"),
        ("loss", 28, ".125"),
        ("loss", 28, "-.5"),
        ("batch", 7, "0"),
        ("gates", 10, ".5 1.5 .5 -.5"),
        ("gates", 10, "1 1 1 0"),
        ("gates", 19, "-0.5"),
    ] {
        println!(
            "{lesson} {step} {answer}: {:?}",
            std::panic::catch_unwind(|| said(lesson, step, answer)).ok()
        );
    }
}
