//! What a learner types as an answer.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use nn_tutor::algebra::Decimals;
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::{Question, question};

/// The questions of one lesson of each sort.
static QUESTIONS: LazyLock<Vec<(Arc<Trace>, Question)>> = LazyLock::new(|| {
    let library = Library::embedded();
    let mut questions = Vec::new();
    for name in ["grounded", "perceptron", "batch-norm"] {
        let lesson = library.open(name).expect("a lesson of the course");
        let trace = Arc::new(Trace::compile(Arc::new(lesson)).expect("a lesson that works"));
        let asked = (0..trace.len()).filter_map(|index| question(&trace, index));
        questions.extend(asked.map(|asked| (Arc::clone(&trace), asked)));
    }
    assert!(questions.len() > 10, "there is something to answer");
    questions
});

fuzz_target!(|input: (u8, &str)| {
    let (number, typed) = input;
    let (trace, question) = &QUESTIONS[usize::from(number) % QUESTIONS.len()];
    if let Ok(verdict) = question.grade(trace, typed) {
        for line in &verdict.feedback {
            let _ = line.text(Decimals::default());
        }
    }
});
