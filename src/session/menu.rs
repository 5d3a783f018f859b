//! The list of lessons, and the selection in it.

use std::collections::HashMap;
use std::fmt;

use super::{Command, Effect, Mode};
use crate::lesson::{EVENING, TOPICS, place_in_evening};

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

/// How much there is to do in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The number of its steps.
    pub steps: usize,
    /// The number of its questions that can be answered right or wrong.
    pub questions: usize,
}

impl Length {
    /// The seconds that a step takes on average: to read a few sentences, and to look where the numbers come from.
    const STEP: usize = 15;
    /// The seconds that a question takes beyond that: to think or to work it out, to type, to read the feedback.
    const QUESTION: usize = 45;
    /// The seconds that a single question takes.
    pub const OF_ONE: usize = Self::STEP + Self::QUESTION;

    /// Returns about how many minutes it takes.
    pub const fn minutes(self) -> usize {
        (self.steps * Self::STEP + self.questions * Self::QUESTION).div_ceil(60)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |count| if count == 1 { "" } else { "s" };
        let (steps, questions, minutes) = (self.steps, self.questions, self.minutes());
        write!(f, "{steps} step{}", s(steps))?;
        if questions > 0 {
            write!(f, " and {questions} question{}", s(questions))?;
        }
        write!(f, ", about {minutes} minute{}", s(minutes))
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
    /// The lengths that are known, by the names of the lessons.
    lengths: HashMap<String, Length>,
    at: usize,
    /// The number of lessons that a page moves by.
    page: usize,
    /// The number of lines that the help is scrolled by, while it is shown.
    help: Option<usize>,
    /// What is searched for, while the list shows only what has it.
    search: Option<String>,
    message: Option<String>,
    /// The number of questions that are due for review.
    due: usize,
    /// Whether the key for a worksheet was pressed just now: once more, and it is written.
    asks_for_worksheet: bool,
    /// Whether the last lesson was opened from the list of the shorter way through the course.
    is_on_evening: bool,
}

/// Where the key for the next lesson leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WayOn {
    /// To the next one of all, as far as is known.
    #[default]
    Course,
    /// To the next one of the shorter way through the course.
    Evening(String),
    /// To the next one of all, from the last one of the shorter way.
    PastEvening,
    /// No lesson follows.
    Nowhere,
}

/// The number of lessons or lines that a page moves by, where nobody knows the screen.
const PAGE: usize = 8;

impl Menu {
    /// Creates a menu of lessons, with the first one selected.
    pub fn new(entries: Vec<MenuEntry>) -> Self {
        Self {
            done: entries.iter().map(|entry| entry.done).collect(),
            entries,
            lengths: HashMap::new(),
            at: 0,
            page: PAGE,
            help: None,
            search: None,
            message: None,
            due: 0,
            asks_for_worksheet: false,
            is_on_evening: false,
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

    /// Returns the selected lesson; `None` if no lesson is shown.
    pub fn selected(&self) -> Option<&MenuEntry> {
        let entry = self.entries.get(self.at)?;
        self.shows(entry).then_some(entry)
    }

    /// Returns the mode, which decides what keys do.
    pub const fn mode(&self) -> Mode {
        match (self.help, &self.search) {
            (Some(_), _) => Mode::Help,
            (None, Some(_)) => Mode::Search,
            (None, None) => Mode::Menu,
        }
    }

    /// Returns the number of lines that the help is scrolled by, while it is shown.
    pub const fn help(&self) -> Option<usize> {
        self.help
    }

    /// Limits scrolling of the help to `most` lines: the screen has no more to show.
    pub fn limit_scroll(&mut self, most: usize) {
        self.help = self.help.map(|scroll| scroll.min(most));
    }

    /// Sets the number of lessons that a page moves by: only the screen knows how many are in sight.
    pub fn set_page(&mut self, lessons: usize) {
        self.page = lessons.max(1);
    }

    /// Returns what is searched for.
    pub fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    /// Returns the indices of the lessons that are shown: all, or those that have what is searched for.
    pub fn shown(&self) -> Vec<usize> {
        let all = (0..).zip(&self.entries);
        all.filter(|(_, entry)| self.shows(entry))
            .map(|(i, _)| i)
            .collect()
    }

    /// Returns whether a lesson has every word that is searched for in its name, title, summary, part or topics; `evening`
    /// finds the shorter way through the course.
    fn shows(&self, entry: &MenuEntry) -> bool {
        let Some(search) = &self.search else {
            return true;
        };
        let topics = entry.topics.iter().flat_map(|topic| {
            let about = TOPICS.iter().find(|(name, _)| name == topic);
            [topic.as_str(), about.map_or("", |(_, about)| about)]
        });
        let texts = [
            entry.name.as_str(),
            &entry.title,
            &entry.summary,
            entry.part.as_deref().unwrap_or_default(),
            place_in_evening(&entry.name).map_or("", |_| "evening"),
        ];
        let texts: Vec<String> = texts
            .into_iter()
            .chain(topics)
            .map(str::to_lowercase)
            .collect();
        let search = search.to_lowercase();
        let mut words = search.split_whitespace();
        words.all(|word| texts.iter().any(|text| text.contains(word)))
    }

    /// Changes what is searched for. The selection goes to the first lesson whose name begins with it, else whose title
    /// has it, else to the first that is shown; it stays where nothing is searched for.
    fn search_for(&mut self, text: String) {
        let wanted = text.trim().to_lowercase();
        self.search = Some(text);
        if wanted.is_empty() {
            return;
        }
        let shown = self.shown();
        let first = |has: &dyn Fn(&MenuEntry) -> bool| {
            shown.iter().copied().find(|&i| has(&self.entries[i]))
        };
        let best = first(&|entry| entry.name.to_lowercase().starts_with(&wanted))
            .or_else(|| first(&|entry| entry.title.to_lowercase().contains(&wanted)))
            .or_else(|| shown.first().copied());
        self.at = best.unwrap_or(self.at);
    }

    /// Returns the length of the lesson at an index, if it is known.
    pub fn length(&self, at: usize) -> Option<Length> {
        self.lengths.get(&self.entries.get(at)?.name).copied()
    }

    /// Returns the names of the lessons whose length is not known.
    pub fn unmeasured(&self) -> Vec<String> {
        let sound = self.entries.iter().filter(|entry| entry.sound);
        let names = sound.map(|entry| entry.name.clone());
        names
            .filter(|name| !self.lengths.contains_key(name))
            .collect()
    }

    /// Records the length of a lesson.
    pub fn measure(&mut self, name: String, length: Length) {
        self.lengths.insert(name, length);
    }

    /// Returns the name of the lesson that follows another one, on the shorter way through the course if that is gone.
    pub fn after(&self, name: &str) -> Option<&str> {
        let is_here = |name: &&&str| self.entries.iter().any(|entry| entry.name == **name);
        let evening = place_in_evening(name).filter(|_| self.is_on_evening);
        if let Some(next) = evening.and_then(|at| EVENING.get(at + 1)).filter(is_here) {
            return Some(next);
        }
        let at = self.entries.iter().position(|entry| entry.name == name)?;
        self.entries.get(at + 1).map(|entry| entry.name.as_str())
    }

    /// Returns where the key for the next lesson leads from a lesson.
    pub fn way_on(&self, name: &str) -> WayOn {
        let evening = place_in_evening(name).filter(|_| self.is_on_evening);
        match (self.after(name), evening) {
            (None, _) => WayOn::Nowhere,
            (Some(next), Some(_)) if place_in_evening(next).is_some() => {
                WayOn::Evening(next.to_owned())
            }
            (Some(_), Some(_)) => WayOn::PastEvening,
            (Some(_), None) => WayOn::Course,
        }
    }

    /// Returns the progress in the lesson at an index.
    pub fn reached(&self, at: usize) -> Reached {
        match self.entries.get(at) {
            Some(_) if self.done[at] => Reached::Done,
            Some(entry) if entry.place.is_some() => Reached::HalfWay,
            _ => Reached::NotBegun,
        }
    }

    /// Returns the number of questions that are due for review.
    pub const fn due(&self) -> usize {
        self.due
    }

    /// Sets the number of questions that are due for review.
    pub const fn set_due(&mut self, due: usize) {
        self.due = due;
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
        self.lengths.clear();
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
        self.go_on_from(name);
    }

    /// Selects the lesson that was left last or, if it was left at its end, the next one.
    pub fn go_on_from(&mut self, name: &str) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == name) else {
            return;
        };
        self.search = None;
        let is_at_end = self.entries[at].place.is_some_and(|(step, of)| step == of);
        let last = self.entries.len() - 1;
        self.at = if is_at_end { (at + 1).min(last) } else { at };
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
        let asked_for_worksheet = std::mem::take(&mut self.asks_for_worksheet);
        match (command, &mut self.help) {
            (Command::Quit, _) => return Effect::Quit,
            (Command::Suspend, _) => return Effect::Suspend,
            (Command::Help | Command::Return, help @ Some(_)) => *help = None,
            // What was asked for is taken back, and nothing else.
            (Command::Return, None) if asked_for_worksheet => {}
            (command, Some(scroll)) => scroll_by(scroll, command),
            (Command::Help, None) => self.help = Some(0),
            (command, None) => return self.choose(command, asked_for_worksheet),
        }
        Effect::Draw
    }

    /// Carries out a command on the list.
    fn choose(&mut self, command: Command, asked_for_worksheet: bool) -> Effect {
        match command {
            Command::Return if self.search.is_some() => self.search = None,
            Command::Return => return Effect::Quit,
            Command::Up => self.move_by(false, 1),
            Command::Down => self.move_by(true, 1),
            Command::PageUp => self.move_by(false, self.page),
            Command::PageDown => self.move_by(true, self.page),
            Command::Start => self.move_by(false, usize::MAX),
            Command::End => self.move_by(true, usize::MAX),
            Command::Search => self.search = Some(String::new()),
            Command::Type(c) => {
                let text = self.search.take().unwrap_or_default();
                if text.chars().count() < LONGEST_SEARCH {
                    self.search_for(format!("{text}{c}"));
                } else {
                    self.search = Some(text);
                }
            }
            Command::Erase => {
                let mut text = self.search.take().unwrap_or_default();
                // Where nothing is left to take back, the search ends.
                if text.pop().is_some() {
                    self.search_for(text);
                }
            }
            Command::Clear => self.search = Some(String::new()),
            Command::Open => {
                if let Some(name) = self.selected().map(|entry| entry.name.clone()) {
                    let shown = self.shown();
                    let is_of_evening =
                        |&i: &usize| place_in_evening(&self.entries[i].name).is_some();
                    self.is_on_evening = shown.len() > 1 && shown.iter().all(is_of_evening);
                    self.search = None;
                    return Effect::Open(name);
                }
            }
            Command::Lab if self.selected().is_some() => return Effect::Lab,
            Command::Practise if self.selected().is_some() => return Effect::Practise,
            Command::Review => return Effect::Review,
            Command::Worksheet if self.selected().is_some() => {
                if asked_for_worksheet {
                    return Effect::Worksheet;
                }
                self.asks_for_worksheet = true;
                self.message = Some(
                    "Once more, and exercises for paper are written to a file in the folder you are in.".into(),
                );
            }
            _ => {}
        }
        Effect::Draw
    }

    /// Moves the selection among the lessons that are shown.
    fn move_by(&mut self, down: bool, count: usize) {
        let shown = self.shown();
        let here = shown.iter().position(|&i| i == self.at).unwrap_or(0);
        let there = if down {
            here.saturating_add(count)
        } else {
            here.saturating_sub(count)
        };
        let there = shown.get(there.min(shown.len().saturating_sub(1)));
        self.at = there.copied().unwrap_or(self.at);
    }
}

/// The most characters that are searched for.
const LONGEST_SEARCH: usize = 40;

/// Scrolls the help by a command.
const fn scroll_by(scroll: &mut usize, command: Command) {
    *scroll = match command {
        Command::ScrollDown => scroll.saturating_add(1),
        Command::ScrollUp => scroll.saturating_sub(1),
        Command::PageDown => scroll.saturating_add(PAGE),
        Command::PageUp => scroll.saturating_sub(PAGE),
        Command::Start => 0,
        Command::End => usize::MAX,
        _ => *scroll,
    };
}
