//! Optimizers: how an update makes its step out of the gradient.
//!
//! The definitions are those of PyTorch's `SGD`, `RMSprop`, `Adagrad` and `Adam` without their further options; all
//! moments begin at 0.

use std::ops::Range;

use multiversion::multiversion;

use super::math;
use super::network::Network;

/// The rule by which an update changes what is learned: γ and β of batch normalisation in the same way as the weights.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// w ← w − ρ g.
    #[default]
    Descent,
    /// v ← μ v + g, then w ← w − ρ v; Nesterov's variant looks ahead: w ← w − ρ (g + μ v).
    Momentum {
        /// μ, the share of the velocity that is kept.
        momentum: f64,
        /// `true` for Nesterov's variant.
        nesterov: bool,
    },
    /// r ← β r + (1 − β) g², then w ← w − ρ g / (√r + ε).
    RmsProp {
        /// β, the share of the second moment that is kept.
        decay: f64,
        /// ε, which keeps the divisor from 0.
        epsilon: f64,
    },
    /// r ← r + g², then w ← w − ρ g / (√r + ε).
    AdaGrad {
        /// ε, which keeps the divisor from 0.
        epsilon: f64,
    },
    /// m ← β₁ m + (1 − β₁) g and r ← β₂ r + (1 − β₂) g²; from these m̂ = m / (1 − β₁ᵗ) and r̂ = r / (1 − β₂ᵗ) in update t,
    /// counted from 1; then w ← w − ρ m̂ / (√r̂ + ε).
    Adam {
        /// β₁, the share of the first moment that is kept.
        beta1: f64,
        /// β₂, the share of the second moment that is kept.
        beta2: f64,
        /// ε, which keeps the divisor from 0.
        epsilon: f64,
    },
}

/// A mean of past gradients, or of their squares, one number for each weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// v, of momentum.
    Velocity,
    /// m, of Adam.
    First,
    /// r, the mean or sum of squares.
    Second,
    /// m̂, the first moment without the bias of its start at 0.
    UnbiasedFirst,
    /// r̂, the second moment without the bias of its start at 0.
    UnbiasedSecond,
}

impl Moment {
    /// Every moment, in the order in which an update computes them.
    pub const ALL: [Self; 5] = [
        Self::Velocity,
        Self::First,
        Self::Second,
        Self::UnbiasedFirst,
        Self::UnbiasedSecond,
    ];

    /// Returns the letter that stands for it.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Velocity => "V",
            Self::First => "M",
            Self::Second => "R",
            Self::UnbiasedFirst => "M\u{302}",
            Self::UnbiasedSecond => "R\u{302}",
        }
    }

    /// Returns the place of what is kept for it: 1 for means of squares, else 0.
    const fn place(self) -> usize {
        match self {
            Self::Velocity | Self::First | Self::UnbiasedFirst => 0,
            Self::Second | Self::UnbiasedSecond => 1,
        }
    }

    /// Returns whether it is kept from one update to the next, rather than computed anew.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Velocity | Self::First | Self::Second)
    }
}

impl Optimizer {
    /// Returns whether it works with a moment.
    pub const fn has(self, moment: Moment) -> bool {
        match self {
            Self::Descent => false,
            Self::Momentum { .. } => matches!(moment, Moment::Velocity),
            Self::RmsProp { .. } | Self::AdaGrad { .. } => matches!(moment, Moment::Second),
            Self::Adam { .. } => !matches!(moment, Moment::Velocity),
        }
    }

    /// Returns the share of a moment that it keeps from one update to the next.
    pub const fn kept(self, moment: Moment) -> f64 {
        match (self, moment) {
            (Self::Momentum { momentum, .. }, _) => momentum,
            (Self::RmsProp { decay, .. }, _) => decay,
            (Self::Adam { beta1, .. }, Moment::First | Moment::UnbiasedFirst) => beta1,
            (Self::Adam { beta2, .. }, _) => beta2,
            (Self::Descent | Self::AdaGrad { .. }, _) => 1.0,
        }
    }

    /// Returns that share of a moment that it has; `None` of any other.
    pub const fn has_kept(self, moment: Moment) -> Option<f64> {
        match (self, moment) {
            (Self::Momentum { momentum, .. }, Moment::Velocity) => Some(momentum),
            (Self::RmsProp { decay, .. }, Moment::Second) => Some(decay),
            (Self::Adam { beta1, .. }, Moment::First) => Some(beta1),
            (Self::Adam { beta2, .. }, Moment::Second) => Some(beta2),
            _ => None,
        }
    }

    /// Returns the name of that share in a formula and in NumPy.
    pub const fn name_of_kept(self, moment: Moment) -> [&'static str; 2] {
        match (self, moment) {
            (Self::Momentum { .. }, _) => ["μ", "momentum"],
            (Self::Adam { .. }, Moment::First | Moment::UnbiasedFirst) => ["β₁", "beta1"],
            (Self::Adam { .. }, _) => ["β₂", "beta2"],
            _ => ["β", "decay"],
        }
    }

    /// Returns the name by which it is known.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Descent => "plain descent",
            Self::Momentum { nesterov: true, .. } => "Nesterov",
            Self::Momentum { .. } => "momentum",
            Self::RmsProp { .. } => "RMSprop",
            Self::AdaGrad { .. } => "AdaGrad",
            Self::Adam { .. } => "Adam",
        }
    }

    /// Returns ε, which keeps the divisor of a step from 0; 0 where nothing is divided.
    pub const fn epsilon(self) -> f64 {
        match self {
            Self::RmsProp { epsilon, .. }
            | Self::AdaGrad { epsilon }
            | Self::Adam { epsilon, .. } => epsilon,
            Self::Descent | Self::Momentum { .. } => 0.0,
        }
    }

    /// Returns the divisor 1 − βᵗ of a moment in update t, counted from 1; 1 where nothing is divided.
    pub fn correction(self, moment: Moment, t: u32) -> f64 {
        // No training makes more updates than an exponent holds.
        let t = i32::try_from(t).unwrap_or(i32::MAX);
        match self {
            Self::Adam { .. } => {
                let beta = self.kept(moment);
                // βᵗ ≤ e^−t(1 − β) ≤ e⁻³⁸ < 2⁻⁵⁴, which is lost in the difference from 1.
                if f64::from(t) * (1.0 - beta) > 38.0 {
                    1.0
                } else {
                    1.0 - power(beta, t)
                }
            }
            _ => 1.0,
        }
    }

    /// Changes weights by their gradient, in an update with these divisors of both moments, `C` weights at a time. What
    /// the optimizer keeps has as many numbers as there are weights.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn step<const C: usize>(
        self,
        rho: f64,
        [of_first, of_second]: [f64; 2],
        [weights, first, second]: [&mut [f64]; 3],
        gradient: &[f64],
    ) {
        match self {
            Self::Descent => {
                math::each_of::<C, 1, _>([gradient], [weights], |[g], [w]| [w - rho * g]);
            }
            Self::Momentum { momentum, nesterov } => {
                math::each_of::<C, 1, _>([gradient], [weights, first], |[g], [w, v]| {
                    let v = momentum * v + g;
                    let step = if nesterov { g + momentum * v } else { v };
                    [w - rho * step, v]
                });
            }
            Self::RmsProp { decay, epsilon } => {
                math::each_of::<C, 1, _>([gradient], [weights, second], |[g], [w, r]| {
                    let r = decay * r + (1.0 - decay) * g * g;
                    [w - rho * g / (r.sqrt() + epsilon), r]
                });
            }
            Self::AdaGrad { epsilon } => {
                math::each_of::<C, 1, _>([gradient], [weights, second], |[g], [w, r]| {
                    let r = r + g * g;
                    [w - rho * g / (r.sqrt() + epsilon), r]
                });
            }
            Self::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                let moments = |g, [m, r]: [f64; 2]| {
                    [
                        beta1 * m + (1.0 - beta1) * g,
                        beta2 * r + (1.0 - beta2) * g * g,
                    ]
                };
                let next = |w, m, r: f64| w - rho * m / (r.sqrt() + epsilon);
                let to = [weights, first, second];
                // Dividing by 1 changes no bit, but takes time. Only an exact 1 may be left out.
                #[allow(clippy::float_cmp)]
                if [of_first, of_second] == [1.0; 2] {
                    math::each_of::<C, 1, _>([gradient], to, |[g], [w, m, r]| {
                        let [m, r] = moments(g, [m, r]);
                        [next(w, m, r), m, r]
                    });
                } else {
                    math::each_of::<C, 1, _>([gradient], to, |[g], [w, m, r]| {
                        let [m, r] = moments(g, [m, r]);
                        [next(w, m / of_first, r / of_second), m, r]
                    });
                }
            }
        }
    }
}

/// Changes weights as [`Optimizer::step`] does.
#[multiversion(targets("x86_64+avx2"))]
fn step(
    optimizer: Optimizer,
    rho: f64,
    corrections: [f64; 2],
    changed: [&mut [f64]; 3],
    gradient: &[f64],
) {
    optimizer.step::<4>(rho, corrections, changed, gradient);
}

/// Returns βᵗ, in a call of its own: a compiler takes a power for cheap, and computes it also where it is not needed.
#[inline(never)]
fn power(beta: f64, t: i32) -> f64 {
    beta.powi(t)
}

/// What is learned in one place: a matrix of weights, or γ and β of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameters {
    /// `W⁽ˡ⁾`.
    Weights(usize),
    /// γ⁽ˡ⁾ and β⁽ˡ⁾, with a row for each unit.
    Scale(usize),
}

impl Parameters {
    /// Returns the place of its moments.
    const fn index(self) -> usize {
        match self {
            Self::Weights(l) => 2 * l,
            Self::Scale(l) => 2 * l + 1,
        }
    }

    /// Returns how many numbers it has in a network.
    fn len(self, network: &Network) -> usize {
        match self {
            Self::Weights(l) if l < network.last() => network.slice(l).len(),
            Self::Weights(_) => 0,
            Self::Scale(l) => network.norm(l).map_or(0, |norm| 2 * norm.gamma.len()),
        }
    }
}

/// What an optimizer keeps of some parameters; empty where it keeps nothing.
#[derive(Debug, Clone, PartialEq, Default)]
struct Moments {
    /// By [`Moment::place`]: the velocities or first moments, and the second ones.
    kept: [Vec<f64>; 2],
}

/// What an optimizer carries from one update to the next. Before the first update, and of plain descent, it is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OptimizerState {
    /// The optimizer that it belongs to: that of the last update.
    of: Option<Optimizer>,
    /// The number of updates it has made.
    updates: u32,
    /// The divisors of the first and second moment in the last of them.
    corrections: [f64; 2],
    /// By [`Parameters::index`].
    moments: Vec<Moments>,
}

impl OptimizerState {
    /// Returns what is carried along for an optimizer: nothing if another one has made the last update.
    pub fn of(&self, optimizer: Optimizer) -> &Self {
        static NOTHING: OptimizerState = OptimizerState {
            of: None,
            updates: 0,
            corrections: [0.0; 2],
            moments: Vec::new(),
        };
        if self.of == Some(optimizer) {
            self
        } else {
            &NOTHING
        }
    }

    /// Returns what is carried along after so many updates, at least one, that have left these numbers, row by row, of
    /// kept moments; all others are 0.
    pub fn after(
        (optimizer, updates): (Optimizer, u32),
        network: &Network,
        left: impl IntoIterator<Item = (Moment, Parameters, Vec<f64>)>,
    ) -> Self {
        let mut state = Self {
            of: Some(optimizer),
            updates: updates.saturating_sub(1),
            ..Self::default()
        };
        state.begin(optimizer, network);
        for (moment, parameters, numbers) in left {
            if let Some(moments) = state.moments.get_mut(parameters.index()) {
                let kept = &mut moments.kept[moment.place()];
                debug_assert_eq!(kept.len(), numbers.len(), "a number for each parameter");
                *kept = numbers;
            }
        }
        state
    }

    /// Returns the number of updates it has made.
    pub const fn updates(&self) -> u32 {
        self.updates
    }

    /// Begins an update of this network. A new optimizer begins with nothing carried along.
    pub(super) fn begin(&mut self, optimizer: Optimizer, network: &Network) {
        if self.of.is_none_or(|of| of != optimizer) {
            *self = Self {
                of: Some(optimizer),
                ..Self::default()
            };
        }
        self.updates += 1;
        if optimizer == Optimizer::Descent {
            return;
        }
        self.corrections =
            [Moment::First, Moment::Second].map(|m| optimizer.correction(m, self.updates));
        if !self.moments.is_empty() {
            return;
        }
        let has = |moment| optimizer.has(moment);
        let zeros = |is_kept: bool, len| vec![0.0; if is_kept { len } else { 0 }];
        self.moments = (0..=network.last())
            .flat_map(|l| [Parameters::Weights(l), Parameters::Scale(l)])
            .map(|parameters| parameters.len(network))
            .map(|len| Moments {
                kept: [
                    zeros(has(Moment::Velocity) || has(Moment::First), len),
                    zeros(has(Moment::Second), len),
                ],
            })
            .collect();
    }

    /// Changes some parameters, from `place` on among those of their kind, by their gradient, in the update that has
    /// [begun](Self::begin).
    pub(super) fn change(
        &mut self,
        (optimizer, rho): (Optimizer, f64),
        (parameters, place): (Parameters, usize),
        values: &mut [f64],
        gradient: &[f64],
    ) {
        let (corrections, [first, second]) = self.kept(parameters, place..place + values.len());
        step(
            optimizer,
            rho,
            corrections,
            [values, first, second],
            gradient,
        );
    }

    /// Changes a few weights as [`change`](Self::change) does, row by row of `C`.
    #[inline(never)]
    pub(super) fn change_rows<const C: usize>(
        &mut self,
        (optimizer, rho): (Optimizer, f64),
        parameters: Parameters,
        values: &mut [f64],
        gradient: &[f64],
    ) {
        let (corrections, [first, second]) = self.kept(parameters, 0..values.len());
        optimizer.step::<C>(rho, corrections, [values, first, second], gradient);
    }

    /// Returns the divisors of both moments, and what is kept of some parameters; empty where nothing is.
    #[inline]
    fn kept(
        &mut self,
        parameters: Parameters,
        places: Range<usize>,
    ) -> ([f64; 2], [&mut [f64]; 2]) {
        let kept = match self.moments.get_mut(parameters.index()) {
            Some(moments) => moments
                .kept
                .each_mut()
                .map(|kept| kept.get_mut(places.clone()).unwrap_or_default()),
            None => Default::default(),
        };
        (self.corrections, kept)
    }

    /// Returns the kept numbers of a moment, row by row; `None` if it is not kept, and before the first update, when all
    /// are 0.
    pub fn numbers(&self, moment: Moment, parameters: Parameters) -> Option<&[f64]> {
        let moments = self.moments.get(parameters.index())?;
        Some(&moments.kept[moment.place()])
    }

    /// Puts a kept moment back to what it is in another state.
    pub fn restore(&mut self, moment: Moment, parameters: Parameters, from: &Self) {
        let Some(moments) = self.moments.get_mut(parameters.index()) else {
            return;
        };
        let numbers = &mut moments.kept[moment.place()];
        match from.numbers(moment, parameters) {
            Some(old) => numbers.copy_from_slice(old),
            None => numbers.fill(0.0),
        }
    }

    /// Returns the memory it takes beside its own size, in bytes.
    pub fn bytes(&self) -> usize {
        let kept = self.moments.iter().flat_map(|moments| &moments.kept);
        let all: usize = kept.map(Vec::len).sum();
        size_of::<f64>() * all + size_of::<Moments>() * self.moments.len()
    }
}
