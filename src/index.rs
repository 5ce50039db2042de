//! The only file that knows tantivy: builds the segments, opens them, finds candidates.
//!
//! A folder of segments belongs to one state of a library, told by a fingerprint that is its name.
//! A new one is built beside it and renamed into place whole. What cannot be opened (cut short,
//! changed, another schema) is built anew. Queries are built from our own terms, never parsed.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tantivy::collector::{FilterCollector, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{DocId, Searcher, TantivyDocument, Term};

/// Raised when the schema or what is written into it changes.
const SCHEMA_VERSION: u32 = 3;
/// The name of the file beside tantivy's own that holds what was learned and looked up.
const EXTRA: &str = "learned.bin";

/// Why segments cannot be built or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum IndexError {
    #[error("segments: {0}; choose another folder with --segments to build it anew")]
    Tantivy(#[from] tantivy::TantivyError),
    #[error(
        "segments: what was learned cannot be read: {0}; remove the folder of segments to build it anew"
    )]
    Learned(String),
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
    /// By segment, by document: its number.
    numbers: Vec<Vec<u32>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("documents", &self.searcher.num_docs())
            .finish_non_exhaustive()
    }
}

/// What is written when segments are built: documents, and bytes to be kept beside them.
pub(crate) struct Contents {
    pub(crate) documents: Vec<Document>,
    pub(crate) extra: Vec<u8>,
}

/// Segments that are ready, what was kept beside them, and whether they had to be built.
pub(crate) struct Opened<T> {
    pub(crate) index: Index,
    pub(crate) extra: T,
    pub(crate) built: bool,
}

impl Index {
    /// Opens the segments of `fingerprint` in `dir`, or builds them there from `contents`; `decode`
    /// reads what is kept beside them, and where it cannot they are built anew.
    ///
    /// Where `dir` cannot be written the index is built in memory, with a warning. While it is built
    /// `written` is told how many documents have been.
    pub(crate) fn open<T, E: From<IndexError>>(
        dir: &Path,
        fingerprint: u64,
        decode: impl Fn(&[u8]) -> Result<T, IndexError>,
        contents: impl FnOnce() -> Result<Contents, E>,
        written: &dyn Fn(usize),
    ) -> Result<Opened<T>, E> {
        let home = dir.join(format!("{SCHEMA_VERSION}-{fingerprint:016x}"));
        let read = || {
            let (index, extra) = Self::read(&home)?;
            Ok((index, decode(&extra)?))
        };
        if home.exists() {
            match read() {
                Ok((index, extra)) => {
                    return Ok(Opened {
                        index,
                        extra,
                        built: false,
                    });
                }
                Err::<_, IndexError>(error) => {
                    tracing::warn!(%error, "the segments cannot be read: building them anew");
                }
            }
            fs::remove_dir_all(&home).map_err(|error| IndexError::Io {
                path: home.clone(),
                error,
            })?;
        }
        let contents = contents()?;
        let (index, extra) = match Self::build(dir, &home, &contents, written) {
            Ok(()) => {
                remove_others(dir, &home);
                read()?
            }
            Err(error) => {
                tracing::warn!(%error, "the segments cannot be written: keeping them in memory");
                let index = tantivy::Index::create_in_ram(schema());
                write(&index, &contents.documents, written)?;
                (Self::searching(&index)?, decode(&contents.extra)?)
            }
        };
        Ok(Opened {
            index,
            extra,
            built: true,
        })
    }

    fn build(
        dir: &Path,
        home: &Path,
        contents: &Contents,
        written: &dyn Fn(usize),
    ) -> Result<(), IndexError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| IndexError::Io { path, error }
        };
        fs::create_dir_all(dir).map_err(io(dir))?;
        let site = dir.join(format!("building-{}", std::process::id()));
        let _ = fs::remove_dir_all(&site);
        fs::create_dir(&site).map_err(io(&site))?;
        let index = tantivy::Index::create_in_dir(&site, schema())?;
        write(&index, &contents.documents, written)?;
        fs::write(site.join(EXTRA), with_checksum(&contents.extra)).map_err(io(&site))?;
        if let Err(error) = fs::rename(&site, home) {
            let _ = fs::remove_dir_all(&site);
            // Another process may have built the same segments meanwhile: they serve as well.
            if !home.exists() {
                return Err(io(home)(error));
            }
        }
        Ok(())
    }

    fn read(home: &Path) -> Result<(Self, Vec<u8>), IndexError> {
        let index = tantivy::Index::open_in_dir(home)?;
        let broken = |what: &str| IndexError::Io {
            path: home.to_owned(),
            error: std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned()),
        };
        if index.schema() != schema() {
            return Err(broken("another schema"));
        }
        if !index.validate_checksum()?.is_empty() {
            return Err(broken("a file of the segments was changed"));
        }
        let path = home.join(EXTRA);
        let extra = fs::read(&path).map_err(|error| IndexError::Io { path, error })?;
        let extra =
            without_checksum(extra).ok_or_else(|| broken("what was learned was changed"))?;
        Ok((Self::searching(&index)?, extra))
    }

    fn searching(index: &tantivy::Index) -> Result<Self, IndexError> {
        let reader = index
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let mut numbers = Vec::new();
        for segment in searcher.segment_readers() {
            let column = segment.fast_fields().u64("number")?;
            numbers.push(
                (0..segment.max_doc())
                    .map(|doc| narrow(column.first(doc).unwrap_or_default()))
                    .collect(),
            );
        }
        let fields = SOURCES
            .iter()
            .map(|(_, name)| index.schema().get_field(name))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            searcher,
            fields,
            numbers,
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
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let query: Vec<(Occur, Box<dyn Query>)> = clauses
            .into_iter()
            .map(|((source, term), weight)| {
                let term = Term::from_field_text(self.fields[source as usize], term);
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
                    ranges.any(|range| range.contains(&(narrow(number) as usize)))
                };
                let best = FilterCollector::new("number".to_owned(), holds, best.order_by_score());
                self.searcher.search(&query, &best)?
            }
        };
        Ok(top
            .into_iter()
            .map(|(score, address)| {
                let number = self.numbers[address.segment_ord as usize][address.doc_id as usize];
                (number as usize, score)
            })
            .collect())
    }

    /// How many documents hold `term`.
    pub(crate) fn holding(&self, source: Source, term: &str) -> u64 {
        let term = Term::from_field_text(self.fields[source as usize], term);
        self.searcher.doc_freq(&term).unwrap_or_default()
    }
}

fn narrow(number: u64) -> u32 {
    DocId::try_from(number).expect("documents are numbered from 0")
}

fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_u64_field("number", FAST);
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

fn write(
    index: &tantivy::Index,
    documents: &[Document],
    written: &dyn Fn(usize),
) -> Result<(), IndexError> {
    let schema = index.schema();
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 64_000_000)?;
    let number = schema.get_field("number")?;
    for (count, document) in (1..).zip(documents) {
        let mut entry = TantivyDocument::default();
        entry.add_u64(number, document.number as u64);
        for (source, terms) in &document.terms {
            let field = schema.get_field(SOURCES[*source as usize].1)?;
            let tokens = terms
                .iter()
                .enumerate()
                .map(|(position, term)| Token {
                    position,
                    text: term.clone(),
                    ..Token::default()
                })
                .collect();
            entry.add_pre_tokenized_text(
                field,
                PreTokenizedString {
                    text: String::new(),
                    tokens,
                },
            );
        }
        writer.add_document(entry)?;
        written(count);
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
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

fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut all = checksum(bytes).to_le_bytes().to_vec();
    all.extend_from_slice(bytes);
    all
}

fn without_checksum(mut all: Vec<u8>) -> Option<Vec<u8>> {
    if all.len() < 8 {
        return None;
    }
    let bytes = all.split_off(8);
    (all == checksum(&bytes).to_le_bytes()).then_some(bytes)
}

fn checksum(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
