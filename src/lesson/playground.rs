//! Lessons made for a data set that comes with the program: a small network that can learn it.

use super::{Lesson, LessonError, Source};
use crate::engine::{Family, Named};

impl Lesson {
    /// Returns a lesson on a data set that comes with the program, by its name: a small network that can learn it, from
    /// random weights. Returns `None` if there is no such set.
    pub fn of_data_set(name: &str) -> Option<Result<Self, LessonError>> {
        let named = Named::from_name(name)?;
        Some(Self::parse(Source {
            name: name.to_owned(),
            text: text(named),
        }))
    }
}

/// Returns the text of the lesson.
fn text(named: Named) -> String {
    let name = named.name();
    let (inputs, layers, rest) = match named.family() {
        Family::Gate => (
            2,
            "{units: 3, activation: tanh}, {units: 1, activation: logistic}",
            "loss: neg-log-loss\nlearning_rate: 0.5\n",
        ),
        Family::Curve => (
            1,
            "{units: 6, activation: tanh}, {units: 1, activation: linear}",
            "loss: mean-squared\nlearning_rate: 0.05\nbatch: 7\nshuffle: 1\n",
        ),
        Family::Plane if named == Named::Spiral => (
            2,
            "{units: 10, activation: tanh}, {units: 6, activation: tanh}, {units: 1, activation: logistic}",
            "loss: neg-log-loss\nlearning_rate: 0.3\nbatch: 10\nshuffle: 1\nheld_out: {share: 0.3, seed: 1}\n",
        ),
        Family::Plane => (
            2,
            "{units: 5, activation: tanh}, {units: 3, activation: tanh}, {units: 1, activation: logistic}",
            "loss: neg-log-loss\nlearning_rate: 0.3\nbatch: 10\nshuffle: 1\nheld_out: {share: 0.3, seed: 1}\n",
        ),
        Family::Measured if named == Named::Digits => (
            64,
            "{units: 16, activation: tanh}, {units: 10, activation: softmax}",
            "loss: cross-entropy\nlearning_rate: 0.2\nbatch: 10\nshuffle: 1\nheld_out: {share: 0.25, seed: 1}\n",
        ),
        Family::Measured => (
            4,
            "{units: 4, activation: tanh}, {units: 3, activation: softmax}",
            "loss: cross-entropy\nlearning_rate: 0.1\nbatch: 10\nshuffle: 1\nscale: standard\nheld_out: {share: 0.3, seed: 1}\n",
        ),
    };
    format!(
        "format: 1\ntitle: The data set {name}\nsummary: A small network that learns the data set {name}.\n\
         network:\n  inputs: {inputs}\n  layers: [{layers}]\n  init: {{scheme: xavier, seed: 1}}\n\
         dataset: {name}\n{rest}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_set_has_a_network() {
        for named in Named::ALL {
            let lesson = Lesson::of_data_set(named.name()).unwrap();
            let lesson = lesson.unwrap_or_else(|error| panic!("{error}"));
            assert!(lesson.networks[0].data.len() > 1, "{}", named.name());
        }
        assert!(Lesson::of_data_set("nothing").is_none());
    }
}
