//! Training whose numbers grow beyond all bounds: when it happens, and what an author can try.

use super::Losses;
use crate::algebra::{Cell, Quantity, with_minus};
use crate::engine::{Network, TrainState, Trainer};
use crate::lesson::{Lesson, LessonError, NetworkSpec, Span};

/// The maximum number of samples evaluated after the updates of an epoch to find the one that is to blame.
const MEASURED: usize = 1_000_000;

/// What is no longer finite.
#[derive(Debug, Clone, Copy)]
pub(super) enum Grown {
    /// The first of the numbers that are learned, and how many others.
    Learned(Cell, usize),
    /// The loss alone, and the largest of the numbers that are learned where it is large.
    Loss(Option<(Cell, f64)>),
}

impl Grown {
    /// Returns what is not finite where a network or its loss is not.
    fn of(network: &Network) -> Self {
        /// Numbers beyond this are what a loss grows by.
        const LARGE: f64 = 1e6;
        let mut learned: Vec<(Cell, f64)> = Vec::new();
        for l in 0..network.last() {
            let weights = network.weights(l);
            let weights = weights.indexed_iter();
            learned.extend(
                weights
                    .map(|((row, column), w)| (Cell::new(Quantity::Weights(l), row, column), *w)),
            );
            let norm = network.norm(l + 1);
            let columns = norm.map(|norm| [&norm.gamma, &norm.beta]);
            for (column, numbers) in columns.into_iter().flatten().enumerate() {
                let numbers = numbers.iter().enumerate();
                learned.extend(numbers.map(|(row, number)| {
                    (Cell::new(Quantity::Scale(l + 1), row, column), *number)
                }));
            }
        }
        let mut beyond = learned.iter().filter(|(_, number)| !number.is_finite());
        if let Some((first, _)) = beyond.next() {
            return Self::Learned(*first, beyond.count());
        }
        let large = learned
            .into_iter()
            .filter(|(_, number)| number.abs() > LARGE);
        Self::Loss(large.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())))
    }

    /// Returns that it grows, of a network with so many layers.
    fn words(self, last: usize) -> String {
        let name = |cell: Cell| cell.symbol.cell(cell.row, cell.column, last);
        match self {
            Self::Loss(None) => "the loss J grows beyond all bounds".to_owned(),
            Self::Loss(Some((cell, number))) => format!(
                "the loss J grows beyond all bounds with {}, which is {}",
                name(cell),
                with_minus(short(number))
            ),
            Self::Learned(cell, 0) => format!("{} grows beyond all bounds", name(cell)),
            Self::Learned(cell, others) => {
                let others = match others {
                    1 => "1 other number".to_owned(),
                    _ => format!("{others} other numbers"),
                };
                format!("{} and {others} grow beyond all bounds", name(cell))
            }
        }
    }
}

/// The update after which numbers are no longer finite.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divergence {
    /// The number of updates, with this one.
    pub(crate) updates: usize,
    /// What is not.
    what: Grown,
    /// The last loss that is finite, and the updates before it.
    pub(crate) last: Option<(f64, usize)>,
}

impl Divergence {
    /// Trains on from a state, for so many epochs at most, up to where the numbers are no longer finite.
    pub(crate) fn find(spec: &NetworkSpec, mut state: TrainState, epochs: usize) -> Self {
        let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
        let mut loss = |state: &TrainState| {
            let now = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
            (now.loss.is_finite() && is_finite(state)).then_some((now.loss, state.progress.updates))
        };
        let mut last = loss(&state);
        let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
        for _ in 0..epochs {
            let before = state.clone();
            trainer.epoch(&mut state, &spec.data);
            let now = loss(&state);
            if now.is_some() {
                last = now;
                continue;
            }
            // Once more through this epoch, update by update.
            let mut within = before;
            let mut trainer = Trainer::new(&within.network, &spec.data, &spec.training);
            let is_small = spec.updates_per_epoch() * spec.data.len() <= MEASURED;
            for _ in 0..spec.updates_per_epoch() {
                let pass = trainer.step(&mut within, &spec.data);
                // That of the batch is measured before the update.
                let of_batch = pass.loss(&within.network, spec.training.loss);
                if !of_batch.is_finite() {
                    return Self::before(within.progress.updates, last);
                }
                let now = is_small.then(|| loss(&within));
                match now {
                    Some(Some(_)) => last = now.flatten(),
                    None if is_finite(&within) => {}
                    _ => break,
                }
            }
            return Self::after(within.progress.updates, &within.network, last);
        }
        Self::after(state.progress.updates, &state.network, last)
    }

    /// Returns that a network, or its loss, is no longer finite after so many updates.
    pub(super) fn after(updates: usize, network: &Network, last: Option<(f64, usize)>) -> Self {
        Self {
            updates,
            what: Grown::of(network),
            last,
        }
    }

    /// Returns that the loss was no longer finite when this update began.
    pub(super) fn before(update: usize, last: Option<(f64, usize)>) -> Self {
        Self {
            updates: update.saturating_sub(1),
            what: Grown::Loss(None),
            last,
        }
    }

    /// Returns the error, at a place of the lesson.
    pub(crate) fn error(self, lesson: &Lesson, spec: &NetworkSpec, span: Span) -> LessonError {
        let updates = self.updates;
        let message = if updates == 0 {
            "the numbers grow beyond all bounds before the first update".to_owned()
        } else {
            self.message(self.place(spec), spec.layers.len())
        };
        let last = self.last_loss();
        lesson.error_with(
            span,
            &message,
            last.as_deref(),
            &advice(spec, updates == 0, true),
        )
    }

    /// Returns the epoch, counted from 1.
    pub(crate) fn epoch(self, spec: &NetworkSpec) -> usize {
        self.place(spec).0
    }

    /// Returns the epoch and the update within it, both counted from 1; update 0 is before the first.
    fn place(self, spec: &NetworkSpec) -> (usize, usize) {
        match self.updates.checked_sub(1) {
            None => (1, 0),
            Some(before) => {
                let each = spec.updates_per_epoch().max(1);
                (before / each + 1, before % each + 1)
            }
        }
    }

    /// Returns where training diverges, and what grows: at the epoch, and the update within it, both counted from 1, of a
    /// network with so many layers.
    pub(super) fn message(self, (epoch, within): (usize, usize), last: usize) -> String {
        let updates = self.updates;
        let of_all = if updates == within {
            String::new()
        } else {
            format!(" (update {updates})")
        };
        let grows = self.what.words(last);
        format!("training diverges: in epoch {epoch}, at update {within} of it{of_all}, {grows}")
    }

    /// Returns the last loss that is finite, in words.
    pub(super) fn last_loss(self) -> Option<String> {
        self.last.map(|(loss, updates)| match updates {
            0 => format!("the last finite loss was {}, before training", short(loss)),
            1 => format!("the last finite loss was {}, after 1 update", short(loss)),
            _ => format!(
                "the last finite loss was {}, after {updates} updates",
                short(loss)
            ),
        })
    }
}

/// Returns what can be tried, the likeliest first: by an author, in the words of a lesson file, or by somebody at a run.
pub(super) fn advice(spec: &NetworkSpec, is_at_once: bool, in_file: bool) -> String {
    /// Numbers beyond this make large steps.
    const LARGE: f64 = 10.0;
    let largest = |numbers: &ndarray::Array2<f64>| {
        let sizes = numbers.iter().map(|number| number.abs());
        sizes.fold(0.0, f64::max)
    };
    let (x, y) = (largest(&spec.data.x), largest(&spec.data.y));
    let as_written = |key: &str| {
        if in_file {
            format!(": `{key}`")
        } else {
            String::new()
        }
    };
    let mut advice = Vec::new();
    if x > LARGE {
        advice.push(format!(
            "bring the inputs, which are as large as {}, to a common size{}",
            short(x),
            as_written("scale: standard")
        ));
    }
    if y > LARGE {
        advice.push(format!(
            "bring the targets, which are as large as {}, to a common size{}",
            short(y),
            as_written("scale_targets: standard")
        ));
    }
    if is_at_once {
        advice.push("begin with smaller weights".to_owned());
    } else {
        let (rho, smaller) = (short(spec.training.rho), short(spec.training.rho / 10.0));
        advice.push(if in_file {
            format!("a smaller learning rate than {rho}: `learning_rate: {smaller}`")
        } else {
            format!("a smaller learning rate ρ than {rho}, such as {smaller}")
        });
    }
    format!("try this: {}", advice.join("; "))
}

/// Returns a number in the shortest form that means the same; a long one rounded to a few digits.
pub(crate) fn short(number: f64) -> String {
    let rounded = format!("{number:.3e}");
    let rounded = rounded.parse().unwrap_or(number);
    if number == 0.0 || (1e-4..1e7).contains(&number.abs()) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

/// Returns whether all weights are finite.
pub(crate) fn is_finite(state: &TrainState) -> bool {
    let network = &state.network;
    (0..network.last()).all(|l| network.weights(l).iter().all(|w| w.is_finite()))
}

impl Losses {
    /// Returns the loss over the data set after so many updates, if it is finite.
    pub(super) fn last(self, updates: usize) -> Option<(f64, usize)> {
        self.train.is_finite().then_some((self.train, updates))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Library;
    use crate::trace::first_network;

    #[test]
    fn the_number_that_grows_is_named() {
        let lesson = Library::embedded().open("batch-norm").unwrap();
        let spec = lesson.networks.last().unwrap();
        let network = first_network(&lesson, spec).unwrap();
        let last = network.last();
        let words = |change: &dyn Fn(&mut Network)| {
            let mut network = network.clone();
            change(&mut network);
            Grown::of(&network).words(last)
        };
        assert_eq!(words(&|_| ()), "the loss J grows beyond all bounds");
        assert_eq!(
            words(&|network| network.weights_mut(0)[[1, 0]] = -1e200),
            "the loss J grows beyond all bounds with w₁,₁⁽⁰⁾, which is −1e200"
        );
        assert_eq!(
            words(&|network| network.weights_mut(0)[[0, 0]] = f64::NAN),
            "w₀,₁⁽⁰⁾ grows beyond all bounds"
        );
        let all = words(&|network| network.weights_mut(0).fill(f64::INFINITY));
        assert!(
            all.starts_with("w₀,₁⁽⁰⁾ and ")
                && all.ends_with(" other numbers grow beyond all bounds"),
            "{all}"
        );
        let l = (1..=last).find(|l| network.norm(*l).is_some()).unwrap();
        let gamma = words(&|network| {
            if let Some(norm) = network.norm_mut(l) {
                norm.gamma[0] = f64::NAN;
            }
        });
        assert_eq!(
            gamma,
            format!(
                "{} grows beyond all bounds",
                Quantity::Scale(l).cell(0, 0, last)
            )
        );
        assert!(gamma.contains('γ'), "{gamma}");
    }
}
