//! The `nn-tutor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    nn_tutor::cli::main()
}
