//! The report: what was asked, as counts. A day's counts are one note; they hold numbers, ids of
//! passages and keys of names that the library knows, never a member and never a message. A group's
//! are for its administrators; those of all chats are for operators, and readers see from them what is
//! quoted most. The words of what was not answered are notes of their own, and only where the
//! operator wants them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answered::Claim;
use super::call::{self, Effect, Note, NoteId};
use super::event::Tap;
use super::memory::{Memory, recall};
use super::press::Press;
use super::{Asked, ChatKind, Known};
use crate::analysis::Language;
use crate::answer::{Answer, Quote};
use crate::article::Article;
use crate::passage::Passage;
use crate::question::Question;
use crate::render::{self, Body, Keyboard};
use crate::text;
use crate::wording::{self, Count, Title};

/// The kind of the notes that count; their key is the day.
const KIND: &str = "tally";
/// The kind of the notes that hold the words of unanswered questions; they go with their asker.
const WORDS: &str = "unanswered";
/// The longest that is shown of one, in UTF-16 units.
const MAX_WORDS: usize = 120;
/// How long counts are kept.
const LASTS: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// The chat that stands for all of them.
pub(super) const EVERYWHERE: i64 = 0;
/// The periods to choose from, in days.
pub(super) const PERIODS: [i64; 3] = [7, 1, 30];
/// The most questions whose words are looked through.
const MOST_WORDS: usize = 500;
/// The most lines of a list.
const MOST_LINES: usize = 10;

/// What was counted in a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Tally {
    answered: BTreeMap<String, u64>,
    nearest: BTreeMap<String, u64>,
    silent: BTreeMap<String, u64>,
    quoted: BTreeMap<String, u64>,
    unanswered: BTreeMap<String, u64>,
    up: i64,
    down: i64,
}

fn one_more(counts: &mut BTreeMap<String, u64>, thing: &str) {
    *counts.entry(thing.to_owned()).or_default() += 1;
}

fn day(now: i64) -> i64 {
    now.div_euclid(24 * 60 * 60 * 1000)
}

impl Tally {
    fn of(chat: i64, day: i64, memory: &dyn Memory) -> Self {
        recall(memory, KIND, chat, day).unwrap_or_default()
    }

    fn sum(chat: i64, days: i64, memory: &dyn Memory, now: i64) -> Self {
        let today = day(now);
        let mut sum = json!({});
        for day in today - days + 1..=today {
            call::add(&mut sum, &json!(Self::of(chat, day, memory)));
        }
        serde_json::from_value(sum).expect("tallies add up to one")
    }
}

/// The reports that something in a chat goes into: the chat's, where it is a group, and that of all.
fn chats(chat: i64, kind: ChatKind) -> impl Iterator<Item = i64> {
    let own = (kind == ChatKind::Group).then_some(chat);
    own.into_iter().chain([EVERYWHERE])
}

/// Adds to the tallies of these reports.
fn count(chat: i64, kind: ChatKind, known: &Known<'_>, more: &Tally) -> Vec<Effect> {
    let add = |chat| {
        Effect::Add(Note {
            id: NoteId {
                kind: KIND.to_owned(),
                chat,
                key: day(known.now),
            },
            member: None,
            value: json!(more),
            lasts: Some(LASTS),
        })
    };
    chats(chat, kind).map(add).collect()
}

/// A question was answered, with these quotes, or with none.
pub(super) fn asked(
    asked: &Asked,
    question: &Question,
    (answer, shown): (&Answer<'_>, &[Quote<'_>]),
    language: Language,
    known: &Known<'_>,
) -> Vec<Effect> {
    let silent = Claim::of(answer) == Claim::Silent;
    let mut effects = counted(asked, (answer, shown), language, known);
    if silent && known.settings.reports_words {
        let words = question
            .text()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        effects.extend(chats(asked.to.chat, asked.chat).map(|chat| {
            Effect::Keep(Note {
                id: NoteId {
                    kind: WORDS.to_owned(),
                    chat,
                    key: asked.print.cast_signed(),
                },
                member: asked.asker,
                value: json!((known.now, text::clip(&words, MAX_WORDS))),
                lasts: Some(LASTS),
            })
        }));
    }
    effects
}

fn counted(
    asked: &Asked,
    (answer, shown): (&Answer<'_>, &[Quote<'_>]),
    language: Language,
    known: &Known<'_>,
) -> Vec<Effect> {
    let (mut more, code) = (Tally::default(), language.code());
    match Claim::of(answer) {
        Claim::Answers | Claim::GoesOn | Claim::Reads => one_more(&mut more.answered, code),
        Claim::Nearest => one_more(&mut more.nearest, code),
        Claim::Silent => {
            one_more(&mut more.silent, code);
            for name in &answer.why.names {
                one_more(&mut more.unanswered, name);
            }
        }
    }
    for quote in shown {
        let passage = name(quote.article(), quote.passage());
        one_more(&mut more.quoted, &passage);
    }
    count(asked.to.chat, asked.chat, known, &more)
}

/// What a passage is counted by.
fn name(article: &Article, passage: &Passage) -> String {
    format!("{} {}", article.id(), passage.id())
}

/// How often each passage of an article was quoted of late, in the order of [`Article::passages`].
#[must_use]
pub fn quoted(article: &Article, memory: &dyn Memory, now: i64) -> Vec<u64> {
    let [.., longest] = PERIODS;
    let quoted = Tally::sum(EVERYWHERE, longest, memory, now).quoted;
    let times = |passage| quoted.get(&name(article, passage)).copied();
    let passages = article.passages().iter();
    passages
        .map(|passage| times(passage).unwrap_or_default())
        .collect()
}

/// Somebody voted, perhaps otherwise than before.
pub(super) fn voted(tap: &Tap, before: Option<bool>, up: bool, known: &Known<'_>) -> Vec<Effect> {
    let was = |vote| i64::from(before == Some(vote));
    let more = Tally {
        up: i64::from(up) - was(true),
        down: i64::from(!up) - was(false),
        ..Tally::default()
    };
    count(tap.chat, tap.chat_kind, known, &more)
}

/// The report on so many days, with buttons for the other periods.
pub(super) fn report(
    chat: i64,
    days: i64,
    language: Language,
    known: &Known<'_>,
) -> (Body, Keyboard) {
    let tally = Tally::sum(chat, days, known.memory, known.now);
    let mut lines = vec![wording::report(language, days), String::new()];
    for (what, counts) in [
        (Count::Answered, &tally.answered),
        (Count::Nearest, &tally.nearest),
        (Count::Silent, &tally.silent),
    ] {
        let by: Vec<(Language, u64)> = counts
            .iter()
            .filter_map(|(code, n)| Some((Language::from_code(code)?, *n)))
            .collect();
        lines.push(wording::count(language, what, counts.values().sum(), &by));
    }
    lines.push(wording::count(
        language,
        Count::Up,
        tally.up.unsigned_abs(),
        &[],
    ));
    lines.push(wording::count(
        language,
        Count::Down,
        tally.down.unsigned_abs(),
        &[],
    ));
    for (above, counts) in [
        (wording::most_quoted(language), &tally.quoted),
        (wording::unanswered(language), &tally.unanswered),
    ] {
        if !counts.is_empty() {
            lines.extend([String::new(), above.to_owned()]);
            lines.extend(most(counts).map(|(thing, n)| wording::times(thing, n)));
        }
    }
    let words = words(chat, days, known);
    if !words.is_empty() {
        lines.extend([String::new(), wording::in_their_words(language).to_owned()]);
        lines.extend(words.iter().map(|words| Title::of_name(words).to_string()));
    }
    let keyboard = Keyboard::default().row(
        PERIODS
            .into_iter()
            .filter(|period| *period != days)
            .map(|days| (wording::period(language, days), Press::Report(days).data())),
    );
    (render::say(&lines.join("\n")), keyboard)
}

/// The words of the questions that were not answered, newest first.
fn words(chat: i64, days: i64, known: &Known<'_>) -> Vec<String> {
    if !known.settings.reports_words {
        return Vec::new();
    }
    let since = day(known.now) - days;
    let notes = known.memory.notes(WORDS, chat, MOST_WORDS).into_iter();
    notes
        .filter_map(|(_, value)| serde_json::from_value::<(i64, String)>(value).ok())
        .filter(|(at, _)| day(*at) > since)
        .map(|(_, words)| words)
        .take(MOST_LINES)
        .collect()
}

fn most(counts: &BTreeMap<String, u64>) -> impl Iterator<Item = (&str, u64)> {
    let mut most: Vec<(&str, u64)> = counts.iter().map(|(it, n)| (it.as_str(), *n)).collect();
    most.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    most.into_iter().take(MOST_LINES)
}
