//! What travels between a hub and its clients: lines of JSON, one message each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    ClassView, MemberId, MemberRow, OwnView, OwnWork, Place, ProjectorView, QuestionId, Role,
    StepRef, TeacherView,
};
use crate::lesson::{Edit, Lesson, LessonError, Source, forbidden};
use crate::session::Position;

/// The version of these messages. A hub and a client of different versions do not understand each other.
pub const VERSION: u32 = 4;

/// The first message of a client: who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// What it wants to be.
    pub role: Role,
    /// The name that the door of the class vouches for; believed from the account of the hub's owner alone.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub door_name: Option<String>,
    /// The name that they want to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The join code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The word that goes with the name, of somebody who comes back in an account that several share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

impl Hello {
    /// Returns the first message of somebody who says nothing more than what they want to be.
    pub const fn new(role: Role) -> Self {
        Self {
            version: VERSION,
            role,
            door_name: None,
            name: None,
            code: None,
            word: None,
        }
    }
}

/// A message from a client to the hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ToHub {
    /// Says who it is: the first message, and only that.
    Hello(Hello),
    /// Asks for a lesson of the class.
    Fetch {
        /// Its name, as [`Welcome::lessons`] has it.
        lesson: String,
    },
    /// Says where the learner looks.
    Look(Place),
    /// Answers the question on the screens, or changes the answer.
    Answer {
        /// The question.
        question: QuestionId,
        /// The vote, from 1.
        round: usize,
        /// The number of this answer among one's own to this question and vote, from 1: one more than
        /// [`OwnAnswer::tries`](crate::class::OwnAnswer::tries). Sent again after a reconnection with the same number,
        /// it counts once.
        number: usize,
        /// The answer as it was typed; of options, their letters.
        typed: String,
    },
    /// Answers a question of the lesson at one's own pace.
    Work {
        /// The step that asks it.
        step: StepRef,
        /// The number of this answer among one's own to this question, from 1.
        number: usize,
        /// The answer as it was typed.
        typed: String,
    },
    /// Changes numbers of a lesson where that is asked for, at one's own pace. Whether the goal is reached is for the hub to
    /// find out.
    Try {
        /// The step that asks for it.
        step: StepRef,
        /// The changes, in the order in which they are made.
        edits: Vec<Edit>,
    },
    /// Tells that a hint has been seen.
    Hint {
        /// The step; `None` for the question on the screens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepRef>,
        /// The number of hints seen so far.
        shown: usize,
    },
    /// Raises the hand, or lowers it.
    Hand {
        /// Whether it is up.
        up: bool,
    },
    /// Says that the work is done, or is not.
    Done {
        /// Whether it is.
        done: bool,
    },
    /// Leads the class: a teacher, or the student who drives.
    Move {
        /// Where to.
        position: Position,
    },
    /// Lets everybody work on their own. This and what follows is a teacher's.
    Free {
        /// The number of the last step that they may go to; `None` for the whole lesson.
        #[serde(default)]
        until: Option<usize>,
    },
    /// Ends that.
    Gather,
    /// Lets a student drive, or takes it back.
    HandOver {
        /// The student; `None` for the teachers.
        #[serde(default)]
        to: Option<MemberId>,
    },
    /// Asks a question and opens it.
    Ask {
        /// The question.
        ask: ToAsk,
    },
    /// Closes it.
    Close,
    /// Shows its answer.
    Reveal,
    /// Opens a second vote.
    VoteAgain,
    /// Takes it off the screens.
    PutAway,
    /// Lets nobody new in, or does again.
    Lock {
        /// Whether the class is to be locked.
        locked: bool,
    },
    /// Gives a member another name.
    Rename {
        /// The member.
        member: MemberId,
        /// The name.
        name: String,
    },
    /// Removes a member.
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
        #[serde(default)]
        member: Option<MemberId>,
    },
    /// Ends the class, and the hub.
    End,
    /// Leaves.
    Leave,
}

/// A question that a teacher puts to the class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToAsk {
    /// The question that the author asks at a step or, where there is none, for a number of its result.
    Step {
        /// The step.
        step: StepRef,
        /// The 0-based row and column of the number; `None` for the author's question, or else the last number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<(usize, usize)>,
    },
    /// One with options, made on the spot.
    Options {
        /// The question.
        text: String,
        /// The options.
        options: Vec<String>,
        /// The 0-based numbers of those that are right; may be empty, then none is.
        #[serde(default)]
        right: Vec<usize>,
    },
    /// One for a number, made on the spot.
    Number {
        /// The question.
        text: String,
        /// The number.
        answer: f64,
        /// The greatest distance at which a number is still right.
        #[serde(default)]
        within: f64,
    },
    /// One that is not judged, made on the spot.
    Open {
        /// The question.
        text: String,
        /// What to compare with; may be empty.
        #[serde(default)]
        answer: String,
    },
}

/// A lesson that a class can go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonName {
    /// The name in positions.
    pub name: String,
    /// Its title.
    pub title: String,
}

/// The first message of the hub to a client that it lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`VERSION`].
    pub version: u32,
    /// The name of the class.
    pub class: String,
    /// The member; `None` for a projector.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// What they are in the class.
    pub role: Role,
    /// The name that they have in it.
    #[serde(default)]
    pub name: Option<String>,
    /// The word to come back with, of somebody in an account that several share.
    #[serde(default)]
    pub word: Option<String>,
    /// The lessons of the class, which [`ToHub::Fetch`] brings.
    pub lessons: Vec<LessonName>,
    /// How students join, for whoever may show it to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Invited>,
    /// The time of the hub, in milliseconds since 1970: what members' times are compared with.
    pub now: u64,
}

/// What a teacher is told of how a class is joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The join code, if there is one.
    #[serde(default)]
    pub code: Option<String>,
    /// Whether only the names of a roster may come.
    #[serde(default)]
    pub by_roster: bool,
    /// The accounts that several students share.
    #[serde(default)]
    pub shared: Vec<String>,
}

/// Returns whether all texts in some JSON can be shown: no text in it has a character that a terminal would obey, or that
/// cannot be seen. JSON has line breaks, tabs and control characters only as escapes; the first two are needed, and the
/// line ends of CSV files.
pub fn can_be_shown(json: &str) -> bool {
    let mut is_escape = false;
    json.chars().all(|c| {
        let is_right = if is_escape {
            matches!(c, '"' | '\\' | '/' | 'n' | 't' | 'r')
        } else {
            // Nearly all are letters of ASCII.
            (' '..='~').contains(&c) || forbidden(c).is_none()
        };
        is_escape = c == '\\' && !is_escape;
        is_right
    })
}

/// A message from the hub to a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromHub {
    /// Lets it in.
    Welcome(Welcome),
    /// A lesson that was asked for.
    Lesson(LessonTexts),
    /// What all see, whenever it has changed.
    Class(ClassView),
    /// One's own, whenever it has changed: also that an answer was taken, and is kept.
    Own(OwnView),
    /// That moves of this line have been taken note of, or refused: what all see was told before, as it is after them.
    Moved {
        /// How many, since the welcome.
        count: usize,
    },
    /// What a member has answered at their own pace, once after the welcome.
    Worked {
        /// Each question of a lesson.
        work: Vec<OwnWork>,
    },
    /// What a teacher sees, whenever it has changed; it has the view of all in it, so that no [`FromHub::Class`] comes.
    Teacher(Box<TeacherView>),
    /// Members as a teacher sees them: all at first, then those that have changed.
    Members {
        /// One for each.
        rows: Vec<MemberRow>,
    },
    /// What the projector shows, whenever it has changed; it has the view of all in it.
    Projector(ProjectorView),
    /// Something was not done; the line goes on.
    Refused {
        /// The type of the message that asked for it, such as `answer`.
        what: String,
        /// Why, in words for the one who asked.
        why: String,
    },
    /// The line ends.
    Bye {
        /// The reason.
        reason: ByeReason,
        /// The same in words.
        why: String,
    },
}

/// The reason why a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ByeReason {
    /// The client has another version.
    Version,
    /// The first message was not who it is, or it came too late.
    NoHello,
    /// A line was no message.
    BadLine,
    /// A line was too long.
    LongLine,
    /// There were too many lines.
    TooFast,
    /// The client did not read.
    NotRead,
    /// A join code is needed.
    CodeNeeded,
    /// The join code is wrong.
    WrongCode,
    /// A name is needed.
    NameNeeded,
    /// The name is none, or somebody else's.
    BadName,
    /// The word does not go with the name.
    WrongWord,
    /// It may not be what it wants to be.
    NotAllowed,
    /// The class is locked.
    Locked,
    /// The class, or the machine, is full.
    Full,
    /// A teacher has removed the member.
    Removed,
    /// The same member has come by another line.
    OtherLine,
    /// The client has left.
    Left,
    /// The class has ended.
    Ended,
    /// The hub ends, and may come back.
    HubEnds,
    /// A reason of a later version.
    #[serde(other)]
    Other,
}

impl ByeReason {
    /// Returns whether it makes sense to come again by itself, after a pause.
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::HubEnds | Self::NotRead | Self::Full)
    }

    /// Returns whether somebody who was in the class may be in it again without a word of theirs: a removal can be undone.
    pub const fn can_be_undone(self) -> bool {
        self.is_passing() || matches!(self, Self::Removed)
    }
}

/// A lesson as texts: all that is needed to open it, without a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonTexts {
    /// The name in positions.
    pub lesson: String,
    /// The name of its file, for messages.
    pub source: String,
    /// The text of its file.
    pub text: String,
    /// The texts of its CSV files, by the names that it has for them.
    #[serde(default)]
    pub tables: BTreeMap<String, String>,
}

impl LessonTexts {
    /// Returns the texts of a lesson that has this name in positions.
    ///
    /// # Errors
    /// If a CSV file cannot be read any more.
    pub fn of(name: &str, lesson: &Lesson) -> Result<Self, LessonError> {
        Ok(Self {
            lesson: name.to_owned(),
            source: lesson.source.name.clone(),
            text: lesson.source.text.clone(),
            tables: lesson.table_texts()?,
        })
    }

    /// Opens the lesson. No file is opened.
    ///
    /// # Errors
    /// If it is none.
    pub fn open(&self) -> Result<Lesson, LessonError> {
        let source = Source {
            name: self.source.clone(),
            text: self.text.clone(),
        };
        Lesson::parse_with(source, self.tables.clone())
    }
}
