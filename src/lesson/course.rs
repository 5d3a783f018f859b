//! A lesson's place in the course: its topics, and what should come before it.

use super::clean::quoted;
use super::nearest::did_you_mean;
use super::yaml::{self, At};
use super::{Lesson, LessonError, Span};

/// The topics of the course, in the order of the lecture: what a lesson calls them, and what they are about.
pub const TOPICS: [(&str, &str); 22] = [
    ("S1", "one neuron"),
    ("S2", "the perceptron algorithm"),
    ("S3", "a network of neurons"),
    ("S4", "feedforward through any number of layers"),
    ("S5", "XOR and logic gates"),
    ("S6", "universal approximation"),
    ("S7", "loss functions"),
    ("S8", "the gradient of one neuron"),
    ("S9", "backpropagation to upstream neurons"),
    ("S10", "further upstream"),
    ("S11", "δ and backpropagation in general"),
    ("S12", "the grounded example"),
    ("S13", "batches"),
    ("S14", "epochs, and when to stop"),
    ("S15", "activation functions"),
    ("S16", "softmax"),
    ("S17", "the vanishing gradient"),
    ("S18", "saturation and initialisation"),
    ("S19", "overfitting"),
    ("S20", "hyperparameters"),
    ("S21", "code it up"),
    ("S22", "the lecture's questions"),
];

impl Lesson {
    /// Whether each lesson that should come before this one is among these names.
    ///
    /// # Errors
    /// The first that is not, with its place.
    pub fn check_needs(&self, names: &[impl AsRef<str>]) -> Result<(), LessonError> {
        let names = || names.iter().map(AsRef::as_ref);
        let missing = |need: &String| names().all(|name| name != need);
        let Some(index) = self.needs.iter().position(missing) else {
            return Ok(());
        };
        let need = &self.needs[index];
        let help = did_you_mean(need, names());
        Err(self.error_at(
            self.place_of_need(index).unwrap_or_default(),
            &format!("there is no lesson {}", quoted(need)),
            Some(
                help.as_deref()
                    .unwrap_or("`nn-tutor list` shows all lessons"),
            ),
        ))
    }

    /// Looked up again, since it is asked for only where something is wrong.
    fn place_of_need(&self, index: usize) -> Option<Span> {
        let root = yaml::parse(&self.source.text).ok()?;
        let needs = At::root(&root).entry("needs")?;
        needs.items().nth(index).map(At::span)
    }
}
