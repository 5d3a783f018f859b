//! What happens in a class, and why something cannot happen.

use serde::{Deserialize, Serialize};

use super::question::{Asked, StepRef, Verdict};
use super::{MemberId, QuestionId};
use crate::session::Position;

/// Something that happens in a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Who does it; of [`Act::Join`], the new member.
    pub by: MemberId,
    /// What is done.
    pub act: Act,
}

/// What a member does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Act {
    /// Comes for the first time.
    Join {
        /// The name, as [`Class::name_for`](super::Class::name_for) gives it.
        name: String,
        /// What they are in the class.
        role: Role,
        /// How they are known when they come again.
        key: Key,
        /// The account on the host, if that tells who it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// Has a line to the class from now on.
    Come,
    /// Has none any more.
    Leave,
    /// Plays nothing in the lab any more: the line by which the class was led there has ended.
    Pause,
    /// Looks at a step, or follows.
    Look(Place),
    /// Answers the question that is asked, or changes the answer.
    Answer {
        /// The question.
        question: QuestionId,
        /// The vote that it belongs to, from 1.
        round: usize,
        /// The number of this answer among those of the member to this question and vote, from 1: so that one that is
        /// sent again is known.
        number: usize,
        /// The answer as it was typed.
        typed: String,
        /// The tutor's verdict on it.
        verdict: Verdict,
    },
    /// Answers a question of the lesson at one's own pace.
    Work {
        /// The step that asks it.
        step: StepRef,
        /// As in [`Act::Answer`].
        number: usize,
        /// The answer as it was typed.
        typed: String,
        /// The tutor's verdict on it.
        verdict: Verdict,
    },
    /// Takes a hint for the question that is asked or, with a step, for one of the lesson.
    Hint {
        /// The step; `None` for the question that is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepRef>,
        /// The number of hints shown so far, this one included.
        shown: usize,
    },
    /// Raises a hand, or lowers it.
    Hand {
        /// Whether it is up.
        up: bool,
    },
    /// Says that the work is done, or that it is not.
    Done {
        /// Whether it is.
        done: bool,
    },
    /// Leads the class to a position: a teacher, or the student who drives.
    Move {
        /// The position.
        position: Position,
    },
    /// Lets everybody work on their own.
    Free {
        /// The number of the last step that they may go to; `None` for the whole lesson.
        until: Option<usize>,
    },
    /// Ends that.
    Gather,
    /// Lets a student drive, or takes it back.
    HandOver {
        /// The student; `None` for the teachers.
        to: Option<MemberId>,
    },
    /// Asks a question and opens its first vote.
    Ask {
        /// The question.
        question: Box<Asked>,
    },
    /// Closes the vote.
    Close,
    /// Shows the answer.
    Reveal,
    /// Opens a second vote on the question, whose answer has not been shown.
    VoteAgain,
    /// Takes the question off the screens.
    PutAway,
    /// Lets nobody in who has not been there, or does again.
    Lock {
        /// Whether the class is locked.
        locked: bool,
    },
    /// Gives a member another name.
    Rename {
        /// The member.
        member: MemberId,
        /// The name, as [`Class::name_for`](super::Class::name_for) gives it.
        name: String,
    },
    /// Removes a member, whose answers count no more.
    Remove {
        /// The member.
        member: MemberId,
    },
    /// Undoes that.
    Restore {
        /// The member.
        member: MemberId,
    },
    /// Lowers a hand, or all.
    LowerHand {
        /// The member; `None` for all.
        member: Option<MemberId>,
    },
    /// Ends the class.
    End,
}

impl Act {
    /// Returns whether it is only known as long as there is a line to the member: not worth keeping in a journal.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Come | Self::Leave | Self::Pause | Self::Look(_))
    }

    /// Returns whether only a teacher may do it.
    pub const fn is_of_teachers(&self) -> bool {
        match self {
            Self::Free { .. }
            | Self::Gather
            | Self::HandOver { .. }
            | Self::Ask { .. }
            | Self::Close
            | Self::Reveal
            | Self::VoteAgain
            | Self::PutAway
            | Self::Lock { .. }
            | Self::Rename { .. }
            | Self::Remove { .. }
            | Self::Restore { .. }
            | Self::LowerHand { .. }
            | Self::End => true,
            Self::Join { .. }
            | Self::Come
            | Self::Leave
            | Self::Pause
            | Self::Look(_)
            | Self::Answer { .. }
            | Self::Work { .. }
            | Self::Hint { .. }
            | Self::Hand { .. }
            | Self::Done { .. }
            // A student may drive.
            | Self::Move { .. } => false,
        }
    }
}

/// What somebody is in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Leads it.
    Teacher,
    /// Learns.
    Student,
    /// A screen for all, without names; it is no member.
    Projector,
}

/// How a member is known when they come again. What tells it is outside of the class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Key {
    /// By the number of the account on the host.
    Account {
        /// The number.
        uid: u32,
    },
    /// By the name that the owner of the class's door vouches for.
    Door {
        /// The name at the door.
        name: String,
    },
    /// By a name and a word, in an account that several share.
    Word {
        /// The number of the account.
        uid: u32,
        /// The word.
        word: String,
    },
    /// As a teacher, by name.
    Teacher {
        /// The name.
        name: String,
    },
}

/// Where somebody looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The step; `None` outside of lessons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepRef>,
    /// Whether they go where the class goes.
    pub follows: bool,
}

/// What an event has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Whether it is part of what all see: [`ClassView`](super::ClassView).
    pub class: bool,
    /// Whether it is part of what every member sees of their own.
    pub everyone: bool,
    /// The members of whom something has changed.
    pub members: Vec<MemberId>,
}

impl Touched {
    /// Returns whether nothing has changed: it was so already, or was done before.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn nothing() -> Self {
        Self::default()
    }

    pub(super) fn class() -> Self {
        Self {
            class: true,
            ..Self::default()
        }
    }

    pub(super) fn all() -> Self {
        Self {
            class: true,
            everyone: true,
            ..Self::default()
        }
    }

    pub(super) fn member(member: MemberId) -> Self {
        Self {
            members: vec![member],
            ..Self::default()
        }
    }

    /// Adds what another event has changed.
    pub fn add(&mut self, other: Self) {
        self.class |= other.class;
        self.everyone |= other.everyone;
        self.members.extend(other.members);
    }
}

/// The reason why something cannot happen, in words for the one who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No member has this number.
    #[error("There is nobody of that number in the class.")]
    NoMember,
    /// The member was removed.
    #[error("The teacher has taken you out of the class.")]
    Removed,
    /// Only a teacher may do it.
    #[error("Only a teacher can do that.")]
    NotTeacher,
    /// Only who drives may do it.
    #[error("Somebody else drives the class now.")]
    NotDriving,
    /// Only a student can do it, or have it done.
    #[error("That is for students.")]
    NotStudent,
    /// The class is locked.
    #[error("The class is locked: nobody new can join now.")]
    Locked,
    /// The class is full.
    #[error("The class is full.")]
    Full,
    /// Somebody has this name or key already, or it is no name.
    #[error("Somebody has come under this name already.")]
    NameTaken,
    /// The class has ended.
    #[error("The class has ended.")]
    Ended,
    /// No question is asked, or not this one.
    #[error("This question is not asked any more.")]
    NoQuestion,
    /// It is closed.
    #[error("The question is closed: answers cannot be changed any more.")]
    Closed,
    /// It is still open.
    #[error("The question is still open: close it first.")]
    StillOpen,
    /// The answer is for an earlier vote.
    #[error("This was the vote before.")]
    OtherVote,
    /// There are no more votes.
    #[error("There is no further vote on this question.")]
    NoMoreVotes,
    /// An answer after this one is known.
    #[error("A later answer of yours has arrived already.")]
    Stale,
    /// There are too many answers, questions, or characters.
    #[error("That is more than a class can keep.")]
    TooMuch,
    /// A text has a character that cannot be seen.
    #[error("There is something in it that cannot be seen.")]
    Unseen,
    /// A question about the numbers of the lesson is on the screens.
    #[error(
        "A question of the lesson is on the screens: put it away before you change its numbers."
    )]
    IsAsked,
    /// One cannot work ahead of what is freed.
    #[error("The class is not there yet.")]
    NotFreed,
}
