//! The screen: one file a panel. Panels read and never change anything.

mod curve;
mod meters;
mod network;
pub mod theme;
mod view;

pub use theme::{Color, Theme};
