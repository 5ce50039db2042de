//! The guides in `docs/` are true: their files are valid, their commands run, in order, and print
//! what they are shown to print.
//!
//! A fenced block with a path (` ```toml library/names.toml `) is a file that is written there; `sh`
//! is run; `console` is run and its output compared. Other blocks are to be read.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A fenced block: its language, the path it is to be written to, its content.
struct Block<'t> {
    language: &'t str,
    path: Option<&'t str>,
    content: &'t str,
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    text.split("\n```").skip(1).step_by(2).map(|block| {
        let (info, content) = block.split_once('\n').expect("a fence has a line of its own");
        let (language, path) = match info.split_once(' ') {
            Some((language, path)) => (language, Some(path)),
            None => (info, None),
        };
        Block {
            language,
            path,
            content,
        }
    })
}

/// Runs a command line in a shell that finds the program, in `folder`.
fn run(line: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_iqtibas"));
    let programs = program.parent().expect("a folder").display();
    Command::new("sh")
        .args(["-euc", line])
        .env_clear()
        .env("PATH", format!("{programs}:/usr/local/bin:/usr/bin:/bin"))
        .current_dir(folder)
        .output()
        .expect("there is a shell")
}

/// Does what a guide says in a folder of its own, and counts the commands.
fn follow(name: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let text = fs::read_to_string(path).expect("the guide is there");
    let home = tempfile::tempdir().expect("a folder");
    let mut commands = 0;
    let mut succeed = |line: &str| {
        commands += 1;
        let output = run(line, home.path());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {line}\n{errors}");
        String::from_utf8(output.stdout).expect("text")
    };
    for block in blocks(&text) {
        match (block.language, block.path) {
            (_, Some(path)) => {
                let path = home.path().join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, block.content).expect("written");
            }
            ("sh", None) => {
                for line in block.content.lines() {
                    succeed(line);
                }
            }
            ("console", None) => {
                let (line, wanted) = block.content.split_once('\n').expect("a command and more");
                let line = line.strip_prefix("$ ").expect("a prompt");
                assert_eq!(succeed(line).trim_end(), wanted.trim_end(), "{name}: {line}");
            }
            _ => {}
        }
    }
    commands
}

#[test]
fn the_guide_to_a_good_article_folder_can_be_followed() {
    assert!(follow("articles.md") >= 9);
}

#[test]
fn the_format_of_a_library_is_what_the_program_reads() {
    assert!(follow("library.md") >= 8);
}
