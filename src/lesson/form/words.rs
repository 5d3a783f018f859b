//! The words of the format: those of the engine, and those that only lessons have.

use super::Vocabulary;
use super::synonyms::{is_one_of, plain, unqualified};
use crate::algebra::Phase;
use crate::engine::{Activation, Bias, Loss, Named, Reduction, Scaling};
use crate::lesson::Panel;

/// The topics of the course, in the order of the lecture: what a lesson calls them, and what they are about.
pub const TOPICS: [(&str, &str); 22] = [
    ("S1", "one neuron"),
    ("S2", "the perceptron algorithm"),
    ("S3", "a network of neurons"),
    ("S4", "feedforward through any number of layers"),
    ("S5", "XOR and logic gates"),
    ("S6", "universal approximation"),
    ("S7", "loss functions"),
    ("S8", "the gradient of one neuron"),
    ("S9", "backpropagation to upstream neurons"),
    ("S10", "further upstream"),
    ("S11", "δ and backpropagation in general"),
    ("S12", "the grounded example"),
    ("S13", "batches"),
    ("S14", "epochs, and when to stop"),
    ("S15", "activation functions"),
    ("S16", "softmax"),
    ("S17", "the vanishing gradient"),
    ("S18", "saturation and initialisation"),
    ("S19", "overfitting"),
    ("S20", "hyperparameters"),
    ("S21", "code it up"),
    ("S22", "the lecture's questions"),
];

/// A topic of the course: its place in the list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topic(usize);

/// How drawn weights are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Uniform,
    Xavier,
    He,
    Zeros,
}

/// What parts the columns of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Comma,
    Semicolon,
    Tab,
}

/// What stands before the decimals of a number in a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalSign {
    Point,
    Comma,
}

/// What is done with a line of a CSV file in which a cell is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Drop,
}

/// What ends training early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    AllRight,
    NoMistake,
}

/// Where a goal is looked at, if not where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Train,
}

/// How the inputs or the targets of a network are brought to a common size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// They stay as they are.
    None,
    /// To the mean 0 and the deviation 1.
    Standard,
    /// To the range from 0 to 1.
    Unit,
}

impl Vocabulary for Topic {
    fn all() -> Vec<Self> {
        (0..TOPICS.len()).map(Self).collect()
    }

    fn word(self) -> &'static str {
        TOPICS[self.0].0
    }

    fn about(self) -> &'static str {
        TOPICS[self.0].1
    }

    fn expected() -> Option<&'static str> {
        Some("S1 to S22")
    }
}

impl Vocabulary for Scheme {
    fn all() -> Vec<Self> {
        vec![Self::Uniform, Self::Xavier, Self::He, Self::Zeros]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Xavier => "xavier",
            Self::He => "he",
            Self::Zeros => "zeros",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Uniform => "Evenly from low to high.",
            Self::Xavier => "After Glorot and Bengio: for logistic and tanh.",
            Self::He => "After He and others: for relu.",
            Self::Zeros => "All 0.",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Uniform => &["random", "rand", "random uniform"],
            Self::Xavier => &["glorot", "glorot uniform", "xavier uniform"],
            Self::He => &["kaiming", "he uniform", "kaiming uniform", "he init"],
            Self::Zeros => &["zero", "0", "null"],
        }
    }
}

impl Vocabulary for Goal {
    fn all() -> Vec<Self> {
        vec![Self::AllRight, Self::NoMistake]
    }

    fn word(self) -> &'static str {
        match self {
            Self::AllRight => "all-right",
            Self::NoMistake => "no-mistake",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::AllRight => "Every sample of the data set is right.",
            Self::NoMistake => "No sample was wrong when its turn came. With the loss perceptron.",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::AllRight => &["all correct"],
            Self::NoMistake => &["no error", "no errors", "converged"],
        }
    }
}

impl Vocabulary for After {
    fn all() -> Vec<Self> {
        vec![Self::Train]
    }

    fn word(self) -> &'static str {
        "train"
    }

    fn about(self) -> &'static str {
        "At the end of the next training of the network, which runs again after every change."
    }

    fn aliases(self) -> &'static [&'static str] {
        &["training", "the training", "fit", "learning"]
    }
}

impl Separator {
    /// Returns its character.
    pub(crate) const fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }
}

impl Vocabulary for Separator {
    fn all() -> Vec<Self> {
        vec![Self::Comma, Self::Semicolon, Self::Tab]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Comma => "`1,2`",
            Self::Semicolon => "`1;2`",
            Self::Tab => "A tab between them.",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Comma => &[","],
            Self::Semicolon => &[";"],
            Self::Tab => &["\t", "\\t", "tabs", "tabulator", "tsv"],
        }
    }
}

impl Vocabulary for DecimalSign {
    fn all() -> Vec<Self> {
        vec![Self::Point, Self::Comma]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Point => "`0.5`",
            Self::Comma => "`0,5`",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Point => &[".", "dot", "period"],
            Self::Comma => &[","],
        }
    }
}

impl Vocabulary for Missing {
    fn all() -> Vec<Self> {
        vec![Self::Drop]
    }

    fn word(self) -> &'static str {
        "drop"
    }

    fn about(self) -> &'static str {
        "It is left out, and `check` says how many were."
    }

    fn aliases(self) -> &'static [&'static str] {
        &["dropna", "remove", "skip", "ignore", "omit", "leave out"]
    }
}

impl Scale {
    /// Returns how columns are scaled; `None` where they stay as they are.
    pub(crate) const fn scaling(self) -> Option<Scaling> {
        match self {
            Self::None => None,
            Self::Standard => Some(Scaling::Standard),
            Self::Unit => Some(Scaling::Unit),
        }
    }
}

impl Vocabulary for Scale {
    fn all() -> Vec<Self> {
        vec![Self::None, Self::Standard, Self::Unit]
    }

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Standard => "standard",
            Self::Unit => "unit",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::None => "They stay as they are.",
            Self::Standard => "To the mean 0 and the deviation 1.",
            Self::Unit => "To the range from 0 to 1.",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::None => &["no", "identity"],
            Self::Standard => &[
                "standardize",
                "standardise",
                "z score",
                "zscore",
                "standard scaler",
            ],
            Self::Unit => &["min max", "min max scaler", "normalize", "normalise", "0 1"],
        }
    }
}

/// Words that have a name of their own.
macro_rules! named {
    ($($type:ty { $($facts:tt)* })*) => {
        $(impl Vocabulary for $type {
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }

            fn word(self) -> &'static str {
                self.name()
            }

            $($facts)*
        })*
    };
}

named! {
    Activation {
        fn aliases(self) -> &'static [&'static str] {
            self.facts().aliases
        }
    }

    Loss {
        fn about(self) -> &'static str {
            self.facts().about
        }

        fn aliases(self) -> &'static [&'static str] {
            self.facts().aliases
        }
    }

    Reduction {
        fn about(self) -> &'static str {
            match self {
                Self::Mean => "Their mean over the samples.",
                Self::Sum => "Their sum, without 1/N.",
            }
        }

        fn aliases(self) -> &'static [&'static str] {
            match self {
                Self::Mean => &[
                    "average",
                    "avg",
                    "batch mean",
                    "sum over batch size",
                    "mean with sample weight",
                ],
                Self::Sum => &["total", "add", "summed"],
            }
        }
    }

    Bias {
        fn about(self) -> &'static str {
            match self {
                Self::Learned => "The bias weights are learned.",
                Self::Frozen => "They keep their initial values.",
                Self::None => "There are none, and no row for them in `weights`.",
            }
        }

        fn aliases(self) -> &'static [&'static str] {
            match self {
                Self::Learned => &["learnt", "trainable", "free", "true", "yes", "on"],
                Self::Frozen => &["fixed", "constant", "held"],
                Self::None => &["without", "off", "false", "no"],
            }
        }
    }

    Phase {
        fn aliases(self) -> &'static [&'static str] {
            match self {
                Self::Feedforward => &["forward", "forward pass", "feed forward"],
                Self::Backpropagation => &["backward", "backward pass", "backprop"],
                Self::Gradient => &["gradients", "grad"],
                Self::Update => &["step", "optimizer step", "weight update"],
                Self::Loss => &[],
            }
        }
    }

    Named {
        fn aliases(self) -> &'static [&'static str] {
            match self {
                Self::Circles => &["make circles", "concentric circles", "donut", "rings"],
                Self::Moons => &["make moons", "two moons", "half moons"],
                Self::Spiral => &["spirals", "two spirals"],
                Self::Blobs => &["make blobs", "gaussians", "clusters", "gauss"],
                Self::Iris => &["load iris", "iris flowers", "fisher iris"],
                Self::Digits => &["load digits", "handwritten digits"],
                Self::AboveSin => &["above sine", "sine classes"],
                Self::AboveCubic => &["above cube", "cubic"],
                Self::AboveAbs => &["above absolute", "absolute value classes"],
                Self::Sin => &["sine", "sinus"],
                _ => &[],
            }
        }
    }

    Panel {
        fn about(self) -> &'static str {
            Self::about(self)
        }
    }
}

/// Returns the one of these words that is known elsewhere by another name.
pub(crate) fn called_here<'a>(other: &str, words: &'a [String]) -> Option<&'a str> {
    /// A library adds these to a name.
    const ADDED: [&str; 4] = ["loss", "function", "error", "activation"];
    fn find<T: Vocabulary>(other: &str) -> Option<&'static str> {
        let other = unqualified(other);
        let bare = plain(other);
        let bare = ADDED.iter().find_map(|added| bare.strip_suffix(added));
        let is_same = |name: &str| {
            name == other
                || is_one_of(other, &[name])
                || bare.is_some_and(|bare| is_one_of(bare, &[name]))
        };
        let mut all = T::all().into_iter();
        let found = all
            .find(|word| is_same(word.word()) || word.aliases().iter().any(|alias| is_same(alias)));
        found.map(Vocabulary::word)
    }
    let all = [
        find::<Activation>,
        find::<Loss>,
        find::<Reduction>,
        find::<Scheme>,
        find::<Named>,
        find::<Scale>,
        find::<Bias>,
        find::<Goal>,
        find::<After>,
        find::<Separator>,
        find::<DecimalSign>,
        find::<Missing>,
        find::<Phase>,
        find::<Panel>,
    ];
    let here = |find: &fn(&str) -> Option<&'static str>| {
        let here = find(other)?;
        words.iter().map(String::as_str).find(|word| *word == here)
    };
    all.iter().find_map(here)
}

/// Returns why a word of another library is none of these, if that is known.
pub(crate) fn not_here(other: &str, words: &[String]) -> Option<&'static str> {
    /// Activations that rise and fall.
    const NOT_MONOTONE: [&str; 5] = ["gelu", "swish", "silu", "hard swish", "mish"];
    /// Others that are like ReLU.
    const RECTIFIERS: [&str; 8] = [
        "selu",
        "prelu",
        "relu6",
        "celu",
        "rrelu",
        "crelu",
        "relu n",
        "thresholded relu",
    ];
    /// Others, some of which are near one of ours only in their letters.
    const OTHERS: [&str; 16] = [
        "sin",
        "sine",
        "cos",
        "cosine",
        "log",
        "exp",
        "exponential",
        "gaussian",
        "rbf",
        "softsign",
        "arctan",
        "atan",
        "hard tanh",
        "hard sigmoid",
        "log sigmoid",
        "softmin",
    ];
    /// The logarithm of the likelihood, of one unit or of shares.
    const LIKELIHOODS: [&str; 3] = ["nll", "nll loss", "negative log likelihood"];
    /// Losses of squares of which the name does not tell the factor.
    const SQUARES: [&str; 5] = ["l2", "sq", "squares", "least squares", "quadratic cost"];
    /// Sums of squares over a data set.
    const SUMS: [&str; 6] = [
        "sse",
        "rss",
        "ssr",
        "sum of squares",
        "sum of squared errors",
        "sum squared error",
    ];
    let has = |name: &str| words.iter().any(|word| word == name);
    if has(Activation::Softplus.name()) && is_one_of(other, &NOT_MONOTONE) {
        Some(
            "it is not here: its slope cannot be told from its output; `elu` and `softplus` are like it",
        )
    } else if has(Activation::Softplus.name()) && is_one_of(other, &RECTIFIERS) {
        Some("it is not here; `leaky-relu` and `elu` are like it")
    } else if has(Activation::Softplus.name()) && is_one_of(other, &OTHERS) {
        Some("it is not here")
    } else if has(Activation::Softmax.name()) && is_one_of(other, &["log softmax"]) {
        Some("it is `softmax` here, and the loss `cross-entropy` takes the logarithm")
    } else if has(Loss::NegLogLoss.name()) && is_one_of(other, &LIKELIHOODS) {
        Some("it is `cross-entropy` with a softmax output, `neg-log-loss` with a logistic one")
    } else if has(Loss::HalfSquared.name()) && is_one_of(other, &SQUARES) {
        Some("it is `mean-squared` here, or `half-squared` where a ½ stands before the square")
    } else if has(Loss::HalfSquared.name()) && is_one_of(other, &SUMS) {
        Some(
            "it is `mean-squared` with `reduction: sum`, or `half-squared` where a ½ stands before the sum",
        )
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that each other name of each word leads to it, and to none of the other words.
    fn check<T: Vocabulary>() {
        let words: Vec<String> = T::all().iter().map(|word| word.word().to_owned()).collect();
        for word in T::all() {
            for alias in word.aliases() {
                assert_eq!(called_here(alias, &words), Some(word.word()), "{alias}");
                let upper = alias.to_uppercase();
                assert_eq!(called_here(&upper, &words), Some(word.word()), "{upper}");
            }
        }
    }

    #[test]
    fn every_other_name_leads_to_its_word() {
        check::<Activation>();
        check::<Loss>();
        check::<Reduction>();
        check::<Scheme>();
        check::<Named>();
        check::<Scale>();
        check::<Bias>();
        check::<Goal>();
        check::<After>();
        check::<Separator>();
        check::<DecimalSign>();
        check::<Missing>();
        check::<Phase>();
        check::<Panel>();
        let losses: Vec<String> = Loss::ALL
            .iter()
            .map(|loss| loss.name().to_owned())
            .collect();
        for (theirs, ours) in [
            ("MSELoss", "mean-squared"),
            ("BCELoss", "neg-log-loss"),
            ("sparse_categorical_crossentropy", "cross-entropy"),
            ("Cross Entropy", "cross-entropy"),
            ("nn.MSELoss()", "mean-squared"),
            ("torch.nn.functional.mse_loss", "mean-squared"),
            ("nn.HuberLoss(delta=2.0)", "huber"),
        ] {
            assert_eq!(called_here(theirs, &losses), Some(ours), "{theirs}");
        }
    }
}
