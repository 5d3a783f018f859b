//! Exercises as textbooks and courses set them, with the values of an independent reference in plain Python, which
//! agrees with central differences: the loss of the first batch, and the loss over the data and the weights after some
//! epochs.

use std::path::Path;

use ndarray::{Array2, Axis, arr2, concatenate};
use nn_tutor::engine::{Bias, DataSet, Pass, TrainState, Trainer};
use nn_tutor::lesson::{Action, Lesson, Source};
use nn_tutor::trace::{Trace, first_network};
use nn_tutor::tutor::practice::exercise;
use serde::Deserialize;

use crate::engine::{assert_close, matrix};

#[derive(Deserialize)]
struct Expected {
    epochs: usize,
    /// `None` where the reference has no loss, as for the perceptron rule.
    first_loss: Option<f64>,
    loss: Option<f64>,
    weights: Vec<Vec<Vec<f64>>>,
}

#[test]
fn exercises_come_to_the_values_of_their_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises");
    let mut met = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let expected = std::fs::read_to_string(file.with_extension("json")).unwrap();
        let expected: Expected = serde_json::from_str(&expected).unwrap();
        check(&file, &expected);
        met += 1;
    }
    assert_eq!(met, 7);
}

fn check(file: &Path, expected: &Expected) {
    let name = file.display();
    let lesson = Lesson::load(file).unwrap_or_else(|error| panic!("{error}"));
    let spec = &lesson.networks[0];
    let close = |ours: f64, theirs: f64| {
        let is_close = (ours - theirs).abs() <= 1e-9 * (1.0 + theirs.abs());
        assert!(is_close, "{name}: {ours} for {theirs}");
    };
    let network = first_network(&lesson, spec).unwrap();
    let first: Vec<usize> = spec.training.order(0, spec.data.len());
    let first = &first[..spec.training.batch_size];
    let mut pass = Pass::new(&network, first.len()).reducing(spec.training.reduction);
    pass.forward(&network, &spec.data, first, spec.training.mode(0));
    if let Some(first_loss) = expected.first_loss {
        close(pass.loss(&network, spec.training.loss), first_loss);
    }
    let mut state = TrainState::new(network);
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    for _ in 0..expected.epochs {
        trainer.epoch(&mut state, &spec.data);
    }
    let evaluation = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
    if let Some(loss) = expected.loss {
        close(evaluation.loss, loss);
    }
    // What the lesson shows at its last step, after its own training.
    let Action::Train(train) = &lesson.scenes[0].action else {
        panic!("{name} does not train");
    };
    assert_eq!(train.epochs, expected.epochs);
    let trace = Trace::compile(lesson.into()).unwrap();
    let step = trace.step(trace.len() - 1);
    for (l, weights) in expected.weights.iter().enumerate() {
        let mut weights = matrix(weights);
        if step.network().layers()[l].bias == Bias::None {
            let none = Array2::zeros((1, weights.ncols()));
            weights = concatenate![Axis(0), none, weights];
        }
        let what = format!("{name}, W({l})");
        assert_close(&what, state.network.weights(l), &weights, 1e-9);
        assert_close(&what, step.network().weights(l), &weights, 1e-9);
    }
}

/// Returns a lesson whose `data` is this.
fn text_of(inputs: usize, layer: &str, loss: &str, data: &str) -> String {
    format!(
        "format: 1\ntitle: Data\nsummary: A file as it comes.\nnetwork:\n  inputs: {inputs}\n  layers: [{layer}]\n  \
         init: {{scheme: zeros}}\nloss: {loss}\ndata: {{{data}}}\n"
    )
}

/// Returns a folder with a copy of every table.
fn folder_of_tables() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises/csv");
    for file in std::fs::read_dir(files).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    folder
}

#[test]
fn labels_and_columns_are_told_apart_by_what_they_are() {
    let one = "{units: 1, activation: logistic}";
    // A listed class that is a number takes the cells that are the same number, as they stand.
    for cells in [
        ["1.0", "2.0"],
        ["01", "02"],
        ["1e0", "2"],
        ["1,0", "2,0"],
        ["1.0", "2"],
    ] {
        let [first, second] = cells;
        let csv = format!("a;b;y\n5;0;{first}\n6;1;{second}\n7;0;{first}\n");
        let labels = "csv: labels.csv, x: [a, b], y: [y], classes: [1, 2]";
        let source = Source {
            name: "lesson.yaml".to_owned(),
            text: text_of(2, one, "neg-log-loss", labels),
        };
        let tables = [("labels.csv".to_owned(), csv)].into();
        let lesson = Lesson::parse_with(source, tables).unwrap_or_else(|error| panic!("{error}"));
        let data = &lesson.networks[0].data;
        assert_eq!(data.y, arr2(&[[0.0], [1.0], [0.0]]), "{cells:?}");
        assert_eq!(data.classes, ["1", "2"]);
    }
    // Decimal commas are found beside words, and between commas in quotes where no thousands can be meant.
    for csv in [
        "0,5\t1,25\tyes\n-0,25\t0,5\tno\n",
        "0,5\t1,25\tyes\t\n-0,25\t0,5\tno\t?\n",
        "\"0,5\",\"1,25\",yes\n\"-0,250\",\"0,5\",no\n",
    ] {
        let source = Source {
            name: "lesson.yaml".to_owned(),
            text: text_of(2, one, "neg-log-loss", "csv: own.csv, x: [1, 2], y: [3]"),
        };
        let tables = [("own.csv".to_owned(), csv.to_owned())].into();
        let lesson = Lesson::parse_with(source, tables).unwrap_or_else(|error| panic!("{error}"));
        let data = &lesson.networks[0].data;
        assert_eq!(data.x, arr2(&[[0.5, 1.25], [-0.25, 0.5]]), "{csv}");
    }
    // Words that two columns have, and columns without a name, are told apart.
    for (csv, columns, names) in [
        (
            "age,smokes,drinks,ill\n30,yes,no,1\n40,no,rarely,0\n",
            "x: [age, smokes, drinks], one_hot: [smokes, drinks], y: [ill]",
            ["age", "smokes=no", "yes", "drinks=no", "rarely"],
        ),
        (
            "30,yes,no,0\n40,no,rarely,1\n",
            "x: [1, 2, 3], one_hot: [2, 3], y: [4]",
            ["column 1", "column 2=no", "yes", "column 3=no", "rarely"],
        ),
    ] {
        let source = Source {
            name: "lesson.yaml".to_owned(),
            text: text_of(5, one, "neg-log-loss", &format!("csv: own.csv, {columns}")),
        };
        let tables = [("own.csv".to_owned(), csv.to_owned())].into();
        let lesson = Lesson::parse_with(source, tables).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lesson.networks[0].data.features, names);
    }
}

/// Practice has new numbers for what is measured, and words of a sample of the lesson's for words.
#[test]
fn words_are_not_drawn_like_numbers() {
    let csv = "age,team,won\n30,red,1\n40,blue,0\n35,green,0\n22,red,0\n";
    let columns = "csv: own.csv, x: [age, team], one_hot: [team], y: [won]";
    for scale in ["none", "standard", "unit"] {
        let source = Source {
            name: "lesson.yaml".to_owned(),
            text: format!(
                "{}scale: {scale}\n",
                text_of(
                    4,
                    "{units: 1, activation: logistic}",
                    "neg-log-loss",
                    columns
                )
            ),
        };
        let tables = [("own.csv".to_owned(), csv.to_owned())].into();
        let lesson = Lesson::parse_with(source, tables).unwrap_or_else(|error| panic!("{error}"));
        for number in 0..20 {
            let drawn = exercise(&lesson, 7, number).unwrap();
            let spec = &drawn.networks[0];
            let x = spec
                .scaled
                .inputs
                .as_ref()
                .map_or(&spec.data.x, |columns| &columns.raw);
            for sample in x.rows() {
                let mut words = sample.to_vec().split_off(1);
                words.sort_by(f64::total_cmp);
                assert_eq!(words, [0.0, 0.0, 1.0], "{scale}, {number}: {sample}");
            }
        }
    }
}

/// Returns the data of a lesson whose `data` is this.
fn data_of(inputs: usize, layer: &str, loss: &str, data: &str) -> (DataSet, usize) {
    let text = text_of(inputs, layer, loss, data);
    let folder = folder_of_tables();
    let path = folder.path().join("lesson.yaml");
    std::fs::write(&path, text).unwrap();
    let lesson = Lesson::load(&path).unwrap_or_else(|error| panic!("{data}: {error}"));
    let spec = &lesson.networks[0];
    (DataSet::clone(&spec.data), spec.left_out)
}

#[test]
fn tables_are_read_as_they_come() {
    let one = "{units: 1, activation: logistic}";
    let two = |data: &str| data_of(2, one, "neg-log-loss", data).0;
    let grades = two("csv: semicolon.csv, x: [sugar, acid], y: [grade]");
    assert_eq!(grades.x, arr2(&[[1.5, 0.2], [2.25, 0.1], [0.5, 0.7]]));
    assert_eq!(grades.classes, ["good", "poor"]);
    let unnamed = two("csv: no-names.csv, x: [1, 2], y: [3], classes: [1, 2]");
    assert_eq!(unnamed.x, arr2(&[[0.1, 1.0], [0.4, -1.5], [-0.2, 0.3]]));
    assert_eq!(unnamed.y, arr2(&[[1.0], [0.0], [1.0]]));
    let numbered =
        "csv: tab-numbered-labels.csv, x: [length, width], y: [kind], classes: [1, 2, 3]";
    let three = "{units: 3, activation: softmax}";
    let (numbered, _) = data_of(2, three, "cross-entropy", numbered);
    let classes = arr2(&[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
    assert_eq!(numbered.y, classes);
    let commas = two("csv: decimal-comma.csv, x: [a, b], y: [y]");
    assert_eq!(commas.x, arr2(&[[0.5, 1.25], [-0.25, 0.0]]));
    assert_eq!(commas.y, arr2(&[[1.0], [0.0]]));
    let missing = "csv: missing.csv, x: [a, b], y: [y], missing: drop";
    let (missing, left_out) = data_of(2, one, "neg-log-loss", missing);
    assert_eq!((missing.len(), left_out), (2, 3));
    let words = "csv: words.csv, x: [age, team], one_hot: [team], y: [won]";
    let (words, _) = data_of(3, one, "neg-log-loss", words);
    assert_eq!(words.features, ["age", "blue", "red"]);
    assert_eq!(words.x.row(0).to_vec(), [30.0, 0.0, 1.0]);
    // Held-out samples have the words of those that are learnt from, whatever words they have themselves.
    let held = "csv: words.csv, x: [age, team], one_hot: [team], y: [won]";
    let folder = folder_of_tables();
    std::fs::write(
        folder.path().join("red.csv"),
        "years,side,won\n20,red,1\n21,red,0\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("green.csv"),
        "years,side,won\n20,green,1\n",
    )
    .unwrap();
    let with_held_out = |file: &str| {
        let held_out = format!(
            "held_out: {{data: {{csv: {file}, x: [years, side], one_hot: [side], y: [won]}}}}"
        );
        let text = text_of(3, one, "neg-log-loss", held) + &held_out;
        let path = folder.path().join("held-out.yaml");
        std::fs::write(&path, text).unwrap();
        Lesson::load(&path)
    };
    let lesson = with_held_out("red.csv").unwrap_or_else(|error| panic!("{error}"));
    let held_out = lesson.networks[0].held_out.as_ref().unwrap();
    assert_eq!(held_out.x, arr2(&[[20.0, 0.0, 1.0], [21.0, 0.0, 1.0]]));
    let error = with_held_out("green.csv").unwrap_err().to_string();
    assert!(
        error.contains("no sample to learn from has the word `green`"),
        "{error}"
    );
    // A cell that is missing in the first line does not make it a line of names.
    std::fs::write(folder.path().join("first.csv"), "?,1,2\n3,4,5\n6,7,8\n").unwrap();
    let data = "csv: first.csv, x: [1], y: [2], missing: drop";
    let path = folder.path().join("first.yaml");
    std::fs::write(
        &path,
        text_of(1, "{units: 1, activation: linear}", "mean-squared", data),
    )
    .unwrap();
    let lesson = Lesson::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lesson.networks[0].data.x, arr2(&[[3.0], [6.0]]));
    assert_eq!(lesson.networks[0].left_out, 1);
    // What is said comes before what is found.
    let said = two(
        "csv: semicolon.csv, x: [sugar, acid], y: [grade], separator: semicolon, decimal: point, header: true",
    );
    assert_eq!(said, grades);
    let every =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises/csv/every-setting.yaml");
    let lesson = Lesson::load(&every).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lesson.networks[0].data.x, commas.x);
    assert_eq!(lesson.networks[1].data.x, unnamed.x);
    assert_eq!(lesson.networks[2].data.x, words.x);
    assert_eq!(lesson.networks[3].data.len(), 2);
}
