//! The report: counts, without anybody in it.

use super::{Said, isolated};
use crate::analysis::Language;

/// A line of the report that counts something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Questions that the article answers.
    Answered,
    /// Questions that got the nearest passages.
    Nearest,
    /// Questions on which the article is silent.
    Silent,
    /// Thumbs up.
    Up,
    /// Thumbs down.
    Down,
}

/// Above the report.
#[must_use]
pub fn report(language: Language, days: i64) -> String {
    match (language, days) {
        (Language::Arabic, 1) => "اليوم:".to_owned(),
        (Language::English, 1) => "Today:".to_owned(),
        (Language::Chinese, 1) => "今天：".to_owned(),
        (Language::Arabic, _) => format!("آخر {}:", arabic_days(days)),
        (Language::English, _) => format!("The last {days} days:"),
        (Language::Chinese, _) => format!("最近 {days} 天："),
    }
}

/// From three to ten things are counted in the plural, more in the singular.
fn arabic_days(days: i64) -> String {
    let noun = if (3..=10).contains(&days) {
        "أيام"
    } else {
        "يومًا"
    };
    format!("{days} {noun}")
}

/// On the button of a period.
#[must_use]
pub fn period(language: Language, days: i64) -> String {
    match (language, days) {
        (Language::Arabic, 1) => "اليوم".to_owned(),
        (Language::English, 1) => "Today".to_owned(),
        (Language::Chinese, 1) => "今天".to_owned(),
        (Language::Arabic, _) => arabic_days(days),
        (Language::English, _) => format!("{days} days"),
        (Language::Chinese, _) => format!("{days} 天"),
    }
}

/// One count, in all and by the languages of the questions.
#[must_use]
pub fn count(language: Language, what: Count, all: u64, by: &[(Language, u64)]) -> String {
    let [ar, en, zh] = match what {
        Count::Answered => ["أجاب عنها المقال", "Answered", "文章有答案"],
        Count::Nearest => ["أقرب ما ورد", "Nearest passages", "最接近的段落"],
        Count::Silent => ["لا يذكرها المقال", "Not in the article", "文章未提到"],
        Count::Up => ["👍", "👍", "👍"],
        Count::Down => ["👎", "👎", "👎"],
    };
    let name = Said { ar, en, zh }.to(language);
    let parts: Vec<String> = by
        .iter()
        .map(|(of, n)| format!("{} {n}", of.code()))
        .collect();
    if parts.is_empty() {
        format!("{name}: {all}")
    } else {
        format!(
            "{name}: {all} {}",
            isolated(&format!("({})", parts.join(", ")))
        )
    }
}

/// Before a list: the passages most quoted.
#[must_use]
pub fn most_quoted(language: Language) -> &'static str {
    Said {
        ar: "أكثر ما اقتُبس:",
        en: "Most quoted:",
        zh: "引用最多：",
    }
    .to(language)
}

/// Before a list: what was asked about and not answered.
#[must_use]
pub fn unanswered(language: Language) -> &'static str {
    Said {
        ar: "سُئل عنه ولم يُجب:",
        en: "Asked about and not answered:",
        zh: "问到但没有答案：",
    }
    .to(language)
}

/// Before a list: the same in the words of those who asked.
#[must_use]
pub fn in_their_words(language: Language) -> &'static str {
    Said {
        ar: "أسئلة لم تُجب، بكلمات أصحابها:",
        en: "Not answered, in the askers' words:",
        zh: "未能回答的问题原话：",
    }
    .to(language)
}

/// One thing of a list, and how often.
#[must_use]
pub fn times(thing: &str, n: u64) -> String {
    format!("{} × {n}", isolated(thing))
}
