//! The algebra of a network, independent of numbers: its quantities, the operations that compute one from another, the
//! phases of a walk, and their notation.

pub mod arithmetic;
pub mod context;
pub mod expression;
pub mod feature;
pub mod glossary;
pub mod lines;
pub mod notation;
pub mod operation;
pub mod phase;
pub mod quantity;
pub mod rich_text;

pub use context::Context;
pub use expression::Expression;
pub use glossary::Symbol;
pub use operation::{Focus, Operation, as_factor, has_shortcut};
pub use phase::Phase;
pub use quantity::{Cell, Quantity, dropped_delta};
pub use rich_text::{Decimals, Fragment, RichText, Table, TableCell, with_minus};

pub(crate) use context::activated;
pub(crate) use rich_text::{is_beyond, is_lost};
