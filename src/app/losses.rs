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
        // Whoever quits then is asked once, however much is lost.
        let said = [
            self.loss_in_lab(),
            self.loss_in_lesson(),
            self.loss_in_left_labs(),
            self.loss_in_left_lessons(),
        ];
        let first = said.into_iter().flatten().next();
        first.is_some_and(|said| self.say(said))
    }

    /// Returns the key that quits here.
    const fn quits_by(&self) -> &'static str {
        let is_below = self.learner.is_some() || self.menu.is_some();
        if self.lab.is_some() && is_below {
            "Ctrl-C"
        } else {
            "q"
        }
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

    fn loss_in_left_labs(&mut self) -> Option<String> {
        let quits = self.quits_by();
        let here = self.learner.as_ref().and_then(Learner::lesson);
        let here = here.map(str::to_owned);
        let labs = self.left_labs.iter_mut();
        let mut places = Vec::new();
        for (at, lab) in labs.filter(|(_, lab)| lab.loses_changes()) {
            lab.know_changes();
            places.push(at.told(here.as_deref()));
        }
        let count = places.len();
        Some(match (places.pop()?, count) {
            (place, 1) => {
                format!(
                    "Your changes in the lab {place} are not kept: L opens it there, {quits} quits."
                )
            }
            _ => format!(
                "Your changes in {count} labs are not kept: L opens each where it was left, {quits} quits."
            ),
        })
    }

    fn loss_in_left_lessons(&mut self) -> Option<String> {
        let quits = self.quits_by();
        let left = self.left.iter_mut();
        let losing = left.filter(|(_, learner)| learner.loses_changes());
        let mut names: Vec<String> = losing
            .map(|(name, learner)| {
                learner.know_changes();
                name.clone()
            })
            .collect();
        names.sort_unstable();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("Changes of {names} are not kept: open it, then w writes them; {quits} quits.")
        })
    }
}
