//! Lists over the whole body of the screen: the lessons, the missed questions, the keys.

pub(super) mod help;
pub(super) mod menu;
pub(super) mod review;
pub(super) mod symbols;
mod window;
