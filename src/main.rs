//! Iqtibas at the command line.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match iqtibas::cli::run(iqtibas::config::Config::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            eprintln_once(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr)] // the operator's terminal
fn eprintln_once(error: &anyhow::Error) {
    eprintln!("iqtibas: {error:#}");
}
