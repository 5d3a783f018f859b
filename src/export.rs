//! A lesson printed without a screen. Nothing is computed here: the same steps, written down in other ways.

mod handout;
pub mod json;
pub mod latex;
pub mod markdown;
pub mod numpy;
mod question;
pub mod text;
pub mod worksheet;
