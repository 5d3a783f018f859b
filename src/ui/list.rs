//! Lists over the whole body of the screen: the lessons, the missed questions, the keys.

pub(super) use help::{draw_lines, most_lines};
pub(super) use window::inset;

pub(super) mod changes;
pub(super) mod choices;
pub(super) mod help;
pub(super) mod menu;
pub(super) mod review;
pub(super) mod symbols;
mod window;
