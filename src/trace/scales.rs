//! Scales that are the same in the whole lesson, so that pictures of different steps can be compared: from which size
//! on a weight counts as large, and how far the axis of a loss reaches.

use std::sync::Arc;

use super::{SegmentBody, Trace};
use crate::engine::Network;
use crate::lesson::NetworkSpec;

/// The scales of a lesson.
#[derive(Debug, Clone, Default)]
pub(super) struct Scales {
    /// The sizes from which a weight is of medium size, and from which it is large.
    weights: [f64; 2],
    /// The reach of the loss of each network.
    losses: Vec<LossReach>,
}

/// The reach of the losses of a network in the whole lesson.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LossReach {
    /// The smallest and the largest loss of the network.
    pub own: (f64, f64),
    /// The scale that it shares with other networks of the lesson; `None` if it is compared with none.
    pub compared: Option<SharedScale>,
}

/// A scale that networks share which learn from the same samples by the same loss function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharedScale {
    /// Its high end, a round number that is above all losses of these networks; its low end is 0.
    pub high: f64,
    /// Whether it is another than that of the first of all the networks that are compared: their losses are so far
    /// apart that on one scale nothing would be seen of some.
    pub is_another: bool,
}

/// The most weights of a network that are looked at; of larger ones not every weight has a line of its own anyway.
const MOST_WEIGHTS: usize = 400;

/// The shares of the weights that are smaller than a medium and than a large one.
const SHARES: [f64; 2] = [0.4, 0.8];

/// The ratio of two losses, next to each other in size, from which on they need scales of their own.
const FAR_APART: f64 = 2.0;

/// The sizes of the weights of a lesson, gathered while it is compiled.
#[derive(Debug, Clone, Default)]
pub(super) struct WeightSizes(Vec<f64>);

impl WeightSizes {
    /// Adds the weights of a network as they are now.
    pub(super) fn add(&mut self, network: &Network) {
        if network.connections() <= MOST_WEIGHTS {
            for l in 0..network.last() {
                let sizes = network.weights(l).mapv(f64::abs);
                self.0.extend(sizes.into_iter().filter(|size| *size > 0.0));
            }
        }
    }

    /// Returns the round sizes that part small from medium and medium from large weights.
    fn limits(mut self) -> [f64; 2] {
        self.0.sort_unstable_by(f64::total_cmp);
        // Within the list.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = |share: f64| {
            let index = (share * self.0.len() as f64) as usize;
            self.0.get(index).copied().unwrap_or(1.0)
        };
        let [medium, large] = SHARES.map(|share| round(at(share)));
        [medium.min(round(large / 2.0)), large]
    }
}

/// Returns the largest of 1, 2 and 5 times a power of ten that is not above a number.
fn round(number: f64) -> f64 {
    with_lead(number, |lead| {
        let steps = [5.0, 2.0];
        steps.into_iter().find(|step| lead >= *step).unwrap_or(1.0)
    })
}

/// Returns a positive number with another leading part: the part from 1 to below 10 that a power of ten is multiplied
/// by.
fn with_lead(number: f64, change: impl Fn(f64) -> f64) -> f64 {
    let power = number.log10().floor();
    let lead = change(number / 10_f64.powf(power));
    // By division where it is below 1, so that 0.2 is 0.2.
    if power < 0.0 {
        lead / 10_f64.powf(-power)
    } else {
        lead * 10_f64.powf(power)
    }
}

impl Trace {
    /// Sets the scales, once the whole lesson is compiled.
    pub(super) fn set_scales(&mut self, sizes: WeightSizes) {
        let spans: Vec<Option<(f64, f64)>> = (0..self.lesson.networks.len())
            .map(|network| self.loss_span(network))
            .collect();
        let losses: Vec<LossReach> = (0..spans.len())
            .map(|network| LossReach {
                own: spans[network].unwrap_or_default(),
                compared: self.compared(network, &spans),
            })
            .collect();
        self.scales = Arc::new(Scales {
            weights: sizes.limits(),
            losses,
        });
    }

    /// Returns the scale that a network shares with those that it is compared with.
    fn compared(&self, network: usize, spans: &[Option<(f64, f64)>]) -> Option<SharedScale> {
        let specs = &self.lesson.networks;
        let own = spans[network]?.1;
        let others = specs.iter().zip(spans);
        let mut highs: Vec<f64> = others
            .filter(|(other, _)| are_compared(&specs[network], other))
            .filter_map(|(_, span)| Some((*span)?.1))
            .collect();
        let first = *highs.first().filter(|_| highs.len() > 1)?;
        highs.sort_unstable_by(f64::total_cmp);
        let end_of = |loss: f64| {
            let above = highs.iter().skip_while(|high| **high < loss);
            above.fold(
                loss,
                |end, high| if *high <= FAR_APART * end { *high } else { end },
            )
        };
        let high = end_of(own);
        Some(SharedScale {
            high: round_up(high),
            is_another: high.total_cmp(&end_of(first)).is_ne(),
        })
    }

    /// Returns the smallest and the largest loss of a network in the lesson; `None` if it is never updated.
    fn loss_span(&self, network: usize) -> Option<(f64, f64)> {
        let first = self.first_losses[network];
        let mut span = (first.train, first.train);
        let mut add = |loss: f64| span = (span.0.min(loss), span.1.max(loss));
        first.held_out.into_iter().for_each(&mut add);
        let mut is_updated = false;
        for segment in self.segments.iter().filter(|s| s.network == network) {
            match &segment.body {
                SegmentBody::Say => {}
                SegmentBody::Set(after) => {
                    add(after.train);
                    after.held_out.into_iter().for_each(&mut add);
                }
                SegmentBody::Walk(batch) => {
                    if let Some(after) = batch.losses_after {
                        is_updated = true;
                        add(after.train);
                        after.held_out.into_iter().for_each(&mut add);
                    }
                }
                SegmentBody::Train(training) => {
                    is_updated = true;
                    let both = training.record.iter().chain(training.held_out.iter());
                    both.map(|now| now.loss).for_each(&mut add);
                }
            }
        }
        is_updated.then_some(span)
    }

    /// Returns the sizes from which a weight counts as of medium size, and as large, in all pictures of the lesson.
    pub fn weight_sizes(&self) -> [f64; 2] {
        self.scales.weights
    }

    /// Returns the reach of the losses of the network that a step shows.
    pub fn loss_reach(&self, index: usize) -> LossReach {
        let network = self.segments[self.segment_index(index)].network;
        self.scales.losses.get(network).copied().unwrap_or_default()
    }
}

/// Returns whether the losses of two networks mean the same: on the same samples, by the same loss function, both
/// means or both sums.
fn are_compared(one: &NetworkSpec, other: &NetworkSpec) -> bool {
    let is_same_data = Arc::ptr_eq(&one.data, &other.data) || one.data == other.data;
    let measure = |spec: &NetworkSpec| (spec.training.loss, spec.training.reduction);
    measure(one) == measure(other) && is_same_data
}

/// Returns the smallest round number that is not below a number: half a power of ten times a whole number. No loss that
/// is still to come can be read off it.
fn round_up(number: f64) -> f64 {
    if number <= 0.0 {
        return number;
    }
    with_lead(number, |lead| (lead * 2.0).ceil() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_round_and_apart() {
        for (number, down, up) in [
            (0.3, 0.2, 0.3),
            (0.69, 0.5, 0.7),
            (1.0, 1.0, 1.0),
            (7.9, 5.0, 8.0),
            (23.0, 20.0, 25.0),
        ] {
            assert!((round(number) - down).abs() < 1e-12, "{number}");
            assert!((round_up(number) - up).abs() < 1e-12, "{number}");
        }
        let [medium, large] = WeightSizes(vec![1.0; 9]).limits();
        assert!(medium < large);
        let [medium, large] = WeightSizes::default().limits();
        assert!(medium < large);
    }
}
