//! Styles: colours and attributes by what they mean, and the role of the number in a cell.

mod cell;
mod theme;

pub(super) use cell::cell_role;
pub use theme::{Color, Role, Theme};
