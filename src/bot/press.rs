//! What a button holds: at most 64 bytes, a version first, and no secret. It names what shall be,
//! not a step towards it, so that the same button tapped ten times does its thing once; whether that
//! may be is decided by what is remembered of the message.

use super::answered::View;
use crate::wording::Setting;

/// The version of what follows; another is not understood.
const VERSION: char = '1';

/// What a tap asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Show this much of the article.
    View(View),
    /// Show the answer as it was given.
    Back,
    /// Say where the quote stands.
    Where,
    /// A thumb up or down.
    Vote(bool),
    /// Show the answer to everyone.
    ShowAll,
    /// Show all settings.
    Panel,
    /// Show the choices of a setting.
    Pick(Setting),
    /// Choose one.
    Choose(Setting, i16),
    /// Put the panel away.
    Done,
    /// Show the report of so many days.
    Report(i64),
    /// Show this page of the articles to choose from.
    Articles(usize),
    /// Choose an article, or choose it no more, on that page.
    Article(usize, u64),
    /// Choose all articles.
    AllArticles,
    /// Show this page of the library.
    Shelf(usize),
    /// Ask whether an article shall be taken out.
    Remove(u64),
    /// Do what was asked about.
    Confirm,
    /// Leave it.
    Cancel,
    /// Take it back.
    Undo,
}

impl Press {
    /// As a button holds it.
    #[must_use]
    pub fn data(self) -> String {
        let number = |setting| {
            Setting::ALL
                .iter()
                .position(|it| *it == setting)
                .unwrap_or(0)
        };
        match self {
            Self::View(View {
                which,
                before,
                after,
            }) => {
                format!("{VERSION}v{which}.{before}.{after}")
            }
            Self::Back => format!("{VERSION}b"),
            Self::Where => format!("{VERSION}w"),
            Self::Vote(true) => format!("{VERSION}u"),
            Self::Vote(false) => format!("{VERSION}d"),
            Self::ShowAll => format!("{VERSION}e"),
            Self::Panel => format!("{VERSION}p"),
            Self::Pick(setting) => format!("{VERSION}p{}", number(setting)),
            Self::Choose(setting, choice) => format!("{VERSION}s{}.{choice}", number(setting)),
            Self::Done => format!("{VERSION}x"),
            Self::Report(days) => format!("{VERSION}r{days}"),
            Self::Articles(page) => format!("{VERSION}g{page}"),
            Self::Article(page, key) => format!("{VERSION}a{page}.{key:016x}"),
            Self::AllArticles => format!("{VERSION}h"),
            Self::Shelf(page) => format!("{VERSION}l{page}"),
            Self::Remove(key) => format!("{VERSION}m{key:016x}"),
            Self::Confirm => format!("{VERSION}y"),
            Self::Cancel => format!("{VERSION}n"),
            Self::Undo => format!("{VERSION}z"),
        }
    }

    /// Read from a button, or from what somebody pretends to be one.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        let rest = data.strip_prefix(VERSION)?;
        let mut chars = rest.chars();
        let (what, rest) = (chars.next()?, chars.as_str());
        let setting = |at: &str| Setting::ALL.get(at.parse::<usize>().ok()?).copied();
        let press = match (what, rest) {
            ('v', _) => {
                let mut numbers = rest.split('.').map(|n| n.parse().ok());
                let mut next = || numbers.next().flatten();
                Self::View(View {
                    which: next()?,
                    before: next()?,
                    after: next()?,
                })
            }
            ('b', "") => Self::Back,
            ('w', "") => Self::Where,
            ('u', "") => Self::Vote(true),
            ('d', "") => Self::Vote(false),
            ('e', "") => Self::ShowAll,
            ('p', "") => Self::Panel,
            ('p', at) => Self::Pick(setting(at)?),
            ('s', _) => {
                let (at, choice) = rest.split_once('.')?;
                Self::Choose(setting(at)?, choice.parse().ok()?)
            }
            ('x', "") => Self::Done,
            ('r', days) => Self::Report(days.parse().ok()?),
            ('g', page) => Self::Articles(page.parse().ok()?),
            ('a', _) => {
                let (page, key) = rest.split_once('.')?;
                Self::Article(page.parse().ok()?, u64::from_str_radix(key, 16).ok()?)
            }
            ('h', "") => Self::AllArticles,
            ('l', page) => Self::Shelf(page.parse().ok()?),
            ('m', key) => Self::Remove(u64::from_str_radix(key, 16).ok()?),
            ('y', "") => Self::Confirm,
            ('n', "") => Self::Cancel,
            ('z', "") => Self::Undo,
            _ => return None,
        };
        // One way to write each: nothing but what this bot wrote is read.
        (press.data() == data).then_some(press)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all() -> Vec<Press> {
        let far = View {
            which: usize::MAX,
            before: usize::MAX,
            after: usize::MAX,
        };
        let mut all = vec![
            Press::View(View {
                which: 2,
                before: 0,
                after: 17,
            }),
            Press::Back,
            Press::Where,
            Press::Vote(true),
            Press::Vote(false),
            Press::ShowAll,
            Press::Panel,
            Press::Done,
            Press::Report(30),
            Press::Report(i64::MIN),
            Press::Articles(7),
            Press::Article(usize::MAX, u64::MAX),
            Press::Article(0, 7),
            Press::AllArticles,
            Press::Shelf(usize::MAX),
            Press::Remove(0),
            Press::Confirm,
            Press::Cancel,
            Press::Undo,
        ];
        if Press::View(far).data().len() <= 64 {
            all.push(Press::View(far));
        }
        for setting in Setting::ALL {
            all.push(Press::Pick(setting));
            all.push(Press::Choose(setting, i16::MIN));
        }
        all
    }

    #[test]
    fn what_a_button_holds_is_read_again_and_fits() {
        for press in all() {
            assert_eq!(Press::read(&press.data()), Some(press));
            assert!((1..=64).contains(&press.data().len()), "{press:?}");
        }
    }

    #[test]
    fn what_no_button_holds_is_not_read() {
        for data in [
            "",
            "1",
            "2b",
            "1q",
            "1v1",
            "1v1.2",
            "1v1.2.3.4",
            "1v+1.0.0",
            "1v01.0.0",
            "1s99.0",
            "1s0",
            "1p99",
            "1bb",
            "1v-1.0.0",
            "1s0.99999",
            "t1",
        ] {
            assert_eq!(Press::read(data), None, "{data}");
        }
    }

    proptest! {
        #[test]
        fn no_data_makes_it_stumble(data in "\\PC{0,64}|1[vbwudepsxrgahlmynz][0-9a-f.-]{0,20}") {
            if let Some(press) = Press::read(&data) {
                prop_assert_eq!(press.data(), data);
            }
        }
    }
}
