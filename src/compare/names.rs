//! What the name of an array may mean: `dW1`, `grads.W1`, `delta_2`, `Theta1`, `fc1.weight.grad`, `y_hat`.

use crate::algebra::Quantity;
use crate::engine::{Moment, Parameters};

/// The part that an array plays in a program. Its layer is told by [`Which`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Weights,
    Bias,
    Sum,
    Output,
    Input,
    Target,
    Prediction,
    Loss,
    LossSlope,
    Delta,
    PulledBack,
    Gradient,
    BiasGradient,
    /// What arrives at a layer, pulled back and through a skip connection.
    Arrived,
    /// What φ makes, before dropout or a skip connection.
    Activated,
    Mask,
    Penalty,
    Mean,
    Variance,
    Normalised,
    Scaled,
    ScaledDelta,
    Gamma,
    Beta,
    GammaGradient,
    BetaGradient,
    /// What an optimizer keeps.
    Moment(Moment, Kept),
    /// A name of the lecture, such as `W(0)`.
    Exact(Quantity),
}

/// Of what an optimizer keeps a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Weights,
    Bias,
    Gamma,
    Beta,
}

/// The numbers by which programs count what belongs to a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// As weights.
    Weights,
    /// As sums.
    Sums,
    /// As outputs.
    Outputs,
    /// As errors.
    Errors,
}

impl Role {
    /// Returns as what it is counted; `None` for what no layer has.
    pub(super) const fn counted(self) -> Option<Counted> {
        Some(match self {
            Self::Weights
            | Self::Bias
            | Self::Gradient
            | Self::BiasGradient
            | Self::Moment(_, Kept::Weights | Kept::Bias) => Counted::Weights,
            Self::Sum
            | Self::Mean
            | Self::Variance
            | Self::Normalised
            | Self::Scaled
            | Self::ScaledDelta
            | Self::Gamma
            | Self::Beta
            | Self::GammaGradient
            | Self::BetaGradient
            | Self::Moment(..) => Counted::Sums,
            Self::Output
            | Self::PulledBack
            | Self::LossSlope
            | Self::Arrived
            | Self::Activated
            | Self::Mask => Counted::Outputs,
            Self::Delta => Counted::Errors,
            Self::Input
            | Self::Target
            | Self::Prediction
            | Self::Loss
            | Self::Penalty
            | Self::Exact(_) => return None,
        })
    }

    /// Returns whether a quantity is of this role, if only some networks have such quantities; `None` if all have.
    fn is_of(self, quantity: Quantity) -> Option<bool> {
        Some(match self {
            Self::Arrived => matches!(quantity, Quantity::Arrived(_)),
            Self::Activated => matches!(quantity, Quantity::Activated(_)),
            Self::Mask => matches!(quantity, Quantity::Mask(_)),
            Self::Penalty => quantity == Quantity::Penalty,
            Self::Mean => matches!(quantity, Quantity::Mean(_)),
            Self::Variance => matches!(quantity, Quantity::Variance(_)),
            Self::Normalised => matches!(quantity, Quantity::Normalised(_)),
            Self::Scaled => matches!(quantity, Quantity::Scaled(_)),
            Self::ScaledDelta => matches!(quantity, Quantity::ScaledDelta(_)),
            Self::Gamma | Self::Beta => matches!(quantity, Quantity::Scale(_)),
            Self::GammaGradient | Self::BetaGradient => {
                matches!(quantity, Quantity::ScaleGradient(_))
            }
            Self::Moment(moment, Kept::Weights | Kept::Bias) => {
                matches!(quantity, Quantity::Moment(other, Parameters::Weights(_)) if other == moment)
            }
            Self::Moment(moment, Kept::Gamma | Kept::Beta) => {
                matches!(quantity, Quantity::Moment(other, Parameters::Scale(_)) if other == moment)
            }
            _ => return None,
        })
    }
}

/// Which of the arrays of its kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Nothing is said.
    Any,
    /// By its number, counted from wherever the program counts from.
    Number(usize),
    /// That of the hidden layer.
    Hidden,
    /// That of the output layer.
    Last,
}

/// Whether it is from before or after the update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Any,
    Before,
    After,
}

/// What a name may mean: the likeliest role first.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact about a name")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) roles: Vec<Role>,
    pub(super) which: Which,
    pub(super) when: When,
    /// Whether only its numbers can tell which of the roles it is.
    pub(super) is_vague: bool,
    /// Whether it is a letter that some use for sums and some for outputs: `z` or `a`.
    pub(super) swaps: bool,
    /// Whether everybody means the same by it. An array of another name whose shape does not fit is something else.
    pub(super) is_usual: bool,
    /// Whether it counts as the lecture does: somebody has said what the array is.
    pub(super) is_of_lecture: bool,
}

impl Meaning {
    /// Returns the same without the roles that no quantity of the update has; `None` if none is left.
    pub(super) fn among(mut self, quantities: &[Quantity]) -> Option<Self> {
        let is_there = |role: &Role| {
            let mut is_of = quantities.iter().map(|quantity| role.is_of(*quantity));
            is_of.any(|is_of| is_of != Some(false))
        };
        self.roles.retain(is_there);
        let is_of_few = |role: &Role| role.is_of(Quantity::Loss).is_some();
        self.is_vague &= self.roles.len() > 1;
        // A letter that stands for two things in such a network only.
        self.is_vague |= self.roles.len() > 1 && self.roles.iter().any(is_of_few);
        (!self.roles.is_empty()).then_some(self)
    }

    /// Returns what is meant by a name of the lecture.
    pub(super) fn exact(quantity: Quantity) -> Self {
        Self {
            roles: vec![Role::Exact(quantity)],
            which: Which::Any,
            when: When::Any,
            is_vague: false,
            swaps: false,
            is_usual: true,
            is_of_lecture: true,
        }
    }

    /// Returns the roles where `a` is the letter of sums and `z` that of outputs, or the other way round.
    pub(super) fn roles(&self, swapped: bool) -> Vec<Role> {
        if !swapped || !self.swaps {
            return self.roles.clone();
        }
        let swap = |role: &Role| match role {
            Role::Sum => vec![Role::Output],
            Role::Output => vec![Role::Sum],
            Role::Delta => vec![Role::PulledBack, Role::LossSlope],
            Role::PulledBack => vec![Role::Delta],
            Role::LossSlope => Vec::new(),
            role => vec![*role],
        };
        self.roles.iter().flat_map(swap).collect()
    }
}

/// Words that hold arrays and say nothing about them.
const HOLDERS: [&str; 20] = [
    "params",
    "param",
    "parameters",
    "parameter",
    "cache",
    "caches",
    "self",
    "model",
    "net",
    "network",
    "nn",
    "mlp",
    "state",
    "dict",
    "values",
    "my",
    "layers",
    "seq",
    "step",
    "module",
];

/// Returns whether it is the name of a setting, which is nothing to compare.
pub(super) fn is_setting(name: &str) -> bool {
    const SETTINGS: [&str; 27] = [
        "rho",
        "lr",
        "alpha",
        "eta",
        "learningrate",
        "rate",
        "epochs",
        "epoch",
        "m",
        "n",
        "batch",
        "batchsize",
        "seed",
        "samples",
        "lambda",
        "reg",
        "format",
        "allowpickle",
        "steps",
        "momentum",
        "decay",
        "beta",
        "epsilon",
        "eps",
        "t",
        "η",
        "ρ",
    ];
    let (words, _) = pieces(name);
    SETTINGS.contains(&&*words.concat())
}

/// Returns what a name may mean; `None` if that cannot be told.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    if name.contains('(')
        && let Some(quantity) = Quantity::parse(name.trim())
    {
        return Some(Meaning::exact(quantity));
    }
    // As they are written where only letters are allowed.
    let name = name.replace('∇', "nabla_").replace('∂', "d");
    let (mut words, number) = pieces(&name);
    let is_derivative = take_derived(&mut words)?;
    part_layers(&mut words);
    let mut when = When::Any;
    if take(&mut words, &["new", "next", "updated", "after", "upd"], 1) {
        when = When::After;
    }
    if take(
        &mut words,
        &["old", "before", "init", "initial", "start", "prev"],
        1,
    ) {
        when = When::Before;
    }
    take(&mut words, &HOLDERS, 1);
    let gradients = ["grad", "grads", "gradient", "gradients", "nabla"];
    let mut is_gradient = take(&mut words, &gradients, 0) || is_derivative;
    is_gradient |= take(&mut words, &["d"], 1);
    // dJ/dW: the first is what is derived.
    let derived = ["dj", "dl", "dc", "de", "dloss", "dcost"];
    if words.len() > 1 && derived.contains(&&*words[0]) {
        words.remove(0);
    }
    let mut which = number.map_or(Which::Any, Which::Number);
    if take(
        &mut words,
        &["hidden", "hid", "ih", "xh", "h"],
        usize::from(!is_gradient),
    ) {
        which = Which::Hidden;
    }
    if take(&mut words, &["output", "out", "final", "ho", "hy", "o"], 1) {
        which = Which::Last;
    }
    let word = words.concat();
    let ways: [fn(&str, Which) -> Vec<Role>; 3] = if is_gradient {
        [derivatives, prefixed, moments]
    } else {
        [plain, prefixed, moments]
    };
    let roles = ways.iter().map(|way| way(&word, which));
    let mut roles = roles
        .into_iter()
        .find(|roles| !roles.is_empty())
        .unwrap_or_default();
    // What goes into a layer of units is their sums, and what comes out of a hidden one is no prediction.
    match (&roles[..], which) {
        ([Role::Input], Which::Hidden | Which::Last) => roles = vec![Role::Sum],
        // That of a layer is its sums as often as its outputs.
        ([Role::Output, Role::Activated], Which::Hidden | Which::Last)
            if word.starts_with("activation") =>
        {
            roles.push(Role::Sum);
        }
        ([Role::Prediction], Which::Hidden) => roles = vec![Role::Output, Role::Activated],
        _ => {}
    }
    let which = match (&*word, which) {
        ("wih" | "hidden", Which::Any) => Which::Hidden,
        ("who" | "output" | "out", Which::Any) => Which::Last,
        _ => which,
    };
    let swaps = matches!(word.trim_start_matches('d'), "z" | "zs" | "a");
    let is_plain = |role: &&Role| role.is_of(Quantity::Loss).is_none();
    let is_open = !matches!(which, Which::Number(_)) && !swaps || roles.contains(&Role::Prediction);
    let is_vague = roles.iter().filter(is_plain).count() > 1 && is_open;
    (!roles.is_empty()).then_some(Meaning {
        roles,
        which,
        when,
        is_vague,
        swaps,
        is_usual: is_usual(&word, is_gradient),
        is_of_lecture: false,
    })
}

/// Takes out what is derived: `error_wrt_weights` is ∂J/∂w. Returns whether there is something of the kind, or `None` where it
/// is not the loss, so that the derivative is none that backpropagation goes through.
fn take_derived(words: &mut Vec<String>) -> Option<bool> {
    const LOSSES: [&str; 8] = ["error", "err", "loss", "cost", "e", "j", "l", "c"];
    let Some(at) = words.iter().position(|word| word == "wrt") else {
        return Some(false);
    };
    let is_of_loss = |word: &String| {
        let word = word.strip_prefix('d').unwrap_or(word);
        LOSSES.contains(&word) || ["grad", "gradient"].contains(&word)
    };
    let is_it = words[..at].iter().all(is_of_loss);
    words.drain(..=at);
    is_it.then_some(true)
}

/// Takes the layer out of words that have it in them, as much-copied programs do: `wout`, `hiddenlayer_activations`,
/// `error_at_hidden_layer`, `weights_input_hidden`.
fn part_layers(words: &mut Vec<String>) {
    const GLUED: [(&str, &[&str]); 15] = [
        ("wh", &["w", "hidden"]),
        ("bh", &["b", "hidden"]),
        ("wout", &["w", "output"]),
        ("bout", &["b", "output"]),
        ("wo", &["w", "output"]),
        ("bo", &["b", "output"]),
        ("dwh", &["dw", "hidden"]),
        ("dbh", &["db", "hidden"]),
        ("dwout", &["dw", "output"]),
        ("dbout", &["db", "output"]),
        ("dwo", &["dw", "output"]),
        ("dbo", &["db", "output"]),
        ("hiddenlayer", &["hidden", "layer"]),
        ("outputlayer", &["output", "layer"]),
        ("dhiddenlayer", &["d", "hidden", "layer"]),
    ];
    let part = |word: String| match GLUED.iter().find(|(glued, _)| *glued == word) {
        Some((_, parts)) => parts.iter().map(|part| (*part).to_owned()).collect(),
        None => vec![word],
    };
    *words = words.drain(..).flat_map(part).collect();
    let has = |words: &[String], of: &[&str]| words.iter().any(|word| of.contains(&&**word));
    if has(words, &["error", "err", "delta"]) {
        take(words, &["at", "of"], 1);
    }
    if words.len() > 2 && has(words, &["hidden", "output"]) && !has(words, &["d"]) {
        take(words, &["layer"], 2);
    }
    // From the input to the hidden layer.
    if words.len() > 2 && has(words, &["weights", "weight", "w"]) && has(words, &["hidden"]) {
        take(words, &["input", "in"], 2);
    }
}

/// Returns whether a name is used for other things as often: a letter that counts, a feature, a number that is printed.
pub(super) fn is_weak(name: &str) -> bool {
    const WEAK: [&str; 40] = [
        "j",
        "l",
        "c",
        "e",
        "h",
        "t",
        "o",
        "s",
        "u",
        "d",
        "v",
        "m",
        "g",
        "p",
        "in",
        "out",
        "output",
        "outputs",
        "layer",
        "layeroutput",
        "sum",
        "sums",
        "net",
        "fc",
        "lin",
        "linear",
        "error",
        "errors",
        "err",
        "lerror",
        "layererror",
        "data",
        "features",
        "label",
        "labels",
        "target",
        "targets",
        "ytrain",
        "ytrue",
        "act",
    ];
    let (words, number) = pieces(name);
    let word = words.concat();
    let is_short = name.chars().count() == 1 && name != "y" && name != "X" && name != "x";
    // J is the loss; x1 and x2 are features as often as outputs, and what is old may be of any update.
    let is_old = words
        .iter()
        .any(|word| ["old", "prev", "before", "init", "initial"].contains(&&**word));
    (is_short || WEAK.contains(&&*word)) && name != "J" || word == "x" && number.is_some() || is_old
}

/// Returns whether everybody means the same by a word.
fn is_usual(word: &str, is_gradient: bool) -> bool {
    const USUAL: [&str; 27] = [
        "w", "ws", "weight", "weights", "theta", "thetas", "θ", "kernel", "kernels", "b", "bs",
        "bias", "biases", "z", "zs", "a", "h", "x", "xs", "y", "yhat", "ŷ", "ypred", "delta",
        "deltas", "δ", "e",
    ];
    let rest = PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .unwrap_or(word);
    USUAL.contains(&word) || USUAL.contains(&rest) || is_gradient && word.is_empty()
}

/// Returns the words in a name, in small letters, and the first number in it.
fn pieces(name: &str) -> (Vec<String>, Option<usize>) {
    let mut words: Vec<String> = Vec::new();
    let mut number = String::new();
    let mut numbers = Vec::new();
    let mut last = ' ';
    for c in name.chars() {
        if c.is_ascii_digit() {
            number.push(c);
        } else if !number.is_empty() {
            numbers.push(std::mem::take(&mut number));
        }
        if c.is_alphabetic() {
            let small = c.to_lowercase();
            match words.last_mut() {
                Some(word) if last.is_alphabetic() => word.extend(small),
                _ => words.push(small.collect()),
            }
        }
        last = c;
    }
    if !number.is_empty() {
        numbers.push(number);
    }
    let number = numbers.first().and_then(|number| number.parse().ok());
    (words, number)
}

/// Takes out some words, as long as so many are left, and returns whether there was one.
fn take(words: &mut Vec<String>, taken: &[&str], left: usize) -> bool {
    let before = words.len();
    while words.len() > left
        && let Some(at) = words.iter().position(|word| taken.contains(&&**word))
    {
        words.remove(at);
    }
    words.len() < before
}

/// Returns the roles of a word that is no derivative.
fn plain(word: &str, which: Which) -> Vec<Role> {
    let is_numbered = matches!(which, Which::Number(_));
    // `dweights` is no kind of weights.
    let of = |end: &str| {
        PREFIXES
            .iter()
            .any(|prefix| word.strip_prefix(prefix) == Some(end))
    };
    if ["weight", "weights", "bias", "biases"].into_iter().any(of) {
        return Vec::new();
    }
    let roles: &[Role] = match word {
        "w" | "ws" | "weight" | "weights" | "theta" | "thetas" | "θ" | "kernel" | "kernels"
        | "syn" | "synapse" | "coef" | "coefs" | "wih" | "who" => &[Role::Weights],
        "b" | "bs" | "bias" | "biases" | "intercept" | "intercepts" => &[Role::Bias],
        "s" => &[Role::Sum, Role::Moment(Moment::Second, Kept::Weights)],
        "z" | "zs" | "net" | "netinput" | "preact" | "preactivation" | "preactivations" | "pre"
        | "logit" | "logits" | "score" | "scores" | "u" | "sum" | "sums" | "in" | "linear"
        | "lin" | "fc" | "lineartransform" => &[Role::Sum],
        "a" | "h" | "hs" | "act" | "acts" | "activation" | "activations" | "o" | "layer"
        | "hidden" | "hid" | "layeroutput" | "hiddenoutput" => &[Role::Output, Role::Activated],
        "x" | "l" | "y" if is_numbered => &[Role::Output],
        "x" | "xs" | "input" | "inputs" | "data" | "features" | "xtrain" | "xbatch" | "xb" => {
            &[Role::Input]
        }
        "y" | "ys" | "t" | "target" | "targets" | "label" | "labels" | "ytrue" | "expected"
        | "ytrain" | "ybatch" | "yb" | "onehot" | "yonehot" | "yenc" | "ytrainenc" => {
            &[Role::Target]
        }
        // Of those of a layer, only the numbers tell whether they are from before φ or behind it.
        "out" | "output" | "outputs" if is_numbered => &[Role::Output, Role::Sum, Role::Prediction],
        "yhat" | "yhats" | "ŷ" | "ypred" | "pred" | "preds" | "prediction" | "predictions"
        | "predicted" | "al" | "p" | "prob" | "probs" | "out" | "output" | "outputs"
        | "softmax" => &[Role::Prediction],
        "j" | "loss" | "l" | "cost" | "nll" | "mse" | "ce" | "bce" | "crossentropy"
        | "objective" | "totalloss" | "meanloss" => &[Role::Loss],
        "e" if is_numbered => &[Role::PulledBack, Role::Arrived, Role::LossSlope],
        "pulled" | "pulledback" => &[Role::PulledBack],
        "mask" | "masks" | "dropmask" | "dropoutmask" => &[Role::Mask],
        "penalty" | "weightpenalty" | "regloss" | "regularisation" | "regularization" => {
            &[Role::Penalty]
        }
        "mean" | "mu" | "batchmean" | "means" => &[Role::Mean],
        "var" | "variance" | "variances" | "batchvar" | "batchvariance" | "sigmasq" => {
            &[Role::Variance]
        }
        "zhat" | "znorm" | "znormed" | "znormalised" | "znormalized" | "xhat" | "xnorm" => {
            &[Role::Normalised]
        }
        "v" => &[
            Role::Scaled,
            Role::Moment(Moment::Velocity, Kept::Weights),
            Role::Moment(Moment::Second, Kept::Weights),
            Role::Moment(Moment::First, Kept::Weights),
        ],
        "m" => &[Role::Moment(Moment::First, Kept::Weights), Role::Mask],
        "ztilde" | "zscaled" | "bnout" => &[Role::Scaled],
        "gamma" | "gammas" | "γ" => &[Role::Gamma],
        "beta" | "betas" | "β" => &[Role::Beta],
        "c" | "e" => &[Role::Loss, Role::LossSlope],
        "error" | "err" | "errors" | "lerror" | "layererror" => {
            &[Role::PulledBack, Role::LossSlope, Role::Delta, Role::Loss]
        }
        "delta" | "deltas" | "δ" | "d" | "ldelta" | "layerdelta" => &[Role::Delta],
        word if word.ends_with("weight") || word.ends_with("weights") => &[Role::Weights],
        word if word.ends_with("bias") || word.ends_with("biases") => &[Role::Bias],
        _ => &[],
    };
    roles.to_vec()
}

/// What stands before the name of what a derivative is taken by.
const PREFIXES: [&str; 12] = [
    "djd", "dld", "dcd", "ded", "dlossd", "dcostd", "gradient", "grads", "grad", "nabla", "d", "g",
];

/// Returns the roles of a word such as `dw`, `nablaw`, `dldw`.
fn prefixed(word: &str, which: Which) -> Vec<Role> {
    let ends = ["grads", "gradient", "grad"];
    let inside = PREFIXES
        .iter()
        .filter_map(|prefix| word.strip_prefix(prefix));
    let before = ends.iter().filter_map(|end| word.strip_suffix(end));
    inside
        .chain(before)
        .map(|rest| derivatives(rest, which))
        .find(|roles| !roles.is_empty())
        .unwrap_or_default()
}

/// Returns the roles of ∂J/∂ what a word means.
fn derivatives(word: &str, which: Which) -> Vec<Role> {
    if word.is_empty() {
        return match which {
            Which::Hidden => vec![Role::PulledBack, Role::Delta],
            _ => vec![Role::Gradient],
        };
    }
    let of = |role: &Role| match role {
        Role::Weights => vec![Role::Gradient],
        Role::Bias => vec![Role::BiasGradient],
        Role::Sum => vec![Role::Delta],
        // Changed in place, it is the error in the end.
        Role::Output => vec![Role::PulledBack, Role::LossSlope, Role::Delta],
        Role::Scaled => vec![Role::ScaledDelta],
        Role::Gamma => vec![Role::GammaGradient],
        Role::Beta => vec![Role::BetaGradient],
        Role::Prediction => vec![Role::LossSlope, Role::Delta],
        _ => Vec::new(),
    };
    plain(word, which).iter().flat_map(of).collect()
}

/// Returns the roles of a word such as `vdw`, `mhat`, `velocityb`: what optimizers keep.
fn moments(word: &str, _: Which) -> Vec<Role> {
    use Moment::{First, Second, UnbiasedFirst, UnbiasedSecond, Velocity};
    // The letters of several papers and courses: what v is, only numbers can tell.
    const LETTERS: [(&str, &[Moment]); 9] = [
        ("velocity", &[Velocity]),
        ("vel", &[Velocity]),
        ("momentum", &[Velocity]),
        ("expavgsq", &[Second]),
        ("expavg", &[First]),
        ("m", &[First]),
        ("v", &[Velocity, Second, First]),
        ("r", &[Second]),
        ("s", &[Second]),
    ];
    const CORRECTED: [&str; 4] = ["hat", "corrected", "unbiased", "corr"];
    let corrected = CORRECTED.iter().find(|part| word.contains(**part));
    let word = corrected.map_or_else(|| word.to_owned(), |part| word.replace(part, ""));
    let of = |(letter, moments): &(&str, &[Moment])| {
        let kept = match word.strip_prefix(letter)? {
            "" | "w" | "dw" | "weight" | "weights" => Kept::Weights,
            "b" | "db" | "bias" => Kept::Bias,
            "gamma" | "dgamma" => Kept::Gamma,
            "beta" | "dbeta" => Kept::Beta,
            _ => return None,
        };
        let moments = moments.iter().filter_map(|moment| match moment {
            _ if corrected.is_none() => Some(*moment),
            First => Some(UnbiasedFirst),
            Second => Some(UnbiasedSecond),
            _ => None,
        });
        let roles = moments.map(|moment| Role::Moment(moment, kept));
        Some(roles.collect())
    };
    LETTERS.iter().find_map(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::too_many_lines, reason = "a name a line")]
    fn usual_names_are_known() {
        use crate::engine::Moment::{First, Second, UnbiasedFirst, UnbiasedSecond, Velocity};
        use Role::*;
        let n = Which::Number;
        for (name, role, which, when) in [
            ("W1", Weights, n(1), When::Any),
            ("w_1", Weights, n(1), When::Any),
            ("Theta1", Weights, n(1), When::Any),
            ("fc1.weight", Weights, n(1), When::Any),
            ("net.0.weight", Weights, n(0), When::Any),
            ("weights.0", Weights, n(0), When::Any),
            ("syn0", Weights, n(0), When::Any),
            ("W1_new", Weights, n(1), When::After),
            ("W_hidden", Weights, Which::Hidden, When::Any),
            ("wih", Weights, Which::Hidden, When::Any),
            ("w_h", Weights, Which::Hidden, When::Any),
            ("delta_h", Delta, Which::Hidden, When::Any),
            ("grad_w_h", Gradient, Which::Hidden, When::Any),
            ("hidden_input", Sum, Which::Hidden, When::Any),
            ("hidden_output", Output, Which::Hidden, When::Any),
            ("outputs1", Output, n(1), When::Any),
            ("b1", Bias, n(1), When::Any),
            ("fc1.bias.grad", BiasGradient, n(1), When::Any),
            ("dW1", Gradient, n(1), When::Any),
            ("d_W_1", Gradient, n(1), When::Any),
            ("grads['W1']", Gradient, n(1), When::Any),
            ("grads.W1", Gradient, n(1), When::Any),
            ("nabla_w.0", Gradient, n(0), When::Any),
            ("∇W1", Gradient, n(1), When::Any),
            ("dweights1", Gradient, n(1), When::Any),
            ("dbiases2", BiasGradient, n(2), When::Any),
            ("dbias1", BiasGradient, n(1), When::Any),
            ("dkernel1", Gradient, n(1), When::Any),
            ("∇b2", BiasGradient, n(2), When::Any),
            ("∂W1", Gradient, n(1), When::Any),
            ("∂J/∂W1", Gradient, n(1), When::Any),
            ("dJ_dW1", Gradient, n(1), When::Any),
            ("grad0", Gradient, n(0), When::Any),
            ("Theta1_grad", Gradient, n(1), When::Any),
            ("db2", BiasGradient, n(2), When::Any),
            ("grads.db1", BiasGradient, n(1), When::Any),
            ("grads['dW1']", Gradient, n(1), When::Any),
            ("new_weights.1", Weights, n(1), When::After),
            ("d1", Delta, n(1), When::Any),
            ("a1", Output, n(1), When::Any),
            ("h", Output, Which::Any, When::Any),
            ("hidden", Output, Which::Hidden, When::Any),
            ("x1", Output, n(1), When::Any),
            ("X", Input, Which::Any, When::Any),
            ("z1", Sum, n(1), When::Any),
            ("cache.Z2", Sum, n(2), When::Any),
            ("delta1", Delta, n(1), When::Any),
            ("l2_delta", Delta, n(2), When::Any),
            ("dz1", Delta, n(1), When::Any),
            ("δ2", Delta, n(2), When::Any),
            ("hidden_delta", Delta, Which::Hidden, When::Any),
            ("delta_out", Delta, Which::Last, When::Any),
            ("dA1", PulledBack, n(1), When::Any),
            ("e1", PulledBack, n(1), When::Any),
            ("y_hat", Prediction, Which::Any, When::Any),
            ("yhat", Prediction, Which::Any, When::Any),
            ("dyhat", LossSlope, Which::Any, When::Any),
            ("y", Target, Which::Any, When::Any),
            ("J", Loss, Which::Any, When::Any),
            ("loss", Loss, Which::Any, When::Any),
            ("cost", Loss, Which::Any, When::Any),
            ("a1", Output, n(1), When::Any),
            ("mask1", Mask, n(1), When::Any),
            ("penalty", Penalty, Which::Any, When::Any),
            ("mu1", Mean, n(1), When::Any),
            ("variance1", Variance, n(1), When::Any),
            ("z_hat1", Normalised, n(1), When::Any),
            ("v1", Scaled, n(1), When::Any),
            ("dv1", ScaledDelta, n(1), When::Any),
            ("gamma1", Gamma, n(1), When::Any),
            ("params['beta1']", Beta, n(1), When::Any),
            ("dgamma1", GammaGradient, n(1), When::Any),
            ("grads['beta1']", BetaGradient, n(1), When::Any),
            ("V0_new", Scaled, n(0), When::After),
            (
                "velocity.W1",
                Moment(Velocity, Kept::Weights),
                n(1),
                When::Any,
            ),
            ("v_dW1", Moment(Velocity, Kept::Weights), n(1), When::Any),
            ("vdb1", Moment(Velocity, Kept::Bias), n(1), When::Any),
            ("M0_new", Moment(First, Kept::Weights), n(0), When::After),
            (
                "m_hat_W1",
                Moment(UnbiasedFirst, Kept::Weights),
                n(1),
                When::Any,
            ),
            (
                "R_hat0",
                Moment(UnbiasedSecond, Kept::Weights),
                n(0),
                When::Any,
            ),
            ("R_gamma1", Moment(Second, Kept::Gamma), n(1), When::Any),
            ("sdb2", Moment(Second, Kept::Bias), n(2), When::Any),
            ("W(0)", Exact(Quantity::Weights(0)), Which::Any, When::Any),
            // As much-copied programs have them.
            ("wh", Weights, Which::Hidden, When::Any),
            ("bh", Bias, Which::Hidden, When::Any),
            ("wout", Weights, Which::Last, When::Any),
            ("new_bout", Bias, Which::Last, When::After),
            ("hidden_layer_input", Sum, Which::Hidden, When::Any),
            ("hiddenlayer_activations", Output, Which::Hidden, When::Any),
            ("hidden_layer_output", Output, Which::Hidden, When::Any),
            ("output_layer_input", Sum, Which::Last, When::Any),
            (
                "Error_at_hidden_layer",
                PulledBack,
                Which::Hidden,
                When::Any,
            ),
            ("error_hidden_layer", PulledBack, Which::Hidden, When::Any),
            ("d_hiddenlayer", PulledBack, Which::Hidden, When::Any),
            ("weights_input_hidden", Weights, Which::Hidden, When::Any),
            ("weights_hidden_output", Weights, Which::Last, When::Any),
            ("delta_o", Delta, Which::Last, When::Any),
            ("expected_output", Target, Which::Last, When::Any),
            ("hiddenLayer_linearTransform", Sum, Which::Hidden, When::Any),
            (
                "error_wrt_weights_input_hidden",
                Gradient,
                Which::Hidden,
                When::Any,
            ),
            ("error_wrt_output", LossSlope, Which::Last, When::Any),
            (
                "error_wrt_hiddenLayer_activations",
                PulledBack,
                Which::Hidden,
                When::Any,
            ),
            ("AL", Prediction, Which::Any, When::Any),
            ("dAL", LossSlope, Which::Any, When::Any),
        ] {
            let found = meaning(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(
                (found.roles[0], found.which, found.when),
                (role, which, when),
                "{name}"
            );
        }
        for name in [
            "learning_rate",
            "foo",
            "",
            "epochs",
            "rng",
            "output_wrt_outputLayer_LinearTransform",
        ] {
            assert_eq!(meaning(name), None, "{name}");
        }
    }
}
