//! Which panels stand beside the page: those that the lesson wants, else what the network is; and the second of
//! them as the learner has chosen it.

use crate::lesson::{NetworkSpec, Panel};
use crate::trace::{Step, StepKind};

/// The panels beside a step, the most important one first, without the learner's choice.
fn of_step(step: &Step) -> Vec<Panel> {
    let wanted = step.panels();
    if wanted.is_empty() {
        by_network(step)
    } else {
        wanted.to_vec()
    }
}

/// The panels of a step whose lesson does not choose.
fn by_network(step: &Step) -> Vec<Panel> {
    let spec = step.spec();
    let suits = |panel: &Panel| panel.suits(spec);
    let first = if suits(&Panel::Picture) {
        Panel::Picture
    } else {
        Panel::Network
    };
    // In training no sample is walked through: what the network does with all of them says more.
    let second = [Panel::Regions, Panel::Fit, Panel::Outputs]
        .into_iter()
        .filter(|_| is_about_training(step) || !saturates(spec))
        .filter(|panel| match panel {
            Panel::Regions => classifies(spec),
            Panel::Outputs => spec.layers.last().is_some_and(|layer| layer.units > 1),
            _ => true,
        })
        .find(suits)
        .unwrap_or(Panel::Saturation);
    vec![first, second, Panel::Loss]
}

/// A step of training, or words behind one.
fn is_about_training(step: &Step) -> bool {
    match step.what {
        StepKind::Train { .. } => true,
        StepKind::Say | StepKind::Ask => step.updates() > 0 && step.shown_samples().is_empty(),
        StepKind::Operation(_) => false,
    }
}

/// Whether any unit can come close to a limit of its φ, without being there always.
fn saturates(spec: &NetworkSpec) -> bool {
    spec.layers.iter().any(|layer| layer.activation.saturates())
}

/// Whether the outputs stand for classes: they have limits, and there are few enough for a plane.
fn classifies(spec: &NetworkSpec) -> bool {
    spec.layers
        .last()
        .is_some_and(|layer| layer.units <= 3 && layer.activation.limits().1.is_finite())
}

/// The panels beside a step, the most important one first, with the learner's choice for the second.
pub(super) fn beside(step: &Step, choice: Option<Panel>) -> Vec<Panel> {
    let mut panels = of_step(step);
    let is_another = |choice: &Panel| choice.suits(step.spec()) && panels.first() != Some(choice);
    if let Some(choice) = choice.filter(is_another) {
        // It stands there once, in the place of the second.
        let third = panels.get(2).copied().filter(|&third| third != choice);
        panels.truncate(1);
        panels.push(choice);
        panels.extend(third);
    }
    panels
}

/// The choice that comes so many later, or before, round and round: `None` where that is what stands there without a
/// choice.
pub(super) fn next(
    step: &Step,
    choice: Option<Panel>,
    forward: bool,
    count: usize,
) -> Option<Panel> {
    let own = of_step(step);
    let fixed = [own.first(), own.get(2)];
    let candidates: Vec<Panel> = Panel::ALL
        .into_iter()
        .filter(|&panel| panel.suits(step.spec()) && !fixed.contains(&Some(&panel)))
        .collect();
    let shown = beside(step, choice).get(1).copied();
    let here = candidates.iter().position(|&panel| Some(panel) == shown);
    let all = candidates.len();
    let on = count.checked_rem(all)?;
    let next = match (here, forward) {
        (Some(here), true) => (here + on) % all,
        (Some(here), false) => (here + all - on) % all,
        // The first one is one on from nowhere.
        (None, true) => (all + on - 1) % all,
        (None, false) => (all - on) % all,
    };
    Some(candidates[next]).filter(|panel| own.get(1) != Some(panel))
}
