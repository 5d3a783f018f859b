//! The list of lessons, and which of them is pointed at.

use super::{Command, Effect};

/// A lesson in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// What one types to open it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// One line about it; for a lesson that does not load, why.
    pub summary: String,
    /// The topics it covers, by their names.
    pub topics: Vec<String>,
    /// The part of the course it belongs to.
    pub part: Option<String>,
    /// The lessons that should come before it, by the names that open them.
    pub needs: Vec<String>,
    /// Whether it loads.
    pub sound: bool,
    /// The step where it was left, and how many there are.
    pub place: Option<(usize, usize)>,
    /// How many questions were answered right, and how many are asked; `None` where none was answered.
    pub score: Option<(usize, usize)>,
}

impl MenuEntry {
    /// Says instead of its title and what it is about that it cannot be opened, and why.
    pub fn spoil(&mut self, why: &str) {
        "cannot be opened".clone_into(&mut self.title);
        why.clone_into(&mut self.summary);
        self.sound = false;
    }
}

/// How far a lesson was walked in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It was not opened.
    NotBegun,
    /// It was left before its end.
    HalfWay,
    /// It was walked to its end, once at least.
    Done,
}

/// The list of lessons.
#[derive(Debug, Clone)]
pub struct Menu {
    entries: Vec<MenuEntry>,
    /// Which of them were walked to their end.
    done: Vec<bool>,
    at: usize,
    help: bool,
    message: Option<String>,
}

impl Menu {
    /// A menu of these lessons, pointing at the first.
    pub fn new(entries: Vec<MenuEntry>) -> Self {
        let is_done = |entry: &MenuEntry| entry.place.is_some_and(|(step, of)| step == of);
        Self {
            done: entries.iter().map(is_done).collect(),
            entries,
            at: 0,
            help: false,
            message: None,
        }
    }

    /// The lessons.
    pub fn entries(&self) -> &[MenuEntry] {
        &self.entries
    }

    /// Index of the lesson pointed at.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Whether the help is shown.
    pub const fn is_help(&self) -> bool {
        self.help
    }

    /// How far the lesson at an index was walked.
    pub fn reached(&self, at: usize) -> Reached {
        match self.entries.get(at) {
            Some(_) if self.done[at] => Reached::Done,
            Some(entry) if entry.place.is_some() => Reached::HalfWay,
            _ => Reached::NotBegun,
        }
    }

    /// Something to say, such as why a lesson did not open.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Says something until the next command.
    pub fn say(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Remembers that a lesson cannot be opened, and why.
    pub fn spoil(&mut self, name: &str, why: &str) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == name) {
            entry.spoil(why);
        }
    }

    /// Remembers where a lesson was left, and points at it: at the next one, if it was left at its end.
    pub fn left(&mut self, name: &str, step: usize, of: usize) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == name) else {
            return;
        };
        self.entries[at].place = Some((step, of));
        self.done[at] |= step == of;
        let last = self.entries.len() - 1;
        self.at = if step == of { (at + 1).min(last) } else { at };
    }

    /// Remembers how many of a lesson's questions were answered right, of how many.
    pub fn scored(&mut self, name: &str, score: Option<(usize, usize)>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == name) {
            entry.score = score;
        }
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command) -> Effect {
        self.message = None;
        let last = self.entries.len().saturating_sub(1);
        match command {
            Command::Help => self.help = !self.help,
            Command::Return if self.help => self.help = false,
            Command::Return | Command::Quit => return Effect::Quit,
            Command::Suspend => return Effect::Suspend,
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Start => self.at = 0,
            Command::End => self.at = last,
            Command::Open => {
                if let Some(entry) = self.entries.get(self.at) {
                    return Effect::Open(entry.name.clone());
                }
            }
            _ => {}
        }
        Effect::Draw
    }
}
