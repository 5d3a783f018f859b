//! Measures the lab: playing at full speed beside training alone, a step back in a long run, its memory, a frame, and the
//! loss map.
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
        "{:8} {:>12} {:>12} {:>6} {:>24} {:>10} {:>12} {:>12} {:>22}",
        "network",
        "train/s",
        "playing/s",
        "ratio",
        "back by one: max (mean)",
        "memory",
        "80x24",
        "200x60",
        "large at 200x60"
    );
    let lessons = [
        ("xor", open("xor")),
        ("points", points),
        ("digits", open("digits")),
    ];
    for (name, lesson) in &lessons {
        measure(name, lesson);
    }
    println!(
        "{:8} {:>8} {:>14} {:>12} {:>12} {:>14} {:>6}",
        "map", "samples", "80x24 points", "80x24", "200x60", "playing/s", "ratio"
    );
    for (name, lesson) in &lessons {
        measure_map(name, lesson);
    }
}

/// Measures the loss map: all its points at 80 × 24, a frame with it, and playing while it is open.
fn measure_map(name: &str, lesson: &Lesson) {
    let spec = &lesson.networks[lesson.trained_last()];
    let mut lab = lab(lesson);
    lab.apply(Command::LossMap);
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let most = |mut time: Box<dyn FnMut(&mut Lab) -> Duration>, lab: &mut Lab| {
        let times = (0..20).map(|_| {
            lab.apply(Command::Next);
            time(lab)
        });
        times.max().unwrap_or_default().as_secs_f64() * 1e3
    };
    let points = |lab: &mut Lab| {
        let map = lab.map().expect("it is open");
        let step = lab.picture().step();
        let plane = step.map_plane(&map.cells, &map.path, map.zoom);
        let began = Instant::now();
        step.loss_map(&plane.axes, (80, 24), usize::MAX);
        began.elapsed()
    };
    let all = most(Box::new(points), &mut lab);
    let frames = [(80, 24), (200, 60)].map(|(width, height)| {
        let frame = move |lab: &mut Lab| {
            let area = Rect::new(0, 0, width, height);
            let mut buffer = Buffer::empty(area);
            let began = Instant::now();
            ui::render_lab(lab, &theme, area, &mut buffer);
            began.elapsed()
        };
        most(Box::new(frame), &mut lab)
    });
    let (alone, played) = (train_alone(lesson), play(lab, &theme));
    let samples = spec.data.len() as f64 / spec.updates_per_epoch() as f64;
    println!(
        "{name:8} {:>8} {all:>11.2} ms {:>9.2} ms {:>9.2} ms {:>14.0} {:>6.2}",
        spec.data.len(),
        frames[0],
        frames[1],
        played * samples,
        played / alone
    );
}

/// Returns the updates a second of training alone.
fn train_alone(lesson: &Lesson) -> f64 {
    let spec = &lesson.networks[lesson.trained_last()];
    let mut state = TrainState::new(first_network(lesson, spec).expect("a checked lesson"));
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    let began = Instant::now();
    while began.elapsed() < TIME {
        trainer.epoch(&mut state, &spec.data);
    }
    state.progress.updates as f64 / began.elapsed().as_secs_f64()
}

/// Returns the updates a second of playing as fast as it goes, with frames.
fn play(mut playing: Lab, theme: &Theme) -> f64 {
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
            ui::render_lab(&playing, theme, area, &mut buffer);
        }
        made += (playing.run().here() - before) as f64;
    }
    made / began.elapsed().as_secs_f64()
}

fn lab(lesson: &Lesson) -> Lab {
    let run = Run::of_lesson(lesson, lesson.trained_last()).expect("its loss is finite");
    Lab::new(run).expect("its loss is finite")
}

fn measure(name: &str, lesson: &Lesson) {
    let spec = &lesson.networks[lesson.trained_last()];
    let samples = spec.data.len() as f64 / spec.updates_per_epoch() as f64;
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let alone = train_alone(lesson) * samples;
    let played = play(lab(lesson), &theme) * samples;

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
    // Every panel as large as the screen.
    long.apply(Command::Enlarge);
    let large = long.panels().into_iter().map(|_| {
        let panel = long.large_panel().expect("one is large");
        let area = Rect::new(0, 0, 200, 60);
        let times = (0..20).map(|_| {
            long.apply(Command::Back);
            let began = Instant::now();
            let mut buffer = Buffer::empty(area);
            ui::render_lab(&long, &theme, area, &mut buffer);
            began.elapsed()
        });
        let most = times.max().unwrap_or_default();
        long.apply(Command::NextPanel);
        (most, panel.name())
    });
    let (most_large, slowest) = large.max().unwrap_or_default();
    println!(
        "{name:8} {alone:>12.0} {played:>12.0} {:>6.2} {:>12.2} ms ({:.2}) {:>7.2} MB {:>9.2} ms {:>9.2} ms {:>8.2} ms ({slowest})",
        played / alone,
        most.as_secs_f64() * 1e3,
        mean.as_secs_f64() * 1e3,
        long.run().bytes() as f64 / 1e6,
        frames[0].as_secs_f64() * 1e3,
        frames[1].as_secs_f64() * 1e3,
        most_large.as_secs_f64() * 1e3,
    );
}
