//! The results of a class: a row a student, a column a question.

use serde::Serialize;

use super::question::{Given, StepRef};
use super::{Class, MemberId, QuestionId};
use crate::tutor::Outcome;

/// The results of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The questions: those put to the class, one column a vote, then those answered at everybody's own pace.
    pub columns: Vec<ResultsColumn>,
    /// The students in the order in which they have joined, without those who were removed.
    pub rows: Vec<ResultsRow>,
}

/// A question in the results.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultsColumn {
    /// Its number, if it was put to the class.
    pub question: Option<QuestionId>,
    /// The vote, from 1.
    pub round: usize,
    /// The step whose question it is.
    pub step: Option<StepRef>,
    /// The question in words; empty for one that was answered at everybody's own pace.
    pub text: String,
}

/// A student in the results.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultsRow {
    /// The number.
    pub member: MemberId,
    /// The name.
    pub name: String,
    /// The account on the host, if that tells who it is.
    pub account: Option<String>,
    /// One for each column; `None` where the student has done nothing.
    pub cells: Vec<Option<ResultsCell>>,
}

/// What a student has done about a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultsCell {
    /// The last answer as it was typed; empty if there were only hints.
    pub answer: String,
    /// Its grade.
    pub outcome: Option<Outcome>,
    /// The number of answers given.
    pub tries: usize,
    /// The number of hints seen.
    pub hints: usize,
    /// The letters of the options that were chosen, however they were typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub chosen: String,
    /// The names of the slips that it shows.
    pub slips: Vec<String>,
    /// The same in the words of the screens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slip_texts: Vec<String>,
    /// The seconds from the opening of the vote, or from when everybody was freed, to the last answer.
    pub seconds: Option<u64>,
}

impl ResultsCell {
    fn of(given: Option<&Given>, hints: usize, opened: Option<u64>) -> Option<Self> {
        if given.is_none() && hints == 0 {
            return None;
        }
        let verdict = given.map(|given| &given.verdict);
        let slips = verdict.map_or(&[][..], |verdict| &verdict.slips);
        Some(Self {
            answer: given.map_or_else(String::new, |given| given.typed.clone()),
            outcome: verdict.map(|verdict| verdict.outcome),
            tries: given.map_or(0, |given| given.tries),
            hints,
            chosen: letters(verdict.map_or(&[][..], |verdict| &verdict.chosen)),
            slips: slips.iter().map(|found| found.slip.clone()).collect(),
            slip_texts: slips.iter().map(|found| found.text.clone()).collect(),
            seconds: given
                .zip(opened)
                .map(|(given, opened)| given.at.saturating_sub(opened) / 1_000),
        })
    }
}

/// Returns the letters of options in their order: `a c`.
fn letters(chosen: &[usize]) -> String {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    let letters = chosen.into_iter().filter_map(|at| ('a'..='z').nth(at));
    letters.map(String::from).collect::<Vec<_>>().join(" ")
}

impl Class {
    /// Returns the results so far.
    pub fn results(&self) -> Results {
        let votes = || {
            let questions = self.questions().iter();
            questions
                .flat_map(|question| (1..=question.round()).map(move |round| (question, round)))
        };
        let asked = votes().map(|(question, round)| ResultsColumn {
            question: Some(question.id),
            round,
            step: question.asked.step.clone(),
            text: question.asked.text.join(" "),
        });
        let worked = self.work.keys().map(|step| ResultsColumn {
            question: None,
            round: 1,
            step: Some(step.clone()),
            text: String::new(),
        });
        let cells = |id: MemberId| {
            let asked = votes().map(move |(question, round)| {
                let opened = question.opened(round);
                // A hint is for the question, whichever vote was open.
                let hints = if round == 1 { question.hints(id) } else { 0 };
                ResultsCell::of(question.given(id, round), hints, opened)
            });
            let worked = self.work.values().map(move |work| {
                let hints = work.hints.get(&id).copied().unwrap_or(0);
                let freed = work.freed.get(&id).copied();
                ResultsCell::of(work.answers.get(&id), hints, freed)
            });
            asked.chain(worked).collect()
        };
        Results {
            columns: asked.chain(worked).collect(),
            rows: self
                .members()
                .filter(|member| member.counts())
                .map(|member| ResultsRow {
                    member: member.id,
                    name: member.name.clone(),
                    account: member.account.clone(),
                    cells: cells(member.id),
                })
                .collect(),
        }
    }
}
