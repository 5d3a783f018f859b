//! What books and libraries call the keys of the format, so that a message can name the one that is meant. What they
//! call an activation or a loss stands with its facts, what they call another word with its vocabulary.

/// Names elsewhere, and the key they mean here.
type Synonyms = (&'static [&'static str], &'static str);

/// Names that need more than the name of a key: in a map that has the first key, they stand for the second one, if any,
/// and the sentence says how it is written here.
type Sentence = (
    &'static [&'static str],
    (&'static str, Option<&'static str>),
    &'static str,
);

/// One name may mean several keys, but no two of the same map.
pub(crate) const KEYS: &[Synonyms] = &[
    (&["version"], "format"),
    (&["name", "heading"], "title"),
    (&["description", "abstract", "about"], "summary"),
    (&["chapter", "section"], "part"),
    (&["requires", "prerequisites", "depends"], "needs"),
    (&["net", "model", "nn"], "network"),
    (&["nets", "models"], "networks"),
    (&["scenes", "slides", "story"], "script"),
    (
        &[
            "loss function",
            "cost",
            "cost function",
            "criterion",
            "objective",
            "error function",
        ],
        "loss",
    ),
    (
        &[
            "lr",
            "eta",
            "η",
            "rho",
            "ρ",
            "step size",
            "learning rate init",
            "learn rate",
            "lrate",
        ],
        "learning_rate",
    ),
    (
        &["batch size", "minibatch", "minibatch size", "bs"],
        "batch",
    ),
    (
        &[
            "loss reduction",
            "reduce",
            "aggregation",
            "size average",
            "aggregate",
        ],
        "reduction",
    ),
    (&["optimiser", "optim", "solver"], "optimizer"),
    (
        &[
            "lambda",
            "lambd",
            "λ",
            "regularization",
            "regularisation",
            "reg",
            "regularizer",
            "kernel regularizer",
            "l2 penalty",
            "ridge",
        ],
        "l2",
    ),
    (&["l1 penalty", "lasso", "alpha1", "α₁"], "l1"),
    (&["shuffle seed"], "shuffle"),
    (
        &[
            "samples",
            "examples",
            "patterns",
            "instances",
            "training data",
            "training set",
            "train data",
        ],
        "data",
    ),
    (
        &[
            "normalize",
            "normalise",
            "normalization",
            "normalisation",
            "standardize",
            "standardise",
            "scaling",
            "scaler",
            "preprocessing",
        ],
        "scale",
    ),
    (
        &[
            "scale y",
            "scale output",
            "scale outputs",
            "scale labels",
            "normalize y",
            "normalise y",
            "normalize targets",
            "normalise targets",
            "standardize y",
            "standardise y",
            "standardize targets",
            "standardise targets",
            "target scaling",
            "target scaler",
            "y scaler",
        ],
        "scale_targets",
    ),
    (
        &[
            "test",
            "test size",
            "test set",
            "test data",
            "validation",
            "validation split",
            "validation data",
            "validation set",
            "val",
        ],
        "held_out",
    ),
    (
        &[
            "input",
            "n inputs",
            "num inputs",
            "input size",
            "input dim",
            "input shape",
            "input units",
            "in features",
            "n features",
            "n features in",
        ],
        "inputs",
    ),
    (
        &["architecture", "topology", "layer sizes", "layer"],
        "layers",
    ),
    (
        &[
            "w",
            "weight",
            "initial weights",
            "parameters",
            "params",
            "theta",
            "coefs",
            "kernel",
        ],
        "weights",
    ),
    (
        &[
            "initialization",
            "initialisation",
            "initializer",
            "initialiser",
            "kernel initializer",
            "weight init",
            "init weights",
        ],
        "init",
    ),
    (
        &[
            "neurons",
            "nodes",
            "size",
            "hidden",
            "hidden units",
            "n units",
            "num units",
            "out features",
            "output dim",
            "width",
            "n",
            "cells",
            "outputs",
            "output size",
            "output units",
        ],
        "units",
    ),
    (
        &[
            "activation function",
            "activation fn",
            "act",
            "phi",
            "φ",
            "nonlinearity",
            "non linearity",
            "transfer function",
            "transfer",
            "f",
        ],
        "activation",
    ),
    (&["negative slope", "leak"], "slope"),
    (&["α"], "alpha"),
    (&["slope parameter", "gain", "sharpness", "k"], "steepness"),
    (&["at 0", "value at zero", "values at zero"], "at_zero"),
    (
        &["batch normalization", "batch normalisation", "bn"],
        "batch_norm",
    ),
    (&["drop", "drop rate", "dropout rate"], "dropout"),
    (
        &["residual", "shortcut", "skip connection", "identity"],
        "skip",
    ),
    (&["mu", "μ"], "momentum"),
    (&["nesterovs momentum"], "nesterov"),
    (&["alpha", "rho", "gamma", "beta", "β"], "decay"),
    (&["eps", "ε"], "epsilon"),
    (&["b1", "β1", "β₁"], "beta1"),
    (&["b2", "β2", "β₂"], "beta2"),
    (&["method", "distribution", "kind", "type"], "scheme"),
    (&["min", "minimum", "minval", "from"], "low"),
    (&["max", "maximum", "maxval", "to"], "high"),
    (&["random state", "random seed", "rng"], "seed"),
    (
        &["input", "inputs", "in", "features", "pattern", "vector"],
        "x",
    ),
    (
        &[
            "target", "targets", "label", "labels", "output", "outputs", "out", "class", "desired",
            "d", "t",
        ],
        "y",
    ),
    (&["file", "filename", "path", "source", "url"], "csv"),
    (&["categories", "class names"], "classes"),
    (&["categorical", "dummies", "get dummies"], "one_hot"),
    (&["sep", "delimiter", "delim"], "separator"),
    (&["has header", "column names"], "header"),
    (&["na", "na values", "dropna"], "missing"),
    (&["n samples", "count", "n"], "samples"),
    (&["sigma", "std", "deviation"], "noise"),
    (&["columns", "feature names"], "features"),
    (&["set"], "dataset"),
    (
        &[
            "fraction",
            "ratio",
            "size",
            "split",
            "part",
            "percent",
            "percentage",
        ],
        "share",
    ),
    (&["text", "tell", "narration"], "say"),
    (&["question"], "ask"),
    (&["forward", "step", "propagate"], "walk"),
    (&["fit", "learn", "training"], "train"),
    (&["choices", "multiple choice"], "options"),
    (&["explanation", "why", "reason"], "because"),
    (
        &["try", "aim", "task", "challenge", "condition", "conditions"],
        "goal",
    ),
    (&["tip", "clue"], "hint"),
    (&["tolerance", "tol"], "within"),
    (&["correct", "true", "is correct", "is right"], "right"),
    (&["incorrect", "false", "is incorrect", "is wrong"], "wrong"),
    (&["example", "index", "row"], "sample"),
    (&["stop", "stop at"], "until"),
    (
        &[
            "epoch",
            "n epochs",
            "num epochs",
            "nb epoch",
            "max epochs",
            "max iter",
            "n iter",
            "iterations",
            "iters",
        ],
        "epochs",
    ),
    (
        &["early stopping", "n iter no change", "early stop"],
        "patience",
    ),
    (&["interval", "log every", "print every"], "every"),
    (&["loss", "max loss", "target loss", "goal"], "loss_below"),
    (&["gradient", "min grad"], "gradient_below"),
];

/// What is written otherwise here.
pub(crate) const SENTENCES: &[Sentence] = &[
    (
        &[
            "hidden",
            "hidden layers",
            "hidden units",
            "hidden size",
            "hidden layer sizes",
            "n hidden",
            "neurons",
            "units",
            "nodes",
        ],
        ("layers", Some("layers")),
        "each layer is a map in `layers`, the output last: `layers: [{units: 3, activation: logistic}, {units: 1, activation: logistic}]`",
    ),
    (
        &[
            "outputs",
            "output",
            "n outputs",
            "num outputs",
            "output size",
            "output units",
            "output layer",
            "n classes",
            "num classes",
        ],
        ("layers", None),
        "the outputs are the units of the last of `layers`",
    ),
    (
        &["alpha", "α"],
        ("learning_rate", None),
        "α is the factor of the penalty here, `l2`; the learning rate ρ is `learning_rate`",
    ),
    (
        &["weight decay", "wd", "decoupled weight decay"],
        ("l2", Some("l2")),
        "a weight decay of λ adds λw to the gradient elsewhere, `l2` adds 2αw here: write `l2` with half the number",
    ),
    (
        &["sgd", "gd", "descent", "gradient descent", "plain", "none"],
        ("momentum", Some("momentum")),
        "plain gradient descent needs no `optimizer`: leave it out",
    ),
    (
        &[
            "sgd",
            "gd",
            "gradient descent",
            "stochastic gradient descent",
        ],
        ("learning_rate", None),
        "plain gradient descent is what there is without an `optimizer`; ρ is `learning_rate`",
    ),
    (
        &[
            "nesterov",
            "nag",
            "nesterov momentum",
            "nesterov accelerated gradient",
        ],
        ("momentum", Some("momentum")),
        "write `{momentum: 0.9, nesterov: true}`",
    ),
    (
        &[
            "adadelta",
            "adamax",
            "nadam",
            "radam",
            "adamw",
            "amsgrad",
            "rprop",
            "lbfgs",
            "lion",
            "adafactor",
            "ftrl",
        ],
        ("momentum", Some("momentum")),
        "it is not here; there are `momentum`, with or without `nesterov`, `rmsprop`, `adagrad` and `adam`",
    ),
    (
        &[
            "use bias",
            "with bias",
            "has bias",
            "no bias",
            "fit intercept",
            "intercept",
        ],
        ("bias", Some("bias")),
        "a layer has a bias unless it says `bias: none`; `bias: frozen` is one that is not learned",
    ),
    (
        &["trainable", "requires grad", "fixed", "learnable", "freeze"],
        ("frozen", Some("frozen")),
        "a layer is learned unless it says `frozen: true`; `bias: frozen` is for its bias alone",
    ),
    (
        &["biases", "bias weights", "bias vector", "intercepts", "b"],
        ("weights", None),
        "bias weights are the first row of each matrix of `weights`",
    ),
    (
        &["biases", "bias weights", "bias vector", "intercepts", "b"],
        ("bias", Some("bias")),
        "bias weights are the first row of each matrix of `weights`",
    ),
    (
        &["keep prob", "keep"],
        ("dropout", None),
        "`dropout` is the share that is dropped, not the one that is kept",
    ),
    (
        &["goal", "try"],
        ("matrix", Some("answer")),
        "a goal is asked in a scene of its own, before or behind the walk: `ask: text` with `goal: {J: below 0.1}`",
    ),
];

/// The letters of a name, without case and without what parts its words: `leaky_relu`, `Leaky ReLU` and `LeakyReLU` are
/// one name.
pub(crate) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns the name of a function without the modules before it and the arguments behind it: `ReLU` of `nn.ReLU()`.
pub(crate) fn unqualified(name: &str) -> &str {
    let (bare, arguments) = name.split_once('(').unwrap_or((name, ""));
    let last = bare.rsplit('.').next().unwrap_or_default().trim_end();
    // `z(1)` is the name of a value.
    let is_value = last == bare && arguments.starts_with(|c: char| c.is_ascii_digit());
    if last.starts_with(char::is_alphabetic) && !is_value {
        last
    } else {
        name
    }
}

/// Returns whether a name is one of these.
pub(crate) fn is_one_of(name: &str, others: &[&str]) -> bool {
    // A longer text is no name, and is not to be read once for each name there is.
    const LONGEST: usize = 256;
    if name.len() > LONGEST {
        return false;
    }
    let name = plain(unqualified(name));
    !name.is_empty() && others.iter().any(|other| plain(other) == name)
}

/// Returns the keys that a name means elsewhere, and a key that is the same but for its writing.
pub(crate) fn keys_called<'a>(
    name: &str,
    keys: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = &'a str> {
    keys.filter(move |key| {
        is_one_of(name, &[key])
            || KEYS
                .iter()
                .any(|(others, here)| here == key && is_one_of(name, others))
    })
}

/// Returns the key of any map that a name means elsewhere.
pub(crate) fn all_called(name: &str) -> Option<&'static str> {
    let mut all = KEYS.iter();
    all.find_map(|(others, here)| is_one_of(name, others).then_some(*here))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::schema::{Form, Keys, Kind, LESSON};

    #[test]
    fn a_name_may_be_written_in_any_way_but_not_at_any_length() {
        for name in ["Leaky ReLU", "leaky_relu", "leakyrelu"] {
            assert!(is_one_of(name, &["step", "leaky relu"]), "{name}");
        }
        assert!(!is_one_of("leaky", &["leaky relu"]));
        assert!(!is_one_of(&format!("mse{}", "_".repeat(1_000)), &["mse"]));
    }

    /// Calls `look` for every map of the format.
    fn maps(form: &'static Form, look: &mut impl FnMut(&'static Keys)) {
        match &form.kind {
            Kind::Map(keys) => {
                look(keys);
                keys.all.iter().for_each(|(_, form)| maps(form, look));
            }
            Kind::List { of, .. } | Kind::Entries { of, .. } => maps(of, look),
            Kind::Any(forms) => forms.iter().for_each(|form| maps(form, look)),
            _ => {}
        }
    }

    #[test]
    fn every_synonym_means_one_key_that_exists() {
        let mut exist: Vec<&str> = Vec::new();
        maps(&LESSON, &mut |keys| {
            exist.extend(keys.names());
            for (others, _) in KEYS {
                for other in others.iter().filter(|other| keys.get(other).is_none()) {
                    let meant: Vec<&str> = keys_called(other, keys.names()).collect();
                    assert!(meant.len() < 2, "{other} means {meant:?} in one map");
                }
            }
        });
        for (others, here) in KEYS {
            assert!(exist.contains(here), "{here}");
            assert!(!others.is_empty() && others.iter().all(|other| !plain(other).is_empty()));
            assert!(!is_one_of(here, others), "{here} is itself");
        }
        for (_, (beside, stands_for), sentence) in SENTENCES {
            assert!(exist.contains(beside) && stands_for.is_none_or(|key| exist.contains(&key)));
            // What a sentence names in backticks is a key of the format, or a line of a lesson.
            for name in sentence.split('`').skip(1).step_by(2) {
                let line = name.trim_start_matches('{');
                let key = line.split(':').next().unwrap_or_default();
                assert!(exist.contains(&key), "{name}");
            }
        }
    }
}
