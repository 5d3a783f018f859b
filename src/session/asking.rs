//! Questions in a session: what is typed, the answers that were given, and what is hidden until then.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{Command, Effect, Mode, Session};
use crate::algebra::{Cell, Decimals, RichText};
use crate::lesson;
use crate::tutor::{self, Accepted, Concealed, Kind, Level, Outcome, Question, Slip, Verdict};

/// The question at the step where the learner stands, and what they have answered.
#[derive(Debug)]
pub struct OpenQuestion<'s> {
    /// The question.
    pub question: &'s Question,
    /// The text being typed.
    pub typed: &'s str,
    /// Of several numbers, those that were right in a wrong answer: they stay. Empty if there are none.
    pub kept: &'s [Option<String>],
    /// The reason why the typed text could not be read as an answer, until it is changed.
    pub unreadable: Option<&'s str>,
    /// The last answer, if one was given.
    pub given: Option<&'s GivenAnswer>,
    /// The number of hints that are shown.
    pub hints: usize,
    /// `true` if the answer is shown: found, or asked for. Only then is nothing of the step hidden.
    pub revealed: bool,
    /// `true` if keys go into the answer.
    pub typing: bool,
    /// `true` if its author wrote it for numbers that the learner has changed.
    pub may_be_false: bool,
}

/// One of several numbers that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerCell {
    /// It was right in a wrong answer, and stays.
    Right(String),
    /// It is typed.
    Typed(String),
    /// It is being typed.
    Current(String),
    /// It is still to be typed.
    Empty,
}

impl OpenQuestion<'_> {
    /// Returns the numbers that are asked for, as far as they are typed; empty if it is only one, or if there are more
    /// typed than asked for.
    pub fn cells(&self) -> Vec<AnswerCell> {
        let Kind::Numbers { cells, .. } = &self.question.kind else {
            return Vec::new();
        };
        let kept = |i: usize| self.kept.get(i).cloned().flatten();
        let open = (0..cells.len()).filter(|&i| kept(i).is_none()).count();
        let typed = tutor::pieces(self.typed, open);
        if cells.len() < 2 || typed.len() > open {
            return Vec::new();
        }
        let is_ended = self
            .typed
            .ends_with(|c: char| c.is_whitespace() || ",;[]|".contains(c));
        let current = typed.len() - usize::from(!is_ended && !typed.is_empty());
        let mut typed = typed.into_iter().enumerate();
        let mut next = || match typed.next() {
            Some((at, text)) if at == current => AnswerCell::Current(text),
            Some((_, text)) => AnswerCell::Typed(text),
            None => AnswerCell::Empty,
        };
        let mut cells: Vec<AnswerCell> = (0..cells.len())
            .map(|i| kept(i).map_or_else(&mut next, AnswerCell::Right))
            .collect();
        let is_begun = cells
            .iter()
            .any(|cell| matches!(cell, AnswerCell::Current(_)));
        if !is_begun && let Some(next) = cells.iter_mut().find(|cell| **cell == AnswerCell::Empty) {
            *next = AnswerCell::Current(String::new());
        }
        cells
    }
}

/// An answer that was given.
#[derive(Debug, Clone)]
pub struct GivenAnswer {
    /// The answer as it was typed.
    pub text: String,
    /// The tutor's verdict on it.
    pub verdict: Verdict,
    /// The number of answers given so far, including this one.
    pub tries: usize,
    /// The number of hints that had been shown by then.
    pub hints: usize,
}

/// All questions that have been asked, and their answers.
#[derive(Debug, Clone, Default)]
pub(super) struct QuestionLog {
    /// The entries by the index of the step in the lesson's own trace.
    pub(super) entries: BTreeMap<usize, LogEntry>,
    /// The steps that the learner has been at: their results have been seen and are not hidden any more.
    seen: HashSet<usize>,
    /// `true` if the learner wants to predict: the result of a step is hidden before it is seen.
    pub(super) hides: bool,
    /// The step of a missed question that was opened from the review.
    pub(super) from_review: Option<usize>,
}

/// A question, and the answers to it.
#[derive(Debug, Clone)]
// The flags are independent.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct LogEntry {
    pub(super) question: Question,
    /// `true` if the lesson itself asks it.
    pub(super) by_author: bool,
    typed: String,
    /// Of several numbers, those that were right in the last answer, if that was wrong.
    kept: Vec<Option<String>>,
    /// The reason why the typed text could not be read.
    unreadable: Option<String>,
    /// The last answer.
    pub(super) last: Option<GivenAnswer>,
    /// The answers before it, as they were typed.
    pub(super) before: Vec<String>,
    /// Whether the right answer was shown although none had been found.
    pub(super) looked: bool,
    /// `true` if the last answer belongs to an earlier attempt and is not shown.
    again: bool,
    /// The last wrong answer, unless a right one has followed.
    pub(super) missed: Option<GivenAnswer>,
    pub(super) tries: usize,
    pub(super) hints: usize,
    /// The slips in all wrong answers, each once.
    pub(super) slips: Vec<Slip>,
    pub(super) revealed: bool,
    /// The numbers of the last right answer.
    accepted: Option<Accepted>,
    /// The question with the numbers as they were when it was last looked whether its goal is reached; `None` before.
    changed: Option<Question>,
}

impl QuestionLog {
    /// Returns what was asked before a step, and where the learner has been until then.
    pub(super) fn up_to(&self, index: usize) -> Self {
        Self {
            entries: self
                .entries
                .range(..index)
                .map(|(at, entry)| (*at, entry.clone()))
                .collect(),
            seen: self.seen.iter().copied().filter(|at| *at < index).collect(),
            hides: self.hides,
            from_review: None,
        }
    }

    /// Returns the questions for a goal, which go on while the learner changes numbers, with their steps.
    pub(super) fn goals(&self) -> impl Iterator<Item = (usize, &LogEntry)> {
        let entries = self.entries.iter();
        entries
            .filter(|(_, entry)| entry.question.goal().is_some())
            .map(|(index, entry)| (*index, entry))
    }
}

impl LogEntry {
    pub(super) const fn new(question: Question, by_author: bool) -> Self {
        Self {
            question,
            by_author,
            typed: String::new(),
            kept: Vec::new(),
            unreadable: None,
            last: None,
            before: Vec::new(),
            looked: false,
            again: false,
            missed: None,
            tries: 0,
            hints: 0,
            slips: Vec::new(),
            revealed: false,
            accepted: None,
            changed: None,
        }
    }

    /// Returns what has been done about a question, as that of the same question with other numbers.
    pub(super) fn of(&self, question: Question) -> Self {
        Self {
            question,
            changed: None,
            ..self.clone()
        }
    }

    /// Returns the question as it is asked now.
    pub(super) fn asked(&self) -> &Question {
        self.changed.as_ref().unwrap_or(&self.question)
    }

    /// Returns the grade of the last answer.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.last.as_ref().map(|given| given.verdict.outcome)
    }

    /// Returns whether it should be tried again at the end of the lesson: answered wrong, looked up or skipped.
    pub(super) fn is_to_review(&self) -> bool {
        let is_due = self.by_author || self.revealed;
        self.missed.is_some()
            || (is_due && self.can_be_right() && self.outcome() != Some(Outcome::Right))
    }

    /// Returns whether the learner has done nothing about it yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.last.is_none() && !self.revealed && self.hints == 0 && self.typed.is_empty()
    }

    /// Records an answer and the verdict on it.
    pub(super) fn take(&mut self, text: String, verdict: Verdict) {
        self.tries += 1;
        for slip in &verdict.slips {
            if !self.slips.contains(slip) {
                self.slips.push(*slip);
            }
        }
        self.unreadable = None;
        if verdict.accepted.is_some() {
            self.accepted.clone_from(&verdict.accepted);
        }
        let outcome = verdict.outcome;
        self.kept = self.right_cells(&text, &verdict);
        let given = GivenAnswer {
            text,
            verdict,
            tries: self.tries,
            hints: self.hints,
        };
        match outcome {
            Outcome::Right => self.missed = None,
            Outcome::Wrong => self.missed = Some(given.clone()),
            Outcome::Partly | Outcome::Open => {}
        }
        if let Some(before) = self.last.replace(given) {
            // Of very many, the first ones tell most.
            if self.before.len() < MOST_BEFORE {
                self.before.push(before.text);
            }
        }
        self.again = false;
        self.revealed |= matches!(outcome, Outcome::Right | Outcome::Open);
    }

    /// Asks the question once more, as if for the first time.
    pub(super) fn ask_again(&mut self) {
        self.again = true;
        self.revealed = false;
        self.hints = 0;
        self.clear();
    }

    /// Clears all that is typed, and what is kept of the last answer.
    fn clear(&mut self) {
        self.typed.clear();
        self.kept.clear();
        self.unreadable = None;
    }

    /// Returns the numbers of an answer that are right, each in its place, if only some of several are.
    fn right_cells(&self, text: &str, verdict: &Verdict) -> Vec<Option<String>> {
        let right = &verdict.right;
        if !right.contains(&true) || right.len() != self.cells() {
            return Vec::new();
        }
        let given = tutor::pieces(text, self.cells());
        // A row that is not asked for stands in front.
        let Some(skipped) = given.len().checked_sub(right.len()) else {
            return Vec::new();
        };
        let cells = given.into_iter().skip(skipped).zip(right);
        cells.map(|(text, right)| right.then_some(text)).collect()
    }

    /// Returns how many numbers are asked for.
    const fn cells(&self) -> usize {
        match &self.question.kind {
            Kind::Numbers { cells, .. } => cells.len(),
            _ => 1,
        }
    }

    /// Returns the whole answer, of what is typed and what is kept of the last one.
    ///
    /// # Errors
    /// The count of numbers that are still to be typed.
    fn answer(&self, typed: &str) -> Result<String, usize> {
        let open = self.cells() - self.kept.iter().flatten().count();
        if open == self.cells() {
            return Ok(typed.to_owned());
        }
        let typed_cells = tutor::pieces(typed, open);
        match open.checked_sub(typed_cells.len()) {
            Some(0) => {
                let mut typed = typed_cells.into_iter();
                let mut all = Vec::new();
                for kept in &self.kept {
                    all.extend(kept.clone().or_else(|| typed.next()));
                }
                Ok(all.join(" "))
            }
            Some(missing) => Err(missing),
            // All are typed anew.
            None => Ok(typed.to_owned()),
        }
    }

    /// Takes the last number back that is kept in front of the first one to be typed, to be typed once more.
    fn take_back(&mut self) {
        let current = self.kept.iter().position(Option::is_none).unwrap_or(0);
        if let Some(text) = self.kept[..current].last_mut().and_then(Option::take) {
            self.typed = text;
        }
    }

    /// Returns whether it asks for a goal that has been reached.
    fn is_goal_done(&self) -> bool {
        let is_right = |given: &GivenAnswer| given.verdict.outcome == Outcome::Right;
        self.question.goal().is_some() && self.revealed && self.given().is_some_and(is_right)
    }

    /// Returns the answer of this attempt.
    fn given(&self) -> Option<&GivenAnswer> {
        self.last.as_ref().filter(|_| !self.again)
    }
}

/// The maximum number of answers to a question that are kept besides the last one.
pub const MOST_BEFORE: usize = 50;

/// The maximum number of characters of an answer.
pub const LONGEST: usize = 400;

/// Returns whether a character can be shown as it was typed; a terminal would obey some characters instead.
pub(super) fn is_printable(character: char) -> bool {
    !character.is_control() && lesson::forbidden(character).is_none()
}

/// Returns whether a character goes on with the word `and` between two options.
fn goes_on_to_and(typed: &str, character: char) -> bool {
    let Some((before, word)) = typed.rsplit_once(char::is_whitespace) else {
        return false;
    };
    let word = format!("{word}{character}").to_lowercase();
    !before.trim().is_empty() && word.len() > 1 && "and".starts_with(&word)
}

/// The message for a number that cannot be looked at because it is hidden.
pub(crate) const VEILED: &str = "Answer first, or press Enter to see it.";

/// Said of a right answer about numbers that the learner has changed.
const UNCOUNTED: &str =
    "It is right for your numbers. For your progress only the lesson as it was counts (x).";

impl Session {
    /// Returns the question at this step; `None` if nothing is asked.
    pub fn asked(&self) -> Option<OpenQuestion<'_>> {
        let entry = self.entry()?;
        Some(OpenQuestion {
            question: entry.asked(),
            typed: &entry.typed,
            kept: &entry.kept,
            unreadable: entry.unreadable.as_deref(),
            given: entry.given(),
            hints: entry.hints,
            revealed: entry.revealed,
            typing: self.mode == Mode::Ask,
            may_be_false: self.asks_here() && self.asks_of_other_numbers(entry),
        })
    }

    /// Returns whether a question was written for other numbers. To have others is what a goal asks for: there only numbers
    /// that it names itself count.
    fn asks_of_other_numbers(&self, entry: &LogEntry) -> bool {
        let step = self.step();
        match entry.question.goal() {
            Some(_) => self.names_changed(&step),
            None => self.may_be_false(&step),
        }
    }

    /// Returns the feedback on an answer to the question of the step. A goal that was reached, and holds no more since numbers
    /// were changed again, is told without them.
    pub fn feedback(&self, given: &GivenAnswer) -> Vec<RichText> {
        let mut feedback = given.verdict.feedback.clone();
        let is_undone = self.entry().is_some_and(|entry| {
            let is_goal = entry.question.goal().is_some();
            is_goal && given.verdict.outcome == Outcome::Right
        }) && self.goal().is_some_and(|now| !now.is_met());
        if let (Some(done), true) = (feedback.first_mut(), is_undone) {
            *done = if self.is_changed() {
                "You have done it, and changed numbers again since."
            } else {
                "You have done it. The lesson has its own numbers again."
            }
            .into();
        }
        feedback
    }

    /// Returns whether the results of steps are hidden before they are seen, as the learner has chosen.
    pub const fn hides(&self) -> bool {
        self.log.hides
    }

    /// Returns whether the steps are those of the lesson itself, not those of an opened epoch.
    pub(super) fn is_own(&self) -> bool {
        Arc::ptr_eq(&self.trace, &self.lesson)
    }

    pub(super) fn entry(&self) -> Option<&LogEntry> {
        self.log.entries.get(&self.index).filter(|_| self.is_own())
    }

    /// Returns whether the author asks a question at the step.
    pub fn asks_here(&self) -> bool {
        tutor::question(&self.lesson, self.index).is_some() && self.is_own()
    }

    /// Returns whether something is typed into the field of a question.
    pub fn has_typed(&self) -> bool {
        self.entry().is_some_and(|entry| !entry.typed.is_empty())
    }

    pub(super) fn entry_mut(&mut self) -> Option<&mut LogEntry> {
        if self.is_own() {
            self.log.entries.get_mut(&self.index)
        } else {
            None
        }
    }

    /// Returns what is hidden of the step that the learner is at.
    pub(super) fn concealed(&self) -> Option<Concealed> {
        self.is_own().then(|| self.concealed_at(self.index))?
    }

    /// Returns what is hidden of a step of the lesson.
    fn concealed_at(&self, index: usize) -> Option<Concealed> {
        match self.log.entries.get(&index) {
            Some(entry) if entry.revealed => None,
            Some(entry) => entry.question.concealed,
            None => self.concealed_by_later(index),
        }
    }

    /// Returns whether the result of a step of the lesson is hidden, or will be once the learner comes there.
    pub(super) fn is_to_be_found(&self, index: usize) -> bool {
        if self.practice.is_some() || self.log.entries.contains_key(&index) {
            return self.concealed_at(index).is_some();
        }
        let will_be_hidden = self.log.hides && !self.log.seen.contains(&index);
        will_be_hidden || self.lesson.ask(index).is_some()
    }

    /// Handles the arrival at a step: asks its question if it has one. When looking back, the learner is not
    /// asked to predict steps that were passed already.
    pub(super) fn arrive(&mut self, looking_back: bool) {
        if self.is_own() {
            let is_new = self.log.seen.insert(self.index);
            if self.practice.is_none() && !self.log.entries.contains_key(&self.index) {
                let by_author = self.question_here();
                let entry = match by_author {
                    Some(question) => Some(LogEntry::new(question, true)),
                    None if self.log.hides && is_new && !looking_back => {
                        tutor::question_at_level(&self.trace, self.index, Level::Vector)
                            .filter(|question| !self.is_told(question))
                            .map(|question| LogEntry::new(question, false))
                    }
                    None => None,
                };
                if let Some(entry) = entry {
                    self.log.entries.insert(self.index, entry);
                }
            }
        }
        self.mode = self.mode_here();
    }

    /// Returns whether what a question asks for has been told before: in the answer to an author's question about a later step,
    /// or in a pass that was walked with the same numbers.
    fn is_told(&self, question: &Question) -> bool {
        let places = |question: &Question| match &question.kind {
            Kind::Numbers { target, cells } if target.step == self.index => {
                let place = |&(row, column)| target.place(&self.trace, row, column);
                cells.iter().filter_map(place).collect()
            }
            _ => Vec::<Cell>::new(),
        };
        let answered = self.log.entries.values().filter(|entry| entry.revealed);
        let told: Vec<Cell> = answered.flat_map(|entry| places(&entry.question)).collect();
        self.step().is_walked_before() || places(question).iter().all(|cell| told.contains(cell))
    }

    /// Returns the mode at a step on arrival.
    pub(super) fn mode_here(&self) -> Mode {
        match self.entry() {
            Some(entry) if !entry.revealed => Mode::Ask,
            _ => self.mode_below(),
        }
    }

    /// Returns whether a character can be part of an answer to what is asked here. Any other is a key like elsewhere.
    pub fn takes(&self, character: char) -> bool {
        let Some(LogEntry {
            question, typed, ..
        }) = self.entry()
        else {
            return false;
        };
        let begun = !typed.trim().is_empty();
        let after_digit = typed.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        match (&question.kind, character) {
            (Kind::Numbers { .. }, '?' | ':' | '<' | '>') => false,
            // As in 1'000.
            (Kind::Numbers { .. }, '\'') => after_digit,
            (Kind::Numbers { .. }, c) => !c.is_alphabetic() || tutor::goes_on(typed, c),
            (Kind::Options(_), '?' | ':' | '<' | '>') => false,
            (kind @ Kind::Options(_), c) if c.is_alphabetic() => {
                let mut letters = kind.options().map(|(letter, _)| letter);
                letters.any(|letter| letter.eq_ignore_ascii_case(&c)) || goes_on_to_and(typed, c)
            }
            (Kind::Options(_) | Kind::Open(_), _) => true,
            // Nothing is typed: numbers are changed.
            (Kind::Goal(_), _) => false,
            // Of words that are expected none begins with a q, and `3 by 2` begins with a digit.
            (_, '?') => false,
            (Kind::Shape(_), c) if c.is_alphabetic() => begun && c != 'q',
            (_, 'q' | ':') => begun,
            (Kind::Shape(_) | Kind::Sign(_) | Kind::Direction(..), _) => true,
        }
    }

    /// Adds a typed character to the answer.
    pub(super) fn type_character(&mut self, character: char) {
        if self.mode != Mode::Ask || !is_printable(character) {
            return;
        }
        let Some(entry) = self.entry_mut() else {
            return;
        };
        entry.unreadable = None;
        if entry.typed.chars().count() < LONGEST {
            entry.typed.push(character);
        } else {
            self.message = Some(format!("No answer has more than {LONGEST} characters."));
        }
    }

    /// Erases one character as it is seen, however many code points it has.
    pub(super) fn erase_character(&mut self) {
        let Some(entry) = self.entry_mut() else {
            return;
        };
        entry.unreadable = None;
        match entry.typed.grapheme_indices(true).next_back() {
            Some((at, _)) => entry.typed.truncate(at),
            None => entry.take_back(),
        }
    }

    pub(super) fn clear_answer(&mut self) {
        if let Some(entry) = self.entry_mut() {
            entry.clear();
        }
    }

    /// Enter: an answer is judged, with none the right one is shown once that was asked for, and what is in sight is left
    /// behind.
    pub(super) fn answer(&mut self, count: usize, asked_to_show: Option<Command>) -> Effect {
        // The feedback comes first.
        self.scroll = (self.index, 0);
        let Some(entry) = self.entry() else {
            return self.go_on(count);
        };
        if entry.revealed {
            return if self.log.from_review == Some(self.index) {
                self.back_to_review();
                Effect::Draw
            } else {
                self.go_on(count)
            };
        }
        let text = entry.typed.trim();
        if text.is_empty() {
            self.show(Command::Answer, asked_to_show);
            return Effect::Draw;
        }
        // What was partly right stands there still, to be gone on with.
        let is_said = entry
            .given()
            .is_some_and(|given| given.text == text && given.verdict.outcome == Outcome::Partly);
        if is_said {
            self.message = Some("That is not all yet: go on where it ends.".into());
            return Effect::Draw;
        }
        let text = match entry.answer(text) {
            Ok(text) => text,
            Err(missing) => {
                self.message = Some(match missing {
                    1 => "One number is still missing.".into(),
                    missing => format!("{missing} numbers are still missing."),
                });
                return Effect::Draw;
            }
        };
        let accepted = self.accepted();
        match entry.question.grade_after(&self.lesson, &accepted, &text) {
            Ok(verdict) => self.graded(text, verdict),
            Err(unreadable) => {
                if let Some(entry) = self.entry_mut() {
                    entry.unreadable = Some(unreadable.to_string());
                }
            }
        }
        Effect::Draw
    }

    /// Returns the numbers that have been accepted from the learner, for use in later steps.
    pub(super) fn accepted(&self) -> Vec<Accepted> {
        let entries = self.log.entries.values();
        entries.filter_map(|entry| entry.accepted.clone()).collect()
    }

    fn graded(&mut self, text: String, mut verdict: Verdict) {
        self.revise();
        // What is said of it comes first.
        self.scroll = (self.index, 0);
        let outcome = verdict.outcome;
        let is_goal = self
            .entry()
            .is_some_and(|entry| entry.question.goal().is_some());
        if outcome == Outcome::Right && self.is_changed() && !is_goal {
            verdict.feedback.push(UNCOUNTED.to_owned().into());
        }
        if let Some(entry) = self.entry_mut() {
            entry.take(text, verdict);
            // If several numbers are asked for, those that are right so far stay to be continued.
            let goes_on = outcome == Outcome::Partly
                && matches!(&entry.question.kind, Kind::Numbers { cells, .. } if cells.len() > 1);
            if !goes_on {
                entry.typed.clear();
            }
        }
        match outcome {
            // Who changes numbers goes on among them.
            Outcome::Right if matches!(self.mode, Mode::Numbers | Mode::Choices) => {}
            Outcome::Right | Outcome::Open => self.settle(),
            Outcome::Partly | Outcome::Wrong => {}
        }
        self.count_for_level(Some(outcome));
    }

    /// Looks whether the goal that is asked for here is reached, whenever something may have changed: then the question
    /// is answered. Numbers that were changed and do not reach it count as a try; once it is reached, others that reach it
    /// too are told in their place.
    pub(super) fn check_goal(&mut self) {
        let Some(entry) = self.entry() else {
            return;
        };
        let is_done = entry.is_goal_done();
        if entry.question.goal().is_none() || (entry.revealed && !is_done) {
            return;
        }
        let Some(now) = self.goal() else {
            return;
        };
        let is_other = entry.asked().goal() != Some(&now);
        // What is interrupted means nothing.
        if self.trace.interrupt().is_set()
            || (entry.changed.is_some() && !is_other)
            || (is_done && !now.is_met())
        {
            return;
        }
        let Some(mut question) = self.question_here() else {
            return;
        };
        // It says how things stood when it was asked, in the lesson as it was written.
        let (written, _) = self.written();
        if let Some(asked) = tutor::question(written, self.written_index(self.index)) {
            question.text = asked.text;
        }
        let reached = now.is_met().then(|| {
            let told = question.told(&self.trace);
            let mut numbers = told.text(Decimals::default());
            if numbers.chars().count() > LONGEST {
                numbers = String::from("All that was asked for holds.");
            }
            // It was done with these numbers, whichever come after.
            (question.reached(RichText::from(numbers.clone())), numbers)
        });
        let is_try = is_other && !is_done;
        let is_told = |numbers: &String| {
            let given = self.entry().and_then(|entry| entry.last.as_ref());
            given.is_some_and(|given| given.text == *numbers)
        };
        if is_try || is_done && !reached.as_ref().is_some_and(|told| is_told(&told.1)) {
            self.revise();
        }
        if let Some(entry) = self.entry_mut() {
            entry.changed = Some(question);
            entry.tries += usize::from(is_try && reached.is_none());
        }
        match reached {
            Some((verdict, numbers)) if is_done => {
                if let Some(given) = self.entry_mut().and_then(|entry| entry.last.as_mut()) {
                    (given.text, given.verdict) = (numbers, verdict);
                }
            }
            Some((verdict, numbers)) => self.graded(numbers, verdict),
            None => {}
        }
    }

    /// Shows the answer if the same key has asked for it just before; else says that it would.
    fn show(&mut self, key: Command, asked_to_show: Option<Command>) {
        if asked_to_show == Some(key) {
            self.reveal();
            return;
        }
        self.asks_to_show = Some(key);
        let has_hints = self.entry().is_some_and(|entry| entry.hints > 0);
        let is_goal = self
            .entry()
            .is_some_and(|entry| entry.question.goal().is_some());
        let (why, key) = match key {
            Command::Hint if has_hints => ("That was the last hint.", "One more"),
            Command::Hint => ("There is no hint here.", "Once more"),
            _ if is_goal => ("The goal is not reached yet.", "Enter once more"),
            _ => ("Nothing is typed.", "Enter once more"),
        };
        let does = if is_goal {
            "gives up"
        } else {
            "shows the answer"
        };
        let cost = if self.practice.is_some() {
            ", which counts as a miss"
        } else {
            ""
        };
        self.message = Some(format!("{why} {key} {does}{cost}."));
    }

    /// Shows the answer.
    fn reveal(&mut self) {
        self.revise();
        if let Some(entry) = self.entry_mut() {
            entry.revealed = true;
            entry.looked |= entry.outcome() != Some(Outcome::Right);
            entry.clear();
        }
        self.settle();
        self.count_for_level(None);
    }

    /// Returns to the ordinary mode: with the answer shown, keys are not typed into it.
    fn settle(&mut self) {
        self.wanted_place = None;
        self.mode = Mode::Walk;
    }

    /// Shows one hint more; the last one is the answer, which is shown only once that was asked for.
    pub(super) fn hint(&mut self, asked_to_show: Option<Command>) {
        self.scroll = (self.index, 0);
        let Some(entry) = self.entry() else {
            self.message = Some("Nothing is asked at this step.".into());
            return;
        };
        if entry.revealed {
            return;
        }
        let rungs = entry.asked().hints(&self.trace).len();
        let shown = (entry.hints + 1).min(rungs);
        if shown == rungs && asked_to_show != Some(Command::Hint) {
            self.show(Command::Hint, None);
            return;
        }
        self.revise();
        if let Some(entry) = self.entry_mut() {
            entry.hints = shown;
            entry.unreadable = None;
        }
        if shown == rungs {
            self.reveal();
        }
    }

    /// Returns whether there is one hint more before the answer.
    pub(super) fn has_hint(&self) -> bool {
        self.entry().is_some_and(|entry| {
            !entry.revealed && entry.hints + 1 < entry.asked().hints(&self.trace).len()
        })
    }

    /// Returns to the line for the answer; an answered question is asked once more.
    pub(super) fn ask_again(&mut self) {
        let Some(entry) = self.entry_mut() else {
            self.message = Some("Nothing is asked at this step.".into());
            return;
        };
        if entry.revealed {
            entry.ask_again();
            self.revise();
        }
        self.mode = Mode::Ask;
    }

    /// Starts or stops hiding results that have not been seen yet.
    pub(super) fn toggle_hiding(&mut self) {
        if self.practice.is_some() {
            self.message = Some("In practice what is asked for is hidden already.".into());
            return;
        }
        self.log.hides = !self.log.hides;
        self.revise();
        self.message = Some(if self.log.hides {
            "Predict: from the next step on results are hidden until you answer.".into()
        } else {
            // Questions asked only because of this choice are dropped.
            self.log
                .entries
                .retain(|_, entry| entry.by_author || entry.revealed || entry.last.is_some());
            for entry in self.log.entries.values_mut() {
                entry.revealed |= !entry.by_author;
            }
            "Results are shown at once again.".into()
        });
        if self.mode == Mode::Ask {
            self.mode = self.mode_here();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::RichText;
    use crate::lesson::{Lesson, Source};
    use crate::session::Score;
    use crate::trace::Trace;

    /// Returns the trace of one neuron with a weight, which is asked to be sure.
    fn neuron(weight: f64) -> Arc<Trace> {
        neuron_with(weight, "    hint: It is a weight.\n")
    }

    fn neuron_with(weight: f64, hint: &str) -> Arc<Trace> {
        let text = format!(
            "format: 1
title: Goal
summary: One neuron.
network: {{inputs: 1, layers: [{{units: 1, activation: logistic}}], weights: [[[0], [{weight}]]]}}
loss: neg-log-loss
data: [{{x: [2], y: [1]}}, {{x: [-1], y: [1]}}, {{x: [-2], y: [0]}}]
script:
  - walk: {{sample: 1, until: loss}}
  - ask: Make it sure.
    goal: {{y_hat: above 0.9, right: at least 2}}
{hint}    because: So it says {{y_hat}}.
  - say: The end.
"
        );
        let name = "goal.yaml".to_owned();
        let lesson = Lesson::parse(Source { name, text }).unwrap();
        Arc::new(Trace::compile(Arc::new(lesson)).unwrap())
    }

    fn at_goal() -> Session {
        at_goal_of(neuron(0.5))
    }

    fn at_goal_of(trace: Arc<Trace>) -> Session {
        let mut session = Session::new(trace);
        let is_ask = |index: &usize| session.trace.step(*index).is_ask();
        let index = (0..session.trace.len()).find(is_ask).unwrap();
        for _ in 0..index {
            session.apply(Command::Next);
        }
        assert_eq!(session.mode(), Mode::Ask);
        session
    }

    /// Makes the weight another one, as a change of the lesson does, and carries out a command.
    fn change(session: &mut Session, weight: f64, command: Command) {
        session.trace = neuron(weight);
        session.lesson = Arc::clone(&session.trace);
        session.apply(command);
    }

    fn told(session: &Session) -> String {
        let asked = session.asked().unwrap();
        let lines = asked.question.conditions(session.trace()).into_iter();
        let lines: Vec<String> = lines
            .map(|(is_met, line)| format!("{is_met}: {}", line.text(Decimals::default())))
            .collect();
        lines.join(" | ")
    }

    fn feedback(session: &Session) -> String {
        let given = session.asked().unwrap().given.unwrap();
        let lines: Vec<String> = given
            .verdict
            .feedback
            .iter()
            .map(|line| line.text(Decimals::default()))
            .collect();
        lines.join(" ")
    }

    #[test]
    fn a_goal_is_open_until_it_holds() {
        let mut session = at_goal();
        let score = |right| Score {
            right,
            asked: 1,
            missed: 0,
        };
        assert_eq!(
            told(&session),
            "false: ŷ is 0.731; it should be above 0.9. | true: 2 of 3 samples are right, at least 2."
        );
        // Nothing is typed: characters are keys of the lesson.
        assert!(('!'..='~').all(|c| !session.takes(c)));
        assert!(session.records().is_empty(), "nothing was tried yet");
        // Whatever changes nothing is no try.
        session.apply(Command::MoreDecimals);
        assert!(session.records().is_empty());
        for (weight, number, tries) in [(1.0, "0.881", 1), (0.75, "0.818", 2), (0.75, "0.818", 2)] {
            change(&mut session, weight, Command::ScrollUp);
            assert!(told(&session).starts_with(&format!("false: ŷ is {number}; it should be")));
            assert!(!session.asked().unwrap().revealed);
            let [record] = &session.records()[..] else {
                panic!("a record")
            };
            assert_eq!((record.outcome.as_str(), record.tries), ("tried", tries));
            assert_eq!(session.score(), score(0));
        }
        // It is kept between runs.
        let mut again = at_goal();
        again.restore(&session.records());
        assert_eq!(again.records(), session.records());
        assert_eq!(again.mode(), Mode::Ask);

        change(&mut session, 2.0, Command::ScrollUp);
        let asked = session.asked().unwrap();
        assert!(asked.revealed);
        assert_eq!(session.mode(), Mode::Walk);
        assert_eq!(
            feedback(&session),
            "You have done it: ŷ is 0.982, above 0.9. 2 of 3 samples are right, at least 2. So it says 0.982."
        );
        assert_eq!(session.score(), score(1));
        let records = session.records();
        assert_eq!(
            (records[0].outcome.as_str(), records[0].tries),
            ("right", 3)
        );
        // It stays answered where the numbers are the lesson's own again, in this run and the next.
        change(&mut session, 0.5, Command::Next);
        assert_eq!(session.score(), score(1));
        let mut next = Session::new(neuron(0.5));
        next.restore(&records);
        assert_eq!((next.score(), next.records()), (score(1), records));
        assert!(next.review().is_empty());
    }

    #[test]
    fn who_changes_numbers_goes_on_among_them() {
        let mut session = at_goal();
        session.apply(Command::Numbers);
        assert_eq!(session.mode(), Mode::Numbers);
        change(&mut session, 2.0, Command::Right);
        assert!(session.asked().unwrap().revealed);
        assert_eq!(session.mode(), Mode::Numbers);
    }

    #[test]
    fn a_goal_can_be_given_up() {
        let mut session = at_goal();
        session.apply(Command::Answer);
        assert_eq!(
            session.message(),
            Some("The goal is not reached yet. Enter once more gives up.")
        );
        session.apply(Command::Answer);
        let asked = session.asked().unwrap();
        assert!(asked.revealed && asked.given.is_none());
        let answer: Vec<String> = asked
            .question
            .reveal(session.trace())
            .iter()
            .map(|line| line.text(Decimals::default()))
            .collect();
        assert_eq!(
            answer,
            [
                "Any change will do, as long as ŷ is above 0.9 and at least 2 of 3 samples are right.",
                "So it says 0.731."
            ]
        );
        assert_eq!(session.records()[0].outcome, "seen");
        // Then it is open no more, but may be asked again.
        change(&mut session, 2.0, Command::ScrollUp);
        assert_eq!(session.score().right, 0);
        session.apply(Command::AskAgain);
        assert!(session.asked().unwrap().revealed, "it holds already");
        assert_eq!(session.score().right, 1);
    }

    #[test]
    fn an_answered_goal_is_asked_again_until_numbers_change() {
        let mut session = at_goal();
        change(&mut session, 2.0, Command::ScrollUp);
        session.apply(Command::AskAgain);
        assert!(!session.asked().unwrap().revealed);
        session.apply(Command::ScrollUp);
        assert!(!session.asked().unwrap().revealed);
        change(&mut session, 3.0, Command::ScrollUp);
        assert!(session.asked().unwrap().revealed);
    }

    #[test]
    fn a_goal_that_stays_reached_is_told_with_the_numbers_as_they_are() {
        let mut session = at_goal();
        for (weight, number) in [(2.0, "0.982"), (3.0, "0.998"), (2.5, "0.993")] {
            change(&mut session, weight, Command::ScrollUp);
            let told = format!("ŷ is {number}, above 0.9. 2 of 3 samples are right, at least 2.");
            let feedback = feedback(&session);
            assert_eq!(
                feedback,
                format!("You have done it: {told} So it says {number}.")
            );
            let records = session.records();
            assert_eq!(records[0].given, told);
            assert_eq!(
                (records[0].outcome.as_str(), records[0].tries),
                ("right", 1)
            );
            let mut next = Session::new(neuron(0.5));
            next.restore(&records);
            assert_eq!(next.records(), records);
        }
        // What no longer reaches it leaves what has been done.
        let (told, revision) = (feedback(&session), session.revision());
        change(&mut session, 0.5, Command::ScrollUp);
        assert_eq!((feedback(&session), session.revision()), (told, revision));
        assert!(session.asked().unwrap().revealed);
    }

    #[test]
    fn hints_name_what_moves_the_goal_as_it_is_now() {
        let mut session = at_goal_of(neuron_with(0.5, ""));
        let hints = |session: &Session| {
            let hints = session.asked().unwrap().question.hints(session.trace());
            let hint = |lines: Vec<RichText>| lines[0].text(Decimals::default());
            hints.into_iter().map(hint).collect::<Vec<_>>()
        };
        assert_eq!(
            hints(&session)[..2],
            [
                "What is given can be changed: each weight at its number, and more among the choices.",
                "Of all weights w₁,₁⁽⁰⁾ moves ŷ most: make it larger."
            ]
        );
        session.trace = neuron_with(-2.0, "");
        session.lesson = Arc::clone(&session.trace);
        session.apply(Command::ScrollUp);
        assert_eq!(
            told(&session),
            "false: ŷ is 0.018; it should be above 0.9. | false: 1 of 3 samples is right; at least 2 should be."
        );
        for _ in 0..2 {
            session.apply(Command::Hint);
        }
        assert_eq!(session.asked().unwrap().hints, 2);
        let author = hints(&at_goal());
        assert_eq!(author[0], "It is a weight.");
        assert!(
            !author.iter().any(|hint| hint.starts_with("Of all")),
            "the author leads the way"
        );
        session.apply(Command::Hint);
        assert_eq!(
            session.message(),
            Some("That was the last hint. One more gives up.")
        );
    }
}
