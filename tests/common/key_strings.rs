//! Key presses, written as strings.

use crossterm::event::{KeyCode, KeyEvent};
use nn_tutor::keys;
use nn_tutor::session::{Effect, Session};

/// One key per character: arrows as they are, ⇥ Tab, ⇤ Shift-Tab, ⏎ Enter, ⌫ Backspace, ⎋ Escape, ⤒ Home, ⤓ End,
/// ☓ Ctrl-U, ✦ Ctrl-T, ↶ Ctrl-O.
pub(crate) fn key(c: char) -> KeyEvent {
    let code = match c {
        '→' => KeyCode::Right,
        '←' => KeyCode::Left,
        '↑' => KeyCode::Up,
        '↓' => KeyCode::Down,
        '⇥' => KeyCode::Tab,
        '⇟' => KeyCode::PageDown,
        '⇞' => KeyCode::PageUp,
        '⇤' => KeyCode::BackTab,
        '⏎' => KeyCode::Enter,
        '⌫' => KeyCode::Backspace,
        '⎋' => KeyCode::Esc,
        '⤒' => KeyCode::Home,
        '⤓' => KeyCode::End,
        '☓' => return keys::ctrl('u'),
        '✦' => return keys::ctrl('t'),
        '↶' => return keys::ctrl('o'),
        c => KeyCode::Char(c),
    };
    code.into()
}

/// Presses keys. Returns the effect of the last one that has a command.
pub(crate) fn press(session: &mut Session, text: &str) -> Option<Effect> {
    let mut last = None;
    for c in text.chars() {
        if let Some(command) = keys::command_in(session, key(c)) {
            let effect = session.apply(command);
            if effect == Effect::Edit {
                session.edit_now();
            }
            last = Some(effect);
        }
    }
    last
}
