//! Labs that were left for what lies below, and where they had been opened.

use crate::app::Learner;
use crate::session::{Lab, Position};

/// The most labs that are kept: each may take some megabytes.
const MOST: usize = 8;

/// Where a lab was opened.
pub(in crate::app) enum LabPlace {
    /// At a step of a lesson.
    Step(Position),
    /// At the name of a lesson in the menu.
    Menu(String),
}

impl LabPlace {
    /// Returns where it was, seen from the lesson `here`.
    pub(in crate::app) fn told(&self, here: Option<&str>) -> String {
        match self {
            Self::Step(at) if here == Some(&at.lesson) => format!("at step {}", at.step),
            Self::Step(at) => format!("of {}, step {}", at.lesson, at.step),
            Self::Menu(name) => format!("of {name} in the list"),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Step(one), Self::Step(other)) => one.is_at_step_of(other),
            (Self::Menu(one), Self::Menu(other)) => one == other,
            _ => false,
        }
    }
}

/// Labs that were left, at most one for each place, the one that was left last at the end.
#[derive(Default)]
pub(in crate::app) struct LeftLabs(Vec<(LabPlace, Box<Lab>)>);

impl LeftLabs {
    /// Keeps a lab. Of too many the oldest is dropped and returned.
    pub(super) fn put(&mut self, at: LabPlace, lab: Box<Lab>) -> Option<(LabPlace, Box<Lab>)> {
        self.0.push((at, lab));
        (self.0.len() > MOST).then(|| self.0.remove(0))
    }

    /// Takes the lab that was left at a place out.
    pub(super) fn take(&mut self, at: &LabPlace) -> Option<Box<Lab>> {
        let index = self.0.iter().position(|(other, _)| other.is(at))?;
        Some(self.0.remove(index).1)
    }

    /// Drops the labs of a lesson that is opened with another text.
    pub(in crate::app) fn renew(&mut self, learner: &Learner) {
        let text = &learner.session.trace().lesson().source.text;
        self.0.retain(|(at, lab)| match at {
            LabPlace::Step(at) => {
                learner.lesson() != Some(&at.lesson) || lab.run().written().0.source.text == *text
            }
            LabPlace::Menu(_) => true,
        });
    }

    pub(in crate::app) fn iter_mut(&mut self) -> impl Iterator<Item = &mut (LabPlace, Box<Lab>)> {
        self.0.iter_mut()
    }
}
