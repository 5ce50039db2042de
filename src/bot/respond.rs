//! An action put into words: the library is asked, its answer is rendered.

use super::{Action, ChatKind, Me, Saying};
use crate::analysis::Language;
use crate::answer::Verdict;
use crate::library::{Context, Library, LibraryError};
use crate::render::{self, Body, OutgoingMessage};
use crate::wording;

/// The message that an action calls for; none where there is nothing to say.
///
/// # Errors
/// Where the library cannot be read. [`trouble`] says so to the asker.
pub fn respond(
    action: &Action,
    library: &Library,
    me: &Me,
) -> Result<Option<OutgoingMessage>, LibraryError> {
    let (to, body) = match action {
        Action::Say { to, what, language } => (to, Some(say(*what, *language, library, me))),
        Action::Answer {
            to,
            chat,
            question,
            context,
            language,
        } => (
            to,
            answer(*chat, question, context.as_deref(), *language, library)?,
        ),
    };
    Ok(body.map(|body| OutgoingMessage::new(*to, body)))
}

/// What is said instead where [`respond()`] fails.
#[must_use]
pub fn trouble(action: &Action) -> OutgoingMessage {
    let (Action::Say { to, language, .. } | Action::Answer { to, language, .. }) = action;
    OutgoingMessage::new(*to, render::say(wording::trouble(*language)))
}

/// The answer to a question. Thanks and greetings get a friendly word in a direct message; a group
/// is not to be disturbed for them. A message without a word asks nothing, whatever it refers to.
fn answer(
    chat: ChatKind,
    question: &str,
    context: Option<&str>,
    fallback: Language,
    library: &Library,
) -> Result<Option<Body>, LibraryError> {
    let question = library.question(question);
    let wordless = question.tokens().is_empty();
    let language = if wordless {
        fallback
    } else {
        question.language()
    };
    let text = context.filter(|_| !wordless);
    let answer = library.answer(&question, Context { text })?;
    Ok(match (answer.verdict, answer.why.small_talk, chat) {
        (Verdict::None, true, ChatKind::Group) => None,
        (Verdict::None, true, ChatKind::Private) => {
            Some(render::say(wording::small_talk(language)))
        }
        // What is merely near is no answer, and a group did not ask for it.
        (Verdict::Nearest, _, ChatKind::Group) if answer.is_silent() => {
            Some(render::say(wording::none(language)))
        }
        _ => Some(render::answer(&answer, language)),
    })
}

fn say(what: Saying, language: Language, library: &Library, me: &Me) -> Body {
    let title = match library.articles() {
        [article] => Some(article.title()),
        _ => None,
    };
    let example = wording::example(language);
    match what {
        Saying::Start => render::say(&wording::start(language, title, example)),
        Saying::Help => render::say(&wording::help(language, &me.username, example)),
        Saying::Article => render::articles(library.articles(), language),
        Saying::Privacy => render::say(wording::privacy(language)),
        Saying::Forgotten => render::say(wording::forgotten(language)),
        Saying::TooMuch => render::say(wording::too_much(language)),
        Saying::TooLate => render::say(wording::too_late(language)),
        Saying::Usage => render::say(&wording::usage(language, example)),
        Saying::TextOnly => render::say(wording::text_only(language)),
    }
}
