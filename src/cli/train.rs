//! The command that trains without a screen.

use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;
use super::args::Format;
use crate::algebra::Phase;
use crate::engine::{Evaluation, Network, TrainState, Trainer};
use crate::lesson::{Action, Lesson, LessonError, NetworkSpec};
use crate::trace::first_network;

/// The time to train before the progress bar moves again. In between, nothing but training happens.
const STRETCH: Duration = Duration::from_millis(100);

/// The result of training.
#[derive(Serialize)]
struct Outcome<'a> {
    /// The name of the network, if it has one.
    network: Option<&'a str>,
    epochs: usize,
    /// The number of samples trained on: epochs times the size of the data set.
    samples: usize,
    /// The seconds that the training loop alone took.
    seconds: f64,
    samples_per_second: f64,
    /// The mean loss over the data set after training.
    loss: f64,
    /// The number of samples in the data set that are right after training; null for a regressor.
    right: Option<usize>,
    /// The number of samples in the data set.
    data_set: usize,
    /// The same for the held-out samples; null if there are none.
    held_out: Option<HeldOut>,
}

/// The quality of a network on samples that it has not learnt from.
#[derive(Serialize)]
struct HeldOut {
    samples: usize,
    loss: f64,
    right: Option<usize>,
}

/// Trains a network of the lesson from its initial weights and prints the result.
pub(super) fn run(
    lesson: &Lesson,
    epochs: NonZeroUsize,
    network: Option<&str>,
    format: Format,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let spec = choose(lesson, network)?;
    let epochs = epochs.get();
    let bar = progress(epochs);
    let trained = train(lesson, spec, epochs, &bar);
    bar.finish_and_clear();
    let (taken, evaluation, held_out) = trained?;
    let samples = epochs.saturating_mul(spec.data.len());
    // A clock may be too coarse to measure so little.
    let seconds = taken.as_secs_f64().max(1e-9);
    let outcome = Outcome {
        network: Some(spec.name.as_str()).filter(|name| !name.is_empty()),
        epochs,
        samples,
        seconds,
        samples_per_second: samples as f64 / seconds,
        loss: evaluation.loss,
        right: evaluation.right,
        data_set: spec.data.len(),
        held_out,
    };
    match format {
        Format::Json => {
            serde_json::to_writer(&mut *out, &outcome).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => write_text(&outcome, out)?,
    }
    Ok(())
}

fn write_text(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    if let Some(network) = outcome.network {
        writeln!(out, "network: {network}")?;
    }
    writeln!(
        out,
        "epochs: {} of {} sample{}",
        grouped(outcome.epochs),
        grouped(outcome.data_set),
        if outcome.data_set == 1 { "" } else { "s" }
    )?;
    writeln!(
        out,
        "time: {:.3} s, {} samples per second",
        outcome.seconds,
        // The rate is never more than a count can hold, and fractions of a sample do not matter.
        indicatif::HumanFloatCount(outcome.samples_per_second.round())
    )?;
    writeln!(out, "loss: {}", loss(outcome.loss))?;
    writeln!(out, "right: {}", right(outcome.right, outcome.data_set))?;
    if let Some(held_out) = &outcome.held_out {
        writeln!(out, "held-out loss: {}", loss(held_out.loss))?;
        let right = right(held_out.right, held_out.samples);
        writeln!(out, "held-out right: {right}")?;
    }
    Ok(())
}

/// Returns a loss with enough digits to tell small ones apart.
fn loss(loss: f64) -> String {
    if loss == 0.0 || loss >= 1e-3 {
        format!("{loss:.6}")
    } else {
        format!("{loss:.5e}")
    }
}

fn right(right: Option<usize>, samples: usize) -> String {
    match right {
        Some(right) => format!("{right} of {samples}"),
        None => "not asked of a regressor".to_owned(),
    }
}

/// Returns the network with a name. Without a name, returns that of the last training, or else of the last walk with
/// an update, or else the first.
fn choose<'a>(lesson: &'a Lesson, name: Option<&str>) -> Result<&'a NetworkSpec, Failure> {
    if let Some(name) = name {
        let found = lesson.networks.iter().find(|spec| spec.name == name);
        return found.ok_or_else(|| {
            let names: Vec<&str> = lesson
                .networks
                .iter()
                .map(|spec| spec.name.as_str())
                .collect();
            Failure::Other(if names == [""] {
                "the only network of this lesson has no name: leave out --network".into()
            } else {
                format!(
                    "the lesson has no network of that name, it has: {}",
                    names.join(", ")
                )
            })
        });
    }
    let scenes = || lesson.scenes.iter().rev();
    let chosen = scenes()
        .find(|scene| matches!(scene.action, Action::Train(_)))
        .or_else(|| {
            scenes().find(
                |scene| matches!(&scene.action, Action::Walk(walk) if walk.until == Phase::Update),
            )
        });
    Ok(&lesson.networks[chosen.map_or(0, |scene| scene.network)])
}

/// Returns a progress bar on standard error, hidden if that is not a terminal.
fn progress(epochs: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(epochs as u64);
    let style = ProgressStyle::with_template(
        "[{bar:30}] epoch {human_pos} of {human_len}, {eta} left, {msg}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar
}

/// Trains, and measures the time of that alone.
fn train(
    lesson: &Lesson,
    spec: &NetworkSpec,
    epochs: usize,
    bar: &ProgressBar,
) -> Result<(Duration, Evaluation, Option<HeldOut>), LessonError> {
    let mut state = TrainState::new(first_network(lesson, spec)?);
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    let mut taken = Duration::ZERO;
    let mut done = 0;
    let mut stretch = 1;
    loop {
        let count = stretch.min(epochs - done);
        let start = Instant::now();
        for _ in 0..count {
            trainer.epoch(&mut state, &spec.data);
        }
        let now = start.elapsed();
        taken += now;
        done += count;
        let is_end = done == epochs;
        if is_end || !bar.is_hidden() {
            let evaluation = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
            if !evaluation.loss.is_finite() || !is_finite(&state.network) {
                return Err(diverged(lesson, spec));
            }
            if is_end {
                return Ok((taken, evaluation, held_out(spec, &state.network)));
            }
            bar.set_position(done as u64);
            bar.set_message(format!("loss {:.4}", evaluation.loss));
        } else if !is_finite(&state.network) {
            return Err(diverged(lesson, spec));
        }
        // Twice as many epochs until a stretch is long enough, but never so many that it takes much longer.
        if now * 2 <= STRETCH {
            stretch = stretch.saturating_mul(2);
        } else if now > STRETCH * 2 {
            stretch = (stretch / 2).max(1);
        }
    }
}

fn held_out(spec: &NetworkSpec, network: &Network) -> Option<HeldOut> {
    let data = spec.held_out.as_deref()?;
    let mut trainer = Trainer::new(network, data, &spec.training);
    let evaluation = trainer.evaluate(network, data, spec.training.loss);
    Some(HeldOut {
        samples: data.len(),
        loss: evaluation.loss,
        right: evaluation.right,
    })
}

fn is_finite(network: &Network) -> bool {
    (0..network.last()).all(|l| network.weights(l).iter().all(|w| w.is_finite()))
}

fn diverged(lesson: &Lesson, spec: &NetworkSpec) -> LessonError {
    lesson.error_at(
        spec.span,
        "training this network diverges: its numbers grow beyond all bounds",
        Some("a smaller learning_rate, smaller weights or smaller inputs keep them finite"),
    )
}

/// Returns a count with commas between its thousands.
fn grouped(count: usize) -> String {
    indicatif::HumanCount(count as u64).to_string()
}
