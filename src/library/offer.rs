//! A document offered as an article: the name it gets, where it would lie, and what it would be.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::LibraryError;
use super::files::{article_files, guide_files, read_text};
use crate::article::Article;
use crate::guide::Guide;

/// The longest name that a document gets, in bytes: every disk takes that and an ending.
const MAX_NAME: usize = 100;

/// The name of a document, made safe: letters and digits of any script with single dashes between
/// them, and so never a path, a hidden file, or a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    name: String,
    ending: &'static str,
}

impl FileName {
    /// Reads the name that somebody's machine gave a document; none where it is no `.md` or `.txt`.
    #[must_use]
    pub fn read(given: &str) -> Option<Self> {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let (stem, ending) = last.rsplit_once('.')?;
        let ending = ["md", "txt"]
            .into_iter()
            .find(|known| ending.eq_ignore_ascii_case(known))?;
        Some(Self {
            name: safe(stem),
            ending,
        })
    }

    /// The article's name in the library.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's name.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.{}", self.name, self.ending)
    }
}

/// What is neither letter nor digit becomes a dash; a long name is cut between graphemes. `readme`
/// would not be read as an article.
fn safe(stem: &str) -> String {
    let stem: String = stem.to_lowercase().nfc().collect();
    let mut name = String::new();
    for grapheme in stem.graphemes(true) {
        if name.len() + grapheme.len() > MAX_NAME {
            break;
        }
        if grapheme.starts_with(char::is_alphanumeric) {
            name.push_str(grapheme);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    match name.trim_end_matches('-') {
        "" => "article".to_owned(),
        "readme" => "readme-article".to_owned(),
        name => name.to_owned(),
    }
}

/// A document that could become an article: read and checked, also against the guide that the
/// article of its name has.
#[derive(Debug)]
pub struct Offer {
    /// What it would be.
    pub article: Article,
    /// Where it would lie.
    pub file: PathBuf,
    /// Whether there is an article of its name, whose place it would take.
    pub replaces: bool,
    /// The guide that it would have.
    pub guide: Guide,
}

impl Offer {
    /// Reads `bytes` as an article for the library in `dir`. Nothing is written.
    ///
    /// # Errors
    /// [`LibraryError`] says why it can be none.
    pub fn read(
        dir: &Path,
        segments: &Path,
        name: &FileName,
        bytes: Vec<u8>,
    ) -> Result<Self, LibraryError> {
        let files = article_files(dir, segments)?;
        // An editor may have named an article in capitals or with blanks.
        let known = files
            .get_key_value(name.name())
            .or_else(|| files.iter().find(|(known, _)| safe(known) == name.name()));
        let (id, file) = match known {
            Some((id, file)) => (id.as_str(), file.clone()),
            None => (name.name(), dir.join(name.file())),
        };
        let article = Article::parse(id, Path::new(&name.file()), bytes)?;
        let mut guide = Guide::default();
        if known.is_some() {
            for path in guide_files(dir, &file)? {
                guide.add(&article, &path, &read_text(&path)?)?;
            }
        }
        Ok(Self {
            replaces: known.is_some(),
            article,
            file,
            guide,
        })
    }
}

/// What of the library in `dir` is the article of this name: its file, or its folder with its guide.
///
/// # Errors
/// Where the folder cannot be read.
pub(crate) fn place_of(
    dir: &Path,
    segments: &Path,
    name: &str,
) -> Result<Option<PathBuf>, LibraryError> {
    let file = article_files(dir, segments)?.remove(name);
    Ok(file.map(|file| match file.parent() {
        Some(folder) if folder != dir => folder.to_owned(),
        _ => file,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(given: &str) -> Option<String> {
        FileName::read(given).map(|name| name.file())
    }

    #[test]
    fn a_name_is_made_safe_in_every_script() {
        for (given, wanted) in [
            ("Lamp.md", Some("lamp.md")),
            (
                "What the keeper wrote.TXT",
                Some("what-the-keeper-wrote.txt"),
            ),
            ("../../etc/passwd.md", Some("passwd.md")),
            ("C:\\Users\\me\\..\\lamp.md", Some("lamp.md")),
            (".md", Some("article.md")),
            ("....md", Some("article.md")),
            ("..hidden.md", Some("hidden.md")),
            ("README.md", Some("readme-article.md")),
            ("guide.toml.md", Some("guide-toml.md")),
            ("مقال المنارة.md", Some("مقال-المنارة.md")),
            ("مَقال.md", Some("مَقال.md")),
            ("灯塔日记（一）.txt", Some("灯塔日记-一.txt")),
            ("a\u{202E}dm.exe.md", Some("a-dm-exe.md")),
            ("👩‍👩‍👧 family.md", Some("family.md")),
            ("guide.toml", None),
            ("names.toml", None),
            ("lamp.pdf", None),
            ("lamp", None),
            ("", None),
        ] {
            assert_eq!(named(given).as_deref(), wanted, "{given}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_graphemes() {
        let given = format!("{}.md", "مَ".repeat(300));
        let name = FileName::read(&given).expect("a name");
        assert!(name.name().len() <= MAX_NAME);
        assert!(name.name().ends_with("مَ"));
    }

    proptest! {
        #[test]
        fn no_name_leads_out_of_the_folder(given in "\\PC{0,200}\\.md") {
            let file = named(&given).expect("a name");
            let path = Path::new(&file);
            prop_assert_eq!(path.components().count(), 1);
            prop_assert_eq!(path.extension().and_then(|it| it.to_str()), Some("md"));
            prop_assert!(!file.starts_with('.') && file.len() < 120);
        }

        #[test]
        fn a_safe_name_stays_as_it_is(given in "\\PC{0,60}\\.txt") {
            let file = named(&given).expect("a name");
            prop_assert_eq!(named(&file).expect("a name"), file);
        }
    }
}
