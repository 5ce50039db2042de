//! The report: what was asked, as counts. A day's counts are one note; they hold numbers, ids of
//! passages and keys of names that the library knows, never a member and never a message.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answered::Claim;
use super::call::{Effect, Note, NoteId};
use super::event::Tap;
use super::memory::recall;
use super::press::Press;
use super::{Asked, ChatKind, Known};
use crate::analysis::Language;
use crate::answer::{Answer, Quote};
use crate::render::{self, Body, Keyboard};
use crate::wording::{self, Count};

/// The kind of the notes that count; their key is the day.
const KIND: &str = "tally";
/// How long counts are kept.
const LASTS: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// The chat that stands for all of them, for the operator.
pub(super) const EVERYWHERE: i64 = 0;
/// The periods to choose from, in days.
pub(super) const PERIODS: [i64; 3] = [7, 1, 30];
/// The most different things that are counted a day.
const MOST_THINGS: usize = 500;
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
    up: u64,
    down: u64,
}

fn add(counts: &mut BTreeMap<String, u64>, thing: &str, n: u64) {
    if counts.len() < MOST_THINGS || counts.contains_key(thing) {
        *counts.entry(thing.to_owned()).or_default() += n;
    }
}

fn day(now: i64) -> i64 {
    now.div_euclid(24 * 60 * 60 * 1000)
}

impl Tally {
    fn of(chat: i64, day: i64, known: &Known<'_>) -> Self {
        recall(known.memory, KIND, chat, day).unwrap_or_default()
    }

    fn sum(chat: i64, days: i64, known: &Known<'_>) -> Self {
        let today = day(known.now);
        let mut sum = Self::default();
        for day in today - days + 1..=today {
            let tally = Self::of(chat, day, known);
            for (into, from) in [
                (&mut sum.answered, tally.answered),
                (&mut sum.nearest, tally.nearest),
                (&mut sum.silent, tally.silent),
                (&mut sum.quoted, tally.quoted),
                (&mut sum.unanswered, tally.unanswered),
            ] {
                for (thing, n) in &from {
                    add(into, thing, *n);
                }
            }
            sum.up += tally.up;
            sum.down += tally.down;
        }
        sum
    }
}

/// Counts in the chat's tally, where it is a group, and in the operator's, where there is one.
fn count(chat: i64, kind: ChatKind, known: &Known<'_>, change: impl Fn(&mut Tally)) -> Vec<Effect> {
    let own = (kind == ChatKind::Group).then_some(chat);
    let all = (!known.settings.operators.is_empty()).then_some(EVERYWHERE);
    let keep = |chat| {
        let key = day(known.now);
        let mut tally = Tally::of(chat, key, known);
        change(&mut tally);
        Effect::Keep(Note {
            id: NoteId {
                kind: KIND.to_owned(),
                chat,
                key,
            },
            member: None,
            value: json!(tally),
            lasts: Some(LASTS),
        })
    };
    own.into_iter().chain(all).map(keep).collect()
}

/// A question was answered, with these quotes, or with none.
pub(super) fn asked(
    asked: &Asked,
    answer: &Answer<'_>,
    shown: &[Quote<'_>],
    language: Language,
    known: &Known<'_>,
) -> Vec<Effect> {
    count(asked.to.chat, asked.chat, known, |tally| {
        let code = language.code();
        match Claim::of(answer) {
            Claim::Answers | Claim::GoesOn | Claim::Reads => add(&mut tally.answered, code, 1),
            Claim::Nearest => add(&mut tally.nearest, code, 1),
            Claim::Silent => {
                add(&mut tally.silent, code, 1);
                for name in &answer.why.names {
                    add(&mut tally.unanswered, name, 1);
                }
            }
        }
        for quote in shown {
            let passage = format!("{} {}", quote.article().id(), quote.passage().id());
            add(&mut tally.quoted, &passage, 1);
        }
    })
}

/// Somebody voted, perhaps otherwise than before.
pub(super) fn voted(tap: &Tap, before: Option<bool>, up: bool, known: &Known<'_>) -> Vec<Effect> {
    count(tap.chat, tap.chat_kind, known, |tally| {
        match before {
            Some(true) => tally.up = tally.up.saturating_sub(1),
            Some(false) => tally.down = tally.down.saturating_sub(1),
            None => {}
        }
        if up {
            tally.up += 1;
        } else {
            tally.down += 1;
        }
    })
}

/// The report on so many days, with buttons for the other periods.
pub(super) fn report(
    chat: i64,
    days: i64,
    language: Language,
    known: &Known<'_>,
) -> (Body, Keyboard) {
    let tally = Tally::sum(chat, days, known);
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
    lines.push(wording::count(language, Count::Up, tally.up, &[]));
    lines.push(wording::count(language, Count::Down, tally.down, &[]));
    for (above, counts) in [
        (wording::most_quoted(language), &tally.quoted),
        (wording::unanswered(language), &tally.unanswered),
    ] {
        if !counts.is_empty() {
            lines.extend([String::new(), above.to_owned()]);
            lines.extend(most(counts).map(|(thing, n)| wording::times(thing, n)));
        }
    }
    let keyboard = Keyboard::default().row(
        PERIODS
            .into_iter()
            .filter(|period| *period != days)
            .map(|days| (wording::period(language, days), Press::Report(days).data())),
    );
    (render::say(&lines.join("\n")), keyboard)
}

fn most(counts: &BTreeMap<String, u64>) -> impl Iterator<Item = (&str, u64)> {
    let mut most: Vec<(&str, u64)> = counts.iter().map(|(it, n)| (it.as_str(), *n)).collect();
    most.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    most.into_iter().take(MOST_LINES)
}
