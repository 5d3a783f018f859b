//! Sets that are computed: logic gates, curves of one input, classes in the plane.
//!
//! Noise takes two numbers of the seed's [`SeededRng`] for each value it is added to, sample by sample; none where the
//! standard deviation is 0.

use std::f64::consts::PI;

use ndarray::Array2;

use super::named::{DataSetOptions, Named};
use super::samples::{Samples, Targets};
use crate::engine::math::{cos, sin};
use crate::engine::rng::SeededRng;

/// The acceleration of free fall, in m/s².
const GRAVITY: f64 = 9.81;
/// The radius of the inner circle; the outer one has radius 1.
const INNER: f64 = 0.5;

/// Normally distributed noise of a given standard deviation.
struct Noise {
    deviation: f64,
    rng: SeededRng,
}

impl Noise {
    fn from_options(options: &DataSetOptions) -> Self {
        Self {
            deviation: options.noise,
            rng: SeededRng::new(options.seed),
        }
    }

    fn on(&mut self, value: f64) -> f64 {
        if self.deviation > 0.0 {
            value + self.deviation * self.rng.normal()
        } else {
            value
        }
    }
}

/// Returns the samples of a truth table.
pub(super) fn gate(named: Named, options: &DataSetOptions) -> Samples {
    let column: [usize; 4] = match named {
        Named::And => [0, 0, 0, 1],
        Named::Or => [0, 1, 1, 1],
        Named::Nand => [1, 1, 1, 0],
        Named::Nor => [1, 0, 0, 0],
        Named::Xnor => [1, 0, 0, 1],
        _ => [0, 1, 1, 0],
    };
    classes(options, |sample| {
        let row = sample % 4;
        let bit = |bit: bool| f64::from(u8::from(bit));
        ([bit(row >= 2), bit(row % 2 == 1)], column[row])
    })
}

/// Returns the samples of a function at evenly spaced places.
pub(super) fn curve(named: Named, options: &DataSetOptions) -> Samples {
    let (low, high) = match named {
        Named::FreeFall => (0.0, 1.0),
        Named::Sin => (-PI, PI),
        _ => (-1.0, 1.0),
    };
    let function = |x: f64| match named {
        Named::FreeFall => 0.5 * GRAVITY * x * x,
        Named::Square => x * x,
        Named::Sin => sin(x),
        Named::Abs => x.abs(),
        _ => f64::from(u8::from(x >= 0.0)),
    };
    let last = (options.samples - 1) as f64;
    let x = Array2::from_shape_fn((options.samples, 1), |(sample, _)| {
        low + (high - low) * (sample as f64 / last)
    });
    let mut noise = Noise::from_options(options);
    let y = x.map(|&x| noise.on(function(x)));
    let feature = if named == Named::FreeFall { "t" } else { "x" };
    Samples {
        x,
        targets: Targets::Numbers(y),
        features: vec![feature.to_owned()],
        classes: Vec::new(),
    }
}

/// Returns the samples of two classes in the plane, alternating.
pub(super) fn plane(named: Named, options: &DataSetOptions) -> Samples {
    classes(options, |sample| {
        let class = sample % 2;
        let is_second = class == 1;
        // The place of the sample in its class, and how many the class has.
        let place = (sample / 2) as f64;
        let count = ((options.samples + 1 - class) / 2) as f64;
        let point = match named {
            Named::Circles => {
                let angle = 2.0 * PI * place / count;
                let radius = if is_second { INNER } else { 1.0 };
                [radius * cos(angle), radius * sin(angle)]
            }
            Named::Moons => {
                let angle = PI * place / (count - 1.0);
                if is_second {
                    [1.0 - cos(angle), 0.5 - sin(angle)]
                } else {
                    [cos(angle), sin(angle)]
                }
            }
            Named::Spiral => {
                let radius = (place + 1.0) / count;
                // The second arm is the first, turned by half a turn.
                let sign = if is_second { -1.0 } else { 1.0 };
                let angle = 2.0 * PI * radius;
                [sign * radius * cos(angle), sign * radius * sin(angle)]
            }
            _ if is_second => [1.0, 1.0],
            _ => [-1.0, -1.0],
        };
        (point, class)
    })
}

/// Returns points with noise, and their classes.
fn classes(options: &DataSetOptions, sample: impl Fn(usize) -> ([f64; 2], usize)) -> Samples {
    let mut noise = Noise::from_options(options);
    let mut x = Array2::zeros((options.samples, 2));
    let mut labels = Vec::with_capacity(options.samples);
    for (index, mut row) in x.rows_mut().into_iter().enumerate() {
        let (point, label) = sample(index);
        for (x, value) in row.iter_mut().zip(point) {
            *x = noise.on(value);
        }
        labels.push(label);
    }
    Samples {
        x,
        targets: Targets::Classes { labels, count: 2 },
        features: Vec::new(),
        classes: Vec::new(),
    }
}
