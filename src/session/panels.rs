//! The choice of panels beside the page: those that the lesson sets, or those that suit the network; the second
//! one may be chosen by the learner.

use crate::lesson::{NetworkSpec, Panel};
use crate::trace::{Step, StepKind};

/// Returns the panels beside a step, the most important one first, without the learner's choice.
fn of_step(step: &Step) -> Vec<Panel> {
    let wanted = step.panels();
    if wanted.is_empty() {
        by_network(step)
    } else {
        wanted.to_vec()
    }
}

/// Returns the panels of a step whose lesson sets none.
fn by_network(step: &Step) -> Vec<Panel> {
    let spec = step.spec();
    let suits = |panel: &Panel| panel.suits(spec);
    let first = if suits(&Panel::Picture) {
        Panel::Picture
    } else {
        Panel::Network
    };
    // In training no sample is walked through: a panel on all samples tells more.
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

/// Returns whether a step is about training: a training step, or words after one.
fn is_about_training(step: &Step) -> bool {
    match step.what {
        StepKind::Set | StepKind::Train { .. } => true,
        StepKind::Say | StepKind::Ask => step.updates() > 0 && step.shown_samples().is_empty(),
        StepKind::Operation(_) => false,
    }
}

/// Returns whether any unit can come close to a limit of its φ without always being there.
fn saturates(spec: &NetworkSpec) -> bool {
    spec.layers.iter().any(|layer| layer.activation.saturates())
}

/// Returns whether the outputs stand for classes: they are judged by limits, and there are at most three of them.
fn classifies(spec: &NetworkSpec) -> bool {
    spec.layers.last().is_some_and(|layer| {
        let judge = spec.training.loss.judge(layer.activation);
        layer.units <= 3 && judge.limits().1.is_finite()
    })
}

/// Returns the panels beside a step, the most important one first, with the learner's choice as the second one.
pub(super) fn beside(step: &Step, choice: Option<Panel>) -> Vec<Panel> {
    let mut panels = of_step(step);
    let is_another = |choice: &Panel| choice.suits(step.spec()) && panels.first() != Some(choice);
    if let Some(choice) = choice.filter(is_another) {
        // It is shown only once, as the second one.
        let third = panels.get(2).copied().filter(|&third| third != choice);
        panels.truncate(1);
        panels.push(choice);
        panels.extend(third);
    }
    panels
}

/// Returns the choice `count` panels later or earlier, going round; `None` for the panel shown without a
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
        // Without a choice, the next one is the first.
        (None, true) => (all + on - 1) % all,
        (None, false) => (all - on) % all,
    };
    Some(candidates[next]).filter(|panel| own.get(1) != Some(panel))
}
