//! The front door: articles, their guides and segments, and the answer to a question.
//!
//! A library is a folder. An article is a `.md` or `.txt` file in it, or a folder that holds
//! `article.md` or `article.txt` (or just one such file) and the guide beside it. `names.toml`,
//! `smalltalk.toml` and `lexicon/` serve every article; where a library has none of its own, those
//! that were built into the program are used.

mod files;
mod learned;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::analysis;
use crate::answer::{Answer, MAX_QUOTES, Quote, Verdict, Why};
use crate::article::{Article, ArticleError};
use crate::classifier;
use crate::evidence::{self, Words};
use crate::guide::{Guide, GuideError, Target};
use crate::index::{Index, IndexError, Source};
use crate::names::Names;
use crate::pack::PackError;
use crate::question::Question;
use crate::ranking::{self, Candidate, Evidence, Part, Parts};
use learned::Learned;

pub use files::{Files, Problem};

/// How many passages are looked at closely.
const CANDIDATES: usize = 24;
/// How many of the guide's questions are looked at closely.
const EXAMPLES: usize = 12;

/// Articles that can be asked.
#[derive(Debug)]
pub struct Library {
    articles: Vec<Article>,
    guides: Vec<Guide>,
    names: Names,
    index: Index,
    learned: Learned,
    /// Every passage of every article, in order: its article, its number there, its words.
    passages: Vec<(usize, usize, Words)>,
    titles: Vec<Words>,
    mean_len: f32,
    built: Option<Duration>,
}

/// What came before a question in its conversation: quotes it replies to, a fragment selected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'c> {
    /// Text that the question refers to.
    pub text: Option<&'c str>,
}

/// Why a library cannot be opened or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum LibraryError {
    #[error("{}: {error}", .path.display())]
    Io { path: PathBuf, error: std::io::Error },
    #[error("{}: no article here: put a .md or .txt file into it", .0.display())]
    Empty(PathBuf),
    #[error("two articles are named `{name}`: {} and {}; rename one", .first.display(), .second.display())]
    SameName { name: String, first: PathBuf, second: PathBuf },
    #[error("{}: {} articles in one folder: keep one, or name it article.md", .folder.display(), .count)]
    SeveralInFolder { folder: PathBuf, count: usize },
    #[error(transparent)]
    Article(#[from] ArticleError),
    #[error(transparent)]
    Guide(#[from] GuideError),
    #[error("{}{}: {problem}", .file.display(), .line.map(|n| format!(":{n}")).unwrap_or_default())]
    Table { file: PathBuf, line: Option<usize>, problem: String },
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Library {
    /// Opens the library in `dir`, its segments in `segments`; builds what is missing or old.
    ///
    /// # Errors
    /// [`LibraryError`] names the file and the way out.
    pub fn open(dir: &Path, segments: &Path) -> Result<Self, LibraryError> {
        let started = Instant::now();
        let files = Files::read(dir, segments)?;
        let fingerprint = files.fingerprint();
        let Files { articles, guides, names, small_talk, mut lexicons, packs, .. } = files;
        let opened = Index::open::<LibraryError>(segments, fingerprint, || {
            lexicons.extend(packs.load()?);
            Ok(learned::contents(&articles, &guides, &names, &small_talk, &lexicons))
        })?;
        let learned = Learned::read(&opened.extra)?;
        let passages = articles.iter().enumerate().flat_map(|(at, article)| {
            let words = |span| Words::new(article.text(), span, &names);
            article.passages().iter().enumerate().map(move |(number, passage)| (at, number, words(passage.span())))
        });
        let passages: Vec<(usize, usize, Words)> = passages.collect();
        #[allow(clippy::cast_precision_loss)] // counts of words
        let mean_len = passages.iter().map(|p| p.2.len()).sum::<usize>() as f32 / passages.len().max(1) as f32;
        Ok(Self {
            passages,
            mean_len,
            titles: articles.iter().map(|article| Words::of(article.title(), &names)).collect(),
            articles,
            guides,
            names,
            index: opened.index,
            learned,
            built: opened.built.then(|| started.elapsed()),
        })
    }

    /// The articles, by name.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// How long it took to build the segments, where they were not there.
    #[must_use]
    pub fn built(&self) -> Option<Duration> {
        self.built
    }

    /// How many words of other languages lead to words of the library.
    #[must_use]
    pub fn bridge_len(&self) -> usize {
        self.learned.bridge.len()
    }

    /// The article and the passage's number in it, for a passage's number in the library.
    #[must_use]
    pub fn passage(&self, number: usize) -> Option<(&Article, usize)> {
        self.passages.get(number).map(|(article, number, _)| (&self.articles[*article], *number))
    }

    /// Reads a message as a question.
    #[must_use]
    pub fn question(&self, message: &str) -> Question {
        Question::new(message, &self.names)
    }

    /// Answers a question with quotes, or with none.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    pub fn answer(&self, question: &Question, context: Context<'_>) -> Result<Answer<'_>, LibraryError> {
        let mut why = Why {
            names: question.mentions().iter().map(|m| self.names.key(m.name).to_owned()).collect(),
            thresholds: ranking::weights().thresholds(),
            ..Why::default()
        };
        if !question.has_content() && context.text.is_none() || self.learned.is_small_talk(question) {
            why.small_talk = true;
            return Ok(Answer { verdict: Verdict::None, quotes: Vec::new(), why });
        }
        let mut evidence = self.evidence(question)?;
        if let Some(text) = context.text {
            self.lean_on(text, &mut evidence.candidates);
        }
        why.nearest_question = evidence.nearest_question.map(|example| self.example(example).to_owned());
        let ranked = ranking::rank(evidence);
        why.silence = ranked.silence;
        why.small_talk = ranked.small_talk > 0.5;
        let verdict = if why.small_talk { Verdict::None } else { ranked.verdict };
        why.parts = ranked.order.first().map(|(candidate, _)| candidate.parts.explain(candidate.guided)).unwrap_or_default();
        let quotes = if verdict == Verdict::None {
            Vec::new()
        } else {
            ranked
                .order
                .into_iter()
                .take(MAX_QUOTES)
                .map(|(candidate, score)| {
                    let (article, number, _) = self.passages[candidate.passage];
                    Quote::new(&self.articles[article], &self.guides[article], number, score, candidate.matched)
                })
                .collect()
        };
        Ok(Answer { verdict, quotes, why })
    }

    /// What speaks for each passage that may answer, for silence, and for small talk.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    pub fn evidence(&self, question: &Question) -> Result<Evidence, LibraryError> {
        let holding = |stem: &str| self.rarity(stem);
        let (asked, stems) = evidence::asked(question, &self.learned.bridge, &holding);
        let mut terms: Vec<(Source, String, f32)> = Vec::new();
        for (stem, weight) in stems {
            terms.push((Source::Around, stem.clone(), 0.3 * weight));
            terms.push((Source::Guide, stem.clone(), 0.3 * weight));
            terms.push((Source::Words, stem, weight));
        }
        let grams: Vec<(Source, String, f32)> = question
            .tokens()
            .iter()
            .filter(|token| !token.stop)
            .flat_map(evidence::grams)
            .map(|gram| (Source::Grams, gram, 1.0))
            .collect();
        let by_words = self.index.find(&terms, CANDIDATES)?;
        let by_grams = self.index.find(&grams, CANDIDATES)?;
        let features = classifier::features(question.tokens(), question.mentions());
        let judgement = self.learned.classifier.judge(&features);
        let shares = |found: Vec<(usize, f32)>| -> HashMap<usize, f32> {
            let best = found.first().map_or(1.0, |&(_, score)| score);
            found.into_iter().map(|(number, score)| (number, score / best)).collect()
        };
        let (by_words, by_grams) = (shares(by_words), shares(by_grams));
        // The guide's own best passages join those that the words found.
        let mut by_guide: Vec<(usize, f32)> =
            judgement.scores.iter().copied().enumerate().take(self.learned.targets.len()).collect();
        by_guide.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut guide: HashMap<usize, f32> = HashMap::new();
        for (class, score) in by_guide {
            let passage = self.learned.targets[class];
            if guide.len() < MAX_QUOTES * 3 || by_words.contains_key(&passage) || by_grams.contains_key(&passage) {
                guide.insert(passage, score);
            }
        }
        let near = self.near_examples(question, &features)?;
        let nearest = |wanted: Option<Target>, passage: usize| {
            near.iter()
                .filter(|(example, _)| match (wanted, self.learned.examples[*example].passage) {
                    (Some(Target::Silence), None) => true,
                    (None, Some(of)) => of == passage,
                    _ => false,
                })
                .map(|near| near.1)
                .fold(0.0, f32::max)
        };
        let wants_number = evidence::wants_number(question);
        let mut numbers: Vec<usize> = by_words.keys().chain(by_grams.keys()).chain(guide.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let candidates = numbers
            .into_iter()
            .map(|passage| {
                let (article, _, words) = &self.passages[passage];
                let coverage = words.cover(&asked, wants_number, self.mean_len);
                let mut parts = Parts::default();
                parts.set(Part::Guide, guide.get(&passage).copied().unwrap_or_default());
                parts.set(Part::Example, nearest(None, passage));
                parts.set(Part::Passage, coverage.passage);
                parts.set(Part::Sentence, coverage.sentence);
                parts.set(Part::Pairs, coverage.pairs);
                parts.set(Part::Number, coverage.number);
                parts.set(Part::Words, by_words.get(&passage).copied().unwrap_or_default());
                parts.set(Part::Grams, by_grams.get(&passage).copied().unwrap_or_default());
                parts.set(Part::Bm25, coverage.bm25);
                parts.set(Part::Paragraph, self.paragraph(passage, &asked));
                parts.set(Part::Title, self.titles[*article].cover(&asked, false, self.mean_len).passage);
                parts.set(Part::Around, self.around(passage, &asked));
                let guided = !self.guides[*article].examples().is_empty();
                Candidate { passage, parts, guided, matched: coverage.matched }
            })
            .collect();
        let mut silence = Parts::default();
        let class = |at: usize| judgement.scores.get(self.learned.targets.len() + at).copied().unwrap_or_default();
        let guided = !self.learned.targets.is_empty();
        silence.set(Part::Guide, if guided { class(0) } else { 0.0 });
        silence.set(Part::Example, nearest(Some(Target::Silence), 0));
        silence.set(Part::Silence, 1.0);
        silence.set(Part::Unknown, if guided { 1.0 - judgement.known } else { 0.0 });
        let mut small_talk = Parts::default();
        small_talk.set(Part::Guide, if guided { class(1) } else { 0.0 });
        small_talk.set(Part::SmallTalk, 1.0);
        Ok(Evidence { candidates, silence, small_talk, guided, nearest_question: near.first().map(|near| near.0) })
    }

    /// Coverage by the best of the other parts of its paragraph.
    fn paragraph(&self, passage: usize, asked: &[evidence::Asked]) -> f32 {
        let (article, number, _) = self.passages[passage];
        let of = |number: usize| self.articles[article].passages()[number].paragraph();
        [passage.checked_sub(1), Some(passage + 1)]
            .into_iter()
            .flatten()
            .filter_map(|at| self.passages.get(at))
            .filter(|other| other.0 == article && of(other.1) == of(number))
            .map(|other| other.2.cover(asked, false, self.mean_len).passage)
            .fold(0.0, f32::max)
    }

    /// Coverage by the passages before and after, of the same article.
    fn around(&self, passage: usize, asked: &[evidence::Asked]) -> f32 {
        let article = self.passages[passage].0;
        [passage.checked_sub(1), Some(passage + 1)]
            .into_iter()
            .flatten()
            .filter_map(|at| self.passages.get(at))
            .filter(|neighbour| neighbour.0 == article)
            .map(|neighbour| neighbour.2.cover(asked, false, self.mean_len).passage)
            .fold(0.0, f32::max)
    }

    /// The guide's questions that are nearest as a whole: their numbers and cosines, best first.
    fn near_examples(&self, question: &Question, features: &[classifier::Feature]) -> Result<Vec<(usize, f32)>, LibraryError> {
        if self.learned.examples.is_empty() {
            return Ok(Vec::new());
        }
        let mut terms: Vec<(Source, String, f32)> = Vec::new();
        for token in question.tokens() {
            terms.push((Source::Example, token.stem.clone(), 1.0));
            if !token.stop {
                terms.extend(evidence::grams(token).map(|gram| (Source::ExampleGrams, gram, 0.3)));
            }
        }
        let keys = self.learned.classifier.words(features);
        let mut near: Vec<(usize, f32)> = self
            .index
            .find(&terms, EXAMPLES)?
            .into_iter()
            .map(|(number, _)| {
                let example = number - self.passages.len();
                (example, self.learned.classifier.cosine(&keys, &self.learned.examples[example].words))
            })
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(near)
    }

    fn example(&self, number: usize) -> &str {
        let example = &self.learned.examples[number];
        self.guides[example.article].examples().get(example.number).map_or("", |e| &e.question)
    }

    /// How rare a stem is among the passages.
    fn rarity(&self, stem: &str) -> f32 {
        #[allow(clippy::cast_precision_loss)] // counts of passages
        let (all, holding) = (self.passages.len() as f32, self.index.holding(Source::Words, stem) as f32);
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    }

    /// A question that refers to earlier text leans on the passages of that text and what follows.
    fn lean_on(&self, text: &str, candidates: &mut [Candidate]) {
        let forms = |text: &str| analysis::tokens(text).into_iter().map(|t| t.form).collect::<Vec<_>>();
        let wanted = forms(text);
        for candidate in candidates {
            let (article, number, _) = self.passages[candidate.passage];
            let passage = forms(self.articles[article].passages()[number].span().of(self.articles[article].text()));
            let held = wanted.iter().filter(|form| passage.contains(form)).count();
            #[allow(clippy::cast_precision_loss)] // counts of words
            let share = held as f32 / wanted.len().max(1) as f32;
            candidate.parts.set(Part::Context, share);
        }
    }
}
