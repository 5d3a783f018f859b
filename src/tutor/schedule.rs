//! The schedule of reviews: when a question that was answered comes back.
//!
//! # Source
//! FSRS-6, the free spaced repetition scheduler, with its published weights (open-spaced-repetition, "The Algorithm"; the
//! values in the tests are those of its reference in Python, `fsrs` 6.3.2). A memory has a stability, the days after which
//! it is recalled with a probability of 0.9, and a difficulty from 1 to 10. An answer changes both; the next one is due
//! after as many days as the memory is stable then. What was missed is due in [`SOON`] already, the only step of learning.
//!
//! The crate `rs-fsrs` 1.2 was measured against the same reference: it has FSRS-5, where a miss can lengthen an interval.
//! `fsrs` 6.6 gives the same days, and brings thirteen crates for that.
//!
//! Nothing is drawn at random, and powers are those of the engine: the same answers give the same days on every machine.

use serde::{Deserialize, Serialize};

use crate::engine::math::{exp, ln};

/// The seconds of a day.
const DAY: u64 = 86_400;
/// The seconds after which a question that was missed is due, and until which whatever is answered is the same attempt.
pub const SOON: u64 = 600;

/// The weights of FSRS-6: initial stabilities, difficulty, stability after success and after failure, after a second
/// answer on the same day, and the power by which is forgotten.
const W: [f64; 21] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
    0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
];
/// The least and the largest stability, in days.
const STABLE: [f64; 2] = [0.001, 36_500.0];
/// The least and the largest difficulty.
const DIFFICULT: [f64; 2] = [1.0, 10.0];

/// How well a question was answered. The method has one more grade, which says that it was easy: nothing tells that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It was missed, or its answer looked at.
    Again = 1,
    /// Right, with a hint or not at the first try.
    Hard,
    /// Right at once.
    Good,
}

/// What is remembered of a question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// The days after which it is recalled with a probability of 0.9.
    pub stability: f64,
    /// The difficulty, from 1 to 10.
    pub difficulty: f64,
    /// The time of the last answer, in seconds since 1970.
    pub at: u64,
}

/// Returns `base` to a power; `base` is above 0.
fn power(base: f64, exponent: f64) -> f64 {
    exp(exponent * ln(base))
}

/// Returns the difficulty after a first answer, which may be outside of its bounds.
fn first_difficulty(grade: f64) -> f64 {
    W[4] - exp(W[5] * (grade - 1.0)) + 1.0
}

impl Memory {
    /// Returns the memory after an answer at a time in seconds since 1970; `before` is that of before, `None` at a first
    /// answer.
    pub fn after(before: Option<&Self>, grade: Grade, at: u64) -> Self {
        let number = f64::from(grade as u8);
        let Some(before) = before else {
            return Self {
                stability: W[grade as usize - 1],
                difficulty: first_difficulty(number),
                at,
            }
            .bounded();
        };
        let Self {
            stability: s,
            difficulty: d,
            ..
        } = before.bounded();
        // A clock may have been wrong.
        let days = at.saturating_sub(before.at) / DAY;
        let stability = match (days, grade) {
            (0, _) => {
                let factor = exp(W[17] * (number - 3.0 + W[18])) * power(s, -W[19]);
                let least = if grade == Grade::Again { 0.0 } else { 1.0 };
                s * factor.max(least)
            }
            (days, Grade::Again) => {
                let forgotten = 1.0 - retrievability(s, days as f64);
                let long = W[11]
                    * power(d, -W[12])
                    * (power(s + 1.0, W[13]) - 1.0)
                    * exp(forgotten * W[14]);
                long.min(s / exp(W[17] * W[18]))
            }
            (days, _) => {
                let forgotten = 1.0 - retrievability(s, days as f64);
                let hard = if grade == Grade::Hard { W[15] } else { 1.0 };
                let gained = exp(W[8])
                    * (11.0 - d)
                    * power(s, -W[9])
                    * (exp(forgotten * W[10]) - 1.0)
                    * hard;
                s * (1.0 + gained)
            }
        };
        // The harder it is already, the less is added; and it draws towards that of an easy one.
        let harder = d - W[6] * (number - 3.0) * (10.0 - d) / 9.0;
        Self {
            stability,
            difficulty: W[7] * first_difficulty(4.0) + (1.0 - W[7]) * harder,
            at,
        }
        .bounded()
    }

    /// Returns the same within the bounds of the method, whatever a file says.
    #[must_use]
    pub fn bounded(&self) -> Self {
        let within = |value: f64, [least, most]: [f64; 2]| {
            if value.is_nan() {
                least
            } else {
                value.clamp(least, most)
            }
        };
        Self {
            stability: within(self.stability, STABLE),
            difficulty: within(self.difficulty, DIFFICULT),
            at: self.at,
        }
    }

    /// Returns the days until the next answer is due: those after which it is recalled with a probability of 0.9, at least
    /// one.
    pub fn days(&self) -> u64 {
        let days = self.bounded().stability.round_ties_even().max(1.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 1 and 36,500"
        )]
        let days = days as u64;
        days
    }

    /// Returns the time at which the next answer is due after one with this grade, in seconds since 1970.
    pub fn due(&self, grade: Grade) -> u64 {
        self.at.saturating_add(match grade {
            Grade::Again => SOON,
            Grade::Hard | Grade::Good => self.days() * DAY,
        })
    }
}

/// Returns the probability of being recalled after so many days: 0.9 after as many as it is stable.
fn retrievability(stability: f64, days: f64) -> f64 {
    let factor = power(0.9, -1.0 / W[20]) - 1.0;
    power(1.0 + factor * days / stability, -W[20])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AGAIN: Grade = Grade::Again;
    const HARD: Grade = Grade::Hard;
    const GOOD: Grade = Grade::Good;

    /// Answers as the reference has them: grade, seconds since the first one, stability, difficulty, seconds until the
    /// next one.
    type Reference<'a> = &'a [(Grade, u64, f64, f64, u64)];

    /// Made by `fsrs` 6.3.2, for Python, with steps of ten minutes for learning and relearning, and without fuzz.
    const REFERENCES: [Reference<'_>; 4] = [
        &[
            (GOOD, 0, 2.306_500_000_0, 2.118_103_970_5, 172_800),
            (GOOD, 172_800, 10.964_332_335_8, 2.111_214_235_8, 950_400),
            (
                GOOD,
                1_123_200,
                46.280_217_287_6,
                2.104_331_390_8,
                3_974_400,
            ),
            (
                GOOD,
                5_097_600,
                162.862_201_638_7,
                2.097_455_428_8,
                14_083_200,
            ),
            (
                GOOD,
                19_180_800,
                497.447_193_600_3,
                2.090_586_342_6,
                42_940_800,
            ),
            (
                GOOD,
                62_121_600,
                1_345.528_777_542_6,
                2.083_724_125_6,
                116_294_400,
            ),
        ],
        &[
            (GOOD, 0, 2.306_500_000_0, 2.118_103_970_5, 172_800),
            (GOOD, 172_800, 10.964_332_335_8, 2.111_214_235_8, 950_400),
            (
                GOOD,
                1_123_200,
                46.280_217_287_6,
                2.104_331_390_8,
                3_974_400,
            ),
            (AGAIN, 5_097_600, 2.932_580_454_2, 7.389_975_788_0, 600),
            (AGAIN, 5_098_200, 0.970_024_114_4, 9.127_331_159_0, 600),
            (GOOD, 5_098_800, 1.021_267_223_9, 9.113_432_197_1, 86_400),
            (GOOD, 5_185_200, 2.040_186_955_1, 9.099_547_134_2, 172_800),
            (GOOD, 5_358_000, 3.868_899_612_0, 9.085_675_956_4, 345_600),
            (GOOD, 5_703_600, 7.130_370_003_3, 9.071_818_649_7, 604_800),
        ],
        &[
            (AGAIN, 0, 0.212_000_000_0, 6.413_300_000_0, 600),
            (GOOD, 600, 0.246_689_187_8, 6.402_115_069_3, 86_400),
            (GOOD, 87_000, 2.021_477_251_6, 6.390_941_323_5, 172_800),
            (HARD, 259_800, 4.685_876_333_6, 7.589_367_037_7, 432_000),
            (GOOD, 691_800, 11.656_300_369_8, 7.577_006_040_0, 1_036_800),
            (AGAIN, 1_728_600, 1.470_766_723_8, 9.188_806_731_0, 600),
        ],
        // Long after they were due, and again within an hour.
        &[
            (GOOD, 0, 2.306_500_000_0, 2.118_103_970_5, 172_800),
            (
                GOOD,
                2_592_000,
                37.420_638_389_3,
                2.111_214_235_8,
                3_196_800,
            ),
            (AGAIN, 11_232_000, 3.068_279_730_5, 7.392_238_132_3, 600),
            (
                GOOD,
                28_512_000,
                30.476_284_607_9,
                7.380_074_263_5,
                2_592_000,
            ),
            (
                GOOD,
                28_515_600,
                30.476_284_607_9,
                7.367_922_558_5,
                2_592_000,
            ),
        ],
    ];

    #[test]
    fn answers_lead_where_the_reference_says() {
        for reference in REFERENCES {
            let mut memory: Option<Memory> = None;
            for &(grade, at, stability, difficulty, wait) in reference {
                let now = Memory::after(memory.as_ref(), grade, at);
                assert!(
                    (now.stability - stability).abs() < 1e-8,
                    "{now:?} {stability}"
                );
                assert!(
                    (now.difficulty - difficulty).abs() < 1e-8,
                    "{now:?} {difficulty}"
                );
                assert_eq!(now.due(grade) - at, wait, "{now:?}");
                memory = Some(now);
            }
        }
    }

    #[test]
    fn the_first_answer_decides_by_its_grade() {
        for (grade, days) in [(AGAIN, 1), (HARD, 1), (GOOD, 2)] {
            assert_eq!(Memory::after(None, grade, 7).days(), days, "{grade:?}");
        }
        assert_eq!(Memory::after(None, AGAIN, 7).due(AGAIN), 607);
        assert_eq!(Memory::after(None, GOOD, 7).due(GOOD), 7 + 2 * DAY);
    }

    #[test]
    fn what_a_file_says_is_within_bounds() {
        for (stability, difficulty) in [(f64::NAN, -3.0), (0.0, f64::INFINITY), (1e300, 1e300)] {
            let odd = Memory {
                stability,
                difficulty,
                at: u64::MAX,
            };
            let next = Memory::after(Some(&odd), GOOD, 0);
            assert!(
                (STABLE[0]..=STABLE[1]).contains(&next.stability),
                "{next:?}"
            );
            assert!((DIFFICULT[0]..=DIFFICULT[1]).contains(&next.difficulty));
            assert!(odd.days() >= 1 && odd.due(GOOD) == u64::MAX);
        }
    }

    proptest! {
        /// Whatever is answered and whenever, the next time is later, a miss never makes it later than it was, and a right
        /// answer never makes it sooner.
        #[test]
        fn intervals_are_positive_and_a_miss_never_lengthens_one(
            answers in prop::collection::vec((0..3_usize, 0..4_000 * DAY), 1..60)
        ) {
            let (mut at, mut memory): (u64, Option<Memory>) = (0, None);
            for (grade, wait) in answers {
                let grade = [AGAIN, HARD, GOOD][grade];
                at += wait;
                let next = Memory::after(memory.as_ref(), grade, at);
                prop_assert!(next.stability >= STABLE[0] && next.stability <= STABLE[1]);
                prop_assert!(next.difficulty >= 1.0 && next.difficulty <= 10.0);
                prop_assert!(next.due(grade) > at);
                if let Some(before) = memory {
                    if grade == AGAIN {
                        prop_assert!(next.stability <= before.stability);
                        prop_assert!(next.days() <= before.days());
                    } else {
                        prop_assert!(next.stability >= before.stability);
                    }
                }
                memory = Some(next);
            }
        }
    }
}
