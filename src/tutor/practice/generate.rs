//! Generates a draft of an exercise, as the text of a lesson file.

use std::fmt::Write as _;

use super::template::{Range, Template};
use crate::engine::{Bias, Layer, Optimizer, Penalty, Reduction, SeededRng};

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
    if let Optimizer::Momentum { momentum, nesterov } = template.training.optimizer {
        let _ = writeln!(
            out,
            "optimizer: {{momentum: {momentum}, nesterov: {nesterov}}}"
        );
    }
    if !template.features.is_empty() {
        let _ = writeln!(out, "features: {}", bracketed(&template.features));
    }
    out.push_str("data:\n");
    for _ in 0..template.samples {
        let mut x = numbers(template.x, template.raw_inputs, rng);
        if x.iter().all(|&tenths| tenths == 0) {
            let one = rng.below(template.raw_inputs);
            x[one] = 10;
        }
        let y = numbers(template.y, before, rng);
        let _ = writeln!(out, "  - {{x: {}, y: {}}}", list(&x), list(&y));
    }
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
    let _ = writeln!(
        out,
        "script:\n  - walk: {{samples: {}, until: {}{chain_rule}}}",
        bracketed(&samples),
        template.until.name()
    );
    out
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
