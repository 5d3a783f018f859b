//! The loop of a hub: one thread that waits for all clients at once.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mio::net::{UnixListener, UnixStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::fs::File;
use std::io::Write as _;

use super::address::{AddressError, Bound, CLASSES, own_uid, peer_uid};
use super::connection::{Connection, Read, Stage, Told, bye, line};
use super::identity::{Guesses, account_name, bare_word, fresh_word, is_same, raise_file_limit};
use super::journal::{Journal, JournalError};
use super::judge::Judge;
use super::limits::Limits;
use crate::class::message::{ByeReason, FromHub, Hello, ToHub, VERSION, Welcome};
use crate::class::{
    Act, Class, Event, Key, Member, MemberId, NameError, QuestionPhase, Refusal, Role, Touched,
    Verdict,
};
use crate::lesson::{Lesson, LessonError};
use crate::tutor::Outcome;

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
/// The number of members that one message has.
const ROWS: usize = 100;
/// The files that the process needs besides its clients.
const OTHER_FILES: usize = 32;
/// The number of lines of teachers and projectors.
const MOST_TEACHERS: usize = 32;

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
    code: Option<String>,
    roster: Option<Vec<String>>,
    shared: Vec<u32>,
    owner: u32,
    bound: Bound,
    poll: Poll,
    listener: UnixListener,
    stopper: Stopper,
    judge: Judge,
    journal: Journal,
    class: Class,
    clock: Clock,
    clients: Clients,
    guesses: Guesses,
    changes: Changes,
    /// A file that is given up to tell somebody that there are no more.
    spare: Option<File>,
    /// Whether somebody may still wait to be let in.
    accepts: bool,
    lessons: HashMap<String, Arc<[u8]>>,
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

/// Who a client is found to be.
enum Found {
    /// Somebody who was there before.
    Known(MemberId),
    /// Somebody new.
    New {
        key: Key,
        name: String,
        account: Option<String>,
    },
}

/// Why a client is not let in, and the reason in words.
type NotIn = (ByeReason, String);

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
        let mut changes = Changes::default();
        changes.note(&Touched {
            class: true,
            everyone: true,
            members: Vec::new(),
        });
        Ok(Self {
            name: config.name,
            limits,
            code: config.code,
            roster: config.roster,
            shared: config.shared,
            owner: own_uid(),
            bound,
            poll,
            listener,
            stopper: Stopper {
                stop: Arc::default(),
                waker,
            },
            judge,
            journal,
            class,
            clock: Clock::new(after),
            clients: Clients::default(),
            guesses: Guesses::default(),
            changes,
            spare: File::open("/dev/null").ok(),
            accepts: true,
            lessons: HashMap::new(),
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

    /// Finds out who a client is, and lets it in.
    fn welcome(&mut self, at: usize, hello: &Hello, now: Instant) -> Result<(), NotIn> {
        let Some(uid) = self.clients.get(at).map(|client| client.uid) else {
            return Ok(());
        };
        let not_in = |reason, why: &str| Err((reason, why.to_owned()));
        if hello.role != Role::Student {
            if uid != self.owner {
                let why = "Only the account that has opened the class can be its teacher.";
                return not_in(ByeReason::NotAllowed, why);
            }
            if self.clients.overviews.len() >= MOST_TEACHERS {
                return not_in(ByeReason::Full, FULL);
            }
        }
        let mut word = None;
        let member = if hello.role == Role::Projector {
            None
        } else {
            let id = match self.who(uid, hello, now)? {
                Found::Known(id) => id,
                Found::New { key, name, account } => {
                    let id = self.class.next_id();
                    let join = Act::Join {
                        name,
                        role: hello.role,
                        key,
                        account,
                    };
                    self.apply(id, join, now).map_err(|refusal| {
                        let reason = match refusal {
                            Refusal::Locked => ByeReason::Locked,
                            Refusal::Full => ByeReason::Full,
                            Refusal::Ended => ByeReason::Ended,
                            _ => ByeReason::BadName,
                        };
                        (reason, refusal.to_string())
                    })?;
                    id
                }
            };
            if let Some(Key::Word { word: own, .. }) = self.class.member(id).map(|it| &it.key) {
                word = Some(own.clone());
            }
            Some(id)
        };
        if let Some(member) = member {
            if let Err(refusal) = self.apply(member, Act::Come, now) {
                return not_in(ByeReason::Removed, &refusal.to_string());
            }
            if hello.role == Role::Student
                && let Some(older) = self.clients.lines.insert(member, at)
                && older != at
            {
                // The newer line wins; the member has not left.
                let why = "You have come to the class from elsewhere; this line ends.";
                if let Some(client) = self.clients.get(older) {
                    client.end(ByeReason::OtherLine, why, now);
                    self.clients.untold.insert(older);
                }
            }
        }
        if hello.role != Role::Student {
            self.clients.overviews.insert(at);
        }
        let welcome = FromHub::Welcome(Welcome {
            version: VERSION,
            class: self.name.clone(),
            member,
            role: hello.role,
            name: member
                .and_then(|id| self.class.member(id))
                .map(|member| member.name.clone()),
            word,
            lessons: self.judge.names(),
            now: self.clock.at(now),
        });
        let work = member.map_or_else(Vec::new, |id| self.class.own_work(id));
        if let Some(client) = self.clients.get(at) {
            client.stage = Stage::In {
                role: hello.role,
                member,
            };
            client.since = now;
            client.told = Told::default();
            client.push(line(&welcome));
            if !work.is_empty() {
                client.push(line(&FromHub::Worked { work }));
            }
        }
        Ok(())
    }

    /// Finds the member that a client is, or who it is to become.
    fn who(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<Found, NotIn> {
        let account = account_name(uid);
        if hello.role == Role::Teacher {
            let wanted = hello.name.clone().or_else(|| account.clone());
            let wanted = wanted.unwrap_or_else(|| "Teacher".to_owned());
            let key = Key::Teacher {
                name: crate::class::cleaned(&wanted).map_err(|error| bad_name(&error))?,
            };
            return self.known_or_new(key, &wanted, None, false, account);
        }
        if let Some(name) = &hello.door_name {
            if uid != self.owner {
                let why = "Only the door of the class can say who somebody is.";
                return Err((ByeReason::NotAllowed, why.to_owned()));
            }
            let wanted = hello.name.as_ref().unwrap_or(name);
            let name = crate::class::cleaned(name).map_err(|error| bad_name(&error))?;
            let key = Key::Door { name };
            return self.known_or_new(key, wanted, self.roster.as_deref(), true, None);
        }
        if self.shared.contains(&uid) {
            return self.by_word(uid, hello, now);
        }
        let key = Key::Account { uid };
        if self.class.known_by(&key).is_none() {
            self.check_code(uid, hello, now)?;
        }
        // On a roster of accounts, the account says who it is.
        let on_roster = |name: &String| {
            let roster = self.roster.as_ref();
            roster.is_some_and(|roster| roster.contains(name))
        };
        let wanted = account.clone().filter(on_roster);
        let wanted = wanted.or_else(|| hello.name.clone()).or(account.clone());
        let Some(wanted) = wanted else {
            return Err((ByeReason::NameNeeded, NAME_NEEDED.to_owned()));
        };
        self.known_or_new(key, &wanted, self.roster.as_deref(), true, account)
    }

    /// Finds the member that a key is of, or the name of somebody new.
    fn known_or_new(
        &self,
        key: Key,
        wanted: &str,
        roster: Option<&[String]>,
        is_student: bool,
        account: Option<String>,
    ) -> Result<Found, NotIn> {
        if let Some(member) = self.class.known_by(&key) {
            return Ok(Found::Known(member.id));
        }
        self.check_lock(is_student)?;
        let name = self.class.name_for(wanted, roster, None);
        Ok(Found::New {
            key,
            name: name.map_err(|error| bad_name(&error))?,
            account,
        })
    }

    /// Finds somebody in an account that several share, by name and word; without a word it is somebody new.
    fn by_word(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<Found, NotIn> {
        let Some(wanted) = &hello.name else {
            return Err((ByeReason::NameNeeded, NAME_NEEDED.to_owned()));
        };
        let wanted = crate::class::cleaned(wanted).map_err(|error| bad_name(&error))?;
        if let Some(typed) = &hello.word {
            let typed = bare_word(typed);
            // A name that was asked for may have got a number.
            let small = wanted.to_lowercase();
            let guessed = format!("name {small}");
            if !self.guesses.allows(&guessed, now) {
                return Err((ByeReason::WrongWord, TOO_MANY.to_owned()));
            }
            let is_it = |member: &&Member| match &member.key {
                Key::Word { uid: of, word } => {
                    let is_right = is_same(&bare_word(word), &typed);
                    let is_named = member.name.to_lowercase() == small;
                    *of == uid && is_named && is_right
                }
                _ => false,
            };
            if let Some(member) = self.class.members().find(is_it) {
                return Ok(Found::Known(member.id));
            }
            self.guesses.count(&guessed, now);
            let why = "This word does not go with this name.";
            return Err((ByeReason::WrongWord, why.to_owned()));
        }
        self.check_code(uid, hello, now)?;
        self.check_lock(true)?;
        let name = self.class.name_for(&wanted, self.roster.as_deref(), None);
        let name = name.map_err(|error| bad_name(&error))?;
        let word = fresh_word().map_err(|_| {
            let why = "The system gives no random numbers.";
            (ByeReason::Full, why.to_owned())
        })?;
        Ok(Found::New {
            key: Key::Word { uid, word },
            name,
            account: None,
        })
    }

    fn check_lock(&self, is_student: bool) -> Result<(), NotIn> {
        if is_student && self.class.is_locked() {
            return Err((ByeReason::Locked, Refusal::Locked.to_string()));
        }
        Ok(())
    }

    /// Checks the join code of somebody new.
    fn check_code(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<(), NotIn> {
        let Some(code) = &self.code else {
            return Ok(());
        };
        if uid == self.owner {
            return Ok(());
        }
        let Some(typed) = &hello.code else {
            let why = "The class has a join code: type it.";
            return Err((ByeReason::CodeNeeded, why.to_owned()));
        };
        let guessed = format!("account {uid}");
        if !self.guesses.allows(&guessed, now) {
            return Err((ByeReason::WrongCode, TOO_MANY.to_owned()));
        }
        if is_same(code.trim(), typed.trim()) {
            return Ok(());
        }
        self.guesses.count(&guessed, now);
        let why = "That is not the join code of this class.";
        Err((ByeReason::WrongCode, why.to_owned()))
    }

    /// Carries out what a client asks for.
    fn obey(
        &mut self,
        at: usize,
        (role, member): (Role, Option<MemberId>),
        message: ToHub,
        now: Instant,
    ) {
        let what = kind_of(&message);
        match message {
            ToHub::Hello(_) => return self.refuse(at, what, "You are in the class already.", now),
            ToHub::Leave => return self.bye(at, ByeReason::Left, "Until next time.", now),
            ToHub::Fetch { lesson } => {
                if self.judge.texts(&lesson).is_none() {
                    let why = "The class has no such lesson.";
                    return self.refuse(at, what, why, now);
                }
                if let Some(client) = self.clients.get(at) {
                    client.wants = Some(lesson);
                    self.clients.untold.insert(at);
                }
                return;
            }
            _ => {}
        }
        let Some(member) = member.filter(|_| role != Role::Projector) else {
            return self.refuse(at, what, "A projector only shows.", now);
        };
        let act = match self.act(at, role, member, message, now) {
            Ok(act) => act,
            Err(why) => return self.refuse(at, what, &why, now),
        };
        let answers = matches!(act, Act::Answer { .. } | Act::Work { .. });
        let removed = match act {
            Act::Remove { member } => Some(member),
            _ => None,
        };
        match self.apply(member, act, now) {
            Ok(_) => {
                if answers {
                    // Also what was known already is confirmed.
                    self.note(&Touched {
                        members: vec![member],
                        ..Touched::default()
                    });
                }
                if let Some(line) = removed.and_then(|it| self.clients.lines.get(&it).copied()) {
                    self.bye(line, ByeReason::Removed, &Refusal::Removed.to_string(), now);
                }
            }
            Err(refusal) => self.refuse(at, what, &refusal.to_string(), now),
        }
    }

    /// Returns what a message does, with the verdict on an answer.
    #[allow(clippy::too_many_lines, reason = "one arm for each message")]
    fn act(
        &mut self,
        at: usize,
        role: Role,
        member: MemberId,
        message: ToHub,
        now: Instant,
    ) -> Result<Act, String> {
        Ok(match message {
            ToHub::Hello(_) | ToHub::Leave | ToHub::Fetch { .. } => {
                unreachable!("these are obeyed before")
            }
            ToHub::Look(place) => {
                if let Some(step) = &place.step {
                    self.judge.check_step(&step.lesson, step.step, false)?;
                }
                Act::Look(place)
            }
            ToHub::Answer {
                question: id,
                round,
                number,
                typed,
            } => {
                let question = self.class.question().filter(|question| question.id == id);
                // What will be refused, or is known, is not judged.
                let asked = question
                    .filter(|question| {
                        let tries = question.given(member, round).map_or(0, |given| given.tries);
                        question.phase == QuestionPhase::Open
                            && round == question.round()
                            && number == tries + 1
                    })
                    .map(|question| question.asked.clone());
                let verdict = match asked.filter(|_| role == Role::Student) {
                    Some(asked) => {
                        self.spend_answer(at, now)?;
                        self.judge.answer(id, &asked, &typed)?
                    }
                    None => unjudged(),
                };
                Act::Answer {
                    question: id,
                    round,
                    number,
                    typed,
                    verdict,
                }
            }
            ToHub::Work {
                step,
                number,
                typed,
            } => {
                let verdict = if role == Role::Student {
                    self.spend_answer(at, now)?;
                    self.judge.work(&step, &typed)?
                } else {
                    unjudged()
                };
                Act::Work {
                    step,
                    number,
                    typed,
                    verdict,
                }
            }
            ToHub::Hint { step, shown } => {
                if let Some(step) = &step {
                    self.judge.check_step(&step.lesson, step.step, false)?;
                }
                Act::Hint { step, shown }
            }
            ToHub::Hand { up } => Act::Hand { up },
            ToHub::Done { done } => Act::Done { done },
            ToHub::Move { position } => {
                // A teacher knows the lesson; a student is not let past its end.
                let step = position.opened.first().unwrap_or(&position.step);
                let is_student = role == Role::Student;
                self.judge.check_step(&position.lesson, *step, is_student)?;
                Act::Move { position }
            }
            ToHub::Free { until } => Act::Free { until },
            ToHub::Gather => Act::Gather,
            ToHub::HandOver { to } => Act::HandOver { to },
            ToHub::Ask { ask } => {
                if role != Role::Teacher {
                    return Err(Refusal::NotTeacher.to_string());
                }
                Act::Ask {
                    question: Box::new(self.judge.asked(&ask)?),
                }
            }
            ToHub::Close => Act::Close,
            ToHub::Reveal => Act::Reveal,
            ToHub::VoteAgain => Act::VoteAgain,
            ToHub::PutAway => Act::PutAway,
            ToHub::Lock { locked } => Act::Lock { locked },
            ToHub::Rename { member: of, name } => {
                if role != Role::Teacher {
                    return Err(Refusal::NotTeacher.to_string());
                }
                let name = self.class.name_for(&name, None, Some(of));
                Act::Rename {
                    member: of,
                    name: name.map_err(|error| error.to_string())?,
                }
            }
            ToHub::Remove { member } => Act::Remove { member },
            ToHub::Restore { member } => Act::Restore { member },
            ToHub::LowerHand { member } => Act::LowerHand { member },
            ToHub::End => Act::End,
        })
    }

    /// Takes one of the answers that a client may give in a time.
    fn spend_answer(&mut self, at: usize, now: Instant) -> Result<(), String> {
        let may = self.clients.get(at).is_some_and(|it| it.answers.take(now));
        may.then_some(())
            .ok_or_else(|| "That was many answers at once: wait a moment.".to_owned())
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
        self.journal.settle();
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

    /// Writes the journal, and then tells everybody what has changed.
    fn tell(&mut self, now: Instant) {
        // An answer is on the disk before anybody hears of it.
        if self.journal.is_waiting() && self.journal.write() {
            self.changes.last += 1;
            let overviews = self.clients.overviews.iter();
            self.clients.untold.extend(overviews);
        }
        // What was held back of the overviews.
        for at in &self.clients.overviews {
            let client = self.clients.all.get(*at).and_then(Option::as_ref);
            if client.is_some_and(|client| client.told.view < self.changes.last) {
                self.clients.untold.insert(*at);
            }
        }
        // Students first: the others get more.
        let untold = std::mem::take(&mut self.clients.untold);
        let (overviews, students): (Vec<usize>, Vec<usize>) = untold
            .into_iter()
            .partition(|at| self.clients.overviews.contains(at));
        for at in students.into_iter().chain(overviews) {
            self.tell_client(at, now);
        }
    }

    /// Sends a client what it has not been told, one of each kind, as far as it takes it.
    fn tell_client(&mut self, at: usize, now: Instant) {
        loop {
            let Some(client) = self.clients.get(at) else {
                return;
            };
            client.write(now);
            if client.is_gone || client.stage == Stage::Closing && client.queued() == 0 {
                return self.drop_client(at, now);
            }
            // What waits is sent before anything newer, so that it is never much.
            if client.queued() > 0 {
                return;
            }
            let Some((role, member)) = client.role() else {
                return;
            };
            if let Some(lesson) = client.wants.take() {
                let Some(bytes) = self.lesson(&lesson) else {
                    return;
                };
                if let Some(client) = self.clients.get(at) {
                    client.push(bytes);
                }
                continue;
            }
            let has_more = match role {
                Role::Student => self.tell_student(at, member),
                Role::Teacher => self.tell_teacher(at, now),
                Role::Projector => self.tell_projector(at, now),
            };
            if !has_more {
                return;
            }
        }
    }

    /// Returns a lesson in the line of its message.
    fn lesson(&mut self, name: &str) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.lessons.get(name) {
            return Some(Arc::clone(bytes));
        }
        let texts = self.judge.texts(name)?.clone();
        let bytes = line(&FromHub::Lesson(texts));
        self.lessons.insert(name.to_owned(), Arc::clone(&bytes));
        Some(bytes)
    }

    /// Returns what all see, in the line of its message.
    fn view(&mut self) -> Arc<[u8]> {
        match &self.view {
            Some((change, bytes)) if *change == self.changes.class => Arc::clone(bytes),
            _ => {
                let bytes = line(&FromHub::Class(self.class.view()));
                self.view = Some((self.changes.class, Arc::clone(&bytes)));
                bytes
            }
        }
    }

    fn tell_student(&mut self, at: usize, member: Option<MemberId>) -> bool {
        let Some(told) = self.clients.get(at).map(|client| client.told) else {
            return false;
        };
        let Some(member) = member else {
            return false;
        };
        let mut told = told;
        let bytes = if told.view < self.changes.class {
            told.view = self.changes.class;
            self.view()
        } else if told.own < self.changes.of(member) {
            told.own = self.changes.of(member);
            match self.class.own_view(member) {
                Some(own) => line(&FromHub::Own(own)),
                None => return false,
            }
        } else {
            return false;
        };
        if let Some(client) = self.clients.get(at) {
            client.told = told;
            client.push(bytes);
        }
        true
    }

    /// Returns whether an overview is due: the class has changed, or there was none for a while.
    fn is_due(&mut self, at: usize, now: Instant) -> bool {
        let (changes, shortest) = (&self.changes, self.limits.overview);
        let (class, last) = (changes.class, changes.last);
        self.clients.get(at).is_some_and(|client| {
            let waited = now.saturating_duration_since(client.since) >= shortest;
            client.told.view < class || client.told.view < last && waited
        })
    }

    fn tell_teacher(&mut self, at: usize, now: Instant) -> bool {
        let bytes = if self.is_due(at, now) {
            let mut view = self.class.teacher_view();
            view.trouble = self.journal.trouble();
            let last = self.changes.last;
            if let Some(client) = self.clients.get(at) {
                client.told.view = last;
                client.since = now;
            }
            line(&FromHub::Teacher(Box::new(view)))
        } else {
            let Some(told) = self.clients.get(at).map(|client| client.told) else {
                return false;
            };
            // Rows come with the view that counts them.
            let (told, upto) = (told.rows, told.view);
            if self
                .clients
                .get(at)
                .is_none_or(|it| it.told.all_rows == upto)
            {
                return false;
            }
            let ids = self.class.members().map(|member| member.id);
            let mut new: Vec<(u64, Option<MemberId>)> = ids
                .map(|id| (self.changes.of(id), Some(id)))
                .filter(|row| *row > told && row.0 <= upto)
                .collect();
            new.sort_unstable();
            new.truncate(ROWS);
            let Some(last) = new.last().copied() else {
                if let Some(client) = self.clients.get(at) {
                    client.told.all_rows = upto;
                }
                return false;
            };
            let ids = new.iter().filter_map(|(_, id)| *id);
            let rows = ids.filter_map(|id| self.class.row(id)).collect();
            if let Some(client) = self.clients.get(at) {
                client.told.rows = last;
            }
            line(&FromHub::Members { rows })
        };
        if let Some(client) = self.clients.get(at) {
            client.push(bytes);
        }
        true
    }

    fn tell_projector(&mut self, at: usize, now: Instant) -> bool {
        if !self.is_due(at, now) {
            return false;
        }
        let view = line(&FromHub::Projector(self.class.projector_view()));
        let last = self.changes.last;
        if let Some(client) = self.clients.get(at) {
            client.told.view = last;
            client.since = now;
            client.push(view);
        }
        true
    }
}

const FULL: &str = "The class is full, or the machine is: try again in a while.";
const NOT_READ: &str = "You have read nothing for too long.";
const NAME_NEEDED: &str = "Type the name that you have in the class.";
const TOO_MANY: &str = "There were too many wrong guesses: wait a minute.";

/// Tells somebody who cannot be let in why, without waiting for them.
fn refuse(mut stream: UnixStream, why: &str) {
    // A new line takes that much at once; who has gone already needs no word.
    let _ = stream.write(&bye(ByeReason::Full, why));
}

fn bad_name(error: &NameError) -> NotIn {
    (ByeReason::BadName, error.to_string())
}

/// Returns the verdict on an answer that is refused, or known already, whatever it is.
const fn unjudged() -> Verdict {
    Verdict {
        outcome: Outcome::Open,
        chosen: Vec::new(),
        slips: Vec::new(),
        feedback: Vec::new(),
    }
}

/// Returns the type of a message, as its line has it.
const fn kind_of(message: &ToHub) -> &'static str {
    match message {
        ToHub::Hello(_) => "hello",
        ToHub::Fetch { .. } => "fetch",
        ToHub::Look(_) => "look",
        ToHub::Answer { .. } => "answer",
        ToHub::Work { .. } => "work",
        ToHub::Hint { .. } => "hint",
        ToHub::Hand { .. } => "hand",
        ToHub::Done { .. } => "done",
        ToHub::Move { .. } => "move",
        ToHub::Free { .. } => "free",
        ToHub::Gather => "gather",
        ToHub::HandOver { .. } => "hand-over",
        ToHub::Ask { .. } => "ask",
        ToHub::Close => "close",
        ToHub::Reveal => "reveal",
        ToHub::VoteAgain => "vote-again",
        ToHub::PutAway => "put-away",
        ToHub::Lock { .. } => "lock",
        ToHub::Rename { .. } => "rename",
        ToHub::Remove { .. } => "remove",
        ToHub::Restore { .. } => "restore",
        ToHub::LowerHand { .. } => "lower-hand",
        ToHub::End => "end",
        ToHub::Leave => "leave",
    }
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
