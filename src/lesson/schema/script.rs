//! The keys of scenes.

use super::network::PANELS;
use super::{Key, Kind, Map, Range, Rule, words};
use crate::lesson::ask;
use crate::lesson::limits::{
    MAX_EPOCHS, MAX_NAME, MAX_NUMBER, MAX_OPTIONS, MAX_SAMPLES, MAX_TEXT, MAX_VALUE_NAME,
};
use crate::lesson::{Phase, script};
use serde_json::{Value, json};

const TEXT: Kind = Kind::Text(MAX_TEXT);
const VALUE: Kind = Kind::Line(MAX_VALUE_NAME);
const ABOVE_0: Kind = Kind::Number(Range::new(0.0, MAX_NUMBER).above());

const NETWORK: Key = Key::new(
    "network",
    Kind::Line(MAX_NAME),
    "The name of the network. That of the scene before where it is left out.",
);

pub(crate) const SCENE: &Map = &Map {
    name: "scene",
    about: "A scene: one of say, ask, walk and train.",
    keys: &[
        Key::new(
            "say",
            TEXT,
            "The author speaks. Values are named in braces: {x(2)}, {W(0)[1,2]}, {before J}.",
        )
        .example(r#""The output is {x(2)}.""#),
        NETWORK,
        Key::new("panels", PANELS, "What is shown beside a say or an ask."),
        Key::new(
            "walk",
            Kind::Any(&[Kind::Map(WALK), Kind::Nothing]),
            "Samples are walked through, operation by operation. With nothing behind it, every batch of one epoch.",
        )
        .example(r#"{"sample": 1}"#),
        Key::new(
            "train",
            Kind::Map(TRAIN),
            "Whole epochs, without stopping at each operation.",
        )
        .example(r#"{"epochs": 500}"#),
    ],
    shared: ASK.keys,
    rules: &[
        Rule::ExactlyOne(script::ACTIONS),
        Rule::Schema(asks_beside),
    ],
};

/// What a scene may have only beside words or a question, and what a question must have.
fn asks_beside() -> Value {
    let only = |keys: &[&str], beside: &[&str]| {
        keys.iter()
            .map(|key| {
                let any: Vec<Value> = beside.iter().map(|b| json!({"required": [b]})).collect();
                json!({"if": {"required": [key]}, "then": {"anyOf": any}})
            })
            .collect::<Vec<Value>>()
    };
    let mut rules = only(&["network", "panels"], &["say", "ask"]);
    rules.extend(only(ask::KINDS, &["ask"]));
    rules.extend(only(&["hint", "because"], &["ask"]));
    let kinds: Vec<Value> = ask::KINDS
        .iter()
        .map(|kind| json!({"required": [kind]}))
        .collect();
    rules.push(json!({"if": {"required": ["ask"]}, "then": {"oneOf": kinds}}));
    json!({"allOf": rules})
}

/// A question; a scene has these keys too.
pub(crate) const ASK: &Map = &Map {
    name: "ask",
    about: "A question to the learner, with exactly one of number, matrix, shape, sign, direction, options, answer.",
    keys: &[
        Key::new(
            "ask",
            TEXT,
            "The question. At a step of a walk, where a value is asked for, the program words it where it is left out.",
        )
        .example(r#""What will the output be?""#),
        Key::new("number", VALUE, "A number is asked for, by its name.").example(r#""z(1)[2]""#),
        Key::new("matrix", VALUE, "A whole vector or matrix is asked for.").example(r#""delta(1)""#),
        Key::new("shape", VALUE, "The shape of a vector or matrix is asked for.").example(r#""W(0)""#),
        Key::new("sign", VALUE, "Whether a number is above 0, below 0 or 0.").example(r#""delta(2)""#),
        Key::new(
            "direction",
            VALUE,
            "Whether a number will rise, fall or stay in the scene or the step that follows.",
        )
        .example(r#""y_hat""#),
        Key::new(
            "options",
            Kind::List(&Kind::Map(OPTION), 2, MAX_OPTIONS),
            "One or several of these are right.",
        ),
        Key::new(
            "answer",
            TEXT,
            "An open question: the learner thinks, then compares with this.",
        ),
        Key::new("hint", TEXT, "The author's own first hint."),
        Key::new("because", TEXT, "Why the answer is what it is, told with it."),
    ],
    shared: &[],
    rules: &[Rule::ExactlyOne(ask::KINDS)],
};

pub(crate) const OPTION: &Map = &Map {
    name: "option",
    about: "One of several options.",
    keys: &[
        Key::new("right", TEXT, "A right one."),
        Key::new("wrong", TEXT, "A wrong one."),
        Key::new("because", TEXT, "What is told to who chooses it."),
    ],
    shared: &[],
    rules: &[Rule::ExactlyOne(&["right", "wrong"])],
};

pub(crate) const WALK: &Map = &Map {
    name: "walk",
    about: "A walk through one batch after another. Without sample, samples or batch: every batch of one epoch.",
    keys: &[
        NETWORK,
        Key::new("sample", Kind::Whole(1, MAX_SAMPLES), "One sample, counted from 1."),
        Key::new(
            "samples",
            Kind::Set(&Kind::Whole(1, MAX_SAMPLES), 1, MAX_SAMPLES),
            "One batch of these samples, counted from 1.",
        )
        .example("[1, 2]"),
        Key::new(
            "batch",
            Kind::Whole(1, MAX_SAMPLES),
            "The batch of this number in an epoch, counted from 1.",
        ),
        Key::new(
            "until",
            Kind::Word(|| words(Phase::ALL.map(Phase::name))),
            "The last phase that is walked. Without update no weight changes.",
        )
        .default(r#""update""#),
        Key::new(
            "chain_rule",
            Kind::Flag,
            "Whether the output error is taken apart into the three factors of the chain rule.",
        )
        .default("false"),
        Key::new(
            "notes",
            Kind::Each(&TEXT),
            "Texts for single steps, by their symbol in a trace, with the kind before it where two steps have the same.",
        )
        .example(r#"{"z(1)": "The weighted sums.", "prediction x(2)": "Better: {x(2)}."}"#),
        Key::new(
            "questions",
            Kind::Each(&Kind::Map(ASK)),
            "Questions before single steps show their results, by the names that notes go by.",
        )
        .example(r#"{"z(1)": {"number": "z(1)[2]"}}"#),
        Key::new("panels", PANELS, "What is shown beside these steps."),
    ],
    shared: &[],
    rules: &[Rule::AtMostOne(&["sample", "samples", "batch"])],
};

pub(crate) const TRAIN: &Map = &Map {
    name: "train",
    about: "Training for many epochs.",
    keys: &[
        NETWORK,
        Key::new("epochs", Kind::Whole(1, MAX_EPOCHS), "At most so many.")
            .required()
            .example("500"),
        Key::new(
            "until",
            Kind::Any(&[
                Kind::Word(|| {
                    script::UNTIL_WORDS
                        .iter()
                        .map(|word| (*word, about_goal(word)))
                        .collect()
                }),
                Kind::Map(UNTIL),
            ]),
            "Ends earlier, after the epoch in which this holds.",
        )
        .example(r#""all-right""#),
        Key::new(
            "patience",
            Kind::Whole(1, MAX_EPOCHS),
            "Ends after so many epochs in which the loss on the held-out samples has found no new low, and goes back \
             to the weights of the lowest.",
        )
        .example("20"),
        Key::new(
            "every",
            Kind::Whole(1, MAX_EPOCHS),
            "A step on the screen every so many epochs. Chosen by the program where it is left out.",
        ),
        Key::new("say", TEXT, "The author's words at each of these steps."),
        Key::new("panels", PANELS, "What is shown beside these steps."),
    ],
    shared: &[],
    rules: &[],
};

pub(crate) const UNTIL: &Map = &Map {
    name: "until",
    about: "One number that is low enough.",
    keys: &[
        Key::new(
            "loss_below",
            ABOVE_0,
            "The mean loss over the data set is below this.",
        )
        .example("0.05"),
        Key::new(
            "gradient_below",
            ABOVE_0,
            "The gradient of that loss over all weights is shorter than this.",
        )
        .example("0.01"),
    ],
    shared: &[],
    rules: &[Rule::ExactlyOne(&["loss_below", "gradient_below"])],
};

fn about_goal(word: &str) -> &'static str {
    match word {
        "all-right" => "Every sample of the data set is right.",
        _ => "No sample was wrong when its turn came. With the loss perceptron.",
    }
}
