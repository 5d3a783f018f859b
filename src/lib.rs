//! nn-tutor: a time-travel debugger for learning how a neural network works.
//!
//! A lesson is compiled once into a list of steps; where the learner stands is an index into it. Going back is a
//! smaller index, never an undo. A step is one line of algebra: a named result, an operation, its operands. The
//! screen, the transcript in lines, the text and the JSON of a trace are ways to print the same step; none of them
//! computes anything.
//!
//! The crate is a house of rooms. Imports go one way, down this list: a room may know those below it, never one
//! above.
//!
//! - [`cli`]: from arguments to a command, and every error to one message.
//! - [`terminal`]: the one room that touches a real terminal: bytes to keys, frames to bytes, signals.
//! - [`app`]: what happens to it, and what is to be seen then: keys and lines in, frames and lines out, progress kept.
//! - [`check`]: is a lesson right, and does every step of it fit the screen of a student?
//! - [`store`]: what a learner has done, kept between runs.
//! - [`export`]: a trace as text and as JSON Lines.
//! - [`ui`]: draws where the learner stands; one file a panel, and a panel only reads.
//! - [`keys`]: keys, whatever terminal they come from, and the one table that says what they do.
//! - [`session`]: where the learner stands, and what the commands do to it, without input or output.
//! - [`tutor`]: questions, whether an answer is right, which slip it shows, exercises with new numbers.
//! - [`trace`]: the steps: why each number is what it is, the compiler from lessons to steps.
//! - [`lesson`]: lesson files, checked to the character, and the library of lessons that come with the program.
//! - [`algebra`]: the quantities of a network, the operations that make one of another, and how they are written.
//! - [`engine`]: networks, activations, losses, feedforward, backpropagation and training, and nothing of the above.

pub mod algebra;
pub mod app;
pub mod check;
pub mod cli;
pub mod engine;
pub mod export;
pub mod keys;
pub mod lesson;
pub mod session;
pub mod store;
pub mod terminal;
pub mod trace;
pub mod tutor;
pub mod ui;
