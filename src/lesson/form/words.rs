//! The words of the format: those of the engine, and those that only lessons have.

use super::Vocabulary;
use crate::algebra::Phase;
use crate::engine::{Activation, Loss, Named};
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

/// How the inputs of a network are brought to a common size.
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
}

impl Vocabulary for Loss {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.name()
    }

    fn about(self) -> &'static str {
        self.facts().about
    }

    fn aliases(self) -> &'static [&'static str] {
        self.facts().aliases
    }
}

impl Vocabulary for Panel {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.name()
    }

    fn about(self) -> &'static str {
        Self::about(self)
    }
}

/// Words that say what they mean.
macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Vocabulary for $type {
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }

            fn word(self) -> &'static str {
                self.name()
            }
        })*
    };
}

plain!(Phase, Named);

impl Vocabulary for Activation {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.name()
    }

    fn aliases(self) -> &'static [&'static str] {
        self.facts().aliases
    }
}

/// The one of these words that is known elsewhere by another name.
pub(crate) fn called_here<'a>(other: &str, words: &'a [String]) -> Option<&'a str> {
    fn find<T: Vocabulary>(other: &str) -> Option<&'static str> {
        let is_same = |alias: &&str| plain(alias) == plain(other);
        let mut all = T::all().into_iter();
        let found = all.find(|word| word.aliases().iter().any(is_same));
        found.map(Vocabulary::word)
    }
    // `leaky_relu`, `Leaky ReLU` and `LeakyReLU` are one name.
    fn plain(name: &str) -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    }
    let here = find::<Activation>(other).or_else(|| find::<Loss>(other))?;
    words.iter().map(String::as_str).find(|word| *word == here)
}
