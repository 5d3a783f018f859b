//! nn-tutor: a time-travel debugger for learning how a neural network works.
//!
//! A lesson is compiled once into a list of steps; where the learner stands is an index.
//! The rooms of this crate import one way, down this list: [`keys`] and everything above it may know
//! what is below, never the other way round.

pub mod check;
pub mod cli;
pub mod engine;
pub mod export;
pub mod keys;
pub mod lesson;
pub mod session;
pub mod terminal;
pub mod trace;
pub mod ui;
