//! Fits the weights of `src/weights.toml` to question sets and prints them.
//!
//!     cargo bench --bench fit -- QUESTIONS.jsonl LIBRARY [QUESTIONS.jsonl LIBRARY ...]
//!
//! Maximum likelihood of the multinomial logit by gradient ascent (Adam), with a light pull to
//! zero. Every set counts the same, however many questions it has.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // counts of questions

use std::path::Path;

use iqtibas::evaluation::{Case, Kind};
use iqtibas::library::Library;
use iqtibas::ranking::{PARTS, weights};

const N: usize = PARTS.len();
/// How much the order of passages counts beside the probability of the first.
const RANKING: f64 = 2.0;

/// One question: the parts of each outcome, and which outcomes are right.
struct Row {
    outcomes: Vec<([f64; N], bool)>,
    weight: f64,
    guided: bool,
}

fn rows(questions: &str, dir: &str, out: &mut Vec<Row>) {
    let segments = std::env::temp_dir().join(format!("fit-{}", dir.replace('/', "_")));
    let library = Library::open(Path::new(dir), &segments).unwrap();
    let start = out.len();
    for line in std::fs::read_to_string(questions).unwrap().lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        if case.kind == Kind::Other {
            continue;
        }
        let evidence = library.evidence(&library.question(&case.question)).unwrap();
        let wide = |values: &[f32; N]| values.map(f64::from);
        let mut outcomes: Vec<([f64; N], bool)> = evidence
            .candidates
            .iter()
            .map(|candidate| {
                let (article, number) = library.passage(candidate.passage).unwrap();
                let text = article.passages()[number].span().of(article.text());
                (
                    wide(candidate.parts.values()),
                    case.kind == Kind::Answerable && case.accepts(text),
                )
            })
            .collect();
        let guided = evidence.guided;
        outcomes.push((
            wide(evidence.silence.values()),
            case.kind == Kind::Unanswerable,
        ));
        outcomes.push((
            wide(evidence.small_talk.values()),
            case.kind == Kind::Chitchat,
        ));
        if outcomes.iter().any(|outcome| outcome.1) {
            out.push(Row {
                outcomes,
                weight: 1.0,
                guided,
            });
        }
    }
    let count = (out.len() - start) as f64;
    for row in &mut out[start..] {
        row.weight = 1.0 / count;
    }
}

fn fit(rows: &[&Row], start: [f64; N]) -> [f64; N] {
    let (mut weights, mut mean, mut square) = (start, [0.0; N], [0.0; N]);
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    for step in 1..=1200 {
        let mut gradient = [0.0; N];
        for row in rows {
            let scores: Vec<f64> = row
                .outcomes
                .iter()
                .map(|(parts, _)| dot(parts, &weights))
                .collect();
            let top = scores.iter().copied().fold(f64::MIN, f64::max);
            let shares: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
            let all: f64 = shares.iter().sum();
            let right: f64 = shares
                .iter()
                .zip(&row.outcomes)
                .filter(|(_, o)| o.1)
                .map(|(s, _)| s)
                .sum();
            // Among passages alone, and among all outcomes: the first is what ranks them, the
            // second what makes the number a probability.
            let passages = shares.len() - 2;
            let among: f64 = shares[..passages].iter().sum();
            let answerable = row.outcomes[..passages].iter().any(|outcome| outcome.1);
            for (at, ((parts, is_right), share)) in row.outcomes.iter().zip(&shares).enumerate() {
                let wanted = if *is_right {
                    share / right.max(1e-30)
                } else {
                    0.0
                };
                let mut pull = wanted - share / all;
                if answerable && at < passages {
                    pull += RANKING * (wanted - share / among);
                }
                for (g, part) in gradient.iter_mut().zip(parts) {
                    *g += row.weight / total * pull * part;
                }
            }
        }
        for at in 0..N {
            let g = gradient[at] - 1e-4 * weights[at];
            mean[at] = 0.9 * mean[at] + 0.1 * g;
            square[at] = 0.999 * square[at] + 0.001 * g * g;
            let (m, s) = (
                mean[at] / (1.0 - 0.9_f64.powi(step)),
                square[at] / (1.0 - 0.999_f64.powi(step)),
            );
            weights[at] += 0.02 * m / (s.sqrt() + 1e-9);
        }
    }
    weights
}

fn dot(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Share of answerable rows whose best passage is right, and the mean log-likelihood.
fn quality(rows: &[&Row], weights: &[f64; N]) -> (f64, f64) {
    let (mut hits, mut count, mut likelihood) = (0.0, 0.0, 0.0);
    for row in rows {
        let scores: Vec<f64> = row
            .outcomes
            .iter()
            .map(|(parts, _)| dot(parts, weights))
            .collect();
        let passages = scores.len() - 2;
        let top = scores.iter().copied().fold(f64::MIN, f64::max);
        let all: f64 = scores.iter().map(|score| (score - top).exp()).sum();
        let right: f64 = scores
            .iter()
            .zip(&row.outcomes)
            .filter(|(_, o)| o.1)
            .map(|(s, _)| (s - top).exp())
            .sum();
        likelihood += (right / all).max(1e-30).ln();
        if row.outcomes[..passages].iter().any(|outcome| outcome.1) {
            count += 1.0;
            let best = (0..passages)
                .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
                .unwrap();
            hits += f64::from(u8::from(row.outcomes[best].1));
        }
    }
    (hits / count, likelihood / rows.len() as f64)
}

fn main() {
    let paths: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let mut all = Vec::new();
    for pair in paths.chunks_exact(2) {
        rows(&pair[0], &pair[1], &mut all);
    }
    for (name, guided) in [("guided", true), ("plain", false)] {
        let start = weights().in_order(guided).map(f64::from);
        let chosen: Vec<&Row> = all.iter().filter(|row| row.guided == guided).collect();
        if chosen.is_empty() {
            continue;
        }
        let (before, fitted) = (quality(&chosen, &start), fit(&chosen, start));
        let ceiling = chosen
            .iter()
            .filter(|r| r.outcomes[..r.outcomes.len() - 2].iter().any(|o| o.1))
            .count();
        println!("ceiling {ceiling}");
        let after = quality(&chosen, &fitted);
        println!(
            "# {name}: {} questions, first passage right {:.3} -> {:.3}, log-likelihood {:.3} -> {:.3}",
            chosen.len(),
            before.0,
            after.0,
            before.1,
            after.1
        );
        for (part, weight) in PARTS.iter().zip(fitted) {
            println!("{part} = {weight:.2}");
        }
    }
}
