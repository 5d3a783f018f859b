//! What an operation computes, said once: an expression of quantities. It is written as a formula, as a matrix equation
//! and as NumPy, explained cell by cell, and worked by hand, rightly or with a part forgotten.

use std::ops;

use ndarray::{Array1, Array2, Axis, Slice, Zip, concatenate};

use super::context::Context;
use super::notation::power;
use super::quantity::Quantity;
use super::rich_text::with_minus;
use crate::engine::{Activation, BATCH_NORM_EPSILON, Moment, sign};

/// A computation with quantities and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A quantity.
    Variable(Variable),
    /// A number.
    Scalar(Scalar),
    /// φ of layer l.
    Phi(usize, Box<Self>),
    /// The square root, cell by cell.
    Root(Box<Self>),
    /// The sign, cell by cell: −1, 0 or 1.
    Sign(Box<Self>),
    /// 1 ⊕ …: a row of ones put on top.
    Augmented(Box<Self>),
    /// Two of them, joined.
    Binary(Operator, Box<[Self; 2]>),
}

/// A quantity as it stands in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The quantity.
    pub quantity: Quantity,
    /// Whether its value before the update is meant.
    pub before: bool,
    /// Whether `[1+]` drops its first row.
    pub dropped: bool,
    /// Whether it is transposed.
    pub transposed: bool,
}

/// A number that is the same for every cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// ε, under the root of a variance.
    Epsilon,
    /// ρ, the learning rate.
    Rate,
    /// 2α, of the slope of the penalty.
    TwiceAlpha,
    /// α₁, of the slope of the penalty on absolute values.
    AlphaOne,
    /// The share of a moment that the optimizer keeps: μ, β, β₁ or β₂.
    Kept(Moment),
    /// The rest of that share, which comes from the gradient: 1 − β.
    Taken(Moment),
    /// 1 − βᵗ, by which the bias of a moment is taken out.
    Correction(Moment),
    /// ε, in the divisor of an optimizer's step.
    OptimizerEpsilon,
}

/// The sign between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Their sum.
    Add,
    /// Their sum, the right one added to all rows of the left one but that of the bias.
    AddBelow,
    /// Their difference.
    Sub,
    /// Their product cell by cell, or that of a scalar and a matrix.
    Mul,
    /// Their quotient cell by cell.
    Div,
    /// Their product as matrices.
    Dot,
}

/// What an expression is worked out with.
pub trait Evaluate {
    /// Returns the context, on which scalars depend.
    fn context(&self) -> &Context<'_>;

    /// Returns a quantity as it stands in an expression, but not transposed.
    fn variable(&self, variable: Variable) -> Option<Array2<f64>>;

    /// Applies φ in place to the sums of a layer for one sample.
    fn phi_column(&self, activation: Activation, sums: &mut [f64]) {
        activation.phi_column(sums);
    }

    /// Returns φ of layer l of its sums.
    fn phi(&self, l: usize, mut sums: Array2<f64>) -> Array2<f64> {
        let activation = self.context().activation(l);
        for mut column in sums.columns_mut() {
            let mut values = column.to_vec();
            self.phi_column(activation, &mut values);
            column.assign(&Array1::from(values));
        }
        sums
    }

    /// Returns a product of matrices.
    fn product(&self, left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
        left.dot(right)
    }

    /// Returns what becomes of terms before they are used.
    fn terms(&self, values: Array2<f64>) -> Array2<f64> {
        values
    }
}

/// In what notation an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation<'a> {
    /// A formula in the lecture's notation.
    Formula,
    /// A formula of one cell.
    Cell,
    /// A matrix equation: numbers for scalars, the name of φ and its parameter where that is not the usual one.
    Equation,
    /// NumPy, with what stands there for φ.
    NumPy(&'a str),
}

impl Variable {
    /// Returns how it is written, by the name of its quantity.
    pub fn label(self, name: &str) -> String {
        let dropped = if self.dropped { "[1+]" } else { "" };
        match (self.quantity, self.dropped, self.transposed) {
            (Quantity::PulledBack(_), true, _) => format!("({name}){dropped}"),
            (_, true, true) => format!("({name}{dropped})ᵀ"),
            (_, _, true) => format!("{name}ᵀ"),
            _ => format!("{name}{dropped}"),
        }
    }
}

impl Scalar {
    /// Returns its value.
    pub fn value(self, context: &Context) -> f64 {
        match self {
            Self::Epsilon => BATCH_NORM_EPSILON,
            Self::Rate => context.training.rho,
            Self::TwiceAlpha => 2.0 * context.training.penalty.l2,
            Self::AlphaOne => context.training.penalty.l1,
            Self::Kept(moment) => context.training.optimizer.kept(moment),
            Self::Taken(moment) => 1.0 - context.training.optimizer.kept(moment),
            Self::Correction(moment) => {
                let optimizer = context.training.optimizer;
                optimizer.correction(moment, context.update)
            }
            Self::OptimizerEpsilon => context.training.optimizer.epsilon(),
        }
    }

    /// Returns it as text.
    pub fn text(self, notation: Notation, context: &Context) -> String {
        match (self, notation) {
            (Self::Epsilon, Notation::Formula | Notation::Cell) => "ε".into(),
            (Self::Epsilon, Notation::Equation | Notation::NumPy(_)) => {
                BATCH_NORM_EPSILON.to_string()
            }
            (Self::Rate, Notation::Formula | Notation::Cell) => "ρ".into(),
            (Self::Rate, Notation::Equation) => context.training.rho.to_string(),
            (Self::Rate, Notation::NumPy(_)) => "rho".into(),
            (Self::TwiceAlpha, Notation::Formula | Notation::Cell) => "2α".into(),
            (Self::TwiceAlpha, Notation::Equation) => {
                format!("2 · {}", context.training.penalty.l2)
            }
            (Self::AlphaOne, Notation::Formula | Notation::Cell) => "α₁".into(),
            (Self::AlphaOne, Notation::Equation) => context.training.penalty.l1.to_string(),
            (Self::AlphaOne, Notation::NumPy(_)) => "alpha1".into(),
            (Self::TwiceAlpha, Notation::NumPy(_)) => "2 * alpha".into(),
            (Self::OptimizerEpsilon, Notation::Formula | Notation::Cell) => "ε".into(),
            (Self::OptimizerEpsilon, Notation::Equation) => {
                with_minus(format!("{:e}", self.value(context)))
            }
            (Self::OptimizerEpsilon, Notation::NumPy(_)) => "epsilon".into(),
            (Self::Kept(moment), _) => share(moment, notation, context),
            (Self::Taken(moment), Notation::Equation) => {
                // As on paper: 1 − 0.9 is 0.1, not the float nearest to it.
                let kept = context.training.optimizer.kept(moment);
                let digits = kept.to_string().len().saturating_sub(2).min(9);
                format!("{:.digits$}", 1.0 - kept)
            }
            (Self::Taken(moment), Notation::NumPy(_)) => {
                format!("(1 - {})", share(moment, notation, context))
            }
            (Self::Taken(moment), _) => format!("(1 − {})", share(moment, notation, context)),
            (Self::Correction(moment), Notation::NumPy(_)) => {
                format!("(1 - {} ** (t + 1))", share(moment, notation, context))
            }
            (Self::Correction(moment), Notation::Equation) => format!(
                "(1 − {}{})",
                share(moment, notation, context),
                power(context.update)
            ),
            (Self::Correction(moment), _) => {
                format!("(1 − {}ᵗ)", share(moment, notation, context))
            }
        }
    }
}

/// The share that an optimizer keeps of a moment, as a name or as a number.
fn share(moment: Moment, notation: Notation, context: &Context) -> String {
    let optimizer = context.training.optimizer;
    let [formula, numpy] = optimizer.name_of_kept(moment);
    match notation {
        Notation::Formula | Notation::Cell => formula.into(),
        Notation::Equation => with_minus(format!("{:?}", optimizer.kept(moment))),
        Notation::NumPy(_) => numpy.into(),
    }
}

impl From<Quantity> for Expression {
    fn from(quantity: Quantity) -> Self {
        Self::Variable(Variable {
            quantity,
            before: false,
            dropped: false,
            transposed: false,
        })
    }
}

impl From<Scalar> for Expression {
    fn from(scalar: Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

/// `left + right` and the like, each in the meaning of its [`Operator`].
macro_rules! operators {
    ($($operator:ident $method:ident,)*) => {$(
        impl<T: Into<Self>> ops::$operator<T> for Expression {
            type Output = Self;

            fn $method(self, right: T) -> Self {
                self.joined(Operator::$operator, right)
            }
        }
    )*};
}

operators! {
    Add add,
    Sub sub,
    Mul mul,
    Div div,
}

impl Expression {
    /// Returns a quantity without the row of its bias, where it has one.
    pub fn without_bias(quantity: Quantity, last: usize) -> Self {
        Self::from(quantity).with(|variable| variable.dropped = quantity.has_bias_row(last))
    }

    /// Returns a quantity as it was before the update.
    pub fn before(quantity: Quantity) -> Self {
        Self::from(quantity).with(|variable| variable.before = true)
    }

    /// Returns a quantity transposed.
    #[must_use]
    pub fn transposed(self) -> Self {
        self.with(|variable| variable.transposed = true)
    }

    /// Returns √(σ² + ε) of layer l.
    pub fn deviation(l: usize) -> Self {
        (Self::from(Quantity::Variance(l)) + Scalar::Epsilon).root()
    }

    fn with(mut self, change: impl Fn(&mut Variable)) -> Self {
        if let Self::Variable(variable) = &mut self {
            change(variable);
        }
        self
    }

    /// Returns 1 ⊕ it.
    #[must_use]
    pub fn augmented(self) -> Self {
        Self::Augmented(Box::new(self))
    }

    /// Returns φ of layer l of it.
    #[must_use]
    pub fn phi(self, l: usize) -> Self {
        Self::Phi(l, Box::new(self))
    }

    /// Returns its square root.
    #[must_use]
    pub fn root(self) -> Self {
        Self::Root(Box::new(self))
    }

    /// Returns its sign, cell by cell.
    #[must_use]
    pub fn sign(self) -> Self {
        Self::Sign(Box::new(self))
    }

    /// Returns the product as matrices.
    #[must_use]
    pub fn dot(self, right: impl Into<Self>) -> Self {
        self.joined(Operator::Dot, right)
    }

    /// Returns the sum with what is added to all rows but that of the bias.
    #[must_use]
    pub fn add_below(self, right: impl Into<Self>) -> Self {
        self.joined(Operator::AddBelow, right)
    }

    fn joined(self, operator: Operator, right: impl Into<Self>) -> Self {
        Self::Binary(operator, Box::new([self, right.into()]))
    }

    /// Returns whether it is a quantity by itself, in whatever form.
    pub fn is(&self, quantity: Quantity) -> bool {
        matches!(self, Self::Variable(variable) if variable.quantity == quantity)
    }

    /// Returns what is left when a part is forgotten: of two that are joined the other one, and a scalar goes with what
    /// it multiplies. `None` where nothing is left.
    pub fn without(&self, is_part: &dyn Fn(&Self) -> bool) -> Option<Self> {
        if is_part(self) {
            return None;
        }
        Some(match self {
            Self::Variable(_) | Self::Scalar(_) => self.clone(),
            Self::Phi(l, of) => of.without(is_part)?.phi(*l),
            Self::Root(of) => of.without(is_part)?.root(),
            Self::Sign(of) => of.without(is_part)?.sign(),
            Self::Augmented(of) => of.without(is_part)?.augmented(),
            Self::Binary(operator, sides) => {
                match (sides[0].without(is_part), sides[1].without(is_part)) {
                    (Some(left), Some(right)) => left.joined(*operator, right),
                    (Some(Self::Scalar(_)), None) => return None,
                    (left, right) => left.or(right)?,
                }
            }
        })
    }

    /// Returns the numbers in it that are the same for every cell, from left to right.
    pub fn scalars(&self) -> Vec<Scalar> {
        match self {
            Self::Variable(_) => Vec::new(),
            Self::Scalar(scalar) => vec![*scalar],
            Self::Phi(_, of) | Self::Root(of) | Self::Sign(of) | Self::Augmented(of) => {
                of.scalars()
            }
            Self::Binary(_, sides) => sides.iter().flat_map(Self::scalars).collect(),
        }
    }

    /// Returns it with other parts in the place of those for which there are some.
    #[must_use]
    pub fn replaced(&self, other: &dyn Fn(&Self) -> Option<Self>) -> Self {
        if let Some(other) = other(self) {
            return other;
        }
        let inside = |of: &Self| Box::new(of.replaced(other));
        match self {
            Self::Variable(_) | Self::Scalar(_) => self.clone(),
            Self::Phi(l, of) => Self::Phi(*l, inside(of)),
            Self::Root(of) => Self::Root(inside(of)),
            Self::Sign(of) => Self::Sign(inside(of)),
            Self::Augmented(of) => Self::Augmented(inside(of)),
            Self::Binary(operator, sides) => {
                let [left, right] = &**sides;
                left.replaced(other)
                    .joined(*operator, right.replaced(other))
            }
        }
    }

    /// Returns its value; `None` where a quantity has none.
    pub fn evaluate(&self, by: &impl Evaluate) -> Option<Array2<f64>> {
        match self {
            Self::Variable(variable) => {
                let value = by.variable(*variable)?;
                Some(if variable.transposed {
                    value.reversed_axes()
                } else {
                    value
                })
            }
            Self::Scalar(scalar) => {
                let value = scalar.value(by.context());
                Some(Array2::from_elem((1, 1), value))
            }
            Self::Phi(l, of) => Some(by.phi(*l, of.evaluate(by)?)),
            Self::Root(of) => Some(by.terms(of.part(by)?.mapv_into(f64::sqrt))),
            Self::Sign(of) => Some(of.evaluate(by)?.mapv_into(sign)),
            Self::Augmented(of) => {
                let below = of.evaluate(by)?;
                let top = Array2::ones((1, below.ncols()));
                concatenate(Axis(0), &[top.view(), below.view()]).ok()
            }
            Self::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (left.part(by)?, right.part(by)?);
                match operator {
                    Operator::Dot => {
                        let fits = left.ncols() == right.nrows();
                        fits.then(|| by.product(&left, &right))
                    }
                    Operator::AddBelow => add_below(left, &right),
                    Operator::Add => joined(&left, &right, |a, b| a + b),
                    Operator::Sub => joined(&left, &right, |a, b| a - b),
                    Operator::Mul => joined(&left, &right, |a, b| a * b),
                    Operator::Div => joined(&left, &right, |a, b| a / b),
                }
            }
        }
    }

    /// The value of a part: a product or quotient in it is a term.
    fn part(&self, by: &impl Evaluate) -> Option<Array2<f64>> {
        let value = self.evaluate(by)?;
        let is_term = matches!(self, Self::Binary(Operator::Mul | Operator::Div, _));
        Some(if is_term { by.terms(value) } else { value })
    }

    /// Returns it as a formula in the lecture's notation.
    pub fn formula(&self, context: &Context) -> String {
        self.text(Notation::Formula, context, &mut |variable| {
            variable.label(&context.name(variable.quantity))
        })
    }

    /// Returns it as text, with whatever stands there for its quantities, which are asked for from left to right.
    pub fn text(
        &self,
        notation: Notation,
        context: &Context,
        name: &mut dyn FnMut(Variable) -> String,
    ) -> String {
        match (self, notation) {
            (Self::Variable(variable), _) => name(*variable),
            (Self::Scalar(scalar), _) => scalar.text(notation, context),
            (Self::Phi(..), Notation::NumPy(phi)) => phi.to_owned(),
            (Self::Phi(l, of), Notation::Equation) => {
                let phi = context.activation(*l);
                let of = of.text(notation, context, name);
                match phi.unusual_parameter() {
                    Some(parameter) => format!("{}({of}; {parameter})", phi.name()),
                    None => format!("{}({of})", phi.name()),
                }
            }
            (Self::Phi(_, of), _) => format!("φ({})", of.text(notation, context, name)),
            (Self::Root(of), _) => {
                let root = match notation {
                    Notation::NumPy(_) => "np.sqrt",
                    _ => "√",
                };
                format!("{root}({})", of.text(notation, context, name))
            }
            (Self::Sign(of), _) => {
                let sign = match notation {
                    Notation::NumPy(_) => "np.sign",
                    _ => "sgn",
                };
                format!("{sign}({})", of.text(notation, context, name))
            }
            (Self::Augmented(of), Notation::Cell) => of.text(notation, context, name),
            (Self::Augmented(of), Notation::NumPy(_)) => format!(
                "np.vstack([np.ones((1, {})), {}])",
                context.samples,
                of.text(notation, context, name)
            ),
            (Self::Augmented(of), _) => format!("1 ⊕ {}", of.bracketed(3, notation, context, name)),
            (Self::Binary(operator, sides), _) => {
                let [left, right] = &**sides;
                let sign = operator.sign(notation, matches!(left, Self::Scalar(_)));
                let own = operator.binding();
                let is_strict = matches!(operator, Operator::Sub | Operator::Div);
                let left = left.bracketed(own, notation, context, name);
                let right = right.bracketed(own + usize::from(is_strict), notation, context, name);
                format!("{left}{sign}{right}")
            }
        }
    }

    /// The same, in brackets where its parts hold together less than they must.
    fn bracketed(
        &self,
        binding: usize,
        notation: Notation,
        context: &Context,
        name: &mut dyn FnMut(Variable) -> String,
    ) -> String {
        let text = self.text(notation, context, name);
        match self {
            Self::Binary(operator, _) if operator.binding() < binding => format!("({text})"),
            _ => text,
        }
    }
}

impl Operator {
    /// Returns how strongly it holds its two sides together.
    pub const fn binding(self) -> usize {
        match self {
            Self::Add | Self::AddBelow | Self::Sub => 0,
            Self::Mul | Self::Div => 1,
            Self::Dot => 2,
        }
    }

    /// The sign between two sides, the left one a scalar or not.
    const fn sign(self, notation: Notation, is_scaled: bool) -> &'static str {
        match (self, notation) {
            (Self::Add | Self::AddBelow, _) => " + ",
            (Self::Sub, Notation::NumPy(_)) => " - ",
            (Self::Sub, _) => " − ",
            (Self::Div, _) => " / ",
            (Self::Mul, Notation::NumPy(_)) => " * ",
            (Self::Mul, Notation::Formula) if is_scaled => " ",
            (Self::Mul, Notation::Formula) => " ∘ ",
            (Self::Mul, Notation::Equation) if !is_scaled => " ∘ ",
            (Self::Mul, Notation::Cell | Notation::Equation) => " · ",
            (Self::Dot, Notation::NumPy(_)) => " @ ",
            (Self::Dot, Notation::Equation) => " × ",
            (Self::Dot, Notation::Formula | Notation::Cell) => " ",
        }
    }
}

/// Returns what comes of two values number by number. One of a single row or column stands for as many as the other has.
fn joined(
    left: &Array2<f64>,
    right: &Array2<f64>,
    with: impl Fn(f64, f64) -> f64,
) -> Option<Array2<f64>> {
    let shape = (
        left.nrows().max(right.nrows()),
        left.ncols().max(right.ncols()),
    );
    let (left, right) = (left.broadcast(shape)?, right.broadcast(shape)?);
    Some(Zip::from(left).and(right).map_collect(|&a, &b| with(a, b)))
}

/// Adds a value to all rows but that of the bias.
fn add_below(mut to: Array2<f64>, value: &Array2<f64>) -> Option<Array2<f64>> {
    let rows = to.slice_axis(Axis(0), Slice::from(1..)).to_owned();
    let sum = joined(&rows, value, |a, b| a + b)?;
    to.slice_axis_mut(Axis(0), Slice::from(1..)).assign(&sum);
    Some(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Activation, Layer, Loss, Network, Sides, TrainingConfig};
    use ndarray::Array2;

    fn formula(expression: &Expression) -> String {
        let layers = [2, 1].map(|units| Layer::new(units, Activation::Logistic));
        let weights = vec![Array2::zeros((2, 2)), Array2::zeros((3, 1))];
        let network = Network::new(1, layers.to_vec(), weights).unwrap();
        expression.formula(&Context {
            network: &network,
            training: TrainingConfig::new(Loss::MeanSquared, 0.5, 1),
            features: None,
            scaled: Sides::default(),
            predicting: false,
            samples: 1,
            update: 1,
            chain_rule: false,
        })
    }

    fn of(quantity: Quantity) -> Expression {
        quantity.into()
    }

    #[test]
    fn brackets_stand_where_they_are_needed_and_nowhere_else() {
        let [z, a, m] = [Quantity::Sum(1), Quantity::Activated(1), Quantity::Mask(1)];
        for (expression, text) in [
            (of(z) - (of(a) - m), "z⁽¹⁾ − (a⁽¹⁾ − m⁽¹⁾)"),
            (of(z) - a - m, "z⁽¹⁾ − a⁽¹⁾ − m⁽¹⁾"),
            ((of(z) + a) * m, "(z⁽¹⁾ + a⁽¹⁾) ∘ m⁽¹⁾"),
            (of(z) * m + a, "z⁽¹⁾ ∘ m⁽¹⁾ + a⁽¹⁾"),
            (of(z) / (of(a) * m), "z⁽¹⁾ / (a⁽¹⁾ ∘ m⁽¹⁾)"),
            ((of(z) + m).root(), "√(z⁽¹⁾ + m⁽¹⁾)"),
            (of(z).phi(1).augmented(), "1 ⊕ φ(z⁽¹⁾)"),
            ((of(m) * a).augmented(), "1 ⊕ (m⁽¹⁾ ∘ a⁽¹⁾)"),
            (
                of(Quantity::Output(0))
                    .dot(Expression::without_bias(Quantity::Delta(1), 2).transposed()),
                "x⁽⁰⁾ (δ⁽¹⁾[1+])ᵀ",
            ),
        ] {
            assert_eq!(formula(&expression), text);
        }
    }

    #[test]
    fn what_is_forgotten_leaves_the_rest() {
        let [w, gradient] = [Quantity::Weights(0), Quantity::Gradient(0)];
        let step = of(w) - Expression::from(Scalar::Rate) * gradient;
        let without = |is_part: &dyn Fn(&Expression) -> bool| step.without(is_part);
        for (left, text) in [
            (without(&|e| *e == Scalar::Rate.into()), "W⁽⁰⁾ − ∇⁽⁰⁾"),
            (without(&|e| e.is(w)), "ρ ∇⁽⁰⁾"),
            (without(&|e| e.is(gradient)), "W⁽⁰⁾"),
        ] {
            assert_eq!(formula(&left.unwrap()), text);
        }
        assert_eq!(of(w).without(&|e| e.is(w)), None);
    }
}
