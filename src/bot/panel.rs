//! The panels of `/settings` and `/report`: messages with buttons that administrators tap. A panel
//! is remembered by its message; a button below any other message does nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::articles::Chosen;
use super::call::{Call, Effect, Note, NoteId};
use super::event::{MessageId, Tap};
use super::memory::recall;
use super::menu::menu;
use super::press::Press;
use super::rules::{Rules, SeenBy, choices};
use super::{Action, Asked, ChatKind, Known, articles, post, report, tap, turning};
use crate::analysis::Language;
use crate::library::Library;
use crate::render::{self, Body, Keyboard};
use crate::wording::{self, Audience, Label, Setting, Toast};

/// The kind of the notes that remember panels; their key is the message.
const KIND: &str = "panel";
/// How long a panel can be tapped.
const LASTS: Duration = Duration::from_secs(24 * 60 * 60);
/// The most buttons in a row of choices.
const ROW: usize = 6;
/// The most choices between which taps go round; of more, one is picked from a list.
const ROUND: usize = 4;

/// What is remembered of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Panel {
    /// The settings of a chat or a topic.
    Settings {
        /// The topic.
        topic: Option<i64>,
        /// The language in which it was opened.
        language: Language,
    },
    /// The report on a chat, or on all of them.
    Report {
        /// Whether on all.
        everywhere: bool,
        /// The language in which it was opened.
        language: Language,
    },
}

impl Panel {
    /// The panel as a new message.
    pub(super) fn open(self, asked: &Asked, body: Body, keyboard: Keyboard) -> Call {
        let note = Note {
            id: NoteId {
                kind: KIND.to_owned(),
                chat: asked.to.chat,
                key: 0,
            },
            member: None,
            value: json!(self),
            lasts: Some(LASTS),
        };
        post::openly(asked, body, keyboard).noting(note)
    }
}

/// The settings that a chat has. A direct message has nobody to disturb.
fn settings_of(chat: ChatKind, topic: Option<i64>, rules: &Rules) -> Vec<Setting> {
    let mut all = Setting::ALL.to_vec();
    all.retain(|setting| match (setting, chat) {
        (Setting::Language | Setting::Quotes | Setting::Gloss, _) => true,
        (_, ChatKind::Private) => false,
        (Setting::Away, ChatKind::Group) => topic.is_some(),
        (Setting::QuietTo | Setting::Offset, ChatKind::Group) => rules.quiet_from.is_some(),
        _ => true,
    });
    all
}

/// All settings, each a button that says what is chosen.
pub(super) fn settings(
    chat: ChatKind,
    topic: Option<i64>,
    rules: &Rules,
    library: &Library,
    language: Language,
) -> (Body, Keyboard) {
    let keyboard = settings_of(chat, topic, rules)
        .into_iter()
        .fold(Keyboard::default(), |keyboard, setting| {
            let choices = choices(setting);
            let now = rules.chosen(setting);
            let press = if choices.len() <= ROUND {
                let at = choices
                    .iter()
                    .position(|it| *it == now)
                    .map_or(0, |at| at + 1);
                Press::Choose(setting, choices[at % choices.len()])
            } else {
                Press::Pick(setting)
            };
            let label = setting.line(language, now, pace_of(rules, now));
            keyboard.row([(label, press.data())])
        })
        .row(articles::setting(rules, library, language))
        .row([(Label::Done.text(language).to_owned(), Press::Done.data())]);
    let body = render::say(wording::settings(language, topic.is_some()));
    (body, keyboard)
}

/// The choices of one setting.
fn picker(setting: Setting, rules: &Rules, language: Language) -> (Body, Keyboard) {
    let now = rules.chosen(setting);
    let buttons: Vec<(String, String)> = choices(setting)
        .into_iter()
        .map(|choice| {
            let words = setting.choice(language, choice, pace_of(rules, choice));
            let mark = if choice == now { "✓ " } else { "" };
            (
                format!("{mark}{words}"),
                Press::Choose(setting, choice).data(),
            )
        })
        .collect();
    let keyboard = buttons
        .chunks(ROW)
        .fold(Keyboard::default(), |keyboard, row| {
            keyboard.row(row.to_vec())
        })
        .row([(Label::Back.text(language).to_owned(), Press::Panel.data())]);
    (render::say(setting.name(language)), keyboard)
}

/// How many questions a minute a choice of the pace allows.
fn pace_of(rules: &Rules, choice: i16) -> (u32, u32) {
    let mut rules = rules.clone();
    rules.choose(Setting::Pace, choice);
    rules.pace.limits()
}

/// A tap below a panel: only administrators change something, whoever opened it.
pub(super) fn tapped(tap: &Tap, press: Press, known: &Known<'_>) -> Action {
    let MessageId::Open(message) = tap.message else {
        return tap::say(tap, Toast::Old, known);
    };
    let panel = recall::<Panel>(known.memory, KIND, tap.chat, message);
    let done = match (panel, press) {
        (Some(Panel::Settings { .. }), _) => Some(Action::Adjust {
            tap: Box::new(tap.clone()),
            press,
        }),
        (
            Some(Panel::Report {
                everywhere,
                language,
            }),
            Press::Report(days),
        ) => report::PERIODS.contains(&days).then(|| {
            let chat = if everywhere {
                report::EVERYWHERE
            } else {
                tap.chat
            };
            let (body, keyboard) = report::report(chat, days, language, known);
            Action::Do(show(tap, None, &body, &keyboard))
        }),
        _ => None,
    };
    let Some(done) = done else {
        return tap::say(tap, Toast::Old, known);
    };
    if tap.chat_kind == ChatKind::Private {
        return done;
    }
    Action::IfAdmin {
        chat: tap.chat,
        user: tap.user,
        then: Box::new(done),
        otherwise: Box::new(tap::say(tap, Toast::AdminsOnly, known)),
    }
}

/// What a tap below the settings does: where it makes no sense there, the button is old.
pub(super) fn adjusted(
    tap: &Tap,
    press: Press,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let panel = match tap.message {
        MessageId::Open(message) => recall(known.memory, KIND, tap.chat, message),
        MessageId::Whisper(_) => None,
    };
    let done = match (panel, tap.message) {
        (Some(Panel::Settings { topic, language }), MessageId::Open(message)) => {
            changed(tap, message, press, (topic, language), library, known)
        }
        _ => None,
    };
    done.unwrap_or_else(|| vec![turning::old(tap, known)])
}

fn changed(
    tap: &Tap,
    message: i64,
    press: Press,
    (topic, language): (Option<i64>, Language),
    library: &Library,
    known: &Known<'_>,
) -> Option<Vec<Effect>> {
    let before = Rules::of(known.memory, tap.chat, topic);
    let mut rules = before.clone();
    let offered = |setting| settings_of(tap.chat_kind, topic, &before).contains(&setting);
    let (body, keyboard) = match press {
        Press::Panel => settings(tap.chat_kind, topic, &rules, library, language),
        Press::Articles(page) => articles::choice(page, &rules, library, language),
        Press::AllArticles => {
            rules.articles.clear();
            articles::choice(0, &rules, library, language)
        }
        Press::Article(page, key) => match articles::choose(&mut rules, key, library) {
            Chosen::Changed => articles::choice(page, &rules, library, language),
            Chosen::Enough => {
                let word = Toast::EnoughChosen.text(known.language(tap.language.as_deref()));
                return Some(vec![post::toast(&tap.query, Some(word))]);
            }
            Chosen::Unknown => return None,
        },
        Press::Pick(setting) if offered(setting) => picker(setting, &rules, language),
        Press::Choose(setting, choice) if offered(setting) && rules.choose(setting, choice) => {
            settings(tap.chat_kind, topic, &rules, library, language)
        }
        Press::Done => {
            let body = render::say(wording::settings_kept(language));
            let mut effects = show(tap, None, &body, &Keyboard::default());
            effects.push(Effect::Drop(NoteId {
                kind: KIND.to_owned(),
                chat: tap.chat,
                key: message,
            }));
            return Some(effects);
        }
        _ => return None,
    };
    if rules == before {
        return Some(show(tap, None, &body, &keyboard));
    }
    let kept = Toast::Kept.text(known.language(tap.language.as_deref()));
    let mut effects = show(tap, Some(kept), &body, &keyboard);
    effects.push(Effect::Keep(rules.note(tap.chat, topic)));
    let hidden = |rules: &Rules| rules.seen_by == SeenBy::Asker;
    if hidden(&rules) != hidden(&before) && topic.is_none() {
        effects.extend(menus(tap.chat, hidden(&rules), known).map(Effect::Call));
    }
    Some(effects)
}

fn show(tap: &Tap, word: Option<&str>, body: &Body, keyboard: &Keyboard) -> Vec<Effect> {
    let edit = post::edit(tap.chat, (tap.message, None), body, keyboard);
    vec![post::toast(&tap.query, word), Effect::Call(edit)]
}

/// The chat's menus of commands: where answers are for the asker alone, so is the question.
fn menus(chat: i64, hidden: bool, known: &Known<'_>) -> impl Iterator<Item = Call> {
    let own = known.settings.language;
    let scopes = [
        ("chat", Audience::Groups),
        ("chat_administrators", Audience::Admins),
    ];
    scopes.into_iter().flat_map(move |(scope, audience)| {
        let languages = Language::ALL.into_iter().map(Some).chain([None]);
        languages.map(move |language| {
            let mut fields = json!({ "scope": { "type": scope, "chat_id": chat } });
            if let Some(language) = language {
                fields["language_code"] = language.code().into();
            }
            if !hidden {
                return Call::new("deleteMyCommands", fields);
            }
            let commands: Vec<_> = menu(known.me, audience, language.unwrap_or(own))
                .map(|line| {
                    json!({
                        "command": line.name,
                        "description": line.description,
                        "is_ephemeral": line.quotes,
                    })
                })
                .collect();
            fields["commands"] = commands.into();
            Call::new("setMyCommands", fields)
        })
    })
}
