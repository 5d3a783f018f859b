//! Texts for penalty, dropout, batch normalisation and skip connections.

use ndarray::ArrayView1;

use crate::algebra::{Context, Quantity, RichText, notation::layer};
use crate::engine::{BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, Penalty};
use crate::trace::direction::Direction;
use crate::trace::step::Step;

pub(super) fn penalty(step: &Step) -> RichText {
    let Penalty { l2, l1 } = step.context().training.penalty;
    if l2 > 0.0 && l1 > 0.0 {
        return sums(
            step,
            format!(
                "Large weights cost: α = {l2} times w² and α₁ = {l1} times |w|, for every weight but those of the bias. Training makes both small together, J + penalty"
            ),
        );
    }
    let mut costs = Vec::new();
    if l2 > 0.0 {
        costs.push(format!("α = {l2} times the sum of all squared weights"));
    }
    if l1 > 0.0 {
        costs.push(format!("α₁ = {l1} times the sum of all |w|"));
    }
    let text = format!(
        "With large weights a small change of the input changes a lot, so they cost: {}, those of the bias left out. Training makes both small together, J + penalty",
        costs.join(" and ")
    );
    sums(step, text)
}

/// Returns the words with J and the penalty behind them.
fn sums(step: &Step, words: String) -> RichText {
    let text = RichText::new().words(words);
    let of = |symbol| step.get(symbol, true).map(|value| value[[0, 0]]);
    match (of(Quantity::Loss), of(Quantity::Penalty)) {
        (Some(loss), Some(penalty)) => text
            .words(" = ")
            .number(loss)
            .words(" + ")
            .number(penalty)
            .words("."),
        _ => text.words("."),
    }
}

/// Returns the text for the gradient of W⁽ˡ⁾ if it contains a penalty or a batch-normalised layer follows;
/// `None` otherwise.
pub(super) fn gradient(context: &Context, l: usize) -> Option<RichText> {
    let has_norm = context.layer(l + 1).batch_norm;
    if !context.training.penalty.is_any() && !has_norm {
        return None;
    }
    let mut text = RichText::from(
        "How the loss changes with every weight: the input of the connection times the error at its end.",
    );
    if context.training.penalty.is_any() {
        let Penalty { l2, l1 } = context.training.penalty;
        let pull = if l2 > 0.0 && l1 > 0.0 {
            format!(
                "2α = {} times the weight and α₁ = {l1} with its sign",
                2.0 * l2
            )
        } else if l2 > 0.0 {
            format!("2α = {} times the weight itself", 2.0 * l2)
        } else {
            format!("α₁ = {l1} with the sign of the weight, however small it is")
        };
        text = text.words(format!(
            " The penalty adds {pull}, a pull towards 0; bias weights are not pulled."
        ));
    }
    if has_norm {
        text = text.words(
            " The row of the bias is 0, but for rounding: whatever a bias weight adds to all sums, μ takes away again.",
        );
    }
    Some(text)
}

pub(super) fn normalise(step: &Step, l: usize) -> RichText {
    if step.context().predicting {
        let text = RichText::from(
            "A prediction must not depend on the other samples of its batch. So it takes the running μ and σ², ",
        );
        return text.words(if step.segment.progress.updates > 0 {
            "which every update has moved a tenth of the way to those of its batch."
        } else {
            "which every update will move a tenth of the way to those of its batch. So far they are 0 and 1."
        });
    }
    if step.columns() == 1 {
        return RichText::from(
            "A single sample is its own mean: every ẑ is 0, and nothing of the input is left. Batch normalisation needs batches.",
        );
    }
    let samples = step.columns();
    let Some(spread) = Spread::of_layer(step, l) else {
        return RichText::new().words(format!(
            "All {samples} samples have the same sums here: each is its own mean μ, and there is no spread to make a variance of 1 of. Every ẑ is 0, and nothing of the input is left. ε = {BATCH_NORM_EPSILON} keeps the root above 0."
        ));
    };
    let text = RichText::new().words(format!(
        "Over the {samples} samples, the sums of each unit get mean 0 and variance 1: subtract their mean μ, divide by their deviation. "
    ));
    match spread {
        Spread::All => text.words(format!(
            "ε = {BATCH_NORM_EPSILON} only keeps the root above 0."
        )),
        Spread::Little => text.words(format!(
            "Where σ² is not far above ε = {BATCH_NORM_EPSILON}, ε makes the variance smaller than 1."
        )),
        Spread::Some => text.words(format!(
            "Where the samples have the same sums, σ² = 0 and there is no spread: ẑ is 0. ε = {BATCH_NORM_EPSILON} keeps the root above 0."
        )),
    }
}

/// The spread of a layer's sums over the batch.
enum Spread {
    /// Every unit's sums differ, by much more than ε.
    All,
    /// Every unit's sums differ, but some so little that ε matters.
    Little,
    /// Only some units' sums differ.
    Some,
}

impl Spread {
    /// The variance above which ε makes up less than a hundredth.
    const MUCH: f64 = 100.0 * BATCH_NORM_EPSILON;

    /// Returns the spread in layer l; `None` if no unit's sums differ.
    fn of_layer(step: &Step, l: usize) -> Option<Self> {
        let sums = step.get(Quantity::Sum(l), false)?;
        let is_level = |row: ArrayView1<f64>| {
            let least = row.iter().copied().fold(f64::INFINITY, f64::min);
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Direction::of_change(least, most) == Direction::Neither
        };
        let level = sums.rows().into_iter().filter(|row| is_level(*row)).count();
        let variances = step.get(Quantity::Variance(l), false)?;
        match level {
            0 if variances.iter().all(|&variance| variance >= Self::MUCH) => Some(Self::All),
            0 => Some(Self::Little),
            level if level < sums.nrows() => Some(Self::Some),
            _ => None,
        }
    }
}

pub(super) fn scale(context: &Context) -> RichText {
    let text =
        RichText::from("Each unit learns a mean and a spread of its own: γ stretches, β shifts.");
    if context.predicting {
        text
    } else {
        text.words(
            " β does the work of the bias weight, which has lost its effect, for μ takes it away.",
        )
    }
}

pub(super) fn dropout(step: &Step, l: usize) -> RichText {
    let context = step.context();
    let layer = context.layer(l);
    let share = layer.dropout;
    if context.predicting {
        return RichText::from(
            "Predicting drops nothing. As training divides what it keeps by 1 − p, nothing need be made up for.",
        );
    }
    let text = RichText::new().words(if layer.mask.is_some() {
        format!(
            "The lesson gives the mask m, the same in every update: where it is 0 an output is dropped; else the output is divided by 1 − p, p = {share}, to make up for them. So no unit can count on another."
        )
    } else {
        format!(
            "With probability p = {share} an output is dropped, m = 0; else it is divided by 1 − p, so that on average nothing changes. So no unit can count on another."
        )
    });
    match step.get(Quantity::Mask(l), false) {
        Some(mask) => {
            let dropped = mask.iter().filter(|&&m| m <= 0.0).count();
            text.words(format!(" Dropped here: {dropped} of {}.", mask.len()))
        }
        None => text,
    }
}

pub(super) fn skip(l: usize) -> RichText {
    RichText::new().words(format!(
        "The outputs of layer {} are added as they are, so the weights have only to learn what to change. [1+] drops their bias unit: layer {l} gets its own.",
        l - 1
    ))
}

pub(super) fn skip_error(l: usize) -> RichText {
    RichText::new().words(format!(
        "Layer {l} feeds layer {} in two ways, so blame comes back in two: through the weights, and through the skip connection, where nothing makes it smaller. That keeps it from vanishing.",
        l + 1
    ))
}

pub(super) fn scaled_error(context: &Context, l: usize) -> RichText {
    let text = RichText::from(
        "φ was taken of v, so ψ leads back to v: this is the error before φ, but after the normalisation.",
    );
    if context.layer(l).dropout > 0.0 {
        text.words(" A dropped unit had no part in the loss: m = 0 makes its error 0.")
    } else {
        text
    }
}

pub(super) fn error_before_norm(context: &Context, l: usize) -> RichText {
    if context.samples == 1 {
        return RichText::from(
            "With a single sample ẑ is 0 whatever z is: the error is 0, and the weights into this layer learn nothing.",
        );
    }
    RichText::new().words(format!(
        "μ and σ² move with every z: a shift of all sums is undone by μ, a stretch by σ². So the mean of the errors is taken off, and what runs along ẑ. Over the batch, δ{} sums up to 0.",
        layer(l)
    ))
}

pub(super) fn error_with_dropout() -> RichText {
    RichText::from(
        "The slope ψ scales the blame, and so does the mask: a dropped unit had no part in the loss, its error is 0; what a kept one said was enlarged, and so is its error.",
    )
}

pub(super) fn scale_gradient() -> RichText {
    RichText::from(
        "v = γẑ + β: a change of γ (first column) counts by ẑ, a change of β (second) by 1. The samples of the batch add up.",
    )
}

pub(super) fn scale_update(context: &Context) -> RichText {
    let text = RichText::new().words(format!(
        "γ and β, the columns of S, step downhill like weights, with the same ρ = {}.",
        context.training.rho
    ));
    let text = if context.training.penalty.is_any() {
        text.words(" No penalty pulls them.")
    } else {
        text
    };
    text.words(format!(
        " The running μ and σ², for predictions, move to those of the batch by a share of {BATCH_NORM_MOMENTUM} (σ² over N − 1)."
    ))
}

/// Returns the text on what stays the same when a training walk recomputes its prediction; `None` without
/// dropout and batch normalisation.
pub(super) fn unchanged(context: &Context) -> Option<&'static str> {
    let layers = context.network.layers();
    let drops = layers.iter().any(|layer| layer.dropout > 0.0);
    let norms = layers.iter().any(|layer| layer.batch_norm);
    match (drops, norms) {
        (true, true) => {
            Some("What was dropped stays dropped, and the batch is normalised by itself. ")
        }
        (true, false) => Some("What was dropped stays dropped, so that old and new compare. "),
        (false, true) => Some("The batch is normalised by itself, so that old and new compare. "),
        (false, false) => None,
    }
}
