//! The levels of a loss map: round numbers between which a loss lies, and how each of them looks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::trace::short;
use crate::ui::style::{Color, Role, Theme};
use crate::ui::text::put;

/// The letters of the levels, from the lowest on.
const LETTERS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// The least number of bounds by factors; fewer give way to bounds at equal distances.
const LEAST: usize = 3;

/// The least distance of two bounds on an even slope, in columns.
const APART: usize = 5;

/// The share of the losses, from the lowest on, among which the bounds lie.
const SHARE: f64 = 0.97;

/// The least distance of two bounds, as a share of the loss: what is flatter than this is a plateau.
const FLAT: f64 = 0.01;

/// The levels of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    /// The bounds between them, the lowest first.
    bounds: Vec<f64>,
}

impl Levels {
    /// Returns levels for losses in a plot of so many columns and rows, with a scale that is no wider than `width`.
    pub(super) fn of(losses: &[f64], (columns, rows): (usize, usize), width: usize) -> Self {
        let mut sorted: Vec<f64> = losses
            .iter()
            .copied()
            .filter(|loss| loss.is_finite())
            .collect();
        sorted.sort_by(f64::total_cmp);
        // Within the number of losses.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let high = (SHARE * sorted.len() as f64) as usize;
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.get(high).or(sorted.last())) else {
            return Self { bounds: Vec::new() };
        };
        let most = (columns.min(2 * rows) / APART).clamp(LEAST, LETTERS.len() - 1);
        let mut all = (1..=most).rev().map(|most| Self {
            bounds: bounds(low, high, most),
        });
        let fits = all.find(|levels| levels.width() <= width);
        fits.unwrap_or(Self { bounds: Vec::new() })
    }

    /// Returns the level of a loss, from 0 on.
    pub(super) fn level(&self, loss: f64) -> usize {
        if loss.is_nan() {
            return self.bounds.len();
        }
        self.bounds.partition_point(|bound| *bound <= loss)
    }

    /// Returns the sign and the style of a cell of a level; `is_border` if another level begins beside it.
    pub(super) fn face(
        &self,
        level: usize,
        is_border: bool,
        theme: &Theme,
    ) -> (&'static str, Style) {
        let letter = LETTERS.get(level).copied().unwrap_or(" ");
        if theme.color == Color::None {
            let sign = if is_border { letter } else { " " };
            return (sign, theme.style(Role::Dim));
        }
        let (is_mixed, style) = theme.level(level, self.bounds.len() + 1);
        match (is_mixed, theme.ascii) {
            (true, false) => ("▒", style),
            (_, true) if is_border => (letter, style),
            _ => (" ", style),
        }
    }

    /// Returns the scale: a sign for each level, and the bounds between them.
    fn scale(&self) -> Vec<String> {
        if self.bounds.is_empty() {
            return vec!["nearly flat".to_owned()];
        }
        let bounds = self
            .bounds
            .iter()
            .map(|bound| format!("<{}<", short(*bound)));
        bounds.collect()
    }

    fn width(&self) -> usize {
        let scale = self.scale();
        let bounds: usize = scale.iter().map(|bound| bound.width()).sum();
        bounds + scale.len() + 1 + "J ".len()
    }

    /// Draws the scale.
    pub(super) fn draw_scale(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let dim = theme.style(Role::Dim);
        let scale = self.scale();
        let mut x = put(buf, area, area.x, area.y, "J ", dim);
        for (level, bound) in scale.iter().enumerate() {
            if !self.bounds.is_empty() {
                x = self.draw_letter(theme, level, (x, area), buf);
            }
            x = put(buf, area, x, area.y, &theme.text(bound), dim);
        }
        if !self.bounds.is_empty() {
            self.draw_letter(theme, scale.len(), (x, area), buf);
        }
    }

    fn draw_letter(
        &self,
        theme: &Theme,
        level: usize,
        (x, area): (u16, Rect),
        buf: &mut Buffer,
    ) -> u16 {
        let letter = LETTERS.get(level).copied().unwrap_or(" ");
        let sign = if theme.color == Color::None || theme.ascii {
            letter
        } else {
            self.face(level, true, theme).0
        };
        put(buf, area, x, area.y, sign, self.face(level, true, theme).1)
    }
}

/// Returns at most so many round numbers between two losses: 1, 2, 5, 10, … if the losses span much, so that the bottom of a
/// ravine shows beside its walls, else numbers at equal distances.
fn bounds(low: f64, high: f64, most: usize) -> Vec<f64> {
    /// The factors within a power of ten.
    const WITHIN: [&[i32]; 3] = [&[1, 2, 5], &[1, 3], &[1]];
    /// The least loss that is told from 0, as a share of the highest.
    const NOTHING: f64 = 1e-6;
    let from = low.max(high * NOTHING);
    let is_between = |bound: &f64| (from..high).contains(bound) && *bound > low;
    if from > 0.0 && high.is_finite() {
        // A power of ten, which is within those of numbers.
        #[allow(clippy::cast_possible_truncation)]
        let [first, last] = [from, high].map(|loss| loss.log10().floor() as i32);
        for within in WITHIN {
            let powers = first..=last;
            let all = powers.flat_map(|power| within.iter().map(move |by| times(*by, power)));
            let all: Vec<f64> = all.filter(is_between).collect();
            let least = if within.len() > 2 { LEAST } else { 1 };
            if all.len() < least {
                break;
            }
            if all.len() <= most {
                return all;
            }
        }
    }
    let least = ((high - low) / (most + 1) as f64).max(FLAT * high.abs().max(low.abs()));
    if !(least > 0.0 && least.is_finite()) {
        return Vec::new();
    }
    #[allow(clippy::cast_possible_truncation)]
    let power = least.log10().floor() as i32;
    let steps = [(1, power), (2, power), (5, power), (1, power + 1)];
    let Some((by, power)) = steps
        .into_iter()
        .find(|(by, power)| times(*by, *power) >= least)
    else {
        return Vec::new();
    };
    let step = times(by, power);
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    // Not more than there are steps between the two.
    #[allow(clippy::cast_possible_truncation)]
    let numbers = first as i64..=last as i64;
    let all = numbers.map(|number| round(number as f64 * step, power));
    all.filter(|bound| *bound > low && *bound < high)
        .take(most)
        .collect()
}

/// Returns a whole number times a power of ten, as it is read.
fn times(by: i32, power: i32) -> f64 {
    let read = format!("{by}e{power}").parse();
    read.unwrap_or_else(|_| f64::from(by) * 10_f64.powi(power))
}

/// Returns a multiple of a power of ten, as it is read.
fn round(value: f64, power: i32) -> f64 {
    let decimals = usize::try_from(-power).unwrap_or(0);
    format!("{value:.decimals$}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_are_round_numbers_and_tell_a_ravine_from_a_plateau() {
        for (low, high, expected) in [
            (0.05, 5.0, vec![0.1, 0.2, 0.5, 1.0, 2.0]),
            // Over many powers of ten there are fewer for each.
            (1e-4, 50.0, vec![1e-3, 0.01, 0.1, 1.0, 10.0]),
            (0.0, 3.0, vec![1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0]),
            // Within one of them they stand at equal distances.
            (0.61, 0.82, vec![0.65, 0.7, 0.75, 0.8]),
            (0.69, 0.72, vec![0.7, 0.71]),
            // What is flat is one level.
            (0.6941, 0.6942, vec![]),
            (2.0, 2.0, vec![]),
        ] {
            assert_eq!(bounds(low, high, 6), expected, "{low} to {high}");
        }
    }

    #[test]
    fn a_level_lies_between_its_bounds() {
        let losses: Vec<f64> = (1..=100).map(|loss| f64::from(loss) / 20.0).collect();
        let levels = Levels::of(&losses, (40, 20), 40);
        assert_eq!(levels.bounds, [0.1, 0.2, 0.5, 1.0, 2.0]);
        for (loss, level) in [(0.05, 0), (0.1, 1), (0.7, 3), (9.0, 5), (f64::INFINITY, 5)] {
            assert_eq!(levels.level(loss), level, "{loss}");
        }
        assert_eq!(levels.level(f64::NAN), 5);
        assert_eq!(Levels::of(&[f64::NAN], (40, 20), 40).bounds, [0.0; 0]);
        let drawn = |width| {
            let area = Rect::new(0, 0, width, 1);
            let mut buf = Buffer::empty(area);
            let theme = crate::ui::fixture::PLAIN;
            Levels::of(&losses, (60, 30), usize::from(width)).draw_scale(&theme, area, &mut buf);
            crate::ui::fixture::text(&buf)
        };
        assert_eq!(drawn(40), "J a<0.1<b<0.2<c<0.5<d<1<e<2<f\n");
        assert_eq!(drawn(16), "J a<0.1<b<1<c\n");
    }

    proptest! {
        #[test]
        fn any_losses_have_levels(
            losses in prop::collection::vec(prop_oneof![any::<f64>(), 0.0..2.0_f64, 1.0..1.001_f64], 0..30),
            (width, size) in (0..80_usize, 0..60_usize),
        ) {
            let levels = Levels::of(&losses, (size, size), width);
            prop_assert!(levels.bounds.len() < LETTERS.len());
            prop_assert!(levels.bounds.is_sorted_by(|a, b| a < b), "{levels:?}");
            prop_assert!(levels.bounds.is_empty() || levels.width() <= width, "{levels:?}");
            for loss in losses {
                prop_assert!(levels.level(loss) <= levels.bounds.len());
            }
        }
    }
}
