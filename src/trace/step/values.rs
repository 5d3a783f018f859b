//! The values that a step knows: what has been computed by then, before the update and after it.

use std::borrow::Cow;

use ndarray::{Array2, Axis, CowArray, Ix2};

use super::Step;
use super::walk_values::Walked;
use crate::algebra::{Operation, Quantity, activated};
use crate::engine::{Moment, Network, Norm, Parameters, Pass, Side, TrainState, TrainingConfig};
use crate::trace::noise;

impl Step<'_> {
    /// Like [`get`](Self::get), but without a copy if the value is stored as it is on paper.
    pub(super) fn look(&self, symbol: Quantity, before: bool) -> Option<CowArray<'_, f64, Ix2>> {
        let exact = self.look_exact(symbol, before)?;
        if !noise::may_be_noise(&exact.view()) {
            return Some(exact);
        }
        let scale = match symbol {
            // Like what is learned after updates. What divides by a moment makes even rounding matter.
            Quantity::Moment(Moment::Velocity, _) => {
                Some(Cow::Owned(noise::of_learned(&exact.view(), true)))
            }
            _ => self.scale(symbol, before),
        };
        Some(match scale {
            Some(scale) => noise::on_paper(&exact.view(), &scale).into(),
            None => exact,
        })
    }

    /// Returns the scale of a quantity that the step knows; `None` if its numbers are never only rounding.
    pub(super) fn scale(&self, symbol: Quantity, before: bool) -> Option<Cow<'_, Array2<f64>>> {
        let of_learned = |network, symbol, has_updates| {
            let value = learned(network, symbol)?;
            Some(noise::of_learned(&value.view(), has_updates))
        };
        let Some(walked) = &self.walk_values.walked else {
            return of_learned(self.network(), symbol, self.updates() > 0).map(Cow::Owned);
        };
        let old = &self.walk_values.old.network;
        let of_old = |symbol| of_learned(old, symbol, walked.has_updates);
        let spec = self.spec();
        // Whatever else is asked for has no scale of its own.
        let of_old_or_none = |symbol| of_old(symbol).unwrap_or_default();
        let scales = || walked.worked().scales(spec, old, &of_old_or_none);
        if learned(old, symbol).is_some() {
            return if before || !self.is_changed(symbol) {
                of_old(symbol).map(Cow::Owned)
            } else {
                scales().of(symbol).map(Cow::Borrowed)
            };
        }
        if walked.is_renewed() && self.is_recomputed(symbol, before) {
            let of_new = |symbol| scales().of(symbol).cloned().unwrap_or_default();
            let renewed = walked
                .worked()
                .renewed_scales(spec, self.network(), &of_new);
            return renewed?.of(symbol).map(Cow::Borrowed);
        }
        scales().of(symbol).map(Cow::Borrowed)
    }

    /// Returns whether the update of something learned has been done in this walk, be it of γ and β together.
    fn is_changed(&self, symbol: Quantity) -> bool {
        self.is_updated(match symbol {
            Quantity::Gamma(l) | Quantity::Beta(l) => Quantity::Scale(l),
            symbol => symbol,
        })
    }

    /// Returns whether the value of a quantity is the one recomputed with the prediction after an update.
    fn is_recomputed(&self, symbol: Quantity, before: bool) -> bool {
        // The loss is recomputed one step later than the rest.
        !before
            && match symbol {
                Quantity::Loss | Quantity::Penalty => {
                    self.operation_done(Operation::PredictionLoss)
                }
                _ => is_remade(symbol),
            }
    }

    /// Like [`look`](Self::look), but with every bit that the engine has computed.
    pub(super) fn look_exact(
        &self,
        symbol: Quantity,
        before: bool,
    ) -> Option<CowArray<'_, f64, Ix2>> {
        let state = if before {
            &self.walk_values.old
        } else {
            &self.walk_values.now
        };
        let network = &state.network;
        if let Some(setting) = setting(&self.context().training, symbol) {
            return Some(Array2::from_elem((1, 1), setting).into());
        }
        if let Quantity::Moment(moment, of) = symbol {
            return self.moment(state, moment, of).map(CowArray::from);
        }
        if let Some(learned) = learned(network, symbol) {
            return Some(learned);
        }
        let walked = self.walk_values.walked.as_ref()?;
        if !walked.knows(symbol, network) {
            return None;
        }
        match symbol {
            Quantity::Raw(_) | Quantity::Feature => {
                let spec = self.spec();
                let rows = match (symbol, &spec.made) {
                    (Quantity::Raw(Side::Inputs), Some(made)) => &made.raw,
                    (Quantity::Raw(side), _) => &self.scaled(side)?.raw,
                    (_, made) => {
                        made.as_ref()?;
                        let scaled = self.scaled(Side::Inputs);
                        scaled.map_or(&spec.data.x, |columns| &columns.raw)
                    }
                };
                let samples = rows.select(Axis(0), &walked.batch.samples);
                return Some(samples.reversed_axes().into());
            }
            Quantity::Statistic(statistic, side) => {
                return Some(column(self.scaled(side)?.statistic(statistic)?));
            }
            _ => {}
        }
        let is_renewed = self.is_recomputed(symbol, before);
        let (pass, loss) = match walked.renewed() {
            Some((pass, loss)) if is_renewed => (pass, *loss),
            _ => (walked.pass(), walked.loss()),
        };
        match symbol {
            Quantity::Loss => Some(scalar(loss)),
            Quantity::Penalty => {
                let network = if is_renewed {
                    self.network()
                } else {
                    &self.walk_values.old.network
                };
                Some(scalar(self.spec().training.penalty.of(network)))
            }
            Quantity::LossSlope => Some(self.loss_slope(pass).into()),
            _ => passed(pass, symbol),
        }
    }

    /// Returns a moment in a state; one that is not kept only once it has been computed.
    fn moment(&self, state: &TrainState, moment: Moment, of: Parameters) -> Option<Array2<f64>> {
        let optimizer = self.spec().training.optimizer;
        let is_known = || moment.is_kept() || self.operation_done(Operation::Moment(moment, of));
        if !optimizer.has(moment) || !is_known() {
            return None;
        }
        let shape = learned(&state.network, of.quantity())?.dim();
        let carried = state.optimizer.of(optimizer);
        let kept = carried.numbers(moment, of).map(<[f64]>::to_vec);
        let kept = kept.unwrap_or_else(|| vec![0.0; shape.0 * shape.1]);
        let kept = Array2::from_shape_vec(shape, kept).ok()?;
        Some(if moment.is_kept() {
            kept
        } else {
            kept / optimizer.correction(moment, carried.updates())
        })
    }

    fn loss_slope(&self, pass: &Pass) -> Array2<f64> {
        let (last, loss) = (self.last(), self.spec().training.loss);
        let activation = self.context().activation(last);
        let (z, outputs, y) = (pass.z(last), pass.x(last), pass.y());
        let divisor = self.spec().training.reduction.denominator(y.ncols());
        let mut slopes = Array2::zeros(y.dim());
        for (s, mut slopes) in slopes.columns_mut().into_iter().enumerate() {
            let (z, outputs) = (z.column(s).to_vec(), outputs.column(s).to_vec());
            for (unit, slope) in slopes.iter_mut().enumerate() {
                let rest = activation.rest(&z, &outputs, unit);
                *slope = loss.slope_with(outputs[unit], rest, y[[unit, s]]) / divisor;
            }
        }
        slopes
    }
}

/// Returns what a network has learned: a matrix of weights, or γ and β of batch normalisation.
fn learned(network: &Network, symbol: Quantity) -> Option<CowArray<'_, f64, Ix2>> {
    match symbol {
        Quantity::Weights(l) if l < network.last() => Some(network.weights(l).into()),
        Quantity::Gamma(l) => Some(column(&network.norm(l)?.gamma)),
        Quantity::Beta(l) => Some(column(&network.norm(l)?.beta)),
        Quantity::Scale(l) => Some(scale(network.norm(l)?)),
        _ => None,
    }
}

fn scale(norm: &Norm) -> CowArray<'static, f64, Ix2> {
    let learned = [&norm.gamma, &norm.beta];
    Array2::from_shape_fn((norm.gamma.len(), 2), |(unit, of)| learned[of][unit]).into()
}

fn column(values: &[f64]) -> CowArray<'static, f64, Ix2> {
    Array2::from_shape_fn((values.len(), 1), |(unit, _)| values[unit]).into()
}

fn scalar(value: f64) -> CowArray<'static, f64, Ix2> {
    Array2::from_elem((1, 1), value).into()
}

/// Returns a value that a pass holds.
fn passed(pass: &Pass, symbol: Quantity) -> Option<CowArray<'_, f64, Ix2>> {
    Some(match symbol {
        Quantity::Input => pass.x(0).split_at(Axis(0), 1).1.into(),
        Quantity::Output(l) | Quantity::SumSlope(l) => pass.x(l).into(),
        Quantity::Sum(l) => pass.z(l).into(),
        Quantity::Target => pass.y().into(),
        Quantity::Slope(l) => pass.psi(l).into(),
        Quantity::Delta(l) => pass.delta(l).into(),
        Quantity::PulledBack(l) => pass.pulled(l).into(),
        Quantity::Gradient(l) => pass.grad(l).into(),
        Quantity::Activated(l) => pass.activated(l).into(),
        Quantity::Mask(l) => pass.mask(l).into(),
        Quantity::Normalised(l) => pass.normalised(l).into(),
        Quantity::Scaled(l) => pass.scaled(l).into(),
        Quantity::Mean(l) => pass.batch_mean(l).into(),
        Quantity::Variance(l) => pass.batch_variance(l).into(),
        Quantity::ScaleGradient(l) => pass.scale_gradient(l).into(),
        Quantity::ScaledDelta(l) => pass.scaled_delta(l).into(),
        Quantity::Arrived(l) => pass.arrived(l).into(),
        Quantity::Feature
        | Quantity::Raw(_)
        | Quantity::Statistic(..)
        | Quantity::Loss
        | Quantity::LossSlope
        | Quantity::Penalty
        | Quantity::Weights(_)
        | Quantity::Gamma(_)
        | Quantity::Beta(_)
        | Quantity::Scale(_)
        | Quantity::Moment(..)
        | Quantity::Prediction
        | Quantity::OutputSlope
        | Quantity::OutputSumSlope
        | Quantity::Rate
        | Quantity::Alpha
        | Quantity::Alpha1
        | Quantity::Kept(_)
        | Quantity::Epoch
        | Quantity::Updates
        | Quantity::Connections
        | Quantity::Samples
        | Quantity::Right
        | Quantity::DataLoss
        | Quantity::HeldOutSamples
        | Quantity::HeldOutRight
        | Quantity::HeldOutLoss => return None,
    })
}

/// Returns a setting of training that has a name in texts.
pub(in crate::trace) const fn setting(
    training: &TrainingConfig,
    quantity: Quantity,
) -> Option<f64> {
    match quantity {
        Quantity::Rate => Some(training.rho),
        Quantity::Alpha => Some(training.penalty.l2),
        Quantity::Alpha1 => Some(training.penalty.l1),
        Quantity::Kept(moment) => training.optimizer.has_kept(moment),
        _ => None,
    }
}

/// Returns whether a quantity is recomputed with the prediction after an update.
pub(in crate::trace) const fn is_remade(symbol: Quantity) -> bool {
    match symbol {
        Quantity::Output(l) => l > 0,
        Quantity::Sum(_)
        | Quantity::Slope(_)
        | Quantity::Activated(_)
        | Quantity::Normalised(_)
        | Quantity::Scaled(_)
        | Quantity::Mean(_)
        | Quantity::Variance(_) => true,
        _ => false,
    }
}

impl Walked<'_> {
    fn knows(&self, symbol: Quantity, network: &Network) -> bool {
        let done = &self.batch.operations[..=self.at];
        let has = |operation| done.contains(&operation);
        // Each of these comes with the result of another operation, or is needed for it.
        match symbol {
            Quantity::Target => {
                let scales = Operation::ScaleData(Side::Targets);
                has(scales) || !self.batch.operations.contains(&scales)
            }
            Quantity::Raw(_) | Quantity::Statistic(..) => true,
            Quantity::Slope(l) => has(Operation::Activation(l)),
            Quantity::SumSlope(l) => l == 0 || self.knows(Quantity::Output(l), network),
            Quantity::LossSlope => has(Operation::LossSlope) || has(Operation::OutputError),
            Quantity::Mean(l) | Quantity::Variance(l) => has(Operation::Normalise(l)),
            Quantity::Mask(l) => has(Operation::Dropout(l)),
            Quantity::DataLoss => false,
            _ => done.iter().any(|o| o.symbol(network.layers()) == symbol),
        }
    }
}

impl Step<'_> {
    /// Returns the quantity that φ of layer l computes: `x⁽ˡ⁾`, or `a⁽ˡ⁾` if dropout or a skip connection
    /// follows.
    pub fn activated(&self, l: usize) -> Quantity {
        activated(self.network().layers(), l)
    }
}
