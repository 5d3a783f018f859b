//! Texts of training: how far it has come, how good the network is by now, why it has ended. In full a lesson says that
//! twice, and then in a line.

use std::mem::discriminant;

use crate::algebra::{Decimals, RichText};
use crate::engine::{Evaluation, Layer, Optimizer, Trainer};
use crate::lesson::{Action, Goal, Train};
use crate::trace::step::{Step, StepKind};
use crate::trace::{Ended, SegmentBody};

/// Returns the formula of a training step.
pub(super) fn formula(step: &Step) -> RichText {
    let batches = match &step.segment.body {
        SegmentBody::Train(training) => training.updates_per_epoch,
        SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Walk(_) => 1,
    };
    let each = if batches == 1 {
        "once an epoch".to_owned()
    } else {
        format!("{batches} times an epoch")
    };
    // The order of one batch is nothing to tell.
    let order = if batches > 1 && step.spec().training.shuffle.is_some() {
        ", the samples shuffled"
    } else {
        ""
    };
    RichText::new()
        .lit(super::optimizer::rule(&step.context()))
        .words(format!(", {each}{order}"))
}

/// How often the steps of a lesson have said something in full before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    /// How good the network is.
    measured: usize,
    /// That the training goes on, or why it has ended.
    ended: usize,
}

/// The most times that something is said in full in a lesson.
const TWICE: usize = 2;

impl Said {
    /// Counts what the trainings before a step of one have said, and of those that end as it does.
    pub(super) fn before(step: &Step) -> Self {
        let mut said = Self::default();
        let StepKind::Train { ended, .. } = step.what else {
            return said;
        };
        if step.trace().is_of_run() {
            return said;
        }
        let kind = ended.map(|ended| discriminant(&ended));
        for segment in &step.trace().segments {
            let SegmentBody::Train(training) = &segment.body else {
                continue;
            };
            for (index, stop) in (segment.first..).zip(&training.stops) {
                if index >= step.index {
                    return said;
                }
                let end = training.is_end(*stop).then_some(training.ended);
                said.measured += 1;
                said.ended += usize::from(end.map(|ended| discriminant(&ended)) == kind);
            }
        }
        said
    }
}

/// Returns the text for the step after `epoch` of at most `at_most` epochs.
pub(super) fn told(
    step: &Step,
    (epoch, at_most): (usize, usize),
    now: Evaluation,
    ended: Option<Ended>,
    said: Said,
) -> RichText {
    let train = match step.trace().action(step.segment.scene) {
        Action::Train(train) => Some(train),
        Action::Say(_) | Action::Ask(_) | Action::Set(_) | Action::Walk(_) => None,
    };
    let is_brief = said.measured >= TWICE;
    let results = if is_brief {
        measured_briefly(step, now)
    } else {
        measured(step, RichText::new(), now)
    };
    if said.ended >= TWICE {
        let how = ended_briefly(step, (epoch, at_most), ended);
        return results.words(format!(", {how}."));
    }
    let results = if is_brief {
        results.words(".")
    } else {
        results
    };
    if let Some(Ended::Patience { best }) = ended {
        return out_of_patience((epoch, at_most), best).then(results);
    }
    let may_end = train.is_some_and(|train| train.until.is_some() || train.patience.is_some());
    let is_whole = matches!(ended, Some(Ended::Epochs | Ended::GoalMissed));
    let in_all = step.epoch();
    let before = if in_all == epoch {
        String::new()
    } else {
        // The network was trained before this scene.
        format!(", epoch {in_all} in all")
    };
    // Steps by hand may have used the data before it was trained: only the epochs of this training are counted.
    let text = results.words(format!(
        " Epoch {epoch} of {}{at_most}{before}",
        if is_whole || ended.is_none() && !may_end {
            ""
        } else {
            "at most "
        },
    ));
    match ended {
        None => text.words("."),
        Some(Ended::Epochs) => text.words(": the training ends here."),
        Some(Ended::GoalMissed) => {
            let text = text.words(": the training ends here, without having reached its goal.");
            gradient_of(step, train, text)
        }
        Some(Ended::AllRight) => text.words(": every sample is right, so the training ends."),
        Some(Ended::LossBelow) => {
            let asked = bound_of(train).map_or_else(String::new, |bound| {
                format!(" ({} is below {bound})", below(now.loss, bound))
            });
            text.words(format!(
                ": the loss is as low as was asked for{asked}, so the training ends."
            ))
        }
        Some(Ended::NoMistake) if step.spec().training.penalty.is_any() => text.words(
            ": it made no mistake, only the penalty has moved weights, and the training ends.",
        ),
        Some(Ended::NoMistake)
            if !step.network().layers().iter().all(Layer::is_plain)
                || step.spec().training.optimizer != Optimizer::Descent =>
        {
            text.words(": it made no mistake, so the training ends.")
        }
        Some(Ended::NoMistake) => text.words(
            ": it made no mistake and changed no weight, and no later one would. The training ends.",
        ),
        Some(Ended::GradientBelow) => {
            let length = length_of_gradient(step, train);
            let length = length.map_or_else(String::new, |(length, bound)| {
                format!(" (the gradient is {length} long, below {bound})")
            });
            text.words(format!(": the loss is level now{length}, so the training ends."))
        }
        // Already told above.
        Some(Ended::Patience { .. }) => text,
    }
}

/// The share of a loss below which a change of it is not told.
const LITTLE: f64 = 1e-3;

/// Adds the number of right samples and the losses, and what they were before.
fn measured(step: &Step, text: RichText, now: Evaluation) -> RichText {
    let samples = step.spec().data.len();
    let before = step.measured_before();
    let mut text = text;
    if let Some(right) = now.right {
        let undecided = undecided(now);
        let was = before.and_then(|before| {
            let was = before.right?;
            let open = self::undecided(before);
            (was != right || open != undecided).then(|| format!(" (before: {was}{open})"))
        });
        let was = was.unwrap_or_default();
        text = text.words(format!("Right: {right} of {samples}{undecided}{was}. "));
    }
    let name = match samples {
        1 => "The loss of the only sample".to_owned(),
        _ => format!(
            "The {} over the {samples} samples",
            step.spec().training.reduction.loss_name()
        ),
    };
    // What has hardly changed is not told twice.
    let was = before.filter(|was| (was.loss - now.loss).abs() > LITTLE * was.loss.abs());
    text = match was {
        Some(was) => text
            .words(format!("{name} was "))
            .from_to(was.loss, " and is now J = ", now.loss)
            .words("."),
        None => text
            .words(format!("{name} is J = "))
            .number(now.loss)
            .words("."),
    };
    let penalty = step.spec().training.penalty;
    if penalty.is_any() {
        let penalty = penalty.of(step.network());
        let text_of = text
            .words(" With the penalty added, which is small where the weights are small, it is ");
        text = text_of.number(now.loss + penalty).words(".");
    }
    held_out(step, text)
}

/// Adds the same for the held-out set, if there is one.
fn held_out(step: &Step, text: RichText) -> RichText {
    let (Some(set), Some(held)) = (&step.spec().held_out, step.held_out()) else {
        return text;
    };
    let samples = set.len();
    let plural = if samples == 1 { "" } else { "s" };
    let text = text
        .words(format!(" On the {samples} held-out sample{plural}: J = "))
        .number(held.loss);
    match held.right {
        Some(right) => text.words(format!(", right: {right}{}.", undecided(held))),
        None => text.words("."),
    }
}

/// Returns what is added to the number of right samples where some are neither right nor wrong.
fn undecided(now: Evaluation) -> String {
    match now.undecided {
        0 => String::new(),
        undecided => format!(", {undecided} undecided"),
    }
}

/// Returns the same in a line without an end: `4 of 4 right, J 0.693 → 0.049`.
fn measured_briefly(step: &Step, now: Evaluation) -> RichText {
    let before = step.measured_before();
    let mut text = RichText::new();
    if let Some(right) = now.right {
        let samples = step.spec().data.len();
        let was = before.and_then(|before| before.right);
        let was = was.filter(|was| *was != right);
        let was = was.map_or_else(String::new, |was| format!(" (before: {was})"));
        text = text.words(format!(
            "{right} of {samples} right{}{was}, ",
            undecided(now)
        ));
    }
    text = text.words("J ");
    let was = before.filter(|was| (was.loss - now.loss).abs() > LITTLE * was.loss.abs());
    text = match was {
        Some(was) => text.from_to(was.loss, " → ", now.loss),
        None => text.number(now.loss),
    };
    let penalty = step.spec().training.penalty;
    if penalty.is_any() {
        let all = now.loss + penalty.of(step.network());
        text = text.words(", with the penalty ").number(all);
    }
    if let (Some(set), Some(held)) = (&step.spec().held_out, step.held_out()) {
        text = text.words(", held out J ").number(held.loss);
        if let Some(right) = held.right {
            let all = set.len();
            text = text.words(format!(" and {right} of {all} right{}", undecided(held)));
        }
    }
    text
}

/// Returns how far a training has come, or how it has ended, in a few words.
fn ended_briefly(step: &Step, (epoch, at_most): (usize, usize), ended: Option<Ended>) -> String {
    let in_all = step.epoch();
    let all = if in_all == epoch {
        String::new()
    } else {
        format!(" ({in_all} in all)")
    };
    match ended {
        None | Some(Ended::Epochs) => format!("epoch {epoch} of {at_most}{all}"),
        Some(Ended::GoalMissed) => format!("goal not reached in {epoch} epochs{all}"),
        Some(Ended::AllRight | Ended::LossBelow | Ended::GradientBelow) => {
            format!("goal reached in epoch {epoch}{all}")
        }
        Some(Ended::NoMistake) => format!("no mistake in epoch {epoch}{all}"),
        Some(Ended::Patience { best }) => {
            format!("ended early in epoch {epoch} and gone back to epoch {best}")
        }
    }
}

/// Returns whether a sentence is a line of those.
pub(super) fn is_brief(sentence: &str) -> bool {
    let numbers = sentence.split("J ").skip(1);
    numbers
        .into_iter()
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '−'))
}

fn out_of_patience((epoch, at_most): (usize, usize), best: usize) -> RichText {
    let waited = epoch - best;
    let since = if waited == 1 {
        "the epoch".to_owned()
    } else {
        format!("the {waited} epochs")
    };
    RichText::new().words(format!(
        "Epoch {epoch} of at most {at_most}: in {since} since epoch {best} the loss on the held-out set has found no \
         new low, so the training ends early and goes back to the weights of epoch {best}. "
    ))
}

/// Returns the bound of the author's goal, if it has one.
fn bound_of(train: Option<&Train>) -> Option<f64> {
    match train?.until? {
        Goal::LossBelow(bound) | Goal::GradientBelow(bound) => Some(bound),
        Goal::AllRight | Goal::NoMistake => None,
    }
}

/// Formats a number with at least 3 decimals, and as many more as show on which side of a bound it lies.
fn below(value: f64, bound: f64) -> String {
    let tells = |text: &String| {
        let shown = text.replace('−', "-").parse::<f64>();
        shown.is_ok_and(|shown| (shown < bound) == (value < bound) && (shown > 0.0 || value <= 0.0))
    };
    (3..16)
        .map(|decimals| Decimals::new(decimals).term(value))
        .find(tells)
        .unwrap_or_else(|| Decimals::ALL.term(value))
}

/// Adds the length of the gradient, if the goal is about it.
fn gradient_of(step: &Step, train: Option<&Train>, text: RichText) -> RichText {
    match length_of_gradient(step, train) {
        Some((length, bound)) => text.words(format!(
            " The gradient of this loss, √(Σ (∂J/∂w)²), is {length} long, and the goal is below {bound}."
        )),
        None => text,
    }
}

/// Returns the length of the gradient, and the bound of it that is the goal; `None` if the goal is another.
fn length_of_gradient(step: &Step, train: Option<&Train>) -> Option<(String, f64)> {
    let Some(Goal::GradientBelow(bound)) = train?.until else {
        return None;
    };
    let spec = step.spec();
    let mut trainer = Trainer::new(step.network(), &spec.data, &spec.training);
    let length = trainer.gradient_norm(step.network(), &spec.data, spec.training.loss);
    Some((below(length, bound), bound))
}
