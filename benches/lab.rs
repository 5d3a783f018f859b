//! Measures the lab: playing at full speed beside training alone, a step back in a long run, its memory, and a frame.
//!
//! `cargo bench --bench lab` prints one line per network.

// Nothing here depends on a user: what cannot be made is a mistake in this file.
#![allow(clippy::expect_used)]

use std::time::{Duration, Instant};

use nn_tutor::engine::{TrainState, Trainer};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::session::{Command, Lab, Share};
use nn_tutor::trace::{Run, first_network};
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The time that each way of training is measured.
const TIME: Duration = Duration::from_secs(2);
/// The updates of the long run, and how many steps back are measured in it.
const LONG: usize = 100_000;
const STEPS: usize = 2_000;

/// A network with two hidden layers on 500 points.
const POINTS: &str = "format: 1
title: Points
summary: 500 points.
network:
  inputs: 2
  layers: [{units: 4, activation: tanh}, {units: 2, activation: tanh}, {units: 1, activation: logistic}]
  init: {scheme: xavier, seed: 1}
loss: neg-log-loss
learning_rate: 0.05
batch: 10
shuffle: 1
dataset: {name: moons, samples: 500, noise: 0.3, seed: 1}
";

fn main() {
    let library = Library::embedded();
    let open = |name: &str| library.open(name).expect("it comes with the program");
    let points = Source {
        name: "points".to_owned(),
        text: POINTS.to_owned(),
    };
    let points = Lesson::parse(points).expect("it is right");
    println!(
        "{:8} {:>12} {:>12} {:>6} {:>24} {:>10} {:>12} {:>12}",
        "network",
        "train/s",
        "playing/s",
        "ratio",
        "back by one: max (mean)",
        "memory",
        "80x24",
        "200x60"
    );
    for (name, lesson) in [
        ("xor", open("xor")),
        ("points", points),
        ("digits", open("digits")),
    ] {
        measure(name, &lesson);
    }
}

fn lab(lesson: &Lesson) -> Lab {
    let run = Run::of_lesson(lesson, lesson.trained_last()).expect("its loss is finite");
    Lab::new(run).expect("its loss is finite")
}

fn measure(name: &str, lesson: &Lesson) {
    let spec = &lesson.networks[lesson.trained_last()];
    let samples = spec.data.len() as f64 / spec.updates_per_epoch() as f64;
    // Training alone.
    let mut state = TrainState::new(first_network(lesson, spec).expect("a checked lesson"));
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    let began = Instant::now();
    while began.elapsed() < TIME {
        trainer.epoch(&mut state, &spec.data);
    }
    let alone = state.progress.updates as f64 * samples / began.elapsed().as_secs_f64();

    // Playing, with frames.
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let mut playing = lab(lesson);
    playing.set_share(Share::percent(100).expect("a percentage"));
    for _ in 0..20 {
        playing.apply(Command::Faster);
    }
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    let mut made = 0.0;
    let began = Instant::now();
    while began.elapsed() < TIME {
        if !playing.is_playing() {
            playing.apply(Command::Play);
        }
        let before = playing.run().here();
        if playing.tick(began.elapsed()) {
            buffer.reset();
            ui::render_lab(&playing, &theme, area, &mut buffer);
        }
        made += (playing.run().here() - before) as f64;
    }
    let played = made * samples / began.elapsed().as_secs_f64();

    // Back, update by update, from anywhere.
    let mut long = lab(lesson);
    long.go_to(LONG);
    long.arrive();
    let mut times = Vec::with_capacity(STEPS);
    for place in 0..10 {
        long.go_to(LONG - place * LONG / 10);
        long.arrive();
        for _ in 0..STEPS / 10 {
            let began = Instant::now();
            long.apply(Command::Back);
            long.arrive();
            times.push(began.elapsed());
        }
    }
    let most = times.iter().max().copied().unwrap_or_default();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(1);
    let frames = [(80, 24), (200, 60)].map(|(width, height)| {
        let area = Rect::new(0, 0, width, height);
        let mut times: Vec<Duration> = (0..60)
            .map(|_| {
                long.apply(Command::Back);
                let began = Instant::now();
                let mut buffer = Buffer::empty(area);
                ui::render_lab(&long, &theme, area, &mut buffer);
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[times.len() - 1]
    });
    println!(
        "{name:8} {alone:>12.0} {played:>12.0} {:>6.2} {:>12.2} ms ({:.2}) {:>7.2} MB {:>9.2} ms {:>9.2} ms",
        played / alone,
        most.as_secs_f64() * 1e3,
        mean.as_secs_f64() * 1e3,
        long.run().bytes() as f64 / 1e6,
        frames[0].as_secs_f64() * 1e3,
        frames[1].as_secs_f64() * 1e3,
    );
}
