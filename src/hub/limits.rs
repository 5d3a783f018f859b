//! The limits of a hub.

use std::time::Duration;

/// The limits of a hub, each far above what an honest client needs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The number of clients; fewer if the system allows fewer files.
    pub clients: usize,
    /// The number of clients of one account, other than the teacher's own and those that several share.
    pub of_one_account: usize,
    /// The time in which a client must say who it is.
    pub hello: Duration,
    /// The time for which a client may take nothing although something waits.
    pub stuck: Duration,
    /// The time for the last words to a client.
    pub farewell: Duration,
    /// The size in bytes of a line from a client.
    pub line: usize,
    /// The size in bytes of what waits for a client, besides a lesson and one view of each kind.
    pub queue: usize,
    /// How many lines a client may send at once, and how many a second after that.
    pub lines: (u32, u32),
    /// The same of answers.
    pub answers: (u32, u32),
    /// The longest time for finding out whether changes reach a goal.
    pub goal: Duration,
    /// The shortest time between two views of all members to a teacher or a projector, unless the class itself changes.
    pub overview: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: 20_000,
            of_one_account: 16,
            hello: Duration::from_secs(5),
            stuck: Duration::from_secs(30),
            farewell: Duration::from_secs(2),
            line: 64 << 10,
            queue: 256 << 10,
            lines: (400, 100),
            answers: (10, 2),
            goal: Duration::from_secs(2),
            overview: Duration::from_millis(100),
        }
    }
}
