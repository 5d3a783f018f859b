//! A CSV file beside a lesson.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nn_tutor::lesson::Lesson;
use tempfile::TempDir;

const LESSON: &str = "\
format: 1
title: A file
summary: Its samples are in a file.
network: {inputs: 2, layers: [{units: 1, activation: logistic}], init: {scheme: xavier, seed: 1}}
loss: neg-log-loss
learning_rate: 1
data: {csv: data.csv, x: [a, b], y: c}
script: [{say: Hello.}]
";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the lesson");
    fs::write(folder.path().join("lesson.yaml"), LESSON).expect("a lesson");
    folder
});

fuzz_target!(|data: &[u8]| {
    fs::write(FOLDER.path().join("data.csv"), data).expect("a file of data");
    if let Err(error) = Lesson::load(&FOLDER.path().join("lesson.yaml")) {
        let shown = error.to_string();
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{shown:?}"
        );
    }
});
