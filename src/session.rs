//! The state of a learner in a lesson, and the effect of each command on it, without input or output.

mod asking;
mod changes;
mod choices;
mod command;
mod cursor;
mod field;
mod goal;
mod lab;
mod menu;
mod panels;
mod position;
mod practice;
mod records;
mod review;
mod view;

use std::path::Path;
use std::sync::Arc;

use crate::algebra::{Cell, Decimals, RichText};
use crate::lesson::Panel;
use crate::trace::{Step, Trace};
use crate::tutor::practice::is_possible;

use asking::QuestionLog;
pub(crate) use asking::VEILED;
pub use asking::{AnswerCell, GivenAnswer, LONGEST, MOST_BEFORE, OpenQuestion};
pub(crate) use changes::typed_number;
pub use changes::{Amount, Change, Listed};
use changes::{Changes, OfRun};
use choices::ChoiceState;
pub use choices::ChooseWhat;
pub use command::{Command, Effect, Mode};
pub use cursor::{CellPlace, Group};
pub use field::Field;
pub use goal::GoalTried;
pub use lab::{Asked, Hand, KeptRun, Kind, Lab, MapView, Plane, Pointing, Share, Starts};
pub use menu::{Length, Menu, MenuEntry, Reached, WayOn};
pub use position::{LabPosition, Position, PositionError};
pub use practice::Posed;
use practice::Practice;
pub use records::{QuestionWork, Record, Score, fingerprint, question_of};
pub use review::Missed;
pub use view::{StepView, Withheld};

/// What is different for a learner in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InClass {
    /// Whether they teach it.
    pub teaches: bool,
    /// Whether it is a screen for all to look at, where nobody types.
    pub is_watched: bool,
    /// Whether the question of the step stands elsewhere on the screen.
    pub is_asked_elsewhere: bool,
    /// The commands that are not for them now.
    pub withheld: &'static [Command],
}

/// A learner in a lesson.
#[derive(Debug, Clone)]
pub struct Session {
    /// The lesson itself; questions are asked only at its steps.
    lesson: Arc<Trace>,
    /// The trace the learner walks through: the lesson, or the lesson with an epoch opened.
    trace: Arc<Trace>,
    index: usize,
    mode: Mode,
    decimals: Decimals,
    /// The number that the cursor is to be on; a step that does not show it shows the cursor on its first
    /// number.
    wanted_place: Option<CellPlace>,
    /// A number being typed: a count or the number of a step.
    typed: Option<usize>,
    /// The step whose text is scrolled, and by how many lines; kept while other steps are looked at.
    scroll: (usize, usize),
    /// The number of lines that the help is scrolled by.
    help_scroll: usize,
    /// The number of lines scrolled by a page.
    page: usize,
    /// The most lines by which the text can be scrolled, as far as the screen has said.
    most_scroll: usize,
    /// The second panel, if the learner has chosen one.
    panel: Option<Panel>,
    /// How often the units in panels without room for all were turned over; `None` where they cannot be.
    unit_page: Option<i32>,
    /// `true` if steps are also shown as lines of NumPy.
    numpy: bool,
    /// `true` if what the lecture says of the step is shown.
    lecture: bool,
    /// The places to return to, the last one on top.
    history: Vec<HistoryEntry>,
    /// The message about the last command.
    message: Option<String>,
    /// The questions that were asked, and their answers.
    log: QuestionLog,
    /// The number of the lesson's own questions that can be answered right or wrong.
    questions: usize,
    /// The index of the selected question among the missed ones.
    review_at: usize,
    /// The places to go back to from a jump, the next one on top: that before the last jump, and below it the one where
    /// the lesson was left, as long as the learner has not been there.
    jumps: Vec<JumpOrigin>,
    /// The step at which the lesson was left in an earlier run, while the learner may choose to go on there.
    offer: Option<usize>,
    /// The number of questions that were missed in earlier lessons and are offered at the end of this one.
    earlier: usize,
    /// The state of practice or of a review; `None` in a lesson.
    practice: Option<Practice>,
    /// What is different in a class; `None` outside of one.
    in_class: Option<InClass>,
    way_on: WayOn,
    /// Whether the end of the lesson was come to by walking, not by a jump.
    has_walked: bool,
    /// A counter that changes with the answers.
    revision: u64,
    /// What the learner has changed about the lesson.
    changes: Option<Box<Changes>>,
    /// What a loss map shows, if that has been chosen.
    map: Option<MapView>,
    /// What is typed into the field of a number.
    field: Field,
    /// The name of a file that is there already and is replaced if it is typed once more.
    replaces: Option<String>,
    choice: ChoiceState,
    /// What it knows of the run that it shows, and asks of it.
    of_run: OfRun,
    /// The mode before the help or the line for a number lay over it.
    below: Mode,
    /// The command that shows the answer if it is given once more: Enter on an empty field, or the last hint.
    asks_to_show: Option<Command>,
}

/// A place to return to.
#[derive(Debug, Clone)]
struct HistoryEntry {
    trace: Arc<Trace>,
    index: usize,
    mode: Mode,
    wanted_place: Option<CellPlace>,
    scroll: (usize, usize),
    /// The step, if it was opened from the review.
    from_review: Option<usize>,
}

/// The place before a jump, with the way back from there.
#[derive(Debug, Clone)]
struct JumpOrigin {
    place: HistoryEntry,
    history: Vec<HistoryEntry>,
    /// `true` for the place where the lesson was left, which no later jump replaces.
    is_offered: bool,
}

/// The number of lines scrolled by a page where no screen has said how many it shows: the smallest shows more.
const PAGE: usize = 8;

/// Said where nothing that was missed in earlier lessons is due.
pub(crate) const NO_EARLIER: &str = "Nothing that you missed in earlier lessons is due.";

/// The largest number that can be typed as a count.
const MOST_TYPED: usize = 99_999;

impl Session {
    /// Creates a session at the first step of a lesson.
    pub fn new(trace: impl Into<Arc<Trace>>) -> Self {
        let mut session = Self::at_start(trace.into());
        session.questions = Self::count_questions(&session.lesson);
        session.arrive(false);
        session
    }

    /// Creates a session in which nothing has been asked yet.
    fn at_start(trace: Arc<Trace>) -> Self {
        let has_walked = trace.len() == 1;
        let numpy = trace.lesson().numpy;
        Self {
            lesson: Arc::clone(&trace),
            trace,
            index: 0,
            mode: Mode::Walk,
            decimals: Decimals::default(),
            wanted_place: None,
            typed: None,
            scroll: (0, 0),
            help_scroll: 0,
            page: PAGE,
            most_scroll: 0,
            panel: None,
            unit_page: None,
            numpy,
            lecture: false,
            history: Vec::new(),
            message: None,
            log: QuestionLog::default(),
            questions: 0,
            review_at: 0,
            jumps: Vec::new(),
            offer: None,
            earlier: 0,
            practice: None,
            in_class: None,
            way_on: WayOn::default(),
            has_walked,
            revision: 0,
            changes: None,
            map: None,
            field: Field::default(),
            replaces: None,
            choice: ChoiceState::default(),
            of_run: OfRun::default(),
            below: Mode::Walk,
            asks_to_show: None,
        }
    }

    /// Returns the compiled lesson or, with an epoch opened, the trace in which it is opened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns the 0-based index of the step the learner is at.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Returns the 1-based number of the learner's step in the lesson itself, as it was written, and the number of its
    /// steps. With an epoch opened, it is the number of the step it was opened from.
    pub fn place(&self) -> (usize, usize) {
        let (number, _) = self.shown_place();
        let (written, _) = self.written();
        (self.written_index(number - 1) + 1, written.len())
    }

    /// Returns the same for the lesson that is shown, be it with the learner's changes.
    fn shown_place(&self) -> (usize, usize) {
        let own = |trace: &Arc<Trace>| Arc::ptr_eq(trace, &self.lesson);
        let index = if own(&self.trace) {
            self.index
        } else {
            let below = self.history.iter().rev().find(|entry| own(&entry.trace));
            below.map_or(0, |entry| entry.index)
        };
        (index + 1, self.lesson.len())
    }

    /// Returns how much there is to do in the lesson.
    pub fn length(&self) -> Length {
        Length {
            steps: self.written().0.len(),
            questions: self.questions,
        }
    }

    /// Returns the step the learner is at.
    pub fn step(&self) -> Step<'_> {
        self.trace.step(self.index)
    }

    /// Returns the mode, which decides what keys do.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the number of decimals of numbers.
    pub const fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// Shows numbers with so many decimals from now on.
    pub const fn show_decimals(&mut self, decimals: Decimals) {
        self.decimals = decimals;
    }

    /// Returns how often the units in panels without room for all were turned over; `None` where no key does.
    pub const fn unit_page(&self) -> Option<i32> {
        self.unit_page
    }

    /// Turns the units in panels without room for all to a page; past the last one, the first follows.
    pub const fn turn_units_to(&mut self, page: i32) {
        self.unit_page = Some(page);
    }

    /// Returns the number being typed.
    pub const fn typed(&self) -> Option<usize> {
        self.typed
    }

    /// Returns the number of lines that the text is scrolled by, or the help while it is shown.
    pub fn scroll(&self) -> usize {
        let (step, lines) = self.scroll;
        if self.is_reading() {
            self.help_scroll
        } else if step == self.index {
            lines
        } else {
            0
        }
    }

    /// Returns whether the help, or what the symbols mean, covers the lesson.
    const fn is_reading(&self) -> bool {
        matches!(self.mode, Mode::Help | Mode::Symbols | Mode::Changes)
    }

    fn scroll_to(&mut self, lines: usize) {
        if self.is_reading() {
            self.help_scroll = lines;
        } else {
            self.scroll = (self.index, lines);
        }
    }

    /// Returns the message about the last command.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Sets a message that is shown until the next command.
    pub fn say(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Returns a counter that changes whenever [`records`](Self::records), [`score`](Self::score) or
    /// [`level`](Self::level) may have changed, so that they need not be compared after every key.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Marks the answers as changed.
    const fn revise(&mut self) {
        self.revision += 1;
    }

    /// Returns the number of places to return to.
    pub const fn depth(&self) -> usize {
        self.history.len()
    }

    /// Returns whether a command would do something here that the learner may want to know about.
    pub fn offers(&self, command: Command) -> bool {
        let withheld = self.in_class.map_or(&[][..], |class| class.withheld);
        match (self.mode, command) {
            _ if withheld.contains(&command) => false,
            (Mode::Walk, Command::Return) => self.depth() > 0,
            (Mode::Walk | Mode::Ask, Command::Numbers | Command::NumbersBack) => {
                self.has_numbers() || self.is_veiled()
            }
            (Mode::Walk, Command::WhereFrom) => {
                !self.is_veiled() && self.trace.can_open(self.index)
            }
            (Mode::Walk | Mode::Numbers, Command::AskAgain) => self.entry().is_some(),
            (Mode::Walk, Command::NextEpoch) => !self.trace.is_of_run() || self.trace.has_epochs(),
            (Mode::Walk, Command::Lecture) => !self.lecture_here().is_empty(),
            (Mode::Walk, Command::Answer) => self.entry().is_some(),
            // What has done its task is taken back no more, but can be looked at again.
            (_, Command::TakeBack | Command::TakeAllBack) => !self.wanted_changes().is_empty(),
            (_, Command::Compare) => !self.changes().is_empty(),
            (Mode::Ask, Command::Hint) => self.has_hint(),
            (Mode::Numbers, Command::Next) => !self.is_at_end(),
            (Mode::Numbers, Command::Numbers | Command::NumbersBack | Command::Left) => {
                self.can_go_to_another(command)
            }
            (Mode::Numbers, Command::Raise | Command::Lower | Command::Change) => {
                self.can_change_here()
            }
            (Mode::Walk, Command::Lab) => {
                let step = self.step();
                self.practice.is_none() && step.operation().is_none() && step.symbol().is_some()
            }
            (Mode::Choices, Command::Left | Command::Right) => self.choice_ways().contains(&true),
            (_, Command::Lab) => false,
            (_, Command::Review) => self.earlier > 0 && self.ends_here(),
            (_, Command::NextLesson) => self.is_last() && self.way_on != WayOn::Nowhere,
            (_, Command::Practise) => self.is_last() && is_possible(self.lesson.lesson()),
            _ => true,
        }
    }

    /// Sets where the key for the next lesson leads.
    pub fn set_way_on(&mut self, way: WayOn) {
        self.way_on = way;
    }

    /// Sets what is different in a class, or that the learner is in none.
    pub const fn set_class(&mut self, class: Option<InClass>) {
        self.in_class = class;
    }

    /// Returns what is different in a class; `None` outside of one.
    pub const fn in_class(&self) -> Option<InClass> {
        self.in_class
    }

    /// Returns whether no numbers may be changed because the class goes on together: a goal waits until it is freed.
    pub fn waits_to_be_freed(&self) -> bool {
        self.in_class
            .is_some_and(|class| class.withheld.contains(&Command::Change))
    }

    /// Returns whether steps are also shown as lines of NumPy.
    pub const fn shows_numpy(&self) -> bool {
        self.numpy
    }

    /// Returns the panels beside a step, the most important one first: those that the lesson sets, or those
    /// that suit the network. The second one is the learner's choice, if there is one.
    pub fn panels(&self, step: &Step) -> Vec<Panel> {
        panels::beside(step, self.panel)
    }

    /// Returns the second panel, if the learner has chosen one.
    pub const fn chosen_panel(&self) -> Option<Panel> {
        self.panel
    }

    fn choose_panel(&mut self, forward: bool, count: usize) {
        let step = self.step();
        let before = panels::beside(&step, self.panel);
        let panel = panels::next(&step, self.panel, forward, count);
        let now = panels::beside(&step, panel);
        self.message = Some(match now.get(1) {
            Some(second) if now != before => format!("Second panel: {}.", second.name()),
            _ => "No other panel suits this network.".into(),
        });
        self.panel = panel;
    }

    /// Returns whether the last step of the lesson was come to by walking, step by step or phase by phase. Who jumps there
    /// has not walked it.
    pub const fn has_walked(&self) -> bool {
        self.has_walked
    }

    /// Returns whether this is the last step.
    pub fn is_at_end(&self) -> bool {
        self.index + 1 == self.trace.len()
    }

    /// Returns whether this is the last step of a lesson, and nothing waits for an answer there.
    pub fn ends_here(&self) -> bool {
        self.is_last() && self.mode != Mode::Ask
    }

    fn is_last(&self) -> bool {
        self.practice.is_none() && self.is_own() && self.is_at_end()
    }

    /// Offers, at the end of a lesson, so many questions that were missed in earlier ones. Returns whether they are new.
    pub fn offer_earlier(&mut self, count: usize) -> bool {
        let before = std::mem::replace(&mut self.earlier, count);
        let is_new = before == 0 && count > 0;
        if is_new && self.message.is_none() {
            self.message = Some(format!("{}: r", Self::missed_earlier(count)));
        }
        is_new
    }

    /// Says how many questions are offered.
    pub(crate) fn missed_earlier(count: usize) -> String {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} question{s} you missed earlier")
    }

    /// Sets how many lines of what is scrolled are in sight: so many a page has.
    pub fn set_page(&mut self, lines: usize) {
        self.page = lines.max(1);
    }

    /// Sets by how many lines the text can be scrolled at the most, for the keys that go on where it ends.
    pub const fn set_most_scroll(&mut self, most: usize) {
        self.most_scroll = most;
    }

    /// Returns whether a page down or up leads on from a text that is at its end, or has no more than its place shows.
    fn is_at_edge(&self, command: Command) -> bool {
        matches!(self.mode, Mode::Walk | Mode::Numbers)
            && match command {
                Command::PageDown => self.scroll() >= self.most_scroll,
                Command::PageUp => self.scroll() == 0,
                _ => false,
            }
    }

    /// Limits scrolling to `most` lines: the screen has no more to show.
    pub fn limit_scroll(&mut self, most: usize) {
        if self.scroll() > most {
            self.scroll_to(most);
        }
    }

    /// Goes to a step, or to the last one if the index is past the end. If a question waits there, it is asked.
    pub fn go_to(&mut self, index: usize) {
        self.move_to(index, false);
    }

    fn move_to(&mut self, index: usize, looking_back: bool) {
        self.lecture = false;
        self.index = index.min(self.trace.len() - 1);
        if !self.is_own() || self.log.from_review != Some(self.index) {
            // A learner who goes elsewhere is not led back to the review.
            self.log.from_review = None;
        }
        self.arrive(looking_back);
    }

    /// Goes one or more steps on; past the last step the lesson ends.
    fn go_on(&mut self, count: usize) -> Effect {
        if self.practice.is_some() && self.is_own() {
            return self.next_asked(count);
        }
        if !self.is_at_end() {
            self.go_to(self.index.saturating_add(count));
        } else if self.is_own() {
            return self.finish();
        } else {
            self.message =
                Some("This is the last step: Esc goes back to where it was opened.".into());
        }
        Effect::Draw
    }

    /// Offers to go on at a step, by its 0-based index, where the lesson was left.
    pub fn offer_to_resume(&mut self, index: usize) {
        if (1..self.trace.len()).contains(&index) {
            self.offer = Some(index);
            self.mode = Mode::Offer;
        }
    }

    /// Returns the index of the step at which the learner may go on, in [`Mode::Offer`].
    pub fn offered(&self) -> Option<usize> {
        self.offer.filter(|_| self.mode == Mode::Offer)
    }

    fn decide(&mut self, goes_on: bool) {
        match self.offer.take() {
            Some(index) if goes_on => self.go_to(index),
            // Even by mistake the place is not lost.
            Some(index) => {
                self.go_to(self.index);
                let place = HistoryEntry {
                    index,
                    ..self.place_here()
                };
                self.jumps = vec![JumpOrigin {
                    place,
                    history: Vec::new(),
                    is_offered: true,
                }];
            }
            None => self.go_to(self.index),
        }
    }

    /// Carries out a command. Whatever moves by more than a step is a jump, of which the place before is kept.
    pub fn apply(&mut self, command: Command) -> Effect {
        let (trace, index) = (Arc::clone(&self.trace), self.index);
        let before = JumpOrigin {
            place: self.place_here(),
            history: self.history.clone(),
            is_offered: false,
        };
        let lesson = Arc::clone(&self.lesson);
        let is_done = self.has_done_task();
        let effect = self.carry_out(command);
        self.look_round();
        self.look_at_goals();
        if is_done && Arc::ptr_eq(&lesson, &self.lesson) && self.is_own() && self.index > index {
            self.put_aside_what_is_done();
        }
        if !Arc::ptr_eq(&lesson, &self.lesson) {
            // The lesson itself is another one: no place of the old one is gone back to.
            return effect;
        }
        let is_far = !Arc::ptr_eq(&trace, &self.trace) || self.index.abs_diff(index) > 1;
        // To the end one walks step by step, or phase by phase.
        let steps = match command {
            Command::NextPhase | Command::PageDown => trace.next_phase(index).max(index + 1),
            _ => index + 1,
        };
        let is_walked = index < self.index && self.index <= steps;
        self.has_walked |= self.is_own() && !self.is_changed() && self.is_at_end() && is_walked;
        let has_jumped = is_far || self.history.len() != before.history.len();
        match command {
            // So the same key leads there again, after all others.
            Command::JumpBack if has_jumped => self.jumps.insert(0, before),
            _ if has_jumped => {
                self.jumps.retain(|jump| jump.is_offered);
                self.jumps.push(before);
            }
            _ => {}
        }
        effect
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each command")]
    fn carry_out(&mut self, command: Command) -> Effect {
        self.message = None;
        if is_about_question(command) {
            self.lecture = false;
        }
        let asked_to_show = std::mem::take(&mut self.asks_to_show);
        if let Some(effect) = self.apply_beside(command) {
            return effect;
        }
        let typed = match command {
            Command::Digit(digit) => {
                let number = self.typed.unwrap_or(0) * 10 + usize::from(digit);
                self.typed = Some(number.min(self.most_typed()));
                return Effect::Draw;
            }
            Command::Erase => {
                self.typed = self.typed.map(|n| n / 10).filter(|&n| n > 0);
                return Effect::Draw;
            }
            _ => self.typed.take(),
        };
        if let (Some(number), Mode::Walk | Mode::Numbers) = (typed, self.mode)
            && ends_a_number(command)
        {
            if command != Command::Return {
                self.message = Some(format!(
                    "{number} was not used: a movement has to follow it."
                ));
            }
            return Effect::Draw;
        }
        // No step has the number 0, and nothing is done so many times.
        let typed = typed.filter(|&number| number > 0);
        let count = typed.unwrap_or(1);
        match command {
            Command::Next => return self.go_on(count),
            Command::Back => self.move_to(self.index.saturating_sub(count), true),
            Command::Answer => return self.answer(count, asked_to_show),
            Command::Hint => self.hint(asked_to_show),
            Command::AskAgain => self.ask_again(),
            Command::Hide => self.toggle_hiding(),
            Command::NextPhase => self.repeat(count, Trace::next_phase),
            Command::BackPhase => self.repeat(count, Trace::back_phase),
            Command::NextEpoch => self.repeat(count, Trace::next_epoch),
            Command::BackEpoch => self.repeat(count, Trace::back_epoch),
            Command::Start if self.is_reading() => self.scroll_to(0),
            Command::End if self.is_reading() => self.scroll_to(usize::MAX),
            Command::Start => self.go_to(typed.map_or(0, |n| self.trace.index_of(n))),
            Command::End => self.go_to(typed.map_or(usize::MAX, |n| self.trace.index_of(n))),
            Command::PageDown if self.is_at_edge(command) => self.repeat(count, Trace::next_phase),
            Command::PageUp if self.is_at_edge(command) => self.repeat(count, Trace::back_phase),
            Command::PageDown => self.scroll_to(self.scroll().saturating_add(self.page)),
            Command::PageUp => self.scroll_to(self.scroll().saturating_sub(self.page)),
            Command::GoTo => {
                self.typed = typed;
                self.below = self.mode;
                self.mode = Mode::GoTo;
            }
            Command::Confirm => {
                self.mode = self.below;
                if let Some(number) = typed {
                    if number > self.trace.steps() {
                        self.message = Some(format!("The last step is {}.", self.trace.steps()));
                    }
                    self.go_to(self.trace.index_of(number));
                }
            }
            Command::Numbers | Command::NumbersBack => self.ask_numbers(command),
            Command::Left | Command::Right | Command::Up | Command::Down => {
                self.move_cursor(command, count);
            }
            Command::WhereFrom => self.where_from(),
            Command::Return => return self.come_back(),
            Command::JumpBack => self.jump_back(),
            Command::Raise | Command::Lower => {
                return self.nudge(command == Command::Raise, count);
            }
            Command::Change => self.open_field(),
            Command::TakeBack | Command::TakeAllBack => {
                return self.take_back(command == Command::TakeAllBack);
            }
            Command::Compare => self.flip(),
            Command::Choices => self.open_choices(),
            Command::AnotherSeed => return self.another_seed(),
            Command::Changes => self.read(Mode::Changes),
            Command::Write => self.ask_file(),
            Command::MoreDecimals => self.decimals = self.decimals.more(),
            Command::FewerDecimals => self.decimals = self.decimals.fewer(),
            Command::ScrollDown => self.scroll_to(self.scroll().saturating_add(count)),
            Command::ScrollUp => self.scroll_to(self.scroll().saturating_sub(count)),
            Command::NextPanel | Command::BackPanel => {
                self.choose_panel(command == Command::NextPanel, count);
            }
            Command::NumPy => self.toggle_numpy(),
            Command::Lecture => self.toggle_lecture(),
            Command::Help => self.read(Mode::Help),
            Command::Symbols => self.read(Mode::Symbols),
            Command::Remind => self.remind(),
            Command::Menu => return Effect::Menu,
            Command::Suspend => return Effect::Suspend,
            Command::Quit => return Effect::Quit,
            Command::NextLesson => return Effect::NextLesson,
            Command::Practise => return Effect::Practise,
            Command::Review if self.offers(command) => return Effect::Review,
            Command::Review => {
                self.message = Some(if self.ends_here() {
                    NO_EARLIER.into()
                } else {
                    "At the end of a lesson, r asks what you missed in earlier ones.".into()
                });
            }
            Command::Lab => return Effect::Lab,
            Command::Open
            | Command::Search
            | Command::Worksheet
            | Command::Digit(_)
            | Command::Erase
            | Command::EraseNext
            | Command::Type(_)
            | Command::Clear
            // Only the lab knows of runs.
            | Command::Play
            | Command::Faster
            | Command::Slower
            | Command::GoToEpoch
            | Command::RaiseRate
            | Command::LowerRate
            | Command::Keep
            | Command::Again
            | Command::Seed
            | Command::Starts
            | Command::LossMap
            | Command::MapAcross
            | Command::MapAcrossBack
            | Command::MapUp
            | Command::MapUpBack
            | Command::Narrower
            | Command::Wider
            | Command::Data
            | Command::LeapLeft
            | Command::LeapRight
            | Command::LeapUp
            | Command::LeapDown
            | Command::Place
            | Command::Carry
            | Command::Turn
            | Command::Delete
            | Command::NextSample
            | Command::BackSample
            | Command::MoreNoise
            | Command::LessNoise
            | Command::MoreSamples
            | Command::FewerSamples
            | Command::Redraw
            | Command::Leave
            // What concerns a class is done outside of a session.
            | Command::Class
            | Command::CatchUp
            | Command::Hand
            | Command::Done
            | Command::AskClass
            | Command::MakeQuestion
            | Command::CloseQuestion
            | Command::Reveal
            | Command::VoteAgain
            | Command::PutAway
            | Command::Free
            | Command::Lock
            | Command::Names
            | Command::HandOver
            | Command::Remove
            | Command::Rename
            | Command::LowerHands
            | Command::EndClass
            // Only the screen knows of characters.
            | Command::Enlarge
            | Command::Glyphs => {}
        }
        Effect::Draw
    }

    /// Shows the steps as lines of NumPy too, or hides them; where nothing of that is seen at once, says so.
    fn toggle_numpy(&mut self) {
        self.numpy = !self.numpy;
        let has_none = self.step().numpy().is_empty();
        let said = if !self.numpy {
            "NumPy is hidden again."
        } else if self.is_veiled() {
            "The step shows its NumPy once this is answered."
        } else {
            "Steps that compute something show their NumPy now."
        };
        self.message = (has_none || self.is_veiled()).then(|| said.to_owned());
    }

    /// Shows what the lecture says of the step, or closes that.
    fn toggle_lecture(&mut self) {
        self.lecture = !self.lecture && !self.lecture_here().is_empty();
        self.scroll = (self.index, 0);
        if self.lecture_here().is_empty() {
            let why = if self.step().lecture().is_empty() {
                "There is no note on the lecture here."
            } else {
                "The note on the lecture can be read once you have answered."
            };
            self.message = Some(why.into());
        }
    }

    /// Returns what the lecture says of the step, if nothing of it is hidden and no answer is waited for.
    pub fn lecture_here(&self) -> Vec<RichText> {
        if self.is_veiled() || self.asks_for_an_answer() {
            return Vec::new();
        }
        self.step().lecture()
    }

    /// Returns whether a question of the step waits for an answer, which a note may give away. A task may be read up on.
    fn asks_for_an_answer(&self) -> bool {
        self.asked()
            .is_some_and(|asked| !asked.revealed && asked.question.goal().is_none())
    }

    /// Returns what the lecture says of the step, while that is shown.
    pub fn lecture(&self) -> Option<Vec<RichText>> {
        self.lecture.then(|| self.lecture_here())
    }

    /// Says which keys answer the offer.
    fn remind(&mut self) {
        self.message = self.offered().map(|index| {
            let step = index + 1;
            format!("Enter goes on at step {step}, Esc begins at the start.")
        });
    }

    /// Asks for the name of the file to write the lesson to.
    fn ask_file(&mut self) {
        if self.edit_job().is_some() {
            self.message = Some(changes::UNFINISHED.into());
            return;
        }
        let is_of_run = self.lesson.is_of_run();
        if !is_of_run
            && !self
                .changes
                .as_ref()
                .is_some_and(|changes| changes.is_made())
        {
            self.message =
                Some("Nothing is changed: w writes a lesson file once something is.".into());
            return;
        }
        let (written, _) = self.written();
        let name = Path::new(&written.lesson().source.name);
        let stem = name.file_stem().and_then(|stem| stem.to_str());
        let what = if is_of_run { "trained" } else { "changed" };
        self.field = Field::new(format!("{}-{what}.yaml", stem.unwrap_or("lesson")));
        self.replaces = None;
        self.mode = Mode::Write;
    }

    /// Returns the name of the file that is being typed.
    pub fn file_field(&self) -> Option<&Field> {
        (self.mode == Mode::Write).then_some(&self.field)
    }

    /// Has the lesson written to the file that is typed.
    fn confirm_file(&mut self) -> Effect {
        let name = self.field.text().trim().to_owned();
        if name.is_empty() {
            self.message = Some("Type the name of the file, or Esc.".into());
            return Effect::Draw;
        }
        let replaces = self.replaces.take().is_some_and(|known| known == name);
        Effect::Write { name, replaces }
    }

    /// Says that the lesson has been written.
    pub fn has_written(&mut self, said: String) {
        self.mode = self.mode_here();
        self.message = Some(said);
    }

    /// Says that a file is there already, and that the same key replaces it.
    pub fn ask_to_replace(&mut self, name: String) {
        self.message = Some(format!(
            "{name} is there already. Enter once more replaces it, Esc does not."
        ));
        self.replaces = Some(name);
    }

    /// Covers the lesson with something to read, or uncovers it again.
    fn read(&mut self, what: Mode) {
        if self.mode == what {
            self.mode = self.below;
        } else {
            if !self.is_reading() {
                self.below = self.mode;
            }
            self.mode = what;
        }
        self.help_scroll = 0;
    }

    /// Returns the largest number that can be typed: at least the number of every step, and any number with as
    /// many digits, so that a number that is too large can be refused with a message.
    fn most_typed(&self) -> usize {
        let digits = self.trace.len().ilog10() + 1;
        MOST_TYPED.max(10_usize.pow(digits) - 1)
    }

    /// Carries out commands of modes other than walking: typing an answer, deciding to go on, the review. None
    /// of them takes a count. Returns `None` for any other command.
    fn apply_beside(&mut self, command: Command) -> Option<Effect> {
        match (self.mode, command) {
            (Mode::Ask, Command::Type(character)) => self.type_character(character),
            (Mode::Ask, Command::Erase) => self.erase_character(),
            (Mode::Ask, Command::Clear) => self.clear_answer(),
            (Mode::Choices, Command::Up | Command::Down) => {
                self.point_choice(command == Command::Down, 1);
            }
            (Mode::Choices, Command::Start | Command::End) => {
                self.point_choice(command == Command::End, usize::MAX);
            }
            (Mode::Choices, Command::Left | Command::Right) => {
                return Some(self.turn_choice(command == Command::Right));
            }
            (Mode::Write, Command::Confirm) => return Some(self.confirm_file()),
            (Mode::Write, Command::Return) => self.mode = self.mode_here(),
            (Mode::Change, Command::Confirm) => return Some(self.confirm_field()),
            (Mode::Change, Command::Return) => self.mode = Mode::Numbers,
            (Mode::Change | Mode::Write, _) if self.field.apply(command) => {}
            (Mode::Offer, Command::Confirm) => self.decide(true),
            (Mode::Offer, Command::Return) => self.decide(false),
            (Mode::Review, Command::Up | Command::Down) => {
                self.point(command == Command::Down, 1);
            }
            (Mode::Review, Command::Start | Command::End) => {
                self.point(command == Command::End, usize::MAX);
            }
            (Mode::Review, Command::Confirm) => self.retry(),
            (Mode::Review, Command::Return) => self.close_review(),
            _ => return None,
        }
        Some(Effect::Draw)
    }

    /// The mode where no question waits.
    const fn mode_below(&self) -> Mode {
        if self.wanted_place.is_some() {
            Mode::Numbers
        } else {
            Mode::Walk
        }
    }

    fn repeat(&mut self, count: usize, jump: fn(&Trace, usize) -> usize) {
        let mut index = self.index;
        for _ in 0..count {
            let next = jump(&self.trace, index);
            if next == index {
                break;
            }
            index = next;
        }
        self.go_to(index);
    }

    fn ask_numbers(&mut self, command: Command) {
        let groups = self.groups(&self.step());
        let here = self.wanted().and_then(|at| cursor::settle(&groups, at));
        let next = match here {
            None if self.step().what == crate::trace::StepKind::Set => {
                let step = self.step();
                // What is set here is what there is to see.
                cursor::first_of(&groups, |cell| step.sets(cell)).or_else(|| cursor::first(&groups))
            }
            None if self.step().shows_weights() => cursor::foremost(&groups),
            None => cursor::first(&groups),
            Some(place) => cursor::neighbour(&groups, place, command == Command::Numbers),
        };
        if next.is_some() {
            self.wanted_place = next;
            self.mode = Mode::Numbers;
        } else if self.is_veiled() {
            self.message = Some(VEILED.into());
        } else {
            // The wanted number stays, so the next step that shows it has the cursor on it.
            self.message = Some(self.no_numbers());
        }
    }

    /// Returns what is said where there is no number to go to or to change, and where there are some.
    fn no_numbers(&self) -> String {
        let here = "This step shows no numbers";
        let has = |&index: &usize| {
            let step = self.trace.step(index);
            let beside = panels::beside(&step, self.panel);
            cursor::first(&cursor::matrices(step.equation())).is_some()
                || cursor::first(&cursor::in_panels(&step, &beside, 0)).is_some()
        };
        let mut next = self.index + 1..self.trace.len();
        // In an opened epoch steps are counted otherwise.
        match next.find(has).filter(|_| self.is_own()) {
            Some(index) => format!("{here}. The next one with numbers is step {}.", index + 1),
            None => format!("{here}."),
        }
    }

    /// Returns whether the step shows numbers.
    fn has_numbers(&self) -> bool {
        cursor::first(&self.groups(&self.step())).is_some()
    }

    /// Returns whether the cursor can go to another group of numbers or, where a command moves it, to another number.
    fn can_go_to_another(&self, command: Command) -> bool {
        let groups = self.groups(&self.step());
        let Some(here) = self.wanted().and_then(|at| cursor::settle(&groups, at)) else {
            return true;
        };
        if command != Command::Left {
            return cursor::neighbour(&groups, here, true) != Some(here);
        }
        // One hint stands for all four.
        [Command::Left, Command::Right, Command::Up, Command::Down]
            .into_iter()
            .any(|way| cursor::moved(&groups, here, way, 1).0 != here)
    }

    fn move_cursor(&mut self, command: Command, count: usize) {
        let mut left = count;
        while left > 0 {
            let groups = self.groups(&self.step());
            let Some(place) = self.wanted().and_then(|at| cursor::settle(&groups, at)) else {
                return;
            };
            let (next, gone) = cursor::moved(&groups, place, command, left);
            self.wanted_place = Some(next);
            if next == place {
                return;
            }
            left -= gone;
        }
    }

    /// The place where the learner is, to come back to.
    fn place_here(&self) -> HistoryEntry {
        let mode = match self.mode {
            Mode::Help | Mode::Symbols | Mode::Changes | Mode::GoTo => self.below,
            Mode::Change => Mode::Numbers,
            Mode::Choices | Mode::Write => Mode::Walk,
            mode => mode,
        };
        HistoryEntry {
            trace: Arc::clone(&self.trace),
            index: self.index,
            mode,
            wanted_place: self.wanted_place,
            scroll: self.scroll,
            from_review: self.log.from_review,
        }
    }

    fn come_to(&mut self, place: HistoryEntry) {
        self.lecture = false;
        self.trace = place.trace;
        self.index = place.index;
        self.mode = place.mode;
        self.wanted_place = place.wanted_place;
        self.scroll = place.scroll;
        self.log.from_review = place.from_review;
    }

    /// Forgets a number that no movement has followed.
    pub fn forget_typed(&mut self) {
        self.typed = None;
    }

    fn jump_back(&mut self) {
        let Some(JumpOrigin { place, history, .. }) = self.jumps.pop() else {
            self.message = Some("There was no jump to go back from.".into());
            return;
        };
        let is_numbers = place.mode == Mode::Numbers;
        self.history = history;
        self.come_to(place);
        // What is asked there may have been answered since.
        self.arrive(true);
        if is_numbers {
            self.mode = Mode::Numbers;
        }
    }

    fn visit(&mut self, trace: Arc<Trace>, index: usize) {
        self.history.push(self.place_here());
        self.trace = trace;
        self.scroll = (index, 0);
        self.move_to(index, true);
    }

    fn where_from(&mut self) {
        let cursor = self.cursor();
        if cursor.is_none() && self.is_veiled() {
            self.message = Some(VEILED.into());
            return;
        }
        let Some(place) = cursor else {
            self.open(None);
            return;
        };
        let cell = place.cell;
        match self.trace.cell_made_at(self.index, cell) {
            Some(made) if made != self.index => {
                let is_training = self.trace.step(made).operation().is_none();
                self.visit(Arc::clone(&self.trace), made);
                self.wanted_place = Some(CellPlace::in_equation(Cell {
                    before: false,
                    ..cell
                }));
                let is_set = self.step().what == crate::trace::StepKind::Set;
                if is_set {
                    self.message = Some("It was set here.".into());
                } else if is_training {
                    self.message =
                        Some("This training made it. Enter opens its last epoch.".into());
                }
            }
            Some(_) if self.is_made_within(cell) && self.is_veiled() => {
                self.message = Some(VEILED.into());
            }
            Some(_) if self.step().operation().is_none() || self.is_made_within(cell) => {
                self.open(Some(cell));
            }
            Some(_) => {
                let to_source = self.go_to_source();
                self.message = Some(if to_source {
                    "It was made at this very step, from this number.".into()
                } else {
                    "It was made at this very step.".into()
                });
            }
            None => self.message = Some("It was given: no step made it. = changes it.".into()),
        }
    }

    /// Returns whether the step stands for several operations, and one before the last of them has made a number.
    fn is_made_within(&self, cell: Cell) -> bool {
        let step = self.step();
        !step.stands_for().is_empty() && step.symbol() != Some(cell.symbol)
    }

    /// Opens the epoch of a training step, or several operations in one step; given a cell, goes on to the step that computed it.
    fn open(&mut self, cell: Option<Cell>) {
        let Some((trace, first)) = self.trace.open(self.index) else {
            let step = self.step();
            self.message = Some(
                if step.operation().is_none() && step.symbol().is_some() {
                    "This epoch is open already: ← goes into it."
                } else {
                    "Only a step of training, or several steps in one, can be opened."
                }
                .into(),
            );
            return;
        };
        let made = cell.and_then(|cell| {
            // The training step now stands after the epoch opened from it.
            let end = first + (trace.len() - self.trace.len());
            trace.made_at(end - 1, cell.symbol, false)
        });
        let (what, them) = if self.step().operation().is_some() {
            ("These steps are open", "them")
        } else {
            ("The epoch is open, operation by operation", "it")
        };
        self.visit(Arc::new(trace), made.unwrap_or(first));
        self.message = Some(format!("{what}. Esc closes {them} again."));
    }

    fn come_back(&mut self) -> Effect {
        match self.mode {
            Mode::Help | Mode::Symbols | Mode::Changes | Mode::GoTo => {
                self.mode = self.below;
            }
            Mode::Change => self.mode = Mode::Numbers,
            Mode::Choices | Mode::Write => self.mode = self.mode_here(),
            // What is typed stays; a wanted number would put the cursor back on the numbers.
            Mode::Ask => {
                self.wanted_place = None;
                self.mode = Mode::Walk;
            }
            // One thing at a time: numbers that were gone to since then come first.
            Mode::Numbers
                if self
                    .history
                    .last()
                    .is_none_or(|visit| visit.mode != Mode::Numbers) =>
            {
                self.wanted_place = None;
                self.mode = self.mode_here();
            }
            Mode::Walk
            | Mode::Numbers
            | Mode::Menu
            | Mode::Search
            | Mode::Offer
            | Mode::Review
            | Mode::Lab
            | Mode::LabNumbers
            | Mode::Data
            | Mode::InClass
            | Mode::ClassQuestion
            | Mode::Console
            | Mode::ClassField => {
                if let Some(entry) = self.history.pop() {
                    self.come_to(entry);
                } else if self.log.from_review == Some(self.index) {
                    self.back_to_review();
                } else {
                    let said = if self.offers(Command::Menu) {
                        "q quits, m leads to the list of lessons."
                    } else {
                        "q leaves the class."
                    };
                    self.message = Some(said.into());
                }
            }
        }
        Effect::Draw
    }
}

/// Returns whether a command is about the question of a step, which a note on the lecture must not cover then.
const fn is_about_question(command: Command) -> bool {
    matches!(
        command,
        Command::Type(_)
            | Command::Erase
            | Command::Clear
            | Command::Answer
            | Command::AskAgain
            | Command::Hint
    )
}

/// Returns whether a command only ends a number that was typed before it, and does nothing else then: no movement that could
/// be repeated follows.
const fn ends_a_number(command: Command) -> bool {
    matches!(
        command,
        Command::Answer
            | Command::WhereFrom
            | Command::Return
            | Command::MoreDecimals
            | Command::FewerDecimals
    )
}
