//! Changes by the name of what they change, as a learner types it.

use super::{Change, Run};
use crate::algebra::notation::ascii;
use crate::algebra::{Cell, Quantity};
use crate::engine::{Moment, Optimizer};
use crate::lesson::{Assignment, NetworkSpec, Settings, ValueName};
use crate::trace::loss_map;

/// Returns what can be changed by its name.
fn what(spec: &NetworkSpec) -> String {
    let settings = ["rho", "alpha", "alpha1", "batch"].map(str::to_owned);
    let mut names: Vec<String> = settings.into_iter().collect();
    names.extend(names_of_kept(spec.training.optimizer));
    names.push(learned(spec));
    format!("What can be set is {}.", names.join(", "))
}

/// Returns the names of the shares that an optimizer keeps, as they are typed.
fn names_of_kept(optimizer: Optimizer) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for moment in Moment::ALL {
        let [letter, key] = optimizer.name_of_kept(moment);
        // A share is called by its letter, and by its key where a letter has an index.
        let letter = ascii(letter);
        let name = if letter.contains('_') {
            key.to_owned()
        } else {
            letter
        };
        if optimizer.has_kept(moment).is_some() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns what is learned, by its names: what a network has of it.
fn learned(spec: &NetworkSpec) -> String {
    let weights = "W(l)[i,j] with i = 0 for the bias";
    if spec.layers.iter().any(|layer| layer.batch_norm) {
        format!("{weights}, and gamma(l)[i] and beta(l)[i] of batch normalisation")
    } else {
        format!("and {weights}")
    }
}

/// Returns that a name is not one of what is learned.
fn not_learned(spec: &NetworkSpec) -> String {
    let learned = learned(spec);
    let learned = learned.strip_prefix("and ").unwrap_or(&learned);
    format!("What is learned is {learned}.")
}

impl Change {
    /// Returns the number of what is learned that has a name, as [`named`](Self::named) has it.
    ///
    /// # Errors
    /// Says in a sentence that there is none.
    pub fn cell_named(name: &str, spec: &NetworkSpec) -> Result<Cell, String> {
        let named = ValueName::parse_typed(name).map_err(|_| not_learned(spec))?;
        match named.quantity {
            quantity @ (Quantity::Weights(_) | Quantity::Scale(_)) if !named.before => {
                let [row, column] = number((name, &named), 0.0, spec)?.place;
                Ok(Cell::new(quantity, row, column))
            }
            _ => Err(not_learned(spec)),
        }
    }

    /// Returns the change of what has a name: `rho`, `alpha`, `alpha1`, `batch`, a weight as `W(0)[1,2]`, γ or β as
    /// `S(1)[1,2]` or `beta(1)[1]`.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub fn named(name: &str, value: f64, spec: &NetworkSpec) -> Result<Self, String> {
        let mut settings = Settings::default();
        if name == "batch" {
            let most = spec.data.len();
            let sizes = (1..=most).find(|size| (*size as f64).total_cmp(&value).is_eq());
            let Some(size) = sizes else {
                return Err(format!("A batch has from 1 to {most} samples."));
            };
            settings.batch_size = Some(size);
            return Ok(Self {
                settings,
                ..Self::default()
            });
        }
        let named = ValueName::parse_typed(name).map_err(|_| what(spec))?;
        match named.quantity {
            _ if named.before => return Err(what(spec)),
            Quantity::Rate => settings.rho = Some(value),
            Quantity::Alpha => settings.l2 = Some(value),
            Quantity::Alpha1 => settings.l1 = Some(value),
            _ => {
                let number = number((name, &named), value, spec)?;
                return Ok(Self {
                    numbers: vec![number],
                    ..Self::default()
                });
            }
        }
        Ok(Self {
            settings,
            ..Self::default()
        })
    }
}

impl Run {
    /// Returns what a name that [`Change::named`] takes stands for at this update.
    pub fn value_named(&self, name: &str) -> Option<f64> {
        let spec = self.now();
        if name == "batch" {
            return Some(spec.training.batch_size as f64);
        }
        let penalty = spec.training.penalty;
        match ValueName::parse_typed(name).ok()?.quantity {
            Quantity::Rate => Some(spec.training.rho),
            Quantity::Alpha => Some(penalty.l2),
            Quantity::Alpha1 => Some(penalty.l1),
            _ => loss_map::number(&self.state.network, Change::cell_named(name, spec).ok()?),
        }
    }
}

/// Returns the number of what is learned that has a name.
fn number(
    (name, named): (&str, &ValueName),
    value: f64,
    spec: &NetworkSpec,
) -> Result<Assignment, String> {
    let (Some(row), Some(column)) = (named.row, named.column) else {
        return Err(what(spec));
    };
    let quantity = named.quantity;
    let none = || Err(format!("This network has no {name}."));
    let place = match quantity {
        Quantity::Weights(l) => {
            let (Some(before), Some(layer)) = (spec.units(l), spec.layers.get(l)) else {
                return none();
            };
            let is_there = row <= before && (1..=layer.units).contains(&column);
            if !is_there || !layer.has_weight(row, column - 1) {
                return none();
            }
            [row, column - 1]
        }
        Quantity::Scale(l) => {
            let layer = l.checked_sub(1).and_then(|index| spec.layers.get(index));
            let Some(layer) = layer.filter(|layer| layer.batch_norm) else {
                return none();
            };
            if !(1..=layer.units).contains(&row) || !(1..=2).contains(&column) {
                return none();
            }
            [row - 1, column - 1]
        }
        _ => {
            return Err(format!(
                "{quantity} is not set but computed, or given. {}",
                what(spec)
            ));
        }
    };
    Ok(Assignment {
        quantity,
        place,
        value,
    })
}
