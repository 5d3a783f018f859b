//! Names of people: what may be one, and which of them look alike.

use std::collections::{BTreeMap, BTreeSet};

use unicode_security::skeleton;
use unicode_width::UnicodeWidthChar as _;

use crate::lesson::forbidden;

/// The largest number of characters of a name, and of columns that it takes.
pub const LONGEST_NAME: usize = 40;
/// The largest number of marks on one letter; languages need two.
const MOST_MARKS: usize = 2;
/// The number up to which those of one name are numbered without a gap.
const MOST_NUMBERED: usize = 100;
/// The size in bytes of a text that is looked at as a name.
const MOST_BYTES: usize = 1_000;

/// The reason why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is no letter and no digit in it.
    #[error("A name needs at least one letter.")]
    Empty,
    /// It is too long.
    #[error("A name has at most {LONGEST_NAME} characters.")]
    TooLong,
    /// A character would not be seen, or would be obeyed by a terminal; with its description.
    #[error("A name cannot contain {0}.")]
    Character(&'static str),
    /// The class has a roster, and this name is not on it.
    #[error("This name is not on the list of the class.")]
    NotOnRoster,
    /// Somebody on the roster has come under this name.
    #[error("Somebody has come under this name already.")]
    Taken,
}

/// Returns a name as it is kept: without spaces around it, and with one space between words.
///
/// # Errors
/// If it is empty or too long, or has a character that no name needs.
pub fn cleaned(name: &str) -> Result<String, NameError> {
    if name.len() > MOST_BYTES {
        return Err(NameError::TooLong);
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut columns, mut marks) = (0, 0);
    for (index, c) in name.chars().enumerate() {
        if let Some(what) = forbidden(c) {
            return Err(NameError::Character(what));
        }
        match c.width() {
            Some(0) if index == 0 || marks == MOST_MARKS || is_selector(c) => {
                return Err(NameError::Character("a mark that belongs to no letter"));
            }
            Some(0) => marks += 1,
            Some(width) if !is_private(c) => {
                columns += width;
                marks = 0;
            }
            _ => return Err(NameError::Character("a character without a meaning")),
        }
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(NameError::Empty);
    }
    if columns > LONGEST_NAME || name.chars().count() > LONGEST_NAME {
        return Err(NameError::TooLong);
    }
    Ok(name)
}

/// Returns whether a character only chooses how the one before it is drawn.
const fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Returns whether a character means something only to those who have agreed on it, or nothing to anybody.
const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..) || c as u32 & 0xfffe == 0xfffe
}

/// What a reader may take two names for. They look alike if they have the same shape in either form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    as_written: String,
    in_small_letters: String,
}

impl Shape {
    /// Returns the shape of a name, by the skeletons of Unicode Technical Standard 39.
    pub(super) fn of(name: &str) -> Self {
        Self {
            as_written: skeleton(name).collect(),
            // The shape of a digit is a capital letter.
            in_small_letters: skeleton(&name.to_lowercase())
                .flat_map(char::to_lowercase)
                .collect(),
        }
    }
}

/// The names in a class, found by what they are and by their shapes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Names {
    exact: BTreeSet<String>,
    /// How many names have a shape.
    as_written: BTreeMap<String, usize>,
    in_small_letters: BTreeMap<String, usize>,
}

impl Names {
    /// Returns whether somebody has exactly this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.exact.contains(name)
    }

    pub(super) fn insert(&mut self, name: &str) {
        let shape = Shape::of(name);
        self.exact.insert(name.to_owned());
        *self.as_written.entry(shape.as_written).or_default() += 1;
        let small = self.in_small_letters.entry(shape.in_small_letters);
        *small.or_default() += 1;
    }

    pub(super) fn remove(&mut self, name: &str) {
        let shape = Shape::of(name);
        self.exact.remove(name);
        for (counts, shape) in [
            (&mut self.as_written, &shape.as_written),
            (&mut self.in_small_letters, &shape.in_small_letters),
        ] {
            if let Some(count) = counts.get_mut(shape) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(shape);
                }
            }
        }
    }

    /// Returns whether no name looks like this one, apart from that of `own`.
    fn is_free(&self, name: &str, own: Option<&Shape>) -> bool {
        let Shape {
            as_written,
            in_small_letters,
        } = Shape::of(name);
        let count = |counts: &BTreeMap<String, usize>, shape: &String, own: Option<&String>| {
            let all = counts.get(shape).copied().unwrap_or(0);
            all - usize::from(own == Some(shape))
        };
        let written = own.map(|own| &own.as_written);
        let small = own.map(|own| &own.in_small_letters);
        count(&self.as_written, &as_written, written) == 0
            && count(&self.in_small_letters, &in_small_letters, small) == 0
    }

    /// Returns a name that looks like none of the others: itself, or with a number behind it. `own` is the name of whoever
    /// gets it, if they have one.
    pub(super) fn told_apart(&self, name: &str, own: Option<&str>) -> String {
        let own = own.map(Shape::of);
        if self.is_free(name, own.as_ref()) {
            return name.to_owned();
        }
        let numbered = |number: usize| {
            let number = format!(" {number}");
            let mut base = name.to_owned();
            while base.chars().count() + number.len() > LONGEST_NAME {
                base.pop();
            }
            base.trim_end().to_owned() + &number
        };
        // Where many have one name, numbers past all of them are looked at next. One is free: there are more numbers than
        // names.
        let numbers = (2..MOST_NUMBERED).chain(self.exact.len() + 2..);
        let mut names = numbers.map(numbered);
        names
            .find(|name| self.is_free(name, own.as_ref()))
            .unwrap_or_else(|| name.to_owned())
    }
}

/// Returns the name on a roster that is meant, whatever the size of its letters.
pub(super) fn on_roster<'r>(name: &str, roster: &'r [String]) -> Option<&'r str> {
    let small = name.to_lowercase();
    let exact = roster.iter().find(|known| *known == name);
    let found = exact.or_else(|| roster.iter().find(|known| known.to_lowercase() == small));
    found.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_people_are_names() {
        for name in [
            "Ana",
            "José",
            "Jose\u{301}",
            "Nguyễn Thị Hà",
            "Łukasz",
            "李明",
            "O’Brien",
            "Jean-Luc",
            "أحمد",
            "अनिल",
            "ib42",
        ] {
            assert_eq!(cleaned(name).as_deref(), Ok(name));
        }
        assert_eq!(cleaned("  Ana \t Maria\n").unwrap(), "Ana Maria");
    }

    #[test]
    fn what_a_terminal_would_obey_or_nobody_sees_is_no_name() {
        for name in ["", "   ", "…", "--"] {
            assert_eq!(cleaned(name), Err(NameError::Empty), "{name:?}");
        }
        for name in [
            "A\u{1b}[31mna",
            "A\u{202e}na",
            "A\u{200b}na",
            "A\u{7}na",
            "\u{301}Ana",
            "A\u{fe0f}na",
            "A\u{e000}na",
            "A\u{301}\u{301}\u{301}na",
            "A\u{ffff}na",
        ] {
            let refused = matches!(cleaned(name), Err(NameError::Character(_)));
            assert!(refused, "{name:?}: {:?}", cleaned(name));
        }
        for name in ["a".repeat(41), "李".repeat(21), "a".repeat(1 << 20)] {
            assert_eq!(cleaned(&name), Err(NameError::TooLong));
        }
    }

    fn named(all: &[&str]) -> Names {
        let mut names = Names::default();
        for name in all {
            names.insert(name);
        }
        names
    }

    #[test]
    fn names_that_look_alike_are_told_apart() {
        for (one, other) in [
            ("Ana", "Ana"),
            ("Ana", "ana"),
            // With a Greek, and with a Cyrillic letter.
            ("Ana", "Αna"),
            ("Ana", "Аna"),
            ("Ilse", "llse"),
            ("José", "Jose\u{301}"),
            ("Bob", "B0b"),
        ] {
            let names = named(&[one]);
            let expected = format!("{other} 2");
            assert_eq!(names.told_apart(other, None), expected, "{one}");
            assert_eq!(names.told_apart(other, Some(one)), other, "it is one's own");
        }
        assert_eq!(named(&["Jose"]).told_apart("José", None), "José");
        let long = "a".repeat(40);
        let second = named(&[&long]).told_apart(&long, None);
        assert_eq!(second.chars().count(), 40);
        assert!(second.ends_with("a 2"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(name in "\\PC*|.*") {
            if let Ok(name) = cleaned(&name) {
                prop_assert!(name.chars().count() <= LONGEST_NAME);
                let again = cleaned(&name);
                prop_assert_eq!(again.as_ref(), Ok(&name));
                let mut names = named(&[&name, &format!("{name} 2")]);
                let other = names.told_apart(&name, None);
                prop_assert!(names.is_free(&other, None) && !names.is_free(&name, None));
                names.remove(&name);
                prop_assert!(names.is_free(&name, None));
            }
        }
    }
}
