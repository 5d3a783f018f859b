//! The list of lessons, and the selection in it.

use super::{Command, Effect};

/// A lesson in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// The name typed to open it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// One line about it; for a lesson that does not load, the reason.
    pub summary: String,
    /// The topics it covers, by their names.
    pub topics: Vec<String>,
    /// The part of the course it belongs to.
    pub part: Option<String>,
    /// The lessons that should come before it, by the names that open them.
    pub needs: Vec<String>,
    /// `true` if it loads.
    pub sound: bool,
    /// The 1-based step where it was left, and the number of its steps.
    pub place: Option<(usize, usize)>,
    /// `true` if it was walked to its end, once at least.
    pub done: bool,
    /// The number of questions answered right, and the number of questions asked; `None` if none was answered.
    pub score: Option<(usize, usize)>,
}

impl MenuEntry {
    /// Marks it as a lesson that cannot be opened, with the reason in place of its summary.
    pub fn spoil(&mut self, why: &str) {
        "cannot be opened".clone_into(&mut self.title);
        why.clone_into(&mut self.summary);
        self.sound = false;
    }
}

/// The progress in a lesson in this run.
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
    /// For each of them, `true` if it was walked to its end.
    done: Vec<bool>,
    at: usize,
    help: bool,
    message: Option<String>,
}

impl Menu {
    /// Creates a menu of lessons, with the first one selected.
    pub fn new(entries: Vec<MenuEntry>) -> Self {
        Self {
            done: entries.iter().map(|entry| entry.done).collect(),
            entries,
            at: 0,
            help: false,
            message: None,
        }
    }

    /// Returns the lessons.
    pub fn entries(&self) -> &[MenuEntry] {
        &self.entries
    }

    /// Returns the index of the selected lesson.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Returns whether the help is shown.
    pub const fn is_help(&self) -> bool {
        self.help
    }

    /// Returns the progress in the lesson at an index.
    pub fn reached(&self, at: usize) -> Reached {
        match self.entries.get(at) {
            Some(_) if self.done[at] => Reached::Done,
            Some(entry) if entry.place.is_some() => Reached::HalfWay,
            _ => Reached::NotBegun,
        }
    }

    /// Returns the message, such as the reason why a lesson did not open.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Sets a message that is shown until the next command.
    pub fn say(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Takes over what there is to say of the lessons now. How far each was walked stays, and so does the one that is
    /// pointed at.
    pub fn renew(&mut self, mut entries: Vec<MenuEntry>) {
        let old = std::mem::take(&mut self.entries);
        let was = |entry: &MenuEntry| old.iter().position(|old| old.name == entry.name);
        let before: Vec<Option<usize>> = entries.iter().map(was).collect();
        for (entry, before) in entries.iter_mut().zip(&before) {
            if let Some(before) = *before {
                (entry.place, entry.score) = (old[before].place, old[before].score);
            }
        }
        self.done = before
            .iter()
            .map(|before| before.is_some_and(|before| self.done[before]))
            .collect();
        let here = before.iter().position(|before| *before == Some(self.at));
        self.at = here.unwrap_or(0);
        self.entries = entries;
    }

    /// Marks a lesson as one that cannot be opened, with the reason.
    pub fn spoil(&mut self, name: &str, why: &str) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == name) {
            entry.spoil(why);
        }
    }

    /// Records where a lesson was left and whether it was walked to its end, and selects it or, if it was left there, the
    /// next one.
    pub fn left(&mut self, name: &str, step: usize, of: usize, is_done: bool) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == name) else {
            return;
        };
        self.entries[at].place = Some((step, of));
        self.done[at] |= is_done;
        let last = self.entries.len() - 1;
        self.at = if step == of { (at + 1).min(last) } else { at };
    }

    /// Records how many of a lesson's questions were answered right, and how many there are.
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
