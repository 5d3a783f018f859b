//! Lessons made in code, from the text of a lesson and changes to it.

use std::sync::Arc;

use nn_tutor::lesson::{Action, Lesson, Scene, Source, Span, Train};
use nn_tutor::trace::Trace;

/// The lesson of a text, with changes.
pub(crate) fn lesson(text: &str, change: impl FnOnce(&mut Lesson)) -> Lesson {
    let mut lesson = Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}"));
    change(&mut lesson);
    lesson
}

/// The same, compiled.
pub(crate) fn compiled(text: &str, change: impl FnOnce(&mut Lesson)) -> Trace {
    Trace::compile(Arc::new(lesson(text, change))).unwrap_or_else(|error| panic!("{error}"))
}

/// A scene of the first network.
pub(crate) fn scene(action: Action) -> Scene {
    Scene {
        network: 0,
        action,
        panels: Vec::new(),
        span: Span::default(),
    }
}

/// A training for so many epochs, with a step for each.
pub(crate) fn train(epochs: usize) -> Train {
    Train {
        epochs,
        until: None,
        patience: None,
        every: Some(1),
        say: None,
    }
}
