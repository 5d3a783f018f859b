//! The `nn-tutor` command.

fn main() {}
