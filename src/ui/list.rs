//! What lies over the whole body of the screen and scrolls.

pub(super) mod help;
pub(super) mod menu;
pub(super) mod review;
