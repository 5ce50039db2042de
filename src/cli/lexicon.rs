//! `iqtibas lexicon`: dictionaries that join the library.
#![allow(clippy::print_stdout)] // this is the command line

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
    print(&added);
    println!("it joins the segments at the next start, or now by `iqtibas index`");
    Ok(())
}

fn list(segments: &Path) -> Result<()> {
    let registry = Registry::read(segments)?;
    if registry.packs().is_empty() {
        println!("no packs; add a dictionary with `iqtibas lexicon add FILE`");
    }
    registry.packs().iter().for_each(print);
    Ok(())
}

fn remove(segments: &Path, name: &str) -> Result<()> {
    Registry::remove(segments, name)?;
    println!(
        "removed: {name}; it leaves the segments at the next start, or now by `iqtibas index`"
    );
    Ok(())
}

fn print(pack: &Registered) {
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "not said".to_owned());
    println!(
        "{}: {} words, {} -> {}, {}",
        pack.name,
        pack.words,
        pack.from,
        pack.to,
        pack.kind.name()
    );
    println!("  title:   {}", said(&pack.title));
    println!("  licence: {}", said(&pack.licence));
    println!("  source:  {}", said(&pack.source));
    println!("  file:    {}", pack.file().display());
}
