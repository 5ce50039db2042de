//! What each part of an answer costs, by criterion: analysis, search, choosing, rendering. Of the
//! article, which has a guide, and of a made-up library of 10,000 passages, which has none.
//!
//!     cargo bench --bench parts -- [FILTER]
#![allow(clippy::unwrap_used, missing_docs)] // a tool for developers

#[path = "support/corpus.rs"]
mod corpus;

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use iqtibas::library::{Context, Library};
use iqtibas::{analysis, ranking, render};

const PASSAGES: usize = 10_000;

fn analysis(criterion: &mut Criterion) {
    let article = include_str!("../index/deepseek/article.md");
    criterion.bench_function("analysis/the article", |bench| {
        bench.iter(|| analysis::tokens(black_box(article)));
    });
}

/// Goes round a list, so that no question is always the same.
fn round<'a, T>(all: &'a [T]) -> impl FnMut() -> &'a T {
    let mut all = all.iter().cycle();
    move || all.next().unwrap()
}

fn parts(criterion: &mut Criterion, name: &str, library: &Library, asked: &[String]) {
    let questions: Vec<_> = asked.iter().map(|it| library.question(it)).collect();
    let mut next = round(asked);
    criterion.bench_function(&format!("question/{name}"), |bench| {
        bench.iter(|| library.question(next()));
    });
    let mut next = round(&questions);
    criterion.bench_function(&format!("search/{name}"), |bench| {
        bench.iter(|| library.evidence(next()).unwrap());
    });
    let evidence: Vec<_> = questions
        .iter()
        .map(|it| library.evidence(it).unwrap())
        .collect();
    let mut next = round(&evidence);
    criterion.bench_function(&format!("choosing/{name}"), |bench| {
        bench.iter(|| ranking::rank(next().clone()));
    });
    let mut next = round(&questions);
    criterion.bench_function(&format!("answer/{name}"), |bench| {
        bench.iter(|| library.answer(next(), Context::default()).unwrap());
    });
    let answer = |question| library.answer(question, Context::default()).unwrap();
    let answers: Vec<_> = questions
        .iter()
        .map(|it| (answer(it), it.language()))
        .collect();
    let mut next = round(&answers);
    criterion.bench_function(&format!("rendering/{name}"), |bench| {
        bench.iter(|| {
            let (answer, language) = next();
            render::answer(answer, *language)
        });
    });
}

fn answers(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let segments = root.join("target/parts");
    let article = Library::open(&root.join("index"), &segments).unwrap();
    let set = corpus::members();
    parts(criterion, "the article", &article, &set);
    let made = tempfile::tempdir().unwrap();
    corpus::write(made.path(), PASSAGES);
    let library = Library::open(made.path(), &made.path().join("segments")).unwrap();
    let questions = corpus::questions(&library, 500);
    parts(criterion, "10,000 passages", &library, &questions);
}

criterion_group!(benches, analysis, answers);
criterion_main!(benches);
