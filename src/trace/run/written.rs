//! A run as a lesson file: its network with the weights it has where one stands, to be trained on.

use serde_json::json;

use super::Run;
use crate::engine::Optimizer;
use crate::lesson::{Edit, Put, Sample, listed_weights};

/// The least number of epochs that the lesson trains for.
const EPOCHS: usize = 100;

impl Run {
    /// Returns the text of a lesson file that begins where one stands: with the network as it is, and the data and the
    /// training as they are changed.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub fn lesson_text(&self) -> Result<String, String> {
        let now = self.now();
        if self
            .state
            .network
            .layers()
            .iter()
            .any(|layer| layer.batch_norm)
        {
            return Err(
                "With batch normalisation it cannot be written: a lesson file has no place for running means and deviations."
                    .to_owned(),
            );
        }
        let put = |key: &str, value: serde_json::Value| Put::new([key.into()], value);
        let nothing = |key: &str| Put::nothing([key.into()]);
        let mut puts = vec![
            nothing("init"),
            put("weights", json!(listed_weights(&self.state.network))),
            put("learning_rate", json!(now.training.rho)),
        ];
        let penalties = [
            ("l2", now.training.penalty.l2),
            ("l1", now.training.penalty.l1),
        ];
        for (key, value) in penalties {
            puts.push(if value > 0.0 {
                put(key, json!(value))
            } else {
                nothing(key)
            });
        }
        if let Optimizer::Momentum { momentum, .. } = now.training.optimizer {
            puts.push(Put::new(
                ["optimizer".into(), "momentum".into()],
                json!(momentum),
            ));
        }
        let edits = self.edits();
        let is_sample = |edit: &Edit| matches!(edit, Edit::Sample { .. });
        if !self.edits.is_empty() || edits.iter().any(is_sample) {
            let given = now.given();
            let listed = |samples: &[Sample]| {
                let samples = samples.iter();
                json!(
                    samples
                        .map(|s| json!({"x": s.x, "y": s.y}))
                        .collect::<Vec<_>>()
                )
            };
            puts.extend([nothing("dataset"), put("data", listed(&given.samples))]);
            if let Some(held_out) = &given.held_out {
                puts.push(put("held_out", json!({"data": listed(held_out)})));
            }
        }
        let (epoch, _) = self.epoch();
        let scenes = json!([{"train": {"epochs": epoch.max(EPOCHS)}}]);
        self.written
            .network_text(&edits, self.network, &puts, &scenes)
            .map_err(|error| format!("This cannot be written: {}.", error.message()))
    }

    /// Returns what a lesson file that begins where one stands does not go on with, in sentences; empty if it goes on with
    /// all.
    pub fn begins_anew(&self) -> String {
        let (epochs, batches) = self.epoch();
        let spec = self.now();
        let training = &spec.training;
        let has_memory = training.optimizer != Optimizer::Descent && self.here() > 0;
        let drops = spec.layers.iter().any(|layer| layer.dropout > 0.0) && self.here() > 0;
        let parts = [
            has_memory.then_some("the optimizer's memory"),
            (training.shuffle.is_some() && epochs > 0).then_some("the order of the samples"),
            drops.then_some("the draws of dropout"),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        let epoch = if batches > 0 {
            "It begins with a new epoch."
        } else {
            ""
        };
        let anew = match parts.join(", ").as_str() {
            "" => String::new(),
            parts => format!("What begins anew in it: {parts}."),
        };
        format!("{epoch} {anew}").trim().to_owned()
    }
}
