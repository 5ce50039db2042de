//! The only file that knows tantivy: builds the segments, opens them, finds candidates.
//!
//! A folder of segments belongs to one state of a library, told by a fingerprint that is its name.
//! A new one is built beside it and renamed into place whole. What cannot be opened (cut short,
//! changed, another schema) is built anew. Queries are built from our own terms, never parsed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tantivy::collector::{FilterCollector, TopDocs};
use tantivy::columnar::Column;
use tantivy::directory::{Directory, MmapDirectory, RamDirectory, TerminatingWrite, WritePtr};
use tantivy::index::SegmentId;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{IndexSettings, Searcher, SegmentReader, TantivyDocument, TantivyError, Term};

/// Raised when the schema or what is written into it changes.
const SCHEMA_VERSION: u32 = 8;
/// The field of a document's number.
const NUMBER: &str = "number";
/// The names of the files beside tantivy's own.
const LEARNED: &str = "learned.bin";
const ARTICLES: &str = "articles.bin";
/// How long a checksum is, in bytes.
const CHECKSUM: usize = 8;
/// How much is gathered in memory before it is written, in bytes.
const ARENA: usize = 64_000_000;

/// How many entries of the terms' lists one search may read, so that its cost has a bound.
const REACH: u64 = 400_000;

/// Why segments cannot be built or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum IndexError {
    #[error("segments: {0}; choose another folder with --segments to build it anew")]
    Tantivy(#[from] TantivyError),
    #[error("segments: {0}; remove the folder of segments to build it anew")]
    Broken(String),
    #[error("{}: {error}; choose another folder with --segments", .path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

/// What a document is made of: terms a field, with their frequency.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The number by which the document is found again.
    pub(crate) number: usize,
    /// Its terms.
    pub(crate) terms: Vec<(Source, Vec<String>)>,
}

/// The fields of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Source {
    /// A passage's words, as stems.
    Words,
    /// The 3-grams within them.
    Grams,
    /// The words of the title and of the neighbouring passages.
    Around,
    /// The words of one question of the guide.
    Example,
}

const SOURCES: [(Source, &str); 4] = [
    (Source::Words, "words"),
    (Source::Grams, "grams"),
    (Source::Around, "around"),
    (Source::Example, "example"),
];

/// Open segments.
pub(crate) struct Index {
    searcher: Searcher,
    fields: Vec<Field>,
    /// By segment: the numbers of its documents.
    numbers: Vec<Column<u64>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("documents", &self.searcher.num_docs())
            .finish_non_exhaustive()
    }
}

/// What is kept beside the documents: what was learned, and the articles' files one after the other.
pub(crate) struct Kept {
    pub(crate) learned: Bytes,
    /// Mapped, not read: a large library does not have to fit into memory.
    pub(crate) articles: Bytes,
}

/// Takes what segments are built of, a piece at a time, so that all of it need not be in memory.
/// That a piece could not be written is said when all are.
pub(crate) struct Writer {
    directory: Box<dyn Directory>,
    index: tantivy::IndexWriter,
    schema: Schema,
    articles: Sealed,
    written: Result<(), IndexError>,
}

impl Index {
    /// Opens the segments of `fingerprint` in `dir`, where there are any. `read` makes sense of what
    /// was kept beside them. What cannot be opened or read is removed with a warning, to be built anew.
    pub(crate) fn open<T, E: From<IndexError> + Display>(
        dir: &Path,
        fingerprint: u64,
        read: impl FnOnce(Kept) -> Result<T, E>,
    ) -> Result<Option<(Self, T)>, E> {
        let home = home(dir, fingerprint);
        if !home.exists() {
            return Ok(None);
        }
        let on_disk = on_disk(&home).map_err(E::from);
        match on_disk.and_then(|directory| Self::read(&*directory, read)) {
            Ok(opened) => return Ok(Some(opened)),
            Err(error) => {
                tracing::warn!(%error, "the segments cannot be read: building them anew");
            }
        }
        fs::remove_dir_all(&home).map_err(|error| IndexError::Io { path: home, error })?;
        Ok(None)
    }

    /// Builds the segments of `fingerprint` in `dir` from what `fill` writes, and opens them. `fill`
    /// gives back what was learned.
    ///
    /// Where `dir` cannot be written they are built in memory, with a warning.
    pub(crate) fn build<T, E: From<IndexError> + Display>(
        dir: &Path,
        fingerprint: u64,
        fill: impl Fn(&mut Writer) -> Result<Vec<u8>, E>,
        read: impl FnOnce(Kept) -> Result<T, E>,
    ) -> Result<(Self, T), E> {
        let home = home(dir, fingerprint);
        let site = dir.join(format!("building-{}", std::process::id()));
        let filled = |mut writer: Writer| {
            let learned = fill(&mut writer)?;
            Ok::<_, E>(writer.close(&learned))
        };
        let written = match Writer::at(&site) {
            Ok(writer) => filled(writer).inspect_err(|_| _ = fs::remove_dir_all(&site))?,
            Err(error) => Err(error),
        };
        let directory = match written.and_then(|_| settle(&site, &home)) {
            Ok(()) => {
                remove_others(dir, &home);
                on_disk(&home)?
            }
            Err(error) => {
                tracing::warn!(%error, "the segments cannot be written: keeping them in memory");
                _ = fs::remove_dir_all(&site);
                filled(Writer::new(Box::new(RamDirectory::create()))?)??
            }
        };
        Self::read(&*directory, read)
    }

    fn read<T, E: From<IndexError>>(
        directory: &dyn Directory,
        read: impl FnOnce(Kept) -> Result<T, E>,
    ) -> Result<(Self, T), E> {
        let index = tantivy::Index::open(directory.box_clone()).map_err(IndexError::from)?;
        let index = Self::searching(&index)?;
        let kept = Kept {
            learned: Sealed::read(directory, LEARNED)?,
            articles: Sealed::read(directory, ARTICLES)?,
        };
        Ok((index, read(kept)?))
    }

    fn searching(index: &tantivy::Index) -> Result<Self, IndexError> {
        if index.schema() != schema() {
            return Err(IndexError::Broken("another schema".to_owned()));
        }
        if !index.validate_checksum()?.is_empty() {
            return Err(IndexError::Broken("a file was changed".to_owned()));
        }
        let reader = index
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let number = |segment: &SegmentReader| segment.fast_fields().u64(NUMBER);
        let numbers = searcher.segment_readers().iter().map(number);
        let fields = SOURCES
            .iter()
            .map(|(_, name)| index.schema().get_field(name));
        Ok(Self {
            numbers: numbers.collect::<Result<_, _>>()?,
            fields: fields.collect::<Result<_, _>>()?,
            searcher,
        })
    }

    /// The numbers of the `limit` documents that hold most of `terms`, with their BM25 scores; where
    /// `within` is given, only documents whose number lies in one of its ranges.
    pub(crate) fn find(
        &self,
        terms: &[(Source, String, f32)],
        limit: usize,
        within: Option<Vec<Range<usize>>>,
    ) -> Result<Vec<(usize, f32)>, IndexError> {
        // In order, so that the same question sums to the same score every time.
        let mut clauses: BTreeMap<(Source, &str), f32> = BTreeMap::new();
        for (source, term, weight) in terms {
            let clause = clauses.entry((*source, term)).or_default();
            *clause = clause.max(*weight);
        }
        let term = |((source, term), weight): ((Source, &str), f32)| {
            let field = self.fields[source as usize];
            (Term::from_field_text(field, term), weight)
        };
        let clauses = self.within_reach(clauses.into_iter().map(term).collect());
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let query: Vec<(Occur, Box<dyn Query>)> = clauses
            .into_iter()
            .map(|(term, weight)| {
                let query: Box<dyn Query> =
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (
                    Occur::Should,
                    Box::new(BoostQuery::new(query, weight)) as Box<dyn Query>,
                )
            })
            .collect();
        let (query, best) = (BooleanQuery::new(query), TopDocs::with_limit(limit));
        let top = match within {
            None => self.searcher.search(&query, &best.order_by_score())?,
            Some(ranges) => {
                let holds = move |number: u64| {
                    let mut ranges = ranges.iter();
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    ranges.any(|range| range.contains(&number))
                };
                let best = FilterCollector::new(NUMBER.to_owned(), holds, best.order_by_score());
                self.searcher.search(&query, &best)?
            }
        };
        Ok(top
            .into_iter()
            .map(|(score, address)| {
                let numbers = &self.numbers[address.segment_ord as usize];
                let number = numbers.first(address.doc_id).unwrap_or_default();
                (usize::try_from(number).unwrap_or_default(), score)
            })
            .collect())
    }

    /// The terms that a search can afford: all of them in a small library; in a large one the
    /// rarest, which decide anyway, and always one.
    fn within_reach(&self, mut terms: Vec<(Term, f32)>) -> Vec<(Term, f32)> {
        if terms.len() as u64 * self.searcher.num_docs() <= REACH {
            return terms;
        }
        let held = |term: &Term| self.searcher.doc_freq(term).unwrap_or_default();
        terms.sort_by_cached_key(|(term, _)| held(term));
        let mut read = 0;
        let affordable = terms.iter().take_while(|(term, _)| {
            read += held(term);
            read <= REACH
        });
        let affordable = affordable.count().max(1);
        terms.truncate(affordable);
        terms
    }

    /// How many documents hold `term`.
    pub(crate) fn holding(&self, source: Source, term: &str) -> u64 {
        let term = Term::from_field_text(self.fields[source as usize], term);
        self.searcher.doc_freq(&term).unwrap_or_default()
    }
}

fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_u64_field(NUMBER, FAST);
    let terms = TextFieldIndexing::default()
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    for (_, name) in SOURCES {
        schema.add_text_field(
            name,
            TextOptions::default().set_indexing_options(terms.clone()),
        );
    }
    schema.build()
}

impl Writer {
    /// Begins segments in a new folder.
    fn at(site: &Path) -> Result<Self, IndexError> {
        let io = |error| IndexError::Io {
            path: site.to_owned(),
            error,
        };
        let _ = fs::remove_dir_all(site);
        fs::create_dir_all(site).map_err(io)?;
        Self::new(on_disk(site)?)
    }

    fn new(directory: Box<dyn Directory>) -> Result<Self, IndexError> {
        let (schema, settings) = (schema(), IndexSettings::default());
        let index = tantivy::Index::create(directory.clone(), schema.clone(), settings)?;
        let index: tantivy::IndexWriter = index.writer_with_num_threads(1, ARENA)?;
        // All becomes one segment at the end; to merge some before is to do it twice.
        index.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self {
            articles: Sealed::create(&*directory, ARTICLES)?,
            directory,
            index,
            schema,
            written: Ok(()),
        })
    }

    /// Adds a document to those that can be found.
    pub(crate) fn add(&mut self, document: Document) {
        if self.written.is_ok() {
            self.written = self.index_document(document);
        }
    }

    /// Keeps an article's file, after those before it.
    pub(crate) fn keep(&mut self, article: &[u8]) {
        if self.written.is_ok() {
            self.written = self.articles.write(article);
        }
    }

    fn index_document(&mut self, document: Document) -> Result<(), IndexError> {
        let mut entry = TantivyDocument::default();
        entry.add_u64(self.schema.get_field(NUMBER)?, document.number as u64);
        for (source, terms) in document.terms {
            let field = self.schema.get_field(SOURCES[source as usize].1)?;
            let token = |(position, text)| Token {
                position,
                text,
                ..Token::default()
            };
            let tokens = terms.into_iter().enumerate().map(token).collect();
            let text = String::new();
            entry.add_pre_tokenized_text(field, PreTokenizedString { text, tokens });
        }
        self.index.add_document(entry)?;
        Ok(())
    }

    /// Writes what is left, with what was `learned`, and gives back where it is.
    fn close(mut self, learned: &[u8]) -> Result<Box<dyn Directory>, IndexError> {
        self.written?;
        self.index.commit()?;
        let segments = in_order(self.index.index())?;
        if segments.len() > 1 {
            self.index.merge(&segments).wait()?;
            self.index.garbage_collect_files().wait()?;
        }
        self.index.wait_merging_threads()?;
        self.articles.close()?;
        let mut file = Sealed::create(&*self.directory, LEARNED)?;
        file.write(learned)?;
        file.close()?;
        Ok(self.directory)
    }
}

/// The segments in the order of their documents' numbers, so that one made of them keeps it.
fn in_order(index: &tantivy::Index) -> Result<Vec<SegmentId>, IndexError> {
    let mut segments = Vec::new();
    for segment in index.reader()?.searcher().segment_readers() {
        let first = segment.fast_fields().u64(NUMBER)?.first(0);
        segments.push((first, segment.segment_id()));
    }
    segments.sort_unstable();
    Ok(segments.into_iter().map(|(_, segment)| segment).collect())
}

/// A file beside tantivy's own: what was written, then its checksum.
struct Sealed {
    file: WritePtr,
    hasher: DefaultHasher,
}

impl Sealed {
    fn create(directory: &dyn Directory, name: &str) -> Result<Self, IndexError> {
        let file = directory.open_write(Path::new(name));
        Ok(Self {
            file: file.map_err(TantivyError::from)?,
            hasher: DefaultHasher::new(),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.hasher.write(bytes);
        let written = self.file.write_all(bytes);
        Ok(written.map_err(TantivyError::from)?)
    }

    fn close(mut self) -> Result<(), IndexError> {
        let checksum = self.hasher.finish().to_le_bytes();
        let written = self.file.write_all(&checksum);
        let written = written.and_then(|()| self.file.terminate());
        Ok(written.map_err(TantivyError::from)?)
    }

    fn read(directory: &dyn Directory, name: &str) -> Result<Bytes, IndexError> {
        let file = directory.open_read(Path::new(name));
        let file = file.map_err(TantivyError::from)?;
        let all = file.read_bytes().map_err(TantivyError::from)?;
        let mut bytes = Bytes::from_owner(all);
        let changed = || IndexError::Broken(format!("`{name}` was changed"));
        let length = bytes.len().checked_sub(CHECKSUM).ok_or_else(changed)?;
        let checksum = bytes.split_off(length);
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        if checksum == hasher.finish().to_le_bytes().as_slice() {
            Ok(bytes)
        } else {
            Err(changed())
        }
    }
}

/// The folder of the segments of one state of a library.
fn home(dir: &Path, fingerprint: u64) -> PathBuf {
    dir.join(format!("{SCHEMA_VERSION}-{fingerprint:016x}"))
}

fn on_disk(folder: &Path) -> Result<Box<dyn Directory>, IndexError> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    Ok(Box::new(directory))
}

/// Puts segments that are ready in their place, whole.
fn settle(site: &Path, home: &Path) -> Result<(), IndexError> {
    let Err(error) = fs::rename(site, home) else {
        return Ok(());
    };
    let _ = fs::remove_dir_all(site);
    // Another process may have built the same segments meanwhile: they serve as well.
    if home.exists() {
        return Ok(());
    }
    let path = home.to_owned();
    Err(IndexError::Io { path, error })
}

/// Removes segments of earlier states and what an interrupted build left behind.
fn remove_others(dir: &Path, home: &Path) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let own = name.strip_prefix("building-").is_some()
            || name
                .split_once('-')
                .is_some_and(|(version, rest)| version.parse::<u32>().is_ok() && rest.len() == 16);
        if own && path != home {
            let _ = fs::remove_dir_all(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments of `count` documents, each of which holds the words that `words` gives it.
    fn index(count: usize, words: impl Fn(usize) -> Vec<String>) -> Index {
        let dir = tempfile::tempdir().expect("a folder");
        let fill = |writer: &mut Writer| {
            for number in 0..count {
                let terms = vec![(Source::Words, words(number))];
                writer.add(Document { number, terms });
            }
            Ok(Vec::new())
        };
        let built = Index::build::<_, IndexError>(dir.path(), 1, fill, |_| Ok(()));
        built.expect("segments are built").0
    }

    #[test]
    fn a_search_reads_no_more_than_it_can_afford_and_keeps_what_is_rare() {
        // Of 200 words every document holds 199; the number of a document is in it alone.
        let word = |at: usize| format!("w{at}");
        let words = |number: usize| {
            let common = (0..200).filter(|at| number % 200 != *at).map(word);
            common.chain([format!("n{number}")]).collect()
        };
        let index = index(4_000, words);
        let common: Vec<_> = (0..200).map(|at| (Source::Words, word(at), 1.0)).collect();
        let mut terms = common.clone();
        terms.push((Source::Words, "n1234".to_owned(), 1.0));
        let field = index.fields[Source::Words as usize];
        let of = |(_, word, weight): &(Source, String, f32)| {
            (Term::from_field_text(field, word), *weight)
        };
        let afforded = index.within_reach(terms.iter().map(of).collect());
        let rare = Term::from_field_text(field, "n1234");
        assert_eq!(afforded[0].0, rare);
        assert!((50..150).contains(&afforded.len()), "{}", afforded.len());
        assert_eq!(index.find(&terms, 3, None).expect("searched")[0].0, 1_234);
        let few = common[..20].iter().map(of).collect();
        assert_eq!(index.within_reach(few).len(), 20);
    }
}
