//! From a lesson to its steps.

use std::sync::Arc;

use super::operation::Operation;
use super::{Batch, Body, Ended, Segment, Stop, Trace, Training};
use crate::engine::{Activation, DataSet, Evaluation, Method, Network, Pass, Progress, Trainer};
use crate::lesson::{
    self, Action, Goal, Lesson, LessonError, NetworkSpec, Phase, Scene, Selection, Start, Train,
    Walk,
};

/// Steps on the screen for a training scene whose author does not say how many.
const STOPS: usize = 25;

/// Samples that the walks of a scene are measured on, all in all: a moment's work. Where measuring the whole data
/// set after every update would take more, only every so many updates are measured.
const MEASURED: usize = 1_000_000;

/// Why a checked lesson cannot be compiled into steps.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Found while the engine ran it; points at the line of the lesson.
    #[error(transparent)]
    Lesson(#[from] LessonError),
}

/// A network on its way through the scenes.
struct Running {
    network: Arc<Network>,
    epoch: usize,
    updates: usize,
}

impl Running {
    const fn progress(&self) -> Progress {
        Progress {
            epochs: self.epoch,
            updates: self.updates,
        }
    }
}

impl Trace {
    /// Compiles a lesson: trains what is to be trained and fills in every value that a text names.
    ///
    /// # Errors
    /// When training overflows (a learning rate far too large), or a text names a value that has not been
    /// computed where the text stands.
    pub fn compile(lesson: Arc<Lesson>) -> Result<Self, CompileError> {
        let mut running = Vec::with_capacity(lesson.networks.len());
        let mut first_losses = Vec::with_capacity(lesson.networks.len());
        for spec in &lesson.networks {
            let network = Arc::new(first_network(&lesson, spec)?);
            let measure = measure(spec, &network);
            if !measure.loss.is_finite() {
                return Err(overflow(&lesson, spec.span).into());
            }
            first_losses.push(measure.loss);
            running.push(Running {
                network,
                epoch: 0,
                updates: 0,
            });
        }
        let mut trace = Self {
            lesson,
            segments: Vec::new(),
            first_losses,
            len: 0,
        };
        let lesson = Arc::clone(&trace.lesson);
        for (index, scene) in lesson.scenes.iter().enumerate() {
            let state = &mut running[scene.network];
            match &scene.action {
                Action::Say(_) => trace.push(index, scene.network, state, Body::Say),
                Action::Walk(walk) => trace.walk(index, scene.network, walk, state)?,
                Action::Train(train) => trace.train(index, scene, train, state)?,
            }
        }
        trace.check_texts()?;
        Ok(trace)
    }

    fn push(&mut self, scene: usize, network: usize, state: &Running, body: Body) {
        let segment = Segment {
            first: self.len,
            scene,
            network,
            before: Arc::clone(&state.network),
            epoch: state.epoch,
            updates: state.updates,
            body,
        };
        self.len += segment.len();
        self.segments.push(segment);
    }

    fn walk(
        &mut self,
        index: usize,
        network_index: usize,
        walk: &Walk,
        state: &mut Running,
    ) -> Result<(), CompileError> {
        let lesson = Arc::clone(&self.lesson);
        let spec = &lesson.networks[network_index];
        let span = lesson.scenes[index].span;
        let last = state.network.last();
        if walk.chain_rule && state.network.activation(last) == Some(Activation::Softmax) {
            return Err(lesson
                .error_at(
                    span,
                    "the three factors of the chain rule are for units that stand alone",
                    Some("leave out `chain_rule` where the output is a softmax"),
                )
                .into());
        }
        let operations: Arc<[Operation]> =
            Operation::of_walk(last, walk.until, walk.chain_rule).into();
        let batches = batches(spec, &walk.samples, state.epoch);
        let is_epoch = is_epoch(spec, &batches);
        let count = batches.len();
        let every = (count * spec.data.len()).div_ceil(MEASURED).max(1);
        for (number, samples) in batches.into_iter().enumerate() {
            let mut network = (*state.network).clone();
            let mut pass = Pass::new(&network, samples.len());
            pass.load(&spec.data, &samples);
            pass.feedforward(&network);
            let loss = pass.loss(&network, spec.loss);
            let mut loss_after = None;
            if walk.until == Phase::Update {
                pass.backpropagation(&network, spec.loss);
                pass.gradient();
                if spec.alpha > 0.0 {
                    pass.penalise(&network, spec.alpha);
                }
                pass.update(&mut network, spec.learning_rate);
                if (number + 1) % every == 0 || number + 1 == count {
                    loss_after = Some(measure(spec, &network).loss);
                }
            }
            if !loss.is_finite() || loss_after.is_some_and(|loss| !loss.is_finite()) {
                return Err(overflow(&lesson, span).into());
            }
            let batch = Batch {
                samples,
                operations: Arc::clone(&operations),
                chain_rule: walk.chain_rule,
                // Without updates the samples are only looked at.
                of_epoch: (is_epoch && walk.until == Phase::Update).then_some((number + 1, count)),
                loss_after,
            };
            self.push(index, network_index, state, Body::Walk(batch));
            if walk.until == Phase::Update {
                state.network = Arc::new(network);
                state.updates += 1;
                if is_epoch && number + 1 == count {
                    state.epoch += 1;
                }
            }
        }
        Ok(())
    }

    fn train(
        &mut self,
        index: usize,
        scene: &Scene,
        train: &Train,
        state: &mut Running,
    ) -> Result<(), CompileError> {
        let lesson = Arc::clone(&self.lesson);
        let spec = &lesson.networks[scene.network];
        let mut network = (*state.network).clone();
        let mut trainer = Trainer::new(&network, &spec.data, &spec.method());
        let mut progress = state.progress();
        let stride = train.every.unwrap_or_else(|| stride(train.epochs));
        let mut stops = Vec::new();
        let mut record = Vec::new();
        let mut ended = if train.until.is_some() {
            Ended::GoalMissed
        } else {
            Ended::Epochs
        };
        for epoch in 1..=train.epochs {
            trainer.epoch(&mut network, &spec.data, &mut progress);
            let now = trainer.evaluate(&network, &spec.data, spec.loss);
            if !now.loss.is_finite() {
                return Err(overflow(&lesson, scene.span).into());
            }
            record.push(now);
            let reached = match train.until {
                Some(Goal::AllRight) => {
                    (now.right == Some(spec.data.len())).then_some(Ended::AllRight)
                }
                Some(Goal::LossBelow(bound)) => (now.loss < bound).then_some(Ended::LossBelow),
                Some(Goal::NoMistake | Goal::GradientBelow(_)) | None => None,
            };
            if epoch % stride == 0 || epoch == train.epochs || reached.is_some() {
                stops.push(Stop {
                    epoch,
                    network: Arc::new(network.clone()),
                });
            }
            if let Some(reason) = reached {
                ended = reason;
                break;
            }
        }
        let updates_per_epoch = spec.updates_per_epoch();
        let epochs = record.len();
        let training = Training {
            stops,
            record: Arc::new(record),
            held_out: Arc::new(Vec::new()),
            at_most: train.epochs,
            updates_per_epoch,
            skipped: 0,
            until: epochs,
            ended,
        };
        self.push(index, scene.network, state, Body::Train(training));
        state.network = Arc::new(network);
        state.epoch += epochs;
        state.updates += epochs * updates_per_epoch;
        Ok(())
    }

    /// The same lesson with the epoch that the training step at `index` shows opened into all its
    /// operations, and the index of the first of them. `None` where there is no training step, or its epoch
    /// is open already.
    ///
    /// The network before that epoch is trained anew from the stop before, which gives the same bits.
    pub fn open_epoch(&self, index: usize) -> Option<(Self, usize)> {
        let at = self.segment_index(index);
        let segment = &self.segments[at];
        let Body::Train(training) = &segment.body else {
            return None;
        };
        let here = index - segment.first;
        let epoch = training.stops[here].epoch;
        if epoch <= training.skipped {
            // It is open already: its operations stand before this step.
            return None;
        }
        let spec = self.spec(segment);
        let (mut network, done) = match here.checked_sub(1) {
            Some(before) => {
                let stop = &training.stops[before];
                ((*stop.network).clone(), stop.epoch)
            }
            None => ((*segment.before).clone(), training.skipped),
        };
        let mut trainer = Trainer::new(&network, &spec.data, &spec.method());
        let walked = done - training.skipped;
        let mut progress = Progress {
            epochs: segment.epoch + walked,
            updates: segment.updates + walked * training.updates_per_epoch,
        };
        for _ in done + 1..epoch {
            trainer.epoch(&mut network, &spec.data, &mut progress);
        }

        let mut trace = Self {
            lesson: Arc::clone(&self.lesson),
            segments: self.segments[..at].to_vec(),
            first_losses: self.first_losses.clone(),
            len: segment.first,
        };
        let mut state = Running {
            network: Arc::clone(&segment.before),
            epoch: segment.epoch,
            updates: segment.updates,
        };
        let part = Training {
            stops: training.stops[..here].to_vec(),
            until: epoch - 1,
            ..training.clone()
        };
        trace.push(segment.scene, segment.network, &state, Body::Train(part));
        let opened = trace.len;
        let walked = epoch - 1 - training.skipped;
        state.network = Arc::new(network);
        state.epoch += walked;
        state.updates += walked * training.updates_per_epoch;
        let walk = Walk {
            samples: Selection::Epoch,
            until: Phase::Update,
            chain_rule: false,
            notes: Vec::new(),
        };
        // What was trained without overflow is walked without.
        trace
            .walk(segment.scene, segment.network, &walk, &mut state)
            .ok()?;
        // The training step itself, and those behind it, go on from the epoch that was walked.
        let rest = Training {
            stops: training.stops[here..].to_vec(),
            skipped: epoch,
            ..training.clone()
        };
        trace.push(segment.scene, segment.network, &state, Body::Train(rest));
        for later in &self.segments[at + 1..] {
            let mut later = later.clone();
            later.first = trace.len;
            trace.len += later.len();
            trace.segments.push(later);
        }
        Some((trace, opened))
    }
}

/// The network of a spec with its initial weights.
///
/// # Errors
/// Never for a checked lesson.
pub fn first_network(lesson: &Lesson, spec: &NetworkSpec) -> Result<Network, LessonError> {
    let weights = match &spec.start {
        Start::Weights(weights) => weights.clone(),
        Start::Init(init) => init.weights(spec.inputs, &spec.layers),
    };
    Network::new(spec.inputs, spec.layers.clone(), weights)
        .map_err(|error| lesson.error_at(spec.span, &error.to_string(), None))
}

/// The batches of a selection, for a network with so many finished epochs.
fn batches(spec: &NetworkSpec, samples: &Selection, epoch: usize) -> Vec<Vec<usize>> {
    let of_epoch = || {
        let order = spec.method().order(epoch, spec.data.len());
        order
            .chunks(spec.batch_size())
            .map(<[usize]>::to_vec)
            .collect::<Vec<_>>()
    };
    match samples {
        Selection::Samples(samples) => vec![samples.clone()],
        Selection::Batch(number) => of_epoch().into_iter().skip(*number).take(1).collect(),
        Selection::Epoch => of_epoch(),
    }
}

/// Whether batches are together one epoch: every sample once.
fn is_epoch(spec: &NetworkSpec, batches: &[Vec<usize>]) -> bool {
    let mut all: Vec<usize> = batches.iter().flatten().copied().collect();
    all.sort_unstable();
    all.into_iter().eq(0..spec.data.len())
}

/// Loss and right samples over the whole data set.
pub(super) fn measure(spec: &NetworkSpec, network: &Network) -> Evaluation {
    measure_on(&spec.data, spec, network)
}

/// The same over another set for the same network.
pub(super) fn measure_on(data: &DataSet, spec: &NetworkSpec, network: &Network) -> Evaluation {
    // Nothing is trained with it.
    let method = Method::new(spec.loss, spec.learning_rate, 1);
    Trainer::new(network, data, &method).evaluate(network, data, spec.loss)
}

/// 1, 2 or 5 times a power of ten, so that not many more than [`STOPS`] stops are made.
fn stride(epochs: usize) -> usize {
    let mut stride = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if epochs.div_ceil(stride) <= STOPS {
            break;
        }
        let power = 10_usize.pow(stride.ilog10());
        stride = power * factor;
    }
    stride
}

fn overflow(lesson: &Lesson, span: lesson::Span) -> LessonError {
    lesson.error_at(
        span,
        "the numbers grow beyond all bounds here",
        Some("a smaller learning_rate, smaller weights or smaller inputs keep them finite"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_are_round_and_stops_are_few() {
        for (epochs, expected) in [
            (1, 1),
            (25, 1),
            (26, 2),
            (50, 2),
            (51, 5),
            (500, 20),
            (501, 50),
            (100_000, 5_000),
        ] {
            assert_eq!(stride(epochs), expected, "{epochs} epochs");
        }
    }
}
