//! `iqtibas lexicon`: dictionaries that join the library.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Result;

use crate::config::LexiconCommand;
use crate::pack::{Registered, Registry};

/// Does what the command says.
pub(super) fn run(command: &LexiconCommand) -> Result<()> {
    match command {
        LexiconCommand::Add { file, place } => add(&place.segments(), file),
        LexiconCommand::List { place } => list(&place.segments()),
        LexiconCommand::Remove { name, place } => remove(&place.segments(), name),
    }
}

fn add(segments: &Path, file: &Path) -> Result<()> {
    let added = Registry::add(segments, file)?;
    print(&added)?;
    writeln!(
        io::stdout(),
        "it joins the segments at the next start, or now by `iqtibas index`"
    )?;
    Ok(())
}

fn list(segments: &Path) -> Result<()> {
    let registry = Registry::read(segments)?;
    if registry.packs().is_empty() {
        writeln!(
            io::stdout(),
            "no packs; add a dictionary with `iqtibas lexicon add FILE`"
        )?;
    }
    registry.packs().iter().try_for_each(print)
}

fn remove(segments: &Path, name: &str) -> Result<()> {
    Registry::remove(segments, name)?;
    writeln!(
        io::stdout(),
        "removed: {name}; it leaves the segments at the next start, or now by `iqtibas index`"
    )?;
    Ok(())
}

fn print(pack: &Registered) -> Result<()> {
    let mut out = io::stdout().lock();
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "not said".to_owned());
    writeln!(
        out,
        "{}: {} words, {} -> {}, {}",
        pack.name,
        pack.words,
        pack.from,
        pack.to,
        pack.kind.name()
    )?;
    writeln!(out, "  title:   {}", said(&pack.title))?;
    writeln!(out, "  licence: {}", said(&pack.licence))?;
    writeln!(out, "  source:  {}", said(&pack.source))?;
    writeln!(out, "  file:    {}", pack.file().display())?;
    Ok(())
}
