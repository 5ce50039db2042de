//! The passages of all articles, numbered through, and their words: prepared when a passage is first
//! looked at and kept while there is room, so that the size of a library costs no memory.

use std::ops::Range;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::article::Article;
use crate::evidence::Words;
use crate::names::Names;

/// How much memory prepared words may take, in bytes.
const ROOM: u64 = 32 * 1024 * 1024;
/// How much the words of one passage take, about.
const USUAL: usize = 4 * 1024;

/// Every passage of every article.
#[derive(Debug)]
pub(super) struct Passages {
    /// For each article the number of its first passage, and then how many there are.
    firsts: Vec<usize>,
    prepared: Cache<usize, Arc<Words>, Size>,
}

/// What words weigh is the memory that they take.
#[derive(Clone, Debug)]
struct Size;

impl Weighter<usize, Arc<Words>> for Size {
    fn weight(&self, _: &usize, words: &Arc<Words>) -> u64 {
        words.size() as u64
    }
}

impl Passages {
    pub(super) fn new(articles: &[Article]) -> Self {
        let mut firsts = vec![0];
        let mut count = 0;
        for article in articles {
            count += article.passages().len();
            firsts.push(count);
        }
        let usual = usize::try_from(ROOM).unwrap_or(usize::MAX) / USUAL;
        Self {
            prepared: Cache::with_weighter(count.min(usual), ROOM, Size),
            firsts,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.firsts.last().copied().unwrap_or_default()
    }

    /// The numbers of an article's passages.
    pub(super) fn of(&self, article: usize) -> Range<usize> {
        self.firsts[article]..self.firsts[article + 1]
    }

    /// The article of a passage, and its number there.
    pub(super) fn place(&self, passage: usize) -> Option<(usize, usize)> {
        if passage >= self.len() {
            return None;
        }
        let article = self.firsts.partition_point(|first| *first <= passage) - 1;
        Some((article, passage - self.firsts[article]))
    }

    /// The words of a passage.
    pub(super) fn words(
        &self,
        passage: usize,
        articles: &[Article],
        names: &Names,
    ) -> Option<Arc<Words>> {
        let (article, number) = self.place(passage)?;
        if let Some(words) = self.prepared.get(&passage) {
            return Some(words);
        }
        let article = &articles[article];
        let span = article.passages()[number].span();
        let words = Arc::new(Words::new(article.text(), span, names));
        self.prepared.insert(passage, Arc::clone(&words));
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn articles(texts: &[String]) -> Vec<Article> {
        let article = |text: &String| Article::parse("a", Path::new("a.md"), text.clone());
        texts
            .iter()
            .map(|text| article(text).expect("valid"))
            .collect()
    }

    #[test]
    fn passages_are_numbered_through_all_articles() {
        let articles = articles(&["a\nb\nc".into(), "d".into(), "e\nf".into()]);
        let passages = Passages::new(&articles);
        let places: Vec<_> = (0..7).map(|at| passages.place(at)).collect();
        let some = |article, number| Some((article, number));
        let first = [some(0, 0), some(0, 1), some(0, 2)];
        assert_eq!(places[..3], first);
        assert_eq!(places[3..], [some(1, 0), some(2, 0), some(2, 1), None]);
    }

    #[test]
    fn prepared_words_take_no_more_than_their_room() {
        let line = "كلمة وكلمات أخرى كثيرة ".repeat(25) + "\n";
        let articles = articles(&[line.repeat(4_000), line.repeat(4_000)]);
        let (passages, names) = (Passages::new(&articles), Names::default());
        let mut all = 0;
        for number in 0..passages.len() {
            let words = passages.words(number, &articles, &names);
            all += words.expect("a passage").size() as u64;
        }
        assert!(all > ROOM, "{all} bytes fit: the test says nothing");
        assert!(passages.prepared.weight() <= ROOM);
        assert!(passages.prepared.len() > 1_000);
    }
}
