//! Iqtibas at the command line.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let config = iqtibas::config::Config::parse();
    iqtibas::cli::run(config).map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

#[allow(clippy::print_stderr)] // the operator's terminal
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("iqtibas: {error:#}");
    ExitCode::FAILURE
}
