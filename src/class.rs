//! A class: who is in it, where it stands, what was asked and answered.
//!
//! It is a state machine without input, output or clock: [`Class::apply`] takes an [`Event`], which carries its time, and
//! changes the state or refuses. What needs more than the state, such as the tutor's verdict on an answer, comes in with
//! the event. So the same events give the same state wherever and whenever they are replayed.
//!
//! What somebody may see is a type of its own: [`StudentView`] has no name and no answer of anybody else,
//! [`ProjectorView`] none at all.

mod event;
mod member;
pub mod message;
mod names;
mod question;
mod results;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::session::{LONGEST, Position};

pub use event::{Act, Event, Key, Place, Refusal, Role, Touched};
pub use member::Member;
pub use names::{LONGEST_NAME, NameError, cleaned};
pub use question::{
    Asked, AskedKind, Given, Question, QuestionPhase, SlipCount, SlipFound, StepRef, Tally, Verdict,
};
pub use results::{Results, ResultsCell, ResultsColumn, ResultsRow};
pub use view::{
    ClassView, Counts, Driver, MemberRow, OwnAnswer, OwnResult, OwnView, OwnWork, ProjectorView,
    QuestionView, RowAnswer, StudentView, TallyView, TeacherView,
};

use names::Names;
use question::Worked;

/// The number of a member of a class; it is never given to another one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct MemberId(pub u32);

/// The number of a question of a class, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct QuestionId(pub u32);

/// The largest number of members.
pub const MOST_MEMBERS: usize = 10_000;
/// The largest number of questions that are put to a class.
pub const MOST_QUESTIONS: usize = 500;
/// The largest number of steps whose questions are answered at one's own pace.
const MOST_WORKED: usize = 2_000;
/// The largest number of answers of a member to one question.
const MOST_TRIES: usize = 100;
/// The largest number of hints for a question.
const MOST_HINTS: usize = 100;
/// The number of votes on a question.
const VOTES: usize = 2;
/// The largest number of options: there is a letter for each.
const MOST_OPTIONS: usize = 26;
/// The size of a question in bytes, with its answer.
const LARGEST_QUESTION: usize = 32 << 10;
/// The size of a verdict in bytes.
const LARGEST_VERDICT: usize = 8 << 10;
/// The size of a name of a lesson in bytes.
const LONGEST_LESSON: usize = 4 << 10;

/// The pace of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "pace", rename_all = "kebab-case")]
pub enum Pace {
    /// All go where the class goes.
    #[default]
    Together,
    /// Everybody works on their own. Up to a step, that ends where the class goes to another lesson.
    Free {
        /// The number of the last step that they may go to; `None` for the whole lesson.
        until: Option<usize>,
    },
}

/// A class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Class {
    members: BTreeMap<MemberId, Member>,
    keys: BTreeMap<Key, MemberId>,
    names: Names,
    /// The number of the next member.
    next: u32,
    position: Option<Position>,
    /// The farthest step of each lesson that the class has been at.
    reached: BTreeMap<String, usize>,
    driver: Option<MemberId>,
    pace: Pace,
    questions: Vec<Question>,
    /// Whether the last question is on the screens.
    asks: bool,
    /// Since when everybody works on their own, in milliseconds since 1970.
    freed: Option<u64>,
    /// The answers to questions of the lesson, given at one's own pace.
    work: BTreeMap<StepRef, Worked>,
    locked: bool,
    ended: bool,
}

impl Class {
    /// Returns a class without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the class after these events; what it refuses of them is left out.
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut class = Self::new();
        for event in events {
            // What is refused has changed nothing then either.
            let _ = class.apply(event);
        }
        // Nobody is there who plays.
        class.pause();
        class
    }

    /// Returns the number that the next member gets.
    pub const fn next_id(&self) -> MemberId {
        MemberId(self.next)
    }

    /// Returns a member, removed or not.
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(&id)
    }

    /// Returns all members in the order in which they have joined.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// Returns the member who is known by a key.
    pub fn known_by(&self, key: &Key) -> Option<&Member> {
        self.members.get(self.keys.get(key)?)
    }

    /// Returns the name that somebody gets who wants this one: on a roster, the name there; else the name itself or,
    /// where another one looks like it, with a number behind it. `of` is the member who has a name already.
    ///
    /// # Errors
    /// If it is no name, or not on the roster, or somebody has come under it.
    pub fn name_for(
        &self,
        wanted: &str,
        roster: Option<&[String]>,
        of: Option<MemberId>,
    ) -> Result<String, NameError> {
        let name = cleaned(wanted)?;
        let own = of.and_then(|of| self.members.get(&of));
        let own = own.map(|member| member.name.as_str());
        if let Some(roster) = roster {
            let name = names::on_roster(&name, roster).ok_or(NameError::NotOnRoster)?;
            return if self.names.contains(name) && own != Some(name) {
                Err(NameError::Taken)
            } else {
                Ok(name.to_owned())
            };
        }
        Ok(self.names.told_apart(&name, own))
    }

    /// Returns where the class stands; `None` before a teacher has gone anywhere.
    pub const fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Returns the student who drives.
    pub const fn driver(&self) -> Option<MemberId> {
        self.driver
    }

    /// Returns the pace.
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// Returns whether nobody new can join.
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Returns whether the class has ended.
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Returns the question that is on the screens.
    pub fn question(&self) -> Option<&Question> {
        self.questions.last().filter(|_| self.asks)
    }

    /// Returns all questions that were asked.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Returns the same class with no line to anybody, as it is after a replay of what a journal keeps.
    #[must_use]
    pub fn at_rest(&self) -> Self {
        let mut class = self.clone();
        class.pause();
        for member in class.members.values_mut() {
            member.here = None;
            member.place = Place::default();
            member.seen = 0;
        }
        class
    }

    /// Returns the number of the last step of a lesson that students may go to; `None` if that is any.
    pub fn limit(&self, lesson: &str) -> Option<usize> {
        let reached = self.reached(lesson);
        match self.pace {
            Pace::Together => Some(reached),
            Pace::Free { until: None } => None,
            Pace::Free { until: Some(until) } if self.is_at(lesson) => Some(reached.max(until)),
            Pace::Free { .. } => Some(reached),
        }
    }

    /// Returns the last answer of a member to the question of a step, given at their own pace.
    pub fn worked(&self, member: MemberId, step: &StepRef) -> Option<&Given> {
        self.work.get(step)?.answers.get(&member)
    }

    /// Returns the number of the farthest step of a lesson that the class has been at; 0 if it was not there.
    pub fn reached(&self, lesson: &str) -> usize {
        self.reached.get(lesson).copied().unwrap_or(0)
    }

    fn is_at(&self, lesson: &str) -> bool {
        self.position
            .as_ref()
            .is_some_and(|position| position.lesson == lesson)
    }

    /// Carries out an event, if it can happen.
    ///
    /// # Errors
    /// If it cannot; then nothing has changed.
    pub fn apply(&mut self, event: &Event) -> Result<Touched, Refusal> {
        let Event { at, by, act } = event;
        if self.ended && !act.is_passing() {
            return Err(Refusal::Ended);
        }
        if let Act::Join {
            name,
            role,
            key,
            account,
        } = act
        {
            return self.join(*at, *by, (name, *role), key, account.clone());
        }
        let member = self.members.get_mut(by).ok_or(Refusal::NoMember)?;
        let leaves = matches!(act, Act::Leave | Act::Pause);
        if member.removed && !leaves {
            return Err(Refusal::Removed);
        }
        if act.is_of_teachers() && member.role != Role::Teacher {
            return Err(Refusal::NotTeacher);
        }
        let touched = self.carry_out(*at, *by, act)?;
        if let Some(member) = self.members.get_mut(by)
            && !leaves
        {
            member.seen = *at;
        }
        Ok(touched)
    }

    fn join(
        &mut self,
        at: u64,
        id: MemberId,
        (name, role): (&str, Role),
        key: &Key,
        account: Option<String>,
    ) -> Result<Touched, Refusal> {
        if role == Role::Projector {
            return Err(Refusal::NotStudent);
        }
        if self.locked && role == Role::Student {
            return Err(Refusal::Locked);
        }
        if self.members.len() >= MOST_MEMBERS || id.0 == u32::MAX {
            return Err(Refusal::Full);
        }
        let is_taken = self.names.contains(name) || self.keys.contains_key(key);
        let is_long = name.is_empty() || name.chars().count() > LONGEST_NAME;
        if is_taken || is_long || id.0 < self.next {
            return Err(Refusal::NameTaken);
        }
        self.next = id.0 + 1;
        let member = Member {
            id,
            name: name.to_owned(),
            account,
            role,
            key: key.clone(),
            here: None,
            place: Place::default(),
            hand: None,
            done: false,
            seen: at,
            removed: false,
        };
        self.keys.insert(key.clone(), id);
        self.names.insert(name);
        self.members.insert(id, member);
        Ok(Touched::member(id))
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each act")]
    fn carry_out(&mut self, at: u64, by: MemberId, act: &Act) -> Result<Touched, Refusal> {
        let is_student = self.is_student(by);
        match act {
            Act::Join { .. } => Err(Refusal::NameTaken),
            Act::Come => Ok(self.with(by, |member| {
                let is_new = member.here.is_none();
                member.here.get_or_insert(at);
                is_new
            })),
            Act::Leave => Ok(self.with(by, |member| member.here.take().is_some())),
            Act::Pause => Ok(class_if(self.pause())),
            Act::Look(place) => {
                if let Some(step) = &place.step {
                    check_step(step)?;
                }
                Ok(self.with(by, |member| set(&mut member.place, place.clone())))
            }
            Act::Hand { up } => Ok(self.with(by, |member| {
                let is_new = member.hand.is_some() != *up;
                member.hand = up.then(|| member.hand.unwrap_or(at));
                is_new
            })),
            Act::Done { done } => Ok(self.with(by, |member| set(&mut member.done, *done))),
            Act::Move { position } => self.go(by, position),
            Act::Answer { .. } | Act::Work { .. } | Act::Hint { .. } if !is_student => {
                Err(Refusal::NotStudent)
            }
            Act::Answer {
                question,
                round,
                number,
                typed,
                verdict,
            } => {
                let given = Given {
                    typed: typed.clone(),
                    verdict: verdict.clone(),
                    tries: *number,
                    at,
                };
                self.answer(by, (*question, *round), given)
            }
            Act::Work {
                step,
                number,
                typed,
                verdict,
            } => {
                self.check_work(step)?;
                let given = Given {
                    typed: typed.clone(),
                    verdict: verdict.clone(),
                    tries: *number,
                    at,
                };
                let known = self.work.get(step).and_then(|work| work.answers.get(&by));
                if !is_next(known, &given)? {
                    return Ok(Touched::nothing());
                }
                let freed = self.freed;
                let work = self.work.entry(step.clone()).or_default();
                work.begin(by, freed);
                work.answers.insert(by, given);
                Ok(Touched::member(by))
            }
            Act::Hint { step, shown } => self.hint(by, step.as_ref(), *shown),
            Act::Free { until } => {
                self.freed.get_or_insert(at);
                Ok(self.set_pace(Pace::Free { until: *until }))
            }
            Act::Gather => {
                self.freed = None;
                Ok(self.set_pace(Pace::Together))
            }
            Act::HandOver { to } => self.hand_over(*to),
            Act::Ask { question } => self.ask(at, question),
            Act::Close => {
                let question = self.asked_mut()?;
                let is_new = question.phase == QuestionPhase::Open;
                if is_new {
                    question.phase = QuestionPhase::Closed;
                }
                Ok(class_if(is_new))
            }
            Act::Reveal => {
                let question = self.asked_mut()?;
                match question.phase {
                    QuestionPhase::Open => Err(Refusal::StillOpen),
                    QuestionPhase::Closed => {
                        question.phase = QuestionPhase::Revealed;
                        Ok(Touched::all())
                    }
                    QuestionPhase::Revealed => Ok(Touched::nothing()),
                }
            }
            Act::VoteAgain => {
                let question = self.asked_mut()?;
                match question.phase {
                    QuestionPhase::Open => Err(Refusal::StillOpen),
                    QuestionPhase::Closed if question.votes.len() < VOTES => {
                        question.vote_again(at);
                        Ok(Touched::all())
                    }
                    _ => Err(Refusal::NoMoreVotes),
                }
            }
            Act::PutAway => {
                let question = self.asked_mut()?;
                if question.phase == QuestionPhase::Open {
                    question.phase = QuestionPhase::Closed;
                }
                self.asks = false;
                Ok(Touched::all())
            }
            Act::Lock { locked } => Ok(class_if(set(&mut self.locked, *locked))),
            Act::Rename { member, name } => self.rename(*member, name),
            Act::Remove { member } => self.remove(*member),
            Act::Restore { member } => {
                self.existing(*member)?;
                let touched = self.with(*member, |member| set(&mut member.removed, false));
                Ok(self.counted_anew(touched))
            }
            Act::LowerHand { member } => {
                let mut touched = Touched::nothing();
                for other in self.members.values_mut() {
                    if member.is_none_or(|member| member == other.id) && other.hand.take().is_some()
                    {
                        touched.members.push(other.id);
                    }
                }
                Ok(touched)
            }
            Act::End => {
                self.ended = true;
                Ok(Touched::class())
            }
        }
    }

    /// Changes a member; `change` returns whether anything is new.
    fn with(&mut self, id: MemberId, change: impl FnOnce(&mut Member) -> bool) -> Touched {
        let is_new = self.members.get_mut(&id).is_some_and(change);
        if is_new {
            Touched::member(id)
        } else {
            Touched::nothing()
        }
    }

    fn existing(&self, id: MemberId) -> Result<&Member, Refusal> {
        self.members.get(&id).ok_or(Refusal::NoMember)
    }

    fn is_student(&self, id: MemberId) -> bool {
        let member = self.members.get(&id);
        member.is_some_and(|member| member.role == Role::Student)
    }

    /// Returns the question on the screens.
    fn asked_mut(&mut self) -> Result<&mut Question, Refusal> {
        let question = self.questions.last_mut().filter(|_| self.asks);
        question.ok_or(Refusal::NoQuestion)
    }

    fn go(&mut self, by: MemberId, position: &Position) -> Result<Touched, Refusal> {
        if self.is_student(by) && self.driver != Some(by) {
            return Err(Refusal::NotDriving);
        }
        let step = position.opened.first().copied().unwrap_or(position.step);
        check_step(&StepRef {
            lesson: position.lesson.clone(),
            step,
        })?;
        // All that is told to everybody is short.
        let changes =
            serde_json::to_string(&(&position.changes, &position.lab)).unwrap_or_default();
        if !message::can_be_shown(&changes) {
            return Err(Refusal::Unseen);
        }
        let is_asked = self.asks
            && self
                .questions
                .last()
                .is_some_and(|question| question.asked.step.is_some());
        if is_asked && position.has_other_numbers() {
            return Err(Refusal::IsAsked);
        }
        let is_long = position.opened.len() > MOST_OPENED || position.shown.len() > MOST_OPENED;
        if is_long || changes.len() > MOST_CHANGED {
            return Err(Refusal::TooMuch);
        }
        let is_known = self.reached.contains_key(&position.lesson);
        if !is_known && self.reached.len() >= MOST_LESSONS {
            return Err(Refusal::TooMuch);
        }
        let reached = self.reached.entry(position.lesson.clone()).or_default();
        *reached = step.max(*reached);
        if !self.is_at(&position.lesson) && self.pace != (Pace::Free { until: None }) {
            // The step was one of the lesson before.
            self.pace = Pace::Together;
            self.freed = None;
        }
        Ok(class_if(set(&mut self.position, Some(position.clone()))))
    }

    /// Pauses the run in the lab. Returns whether it played.
    fn pause(&mut self) -> bool {
        self.position.as_mut().is_some_and(Position::pause)
    }

    fn set_pace(&mut self, pace: Pace) -> Touched {
        let mut touched = class_if(set(&mut self.pace, pace));
        if touched.class {
            // What comes now is other work.
            let done = self.members.values_mut().filter(|member| member.done);
            touched.members = done
                .map(|member| {
                    member.done = false;
                    member.id
                })
                .collect();
        }
        touched
    }

    fn hand_over(&mut self, to: Option<MemberId>) -> Result<Touched, Refusal> {
        if let Some(to) = to {
            let member = self.existing(to)?;
            if !member.counts() {
                return Err(Refusal::NotStudent);
            }
        }
        let before = self.driver;
        if !set(&mut self.driver, to) {
            return Ok(Touched::nothing());
        }
        // Whoever leads now has not begun it.
        self.pause();
        Ok(Touched {
            class: true,
            everyone: false,
            members: before.into_iter().chain(to).collect(),
        })
    }

    fn ask(&mut self, at: u64, asked: &Asked) -> Result<Touched, Refusal> {
        let texts = asked.text.iter().chain(&asked.options).chain(&asked.answer);
        let is_large = texts.map(String::len).sum::<usize>() > LARGEST_QUESTION
            || asked.options.len() > MOST_OPTIONS;
        if is_large || self.questions.len() >= MOST_QUESTIONS {
            return Err(Refusal::TooMuch);
        }
        if let Some(step) = &asked.step {
            check_step(step)?;
        }
        if let Some(before) = self.questions.last_mut()
            && before.phase == QuestionPhase::Open
        {
            before.phase = QuestionPhase::Closed;
        }
        // There are at most 500.
        let number = u32::try_from(self.questions.len() + 1).unwrap_or(u32::MAX);
        let question = Question::new(QuestionId(number), asked.clone(), at);
        self.questions.push(question);
        self.asks = true;
        Ok(Touched::all())
    }

    fn answer(
        &mut self,
        by: MemberId,
        (id, round): (QuestionId, usize),
        given: Given,
    ) -> Result<Touched, Refusal> {
        let question = self.asked_mut()?;
        if question.id != id {
            return Err(Refusal::NoQuestion);
        }
        if round != question.round() {
            return Err(Refusal::OtherVote);
        }
        let known = question.given(by, round);
        let is_new = is_next(known, &given);
        if is_new == Ok(false) {
            // It has arrived already, and was taken while that could be.
            return Ok(Touched::nothing());
        }
        if question.phase != QuestionPhase::Open {
            return Err(Refusal::Closed);
        }
        is_new?;
        question.take(by, given);
        Ok(Touched::member(by))
    }

    fn check_work(&self, step: &StepRef) -> Result<(), Refusal> {
        check_step(step)?;
        let is_known = self.work.contains_key(step);
        if !is_known && self.work.len() >= MOST_WORKED {
            return Err(Refusal::TooMuch);
        }
        let limit = self.limit(&step.lesson);
        if limit.is_some_and(|limit| step.step > limit) {
            return Err(Refusal::NotFreed);
        }
        Ok(())
    }

    fn hint(
        &mut self,
        by: MemberId,
        step: Option<&StepRef>,
        shown: usize,
    ) -> Result<Touched, Refusal> {
        if shown > MOST_HINTS {
            return Err(Refusal::TooMuch);
        }
        if let Some(step) = step {
            self.check_work(step)?;
        }
        // Nothing is kept of a step at which nothing was done.
        if shown == 0 {
            return Ok(Touched::nothing());
        }
        let hints = if let Some(step) = step {
            let freed = self.freed;
            let work = self.work.entry(step.clone()).or_default();
            work.begin(by, freed);
            &mut work.hints
        } else {
            let question = self.asked_mut()?;
            if question.phase != QuestionPhase::Open {
                return Err(Refusal::Closed);
            }
            &mut question.hints
        };
        let before = hints.get(&by).copied().unwrap_or(0);
        if shown <= before {
            return Ok(Touched::nothing());
        }
        hints.insert(by, shown);
        Ok(Touched::member(by))
    }

    fn rename(&mut self, id: MemberId, name: &str) -> Result<Touched, Refusal> {
        let before = self.existing(id)?.name.clone();
        let is_taken = self.names.contains(name) && before != name;
        if is_taken || name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Refusal::NameTaken);
        }
        self.names.remove(&before);
        self.names.insert(name);
        Ok(self.with(id, |member| set(&mut member.name, name.to_owned())))
    }

    fn remove(&mut self, id: MemberId) -> Result<Touched, Refusal> {
        if self.existing(id)?.role != Role::Student {
            return Err(Refusal::NotStudent);
        }
        let mut touched = self.with(id, |member| {
            member.hand = None;
            set(&mut member.removed, true)
        });
        if self.driver == Some(id) {
            self.driver = None;
            self.pause();
            touched.class = true;
        }
        Ok(self.counted_anew(touched))
    }

    /// Adds the tally on the screens to what has changed: somebody else counts now.
    const fn counted_anew(&self, mut touched: Touched) -> Touched {
        touched.class |= self.asks && !touched.members.is_empty();
        touched
    }
}

/// The largest number of epochs that are open within each other.
const MOST_OPENED: usize = 16;
/// The most bytes that the changes of a position take.
const MOST_CHANGED: usize = 8 * 1024;
/// The largest number of lessons that a class goes to.
const MOST_LESSONS: usize = 1_000;

/// Sets a value, and returns whether it is another one.
fn set<T: PartialEq>(to: &mut T, new: T) -> bool {
    let is_new = *to != new;
    *to = new;
    is_new
}

fn class_if(changed: bool) -> Touched {
    if changed {
        Touched::class()
    } else {
        Touched::nothing()
    }
}

fn check_step(step: &StepRef) -> Result<(), Refusal> {
    if step.lesson.len() > LONGEST_LESSON {
        return Err(Refusal::TooMuch);
    }
    Ok(())
}

/// Returns whether an answer is the next one of a member, or `false` if it is the last one once more.
fn is_next(known: Option<&Given>, given: &Given) -> Result<bool, Refusal> {
    let before = known.map_or(0, |known| known.tries);
    let verdict = &given.verdict;
    let feedback = verdict.feedback.iter().map(String::len);
    let slips = verdict.slips.iter();
    let size: usize = feedback
        .chain(slips.map(|found| found.slip.len() + found.text.len()))
        .sum();
    let is_large = size > LARGEST_VERDICT || verdict.chosen.len() > MOST_OPTIONS;
    if given.typed.chars().count() > LONGEST || is_large || given.tries > MOST_TRIES {
        return Err(Refusal::TooMuch);
    }
    if given.tries == before + 1 {
        return Ok(true);
    }
    match known {
        Some(known) if given.tries == before && given.typed == known.typed => Ok(false),
        _ => Err(Refusal::Stale),
    }
}
