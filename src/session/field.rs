//! A line in which a number or a name is typed, with a cursor.

use super::Command;
use super::asking::is_printable;

/// The longest text of a field, in characters.
const LONGEST: usize = 200;

/// A line that is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// What stands before the cursor.
    before: String,
    /// What stands from the cursor on.
    behind: String,
}

impl Field {
    /// Returns a line with the cursor at its end.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            before: text.into(),
            behind: String::new(),
        }
    }

    /// Returns all that is typed.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.behind)
    }

    /// Returns what stands before the cursor, and what from there on.
    pub fn parts(&self) -> [&str; 2] {
        [&self.before, &self.behind]
    }

    /// Carries out a command that moves in the line or changes it. Returns whether it is one of these.
    pub(super) fn apply(&mut self, command: Command) -> bool {
        match command {
            Command::Type(c) => {
                let length = self.before.chars().count() + self.behind.chars().count();
                if length < LONGEST && is_printable(c) {
                    self.before.push(c);
                }
            }
            Command::Left => {
                if let Some(c) = self.before.pop() {
                    self.behind.insert(0, c);
                }
            }
            Command::Right => {
                let next = self.take_next();
                self.before.extend(next);
            }
            Command::Start => {
                self.behind = self.text();
                self.before.clear();
            }
            Command::End => *self = Self::new(self.text()),
            Command::Erase => drop(self.before.pop()),
            // At the end there is nothing in front of it.
            Command::EraseNext if self.behind.is_empty() => drop(self.before.pop()),
            Command::EraseNext => drop(self.take_next()),
            Command::Clear => *self = Self::default(),
            _ => return false,
        }
        true
    }

    fn take_next(&mut self) -> Option<char> {
        (!self.behind.is_empty()).then(|| self.behind.remove(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moves_and_types_in_the_middle() {
        let mut field = Field::new("añb");
        let mut does = |commands: &[Command]| {
            for command in commands {
                assert!(field.apply(*command));
            }
            field.parts().map(str::to_owned)
        };
        assert_eq!(does(&[Command::Left, Command::Left]), ["a", "ñb"]);
        assert_eq!(does(&[Command::Type('x')]), ["ax", "ñb"]);
        assert_eq!(does(&[Command::EraseNext]), ["ax", "b"]);
        assert_eq!(does(&[Command::Erase, Command::Right]), ["ab", ""]);
        assert_eq!(does(&[Command::Right, Command::Start]), ["", "ab"]);
        assert_eq!(does(&[Command::Left, Command::Erase]), ["", "ab"]);
        assert_eq!(does(&[Command::End, Command::EraseNext]), ["a", ""]);
        assert_eq!(does(&[Command::Clear, Command::Erase]), ["", ""]);
        assert!(!field.apply(Command::Confirm));
    }
}
