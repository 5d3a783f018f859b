//! Keys as a learner presses them, written as strings.

use nn_tutor::keys::{self, Key};
use nn_tutor::session::{Effect, Session};

/// One key per character: arrows as they are, ⇥ Tab, ⇤ Shift-Tab, ⏎ Enter, ⌫ Backspace, ⎋ Escape, ⤒ Home, ⤓ End,
/// ☓ Ctrl-U.
fn key(c: char) -> Key {
    match c {
        '→' => Key::Right,
        '←' => Key::Left,
        '↑' => Key::Up,
        '↓' => Key::Down,
        '⇥' => Key::Tab,
        '⇤' => Key::BackTab,
        '⏎' => Key::Enter,
        '⌫' => Key::Backspace,
        '⎋' => Key::Esc,
        '⤒' => Key::Home,
        '⤓' => Key::End,
        '☓' => Key::Ctrl('u'),
        c => Key::Char(c),
    }
}

/// What the last of the keys that mean something has to be followed by.
pub(crate) fn press(session: &mut Session, text: &str) -> Option<Effect> {
    let mut last = None;
    for c in text.chars() {
        if let Some(command) = keys::command(session.mode(), key(c)) {
            last = Some(session.apply(command));
        }
    }
    last
}
