//! Steps worked by the solver, rightly and with the usual slips.

mod answers;
mod cases;
mod named;
mod networks;
mod random;
mod shipped_lessons;
mod technique_cases;

use crate::common::building::unfolded;
use std::sync::Arc;

use crate::common::techniques::{
    CHANGING, CURVES, HELD, MADE, MASKED, OPTIMIZERS, SCALED, SHORT, SIGNS, SUMS, WITH_TECHNIQUES,
};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::slip::{How, work};
use nn_tutor::tutor::{Kind, Question};

fn compiled(text: &str) -> Trace {
    let lesson = Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}\n{text}"));
    let trace = Trace::compile(Arc::new(lesson));
    unfolded(&trace.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn shipped(name: &str) -> Trace {
    let lesson = Library::embedded().open(name).unwrap();
    unfolded(&Trace::compile(Arc::new(lesson)).unwrap())
}

/// Works every operation of a trace again, starting at the step itself, at the first step of its phase, and at the
/// first of its walk. Returns the number of operations.
fn agrees_with_the_engine(name: &str, trace: &Trace) -> usize {
    let mut seen = 0;
    for index in 0..trace.len() {
        let Some(walk) = trace.walk_of(index) else {
            continue;
        };
        let (first, operations) = (walk.start, trace.operations_of_walk(index));
        let step = trace.step(index);
        let phase = operations
            .iter()
            .position(|o| o.phase() == operations[index - first].phase())
            .unwrap();
        let symbol = step.symbol().unwrap();
        let engine = step.value().unwrap();
        // Where all but cancels, what is left is as exact as what it is left of; and batch normalisation divides by
        // deviations down to √ε, which makes every rounding up to some 300 times as large, layer by layer.
        let has_norm = step.network().layers().iter().any(|layer| layer.batch_norm);
        let floor = if has_norm { 1e-11 } else { 1e-14 };
        let near = |size: f64| 1e-12 * size + floor;
        let size = engine.iter().fold(0.0f64, |size, v| size.max(v.abs()));
        for from in [index, first + phase, first] {
            let worked = work(trace, from, index, symbol, How::Exactly)
                .unwrap_or_else(|| panic!("{name} {index} from {from}: not worked"));
            assert_eq!(worked.dim(), engine.dim(), "{name} {index} from {from}");
            for (worked, engine) in worked.iter().zip(&engine) {
                assert!(
                    (worked - engine).abs() <= near(size),
                    "{name} {index} {} from {from}: {worked} for {engine}",
                    symbol.key()
                );
            }
        }
        seen += 1;
    }
    seen
}

#[test]
fn what_is_worked_exactly_is_what_the_engine_has() {
    let library = Library::embedded();
    let mut seen = 0;
    for name in library.names() {
        seen += agrees_with_the_engine(name, &shipped(name));
    }
    assert!(seen > 500, "{seen}");
    for (name, text) in [
        ("cured", WITH_TECHNIQUES),
        ("short", SHORT),
        ("masked", MASKED),
        ("optimizers", OPTIMIZERS),
        ("signs", SIGNS),
        ("curves", CURVES),
        ("held", HELD),
        ("sums", SUMS),
        ("changing", CHANGING),
        ("scaled", SCALED),
        ("made", MADE),
    ] {
        assert!(agrees_with_the_engine(name, &compiled(text)) > 0);
    }
}

/// Returns the cells that a question asks for.
fn cells(question: &Question) -> &[(usize, usize)] {
    match &question.kind {
        Kind::Numbers { cells, .. } => cells,
        other => panic!("{other:?}"),
    }
}
