//! Guest mode: called by its name into a chat where it is no member, the bot answers that call once
//! and nothing else.
//!
//! The guest chat's id may be that of a chat the bot knows: nothing is kept or looked up by it. What
//! is answered depends on the message alone, and on the message that it refers to.

use serde_json::json;

use super::Known;
use super::address::{self, Address};
use super::call::Call;
use super::event::{GuestCall, Message};
use super::subjects::{self, Reading};
use crate::analysis::Language;
use crate::answer::Verdict;
use crate::library::{Context, Library, LibraryError, Scope};
use crate::render::{self, Body, InlineResult, Keyboard, Look};
use crate::wording::{self, Command};

/// The answer to a guest's call; none where nobody asks anything.
///
/// # Errors
/// Where the library cannot be read.
pub(super) fn answer(
    call: &GuestCall,
    library: &Library,
    known: &Known<'_>,
) -> Result<Option<Call>, LibraryError> {
    let message = &call.message;
    let own = known.language(message.language.as_deref());
    let (address, rest) = address::read(message, known.me);
    let reading = match address {
        Address::Subject(name) => Some(Reading::Command(name)),
        Address::Command(Command::Topics) => Some(Reading::Subjects),
        _ => None,
    };
    let shown = match reading {
        Some(reading) => subjects::open(&reading, library, Look::usual(own), &Scope::default())
            .map(|opened| (opened.body, opened.keyboard)),
        None => question(message, rest, own, library)?.map(|body| (body, Keyboard::default())),
    };
    Ok(shown.map(|(body, keyboard)| {
        let title = body.text().lines().next().unwrap_or_default();
        let result = InlineResult::new("answer", title, "", &body, &keyboard);
        let parameters = json!({ "guest_query_id": call.query, "result": result.json() });
        Call::new("answerGuestQuery", parameters).at_once()
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
    let answer = library.answer(
        &question,
        Context {
            text,
            ..Context::default()
        },
    )?;
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
