//! The one program.

use std::process::ExitCode;

fn main() -> ExitCode {
    quittance::cli::main()
}
