//! The text of a step: the author's words or those of the operation, so that a lesson without a single `say`
//! still teaches.

mod compared;
mod folded;
mod limits;
mod once;
mod optimizer;
mod perceptron;
mod scaled;
mod settings;
mod techniques;
mod training;

use super::direction::Direction;
use super::provenance::fill;
use super::step::{Step, StepKind};
use super::{Batch, Segment, SegmentBody};
use crate::algebra::{
    Cell, Context, Decimals, Operation, Quantity, RichText, has_shortcut, notation::layer,
};
use crate::engine::{Bias, Layer, Loss};
use crate::lesson::{Action, NOT_ASKED, NOT_SAID, Text, TextPiece};
use training::Said;

impl Step<'_> {
    /// Returns the formula of the step: its result on the left, the part that is computed highlighted.
    pub fn formula(&self) -> Option<RichText> {
        match self.what {
            StepKind::Say | StepKind::Ask | StepKind::Set => None,
            StepKind::Operation(_) if self.is_folded() => {
                Some(super::equation::of_folded_in_symbols(self))
            }
            StepKind::Operation(operation) => Some(operation.formula(&self.context())),
            StepKind::Train { .. } => Some(training::formula(self)),
        }
    }

    /// Returns the formula for a learner who is asked for the result: without any number that is the result
    /// itself.
    pub fn veiled_formula(&self) -> Option<RichText> {
        match self.what {
            StepKind::Operation(operation) if !self.is_folded() => {
                Some(operation.veiled_formula(&self.context()))
            }
            _ => self.formula(),
        }
    }

    /// Returns the number of the step's result that the author's note speaks of: the first one that it names, such as
    /// `{delta(1)[1,4]}`.
    pub fn told_cell(&self) -> Option<Cell> {
        let Action::Walk(walk) = self.trace().action(self.segment.scene) else {
            return None;
        };
        let operation = self.operation()?;
        let note = walk.notes.iter().find(|note| note.operation == operation)?;
        note.text.pieces.iter().find_map(|piece| {
            let TextPiece::Value {
                name,
                network: None,
                ..
            } = piece
            else {
                return None;
            };
            let is_single = name.row.is_some() || name.column.is_some();
            let cell = self.cell_of(name).filter(|_| is_single && !name.before)?;
            (Some(cell.symbol) == self.symbol()).then_some(cell)
        })
    }

    /// Returns the text of this step, the author's or that of the operation, as lines to be wrapped; an empty
    /// line separates paragraphs.
    pub fn narration(&self) -> Vec<RichText> {
        let changes = settings::told(self).map(|changes| vec![changes]);
        let (author, own) = (self.author_words(), self.words_of_program());
        joined([changes.unwrap_or_default(), author, own])
    }

    /// Returns the same with every sentence, also those that have been said before in the lesson.
    pub fn full_narration(&self) -> Vec<RichText> {
        let changes = settings::told(self).map(|changes| vec![changes]);
        let author = self.author_words();
        let own = match self.what {
            StepKind::Operation(_) if !author.is_empty() => self.remarks(),
            _ => self.own_words(Said::default()),
        };
        joined([changes.unwrap_or_default(), author, own])
    }

    /// Returns what the program says of this step beside what its scene changes.
    fn words_of_program(&self) -> Vec<RichText> {
        let own = match self.what {
            // The author's note stands for the text of the operation.
            StepKind::Operation(_) if !self.author_words().is_empty() => self.remarks(),
            _ => self.words_once(),
        };
        joined([own, self.first_led()])
    }

    /// Returns the sentences of the program's at this step that would say the same at another one: those without a number
    /// and, of a training, those that have been said in full, without their numbers.
    pub fn stock_sentences(&self) -> Vec<String> {
        let lines = self.words_of_program();
        if matches!(self.what, StepKind::Train { .. }) {
            let texts = lines.iter().flat_map(once::sentences);
            let texts = texts.map(|sentence| sentence.text(Decimals::default()).trim().to_owned());
            let full = texts.filter(|text| !training::is_brief(text));
            return full.map(|text| without_numbers(&text)).collect();
        }
        let sentences = lines.iter().flat_map(once::sentences);
        let stock = sentences.filter(once::is_stock);
        let texts = stock.map(|sentence| sentence.text(Decimals::default()).trim().to_owned());
        texts
            .filter(|text| !text.contains(|c: char| c.is_ascii_digit()))
            .collect()
    }

    /// Returns what the program says of this step where the author's words count no more.
    pub fn own_narration(&self) -> Vec<RichText> {
        let changes = settings::told(self).map(|changes| vec![changes]);
        let own = self.words_once();
        joined([changes.unwrap_or_default(), own, self.first_led()])
    }

    /// Returns what the program says of known operations that lead to that of a step, where it is the first in the lesson
    /// that stands for several. Where something is asked, there is enough to read.
    fn first_led(&self) -> Vec<RichText> {
        let says_so = |segment: &Segment, batch: &Batch, local: usize| {
            let index = segment.first + local;
            let is_led = batch.led.contains(&batch.stops[local]);
            batch.folded(local).len() > 1 && !(is_led && self.trace().ask(index).is_some())
        };
        let first_of = |segment: &Segment| match &segment.body {
            SegmentBody::Walk(batch) => {
                let says = (0..batch.stops.len()).find(|&local| says_so(segment, batch, local));
                says.map(|local| segment.first + local)
            }
            _ => None,
        };
        let first = || self.trace().segments.iter().find_map(first_of);
        if self.is_led() && first() == Some(self.index) {
            vec![folded::LED.into()]
        } else {
            Vec::new()
        }
    }

    /// Returns what the author says of this step; empty if that is nothing.
    pub fn author_words(&self) -> Vec<RichText> {
        let filled = |text| fill(self, text).unwrap_or_default();
        match (self.what, self.trace().action(self.segment.scene)) {
            (StepKind::Say, Action::Say(text)) => filled(text),
            (StepKind::Ask, Action::Ask(ask)) => filled(&ask.text),
            (StepKind::Operation(operation), Action::Walk(walk)) => {
                let note = walk.notes.iter().find(|note| note.operation == operation);
                note.map(|note| filled(&note.text)).unwrap_or_default()
            }
            // The author's text is shown once; the steps that follow show only what has changed.
            (StepKind::Train { .. }, Action::Train(train)) if self.is_first_training_of_scene() => {
                train.say.as_ref().map(filled).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Returns whether what the author says or asks here is left out, because it does not fit the learner's changes.
    pub fn is_left_out(&self) -> bool {
        let is_it = |text: &Text| match &text.pieces[..] {
            [TextPiece::Words(words)] => [NOT_SAID, NOT_ASKED].contains(&words.trim()),
            _ => false,
        };
        match self.trace().action(self.segment.scene) {
            Action::Say(text) => is_it(text),
            _ => false,
        }
    }

    /// Returns what the lecture says of this step, which a key shows; empty if that is nothing.
    pub fn lecture(&self) -> Vec<RichText> {
        let filled = |text| fill(self, text).unwrap_or_default();
        let of_step = match (self.operation(), self.trace().action(self.segment.scene)) {
            (Some(operation), Action::Walk(walk)) => {
                let folded = self.stands_for();
                let is_here = |one: Operation| one == operation || folded.contains(&one);
                let notes = walk.lecture.iter().filter(|note| is_here(note.operation));
                notes.map(|note| filled(&note.text)).collect()
            }
            _ => Vec::new(),
        };
        let of_scene = self.trace().lesson().scenes[self.segment.scene]
            .lecture
            .as_ref();
        // A scene of many steps says it at its first.
        let is_first = self.index == self.segment.first;
        let of_scene = of_scene.filter(|_| is_first).map(filled);
        joined(of_scene.into_iter().chain(of_step))
    }

    /// Returns the same without what has been said before.
    fn words_once(&self) -> Vec<RichText> {
        self.unsaid(self.own_words(Said::before(self)))
    }

    /// Returns the text of the operation or of the training, of which trainings before have said something.
    fn own_words(&self, said: Said) -> Vec<RichText> {
        match self.what {
            StepKind::Operation(operation) => {
                let text = match self.folded() {
                    [] => of_operation(self, operation),
                    folded => folded::told(self, folded),
                };
                joined([vec![text], self.remarks()])
            }
            StepKind::Train {
                epoch,
                at_most,
                now,
                ended,
            } => vec![training::told(self, (epoch, at_most), now, ended, said)],
            StepKind::Say => joined([compared::table(self), self.remarks()]),
            StepKind::Ask | StepKind::Set => Vec::new(),
        }
    }

    /// Returns what is not as its lesson has it, at the beginning of an exercise.
    fn remarks(&self) -> Vec<RichText> {
        let changed = &self.trace().lesson().changed;
        if self.index > 0 {
            return Vec::new();
        }
        joined(changed.iter().map(|remark| vec![remark.clone().into()]))
    }
}

/// Returns a text with every number as `N`.
fn without_numbers(text: &str) -> String {
    let mut blank = String::with_capacity(text.len());
    for part in text.split(' ') {
        let number = part.trim_matches(|c: char| !c.is_ascii_digit());
        if !blank.is_empty() {
            blank.push(' ');
        }
        if number.is_empty() {
            blank.push_str(part);
        } else {
            blank.push_str(&part.replacen(number, "N", 1));
        }
    }
    blank
}

/// Returns groups of lines with an empty line between two of them.
fn joined(groups: impl IntoIterator<Item = Vec<RichText>>) -> Vec<RichText> {
    let mut all = Vec::new();
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        if !all.is_empty() {
            all.push(RichText::new());
        }
        all.extend(group);
    }
    all
}

/// Returns the text of an operation.
fn of_operation(step: &Step, operation: Operation) -> RichText {
    let context = step.context();
    let last = step.last();
    match operation {
        Operation::Features => scaled::of_features(step),
        Operation::ScaleData(side) => scaled::of_data(step, side),
        Operation::Sample => sample(step),
        Operation::WeightedSum(l) => weighted_sum(&context, l),
        Operation::Normalise(l) => techniques::normalise(step, l),
        Operation::Scale(_) => techniques::scale(&context),
        Operation::Activation(l) if l < last => activation(&context, l),
        Operation::Dropout(l) => techniques::dropout(step, l),
        Operation::Skip(l) => techniques::skip(l),
        Operation::Penalty => techniques::penalty(step),
        Operation::Activation(l) => prediction(step, l),
        Operation::Loss => loss(step),
        Operation::LossSlope => RichText::from(
            "How fast does the loss change when the prediction does? That is the first of three factors. It is negative where ŷ should rise, positive where it should fall.",
        )
        .words(limits::of_loss_slope(step)),
        Operation::OutputSlope => RichText::new()
            .words(format!(
                "How fast does the prediction change with its weighted sum? The slope of φ can be read off the output itself: ψ(ŷ) = {}.{}",
                context.activation(last).slope_formula("ŷ"),
                if context.activation(last).saturates() {
                    " A saturated unit has almost none."
                } else {
                    ""
                }
            ))
            .words(limits::of_slope(step)),
        Operation::SumSlope => RichText::from(
            "How fast does the weighted sum change with a weight? The weight is multiplied by its input, so the input is the answer. For the bias weight that is 1.",
        ),
        Operation::OutputError if context.training.loss == Loss::Perceptron => perceptron::error(step),
        Operation::OutputError => output_error(&context).words(limits::of_error(step)),
        Operation::PullBack(l) => pull_back(l, last),
        Operation::SkipError(l) => techniques::skip_error(l),
        Operation::ScaledError(l) => techniques::scaled_error(&context, l),
        Operation::Error(l) if context.layer(l).batch_norm => techniques::error_before_norm(&context, l),
        Operation::Error(l) if context.layer(l).dropout > 0.0 => techniques::error_with_dropout(),
        Operation::Error(l) => RichText::new().words(format!(
            "The slope ψ of each unit scales the blame: a saturated unit hardly passes any on. δ{} is the error before φ, ∂J/∂z{}. Its row for the bias is a placeholder, for the bias unit has no input.",
            layer(l),
            layer(l)
        )),
        Operation::Gradient(l) => gradient(l, &context),
        Operation::ScaleGradient(_) => techniques::scale_gradient(),
        Operation::Moment(moment, of) => optimizer::moment(&context, moment, of),
        Operation::Update(l) if context.is_perceptron_rule(l) => {
            perceptron::update(step, l)
        }
        Operation::Update(l) => optimizer::update(&context, l).unwrap_or_else(|| update(step, l)),
        Operation::ScaleUpdate(_) => techniques::scale_update(&context),
        Operation::Prediction => {
            let inputs = match step.columns() {
                1 => "The same input goes",
                _ => "The same inputs go",
            };
            let text = RichText::new().words(format!("{inputs} forward once more, through the new weights. "));
            let text = match techniques::unchanged(&context) {
                Some(words) => text.words(words),
                None => text,
            };
            match (step.get(Quantity::Output(last), true), step.get(Quantity::Output(last), false)) {
                (Some(old), Some(new)) if old.len() == 1 => {
                    let (old, new) = (old[[0, 0]], new[[0, 0]]);
                    let text = if Direction::of_change(old, new) == Direction::Neither {
                        text.words("The prediction stays at ").number(new)
                    } else {
                        let text = text.words("The prediction was ");
                        text.from_to(old, " and is now ", new)
                    };
                    text
                        .words("; the target is ")
                        .number(step.get(Quantity::Target, false).map_or(0.0, |y| y[[0, 0]]))
                        .words(".")
                        .then(scaled::in_units_of_data(step, new))
                }
                _ => text.words("Compare it with the prediction before the update."),
            }
        }
        Operation::PredictionLoss => new_loss(step),
    }
}

/// The size below which a change of the loss is a rounding error: for a loss made of squares, the square of
/// other rounding errors.
const SQUARED_NOISE: f64 = 1e-24;

fn new_loss(step: &Step) -> RichText {
    let of = |before| step.get(Quantity::Loss, before).map_or(0.0, |j| j[[0, 0]]);
    let (old, new) = (of(true), of(false));
    let asked = match step.columns() {
        1 => "this sample",
        _ => "this batch",
    };
    let goes = loss_goes(old, new);
    let text = if goes == Direction::Neither {
        RichText::new()
            .words(format!("The loss of {asked} stays at "))
            .number(new)
            .words(".")
    } else {
        RichText::new()
            .words(format!("The loss of {asked} was "))
            .from_to(old, " and is now ", new)
            .words(match (goes, whole_goes(step, old, new)) {
                (Direction::Up, Direction::Down) => {
                    ": it rose, but the penalty has fallen by more."
                }
                (Direction::Up, Direction::Up) => optimizer::why_it_rose(step),
                (Direction::Up, Direction::Neither) => {
                    ": it rose by as much as the penalty has fallen."
                }
                _ => ".",
            })
    };
    let samples = step.spec().data.len();
    let reduction = step.spec().training.reduction.name();
    if samples == step.columns() {
        return text;
    }
    let (before, after) = step.data_losses();
    let is_plain = step.network().layers().iter().all(Layer::is_plain);
    // With dropout or batch normalisation, predicting gives another loss than training.
    let predicting = if is_plain { "" } else { ", predicting," };
    let all = if samples == 2 {
        "both samples".to_owned()
    } else {
        format!("all {samples} samples")
    };
    let all_go = loss_goes(before, after);
    if all_go == Direction::Neither {
        return text
            .words(format!(" The {reduction} over {all}{predicting} stays at "))
            .number(after)
            .words(".");
    }
    let text = text
        .words(format!(
            " The {reduction} over {all}{predicting} went from "
        ))
        .from_to(before, " to ", after);
    if all_go == Direction::Up && goes == Direction::Down {
        text.words(format!(
            ": up! The step was downhill for {asked} only; the others were not asked."
        ))
    } else {
        text.words(".")
    }
}

/// Returns the direction of a change of the loss, rounding errors aside.
fn loss_goes(old: f64, new: f64) -> Direction {
    if (new - old).abs() < SQUARED_NOISE {
        Direction::Neither
    } else {
        Direction::of_change(old, new)
    }
}

/// Returns the direction of the change of loss plus penalty, the sum that the update is to decrease.
fn whole_goes(step: &Step, old: f64, new: f64) -> Direction {
    let of = |before| {
        step.get(Quantity::Penalty, before)
            .map_or(0.0, |p| p[[0, 0]])
    };
    loss_goes(old + of(true), new + of(false))
}

fn sample(step: &Step) -> RichText {
    let samples = step.samples();
    if let [sample] = samples[..] {
        let text = RichText::new().words(format!(
            "Sample {sample} comes in. In front of its features stands a 1, the bias unit: so the bias weight w₀ of a neuron is a weight like any other. "
        ));
        match step.get(Quantity::Target, false) {
            Some(y) if y.len() == 1 => text
                .words("The target is y = ")
                .number(y[[0, 0]])
                .words("."),
            _ => text.words("The targets are the column y."),
        }
    } else {
        let mut list = samples.iter().map(ToString::to_string).collect::<Vec<_>>();
        if list.len() > 8 {
            list.truncate(6);
            list.push("…".into());
        }
        RichText::new().words(format!(
            "A batch of {} samples comes in side by side, a column each: {}. In front of the features stands a 1, the bias unit. The targets are the columns of y.",
            samples.len(),
            list.join(", ")
        ))
    }
}

fn weighted_sum(context: &Context, l: usize) -> RichText {
    let w = layer(l - 1);
    let bias = match context.layer(l).bias {
        Bias::Learned => "The bias weight counts in full, for x₀ = 1.",
        Bias::Frozen => {
            "The bias weight counts in full, for x₀ = 1; it is frozen, and not learned."
        }
        Bias::None => "The layer has no bias: a placeholder stands for its weight.",
    };
    let adds = if context.network.units(l) == 1 {
        format!(
            "The unit adds up what reaches it, each input times its weight. Its weights are the only column of W{w}, and so the only row of W{w}ᵀ."
        )
    } else {
        format!(
            "Every unit of layer {l} adds up what reaches it, each input times its weight. A column of W{w} is one neuron; transposed, it is a row."
        )
    };
    let mut text = RichText::new().words(format!("{adds} {bias}"));
    if context.layer(l).connections.is_some() {
        text = text.words(" Where there is no connection, there is no weight.");
    }
    if context.layer(l).frozen {
        text = text.words(format!(" W{w} is frozen: it is not learned."));
    }
    text
}

fn activation(context: &Context, l: usize) -> RichText {
    let layer = context.layer(l);
    let sum = if layer.batch_norm { "v" } else { "sum" };
    let shape = layer.activation.words();
    let next = if layer.dropout > 0.0 {
        "These are not yet the outputs of the layer: dropout comes first."
    } else if layer.skip {
        "These are not yet the outputs of the layer: what skips it is still to be added."
    } else {
        "A bias 1 is put in front (⊕): no sum produces it, it is simply there for the next layer."
    };
    RichText::new().words(format!("Each {sum} goes through φ, here {shape}. {next}"))
}

fn prediction(step: &Step, l: usize) -> RichText {
    let text = RichText::new().words(format!(
        "The last sum{} through φ, here {}. No bias 1 joins, as no layer follows: this is the prediction ŷ",
        if step.network().outputs() == 1 { " goes" } else { "s go" },
        step.context().activation(l).words()
    ));
    match (
        step.get(Quantity::Output(l), true),
        step.get(Quantity::Target, false),
    ) {
        (Some(y_hat), Some(y)) if y_hat.len() == 1 => text
            .words(" = ")
            .number(y_hat[[0, 0]])
            .words(", and the target is ")
            .number(y[[0, 0]])
            .words(".")
            .then(scaled::in_units_of_data(step, y_hat[[0, 0]])),
        _ => text.words("."),
    }
}

fn loss(step: &Step) -> RichText {
    let loss = step.context().training.loss;
    let shares = loss.facts().words_of_shares.filter(|_| !is_whole(step));
    let words = shares.unwrap_or(loss.facts().words);
    let text = RichText::new().words(loss.filled(words));
    let text = if step.columns() == 1 {
        text
    } else {
        text.words(format!(
            " Of the batch it is the {}; no loss is negative, so none cancels another.",
            step.context().training.reduction.name()
        ))
    };
    match step.get(Quantity::Loss, true) {
        Some(j) => text.words(" Here J = ").number(j[[0, 0]]).words("."),
        None => text,
    }
}

/// Returns whether every target of the batch is 0 or 1.
fn is_whole(step: &Step) -> bool {
    let targets = step.get(Quantity::Target, false);
    targets.is_none_or(|y| y.iter().all(|&y| y <= 0.0 || y >= 1.0))
}

fn output_error(context: &Context) -> RichText {
    let outputs = context.network.outputs();
    let what = if outputs == 1 {
        "the error δ of the output, before its φ,"
    } else {
        "the error δ of each output, before its φ,"
    };
    let name = context.activation(context.last()).name();
    if context.chain_rule && has_shortcut(context) {
        RichText::new().words(format!(
            "Multiply the first two factors and ŷ(1 − ŷ) cancels. What is left, {what} is ŷ − y. That is why {name} and {} go so well together.",
            context.training.loss.name()
        ))
    } else if context.chain_rule {
        RichText::new().words(format!(
            "Multiply the first two factors: {what} is ∂J/∂z. The third factor, the input, makes a gradient of it."
        ))
    } else if has_shortcut(context) {
        let text = RichText::new().words(format!(
            "With {name} and {} the slopes cancel, and {what} is just prediction minus target: negative where ŷ is too small, positive where it is too large.",
            context.training.loss.name()
        ));
        text.words(over(context))
    } else {
        RichText::new().words(format!(
            "The slope of the loss, ∂J/∂ŷ, times the slope ψ(ŷ) of the unit: so {what} is ∂J/∂z, how the loss changes with the weighted sum."
        ))
    }
}

/// Returns the sentence on the factor 1/N of a batch, or on its absence; empty for a single sample.
fn over(context: &Context) -> String {
    match context.divisor() {
        Some(divisor) => format!(" The mean over the batch puts 1/{divisor} in it."),
        None if context.samples > 1 => {
            " J is the sum over the batch, so nothing is divided.".to_owned()
        }
        None => String::new(),
    }
}

fn pull_back(l: usize, last: usize) -> RichText {
    let text = RichText::new().words(format!(
        "The error goes back along the same weights: each unit of layer {l} gets its share of the blame of every unit it feeds. Forward we used Wᵀ, backward W itself."
    ));
    if l + 1 < last {
        text.words(format!(" [1+] drops the placeholder of δ{}.", layer(l + 1)))
    } else {
        text
    }
}

fn gradient(l: usize, context: &Context) -> RichText {
    if let Some(text) = techniques::gradient(context, l) {
        return text;
    }
    let text = RichText::new().words(format!(
        "How the loss changes with every weight: the input of the connection times the error at its end. ∇{} has the shape of W{}. A weight whose input is 0 gets no gradient.",
        layer(l),
        layer(l)
    ));
    if context.training.loss == Loss::Perceptron && l + 1 == context.last() {
        text.words(" Where the unit was right, all are 0.")
    } else if context.samples > 1 {
        text.words(" The samples of the batch add up.")
    } else if l + 1 < context.last() {
        text.words(" [1+] drops the placeholder.")
    } else {
        text
    }
}

fn update(step: &Step, l: usize) -> RichText {
    RichText::new()
        .words(format!(
            "{} takes a step against its gradient, downhill: minus, not plus. ρ = {} is the learning rate, the length of the step. Where the gradient is negative, the weight grows.",
            who_moves(&step.context(), l),
            step.context().training.rho
        ))
        .words(nothing_moves(step, Quantity::Gradient(l)))
}

/// Returns in words which weights an update of W⁽ˡ⁾ changes.
fn who_moves(context: &Context, l: usize) -> String {
    let but_bias = match context.layer(l + 1).bias {
        Bias::Frozen => " but the bias weights",
        Bias::Learned | Bias::None => "",
    };
    format!("Every weight of W{}{but_bias}", layer(l))
}

/// Returns the sentence for a gradient that is 0 everywhere; empty for any other.
fn nothing_moves(step: &Step, gradient: Quantity) -> &'static str {
    let slopes = step.get(gradient, false);
    if slopes.is_some_and(|slopes| slopes.iter().all(|&slope| slope == 0.0)) {
        " Here all of it is 0, so nothing moves."
    } else {
        ""
    }
}
