//! The goals of questions that are answered by changing numbers: what is to hold, and how far it does.

use super::{AskedValue, Batch, Segment, SegmentBody, Step, StepKind, Target, Trace};
use crate::algebra::{Cell, Phase, Quantity};
use crate::engine::{Network, Trainer};
use crate::lesson::{Answer, Ask, Bound, NetworkSpec, TryGoal};

/// How far a goal is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalState {
    /// Each of its conditions, at least one.
    pub parts: Vec<GoalPart>,
    /// `true` if it is about the end of the next training, otherwise about the step where the question stands.
    pub after_training: bool,
    /// `true` if the learner has changed the samples and it is not about them: so it is not reached.
    pub other_samples: bool,
}

/// A condition of a goal, and the number that it bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalPart {
    /// The value, and the step that knows it.
    pub target: Target,
    /// Its bound.
    pub bound: Bound,
    /// The number as it is.
    pub value: f64,
    /// Of a count of right samples, how many there are; `None` for any other value.
    pub samples: Option<usize>,
}

impl GoalState {
    /// Returns whether all of it holds, with the samples that it is about.
    pub fn is_met(&self) -> bool {
        !self.other_samples && self.parts.iter().all(GoalPart::is_met)
    }

    /// Returns whether it is about the samples themselves, which are to be changed then.
    pub fn is_about_samples(&self) -> bool {
        self.parts.iter().any(|part| {
            matches!(
                part.quantity(),
                Quantity::Output(0)
                    | Quantity::Input
                    | Quantity::Target
                    | Quantity::Feature
                    | Quantity::Raw(_)
            )
        })
    }
}

impl GoalPart {
    /// Returns whether the number keeps its bound.
    pub fn is_met(&self) -> bool {
        self.bound.holds(self.value, self.samples.unwrap_or(0))
    }

    /// Returns the quantity that is bounded.
    pub const fn quantity(&self) -> Quantity {
        match &self.target.what {
            AskedValue::Named(name) => name.quantity,
            AskedValue::Made(quantity) => *quantity,
        }
    }

    /// Returns the name of the value as in a lesson.
    pub fn name(&self) -> String {
        match &self.target.what {
            AskedValue::Named(name) => name.name(),
            AskedValue::Made(quantity) => quantity.to_string(),
        }
    }

    /// Returns whether its number is still to grow, for the bound to be kept; `None` where it is kept already.
    pub fn is_to_grow(&self) -> Option<bool> {
        if self.is_met() {
            return None;
        }
        Some(match self.bound {
            Bound::All | Bound::Above(_) | Bound::AtLeast(_) => true,
            Bound::Below(_) | Bound::AtMost(_) => false,
            Bound::Between(least, _) => self.value <= least,
        })
    }
}

/// The weight that moves a number most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lever {
    /// Its cell.
    pub cell: Cell,
    /// How much larger the number gets for each unit by which the weight gets larger, and no more than a little.
    pub slope: f64,
}

impl Trace {
    /// Returns how far the goal of the question at a step is reached; `None` if no goal is asked for.
    pub fn goal(&self, index: usize) -> Option<GoalState> {
        let goal = goal_of(self.ask(index)?)?;
        let at = self.goal_step(index, goal)?;
        let step = self.step(at);
        let parts = goal.conditions.iter().map(|condition| {
            let value = step.named(&condition.value)?;
            let spec = step.spec();
            let samples = match condition.value.quantity {
                Quantity::Right => Some(spec.data.len()),
                Quantity::HeldOutRight => spec.held_out.as_ref().map(|held_out| held_out.len()),
                _ => None,
            };
            Some(GoalPart {
                target: Target::named(at, &condition.value),
                bound: condition.bound,
                value: *value.first()?,
                samples,
            })
        });
        Some(GoalState {
            parts: parts.collect::<Option<_>>()?,
            after_training: goal.after_training,
            other_samples: false,
        })
    }

    /// Returns the index of the step at which a goal is looked at: its own, or the last one of the next training of
    /// its network. `None` if there is no such training.
    pub(super) fn goal_step(&self, index: usize, goal: &TryGoal) -> Option<usize> {
        if !goal.after_training {
            return Some(index);
        }
        let here = self.segment_index(index);
        let network = self.segments[here].network;
        let is_training = |segment: &&Segment| {
            segment.network == network && matches!(segment.body, SegmentBody::Train(_))
        };
        let mut trainings = self.segments[here + 1..].iter().filter(is_training);
        let first = trainings.next()?;
        // An opened epoch has split it.
        let last = trainings
            .take_while(|segment| segment.scene == first.scene)
            .filter(|segment| segment.len() > 0)
            .last()
            .unwrap_or(first);
        Some(last.end() - 1)
    }

    /// Returns the samples of the last walk of a network, to be worked through with the weights that are in force where
    /// a goal is asked for; `None` if nothing has been walked. As far as the gradient if the goal needs that, otherwise
    /// as a prediction with its loss.
    pub(super) fn at_work(&self, ask: &Ask, network: usize, spec: &NetworkSpec) -> Option<Batch> {
        let goal = goal_of(ask)?;
        let walked = self.segments.iter().rev().find_map(|segment| {
            let is_mine = segment.network == network;
            match &segment.body {
                SegmentBody::Walk(batch) if is_mine => Some(batch),
                _ => None,
            }
        })?;
        let predicted = spec.operations(Phase::Loss, false);
        let last = spec.layers.len();
        let is_predicted = |quantity: Quantity| {
            let symbol = quantity.in_network(last);
            let given = [
                Quantity::Output(0),
                Quantity::Target,
                Quantity::Input,
                Quantity::Feature,
            ];
            !quantity.is_of_walk()
                || given.contains(&symbol)
                || matches!(symbol, Quantity::Raw(_) | Quantity::Statistic(..))
                || matches!(symbol, Quantity::Weights(_) | Quantity::Scale(_))
                || predicted
                    .iter()
                    .any(|operation| operation.symbol(&spec.layers) == symbol)
        };
        let mut named = goal.conditions.iter().map(|each| each.value.quantity);
        let (until, operations) = if named.all(is_predicted) {
            (Phase::Loss, predicted)
        } else {
            (Phase::Gradient, spec.operations(Phase::Gradient, false))
        };
        Some(Batch {
            samples: walked.samples.clone(),
            until,
            stops: (0..operations.len()).collect(),
            led: [].into(),
            opened: 0..0,
            operations: operations.into(),
            chain_rule: false,
            of_epoch: None,
            losses_after: None,
        })
    }

    /// Returns the weight that moves the number of a condition most where its question stands, tried out by the engine
    /// with each of them a little larger; of a count, it is what moves the loss over the samples. `None` if no weight
    /// moves it, if it is one itself or only known after a training, or if there are too many weights and samples to try.
    pub fn lever(&self, index: usize, part: &GoalPart) -> Option<Lever> {
        /// How much larger a weight is made.
        const LITTLE: f64 = 1e-4;
        /// The most that is computed for it, counted as weights × weights × samples: some milliseconds.
        const MOST: usize = 1_000_000;
        let step = self.step(index);
        let spec = step.spec();
        let connections = spec.connections();
        let samples = step.columns().max(spec.data.len());
        let is_weight = matches!(part.quantity(), Quantity::Weights(_) | Quantity::Scale(_));
        if is_weight || part.target.step != index || connections * connections * samples > MOST {
            return None;
        }
        let number = |network: &Network| number_with(&step, part, network);
        let before = number(step.network())?;
        let mut best: Option<Lever> = None;
        let mut network = step.network().clone();
        for (l, layer) in spec.layers.iter().enumerate() {
            let (rows, columns) = network.weights(l).dim();
            for place in (0..rows).flat_map(|row| (0..columns).map(move |column| [row, column])) {
                if !layer.has_weight(place[0], place[1]) {
                    continue;
                }
                let weight = network.weights(l)[place];
                network.weights_mut(l)[place] = weight + LITTLE;
                let after = number(&network);
                network.weights_mut(l)[place] = weight;
                let slope = (after? - before) / LITTLE;
                if slope.is_finite() && best.is_none_or(|best| slope.abs() > best.slope.abs()) {
                    let cell = Cell::new(Quantity::Weights(l), place[0], place[1]);
                    best = Some(Lever { cell, slope });
                }
            }
        }
        // Less is moved by rounding alone.
        best.filter(|best| best.slope.abs() > 1e-6)
    }
}

/// Returns the number of a condition as it is with another network.
fn number_with(step: &Step<'_>, part: &GoalPart, network: &Network) -> Option<f64> {
    let spec = step.spec();
    let loss = spec.training.loss;
    let measured = |data| {
        let mut trainer = Trainer::new(network, data, &spec.training);
        trainer.evaluate(network, data, loss).loss
    };
    match part.quantity() {
        Quantity::Right | Quantity::DataLoss => Some(measured(&*spec.data)),
        Quantity::HeldOutRight | Quantity::HeldOutLoss => Some(measured(spec.held_out.as_deref()?)),
        quantity if quantity.is_of_walk() => {
            let changed = step.with_network(network)?;
            part.target.value_at(&changed)?.first().copied()
        }
        _ => None,
    }
}

impl Step<'_> {
    /// Returns whether it shows the weights although it computes nothing, so that they can be changed: where a goal is asked
    /// for, and where a run stands.
    pub fn shows_weights(&self) -> bool {
        self.is_goal() || self.what == StepKind::Say && self.trace().is_of_run()
    }

    /// Returns whether it asks for a goal.
    pub fn is_goal(&self) -> bool {
        let ask = self.trace().ask(self.index);
        self.what == StepKind::Ask && ask.is_some_and(|ask| goal_of(ask).is_some())
    }
}

/// Returns the goal that a question asks for.
const fn goal_of(ask: &Ask) -> Option<&TryGoal> {
    match &ask.answer {
        Answer::Goal(goal) => Some(goal),
        _ => None,
    }
}
