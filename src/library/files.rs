//! What lies in a library's folder, read and checked, before anything is built from it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::LibraryError;
use crate::analysis::{self, Language};
use crate::article::Article;
use crate::bridge::Lexicon;
use crate::guide::Guide;
use crate::names::Names;
use crate::pack::Registry;

const NAMES: &str = include_str!("../../index/names.toml");
const SMALL_TALK: &str = include_str!("../../index/smalltalk.toml");
const ENGLISH: &str = include_str!("../../index/lexicon/en.tsv");
const CHINESE: &str = include_str!("../../index/lexicon/zh.tsv");

/// A library as it lies on disk.
#[derive(Debug)]
pub struct Files {
    /// The articles, by name.
    pub articles: Vec<Article>,
    /// For each article its guide; empty where it has none.
    pub guides: Vec<Guide>,
    pub(crate) names: Names,
    pub(crate) small_talk: Vec<String>,
    pub(crate) lexicons: Vec<Lexicon>,
    /// The operator's dictionaries: where they lie, not yet read.
    pub packs: Registry,
    content: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmallTalk {
    #[serde(default)]
    ar: String,
    #[serde(default)]
    en: String,
    #[serde(default)]
    zh: String,
}

impl Files {
    /// Reads and checks the library in `dir`. `segments` may lie inside it.
    ///
    /// # Errors
    /// The first [`LibraryError`] found.
    pub fn read(dir: &Path, segments: &Path) -> Result<Self, LibraryError> {
        let mut hasher = DefaultHasher::new();
        let mut articles = Vec::new();
        let mut guides = Vec::new();
        for (name, file) in article_files(dir, segments)? {
            let article = Article::parse(&name, &file, read(&file)?)?;
            article.fingerprint().hash(&mut hasher);
            let mut guide = Guide::default();
            for path in guide_files(dir, &file)? {
                let toml = read_text(&path)?;
                toml.hash(&mut hasher);
                guide.add(&article, &path, &toml)?;
            }
            articles.push(article);
            guides.push(guide);
        }
        if articles.is_empty() {
            return Err(LibraryError::Empty(dir.to_owned()));
        }
        let mut own = |name: &str, default: &str| -> Result<(PathBuf, String), LibraryError> {
            let path = dir.join(name);
            let text = if path.exists() {
                read_text(&path)?
            } else {
                default.to_owned()
            };
            text.hash(&mut hasher);
            Ok((path, text))
        };
        let (path, toml) = own("names.toml", NAMES)?;
        let table = |file: PathBuf, line, problem| LibraryError::Table {
            file,
            line,
            problem,
        };
        let names = Names::parse(&toml).map_err(|problem| table(path, None, problem))?;
        let (path, toml) = own("smalltalk.toml", SMALL_TALK)?;
        let talk: SmallTalk =
            toml::from_str(&toml).map_err(|error| table(path, None, error.to_string()))?;
        let small_talk = [talk.ar, talk.en, talk.zh]
            .iter()
            .flat_map(|lines| lines.lines())
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        let mut lexicons = Vec::new();
        for (name, default, from) in [
            ("lexicon/en.tsv", ENGLISH, Language::English),
            ("lexicon/zh.tsv", CHINESE, Language::Chinese),
        ] {
            let (path, tsv) = own(name, default)?;
            let lexicon = Lexicon::parse(from, Language::Arabic, &tsv)
                .map_err(|(line, problem)| table(path, Some(line), problem))?;
            lexicons.push(lexicon);
        }
        let packs = Registry::read(segments)?;
        packs.fingerprints()?.hash(&mut hasher);
        (analysis::VERSION, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
        Ok(Self {
            articles,
            guides,
            names,
            small_talk,
            lexicons,
            packs,
            content: hasher.finish(),
        })
    }

    /// Changes whenever anything that segments are built from does.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.content
    }
}

/// The articles' files by name.
pub(super) fn article_files(
    dir: &Path,
    segments: &Path,
) -> Result<BTreeMap<String, PathBuf>, LibraryError> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in entries(dir)? {
        let file = if path.is_dir() {
            if path == segments || is_hidden(&path) {
                continue;
            }
            match article_in(&path)? {
                Some(file) => file,
                None => continue,
            }
        } else if is_text(&path) {
            path.clone()
        } else {
            continue;
        };
        let name = if path.is_dir() {
            path.file_name()
        } else {
            path.file_stem()
        };
        let name = name
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if let Some(first) = files.insert(name.clone(), file.clone()) {
            return Err(LibraryError::SameName {
                name,
                first,
                second: file,
            });
        }
    }
    Ok(files)
}

/// The article in a folder: `article.md`, `article.txt`, or the only text there.
fn article_in(folder: &Path) -> Result<Option<PathBuf>, LibraryError> {
    let texts: Vec<PathBuf> = entries(folder)?
        .into_iter()
        .filter(|path| is_text(path))
        .collect();
    let named: Vec<&PathBuf> = texts
        .iter()
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "article"))
        .collect();
    match (named.as_slice(), texts.as_slice()) {
        ([one], _) => Ok(Some((*one).clone())),
        ([], []) => Ok(None),
        ([], [one]) => Ok(Some(one.clone())),
        _ => Err(LibraryError::SeveralInFolder {
            folder: folder.to_owned(),
            count: texts.len(),
        }),
    }
}

/// The guide beside an article that has a folder of its own.
pub(super) fn guide_files(library: &Path, article: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let Some(folder) = article.parent().filter(|folder| *folder != library) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = Vec::new();
    let single = folder.join("guide.toml");
    if single.exists() {
        files.push(single);
    }
    let several = folder.join("guide");
    if several.is_dir() {
        files.extend(
            entries(&several)?
                .into_iter()
                .filter(|path| path.extension().is_some_and(|e| e == "toml")),
        );
    }
    Ok(files)
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let io = |error| LibraryError::Io {
        path: dir.to_owned(),
        error,
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(io)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(io)?;
    paths.sort();
    Ok(paths)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_text(path: &Path) -> bool {
    let stem_is_readme = path
        .file_stem()
        .is_some_and(|stem| stem.eq_ignore_ascii_case("readme"));
    path.is_file()
        && !is_hidden(path)
        && !stem_is_readme
        && path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("txt"))
}

fn read(path: &Path) -> Result<Vec<u8>, LibraryError> {
    fs::read(path).map_err(|error| LibraryError::Io {
        path: path.to_owned(),
        error,
    })
}

pub(super) fn read_text(path: &Path) -> Result<String, LibraryError> {
    fs::read_to_string(path).map_err(|error| LibraryError::Io {
        path: path.to_owned(),
        error,
    })
}
