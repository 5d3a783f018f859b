//! Generates a draft of an exercise, as the text of a lesson file.

use std::fmt::Write as _;

use super::template::{Range, Template};
use crate::engine::{
    Bias, Layer, Moment, Network, Optimizer, OptimizerState, Parameters, Penalty, Reduction,
    Scaling, SeededRng,
};

/// The number of different seeds for dropout.
const DROPOUT_SEEDS: usize = 1_000;

/// Draws weights, samples and the seed of dropout, in this order, and returns the text of the file. The title
/// contains the number of the exercise.
pub(super) fn draw(template: &Template, number: u64, rng: &mut SeededRng) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "format: 1\ntitle: '{}'\nsummary: New numbers for the network of this lesson, to be worked by hand.\nnetwork:\n  \
         inputs: {}\n  layers:\n",
        template.title(number).replace('\'', "''"),
        template.inputs
    );
    for layer in &template.layers {
        let _ = writeln!(out, "    - {}", self::layer(layer));
    }
    out.push_str("  weights:\n");
    let mut before = template.inputs;
    for layer in &template.layers {
        let first = usize::from(layer.bias == Bias::None);
        let rows: Vec<String> = (first..=before)
            .map(|_| list(&numbers(Range::Tenths, layer.units, rng)))
            .collect();
        let _ = writeln!(out, "    - {}", bracketed(&rows));
        before = layer.units;
    }
    out.push_str(&settings(template));
    if !template.features.is_empty() {
        let _ = writeln!(out, "features: {}", bracketed(&template.features));
    }
    out.push_str(&data(template, before, rng));
    let dropout_seed = rng.below(DROPOUT_SEEDS);
    if template.layers.iter().any(|layer| layer.dropout > 0.0) {
        let _ = writeln!(out, "dropout_seed: {dropout_seed}");
    }
    let samples: Vec<String> = (1..=template.samples)
        .map(|number| number.to_string())
        .collect();
    let chain_rule = if template.chain_rule {
        ", chain_rule: true"
    } else {
        ""
    };
    // What is scaled stands in the first step of a walk. To ask for it, there has to be one before.
    let given = if template.is_scaled() {
        "  - say: The numbers of the samples are given as they were measured. Before the network takes them in, they are scaled.\n"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "script:\n{given}  - walk: {{samples: {}, until: {}{chain_rule}}}",
        bracketed(&samples),
        template.until.name()
    );
    out
}

/// Returns how the network is trained and its samples are scaled.
fn settings(template: &Template) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "loss: {}\nlearning_rate: {}\nbatch: all\n",
        template.training.loss.name(),
        template.training.rho
    );
    if let Some((parameter, value)) = template.training.loss.parameter() {
        let _ = writeln!(out, "{parameter}: {value}");
    }
    let Penalty { l2, l1 } = template.training.penalty;
    for (key, factor) in [("l2", l2), ("l1", l1)].into_iter().filter(|of| of.1 > 0.0) {
        let _ = writeln!(out, "{key}: {factor}");
    }
    if template.training.reduction != Reduction::default() {
        let _ = writeln!(out, "reduction: {}", template.training.reduction.name());
    }
    match template.training.optimizer {
        Optimizer::Descent => {}
        Optimizer::Momentum { momentum, nesterov } => {
            let _ = writeln!(
                out,
                "optimizer: {{momentum: {momentum}, nesterov: {nesterov}}}"
            );
        }
        Optimizer::RmsProp { decay, epsilon } => {
            let _ = writeln!(
                out,
                "optimizer: {{rmsprop: {{decay: {decay}, epsilon: {epsilon}}}}}"
            );
        }
        Optimizer::AdaGrad { epsilon } => {
            let _ = writeln!(out, "optimizer: {{adagrad: {{epsilon: {epsilon}}}}}");
        }
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            let _ = writeln!(
                out,
                "optimizer: {{adam: {{beta1: {beta1}, beta2: {beta2}, epsilon: {epsilon}}}}}"
            );
        }
    }
    for (key, by) in [
        ("scale", template.scaled.inputs),
        ("scale_targets", template.scaled.targets),
    ] {
        let by = by.map(|by| match by {
            Scaling::Standard => "standard",
            Scaling::Unit => "unit",
        });
        if let Some(by) = by {
            let _ = writeln!(out, "{key}: {by}");
        }
    }
    out
}

/// Draws the samples, for a network with so many outputs.
fn data(template: &Template, outputs: usize, rng: &mut SeededRng) -> String {
    let mut out = String::from("data:\n");
    let columns = |by: Option<Scaling>, count: usize, rng: &mut SeededRng| -> Option<Vec<_>> {
        let by = by?;
        Some((0..count).map(|_| measured(by, rng)).collect())
    };
    let scaled_x = columns(template.scaled.inputs, template.raw_inputs, rng);
    let scaled_y = columns(template.scaled.targets, outputs, rng);
    let samples = if template.is_scaled() {
        MEASURED
    } else {
        template.samples
    };
    // A sample has the words of one of the lesson's: drawn one by one, they would not go together.
    let drawn = |rng: &mut SeededRng| {
        let samples = template.words.len();
        (samples > 0).then(|| &template.words[rng.below(samples)][..])
    };
    let row = |columns: &[[u32; MEASURED]], sample: usize, words: Option<&[Option<bool>]>| {
        let word = |input: usize| words.and_then(|words| *words.get(input)?).map(u32::from);
        let numbers = columns.iter().enumerate();
        let numbers =
            numbers.map(|(input, column)| word(input).unwrap_or(column[sample]).to_string());
        bracketed(&numbers.collect::<Vec<_>>())
    };
    for sample in 0..samples {
        let mut x = numbers(template.x, template.raw_inputs, rng);
        let words = drawn(rng);
        for (x, word) in x.iter_mut().zip(words.unwrap_or_default()) {
            if let Some(has_word) = word {
                *x = 10 * i8::from(*has_word);
            }
        }
        if x.iter().all(|&tenths| tenths == 0) {
            let one = rng.below(template.raw_inputs);
            x[one] = 10;
        }
        let y = numbers(template.y, outputs, rng);
        let x = scaled_x
            .as_ref()
            .map_or_else(|| list(&x), |columns| row(columns, sample, words));
        let y = scaled_y
            .as_ref()
            .map_or_else(|| list(&y), |columns| row(columns, sample, None));
        let _ = writeln!(out, "  - {{x: {x}, y: {y}}}");
    }
    out
}

/// The number of samples of an exercise in which they are scaled, of which only some are walked.
const MEASURED: usize = 5;

/// Draws the numbers of a column that is scaled: its mean and its deviation are whole numbers, its least number and its
/// range too, and each scaled number has one decimal. The last one is the only one that becomes 0.
fn measured(by: Scaling, rng: &mut SeededRng) -> [u32; MEASURED] {
    let size = [1, 2, 5][rng.below(3)];
    // Of these, the mean is 3 and the deviation 2, the least one 0 and the range 10.
    let mut column = match by {
        Scaling::Standard => [0, 2, 4, 6, 3],
        Scaling::Unit => [2, 5, 7, 10, 0],
    };
    for last in (1..MEASURED - 1).rev() {
        column.swap(last, rng.below(last + 1));
    }
    let least = [20, 30, 40, 50, 60][rng.below(5)];
    column.map(|number| least + size * number)
}

/// Draws what an optimizer has kept of a first update: the gradient of that update was in tenths, large enough for its
/// square to show.
pub(super) fn kept(network: &Network, optimizer: Optimizer, rng: &mut SeededRng) -> OptimizerState {
    let mut left = Vec::new();
    let mut leave = |parameters: Parameters, learns: Vec<bool>| {
        let tenths = if optimizer.has(Moment::Second) {
            [4, 5, 6, 7, 8, 9]
        } else {
            [1, 2, 3, 4, 5, 6]
        };
        let gradient: Vec<f64> = learns
            .into_iter()
            .map(|learns| {
                let (size, sign) = (tenths[rng.below(tenths.len())], [-1, 1][rng.below(2)]);
                f64::from(if learns { sign * size } else { 0 }) / 10.0
            })
            .collect();
        let kept = Moment::ALL.into_iter().filter(|moment| moment.is_kept());
        for moment in kept.filter(|&moment| optimizer.has(moment)) {
            let taken = match optimizer {
                Optimizer::RmsProp { .. } | Optimizer::Adam { .. } => 1.0 - optimizer.kept(moment),
                _ => 1.0,
            };
            let one = |g: f64| taken * if moment == Moment::Second { g * g } else { g };
            // As on paper, where 0.1 · 0.3 is 0.03.
            let numbers = gradient.iter().map(|&g| (one(g) * 1e6).round() / 1e6);
            left.push((moment, parameters, numbers.collect()));
        }
    };
    let mut before = network.inputs();
    for (l, layer) in network.layers().iter().enumerate() {
        let weights = (0..=before).flat_map(|row| {
            let learns = move |column| layer.learns_weight(row, column);
            (0..layer.units).map(learns)
        });
        leave(Parameters::Weights(l), weights.collect());
        if layer.batch_norm {
            leave(
                Parameters::Scale(l + 1),
                vec![!layer.frozen; 2 * layer.units],
            );
        }
        before = layer.units;
    }
    OptimizerState::after((optimizer, 1), network, left)
}

fn layer(layer: &Layer) -> String {
    let mut out = format!(
        "{{units: {}, activation: {}",
        layer.units,
        layer.activation.name()
    );
    if let Some((name, value)) = layer.activation.parameter() {
        let _ = write!(out, ", {name}: {value}");
    }
    if layer.batch_norm {
        out.push_str(", batch_norm: true");
    }
    if layer.dropout > 0.0 {
        let _ = write!(out, ", dropout: {}", layer.dropout);
    }
    if let Some(mask) = &layer.mask {
        let kept = mask.iter().map(|&keeps| usize::from(keeps).to_string());
        let kept: Vec<String> = kept.collect();
        let _ = write!(out, ", mask: {}", bracketed(&kept));
    }
    if layer.skip {
        out.push_str(", skip: true");
    }
    if layer.bias != Bias::Learned {
        let _ = write!(out, ", bias: {}", layer.bias.name());
    }
    if layer.frozen {
        out.push_str(", frozen: true");
    }
    if let Some(connections) = &layer.connections {
        let rows = connections.chunks(layer.units).map(|row| {
            let row: Vec<String> = row.iter().map(|&is| u8::from(is).to_string()).collect();
            bracketed(&row)
        });
        let rows: Vec<String> = rows.collect();
        let _ = write!(out, ", connections: {}", bracketed(&rows));
    }
    out.push('}');
    out
}

/// Draws `count` numbers, in tenths.
fn numbers(range: Range, count: usize, rng: &mut SeededRng) -> Vec<i8> {
    if range == Range::OneHot {
        let mut numbers = vec![0; count];
        let one = rng.below(count);
        numbers[one] = 10;
        return numbers;
    }
    (0..count)
        .map(|_| match range {
            Range::Binary | Range::OneHot => [0, 10][rng.below(2)],
            Range::Signs => [-10, 10][rng.below(2)],
            Range::Positive => POSITIVE[rng.below(POSITIVE.len())],
            Range::Tenths => TENTHS[rng.below(TENTHS.len())],
        })
        .collect()
}

const POSITIVE: [i8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const TENTHS: [i8; 18] = [
    -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];

/// Draws a number from −0.9 to 0.9 that is not 0, with one decimal.
pub(super) fn tenths(rng: &mut SeededRng) -> f64 {
    f64::from(TENTHS[rng.below(TENTHS.len())]) / 10.0
}

fn list(tenths: &[i8]) -> String {
    let numbers: Vec<String> = tenths.iter().map(|&tenths| decimal(tenths)).collect();
    bracketed(&numbers)
}

fn bracketed(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

/// Formats tenths as a decimal: 3 is `0.3`, −10 is `-1`.
fn decimal(tenths: i8) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_as_decimals() {
        let written = [0, 3, -9, 10, -10].map(decimal);
        assert_eq!(written, ["0", "0.3", "-0.9", "1", "-1"]);
    }
}
