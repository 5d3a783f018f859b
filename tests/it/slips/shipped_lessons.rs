//! The feedback on usual wrong answers to questions of the lessons.

use nn_tutor::algebra::{Decimals, Quantity};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::slip::{find, say};
use nn_tutor::tutor::{Level, Outcome, Question, Slip, question, question_at_level};

use super::answers::Shown;
use super::named::{asking, first_question};
use super::networks::network;
use super::shipped;

/// Checks that an answer is wrong, is explained by these slips, and gets this feedback.
fn shows(trace: &Trace, question: &Question, answer: &str, slips: &[Slip], words: &str) {
    let verdict = question.grade(trace, answer).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{answer}");
    let lines: Vec<String> = verdict
        .feedback
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    assert_eq!(lines.join("\n"), words);
    assert_eq!(verdict.slips, slips, "{answer}");
}

/// A lesson, an answer to one of its questions, the slips that explain it, and the feedback.
type Answered = (&'static str, &'static str, &'static [Slip], &'static str);

const ANSWERED: &[Answered] = &[
    (
        "network",
        ".378",
        &[Slip::ActivationTooEarly],
        "You have 0.378: that is φ(z⁽¹⁾); the sum itself is asked for, before φ.",
    ),
    (
        "network",
        ".732",
        &[Slip::ActivationTooEarly],
        "You have 0.732: that is φ(z⁽²⁾); the sum itself is asked for, before φ.",
    ),
    (
        "grounded",
        ".711",
        &[Slip::ActivationTooEarly],
        "You have 0.711: that is φ(z⁽¹⁾); the sum itself is asked for, before φ.",
    ),
    (
        "grounded",
        ".597",
        &[Slip::ActivationTooEarly],
        "You have 0.597: that is φ(z⁽²⁾); the sum itself is asked for, before φ.",
    ),
    (
        "chain-rule",
        ".883",
        &[Slip::ActivationTooEarly],
        "You have 0.883: that is φ(z⁽¹⁾); the sum itself is asked for, before φ.",
    ),
    (
        "chain-rule",
        "-.185",
        &[Slip::ErrorTurned],
        "You have −0.185: that is the error with y − ŷ; the prediction comes first: ŷ − y.",
    ),
    (
        "chain-rule",
        ".0925",
        &[Slip::Halved],
        "You have 0.0925: that is ψ(ŷ) ∘ (ŷ − y); the 2 of the square is still missing.",
    ),
    (
        "optimizers",
        "-10",
        &[Slip::InputForOne],
        "You have −10: that is δ⁽¹⁾ added up where x⁽⁰⁾ is not 0; each number of it is still to be multiplied by the input of the weight.",
    ),
    (
        "optimizers",
        "-20",
        &[Slip::KeptInFull],
        "You have −20: that is V⁽⁰⁾ + ∇⁽⁰⁾; of the old V⁽⁰⁾ only a share counts, μ = 0.8.",
    ),
    (
        "optimizers",
        "-80",
        &[Slip::NewForgotten],
        "You have −80: that is μ V⁽⁰⁾; what ∇⁽⁰⁾ adds is still missing.",
    ),
    (
        "optimizers",
        "101",
        &[Slip::SumForMean],
        "You have 101: that is the sum over the 2 samples; J is their mean, so divide by 2.",
    ),
    (
        "backprop",
        ".035",
        &[Slip::ErrorTurned],
        "You have 0.035: that is the error with y − ŷ; the prediction comes first: ŷ − y.",
    ),
    (
        "chain-rule",
        "-.88",
        &[Slip::ErrorTurned],
        "You have −0.88: that is y − ŷ; the prediction comes first: ŷ − y.",
    ),
    (
        "grounded",
        ".4885",
        &[Slip::DistanceForLoss],
        "You have 0.4885: that is 1 − ŷ, how far off the prediction is; the loss is −log ŷ.",
    ),
    (
        "grounded",
        ".5115",
        &[Slip::LogarithmForgotten],
        "You have 0.5115: that is ŷ; the loss is −log ŷ.",
    ),
    (
        "grounded",
        "-.4885",
        &[Slip::DifferenceForLoss],
        "You have −0.4885: that is ŷ − y; the loss is −log ŷ.",
    ),
    (
        "loss",
        ".0003",
        &[Slip::LogarithmForgotten, Slip::WrongSide],
        "You have 0.0003: either that is ŷ; the loss is −log ŷ. Or that is −y log(1 − ŷ) − (1 − y) log ŷ; log ŷ goes with y, and log(1 − ŷ) with 1 − y.",
    ),
    (
        "loss",
        ".982",
        &[Slip::DistanceForLoss],
        "You have 0.982: that is |ŷ − y|; the square is still missing.",
    ),
    (
        "loss",
        "-.982",
        &[Slip::SquareForgotten],
        "You have −0.982: that is ŷ − y; the square is still missing.",
    ),
    (
        "free-fall",
        "4.064",
        &[Slip::DistanceForLoss],
        "You have 4.064: that is |ŷ − y|; the square is still missing.",
    ),
    (
        "free-fall",
        "-4.064",
        &[Slip::SquareForgotten],
        "You have −4.064: that is ŷ − y; the square is still missing.",
    ),
    (
        "early-stop",
        "600",
        &[Slip::OneAnEpoch],
        "You have 600: that is one update for each epoch; there is one for each batch, and an epoch has several.",
    ),
    (
        "early-stop",
        "12000",
        &[Slip::OneASample],
        "You have 12000: that is one update for each sample that is shown; there is one for each batch of samples.",
    ),
    (
        "early-stop",
        "5",
        &[Slip::EpochAlone],
        "You have 5: these are the updates of one epoch; every epoch goes through all batches again.",
    ),
    (
        "softmax",
        ".09,.24,.67",
        &[Slip::TargetForgotten],
        "δ₁⁽¹⁾ is not right, the others are.\nYou have 0.09: that is ŷ; y is still to be taken off.",
    ),
    (
        "vanishing",
        "-.031",
        &[Slip::SkipForgotten],
        "You have −0.031: that is ψ ∘ W⁽²⁾δ⁽³⁾[1+]; e⁽²⁾ has what comes over the skip connection too.",
    ),
    (
        "loss",
        "-.031",
        &[Slip::SlopeTwice],
        "You have −0.031: that is ψ(ŷ) ∘ (ŷ − y)/4; no ψ is left in δ⁽¹⁾, for with logistic and neg-log-loss it cancels.",
    ),
    (
        "loss",
        ".125",
        &[Slip::ErrorTurned, Slip::TargetForgotten],
        "You have 0.125: either that is (y − ŷ)/4; the prediction comes first: ŷ − y. Or that is ŷ/4; y is still to be taken off.",
    ),
    (
        "loss",
        "-.5",
        &[Slip::SumForMean, Slip::SlopeForgotten],
        "You have −0.5: either that is ŷ − y; J is the mean of 4 samples, so divide by 4. Or that is ∂J/∂ŷ; ψ(ŷ) is still missing.",
    ),
    (
        "batch",
        "0",
        &[Slip::OtherEntry],
        "You have 0: that is ∂J/∂w₀,₁⁽⁰⁾; ∂J/∂w₁,₁⁽⁰⁾ is asked for.",
    ),
    (
        "grounded",
        "-.9",
        &[Slip::SignLost],
        "The size is right, the sign is not.",
    ),
];

/// Checks that answers to questions of the lessons are explained as is told here, wherever in its lesson each is asked.
pub(crate) fn of_the_lessons() -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut missing = Vec::new();
    for &(lesson, answer, slips, words) in ANSWERED {
        let trace = shipped(lesson);
        let mut told = (0..trace.len()).filter_map(|index| {
            let verdict = question(&trace, index)?.grade(&trace, answer).ok()?;
            let lines = verdict.feedback.iter();
            let lines: Vec<String> = lines.map(|line| line.text(Decimals::default())).collect();
            (verdict.outcome == Outcome::Wrong).then(|| (verdict.slips, lines.join("\n")))
        });
        if told.any(|(found, said)| found == slips && said == words) {
            shown.extend(slips.iter().map(|&slip| Shown(slip, words.to_owned())));
        } else {
            missing.push(format!("{lesson}: {answer}: {words}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    shown
}

/// Checks counts of connections. The network has two inputs, two units and one.
pub(crate) fn of_counts() -> Vec<Shown> {
    let trace = asking("  - ask: How many connections has it?\n    number: connections");
    let question = first_question(&trace);
    let units = "that counts units; each of them has a connection from every unit of the layer before, and one from its bias unit.";
    let layer = "that counts the connections into one layer alone; add up those of all layers.";
    let mut shown = Vec::new();
    for (answer, slips, words) in [
        ("6", &[Slip::BiasForgotten, Slip::LayerForgotten][..], format!("You have 6: either that leaves out the connections of the bias units; each layer but the last has one. Or {layer}")),
        ("8", &[Slip::BiasMiscounted], "You have 8: that counts one connection for each bias unit; it leads to every unit of the next layer.".to_owned()),
        ("12", &[Slip::BiasMiscounted], "You have 12: that lets connections lead into bias units; nothing leads into one, its output is always 1.".to_owned()),
        ("5", &[Slip::UnitsCounted], format!("You have 5: {units}")),
        ("7", &[Slip::UnitsCounted], format!("You have 7: {units}")),
        ("3", &[Slip::UnitsCounted, Slip::LayerForgotten], format!("You have 3: either {units} Or {layer}")),
        ("4", &[Slip::LayerForgotten], format!("You have 4: {layer}")),
    ] {
        shows(&trace, &question, answer, slips, &words);
        shown.extend(slips.iter().map(|&slip| Shown(slip, words.clone())));
    }
    shown
}

/// Checks the sums of a batch that are told in another order. The neuron is a NAND.
pub(crate) fn of_an_order() -> Vec<Shown> {
    let trace = network(
        "[{units: 1, activation: step}]",
        "[[[1.5], [-1], [-1]]]",
        "loss: mean-squared\ndata: [{x: [0, 0], y: [1]}, {x: [0, 1], y: [1]}, {x: [1, 0], y: [1]}, {x: [1, 1], y: [0]}]\nscript:\n  - walk: {samples: [1, 2, 3, 4], until: feedforward, questions: {z(1): {matrix: z(1)}}}",
    );
    let words = "z₁⁽¹⁾ of sample 1 and z₁⁽¹⁾ of sample 2 are not right, the others are.\nYou have 0.5 1.5 0.5 −0.5: these are the right numbers in another order; there is one for each sample, in the order of the columns.";
    let slips = [Slip::OtherEntry];
    shows(
        &trace,
        &first_question(&trace),
        ".5 1.5 .5 -.5",
        &slips,
        words,
    );
    vec![Shown(slips[0], words.to_owned())]
}

#[test]
fn a_slip_is_named_without_the_lead_where_the_answer_stands_beside_it() {
    let trace = shipped("grounded");
    let asks_sum = |index: &usize| trace.step(*index).symbol() == Some(Quantity::Sum(1));
    let mut sums = (0..trace.len()).filter(asks_sum);
    let question = sums.find_map(|index| question(&trace, index)).unwrap();
    let found = find(&trace, &question, &[], &[((0, 0), 0.711, 3)]);
    assert_eq!(
        found[0].bare().text(Decimals::default()),
        "That is φ(z⁽¹⁾); the sum itself is asked for, before φ."
    );
    assert!(
        say(&found)
            .text(Decimals::default())
            .starts_with("You have 0.711: that is")
    );
}

#[test]
fn an_output_that_many_samples_share_is_not_put_down_to_one_of_them() {
    let trace = shipped("gates");
    let is_nand = |&index: &usize| {
        let step = trace.step(index);
        let outputs = step.value().filter(|_| step.kind() == "activation");
        outputs.is_some_and(|outputs| outputs.iter().eq(&[1.0, 1.0, 1.0, 0.0]))
    };
    let index = (0..trace.len()).find(is_nand).unwrap();
    let question = question_at_level(&trace, index, Level::Value).unwrap();
    shows(&trace, &question, "1", &[], "Is its sum above 0?");
}
