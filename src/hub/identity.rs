//! Who somebody is: accounts, join codes, words to come back with, and how often they may be guessed.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Read as _;
use std::time::{Duration, Instant};

/// The largest number of wrong guesses at once, of one account, or at one name.
const MOST_GUESSES: u32 = 10;
/// The time after which there is one more: in an account that several share, who is new waits no longer for it unless
/// somebody goes on guessing there.
const AGAIN: Duration = Duration::from_secs(6);
/// The largest number of accounts and names whose guesses are counted; beyond it, nobody may guess for a while.
const MOST_COUNTED: usize = 10_000;
/// The size in bytes of the part of the system's list of accounts that is read.
const LARGEST_LIST: u64 = 16 << 20;

/// Returns whether two texts are the same, in a time that tells nothing of where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // How long a code is may be known.
    if one.len() != other.len() {
        return false;
    }
    let differences = one.iter().zip(other).fold(0, |all, (a, b)| {
        // Without this, the compiler may stop at the first one.
        black_box(all | (a ^ b))
    });
    black_box(differences) == 0
}

/// Returns a word that nobody guesses and that can be typed: `tomi-raku-besa`.
///
/// # Errors
/// If the system gives no random numbers.
pub(super) fn fresh_word() -> std::io::Result<String> {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aeiu";
    let mut random = [0; 6];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let syllables = random.map(|byte| {
        let consonant = CONSONANTS[usize::from(byte >> 4)];
        let vowel = VOWELS[usize::from(byte & 3)];
        [char::from(consonant), char::from(vowel)]
    });
    let parts: Vec<String> = syllables
        .chunks(2)
        .map(|pair| pair.iter().flatten().collect())
        .collect();
    Ok(parts.join("-"))
}

/// Returns a word as it is compared: people type it with or without strokes, in any size.
pub(super) fn bare_word(word: &str) -> String {
    let letters = word.chars().filter(char::is_ascii_alphabetic).take(64);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Wrong guesses, counted for a while.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    /// When all that there may be are there again, by who guesses or what is guessed.
    wrong: BTreeMap<String, Instant>,
}

impl Guesses {
    /// Returns whether one more guess is allowed.
    pub(super) fn allows(&mut self, at: &str, now: Instant) -> bool {
        self.wrong.retain(|_, all| *all > now);
        let left = self.wrong.get(at).map(|all| *all - now);
        let most = AGAIN * (MOST_GUESSES - 1);
        left.is_none_or(|left| left <= most) && self.wrong.len() < MOST_COUNTED
    }

    /// Counts a wrong one.
    pub(super) fn count(&mut self, at: &str, now: Instant) {
        let all = self.wrong.entry(at.to_owned()).or_insert(now);
        *all = now.max(*all) + AGAIN;
    }
}

/// Returns the name of an account, from the system's own list; `None` if it is not in it.
pub fn account_name(uid: u32) -> Option<String> {
    name_in(&accounts()?, uid)
}

/// Returns the number of an account, likewise.
pub fn account_number(name: &str) -> Option<u32> {
    let list = accounts()?;
    entries(&list).find_map(|(known, number)| (known == name).then_some(number))
}

fn accounts() -> Option<String> {
    let file = File::open("/etc/passwd").ok()?;
    let mut list = String::new();
    file.take(LARGEST_LIST).read_to_string(&mut list).ok()?;
    Some(list)
}

/// Returns the names and numbers in the system's list of accounts.
fn entries(list: &str) -> impl Iterator<Item = (&str, u32)> {
    list.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        Some((name, fields.nth(1)?.parse().ok()?))
    })
}

fn name_in(list: &str, uid: u32) -> Option<String> {
    entries(list).find_map(|(name, number)| (number == uid).then(|| name.to_owned()))
}

/// Returns the largest number of files that this process may open, having raised it as far as the system allows.
pub(super) fn raise_file_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where it is refused, the limit stays as it was.
    let current = if setrlimit(Resource::Nofile, raised).is_ok() {
        limit.maximum
    } else {
        limit.current
    };
    current.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_typed_as_people_type() {
        let word = fresh_word().unwrap();
        assert_eq!(word.len(), 14);
        assert_ne!(word, fresh_word().unwrap());
        assert_eq!(bare_word("Tomi Raku-besa "), "tomirakubesa");
        assert!(is_same("abc", "abc"));
        assert!(!is_same("abc", "abd") && !is_same("abc", "ab") && !is_same("", "a"));
    }

    #[test]
    fn guesses_are_limited_for_a_while() {
        let mut guesses = Guesses::default();
        let now = Instant::now();
        for _ in 0..MOST_GUESSES {
            assert!(guesses.allows("me", now));
            guesses.count("me", now);
        }
        assert!(!guesses.allows("me", now));
        assert!(guesses.allows("you", now));
        // One more after a few seconds, and then another one.
        let again = now + AGAIN;
        assert!(guesses.allows("me", again));
        guesses.count("me", again);
        assert!(!guesses.allows("me", again));
        assert!(guesses.allows("me", again + AGAIN));
        let later = now + AGAIN * (MOST_GUESSES + 1);
        for _ in 0..MOST_GUESSES {
            assert!(guesses.allows("me", later));
            guesses.count("me", later);
        }
        assert!(!guesses.allows("me", later));
    }

    #[test]
    fn accounts_have_names() {
        let list = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/sh\nbroken\n";
        assert_eq!(name_in(list, 1000).as_deref(), Some("ada"));
        assert_eq!(name_in(list, 7), None);
    }
}
