//! A class on the screen of one of its members: what they hear of it, where they follow it, what they say.
//!
//! It knows no socket: messages of the hub come in as events, and those for it wait until the caller sends them.

mod boards;
mod console;
mod spoken;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget as _};

use super::App;
use super::learner::Learner;
use crate::class::message::{ByeReason, FromHub, LessonName, ToHub, Welcome};
use crate::class::{
    ClassView, Counts, MemberId, MemberRow, OwnView, Pace, Place, QuestionId, QuestionPhase,
    QuestionView, Role, StepRef, TeacherView,
};
use crate::keys;
use crate::session::{Change, Command, Effect, InClass, Lab, LabPosition, Mode, Position, Session};
use crate::trace::Trace;
use crate::tutor;
use crate::ui::{self, Board};
use boards::QUESTION_ROW;
use console::LOOKS;
pub use spoken::ClassTranscript;
use work::WorkInClass;

/// Said where a key leads out of what a class may do.
const TEACHERS_CHOICE: &str = "In a class the teacher chooses the lesson. q leaves the class.";
/// The same to a teacher.
const NOT_IN_CLASS: &str =
    "A class goes through its own lessons only. q leaves it, and it goes on.";
/// Said where one may not work on one's own.
const NOT_FREE: &str = "That is for when the class works on its own. For now you follow.";
/// Said where a step comes that the class has not reached.
const NOT_THERE: &str = "The class is not further yet.";
/// Said when the line is broken.
const BROKEN: &str =
    "The line to the class is broken. The lesson goes on, and it is tried again by itself.";
/// Said where a number is shown that the class is asked for.
const ASKED_FOR: &str =
    "The class is asked for the number of the next step: it comes after the answer.";
/// Said where a question of the lesson would be answered that the class is asked.
const ASKED_NOW: &str = "The class is asked this now: T leads there.";
/// Said where something cannot be sent.
const NOT_CONNECTED: &str = "There is no line to the class at the moment: that cannot be sent.";
/// The same where there will be none.
const ENDED: &str = "The class has ended.";
/// The same to whoever is not in the class any more.
const NOT_IN_IT: &str = "You are not in the class any more.";
/// Said to whoever is taken out of the lab.
const GATHERED: &str = "The lab is closed: you are with the class again.";
/// Said to whoever is led into the lab.
const INTO_LAB: &str = "The class goes through the lab together: you see what is done there.";
/// Said where somebody else leads in the lab.
const LED: &str = "For now the class is led here. Esc goes back to the lesson, F to the class.";
/// Said to a teacher in a lab where the class cannot follow.
const TOO_MANY: &str = "The class does not follow through so many new runs and changes: q closes the lab, L opens it anew.";
/// Said to whoever has changed numbers where the class goes on together.
const ASIDE: &str =
    "The class goes on together: what you have changed is put aside, and nothing of it is lost.";
/// Said to a teacher who changes numbers.
const CLASS_CHANGES: &str = "The class sees what you change. x shows everybody the lesson as it was, and again your changes.";
/// Said where a file would be written in an account that others use too.
const SHARED: &str = "Others use this account too: no file is written here.";

/// What is not for a student who follows, who works on their own, and for a teacher.
const WITHHELD: [&[Command]; 3] = [
    &[
        Command::Menu,
        Command::Practise,
        Command::Review,
        Command::NextLesson,
        Command::Lab,
        Command::Raise,
        Command::Lower,
        Command::Change,
        Command::Choices,
        Command::TakeBack,
        Command::TakeAllBack,
        Command::Compare,
    ],
    &[
        Command::Menu,
        Command::Practise,
        Command::Review,
        Command::NextLesson,
    ],
    &[Command::Menu, Command::Practise, Command::Review],
];

/// What is not for whoever is led through the lab.
const NOT_LED: &[Command] = &[
    Command::Menu,
    Command::Play,
    Command::Next,
    Command::Back,
    Command::NextEpoch,
    Command::BackEpoch,
    Command::Start,
    Command::End,
    Command::GoTo,
    Command::GoToEpoch,
    Command::Faster,
    Command::Slower,
    Command::WhereFrom,
    Command::RaiseRate,
    Command::LowerRate,
    Command::Raise,
    Command::Lower,
    Command::Change,
    Command::Choices,
    Command::TakeBack,
    Command::TakeAllBack,
    Command::Keep,
    Command::Again,
    Command::Seed,
    Command::Starts,
    Command::Data,
    Command::Redraw,
    Command::MoreNoise,
    Command::LessNoise,
    Command::MoreSamples,
    Command::FewerSamples,
    Command::Write,
];

/// What lies over the lesson, or below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Front {
    /// The question to the class, with a field for the answer.
    Question,
    /// What a teacher sees of the class.
    Console,
}

/// What is typed for the class.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typing {
    /// A question.
    Question,
    /// Another name of a member.
    Name(MemberId),
}

/// An answer that has been sent, until the hub has it.
#[derive(Debug, Clone, PartialEq)]
struct Sent {
    question: QuestionId,
    round: usize,
    number: usize,
    message: ToHub,
}

/// A class as one of its members has it.
#[allow(clippy::struct_excessive_bools)]
pub struct Classroom {
    role: Role,
    name: String,
    lessons: Vec<LessonName>,
    /// What students type to join.
    invitation: Vec<String>,
    /// The join code.
    code: Option<String>,
    /// Whether only the names of a roster may come.
    by_roster: bool,
    view: ClassView,
    /// Whether the hub has told where the class stands: nobody leads before that.
    has_view: bool,
    own: Option<OwnView>,
    teacher: Option<TeacherView>,
    counts: Counts,
    members: BTreeMap<MemberId, MemberRow>,
    /// The hub's time when the application began, in milliseconds since 1970, and now.
    epoch: u64,
    now: u64,
    is_connected: bool,
    /// Why there is nothing to come back to.
    left: Option<ByeReason>,
    /// Whether the account is not the member's own: without the class there is nothing for them to do in it.
    is_guest: bool,
    /// The name that the member came with.
    own_name: String,
    /// The word to come back with, in an account that several share.
    word: Option<String>,
    /// Whether the message is about it.
    tells_word: bool,
    /// Whether the help was opened from the console, which is there again once it closes.
    helps_at_console: bool,
    follows: bool,
    /// Whether one goes to the class although everybody works on their own.
    catches_up: bool,
    front: Option<Front>,
    /// Whether the last key was typed into an answer to a question of the lesson, which holds whoever follows.
    is_answering: bool,
    /// The question and the vote that were shown by themselves.
    shown: Option<(QuestionId, usize)>,
    field: String,
    /// Whether an answer has been sent as it stands in the field.
    is_answered: bool,
    /// The hints that have been shown for it.
    hints: Vec<String>,
    typing: Option<Typing>,
    shows_names: bool,
    /// The student whom the keys of a teacher are about.
    chosen: Option<MemberId>,
    /// The lines by which the console is scrolled.
    scroll: usize,
    count: Option<usize>,
    asks_to_end: bool,
    message: Option<String>,
    sent: Option<Sent>,
    outbox: Vec<ToHub>,
    /// The lessons that have been asked for.
    fetched: BTreeSet<String>,
    told_place: Option<Place>,
    /// Where the class was led to last from here.
    led: Option<Position>,
    /// Where it was led from here since the hub has taken note of all of that.
    unheard: Vec<Position>,
    /// How often it was led somewhere from here on this line, and how often the hub has taken note of that.
    moves: [usize; 2],
    /// Where it stood when whoever leads last heard of it.
    heard: Option<Position>,
    /// The lesson that the class was led to from here, until one stands in it.
    awaited: Option<String>,
    /// Whether it was led somewhere while there was no line.
    is_unsaid: bool,
    /// Whether whoever leads is on the way into the lab where another leader has opened it.
    awaits_lab: bool,
    /// When the class was led through the lab last, by the hub's clock.
    led_at: u64,
    /// Whether the lesson was shown with changes.
    is_changed: bool,
    /// The changes of the class that were tried last.
    tried: Option<Vec<Change>>,
    /// Those with which the lesson could not be compiled: they are not tried again.
    pub(super) refused: Option<Vec<Change>>,
    /// What has been done in the lesson at one's own pace.
    work: WorkInClass,
    /// Whether the hub has been told that all that is freed has been gone through.
    told_done: bool,
}

impl Classroom {
    /// Returns the class that has let somebody in.
    pub fn new(welcome: &Welcome, host: &str) -> Self {
        let is_teacher = welcome.role == Role::Teacher;
        let invited = welcome.invited.as_ref();
        let invitation = match invited.and_then(|invited| invited.shared.first()) {
            Some(account) => vec![format!("ssh {account}@{host}")],
            None => vec![format!("ssh {host}"), "nn-tutor class join".to_owned()],
        };
        Self {
            role: welcome.role,
            name: welcome.class.clone(),
            lessons: welcome.lessons.clone(),
            invitation,
            code: invited.and_then(|invited| invited.code.clone()),
            by_roster: invited.is_some_and(|invited| invited.by_roster),
            view: ClassView::default(),
            has_view: false,
            own: None,
            teacher: None,
            counts: Counts::default(),
            members: BTreeMap::new(),
            epoch: welcome.now,
            now: welcome.now,
            is_connected: true,
            is_guest: false,
            left: None,
            own_name: welcome.name.clone().unwrap_or_default(),
            word: welcome.word.clone(),
            tells_word: false,
            helps_at_console: false,
            follows: !is_teacher,
            catches_up: false,
            front: is_teacher.then_some(Front::Console),
            is_answering: false,
            shown: None,
            field: String::new(),
            is_answered: false,
            hints: Vec::new(),
            typing: None,
            shows_names: false,
            chosen: None,
            scroll: 0,
            count: None,
            asks_to_end: false,
            message: None,
            sent: None,
            outbox: Vec::new(),
            fetched: BTreeSet::new(),
            told_place: None,
            led: None,
            unheard: Vec::new(),
            moves: [0, 0],
            heard: None,
            awaited: None,
            is_unsaid: false,
            awaits_lab: false,
            led_at: 0,
            is_changed: false,
            tried: None,
            refused: None,
            work: WorkInClass::default(),
            told_done: false,
        }
    }

    /// Returns the class of somebody in an account that is not their own.
    #[must_use]
    pub fn of_guest(self) -> Self {
        Self {
            is_guest: true,
            ..self
        }
    }

    /// Returns whether it is over for a guest, whom any key then leads out.
    fn is_over_for_guest(&self) -> bool {
        self.is_guest && self.left.is_some()
    }

    /// Tells a student who is new the word to come back with, if one is needed.
    pub fn tell_word(&mut self) {
        if let Some(word) = &self.word {
            self.tells_word = true;
            let name = &self.own_name;
            self.message = Some(format!(
                "Your word is {word}: with it you come back as {name}. Write it down."
            ));
        }
    }

    /// Returns the commands of a lesson that are not for the member now.
    fn withheld(&self) -> &'static [Command] {
        let [following, free, teaching] = WITHHELD;
        match self.role {
            _ if self.left.is_some() => &[],
            // There is no other one to go to.
            Role::Teacher if self.lessons.len() < 2 => free,
            Role::Teacher => teaching,
            _ if self.is_free() || self.leads() => free,
            _ => following,
        }
    }

    /// Returns why a command of a lesson, or of the lab, is not for the member now.
    fn refusal(&self, command: Command, lab: Option<&Lab>) -> Option<&'static str> {
        let is_about_lesson = matches!(
            command,
            Command::Menu | Command::Practise | Command::Review | Command::NextLesson
        );
        match command {
            Command::Write | Command::Worksheet if self.is_guest => Some(SHARED),
            _ if lab.is_some_and(|lab| lab.led_to().is_some()) && self.goes_along() => {
                NOT_LED.contains(&command).then_some(LED)
            }
            _ if lab.is_some() && command != Command::Menu => None,
            _ if !self.withheld().contains(&command) => None,
            _ if is_about_lesson && self.role == Role::Teacher => Some(NOT_IN_CLASS),
            _ if is_about_lesson => Some(TEACHERS_CHOICE),
            _ => Some(NOT_FREE),
        }
    }

    /// Returns the time in milliseconds since 1970, by the hub's clock.
    const fn now(&self) -> u64 {
        self.now
    }

    /// Takes note of the time since the application began.
    pub(super) fn at(&mut self, now: Duration) {
        let since = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.now = self.epoch.saturating_add(since);
    }

    /// Returns whether the member leads the class now.
    fn leads(&self) -> bool {
        self.role == Role::Teacher || self.own.as_ref().is_some_and(|own| own.drives)
    }

    fn is_free(&self) -> bool {
        matches!(self.view.pace, Pace::Free { .. })
    }

    /// Returns whether one goes where the class goes, and leads it nowhere.
    fn goes_along(&self) -> bool {
        self.follows && !self.leads() && self.left.is_none() && !self.is_free()
    }

    /// Returns the mode of what lies over the lesson.
    fn mode(&self) -> Option<Mode> {
        if self.typing.is_some() {
            return Some(Mode::ClassField);
        }
        match self.front? {
            Front::Console => Some(Mode::Console),
            Front::Question if self.role != Role::Student => None,
            Front::Question => {
                let question = self.view.question.as_ref();
                let is_open = self.left.is_none()
                    && question.is_some_and(|question| question.phase == QuestionPhase::Open);
                is_open.then_some(Mode::ClassQuestion)
            }
        }
    }

    /// Returns whether the question to the class has options.
    fn has_options(&self) -> bool {
        let question = self.view.question.as_ref();
        question.is_some_and(|question| !question.options.is_empty())
    }

    fn send(&mut self, message: ToHub) {
        self.moves[0] += usize::from(matches!(message, ToHub::Move { .. }));
        self.outbox.push(message);
    }

    /// Returns why nothing can be sent to the class, if that is so.
    fn silence(&self) -> Option<&'static str> {
        match self.left {
            Some(ByeReason::Ended) => Some(ENDED),
            Some(_) => Some(NOT_IN_IT),
            None => (!self.is_connected).then_some(NOT_CONNECTED),
        }
    }

    /// Takes up a view of what all see.
    fn see(&mut self, view: ClassView) {
        // What was said of before is not so any more; the word to come back with stays until it is read.
        let phase = |view: &ClassView| {
            let question = view.question.as_ref();
            question.map(|question| (question.id, question.round, question.phase))
        };
        if !self.tells_word && (view.pace != self.view.pace || phase(&view) != phase(&self.view)) {
            self.message = None;
        }
        if view.ended {
            self.left = Some(ByeReason::Ended);
        }
        // Who was on their own is gathered, wherever they are.
        self.follows |= self.is_free() && !matches!(view.pace, Pace::Free { .. });
        // For other work, nobody has said yet that it is done.
        self.told_done &= view.pace == self.view.pace;
        self.view = view;
        self.has_view = true;
        let Some(question) = &self.view.question else {
            if self.front == Some(Front::Question) {
                self.front = None;
            }
            self.shown = None;
            return;
        };
        let vote = (question.id, question.round);
        if self.shown != Some(vote) {
            self.shown = Some(vote);
            self.field.clear();
            self.is_answered = false;
            self.hints.clear();
            self.scroll = 0;
            if self.role != Role::Teacher {
                self.front = Some(Front::Question);
            }
        }
    }

    /// Takes up one's own view: what it has of an answer need not be sent again. Who is given the class to lead begins where
    /// it stands.
    fn see_own(&mut self, own: OwnView) {
        if let Some(sent) = &self.sent {
            let has = |answer: &crate::class::OwnAnswer| {
                (answer.question, answer.round) == (sent.question, sent.round)
                    && answer.tries >= sent.number
            };
            if own.answers.iter().any(has) {
                self.sent = None;
            }
        }
        let did_lead = self.leads();
        self.own = Some(own);
        if self.leads() && !did_lead {
            self.follows = true;
            self.heard = None;
        }
    }

    /// Sends the answer that is typed.
    fn answer(&mut self) {
        let typed = self.field.trim().to_owned();
        let Some(question) = &self.view.question else {
            return;
        };
        if typed.is_empty() {
            self.message = Some("Type an answer first.".to_owned());
            return;
        }
        let (id, round) = (question.id, question.round);
        let answers = self.own.as_ref().map(|own| own.answers.as_slice());
        let before = answers.unwrap_or_default().iter();
        let tries = before
            .filter(|answer| (answer.question, answer.round) == (id, round))
            .map(|answer| answer.tries)
            .max();
        let waiting = self.sent.as_ref().map(|sent| sent.number);
        let number = tries.max(waiting).unwrap_or(0) + 1;
        let message = ToHub::Answer {
            question: id,
            round,
            number,
            typed,
        };
        self.sent = Some(Sent {
            question: id,
            round,
            number,
            message: message.clone(),
        });
        self.is_answered = true;
        self.send(message);
    }

    /// Tells a session what is different in a class, and a teacher that all see what they change.
    fn tell_session(&mut self, session: &mut Session, lesson: &str) {
        let is_watched = self.role == Role::Projector;
        let question = self
            .view
            .question
            .as_ref()
            .filter(|asked| asked.cell.is_none());
        let is_here =
            |step: &StepRef| (step.lesson.as_str(), step.step) == (lesson, session.place().0);
        let is_asked_here = question
            .and_then(|asked| asked.step.as_ref())
            .is_some_and(is_here);
        session.set_class(Some(InClass {
            teaches: self.role == Role::Teacher,
            is_watched,
            // On their own screen everybody finds it in its place, once it is put away.
            is_asked_elsewhere: is_watched && is_asked_here,
            withheld: self.withheld(),
        }));
        // Nobody sees it where the class has ended, goes elsewhere, or is not reached.
        let is_seen = self.left.is_none() && self.is_connected && !self.is_free();
        let is_changed = session.is_changed() && !session.follows_changes() && is_seen;
        // While a question of the lesson is on the screens, the hub refuses changed numbers, and says why.
        let is_asked = self
            .view
            .question
            .as_ref()
            .is_some_and(|question| question.step.is_some());
        if is_changed && !self.is_changed && self.role == Role::Teacher && !is_asked {
            self.message = Some(CLASS_CHANGES.to_owned());
        }
        self.is_changed = is_changed;
    }

    /// Says of a student that a hand is up, or that the work is done, or no longer.
    fn say_of_oneself(&mut self, command: Command) {
        let own = self.own.as_ref();
        if let Some(why) = self.silence() {
            self.message = Some(why.to_owned());
        } else if command == Command::Hand {
            let up = !own.is_some_and(|own| own.hand);
            self.send(ToHub::Hand { up });
        } else if self.is_free() {
            let done = !own.is_some_and(|own| own.done);
            self.send(ToHub::Done { done });
        } else {
            self.message = Some(NOT_FREE.to_owned());
        }
    }

    /// Returns whether the class was led through the lab so recently that a run that plays is not worth a word.
    fn is_too_soon(&self, to: &Position) -> bool {
        /// The time between two places of a run that plays, in milliseconds.
        const BETWEEN: u64 = 250;
        let plays = to.lab.as_ref().is_some_and(|lab| lab.is_playing);
        plays && self.now < self.led_at.saturating_add(BETWEEN)
    }

    /// Returns whether the class stands where whoever leads does, as far as their program goes: with changes that no lesson
    /// takes, nobody leads it back.
    fn has_led_to(&self, looked: &Position) -> bool {
        self.led.as_ref().is_some_and(|led| {
            let is_refused = self.refused.as_ref() == Some(&led.changes);
            led == looked
                || is_refused
                    && (&led.lesson, led.step, &led.lab)
                        == (&looked.lesson, looked.step, &looked.lab)
        })
    }

    /// Leads the class.
    fn lead(&mut self, to: Position) {
        /// The most places that are kept: as many as a hub takes at once.
        const MOST_UNHEARD: usize = 400;
        self.led_at = self.now;
        if self.unheard.len() < MOST_UNHEARD {
            self.unheard.push(to.clone());
        }
        self.led = Some(to.clone());
        if !self.is_connected {
            self.is_unsaid = true;
            return;
        }
        self.send(ToHub::Move { position: to });
    }

    /// Tells the hub where a student looks and what they have answered, if that is new.
    fn tell_place_and_work(&mut self, session: &Session, lesson: &str) {
        let at = |step| StepRef {
            lesson: lesson.to_owned(),
            step,
        };
        let follows = self.follows && !self.is_free();
        let place = Place {
            step: Some(at(session.place().0)),
            follows,
        };
        let is_news = self
            .told_place
            .as_ref()
            .is_none_or(|told| told.follows != follows || !follows && *told != place);
        if is_news {
            self.told_place = Some(place.clone());
            self.send(ToHub::Look(place));
        }
        let told = self.work.tell(session, at, self.now);
        self.outbox.extend(told);
        let limit = self.view.limit.unwrap_or(usize::MAX);
        let has_arrived = session.place().0 >= limit.min(session.place().1);
        // What is asked there is part of the work.
        let is_open = session.asked().is_some_and(|asked| !asked.revealed);
        let is_done = self.is_free() && has_arrived && !is_open;
        if self.own.as_ref().is_some_and(|own| own.done != is_done) && self.told_done != is_done {
            self.told_done = is_done;
            self.send(ToHub::Done { done: is_done });
        }
    }
}

/// The parts of a screen in a class.
pub(super) struct Areas {
    pub(super) lesson: Rect,
    /// The board, with the row of its heading.
    board: Rect,
    /// The line about the class.
    line: Rect,
}

/// The rows that a lesson keeps beside a board, and those that a board has at most.
const LEAST_LESSON: u16 = 13;

impl App {
    /// Returns where on a screen the lesson is, the board, and the line about the class.
    pub(super) fn areas(&self, area: Rect) -> Areas {
        let none = Rect { height: 0, ..area };
        let Some(room) = &self.classroom else {
            return Areas {
                lesson: area,
                board: none,
                line: none,
            };
        };
        if ui::is_too_small(area) {
            return Areas {
                lesson: area,
                board: none,
                line: none,
            };
        }
        let line = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        let above = Rect {
            height: area.height - 1,
            ..area
        };
        let wanted = self
            .question_board(above)
            .map(|board| board.height(area.width, self.window.theme()) + 1);
        let rows = match wanted {
            None => 0,
            // To answer, one looks at the lesson; what has come of it is read at once.
            Some(wanted) if room.mode().is_some() => {
                let beside = above.height.saturating_sub(LEAST_LESSON).max(8);
                // Options are chosen among with all of them in sight.
                let has_options = room.has_options();
                wanted.min(if has_options { above.height } else { beside })
            }
            Some(wanted) => wanted,
        };
        let rows = if rows > 0 && above.height.saturating_sub(rows) < ui::LEAST.1 {
            above.height
        } else {
            rows
        };
        let lesson = if above.height < ui::LEAST.1 {
            // On the smallest screen the line stands where the keys are.
            area
        } else {
            Rect {
                height: above.height - rows,
                ..above
            }
        };
        Areas {
            // A window always has a size: what is hidden is drawn once it is seen.
            lesson: if lesson.height == 0 { above } else { lesson },
            board: Rect {
                y: above.bottom() - rows,
                height: rows,
                ..above
            },
            line,
        }
    }

    /// Returns where the learner stands in the lesson as it was written, and in the lab: what a class has in common.
    pub(super) fn place_in_class(&self) -> Option<Position> {
        let leads = self.classroom.as_ref().is_some_and(|room| room.leads());
        let lab = self.lab.as_ref().and_then(|lab| match lab.led_to() {
            Some(to) => Some(to.clone()),
            None if leads => lab.position(),
            None => None,
        });
        Some(Position {
            lab: lab.map(Box::new),
            ..self.position()?
        })
    }

    /// Returns what is shown of the question to the class above the line about it, if it is on this screen: for a room to
    /// read in large print, where half of the screen is enough for it.
    fn question_board(&self, above: Rect) -> Option<Board> {
        let room = self.classroom.as_ref()?;
        let board = room.question_board()?;
        if room.role != Role::Projector {
            return Some(board);
        }
        let size = (above.width, above.height / 2);
        Some(board.with_large(QUESTION_ROW, self.window.theme(), size))
    }

    /// Draws the lesson, what the class lays over it or below, and the line about the class.
    pub(super) fn draw_class(&self, buf: &mut Buffer) {
        let area = buf.area;
        let areas = self.areas(area);
        let Some(room) = &self.classroom else {
            return;
        };
        let theme = self.window.theme();
        let here = self.learner.as_ref().map(|learner| {
            let session = &learner.session;
            let (step, of) = session.place();
            format!("Step {step} of {of}: {}", session.step().title())
        });
        let console = room.console_board(here.as_deref(), self.asking());
        if console.is_none() || areas.line.is_empty() {
            self.draw_lesson(buf);
        }
        if areas.line.is_empty() {
            return;
        }
        if room.role == Role::Projector {
            // Its keys are nobody's.
            let keys = Rect {
                y: areas.lesson.bottom().saturating_sub(1),
                height: 1,
                ..areas.lesson
            };
            Clear.render(keys, buf);
        }
        if let Some(board) = console {
            let above = Rect {
                height: areas.line.y - areas.lesson.y,
                ..areas.lesson
            };
            let hints = Rect {
                y: above.bottom() - 1,
                height: 1,
                ..above
            };
            Clear.render(above, buf);
            board.draw(room.scroll, theme, console_area(above), buf);
            let mode = room.mode().unwrap_or(Mode::Console);
            let offers = |command| room.left.is_none() || LOOKS.contains(&command);
            ui::draw_keys(mode, offers, theme, hints, buf);
        } else if let Some(board) = self.question_board(Rect {
            height: area.height - 1,
            ..area
        }) {
            let (rule, body) = (
                Rect {
                    height: 1,
                    ..areas.board
                },
                Rect {
                    y: areas.board.y + 1,
                    height: areas.board.height.saturating_sub(1),
                    ..areas.board
                },
            );
            ui::draw_rule(theme, rule, buf);
            board.draw(room.scroll, theme, body, buf);
        }
        let own = self.place_in_class();
        let lab = self.lab.as_deref();
        let looks_away = lab.is_some_and(Lab::looks_away);
        let is_asked = room.mode() == Some(Mode::ClassQuestion);
        let has_hint = is_asked && self.next_hint().is_some();
        let (left, right) = room.line(own.as_ref(), looks_away, has_hint);
        let is_over = areas.line.y < areas.lesson.bottom() && areas.board.is_empty();
        let says = |learner: &Learner| learner.session.message().is_some();
        let says = match lab {
            Some(lab) => lab.message().is_some(),
            None => self.learner.as_ref().is_some_and(says),
        };
        if is_over && room.front.is_none() && says {
            // A message of the lesson is read first.
            return;
        }
        ui::draw_class_line(&left, &right, theme, areas.line, buf);
        if let Some(message) = &room.message {
            ui::draw_class_message(message, theme, area, buf);
        }
    }

    /// Returns an application of a member of a class, which begins in a lesson that the catalogue was given.
    #[must_use]
    pub fn in_class(mut self, classroom: Classroom) -> Self {
        self.classroom = Some(Box::new(classroom));
        self
    }

    /// Takes the messages for the hub of the class.
    pub fn take_messages(&mut self) -> Vec<ToHub> {
        self.classroom
            .as_mut()
            .map(|room| std::mem::take(&mut room.outbox))
            .unwrap_or_default()
    }

    /// Returns whether the member has been told that there is nothing to come back to.
    pub fn class_has_ended(&self) -> bool {
        self.classroom
            .as_ref()
            .is_some_and(|room| room.left.is_some())
    }

    /// Takes up a message of the hub.
    pub(super) fn hear(&mut self, message: FromHub, now: Duration) -> Option<Effect> {
        let room = self.classroom.as_mut()?;
        match message {
            FromHub::Welcome(welcome) => {
                room.is_connected = true;
                room.message = None;
                room.lessons = welcome.lessons;
                // What the hub may not have, and what it has forgotten of where one looks.
                room.told_place = None;
                room.fetched.clear();
                room.work.come_again();
                if let Some(sent) = room.sent.clone() {
                    room.send(sent.message);
                }
                room.moves = [0, 0];
                room.unheard.clear();
                room.awaited = None;
                room.heard = None;
                if std::mem::take(&mut room.is_unsaid) {
                    // The class comes here, not its leader to where it was.
                    room.led = None;
                    room.heard.clone_from(&room.view.position);
                }
                if room.left.take().is_some() && room.role == Role::Student {
                    // Who was taken out and is in again goes with the class.
                    room.follows = true;
                    return self.go_with_class(now);
                }
            }
            FromHub::Lesson(texts) => {
                match texts.open() {
                    Ok(lesson) => self.catalogue.give(&texts.lesson, lesson),
                    Err(error) => room.message = Some(error.message().to_owned()),
                }
                return self.go_with_class(now);
            }
            FromHub::Class(view) => {
                room.see(view);
                return self.go_with_class(now);
            }
            FromHub::Projector(view) => {
                room.counts = view.counts;
                room.see(view.class);
                return self.go_with_class(now);
            }
            FromHub::Teacher(view) => {
                room.counts = view.counts;
                room.see(view.class.clone());
                room.teacher = Some(*view);
                return self.go_with_class(now);
            }
            FromHub::Own(own) => {
                room.see_own(own);
                return self.go_with_class(now);
            }
            FromHub::Moved { count } => {
                room.moves[1] = count;
                let effect = self.go_with_class(now);
                // A view with what was asked for comes before its count: who leads there later is somebody else.
                if let Some(room) = &mut self.classroom
                    && room.moves[0] == room.moves[1]
                {
                    room.unheard.clear();
                }
                return effect;
            }
            FromHub::Worked { work } => {
                room.work
                    .hear(work.into_iter().map(|work| (work.step, work.tries)));
            }
            FromHub::Members { rows } => {
                let rows = rows.into_iter().map(|row| (row.id, row));
                room.members.extend(rows);
            }
            FromHub::Refused { what, why } => {
                if what == "try" {
                    room.work.uncounted();
                }
                if what == "answer" {
                    room.sent = None;
                    // It is mended where it stands.
                    room.is_answered = false;
                }
                let mut why = why;
                if what == "move" {
                    room.awaited = None;
                    if room.is_changed || self.lab.is_some() {
                        why.push_str(" The others stay where they are until you take changes back: u, or U for all.");
                    }
                }
                room.message = Some(why);
            }
            FromHub::Bye { why, reason } => {
                room.is_connected = false;
                if reason == ByeReason::Removed && room.left == Some(reason) {
                    // It was asked again whether that is undone.
                    return None;
                }
                if !reason.is_passing() {
                    room.left = Some(reason);
                }
                room.message = Some(why);
            }
        }
        Some(Effect::Draw)
    }

    /// Takes note that there is no line to the hub at the moment.
    pub(super) fn lose_class(&mut self) -> Option<Effect> {
        let room = self.classroom.as_mut()?;
        if std::mem::take(&mut room.is_connected) && room.left.is_none() {
            room.message = Some(BROKEN.to_owned());
        }
        // Whether whoever led still plays is not known; where it goes on, that is heard.
        if let Some(position) = &mut room.view.position {
            position.pause();
        }
        if let Some(lab) = &mut self.lab {
            lab.rest();
        }
        Some(Effect::Draw)
    }

    /// Goes to where the class stands, if the member follows it.
    pub(super) fn go_with_class(&mut self, now: Duration) -> Option<Effect> {
        let own = self.place_in_class();
        let learner = self.learner.as_ref();
        let is_answering = learner.is_some_and(|learner| is_answering(&learner.session));
        let room = self.classroom.as_mut()?;
        let is_answering = is_answering && room.is_answering;
        let Some(position) = room.view.position.clone() else {
            return Some(Effect::Draw);
        };
        if !self.catalogue.has_given(&position.lesson) {
            if room.fetched.insert(position.lesson.clone()) {
                room.send(ToHub::Fetch {
                    lesson: position.lesson,
                });
            }
            return Some(Effect::Draw);
        }
        if room.leads() {
            let is_heard = room.heard.as_ref() == Some(&position);
            if is_heard || room.moves[0] != room.moves[1] {
                // The hub has yet to hear of later ones, or there is nothing new.
                return Some(Effect::Draw);
            }
            room.heard = Some(position.clone());
            // A later one may have been refused.
            if room.led.as_ref() == Some(&position) || room.unheard.contains(&position) {
                // It is ours, and a run that plays has gone on since.
                return Some(Effect::Draw);
            }
            // If it was not ours, another teacher has led the class elsewhere.
            room.led = Some(position.clone());
            if room.awaited.as_ref() != Some(&position.lesson) {
                room.awaited = None;
            }
        } else if !room.follows || room.is_free() && !room.catches_up {
            return Some(Effect::Draw);
        } else if is_answering && !is_same_step(own.as_ref(), &position) {
            room.follows = false;
            return Some(Effect::Draw);
        }
        room.catches_up = false;
        let is_own_lab = self.lab.as_ref().is_some_and(|lab| lab.led_to().is_none());
        if is_own_lab && !room.leads() {
            self.lab = None;
            self.window.forget();
            if room.role == Role::Student && position.lab.is_none() {
                room.message = Some(GATHERED.to_owned());
            }
        }
        if is_same_step(own.as_ref(), &position) {
            return Some(Effect::Draw);
        }
        if is_same_step_of_lesson(own.as_ref(), &position) {
            self.go_into_lab(position.lab);
            return Some(Effect::Draw);
        }
        if self.lab.take().is_some() {
            self.window.forget();
        }
        // What one looks at, and how, is one's own.
        let position = match own {
            Some(own) => Position {
                cursor: None,
                decimals: own.decimals,
                panel: own.panel,
                ..position
            },
            None => position,
        };
        room.awaits_lab = room.leads() && position.lab.is_some();
        self.show_changes(&position, now);
        self.follow(position, now);
        self.keep_lab_of_class();
        self.tell_class(None);
        Some(Effect::Draw)
    }

    /// Goes where the class is in the lab that was opened at the step where one stands, or out of it.
    fn go_into_lab(&mut self, to: Option<Box<LabPosition>>) {
        let Some(to) = to else {
            self.close_lab();
            self.window.forget();
            return;
        };
        let is_new = self.lab.is_none();
        if is_new {
            self.open_lab();
        }
        if let Some(lab) = &mut self.lab {
            lab.follow(*to);
            if is_new {
                lab.say(INTO_LAB.to_owned());
            }
        }
        self.window.forget();
    }

    /// Goes into the lab with the class, once one stands at the step where it was opened; and stays there on one's own where
    /// everybody works on their own.
    pub(super) fn keep_lab_of_class(&mut self) {
        let Some(room) = &self.classroom else {
            return;
        };
        let class = room.view.position.as_ref();
        if self.lab.is_none() && class.is_none_or(|class| class.lab.is_none()) {
            // So it is nearly always: nothing is copied for it.
            return;
        }
        if room.is_free() || room.left.is_some() {
            let goes_alone = room.role != Role::Projector;
            if let Some(lab) = &mut self.lab {
                if goes_alone {
                    lab.go_alone();
                } else {
                    lab.rest();
                }
            }
            return;
        }
        let goes_along = room.goes_along() || room.awaits_lab;
        let position = room.view.position.clone().filter(|_| goes_along);
        let is_ready = self.editing.is_none() && self.opening.is_none();
        let Some(position) = position.filter(|_| is_ready) else {
            return;
        };
        let own = self.place_in_class();
        let is_other = own.as_ref().is_some_and(|own| own.lab != position.lab);
        if is_other && is_same_step_of_lesson(own.as_ref(), &position) {
            if let Some(room) = self.classroom.as_mut() {
                room.awaits_lab = false;
            }
            self.go_into_lab(position.lab);
        }
    }

    /// Shows the lesson with the changes of a position in it, and puts those of the member aside.
    fn show_changes(&mut self, position: &Position, now: Duration) {
        let learner = self.learner.as_mut();
        let Some(learner) = learner.filter(|learner| learner.lesson() == Some(&position.lesson))
        else {
            return;
        };
        let session = &mut learner.session;
        if position.changes.is_empty() && session.is_as_written() {
            // So it is at nearly every step: the frame that is being worked out stays.
            return;
        }
        let is_put_aside = session.is_changed() && !session.follows_changes();
        let room = self.classroom.as_ref();
        let is_refused = room.is_some_and(|room| room.refused.as_ref() == Some(&position.changes));
        let changes: &[Change] = if is_refused { &[] } else { &position.changes };
        let effect =
            session.follow_changes(changes, position.step, position.shown.first().copied());
        self.window.forget();
        if effect == Effect::Edit {
            self.edit(now);
        }
        if let Some(room) = self.classroom.as_mut()
            && room.role == Role::Student
            && is_put_aside
        {
            room.message = Some(ASIDE.to_owned());
        }
    }

    /// Shows a member who follows the class its lesson as it is shown there, once that is open.
    pub(super) fn keep_changes_of_class(&mut self, now: Duration) {
        let Some(room) = &self.classroom else {
            return;
        };
        let is_free = room.is_free();
        let follows = room.goes_along();
        if is_free
            && let Some(learner) = self
                .learner
                .as_mut()
                .filter(|learner| learner.session.has_own_aside())
        {
            // Whoever is freed finds their own again.
            let (step, _) = learner.session.place();
            let _ = learner.session.follow_changes(&[], step, None);
            self.window.forget();
            return;
        }
        let position = room.view.position.as_ref().filter(|_| follows);
        let learner = self.learner.as_ref();
        let is_as_written = learner.is_none_or(|learner| learner.session.is_as_written());
        let is_plain = |position: &&Position| {
            position.changes.is_empty() && is_as_written && room.tried.is_none()
        };
        let Some(position) = position.filter(|position| !is_plain(position)).cloned() else {
            return;
        };
        let own = self.place_in_class();
        // What is still being worked out comes, and what was refused is not tried for ever.
        let is_other =
            own.is_some_and(|own| own.lesson == position.lesson && own.changes != position.changes);
        if is_other && self.editing.is_none() && self.opening.is_none() {
            let room = self.classroom.as_mut();
            let is_new = room.is_some_and(|room| {
                room.tried.as_ref() != Some(&position.changes) && {
                    room.tried = Some(position.changes.clone());
                    true
                }
            });
            if is_new {
                self.show_changes(&position, now);
            }
        } else if !is_other && let Some(room) = self.classroom.as_mut() {
            room.tried = None;
        }
    }

    /// Returns whether a key is typed into something of the lesson or of the lab, and its command there.
    fn in_lesson(&self, key: KeyEvent) -> (bool, Option<Command>) {
        let lab = self.lab.as_ref();
        let session = match lab {
            Some(lab) => lab.opened(),
            None => self.learner.as_ref().map(|learner| &learner.session),
        };
        let (mode, command) = match (session, lab) {
            (Some(session), _) => (session.mode(), keys::command_in(session, key)),
            (None, Some(lab)) => (lab.mode(), keys::command(lab.mode(), key)),
            (None, None) => return (false, None),
        };
        (takes(mode, command), command)
    }

    /// Returns whether the help is on the screen.
    fn is_in_help(&self) -> bool {
        let mode = match (&self.lab, &self.learner) {
            (Some(lab), _) => lab.opened().map_or_else(|| lab.mode(), Session::mode),
            (None, Some(learner)) => learner.session.mode(),
            (None, None) => return false,
        };
        mode == Mode::Help
    }

    /// Opens the console again where a key closes the help that was opened from it. Returns whether it does: the help itself
    /// is the lesson's.
    pub(super) fn reopens_console(&mut self, key: KeyEvent) -> bool {
        let in_help = self.is_in_help();
        let (_, command) = self.in_lesson(key);
        let Some(room) = self.classroom.as_mut() else {
            return false;
        };
        let was_opened = std::mem::take(&mut room.helps_at_console) && in_help;
        let closes = was_opened && command == Some(Command::Return);
        room.helps_at_console = was_opened && !closes;
        if closes {
            room.message = None;
            room.front = Some(Front::Console);
        }
        closes
    }

    /// Handles a key in what lies over the lesson. Returns `None` if it is not for that.
    fn press_front(
        &mut self,
        mode: Mode,
        key: KeyEvent,
        in_lesson: Option<Command>,
        in_lab: bool,
    ) -> Option<ControlFlow<Option<Effect>>> {
        let room = self.classroom.as_mut()?;
        match (mode, keys::command(mode, key)) {
            (Mode::ClassQuestion, Some(Command::Hint)) => {
                self.give_hint();
                Some(Break(Some(Effect::Draw)))
            }
            (Mode::ClassQuestion, Some(command)) => {
                Some(Break(Some(room.apply_to_question(command))))
            }
            (Mode::ClassField, Some(command)) => Some(Break(Some(room.apply_to_field(command)))),
            // The help is that of the lesson, or of the lab.
            (Mode::Console, Some(Command::Help)) => {
                room.front = None;
                room.helps_at_console = true;
                let learner = self.learner.as_mut().filter(|_| !in_lab);
                if in_lesson == Some(Command::Help) {
                    return None;
                }
                // There it would be typed into an answer.
                let effect = learner.map(|learner| learner.session.apply(Command::Help));
                Some(Break(effect))
            }
            (_, Some(command)) => Some(Break(Some(self.apply_to_console(command)))),
            // Beside a question one walks; the console covers the lesson, where steps are all that is seen.
            (Mode::ClassQuestion, None) => None,
            (Mode::Console, None)
                if !in_lab && matches!(in_lesson, Some(Command::Next | Command::Back)) =>
            {
                Some(Continue(()))
            }
            (_, None) => Some(Break(None)),
        }
    }

    /// Handles a key in a class. Goes on if it is one of the lesson's.
    pub(super) fn press_class(
        &mut self,
        key: KeyEvent,
        now: Duration,
    ) -> ControlFlow<Option<Effect>> {
        let (is_typing, in_lesson) = self.in_lesson(key);
        let in_lab = self.lab.is_some();
        let Some(room) = self.classroom.as_mut() else {
            return Continue(());
        };
        if room.is_over_for_guest() {
            return Break(Some(Effect::Quit));
        }
        room.is_answering = is_typing || room.is_answering && in_lesson.is_none();
        room.message = None;
        room.tells_word = false;
        if room.front == Some(Front::Question)
            && let Some(effect) = self.scroll_question(key)
        {
            return Break(Some(effect));
        }
        let asks_copy = self.asks_copy();
        let Some(room) = self.classroom.as_mut() else {
            return Continue(());
        };
        if let Some(mode) = room.mode()
            && let Some(pressed) = self.press_front(mode, key, in_lesson, in_lab)
        {
            return pressed;
        }
        let Some(room) = self.classroom.as_mut() else {
            return Continue(());
        };
        if room.front.is_some() && in_lesson == Some(Command::Return) {
            room.front = None;
            return Break(Some(Effect::Draw));
        }
        // Of what is over, a teacher looks at the names once more; all other keys are the lesson's.
        let of_class = keys::command(Mode::InClass, key).filter(|command| {
            room.left.is_none() || room.role == Role::Teacher && *command == Command::Class
        });
        if asks_copy && of_class.is_none() && is_answer(in_lesson) {
            room.message = Some(ASKED_NOW.to_owned());
            return Break(Some(Effect::Draw));
        }
        if is_typing && !asks_copy {
            return Continue(());
        }
        match of_class {
            Some(Command::Class) => {
                let front = match room.role {
                    Role::Teacher => Some(Front::Console),
                    _ if room.view.question.is_some() => Some(Front::Question),
                    _ => {
                        room.message = Some("No question is asked now.".to_owned());
                        None
                    }
                };
                room.front = if room.front == front { None } else { front };
                return Break(Some(Effect::Draw));
            }
            Some(Command::CatchUp) if room.role != Role::Teacher => {
                room.follows = true;
                room.is_answering = false;
                room.catches_up = true;
                if room.front == Some(Front::Question) {
                    room.front = None;
                }
                self.go_with_class(now);
                if let Some(lab) = &mut self.lab
                    && let Some(to) = lab.led_to().cloned()
                {
                    // Also where one has looked away from what is opened.
                    lab.follow(to);
                }
                self.tell_class(None);
                return Break(Some(Effect::Draw));
            }
            Some(command @ (Command::Done | Command::Hand)) if room.role == Role::Student => {
                room.say_of_oneself(command);
                return Break(Some(Effect::Draw));
            }
            _ => {}
        }
        if room.role == Role::Projector {
            let quits = matches!(in_lesson, Some(Command::Quit | Command::Glyphs));
            return if quits { Continue(()) } else { Break(None) };
        }
        let Some(command) = in_lesson else {
            return Continue(());
        };
        if command == Command::NextLesson && room.role == Role::Teacher && room.left.is_none() {
            return Break(self.next_class_lesson());
        }
        let Some(why) = room.refusal(command, self.lab.as_deref()) else {
            if room.leads() && NOT_LED.contains(&command) && self.lead_lab(command) {
                return Break(Some(Effect::Draw));
            }
            return Continue(());
        };
        room.message = Some(why.to_owned());
        Break(Some(Effect::Draw))
    }

    /// Leads the lab from here on, if one is open. Returns whether that is all that a key does: what another leader plays is
    /// paused by the key that plays.
    fn lead_lab(&mut self, command: Command) -> bool {
        let Some(lab) = &mut self.lab else {
            return false;
        };
        let plays = lab.led_to().is_some_and(|to| to.is_playing);
        lab.go_alone();
        let pauses = plays && command == Command::Play;
        if pauses {
            self.tell_class(None);
        }
        pauses
    }

    /// Scrolls the question to the class, where it is longer than there is room for. Returns `None` if the key does not.
    fn scroll_question(&mut self, key: KeyEvent) -> Option<Effect> {
        let command = keys::command(Mode::ClassQuestion, key)?;
        let back = match command {
            Command::PageDown => false,
            Command::PageUp => true,
            _ => return None,
        };
        let area = Rect::from((ratatui::layout::Position::ORIGIN, self.screen));
        let areas = self.areas(area);
        let body = Rect {
            y: areas.board.y + 1,
            height: areas.board.height.saturating_sub(1),
            ..areas.board
        };
        let above = Rect {
            height: area.height.saturating_sub(1),
            ..area
        };
        let board = self.question_board(above)?;
        let most = board.most_scroll(self.window.theme(), body);
        if most == 0 {
            return None;
        }
        let page = usize::from(body.height / 2).max(1);
        let room = self.classroom.as_mut()?;
        let by = room.scroll.min(most);
        room.scroll = if back {
            by.saturating_sub(page)
        } else {
            (by + page).min(most)
        };
        Some(Effect::Draw)
    }

    /// Returns whether the learner stands at the question of the lesson that the class is asked, before its answer is shown.
    fn asks_copy(&self) -> bool {
        let room = self.classroom.as_ref();
        let question = room.and_then(|room| room.view.question.as_ref());
        let question = question.filter(|question| question.phase != QuestionPhase::Revealed);
        let own = self.place_in_class();
        room.is_some_and(|room| room.role == Role::Student && room.left.is_none())
            && question.is_some_and(|question| {
                question.cell.is_none()
                    && question.step.as_ref().is_some_and(|step| {
                        own.is_some_and(|own| {
                            (&own.lesson, own.step) == (&step.lesson, step.step)
                                && own.opened.is_empty()
                        })
                    })
            })
    }

    /// Returns the question to the class if it is about a step of the lesson that the learner is in, with the index of the step
    /// and the trace.
    fn asked_here(&self) -> Option<(&QuestionView, usize, &Trace)> {
        let room = self.classroom.as_ref()?;
        let asked = room.view.question.as_ref()?;
        let step = asked.step.as_ref()?;
        let learner = self.learner.as_ref()?;
        let trace = learner.session.trace();
        let index = step
            .step
            .checked_sub(1)
            .filter(|index| *index < trace.len())?;
        let is_here = learner.lesson() == Some(&step.lesson) && !learner.session.is_changed();
        is_here.then_some((asked, index, trace))
    }

    /// Returns the question to the class if it is one of the lesson that the learner is in, with its trace.
    fn question_here(&self) -> Option<(tutor::Question, &Trace)> {
        let (asked, index, trace) = self.asked_here()?;
        let question = match asked.cell {
            Some(cell) => tutor::question_for(trace, index, cell),
            None => tutor::question(trace, index)
                .or_else(|| tutor::question_at_level(trace, index, tutor::Level::Value)),
        };
        Some((question?, trace))
    }

    /// Returns the next hint for the question to the class; the last one of a lesson, its answer, is not for now.
    fn next_hint(&self) -> Option<String> {
        let room = self.classroom.as_ref()?;
        let decimals = self.learner.as_ref()?.session.decimals();
        let (question, trace) = self.question_here()?;
        let mut rungs = question.hints(trace);
        rungs.pop();
        let rung = rungs.into_iter().nth(room.hints.len())?;
        let texts: Vec<String> = rung.iter().map(|text| text.text(decimals)).collect();
        Some(texts.join(" "))
    }

    /// Shows one more hint for the question to the class.
    pub(super) fn give_hint(&mut self) {
        let hint = self.next_hint();
        let Some(room) = self.classroom.as_mut() else {
            return;
        };
        match hint {
            Some(hint) => {
                room.hints.push(hint);
                let shown = room.hints.len();
                room.send(ToHub::Hint { step: None, shown });
            }
            None if room.hints.is_empty() => {
                room.message = Some("There is no hint for this question.".to_owned());
            }
            None => room.message = Some("There is no further hint.".to_owned()),
        }
    }

    /// Returns the last step that a student may look at while the number of the next one is asked for.
    fn limit_of_question(&self) -> Option<usize> {
        let (asked, index, trace) = self.asked_here()?;
        let is_authors = asked.cell.is_none() && trace.ask(index).is_some();
        let is_open = asked.phase != QuestionPhase::Revealed;
        (is_open && !is_authors).then_some(index.max(1))
    }

    /// Goes to the lesson of the class after this one.
    fn next_class_lesson(&mut self) -> Option<Effect> {
        let here = self.position().map(|position| position.lesson);
        let room = self.classroom.as_mut()?;
        if let Some(why) = room.silence() {
            room.message = Some(why.to_owned());
            return Some(Effect::Draw);
        }
        let at = room
            .lessons
            .iter()
            .position(|lesson| Some(&lesson.name) == here.as_ref());
        // Behind the last lesson comes the first again.
        let next = room.lessons.get(at.map_or(0, |at| at + 1));
        let next = next.or_else(|| room.lessons.first().filter(|_| room.lessons.len() > 1));
        let Some(next) = next.map(|lesson| lesson.name.clone()) else {
            room.message = Some("The class has only this lesson.".to_owned());
            return Some(Effect::Draw);
        };
        // One goes there once the class does: the lesson has to be fetched. A key pressed before does not lead the class back.
        room.awaited = Some(next.clone());
        room.send(ToHub::Move {
            position: Position {
                lesson: next,
                opened: Vec::new(),
                step: 1,
                cursor: None,
                decimals: crate::algebra::Decimals::default(),
                panel: None,
                changes: Vec::new(),
                shown: Vec::new(),
                lab: None,
            },
        });
        Some(Effect::Draw)
    }

    /// Keeps the learner where the class is or was, and tells the hub where they are and what they have answered. `before` is
    /// where they stood before they did something.
    pub(super) fn tell_class(&mut self, before: Option<&Position>) {
        let position = self.place_in_class();
        let asked = self.limit_of_question();
        let Some(room) = self.classroom.as_mut() else {
            return;
        };
        let (Some(mut position), Some(learner)) = (position, self.learner.as_mut()) else {
            return;
        };
        room.tell_session(&mut learner.session, &position.lesson);
        if let Some(lab) = &mut self.lab {
            let withheld = match lab.led_to() {
                _ if room.left.is_some() => &[],
                Some(_) if !room.leads() => NOT_LED,
                _ => &[Command::Menu][..],
            };
            lab.set_class(InClass {
                teaches: room.role == Role::Teacher,
                is_watched: room.role == Role::Projector,
                is_asked_elsewhere: false,
                withheld,
            });
        }
        let class = room.view.position.clone();
        let is_of_class = class
            .as_ref()
            .is_some_and(|class| class.lesson == position.lesson);
        if room.role == Role::Student
            && !room.leads()
            && room.left.is_none()
            && is_of_class
            && let Some(limit) = room.view.limit.into_iter().chain(asked).min()
            && learner.session.place().0 > limit
        {
            let last = learner.session.shown_index(limit.saturating_sub(1));
            learner.session.go_to(last);
            self.window.forget();
            let is_asked = asked.is_some_and(|asked| asked == limit);
            room.message = Some(if is_asked {
                ASKED_FOR.to_owned()
            } else if room.is_free() {
                format!("The teacher lets you go until step {limit}.")
            } else {
                NOT_THERE.to_owned()
            });
            position = learner.session.position(&position.lesson);
        }
        if room.leads() {
            let looked = Position {
                decimals: crate::algebra::Decimals::default(),
                panel: None,
                cursor: None,
                ..position.clone()
            };
            if room.awaited.as_ref() == Some(&position.lesson) {
                room.awaited = None;
            }
            let is_loading = class.as_ref().is_some_and(|class| {
                class.lesson != position.lesson && room.fetched.contains(&class.lesson)
            }) && self.opening.is_some()
                || self.editing.is_some()
                || room.awaited.is_some()
                || room.awaits_lab;
            if looked.lab.is_none() && self.lab.is_some() {
                room.message = Some(TOO_MANY.to_owned());
            }
            let is_news = room.has_view && !room.has_led_to(&looked);
            if is_news && !is_loading && !room.is_too_soon(&looked) {
                room.lead(looked);
            }
        } else if let Some(class) = &class {
            let is_there = is_same_step(Some(&position), class);
            // Who still waits for the lesson of the class has not left it.
            let has_gone = before.is_some_and(|before| !is_same_step(Some(&position), before));
            if !is_there && has_gone && !room.is_free() {
                room.follows = false;
            } else if is_there {
                // Whom the class has come back to is held no more by what they began to type.
                room.is_answering &= room.follows;
                room.follows = true;
            }
        }
        if room.role == Role::Student && room.is_connected {
            room.tell_place_and_work(&learner.session, &position.lesson);
        }
    }
}

/// Returns whether two positions are the same step, with the same changes, and the same place in the lab.
fn is_same_step(own: Option<&Position>, other: &Position) -> bool {
    is_same_step_of_lesson(own, other) && own.is_some_and(|own| own.lab == other.lab)
}

/// Returns whether two positions are the same step, with the same changes.
fn is_same_step_of_lesson(own: Option<&Position>, other: &Position) -> bool {
    own.is_some_and(|own| own.is_at_step_of(other))
}

/// Returns whether the learner is typing an answer to a question of the lesson.
fn is_answering(session: &Session) -> bool {
    session.mode() == Mode::Ask && session.has_typed()
}

/// Returns whether a command of a lesson answers its question, or shows something of the answer.
const fn is_answer(command: Option<Command>) -> bool {
    matches!(
        command,
        Some(
            Command::Type(_)
                | Command::Digit(_)
                | Command::Answer
                | Command::Confirm
                | Command::Hint
        )
    )
}

/// Returns whether a key is typed into something of the lesson or of the lab.
const fn takes(mode: Mode, command: Option<Command>) -> bool {
    matches!(command, Some(Command::Type(_) | Command::Digit(_)))
        || matches!(mode, Mode::Change | Mode::Write | Mode::GoTo | Mode::Help)
}

/// Returns the part of a screen that the console has, above its keys.
fn console_area(above: Rect) -> Rect {
    Rect {
        y: above.y + 1,
        height: above.height.saturating_sub(2),
        ..above
    }
}
