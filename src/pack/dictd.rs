//! A dictd dictionary: an `.index` of `word<TAB>offset<TAB>length` with numbers in base 64, and a
//! `.dict` (or `.dict.dz`, which gzip reads) that holds an entry at each place.
//!
//! An entry's first line repeats the word, the others are its translations, numbered where there
//! are several. Words that begin with `00database` are the header.

use std::fs;
use std::path::Path;
#[cfg(test)]
use std::path::PathBuf;

use super::{About, Kind, Pack, PackError, language, short, text, unpack};
use crate::analysis::Language;
use crate::bridge::Lexicon;

/// Whether a file is part of a dictd dictionary, by its name.
pub(super) fn is_one(file: &Path) -> bool {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    [".index", ".dict", ".dict.dz"]
        .iter()
        .any(|extension| name.ends_with(extension))
}

pub(super) fn read(file: &Path) -> Result<Pack, PackError> {
    let name = super::name_of(file);
    let beside = |extension: &str| file.with_file_name(format!("{name}{extension}"));
    let index = beside(".index");
    if !index.exists() {
        return Err(PackError::new(
            &index,
            None,
            "the dictionary's index is missing: put it beside the .dict file",
        ));
    }
    let missing = || {
        PackError::new(
            &beside(".dict.dz"),
            None,
            "neither this nor the .dict is there: put one beside the .index",
        )
    };
    let dict = [beside(".dict.dz"), beside(".dict")]
        .into_iter()
        .find(|path| path.exists())
        .ok_or_else(missing)?;
    let list = text(
        &index,
        fs::read(&index).map_err(|error| PackError::io(&index, &error))?,
    )?;
    let entries = text(&dict, unpack(&dict)?)?;
    parse(&index, &dict, &list, &entries)
}

fn parse(index: &Path, dict: &Path, list: &str, entries: &str) -> Result<Pack, PackError> {
    let mut heads: Vec<(&str, &str)> = Vec::new();
    for (at, line) in (1..).zip(list.lines()).filter(|(_, line)| !line.is_empty()) {
        let fail = |problem: &str| {
            PackError::new(
                index,
                Some(at),
                format!("{problem}: fetch the dictionary anew"),
            )
        };
        let mut fields = line.split('\t');
        let (Some(word), Some(start), Some(len)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(fail("not `word<TAB>offset<TAB>length`"));
        };
        let (start, len) = number(start)
            .zip(number(len))
            .ok_or_else(|| fail("an offset or a length is no number in base 64"))?;
        let entry = start
            .checked_add(len)
            .and_then(|end| entries.get(start..end));
        heads.push((
            word,
            entry.ok_or_else(|| fail(&format!("it points outside of {}", dict.display())))?,
        ));
    }
    let about = About {
        title: header(&heads, "short").map(|title| title.lines().collect::<Vec<_>>().join(" ")),
        licence: header(&heads, "info").and_then(|info| licence(&info)),
        source: header(&heads, "url")
            .filter(|url| !url.contains("unknown"))
            .or_else(|| {
                header(&heads, "info")?
                    .split_whitespace()
                    .find(|word| word.contains("://"))
                    .map(str::to_owned)
            }),
    };
    let (from, to) = languages(index, about.title.as_deref()).ok_or_else(|| {
        PackError::new(
            index,
            None,
            "its languages are not known: name it like freedict-eng-ara.index, of ara, eng and zho",
        )
    })?;
    let rows = heads
        .into_iter()
        .filter(|(word, _)| !is_header(word))
        .map(|(word, entry)| (word.to_owned(), translations(entry, to)))
        .filter(|(_, translations)| !translations.is_empty())
        .collect();
    Pack::new(
        index,
        Kind::Dictd,
        about,
        vec![index.to_owned(), dict.to_owned()],
        Lexicon::new(from, to, rows),
    )
}

/// dictd's base 64: the digits `A-Za-z0-9+/`, the greatest first.
fn number(digits: &str) -> Option<usize> {
    if digits.is_empty() {
        return None;
    }
    digits.bytes().try_fold(0_usize, |sum, digit| {
        let digit = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        sum.checked_mul(64)?.checked_add(digit.into())
    })
}

fn is_header(word: &str) -> bool {
    word.starts_with("00database") || word.starts_with("00-database")
}

/// A header entry without its first line, which repeats its name.
fn header(heads: &[(&str, &str)], key: &str) -> Option<String> {
    let names = [format!("00database{key}"), format!("00-database-{key}")];
    let (_, entry) = heads
        .iter()
        .find(|(word, _)| names.iter().any(|name| name == word))?;
    let lines: Vec<&str> = entry
        .lines()
        .filter(|line| !is_header(line.trim()))
        .collect();
    let value = lines.join("\n").trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// The sentence of the header that speaks of the licence.
fn licence(info: &str) -> Option<String> {
    let words: Vec<&str> = info.split_whitespace().collect();
    let ends = |at: usize| {
        words[at].ends_with('.')
            && words
                .get(at + 1)
                .is_none_or(|next| next.starts_with(char::is_uppercase))
    };
    let mut begin = 0;
    for at in 0..words.len() {
        if ends(at) || at + 1 == words.len() {
            let sentence = words[begin..=at].join(" ");
            if sentence.to_lowercase().contains("licen") {
                return Some(sentence.chars().take(300).collect());
            }
            begin = at + 1;
        }
    }
    None
}

/// From the name (`freedict-eng-ara`), else from the title (`English-Arabic …`).
fn languages(index: &Path, title: Option<&str>) -> Option<(Language, Language)> {
    let name = super::name_of(index);
    let codes: Vec<&str> = name.split(['-', '_']).collect();
    let named = codes
        .windows(2)
        .find_map(|pair| language(pair[0]).zip(language(pair[1])));
    let titled = || {
        let by_name = |name: &str| match name {
            "Arabic" => Some(Language::Arabic),
            "English" => Some(Language::English),
            "Chinese" => Some(Language::Chinese),
            _ => None,
        };
        let (from, to) = title?.split_whitespace().next()?.split_once('-')?;
        by_name(from).zip(by_name(to))
    };
    named.or_else(titled).filter(|(from, to)| from != to)
}

/// The translations of an entry, in its order.
fn translations(entry: &str, to: Language) -> Vec<String> {
    entry
        .lines()
        .skip(1)
        .flat_map(|line| {
            line.trim()
                .trim_end_matches("::")
                .split(['،', ',', ';', '؛', '，', '；'])
        })
        .map(|part| {
            part.trim()
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .trim()
        })
        .filter(|part| !part.is_empty() && Language::of_text(part) == to)
        .filter_map(short)
        .collect()
}

/// The files of a dictionary made up for a test, `name.index` and `name.dict`, in `folder`.
#[cfg(test)]
pub(super) fn made_up(folder: &Path, name: &str, entries: &[(&str, &str)]) -> PathBuf {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let number = |mut value: usize| {
        let mut digits = Vec::new();
        loop {
            digits.insert(0, char::from(DIGITS[value % 64]));
            value /= 64;
            if value == 0 {
                return digits.into_iter().collect::<String>();
            }
        }
    };
    let (mut index, mut dict) = (String::new(), String::new());
    for (word, entry) in entries {
        let place = [*word, &number(dict.len()), &number(entry.len())];
        index += &place.join("\t");
        index.push('\n');
        dict += entry;
    }
    fs::write(folder.join(format!("{name}.dict")), dict).expect("written");
    let file = folder.join(format!("{name}.index"));
    fs::write(&file, index).expect("written");
    file
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const ENTRIES: [(&str, &str); 5] = [
        (
            "00databaseinfo",
            "00-database-info\nA made-up dictionary, ed. 0.1.\nIt is free: CC0 is its\nlicence. Enjoy.\n",
        ),
        (
            "00databaseshort",
            "00-database-short\nEnglish-Arabic made-up\n",
        ),
        ("00databaseurl", "00-database-url\nhttps://example.org/ar\n"),
        (
            "fall",
            "Fall /fɔːl/\n1. سقوط\n2. هبط، انخفض ::\n3. ما يسقط من الشجر في الخريف\n",
        ),
        ("note", "Note\nsee also: fall\n"),
    ];

    #[test]
    fn entries_give_translations_best_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = made_up(folder.path(), "my-eng-ara", &ENTRIES);
        let pack = Pack::read(&index).expect("valid");
        assert_eq!(
            (pack.lexicon.from, pack.lexicon.to, pack.lexicon.len()),
            (Language::English, Language::Arabic, 1)
        );
        assert_eq!(
            translations(ENTRIES[3].1, Language::Arabic),
            ["سقوط", "هبط", "انخفض"]
        );
        let about = About {
            title: Some("English-Arabic made-up".to_owned()),
            licence: Some("It is free: CC0 is its licence.".to_owned()),
            source: Some("https://example.org/ar".to_owned()),
        };
        assert_eq!((pack.name.as_str(), pack.about), ("my-eng-ara", about));
    }

    #[test]
    fn it_may_be_packed_and_told_by_its_title() {
        let folder = tempfile::tempdir().expect("a folder");
        made_up(folder.path(), "mine", &ENTRIES);
        let plain = folder.path().join("mine.dict");
        let packed = fs::File::create(folder.path().join("mine.dict.dz")).expect("created");
        let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
        packed
            .write_all(&fs::read(&plain).expect("read"))
            .expect("packed");
        packed.finish().expect("packed");
        fs::remove_file(plain).expect("removed");
        let pack = Pack::read(&folder.path().join("mine.dict.dz")).expect("valid");
        assert_eq!(pack.lexicon.len(), 1);
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = made_up(folder.path(), "my-eng-ara", &ENTRIES);
        for (line, problem) in [
            ("fall", "not `word<TAB>offset<TAB>length`"),
            (
                "fall\t!\tA",
                "an offset or a length is no number in base 64",
            ),
            ("fall\tAAAA\t////", "it points outside of"),
        ] {
            fs::write(&index, format!("{line}\n")).expect("written");
            let error = Pack::read(&index).expect_err("wrong").to_string();
            assert!(
                error.contains(&format!("my-eng-ara.index:1: {problem}")),
                "{error}"
            );
        }
        fs::remove_file(folder.path().join("my-eng-ara.dict")).expect("removed");
        let error = Pack::read(&index).expect_err("alone").to_string();
        assert!(
            error.contains("neither this nor the .dict is there"),
            "{error}"
        );
    }
}
