//! Inputs that are made of the numbers of a sample: squares, products, sines.

use ndarray::{Array2, ArrayView1};

use crate::engine::math;

/// An input that is made of the numbers of a sample. Numbers count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// A product of powers, in the order of the numbers, each of which comes once.
    Product(Vec<Factor>),
    /// The sine of a number, in radians.
    Sine(usize),
    /// The cosine of a number, in radians.
    Cosine(usize),
}

/// A factor of a product: a number of the sample, or a power of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// Which number of the sample.
    pub number: usize,
    /// The exponent, from 1 on.
    pub exponent: u32,
}

/// How the inputs of a network are made, and what they are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeInputs {
    /// What each input is.
    pub features: Vec<Feature>,
    /// N × raw numbers: the samples that are learnt from as the data have them.
    pub raw: Array2<f64>,
    /// The held-out samples as the data have them; `None` if there are none.
    pub raw_held_out: Option<Array2<f64>>,
    /// The names of the raw columns; empty where they have none.
    pub names: Vec<String>,
}

impl Feature {
    /// Returns a number of the sample as it is.
    pub fn plain(number: usize) -> Self {
        Self::power(number, 1)
    }

    /// Returns a power of a number of the sample.
    pub fn power(number: usize, exponent: u32) -> Self {
        Self::Product(vec![Factor { number, exponent }])
    }

    /// Returns the product of some factors, whatever their order.
    pub fn product(factors: impl IntoIterator<Item = Factor>) -> Self {
        let mut product: Vec<Factor> = Vec::new();
        for factor in factors {
            match product.iter_mut().find(|own| own.number == factor.number) {
                Some(own) => own.exponent += factor.exponent,
                None => product.push(factor),
            }
        }
        product.sort_by_key(|factor| factor.number);
        Self::Product(product)
    }

    /// Returns the numbers of the sample that it is made of.
    pub fn numbers(&self) -> Vec<usize> {
        match self {
            Self::Product(factors) => factors.iter().map(|factor| factor.number).collect(),
            Self::Sine(number) | Self::Cosine(number) => vec![*number],
        }
    }

    /// Returns the number of the sample that it is; `None` if anything is done to it.
    pub fn as_plain(&self) -> Option<usize> {
        match self {
            Self::Product(factors) => match factors[..] {
                [
                    Factor {
                        number,
                        exponent: 1,
                    },
                ] => Some(number),
                _ => None,
            },
            Self::Sine(_) | Self::Cosine(_) => None,
        }
    }

    /// Returns its value for a sample: a product from left to right, a power as the product that it is.
    ///
    /// # Panics
    /// When the sample has too few numbers.
    pub fn of(&self, sample: &ArrayView1<f64>) -> f64 {
        match self {
            Self::Product(factors) => {
                let all = factors
                    .iter()
                    .flat_map(|factor| (0..factor.exponent).map(move |_| sample[factor.number]));
                all.reduce(|product, number| product * number)
                    .unwrap_or(1.0)
            }
            Self::Sine(number) => math::sin(sample[*number]),
            Self::Cosine(number) => math::cos(sample[*number]),
        }
    }
}

impl MadeInputs {
    /// Returns the inputs that are made of samples, N × features.
    ///
    /// # Panics
    /// When the samples have too few numbers.
    pub fn made(&self, raw: &Array2<f64>) -> Array2<f64> {
        made_of(&self.features, raw)
    }

    /// Returns how many numbers a sample has.
    pub fn raw_inputs(&self) -> usize {
        self.raw.ncols()
    }
}

/// Returns the inputs that features make of samples, N × features.
///
/// # Panics
/// When the samples have too few numbers.
pub fn made_of(features: &[Feature], raw: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((raw.nrows(), features.len()), |(sample, input)| {
        features[input].of(&raw.row(sample))
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn inputs_are_what_their_formulas_say() {
        let [x, y] = [0, 1].map(|number| Factor {
            number,
            exponent: 1,
        });
        let features = [
            Feature::plain(1),
            Feature::power(0, 2),
            Feature::power(1, 3),
            Feature::product([y, x]),
            Feature::product([y, x, y]),
            Feature::Sine(0),
            Feature::Cosine(1),
        ];
        assert_eq!(
            made_of(&features, &array![[0.5, -2.0]]),
            array![[-2.0, 0.25, -8.0, -1.0, 2.0, math::sin(0.5), math::cos(-2.0)]]
        );
        assert_eq!(features[3], Feature::product([x, y]));
        assert_eq!(features[4].numbers(), [0, 1]);
        let plain = features.map(|feature| feature.as_plain());
        assert_eq!(plain, [Some(1), None, None, None, None, None, None]);
    }
}
