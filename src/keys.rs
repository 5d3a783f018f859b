//! Keys as the learner presses them, whatever terminal they come from, and the one table that says what
//! they do: the help page, the footer and the README are made from it. A key is what crossterm says it is, which is
//! plain data.

mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::session::{Command, Mode};

pub use table::TABLE;

/// A key without Ctrl and Alt.
pub const fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Ctrl with a lower-case letter.
pub const fn ctrl(letter: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
}

/// The character that a key types, if it does.
pub fn typed(key: KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if KeyModifiers::SHIFT.contains(key.modifiers) => Some(c),
        _ => None,
    }
}

/// What is printed on a key: the names of crossterm, but shorter, the same on every system, and arrows for arrows unless
/// it must be ASCII.
pub fn name(key: KeyEvent, ascii: bool) -> String {
    let name = match key.code {
        KeyCode::Char(c) if key.modifiers == KeyModifiers::CONTROL => {
            return format!("Ctrl-{}", c.to_uppercase());
        }
        KeyCode::Left if !ascii => "←",
        KeyCode::Right if !ascii => "→",
        KeyCode::Up if !ascii => "↑",
        KeyCode::Down if !ascii => "↓",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        KeyCode::BackTab => "Shift-Tab",
        KeyCode::Enter => "Enter",
        KeyCode::Backspace => "Backspace",
        KeyCode::Delete => "Del",
        code => return code.to_string(),
    };
    name.into()
}

/// Whether a key is an arrow.
pub fn is_arrow(key: KeyEvent) -> bool {
    use KeyCode::{Down, Left, Right, Up};
    matches!(key.code, Left | Right | Up | Down)
}

/// What some keys do in some modes.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where they do it.
    pub modes: &'static [Mode],
    /// The keys, the one to teach first.
    pub keys: &'static [KeyEvent],
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
    pub keys: &'static [KeyEvent],
    /// The word.
    pub word: &'static str,
    /// Where there is little room, hints with the higher numbers go first.
    pub rank: u8,
}

/// Instead of showing the answer, where it is in sight already.
pub const ON: Hint = Hint {
    keys: &[key(KeyCode::Enter)],
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
pub fn command(mode: Mode, key: KeyEvent) -> Option<Command> {
    if let (Mode::Ask, Some(c)) = (mode, typed(key)) {
        return Some(Command::Type(c));
    }
    if let Some(c) = typed(key)
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
        let seven = key(KeyCode::Char('7'));
        assert_eq!(command(Mode::Walk, seven), Some(Command::Digit(7)));
        assert_eq!(command(Mode::Menu, seven), None);
    }
}
