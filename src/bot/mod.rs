//! When to speak, to whom, about what: from an update to actions, and from an action to effects.
//! No network, no clock; what was noted before is looked up in a [`Memory`].
//!
//! [`Event::read`] makes an event of a raw update, [`decide`] says what to do about it, [`respond()`]
//! puts it into words and says what to note. In a direct message everything written is a question; in
//! a group only what is addressed to the bot is. What comes from chats in which the bot is not is
//! answered at once, and nothing is kept or looked up for it.

mod address;
mod answered;
mod articles;
mod asking;
mod call;
mod delivery;
mod event;
mod guest;
mod inline;
mod memory;
mod menu;
mod operator;
mod pace;
mod panel;
mod post;
mod press;
mod reading;
mod report;
mod respond;
mod rules;
mod subjects;
mod tap;
mod turning;
pub mod unaddressed;

pub use answered::{Answered, Claim, Place, View};
pub use call::{Call, Effect, Note, NoteId, is_listed};
pub use event::{
    ChatKind, Document, Entity, EntityKind, Event, GuestCall, InlineQuery, KINDS, Message,
    MessageId, Origin, Rank, Referred, Standing, Tap, TapElsewhere, is_admin,
};
pub use memory::{Memory, Remembered};
pub use menu::{GuideTopic, Line, menu};
pub use operator::{By, Done, Hindrance, Upkeep, carried_out};
pub use press::Press;
pub use report::quoted;
pub use respond::{respond, trouble};
pub use rules::{Pace, Rules, SeenBy, choices};
pub use subjects::Reading;

use std::time::Duration;

use crate::analysis::Language;
use crate::reader::Site;
use crate::render::Destination;
use crate::wording::{Abilities, Command};
use address::Address;
use pace::Room;

/// Telegram itself, in whose name a channel's posts come into its discussion group.
const TELEGRAM: i64 = 777_000;
/// In what time the buckets of questions fill again.
const MINUTE: Duration = Duration::from_secs(60);
/// How long the settings of a group outlive it, should it have become a supergroup.
const UNTIL_MOVED: Duration = Duration::from_secs(60 * 60);

/// Who the bot is, as Telegram knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// Its user id.
    pub id: i64,
    /// Its name, without `@`.
    pub username: String,
    /// Whether it sees all that is said in its groups: privacy mode is off.
    pub reads_all: bool,
    /// The topics of the articles' guides. Some have commands, beside its own.
    pub topics: Vec<GuideTopic>,
}

impl Me {
    /// The address that opens a direct message with the bot and says `payload` to it.
    #[must_use]
    pub fn link(&self, payload: &str) -> String {
        format!("https://t.me/{}?start={payload}", self.username)
    }
}

/// What an operator can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language in which the bot speaks of itself to those whose own it does not speak.
    pub language: Language,
    /// The operators' user ids: in a direct message they are given the report on all chats, and look
    /// after the library.
    pub operators: Vec<i64>,
    /// Where the articles can be read: below an answer a button opens its place there.
    pub site: Option<Site>,
    /// Whether reports hold the words of questions that the article does not answer.
    pub reports_words: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Arabic,
            operators: Vec::new(),
            site: None,
            reports_words: false,
        }
    }
}

/// What is known when something happens.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Who the bot is.
    pub me: &'k Me,
    /// What the operator chose.
    pub settings: &'k Settings,
    /// What was noted before.
    pub memory: &'k dyn Memory,
    /// The time, in milliseconds since 1970.
    pub now: i64,
}

impl Known<'_> {
    /// The language of somebody's Telegram, where the bot speaks it.
    fn language(&self, code: Option<&str>) -> Language {
        code.and_then(Language::from_code)
            .unwrap_or(self.settings.language)
    }
}

/// A message that is answered: whom, where, and by which rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where the answer goes.
    pub to: Destination,
    /// Whether in a direct message or a group.
    pub chat: ChatKind,
    /// The message's number among those that only the bot sees, where it is one of them.
    pub whisper: Option<i64>,
    /// Who wrote it; none where it was written in a chat's name.
    pub asker: Option<i64>,
    /// The asker's language, should the question be in none.
    pub language: Language,
    /// Its text as a number.
    pub print: u64,
    /// The rules that hold there.
    pub rules: Rules,
    /// The answer that it had before it was edited.
    pub earlier: Option<(MessageId, Answered)>,
    /// Whether it is a question that nobody put to the bot.
    pub unaddressed: bool,
    /// Whether it came by a command: silence would look like a fault.
    pub commanded: bool,
    /// What to note of how often is asked.
    pub pace: Vec<Note>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look a question up and answer it.
    Answer {
        /// The message.
        asked: Box<Asked>,
        /// What is asked.
        question: String,
        /// What the question refers to: the message it replies to, or a part of it.
        context: Option<String>,
        /// The answer that it goes on from.
        follows: Option<Box<Answered>>,
    },
    /// Show the article by its subjects.
    Read {
        /// The message that asks for it.
        asked: Box<Asked>,
        /// What to show.
        what: Reading,
    },
    /// Say something of the bot's own.
    Say {
        /// The message to which it is said.
        asked: Box<Asked>,
        /// What to say.
        what: Saying,
    },
    /// Introduce the bot to a group.
    Welcome {
        /// The group.
        chat: i64,
        /// In which language.
        language: Language,
        /// What the bot can do there.
        can: Abilities,
    },
    /// Tell who added the bot to a group that it may not write there.
    Mute {
        /// Who.
        user: i64,
        /// The group's title.
        group: Option<String>,
        /// In which language.
        language: Language,
    },
    /// Show more of the article, or the answer as it was given.
    Turn {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// The answer.
        answered: Box<Answered>,
        /// What to show.
        view: Option<View>,
    },
    /// Say where a quote stands.
    Where {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// The answer.
        answered: Box<Answered>,
    },
    /// Show an answer that one member sees to everyone.
    ShowAll {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// The answer.
        answered: Box<Answered>,
    },
    /// Show what is behind a button with which the article is read by subject.
    Open {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// What is remembered of the message.
        answered: Option<Box<Answered>>,
    },
    /// The same below a message that was inserted elsewhere.
    OpenElsewhere(Box<TapElsewhere>),
    /// List what can be inserted into any chat.
    Offer(Box<InlineQuery>),
    /// Answer in a chat where the bot is no member.
    Visit(Box<GuestCall>),
    /// One or the other: whether somebody is an administrator of a chat, Telegram has to be asked.
    /// [`Action::settled`] takes its word.
    IfAdmin {
        /// The chat.
        chat: i64,
        /// Who.
        user: i64,
        /// What is done for an administrator.
        then: Box<Action>,
        /// What is done for anybody else.
        otherwise: Box<Action>,
    },
    /// Change a chat's settings, or show more of them.
    Adjust {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// What it asks for.
        press: Press,
    },
    /// Show an operator more of the library.
    Manage {
        /// The tap that asks for it.
        tap: Box<Tap>,
        /// What it asks for.
        press: Press,
        /// In which language.
        language: Language,
    },
    /// Work on the library, which the edge does; then [`carried_out`] says what came of it.
    Upkeep {
        /// Who ordered it.
        by: By,
        /// The work.
        upkeep: Upkeep,
    },
    /// What needs no words of the library.
    Do(Vec<Effect>),
}

impl Action {
    /// The chat and the user about whom Telegram has to be asked first.
    #[must_use]
    pub fn depends_on(&self) -> Option<(i64, i64)> {
        match self {
            Self::IfAdmin { chat, user, .. } => Some((*chat, *user)),
            _ => None,
        }
    }

    /// The same, with something else to be said; where nothing was to be said, the same.
    #[must_use]
    pub fn saying(self, what: Saying) -> Self {
        match self {
            Self::Answer { asked, .. } | Self::Read { asked, .. } | Self::Say { asked, .. } => {
                Self::Say { asked, what }
            }
            Self::Upkeep {
                by: By::Message(asked),
                ..
            } => Self::Say { asked, what },
            Self::IfAdmin { .. } => Self::Do(Vec::new()),
            other => other,
        }
    }

    /// What is done now that it is known whether that user is an administrator.
    #[must_use]
    pub fn settled(self, is_admin: bool) -> Self {
        match self {
            Self::IfAdmin { then, .. } if is_admin => *then,
            Self::IfAdmin { otherwise, .. } => *otherwise,
            other => other,
        }
    }
}

/// What the bot can say of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// The first words of a conversation.
    Start,
    /// How to ask.
    Help,
    /// What the articles are.
    Article,
    /// What is kept of a user.
    Privacy,
    /// That a member is forgotten.
    Forgotten,
    /// That there is too much to be answered.
    TooMuch,
    /// That there was too much to be answered, and it has become too old.
    TooLate,
    /// How to use a command that came without a question.
    Usage,
    /// That a voice message is not understood.
    TextOnly,
    /// That too much was asked at once.
    TooMany,
    /// That only administrators may.
    AdminsOnly,
    /// That the subject is one to stay out of.
    LeftOut,
    /// The settings, with buttons.
    Settings,
    /// The articles, to an operator.
    Library,
    /// Which documents can become articles.
    NotAText,
    /// What was asked in so many days, in all chats or in this one.
    Report {
        /// The days.
        days: i64,
        /// Whether in all chats.
        everywhere: bool,
    },
}

/// What to do about an event. One message leads to one action at most.
#[must_use]
pub fn decide(event: &Event, known: &Known<'_>) -> Vec<Action> {
    let action = match event {
        Event::Message(message) if !left_alone(message, known.me) => heard(message, known),
        Event::Edited(message) if !left_alone(message, known.me) => edited(message, known),
        Event::Tap(tap) => Some(tap::tapped(tap, known)),
        Event::TapElsewhere(tap) => Some(tap::tapped_elsewhere(tap, known)),
        Event::Inline(query) => Some(Action::Offer(query.clone())),
        Event::Guest(call) if !left_alone(&call.message, known.me) => {
            Some(Action::Visit(call.clone()))
        }
        Event::Standing(standing) => stood(standing, known),
        Event::Moved { from, to } => Some(moved(*from, *to, known)),
        Event::Refused(wrong) => Some(operator::refused(wrong, known)),
        Event::Message(_) | Event::Edited(_) | Event::Guest(_) | Event::Other => None,
    };
    action.into_iter().collect()
}

/// Whether an event may lead to anything, as far as can be known before what came earlier is done
/// with: an edit may come before the answer that it changes.
#[must_use]
pub fn wants(event: &Event, known: &Known<'_>) -> bool {
    let edit = match event {
        Event::Edited(message) if !left_alone(message, known.me) => {
            heed(message, asked(message, known), known).is_some()
        }
        _ => false,
    };
    edit || !decide(event, known).is_empty()
}

/// A new message: answered where it asks the bot, as far as the chat's rules and its pace allow.
fn heard(message: &Message, known: &Known<'_>) -> Option<Action> {
    paced(heed(message, asked(message, known), known)?, known)
}

/// A message that was changed: its answer follows it, and there is never a second one.
fn edited(message: &Message, known: &Known<'_>) -> Option<Action> {
    let (id, earlier) = Answered::to(known.memory, message.chat, message.id)?;
    if earlier.print == print_of(message) {
        return None;
    }
    let mut asked = asked(message, known);
    // An answer that changes in its place disturbs nobody, at whatever hour.
    (asked.rules.away, asked.rules.quiet_from) = (false, None);
    asked.earlier = Some((id, earlier.clone()));
    match heed(message, asked, known) {
        Some(action @ (Action::Answer { .. } | Action::Read { .. } | Action::Say { .. })) => {
            paced(action, known)
        }
        _ => Some(Action::Do(post::withdraw(message.chat, id, &earlier))),
    }
}

/// Whether there is still room for an answer: who asks too often is told once, then nobody answers.
/// What nobody put to the bot takes none of that room; in a direct message nobody is disturbed, and
/// only the inbox has an end.
fn paced(mut action: Action, known: &Known<'_>) -> Option<Action> {
    let (Action::Answer { asked, .. } | Action::Read { asked, .. } | Action::Say { asked, .. }) =
        &mut action
    else {
        return Some(action);
    };
    if asked.unaddressed || asked.chat == ChatKind::Private {
        return Some(action);
    }
    let (member, all) = asked.rules.pace.limits();
    let chat = asked.to.chat;
    let own = asked.asker.map(|asker| (Some(asker), member));
    for (who, most) in own.into_iter().chain([(None, all)]) {
        let limit = (most, MINUTE);
        let (room, note) = pace::take(known.memory, pace::QUESTIONS, (chat, who), limit, known.now);
        match room {
            Room::Free => asked.pace.push(note),
            // What was answered is not asked any more.
            Room::Full | Room::StillFull if asked.earlier.is_some() => {
                let (id, earlier) = asked.earlier.as_ref()?;
                return Some(Action::Do(post::withdraw(chat, *id, earlier)));
            }
            Room::Full => {
                asked.pace = vec![note];
                let asked = asked.clone();
                return Some(Action::Say {
                    asked,
                    what: Saying::TooMany,
                });
            }
            Room::StillFull => return None,
        }
    }
    Some(action)
}

/// The bot was added to a group, or is no longer in a chat. Where it may not write, who added it is
/// told so: in a direct message, if there is one.
fn stood(standing: &Standing, known: &Known<'_>) -> Option<Action> {
    let group = standing.chat_kind == Some(ChatKind::Group);
    let language = known.language(standing.language.as_deref());
    match (standing.before, standing.now) {
        (_, Rank::Outside) => Some(gone(standing, known)),
        (Rank::Outside, Rank::Mute) if group => Some(Action::Mute {
            user: standing.by?,
            group: standing.title.clone(),
            language,
        }),
        (Rank::Outside | Rank::Mute, now @ (Rank::Member | Rank::Admin)) if group => {
            Some(Action::Welcome {
                chat: standing.chat,
                language,
                can: Abilities {
                    sees_all: known.me.reads_all || now == Rank::Admin,
                    is_admin: now == Rank::Admin,
                },
            })
        }
        _ => None,
    }
}

/// A chat in which the bot is no more is forgotten. A group may be gone because it has become a
/// supergroup: its settings wait a little for the word on that.
fn gone(standing: &Standing, known: &Known<'_>) -> Action {
    let chat = standing.chat;
    let mut effects = vec![Effect::Purge(chat)];
    if standing.may_move
        && let Some(rules) = Rules::chosen_in(known.memory, chat)
    {
        let lasts = Some(UNTIL_MOVED);
        effects.push(Effect::Keep(Note {
            lasts,
            ..rules.note(chat, None)
        }));
    }
    Action::Do(effects)
}

/// A group has become a supergroup. Settings that waited for this are settings again.
fn moved(from: i64, to: i64, known: &Known<'_>) -> Action {
    let rules = Rules::chosen_in(known.memory, from);
    let keep = rules.map(|rules| Effect::Keep(rules.note(to, None)));
    let effects = [Effect::Move { from, to }].into_iter().chain(keep);
    Action::Do(effects.collect())
}

/// Whether nobody asks here: other bots, the channel's posts, what came through the bot itself, in a
/// group somebody else's words that were forwarded into it. An anonymous administrator writes under a
/// bot's name, and so does who writes as a channel.
fn left_alone(message: &Message, me: &Me) -> bool {
    let forwarded = message.origin == Origin::Elsewhere && message.chat_kind == ChatKind::Group;
    forwarded
        || message.origin == Origin::Channel
        || message.author == Some(TELEGRAM)
        || message.author_is_bot && message.sender_chat.is_none()
        || message.via_bot == Some(me.id)
}

fn heed(message: &Message, asked: Asked, known: &Known<'_>) -> Option<Action> {
    use ChatKind::{Group, Private};
    let me = known.me;
    let (address, rest) = address::read(message, me);
    let command = match address {
        Address::Command(command) => Some(command),
        _ => None,
    };
    if let Some(order) = operator::ordered(message, command, &asked, known) {
        return Some(order);
    }
    let what = match (address, message.chat_kind) {
        (Address::Command(Command::Settings), Private) => Saying::Settings,
        (Address::Command(Command::Settings), Group) => {
            return admins(message, asked, Saying::Settings, known);
        }
        (Address::Command(Command::Report), Group) => {
            let report = Saying::Report {
                days: report::PERIODS[0],
                everywhere: false,
            };
            return admins(message, asked, report, known);
        }
        (Address::Command(Command::Report), Private)
            if operator::is_operator(message.author, known) =>
        {
            Saying::Report {
                days: report::PERIODS[0],
                everywhere: true,
            }
        }
        (_, Group) if asked.rules.away || asked.rules.is_quiet(known.now) => return None,
        (Address::Command(Command::Topics), _) => return Some(read(asked, Reading::Subjects)),
        (Address::Subject(name), _) => return Some(read(asked, Reading::Command(name))),
        (Address::Command(Command::Start), Private) if subjects::may_be_link(&rest) => {
            return Some(read(asked, Reading::Link(rest)));
        }
        (Address::Command(Command::Start), Private) => Saying::Start,
        (Address::Command(Command::Help), _)
        | (
            Address::UnknownCommand
            | Address::Command(Command::Report | Command::Library | Command::Reload),
            Private,
        ) => Saying::Help,
        (Address::Command(Command::Article), _) => Saying::Article,
        (Address::Command(Command::Privacy), _) => Saying::Privacy,
        (Address::Command(Command::Forget), _) => Saying::Forgotten,
        (Address::Nobody, Private) if message.spoken && rest.is_empty() => Saying::TextOnly,
        (
            Address::Command(Command::Start | Command::Library | Command::Reload)
            | Address::UnknownCommand,
            Group,
        ) => return None,
        (Address::Nobody, _) if rest.is_empty() => return None,
        (Address::Nobody, Group) if !replies_to(message, me) => {
            let wanted = asked.rules.unaddressed && unaddressed::is_question(message);
            return wanted.then(|| Action::Answer {
                asked: Box::new(Asked {
                    unaddressed: true,
                    ..asked
                }),
                question: rest,
                context: None,
                follows: None,
            });
        }
        // Thanks, laughter, a remark to others below an answer.
        (Address::Nobody, Group) if !asking::asks(&rest) => return None,
        (whom @ (Address::Command(Command::Ask) | Address::Mention | Address::Nobody), _) => {
            let asked = Asked {
                commanded: whom == Address::Command(Command::Ask),
                ..asked
            };
            return Some(ask(message, rest, asked, known));
        }
    };
    Some(say(asked, what))
}

/// What only administrators are told. Who writes in the group's own name is one of them; who writes
/// in the name of another chat, such as the linked channel, is nobody in particular.
fn admins(message: &Message, asked: Asked, what: Saying, known: &Known<'_>) -> Option<Action> {
    let otherwise = paced(say(asked.clone(), Saying::AdminsOnly), known);
    let otherwise = Box::new(otherwise.unwrap_or(Action::Do(Vec::new())));
    let then = say(asked, what);
    match (message.sender_chat, message.author) {
        (Some(chat), _) if chat == message.chat => Some(then),
        (None, Some(user)) => Some(Action::IfAdmin {
            chat: message.chat,
            user,
            then: Box::new(then),
            otherwise,
        }),
        _ => None,
    }
}

fn replies_to(message: &Message, me: &Me) -> bool {
    let reply = message.reply.as_ref();
    reply.is_some_and(|reply| reply.author == Some(me.id))
}

/// A question: what was written, or else what the message refers to. The bot's own words are never
/// a question, but a part of them that somebody selected is.
fn ask(message: &Message, written: String, asked: Asked, known: &Known<'_>) -> Action {
    let selected = message.selected.clone();
    let reply = message.reply.as_ref();
    let mine = reply.filter(|reply| reply.author == Some(known.me.id));
    let theirs = reply.filter(|reply| reply.author != Some(known.me.id));
    // "@bot ?" below a message asks about that message.
    let refers = selected.is_some() || theirs.is_some();
    let wordless = !written.chars().any(char::is_alphanumeric);
    if !(written.is_empty() || wordless && refers) {
        let follows = mine
            .filter(|_| selected.is_none())
            .and_then(|mine| Answered::recall(known.memory, message.chat, MessageId::Open(mine.id)))
            .map(Box::new);
        // What was quoted says more than the whole answer does; that is for where the article has
        // changed since. A mere pointer says nothing.
        let replied = reply.filter(|_| follows.as_ref().is_none_or(|it| !it.places.is_empty()));
        let replied = replied.map(|reply| reply.text.clone());
        return answer(asked, written, selected.or(replied), follows);
    }
    match selected.or_else(|| theirs.map(|reply| reply.text.clone())) {
        Some(text) if !text.trim().is_empty() => answer(asked, text, None, None),
        _ => say(asked, Saying::Usage),
    }
}

fn answer(
    asked: Asked,
    question: String,
    context: Option<String>,
    follows: Option<Box<Answered>>,
) -> Action {
    Action::Answer {
        asked: Box::new(asked),
        question,
        context: context.filter(|text| !text.trim().is_empty()),
        follows,
    }
}

fn read(asked: Asked, what: Reading) -> Action {
    Action::Read {
        asked: Box::new(asked),
        what,
    }
}

fn say(asked: Asked, what: Saying) -> Action {
    Action::Say {
        asked: Box::new(asked),
        what,
    }
}

fn asked(message: &Message, known: &Known<'_>) -> Asked {
    let rules = Rules::of(known.memory, message.chat, message.topic);
    let own = known.language(message.language.as_deref());
    Asked {
        to: destination(message),
        chat: message.chat_kind,
        whisper: message.whisper,
        asker: message.author.filter(|_| message.sender_chat.is_none()),
        language: rules.language.unwrap_or(own),
        print: print_of(message),
        rules,
        earlier: None,
        unaddressed: false,
        commanded: false,
        pace: Vec::new(),
    }
}

fn print_of(message: &Message) -> u64 {
    answered::print(message.chat, message.id, &message.text)
}

/// A reply to the message, in its topic. Who deletes a question in a group withdraws it.
fn destination(message: &Message) -> Destination {
    Destination {
        chat: message.chat,
        topic: message.topic,
        reply_to: message.id,
        even_if_gone: message.chat_kind == ChatKind::Private,
    }
}

#[cfg(test)]
mod tests;
