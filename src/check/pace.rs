//! The pace of a lesson: how long it is, how often something is to be done in it, and what is said again and again.

use std::fmt;
use std::ops::RangeInclusive;

use crate::trace::Trace;

/// The most times that a sentence of the program's may stand in a lesson before it counts as repeated.
const TWICE: usize = 2;

/// How a lesson goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// The number of its steps.
    pub steps: usize,
    /// The number of steps at which something is to be done: a question, a choice, a goal.
    pub to_do: usize,
    /// The 1-based numbers of the most steps in a row at which nothing is to be done; `None` if there are none.
    pub stretch: Option<RangeInclusive<usize>>,
    /// The sentences of the program's that stand in it more than twice, the most frequent first.
    pub repeated: Vec<Repeated>,
}

/// A sentence, and how often it stands in a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The sentence.
    pub sentence: String,
    /// How often it stands there.
    pub times: usize,
}

impl Pace {
    /// Measures a lesson.
    pub fn of(trace: &Trace) -> Self {
        let steps = trace.len();
        let asking: Vec<usize> = (0..steps)
            .filter(|&index| trace.ask(index).is_some())
            .collect();
        let ends = asking.iter().map(|&index| index + 1).chain([steps + 1]);
        let starts = [0].into_iter().chain(asking.iter().map(|&index| index + 1));
        let stretches = starts.zip(ends).map(|(after, end)| after + 1..=end - 1);
        // Of several that are as long, the first.
        let stretch = stretches.fold(None, |best: Option<RangeInclusive<usize>>, next| {
            let is_longer = best
                .as_ref()
                .is_none_or(|best| next.clone().count() > best.clone().count());
            if is_longer { Some(next) } else { best }
        });
        let mut repeated: Vec<Repeated> = Vec::new();
        for sentence in (0..steps).flat_map(|index| trace.step(index).stock_sentences()) {
            match repeated.iter_mut().find(|other| other.sentence == sentence) {
                Some(known) => known.times += 1,
                None => repeated.push(Repeated { sentence, times: 1 }),
            }
        }
        repeated.retain(|sentence| sentence.times > TWICE);
        repeated.sort_by_key(|sentence| std::cmp::Reverse(sentence.times));
        Self {
            steps,
            to_do: asking.len(),
            stretch: stretch.filter(|stretch| !stretch.is_empty()),
            repeated,
        }
    }

    /// Returns the number of steps of the longest stretch in which nothing is to be done.
    pub fn longest(&self) -> usize {
        self.stretch
            .as_ref()
            .map_or(0, |stretch| stretch.clone().count())
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (steps, to_do) = (self.steps, self.to_do);
        write!(
            f,
            "{steps} step{}, {to_do} thing{} to do",
            plural(steps),
            plural(to_do)
        )?;
        if let Some(stretch) = &self.stretch {
            let (from, to) = (stretch.start(), stretch.end());
            let longest = self.longest();
            write!(
                f,
                ", at most {longest} step{} in a row without one ({from} to {to})",
                plural(longest)
            )?;
        }
        for Repeated { sentence, times } in &self.repeated {
            write!(f, "\n  {times} times: {sentence}")?;
        }
        Ok(())
    }
}
