//! Explains what is learned: weights, and γ and β of batch normalisation.

use super::{Explainer, Explanation};
use crate::algebra::{Cell, Operation, Quantity};
use crate::engine::InitScheme;
use crate::lesson::Start;

impl Explainer<'_, '_> {
    /// Returns what is said of a number that a scene has set.
    fn set(&self) -> Option<String> {
        let is_set = self.step.trace().is_set(self.step.index, self.cell);
        is_set.then(|| "set, not computed".into())
    }

    /// Returns whether the current values come from updates before this walk.
    fn is_left_by_updates(&self) -> bool {
        let is_trained = self.step.operation().is_none() && self.step.epoch() > 0;
        is_trained || self.step.segment.progress.updates > 0
    }

    /// The same cell of what a change is of, γ and β as columns, where that makes the number anew.
    pub(super) fn changed_by(&self, change: Operation) -> Option<Self> {
        let cell = match self.cell.symbol {
            Quantity::Gamma(l) => Cell::new(Quantity::Scale(l), self.cell.row, 0),
            Quantity::Beta(l) => Cell::new(Quantity::Scale(l), self.cell.row, 1),
            _ => self.cell,
        };
        let is_new = change.symbol(self.step.network().layers()) == cell.symbol;
        (is_new && !self.cell.before).then_some(Self { cell, ..*self })
    }

    /// Explains a placeholder in a matrix of weights, or in what is made of its gradient.
    pub(super) fn not_learned(&self, out: &mut Explanation) {
        let Cell {
            symbol,
            row,
            column,
            ..
        } = self.cell;
        let context = self.step.context();
        let Some(layer) = context.target_of(symbol) else {
            return;
        };
        out.value = None;
        out.remark = Some(
            match (layer.has_weight(row, column), row) {
                (true, _) => "only a placeholder: this weight is frozen, so it is not learned",
                (false, 0) => "only a placeholder: the layer has no bias",
                (false, _) => "only a placeholder: there is no such connection",
            }
            .into(),
        );
    }

    pub(super) fn weight(&self, out: &mut Explanation) {
        if let Some(set) = self.set() {
            out.remark = Some(set);
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

    pub(super) fn moment(&self, out: &mut Explanation) {
        out.remark = Some(
            if self.is_left_by_updates() {
                "kept by the optimizer, as the updates before have left it"
            } else {
                "kept by the optimizer: it starts at 0"
            }
            .into(),
        );
    }

    /// Explains γ (column 0) or β (column 1).
    pub(super) fn scale(&self, out: &mut Explanation, column: usize) {
        if let Some(set) = self.set() {
            out.remark = Some(set);
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
