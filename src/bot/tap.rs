//! A tap on a button. What the button holds may be forged, so what is remembered of the message
//! decides; every tap is answered, and one that means nothing changes nothing.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::json;

use super::answered::{Answered, Claim};
use super::call::{Effect, Note, NoteId};
use super::event::{MessageId, Tap};
use super::memory::recall;
use super::press::Press;
use super::{Action, ChatKind, Known, operator, panel, post, report, subjects};
use crate::wording::Toast;

/// The kind of the notes that hold votes; their key is of the message and the member.
const VOTE: &str = "vote";
/// How long a vote is remembered, so that it counts once.
const VOTE_LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What to do about a tap.
pub(super) fn tapped(tap: &Tap, known: &Known<'_>) -> Action {
    let press = Press::read(&tap.data);
    let answered = Answered::recall(known.memory, tap.chat, tap.message).map(Box::new);
    if subjects::is_door(&tap.data) {
        return opened(tap, answered, known);
    }
    match (press, answered) {
        (Some(press @ (Press::View(_) | Press::Back)), Some(answered)) => {
            if answered.is_turning(known.now) {
                return say(tap, Toast::Moment, known);
            }
            let view = match press {
                Press::View(view) => Some(view),
                _ => None,
            };
            Action::Turn {
                tap: Box::new(tap.clone()),
                answered,
                view,
            }
        }
        (Some(Press::Where), Some(answered)) => Action::Where {
            tap: Box::new(tap.clone()),
            answered,
        },
        (Some(Press::Vote(up)), Some(answered)) if !answered.places.is_empty() => {
            vote(tap, up, known)
        }
        (Some(Press::ShowAll), Some(answered)) => match tap.message {
            MessageId::Whisper(_) if answered.asker == Some(tap.user) => Action::ShowAll {
                tap: Box::new(tap.clone()),
                answered,
            },
            MessageId::Whisper(_) => say(tap, Toast::NotYours, known),
            MessageId::Open(_) => say(tap, Toast::Old, known),
        },
        (
            Some(
                press @ (Press::Panel
                | Press::Pick(_)
                | Press::Choose(..)
                | Press::Done
                | Press::Report(_)
                | Press::Articles(_)
                | Press::Article(..)
                | Press::AllArticles),
            ),
            _,
        ) => panel::tapped(tap, press, known),
        (
            Some(
                press @ (Press::Shelf(_)
                | Press::Remove(_)
                | Press::Confirm
                | Press::Cancel
                | Press::Undo),
            ),
            _,
        ) => operator::tapped(tap, press, known),
        _ => say(tap, Toast::Old, known),
    }
}

/// A tap on a button with which the article is read by subject. In a group it must stand below a
/// message that shows some: else whoever forges one could put a menu in the place of an answer.
fn opened(tap: &Tap, answered: Option<Box<Answered>>, known: &Known<'_>) -> Action {
    let shows_some = answered.as_ref().is_some_and(|it| it.claim == Claim::Reads);
    if tap.chat_kind == ChatKind::Group && !shows_some {
        let language = tap.language.as_deref();
        return Action::Do(vec![subjects::old(&tap.query, language, known)]);
    }
    if answered.as_ref().is_some_and(|it| it.is_turning(known.now)) {
        return say(tap, Toast::Moment, known);
    }
    Action::Open {
        tap: Box::new(tap.clone()),
        answered,
    }
}

/// Only a short word to the one who tapped.
pub(super) fn say(tap: &Tap, toast: Toast, known: &Known<'_>) -> Action {
    let language = known.language(tap.language.as_deref());
    Action::Do(vec![post::toast(&tap.query, Some(toast.text(language)))])
}

/// One vote a member and answer; it can be changed, and only its sum is counted.
fn vote(tap: &Tap, up: bool, known: &Known<'_>) -> Action {
    let mut hasher = DefaultHasher::new();
    let message = match tap.message {
        MessageId::Open(id) => (0, id),
        MessageId::Whisper(id) => (1, id),
    };
    (message, tap.user).hash(&mut hasher);
    let key = hasher.finish().cast_signed();
    let before: Option<bool> = recall(known.memory, VOTE, tap.chat, key);
    let toast = match before {
        Some(before) if before == up => return say(tap, Toast::Counted, known),
        Some(_) => Toast::Changed,
        None => Toast::Thanks,
    };
    let note = Note {
        id: NoteId {
            kind: VOTE.to_owned(),
            chat: tap.chat,
            key,
        },
        member: Some(tap.user),
        value: json!(up),
        lasts: Some(VOTE_LASTS),
    };
    let language = known.language(tap.language.as_deref());
    let mut effects = vec![
        post::toast(&tap.query, Some(toast.text(language))),
        Effect::Keep(note),
    ];
    effects.extend(report::voted(tap, before, up, known));
    Action::Do(effects)
}
