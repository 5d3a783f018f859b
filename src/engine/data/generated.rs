//! Sets that are computed: logic gates, curves of one input, classes in the plane.
//!
//! Noise takes two numbers of the seed's [`SeededRng`] for each value it is added to, sample by sample; none where the
//! standard deviation is 0. Points that lie anywhere are drawn by the seed's generator number 1, so that noise moves
//! them and does not draw others.

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
/// The least distance between a point and the curve that parts the classes, upwards or downwards: without noise they can
/// be told apart.
const GAP: f64 = 0.1;

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

/// The curve that parts two classes, and the ends of the rectangle around it in which points are drawn.
struct Parting {
    curve: fn(f64) -> f64,
    x: [f64; 2],
    y: [f64; 2],
}

/// Returns the curve that parts the classes of a set; `None` if they are parted otherwise.
fn parting(named: Named) -> Option<Parting> {
    let parting = |curve, x, y| Some(Parting { curve, x, y });
    match named {
        Named::AboveSin => parting(sin, [-PI, PI], [-2.0, 2.0]),
        Named::AboveCubic => parting(|x| x * x * x - x, [-1.5, 1.5], [-1.5, 1.5]),
        // As much of the rectangle lies above the curve as below it.
        Named::AboveAbs => parting(f64::abs, [-1.0, 1.0], [-0.5, 1.5]),
        _ => None,
    }
}

impl Parting {
    /// Draws points of the rectangle until one lies above the curve, or below it.
    fn draw(&self, is_above: bool, rng: &mut SeededRng) -> [f64; 2] {
        loop {
            let [x, y] = [self.x, self.y].map(|[low, high]| low + (high - low) * rng.unit());
            let above = y - (self.curve)(x);
            if above.abs() >= GAP && (above > 0.0) == is_above {
                return [x, y];
            }
        }
    }
}

/// Returns the samples of two classes in the plane, alternating.
pub(super) fn plane(named: Named, options: &DataSetOptions) -> Samples {
    if let Some(parting) = parting(named) {
        let mut rng = SeededRng::numbered(options.seed, 1);
        return classes(options, |sample| {
            let class = sample % 2;
            (parting.draw(class == 1, &mut rng), class)
        });
    }
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
fn classes(
    options: &DataSetOptions,
    mut sample: impl FnMut(usize) -> ([f64; 2], usize),
) -> Samples {
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
