//! Explains what is learned: weights, and γ and β of batch normalisation.

use super::terms::single;
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{
    Cell, Operation, Quantity, RichText,
    notation::{indices, layer},
};
use crate::engine::InitScheme;
use crate::lesson::Start;

impl Explainer<'_, '_> {
    /// Returns whether the current values come from updates before this walk.
    fn is_left_by_updates(&self) -> bool {
        let is_trained = self.step.operation().is_none() && self.step.epoch() > 0;
        is_trained || self.step.segment.progress.updates > 0
    }

    pub(super) fn weight(&self, out: &mut Explanation, l: usize, before: bool) {
        let Cell { row, column, .. } = self.cell;
        if self.step.operation() == Some(Operation::Update(l)) && !before {
            let i = indices(row, column + 1);
            let name = format!("w{i}{}", layer(l));
            out.name = format!("new {name}");
            out.formula = RichText::new().words(format!("{name} − ρ · ∂J/∂{name}"));
            let old = self.value(Quantity::Weights(l), true, row, column);
            let gradient = self.value(Quantity::Gradient(l), false, row, column);
            let rate = self.step.context().rate;
            out.terms = descent(old, rate, gradient);
            let cell = Region::Cell(row, column);
            out.sources = vec![
                (Quantity::Weights(l), true, cell),
                (Quantity::Gradient(l), false, cell),
            ];
            return;
        }
        out.remark = Some(if self.is_left_by_updates() {
            "a weight, as the updates before have left it".into()
        } else {
            match &self.step.spec().start {
                Start::Weights(_) => "an initial weight, given by the lesson".into(),
                Start::Init(init) => match init.scheme {
                    InitScheme::Uniform { low, high } => format!(
                        "an initial weight, drawn evenly from {low} to {high} with seed {}",
                        init.seed
                    ),
                    InitScheme::Xavier => {
                        format!("an initial weight, drawn by Xavier with seed {}", init.seed)
                    }
                    InitScheme::He => {
                        format!("an initial weight, drawn by He with seed {}", init.seed)
                    }
                    InitScheme::Zeros => "an initial weight: all start at 0".into(),
                },
            }
        });
    }

    /// Explains γ (column 0) or β (column 1).
    pub(super) fn scale(&self, out: &mut Explanation, l: usize, column: usize, before: bool) {
        let row = self.cell.row;
        let name = Quantity::of_scale(l, column).cell(row, 0, self.step.last());
        if self.step.operation() == Some(Operation::ScaleUpdate(l)) && !before {
            out.name = format!("new {name}");
            out.formula = RichText::new().words(format!("{name} − ρ · ∂J/∂{name}"));
            let old = self.value(Quantity::Scale(l), true, row, column);
            let gradient = self.value(Quantity::ScaleGradient(l), false, row, column);
            out.terms = descent(old, self.step.context().rate, gradient);
            let cell = Region::Cell(row, column);
            out.sources = vec![
                (Quantity::Scale(l), true, cell),
                (Quantity::ScaleGradient(l), false, cell),
            ];
            return;
        }
        out.remark = Some(
            match (self.is_left_by_updates(), column) {
                (true, _) => "learned, as the updates before have left it",
                (false, 0) => "a learned scale: it starts at 1, which changes nothing",
                (false, _) => "a learned shift: it starts at 0, which changes nothing",
            }
            .into(),
        );
    }
}

/// Returns the terms of `w − ρ·∇`.
fn descent(old: f64, rate: f64, gradient: f64) -> Vec<Term> {
    let step = Term {
        negative: true,
        text: RichText::new().number(rate).words("·").number(gradient),
    };
    vec![single(old), step]
}
