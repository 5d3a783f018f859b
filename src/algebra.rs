//! What is computed, before it is known of which numbers: the quantities of a network, the operations that make one of
//! another, their phases, and how all of them are written.

pub mod notation;
pub mod operation;
pub mod phase;
pub mod quantity;
pub mod rich_text;

pub use operation::{Context, Focus, Operation, has_shortcut};
pub use phase::Phase;
pub use quantity::{Cell, Quantity, dropped_delta};
pub use rich_text::{Decimals, Fragment, RichText};

pub(crate) use operation::activated;
pub(crate) use rich_text::{is_beyond, is_lost};
