//! Styles: colours and attributes by what they mean, and the role of the number in a cell.

mod cell;
mod theme;

pub(super) use cell::{cell_role, mark_changed};
pub use theme::{Color, Role, Theme};
