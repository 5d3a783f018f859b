//! Every slip, with an answer that it explains and the feedback.

use nn_tutor::algebra::{Quantity, notation::ascii};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::Slip;

use super::answers::{Shown, shows, shows_worked, step_of};
use super::networks::{
    batch, deep, factors, grounded, half_squared, lasso, leaky, line, network, penalty, summed,
};
use super::shipped_lessons::{of_an_order, of_counts, of_the_lessons};
use super::technique_cases::{of_batch_normalisation, of_dropout, of_skip_connections};

/// A kind of step and a symbol, an answer, the slip that explains it, and the feedback.
pub(crate) type Case = (&'static str, &'static str, &'static str, Slip, &'static str);

/// Checks that the feedback is the expected one.
pub(crate) fn says(trace: &Trace, cases: &[Case]) -> Vec<Shown> {
    let says = |&(kind, symbol, answer, slip, words): &Case| {
        let shown = shows(trace, kind, symbol, answer, slip);
        assert_eq!(shown.1, words);
        shown
    };
    cases.iter().map(says).collect()
}

/// Checks the slips that can happen in the grounded example.
// A table, row by row.
#[allow(clippy::too_many_lines)]
fn of_the_grounded_example() -> Vec<Shown> {
    says(
        &grounded(),
        &[
            (
                "error",
                "delta(1)",
                "0.119 0.024",
                Slip::ErrorForSlope,
                "You have 0.119 and 0.024: that is (ŷ − y) W⁽¹⁾δ⁽²⁾; where ŷ − y stands belongs ψ, the slope of the unit itself.",
            ),
            (
                "error",
                "delta(1)",
                "0.0605 0.0100",
                Slip::SignLost,
                "You have 0.0605 0.0100: these are the right numbers with the other sign, each of them.",
            ),
            (
                "weighted-sum",
                "z(1)",
                "0.000 0.900",
                Slip::NotTransposed,
                "You have 0.000: that is W⁽⁰⁾[1+] x⁽⁰⁾[1+] and the bias weights; going forward the matrix is transposed, Wᵀ: a column of W is one neuron.",
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
                "0.197 0.716",
                Slip::OtherFunction,
                "You have 0.197 and 0.716: that is the tanh of z⁽¹⁾; φ is logistic here.",
            ),
            (
                "error",
                "delta(1)",
                "-0.170 -0.024",
                Slip::OtherFunction,
                "You have −0.170 and −0.024: that is W⁽¹⁾δ⁽²⁾ times the slope of tanh, 1 − x²; φ is logistic here, and its slope x(1 − x).",
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
        ],
    )
}

/// Checks those in the backward phase and after it.
fn of_the_way_back() -> Vec<Shown> {
    says(
        &grounded(),
        &[
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

/// Checks those in a batch whose losses are summed up.
fn of_a_sum() -> Vec<Shown> {
    says(
        &summed(),
        &[
            (
                "loss",
                "J",
                "0.455",
                Slip::MeanForSum,
                "You have 0.455: that is the mean over the 3 samples; J is their sum, so nothing is divided.",
            ),
            (
                "output-error",
                "delta(2)",
                "0.357 0.349 -0.292 -0.144 -0.227 -0.446",
                Slip::MeanForSum,
                "You have 0.357, 0.349, −0.292, …: that is the error divided by 3; J is the sum over the 3 samples, so nothing is divided.",
            ),
            (
                "gradient",
                "grad(1)",
                "0.414 -0.817 0.326 0.295 0.135 0.044",
                Slip::MeanForSum,
                "You have 0.414, −0.817, 0.326, …: that is x⁽¹⁾ δ⁽²⁾ᵀ divided by 3; J is the sum over the 3 samples: their gradients only add up.",
            ),
        ],
    )
}

/// Checks those in a batch, with several outputs, and with a rate other than 1.
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
                "You have −0.202: that is the mean of ŷ − y; the square is still missing.",
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
                "You have 0.178, 0.175, −0.146, …: that is ψ(ŷ) ∘ (ŷ − y)/3; the 2 of the square is still missing.",
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

/// Checks those in two hidden layers, where an error with a placeholder is pulled back.
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
                "You have −0.141 and 0.097: that is (W⁽¹⁾[1+])ᵀ δ⁽²⁾[1+]; going back W itself is used, not Wᵀ.",
            ),
            (
                "pull-back",
                "W(1)delta(2)",
                "-0.030 -0.132 0.126",
                Slip::UpdatedWeights,
                "You have −0.030, −0.132 and 0.126: that is W⁽¹⁾δ⁽²⁾[1+] with the new W⁽¹⁾; the error goes back through the weights that made ŷ, which change only afterwards.",
            ),
            (
                "gradient",
                "grad(1)",
                "0 0.116 0 0.080 0 -0.073",
                Slip::BiasNotDropped,
                "You have 0, 0.116, 0, …: that is x⁽¹⁾ (δ⁽²⁾)ᵀ with the placeholder; [1+] drops that row first.",
            ),
        ],
    )
}

/// Checks those in a matrix that is square with its bias weights.
fn of_square_matrices() -> Vec<Shown> {
    says(
        &network(
            "[{units: 2, activation: linear}, {units: 3, activation: linear}]",
            "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2, -0.1, 0.3], [0.7, 0.4, -0.6], [-0.5, 0.9, 0.8]]]",
            "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5, 1, -1]}]",
        ),
        &[
            (
                "weighted-sum",
                "z(2)",
                "-0.110 1.520 -0.160",
                Slip::NotTransposed,
                "You have −0.110, 1.520 and −0.160: that is W⁽¹⁾ x⁽¹⁾; going forward the matrix is transposed, Wᵀ: a column of W is one neuron.",
            ),
            (
                "pull-back",
                "W(1)delta(2)",
                "-1.702 -0.962 2.270",
                Slip::NotTransposed,
                "You have −1.702, −0.962 and 2.270: that is W⁽¹⁾ᵀ δ⁽²⁾; going back W itself is used, not Wᵀ.",
            ),
        ],
    )
}

/// Checks those with a penalty on absolute values.
fn of_an_l1_penalty() -> Vec<Shown> {
    says(
        &lasso(),
        &[
            (
                "penalty",
                "penalty",
                "0.400",
                Slip::BiasPenalised,
                "You have 0.400: that is the penalty on all weights; those of the bias are left out.",
            ),
            (
                "penalty",
                "penalty",
                "3.5",
                Slip::AlphaForgotten,
                "You have 3.5: that is Σ |w|; α₁ = 0.1 is still missing.",
            ),
            (
                "penalty",
                "penalty",
                "0.05",
                Slip::SignForgotten,
                "You have 0.05: that is α₁ Σ w; each weight counts without its sign: |w|.",
            ),
            (
                "penalty",
                "penalty",
                "0.625",
                Slip::SquareForSize,
                "You have 0.625: that is α₁ Σ w²; this penalty takes |w|, not the square.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 -0.067 0.034",
                Slip::PenaltyForgotten,
                "You have −0.067 and 0.034: that is x⁽⁰⁾ δ⁽¹⁾ᵀ; α₁ sgn(W⁽⁰⁾) of the penalty is still to be added.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.068 0.033 -0.066",
                Slip::BiasPenalised,
                "You have −0.068: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + α₁ sgn(W⁽⁰⁾), with the bias weights; no penalty pulls those.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 0.033 0.134",
                Slip::SignForgotten,
                "You have 0.134: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + α₁; α₁ takes the sign of each weight, so that it pulls towards 0.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 0.333 -0.266",
                Slip::SquareForSize,
                "You have 0.333 and −0.266: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + 2α₁ W⁽⁰⁾; the slope of |w| is its sign, not twice the weight.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 0.133 -0.116",
                Slip::WeightForSign,
                "You have 0.133 and −0.116: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + α₁ W⁽⁰⁾; the slope of |w| is its sign, whatever the size of the weight.",
            ),
            (
                "gradient",
                "grad(0)",
                "-0.168 0.933 -0.966",
                Slip::AlphaForgotten,
                "You have 0.933 and −0.966: that is x⁽⁰⁾ δ⁽¹⁾ᵀ + sgn(W⁽⁰⁾); α₁ = 0.1 is still missing.",
            ),
        ],
    )
}

/// Checks those with a penalty.
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

/// Checks those in the three factors of the chain rule.
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
                "You have 1.202: that is y − ŷ divided by ŷ(1 − ŷ); the prediction comes first: ŷ − y.",
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

/// Checks the one with a softmax.
fn of_a_softmax() -> Vec<Shown> {
    says(
        &network(
            "[{units: 3, activation: softmax}]",
            "[[[0.1, -0.2, 0.3], [0.5, 0.4, -0.6], [0, 0, 0]]]",
            "loss: cross-entropy\nlearning_rate: 1\ndata: [{x: [2, 1], y: [1, 0, 0]}]",
        ),
        &[
            (
                "activation",
                "x(1)",
                "3.004 1.822 0.407",
                Slip::ShareForgotten,
                "You have 3.004, 1.822 and 0.407: that is e^z; divide it by the sum of all of them, so that the shares sum up to 1.",
            ),
            (
                "activation",
                "x(1)",
                "1.375 0.750 -1.125",
                Slip::SumsShared,
                "You have 1.375, 0.750 and −1.125: that is z / Σ z; the share is that of e^z in the sum of all e^z.",
            ),
        ],
    )
}

/// Checks the one with large numbers and few decimals: 0.13 + 0.35 · 12.34 − 0.26 · 9.88.
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

/// Checks the one of a leaky unit whose sum is below 0.
fn of_leaky_units() -> Vec<Shown> {
    says(
        &leaky(),
        &[
            (
                "activation",
                "x(1)",
                "1.2 0",
                Slip::OtherFunction,
                "You have 0: that is the relu of z⁽¹⁾; φ is leaky-relu with slope 0.2 here.",
            ),
            (
                "error",
                "delta(1)",
                "0.924 0",
                Slip::OtherFunction,
                "You have 0: that is W⁽¹⁾δ⁽²⁾ times the slope of relu, [x > 0]; φ is leaky-relu with slope 0.2 here, and its slope 1 for x > 0, else 0.2.",
            ),
        ],
    )
}

/// Checks those of functions that are taken for φ: with their usual parameter, and those that are much like it. The sums are
/// 1.2 and −0.45.
fn of_similar_functions() -> Vec<Shown> {
    let units = |activation: &str| {
        network(
            &format!("[{{units: 2, activation: {activation}}}, {{units: 1, activation: linear}}]"),
            "[[[0.3, -0.4], [0.5, 0.35], [-0.4, 0.4]], [[0.2], [0.7], [-0.5]]]",
            "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5]}]",
        )
    };
    let mut shown = Vec::new();
    for (activation, answer, slip, words) in [
        (
            "leaky-relu, slope: 0.2",
            "1.2 -0.0045",
            Slip::ParameterForgotten,
            "You have −0.0045: that is the leaky relu with slope 0.01 of z⁽¹⁾; φ is leaky-relu with slope 0.2 here.",
        ),
        (
            "elu, alpha: 0.5",
            "1.2 -0.362",
            Slip::ParameterForgotten,
            "You have −0.362: that is the elu with alpha 1 of z⁽¹⁾; φ is elu with alpha 0.5 here.",
        ),
        (
            "tanh, steepness: 1.5",
            "0.834 -0.422",
            Slip::ParameterForgotten,
            "You have 0.834 and −0.422: that is the tanh with steepness 1 of z⁽¹⁾; φ is tanh with steepness 1.5 here.",
        ),
        (
            "bipolar",
            "0.834 -0.422",
            Slip::SimilarFunction,
            "You have 0.834 and −0.422: that is the tanh of z⁽¹⁾; φ is bipolar here.",
        ),
        (
            "bipolar",
            "0.769 0.389",
            Slip::OtherFunction,
            "You have 0.769 and 0.389: that is the logistic function of z⁽¹⁾; φ is bipolar here.",
        ),
    ] {
        let of = units(activation);
        shown.extend(says(&of, &[("activation", "x(1)", answer, slip, words)]));
    }
    shown
}

/// Checks those with half the square: ŷ = φ(1.6) = 0.832.
fn of_half_the_square() -> Vec<Shown> {
    let mut shown = says(
        &half_squared(false),
        &[
            (
                "loss",
                "J",
                "0.0282",
                Slip::Halved,
                "You have 0.0282: that is (ŷ − y)²; the ½ is still missing.",
            ),
            (
                "loss",
                "J",
                "0.084",
                Slip::DistanceForLoss,
                "You have 0.084: that is ½|ŷ − y|; the square is still missing.",
            ),
            (
                "output-error",
                "delta(1)",
                "-0.0470",
                Slip::Halved,
                "You have −0.0470: that is ψ(ŷ) ∘ 2(ŷ − y); the ½ of this loss cancels the 2 of the square.",
            ),
        ],
    );
    shown.extend(says(
        &half_squared(true),
        &[
            (
                "output-error",
                "dJ/dy_hat",
                "-0.336",
                Slip::Halved,
                "You have −0.336: that is 2(ŷ − y); the ½ of this loss cancels the 2 of the square.",
            ),
            (
                "output-error",
                "dJ/dy_hat",
                "0.168",
                Slip::ErrorTurned,
                "You have 0.168: that is y − ŷ; the prediction comes first: ŷ − y.",
            ),
        ],
    ));
    shown
}

/// Checks the one with two outputs whose losses are logarithms.
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
            "You have 0.373: that is J divided by the 2 outputs; the losses of the outputs are summed up.",
        )],
    )
}

/// Checks those in the moments of an optimizer and in its step.
fn of_optimizers() -> Vec<Shown> {
    says(
        &network(
            "[{units: 1, activation: logistic}]",
            "[[[0.5], [-0.25], [1]]]",
            "loss: neg-log-loss\nlearning_rate: 0.5\noptimizer: {adam: {beta1: 0.8, beta2: 0.9}}\n\
             data: [{x: [0.4, -0.2], y: [1]}]\nscript: [{train: {epochs: 1}}, {walk: {}}]",
        ),
        &[
            (
                "moment",
                "M(0)",
                "-0.054 -0.022 0.011",
                Slip::KeptForgotten,
                "You have −0.054, −0.022 and 0.011: that is (1 − β₁) ∇⁽⁰⁾; what is kept of the old M⁽⁰⁾ is still to be added.",
            ),
            (
                "moment",
                "R(0)",
                "-0.009 -0.008 0.006",
                Slip::SquareForgotten,
                "You have −0.009, −0.008 and 0.006: that is β₂ R⁽⁰⁾ + (1 − β₂) ∇⁽⁰⁾; the gradient counts squared.",
            ),
            (
                "moment",
                "M_hat(0)",
                "-0.126 -0.050 0.025",
                Slip::CorrectionForgotten,
                "You have −0.126, −0.050 and 0.025: that is M⁽⁰⁾; it is still to be divided by (1 − β₁ᵗ).",
            ),
            (
                "moment",
                "M(0)",
                "-0.233 -0.093 0.047",
                Slip::SharesSwapped,
                "You have −0.233, −0.093 and 0.047: that is (1 − β₁) M⁽⁰⁾ + β₁ ∇⁽⁰⁾; β₁ is the share of the old M⁽⁰⁾, (1 − β₁) that of what is new.",
            ),
            (
                "moment",
                "R(0)",
                "0.067 0.011 0.003",
                Slip::SharesSwapped,
                "You have 0.067, 0.011 and 0.003: that is (1 − β₂) R⁽⁰⁾ + β₂ ∇⁽⁰⁾ ∘ ∇⁽⁰⁾; β₂ is the share of the old R⁽⁰⁾, (1 − β₂) that of what is new.",
            ),
            (
                "moment",
                "M(0)",
                "-0.072 -0.029 0.014",
                Slip::NewForgotten,
                "You have −0.072, −0.029 and 0.014: that is β₁ M⁽⁰⁾; what ∇⁽⁰⁾ adds is still missing.",
            ),
            (
                "moment",
                "M(0)",
                "-0.144 -0.058 0.029",
                Slip::KeptInFull,
                "You have −0.144, −0.058 and 0.029: that is M⁽⁰⁾ + (1 − β₁) ∇⁽⁰⁾; of the old M⁽⁰⁾ only a share counts, β₁ = 0.8.",
            ),
            (
                "moment",
                "R(0)",
                "0.0906 0.0145 0.0036",
                Slip::TakenInFull,
                "You have 0.0906, 0.0145 and 0.0036: that is β₂ R⁽⁰⁾ + ∇⁽⁰⁾ ∘ ∇⁽⁰⁾; of the square only a share counts, (1 − β₂) = 0.1.",
            ),
            (
                "update",
                "W(0)",
                "2.303 3.509 -6.017",
                Slip::RootForgotten,
                "You have 2.303, 3.509 and −6.017: that is W⁽⁰⁾ − ρ M̂⁽⁰⁾ / (R̂⁽⁰⁾ + ε); divide by the root, √(R̂⁽⁰⁾).",
            ),
            (
                "update",
                "W(0)",
                "1.394 0.644 0.106",
                Slip::CorrectionForgotten,
                "You have 1.394, 0.644 and 0.106: that is W⁽⁰⁾ − ρ M⁽⁰⁾ / (√(R⁽⁰⁾) + ε); the moments count corrected, divided by 1 − βᵗ.",
            ),
            (
                "update",
                "W(0)",
                "1.134 0.304 0.473",
                Slip::PlainDescent,
                "You have 1.134, 0.304 and 0.473: that is W⁽⁰⁾ − ρ ∇⁽⁰⁾; here the step is ρ M̂⁽⁰⁾ / (√(R̂⁽⁰⁾) + ε).",
            ),
        ],
    )
}

/// Returns a neuron with an optimizer in its second update, and the step of it that computes a quantity.
fn second_update(optimizer: &str) -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [-0.25], [1]]]",
        &format!(
            "loss: neg-log-loss\nlearning_rate: 0.5\noptimizer: {optimizer}\n\
             data: [{{x: [0.4, -0.2], y: [1]}}]\nscript: [{{train: {{epochs: 1}}}}, {{walk: {{}}}}]"
        ),
    )
}

/// Checks those in moments and steps of every optimizer that has them, with numbers that are worked from the definitions.
fn of_moments() -> Vec<Shown> {
    let mut shown = Vec::new();
    for (optimizer, symbol, slip, told) in [
        (
            "{momentum: 0.9}",
            "V(0)",
            Slip::ShareTaken,
            "that is μ V⁽⁰⁾ + (1 − μ) ∇⁽⁰⁾; a velocity takes ∇⁽⁰⁾ up in full.",
        ),
        (
            "{momentum: 0.9, nesterov: true}",
            "W(0)",
            Slip::LookAheadForgotten,
            "that is W⁽⁰⁾ − ρ V⁽⁰⁾; Nesterov's step looks ahead: ρ (∇⁽⁰⁾ + μ V⁽⁰⁾).",
        ),
        (
            "{momentum: 0.9, nesterov: true}",
            "W(0)",
            Slip::KeptInFull,
            "that is W⁽⁰⁾ − ρ (∇⁽⁰⁾ + V⁽⁰⁾); of the velocity only a share counts, μ = 0.9.",
        ),
        (
            "{adam: {beta1: 0.8, beta2: 0.9}}",
            "M(0)",
            Slip::SharesForgotten,
            "that is M⁽⁰⁾ + ∇⁽⁰⁾; only β₁ of the old M⁽⁰⁾ counts, and (1 − β₁) of what is new.",
        ),
        (
            "{adam: {beta1: 0.8, beta2: 0.9}}",
            "M(0)",
            Slip::GradientForMoment,
            "that is ∇⁽⁰⁾; a running mean is kept of it: β₁ M⁽⁰⁾ + (1 − β₁) ∇⁽⁰⁾.",
        ),
        (
            "{adam: {beta1: 0.8, beta2: 0.9}}",
            "R(0)",
            Slip::GradientForMoment,
            "that is ∇⁽⁰⁾ ∘ ∇⁽⁰⁾; a running mean is kept of it: β₂ R⁽⁰⁾ + (1 − β₂) ∇⁽⁰⁾ ∘ ∇⁽⁰⁾.",
        ),
        (
            "{adam: {beta1: 0.8, beta2: 0.9}}",
            "M_hat(0)",
            Slip::PowerForgotten,
            "that is M⁽⁰⁾ / (1 − β₁); in update t = 2 the divisor is (1 − β₁ᵗ).",
        ),
        (
            "{adam: {beta1: 0.8, beta2: 0.9}}",
            "R_hat(0)",
            Slip::PowerForgotten,
            "that is R⁽⁰⁾ / (1 − β₂); in update t = 2 the divisor is (1 − β₂ᵗ).",
        ),
        (
            "{rmsprop: {decay: 0.9}}",
            "R(0)",
            Slip::SharesForgotten,
            "that is R⁽⁰⁾ + ∇⁽⁰⁾ ∘ ∇⁽⁰⁾; only β of the old R⁽⁰⁾ counts, and (1 − β) of what is new.",
        ),
        (
            "{rmsprop: {decay: 0.9}}",
            "W(0)",
            Slip::RootForgotten,
            "that is W⁽⁰⁾ − ρ ∇⁽⁰⁾ / (R⁽⁰⁾ + ε); divide by the root, √(R⁽⁰⁾).",
        ),
        (
            "{adagrad: {}}",
            "W(0)",
            Slip::RootForgotten,
            "that is W⁽⁰⁾ − ρ ∇⁽⁰⁾ / (R⁽⁰⁾ + ε); divide by the root, √(R⁽⁰⁾).",
        ),
    ] {
        let trace = second_update(optimizer);
        let kind = if symbol == "W(0)" { "update" } else { "moment" };
        let step = trace.step(step_of(&trace, kind, symbol));
        let get =
            |name: &str, before: bool| step.get(Quantity::parse(name).unwrap(), before).unwrap();
        let (gradient, w) = (get("grad(0)", false), get("W(0)", true));
        let numbers = match (symbol, slip) {
            (_, Slip::ShareTaken) => 0.9 * get("V(0)", true) + 0.1 * gradient,
            (_, Slip::LookAheadForgotten) => w - 0.5 * get("V(0)", false),
            (_, Slip::KeptInFull) => w - 0.5 * (get("V(0)", false) + gradient),
            ("M(0)", Slip::SharesForgotten) => get("M(0)", true) + gradient,
            (_, Slip::SharesForgotten) => get("R(0)", true) + &gradient * &gradient,
            ("M(0)", _) => gradient,
            ("R(0)", _) => &gradient * &gradient,
            ("M_hat(0)", _) => get("M(0)", false) / 0.2,
            ("R_hat(0)", _) => get("R(0)", false) / 0.1,
            _ => {
                let epsilon = if optimizer.contains("adagrad") {
                    1e-10
                } else {
                    1e-8
                };
                w - 0.5 * gradient / (get("R(0)", false) + epsilon)
            }
        };
        let numbers: Vec<f64> = numbers.into_iter().collect();
        let one = shows_worked(&trace, kind, symbol, &numbers, slip);
        assert!(one.1.ends_with(told), "{}", one.1);
        shown.push(one);
    }
    shown
}

/// Checks that of a steeper unit at the output: ŷ is 0.291, where the slope of the loss is −0.709.
fn of_a_steep_output() -> Vec<Shown> {
    says(
        &network(
            "[{units: 1, activation: bipolar, steepness: 2}]",
            "[[[0.4], [0.5], [-0.3]]]",
            "loss: half-squared\nlearning_rate: 0.5\ndata: [{x: [1, 2], y: [1]}]",
        ),
        &[(
            "output-error",
            "delta(1)",
            "-0.32427",
            Slip::ParameterForgotten,
            "You have −0.32427: that is ∂J/∂ŷ times the slope of bipolar with steepness 1, ½(1 − x²); φ is bipolar with steepness 2 here, and its slope ½·2(1 − x²).",
        )],
    )
}

/// Checks the slips in losses that are distances: ŷ is 1.6.
fn of_distances() -> Vec<Shown> {
    let mut shown = says(
        &line("absolute", "1"),
        &[
            (
                "loss",
                "J",
                "0.36",
                Slip::SquareTaken,
                "You have 0.36: that is (ŷ − y)²; this loss has no square.",
            ),
            (
                "output-error",
                "delta(1)",
                "0.6",
                Slip::SignOfDifferenceForgotten,
                "You have 0.6: that is ψ(ŷ) ∘ (ŷ − y); of the difference only the sign counts: 1 or −1.",
            ),
        ],
    );
    shown.extend(says(
        &line("absolute", "3"),
        &[(
            "loss",
            "J",
            "-1.4",
            Slip::DifferenceForLoss,
            "You have −1.4: that is ŷ − y; the loss is the distance |ŷ − y|, which is never negative.",
        )],
    ));
    shown.extend(says(
        &line("huber\ndelta: 0.5", "-1"),
        &[
            (
                "loss",
                "J",
                "3.38",
                Slip::SquareTaken,
                "You have 3.38: that is ½(ŷ − y)²; further than 0.5 from the target the loss is a straight line.",
            ),
            (
                "loss",
                "J",
                "1.3",
                Slip::DistanceForLoss,
                "You have 1.3: that is 0.5·|ŷ − y|; 0.25 is still to be taken off the distance.",
            ),
            (
                "output-error",
                "delta(1)",
                "2.6",
                Slip::SignOfDifferenceForgotten,
                "You have 2.6: that is ψ(ŷ) ∘ (ŷ − y); further than 0.5 from the target the slope no longer grows.",
            ),
        ],
    ));
    shown
}

/// Checks the slips in the hinge loss: ŷ is 1.6.
fn of_margins() -> Vec<Shown> {
    let mut shown = says(
        &line("hinge", "1"),
        &[
            (
                "loss",
                "J",
                "-0.6",
                Slip::FloorForgotten,
                "You have −0.6: that is 1 − yŷ; the loss is never below 0.",
            ),
            (
                "output-error",
                "delta(1)",
                "-1",
                Slip::FloorForgotten,
                "You have −1: that is ψ(ŷ) ∘ (−y); where yŷ is 1 or more, the loss is 0 and so is its slope.",
            ),
        ],
    );
    shown.extend(says(
        &line("hinge", "-1"),
        &[
            (
                "loss",
                "J",
                "0",
                Slip::TargetForgotten,
                "You have 0: that is max(0, 1 − ŷ); y is still missing, which turns the sign where it is −1.",
            ),
            (
                "output-error",
                "delta(1)",
                "-1",
                Slip::ErrorTurned,
                "You have −1: that is the error with y for −y; the loss falls as yŷ grows, so its slope is −y.",
            ),
        ],
    ));
    shown
}

/// Checks those in scaling a sample: 50 of the mean 80 and the deviation √600, 250 of the range from 180 to 410.
fn of_scaled_samples() -> Vec<Shown> {
    says(
        &network(
            "[{units: 1, activation: linear}]",
            "[[[0.5], [-0.25], [1]]]",
            "loss: mean-squared\nscale: standard\nscale_targets: unit\n\
             data: [{x: [50, 2], y: [180]}, {x: [80, 3], y: [250]}, {x: [110, 7], y: [410]}]\n\
             script: [{walk: {sample: 2, questions: {x: {matrix: x}, y: {number: y}}}}]",
        ),
        &[
            (
                "scale-data",
                "y",
                "1.087",
                Slip::ShiftForgotten,
                "You have 1.087: that is raw y / range y; min y is still to be subtracted, before the division.",
            ),
            (
                "scale-data",
                "y",
                "70",
                Slip::ScaleForgotten,
                "You have 70: that is raw y − min y; it is still to be divided by range y.",
            ),
            (
                "scale-data",
                "y",
                "250",
                Slip::NotScaled,
                "You have 250: that is raw y; min y is still to be subtracted, and the rest divided by range y.",
            ),
            (
                "scale-data",
                "x",
                "0 -0.214",
                Slip::RootForgotten,
                "You have −0.214: that is the distance divided by the square of deviation x; divide by deviation x itself, the root of the variance.",
            ),
        ],
    )
}

/// Checks those in making inputs of others: of 3 and −2.
fn of_made_inputs() -> Vec<Shown> {
    let lesson = |features: &str, x: &str| {
        network(
            "[{units: 1, activation: linear}]",
            "[[[0.5], [-0.25], [1]]]",
            &format!(
                "loss: mean-squared\nfeatures: {features}\ndata: [{{x: {x}, y: [1]}}]\n\
                 script: [{{walk: {{sample: 1, questions: {{f: {{matrix: f}}}}}}}}]"
            ),
        )
    };
    let mut shown = says(
        &lesson("[x1^2, x1*x2]", "[3, -2]"),
        &[
            (
                "features",
                "f",
                "3 -6",
                Slip::SquareForgotten,
                "You have 3: that is x₁; x₁² is still to be taken: the number times itself.",
            ),
            (
                "features",
                "f",
                "6 -6",
                Slip::TimesForPower,
                "You have 6: that is 2·x₁; x₁² is the number times itself.",
            ),
            (
                "features",
                "f",
                "9 1",
                Slip::SumForProduct,
                "You have 1: that is x₁ + x₂; x₁x₂ is the product.",
            ),
        ],
    );
    shown.extend(says(
        &lesson("[x1, sin x1]", "[2]"),
        &[(
            "features",
            "f",
            "2 0.035",
            Slip::Degrees,
            "You have 0.035: that is sin x₁ of degrees; sin x₁ is of an angle in radians.",
        )],
    ));
    shown
}

/// The numbers of all answers were computed independently of the solver.
#[test]
fn every_slip_is_found_alone_where_it_gives_a_number_of_its_own() {
    let shown: Vec<Shown> = [
        of_the_grounded_example(),
        of_the_way_back(),
        of_a_batch(),
        of_a_sum(),
        of_several_outputs(),
        of_half_the_square(),
        of_distances(),
        of_margins(),
        of_leaky_units(),
        of_similar_functions(),
        of_hidden_layers(),
        of_square_matrices(),
        of_a_penalty(),
        of_an_l1_penalty(),
        of_the_chain_rule(),
        of_a_softmax(),
        of_early_rounding(),
        of_batch_normalisation(),
        of_dropout(),
        of_skip_connections(),
        of_the_lessons(),
        of_counts(),
        of_an_order(),
        of_optimizers(),
        of_moments(),
        of_a_steep_output(),
        of_scaled_samples(),
        of_made_inputs(),
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
        let ascii = ascii(words);
        assert!(
            !ascii.contains('?') && words.ends_with('.'),
            "{slip:?}: {ascii}"
        );
    }
}
