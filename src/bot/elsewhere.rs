//! What does not come as a message in a chat of the bot's: inline queries, guest messages, and taps
//! on the buttons with which an article is read. Each is answered once, while somebody waits.

use serde_json::Value;

use super::call::Effect;
use super::{Known, guest, inline, subjects};
use crate::library::{Library, LibraryError};

/// Whether an update is one of these.
#[must_use]
pub fn is_elsewhere(update: &Value) -> bool {
    ["inline_query", "guest_message"]
        .iter()
        .any(|kind| update.get(kind).is_some())
        || update
            .get("callback_query")
            .is_some_and(subjects::is_tapped)
}

/// What such an update leads to.
///
/// # Errors
/// Where the library cannot be read.
pub fn elsewhere(
    update: &Value,
    library: &Library,
    known: &Known<'_>,
) -> Result<Vec<Effect>, LibraryError> {
    let of = |kind| update.get(kind);
    let call = match (
        of("inline_query"),
        of("guest_message"),
        of("callback_query"),
    ) {
        (Some(query), ..) => inline::answer(query, library, known)?,
        (_, Some(message), _) => guest::answer(message, library, known)?,
        (.., Some(tap)) => return Ok(subjects::tapped(tap, library, known)),
        _ => None,
    };
    Ok(call.map(Effect::Call).into_iter().collect())
}
