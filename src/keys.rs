//! The keys that the learner presses, and the table of what they do, from which the help page, the footer and the
//! README are made. Keys are represented by crossterm's types, which are plain data and independent of a terminal.

mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::session::{Command, Mode, Session};

pub use crate::session::Pointing;
pub use table::TABLE;

/// What a pointer, such as a mouse, does at a cell of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerEvent {
    /// What it does.
    pub pointing: Pointing,
    /// The column, from 0 on.
    pub column: u16,
    /// The row, from 0 on.
    pub row: u16,
}

/// Returns a key without Ctrl and Alt.
pub const fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Returns the key for Ctrl with a lower-case letter.
pub const fn ctrl(letter: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
}

/// Returns the character that a key types; `None` if it types none.
pub fn typed(key: KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if KeyModifiers::SHIFT.contains(key.modifiers) => Some(c),
        _ => None,
    }
}

/// Returns the name on a key: that of crossterm, but shorter, the same on every system, and with arrows as symbols
/// unless it must be ASCII.
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

/// Returns whether a key is an arrow.
pub fn is_arrow(key: KeyEvent) -> bool {
    use KeyCode::{Down, Left, Right, Up};
    matches!(key.code, Left | Right | Up | Down)
}

/// The command that some keys give in some modes.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The modes.
    pub modes: &'static [Mode],
    /// The keys, starting with the one to teach first.
    pub keys: &'static [KeyEvent],
    /// The command.
    pub command: Command,
    /// A description for the help page.
    pub help: &'static str,
    /// The hint in the footer, if there is one.
    pub hint: Option<Hint>,
}

/// A hint in the footer: the first keys of some bindings and one word for all of them.
#[derive(Debug, Clone, Copy)]
pub struct Hint {
    /// The keys to show.
    pub keys: &'static [KeyEvent],
    /// The word for what they do.
    pub word: &'static str,
    /// The rank: where there is little room, hints of higher rank are left out first.
    pub rank: u8,
}

/// The hint that replaces the one for showing the answer when the answer is already visible.
pub const ON: Hint = Hint {
    keys: &[key(KeyCode::Enter)],
    word: "on",
    rank: 4,
};

/// The hint that replaces it where a goal is asked for, which has no answer to be shown.
pub const GIVE_UP: Hint = Hint {
    keys: &[key(KeyCode::Enter)],
    word: "give up",
    rank: 4,
};

/// The hints that come first where a goal is asked for, since only these keys lead to what can be changed.
pub const TO_NUMBERS: Hint = Hint {
    keys: &[key(KeyCode::Tab)],
    word: "numbers",
    rank: 0,
};

/// The second of them.
pub const TO_CHOICES: Hint = Hint {
    keys: &[key(KeyCode::Char('c'))],
    word: "choices",
    rank: 0,
};

/// The hint that replaces the one for playing while it plays.
pub const PAUSE: Hint = Hint {
    keys: &[key(KeyCode::Char(' '))],
    word: "pause",
    rank: 0,
};

/// The hint that replaces the one for going back on the way to an update.
pub const STOP: Hint = Hint {
    keys: &[key(KeyCode::Esc)],
    word: "stop",
    rank: 0,
};

/// The hint that replaces the one for going back where that closes the loss map.
pub const CLOSE: Hint = Hint {
    keys: &[key(KeyCode::Esc)],
    word: "close",
    rank: 0,
};

/// The help for digits, which have no row of their own in the table.
pub const COUNT_HELP: (&str, &str) = (
    "1 … 9",
    "a number before a key repeats it: 10 → goes ten steps on",
);

/// The help for digits where samples are changed, which have no row of their own in the table.
pub const CLASS_HELP: (&str, &str) = (
    "0 … 9",
    "that class, for the sample at the cursor or the next one",
);

/// The help for the mouse, which has no row in the table.
pub const MOUSE_HELP: (&str, &str) = (
    "mouse",
    "a click places a sample, dragging moves it, the other button turns its class; Shift with the mouse selects text as \
     elsewhere; --no-mouse or NN_TUTOR_MOUSE=off leaves it to the terminal",
);

/// The help for characters that are typed into an answer, which have no row of their own in the table.
pub const TYPE_HELP: (&str, &str) = (
    "0 … 9, signs",
    "typed into the answer: 0.25, 1/4, 0,25; 0.5*(1-0.5), 2 x 3, 1/(1+e^-0.5), exp, ln (log is the same), sqrt and \
     tanh are worked out; several numbers apart by spaces; letters that are no part of an answer are the keys of \
     the lesson",
);

/// Returns the command that a key gives in a mode.
pub fn command(mode: Mode, key: KeyEvent) -> Option<Command> {
    if let (
        Mode::Ask
        | Mode::Search
        | Mode::Change
        | Mode::Write
        | Mode::ClassQuestion
        | Mode::ClassField,
        Some(c),
    ) = (mode, typed(key))
    {
        return Some(Command::Type(c));
    }
    if let Some(c) = typed(key)
        && let Some(digit) = c.to_digit(10).and_then(|d| u8::try_from(d).ok())
        && matches!(
            mode,
            Mode::Walk
                | Mode::Numbers
                | Mode::GoTo
                | Mode::Lab
                | Mode::LabNumbers
                | Mode::Data
                | Mode::Console
        )
    {
        return Some(Command::Digit(digit));
    }
    TABLE
        .iter()
        .find(|binding| binding.modes.contains(&mode) && binding.keys.contains(&key))
        .map(|binding| binding.command)
}

/// Returns what a key does where a learner stands. In the field of a question it is typed where it can be part of the answer;
/// else it does what it does elsewhere.
pub fn command_in(session: &Session, key: KeyEvent) -> Option<Command> {
    match (session.mode(), typed(key)) {
        (Mode::Ask, Some(c)) if !session.takes(c) => command(Mode::Walk, key),
        // Who is asked something is told which keys answer it.
        (Mode::Offer, _) => command(Mode::Offer, key).or(Some(Command::Remind)),
        (mode, _) => command(mode, key),
    }
}

/// Returns what a key does where the screen is too small to show the field of a question: every key is a command, and
/// nothing is answered, looked up or hinted at unseen.
pub fn command_unseen(key: KeyEvent) -> Option<Command> {
    match command(Mode::Walk, key)? {
        Command::Answer => Some(Command::Next),
        Command::Hint => None,
        command => Some(command),
    }
}

/// Returns the rows of the table for a mode.
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

    /// What is in class mode has the keys of the mode below it.
    #[test]
    fn ctrl_c_leads_out_of_every_mode() {
        for mode in ALL.iter().filter(|mode| **mode != Mode::InClass) {
            let command = command(*mode, ctrl('c'));
            assert!(
                matches!(command, Some(Command::Quit | Command::Return)),
                "{mode:?}: {command:?}"
            );
        }
    }

    #[test]
    fn digits_count_and_zero_alone_is_no_command_in_the_menu() {
        let seven = key(KeyCode::Char('7'));
        assert_eq!(command(Mode::Walk, seven), Some(Command::Digit(7)));
        assert_eq!(command(Mode::Menu, seven), None);
    }
}
