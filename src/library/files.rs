//! What lies in a library's folder, read and checked, before anything is built from it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;

use super::LibraryError;
use crate::analysis::{self, Language};
use crate::article::Article;
use crate::bridge::Lexicon;
use crate::guide::Guide;
use crate::index::IndexError;
use crate::names::Names;
use crate::pack::Registry;

const NAMES: &str = include_str!("../../index/names.toml");
const SMALL_TALK: &str = include_str!("../../index/smalltalk.toml");
const ENGLISH: &str = include_str!("../../index/lexicon/en.tsv");
const CHINESE: &str = include_str!("../../index/lexicon/zh.tsv");

/// A library as it lies on disk, all of it in memory.
#[derive(Debug)]
pub struct Files {
    /// The articles, by name.
    pub articles: Vec<Article>,
    /// For each article its guide; empty where it has none.
    pub guides: Vec<Guide>,
    pub(crate) names: Names,
    /// The operator's dictionaries: where they lie, not yet read.
    pub packs: Registry,
    content: u64,
}

/// A library as it lies on disk, its articles found and looked through once, but not in memory.
#[derive(Debug)]
pub(super) struct Folder {
    /// The articles, by name.
    pub(super) articles: Vec<ArticleFile>,
    pub(super) names: Names,
    pub(super) small_talk: Vec<String>,
    pub(super) lexicons: Vec<Lexicon>,
    pub(super) packs: Registry,
    content: u64,
}

/// An article's file with its guide.
#[derive(Debug)]
pub(super) struct ArticleFile {
    id: String,
    path: PathBuf,
    content: u64,
    /// The files of its guide, read.
    guide: Vec<(PathBuf, String)>,
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
        let folder = Folder::find(dir, segments)?;
        let read = |file: &ArticleFile| file.parse(file.read()?);
        let all = folder.articles.iter().map(read);
        let (articles, guides) = all.collect::<Result<_, _>>()?;
        Ok(Self {
            articles,
            guides,
            names: folder.names,
            packs: folder.packs,
            content: folder.content,
        })
    }

    /// Changes whenever anything that segments are built from does.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.content
    }
}

impl Folder {
    /// Finds the library in `dir` and reads what is not an article. `segments` may lie inside it.
    pub(super) fn find(dir: &Path, segments: &Path) -> Result<Self, LibraryError> {
        let mut hasher = DefaultHasher::new();
        let mut articles = Vec::new();
        for (id, path) in article_files(dir, segments)? {
            let content = content(&read(&path)?);
            let mut guide = Vec::new();
            for path in guide_files(dir, &path)? {
                let toml = read_text(&path)?;
                guide.push((path, toml));
            }
            let tomls = guide.iter().map(|(_, toml)| toml).collect::<Vec<_>>();
            (&id, content, tomls).hash(&mut hasher);
            articles.push(ArticleFile {
                id,
                path,
                content,
                guide,
            });
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
            names,
            small_talk,
            lexicons,
            packs,
            content: hasher.finish(),
        })
    }

    /// Changes whenever anything that segments are built from does.
    pub(super) fn fingerprint(&self) -> u64 {
        self.content
    }

    /// Checks every article and guide: how many documents they are.
    pub(super) fn check(&self) -> Result<usize, LibraryError> {
        let mut documents = 0;
        for file in &self.articles {
            let (article, guide) = file.parse(file.read()?)?;
            documents += article.passages().len() + guide.examples().len();
        }
        Ok(documents)
    }

    /// The articles with their guides, from `kept`: the articles' files one after the other, each as
    /// long as `lengths` say.
    pub(super) fn articles_in(
        &self,
        mut kept: Bytes,
        lengths: &[usize],
    ) -> Result<(Vec<Article>, Vec<Guide>), LibraryError> {
        let fits =
            lengths.len() == self.articles.len() && lengths.iter().sum::<usize>() == kept.len();
        if !fits {
            let problem = "the articles are not those of the library";
            return Err(IndexError::Broken(problem.to_owned()).into());
        }
        let all = self.articles.iter().zip(lengths);
        all.map(|(file, length)| file.parse(kept.split_to(*length)))
            .collect()
    }
}

impl ArticleFile {
    /// The article's bytes, as they were when it was found.
    pub(super) fn read(&self) -> Result<Bytes, LibraryError> {
        let bytes = read(&self.path)?;
        if content(&bytes) == self.content {
            Ok(bytes.into())
        } else {
            Err(LibraryError::Changed(self.path.clone()))
        }
    }

    /// The article in `bytes`, and its guide.
    pub(super) fn parse(&self, bytes: Bytes) -> Result<(Article, Guide), LibraryError> {
        let article = Article::parse(&self.id, &self.path, bytes)?;
        let mut guide = Guide::default();
        for (path, toml) in &self.guide {
            guide.add(&article, path, toml)?;
        }
        Ok((article, guide))
    }
}

fn content(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// The articles' files by name.
pub(super) fn article_files(
    dir: &Path,
    segments: &Path,
) -> Result<BTreeMap<String, PathBuf>, LibraryError> {
    if !dir.is_dir() {
        return Err(LibraryError::NoFolder(dir.to_owned()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_between_two_looks_at_it_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.md");
        fs::write(&path, "One line.").expect("written");
        let folder = Folder::find(dir.path(), &dir.path().join("segments")).expect("a library");
        assert_eq!(folder.check().expect("valid"), 1);
        fs::write(&path, "Another line.").expect("written");
        let error = folder.check().expect_err("changed").to_string();
        let wanted = format!("{}: changed while it was read; try again", path.display());
        assert_eq!(error, wanted);
    }

    #[test]
    fn articles_come_out_of_what_was_kept_as_they_went_in() {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in [("a.md", "One line."), ("b.md", "سطر آخر.")] {
            fs::write(dir.path().join(name), text).expect("written");
        }
        let folder = Folder::find(dir.path(), &dir.path().join("segments")).expect("a library");
        let kept = Bytes::from("One line.سطر آخر.");
        let lengths = [9, kept.len() - 9];
        let (articles, _) = folder.articles_in(kept.clone(), &lengths).expect("whole");
        let texts: Vec<&str> = articles.iter().map(Article::text).collect();
        assert_eq!(texts, ["One line.", "سطر آخر."]);
        for lengths in [&[9][..], &[9, 1], &[8, kept.len() - 8, 0]] {
            assert!(
                folder.articles_in(kept.clone(), lengths).is_err(),
                "{lengths:?}"
            );
        }
    }
}
