//! The parts of plots: axes, a canvas of dots for lines, marks, bars.

pub(super) mod axes;
mod bar;
pub(super) mod canvas;
mod mark;

pub(super) use bar::bar;
pub(super) use mark::{cell_at, put_mark};
