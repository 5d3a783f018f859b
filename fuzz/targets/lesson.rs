//! The text of a lesson, which is a lesson, or has mistakes that are shown with their places.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nn_tutor::lesson::{Lesson, Source};

fuzz_target!(|text: &str| {
    let source = Source {
        name: "lesson.yaml".into(),
        text: text.into(),
    };
    if let Err(error) = Lesson::parse(source) {
        let shown = error.to_string();
        assert!(!shown.is_empty());
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{shown:?}"
        );
    }
});
