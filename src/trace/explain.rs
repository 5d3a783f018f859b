//! How one number came about: its terms with numbers, the cells they come from, the step that made it.

use super::notation::{index, layer};
use super::operation::{Operation, has_shortcut, slope_formula};
use super::prose::Prose;
use super::step::Step;
use super::symbol::{Cell, Symbol};
use super::{Decimals, Trace};
use crate::engine::{Activation, Loss, Scheme};
use crate::lesson::Start;

/// Where one number comes from.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The number's name: `δ₁⁽¹⁾`.
    pub name: String,
    /// The formula of this one cell, without its name; empty where the number was given.
    pub formula: Prose,
    /// The terms with numbers. Their sum, divided by `divisor`, is the value.
    pub terms: Vec<Term>,
    /// What the sum of the terms is divided by: the samples of a mean.
    pub divisor: Option<usize>,
    /// The number itself; `None` for a placeholder.
    pub value: Option<f64>,
    /// A remark in words: where a given number was given, why a placeholder is none.
    pub remark: Option<String>,
    /// The cells it was computed from.
    pub sources: Vec<(Symbol, bool, Region)>,
    /// Index of the step that made it, if one did.
    pub made_at: Option<usize>,
}

/// One term of a sum.
#[derive(Debug, Clone)]
pub struct Term {
    /// Whether it is subtracted.
    pub negative: bool,
    /// The term without that sign.
    pub prose: Prose,
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
    /// Whether a cell of the value lies in it.
    pub const fn contains(self, row: usize, column: usize) -> bool {
        match self {
            Self::Cell(r, c) => r == row && c == column,
            Self::Row(r) => r == row,
            Self::Column(c) => c == column,
        }
    }
}

impl Explanation {
    /// `w · x + w · x`, all terms with their numbers.
    pub fn sum(&self, decimals: Decimals) -> String {
        let text = joined(&self.terms).text(decimals);
        match self.divisor {
            Some(n) if self.terms.len() > 1 => format!("({text}) / {n}"),
            Some(n) => format!("{text} / {n}"),
            None => text,
        }
    }

    /// The parts of the line, each led by ` = `: formula, terms, value; to be joined or put under each other.
    pub fn sides(&self, decimals: Decimals) -> Vec<String> {
        let mut sides = Vec::new();
        if !self.formula.is_empty() {
            sides.push(self.formula.text(decimals));
        }
        if !self.terms.is_empty() {
            sides.push(self.sum(decimals));
        }
        if let Some(value) = self.value {
            // A lone number that says the same would only say it twice.
            let same = [decimals.number(value), decimals.term(value)];
            sides.retain(|side| !same.contains(side));
            sides.push(same[0].clone());
        }
        sides
    }

    /// All in one line: `δ₁⁽¹⁾ = ψ(x₁⁽¹⁾) · Σ = 0.550·(1−0.550) · (0.500·−0.488) = −0.060`.
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
    /// Explains a number as it is known at the step `index`. `None` where it is not known yet.
    pub fn explain(&self, index: usize, cell: Cell) -> Option<Explanation> {
        self.step(index).explain(cell)
    }
}

impl Step<'_> {
    /// Explains a number as it is known at this step. `None` where it is not known yet.
    pub fn explain(&self, cell: Cell) -> Option<Explanation> {
        let trace = self.trace();
        let value = self.number(cell)?;
        let made_at = trace.made_at(self.index, cell.symbol, cell.before);
        let elsewhere = made_at.filter(|&made| made != self.index);
        // The step that made it knows the operands as they were then.
        let maker = elsewhere.map(|made| trace.step(made));
        let maker = maker.as_ref().filter(|maker| maker.operation().is_some());
        let step = maker.unwrap_or(self);
        let mut explanation = Explainer { step, cell }.explain(value);
        explanation.made_at = elsewhere;
        Some(explanation)
    }
}

/// Writes one explanation, with the values that the making step knows.
struct Explainer<'s, 't> {
    step: &'s Step<'t>,
    cell: Cell,
}

impl Explainer<'_, '_> {
    fn value(&self, symbol: Symbol, before: bool, row: usize, column: usize) -> f64 {
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
            before,
        } = self.cell;
        let mut out = Explanation {
            name: symbol.cell(row, column, last),
            formula: Prose::new(),
            terms: Vec::new(),
            divisor: None,
            value: Some(value),
            remark: None,
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
        match symbol {
            Symbol::Output(_) | Symbol::SumSlope(_) if row == 0 && symbol.has_bias_row(last) => {
                out.remark = Some("the bias unit: always 1".into());
            }
            Symbol::Output(0) | Symbol::SumSlope(0) => {
                out.remark = Some(given_by(&samples, column, "input"));
            }
            Symbol::Target => out.remark = Some(given_by(&samples, column, "target")),
            Symbol::Output(l) | Symbol::SumSlope(l) => self.output(&mut out, l),
            Symbol::Sum(l) => self.sum(&mut out, l),
            Symbol::Loss => self.loss(&mut out),
            Symbol::LossSlope => self.loss_slope(&mut out),
            Symbol::Slope(l) => self.slope(&mut out, l),
            Symbol::Delta(l) if l == last => self.output_error(&mut out, l),
            Symbol::Delta(l) => self.error(&mut out, l),
            Symbol::PulledBack(l) => self.pulled_back(&mut out, l),
            Symbol::Gradient(l) => self.gradient(&mut out, l),
            Symbol::Weights(l) => self.weight(&mut out, l, before),
            Symbol::DataLoss => {}
        }
        out
    }

    fn sum(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let weights = Symbol::Weights(l - 1);
        let inputs = Symbol::Output(l - 1);
        out.formula = Prose::new().words(format!(
            "Σᵢ wᵢ,{}{} xᵢ{}",
            index(row + 1),
            layer(l - 1),
            layer(l - 1)
        ));
        out.terms = self.sum_terms(l, row, column);
        out.sources = vec![
            (weights, false, Region::Column(row)),
            (inputs, false, Region::Column(column)),
        ];
    }

    /// The terms of the weighted sum of one unit.
    fn sum_terms(&self, l: usize, unit: usize, column: usize) -> Vec<Term> {
        let before = !self.step.is_renewed();
        (0..=self.step.network().units(l - 1))
            .map(|i| {
                product(
                    self.value(Symbol::Weights(l - 1), before, i, unit),
                    self.value(Symbol::Output(l - 1), false, i, column),
                )
            })
            .collect()
    }

    fn output(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let unit = row + Symbol::Output(l).first_row(last) - 1;
        let sums = Symbol::Sum(l);
        let z_name = sums.cell(unit, column, last);
        let z = self.value(sums, false, unit, column);
        let activation = self.step.context().activation(l);
        // A sum that is made anew has no step of its own: its terms stand in its place.
        let is_new = self.step.operation() == Some(Operation::Prediction);
        let sum = if is_new {
            out.formula = Prose::new().words("φ(Σ)");
            joined(&self.sum_terms(l, unit, column))
        } else {
            out.formula = Prose::new().words(format!("φ({z_name})"));
            Prose::new().number(z)
        };
        out.terms.push(Term {
            negative: false,
            prose: match activation {
                Activation::Linear => sum,
                Activation::Relu => Prose::from("max(0, ").then(sum).words(")"),
                Activation::Logistic if is_new => {
                    Prose::from("1 / (1 + e^−(").then(sum).words("))")
                }
                Activation::Logistic => Prose::new().words("1 / (1 + e^").number(-z).words(")"),
                Activation::Tanh => Prose::from("tanh(").then(sum).words(")"),
                Activation::Step | Activation::Sign => {
                    let low = if activation == Activation::Step {
                        "0"
                    } else {
                        "−1"
                    };
                    Prose::from("1 if ")
                        .then(sum)
                        .words(format!(" > 0, else {low}"))
                }
                Activation::Softmax => {
                    let mut prose = Prose::new().words("e^").number(z).words(" / (");
                    for k in 0..self.step.network().units(l) {
                        if k > 0 {
                            prose = prose.words(" + ");
                        }
                        prose = prose.words("e^").number(self.value(sums, false, k, column));
                    }
                    prose.words(")")
                }
            },
        });
        out.sources = if activation == Activation::Softmax {
            vec![(sums, false, Region::Column(column))]
        } else {
            vec![(sums, false, Region::Cell(unit, column))]
        };
        if is_new {
            out.sources = vec![
                (Symbol::Weights(l - 1), false, Region::Column(unit)),
                (Symbol::Output(l - 1), false, Region::Column(column)),
            ];
        }
    }

    fn loss(&self, out: &mut Explanation) {
        let last = self.step.last();
        let loss = self.step.context().loss;
        let samples = self.step.columns();
        let units = self.step.network().outputs();
        for n in 0..samples {
            for j in 0..units {
                let y_hat = self.value(Symbol::Output(last), false, j, n);
                let y = self.value(Symbol::Target, false, j, n);
                match loss {
                    Loss::MeanSquared => out.terms.push(Term {
                        negative: false,
                        prose: Prose::new()
                            .words("(")
                            .number(y_hat)
                            .words(signed_minus(y))
                            .number(y.abs())
                            .words(")²"),
                    }),
                    Loss::NegLogLoss => {
                        for (share, p) in [(y, y_hat), (1.0 - y, 1.0 - y_hat)] {
                            out.terms.extend(log_term(share, p));
                        }
                    }
                    Loss::CrossEntropy => out.terms.extend(log_term(y, y_hat)),
                    Loss::Perceptron => out.terms.push(product(
                        y_hat - y,
                        self.value(Symbol::Sum(last), false, j, n),
                    )),
                }
            }
        }
        out.formula = self.step.formula_of_loss();
        out.divisor = (samples > 1).then_some(samples);
        out.sources = (0..samples)
            .flat_map(|n| {
                [
                    (Symbol::Output(last), false, Region::Column(n)),
                    (Symbol::Target, false, Region::Column(n)),
                ]
            })
            .collect();
    }

    fn loss_slope(&self, out: &mut Explanation) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let y_hat = self.value(Symbol::Output(last), false, row, column);
        let y = self.value(Symbol::Target, false, row, column);
        let difference = Prose::new()
            .words("(")
            .number(y_hat)
            .words(signed_minus(y))
            .number(y.abs())
            .words(")");
        out.terms.push(match self.step.context().loss {
            Loss::MeanSquared => Term {
                negative: false,
                prose: Prose::from("2 · ").then(difference),
            },
            Loss::NegLogLoss => Term {
                negative: false,
                prose: difference
                    .words(" / (")
                    .number(y_hat)
                    .words("·(1−")
                    .number(y_hat)
                    .words("))"),
            },
            Loss::Perceptron => Term {
                negative: false,
                prose: difference,
            },
            Loss::CrossEntropy => Term {
                negative: true,
                prose: Prose::new().number(y).words(" / ").number(y_hat),
            },
        });
        out.divisor = (self.step.columns() > 1).then(|| self.step.columns());
        out.sources = vec![
            (Symbol::Output(last), false, Region::Cell(row, column)),
            (Symbol::Target, false, Region::Cell(row, column)),
        ];
    }

    fn slope(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let outputs = Symbol::Output(l);
        if row == 0 && outputs.has_bias_row(self.step.last()) {
            placeholder(out);
            return;
        }
        let x = self.value(outputs, false, row, column);
        let activation = self.step.context().activation(l);
        let name = outputs.cell(row, column, self.step.last());
        out.formula = Prose::new().words(slope_formula(activation, &name));
        if activation == Activation::Softmax {
            // Each softmax output depends on every sum; this is its slope by its own.
            let i = index(row + outputs.first_row(self.step.last()));
            out.name = format!("∂ŷ{i}/∂z{i}");
        }
        out.terms.push(Term {
            negative: false,
            prose: slope_numbers(activation, x),
        });
        out.sources = vec![
            (outputs, false, Region::Cell(row, column)),
            (Symbol::Slope(l), false, Region::Cell(row, column)),
        ];
    }

    fn output_error(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let context = self.step.context();
        let y_hat = self.value(Symbol::Output(l), false, row, column);
        let y = self.value(Symbol::Target, false, row, column);
        let cell = Region::Cell(row, column);
        if has_shortcut(&context) {
            let i = index(row + 1);
            out.formula = Prose::new().words(if self.step.columns() > 1 {
                format!("(ŷ{i} − y{i}) / {}", self.step.columns())
            } else {
                format!("ŷ{i} − y{i}")
            });
            let difference = Prose::new()
                .number(y_hat)
                .words(signed_minus(y))
                .number(y.abs());
            let many = self.step.columns() > 1;
            out.terms.push(Term {
                negative: false,
                prose: if many {
                    Prose::from("(").then(difference).words(")")
                } else {
                    difference
                },
            });
            out.divisor = many.then(|| self.step.columns());
        } else {
            out.formula = Prose::new().words(format!("ψ(ŷ{0}) · ∂J/∂ŷ{0}", index(row + 1)));
            out.terms.push(Term {
                negative: false,
                prose: slope_numbers(context.activation(l), y_hat)
                    .words(" · ")
                    .number(self.value(Symbol::LossSlope, false, row, column)),
            });
        }
        out.sources = [
            Symbol::Output(l),
            Symbol::Target,
            Symbol::LossSlope,
            Symbol::Slope(l),
        ]
        .map(|symbol| (symbol, false, cell))
        .to_vec();
    }

    fn pulled_terms(&self, l: usize, row: usize, column: usize) -> Vec<Term> {
        let last = self.step.last();
        let errors = Symbol::Delta(l + 1);
        let skip = usize::from(l + 1 < last);
        (0..self.step.network().units(l + 1))
            .map(|j| {
                product(
                    self.value(Symbol::Weights(l), true, row, j),
                    self.value(errors, false, j + skip, column),
                )
            })
            .collect()
    }

    fn pulled_back(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        out.formula = Prose::new().words(format!(
            "Σⱼ w{},ⱼ{} δⱼ{}",
            index(row),
            layer(l),
            layer(l + 1)
        ));
        out.terms = self.pulled_terms(l, row, column);
        out.sources = vec![
            (Symbol::Weights(l), false, Region::Row(row)),
            (Symbol::Delta(l + 1), false, Region::Column(column)),
        ];
    }

    fn error(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        if row == 0 {
            placeholder(out);
            return;
        }
        let name = Symbol::Output(l).cell(row, column, self.step.last());
        out.formula = Prose::new().words(format!("ψ({name}) · Σ"));
        let x = self.value(Symbol::Output(l), false, row, column);
        out.terms.push(Term {
            negative: false,
            prose: slope_numbers(self.step.context().activation(l), x)
                .words(" · (")
                .then(joined(&self.pulled_terms(l, row, column)))
                .words(")"),
        });
        out.sources = vec![
            (Symbol::Slope(l), false, Region::Cell(row, column)),
            (Symbol::PulledBack(l), false, Region::Cell(row, column)),
        ];
    }

    fn gradient(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let skip = usize::from(l + 1 < last);
        let errors = Symbol::Delta(l + 1);
        let error_row = column + skip;
        out.formula = Prose::new().words(format!(
            "{} · {}",
            Symbol::Output(l).cell(row, 0, last),
            errors.cell(error_row, 0, last)
        ));
        out.terms = (0..self.step.columns())
            .map(|n| {
                product(
                    self.value(Symbol::Output(l), true, row, n),
                    self.value(errors, false, error_row, n),
                )
            })
            .collect();
        if out.terms.len() > 1 {
            out.formula = Prose::from("Σ over the samples of ").then(out.formula.clone());
        }
        out.sources = vec![
            (Symbol::Output(l), false, Region::Row(row)),
            (errors, false, Region::Row(error_row)),
        ];
    }

    fn weight(&self, out: &mut Explanation, l: usize, before: bool) {
        let Cell { row, column, .. } = self.cell;
        if self.step.operation() == Some(Operation::Update(l)) && !before {
            let i = super::notation::indices(row, column + 1);
            let name = format!("w{i}{}", layer(l));
            out.name = format!("new {name}");
            out.formula = Prose::new().words(format!("{name} − ρ · ∂J/∂{name}"));
            let old = self.value(Symbol::Weights(l), true, row, column);
            let gradient = self.value(Symbol::Gradient(l), false, row, column);
            let rate = self.step.context().rate;
            out.terms = vec![
                Term {
                    negative: old < 0.0,
                    prose: Prose::new().number(old.abs()),
                },
                Term {
                    negative: true,
                    prose: Prose::new().number(rate).words("·").number(gradient),
                },
            ];
            let cell = Region::Cell(row, column);
            out.sources = vec![
                (Symbol::Weights(l), true, cell),
                (Symbol::Gradient(l), false, cell),
            ];
            return;
        }
        let is_trained = self.step.operation().is_none() && self.step.epoch() > 0;
        out.remark = Some(if is_trained || self.step.segment.updates > 0 {
            "a weight, as the updates before have left it".into()
        } else {
            match &self.step.spec().start {
                Start::Weights(_) => "an initial weight, given by the lesson".into(),
                Start::Init(init) => match init.scheme {
                    Scheme::Uniform { low, high } => format!(
                        "an initial weight, drawn evenly from {low} to {high} with seed {}",
                        init.seed
                    ),
                    Scheme::Xavier => {
                        format!("an initial weight, drawn by Xavier with seed {}", init.seed)
                    }
                    Scheme::He => format!("an initial weight, drawn by He with seed {}", init.seed),
                    Scheme::Zeros => "an initial weight: all start at 0".into(),
                },
            }
        });
    }
}

impl Step<'_> {
    /// The loss as a formula in ŷ and y.
    fn formula_of_loss(&self) -> Prose {
        let text = Operation::Loss
            .formula(&self.context())
            .text(Decimals::default());
        Prose::from(text.trim_start_matches("J = ").to_owned())
    }
}

/// Terms in a row, with their signs between them.
fn joined(terms: &[Term]) -> Prose {
    terms
        .iter()
        .enumerate()
        .fold(Prose::new(), |prose, (i, term)| {
            prose
                .words(match (i, term.negative) {
                    (0, false) => "",
                    (0, true) => "−",
                    (_, false) => " + ",
                    (_, true) => " − ",
                })
                .then(term.prose.clone())
        })
}

fn placeholder(out: &mut Explanation) {
    out.value = None;
    out.remark = Some(
        "only a placeholder: the bias unit has no input, so no error reaches it; [1+] drops it"
            .into(),
    );
}

fn given_by(samples: &[usize], column: usize, what: &str) -> String {
    samples.get(column).map_or_else(
        || format!("given as {what}"),
        |sample| format!("given: {what} of sample {sample}"),
    )
}

/// `a·b`, the sign of `a` in front.
fn product(a: f64, b: f64) -> Term {
    Term {
        negative: a < 0.0,
        prose: Prose::new().number(a.abs()).words("·").number(b),
    }
}

/// `share · log p` with its minus; nothing where the share is 0.
fn log_term(share: f64, p: f64) -> Option<Term> {
    if share == 0.0 {
        return None;
    }
    // Whole targets need no factor; anything beside 1 does.
    #[allow(clippy::float_cmp)]
    let prose = if share == 1.0 {
        Prose::from("log ")
    } else {
        Prose::new().number(share).words(" log ")
    };
    Some(Term {
        negative: true,
        prose: prose.number(p),
    })
}

/// ` − `, or ` + ` in front of the magnitude of a negative number.
fn signed_minus(value: f64) -> &'static str {
    if value < 0.0 { " + " } else { " − " }
}

/// ψ of an output, with its number.
fn slope_numbers(activation: Activation, x: f64) -> Prose {
    match activation {
        Activation::Logistic | Activation::Softmax => {
            Prose::new().number(x).words("·(1−").number(x).words(")")
        }
        Activation::Tanh if x < 0.0 => Prose::new().words("(1−(").number(x).words(")²)"),
        Activation::Tanh => Prose::new().words("(1−").number(x).words("²)"),
        Activation::Relu | Activation::Linear | Activation::Step | Activation::Sign => {
            Prose::new().number(activation.psi(x))
        }
    }
}
