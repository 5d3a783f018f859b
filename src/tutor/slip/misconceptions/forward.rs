//! Slips in feedforward.

use ndarray::{Array2, Axis};

use super::{Wrong, misconception};
use crate::algebra::expression::Evaluate as _;
use crate::algebra::{Operation, Quantity, notation::layer};
use crate::engine::math::{cos, sin};
use crate::engine::{Activation, BATCH_NORM_EPSILON, Factor, Feature, Scaling, Side};
use crate::tutor::slip::solver::{Solver, rounded, shifted, under, without_first};
use crate::tutor::slip::{Slip, solve::pairs};

impl Solver<'_, '_> {
    pub(super) fn wrong_forward(&mut self, operation: Operation, slip: Slip) -> Wrong {
        match operation {
            // In an earlier step, nobody applies φ twice.
            Operation::WeightedSum(l) | Operation::Scale(l)
                if slip == Slip::ActivationTooEarly
                    && self.is_at_last()
                    && operation.symbol(self.context.network.layers()) == self.context.sums(l) =>
            {
                let sums = self.solve(operation)?;
                misconception(
                    self.phi(l, sums),
                    format!("φ({})", self.name(self.context.sums(l))),
                    "the sum itself is asked for, before φ",
                )
            }
            Operation::Features => self.wrong_features(slip),
            Operation::ScaleData(side) => self.wrong_scaled_data(side, slip),
            Operation::WeightedSum(l) => self.wrong_sum(l, slip),
            Operation::Normalise(l) => self.wrong_normalised(l, slip),
            Operation::Scale(l) => self.wrong_scaled(l, slip),
            Operation::Activation(l) => self.wrong_activation(l, slip),
            Operation::Dropout(l) => self.wrong_dropout(l, slip),
            Operation::Skip(l) => self.wrong_skip(l, slip),
            _ => None,
        }
    }

    /// Inputs that are made of others, each of which is taken for something else where the slip can be made.
    fn wrong_features(&self, slip: Slip) -> Wrong {
        let features = self.context.features?;
        let raw = self.value(Quantity::Raw(Side::Inputs))?;
        // What is worked instead of a feature, with its name.
        let other = |feature: &Feature, sample: usize| -> Option<(f64, String)> {
            let number = |of: usize| raw[[of, sample]];
            match (feature, slip) {
                (Feature::Product(factors), Slip::SquareForgotten | Slip::TimesForPower) => {
                    let [factor] = factors[..] else {
                        return None;
                    };
                    let plain = Feature::plain(factor.number).name();
                    let times = factor.exponent;
                    match slip {
                        _ if times == 1 => None,
                        Slip::SquareForgotten => Some((number(factor.number), plain)),
                        _ => Some((
                            f64::from(times) * number(factor.number),
                            format!("{times}·{plain}"),
                        )),
                    }
                }
                (Feature::Product(factors), Slip::SumForProduct) if factors.len() > 1 => {
                    let power = |factor: &Factor| Feature::power(factor.number, factor.exponent);
                    let parts: Vec<Feature> = factors.iter().map(power).collect();
                    let sum = parts.iter().map(|part| part.of(&raw.column(sample))).sum();
                    let names: Vec<String> = parts.iter().map(Feature::name).collect();
                    Some((sum, names.join(" + ")))
                }
                (Feature::Sine(of), Slip::Degrees) => {
                    let angle = number(*of).to_radians();
                    Some((sin(angle), format!("{} of degrees", feature.name())))
                }
                (Feature::Cosine(of), Slip::Degrees) => {
                    let angle = number(*of).to_radians();
                    Some((cos(angle), format!("{} of degrees", feature.name())))
                }
                _ => None,
            }
        };
        let first = features
            .iter()
            .find_map(|feature| Some((feature.name(), other(feature, 0)?.1)));
        let (name, is) = first?;
        let values = Array2::from_shape_fn((features.len(), raw.ncols()), |(input, sample)| {
            let feature = &features[input];
            other(feature, sample)
                .map_or_else(|| feature.of(&raw.column(sample)), |(value, _)| value)
        });
        let but = match slip {
            Slip::SquareForgotten => {
                format!("{name} is still to be taken: the number times itself")
            }
            Slip::TimesForPower => format!("{name} is the number times itself"),
            Slip::SumForProduct => format!("{name} is the product"),
            _ => format!("{name} is of an angle in radians"),
        };
        misconception(values, is, but)
    }

    fn wrong_scaled_data(&self, side: Side, slip: Slip) -> Wrong {
        let operation = Operation::ScaleData(side);
        let by = (*self.context.scaled.of(side))?;
        let [shift, size] = [by.shift(), by.size()].map(|of| Quantity::Statistic(of, side));
        match slip {
            Slip::ShiftForgotten => self.wrong_without(operation, shift, |shift| {
                format!("{shift} is still to be subtracted, before the division")
            }),
            Slip::ScaleForgotten => self.wrong_without(operation, size, |size| {
                format!("it is still to be divided by {size}")
            }),
            Slip::NotScaled => {
                let raw = self.context.unscaled(side);
                self.wrong_expression(
                    &raw.into(),
                    format!(
                        "{} is still to be subtracted, and the rest divided by {}",
                        self.name(shift),
                        self.name(size)
                    ),
                )
            }
            Slip::RootForgotten if by == Scaling::Standard => {
                let squared = operation.expression(&self.context)? / size;
                let size = self.name(size);
                misconception(
                    squared.evaluate(self)?,
                    format!("the distance divided by the square of {size}"),
                    format!("divide by {size} itself, the root of the variance"),
                )
            }
            _ => None,
        }
    }

    fn wrong_sum(&self, l: usize, slip: Slip) -> Wrong {
        match slip {
            Slip::NotTransposed => {
                let (values, is) = self.untransposed_sum(l)?;
                misconception(
                    values,
                    is,
                    "going forward the matrix is transposed, Wᵀ: a column of W is one neuron",
                )
            }
            Slip::BiasForgotten => {
                let w = self.dropped(Quantity::Weights(l - 1))?;
                let x = self.dropped(Quantity::Output(l - 1))?;
                misconception(
                    self.product(&w.reversed_axes(), &x),
                    format!("{} without the bias weights", self.name(Quantity::Sum(l))),
                    "each counts in full, for x₀ = 1",
                )
            }
            _ => None,
        }
    }

    fn wrong_normalised(&mut self, l: usize, slip: Slip) -> Wrong {
        match slip {
            Slip::RootForgotten => {
                self.normalised(l, 0.0)?;
                let difference = self.value(Quantity::Sum(l))? - self.value(Quantity::Mean(l))?;
                let variance = self.value(Quantity::Variance(l))?;
                misconception(
                    difference / variance.mapv_into(|v| v + BATCH_NORM_EPSILON),
                    format!("({} − μ) / (σ² + ε)", self.name(Quantity::Sum(l))),
                    "divide by the root, √(σ² + ε)",
                )
            }
            Slip::OverOneLess if self.is_batch() && !self.context.predicting => {
                let n = self.context.samples;
                misconception(
                    self.normalised(l, 1.0)?,
                    format!(
                        "{} with σ² over {}",
                        self.name(Quantity::Normalised(l)),
                        n - 1
                    ),
                    format!("σ² is the mean over all {n} samples: divide by {n}"),
                )
            }
            _ => None,
        }
    }

    fn wrong_scaled(&self, l: usize, slip: Slip) -> Wrong {
        let part = match slip {
            Slip::BiasForgotten => Quantity::Beta(l),
            Slip::ScaleForgotten => Quantity::Gamma(l),
            _ => return None,
        };
        self.wrong_without(Operation::Scale(l), part, |part| {
            format!("{part} is still missing")
        })
    }

    fn wrong_activation(&self, l: usize, slip: Slip) -> Wrong {
        match slip {
            Slip::ActivationForgotten => {
                let sums = self.context.sums(l);
                let made = self.with_bias(self.context.activated(l), &self.value(sums)?);
                misconception(made, self.name(sums), "φ is still missing")
            }
            Slip::ExponentTurned if self.context.activation(l) == Activation::Logistic => {
                let sums = self.value(self.context.sums(l))?;
                let turned = self.phi(l, -sums);
                misconception(
                    self.with_bias(self.context.activated(l), &turned),
                    "1 / (1 + e^z)",
                    "the exponent is −z: 1 / (1 + e^−z)",
                )
            }
            Slip::OtherFunction | Slip::SimilarFunction | Slip::ParameterForgotten => {
                let (other, with) = self.taken_for_phi(l, slip)?;
                let sums = self.value(self.context.sums(l))?;
                misconception(
                    self.with_bias(self.context.activated(l), &sums.mapv_into(|z| other.phi(z))),
                    format!(
                        "the {}{with} of {}",
                        other.facts().noun,
                        self.name(self.context.sums(l))
                    ),
                    format!("φ is {} here", self.context.activation(l).full_name()),
                )
            }
            Slip::SumsShared if self.context.activation(l) == Activation::Softmax => {
                let sums = self.value(self.context.sums(l))?;
                let of_all = sums.sum_axis(Axis(0)).insert_axis(Axis(0));
                misconception(
                    sums / of_all,
                    "z / Σ z",
                    "the share is that of e^z in the sum of all e^z",
                )
            }
            Slip::ShareForgotten if self.context.activation(l) == Activation::Softmax => {
                misconception(
                    self.value(self.context.sums(l))?.mapv_into(f64::exp),
                    "e^z",
                    "divide it by the sum of all of them, so that the shares sum up to 1",
                )
            }
            _ => None,
        }
    }

    fn wrong_dropout(&self, l: usize, slip: Slip) -> Wrong {
        match slip {
            Slip::MaskForgotten => {
                self.wrong_without(Operation::Dropout(l), Quantity::Mask(l), |mask| {
                    format!("the mask {mask} is still missing")
                })
            }
            Slip::NotEnlarged => {
                let kept = self.kept(l)?;
                misconception(
                    under(1.0, &(kept * self.value(Quantity::Activated(l))?)),
                    format!("{} where it is kept", self.name(Quantity::Activated(l))),
                    format!("what is kept is divided by 1 − p = {}", self.share_kept(l)),
                )
            }
            _ => None,
        }
    }

    fn wrong_skip(&self, l: usize, slip: Slip) -> Wrong {
        match slip {
            Slip::SkipForgotten => {
                self.wrong_without(Operation::Skip(l), Quantity::Output(l - 1), |x| {
                    format!("{x} is still to be added")
                })
            }
            Slip::BiasNotDropped => {
                let x = shifted(&self.value(Quantity::Output(l - 1))?);
                let name = self.name(Quantity::Output(l - 1));
                misconception(
                    under(1.0, &(self.value(Quantity::Activated(l))? + x)),
                    format!("{} + {name} from x₀ on", self.name(Quantity::Activated(l))),
                    "[1+] drops the bias 1 first",
                )
            }
            _ => None,
        }
    }

    /// Returns W x instead of Wᵀ x, or the same with only the weights between the units, and its name; `None`
    /// if the shapes allow neither.
    fn untransposed_sum(&self, l: usize) -> Option<(Array2<f64>, String)> {
        let w = self.value(Quantity::Weights(l - 1))?;
        let x = self.value(Quantity::Output(l - 1))?;
        let (w_name, x_name) = (layer(l - 1), self.name(Quantity::Output(l - 1)));
        let (rows, columns) = w.dim();
        if rows == columns {
            Some((self.product(&w, &x), format!("W{w_name} {x_name}")))
        } else if rows == columns + 1 {
            let bias = w.row(0).insert_axis(Axis(1));
            let between = without_first(&w).to_owned();
            let values = self.product(&between, &without_first(&x).to_owned()) + bias;
            Some((
                values,
                format!("W{w_name}[1+] {x_name}[1+] and the bias weights"),
            ))
        } else {
            None
        }
    }

    /// Returns 1 − p of layer l, without the rounding error of the difference.
    pub(super) fn share_kept(&self, l: usize) -> f64 {
        rounded(1.0 - self.context.layer(l).dropout, 12)
    }

    /// Returns 1 for every output of layer l that dropout keeps, and 0 for the others.
    pub(super) fn kept(&self, l: usize) -> Option<Array2<f64>> {
        let mask = self.mask(l)?;
        let ones = Array2::ones(mask.dim());
        Some(pairs(
            &mask,
            &ones,
            |m, one| if m > 0.0 { one } else { 0.0 },
        ))
    }
}
