//! The samples of a network as they were given, before they are scaled: what is changed by hand.

use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::drawn::Drawn;
use crate::engine::{DataSet, DataSetOptions, ScaledColumns, Sides, made_of};
use crate::lesson::NetworkSpec;

/// A sample as it is given: its inputs and its targets, before they are scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The inputs.
    pub x: Vec<f64>,
    /// The targets.
    pub y: Vec<f64>,
}

/// The data of a network as they are given, before they are scaled.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenData {
    /// The samples that it learns from.
    pub samples: Vec<Sample>,
    /// Those that are held out.
    pub held_out: Option<Vec<Sample>>,
    /// How they were drawn, if they come with the program.
    pub drawn: Option<Arc<Drawn>>,
}

impl GivenData {
    /// Draws all of them anew, in another way. Those held out stay if they are no share of what is drawn.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub fn draw(&mut self, options: DataSetOptions) -> Result<(), String> {
        let Some(drawn) = &self.drawn else {
            return Err(
                "These samples are not drawn from a set that comes with the program.".to_owned(),
            );
        };
        let drawn = drawn.with(options)?;
        let (training, held_out) = drawn.sets();
        self.samples = listed(&training);
        if let Some(held_out) = held_out {
            self.held_out = Some(listed(&held_out));
        }
        self.drawn = Some(Arc::new(drawn));
        Ok(())
    }
}

impl NetworkSpec {
    /// Returns its data as they were given, before they were scaled.
    pub fn given(&self) -> GivenData {
        let (training, held_out) = self.given_sets();
        GivenData {
            samples: listed(&training),
            held_out: held_out.as_deref().map(listed),
            drawn: self.drawn.clone(),
        }
    }

    /// Returns the sets that it learns from and that are held out as they were given, before inputs were made of them and they
    /// were scaled.
    pub(crate) fn given_sets(&self) -> (Arc<DataSet>, Option<Arc<DataSet>>) {
        let made = self.made.as_deref();
        let scaled = &self.scaled;
        if made.is_none() && scaled.inputs.is_none() && scaled.targets.is_none() {
            return (Arc::clone(&self.data), self.held_out.clone());
        }
        let raw = |columns: &Option<Arc<ScaledColumns>>, scaled: &Array2<f64>| match columns {
            Some(columns) => columns.raw.clone(),
            None => scaled.clone(),
        };
        let features = made.map_or(&self.data.features, |made| &made.names);
        let training = DataSet {
            x: match made {
                Some(made) => made.raw.clone(),
                None => raw(&scaled.inputs, &self.data.x),
            },
            y: raw(&scaled.targets, &self.data.y),
            features: features.clone(),
            classes: self.data.classes.clone(),
        };
        let unscaled = |columns: &Option<Arc<ScaledColumns>>, numbers: &Array2<f64>| {
            let mut numbers = numbers.clone();
            if let Some(columns) = columns {
                for ((_, column), number) in numbers.indexed_iter_mut() {
                    *number = columns.unscaled(column, *number);
                }
            }
            numbers
        };
        let held_out = self.held_out.as_ref().map(|held_out| {
            Arc::new(DataSet {
                x: match made.and_then(|made| made.raw_held_out.as_ref()) {
                    Some(raw) => raw.clone(),
                    None => unscaled(&scaled.inputs, &held_out.x),
                },
                y: unscaled(&scaled.targets, &held_out.y),
                features: features.clone(),
                classes: held_out.classes.clone(),
            })
        });
        (Arc::new(training), held_out)
    }

    /// Returns the names of its inputs as they were given, and of its classes, as a lesson file says them beside a list of
    /// samples; `None` if they have none.
    pub(crate) fn names(&self) -> Option<Json> {
        let made = self.made.as_deref();
        let inputs = made.map_or(&self.data.features, |made| &made.names);
        let all = [("inputs", inputs), ("classes", &self.data.classes)];
        let said = all.into_iter().filter(|(_, names)| !names.is_empty());
        let said: Map<String, Json> = said
            .map(|(key, names)| (key.to_owned(), json!(names)))
            .collect();
        (!said.is_empty()).then_some(Json::Object(said))
    }

    /// Returns the network with other data, of which its inputs are made in the way that it makes them, and scaled in the way that it scales them. A batch is as large as it was, or all
    /// of them where there are fewer.
    ///
    /// # Panics
    /// If a sample has not one number for each raw input, and for each output.
    #[must_use]
    pub fn with_given(&self, given: &GivenData) -> Self {
        let mut data = self.set_of(&given.samples);
        let mut made = self.made.as_deref().cloned();
        if let Some(made) = &mut made {
            made.raw = std::mem::take(&mut data.x);
            data.x = made_of(&made.features, &made.raw);
        }
        let (x, inputs) = scale(self.scaled.inputs.as_deref(), data.x);
        let (y, targets) = scale(self.scaled.targets.as_deref(), data.y);
        (data.x, data.y) = (x, y);
        let scaled = Sides { inputs, targets };
        let is_scaled = scaled.inputs.is_some() || scaled.targets.is_some();
        let held_out = match (&given.held_out, &self.held_out) {
            // What is not scaled, nor drawn anew, keeps its bits.
            (Some(_), Some(held_out)) if !is_scaled && given.drawn == self.drawn => {
                Some(Arc::clone(held_out))
            }
            (Some(held_out), _) => {
                let mut held_out = self.set_of(held_out);
                if let Some(made) = &mut made {
                    let raw = std::mem::take(&mut held_out.x);
                    held_out.x = made_of(&made.features, &raw);
                    made.raw_held_out = Some(raw);
                }
                if let Some(columns) = &scaled.inputs {
                    held_out.x = columns.scaled(held_out.x);
                }
                if let Some(columns) = &scaled.targets {
                    held_out.y = columns.scaled(held_out.y);
                }
                Some(Arc::new(held_out))
            }
            (None, _) => None,
        };
        let mut spec = self.clone();
        spec.training.batch_size = spec.training.batch_size.min(data.len());
        Self {
            data: Arc::new(data),
            held_out,
            scaled,
            made: made.map(Arc::new),
            drawn: given.drawn.clone(),
            ..spec
        }
    }

    /// Returns samples as a set with the names that the data of the network have.
    fn set_of(&self, samples: &[Sample]) -> DataSet {
        let matrix = |side: fn(&Sample) -> &[f64], columns: usize| {
            let numbers = samples
                .iter()
                .flat_map(|sample| side(sample).iter().copied());
            match Array2::from_shape_vec((samples.len(), columns), numbers.collect()) {
                Ok(matrix) => matrix,
                Err(error) => panic!("a sample of another size: {error}"),
            }
        };
        DataSet {
            x: matrix(|sample| &sample.x, self.raw_inputs()),
            y: matrix(|sample| &sample.y, self.data.y.ncols()),
            features: self.data.features.clone(),
            classes: self.data.classes.clone(),
        }
    }
}

/// Scales columns as others are: by their own numbers.
fn scale(
    columns: Option<&ScaledColumns>,
    raw: Array2<f64>,
) -> (Array2<f64>, Option<Arc<ScaledColumns>>) {
    let Some(columns) = columns else {
        return (raw, None);
    };
    let columns = ScaledColumns::new(columns.by, raw);
    (columns.scaled(columns.raw.clone()), Some(Arc::new(columns)))
}

fn listed(data: &DataSet) -> Vec<Sample> {
    let rows = data.x.rows().into_iter().zip(data.y.rows());
    rows.map(|(x, y)| Sample {
        x: x.to_vec(),
        y: y.to_vec(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Family, Named};
    use crate::lesson::{Lesson, Library, Source};

    fn parsed(text: &str) -> Lesson {
        let source = Source {
            name: "it".into(),
            text: text.into(),
        };
        Lesson::parse(source).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What is given and put back is the same to the bit, in every network there is.
    #[test]
    fn data_that_are_given_back_are_the_same() {
        let library = Library::embedded();
        let lessons = library
            .names()
            .into_iter()
            .map(|name| library.open(name).unwrap());
        let sets = Named::ALL.map(|named| Lesson::of_data_set(named.name()).unwrap().unwrap());
        for lesson in lessons.chain(sets) {
            for spec in &lesson.networks {
                let given = spec.given();
                let back = spec.with_given(&given);
                assert_eq!((&back.data, &back.scaled), (&spec.data, &spec.scaled));
                assert_eq!(back.training, spec.training);
                let pairs = back.held_out.iter().zip(&spec.held_out);
                for (back, held_out) in pairs {
                    assert!(
                        back.x
                            .iter()
                            .zip(&held_out.x)
                            .all(|(a, b)| (a - b).abs() < 1e-12)
                    );
                    assert_eq!(back.y, held_out.y);
                }
            }
        }
    }

    /// A set that is drawn again is what the loader makes of the same numbers, with noise, classes, features, scaling and a
    /// share held out.
    #[test]
    fn what_is_drawn_again_is_what_a_lesson_says() {
        for named in Named::ALL {
            let more: &[&str] = match named {
                Named::Iris => &[
                    "",
                    ", classes: [virginica, setosa], features: [petal-width, sepal-length]",
                ],
                Named::Digits => &["", ", classes: [3, 8]"],
                _ => &[""],
            };
            for (more, rest) in more.iter().flat_map(|more| {
                [
                    (*more, ""),
                    (*more, "held_out: {share: 0.3, seed: 2}\nscale: standard\n"),
                ]
            }) {
                let (inputs, outputs, phi) = match (named, more.is_empty()) {
                    (Named::Iris, true) => (4, 3, "softmax"),
                    (Named::Iris, false) => (2, 2, "softmax"),
                    (Named::Digits, true) => (64, 10, "softmax"),
                    (Named::Digits, false) => (64, 2, "softmax"),
                    _ if named.family() == Family::Curve => (1, 1, "linear"),
                    _ => (2, 1, "logistic"),
                };
                let loss = match phi {
                    "softmax" => "cross-entropy",
                    _ => "mean-squared",
                };
                let text = |drawing: &str| {
                    format!(
                        "format: 1\ntitle: It\nsummary: It.\nnetwork: {{inputs: {inputs}, layers: [{{units: {outputs}, \
                         activation: {phi}}}], init: {{scheme: xavier, seed: 1}}}}\nloss: {loss}\nbatch: 1\n{rest}dataset: \
                         {{name: {}{more}{drawing}}}\nscript: [{{say: Look.}}]\n",
                        named.name()
                    )
                };
                let is_noisy = named.family() != Family::Measured;
                let said = if is_noisy {
                    ", samples: 33, noise: 0.25, seed: 7"
                } else {
                    ", samples: 33"
                };
                let other = parsed(&text(said));
                let lesson = parsed(&text(""));
                let mut given = lesson.networks[0].given();
                let usual = named.drawing();
                let options = DataSetOptions {
                    samples: 33,
                    noise: if is_noisy { 0.25 } else { usual.noise },
                    seed: if is_noisy { 7 } else { 0 },
                };
                given.draw(options).unwrap();
                let drawn = lesson.networks[0].with_given(&given);
                let wanted = &other.networks[0];
                assert_eq!(drawn.data, wanted.data, "{named:?} {more} {rest}");
                assert_eq!(drawn.held_out, wanted.held_out, "{named:?} {more} {rest}");
                assert_eq!(drawn.drawn, wanted.drawn);
                assert_eq!(drawn.scaled, wanted.scaled);
                let many = DataSetOptions {
                    samples: 100_000,
                    ..options
                };
                assert!(given.draw(many).is_err());
            }
        }
    }
}
