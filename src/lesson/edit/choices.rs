//! The choices that a network and its training are made of, each turned to the next value, the one before, or one that is
//! named.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Edit, HIDDEN_LAYERS, Key, Put};
use crate::algebra::feature::list_of;
use crate::engine::{
    Activation, Factor, Family, Feature, InitScheme, Loss, Named, Optimizer, Scaling,
};
use crate::lesson::limits::{MAX_LAYERS, MAX_NUMBER};
use crate::lesson::{Action, Lesson, LessonError, NetworkSpec, Start};

/// A choice: what it is about, and what is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRow {
    /// What it is about: `loss`, `layer 1: units`.
    pub label: String,
    /// What is chosen.
    pub value: String,
    /// Whether it is not as the lesson was written.
    pub is_changed: bool,
    /// Whether samples of the data set have been changed since it was drawn.
    pub is_by_hand: bool,
    /// Of one that is a part of a whole: the whole before a turn and after it.
    whole: Option<[String; 2]>,
    setting: Setting,
}

/// A choice that is turned.
#[derive(Debug, Clone, PartialEq)]
pub struct Turned {
    /// What that comes to.
    pub turn: Turn,
    /// What is chosen now.
    pub to: String,
    /// The values that were passed over, because they fit with nothing.
    pub passed_over: Vec<String>,
}

/// Why a choice is not turned.
#[derive(Debug)]
pub enum NotTurned {
    /// It is at the end of its row.
    AtEnd,
    /// No value fits: the first of them that was tried, and what the loader says of it.
    Refused(String, LessonError),
    /// What is typed is no value of it: the sentence that says which there are; empty if that is any number.
    NoValue(String),
}

/// What a turn of a choice comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// A number that a scene sets, by its name there.
    Set(&'static str, f64),
    /// Keys of the network.
    Network(Vec<Put>),
    /// Keys of a scene, by its index in the lesson as it was written.
    Scene(usize, Vec<Put>),
}

/// The choices of one network of a lesson with changes.
#[derive(Debug, Clone, Copy)]
pub struct Choices<'a> {
    /// The lesson as it was written.
    pub written: &'a Lesson,
    /// The changes.
    pub edits: &'a [Edit],
    /// The index of the network.
    pub network: usize,
    /// The network with the changes.
    pub spec: &'a NetworkSpec,
    /// The network as it is trained where the learner stands.
    pub here: &'a NetworkSpec,
    /// The same without the changes.
    pub first: &'a NetworkSpec,
    /// Whether samples have been changed by hand while it was trained.
    pub by_hand: bool,
}

/// What a choice is about. Layers count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Setting {
    DataSet,
    Samples,
    Noise,
    DataSeed,
    /// Whether the network has this input.
    Input(Feature),
    Scaling,
    HiddenLayers,
    Units(usize),
    Activation(usize),
    Dropout(usize),
    BatchNorm(usize),
    Loss,
    Rate,
    Batch,
    L2,
    L1,
    Optimizer,
    Momentum,
    Init,
    Seed,
    /// The epochs of a training scene, by its index in the lesson as it was written.
    Epochs(usize),
}

/// What a number is called that holds from where one stands.
const FROM_HERE: &str = ", from here on";

/// What a change of the inputs is called.
const INPUTS: &str = "inputs";

/// The most numbers that a turn passes over in search of one that fits.
const MOST_TRIED: usize = 6;

/// The seed of weights that are drawn instead of given ones.
const FIRST_SEED: u64 = 1;

impl ChoiceRow {
    /// Returns what is chosen, and whether that has been changed by hand since.
    pub fn shown(&self) -> String {
        if self.is_by_hand {
            format!("{}, changed by hand", self.value)
        } else {
            self.value.clone()
        }
    }

    /// Returns whether another seed is chosen with it: the seed of the first weights, or else how they are drawn.
    pub fn is_of_seed(&self) -> bool {
        self.setting == Setting::Seed
    }

    /// Returns whether it is about a scene of the lesson.
    pub const fn is_of_scene(&self) -> bool {
        matches!(self.setting, Setting::Epochs(_))
    }

    /// Returns what a turn of it to a value changes: the name of that, and what it was and is then. The inputs of a network
    /// are one thing, of which each is turned on and off by itself.
    pub fn change(&self, to: &str) -> [String; 3] {
        match &self.whole {
            Some([before, after]) => [INPUTS.to_owned(), before.clone(), after.clone()],
            None => [self.label.clone(), self.value.clone(), to.to_owned()],
        }
    }

    /// Returns whether it says how the first weights are drawn.
    pub fn is_of_weights(&self) -> bool {
        self.setting == Setting::Init
    }

    /// Returns whether it has a name: its label, or that of a number or of a key in lesson files.
    pub fn is_called(&self, name: &str) -> bool {
        let label = self.label.as_str();
        label == name || short_name(label) == name || self.setting.names().contains(&name)
    }
}

/// Returns what a choice is called where it is said from when on it holds.
pub fn short_name(label: &str) -> &str {
    label.strip_suffix(FROM_HERE).unwrap_or(label)
}

impl Setting {
    /// Returns what it is called besides its label.
    const fn names(&self) -> &'static [&'static str] {
        match self {
            Self::DataSet => &["dataset", "data"],
            Self::Rate => &["rho", "ρ", "learning_rate", "rate"],
            Self::L2 => &["l2", "alpha", "α"],
            Self::L1 => &["l1", "alpha1", "α₁"],
            Self::Init => &["init", "weights"],
            Self::HiddenLayers => &["layers"],
            Self::Scaling => &["scale"],
            _ => &[],
        }
    }

    /// Returns the names to choose from that every network has; empty where it is a number.
    fn values(&self) -> Vec<&'static str> {
        match self {
            Self::DataSet => Named::ALL.iter().map(|named| named.name()).collect(),
            Self::Scaling => vec!["none", "standard", "unit"],
            Self::Activation(_) => Activation::ALL.iter().map(|of| of.name()).collect(),
            Self::Loss => Loss::ALL.iter().map(|of| of.name()).collect(),
            Self::Optimizer => OPTIMIZERS.iter().map(|(name, _)| *name).collect(),
            Self::Init => vec!["uniform", "xavier", "he", "zeros"],
            Self::Input(_) | Self::BatchNorm(_) => vec!["off", "on"],
            _ => Vec::new(),
        }
    }

    /// Returns whether it is a whole number.
    const fn is_whole(&self) -> bool {
        matches!(
            self,
            Self::Samples
                | Self::DataSeed
                | Self::HiddenLayers
                | Self::Units(_)
                | Self::Batch
                | Self::Seed
                | Self::Epochs(_)
        )
    }
}

impl Choices<'_> {
    /// Returns all of them.
    // Long only because it has a line for each choice.
    #[allow(clippy::too_many_lines)]
    pub fn rows(&self) -> Vec<ChoiceRow> {
        // As the lesson says it; scenes may have changed how it is trained by now.
        let (spec, here) = (self.spec, self.here);
        let mut rows = Vec::new();
        let mut add = |label: &str, value: String, setting| {
            rows.push(ChoiceRow {
                label: label.to_owned(),
                value,
                is_changed: false,
                is_by_hand: false,
                whole: None,
                setting,
            });
        };
        let data = self.data_set();
        let name = data
            .as_ref()
            .map_or("its own samples", |(name, _)| name.as_str());
        add("data set", name.to_owned(), Setting::DataSet);
        if let Some((_, drawn)) = &data {
            let is_noisy = drawn.get("noise").is_some();
            let samples = if self.by_hand {
                (spec.data.len() + spec.held_out.as_ref().map_or(0, |set| set.len())).to_string()
            } else {
                drawn["samples"].to_string()
            };
            add("samples", samples, Setting::Samples);
            if is_noisy {
                let noise = drawn["noise"].as_f64().unwrap_or(0.0);
                add("noise", noise.to_string(), Setting::Noise);
                let named = Named::from_name(name);
                // Without noise another seed gives the same samples, unless the points are drawn too.
                if noise > 0.0 || named.is_some_and(Named::draws_points) {
                    add(
                        "seed of the data",
                        drawn["seed"].to_string(),
                        Setting::DataSeed,
                    );
                }
            }
        }
        for (feature, on) in self.inputs() {
            let value = if on { "on" } else { "off" };
            add(
                &format!("input {}", feature.name()),
                value.to_owned(),
                Setting::Input(feature),
            );
        }
        let scaling = spec
            .scaled
            .inputs
            .as_ref()
            .map_or("none", |scaled| match scaled.by {
                Scaling::Standard => "standard",
                Scaling::Unit => "unit",
            });
        add("scaling", scaling.to_owned(), Setting::Scaling);
        let hidden = spec.layers.len() - 1;
        add(HIDDEN_LAYERS, hidden.to_string(), Setting::HiddenLayers);
        for (i, layer) in spec.layers.iter().enumerate() {
            let l = i + 1;
            let of = |what: &str| {
                if l > hidden {
                    format!("output: {what}")
                } else {
                    format!("layer {l}: {what}")
                }
            };
            if l <= hidden {
                add(&of("units"), layer.units.to_string(), Setting::Units(l));
            }
            add(
                &of("activation"),
                layer.activation.name().to_owned(),
                Setting::Activation(l),
            );
            if l <= hidden {
                add(
                    &of("dropout"),
                    layer.dropout.to_string(),
                    Setting::Dropout(l),
                );
                let on = if layer.batch_norm { "on" } else { "off" };
                add(&of("batch norm"), on.to_owned(), Setting::BatchNorm(l));
            }
        }
        let (training, now) = (&spec.training, &here.training);
        add("loss", training.loss.name().to_owned(), Setting::Loss);
        add(
            &format!("learning rate ρ{FROM_HERE}"),
            now.rho.to_string(),
            Setting::Rate,
        );
        let batch = if training.batch_size >= spec.data.len() && spec.data.len() > 1 {
            "all".to_owned()
        } else {
            training.batch_size.to_string()
        };
        add("batch", batch, Setting::Batch);
        add(
            "optimizer",
            optimizer_name(training.optimizer).to_owned(),
            Setting::Optimizer,
        );
        if let Optimizer::Momentum { momentum, .. } = training.optimizer {
            add("momentum", momentum.to_string(), Setting::Momentum);
        }
        add(
            &format!("l2{FROM_HERE}"),
            now.penalty.l2.to_string(),
            Setting::L2,
        );
        add(
            &format!("l1{FROM_HERE}"),
            now.penalty.l1.to_string(),
            Setting::L1,
        );
        let (scheme, seed) = match &spec.start {
            Start::Weights(_) => ("given", None),
            Start::Init(init) => (scheme_name(init.scheme), Some(init.seed)),
        };
        add("first weights", scheme.to_owned(), Setting::Init);
        if let Some(seed) = seed {
            add("seed", seed.to_string(), Setting::Seed);
        }
        let trainings: Vec<usize> = self
            .written
            .scenes
            .iter()
            .enumerate()
            .filter(|(_, scene)| {
                scene.network == self.network && matches!(scene.action, Action::Train(_))
            })
            .map(|(i, _)| i)
            .collect();
        for (number, scene) in trainings.iter().enumerate() {
            let label = match trainings.len() {
                1 => "epochs".to_owned(),
                _ => format!("training {}: epochs", number + 1),
            };
            add(
                &label,
                self.epochs(*scene).to_string(),
                Setting::Epochs(*scene),
            );
        }
        let written = features_of(&self.written.networks[self.network]);
        let by_hand = self.by_hand || self.has_samples_by_hand();
        for row in &mut rows {
            row.is_by_hand = by_hand && row.setting == Setting::DataSet;
            if let Setting::Input(feature) = &row.setting {
                let whole = [features_of(spec), self.with_turned(feature)];
                row.whole = Some(whole.map(|features| list_of(&features)));
                row.is_changed = written.contains(feature) != (row.value == "on");
            }
        }
        rows
    }

    /// Returns the inputs that the network may have, and whether it has each: of one or two numbers of a sample they
    /// themselves, their squares, product and sines, and whatever else the lesson has.
    fn inputs(&self) -> Vec<(Feature, bool)> {
        let has = features_of(self.spec);
        let of_written = features_of(&self.written.networks[self.network]);
        let numbers = self.spec.raw_inputs();
        let each = || 0..numbers;
        let mut all: Vec<Feature> = each().map(Feature::plain).collect();
        if numbers <= MOST_NUMBERS {
            all.extend(each().map(|number| Feature::power(number, 2)));
            let factors = each().map(|number| Factor {
                number,
                exponent: 1,
            });
            all.push(match numbers {
                1 => Feature::power(0, 3),
                _ => Feature::product(factors),
            });
            all.extend(each().map(Feature::Sine));
        } else if self.spec.made.is_none() && self.written.networks[self.network].made.is_none() {
            return Vec::new();
        }
        for feature in of_written.into_iter().chain(has.iter().cloned()) {
            let is_here = feature.numbers().iter().all(|number| *number < numbers);
            if is_here && !all.contains(&feature) {
                all.push(feature);
            }
        }
        let is_on = |feature: &Feature| has.contains(feature);
        all.into_iter()
            .map(|feature| {
                let on = is_on(&feature);
                (feature, on)
            })
            .collect()
    }

    /// Returns the inputs of the network with one more or less: those of the lesson as it was written in its order, and
    /// then the others.
    fn with_turned(&self, turned: &Feature) -> Vec<Feature> {
        let on: Vec<Feature> = self
            .inputs()
            .into_iter()
            .filter(|(feature, on)| *on != (feature == turned))
            .map(|(feature, _)| feature)
            .collect();
        let written = features_of(&self.written.networks[self.network]);
        let first = written.iter().filter(|feature| on.contains(feature));
        let others = on.iter().filter(|feature| !written.contains(feature));
        first.chain(others).cloned().collect()
    }

    /// Returns the keys of a network with these inputs. Given weights stay with their inputs, and those of a new input
    /// begin at 0, so that it changes nothing until it is trained or set.
    fn put_inputs(&self, features: &[Feature]) -> Option<Vec<Put>> {
        let written = &self.written.networks[self.network];
        let path = ["features".into()];
        let plain: Vec<Feature> = (0..self.spec.raw_inputs()).map(Feature::plain).collect();
        let mut puts = vec![if written.made.is_none() && features == plain {
            Put::nothing(path)
        } else {
            let list: Vec<String> = features.iter().map(Feature::written).collect();
            Put::new(path, list)
        }];
        if !features.is_empty() {
            puts.push(Put::new(["inputs".into()], features.len()));
        }
        if let Start::Weights(weights) = &self.spec.start {
            let path = ["weights".into()];
            let mut given = self.key(&path)?;
            let rows = given.get_mut(0)?.as_array_mut()?;
            let own = features_of(self.spec);
            let of_bias = rows.len().checked_sub(own.len())?;
            let before = std::mem::take(rows);
            let row_of = |feature: &Feature| {
                if let Some(input) = own.iter().position(|other| other == feature) {
                    return before.get(of_bias + input).cloned();
                }
                let of_written = match &written.start {
                    Start::Weights(weights) => {
                        let of_written = features_of(written);
                        let input = of_written.iter().position(|other| other == feature);
                        input.zip(weights.first())
                    }
                    Start::Init(_) => None,
                };
                let units = weights.first()?.ncols();
                let row = of_written.filter(|(_, first)| first.ncols() == units);
                Some(match row {
                    Some((input, first)) => json!(first.row(input + 1).to_vec()),
                    None => json!(vec![0; units]),
                })
            };
            let bias = before.iter().take(of_bias).cloned().map(Some);
            let made = features.iter().map(row_of);
            *rows = bias.chain(made).collect::<Option<_>>()?;
            puts.push(Put::new(path, given));
            puts.push(Put::nothing(["trained".into()]));
        }
        Some(puts)
    }

    /// Returns which ways a choice can be turned: to a value before the one that is chosen, and to one after it.
    pub fn ways(&self, row: &ChoiceRow) -> [bool; 2] {
        let leads = |up| self.turned(row, &row.value, up).is_ok();
        if row.setting.values().is_empty() {
            [leads(false), leads(true)]
        } else {
            // A row of names goes round.
            [leads(true); 2]
        }
    }

    /// Returns what the next value of a choice comes to, or the one before. The turn starts at `from`, which may have been
    /// refused. Values that fit with nothing are passed over; where another loss or another output has to come with a name,
    /// it does.
    ///
    /// # Errors
    /// If it is at the end of its row, or nothing fits.
    pub fn turned(&self, row: &ChoiceRow, from: &str, up: bool) -> Result<Turned, NotTurned> {
        let setting = &row.setting;
        let names = self.names(setting);
        let is_named = !names.is_empty();
        let mut value = from.to_owned();
        let mut refused = None;
        let mut passed_over = Vec::new();
        // A row of names goes round.
        let most = if is_named { names.len() } else { MOST_TRIED };
        for _ in 0..most {
            let next = if is_named {
                next_of(&names, &value, up)
            } else {
                self.next(setting, &value, up)
            };
            let Some(to) = next else {
                break;
            };
            if is_named && to == row.value {
                // What was tried last may be another one.
                value = to;
                continue;
            }
            let puts = self.puts(setting, &to).ok_or(NotTurned::AtEnd)?;
            match self.fitting(setting, &to, puts) {
                Ok(puts) => {
                    let turn = Self::turn(setting, &to, puts);
                    return Ok(Turned {
                        turn,
                        to,
                        passed_over,
                    });
                }
                Err(error) => {
                    refused = refused.or(Some(NotTurned::Refused(to.clone(), error)));
                    passed_over.push(to.clone());
                    value = to;
                }
            }
        }
        Err(refused.unwrap_or(NotTurned::AtEnd))
    }

    /// Returns what a choice comes to that is turned to a value, as [`turned`](Self::turned) does.
    ///
    /// # Errors
    /// If it has no such value, or that fits with nothing.
    pub fn turned_to(&self, row: &ChoiceRow, value: &str) -> Result<Turned, NotTurned> {
        let setting = &row.setting;
        let names = self.names(setting);
        if !names.is_empty() && !names.iter().any(|name| name == value) {
            let what = format!("It is one of {}.", names.join(", "));
            return Err(NotTurned::NoValue(what));
        }
        let puts = self.puts(setting, value).ok_or_else(|| {
            let what = match setting {
                Setting::Batch => "It is a whole number from 1 on, or all.",
                Setting::Units(_) | Setting::Epochs(_) | Setting::Samples => {
                    "It is a whole number from 1 on."
                }
                setting if setting.is_whole() => "It is a whole number from 0 on.",
                _ => "",
            };
            NotTurned::NoValue(what.to_owned())
        })?;
        let refused = |error| NotTurned::Refused(value.to_owned(), error);
        let puts = self.fitting(setting, value, puts).map_err(refused)?;
        Ok(Turned {
            turn: Self::turn(setting, value, puts),
            to: value.to_owned(),
            passed_over: Vec::new(),
        })
    }

    fn turn(setting: &Setting, to: &str, puts: Vec<Put>) -> Turn {
        match (setting, to.parse()) {
            (Setting::Rate, Ok(value)) => Turn::Set("rho", value),
            (Setting::L2, Ok(value)) => Turn::Set("alpha", value),
            (Setting::L1, Ok(value)) => Turn::Set("alpha1", value),
            (Setting::Epochs(scene), _) => Turn::Scene(*scene, puts),
            _ => Turn::Network(puts),
        }
    }

    /// Returns the keys of a value that fits, with those of another loss or another output if only with them it does.
    ///
    /// # Errors
    /// What the loader says of it alone, if it fits with nothing.
    fn fitting(
        &self,
        setting: &Setting,
        to: &str,
        puts: Vec<Put>,
    ) -> Result<Vec<Put>, LessonError> {
        let load = |puts: &[Put]| {
            let edit = match Self::turn(setting, to, puts.to_vec()) {
                // Its bounds are those of a field that is typed.
                Turn::Set(..) => return Ok(()),
                Turn::Network(puts) => Edit::Network {
                    network: self.network,
                    puts,
                },
                Turn::Scene(scene, puts) => Edit::Scene { scene, puts },
            };
            let edits: Vec<Edit> = self.edits.iter().cloned().chain([edit]).collect();
            let loaded = self.written.edited(&edits, &mut BTreeSet::new());
            loaded.map(drop)
        };
        let Err(error) = load(&puts) else {
            return Ok(puts);
        };
        let with = |partner: Vec<Put>| [puts.clone(), partner].concat();
        let mut pairs = self.partners(setting, to).into_iter().map(with);
        pairs.find(|puts| load(puts).is_ok()).ok_or(error)
    }

    /// Returns the keys of what may have to change with an output activation, which is the loss, or with a loss, which is
    /// that; the likeliest first.
    fn partners(&self, setting: &Setting, to: &str) -> Vec<Vec<Put>> {
        let spec = self.spec;
        let last = spec.layers.len();
        let Some(output) = spec.layers.last() else {
            return Vec::new();
        };
        match setting {
            Setting::Activation(l) if *l == last => {
                let Some(phi) = Activation::ALL.into_iter().find(|phi| phi.name() == to) else {
                    return Vec::new();
                };
                if spec.training.loss.allows(phi) {
                    return Vec::new();
                }
                let mut losses: Vec<Loss> = Loss::ALL.into_iter().collect();
                losses.retain(|loss| loss.allows(phi));
                losses.sort_by_key(|loss| !loss.has_shortcut(phi));
                losses.iter().map(|loss| put_loss(loss.name())).collect()
            }
            Setting::Loss => {
                let loss = Loss::from_name(to).filter(|loss| !loss.allows(output.activation));
                let Some(loss) = loss else {
                    return Vec::new();
                };
                let usual = ["logistic", "linear", "tanh"];
                let mut outputs: Vec<Activation> = Activation::ALL.into_iter().collect();
                outputs.retain(|phi| loss.allows(*phi));
                outputs.sort_by_key(|phi| {
                    let place = usual.iter().position(|name| *name == phi.name());
                    (!loss.has_shortcut(*phi), place.unwrap_or(usual.len()))
                });
                let outputs = outputs.iter();
                outputs
                    .map(|phi| put_activation(last, phi.name()))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the next number of a choice, or the one before; `None` at the end of its row. The number of the lesson as it was
    /// written is in the row too.
    fn next(&self, setting: &Setting, from: &str, up: bool) -> Option<String> {
        let next = self.next_in_row(setting, from, up);
        let Some(first) = self.first_value(setting) else {
            return next;
        };
        let number = |value: &str| match (value, setting) {
            ("all", Setting::Batch) => Some(self.spec.data.len() as f64),
            _ => value.parse::<f64>().ok(),
        };
        let is_passed = match (number(from), number(&first), next.as_deref().map(number)) {
            (Some(from), Some(first), Some(Some(next))) if up => from < first && first < next,
            (Some(from), Some(first), Some(Some(next))) => next < first && first < from,
            // It may lie beyond the end of the row.
            (Some(from), Some(first), None) if up => from < first,
            (Some(from), Some(first), None) => first < from,
            _ => false,
        };
        if is_passed { Some(first) } else { next }
    }

    /// Returns the names to choose from; empty where it is a number. What a lesson gives itself, such as weights, is one of them.
    fn names(&self, setting: &Setting) -> Vec<String> {
        let mut names: Vec<String> = setting.values().into_iter().map(str::to_owned).collect();
        let of_lesson = match setting {
            Setting::Init | Setting::DataSet => self.first_value(setting),
            _ => None,
        };
        if let Some(name) = of_lesson.filter(|name| !names.contains(name)) {
            if *setting == Setting::Init {
                // Weights within bounds that nobody has chosen come last.
                names.rotate_left(1);
            }
            names.insert(0, name);
        }
        names
    }

    /// Returns keys with what the lesson as it was written has there.
    fn as_written(&self, puts: Vec<Put>) -> Vec<Put> {
        let written = |put: Put| Put {
            value: self.written.key(&[], self.network, &put.path),
            path: put.path,
        };
        let mut puts: Vec<Put> = puts.into_iter().map(written).collect();
        // What networks share of these is not of one that has the other.
        let is = |put: &Put, key: &str| put.path == [Key::from(key)];
        let has_samples = self.written.networks[self.network].drawn.is_none()
            && puts
                .iter()
                .any(|put| is(put, "data") && put.value.is_some());
        for put in &mut puts {
            let is_other = if has_samples {
                is(put, "dataset")
            } else {
                is(put, "data") || is(put, "names")
            };
            if is_other {
                put.value = None;
            }
        }
        puts
    }

    /// Returns whether a value is that of the lesson as it was written, with what else it says of it.
    fn is_written(&self, setting: &Setting, to: &str) -> bool {
        let written = &self.written.networks[self.network];
        let has_more = match setting {
            Setting::DataSet | Setting::Loss | Setting::Optimizer => true,
            Setting::Activation(_) => written.layers.len() == self.spec.layers.len(),
            Setting::Init => !setting.values().contains(&to),
            _ => false,
        };
        has_more && self.first_value(setting).as_deref() == Some(to)
    }

    /// Returns what is chosen without the changes.
    fn first_value(&self, setting: &Setting) -> Option<String> {
        let unchanged = Self {
            edits: &[],
            spec: self.written.networks.get(self.network)?,
            here: self.first,
            ..*self
        };
        let mut rows = unchanged.rows().into_iter();
        rows.find(|row| row.setting == *setting)
            .map(|row| row.value)
    }

    /// Returns the next value in the row that a choice has by itself, or the one before.
    fn next_in_row(&self, setting: &Setting, from: &str, up: bool) -> Option<String> {
        let number = || from.parse::<f64>().ok();
        let more = |up: bool| if up { 1.0 } else { -1.0 };
        Some(match setting {
            Setting::Samples => {
                let (fewest, most) = self.spec.drawn.as_ref()?.range();
                let from = whole(number()?);
                #[allow(clippy::cast_precision_loss)] // No set has so many samples.
                let next = whole(stepped(from as f64, up, 1.0)?).clamp(fewest, most);
                // It ends at the fewest there may be, and at all that there are.
                ((next > from) == up && next != from).then(|| next.to_string())?
            }
            Setting::Epochs(_) => whole(stepped(number()?, up, 1.0)?).to_string(),
            Setting::Noise => added(number()?, up, 0.05)?.to_string(),
            Setting::DataSeed | Setting::Seed => seed(from, up)?.to_string(),
            Setting::HiddenLayers => {
                let layers = number()? + more(up);
                (layers >= 0.0).then(|| whole(layers).to_string())?
            }
            Setting::Units(_) => {
                let units = number()? + more(up);
                (units >= 1.0).then(|| whole(units).to_string())?
            }
            Setting::Dropout(_) => {
                let share = added(number()?, up, 0.1).filter(|share| *share < 0.95)?;
                share.to_string()
            }
            Setting::Rate => {
                let rho = stepped(number()?, up, 1e-6)?;
                (rho <= MAX_NUMBER).then(|| rho.to_string())?
            }
            Setting::Batch => {
                let samples = self.spec.data.len();
                let size = if from == "all" {
                    samples
                } else {
                    whole(number()?)
                };
                #[allow(clippy::cast_precision_loss)] // No set has so many samples.
                let next = whole(stepped(size as f64, up, 1.0)?);
                match next {
                    _ if up && size >= samples => return None,
                    next if next >= samples => "all".to_owned(),
                    next => next.to_string(),
                }
            }
            Setting::L2 | Setting::L1 => match (number()?, up) {
                (0.0, true) => 0.0001,
                (0.0, false) => return None,
                (now, up) => stepped(now, up, 0.0001).unwrap_or(0.0),
            }
            .to_string(),
            Setting::Momentum => {
                let now = number()?;
                let mut row = FACTORS.into_iter();
                let next = if up {
                    row.find(|factor| *factor > now)
                } else {
                    row.rfind(|factor| *factor < now)
                }?;
                next.to_string()
            }
            _ => return None,
        })
    }

    /// Returns the keys that say a value; `None` if it has no such value. A number of the training is set by a scene, not by
    /// keys.
    // Long only because it has an arm for each choice.
    #[allow(clippy::too_many_lines)]
    fn puts(&self, setting: &Setting, to: &str) -> Option<Vec<Put>> {
        let spec = self.spec;
        let number = || to.parse::<f64>().ok().filter(|number| number.is_finite());
        let whole_number = || to.parse::<u64>().ok();
        let put = |path: &[Key], value: Json| vec![Put::new(path.iter().cloned(), value)];
        let top = |key: &str| [Key::from(key)];
        let mut puts = match setting {
            Setting::DataSet => vec![
                Put::nothing(top("data")),
                Put::nothing(top("names")),
                Put::new(top("dataset"), to),
            ],
            Setting::Samples | Setting::Noise | Setting::DataSeed => {
                let (_, mut drawn) = self.data_set()?;
                let (key, value) = match setting {
                    Setting::Samples => ("samples", json!(whole_number()?)),
                    Setting::Noise => ("noise", json!(number()?)),
                    _ => ("seed", json!(whole_number()?)),
                };
                drawn[key] = value;
                put(&top("dataset"), drawn)
            }
            Setting::Input(feature) => {
                let is_on = features_of(spec).contains(feature);
                if is_on == (to == "on") {
                    return None;
                }
                self.put_inputs(&self.with_turned(feature))?
            }
            Setting::Scaling => put(&top("scale"), json!(to)),
            Setting::HiddenLayers => {
                let path = top("layers");
                let layers = self.key(&path)?;
                let mut layers = layers.as_array()?.clone();
                let wanted = usize::try_from(whole_number()?).ok()?;
                // More are refused by the loader.
                let wanted = wanted.min(MAX_LAYERS + 1);
                while layers.len() - 1 < wanted {
                    let hidden = layers.len() - 1;
                    let another = match hidden.checked_sub(1) {
                        Some(last) => layers[last].clone(),
                        None => json!({"units": 3, "activation": "tanh"}),
                    };
                    layers.insert(hidden, another);
                }
                while layers.len() - 1 > wanted {
                    layers.remove(layers.len() - 2);
                }
                with_new_weights(spec, put(&path, Json::Array(layers)))
            }
            Setting::Units(l) => {
                let units = whole_number().filter(|units| *units > 0)?;
                with_new_weights(spec, put(&of_layer(*l, "units"), json!(units)))
            }
            Setting::Activation(l) => put_activation(*l, to),
            Setting::Dropout(l) => {
                let mut puts = put(&of_layer(*l, "dropout"), json!(number()?));
                puts.push(Put::nothing(of_layer(*l, "mask")));
                puts
            }
            Setting::BatchNorm(l) => put(&of_layer(*l, "batch_norm"), json!(to == "on")),
            Setting::Loss => put_loss(to),
            Setting::Rate | Setting::L2 | Setting::L1 => {
                number()?;
                Vec::new()
            }
            Setting::Batch if to == "all" => put(&top("batch"), json!("all")),
            Setting::Batch => put(&top("batch"), json!(whole_number()?)),
            Setting::Optimizer => {
                let written = OPTIMIZERS.iter().find(|(other, _)| *other == to)?.1;
                put(&top("optimizer"), serde_json::from_str(written).ok()?)
            }
            Setting::Momentum => {
                let path = ["optimizer".into(), "momentum".into()];
                put(&path, json!(number()?))
            }
            Setting::Init => {
                let seed = match &spec.start {
                    Start::Init(init) => init.seed,
                    Start::Weights(_) => FIRST_SEED,
                };
                with_init(to, seed)
            }
            Setting::Seed => {
                let path = ["init".into(), "seed".into()];
                put(&path, json!(whole_number()?))
            }
            Setting::Epochs(scene) => {
                let epochs = whole_number()?;
                let key = |key: &str| ["train".into(), key.into()];
                let mut puts = put(&key("epochs"), json!(epochs));
                if let Action::Train(train) = &self.written.scenes[*scene].action {
                    // They count epochs of the training.
                    let others = [("every", train.every), ("patience", train.patience)];
                    for (name, count) in others {
                        let count = count.and_then(|count| u64::try_from(count).ok());
                        puts.extend(count.map(|count| Put::new(key(name), count.min(epochs))));
                    }
                }
                puts
            }
        };
        if self.is_written(setting, to) {
            puts = self.as_written(puts);
        }
        if spec.trained.is_some() {
            // What does not go on with it begins anew.
            let of_training = |key: &str| Put::nothing(["trained".into(), key.into()]);
            puts.extend(match setting {
                Setting::DataSet | Setting::Samples | Setting::Batch => {
                    Some(of_training("batches"))
                }
                Setting::Optimizer => Some(of_training("optimizer")),
                Setting::BatchNorm(_) => Some(Put::nothing(top("trained"))),
                _ => None,
            });
        }
        Some(puts)
    }

    /// Returns what stands at keys of the network in the lesson file with the changes.
    fn key(&self, path: &[Key]) -> Option<Json> {
        self.written.key(self.edits, self.network, path)
    }

    /// Returns whether samples of the set have been changed since it was chosen.
    fn has_samples_by_hand(&self) -> bool {
        let is_set = |put: &Put| put.path.first() == Some(&"dataset".into());
        let mut edits = self.edits.iter().rev();
        let by_hand = edits.find_map(|edit| match edit {
            Edit::Sample { network, .. } if *network == self.network => Some(true),
            Edit::Network { network, puts } if *network == self.network => {
                puts.iter().any(is_set).then_some(false)
            }
            _ => None,
        });
        by_hand.unwrap_or(false)
    }

    /// Returns the name of the set of a network, and how it is drawn, written out; `None` if it has samples of its own.
    fn data_set(&self) -> Option<(String, Json)> {
        // A file that the lab has written names the set of the lesson beside the samples of the network.
        if self.spec.drawn.is_none() && !self.has_samples_by_hand() {
            return None;
        }
        let given = self.key(&["dataset".into()])?;
        let name = given
            .as_str()
            .or_else(|| given.get("name")?.as_str())?
            .to_owned();
        let named = Named::from_name(&name)?;
        let usual = named.drawing();
        let mut drawn = json!({"name": name, "samples": usual.samples});
        if named.family() != Family::Measured {
            drawn["noise"] = json!(usual.noise);
            drawn["seed"] = json!(usual.seed);
        }
        if let Some(given) = given.as_object() {
            for (key, value) in given {
                drawn[key] = value.clone();
            }
        }
        Some((name, drawn))
    }

    /// Returns the most epochs of a training scene of the lesson as it was written, with the changes.
    fn epochs(&self, scene: usize) -> usize {
        let path = ["train".into(), "epochs".into()];
        let changed = self.edits.iter().rev().find_map(|edit| match edit {
            Edit::Scene { scene: of, puts } if *of == scene => {
                let put = puts.iter().find(|put| put.path == path)?;
                usize::try_from(put.value.as_ref()?.as_u64()?).ok()
            }
            _ => None,
        });
        changed.unwrap_or_else(|| match &self.written.scenes[scene].action {
            Action::Train(train) => train.epochs,
            _ => 0,
        })
    }
}

/// The most numbers of a sample for which squares, products and sines are offered as inputs.
const MOST_NUMBERS: usize = 2;

/// Returns what the inputs of a network are.
fn features_of(spec: &NetworkSpec) -> Vec<Feature> {
    match &spec.made {
        Some(made) => made.features.clone(),
        None => (0..spec.inputs).map(Feature::plain).collect(),
    }
}

/// The optimizers by their names, as a lesson says them.
const OPTIMIZERS: [(&str, &str); 6] = [
    ("descent", r#"{"descent": {}}"#),
    ("momentum", r#"{"momentum": 0.9}"#),
    ("nesterov", r#"{"momentum": 0.9, "nesterov": true}"#),
    ("rmsprop", r#"{"rmsprop": {}}"#),
    ("adagrad", r#"{"adagrad": {}}"#),
    ("adam", r#"{"adam": {}}"#),
];

/// The factors of momentum to choose from.
const FACTORS: [f64; 7] = [0.0, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99];

const fn optimizer_name(optimizer: Optimizer) -> &'static str {
    match optimizer {
        Optimizer::Descent => "descent",
        Optimizer::Momentum { nesterov: true, .. } => "nesterov",
        Optimizer::Momentum { .. } => "momentum",
        Optimizer::RmsProp { .. } => "rmsprop",
        Optimizer::AdaGrad { .. } => "adagrad",
        Optimizer::Adam { .. } => "adam",
    }
}

const fn scheme_name(scheme: InitScheme) -> &'static str {
    match scheme {
        InitScheme::Uniform { .. } => "uniform",
        InitScheme::Xavier => "xavier",
        InitScheme::He => "he",
        InitScheme::Zeros => "zeros",
    }
}

fn of_layer(l: usize, key: &str) -> [Key; 3] {
    ["layers".into(), (l - 1).into(), key.into()]
}

/// Returns the keys of an activation, without the parameters of the one that was there.
fn put_activation(l: usize, name: &str) -> Vec<Put> {
    let others = ["slope", "steepness", "at_zero", "alpha"];
    let others = others.map(|key| Put::nothing(of_layer(l, key)));
    let own = Put::new(of_layer(l, "activation"), name);
    [own].into_iter().chain(others).collect()
}

/// Returns the keys of a loss, without the parameter of the one that was there.
fn put_loss(name: &str) -> Vec<Put> {
    vec![
        Put::new(["loss".into()], name),
        Put::nothing(["delta".into()]),
    ]
}

/// Returns weights that are drawn, instead of those that are there.
fn with_init(scheme: &str, seed: u64) -> Vec<Put> {
    let init = if scheme == "uniform" {
        json!({"scheme": scheme, "low": -0.5, "high": 0.5, "seed": seed})
    } else {
        json!({"scheme": scheme, "seed": seed})
    };
    vec![
        Put::nothing(["weights".into()]),
        Put::nothing(["trained".into()]),
        Put::new(["init".into()], init),
    ]
}

/// Draws new weights for a network of another shape if its own are given.
fn with_new_weights(spec: &NetworkSpec, mut puts: Vec<Put>) -> Vec<Put> {
    if matches!(spec.start, Start::Weights(_)) {
        puts.extend(with_init("xavier", FIRST_SEED));
    }
    puts
}

/// Returns the name after one, or before it, going round.
fn next_of(names: &[String], from: &str, up: bool) -> Option<String> {
    let at = names.iter().position(|name| name == from);
    let next = match (at, up) {
        (Some(at), true) => (at + 1) % names.len(),
        (Some(at), false) => (at + names.len() - 1) % names.len(),
        (None, true) => 0,
        (None, false) => names.len().checked_sub(1)?,
    };
    names.get(next).cloned()
}

/// Returns the next number of the row 1, 2, 5, 10, 20, …, or the one before; `None` below the least.
fn stepped(now: f64, up: bool, least: f64) -> Option<f64> {
    let power = now.abs().max(least).log10().floor();
    // One power on each side is enough.
    let row = [-1.0, 0.0, 1.0].into_iter().flat_map(|more| {
        let power = power + more;
        [1, 2, 5].map(|digit| format!("{digit}e{power}").parse().unwrap_or(f64::NAN))
    });
    let near = |other: f64| (other - now).abs() <= 1e-9 * now.abs();
    let mut row = row.filter(|other: &f64| !near(*other));
    let next = if up {
        row.find(|other| *other > now)
    } else {
        row.rfind(|other| *other < now)
    };
    next.filter(|next| *next >= least * (1.0 - 1e-9))
}

/// Returns the next number of the row 0, step, 2 · step, …, or the one before; `None` below 0.
fn added(now: f64, up: bool, step: f64) -> Option<f64> {
    /// What a division may be off by.
    const NEAR: f64 = 1e-9;
    let steps = if up {
        (now / step + NEAR).floor() + 1.0
    } else {
        (now / step - NEAR).ceil() - 1.0
    };
    // So that 3 · 0.1 is 0.3.
    (steps >= 0.0).then(|| format!("{:.6}", steps * step).parse().ok())?
}

// A seed or a count that is chosen is far below 2⁵².
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> usize {
    number.round().max(0.0) as usize
}

/// Returns the seed after one, or before it.
fn seed(from: &str, up: bool) -> Option<u64> {
    let seed: u64 = from.parse().ok()?;
    if up {
        seed.checked_add(1)
    } else {
        seed.checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_in_the_row_of_one_two_five() {
        for (now, up, next) in [
            (1.0, true, Some(2.0)),
            (1.0, false, Some(0.5)),
            (0.5, true, Some(1.0)),
            (0.3, true, Some(0.5)),
            (0.3, false, Some(0.2)),
            (10.0, false, Some(5.0)),
            (500.0, true, Some(1000.0)),
        ] {
            assert_eq!(stepped(now, up, 1e-6), next, "{now} {up}");
        }
        assert_eq!(stepped(1.0, false, 1.0), None);
        assert_eq!(added(0.2, true, 0.1), Some(0.3));
        assert_eq!(added(0.0, false, 0.1), None);
        assert_eq!(added(0.25, true, 0.1), Some(0.3));
        assert_eq!(added(0.25, false, 0.1), Some(0.2));
        assert_eq!(added(0.3, false, 0.1), Some(0.2));
    }
}
