//! Every slip, the answer that shows it, and what is said of it.

use nn_tutor::trace::{Decimals, Symbol, Trace};
use nn_tutor::tutor::slip::{Found, How, by_hand, find, say, work};
use nn_tutor::tutor::{Level, Outcome, Question, Slip, question, question_at_level};

use crate::{cells, compiled};

/// A lesson of one network with a batch of all its samples walked through once, or as `script` says.
fn network(layers: &str, weights: &str, rest: &str) -> Trace {
    let script = if rest.contains("script:") {
        ""
    } else {
        "script: [{walk: {}}]"
    };
    compiled(&format!(
        "format: 1\ntitle: Test\nsummary: A test.\nnetwork:\n  inputs: 2\n  layers: {layers}\n  weights: {weights}\n\
         batch: all\n{rest}\n{script}\n"
    ))
}

/// The network of the grounded example.
fn grounded() -> Trace {
    network(
        "[{units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0, 1], y: [1]}]",
    )
}

/// Three samples, two outputs, mean squared error.
fn batch() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2, -0.1], [0.7, 0.3], [-0.5, 0.9]]]",
        "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5, -0.2]}, {x: [0.5, 2], y: [-1, 0.8]}, {x: [-1.5, 0.5], y: [0.3, 0.1]}]",
    )
}

/// Two hidden layers: an error with a placeholder is pulled back.
fn deep() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.2, -0.1], [0.5, 0.3], [-0.4, 0.8]], [[0.1, 0.4], [-0.6, 0.7], [0.9, -0.2]], [[0.3], [1.1], [-0.8]]]",
        "loss: neg-log-loss\nlearning_rate: 0.5\ndata: [{x: [0.5, -1], y: [0]}]",
    )
}

/// One neuron with a penalty on its weights.
fn penalty() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\nl2: 0.05\ndata: [{x: [0.4, -0.2], y: [1]}]",
    )
}

/// One neuron whose error is taken apart.
fn factors() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0.4, -0.2], y: [1]}]\nscript: [{walk: {chain_rule: true}}]",
    )
}

/// Batch normalisation, dropout and a skip connection, walked through twice so that γ and β have been learned.
fn cured() -> Trace {
    network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 2, activation: tanh, dropout: 0.5}, {units: 2, activation: tanh, skip: true}, {units: 2, activation: tanh, skip: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.3, -0.2], [0.9, 0.4], [-0.7, 0.8]], [[0.2, 0.1], [0.5, -0.6], [0.4, 0.7]], [[0.3, -0.4], [-0.5, 0.6], [0.2, 0.8]], [[0.2], [0.7], [-0.6]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndropout_seed: 3\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]\nscript: [{walk: {}}, {walk: {}}]",
    )
}

/// The last step of a kind that makes a quantity.
fn step_of(trace: &Trace, kind: &str, symbol: &str) -> usize {
    (0..trace.len())
        .rev()
        .find(|&index| {
            let step = trace.step(index);
            step.kind() == kind && step.symbol().is_some_and(|s| s.key() == symbol)
        })
        .unwrap_or_else(|| panic!("no {kind} of {symbol}"))
}

/// All of what a step makes, asked for when the step before is known.
fn asked(trace: &Trace, kind: &str, symbol: &str) -> Question {
    let index = step_of(trace, kind, symbol);
    question_at_level(trace, index, Level::Vector).unwrap()
}

/// The numbers of an answer, cell by cell, with their decimals.
fn given(question: &Question, answer: &str) -> Vec<((usize, usize), f64, usize)> {
    let numbers: Vec<&str> = answer.split_whitespace().collect();
    assert_eq!(numbers.len(), cells(question).len(), "{answer}");
    let read = |number: &&str| {
        let decimals = number.split_once('.').map_or(0, |(_, d)| d.len());
        (number.replace('−', "-").parse::<f64>().unwrap(), decimals)
    };
    let numbers = numbers.iter().map(read);
    cells(question)
        .iter()
        .zip(numbers)
        .map(|(&cell, (number, decimals))| (cell, number, decimals))
        .collect()
}

fn found(trace: &Trace, question: &Question, answer: &str) -> Vec<Found> {
    find(trace, question, &given(question, answer))
}

fn text(found: &Found) -> String {
    found.words.text(Decimals::default())
}

/// A slip that was found, and what is said of it.
struct Shown(Slip, String);

/// A kind and a symbol, an answer, the slip that it shows, and what is said of it.
type Case = (&'static str, &'static str, &'static str, Slip, &'static str);

/// What is said is what was expected.
fn says(trace: &Trace, cases: &[Case]) -> Vec<Shown> {
    let says = |&(kind, symbol, answer, slip, words): &Case| {
        let shown = shows(trace, kind, symbol, answer, slip);
        assert_eq!(shown.1, words);
        shown
    };
    cases.iter().map(says).collect()
}

/// The answer shows this slip alone, and is not right.
fn shows(trace: &Trace, kind: &str, symbol: &str, answer: &str, slip: Slip) -> Shown {
    let question = asked(trace, kind, symbol);
    let found = found(trace, &question, answer);
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [slip], "{kind} {symbol} {answer}");
    let verdict = question.judge(trace, answer).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{kind} {symbol} {answer}");
    assert_eq!(verdict.slips, [slip], "{kind} {symbol} {answer}");
    Shown(slip, text(&found[0]))
}

/// The same with numbers that the test has worked out.
fn shows_worked(trace: &Trace, kind: &str, symbol: &str, numbers: &[f64], slip: Slip) -> Shown {
    let numbers: Vec<String> = numbers.iter().map(|n| format!("{n:.4}")).collect();
    shows(trace, kind, symbol, &numbers.join(" "), slip)
}

/// Those that the grounded example has room for.
fn of_the_grounded_example() -> Vec<Shown> {
    says(
        &grounded(),
        &[
            (
                "weighted-sum",
                "z(1)",
                "0.000 0.900",
                Slip::NotTransposed,
                "You have 0.000: that is W⁽⁰⁾ x⁽⁰⁾; going forward the matrix is transposed, Wᵀ: a column of W is one neuron.",
            ),
            (
                "weighted-sum",
                "z(1)",
                "-0.200 0.300",
                Slip::BiasForgotten,
                "You have −0.200 and 0.300: that is z⁽¹⁾ without the bias weights; each counts in full, for x₀ = 1.",
            ),
            (
                "activation",
                "x(1)",
                "0.2 0.9",
                Slip::ActivationForgotten,
                "You have 0.2 and 0.9: that is z⁽¹⁾; φ is still missing.",
            ),
            (
                "activation",
                "x(1)",
                "0.450 0.289",
                Slip::ExponentTurned,
                "You have 0.450 and 0.289: that is 1 / (1 + e^z); the exponent is −z: 1 / (1 + e^−z).",
            ),
            (
                "activation",
                "x(1)",
                "0.711 0.550",
                Slip::OtherEntry,
                "You have 0.711 0.550: these are the right numbers in another order; go by the rows.",
            ),
            (
                "weighted-sum",
                "z(2)",
                "0.02",
                Slip::RoundedToOne,
                "You have 0.02: that comes of numbers rounded to one decimal on the way; one is too few, so keep three or more to the end.",
            ),
            (
                "loss",
                "J",
                "-0.670",
                Slip::SignForgotten,
                "You have −0.670: that is J without its minus; a logarithm of a number below 1 is negative, a loss is not.",
            ),
            (
                "loss",
                "J",
                "0.291",
                Slip::BaseTen,
                "You have 0.291: that is J with logarithms to base 10; log is the natural one, often called ln.",
            ),
            (
                "loss",
                "J",
                "0.716",
                Slip::WrongSide,
                "You have 0.716: that is −y log(1 − ŷ) − (1 − y) log ŷ; log ŷ goes with y, and log(1 − ŷ) with 1 − y.",
            ),
            (
                "output-error",
                "delta(2)",
                "0.488",
                Slip::ErrorTurned,
                "You have 0.488: that is y − ŷ; the prediction comes first: ŷ − y.",
            ),
            (
                "output-error",
                "delta(2)",
                "-0.122",
                Slip::SlopeTwice,
                "You have −0.122: that is ψ(ŷ) ∘ (ŷ − y); no ψ is left in δ⁽²⁾, for with logistic and neg-log-loss it cancels.",
            ),
            (
                "pull-back",
                "W(1)delta(2)",
                "-0.092 -0.375 -0.219",
                Slip::UpdatedWeights,
                "You have −0.092, −0.375 and −0.219: that is W⁽¹⁾δ⁽²⁾ with the new W⁽¹⁾; the error goes back through the weights that made ŷ, which change only afterwards.",
            ),
            (
                "error",
                "delta(1)",
                "−0.244 −0.049",
                Slip::SlopeForgotten,
                "You have −0.244 and −0.049: that is W⁽¹⁾δ⁽²⁾; ψ is still missing.",
            ),
            (
                "error",
                "delta(1)",
                "-0.039 -0.004",
                Slip::SlopeOfSum,
                "You have −0.039 and −0.004: that is ψ(z⁽¹⁾) ∘ W⁽¹⁾δ⁽²⁾; ψ takes the output x⁽¹⁾, not the sum.",
            ),
            (
                "gradient",
                "grad(1)",
                "-0.488 -0.488 -0.488",
                Slip::InputForgotten,
                "You have −0.488 and −0.488: that is δ⁽²⁾ alone; each number of it is still to be multiplied by the input of the weight.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.060 0 -0.060 -0.010 0 -0.010",
                Slip::RowColumnSwapped,
                "You have −0.060 0 −0.060 −0.010 0 −0.010: these are the numbers of δxᵀ; the gradient is xδᵀ, with a row for each input and a column for each unit.",
            ),
            (
                "update",
                "W(1)",
                "-0.788 0.231 -0.247",
                Slip::Ascent,
                "You have −0.788, 0.231 and −0.247: that is W⁽¹⁾ + ρ ∇⁽¹⁾; the step goes downhill: minus.",
            ),
            (
                "update",
                "W(1)",
                "-0.488 -0.269 -0.347",
                Slip::StepAlone,
                "You have −0.488, −0.269 and −0.347: that is ρ ∇⁽¹⁾; it is still to be taken off the old W⁽¹⁾.",
            ),
            (
                "update",
                "W(1)",
                "-0.3 0.5 0.1",
                Slip::NotRenewed,
                "You have −0.3, 0.5 and 0.1: that is the old W⁽¹⁾; ρ ∇⁽¹⁾ is still to be taken off.",
            ),
            (
                "prediction",
                "x(2)",
                "0.512",
                Slip::NotRenewed,
                "You have 0.512: that is the old ŷ; go forward once more, with the new weights.",
            ),
            (
                "prediction",
                "x(2)",
                "0.717",
                Slip::OldOutputs,
                "You have 0.717: that is ŷ with the old x⁽¹⁾; new weights make a new x⁽¹⁾ too.",
            ),
            (
                "prediction",
                "J",
                "0.670",
                Slip::NotRenewed,
                "You have 0.670: that is the old J; work it anew with the new ŷ.",
            ),
        ],
    )
}

/// Those of a batch, of several outputs, of a rate that is not 1.
fn of_a_batch() -> Vec<Shown> {
    says(
        &batch(),
        &[
            (
                "loss",
                "J",
                "1.364",
                Slip::SumForMean,
                "You have 1.364: that is the sum over the 3 samples; J is their mean, so divide by 3.",
            ),
            (
                "loss",
                "J",
                "-0.202",
                Slip::SquareForgotten,
                "You have −0.202: that is ŷ − y; the square is still missing.",
            ),
            (
                "output-error",
                "delta(2)",
                "1.071 1.048 -0.876 -0.431 -0.682 -1.339",
                Slip::SumForMean,
                "You have 1.071, 1.048, −0.876, …: that is the error for each sample's own loss; J is the mean of 3 samples, so divide by 3.",
            ),
            (
                "output-error",
                "delta(2)",
                "0.178 0.175 -0.146 -0.072 -0.114 -0.223",
                Slip::Halved,
                "You have 0.178, 0.175, −0.146, …: that is ψ(ŷ) ∘ (ŷ − y); the 2 of the square is still missing.",
            ),
            (
                "error",
                "delta(1)",
                "0.207 0.176 -0.338 -0.308 -0.379 -0.256",
                Slip::SlopeForgotten,
                "You have 0.207, 0.176, −0.338, …: that is W⁽¹⁾δ⁽²⁾; ψ is still missing.",
            ),
            (
                "gradient",
                "grad(1)",
                "0.138 -0.272 0.109 0.098 0.045 0.015",
                Slip::MeanTwice,
                "You have 0.138, −0.272, 0.109, …: that is x⁽¹⁾ δ⁽²⁾ᵀ divided by 3; 1/3 is in the error already: the samples only add up.",
            ),
            (
                "gradient",
                "grad(1)",
                "0.414 0.326 0.135 -0.817 0.295 0.044",
                Slip::RowColumnSwapped,
                "You have 0.414 0.326 0.135 −0.817 0.295 0.044: these are the numbers of δxᵀ; the gradient is xδᵀ, with a row for each input and a column for each unit.",
            ),
            (
                "update",
                "W(1)",
                "-0.214 0.717 0.374 0.005 -0.635 0.856",
                Slip::RateForgotten,
                "You have −0.214, 0.717, 0.374, …: that is W⁽¹⁾ − ∇⁽¹⁾; ρ = 0.1 is still missing.",
            ),
        ],
    )
}

/// Those of two hidden layers, where an error with a placeholder is pulled back.
fn of_hidden_layers() -> Vec<Shown> {
    says(
        &deep(),
        &[
            (
                "pull-back",
                "W(1)delta(2)",
                "0.046 0.081 -0.023",
                Slip::BiasNotDropped,
                "You have 0.046, 0.081 and −0.023: that is W⁽¹⁾ δ⁽²⁾ with the placeholder; [1+] drops that row first.",
            ),
            (
                "pull-back",
                "W(1)delta(2)",
                "-0.020 -0.141 0.097",
                Slip::NotTransposed,
                "You have −0.141 and 0.097: that is W⁽¹⁾ᵀ δ⁽²⁾₍₁₊₎; going back W itself is used, not Wᵀ.",
            ),
            (
                "pull-back",
                "W(1)delta(2)",
                "-0.030 -0.132 0.126",
                Slip::UpdatedWeights,
                "You have −0.030, −0.132 and 0.126: that is W⁽¹⁾δ⁽²⁾₍₁₊₎ with the new W⁽¹⁾; the error goes back through the weights that made ŷ, which change only afterwards.",
            ),
            (
                "gradient",
                "grad(1)",
                "0 0.116 0 0.080 0 -0.073",
                Slip::BiasNotDropped,
                "You have 0.116, 0.080 and −0.073: that is x⁽¹⁾ (δ⁽²⁾)ᵀ with the placeholder; [1+] drops that row first.",
            ),
        ],
    )
}

/// Those of a penalty.
fn of_a_penalty() -> Vec<Shown> {
    says(
        &penalty(),
        &[
            (
                "penalty",
                "penalty",
                "0.325",
                Slip::BiasPenalised,
                "You have 0.325: that is the penalty on all weights; those of the bias are left out.",
            ),
            (
                "penalty",
                "penalty",
                "6.25",
                Slip::AlphaForgotten,
                "You have 6.25: that is Σ w²; α = 0.05 is still missing.",
            ),
            (
                "penalty",
                "penalty",
                "0.025",
                Slip::SquareForgotten,
                "You have 0.025: that is α Σ w; the square is still missing.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 -0.067 0.034",
                Slip::PenaltyForgotten,
                "You have −0.067 and 0.034: that is x⁽⁰⁾ δ⁽¹⁾ᵀ; 2α W⁽⁰⁾ of the penalty is still to be added.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.118 0.133 -0.116",
                Slip::BiasPenalised,
                "You have −0.118: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + 2α W⁽⁰⁾, with the bias weights; no penalty pulls those.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 0.033 -0.041",
                Slip::Halved,
                "You have 0.033 and −0.041: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + α W⁽⁰⁾; the 2 of the square is still missing: 2α.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 3.933 -2.966",
                Slip::AlphaForgotten,
                "You have 3.933 and −2.966: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + 2 W⁽⁰⁾; α = 0.05 is still missing.",
            ),
        ],
    )
}

/// Those in the three factors of the chain rule.
fn of_the_chain_rule() -> Vec<Shown> {
    says(
        &factors(),
        &[
            (
                "output-error",
                "dJ/dy_hat",
                "-0.168",
                Slip::ShortcutTooEarly,
                "You have −0.168: that is ŷ − y; it is still to be divided by ŷ(1 − ŷ), which only ψ(ŷ) cancels.",
            ),
            (
                "output-error",
                "dJ/dy_hat",
                "1.202",
                Slip::ErrorTurned,
                "You have 1.202: that is ∂J/∂ŷ with y − ŷ; the prediction comes first: ŷ − y.",
            ),
            (
                "output-error",
                "dy_hat/dz",
                "-0.960",
                Slip::SlopeOfSum,
                "You have −0.960: that is ψ(z⁽¹⁾); ψ takes the output ŷ, not the sum.",
            ),
            (
                "output-error",
                "delta(1)",
                "-1.202",
                Slip::SlopeForgotten,
                "You have −1.202: that is ∂J/∂ŷ; ψ(ŷ) is still missing.",
            ),
            (
                "output-error",
                "delta(1)",
                "-0.023",
                Slip::SlopeTwice,
                "You have −0.023: that is ψ(ŷ) ∘ (ŷ − y); no ψ is left in δ⁽¹⁾, for with logistic and neg-log-loss it cancels.",
            ),
        ],
    )
}

/// That of a softmax.
fn of_a_softmax() -> Vec<Shown> {
    says(
        &network(
            "[{units: 3, activation: softmax}]",
            "[[[0.1, -0.2, 0.3], [0.5, 0.4, -0.6], [0, 0, 0]]]",
            "loss: cross-entropy\nlearning_rate: 1\ndata: [{x: [2, 1], y: [1, 0, 0]}]",
        ),
        &[(
            "activation",
            "x(1)",
            "3.004 1.822 0.407",
            Slip::ShareForgotten,
            "You have 3.004, 1.822 and 0.407: that is e^z; divide it by the sum of all of them, so that the shares sum up to 1.",
        )],
    )
}

/// That of large numbers with few decimals: 0.13 + 0.35 · 12.34 − 0.26 · 9.88.
fn of_early_rounding() -> Vec<Shown> {
    says(
        &network(
            "[{units: 1, activation: linear}]",
            "[[[0.125], [0.345], [-0.255]]]",
            "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [12.344, 9.875], y: [1]}]",
        ),
        &[(
            "weighted-sum",
            "z(1)",
            "1.8802",
            Slip::RoundedToTwo,
            "You have 1.8802: that comes of numbers rounded to two decimals on the way; two are too few, so keep three or more to the end.",
        )],
    )
}

/// That of two outputs whose losses are logarithms.
fn of_several_outputs() -> Vec<Shown> {
    says(
        &network(
            "[{units: 2, activation: logistic}]",
            "[[[0.5, 0.2], [2, -1], [-1.5, 0.4]]]",
            "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0.4, -0.2], y: [1, 0]}]",
        ),
        &[(
            "loss",
            "J",
            "0.373",
            Slip::MeanOverOutputs,
            "You have 0.373: that is J divided by the 2 outputs; what the outputs of a sample cost is summed up, only over samples the mean is taken.",
        )],
    )
}

/// Those of batch normalisation, the first without having learned.
fn of_batch_normalisation() -> Vec<Shown> {
    let trace = network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2], [0.7], [-0.5]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]",
    );
    let mut shown = says(
        &trace,
        &[
            (
                "normalise",
                "z_hat(1)",
                "1.741 -0.554 -1.187 -1.329 1.899 -0.570",
                Slip::RootForgotten,
                "You have 1.741, −0.554, −1.187, …: that is (z⁽¹⁾ − μ) / (σ² + ε); divide by the root, √(σ² + ε).",
            ),
            (
                "normalise",
                "z_hat(1)",
                "1.130 -0.360 -0.770 -0.788 1.125 -0.338",
                Slip::OverOneLess,
                "You have 1.130, −0.360, −0.770, …: that is ẑ⁽¹⁾ with σ² over 2; σ² is the mean over all 3 samples: divide by 3.",
            ),
        ],
    );
    let trace = cured();
    let step = trace.step(step_of(&trace, "scale", "v(1)"));
    let [z, gamma, beta] = [Symbol::Normalised(1), Symbol::Gamma(1), Symbol::Beta(1)]
        .map(|symbol| step.get(symbol, false).unwrap());
    let unscaled: Vec<f64> = (&z + &beta).into_iter().collect();
    let unshifted: Vec<f64> = (&z * &gamma).into_iter().collect();
    for (numbers, slip) in [
        (unscaled, Slip::ScaleForgotten),
        (unshifted, Slip::BiasForgotten),
    ] {
        shown.push(shows_worked(&trace, "scale", "v(1)", &numbers, slip));
    }
    let step = trace.step(step_of(&trace, "error", "delta(1)"));
    let [dv, gamma, variance] = [
        Symbol::ScaledDelta(1),
        Symbol::Gamma(1),
        Symbol::Variance(1),
    ]
    .map(|symbol| step.get(symbol, false).unwrap());
    let root = variance.mapv(|v| (v + 1e-5).sqrt());
    let without: Vec<f64> = (dv * gamma / root).into_iter().collect();
    shown.push(shows_worked(
        &trace,
        "error",
        "delta(1)",
        &without,
        Slip::MeansForgotten,
    ));
    let step = trace.step(step_of(&trace, "gradient", "grad_S(1)"));
    let third: Vec<f64> = step.value().unwrap().into_iter().map(|g| g / 3.0).collect();
    shown.push(shows_worked(
        &trace,
        "gradient",
        "grad_S(1)",
        &third,
        Slip::MeanTwice,
    ));
    shown
}

/// Those of dropout.
fn of_dropout() -> Vec<Shown> {
    let trace = cured();
    let step = trace.step(step_of(&trace, "dropout", "x(2)"));
    let a: Vec<f64> = step
        .get(Symbol::Activated(2), false)
        .unwrap()
        .into_iter()
        .collect();
    let mask = step.get(Symbol::Mask(2), false).unwrap();
    assert!(mask.iter().any(|&m| m > 1.0) && mask.iter().any(|&m| m < 1.0));
    // Below the row of the bias.
    let kept: Vec<f64> = step
        .value()
        .unwrap()
        .into_iter()
        .skip(3)
        .map(|x| x / 2.0)
        .collect();
    [(a, Slip::MaskForgotten), (kept, Slip::NotEnlarged)]
        .map(|(numbers, slip)| shows_worked(&trace, "dropout", "x(2)", &numbers, slip))
        .into()
}

/// Those of skip connections.
fn of_skip_connections() -> Vec<Shown> {
    let trace = cured();
    let step = trace.step(step_of(&trace, "skip", "x(3)"));
    let a = step.get(Symbol::Activated(3), false).unwrap();
    let x = step.get(Symbol::Output(2), false).unwrap();
    let alone: Vec<f64> = a.iter().copied().collect();
    let shifted: Vec<f64> = a.iter().zip(&x).map(|(a, x)| a + x).collect();
    let step = trace.step(step_of(&trace, "skip-error", "e(2)"));
    let pulled: Vec<f64> = step
        .get(Symbol::PulledBack(2), false)
        .unwrap()
        .into_iter()
        .collect();
    vec![
        shows_worked(&trace, "skip", "x(3)", &alone, Slip::SkipForgotten),
        shows_worked(&trace, "skip", "x(3)", &shifted, Slip::BiasNotDropped),
        shows_worked(&trace, "skip-error", "e(2)", &pulled, Slip::SkipForgotten),
    ]
}

/// The numbers of all answers are worked out apart from the program's arithmetic of slips.
#[test]
fn every_slip_is_found_alone_where_it_gives_a_number_of_its_own() {
    let shown: Vec<Shown> = [
        of_the_grounded_example(),
        of_a_batch(),
        of_several_outputs(),
        of_hidden_layers(),
        of_a_penalty(),
        of_the_chain_rule(),
        of_a_softmax(),
        of_early_rounding(),
        of_batch_normalisation(),
        of_dropout(),
        of_skip_connections(),
    ]
    .into_iter()
    .flatten()
    .collect();
    for slip in Slip::ALL {
        assert!(
            shown.iter().any(|shown| shown.0 == slip),
            "{slip:?} is never shown"
        );
        assert_eq!(Slip::from_name(slip.name()), Some(slip));
    }
    assert_eq!(Slip::from_name("no slip"), None);
    for Shown(slip, words) in &shown {
        let ascii = nn_tutor::trace::notation::ascii(words);
        assert!(
            !ascii.contains('?') && words.ends_with('.'),
            "{slip:?}: {ascii}"
        );
    }
}

#[test]
fn two_slips_that_give_the_same_number_are_both_named() {
    let trace = batch();
    let question = asked(&trace, "loss", "J");
    let found = found(&trace, &question, "0.227");
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [Slip::MeanOverOutputs, Slip::Halved]);
    assert_eq!(
        say(&found).text(Decimals::default()),
        "You have 0.227: that is J divided by the 2 outputs; what the outputs of a sample cost is summed up, only over samples the mean is taken. Or that is ½(ŷ − y)²; there is no ½ in this loss."
    );
    let verdict = question.judge(&trace, "0.227").unwrap();
    assert_eq!((verdict.outcome, verdict.slips), (Outcome::Wrong, slips));
}

/// A lesson of the grounded example in which the author asks.
fn asking(questions: &str) -> Trace {
    network(
        "[{units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]",
        &format!(
            "loss: neg-log-loss\nlearning_rate: 1\ndata: [{{x: [0, 1], y: [1]}}]\nscript:\n{questions}"
        ),
    )
}

/// The first question of a lesson.
fn first_question(trace: &Trace) -> Question {
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
        (
            "  - ask: How many connections has it?\n    number: connections",
            "6",
            Slip::BiasForgotten,
            "You have 6: that leaves out the connections of the bias units; each layer but the last has one.",
        ),
        // Asked of what is still to come, it is worked from the beginning.
        (
            "  - ask: What will the prediction be?\n    number: y_hat\n  - walk: {sample: 1, until: feedforward}",
            "0.473",
            Slip::ActivationForgotten,
            "You have 0.473: that comes of taking z⁽¹⁾ for x⁽¹⁾; φ is still missing.",
        ),
        // What stands there already is made in one step.
        (
            "  - walk: {sample: 1, until: feedforward}\n  - ask: What was it?\n    number: y_hat",
            "0.046",
            Slip::ActivationForgotten,
            "You have 0.046: that is z⁽²⁾; φ is still missing.",
        ),
    ] {
        let trace = asking(asks);
        let question = first_question(&trace);
        let found = found(&trace, &question, answer);
        assert_eq!(found.len(), 1, "{answer}");
        assert_eq!((found[0].slip, text(&found[0]).as_str()), (slip, words));
    }
}

/// A question of a level at the last step of a kind.
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
            &[Slip::ErrorTurned, Slip::Ascent],
            "You have −0.7885, 0.2314 and −0.2473: that comes of taking y − ŷ for δ⁽²⁾; the prediction comes first: ŷ − y. Or that is W⁽¹⁾ + ρ ∇⁽¹⁾; the step goes downhill: minus.",
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
    // With ρ = 1 nothing is forgotten.
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
    let two = cured();
    let all = two.len();
    assert_eq!(work(&two, 0, all - 1, Symbol::Loss, How::Exactly), None);
    assert_eq!(work(&trace, 3, 2, Symbol::Sum(1), How::Exactly), None);
    assert_eq!(work(&trace, 1, 1, Symbol::Loss, How::Exactly), None);
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
    assert!(find(&trace, &question, &[((9, 0), -0.244, 3)]).is_empty());
    assert!(find(&trace, &question, &[]).is_empty());
}

#[test]
fn by_hand_is_with_three_decimals() {
    let trace = grounded();
    let question = asked(&trace, "error", "delta(1)");
    let worked = by_hand(&trace, &question).unwrap();
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
        work(&trace, step, step, Symbol::Delta(1), How::Rounded(3)),
        Some(worked)
    );
}
