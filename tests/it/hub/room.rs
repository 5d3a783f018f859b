//! A hub on a thread, and clients of it that wait for messages.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nn_tutor::algebra::{Cell, Decimals, Quantity};
use nn_tutor::class::{
    ClassView, MemberId, MemberRow, OwnView, OwnWork, QuestionId, Role, StepRef, TeacherView,
};
use nn_tutor::hub::{
    ByeReason, Config, Ended, FromHub, Hello, Hub, HubError, Line, LineError, OpenClass, Stopper,
    ToAsk, ToHub, Welcome, folder_of, own_uid,
};
use nn_tutor::lesson::{Lesson, Library};
use nn_tutor::session::{CellPlace, LabPosition, Position};
use nn_tutor::trace::{RunPosition, Trace};
use nn_tutor::tutor::{self, Kind, Level};
use tempfile::TempDir;

/// The longest that a message is waited for: far more than any takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The lesson of the classes here.
pub(super) const LESSON: &str = "grounded";

pub(super) fn lesson() -> Lesson {
    Library::embedded().open_name(LESSON).unwrap()
}

pub(super) fn trace() -> &'static Arc<Trace> {
    static TRACE: OnceLock<Arc<Trace>> = OnceLock::new();
    TRACE.get_or_init(|| Arc::new(Trace::compile(Arc::new(lesson())).unwrap()))
}

/// Returns a configuration of a class in a folder.
pub(super) fn config(below: &Path, lesson: Lesson) -> Config {
    let mut config = Config::new("class", vec![(LESSON.to_owned(), lesson)]);
    below.clone_into(&mut config.below);
    config
}

/// Waits until nobody holds the lock of a class that was closed: a process that is just being started by another test has
/// all files of this one for a moment.
pub(super) fn unlocked(below: &Path) {
    let path = folder_of(own_uid(), below).join("class.lock");
    let Ok(lock) = File::open(path) else {
        return;
    };
    // It is given back with the file.
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
}

/// A hub that serves on a thread.
pub(super) struct Room {
    #[allow(dead_code, reason = "the folder goes with it")]
    folder: Option<TempDir>,
    below: PathBuf,
    serving: Option<(Stopper, JoinHandle<Result<Ended, HubError>>)>,
}

impl Room {
    pub(super) fn open() -> Self {
        Self::with(|_| {})
    }

    /// Opens a hub with another configuration.
    pub(super) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().to_owned();
        let mut room = Self::below(&below, change);
        room.folder = Some(folder);
        room
    }

    /// Opens a hub whose folder is that of another one.
    pub(super) fn below(below: &Path, change: impl FnOnce(&mut Config)) -> Self {
        unlocked(below);
        let mut config = config(below, lesson());
        change(&mut config);
        let hub = Hub::open(config).unwrap();
        let stopper = hub.stopper();
        let thread = std::thread::spawn(move || hub.run());
        Self {
            folder: None,
            below: below.to_owned(),
            serving: Some((stopper, thread)),
        }
    }

    pub(super) fn class(&self) -> OpenClass {
        OpenClass::named("class", own_uid(), &self.below).unwrap()
    }

    fn end(&mut self) {
        if let Some((stopper, thread)) = self.serving.take() {
            stopper.stop();
            thread.join().unwrap().unwrap();
        }
    }

    /// Waits until the class has ended by itself.
    pub(super) fn has_ended(mut self) -> bool {
        let (_, thread) = self.serving.take().unwrap();
        thread.join().unwrap().unwrap() == Ended::Class
    }

    /// Returns a client that is let in, or the reason why it is not.
    pub(super) fn client(&self, hello: &Hello) -> Result<Client, (ByeReason, String)> {
        Client::come(&self.class(), hello)
    }

    pub(super) fn teacher(&self) -> Client {
        self.client(&Hello::new(Role::Teacher)).unwrap()
    }

    /// Returns a student whom the door of the class vouches for.
    pub(super) fn student(&self, name: &str) -> Client {
        self.client(&student(name)).unwrap()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.end();
    }
}

/// Returns the number of a step with a question for a number, which its author asks or the tutor can.
pub(super) fn asked_step() -> usize {
    let trace = trace();
    let asks = |index: &usize| {
        tutor::question(trace, *index)
            .is_some_and(|question| matches!(question.kind, Kind::Numbers { .. }))
    };
    (0..trace.len()).find(asks).unwrap() + 1
}

/// Returns a right and a wrong answer to the question of a step.
pub(super) fn answers(step: usize) -> (String, String) {
    let trace = trace();
    let question = tutor::question(trace, step - 1).unwrap();
    let Kind::Numbers { target, cells } = &question.kind else {
        panic!("it asks for no numbers");
    };
    let value = target.value(trace);
    let typed = |change: f64| {
        let numbers = cells
            .iter()
            .map(|cell| format!("{}", value[*cell] + change));
        numbers.collect::<Vec<_>>().join(" ")
    };
    (typed(0.0), typed(17.17))
}

/// Returns a step, and an answer for its last number that shows a slip.
pub(super) fn slip() -> (usize, String) {
    let trace = trace();
    for index in 0..trace.len() {
        if tutor::question(trace, index).is_some() {
            continue;
        }
        let Some(question) = tutor::question_at_level(trace, index, Level::Value) else {
            continue;
        };
        let Kind::Numbers { target, cells } = &question.kind else {
            continue;
        };
        let typed = format!("{}", -target.value(trace)[cells[0]]);
        let verdict = question.grade(trace, &typed).unwrap();
        if !verdict.slips.is_empty() {
            return (index + 1, typed);
        }
    }
    panic!("no step has a slip");
}

pub(super) fn student(name: &str) -> Hello {
    let mut hello = Hello::new(Role::Student);
    hello.door_name = Some(name.to_owned());
    hello
}

pub(super) fn step(step: usize) -> StepRef {
    StepRef {
        lesson: LESSON.to_owned(),
        step,
    }
}

/// Returns a move, distinct for every number: the step is one of the first ten, and the cursor in a row of that number.
pub(super) fn go(number: usize) -> ToHub {
    let cell = Cell::new(Quantity::Input, number, 0);
    ToHub::Move {
        position: Position {
            lesson: LESSON.to_owned(),
            opened: Vec::new(),
            step: (number - 1) % 10 + 1,
            cursor: Some(CellPlace::in_equation(cell)),
            decimals: Decimals::default(),
            panel: None,
            changes: Vec::new(),
            shown: Vec::new(),
            lab: None,
        },
    }
}

/// Returns a move to a step.
pub(super) fn go_to(step: usize) -> ToHub {
    let ToHub::Move { mut position } = go(1) else {
        unreachable!("it is a move");
    };
    position.step = step;
    ToHub::Move { position }
}

/// Returns a move to the lab of the first step.
pub(super) fn go_to_lab(is_playing: bool) -> ToHub {
    let ToHub::Move { mut position } = go(1) else {
        unreachable!("it is a move");
    };
    position.lab = Some(Box::new(LabPosition {
        run: RunPosition::default(),
        opened: None,
        is_playing,
    }));
    ToHub::Move { position }
}

pub(super) fn options(options: &[&str], right: usize) -> ToHub {
    ToHub::Ask {
        ask: ToAsk::Options {
            text: "Which one?".to_owned(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            right: vec![right],
        },
    }
}

pub(super) fn answer(question: u32, number: usize, typed: &str) -> ToHub {
    ToHub::Answer {
        question: QuestionId(question),
        round: 1,
        number,
        typed: typed.to_owned(),
    }
}

/// Returns the number of the [`go`] that has led a class to where it stands.
pub(super) fn at(view: &ClassView) -> Option<usize> {
    Some(view.position.as_ref()?.cursor?.cell.row)
}

/// Returns everything that only a teacher may do.
pub(super) fn acts_of_teachers(member: MemberId) -> Vec<ToHub> {
    vec![
        ToHub::Free { until: None },
        ToHub::Gather,
        ToHub::HandOver { to: Some(member) },
        options(&["a", "b"], 0),
        ToHub::Close,
        ToHub::Reveal,
        ToHub::VoteAgain,
        ToHub::PutAway,
        ToHub::Lock { locked: true },
        ToHub::Rename {
            member,
            name: "Other".to_owned(),
        },
        ToHub::Remove { member },
        ToHub::Restore { member },
        ToHub::LowerHand { member: None },
        ToHub::End,
    ]
}

/// Returns the type of a message, as its line has it.
pub(super) fn kind(message: &ToHub) -> String {
    let value = serde_json::to_value(message).unwrap();
    value["type"].as_str().unwrap().to_owned()
}

/// A client that was let in.
pub(super) struct Client {
    pub(super) line: Line,
    pub(super) welcome: Welcome,
    /// What has come before what was waited for.
    pub(super) seen: Vec<FromHub>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.welcome)
    }
}

impl Client {
    pub(super) fn come(class: &OpenClass, hello: &Hello) -> Result<Self, (ByeReason, String)> {
        let mut line = Line::connect(class).unwrap();
        line.send(&ToHub::Hello(hello.clone())).unwrap();
        match line
            .wait(PATIENCE)
            .unwrap()
            .expect("no answer to the hello")
        {
            FromHub::Welcome(welcome) => Ok(Self {
                line,
                welcome,
                seen: Vec::new(),
            }),
            FromHub::Bye { reason, why } => Err((reason, why)),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn send(&mut self, message: &ToHub) {
        self.line.send(message).unwrap();
    }

    /// Waits for a message, and returns what it is wanted for.
    #[track_caller]
    pub(super) fn until<T>(&mut self, wanted: impl Fn(&FromHub) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let message = match self.line.wait(PATIENCE) {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) => panic!("{error}; so far {:?}", self.seen),
            };
            let found = wanted(&message);
            self.seen.push(message);
            if let Some(found) = found {
                return found;
            }
        }
        panic!("what was waited for has not come: {:?}", self.seen);
    }

    #[track_caller]
    pub(super) fn class(&mut self, is_it: impl Fn(&ClassView) -> bool) -> ClassView {
        self.until(|message| match message {
            FromHub::Class(view) if is_it(view) => Some(view.clone()),
            _ => None,
        })
    }

    #[track_caller]
    pub(super) fn own(&mut self, is_it: impl Fn(&OwnView) -> bool) -> OwnView {
        self.until(|message| match message {
            FromHub::Own(own) if is_it(own) => Some(own.clone()),
            _ => None,
        })
    }

    #[track_caller]
    pub(super) fn overview(&mut self, is_it: impl Fn(&TeacherView) -> bool) -> TeacherView {
        self.until(|message| match message {
            FromHub::Teacher(view) if is_it(view) => Some((**view).clone()),
            _ => None,
        })
    }

    #[track_caller]
    pub(super) fn row(&mut self, is_it: impl Fn(&MemberRow) -> bool) -> MemberRow {
        self.until(|message| match message {
            FromHub::Members { rows } => rows.iter().find(|row| is_it(row)).cloned(),
            _ => None,
        })
    }

    #[track_caller]
    pub(super) fn worked(&mut self) -> Vec<OwnWork> {
        self.until(|message| match message {
            FromHub::Worked { work } => Some(work.clone()),
            _ => None,
        })
    }

    #[track_caller]
    pub(super) fn refused(&mut self, kind: &str) -> String {
        self.until(|message| match message {
            FromHub::Refused { what, why } if what == kind => Some(why.clone()),
            _ => None,
        })
    }

    /// Answers the question on the screens, and waits until that is kept.
    #[track_caller]
    pub(super) fn answer(&mut self, question: u32, number: usize, typed: &str) {
        self.send(&answer(question, number, typed));
        self.own(|own| {
            let mut answers = own.answers.iter();
            answers.any(|answer| answer.tries == number && answer.typed == typed)
        });
    }

    /// Waits for the end of the line, and returns its reason.
    #[track_caller]
    pub(super) fn bye(&mut self) -> ByeReason {
        self.until(|message| match message {
            FromHub::Bye { reason, .. } => Some(*reason),
            _ => None,
        })
    }

    /// Returns whether the line is broken, once all that has come is read.
    pub(super) fn is_broken(&mut self) -> bool {
        loop {
            match self.line.wait(PATIENCE) {
                Ok(Some(message)) => self.seen.push(message),
                Ok(None) => return false,
                Err(LineError::Gone) => return true,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

pub(super) fn is_bye(message: &FromHub, wanted: ByeReason) -> bool {
    matches!(message, FromHub::Bye { reason, .. } if *reason == wanted)
}
