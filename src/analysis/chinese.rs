//! Chinese characters, one a token; traditional ones are folded to simplified. What joins two of
//! them to a word is left to the bigrams that the index makes of neighbours.

use super::{Script, Token, Word};

pub(super) fn token(word: Word<'_>) -> Option<Token> {
    let form = fast2s::convert(&super::normalise(word.text).collect::<String>());
    let stop = form.chars().next().is_none_or(|c| STOP.contains(c));
    (!form.is_empty()).then(|| Token {
        span: word.span,
        script: Script::Chinese,
        stem: form.clone(),
        deep: form.clone(),
        form,
        stop,
    })
}

/// Particles, pronouns and the characters of question words.
const STOP: &str = "的了吗呢吧啊呀嘛哦么是在和与或也都就还又被把给对从到于而且但若如这那它他她你我们其之什谁哪怎几个很太只及并着过得地所以因为请问";

#[cfg(test)]
mod tests {
    #[test]
    fn traditional_folds_to_simplified() {
        let forms = |text| {
            super::super::tokens(text)
                .into_iter()
                .map(|t| t.form)
                .collect::<String>()
        };
        assert_eq!(forms("開源模型輝達"), forms("开源模型辉达"));
    }
}
