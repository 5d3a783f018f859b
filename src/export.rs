//! A lesson printed without a screen. Nothing is computed here: the same steps, written down in other ways.

pub mod json;
pub mod text;
