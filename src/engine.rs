//! The engine: networks, activations, losses, feedforward, backpropagation, training and data sets.
//!
//! It works on matrices and random numbers and does not depend on lessons or screens. The notation is the lecture's (CS
//! 474/574, Iowa State University, unit 6): `x` are the outputs of a layer, bias-augmented on every layer but the last;
//! `W` has one column per neuron and its bias weights in row 0; the errors `delta` are the derivatives of the batch's
//! mean loss with respect to the weighted sums.

pub mod activation;
pub mod config;
pub mod data;
pub mod init;
pub mod interrupt;
pub mod loss;
pub mod math;
mod matmul;
pub mod network;
pub mod optimizer;
pub mod pass;
pub mod penalty;
pub mod reduction;
mod rng;
mod small;
mod small_batch;
pub mod state;
pub mod training;

pub(crate) use activation::branch;
pub use activation::{Activation, SATURATION_MARGIN, TIE};
pub use config::TrainingConfig;
pub use data::{
    DataError, DataSet, DataSetOptions, Factor, Family, Feature, MadeInputs, Named, Samples,
    ScaledColumns, Scaling, Side, Sides, Statistic, Targets, made_of,
};
pub use init::{Init, InitScheme};
pub use interrupt::Interrupt;
pub use loss::Loss;
pub use math::sign;
pub use network::{
    BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, Bias, Layer, Network, NetworkError, Norm,
};
pub use optimizer::{Moment, Optimizer, OptimizerState, Parameters};
pub use pass::{Pass, PassMode};
pub use penalty::Penalty;
pub use reduction::Reduction;
pub use rng::SeededRng;
pub use state::{TrainState, TrainingProgress};
pub use training::{Evaluation, Trainer};
