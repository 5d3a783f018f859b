//! A class on the screen of one of its members: what they hear of it, where they follow it, what they say.
//!
//! It knows no socket: messages of the hub come in as events, and those for it wait until the caller sends them.

mod boards;
mod console;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget as _};

use super::App;
use crate::class::message::{FromHub, LessonName, ToHub, Welcome};
use crate::class::{
    ClassView, Counts, MemberId, MemberRow, OwnView, Pace, Place, QuestionId, QuestionPhase, Role,
    StepRef, TeacherView,
};
use crate::keys;
use crate::session::{Command, Effect, Mode, Position, Session};
use crate::ui;

/// Said where a key leads out of what a class may do.
const TEACHERS_CHOICE: &str = "In a class the teacher chooses the lesson. q leaves the class.";
/// Said where one may not work on one's own.
const NOT_FREE: &str = "That is for when the class works on its own. For now you follow.";
/// Said where a step comes that the class has not reached.
const NOT_THERE: &str = "The class is not further yet.";
/// Said when the line is broken.
const BROKEN: &str =
    "The line to the class is broken. The lesson goes on, and it is tried again by itself.";

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
pub struct Classroom {
    role: Role,
    name: String,
    lessons: Vec<LessonName>,
    /// What students type to join.
    invitation: Vec<String>,
    /// The join code.
    code: Option<String>,
    view: ClassView,
    own: Option<OwnView>,
    teacher: Option<TeacherView>,
    counts: Counts,
    members: BTreeMap<MemberId, MemberRow>,
    /// The hub's time when the application began, in milliseconds since 1970, and now.
    epoch: u64,
    now: u64,
    is_connected: bool,
    has_ended: bool,
    follows: bool,
    front: Option<Front>,
    /// The question and the vote that were shown by themselves.
    shown: Option<(QuestionId, usize)>,
    field: String,
    typing: Option<Typing>,
    shows_names: bool,
    chosen: usize,
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
    /// The answers to questions of the lesson that the hub has been told: by lesson and step, the tries.
    told_work: BTreeMap<StepRef, usize>,
}

impl Classroom {
    /// Returns the class that has let somebody in.
    pub fn new(welcome: &Welcome, invitation: Vec<String>, code: Option<String>) -> Self {
        let is_teacher = welcome.role == Role::Teacher;
        Self {
            role: welcome.role,
            name: welcome.class.clone(),
            lessons: welcome.lessons.clone(),
            invitation,
            code,
            view: ClassView::default(),
            own: None,
            teacher: None,
            counts: Counts::default(),
            members: BTreeMap::new(),
            epoch: welcome.now,
            now: welcome.now,
            is_connected: true,
            has_ended: false,
            follows: !is_teacher,
            front: is_teacher.then_some(Front::Console),
            shown: None,
            field: String::new(),
            typing: None,
            shows_names: false,
            chosen: 0,
            count: None,
            asks_to_end: false,
            message: None,
            sent: None,
            outbox: Vec::new(),
            fetched: BTreeSet::new(),
            told_place: None,
            led: None,
            told_work: BTreeMap::new(),
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
                let is_open =
                    question.is_some_and(|question| question.phase == QuestionPhase::Open);
                is_open.then_some(Mode::ClassQuestion)
            }
        }
    }

    fn send(&mut self, message: ToHub) {
        self.outbox.push(message);
    }

    /// Takes up a view of what all see.
    fn see(&mut self, view: ClassView) {
        self.has_ended |= view.ended;
        self.view = view;
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
            if self.role != Role::Teacher {
                self.front = Some(Front::Question);
            }
        }
    }

    /// Takes up one's own view: what it has of an answer need not be sent again.
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
        self.own = Some(own);
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
        self.send(message);
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
        let wanted = room
            .question_board()
            .map(|board| board.height(area.width, self.window.theme()) + 1);
        let rows = match wanted {
            None => 0,
            // To answer, one looks at the lesson; what has come of it is read at once.
            Some(wanted) if room.mode().is_some() => {
                wanted.min(above.height.saturating_sub(LEAST_LESSON).max(8))
            }
            Some(wanted) => wanted,
        };
        let rows = if above.height.saturating_sub(rows) < ui::LEAST.1 {
            above.height
        } else {
            rows
        };
        let lesson = Rect {
            height: above.height - rows,
            ..above
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

    /// Draws the lesson, what the class lays over it or below, and the line about the class.
    pub(super) fn draw_class(&self, frame: &mut Frame<'_>) {
        let areas = self.areas(frame.area());
        let Some(room) = &self.classroom else {
            return;
        };
        let theme = self.window.theme();
        let console = room.console_board();
        if console.is_none() || areas.line.is_empty() {
            self.draw_lesson(frame);
        }
        if areas.line.is_empty() {
            return;
        }
        let buf = frame.buffer_mut();
        if let Some(board) = console {
            let above = Rect {
                height: areas.line.y - areas.lesson.y,
                ..areas.lesson
            };
            let (hints, body) = (
                Rect {
                    y: above.bottom() - 1,
                    height: 1,
                    ..above
                },
                Rect {
                    y: above.y + 1,
                    height: above.height - 2,
                    ..above
                },
            );
            Clear.render(above, buf);
            board.draw(0, theme, body, buf);
            ui::draw_keys(room.mode().unwrap_or(Mode::Console), theme, hints, buf);
        } else if let Some(board) = room.question_board() {
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
            board.draw(0, theme, body, buf);
        }
        let own = self.position();
        let (left, right) = room.line(own.as_ref());
        ui::draw_class_line(&left, &right, theme, areas.line, buf);
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
        self.classroom.as_ref().is_some_and(|room| room.has_ended)
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
                if let Some(sent) = room.sent.clone() {
                    room.send(sent.message);
                }
                if room.leads() {
                    room.led = None;
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
            FromHub::Own(own) => room.see_own(own),
            FromHub::Worked { work } => {
                let done = work.into_iter().map(|work| (work.step, work.tries));
                room.told_work.extend(done);
            }
            FromHub::Members { rows } => {
                let rows = rows.into_iter().map(|row| (row.id, row));
                room.members.extend(rows);
            }
            FromHub::Refused { why, .. } => {
                room.sent = None;
                room.message = Some(why);
            }
            FromHub::Bye { why, reason } => {
                room.is_connected = false;
                room.has_ended |= !reason.is_passing();
                room.message = Some(why);
            }
        }
        Some(Effect::Draw)
    }

    /// Takes note that there is no line to the hub at the moment.
    pub(super) fn lose_class(&mut self) -> Option<Effect> {
        let room = self.classroom.as_mut()?;
        if std::mem::take(&mut room.is_connected) && !room.has_ended {
            room.message = Some(BROKEN.to_owned());
        }
        Some(Effect::Draw)
    }

    /// Goes to where the class stands, if the member follows it.
    fn go_with_class(&mut self, now: Duration) -> Option<Effect> {
        let catalogue = self.catalogue.clone();
        let own = self.position();
        let is_answering = self
            .learner
            .as_ref()
            .is_some_and(|learner| is_answering(&learner.session));
        let room = self.classroom.as_mut()?;
        let Some(position) = room.view.position.clone() else {
            return Some(Effect::Draw);
        };
        if catalogue.given(&position.lesson).is_none() {
            if room.fetched.insert(position.lesson.clone()) {
                room.send(ToHub::Fetch {
                    lesson: position.lesson,
                });
            }
            return Some(Effect::Draw);
        }
        if room.leads() {
            // Another teacher has led it elsewhere.
            let is_ours = room.led.as_ref() == Some(&position);
            if is_ours || room.led.is_some() && room.outbox.iter().any(is_move) {
                return Some(Effect::Draw);
            }
            room.led = Some(position.clone());
        } else if !room.follows {
            return Some(Effect::Draw);
        } else if is_answering && !is_same_step(own.as_ref(), &position) {
            room.follows = false;
            return Some(Effect::Draw);
        }
        if is_same_step(own.as_ref(), &position) {
            return Some(Effect::Draw);
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
        self.follow(position, now);
        self.tell_class();
        Some(Effect::Draw)
    }

    /// Handles a key in a class. Returns `None` if it is one of the lesson's.
    pub(super) fn press_class(&mut self, key: KeyEvent, now: Duration) -> Option<Option<Effect>> {
        let session = self.learner.as_ref().map(|learner| &learner.session);
        let is_typing = self.lab.is_none() && session.is_some_and(|session| takes(session, key));
        let in_lesson = session.and_then(|session| keys::command_in(session, key));
        let room = self.classroom.as_mut()?;
        room.message = None;
        if let Some(mode) = room.mode() {
            let command = keys::command(mode, key)?;
            let effect = match mode {
                Mode::ClassQuestion => room.apply_to_question(command),
                Mode::ClassField => room.apply_to_field(command),
                _ => self.apply_to_console(command, now),
            };
            return Some(Some(effect));
        }
        if room.front.is_some() && in_lesson == Some(Command::Return) {
            room.front = None;
            return Some(Some(Effect::Draw));
        }
        if is_typing {
            return None;
        }
        match keys::command(Mode::InClass, key) {
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
                return Some(Some(Effect::Draw));
            }
            Some(Command::CatchUp) if room.role != Role::Teacher => {
                room.follows = true;
                if room.front == Some(Front::Question) {
                    room.front = None;
                }
                self.close_lab();
                self.go_with_class(now);
                self.tell_class();
                return Some(Some(Effect::Draw));
            }
            Some(Command::Hand) if room.role == Role::Student => {
                let up = !room.own.as_ref().is_some_and(|own| own.hand);
                room.send(ToHub::Hand { up });
                return Some(Some(Effect::Draw));
            }
            _ => {}
        }
        if room.role == Role::Projector {
            let quits = matches!(in_lesson, Some(Command::Quit | Command::Glyphs));
            return (!quits).then_some(None);
        }
        let refused = match in_lesson? {
            Command::Menu | Command::Practise if !room.has_ended => Some(TEACHERS_CHOICE),
            Command::NextLesson if room.role == Role::Teacher => {
                return Some(self.next_class_lesson(now));
            }
            Command::NextLesson if !room.has_ended => Some(TEACHERS_CHOICE),
            Command::Lab | Command::Raise | Command::Lower | Command::Change | Command::Choices
                if room.role == Role::Student && !room.is_free() && !room.has_ended =>
            {
                Some(NOT_FREE)
            }
            _ => None,
        };
        let why = refused.filter(|_| self.lab.is_none())?;
        room.message = Some(why.to_owned());
        Some(Some(Effect::Draw))
    }

    /// Goes to the lesson of the class after this one.
    fn next_class_lesson(&mut self, now: Duration) -> Option<Effect> {
        let here = self.position().map(|position| position.lesson);
        let room = self.classroom.as_mut()?;
        let at = room
            .lessons
            .iter()
            .position(|lesson| Some(&lesson.name) == here.as_ref());
        let next = room.lessons.get(at.map_or(0, |at| at + 1));
        let Some(next) = next.map(|lesson| lesson.name.clone()) else {
            room.message = Some("This is the last lesson of the class.".to_owned());
            return Some(Effect::Draw);
        };
        // As if another teacher had gone there: the lesson is fetched, then shown.
        room.led = None;
        room.view.position = Some(Position {
            lesson: next,
            opened: Vec::new(),
            step: 1,
            cursor: None,
            decimals: crate::algebra::Decimals::default(),
            panel: None,
        });
        self.go_with_class(now)
    }

    /// Keeps the learner where the class is or was, and tells the hub where they are and what they have answered.
    pub(super) fn tell_class(&mut self) {
        let position = self.position();
        let Some(room) = self.classroom.as_mut() else {
            return;
        };
        let (Some(mut position), Some(learner)) = (position, self.learner.as_mut()) else {
            return;
        };
        let class = room.view.position.clone();
        let is_of_class = class
            .as_ref()
            .is_some_and(|class| class.lesson == position.lesson);
        if room.role == Role::Student
            && !room.leads()
            && !room.has_ended
            && is_of_class
            && let Some(limit) = room.view.limit
            && learner.session.place().0 > limit
        {
            learner.session.go_to(limit.saturating_sub(1));
            self.window.forget();
            room.message = Some(NOT_THERE.to_owned());
            position = learner.session.position(&position.lesson);
        }
        if room.leads() {
            let looked = Position {
                decimals: crate::algebra::Decimals::default(),
                panel: None,
                cursor: None,
                ..position.clone()
            };
            let is_loading = class.as_ref().is_some_and(|class| {
                class.lesson != position.lesson && room.fetched.contains(&class.lesson)
            }) && self.opening.is_some();
            if room.led.as_ref() != Some(&looked) && !is_loading {
                room.led = Some(looked.clone());
                room.send(ToHub::Move { position: looked });
            }
        } else if let Some(class) = &class {
            let is_there = is_same_step(Some(&position), class);
            if !is_there && !room.is_free() {
                room.follows = false;
            } else if is_there {
                room.follows = true;
            }
        }
        if room.role != Role::Student {
            return;
        }
        let step = StepRef {
            lesson: position.lesson.clone(),
            step: learner.session.place().0,
        };
        let follows = room.follows && !room.is_free();
        let place = Place {
            step: Some(step),
            follows,
        };
        let is_news = room
            .told_place
            .as_ref()
            .is_none_or(|told| told.follows != follows || !follows && *told != place);
        if is_news {
            room.told_place = Some(place.clone());
            room.send(ToHub::Look(place));
        }
        for record in learner.session.records() {
            let step = StepRef {
                lesson: position.lesson.clone(),
                step: record.step,
            };
            let told = room.told_work.get(&step).copied().unwrap_or(0);
            if record.tries > told && !record.given.is_empty() {
                room.told_work.insert(step.clone(), record.tries);
                room.send(ToHub::Work {
                    step,
                    number: record.tries,
                    typed: record.given,
                });
            }
        }
    }
}

fn is_move(message: &ToHub) -> bool {
    matches!(message, ToHub::Move { .. })
}

/// Returns whether two positions are the same step.
fn is_same_step(own: Option<&Position>, other: &Position) -> bool {
    own.is_some_and(|own| {
        (&own.lesson, &own.opened, own.step) == (&other.lesson, &other.opened, other.step)
    })
}

/// Returns whether the learner is typing an answer to a question of the lesson.
fn is_answering(session: &Session) -> bool {
    session.mode() == Mode::Ask && session.has_typed()
}

/// Returns whether a key is typed into something of the lesson.
fn takes(session: &Session, key: KeyEvent) -> bool {
    match (session.mode(), keys::command_in(session, key)) {
        (_, Some(Command::Type(_) | Command::Digit(_))) => true,
        (Mode::Change | Mode::Write | Mode::GoTo | Mode::Help, _) => true,
        _ => false,
    }
}
