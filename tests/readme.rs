//! README is true: its commands exist, its examples are valid, and what it shows the program saying
//! is what the program says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{CommandFactory, Parser};
use iqtibas::config::Config;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("README is there")
}

/// The fenced blocks of this language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let mut fences = readme.split("```");
    let mut blocks = Vec::new();
    while let (Some(_), Some(block)) = (fences.next(), fences.next()) {
        if let Some(content) = block
            .strip_prefix(language)
            .and_then(|b| b.strip_prefix('\n'))
        {
            blocks.push(content.to_owned());
        }
    }
    assert!(!blocks.is_empty(), "README has no block of {language}");
    blocks
}

/// What stands between backticks in the text, and the lines of shell blocks.
fn commands() -> Vec<String> {
    let readme = readme();
    let text: Vec<&str> = readme.split("```").step_by(2).collect();
    let inline = text
        .iter()
        .flat_map(|part| part.split('`').skip(1).step_by(2));
    let shell = blocks("sh");
    let lines = shell.iter().flat_map(|block| block.lines());
    inline.chain(lines).map(str::to_owned).collect()
}

/// The words of a command line as a shell would split them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words.retain(|word| !word.starts_with("TELOXIDE_TOKEN="));
    words
}

#[test]
fn two_commands_are_enough() {
    let lines: Vec<String> = blocks("sh")
        .iter()
        .flat_map(|b| b.lines())
        .map(str::to_owned)
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0], "cargo run --release -- try");
    assert_eq!(lines[1], "cargo test");
}

#[test]
fn every_command_that_it_names_exists() {
    let mut seen = Vec::new();
    for line in commands() {
        let words = words(&line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["cargo", "run", "--release", "--", args @ ..] | ["iqtibas", args @ ..]
                if !args.is_empty() =>
            {
                if *args != ["help"] {
                    let parsed = Config::try_parse_from([&["iqtibas"], args].concat());
                    assert!(parsed.is_ok(), "{line}: {}", parsed.expect_err("an error"));
                }
                seen.push(args[0].to_owned());
            }
            ["cargo", "bench", "--bench", name, ..] => {
                let bench = root().join("benches").join(name).with_extension("rs");
                assert!(bench.is_file(), "{line}");
                seen.push((*name).to_owned());
            }
            ["cargo", "test"] => seen.push("test".to_owned()),
            ["cargo", ..] => assert_eq!(line, "cargo run --release --"),
            _ => {}
        }
    }
    for expected in [
        "try", "run", "check", "eval", "guide", "lexicon", "state", "backup", "export", "startup",
        "load", "soak", "answer", "crash", "test",
    ] {
        assert!(
            seen.iter().any(|name| name == expected),
            "README does not name {expected}: {seen:?}"
        );
    }
}

#[test]
fn every_path_that_it_names_exists() {
    let readme = readme();
    let links = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let links = links
        .filter(|link| !link.starts_with("https://"))
        .map(str::to_owned);
    let inside = ["index/", "tests/", "src/", ".ci/"];
    let quoted = commands().into_iter().flat_map(|command| words(&command));
    let quoted = quoted.filter(|word| inside.iter().any(|folder| word.starts_with(folder)));
    let paths: Vec<PathBuf> = links.chain(quoted).map(|path| root().join(path)).collect();
    assert!(paths.len() >= 5, "{paths:?}");
    for path in paths {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn the_exchange_is_what_the_program_prints() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let shown = blocks("console").concat();
    let exchanges: Vec<&str> = shown.split("$ iqtibas ").skip(1).collect();
    assert_eq!(exchanges.len(), 2);
    for exchange in exchanges {
        let (line, wanted) = exchange
            .split_once('\n')
            .expect("a command and what it prints");
        let output = Command::new(env!("CARGO_BIN_EXE_iqtibas"))
            .current_dir(root())
            .env_remove("IQTIBAS_LIBRARY")
            .env("IQTIBAS_SEGMENTS", segments.path())
            .args(words(line))
            .output()
            .expect("the program starts");
        let printed = String::from_utf8(output.stdout).expect("text");
        assert_eq!(printed.trim_end(), wanted.trim_end(), "{line}");
    }
}

#[test]
fn the_article_and_the_guide_of_the_example_are_valid() {
    let library = tempfile::tempdir().expect("a folder for a library");
    let folder = library.path().join("lighthouse");
    fs::create_dir(&folder).expect("a folder is made");
    fs::write(folder.join("article.md"), &blocks("markdown")[0]).expect("a file is written");
    fs::write(folder.join("guide.toml"), &blocks("toml")[0]).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_iqtibas"))
        .args(["check", "--library"])
        .arg(library.path())
        .output()
        .expect("the program starts");
    let printed = String::from_utf8(output.stdout).expect("text");
    let errors = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{errors}");
    assert!(
        printed.contains("«What the lighthouse keeper wrote», 2 passages"),
        "{printed}"
    );
    assert!(printed.contains("4 questions in the guide"), "{printed}");
}

#[test]
fn every_subcommand_says_what_it_does() {
    for command in Config::command().get_subcommands() {
        assert!(command.get_about().is_some(), "{}", command.get_name());
    }
}
