//! Explains the numbers of batch normalisation, forward and backward.

use super::terms::{difference, mean, positive, product, signed_minus, single};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{Cell, Expression, Quantity, RichText};

/// The remark on running statistics.
const RUNNING: &str =
    "running: every update of the training has moved it a tenth of the way to that of its batch";

/// The remark on running statistics before the first update.
const NOT_YET_RUNNING: &str = "running: as it starts, for no update has moved it yet";

impl Explainer<'_, '_> {
    /// Returns the values of one unit over the samples of the batch, for a quantity without a bias row.
    fn over_samples(&self, symbol: Quantity, unit: usize) -> Vec<f64> {
        (0..self.step.columns())
            .map(|n| self.value(symbol, false, unit, n))
            .collect()
    }

    fn running(&self) -> &'static str {
        if self.step.segment.progress.updates > 0 {
            RUNNING
        } else {
            NOT_YET_RUNNING
        }
    }

    /// Explains μ, the mean of the sums of a unit.
    pub(super) fn mean(&self, out: &mut Explanation, l: usize) {
        if self.step.is_predicting() {
            out.remark = Some(self.running().into());
            return;
        }
        let unit = self.cell.row;
        let z = Quantity::Sum(l).cell(unit, 0, self.step.last());
        out.formula = RichText::new().words(format!("mean of {z} over the batch"));
        let terms = self.over_samples(Quantity::Sum(l), unit);
        mean_of(out, terms.into_iter().map(single).collect());
        out.sources = vec![(Quantity::Sum(l), false, Region::Row(unit))];
    }

    /// Explains σ², the variance of the sums of a unit.
    pub(super) fn variance(&self, out: &mut Explanation, l: usize) {
        if self.step.is_predicting() {
            out.remark = Some(self.running().into());
            return;
        }
        let (unit, last) = (self.cell.row, self.step.last());
        let z = Quantity::Sum(l).cell(unit, 0, last);
        let mu = Quantity::Mean(l).cell(unit, 0, last);
        out.formula = RichText::new().words(format!("mean of ({z} − {mu})² over the batch"));
        let mu = self.value(Quantity::Mean(l), false, unit, 0);
        let square = |z: f64| positive(difference(z, mu).words("²"));
        let terms = self.over_samples(Quantity::Sum(l), unit);
        mean_of(out, terms.into_iter().map(square).collect());
        out.sources = vec![
            (Quantity::Sum(l), false, Region::Row(unit)),
            (Quantity::Mean(l), false, Region::Cell(unit, 0)),
        ];
    }

    /// Returns `√(σ² + ε)` with numbers.
    fn deviation(&self, l: usize) -> RichText {
        self.numbers_of(&Expression::deviation(l))
    }

    /// Explains ∂J/∂v.
    pub(super) fn scaled_error(&self, out: &mut Explanation, l: usize) {
        self.blame(out, l, self.cell.row + 1);
    }

    /// Returns the terms ∂J/∂v · ẑ of a unit, one for every sample.
    fn error_products(&self, l: usize, unit: usize) -> Vec<Term> {
        let errors = self.over_samples(Quantity::ScaledDelta(l), unit);
        let normalised = self.over_samples(Quantity::Normalised(l), unit);
        let pairs = errors.into_iter().zip(normalised);
        pairs.map(|(error, z)| product(error, z)).collect()
    }

    /// Explains δ in front of batch normalisation, in three terms.
    pub(super) fn error_before_norm(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let (unit, last) = (row - 1, self.step.last());
        let [dv, z] = [Quantity::ScaledDelta(l), Quantity::Normalised(l)]
            .map(|symbol| symbol.cell(unit, column, last));
        let [gamma, variance] =
            [Quantity::Gamma(l), Quantity::Variance(l)].map(|symbol| symbol.cell(unit, 0, last));
        out.formula = RichText::new().words(format!(
            "{gamma} / √({variance} + ε) · ({dv} − mean(∂J/∂v) − {z} · mean(∂J/∂v · ẑ))"
        ));
        let errors = self.over_samples(Quantity::ScaledDelta(l), unit);
        let errors: Vec<Term> = errors.into_iter().map(single).collect();
        let z = self.value(Quantity::Normalised(l), false, unit, column);
        out.terms.push(positive(
            RichText::new()
                .number(self.value(Quantity::Gamma(l), false, unit, 0))
                .words(" / ")
                .then(self.deviation(l))
                .words(" · (")
                .number(self.value(Quantity::ScaledDelta(l), false, unit, column))
                .words(" − ")
                .then(mean(&errors))
                .words(signed_minus(z))
                .number(z.abs())
                .words(" · ")
                .then(mean(&self.error_products(l, unit)))
                .words(")"),
        ));
        out.sources = vec![
            (Quantity::Gamma(l), false, Region::Cell(unit, 0)),
            (Quantity::Variance(l), false, Region::Cell(unit, 0)),
            (Quantity::ScaledDelta(l), false, Region::Row(unit)),
            (Quantity::Normalised(l), false, Region::Row(unit)),
        ];
    }

    /// Explains ∂J/∂γ (column 0) or ∂J/∂β (column 1).
    pub(super) fn scale_gradient(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let [dv, z] = [Quantity::ScaledDelta(l), Quantity::Normalised(l)];
        let [dv_name, z_name] = [dv, z].map(|symbol| symbol.cell(row, 0, last));
        out.sources = vec![(dv, false, Region::Row(row))];
        let formula = if column == 0 {
            out.terms = self.error_products(l, row);
            out.sources.push((z, false, Region::Row(row)));
            format!("{dv_name} · {z_name}")
        } else {
            let errors = self.over_samples(dv, row);
            out.terms = errors.into_iter().map(single).collect();
            dv_name
        };
        out.formula = if out.terms.len() > 1 {
            format!("Σ over the samples of {formula}").into()
        } else {
            formula.into()
        };
    }
}

/// Sets the terms and, if there are several, their number as the divisor.
fn mean_of(out: &mut Explanation, terms: Vec<Term>) {
    out.divisor = (terms.len() > 1).then_some(terms.len());
    out.terms = terms;
}
