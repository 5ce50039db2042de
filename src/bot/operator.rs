//! What operators do in a direct message: look after the library. A document that they send is shown
//! as it was understood and becomes an article at a tap; articles are listed and taken out.
//!
//! The disk is not touched here. An [`Upkeep`] says what is to be done, the edge does it, and
//! [`carried_out`] puts what came of it into words. A document is fetched again when it is confirmed:
//! nothing of it is kept meanwhile but the number under which Telegram has it.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::articles::{PAGE, by_key, key, last_page, turning};
use super::call::{Call, Effect, Note, NoteId};
use super::event::{Document, Message, MessageId, Tap};
use super::memory::recall;
use super::press::Press;
use super::{Action, Asked, ChatKind, Known, Rules, Saying, post, tap};
use crate::analysis::Language;
use crate::article::MAX_BYTES;
use crate::library::{FileName, Library};
use crate::render::{self, Body, Keyboard, OutgoingMessage};
use crate::wording::{self, Command, Label, Title, Toast, Understood};

/// The kind of the notes that remember what a message offers to do; their key is the message.
const KIND: &str = "operator";
/// How long its buttons can be tapped.
const LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// Work on the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Take in what has changed in its folder.
    Reload,
    /// See what a document would be as an article.
    Look(Document),
    /// Make it one.
    Install(Document),
    /// Take the article of this name out.
    Remove(String),
    /// Bring back what was moved there.
    Restore(PathBuf),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The folder was read; whether another library serves now.
    Reloaded(bool),
    /// The document would be this.
    Understood(Box<Understood>),
    /// It is the article of this name.
    Installed(String),
    /// The article lies there, in the library's folder.
    Removed(PathBuf),
    /// It is back.
    Restored,
}

/// Why it was not. What is wrong with a file is told in the program's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The document could not be fetched.
    NotFetched,
    /// The document is larger than an article may be.
    TooLarge,
    /// The library would have a fault.
    Refused(String),
    /// The folder cannot be written.
    Unwritable(String),
    /// What it is about is not there.
    Gone,
    /// This library stays as it is.
    Fixed,
}

/// Who ordered it, and so where it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A message, which is replied to.
    Message(Box<Asked>),
    /// A tap below a message of the bot, which changes.
    Tap(Box<Tap>, Language),
}

/// What is remembered of a message with buttons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Board {
    /// The language in which it was written.
    language: Language,
    offers: Offers,
}

/// What its buttons offer to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Offers {
    /// To make a document an article.
    Document(Document),
    /// To choose an article to be taken out.
    List,
    /// To take it out.
    Removal(String),
    /// To bring it back from there.
    Return(PathBuf),
}

impl Board {
    fn note(&self, chat: i64, message: i64) -> Note {
        Note {
            id: id_of(chat, message),
            member: None,
            value: json!(self),
            lasts: Some(LASTS),
        }
    }
}

fn id_of(chat: i64, message: i64) -> NoteId {
    NoteId {
        kind: KIND.to_owned(),
        chat,
        key: message,
    }
}

/// Whether somebody is an operator.
pub(super) fn is_operator(user: Option<i64>, known: &Known<'_>) -> bool {
    user.is_some_and(|user| known.settings.operators.contains(&user))
}

/// What an operator's message in a direct chat orders, where it orders anything.
pub(super) fn ordered(
    message: &Message,
    command: Option<Command>,
    asked: &Asked,
    known: &Known<'_>,
) -> Option<Action> {
    if message.chat_kind != ChatKind::Private || !is_operator(message.author, known) {
        return None;
    }
    let asked = || Box::new(asked.clone());
    let upkeep = match (command, &message.document) {
        (Some(Command::Reload), _) => Upkeep::Reload,
        (Some(Command::Library), _) => {
            let what = Saying::Library;
            return Some(Action::Say {
                asked: asked(),
                what,
            });
        }
        (None, Some(document)) if FileName::read(&document.name).is_none() => {
            let what = Saying::NotAText;
            return Some(Action::Say {
                asked: asked(),
                what,
            });
        }
        (None, Some(document)) => Upkeep::Look(document.clone()),
        _ => return None,
    };
    Some(Action::Upkeep {
        by: By::Message(asked()),
        upkeep,
    })
}

/// A tap below one of these messages: only operators have any.
pub(super) fn tapped(tap: &Tap, press: Press, known: &Known<'_>) -> Action {
    let old = || tap::say(tap, Toast::Old, known);
    let MessageId::Open(message) = tap.message else {
        return old();
    };
    let board: Option<Board> = recall(known.memory, KIND, tap.chat, message);
    let Some(board) = board.filter(|_| is_operator(Some(tap.user), known)) else {
        return old();
    };
    let upkeep = match (press, board.offers) {
        (Press::Confirm, Offers::Document(document)) => Upkeep::Install(document),
        (Press::Confirm, Offers::Removal(article)) => Upkeep::Remove(article),
        (Press::Undo, Offers::Return(place)) => Upkeep::Restore(place),
        (Press::Cancel, Offers::Document(_)) => {
            let body = render::say(wording::not_installed(board.language));
            return Action::Do(closed(tap, &body));
        }
        (Press::Cancel, Offers::Removal(_))
        | (Press::Shelf(_) | Press::Remove(_), Offers::List) => {
            return Action::Manage {
                tap: Box::new(tap.clone()),
                press,
                language: board.language,
            };
        }
        _ => return old(),
    };
    Action::Upkeep {
        by: By::Tap(Box::new(tap.clone()), board.language),
        upkeep,
    }
}

/// Shows the message without buttons; there is nothing more to be done with it.
fn closed(tap: &Tap, body: &Body) -> Vec<Effect> {
    let mut effects = shown(tap, body, &Keyboard::default());
    if let MessageId::Open(message) = tap.message {
        effects.push(Effect::Drop(id_of(tap.chat, message)));
    }
    effects
}

/// Shows the message with other buttons, and remembers what they offer.
fn goes_on(
    tap: &Tap,
    (body, keyboard): &(Body, Keyboard),
    language: Language,
    offers: Offers,
) -> Vec<Effect> {
    let mut effects = shown(tap, body, keyboard);
    if let MessageId::Open(message) = tap.message {
        let board = Board { language, offers };
        effects.push(Effect::Keep(board.note(tap.chat, message)));
    }
    effects
}

fn shown(tap: &Tap, body: &Body, keyboard: &Keyboard) -> Vec<Effect> {
    let edit = post::edit(tap.chat, (tap.message, None), body, keyboard);
    vec![post::toast(&tap.query, None), Effect::Call(edit)]
}

/// The list of articles as a new message.
pub(super) fn list(asked: &Asked, library: &Library) -> Call {
    let language = asked.language;
    let (body, keyboard) = page(0, library, language);
    let board = Board {
        language,
        offers: Offers::List,
    };
    post::openly(asked, body, keyboard).noting(board.note(asked.to.chat, 0))
}

fn page(page: usize, library: &Library, language: Language) -> (Body, Keyboard) {
    let articles = library.articles();
    let page = page.min(last_page(articles.len()));
    let mut lines = vec![wording::library_list(
        language,
        articles.len(),
        passages(library),
    )];
    let mut keyboard = Keyboard::default();
    for (at, article) in articles.iter().enumerate().skip(page * PAGE).take(PAGE) {
        let count = article.passages().len();
        let guided = library.is_guided(at);
        let title = Title::of(article);
        lines.push(wording::library_line(language, &title, count, guided));
        let press = Press::Remove(key(article.id()));
        keyboard = keyboard.row([(wording::remove_button(&title), press.data())]);
    }
    let keyboard = keyboard.row(turning(page, articles.len(), Press::Shelf));
    (render::say(&lines.join("\n")), keyboard)
}

fn passages(library: &Library) -> usize {
    let articles = library.articles().iter();
    articles.map(|article| article.passages().len()).sum()
}

/// What a tap below the list leads to.
pub(super) fn managed(
    tap: &Tap,
    press: Press,
    language: Language,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    match press {
        Press::Remove(wanted) => {
            let Some(at) = by_key(library, wanted) else {
                return vec![post::toast(
                    &tap.query,
                    Some(Toast::Old.text(known.language(tap.language.as_deref()))),
                )];
            };
            let article = &library.articles()[at];
            let body = render::say(&wording::remove_it(language, &Title::of(article)));
            let keyboard = confirming(Label::Remove, language);
            let offers = Offers::Removal(article.id().to_owned());
            goes_on(tap, &(body, keyboard), language, offers)
        }
        Press::Shelf(number) => goes_on(
            tap,
            &page(number, library, language),
            language,
            Offers::List,
        ),
        _ => goes_on(tap, &page(0, library, language), language, Offers::List),
    }
}

fn confirming(label: Label, language: Language) -> Keyboard {
    let button = |label: Label, press: Press| (label.text(language).to_owned(), press.data());
    Keyboard::default().row([
        button(label, Press::Confirm),
        button(Label::Cancel, Press::Cancel),
    ])
}

/// What is said once an upkeep is carried out, or not; `library` is the one that serves now.
#[must_use]
pub fn carried_out(
    by: &By,
    outcome: &Result<Done, Hindrance>,
    upkeep: &Upkeep,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    match by {
        By::Message(asked) => {
            let (body, keyboard) = told(outcome, library, asked.language);
            let call = post::openly(asked, body, keyboard);
            let call = match (outcome, upkeep) {
                (Ok(Done::Understood(_)), Upkeep::Look(document)) => {
                    let board = Board {
                        language: asked.language,
                        offers: Offers::Document(document.clone()),
                    };
                    call.noting(board.note(asked.to.chat, 0))
                }
                _ => call,
            };
            vec![Effect::Call(call)]
        }
        // It can be tapped once more.
        By::Tap(tap, _) if *outcome == Err(Hindrance::NotFetched) => {
            let language = known.language(tap.language.as_deref());
            let words = wording::not_fetched(language);
            vec![post::toast(&tap.query, Some(words))]
        }
        By::Tap(tap, language) => {
            let said = told(outcome, library, *language);
            match outcome {
                Ok(Done::Removed(place)) => {
                    goes_on(tap, &said, *language, Offers::Return(place.clone()))
                }
                _ => closed(tap, &said.0),
            }
        }
    }
}

fn told(
    outcome: &Result<Done, Hindrance>,
    library: &Library,
    language: Language,
) -> (Body, Keyboard) {
    let words = match outcome {
        Ok(Done::Reloaded(changed)) => {
            let articles = library.articles().len();
            wording::reloaded(language, *changed, articles, passages(library))
        }
        Ok(Done::Understood(it)) => {
            let label = if it.replaces {
                Label::Replace
            } else {
                Label::Add
            };
            let body = render::say(&wording::understood(language, it));
            return (body, confirming(label, language));
        }
        Ok(Done::Installed(name)) => {
            let mut articles = library.articles().iter();
            let article = articles.find(|article| article.id() == name);
            let title = article.map_or_else(|| Title::of_name(name), Title::of);
            wording::installed(language, &title)
        }
        Ok(Done::Removed(place)) => {
            let undo = (Label::Undo.text(language).to_owned(), Press::Undo.data());
            let body = render::say(&wording::removed(language, &place.to_string_lossy()));
            return (body, Keyboard::default().row([undo]));
        }
        Ok(Done::Restored) => wording::restored(language).to_owned(),
        Err(Hindrance::NotFetched) => wording::not_fetched(language).to_owned(),
        Err(Hindrance::TooLarge) => wording::too_large(language, MAX_BYTES / 1024 / 1024),
        Err(Hindrance::Refused(wrong)) => wording::would_be_refused(language, wrong),
        Err(Hindrance::Unwritable(wrong)) => wording::unwritable(language, wrong),
        Err(Hindrance::Gone) => wording::article_gone(language),
        Err(Hindrance::Fixed) => wording::library_fixed(language).to_owned(),
    };
    (render::say(&words), Keyboard::default())
}

/// Tells every operator that what lies in the library's folder was refused, in the language that each
/// chose for the direct message.
pub(super) fn refused(wrong: &str, known: &Known<'_>) -> Action {
    let tell = |operator: &i64| {
        let rules = Rules::of(known.memory, *operator, None);
        let language = rules.language.unwrap_or(known.settings.language);
        let body = render::say(&wording::library_refused(language, wrong));
        Effect::Call(Call::send(&OutgoingMessage::to(*operator, body)))
    };
    Action::Do(known.settings.operators.iter().map(tell).collect())
}
