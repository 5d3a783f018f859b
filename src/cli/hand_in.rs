//! The command that writes what a student has answered in a lesson to a file.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

use super::{Failure, compile, output};
use crate::app::homework::HandIn;
use crate::app::{Catalogue, quoted};
use crate::lesson::{readable, shown};
use crate::store::{Store, fingerprint};
use crate::tutor::practice::Student;

/// Prints the hand-in, or writes it to a file.
pub(super) fn run(
    catalogue: Catalogue,
    name: &OsStr,
    student: &Student,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let lesson = catalogue.library().open(name)?;
    let catalogue = catalogue.of_student(Some(student.clone()));
    let trace = compile(&catalogue, name)?;
    let store = Store::locate(|name| env::var_os(name))?;
    let progress = store.read()?;
    let opens = format!(
        "nn-tutor lesson {} --student {student}",
        quoted(&readable(name))
    );
    let kept = progress.lessons.get(&catalogue.key(name));
    let Some(kept) = kept.filter(|kept| !kept.answers.is_empty()) else {
        return Err(Failure::Other(format!(
            "{student} has answered nothing in this lesson yet\nhelp: `{opens}` opens it"
        )));
    };
    if !kept.is_of(&fingerprint(&trace.lesson().source.text), trace.len()) {
        return Err(Failure::Other(format!(
            "the lesson has changed since it was answered\nhelp: `{opens}` opens it as it is now, with the answers that still \
             belong to it; leave it again, then hand it in"
        )));
    }
    let mut hand_in = HandIn::new(&lesson, trace.len(), student, store.now());
    for answer in &kept.answers {
        hand_in.add(&answer.record, answer.since, answer.at);
    }
    let text = hand_in.text().map_err(std::io::Error::from)?;
    output::write(output, out, |out| out.write_all(text.as_bytes()))?;
    if let Some(path) = output::file(output) {
        let asked = (0..trace.len()).filter(|&index| trace.ask(index).is_some());
        let asked: Vec<usize> = asked.map(|index| index + 1).collect();
        let seen = hand_in.answers.iter().filter(|it| asked.contains(&it.step));
        let (answered, looked): (Vec<_>, Vec<_>) = seen.partition(|it| !it.typed.is_empty());
        let looked = match looked.len() {
            0 => String::new(),
            1 => "; the answer of 1 was only looked up".to_owned(),
            n => format!("; the answers of {n} were only looked up"),
        };
        writeln!(
            out,
            "{} is written: {} of {} questions are answered{looked}.",
            shown(path),
            answered.len(),
            asked.len()
        )?;
    }
    Ok(())
}
