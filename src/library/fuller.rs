//! Passages whose words stand in a longer paragraph too: articles repeat themselves, and who reads
//! the longer one reads the same and more. Found when segments are built, for all of an article's
//! passages in one walk through its text.

use std::collections::HashMap;
use std::ops::Range;

use crate::article::Article;

/// For each passage whose words stand in a longer paragraph the longest one: the passage there in
/// which they begin. Of equally long ones it is the last.
pub(super) fn fuller(article: &Article) -> HashMap<usize, usize> {
    let (text, passages) = (article.text(), article.passages());
    let words = |number: usize| passages[number].span().of(text);
    let length = |number: usize| paragraph(article, number).1;
    let mut sorted: Vec<usize> = (0..passages.len()).collect();
    sorted.sort_by_key(|&number| words(number));
    // Passages of the same words, which are looked for once.
    let same: Vec<&[usize]> = sorted.chunk_by(|a, b| words(*a) == words(*b)).collect();
    // Those that begin like a text are the last ones that sort before it, or begin like those.
    let mut begins_like: Vec<Option<usize>> = Vec::with_capacity(same.len());
    let longest = |begins_like: &[Option<usize>], mut at: Option<usize>, text: &str| {
        while let Some(before) = at.filter(|&at| !text.starts_with(words(same[at][0]))) {
            at = begins_like[before];
        }
        at
    };
    for (at, numbers) in same.iter().enumerate() {
        let shorter = longest(&begins_like, at.checked_sub(1), words(numbers[0]));
        begins_like.push(shorter);
    }
    // The longest paragraph in which they stand, and the passage there.
    let mut best = vec![(0, 0); same.len()];
    for (place, passage) in passages.iter().enumerate() {
        let (span, here) = (passage.span(), (length(place), place));
        for (at, _) in span.of(text).char_indices() {
            let rest = text.get(span.start() + at..).unwrap_or_default();
            let before = same.partition_point(|numbers| words(numbers[0]) <= rest);
            let mut held = longest(&begins_like, before.checked_sub(1), rest);
            while let Some(at) = held {
                best[at] = best[at].max(here);
                held = begins_like[at];
            }
        }
    }
    let all = same.iter().zip(best);
    all.flat_map(|(numbers, best)| numbers.iter().map(move |&number| (number, best)))
        .filter(|(number, (most, _))| *most > length(*number))
        .map(|(number, (_, place))| (number, place))
        .collect()
}

/// The passages that were cut from the same paragraph as passage `number`, and its length.
pub(super) fn paragraph(article: &Article, number: usize) -> (Range<usize>, usize) {
    let passages = article.passages();
    let of = passages[number].paragraph();
    let first = passages.partition_point(|passage| passage.paragraph() < of);
    let after = passages.partition_point(|passage| passage.paragraph() <= of);
    let length = passages[after - 1].span().end() - passages[first].span().start();
    (first..after, length)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// The same by looking through the whole text for each passage.
    fn searched(article: &Article) -> HashMap<usize, usize> {
        let (text, passages) = (article.text(), article.passages());
        let fullest = |number: usize| {
            let words = passages[number].span().of(text);
            let places = text.char_indices().filter_map(|(at, _)| {
                let begins = text.get(at..)?.starts_with(words);
                let holds = |p: &crate::passage::Passage| p.span().range().contains(&at);
                passages.iter().position(holds).filter(|_| begins)
            });
            let key = |&place: &usize| (paragraph(article, place).1, place == number);
            places.max_by_key(key).unwrap_or(number)
        };
        let all = (0..passages.len()).map(|number| (number, fullest(number)));
        all.filter(|(number, place)| number != place).collect()
    }

    fn article(text: String) -> Article {
        Article::parse("a", Path::new("a.md"), text).expect("valid")
    }

    #[test]
    fn a_repeated_passage_is_read_where_more_is_said() {
        let article = article("واحد اثنان.\n\nواحد اثنان. ثلاثة.\n\nأربعة.\n".into());
        assert_eq!(fuller(&article), HashMap::from([(0, 1)]));
    }

    #[test]
    fn many_lines_of_the_same_words_take_no_longer_than_others() {
        let article = article(format!("{}a. b.\n", "a.\n".repeat(200_000)));
        assert_eq!(fuller(&article).len(), 200_000);
    }

    proptest! {
        #[test]
        fn what_one_walk_finds_is_what_a_search_for_each_passage_finds(
            lines in prop::collection::vec("(ab |a|b|عا|عا ب|中|\\. ){1,8}", 1..12)
        ) {
            let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
            prop_assume!(text.chars().any(char::is_alphabetic));
            let article = article(text);
            prop_assert_eq!(fuller(&article), searched(&article));
        }
    }
}
