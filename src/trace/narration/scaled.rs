//! The words on samples that are scaled, and on predictions in the units of before.

use crate::algebra::{Quantity, RichText};
use crate::engine::{Scaling, Side};
use crate::trace::step::Step;

/// Returns the text of the step that scales one side of the samples.
pub(super) fn of_data(step: &Step, side: Side) -> RichText {
    let Some(columns) = step.scaled(side) else {
        return RichText::new();
    };
    let what = match side {
        Side::Inputs => "input",
        Side::Targets => "target",
    };
    let how = match columns.by {
        Scaling::Standard => "its mean is subtracted, the rest is divided by its deviation",
        Scaling::Unit => "the least one is subtracted, the rest is divided by the range",
    };
    let (samples, all) = columns.raw.dim();
    let each = if all == 1 { "The" } else { "Each" };
    let mut text = RichText::new().words(format!(
        "{each} {what} is brought to a common size: {how}. Both are those of the {samples} samples that are learnt from."
    ));
    if (0..all).any(|column| columns.is_constant(column)) {
        text = text.words(" Where all are the same, 1 stands for what is divided by.");
    }
    if side == Side::Inputs && step.spec().words.contains(&true) {
        text = text.words(" A word is 1 where it stands, else 0, and scaled as well.");
    }
    text
}

/// Returns what a prediction is in the units of the data, if there is a single one and the targets are scaled.
pub(super) fn in_units_of_data(step: &Step, prediction: f64) -> RichText {
    let Some(columns) = step.scaled(Side::Targets) else {
        return RichText::new();
    };
    let statistic = |statistic| Quantity::Statistic(statistic, Side::Targets).name(step.last());
    RichText::new()
        .words(format!(
            " In the units of the data it is ŷ · {} + {} = ",
            statistic(columns.by.size()),
            statistic(columns.by.shift())
        ))
        .number(columns.unscaled(0, prediction))
        .words(".")
}
