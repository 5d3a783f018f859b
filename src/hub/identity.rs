//! Who somebody is: accounts, join codes, words to come back with, and how often they may be guessed.
//!
//! A line says one code or word, and ends where it is wrong; so a guess costs a line, and nothing else tells whoever guesses
//! from whoever is new: in an account that several share, both have as many lines as they like. Any limit on the guesses at
//! a short code that keeps the one out keeps the other out too, and without a limit four digits are found in seconds. So
//! there are two codes:
//!
//! - The teacher's, which may be as short as `4711`: twenty wrong guesses at once and then one in twenty seconds, for each
//!   account. In a lesson of ninety minutes that is 290, or 3 of 100 classes with four digits.
//! - The hub's own, of 36 bits, made anew whenever it begins. It needs no limit: at 20,000 lines a second, more than a hub
//!   takes, half of all guesses take 20 days. Teachers are told it as soon as the limit has kept somebody out, and with it
//!   everybody comes in, whatever others guess.
//!
//! The word of a name has 36 bits too: nobody is kept from their own by those who guess at it.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Read as _;
use std::time::{Duration, Instant};

/// The largest number of wrong guesses at once at the teacher's code, of one account.
const MOST_GUESSES: u32 = 20;
/// The time after which there is one more.
const AGAIN: Duration = Duration::from_secs(20);
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

/// What a code that somebody has typed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// One of the two.
    Right,
    /// None of them.
    Wrong,
    /// Perhaps the teacher's, and perhaps not: there were too many guesses at that.
    Unjudged,
}

/// The join codes of a class.
#[derive(Debug)]
pub(super) struct Codes {
    /// The teacher's.
    own: String,
    /// The one that nobody guesses.
    long: String,
    /// Whether the teachers are told that one.
    is_told: bool,
    /// When an account may guess as often as ever, by its number.
    wrong: BTreeMap<u32, Instant>,
}

impl Codes {
    /// Returns the codes of a class whose teacher has chosen one.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub(super) fn new(own: String) -> std::io::Result<Self> {
        Ok(Self {
            own,
            long: fresh_word()?,
            is_told: false,
            wrong: BTreeMap::new(),
        })
    }

    /// Returns the teacher's code.
    pub(super) fn own(&self) -> &str {
        &self.own
    }

    /// Returns the long one, once somebody needs it.
    pub(super) fn long(&self) -> Option<&str> {
        self.is_told.then_some(&self.long)
    }

    /// Judges a code that was typed in an account.
    pub(super) fn judge(&mut self, uid: u32, typed: &str, now: Instant) -> Typed {
        if is_same(&bare_word(&self.long), &bare_word(typed)) {
            return Typed::Right;
        }
        self.wrong.retain(|_, all| *all > now);
        let left = self.wrong.get(&uid).map(|all| *all - now);
        if left.is_some_and(|left| left > AGAIN * (MOST_GUESSES - 1)) {
            self.is_told = true;
            return Typed::Unjudged;
        }
        if is_same(self.own.trim(), typed.trim()) {
            return Typed::Right;
        }
        let all = self.wrong.entry(uid).or_insert(now);
        *all = now.max(*all) + AGAIN;
        Typed::Wrong
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

    /// Whatever one of an account guesses, at whatever moments: few guesses are judged, and the long code, which the teacher
    /// then has, lets everybody in.
    #[test]
    fn the_long_code_lets_in_whatever_others_guess() {
        let began = Instant::now();
        let mut codes = Codes::new("4711".to_owned()).unwrap();
        let mut judged = 0;
        // Somebody tries ten codes a second for a lesson of ninety minutes.
        for tenth in 0..54_000 {
            let now = began + Duration::from_millis(100 * tenth);
            assert_eq!(codes.long().is_some(), tenth > 20, "{tenth}");
            match codes.judge(7, &format!("{:04}", tenth % 4_711), now) {
                Typed::Right => panic!("found"),
                Typed::Wrong => judged += 1,
                Typed::Unjudged => {
                    let long = codes.long().unwrap().to_uppercase().replace('-', " ");
                    assert_eq!(codes.judge(7, &long, now), Typed::Right);
                    // Nothing tells the teacher's from a wrong one.
                    assert_eq!(codes.judge(7, "4711", now), Typed::Unjudged);
                    // Other accounts have their own guesses.
                    assert_eq!(codes.judge(8, "4711", now), Typed::Right);
                }
            }
        }
        assert_eq!(judged, 20 + 5_400 / 20 - 1);
        // A while after the last guess, the teacher's own does again.
        let later = began + Duration::from_secs(5_400) + AGAIN;
        assert_eq!(codes.judge(7, " 4711 ", later), Typed::Right);
    }

    #[test]
    fn accounts_have_names() {
        let list = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/sh\nbroken\n";
        assert_eq!(name_in(list, 1000).as_deref(), Some("ada"));
        assert_eq!(name_in(list, 7), None);
    }
}
