//! The data of a network: where its samples come from, which of them are held out, and how inputs are scaled.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use super::Span;
use super::error::{Checked, Problem};
use super::fields::{Fields, number, whole, word, wrong};
use super::limits::HIGHEST_SEED;
use super::limits::MAX_DATA_NUMBERS;
use super::schema;
use super::yaml::{Node, Value};
use crate::engine::{DataSet, Layer, Loss};

mod found;
pub(super) mod list;
pub(super) mod named;
mod prepare;
pub(super) mod table;

use found::Found;

pub(crate) const HELD_OUT_KEYS: &[&str] = &schema::HELD_OUT.names::<{ schema::HELD_OUT.len() }>();

/// Where the files are that a lesson names, and how much of their data may still be kept.
pub(crate) struct Sources<'p> {
    /// The folder of the lesson, where it is in one.
    folder: Option<&'p Path>,
    /// Numbers in all sets so far.
    numbers: Cell<usize>,
}

/// What a lesson or a network says about its data.
pub(crate) struct Data<'a> {
    samples: Option<Found<'a>>,
    scale: Option<Scale>,
    held_out: Option<HeldOut<'a>>,
}

/// Sets that a network can learn from.
pub(crate) struct Prepared {
    pub(crate) training: Arc<DataSet>,
    pub(crate) held_out: Option<Arc<DataSet>>,
}

/// How the inputs of a network are brought to a common size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// They stay as they are.
    None,
    /// To the mean 0 and the deviation 1.
    Standard,
    /// To the range from 0 to 1.
    Unit,
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

impl Scale {
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Standard, Self::Unit];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Standard => "standard",
            Self::Unit => "unit",
        }
    }
}

impl<'a> Data<'a> {
    /// What the keys `data`, `dataset`, `scale` and `held_out` say.
    pub(crate) fn of(fields: &Fields<'a>, sources: &Sources<'_>) -> Checked<Self> {
        let names = Scale::ALL.map(Scale::name);
        Ok(Self {
            samples: samples(fields, sources)?,
            scale: fields
                .get("scale")
                .map(|node| word(node, "`scale`", &names).map(|index| Scale::ALL[index]))
                .transpose()?,
            held_out: fields
                .get("held_out")
                .map(|node| held_out(node, sources))
                .transpose()?,
        })
    }

    /// What a network does not say itself is as in the lesson.
    pub(crate) fn or(self, common: &Self) -> Self {
        Self {
            samples: self.samples.or_else(|| common.samples.clone()),
            scale: self.scale.or(common.scale),
            held_out: self.held_out.or_else(|| common.held_out.clone()),
        }
    }

    /// The sets for a network of this shape; `None` where nobody has said what the data are.
    pub(crate) fn prepare(
        self,
        inputs: usize,
        layers: &[Layer],
        loss: Loss,
        sources: &Sources<'_>,
    ) -> Checked<Option<Prepared>> {
        // The last layer is there: a network without one is refused before.
        let (Some(found), Some(output)) = (self.samples, layers.last()) else {
            return Ok(None);
        };
        let check = |found: &Found<'_>| -> Checked<()> {
            found.check_shape(inputs, output.units)?;
            let numbers = found.samples.len() * (inputs + output.units);
            sources.keep(numbers, found.at())?;
            found.check_targets(loss, output)
        };
        check(&found)?;
        let set = |found: &Found<'_>| found.samples.to_data(output.units, found.values);
        let (mut training, mut held_out) = match self.held_out {
            None => (set(&found), None),
            Some(HeldOut::Share { share, seed, at }) => {
                let (kept, held_out) = prepare::split(found.samples.len(), share, seed)
                    .ok_or_else(|| {
                        Problem::new(at, "1 sample cannot be parted")
                            .expected("one sample is left to learn from, and one is held out")
                    })?;
                let part = |samples: &[usize]| {
                    let samples = found.samples.select(samples);
                    samples.to_data(output.units, found.values)
                };
                (part(&kept), Some(part(&held_out)))
            }
            Some(HeldOut::Own(own)) => {
                let own = own.in_the_classes_of(&found)?;
                check(&own)?;
                (set(&found), Some(set(&own)))
            }
        };
        let scale = self.scale.unwrap_or(Scale::None);
        prepare::scale(scale, &mut training, held_out.as_mut());
        Ok(Some(Prepared {
            training: Arc::new(training),
            held_out: held_out.map(Arc::new),
        }))
    }
}

/// The samples that `data` or `dataset` gives.
fn samples<'a>(fields: &Fields<'a>, sources: &Sources<'_>) -> Checked<Option<Found<'a>>> {
    fields.either("data", "dataset")?;
    match (fields.get("data"), fields.get("dataset")) {
        (Some(node), _) if matches!(node.value, Value::Map(_)) => table::read(node, sources),
        (Some(node), _) => list::read(node),
        (None, Some(node)) => named::read(node),
        (None, None) => return Ok(None),
    }
    .map(Some)
}

fn held_out<'a>(node: &'a Node, sources: &Sources<'_>) -> Checked<HeldOut<'a>> {
    let fields = Fields::of(node, "`held_out`", node.span, HELD_OUT_KEYS).map_err(|problem| {
        let is_map = matches!(node.value, Value::Map(_));
        problem.help((!is_map).then(|| "write, for example, `{share: 0.3}`".to_owned()))
    })?;
    for key in ["data", "dataset"] {
        fields.either("share", key)?;
        fields.either("seed", key)?;
    }
    if let Some(found) = samples(&fields, sources)? {
        return Ok(HeldOut::Own(found));
    }
    let at = fields.need("share", "0.3")?;
    let share = number(at, "`share`")?;
    if share <= 0.0 || share >= 1.0 {
        return Err(wrong(at, "`share`", "a number above 0 and below 1")
            .help("0.3 holds out three samples of ten".to_owned()));
    }
    Ok(HeldOut::Share {
        share,
        seed: seed(&fields)?,
        at: at.span,
    })
}

/// The key `seed`, 0 where it is left out.
fn seed(fields: &Fields<'_>) -> Checked<u64> {
    match fields.get("seed") {
        Some(node) => whole(node, "`seed`", 0, HIGHEST_SEED).map(|seed| seed as u64),
        None => Ok(0),
    }
}
