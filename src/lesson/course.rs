//! The place of a lesson in the course: the lessons that should come before it, and the shorter way through.

use super::error::{Problem, Report};
use super::form;
use super::sanitize::quoted;
use super::suggest::did_you_mean;
use super::yaml::{self, At};
use super::{Lesson, LessonError, read};

/// The lessons of the shorter way through the course, which takes an evening, in order.
pub const EVENING: [&str; 8] = [
    "neuron",
    "network",
    "loss",
    "chain-rule",
    "upstream",
    "grounded",
    "epochs",
    "overfitting",
];

/// Returns the place of a lesson among those of one evening, from 0.
pub fn place_in_evening(name: &str) -> Option<usize> {
    EVENING.iter().position(|other| *other == name)
}

impl Lesson {
    /// Checks that every lesson that should come before this one is among these names.
    ///
    /// # Errors
    /// When some are not; the error gives the place of each.
    pub fn check_needs(&self, names: &[impl AsRef<str>]) -> Result<(), LessonError> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let mut report = Report::default();
        // The text has been parsed before.
        if let Some(mut root) = report.keep(yaml::parse(&self.source.text))
            && let Some(form) = read::lesson(&mut root, &mut report)
        {
            check_needs(&form.needs, At::root(&root), &names, &mut report);
        }
        report.into_error(&self.source).map_or(Ok(()), Err)
    }
}

/// Reports every lesson that should come before this one but is not among these names.
pub(crate) fn check_needs(needs: &[form::Need], top: At<'_>, names: &[&str], report: &mut Report) {
    for (need, at) in needs.iter().zip(top.get("needs").items()) {
        let need = need.text();
        if !at.is_sound() || names.contains(&need) {
            continue;
        }
        let help = did_you_mean(need, names.iter().copied());
        report.push(
            Problem::new(at.span(), format!("there is no lesson {}", quoted(need)))
                .help(help.unwrap_or_else(|| "`nn-tutor list` shows all lessons".to_owned())),
        );
    }
}
