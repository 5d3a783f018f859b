//! What each may see of a class: all, a member of their own, a teacher, the projector.

use serde::{Deserialize, Serialize};

use super::event::{Place, Role};
use super::member::Member;
use super::question::{
    Asked, AskedKind, Given, Question, QuestionPhase, SlipFound, StepRef, Tally,
};
use super::{Class, MemberId, Pace, QuestionId};
use crate::session::Position;
use crate::tutor::Outcome;

/// What all in a class see, which is the same for all of them. Its size does not grow with the class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassView {
    /// Where the class stands; `None` before a teacher has gone anywhere.
    #[serde(default)]
    pub position: Option<Position>,
    /// The number of the last step of this lesson that a student may go to; `None` if that is any.
    #[serde(default)]
    pub limit: Option<usize>,
    /// The pace.
    #[serde(default)]
    pub pace: Pace,
    /// Who drives.
    #[serde(default)]
    pub driver: Driver,
    /// The question on the screens.
    #[serde(default)]
    pub question: Option<QuestionView>,
    /// Whether the class has ended.
    #[serde(default)]
    pub ended: bool,
}

/// Who drives a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// The teachers.
    #[default]
    Teacher,
    /// A student, and the teachers too.
    Student,
}

/// A question as all see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionView {
    /// Its number.
    pub id: QuestionId,
    /// The number of the vote, from 1.
    pub round: usize,
    /// Whether it can be answered.
    pub phase: QuestionPhase,
    /// The step whose question it is, or whose number is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepRef>,
    /// The 0-based row and column of the number of that step, if another one than its author's is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<(usize, usize)>,
    /// The kind of answer.
    pub kind: AskedKind,
    /// The form that an answer must have, in a few words: `4 numbers, row by row`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// The question in words, a paragraph each.
    pub text: Vec<String>,
    /// The options, in the order of their letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The tally of each vote that is closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tallies: Vec<TallyView>,
    /// The answer in words, once it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Vec<String>>,
    /// The 0-based numbers of the right options, once the answer is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<usize>,
}

/// A tally as all see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyView {
    /// The number of answers.
    pub answers: usize,
    /// How many have chosen each option, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<usize>,
    /// All of it, once the answer is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Tally>,
}

/// What a student may see: what all see, and their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudentView {
    /// What all see.
    pub class: ClassView,
    /// Their own.
    pub own: OwnView,
}

/// What a member sees of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnView {
    /// The number.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// What they are in the class.
    pub role: Role,
    /// Whether a hand is up.
    #[serde(default)]
    pub hand: bool,
    /// Whether they have said that their work is done.
    #[serde(default)]
    pub done: bool,
    /// Whether they drive.
    #[serde(default)]
    pub drives: bool,
    /// The number of hints seen for the question on the screens.
    #[serde(default)]
    pub hints: usize,
    /// Their answer in each vote on that question, where they gave one.
    #[serde(default)]
    pub answers: Vec<OwnAnswer>,
}

/// An answer of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnAnswer {
    /// The question.
    pub question: QuestionId,
    /// The vote, from 1.
    pub round: usize,
    /// The answer as it was typed.
    pub typed: String,
    /// The number of answers given so far.
    pub tries: usize,
    /// What became of it, once the answer is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<OwnResult>,
}

/// What became of an answer of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnResult {
    /// The grade.
    pub outcome: Outcome,
    /// The slips that it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<SlipFound>,
    /// What the tutor says of it, a paragraph each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<String>,
}

/// An answer of one's own to a question of the lesson, given at one's own pace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnWork {
    /// The step that asks it.
    pub step: StepRef,
    /// The last answer as it was typed; empty if there were only hints.
    pub typed: String,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The number of answers given.
    pub tries: usize,
    /// The number of hints seen.
    pub hints: usize,
}

/// What a teacher sees, without the members: those come as [`MemberRow`]s.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TeacherView {
    /// What all see.
    pub class: ClassView,
    /// The members, counted.
    pub counts: Counts,
    /// The question on the screens with its answer.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// The tally of each of its votes, also while it is open.
    #[serde(default)]
    pub tallies: Vec<Tally>,
    /// The tally of the question of the step that the class stands at, answered at everybody's own pace.
    #[serde(default)]
    pub work: Option<Tally>,
    /// The student who drives.
    #[serde(default)]
    pub driver: Option<MemberId>,
    /// Whether nobody new can join.
    #[serde(default)]
    pub locked: bool,
    /// What is wrong with keeping the journal of the class; the class goes on.
    #[serde(default)]
    pub trouble: Option<String>,
    /// The join code that always lets in, once somebody has guessed at the teacher's too often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_code: Option<String>,
}

/// What the projector shows: no name, and no answer of anybody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectorView {
    /// What all see.
    pub class: ClassView,
    /// The members, counted.
    pub counts: Counts,
}

/// The students of a class, counted; those that were removed are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All who have joined.
    pub joined: usize,
    /// Those with a line to the class.
    pub here: usize,
    /// Of these, those who follow.
    pub following: usize,
    /// Of these, those who have answered in the vote that was opened last.
    pub answered: usize,
    /// Of these, those with a hand up.
    pub hands: usize,
    /// Of these, those who have said that their work is done.
    pub done: usize,
}

/// A member as a teacher sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The number.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The account on the host, if that tells who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What they are in the class.
    pub role: Role,
    /// Since when there is a line to them, in milliseconds since 1970; `None` while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<u64>,
    /// Whether a teacher has removed them.
    #[serde(default)]
    pub removed: bool,
    /// Where they look.
    #[serde(default)]
    pub place: Place,
    /// Since when a hand is up, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<u64>,
    /// Whether they have said that their work is done.
    #[serde(default)]
    pub done: bool,
    /// When they last did something, in milliseconds since 1970.
    pub seen: u64,
    /// Their answer in the vote that was opened last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<RowAnswer>,
    /// The number of hints seen for the question on the screens.
    #[serde(default)]
    pub hints: usize,
    /// Their answer to the question of the step that they look at, given at their own pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<RowAnswer>,
    /// The number of hints seen for that question.
    #[serde(default)]
    pub work_hints: usize,
}

/// An answer of a member as a teacher sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowAnswer {
    /// The answer as it was typed.
    pub typed: String,
    /// The grade.
    pub outcome: Outcome,
    /// The slips that it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<SlipFound>,
    /// The number of answers given so far.
    pub tries: usize,
    /// When it was given, in milliseconds since 1970.
    pub at: u64,
}

impl From<&Given> for RowAnswer {
    fn from(given: &Given) -> Self {
        Self {
            typed: given.typed.clone(),
            outcome: given.verdict.outcome,
            slips: given.verdict.slips.clone(),
            tries: given.tries,
            at: given.at,
        }
    }
}

impl QuestionView {
    fn of(question: &Question, tallies: Vec<Tally>) -> Self {
        let Question {
            id, asked, phase, ..
        } = question;
        let is_revealed = *phase == QuestionPhase::Revealed;
        let closed = match phase {
            QuestionPhase::Open => question.round() - 1,
            QuestionPhase::Closed | QuestionPhase::Revealed => question.round(),
        };
        let tallies = tallies.into_iter().take(closed);
        Self {
            id: *id,
            round: question.round(),
            phase: *phase,
            step: asked.step.clone(),
            cell: asked.cell,
            kind: asked.kind,
            form: asked.form.clone(),
            text: asked.text.clone(),
            options: asked.options.clone(),
            tallies: tallies
                .map(|tally| TallyView {
                    answers: tally.answers,
                    options: tally.options.clone(),
                    whole: is_revealed.then_some(tally),
                })
                .collect(),
            answer: is_revealed.then(|| asked.answer.clone()),
            right: if is_revealed {
                asked.right.clone()
            } else {
                Vec::new()
            },
        }
    }
}

impl Class {
    fn tallies(&self, question: &Question) -> Vec<Tally> {
        question.tallies(|id| self.counts(id))
    }

    fn counts(&self, id: MemberId) -> bool {
        self.member(id).is_some_and(Member::counts)
    }

    /// Returns what all see.
    pub fn view(&self) -> ClassView {
        let lesson = self.position().map(|position| position.lesson.as_str());
        ClassView {
            position: self.position().cloned(),
            limit: self.limit(lesson.unwrap_or_default()),
            pace: self.pace(),
            driver: match self.driver() {
                Some(_) => Driver::Student,
                None => Driver::Teacher,
            },
            question: self
                .question()
                .map(|question| QuestionView::of(question, self.tallies(question))),
            ended: self.has_ended(),
        }
    }

    /// Returns what a member sees of their own.
    pub fn own_view(&self, id: MemberId) -> Option<OwnView> {
        let member = self.member(id)?;
        let question = self.question();
        Some(OwnView {
            id,
            name: member.name.clone(),
            role: member.role,
            hand: member.hand.is_some(),
            done: member.done,
            drives: self.driver() == Some(id),
            hints: question.map_or(0, |question| question.hints(id)),
            answers: question.map_or_else(Vec::new, |question| own_answers(question, id)),
        })
    }

    /// Returns what a student may see.
    pub fn student_view(&self, id: MemberId) -> Option<StudentView> {
        Some(StudentView {
            class: self.view(),
            own: self.own_view(id)?,
        })
    }

    /// Returns the answers of a member to questions of the lessons, given at their own pace.
    pub fn own_work(&self, id: MemberId) -> Vec<OwnWork> {
        let work = self.work.iter().filter_map(|(step, work)| {
            let given = work.answers.get(&id);
            let hints = work.hints.get(&id).copied();
            (given.is_some() || hints.is_some()).then(|| OwnWork {
                step: step.clone(),
                typed: given.map_or_else(String::new, |given| given.typed.clone()),
                outcome: given.map(|given| given.verdict.outcome),
                tries: given.map_or(0, |given| given.tries),
                hints: hints.unwrap_or(0),
            })
        });
        work.collect()
    }

    /// Returns the members, counted.
    pub fn tally_members(&self) -> Counts {
        let mut counts = Counts::default();
        let question = self.question();
        for member in self.members().filter(|member| member.counts()) {
            let is_here = member.here.is_some();
            let has_answered =
                |question: &Question| question.given(member.id, question.round()).is_some();
            counts.joined += 1;
            counts.here += usize::from(is_here);
            counts.following += usize::from(is_here && member.place.follows);
            // What is compared with those who are here counts them alone.
            counts.answered += usize::from(is_here && question.is_some_and(has_answered));
            counts.hands += usize::from(is_here && member.hand.is_some());
            counts.done += usize::from(is_here && member.done);
        }
        counts
    }

    /// Returns the tally of the question of a step, answered at everybody's own pace; `None` if nobody has.
    pub fn work_tally(&self, step: &StepRef) -> Option<Tally> {
        let work = self.work.get(step)?;
        let given = work.answers.iter().filter(|(id, _)| self.counts(**id));
        let verdicts: Vec<_> = given.map(|(_, given)| &given.verdict).collect();
        let options = verdicts.iter().flat_map(|verdict| &verdict.chosen).max();
        (!verdicts.is_empty()).then(|| Tally::of(options.map_or(0, |most| most + 1), verdicts))
    }

    /// Returns the step that the class stands at.
    fn step(&self) -> Option<StepRef> {
        self.position().map(|position| StepRef {
            lesson: position.lesson.clone(),
            step: position.step,
        })
    }

    /// Returns what a teacher sees, without the members.
    pub fn teacher_view(&self) -> TeacherView {
        let question = self.question();
        TeacherView {
            class: self.view(),
            counts: self.tally_members(),
            asked: question.map(|question| question.asked.clone()),
            tallies: question.map_or_else(Vec::new, |question| self.tallies(question)),
            work: self.step().and_then(|step| self.work_tally(&step)),
            driver: self.driver(),
            locked: self.is_locked(),
            trouble: None,
            long_code: None,
        }
    }

    /// Returns what the projector shows.
    pub fn projector_view(&self) -> ProjectorView {
        ProjectorView {
            class: self.view(),
            counts: self.tally_members(),
        }
    }

    /// Returns a member as a teacher sees them.
    pub fn row(&self, id: MemberId) -> Option<MemberRow> {
        let member = self.member(id)?;
        let question = self.question();
        let answer = question.and_then(|question| question.given(id, question.round()));
        // Who follows is where the class is, and tells no step.
        let place = &member.place;
        let step = if place.follows && self.pace() == Pace::Together {
            self.step()
        } else {
            place.step.clone()
        };
        let worked = step.and_then(|step| self.work.get(&step));
        let work = worked.and_then(|worked| worked.answers.get(&id));
        let work_hints = worked.and_then(|worked| worked.hints.get(&id));
        Some(MemberRow {
            id,
            name: member.name.clone(),
            account: member.account.clone(),
            role: member.role,
            here: member.here,
            removed: member.removed,
            place: member.place.clone(),
            hand: member.hand,
            done: member.done,
            seen: member.seen,
            answer: answer.map(RowAnswer::from),
            hints: question.map_or(0, |question| question.hints(id)),
            work: work.map(RowAnswer::from),
            work_hints: work_hints.copied().unwrap_or(0),
        })
    }
}

/// Returns the answers of a member to a question.
fn own_answers(question: &Question, id: MemberId) -> Vec<OwnAnswer> {
    let is_revealed = question.phase == QuestionPhase::Revealed;
    let votes =
        (1..=question.round()).filter_map(|round| Some((round, question.given(id, round)?)));
    votes
        .map(|(round, given)| OwnAnswer {
            question: question.id,
            round,
            typed: given.typed.clone(),
            tries: given.tries,
            result: is_revealed.then(|| OwnResult {
                outcome: given.verdict.outcome,
                slips: given.verdict.slips.clone(),
                feedback: given.verdict.feedback.clone(),
            }),
        })
        .collect()
}
