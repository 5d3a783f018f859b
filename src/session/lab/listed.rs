//! The changes of a run as they are listed.

use super::Lab;
use crate::session::changes::Listed;

impl Lab {
    /// Returns the changes of the run, each with the update from which on it holds, what is not as in the lesson from the
    /// start, and the runs that are compared; without the parts of which there is nothing.
    pub fn listed(&self) -> Vec<Listed> {
        let (marks, here) = (self.run.marks(), self.run.here());
        let widest = marks.last().map_or(0, |mark| mark.update.to_string().len());
        let changes = marks.iter().map(|mark| {
            let (update, is_ahead) = (mark.update, mark.update > here);
            let words = mark.change.words(&self.run.now().data.classes);
            let ahead = if is_ahead { ", still ahead" } else { "" };
            (format!("{update:>widest$}  {words}{ahead}"), is_ahead)
        });
        let here_and_now =
            |lines: Vec<String>| lines.into_iter().map(|line| (line, false)).collect();
        let mut listed = vec![
            Listed {
                title: "Changes of this run, each from an update on. u takes one back, U all.",
                lines: changes.collect(),
            },
            Listed {
                title: "From the start not as in the lesson",
                lines: here_and_now(self.not_as_in_lesson()),
            },
            Listed {
                title: "The runs",
                lines: here_and_now(self.compared()),
            },
        ];
        listed.retain(|part| !part.lines.is_empty());
        listed
    }
}
