//! A run as a lesson file: its network with the weights it has where one stands, to be trained on.

use ndarray::Array2;
use serde_json::json;

use super::Run;
use crate::engine::{Optimizer, Parameters, TrainingProgress};
use crate::lesson::{
    Batch, MOMENTS, Put, Sample, listed_matrices, listed_optimizer, listed_weights,
};

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
            match self.trained() {
                Some(trained) => put("trained", trained),
                None => nothing("trained"),
            },
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
        // Scenes may have changed them before the run began.
        puts.push(put("optimizer", listed_optimizer(now.training.optimizer)));
        puts.push(match self.batch {
            Batch::All => put("batch", json!("all")),
            Batch::Size(size) => put("batch", json!(size)),
        });
        let edits = self.edits();
        let (epoch, _) = self.epoch();
        let scenes = json!([{"train": {"epochs": epoch.max(EPOCHS)}}]);
        let text = |puts: &[Put]| {
            self.written
                .network_text(&edits, self.network, puts, &scenes)
        };
        if let Ok((text, read)) = text(&puts) {
            let network = &read.networks[0];
            if (&network.data, &network.held_out) == (&now.data, &now.held_out) {
                return Ok(text);
            }
        }
        // The samples are no longer those that the file names: they are listed.
        let given = now.given();
        let listed = |samples: &[Sample]| {
            let samples = samples.iter().map(|s| json!({"x": s.x, "y": s.y}));
            json!(samples.collect::<Vec<_>>())
        };
        puts.extend([nothing("dataset"), put("data", listed(&given.samples))]);
        puts.extend(now.names().map(|names| put("names", names)));
        if let Some(held_out) = &given.held_out {
            puts.push(put("held_out", json!({"data": listed(held_out)})));
        }
        let (text, _) =
            text(&puts).map_err(|error| format!("This cannot be written: {}.", error.message()))?;
        Ok(text)
    }

    /// Returns the training that the weights have had where one stands, as a lesson file says it.
    fn trained(&self) -> Option<serde_json::Value> {
        let progress = self.state.progress;
        if progress == TrainingProgress::default() {
            return None;
        }
        let mut trained = json!({
            "epochs": progress.epochs,
            "batches": progress.batches,
            "updates": progress.updates,
        });
        let optimizer = self.now().training.optimizer;
        let kept = self.state.optimizer.of(optimizer);
        if optimizer != Optimizer::Descent && kept.updates() > 0 {
            let network = &self.state.network;
            let mut memory = json!({"updates": kept.updates()});
            for (key, moment) in MOMENTS
                .into_iter()
                .filter(|(_, moment)| optimizer.has(*moment))
            {
                let of_layer = |l| {
                    let numbers = kept.numbers(moment, Parameters::Weights(l))?.to_vec();
                    Array2::from_shape_vec(network.weights(l).raw_dim(), numbers).ok()
                };
                let all: Option<Vec<Array2<f64>>> = (0..network.last()).map(of_layer).collect();
                memory[key] = json!(listed_matrices(
                    network.layers(),
                    all?.iter().map(|matrix| matrix.view())
                ));
            }
            trained["optimizer"] = memory;
        }
        Some(trained)
    }
}
