//! The words on samples whose inputs are made of others or scaled, and on predictions in the units of before.

use crate::algebra::notation::index;
use crate::algebra::{Quantity, RichText};
use crate::engine::{Scaling, Side};
use crate::trace::step::Step;

/// Returns the text of the step that makes the inputs.
pub(super) fn of_features(step: &Step) -> RichText {
    let Some(made) = &step.spec().made else {
        return RichText::new();
    };
    let raw = made.raw_inputs();
    let numbers = match raw {
        1 => "the number x₁ of the sample".to_owned(),
        2 => "the numbers x₁ and x₂ of the sample".to_owned(),
        _ => format!("the {raw} numbers x₁ to x{} of the sample", index(raw)),
    };
    let text = match made.features.len() {
        1 => format!("The network takes one input, which is made of {numbers}."),
        count => format!("The network takes {count} inputs, which are made of {numbers}."),
    };
    let example = (0..made.features.len()).find(|&input| made.features[input].as_plain().is_none());
    let text = RichText::new().words(text);
    let Some(input) = example else {
        return text;
    };
    let (raw, column) = (Quantity::Raw(Side::Inputs), 0);
    let (Some(raw), Some(value)) = (step.get(raw, false), step.get(Quantity::Feature, false))
    else {
        return text;
    };
    let feature = &made.features[input];
    text.words(format!(
        " {} is {} = ",
        Quantity::Feature.cell(input, 0, step.last()),
        feature.name()
    ))
    .then(feature.with_numbers(|number| raw[[number, column]]))
    .words(" = ")
    .number(value[[input, column]])
    .words(". All that follows is as with any other input.")
}

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
