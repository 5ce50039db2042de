//! The commands at the terminal, as an operator types them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the program on the library that ships, with `input` at its standard input.
fn iqtibas(args: &[&str], segments: &Path, input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_iqtibas"));
    program
        .args(args)
        .arg("--library")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("index"))
        .arg("--segments")
        .arg(segments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = program.spawn().expect("the program starts");
    let mut stdin = running.stdin.take().expect("it has a standard input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    running.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn without_a_question_line_after_line_is_answered_until_the_end() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let lines = "is DeepSeek cheap?\n\nكم انخفض سهم إنفيديا؟\n";
    let done = iqtibas(&["ask"], segments.path(), lines);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    assert!(printed.starts_with("From the article:"), "{printed}");
    assert!(printed.contains("paragraph 8"), "{printed}");
    assert!(printed.contains("الفقرة 23"), "{printed}");
    assert_eq!(printed.matches("Daoshuo").count(), 2, "{printed}");
}

#[test]
fn an_exported_site_is_whole_and_needs_nobody_to_answer() {
    let (segments, site) = (
        tempfile::tempdir().expect("a folder for the segments"),
        tempfile::tempdir().expect("a folder for the site"),
    );
    let dir = site.path().to_str().expect("a path is text");
    let done = iqtibas(&["export", dir], segments.path(), "");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let page = site.path().join("read/deepseek/index.html");
    let html = std::fs::read_to_string(&page).expect("the article's page");
    assert!(html.contains("id=\"p8\""));
    assert!(!html.contains("<form"), "nobody is there to answer");
    assert!(!html.contains("<script"));
    let style = html
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a style sheet");
    assert!(page.parent().expect("a folder").join(style).is_file());
    let index = std::fs::read_to_string(site.path().join("index.html")).expect("the list");
    assert!(index.contains("href=\"read/deepseek/\""), "{index}");
}

#[test]
fn a_bar_is_for_terminals_only() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let done = iqtibas(&["index"], segments.path(), "");
    assert!(text(&done.stdout).starts_with("built: 1 article(s)"));
    assert_eq!(text(&done.stderr), "");
}
