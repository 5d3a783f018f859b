//! Changes of the samples that a run learns from.

use serde::{Deserialize, Serialize};

use super::{Run, short};
use crate::algebra::with_minus;
use crate::engine::DataSetOptions;
use crate::lesson::limits::{MAX_BATCH_NUMBERS, MAX_DATA_NUMBERS, MAX_NUMBER, MAX_SAMPLES};
use crate::lesson::{Batch, GivenData, NetworkSpec, Sample};

/// A change of the samples. Its numbers are those that are given, before they are scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataChange {
    /// One more sample.
    Place(Sample),
    /// Other inputs or targets of a sample, or both.
    Put {
        /// Its 0-based number.
        sample: usize,
        /// Its inputs, if they change.
        x: Option<Vec<f64>>,
        /// Its targets, if they change.
        y: Option<Vec<f64>>,
    },
    /// One sample less, by its 0-based number.
    Delete(usize),
    /// All of them drawn anew, in another way.
    Draw(DataSetOptions),
}

impl DataChange {
    /// Makes the change.
    ///
    /// # Errors
    /// Says in a sentence why it cannot be made.
    fn make(&self, given: &mut GivenData) -> Result<(), String> {
        match self {
            Self::Place(_) if given.samples.len() >= MAX_SAMPLES => {
                return Err(format!("More than {MAX_SAMPLES} samples are too many."));
            }
            Self::Place(sample) => given.samples.push(sample.clone()),
            Self::Put { sample, x, y } => {
                let count = given.samples.len();
                let Some(sample) = given.samples.get_mut(*sample) else {
                    return Err(no_sample(*sample, count));
                };
                if let Some(x) = x {
                    sample.x.clone_from(x);
                }
                if let Some(y) = y {
                    sample.y.clone_from(y);
                }
            }
            Self::Delete(sample) if *sample >= given.samples.len() => {
                return Err(no_sample(*sample, given.samples.len()));
            }
            Self::Delete(_) if given.samples.len() == 1 => {
                return Err("The last sample stays: without one nothing is learnt.".to_owned());
            }
            Self::Delete(sample) => drop(given.samples.remove(*sample)),
            Self::Draw(options) => given.draw(*options)?,
        }
        Ok(())
    }

    /// Returns both changes as one, if the other is of the same sample; `samples` is their number between the two.
    pub(super) fn with(&self, other: &Self, samples: usize) -> Option<Self> {
        let Self::Put {
            sample: of,
            x: to,
            y: turned,
        } = other
        else {
            return None;
        };
        match self {
            Self::Place(sample) if of + 1 == samples => Some(Self::Place(Sample {
                x: to.as_ref().unwrap_or(&sample.x).clone(),
                y: turned.as_ref().unwrap_or(&sample.y).clone(),
            })),
            Self::Put { sample, x, y } if sample == of => Some(Self::Put {
                sample: *sample,
                x: to.as_ref().or(x.as_ref()).cloned(),
                y: turned.as_ref().or(y.as_ref()).cloned(),
            }),
            _ => None,
        }
    }

    /// Returns what changes, in a few words: `sample 3 moved to (0.5, −1)`. Samples are numbered from 1, and so are classes that
    /// have no names.
    pub fn words(&self, classes: &[String]) -> String {
        let of = |y: &[f64]| match (y, class_of(y)) {
            ([y], _) => format!("y {}", written(*y)),
            (_, Some(class)) => match classes.get(class) {
                Some(name) => format!("class {name}"),
                None => format!("class {}", class + 1),
            },
            _ => format!("y {}", place(y)),
        };
        match self {
            Self::Place(sample) => {
                format!("a sample at {}, {}", place(&sample.x), of(&sample.y))
            }
            Self::Put { sample, x, y } => {
                let x = x.as_ref().map(|x| format!("moved to {}", place(x)));
                let y = y.as_ref().map(|y| of(y));
                let parts: Vec<String> = x.into_iter().chain(y).collect();
                format!("sample {} {}", sample + 1, parts.join(", "))
            }
            Self::Delete(sample) => format!("without sample {}", sample + 1),
            Self::Draw(options) => {
                let noise =
                    (options.noise > 0.0).then(|| format!("noise {}", written(options.noise)));
                let seed = (options.seed > 0).then(|| format!("seed {}", options.seed));
                let parts = [
                    Some(format!("{} samples drawn", options.samples)),
                    noise,
                    seed,
                ];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                parts.join(", ")
            }
        }
    }
}

/// Returns the class that several targets stand for: one of them is 1, and all others are 0 or −1.
fn class_of(y: &[f64]) -> Option<usize> {
    let class = y.iter().position(|y| [1.0].contains(y))?;
    let others = y.iter().enumerate().filter(|(unit, _)| *unit != class);
    let mut others = others.map(|(_, y)| y);
    others.all(|y| [0.0, -1.0].contains(y)).then_some(class)
}

/// Returns a number as it is given, with the sign that texts have.
pub(crate) fn written(number: f64) -> String {
    with_minus(short(number))
}

/// Returns numbers as a place: `(0.5, −1)`; of many of them the first, and one without parentheses.
pub(crate) fn place(numbers: &[f64]) -> String {
    const MOST: usize = 4;
    if let [number] = numbers {
        return written(*number);
    }
    let shown: Vec<String> = numbers.iter().take(MOST).map(|x| written(*x)).collect();
    let more = if numbers.len() > MOST { ", …" } else { "" };
    format!("({}{more})", shown.join(", "))
}

fn no_sample(sample: usize, count: usize) -> String {
    let sample = sample + 1;
    match count {
        1 => format!("There is no sample {sample}: there is 1."),
        _ => format!("There is no sample {sample}: there are {count}."),
    }
}

/// Returns the number of samples per update of a network: one that is all of them is meant to be.
pub(super) fn batch_of(spec: &NetworkSpec) -> Batch {
    match spec.training.batch_size {
        size if size > 1 && size == spec.data.len() => Batch::All,
        size => Batch::Size(size),
    }
}

impl Run {
    /// Returns the samples that it learns from where one stands, as they are given.
    pub fn samples(&self) -> Vec<Sample> {
        self.now().given().samples
    }

    /// Returns whether samples have been changed by hand where one stands, since all of them were drawn.
    pub fn has_samples_by_hand(&self) -> bool {
        let last = self.edits.last();
        last.is_some_and(|edit| !matches!(edit, DataChange::Draw(_)))
    }

    /// Returns the last change of the samples up to an update, by the update after which it was made.
    pub(super) fn changed_at(&self, update: usize) -> Option<usize> {
        let end = self.marks.partition_point(|mark| mark.update <= update);
        let marks = self.marks[..end].iter().rev();
        let mut changed =
            marks.filter(|mark| mark.change.data.is_some() || mark.change.remade.is_some());
        changed.next().map(|mark| mark.update)
    }

    /// Returns the data as they are given, with all changes that have been made where one stands. They are made from the
    /// first one on, so that the same changes give the same bits, also of what is held out and scaled with them.
    pub(super) fn given(&self) -> GivenData {
        let mut given = self.base.given();
        let is_drawn = |edit: &DataChange| matches!(edit, DataChange::Draw(_));
        let from = self.edits.iter().rposition(is_drawn).unwrap_or(0);
        for edit in &self.edits[from..] {
            // It could be made when it was checked.
            let _ = edit.make(&mut given);
        }
        given
    }

    /// Returns the network with the samples as they are changed where one stands.
    pub(super) fn edited(&self) -> NetworkSpec {
        if self.edits.is_empty() {
            return NetworkSpec::clone(&self.base);
        }
        self.base.with_given(&self.given())
    }

    /// Returns the network as it would be with a change of its samples where one stands.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub(super) fn check_data(&self, change: &DataChange) -> Result<NetworkSpec, String> {
        let now = self.now();
        if let DataChange::Place(Sample { x, y }) = change {
            check_numbers(now, Some(x), Some(y))?;
        }
        if let DataChange::Put { x, y, .. } = change {
            check_numbers(now, x.as_deref(), y.as_deref())?;
        }
        let mut given = self.given();
        change.make(&mut given)?;
        let held_out = given.held_out.as_ref().map_or(0, Vec::len);
        let columns = now.data.x.ncols() + now.data.y.ncols();
        // What is scaled is kept as it was, too.
        if 2 * columns * (given.samples.len() + held_out) > MAX_DATA_NUMBERS {
            return Err("So many samples have too many numbers.".to_owned());
        }
        let batch = self.batch.size(given.samples.len());
        if now.numbers_of_pass(batch) > MAX_BATCH_NUMBERS {
            return Err(format!(
                "A batch of {batch} samples is too large for this network; a smaller batch trains as well."
            ));
        }
        Ok(self.base.with_given(&given))
    }
}

/// Checks that inputs and targets fit a network.
fn check_numbers(spec: &NetworkSpec, x: Option<&[f64]>, y: Option<&[f64]>) -> Result<(), String> {
    let sides = [
        (x, spec.raw_inputs(), "inputs", "input"),
        (y, spec.data.y.ncols(), "targets", "target"),
    ];
    for (numbers, count, many, one) in sides {
        let Some(numbers) = numbers else { continue };
        if numbers.len() != count {
            let what = if count == 1 { one } else { many };
            return Err(format!("A sample has {count} {what} here."));
        }
        let is_fine = |number: &f64| number.abs() <= MAX_NUMBER;
        if !numbers.iter().all(is_fine) {
            return Err(format!("Numbers of samples go to {MAX_NUMBER}."));
        }
    }
    let loss = spec.training.loss;
    let (Some(y), Some(output)) = (y, spec.layers.last()) else {
        return Ok(());
    };
    if let Some([low, high]) = loss.class_targets(output.activation)
        && y.iter().any(|y| ![low, high].contains(y))
    {
        return Err(format!(
            "{} needs targets of {} and {}.",
            loss.name(),
            written(low),
            written(high)
        ));
    }
    if !loss.allows_target(y) {
        return Err(if y.len() > 1 {
            format!("{} needs targets from 0 to 1 with the sum 1.", loss.name())
        } else {
            format!("{} needs targets from 0 to 1.", loss.name())
        });
    }
    Ok(())
}
