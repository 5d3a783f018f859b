//! Exponential, logistic, tanh, logarithm, sine and cosine with the same bits on every machine.
//!
//! The functions of the standard library call the platform's mathematics library, whose last digits differ from system
//! to system. A lesson must show the same digits everywhere, so these functions use only additions, multiplications,
//! divisions and bit shifts, which IEEE 754 defines to the bit. None fuses a product and a sum into one rounding, and
//! those that loops call do not branch on their argument: a compiler may process several elements of a slice at a time
//! and still produce the same bits. Where a processor has AVX2, those for slices take four at a time.
//!
//! Measured against correctly rounded values (see the tests), [`exp`], [`ln`] and [`ln_1p`] are within 1.5 units in the
//! last place, as are [`sin`] and [`cos`] up to |x| = 10⁵; [`logistic`] and [`tanh`] are within 3. NaN in gives NaN
//! out.

use multiversion::multiversion;

/// log₂ e.
const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// The upper part of ln 2: its last 20 bits are 0, so that its products with an exponent are exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
/// The lower part of ln 2: ln 2 − `LN_2_HIGH`.
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
/// 1.5 · 2⁵². Adding it rounds a number to an integer and leaves that integer in the lowest bits of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// The number of fraction bits of an `f64`.
const FRACTION: u32 = 52;
/// The exponent bias of an `f64`.
const BIAS: u64 = 1023;

/// The largest |z| that [`logistic`] distinguishes: e^±708 is the last power that is a normal number.
const LOGISTIC_RANGE: f64 = 708.0;
/// The |z| from which tanh is ±1 in every bit.
const TANH_RANGE: f64 = 22.0;
/// The largest |z| for [`tanh_and_power`]: e^2|z| and e^−2|z| are normal numbers.
pub(super) const TANH_AND_POWER_RANGE: f64 = 350.0;

/// Returns e^x: infinity above about 709.8, zero below about −745.1.
#[inline]
pub fn exp(x: f64) -> f64 {
    let x = clamp(x, -746.0, 710.0);
    let (k, r, tail) = reduce(x);
    // 2^k itself may not be a normal number, but its two halves are.
    let half = (k * 0.5 + ROUND) - ROUND;
    (1.0 + (r + tail)) * power_of_2(half) * power_of_2(k - half)
}

/// Returns e^x − 1 for x ≤ 0, exact to the last digits near 0 too.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    // From −40 on it is −1 in every bit.
    let (k, r, tail) = reduce(clamp(x, -40.0, 0.0));
    let power = power_of_2(k);
    power * (r + tail) + (power - 1.0)
}

/// Returns 1 / (1 + e^−z), which is never 0: below z = −708 it keeps the value it has there.
///
/// With e^−z = 2^k e^r it is computed as 2^−k / (2^−k + e^r), where all but the last term of the sum is known early.
#[inline]
pub fn logistic(z: f64) -> f64 {
    let (k, r, tail) = reduce(clamp(-z, -LOGISTIC_RANGE, LOGISTIC_RANGE));
    let power = power_of_2(-k);
    power / ((power + (1.0 + r)) + tail)
}

/// Returns the hyperbolic tangent, computed as (e^2z − 1) / (e^2z + 1), where e^2z − 1 is never the difference of two
/// nearly equal numbers.
#[inline]
pub fn tanh(z: f64) -> f64 {
    let (k, r, tail) = reduce(2.0 * clamp(z.abs(), 0.0, TANH_RANGE));
    let power = power_of_2(k);
    let expm1 = power * (r + tail) + (power - 1.0);
    (expm1 / (expm1 + 2.0)).copysign(z)
}

/// Returns tanh z and e^−2|z|, which have much of their work in common, for |z| up to [`TANH_AND_POWER_RANGE`]. The bits are
/// those of [`tanh`] and [`exp`].
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn tanh_and_power(z: f64) -> [f64; 2] {
    let (k, r) = remainder(2.0 * clamp(z.abs(), 0.0, TANH_AND_POWER_RANGE));
    let [up, down] = tails(r);
    let power = power_of_2(k);
    let expm1 = power * (r + up) + (power - 1.0);
    let tanh = expm1 / (expm1 + 2.0);
    let power = (1.0 + (down - r)) * power_of_2(-k);
    [tanh.copysign(z), power]
}

/// Returns the natural logarithm of a positive, finite number.
///
/// With x = 2^k · m and m between √½ and √2 it is k ln 2 + log m, and log m = 2 artanh s with s = (m − 1) / (m + 1).
pub fn ln(x: f64) -> f64 {
    if x < f64::MIN_POSITIVE {
        // Scaled by 2^54 it is a normal number.
        let (k, f) = split(x * 18_014_398_509_481_984.0);
        return ln_parts(k - 54.0, f, 0.0);
    }
    let (k, f) = split(x);
    ln_parts(k, f, 0.0)
}

/// Returns log(1 + x) of a finite number x ≥ 0, exact even where 1 + x rounds x away.
pub fn ln_1p(x: f64) -> f64 {
    // √2 − 1: up to here 1 + x needs no shift of its exponent.
    if x < std::f64::consts::SQRT_2 - 1.0 {
        return ln_parts(0.0, x, 0.0);
    }
    let sum = 1.0 + x;
    // The part of x that the sum has rounded away, relative to the sum.
    let lost = if x < 1.0 {
        x - (sum - 1.0)
    } else {
        1.0 - (sum - x)
    } / sum;
    let (k, f) = split(sum);
    ln_parts(k, f, lost)
}

/// Returns the sine of an angle in radians, up to ±10⁵; beyond that the angle loses digits.
pub fn sin(x: f64) -> f64 {
    let (quarter, r, tail) = quarter_turns(x);
    match quarter {
        0 => sin_parts(r, tail),
        1 => cos_parts(r, tail),
        2 => -sin_parts(r, tail),
        _ => -cos_parts(r, tail),
    }
}

/// Returns the cosine of an angle in radians, up to ±10⁵; beyond that the angle loses digits.
pub fn cos(x: f64) -> f64 {
    let (quarter, r, tail) = quarter_turns(x);
    match quarter {
        0 => cos_parts(r, tail),
        1 => -sin_parts(r, tail),
        2 => -cos_parts(r, tail),
        _ => sin_parts(r, tail),
    }
}

/// Replaces every element by its [`exp`].
pub fn exp_slice(values: &mut [f64]) {
    #[multiversion(targets("x86_64+avx2"))]
    fn wide(values: &mut [f64]) {
        for value in values {
            *value = exp(*value);
        }
    }
    wide(values);
}

/// Calls `f` with the elements of all slices at each place, and puts what it returns into those of `to`.
///
/// Four places are taken at a time, so that a compiler makes vectors of them even where there are only a few; the last
/// four overlap those before.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn each<const I: usize, const O: usize>(
    from: [&[f64]; I],
    to: [&mut [f64]; O],
    f: impl Fn([f64; I], [f64; O]) -> [f64; O],
) {
    each_of::<4, I, O>(from, to, f);
}

/// Does the same as [`each`] with `C` places at a time.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn each_of<const C: usize, const I: usize, const O: usize>(
    from: [&[f64]; I],
    mut to: [&mut [f64]; O],
    f: impl Fn([f64; I], [f64; O]) -> [f64; O],
) {
    // A closure may be left out of line, where it would be compiled for narrow vectors.
    #[inline(always)]
    fn of_all<const C: usize, const I: usize, const O: usize>(
        f: &impl Fn([f64; I], [f64; O]) -> [f64; O],
        from: [[f64; C]; I],
        mut to: [[f64; C]; O],
    ) -> [[f64; C]; O] {
        for lane in 0..C {
            let new = f(from.map(|from| from[lane]), to.map(|to| to[lane]));
            for (to, new) in to.iter_mut().zip(new) {
                to[lane] = new;
            }
        }
        to
    }
    #[inline(always)]
    fn all<const C: usize>(slice: &[f64], at: usize) -> [f64; C] {
        let all = &slice[at..at + C];
        std::array::from_fn(|lane| all[lane])
    }
    let len = to[0].len();
    let from = from.map(|from| &from[..len]);
    to = to.map(|to| &mut to[..len]);
    let Some(last) = len.checked_sub(C) else {
        for place in 0..len {
            let old = std::array::from_fn(|o| to[o][place]);
            for (to, new) in to.iter_mut().zip(f(from.map(|from| from[place]), old)) {
                to[place] = new;
            }
        }
        return;
    };
    // Taken before any of them changes.
    let old = std::array::from_fn(|o| all::<C>(to[o], last));
    let new_last = of_all(&f, from.map(|from| all::<C>(from, last)), old);
    let mut at = 0;
    while at < last {
        let old = std::array::from_fn(|o| all::<C>(to[o], at));
        let new = of_all(&f, from.map(|from| all::<C>(from, at)), old);
        for (to, new) in to.iter_mut().zip(&new) {
            to[at..at + C].copy_from_slice(new);
        }
        at += C;
    }
    for (to, new) in to.iter_mut().zip(&new_last) {
        to[last..].copy_from_slice(new);
    }
}

/// Returns the same as `f64::clamp`, but by the two comparisons that a vector unit has; NaN stays NaN.
#[inline]
const fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// Returns k, r and e^r − 1 − r, where x = k ln 2 + r and |r| ≤ ½ ln 2.
#[inline]
fn reduce(x: f64) -> (f64, f64, f64) {
    let (k, r) = remainder(x);
    let [tail, _] = tails(r);
    (k, r, tail)
}

/// Returns k and r, where x = k ln 2 + r and |r| ≤ ½ ln 2. Those of −x are −k and −r.
#[inline]
fn remainder(x: f64) -> (f64, f64) {
    let k = (x * LOG2_E + ROUND) - ROUND;
    (k, (x - k * LN_2_HIGH) - k * LN_2_LOW)
}

/// Returns e^r − 1 − r and e^−r − 1 + r for |r| ≤ ½ ln 2, from the Taylor polynomial of degree 13, whose first omitted term
/// is below 2^−57.
#[inline]
fn tails(r: f64) -> [f64; 2] {
    // Σ rⁿ / (n + 2)!, n = 0 … 11, in pairs, so that few products depend on each other.
    const EVEN: [f64; 6] = [
        1.0 / 2.0,
        1.0 / 24.0,
        1.0 / 720.0,
        1.0 / 40_320.0,
        1.0 / 3_628_800.0,
        1.0 / 479_001_600.0,
    ];
    let odd = [
        r * (1.0 / 6.0),
        r * (1.0 / 120.0),
        r * (1.0 / 5_040.0),
        r * (1.0 / 362_880.0),
        r * (1.0 / 39_916_800.0),
        r * (1.0 / 6_227_020_800.0),
    ];
    let r2 = r * r;
    let r4 = r2 * r2;
    let tail = |[p0, p1, p2, p3, p4, p5]: [f64; 6]| {
        let low = (p0 + p1 * r2) + (p2 + p3 * r2) * r4;
        r2 * (low + (p4 + p5 * r2) * (r4 * r4))
    };
    [
        tail(std::array::from_fn(|n| EVEN[n] + odd[n])),
        tail(std::array::from_fn(|n| EVEN[n] - odd[n])),
    ]
}

/// Returns 2^k for an integer k from −1022 to 1023.
#[inline]
fn power_of_2(k: f64) -> f64 {
    f64::from_bits((k + ROUND).to_bits().wrapping_add(BIAS) << FRACTION)
}

/// Returns k and m − 1, where x = 2^k · m and √½ < m ≤ √2, for a positive normal number x.
fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits();
    let k = (bits >> FRACTION) as f64 - BIAS as f64;
    let m = f64::from_bits(bits & ((1 << FRACTION) - 1) | BIAS << FRACTION);
    if m > std::f64::consts::SQRT_2 {
        (k + 1.0, m * 0.5 - 1.0)
    } else {
        (k, m - 1.0)
    }
}

/// Returns k ln 2 + log(1 + f) + `lost`.
///
/// With s = f / (2 + f), log(1 + f) = f − s (f − R), R = Σ 2 s²ⁿ / (2n + 1). The coefficients near 2 / (2n + 1), which
/// minimise the error of seven terms, and the order of the sums, which keeps rounding small, are those of fdlibm
/// (`e_log.c`, Sun Microsystems, 1993).
fn ln_parts(k: f64, f: f64, lost: f64) -> f64 {
    const C: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    let s = f / (2.0 + f);
    let s2 = s * s;
    let rest = C.iter().rev().fold(0.0, |sum, c| (sum + c) * s2);
    let half = 0.5 * f * f;
    k * LN_2_HIGH - ((half - (s * (half + rest) + (k * LN_2_LOW + lost))) - f)
}

/// Returns k modulo 4 and r, where x = k π/2 + r and |r| ≤ π/4, with r in two parts.
///
/// π/2 is split into three parts, the first two of 33 bits, so that their products with k are exact (fdlibm,
/// `e_rem_pio2.c`, Sun Microsystems, 1993).
fn quarter_turns(x: f64) -> (u64, f64, f64) {
    const HIGH: f64 = f64::from_bits(0x3ff9_21fb_5440_0000);
    const MIDDLE: f64 = f64::from_bits(0x3dd0_b461_1a60_0000);
    const LOW: f64 = f64::from_bits(0x3ba3_198a_2e03_7073);
    let shifted = x * std::f64::consts::FRAC_2_PI + ROUND;
    let k = shifted - ROUND;
    let high = x - k * HIGH;
    let middle = k * MIDDLE;
    let r = high - middle;
    let rest = k * LOW - ((high - r) - middle);
    let sum = r - rest;
    // The lowest bits of the rounded sum are those of k, also below 0.
    (shifted.to_bits() & 3, sum, (r - sum) - rest)
}

/// Returns sin(r + `tail`) for |r| ≤ π/4, from the polynomial of fdlibm (`k_sin.c`).
fn sin_parts(r: f64, tail: f64) -> f64 {
    const S: [f64; 6] = [
        -1.666_666_666_666_663_2e-1,
        8.333_333_333_322_49e-3,
        -1.984_126_982_985_795e-4,
        2.755_731_370_707_007e-6,
        -2.505_076_025_340_686_3e-8,
        1.589_690_995_211_55e-10,
    ];
    let r2 = r * r;
    let r3 = r2 * r;
    let polynomial = S[1] + r2 * (S[2] + r2 * (S[3] + r2 * (S[4] + r2 * S[5])));
    r - ((r2 * (0.5 * tail - r3 * polynomial) - tail) - r3 * S[0])
}

/// Returns cos(r + `tail`) for |r| ≤ π/4, from the polynomial of fdlibm (`k_cos.c`).
fn cos_parts(r: f64, tail: f64) -> f64 {
    const C: [f64; 6] = [
        4.166_666_666_666_66e-2,
        -1.388_888_888_887_411e-3,
        2.480_158_728_947_673e-5,
        -2.755_731_435_139_066_3e-7,
        2.087_572_321_298_175e-9,
        -1.135_964_755_778_819_5e-11,
    ];
    let r2 = r * r;
    let polynomial = C[0] + r2 * (C[1] + r2 * (C[2] + r2 * (C[3] + r2 * (C[4] + r2 * C[5]))));
    let half = 0.5 * r2;
    let one = 1.0 - half;
    one + (((1.0 - one) - half) + (r2 * (r2 * polynomial) - r * tail))
}

/// Returns the sign of a number: 1, −1, or 0 for 0.
pub fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        // NaN stays what it is, and −0 becomes 0.
        value.abs() * 0.0
    }
}
