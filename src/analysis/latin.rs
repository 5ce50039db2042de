//! Words in Latin letters (and other alphabets): folded, stemmed by Snowball's English stemmer.

use std::cell::LazyCell;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use super::{MAX_WORD, Script, Token, Word, digit, is_combining_mark, normalise};

thread_local! {
    // The stemmer is a table of functions; making one costs nothing worth sharing between threads.
    static STEMMER: LazyCell<Stemmer> = LazyCell::new(|| Stemmer::create(Algorithm::English));
}

pub(super) fn token(word: Word<'_>) -> Option<Token> {
    let form: String = normalise(word.text)
        .nfd()
        .filter(|&c| !is_combining_mark(c))
        .map(digit)
        .take(MAX_WORD)
        .collect();
    if form.is_empty() {
        return None;
    }
    let stop = STOP.binary_search(&form.as_str()).is_ok();
    let stem = STEMMER.with(|stemmer| stemmer.stem(&form).into_owned());
    Some(Token {
        span: word.span,
        script: Script::Latin,
        deep: stem.clone(),
        stem,
        form,
        stop,
    })
}

/// Sorted, for binary search: function and question words, and what is left of contractions.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "a", "about", "actually", "again", "all", "also", "am", "an", "and", "any", "anybody", "anyone", "are",
    "aren", "as", "at", "be", "because", "been", "being", "between", "both", "bro", "but", "by", "can",
    "cant", "could", "couldn", "d", "did", "didn", "didnt", "do", "does", "doesn", "doesnt", "doing", "don",
    "dont", "during", "each", "for", "from", "further", "gonna", "got", "gotta", "guys", "had", "hadn", "has",
    "hasn", "have", "haven", "having", "he", "her", "here", "hers", "hes", "hey", "hi", "him", "his", "how",
    "i", "if", "im", "in", "into", "is", "isn", "isnt", "it", "its", "itself", "ive", "just", "know", "ll",
    "lol", "m", "me", "might", "my", "n", "nor", "of", "ok", "okay", "on", "only", "or", "other", "our",
    "out", "please", "pls", "plz", "r", "re", "really", "s", "she", "shes", "should", "so", "some",
    "somebody", "someone", "such", "t", "tell", "than", "that", "thats", "the", "their", "them", "then",
    "there", "these", "they", "theyre", "this", "those", "through", "to", "too", "u", "uh", "um", "until",
    "ur", "ve", "very", "wait", "wanna", "was", "wasn", "wasnt", "we", "well", "were", "weren", "what",
    "whats", "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "won", "wont",
    "would", "wouldn", "y", "yeah", "yes", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP.is_sorted(), "{STOP:?}");
    }

    #[test]
    fn accents_and_case_fold_and_inflection_goes() {
        let token = |text: &str| super::super::tokens(text).pop().expect("a word");
        assert_eq!(token("Café").form, "cafe");
        assert_eq!(token("companies").stem, token("company").stem);
    }
}
