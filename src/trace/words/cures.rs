//! What is said of penalty, dropout, batch normalisation and skip connections.

use crate::engine::{BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM};
use crate::trace::notation::layer;
use crate::trace::operation::Context;
use crate::trace::prose::Prose;
use crate::trace::step::Step;
use crate::trace::symbol::Symbol;

pub(super) fn penalty(step: &Step) -> Prose {
    let prose = Prose::new().words(format!(
        "Large weights make sharp bends. So large weights cost something: α = {} times the sum of all squared weights. Bias weights are left out: they shift a unit and make nothing steep. Training makes J plus the penalty small, ",
        step.context().alpha
    ));
    let of = |symbol| step.get(symbol, true).map(|value| value[[0, 0]]);
    match (of(Symbol::Loss), of(Symbol::Penalty)) {
        (Some(loss), Some(penalty)) => prose
            .words("here ")
            .number(loss)
            .words(" + ")
            .number(penalty)
            .words("."),
        _ => prose.words("not J alone."),
    }
}

/// What is special about the gradient of W⁽ˡ⁾.
pub(super) fn of_gradient(context: &Context, l: usize) -> Option<String> {
    let penalty = format!(
        " The penalty adds 2α = {} times the weight itself, a pull towards 0; bias weights are not pulled.",
        2.0 * context.alpha
    );
    let norm = " The row of the bias is 0, but for rounding: whatever a bias weight adds to all sums, subtracting their mean takes away.";
    match (context.alpha > 0.0, context.layer(l + 1).batch_norm) {
        (true, true) => Some(format!("{penalty}{norm}")),
        (true, false) => Some(penalty),
        (false, true) => Some(norm.into()),
        (false, false) => None,
    }
}

pub(super) fn normalise(step: &Step, l: usize) -> Prose {
    if step.context().predicting {
        return Prose::from(
            "A prediction must not depend on who else is in the batch. So μ and σ² are not those of the batch: they are the running ones, which every update of the training has moved a tenth of the way to those of its batch.",
        );
    }
    if step.columns() == 1 {
        return Prose::from(
            "Batch normalisation subtracts the mean over the batch and divides by the deviation. But a single sample is its own mean: every ẑ is 0, and nothing of the input is left. Use it with batches.",
        );
    }
    Prose::new().words(format!(
        "Batch normalisation: over the {} samples, the sums of each unit get mean 0 and variance 1. μ is their mean, σ² their variance, and ε = {BATCH_NORM_EPSILON} keeps the root above 0. So φ of layer {l} sees sums of the same size, however the layers before change.",
        step.columns()
    ))
}

pub(super) fn scale(l: usize) -> Prose {
    Prose::new().words(format!(
        "Mean 0 and variance 1 need not be what serves best. So each unit learns its own: γ{} stretches, β{} shifts. β does the work of the bias weight, which has no effect any more: the mean has taken it away.",
        layer(l),
        layer(l)
    ))
}

pub(super) fn dropout(step: &Step, l: usize) -> Prose {
    let context = step.context();
    let share = context.layer(l).dropout;
    if context.predicting {
        return Prose::new().words(format!(
            "Predicting, nothing is dropped: every unit has its say. In training each is dropped with p = {share}, but those that stay are divided by 1 − p, so nothing need be made up for now."
        ));
    }
    let prose = Prose::new().words(format!(
        "A draw for every unit and sample: with p = {share} the output is dropped, m = 0; else it is kept and divided by 1 − p, so that the mean stays the same. No unit can count on another, so each must be of use by itself. The bias unit stays."
    ));
    match step.get(Symbol::Mask(l), false) {
        Some(mask) => {
            let dropped = mask.iter().filter(|&&m| m <= 0.0).count();
            prose.words(format!(" Dropped here: {dropped} of {}.", mask.len()))
        }
        None => prose,
    }
}

pub(super) fn skip(l: usize) -> Prose {
    Prose::new().words(format!(
        "The outputs of layer {} skip the weights and are added as they are; [1+] drops their bias unit, for layer {l} has its own. So the layer has only to learn what to change. On the way back the error takes the same short cut.",
        l - 1
    ))
}

pub(super) fn skip_error(l: usize) -> Prose {
    Prose::new().words(format!(
        "Layer {l} feeds layer {0} in two ways, so blame comes back in two ways: through the weights, and through the skip connection. There it arrives whole: no weight and no slope makes it smaller, which keeps the error of a deep network from vanishing.",
        l + 1
    ))
}

pub(super) fn scaled_error(context: &Context, l: usize) -> Prose {
    let prose = Prose::new().words(format!(
        "φ was taken of v, so the slope ψ leads back to v first: ∂J/∂v{} is the error in front of φ, but still behind the normalisation.",
        layer(l)
    ));
    if context.layer(l).dropout > 0.0 {
        prose.words(" A dropped unit had no part in the loss: m = 0 makes its error 0.")
    } else {
        prose
    }
}

pub(super) fn error_before_norm(context: &Context, l: usize) -> Prose {
    if context.samples == 1 {
        return Prose::from(
            "Back through the normalisation. With a single sample ẑ is 0 whatever z is, so z has no part in the loss: its error is 0, and the weights of this layer learn nothing.",
        );
    }
    Prose::new().words(format!(
        "Back through the normalisation. γ/√(σ² + ε) would be all if μ and σ² stood still. But each z moves them too: what all samples ask for alike (the mean) cannot be had, nor can a mere stretching along ẑ. δ{} is what is left; over the batch it sums up to 0.",
        layer(l)
    ))
}

pub(super) fn error_with_dropout(l: usize) -> Prose {
    Prose::new().words(format!(
        "The slope ψ of each unit scales the blame, and so does the mask: a dropped unit had no part in the loss, its error is 0; one that was kept had its output enlarged, and so is its error. δ{} is ∂J/∂z{}; its row for the bias is a placeholder.",
        layer(l),
        layer(l)
    ))
}

pub(super) fn scale_gradient() -> Prose {
    Prose::from(
        "v = γ ẑ + β, so a change of γ counts by ẑ, a change of β by 1: the errors ∂J/∂v times ẑ, and the errors alone. Each unit has one γ and one β for all samples, so those of the batch add up.",
    )
}

pub(super) fn scale_update(context: &Context, l: usize) -> Prose {
    let prose = Prose::new().words(format!(
        "γ and β step downhill like weights, with the same ρ = {}",
        context.rate
    ));
    let prose = if context.alpha > 0.0 {
        prose.words("; no penalty pulls them.")
    } else {
        prose.words(".")
    };
    prose.words(format!(
        " The running mean and variance of layer {l}, which predictions will use, move to those of this batch by a share of {BATCH_NORM_MOMENTUM} (the variance over N − 1)."
    ))
}

/// What stays as it was when the prediction of a training walk is made anew.
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
