//! The members of a class.

use super::MemberId;
use super::event::{Key, Place, Role};

/// Somebody in a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The number.
    pub id: MemberId,
    /// The name, which no other member has.
    pub name: String,
    /// The account on the host, if that tells who it is.
    pub account: Option<String>,
    /// What they are in the class.
    pub role: Role,
    /// How they are known when they come again.
    pub key: Key,
    /// Since when there is a line to them, in milliseconds since 1970; `None` while there is none.
    pub here: Option<u64>,
    /// Where they look.
    pub place: Place,
    /// Since when a hand is up, in milliseconds since 1970.
    pub hand: Option<u64>,
    /// Whether they have said that their work is done.
    pub done: bool,
    /// When they last did something, in milliseconds since 1970.
    pub seen: u64,
    /// Whether a teacher has removed them.
    pub removed: bool,
}

impl Member {
    /// Returns whether answers of theirs count.
    pub fn counts(&self) -> bool {
        self.role == Role::Student && !self.removed
    }
}
