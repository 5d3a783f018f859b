//! Explains where one number comes from: its terms with numbers, the cells it was computed from, the step that
//! computed it.

mod backward;
mod cellwise;
mod chain;
mod forward;
mod learned;
mod loss;
mod norm;
mod scaled;
mod terms;

use super::Trace;
use super::step::Step;
use crate::algebra::arithmetic::{comes_to, work_out};
use crate::algebra::{Cell, Decimals, Operation, Quantity, RichText};
use crate::engine::Side;
pub use chain::Chain;
use terms::joined;

/// The explanation of one number.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The number's name: `δ₁⁽¹⁾`.
    pub name: String,
    /// The formula of this one cell, without its name; empty if the number was given.
    pub formula: RichText,
    /// The terms with numbers. Their sum, divided by `divisor`, is the value.
    pub terms: Vec<Term>,
    /// The divisor of the sum of the terms: the number of samples of a mean; `None` for a sum.
    pub divisor: Option<usize>,
    /// The number itself; `None` for a placeholder.
    pub value: Option<f64>,
    /// `true` if a number other than 0 must not be shown as 0.
    pub is_telling: bool,
    /// A remark in words: where a given number was given, or why a placeholder has no value.
    pub remark: Option<String>,
    /// The factors that it is the product of, from the loss on; `None` if no single path leads there.
    pub chain: Option<Chain>,
    /// The cells it was computed from: the quantity, `true` for its value before the update, and the region.
    pub sources: Vec<(Quantity, bool, Region)>,
    /// The index of the step that computed it, if that is another step.
    pub made_at: Option<usize>,
}

/// One term of a sum.
#[derive(Debug, Clone)]
pub struct Term {
    /// `true` if the term is subtracted.
    pub negative: bool,
    /// The term without that sign.
    pub text: RichText,
}

/// Cells of a value, in rows and columns of the value itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// One cell.
    Cell(usize, usize),
    /// A whole row.
    Row(usize),
    /// A whole column.
    Column(usize),
}

impl Region {
    /// Returns whether a cell of the value lies in it.
    pub const fn contains(self, row: usize, column: usize) -> bool {
        match self {
            Self::Cell(r, c) => r == row && c == column,
            Self::Row(r) => r == row,
            Self::Column(c) => c == column,
        }
    }
}

impl Explanation {
    /// Formats the terms with their numbers as a sum, such as `w · x + w · x`.
    pub fn sum(&self, decimals: Decimals) -> String {
        self.sum_of_terms().text(decimals)
    }

    /// Returns the same sum with numbers not yet rounded; empty if the number was given.
    pub fn sum_of_terms(&self) -> RichText {
        let sum = joined(&self.terms);
        match self.divisor {
            Some(n) if self.terms.len() > 1 => {
                RichText::from("(").then(sum).words(format!(") / {n}"))
            }
            Some(n) => sum.words(format!(" / {n}")),
            None => sum,
        }
    }

    /// Returns the right-hand sides of the line: formula, terms and value, to be joined with ` = ` or set one
    /// below the other.
    ///
    /// The terms have as many more decimals as it takes for them to come out at the value that is shown: whoever works
    /// with the digits that are there finds it, up to one in its last digit.
    pub fn sides(&self, decimals: Decimals) -> Vec<String> {
        let all = || decimals.and_more();
        let enough = all().find(|&more| self.comes_out(decimals, more) == Some(true));
        // What no calculator works out is as readable with few.
        self.sides_with(decimals, enough.unwrap_or(decimals))
    }

    /// Returns the same with the decimals at hand in the terms as well, and whether they come out at the value.
    pub fn rough_sides(&self, decimals: Decimals) -> (Vec<String>, bool) {
        let comes_out = self.comes_out(decimals, decimals) != Some(false);
        (self.sides_with(decimals, decimals), comes_out)
    }

    /// Returns whether the terms with some decimals come out at the value as it is shown; `None` where there are none, or
    /// where no calculator can tell.
    fn comes_out(&self, decimals: Decimals, in_terms: Decimals) -> Option<bool> {
        comes_to(work_out(&self.sum(in_terms))?, &self.shown_value(decimals)?)
    }

    fn shown_value(&self, decimals: Decimals) -> Option<String> {
        let value = self.value?;
        Some(if self.is_telling {
            decimals.telling(value)
        } else {
            decimals.number(value)
        })
    }

    fn sides_with(&self, decimals: Decimals, in_terms: Decimals) -> Vec<String> {
        let mut sides = Vec::new();
        if !self.formula.is_empty() {
            sides.push(self.formula.text(decimals));
        }
        if !self.terms.is_empty() {
            sides.push(self.sum(in_terms));
        }
        if let Some((value, shown)) = self.value.zip(self.shown_value(decimals)) {
            // A side that is only the same number as the value would repeat it.
            let same = [decimals.number(value), decimals.term(value)];
            sides.retain(|side| !same.contains(side));
            sides.push(shown);
        }
        sides
    }

    /// Returns the line that shows the number as one product of all factors from the loss on; `None` if there is none.
    pub fn chain_line(&self, decimals: Decimals) -> Option<String> {
        let (chain, value) = (self.chain.as_ref()?, self.shown_value(decimals)?);
        let product = chain.product();
        let told = |with: Decimals| comes_to(work_out(&product.text(with))?, &value);
        let enough = decimals.and_more().find(|&more| told(more) == Some(true));
        let product = product.text(enough.unwrap_or(decimals));
        Some(format!("as one product: {product} = {value}"))
    }

    /// Formats all in one line: `δ₁⁽¹⁾ = ψ(x₁⁽¹⁾) · Σ = 0.550·(1−0.550) · (0.500·−0.488) = −0.060`.
    pub fn line(&self, decimals: Decimals) -> String {
        let mut line = self.name.clone();
        for side in self.sides(decimals) {
            line.push_str(" = ");
            line.push_str(&side);
        }
        if let Some(remark) = &self.remark {
            line.push_str("  ");
            line.push_str(remark);
        }
        line
    }
}

impl Trace {
    /// Explains a number as known at the step `index`. Returns `None` if it is not known yet.
    pub fn explain(&self, index: usize, cell: Cell) -> Option<Explanation> {
        self.step(index).explain(cell)
    }
}

impl Step<'_> {
    /// Explains a number as known at this step. Returns `None` if it is not known yet.
    pub fn explain(&self, cell: Cell) -> Option<Explanation> {
        let trace = self.trace();
        let value = self.number(cell)?;
        let made_at = trace.cell_made_at(self.index, cell);
        let elsewhere = made_at.filter(|&made| made != self.index);
        // The step that computed it knows the operands as they were then.
        let maker = elsewhere.map(|made| trace.step(made));
        let maker = maker.as_ref().filter(|maker| maker.operation().is_some());
        // Of several operations in one step, one has made it.
        let within = maker.unwrap_or(self).within(cell.symbol);
        let maker = maker.map(|maker| within.as_ref().unwrap_or(maker));
        let step = maker.or(within.as_ref()).unwrap_or(self);
        // What is old here is new where an update made it.
        let made_by = maker.and_then(Step::operation);
        let made = Cell {
            before: cell.before && !made_by.is_some_and(|operation| operation.is_change()),
            ..cell
        };
        let mut explanation = Explainer { step, cell: made }.explain(value);
        explanation.made_at = elsewhere;
        Some(explanation)
    }
}

/// Writes one explanation, with the values known at the step that computed the number.
struct Explainer<'s, 't> {
    step: &'s Step<'t>,
    cell: Cell,
}

impl Explainer<'_, '_> {
    fn value(&self, symbol: Quantity, before: bool, row: usize, column: usize) -> f64 {
        let cell = Cell {
            symbol,
            before,
            row,
            column,
        };
        self.step.number(cell).unwrap_or(f64::NAN)
    }

    fn explain(&self, value: f64) -> Explanation {
        let last = self.step.last();
        let Cell {
            symbol,
            row,
            column,
            ..
        } = self.cell;
        let mut out = Explanation {
            name: symbol.cell(row, column, last),
            formula: RichText::new(),
            terms: Vec::new(),
            divisor: None,
            value: Some(value),
            is_telling: false,
            remark: None,
            chain: None,
            sources: Vec::new(),
            made_at: None,
        };
        let samples = self.step.shown_samples();
        if symbol.has_sample_columns()
            && samples.len() > 1
            && let Some(sample) = samples.get(column)
        {
            out.name = format!("sample {sample}: {}", out.name);
        }
        let context = self.step.context();
        if context.is_frozen(self.cell) {
            out.remark = Some("a frozen weight: no update changes it".into());
            return out;
        }
        if symbol.of_weights().is_some() && context.is_placeholder(self.cell) {
            self.not_learned(&mut out);
            return out;
        }
        if let Some(change) = self.step.operation().filter(Operation::is_change)
            && let Some(learned) = self.changed_by(change)
        {
            out.name = format!("new {}", out.name);
            learned.cellwise(&mut out, change);
            return out;
        }
        match symbol {
            Quantity::Output(_) | Quantity::SumSlope(_)
                if row == 0 && symbol.has_bias_row(last) =>
            {
                out.remark = Some("the bias unit: always 1".into());
            }
            Quantity::Output(0) | Quantity::SumSlope(0) | Quantity::Input => {
                self.of_samples(&mut out, Side::Inputs);
            }
            Quantity::Feature => self.feature(&mut out, row),
            Quantity::Target => self.of_samples(&mut out, Side::Targets),
            Quantity::Raw(side) => self.raw(&mut out, side),
            Quantity::Statistic(statistic, side) => self.statistic(&mut out, statistic, side),
            Quantity::Output(l) | Quantity::SumSlope(l) => self.output(&mut out, l),
            Quantity::Sum(l) => self.sum(&mut out, l),
            Quantity::Loss => self.loss(&mut out),
            Quantity::LossSlope => self.loss_slope(&mut out),
            Quantity::Slope(l) => self.slope(&mut out, l),
            Quantity::Delta(l) if l == last => self.output_error(&mut out, l),
            Quantity::Delta(l) => self.error(&mut out, l),
            Quantity::PulledBack(l) => self.pulled_back(&mut out, l),
            Quantity::Gradient(l) => self.gradient(&mut out, l),
            Quantity::Weights(_) => self.weight(&mut out),
            // A step explains its result under its own name; these are given or measured.
            Quantity::Rate | Quantity::Alpha | Quantity::Alpha1 | Quantity::Kept(_) => {
                self.setting(&mut out);
            }
            Quantity::Prediction
            | Quantity::OutputSlope
            | Quantity::OutputSumSlope
            | Quantity::Epoch
            | Quantity::Updates
            | Quantity::Connections
            | Quantity::Samples
            | Quantity::Right
            | Quantity::DataLoss
            | Quantity::HeldOutSamples
            | Quantity::HeldOutRight
            | Quantity::HeldOutLoss => {}
            Quantity::Moment(moment, _) if moment.is_kept() => self.moment(&mut out),
            Quantity::Moment(moment, of) => {
                self.cellwise(&mut out, Operation::Moment(moment, of));
            }
            Quantity::Penalty => self.penalty(&mut out),
            Quantity::Activated(l) => self.activated(&mut out, l, row),
            Quantity::Mask(l) => self.mask(&mut out, l, value),
            Quantity::Normalised(l) => self.cellwise(&mut out, Operation::Normalise(l)),
            Quantity::Scaled(l) => self.cellwise(&mut out, Operation::Scale(l)),
            Quantity::Mean(l) => self.mean(&mut out, l),
            Quantity::Variance(l) => self.variance(&mut out, l),
            Quantity::Gamma(_) => self.scale(&mut out, 0),
            Quantity::Beta(_) => self.scale(&mut out, 1),
            Quantity::Scale(_) => self.scale(&mut out, column),
            Quantity::ScaleGradient(l) => self.scale_gradient(&mut out, l),
            Quantity::ScaledDelta(l) => self.scaled_error(&mut out, l),
            Quantity::Arrived(l) => self.arrived(&mut out, l),
        }
        self.add_chain(&mut out);
        out
    }

    /// Says what a setting of training means. The shares of moments have the names that they have in the formula.
    fn setting(&self, out: &mut Explanation) {
        let symbol = self.cell.symbol;
        if let Quantity::Kept(moment) = symbol {
            let [name, _] = self.step.spec().training.optimizer.name_of_kept(moment);
            name.clone_into(&mut out.name);
        }
        out.remark = symbol.meaning().map(|(_, meaning)| meaning.to_owned());
    }
}
