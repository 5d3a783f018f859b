//! Tests of the library, room by room. Tests of the program itself are in `tests/process`.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod asking;
mod changes;
mod classroom;
mod compare;
mod course;
mod engine;
mod exercises;
mod export;
mod fold;
mod grading;
mod homework;
mod hub;
mod lab;
mod lecture;
mod lessons;
mod navigation;
mod pupil;
mod question_screens;
mod questions;
mod schema;
mod screens;
mod slips;
mod techniques;
mod trace;
mod training;
mod truth;
mod yaml;

#[path = "../common"]
mod common {
    //! Helpers that several tests share.

    pub(crate) mod arithmetic;
    pub(crate) mod bad;
    pub(crate) mod building;
    pub(crate) mod good;
    pub(crate) mod grounded;
    pub(crate) mod key_strings;
    pub(crate) mod limits;
    pub(crate) mod oracle;
    pub(crate) mod pdflatex;
    pub(crate) mod picture;
    pub(crate) mod schema;
    pub(crate) mod techniques;
    pub(crate) mod tex_check;
}
