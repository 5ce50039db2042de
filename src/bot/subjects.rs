//! The article read by subject: a menu of them, pages of a subject's passages, the text whole; and
//! the buttons that lead from one to the other.
//!
//! A button says where it leads and in which language, and is good for everybody who taps it. It
//! names a subject by a key that changes with the text, so that an old button leads nowhere rather
//! than to other passages. A tap changes the message it stands below; nothing new is sent into a
//! group, however many tap.

use std::time::Duration;

use serde_json::{Value, json};

use super::Known;
use super::answered::BETWEEN_TURNS;
use super::call::{Call, Effect, Note, NoteId};
use super::memory::recall;
use crate::analysis::Language;
use crate::library::{Library, Subject};
use crate::render::{self, Body, Keyboard, OutgoingMessage, PAGE};
use crate::wording::{self, Toast};

/// What opens the data of these buttons, and tells their make.
const PREFIX: &str = "r1";
/// The kind of the notes that hold when a message was last changed.
const TURNED: &str = "turned";
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

/// What a message asked to read, with the buttons below it; none where there is no such thing.
pub(super) fn open(
    reading: &Reading,
    library: &Library,
    language: Language,
) -> Option<(Body, Keyboard)> {
    match reading {
        Reading::Subjects => menu(library, &library.subjects(), 0, language),
        Reading::Command(name) => match library.subjects_by_command(name).as_slice() {
            [subject] => page(subject, 0, language),
            several => menu(library, several, 0, language),
        },
        Reading::Link(payload) => {
            let (article, passage) = library.linked(payload)?;
            page(&library.whole(article), passage, language)
        }
    }
}

/// The buttons below the word on what the articles are.
pub(super) fn doors(library: &Library, language: Language) -> Keyboard {
    let several = library.articles().len() > 1;
    let articles = library.articles().iter().enumerate().take(MENU);
    articles
        .map(|(at, article)| {
            let title = several.then(|| article.title());
            let words = wording::whole_button(language, title);
            Door::Whole(library.whole(at).key(), 0).button(words, language)
        })
        .chain([Door::Menu(0).button(wording::subjects_button(language), language)])
        .fold(Keyboard::default(), |keyboard, button| {
            keyboard.row([button])
        })
}

/// The buttons with which a subject that was inserted elsewhere is read on.
pub(super) fn beginning(subject: &Subject<'_>, language: Language) -> Keyboard {
    turning(
        subject,
        0,
        render::page(subject, 0, language).next,
        language,
    )
}

fn menu(
    library: &Library,
    subjects: &[Subject<'_>],
    from: usize,
    language: Language,
) -> Option<(Body, Keyboard)> {
    let shown = subjects.get(from..).filter(|shown| !shown.is_empty())?;
    let several = library.articles().len() > 1;
    let mut keyboard = Keyboard::default();
    for subject in shown.iter().take(MENU) {
        let title = subject.title(language);
        let article = library.articles()[subject.article()].title();
        let words = if several && title != article {
            wording::of_article(title, article)
        } else {
            wording::title(title)
        };
        keyboard = keyboard.row([Door::Page(subject.key(), 0).button(words, language)]);
    }
    let before = (from > 0).then(|| Door::Menu(from.saturating_sub(MENU)).button("◀", language));
    let after =
        (from + MENU < subjects.len()).then(|| Door::Menu(from + MENU).button("▶", language));
    let body = render::say(wording::subjects(language));
    Some((body, keyboard.row(before.into_iter().chain(after))))
}

fn page(subject: &Subject<'_>, from: usize, language: Language) -> Option<(Body, Keyboard)> {
    (from < subject.passages().len()).then(|| {
        let page = render::page(subject, from, language);
        (page.body, turning(subject, from, page.next, language))
    })
}

fn turning(
    subject: &Subject<'_>,
    from: usize,
    next: Option<usize>,
    language: Language,
) -> Keyboard {
    let to = |from, words| Door::Page(subject.key(), from).button(words, language);
    let before = (from > 0).then(|| to(from.saturating_sub(PAGE), "◀"));
    let menu = Door::Menu(0).button(wording::subjects_button(language), language);
    let after = next.map(|next| to(next, "▶"));
    Keyboard::default().row(before.into_iter().chain([menu]).chain(after))
}

/// A tap, as Telegram tells of it.
struct Tap<'u> {
    query: &'u str,
    /// The message that the button stands below, as a call that edits it names it.
    message: Value,
    /// The chat and the message's number there, where it stands in a chat of the bot's.
    place: Option<(i64, i64)>,
    /// The chat, where it is a direct message.
    private: Option<i64>,
    data: &'u str,
}

impl<'u> Tap<'u> {
    fn read(tap: &'u Value) -> Option<Self> {
        let of = |key| tap.get(key).and_then(Value::as_str);
        let inside = tap.get("message").map(|message| {
            let chat = &message["chat"];
            let named = json!({ "chat_id": chat["id"], "message_id": message["message_id"] });
            let place = chat["id"].as_i64().zip(message["message_id"].as_i64());
            (
                named,
                place,
                chat["id"].as_i64().filter(|_| chat["type"] == "private"),
            )
        });
        let elsewhere = || {
            let named = json!({ "inline_message_id": of("inline_message_id")? });
            Some((named, None, None))
        };
        let (message, place, private) = inside.or_else(elsewhere)?;
        Some(Self {
            query: of("id")?,
            message,
            place,
            private,
            data: of("data")?,
        })
    }
}

impl Tap<'_> {
    /// Whether the message was changed so lately that another change has to wait.
    fn is_turning(&self, known: &Known<'_>) -> bool {
        let at = self
            .place
            .and_then(|(chat, message)| recall::<i64>(known.memory, TURNED, chat, message));
        at.is_some_and(|at| (0..BETWEEN_TURNS).contains(&known.now.saturating_sub(at)))
    }
}

/// That a message was changed just now.
fn turned((chat, key): (i64, i64), now: i64) -> Note {
    let kind = TURNED.to_owned();
    Note {
        id: NoteId { kind, chat, key },
        member: None,
        value: now.into(),
        lasts: Some(Duration::from_secs(60)),
    }
}

/// Whether a tap is on one of these buttons.
pub(super) fn is_tapped(tap: &Value) -> bool {
    let data = tap.get("data").and_then(Value::as_str);
    data.and_then(|data| data.split(':').next()) == Some(PREFIX)
}

/// What a tap on one of these buttons leads to.
pub(super) fn tapped(tap: &Value, library: &Library, known: &Known<'_>) -> Vec<Effect> {
    let Some(asked) = Tap::read(tap) else {
        return Vec::new();
    };
    let own = known.language(tap["from"]["language_code"].as_str());
    let answered = |with: Value| {
        let mut parameters = json!({ "callback_query_id": asked.query });
        merge(&mut parameters, with);
        Effect::Call(Call::new("answerCallbackQuery", parameters).at_once())
    };
    let old = || vec![answered(json!({ "text": wording::old_button(own) }))];
    let Some((door, language)) = Door::read(asked.data) else {
        return old();
    };
    let shown = match door {
        Door::Menu(from) => menu(library, &library.subjects(), from, language),
        Door::Page(key, from) => library
            .subject_by_key(key)
            .and_then(|subject| page(&subject, from, language)),
        Door::Whole(key, from) => {
            let whole = library.subject_by_key(key);
            let whole = whole.filter(|whole| from < whole.passages().len());
            let Some(whole) = whole else {
                return old();
            };
            return match asked.private {
                Some(chat) => vec![
                    answered(json!({})),
                    Effect::Call(send(&whole, from, chat, library, language)),
                ],
                // A long text is for who wants it, not for the group.
                None => match library.link(whole.article(), from) {
                    Some(link) => vec![answered(json!({ "url": known.me.link(&link) }))],
                    None => old(),
                },
            };
        }
    };
    match shown {
        Some(_) if asked.is_turning(known) => {
            vec![answered(json!({ "text": Toast::Moment.text(own) }))]
        }
        Some((body, keyboard)) => {
            let turned = asked
                .place
                .map(|place| Effect::Keep(turned(place, known.now)));
            let edit = Effect::Call(edit(asked.message, &body, &keyboard));
            [answered(json!({})), edit]
                .into_iter()
                .chain(turned)
                .collect()
        }
        None => old(),
    }
}

/// The message below the button, to be changed into this.
fn edit(mut message: Value, body: &Body, keyboard: &Keyboard) -> Call {
    merge(&mut message, json!(body));
    merge(
        &mut message,
        json!({ "link_preview_options": { "is_disabled": true }, "reply_markup": keyboard }),
    );
    Call::new("editMessageText", message)
}

/// The text from one passage on as a rich message; where that cannot be had, as a page to be turned.
fn send(
    whole: &Subject<'_>,
    from: usize,
    chat: i64,
    library: &Library,
    language: Language,
) -> Call {
    let article = &library.articles()[whole.article()];
    let subjects = library.subjects_of(whole.article());
    let part = render::rich(article, &subjects, from, language);
    let mut parameters = json!({ "chat_id": chat, "rich_message": part.message });
    if part.passages.end < whole.passages().len() {
        let further = Door::Whole(whole.key(), part.passages.end);
        let button = further.button(wording::further_button(language), language);
        parameters["reply_markup"] = json!(Keyboard::default().row([button]));
    }
    let call = Call::new("sendRichMessage", parameters);
    match page(whole, from, language) {
        Some((body, keyboard)) => {
            let plain = OutgoingMessage::to(chat, body).with(keyboard);
            call.or(Call::send(&plain))
        }
        None => call,
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
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
            let _ = is_tapped(&json!({ "data": data }));
        }
    }

    #[test]
    fn a_tap_names_its_message_or_the_one_inserted_elsewhere() {
        let message = json!({"id": "q", "data": "r1", "message": {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}}});
        let tap = Tap::read(&message).expect("a tap");
        assert_eq!(tap.message, json!({"chat_id": 5, "message_id": 7}));
        assert_eq!(tap.private, Some(5));
        let inserted = json!({"id": "q", "data": "r1", "inline_message_id": "x"});
        let tap = Tap::read(&inserted).expect("a tap");
        assert_eq!(tap.message, json!({"inline_message_id": "x"}));
        assert_eq!(tap.private, None);
        for odd in [
            json!({}),
            json!({"id": "q"}),
            json!({"id": "q", "data": "r1"}),
            json!([]),
        ] {
            assert!(Tap::read(&odd).is_none(), "{odd}");
        }
    }
}
