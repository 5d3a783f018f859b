//! Lessons with the changes of a learner, compiled, and the steps of one lesson that stand for those of the other.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::compile::Around;
use super::{CompileError, Segment, SegmentBody, Trace};
use crate::algebra::Operation;
use crate::engine::Interrupt;
use crate::lesson::{Edit, Lesson, LessonError, ScriptPlace, Span};

/// The place of a step in the script of the lesson as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepPlace {
    /// The scene, and how much of it comes before: batches of a walk, or epochs of a training up to the step.
    pub at: ScriptPlace,
    /// The operation of a walk.
    pub operation: Option<Operation>,
    /// The number of the operation among those of its batch.
    pub local: usize,
}

/// A lesson with changes, compiled.
#[derive(Debug, Clone)]
pub struct EditedTrace {
    /// Its steps.
    pub trace: Arc<Trace>,
    /// Where each of its scenes begins in the lesson as it was written; `None` for one that sets what was changed.
    pub origins: Arc<[Option<ScriptPlace>]>,
    /// The places of the author's sentences and questions that do not fit the changes and are left out.
    pub left_out: Arc<BTreeSet<Span>>,
}

/// A lesson and changes that are to be compiled.
#[derive(Debug, Clone)]
pub struct EditJob {
    lesson: Arc<Lesson>,
    edits: Vec<Edit>,
    /// The lesson as it was compiled before: what is the same there need not be trained again.
    known: Vec<Arc<Trace>>,
    /// The place where the learner stands, and that of the step that sets numbers to which they go on.
    stands: (StepPlace, Option<ScriptPlace>),
}

impl EditJob {
    /// Returns the work of compiling a lesson with changes.
    pub fn new(
        lesson: &Arc<Lesson>,
        edits: Vec<Edit>,
        known: Vec<Arc<Trace>>,
        stands: (StepPlace, Option<ScriptPlace>),
    ) -> Self {
        Self {
            lesson: Arc::clone(lesson),
            edits,
            known,
            stands,
        }
    }

    /// Compiles the lesson with the changes. Returns `None` if it is interrupted. Before it trains for the first time behind
    /// the place where the learner stands, `early` gets what is compiled up to there.
    ///
    /// # Errors
    /// When the changes do not fit together.
    pub fn run(
        &self,
        interrupt: &Interrupt,
        early: &dyn Fn(EditedTrace),
    ) -> Option<Result<EditedTrace, LessonError>> {
        let is_early = Cell::new(false);
        let early = |part: &dyn Fn() -> EditedTrace, next: ScriptPlace| {
            if is_early.get() || next < self.stands.0.at {
                return;
            }
            let part = part();
            let is_there = match self.stands.1 {
                Some(at) => part.set_step(at).is_some(),
                None => self.stands.0.at < next,
            };
            if is_there {
                is_early.set(true);
                early(part);
            }
        };
        EditedTrace::compile(&self.lesson, &self.edits, &self.known, &early, interrupt)
    }

    /// Compiles it with nobody to interrupt it.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn run_now(&self) -> Result<EditedTrace, LessonError> {
        let Some(edited) = self.run(&Interrupt::default(), &|_| {}) else {
            unreachable!("nobody else knows of the interrupt");
        };
        edited
    }
}

impl EditedTrace {
    /// Returns a lesson as it was written, without a change.
    pub fn unchanged(trace: Arc<Trace>) -> Self {
        let place = |scene| Some(ScriptPlace { scene, part: 0 });
        let origins = (0..trace.lesson.scenes.len()).map(place).collect();
        Self {
            trace,
            origins,
            left_out: Arc::default(),
        }
    }

    /// Compiles a lesson with changes. What is trained as in one of the known traces is taken over from there.
    /// Before each other training `early` is told how to make what comes before, and the place of the training. Returns `None` if it is interrupted.
    ///
    /// # Errors
    /// When the changes do not fit together, or training with them grows beyond all bounds.
    pub fn compile(
        lesson: &Lesson,
        edits: &[Edit],
        known: &[Arc<Trace>],
        early: &dyn Fn(&dyn Fn() -> Self, ScriptPlace),
        interrupt: &Interrupt,
    ) -> Option<Result<Self, LessonError>> {
        let mut left_out = BTreeSet::new();
        loop {
            let edited = match lesson.edited(edits, &mut left_out) {
                Ok(edited) => edited,
                Err(error) => return Some(Err(error)),
            };
            let origins: Arc<[Option<ScriptPlace>]> = edited.origins.into();
            let scenes = origins.iter().enumerate();
            let inserted = scenes.filter(|(_, origin)| origin.is_none());
            let inserted: Arc<[usize]> = inserted.map(|(scene, _)| scene).collect();
            let with = |trace| Self {
                trace: Arc::new(Trace {
                    inserted: Arc::clone(&inserted),
                    ..trace
                }),
                origins: Arc::clone(&origins),
                left_out: Arc::new(left_out.clone()),
            };
            let watch = |scene: usize, part: &dyn Fn() -> Trace| {
                if let Some(next) = origins.get(scene).copied().flatten() {
                    early(&|| with(part()), next);
                }
            };
            let around = Around {
                known,
                watch: Some(&watch),
            };
            let compiled = Trace::compile_around(Arc::new(edited.lesson), around, interrupt);
            let error = match compiled.transpose()? {
                Ok(trace) => return Some(Ok(with(trace))),
                Err(CompileError::Lesson(error)) => error,
            };
            // What names a value that is not there any more is left out; the rest is a mistake.
            let before = left_out.len();
            left_out.extend(
                error
                    .spans()
                    .into_iter()
                    .filter(|span| lesson.is_said(*span)),
            );
            if left_out.len() == before {
                return Some(Err(error));
            }
        }
    }

    /// Returns the place of a step in the lesson as it was written. A step that sets what was changed stands where it
    /// holds from.
    pub fn place(&self, index: usize) -> StepPlace {
        let trace = &self.trace;
        let at = trace.segment_index(index);
        let segment = &trace.segments[at];
        let local = index - segment.first;
        let origin = self.origins.get(segment.scene).copied().flatten();
        let Some(origin) = origin else {
            // The scene in front of which it stands, or the end of the script.
            let next = self.origins[segment.scene..].iter().flatten().next();
            let scene = self.origins.iter().flatten().map(|at| at.scene + 1).max();
            let end = ScriptPlace {
                scene: scene.unwrap_or(0),
                part: 0,
            };
            return StepPlace {
                at: next.copied().unwrap_or(end),
                operation: None,
                local: 0,
            };
        };
        let (part, operation, local) = match &segment.body {
            SegmentBody::Say | SegmentBody::Set(_) => (0, None, 0),
            SegmentBody::Walk(batch) => (
                self.batches_before(at),
                batch.shown().nth(local),
                batch.stops[local],
            ),
            SegmentBody::Train(training) => (training.stops[local], None, 0),
        };
        StepPlace {
            at: ScriptPlace {
                scene: origin.scene,
                part: origin.part + part,
            },
            operation,
            local,
        }
    }

    /// Returns the place where one stands in the lesson as it was written, at a step: as [`place`](Self::place), but for a
    /// step that sets numbers behind a training the end of that training, where they were changed.
    pub fn stand(&self, index: usize) -> StepPlace {
        let at = self.trace.segment_index(index);
        let is_behind_training = self.is_own_set(at)
            && self.trace.segments[..at]
                .last()
                .is_some_and(|before| matches!(before.body, SegmentBody::Train(_)));
        self.place(if is_behind_training { index - 1 } else { index })
    }

    /// Returns whether a segment sets what the learner has changed.
    fn is_own_set(&self, segment: usize) -> bool {
        let scene = self.trace.segments[segment].scene;
        self.origins.get(scene).copied().flatten().is_none()
    }

    /// Returns the number of batches of the same scene before a segment.
    fn batches_before(&self, segment: usize) -> usize {
        let segments = &self.trace.segments;
        let scene = segments[segment].scene;
        let before = segments[..segment].iter().rev();
        before
            .take_while(|other| other.scene == scene)
            .filter(|other| matches!(other.body, SegmentBody::Walk(_)))
            .count()
    }

    /// Returns the index of the step at a place of the lesson as it was written or, where there is none, of one near it.
    pub fn index(&self, place: StepPlace) -> usize {
        let segments = &self.trace.segments;
        let of_scene = |(i, segment): (usize, &Segment)| {
            let origin = self.origins.get(segment.scene).copied().flatten()?;
            (origin.scene == place.at.scene).then_some((i, origin.part))
        };
        let mine: Vec<(usize, usize)> = segments.iter().enumerate().filter_map(of_scene).collect();
        let mut best = None;
        for &(i, from) in &mine {
            let segment = &segments[i];
            match &segment.body {
                SegmentBody::Say | SegmentBody::Set(_) => best = best.or(Some(segment.first)),
                SegmentBody::Walk(batch) => {
                    let part = from + self.batches_before(i);
                    if part <= place.at.part || best.is_none() {
                        let same = |operation| {
                            batch
                                .operations
                                .iter()
                                .position(|other| *other == operation)
                        };
                        let near = place.local.min(batch.operations.len() - 1);
                        let local = place.operation.and_then(same).unwrap_or(near);
                        best = Some(segment.first + batch.step_of(local));
                    }
                }
                SegmentBody::Train(training) => {
                    let stops = training.stops.iter();
                    let reached = stops.filter(|stop| from + **stop < place.at.part).count();
                    if reached < training.stops.len() && best.is_none_or(|at| at < segment.first) {
                        let is_there = from + training.stops[reached] >= place.at.part;
                        if is_there {
                            return segment.first + reached;
                        }
                    }
                    if !training.stops.is_empty() {
                        best = Some(segment.end() - 1);
                    }
                }
            }
        }
        let last = self.trace.len() - 1;
        best.unwrap_or_else(|| {
            // The scene is not there any more: the next one that is.
            let later = segments.iter().find(|segment| {
                let origin = self.origins.get(segment.scene).copied().flatten();
                origin.is_some_and(|origin| origin.scene > place.at.scene)
            });
            later.map_or(last, |segment| segment.first)
        })
    }

    /// Returns the place from which a change of a weight at a step holds: in front of the batch that is walked, or behind
    /// a training or a scene that sets something. Returns also whether it stands behind the step.
    pub fn place_of_change(&self, index: usize) -> (ScriptPlace, bool) {
        let place = self.place(index);
        let at = self.trace.segment_index(index);
        let segment = &self.trace.segments[at];
        let behind = ScriptPlace {
            scene: place.at.scene + 1,
            part: 0,
        };
        match &segment.body {
            SegmentBody::Train(training) => {
                let local = index - segment.first;
                let is_end = training.is_end(training.stops[local])
                    && !self.goes_on(segment.scene, place.at.scene);
                (if is_end { behind } else { place.at }, true)
            }
            // One goes on changing what is set here.
            SegmentBody::Set(_) if self.is_own_set(at) => (place.at, true),
            SegmentBody::Set(_) => (behind, true),
            SegmentBody::Say | SegmentBody::Walk(_) => (place.at, false),
        }
    }

    /// Returns whether a later scene goes on with the one that this one is a part of.
    fn goes_on(&self, scene: usize, origin: usize) -> bool {
        let later = self.origins[scene + 1..].iter().flatten();
        later.into_iter().any(|place| place.scene == origin)
    }

    /// Returns the index of the step that sets numbers in front of a place; `None` if none is set there.
    pub fn set_step(&self, at: ScriptPlace) -> Option<usize> {
        self.trace
            .segments
            .iter()
            .filter(|segment| self.origins.get(segment.scene).copied().flatten().is_none())
            .map(|segment| segment.first)
            .find(|&index| self.place(index).at == at)
    }
}
