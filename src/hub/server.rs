//! The loop of a hub: one thread that waits for all clients at once.

mod joining;
mod obeying;
mod telling;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mio::net::{UnixListener, UnixStream};
use mio::{Events, Interest, Poll, Token, Waker};

use super::address::{AddressError, Bound, CLASSES, own_uid, peer_uid};
use super::connection::{Connection, Read, Stage, bye, line};
use super::goals::Goals;
use super::identity::{Codes, raise_file_limit};
use super::journal::{Journal, JournalError};
use super::judge::Judge;
use super::limits::Limits;
use crate::class::message::{ByeReason, FromHub, ToHub, VERSION};
use crate::class::{Act, Class, Event, MemberId, Refusal, Role, Touched};
use crate::lesson::{Lesson, LessonError};

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// The time between two looks at what depends on time.
const TICK: Duration = Duration::from_millis(500);
/// The number of readiness events taken at once.
const EVENTS: usize = 1_024;
/// The number of clients that are let in before others have their turn.
const ACCEPTED: usize = 256;
/// The time for reading before what is new is told.
const READING: Duration = Duration::from_millis(10);
/// The files that the process needs besides its clients.
const OTHER_FILES: usize = 32;

/// What a hub is opened with.
#[derive(Debug)]
pub struct Config {
    /// The name of the class.
    pub name: String,
    /// The folder that the teacher's folder is in.
    pub below: PathBuf,
    /// The file of the journal; `None` keeps nothing.
    pub journal: Option<PathBuf>,
    /// The lessons, each with its name in positions; at least one.
    pub lessons: Vec<(String, Lesson)>,
    /// The join code; `None` needs none.
    pub code: Option<String>,
    /// The names that may join; `None` for any.
    pub roster: Option<Vec<String>>,
    /// The numbers of accounts that several share: who is who is told by a name and a word.
    pub shared: Vec<u32>,
    /// The limits.
    pub limits: Limits,
}

impl Config {
    /// Returns the usual configuration of a class.
    pub fn new(name: &str, lessons: Vec<(String, Lesson)>) -> Self {
        Self {
            name: name.to_owned(),
            below: CLASSES.into(),
            journal: None,
            lessons,
            code: None,
            roster: None,
            shared: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// An error because of which a hub does not open, or ends.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// Its socket cannot be made.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Its journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A lesson cannot be used.
    #[error(transparent)]
    Lesson(#[from] LessonError),
    /// Any other error of the system.
    #[error("the class cannot be held")]
    Io(#[from] io::Error),
}

/// Why a hub has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// A teacher has ended the class.
    Class,
    /// It was stopped; opened again, it goes on.
    Stopped,
}

/// Stops a hub from another thread.
#[derive(Debug, Clone)]
pub struct Stopper {
    stop: Arc<AtomicBool>,
    waker: Arc<Waker>,
}

impl Stopper {
    /// Stops the hub.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        // A hub that has ended needs no waking.
        let _ = self.waker.wake();
    }
}

/// The hub of a class.
pub struct Hub {
    name: String,
    limits: Limits,
    codes: Option<Codes>,
    roster: Option<Vec<String>>,
    shared: Vec<u32>,
    owner: u32,
    bound: Bound,
    poll: Poll,
    listener: UnixListener,
    stopper: Stopper,
    judge: Judge,
    goals: Goals,
    journal: Journal,
    class: Class,
    clock: Clock,
    clients: Clients,
    changes: Changes,
    /// A file that is given up to tell somebody that there are no more.
    spare: Option<File>,
    /// Whether somebody may still wait to be let in.
    accepts: bool,
    lessons: HashMap<String, Arc<[u8]>>,
    /// The client that has led the class last, if a run in the lab plays there.
    player: Option<usize>,
    /// What all see, in the line of its message, for the change that it is of.
    view: Option<(u64, Arc<[u8]>)>,
}

/// The clients, by the tokens that readiness comes with.
#[derive(Debug, Default)]
struct Clients {
    all: Vec<Option<Connection>>,
    free: Vec<usize>,
    count: usize,
    /// The client that a student has a line by.
    lines: HashMap<MemberId, usize>,
    /// Those of teachers and projectors.
    overviews: BTreeSet<usize>,
    /// How many each account has.
    of_account: HashMap<u32, usize>,
    /// Those with more to be read.
    unread: BTreeSet<usize>,
    /// The one whose turn it is first.
    turn: usize,
    /// Those that are to be told something.
    untold: BTreeSet<usize>,
}

impl Clients {
    fn get(&mut self, at: usize) -> Option<&mut Connection> {
        self.all.get_mut(at)?.as_mut()
    }

    /// Returns where the next client is put.
    fn free(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.all.push(None);
            self.all.len() - 1
        })
    }
}

/// What has changed, counted: every change has a higher number.
#[derive(Debug, Default)]
struct Changes {
    last: u64,
    /// The last change of what all see.
    class: u64,
    /// The last change of what every member sees of their own.
    everyone: u64,
    /// The last change of each member.
    members: Vec<u64>,
}

impl Changes {
    fn of(&self, member: MemberId) -> u64 {
        let own = self.members.get(member.0 as usize).copied().unwrap_or(0);
        own.max(self.everyone)
    }

    fn note(&mut self, touched: &Touched) {
        self.last += 1;
        if touched.class {
            self.class = self.last;
        }
        if touched.everyone {
            self.everyone = self.last;
        }
        for member in &touched.members {
            let at = member.0 as usize;
            if self.members.len() <= at {
                self.members.resize(at + 1, 0);
            }
            self.members[at] = self.last;
        }
    }
}

/// The time in milliseconds since 1970, which never goes back: a clock that is set while the hub runs is not looked at.
#[derive(Debug)]
struct Clock {
    began: Instant,
    base: u64,
}

impl Clock {
    fn new(after: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(0));
        Self {
            began: Instant::now(),
            base: now.max(after),
        }
    }

    fn at(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.began).as_millis();
        self.base + u64::try_from(passed).unwrap_or(0)
    }
}

impl Hub {
    /// Opens the hub of a class: makes its socket, and goes on where its journal ends.
    ///
    /// # Errors
    /// If a hub of this name runs already, or something in its way is not this user's.
    pub fn open(config: Config) -> Result<Self, HubError> {
        let (bound, listener) = Bound::bind(&config.name, &config.below)?;
        let (journal, events) = Journal::open(config.journal, &config.name)?;
        let class = Class::replay(&events);
        let after = events.iter().map(|event| event.at).max().unwrap_or(0);
        drop(events);
        let judge = Judge::new(config.lessons)?;
        let at = class.position().map(|position| position.lesson.clone());
        let first = judge.names().first().map(|first| first.name.clone());
        if let Some(lesson) = at.or(first) {
            judge.prepare(&lesson);
        }
        let poll = Poll::new()?;
        let mut listener = UnixListener::from_std(listener);
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let mut limits = config.limits;
        let files = raise_file_limit().saturating_sub(OTHER_FILES).max(1);
        limits.clients = limits.clients.min(files);
        let goals = Goals::new(Arc::clone(&waker), limits.goal);
        let mut changes = Changes::default();
        changes.note(&Touched {
            class: true,
            everyone: true,
            members: Vec::new(),
        });
        Ok(Self {
            name: config.name,
            limits,
            codes: config.code.map(Codes::new).transpose()?,
            roster: config.roster,
            shared: config.shared,
            owner: own_uid(),
            bound,
            poll,
            listener,
            goals,
            stopper: Stopper {
                stop: Arc::default(),
                waker,
            },
            judge,
            journal,
            class,
            clock: Clock::new(after),
            clients: Clients::default(),
            changes,
            spare: File::open("/dev/null").ok(),
            accepts: true,
            lessons: HashMap::new(),
            player: None,
            view: None,
        })
    }

    /// Opens a hub and serves until it ends.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`run`](Self::run).
    pub fn serve(config: Config, ready: impl FnOnce(Stopper)) -> Result<Ended, HubError> {
        let hub = Self::open(config)?;
        ready(hub.stopper());
        hub.run()
    }

    /// Returns what stops it from another thread.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Returns the class as it is now.
    pub const fn class(&self) -> &Class {
        &self.class
    }

    /// Serves until the class ends or it is stopped.
    ///
    /// # Errors
    /// If the system does not let it wait any more. What was accepted is in the journal.
    pub fn run(mut self) -> Result<Ended, HubError> {
        let mut events = Events::with_capacity(EVENTS);
        let mut scratch = vec![0; 64 << 10];
        let mut ticked = Instant::now();
        let ended = loop {
            if self.stopper.stop.load(Ordering::Acquire) {
                break Ended::Stopped;
            }
            if self.class.has_ended() {
                break Ended::Class;
            }
            let patience = if self.clients.unread.is_empty() {
                self.patience(ticked)
            } else {
                Duration::ZERO
            };
            match self.poll.poll(&mut events, Some(patience)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
            let now = Instant::now();
            for event in &events {
                match event.token() {
                    LISTENER => self.accepts = true,
                    WAKER => {}
                    Token(at) => {
                        if event.is_readable() || event.is_read_closed() || event.is_error() {
                            self.clients.unread.insert(at);
                        }
                        if event.is_writable() {
                            self.clients.untold.insert(at);
                        }
                    }
                }
            }
            if self.accepts {
                self.accept(now);
            }
            self.read_some(&mut scratch, now);
            self.take_tried(now);
            if now.saturating_duration_since(ticked) >= TICK {
                ticked = now;
                self.tick(now);
            }
            self.tell(now);
        };
        self.end(ended, &mut events);
        Ok(ended)
    }

    /// Returns how long to wait at most.
    fn patience(&self, ticked: Instant) -> Duration {
        let tick = TICK.saturating_sub(ticked.elapsed());
        // What is held back of the overviews comes soon.
        let has_more = self.clients.overviews.iter().any(|at| {
            let client = self.clients.all.get(*at).and_then(Option::as_ref);
            client
                .is_some_and(|client| client.queued() == 0 && client.told.view < self.changes.last)
        });
        if has_more {
            tick.min(self.limits.overview)
        } else {
            tick
        }
    }

    /// Says farewell to all.
    fn end(&mut self, ended: Ended, events: &mut Events) {
        self.journal.settle();
        self.journal.write();
        let (reason, why) = match ended {
            Ended::Class => (ByeReason::Ended, "The class has ended."),
            Ended::Stopped => (
                ByeReason::HubEnds,
                "The class is interrupted; your lesson goes on alone meanwhile.",
            ),
        };
        let began = Instant::now();
        for client in self.clients.all.iter_mut().flatten() {
            client.end(reason, why, began);
            client.write(began);
        }
        // Whoever reads gets it; nobody is waited for long.
        while began.elapsed() < self.limits.farewell.min(Duration::from_millis(500)) {
            let mut waits = self.clients.all.iter().flatten();
            if !waits.any(|client| client.queued() > 0 && !client.is_gone) {
                break;
            }
            if self
                .poll
                .poll(events, Some(Duration::from_millis(20)))
                .is_err()
            {
                break;
            }
            for client in self.clients.all.iter_mut().flatten() {
                client.write(began);
            }
        }
        self.journal.sync_at_end();
    }

    /// Lets those in who wait for it.
    fn accept(&mut self, now: Instant) {
        for _ in 0..ACCEPTED {
            match self.listener.accept() {
                Ok((stream, _)) => self.let_in(stream, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.accepts = false;
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Whoever it was has gone.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => {
                    // There are no more files: one is given up to say so, and it is tried again with the next tick.
                    self.refuse_all();
                    self.accepts = false;
                    return;
                }
            }
        }
        // Others have their turn first.
        let _ = self.stopper.waker.wake();
    }

    /// Refuses those who wait although there are no more files, one after the other.
    fn refuse_all(&mut self) {
        self.spare = None;
        for _ in 0..ACCEPTED {
            match self.listener.accept() {
                Ok((stream, _)) => refuse(stream, FULL),
                Err(_) => break,
            }
        }
        self.spare = File::open("/dev/null").ok();
    }

    fn let_in(&mut self, mut stream: UnixStream, now: Instant) {
        if self.clients.count >= self.limits.clients {
            return refuse(stream, FULL);
        }
        let Ok(uid) = peer_uid(&stream) else {
            return refuse(stream, "The system does not say who you are.");
        };
        let is_many = uid == self.owner || self.shared.contains(&uid);
        let of_account = self.clients.of_account.entry(uid).or_default();
        if !is_many && *of_account >= self.limits.of_one_account {
            return refuse(stream, "There are too many lines of your account already.");
        }
        let at = self.clients.free();
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registered = self
            .poll
            .registry()
            .register(&mut stream, Token(at), interest);
        if registered.is_err() {
            self.clients.free.push(at);
            return refuse(stream, FULL);
        }
        *self.clients.of_account.entry(uid).or_default() += 1;
        self.clients.count += 1;
        self.clients.all[at] = Some(Connection::new(stream, uid, &self.limits, now));
        self.clients.unread.insert(at);
    }

    /// Takes a client out that has gone, or got its last words.
    fn drop_client(&mut self, at: usize, now: Instant) {
        self.leave(at, now);
        let Some(mut client) = self.clients.all.get_mut(at).and_then(Option::take) else {
            return;
        };
        // It is closed at once.
        let _ = self.poll.registry().deregister(&mut client.stream);
        self.clients.count -= 1;
        self.clients.free.push(at);
        self.clients.unread.remove(&at);
        self.clients.untold.remove(&at);
        if let Some(count) = self.clients.of_account.get_mut(&client.uid) {
            *count -= 1;
            if *count == 0 {
                self.clients.of_account.remove(&client.uid);
            }
        }
    }

    /// Ends a line with a reason.
    fn bye(&mut self, at: usize, reason: ByeReason, why: &str, now: Instant) {
        self.leave(at, now);
        if let Some(client) = self.clients.get(at) {
            client.end(reason, why, now);
            self.clients.untold.insert(at);
        }
    }

    /// Notes that a member has no line by this client any more.
    fn leave(&mut self, at: usize, now: Instant) {
        let member = self.clients.get(at).and_then(|client| client.role());
        self.clients.overviews.remove(&at);
        let Some((role, Some(member))) = member else {
            return;
        };
        if let Some(client) = self.clients.get(at) {
            client.stage = Stage::In { role, member: None };
        }
        self.rest(at, member, now);
        let is_here = match role {
            Role::Student => {
                let is_line = self.clients.lines.get(&member) == Some(&at);
                if is_line {
                    self.clients.lines.remove(&member);
                }
                !is_line
            }
            Role::Teacher | Role::Projector => {
                let others = self.clients.all.iter().flatten();
                others
                    .filter_map(Connection::role)
                    .any(|(_, other)| other == Some(member))
            }
        };
        if !is_here {
            let _ = self.apply(member, Act::Leave, now);
        }
    }

    /// Pauses the run in the lab, if it is a client that has gone who plays it.
    fn rest(&mut self, at: usize, member: MemberId, now: Instant) {
        if self.player.take_if(|player| *player == at).is_some() {
            let _ = self.apply(member, Act::Pause, now);
        }
    }

    /// Reads what clients have sent, those of teachers first, the others in turn. What takes long to judge is gone on with
    /// once all have been told what is new.
    fn read_some(&mut self, scratch: &mut [u8], now: Instant) {
        let unread = std::mem::take(&mut self.clients.unread);
        let first = |at: &usize| !self.clients.overviews.contains(at);
        let from = self.clients.turn;
        let mut turn: Vec<usize> = unread
            .range(from..)
            .chain(unread.range(..from))
            .copied()
            .collect();
        // This keeps the order of the others.
        turn.sort_by_key(first);
        let mut turn = turn.into_iter();
        for at in turn.by_ref() {
            self.read(at, scratch, now);
            if now.elapsed() >= READING {
                self.clients.turn = at + 1;
                break;
            }
        }
        self.clients.unread.extend(turn);
    }

    /// Reads what a client has sent.
    fn read(&mut self, at: usize, scratch: &mut [u8], now: Instant) {
        let limits = &self.limits;
        let Some(client) = self.clients.all.get_mut(at).and_then(Option::as_mut) else {
            return;
        };
        if client.stage == Stage::Closing {
            // It is not listened to any more.
            return;
        }
        let (read, lines, result) = client.read(scratch, limits, now);
        for line in lines {
            self.take(at, &line, now);
        }
        if let Err(reason) = result {
            let why = match reason {
                ByeReason::LongLine => "That line is longer than any message.",
                _ => "That is more than anybody has to say at once.",
            };
            self.bye(at, reason, why, now);
        }
        match self.clients.get(at) {
            Some(client) if client.is_gone => self.drop_client(at, now),
            Some(_) if read == Read::More => {
                self.clients.unread.insert(at);
            }
            _ => {}
        }
    }

    /// Takes a line of a client.
    fn take(&mut self, at: usize, line: &[u8], now: Instant) {
        let Some(client) = self.clients.get(at) else {
            return;
        };
        let role = match client.stage {
            Stage::Closing => return,
            Stage::Unknown => None,
            Stage::In { role, member } => Some((role, member)),
        };
        if line.is_empty() {
            return;
        }
        let Some((role, member)) = role else {
            return self.hello(at, line, now);
        };
        match serde_json::from_slice(line) {
            Ok(message) => self.obey(at, (role, member), message, now),
            Err(_) => self.bye(
                at,
                ByeReason::BadLine,
                "That line is no message that this class knows.",
                now,
            ),
        }
    }

    /// Takes the first line of a client.
    fn hello(&mut self, at: usize, line: &[u8], now: Instant) {
        /// What a first line of any version has.
        #[derive(serde::Deserialize)]
        struct Any {
            version: u32,
        }
        if let Ok(Any { version }) = serde_json::from_slice(line)
            && version != VERSION
        {
            let why = format!(
                "The class speaks version {VERSION} of the language of nn-tutor, and you speak {version}: one of \
                 the two programs is to be brought up to date."
            );
            return self.bye(at, ByeReason::Version, &why, now);
        }
        let Ok(ToHub::Hello(hello)) = serde_json::from_slice(line) else {
            let why = "The first line has to say who you are.";
            return self.bye(at, ByeReason::NoHello, why, now);
        };
        match self.welcome(at, &hello, now) {
            Ok(()) => {
                self.clients.untold.insert(at);
            }
            Err((reason, why)) => self.bye(at, reason, &why, now),
        }
    }

    /// Has something happen in the class, and in its journal.
    fn apply(&mut self, by: MemberId, act: Act, now: Instant) -> Result<Touched, Refusal> {
        let at = self.clock.at(now);
        let event = Event { at, by, act };
        let to = match &event.act {
            Act::Move { position } => Some(position.lesson.clone()),
            _ => None,
        };
        let reached = |class: &Class| to.as_ref().map(|lesson| class.reached(lesson));
        let before = reached(&self.class);
        let touched = self.class.apply(&event)?;
        if touched.is_nothing() {
            return Ok(touched);
        }
        let is_farther = before != reached(&self.class);
        self.journal.take(&event, is_farther);
        if let Some(lesson) = to {
            self.judge.prepare(&lesson);
        }
        self.note(&touched);
        Ok(touched)
    }

    /// Notes that something has changed, and who is to be told.
    fn note(&mut self, touched: &Touched) {
        self.changes.note(touched);
        if touched.class || touched.everyone {
            let all = self.clients.lines.values();
            self.clients.untold.extend(all);
        }
        for member in &touched.members {
            let line = self.clients.lines.get(member);
            self.clients.untold.extend(line);
        }
        self.clients.untold.extend(&self.clients.overviews);
    }

    /// Tells a client that something was not done.
    fn refuse(&mut self, at: usize, what: &str, why: &str, now: Instant) {
        let Some(client) = self.clients.get(at) else {
            return;
        };
        client.push(line(&FromHub::Refused {
            what: what.to_owned(),
            why: why.to_owned(),
        }));
        self.clients.untold.insert(at);
        // A lesson is larger than all else.
        let largest = self.lessons.values().map(|bytes| bytes.len()).max();
        let most = self.limits.queue + largest.unwrap_or(0);
        if self.clients.get(at).is_some_and(|it| it.queued() > most) {
            self.bye(at, ByeReason::NotRead, NOT_READ, now);
        }
    }

    /// Looks at what depends on time.
    fn tick(&mut self, now: Instant) {
        // Somebody may have been refused for want of files.
        self.accepts = true;
        if self.spare.is_none() {
            self.spare = File::open("/dev/null").ok();
        }
        self.goals.look(now);
        self.journal.settle();
        if self.journal.sync() {
            self.changes.last += 1;
            self.clients.untold.extend(&self.clients.overviews);
        }
        if !self.bound.is_whole()
            && let Ok(listener) = self.bound.again()
        {
            let _ = self.poll.registry().deregister(&mut self.listener);
            self.listener = UnixListener::from_std(listener);
            let interest = Interest::READABLE;
            // Where it fails, nobody new comes; the others stay.
            let _ = self
                .poll
                .registry()
                .register(&mut self.listener, LISTENER, interest);
        }
        let limits = self.limits.clone();
        for at in 0..self.clients.all.len() {
            let Some(client) = self.clients.get(at) else {
                continue;
            };
            let since = now.saturating_duration_since(client.since);
            let is_stuck = client
                .stuck
                .is_some_and(|stuck| now.saturating_duration_since(stuck) >= limits.stuck);
            match client.stage {
                Stage::Unknown if since >= limits.hello => {
                    let why = "You have not said who you are.";
                    self.bye(at, ByeReason::NoHello, why, now);
                }
                Stage::In { .. } if is_stuck => self.bye(at, ByeReason::NotRead, NOT_READ, now),
                Stage::Closing if since >= limits.farewell => self.drop_client(at, now),
                _ => {}
            }
        }
    }
}

const FULL: &str = "The class is full, or the machine is: try again in a while.";
const NOT_READ: &str = "You have read nothing for too long.";

/// Tells somebody who cannot be let in why, without waiting for them.
fn refuse(mut stream: UnixStream, why: &str) {
    // A new line takes that much at once; who has gone already needs no word.
    let _ = stream.write(&bye(ByeReason::Full, why));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_where_the_journal_ends_whatever_the_clock_says() {
        let long_past = Clock::new(0);
        let from_the_future = Clock::new(u64::MAX / 2);
        assert!(long_past.base > 1_700_000_000_000);
        assert_eq!(from_the_future.base, u64::MAX / 2);
        for clock in [long_past, from_the_future] {
            let second = clock.began + Duration::from_secs(1);
            assert_eq!(clock.at(second), clock.base + 1_000);
            assert!(clock.at(clock.began) <= clock.at(Instant::now()));
        }
    }
}
