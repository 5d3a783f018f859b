//! What an operation computes, said once: an expression of quantities. It is written as a formula, as a matrix equation
//! and as NumPy, explained cell by cell, and worked by hand, rightly or without a part that was forgotten.

use std::ops::{Add, Div, Mul, Sub};

use super::operation::Context;
use super::quantity::Quantity;
use crate::engine::BATCH_NORM_EPSILON;

/// A quantity as it stands in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Which quantity it is.
    pub quantity: Quantity,
    /// Whether its value before the update is meant.
    pub before: bool,
    /// Whether `[1+]` drops its first row.
    pub dropped: bool,
    /// Whether it is transposed.
    pub transposed: bool,
}

impl Variable {
    /// Returns how it is written: the name of its quantity, without the first row and transposed where it is so.
    pub fn label(self, name: &str) -> String {
        let label = match (self.dropped, self.quantity) {
            (true, Quantity::PulledBack(_)) => format!("({name})₍₁₊₎"),
            (true, _) => format!("{name}₍₁₊₎"),
            (false, _) => name.to_owned(),
        };
        match (self.transposed, self.dropped) {
            (true, true) => format!("({label})ᵀ"),
            (true, false) => format!("{label}ᵀ"),
            (false, _) => label,
        }
    }
}

/// A number that stands for itself in every cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// ε, under the root of a variance.
    Epsilon,
    /// ρ, the learning rate.
    Rate,
    /// 2α, of the slope of the penalty.
    TwiceAlpha,
}

impl Scalar {
    /// Returns its value.
    pub fn value(self, context: &Context) -> f64 {
        match self {
            Self::Epsilon => BATCH_NORM_EPSILON,
            Self::Rate => context.rate,
            Self::TwiceAlpha => 2.0 * context.alpha,
        }
    }

    fn written(self, style: &Style, context: &Context) -> String {
        match (self, style) {
            (Self::Epsilon, Style::Formula | Style::Cell) => "ε".into(),
            (Self::Epsilon, Style::Equation | Style::NumPy { .. }) => {
                BATCH_NORM_EPSILON.to_string()
            }
            (Self::Rate, Style::Formula | Style::Cell) => "ρ".into(),
            (Self::Rate, Style::Equation) => context.rate.to_string(),
            (Self::Rate, Style::NumPy { .. }) => "rho".into(),
            (Self::TwiceAlpha, Style::Formula | Style::Cell) => "2α".into(),
            (Self::TwiceAlpha, Style::Equation) => format!("2 · {}", context.alpha),
            (Self::TwiceAlpha, Style::NumPy { .. }) => "2 * alpha".into(),
        }
    }
}

/// What two expressions are joined by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Their sum.
    Add,
    /// Their difference.
    Subtract,
    /// Their product cell by cell, or that of a scalar and a matrix.
    Multiply,
    /// Their quotient cell by cell.
    Divide,
    /// Their product as matrices.
    MatrixProduct,
}

/// What is computed.
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
    /// 1 ⊕ …: a row of ones put on top.
    Augmented(Box<Self>),
    /// Two of them, joined.
    Binary(Operator, Box<[Self; 2]>),
}

/// How an expression is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// A formula in the lecture's notation.
    Formula,
    /// A formula of one cell.
    Cell,
    /// A matrix equation: numbers for scalars, the name of φ.
    Equation,
    /// NumPy, with what stands there for φ.
    NumPy {
        /// φ as written there.
        phi: String,
    },
}

/// A part of an expression as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Signs between quantities, with their spaces.
    Sign(String),
    /// A quantity.
    Variable(Variable),
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

/// `left + right` and the like for expressions, each in the meaning of its [`Operator`].
macro_rules! operators {
    ($($of:ident $method:ident $operator:ident,)*) => {$(
        impl<T: Into<Self>> $of<T> for Expression {
            type Output = Self;

            fn $method(self, right: T) -> Self {
                Self::Binary(Operator::$operator, Box::new([self, right.into()]))
            }
        }
    )*};
}

operators! {
    Add add Add,
    Sub sub Subtract,
    Mul mul Multiply,
    Div div Divide,
}

impl Expression {
    /// Returns a quantity without the row of its bias, where it has one.
    pub fn without_bias(quantity: Quantity, last: usize) -> Self {
        Self::Variable(Variable {
            quantity,
            before: false,
            dropped: quantity.has_bias_row(last),
            transposed: false,
        })
    }

    /// Returns the same quantity as it was before the update.
    pub fn before(quantity: Quantity) -> Self {
        Self::Variable(Variable {
            quantity,
            before: true,
            dropped: false,
            transposed: false,
        })
    }

    /// Returns a quantity transposed; any other expression as it is.
    #[must_use]
    pub fn transposed(self) -> Self {
        match self {
            Self::Variable(variable) => Self::Variable(Variable {
                transposed: true,
                ..variable
            }),
            other => other,
        }
    }

    /// Returns the product as matrices.
    #[must_use]
    pub fn dot(self, right: impl Into<Self>) -> Self {
        Self::Binary(Operator::MatrixProduct, Box::new([self, right.into()]))
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

    /// Returns what is left of it when a part is forgotten: of a sum or product the other side, and a scalar goes with
    /// what it multiplies. `None` where nothing is left.
    pub fn without(&self, part: &Self) -> Option<Self> {
        if self == part {
            return None;
        }
        match self {
            Self::Variable(_) | Self::Scalar(_) => Some(self.clone()),
            Self::Phi(l, of) => of.without(part).map(|of| of.phi(*l)),
            Self::Root(of) => of.without(part).map(Self::root),
            Self::Augmented(of) => of.without(part).map(Self::augmented),
            Self::Binary(operator, sides) => {
                let [left, right] = [0, 1].map(|side| sides[side].without(part));
                match (left, right) {
                    (Some(left), Some(right)) => {
                        Some(Self::Binary(*operator, Box::new([left, right])))
                    }
                    (Some(Self::Scalar(_)), None) if *operator == Operator::Multiply => None,
                    (left, right) => left.or(right),
                }
            }
        }
    }

    /// Returns the two sides of a sum whose right side has no row for the bias while the left one has: it is added to
    /// the rows below. `last` is the index of the output layer.
    pub fn sides_below(&self, last: usize) -> Option<(&Self, &Self)> {
        match self {
            Self::Binary(Operator::Add, sides) => {
                let [left, right] = &**sides;
                let is_below = left.has_bias_row(last) && !right.has_bias_row(last);
                is_below.then_some((left, right))
            }
            _ => None,
        }
    }

    fn has_bias_row(&self, last: usize) -> bool {
        match self {
            Self::Variable(variable) => {
                !variable.dropped && !variable.transposed && variable.quantity.has_bias_row(last)
            }
            Self::Scalar(_) => false,
            Self::Phi(_, of) | Self::Root(of) => of.has_bias_row(last),
            Self::Augmented(_) => true,
            Self::Binary(Operator::MatrixProduct, sides) => sides[0].has_bias_row(last),
            Self::Binary(_, sides) => sides.iter().any(|side| side.has_bias_row(last)),
        }
    }

    /// Returns how it is written, part by part.
    pub fn tokens(&self, style: &Style, context: &Context) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.write(style, context, &mut tokens);
        tokens
    }

    /// Returns how it is written as text, with the quantities as they are called there.
    pub fn text(
        &self,
        style: &Style,
        context: &Context,
        name: impl Fn(Variable) -> String,
    ) -> String {
        let tokens = self.tokens(style, context).into_iter();
        let text = tokens.map(|token| match token {
            Token::Sign(sign) => sign,
            Token::Variable(variable) => name(variable),
        });
        text.collect()
    }

    /// Returns it as a formula in the lecture's notation.
    pub fn formula(&self, context: &Context) -> String {
        self.text(&Style::Formula, context, |variable| {
            variable.label(&context.name(variable.quantity))
        })
    }

    fn write(&self, style: &Style, context: &Context, out: &mut Vec<Token>) {
        let (before, inside, after): (String, &Self, &str) = match self {
            Self::Variable(variable) => return out.push(Token::Variable(*variable)),
            Self::Scalar(scalar) => return put(out, &scalar.written(style, context)),
            Self::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let own = self.binding();
                let is_strict = matches!(operator, Operator::Subtract | Operator::Divide);
                left.write_in_brackets(left.binding() < own, style, context, out);
                put(out, sign(*operator, matches!(left, Self::Scalar(_)), style));
                let needs = right.binding() < own || is_strict && right.binding() == own;
                return right.write_in_brackets(needs, style, context, out);
            }
            Self::Phi(l, of) => match style {
                Style::Formula | Style::Cell => ("φ(".into(), &**of, ")"),
                Style::Equation => {
                    let name = context.activation(*l).name();
                    (format!("{name}("), &**of, ")")
                }
                Style::NumPy { phi } => return put(out, phi),
            },
            Self::Root(of) => match style {
                Style::NumPy { .. } => ("np.sqrt(".into(), &**of, ")"),
                _ => ("√(".into(), &**of, ")"),
            },
            Self::Augmented(of) => match style {
                Style::NumPy { .. } => {
                    let samples = context.samples;
                    (format!("np.vstack([np.ones((1, {samples})), "), &**of, "])")
                }
                Style::Cell => (String::new(), &**of, ""),
                _ if of.binding() < WHOLE => ("1 ⊕ (".into(), &**of, ")"),
                _ => ("1 ⊕ ".into(), &**of, ""),
            },
        };
        put(out, &before);
        inside.write(style, context, out);
        put(out, after);
    }

    fn write_in_brackets(
        &self,
        needs: bool,
        style: &Style,
        context: &Context,
        out: &mut Vec<Token>,
    ) {
        put(out, if needs { "(" } else { "" });
        self.write(style, context, out);
        put(out, if needs { ")" } else { "" });
    }

    /// How strongly its parts hold together where it is written without brackets.
    const fn binding(&self) -> usize {
        match self {
            Self::Binary(Operator::Add | Operator::Subtract, _) => 0,
            Self::Binary(Operator::Multiply | Operator::Divide, _) => 1,
            Self::Binary(Operator::MatrixProduct, _) => 2,
            _ => WHOLE,
        }
    }
}

/// The binding of what needs no brackets.
const WHOLE: usize = 3;

/// The sign between two sides, the left one a scalar or not.
const fn sign(operator: Operator, is_scaled: bool, style: &Style) -> &'static str {
    match (operator, style) {
        (Operator::Add, _) => " + ",
        (Operator::Subtract, Style::NumPy { .. }) => " - ",
        (Operator::Subtract, _) => " − ",
        (Operator::Divide, _) => " / ",
        (Operator::Multiply, Style::NumPy { .. }) => " * ",
        (Operator::Multiply, Style::Cell) => " · ",
        (Operator::Multiply, Style::Formula) if is_scaled => " ",
        (Operator::Multiply, Style::Equation) if is_scaled => " · ",
        (Operator::Multiply, Style::Formula | Style::Equation) => " ∘ ",
        (Operator::MatrixProduct, Style::NumPy { .. }) => " @ ",
        (Operator::MatrixProduct, Style::Equation) => " × ",
        (Operator::MatrixProduct, Style::Formula | Style::Cell) => " ",
    }
}

/// Adds a sign, to the one before if that is one.
fn put(out: &mut Vec<Token>, sign: &str) {
    match out.last_mut() {
        Some(Token::Sign(before)) => before.push_str(sign),
        _ if sign.is_empty() => {}
        _ => out.push(Token::Sign(sign.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Activation, Layer, Loss, Network};
    use ndarray::Array2;

    fn formula(expression: &Expression) -> String {
        let layers = [2, 1].map(|units| Layer::new(units, Activation::Logistic));
        let weights = vec![Array2::zeros((2, 2)), Array2::zeros((3, 1))];
        let network = Network::new(1, layers.to_vec(), weights).unwrap();
        expression.formula(&Context {
            network: &network,
            loss: Loss::MeanSquared,
            rate: 0.5,
            alpha: 0.0,
            predicting: false,
            samples: 1,
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
                "x⁽⁰⁾ (δ⁽¹⁾₍₁₊₎)ᵀ",
            ),
        ] {
            assert_eq!(formula(&expression), text);
        }
    }

    #[test]
    fn what_is_forgotten_leaves_the_rest() {
        let (w, gradient) = (of(Quantity::Weights(0)), of(Quantity::Gradient(0)));
        let rate = Expression::from(Scalar::Rate);
        let step = w.clone() - rate.clone() * gradient.clone();
        for (part, text) in [(&rate, "W⁽⁰⁾ − ∇⁽⁰⁾"), (&w, "ρ ∇⁽⁰⁾"), (&gradient, "W⁽⁰⁾")]
        {
            assert_eq!(formula(&step.without(part).unwrap()), text);
        }
        assert_eq!(w.without(&w), None);
    }
}
