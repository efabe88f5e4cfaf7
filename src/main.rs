//! Poolhouse, the command.

use std::process::ExitCode;

fn main() -> ExitCode {
    match poolhouse::boot::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("poolhouse: {error:#}");
            ExitCode::FAILURE
        }
    }
}
