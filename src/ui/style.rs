//! How things look.

mod theme;

pub use theme::{Color, Role, Theme};
