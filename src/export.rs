//! Prints a lesson without a screen. Nothing is computed here: the same steps are written in other formats.

mod handout;
pub mod json;
pub mod latex;
pub mod markdown;
pub mod numpy;
mod question;
pub mod quiz;
pub mod text;
pub mod worksheet;
