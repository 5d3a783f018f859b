//! What plots are made of.

pub(super) mod axes;
pub(super) mod canvas;
