//! Inline mode: somebody types the bot's name and some words in any chat, sees what the article says
//! on them, and inserts the passage that fits. Without words the article's subjects are offered.

use std::time::Duration;

use serde_json::json;

use super::call::Call;
use super::event::InlineQuery;
use super::{Known, Rules, articles, reading, subjects};
use crate::analysis::Language;
use crate::library::{Library, LibraryError, Scope};
use crate::question::Question;
use crate::render::{self, InlineResult, Keyboard, Look};
use crate::wording::{self, Title};

/// The most results at once; the list goes on when its end is reached.
const AT_ONCE: usize = 10;
/// How long somebody who types waits for a list.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long Telegram may give the same list to the same words, in seconds: it changes only with the
/// library.
const CACHE: u32 = 300;

/// The answer to an inline query.
///
/// # Errors
/// Where the library cannot be read.
pub(super) fn answer(
    query: &InlineQuery,
    library: &Library,
    known: &Known<'_>,
) -> Result<Call, LibraryError> {
    let question = library.question(&query.words);
    let own = query.language.as_deref().and_then(Language::from_code);
    let (language, is_personal) = language(&question, own, known.settings.language);
    let from: usize = query.offset.parse().unwrap_or_default();
    // Of the chat it is only known whether it is the direct message with the bot.
    let bound = query
        .user
        .filter(|_| query.here)
        .map_or_else(Scope::default, |user| {
            articles::scope(&Rules::of(known.memory, user, None), library)
        });
    let is_bound = bound != Scope::default();
    let (shown, goes_on) = if query.words.trim().is_empty() {
        offered(library, from, language, &bound, known)
    } else {
        found(library, &question, from, language, &bound, known)?
    };
    let next = from + shown.len();
    let mut parameters = json!({
        "inline_query_id": query.query,
        "results": shown.iter().map(InlineResult::json).collect::<Vec<_>>(),
        // What holds in this chat alone is not to be given in others.
        "cache_time": if is_bound { 0 } else { CACHE },
        "is_personal": is_personal || is_bound,
        "next_offset": if goes_on { next.to_string() } else { String::new() },
    });
    if next == 0 {
        let text = wording::nothing_found(language);
        parameters["button"] = json!({ "text": text, "start_parameter": "ask" });
    }
    let mut call = Call::new("answerInlineQuery", parameters);
    call.within = Some(PATIENCE);
    Ok(call)
}

/// The language to show things in, and whether that depends on who asks: words in Arabic or Chinese
/// speak for themselves, a name in Latin letters is typed by everybody.
fn language(question: &Question, own: Option<Language>, usual: Language) -> (Language, bool) {
    match question.language() {
        clear @ (Language::Arabic | Language::Chinese) if !question.tokens().is_empty() => {
            (clear, false)
        }
        _ => {
            let typed = Some(question.language()).filter(|_| !question.tokens().is_empty());
            (own.or(typed).unwrap_or(usual), true)
        }
    }
}

/// Some of the subjects, and whether there are more.
fn offered(
    library: &Library,
    from: usize,
    language: Language,
    scope: &Scope,
    known: &Known<'_>,
) -> (Vec<InlineResult>, bool) {
    let mut subjects = library.subjects_in(scope).skip(from);
    let shown = subjects.by_ref().take(AT_ONCE).map(|subject| {
        let keyboard = subjects::beginning(&subject, Look::usual(language), known);
        render::subject(&subject, language, &keyboard)
    });
    (shown.collect(), subjects.next().is_some())
}

/// Some of the passages found, and whether there are more.
fn found(
    library: &Library,
    question: &Question,
    from: usize,
    language: Language,
    scope: &Scope,
    known: &Known<'_>,
) -> Result<(Vec<InlineResult>, bool), LibraryError> {
    let quotes = library.find(question, scope)?;
    let shown = quotes.iter().skip(from).take(AT_ONCE).map(|quote| {
        let article = quote.article();
        let mut articles = library.articles().iter();
        let at = articles.position(|it| std::ptr::eq(it, article));
        let subjects = at.map(|at| library.subjects_of(at)).unwrap_or_default();
        let about = subjects
            .iter()
            .find(|subject| subject.passages().contains(&quote.number()));
        let of = about.map_or_else(
            || Title::of(article),
            |subject| Title::of_subject(subject, language),
        );
        let keyboard = reading::with_place(Keyboard::default(), Some(quote), language, known);
        render::found(quote, &of, language, &keyboard)
    });
    Ok((shown.collect(), quotes.len().saturating_sub(from) > AT_ONCE))
}
