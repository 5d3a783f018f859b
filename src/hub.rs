//! The hub of a class: a Unix socket, time limits, a journal; and a client's end of a line to it.
//!
//! [`Hub`] serves a [`Class`](crate::class::Class) on one thread that waits for all clients at once. What travels are
//! lines of JSON: [`ToHub`] and [`FromHub`]. A [`Line`] is the client's end of it.
//!
//! Who is who comes from the kernel. The teacher is who has the account that has opened the class; answers are judged
//! here, with the tutor, from what was typed; a client is never believed. Every line, queue and number of lines a second
//! is bounded. Of what has changed a client gets the newest alone, once it has taken what it got before: who reads slowly
//! sees fewer positions, and never makes the hub larger.

mod address;
mod client;
mod connection;
mod goals;
mod identity;
pub mod journal;
mod judge;
mod limits;
mod server;

pub use crate::class::message::{
    ByeReason, FromHub, Hello, LessonName, LessonTexts, ToAsk, ToHub, VERSION, Welcome,
};
pub use address::{
    AddressError, CLASSES, Closed, OpenClass, check_name, folder_of, keep_closed, open_classes,
    own_uid,
};
pub use client::{Line, LineError, Pauses};
pub use identity::{account_name, account_number};
pub use journal::JournalError;
pub use limits::Limits;
pub use server::{Config, Ended, Hub, HubError, Stopper};
