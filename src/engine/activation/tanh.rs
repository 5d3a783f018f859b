//! The hyperbolic tangent.

use multiversion::multiversion;

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one, phi_then_slopes,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "tanh",
    aliases: &["hyperbolic tangent", "tansig"],
    parameter: Some("steepness"),
    limits: |_| (-1.0, 1.0),
    bend: Bend::Smooth,
    saturation: Saturation::NearLimits,
    criterion: Criterion::Side(0.0),
    reach: 4.0,
    maths: Maths::from_function::<Tanh>(),
    words: "tanh: any sum is squeezed between −1 and 1",
    noun: "tanh",
    formula: "tanh z",
    numbers: "tanh({z})",
    numpy: &["np.tanh({z})"],
    numpy_of_tiny: None,
    python: &["np.tanh"],
    slope: Slope {
        formula: "1 − {x}²",
        numbers: "(1−{(x)}²)",
        numbers_at_limit: Some("4 / (e^{z} + e^{-z})²"),
        values: "ψ is at most 1",
        numpy: "1 - {x} ** 2",
        numpy_at_limit: Some("4 * np.exp(-2 * np.logaddexp({z}, -{z}))"),
        python: Some("lambda x: 1 - x**2"),
    },
    mistaken_for: &[Activation::Logistic, Activation::Bipolar],
};

const STEEP: ActivationFacts = ActivationFacts {
    maths: Maths::from_function::<SteepTanh>(),
    words: "tanh of {a} times the sum, squeezed between −1 and 1",
    formula: "tanh({a}z)",
    numbers: "tanh({a}·{(z)})",
    numpy: &["np.tanh({a} * {z})"],
    python: &["lambda z: np.tanh({a} * z)"],
    slope: Slope {
        formula: "{a}(1 − {x}²)",
        numbers: "{a}·(1−{(x)}²)",
        numbers_at_limit: Some("4·{a} / (e^({a}·{(z)}) + e^(−{a}·{(z)}))²"),
        values: "ψ is at most {a}",
        numpy: "{a} * (1 - {x} ** 2)",
        numpy_at_limit: Some("4 * {a} * np.exp(-2 * np.logaddexp({a} * {z}, -{a} * {z}))"),
        python: Some("lambda x: {a} * (1 - x**2)"),
    },
    ..FACTS
};

pub(super) const fn facts(_steepness: f64) -> &'static ActivationFacts {
    &STEEP
}

pub(super) struct Tanh;

impl Function for Tanh {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output.abs()),
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, _| slope_far_out(z),
    });
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        math::tanh(z)
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        1.0 - output * output
    }

    fn phi_and_slopes(z: &[f64], [out, psi]: [&mut [f64]; 2], parameter: f64) {
        if !outputs_and_slopes(z, out, psi) {
            phi_then_slopes::<Self>(z, [out, psi], parameter);
        }
    }
}

/// Writes tanh and its slope, four at a time. The slope near a limit is computed for all: it needs much of what tanh is
/// made of, and a processor guesses wrong where such outputs are. Returns whether it is right, which it is in the range of
/// [`math::tanh_and_power`].
#[multiversion(targets("x86_64+avx2"))]
fn outputs_and_slopes(z: &[f64], out: &mut [f64], psi: &mut [f64]) -> bool {
    let mut largest = [0.0; 4];
    let to = out.as_chunks_mut::<4>().0.iter_mut();
    let to = to.zip(psi.as_chunks_mut::<4>().0);
    for (z, (out, psi)) in z.as_chunks::<4>().0.iter().zip(to) {
        let mut outputs = [0.0; 4];
        let mut slopes = [0.0; 4];
        for lane in 0..4 {
            let [output, power] = math::tanh_and_power(z[lane]);
            let (near, slope) = (slope_of_power(power), Tanh::psi(output, 1.0));
            outputs[lane] = output;
            if z[lane].abs() > largest[lane] {
                largest[lane] = z[lane].abs();
            }
            slopes[lane] = if is_nearly_one(output.abs()) {
                near
            } else {
                slope
            };
        }
        (*out, *psi) = (outputs, slopes);
    }
    largest.iter().all(|z| *z <= math::TANH_AND_POWER_RANGE)
}

/// tanh of k times the sum.
pub(super) struct SteepTanh;

impl Function for SteepTanh {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output.abs()),
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, k| k * slope_far_out(k * z),
    });
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, k: f64) -> f64 {
        math::tanh(k * z)
    }

    #[inline]
    fn psi(output: f64, k: f64) -> f64 {
        k * (1.0 - output * output)
    }
}

/// Returns the slope of tanh from its argument, exact where tanh is near 1 or −1.
pub(super) fn slope_far_out(z: f64) -> f64 {
    slope_of_power(math::exp(-2.0 * z.abs()))
}

/// Returns the slope of tanh from e^−2|z|.
#[inline(always)]
#[allow(clippy::inline_always)]
fn slope_of_power(power: f64) -> f64 {
    4.0 * power / ((1.0 + power) * (1.0 + power))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both functions at once have the bits of one after the other: near 0 and far out, around every bound, and for what is
    /// not a number.
    #[test]
    fn outputs_and_slopes_have_the_bits_of_functions_of_their_own() {
        let ends = [7.27, 7.28, 21.9, 22.1, 349.9, 350.0, 350.1, 373.0, 800.0];
        let special = [0.0, 1e-310, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN];
        let spread = (0..4_000).map(|i| f64::from(i) * 0.09 + 1e-3 / f64::from(i + 1));
        let all = spread.chain(ends).chain(special);
        for z in all.flat_map(|z| [z, -z]) {
            // Among others the range of all four may be left.
            for four in [[z; 4], [z, 1.0, -9.0, 0.1]] {
                let [mut out, mut psi, mut own_out, mut own_psi] = [[0.0; 4]; 4];
                Activation::Tanh.phi_and_slopes(&four, [&mut out, &mut psi]);
                phi_then_slopes::<Tanh>(&four, [&mut own_out, &mut own_psi], 1.0);
                let bits = |values: [f64; 4]| values.map(f64::to_bits);
                assert_eq!(bits(out), bits(own_out), "{four:?}");
                assert_eq!(bits(psi), bits(own_psi), "{four:?}");
                if !z.is_nan() {
                    assert_eq!(out[0].to_bits(), math::tanh(z).to_bits(), "{z}");
                }
            }
        }
    }
}
