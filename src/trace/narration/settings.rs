//! Texts of what a scene sets: numbers of the network, and how it is trained.

use crate::algebra::{Cell, Quantity, RichText};
use crate::engine::Optimizer;
use crate::trace::step::{Step, StepKind};

/// Returns the text for what the step's scene sets, at its first step; `None` if it sets nothing.
pub(super) fn told(step: &Step) -> Option<RichText> {
    let is_set = step.what == StepKind::Set;
    let mut changes = if is_set {
        assignments(step)
    } else {
        Vec::new()
    };
    changes.extend(settings(step));
    let Some(last) = changes.len().checked_sub(1) else {
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
    // Measured only where numbers are set.
    let losses = is_set.then(|| step.data_losses());
    let Some((old, new)) = losses.filter(|(old, new)| old.total_cmp(new).is_ne()) else {
        return Some(text);
    };
    let reduced = step.spec().training.reduction.loss_name();
    let text = text.words(format!(" The {reduced} over the data is "));
    Some(text.from_to(new, " (it was ", old).words(")."))
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

/// Returns what is said of each setting that has changed. These are given, and keep the decimals that they were given
/// with.
fn settings(step: &Step) -> Vec<RichText> {
    let numbers = step.set().into_iter();
    // Numbers of matrices are told as they are shown.
    let numbers = numbers.filter(|(name, _)| !name.ends_with(']'));
    let mut said: Vec<RichText> = numbers
        .map(|(name, [old, new])| {
            if let Some(setting) = Quantity::parse(&name) {
                return format!("{} is {new} (it was {old})", setting.name(step.last()));
            }
            let plural = if new > 1.0 { "s" } else { "" };
            format!("a batch has {new} sample{plural} (it had {old})")
        })
        .map(RichText::from)
        .collect();
    if let Some([_, optimizer]) = step.new_optimizer() {
        let context = step.context();
        let kept = match optimizer {
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
