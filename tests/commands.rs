//! The commands at the terminal, as an operator types them.

use std::io::{Read as _, Write as _};
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

/// A terminal comes from `script`, which every Linux has.
#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_the_prompt_remembers_and_ctrl_d_ends_it() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let program = env!("CARGO_BIN_EXE_iqtibas");
    let mut running = Command::new("script")
        .args(["-qec", &format!("'{program}' ask"), "/dev/null"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("IQTIBAS_SEGMENTS", segments.path())
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` is there");
    let mut keyboard = running.stdin.take().expect("it has a standard input");
    let mut screen = running.stdout.take().expect("it has a standard output");
    let mut shown = String::new();
    // The prompt once, then again after each answer.
    for (prompts, keys) in [(1, "is DeepSeek cheap?\r"), (2, "\u{1b}[A\r"), (3, "\u{4}")] {
        let mut bytes = [0; 4096];
        while shown.matches("\u{1b}[?2004h").count() < prompts {
            let read = screen.read(&mut bytes).expect("the screen is read");
            assert!(read > 0, "it ended: {shown}");
            shown += &String::from_utf8_lossy(&bytes[..read]);
        }
        keyboard.write_all(keys.as_bytes()).expect("it reads");
    }
    assert!(running.wait().expect("it ends").success());
    assert_eq!(shown.matches("Daoshuo").count(), 2, "{shown}");
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
fn who_stops_reading_ends_a_command_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::write(
        folder.path().join("words.tsv"),
        "# from: en\n# to: ar\nlamp\tمصباح\n",
    )
    .expect("written");
    let questions = root.join("tests/data/article-dev.jsonl");
    let questions = questions.to_str().expect("a path is text");
    // Nobody reads what the command prints, be it an answer or an error.
    let ended = |command: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut program = Command::new(env!("CARGO_BIN_EXE_iqtibas"));
        let program = program
            .args(command)
            .current_dir(folder.path())
            .env("IQTIBAS_LIBRARY", root.join("index"))
            .env("IQTIBAS_SEGMENTS", folder.path().join("segments"))
            .stdin(Stdio::null())
            .stdout(writer.try_clone().expect("a pipe"))
            .stderr(writer);
        program.status().expect("it runs").code()
    };
    for command in [
        &["index"][..],
        &["check"],
        &["eval", questions],
        &["ask", "is DeepSeek cheap?"],
        &["ask", "--json", "is DeepSeek cheap?"],
        &["lexicon", "add", "words.tsv"],
        &["lexicon", "list"],
        &["guide", "new", "deepseek"],
        &["guide", "test", "deepseek"],
        &["export", "site"],
        &["help"],
    ] {
        assert_eq!(ended(command), Some(0), "{command:?}");
    }
    for (command, code) in [
        (&["state"][..], 1),
        (&["ask", "--library", "nowhere", "?"], 1),
        (&["nonsense"], 2),
    ] {
        assert_eq!(ended(command), Some(code), "{command:?}");
    }
}

#[test]
fn a_bar_is_for_terminals_only() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let done = iqtibas(&["index"], segments.path(), "");
    assert!(text(&done.stdout).starts_with("built: 1 article(s)"));
    assert_eq!(text(&done.stderr), "");
}
