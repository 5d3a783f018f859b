//! Styles: colours and attributes by what they mean, and what the number in a cell means.

mod cell;
mod theme;

pub(super) use cell::cell_role;
pub use theme::{Color, Role, Theme};
