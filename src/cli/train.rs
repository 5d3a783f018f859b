//! The command that trains without a screen.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::args::Format;
use super::{Failure, network_named};
use crate::engine::{Evaluation, Network, Reduction, Trainer, TrainingConfig};
use crate::lesson::limits::MAX_NUMBER;
use crate::lesson::{Lesson, LessonError, NetworkSpec, listed_weights};
use crate::trace::{self, Divergence, first_network, first_state, is_finite};

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
    /// The loss over the data set after training: the mean, or the sum where the lesson says so.
    loss: f64,
    /// `sum` where the losses of the samples are summed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    reduction: Option<&'static str>,
    /// The number of samples in the data set that are right after training; null for a regressor.
    right: Option<usize>,
    /// The number of samples that are neither right nor wrong, if there are any.
    #[serde(skip_serializing_if = "is_none")]
    undecided: usize,
    /// The number of samples in the data set.
    data_set: usize,
    /// The same for the held-out samples; null if there are none.
    held_out: Option<HeldOut>,
    /// The final weights as a lesson has them, if they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Vec<Vec<Vec<f64>>>>,
}

/// The quality of a network on samples that it has not learnt from.
#[derive(Serialize)]
struct HeldOut {
    samples: usize,
    loss: f64,
    right: Option<usize>,
    #[serde(skip_serializing_if = "is_none")]
    undecided: usize,
}

/// What to train, and what to print of it.
pub(super) struct Order<'a> {
    pub(super) epochs: usize,
    /// The name of the network; `None` for the one that the lesson trains last.
    pub(super) network: Option<&'a str>,
    /// The seed of the initial weights; `None` for that of the lesson.
    pub(super) seed: Option<u64>,
    /// The number of seeds to train with, one after the other.
    pub(super) seeds: Option<usize>,
    /// Whether the final weights are printed.
    pub(super) weights: bool,
    pub(super) format: Format,
}

/// The results of training from several random starts.
#[derive(Serialize)]
struct Comparison<'a> {
    network: Option<&'a str>,
    epochs: usize,
    data_set: usize,
    /// `sum` where the losses of the samples are summed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    reduction: Option<&'static str>,
    starts: Vec<Start>,
    /// The number of starts that got every sample right; null for a regressor.
    all_right: Option<usize>,
}

#[derive(Serialize)]
struct Start {
    seed: u64,
    /// Null where the training diverged.
    loss: Option<f64>,
    right: Option<usize>,
    #[serde(skip_serializing_if = "is_none")]
    undecided: usize,
    /// The epoch in which the training diverged, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    diverged: Option<usize>,
}

/// The numbers of starts that ended so or so.
#[derive(Default)]
struct Tally {
    starts: usize,
    all_right: usize,
    diverged: usize,
}

impl Tally {
    fn count(&mut self, start: &Start, data_set: usize) {
        self.starts += 1;
        self.all_right += usize::from(start.right == Some(data_set));
        self.diverged += usize::from(start.diverged.is_some());
    }
}

/// The reason why a training came to no end.
enum Stopped {
    Diverged(Divergence),
    Refused(LessonError),
}

/// Returns whether a count is of nothing.
// Serde passes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// Trains a network of the lesson from its initial weights, or from those of other seeds, and prints the result.
pub(super) fn run(lesson: &Lesson, order: &Order, out: &mut impl Write) -> Result<(), Failure> {
    let index = choose(lesson, order.network)?;
    let spec = &lesson.networks[index];
    if let Some(note) = set_by_scenes(lesson, index) {
        let _ = writeln!(io::stderr(), "{note}");
    }
    let epochs = order.epochs;
    let reduction = spec.training.reduction;
    let reduction = (reduction != Reduction::default()).then(|| reduction.name());
    let network = Some(spec.name.as_str()).filter(|name| !name.is_empty());
    if let Some(seeds) = order.seeds {
        return compare(lesson, spec, (network, reduction), (seeds, order), out);
    }
    let own = order.seed.map(|seed| with_seed(spec, seed)).transpose()?;
    let spec = own.as_ref().unwrap_or(spec);
    let (taken, evaluation, trained) = match shown(lesson, spec, epochs) {
        Ok(trained) => trained,
        Err(Stopped::Diverged(divergence)) => {
            return Err(divergence.error(lesson, spec, spec.span).into());
        }
        Err(Stopped::Refused(error)) => return Err(error.into()),
    };
    let samples = epochs.saturating_mul(spec.data.len());
    // A clock may be too coarse to measure so little.
    let seconds = taken.as_secs_f64().max(1e-9);
    let outcome = Outcome {
        network,
        epochs,
        samples,
        seconds,
        samples_per_second: samples as f64 / seconds,
        loss: evaluation.loss,
        reduction,
        right: evaluation.right,
        undecided: evaluation.undecided,
        data_set: spec.data.len(),
        held_out: held_out(spec, &trained),
        weights: order.weights.then(|| listed_weights(&trained)),
    };
    match order.format {
        Format::Json => write_json(&outcome, out)?,
        Format::Text => write_text(&outcome, out)?,
    }
    if order.weights {
        out.flush()?;
        for note in not_taken(&trained) {
            let _ = writeln!(io::stderr(), "{note}");
        }
    }
    Ok(())
}

/// Returns a note on the settings that scenes of the lesson change for a network.
// Exact comparison: settings are read, not computed.
#[allow(clippy::float_cmp)]
fn set_by_scenes(lesson: &Lesson, index: usize) -> Option<String> {
    let own = lesson.networks[index].training;
    let scenes = (0..lesson.scenes.len()).filter(|&scene| lesson.scenes[scene].network == index);
    let trainings: Vec<TrainingConfig> = scenes.map(|scene| lesson.training_at(scene)).collect();
    let differs = |is_other: &dyn Fn(&TrainingConfig) -> bool| trainings.iter().any(is_other);
    let changed = [
        ("learning_rate", differs(&|other| other.rho != own.rho)),
        (
            "batch",
            differs(&|other| other.batch_size != own.batch_size),
        ),
        (
            "optimizer",
            differs(&|other| other.optimizer != own.optimizer),
        ),
        ("l2", differs(&|other| other.penalty.l2 != own.penalty.l2)),
        ("l1", differs(&|other| other.penalty.l1 != own.penalty.l1)),
    ];
    let changed: Vec<&str> = changed
        .into_iter()
        .filter_map(|(key, is_other)| is_other.then_some(key))
        .collect();
    (!changed.is_empty()).then(|| {
        format!(
            "note: scenes of the lesson set {}; the training here takes what is set outside of them",
            changed.join(", ")
        )
    })
}

/// Returns what a lesson does not take of the weights of a network, or lacks in them.
fn not_taken(network: &Network) -> Vec<String> {
    let mut notes = Vec::new();
    let weights = (0..network.last()).flat_map(|l| network.weights(l));
    if weights.into_iter().any(|w| w.abs() > MAX_NUMBER) {
        notes.push(format!(
            "note: a weight is beyond {MAX_NUMBER}, more than a lesson takes"
        ));
    }
    if network.layers().iter().any(|layer| layer.batch_norm) {
        notes.push(
            "note: γ and β of batch normalisation are not among the weights: a lesson begins with 1 and 0".to_owned(),
        );
    }
    notes
}

/// Trains from so many random starts, and prints what each comes to as soon as it is known. One that diverges is told,
/// and does not end the others.
fn compare(
    lesson: &Lesson,
    spec: &NetworkSpec,
    (network, reduction): (Option<&str>, Option<&'static str>),
    (seeds, order): (usize, &Order),
    out: &mut impl Write,
) -> Result<(), Failure> {
    let data_set = spec.data.len();
    let first = with_seed(spec, 0)?;
    let before = first_network(lesson, &first)?;
    let mut trainer = Trainer::new(&before, &spec.data, &spec.training);
    let untrained = trainer.evaluate(&before, &spec.data, spec.training.loss);
    let is_regressor = untrained.right.is_none();
    let mut tally = Tally::default();
    let starts = (0..seeds as u64).map(|seed| {
        let spec = with_seed(spec, seed)?;
        let start = match shown(lesson, &spec, order.epochs) {
            Ok((_, evaluation, _)) => Start {
                seed,
                loss: Some(evaluation.loss),
                right: evaluation.right,
                undecided: evaluation.undecided,
                diverged: None,
            },
            Err(Stopped::Diverged(divergence)) => Start {
                seed,
                loss: None,
                right: None,
                undecided: 0,
                diverged: Some(divergence.epoch(&spec)),
            },
            Err(Stopped::Refused(error)) => return Err(error.into()),
        };
        tally.count(&start, data_set);
        Ok(start)
    });
    match order.format {
        Format::Json => {
            let starts = starts.collect::<Result<Vec<Start>, Failure>>()?;
            let outcome = Comparison {
                network,
                epochs: order.epochs,
                data_set,
                reduction,
                all_right: (!is_regressor).then_some(tally.all_right),
                starts,
            };
            write_json(&outcome, out)
        }
        Format::Text => {
            if let Some(network) = network {
                writeln!(out, "network: {network}")?;
            }
            writeln!(out, "{:>6}  {:<12}  right", "seed", named(reduction))?;
            for start in starts {
                write_start(&start?, data_set, out)?;
                out.flush()?;
            }
            Ok(write_tally(&tally, is_regressor, out)?)
        }
    }
}

/// Trains with a progress bar on standard error.
fn shown(
    lesson: &Lesson,
    spec: &NetworkSpec,
    epochs: usize,
) -> Result<(Duration, Evaluation, Network), Stopped> {
    let bar = progress(epochs);
    let trained = train(lesson, spec, epochs, &bar);
    bar.finish_and_clear();
    trained
}

/// Returns the network with initial weights that are drawn with another seed.
pub(super) fn with_seed(spec: &NetworkSpec, seed: u64) -> Result<NetworkSpec, Failure> {
    trace::with_seed(spec, seed).ok_or_else(|| {
        Failure::Other(
            "the lesson gives the weights, so no seed draws them: leave out --seed and --seeds, or draw them by `init`"
                .into(),
        )
    })
}

fn write_json(outcome: &impl Serialize, out: &mut impl Write) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, outcome).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

fn write_start(start: &Start, data_set: usize, out: &mut impl Write) -> io::Result<()> {
    let right = match start.diverged {
        Some(epoch) => format!("in epoch {epoch}"),
        None => right(start.right, start.undecided, data_set),
    };
    let loss = start.loss.map_or_else(|| "diverges".to_owned(), loss);
    writeln!(out, "{:>6}  {loss:<12}  {right}", start.seed)
}

fn write_tally(tally: &Tally, is_regressor: bool, out: &mut impl Write) -> io::Result<()> {
    let Tally {
        starts,
        all_right,
        diverged,
    } = tally;
    match (is_regressor, diverged) {
        (false, 0) => writeln!(out, "{all_right} of {starts} starts got every sample right"),
        (false, _) => writeln!(
            out,
            "{all_right} of {starts} starts got every sample right, {diverged} diverged"
        ),
        (true, 0) => Ok(()),
        (true, _) => writeln!(out, "{diverged} of {starts} starts diverged"),
    }
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
    writeln!(out, "{}: {}", named(outcome.reduction), loss(outcome.loss))?;
    let of_all = right(outcome.right, outcome.undecided, outcome.data_set);
    writeln!(out, "right: {of_all}")?;
    if let Some(held_out) = &outcome.held_out {
        let named = named(outcome.reduction);
        writeln!(out, "held-out {named}: {}", loss(held_out.loss))?;
        let right = right(held_out.right, held_out.undecided, held_out.samples);
        writeln!(out, "held-out right: {right}")?;
    }
    if let Some(weights) = &outcome.weights {
        writeln!(out, "weights:")?;
        for matrix in weights {
            // JSON in one line is YAML as well, with all digits.
            writeln!(
                out,
                "  - {}",
                serde_json::to_string(matrix)?.replace(',', ", ")
            )?;
        }
    }
    Ok(())
}

/// Returns what a loss over a data set is called: the mean is simply the loss.
const fn named(reduction: Option<&str>) -> &'static str {
    match reduction {
        Some(_) => Reduction::Sum.loss_name(),
        None => "loss",
    }
}

/// Returns a loss with enough digits to tell small ones apart.
fn loss(loss: f64) -> String {
    if loss == 0.0 || (1e-3..1e9).contains(&loss) {
        format!("{loss:.6}")
    } else {
        format!("{loss:.5e}")
    }
}

/// Returns how many samples are right and, if there are any, how many are neither right nor wrong.
fn right(right: Option<usize>, undecided: usize, samples: usize) -> String {
    match right {
        Some(right) if undecided > 0 => format!("{right} of {samples}, {undecided} undecided"),
        Some(right) => format!("{right} of {samples}"),
        None => "not asked of a regressor".to_owned(),
    }
}

/// Returns the index of the network with a name; without a name, that of the one that the lesson trains last.
fn choose(lesson: &Lesson, name: Option<&str>) -> Result<usize, Failure> {
    match name {
        Some(name) => network_named(lesson, name),
        None => Ok(lesson.trained_last()),
    }
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
) -> Result<(Duration, Evaluation, Network), Stopped> {
    let mut state = first_state(lesson, spec).map_err(Stopped::Refused)?;
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
            if !evaluation.loss.is_finite() || !is_finite(&state) {
                return Err(diverged(lesson, spec, done));
            }
            if is_end {
                return Ok((taken, evaluation, state.network));
            }
            bar.set_position(done as u64);
            bar.set_message(format!("loss {}", loss(evaluation.loss)));
        } else if !is_finite(&state) {
            return Err(diverged(lesson, spec, done));
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
        undecided: evaluation.undecided,
    })
}

/// Returns where a training diverges within so many epochs.
fn diverged(lesson: &Lesson, spec: &NetworkSpec, epochs: usize) -> Stopped {
    match first_state(lesson, spec) {
        Ok(state) => Stopped::Diverged(Divergence::find(spec, state, epochs)),
        Err(error) => Stopped::Refused(error),
    }
}

/// Returns a count with commas between its thousands.
fn grouped(count: usize) -> String {
    indicatif::HumanCount(count as u64).to_string()
}
