//! Bytes from a terminal, or from anywhere → keys as crossterm names them.
//!
//! Not crossterm's own `poll` and `read`, until these are mended there: `poll` never returns, at full speed, when the
//! terminal vanishes while SIGHUP is ignored (crossterm-rs/crossterm#793); `ESC` and `[A` that arrive in two reads are
//! three keys (#993); an answer of the terminal to somebody's question is keys (23 of them for OSC 11), and one to
//! DECRQM makes it deaf.
//!
//! A small machine of its own rather than a terminal emulator's parser (`vte`), too: those parse what programs
//! send to terminals. What terminals send back has forms that they take apart wrongly (`ESC O A`, the Linux
//! console's `ESC [ [ A`, rxvt's `ESC [ 5 $`, an X10 mouse report's three raw bytes), and none can say that
//! all it has is a lone ESC, which is a key of its own once nothing follows.
//!
//! Reports of the mouse in xterm's SGR form (`ESC [ < 0 ; 12 ; 5 M`) are kept aside, with their place among the keys.
//! Whatever else is not a key is swallowed whole: pastes, other reports of mouse, focus and cursor, answers of the
//! terminal, unknown sequences and broken UTF-8. Alt with a character is Esc and the character, as in vi: the two
//! look the same when someone types fast, or when a slow line brings them together. That holds for Alt with `]`, `P`,
//! `X`, `^` and `_` too: what begins like an answer of the terminal is one only if it goes on like one.
//!
//! Nothing makes it deaf. A control key breaks off everything but a paste, which may hold any byte; and whatever has
//! not ended some time after its start, or after many bytes, is given up. Ctrl-C within a paste that does not end
//! is heard then.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent};

use crate::keys::{PointerEvent, Pointing, ctrl, key};

/// The time that a lone ESC waits for the rest of a sequence before it is the key Esc.
const ESC_PATIENCE: Duration = Duration::from_millis(30);
/// The time after its start at which any other unfinished sequence is dropped, so that no stray byte makes the program
/// deaf. It is long because the rest may be in the next packet of a slow connection.
const PATIENCE: Duration = Duration::from_secs(1);
/// The length in bytes at which an unfinished sequence other than a paste is dropped.
const LONGEST: usize = 4096;
/// The length in bytes at which a paste is taken to have no end.
const LONGEST_PASTE: usize = 1 << 20;
/// The size in bytes of a chunk that is pasted, not typed: while chunks are this large, the end of the paste is waited
/// for.
const BURST: usize = 64;
/// The number of parameter bytes that are kept; no key has more.
const PARAMETERS: usize = 16;

/// A decoder from bytes to keys. It keeps the state between two chunks of bytes.
#[derive(Debug, Clone, Default)]
pub struct Decoder {
    state: State,
    /// The time at which the pending sequence began.
    since: Option<Instant>,
    /// The length of the pending sequence in bytes.
    length: usize,
    /// The report of the mouse that the last byte has completed.
    report: Option<PointerEvent>,
    /// The reports of the mouse, each with the number of keys that were in the list before it.
    reports: Vec<(usize, PointerEvent)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// A UTF-8 character of which some bytes have arrived.
    Utf8 {
        bytes: [u8; 4],
        have: usize,
        need: usize,
    },
    /// ESC
    Escape,
    /// ESC O, with parameters as old terminals send them.
    Ss3(Parameters),
    /// ESC [
    Csi(Parameters),
    /// ESC [ [: one more byte (function keys of the Linux console).
    Console,
    /// ESC [ M, with the number of bytes that are still to come (an X10 mouse report).
    Mouse(u8),
    /// ESC and one of the bytes that begin a string, or Alt with that key.
    Introducer(u8),
    /// A string: everything up to BEL or ESC \. `escape`: the ESC of its end has arrived.
    Text { escape: bool },
    /// A bracketed paste: everything up to ESC [ 2 0 1 ~, of which `matched` bytes have arrived.
    Paste { matched: usize, interrupted: bool },
}

/// The parameter bytes between a sequence's introducer and its last byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parameters {
    bytes: [u8; PARAMETERS],
    len: usize,
    /// Whether it begins with the mark of a report of the mouse.
    is_report: bool,
    /// Whether it contains something that no key has: a private marker, an intermediate byte, or too many bytes.
    foreign: bool,
}

/// Returns whether a byte right after ESC continues a sequence: `[`, `O`, the introducer of a string, or ESC itself.
const fn begins_sequence(byte: u8) -> bool {
    matches!(byte, b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_' | 0x1b)
}

/// Returns whether a terminal's answer can continue with this byte: the number of an operating system command, a
/// number or the mark of a device control string, the G of graphics. No answer uses the other strings.
const fn begins_answer(introducer: u8, byte: u8) -> bool {
    matches!(
        (introducer, byte),
        (b']' | b'P', b'0'..=b'9') | (b'P', b'>' | b'!') | (b'_', b'G')
    )
}

const PASTE_END: &[u8] = b"\x1b[201~";
const CTRL_C: u8 = 0x03;

impl Decoder {
    /// Decodes bytes that arrived at the time `now`, and appends the keys that they complete to `keys`.
    pub fn feed(&mut self, bytes: &[u8], now: Instant, keys: &mut Vec<KeyEvent>) {
        for &byte in bytes {
            self.length += 1;
            // A string that does not end with this ESC does not end at all.
            if self.state == (State::Text { escape: true }) && byte != b'\\' {
                self.state = State::Escape;
            }
            let goes_on = match self.state {
                State::Escape => begins_sequence(byte),
                State::Introducer(introducer) => begins_answer(introducer, byte),
                _ => true,
            };
            if !goes_on {
                self.give_up(keys);
            }
            keys.extend(self.step(byte));
            let report = self.report.take();
            self.reports
                .extend(report.map(|report| (keys.len(), report)));
            if matches!(self.state, State::Escape | State::Utf8 { have: 1, .. }) {
                self.since = Some(now);
                self.length = 1;
            }
            let longest = match self.state {
                State::Paste { .. } => LONGEST_PASTE,
                _ => LONGEST,
            };
            if self.length >= longest {
                self.give_up(keys);
            }
        }
        if bytes.len() >= BURST && matches!(self.state, State::Paste { .. }) {
            self.since = Some(now);
        }
        // Only now is the time checked: the rest may have been waiting to be read.
        self.expire(now, keys);
    }

    /// Takes the reports of the mouse that have arrived, each with the number of keys that were in the list before it.
    pub fn take_reports(&mut self) -> Vec<(usize, PointerEvent)> {
        std::mem::take(&mut self.reports)
    }

    /// Returns the time at which to call [`Self::expire`] unless more bytes arrive; `None` if nothing is pending.
    pub fn deadline(&self) -> Option<Instant> {
        let patience = match self.state {
            State::Ground => return None,
            State::Escape | State::Introducer(_) => ESC_PATIENCE,
            _ => PATIENCE,
        };
        Some(self.since? + patience)
    }

    /// Gives up the pending sequence if its time is over, and appends the keys that it stands for to `keys`.
    pub fn expire(&mut self, now: Instant, keys: &mut Vec<KeyEvent>) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.give_up(keys);
        }
    }

    /// Ends the pending sequence as it is: a lone ESC is the key Esc, the beginning of a string is Alt with a key,
    /// anything else is dropped.
    fn give_up(&mut self, keys: &mut Vec<KeyEvent>) {
        match std::mem::take(&mut self.state) {
            State::Escape | State::Text { escape: true } => keys.push(key(KeyCode::Esc)),
            State::Introducer(byte) => {
                keys.extend([key(KeyCode::Esc), key(KeyCode::Char(char::from(byte)))]);
            }
            State::Paste {
                interrupted: true, ..
            } => keys.extend(self.ground(CTRL_C)),
            _ => {}
        }
    }

    fn step(&mut self, byte: u8) -> Option<KeyEvent> {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte),
            State::Utf8 { bytes, have, need } => self.continuation(bytes, have, need, byte),
            State::Escape => self.escape(byte),
            State::Ss3(parameters) => self.ss3(parameters, byte),
            State::Csi(parameters) => self.csi(parameters, byte),
            State::Console | State::Mouse(1) => self.last(byte),
            State::Mouse(left) => {
                if byte < 0x20 {
                    return self.ground(byte);
                }
                self.state = State::Mouse(left - 1);
                None
            }
            State::Introducer(_) => {
                self.state = State::Text { escape: false };
                None
            }
            State::Text { escape } => {
                match byte {
                    0x07 => {}
                    b'\\' if escape => {}
                    0x1b => self.state = State::Text { escape: true },
                    ..0x20 => return self.ground(byte),
                    _ => self.state = State::Text { escape: false },
                }
                None
            }
            State::Paste {
                matched,
                interrupted,
            } => {
                // ESC stands only at the front of the mark, so a mismatch can restart only there.
                let matched = if byte == PASTE_END[matched] {
                    matched + 1
                } else {
                    usize::from(byte == PASTE_END[0])
                };
                if matched < PASTE_END.len() {
                    let interrupted = interrupted || byte == CTRL_C;
                    self.state = State::Paste {
                        matched,
                        interrupted,
                    };
                }
                None
            }
        }
    }

    fn ground(&mut self, byte: u8) -> Option<KeyEvent> {
        match byte {
            0x1b => {
                self.state = State::Escape;
                None
            }
            b'\r' | b'\n' => Some(key(KeyCode::Enter)),
            b'\t' => Some(key(KeyCode::Tab)),
            0x08 | 0x7f => Some(key(KeyCode::Backspace)),
            0x01..=0x1a => Some(ctrl(char::from(byte - 1 + b'a'))),
            b' '..=b'~' => Some(key(KeyCode::Char(char::from(byte)))),
            0xc2..=0xf4 => {
                let need = match byte {
                    0xc2..0xe0 => 2,
                    0xe0..0xf0 => 3,
                    _ => 4,
                };
                self.state = State::Utf8 {
                    bytes: [byte, 0, 0, 0],
                    have: 1,
                    need,
                };
                None
            }
            _ => None,
        }
    }

    fn continuation(
        &mut self,
        mut bytes: [u8; 4],
        have: usize,
        need: usize,
        byte: u8,
    ) -> Option<KeyEvent> {
        if !(0x80..0xc0).contains(&byte) {
            return self.ground(byte);
        }
        bytes[have] = byte;
        if have + 1 < need {
            self.state = State::Utf8 {
                bytes,
                have: have + 1,
                need,
            };
            return None;
        }
        let character = std::str::from_utf8(&bytes[..need]).ok()?.chars().next()?;
        (!character.is_control()).then_some(key(KeyCode::Char(character)))
    }

    fn escape(&mut self, byte: u8) -> Option<KeyEvent> {
        match byte {
            b'[' => self.state = State::Csi(Parameters::default()),
            b'O' => self.state = State::Ss3(Parameters::default()),
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::Introducer(byte),
            // The first ESC was a key, and this one begins anew.
            0x1b => {
                self.state = State::Escape;
                return Some(key(KeyCode::Esc));
            }
            _ => {}
        }
        None
    }

    fn ss3(&mut self, mut parameters: Parameters, byte: u8) -> Option<KeyEvent> {
        match byte {
            b'0'..=b'?' => {
                parameters.push(byte);
                self.state = State::Ss3(parameters);
                None
            }
            ..0x20 => self.ground(byte),
            _ if parameters.foreign => None,
            b'A' | b'a' => Some(key(KeyCode::Up)),
            b'B' | b'b' => Some(key(KeyCode::Down)),
            b'C' | b'c' => Some(key(KeyCode::Right)),
            b'D' | b'd' => Some(key(KeyCode::Left)),
            b'H' => Some(key(KeyCode::Home)),
            b'F' => Some(key(KeyCode::End)),
            // The keypad in its application mode.
            b'M' => Some(key(KeyCode::Enter)),
            b'I' => Some(key(KeyCode::Tab)),
            b' ' => Some(key(KeyCode::Char(' '))),
            b'X' => Some(key(KeyCode::Char('='))),
            b'j'..=b'y' => Some(key(KeyCode::Char(char::from(byte - 0x40)))),
            _ => None,
        }
    }

    fn csi(&mut self, mut parameters: Parameters, byte: u8) -> Option<KeyEvent> {
        match byte {
            // rxvt ends Shift with a special key in `$`, elsewhere an intermediate byte.
            b'$' if parameters.len > 0 && parameters.numbers().1.is_none() => parameters.special(),
            b' '..=b'?' => {
                parameters.push(byte);
                self.state = State::Csi(parameters);
                None
            }
            ..0x20 => self.ground(byte),
            b'[' if parameters.is_empty() => {
                self.state = State::Console;
                None
            }
            b'M' if parameters.is_empty() => {
                self.state = State::Mouse(3);
                None
            }
            b'M' | b'm' if parameters.is_report => {
                self.report = parameters.report(byte == b'M');
                None
            }
            b'~' if parameters.numbers() == (Some(200), None) && !parameters.is_report => {
                self.state = State::Paste {
                    matched: 0,
                    interrupted: false,
                };
                None
            }
            b'~' | b'^' | b'@' => parameters.special(),
            _ if parameters.foreign || parameters.is_report => None,
            // Lower case: rxvt with Shift.
            b'A' | b'a' => Some(key(KeyCode::Up)),
            b'B' | b'b' => Some(key(KeyCode::Down)),
            b'C' | b'c' => Some(key(KeyCode::Right)),
            b'D' | b'd' => Some(key(KeyCode::Left)),
            b'H' => Some(key(KeyCode::Home)),
            b'F' => Some(key(KeyCode::End)),
            b'Z' => Some(key(KeyCode::BackTab)),
            _ => None,
        }
    }

    /// Handles the last byte of a sequence that is no key. Returns the key of the byte if it is a key press of its
    /// own.
    fn last(&mut self, byte: u8) -> Option<KeyEvent> {
        if byte < 0x20 { self.ground(byte) } else { None }
    }
}

impl Parameters {
    fn is_empty(&self) -> bool {
        self.len == 0 && !self.foreign && !self.is_report
    }

    fn push(&mut self, byte: u8) {
        if byte == b'<' && self.is_empty() {
            self.is_report = true;
        } else if self.len < PARAMETERS && matches!(byte, b'0'..=b'9' | b';') {
            self.bytes[self.len] = byte;
            self.len += 1;
        } else {
            self.foreign = true;
        }
    }

    /// Returns the first two numbers, each `None` if it is missing or too large.
    fn numbers(&self) -> (Option<u16>, Option<u16>) {
        let mut fields = self.bytes[..self.len]
            .split(|&byte| byte == b';')
            .map(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        (fields.next().flatten(), fields.next().flatten())
    }

    /// Returns the report of the mouse `ESC [ < button ; column ; row M`, or `m` where the button is let go; `None` for what
    /// has no meaning here, such as the wheel, and with Shift, which is the terminal's own.
    fn report(&self, is_down: bool) -> Option<PointerEvent> {
        const SHIFT: u16 = 4;
        const MOTION: u16 = 32;
        const WHEEL: u16 = 64;
        let text = std::str::from_utf8(&self.bytes[..self.len]).ok()?;
        let mut numbers = text.split(';').map(|digits| digits.parse::<u16>().ok());
        let mut number = || numbers.next().flatten();
        let (code, column, row) = (number()?, number()?, number()?);
        if self.foreign || numbers.next().is_some() || code >= WHEEL || code & SHIFT != 0 {
            return None;
        }
        let pointing = match (code & 3, is_down, code & MOTION != 0) {
            (0, true, false) => Pointing::Press,
            (0, true, true) => Pointing::Drag,
            (0, false, _) => Pointing::Release,
            (2, true, false) => Pointing::Turn,
            _ => return None,
        };
        Some(PointerEvent {
            pointing,
            column: column.checked_sub(1)?,
            row: row.checked_sub(1)?,
        })
    }

    /// Returns the key of `ESC [ n ~`, with a modifier if there is one after n.
    fn special(&self) -> Option<KeyEvent> {
        if self.foreign || self.is_report {
            return None;
        }
        match self.numbers().0? {
            // 1 and 4: Linux console, PuTTY, tmux; 7 and 8: rxvt.
            1 | 7 => Some(key(KeyCode::Home)),
            4 | 8 => Some(key(KeyCode::End)),
            3 => Some(key(KeyCode::Delete)),
            5 => Some(key(KeyCode::PageUp)),
            6 => Some(key(KeyCode::PageDown)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(bytes: &[u8]) -> Vec<KeyEvent> {
        let mut keys = Vec::new();
        Decoder::default().feed(bytes, Instant::now(), &mut keys);
        keys
    }

    /// Returns every sequence that is one key, with the key.
    fn known() -> Vec<(&'static [u8], KeyEvent)> {
        let mut known: Vec<(&[u8], KeyEvent)> = vec![
            (b"a", key(KeyCode::Char('a'))),
            (b" ", key(KeyCode::Char(' '))),
            (b"~", key(KeyCode::Char('~'))),
            ("δ".as_bytes(), key(KeyCode::Char('δ'))),
            ("→".as_bytes(), key(KeyCode::Char('→'))),
            ("🦀".as_bytes(), key(KeyCode::Char('🦀'))),
            (b"\r", key(KeyCode::Enter)),
            (b"\n", key(KeyCode::Enter)),
            (b"\x1bOM", key(KeyCode::Enter)),
            (b"\t", key(KeyCode::Tab)),
            (b"\x1b[Z", key(KeyCode::BackTab)),
            (b"\x08", key(KeyCode::Backspace)),
            (b"\x7f", key(KeyCode::Backspace)),
            (b"\x01", ctrl('a')),
            (b"\x03", ctrl('c')),
            (b"\x1a", ctrl('z')),
            (b"\x1bOq", key(KeyCode::Char('1'))),
            (b"\x1bOk", key(KeyCode::Char('+'))),
        ];
        let forms: [(&[&[u8]], KeyEvent); 9] = [
            (
                &[
                    b"\x1b[A",
                    b"\x1bOA",
                    b"\x1b[1;2A",
                    b"\x1b[1;5A",
                    b"\x1b[a",
                    b"\x1bOa",
                    b"\x1bO5A",
                ],
                key(KeyCode::Up),
            ),
            (
                &[b"\x1b[B", b"\x1bOB", b"\x1b[1;3B", b"\x1b[b", b"\x1bOb"],
                key(KeyCode::Down),
            ),
            (
                &[b"\x1b[C", b"\x1bOC", b"\x1b[1;5C", b"\x1b[c", b"\x1bOc"],
                key(KeyCode::Right),
            ),
            (
                &[b"\x1b[D", b"\x1bOD", b"\x1b[1;5D", b"\x1b[d", b"\x1bOd"],
                key(KeyCode::Left),
            ),
            (
                &[
                    b"\x1b[H",
                    b"\x1bOH",
                    b"\x1b[1~",
                    b"\x1b[7~",
                    b"\x1b[1;2H",
                    b"\x1b[7$",
                    b"\x1b[7^",
                ],
                key(KeyCode::Home),
            ),
            (
                &[
                    b"\x1b[F",
                    b"\x1bOF",
                    b"\x1b[4~",
                    b"\x1b[8~",
                    b"\x1b[1;5F",
                    b"\x1b[8@",
                ],
                key(KeyCode::End),
            ),
            (
                &[b"\x1b[5~", b"\x1b[5;5~", b"\x1b[5$"],
                key(KeyCode::PageUp),
            ),
            (
                &[b"\x1b[6~", b"\x1b[6;2~", b"\x1b[6^"],
                key(KeyCode::PageDown),
            ),
            (
                &[b"\x1b[3~", b"\x1b[3;5~", b"\x1b[3$"],
                key(KeyCode::Delete),
            ),
        ];
        for (sequences, key) in forms {
            known.extend(sequences.iter().map(|&sequence| (sequence, key)));
        }
        known
    }

    /// Sequences that are no key.
    const FOREIGN: &[&[u8]] = &[
        b"\x00",
        b"\x1c",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\xbf\xbf\xbf",
        b"\xc2\x9b",
        b"\x1b[2~",
        b"\x1b[15~",
        b"\x1b[[A",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b[M !!",
        b"\x1b[<0;10;10M",
        b"\x1b[<0;10;10m",
        b"\x1b[32;10;10M",
        b"\x1b[?1;2c",
        b"\x1b[>41;354;0c",
        b"\x1b[24;80R",
        b"\x1b[?2026;2$y",
        b"\x1b[4;2$y",
        b"\x1b[113;5u",
        b"\x1b[1;1:3A",
        b"\x1b[99999999999999999999~",
        b"\x1b[1;2;3;4;5;6;7;8;9;10;11A",
        b"\x1b[200~q\r\x03\x1b[A\x1b\x1b[201~",
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1b]11;rgb:q/q/q\x07",
        b"\x1bP1$r0m\x1b\\",
        b"\x1bP>|XTerm(q)\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1bOP",
    ];

    /// The beginnings of sequences that may be long.
    const STARTS: &[&[u8]] = &[
        b"\x1b",
        b"\x1b[",
        b"\x1bO",
        b"\x1b]1",
        b"\x1bP",
        b"\x1bX",
        b"\x1b^",
        b"\x1b_G",
        b"\x1b[200~",
        b"\x1b[M",
    ];

    #[test]
    fn every_known_sequence_is_its_key() {
        for (sequence, key) in known() {
            assert_eq!(
                keys(sequence),
                [key],
                "{:?}",
                sequence.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn what_is_no_key_is_swallowed_whole() {
        for sequence in FOREIGN {
            let mut bytes = sequence.to_vec();
            bytes.push(b'k');
            assert_eq!(
                keys(&bytes),
                [key(KeyCode::Char('k'))],
                "{:?}",
                sequence.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn the_mouse_is_reported_among_the_keys() {
        use Pointing::{Drag, Press, Release, Turn};
        let mut decoder = Decoder::default();
        let (mut keys, now) = (Vec::new(), Instant::now());
        let bytes = b"a\x1b[<0;12;5M\x1b[<32;13;5Mb\x1b[<0;13;5mc\x1b[<2;1;1M\x1b[<10;300;200m";
        for byte in bytes {
            decoder.feed(&[*byte], now, &mut keys);
        }
        assert_eq!(keys, ['a', 'b', 'c'].map(|c| key(KeyCode::Char(c))));
        let reports = decoder.take_reports().into_iter();
        let reports: Vec<_> = reports
            .map(|(keys, report)| (keys, report.pointing, report.column, report.row))
            .collect();
        assert_eq!(
            reports,
            [
                (1, Press, 11, 4),
                (1, Drag, 12, 4),
                (2, Release, 12, 4),
                (3, Turn, 0, 0),
            ]
        );
        assert!(decoder.take_reports().is_empty());
        // The wheel, a movement without a button, Shift, and what is no report.
        for none in [
            &b"\x1b[<64;3;3M"[..],
            b"\x1b[<35;3;3M",
            b"\x1b[<4;3;3M",
            b"\x1b[<0;0;3M",
            b"\x1b[<0;3M",
            b"\x1b[<0;3;3;3M",
            b"\x1b[<0;3;99999M",
            b"\x1b[<0;3;3~",
            b"\x1b[<A",
            b"\x1b[0;3;3M",
            b"\x1b[0;<3;3M",
        ] {
            decoder.feed(none, now, &mut keys);
            assert!(decoder.take_reports().is_empty(), "{}", none.escape_ascii());
        }
        assert_eq!(keys.len(), 3);
    }

    #[test]
    fn esc_and_a_character_at_once_are_both_keys() {
        assert_eq!(keys(b"\x1bx"), [key(KeyCode::Esc), key(KeyCode::Char('x'))]);
        assert_eq!(
            keys(b"\x1b\xce\xb4"),
            [key(KeyCode::Esc), key(KeyCode::Char('δ'))]
        );
        assert_eq!(keys(b"\x1b\x03"), [key(KeyCode::Esc), ctrl('c')]);
        assert_eq!(keys(b"\x1b13G").len(), 4);
    }

    /// Returns the keys that bytes lead to when none follow, and how long that takes.
    fn left_alone(bytes: &[u8]) -> (Vec<KeyEvent>, Duration) {
        let start = Instant::now();
        let mut decoder = Decoder::default();
        let mut keys = Vec::new();
        decoder.feed(bytes, start, &mut keys);
        assert!(keys.is_empty());
        let deadline = decoder.deadline().unwrap();
        decoder.expire(
            deadline.checked_sub(Duration::from_nanos(1)).unwrap(),
            &mut keys,
        );
        assert!(keys.is_empty());
        decoder.expire(deadline, &mut keys);
        assert_eq!(decoder.deadline(), None);
        let given = keys.len();
        decoder.expire(deadline + PATIENCE, &mut keys);
        assert_eq!(keys.len(), given);
        decoder.feed(b"k", deadline, &mut keys);
        assert_eq!(keys.pop(), Some(key(KeyCode::Char('k'))));
        (keys, deadline - start)
    }

    #[test]
    fn a_lone_esc_is_a_key_once_nothing_follows() {
        assert_eq!(left_alone(b"\x1b"), (vec![key(KeyCode::Esc)], ESC_PATIENCE));
    }

    #[test]
    fn alt_with_what_begins_a_string_is_esc_and_that_key() {
        for introducer in "]PX^_".chars() {
            let alt = format!("\x1b{introducer}");
            let expected = [key(KeyCode::Esc), key(KeyCode::Char(introducer))];
            assert_eq!(
                left_alone(alt.as_bytes()),
                (expected.to_vec(), ESC_PATIENCE)
            );
            for (next, after) in [
                ("l", key(KeyCode::Char('l'))),
                (" ", key(KeyCode::Char(' '))),
                ("\r", key(KeyCode::Enter)),
                ("\x03", ctrl('c')),
                ("\x1b[C", key(KeyCode::Right)),
            ] {
                let bytes = format!("{alt}{next}");
                assert_eq!(keys(bytes.as_bytes()), [&expected[..], &[after]].concat());
            }
        }
    }

    #[test]
    fn a_string_that_goes_on_like_no_answer_is_broken_off_by_esc() {
        assert_eq!(keys(b"\x1b]11;rgb\x1b[A"), [key(KeyCode::Up)]);
        assert_eq!(
            keys(b"\x1bP1ll\x1b\x1bx"),
            [
                key(KeyCode::Esc),
                key(KeyCode::Esc),
                key(KeyCode::Char('x'))
            ]
        );
        assert_eq!(
            left_alone(b"\x1b]11;rgb\x1b"),
            (vec![key(KeyCode::Esc)], PATIENCE)
        );
    }

    #[test]
    fn esc_before_another_sequence_counts() {
        assert_eq!(keys(b"\x1b\x1b[A"), [key(KeyCode::Esc), key(KeyCode::Up)]);
    }

    #[test]
    fn control_keys_break_off_a_sequence() {
        for start in [
            &b"\x1b["[..],
            b"\x1b[1;",
            b"\x1bO",
            b"\x1b[[",
            b"\x1b[M",
            b"\x1b[M!!",
            b"\x1b]11;rgb",
            b"\x1bP1$r",
            b"\x1b_Gi",
            b"\xe2\x86",
        ] {
            let mut bytes = start.to_vec();
            bytes.push(0x03);
            assert_eq!(
                keys(&bytes),
                [ctrl('c')],
                "{:?}",
                start.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn an_unfinished_sequence_is_dropped_in_the_end() {
        for start in [
            &b"\x1b["[..],
            b"\x1b]0;",
            b"\x1b[200~rm",
            b"\x1b[M!",
            b"\xce",
            b"\x1bO",
        ] {
            assert_eq!(left_alone(start), (vec![], PATIENCE));
        }
    }

    #[test]
    fn a_long_paste_on_a_slow_line_is_swallowed_whole() {
        let start = Instant::now();
        let mut decoder = Decoder::default();
        let mut keys = Vec::new();
        decoder.feed(b"\x1b[200~", start, &mut keys);
        for second in 0..60 {
            let now = start + second * PATIENCE * 9 / 10;
            decoder.feed(&b"quit now ".repeat(100), now, &mut keys);
        }
        let end = start + 60 * PATIENCE * 9 / 10;
        decoder.feed(b"\x1b[201~k", end, &mut keys);
        assert_eq!(keys, [key(KeyCode::Char('k'))]);
    }

    #[test]
    fn keys_that_keep_coming_do_not_keep_it_deaf() {
        for start in [&b"\x1b[200~rm"[..], b"\x1b]1", b"\x1bP1", b"\x1b["] {
            let start_time = Instant::now();
            let mut decoder = Decoder::default();
            let mut keys = Vec::new();
            decoder.feed(start, start_time, &mut keys);
            for presses in 1..=9 {
                decoder.feed(b"1", start_time + presses * PATIENCE / 9, &mut keys);
            }
            assert_eq!(keys, []);
            decoder.feed(b"k", start_time + PATIENCE, &mut keys);
            assert_eq!(keys, [key(KeyCode::Char('k'))]);

            keys.clear();
            decoder.feed(start, start_time, &mut keys);
            decoder.feed(&vec![b'1'; LONGEST_PASTE], start_time, &mut keys);
            keys.clear();
            decoder.feed(b"k", start_time, &mut keys);
            assert_eq!(keys, [key(KeyCode::Char('k'))]);
        }
    }

    #[test]
    fn ctrl_c_in_a_paste_without_an_end_is_heard_in_time() {
        let paste = b"\x1b[200~rm\x03";
        assert_eq!(left_alone(paste), (vec![ctrl('c')], PATIENCE));
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            chunk in 1_usize..7,
        ) {
            let known = known();
            let mut bytes = Vec::new();
            let mut expected = Vec::new();
            for pick in picks {
                let at = pick.index(known.len() + FOREIGN.len());
                if let Some((sequence, key)) = known.get(at) {
                    bytes.extend_from_slice(sequence);
                    expected.push(*key);
                } else {
                    // The letter ends the broken sequence, so that the next sequence stands for itself.
                    bytes.extend_from_slice(FOREIGN[at - known.len()]);
                    bytes.push(b'k');
                    expected.push(key(KeyCode::Char('k')));
                }
            }
            let mut decoder = Decoder::default();
            let mut got = Vec::new();
            let now = Instant::now();
            for part in bytes.chunks(chunk) {
                decoder.feed(part, now, &mut got);
            }
            prop_assert_eq!(got, expected);
        }

        #[test]
        fn garbage_never_panics_and_makes_no_control_characters(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let now = Instant::now();
            let mut decoder = Decoder::default();
            let mut keys = Vec::new();
            decoder.feed(&bytes, now, &mut keys);
            decoder.expire(now + PATIENCE, &mut keys);
            prop_assert!(keys.len() <= bytes.len());
            for key in &keys {
                if let KeyCode::Char(character) = key.code {
                    prop_assert!(!character.is_control());
                }
            }
            // The next key is decoded, whatever came before it.
            keys.clear();
            decoder.feed(b"q", now, &mut keys);
            prop_assert_eq!(keys, vec![key(KeyCode::Char('q'))]);
        }

        #[test]
        fn ctrl_c_is_heard_whatever_came_before(
            parts in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..20),
                    "[ -~]{0,20}".prop_map(String::into_bytes),
                    prop::sample::select(FOREIGN).prop_map(<[u8]>::to_vec),
                    prop::sample::select(STARTS).prop_map(<[u8]>::to_vec),
                ],
                0..10,
            ),
        ) {
            let now = Instant::now();
            let mut decoder = Decoder::default();
            let mut keys = Vec::new();
            decoder.feed(&parts.concat(), now, &mut keys);
            keys.clear();
            // At once, unless a paste has no end.
            let is_paste = matches!(decoder.state, State::Paste { .. });
            decoder.feed(b"\x03", now, &mut keys);
            prop_assert_eq!(keys.last() == Some(&ctrl('c')), !is_paste);
            let mut waited = decoder.clone();
            waited.expire(now + PATIENCE, &mut keys);
            prop_assert_eq!(keys.last(), Some(&ctrl('c')));
            keys.clear();
            let most = if is_paste { LONGEST_PASTE } else { LONGEST };
            decoder.feed(&vec![b'\x03'; most], now, &mut keys);
            prop_assert!(keys.contains(&ctrl('c')));
        }

        #[test]
        fn garbage_inside_a_sequence_is_no_key(
            middle in "[0-9;:<=>?!-/]{0,40}",
            last in prop::sample::select(b"GJKLNPQRSTUVWXY\\]_efghijklmnopqrstuvwxyz{|}".to_vec()),
        ) {
            // `$` may end a key of rxvt, and what follows it is a key of its own.
            prop_assume!(!middle.contains('$'));
            let mut bytes = b"\x1b[".to_vec();
            bytes.extend_from_slice(middle.as_bytes());
            bytes.push(last);
            prop_assert_eq!(keys(&bytes), vec![]);
        }
    }
}
