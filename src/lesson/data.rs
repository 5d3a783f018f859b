//! The data of a network: where its samples come from, which of them are held out, and how inputs are scaled.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use super::Span;
use super::error::{Checked, Problem, Report};
use super::form::{self, Either, Scale, Word};
use super::limits::MAX_DATA_NUMBERS;
use super::yaml::At;
use crate::engine::{DataSet, Layer, Loss};

mod found;
mod list;
mod named;
mod prepare;
mod table;

use found::Found;

/// Where the files are that a lesson names, and how much of their data may still be kept.
pub(crate) struct Sources<'p> {
    /// The folder of the lesson, where it is in one.
    folder: Option<&'p Path>,
    /// Numbers in all sets so far.
    numbers: Cell<usize>,
}

/// What a lesson or a network says about its data.
pub(crate) struct Data<'a> {
    samples: Said<Found<'a>>,
    scale: Option<Scale>,
    held_out: Said<HeldOut<'a>>,
}

/// What may be said, and may be wrong.
#[derive(Clone)]
enum Said<T> {
    Nothing,
    /// Something, with a mistake in it that is known already.
    Wrong,
    This(T),
}

/// Sets that a network can learn from.
pub(crate) struct Prepared {
    pub(crate) training: Arc<DataSet>,
    pub(crate) held_out: Option<Arc<DataSet>>,
}

/// Samples that are not learnt from.
#[derive(Clone)]
enum HeldOut<'a> {
    /// So large a part of the data, drawn with a seed.
    Share { share: f64, seed: u64, at: Span },
    /// Samples of their own.
    Own(Found<'a>),
}

impl<'p> Sources<'p> {
    pub(crate) fn of(folder: Option<&'p Path>) -> Self {
        Self {
            folder,
            numbers: Cell::new(0),
        }
    }

    /// Counts the numbers of another set, which `at` asks for.
    fn keep(&self, numbers: usize, at: Span) -> Checked<()> {
        let all = self.numbers.get().saturating_add(numbers);
        self.numbers.set(all);
        if all <= MAX_DATA_NUMBERS {
            return Ok(());
        }
        Err(
            Problem::new(at, "the data sets of this lesson are too large")
                .expected(format!("at most {MAX_DATA_NUMBERS} numbers in all of them"))
                .help("use fewer samples, or fewer columns".to_owned()),
        )
    }
}

impl<T> Said<T> {
    fn of(read: Option<T>) -> Self {
        read.map_or(Self::Wrong, Self::This)
    }

    fn or(self, other: Self) -> Self {
        match self {
            Self::Nothing => other,
            said => said,
        }
    }
}

impl<'a> Data<'a> {
    /// What the keys `data`, `dataset`, `scale` and `held_out` say, which stand at this place.
    pub(crate) fn of(
        (data, dataset): (Option<&form::Data>, Option<&form::Dataset>),
        (scale, held_out): (Option<Word<Scale>>, Option<&form::HeldOut>),
        at: At<'a>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Self {
        let held_out = match held_out {
            None => Said::Nothing,
            Some(given) => HeldOut::of(given, at.get("held_out"), sources, report),
        };
        Self {
            samples: samples((data, dataset), at, sources, report),
            scale: scale.map(|scale| scale.0),
            held_out,
        }
    }

    /// What a network does not say itself is as in the lesson.
    pub(crate) fn or(self, common: &Self) -> Self {
        Self {
            samples: self.samples.or(common.samples.clone()),
            scale: self.scale.or(common.scale),
            held_out: self.held_out.or(common.held_out.clone()),
        }
    }

    /// Whether nobody has said what the data are.
    pub(crate) fn is_unsaid(&self) -> bool {
        matches!(self.samples, Said::Nothing)
    }

    /// The sets for a network of this shape, with targets as its loss needs them, where that is known; `None` where the
    /// data are not.
    pub(crate) fn prepare(
        self,
        inputs: usize,
        layers: &[Layer],
        loss: Option<Loss>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Option<Prepared> {
        // The last layer is there: a network without one is refused before.
        let (Said::This(found), Some(output)) = (self.samples, layers.last()) else {
            return None;
        };
        let check = |found: &Found<'_>, report: &mut Report| -> Option<()> {
            report.keep(found.check_shape(inputs, output.units))?;
            let mut problems = found.uneven().to_vec();
            if problems.is_empty() {
                let numbers = found.samples.len() * (inputs + output.units);
                report.keep(sources.keep(numbers, found.at()))?;
                if let Some(loss) = loss {
                    problems = found.check_targets(loss, output);
                }
            }
            let is_right = problems.is_empty();
            for problem in problems {
                report.push(problem);
            }
            is_right.then_some(())
        };
        check(&found, report)?;
        let set = |found: &Found<'_>| found.samples.to_data(output.units, found.values);
        let (mut training, mut held_out) = match self.held_out {
            Said::Nothing => (set(&found), None),
            Said::Wrong => return None,
            Said::This(HeldOut::Share { share, seed, at }) => {
                let parted = prepare::split(found.samples.len(), share, seed).ok_or_else(|| {
                    Problem::new(at, "1 sample cannot be parted")
                        .expected("one sample is left to learn from, and one is held out")
                });
                let (kept, held_out) = report.keep(parted)?;
                let part = |samples: &[usize]| {
                    let samples = found.samples.select(samples);
                    samples.to_data(output.units, found.values)
                };
                (part(&kept), Some(part(&held_out)))
            }
            Said::This(HeldOut::Own(own)) => {
                let own = report.keep(own.in_the_classes_of(&found))?;
                check(&own, report)?;
                (set(&found), Some(set(&own)))
            }
        };
        let scale = self.scale.unwrap_or(Scale::None);
        prepare::scale(scale, &mut training, held_out.as_mut());
        Some(Prepared {
            training: Arc::new(training),
            held_out: held_out.map(Arc::new),
        })
    }
}

/// The samples that `data` or `dataset` gives, which stand at this place.
fn samples<'a>(
    given: (Option<&form::Data>, Option<&form::Dataset>),
    at: At<'a>,
    sources: &Sources<'_>,
    report: &mut Report,
) -> Said<Found<'a>> {
    let key = match given {
        (Some(_), _) => "data",
        (None, Some(_)) => "dataset",
        (None, None) => return Said::Nothing,
    };
    let at = at.get(key);
    if !at.is_sound() {
        return Said::Wrong;
    }
    let read = match given {
        (Some(Either::Map(csv)), _) => table::read(csv, at, sources),
        (Some(Either::One(samples)), _) => list::read(&samples.0, at),
        (None, Some(dataset)) => named::read(dataset, at),
        (None, None) => return Said::Nothing,
    };
    Said::of(report.keep(read))
}

impl<'a> HeldOut<'a> {
    fn of(
        given: &form::HeldOut,
        at: At<'a>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Said<Self> {
        if at.node().is_broken {
            return Said::Wrong;
        }
        match samples(
            (given.data.as_ref(), given.dataset.as_ref()),
            at,
            sources,
            report,
        ) {
            Said::This(found) => return Said::This(Self::Own(found)),
            Said::Wrong => return Said::Wrong,
            Said::Nothing => {}
        }
        let share = given.share.filter(|_| at.is_sound());
        Said::of(share.map(|share| Self::Share {
            share: share.0,
            seed: given.seed.map_or(0, |seed| seed.0 as u64),
            at: at.get("share").span(),
        }))
    }
}
