//! Practice: the same questions with new numbers, harder as the learner gets better; and single questions that come back.

use std::collections::HashSet;
use std::sync::Arc;

use super::asking::{LogEntry, QuestionLog};
use super::{Effect, Record, Score, Session};
use crate::algebra::Operation;
use crate::trace::{Hidden, Trace};
use crate::tutor::{self, Concealed, Level, Outcome, Question};

/// The state of practice.
#[derive(Debug, Clone)]
pub(super) struct Practice {
    level: Level,
    /// The level of the steps before `from`, if the level has just changed.
    level_before: Level,
    /// The index of the first step that is asked about at `level`.
    from: usize,
    /// The number of successive questions that were right at the first try and without a hint.
    right: usize,
    /// The number of successive questions that were missed.
    missed: usize,
    /// The steps of this exercise whose questions have been counted; each counts once.
    counted: HashSet<usize>,
    /// The score of the exercises before this one.
    pub(super) before: Score,
    /// The only question, in a review; `None` where every step is asked about.
    posed: Option<Posed>,
}

/// A question that comes back.
#[derive(Debug, Clone)]
pub struct Posed {
    /// The question.
    pub question: Question,
    /// The number of those that follow it.
    pub left: usize,
}

/// The number of successive right answers that lead one level up.
const UP_AFTER: usize = 3;

/// The number of successive misses that lead one level down.
const DOWN_AFTER: usize = 2;

impl Practice {
    /// Returns the level at which a step is asked about.
    const fn level_at(&self, index: usize) -> Level {
        if index < self.from {
            self.level_before
        } else {
            self.level
        }
    }

    /// Counts an answer, and returns the new level if it changes.
    fn count(&mut self, at_first_try: bool, missed: bool) -> Option<Level> {
        if missed {
            self.right = 0;
            self.missed += 1;
        } else {
            self.missed = 0;
            self.right = if at_first_try { self.right + 1 } else { 0 };
        }
        let number = self.level.number();
        let next = if self.right >= UP_AFTER {
            Level::of_number(number + 1)
        } else if self.missed >= DOWN_AFTER {
            Level::of_number(number - 1)
        } else {
            return None;
        };
        self.right = 0;
        self.missed = 0;
        next
    }
}

/// Returns what is blanked at a level, in words.
const fn blanks(level: Level) -> &'static str {
    match level {
        Level::Value => "the last number of each step",
        Level::Vector => "all that a step makes",
        Level::Phase => "all that a phase makes",
        Level::Pass => "all that the pass makes",
    }
}

impl Session {
    /// Creates a session of practice, at the first step of an exercise.
    pub fn practice(trace: impl Into<Arc<Trace>>, level: Level) -> Self {
        Self::practising(trace.into(), level, None)
    }

    /// Creates a session of review, at a question about a step of the trace.
    pub fn reviewing(trace: impl Into<Arc<Trace>>, posed: Posed) -> Self {
        Self::practising(trace.into(), Level::Value, Some(posed))
    }

    fn practising(trace: Arc<Trace>, level: Level, posed: Option<Posed>) -> Self {
        let mut session = Self::at_start(trace);
        session.index = posed.as_ref().map_or(0, |posed| posed.question.step);
        session.practice = Some(Practice {
            level,
            level_before: level,
            from: 0,
            right: 0,
            missed: 0,
            counted: HashSet::new(),
            before: Score::default(),
            posed,
        });
        session.pose_from(0);
        session.arrive(false);
        session
    }

    /// Returns the level of practice; `None` in a lesson and in a review.
    pub fn level(&self) -> Option<Level> {
        let practice = self.practice.as_ref();
        let of_levels = practice.filter(|practice| practice.posed.is_none());
        of_levels.map(|practice| practice.level)
    }

    /// Returns the question that comes back, in a review.
    pub fn posed(&self) -> Option<&Posed> {
        self.practice.as_ref()?.posed.as_ref()
    }

    /// Returns what has been done about it, if anything.
    pub fn posed_record(&self) -> Option<Record> {
        let index = self.posed()?.question.step;
        self.log.entries.get(&index)?.record(index, &self.lesson)
    }

    /// Returns the score of this practice over all its exercises.
    pub fn practice_score(&self) -> Score {
        if self.practice.is_some() {
            self.score()
        } else {
            Score::default()
        }
    }

    /// Starts the next exercise; level and score stay as they are.
    pub fn next_exercise(&mut self, trace: impl Into<Arc<Trace>>) {
        self.go_on_with(trace.into(), None);
    }

    /// Asks the next question of a review; the score stays as it is.
    pub fn next_posed(&mut self, trace: impl Into<Arc<Trace>>, posed: Posed) {
        self.go_on_with(trace.into(), Some(posed));
    }

    fn go_on_with(&mut self, trace: Arc<Trace>, posed: Option<Posed>) {
        let score = self.practice_score();
        self.index = posed.as_ref().map_or(0, |posed| posed.question.step);
        if let Some(practice) = &mut self.practice {
            practice.posed = posed;
            practice.before = score;
            practice.from = 0;
            practice.counted.clear();
        }
        self.lesson = Arc::clone(&trace);
        self.trace = trace;
        self.wanted_place = None;
        self.typed = None;
        self.scroll = (0, 0);
        self.history.clear();
        self.jumps.clear();
        self.message = None;
        self.log = QuestionLog::default();
        self.pose_from(0);
        self.arrive(false);
    }

    /// Asks the questions of the level from a step on; questions that the learner has begun stay as they are.
    fn pose_from(&mut self, from: usize) {
        let Some(practice) = &self.practice else {
            return;
        };
        self.log
            .entries
            .retain(|&index, entry| index < from || !entry.is_untouched());
        for index in from..self.lesson.len() {
            if self.log.entries.contains_key(&index) {
                continue;
            }
            let level = practice.level_at(index);
            let question = match &practice.posed {
                Some(posed) => Some(&posed.question)
                    .filter(|asked| asked.step == index)
                    .cloned(),
                None => tutor::question_at_level(&self.lesson, index, level),
            };
            if let Some(question) = question {
                let entry = LogEntry::new(question, false);
                self.log.entries.insert(index, entry);
            }
        }
    }

    /// Returns what is hidden of a step without a question of its own: in practice it is hidden as long as an
    /// open question about a later step hides it.
    pub(super) fn concealed_by_later(&self, index: usize) -> Option<Concealed> {
        self.practice.as_ref()?;
        self.log
            .entries
            .range(index + 1..)
            .filter(|(_, entry)| !entry.revealed)
            .filter_map(|(_, entry)| entry.question.concealed)
            .filter(|concealed| concealed.known < index)
            .min_by_key(|concealed| concealed.known)
            .map(|concealed| Concealed {
                known: concealed.known,
                hidden: Hidden::All,
            })
    }

    /// Goes to the next step with a question; past the last one, the exercise is done.
    pub(super) fn next_asked(&mut self, count: usize) -> Effect {
        let waits = |index: &usize| {
            let entry = self.log.entries.get(index);
            *index != self.index && entry.is_some_and(|entry| !entry.revealed)
        };
        if let Some(index) = self.posed().map(|posed| posed.question.step).filter(waits) {
            self.go_to(index);
            return Effect::Draw;
        }
        let next = self
            .log
            .entries
            .range(self.index + 1..)
            .map(|(&index, _)| index)
            .take(count)
            .last();
        match next {
            Some(index) => {
                self.go_to(index);
                Effect::Draw
            }
            None => Effect::Exercise,
        }
    }

    /// Counts the answer to the question here for the level; the outcome is `None` if the answer was only
    /// looked at.
    pub(super) fn count_for_level(&mut self, outcome: Option<Outcome>) {
        let index = self.index;
        let (Some(practice), Some(entry)) = (&mut self.practice, self.log.entries.get(&index))
        else {
            return;
        };
        let is_posed = practice.posed.is_some();
        if is_posed || outcome == Some(Outcome::Partly) || !practice.counted.insert(index) {
            return;
        }
        let missed = matches!(outcome, None | Some(Outcome::Wrong));
        let at_first_try = !missed && entry.hints == 0;
        let before = practice.level_at(index + 1);
        let was = practice.level;
        let Some(level) = practice.count(at_first_try, missed) else {
            return;
        };
        practice.level_before = before;
        practice.level = level;
        practice.from = match level {
            _ if level < was => index + 1,
            Level::Value | Level::Vector => index + 1,
            Level::Phase => self.lesson.next_phase(index).max(index + 1),
            Level::Pass => (index + 1..self.lesson.len())
                .find(|&step| self.lesson.step(step).operation() == Some(Operation::Sample))
                .unwrap_or(usize::MAX),
        };
        let from = practice.from;
        let blanks = blanks(level);
        self.message = Some(if level > was {
            format!("{UP_AFTER} right in a row: level {level} follows, {blanks}.")
        } else {
            format!("Level {level} follows: {blanks}.")
        });
        self.pose_from(from.min(self.lesson.len()));
    }
}
