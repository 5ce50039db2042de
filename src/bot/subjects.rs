//! The article read by subject: a menu of them, pages of a subject's passages, the text whole; and
//! the buttons that lead from one to the other.
//!
//! A button says where it leads and in which language, and is good for everybody who taps it below
//! the message that shows it. It
//! names a subject by a key that changes with the text, so that an old button leads nowhere rather
//! than to other passages. A tap changes the message it stands below; nothing new is sent into a
//! group, however many tap.

use serde_json::json;

use super::answered::{Answered, Claim, Place};
use super::call::{Call, Effect};
use super::event::{Tap, TapElsewhere};
use super::rules::Rules;
use super::{ChatKind, Known, articles, pace, post, reading};
use crate::analysis::Language;
use crate::answer::Quote;
use crate::library::{Library, Scope, Subject};
use crate::render::{self, Body, Keyboard, Look, OutgoingMessage, Page};
use crate::wording::{self, Title};

/// What opens the data of these buttons, and tells their make.
const PREFIX: &str = "r1";
/// The most subjects in one menu.
const MENU: usize = 12;

/// What a message asks to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The menu of subjects.
    Subjects,
    /// What a guide's command stands for.
    Command(String),
    /// The passage that a link leads to.
    Link(String),
}

/// Where a button leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// To the subjects from this place on.
    Menu(usize),
    /// To a subject's passages from this place on.
    Page(u64, usize),
    /// To an article's whole text from this passage on, by the key of the whole.
    Whole(u64, usize),
}

impl Door {
    fn data(self, language: Language) -> String {
        let language = language.code();
        match self {
            Self::Menu(from) => format!("{PREFIX}:{language}:m::{from}"),
            Self::Page(key, from) => format!("{PREFIX}:{language}:p:{key:016x}:{from}"),
            Self::Whole(key, from) => format!("{PREFIX}:{language}:w:{key:016x}:{from}"),
        }
    }

    /// Reads what [`Door::data`] wrote; anything else is no door.
    fn read(data: &str) -> Option<(Self, Language)> {
        let parts: Vec<&str> = data.split(':').collect();
        let [PREFIX, language, kind, key, from] = parts.as_slice() else {
            return None;
        };
        let from = from.parse().ok()?;
        let key = || u64::from_str_radix(key, 16).ok();
        let door = match *kind {
            "m" => Self::Menu(from),
            "p" => Self::Page(key()?, from),
            "w" => Self::Whole(key()?, from),
            _ => return None,
        };
        Some((door, Language::from_code(language)?))
    }

    fn button(self, words: impl Into<String>, language: Language) -> (String, String) {
        (words.into(), self.data(language))
    }
}

/// What was opened.
pub(super) struct Opened<'l> {
    /// What is shown.
    pub(super) body: Body,
    /// The buttons that lead on from there.
    pub(super) keyboard: Keyboard,
    /// The passages shown; none in a menu.
    pub(super) quotes: Vec<Quote<'l>>,
}

/// What is behind a door.
enum Behind<'l> {
    Shown(Opened<'l>),
    /// The text of an article from a passage on.
    Whole(Subject<'l>, usize),
}

/// What a message asked to read; none where there is no such thing. What the chat's rules leave out is
/// not offered.
pub(super) fn open<'l>(
    reading: &Reading,
    library: &'l Library,
    look: Look,
    rules: &Rules,
    known: &Known<'_>,
) -> Option<Opened<'l>> {
    match reading {
        Reading::Subjects => menu(library, &offered(library, rules), 0, look.language),
        Reading::Command(name) => {
            let mut subjects = library.subjects_by_command(name);
            let scope = articles::scope(rules, library);
            subjects.retain(|subject| scope.holds(subject.article()));
            match subjects.as_slice() {
                // It is a subject of articles that are not drawn on here.
                [] => menu(library, &offered(library, rules), 0, look.language),
                [subject] => page(subject, 0, look, known),
                several => menu(library, several, 0, look.language),
            }
        }
        Reading::Link(payload) => {
            let (article, passage) = library.linked(payload)?;
            page(&library.whole(article), passage, look, known)
        }
    }
}

/// The subjects of the articles that a chat draws on, without the topics that it leaves out.
fn offered<'l>(library: &'l Library, rules: &Rules) -> Vec<Subject<'l>> {
    let scope = articles::scope(rules, library);
    let subjects = library.subjects_in(&scope);
    subjects.filter(|it| !is_out(it, rules)).collect()
}

fn is_out(subject: &Subject<'_>, rules: &Rules) -> bool {
    subject
        .topic_key()
        .is_some_and(|key| rules.left_out.contains(&key))
}

/// Whether all that a message asks to read is left out.
pub(super) fn is_left_out(reading: &Reading, library: &Library, rules: &Rules) -> bool {
    let mut subjects = match reading {
        Reading::Command(name) => library.subjects_by_command(name),
        Reading::Subjects => library.subjects(),
        Reading::Link(_) => return false,
    };
    let scope = articles::scope(rules, library);
    subjects.retain(|subject| scope.holds(subject.article()));
    !subjects.is_empty() && subjects.iter().all(|it| is_out(it, rules))
}

/// The buttons below the word on what the articles are.
pub(super) fn doors(library: &Library, language: Language, scope: &Scope) -> Keyboard {
    let several = library.articles_in(scope).nth(1).is_some();
    let articles = library.articles_in(scope).take(MENU);
    articles
        .map(|(at, article)| {
            let title = several.then(|| Title::of(article));
            let words = wording::whole_button(language, title.as_ref());
            Door::Whole(library.whole(at).key(), 0).button(words, language)
        })
        .chain([Door::Menu(0).button(wording::subjects_button(language), language)])
        .fold(Keyboard::default(), |keyboard, button| {
            keyboard.row([button])
        })
}

/// The buttons with which a subject that was inserted elsewhere is read on.
pub(super) fn beginning(subject: &Subject<'_>, look: Look, known: &Known<'_>) -> Keyboard {
    turning(subject, 0, &render::page(subject, 0, look), look, known)
}

fn menu<'l>(
    library: &'l Library,
    subjects: &[Subject<'l>],
    from: usize,
    language: Language,
) -> Option<Opened<'l>> {
    let shown = subjects.get(from..).filter(|shown| !shown.is_empty())?;
    let several = library.articles().len() > 1;
    let mut keyboard = Keyboard::default();
    for subject in shown.iter().take(MENU) {
        let title = Title::of_subject(subject, language);
        let article = Title::of(&library.articles()[subject.article()]);
        let words = if several && title != article {
            wording::of_article(&title, &article)
        } else {
            title.to_string()
        };
        keyboard = keyboard.row([Door::Page(subject.key(), 0).button(words, language)]);
    }
    let before = (from > 0).then(|| Door::Menu(from.saturating_sub(MENU)).button("◀", language));
    let after =
        (from + MENU < subjects.len()).then(|| Door::Menu(from + MENU).button("▶", language));
    Some(Opened {
        body: render::say(wording::subjects(language)),
        keyboard: keyboard.row(before.into_iter().chain(after)),
        quotes: Vec::new(),
    })
}

fn page<'l>(
    subject: &Subject<'l>,
    from: usize,
    look: Look,
    known: &Known<'_>,
) -> Option<Opened<'l>> {
    (from < subject.passages().len()).then(|| {
        let page = render::page(subject, from, look);
        Opened {
            keyboard: turning(subject, from, &page, look, known),
            body: page.body,
            quotes: page.quotes,
        }
    })
}

fn turning(
    subject: &Subject<'_>,
    from: usize,
    page: &Page<'_>,
    look: Look,
    known: &Known<'_>,
) -> Keyboard {
    let language = look.language;
    let to = |from, words| Door::Page(subject.key(), from).button(words, language);
    let before = (from > 0).then(|| to(from.saturating_sub(look.most), "◀"));
    let menu = Door::Menu(0).button(wording::subjects_button(language), language);
    let after = page.next.map(|next| to(next, "▶"));
    let keyboard = Keyboard::default().row(before.into_iter().chain([menu]).chain(after));
    reading::with_place(keyboard, page.quotes.first(), language, known)
}

/// Whether a button that holds this is one of these.
pub(super) fn is_door(data: &str) -> bool {
    data.split(':').next() == Some(PREFIX)
}

fn behind<'l>(
    door: Door,
    library: &'l Library,
    look: Look,
    rules: &Rules,
    known: &Known<'_>,
) -> Option<Behind<'l>> {
    let scope = articles::scope(rules, library);
    let by_key = |key| {
        let subject = library.subject_by_key(key);
        subject.filter(|subject| scope.holds(subject.article()))
    };
    Some(match door {
        Door::Menu(from) => {
            let subjects = offered(library, rules);
            Behind::Shown(menu(library, &subjects, from, look.language)?)
        }
        Door::Page(key, from) => {
            let subject = by_key(key).filter(|subject| !is_out(subject, rules))?;
            Behind::Shown(page(&subject, from, look, known)?)
        }
        Door::Whole(key, from) => {
            let whole = by_key(key);
            Behind::Whole(whole.filter(|whole| from < whole.passages().len())?, from)
        }
    })
}

/// What a tap on one of these buttons leads to.
pub(super) fn tapped(
    tap: &Tap,
    answered: Option<&Answered>,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let topic = answered.and_then(|answered| answered.topic);
    let rules = Rules::of(known.memory, tap.chat, topic);
    let door = Door::read(&tap.data);
    let opened = door.and_then(|(door, language)| {
        let look = rules.look(language);
        Some((behind(door, library, look, &rules, known)?, look))
    });
    match (opened, tap.chat_kind) {
        (Some((Behind::Shown(opened), look)), _) => {
            let turned = answered.map(|answered| Answered {
                language: look.language,
                claim: Claim::Reads,
                places: opened.quotes.iter().map(Place::of).collect(),
                shown: opened.quotes.len(),
                view: None,
                ..answered.clone()
            });
            let keyboard = match &turned {
                Some(turned) => reading::buttons_for(tap.message, opened.keyboard, turned),
                None => opened.keyboard,
            };
            let message = (tap.message, Some(tap.user));
            let edit = post::edit(tap.chat, message, &opened.body, &keyboard);
            let keep = turned.map(|it| Effect::Keep(it.note(tap.chat, tap.message)));
            let turned = pace::turned(tap.chat, tap.message, known.now);
            [
                post::toast(&tap.query, None),
                Effect::Call(edit),
                Effect::Keep(turned),
            ]
            .into_iter()
            .chain(keep)
            .collect()
        }
        (Some((Behind::Whole(whole, from), look)), ChatKind::Private) => {
            vec![
                post::toast(&tap.query, None),
                Effect::Call(send(&whole, from, tap, library, look, known)),
                Effect::Keep(pace::turned(tap.chat, tap.message, known.now)),
            ]
        }
        // A long text is for who wants it, not for the group.
        (Some((Behind::Whole(whole, from), _)), ChatKind::Group) => {
            vec![lead(&tap.query, &whole, from, library, known)]
        }
        (None, _) => vec![old(&tap.query, tap.language.as_deref(), known)],
    }
}

/// The same below a message that was inserted elsewhere: nothing is known of its chat.
pub(super) fn tapped_elsewhere(
    tap: &TapElsewhere,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let door = Door::read(&tap.data);
    let rules = Rules::default();
    let usual = |(door, language)| behind(door, library, Look::usual(language), &rules, known);
    match door.and_then(usual) {
        Some(Behind::Shown(opened)) => {
            let edit = post::edit_elsewhere(&tap.message, &opened.body, &opened.keyboard);
            let turned = pace::turned(pace::ELSEWHERE, &tap.message, known.now);
            vec![
                post::toast(&tap.query, None),
                Effect::Call(edit),
                Effect::Keep(turned),
            ]
        }
        Some(Behind::Whole(whole, from)) => vec![lead(&tap.query, &whole, from, library, known)],
        None => vec![old(&tap.query, tap.language.as_deref(), known)],
    }
}

/// Tells the one who tapped that the button leads nowhere any more.
pub(super) fn old(query: &str, language: Option<&str>, known: &Known<'_>) -> Effect {
    post::toast(query, Some(&wording::old_button(known.language(language))))
}

/// Leads to a passage in the direct message with the bot.
fn lead(
    query: &str,
    whole: &Subject<'_>,
    from: usize,
    library: &Library,
    known: &Known<'_>,
) -> Effect {
    let link = library.link(whole.article(), from).unwrap_or_default();
    post::lead(query, &known.me.link(&link))
}

/// The text from one passage on as a rich message; where that cannot be had, as a page to be turned.
fn send(
    whole: &Subject<'_>,
    from: usize,
    tap: &Tap,
    library: &Library,
    look: Look,
    known: &Known<'_>,
) -> Call {
    let language = look.language;
    let article = &library.articles()[whole.article()];
    let subjects = library.subjects_of(whole.article());
    let part = render::rich(article, &subjects, from, language);
    let mut parameters = json!({ "chat_id": tap.chat, "rich_message": part.message });
    if part.passages.end < whole.passages().len() {
        let further = Door::Whole(whole.key(), part.passages.end);
        let button = further.button(wording::further_button(language), language);
        parameters["reply_markup"] = json!(Keyboard::default().row([button]));
    }
    let call = Call::new("sendRichMessage", parameters);
    match page(whole, from, look, known) {
        Some(page) => {
            let plain = OutgoingMessage::to(tap.chat, page.body).with(page.keyboard);
            call.or(Call::send(&plain))
        }
        None => call,
    }
}

/// Whether what follows `/start` may name a passage: `p8`, `p8-2`, `lighthouse_p8`.
pub(super) fn may_be_link(payload: &str) -> bool {
    let usual = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let id = payload.rsplit('_').next().unwrap_or_default();
    let number = id.strip_prefix('p').unwrap_or_default();
    payload.len() <= 64
        && payload.bytes().all(usual)
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_button_says_where_it_leads_in_64_bytes(key: u64, from: usize, kind in 0usize..3, language in 0usize..3) {
            let door = [Door::Menu(from), Door::Page(key, from), Door::Whole(key, from)][kind];
            let language = Language::ALL[language];
            let data = door.data(language);
            prop_assert!((1..=64).contains(&data.len()), "{}", data);
            prop_assert_eq!(Door::read(&data), Some((door, language)));
        }

        #[test]
        fn nothing_that_is_forged_makes_it_stumble(data in "(r1|:|ar|[mpw]|[0-9a-f]{1,20}|\\PC){0,12}") {
            let _ = Door::read(&data);
            let _ = may_be_link(&data);
            let _ = is_door(&data);
        }
    }
}
