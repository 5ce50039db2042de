//! Which dictionaries belong to a library: `packs.toml` in the folder of its segments.
//!
//! For each pack it keeps where its files lie and what they were when it was added, so that a start
//! only looks at their size and time. They are read again when segments are built; a file that
//! has gone or changed is an error, since the segments would not be what the operator believes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::{Kind, Pack, PackError, fingerprint};
use crate::bridge::Lexicon;

/// The packs of a library.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    #[serde(default, rename = "pack", skip_serializing_if = "Vec::is_empty")]
    packs: Vec<Registered>,
}

/// A pack that was added.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// What it is called.
    pub name: String,
    /// Its title, as it says itself.
    pub title: Option<String>,
    /// Its form.
    pub kind: Kind,
    /// The code of the language of its words.
    pub from: String,
    /// The code of the language of its translations.
    pub to: String,
    /// How many words it has.
    pub words: usize,
    /// Its licence, as it says itself.
    pub licence: Option<String>,
    /// Where it comes from, as it says itself.
    pub source: Option<String>,
    /// What its files held, in hexadecimal.
    fingerprint: String,
    /// Its files.
    #[serde(rename = "file")]
    files: Vec<Seen>,
}

/// A file as it was when it was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    path: PathBuf,
    size: u64,
    /// Nanoseconds since 1970.
    modified: u64,
}

impl Seen {
    fn new(path: &Path) -> Result<Self, PackError> {
        let path = std::path::absolute(path).map_err(|error| PackError::io(path, &error))?;
        let data = fs::metadata(&path).map_err(|error| PackError::io(&path, &error))?;
        let modified = data
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .unwrap_or_default();
        let modified = u64::try_from(modified.as_nanos()).unwrap_or_default();
        Ok(Self {
            size: data.len(),
            modified,
            path,
        })
    }
}

impl Registered {
    fn new(pack: &Pack) -> Result<Self, PackError> {
        let about = pack.about.clone();
        Ok(Self {
            name: pack.name.clone(),
            title: about.title,
            kind: pack.kind,
            from: pack.lexicon.from.code().to_owned(),
            to: pack.lexicon.to.code().to_owned(),
            words: pack.lexicon.len(),
            licence: about.licence,
            source: about.source,
            fingerprint: format!("{:016x}", fingerprint(&pack.files)?),
            files: pack
                .files
                .iter()
                .map(|file| Seen::new(file))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The first of its files.
    #[must_use]
    pub fn file(&self) -> &Path {
        self.files
            .first()
            .map_or(Path::new(""), |seen| seen.path.as_path())
    }

    /// Its files are where they were and, by size and time or else by content, what they were.
    fn check(&self) -> Result<(), PackError> {
        let name = &self.name;
        let mut touched = false;
        for seen in &self.files {
            let now = Seen::new(&seen.path).map_err(|error| {
                let way_out =
                    format!("put it back, or take the pack out: iqtibas lexicon remove {name}");
                PackError {
                    problem: format!(
                        "the pack `{name}` cannot be read ({}): {way_out}",
                        error.problem
                    ),
                    ..error
                }
            })?;
            touched |= now != *seen;
        }
        let paths: Vec<PathBuf> = self.files.iter().map(|seen| seen.path.clone()).collect();
        if touched && format!("{:016x}", fingerprint(&paths)?) != self.fingerprint {
            let file = self.file();
            let again = format!("iqtibas lexicon add {}", file.display());
            let problem = format!(
                "the pack `{name}` has changed since it was added: take it as it is now ({again}) or out \
                 (iqtibas lexicon remove {name})"
            );
            return Err(PackError::new(file, None, problem));
        }
        Ok(())
    }
}

impl Registry {
    /// The file of the registry.
    pub(crate) fn file(segments: &Path) -> PathBuf {
        segments.join("packs.toml")
    }

    /// The packs registered in the folder of segments.
    ///
    /// # Errors
    /// [`PackError`] where `packs.toml` cannot be read.
    pub fn read(segments: &Path) -> Result<Self, PackError> {
        let file = Self::file(segments);
        let toml = match fs::read_to_string(&file) {
            Ok(toml) => toml,
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(Self::default());
            }
            Err(error) => return Err(PackError::io(&file, &error)),
        };
        toml::from_str(&toml).map_err(|error: toml::de::Error| {
            let line = error.span().map(|at| {
                toml.bytes()
                    .take(at.start)
                    .filter(|&byte| byte == b'\n')
                    .count()
                    + 1
            });
            let way_out = "remove the file and add the packs anew";
            PackError::new(&file, line, format!("{}: {way_out}", error.message()))
        })
    }

    fn write(&self, segments: &Path) -> Result<(), PackError> {
        let file = Self::file(segments);
        let toml = toml::to_string(self).expect("plain data can be written");
        let text = format!(
            "# The dictionaries that `iqtibas lexicon add` joined to the library.\n\n{toml}"
        );
        let beside = file.with_extension("new");
        let written = fs::create_dir_all(segments)
            .and_then(|()| fs::write(&beside, text))
            .and_then(|()| fs::rename(&beside, &file));
        written.map_err(|error| PackError::io(&file, &error))
    }

    /// The packs, in the order in which they were added.
    #[must_use]
    pub fn packs(&self) -> &[Registered] {
        &self.packs
    }

    /// Reads the dictionary that `file` belongs to and registers it in the folder of segments; one
    /// that is there already is taken as it is now.
    ///
    /// # Errors
    /// [`PackError`] where it is no dictionary, or another of its name is registered.
    pub fn add(segments: &Path, file: &Path) -> Result<Registered, PackError> {
        let mut registry = Self::read(segments)?;
        let added = Registered::new(&Pack::read(file)?)?;
        if let Some(other) = registry
            .packs
            .iter()
            .find(|other| other.name == added.name && other.file() != added.file())
        {
            let problem = format!(
                "another pack is named `{}`, {}: rename one",
                other.name,
                other.file().display()
            );
            return Err(PackError::new(file, None, problem));
        }
        registry.packs.retain(|other| other.name != added.name);
        registry.packs.push(added.clone());
        registry.write(segments)?;
        Ok(added)
    }

    /// Takes the pack of this name out of the folder of segments.
    ///
    /// # Errors
    /// [`PackError`] names the packs that are there, where none is of this name.
    pub fn remove(segments: &Path, name: &str) -> Result<(), PackError> {
        let mut registry = Self::read(segments)?;
        let count = registry.packs.len();
        registry.packs.retain(|pack| pack.name != name);
        if registry.packs.len() == count {
            let names: Vec<&str> = registry
                .packs
                .iter()
                .map(|pack| pack.name.as_str())
                .collect();
            let there = if names.is_empty() {
                "there is none".to_owned()
            } else {
                format!("there are: {}", names.join(", "))
            };
            return Err(PackError::new(
                &Self::file(segments),
                None,
                format!("no pack is named `{name}`; {there}"),
            ));
        }
        registry.write(segments)
    }

    /// What the packs hold, told without reading those whose files look untouched.
    ///
    /// # Errors
    /// [`PackError`] where a file has gone or changed.
    pub fn fingerprints(&self) -> Result<Vec<&str>, PackError> {
        self.packs
            .iter()
            .map(|pack| pack.check().map(|()| pack.fingerprint.as_str()))
            .collect()
    }

    /// The words of all packs, read from where they lie.
    ///
    /// # Errors
    /// [`PackError`] where a file cannot be read any more.
    pub fn load(&self) -> Result<Vec<Lexicon>, PackError> {
        self.packs
            .iter()
            .map(|pack| Ok(Pack::read(pack.file())?.lexicon))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::dictd;

    struct Desk {
        folder: tempfile::TempDir,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().expect("a folder"),
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn table(&self, rows: &str) -> PathBuf {
            let file = self.path("words.tsv");
            fs::write(
                &file,
                format!("# from: en\n# to: ar\n# licence: CC0\n{rows}\n"),
            )
            .expect("written");
            file
        }

        fn add(&self, file: &Path) -> Registered {
            Registry::add(&self.path("segments"), file).expect("valid")
        }

        fn fingerprints(&self) -> Result<Vec<String>, String> {
            let registry =
                Registry::read(&self.path("segments")).map_err(|error| error.to_string())?;
            let prints = registry.fingerprints().map_err(|error| error.to_string())?;
            Ok(prints.into_iter().map(str::to_owned).collect())
        }
    }

    #[test]
    fn a_pack_is_remembered_with_its_licence_and_can_be_removed() {
        let desk = Desk::new();
        let added = desk.add(&desk.table("fall\tهبوط"));
        assert_eq!(
            (added.name.as_str(), added.words, added.licence.as_deref()),
            ("words", 1, Some("CC0"))
        );
        desk.add(&dictd::made_up(
            desk.folder.path(),
            "my-eng-ara",
            &[("rise", "rise\nصعود\n")],
        ));
        let segments = desk.path("segments");
        let registry = Registry::read(&segments).expect("there");
        assert_eq!(
            registry
                .load()
                .expect("there")
                .iter()
                .map(Lexicon::len)
                .sum::<usize>(),
            2
        );
        Registry::remove(&segments, "words").expect("there");
        let error = Registry::remove(&segments, "words")
            .expect_err("gone")
            .to_string();
        assert!(
            error.ends_with("no pack is named `words`; there are: my-eng-ara"),
            "{error}"
        );
    }

    #[test]
    fn a_pack_that_changed_or_went_is_named_with_the_way_out() {
        let desk = Desk::new();
        let file = desk.table("fall\tهبوط");
        desk.add(&file);
        let before = desk.fingerprints().expect("as added");
        desk.table("fall\tسقوط");
        let error = desk.fingerprints().expect_err("changed");
        assert!(
            error.contains("words.tsv: the pack `words` has changed")
                && error.contains("iqtibas lexicon remove words"),
            "{error}"
        );
        desk.add(&file);
        assert_ne!(desk.fingerprints().expect("as it is now"), before);
        fs::remove_file(file).expect("there");
        let error = desk.fingerprints().expect_err("gone");
        assert!(
            error.contains("words.tsv: the pack `words` cannot be read")
                && error.contains("iqtibas lexicon remove words"),
            "{error}"
        );
    }

    #[test]
    fn a_pack_that_was_only_touched_stays() {
        let desk = Desk::new();
        let file = desk.table("fall\tهبوط");
        desk.add(&file);
        let touched = fs::File::options().append(true).open(&file).expect("there");
        touched.set_modified(UNIX_EPOCH).expect("set");
        assert_eq!(desk.fingerprints().expect("the same").len(), 1);
    }

    #[test]
    fn a_library_is_built_anew_with_its_packs_and_reads_them_only_then() {
        use crate::library::Library;
        let desk = Desk::new();
        let (library, segments) = (desk.path("library"), desk.path("segments"));
        fs::create_dir(&library).expect("made");
        fs::write(library.join("a.md"), "حدث خسوف القمر أمس.\n").expect("written");
        let open = || Library::open(&library, &segments);
        let without = open().expect("valid").bridge_len();
        let file = desk.table("eclipse\tخسوف");
        desk.add(&file);
        let with = open().expect("valid");
        assert!(with.built().is_some() && with.bridge_len() > without);
        assert!(open().expect("valid").built().is_none(), "up to date");
        fs::remove_file(file).expect("there");
        let error = open().expect_err("gone").to_string();
        assert!(error.contains("iqtibas lexicon remove words"), "{error}");
        Registry::remove(&segments, "words").expect("there");
        assert_eq!(open().expect("valid").bridge_len(), without);
    }

    #[test]
    fn two_packs_of_one_name_are_refused() {
        let desk = Desk::new();
        let file = desk.table("fall\tهبوط");
        desk.add(&file);
        let other = desk.path("other");
        fs::create_dir(&other).expect("made");
        fs::copy(file, other.join("words.tsv")).expect("copied");
        let error = Registry::add(&desk.path("segments"), &other.join("words.tsv"))
            .expect_err("same name")
            .to_string();
        assert!(error.contains("another pack is named `words`"), "{error}");
    }
}
