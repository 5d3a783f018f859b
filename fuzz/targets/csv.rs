//! A CSV file beside a lesson that reads it in one way or another.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nn_tutor::lesson::Lesson;
use tempfile::TempDir;

/// What lessons say of the file: how it is read, and the network that its columns are for.
const WAYS: [&str; 6] = [
    "loss: neg-log-loss\nnetwork: {inputs: 2, layers: [{units: 1, activation: logistic}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: [a, b], y: [c]}",
    "loss: mean-squared\nscale: standard\nscale_targets: unit\nheld_out: {share: 0.3}\n\
     network: {inputs: 2, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: [a, b], y: [c], missing: drop}",
    "loss: cross-entropy\nscale: unit\nnetwork: {inputs: 4, layers: [{units: 3, activation: softmax}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: [a, b], y: [c], one_hot: [b], missing: drop}",
    "loss: neg-log-loss\nnetwork: {inputs: 2, layers: [{units: 1, activation: logistic}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: ['1', '2'], y: ['3'], classes: [yes, no]}",
    "loss: mean-squared\nnetwork: {inputs: 2, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: ['1', '2'], y: ['3'], header: false, separator: semicolon, decimal: comma}",
    "loss: mean-squared\nnetwork: {inputs: 1, layers: [{units: 2, activation: tanh}], init: {scheme: zeros}}\n\
     data: {csv: data.csv, x: [a], y: [b, c], header: true, separator: tab, decimal: point}",
];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the lessons");
    for (way, said) in WAYS.iter().enumerate() {
        let lesson = format!(
            "format: 1\ntitle: A file\nsummary: Its samples are in a file.\n{said}\nscript: [{{say: Hello.}}]\n"
        );
        let path = folder.path().join(format!("{way}.yaml"));
        fs::write(&path, lesson).expect("a lesson");
        // A mistake of its own would keep the file from being read.
        let error = Lesson::load(&path).expect_err("a lesson without its file");
        assert!(error.message().contains("there is no file"), "{error}");
    }
    folder
});

fuzz_target!(|data: &[u8]| {
    fs::write(FOLDER.path().join("data.csv"), data).expect("a file of data");
    for way in 0..WAYS.len() {
        if let Err(error) = Lesson::load(&FOLDER.path().join(format!("{way}.yaml"))) {
            let shown = error.to_string();
            assert!(
                !shown.chars().any(|c| c.is_control() && c != '\n'),
                "{shown:?}"
            );
        }
    }
});
