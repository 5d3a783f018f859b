//! Changes that quitting loses, and what is said of that before.

use super::{App, Learner};

/// Said before a lesson or a lab is left for good in which `q` quits.
pub(super) const LOSES: &str =
    "Your changes are not kept: w writes a lesson file with them, q quits.";

/// The same where `q` leads back to what lies below.
const LOSES_BELOW: &str =
    "Your changes are not kept: w writes a lesson file with them, Ctrl-C quits.";

impl App {
    /// Says that quitting would lose changes, if it would and that has not been said. Returns whether it is.
    pub(super) fn warns_of_loss(&mut self) -> bool {
        if self.classroom.is_some() {
            return false;
        }
        let said = self
            .loss_in_lab()
            .or_else(|| self.loss_in_lesson())
            .or_else(|| self.loss_in_left_lab())
            .or_else(|| self.loss_in_left_lesson());
        said.is_some_and(|said| self.say(said))
    }

    /// Returns what is said of the changes of the lab, once.
    pub(super) fn loss_in_lab(&mut self) -> Option<String> {
        let is_all = self.learner.is_none() && self.menu.is_none();
        let lab = self.lab.as_mut().filter(|lab| lab.loses_changes())?;
        lab.know_changes();
        Some(if is_all { LOSES } else { LOSES_BELOW }.to_owned())
    }

    fn loss_in_lesson(&mut self) -> Option<String> {
        let learner = self.learner.as_mut().filter(|it| it.loses_changes())?;
        learner.know_changes();
        Some(if self.lab.is_some() {
            "Your changes of the lesson are not kept: w writes them there, Ctrl-C quits.".to_owned()
        } else {
            LOSES.to_owned()
        })
    }

    fn loss_in_left_lab(&mut self) -> Option<String> {
        let (at, lab) = self
            .left_labs
            .iter_mut()
            .find(|(_, lab)| lab.loses_changes())?;
        lab.know_changes();
        let here = self.learner.as_ref().and_then(Learner::lesson);
        let place = at.told(here);
        Some(format!(
            "Your changes in the lab {place} are not kept: L opens it there, q quits."
        ))
    }

    fn loss_in_left_lesson(&mut self) -> Option<String> {
        let left = self.left.iter_mut();
        let losing = left.filter(|(_, learner)| learner.loses_changes());
        let (name, learner) = losing.min_by_key(|(name, _)| name.as_str())?;
        learner.know_changes();
        Some(format!(
            "Changes of {name} are not kept: open it, then w writes them; q quits."
        ))
    }
}
