//! The articles as buttons: some at a time, each under a number that its name gives, so that a button
//! stays good for an article whose text has changed. Administrators choose by them which articles a
//! chat draws on.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::press::Press;
use super::rules::Rules;
use crate::analysis::Language;
use crate::library::{Library, Scope};
use crate::render::{self, Body, Keyboard};
use crate::wording::{self, Bound, Label};

/// The most articles that a page shows.
pub(super) const PAGE: usize = 8;
/// The most articles that can be chosen one by one.
const MOST: usize = 50;

/// The number that stands for an article on a button.
pub(super) fn key(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// The article with this key, by its number in the library.
pub(super) fn by_key(library: &Library, wanted: u64) -> Option<usize> {
    let mut articles = library.articles().iter();
    articles.position(|article| key(article.id()) == wanted)
}

/// The last page of so many things.
pub(super) fn last_page(things: usize) -> usize {
    things.saturating_sub(1) / PAGE
}

/// The buttons that lead to the pages before and after.
pub(super) fn turning(
    page: usize,
    things: usize,
    to: impl Fn(usize) -> Press,
) -> impl Iterator<Item = (String, String)> {
    let before = page.checked_sub(1).map(|page| ("◀", page));
    let after = (page < last_page(things)).then_some(("▶", page + 1));
    let pages = before.into_iter().chain(after);
    pages.map(move |(arrow, page)| (arrow.to_owned(), to(page).data()))
}

/// The articles that a chat draws on by these rules.
pub(super) fn scope(rules: &Rules, library: &Library) -> Scope {
    library.scope(rules.articles.iter().map(String::as_str))
}

/// The chosen articles that are no longer there.
fn gone<'r>(rules: &'r Rules, library: &'r Library) -> impl Iterator<Item = &'r str> {
    let there = |name: &str| library.articles().iter().any(|it| it.id() == name);
    let names = rules.articles.iter().map(String::as_str);
    names.filter(move |name| !there(name))
}

fn bound(rules: &Rules, library: &Library) -> Bound {
    Bound {
        chosen: rules.articles.len(),
        gone: gone(rules, library).count(),
        all: library.articles().len(),
    }
}

/// The button that says which articles a chat draws on; none where there is no choice.
pub(super) fn setting(
    rules: &Rules,
    library: &Library,
    language: Language,
) -> Option<(String, String)> {
    let choice = library.articles().len() > 1 || !rules.articles.is_empty();
    let label = wording::articles_setting(language, bound(rules, library));
    choice.then(|| (label, Press::Articles(0).data()))
}

/// The articles to choose from, those that are gone first.
pub(super) fn choice(
    page: usize,
    rules: &Rules,
    library: &Library,
    language: Language,
) -> (Body, Keyboard) {
    let gone = gone(rules, library).map(|name| (name, "✗ ", name));
    let there = library.articles().iter().map(|article| {
        let chosen = rules.articles.iter().any(|name| name == article.id());
        (
            article.id(),
            if chosen { "✓ " } else { "" },
            article.title(),
        )
    });
    let all: Vec<_> = gone.chain(there).collect();
    let page = page.min(last_page(all.len()));
    let mark = if rules.articles.is_empty() {
        "✓ "
    } else {
        ""
    };
    let every = format!("{mark}{}", wording::all_articles(language));
    let shown = all.iter().skip(page * PAGE).take(PAGE);
    let keyboard = shown
        .fold(
            Keyboard::default().row([(every, Press::AllArticles.data())]),
            |keyboard, (name, mark, title)| {
                let label = format!("{mark}{}", wording::title(title));
                keyboard.row([(label, Press::Article(page, key(name)).data())])
            },
        )
        .row(turning(page, all.len(), Press::Articles))
        .row([(Label::Back.text(language).to_owned(), Press::Panel.data())]);
    let words = wording::choose_articles(language, bound(rules, library));
    (render::say(&words), keyboard)
}

/// What comes of a tap on an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// It is chosen, or no more.
    Changed,
    /// There are too many already.
    Enough,
    /// There is no such article.
    Unknown,
}

/// Chooses an article, or chooses it no more.
pub(super) fn choose(rules: &mut Rules, wanted: u64, library: &Library) -> Chosen {
    if let Some(at) = rules.articles.iter().position(|name| key(name) == wanted) {
        rules.articles.remove(at);
        return Chosen::Changed;
    }
    match by_key(library, wanted) {
        None => Chosen::Unknown,
        Some(_) if rules.articles.len() >= MOST => Chosen::Enough,
        Some(at) => {
            rules.articles.push(library.articles()[at].id().to_owned());
            Chosen::Changed
        }
    }
}
