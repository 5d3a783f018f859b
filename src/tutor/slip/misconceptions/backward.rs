//! Slips in backpropagation.

use ndarray::Array2;

use super::{Wrong, misconception};
use crate::algebra::expression::Evaluate as _;
use crate::algebra::{Operation, Quantity, dropped_delta, notation::layer};
use crate::tutor::slip::Slip;
use crate::tutor::slip::solver::{Solver, add_below, shifted, under, without_first};

impl Solver<'_, '_> {
    pub(super) fn wrong_backward(&mut self, operation: Operation, slip: Slip) -> Wrong {
        match operation {
            Operation::PullBack(l) => self.wrong_pull_back(l, slip),
            Operation::SkipError(l) => self.wrong_skip_error(l, slip),
            Operation::Error(l) if self.context.layer(l).batch_norm => match slip {
                Slip::MeansForgotten => misconception(
                    under(
                        0.0,
                        &(self.steepness(l)? * self.value(Quantity::ScaledDelta(l))?),
                    ),
                    "γ/√(σ² + ε) ∘ ∂J/∂v",
                    "the means are still to be taken off: μ and σ² move with every z",
                ),
                _ => None,
            },
            Operation::ScaledError(l) => self.wrong_blame(l, slip),
            Operation::Error(l) => {
                let (values, feedback) = self.wrong_blame(l, slip)?;
                Some((under(0.0, &values), feedback))
            }
            _ => None,
        }
    }

    fn wrong_pull_back(&mut self, l: usize, slip: Slip) -> Wrong {
        let w = self.value(Quantity::Weights(l))?;
        let delta = self.dropped(Quantity::Delta(l + 1))?;
        let name = dropped_delta(l + 1, self.last);
        match slip {
            Slip::NotTransposed => {
                let (rows, columns) = w.dim();
                let (values, matrix) = if rows == columns {
                    (
                        self.product(&w.reversed_axes(), &delta),
                        format!("W{}ᵀ", layer(l)),
                    )
                } else if rows == columns + 1 {
                    let between = without_first(&w).reversed_axes().to_owned();
                    // There is no other way to work the row of the bias.
                    let mut values = self.product(&w, &delta);
                    let turned = self.product(&between, &delta);
                    for (mut row, turned) in
                        values.rows_mut().into_iter().skip(1).zip(turned.rows())
                    {
                        row.assign(&turned);
                    }
                    (values, format!("(W{}[1+])ᵀ", layer(l)))
                } else {
                    return None;
                };
                misconception(
                    values,
                    format!("{matrix} {name}"),
                    "going back W itself is used, not Wᵀ",
                )
            }
            Slip::BiasNotDropped if l + 1 < self.last => {
                let delta = shifted(&self.value(Quantity::Delta(l + 1))?);
                misconception(
                    self.product(&w, &delta),
                    format!("W{} δ{} with the placeholder", layer(l), layer(l + 1)),
                    "[1+] drops that row first",
                )
            }
            Slip::UpdatedWeights => {
                let gradient = self.solve(Operation::Gradient(l))?;
                let updated = w - gradient * self.context.training.rho;
                misconception(
                    self.product(&updated, &delta),
                    format!(
                        "{} with the new W{}",
                        self.name(Quantity::PulledBack(l)),
                        layer(l)
                    ),
                    "the error goes back through the weights that made ŷ, which change only afterwards",
                )
            }
            _ => None,
        }
    }

    fn wrong_skip_error(&self, l: usize, slip: Slip) -> Wrong {
        let mut pulled = self.value(Quantity::PulledBack(l))?;
        let above = self.context.arrived(l + 1);
        match slip {
            Slip::SkipForgotten => misconception(
                pulled,
                self.name(Quantity::PulledBack(l)),
                format!(
                    "{} comes over the skip connection and is still to be added",
                    self.name(above)
                ),
            ),
            Slip::BiasNotDropped => {
                add_below(&mut pulled, 1, &shifted(&self.value(above)?));
                misconception(
                    pulled,
                    format!("the sum with {} from row 0 on", self.name(above)),
                    "[1+] drops the row of the bias first",
                )
            }
            _ => None,
        }
    }

    /// Returns ψ ∘ m ∘ e of layer l with a slip, without the bias row.
    fn wrong_blame(&self, l: usize, slip: Slip) -> Wrong {
        let arrived = self.context.arrived(l);
        let has_mask = self.context.layer(l).dropout > 0.0;
        let drops = has_mask || self.context.layer(l).batch_norm;
        let e = self.dropped(arrived)?;
        let slope = |l| self.slope(l);
        let name = self.name(arrived);
        match slip {
            Slip::SlopeForgotten => misconception(
                self.masked(l, Array2::ones(e.dim()))? * e,
                if has_mask {
                    format!("{} ∘ {name}", self.name(Quantity::Mask(l)))
                } else {
                    name
                },
                "ψ is still missing",
            ),
            Slip::SkipForgotten if arrived != Quantity::PulledBack(l) => {
                let pulled = Quantity::PulledBack(l);
                misconception(
                    self.masked(l, slope(l)?)? * self.dropped(pulled)?,
                    format!("ψ ∘ {}", self.name(pulled)),
                    format!("{name} has what comes over the skip connection too"),
                )
            }
            Slip::SlopeOfSum => misconception(
                self.masked(l, self.slope_of_sum(l)?)? * e,
                format!("ψ({}) ∘ {name}", self.name(self.context.sums(l))),
                format!(
                    "ψ takes the output {}, not the sum",
                    self.name(self.context.activated(l))
                ),
            ),
            Slip::ErrorForSlope if self.context.network.outputs() == 1 => {
                let error = self.differences(self.divisor())?;
                let error = error.broadcast(e.dim())?.to_owned();
                misconception(
                    self.masked(l, error)? * e,
                    format!("(ŷ − y) {name}"),
                    "where ŷ − y stands belongs ψ, the slope of the unit itself",
                )
            }
            Slip::OtherFunction | Slip::SimilarFunction | Slip::ParameterForgotten => {
                let (slope, is, but) = self.other_slope(l, slip)?;
                misconception(
                    self.masked(l, slope)? * e,
                    format!("{name} times {is}"),
                    but,
                )
            }
            Slip::MaskForgotten if has_mask => misconception(
                slope(l)? * e,
                format!("ψ ∘ {name}"),
                format!("the mask {} is still missing", self.name(Quantity::Mask(l))),
            ),
            Slip::NotEnlarged if has_mask => misconception(
                slope(l)? * self.kept(l)? * e,
                "the error of what is kept",
                format!("what is kept is divided by 1 − p = {}", self.share_kept(l)),
            ),
            Slip::BiasNotDropped if drops => {
                let e = shifted(&self.value(arrived)?);
                misconception(
                    self.masked(l, slope(l)?)? * e,
                    format!("the error with {name} from row 0 on"),
                    "[1+] drops the row of the bias first",
                )
            }
            _ => None,
        }
    }
}
