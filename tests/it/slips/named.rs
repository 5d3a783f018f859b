//! Slips that are found, and answers in which none is, one question at a time.

use nn_tutor::algebra::{Decimals, Quantity};
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::slip::{How, by_hand, find, say, work};
use nn_tutor::tutor::{Level, Outcome, Question, Slip, practice, question, question_at_level};

use super::answers::{asked, found, step_of, text};
use super::networks::{batch, grounded, network, with_techniques};

#[test]
fn two_slips_that_give_the_same_number_are_both_named() {
    let trace = batch();
    let question = asked(&trace, "loss", "J");
    let found = found(&trace, &question, "0.227");
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [Slip::MeanOverOutputs, Slip::Halved]);
    assert_eq!(
        say(&found).text(Decimals::default()),
        "You have 0.227: either that is J divided by the 2 outputs; divide by the samples alone, not by the outputs too. Or that is the mean of ½(ŷ − y)²; there is no ½ in this loss."
    );
    let verdict = question.grade(&trace, "0.227").unwrap();
    assert_eq!((verdict.outcome, verdict.slips), (Outcome::Wrong, slips));
}

/// Where ŷ − y is 1, an answer without ψ is not also one with ŷ − y for ψ.
#[test]
fn a_factor_of_1_is_no_second_guess() {
    let lesson = Library::embedded().open("backprop").unwrap();
    let trace = Trace::compile(lesson.into()).unwrap();
    let is_it = |question: &Question| {
        let verdict = question.grade(&trace, "2 1 -3");
        verdict.is_ok_and(|verdict| verdict.slips.contains(&Slip::SlopeForgotten))
    };
    let mut questions = (0..trace.len()).filter_map(|index| question(&trace, index));
    let asked = questions.find(is_it).unwrap();
    let verdict = asked.grade(&trace, "2 1 -3").unwrap();
    assert_eq!(verdict.slips, [Slip::SlopeForgotten]);
    let said = verdict.feedback[0].text(Decimals::default());
    assert!(!said.contains("either"), "{said}");
}

/// 0.382 is what ŷ − y for ψ leads to, and by chance also W for Wᵀ.
#[test]
fn of_several_causes_none_is_told_as_the_fact() {
    let lesson = Library::embedded().open("grounded").unwrap();
    let exercise = practice::exercise(&lesson, 51094, 0).unwrap();
    let trace = Trace::compile(exercise.into()).unwrap();
    let question = at_level(&trace, "prediction", "x(2)", Level::Pass);
    let verdict = question.grade(&trace, "0.382").unwrap();
    assert!(verdict.slips.contains(&Slip::ErrorForSlope));
    assert!(verdict.slips.contains(&Slip::NotTransposed));
    let said = verdict.feedback[0].text(Decimals::default());
    assert!(
        said.starts_with("You have 0.382: either that comes of taking")
            && said.contains(" Or that comes of taking"),
        "{said}"
    );
}

/// Returns a lesson of the grounded example with questions.
pub(crate) fn asking(questions: &str) -> Trace {
    network(
        "[{units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]",
        &format!(
            "loss: neg-log-loss\nlearning_rate: 1\ndata: [{{x: [0, 1], y: [1]}}]\nscript:\n{questions}"
        ),
    )
}

/// Returns the first question of a lesson.
pub(crate) fn first_question(trace: &Trace) -> Question {
    (0..trace.len())
        .find_map(|index| question(trace, index))
        .unwrap()
}

#[test]
fn an_authors_question_gets_the_same_words() {
    for (asks, answer, slip, words) in [
        (
            "  - walk: {sample: 1, questions: {delta(1): {number: 'delta(1)[1]'}}}",
            "−0.244",
            Slip::SlopeForgotten,
            "You have −0.244: that is W⁽¹⁾δ⁽²⁾; ψ is still missing.",
        ),
        (
            "  - walk: {sample: 1, questions: {x(1): {number: 'x(1)[1]'}}}",
            "0.711",
            Slip::OtherEntry,
            "You have 0.711: that is x₂⁽¹⁾; x₁⁽¹⁾ is asked for.",
        ),
        (
            "  - walk: {sample: 1, questions: {grad(0): {number: 'grad(0)[1,2]'}}}",
            "-0.060",
            Slip::RowColumnSwapped,
            "You have −0.060: that is ∂J/∂w₂,₁⁽⁰⁾; the first index is that of the row, the second that of the column.",
        ),
        // A question before a walk is worked from the beginning of that walk.
        (
            "  - ask: What will the prediction be?\n    number: y_hat\n  - walk: {sample: 1, until: feedforward}",
            "0.473",
            Slip::ActivationForgotten,
            "You have 0.473: that comes of taking z⁽¹⁾ for x⁽¹⁾; φ is still missing.",
        ),
        // A question after a walk is worked in the last step alone.
        (
            "  - walk: {sample: 1, until: feedforward}\n  - ask: What was it?\n    number: y_hat",
            "0.04601",
            Slip::ActivationForgotten,
            "You have 0.04601: that is z⁽²⁾; φ is still missing.",
        ),
    ] {
        let trace = asking(asks);
        let question = first_question(&trace);
        let found = found(&trace, &question, answer);
        assert_eq!(found.len(), 1, "{answer}");
        assert_eq!((found[0].slip, text(&found[0]).as_str()), (slip, words));
    }
}

/// Returns the question of a level at the last step of a kind.
fn at_level(trace: &Trace, kind: &str, symbol: &str, level: Level) -> Question {
    question_at_level(trace, step_of(trace, kind, symbol), level).unwrap()
}

#[test]
fn a_slip_is_carried_forward_through_a_phase_and_a_pass() {
    let trace = grounded();
    for (kind, symbol, level, answer, slips, words) in [
        // Left out everywhere, or in one place.
        (
            "activation",
            "x(2)",
            Level::Phase,
            "0.570",
            &[Slip::BiasForgotten][..],
            "You have 0.570: that comes of taking z⁽¹⁾ without the bias weights for z⁽¹⁾; each counts in full, for x₀ = 1.",
        ),
        (
            "activation",
            "x(2)",
            Level::Phase,
            "0.586",
            &[Slip::BiasForgotten],
            "You have 0.586: that comes of taking z⁽²⁾ without the bias weights for z⁽²⁾; each counts in full, for x₀ = 1.",
        ),
        (
            "activation",
            "x(2)",
            Level::Phase,
            "-0.110",
            &[Slip::ActivationForgotten],
            "You have −0.110: that comes of taking z⁽¹⁾ for x⁽¹⁾; φ is still missing.",
        ),
        (
            "activation",
            "x(2)",
            Level::Phase,
            "0.473",
            &[Slip::ActivationForgotten],
            "You have 0.473: that comes of taking z⁽¹⁾ for x⁽¹⁾; φ is still missing.",
        ),
        (
            "error",
            "delta(1)",
            Level::Phase,
            "0.0605 0.0100",
            &[Slip::ErrorTurned],
            "You have 0.0605 and 0.0100: that comes of taking y − ŷ for δ⁽²⁾; the prediction comes first: ŷ − y.",
        ),
        (
            "error",
            "delta(1)",
            Level::Phase,
            "-0.2442 -0.0488",
            &[Slip::SlopeForgotten],
            "You have −0.2442 and −0.0488: that is W⁽¹⁾δ⁽²⁾; ψ is still missing.",
        ),
        // y − ŷ and a step uphill cannot be told apart.
        (
            "update",
            "W(1)",
            Level::Pass,
            "-0.7885 0.2314 -0.2473",
            &[Slip::Ascent, Slip::ErrorTurned],
            "You have −0.7885, 0.2314 and −0.2473: either that is W⁽¹⁾ + ρ ∇⁽¹⁾; the step goes downhill: minus. Or that comes of taking y − ŷ for δ⁽²⁾; the prediction comes first: ŷ − y.",
        ),
    ] {
        let question = at_level(&trace, kind, symbol, level);
        let found = found(&trace, &question, answer);
        let slips_found: Vec<Slip> = found.iter().map(|found| found.slip).collect();
        assert_eq!(slips_found, slips, "{answer}");
        assert_eq!(say(&found).text(Decimals::default()), words);
    }
}

#[test]
fn what_cannot_happen_is_not_worked() {
    let trace = grounded();
    let with = |kind, symbol, slip| {
        let index = step_of(&trace, kind, symbol);
        let symbol = trace.step(index).symbol().unwrap();
        work(&trace, index, index, symbol, How::With(slip))
    };
    // One sample, one output, no placeholder yet, no shapes that fit.
    assert_eq!(with("loss", "J", Slip::SumForMean), None);
    assert_eq!(with("loss", "J", Slip::MeanOverOutputs), None);
    assert_eq!(with("gradient", "grad(1)", Slip::MeanTwice), None);
    assert_eq!(
        with("pull-back", "W(1)delta(2)", Slip::BiasNotDropped),
        None
    );
    assert_eq!(with("pull-back", "W(1)delta(2)", Slip::NotTransposed), None);
    assert_eq!(with("error", "delta(1)", Slip::SlopeTwice), None);
    assert_eq!(with("loss", "J", Slip::SlopeForgotten), None);
    // Slips of reading are not worked at all.
    assert_eq!(with("gradient", "grad(0)", Slip::RowColumnSwapped), None);
    // With ρ = 1 there is no rate to be forgotten.
    let update = step_of(&trace, "update", "W(1)");
    let symbol = trace.step(update).symbol().unwrap();
    let forgotten = work(
        &trace,
        update,
        update,
        symbol,
        How::With(Slip::RateForgotten),
    );
    assert_eq!(forgotten, trace.step(update).value());
    // Steps of two walks, or the wrong way round.
    let two = with_techniques();
    let all = two.len();
    assert_eq!(work(&two, 0, all - 1, Quantity::Loss, How::Exactly), None);
    assert_eq!(work(&trace, 3, 2, Quantity::Sum(1), How::Exactly), None);
    assert_eq!(work(&trace, 1, 1, Quantity::Loss, How::Exactly), None);
}

#[test]
fn a_wrong_number_that_no_slip_gives_is_put_down_to_none() {
    let trace = grounded();
    let question = asked(&trace, "error", "delta(1)");
    assert!(found(&trace, &question, "-0.111 -0.049").is_empty());
    // One decimal tells too little.
    assert!(found(&trace, &question, "-0.2 -0.0").is_empty());
    assert!(found(&trace, &question, "-0.060 -0.010").is_empty());
    // A cell that is not there.
    assert!(find(&trace, &question, &[], &[((9, 0), -0.244, 3)]).is_empty());
    assert!(find(&trace, &question, &[], &[]).is_empty());
}

#[test]
fn by_hand_is_with_three_decimals() {
    let trace = grounded();
    let question = asked(&trace, "error", "delta(1)");
    let ways = by_hand(&trace, &question, &[]);
    let worked = ways[0].value.clone();
    assert_eq!((ways[0].decimals, ways[0].own), (Some(3), false));
    // With the slope rounded too it would be nearer to the exact numbers.
    for (worked, expected) in worked.iter().zip([
        0.0,
        0.55 * (1.0 - 0.55) * -0.244,
        0.711 * (1.0 - 0.711) * -0.049,
    ]) {
        assert!((worked - expected).abs() < 1e-12, "{worked} for {expected}");
    }
    let step = step_of(&trace, "error", "delta(1)");
    assert_eq!(
        work(&trace, step, step, Quantity::Delta(1), How::Rounded(3)),
        Some(worked)
    );
}
