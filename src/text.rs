//! Places in a text and the lengths of it. Everything else in the crate counts bytes; the units
//! that people and Telegram count (characters, UTF-16 units, graphemes) are counted here only.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A half-open range of bytes that lies on character boundaries of the text it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The span `range` of `text`, or `None` where it is reversed, outside, or inside a character.
    #[must_use]
    pub fn new(text: &str, range: Range<usize>) -> Option<Self> {
        text.get(range.clone()).map(|_| Self {
            start: range.start,
            end: range.end,
        })
    }

    /// The span of `length` UTF-16 units from unit `offset` on, as Telegram counts them, or `None`
    /// where it is outside or inside a character.
    #[must_use]
    pub fn of_utf16(text: &str, offset: usize, length: usize) -> Option<Self> {
        let (mut units, mut start, mut end) = (0, None, None);
        let past = offset.checked_add(length)?;
        for at in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
            if units == offset {
                start = start.or(Some(at));
            }
            if units == past {
                end = Some(at);
                break;
            }
            units += text.get(at..)?.chars().next().map_or(0, char::len_utf16);
        }
        Self::new(text, start?..end?)
    }

    /// The first byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start
    }

    /// The byte after the last.
    #[must_use]
    pub fn end(self) -> usize {
        self.end
    }

    /// The bytes it covers.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// From the beginning of this place to the end of `last`, which is of the same text.
    #[must_use]
    pub fn through(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: last.end.max(self.start),
        }
    }

    /// The text at this place. Empty where the span was made for another text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// Length as Telegram counts it: UTF-16 code units.
#[must_use]
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Length as a reader of code points counts it; the unit of a passage's limit.
#[must_use]
pub fn char_len(text: &str) -> usize {
    text.chars().count()
}

/// The longest beginning of `text` of at most `units` UTF-16 units that ends between graphemes.
#[must_use]
pub fn clip(text: &str, units: usize) -> &str {
    let mut left = units;
    let end = text
        .grapheme_indices(true)
        .take_while(|(_, grapheme)| {
            let len = utf16_len(grapheme);
            let fits = len <= left;
            left = left.saturating_sub(len);
            fits
        })
        .last()
        .map_or(0, |(at, grapheme)| at + grapheme.len());
    text.get(..end).unwrap_or_default()
}

/// Whether `c` steers the direction of text: invisible marks and the embeddings, overrides and
/// isolates that can make a text read differently from what it says.
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a word is an address: `https://…`, `www.…`, or a host and what lies there, as in
/// `example.com/x`. A bare host may be a name ("character.ai"), and is none.
fn is_link(word: &str) -> bool {
    let is_host = |host: &str| {
        let label =
            |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let top = |it: &str| it.len() >= 2 && it.bytes().all(|b| b.is_ascii_alphabetic());
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        name.rsplit_once('.')
            .is_some_and(|(name, last)| top(last) && name.split('.').all(label))
    };
    word.contains("://")
        || word.starts_with("www.")
        || word.split_once('/').is_some_and(|(host, _)| is_host(host))
}

/// Whether there is an address in a text.
#[must_use]
pub fn has_link(text: &str) -> bool {
    text.split_whitespace().any(is_link)
}

/// A text without the addresses in it.
#[must_use]
pub fn without_links(text: &str) -> String {
    if !has_link(text) {
        return text.to_owned();
    }
    text.split_whitespace()
        .filter(|word| !is_link(word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_told_from_words() {
        for link in [
            "https://example.org",
            "www.example.org",
            "t.me/x?start=1",
            "example.com/x",
            "a-b.example.co.uk:8080/?q=why",
        ] {
            assert!(has_link(link), "{link}");
            assert_eq!(without_links(&format!("why {link} now")), "why now");
        }
        for word in [
            "and/or",
            "1/2",
            "3.5/4",
            "U.S./China",
            "e.g./x",
            "character.ai",
            "/ask",
            "./x",
            "لماذا/كيف",
        ] {
            assert!(!has_link(word), "{word}");
            assert_eq!(without_links(word), word);
        }
    }

    #[test]
    fn a_span_inside_a_character_cannot_be_made() {
        assert!(Span::new("قال", 0..2).is_some());
        assert!(Span::new("قال", 0..1).is_none());
        assert!(Span::new("قال", 0..99).is_none());
    }

    #[test]
    fn emoji_count_twice_at_telegrams_door() {
        assert_eq!(utf16_len("قال 👍"), 6);
        assert_eq!(clip("قال 👍🏽", 6), "قال ");
    }

    #[test]
    fn telegrams_places_become_spans() {
        let text = "قال 👍 @bot";
        let of = |offset, length| Span::of_utf16(text, offset, length).map(|s| s.of(text));
        assert_eq!(of(7, 4), Some("@bot"));
        assert_eq!(of(4, 2), Some("👍"));
        assert_eq!(of(0, 0), Some(""));
        assert_eq!(of(5, 1), None);
        assert_eq!(of(7, 5), None);
        assert_eq!(of(usize::MAX, 2), None);
    }

    proptest! {
        #[test]
        fn a_clip_is_a_beginning_and_fits(text: String, units in 0usize..64) {
            let clipped = clip(&text, units);
            prop_assert!(text.starts_with(clipped));
            prop_assert!(utf16_len(clipped) <= units);
        }
    }
}
