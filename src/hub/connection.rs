//! One client of a hub: what it has sent, and what it is to get, both bounded.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::time::Instant;

use mio::net::UnixStream;

use super::limits::Limits;
use crate::class::message::{ByeReason, FromHub};
use crate::class::{MemberId, Role};

/// The number of bytes that are read of a client before others have their turn.
const TURN: usize = 64 << 10;
/// The size from which an empty buffer is given back.
const SMALL: usize = 1 << 10;

/// What a client is to the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not said who it is.
    Unknown,
    /// It has a line to this member, or is a projector.
    In {
        /// What it is in the class.
        role: Role,
        /// The member; `None` for a projector.
        member: Option<MemberId>,
    },
    /// It gets what is left to be sent, and then nothing more.
    Closing,
}

/// Up to which changes a client has been told.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    /// What all see; of a teacher and a projector, their whole view.
    pub(super) view: u64,
    /// Their own.
    pub(super) own: u64,
    /// How many of the moves that they have asked for.
    pub(super) moves: usize,
    /// Of a teacher, the last row: the change and the member.
    pub(super) rows: (u64, Option<MemberId>),
    /// Of a teacher, the change up to which there are no more rows.
    pub(super) all_rows: u64,
}

/// A client.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: UnixStream,
    /// The account at the other end, as the kernel knows it.
    pub(super) uid: u32,
    pub(super) stage: Stage,
    /// Since when it is in this stage.
    pub(super) since: Instant,
    input: Vec<u8>,
    /// Up to where there is no end of a line in it.
    searched: usize,
    output: VecDeque<Arc<[u8]>>,
    /// How much of the first one is sent.
    sent: usize,
    queued: usize,
    /// Since when it takes nothing although something waits.
    pub(super) stuck: Option<Instant>,
    /// How many lines it may send at once.
    lines: Bucket,
    /// How many answers, which take time to judge.
    pub(super) answers: Bucket,
    /// How many moves it has asked for.
    pub(super) moves: usize,
    pub(super) told: Told,
    /// The lesson that it has asked for.
    pub(super) wants: Option<String>,
    /// Whether nothing more can be read or written.
    pub(super) is_gone: bool,
}

/// A number of things that may be done at once, which fills up with time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    left: f64,
    most: f64,
    per_second: f64,
    filled: Instant,
}

impl Bucket {
    pub(super) fn new((most, per_second): (u32, u32), now: Instant) -> Self {
        Self {
            left: f64::from(most),
            most: f64::from(most),
            per_second: f64::from(per_second),
            filled: now,
        }
    }

    /// Takes one, if there is any.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.left = (self.left + passed * self.per_second).min(self.most);
        self.filled = now;
        let has_any = self.left >= 1.0;
        if has_any {
            self.left -= 1.0;
        }
        has_any
    }
}

/// What reading has led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// All that has come is read.
    All,
    /// There is more; others have their turn first.
    More,
}

impl Connection {
    pub(super) fn new(stream: UnixStream, uid: u32, limits: &Limits, now: Instant) -> Self {
        Self {
            stream,
            uid,
            stage: Stage::Unknown,
            since: now,
            input: Vec::new(),
            searched: 0,
            output: VecDeque::new(),
            sent: 0,
            queued: 0,
            stuck: None,
            lines: Bucket::new(limits.lines, now),
            answers: Bucket::new(limits.answers, now),
            moves: 0,
            told: Told::default(),
            wants: None,
            is_gone: false,
        }
    }

    /// Returns the member and the role of a client that is in the class.
    pub(super) const fn role(&self) -> Option<(Role, Option<MemberId>)> {
        match self.stage {
            Stage::In { role, member } => Some((role, member)),
            Stage::Unknown | Stage::Closing => None,
        }
    }

    /// Reads what has come, and returns its whole lines. An error is the reason why the client cannot go on.
    pub(super) fn read(
        &mut self,
        scratch: &mut [u8],
        limits: &Limits,
        now: Instant,
    ) -> (Read, Vec<Vec<u8>>, Result<(), ByeReason>) {
        let mut lines = Vec::new();
        let mut read = 0;
        while read < TURN {
            match self.stream.read(scratch) {
                Ok(0) => {
                    self.is_gone = true;
                    return (Read::All, lines, Ok(()));
                }
                Ok(count) => {
                    read += count;
                    self.input.extend_from_slice(&scratch[..count]);
                    if let Err(reason) = self.split(&mut lines, limits, now) {
                        return (Read::More, lines, Err(reason));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return (Read::All, lines, Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.is_gone = true;
                    return (Read::All, lines, Ok(()));
                }
            }
        }
        (Read::More, lines, Ok(()))
    }

    /// Takes the whole lines out of what was read.
    fn split(
        &mut self,
        lines: &mut Vec<Vec<u8>>,
        limits: &Limits,
        now: Instant,
    ) -> Result<(), ByeReason> {
        let mut start = 0;
        while let Some(found) = self.input[self.searched..].iter().position(|b| *b == b'\n') {
            let end = self.searched + found;
            if end - start > limits.line {
                return Err(ByeReason::LongLine);
            }
            if !self.lines.take(now) {
                return Err(ByeReason::TooFast);
            }
            lines.push(self.input[start..end].to_vec());
            start = end + 1;
            self.searched = start;
        }
        self.input.drain(..start);
        self.searched = self.input.len();
        if self.input.len() > limits.line {
            return Err(ByeReason::LongLine);
        }
        if self.input.is_empty() && self.input.capacity() > SMALL {
            self.input = Vec::new();
        }
        Ok(())
    }

    /// Returns the number of bytes that wait to be sent.
    pub(super) const fn queued(&self) -> usize {
        self.queued
    }

    /// Puts bytes behind all that waits.
    pub(super) fn push(&mut self, bytes: Arc<[u8]>) {
        self.queued += bytes.len();
        self.output.push_back(bytes);
    }

    /// Writes as far as the client takes it.
    pub(super) fn write(&mut self, now: Instant) {
        while let Some(first) = self.output.front() {
            match self.stream.write(&first[self.sent..]) {
                Ok(count) => {
                    self.sent += count;
                    self.queued -= count;
                    self.stuck = None;
                    if self.sent == first.len() {
                        self.output.pop_front();
                        self.sent = 0;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stuck.get_or_insert(now);
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.is_gone = true;
                    return;
                }
            }
        }
        self.stuck = None;
        if self.output.capacity() > 8 {
            self.output = VecDeque::new();
        }
    }

    /// Ends the line with a reason, behind what is being sent: what else waits is dropped.
    pub(super) fn end(&mut self, reason: ByeReason, why: &str, now: Instant) {
        if self.stage == Stage::Closing {
            return;
        }
        self.stage = Stage::Closing;
        self.since = now;
        self.wants = None;
        self.input = Vec::new();
        self.searched = 0;
        let begun = usize::from(self.sent > 0);
        while self.output.len() > begun {
            if let Some(dropped) = self.output.pop_back() {
                self.queued -= dropped.len();
            }
        }
        self.push(bye(reason, why));
    }
}

/// Returns a message as the bytes of its line.
pub(super) fn line(message: &FromHub) -> Arc<[u8]> {
    // Maps with text keys and finite numbers are always JSON.
    let mut bytes = serde_json::to_vec(message).unwrap_or_default();
    bytes.push(b'\n');
    bytes.into()
}

/// Returns the line that ends a line.
pub(super) fn bye(reason: ByeReason, why: &str) -> Arc<[u8]> {
    line(&FromHub::Bye {
        reason,
        why: why.to_owned(),
    })
}
