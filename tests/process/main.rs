//! Tests of the program itself, run as a person or a script runs it: on a terminal, through pipes, with files.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod class;
mod classroom;
mod cli;
mod compare;
mod conversation;
mod door;
mod files;
mod homework;
mod memory;
mod new;
mod practice;
mod program;
mod pty;
mod quiz;
mod readme;
mod review;
mod slow;
mod store;
mod worksheet;

#[path = "../common"]
mod common {
    //! Helpers that several tests share.

    pub(crate) mod bad;
    pub(crate) mod golden;
    pub(crate) mod grounded;
    pub(crate) mod oracle;
    pub(crate) mod pdflatex;
    pub(crate) mod pty;
    pub(crate) mod schema;
    pub(crate) mod state;
    #[allow(dead_code, reason = "the other test binary needs the rest")]
    pub(crate) mod techniques;
}
