//! The loader compared with an untyped YAML document: the lesson must have all that the document says, and nothing
//! else.

use std::fs;
use std::path::Path;

use crate::common::good;
use ndarray::Array2;
use nn_tutor::algebra::{Operation, Quantity};
use nn_tutor::engine::{DataSet, Family, InitScheme, Layer, Named, SeededRng, Targets};
use nn_tutor::lesson::{
    Action, Answer, Ask, Goal, Lesson, NetworkSpec, Panel, Selection, Settings, Source, Start,
    Text, TextPiece, Walk,
};
use proptest::prelude::*;
use serde_json::json;
use serde_yaml::Value;

#[test]
fn both_readers_find_the_same_in_every_good_lesson() {
    for file in good::files() {
        let text = fs::read_to_string(&file).unwrap();
        let value: Value = serde_yaml::from_str(&text).unwrap();
        let lesson = Lesson::load(&file).unwrap_or_else(|error| panic!("{error}"));
        assert_same(&lesson, &value);
    }
}

/// The comparison would find a difference.
#[test]
fn a_difference_would_be_seen() {
    let text = include_str!("../lessons/everything.yaml");
    let lesson = parse(text);
    for (from, to) in [
        ("title: Good", "title: Goods"),
        ("a lesson may say", "a lesson can say"),
        ("order: 3", "order: 4"),
        ("S14", "S13"),
        ("seed: 7", "seed: 8"),
        ("low: -0.5", "low: -0.50000000000000011"),
        ("units: 2, activation: step", "units: 2, activation: sign"),
        ("-2e0", "-2.0000000000000004"),
        ("learning_rate: 0.5", "learning_rate: 0.25"),
        ("batch: all", "batch: 2"),
        ("{x: [1, 1], y: [0]}", "{x: [1, 1], y: [1]}"),
        ("until: loss}", "until: gradient}"),
        ("dataset: xor", "dataset: and"),
        ("{{braces}}", "braces"),
        ("samples: [3, 1]", "samples: [1, 3]"),
        ("Another paragraph", "Another text"),
        ("chain_rule: true", "chain_rule: false"),
        ("prediction J", "prediction x(2)"),
        ("z(1)[1,2]", "z(1)[2,2]"),
        ("batch: 1}", "batch: 2}"),
        ("epochs: 500", "epochs: 501"),
        ("until: all-right, ", ""),
        ("every: 10, ", ""),
        ("{right} of", "{right} from"),
        ("loss_below: 0.05", "loss_below: 0.06"),
        ("network: hand", "network: neuron"),
        ("part: Odds", "part: Ends"),
        ("needs: [neuron, xor]", "needs: [xor, neuron]"),
        ("l2: 0.01", "l2: 0.02"),
        ("l2: 0\n", "l2: 1\n"),
        ("shuffle: 11", "shuffle: 13"),
        ("    shuffle: 12\n", ""),
        ("dropout_seed: 5", "dropout_seed: 7"),
        ("dropout_seed: 6", "dropout_seed: 5"),
        ("panels: [network, loss]", "panels: [loss, network]"),
        ("    panels: [layers, histogram, saturation]\n", ""),
        ("batch_norm: true", "batch_norm: false"),
        ("skip: true", "skip: false"),
        ("dropout: 0.25", "dropout: 0.5"),
        ("panels: [regions, network]", "panels: [regions]"),
        ("panels: [activation, batch]", "panels: [activation]"),
        (", panels: [outputs]", ""),
        ("gradient_below: 1e-3", "gradient_below: 1e-4"),
        ("until: no-mistake", "until: all-right"),
        ("patience: 3", "patience: 4"),
        ("{alpha}", "{rho}"),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from} is not in the lesson");
        let value: Value = serde_yaml::from_str(&other).unwrap();
        let seen = std::panic::catch_unwind(|| assert_same(&lesson, &value));
        assert!(seen.is_err(), "{from} for {to} was not seen");
    }
}

/// The comparison would find a difference of data too.
#[test]
fn a_difference_of_data_would_be_seen() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons/data.yaml");
    let lesson = Lesson::load(&file).unwrap();
    let text = fs::read_to_string(file).unwrap();
    for (from, to) in [
        ("samples: 9,", "samples: 10,"),
        ("noise: 0.05", "noise: 0.06"),
        ("seed: 3", "seed: 2"),
        ("classes: [-1, 1]", "classes: [0, 1]"),
        ("[petal-width, petal-length]", "[petal-length, petal-width]"),
        ("[versicolor, setosa]", "[setosa, versicolor]"),
        ("samples: 20", "samples: 21"),
        ("[8, 3]", "[3, 8]"),
        ("x: [b, a]", "x: [a, b]"),
        ("classes: [red, blue]", "classes: [blue, red]"),
        ("y: [c, b]", "y: [b, c]"),
        ("{x: [7], y: [1]}", "{x: [7], y: [0]}"),
        ("name: xor", "name: and"),
        ("scale: unit", "scale: standard"),
        ("share: 0.25", "share: 0.5"),
        ("seed: 4", "seed: 5"),
        (
            "held_out: {dataset: free-fall}",
            "held_out: {dataset: square}",
        ),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from} is not in the lesson");
        let value: Value = serde_yaml::from_str(&other).unwrap();
        let seen = std::panic::catch_unwind(|| assert_same(&lesson, &value));
        assert!(seen.is_err(), "{from} for {to} was not seen");
    }
}

fn parse(text: &str) -> Lesson {
    Lesson::parse(Source {
        name: "lesson.yaml".to_owned(),
        text: text.to_owned(),
    })
    .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Checks that the lesson has all that the document says, and nothing else.
fn assert_same(lesson: &Lesson, root: &Value) {
    assert_eq!(lesson.title, root["title"].as_str().unwrap().trim());
    assert_eq!(lesson.summary, root["summary"].as_str().unwrap().trim());
    assert_eq!(lesson.order, root.get("order").map(whole));
    let topics: Vec<&str> = items(root.get("topics"))
        .iter()
        .map(|topic| topic.as_str().unwrap())
        .collect();
    assert_eq!(lesson.topics, topics);
    assert_eq!(lesson.part.as_deref(), root.get("part").map(word));
    assert_eq!(lesson.needs, words(root.get("needs")));

    let networks: Vec<(&str, &Value)> = match root.get("network") {
        Some(network) => vec![("", network)],
        None => root["networks"]
            .as_mapping()
            .unwrap()
            .iter()
            .map(|(name, network)| (name.as_str().unwrap(), network))
            .collect(),
    };
    assert_eq!(lesson.networks.len(), networks.len());
    for (found, (name, network)) in lesson.networks.iter().zip(&networks) {
        assert_eq!(found.name, *name);
        assert_same_network(found, network, root);
    }

    let Some(script) = root.get("script") else {
        let [scene] = &lesson.scenes[..] else {
            panic!("one scene")
        };
        assert_eq!(scene.network, 0);
        assert_same_action(
            &scene.action,
            &lesson.networks[0].layers,
            &Value::Null,
            "walk",
        );
        return;
    };
    assert_eq!(lesson.scenes.len(), items(Some(script)).len());
    let mut current = 0;
    for (found, scene) in lesson.scenes.iter().zip(items(Some(script))) {
        let what = ["say", "ask", "set", "walk", "train"]
            .into_iter()
            .find(|what| scene.get(what).is_some())
            .unwrap();
        if let Some(named) = scene.get("network").or_else(|| scene[what].get("network")) {
            let named = named.as_str().unwrap();
            current = networks
                .iter()
                .position(|(name, _)| *name == named)
                .unwrap();
        }
        // Trainings are compared beside the network that the scene stands at, or beside the last of them.
        let compared = words(scene.get("compare"));
        let is_own =
            compared.is_empty() || compared.iter().any(|name| *name == networks[current].0);
        let beside = compared.last().filter(|_| !is_own);
        let here = beside.and_then(|last| networks.iter().position(|(name, _)| name == last));
        let here = here.unwrap_or(current);
        assert_eq!(found.network, here);
        let panels = scene.get("panels").or_else(|| scene[what].get("panels"));
        assert_eq!(names(&found.panels), words(panels));
        let given = if what == "ask" { scene } else { &scene[what] };
        let network = &lesson.networks[here];
        assert_same_action(&found.action, &network.layers, given, what);
        assert_same_settings(&found.settings, given, network.data.len());
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each key")]
fn assert_same_network(found: &NetworkSpec, network: &Value, root: &Value) {
    let setting = |key: &str| network.get(key).or_else(|| root.get(key));
    assert_eq!(found.inputs, whole(&network["inputs"]));
    let layers = items(network.get("layers"));
    assert_eq!(found.layers.len(), layers.len());
    for (found, layer) in found.layers.iter().zip(layers) {
        assert_eq!(found.units, whole(&layer["units"]));
        assert_eq!(found.activation.name(), word(&layer["activation"]));
        assert_eq!(found.batch_norm, is_on(layer.get("batch_norm")));
        assert_eq!(found.skip, is_on(layer.get("skip")));
        let dropout = layer.get("dropout").map_or(0.0, number);
        assert_eq!(found.dropout.to_bits(), dropout.to_bits());
    }
    assert_eq!(
        found.training.loss.name(),
        setting("loss").unwrap().as_str().unwrap()
    );
    let rate = setting("learning_rate").map_or(1.0, number);
    assert_eq!(found.training.rho.to_bits(), rate.to_bits());
    let samples = found.data.len();
    let batch = setting("batch").map_or(1, |batch| match batch.as_str() {
        Some(all) => {
            assert_eq!(all, "all");
            samples
        }
        None => whole(batch),
    });
    assert_eq!(found.training.batch_size, batch);
    let penalty = found.training.penalty;
    for (key, found) in [("l2", penalty.l2), ("l1", penalty.l1)] {
        let factor = setting(key).map_or(0.0, number);
        assert_eq!(found.to_bits(), factor.to_bits());
    }
    let seed = |key: &str| setting(key).map(|seed| seed.as_u64().unwrap());
    assert_eq!(found.training.shuffle, seed("shuffle"));
    assert_eq!(
        found.training.dropout_seed,
        seed("dropout_seed").unwrap_or(0)
    );
    assert_eq!(names(&found.panels), words(setting("panels")));
    match &found.start {
        Start::Weights(weights) => {
            let given = items(network.get("weights"));
            assert_eq!(weights.len(), given.len());
            for (found, given) in weights.iter().zip(given) {
                let rows: Vec<&Value> = items(Some(given)).iter().collect();
                assert_same_numbers(found, &rows);
            }
        }
        Start::Init(init) => {
            let given = &network["init"];
            assert_eq!(
                init.seed,
                given.get("seed").map_or(0, |seed| seed.as_u64().unwrap())
            );
            let name = match init.scheme {
                InitScheme::Uniform { low, high } => {
                    assert_eq!(low.to_bits(), number(&given["low"]).to_bits());
                    assert_eq!(high.to_bits(), number(&given["high"]).to_bits());
                    "uniform"
                }
                InitScheme::Xavier => "xavier",
                InitScheme::He => "he",
                InitScheme::Zeros => "zeros",
            };
            assert_eq!(given["scheme"].as_str(), Some(name));
        }
    }
    // A network's own samples stand before those of the lesson, in either form.
    let own = ["data", "dataset"]
        .iter()
        .any(|key| network.get(key).is_some());
    let holder = if own { network } else { root };
    let outputs = found.layers.last().unwrap().units;
    let all = given_set(holder, outputs, None);
    let (mut training, mut held_out) = match setting("held_out") {
        None => (all, None),
        Some(part) if part.get("share").is_some() => {
            let (kept, part) = parted(&all, part);
            (kept, Some(part))
        }
        Some(own) => {
            let classes = all.classes.clone();
            (all, Some(given_set(own, outputs, Some(&classes))))
        }
    };
    if let Some(features) = setting("features") {
        let features = features.as_sequence().unwrap();
        let made = |row: &Vec<f64>| -> Vec<f64> {
            let of = |feature: &Value| made_of(row, feature.as_str().unwrap());
            features.iter().map(of).collect()
        };
        for set in std::iter::once(&mut training).chain(&mut held_out) {
            set.x = set.x.iter().map(made).collect();
        }
    }
    let sides: [(&str, Rows); 2] = [("scale", rows_of_x), ("scale_targets", rows_of_y)];
    for (key, side) in sides {
        let scale = setting(key).map_or("none", |scale| scale.as_str().unwrap());
        let by = sizes(side(&mut training), scale);
        for (i, (shift, size)) in by.into_iter().enumerate() {
            let held_out = held_out.iter_mut().flat_map(side);
            for row in side(&mut training).iter_mut().chain(held_out) {
                row[i] = (row[i] - shift) / size;
            }
        }
    }
    assert_same_set(&found.data, &training);
    assert_eq!(found.held_out.is_some(), held_out.is_some());
    if let (Some(found), Some(set)) = (&found.held_out, &held_out) {
        assert_same_set(found, set);
    }
}

/// Returns a product of powers such as `x1^2*x2`.
fn made_of(row: &[f64], feature: &str) -> f64 {
    let factors = feature.split('*').flat_map(|factor| {
        let (number, power) = factor.split_once('^').unwrap_or((factor, "1"));
        let number: usize = number.trim_start_matches('x').parse().unwrap();
        std::iter::repeat_n(row[number - 1], power.parse().unwrap())
    });
    factors.reduce(|product, number| product * number).unwrap()
}

/// A data set, row by row.
struct Set {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    classes: Vec<String>,
}

/// One side of a data set.
type Rows = fn(&mut Set) -> &mut Vec<Vec<f64>>;

fn rows_of_x(set: &mut Set) -> &mut Vec<Vec<f64>> {
    &mut set.x
}

fn rows_of_y(set: &mut Set) -> &mut Vec<Vec<f64>> {
    &mut set.y
}

fn assert_same_set(found: &DataSet, set: &Set) {
    for (found, rows) in [(&found.x, &set.x), (&found.y, &set.y)] {
        assert_eq!(found.nrows(), rows.len());
        for (found, row) in found.rows().into_iter().zip(rows) {
            let found: Vec<u64> = found.iter().map(|value| value.to_bits()).collect();
            let row: Vec<u64> = row.iter().map(|value| value.to_bits()).collect();
            assert_eq!(found, row);
        }
    }
    assert_eq!(found.classes, set.classes);
}

/// Returns the set of `data` or `dataset`. For held-out samples, `of` are the classes of the training samples.
fn given_set(holder: &Value, outputs: usize, of: Option<&[String]>) -> Set {
    let Some(named) = holder.get("dataset") else {
        let data = &holder["data"];
        if data.get("csv").is_some() {
            return table(data, outputs, of);
        }
        let side = |key: &str| -> Vec<Vec<f64>> {
            let rows = items(Some(data)).iter();
            rows.map(|sample| items(sample.get(key)).iter().map(number).collect())
                .collect()
        };
        return Set {
            x: side("x"),
            y: side("y"),
            classes: of.map_or_else(
                || {
                    let names = holder.get("names").and_then(|names| names.get("classes"));
                    let names = items(names).iter();
                    names
                        .map(|name| name.as_str().unwrap().to_owned())
                        .collect()
                },
                <[String]>::to_vec,
            ),
        };
    };
    let name = named.get("name").unwrap_or(named).as_str().unwrap();
    let set = Named::from_name(name).unwrap();
    let mut drawing = set.drawing();
    let samples = named.get("samples").map(whole);
    if set.family() != Family::Measured {
        drawing.samples = samples.unwrap_or(drawing.samples);
        drawing.noise = named.get("noise").map_or(drawing.noise, number);
        drawing.seed = named.get("seed").map_or(0, |seed| seed.as_u64().unwrap());
    }
    let drawn = set.draw(&drawing);
    let rows = |matrix: &Array2<f64>| -> Vec<Vec<f64>> {
        matrix.rows().into_iter().map(|row| row.to_vec()).collect()
    };
    let mut x = rows(&drawn.x);
    let labels = match &drawn.targets {
        Targets::Numbers(y) => {
            return Set {
                x,
                y: rows(y),
                classes: Vec::new(),
            };
        }
        Targets::Classes { labels, .. } => labels.clone(),
    };
    let chosen = named.get("classes").map(|classes| items(Some(classes)));
    let values = match chosen {
        Some(values) if set.family() != Family::Measured => {
            [number(&values[0]), number(&values[1])]
        }
        _ => [0.0, 1.0],
    };
    let mut names: Vec<String> = labels.iter().map(ToString::to_string).collect();
    let mut classes = vec!["0".to_owned(), "1".to_owned()];
    if set.family() == Family::Measured {
        names = labels
            .iter()
            .map(|&label| set.classes()[label].to_owned())
            .collect();
        classes = match chosen {
            Some(chosen) => chosen.iter().map(written).collect(),
            None => set.classes().iter().map(ToString::to_string).collect(),
        };
    }
    let kept: Vec<usize> = (0..x.len())
        .filter(|&i| classes.contains(&names[i]))
        .take(samples.unwrap_or(x.len()))
        .collect();
    if let Some(features) = named.get("features") {
        let place = |name: &Value| {
            set.features()
                .iter()
                .position(|f| *f == written(name))
                .unwrap()
        };
        let places: Vec<usize> = items(Some(features)).iter().map(place).collect();
        for row in &mut x {
            *row = places.iter().map(|&place| row[place]).collect();
        }
    }
    let classes = of
        .filter(|of| !of.is_empty())
        .map_or(classes, <[String]>::to_vec);
    let y = kept
        .iter()
        .map(|&i| targets(&classes, &names[i], outputs, values))
        .collect();
    Set {
        x: kept.iter().map(|&i| x[i].clone()).collect(),
        y,
        classes: if set.family() == Family::Measured {
            classes
        } else {
            Vec::new()
        },
    }
}

/// Returns the targets of a sample of a class.
fn targets(classes: &[String], class: &str, outputs: usize, [low, high]: [f64; 2]) -> Vec<f64> {
    let place = classes.iter().position(|name| name == class).unwrap();
    match outputs {
        1 => vec![[low, high][place]],
        _ => (0..outputs)
            .map(|i| if i == place { high } else { low })
            .collect(),
    }
}

/// Returns the set of a CSV file, parsed one letter at a time.
fn table(data: &Value, outputs: usize, of: Option<&[String]>) -> Set {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons");
    let text = fs::read_to_string(folder.join(data["csv"].as_str().unwrap())).unwrap();
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => rows.last_mut().unwrap().push(String::new()),
            '\n' => rows.push(vec![String::new()]),
            c => rows.last_mut().unwrap().last_mut().unwrap().push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    let header: Vec<String> = rows
        .remove(0)
        .iter()
        .map(|cell| cell.trim().to_owned())
        .collect();
    let side = |key: &str| -> Vec<Vec<String>> {
        let column = |name: &Value| {
            header
                .iter()
                .position(|cell| *cell == written(name))
                .unwrap()
        };
        let columns: Vec<usize> = items(data.get(key)).iter().map(column).collect();
        let cells = |row: &Vec<String>| columns.iter().map(|&i| row[i].trim().to_owned()).collect();
        rows.iter().map(cells).collect()
    };
    let numbers = |rows: &[Vec<String>]| -> Vec<Vec<f64>> {
        let parse = |row: &Vec<String>| row.iter().map(|cell| cell.parse().unwrap()).collect();
        rows.iter().map(parse).collect()
    };
    let (x, y) = (one_input_a_word(data, side("x")), side("y"));
    let x = numbers(&x);
    if y[0].len() > 1 || y[0][0].parse::<f64>().is_ok() {
        return Set {
            x,
            y: numbers(&y),
            classes: Vec::new(),
        };
    }
    let mut classes: Vec<String> = y.iter().map(|row| row[0].clone()).collect();
    classes.sort();
    classes.dedup();
    if let Some(chosen) = data.get("classes") {
        classes = items(Some(chosen)).iter().map(written).collect();
    }
    let classes = of
        .filter(|of| !of.is_empty())
        .map_or(classes, <[String]>::to_vec);
    let kept = x
        .into_iter()
        .zip(y)
        .filter(|(_, y)| classes.contains(&y[0]));
    let (x, y) = kept
        .map(|(x, y)| (x, targets(&classes, &y[0], outputs, [0.0, 1.0])))
        .unzip();
    Set { x, y, classes }
}

/// Returns the cells with a column of 0 and 1 for each word, in alphabetical order, in the place of those with words.
fn one_input_a_word(data: &Value, mut cells: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let hot = items(data.get("one_hot"));
    let names = items(data.get("x"));
    for (column, _) in names
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, x)| hot.contains(x))
    {
        let mut words: Vec<String> = cells.iter().map(|row| row[column].clone()).collect();
        words.sort();
        words.dedup();
        for row in &mut cells {
            let own = row[column].clone();
            let is_own = |word: &String| u8::from(*word == own).to_string();
            row.splice(column..=column, words.iter().map(is_own));
        }
    }
    cells
}

/// Returns the training set and the held-out set.
fn parted(all: &Set, part: &Value) -> (Set, Set) {
    let n = all.x.len();
    let mut order: Vec<usize> = (0..n).collect();
    SeededRng::new(part.get("seed").map_or(0, |seed| seed.as_u64().unwrap())).shuffle(&mut order);
    // Half a sample more counts as one.
    let wanted = number(&part["share"]) * n as f64 + 0.5;
    let held = (1..n)
        .rev()
        .find(|&held| held as f64 <= wanted)
        .unwrap_or(1);
    let side = |wanted: bool| {
        let of = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            (0..n)
                .filter(|i| order[..held].contains(i) == wanted)
                .map(|i| rows[i].clone())
                .collect()
        };
        Set {
            x: of(&all.x),
            y: of(&all.y),
            classes: all.classes.clone(),
        }
    };
    (side(false), side(true))
}

/// Returns the shift and scale of every column.
fn sizes(x: &[Vec<f64>], scale: &str) -> Vec<(f64, f64)> {
    let n = x.len() as f64;
    (0..x[0].len())
        .map(|i| {
            let column = || x.iter().map(move |row| row[i]);
            let low = column().fold(f64::MAX, f64::min);
            let high = column().fold(f64::MIN, f64::max);
            match scale {
                "none" => (0.0, 1.0),
                _ if low >= high => (low, 1.0),
                "standard" => {
                    let mean = column().sum::<f64>() / n;
                    let squares: f64 = column().map(|x| (x - mean) * (x - mean)).sum();
                    (mean, (squares / n).sqrt())
                }
                _ => (low, high - low),
            }
        })
        .collect()
}

fn written(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.as_u64().unwrap().to_string(), str::to_owned)
}

fn assert_same_settings(found: &Settings, given: &Value, samples: usize) {
    let of = |keys: [&str; 2]| keys.into_iter().find_map(|key| given.get(key)).map(number);
    assert_eq!(found.rho, of(["learning_rate", "rho"]));
    assert_eq!(found.l2, of(["l2", "alpha"]));
    assert_eq!(found.l1, of(["l1", "alpha1"]));
    // In a walk, it is the number of a batch.
    let batch = given.get("batch").filter(|_| given.get("epochs").is_some());
    let batch = batch.map(|batch| batch.as_u64().map_or(samples, |_| whole(batch)));
    assert_eq!(found.batch_size, batch);
    assert_eq!(found.optimizer.is_some(), given.get("optimizer").is_some());
}

fn assert_same_action(found: &Action, layers: &[Layer], given: &Value, what: &str) {
    match found {
        Action::Say(text) => {
            assert_eq!(what, "say");
            assert_same_text(text, given);
        }
        Action::Ask(ask) => {
            assert_eq!(what, "ask");
            assert_same_ask(ask, given);
        }
        Action::Set(assignments) => {
            assert_eq!(what, "set");
            for assignment in assignments {
                let [row, column] = assignment.place;
                let first = usize::from(matches!(assignment.quantity, Quantity::Scale(_)));
                let name = format!("{}[{},{}]", assignment.quantity, row + first, column + 1);
                assert_eq!(
                    assignment.value.to_bits(),
                    number(&given[name.as_str()]).to_bits()
                );
            }
        }
        Action::Walk(walk) => {
            assert_eq!(what, "walk");
            assert_same_walk(walk, layers, given);
        }
        Action::Train(train) => {
            assert_eq!(what, "train");
            assert_eq!(train.epochs, whole(&given["epochs"]));
            assert_eq!(train.every, given.get("every").map(whole));
            assert_eq!(train.patience, given.get("patience").map(whole));
            match (train.until, given.get("until")) {
                (None, None) => {}
                (Some(Goal::AllRight), Some(goal)) => assert_eq!(word(goal), "all-right"),
                (Some(Goal::NoMistake), Some(goal)) => assert_eq!(word(goal), "no-mistake"),
                (Some(Goal::GradientBelow(below)), Some(goal)) => {
                    assert_eq!(below.to_bits(), number(&goal["gradient_below"]).to_bits());
                }
                (Some(Goal::LossBelow(below)), Some(goal)) => {
                    assert_eq!(below.to_bits(), number(&goal["loss_below"]).to_bits());
                }
                differs => panic!("{differs:?}"),
            }
            assert_eq!(train.say.is_some(), given.get("say").is_some());
            if let Some(text) = &train.say {
                assert_same_text(text, &given["say"]);
            }
        }
    }
}

fn assert_same_walk(found: &Walk, layers: &[Layer], given: &Value) {
    let samples = if let Some(sample) = given.get("sample") {
        Selection::Samples(vec![whole(sample) - 1])
    } else if let Some(samples) = given.get("samples") {
        Selection::Samples(items(Some(samples)).iter().map(|n| whole(n) - 1).collect())
    } else if let Some(batch) = given.get("batch") {
        Selection::Batch(whole(batch) - 1)
    } else if let Some(batches) = given.get("batches") {
        Selection::Batches(whole(&batches[0]) - 1..whole(&batches[1]))
    } else {
        Selection::Epoch
    };
    assert_eq!(found.samples, samples);
    let until = given
        .get("until")
        .map_or("update", |until| until.as_str().unwrap());
    assert_eq!(found.until.name(), until);
    assert_eq!(found.chain_rule, is_on(given.get("chain_rule")));
    let notes: Vec<(&Value, &Value)> = match given.get("notes") {
        Some(notes) => notes.as_mapping().unwrap().iter().collect(),
        None => Vec::new(),
    };
    assert_eq!(found.notes.len(), notes.len());
    let questions: Vec<(&Value, &Value)> = match given.get("questions") {
        Some(questions) => questions.as_mapping().unwrap().iter().collect(),
        None => Vec::new(),
    };
    assert_eq!(found.questions.len(), questions.len());
    for (question, (key, ask)) in found.questions.iter().zip(questions) {
        assert_names(key.as_str().unwrap(), question.operation, layers);
        assert_same_ask(&question.ask, ask);
    }
    for (note, (key, text)) in found.notes.iter().zip(notes) {
        assert_names(key.as_str().unwrap(), note.operation, layers);
        assert_same_text(&note.text, text);
    }
}

/// Checks that a step is named by its symbol, or by its kind and its symbol; the new prediction only by the latter.
fn assert_names(name: &str, operation: Operation, layers: &[Layer]) {
    let symbol = operation.symbol(layers).key();
    let is_symbol = name == symbol && operation.kind() != "prediction";
    assert!(
        is_symbol || name == format!("{} {symbol}", operation.kind()),
        "{name} is not {operation:?}"
    );
}

fn assert_same_ask(found: &Ask, given: &Value) {
    let same = |found: Option<&Text>, key: &str| match (found, given.get(key)) {
        (Some(found), Some(given)) => assert_same_text(found, given),
        (found, given) => assert_eq!(found.is_some(), given.is_some(), "{key}"),
    };
    same(
        Some(&found.text).filter(|text| !text.pieces.is_empty()),
        "ask",
    );
    same(found.hint.as_ref(), "hint");
    same(found.because.as_ref(), "because");
    let kind = found.answer.kind();
    let given = &given[kind];
    if let Some(name) = found.answer.value() {
        assert_eq!(name.name(), word(given), "{kind}");
    }
    match &found.answer {
        Answer::Open(text) => assert_same_text(text, given),
        Answer::Options(options) => {
            let given = items(Some(given));
            assert_eq!(options.len(), given.len());
            for (option, given) in options.iter().zip(given) {
                let key = if option.right { "right" } else { "wrong" };
                assert_same_text(&option.text, &given[key]);
                assert_eq!(option.because.is_some(), given.get("because").is_some());
                if let Some(because) = &option.because {
                    assert_same_text(because, &given["because"]);
                }
            }
        }
        _ => {}
    }
}

/// Checks a text, put together again as an author writes it. Only the loader knows how a line break came about.
fn assert_same_text(found: &Text, given: &Value) {
    let written: String = found
        .pieces
        .iter()
        .map(|piece| match piece {
            TextPiece::Words(words) => words.replace('{', "{{").replace('}', "}}"),
            TextPiece::Value {
                name,
                decimals,
                network,
                ..
            } => {
                let decimals = decimals.map(|decimals| match decimals.count() {
                    Some(count) => format!(":{count}"),
                    None => ":all".to_owned(),
                });
                let of = if network.is_some() { " of" } else { "" };
                format!("{{{}{of}{}}}", name.name(), decimals.unwrap_or_default())
            }
        })
        .collect();
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    };
    // Which network a value is of has only its name in the lesson.
    let mut given = given.as_str().unwrap().to_owned();
    let mut from = 0;
    while let Some(at) = given[from..].find(" of ").map(|at| from + at + 3) {
        let inside = given[..at].rfind('{') > given[..at].rfind('}');
        let rest = &given[at..];
        let end = rest.find(['}', ':']).filter(|_| inside).unwrap_or(0);
        given.replace_range(at..at + end, "");
        from = at;
    }
    assert_eq!(lines(&written), lines(&given));
}

fn assert_same_numbers(found: &Array2<f64>, rows: &[&Value]) {
    // The row of a bias that does not exist stands in no file.
    let missing = found.nrows() - rows.len();
    assert!(
        missing <= 1
            && found
                .rows()
                .into_iter()
                .take(missing)
                .flatten()
                .all(|&w| w == 0.0)
    );
    for (found, row) in found.rows().into_iter().skip(missing).zip(rows) {
        let found: Vec<u64> = found.iter().map(|value| value.to_bits()).collect();
        let row: Vec<u64> = items(Some(row))
            .iter()
            .map(|value| number(value).to_bits())
            .collect();
        assert_eq!(found, row);
    }
}

fn names(panels: &[Panel]) -> Vec<&'static str> {
    panels.iter().map(|panel| panel.name()).collect()
}

fn words(list: Option<&Value>) -> Vec<&str> {
    items(list).iter().map(word).collect()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn is_on(flag: Option<&Value>) -> bool {
    flag.is_some_and(|flag| flag.as_bool().unwrap())
}

fn items(list: Option<&Value>) -> &[Value] {
    list.map_or(&[], |list| list.as_sequence().unwrap())
}

fn whole(value: &Value) -> usize {
    value.as_u64().unwrap().try_into().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A strategy of lines that may stand in a lesson, with everything that has a meaning in YAML.
fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-zA-Z0-9ŷδ∇⁽é日]{1,8}",
        prop::sample::select(vec![
            ":",
            "#",
            "-",
            "?",
            "!",
            "&a",
            "*a",
            "%",
            "@",
            "`",
            "|",
            ">",
            "'",
            "\"",
            "\\",
            "\\n",
            ",",
            "[",
            "]",
            "{{",
            "}}",
            "null",
            "~",
            "true",
            "no",
            "1",
            "-1.5e3",
            "0x1f",
            ".nan",
            "<<",
            "=",
            "a: b",
            "---",
            "...",
            "{J}",
            "{W(0)[1,1]}",
            "{before data J}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec((word, "( {1,3})?"), 1..8).prop_map(|words| {
        let line: String = words
            .into_iter()
            .map(|(word, space)| word + &space)
            .collect();
        line.trim().to_owned()
    })
}

/// A strategy of lines and paragraphs.
fn paragraphs() -> impl Strategy<Value = String> {
    prop::collection::vec((line(), prop_oneof![Just("\n"), Just("\n\n")]), 1..4).prop_map(|lines| {
        let text: String = lines.into_iter().map(|(line, end)| line + end).collect();
        text.trim_end().to_owned()
    })
}

/// A strategy of numbers with all their digits.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e6..1e6_f64,
        -1.0..1.0_f64,
        (-6..6_i32).prop_map(|exponent| 10_f64.powi(exponent)),
        prop::sample::select(vec![0.0, -0.0, 5e-324, -2e-308, 1e6]),
    ]
}

fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(any_number(), columns), rows)
}

prop_compose! {
    /// A strategy of small lessons of one network, as documents.
    fn lesson()(
        (inputs, hidden, outputs, samples) in (1..4_usize, 1..4_usize, 1..3_usize, 1..5_usize),
    )(
        (w0, w1) in (matrix(inputs + 1, hidden), matrix(hidden + 1, outputs)),
        (x, y) in (matrix(samples, inputs), matrix(samples, outputs)),
        rate in any_number().prop_map(|rate| rate.abs().max(1e-9)),
        batch in prop_oneof![Just(json!("all")), (1..=samples).prop_map(|size| json!(size))],
        sample in 1..=samples,
        epochs in 1..1_000_usize,
        (title, summary) in (line(), line()),
        (say, note, during) in (paragraphs(), paragraphs(), paragraphs()),
        shape in Just((inputs, hidden, outputs)),
    ) -> serde_json::Value {
        let (inputs, hidden, outputs) = shape;
        let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>().trim().to_owned();
        let data: Vec<_> = x.iter().zip(&y).map(|(x, y)| json!({"x": x, "y": y})).collect();
        json!({
            "format": 1,
            "title": cut(&title, 80),
            "summary": cut(&summary, 120),
            "network": {
                "inputs": inputs,
                "layers": [
                    {"units": hidden, "activation": "tanh"},
                    {"units": outputs, "activation": "linear"},
                ],
                "weights": [w0, w1],
            },
            "loss": "mean-squared",
            "learning_rate": rate,
            "batch": batch,
            "data": data,
            "script": [
                {"say": say},
                {"walk": {"sample": sample, "notes": {"z(1)": note, "prediction J": "{J}"}}},
                {"train": {"epochs": epochs, "say": during}},
            ],
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Documents written by another implementation, in its own choice of quotes and blocks, are read back to the bit.
    #[test]
    fn what_another_program_writes_is_read_back(document in lesson()) {
        let text = serde_yaml::to_string(&document).unwrap();
        assert_same(&parse(&text), &serde_yaml::to_value(&document).unwrap());
    }
}
