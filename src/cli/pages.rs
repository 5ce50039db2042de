//! `iqtibas try` and `iqtibas export`: the bot and the reader in a browser.
#![allow(clippy::print_stdout)] // this is the command line

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::open;
use crate::config::{Place, Try, has_desktop};
use crate::{page, shelf, telegram};

/// Runs the bot and its page until it is asked to stop.
pub(super) fn try_out(wanted: &Try) -> Result<()> {
    let library = Arc::new(open(&wanted.place)?);
    let ready = |address: &str| {
        println!("Iqtibas is at {address} (Ctrl-C ends it)");
        if !wanted.no_open && has_desktop() {
            page::open(address);
        }
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(page::run(
            library,
            wanted.port,
            ready,
            telegram::stop_requested(),
        ))
}

/// Writes the pages and lists them.
pub(super) fn export(dir: &Path, place: &Place) -> Result<()> {
    for file in shelf::export(&open(place)?, dir)? {
        println!("{}", file.display());
    }
    Ok(())
}
