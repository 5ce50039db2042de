//! `iqtibas state` and `iqtibas backup`: what waits and what failed, and a copy of it all.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};

use crate::config::{State, StateCommand};
use crate::store::Store;

pub(super) fn run(command: Option<StateCommand>, state: &State) -> Result<()> {
    let store = Store::visit(&state.place())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (id, done, word) = match command {
        None => return list(&store),
        Some(StateCommand::Retry { id }) => (
            id.clone(),
            runtime.block_on(store.retry(id))?,
            "tried again",
        ),
        Some(StateCommand::Drop { id }) => {
            (id.clone(), runtime.block_on(store.discard(id))?, "dropped")
        }
    };
    if !done {
        bail!("{id}: nothing of that name can be {word}; `iqtibas state` lists what there is");
    }
    writeln!(io::stdout(), "{id}: {word}")?;
    Ok(())
}

fn list(store: &Store) -> Result<()> {
    let counts = store.counts()?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} waiting, {} put aside; to be sent: {}, uncertain: {}, dead: {}",
        counts.waiting, counts.aside, counts.owed, counts.uncertain, counts.dead
    )?;
    for row in store.pending()? {
        writeln!(
            out,
            "{:<8} {:<9} {:<20} {:>7} ago, {} attempt(s){}",
            row.id,
            row.state,
            row.what,
            ago(row.since),
            row.attempts,
            row.reason.map(|it| format!(", {it}")).unwrap_or_default()
        )?;
    }
    Ok(())
}

/// Days, hours, minutes or seconds, whichever says most.
fn ago(since: i64) -> String {
    let since = SystemTime::UNIX_EPOCH + Duration::from_millis(since.try_into().unwrap_or(0));
    let seconds = since.elapsed().unwrap_or_default().as_secs();
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length);
    let (length, unit) = unit.unwrap_or((1, "s"));
    format!("{}{unit}", seconds / length)
}

pub(super) fn backup(file: &Path, state: &State) -> Result<()> {
    let place = state.place();
    Store::backup(&place, file)?;
    writeln!(
        io::stdout(),
        "copied to {}; it is of use only with its key, {}: keep a copy of that elsewhere",
        file.display(),
        place.key.display()
    )?;
    Ok(())
}
