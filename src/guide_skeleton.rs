//! A guide to be filled in: every passage of an article, and above them the rules of good questions.

use std::fmt::Write as _;

use crate::analysis::Language;
use crate::article::Article;

/// What an editor should know before writing.
const RULES: &str = "\
# The editor's guide. It helps questions find passages; none of it is ever quoted.
#
# `text` repeats a passage as it stands in the article: leave it as it is.
# `en`, `zh`, `ar`: the passage in other languages, faithfully: nothing added, nothing left out.
# `speaker`: who says it, where it is not the author, as { en = \"…\" }; left out otherwise.
# `questions`: what the passage answers, one question a line. Good ones
#  - are answered by this passage, and better by it than by any other;
#  - are what members would type, not what an editor would: short and rambling, keywords only,
#    half-remembered phrases, \"who said …\", nicknames, typos, dialects, Arabic in Latin letters;
#  - avoid the passage's own words: those are found without a guide;
#  - differ in kind from each other; the same question with one word changed teaches nothing;
#  - name a false belief, where the passage corrects it (\"so they had 10,000 chips?\").
# Some 30 in the article's language and 15 to 20 in each other one make a passage easy to find.
# `[[silence]]`: what members will ask and the article does not say (prices, dates, founders, later
# events). Such questions matter as much: they keep the bot from claiming an answer.
#
# `[[topic]]`: a subject of the article, offered as a button: its `title` in ar, en, zh; its `passages`,
# each as `passages.p8 = \"the words it begins with\"`; and perhaps a `command` of the bot that quotes it.
#
# `iqtibas check` validates this file, `iqtibas guide test` shows where more questions are needed.
";

/// The skeleton of a guide of `article`, which [`Guide::add`](crate::guide::Guide::add) accepts.
#[must_use]
pub fn skeleton(article: &Article) -> String {
    let mut toml = RULES.to_owned();
    let fields = |toml: &mut String| {
        for language in Language::ALL {
            let _ = writeln!(toml, "questions.{} = '''\n'''", language.code());
        }
    };
    let mut seen = std::collections::HashSet::new();
    for passage in article.passages() {
        let text = passage.span().of(article.text());
        // An article may say a thing twice; its words have one row.
        if !seen.insert(text) {
            continue;
        }
        let _ = writeln!(
            toml,
            "\n# {}\n[[passage]]\ntext = {}",
            passage.id(),
            literal(text)
        );
        for language in Language::ALL
            .into_iter()
            .filter(|&language| language != article.language())
        {
            let _ = writeln!(toml, "{} = ''''''", language.code());
        }
        fields(&mut toml);
    }
    toml += "\n[[silence]]\ntopic = 'a subject near the article on which it says nothing'\n";
    fields(&mut toml);
    toml
}

/// A text as a string of TOML, as readable as it allows.
fn literal(text: &str) -> String {
    let plain = !text.contains("'''")
        && !text.ends_with('\'')
        && text
            .chars()
            .all(|c| c == '\t' || c == '\n' || !c.is_control());
    if plain {
        format!("'''{text}'''")
    } else {
        toml::Value::String(text.to_owned()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::guide::Guide;

    #[test]
    fn a_skeleton_is_a_guide_that_says_nothing_yet() {
        let text = "أول \"كلام\" فيه '''علامات'''.\nثان\\n.\nThird's end'\nwith\u{1}control";
        let article = Article::parse("a", Path::new("a.md"), text.to_owned()).expect("valid");
        let toml = skeleton(&article);
        let mut guide = Guide::default();
        guide
            .add(&article, Path::new("guide.toml"), &toml)
            .expect("valid");
        assert_eq!(
            toml.matches("[[passage]]").count(),
            article.passages().len()
        );
        assert!(guide.examples().is_empty());
        assert_eq!(guide.gloss(0, Language::English), None);
    }
}
