//! The loader reads YAML events of its own accord; here another implementation of YAML, `serde_yaml`, reads the
//! same files, and both must find the same lesson in them.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use nn_tutor::engine::{DataSet, Scheme};
use nn_tutor::lesson::{
    Action, Batch, Goal, Lesson, NetworkSpec, Panel, Selection, Source, Start, Text, TextPiece,
    Walk,
};
use proptest::prelude::*;
use serde_json::json;
use serde_yaml::Value;

#[test]
fn both_readers_find_the_same_in_every_good_lesson() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["lessons", "tests/lessons"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let value: Value = serde_yaml::from_str(&text).unwrap();
        let lesson = Lesson::load(&file).unwrap_or_else(|error| panic!("{error}"));
        assert_same(&lesson, &value);
    }
}

/// The comparison is worth something only if it would see a difference.
#[test]
fn a_difference_would_be_seen() {
    let text = include_str!("lessons/everything.yaml");
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
        ("batch: all", "batch: 3"),
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
        ("{alpha}", "{rho}"),
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

/// Fails unless the lesson says all that the document says, and nothing else.
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
        assert_same_action(&scene.action, &Value::Null, "walk");
        return;
    };
    assert_eq!(lesson.scenes.len(), items(Some(script)).len());
    let mut current = 0;
    for (found, scene) in lesson.scenes.iter().zip(items(Some(script))) {
        let what = ["say", "walk", "train"]
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
        assert_eq!(found.network, current);
        let panels = scene.get("panels").or_else(|| scene[what].get("panels"));
        assert_eq!(names(&found.panels), words(panels));
        assert_same_action(&found.action, &scene[what], what);
    }
}

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
        found.loss.name(),
        setting("loss").unwrap().as_str().unwrap()
    );
    let rate = setting("learning_rate").map_or(1.0, number);
    assert_eq!(found.learning_rate.to_bits(), rate.to_bits());
    match (found.batch, setting("batch")) {
        (Batch::All, Some(batch)) => assert_eq!(batch.as_str(), Some("all")),
        (Batch::Size(size), batch) => assert_eq!(size, batch.map_or(1, whole)),
        (Batch::All, None) => panic!("nobody said `all`"),
    }
    let alpha = setting("l2").map_or(0.0, number);
    assert_eq!(found.alpha.to_bits(), alpha.to_bits());
    let seed = |key: &str| setting(key).map(|seed| seed.as_u64().unwrap());
    assert_eq!(found.shuffle, seed("shuffle"));
    assert_eq!(found.dropout_seed, seed("dropout_seed").unwrap_or(0));
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
                Scheme::Uniform { low, high } => {
                    assert_eq!(low.to_bits(), number(&given["low"]).to_bits());
                    assert_eq!(high.to_bits(), number(&given["high"]).to_bits());
                    "uniform"
                }
                Scheme::Xavier => "xavier",
                Scheme::He => "he",
                Scheme::Zeros => "zeros",
            };
            assert_eq!(given["scheme"].as_str(), Some(name));
        }
    }
    // A network's own samples stand before those of the lesson, in either form.
    let own = ["data", "dataset"]
        .iter()
        .any(|key| network.get(key).is_some());
    let holder = if own { network } else { root };
    if let Some(name) = holder.get("dataset") {
        assert_eq!(*found.data, DataSet::named(name.as_str().unwrap()).unwrap());
    } else {
        let samples = items(holder.get("data"));
        let side = |key: &str| {
            samples
                .iter()
                .map(|sample| &sample[key])
                .collect::<Vec<_>>()
        };
        assert_same_numbers(&found.data.x, &side("x"));
        assert_same_numbers(&found.data.y, &side("y"));
    }
}

fn assert_same_action(found: &Action, given: &Value, what: &str) {
    match found {
        Action::Say(text) => {
            assert_eq!(what, "say");
            assert_same_text(text, given);
        }
        Action::Walk(walk) => {
            assert_eq!(what, "walk");
            assert_same_walk(walk, given);
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

fn assert_same_walk(found: &Walk, given: &Value) {
    let samples = if let Some(sample) = given.get("sample") {
        Selection::Samples(vec![whole(sample) - 1])
    } else if let Some(samples) = given.get("samples") {
        Selection::Samples(items(Some(samples)).iter().map(|n| whole(n) - 1).collect())
    } else if let Some(batch) = given.get("batch") {
        Selection::Batch(whole(batch) - 1)
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
    for (note, (key, text)) in found.notes.iter().zip(notes) {
        let kind = note.kind.iter().map(String::as_str);
        let name: Vec<&str> = kind.chain([note.symbol.as_str()]).collect();
        assert_eq!(name.join(" "), key.as_str().unwrap());
        assert_same_text(&note.text, text);
    }
}

/// The text put together again as an author writes it. How a line break came about, only the loader knows.
fn assert_same_text(found: &Text, given: &Value) {
    let written: String = found
        .pieces
        .iter()
        .map(|piece| match piece {
            TextPiece::Words(words) => words.replace('{', "{{").replace('}', "}}"),
            TextPiece::Value(value, _) => format!("{{{}}}", value.name()),
        })
        .collect();
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    };
    assert_eq!(lines(&written), lines(given.as_str().unwrap()));
}

fn assert_same_numbers(found: &Array2<f64>, rows: &[&Value]) {
    assert_eq!(found.nrows(), rows.len());
    for (found, row) in found.rows().into_iter().zip(rows) {
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

/// One line of anything that may stand in a lesson, among it all that means something to YAML.
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

/// Lines and paragraphs.
fn paragraphs() -> impl Strategy<Value = String> {
    prop::collection::vec((line(), prop_oneof![Just("\n"), Just("\n\n")]), 1..4).prop_map(|lines| {
        let text: String = lines.into_iter().map(|(line, end)| line + end).collect();
        text.trim_end().to_owned()
    })
}

/// A number with all its digits.
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
    /// A small lesson of one network, as a document.
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

    /// What the other implementation writes, in its own choice of quotes and blocks, is read back to the bit.
    #[test]
    fn what_another_program_writes_is_read_back(document in lesson()) {
        let text = serde_yaml::to_string(&document).unwrap();
        assert_same(&parse(&text), &serde_yaml::to_value(&document).unwrap());
    }
}
