//! How long one answer takes: median and 99th percentile over a question set, after a warm-up.
//!
//!     cargo bench --bench answer -- [QUESTIONS.jsonl LIBRARY]
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers

use std::path::Path;
use std::time::Instant;

use iqtibas::evaluation::Case;
use iqtibas::library::{Context, Library};

fn main() {
    let paths: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let (questions, dir) = match paths.as_slice() {
        [questions, dir] => (questions.as_str(), dir.as_str()),
        _ => ("tests/data/article-dev.jsonl", "index"),
    };
    let segments = std::env::temp_dir().join(format!("iqtibas-bench-{}", dir.replace('/', "_")));
    Library::open(Path::new(dir), &segments).unwrap();
    let started = Instant::now();
    let library = Library::open(Path::new(dir), &segments).unwrap();
    println!(
        "open with segments present: {:.1} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    let text = std::fs::read_to_string(questions).unwrap();
    let questions: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Case>(line).unwrap().question)
        .collect();
    let mut times = Vec::new();
    for round in 0..6 {
        for question in &questions {
            let started = Instant::now();
            let question = library.question(question);
            let answer = library.answer(&question, Context::default()).unwrap();
            std::hint::black_box(&answer);
            if round > 0 {
                times.push(started.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{} answers: p50 {:.0} µs, p99 {:.0} µs",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
}
