//! `iqtibas try` and `iqtibas export`: the bot and the reader in a browser.

use std::io::{self, Write as _};

use anyhow::Result;

use super::open;
use crate::config::{Export, Try, has_desktop};
use crate::live::LiveLibrary;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::{page, shelf, telegram};

/// Runs the bot and its page until it is asked to stop.
pub(super) fn try_out(wanted: &Try) -> Result<()> {
    let place = &wanted.place;
    let library = LiveLibrary::open(&place.library, &place.segments(), Metrics::default())?;
    let ready = |address: &str| {
        // Whoever does not listen does not want to know.
        _ = writeln!(io::stdout(), "Iqtibas is at {address} (Ctrl-C ends it)");
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
pub(super) fn export(wanted: &Export) -> Result<()> {
    let library = open(&wanted.place)?;
    let state = wanted.state();
    let store = state.map(|place| Store::visit(&place)).transpose()?;
    let mut out = io::stdout().lock();
    for file in shelf::export(&library, store.as_ref(), &wanted.dir)? {
        writeln!(out, "{}", file.display())?;
    }
    Ok(())
}
