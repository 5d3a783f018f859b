//! The engine: networks, activations, losses, feedforward, backpropagation, training and data sets.
//!
//! It knows matrices and random numbers and nothing of lessons or screens. The notation is the lecture's
//! (CS 474/574, Iowa State University, unit 6): `x` are outputs of a layer, bias-augmented on every layer
//! but the last; `W` has one column per neuron and its bias weights in row 0; errors `delta` are derivatives
//! of the batch's mean loss by the weighted sums.

pub mod activation;
pub mod data;
pub mod init;
pub mod interrupt;
mod kernel;
pub mod loss;
pub mod method;
pub mod network;
pub mod numeric;
pub mod pass;
pub mod state;
pub mod stream;
pub mod training;

pub use activation::{Activation, SATURATION_MARGIN};
pub use data::{DataError, DataSet, Drawing, Family, Named, Samples, Targets};
pub use init::{Init, Scheme};
pub use interrupt::Interrupt;
pub use loss::Loss;
pub use method::Method;
pub use network::{BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, Layer, Network, NetworkError, Norm};
pub use pass::{Mode, Pass};
pub use state::{Progress, TrainState};
pub use stream::Stream;
pub use training::{Evaluation, Trainer};
