//! The factor between a program's losses, errors and gradients and those of the lesson: sums or means, with the ½ or
//! without, ŷ − y or y − ŷ.

use crate::algebra::{Context, Quantity};
use crate::engine::{Loss, Moment};

/// A factor, and the words for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor {
    pub(super) by: f64,
    pub(super) words: String,
}

/// The kinds of quantities that one factor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Nothing scales it.
    Plain,
    Loss,
    Error,
    Gradient,
    Update,
    /// What momentum keeps.
    Velocity,
    /// The mask of dropout in a layer.
    Mask(usize),
}

impl Kind {
    pub(super) const fn of(quantity: Quantity, is_new: bool) -> Self {
        match quantity {
            Quantity::Loss => Self::Loss,
            Quantity::LossSlope
            | Quantity::Delta(_)
            | Quantity::PulledBack(_)
            | Quantity::Arrived(_)
            | Quantity::ScaledDelta(_) => Self::Error,
            Quantity::Gradient(_) | Quantity::ScaleGradient(_) => Self::Gradient,
            Quantity::Weights(_) | Quantity::Scale(_) if is_new => Self::Update,
            Quantity::Moment(Moment::Velocity, _) => Self::Velocity,
            Quantity::Mask(l) => Self::Mask(l),
            _ => Self::Plain,
        }
    }
}

/// Returns the factors that a kind may have whose factors depend on nothing else, 1 first; `None` for another kind.
pub(super) fn own_factors(kind: Kind, context: &Context<'_>) -> Option<Vec<Factor>> {
    let rest = match kind {
        Kind::Velocity => {
            let rho = context.training.rho;
            vec![
                (rho, "with ρ in it already"),
                (-rho, "with −ρ in it already: it is the step itself"),
                (-1.0, "with the other sign: your update adds it"),
            ]
        }
        Kind::Mask(l) => {
            let kept = 1.0 - context.layer(l).dropout;
            vec![(
                kept,
                "of 0 and 1 alone, so you have to divide by 1 − p later",
            )]
        }
        _ => return None,
    };
    let one = Factor {
        by: 1.0,
        words: String::new(),
    };
    let rest = rest.into_iter().map(|(by, words)| Factor {
        by,
        words: words.to_owned(),
    });
    Some(std::iter::once(one).chain(rest).collect())
}

/// Returns the factors that a loss of the same meaning may have, 1 first.
pub(super) fn factors(context: &Context<'_>) -> Vec<Factor> {
    let n = context.samples;
    let one = || vec![(1.0, String::new())];
    let mut over_samples = one();
    match context.divisor() {
        Some(divisor) if divisor > 1 => {
            over_samples.push((
                divisor as f64,
                format!("the sum over the {n} samples, not their mean"),
            ));
        }
        None if n > 1 => {
            over_samples.push((
                1.0 / n as f64,
                format!("the mean over the {n} samples, not their sum"),
            ));
        }
        _ => {}
    }
    let mut of_square = one();
    match context.training.loss {
        Loss::MeanSquared => of_square.push((0.5, "with a factor ½".to_owned())),
        Loss::HalfSquared => of_square.push((2.0, "without the factor ½".to_owned())),
        _ => {}
    }
    let mut over_outputs = one();
    let outputs = context.network.outputs();
    if outputs > 1 && !matches!(context.training.loss, Loss::CrossEntropy | Loss::Perceptron) {
        over_outputs.push((
            1.0 / outputs as f64,
            format!("the mean over the {outputs} outputs too"),
        ));
    }
    let mut factors: Vec<(usize, Factor)> = Vec::new();
    for (by_samples, samples) in &over_samples {
        for (by_square, square) in &of_square {
            for (by_outputs, outputs) in &over_outputs {
                let by = by_samples * by_square * by_outputs;
                let words = [samples, square, outputs].map(String::as_str);
                let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
                let parts = words.len();
                let words = words.join(", ");
                factors.push((parts, Factor { by, words }));
            }
        }
    }
    // The shorter words where two come to the same, or both.
    factors.sort_by_key(|(parts, _)| *parts);
    let mut known: Vec<(usize, Factor)> = Vec::new();
    for (parts, factor) in factors {
        match known.iter_mut().find(|of| is_same(of.1.by, factor.by)) {
            Some((1, other)) if parts == 1 => {
                other.words = format!("{}, or {}", other.words, factor.words);
            }
            Some(_) => {}
            None => known.push((parts, factor)),
        }
    }
    known.into_iter().map(|(_, factor)| factor).collect()
}

/// Returns whether two factors are the same.
pub(super) fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}
