//! `iqtibas guide`: an editor's tools.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::article::Article;
use crate::config::{GuideCommand, Place};
use crate::guide_skeleton::skeleton;
use crate::guide_test::hold_out;
use crate::library::Files;

/// Does what the command says.
pub(super) fn run(command: &GuideCommand) -> Result<()> {
    match command {
        GuideCommand::New {
            article,
            write,
            place,
        } => new(article, *write, place),
        GuideCommand::Test { article, place } => test(article, place),
    }
}

fn find(files: &Files, id: &str) -> Result<usize> {
    let known = || {
        files
            .articles
            .iter()
            .map(Article::id)
            .collect::<Vec<_>>()
            .join(", ")
    };
    files
        .articles
        .iter()
        .position(|article| article.id() == id)
        .with_context(|| format!("no article is named `{id}`; there are: {}", known()))
}

fn new(id: &str, write: bool, place: &Place) -> Result<()> {
    let files = Files::read(&place.library, &place.segments())?;
    let toml = skeleton(&files.articles[find(&files, id)?]);
    if write {
        let file = save(&place.library, id, &toml)?;
        writeln!(io::stdout(), "written: {file}")?;
    } else {
        io::stdout().lock().write_all(toml.as_bytes())?;
    }
    Ok(())
}

/// Writes the guide beside its article, where there is none.
fn save(library: &Path, id: &str, toml: &str) -> Result<String> {
    let folder = library.join(id);
    if !folder.is_dir() {
        let own = folder.join("article.md");
        bail!(
            "`{id}` has no folder of its own to keep a guide in: move the article to {}",
            own.display()
        );
    }
    if folder.join("guide").is_dir() {
        bail!(
            "{} holds a guide already: print the skeleton without --write and copy what is missing",
            folder.join("guide").display()
        );
    }
    let file = folder.join("guide.toml");
    let opened = fs::File::options().write(true).create_new(true).open(&file);
    let there = || {
        format!(
            "{}: print the skeleton without --write and copy what is missing",
            file.display()
        )
    };
    opened
        .and_then(|mut opened| opened.write_all(toml.as_bytes()))
        .with_context(there)?;
    Ok(file.display().to_string())
}

fn test(id: &str, place: &Place) -> Result<()> {
    let files = Files::read(&place.library, &place.segments())?;
    let at = find(&files, id)?;
    if files.guides[at].examples().is_empty() {
        bail!(
            "`{id}` has no guide with questions: begin one with `iqtibas guide new {id} --write`"
        );
    }
    let held_out = hold_out(&files.articles[at], &files.guides[at], &files.names);
    writeln!(io::stdout(), "{held_out}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_is_written_once_and_never_over_another() {
        let library = tempfile::tempdir().expect("a folder");
        let (path, text) = (library.path(), "[[silence]]");
        assert!(
            save(path, "a", text)
                .expect_err("no folder")
                .to_string()
                .contains("move the article to")
        );
        fs::create_dir(path.join("a")).expect("made");
        save(path, "a", text).expect("written");
        assert!(
            save(path, "a", "")
                .expect_err("there")
                .to_string()
                .contains("without --write")
        );
        assert_eq!(
            fs::read_to_string(path.join("a/guide.toml")).expect("there"),
            text
        );
    }
}
