//! What operators change by the bot, where several replicas have a folder each. The state that they
//! share keeps the last change of every article, with the document; each replica makes the changes that
//! its folder lacks, those from before it was started too.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::clock::{Clock, SystemClock};
use crate::bot::{Effect, Note, NoteId};
use crate::library::{FileName, LibraryError};
use crate::live::{Change, LiveError, LiveLibrary, Sent};
use crate::store::{Store, StoreError};

/// The kinds of the notes: the last change of an article, and the document that became it.
const CHANGE: &str = "library";
const DOCUMENT: &str = "document";
/// More articles than operators send.
const MOST: u32 = 100_000;
/// How often a replica looks for changes; and again at one that it cannot make.
const LOOK: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_secs(30);

/// A change as it is kept, with the document where one was installed.
pub(super) fn keep(change: &Change, sent: Option<Sent>) -> Vec<Effect> {
    let keep = |kind, value| {
        Effect::Keep(Note {
            id: id(kind, &change.article),
            member: None,
            value,
            lasts: None,
        })
    };
    let sent = sent.map(|Sent { number, name, text }| {
        json!({ "number": number, "name": name.file(), "text": text })
    });
    let document = sent.map(|sent| keep(DOCUMENT, sent));
    document
        .into_iter()
        .chain([keep(CHANGE, json!(change))])
        .collect()
}

/// It is no chat's. The hash must be the same in every version of the program.
fn id(kind: &str, article: &str) -> NoteId {
    let hash = blake3::hash(article.as_bytes());
    let key = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    NoteId {
        kind: kind.to_owned(),
        chat: 0,
        key: i64::from_le_bytes(key),
    }
}

/// What is wrong with articles that cannot be changed here.
type Wrong = BTreeMap<String, String>;

/// Makes what others changed, for ever. What cannot be made is told to the operators: once, as long as
/// the same is wrong.
pub(super) async fn follow(library: &LiveLibrary, store: &Store) {
    if store.pulse().is_none() {
        return std::future::pending().await;
    }
    let (mut told, mut is_ill) = (Wrong::new(), false);
    loop {
        match catch_up(library, store).await {
            Ok(wrong) => {
                tell(library, &wrong, &told);
                (told, is_ill) = (wrong, false);
            }
            Err(error) => {
                if !is_ill {
                    tracing::error!(%error, "what operators change elsewhere is not known");
                }
                is_ill = true;
            }
        }
        let is_well = told.is_empty() && !is_ill;
        tokio::time::sleep(if is_well { LOOK } else { AGAIN }).await;
    }
}

/// Tells what is wrong and was not told: all at once, since of two words only the last may be heard.
fn tell(library: &LiveLibrary, wrong: &Wrong, told: &Wrong) {
    let mut news = Vec::new();
    for (article, error) in wrong {
        if told.get(article) != Some(error) {
            tracing::error!(article, %error, "this replica's library is not as an operator wanted");
            news.push(format!("{article}: {error}"));
        }
    }
    if !news.is_empty() {
        library.refuse(news.join("\n"));
    }
}

/// Makes the changes that this replica lacks; says what is wrong with those that cannot be made.
pub(super) async fn catch_up(library: &LiveLibrary, store: &Store) -> Result<Wrong, StoreError> {
    let now = SystemClock.now();
    let kept = store.notes(CHANGE, 0, MOST, now)?;
    let read = |(_, value)| serde_json::from_value(value).ok();
    let changes = kept.into_iter().filter_map(read).collect();
    let Ok(mut lacking) = library.lacks(changes).await else {
        return Ok(Wrong::new()); // a library without a folder
    };
    // A later change may be one of the same file. Where a removal would leave no article, others come
    // first.
    lacking.sort_by_key(|change| change.number);
    let mut later = Vec::new();
    let mut wrong = Wrong::new();
    let mut note = |article: String, made: Result<(), LiveError>| match made {
        Ok(()) => tracing::info!(article, "changed as an operator wanted"),
        Err(error) => _ = wrong.insert(article, error.to_string()),
    };
    for change in lacking {
        let document = store.note(&id(DOCUMENT, &change.article), now)?;
        let document = document.and_then(read_document);
        match library.follow(change.clone(), document).await {
            Err(LiveError::Refused(LibraryError::Empty(_))) => later.push(change),
            made => note(change.article, made),
        }
    }
    for change in later {
        note(change.article.clone(), library.follow(change, None).await);
    }
    Ok(wrong)
}

fn read_document(value: Value) -> Option<Sent> {
    #[derive(Deserialize)]
    struct Kept {
        number: i64,
        name: String,
        text: String,
    }
    let Kept { number, name, text } = serde_json::from_value(value).ok()?;
    let name = FileName::read(&name)?;
    Some(Sent { number, name, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn what_is_wrong_is_told_once_and_again_when_it_returns() {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::write(home.path().join("a.md"), "The lamp was lit.\n").expect("written");
        let segments = home.path().join("segments");
        let library = LiveLibrary::open(home.path(), &segments, Metrics::default());
        let library = library.expect("it opens");
        let mut heard = library.refusals();
        let mut told = Wrong::new();
        for (wrong, news) in [
            (vec![("a", "one")], Some("a: one")),
            (
                vec![("a", "one"), ("b", "two"), ("c", "three")],
                Some("b: two\nc: three"),
            ),
            (vec![("a", "one"), ("b", "two"), ("c", "three")], None),
            (vec![("a", "four"), ("c", "three")], Some("a: four")),
            (vec![("b", "two"), ("c", "three")], Some("b: two")),
            (vec![], None),
            (vec![("b", "two")], Some("b: two")),
        ] {
            let pairs = wrong
                .iter()
                .map(|(article, error)| ((*article).to_owned(), (*error).to_owned()));
            let wrong = pairs.collect();
            tell(&library, &wrong, &told);
            told = wrong;
            let is_new = heard.has_changed().expect("it is there");
            let said = is_new.then(|| heard.borrow_and_update().clone());
            assert_eq!(said.as_deref(), news, "{told:?}");
        }
    }
}
