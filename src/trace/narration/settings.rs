//! Texts of what a scene sets: numbers of the network, and how it is trained.

use crate::algebra::{Cell, RichText};
use crate::engine::{Optimizer, TrainingConfig};
use crate::trace::step::{Step, StepKind};

/// Returns the text for what the step's scene sets, at its first step; `None` if it sets nothing.
pub(super) fn told(step: &Step) -> Option<RichText> {
    let (before, after) = step.trainings_around_start()?;
    let mut changes = if step.what == StepKind::Set {
        assignments(step)
    } else {
        Vec::new()
    };
    changes.extend(settings(step, &before, &after));
    let Some(last) = changes.len().checked_sub(1) else {
        let is_set = step.what == StepKind::Set;
        return is_set.then(|| "The numbers that are set stay as they are.".into());
    };
    let mut text = RichText::from("From here on, ");
    for (i, change) in changes.into_iter().enumerate() {
        text = text
            .words(match i {
                0 => "",
                _ if i == last && last == 1 => " and ",
                _ if i == last => ", and ",
                _ => ", ",
            })
            .then(change);
    }
    let text = text.words(".");
    let (old, new) = step.data_losses();
    Some(
        if step.what == StepKind::Set && old.total_cmp(&new).is_ne() {
            let reduced = step.spec().training.reduction.loss_name();
            let text = text.words(format!(" The {reduced} over the data is "));
            text.from_to(new, " (it was ", old).words(").")
        } else {
            text
        },
    )
}

/// Returns what is said of each number that is set.
fn assignments(step: &Step) -> Vec<RichText> {
    let trace = step.trace();
    let said = |before: bool, cell: Cell| step.number(Cell { before, ..cell });
    let all = trace.assignments(step.segment).iter();
    all.filter_map(|assignment| {
        let [row, column] = assignment.place;
        let cell = Cell::new(assignment.quantity, row, column);
        let name = assignment.quantity.cell(row, column, step.last());
        let (old, new) = (said(true, cell)?, said(false, cell)?);
        let text = RichText::new().words(name);
        Some(if new - old == 0.0 {
            text.words(" stays ").number(new)
        } else {
            text.words(" is ").from_to(new, " (it was ", old).words(")")
        })
    })
    .collect()
}

fn samples(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} sample{plural}")
}

/// Returns what is said of each setting that has changed. These are given, and keep the decimals that they were given
/// with.
fn settings(step: &Step, before: &TrainingConfig, after: &TrainingConfig) -> Vec<RichText> {
    let mut said = Vec::new();
    for (name, old, new) in [
        ("ρ", before.rho, after.rho),
        ("α", before.penalty.l2, after.penalty.l2),
        ("α₁", before.penalty.l1, after.penalty.l1),
    ] {
        if f64::total_cmp(&old, &new).is_ne() {
            said.push(format!("{name} is {new} (it was {old})").into());
        }
    }
    if before.batch_size != after.batch_size {
        let (old, new) = (before.batch_size, after.batch_size);
        said.push(format!("a batch has {} (it had {old})", samples(new)).into());
    }
    if before.optimizer != after.optimizer {
        let context = step.context();
        let kept = match after.optimizer {
            Optimizer::Descent => "",
            _ => ", with nothing kept so far",
        };
        let mut text = RichText::from("the rule is ");
        for moment in super::optimizer::moments(&context) {
            text = text.lit(moment).words(", then ");
        }
        said.push(text.lit(super::optimizer::rule(&context)).words(kept));
    }
    said
}
