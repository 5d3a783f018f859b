//! The application: events in, frames out, and effects for the caller to carry out. It knows no terminal, no socket
//! and no clock: its caller passes the keys in and says what time it is.
//!
//! There are two front ends: [`App`] draws frames, [`Transcript`] answers lines of text with lines of text.

mod catalogue;
mod classroom;
mod editing;
pub mod homework;
mod keeper;
mod lab;
mod learner;
mod listing;
mod losses;
mod opening;
mod review;
mod sheets;
#[cfg(test)]
mod tests;
mod transcript;
mod typed_words;
mod window;
mod work;
mod written;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::ops::ControlFlow::Break;
use std::path::Path;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{self, Rect, Size};

use crate::algebra::Decimals;
use crate::class::message::FromHub;
use crate::engine::Interrupt;
use crate::keys::{self, PointerEvent, ctrl};
use crate::lesson::library::Changes;
use crate::lesson::{Lesson, readable};
use crate::session::{Command, Effect, Lab, Length, Menu, Mode, Position, Session, Share};
use crate::ui::Theme;

use editing::Editing;
use keeper::{Occasion, Scope};
use lab::LeftLabs;
use opening::{Opening, OpeningKind};
use window::{LessonWindow, Pressed};
use work::{AT_ONCE, OFTEN, UNSAID, Work};
use written::Written;

pub use catalogue::{Catalogue, key as progress_key, key_of_student};
pub use classroom::{ClassTranscript, Classroom};
pub use keeper::{Pending, ProgressKeeper, SETTLED};
pub use lab::LabTranscript;
pub use learner::{Learner, Numbers, fresh_seed};
pub(crate) use listing::{entries, text as list_text};
pub use opening::OpenError;
pub(crate) use review::told as reviews_told;
pub(crate) use sheets::{SheetLesson, Sheets, quoted};
pub use transcript::Transcript;

/// An event for the application.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse has done something.
    Pointer(PointerEvent),
    /// Time has passed: work in the background may have finished.
    Tick,
    /// The screen now has this size.
    Resize(Size),
    /// The person being followed now stands here.
    Follow(Position),
    /// The hub of the class has sent a message.
    Class(Box<FromHub>),
    /// There is no line to the hub of the class any more.
    ClassGone,
    /// The program is about to end: the last chance to save. There is less than half a second for it.
    Ending,
}

/// A learner at a screen: in a lesson, in practice, or in the list of lessons.
pub struct App {
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    window: LessonWindow,
    learner: Option<Learner>,
    /// The lab, while it lies over the lesson or there is nothing but it.
    lab: Option<Box<Lab>>,
    /// The labs that were left for the lesson or the menu, so that they are found again where they had been opened.
    left_labs: LeftLabs,
    /// The share of a processor that playing may take.
    share: Share,
    /// The learners in lessons that were left for the menu, by the name of the lesson, so that they can go on.
    left: HashMap<String, Learner>,
    /// The lesson from whose end a review was begun.
    back_to: Option<String>,
    /// The menu, made when it is first shown because that reads every lesson.
    menu: Option<Menu>,
    /// The times of the last changes to the files of the menu, as of its last reading.
    changes: Changes,
    /// The lengths of the lessons in the menu, while they are counted.
    counting: Option<Counting>,
    /// Whether that is over, although not all may have been counted.
    has_counted: bool,
    /// The lesson that is being opened.
    opening: Option<Opening>,
    /// A change of the learner's that is being compiled.
    editing: Option<Editing>,
    /// Since when there has been a place that is not kept yet.
    moved: Option<Duration>,
    /// The error that ended the application.
    failure: Option<OpenError>,
    /// The decimals that numbers have at first, if they are not the usual ones.
    decimals: Option<Decimals>,
    /// Whether the mouse may be used.
    mouse: bool,
    /// The class that the learner is in.
    classroom: Option<Box<Classroom>>,
    screen: Size,
}

/// Lengths of lessons, counted beside the keys.
struct Counting {
    work: Work<(String, Length)>,
    /// Since when there has been time for it.
    since: Option<Duration>,
}

/// The most time for counting the lengths of lessons: who has a folder of long ones does without.
const COUNTING: Duration = Duration::from_secs(3);

/// The message in practice about keys that have no use there.
const PRACTISES: &str = "This is practice; m leads to the list of lessons.";

/// The message shown while a lesson is opened.
const PREPARING: &str = "Preparing the lesson… press q or Ctrl-C to leave.";

/// Said to who quits a lesson that is changed.
const NOT_KEPT: &str = "Your changes of the lesson are not kept.";

impl App {
    fn new(catalogue: Catalogue, keeper: ProgressKeeper, theme: Theme) -> Self {
        Self {
            catalogue,
            keeper,
            window: LessonWindow::new(theme),
            learner: None,
            lab: None,
            left_labs: LeftLabs::default(),
            share: Share::default(),
            left: HashMap::new(),
            back_to: None,
            menu: None,
            changes: Changes::default(),
            counting: None,
            has_counted: false,
            opening: None,
            editing: None,
            moved: None,
            failure: None,
            decimals: None,
            mouse: true,
            classroom: None,
            screen: Size::default(),
        }
    }

    /// Returns the application with numbers that have so many decimals at first.
    #[must_use]
    pub fn with_decimals(mut self, decimals: Option<Decimals>) -> Self {
        self.decimals = decimals;
        self.begin_with_decimals();
        self
    }

    /// Shows a learner who has just begun the decimals that are asked for.
    fn begin_with_decimals(&mut self) {
        if let (Some(decimals), Some(learner)) = (self.decimals, &mut self.learner) {
            learner.session.show_decimals(decimals);
        }
    }

    /// Returns an application that begins with the list of lessons.
    pub fn menu(catalogue: Catalogue, keeper: ProgressKeeper, theme: Theme) -> Self {
        let mut app = Self::new(catalogue, keeper, theme);
        app.show_menu();
        app.warn();
        app
    }

    /// Returns an application that begins in a lesson: at the step with an index, or else where the learner left it,
    /// if they wish.
    ///
    /// # Errors
    /// Returns an error if it is known at once that there is no such lesson or step.
    pub fn lesson(
        catalogue: Catalogue,
        keeper: ProgressKeeper,
        name: &OsStr,
        step: Option<usize>,
        theme: Theme,
        now: Duration,
    ) -> Result<Self, OpenError> {
        let mut opening = Opening::begin(&catalogue, name, OpeningKind::of_step(step), now);
        let mut app = Self::new(catalogue, keeper, theme);
        if let Some(replacement) = app.catalogue.library().replacement(name) {
            app.keeper.notice(replacement);
        }
        if let Some(session) = opening.wait(UNSAID) {
            app.enter(name, session?, opening.start);
        } else {
            opening.is_said = true;
            app.opening = Some(opening);
        }
        app.warn();
        Ok(app)
    }

    /// Returns an application that begins in practice. Leaving it gives [`Effect::Menu`], because the caller prints a
    /// summary before it shows the list of lessons.
    pub fn practice(
        catalogue: Catalogue,
        keeper: ProgressKeeper,
        learner: Learner,
        theme: Theme,
    ) -> Self {
        let mut app = Self::new(catalogue, keeper, theme);
        app.learner = Some(learner);
        app.warn();
        app
    }

    /// Handles an event. `now` is the time since any fixed moment. Returns what the caller has to do: draw, suspend,
    /// quit, or show the list of lessons after practice; `None` if nothing has changed.
    pub fn handle(&mut self, event: Event, now: Duration) -> Option<Effect> {
        let Some(classroom) = &mut self.classroom else {
            return self.take_in(event, now);
        };
        classroom.at(now);
        let is_key = matches!(event, Event::Key(_));
        let before = self.place_in_class();
        let effect = self.take_in(event, now);
        if self.classroom.is_some() {
            self.keep_changes_of_class(now);
            self.tell_class(before.filter(|_| is_key).as_ref());
            self.keep_lab_of_class();
            // What lies below the lesson may have come or gone.
            self.fit_window();
        }
        effect
    }

    fn take_in(&mut self, event: Event, now: Duration) -> Option<Effect> {
        match event {
            Event::Key(key) => self.press(key, now),
            Event::Pointer(report) => self.point(report),
            Event::Tick => self.tick(now),
            Event::Resize(size) => {
                self.screen = size;
                self.fit_window().then_some(Effect::Draw)
            }
            Event::Follow(position) => self.follow(position, now),
            Event::Class(message) => self.hear(*message, now),
            Event::ClassGone => self.lose_class(),
            Event::Ending => {
                self.keep(Occasion::Ending);
                None
            }
        }
    }

    /// Counts a frame that has been written, with its number of bytes.
    pub fn written(&mut self, bytes: usize, now: Duration) {
        if let Some(lab) = &mut self.lab {
            lab.written(bytes, now);
        }
    }

    /// Returns how long to wait for other events before sending an [`Event::Tick`]; `None` if nothing is under way.
    pub fn next_wake(&self) -> Option<Duration> {
        let work = match (&self.opening, &self.lab, &self.learner) {
            (Some(_), ..) => Some(OFTEN),
            (None, Some(lab), _) => self.lab_patience(lab),
            (None, None, Some(learner)) => self.window.patience(&learner.session),
            (None, None, None) => None,
        };
        let editing = self.editing.as_ref().map(|_| OFTEN);
        let settling = self.moved.map(|_| SETTLED);
        let counting = self.counting.as_ref().map(|_| 2 * AT_ONCE);
        work.into_iter()
            .chain(editing)
            .chain(settling)
            .chain(counting)
            .chain(self.keeper.patience())
            .min()
    }

    /// Sets the window to the part of the screen that the lesson has. Returns whether that has changed.
    fn fit_window(&mut self) -> bool {
        let lesson = self
            .areas(Rect::from((layout::Position::ORIGIN, self.screen)))
            .lesson;
        let is_new = self.window.resize(lesson.as_size());
        if let Some(lab) = &mut self.lab {
            self.window.show_map_size(lab);
        }
        is_new
    }

    /// Draws the whole screen.
    pub fn draw(&self, buf: &mut Buffer) {
        if self.classroom.is_some() {
            self.draw_class(buf);
            return;
        }
        self.draw_lesson(buf);
    }

    /// Draws the lesson, the lab or the list of lessons.
    fn draw_lesson(&self, buf: &mut Buffer) {
        let early = self.editing.as_ref().and_then(Editing::early);
        match (&self.lab, &self.learner, &self.menu) {
            (Some(lab), ..) => self.window.draw_lab(lab, buf),
            (None, Some(learner), _) => {
                self.window.draw(early.unwrap_or(&learner.session), buf);
            }
            (None, None, Some(menu)) => self.window.draw_menu(menu, buf),
            (None, None, None) => {}
        }
        if self.opening.as_ref().is_some_and(|opening| opening.is_said) {
            self.window.draw_waiting(PREPARING, buf);
        }
        let types = self.learner.as_ref().is_some_and(|learner| {
            matches!(
                learner.session.mode(),
                Mode::Change | Mode::Write | Mode::GoTo
            )
        });
        let changed = self
            .learner
            .as_ref()
            .and_then(|learner| learner.session.wanted_sentence());
        if let Some(message) = self
            .editing
            .as_ref()
            .and_then(|editing| editing.message(changed))
            .filter(|_| !types)
        {
            self.window.draw_waiting(&message, buf);
        }
    }

    /// Returns where the learner stands, for others to follow; `None` outside of lessons.
    pub fn position(&self) -> Option<Position> {
        let learner = self.learner.as_ref()?;
        Some(learner.session.position(learner.lesson()?))
    }

    /// Takes the messages to print after the program has ended.
    pub fn farewell(&mut self) -> Vec<String> {
        self.keeper.farewell()
    }

    /// Returns the progress keeper, and the learner if one is still in a lesson or in practice.
    ///
    /// # Errors
    /// Returns the error that ended the application, if one did.
    pub fn end(self) -> Result<(ProgressKeeper, Option<Learner>), OpenError> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok((self.keeper, self.learner)),
        }
    }

    fn press(&mut self, key: KeyEvent, now: Duration) -> Option<Effect> {
        if self.opening.is_some() {
            return self.press_opening(key);
        }
        // The same key everywhere, also where letters are typed.
        if keys::command(Mode::Menu, key) == Some(Command::Glyphs) {
            self.window.switch_glyphs();
            return Some(Effect::Draw);
        }
        if self.classroom.is_some()
            && !self.reopens_console(key)
            && let Break(effect) = self.press_class(key, now)
        {
            return effect;
        }
        if self.lab.is_some() {
            return self.press_lab(key, now);
        }
        let is_reread = self.learner.is_none() && self.reread();
        let pressed = match (&mut self.learner, &mut self.menu) {
            (Some(learner), _) => self.window.press(&mut learner.session, key, now),
            (None, Some(menu)) => match self.window.press_menu(menu, key) {
                Pressed::Nothing if is_reread => Pressed::Done(Effect::Draw),
                pressed => pressed,
            },
            (None, None) => Pressed::Nothing,
        };
        self.obey(pressed, now)
    }

    /// Handles a key while a lesson is being opened: it leaves the lesson or does nothing.
    fn press_opening(&mut self, key: KeyEvent) -> Option<Effect> {
        let Some(Command::Return | Command::Quit) = keys::command(Mode::Menu, key) else {
            return None;
        };
        let is_all = self.menu.is_none() && self.learner.is_none();
        if is_all || key == ctrl('c') {
            self.keep(Occasion::Left);
            return Some(Effect::Quit);
        }
        self.opening = None;
        Some(Effect::Draw)
    }

    fn tick(&mut self, now: Duration) -> Option<Effect> {
        self.keeper.look();
        self.settle(now);
        let has_warned = self.warn();
        let is_edited = self.opening.is_none() && self.go_on_editing(Duration::ZERO, now);
        let effect = match &mut self.learner {
            _ if is_edited => Some(Effect::Draw),
            _ if self.opening.is_some() => self.go_on_opening(Duration::ZERO, now),
            _ if self.lab.is_some() => self.tick_lab(now),
            None => self.count(now).then_some(Effect::Draw),
            Some(learner) => {
                let pressed = self.window.tick(&mut learner.session, now);
                self.obey(pressed, now)
            }
        };
        effect.or_else(|| has_warned.then_some(Effect::Draw))
    }

    /// Carries out what a key, or work in the background, has led to.
    fn obey(&mut self, pressed: Pressed, now: Duration) -> Option<Effect> {
        // One more change is compiled in place of this one, which nobody looks at any more.
        if !matches!(pressed, Pressed::Nothing | Pressed::Done(Effect::Edit))
            && let (Some(editing), Some(learner)) = (&mut self.editing, &self.learner)
        {
            editing.look_again(&learner.session);
        }
        let effect = match pressed {
            Pressed::Nothing => return None,
            Pressed::Done(Effect::Quit) if self.warns_of_loss() => Effect::Draw,
            Pressed::Done(effect) => effect,
            Pressed::Left if self.menu.is_some() => Effect::Menu,
            Pressed::Left => Effect::Quit,
        };
        let reviews = self.learner.as_ref().is_some_and(Learner::reviews);
        let practises = !reviews && self.learner.as_ref().is_some_and(Learner::practises);
        // An answer is saved before its feedback is shown.
        self.keep(match effect {
            Effect::Suspend | Effect::Quit => Occasion::Left,
            Effect::Menu if practises => Occasion::Left,
            Effect::Menu | Effect::NextLesson => Occasion::Parted,
            Effect::Draw
            | Effect::Edit
            | Effect::Write { .. }
            | Effect::Exercise
            | Effect::Open(_)
            | Effect::Practise
            | Effect::Review
            | Effect::Worksheet
            | Effect::Lab
            | Effect::Leave => Occasion::Typed,
        });
        self.settle(now);
        let effect = match effect {
            Effect::Open(name) => self.open(&name, now),
            Effect::Edit => self.edit(now),
            Effect::Write { name, replaces } => self.write_lesson(&name, replaces),
            Effect::Exercise => self.next_exercise(),
            Effect::NextLesson => self.next_lesson(now),
            Effect::Practise => self.practise(),
            Effect::Review => self.review(),
            Effect::Menu if reviews => self.end_review(true),
            Effect::Worksheet => self.write_worksheet(),
            Effect::Lab => self.open_lab(),
            // Whoever came for a class has no list of lessons to go back to but the one here.
            Effect::Menu if !practises || self.classroom.is_some() => {
                self.show_menu();
                Effect::Draw
            }
            effect => effect,
        };
        if effect != Effect::Quit {
            self.offer_earlier();
            self.warn();
        } else if self.learner.as_ref().is_some_and(Learner::loses_changes) {
            self.keeper.notice(NOT_KEPT.to_owned());
        }
        Some(effect)
    }

    /// Writes the lesson with the changes to a file.
    fn write_lesson(&mut self, name: &str, replaces: bool) -> Effect {
        if let Some(learner) = &mut self.learner
            && let Some(text) = learner.session.changed_text()
        {
            let written = written::write(&text, Path::new(name), replaces);
            if matches!(written, Ok(Written::Done(_))) {
                learner.know_changes();
            }
            written::tell(&mut learner.session, written);
        }
        Effect::Draw
    }

    /// Begins to compile the lesson with a change. One that was still being compiled is abandoned.
    fn edit(&mut self, now: Duration) -> Effect {
        let job = self
            .learner
            .as_ref()
            .and_then(|learner| learner.session.edit_job());
        let before = self.editing.take();
        self.editing = job.map(|job| Editing::begin(job, before, now));
        let patience = self.editing.as_ref().map(|editing| editing.patience(now));
        self.go_on_editing(patience.unwrap_or_default(), now);
        Effect::Draw
    }

    /// Takes up the change that is being compiled if it is ready within `patience`. Returns whether the screen has changed.
    fn go_on_editing(&mut self, patience: Duration, now: Duration) -> bool {
        let Some(editing) = &mut self.editing else {
            return false;
        };
        let Some(learner) = self
            .learner
            .as_mut()
            .filter(|learner| learner.session.edit_job().is_some())
        else {
            // The lesson was left, or the change taken back.
            self.editing = None;
            return true;
        };
        let was_early = editing.early().is_some();
        let Some(edited) = editing.wait(&learner.session, patience) else {
            let is_early = !was_early && editing.early().is_some();
            return editing.says(now) || is_early;
        };
        self.editing = None;
        self.window.finish(&mut learner.session);
        let refused = edited.is_err().then(|| learner.session.wanted_changes());
        learner.session.take_edit(edited);
        self.window.forget();
        if let Some(room) = &mut self.classroom {
            if refused.is_some() {
                room.refused = refused;
            }
            // Where the class has gone meanwhile.
            self.go_with_class(now);
        }
        true
    }

    fn next_exercise(&mut self) -> Effect {
        let keeper = &mut self.keeper;
        let learner = self.learner.as_mut();
        match learner.map(|learner| learner.next_exercise(keeper)) {
            None | Some(Ok(true)) => {
                self.window.forget();
                Effect::Draw
            }
            Some(Ok(false)) => self.end_review(false),
            Some(Err(no)) => {
                self.keep(Occasion::Left);
                self.failure = Some(no.into());
                Effect::Quit
            }
        }
    }

    /// Begins a review: at the end of a lesson of what was missed in earlier ones, else of all that is due. Or says why there
    /// is nothing to ask.
    fn review(&mut self) -> Effect {
        let lesson = self.learner.as_ref().and_then(Learner::lesson);
        let lesson = lesson.map(str::to_owned);
        let key = lesson.as_ref().map(|name| self.catalogue.key(name));
        let scope = key.as_deref().map_or(Scope::All, Scope::Earlier);
        match Learner::review_of(&mut self.keeper, &self.catalogue, scope) {
            Ok(review) => {
                self.part();
                self.counting = None;
                self.back_to = lesson;
                self.learner = Some(review);
                self.begin_with_decimals();
                self.window.forget();
            }
            Err(nothing) => {
                self.say(nothing);
            }
        }
        Effect::Draw
    }

    /// Ends a review, and says how it went: in the lesson from which it was begun, else in the menu if it is left for that,
    /// else where the last question was.
    fn end_review(&mut self, leaves: bool) -> Effect {
        let learner = self.learner.as_ref();
        let said = learner.and_then(|learner| learner.summary(&self.keeper));
        let lesson = self.back_to.take().and_then(|name| self.left.remove(&name));
        match lesson {
            Some(lesson) => self.learner = Some(lesson),
            None if leaves => self.show_menu(),
            None => {}
        }
        let said = said.unwrap_or_default();
        let is_last = self.learner.as_ref().is_some_and(Learner::reviews);
        self.say(if is_last {
            format!("{said} m: menu, q: quit.")
        } else {
            said
        });
        Effect::Draw
    }

    /// Offers at the end of a lesson what was missed in earlier ones.
    fn offer_earlier(&mut self) {
        if let Some(learner) = &mut self.learner
            && let Some(name) = learner.lesson()
        {
            let is_asked = self.classroom.is_none() && learner.session.ends_here();
            let key = is_asked.then(|| self.catalogue.key(name));
            let count = key.map_or(0, |key| self.keeper.earlier(&self.catalogue, &key));
            if learner.session.offer_earlier(count) {
                self.window.forget();
            }
        }
    }

    /// Opens the lesson that follows this one.
    fn next_lesson(&mut self, now: Duration) -> Effect {
        let learner = self.learner.as_ref();
        let Some(name) = learner.and_then(Learner::lesson).map(str::to_owned) else {
            self.say(PRACTISES.to_owned());
            return Effect::Draw;
        };
        self.show_menu();
        let next = self.menu.as_ref().and_then(|menu| menu.after(&name));
        if let Some(next) = next.map(str::to_owned) {
            return self.open(&next, now);
        }
        self.learner = self.left.remove(&name);
        self.say("No lesson follows this one: m leads to the list.".to_owned());
        Effect::Draw
    }

    /// Returns the lesson that is open or selected, and the name that opens it.
    fn lesson_here(&self) -> Result<(String, Lesson), OpenError> {
        if let Some(learner) = &self.learner {
            let name = learner.lesson().unwrap_or_default().to_owned();
            return Ok((name, learner.session.trace().lesson().as_ref().clone()));
        }
        let selected = self.menu.as_ref().and_then(Menu::selected);
        let name = selected.map_or_else(String::new, |entry| entry.name.clone());
        let lesson = self.catalogue.library().open_name(&name)?;
        Ok((name, lesson))
    }

    /// Begins to practise the lesson that is open or selected, or says why that is not possible.
    fn practise(&mut self) -> Effect {
        if self.learner.as_ref().is_some_and(Learner::practises) {
            self.say(PRACTISES.to_owned());
            return Effect::Draw;
        }
        let practice = self.lesson_here().and_then(|(name, lesson)| {
            let key = self.catalogue.key(&name);
            let numbers = Numbers::Seed(fresh_seed());
            Ok(Learner::practise(
                &self.keeper,
                key,
                lesson,
                None,
                numbers,
                None,
            )?)
        });
        match practice {
            Ok(practice) => {
                self.part();
                self.counting = None;
                self.learner = Some(practice);
                self.begin_with_decimals();
                self.window.forget();
            }
            Err(error) => {
                self.say(error.to_string());
            }
        }
        Effect::Draw
    }

    /// Writes new exercises from the selected lesson to a file, and says so.
    fn write_worksheet(&mut self) -> Effect {
        let written = match self.lesson_here() {
            Ok((_, lesson)) => sheets::write_new(&lesson, Path::new(".")),
            Err(error) => Err(error.to_string()),
        };
        self.say(written.unwrap_or_else(|why| why));
        Effect::Draw
    }

    /// Begins to count the lengths of the lessons in the menu that are not known.
    fn begin_counting(&mut self) {
        let names = self.menu.as_ref().map(Menu::unmeasured).unwrap_or_default();
        if names.is_empty() || self.counting.is_some() || self.has_counted {
            return;
        }
        let catalogue = self.catalogue.clone();
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let work = Work::start(&interrupt, Duration::ZERO, move |hand| {
            for name in names {
                if theirs.is_set() {
                    break;
                }
                if let Some(length) = catalogue.length(&name, &theirs) {
                    hand((name, length));
                }
            }
        });
        self.counting = Some(Counting { work, since: None });
    }

    /// Takes the lengths that have been counted. Returns whether there are any.
    fn count(&mut self, now: Duration) -> bool {
        let (Some(counting), Some(menu)) = (&mut self.counting, &mut self.menu) else {
            return false;
        };
        let mut is_new = false;
        while let Some((name, length)) = counting.work.wait(Duration::ZERO) {
            menu.measure(name, length);
            is_new = true;
        }
        let since = *counting.since.get_or_insert(now);
        if counting.work.has_ended() || now.saturating_sub(since) >= COUNTING {
            // Those of which nothing came cannot be opened.
            self.has_counted = true;
            self.counting = None;
        }
        is_new
    }

    /// Reads the lessons of the menu again if a file of theirs has changed. Returns whether one has.
    fn reread(&mut self) -> bool {
        let Some(menu) = &mut self.menu else {
            return false;
        };
        let library = self.catalogue.library();
        let changes = library.changes();
        let has_changed = changes != self.changes;
        if has_changed {
            self.changes = changes;
            menu.renew(entries(library.glance()));
            (self.counting, self.has_counted) = (None, false);
            self.begin_counting();
        }
        has_changed
    }

    /// Leaves the lesson for the menu.
    fn show_menu(&mut self) {
        self.reread();
        self.menu.get_or_insert_with(|| {
            let library = self.catalogue.library();
            if let Some(notice) = library.notice() {
                self.keeper.notice(notice);
            }
            self.changes = library.changes();
            let mut entries = entries(library.glance());
            let last = self
                .keeper
                .mark(|name| self.catalogue.key(name), &mut entries);
            let mut menu = Menu::new(entries);
            if let Some(last) = last {
                menu.go_on_from(&last);
            }
            menu
        });
        let learner = self.learner.take();
        self.editing = None;
        let due = self.keeper.reviews(&self.catalogue).due;
        if let Some(menu) = &mut self.menu {
            menu.set_due(due);
        }
        self.begin_counting();
        let (Some(learner), Some(menu)) = (learner, &mut self.menu) else {
            return;
        };
        self.window.forget();
        if let Some(name) = learner.lesson() {
            let (step, of) = learner.session.place();
            menu.left(name, step, of, learner.session.has_walked());
            if !learner.session.records().is_empty() {
                let score = learner.session.score();
                menu.scored(name, Some((score.right, score.asked)));
            }
            self.left.insert(name.to_owned(), learner);
        }
    }

    /// Opens a lesson of the menu, or shows why it cannot be opened.
    fn open(&mut self, name: &str, now: Duration) -> Effect {
        let left = self.left.remove(name);
        if let Some(learner) = left.filter(|left| !left.session.is_at_end()) {
            self.learner = Some(learner);
            self.window.forget();
            // A change that was not finished is taken up again.
            return self.edit(now);
        }
        self.begin_opening(name, OpeningKind::WhereLeft, now)
    }

    fn begin_opening(&mut self, name: &str, start: OpeningKind, now: Duration) -> Effect {
        // What somebody waits for has all processors.
        self.counting = None;
        self.opening = Some(Opening::begin(&self.catalogue, name.as_ref(), start, now));
        self.go_on_opening(AT_ONCE, now).unwrap_or(Effect::Draw)
    }

    /// Enters the lesson that is being opened if it is ready within `patience`. Returns `None` if nothing has changed.
    fn go_on_opening(&mut self, patience: Duration, now: Duration) -> Option<Effect> {
        let opening = self.opening.as_mut()?;
        let Some(opened) = opening.wait(patience) else {
            let says = opening.work.is_long(now) && !opening.is_said;
            opening.is_said |= says;
            return says.then_some(Effect::Draw);
        };
        let Opening { name, start, .. } = self.opening.take()?;
        match opened {
            Ok(session) => {
                self.part();
                self.enter(&name, session, start);
            }
            Err(error) => {
                self.failure = self.refuse(&readable(&name), error);
                if self.failure.is_some() {
                    return Some(Effect::Quit);
                }
            }
        }
        self.warn();
        Some(Effect::Draw)
    }

    /// Shows why a lesson cannot be opened if there is a screen to go back to; otherwise returns the error.
    fn refuse(&mut self, name: &str, error: OpenError) -> Option<OpenError> {
        if let (OpenError::Lesson(error), Some(menu)) = (&error, &mut self.menu) {
            menu.spoil(name, &listing::told(error));
        }
        let what = match &error {
            OpenError::Lesson(error) => error.line().map_or_else(
                || error.message().to_owned(),
                |line| format!("{name}, line {line}: {}", error.message()),
            ),
            other => other.to_string(),
        };
        if self.say(what) { None } else { Some(error) }
    }

    /// Shows a message to the learner. Returns whether there is a place for it.
    fn say(&mut self, what: String) -> bool {
        match (&mut self.lab, &mut self.learner, &mut self.menu) {
            (Some(lab), ..) => match lab.opened_mut() {
                Some(opened) => opened.say(what),
                None => lab.say(what),
            },
            (None, Some(learner), _) => learner.session.say(what),
            (None, None, Some(menu)) => menu.say(what),
            (None, None, None) => return false,
        }
        self.window.forget();
        true
    }

    fn enter(&mut self, name: &OsStr, session: Session, start: OpeningKind) {
        let key = self.catalogue.key(name);
        let name = readable(name);
        let way_on = self.menu.as_ref().map(|menu| menu.way_on(&name));
        let (mut learner, left_at) = Learner::begin(&mut self.keeper, key, name, session);
        let session = &mut learner.session;
        if let Some(decimals) = self.decimals {
            session.show_decimals(decimals);
        }
        session.set_way_on(way_on.unwrap_or_default());
        match (start, left_at) {
            (OpeningKind::Step(index), _) => session.go_to(index),
            (OpeningKind::Position(position), _) => window::stand_at(session, &position),
            (OpeningKind::WhereLeft, Some(index)) => session.offer_to_resume(index),
            (OpeningKind::WhereLeft, None) => {}
        }
        self.window.forget();
        self.left_labs.renew(&learner);
        self.learner = Some(learner);
        self.offer_earlier();
    }

    /// Goes to where somebody else stands, if that position exists.
    fn follow(&mut self, position: Position, now: Duration) -> Option<Effect> {
        self.close_lab();
        let name = position.lesson.clone();
        if let Some(learner) = &mut self.learner {
            if learner.practises() {
                self.say("In practice nobody is followed.".to_owned());
                return Some(Effect::Draw);
            }
            if learner.lesson() == Some(&name) {
                self.opening = None;
                let pressed = self.window.follow(&mut learner.session, position, now);
                return self.obey(pressed, now);
            }
        }
        // The person who is followed must not decide which files are read from this disk.
        let library = self.catalogue.library();
        if library.name(name.as_ref()).is_none() && self.catalogue.given(&name).is_none() {
            let refused = library.open_name(&name).err()?;
            return match self.refuse(&name, refused.into()) {
                Some(_) => None,
                None => Some(Effect::Draw),
            };
        }
        match (self.left.remove(&name), &mut self.opening) {
            (Some(learner), _) => {
                self.opening = None;
                self.part();
                let learner = self.learner.insert(learner);
                let pressed = self.window.follow(&mut learner.session, position, now);
                self.obey(pressed, now)
            }
            (None, Some(opening)) if opening.name.as_os_str() == name.as_str() => {
                opening.start = OpeningKind::Position(position);
                None
            }
            (None, _) => Some(self.begin_opening(&name, OpeningKind::Position(position), now)),
        }
    }

    /// Leaves the open lesson for another one.
    fn part(&mut self) {
        if self.learner.is_some() {
            self.keep(Occasion::Parted);
            self.show_menu();
        }
    }

    /// Saves what is new in the lesson.
    fn keep(&mut self, occasion: Occasion) {
        match &mut self.learner {
            Some(learner) => learner.keep(&mut self.keeper, occasion),
            None => self.keeper.close(occasion),
        }
    }

    /// Saves a place some seconds after it was reached: what breaks off in silence, such as a
    /// connection or the power, loses no more than that.
    fn settle(&mut self, now: Duration) {
        if !self.keeper.is_kept() || !self.learner.as_ref().is_some_and(Learner::has_moved) {
            self.moved = None;
        } else if now.saturating_sub(*self.moved.get_or_insert(now)) >= SETTLED {
            self.moved = None;
            self.keep(Occasion::Settled);
        }
    }

    /// Shows a warning of the progress keeper, if there is one. Returns whether it did.
    fn warn(&mut self) -> bool {
        let is_nowhere = self.lab.is_none() && self.learner.is_none() && self.menu.is_none();
        if is_nowhere || self.window.is_busy() {
            // There is no place for it now: it is shown later.
            return false;
        }
        let warning = self.keeper.warning();
        warning.is_some_and(|warning| self.say(warning))
    }
}
