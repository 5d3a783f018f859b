//! Chooses the update of a lesson that is compared with.

use std::ops::Range;
use std::sync::Arc;

use crate::algebra::{Operation, Phase, Quantity};
use crate::engine::Layer;
use crate::lesson::{Action, Lesson, Scene, Selection, Settings, Walk};
use crate::trace::{CompileError, Trace};

use super::CompareError;
use super::read::NamedArray;

/// An update: a trace and one of its walks.
#[derive(Debug)]
pub struct Update {
    /// The trace, that of the lesson or of one with the walk gone on with up to the update.
    pub trace: Arc<Trace>,
    /// The indices of the steps of the walk.
    pub walk: Range<usize>,
    /// The indices of the steps of the lesson that show it, folded as they are there; `None` if none do.
    pub shown: Option<Range<usize>>,
}

impl Update {
    /// Gives arrays out of a trace of the lesson the steps that they have here, where no pass is folded: that of the last
    /// operation that their step stands for. Those of other steps than are shown here get one that does not exist.
    ///
    /// # Errors
    /// If they are not out of a trace of this lesson.
    pub fn unfold(&self, folded: &Trace, arrays: &mut [NamedArray]) -> Result<(), CompareError> {
        let shown = self.shown.clone().unwrap_or_default();
        let opened = |step: usize| folded.unfolded(step..step + 1).1;
        let first = if shown.is_empty() {
            0
        } else {
            opened(shown.start).start
        };
        for array in arrays {
            let step = array.step.and_then(|step| step.checked_sub(1));
            let here = step.filter(|step| *step < folded.len());
            let here = here.and_then(|step| folded.step(step).symbol());
            if let (Some(symbol), Some(_)) = (&array.symbol, array.step)
                && here.map(Quantity::key).as_deref() != Some(symbol)
            {
                return Err(of_another_lesson(&array.name, symbol, here));
            }
            array.step = array.step.map(|_| match step {
                Some(step) if shown.contains(&step) => self.walk.start + opened(step).end - first,
                _ => usize::MAX,
            });
        }
        Ok(())
    }
}

/// Returns the message for a step of a trace that has another value than the lesson has there.
pub(super) fn of_another_lesson(name: &str, symbol: &str, here: Option<Quantity>) -> CompareError {
    let here = here.map_or_else(String::new, |here| format!(", here it is {}", here.key()));
    CompareError(format!(
        "this is the trace of another lesson, or of another version of it: its {name} is {symbol}{here}"
    ))
}

/// Returns the walk that a step belongs to, counted from 1, or the first walk that comes to the update; of one network, if
/// one is chosen. A walk that the lesson ends earlier is gone on with.
///
/// # Errors
/// If the step does not exist or is not one of a walk, or there is no walk and no network to make one with.
pub fn update(
    trace: &Arc<Trace>,
    step: Option<usize>,
    network: Option<usize>,
) -> Result<Update, CompareError> {
    let walk = if let Some(step) = step {
        Some(walk_at(trace, step, network)?)
    } else {
        let full = walks(trace, network).find(|walk| has_update(trace, walk));
        // Of the others the one that goes furthest.
        let longest = walks(trace, network)
            .max_by_key(|walk| (furthest(trace, walk), std::cmp::Reverse(walk.start)));
        full.or(longest)
    };
    match walk {
        Some(walk) if has_update(trace, &walk) => {
            let shown = Some(walk.clone());
            // Every operation has a step there.
            let (open, walk) = trace.unfolded(walk);
            Ok(Update {
                trace: Arc::new(open),
                walk,
                shown,
            })
        }
        Some(walk) => {
            let samples = trace.step(walk.start).samples();
            let samples = samples.iter().map(|sample| sample - 1).collect();
            let scene = trace.step(walk.start).scene();
            let mut lesson = Lesson::clone(trace.lesson());
            lesson.scenes.truncate(scene + 1);
            if let Some(scene) = lesson.scenes.last_mut() {
                let shows_factors = matches!(&scene.action, Action::Walk(walk) if walk.chain_rule);
                let step = trace.step(walk.start);
                let trains_otherwise = |layer: &Layer| layer.dropout > 0.0 || layer.batch_norm;
                let only_predicts = step.is_predicting();
                let until = furthest(trace, &walk)
                    .filter(|_| only_predicts && step.spec().layers.iter().any(trains_otherwise));
                scene.action = Action::Walk(Walk {
                    // To go on would make another pass of it.
                    until: until.unwrap_or(Phase::Update),
                    // Each step that is shown has one here.
                    chain_rule: shows_factors,
                    ..whole(Selection::Samples(samples))
                });
            }
            at_the_end(lesson, Some(walk))
        }
        None => {
            let network = network.unwrap_or(0);
            let mut lesson = Lesson::clone(trace.lesson());
            let span = lesson.networks[network].span;
            lesson.scenes = vec![Scene {
                network,
                action: Action::Walk(whole(Selection::Batch(0))),
                settings: Settings::default(),
                panels: Vec::new(),
                compared: Vec::new(),
                lecture: None,
                span,
            }];
            at_the_end(lesson, None)
        }
    }
}

/// Returns the walk that a step belongs to, counted from 1.
fn walk_at(
    trace: &Trace,
    step: usize,
    network: Option<usize>,
) -> Result<Range<usize>, CompareError> {
    /// The most walks that a message names.
    const NAMED: usize = 6;
    let index = step.checked_sub(1).filter(|index| *index < trace.len());
    let index = index.ok_or_else(|| {
        let steps = trace.len();
        CompareError(format!("there is no step {step}: the lesson has {steps}"))
    })?;
    trace.walk_of(index).ok_or_else(|| {
        let walks: Vec<String> = walks(trace, network)
            .map(|walk| format!("{} to {}", walk.start + 1, walk.end))
            .take(NAMED)
            .collect();
        CompareError(format!(
            "step {step} works nothing out; steps that do: {}",
            walks.join(", ")
        ))
    })
}

const fn whole(samples: Selection) -> Walk {
    Walk {
        samples,
        until: Phase::Update,
        chain_rule: false,
        fold: Some(Vec::new()),
        notes: Vec::new(),
        lecture: Vec::new(),
        questions: Vec::new(),
    }
}

/// Compiles a lesson whose last scene is the walk.
fn at_the_end(lesson: Lesson, shown: Option<Range<usize>>) -> Result<Update, CompareError> {
    let trace = Trace::compile(Arc::new(lesson))
        .map_err(|CompileError::Lesson(error)| CompareError(error.message().to_owned()))?;
    let walk = trace
        .walk_of(trace.len() - 1)
        .ok_or_else(|| CompareError("the lesson works nothing out".to_owned()))?;
    Ok(Update {
        trace: Arc::new(trace),
        walk,
        shown,
    })
}

/// Returns the walks of a trace, of one network if one is chosen.
fn walks(trace: &Trace, network: Option<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < trace.len() {
            let walk = trace.walk_of(at);
            at = walk.as_ref().map_or(at + 1, |walk| walk.end);
            if let Some(walk) = walk
                && network.is_none_or(|network| trace.step(walk.start).network_index() == network)
            {
                return Some(walk);
            }
        }
        None
    })
}

fn has_update(trace: &Trace, walk: &Range<usize>) -> bool {
    trace
        .operations_of_walk(walk.start)
        .iter()
        .any(|operation| matches!(operation, Operation::Update(_)))
}

fn furthest(trace: &Trace, walk: &Range<usize>) -> Option<Phase> {
    let operations = trace.operations_of_walk(walk.start);
    operations.iter().map(|operation| operation.phase()).max()
}
