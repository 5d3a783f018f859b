//! Data by hand, as lines of text.

use super::LabTranscript;
use crate::lesson::Sample;
use crate::trace::{Change, DataChange};

/// The most samples that are read out at once.
const MOST_SAMPLES: usize = 20;

/// What can be typed about the samples.
pub(super) const HELP: &str = "\
samples              the samples; samples from 21 goes on there
place 0.5 -1 class 1 one more sample; or with its target: place 0.5 -1 target 0.3
move 3 0.2 0.4       sample 3 has these inputs from here on
turn 3               sample 3 is of the next class; turn 3 class 1: of that one
delete 3             without sample 3
set noise 0.2        the named data set drawn anew, with this noise
set samples 200      with so many samples; those placed by hand are gone
draw 7               draws it with this seed; draw alone is the next one
";

/// The numbers of a line, as far as they go, and the rest of it.
fn numbers<'w>(words: &'w [&'w str]) -> (Vec<f64>, &'w [&'w str]) {
    let number = |word: &&str| word.replace(',', ".").parse::<f64>().ok();
    let numbers: Vec<f64> = words.iter().map_while(number).collect();
    let rest = &words[numbers.len()..];
    (numbers, rest)
}

impl LabTranscript {
    /// Makes a change of the samples, and says what has become of it.
    fn change_data(&mut self, data: Result<DataChange, String>) {
        let made = data.and_then(|data| self.lab.change(Change::of_data(data)));
        match made {
            Ok(()) => self.state(),
            Err(why) => self.line(&why),
        }
    }

    /// Returns the 0-based number of a sample by its number as it is said.
    fn sample(&self, word: &str) -> Result<usize, String> {
        let count = self.lab.run().now().data.len();
        let number = word.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        number
            .filter(|number| *number < count)
            .ok_or_else(|| format!("{word:?} is no sample: they are 1 to {count}."))
    }

    /// Returns the targets of a class, by its name or number.
    fn class(&self, word: &str) -> Result<Vec<f64>, String> {
        let kinds = self.lab.kinds();
        let from_1 = usize::from(kinds.first().is_some_and(|kind| kind.y.len() > 1));
        // Where a name is a number, another number for it would be taken for another name.
        let has_numbers = kinds.iter().any(|kind| kind.name.parse::<usize>().is_ok());
        let number = word.parse::<usize>().ok().filter(|_| !has_numbers);
        let number = number.and_then(|number| number.checked_sub(from_1));
        let named = kinds.iter().position(|kind| kind.name == word);
        match named.or(number).and_then(|kind| kinds.get(kind)) {
            Some(kind) if kind.is_class => Ok(kind.y.clone()),
            _ if kinds.iter().any(|kind| kind.is_class) => {
                let names = kinds.iter().enumerate().map(|(kind, class)| {
                    let number = kind + from_1;
                    if has_numbers {
                        class.name.clone()
                    } else {
                        format!("{number} ({})", class.name)
                    }
                });
                let names: Vec<String> = names.collect();
                Err(format!(
                    "{word:?} is no class: they are {}.",
                    names.join(", ")
                ))
            }
            _ => Err("These targets are no classes: say target and numbers.".to_owned()),
        }
    }

    /// Returns the targets that a line ends with: `class 1` or `target 0.3`.
    fn targets(&self, words: &[&str]) -> Result<Vec<f64>, String> {
        match words {
            ["class" | "c", class] => self.class(class),
            ["target" | "targets" | "y", rest @ ..] => match numbers(rest) {
                (targets, []) => Ok(targets),
                (_, [word, ..]) => Err(format!("{word:?} is not a number.")),
            },
            [word, ..] => Err(format!(
                "{word:?} is not known here: class 1, or target 0.3."
            )),
            [] => Err("Its class is missing: class 1, or target 0.3.".to_owned()),
        }
    }

    pub(super) fn place(&mut self, words: &[&str]) {
        let inputs = self.lab.run().now().raw_inputs();
        let (mut x, rest) = numbers(words);
        // Beside a fit the second number is the target.
        let y = if rest.is_empty() && x.len() == inputs + 1 && self.lab.places_targets() {
            Ok(x.split_off(inputs))
        } else {
            self.targets(rest)
        };
        self.change_data(y.map(|y| DataChange::Place(Sample { x, y })));
    }

    pub(super) fn move_sample(&mut self, sample: &str, words: &[&str]) {
        let inputs = self.lab.run().now().raw_inputs();
        let (mut x, rest) = numbers(words);
        let is_fit = x.len() == inputs + 1 && self.lab.places_targets();
        let y = match rest {
            [] => Ok(is_fit.then(|| x.split_off(inputs))),
            rest => self.targets(rest).map(Some),
        };
        let put = self.sample(sample).and_then(|sample| {
            let x = Some(x);
            Ok(DataChange::Put { sample, x, y: y? })
        });
        self.change_data(put);
    }

    pub(super) fn turn(&mut self, sample: &str, words: &[&str]) {
        let turned = self.sample(sample).and_then(|sample| {
            let y = match words {
                [] => {
                    let kinds = self.lab.kinds();
                    let next = self.lab.kind_of(sample).map_or(0, |kind| kind + 1);
                    let kind = kinds.get(next % kinds.len().max(1));
                    let kind = kind.filter(|kind| kind.is_class);
                    kind.map(|kind| kind.y.clone()).ok_or_else(|| {
                        "These targets are no classes: turn 3 target 0.3.".to_owned()
                    })?
                }
                [class] => self.class(class)?,
                words => self.targets(words)?,
            };
            Ok(DataChange::Put {
                sample,
                x: None,
                y: Some(y),
            })
        });
        self.change_data(turned);
    }

    pub(super) fn delete(&mut self, sample: &str) {
        let sample = self.sample(sample).map(DataChange::Delete);
        self.change_data(sample);
    }

    /// Draws the data set anew: with another noise, number or seed.
    pub(super) fn draw(&mut self, what: &str, value: Option<&str>) {
        let drawn = self.lab.run().now().drawn.clone();
        let drawn = drawn.ok_or_else(|| {
            "These samples are given one by one: there is nothing to draw them from.".to_owned()
        });
        let wrong = |value: &str, what: &str| format!("{value:?} is not {what}.");
        let change = drawn.and_then(|drawn| {
            let mut options = drawn.options;
            let value = value.unwrap_or_default();
            match what {
                "noise" => {
                    let noise = value.replace(',', ".").parse();
                    options.noise = noise.map_err(|_| wrong(value, "a number"))?;
                }
                "samples" => {
                    let samples = value.parse();
                    options.samples =
                        samples.map_err(|_| wrong(value, "a whole number from 1 on"))?;
                }
                _ if value.is_empty() => options.seed = options.seed.wrapping_add(1),
                _ => {
                    let seed = value.parse();
                    options.seed = seed.map_err(|_| wrong(value, "a whole number from 0 on"))?;
                }
            }
            Ok(DataChange::Draw(options))
        });
        self.change_data(change);
    }

    /// Reads out samples, from one of them on.
    pub(super) fn samples(&mut self, from: &str) {
        let from = match self.sample(from) {
            Ok(from) => from,
            Err(why) => {
                self.line(&why);
                return;
            }
        };
        let samples = self.lab.run().samples();
        let kinds = self.lab.kinds();
        for (index, sample) in samples.iter().enumerate().skip(from).take(MOST_SAMPLES) {
            let kind = kinds
                .iter()
                .find(|kind| kind.is_class && kind.y == sample.y);
            let y = match kind {
                Some(kind) => kind.name.clone(),
                None => format!("y {}", crate::trace::place(&sample.y)),
            };
            let x = crate::trace::place(&sample.x);
            self.line(&format!("{}: {x}, {y}", index + 1));
        }
        let next = from + MOST_SAMPLES;
        if next < samples.len() {
            let left = samples.len() - next;
            self.line(&format!("{left} more: samples from {}.", next + 1));
        }
    }
}
