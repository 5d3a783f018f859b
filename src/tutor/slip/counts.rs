//! Slips in counting connections and updates.

use super::Slip;
use super::answer::{Given, Match, as_given, is_it};
use crate::algebra::Quantity;
use crate::trace::{AskedValue, Step, Target, Trace};
use crate::tutor::{Kind, Question};

/// A slip, the count that it gives, and the feedback on it.
type Count = (Slip, usize, &'static str);

/// Returns the slips of counting that give the answer.
pub(super) fn find(trace: &Trace, question: &Question, given: &[Given]) -> Vec<Match> {
    let Kind::Numbers {
        target: Target {
            step,
            what: AskedValue::Named(name),
        },
        ..
    } = &question.kind
    else {
        return Vec::new();
    };
    let &[(_, number, decimals)] = given else {
        return Vec::new();
    };
    let step = trace.step(*step);
    let (right, mut counts) = match name.quantity {
        Quantity::Connections => (step.spec().connections(), connections(&step)),
        Quantity::Updates => (step.updates(), updates(&step)),
        _ => return Vec::new(),
    };
    counts.retain(|&(_, count, _)| count != right && is_it(number, decimals, count as f64));
    counts.dedup_by_key(|&mut (slip, ..)| slip);
    let told = as_given(number, decimals);
    counts
        .into_iter()
        .map(|(slip, _, clause)| Match::new(slip, &told, clause.into()))
        .collect()
}

fn connections(step: &Step) -> Vec<Count> {
    let network = step.network();
    let last = network.last();
    let of_matrix = |l: usize| network.units(l) * network.units(l + 1);
    let without: usize = (0..last).map(of_matrix).sum();
    let neurons: usize = (1..=last).map(|l| network.units(l)).sum();
    let units = network.units(0) + neurons;
    let into_bias: usize = (1..last).map(|l| network.units(l - 1) + 1).sum();
    let mut counts = vec![
        (
            Slip::BiasForgotten,
            without,
            "that leaves out the connections of the bias units; each layer but the last has one",
        ),
        (
            Slip::BiasMiscounted,
            without + last,
            "that counts one connection for each bias unit; it leads to every unit of the next layer",
        ),
        (
            Slip::BiasMiscounted,
            without + neurons + into_bias,
            "that lets connections lead into bias units; nothing leads into one, its output is always 1",
        ),
    ];
    for count in [units, units + last, neurons] {
        counts.push((
            Slip::UnitsCounted,
            count,
            "that counts units; each of them has a connection from every unit of the layer before, and one from its bias unit",
        ));
    }
    if last > 1 {
        for l in 0..last {
            for count in [of_matrix(l) + network.units(l + 1), of_matrix(l)] {
                counts.push((
                    Slip::LayerForgotten,
                    count,
                    "that counts the connections into one layer alone; add up those of all layers",
                ));
            }
        }
    }
    counts
}

fn updates(step: &Step) -> Vec<Count> {
    let (spec, epochs) = (step.spec(), step.epoch());
    let samples = spec.data.len();
    vec![
        (
            Slip::OneAnEpoch,
            epochs,
            "that is one update for each epoch; there is one for each batch, and an epoch has several",
        ),
        (
            Slip::OneASample,
            epochs * samples,
            "that is one update for each sample that is shown; there is one for each batch of samples",
        ),
        (
            Slip::EpochAlone,
            spec.updates_per_epoch(),
            "these are the updates of one epoch; every epoch goes through all batches again",
        ),
    ]
}
