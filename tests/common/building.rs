//! Lessons made in code, from the text of a lesson and changes to it.

use std::sync::Arc;

use nn_tutor::lesson::{Lesson, Source};
use nn_tutor::trace::Trace;

/// Returns the lesson of a text, with changes.
pub(crate) fn lesson(text: &str, change: impl FnOnce(&mut Lesson)) -> Lesson {
    let mut lesson = Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}"));
    change(&mut lesson);
    lesson
}

/// Returns a lesson with every step of its walks, also of those passes that are folded.
pub(crate) fn unfolded(trace: &Trace) -> Trace {
    trace.unfolded(0..trace.len()).0
}

/// Returns the lesson of a text, with changes, compiled.
pub(crate) fn compiled(text: &str, change: impl FnOnce(&mut Lesson)) -> Trace {
    Trace::compile(Arc::new(lesson(text, change))).unwrap_or_else(|error| panic!("{error}"))
}
