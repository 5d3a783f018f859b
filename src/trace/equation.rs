//! The matrix equation of a step: its operands and its result, as shown on the screen.

use std::borrow::Cow;

use ndarray::Array2;

use super::fold;
use super::step::{Step, StepKind};
use crate::algebra::expression::{Notation, Variable};
use crate::algebra::{Cell, Decimals, Expression, Operation, Quantity, RichText, has_shortcut};
use crate::engine::{BATCH_NORM_EPSILON, Bias, Feature, Loss, Penalty, Side};

/// A part of an equation.
// An equation has only a few of them, most of which are matrices.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub enum Part {
    /// A sign between matrices.
    Sign(Cow<'static, str>),
    /// An operand or the result.
    Matrix(Operand),
}

/// A matrix of an equation.
// Independent facts about how it is shown; no two of them make up one state.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone)]
pub struct Operand {
    /// The label above it, such as `W⁽⁰⁾ᵀ`.
    pub label: String,
    /// What is said of weights that are there and not learned, behind the label; empty for anything else.
    pub mark: &'static str,
    /// The quantity that it shows.
    pub symbol: Quantity,
    /// `true` for the value before the update.
    pub before: bool,
    /// `true` if it is shown transposed.
    pub transposed: bool,
    /// `true` if `[1+]` drops its first row here.
    pub dropped: bool,
    /// `true` if its first row is only a placeholder.
    pub placeholder: bool,
    /// `true` for each cell that is only a placeholder, in rows and columns of the value; `None` if there is none but the
    /// first row.
    pub placeholders: Option<Array2<bool>>,
    /// The names of its rows, where inputs are made of others or scaled: `x₁²`, `area`; empty for a row or for all without
    /// one.
    pub names: Vec<String>,
    /// `true` if its first row belongs to the bias.
    pub bias: bool,
    /// `true` for the result of the step.
    pub result: bool,
    /// `true` for a factor that is never 0 and must not be shown as 0.
    pub telling: bool,
    /// The value, not transposed.
    pub values: Array2<f64>,
    /// The part that is hidden from the learner.
    pub hidden: Hidden,
}

/// The part of a matrix that is hidden from the learner until it has been asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hidden {
    /// Nothing.
    #[default]
    Nothing,
    /// One cell, by its row and column in the value.
    Cell(usize, usize),
    /// All of it.
    All,
    /// All of it, and its numbers of rows and columns too.
    Shape,
}

impl Hidden {
    /// Returns whether a cell of the value is hidden.
    pub const fn hides(self, row: usize, column: usize) -> bool {
        match self {
            Self::Nothing => false,
            Self::Cell(r, c) => r == row && c == column,
            Self::All | Self::Shape => true,
        }
    }
}

/// The content of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellText {
    /// A number.
    Number(f64),
    /// A placeholder: its number does not matter.
    Placeholder,
    /// A placeholder that `[1+]` drops here.
    Dropped,
    /// A number that the learner is to find.
    Hidden,
}

impl Operand {
    /// Returns the number of rows as shown.
    pub fn rows(&self) -> usize {
        if self.transposed {
            self.values.ncols()
        } else {
            self.values.nrows()
        }
    }

    /// Returns the number of columns as shown.
    pub fn columns(&self) -> usize {
        if self.transposed {
            self.values.nrows()
        } else {
            self.values.ncols()
        }
    }

    /// Returns rows and columns as they count in the equation: without the row that `[1+]` drops.
    pub fn shape(&self) -> (usize, usize) {
        let dropped = usize::from(self.dropped);
        if self.transposed {
            (self.rows(), self.columns() - dropped)
        } else {
            (self.rows() - dropped, self.columns())
        }
    }

    /// Returns the shape as text, such as `3×1`; `?×?` if the learner is to find it.
    pub fn shape_text(&self) -> String {
        if self.hidden == Hidden::Shape {
            return "?×?".into();
        }
        let (rows, columns) = self.shape();
        format!("{rows}×{columns}")
    }

    /// Hides all or a part of it.
    fn conceal(&mut self, hidden: Hidden) {
        self.hidden = hidden;
        if hidden == Hidden::Shape {
            // A single number stands for the whole matrix: the number of cells, or a marked row, would give the
            // shape away.
            self.values = Array2::zeros((1, 1));
            (self.transposed, self.bias, self.placeholder, self.dropped) =
                (false, false, false, false);
            self.placeholders = None;
            self.names.clear();
        }
    }

    /// Returns row and column in the value, for a row and column as shown.
    const fn place(&self, row: usize, column: usize) -> (usize, usize) {
        if self.transposed {
            (column, row)
        } else {
            (row, column)
        }
    }

    /// Returns the content of a cell, by its row and column as shown.
    ///
    /// # Panics
    /// If there is no such cell.
    pub fn shown(&self, row: usize, column: usize) -> CellText {
        let (r, c) = self.place(row, column);
        if r == 0 && self.dropped {
            CellText::Dropped
        } else if r == 0 && self.placeholder || self.lacks(r, c) {
            CellText::Placeholder
        } else if self.hidden.hides(r, c) && !self.is_one(r) {
            CellText::Hidden
        } else {
            CellText::Number(self.values[[r, c]])
        }
    }

    /// Returns whether a cell of the value is among the placeholders that are marked one by one.
    fn lacks(&self, row: usize, column: usize) -> bool {
        let placeholders = self.placeholders.as_ref();
        placeholders.is_some_and(|cells| cells[[row, column]])
    }

    /// Returns whether a row of the value is the output of a bias unit, which is always 1.
    const fn is_one(&self, row: usize) -> bool {
        row == 0 && self.bias && matches!(self.symbol, Quantity::Output(_) | Quantity::Activated(_))
    }

    /// Formats a number of it as shown.
    pub fn number(&self, value: f64, decimals: Decimals) -> String {
        if self.telling {
            decimals.telling(value)
        } else {
            decimals.number(value)
        }
    }

    /// Returns the cell of the quantity shown at a row and column.
    pub const fn cell(&self, row: usize, column: usize) -> Cell {
        let (row, column) = self.place(row, column);
        Cell {
            symbol: self.symbol,
            before: self.before,
            row,
            column,
        }
    }

    /// Returns the row and column at which a cell of the quantity is shown.
    pub fn find(&self, cell: Cell) -> Option<(usize, usize)> {
        (cell.symbol == self.symbol
            && cell.before == self.before
            && cell.row < self.values.nrows()
            && cell.column < self.values.ncols())
        .then(|| self.place(cell.row, cell.column))
    }

    /// Returns whether a row (if transposed, a column) as shown belongs to the bias.
    pub const fn is_bias(&self, row: usize, column: usize) -> bool {
        let (r, _) = self.place(row, column);
        self.bias && r == 0
    }
}

/// Builds the parts of one equation.
struct Builder<'s, 't> {
    step: &'s Step<'t>,
    parts: Vec<Part>,
}

impl Builder<'_, '_> {
    fn sign(mut self, sign: impl Into<Cow<'static, str>>) -> Self {
        self.parts.push(Part::Sign(sign.into()));
        self
    }

    fn operand(&self, symbol: Quantity, before: bool) -> Option<Operand> {
        let last = self.step.last();
        let values = self.step.get(symbol, before)?;
        let placeholder = match symbol {
            Quantity::Delta(l) | Quantity::Slope(l) => l < last,
            _ => false,
        };
        let name = self.step.context().name(symbol);
        let is_new = !before
            && match symbol {
                Quantity::Output(l) => l > 0 && self.step.is_renewed(),
                Quantity::Sum(_) => self.step.is_renewed(),
                Quantity::Loss => self.step.operation() == Some(Operation::PredictionLoss),
                _ if self.step.what == StepKind::Set => true,
                learned => self.step.is_updated(learned),
            };
        Some(Operand {
            label: if is_new { format!("new {name}") } else { name },
            mark: self.not_learned(symbol),
            symbol,
            before,
            transposed: false,
            dropped: false,
            placeholder,
            placeholders: self.placeholders(symbol, values.dim()),
            names: self.names(symbol),
            bias: symbol.has_bias_row(last),
            result: false,
            telling: self.is_divided(symbol),
            values,
            hidden: Hidden::Nothing,
        })
    }

    /// Returns the names of the rows of inputs that are made, of what they are made of, and of inputs before they are scaled.
    fn names(&self, symbol: Quantity) -> Vec<String> {
        let context = self.step.context();
        let Some(features) = context.features else {
            return match symbol {
                Quantity::Raw(Side::Inputs) => self.step.spec().data.features.clone(),
                _ => Vec::new(),
            };
        };
        let names = features.iter().map(Feature::name);
        match symbol {
            Quantity::Raw(Side::Inputs) => (0..self.step.spec().raw_inputs())
                .map(|number| Feature::plain(number).name())
                .collect(),
            Quantity::Feature => names.collect(),
            Quantity::Output(0) if context.scaled.inputs.is_none() => {
                std::iter::once(String::new()).chain(names).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the placeholders of a matrix of weights or of what is made of its gradient; `None` if there are none.
    fn placeholders(&self, symbol: Quantity, shape: (usize, usize)) -> Option<Array2<bool>> {
        let context = self.step.context();
        (!context.target_of(symbol)?.learns_all()).then(|| {
            Array2::from_shape_fn(shape, |(row, column)| {
                context.is_placeholder(Cell::new(symbol, row, column))
            })
        })
    }

    /// Returns the mark of a matrix of weights that are there and not learned.
    fn not_learned(&self, symbol: Quantity) -> &'static str {
        let context = self.step.context();
        match context.target_of(symbol) {
            Some(layer) if !matches!(symbol, Quantity::Weights(_)) || layer.learns_all() => "",
            Some(layer) if layer.frozen => ", frozen",
            Some(layer) if layer.bias == Bias::Frozen => ", bias frozen",
            _ => "",
        }
    }

    /// Returns whether a quantity is the slope ψ(ŷ) under a loss whose ∂J/∂ŷ has ψ(ŷ) as its divisor: however
    /// small the slope is, the product of the two is not small.
    fn is_divided(&self, symbol: Quantity) -> bool {
        let context = self.step.context();
        symbol == Quantity::Slope(context.last()) && context.training.loss == Loss::NegLogLoss
    }

    fn push(mut self, operand: Option<Operand>) -> Self {
        self.parts.extend(operand.map(Part::Matrix));
        self
    }

    fn plain(self, symbol: Quantity) -> Self {
        let operand = self.operand(symbol, false);
        self.push(operand)
    }

    /// A quantity as it stands in an expression.
    fn variable(self, variable: Variable) -> Self {
        let operand = self.operand(variable.quantity, variable.before);
        let operand = operand.map(|o| Operand {
            label: variable.label(&o.label),
            transposed: variable.transposed,
            dropped: variable.dropped,
            ..o
        });
        self.push(operand)
    }

    /// Adds a value without its bias row.
    fn dropped(self, symbol: Quantity) -> Self {
        let last = self.step.last();
        self.computed(&Expression::without_bias(symbol, last), "")
    }

    /// An expression, and a sign behind it.
    fn computed(mut self, expression: &Expression, behind: &str) -> Self {
        const HERE: char = '\0';
        let mut variables = Vec::new();
        let mut text = expression.text(Notation::Equation, &self.step.context(), &mut |variable| {
            variables.push(variable);
            HERE.into()
        });
        text.push_str(behind);
        let mut variables = variables.into_iter();
        for signs in text.split(HERE).map(str::trim) {
            if !signs.is_empty() {
                self = self.sign(signs.to_owned());
            }
            if let Some(variable) = variables.next() {
                self = self.variable(variable);
            }
        }
        self
    }

    fn result(self, symbol: Quantity) -> Self {
        let operand = self
            .operand(symbol, false)
            .map(|o| Operand { result: true, ..o });
        self.push(operand)
    }
}

impl Step<'_> {
    /// Returns the operands and the result, as matrices and the signs between them; empty if the step computes
    /// nothing.
    pub fn equation(&self) -> Vec<Part> {
        parts(self)
    }

    /// Returns the matrices of its equation, without the signs between them.
    pub fn operands(&self) -> impl Iterator<Item = Operand> {
        self.equation().into_iter().filter_map(|part| match part {
            Part::Matrix(operand) => Some(operand),
            Part::Sign(_) => None,
        })
    }

    /// Returns the equation for a learner who knows only what the step `known` knows and is asked for the
    /// result: all of it, one cell, or also its shape. If `known` is the step before, only the result is
    /// hidden. Values that nobody can work out, because they are drawn at random or kept from earlier batches,
    /// are never hidden.
    ///
    /// If several steps lie between the two, the operands are replaced by the values that the learner starts
    /// from.
    pub fn veiled_equation(&self, known: &Self, result: Hidden) -> Vec<Part> {
        let is_next = known.index + 1 >= self.index;
        let is_known =
            |operand: &Operand| is_next || self.is_given(operand) || known.tells(operand);
        let mut parts = parts(self);
        let is_open = |part: &Part| matches!(part, Part::Matrix(o) if !o.result && !is_known(o));
        if parts.iter().any(is_open) {
            return self.way_from_givens(known, result);
        }
        for part in &mut parts {
            if let Part::Matrix(operand) = part
                && operand.result
            {
                operand.conceal(result);
            }
        }
        parts
    }

    /// Returns `W⁽⁰⁾, x⁽⁰⁾, W⁽¹⁾ → ŷ`: the known values that lead to the result, and the result.
    fn way_from_givens(&self, known: &Self, result: Hidden) -> Vec<Part> {
        let between: Vec<Step> = (known.index + 1..self.index)
            .map(|index| self.trace().step(index))
            .collect();
        let taken = |step: &Self| -> Vec<Operand> {
            step.operands().filter(|operand| !operand.result).collect()
        };
        // The steps that lead to the result, the last first, each with its operands.
        let mut on_the_way: Vec<(&Self, Vec<Operand>)> = vec![(self, taken(self))];
        for step in between.iter().rev() {
            let symbol = step.symbol();
            let makes = |operand: &Operand| Some(operand.symbol) == symbol && !known.tells(operand);
            if on_the_way.iter().any(|(_, taken)| taken.iter().any(makes)) {
                on_the_way.push((step, taken(step)));
            }
        }
        let is_update = |(step, _): &(&Self, Vec<Operand>)| {
            step.operation()
                .is_some_and(|operation| operation.is_change())
        };
        let has_update = on_the_way.iter().any(is_update);
        let mut givens: Vec<Operand> = Vec::new();
        for operand in on_the_way.into_iter().rev().flat_map(|(_, taken)| taken) {
            let is_there = givens
                .iter()
                .any(|given| given.symbol == operand.symbol && given.values == operand.values);
            if !is_there && (known.tells(&operand) || self.is_given(&operand)) {
                // As it is by itself: not transposed, no row dropped.
                let builder = Builder {
                    step: known,
                    parts: Vec::new(),
                };
                let plain = builder.operand(operand.symbol, operand.before);
                givens.push(plain.unwrap_or(operand));
            }
        }
        let mut builder = Builder {
            step: known,
            parts: Vec::new(),
        };
        for (i, given) in givens.into_iter().enumerate() {
            if i > 0 {
                builder = builder.sign(",");
            }
            builder = builder.push(Some(given));
        }
        if has_update {
            builder = builder.sign(format!(", ρ = {}", self.spec().training.rho));
        }
        let mut parts = builder.sign("→").parts;
        for mut operand in self.operands().filter(|operand| operand.result) {
            operand.conceal(result);
            parts.push(Part::Matrix(operand));
        }
        parts
    }

    /// Returns whether the step knows the value of an operand of a later step.
    fn tells(&self, operand: &Operand) -> bool {
        self.get(operand.symbol, operand.before).as_ref() == Some(&operand.values)
    }

    /// Returns whether an operand is given rather than worked out: a drawn mask, or statistics kept from
    /// training.
    fn is_given(&self, operand: &Operand) -> bool {
        match operand.symbol {
            Quantity::Mask(_) | Quantity::Raw(_) | Quantity::Statistic(..) => true,
            Quantity::Mean(_) | Quantity::Variance(_) => self.is_predicting(),
            _ => false,
        }
    }
}

/// Returns what a pass that is folded makes of what: `x⁽⁰⁾ → x⁽¹⁾ → ŷ`.
fn of_folded(step: &Step) -> Vec<Part> {
    let mut builder = Builder {
        step,
        parts: Vec::new(),
    };
    let shown = fold::shown(step, step.folded());
    let is_on_the_way = |symbol| {
        matches!(
            symbol,
            Quantity::Output(_) | Quantity::Sum(_) | Quantity::Delta(_)
        )
    };
    for (i, &symbol) in shown.iter().enumerate() {
        if i > 0 {
            let follows = is_on_the_way(shown[i - 1]) && is_on_the_way(symbol);
            builder = builder.sign(if follows { "→" } else { "," });
        }
        builder = if i + 1 == shown.len() {
            builder.result(symbol)
        } else {
            builder.plain(symbol)
        };
    }
    builder.parts
}

/// Returns the same with the names alone.
pub(super) fn of_folded_in_symbols(step: &Step) -> RichText {
    let mut text = RichText::new();
    for part in of_folded(step) {
        text = match part {
            Part::Sign(sign) if sign == "," => text.words(", "),
            Part::Sign(sign) => text.words(format!(" {sign} ")),
            Part::Matrix(operand) if operand.result => text.lit(operand.label),
            Part::Matrix(operand) => text.words(operand.label),
        };
    }
    text
}

/// Returns the equation of a step; empty if it computes nothing.
// Long only because it has one arm for each operation.
#[allow(clippy::too_many_lines)]
fn parts(step: &Step) -> Vec<Part> {
    let last = step.last();
    let start = Builder {
        step,
        parts: Vec::new(),
    };
    if step.is_folded() {
        return of_folded(step);
    }
    let operation = match step.what {
        StepKind::Say | StepKind::Ask if !step.shows_weights() => return Vec::new(),
        StepKind::Set => {
            let mut shown = Vec::new();
            for assignment in step.trace().assignments(step.segment) {
                if !shown.contains(&assignment.quantity) {
                    shown.push(assignment.quantity);
                }
            }
            let mut builder = start;
            for (i, symbol) in shown.into_iter().enumerate() {
                if i > 0 {
                    builder = builder.sign(",");
                }
                let old = builder.operand(symbol, true);
                builder = builder.push(old).sign("→").result(symbol);
            }
            return builder.parts;
        }
        StepKind::Say | StepKind::Ask | StepKind::Train { .. } => {
            let mut builder = start;
            for l in 0..last {
                if l > 0 {
                    builder = builder.sign(",");
                }
                builder = builder.plain(Quantity::Weights(l));
                let is_normalised = step.spec().layers[l].batch_norm;
                if is_normalised && step.what == StepKind::Say {
                    builder = builder.sign(",").plain(Quantity::Scale(l + 1));
                }
            }
            return builder.parts;
        }
        StepKind::Operation(operation) => operation,
    };
    let context = step.context();
    match operation {
        Operation::Features => start
            .plain(Quantity::Raw(Side::Inputs))
            .sign("→")
            .result(Quantity::Feature),
        Operation::Sample => start
            .result(Quantity::Output(0))
            .sign("→")
            .plain(Quantity::Target),
        Operation::Penalty => {
            let Penalty { l2, l1 } = context.training.penalty;
            if l2 > 0.0 && l1 > 0.0 {
                // Both are of the same weights, which are shown once.
                let mut builder = start.sign(format!("Σ ({l2}·w² + {l1}·|w|) of"));
                for l in 0..last {
                    let builder_so_far = if l > 0 { builder.sign("and") } else { builder };
                    builder = builder_so_far.dropped(Quantity::Weights(l));
                }
                return builder.sign("=").result(Quantity::Penalty).parts;
            }
            let (mut builder, mut closing) = (start, String::new());
            for (factor, open, close) in [(l2, "Σ", "²"), (l1, "Σ |", "|")] {
                if factor <= 0.0 {
                    continue;
                }
                builder = builder.sign(if closing.is_empty() {
                    format!("{factor} · (")
                } else {
                    format!("{closing} + {factor} · (")
                });
                for l in 0..last {
                    builder = builder
                        .sign(if l > 0 {
                            format!("{close} + {open}")
                        } else {
                            open.to_owned()
                        })
                        .dropped(Quantity::Weights(l));
                }
                closing = format!("{close})");
            }
            builder
                .sign(format!("{closing} ="))
                .result(Quantity::Penalty)
        }
        Operation::Loss | Operation::PredictionLoss => {
            let builder = start
                .sign("J(")
                .plain(Quantity::Output(last))
                .sign(",")
                .plain(Quantity::Target);
            let builder = if context.training.loss == Loss::Perceptron {
                builder.sign(",").plain(Quantity::Sum(last))
            } else {
                builder
            };
            builder.sign(") =").result(Quantity::Loss)
        }
        Operation::LossSlope => start
            .plain(Quantity::Output(last))
            .sign(",")
            .plain(Quantity::Target)
            .sign("→")
            .result(Quantity::LossSlope),
        Operation::OutputSlope => start
            .sign("ψ(")
            .plain(Quantity::Output(last))
            .sign(") =")
            .result(Quantity::Slope(last)),
        Operation::OutputError if step.context().chain_rule => start
            .plain(Quantity::LossSlope)
            .sign("∘")
            .plain(Quantity::Slope(last))
            .sign("=")
            .result(Quantity::Delta(last)),
        Operation::OutputError if has_shortcut(&step.context()) => {
            let (before, after) = match step.context().divisor() {
                None => (start, "=".into()),
                Some(divisor) => (start.sign("("), format!(") / {divisor} =")),
            };
            before
                .plain(Quantity::Output(last))
                .sign("−")
                .plain(Quantity::Target)
                .sign(after)
                .result(Quantity::Delta(last))
        }
        Operation::OutputError => start
            .plain(Quantity::Slope(last))
            .sign("∘")
            .plain(Quantity::LossSlope)
            .sign("=")
            .result(Quantity::Delta(last)),
        Operation::Error(l) if context.layer(l).batch_norm => start
            .plain(Quantity::Gamma(l))
            .sign("/ √(")
            .plain(Quantity::Variance(l))
            .sign(format!("+ {BATCH_NORM_EPSILON}) ∘ ("))
            .plain(Quantity::ScaledDelta(l))
            .sign("− mean(∂J/∂v) −")
            .plain(Quantity::Normalised(l))
            .sign("∘ mean(∂J/∂v ∘ ẑ)) =")
            .result(Quantity::Delta(l)),
        Operation::ScaleGradient(l) => start
            .plain(Quantity::ScaledDelta(l))
            .sign(",")
            .plain(Quantity::Normalised(l))
            .sign("→")
            .result(Quantity::ScaleGradient(l)),
        _ => {
            let result = operation.symbol(context.network.layers());
            match operation.expression(&context) {
                Some(computed) => start.computed(&computed, " =").result(result),
                None => start.result(result),
            }
        }
    }
    .parts
}
