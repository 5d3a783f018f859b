//! Changes of a lab that are in no file.

use super::Lab;
use crate::trace::Mark;

/// What is different in a run: from the beginning, and on the way.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Made {
    from_start: Vec<String>,
    marks: Vec<Mark>,
}

impl Lab {
    /// Returns what is different in the run.
    pub(super) fn made(&self) -> Made {
        Made {
            from_start: self.not_as_in_lesson(),
            marks: self.run.marks().to_vec(),
        }
    }

    /// Returns whether quitting loses changes of which that has not been said, and that are in no file.
    pub fn loses_changes(&self) -> bool {
        let made = self.made();
        made != self.opened_with && made != self.known
    }

    /// Takes note that the changes are in a file, or are known to be in none.
    pub fn know_changes(&mut self) {
        self.known = self.made();
    }
}
