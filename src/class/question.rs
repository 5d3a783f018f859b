//! Questions to the class, the answers of its members, and their tallies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MemberId, QuestionId};
use crate::tutor::Outcome;

/// A step of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepRef {
    /// The name of the lesson.
    pub lesson: String,
    /// The 1-based number of the step.
    pub step: usize,
}

/// A question as it is put to the class. What its right answer is stays with the teachers until it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The step whose question it is, or whose number is asked for; `None` if it was made on the spot.
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
    /// The options, in the order of their letters; empty for any other kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The 0-based numbers of the right options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<usize>,
    /// The answer in words, a paragraph each; may be empty.
    pub answer: Vec<String>,
    /// The number that answers a question made on the spot, with the greatest distance that is still right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<(f64, f64)>,
}

/// The kind of answer that a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedKind {
    /// One or several numbers.
    Numbers,
    /// The author's question about a number of the step: a shape, a sign, a direction.
    Words,
    /// One or several of the options.
    Options,
    /// A text, which is not judged.
    Open,
}

/// The tutor's verdict on an answer, as the class keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The grade.
    pub outcome: Outcome,
    /// The 0-based numbers of the options that were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<usize>,
    /// The slips that give exactly this answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<SlipFound>,
    /// What the tutor says of it, a paragraph each. Of a wrong answer it does not tell the right one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<String>,
}

/// A slip that an answer shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SlipFound {
    /// The name under which it is stored.
    pub slip: String,
    /// What it is in a few words: `ψ left out`.
    pub text: String,
}

/// Whether a question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionPhase {
    /// It can be answered, and the answer changed.
    Open,
    /// It cannot any more; the tally is shown.
    Closed,
    /// The answer is shown too.
    Revealed,
}

/// A member's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The answer as it was typed.
    pub typed: String,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The number of answers given so far, this one included.
    pub tries: usize,
    /// When it was given, in milliseconds since 1970.
    pub at: u64,
}

/// A vote on a question: one answer each.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vote {
    /// When it was opened, in milliseconds since 1970.
    pub(super) opened: u64,
    pub(super) answers: BTreeMap<MemberId, Given>,
}

/// The answers to a question of the lesson, given by members at their own pace.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Worked {
    pub(super) answers: BTreeMap<MemberId, Given>,
    pub(super) hints: BTreeMap<MemberId, usize>,
    /// Since when they could work on their own, in milliseconds since 1970.
    pub(super) freed: BTreeMap<MemberId, u64>,
}

impl Worked {
    /// Notes since when a member could work on it, with the first that they do about it.
    pub(super) fn begin(&mut self, by: MemberId, freed: Option<u64>) {
        if !self.answers.contains_key(&by) && !self.hints.contains_key(&by) {
            self.freed.extend(freed.map(|freed| (by, freed)));
        }
    }
}

/// A question that was put to the class.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its number.
    pub id: QuestionId,
    /// The question.
    pub asked: Asked,
    /// Whether it can be answered.
    pub phase: QuestionPhase,
    /// The votes, one or two.
    pub(super) votes: Vec<Vote>,
    /// The number of hints each member has seen.
    pub(super) hints: BTreeMap<MemberId, usize>,
}

impl Question {
    pub(super) fn new(id: QuestionId, asked: Asked, opened: u64) -> Self {
        Self {
            id,
            asked,
            phase: QuestionPhase::Open,
            votes: vec![Vote {
                opened,
                ..Vote::default()
            }],
            hints: BTreeMap::new(),
        }
    }

    /// Returns the number of the vote, from 1.
    pub fn round(&self) -> usize {
        self.votes.len()
    }

    /// Returns when a vote, counted from 1, was opened, in milliseconds since 1970.
    pub fn opened(&self, round: usize) -> Option<u64> {
        Some(self.votes.get(round.checked_sub(1)?)?.opened)
    }

    /// Returns the answer of a member in a vote, counted from 1.
    pub fn given(&self, member: MemberId, round: usize) -> Option<&Given> {
        self.votes.get(round.checked_sub(1)?)?.answers.get(&member)
    }

    /// Opens one vote more.
    pub(super) fn vote_again(&mut self, at: u64) {
        self.phase = QuestionPhase::Open;
        self.votes.push(Vote {
            opened: at,
            ..Vote::default()
        });
    }

    /// Takes an answer to the vote that is open, in place of the one before.
    pub(super) fn take(&mut self, by: MemberId, given: Given) {
        if let Some(vote) = self.votes.last_mut() {
            vote.answers.insert(by, given);
        }
    }

    /// Returns the number of hints that a member has seen.
    pub fn hints(&self, member: MemberId) -> usize {
        self.hints.get(&member).copied().unwrap_or(0)
    }

    /// Returns the tally of each vote, of the members that count.
    pub(super) fn tallies(&self, counts: impl Fn(MemberId) -> bool) -> Vec<Tally> {
        let options = self.asked.options.len();
        let votes = self.votes.iter();
        votes
            .map(|vote| {
                let given = vote.answers.iter().filter(|(member, _)| counts(**member));
                Tally::of(options, given.map(|(_, given)| &given.verdict))
            })
            .collect()
    }
}

/// The answers to a question, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The number of answers.
    pub answers: usize,
    /// How many are right.
    pub right: usize,
    /// How many are right but incomplete.
    pub partly: usize,
    /// How many are wrong.
    pub wrong: usize,
    /// How many have chosen each option, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<usize>,
    /// How many show each slip, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<SlipCount>,
}

/// How many answers show a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipCount {
    /// The slip.
    #[serde(flatten)]
    pub found: SlipFound,
    /// The number of answers.
    pub count: usize,
}

impl Tally {
    /// Returns the tally of verdicts on a question with so many options.
    pub fn of<'v>(options: usize, verdicts: impl IntoIterator<Item = &'v Verdict>) -> Self {
        let mut tally = Self {
            options: vec![0; options],
            ..Self::default()
        };
        let mut slips: BTreeMap<&SlipFound, usize> = BTreeMap::new();
        for verdict in verdicts {
            tally.answers += 1;
            match verdict.outcome {
                Outcome::Right => tally.right += 1,
                Outcome::Partly => tally.partly += 1,
                Outcome::Wrong => tally.wrong += 1,
                Outcome::Open => {}
            }
            let mut chosen = verdict.chosen.clone();
            chosen.sort_unstable();
            chosen.dedup();
            for option in chosen {
                if let Some(count) = tally.options.get_mut(option) {
                    *count += 1;
                }
            }
            // Where several slips give the same number, the first is the likeliest; a wrong answer counts once.
            if let Some(slip) = verdict.slips.first() {
                *slips.entry(slip).or_default() += 1;
            }
        }
        let slips = slips.into_iter().map(|(found, count)| SlipCount {
            found: found.clone(),
            count,
        });
        tally.slips = slips.collect();
        tally
            .slips
            .sort_by_key(|slip| std::cmp::Reverse(slip.count));
        tally
    }
}
