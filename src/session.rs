//! Where the learner stands, and what the commands do to it. No input and no output happens here.

pub mod asking;
mod cursor;
mod menu;
mod panels;

use std::sync::Arc;

use crate::lesson::Panel;
use crate::trace::{Cell, Decimals, Explanation, Step, Trace};

pub use asking::{Asked, Given, Record};
use cursor::Grid;
pub use cursor::{Group, Place};
pub use menu::{Entry, Menu, Progress};

/// What the learner can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// One step on.
    Next,
    /// One step back.
    Back,
    /// To the next phase.
    NextPhase,
    /// To the start of this phase, or of the one before.
    BackPhase,
    /// To the next epoch.
    NextEpoch,
    /// To the epoch before.
    BackEpoch,
    /// To the first step, or with a number typed before, to that step.
    Start,
    /// To the last step, or with a number typed before, to that step.
    End,
    /// Asks for the number of a step.
    GoTo,
    /// A digit of a number.
    Digit(u8),
    /// Takes the last digit back.
    Erase,
    /// Ends what is being asked for.
    Confirm,
    /// To the numbers on the screen, or on to the next group of them.
    Numbers,
    /// To the group of numbers before.
    NumbersBack,
    /// The cursor one number to the left.
    Left,
    /// The cursor one number to the right.
    Right,
    /// The cursor one number up.
    Up,
    /// The cursor one number down.
    Down,
    /// To the step that made the number under the cursor, or into the epoch of a training step.
    WhereFrom,
    /// Back from there; out of the numbers; out of the help.
    Return,
    /// One decimal more in every number.
    MoreDecimals,
    /// One decimal fewer.
    FewerDecimals,
    /// The text one line on.
    ScrollDown,
    /// The text one line back.
    ScrollUp,
    /// The text a page on.
    PageDown,
    /// The text a page back.
    PageUp,
    /// Another panel beside the page.
    NextPanel,
    /// The one before it.
    BackPanel,
    /// Shows the step as lines of NumPy, or hides them.
    NumPy,
    /// What the keys do.
    Help,
    /// The list of lessons.
    Menu,
    /// Opens the lesson that the menu points at.
    Open,
    /// Stops the process, to be continued.
    Suspend,
    /// Ends the program.
    Quit,
}

/// What the outside has to do after a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Draw again.
    Draw,
    /// Open this lesson.
    Open(String),
    /// Show the list of lessons.
    Menu,
    /// Suspend the process.
    Suspend,
    /// End the program.
    Quit,
}

/// What the keys are about at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Walking from step to step.
    Walk,
    /// Moving a cursor over the numbers.
    Numbers,
    /// Typing the number of a step.
    GoTo,
    /// Reading what the keys do.
    Help,
    /// Choosing a lesson.
    Menu,
}

/// A learner in a lesson.
#[derive(Debug, Clone)]
pub struct Session {
    trace: Arc<Trace>,
    index: usize,
    mode: Mode,
    decimals: Decimals,
    /// The number the learner wishes to look at; a step that does not show it shows its first one.
    wish: Option<Place>,
    /// A number being typed: a count or the number of a step.
    typed: Option<usize>,
    /// The step whose text is scrolled, and by how many lines. It keeps that while others are looked at.
    scroll: (usize, usize),
    /// Lines that the help is scrolled by.
    help_scroll: usize,
    /// The second panel, where the learner has chosen it.
    panel: Option<Panel>,
    /// Whether steps are shown as lines of NumPy too.
    numpy: bool,
    /// Where to come back to from where a number was made.
    trail: Vec<Visit>,
    /// A line for the learner about the last command.
    message: Option<String>,
}

/// The step before the learner, and what is said of its numbers.
#[derive(Debug)]
pub struct Sight<'s> {
    /// The step.
    pub step: Step<'s>,
    /// The number under the cursor, where there is a cursor.
    pub cursor: Option<Place>,
    /// Why that number is what it is.
    pub explanation: Option<Explanation>,
    /// Why the first number of the step's result is what it is: an example, where no other is asked for.
    pub example: Option<Explanation>,
}

/// A place left behind.
#[derive(Debug, Clone)]
struct Visit {
    trace: Arc<Trace>,
    index: usize,
    mode: Mode,
    wish: Option<Place>,
    scroll: (usize, usize),
}

/// Lines that are paged over: not more than the smallest screen has.
const PAGE: usize = 8;

/// No number of a step or of repetitions has to be larger.
const MOST_TYPED: usize = 99_999;

impl Session {
    /// A learner at the first step of a lesson.
    pub fn new(trace: impl Into<Arc<Trace>>) -> Self {
        Self {
            trace: trace.into(),
            index: 0,
            mode: Mode::Walk,
            decimals: Decimals::default(),
            wish: None,
            typed: None,
            scroll: (0, 0),
            help_scroll: 0,
            panel: None,
            numpy: false,
            trail: Vec::new(),
            message: None,
        }
    }

    /// The compiled lesson; with an epoch opened, the one in which it is opened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// 0-based index of the step the learner is at.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The step the learner is at.
    pub fn step(&self) -> Step<'_> {
        self.trace.step(self.index)
    }

    /// What the keys are about.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// How many decimals numbers have.
    pub const fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// A number being typed.
    pub const fn typed(&self) -> Option<usize> {
        self.typed
    }

    /// Lines that the text is scrolled by, or the help where it lies over it.
    pub fn scroll(&self) -> usize {
        let (step, lines) = self.scroll;
        if self.mode == Mode::Help {
            self.help_scroll
        } else if step == self.index {
            lines
        } else {
            0
        }
    }

    fn scroll_to(&mut self, lines: usize) {
        if self.mode == Mode::Help {
            self.help_scroll = lines;
        } else {
            self.scroll = (self.index, lines);
        }
    }

    /// Something to say about the last command.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// How many places there are to come back to.
    pub const fn depth(&self) -> usize {
        self.trail.len()
    }

    /// Whether a command would do something here that the learner may want to know of.
    pub fn offers(&self, command: Command) -> bool {
        match (self.mode, command) {
            (Mode::Walk, Command::Return) => self.depth() > 0,
            (Mode::Walk, Command::WhereFrom) => {
                let step = self.step();
                step.operation().is_none() && step.symbol().is_some()
            }
            _ => true,
        }
    }

    /// Whether steps are shown as lines of NumPy too.
    pub const fn shows_numpy(&self) -> bool {
        self.numpy
    }

    /// The panels beside a step of the lesson, the most important one first: those that the lesson wants, else what
    /// suits the network, the second one as the learner has chosen it.
    pub fn panels(&self, step: &Step) -> Vec<Panel> {
        panels::beside(step, self.panel)
    }

    fn choose_panel(&mut self, forward: bool, count: usize) {
        let step = self.step();
        let before = panels::beside(&step, self.panel);
        let mut panel = self.panel;
        for _ in 0..count {
            panel = panels::next(&step, panel, forward);
        }
        let now = panels::beside(&step, panel);
        self.message = Some(match now.get(1) {
            Some(second) if now != before => format!("Second panel: {}.", second.name()),
            _ => "No other panel suits this network.".into(),
        });
        self.panel = panel;
    }

    /// Whether this is the last step.
    pub fn is_at_end(&self) -> bool {
        self.index + 1 == self.trace.len()
    }

    /// Takes back what the screen cannot scroll: it has only so many lines more.
    pub fn limit_scroll(&mut self, most: usize) {
        if self.scroll() > most {
            self.scroll_to(most);
        }
    }

    /// Jumps to a step; past the end, to the last one.
    pub fn go_to(&mut self, index: usize) {
        self.index = index.min(self.trace.len() - 1);
    }

    /// The number under the cursor, where there is a cursor.
    pub fn cursor(&self) -> Option<Place> {
        self.place_in(&self.step())
    }

    /// The cursor, the step being known.
    fn place_in(&self, step: &Step) -> Option<Place> {
        let wish = self.wished()?;
        cursor::settle(&self.groups(step), wish)
    }

    /// All numbers of a step that there is a place for on the screen.
    fn groups(&self, step: &Step) -> Vec<Grid> {
        // In the panels the sample stays that whose column was looked at last.
        let column = self
            .wish
            .filter(|wish| wish.cell.symbol.has_sample_columns())
            .map_or(0, |wish| wish.cell.column);
        cursor::groups(step, &self.panels(step), column)
    }

    /// The number that is wished for, where there is a cursor.
    fn wished(&self) -> Option<Place> {
        self.wish
            .filter(|_| self.mode == Mode::Numbers || self.is_aside())
    }

    /// Whether help or a question lies over the numbers.
    const fn is_aside(&self) -> bool {
        matches!(self.mode, Mode::Help | Mode::GoTo)
    }

    /// What there is to see, worked out once for all that look at it.
    pub fn sight(&self) -> Sight<'_> {
        let step = self.step();
        let cursor = self.place_in(&step);
        let explanation = cursor.and_then(|place| step.explain(place.cell));
        let example = if explanation.is_none() && step.operation().is_some() {
            cursor::first(&self.groups(&step)).and_then(|place| step.explain(place.cell))
        } else {
            None
        };
        Sight {
            step,
            cursor,
            explanation,
            example,
        }
    }

    /// Why the number under the cursor is what it is.
    pub fn explanation(&self) -> Option<Explanation> {
        self.sight().explanation
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command) -> Effect {
        self.message = None;
        let typed = match command {
            Command::Digit(digit) => {
                let number = self.typed.unwrap_or(0) * 10 + usize::from(digit);
                self.typed = Some(number.min(MOST_TYPED)).filter(|&number| number > 0);
                return Effect::Draw;
            }
            Command::Erase => {
                self.typed = self.typed.map(|n| n / 10).filter(|&n| n > 0);
                return Effect::Draw;
            }
            _ => self.typed.take(),
        };
        let count = typed.unwrap_or(1).max(1);
        match command {
            Command::Next => {
                if self.is_at_end() {
                    self.message =
                        Some("This is the last step: m leads to the next lesson.".into());
                }
                self.go_to(self.index.saturating_add(count));
            }
            Command::Back => self.go_to(self.index.saturating_sub(count)),
            Command::NextPhase => self.repeat(count, Trace::next_phase),
            Command::BackPhase => self.repeat(count, Trace::back_phase),
            Command::NextEpoch => self.repeat(count, Trace::next_epoch),
            Command::BackEpoch => self.repeat(count, Trace::back_epoch),
            Command::Start if self.mode == Mode::Help => self.scroll_to(0),
            Command::End if self.mode == Mode::Help => self.scroll_to(usize::MAX),
            Command::Start => self.go_to(typed.map_or(0, |n| n.saturating_sub(1))),
            Command::End => self.go_to(typed.map_or(usize::MAX, |n| n.saturating_sub(1))),
            Command::PageDown => self.scroll_to(self.scroll().saturating_add(PAGE)),
            Command::PageUp => self.scroll_to(self.scroll().saturating_sub(PAGE)),
            Command::GoTo => {
                self.typed = typed;
                self.mode = Mode::GoTo;
            }
            Command::Confirm => {
                if let Some(number) = typed {
                    if number > self.trace.len() {
                        self.message = Some(format!("The last step is {}.", self.trace.len()));
                    }
                    self.go_to(number.saturating_sub(1));
                }
                self.mode = self.mode_below();
            }
            Command::Numbers | Command::NumbersBack => self.ask_numbers(command),
            Command::Left | Command::Right | Command::Up | Command::Down => {
                for _ in 0..count {
                    self.move_cursor(command);
                }
            }
            Command::WhereFrom => self.where_from(),
            Command::Return => return self.come_back(),
            Command::MoreDecimals => self.decimals = self.decimals.more(),
            Command::FewerDecimals => self.decimals = self.decimals.fewer(),
            Command::ScrollDown => self.scroll_to(self.scroll().saturating_add(count)),
            Command::ScrollUp => self.scroll_to(self.scroll().saturating_sub(count)),
            Command::NextPanel | Command::BackPanel => {
                self.choose_panel(command == Command::NextPanel, count);
            }
            Command::NumPy => {
                self.numpy = !self.numpy;
                if self.numpy && self.step().numpy().is_empty() {
                    self.message =
                        Some("Steps that compute something show their NumPy now.".into());
                }
            }
            Command::Help => {
                self.mode = if self.mode == Mode::Help {
                    self.mode_below()
                } else {
                    Mode::Help
                };
                self.help_scroll = 0;
            }
            Command::Menu => return Effect::Menu,
            Command::Suspend => return Effect::Suspend,
            Command::Quit => return Effect::Quit,
            Command::Open | Command::Digit(_) | Command::Erase => {}
        }
        Effect::Draw
    }

    /// The mode under help or a question.
    const fn mode_below(&self) -> Mode {
        if self.wish.is_some() {
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
        let here = self.wished().and_then(|wish| cursor::settle(&groups, wish));
        self.wish = match here {
            None => cursor::first(&groups),
            Some(place) => cursor::neighbour(&groups, place, command == Command::Numbers),
        };
        if self.wish.is_some() {
            self.mode = Mode::Numbers;
        } else {
            self.message = Some("This step shows no numbers.".into());
        }
    }

    fn move_cursor(&mut self, command: Command) {
        let groups = self.groups(&self.step());
        if let Some(place) = self.wished().and_then(|wish| cursor::settle(&groups, wish)) {
            self.wish = Some(cursor::moved(&groups, place, command));
        }
    }

    fn visit(&mut self, trace: Arc<Trace>, index: usize) {
        self.trail.push(Visit {
            trace: std::mem::replace(&mut self.trace, trace),
            index: self.index,
            mode: self.mode,
            wish: self.wish,
            scroll: self.scroll,
        });
        self.index = index;
        self.scroll = (index, 0);
    }

    fn where_from(&mut self) {
        let Some(place) = self.cursor() else {
            self.open_epoch(None);
            return;
        };
        let cell = place.cell;
        match self.trace.made_at(self.index, cell.symbol, cell.before) {
            Some(made) if made != self.index => {
                let is_training = self.trace.step(made).operation().is_none();
                self.visit(Arc::clone(&self.trace), made);
                self.wish = Some(Place::in_equation(Cell {
                    before: false,
                    ..cell
                }));
                if is_training {
                    self.message =
                        Some("This training made it. Enter opens its last epoch.".into());
                }
            }
            Some(_) if self.step().operation().is_none() => self.open_epoch(Some(cell)),
            Some(_) => self.message = Some("It was made at this very step.".into()),
            None => self.message = Some("It was given: no step made it.".into()),
        }
    }

    /// Opens the epoch of a training step; with a cell, goes on to the step that made it.
    fn open_epoch(&mut self, cell: Option<Cell>) {
        let Some((trace, first)) = self.trace.open_epoch(self.index) else {
            let step = self.step();
            self.message = Some(
                if step.operation().is_none() && step.symbol().is_some() {
                    "This epoch is open already: ← goes into it."
                } else {
                    "Only a step of training has an epoch to open."
                }
                .into(),
            );
            return;
        };
        let made = cell.and_then(|cell| {
            // The training step now stands behind the epoch it was opened from.
            let end = first + (trace.len() - self.trace.len());
            trace.made_at(end - 1, cell.symbol, false)
        });
        self.visit(Arc::new(trace), made.unwrap_or(first));
        self.message =
            Some("The epoch is open, operation by operation. Esc closes it again.".into());
    }

    fn come_back(&mut self) -> Effect {
        match self.mode {
            Mode::Help | Mode::GoTo => {
                self.mode = self.mode_below();
            }
            Mode::Walk | Mode::Numbers | Mode::Menu => {
                if let Some(visit) = self.trail.pop() {
                    self.trace = visit.trace;
                    self.index = visit.index;
                    self.mode = visit.mode;
                    self.wish = visit.wish;
                    self.scroll = visit.scroll;
                } else if self.mode == Mode::Numbers {
                    self.mode = Mode::Walk;
                    self.wish = None;
                } else {
                    self.message = Some("q quits, m leads to the list of lessons.".into());
                }
            }
        }
        Effect::Draw
    }
}
