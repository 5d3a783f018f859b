//! nn-tutor: a time-travel debugger for learning how a neural network works.
//!
//! A lesson is compiled once into a list of steps; where the learner stands is an index into that list. Going back is
//! a smaller index, never an undo. A step is one line of algebra: a named result, an operation, its operands. The
//! screen, the transcript and the exports print the same step; none of them computes a number.
//!
//! # The way of the data
//!
//! ```text
//! lesson file ─ lesson::form ─▶ Lesson ─ trace ─▶ Trace: its steps, each computed by the engine when it is looked at
//!                                                   │
//!                                     session ─▶ Session: the trace and an index into it
//!                                                   │ the learner's changes: Edit, a value
//! Lesson + edits ─ lesson::edit ─▶ Lesson ─ trace ─▶ EditedTrace ─▶ Session
//!                                                   │
//!                                               StepView: the step as the learner may see it ─▶ ui, transcript
//!                                                   │
//! answer ─ tutor ─▶ Verdict ─ session ─▶ Record ─ app ─▶ Progress ─▶ store: the learner's file
//! bytes ─ terminal ─▶ key ─ keys ─▶ Command ─ session ─▶ Effect ─ app ─▶ frame ─ terminal ─▶ bytes
//! Trace ─ export ─▶ text, JSON, Markdown, LaTeX, NumPy, worksheets
//! a program's values + Trace ─ compare ─▶ Report: what agrees, and the first that does not
//! ```
//!
//! # The rooms
//!
//! Imports go one way, down this list: a room may know those below it, never one above. Where it may not know all of
//! those, the line says so. `tests/it/architecture.rs` checks both.
//!
//! - [`cli`]: arguments to commands, and errors to messages.
//! - [`terminal`]: the only room that touches a real terminal: bytes to keys, frames to bytes, signals. It knows keys
//!   and nothing of lessons.
//! - [`hub`]: the socket of a class, its time limits, its journal, and a client's end of it. It knows class, lesson, tutor
//!   and session, and no screen.
//! - [`app`]: events in, frames or lines out; opens lessons and saves progress. It knows no terminal, no clock and no
//!   socket.
//! - [`class`]: who is in a class, where it stands, what was asked and answered, without input, output or clock.
//! - [`store`]: the learner's progress in a file. It knows session and lesson, but no step, screen or key.
//! - [`compare`]: compares the values of a learner's own program with an update. It reads bytes and knows no file, screen
//!   or key.
//! - [`check`]: checks a lesson: whether every step fits a screen of 80 × 24.
//! - [`export`]: a trace in other formats. It knows no screen and no key.
//! - [`ui`]: draws a step, one file per panel. It only reads, and knows no file and no terminal.
//! - [`keys`]: the one table of keys, with the command and the help text of each.
//! - [`session`]: where the learner stands, and what each command changes, without input or output. It reads numbers
//!   from the trace, never from the engine.
//! - [`tutor`]: questions, grading, the slips that explain a wrong answer, practice with new numbers, the schedule
//!   of reviews.
//! - [`trace`]: compiles a lesson into steps; equation, explanation, narration and NumPy of each.
//! - [`lesson`]: the format of lesson files, their validation, and the library of lessons that come with the program.
//! - [`algebra`]: quantities, operations and phases: their names, formulas and order. It knows no lesson.
//! - [`engine`]: networks, activations, losses, training and data sets, and nothing of the above.

pub mod algebra;
pub mod app;
pub mod check;
pub mod class;
pub mod cli;
pub mod compare;
pub mod engine;
pub mod export;
pub mod hub;
pub mod keys;
pub mod lesson;
pub mod session;
pub mod store;
pub mod terminal;
pub mod trace;
pub mod tutor;
pub mod ui;
