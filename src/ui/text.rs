//! Text on the screen: cutting it or breaking it into lines so that it fits, and writing it into the buffer.

mod fit;
mod put;
mod wrap;

pub(super) use fit::{end_fitted, first_fitting, fitted};
pub(super) use put::{Line, line_width, paragraph, put, put_line, put_lines, put_over, put_right};
pub(super) use wrap::{hanging, indented, wrapped};
