//! `iqtibas ask` without a question: a prompt that answers until Ctrl-D.

use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use rustyline::DefaultEditor;
use rustyline::config::{Config, Configurer as _};
use rustyline::error::ReadlineError;

use super::{json, show};
use crate::config::Ask;
use crate::library::{Context, Library};

/// What stands before a question at a terminal.
const PROMPT: &str = "? ";

/// Answers line after line. The lines are remembered for the arrow keys and forgotten at the end.
pub(super) fn run(library: &Library, ask: &Ask) -> Result<()> {
    let mut editor = DefaultEditor::with_config(Config::default())?;
    editor.set_auto_add_history(true);
    // Read from a pipe, what is printed is answers alone.
    let prompt = if io::stdin().is_terminal() {
        PROMPT
    } else {
        ""
    };
    loop {
        let line = match editor.readline(prompt) {
            Ok(line) => line,
            // Ctrl-C drops the line, as in a shell.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if line.trim().is_empty() {
            continue;
        }
        let mut out = io::stdout().lock();
        let question = library.question(&line);
        let answer = library.answer(&question, Context::default())?;
        if ask.json {
            writeln!(out, "{}", json(None, &line, &question, &answer, ask)?)?;
        } else {
            show(&mut out, &question, &answer, ask)?;
            writeln!(out)?;
        }
        out.flush()?;
    }
}
