//! The map in `src/lib.rs` is true: this reads the sources and keeps its invariants.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file of the crate, without its comments and its unit tests.
struct Source {
    path: PathBuf,
    /// The module of `lib.rs` it belongs to.
    module: String,
    code: String,
}

/// Where the core ends and where it begins again, by the layout's order.
const NOT_CORE: [&str; 2] = ["index", "wording"];
const EDGE: &str = "store";

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path
                    .strip_prefix(&root)
                    .expect("below src")
                    .with_extension("");
                let module = inside.iter().next().expect("a name").to_string_lossy();
                sources.push(Source {
                    module: module.into_owned(),
                    code: program(&read(&path)),
                    path,
                });
            }
        }
    }
    assert!(sources.len() > 30, "the sources were not found");
    sources
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a source is UTF-8")
}

fn program(text: &str) -> String {
    let (code, _) = text
        .split_once("#[cfg(test)]\nmod tests {")
        .unwrap_or((text, ""));
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| line.split_once(" // ").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}

fn map() -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
}

/// The modules in the order of the layout.
fn layout() -> Vec<String> {
    let map = map();
    let (_, rest) = map.split_once("# Layout").expect("a layout");
    let block = rest.split("```").nth(1).expect("a block in the layout");
    block
        .lines()
        .skip(1)
        .filter_map(|line| line.strip_prefix("//! ")?.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Whether `code` names `word` as a whole path segment or identifier.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// Every file that names one of `words` belongs to one of `modules`.
fn only(modules: &[&str], words: &[&str]) {
    let strangers: Vec<String> = sources()
        .iter()
        .filter(|source| !modules.contains(&source.module.as_str()))
        .flat_map(|source| {
            words
                .iter()
                .filter(|word| names(&source.code, word))
                .map(|word| format!("{} names {word}", source.path.display()))
        })
        .collect();
    assert!(strangers.is_empty(), "only {modules:?} may: {strangers:#?}");
    for module in modules {
        let used = sources()
            .iter()
            .any(|s| s.module == *module && words.iter().any(|word| names(&s.code, word)));
        assert!(
            used,
            "{module} names none of {words:?}: take it off the list"
        );
    }
}

#[test]
fn only_the_index_names_tantivy() {
    only(&["index"], &["tantivy"]);
}

#[test]
fn only_telegram_and_the_sandbox_name_teloxide() {
    only(&["telegram", "sandbox"], &["teloxide"]);
}

#[test]
fn only_the_configuration_reads_the_environment() {
    only(
        &["config"],
        &[
            "std::env",
            "env::var",
            "env::var_os",
            "env::args",
            "from_default_env",
            "try_from_default_env",
            "from_env",
        ],
    );
}

#[test]
fn the_core_touches_no_disk_no_network_and_no_clock() {
    let layout = layout();
    let place = |name: &str| {
        layout
            .iter()
            .position(|module| module == name)
            .expect("in the layout")
    };
    let [disk, core_again] = NOT_CORE.map(place);
    let core: Vec<&String> = layout[..disk]
        .iter()
        .chain(&layout[core_again..place(EDGE)])
        .collect();
    assert!(core.len() > 10, "{core:?}");
    let forbidden = [
        "fs",
        "std::net",
        "std::io",
        "std::env",
        "std::thread",
        "SystemTime",
        "Instant",
        "tokio",
        "reqwest",
        "axum",
    ];
    for source in sources()
        .iter()
        .filter(|source| core.contains(&&source.module))
    {
        let named: Vec<_> = forbidden
            .iter()
            .filter(|word| names(&source.code, word))
            .collect();
        assert!(
            named.is_empty(),
            "{} names {named:?}",
            source.path.display()
        );
    }
}

#[test]
fn every_module_stands_in_the_layout_once_and_nothing_else_does() {
    let map = map();
    let mut declared: Vec<String> = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let mut listed = layout();
    declared.sort();
    listed.sort();
    assert_eq!(declared, listed);
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let layout = layout();
    for source in sources() {
        let Some(own) = layout.iter().position(|module| *module == source.module) else {
            continue; // lib.rs and main.rs
        };
        for below in &layout[own + 1..] {
            let path = format!("crate::{below}");
            assert!(
                !names(&source.code, &path) && !in_group(&source.code, below),
                "{} uses `{below}`, which stands below `{}`",
                source.path.display(),
                source.module
            );
        }
    }
}

/// Whether `use crate::{…}` names `module`.
fn in_group(code: &str, module: &str) -> bool {
    code.match_indices("use crate::{").any(|(at, _)| {
        let group = code.get(at..).and_then(|rest| rest.split(';').next());
        group.is_some_and(|group| names(group, module))
    })
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for source in sources() {
        assert!(
            read(&source.path).starts_with("//! "),
            "{} does not open with //!",
            source.path.display()
        );
    }
}

#[test]
fn names_are_whole() {
    assert!(names("use std::fs;", "fs"));
    assert!(!names("let offset = 1;", "fs"));
    assert!(names("let x = tantivy::Index::open();", "tantivy"));
    assert!(in_group("use crate::{bot, cli::run};", "cli"));
    assert_eq!(program("//! fs\nlet a = 1; // fs"), "let a = 1;");
}
