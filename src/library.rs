//! The front door: articles, their guides and segments, and the answer to a question.
//!
//! A library is a folder. An article is a `.md` or `.txt` file in it, or a folder that holds
//! `article.md` or `article.txt` (or just one such file) and the guide beside it. `names.toml`,
//! `smalltalk.toml` and `lexicon/` serve every article; where a library has none of its own, those
//! that were built into the program are used.

mod by_words;
mod files;
mod fuller;
mod learned;
mod offer;
mod passages;
mod quoting;
mod scope;
mod subject;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::analysis::{self, Language};
use crate::answer::{Answer, Quote, Verdict, Why};
use crate::article::{Article, ArticleError};
use crate::classifier::{self, Judgement};
use crate::evidence::{self, Words};
use crate::guide::{Guide, GuideError, Target};
use crate::index::{Index, IndexError, Kept, Source, Writer};
use crate::names::{Kind, NameId, Names};
use crate::pack::PackError;
use crate::question::Question;
use crate::ranking::{self, Candidate, Evidence, Part, Parts, WeightSet};
use crate::text::Span;
use files::Folder;
use learned::Learned;
use passages::Passages;

pub use files::Files;
pub(crate) use offer::place_of;
pub use offer::{FileName, Offer};
pub use scope::Scope;
pub use subject::Subject;

/// How many passages are looked at closely.
const CANDIDATES: usize = 24;
/// How many passages are looked up by their words where all that fit are wanted.
const FOUND: usize = 64;
/// How probable a passage must be to be found though the words are not in it.
const LIKELY: f32 = 0.02;
/// How near a passage's word must be to one that is looked for to be taken for the same.
const MET: f32 = 0.7;
/// How many of the guide's questions are looked at closely.
const EXAMPLES: usize = 12;
/// How many passages a library is taken to have at least when it is told how rare a word is: among
/// few, every word that stands in one would pass for common. Of the questions on one article of `XQuAD`
/// alone (development half, Arabic) this answers 82 % where it was 46 %, as rightly as before.
const FEW: f32 = 250.0;
/// By how many of a question's rarest words the guide's questions are looked up.
const EXAMPLE_TERMS: usize = 8;

/// Articles that can be asked.
#[derive(Debug)]
pub struct Library {
    articles: Vec<Article>,
    guides: Vec<Guide>,
    names: Names,
    index: Index,
    learned: Learned,
    passages: Passages,
    titles: Vec<Words>,
    fingerprint: u64,
    built: Option<Duration>,
}

/// What came before a question in its conversation: quotes it replies to, a fragment selected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'c> {
    /// Text that the question refers to.
    pub text: Option<&'c str>,
    /// The articles that the answer is drawn from; without it, all.
    pub scope: Option<&'c Scope>,
}

/// Why a library cannot be opened or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum LibraryError {
    #[error("{}: {error}", .path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: no such folder: name the one with the articles by --library", .0.display())]
    NoFolder(PathBuf),
    #[error("{}: no article here: put a .md or .txt file into it", .0.display())]
    Empty(PathBuf),
    #[error("two articles are named `{name}`: {} and {}; rename one", .first.display(), .second.display())]
    SameName {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("{}: {} articles in one folder: keep one, or name it article.md", .folder.display(), .count)]
    SeveralInFolder { folder: PathBuf, count: usize },
    #[error("{}: changed while it was read; try again", .0.display())]
    Changed(PathBuf),
    #[error(transparent)]
    Article(#[from] ArticleError),
    #[error(transparent)]
    Guide(#[from] GuideError),
    #[error("{}{}: {problem}", .file.display(), .line.map(|n| format!(":{n}")).unwrap_or_default())]
    Table {
        file: PathBuf,
        line: Option<usize>,
        problem: String,
    },
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
        Self::open_with(dir, segments, &|_, _| ())
    }

    /// As [`Library::open`]; while it builds, `progress` is told how many steps of how many are done.
    ///
    /// # Errors
    /// As [`Library::open`].
    pub fn open_with(
        dir: &Path,
        segments: &Path,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Self, LibraryError> {
        let started = Instant::now();
        let folder = Folder::find(dir, segments)?;
        let read = |kept: Kept| {
            let learned = Learned::read(&kept.learned)?;
            let (articles, guides) = folder.articles_in(kept.articles, &learned.lengths)?;
            Ok::<_, LibraryError>((learned, articles, guides))
        };
        let fingerprint = folder.fingerprint();
        let (opened, built) = if let Some(opened) = Index::open(segments, fingerprint, read)? {
            (opened, None)
        } else {
            // A fault is told at once, and nothing is begun.
            let documents = folder.check()?;
            let written = |written: usize| progress(written, documents);
            let fill = |writer: &mut Writer| learned::write(&folder, writer, &written);
            let opened = Index::build(segments, fingerprint, fill, read)?;
            (opened, Some(started.elapsed()))
        };
        let (index, (learned, articles, guides)) = opened;
        let names = folder.names;
        let title = |article: &Article| Words::of(article.title(), &names);
        Ok(Self {
            passages: Passages::new(&articles),
            titles: articles.iter().map(title).collect(),
            articles,
            guides,
            names,
            index,
            learned,
            fingerprint,
            built,
        })
    }

    /// The articles, by name.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Whether an editor has written a guide for the article of this number.
    #[must_use]
    pub fn is_guided(&self, article: usize) -> bool {
        let guide = self.guides.get(article);
        guide.is_some_and(|guide| !guide.is_empty())
    }

    /// Changes whenever anything that the library is made from does: that of [`Files::fingerprint`].
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// How long it took to build the segments, where they were not there.
    #[must_use]
    pub fn built(&self) -> Option<Duration> {
        self.built
    }

    /// The questions of the guides in this language, some of every passage's before more of any.
    pub fn examples(&self, language: Language) -> impl Iterator<Item = &str> {
        let mut seen: HashMap<_, usize> = HashMap::new();
        let mut examples: Vec<(usize, &str)> = Vec::new();
        for (article, guide) in self.guides.iter().enumerate() {
            let answered = guide.examples().iter().filter(|example| {
                example.language == language && example.target != Target::Silence
            });
            for example in answered {
                let turn = seen.entry((article, example.target)).or_default();
                examples.push((*turn, &example.question));
                *turn += 1;
            }
        }
        examples.sort_by_key(|(turn, _)| *turn);
        examples.into_iter().map(|(_, question)| question)
    }

    /// How many words of other languages lead to words of the library.
    #[must_use]
    pub fn bridge_len(&self) -> usize {
        self.learned.bridge.len()
    }

    /// The article and the passage's number in it, for a passage's number in the library.
    #[must_use]
    pub fn passage(&self, number: usize) -> Option<(&Article, usize)> {
        let (article, number) = self.passages.place(number)?;
        Some((&self.articles[article], number))
    }

    /// A place of the article with this fingerprint quoted once more, where there still is one: in
    /// the paragraph of passage `number`, with the places in it that are to be marked.
    #[must_use]
    pub fn quote(
        &self,
        fingerprint: u64,
        number: usize,
        place: Range<usize>,
        matched: &[Range<usize>],
    ) -> Option<Quote<'_>> {
        let of = |article: &Article| article.fingerprint() == fingerprint;
        let at = self.articles.iter().position(of)?;
        let article = &self.articles[at];
        article.passages().get(number)?;
        let span = |place: &Range<usize>| Span::new(article.text(), place.clone());
        let (whole, matched) = (span(&place)?, matched.iter().filter_map(span).collect());
        Some(Quote::new(
            article,
            &self.guides[at],
            number,
            whole,
            0.0,
            matched,
        ))
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
    pub fn answer(
        &self,
        question: &Question,
        context: Context<'_>,
    ) -> Result<Answer<'_>, LibraryError> {
        let mut why = Why {
            names: question
                .mentions()
                .iter()
                .map(|m| self.names.key(m.name).to_owned())
                .collect(),
            thresholds: ranking::weights().thresholds(),
            ..Why::default()
        };
        let known_talk = self.learned.is_small_talk(question);
        if known_talk || !question.has_content() && context.text.is_none() {
            // Words that are all function words ask something, if nothing that can be looked up.
            why.small_talk = known_talk || question.tokens().is_empty();
            return Ok(Answer {
                verdict: Verdict::None,
                quotes: Vec::new(),
                why,
            });
        }
        // A bare "why?" asks about what it refers to.
        let referred = context
            .text
            .filter(|_| !question.has_content())
            .map(|text| self.question(text));
        let everything = Scope::default();
        let scope = context.scope.unwrap_or(&everything);
        let mut evidence = self.evidence_in(referred.as_ref().unwrap_or(question), scope)?;
        if let Some(text) = context.text {
            self.lean_on(text, &mut evidence.candidates);
        }
        why.nearest_question = evidence
            .nearest_question
            .map(|example| self.example(example).to_owned());
        why.known = if evidence.set == WeightSet::Guided {
            1.0 - evidence.silence.get(Part::Unknown)
        } else {
            0.0
        };
        let ranked = ranking::rank(evidence);
        why.silence = ranked.silence;
        // What a guide of few questions knows nothing of seems small talk to its model.
        why.small_talk = ranked.small_talk > 0.5 && self.learned.unheard(question) < 0.5;
        why.parts = ranked
            .order
            .first()
            .map(|(candidate, _)| candidate.parts.explain(candidate.set))
            .unwrap_or_default();
        let mut quotes = self.quotes(question, &ranked.order);
        let verdict = match quotes.first() {
            Some(first) if !why.small_talk => ranking::verdict(first.score()),
            _ => Verdict::None,
        };
        if verdict == Verdict::None {
            quotes.clear();
        }
        if let Some(quote) = quotes.first() {
            why.strangers = self.strangers(question, quote);
        }
        Ok(Answer {
            verdict,
            quotes,
            why,
        })
    }

    /// Every passage that has to do with what is written, whole, best first: those that may answer
    /// it, and those in which half of its words stand.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    pub fn find(&self, question: &Question, scope: &Scope) -> Result<Vec<Quote<'_>>, LibraryError> {
        if !question.has_content() {
            return Ok(Vec::new());
        }
        let ranked = ranking::rank(self.evidence_in(question, scope)?);
        let (asked, stems) = self.asked(question);
        let terms: Vec<_> = stems
            .into_iter()
            .map(|(stem, weight)| (Source::Words, stem, weight))
            .collect();
        let mut found: HashMap<usize, f32> = self
            .index
            .find(&terms, FOUND, scope.passages())?
            .into_iter()
            .map(|(passage, _)| (passage, 0.0))
            .collect();
        found.extend(
            ranked
                .order
                .iter()
                .map(|(candidate, p)| (candidate.passage, *p)),
        );
        let least = ranked.silence.max(LIKELY);
        let mut found: Vec<(f32, f32, usize, Vec<Span>)> = found
            .into_iter()
            .filter_map(|(number, p)| {
                let coverage = self.words(number)?.cover(&asked);
                let met = coverage.met.iter().filter(|near| **near >= MET).count();
                let holds = met > 0 && met * 2 >= coverage.met.len();
                (p >= least || holds).then_some((p, coverage.passage, number, coverage.matched))
            })
            .collect();
        found.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then(b.1.total_cmp(&a.1))
                .then(a.2.cmp(&b.2))
        });
        Ok(found
            .into_iter()
            .map(|(score, _, passage, matched)| {
                let (article, number) = self.place(passage);
                let text = &self.articles[article];
                let span = text.passages()[number].span();
                Quote::new(text, &self.guides[article], number, span, score, matched)
            })
            .collect())
    }

    /// Whoever and whatever a question names that a quote's article does not. Of an article without a
    /// guide nobody asks it.
    fn strangers(&self, question: &Question, quote: &Quote<'_>) -> Vec<String> {
        let here = |article: &Article| std::ptr::eq(article, quote.article());
        let article = self.articles.iter().position(here);
        let Some(article) = article.filter(|article| self.is_guided(*article)) else {
            return Vec::new();
        };
        let stands_there = |name: NameId| {
            let mut words = self.passages.of(article).filter_map(|it| self.words(it));
            words.any(|words| words.name(name))
        };
        let names = question.mentions().iter().map(|mention| mention.name);
        names
            .filter(|name| self.names.kind(*name) != Some(Kind::Term) && !stands_there(*name))
            .map(|name| self.names.key(name).to_owned())
            .collect()
    }

    /// What speaks for each passage that may answer, of any article, for silence, and for small talk.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    pub fn evidence(&self, question: &Question) -> Result<Evidence, LibraryError> {
        self.evidence_in(question, &Scope::default())
    }

    /// What speaks for each passage that may answer, for silence, and for small talk.
    ///
    /// Passages that a guide leads to are judged by what was learned from it: on the article, how
    /// their own words cover the question adds nothing to that. The others are judged by their words.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    fn evidence_in(&self, question: &Question, scope: &Scope) -> Result<Evidence, LibraryError> {
        let features = classifier::features(question.tokens(), question.mentions());
        let mut near = self.near_examples(question, &features)?;
        near.retain(|(example, _)| scope.holds(self.learned.examples[*example].article));
        let judgement = self.learned.classifier.judge(&features);
        let mut candidates = self.by_guide(&judgement, &near, scope);
        let mut silence = Parts::default();
        let mut small_talk = Parts::default();
        let guided = !candidates.is_empty();
        if guided {
            let class = |at: usize| {
                judgement
                    .scores
                    .get(self.learned.targets.len() + at)
                    .copied()
                    .unwrap_or_default()
            };
            silence.set(Part::Guide, class(0));
            silence.set(Part::Unknown, 1.0 - judgement.known);
            small_talk.set(Part::Guide, class(1));
            silence.set(Part::Example, self.nearest(&near, None));
        }
        silence.set(Part::Silence, 1.0);
        small_talk.set(Part::SmallTalk, 1.0);
        // Small talk is short, and seldom has a question mark: a greeting before a question is not.
        #[allow(clippy::cast_precision_loss)] // at most 512
        let length = question.tokens().len() as f32;
        small_talk.set(Part::Long, (length / 4.0).ln().max(0.0));
        small_talk.set(Part::Asking, f32::from(u8::from(question.has_mark())));
        if self.learned.targets.len() < self.passages.len() {
            candidates.extend(self.by_words(question, scope)?);
        }
        Ok(Evidence {
            candidates,
            silence,
            small_talk,
            set: match (guided, self.is_foreign(question, scope)) {
                (true, _) => WeightSet::Guided,
                (false, true) => WeightSet::Foreign,
                (false, false) => WeightSet::Plain,
            },
            nearest_question: near.first().map(|near| near.0),
        })
    }

    /// Whether a question is in a language that no article is written in.
    fn is_foreign(&self, question: &Question, scope: &Scope) -> bool {
        self.articles_in(scope)
            .all(|(_, article)| article.language() != question.language())
    }

    /// The passages that the guides lead to.
    fn by_guide(
        &self,
        judgement: &Judgement,
        near: &[(usize, f32)],
        scope: &Scope,
    ) -> Vec<Candidate> {
        let mut scores: Vec<(usize, f32)> = self
            .learned
            .targets
            .iter()
            .copied()
            .zip(judgement.scores.iter().copied())
            .filter(|(passage, _)| scope.holds_passage(*passage))
            .collect();
        scores.sort_by(|a, b| b.1.total_cmp(&a.1));
        scores
            .into_iter()
            .take(CANDIDATES)
            .map(|(passage, score)| {
                let mut parts = Parts::default();
                parts.set(Part::Guide, score);
                parts.set(Part::Example, self.nearest(near, Some(passage)));
                Candidate {
                    passage,
                    parts,
                    set: WeightSet::Guided,
                }
            })
            .collect()
    }

    /// How near the nearest example of a passage, or of silence, is.
    fn nearest(&self, near: &[(usize, f32)], passage: Option<usize>) -> f32 {
        let of = |&&(example, _): &&(usize, f32)| self.learned.examples[example].passage == passage;
        near.iter()
            .filter(of)
            .map(|near| near.1)
            .fold(0.0, f32::max)
    }

    fn asked(&self, question: &Question) -> (Vec<evidence::Asked>, Vec<(String, f32)>) {
        evidence::asked(question, &self.learned.bridge, &|stem: &str| {
            self.rarity(stem)
        })
    }

    /// The guide's questions that are nearest as a whole: their numbers and cosines, best first.
    fn near_examples(
        &self,
        question: &Question,
        features: &[classifier::Feature],
    ) -> Result<Vec<(usize, f32)>, LibraryError> {
        if self.learned.examples.is_empty() {
            return Ok(Vec::new());
        }
        let mut stems = evidence::stems(question.tokens());
        stems.sort();
        stems.dedup();
        let mut known: Vec<(u64, String)> = stems
            .into_iter()
            .map(|stem| (self.index.holding(Source::Example, &stem), stem))
            .filter(|(holding, _)| *holding > 0)
            .collect();
        known.sort();
        let terms: Vec<_> = known
            .into_iter()
            .take(EXAMPLE_TERMS)
            .map(|(_, stem)| (Source::Example, stem, 1.0))
            .collect();
        let words = self.learned.classifier.words(features);
        let mut near: Vec<(usize, f32)> = self
            .index
            .find(&terms, EXAMPLES, None)?
            .into_iter()
            .map(|(number, _)| {
                let example = number - self.passages.len();
                (
                    example,
                    self.learned
                        .classifier
                        .cosine(&words, &self.learned.examples[example].words),
                )
            })
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(near)
    }

    fn example(&self, number: usize) -> &str {
        let example = &self.learned.examples[number];
        self.guides[example.article]
            .examples()
            .get(example.number)
            .map_or("", |e| &e.question)
    }

    /// The article of a passage that was found, and its number there.
    fn place(&self, passage: usize) -> (usize, usize) {
        let place = self.passages.place(passage);
        place.expect("the segments are those of these articles")
    }

    /// The words of a passage, where there is one.
    fn words(&self, passage: usize) -> Option<Arc<Words>> {
        self.passages.words(passage, &self.articles, &self.names)
    }

    /// How rare a stem is among the passages.
    fn rarity(&self, stem: &str) -> f32 {
        #[allow(clippy::cast_precision_loss)] // counts of passages
        let (all, holding) = (
            FEW.max(self.passages.len() as f32),
            self.index.holding(Source::Words, stem) as f32,
        );
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    }

    /// A question that refers to earlier text leans on the passages of that text and what follows.
    fn lean_on(&self, text: &str, candidates: &mut [Candidate]) {
        let forms = |text: &str| {
            analysis::tokens(text)
                .into_iter()
                .map(|t| t.form)
                .collect::<Vec<_>>()
        };
        let wanted = forms(text);
        for candidate in candidates {
            let (article, number) = self.place(candidate.passage);
            let passage = forms(
                self.articles[article].passages()[number]
                    .span()
                    .of(self.articles[article].text()),
            );
            let held = wanted.iter().filter(|form| passage.contains(form)).count();
            #[allow(clippy::cast_precision_loss)] // counts of words
            let share = held as f32 / wanted.len().max(1) as f32;
            candidate.parts.set(Part::Context, share);
        }
    }
}
