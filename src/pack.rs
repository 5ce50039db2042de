//! Open dictionaries that the operator has, read from where they lie as a [`Lexicon`].
//!
//! Three forms, told by extension and content: dictd (`FreeDict` as Debian packs it), CC-CEDICT
//! and a plain table that says its languages. Their licences are not this project's:
//! nothing of them is copied but what the segments keep, and [`Registry`] remembers which files
//! they are, under which licence, and what they held when they were added.

mod cedict;
mod dictd;
mod registry;
mod table;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::analysis::Language;
use crate::bridge::Lexicon;

pub use registry::{Registered, Registry};

/// The largest dictionary that is read, unpacked: several times the largest open one.
const MAX_BYTES: u64 = 128 << 20;
/// A longer translation is an explanation, which no text repeats.
const MAX_WORDS: usize = 3;

/// The form of a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An `.index` and a `.dict` or `.dict.dz` beside it.
    Dictd,
    /// CC-CEDICT: `trad simp [pin1 yin1] /gloss/gloss/` a line.
    Cedict,
    /// `word<TAB>translation, translation` a line, under `# from: en` and `# to: ar`.
    Table,
}

impl Kind {
    /// As printed: `dictd`, `cedict` or `table`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dictd => "dictd",
            Self::Cedict => "cedict",
            Self::Table => "table",
        }
    }
}

/// A dictionary, read.
#[derive(Debug)]
pub struct Pack {
    /// What it is called here: the name of its file without extensions.
    pub name: String,
    /// Its form.
    pub kind: Kind,
    /// What it says of itself.
    pub about: About,
    /// The files it was read from.
    pub files: Vec<PathBuf>,
    /// Its words.
    pub lexicon: Lexicon,
}

/// What a dictionary says of itself in its own header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// What is wrong with a dictionary, where, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", .file.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct PackError {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong, and the way out.
    pub problem: String,
}

impl PackError {
    fn new(file: &Path, line: Option<usize>, problem: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            problem: problem.into(),
        }
    }

    fn io(file: &Path, error: &std::io::Error) -> Self {
        Self::new(file, None, error.to_string())
    }
}

impl Pack {
    /// Reads the dictionary that `file` belongs to.
    ///
    /// # Errors
    /// [`PackError`] names file and line, and the way out.
    pub fn read(file: &Path) -> Result<Self, PackError> {
        if dictd::is_one(file) {
            return dictd::read(file);
        }
        let text = text(file, unpack(file)?)?;
        if cedict::is_one(&text) {
            return cedict::read(file, &text);
        }
        if table::is_one(&text) {
            return table::read(file, &text);
        }
        Err(PackError::new(
            file,
            None,
            "no dictionary that can be read: give a dictd dictionary (name.index with name.dict.dz beside it), \
             CC-CEDICT (`trad simp [pin1 yin1] /gloss/` a line), or a table of `word<TAB>translation, translation` \
             whose first lines are `# from: en` and `# to: ar`",
        ))
    }

    fn new(
        file: &Path,
        kind: Kind,
        about: About,
        files: Vec<PathBuf>,
        lexicon: Lexicon,
    ) -> Result<Self, PackError> {
        if lexicon.is_empty() {
            return Err(PackError::new(
                file,
                None,
                "it holds no words: is the file whole?",
            ));
        }
        Ok(Self {
            name: name_of(file),
            kind,
            about,
            files,
            lexicon,
        })
    }
}

/// The name of a file without the extensions of dictionaries.
fn name_of(file: &Path) -> String {
    let mut name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    for extension in [".gz", ".dz", ".dict", ".index", ".txt", ".tsv", ".u8"] {
        if let Some(short) = name
            .strip_suffix(extension)
            .filter(|short| !short.is_empty())
        {
            name = short.to_owned();
        }
    }
    name
}

/// The content of a file, unpacked where it is gzip (or dictzip, which gzip reads).
fn unpack(file: &Path) -> Result<Vec<u8>, PackError> {
    let packed = fs::read(file).map_err(|error| PackError::io(file, &error))?;
    let mut content = Vec::new();
    let too_large = || {
        let most = MAX_BYTES >> 20;
        PackError::new(
            file,
            None,
            format!("more than {most} MiB unpacked: no dictionary is that large"),
        )
    };
    if packed.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(packed.as_slice())
            .take(MAX_BYTES + 1)
            .read_to_end(&mut content)
            .map_err(|error| {
                PackError::new(
                    file,
                    None,
                    format!("cannot be unpacked ({error}): fetch it anew"),
                )
            })?;
    } else {
        content = packed;
    }
    if content.len() as u64 > MAX_BYTES {
        Err(too_large())
    } else {
        Ok(content)
    }
}

/// A content as text.
fn text(file: &Path, content: Vec<u8>) -> Result<String, PackError> {
    String::from_utf8(content).map_err(|error| {
        let before = error
            .as_bytes()
            .iter()
            .take(error.utf8_error().valid_up_to());
        let line = before.filter(|&&byte| byte == b'\n').count() + 1;
        PackError::new(file, Some(line), "not UTF-8: save it as UTF-8")
    })
}

/// What the files hold, in a number that changes when they do.
fn fingerprint(files: &[PathBuf]) -> Result<u64, PackError> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file)
            .map_err(|error| PackError::io(file, &error))?
            .hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// A language by its ISO 639 code of two or three letters.
fn language(code: &str) -> Option<Language> {
    match code.to_ascii_lowercase().as_str() {
        "ara" | "arb" => Some(Language::Arabic),
        "eng" => Some(Language::English),
        "zho" | "chi" | "cmn" => Some(Language::Chinese),
        code => Language::from_code(code),
    }
}

/// A translation without what stands in brackets and without white space at its ends; none where
/// nothing is left or it is an explanation rather than a translation.
fn short(translation: &str) -> Option<String> {
    let bare = without_brackets(translation);
    let words: Vec<&str> = bare.split_whitespace().collect();
    (1..=MAX_WORDS)
        .contains(&words.len())
        .then(|| words.join(" "))
}

/// A text without brackets and what stands in them.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| match c {
            '(' | '[' | '{' | '（' => {
                depth += 1;
                false
            }
            ')' | ']' | '}' | '）' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_extensions() {
        for (file, name) in [
            ("/a/freedict-eng-ara.dict.dz", "freedict-eng-ara"),
            ("/a/freedict-eng-ara.index", "freedict-eng-ara"),
            ("cedict_ts.u8", "cedict_ts"),
            ("cedict.txt.gz", "cedict"),
            ("words.tsv", "words"),
        ] {
            assert_eq!(name_of(Path::new(file)), name);
        }
    }

    #[test]
    fn brackets_and_explanations_go() {
        assert_eq!(short(" fall (of a price) "), Some("fall".to_owned()));
        assert_eq!(short("(literary)"), None);
        assert_eq!(short("what falls from a tree"), None);
    }

    #[test]
    fn what_is_no_dictionary_is_refused_with_a_way_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("notes.txt");
        fs::write(&file, "some notes\n").expect("written");
        let error = Pack::read(&file).expect_err("no dictionary").to_string();
        assert!(
            error.contains("notes.txt: no dictionary that can be read: give a dictd"),
            "{error}"
        );
        fs::write(&file, b"\xff\n").expect("written");
        let error = Pack::read(&file).expect_err("not UTF-8").to_string();
        assert!(
            error.ends_with("notes.txt:1: not UTF-8: save it as UTF-8"),
            "{error}"
        );
        fs::write(&file, [0x1f, 0x8b, 8, 0]).expect("written");
        let error = Pack::read(&file).expect_err("cut short").to_string();
        assert!(error.contains("cannot be unpacked"), "{error}");
    }
}
