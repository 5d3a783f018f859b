//! A transcript on standard input and output.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Failure, compile, warn};
use crate::app::{Catalogue, LabTranscript, Learner, Pending, ProgressKeeper, SETTLED, Transcript};
use crate::session::Effect;
use crate::terminal;

/// The most bytes of a line; a longer one is no answer.
const LONGEST_LINE: u64 = 4096;

/// The most bytes that are skipped at the end of a line that is too long.
const LONGEST_INPUT: u64 = 1 << 20;

/// Runs a transcript until the learner quits, leaves practice for the list of lessons, or the input ends. Returns how
/// it was left, the progress keeper and the learner.
pub(super) fn run(
    mut transcript: Transcript,
    catalogue: &Catalogue,
    out: &mut impl Write,
) -> Result<(Effect, ProgressKeeper, Option<Learner>), Failure> {
    let pending = Arc::new(Mutex::new(None::<Pending>));
    let settling = keep_what_settles(Arc::clone(&pending));
    let owe = |what| {
        *pending.lock().unwrap_or_else(PoisonError::into_inner) = what;
        // It ends with this function, not before.
        let _ = settling.send(());
    };
    let theirs = Arc::clone(&pending);
    // If signals cannot be waited for, they end the program as they do by default.
    let _ = terminal::before_end(move || {
        let pending = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pending) = &*pending {
            pending.keep();
        }
    });
    let mut input = Input {
        lines: io::stdin().lock(),
        prompt: io::stdin().is_terminal(),
    };
    let left = loop {
        if let Err(error) = out.write_all(transcript.take_output().as_bytes()) {
            break Err(error.into());
        }
        warn(transcript.warning());
        owe(transcript.pending());
        let line = match input.line(out) {
            Ok(Some(line)) => line,
            Ok(None) => break Ok(Effect::Quit),
            Err(failure) => break Err(failure),
        };
        transcript.resize(usize::from(terminal::width()));
        match transcript.take_in(&line) {
            Ok(Effect::Open(name)) => match compile(catalogue, &name) {
                Ok(trace) => transcript.enter(name.as_ref(), trace, None)?,
                Err(error) => transcript.refuse(&error),
            },
            Ok(effect @ (Effect::Quit | Effect::Menu)) => break Ok(effect),
            Ok(_) => {}
            Err(no) => break Err(Failure::Other(no.to_string())),
        }
    };
    transcript.end();
    // Not earlier: a signal may end the program in the middle of that.
    owe(None);
    let effect = left?;
    out.write_all(transcript.take_output().as_bytes())?;
    warn(transcript.warning());
    let (keeper, learner) = transcript.into_parts();
    Ok((effect, keeper, learner))
}

/// Keeps the place of what is pending when nothing has been sent for some seconds, once each time: what breaks off in
/// silence gives no other chance to.
fn keep_what_settles(pending: Arc<Mutex<Option<Pending>>>) -> Sender<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        while receiver.recv().is_ok() {
            while receiver.recv_timeout(SETTLED) == Ok(()) {}
            let settled = pending
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            if let Some(settled) = settled {
                settled.keep_place();
            }
        }
    });
    sender
}

/// The lines of the learner.
struct Input<R> {
    lines: R,
    /// Whether a person types them, who is shown a prompt.
    prompt: bool,
}

impl<R: BufRead> Input<R> {
    /// Returns the next line that is not too long; `None` at the end of input.
    fn line(&mut self, out: &mut impl Write) -> Result<Option<String>, Failure> {
        let is_cut = |part: &[u8]| part.len() as u64 == LONGEST_LINE && !part.ends_with(b"\n");
        loop {
            if self.prompt {
                write!(out, "> ")?;
            }
            out.flush()?;
            let mut line = Vec::new();
            if self.read_part(&mut line)? == 0 {
                if self.prompt {
                    // The shell's prompt begins on a line of its own.
                    writeln!(out)?;
                }
                return Ok(None);
            }
            if !is_cut(&line) {
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
            // The rest of the line is no answer either, and a line that never ends counts as the end of input.
            let mut left = LONGEST_INPUT;
            while is_cut(&line) {
                line.clear();
                self.read_part(&mut line)?;
                left = left.checked_sub(LONGEST_LINE).ok_or_else(|| {
                    Failure::Other("a line of standard input is far too long for an answer".into())
                })?;
            }
            writeln!(
                out,
                "That line is too long: at most {LONGEST_LINE} bytes are read."
            )?;
        }
    }

    /// Reads a line, or as much of it as is read at once.
    fn read_part(&mut self, line: &mut Vec<u8>) -> Result<usize, Failure> {
        let mut input = (&mut self.lines).take(LONGEST_LINE);
        input.read_until(b'\n', line).map_err(Failure::Input)
    }
}

/// Runs the lab as lines of text until the learner quits or the input ends.
pub(super) fn run_lab(mut transcript: LabTranscript, out: &mut impl Write) -> Result<(), Failure> {
    let mut input = Input {
        lines: io::stdin().lock(),
        prompt: io::stdin().is_terminal(),
    };
    loop {
        out.write_all(transcript.take_output().as_bytes())?;
        let Some(line) = input.line(out)? else {
            return Ok(());
        };
        transcript.resize(usize::from(terminal::width()));
        if transcript.take_in(&line) == Effect::Quit {
            return Ok(());
        }
    }
}
