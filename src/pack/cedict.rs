//! CC-CEDICT: Chinese words with English glosses, `trad simp [pin1 yin1] /gloss/gloss/` a line.
//!
//! Glosses are written for readers: "to fall (of prices)", "variant of …", "CL:個". Only what a text
//! might say is kept. The traditional form is not, since questions are folded to the simplified one.

use std::path::Path;

use super::{About, Kind, Pack, PackError, short, without_brackets};
use crate::analysis::Language;
use crate::bridge::Lexicon;

/// Beginnings of glosses that say something about the word instead of translating it.
const REMARKS: [&str; 14] = [
    "CL:",
    "variant of",
    "old variant of",
    "surname ",
    "see ",
    "see also",
    "abbr. for",
    "abbr. of",
    "also written",
    "also pr.",
    "used in",
    "classifier for",
    "Taiwan pr.",
    "erhua variant",
];
/// Beginnings that a text would leave out.
const LEADS: [&str; 7] = ["to be ", "to ", "a ", "an ", "the ", "lit. ", "fig. "];

/// Whether the first row of a text is one of CC-CEDICT.
pub(super) fn is_one(text: &str) -> bool {
    text.lines()
        .find(|line| !line.starts_with('#') && !line.trim().is_empty())
        .and_then(row)
        .is_some()
}

/// The simplified word and the glosses of a line.
fn row(line: &str) -> Option<(&str, &str)> {
    let (words, rest) = line.trim_end().split_once(" [")?;
    let (_, simplified) = words.split_once(' ')?;
    let (_, glosses) = rest.split_once("] /")?;
    Some((simplified.trim(), glosses.strip_suffix('/')?))
}

pub(super) fn read(file: &Path, text: &str) -> Result<Pack, PackError> {
    let mut rows = Vec::new();
    for (at, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let (word, glosses) = row(line).ok_or_else(|| {
            PackError::new(
                file,
                Some(at),
                "not `trad simp [pin1 yin1] /gloss/gloss/`: mend the line, or remove it",
            )
        })?;
        let translations: Vec<String> = glosses.split(['/', ';']).filter_map(gloss).collect();
        if !translations.is_empty() {
            rows.push((word.to_owned(), translations));
        }
    }
    let lexicon = Lexicon::new(Language::Chinese, Language::English, rows);
    Pack::new(
        file,
        Kind::Cedict,
        about(text),
        vec![file.to_owned()],
        lexicon,
    )
}

/// What a text might say for a gloss.
fn gloss(gloss: &str) -> Option<String> {
    let bare = gloss.trim();
    if REMARKS.iter().any(|remark| bare.starts_with(remark)) {
        return None;
    }
    // Remarks in brackets may stand before "to".
    let without = without_brackets(bare);
    let mut bare = without.trim();
    for lead in LEADS {
        bare = bare.strip_prefix(lead).unwrap_or(bare);
    }
    short(bare).filter(|bare| Language::of_text(bare) == Language::English)
}

/// The header's first line is the title; licence and publisher stand as `#! key=value`.
fn about(text: &str) -> About {
    let header = || text.lines().take_while(|line| line.starts_with('#'));
    let value = |key: &str| {
        header()
            .find_map(|line| {
                line.strip_prefix("#!")?
                    .trim()
                    .strip_prefix(key)?
                    .strip_prefix('=')
            })
            .map(str::to_owned)
    };
    let comment = |line: &str| line.trim_start_matches('#').trim().to_owned();
    let home = header()
        .skip_while(|line| !line.contains("downloaded from"))
        .map(comment)
        .find(|line| line.contains("://"));
    About {
        title: header()
            .next()
            .filter(|line| !line.starts_with("#!"))
            .map(comment)
            .filter(|title| !title.is_empty()),
        licence: value("license"),
        source: home.or_else(|| value("publisher")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_UP: &str = "# A small dictionary\n#\n# It can be downloaded from:\n# https://example.org/zh\n#! license=CC0\n\
        下跌 下跌 [xia4 die1] /(of prices) to fall/to drop; to decline/CL:次[ci4]/variant of 跌[die1]/\n\
        跌 跌 [die1] /surname Die/\n\
        說 说 [shuo1] /to say something that is long/the speech (formal)/\n";

    fn parse(text: &str) -> Result<Pack, String> {
        read(Path::new("zh.txt"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn glosses_become_what_a_text_might_say() {
        for (given, wanted) in [
            ("to fall", Some("fall")),
            ("(of prices) to fall", Some("fall")),
            ("the speech (formal)", Some("speech")),
            ("CL:個|个[ge4]", None),
            ("old variant of 跌[die1]", None),
            ("surname Li", None),
            ("to go down a very long way", None),
            ("拜拜[bai2 bai2]", None),
        ] {
            assert_eq!(gloss(given).as_deref(), wanted, "{given}");
        }
    }

    #[test]
    fn it_leads_from_chinese_to_english_and_says_its_licence() {
        assert!(is_one(MADE_UP));
        let pack = parse(MADE_UP).expect("valid");
        assert_eq!(
            (pack.lexicon.from, pack.lexicon.to, pack.lexicon.len()),
            (Language::Chinese, Language::English, 2)
        );
        let about = About {
            title: Some("A small dictionary".to_owned()),
            licence: Some("CC0".to_owned()),
            source: Some("https://example.org/zh".to_owned()),
        };
        assert_eq!(pack.about, about);
    }

    #[test]
    fn a_broken_row_names_its_line() {
        let error = parse(&format!("{MADE_UP}broken\n")).expect_err("broken");
        assert_eq!(
            error,
            "zh.txt:9: not `trad simp [pin1 yin1] /gloss/gloss/`: mend the line, or remove it"
        );
    }
}
