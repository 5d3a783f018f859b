//! The engine's own exp, logistic, tanh, logarithms, sine and cosine.

use std::collections::BTreeMap;

use ndarray::{Array2, Axis, arr2, concatenate};
use nn_tutor::engine::{Activation, DataSet, Layer, Loss, Network, Pass, math};

/// Returns the distance of the two in units in the last place of `right`.
fn ulps(found: f64, right: f64) -> f64 {
    if found.to_bits() == right.to_bits() {
        return 0.0;
    }
    let unit = right.abs().next_up() - right.abs();
    (found - right).abs() / unit
}

#[test]
fn functions_are_near_the_correctly_rounded_values() {
    let golden: BTreeMap<String, Vec<[f64; 2]>> =
        serde_json::from_str(include_str!("../../golden/functions.json")).unwrap();
    assert_eq!(golden.len(), 7);
    for (name, points) in golden {
        // The rounded value itself is up to half a unit off, so that these are 1.5 and 3 from the truth.
        let (function, limit): (fn(f64) -> f64, f64) = match name.as_str() {
            "exp" => (math::exp, 1.0),
            "ln" => (math::ln, 1.0),
            "ln_1p" => (math::ln_1p, 1.0),
            "sin" => (math::sin, 1.0),
            "cos" => (math::cos, 1.0),
            "logistic" => (math::logistic, 2.5),
            "tanh" => (math::tanh, 2.5),
            _ => panic!("{name}"),
        };
        assert!(points.len() > 100);
        for [x, right] in points {
            let found = function(x);
            assert!(
                ulps(found, right) <= limit,
                "{name}({x:e}) = {found:e}, not {right:e}"
            );
        }
    }
}

#[test]
fn functions_are_near_those_of_the_standard_library() {
    // Many more points than the golden ones, but the platform's own error and that of the formula add to ours.
    let n = 200_000;
    for i in 0..=n {
        let share = f64::from(i) / f64::from(n) * 2.0 - 1.0;
        let x = 700.0 * share * share * share;
        assert!(ulps(math::exp(x), x.exp()) <= 2.5, "exp({x})");
        assert!(ulps(math::tanh(x), x.tanh()) <= 5.0, "tanh({x})");
        let logistic = if x > 0.0 {
            1.0 / (1.0 + (-x).exp())
        } else {
            x.exp() / (1.0 + x.exp())
        };
        assert!(ulps(math::logistic(x), logistic) <= 6.0, "logistic({x})");
        assert!(
            ulps(math::ln_1p(x.abs()), x.abs().ln_1p()) <= 2.5,
            "ln_1p({x})"
        );
        let angle = 1e5 * share * share * share;
        assert!(ulps(math::sin(angle), angle.sin()) <= 2.5, "sin({angle})");
        assert!(ulps(math::cos(angle), angle.cos()) <= 2.5, "cos({angle})");
    }
}

#[test]
fn functions_keep_their_limits() {
    for x in [40.0, 709.0, 1e5, f64::MAX, f64::INFINITY] {
        assert_eq!(math::tanh(x), 1.0);
        assert_eq!(math::tanh(-x), -1.0);
        assert_eq!(math::logistic(x), 1.0);
        assert!((0.0..1e-17).contains(&math::logistic(-x)));
        assert!(math::logistic(-x) > 0.0);
    }
    assert_eq!(math::exp(f64::INFINITY), f64::INFINITY);
    assert_eq!(math::exp(f64::NEG_INFINITY), 0.0);
    assert_eq!(math::exp(0.0), 1.0);
    assert_eq!(math::logistic(0.0), 0.5);
    assert_eq!(math::tanh(-0.0).to_bits(), (-0.0_f64).to_bits());
    assert_eq!(math::ln(1.0), 0.0);
    assert_eq!(math::ln_1p(0.0), 0.0);
    assert!(math::exp(f64::NAN).is_nan());
    assert!(math::tanh(f64::NAN).is_nan());
    assert!(math::logistic(f64::NAN).is_nan());
    assert!(math::sin(f64::NAN).is_nan());
    assert!(math::cos(f64::INFINITY).is_nan());
    assert_eq!(math::sin(-0.0).to_bits(), (-0.0_f64).to_bits());
    assert_eq!(math::cos(0.0), 1.0);
    // tanh is odd to the bit.
    for i in 0..1000 {
        let x = f64::from(i) * 0.0307;
        assert_eq!(math::tanh(-x), -math::tanh(x));
    }
}

#[test]
fn a_slice_has_the_bits_of_its_elements() {
    // Lengths around every width that a compiler may choose for a loop, and of more than one block.
    for n in (0..40).chain([64, 69]) {
        // Some are at a limit, where slopes are computed from them, anywhere among the others.
        let z: Vec<f64> = (0..n)
            .map(|i| f64::from(i * i % 37) * 0.9 * f64::from(1 - i % 3) + 1e-3 * f64::from(i))
            .collect();
        let mut out = z.clone();
        math::exp_slice(&mut out);
        assert!(
            z.iter()
                .zip(&out)
                .all(|(&z, out)| math::exp(z).to_bits() == out.to_bits())
        );
        if n == 0 {
            continue;
        }
        // A pass feeds forward and backpropagates whole slices: of a unit in a batch, of many units for one sample.
        let others = [(Activation::Logistic, 0.3), (Activation::Tanh, 2.5)];
        let others = others.map(|(activation, value)| activation.with_parameter(value));
        for activation in Activation::ALL.into_iter().chain(others) {
            if activation == Activation::Softmax {
                continue;
            }
            let column = Array2::from_shape_vec((z.len(), 1), z.clone()).unwrap();
            let row = Array2::from_shape_vec((1, z.len()), z.clone()).unwrap();
            let one = Array2::ones((1, 1));
            let batch = (column.clone(), arr2(&[[0.0], [1.0]]), column);
            let rows = concatenate![Axis(0), &row * 0.0, row];
            let units = (one, rows, row);
            for (x, weights, y) in [batch, units] {
                let layers = vec![Layer::new(weights.ncols(), activation)];
                let network = Network::new(1, layers, vec![weights]).unwrap();
                let data = DataSet::new(x, y).unwrap();
                let all: Vec<usize> = (0..data.len()).collect();
                let mut pass = Pass::new(&network, data.len());
                pass.load(&data, &all);
                pass.feedforward(&network);
                pass.backpropagation(&network, Loss::MeanSquared);
                let (outputs, slopes) = (pass.x(1), pass.psi(1));
                for ((&z, &output), &psi) in pass.z(1).iter().zip(outputs).zip(slopes) {
                    assert_eq!(activation.phi(z).to_bits(), output.to_bits(), "φ({z})");
                    let expected = activation.psi_of(&[z], &[output], 0);
                    assert_eq!(expected.to_bits(), psi.to_bits(), "ψ at {z}");
                }
            }
        }
    }
}

#[test]
fn the_bits_are_the_same_on_every_machine() {
    // Written down once; any other compiler, processor or system must come to the same.
    let fold = |f: fn(f64) -> f64, from: f64, to: f64| {
        (0..4096).fold(0_u64, |hash, i| {
            let x = from + (to - from) * f64::from(i) / 4096.0;
            hash.rotate_left(5) ^ f(x).to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    };
    let found = [
        fold(math::exp, -745.0, 709.0),
        fold(math::logistic, -40.0, 40.0),
        fold(math::tanh, -20.0, 20.0),
        fold(math::ln, 1e-9, 100.0),
        fold(math::ln_1p, 0.0, 9.0),
        fold(math::sin, -100.0, 90.0),
        fold(math::cos, -9.0, 1e4),
    ];
    let expected = [
        0x2eaf_1a54_b9ec_745a,
        0x4125_d079_49ff_7abe,
        0xaf92_a251_9b38_25c4,
        0x0a97_d569_5f47_3362,
        0x485d_79bf_ffff_e3ed,
        0xd178_5e03_1392_5f7c,
        0xd706_f59b_b8b8_8c24,
    ];
    assert_eq!(found, expected);
}
