//! How cost grows with a library: for each size the time and the memory that its segments take to be
//! built, their size, the time to open them, the memory that is not page cache, and how long an
//! answer takes on one core. Asked are questions made of the library's own words, and those of
//! `tests/data`, which the library does not answer.
//!
//!     cargo bench --bench growth -- [--passages 10000,100000,1000000] [--picture FILE.svg]
//!         [--keep] [--again]
//!
//! A library is written article by article, built, and asked, the last two by a process of their own.
//! It lies in `target/growth` and is removed when it was measured: with `--keep` it stays, with
//! `--again` one that stayed is not built but only asked once more.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/picture.rs"]
mod picture;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use iqtibas::library::{Context, Library};
use picture::Row;

const SIZES: &str = "10000,100000,1000000";
const QUESTIONS: usize = 1_000;
const HEAD: &str = "\
| passages | text | build | its memory | segments | open | memory | answer p50 | p99 | longest |
|---|---|---|---|---|---|---|---|---|---|";

fn main() {
    match option("--step").as_deref() {
        Some("build") => return tell(&build(&place())),
        Some(_) => return tell(&ask(&place())),
        None => {}
    }
    let sizes = option("--passages").unwrap_or_else(|| SIZES.to_owned());
    println!("{HEAD}");
    let sizes = sizes.split(',').map(|size| size.parse().unwrap());
    let rows: Vec<Row> = sizes.map(measure).collect();
    println!();
    for row in &rows {
        println!(
            "{} passages: an answer p50 {:.1} ms, p99 {:.1} ms, memory {:.0} MB",
            row.passages, row.p50_ms, row.p99_ms, row.memory_mb
        );
    }
    if let Some(file) = option("--picture") {
        picture::draw(Path::new(&file), &rows);
    }
}

/// Makes a library, builds its segments, asks it.
fn measure(passages: usize) -> Row {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/growth/{passages}"));
    let (again, built) = (option("--again").is_some(), dir.with_extension("json"));
    if !again {
        let _ = fs::remove_dir_all(&dir);
        corpus::write(&dir, passages);
        fs::write(&built, serde_json::to_vec(&step("build", &dir)).unwrap()).unwrap();
    }
    let row: Row = serde_json::from_slice(&fs::read(&built).unwrap()).unwrap();
    let row = Row {
        build_s: row.build_s,
        build_memory_mb: row.build_memory_mb,
        ..step("ask", &dir)
    };
    if !again && option("--keep").is_none() {
        fs::remove_dir_all(&dir).unwrap();
        fs::remove_file(&built).unwrap();
    }
    println!(
        "| {} | {:.0} MB | {:.1} s | {:.0} MB | {:.0} MB | {:.0} ms | {:.0} MB | {:.1} ms | {:.1} ms | {:.1} ms |",
        row.passages,
        row.text_mb,
        row.build_s,
        row.build_memory_mb,
        row.segments_mb,
        row.open_ms,
        row.memory_mb,
        row.p50_ms,
        row.p99_ms,
        row.max_ms
    );
    row
}

/// One step in a process of its own: its memory is then its own too.
fn step(name: &str, dir: &Path) -> Row {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--step", name, "--dir"])
        .arg(dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tell(row: &Row) {
    println!("{}", serde_json::to_string(row).unwrap());
}

fn build(dir: &Path) -> Row {
    let started = Instant::now();
    let most = Cell::new(0.0_f64);
    let sample = |done: usize, _| {
        if done.is_multiple_of(1_000) {
            most.set(most.get().max(anonymous()));
        }
    };
    Library::open_with(dir, &dir.join("segments"), &sample).unwrap();
    Row {
        build_s: started.elapsed().as_secs_f64(),
        build_memory_mb: most.get().max(anonymous()),
        ..Row::default()
    }
}

fn ask(dir: &Path) -> Row {
    let started = Instant::now();
    let library = Library::open(dir, &dir.join("segments")).unwrap();
    let open_ms = started.elapsed().as_secs_f64() * 1e3;
    let mut questions = corpus::questions(&library, QUESTIONS);
    questions.extend(corpus::members());
    let mut times: Vec<(f64, &str)> = questions
        .iter()
        .map(|asked| {
            let started = Instant::now();
            let question = library.question(asked);
            std::hint::black_box(library.answer(&question, Context::default()).unwrap());
            (started.elapsed().as_secs_f64() * 1e3, asked.as_str())
        })
        .collect();
    let memory_mb = anonymous();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let articles = library.articles().iter();
    Row {
        passages: articles.map(|it| it.passages().len()).sum(),
        text_mb: megabytes(dir) - megabytes(&dir.join("segments")),
        segments_mb: megabytes(&dir.join("segments")),
        open_ms,
        memory_mb,
        p50_ms: times[times.len() / 2].0,
        p99_ms: times[times.len() * 99 / 100].0,
        max_ms: times[times.len() - 1].0,
        ..Row::default()
    }
}

/// The memory of this process that no file stands behind, in megabytes.
fn anonymous() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kilobytes.map_or(f64::NAN, |kilobytes: f64| kilobytes * 1024.0 / 1e6)
}

/// The size of what lies in a folder, in megabytes.
fn megabytes(dir: &Path) -> f64 {
    let entries = fs::read_dir(dir).unwrap().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata().unwrap() {
        folder if folder.is_dir() => megabytes(&entry.path()),
        file => file.len() as f64 / 1e6,
    };
    entries.map(size).sum()
}

fn place() -> PathBuf {
    PathBuf::from(option("--dir").unwrap())
}

/// What stands after `name` on the command line; empty where it is the last word.
fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next()?;
    Some(arguments.next().unwrap_or_default())
}
