//! Mistakes in the sums and in what φ makes of them.

use ndarray::{Array2, Axis, concatenate};

use super::{At, Mistakes, phi_of, under};
use crate::algebra::Quantity;
use crate::engine::Activation;

/// Along what a number is taken of the sums of softmax.
#[derive(Clone, Copy, PartialEq)]
enum Along {
    Nothing,
    /// The classes of each sample.
    Classes,
    /// The samples, for each class.
    Samples,
    All,
}

impl Along {
    /// Returns what a fold makes of numbers along it, in as many rows and columns as there are numbers.
    fn fold(self, z: &Array2<f64>, first: f64, with: fn(f64, f64) -> f64) -> Array2<f64> {
        let folded = |axis| z.fold_axis(Axis(axis), first, |a, b| with(*a, *b));
        let folded = match self {
            Self::Nothing => Array2::from_elem((1, 1), 0.0),
            Self::Classes => folded(0).insert_axis(Axis(0)),
            Self::Samples => folded(1).insert_axis(Axis(1)),
            Self::All => Array2::from_elem((1, 1), z.fold(first, |a, b| with(a, *b))),
        };
        // Cannot fail: each axis is as long as before, or 1.
        folded
            .broadcast(z.dim())
            .map_or_else(|| z.clone(), |folded| folded.to_owned())
    }
}

impl At<'_> {
    /// z⁽ˡ⁾.
    pub(super) fn sum(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        let w = self.value(Quantity::Weights(l - 1))?;
        let z = self.name(Quantity::Sum(l));
        let weights = self.name(Quantity::Weights(l - 1));
        let between = self.dropped(Quantity::Weights(l - 1))?;
        let bias = w.row(0).insert_axis(Axis(1));
        let x = self.dropped(Quantity::Output(l - 1))?;
        let right = self.name(Quantity::Output(l - 1));
        if l > 1 {
            let before = self.value(context.sums(l - 1))?;
            mistakes.add(
                between.t().dot(&before) + bias,
                format!("{z} made with the sums {}", self.name(context.sums(l - 1))),
                format!("it takes what φ makes of them, {right}"),
            );
        }
        for k in (0..l - 1).rev() {
            let other = self.dropped(Quantity::Output(k));
            if let Some(other) = other.filter(|other| other.dim() == x.dim()) {
                mistakes.add(
                    between.t().dot(&other) + bias,
                    format!("{z} made with {}", self.name(Quantity::Output(k))),
                    format!("it takes {right}"),
                );
            }
        }
        for k in (0..context.last()).filter(|k| *k + 1 != l) {
            let other = self.value(Quantity::Weights(k))?;
            let name = self.name(Quantity::Weights(k));
            if other.dim() == w.dim() {
                mistakes.add(
                    other.t().dot(&self.value(Quantity::Output(l - 1))?),
                    format!("{z} made with {name}"),
                    format!("it takes {weights}"),
                );
            }
            if other.ncols() == w.ncols() {
                mistakes.add(
                    between.t().dot(&x) + other.row(0).insert_axis(Axis(1)),
                    format!("{z} with the bias weights of {name}"),
                    format!("those of {weights} belong here"),
                );
            }
        }
        for (times, how) in [(1.0, "added twice"), (-2.0, "taken off")] {
            mistakes.add(
                self.right + &(&bias * times),
                format!("{z} with the bias weights {how}"),
                "they are added once",
            );
        }
        Some(())
    }

    /// φ(z⁽ˡ⁾).
    pub(super) fn activation(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let phi = self.context.activation(l);
        let sums = self.context.sums(l);
        let (z, name) = (self.value(sums)?, self.name(sums));
        if phi == Activation::Softmax {
            self.softmax(&z, mistakes);
        }
        let mut add = |value: Array2<f64>, is: String, but: String| {
            mistakes.add(self.under(1.0, value), is, but);
        };
        let here = format!(
            "φ is {} here, {}",
            phi.full_name(),
            phi.filled(phi.facts().formula)
        );
        let made = phi_of(phi, &z);
        let is_other = |other: &Activation| {
            *other != phi
                && *other != Activation::Linear
                && (*other != Activation::Softmax || z.nrows() > 1)
        };
        for other in Activation::ALL.into_iter().rev().filter(is_other) {
            add(
                phi_of(other, &z),
                format!("the {} of {name}", other.facts().noun),
                here.clone(),
            );
        }
        add(
            phi_of(phi, &made),
            format!("φ(φ({name}))"),
            "φ is applied once".to_owned(),
        );
        add(z.mapv(f64::abs), format!("|{name}|"), here.clone());
        add(
            z.mapv(|z| z.min(0.0)),
            format!("min(0, {name})"),
            here.clone(),
        );
        add(phi_of(phi, &-&z), format!("φ(−{name})"), here);
        self.ones(phi, &made, mistakes);
        Some(())
    }

    /// Outputs without their row of ones, or with it elsewhere.
    fn ones(&self, phi: Activation, made: &Array2<f64>, mistakes: &mut Mistakes) {
        if self.right.nrows() != made.nrows() + 1 {
            return;
        }
        let but = "x₀ is 1 for each sample, whatever φ is";
        let phi_of_one = phi_of(phi, &Array2::ones((1, 1)))[[0, 0]];
        for (top, of) in [(phi_of_one, "φ(1)"), (0.0, "0")] {
            let is = format!("made with {of} in the row of the bias");
            mistakes.add(under(top, made), is, but);
        }
        let ones = Array2::ones((1, made.ncols()));
        if let Ok(value) = concatenate(Axis(0), &[made.view(), ones.view()]) {
            mistakes.add(
                value,
                "made with the ones for the bias in the last row",
                "your weights have those of the bias first",
            );
        }
    }

    /// Softmax along other axes, or with what it is not to have.
    fn softmax(&self, z: &Array2<f64>, mistakes: &mut Mistakes) {
        const OVER: [(Along, &str, &str); 3] = [
            (
                Along::Samples,
                "divided by its sum over the samples",
                "softmax divides by the sum over the classes of one sample: choose the other axis",
            ),
            (
                Along::All,
                "divided by the sum of all of them",
                "softmax divides by the sum over the classes of each sample: give np.sum the axis of the classes, with keepdims=True",
            ),
            (
                Along::Nothing,
                "not divided",
                "divide it by the sum over the classes, so that the shares of a sample sum up to 1",
            ),
        ];
        const LESS: [(Along, &str); 4] = [
            (Along::Nothing, "e^z"),
            (
                Along::Classes,
                "e^z, with the largest z of each sample taken off,",
            ),
            (Along::All, "e^z, with the largest z of all taken off,"),
            (
                Along::Samples,
                "e^z, with the largest z of each class taken off,",
            ),
        ];
        let powers = |less: Along| {
            let most = less.fold(z, f64::NEG_INFINITY, f64::max);
            (z - &most).mapv(f64::exp)
        };
        let shares = |less: Along, over: Along| {
            let powers = powers(less);
            if over == Along::Nothing {
                return powers;
            }
            let sums = over.fold(&powers, 0.0, |a, b| a + b);
            powers / sums
        };
        for (over, how, but) in OVER {
            for (less, is) in LESS {
                mistakes.add(shares(less, over), format!("{is} {how}"), but);
            }
        }
        mistakes.add(
            shares(Along::Samples, Along::Classes),
            "softmax with the largest z of each class taken off",
            "what is taken off has to be the same for all classes of a sample, its own largest z: give np.max the other axis",
        );
        mistakes.add(
            self.right.mapv(f64::ln),
            "the logarithm of softmax",
            "the shares themselves are asked for",
        );
    }
}
