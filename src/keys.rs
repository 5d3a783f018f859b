//! Keys as the learner presses them, whatever terminal they come from.

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
