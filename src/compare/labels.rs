//! Targets that are saved as class numbers, where the lesson has a 1 in the row of the class.

use super::places::Place;
use super::read::NamedArray;
use super::report::number;
use super::scale::is_same;
use crate::algebra::Quantity;
use crate::trace::Trace;

/// What an array of class numbers says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClassNumbers {
    /// The number of the first class.
    pub(super) first: usize,
    /// Whether it has all samples of the lesson, where the update takes some of them.
    pub(super) is_whole: bool,
    /// The first mistake.
    pub(super) differs: Option<Differs>,
}

/// What is wrong with class numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Differs {
    /// The number at this index.
    At(usize),
    /// How many there are.
    Count,
}

impl ClassNumbers {
    /// Returns what an array says; `None` if it has no class numbers.
    pub(super) fn of(trace: &Trace, place: &Place, array: &NamedArray) -> Option<Self> {
        if place.symbol != Quantity::Target {
            return None;
        }
        let classes = place.value.nrows();
        if classes < 2 {
            return None;
        }
        let right: Option<Vec<usize>> = (place.value.columns().into_iter().map(class)).collect();
        let right = right?;
        let data = &trace.step(place.with).spec().data;
        let is_line = array.shape.iter().filter(|length| **length != 1).count() <= 1;
        let numbers: Vec<Option<usize>> = array
            .values
            .iter()
            .map(|value| (0..=classes).find(|class| is_same(*value, *class as f64)))
            .collect();
        let known = numbers.iter().flatten().count();
        if !is_line || 2 * known < numbers.len() {
            return None;
        }
        let compared = |right: &[usize], is_whole: bool| {
            let with = |first: usize| {
                let pairs = numbers.iter().zip(right);
                let mut pairs = pairs.enumerate();
                let differs = pairs.find(|(_, (number, right))| **number != Some(**right + first));
                Self {
                    first,
                    is_whole,
                    differs: differs.map(|(at, _)| Differs::At(at)),
                }
            };
            let [from_0, from_1] = [0, 1].map(with);
            let has = |number: usize| numbers.contains(&Some(number));
            let is_from_1 = from_1.differs.is_none() || has(classes) && !has(0);
            if from_0.differs.is_some() && is_from_1 {
                from_1
            } else {
                from_0
            }
        };
        if numbers.len() == right.len() {
            return Some(compared(&right, false));
        }
        let all: Option<Vec<usize>> = data.y.rows().into_iter().map(class).collect();
        if let Some(all) = all.filter(|all| all.len() == numbers.len()) {
            let found = compared(&all, true);
            return found.differs.is_none().then_some(found);
        }
        (known == numbers.len() && known > 1).then_some(Self {
            first: 0,
            is_whole: false,
            differs: Some(Differs::Count),
        })
    }

    /// Returns the sentence for numbers that are right.
    pub(super) fn told(self, name: &str) -> String {
        format!(
            "{name} has class numbers, from {} on; in the lesson y has a 1 in the row of the class, and 0 in the others.",
            self.first
        )
    }

    /// Returns the sentence for the first number that is wrong, if one is.
    pub(super) fn told_difference(
        self,
        trace: &Trace,
        place: &Place,
        array: &NamedArray,
    ) -> Option<String> {
        let samples = trace.step(place.with).samples();
        let name = &array.name;
        let at = match self.differs? {
            Differs::At(at) => at,
            Differs::Count => {
                return Some(format!(
                    "{name} has {} class numbers: there is one for each sample, which are {} here.",
                    array.values.len(),
                    samples.len()
                ));
            }
        };
        let (sample, value) = (samples.get(at).copied()?, array.values[at]);
        let right = class(place.value.column(at))? + self.first;
        let last = place.value.nrows() - 1 + self.first;
        let is_class = (self.first..=last).any(|class| is_same(value, class as f64));
        let classes = if is_class {
            String::new()
        } else {
            format!("; there are the classes {} to {last}", self.first)
        };
        Some(format!(
            "{name} has class numbers, from {} on: that of sample {sample} is {right}, not {}{classes}.",
            self.first,
            number(value)
        ))
    }
}

/// Returns the class of a target that has a 1 in its row; `None` for any other target.
fn class<'a>(target: impl IntoIterator<Item = &'a f64>) -> Option<usize> {
    let mut numbers = target.into_iter().enumerate();
    let mut others = numbers.by_ref().filter(|(_, v)| **v != 0.0);
    let (class, one) = others.next()?;
    (is_same(*one, 1.0) && others.next().is_none()).then_some(class)
}
