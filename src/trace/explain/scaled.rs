//! Explains the numbers of samples: those that inputs are made of, and those that are scaled from and by.

use ndarray::ArrayView1;

use super::terms::{difference, given_by, joined, positive, single};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{Operation, Quantity, RichText};
use crate::engine::{Feature, Side, Statistic};

/// The largest number of samples whose numbers are added up in sight.
const MOST_TERMS: usize = 10;

impl Explainer<'_, '_> {
    /// Explains a number of the samples as the network takes it: given, made of others, or scaled.
    pub(super) fn of_samples(&self, out: &mut Explanation, side: Side) {
        let number = self.cell.row + self.cell.symbol.first_row(self.step.last()) - 1;
        if self.step.scaled(side).is_none() {
            if side == Side::Inputs && self.step.spec().made.is_some() {
                self.feature(out, number);
                return;
            }
            out.remark = Some(self.given(side));
            return;
        }
        self.cellwise(out, Operation::ScaleData(side));
        let is_constant = |row| self.step.scaled(side).is_some_and(|c| c.is_constant(row));
        if is_constant(number) {
            out.remark = Some(SAME.into());
        }
    }

    /// Explains an input, by its 0-based number, that is made of the numbers of a sample.
    pub(super) fn feature(&self, out: &mut Explanation, input: usize) {
        let Some(feature) = self.feature_of(input) else {
            return;
        };
        let raw = Quantity::Raw(Side::Inputs);
        let column = self.cell.column;
        let number = |of: usize| self.value(raw, false, of, column);
        out.formula = feature.name().into();
        out.terms = vec![match feature.as_plain() {
            Some(of) => single(number(of)),
            None => positive(feature.with_numbers(number)),
        }];
        let numbers = feature.numbers().into_iter();
        out.sources = numbers
            .map(|of| (raw, false, Region::Cell(of, column)))
            .collect();
    }

    fn feature_of(&self, input: usize) -> Option<&Feature> {
        self.step.spec().made.as_ref()?.features.get(input)
    }

    /// Explains a number as it stands in the data.
    pub(super) fn raw(&self, out: &mut Explanation, side: Side) {
        let given = self.given(side);
        out.remark = Some(match self.column_name(side, self.cell.row) {
            Some((word, true)) => format!("{given}: 1 where the word is {word}, else 0"),
            Some((name, false)) => format!("{given}, {name}"),
            None => given,
        });
    }

    /// Returns where a number of the samples is given.
    fn given(&self, side: Side) -> String {
        let what = match side {
            Side::Inputs => "input",
            Side::Targets => "target",
        };
        given_by(&self.step.shown_samples(), self.cell.column, what)
    }

    /// Explains what a column is scaled by.
    pub(super) fn statistic(&self, out: &mut Explanation, statistic: Statistic, side: Side) {
        let row = self.cell.row;
        let Some(columns) = self.step.scaled(side) else {
            return;
        };
        let numbers = columns.raw.column(row);
        let count = numbers.len();
        let before = self.step.context().unscaled(side);
        let raw = before.cell(row, 0, self.step.last());
        let name = match self.column_name(side, row) {
            _ if before == Quantity::Feature => {
                let of = self.feature_of(row).map_or_else(String::new, Feature::name);
                format!("{raw}, {of},")
            }
            Some((name, _)) => format!("{raw}, {name},"),
            None => raw.clone(),
        };
        let over = format!("over the {count} samples that are learnt from");
        if columns.is_constant(row) && matches!(statistic, Statistic::Deviation | Statistic::Range)
        {
            out.remark = Some(SAME.into());
            return;
        }
        let last = self.step.last();
        let mean = Quantity::Statistic(Statistic::Mean, side);
        let words = match statistic {
            Statistic::Mean => format!("mean of {name} {over}"),
            Statistic::Deviation => {
                format!("√(mean of ({raw} − {})²) {over}", mean.cell(row, 0, last))
            }
            Statistic::Low => format!("the least {name} {over}"),
            Statistic::Range => format!("max − min of {name} {over}"),
        };
        match statistic {
            Statistic::Mean if count <= MOST_TERMS => {
                out.terms = numbers.iter().map(|&number| single(number)).collect();
                out.divisor = Some(count);
            }
            Statistic::Deviation if count <= MOST_TERMS => {
                out.terms = vec![root_of_mean(&numbers, self.value(mean, false, row, 0))];
                out.sources = vec![(mean, false, Region::Cell(row, 0))];
            }
            Statistic::Range => {
                let low = columns.shifts[row];
                let high = numbers.iter().copied().fold(low, f64::max);
                let least = Term {
                    negative: low >= 0.0,
                    ..single(low)
                };
                out.terms = vec![single(high), least];
            }
            Statistic::Mean | Statistic::Deviation | Statistic::Low => {
                out.remark = Some(words);
                return;
            }
        }
        out.formula = words.into();
    }

    /// Returns the name of a column, and whether it is a word that the column stands for.
    fn column_name(&self, side: Side, row: usize) -> Option<(&str, bool)> {
        let spec = self.step.spec();
        match side {
            Side::Inputs if spec.made.is_some() => {
                Some((spec.made.as_ref()?.names.get(row)?, false))
            }
            Side::Inputs => {
                let is_word = spec.words.get(row).copied().unwrap_or(false);
                Some((spec.data.features.get(row)?, is_word))
            }
            Side::Targets => None,
        }
    }
}

/// The remark on a column that is the same everywhere.
const SAME: &str = "all samples have the same here: nothing to divide by, so 1 stands for it";

/// Returns √(((a − μ)² + …) / N).
fn root_of_mean(numbers: &ArrayView1<f64>, mean: f64) -> Term {
    let square = |&number: &f64| positive(difference(number, mean).words("²"));
    let squares: Vec<Term> = numbers.iter().map(square).collect();
    let root = RichText::from("√((").then(joined(&squares));
    positive(root.words(format!(") / {})", numbers.len())))
}
