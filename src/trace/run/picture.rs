//! One update of a run as a trace: what the screen shows of the place where one stands, and the update that is opened
//! into its operations.

use std::sync::Arc;

use super::Run;
use crate::algebra::Phase;
use crate::lesson::{Action, Lesson, NetworkSpec, Scene, Selection, Settings, Text, Walk};
use crate::trace::curve::{Losses, RunHistory};
use crate::trace::{CompileError, Trace};

/// Returns the lesson with one network alone.
pub(super) fn alone(lesson: &Lesson, spec: &NetworkSpec) -> Arc<Lesson> {
    Arc::new(Lesson {
        own_numbers: false,
        numpy: false,
        source: Arc::clone(&lesson.source),
        tables: lesson.tables.clone(),
        table_names: lesson.table_names.clone(),
        title: lesson.title.clone(),
        summary: lesson.summary.clone(),
        order: None,
        part: None,
        needs: Vec::new(),
        topics: Vec::new(),
        networks: vec![spec.clone()],
        scenes: Vec::new(),
        notes: None,
        changed: Vec::new(),
    })
}

impl Run {
    /// Returns the loss curve up to where one stands: the number of updates, and the loss over the data set after them.
    pub fn curve(&self) -> Vec<(usize, f64)> {
        let losses = self.losses().into_iter();
        losses
            .map(|(update, losses)| (update, losses.train))
            .collect()
    }

    fn losses(&self) -> Vec<(usize, Losses)> {
        let own = self.points().map(|point| (point.update, point.losses()));
        self.before.iter().copied().chain(own).collect()
    }

    /// Returns the network where one stands, with the values of the samples that the next update learns from: a trace
    /// whose last step shows it. `others` are curves of other runs.
    ///
    /// # Errors
    /// If the numbers grow beyond all bounds in that update.
    pub fn picture(&self, others: Vec<Vec<(usize, f64)>>) -> Result<Trace, CompileError> {
        let words = Action::Say(Text::default());
        self.trace(vec![self.batch(Phase::Gradient), words], others)
    }

    /// Returns the next update as a trace, operation by operation. Where the numbers grow beyond all bounds with it, it
    /// ends with the gradient.
    ///
    /// # Errors
    /// If the loss is beyond all bounds before that.
    pub fn open(&self, others: Vec<Vec<(usize, f64)>>) -> Result<Trace, CompileError> {
        let until = if self.limit == Some(self.here()) {
            Phase::Gradient
        } else {
            Phase::Update
        };
        self.trace(vec![self.batch(until)], others)
    }

    /// Returns the walk through the next batch.
    fn batch(&self, until: Phase) -> Action {
        Action::Walk(Walk {
            samples: Selection::Batch(self.state.progress.batches),
            until,
            chain_rule: false,
            fold: None,
            notes: Vec::new(),
            lecture: Vec::new(),
            questions: Vec::new(),
        })
    }

    fn trace(
        &self,
        actions: Vec<Action>,
        others: Vec<Vec<(usize, f64)>>,
    ) -> Result<Trace, CompileError> {
        let scenes = actions.into_iter().map(|action| Scene {
            network: 0,
            action,
            settings: Settings::default(),
            panels: Vec::new(),
            compared: Vec::new(),
            lecture: None,
            span: self.now().span,
        });
        let lesson = Lesson {
            scenes: scenes.collect(),
            ..Lesson::clone(&self.lesson)
        };
        let here = self.here();
        let marks = self.marks.iter().map(|mark| mark.update);
        let history = RunHistory {
            points: self.losses(),
            marks: marks.filter(|mark| *mark <= here).collect(),
            others,
        };
        Trace::of_update(&Arc::new(lesson), self.state.clone(), Arc::new(history))
    }
}
