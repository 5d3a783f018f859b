//! The keys of networks, of their layers and weights, and of the settings that a lesson gives to all of them.

use serde_json::json;

use super::data::{DATA, DATASET_KEY, HELD_OUT_KEY, NUMBER, NUMBERS, SCALE, SEED};
use super::{Key, Kind, Map, Range, Rule, words};
use crate::engine::{Activation, Loss};
use crate::lesson::Panel;
use crate::lesson::limits::{MAX_LAYERS, MAX_NUMBER, MAX_PANELS, MAX_SAMPLES, MAX_UNITS};
use crate::lesson::network::SCHEMES;

/// Rows: that of the bias, then one for each unit of the layer before.
const MATRIX: Kind = Kind::List(&NUMBERS, 2, MAX_UNITS + 1);

/// The `panels` of a lesson, a network or a scene.
pub(super) const PANELS: Kind = Kind::Set(
    &Kind::Word(|| {
        Panel::ALL
            .map(|panel| (panel.name(), panel.about()))
            .to_vec()
    }),
    1,
    MAX_PANELS,
);

/// What stands in a lesson for all its networks, or in a network.
pub(super) const SETTINGS: &[Key] = &[
    Key::new(
        "loss",
        Kind::Word(|| Loss::ALL.map(|loss| (loss.name(), about_loss(loss))).to_vec()),
        "The loss J, which training makes small.",
    )
    .example(r#""neg-log-loss""#),
    Key::new(
        "learning_rate",
        Kind::Number(Range::new(0.0, MAX_NUMBER).above()),
        "ρ, how far a weight goes down its gradient in one update.",
    )
    .default("1.0"),
    Key::new(
        "batch",
        Kind::Any(&[Kind::Whole(1, MAX_SAMPLES), Kind::Word(|| words(["all"]))]),
        "Samples per update, or all of them.",
    )
    .default("1"),
    Key::new(
        "l2",
        Kind::Number(Range::new(0.0, MAX_NUMBER)),
        "α of the L2 penalty α Σ w² over all weights but those of the bias.",
    )
    .default("0")
    .example("0.01"),
    Key::new(
        "shuffle",
        SEED,
        "A seed: draws another order of the samples for every epoch. Without it, the order of the data.",
    )
    .example("1"),
    Key::new(
        "dropout_seed",
        SEED,
        "A seed: draws which outputs are dropped, in layers with dropout.",
    )
    .default("0"),
    Key::new(
        "panels",
        PANELS,
        "What is shown beside the text. Chosen by the program where it is left out.",
    )
    .example(r#"["network", "regions", "loss"]"#),
    DATA,
    DATASET_KEY,
    SCALE,
    HELD_OUT_KEY,
];

pub(crate) const NETWORK: &Map = &Map {
    name: "network",
    about: "A network: how many inputs, its layers, where its weights start.",
    keys: &[
        Key::new(
            "inputs",
            Kind::Whole(1, MAX_UNITS),
            "Units of layer 0, without the bias unit.",
        )
        .required()
        .example("2"),
        Key::new(
            "layers",
            Kind::List(&Kind::Map(LAYER), 1, MAX_LAYERS),
            "Layers 1, 2, …, the last one is the output.",
        )
        .required()
        .example(r#"[{"units": 2, "activation": "logistic"}, {"units": 1, "activation": "logistic"}]"#),
        Key::new(
            "weights",
            Kind::List(&MATRIX, 1, MAX_LAYERS),
            "W(0), W(1), …: each one row of bias weights and one row for each unit of the layer before; one column \
             for each neuron.",
        )
        .example("[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]"),
        Key::new("init", Kind::Map(INIT), "How the weights are drawn, instead of giving them.")
            .example(r#"{"scheme": "uniform", "low": -0.5, "high": 0.5, "seed": 7}"#),
    ],
    shared: SETTINGS,
    rules: &[
        Rule::ExactlyOne(&["weights", "init"]),
        Rule::AtMostOne(&["data", "dataset"]),
    ],
};

pub(crate) const LAYER: &Map = &Map {
    name: "layer",
    about: "A layer behind the input.",
    keys: &[
        Key::new(
            "units",
            Kind::Whole(1, MAX_UNITS),
            "How many units, without the bias unit.",
        )
        .required(),
        Key::new(
            "activation",
            Kind::Word(|| words(Activation::ALL.map(Activation::name))),
            "φ of every unit; softmax for the output alone.",
        )
        .required(),
        Key::new(
            "batch_norm",
            Kind::Flag,
            "Whether the weighted sums are normalised over the batch before φ. Hidden layers only.",
        )
        .default("false"),
        Key::new(
            "dropout",
            Kind::Number(Range::new(0.0, 1.0).below()),
            "The share of the outputs that is dropped in training. Hidden layers only.",
        )
        .default("0")
        .example("0.5"),
        Key::new(
            "skip",
            Kind::Flag,
            "Whether the outputs of the layer before, which has as many units, are added behind φ. Hidden layers \
             only, and not beside dropout.",
        )
        .default("false"),
    ],
    shared: &[],
    rules: &[Rule::Schema(|| {
        json!({"not": {
            "required": ["dropout", "skip"],
            "properties": {"dropout": {"exclusiveMinimum": 0}, "skip": {"const": true}},
        }})
    })],
};

pub(crate) const INIT: &Map = &Map {
    name: "init",
    about: "Drawn weights: the same seed draws the same weights.",
    keys: &[
        Key::new(
            "scheme",
            // The schemes of the loader, in its order.
            Kind::Word(|| {
                SCHEMES
                    .iter()
                    .map(|scheme| (*scheme, about_scheme(scheme)))
                    .collect()
            }),
            "How they are spread.",
        )
        .required(),
        Key::new("low", NUMBER, "The least weight, of the scheme uniform."),
        Key::new("high", NUMBER, "The largest weight, of the scheme uniform."),
        Key::new("seed", SEED, "A number of your choice.").default("0"),
    ],
    shared: &[],
    rules: &[Rule::Schema(|| {
        json!({
            "if": {"properties": {"scheme": {"const": "uniform"}}},
            "then": {"required": ["low", "high"]},
            "else": {"not": {"anyOf": [{"required": ["low"]}, {"required": ["high"]}]}},
        })
    })],
};

const fn about_loss(loss: Loss) -> &'static str {
    match loss {
        Loss::MeanSquared => "The mean squared error. With every output but softmax.",
        Loss::NegLogLoss => {
            "The negative logarithm of the likelihood. With a logistic output; targets from 0 to 1."
        }
        Loss::CrossEntropy => {
            "Cross-entropy. With a softmax output; targets from 0 to 1 with the sum 1."
        }
        Loss::Perceptron => "The perceptron rule. With a step or sign output.",
    }
}

fn about_scheme(scheme: &str) -> &'static str {
    match scheme {
        "uniform" => "Evenly from low to high.",
        "xavier" => "After Glorot and Bengio: for logistic and tanh.",
        "he" => "After He and others: for relu.",
        _ => "All 0.",
    }
}
