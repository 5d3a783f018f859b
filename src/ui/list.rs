//! Lists over the whole body of the screen: the lessons, what was missed, what the keys do.

pub(super) mod help;
pub(super) mod menu;
pub(super) mod review;
mod window;
