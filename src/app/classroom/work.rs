//! What a student does in the lesson at their own pace, as the hub of the class is told it: what they did before they came is
//! their own affair.

use std::collections::{BTreeMap, BTreeSet};

use crate::class::StepRef;
use crate::class::message::ToHub;
use crate::lesson::Edit;
use crate::session::Session;

/// The answers and hints of a student at questions of the lesson.
#[derive(Debug, Default)]
pub(super) struct WorkInClass {
    /// The lessons that have been looked at.
    lessons: BTreeSet<String>,
    /// The answers and hints that were there when a lesson was looked at first.
    before: BTreeMap<StepRef, [usize; 2]>,
    /// The answers that the hub had when this program came.
    known: Option<BTreeMap<StepRef, usize>>,
    /// The answers and hints that it has been told.
    told: BTreeMap<StepRef, [usize; 2]>,
    /// The last changes at each goal that it has been told, whether they reach it, and when that was, in milliseconds.
    tried: BTreeMap<StepRef, (Vec<Edit>, bool, u64)>,
    /// The step whose goal was tried last.
    last: Option<StepRef>,
    /// Whether those that reach one are to be told again: the line was another one.
    tells_again: bool,
}

/// The least time between changes that do not reach a goal, in milliseconds: whoever holds a key down tries once.
const BETWEEN: u64 = 2_000;

impl WorkInClass {
    /// Takes note of the answers that the hub has.
    pub(super) fn hear(&mut self, work: impl Iterator<Item = (StepRef, usize)>) {
        let work: BTreeMap<_, _> = work.collect();
        for (step, tries) in &work {
            self.told.entry(step.clone()).or_default()[0] = *tries;
        }
        self.known.get_or_insert(work);
    }

    /// Takes note of another line, by which what has been reached is told again: twice is once.
    pub(super) const fn come_again(&mut self) {
        self.tells_again = true;
    }

    /// Takes note that what was tried last does not count: other changes there are told again, also once these reach the goal.
    pub(super) fn uncounted(&mut self) {
        let last = self.last.take();
        if let Some((_, reached, _)) = last.and_then(|step| self.tried.get_mut(&step)) {
            *reached = false;
        }
    }

    /// Returns what is to be told of the goal at which one stands.
    fn tell_goal(&mut self, session: &Session, step: StepRef, now: u64) -> Option<ToHub> {
        let edits: Vec<Edit> = session
            .changes()
            .iter()
            .map(|change| change.edit.clone())
            .collect();
        let told = self.tried.get(&step);
        if edits.is_empty() || told.is_some_and(|(told, reached, _)| *reached || *told == edits) {
            return None;
        }
        let is_reached = session.meets_goal();
        let is_soon = told.is_some_and(|(.., at)| now < at.saturating_add(BETWEEN));
        if is_soon && !is_reached {
            return None;
        }
        let tried = (edits.clone(), is_reached, now);
        self.tried.insert(step.clone(), tried);
        self.last = Some(step.clone());
        Some(ToHub::Try { step, edits })
    }

    /// Returns what is to be told of a session in a lesson of the class. `at` returns the reference to a step of it.
    /// `now` is the time in milliseconds.
    pub(super) fn tell(
        &mut self,
        session: &Session,
        at: impl Fn(usize) -> StepRef,
        now: u64,
    ) -> Vec<ToHub> {
        let is_new = self.lessons.insert(at(1).lesson);
        let mut told = Vec::new();
        if std::mem::take(&mut self.tells_again) {
            let reached = self.tried.iter().filter(|(_, (_, reached, _))| *reached);
            told.extend(reached.map(|(step, (edits, ..))| ToHub::Try {
                step: step.clone(),
                edits: edits.clone(),
            }));
        }
        let stand = at(session.place().0);
        for work in session.work() {
            let step = at(work.step);
            let done = [work.tries, work.hints];
            if is_new {
                self.before.insert(step, done);
                continue;
            }
            let [tries, hints] = self.before.get(&step).copied().unwrap_or_default();
            let known = self.known.as_ref().and_then(|known| known.get(&step));
            let number = (done[0] + known.copied().unwrap_or(0)).saturating_sub(tries);
            let shown = done[1].saturating_sub(hints);
            let [told_number, told_shown] = self.told.entry(step.clone()).or_default();
            if shown > *told_shown {
                *told_shown = shown;
                let step = Some(step.clone());
                told.push(ToHub::Hint { step, shown });
            }
            if work.is_goal {
                if step == stand && !work.is_given_up {
                    told.extend(self.tell_goal(session, step, now));
                }
            } else if number > *told_number && !work.typed.is_empty() {
                // From now on, all that the hub has is from here.
                self.known.get_or_insert_default();
                *told_number = number;
                let typed = work.typed.to_owned();
                told.push(ToHub::Work {
                    step,
                    number,
                    typed,
                });
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lesson::Library;
    use crate::session::Command;
    use crate::trace::Trace;

    fn at(step: usize) -> StepRef {
        StepRef {
            lesson: "grounded".into(),
            step,
        }
    }

    /// Goes to a question of the lesson, the first one or a later one. Returns its number.
    fn go_to_question(session: &mut Session, which: usize) -> usize {
        let asks = |index: &usize| session.trace().ask(*index).is_some();
        let index = (0..session.trace().len()).filter(asks).nth(which).unwrap();
        session.go_to(index);
        index + 1
    }

    fn answer(session: &mut Session, typed: &str) {
        session.apply(Command::Clear);
        for letter in typed.chars() {
            session.apply(Command::Type(letter));
        }
        session.apply(Command::Answer);
    }

    fn numbers(told: &[ToHub]) -> Vec<(usize, usize)> {
        let number = |told: &ToHub| match told {
            ToHub::Work { step, number, .. } => (step.step, *number),
            other => panic!("{other:?}"),
        };
        told.iter().map(number).collect()
    }

    #[test]
    fn what_was_done_before_the_class_is_not_told() {
        let lesson = Library::embedded().open_name("grounded").unwrap();
        let trace = Arc::new(Trace::compile(Arc::new(lesson)).unwrap());
        let mut session = Session::new(trace);
        let first = go_to_question(&mut session, 0);
        answer(&mut session, "17");
        let mut work = WorkInClass::default();
        assert_eq!(work.tell(&session, at, 0), []);
        answer(&mut session, "18");
        assert_eq!(numbers(&work.tell(&session, at, 0)), [(first, 1)]);
        assert_eq!(work.tell(&session, at, 0), []);
        // What has been lost with the line is told again, with the same number.
        work.hear([(at(first), 0)].into_iter());
        assert_eq!(numbers(&work.tell(&session, at, 0)), [(first, 1)]);
        // A hint counts, also before the first answer.
        let second = go_to_question(&mut session, 1);
        session.apply(Command::Hint);
        let hint = ToHub::Hint {
            step: Some(at(second)),
            shown: 1,
        };
        assert_eq!(work.tell(&session, at, 0), [hint]);
        // In another program of theirs, numbers go on behind what the hub has.
        let mut later = WorkInClass::default();
        assert_eq!(later.tell(&session, at, 0), []);
        later.hear([(at(first), 1)].into_iter());
        go_to_question(&mut session, 0);
        answer(&mut session, "19");
        assert_eq!(numbers(&later.tell(&session, at, 0)), [(first, 2)]);
        later.hear([(at(first), 2)].into_iter());
        answer(&mut session, "20");
        assert_eq!(numbers(&later.tell(&session, at, 0)), [(first, 3)]);
    }
}
