//! The library's folder on disk: whether something in it has changed, and how an article is put into
//! it, moved aside and brought back. An article is there whole or not at all, whenever the process
//! ends; nothing is ever destroyed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::LiveError;
use crate::pack::Registry;

/// Where what was replaced or removed lies, in the library's folder. Hidden: not read as an article.
const ASIDE: &str = ".removed";
/// Which of the changes that replicas share were made in the library's folder. Hidden, likewise.
const CHANGES: &str = ".changes.json";
/// How deep the files of a library lie: an article's folder, and its guide's.
const DEPTH: usize = 3;

/// What a folder was like: another, when a file in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp(u64);

/// Looks at the files of a library, without reading them. A folder that cannot be read is one that
/// has changed.
pub(super) fn look(dir: &Path, segments: &Path) -> Stamp {
    let mut hasher = DefaultHasher::new();
    walk(dir, segments, DEPTH, &mut hasher);
    file(&Registry::file(segments), &mut hasher);
    Stamp(hasher.finish())
}

fn walk(dir: &Path, segments: &Path, depth: usize, hasher: &mut DefaultHasher) {
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return error.kind().hash(hasher),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || path == segments {
            continue;
        }
        if path.is_dir() && depth > 1 {
            path.hash(hasher);
            walk(&path, segments, depth - 1, hasher);
        } else {
            file(&path, hasher);
        }
    }
}

fn file(path: &Path, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    match fs::metadata(path) {
        Ok(data) => {
            (data.len(), data.modified().ok()).hash(hasher);
            // A save by renaming may keep size and time, but it is another file.
            #[cfg(unix)]
            std::os::unix::fs::MetadataExt::ino(&data).hash(hasher);
        }
        Err(error) => error.kind().hash(hasher),
    }
}

/// Tells when a folder has changed and kept still since, so that no file is read half-written.
pub(super) struct Stillness {
    read: Stamp,
    last: Stamp,
}

impl Stillness {
    /// The folder was read when it was like this.
    pub(super) fn since(read: Stamp) -> Self {
        Self { read, last: read }
    }

    /// Whether it is to be read: it is not as it was then, and is as at the last look.
    pub(super) fn follows_change(&mut self, now: Stamp) -> bool {
        let due = now == self.last && now != self.read;
        self.last = now;
        if due {
            self.read = now;
        }
        due
    }
}

/// How a change is taken back.
pub(super) struct Undo {
    file: PathBuf,
    before: Option<PathBuf>,
}

impl Undo {
    /// Takes the change back, as far as the disk allows; what it does not is in the log.
    pub(super) fn all(&self) {
        let undone = match &self.before {
            Some(before) => fs::rename(before, &self.file),
            None => fs::remove_file(&self.file),
        };
        if let Err(error) = undone {
            tracing::error!(%error, file = %self.file.display(), "the change cannot be taken back");
        }
    }
}

/// Puts an article into the library in `dir`; a copy of what it replaces is kept aside. Nothing is to
/// be taken back where it was there already.
pub(super) fn put(dir: &Path, file: &Path, bytes: &[u8]) -> Result<Option<Undo>, LiveError> {
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(None);
    }
    let before = if file.exists() {
        let name = file.strip_prefix(dir).unwrap_or(file);
        let name = name.to_string_lossy().replace(['/', '\\'], "-");
        let aside = free_place(dir, 1, &name)?;
        fs::copy(file, &aside).map_err(|error| unwritable(&aside, error))?;
        Some(aside)
    } else {
        None
    };
    if let Err(error) = write(file, bytes) {
        _ = before.map(fs::remove_file);
        return Err(error);
    }
    Ok(Some(Undo {
        file: file.to_owned(),
        before,
    }))
}

/// Writes a file whole: it is as before, or this.
fn write(file: &Path, bytes: &[u8]) -> Result<(), LiveError> {
    let folder = file.parent().unwrap_or(file);
    let site = folder.join(format!(".writing-{}", std::process::id()));
    let made = File::create(&site).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = made.and_then(|()| fs::rename(&site, file)) {
        _ = fs::remove_file(&site);
        return Err(unwritable(file, error));
    }
    settle(folder);
    Ok(())
}

/// Of which number the last change of each article is that was made here; none where that is not
/// known.
pub(super) fn changes(dir: &Path) -> BTreeMap<String, i64> {
    let kept = fs::read(dir.join(CHANGES)).ok();
    kept.and_then(|kept| serde_json::from_slice(&kept).ok())
        .unwrap_or_default()
}

/// The last change of an article that was made here is the one of this number.
pub(super) fn changed(dir: &Path, article: &str, number: i64) -> Result<(), LiveError> {
    let mut changes = changes(dir);
    changes.insert(article.to_owned(), number);
    write(&dir.join(CHANGES), json!(changes).to_string().as_bytes())
}

/// Renames survive a loss of power once their folder is written.
fn settle(folder: &Path) {
    #[cfg(unix)]
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::debug!(%error, "the folder is written when the system writes it");
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Moves a file or a folder of the library in `dir` aside, under this number if it is free; says where
/// it is, from there.
pub(super) fn set_aside(dir: &Path, number: i64, entry: &Path) -> Result<PathBuf, LiveError> {
    let name = entry.file_name().unwrap_or_default().to_string_lossy();
    let aside = free_place(dir, number, &name)?;
    fs::rename(entry, &aside).map_err(|error| unwritable(entry, error))?;
    settle(dir);
    Ok(aside.strip_prefix(dir).unwrap_or(&aside).to_owned())
}

/// Brings back what was moved aside to this place in `dir`; says where it is. Nothing is to be taken
/// back where it was back already.
pub(super) fn bring_back(dir: &Path, aside: &Path) -> Result<(PathBuf, Option<Undo>), LiveError> {
    let from = dir.join(ASIDE).join(aside.file_name().unwrap_or_default());
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let (_, name) = name.split_once('-').ok_or(LiveError::Gone)?;
    let to = dir.join(name);
    match (from.exists(), to.exists()) {
        (true, false) => {}
        (false, true) => return Ok((to, None)),
        _ => return Err(LiveError::Gone),
    }
    fs::rename(&from, &to).map_err(|error| unwritable(&to, error))?;
    settle(dir);
    let undo = Undo {
        file: from,
        before: Some(to.clone()),
    };
    Ok((to, Some(undo)))
}

/// A place aside for something of this name: the first number from `number` that is free, and the name.
fn free_place(dir: &Path, number: i64, name: &str) -> Result<PathBuf, LiveError> {
    let folder = dir.join(ASIDE);
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
    let mut places = (number..).map(|number| folder.join(format!("{number}-{name}")));
    let free = |place: &PathBuf| !place.exists();
    places
        .find(free)
        .ok_or_else(|| unwritable(&folder, ErrorKind::AlreadyExists.into()))
}

fn unwritable(path: &Path, error: io::Error) -> LiveError {
    let path = path.to_owned();
    LiveError::Unwritable { path, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_once_and_only_when_it_keeps_still() {
        let mut stillness = Stillness::since(Stamp(1));
        let looks = [1, 1, 2, 3, 3, 3, 4, 3, 3, 1, 1, 1];
        let read: Vec<bool> = looks
            .map(|stamp| stillness.follows_change(Stamp(stamp)))
            .into();
        let due = [4, 10];
        let wanted: Vec<bool> = (0..looks.len()).map(|at| due.contains(&at)).collect();
        assert_eq!(read, wanted);
    }

    #[test]
    fn every_change_of_a_library_is_seen_and_nothing_else_is() {
        let home = tempfile::tempdir().expect("a folder");
        let (dir, segments) = (home.path(), home.path().join("segments"));
        fs::create_dir_all(dir.join("lamp/guide")).expect("made");
        fs::create_dir(&segments).expect("made");
        let mut last = look(dir, &segments);
        let mut changes = |name: &str, content: &str| {
            fs::write(dir.join(name), content).expect("written");
            let now = look(dir, &segments);
            std::mem::replace(&mut last, now) != now
        };
        for name in [
            "a.md",
            "names.toml",
            "lamp/article.md",
            "lamp/guide/one.toml",
            "segments/packs.toml",
        ] {
            assert!(changes(name, "one"), "{name}");
            assert!(changes(name, "longer"), "{name}");
        }
        for name in [".writing-7", "segments/3-abc", "lamp/.swp"] {
            assert!(!changes(name, "one"), "{name}");
        }
        fs::rename(dir.join("a.md"), dir.join("b.md")).expect("moved");
        assert_ne!(look(dir, &segments), last);
        assert_ne!(look(&dir.join("nowhere"), &segments), last);
    }

    #[test]
    fn what_is_put_there_can_be_taken_back() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("a.md");
        let there = || fs::read_to_string(&file).ok();
        let put = |content: &str| put(home.path(), &file, content.as_bytes()).expect("written");
        let first = put("one").expect("something changes");
        assert!(put("one").is_none());
        let second = put("two").expect("something changes");
        second.all();
        assert_eq!(there().as_deref(), Some("one"));
        first.all();
        assert_eq!(there(), None);
    }

    #[test]
    fn what_is_moved_aside_comes_back_but_never_over_another() {
        let home = tempfile::tempdir().expect("a folder");
        let (dir, file) = (home.path(), home.path().join("a-b.md"));
        fs::write(&file, "one").expect("written");
        let first = set_aside(dir, 1, &file).expect("moved");
        fs::write(&file, "two").expect("written");
        let second = set_aside(dir, 1, &file).expect("moved");
        assert_ne!(first, second);
        assert_eq!(bring_back(dir, &first).expect("moved").0, file);
        assert!(matches!(bring_back(dir, &second), Err(LiveError::Gone)));
        assert_eq!(fs::read_to_string(&file).expect("there"), "one");
        for forged in ["../a-b.md", "/etc/passwd", ".removed/..", ""] {
            assert!(bring_back(dir, Path::new(forged)).is_err(), "{forged}");
        }
    }
}
