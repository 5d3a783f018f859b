//! The shares of moments that the optimizer of a step keeps, as settings: by their names, and where a lesson file has them.

use super::Step;
use crate::algebra::Quantity;
use crate::algebra::notation::ascii;
use crate::engine::{Moment, Optimizer};

impl Step<'_> {
    /// Returns the share that has a name in a formula or in a lesson file: `μ`, also spelled out, `momentum`, `beta1`.
    pub fn kept_named(&self, name: &str) -> Option<Quantity> {
        let optimizer = self.spec().training.optimizer;
        let is_it = |moment: &Moment| {
            let [letter, key] = optimizer.name_of_kept(*moment);
            let is_called = name == key || ascii(name) == ascii(letter);
            optimizer.has_kept(*moment).is_some() && is_called
        };
        Moment::ALL.into_iter().find(is_it).map(Quantity::Kept)
    }

    /// Returns the keys at which a lesson file has a share; `None` for any other quantity.
    pub fn keys_of_kept(&self, share: Quantity) -> Option<Vec<&'static str>> {
        let Quantity::Kept(moment) = share else {
            return None;
        };
        let optimizer = self.spec().training.optimizer;
        let [_, name] = optimizer.name_of_kept(moment);
        Some(match optimizer {
            Optimizer::RmsProp { .. } => vec!["optimizer", "rmsprop", name],
            Optimizer::Adam { .. } => vec!["optimizer", "adam", name],
            _ => vec!["optimizer", name],
        })
    }
}
