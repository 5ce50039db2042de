//! Whether a text reads as a question: a question mark of any script, or a word that asks, in the
//! three languages, in dialects and in Arabic written with Latin letters.

use crate::text;

/// Words that ask, wherever they stand.
const WORDS: &[&str] = &[
    // Arabic: standard, Egyptian, Gulf, Levantine, Maghrebi
    "ما",
    "ماذا",
    "لماذا",
    "متى",
    "أين",
    "اين",
    "كيف",
    "كم",
    "بكم",
    "هل",
    "من",
    "مين",
    "أي",
    "أية",
    "ليش",
    "ليه",
    "وليش",
    "شنو",
    "شو",
    "ايش",
    "إيش",
    "وش",
    "وشو",
    "ايه",
    "إيه",
    "فين",
    "وين",
    "امتى",
    "إمتى",
    "ازاي",
    "إزاي",
    "كام",
    "قديش",
    "قداش",
    "علاش",
    "شكون",
    "فاش",
    "كيفاش",
    "شحال",
    "ماهو",
    "ماهي",
    "عن", // "and about Tesla"
    // Arabic in Latin letters
    "leh",
    "lesh",
    "leih",
    "shu",
    "sho",
    "shou",
    "esh",
    "wesh",
    "meen",
    "emta",
    "fein",
    "wein",
    "izay",
    "ezay",
    "kam",
    "2adesh",
    "3alash",
    "kifash",
    // English
    "what",
    "what's",
    "whats",
    "why",
    "how",
    "when",
    "where",
    "who",
    "who's",
    "whose",
    "which",
    "whom",
];

/// Words that may stand before the first.
const LEADS: &[&str] = &[
    "and", "so", "but", "ok", "okay", "then", "طيب", "طب", "يعني", "بس", "اوكي", "و", "ثم",
];

/// Words that ask where they stand first.
const OPENINGS: &[&str] = &[
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should",
    "has", "have", "had",
];

/// Words that ask only where they stand first: further on they mean "that which", "from", "about".
const RELATIVE: &[&str] = &[
    "ما", "من", "أي", "عن", "ايه", "إيه", "كم", "what", "when", "where", "who", "which", "whose",
    "whom", "how", "why", "kam", "shu",
];

/// Words that ask in Chinese, where nothing stands between words.
const CHINESE: &[&str] = &[
    "什么",
    "什麼",
    "为什么",
    "為什麼",
    "为啥",
    "為啥",
    "怎么",
    "怎麼",
    "怎样",
    "怎樣",
    "如何",
    "谁",
    "誰",
    "哪",
    "几",
    "幾",
    "多少",
    "吗",
    "嗎",
    "呢",
    "是否",
    "啥",
    "何时",
    "何時",
    "咋",
];

/// Whether `text` reads as a question.
#[must_use]
pub(super) fn asks(text: &str) -> bool {
    let text = text::without_links(text);
    if text.contains(['?', '؟', '？']) || CHINESE.iter().any(|word| text.contains(word)) {
        return true;
    }
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    let mut words = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .skip_while(|word| LEADS.contains(&word.as_str()));
    let Some(first) = words.next() else {
        return false;
    };
    let asks = |word: &str| {
        WORDS.contains(&word)
            || word
                .strip_prefix(['و', 'ف'])
                .is_some_and(|rest| WORDS.contains(&rest))
    };
    let relative = |word: &str| {
        let bare = word.strip_prefix(['و', 'ف']).unwrap_or(word);
        RELATIVE.contains(&word) || RELATIVE.contains(&bare)
    };
    OPENINGS.contains(&first.as_str())
        || asks(&first)
        || words.any(|word| asks(&word) && !relative(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_from_remarks() {
        for question in [
            "وليش؟",
            "ليه",
            "وماذا قال عن تسلا",
            "وعن تسلا",
            "طيب وكيف ردت السوق",
            "why",
            "and what about Tesla",
            "but how much",
            "Tesla?",
            "so how much did it cost?",
            "is it true",
            "为什么",
            "那特斯拉呢",
            "特斯拉？",
            "kifash",
            "leh kda",
        ] {
            assert!(asks(question), "{question}");
        }
        for remark in [
            "شكرا",
            "thanks",
            "lol",
            "👍",
            "صحيح كلامك",
            "هذا ما قلته لكم من قبل",
            "nice one bot",
            "I knew it when I saw it",
            "谢谢",
            "哈哈",
            "说得对",
            "",
            "https://example.org/?q=1",
            "example.org/x?q=1 👍",
            "كلام سليم عن السوق",
            "الله عليك",
        ] {
            assert!(!asks(remark), "{remark}");
        }
    }
}
