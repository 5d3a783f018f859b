//! A class as lines of text: what is typed and what the hub says are waited for at once.

use std::io::Write;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;

use super::Failure;
use crate::app::{ClassTranscript, Event};
use crate::cli::link::Link;
use crate::terminal;

/// The most bytes of a line.
const LONGEST_LINE: usize = 4096;

/// Runs the conversation until the member leaves or the input ends. Returns whether the class has ended.
pub(super) fn run(
    mut transcript: ClassTranscript,
    mut link: Link,
    out: &mut impl Write,
) -> Result<bool, Failure> {
    let began = Instant::now();
    let mut typed = Typed::default();
    loop {
        for message in transcript.take_messages() {
            link.send(&message);
        }
        out.write_all(transcript.take_output().as_bytes())?;
        out.flush()?;
        let has_input = wait(&transcript, &link)?;
        for event in link.take() {
            transcript.hear(event, began.elapsed());
        }
        transcript.hear(Event::Tick, began.elapsed());
        if has_input {
            typed.read()?;
        }
        transcript.resize(usize::from(terminal::width()));
        while let Some(line) = typed.line() {
            let leaves = transcript.take_in(&line, began.elapsed());
            for message in transcript.take_messages() {
                link.send(&message);
            }
            if leaves {
                out.write_all(transcript.take_output().as_bytes())?;
                return Ok(transcript.has_ended());
            }
        }
        if typed.has_ended {
            out.write_all(transcript.take_output().as_bytes())?;
            return Ok(transcript.has_ended());
        }
    }
}

/// Waits for something to do. Returns whether something was typed.
fn wait(transcript: &ClassTranscript, link: &Link) -> Result<bool, Failure> {
    let input = stdin();
    let mut files = vec![PollFd::new(&input, PollFlags::IN)];
    let line = link.waited();
    if let Some(line) = &line {
        files.push(PollFd::new(&line.input, PollFlags::IN));
        files.extend(
            line.output
                .as_ref()
                .map(|output| PollFd::new(output, PollFlags::OUT)),
        );
    }
    let waits = transcript.next_wake().into_iter().chain(link.patience());
    let patience = waits.min().map(|wait| wait.try_into().unwrap_or_default());
    match poll(&mut files, patience.as_ref()) {
        Ok(_) => Ok(!files[0].revents().is_empty()),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(Failure::Input(error.into())),
    }
}

/// What is typed.
#[derive(Debug, Default)]
struct Typed {
    bytes: Vec<u8>,
    has_ended: bool,
    /// Whether the line is too long: what is left of it is skipped.
    is_skipping: bool,
}

impl Typed {
    /// Reads what is there.
    fn read(&mut self) -> Result<(), Failure> {
        let mut bytes = [0; LONGEST_LINE];
        match rustix::io::read(stdin(), &mut bytes) {
            Ok(0) | Err(Errno::IO) => self.has_ended = true,
            Ok(count) => self.bytes.extend(&bytes[..count]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(Failure::Input(error.into())),
        }
        Ok(())
    }

    /// Takes the next line, or the last one that has no end.
    fn line(&mut self) -> Option<String> {
        loop {
            let end = self.bytes.iter().position(|byte| *byte == b'\n');
            let end = match end {
                Some(end) => end + 1,
                None if self.bytes.len() > LONGEST_LINE => {
                    self.is_skipping = true;
                    self.bytes.clear();
                    return None;
                }
                None if self.has_ended && !self.bytes.is_empty() => self.bytes.len(),
                None => return None,
            };
            let line: Vec<u8> = self.bytes.drain(..end).collect();
            if std::mem::take(&mut self.is_skipping) || line.len() > LONGEST_LINE {
                continue;
            }
            let line = String::from_utf8_lossy(&line);
            // What moves a cursor is no answer.
            return Some(line.chars().filter(|c| !c.is_control()).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_as_they_come() {
        let mut typed = Typed::default();
        typed.bytes.extend(b"next\nba");
        assert_eq!(typed.line().as_deref(), Some("next"));
        assert_eq!(typed.line(), None);
        typed.bytes.extend([b'x'; 10_000]);
        assert_eq!(typed.line(), None);
        typed.bytes.extend(b"yyy\nhand\n\x1b[A\nlast");
        assert_eq!(typed.line().as_deref(), Some("hand"));
        assert_eq!(typed.line().as_deref(), Some("[A"));
        assert_eq!(typed.line(), None);
        typed.has_ended = true;
        assert_eq!(typed.line().as_deref(), Some("last"));
        assert_eq!(typed.line(), None);
    }
}
