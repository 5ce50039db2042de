//! An action put into words: the library is asked, its answer is rendered, and what is to be
//! remembered of it is noted.

use std::time::Duration;

use super::answered::{Answered, Claim, Place, id_of};
use super::call::{Call, Effect};
use super::event::{MessageId, Tap};
use super::panel::{self, Panel};
use super::rules::SeenBy;
use super::{
    Action, Asked, ChatKind, Known, Saying, View, pace, post, reading, report, unaddressed,
};
use crate::analysis::Language;
use crate::answer::{Quote, Verdict};
use crate::library::{Context, Library, LibraryError};
use crate::render::{self, Body, Destination, Keyboard, OutgoingMessage};
use crate::wording::{self, Toast};

/// Within what time the same question is not answered again, in milliseconds.
const AGAIN: i64 = 10 * 60 * 1000;
/// How many questions that nobody put to the bot it answers in a chat, in an hour.
const UNASKED_AN_HOUR: (u32, Duration) = (6, Duration::from_secs(60 * 60));

/// What an action leads to; nothing where there is nothing to say.
///
/// # Errors
/// Where the library cannot be read. [`trouble`] says so to the asker.
pub fn respond(
    action: &Action,
    library: &Library,
    known: &Known<'_>,
) -> Result<Vec<Effect>, LibraryError> {
    Ok(match action {
        Action::Say { asked, what } => say(asked, *what, library, known),
        Action::Answer {
            asked,
            question,
            context,
            follows,
        } => answer(
            asked,
            question,
            context.as_deref(),
            follows.as_deref(),
            library,
            known,
        )?,
        Action::Welcome {
            chat,
            language,
            can,
        } => {
            let words = wording::welcome(*language, &known.me.username, title(library), *can);
            let to = Destination {
                chat: *chat,
                topic: None,
                reply_to: 0,
                even_if_gone: false,
            };
            let message = OutgoingMessage::new(to, render::say(&words)).unasked();
            vec![Effect::Call(Call::send(&message))]
        }
        Action::Turn {
            tap,
            answered,
            view,
        } => turn(tap, answered, *view, library, known),
        Action::Where { tap, answered } => whereabouts(tap, answered, library, known),
        Action::ShowAll { tap, answered } => show_all(tap, answered, library, known),
        // Nobody may, as long as Telegram has not said that somebody does.
        Action::IfAdmin { otherwise, .. } => respond(otherwise, library, known)?,
        Action::Do(effects) => effects.clone(),
    })
}

/// What is done instead where [`respond()`] fails.
#[must_use]
pub fn trouble(action: &Action, known: &Known<'_>) -> Vec<Effect> {
    match action {
        Action::Say { asked, .. } | Action::Answer { asked, .. } if !asked.unaddressed => {
            let body = render::say(wording::trouble(asked.language));
            vec![Effect::Call(post::openly(asked, body, Keyboard::default()))]
        }
        Action::Turn { tap, .. } | Action::Where { tap, .. } | Action::ShowAll { tap, .. } => {
            vec![old(tap, known)]
        }
        _ => Vec::new(),
    }
}

/// The answer to a question. Thanks and greetings get a friendly word in a direct message; a group
/// is not to be disturbed for them. A message without a word asks nothing, whatever it refers to.
fn answer(
    asked: &Asked,
    question: &str,
    context: Option<&str>,
    follows: Option<&Answered>,
    library: &Library,
    known: &Known<'_>,
) -> Result<Vec<Effect>, LibraryError> {
    let question = library.question(question);
    let wordless = question.tokens().is_empty();
    let language = asked.rules.language.unwrap_or(if wordless {
        asked.language
    } else {
        question.language()
    });
    let quoted = follows.and_then(|answered| reading::text(answered, library));
    let text = quoted.or_else(|| context.map(str::to_owned));
    let bare = !wordless && !question.has_content();
    if let Some(next) = follows
        .filter(|_| bare)
        .and_then(|it| reading::next(it, library))
    {
        let answered = remembered(asked, language, Claim::GoesOn, &[&next], 1, known);
        return Ok(give(asked, &answered, library, known, Vec::new()));
    }
    let context = Context {
        text: text.as_deref().filter(|_| !wordless),
    };
    let answer = library.answer(&question, context)?;
    if asked.unaddressed && !unaddressed::is_clear(&answer) {
        return Ok(Vec::new());
    }
    let claim = Claim::of(&answer);
    let small_talk = answer.verdict == Verdict::None && answer.why.small_talk;
    let shown = match (answer.verdict, asked.chat) {
        (Verdict::None, _) => &[],
        // What is merely near is no answer, and a group did not ask for it.
        (Verdict::Nearest, ChatKind::Group) if answer.is_silent() => &[],
        _ => answer.shown(),
    };
    let shown = shown.get(..asked.rules.quotes).unwrap_or(shown);
    let all: Vec<&Quote<'_>> = if shown.is_empty() {
        Vec::new()
    } else {
        answer.quotes.iter().collect()
    };
    let answered = remembered(asked, language, claim, &all, shown.len(), known);
    if small_talk {
        return Ok(match (&asked.earlier, asked.chat) {
            (Some((id, earlier)), _) => post::withdraw(asked.to.chat, *id, earlier),
            (None, ChatKind::Group) => Vec::new(),
            (None, ChatKind::Private) => {
                let body = render::say(wording::small_talk(language));
                deliver(asked, body, Keyboard::default(), &answered, known)
            }
        });
    }
    let mut more = Vec::new();
    if asked.unaddressed {
        let chat = (asked.to.chat, None);
        let (room, note) = pace::take(
            known.memory,
            pace::UNASKED,
            chat,
            UNASKED_AN_HOUR,
            known.now,
        );
        if room != pace::Room::Free {
            return Ok(Vec::new());
        }
        more.push(Effect::Keep(note));
    }
    if asked.earlier.is_none() {
        more.extend(report::asked(asked, &answer, shown, language, known));
    }
    Ok(give(asked, &answered, library, known, more))
}

fn remembered(
    asked: &Asked,
    language: Language,
    claim: Claim,
    quotes: &[&Quote<'_>],
    shown: usize,
    known: &Known<'_>,
) -> Answered {
    Answered {
        question: asked.to.reply_to,
        asker: asked.asker,
        print: asked.print,
        language,
        topic: asked.to.topic,
        at: known.now,
        claim,
        places: quotes.iter().map(|quote| Place::of(quote)).collect(),
        shown,
        view: None,
        turned: 0,
    }
}

/// Gives an answer: in place of the earlier one where its question was edited, by pointing to it
/// where the same was answered just before, else as a message of its own.
fn give(
    asked: &Asked,
    answered: &Answered,
    library: &Library,
    known: &Known<'_>,
    more: Vec<Effect>,
) -> Vec<Effect> {
    let (body, keyboard) = reading::shown(answered, None, asked.rules.gloss, library)
        .unwrap_or_else(|| {
            (
                render::say(wording::none(answered.language)),
                Keyboard::default(),
            )
        });
    let mut effects = match same_before(asked, answered, known) {
        Some(before) => point_to(asked, before, answered, (body, keyboard), known),
        None => deliver(asked, body, keyboard, answered, known),
    };
    effects.extend(more);
    effects
}

/// The message that answered the same a moment ago.
fn same_before(asked: &Asked, answered: &Answered, known: &Known<'_>) -> Option<i64> {
    if asked.chat == ChatKind::Private || asked.earlier.is_some() || asked.whisper.is_some() {
        return None;
    }
    Answered::recent(known.memory, asked.to.chat)
        .find(|(_, before)| {
            let lately = known.now.saturating_sub(before.at) < AGAIN;
            lately && before.topic == answered.topic && before.is_like(answered)
        })
        .map(|(id, _)| id)
}

/// Points to an earlier answer: by its address, or by replying to it where messages have none. Should
/// that one be gone, the answer is given again.
fn point_to(
    asked: &Asked,
    before: i64,
    answered: &Answered,
    (body, keyboard): (Body, Keyboard),
    known: &Known<'_>,
) -> Vec<Effect> {
    let words = wording::answered_before(answered.language);
    let pointer = Answered {
        places: Vec::new(),
        shown: 0,
        ..answered.clone()
    };
    // Supergroups have ids of the form -100…; the rest of it is part of their messages' addresses.
    let internal = -1_000_000_000_000_i64 - asked.to.chat;
    if internal > 0 {
        let words = format!("{words}\nhttps://t.me/c/{internal}/{before}");
        return deliver(
            asked,
            render::say(&words),
            Keyboard::default(),
            &pointer,
            known,
        );
    }
    let there = Destination {
        reply_to: before,
        even_if_gone: false,
        ..asked.to
    };
    let again = post::openly(asked, body, keyboard)
        .noting(answered.note(asked.to.chat, MessageId::Open(0)));
    let call = Call::send(&OutgoingMessage::new(there, render::say(words)))
        .noting(pointer.note(asked.to.chat, MessageId::Open(0)))
        .or(again);
    with_pace(asked, Effect::Call(call))
}

/// Sends an answer, or puts it in the place of the one that the question had before it was edited.
fn deliver(
    asked: &Asked,
    body: Body,
    keyboard: Keyboard,
    answered: &Answered,
    known: &Known<'_>,
) -> Vec<Effect> {
    let chat = asked.to.chat;
    if let Some((message, _)) = asked.earlier {
        let answered = Answered {
            turned: known.now,
            ..answered.clone()
        };
        let keyboard = reading::buttons_for(message, keyboard, &answered);
        let mut effects = with_pace(
            asked,
            Effect::Call(post::edit(chat, (message, asked.asker), &body, &keyboard)),
        );
        effects.push(Effect::Keep(answered.note(chat, message)));
        return effects;
    }
    let unsure = matches!(answered.claim, Claim::Nearest | Claim::Silent);
    let alone = match asked.rules.seen_by {
        _ if asked.whisper.is_some() => true,
        SeenBy::Everybody => false,
        SeenBy::Asker => true,
        SeenBy::AskerWhereUnsure => unsure,
    };
    let openly = post::openly(asked, body.clone(), keyboard.clone())
        .noting(answered.note(chat, MessageId::Open(0)));
    let whispered = alone.then(|| {
        let keyboard = reading::buttons_for(MessageId::Whisper(0), keyboard, answered);
        post::whispered(asked, body, keyboard)
    });
    let call = match whispered.flatten() {
        Some(call) => call
            .noting(answered.note(chat, MessageId::Whisper(0)))
            .or(openly),
        None => openly,
    };
    with_pace(asked, Effect::Call(call))
}

fn with_pace(asked: &Asked, effect: Effect) -> Vec<Effect> {
    let notes = asked.pace.iter().cloned().map(Effect::Keep);
    [effect].into_iter().chain(notes).collect()
}

fn say(asked: &Asked, what: Saying, library: &Library, known: &Known<'_>) -> Vec<Effect> {
    let language = asked.language;
    let example = wording::example(language);
    let body = match what {
        Saying::Start => render::say(&wording::start(language, title(library), example)),
        Saying::Help => render::say(&wording::help(language, &known.me.username, example)),
        Saying::Article => render::articles(library.articles(), language),
        Saying::Privacy => render::say(wording::privacy(language)),
        // Forgotten first, then told so; and nothing is remembered of having told it.
        Saying::Forgotten => {
            let body = render::say(wording::forgotten(language));
            let forget = asked.asker.map(Effect::Forget);
            let call = Effect::Call(post::openly(asked, body, Keyboard::default()));
            return forget.into_iter().chain([call]).collect();
        }
        Saying::Usage => render::say(&wording::usage(language, example)),
        Saying::TextOnly => render::say(wording::text_only(language)),
        Saying::AdminsOnly => render::say(wording::admins_only(language)),
        // Neither to be read on nor to be replaced when its message is edited.
        Saying::TooMany | Saying::TooMuch | Saying::TooLate => {
            let body = render::say(match what {
                Saying::TooMuch => wording::too_much(language),
                Saying::TooLate => wording::too_late(language),
                _ => wording::too_many(language),
            });
            let call = post::openly(asked, body, Keyboard::default());
            return with_pace(asked, Effect::Call(call));
        }
        Saying::Settings => {
            let topic = asked.to.topic;
            let (body, keyboard) = panel::settings(asked.chat, topic, &asked.rules, language);
            let call = Panel::Settings { topic, language }.open(asked, body, keyboard);
            return with_pace(asked, Effect::Call(call));
        }
        Saying::Report { days, everywhere } => {
            let chat = if everywhere {
                report::EVERYWHERE
            } else {
                asked.to.chat
            };
            let (body, keyboard) = report::report(chat, days, language, known);
            let panel = Panel::Report {
                everywhere,
                language,
            };
            let call = panel.open(asked, body, keyboard);
            return with_pace(asked, Effect::Call(call));
        }
    };
    // What the bot says of itself is for whoever sees the question.
    let asked = &Asked {
        rules: super::Rules::default(),
        ..asked.clone()
    };
    let answered = remembered(asked, language, Claim::Silent, &[], 0, known);
    deliver(asked, body, Keyboard::default(), &answered, known)
}

/// The article's title, where the library has just one.
fn title(library: &Library) -> Option<&str> {
    match library.articles() {
        [article] => Some(article.title()),
        _ => None,
    }
}

fn old(tap: &Tap, known: &Known<'_>) -> Effect {
    let language = known.language(tap.language.as_deref());
    post::toast(tap, Some(Toast::Old.text(language)))
}

/// Shows another part of the article in an answer; the tap is old where that part is gone.
fn turn(
    tap: &Tap,
    answered: &Answered,
    view: Option<View>,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    if view == answered.view {
        return vec![post::toast(tap, None)];
    }
    let rules = super::Rules::of(known.memory, tap.chat, answered.topic);
    let Some((body, keyboard)) = reading::shown(answered, view, rules.gloss, library) else {
        return vec![old(tap, known)];
    };
    let keyboard = reading::buttons_for(tap.message, keyboard, answered);
    let turned = Answered {
        view,
        turned: known.now,
        ..answered.clone()
    };
    let message = (tap.message, Some(tap.user));
    vec![
        post::toast(tap, None),
        Effect::Call(post::edit(tap.chat, message, &body, &keyboard)),
        Effect::Keep(turned.note(tap.chat, tap.message)),
    ]
}

fn whereabouts(
    tap: &Tap,
    answered: &Answered,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let which = answered.view.map_or(0, |view| view.which);
    let Some(quote) = answered.places.get(which).and_then(|it| it.quote(library)) else {
        return vec![old(tap, known)];
    };
    let language = known.language(tap.language.as_deref());
    let (paragraph, of) = reading::place(&quote);
    let words = wording::place_in(language, quote.article().title(), paragraph, of);
    vec![post::toast(tap, Some(&words))]
}

/// Shows an answer that one member sees to everyone, once; the member's own copy goes.
fn show_all(tap: &Tap, answered: &Answered, library: &Library, known: &Known<'_>) -> Vec<Effect> {
    let rules = super::Rules::of(known.memory, tap.chat, answered.topic);
    let Some((body, keyboard)) = reading::shown(answered, answered.view, rules.gloss, library)
    else {
        return vec![old(tap, known)];
    };
    let to = Destination {
        chat: tap.chat,
        topic: answered.topic,
        reply_to: answered.question,
        even_if_gone: true,
    };
    let mut message = OutgoingMessage::new(to, body).with(keyboard);
    if answered.question == 0 {
        message = message.unasked();
    }
    let shown = Call::send(&message).noting(answered.note(tap.chat, MessageId::Open(0)));
    vec![
        post::toast(tap, None),
        Effect::Call(shown),
        Effect::Call(post::delete(tap.chat, tap.message, Some(tap.user))),
        Effect::Drop(id_of(tap.chat, tap.message)),
    ]
}
