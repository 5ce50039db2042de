//! A plain table: `# from: en` and `# to: ar` (and, if it likes, `# title:`, `# licence:` and
//! `# source:`) above rows of `word<TAB>translation, translation`.

use std::path::Path;

use super::{About, Kind, Pack, PackError, language};
use crate::bridge::Lexicon;

/// The value of `# key: value` in the comments of `text`, and its line.
fn header<'t>(text: &'t str, key: &str) -> Option<(usize, &'t str)> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.starts_with('#'))
        .find_map(|(at, line)| {
            let (found, value) = line.trim_start_matches('#').split_once(':')?;
            (found.trim().eq_ignore_ascii_case(key)).then_some((at, value.trim()))
        })
}

/// Whether a text says which languages it joins.
pub(super) fn is_one(text: &str) -> bool {
    header(text, "from").is_some() || header(text, "to").is_some()
}

pub(super) fn read(file: &Path, text: &str) -> Result<Pack, PackError> {
    let side = |key: &str| {
        let (line, code) = header(text, key).ok_or_else(|| {
            PackError::new(
                file,
                Some(1),
                format!("no `# {key}: en` line: say which languages it joins"),
            )
        })?;
        let unknown =
            || PackError::new(file, Some(line), format!("`{code}` is none of ar, en, zh"));
        Ok((line, language(code).ok_or_else(unknown)?))
    };
    let ((_, from), (line, to)) = (side("from")?, side("to")?);
    if from == to {
        return Err(PackError::new(
            file,
            Some(line),
            "it leads from a language to itself: change `# to:`",
        ));
    }
    let lexicon = Lexicon::parse(from, to, text)
        .map_err(|(line, problem)| PackError::new(file, Some(line), problem))?;
    let said = |key| header(text, key).map(|(_, value)| value.to_owned());
    let about = About {
        title: said("title").or_else(|| said("name")),
        licence: said("licence").or_else(|| said("license")),
        source: said("source"),
    };
    Pack::new(file, Kind::Table, about, vec![file.to_owned()], lexicon)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Language;

    fn parse(text: &str) -> Result<Pack, String> {
        read(Path::new("words.tsv"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn it_says_its_languages_and_its_licence() {
        let pack =
            parse("# from: en\n# to: ar\n# licence: CC0\nfall\tانخفض, هبوط\n").expect("valid");
        assert_eq!(
            (pack.lexicon.from, pack.lexicon.to),
            (Language::English, Language::Arabic)
        );
        assert_eq!(
            (pack.lexicon.len(), pack.about.licence.as_deref()),
            (1, Some("CC0"))
        );
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        for (text, error) in [
            (
                "# from: en\nfall\tهبوط\n",
                "words.tsv:1: no `# to: en` line: say which languages it joins",
            ),
            (
                "# from: en\n# to: fr\nfall\tchute\n",
                "words.tsv:2: `fr` is none of ar, en, zh",
            ),
            (
                "# from: en\n# to: en\na\tb\n",
                "words.tsv:2: it leads from a language to itself: change `# to:`",
            ),
            (
                "# from: en\n# to: ar\nfall\n",
                "words.tsv:3: no tab: write `word<TAB>translation, translation`",
            ),
            (
                "# from: en\n# to: ar\n",
                "words.tsv: it holds no words: is the file whole?",
            ),
        ] {
            assert_eq!(parse(text).expect_err("wrong"), error);
        }
    }
}
