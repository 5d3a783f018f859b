//! The plane of two inputs: the points at the middles of the cells of a plot, and the fills for heights over it.

use ndarray::Array2;

use crate::lesson::NetworkSpec;
use crate::ui::plot::axes::{Axes, Bounds, MOST_WORK};
use crate::ui::style::Theme;
use crate::ui::view::View;

/// The fills for heights, from low to high, in Unicode and in ASCII.
const TONES: [(&str, &str); 5] = [(" ", " "), ("░", "."), ("▒", ":"), ("▓", "+"), ("█", "#")];

/// The same for pictures without axes, whose edge must be seen: no cell is blank.
const TONES_OF_PICTURES: [(&str, &str); 5] =
    [("·", "."), ("░", ":"), ("▒", "+"), ("▓", "*"), ("█", "#")];

/// Returns the fills for heights, from low to high.
pub(super) fn tones(theme: &Theme) -> [&'static str; 5] {
    TONES.map(|(unicode, ascii)| theme.pick(unicode, ascii))
}

/// Returns the same for pictures without axes.
pub(super) fn tones_of_pictures(theme: &Theme) -> [&'static str; 5] {
    TONES_OF_PICTURES.map(|(unicode, ascii)| theme.pick(unicode, ascii))
}

/// Returns the fill for a height between bounds. What is beyond them, or no number, has that of the nearest one.
pub(super) fn tone(bounds: Bounds, value: f64, tones: &[&'static str; 5]) -> &'static str {
    let part = bounds.part(value, 5).unwrap_or(0).clamp(0, 4);
    tones[usize::try_from(part).unwrap_or(0)]
}

/// Returns the bounds of an input, wide enough for every sample.
pub(in crate::ui) fn span(spec: &NetworkSpec, input: usize) -> Bounds {
    let held_out = spec.held_out_points();
    let held_out = held_out.iter().flat_map(|points| points.column(input));
    Bounds::around(spec.points().column(input).iter().chain(held_out).copied())
}

/// Returns the axes over the two inputs of a network, wide enough for every sample.
pub(super) fn axes(view: &View) -> Axes {
    Axes {
        x: span(view.step.spec(), 0),
        y: span(view.step.spec(), 1),
        names: ["x₁".into(), "x₂".into()],
    }
}

/// The most points of a grid: a plot as large as a big screen is still drawn between two frames.
const MOST_POINTS: usize = 12_000;

/// A grid of points over the plane, row by row from the top. For large networks, and on large plots, cells share a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaneGrid {
    columns: usize,
    rows: usize,
    /// The size of the plot in cells.
    size: (usize, usize),
    /// The numbers of cells, across and down, that share a point.
    coarse: usize,
}

impl PlaneGrid {
    /// Returns the grid for a plot of so many cells, for a network of so many weights.
    pub(super) fn new(size: (usize, usize), weights: usize) -> Self {
        let (width, height) = size;
        let mut coarse = 1;
        let most = MOST_POINTS.min(MOST_WORK / weights.max(1)).max(1);
        while width.div_ceil(coarse) * height.div_ceil(coarse) > most && coarse < width.max(height)
        {
            coarse += 1;
        }
        Self {
            columns: width.div_ceil(coarse),
            rows: height.div_ceil(coarse),
            size,
            coarse,
        }
    }

    /// Returns the points: one per row, at the middles of the cells that share it.
    pub(super) fn points(&self, axes: &Axes) -> Array2<f64> {
        Array2::from_shape_fn((self.columns * self.rows, 2), |(point, input)| {
            let (row, column) = (point / self.columns, point % self.columns);
            let middle = |part: usize, parts: usize| {
                let part = (part * self.coarse) as f64 + self.coarse as f64 / 2.0;
                (part / parts as f64).min(1.0)
            };
            if input == 0 {
                axes.x.at(middle(column, self.size.0))
            } else {
                axes.y.at(1.0 - middle(row, self.size.1))
            }
        })
    }

    /// Returns the number of the point of a cell.
    pub(super) const fn index(&self, row: usize, column: usize) -> usize {
        row / self.coarse * self.columns + column / self.coarse
    }
}
