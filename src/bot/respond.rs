//! An action put into words: the library is asked, its answer is rendered, and what is to be
//! remembered of it is noted.

use std::time::Duration;

use super::answered::{Answered, Claim, Place};
use super::call::{Call, Effect};
use super::delivery::{deliver, give, with_pace};
use super::panel::{self, Panel};
use super::{Action, Asked, ChatKind, Hindrance, Known, Reading, Saying};
use super::{
    articles, guest, inline, operator, pace, post, reading, report, subjects, turning, unaddressed,
};
use crate::analysis::Language;
use crate::answer::{Quote, Verdict};
use crate::library::{Context, Library, LibraryError, Scope};
use crate::render::{self, Destination, Keyboard, OutgoingMessage};
use crate::wording::{self, Title};

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
        Action::Read { asked, what } => read(asked, what, library, known),
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
            let words = wording::welcome(
                *language,
                &known.me.username,
                title(library, &Scope::default()).as_ref(),
                *can,
            );
            let to = Destination {
                chat: *chat,
                topic: None,
                reply_to: 0,
                even_if_gone: false,
            };
            let message = OutgoingMessage::new(to, render::say(&words)).unasked();
            vec![Effect::Call(Call::send(&message))]
        }
        Action::Mute {
            user,
            group,
            language,
        } => {
            let words = wording::may_not_write(*language, group.as_deref());
            let message = OutgoingMessage::to(*user, render::say(&words));
            vec![Effect::Call(Call::send(&message))]
        }
        Action::Turn {
            tap,
            answered,
            view,
        } => turning::turn(tap, answered, *view, library, known),
        Action::Where { tap, answered } => turning::whereabouts(tap, answered, library, known),
        Action::ShowAll { tap, answered } => turning::show_all(tap, answered, library, known),
        Action::Open { tap, answered } => {
            subjects::tapped(tap, answered.as_deref(), library, known)
        }
        Action::OpenElsewhere(tap) => subjects::tapped_elsewhere(tap, library, known),
        Action::Adjust { tap, press } => panel::adjusted(tap, *press, library, known),
        Action::Manage {
            tap,
            press,
            language,
        } => operator::managed(tap, *press, *language, library, known),
        // Who does not do it himself can have it done by nobody.
        Action::Upkeep { by, upkeep } => {
            operator::carried_out(by, &Err(Hindrance::Fixed), upkeep, library, known)
        }
        Action::Offer(query) => vec![Effect::Call(inline::answer(query, library, known)?)],
        Action::Visit(call) => {
            let call = guest::answer(call, library, known)?;
            call.map(Effect::Call).into_iter().collect()
        }
        // Nobody may, as long as Telegram has not said that somebody does.
        Action::IfAdmin { otherwise, .. } => respond(otherwise, library, known)?,
        Action::Do(effects) => effects.clone(),
    })
}

/// What is done instead where [`respond()`] fails.
#[must_use]
pub fn trouble(action: &Action, known: &Known<'_>) -> Vec<Effect> {
    match action {
        Action::Say { asked, .. } | Action::Read { asked, .. } | Action::Answer { asked, .. }
            if !asked.unaddressed =>
        {
            let body = render::say(wording::trouble(asked.language));
            vec![Effect::Call(post::openly(asked, body, Keyboard::default()))]
        }
        Action::Turn { tap, .. } | Action::Where { tap, .. } | Action::ShowAll { tap, .. } => {
            vec![turning::old(tap, known)]
        }
        _ => Vec::new(),
    }
}

/// The answer to a question. Thanks and greetings get a friendly word in a direct message, and so does
/// a command that asks nothing; else a group is not to be disturbed for them. A message without a word asks nothing, whatever it refers to.
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
    let left_out = |quote: &Quote<'_>| library.is_on(quote, &asked.rules.left_out);
    let next = || {
        let next = follows.and_then(|it| reading::next(it, library));
        next.filter(|next| !left_out(next))
    };
    let go_on = |next: &Quote<'_>| {
        let answered = remembered(asked, language, Claim::GoesOn, &[next], 1, known);
        give(asked, &answered, library, known, Vec::new())
    };
    if bare && let Some(next) = next() {
        return Ok(go_on(&next));
    }
    let scope = articles::scope(&asked.rules, library);
    let context = Context {
        text: text.as_deref().filter(|_| !wordless),
        scope: Some(&scope),
    };
    let mut answer = library.answer(&question, context)?;
    if asked.unaddressed && !unaddressed::is_clear(&answer) {
        return Ok(match &asked.earlier {
            Some((id, earlier)) => post::withdraw(asked.to.chat, *id, earlier),
            None => Vec::new(),
        });
    }
    if !answer.is_silent() && answer.quotes.first().is_some_and(left_out) {
        return Ok(leave_out(asked, language, library, known));
    }
    answer.quotes.retain(|quote| !left_out(quote));
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
            (None, ChatKind::Group) if !asked.commanded => Vec::new(),
            (None, _) => {
                let body = render::say(wording::small_talk(language));
                deliver(asked, body, Keyboard::default(), &answered, known)
            }
        });
    }
    // Who asks about an answer has it before them already.
    let again = asked.earlier.is_none() && follows.is_some_and(|it| answered.is_like(it));
    if again && let Some(next) = next() {
        return Ok(go_on(&next));
    }
    let mut more = Vec::new();
    if asked.unaddressed && asked.earlier.is_none() {
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
        more.push(Effect::Count {
            verdict: answer.verdict,
            language,
        });
        let given = (&answer, shown);
        more.extend(report::asked(asked, &question, given, language, known));
    }
    Ok(give(asked, &answered, library, known, more))
}

/// The answer lies in a subject that the administrators want left alone. Who asked the bot is told so.
fn leave_out(
    asked: &Asked,
    language: Language,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    match &asked.earlier {
        Some((id, earlier)) if asked.unaddressed => post::withdraw(asked.to.chat, *id, earlier),
        None if asked.unaddressed => Vec::new(),
        _ => {
            let asked = Asked {
                language,
                ..asked.clone()
            };
            say(&asked, Saying::LeftOut, library, known)
        }
    }
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
    }
}

/// The article by its subjects. A link that leads nowhere begins the conversation as usual.
fn read(asked: &Asked, what: &Reading, library: &Library, known: &Known<'_>) -> Vec<Effect> {
    let look = asked.rules.look(asked.language);
    if subjects::is_left_out(what, library, &asked.rules) {
        return leave_out(asked, look.language, library, known);
    }
    let Some(opened) = subjects::open(what, library, look, &asked.rules, known) else {
        return say(asked, Saying::Start, library, known);
    };
    let quotes: Vec<&Quote<'_>> = opened.quotes.iter().collect();
    let all = quotes.len();
    let answered = remembered(asked, look.language, Claim::Reads, &quotes, all, known);
    deliver(asked, opened.body, opened.keyboard, &answered, known)
}

fn say(asked: &Asked, what: Saying, library: &Library, known: &Known<'_>) -> Vec<Effect> {
    let language = asked.language;
    let example = wording::example(language);
    let scope = articles::scope(&asked.rules, library);
    let (keyboard, claim) = match what {
        Saying::Article => (subjects::doors(library, language, &scope), Claim::Reads),
        _ => (Keyboard::default(), Claim::Silent),
    };
    let body = match what {
        Saying::Start => render::say(&wording::start(
            language,
            title(library, &scope).as_ref(),
            example,
        )),
        Saying::Help => render::say(&wording::help(language, &known.me.username, example)),
        Saying::Article => {
            let articles = library.articles_in(&scope);
            render::articles(articles.map(|(_, article)| article), language)
        }
        Saying::Privacy => render::say(&wording::privacy(language, known.settings.reports_words)),
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
        Saying::LeftOut => render::say(wording::left_out(language)),
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
            let (body, keyboard) =
                panel::settings(asked.chat, topic, &asked.rules, library, language, known);
            let call = Panel::Settings { topic, language }.open(asked, body, keyboard);
            return with_pace(asked, Effect::Call(call));
        }
        Saying::Library => {
            let call = operator::list(asked, library);
            return with_pace(asked, Effect::Call(call));
        }
        Saying::NotAText => render::say(wording::not_a_text(language)),
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
    let answered = remembered(asked, language, claim, &[], 0, known);
    deliver(asked, body, keyboard, &answered, known)
}

/// The article's title, where there is just one to draw on.
fn title(library: &Library, scope: &Scope) -> Option<Title> {
    let mut articles = library.articles_in(scope);
    let (_, only) = articles.next()?;
    articles.next().is_none().then(|| Title::of(only))
}
