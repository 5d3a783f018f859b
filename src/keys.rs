//! Keys as the learner presses them, whatever terminal they come from, and the one table that says what
//! they do: the help page, the footer and the README are made from it.

mod table;

use crate::session::{Command, Mode};

pub use table::TABLE;

/// One key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A printable character (Space too).
    Char(char),
    /// Ctrl with a lower-case letter.
    Ctrl(char),
    /// ←
    Left,
    /// →
    Right,
    /// ↑
    Up,
    /// ↓
    Down,
    /// Home
    Home,
    /// End
    End,
    /// Page up
    PageUp,
    /// Page down
    PageDown,
    /// Tab
    Tab,
    /// Shift-Tab
    BackTab,
    /// Enter
    Enter,
    /// Backspace
    Backspace,
    /// Delete
    Delete,
    /// Escape
    Esc,
}

impl Key {
    /// What is printed on it.
    pub fn name(self) -> String {
        match self {
            Self::Char(' ') => "Space".into(),
            Self::Char(c) => c.into(),
            Self::Ctrl(c) => format!("Ctrl-{}", c.to_uppercase()),
            Self::Left => "←".into(),
            Self::Right => "→".into(),
            Self::Up => "↑".into(),
            Self::Down => "↓".into(),
            Self::Home => "Home".into(),
            Self::End => "End".into(),
            Self::PageUp => "PgUp".into(),
            Self::PageDown => "PgDn".into(),
            Self::Tab => "Tab".into(),
            Self::BackTab => "Shift-Tab".into(),
            Self::Enter => "Enter".into(),
            Self::Backspace => "Backspace".into(),
            Self::Delete => "Del".into(),
            Self::Esc => "Esc".into(),
        }
    }

    /// The same in ASCII.
    pub fn ascii_name(self) -> String {
        match self {
            Self::Left => "Left".into(),
            Self::Right => "Right".into(),
            Self::Up => "Up".into(),
            Self::Down => "Down".into(),
            other => other.name(),
        }
    }
}

/// What some keys do in some modes.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where they do it.
    pub modes: &'static [Mode],
    /// The keys, the one to teach first.
    pub keys: &'static [Key],
    /// What they do.
    pub command: Command,
    /// What they do, in words.
    pub help: &'static str,
    /// A place in the footer.
    pub hint: Option<Hint>,
}

/// A place in the footer: the first keys of some bindings and one word for them together.
#[derive(Debug, Clone, Copy)]
pub struct Hint {
    /// The keys to show.
    pub keys: &'static [Key],
    /// The word.
    pub word: &'static str,
    /// Where there is little room, hints with the higher numbers go first.
    pub rank: u8,
}

/// Instead of showing the answer, where it is in sight already.
pub const ON: Hint = Hint {
    keys: &[Key::Enter],
    word: "on",
    rank: 4,
};

/// What is said of digits, which have no row of their own.
pub const COUNT_HELP: (&str, &str) = (
    "1 … 9",
    "a number before a key repeats it: 10 → goes ten steps on",
);

/// What is said of characters that are typed into an answer, which have no row of their own.
pub const TYPE_HELP: (&str, &str) = (
    "0 … 9, letters",
    "typed into the answer: 0.25, 1/4, 0,25; several numbers apart by spaces",
);

/// What a key does in a mode.
pub fn command(mode: Mode, key: Key) -> Option<Command> {
    if let (Mode::Ask, Key::Char(c)) = (mode, key) {
        return Some(Command::Type(c));
    }
    if let Key::Char(c) = key
        && let Some(digit) = c.to_digit(10).and_then(|d| u8::try_from(d).ok())
        && matches!(mode, Mode::Walk | Mode::Numbers | Mode::GoTo)
    {
        return Some(Command::Digit(digit));
    }
    TABLE
        .iter()
        .find(|binding| binding.modes.contains(&mode) && binding.keys.contains(&key))
        .map(|binding| binding.command)
}

/// The rows of the table for a mode.
pub fn bindings(mode: Mode) -> impl Iterator<Item = &'static Binding> {
    TABLE
        .iter()
        .filter(move |binding| binding.modes.contains(&mode))
}

#[cfg(test)]
mod tests {
    use super::table::ALL;
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_mode() {
        for mode in ALL {
            let mut seen = Vec::new();
            for binding in bindings(*mode) {
                for key in binding.keys {
                    assert!(!seen.contains(key), "{key:?} twice in {mode:?}");
                    seen.push(*key);
                }
            }
        }
    }

    #[test]
    fn every_hint_shows_keys_that_work_in_its_mode() {
        for binding in TABLE {
            for mode in binding.modes {
                for key in binding.hint.iter().flat_map(|hint| hint.keys) {
                    assert!(command(*mode, *key).is_some(), "{key:?} in {mode:?}");
                }
            }
        }
    }

    #[test]
    fn digits_count_and_zero_alone_is_no_command_in_the_menu() {
        assert_eq!(command(Mode::Walk, Key::Char('7')), Some(Command::Digit(7)));
        assert_eq!(command(Mode::Menu, Key::Char('7')), None);
    }
}
