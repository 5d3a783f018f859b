//! The sample that a panel for one sample shows: in a walk the one at the cursor, or else the first of the data set
//! with the network's current prediction.

use crate::algebra::{Cell, Quantity, notation};
use crate::engine::{Activation, Pass};
use crate::ui::style::Role;
use crate::ui::view::View;

/// A sample with its target and its prediction.
pub(super) struct SampleNumbers {
    /// Its number in the data set, from 1.
    pub number: usize,
    /// The features.
    pub x: Vec<f64>,
    /// The targets.
    pub y: Vec<f64>,
    /// The outputs, once they are known.
    pub outputs: Option<Vec<f64>>,
    /// The column of the sample in the batch of a walk.
    column: Option<usize>,
}

impl SampleNumbers {
    /// Returns the sample of the step.
    pub(super) fn new(view: &View) -> Self {
        let step = &view.step;
        let (last, column) = (step.last(), view.column());
        let from = |symbol: Quantity, row: usize| {
            let value = step.get(symbol, false)?;
            Some(value.column(column).iter().skip(row).copied().collect())
        };
        let (network, data) = (step.network(), &step.spec().data);
        if let Some(&number) = step.shown_samples().get(column) {
            let x = from(Quantity::Output(0), 1);
            // While it is still being scaled, it is the one that comes.
            let comes = x.is_none().then(|| data.x.row(number - 1).to_vec());
            let column = x.is_some().then_some(column);
            let y = from(Quantity::Target, 0);
            return Self {
                number,
                x: x.or(comes).unwrap_or_default(),
                y: y.unwrap_or_else(|| data.y.row(number - 1).to_vec()),
                outputs: from(Quantity::Output(last), 0),
                column,
            };
        }
        let mut pass = Pass::new(network, 1);
        pass.load(data, &[0]);
        pass.feedforward(network);
        Self {
            number: 1,
            x: data.x.row(0).to_vec(),
            y: data.y.row(0).to_vec(),
            outputs: Some(pass.x(last).column(0).to_vec()),
            column: None,
        }
    }

    /// Returns the cell of an output, if the cursor can be on it.
    pub(super) fn output_cell(&self, view: &View, unit: usize) -> Option<Cell> {
        let column = self.column?;
        Some(Cell::new(Quantity::Output(view.step.last()), unit, column))
    }

    /// Returns the cell of an input, if the cursor can be on it.
    pub(super) fn input_cell(&self, input: usize) -> Option<Cell> {
        Some(Cell::new(Quantity::Output(0), input + 1, self.column?))
    }

    /// Returns what the prediction is, in a word, once there is one that can be right.
    pub(super) fn verdict(&self, view: &View) -> Option<(&'static str, Role)> {
        let output = view.step.judge();
        let outputs = self.outputs.as_ref()?;
        Some(match output.is_right(outputs, &self.y)? {
            true => ("right", Role::Text),
            false if output.is_undecided(outputs) => ("undecided", Role::Text),
            false => ("wrong", Role::Warning),
        })
    }

    /// Returns the output unit that speaks for its class; `None` where two are the largest.
    pub(super) fn winner(&self, view: &View) -> Option<usize> {
        let outputs = self.outputs.as_deref()?;
        let is_tie =
            activation(view) == Activation::Softmax && Activation::Softmax.is_undecided(outputs);
        largest(outputs).filter(|_| !is_tie)
    }

    /// Returns the predicted class (if one is predicted) and the target class, as units; `None` if the targets are no
    /// classes.
    pub(super) fn classes(&self, view: &View) -> Option<(Option<usize>, usize)> {
        if self.y.len() < 2 || activation(view) != Activation::Softmax {
            return None;
        }
        Some((self.winner(view), largest(&self.y)?))
    }
}

/// Returns the activation of the output layer.
pub(super) fn activation(view: &View) -> Activation {
    view.step.context().activation(view.step.last())
}

/// Returns the name of the class that an output unit stands for, or else the name of the unit.
pub(super) fn class(view: &View, unit: usize) -> String {
    let outputs = view.step.network().outputs();
    let classes = &view.step.spec().data.classes;
    let name = match classes.get(unit) {
        // A single output stands for the second of two classes.
        Some(class) if outputs == classes.len() => class.clone(),
        _ if outputs == 1 => "ŷ".to_owned(),
        _ => format!("ŷ{}", notation::index(unit + 1)),
    };
    view.theme.text(&name).into_owned()
}

/// Returns the index of the largest value.
pub(super) fn largest(values: &[f64]) -> Option<usize> {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]).then(b.cmp(&a)))
}
