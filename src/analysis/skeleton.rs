//! Consonant skeletons: what an Arabic and a Latin spelling of one name have in common.
//!
//! Both sides are written in one small alphabet of consonant classes and lose their vowels, so that
//! `Nvidia` and `نفيديا`, `3ayez` and `عايز` meet. Used for names in either direction and for
//! Arabic in Latin letters.

/// The skeleton of a folded word of Arabic or Latin letters; empty for others.
#[must_use]
pub fn skeleton(form: &str) -> String {
    let mut out = String::with_capacity(form.len());
    let mut chars = form.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let class = match (c, next) {
            ('s' | 'c' | 't' | 'd' | 'k' | 'g' | 'p', Some('h')) => {
                chars.next();
                match c {
                    's' | 'c' => 'S',
                    't' => 't',
                    'd' => 'd',
                    'k' => 'x',
                    'g' => 'g',
                    _ => 'f',
                }
            }
            ('b' | 'p' | 'ب', _) => 'b',
            ('t' | 'ت' | 'ط' | 'ث' | '6', _) => 't',
            ('g' | 'j' | 'ج' | 'غ', _) => 'g',
            ('h' | 'ح' | 'ه' | '7', _) => 'h',
            ('خ' | '5', _) => 'x',
            ('d' | 'د' | 'ض' | 'ذ', _) => 'd',
            ('r' | 'ر', _) => 'r',
            ('z' | 'ز' | 'ظ', _) => 'z',
            ('s' | 'س' | 'ص', _) => 's',
            ('ش', _) => 'S',
            ('ع' | '3', _) => 'e',
            ('f' | 'v' | 'ف', _) => 'f',
            ('q' | 'k' | 'c' | 'ق' | 'ك' | '9' | '8', _) => 'k',
            ('l' | 'ل', _) => 'l',
            ('m' | 'م', _) => 'm',
            ('n' | 'ن', _) => 'n',
            ('x', _) => {
                out.push('k');
                's'
            }
            _ => continue,
        };
        if !out.ends_with(class) {
            out.push(class);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::skeleton;

    #[test]
    fn two_spellings_of_a_name_meet() {
        for (latin, arabic) in [
            ("nvidia", "نفيديا"),
            ("google", "جوجل"),
            ("tesla", "تسلا"),
            ("3ayez", "عايز"),
            ("lecun", "ليكون"),
            ("bitcoin", "بيتكوين"),
        ] {
            assert_eq!(skeleton(latin), skeleton(arabic), "{latin} {arabic}");
        }
    }
}
