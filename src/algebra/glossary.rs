//! The meaning of the symbols in formulas: of quantities, and of the signs that stand between them.

use super::notation::layer;
use super::quantity::{ALONE, OF_LAYER, OF_LAYER_IN_TRACES, Quantity};
use crate::engine::Moment;

/// A symbol in formulas, with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The symbol as it is explained: `δ⁽ˡ⁾`, `∘`.
    pub sign: String,
    /// Its name: how it is read, or what it is called.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The quantity, of layer 1 if every layer has its own; `None` for a sign between quantities.
    pub quantity: Option<Quantity>,
}

/// The signs between quantities: the sign, its name, its meaning.
const SIGNS: [(&str, &str, &str); 10] = [
    (
        "φ",
        "phi, the activation function",
        "what a unit makes of its weighted sum",
    ),
    (
        "⊕",
        "put in front",
        "1 ⊕ x is x with the 1 of the bias unit as its first number",
    ),
    (
        "[1+]",
        "from number 1 on",
        "row 0 is dropped: that of the bias, or its placeholder",
    ),
    (
        "∘",
        "number by number",
        "each number times the one in the same place; neither rows nor columns are added up",
    ),
    ("ᵀ", "transposed", "rows become columns"),
    ("Σ", "sum", "all terms are added up"),
    ("log", "natural logarithm", "to base e, ln on a calculator"),
    (
        "∂",
        "partial derivative",
        "∂J/∂w: how fast J grows with w, while all else stays",
    ),
    ("←", "becomes", "the old value is replaced by a new one"),
    (
        "ε",
        "epsilon",
        "a tiny number, so that nothing is divided by 0",
    ),
];

impl Quantity {
    /// Returns the name of its symbol in words, and its meaning; `None` if it has no symbol of its own in formulas.
    // One arm for each quantity, and nothing else.
    #[allow(clippy::too_many_lines)]
    pub const fn meaning(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Output(_) => (
                "output",
                "what layer l passes on, the 1 of the bias unit first; x⁽⁰⁾ is what comes in",
            ),
            Self::Sum(_) => (
                "weighted sum",
                "the inputs of each unit of layer l, times their weights and added up",
            ),
            Self::Target => ("target", "what the network is to say"),
            Self::Loss => ("loss", "how wrong the prediction is: 0 is not at all"),
            Self::LossSlope => (
                "first factor",
                "how fast the loss grows with the prediction",
            ),
            Self::Slope(_) => (
                "psi, the slope of φ",
                "how steep φ is, computed from what it has made",
            ),
            Self::OutputSlope => (
                "second factor",
                "how fast the prediction grows with its weighted sum: ψ",
            ),
            Self::OutputSumSlope => (
                "third factor",
                "how fast a weighted sum grows with a weight: the input",
            ),
            Self::Delta(_) => (
                "delta, the error",
                "how fast the loss grows with each weighted sum of layer l",
            ),
            Self::Weights(_) => (
                "weights",
                "how much layer l + 1 makes of each output of layer l: a row for each unit that is read, that of the bias \
                 first, and a column for each unit that reads",
            ),
            Self::Gradient(_) => (
                "nabla, the gradient",
                "how fast the loss grows with each weight: ∂J/∂W",
            ),
            Self::Prediction => (
                "y hat, the prediction",
                "what the network says: the output of its last layer",
            ),
            Self::Rate => (
                "rho, the learning rate",
                "how far an update goes against the gradient",
            ),
            Self::Alpha => ("alpha", "how much large weights cost"),
            Self::Alpha1 => ("alpha 1", "how much the size of a weight costs"),
            Self::Kept(Moment::Velocity) => (
                "mu, the momentum",
                "the share of the velocity that an update keeps",
            ),
            Self::Kept(_) => ("beta", "the share of a moment that an update keeps"),
            Self::Activated(_) => (
                "activation",
                "what φ makes in layer l, before it is dropped out or added to",
            ),
            Self::Mask(_) => (
                "mask",
                "0 where dropout drops an output of layer l, else what it is multiplied by",
            ),
            Self::Normalised(_) => (
                "z hat, the normalised sum",
                "z⁽ˡ⁾ with mean 0 and variance 1 over the batch",
            ),
            Self::Scaled(_) => ("scaled sum", "ẑ⁽ˡ⁾ times γ plus β, what φ takes"),
            Self::Mean(_) => ("mu, the mean", "that of z⁽ˡ⁾ over the batch"),
            Self::Variance(_) => ("sigma squared, the variance", "that of z⁽ˡ⁾ over the batch"),
            Self::Gamma(_) => ("gamma", "the learned scale of batch normalisation"),
            Self::Beta(_) => ("beta", "the learned shift of batch normalisation"),
            Self::Scale(_) => ("scale and shift", "γ and β of layer l as two columns"),
            Self::ScaleGradient(_) => {
                ("gradient of S", "how fast the loss grows with each γ and β")
            }
            Self::Moment(Moment::Velocity, _) => (
                "velocity",
                "the gradients so far, the older ones counting less: where the weights are drifting",
            ),
            Self::Moment(Moment::First, _) => ("first moment", "a running mean of the gradients"),
            Self::Moment(Moment::Second, _) => (
                "second moment",
                "the squares of the gradients so far: how steep it has been for each weight",
            ),
            Self::Moment(Moment::UnbiasedFirst, _) => (
                "M hat",
                "the first moment without the bias of its start at 0",
            ),
            Self::Moment(Moment::UnbiasedSecond, _) => (
                "R hat",
                "the second moment without the bias of its start at 0",
            ),
            Self::ScaledDelta(_) => (
                "error of v",
                "how fast the loss grows with each v of layer l",
            ),
            Self::Arrived(_) => (
                "error that arrives",
                "pulled back to layer l, and come through the skip connection",
            ),
            Self::Feature => (
                "feature",
                "an input of the network that is made of the raw numbers",
            ),
            // Their names are words.
            Self::Input
            | Self::Raw(_)
            | Self::Statistic(..)
            | Self::SumSlope(_)
            | Self::PulledBack(_)
            | Self::Penalty
            | Self::Epoch
            | Self::Updates
            | Self::Connections
            | Self::Samples
            | Self::Right
            | Self::DataLoss
            | Self::HeldOutSamples
            | Self::HeldOutRight
            | Self::HeldOutLoss => return None,
        })
    }
}

impl Symbol {
    /// Returns every symbol that formulas may have.
    pub fn all() -> Vec<Self> {
        let of_layer = OF_LAYER.iter().chain(&OF_LAYER_IN_TRACES);
        let quantities = (of_layer.map(|(_, make)| make(1)))
            .chain([Quantity::Slope(1)])
            .chain(ALONE.iter().map(|(_, quantity)| *quantity));
        let symbols = quantities.filter_map(|quantity| {
            let (name, meaning) = quantity.meaning()?;
            let sign = match quantity {
                Quantity::OutputSlope => "∂ŷ/∂z".to_owned(),
                Quantity::OutputSumSlope => "∂z/∂w".to_owned(),
                // The output layer is none of these.
                _ => quantity.name(usize::MAX).replace(&layer(1), "⁽ˡ⁾"),
            };
            Some(Self {
                sign,
                name,
                meaning,
                quantity: Some(quantity),
            })
        });
        let signs = SIGNS.iter().map(|&(sign, name, meaning)| Self {
            sign: sign.to_owned(),
            name,
            meaning,
            quantity: None,
        });
        symbols.chain(signs).collect()
    }

    /// Returns whether a text has the symbol, of any layer.
    pub fn is_in(&self, text: &str) -> bool {
        let head = match self.quantity {
            Some(Quantity::Slope(_)) => "ψ",
            _ => self.sign.split('⁽').next().unwrap_or(&self.sign),
        };
        let is_layered = self
            .quantity
            .is_some_and(|quantity| quantity.layer().is_some());
        let is_word = head.chars().all(|c| c.is_ascii_alphanumeric());
        text.match_indices(head).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + head.len()..]);
            let has_index = behind.starts_with(|c: char| c == '⁽' || ('₀'..='₉').contains(&c));
            // α₁ is another symbol than α.
            if self.quantity == Some(Quantity::Alpha) && behind.starts_with('₁') {
                return false;
            }
            // An `a` of a sentence is no activation.
            !is_word
                || (is_layered && has_index && !before.ends_with(char::is_alphanumeric))
                || (!is_layered
                    && !before.ends_with(char::is_alphabetic)
                    && !behind.starts_with(char::is_alphanumeric))
        })
    }

    /// Returns the quantity of each layer that a network with this output layer may have.
    pub fn of_layers(&self, last: usize) -> Vec<Quantity> {
        let Some(quantity) = self.quantity else {
            return Vec::new();
        };
        match quantity {
            Quantity::Slope(_) => (1..=last).map(Quantity::Slope).collect(),
            _ if quantity.layer().is_none() => vec![quantity.in_network(last)],
            _ => {
                let mut makers = OF_LAYER
                    .iter()
                    .chain(&OF_LAYER_IN_TRACES)
                    .map(|(_, make)| *make);
                let own = makers.find(|make| make(1) == quantity);
                own.map_or_else(Vec::new, |make| (0..=last).map(make).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let symbols = Symbol::all().into_iter();
        symbols
            .filter(|symbol| symbol.is_in(text))
            .map(|symbol| symbol.sign)
            .collect()
    }

    #[test]
    fn each_symbol_is_found_and_no_word_of_a_sentence() {
        assert_eq!(found("z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾"), ["x⁽ˡ⁾", "z⁽ˡ⁾", "W⁽ˡ⁾", "ᵀ"]);
        assert_eq!(found("δ⁽²⁾ = ŷ − y"), ["δ⁽ˡ⁾", "y", "ŷ"]);
        assert_eq!(found("A step e of a small size; yes, J falls."), ["J"]);
        assert!(
            found("The network is all that it needs, and a mask saves many errors.").is_empty()
        );
        for symbol in Symbol::all() {
            assert!(
                symbol.is_in(&symbol.sign.replace("⁽ˡ⁾", "⁽²⁾")),
                "{}",
                symbol.sign
            );
        }
    }

    #[test]
    fn no_symbol_is_explained_twice() {
        let all = Symbol::all();
        for (at, symbol) in all.iter().enumerate() {
            assert!(
                all[..at].iter().all(|other| other.sign != symbol.sign),
                "{}",
                symbol.sign
            );
            assert!(!symbol.name.is_empty() && !symbol.meaning.is_empty());
        }
    }
}
