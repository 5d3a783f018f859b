//! The students' public keys: a line each, with the student's name at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::class::cleaned;
use crate::lesson::sanitised;

/// The types of keys that are let in.
const TYPES: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];
/// What a key may do besides having its command run: have a terminal.
const OPTIONS: &str = "restrict,pty";

/// Keys, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    kind: &'static str,
    /// In base 64.
    public: String,
    name: String,
}

impl Keys {
    /// Reads a file of keys. Returns the numbers of lines that are no keys too, and why.
    pub(super) fn parse(text: &str) -> (Self, Vec<(usize, String)>) {
        let mut keys = Vec::new();
        let mut wrong = Vec::new();
        let mut known = BTreeMap::new();
        // Editors of Windows write this mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = match Key::parse(line) {
                Ok(key) => key,
                Err(why) => {
                    wrong.push((number, why));
                    continue;
                }
            };
            match known.get(&key.public) {
                None => {
                    known.insert(key.public.clone(), (number, key.name.clone()));
                    keys.push(key);
                }
                Some((_, name)) if *name == key.name => {}
                Some((first, name)) => {
                    wrong.push((number, format!("line {first} has the same key, of {name}")));
                }
            }
        }
        (Self { keys }, wrong)
    }

    /// Returns the number of students.
    pub(super) fn persons(&self) -> usize {
        let names: BTreeSet<&str> = self.keys.iter().map(|key| key.name.as_str()).collect();
        names.len()
    }

    /// Returns the lines of an `authorized_keys` that has a command run for each student.
    pub(super) fn authorized(&self, command: impl Fn(&str) -> String) -> String {
        let mut lines = String::new();
        for Key { kind, public, name } in &self.keys {
            // Inside of quotes a quote is written with a stroke before it, and nothing else means anything.
            let command = command(name).replace('"', "\\\"");
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{OPTIONS},command=\"{command}\" {kind} {public}");
        }
        lines
    }
}

impl Key {
    fn parse(line: &str) -> Result<Self, String> {
        if line.starts_with("-----BEGIN") {
            return Err(
                "this is a private key, which should not leave its student; the one to send ends in .pub".to_owned(),
            );
        }
        let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
        let kind = words.next().unwrap_or_default();
        let Some(kind) = TYPES.into_iter().find(|known| *known == kind) else {
            return Err(format!(
                "a key begins with its type, such as {}, and not with options",
                TYPES[0]
            ));
        };
        let public = words.next().unwrap_or_default().to_owned();
        check(kind, &public)?;
        let name = words.next().unwrap_or_default();
        if name.is_empty() {
            return Err("the name of the student is missing behind the key".to_owned());
        }
        Ok(Self {
            kind,
            public,
            name: named(name)?,
        })
    }
}

/// Returns the name of a student as the door vouches for it.
fn named(name: &str) -> Result<String, String> {
    let name = cleaned(name).map_err(|error| {
        format!("`{}` is no name: {error}", sanitised(name))
            .trim_end_matches('.')
            .to_owned()
    })?;
    // What a shell or ssh might obey is in no name, however well it would be quoted.
    let is_plain = |c: char| {
        !c.is_ascii()
            || c.is_ascii_alphanumeric()
            || matches!(c, ' ' | '-' | '_' | '.' | '@' | '+' | '\'')
    };
    match name.chars().find(|c| !is_plain(*c)) {
        Some(c) => Err(format!("the name {name} cannot contain {c}")),
        None => Ok(name),
    }
}

/// Checks that a key is whole, and of its type.
fn check(kind: &str, key: &str) -> Result<(), String> {
    let not_whole = || format!("this is no whole key of the type {kind}");
    let bytes = decoded(key).ok_or_else(not_whole)?;
    let fields = fields(&bytes).ok_or_else(not_whole)?;
    let is_of_kind = fields.first() == Some(&kind.as_bytes());
    let count = match kind {
        "ssh-ed25519" => 2,
        "sk-ecdsa-sha2-nistp256@openssh.com" => 4,
        _ => 3,
    };
    if !is_of_kind || fields.len() != count {
        return Err(not_whole());
    }
    Ok(())
}

/// Returns the fields of a key: each is its length in four bytes, and so many bytes.
fn fields(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, rest) = rest.split_at_checked(length)?;
        fields.push(field);
        bytes = rest;
    }
    Some(fields)
}

/// Returns the bytes of a text in base 64.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - bare.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(bare.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for c in bare.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_be_bytes()[3]);
            bits &= (1 << count) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIM: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ2Yl0N5kSSBZ3QVHtYbmUGPbOWeCBMF5yFiMVf4cvk";
    const ADA: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJ2Yl0N5kSSBZ3QVHtYbmUGPbOWeCBMF5yFiMVf4cvk";

    fn wrong(text: &str) -> Vec<(usize, String)> {
        let (keys, wrong) = Keys::parse(text);
        assert_eq!(keys.persons(), 0, "{text}");
        wrong
    }

    #[test]
    fn each_key_gets_its_command() {
        let text = format!(
            "\u{feff}# class 4b\r\n\r\n{KIM} Kim O'Brien\r\n{ADA}   Kim  O'Brien\n{KIM} Kim O'Brien\n"
        );
        let (keys, wrong) = Keys::parse(&text);
        assert_eq!(wrong, []);
        assert_eq!(keys.persons(), 1);
        let lines = keys.authorized(|name| format!("say \"{name}\""));
        assert_eq!(
            lines,
            format!(
                "restrict,pty,command=\"say \\\"Kim O'Brien\\\"\" {KIM}\n\
                     restrict,pty,command=\"say \\\"Kim O'Brien\\\"\" {ADA}\n"
            )
        );
    }

    #[test]
    fn lines_that_are_no_keys_are_named() {
        let half = &KIM[..KIM.len() - 4];
        for (line, why) in [
            (
                format!("command=\"sh\" {KIM} Kim"),
                "a key begins with its type",
            ),
            (
                format!("ssh-dss {} Kim", &KIM[12..]),
                "a key begins with its type",
            ),
            (
                format!("ssh-rsa {} Kim", &KIM[12..]),
                "no whole key of the type ssh-rsa",
            ),
            (format!("{half} Kim"), "no whole key"),
            (format!("{KIM}= Kim"), "no whole key"),
            ("ssh-ed25519 Kim".to_owned(), "no whole key"),
            (KIM.to_owned(), "name of the student is missing"),
            (format!("{KIM} \u{1b}[2J"), "is no name"),
            (format!("{KIM} --"), "is no name"),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(),
                "private key",
            ),
        ] {
            let found = wrong(&format!("# keys\n{line}\n"));
            let [(2, said)] = &found[..] else {
                panic!("{line}: {found:?}");
            };
            assert!(said.contains(why), "{line}: {said}");
            assert!(!said.contains('\u{1b}'), "{said:?}");
        }
    }

    #[test]
    fn what_a_shell_obeys_is_in_no_name() {
        for c in "$`\"\\;&|<>(){}[]*?~!#%^=:/,".chars() {
            let found = wrong(&format!("{KIM} Kim{c}Kim"));
            assert!(found[0].1.contains("cannot contain"), "{c}: {found:?}");
        }
    }

    #[test]
    fn one_key_is_not_two_persons() {
        let (keys, wrong) = Keys::parse(&format!("{KIM} Kim\n{KIM} Ada\n"));
        assert_eq!(keys.persons(), 1);
        assert_eq!(wrong, [(2, "line 1 has the same key, of Kim".to_owned())]);
    }
}
