//! Iqtibas at the command line.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;

#[cfg(all(unix, feature = "jemalloc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let config = iqtibas::config::Config::parse();
    iqtibas::cli::run(config).map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

fn fail(error: &anyhow::Error) -> ExitCode {
    // Where nobody reads it, the exit code says enough.
    _ = writeln!(io::stderr(), "iqtibas: {error:#}");
    ExitCode::FAILURE
}
