//! How the bot behaves in a chat, as its administrators chose it by buttons. A topic of a forum may
//! have rules of its own; else those of its chat hold.
//!
//! Every rule is a [`Setting`] with a few choices, and every choice has a number, so that a button can
//! name any of them and nothing else.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::{Note, NoteId};
use super::memory::{Memory, recall};
use crate::analysis::Language;
use crate::answer::MAX_QUOTES;
use crate::render::Look;
use crate::wording::Setting;

/// The kind of the notes that hold rules; their key is the topic, or 0.
const KIND: &str = "settings";

/// The rules of a chat or a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Whether questions are answered that are addressed to nobody.
    pub unaddressed: bool,
    /// Who sees what.
    pub seen_by: SeenBy,
    /// The language of answers; none: the asker's.
    pub language: Option<Language>,
    /// The most quotes of an answer.
    pub quotes: usize,
    /// Whether the editor's translation follows a quote.
    pub gloss: bool,
    /// How often one may ask.
    pub pace: Pace,
    /// From which hour the bot is silent, if ever.
    pub quiet_from: Option<u8>,
    /// Until which hour.
    pub quiet_to: u8,
    /// How far the chat's clock is before UTC, in minutes.
    pub offset: i16,
    /// Whether the bot stays out of this topic.
    pub away: bool,
    /// The names of the articles that are drawn on; none: all.
    pub articles: Vec<String>,
}

/// Who sees an answer in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeenBy {
    /// Everybody.
    #[default]
    Everybody,
    /// The asker alone.
    Asker,
    /// Everybody sees answers; that there is none, or nothing certain, the asker alone.
    AskerWhereUnsure,
}

/// How many questions are answered a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// As many as people ask.
    #[default]
    Lively,
    /// Fewer.
    Steady,
    /// Few.
    Slow,
}

impl Pace {
    /// The most questions a minute of a member of a group, and of the whole group.
    #[must_use]
    pub fn limits(self) -> (u32, u32) {
        match self {
            Self::Lively => (60, 240),
            Self::Steady => (10, 40),
            Self::Slow => (2, 8),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            unaddressed: false,
            seen_by: SeenBy::default(),
            language: None,
            quotes: MAX_QUOTES,
            gloss: true,
            pace: Pace::default(),
            quiet_from: None,
            quiet_to: 7,
            offset: 180,
            away: false,
            articles: Vec::new(),
        }
    }
}

impl Rules {
    /// The rules that hold in a topic, or outside of topics.
    #[must_use]
    pub fn of(memory: &dyn Memory, chat: i64, topic: Option<i64>) -> Self {
        topic
            .and_then(|topic| recall(memory, KIND, chat, topic))
            .or_else(|| recall(memory, KIND, chat, 0))
            .unwrap_or_default()
    }

    /// How pages of the article look under these rules, for somebody of this language.
    pub(super) fn look(&self, language: Language) -> Look {
        Look {
            language: self.language.unwrap_or(language),
            most: self.quotes,
            gloss: self.gloss,
        }
    }

    /// The note that keeps them.
    pub(super) fn note(&self, chat: i64, topic: Option<i64>) -> Note {
        Note {
            id: NoteId {
                kind: KIND.to_owned(),
                chat,
                key: topic.unwrap_or(0),
            },
            member: None,
            value: json!(self),
            lasts: None,
        }
    }

    /// Whether the bot is to be silent at `now`, in milliseconds since 1970.
    #[must_use]
    pub fn is_quiet(&self, now: i64) -> bool {
        let Some(from) = self.quiet_from.map(i64::from) else {
            return false;
        };
        let hour = (now.div_euclid(60_000) + i64::from(self.offset)).div_euclid(60);
        let (hour, to) = (hour.rem_euclid(24), i64::from(self.quiet_to));
        if from <= to {
            (from..to).contains(&hour)
        } else {
            hour >= from || hour < to
        }
    }
}

/// The hours' zones of the world, in minutes before UTC, where they are not whole hours.
const ODD_ZONES: [i16; 9] = [-570, -210, 210, 270, 330, 345, 390, 570, 630];

/// The numbers of a setting's choices.
#[must_use]
pub fn choices(setting: Setting) -> Vec<i16> {
    match setting {
        Setting::Unaddressed | Setting::Gloss | Setting::Away => vec![0, 1],
        Setting::SeenBy | Setting::Pace => vec![0, 1, 2],
        Setting::Language => vec![-1, 0, 1, 2],
        Setting::Quotes => (1..).take(MAX_QUOTES).collect(),
        Setting::QuietFrom => (-1..24).collect(),
        Setting::QuietTo => (0..24).collect(),
        Setting::Offset => {
            let mut zones: Vec<i16> = (-12..=14).map(|hour| hour * 60).collect();
            zones.extend(ODD_ZONES);
            zones.sort_unstable();
            zones
        }
    }
}

impl Rules {
    /// The number of what is chosen.
    #[must_use]
    pub fn chosen(&self, setting: Setting) -> i16 {
        let number = |at: Option<usize>| at.and_then(|at| i16::try_from(at).ok()).unwrap_or(-1);
        match setting {
            Setting::Unaddressed => self.unaddressed.into(),
            Setting::SeenBy => self.seen_by as i16,
            Setting::Language => number(
                self.language
                    .and_then(|own| Language::ALL.iter().position(|it| *it == own)),
            ),
            Setting::Quotes => number(Some(self.quotes)),
            Setting::Gloss => self.gloss.into(),
            Setting::Pace => self.pace as i16,
            Setting::QuietFrom => number(self.quiet_from.map(usize::from)),
            Setting::QuietTo => self.quiet_to.into(),
            Setting::Offset => self.offset,
            Setting::Away => self.away.into(),
        }
    }

    /// Chooses; what is no choice changes nothing and says `false`.
    pub(super) fn choose(&mut self, setting: Setting, choice: i16) -> bool {
        if !choices(setting).contains(&choice) {
            return false;
        }
        let at = usize::try_from(choice).ok();
        let hour = u8::try_from(choice).ok();
        match setting {
            Setting::Unaddressed => self.unaddressed = choice == 1,
            Setting::SeenBy => {
                self.seen_by = match choice {
                    1 => SeenBy::Asker,
                    2 => SeenBy::AskerWhereUnsure,
                    _ => SeenBy::Everybody,
                }
            }
            Setting::Language => self.language = at.and_then(|at| Language::ALL.get(at).copied()),
            Setting::Quotes => self.quotes = at.unwrap_or(MAX_QUOTES),
            Setting::Gloss => self.gloss = choice == 1,
            Setting::Pace => {
                self.pace = match choice {
                    1 => Pace::Steady,
                    2 => Pace::Slow,
                    _ => Pace::Lively,
                }
            }
            Setting::QuietFrom => self.quiet_from = hour,
            Setting::QuietTo => self.quiet_to = hour.unwrap_or_default(),
            Setting::Offset => self.offset = choice,
            Setting::Away => self.away = choice == 1,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_kept_and_nothing_else_can_be_chosen() {
        for setting in Setting::ALL {
            for choice in choices(setting) {
                let mut rules = Rules::default();
                assert!(rules.choose(setting, choice));
                assert_eq!(rules.chosen(setting), choice, "{setting:?}");
                let read: Rules = serde_json::from_value(json!(rules)).expect("rules");
                assert_eq!(read, rules);
            }
            let mut rules = Rules::default();
            assert!(!rules.choose(setting, 9_999));
            assert_eq!(rules, Rules::default());
            assert!(choices(setting).contains(&rules.chosen(setting)));
        }
    }

    #[test]
    fn quiet_hours_go_by_the_chats_clock_and_over_midnight() {
        let hour = |hour: i64| hour * 3_600_000;
        let mut rules = Rules {
            quiet_from: Some(22),
            quiet_to: 7,
            offset: 0,
            ..Rules::default()
        };
        let quiet: Vec<i64> = (0..24).filter(|&at| rules.is_quiet(hour(at))).collect();
        assert_eq!(quiet, [0, 1, 2, 3, 4, 5, 6, 22, 23]);
        rules.offset = 180;
        assert!(rules.is_quiet(hour(19)) && !rules.is_quiet(hour(18)));
        rules.quiet_from = Some(1);
        assert!(rules.is_quiet(hour(23)) && !rules.is_quiet(hour(4)));
        rules.quiet_from = None;
        assert!(!(0..24).any(|at| rules.is_quiet(hour(at))));
    }
}
