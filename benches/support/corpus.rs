//! Libraries of any size, made up from the article that ships, the words of its guide's questions,
//! and words that never were. The same seed makes the same library.
//!
//! What matters to a search is kept from real text: words are as frequent as in Zipf's law, an
//! article has words of its own, sentences are of several lengths, and most of it is Arabic.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // sizes of a bench
#![allow(clippy::cast_sign_loss)] // likewise

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use iqtibas::analysis::Language;
use iqtibas::evaluation::Case;
use iqtibas::guide::Guide;
use iqtibas::library::{Files, Library};
use iqtibas::passage;

/// How many passages an article has.
const PASSAGES: usize = 1_000;
/// Of how many articles one is English.
const ENGLISH: usize = 10;
/// How many words are made up, for each language.
const INVENTED: usize = 200_000;
/// How many words an article has of its own, and how many of 100 words of its text are such.
const OWN: usize = 80;
const OWN_SHARE: u64 = 20;
/// How many of 100 sentences are the article's, with a word changed.
const QUOTED_SHARE: u64 = 5;

/// Numbers that a seed repeats (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn share(&mut self, of_hundred: u64) -> bool {
        self.next() % 100 < of_hundred
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The words of a language, the most frequent first, and its sentences.
struct Tongue {
    words: Vec<String>,
    sentences: Vec<String>,
}

impl Tongue {
    /// `texts` give the real words and sentences; `invent` makes up a word.
    fn new(texts: &[&str], sentences: Vec<String>, invent: impl Fn(&mut Random) -> String) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in texts.iter().flat_map(|text| text.split_whitespace()) {
            if word.chars().all(char::is_alphabetic) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut real: Vec<(&str, usize)> = counts.into_iter().collect();
        real.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut words: Vec<String> = real.iter().map(|(word, _)| (*word).to_owned()).collect();
        let mut random = Random(words.len() as u64);
        // The commonest words are real; among the others a real one stands after every few invented.
        let rare = words.split_off(words.len().min(300));
        let mut rare = rare.into_iter();
        for at in 0..INVENTED {
            words.push(invent(&mut random));
            if at % 4 == 0 {
                words.extend(rare.next());
            }
        }
        Self { words, sentences }
    }

    /// A word by Zipf's law: the nth is drawn about in proportion to 1/n.
    fn word(&self, random: &mut Random) -> &str {
        let rank = (self.words.len() as f64).powf(random.unit()) as usize;
        &self.words[rank.min(self.words.len()) - 1]
    }

    fn sentence(&self, own: &[&str], random: &mut Random) -> String {
        if random.share(QUOTED_SHARE) {
            let sentence = random.of(&self.sentences);
            let mut words: Vec<&str> = sentence.split(' ').collect();
            let changed = random.below(words.len());
            words[changed] = *random.of(own);
            return words.join(" ");
        }
        let length = 5 + random.below(20);
        let mut words = Vec::new();
        while words.len() < length {
            words.push(if random.share(OWN_SHARE) {
                *random.of(own)
            } else {
                self.word(random)
            });
        }
        words.join(" ") + "."
    }
}

/// A word of three consonants in one of Arabic's usual patterns, with what may stand before it.
fn arabic(random: &mut Random) -> String {
    const LETTERS: [char; 28] = [
        'ا', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع',
        'غ', 'ف', 'ق', 'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي',
    ];
    const PATTERNS: [&str; 16] = [
        "123",
        "1ا23",
        "م12و3",
        "12ا3",
        "ت12ي3",
        "است123",
        "م123",
        "12ي3",
        "ان123",
        "1ت23",
        "12و3",
        "م1ا23",
        "123ة",
        "12ا3ات",
        "1ا23ين",
        "12ائ3",
    ];
    const BEFORE: [&str; 8] = ["", "", "", "ال", "ال", "و", "ب", "لل"];
    let root = [0, 1, 2].map(|_| *random.of(&LETTERS));
    let letter = |c: char| c.to_digit(10).map_or(c, |at| root[at as usize - 1]);
    let pattern = random.of(&PATTERNS).chars().map(letter);
    (*random.of(&BEFORE)).chars().chain(pattern).collect()
}

/// A word of two to four syllables.
fn english(random: &mut Random) -> String {
    const ONSETS: [&str; 16] = [
        "b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl",
    ];
    const REST: [&str; 16] = [
        "a", "e", "i", "o", "u", "an", "en", "in", "on", "er", "or", "al", "es", "ate", "ion",
        "ing",
    ];
    let syllables = 2 + random.below(3);
    let syllable = |_| format!("{}{}", random.of(&ONSETS), random.of(&REST));
    (0..syllables).map(syllable).collect()
}

/// Writes a library of at least `passages` passages into `dir`.
pub(crate) fn write(dir: &Path, passages: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("index");
    let files = Files::read(&root, &root.join("segments")).expect("the library that ships");
    let asked = |language| {
        let examples = files.guides.iter().flat_map(Guide::examples);
        let examples = examples.filter(move |example| example.language == language);
        examples.map(|example| example.question.as_str())
    };
    let text = files.articles[0].text();
    let sentences = |text: &str| {
        let places = passage::sentences(text).into_iter();
        let sentences = places.filter_map(|(from, to)| text.get(from..to));
        let sentences = sentences.map(|sentence| sentence.trim().replace('\n', " "));
        sentences.filter(|it| it.contains(' ')).collect::<Vec<_>>()
    };
    let questions: Vec<&str> = asked(Language::English).collect();
    let english_sentences = questions.iter().map(|&question| question.to_owned());
    let tongues = [
        Tongue::new(
            &[text]
                .into_iter()
                .chain(asked(Language::Arabic))
                .collect::<Vec<_>>(),
            sentences(text),
            arabic,
        ),
        Tongue::new(&questions, english_sentences.collect(), english),
    ];
    fs::create_dir_all(dir).expect("a folder is made");
    for at in 0..passages.div_ceil(PASSAGES) {
        let is_english = at % ENGLISH == ENGLISH - 1;
        let article = article(&tongues[usize::from(is_english)], is_english, at);
        fs::write(dir.join(format!("a{at:04}.md")), article).expect("a file is written");
    }
}

fn article(tongue: &Tongue, is_english: bool, number: usize) -> String {
    let mut random = Random(number as u64 + 1);
    let own: Vec<&str> = (0..OWN)
        .map(|_| tongue.words[300 + random.below(tongue.words.len() - 300)].as_str())
        .collect();
    let language = if is_english { "en" } else { "ar" };
    let title = own[..3].join(" ");
    let mut article = format!("---\ntitle: {title}\nlanguage: {language}\n---\n");
    for passage in 0..PASSAGES {
        if passage % 50 == 0 {
            _ = writeln!(article, "# {}\n", random.of(&own));
        }
        for _ in 0..=random.below(4) {
            article += &tongue.sentence(&own, &mut random);
            article.push(' ');
        }
        article += "\n\n";
    }
    article
}

/// The questions of a set of `tests/data`, as members asked them of the article.
pub(crate) fn members() -> Vec<String> {
    let set = include_str!("../../tests/data/article-dev.jsonl").lines();
    let cases = set.map(|line| serde_json::from_str::<Case>(line).expect("a row of a set"));
    cases.map(|case| case.question).collect()
}

/// Questions as members would ask them of a library: a few words of one of its passages each.
pub(crate) fn questions(library: &Library, count: usize) -> Vec<String> {
    const ARABIC: [&str; 8] = [
        "ما هو",
        "متى",
        "كم بلغ",
        "ليش",
        "من قال عن",
        "شو صار مع",
        "لماذا",
        "وين",
    ];
    const ENGLISH: [&str; 4] = ["what is", "when did", "why was", "who said"];
    let mut random = Random(7);
    let mut questions = Vec::new();
    while questions.len() < count {
        let article = random.of(library.articles());
        let text = random.of(article.passages()).span().of(article.text());
        let words: Vec<&str> = text.split_whitespace().collect();
        let opening = match article.language() {
            Language::Arabic => random.of(&ARABIC),
            _ => random.of(&ENGLISH),
        };
        let from = random.below(words.len());
        let asked = words.iter().skip(from).take(2 + random.below(5));
        let asked: Vec<&str> = asked.map(|word| word.trim_end_matches('.')).collect();
        questions.push(format!("{opening} {}؟", asked.join(" ")));
    }
    questions
}
