//! Keys as the learner presses them, whatever terminal they come from, and the one table that says what
//! they do: the help page, the footer and the README are made from it.

use crate::session::{Command, Mode};

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

// Wrapped here, so that the table below reads as one.
#[allow(clippy::unnecessary_wraps)]
const fn hint(keys: &'static [Key], word: &'static str, rank: u8) -> Option<Hint> {
    Some(Hint { keys, word, rank })
}

const LESSON: &[Mode] = &[Mode::Walk, Mode::Numbers];
const WALK: &[Mode] = &[Mode::Walk];
const NUMBERS: &[Mode] = &[Mode::Numbers];
const MENU: &[Mode] = &[Mode::Menu];
const HELP: &[Mode] = &[Mode::Help];
const GO_TO: &[Mode] = &[Mode::GoTo];
const ASK: &[Mode] = &[Mode::Ask];
const OFFER: &[Mode] = &[Mode::Offer];
const REVIEW: &[Mode] = &[Mode::Review];
const ALL: &[Mode] = &[
    Mode::Walk,
    Mode::Numbers,
    Mode::GoTo,
    Mode::Ask,
    Mode::Offer,
    Mode::Review,
    Mode::Help,
    Mode::Menu,
];

/// Every key and what it does.
pub const TABLE: &[Binding] = {
    use Command as C;
    use Key::{
        BackTab, Backspace, Char, Ctrl, Delete, Down, End, Enter, Esc, Home, Left, PageDown,
        PageUp, Right, Tab, Up,
    };
    const fn row(
        modes: &'static [Mode],
        keys: &'static [Key],
        command: Command,
        help: &'static str,
        hint: Option<Hint>,
    ) -> Binding {
        Binding {
            modes,
            keys,
            command,
            help,
            hint,
        }
    }
    &[
        row(
            WALK,
            &[Right, Char(' '), Char('l'), Char('f')],
            C::Next,
            "one step on",
            hint(&[Left, Right], "step", 0),
        ),
        row(
            WALK,
            &[Enter],
            C::Answer,
            "one step on; at a question that waits, shows the answer",
            hint(&[Enter], "show", 1),
        ),
        row(
            WALK,
            &[Left, Backspace, Char('h'), Char('b')],
            C::Back,
            "one step back",
            None,
        ),
        row(
            NUMBERS,
            &[Char(' '), Char('f')],
            C::Next,
            "one step on, the cursor stays",
            hint(&[Char(' ')], "step", 3),
        ),
        row(
            NUMBERS,
            &[Backspace, Char('b')],
            C::Back,
            "one step back",
            None,
        ),
        row(
            WALK,
            &[Down, Char('j'), PageDown, Ctrl('d'), Ctrl('f')],
            C::NextPhase,
            "to the next phase",
            hint(&[Up, Down], "phase", 2),
        ),
        row(
            WALK,
            &[Up, Char('k'), PageUp, Ctrl('u'), Ctrl('b')],
            C::BackPhase,
            "to the start of this phase, then of the one before",
            None,
        ),
        row(
            NUMBERS,
            &[PageDown, Ctrl('d'), Ctrl('f')],
            C::NextPhase,
            "to the next phase",
            None,
        ),
        row(
            NUMBERS,
            &[PageUp, Ctrl('u'), Ctrl('b')],
            C::BackPhase,
            "to the phase before",
            None,
        ),
        row(
            LESSON,
            &[Char('e'), Char('}'), Char(']')],
            C::NextEpoch,
            "to the next epoch or sample",
            hint(&[Char('e'), Char('E')], "epoch", 4),
        ),
        row(
            LESSON,
            &[Char('E'), Char('{'), Char('[')],
            C::BackEpoch,
            "to the epoch or sample before",
            None,
        ),
        row(
            LESSON,
            &[Char('g'), Home, Char('<')],
            C::Start,
            "to the first step; with a number before it, to that step",
            None,
        ),
        row(
            LESSON,
            &[Char('G'), End, Char('>')],
            C::End,
            "to the last step; with a number before it, to that step",
            None,
        ),
        row(
            LESSON,
            &[Char(':'), Char('s')],
            C::GoTo,
            "asks for the number of a step",
            None,
        ),
        row(
            LESSON,
            &[Tab],
            C::Numbers,
            "to the numbers, and on from one matrix or panel to the next",
            hint(&[Tab], "numbers", 1),
        ),
        row(
            LESSON,
            &[BackTab],
            C::NumbersBack,
            "to the numbers, the other way round",
            None,
        ),
        row(
            NUMBERS,
            &[Left, Char('h')],
            C::Left,
            "one number to the left",
            hint(&[Left, Down, Up, Right], "move", 0),
        ),
        row(NUMBERS, &[Down, Char('j')], C::Down, "one down", None),
        row(NUMBERS, &[Up, Char('k')], C::Up, "one up", None),
        row(
            NUMBERS,
            &[Right, Char('l')],
            C::Right,
            "one to the right",
            None,
        ),
        row(
            NUMBERS,
            &[Enter, Char('o')],
            C::WhereFrom,
            "to the step that made the number",
            hint(&[Enter], "where from", 1),
        ),
        row(
            WALK,
            &[Char('o')],
            C::WhereFrom,
            "opens the epoch of a training step, operation by operation",
            hint(&[Char('o')], "open this epoch", 1),
        ),
        row(
            LESSON,
            &[Esc],
            C::Return,
            "back from there; out of the numbers",
            hint(&[Esc], "back", 2),
        ),
        row(
            LESSON,
            &[Char('.'), Char('+')],
            C::MoreDecimals,
            "one decimal more in every number",
            hint(&[Char('.'), Char(',')], "decimals", 7),
        ),
        row(
            LESSON,
            &[Char(','), Char('-')],
            C::FewerDecimals,
            "one decimal fewer",
            None,
        ),
        row(
            LESSON,
            &[Char('J'), Ctrl('e')],
            C::ScrollDown,
            "the text one line on, where it is longer than its place",
            None,
        ),
        row(
            LESSON,
            &[Char('K'), Ctrl('y')],
            C::ScrollUp,
            "the text one line back",
            None,
        ),
        row(
            LESSON,
            &[Char('a')],
            C::AskAgain,
            "answers the question of the step, or once more",
            hint(&[Char('a')], "answer", 2),
        ),
        row(
            LESSON,
            &[Char('p')],
            C::Hide,
            "predict: hides results until they are answered, or shows them at once",
            hint(&[Char('p')], "predict", 8),
        ),
        row(
            LESSON,
            &[Char('v')],
            C::NextPanel,
            "another second panel beside the page",
            hint(&[Char('v')], "panel", 5),
        ),
        row(
            LESSON,
            &[Char('V')],
            C::BackPanel,
            "the panel before that one",
            None,
        ),
        row(
            LESSON,
            &[Char('n')],
            C::NumPy,
            "shows the step as lines of NumPy too, or hides them",
            hint(&[Char('n')], "NumPy", 6),
        ),
        row(
            &[Mode::Walk, Mode::Numbers, Mode::Review],
            &[Char('m')],
            C::Menu,
            "to the list of lessons",
            hint(&[Char('m')], "menu", 3),
        ),
        row(
            ASK,
            &[Enter],
            C::Answer,
            "answers; with nothing typed shows the answer, in practice a miss",
            hint(&[Enter], "answer", 0),
        ),
        row(
            ASK,
            &[Tab],
            C::Hint,
            "a hint: the formula, its numbers, at last the answer",
            hint(&[Tab], "hint", 1),
        ),
        row(
            ASK,
            &[Backspace, Delete],
            C::Erase,
            "takes a character back",
            None,
        ),
        row(
            ASK,
            &[Ctrl('u')],
            C::Clear,
            "takes back all that was typed",
            None,
        ),
        row(
            ASK,
            &[Right],
            C::Next,
            "one step on, without the answer",
            hint(&[Left, Right], "step", 2),
        ),
        row(ASK, &[Left], C::Back, "one step back", None),
        row(
            ASK,
            &[Down],
            C::NextPhase,
            "to the next phase",
            hint(&[Up, Down], "phase", 5),
        ),
        row(
            ASK,
            &[Up],
            C::BackPhase,
            "to the start of this phase, then of the one before",
            None,
        ),
        row(
            ASK,
            &[PageDown, Ctrl('e')],
            C::ScrollDown,
            "the text one line on",
            None,
        ),
        row(
            ASK,
            &[PageUp, Ctrl('y')],
            C::ScrollUp,
            "the text one line back",
            None,
        ),
        row(
            ASK,
            &[Esc],
            C::Return,
            "to the other keys; what is typed stays",
            hint(&[Esc], "keys", 3),
        ),
        row(
            OFFER,
            &[Enter],
            C::Confirm,
            "goes on where the lesson was left",
            hint(&[Enter], "go on", 0),
        ),
        row(
            OFFER,
            &[Esc, Right, Left, Char(' ')],
            C::Return,
            "begins at the start",
            hint(&[Esc], "restart", 0),
        ),
        row(
            REVIEW,
            &[Down, Char('j'), Tab, PageDown],
            C::Down,
            "the next question that was missed",
            hint(&[Up, Down], "choose", 1),
        ),
        row(
            REVIEW,
            &[Up, Char('k'), BackTab, PageUp],
            C::Up,
            "the one before",
            None,
        ),
        row(
            REVIEW,
            &[Home, Char('g')],
            C::Start,
            "the first of them",
            None,
        ),
        row(REVIEW, &[End, Char('G')], C::End, "the last of them", None),
        row(
            REVIEW,
            &[Enter, Char('a')],
            C::Confirm,
            "tries it once more",
            hint(&[Enter], "try again", 0),
        ),
        row(
            REVIEW,
            &[Esc, Char('q'), Left],
            C::Return,
            "closes the review",
            hint(&[Esc], "close", 2),
        ),
        row(
            MENU,
            &[Down, Char('j'), Tab, Char('n'), Ctrl('n')],
            C::Down,
            "the next lesson",
            hint(&[Up, Down], "choose", 0),
        ),
        row(
            MENU,
            &[Up, Char('k'), BackTab, Char('p'), Ctrl('p')],
            C::Up,
            "the lesson before",
            None,
        ),
        row(
            MENU,
            &[Enter, Right, Char('l'), Char(' '), Char('o')],
            C::Open,
            "opens the lesson",
            hint(&[Enter], "open", 1),
        ),
        row(
            MENU,
            &[Home, Char('g'), Char('<'), PageUp],
            C::Start,
            "the first lesson",
            None,
        ),
        row(
            MENU,
            &[End, Char('G'), Char('>'), PageDown],
            C::End,
            "the last lesson",
            None,
        ),
        row(
            HELP,
            &[Down, Char('j'), Enter, Ctrl('e')],
            C::ScrollDown,
            "one line on",
            hint(&[Up, Down], "scroll", 1),
        ),
        row(
            HELP,
            &[Up, Char('k'), Ctrl('y')],
            C::ScrollUp,
            "one line back",
            None,
        ),
        row(
            HELP,
            &[PageDown, Char(' '), Char('f'), Ctrl('d'), Ctrl('f')],
            C::PageDown,
            "a page on",
            None,
        ),
        row(
            HELP,
            &[PageUp, Backspace, Char('b'), Ctrl('u'), Ctrl('b')],
            C::PageUp,
            "a page back",
            None,
        ),
        row(HELP, &[Char('g'), Home], C::Start, "to the top", None),
        row(HELP, &[Char('G'), End], C::End, "to the end", None),
        row(
            GO_TO,
            &[Enter],
            C::Confirm,
            "goes to that step",
            hint(&[Enter], "go", 1),
        ),
        row(
            GO_TO,
            &[Backspace, Delete],
            C::Erase,
            "takes a digit back",
            None,
        ),
        row(
            GO_TO,
            &[Esc],
            C::Return,
            "stays here",
            hint(&[Esc], "stay", 2),
        ),
        row(
            HELP,
            &[Esc, Char('?'), Char('h')],
            C::Return,
            "closes the help",
            hint(&[Esc], "close", 0),
        ),
        row(MENU, &[Esc], C::Return, "closes the help, or quits", None),
        row(
            &[Mode::Walk, Mode::Numbers, Mode::Menu],
            &[Char('?')],
            C::Help,
            "what the keys do",
            hint(&[Char('?')], "keys", 0),
        ),
        row(
            &[
                Mode::Walk,
                Mode::Numbers,
                Mode::GoTo,
                Mode::Offer,
                Mode::Help,
                Mode::Menu,
            ],
            &[Char('q'), Ctrl('c'), Char('Q')],
            C::Quit,
            "quits",
            hint(&[Char('q')], "quit", 0),
        ),
        row(
            &[Mode::Ask, Mode::Review],
            &[Ctrl('c')],
            C::Quit,
            "quits",
            None,
        ),
        row(
            ALL,
            &[Ctrl('z')],
            C::Suspend,
            "suspends (fg comes back)",
            None,
        ),
    ]
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
