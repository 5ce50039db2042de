//! Arabic words: folding, clitics, a light and a deep stem, stop words, and Arabic in Latin letters.
//!
//! The light stem is light10 (Larkey, Ballesteros, Connell: "Light Stemming for Arabic
//! Information Retrieval", 2007): it takes off the article with its prepositions and the commonest
//! endings and leaves the rest alone. The deep stem goes on to what verbs and dialects put around
//! the root (بيعمل، هتنزل، ما نزلش).

use super::{MAX_WORD, Script, Token, Word, digit, normalise};

/// The stroke that only lengthens a word.
pub(super) const TATWEEL: char = '\u{0640}';

pub(super) fn token(word: Word<'_>) -> Option<Token> {
    let form = fold(word.text);
    if form.is_empty() {
        return None;
    }
    let stop = is_stop(&form);
    let stem = light_stem(&form).to_owned();
    let deep = deep_stem(&stem);
    Some(Token {
        span: word.span,
        script: Script::Arabic,
        form,
        stem,
        deep,
        stop,
    })
}

/// One spelling for what writers spell in several ways: without harakat and tatweel; one alef, one
/// ya, ha for ta marbuta, the hamza's seat alone; Persian and dialect letters by their neighbours;
/// a letter repeated for emphasis ("جدااا") twice at most.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut form = String::with_capacity(word.len());
    let (mut last, mut run) = ('\0', 0);
    for c in normalise(word) {
        let c = match c {
            TATWEEL
            | '\u{0610}'..='\u{061A}'
            | '\u{064B}'..='\u{065F}'
            | '\u{0670}'
            | '\u{06D6}'..='\u{06ED}'
            | 'ء' => continue,
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ى' | 'ئ' | 'ی' | 'ې' | 'ے' => 'ي',
            'ؤ' => 'و',
            'ة' | 'ہ' | 'ھ' | 'ۀ' => 'ه',
            'ک' | 'گ' | 'ڭ' => 'ك',
            'پ' => 'ب',
            'ڤ' | 'ڥ' => 'ف',
            'چ' => 'ج',
            'ژ' => 'ز',
            c if super::is_combining_mark(c) => continue,
            c => digit(c),
        };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 && form.chars().count() < MAX_WORD {
            form.push(c);
        }
    }
    // Three or more of a letter at the end stand for one ("شكرااا").
    if run >= 3 {
        form.pop();
    }
    form
}

const ARTICLES: [&str; 7] = ["وال", "بال", "كال", "فال", "ال", "لل", "عال"];
const SUFFIXES: [&str; 10] = ["ها", "ان", "ات", "ون", "ين", "يه", "هم", "نا", "ه", "ي"];

/// light10 of a folded word.
#[must_use]
pub fn light_stem(form: &str) -> &str {
    let mut stem = without_clitics(form);
    for suffix in SUFFIXES {
        if let Some(rest) = stem.strip_suffix(suffix)
            && rest.chars().count() >= if suffix.chars().count() == 1 { 3 } else { 2 }
        {
            stem = rest;
        }
    }
    stem
}

/// A folded word without "and" and without the article and what is written onto it.
#[must_use]
pub fn without_clitics(form: &str) -> &str {
    let long = |rest: &str, least: usize| rest.chars().count() >= least;
    let mut stem = form;
    for article in ARTICLES {
        if let Some(rest) = stem.strip_prefix(article).filter(|rest| long(rest, 2)) {
            return rest;
        }
    }
    if let Some(rest) = stem.strip_prefix('و').filter(|rest| long(rest, 3)) {
        stem = rest;
        if let Some(rest) = stem.strip_prefix("ال").filter(|rest| long(rest, 2)) {
            return rest;
        }
    }
    stem
}

/// A light stem without the prefixes of verbs in the standard language and the dialects, without
/// object endings, and without the long vowels inside, which is where broken plurals differ.
fn deep_stem(stem: &str) -> String {
    let long = |rest: &str| rest.chars().count() >= 3;
    let mut core = stem;
    for prefix in [
        "بي", "بت", "بن", "هي", "هت", "هن", "حي", "حت", "سي", "ست", "سن", "كي", "كت", "دي", "لي",
        "لت",
    ] {
        if let Some(rest) = core.strip_prefix(prefix).filter(|rest| long(rest)) {
            core = rest;
            break;
        }
    }
    if core.len() == stem.len() {
        for prefix in ["ي", "ت", "ن", "م", "ب", "ل", "ا"] {
            if let Some(rest) = core.strip_prefix(prefix).filter(|rest| long(rest)) {
                core = rest;
                break;
            }
        }
    }
    for suffix in ["وش", "تش", "ش", "وا", "تم", "كم", "تي", "ت", "ك", "ا"] {
        if let Some(rest) = core.strip_suffix(suffix).filter(|rest| long(rest)) {
            core = rest;
            break;
        }
    }
    let mut chars = core.chars();
    let first = chars.next();
    let consonants: String = first
        .into_iter()
        .chain(chars.filter(|c| !matches!(c, 'ا' | 'و' | 'ي')))
        .collect();
    if consonants.chars().count() >= 3 {
        consonants
    } else {
        core.to_owned()
    }
}

/// Whether a folded word is a function or question word of the standard language or of a dialect.
#[must_use]
pub fn is_stop(form: &str) -> bool {
    STOP.binary_search(&form).is_ok()
        || form
            .strip_prefix('و')
            .is_some_and(|rest| STOP.binary_search(&rest).is_ok())
}

/// Whether Latin words are Arabic: digits that stand for letters inside a word, or function words
/// that neither English nor names have.
#[must_use]
pub fn is_arabizi(text: &str) -> bool {
    let (mut signs, mut count) = (0_usize, 0_usize);
    for word in super::words(text).filter(|word| word.script == Script::Latin) {
        let form: String = normalise(word.text).collect();
        count += 1;
        if ARABIZI.binary_search(&form.as_str()).is_ok() || has_letter_digits(&form) {
            signs += 1;
        }
    }
    signs > 0 && signs * 5 >= count
}

/// `3ala`, `7aga`, `y7ot`, `sa7`: a digit that Arabizi uses beside letters; not `r1`, `v3`, `h800`,
/// `gpt4`, `10bn`.
fn has_letter_digits(form: &str) -> bool {
    let digits = form.chars().filter(char::is_ascii_digit).count();
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    let first_is_letter = form.chars().next().is_some_and(char::is_alphabetic);
    let last_is_digit = form.chars().last().is_some_and(|c| c.is_ascii_digit());
    form.chars()
        .any(|c| matches!(c, '2' | '3' | '5' | '6' | '7' | '9'))
        && digits <= 2
        && letters >= 2
        && letters > digits
        && !(first_is_letter && last_is_digit)
        && !["3d", "2nd", "3rd", "5th", "6th", "7th", "9th", "5g", "web3"].contains(&form)
        && ![
            "bn", "mn", "tn", "am", "pm", "st", "nd", "rd", "th", "usd", "yrs", "hrs", "nm",
        ]
        .iter()
        .any(|unit| {
            form.strip_suffix(unit)
                .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
        })
}

/// Sorted, for binary search.
#[rustfmt::skip]
const ARABIZI: &[&str] = &[
    "3al", "3an", "3ashan", "3ayez", "3la", "3lach", "3shan", "7aga", "ana", "awi", "awy", "ayna", "aywa",
    "badi", "bas", "bezzaf", "biddi", "bl", "bs", "bta3", "btw3", "byn", "bzaf", "chno", "chnou", "da",
    "daba", "deh", "dial", "dyal", "eda", "eh", "eish", "ela", "elly", "ely", "emta", "enno", "esh", "ezay",
    "ezzay", "feen", "fein", "fel", "fih", "fl", "gedan", "had", "hada", "hadak", "hadchi", "hal", "hala2",
    "halla", "hatta", "hda", "hia", "hla2", "howa", "howwa", "huwa", "hya", "ili", "illi", "imta", "inno",
    "kan", "kant", "kda", "keda", "kefash", "kif", "kifash", "kifesh", "kol", "kteer", "l", "la2", "leh",
    "leih", "leish", "lesh", "leysh", "lih", "ma3", "mafeesh", "mafi", "mesh", "mish", "mn", "mnen", "mnin",
    "mosh", "mou", "msh", "mush", "shlon", "shno", "shnu", "sho", "shou", "shu", "sma3t", "w", "wa9ila",
    "wach", "wala", "walla", "wallah", "wein", "wela", "wesh", "ya", "ya3ni", "yaani", "yalli", "yani",
    "ymdi", "zay", "zy",
];

/// Sorted by bytes, for binary search; folded.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "ابغي", "ابي", "اذ", "اذا", "ازاي", "اش", "ال", "الا", "التي", "الحين", "الذي", "الذين", "اللاتي",
    "اللذين", "اللي", "الي", "اليه", "اليها", "اما", "امام", "امتي", "ان", "انا", "انت", "انتم", "انه",
    "انها", "انو", "اه", "او", "اي", "ايش", "ايضا", "اين", "ايه", "ايوه", "ب", "بتاع", "بتاعت", "بتاعه",
    "بتم", "بحسب", "بدو", "بدون", "بدي", "برضه", "برضو", "بس", "بعد", "بعدين", "بعض", "بغيت", "بقا", "بقي",
    "بكام", "بل", "بما", "به", "بها", "بهم", "بين", "تبع", "تحت", "تكون", "تلك", "تم", "تمت", "توا", "ثم",
    "جدا", "ح", "حا", "حتي", "حد", "حدا", "حدش", "حسب", "حول", "حيث", "حين", "خلال", "د", "دا", "دابا",
    "دحين", "دلوقتي", "ده", "دول", "دون", "دي", "ديال", "ذلك", "ذو", "رح", "زي", "سوف", "سيكون", "شكون",
    "شلون", "شنو", "شنوه", "شو", "طب", "طيب", "ع", "عال", "عاوز", "عايز", "عشان", "علاش", "علشان", "علي",
    "عليه", "عليها", "عما", "عن", "عند", "عندك", "عندما", "عنده", "عندي", "عنه", "عنها", "غير", "ف", "فاش",
    "فقط", "فوق", "في", "فيك", "فيما", "فين", "فيني", "فيه", "فيها", "قبل", "قد", "قديش", "ك", "كام", "كان",
    "كانت", "كانوا", "كدا", "كده", "كذا", "كذلك", "كل", "كم", "كما", "كمان", "كيف", "كيفاش", "كيفه", "ل",
    "لا", "لان", "لانه", "لانو", "لدي", "لديه", "لديها", "لديهم", "لسا", "لسه", "لقد", "لك", "لكم", "لكن",
    "لكنه", "لم", "لما", "لماذا", "لن", "لنا", "له", "لها", "لهم", "لو", "لولا", "لي", "ليس", "ليست", "ليش",
    "ليه", "ما", "ماذا", "ماشي", "ماهو", "ماهي", "مب", "متل", "متي", "مثل", "مثلا", "مش", "مع", "مما", "ممكن",
    "ممن", "من", "منذ", "منه", "منها", "منين", "مهو", "مو", "موش", "مين", "نحن", "نفس", "هاد", "هادا", "هاذا",
    "هاذي", "هال", "هاي", "هداك", "هديك", "هذا", "هذاك", "هذه", "هذي", "هكذا", "هل", "هلا", "هلق", "هم",
    "هنا", "هناك", "هو", "هولا", "هي", "هيك", "و", "واش", "والا", "وش", "وفق", "وفقا", "وقتاش", "ولا", "ولكن",
    "ويش", "وين", "يا", "يتم", "يعني", "يكون", "يلي", "يمدي", "يمكن",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_folded() {
        assert!(ARABIZI.is_sorted(), "{ARABIZI:?}");
        assert!(STOP.is_sorted(), "{STOP:?}");
        for word in STOP {
            assert_eq!(fold(word), *word);
        }
    }
}
