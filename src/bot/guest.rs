//! Guest mode: called by its name into a chat where it is no member, the bot answers that call once
//! and nothing else.
//!
//! The guest chat's id may be that of a chat the bot knows: nothing is kept or looked up by it. What
//! is answered depends on the message alone, and on the message that it refers to.

use std::time::Duration;

use serde_json::{Value, json};

use super::Known;
use super::address::{self, Address};
use super::call::Call;
use super::event::Message;
use super::subjects::{self, Reading};
use crate::analysis::Language;
use crate::answer::Verdict;
use crate::library::{Context, Library, LibraryError};
use crate::render::{self, Body, InlineResult, Keyboard};
use crate::wording::{self, Command};

/// How long a caller waits.
const PATIENCE: Duration = Duration::from_secs(15);

/// The answer to a guest message; none where nobody asks anything.
///
/// # Errors
/// Where the library cannot be read.
pub(super) fn answer(
    message: &Value,
    library: &Library,
    known: &Known<'_>,
) -> Result<Option<Call>, LibraryError> {
    let query = message.get("guest_query_id").and_then(Value::as_str);
    let asks = |message: &Message| !message.author_is_bot && message.via_bot != Some(known.me.id);
    let message = Message::read(message).filter(asks);
    let (Some(query), Some(message)) = (query, message) else {
        return Ok(None);
    };
    let own = known.language(message.language.as_deref());
    let (address, rest) = address::read(&message, known.me);
    let opened = match address {
        Address::Subject(name) => subjects::open(&Reading::Command(name), library, own),
        Address::Command(Command::Topics) => subjects::open(&Reading::Subjects, library, own),
        _ => question(&message, rest, own, library)?.map(|body| (body, Keyboard::default())),
    };
    Ok(opened.map(|(body, keyboard)| {
        let title = body.text().lines().next().unwrap_or_default();
        let result = InlineResult::new("answer", title, "", &body, &keyboard);
        let parameters = json!({ "guest_query_id": query, "result": result.json() });
        let mut call = Call::new("answerGuestQuery", parameters);
        call.within = Some(PATIENCE);
        call
    }))
}

/// The answer to what was written, or else to what the message refers to; none for thanks and
/// greetings.
fn question(
    message: &Message,
    written: String,
    own: Language,
    library: &Library,
) -> Result<Option<Body>, LibraryError> {
    let replied = message.reply.as_ref().map(|reply| reply.text.clone());
    let theirs = message.selected.clone().or(replied);
    let theirs = theirs.filter(|text| !text.trim().is_empty());
    let wordless = !written.chars().any(char::is_alphanumeric);
    let (asked, context) = if wordless {
        (theirs, None)
    } else {
        (Some(written), theirs)
    };
    let Some(asked) = asked else {
        let usage = wording::usage(own, wording::example(own));
        return Ok(Some(render::say(&usage)));
    };
    let question = library.question(&asked);
    let text = context.as_deref();
    let answer = library.answer(&question, Context { text })?;
    let language = if question.tokens().is_empty() {
        own
    } else {
        question.language()
    };
    Ok(match answer.verdict {
        Verdict::None if answer.why.small_talk => None,
        // What is merely near is no answer, and the chat did not ask for it.
        Verdict::Nearest if answer.is_silent() => Some(render::say(wording::none(language))),
        _ => Some(render::answer(&answer, language)),
    })
}
