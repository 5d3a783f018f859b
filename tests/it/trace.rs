//! The list of steps: it is pure, right, equal to training, and explains its numbers.

use crate::common::building::unfolded;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::common::arithmetic;
use crate::common::limits::LIMITS;
use crate::common::techniques::{
    CHANGING, CURVES, HELD, MADE, MASKED, OPTIMIZERS, SCALED, SHORT, SIGNS, SUMS, WITH_TECHNIQUES,
};
use ndarray::Array2;
use nn_tutor::algebra::{Cell, Decimals, Operation, Quantity, RichText};
use nn_tutor::engine::{
    Activation, Moment, Network, Parameters, Side, Statistic, TrainState, Trainer, sign,
};
use nn_tutor::lesson::{Action, Answer, Lesson, Library, Source, Start, Text};
use nn_tutor::trace::{CellText, Operand, Part, Step, StepKind, Trace, first_network};
use proptest::prelude::*;

fn lesson(text: &str) -> Lesson {
    Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

fn compiled(text: &str) -> Trace {
    let trace = Trace::compile(Arc::new(lesson(text)));
    unfolded(&trace.unwrap_or_else(|error| panic!("{error}")))
}

fn shipped() -> Vec<(String, Trace)> {
    let library = Library::embedded();
    library
        .names()
        .into_iter()
        .map(|name| {
            let lesson = library.open(name).unwrap();
            let trace = Trace::compile(Arc::new(lesson)).unwrap();
            (name.to_owned(), unfolded(&trace))
        })
        .collect()
}

/// Returns the lessons that come with the program and those of this file: every activation, loss and kind of walk.
fn all_traces() -> Vec<(String, Trace)> {
    let mut traces = shipped();
    for (name, text) in OWN.iter().chain(&LIMITS) {
        traces.push(((*name).into(), compiled(text)));
    }
    traces
}

/// The lessons of this file.
const OWN: [(&str, &str); 14] = [
    ("deep", DEEP),
    ("squared", SQUARED),
    ("shares", SHARES),
    ("cured", WITH_TECHNIQUES),
    ("short", SHORT),
    ("masked", MASKED),
    ("optimizers", OPTIMIZERS),
    ("signs", SIGNS),
    ("curves", CURVES),
    ("held", HELD),
    ("sums", SUMS),
    ("changing", CHANGING),
    ("scaled", SCALED),
    ("made", MADE),
];

/// A batch of three through two hidden layers, with every differentiable φ, and a softmax.
const DEEP: &str = "
format: 1
title: Deep
summary: Three layers, batches.
network:
  inputs: 2
  layers:
    - {units: 3, activation: tanh}
    - {units: 2, activation: relu}
    - {units: 3, activation: softmax}
  init: {scheme: xavier, seed: 5}
loss: cross-entropy
learning_rate: 0.3
batch: 2
data:
  - {x: [0.5, -1], y: [1, 0, 0]}
  - {x: [-0.3, 2], y: [0, 1, 0]}
  - {x: [1.5, 0.25], y: [0, 0, 1]}
script:
  - walk: {}
  - train: {epochs: 7, every: 3}
  - walk: {samples: [3, 1]}
";

/// Mean squared error, several outputs, the chain rule.
const SQUARED: &str = "
format: 1
title: Squared
summary: Regression.
network:
  inputs: 1
  layers:
    - {units: 2, activation: logistic}
    - {units: 2, activation: tanh}
  init: {scheme: uniform, low: -1, high: 1, seed: 9}
loss: mean-squared
learning_rate: 0.1
data:
  - {x: [0.5], y: [0.25, -0.5]}
  - {x: [-1], y: [1, 0.5]}
script:
  - walk: {sample: 1, chain_rule: true}
  - walk: {samples: [1, 2]}
";

/// Several logistic outputs with targets between 0 and 1.
const SHARES: &str = "
format: 1
title: Shares
summary: Soft targets.
network:
  inputs: 2
  layers: [{units: 2, activation: logistic}]
  init: {scheme: uniform, low: -1, high: 1, seed: 2}
loss: neg-log-loss
data:
  - {x: [1, 0.5], y: [0.3, 1]}
  - {x: [-1, 0.5], y: [0, 0.6]}
script:
  - walk: {samples: [1, 2], chain_rule: true}
";

#[test]
fn the_grounded_example_is_right_to_twelve_digits() {
    let (_, trace) = shipped()
        .into_iter()
        .find(|(name, _)| name == "grounded")
        .unwrap();
    // Worked out with 60 digits by tests/golden/make_golden.py.
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../golden/grounded.json")).unwrap();
    let mut seen = 0;
    for index in 0..trace.len() {
        let step = trace.step(index);
        let Some(symbol) = step.symbol() else {
            continue;
        };
        if step.spec().name != "grounded" {
            continue;
        }
        if step.operation() == Some(Operation::Sample) {
            continue;
        }
        let key = match step.kind() {
            "update" | "prediction" => format!("new {}", symbol.key()),
            _ => symbol.key(),
        };
        let rows = expected[&key]
            .as_array()
            .unwrap_or_else(|| panic!("{key} is not among the expected"));
        let value = step.value().unwrap();
        assert_eq!(value.nrows(), rows.len(), "{key}");
        for (row, expected) in value.rows().into_iter().zip(rows) {
            for (value, expected) in row.iter().zip(expected.as_array().unwrap()) {
                let expected = expected.as_f64().unwrap();
                assert!(
                    (value - expected).abs() < 1e-12,
                    "{key}: {value} {expected}"
                );
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 14);
}

#[test]
fn the_printed_matrices_give_another_prediction_than_the_slide() {
    let (_, trace) = shipped()
        .into_iter()
        .find(|(name, _)| name == "grounded")
        .unwrap();
    let prediction = (0..trace.len())
        .map(|index| trace.step(index))
        .find(|step| {
            step.spec().name == "printed"
                && step.operation() == Some(Operation::Activation(step.last()))
        })
        .and_then(|step| step.value())
        .unwrap();
    assert_eq!(Decimals::default().number(prediction[[0, 0]]), "0.597");
}

#[test]
fn a_step_is_the_same_however_it_is_come_to() {
    for (name, trace) in shipped() {
        let all: Vec<String> = (0..trace.len()).map(|i| told(&trace, i)).collect();
        for index in (0..trace.len()).rev() {
            assert_eq!(
                told(&trace, index),
                all[index],
                "{name}, step {}",
                index + 1
            );
        }
    }
}

/// Returns everything that a step shows, to the last digit.
fn told(trace: &Trace, index: usize) -> String {
    let step = trace.step(index);
    let text: Vec<String> = step
        .narration()
        .iter()
        .map(|line| line.text(Decimals::ALL))
        .collect();
    format!(
        "{} {:?} {:?} {} {:?}",
        step.title(),
        step.value(),
        step.formula().map(|f| f.text(Decimals::ALL)),
        text.join("\n"),
        trace.curve(index)
    )
}

/// The terms of every explanation, computed again, give the number that it explains.
#[test]
fn every_explanation_adds_up() {
    let traces = all_traces();
    let mut checked = 0;
    for (name, trace) in &traces {
        for index in 0..trace.len() {
            let step = trace.step(index);
            for part in step.equation() {
                let Part::Matrix(operand) = part else {
                    continue;
                };
                for row in 0..operand.rows() {
                    for column in 0..operand.columns() {
                        let cell = operand.cell(row, column);
                        let why = trace.explain(index, cell).unwrap();
                        let place =
                            format!("{name}, step {}: {}", index + 1, why.line(Decimals::ALL));
                        let missing = operand.placeholders.as_ref();
                        let is_missing = missing.is_some_and(|all| all[[cell.row, cell.column]]);
                        match operand.shown(row, column) {
                            CellText::Number(value) => {
                                assert_eq!(why.value, Some(value), "{place}");
                                if why.terms.is_empty() {
                                    assert!(why.remark.is_some(), "{place}");
                                } else {
                                    let sum = arithmetic::work_out(&why.sum(Decimals::ALL));
                                    assert!(arithmetic::agrees(sum, value), "{place}: {sum}");
                                    checked += 1;
                                }
                            }
                            CellText::Hidden => panic!("{place} is hidden from nobody"),
                            // A row dropped by [1+] may have a value of its own, as that of a bias unit.
                            CellText::Dropped if !operand.placeholder && !is_missing => {
                                let (row, column) = (cell.row, cell.column);
                                let value = operand.values[[row, column]];
                                assert_eq!((row, why.value), (0, Some(value)), "{place}");
                            }
                            CellText::Placeholder | CellText::Dropped => {
                                assert_eq!(why.value, None, "{place}");
                                assert!(why.remark.is_some(), "{place}");
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 1000, "only {checked} numbers were checked");
}

/// Sums and differences that are 0 on paper, of which doubles leave something.
const NOISE: &str = "
format: 1
title: Noise
summary: Sums that are 0 on paper.
network:
  inputs: 3
  layers: [{units: 1, activation: linear}]
  weights: [[[0.0], [0.1], [0.2], [-0.3]]]
loss: mean-squared
learning_rate: 1.0
data: [{x: [1, 1, 1], y: [0]}]
";

/// Rounding is no number, wherever it gets: it is 0 on paper, and said to be; the engine's numbers stay as they are.
#[test]
fn what_rounding_leaves_of_0_is_0_on_paper() {
    let trace = compiled(NOISE);
    let mut seen = 0;
    for step in (0..trace.len()).map(|index| trace.step(index)) {
        let (symbol, exact) = (step.symbol().unwrap(), step.value().unwrap());
        let shown = step.get(symbol, false).unwrap();
        for (place, exact) in exact.indexed_iter().filter(|(_, exact)| **exact != 0.0) {
            if exact.abs() < 1e-12 {
                seen += 1;
                assert_eq!(
                    shown[place].to_bits(),
                    0.0_f64.to_bits(),
                    "{}",
                    step.title()
                );
                let why = step.explain(Cell::new(symbol, place.0, place.1)).unwrap();
                assert_eq!(why.sides(Decimals::ALL).last().unwrap(), "0");
            } else {
                assert_eq!(shown[place].to_bits(), exact.to_bits());
            }
        }
    }
    assert_eq!(seen, 11);
}

/// The trace keeps every bit of a velocity, of which the screen shows no rounding.
#[test]
fn a_velocity_is_exact_in_the_trace_and_0_on_paper() {
    let trace = compiled(OPTIMIZERS);
    let (spec, mut state) = {
        let lesson = trace.lesson();
        let spec = &lesson.networks[0];
        let network = nn_tutor::trace::first_network(lesson, spec).unwrap();
        (spec, TrainState::new(network))
    };
    let samples = [0, 1];
    let mut pass = nn_tutor::engine::Pass::new(&state.network, samples.len());
    state.step(&mut pass, &spec.data, &samples, &spec.training);
    let of = Parameters::Weights(0);
    let index = (0..trace.len())
        .find(|&i| trace.step(i).operation() == Some(Operation::Moment(Moment::Velocity, of)))
        .unwrap();
    let step = trace.step(index);
    let kept = state.optimizer.numbers(Moment::Velocity, of).unwrap();
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let exact = step.value().unwrap();
    assert_eq!(bits(exact.as_slice().unwrap()), bits(kept));
    // In front of batch normalisation the gradient of a bias is 0, and rounding leaves something of it.
    let is_rounding = |value: &f64| *value != 0.0 && value.abs() < 1e-15;
    let mut seen = 0;
    for step in (0..trace.len()).map(|index| trace.step(index)) {
        if let Some(Operation::Moment(Moment::Velocity, _)) = step.operation() {
            seen += step
                .value()
                .unwrap()
                .iter()
                .filter(|v| is_rounding(v))
                .count();
            let shown = step.get(step.symbol().unwrap(), false).unwrap();
            assert!(!shown.iter().any(is_rounding), "{}", step.title());
        }
    }
    assert!(seen > 0);
}

/// Where the slope of a loss depends on the side alone, rounding that decides it is shown: of 0.1 + 0.2 − 0.3, which is
/// not 0, and of 0.7 + 0.2 + 0.1, which is below 1.
#[test]
fn rounding_that_decides_on_a_side_is_shown() {
    let hinge = NOISE
        .replace("[0.1], [0.2], [-0.3]", "[0.7], [0.2], [0.1]")
        .replace("mean-squared", "hinge")
        .replace("y: [0]", "y: [1]");
    let absolute = NOISE.replace("mean-squared", "absolute");
    for (text, slope) in [(absolute, 1.0), (hinge, -1.0)] {
        let trace = compiled(&text);
        let (mut small, mut slopes) = (0, 0);
        for step in (0..trace.len()).map(|index| trace.step(index)) {
            let (symbol, exact) = (step.symbol().unwrap(), step.value().unwrap());
            if !matches!(
                step.operation().unwrap(),
                Operation::WeightedSum(_)
                    | Operation::Activation(_)
                    | Operation::Loss
                    | Operation::OutputError
            ) {
                continue;
            }
            assert_eq!(step.get(symbol, false).unwrap(), exact, "{}", step.title());
            small += usize::from(exact[[0, 0]].abs() < 1e-15);
            slopes += usize::from(exact[[0, 0]].to_bits() == f64::to_bits(slope));
            let why = step.explain(Cell::new(symbol, 0, 0)).unwrap();
            assert_ne!(why.sides(Decimals::ALL).last().unwrap(), "0");
        }
        assert!(small > 0 && slopes > 0, "{text}");
    }
}

/// Next to nothing of a number is a number: what saturation leaves is shown as it is.
#[test]
fn what_is_small_without_rounding_is_shown() {
    let text = NOISE
        .replace("linear", "logistic")
        .replace("mean-squared", "neg-log-loss")
        .replace("[0.0], [0.1]", "[-40.0], [0.1]");
    let trace = compiled(&text);
    let mut seen = 0;
    for step in (0..trace.len()).map(|index| trace.step(index)) {
        let symbol = step.symbol().unwrap();
        assert_eq!(step.get(symbol, false), step.value(), "{}", step.title());
        seen += usize::from(
            step.value()
                .unwrap()
                .iter()
                .any(|v| *v != 0.0 && v.abs() < 1e-16),
        );
    }
    assert_eq!(seen, 6);
}

/// Returns the worth of the last digit that is shown of a number: what a one in its place is worth.
fn last_digit(text: &str) -> f64 {
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let behind = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
    let power: i32 = power.replace('−', "-").parse().unwrap();
    10_f64.powi(power - i32::try_from(behind).unwrap())
}

/// Who works with the digits that stand there comes to the number that stands there, but for one in its last digit; and no
/// number looks like 0 that is not.
#[test]
fn every_explanation_comes_out_with_the_digits_it_shows() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for (name, trace) in &all_traces() {
        for (index, decimals) in (0..trace.len()).flat_map(|i| [1, 3].map(|d| (i, d))) {
            let decimals = Decimals::new(decimals);
            for operand in trace.step(index).operands() {
                for (row, column) in ndarray::indices((operand.rows(), operand.columns())) {
                    let CellText::Number(value) = operand.shown(row, column) else {
                        continue;
                    };
                    let shown = operand.number(value, decimals);
                    let is_told = shown.contains(|c: char| ('1'..='9').contains(&c));
                    assert!(
                        is_told || value == 0.0,
                        "{name}, step {}: {shown}",
                        index + 1
                    );
                    let why = trace.explain(index, operand.cell(row, column)).unwrap();
                    // Near a limit of φ it takes more than a calculator: e^800, and 1 + e^−40.
                    if why
                        .remark
                        .as_ref()
                        .is_some_and(|r| r.starts_with("(from z"))
                    {
                        continue;
                    }
                    let sides = why.sides(decimals);
                    // Where the value alone is left, the sum was the same number.
                    let sum_at = usize::from(!why.formula.is_empty());
                    let [sum, value] = &sides[sum_at.min(sides.len())..] else {
                        continue;
                    };
                    let Ok(number) = value.replace('−', "-").parse::<f64>() else {
                        continue;
                    };
                    let off = (arithmetic::work_out(sum) - number).abs();
                    // There sums of a batch are all but equal, and their differences on the brink of rounding.
                    let is_on_the_brink = name == "hidden" && off < 1e-9;
                    if off > last_digit(value) * 1.000_001 && !is_on_the_brink {
                        wrong.push(format!("{name}, step {}: {sum} = {value}", index + 1));
                    }
                    checked += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 1000, "only {checked} sums were checked");
}

/// Reads an equation of matrices as it is printed, and works it out.
struct MatrixReader<'a> {
    rest: &'a str,
}

impl MatrixReader<'_> {
    fn take(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn sum(&mut self) -> Array2<f64> {
        let mut value = self.product();
        loop {
            if self.take("+") {
                value = both(&value, &self.product(), |a, b| a + b);
            } else if self.take("−") {
                value = both(&value, &self.product(), |a, b| a - b);
            } else if self.take("⊕") {
                let below = self.product();
                let top = Array2::from_elem((1, below.ncols()), value[[0, 0]]);
                value = ndarray::concatenate![ndarray::Axis(0), top, below];
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> Array2<f64> {
        let mut value = self.power();
        loop {
            if self.take("×") {
                value = value.dot(&self.power());
            } else if self.take("∘") || self.take("·") {
                value = both(&value, &self.power(), |a, b| a * b);
            } else if self.take("/") {
                value = both(&value, &self.power(), |a, b| a / b);
            } else {
                return value;
            }
        }
    }

    fn power(&mut self) -> Array2<f64> {
        // Both penalties, of the same weights: `Σ (0.1·w² + 0.2·|w|) of [1] and [2]`.
        if self.take("Σ (")
            && let Some((l2, rest)) = self.rest.split_once("·w² + ")
        {
            let (l1, rest) = rest.split_once("·|w|) of").unwrap();
            self.rest = rest;
            let (l2, l1) = (read(l2), read(l1));
            let mut sum = 0.0;
            loop {
                let weights = self.factor();
                sum += weights
                    .iter()
                    .map(|w| l2 * w * w + l1 * w.abs())
                    .sum::<f64>();
                if !self.take("and") {
                    return Array2::from_elem((1, 1), sum);
                }
            }
        }
        if self.take("Σ") {
            return Array2::from_elem((1, 1), self.power().sum());
        }
        let value = self.factor();
        if self.take("²") {
            value.mapv(|v| v * v)
        } else {
            value
        }
    }

    fn closed(&mut self) -> Array2<f64> {
        let value = self.sum();
        assert!(self.take(")"), "no bracket before {}", self.rest);
        value
    }

    /// Reads what stands behind the argument of φ, such as `; steepness 2)`.
    fn parameter_of(&mut self, phi: Activation) -> Activation {
        let (given, rest) = self.rest.split_once(')').unwrap();
        self.rest = rest;
        let Some(given) = given.trim_start().strip_prefix("; ") else {
            assert_eq!(given.trim(), "", "no bracket before {rest}");
            return phi;
        };
        let (parameter, value) = given.split_once(' ').unwrap();
        let phi = phi.with_parameter(read(value));
        assert_eq!(phi.parameter(), Some((parameter, read(value))));
        phi
    }

    fn factor(&mut self) -> Array2<f64> {
        if self.take("√(") {
            return self.closed().mapv(f64::sqrt);
        }
        if self.take("sgn(") {
            return self.closed().mapv(sign);
        }
        if self.take("|") {
            let value = self.sum();
            assert!(self.take("|"), "no bar before {}", self.rest);
            return value.mapv(f64::abs);
        }
        if self.take("(") {
            return self.closed();
        }
        if self.take("[") {
            let (matrix, rest) = self.rest.split_once(']').unwrap();
            self.rest = rest;
            let rows: Vec<Vec<f64>> = matrix
                .split(';')
                .map(|row| row.split_whitespace().map(read).collect())
                .collect();
            return Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j]);
        }
        for phi in Activation::ALL {
            if self.take(&format!("{}(", phi.name())) {
                let (mut value, phi) = (self.sum(), self.parameter_of(phi));
                for mut column in value.columns_mut() {
                    let mut numbers = column.to_vec();
                    phi.phi_column(&mut numbers);
                    column.assign(&ndarray::Array1::from(numbers));
                }
                return value;
            }
        }
        self.rest = self.rest.trim_start();
        let end = self.rest.find([' ', ')']).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Array2::from_elem((1, 1), read(number))
    }
}

fn read(number: &str) -> f64 {
    // A number to the power of the update, such as 0.9³.
    let is_power = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c);
    if let Some(at) = number.find(is_power) {
        let (base, power) = number.split_at(at);
        let digit = |c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).unwrap();
        let power = power.chars().fold(0, |power, c| 10 * power + digit(c));
        return read(base).powi(i32::try_from(power).unwrap());
    }
    let plain = number.replace('−', "-");
    plain
        .parse()
        .unwrap_or_else(|_| panic!("no number: {number}"))
}

/// Two matrices, number by number; one of a single row or column stands for as many as the other has.
fn both(a: &Array2<f64>, b: &Array2<f64>, of: impl Fn(f64, f64) -> f64) -> Array2<f64> {
    let shape = (a.nrows().max(b.nrows()), a.ncols().max(b.ncols()));
    let [a, b] = [a, b].map(|m| m.broadcast(shape).unwrap_or_else(|| panic!("{a} and {b}")));
    Array2::from_shape_fn(shape, |at| of(a[at], b[at]))
}

/// Returns an equation in one line, each matrix in brackets, with all digits; what is no number stands as one that is none.
fn printed(step: &Step, decimals: Decimals) -> String {
    let part = |part: &Part| match part {
        Part::Sign(sign) => sign.to_string(),
        Part::Matrix(operand) => {
            let rows = (0..operand.rows()).map(|row| {
                let cells = (0..operand.columns()).filter_map(|c| match operand.shown(row, c) {
                    CellText::Number(value) => Some(operand.number(value, decimals)),
                    // A weight that does not exist adds nothing.
                    CellText::Placeholder if operand.placeholders.is_some() && !operand.result => {
                        Some("0".into())
                    }
                    CellText::Placeholder => Some("NaN".into()),
                    CellText::Dropped | CellText::Hidden => None,
                });
                cells.collect::<Vec<_>>().join(" ")
            });
            let rows: Vec<String> = rows.filter(|row| !row.is_empty()).collect();
            let matrix = format!("[{}]", rows.join("; "));
            // Bias weights are not penalised, and no skip connection leaves a bias unit: their row gets 0 of it.
            let is_short = match step.operation() {
                Some(Operation::Gradient(_)) => matches!(operand.symbol, Quantity::Weights(_)),
                Some(Operation::SkipError(_)) => true,
                _ => false,
            };
            if is_short && operand.dropped {
                format!("(0 ⊕ {matrix})")
            } else {
                matrix
            }
        }
    };
    let parts = step.with_honest_sign(step.equation(), decimals);
    let parts: Vec<String> = parts.iter().map(part).collect();
    parts.join(" ")
}

/// Returns whether there is more in an equation than numbers and the signs between them.
fn is_in_words(line: &str) -> bool {
    let words = ["→", "J(", "ψ(", "mean(", "e300", "e−300"];
    words.iter().any(|words| line.contains(words))
}

/// The line of numbers has the structure of its formula: read as it is printed, brackets and all, it gives the result.
#[test]
fn every_equation_of_matrices_comes_out_as_it_is_printed() {
    let (mut kinds, mut wrong) = (HashMap::new(), Vec::new());
    for (name, trace) in &all_traces() {
        for index in 0..trace.len() {
            let step = trace.step(index);
            let line = printed(&step, Decimals::ALL);
            let Some((left, right)) = line.rsplit_once('=') else {
                continue;
            };
            if left.trim().is_empty() || is_in_words(&line) {
                continue;
            }
            let mut reader = MatrixReader { rest: left };
            let mut found = reader.sum();
            assert_eq!(reader.rest.trim(), "", "{name}, step {}: {line}", index + 1);
            let result = MatrixReader { rest: right }.sum();
            // What all operands have dropped is a placeholder in the result.
            if found.nrows() + 1 == result.nrows() && result[[0, 0]].is_nan() {
                let row = Array2::from_elem((1, found.ncols()), f64::NAN);
                found = ndarray::concatenate![ndarray::Axis(0), row, found];
            }
            for (place, &value) in result.indexed_iter() {
                // By itself a placeholder is nothing.
                let is_near = |found: f64| (found - value).abs() <= 1e-9 * value.abs().max(1.0);
                if !value.is_nan() && !found.get(place).copied().is_some_and(is_near) {
                    wrong.push(format!("{name}, step {}: {line}\ngives {found}", index + 1));
                }
            }
            *kinds.entry(format!("{:?}", step.operation())).or_insert(0) += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(kinds.len() > 15, "{kinds:?}");
}

/// Where the digits that are shown do not lead to the result, no equals sign says so.
#[test]
fn an_equation_of_matrices_is_called_equal_only_where_its_digits_come_out() {
    let (mut equal, mut near) = (0, 0);
    for (name, trace) in &all_traces() {
        for (index, decimals) in (0..trace.len()).flat_map(|i| [1, 3].map(|d| (i, d))) {
            let step = trace.step(index);
            let decimals = Decimals::new(decimals);
            let line = printed(&step, decimals);
            let Some((left, right)) = line.rsplit_once(['=', '≈']) else {
                continue;
            };
            let is_of_expression = step
                .operation()
                .is_some_and(|operation| operation.expression(&step.context()).is_some());
            if !is_of_expression || is_in_words(&line) {
                continue;
            }
            let found = MatrixReader { rest: left }.sum();
            let result = MatrixReader { rest: right }.sum();
            let skipped = result.nrows() - found.nrows();
            let last = right
                .split([' ', '[', ']', ';'])
                .filter(|cell| !cell.is_empty());
            let comes_out = result
                .iter()
                .zip(last)
                .enumerate()
                .all(|(i, (value, text))| {
                    let (row, column) = (i / result.ncols(), i % result.ncols());
                    row < skipped || value.is_nan() || {
                        let found = found[[row - skipped, column]];
                        found.is_nan() || (found - value).abs() <= last_digit(text) * 1.000_001
                    }
                });
            assert_eq!(
                !line.contains('≈'),
                comes_out,
                "{name}, step {}: {line}",
                index + 1
            );
            *if comes_out { &mut equal } else { &mut near } += 1;
        }
    }
    assert!(equal > 1000 && near > 20, "{equal}, {near}");
}

/// Every value that a step knows is explained with the current numbers, not only those of its equation.
#[test]
fn everything_that_is_known_adds_up_at_every_step() {
    let traces = all_traces();
    let mut checked = 0;
    for (name, trace) in &traces {
        for index in 0..trace.len() {
            let step = trace.step(index);
            let last = step.last();
            let mut symbols = vec![Quantity::Loss, Quantity::LossSlope, Quantity::Penalty];
            symbols.extend([Quantity::Input, Quantity::Feature, Quantity::Target]);
            for side in Side::ALL {
                let of = |statistic| Quantity::Statistic(statistic, side);
                symbols.push(Quantity::Raw(side));
                symbols.extend(Statistic::ALL.map(of));
            }
            for l in 0..=last {
                symbols.extend([
                    Quantity::Normalised(l),
                    Quantity::Scaled(l),
                    Quantity::Mean(l),
                ]);
                symbols.extend([Quantity::Variance(l), Quantity::Gamma(l), Quantity::Beta(l)]);
                symbols.extend([
                    Quantity::Scale(l),
                    Quantity::ScaleGradient(l),
                    Quantity::Mask(l),
                ]);
                symbols.extend([Quantity::Activated(l), Quantity::Arrived(l)]);
                symbols.push(Quantity::ScaledDelta(l));
                symbols.extend([Quantity::Output(l), Quantity::Sum(l), Quantity::Slope(l)]);
                symbols.extend([Quantity::Delta(l), Quantity::PulledBack(l)]);
                symbols.extend([Quantity::Weights(l), Quantity::Gradient(l)]);
            }
            for symbol in symbols {
                let Some(value) = step.get(symbol, false) else {
                    continue;
                };
                for ((row, column), value) in value.indexed_iter() {
                    let why = trace
                        .explain(index, Cell::new(symbol, row, column))
                        .unwrap();
                    if why.terms.is_empty() {
                        continue;
                    }
                    let sum = arithmetic::work_out(&why.sum(Decimals::ALL));
                    assert!(
                        arithmetic::agrees(sum, *value),
                        "{name}, step {}: {}: {sum}",
                        index + 1,
                        why.line(Decimals::ALL)
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 5000, "only {checked} numbers were checked");
}

/// The sources of a number are on the screen in the step that computes the number.
#[test]
fn the_sources_of_a_number_stand_among_the_operands_of_the_step_that_made_it() {
    for (_, text) in OWN {
        let trace = compiled(text);
        for index in 0..trace.len() {
            let step = trace.step(index);
            let (Some(symbol), Some(operation)) = (step.symbol(), step.operation()) else {
                continue;
            };
            if matches!(operation, Operation::Sample | Operation::SumSlope) {
                continue;
            }
            let value = step.value().unwrap();
            let cell = Cell::new(symbol, value.nrows() - 1, value.ncols() - 1);
            let why = trace.explain(index, cell).unwrap();
            let shown: Vec<(Quantity, bool)> = step
                .equation()
                .iter()
                .filter_map(|part| match part {
                    Part::Matrix(operand) => Some((operand.symbol, operand.before)),
                    Part::Sign(_) => None,
                })
                .collect();
            let lit = why
                .sources
                .iter()
                .filter(|(symbol, before, _)| shown.contains(&(*symbol, *before)))
                .count();
            assert!(lit > 0, "nothing is lit at {}", step.title());
        }
    }
}

/// A weight before an update is what the update before has made of it, or what a scene has set.
#[test]
fn an_old_weight_is_explained_by_what_made_it() {
    let (mut updated, mut set) = (0, 0);
    for (name, trace) in all_traces() {
        for index in 0..trace.len() {
            let step = trace.step(index);
            let is_update = step.operation().is_some_and(|o| o.is_change());
            if !is_update && step.what != StepKind::Set {
                continue;
            }
            let is_old = |operand: &Operand| {
                operand.before && matches!(operand.symbol, Quantity::Weights(_))
            };
            for operand in step.operands().filter(is_old) {
                let rows = operand.values.nrows().min(3);
                for cell in (0..rows).flat_map(|row| {
                    [
                        operand.cell(row, 0),
                        operand.cell(row, operand.columns() - 1),
                    ]
                }) {
                    let why = step.explain(cell).unwrap();
                    let remark = why.remark.as_deref().unwrap_or_default();
                    let Some(made) = trace.cell_made_at(index, cell) else {
                        assert!(!remark.contains("updates"), "{name} {index}: {remark}");
                        continue;
                    };
                    assert!(!remark.contains("initial"), "{name} {index}: {remark}");
                    let maker = trace.step(made);
                    if maker.what == StepKind::Set {
                        assert_eq!(remark, "set, not computed", "{name} {index}");
                        set += 1;
                    } else if maker.operation().is_some() && remark.is_empty() {
                        assert!(!why.terms.is_empty(), "{name} {index}");
                        updated += 1;
                    }
                }
            }
        }
    }
    assert!(updated > 20 && set > 1, "{updated}, {set}");
}

#[test]
fn numbers_lead_to_the_step_that_made_them() {
    for (_, text) in OWN {
        check_makers(&compiled(text));
    }
}

fn check_makers(trace: &Trace) {
    for index in 0..trace.len() {
        let step = trace.step(index);
        let Some(operation) = step.operation() else {
            continue;
        };
        for part in step.equation() {
            let Part::Matrix(operand) = part else {
                continue;
            };
            let Some(made) = trace.made_at(index, operand.symbol, operand.before) else {
                let is_running = step.is_predicting()
                    && matches!(operand.symbol, Quantity::Mean(_) | Quantity::Variance(_));
                assert!(
                    is_running
                        || matches!(
                            operand.symbol,
                            Quantity::Weights(_)
                                | Quantity::Gamma(_)
                                | Quantity::Beta(_)
                                | Quantity::Scale(_)
                                | Quantity::Moment(..)
                                | Quantity::Raw(_)
                                | Quantity::Statistic(..)
                        ),
                    "{:?} came from nowhere at {operation:?}",
                    operand.symbol
                );
                continue;
            };
            assert!(made <= index);
            let maker = trace.step(made);
            let there = maker.get(operand.symbol, false);
            if let Some(there) = there {
                assert_eq!(
                    *there, operand.values,
                    "{:?} at {operation:?}",
                    operand.symbol
                );
            }
        }
    }
}

/// Walking an epoch and training it give the same weights, to the bit.
#[test]
fn a_walked_epoch_and_a_trained_one_give_the_same_bits() {
    for text in [DEEP, WITH_TECHNIQUES] {
        check_bits(&compiled(text));
    }
}

fn check_bits(trace: &Trace) {
    let spec = &trace.lesson().networks[0];
    let Start::Init(init) = &spec.start else {
        panic!("the lesson draws its weights")
    };
    let weights = init.weights(spec.inputs, &spec.layers);
    let network = Network::new(spec.inputs, spec.layers.clone(), weights).unwrap();
    let mut trainer = Trainer::new(&network, &spec.data, &spec.training);
    let mut state = TrainState::new(network);
    trainer.epoch(&mut state, &spec.data);
    let walked = (0..trace.len())
        .map(|i| trace.step(i))
        .find(|step| matches!(step.what, StepKind::Train { .. }))
        .map(|step| step.index)
        .unwrap();
    assert_eq!(trace.step(walked - 1).network(), &state.network);
    for _ in 0..3 {
        trainer.epoch(&mut state, &spec.data);
    }
    assert_eq!(trace.step(walked).network(), &state.network);
}

#[test]
fn an_opened_epoch_leads_to_the_same_weights_as_before() {
    for text in [
        DEEP,
        WITH_TECHNIQUES,
        include_str!("../../lessons/xor.yaml"),
    ] {
        let trace = compiled(text);
        let stops: Vec<usize> = (0..trace.len())
            .filter(|&i| matches!(trace.step(i).what, StepKind::Train { .. }))
            .collect();
        for stop in stops {
            let (opened, first) = trace.open(stop).unwrap();
            let added = opened.len() - trace.len();
            assert!(added > 0);
            assert_eq!(first, stop);
            let end = opened.step(stop + added);
            assert_eq!(end.network(), trace.step(stop).network());
            // The last operation of the opened epoch has already arrived there.
            let last = opened.step(stop + added - 1);
            assert_eq!(last.network(), end.network());
            assert_eq!(end.updates(), last.updates());
            assert_eq!(end.epoch(), trace.step(stop).epoch());
            for index in 0..stop {
                assert_eq!(told(&opened, index), told(&trace, index));
            }
            for index in stop..trace.len() {
                assert_eq!(
                    told_without_curve(&opened, index + added),
                    told_without_curve(&trace, index)
                );
                // Its curve has more points, one for each update of the opened epoch.
                let (there, here) = (opened.curve(index + added), trace.curve(index));
                assert!(here.iter().all(|point| there.contains(point)));
            }
        }
    }
}

fn told_without_curve(trace: &Trace, index: usize) -> String {
    let step = trace.step(index);
    format!("{} {:?} {}", step.title(), step.value(), step.updates())
}

#[test]
fn the_shipped_trainings_reach_what_they_promise() {
    for (name, goal) in [("neuron", 1), ("xor", 2)] {
        let library = Library::embedded();
        let trace = Trace::compile(Arc::new(library.open(name).unwrap())).unwrap();
        let reached = (0..trace.len())
            .map(|i| trace.step(i))
            .filter(|step| {
                matches!(
                    step.what,
                    StepKind::Train {
                        ended: Some(
                            nn_tutor::trace::Ended::AllRight | nn_tutor::trace::Ended::LossBelow
                        ),
                        ..
                    }
                )
            })
            .inspect(|step| assert_eq!(step.measure().right, Some(step.spec().data.len())))
            .count();
        assert_eq!(reached, goal, "{name}");
    }
    // And the single neuron fails on XOR.
    let trace = Trace::compile(Arc::new(Library::embedded().open("xor").unwrap())).unwrap();
    let alone = (0..trace.len())
        .map(|i| trace.step(i))
        .rfind(|step| step.spec().name == "single")
        .unwrap();
    assert!(alone.measure().right.unwrap() < 4);
    // The network set by hand is right on every row of the table.
    let hand = (0..trace.len())
        .map(|i| trace.step(i))
        .find(|step| step.spec().name == "hand-set")
        .unwrap();
    assert_eq!(hand.measure().right, Some(4));
}

#[test]
fn a_text_cannot_name_what_is_not_known_yet() {
    let text = DEEP.replace(
        "  - walk: {}\n",
        "  - say: It ends with {delta(3)}.\n  - walk: {}\n",
    );
    let error = Trace::compile(Arc::new(lesson(&text)))
        .unwrap_err()
        .to_string();
    assert!(error.contains("{delta(3)} has no value yet"), "{error}");
    assert!(error.contains("test.yaml:"), "{error}");
}

/// What a walk has computed is known up to the next scene that changes numbers of the network, and the advice says so.
#[test]
fn what_a_walk_computed_ends_with_a_change() {
    let error = |scenes: &str| {
        let text = format!(
            "format: 1\ntitle: t\nsummary: s\nnetwork:\n  inputs: 2\n  layers: [{{units: 1, activation: tanh}}]\n  \
             init: {{scheme: xavier}}\nloss: mean-squared\ndataset: xor\nscript:\n{scenes}  - say: It is {{x(1)}}.\n"
        );
        let lesson = Lesson::parse(Source {
            name: "test.yaml".into(),
            text,
        });
        let trace = Trace::compile(Arc::new(lesson.unwrap()));
        trace.err().map(|error| error.to_string())
    };
    let walk = "  - walk: {sample: 1}\n";
    assert_eq!(error(walk), None);
    // How it is trained from there on changes nothing of it.
    assert_eq!(error(&format!("{walk}  - set: {{rho: 1}}\n")), None);
    for (change, key) in [
        ("  - set: {'W(0)[1,1]': 1}\n", "set"),
        ("  - train: {epochs: 1}\n", "train"),
    ] {
        let changed = format!("{walk}{change}");
        let told = error(&changed).unwrap();
        assert!(
            told.contains(&format!("name it before this `{key}`")),
            "{told}"
        );
        assert_eq!(error(&format!("{changed}{walk}")), None);
        let told = error(change).unwrap();
        assert!(told.contains("in the walk before it"), "{told}");
    }
}

/// A value with decimals of its own is told with them wherever it is named, whatever the reader chooses.
#[test]
fn a_value_is_told_with_the_decimals_that_it_is_named_with() {
    let script = "script:
  - walk:
      sample: 1
      notes: {x(3): 'Note {x(3)[1]:5}, {rho:2}, {rho}, {x(0)[0]:4}.'}
  - ask: 'Is it {x(3)[1]:6}?'
    options:
      - {right: 'Yes, {x(3)[1]:7}.', because: 'It is {x(3)[1]:8}.'}
      - wrong: 'No, {x(3)[1]}.'
    hint: 'Hint {x(3)[1]:9}.'
    because: 'Because {x(3)[1]:all}.'
  - train: {epochs: 1, say: 'Loss {before data J:8}.'}
";
    let head = DEEP.split("script:").next().unwrap();
    let trace = compiled(&format!("{head}{script}"));
    let step = |find: &dyn Fn(&Step) -> bool| {
        let found = (0..trace.len()).find(|&i| find(&trace.step(i)));
        trace.step(found.unwrap())
    };
    let note = step(&|step| {
        step.narration()[0]
            .text(Decimals::default())
            .starts_with("Note")
    });
    let asked = step(&|step| step.is_ask());
    let [known, value] =
        [&note, &asked].map(|step| step.get(Quantity::Output(3), false).unwrap()[[0, 0]]);
    let ask = trace.ask(asked.index).unwrap();
    let Answer::Options(options) = &ask.answer else {
        panic!("{ask:?}")
    };
    let filled = |text: &Text| asked.filled(text);
    for reader in [Decimals::new(1), Decimals::default(), Decimals::ALL] {
        let text = |lines: Vec<RichText>| lines[0].text(reader);
        let told = text(note.narration());
        let own = note.spec().training.rho;
        assert_eq!(told, format!("Note {known:.5}, {own:.2}, {own}, 1."));
        assert_eq!(text(asked.narration()), format!("Is it {value:.6}?"));
        let [right, wrong] = &options[..] else {
            panic!("{options:?}")
        };
        assert_eq!(text(filled(&right.text)), format!("Yes, {value:.7}."));
        assert_eq!(
            text(filled(right.because.as_ref().unwrap())),
            format!("It is {value:.8}.")
        );
        assert_eq!(
            text(filled(&wrong.text)),
            format!("No, {}.", reader.number(value))
        );
        assert_eq!(
            text(filled(ask.hint.as_ref().unwrap())),
            format!("Hint {value:.9}.")
        );
        assert_eq!(
            text(filled(ask.because.as_ref().unwrap())),
            format!("Because {value}.")
        );
    }
}

#[test]
fn a_training_that_overflows_is_an_error_of_the_lesson() {
    let text = DEEP
        .replace("activation: softmax", "activation: linear")
        .replace("cross-entropy", "mean-squared")
        .replace("learning_rate: 0.3", "learning_rate: 100000")
        .replace("epochs: 7", "epochs: 700");
    let error = Trace::compile(Arc::new(lesson(&text)))
        .unwrap_err()
        .to_string();
    assert!(error.contains("beyond all bounds"), "{error}");
    assert!(error.contains("learning_rate"), "{error}");
}

/// The update that is blamed is the first after which a number is no longer finite, in a walk and in training.
#[test]
fn a_divergence_is_told_with_its_epoch_and_update() {
    let text = "\
format: 1
title: Too fast
summary: Far too large a step.
network:
  inputs: 1
  layers: [{units: 2, activation: linear}, {units: 1, activation: linear}]
  init: {scheme: xavier, seed: 3}
loss: mean-squared
learning_rate: 30
batch: 2
data:
  - {x: [3], y: [500]}
  - {x: [-4], y: [2]}
  - {x: [1], y: [7]}
script:
";
    let train = format!("{text}  - train: {{epochs: 90}}\n");
    let walks = format!("{text}{}", "  - walk:\n".repeat(30));
    let parsed = lesson(&train);
    let spec = &parsed.networks[0];
    let mut state = TrainState::new(first_network(&parsed, spec).unwrap());
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    loop {
        trainer.step(&mut state, &spec.data);
        let now = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
        let is_finite = |l| state.network.weights(l).iter().all(|w| w.is_finite());
        if !now.loss.is_finite() || !(0..2).all(is_finite) {
            break;
        }
    }
    let updates = state.progress.updates;
    assert!(updates > 2, "{updates}");
    let blamed = format!(
        "in epoch {}, at update {} of it (update {updates}),",
        updates.div_ceil(2),
        (updates - 1) % 2 + 1
    );
    for text in [train, walks] {
        let error = Trace::compile(Arc::new(lesson(&text))).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(&blamed), "{blamed} {error}");
        assert!(error.contains("the last finite loss was "), "{error}");
        assert!(
            error.contains("the targets, which are as large as 500"),
            "{error}"
        );
        assert!(error.contains("`learning_rate: 3`"), "{error}");
    }
}

/// The loader's list of steps that can have a note is that of the walk.
#[test]
fn every_step_of_a_walk_can_have_a_note_and_shows_it() {
    let first = "  - walk: {sample: 1, chain_rule: true}\n";
    check_notes(SQUARED, first, 18);
    // Another order of the samples, for the walk of a single one.
    let with_techniques = WITH_TECHNIQUES
        .replace("  - walk: {}\n", first)
        .replace("softmax", "logistic");
    let with_techniques = with_techniques.replace("cross-entropy", "neg-log-loss");
    check_notes(&with_techniques, first, 64);
}

fn check_notes(text: &str, first: &str, count: usize) {
    let plain = compiled(text);
    let mut notes = String::new();
    let mut names = Vec::new();
    for index in 0..plain.len() {
        let step = plain.step(index);
        if step.samples() == [1] {
            let name = format!("{} {}", step.kind(), step.symbol().unwrap().key());
            writeln!(notes, "        \"{name}\": note {index}").unwrap();
            names.push((index, name));
        }
    }
    assert_eq!(names.len(), count);
    let text = text.replace(
        first,
        &format!("  - walk:\n      sample: 1\n      chain_rule: true\n      notes:\n{notes}"),
    );
    let noted = compiled(&text);
    for (index, name) in names {
        let said: String = noted
            .step(index)
            .narration()
            .iter()
            .map(|line| line.text(Decimals::default()))
            .collect();
        assert_eq!(said, format!("note {index}"), "{name}");
    }
}

#[test]
fn a_lesson_without_a_script_walks_one_epoch() {
    let script = DEEP.find("script:").unwrap();
    let trace = compiled(&DEEP[..script]);
    let samples: Vec<Vec<usize>> = (0..trace.len())
        .map(|i| trace.step(i))
        .filter(|step| step.operation() == Some(Operation::Sample))
        .map(|step| step.samples())
        .collect();
    assert_eq!(samples, [vec![1, 2], vec![3]]);
    assert!(matches!(trace.lesson().scenes[0].action, Action::Walk(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Recording steps does not change what is learnt: any depth, any batch, to the bit.
    #[test]
    fn recorded_and_fast_are_the_same_bits(
        hidden in prop::collection::vec(1_usize..4, 0..3),
        seed in 0_u64..1000,
        batch in 1_usize..5,
    ) {
        let mut layers: Vec<String> = hidden
            .iter()
            .map(|units| format!("{{units: {units}, activation: tanh}}"))
            .collect();
        layers.push("{units: 1, activation: logistic}".into());
        let text = format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 2\n  layers: [{}]\n  \
             init: {{scheme: xavier, seed: {seed}}}\nloss: neg-log-loss\nlearning_rate: 0.7\nbatch: {batch}\n\
             dataset: xor\n",
            layers.join(", ")
        );
        let trace = compiled(&text);
        let spec = &trace.lesson().networks[0];
        let Start::Init(init) = &spec.start else { unreachable!() };
        let weights = init.weights(2, &spec.layers);
        let network = Network::new(2, spec.layers.clone(), weights).unwrap();
        let mut trainer = Trainer::new(&network, &spec.data, &spec.training);
        let mut state = TrainState::new(network);
        trainer.epoch(&mut state, &spec.data);
        let end = trace.step(trace.len() - 1);
        prop_assert_eq!(end.network(), &state.network);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The same with batch normalisation, dropout, skip connections, a penalty and shuffled samples.
    #[test]
    fn recorded_and_fast_are_the_same_bits_with_every_cure(
        hidden in prop::collection::vec((prop::bool::ANY, prop::bool::ANY, 0_usize..3), 1..4),
        seeds in (0_u64..1000, 0_u64..1000, 0_u64..1000),
        batch in 1_usize..5,
        penalised in prop::bool::ANY,
    ) {
        let mut layers: Vec<String> = hidden
            .iter()
            .map(|(norm, skip, dropout)| {
                let follows = match (skip, dropout) {
                    (true, _) => ", skip: true".to_owned(),
                    (false, share) => format!(", dropout: 0.{}", 3 * share),
                };
                format!("{{units: 2, activation: tanh, batch_norm: {norm}{follows}}}")
            })
            .collect();
        layers.push("{units: 1, activation: logistic}".into());
        let (weights, order, masks) = seeds;
        let text = format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 2\n  layers: [{}]\n  \
             init: {{scheme: xavier, seed: {weights}}}\nloss: neg-log-loss\nlearning_rate: 0.7\n\
             batch: {batch}\nshuffle: {order}\ndropout_seed: {masks}\nl2: {}\ndataset: xor\n\
             script: [walk: {{}}, walk: {{}}]\n",
            layers.join(", "),
            if penalised { 0.03 } else { 0.0 },
        );
        let trace = compiled(&text);
        let spec = &trace.lesson().networks[0];
        let Start::Init(init) = &spec.start else { unreachable!() };
        let weights = init.weights(2, &spec.layers);
        let network = Network::new(2, spec.layers.clone(), weights).unwrap();
        let mut trainer = Trainer::new(&network, &spec.data, &spec.training);
        let mut state = TrainState::new(network);
        trainer.epoch(&mut state, &spec.data);
        trainer.epoch(&mut state, &spec.data);
        let end = trace.step(trace.len() - 1);
        prop_assert_eq!(end.network(), &state.network);
        prop_assert_eq!((end.epoch(), end.updates()), (1, state.progress.updates));
    }
}

/// The jumps of the keys agree with the phases and epochs of the steps.
#[test]
fn jumps_lead_to_the_starts_of_phases_and_epochs() {
    let mut traces = shipped();
    traces.push(("deep".into(), compiled(DEEP)));
    traces.push(("cured".into(), compiled(WITH_TECHNIQUES)));
    let (opened, _) = traces
        .iter()
        .find_map(|(_, trace)| (0..trace.len()).find_map(|index| trace.open(index)))
        .unwrap();
    traces.push(("opened".into(), opened));
    for (name, trace) in traces {
        let begins_phase = |index: &usize| {
            let step = trace.step(*index);
            let before = index.checked_sub(1).map(|i| trace.step(i));
            let before = before.filter(|before| before.scene() == step.scene());
            match (step.what, before.map(|before| before.what)) {
                (StepKind::Operation(_), _) => step.place_in_phase().unwrap().0 == 1,
                (StepKind::Train { epoch, .. }, Some(StepKind::Train { epoch: before, .. })) => {
                    epoch <= before
                }
                _ => true,
            }
        };
        let marks_epoch = |index: &usize| {
            let step = trace.step(*index);
            match step.what {
                StepKind::Operation(_) => {
                    trace
                        .walk_of(*index)
                        .is_some_and(|walk| walk.start == *index)
                        && step.batch_of_epoch().is_none_or(|(number, _)| number == 1)
                }
                StepKind::Train { .. } => true,
                StepKind::Say | StepKind::Ask | StepKind::Set => false,
            }
        };
        let phases: Vec<_> = (0..trace.len()).filter(begins_phase).collect();
        let epochs: Vec<_> = (0..trace.len()).filter(marks_epoch).collect();
        let next = |stops: &[usize], index| stops.iter().copied().find(|&stop| stop > index);
        let back = |stops: &[usize], index| stops.iter().copied().rfind(|&stop| stop < index);
        let last = trace.len() - 1;
        for index in 0..=last {
            let at = format!("{name} {index}");
            assert_eq!(
                trace.next_phase(index),
                next(&phases, index).unwrap_or(last),
                "{at}"
            );
            assert_eq!(
                trace.back_phase(index),
                back(&phases, index).unwrap_or(0),
                "{at}"
            );
            assert_eq!(
                trace.next_epoch(index),
                next(&epochs, index).unwrap_or(last),
                "{at}"
            );
            assert_eq!(
                trace.back_epoch(index),
                back(&epochs, index).unwrap_or(0),
                "{at}"
            );
        }
    }
}

/// In a long walk over a large data set, not every update is measured when the lesson is opened; still the curve ends
/// at the learner's current loss.
#[test]
fn the_curve_of_a_long_walk_ends_at_the_loss_of_now() {
    let head = "
format: 1
title: Long
summary: Many samples, one by one.
network:
  inputs: 1
  layers:
    - {units: 1, activation: logistic}
  weights:
    - [[0.1], [0.2]]
loss: neg-log-loss
learning_rate: 0.1
data:
";
    let samples = (0..1200).map(|i| format!("  - {{x: [{}], y: [{}]}}\n", i % 7, i % 2));
    let text: String = std::iter::once(head.to_owned()).chain(samples).collect();
    let trace = compiled(&text);
    let steps = trace.len() / 1200;
    for first in (0..20).map(|walk| walk * steps) {
        // At the start of a walk, and once the loss after its update is known.
        for index in [first, first + steps - 1] {
            let (step, curve) = (trace.step(index), trace.curve(index));
            assert!(curve.is_sorted_by(|a, b| a.0 < b.0), "{index}: {curve:?}");
            let now = (step.updates(), step.measure().loss);
            assert_eq!(curve.last(), Some(&now), "{index}");
        }
        // Between them it waits for that loss.
        let before = trace.curve(first);
        let waits = (first..first + steps - 1).all(|index| trace.curve(index) == before);
        assert!(waits, "{first}");
    }
    let all = trace.curve(trace.len() - 1);
    assert!(all.len() > 500 && all.len() < 1000, "{}", all.len());
    assert_eq!(all.last().unwrap().0, 1200);
}

/// The numbers are those of the CSV file: areas of the mean 80, one of three towns, prices from 180 to 410.
#[test]
// A table, row by row.
#[allow(clippy::too_many_lines)]
fn the_walk_of_a_scaled_sample_begins_with_how_it_is_scaled() {
    let path = std::path::Path::new("tests/lessons/homes.yaml");
    let lesson = nn_tutor::lesson::Lesson::load(path).unwrap();
    assert_eq!(
        lesson.networks[0].words,
        [false, false, true, true, true, false]
    );
    let trace = Trace::compile(lesson.into()).unwrap();
    let begins: Vec<(&str, String)> = (0..3)
        .map(|index| (trace.step(index).kind(), trace.step(index).title()))
        .collect();
    assert_eq!(
        begins,
        [
            ("scale-data", "The inputs, scaled".to_owned()),
            ("scale-data", "The target, scaled".to_owned()),
            ("sample", "The sample".to_owned()),
        ]
    );
    let step = trace.step(0);
    let formula = step.formula().unwrap().text(Decimals::default());
    assert_eq!(formula, "x = (raw x − mean x) / deviation x");
    let raw = step.get(Quantity::Raw(Side::Inputs), false).unwrap();
    assert_eq!(raw.column(0).to_vec(), [80.0, 3.0, 0.0, 0.0, 1.0, 1.0]);
    let explained = |index: usize, symbol, row| {
        let why = trace.explain(index, Cell::new(symbol, row, 0)).unwrap();
        why.line(Decimals::default())
    };
    let of_inputs = |statistic| Quantity::Statistic(statistic, Side::Inputs);
    let of_targets = |statistic| Quantity::Statistic(statistic, Side::Targets);
    for (index, symbol, row, line) in [
        (
            0,
            Quantity::Input,
            1,
            "x₂ = (raw x₂ − mean x₂) / deviation x₂ = (3 − 3.167) / 1.067 = −0.156",
        ),
        // The same number behind the 1 of the bias, two steps later.
        (
            2,
            Quantity::Output(0),
            2,
            "x₂⁽⁰⁾ = (raw x₂ − mean x₂) / deviation x₂ = (3 − 3.167) / 1.067 = −0.156",
        ),
        (
            0,
            Quantity::Raw(Side::Inputs),
            1,
            "raw x₂ = 3.000  given: input of sample 2, rooms",
        ),
        (
            0,
            Quantity::Raw(Side::Inputs),
            4,
            "raw x₅ = 1.000  given: input of sample 2: 1 where the word is south, else 0",
        ),
        (
            0,
            of_inputs(Statistic::Mean),
            1,
            "mean x₂ = mean of raw x₂, rooms, over the 6 samples that are learnt from = (2 + 3 + 3 + 5 + 4 + 2) / 6 = 3.167",
        ),
        (
            0,
            of_inputs(Statistic::Deviation),
            5,
            "deviation x₆ = 1.000  all samples have the same here: nothing to divide by, so 1 stands for it",
        ),
        (
            1,
            Quantity::Target,
            0,
            "y₁ = (raw y₁ − min y₁) / range y₁ = (250 − 180) / 230 = 0.304",
        ),
        (
            1,
            of_targets(Statistic::Low),
            0,
            "min y₁ = 180.000  the least raw y₁ over the 6 samples that are learnt from",
        ),
        (
            1,
            of_targets(Statistic::Range),
            0,
            "range y₁ = max − min of raw y₁ over the 6 samples that are learnt from = 410 − 180 = 230.000",
        ),
    ] {
        assert_eq!(explained(index, symbol, row), line);
    }
    assert_eq!(
        trace.step(0).numpy(),
        ["raw_x = raw_X[[1]].T", "x = (raw_x - mean_x) / deviation_x"]
    );
    assert_eq!(
        trace.step(2).numpy(),
        ["x0 = np.vstack([np.ones((1, 1)), x])"]
    );
    // Where the target came from, from a step that only uses it.
    let loss = (0..trace.len()).find(|&index| trace.step(index).kind() == "loss");
    assert_eq!(
        trace.made_at(loss.unwrap(), Quantity::Target, false),
        Some(1)
    );
    // What is predicted, in the units of the data.
    let predicted = trace.step(loss.unwrap() - 1);
    let y_hat = predicted.get(Quantity::Output(2), false).unwrap()[[0, 0]];
    let told: Vec<String> = predicted
        .narration()
        .iter()
        .map(|line| line.text(Decimals::ALL))
        .collect();
    let price = Decimals::ALL.number(y_hat * 230.0 + 180.0);
    let told = told.join(" ");
    assert!(
        told.ends_with(&format!(
            "In the units of the data it is ŷ · range y + min y = {price}."
        )),
        "{told}"
    );
}
