//! The library that serves, and the one that takes its place. The folder is watched; what changed in
//! it is read, checked and indexed beside the library that serves, and swapped in whole. What is
//! refused changes nothing.
//!
//! The folder is looked at again and again rather than watched by the system's notifications: these
//! do not come on network disks nor through every container's mounts, and see an editor's save as a
//! dance of renames. A look costs a few microseconds a file. What changed must have kept still
//! between two looks, so that a file that is being written is left alone.

mod folder;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::library::{self, FileName, Files, Library, LibraryError, Offer};
use crate::metrics::{Metrics, Rebuild};
use folder::{Stamp, Stillness, Undo};

/// The least time between two looks at the folder.
const LOOK: Duration = Duration::from_secs(1);
/// Of the time, looking takes at most one part in so many.
const SHARE: u32 = 50;

/// A library that can change while it serves; all clones are one. Who answers takes
/// [`LiveLibrary::current`] once, and so never mixes two versions.
#[derive(Clone)]
pub struct LiveLibrary(Arc<Inner>);

struct Inner {
    current: watch::Sender<Arc<Library>>,
    /// What was wrong when the folder was last refused without anybody having asked.
    refused: watch::Sender<String>,
    /// Where it lies; a library that was given and not opened lies nowhere.
    place: Option<Place>,
    /// One change at a time.
    turn: Mutex<()>,
    metrics: Metrics,
}

struct Place {
    dir: PathBuf,
    segments: PathBuf,
    /// What the folder was like before the first library was read from it.
    stamp: Stamp,
}

impl fmt::Debug for LiveLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveLibrary")
            .field(&self.current().articles().len())
            .finish()
    }
}

/// The last change that operators made to an article, for replicas with a folder each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Tells it from every other change.
    pub number: i64,
    /// The article's name.
    pub article: String,
    /// What was done.
    pub deed: Deed,
}

/// What was done to an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// A document became the article.
    Installed,
    /// It was moved aside, under the change's number.
    Removed,
    /// It was brought back from there.
    Restored(PathBuf),
}

/// A document that became an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The number of the change by which it became one.
    pub number: i64,
    /// Its name.
    pub name: FileName,
    /// What stands in it.
    pub text: String,
}

/// Why the library stays as it is.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum LiveError {
    #[error("this library was not opened from a folder: it stays as it is")]
    Fixed,
    #[error("{0}")]
    Refused(#[from] LibraryError),
    #[error("{}: {error}", .path.display())]
    Unwritable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("it is no longer there")]
    Gone,
    #[error("the work on it ended in a panic")]
    Panicked,
}

impl From<Arc<Library>> for LiveLibrary {
    /// A library that stays as it is.
    fn from(library: Arc<Library>) -> Self {
        Self::new(library, None, Metrics::default())
    }
}

impl LiveLibrary {
    /// Opens the library in `dir`, its segments in `segments`, as [`Library::open`] does.
    ///
    /// # Errors
    /// As [`Library::open`].
    pub fn open(dir: &Path, segments: &Path, metrics: Metrics) -> Result<Self, LibraryError> {
        let place = Place {
            stamp: folder::look(dir, segments),
            dir: dir.to_owned(),
            segments: segments.to_owned(),
        };
        let library = Library::open(dir, segments)?;
        count(&library, &metrics);
        Ok(Self::new(Arc::new(library), Some(place), metrics))
    }

    fn new(library: Arc<Library>, place: Option<Place>, metrics: Metrics) -> Self {
        Self(Arc::new(Inner {
            current: watch::Sender::new(library),
            refused: watch::Sender::default(),
            place,
            turn: Mutex::default(),
            metrics,
        }))
    }

    /// The library that serves now.
    #[must_use]
    pub fn current(&self) -> Arc<Library> {
        Arc::clone(&self.0.current.borrow())
    }

    /// Tells when another library serves.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Arc<Library>> {
        self.0.current.subscribe()
    }

    /// Tells when a change was refused that nobody waits for, and why.
    #[must_use]
    pub fn refusals(&self) -> watch::Receiver<String> {
        self.0.refused.subscribe()
    }

    /// What it counts.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Looks at the folder for ever, and takes in what has changed. Where a change is refused it is
    /// left alone until something changes again.
    pub async fn watch(&self) {
        let Some(place) = &self.0.place else {
            return std::future::pending().await;
        };
        let mut stillness = Stillness::since(place.stamp);
        let mut pause = LOOK;
        loop {
            tokio::time::sleep(pause).await;
            let (started, inner) = (Instant::now(), Arc::clone(&self.0));
            let look = tokio::task::spawn_blocking(move || {
                let place = inner.place.as_ref()?;
                Some(folder::look(&place.dir, &place.segments))
            });
            let Ok(Some(now)) = look.await else { continue };
            pause = LOOK.max(started.elapsed() * SHARE);
            if stillness.follows_change(now) {
                self.refresh().await;
            }
        }
    }

    /// Takes in what has changed, though nobody waits to hear of it: who listens to
    /// [`LiveLibrary::refusals`] hears what is wrong.
    pub async fn refresh(&self) {
        if let Err(error) = self.reload().await {
            self.refuse(error.to_string());
        }
    }

    /// Takes in what has changed; says whether anything had.
    ///
    /// # Errors
    /// Where what lies in the folder is refused: the library that served before still does.
    pub async fn reload(&self) -> Result<bool, LiveError> {
        self.work(Inner::load).await
    }

    /// Reads a document as an article of this library. Nothing is written.
    ///
    /// # Errors
    /// Where it can be none.
    pub async fn look(&self, name: FileName, bytes: Vec<u8>) -> Result<Offer, LiveError> {
        self.work(move |_, place| Ok(Offer::read(&place.dir, &place.segments, &name, bytes)?))
            .await
    }

    /// Writes a document into the folder as an article, in the place of the one of its name, and
    /// takes it in; gives the article's name. An article that is replaced is moved aside.
    ///
    /// # Errors
    /// Where the folder cannot be written, or the library is refused with it: then all is as before.
    pub async fn install(&self, name: FileName, bytes: Vec<u8>) -> Result<String, LiveError> {
        self.work(move |inner, place| inner.install(place, &name, &bytes))
            .await
    }

    /// Moves an article aside, with its guide, and goes on without it; says where it lies, from the
    /// library's folder: under this number, if it is free.
    ///
    /// # Errors
    /// Where that cannot be, or the library is refused without it: then all is as before.
    pub async fn remove(&self, article: String, number: i64) -> Result<PathBuf, LiveError> {
        self.work(move |inner, place| inner.remove(place, &article, number))
            .await
    }

    /// Brings back what was moved aside; gives the article's name.
    ///
    /// # Errors
    /// Where that cannot be, or the library is refused with it: then all is as before.
    pub async fn restore(&self, aside: PathBuf) -> Result<String, LiveError> {
        self.work(move |inner, place| inner.restore(place, &aside))
            .await
    }

    /// Of these changes those that were not made in this folder.
    ///
    /// # Errors
    /// Where there is no folder.
    pub async fn lacks(&self, changes: Vec<Change>) -> Result<Vec<Change>, LiveError> {
        self.work(move |_, place| {
            let made = folder::changes(&place.dir);
            let lacks = |it: &Change| made.get(&it.article) != Some(&it.number);
            Ok(changes.into_iter().filter(lacks).collect())
        })
        .await
    }

    /// Makes a change that an operator made elsewhere, where it is not made already. `document` is what
    /// was last installed as the article.
    ///
    /// # Errors
    /// As the change itself.
    pub async fn follow(&self, change: Change, document: Option<Sent>) -> Result<(), LiveError> {
        self.work(move |inner, place| {
            let made = folder::changes(&place.dir).get(&change.article).copied();
            // Since it was found to be lacking, another may have made it.
            if made == Some(change.number) {
                return Ok(());
            }
            let is_there = || library::place_of(&place.dir, &place.segments, &change.article);
            let install = |sent: &Sent| {
                let installed = inner.install(place, &sent.name, sent.text.as_bytes());
                installed.map(drop)
            };
            let document = document.as_ref();
            // It was sent before this change, and never came here.
            let missed = document.filter(|sent| made < Some(sent.number));
            match (&change.deed, missed) {
                (Deed::Installed, _) => install(document.ok_or(LiveError::Gone)?)?,
                (Deed::Removed, missed) => {
                    match missed.map_or(Ok(()), install) {
                        // An article goes, whatever was to become of it.
                        Ok(()) | Err(LiveError::Refused(_)) => {}
                        Err(error) => return Err(error),
                    }
                    if is_there()?.is_some() {
                        inner.remove(place, &change.article, change.number)?;
                    }
                }
                (Deed::Restored(_), Some(sent)) => install(sent)?,
                (Deed::Restored(_), None) if is_there()?.is_some() => {}
                (Deed::Restored(aside), None) => match (inner.restore(place, aside), document) {
                    // Somebody took it from there.
                    (Err(LiveError::Gone), Some(sent)) => install(sent)?,
                    (restored, _) => drop(restored?),
                },
            }
            folder::changed(&place.dir, &change.article, change.number)
        })
        .await
    }

    /// Tells whoever listens to [`LiveLibrary::refusals`] what is wrong.
    pub fn refuse(&self, wrong: String) {
        self.0.refused.send_replace(wrong);
    }

    /// Work with the disk, apart from what answers, one after the other.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner, &Place) -> Result<T, LiveError> + Send + 'static,
    ) -> Result<T, LiveError> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let place = inner.place.as_ref().ok_or(LiveError::Fixed)?;
            let _turn = inner.turn.lock().unwrap_or_else(PoisonError::into_inner);
            work(&inner, place)
        });
        done.await.unwrap_or(Err(LiveError::Panicked))
    }
}

impl Inner {
    fn install(&self, place: &Place, name: &FileName, bytes: &[u8]) -> Result<String, LiveError> {
        let offer = Offer::read(&place.dir, &place.segments, name, bytes.to_owned())?;
        let article = offer.article.id().to_owned();
        let undo = folder::put(&place.dir, &offer.file, bytes)?;
        let back = |_: &LiveError| undo.iter().for_each(Undo::all);
        self.load(place).inspect_err(back)?;
        Ok(article)
    }

    fn remove(&self, place: &Place, article: &str, number: i64) -> Result<PathBuf, LiveError> {
        let entry = library::place_of(&place.dir, &place.segments, article)?;
        let entry = entry.ok_or(LiveError::Gone)?;
        let aside = folder::set_aside(&place.dir, number, &entry)?;
        let back = |_: &LiveError| _ = folder::bring_back(&place.dir, &aside);
        self.load(place).inspect_err(back)?;
        Ok(aside)
    }

    fn restore(&self, place: &Place, aside: &Path) -> Result<String, LiveError> {
        let (entry, undo) = folder::bring_back(&place.dir, aside)?;
        let again = |_: &LiveError| undo.iter().for_each(Undo::all);
        self.load(place).inspect_err(again)?;
        let name = if entry.is_dir() {
            entry.file_name()
        } else {
            entry.file_stem()
        };
        Ok(name.unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Reads the folder; where it holds another library than the one that serves, that one serves.
    fn load(&self, place: &Place) -> Result<bool, LiveError> {
        let started = Instant::now();
        let opened = self.open(place).inspect_err(|error| {
            self.metrics.rebuilt(Rebuild::Refused);
            tracing::error!(%error, "the library is refused as it lies there now: the one before still serves");
        })?;
        let Some(library) = opened else {
            return Ok(false);
        };
        count(&library, &self.metrics);
        tracing::info!(
            articles = library.articles().len(),
            fingerprint = format!("{:016x}", library.fingerprint()),
            ms = started.elapsed().as_millis(),
            "another library serves"
        );
        self.current.send_replace(Arc::new(library));
        Ok(true)
    }

    fn open(&self, place: &Place) -> Result<Option<Library>, LibraryError> {
        let serving = self.current.borrow().fingerprint();
        if Files::read(&place.dir, &place.segments)?.fingerprint() == serving {
            return Ok(None);
        }
        Library::open(&place.dir, &place.segments).map(Some)
    }
}

fn count(library: &Library, metrics: &Metrics) {
    metrics.rebuilt(if library.built().is_some() {
        Rebuild::Built
    } else {
        Rebuild::Reused
    });
    metrics.serving(library.articles().len(), library.fingerprint());
}
