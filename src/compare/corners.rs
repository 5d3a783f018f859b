//! Corners of φ, where it has no slope: a program may take that of either side.

use std::ops::Range;

use super::report;
use crate::algebra::{Context, Quantity};
use crate::trace::Trace;

/// Returns the slopes of φ below and above 0 in a hidden layer, if they differ and nothing stands between φ and the errors.
pub(super) fn corner(context: &Context<'_>, l: usize) -> Option<[f64; 2]> {
    const NEAR: f64 = 1e-9;
    let (activation, layer) = (context.activation(l), context.layer(l));
    if l == 0 || l >= context.last() || layer.dropout > 0.0 || layer.batch_norm {
        return None;
    }
    let slopes = [-NEAR, NEAR].map(|z| activation.psi(activation.phi(z)));
    ((slopes[0] - slopes[1]).abs() > 1e-6).then_some(slopes)
}

/// Returns whether a sum is 0, but for what adding up leaves.
pub(super) fn is_corner(z: f64) -> bool {
    z.abs() <= 1e-12
}

/// Returns the sentence on the first sum of a walk that is at a corner of φ, where a program may take the slope of either side, or
/// one between them; `None` if there is none.
pub(super) fn told_corner(trace: &Trace, walk: &Range<usize>, between: f64) -> Option<String> {
    walk.clone().find_map(|index| {
        let step = trace.step(index);
        let context = step.context();
        let Quantity::Sum(l) = step.symbol()? else {
            return None;
        };
        let [below, above] = corner(&context, l)?;
        let value = step.exact(Quantity::Sum(l), false)?;
        let ((row, column), _) = value.indexed_iter().find(|(_, z)| is_corner(**z))?;
        let name = Quantity::Sum(l).cell(row, column, context.last());
        let sample = step.samples().get(column).copied()?;
        Some(format!(
            "{name} of sample {sample} is exactly 0, where φ has a corner and no slope: your program takes ψ = {} there, the lesson {}. One is as right as the other.",
            report::number(below + between * (above - below)),
            report::number(context.activation(l).psi(context.activation(l).phi(0.0)))
        ))
    })
}
