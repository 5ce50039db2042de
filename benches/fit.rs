//! Fits the weights of `src/weights.toml` to question sets and prints them.
//!
//!     cargo bench --bench fit -- [--ablate] QUESTIONS.jsonl LIBRARY [QUESTIONS.jsonl LIBRARY ...]
//!
//! Maximum likelihood of the multinomial logit by gradient ascent (Adam), with a light pull to
//! zero. Every language of a set counts the same, however many questions it has. A passage is right
//! where what would be quoted of it is.
//!
//! Beside the weights it prints how often the first passage is right for questions on articles that
//! the weights were not fitted on (on one half of the articles, measured on the other, three ways to
//! halve them). With `--ablate` also with each part left out in turn.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // counts of questions

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use iqtibas::evaluation::{Case, Kind};
use iqtibas::library::Library;
use iqtibas::ranking::{PARTS, WeightSet, weights};

const N: usize = PARTS.len();
/// How much the order of passages counts beside the probability of the first.
const RANKING: f64 = 2.0;
/// In how many ways the articles are halved.
const WAYS: u64 = 3;

/// One question: the parts of each outcome, and which outcomes are right.
struct Row {
    outcomes: Vec<([f64; N], bool)>,
    weight: f64,
    judged_by: WeightSet,
    /// The set and the language that it counts under.
    set: String,
    /// What it is kept or left out with: its article, or where it is on none, or on the only one,
    /// itself.
    article: String,
}

impl Row {
    fn in_first_half(&self, way: u64) -> bool {
        let mut hasher = DefaultHasher::new();
        (way, &self.article).hash(&mut hasher);
        hasher.finish().is_multiple_of(2)
    }

    /// Whether a passage answers it and was found.
    fn is_answerable(&self) -> bool {
        let passages = self.outcomes.len() - 2;
        self.outcomes[..passages].iter().any(|outcome| outcome.1)
    }
}

fn rows(questions: &str, dir: &str, out: &mut Vec<Row>) {
    let segments = std::env::temp_dir().join(format!("fit-{}", dir.replace('/', "_")));
    let library = Library::open(Path::new(dir), &segments).unwrap();
    let path = Path::new(questions);
    let set = match path.file_stem().unwrap().to_str().unwrap() {
        "questions" => path
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap(),
        stem => stem,
    };
    let start = out.len();
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for line in std::fs::read_to_string(questions).unwrap().lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        if case.kind == Kind::Other {
            continue;
        }
        let question = library.question(&case.question);
        let evidence = library.evidence(&question).unwrap();
        let wide = |values: &[f32; N]| values.map(f64::from);
        let mut outcomes: Vec<([f64; N], bool)> = evidence
            .candidates
            .iter()
            .map(|candidate| {
                let quote = library.quoted(&question, candidate);
                let is_right = quote.is_some_and(|quote| case.accepts(quote.text()));
                (wide(candidate.parts.values()), is_right)
            })
            .collect();
        outcomes.push((
            wide(evidence.silence.values()),
            case.kind == Kind::Unanswerable,
        ));
        outcomes.push((
            wide(evidence.small_talk.values()),
            case.kind == Kind::Chitchat,
        ));
        if outcomes.iter().all(|outcome| !outcome.1) {
            continue;
        }
        let of = library.articles().iter().find(|article| {
            let holds = |gold: &String| article.text().contains(gold);
            case.gold.iter().any(holds)
        });
        let article = match of {
            Some(article) if library.articles().len() > 1 => article.id(),
            _ => case.id.rsplit(':').next().unwrap(),
        };
        let set = format!("{set} {}", case.lang);
        *counts.entry(set.clone()).or_default() += 1.0;
        out.push(Row {
            outcomes,
            weight: 1.0,
            judged_by: evidence.set,
            article: article.to_owned(),
            set,
        });
    }
    for row in &mut out[start..] {
        row.weight = 1.0 / counts[&row.set];
    }
}

/// The weights that make the right outcomes of `rows` most likely, those of `without` being 0.
fn fit(rows: &[&Row], start: [f64; N], without: Option<usize>) -> [f64; N] {
    let (mut weights, mut mean, mut square) = (start, [0.0; N], [0.0; N]);
    if let Some(part) = without {
        weights[part] = 0.0;
    }
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    for step in 1..=400 {
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
            let answerable = row.is_answerable();
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
        // A part that has no weight, or that no row has, is left alone.
        let kept = |at: &usize| start[*at] != 0.0 && gradient[*at].abs() > 0.0;
        for at in (0..N).filter(|at| Some(*at) != without && kept(at)) {
            let g = gradient[at] - 3e-4 * weights[at];
            mean[at] = 0.9 * mean[at] + 0.1 * g;
            square[at] = 0.999 * square[at] + 0.001 * g * g;
            let (m, s) = (
                mean[at] / (1.0 - 0.9_f64.powi(step)),
                square[at] / (1.0 - 0.999_f64.powi(step)),
            );
            weights[at] += 0.05 * m / (s.sqrt() + 1e-9);
        }
    }
    weights
}

fn dot(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// By set, how many answerable rows there are and of how many the best passage is right; over all,
/// the log-likelihood.
#[derive(Default)]
struct Quality {
    hits: BTreeMap<String, (f64, f64)>,
    likelihood: f64,
    rows: f64,
}

impl Quality {
    fn add(&mut self, row: &Row, weights: &[f64; N]) {
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
        self.likelihood += (right / all).max(1e-30).ln();
        self.rows += 1.0;
        if row.is_answerable() {
            let best = (0..passages)
                .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
                .unwrap();
            let (hits, count) = self.hits.entry(row.set.clone()).or_default();
            *hits += f64::from(u8::from(row.outcomes[best].1));
            *count += 1.0;
        }
    }

    fn print(&self, name: &str) {
        print!("# {name:<12}");
        for (hits, count) in self.hits.values() {
            print!(" {:>15.3}", hits / count);
        }
        println!(" {:>15.3}", self.likelihood / self.rows);
    }
}

/// How good the weights are that are fitted on the half of the articles that is not asked about.
fn held_out(rows: &[&Row], start: [f64; N], without: Option<usize>) -> Quality {
    let mut quality = Quality::default();
    for way in 0..WAYS {
        let (a, b): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.in_first_half(way));
        for (fitted_on, asked) in [(&a, &b), (&b, &a)] {
            let weights = fit(fitted_on, start, without);
            for row in asked {
                quality.add(row, &weights);
            }
        }
    }
    quality
}

fn main() {
    let (options, paths): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|arg| arg.starts_with("--"));
    let mut all = Vec::new();
    for pair in paths.chunks_exact(2) {
        rows(&pair[0], &pair[1], &mut all);
    }
    for (name, set) in WeightSet::ALL {
        let start = weights().in_order(set).map(f64::from);
        let chosen: Vec<&Row> = all.iter().filter(|row| row.judged_by == set).collect();
        if chosen.is_empty() {
            continue;
        }
        let fitted = fit(&chosen, start, None);
        let of = |weights: &[f64; N]| {
            let mut quality = Quality::default();
            for row in &chosen {
                quality.add(row, weights);
            }
            quality
        };
        let shipped = of(&start);
        print!("# {name:<12}");
        for set in shipped.hits.keys() {
            print!(" {set:>15}");
        }
        println!(" {:>15}", "log-likelihood");
        shipped.print("as shipped");
        of(&fitted).print("fitted");
        held_out(&chosen, start, None).print("held out");
        if options.iter().any(|option| option == "--ablate") {
            for at in (0..N).filter(|&at| start[at] != 0.0 && PARTS[at] != "context") {
                held_out(&chosen, start, Some(at)).print(&format!("- {}", PARTS[at]));
            }
        }
        println!("[{name}]");
        for (part, weight) in PARTS
            .iter()
            .zip(fitted)
            .filter(|(_, weight)| *weight != 0.0)
        {
            println!("{part} = {weight:.2}");
        }
    }
}
