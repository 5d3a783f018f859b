//! Hints in steps: the formula, the formula with numbers, the answer.

use super::words::{ever, fact, of_cell, sentence, whole};
use super::{Kind, Question, goal};
use crate::algebra::{Decimals, Quantity, RichText};
use crate::engine::Optimizer;
use crate::trace::{AskedValue, Direction, Step, Target, Trace};

/// The maximum count of numbers worked out in a hint; of more, the first ones are.
const MOST_LINES: usize = 3;

impl Question {
    /// Returns the hints in the order in which they are shown: the author's hint if there is one, the formula,
    /// the formula with its numbers, the answer. Never empty: the last one is the answer.
    pub fn hints(&self, trace: &Trace) -> Vec<Vec<RichText>> {
        let mut rungs = vec![self.hint.clone()];
        match &self.kind {
            Kind::Numbers { target, cells } => {
                let way = self.way(trace);
                rungs.push(way.unwrap_or_else(|| formula(trace, target)));
                rungs.push(with_numbers(trace, target, cells));
            }
            Kind::Sign(target) => {
                rungs.push(formula(trace, target));
                rungs.push(with_numbers(trace, target, &[(0, 0)]));
            }
            Kind::Direction(from, to) => {
                rungs.push(self.start(trace, from, to));
                rungs.push(formula(trace, to));
                rungs.push(with_numbers(trace, to, &[(0, 0)]));
            }
            Kind::Shape(target) => rungs.extend(shape(trace, target)),
            Kind::Options(choices) => {
                let wrong = self.options().find(|(_, choice)| !choice.right);
                if let Some((letter, choice)) = wrong.filter(|_| choices.len() > 2) {
                    let first = vec![RichText::from(format!("{letter} is not right."))];
                    rungs.push(super::words::and_then(first, &choice.because));
                }
            }
            Kind::Open(_) => {}
            Kind::Goal(state) => {
                rungs.push(vec![goal::changes(state)]);
                // Where the author leads the way, no other is pointed out.
                if self.hint.is_empty() {
                    rungs.extend(goal::lever(trace, self.step, state).map(|lever| vec![lever]));
                }
            }
        }
        rungs.push(self.reveal(trace));
        rungs.retain(|rung| rung.iter().any(|text| !text.is_empty()));
        rungs
    }

    /// Why a sign is what it is, or a number goes where it goes, for who has picked another one: what the author says
    /// of it, else where the number starts and how it is made.
    pub(super) fn reason(&self, trace: &Trace) -> Vec<RichText> {
        if !self.because.is_empty() {
            return self.because.clone();
        }
        match &self.kind {
            Kind::Sign(target) => {
                let worked = with_numbers(trace, target, &[(0, 0)]);
                if worked.is_empty() {
                    formula(trace, target)
                } else {
                    worked
                }
            }
            Kind::Direction(from, to) => {
                let is_told = |rung: &Vec<RichText>| rung.iter().any(|prose| !prose.is_empty());
                let moved = self.start(trace, from, to);
                let mut why = Some(moved).filter(is_told).unwrap_or_default();
                why.extend(pull(trace, from, to));
                why
            }
            _ => Vec::new(),
        }
    }

    /// Returns the formulas of everything that has to be worked first, and of what is asked for; `None` if it is
    /// only one step.
    fn way(&self, trace: &Trace) -> Option<Vec<RichText>> {
        let known = self.concealed?.known;
        if known + 1 >= self.step {
            return None;
        }
        let mut needed = operands(&trace.step(self.step));
        let mut formulas = vec![trace.step(self.step).formula()?];
        for index in (known + 1..self.step).rev() {
            let step = trace.step(index);
            if step.symbol().is_some_and(|symbol| needed.contains(&symbol)) {
                needed.extend(operands(&step));
                let formula = step.formula()?;
                // The pulled-back error and the error itself share one formula, with different parts of it
                // highlighted.
                if !formulas
                    .iter()
                    .any(|other| words_of(other) == words_of(&formula))
                {
                    formulas.push(formula);
                }
            }
        }
        formulas.reverse();
        Some(formulas)
    }

    /// Returns the value of a number before it changes.
    fn start(&self, trace: &Trace, from: &Target, to: &Target) -> Vec<RichText> {
        let name = of_cell(trace, from, (0, 0));
        let lead = if from.step > self.step {
            RichText::from(format!("At first {} is ", ever(&name)))
        } else {
            sentence(ever(&name), " is ")
        };
        let so_far = if from.step > self.step {
            "."
        } else {
            " so far."
        };
        let mut text = lead.number(from.number(trace)).words(so_far);
        let step = trace.step(to.step);
        let y = to
            .cell(trace)
            .filter(|cell| cell.symbol == Quantity::Output(step.last()))
            .and_then(|cell| {
                let targets = step.get(Quantity::Target, false)?;
                targets.get((cell.row, cell.column)).copied()
            });
        // Where it goes the other way, its target would argue for the wrong answer.
        let is_pulled = |y: &f64| (to.number(trace) - y).abs() < (from.number(trace) - y).abs();
        if let Some(y) = y.filter(is_pulled) {
            text = text
                .words(" Its target is ")
                .number(y)
                .words(". An update goes against the gradient, towards a smaller loss.");
        }
        vec![text]
    }
}

/// What moves a weight: its gradient, or what the optimizer keeps of earlier ones where that leads elsewhere.
fn pull(trace: &Trace, from: &Target, to: &Target) -> Option<RichText> {
    let cell = to.cell(trace)?;
    let Quantity::Weights(l) = cell.symbol else {
        return None;
    };
    let gradient = trace.step(to.step).get(Quantity::Gradient(l), false)?;
    let number = *gradient.get((cell.row, cell.column))?;
    let text = RichText::from("Its gradient is ").number(number);
    let moved = Direction::of_change(from.number(trace), to.number(trace));
    if moved == Direction::of_number(-number) {
        return Some(text.words(", and an update goes against the gradient."));
    }
    let optimizer = trace.step(to.step).spec().training.optimizer;
    // Several updates, or a penalty: the gradient of one of them says nothing.
    if optimizer == Optimizer::Descent {
        return None;
    }
    Some(text.words(
        ", but the step is not made by the gradient alone: what the optimizer keeps of earlier ones leads it.",
    ))
}

fn words_of(formula: &RichText) -> String {
    formula.text(Decimals::default())
}

/// Returns the quantities that a step is computed from, as other steps compute them.
pub(crate) fn operands(step: &Step) -> Vec<Quantity> {
    let mut symbols = Vec::new();
    for operand in step.operands() {
        if operand.result || operand.before {
            continue;
        }
        match operand.symbol {
            // Computed from the results of other steps.
            Quantity::Slope(l) => symbols.extend([operand.symbol, step.context().activated(l)]),
            Quantity::LossSlope => {
                symbols.extend([Quantity::LossSlope, Quantity::Output(step.last())]);
            }
            symbol => symbols.push(symbol),
        }
    }
    symbols
}

/// Returns the formula of what is asked for.
fn formula(trace: &Trace, target: &Target) -> Vec<RichText> {
    let Some(cell) = target.cell(trace) else {
        return fact(trace, target).map_or_else(Vec::new, |fact| vec![RichText::from(fact.rule)]);
    };
    let step = trace.step(target.step);
    let made_at = trace.cell_made_at(target.step, cell);
    let maker = trace.step(made_at.unwrap_or(target.step));
    // The line of a pass that is folded tells no operation.
    if maker.symbol() == Some(cell.symbol)
        && !maker.is_folded()
        && let Some(formula) = maker.formula()
    {
        return vec![formula];
    }
    step.explain(cell)
        .filter(|why| !why.formula.is_empty())
        .map_or_else(Vec::new, |why| {
            vec![RichText::from(format!("{} = ", why.name)).then(why.formula)]
        })
}

/// Returns the formula with the numbers of each cell that is asked for, without its result.
fn with_numbers(trace: &Trace, target: &Target, cells: &[(usize, usize)]) -> Vec<RichText> {
    if let AskedValue::Named(name) = &target.what
        && name.quantity == Quantity::Connections
    {
        return vec![connections(trace, target)];
    }
    let step = trace.step(target.step);
    let shown = if cells.len() > MOST_LINES {
        1
    } else {
        cells.len()
    };
    let mut lines: Vec<RichText> = cells[..shown]
        .iter()
        .filter_map(|&(row, column)| {
            let why = step.explain(target.place(trace, row, column)?)?;
            let sum = why.sum_of_terms();
            (!sum.is_empty()).then(|| {
                let name = of_cell(trace, target, (row, column));
                sentence(&name, " = ").then(sum)
            })
        })
        .collect();
    if shown < cells.len() && !lines.is_empty() {
        lines.push("The others likewise, each with its own row or column.".into());
    }
    lines
}

/// Returns the count of connections as a sum: `(2 + 1) · 2 + (2 + 1) · 1`.
fn connections(trace: &Trace, target: &Target) -> RichText {
    let step = trace.step(target.step);
    let network = step.network();
    let terms: Vec<String> = (1..=network.last())
        .map(|l| format!("({} + 1) · {}", network.units(l - 1), network.units(l)))
        .collect();
    terms.join(" + ").into()
}

/// Returns the rule of a shape, and the rule with numbers.
fn shape(trace: &Trace, target: &Target) -> [Vec<RichText>; 2] {
    let Some(cell) = target.cell(trace) else {
        return [Vec::new(), Vec::new()];
    };
    let step = trace.step(target.step);
    let network = step.network();
    let last = network.last();
    let columns = step.columns();
    let name = whole(trace, target);
    let name = ever(&name);
    let has_bias = cell.symbol.has_bias_row(last);
    let (rule, numbers) = match cell.symbol {
        Quantity::Weights(l) | Quantity::Gradient(l) => (
            format!(
                "{name} has a row for each unit of layer {l} and one for its bias unit, and a \
                 column for each unit of layer {}.",
                l + 1
            ),
            sized(network.units(l), true, network.units(l + 1)),
        ),
        Quantity::Output(l) | Quantity::Delta(l) | Quantity::Sum(l) if has_bias => (
            format!(
                "{name} has a row for each unit of layer {l} and one for its bias unit, and a \
                 column for each sample of the batch."
            ),
            sized(network.units(l), true, columns),
        ),
        Quantity::Output(l) | Quantity::Delta(l) | Quantity::Sum(l) => (
            format!(
                "{name} has a row for each unit of layer {l}, and a column for each sample of the batch."
            ),
            sized(network.units(l), false, columns),
        ),
        _ => return [Vec::new(), Vec::new()],
    };
    [vec![rule.into()], vec![numbers.into()]]
}

/// Returns a shape in words: `3 + 1 rows, 2 columns.`
fn sized(units: usize, bias: bool, columns: usize) -> String {
    let rows = match (units, bias) {
        (units, true) => format!("{units} + 1 rows"),
        (1, false) => "1 row".to_owned(),
        (units, false) => format!("{units} rows"),
    };
    let plural = if columns == 1 { "" } else { "s" };
    format!("{rows}, {columns} column{plural}.")
}
