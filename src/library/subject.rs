//! What of an article can be read one passage after the other: the topics of its guide, what stands
//! under its headings, or all of it.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Library, Scope};
use crate::analysis::Language;
use crate::answer::Quote;
use crate::guide::Topic;
use crate::passage::{self, Passage};

/// Passages of one article that belong together, in its order.
#[derive(Clone, Debug)]
pub struct Subject<'l> {
    library: &'l Library,
    article: usize,
    title: Title<'l>,
    topic_key: Option<u64>,
    passages: Vec<usize>,
}

#[derive(Clone, Copy, Debug, Hash)]
enum Title<'l> {
    Topic([&'l str; 3]),
    Own(&'l str),
}

impl<'l> Subject<'l> {
    fn topic(library: &'l Library, article: usize, topic: &'l Topic) -> Self {
        Self {
            library,
            article,
            title: Title::Topic(Language::ALL.map(|language| topic.title(language))),
            topic_key: Some(topic.key()),
            passages: topic.passages().to_vec(),
        }
    }

    /// What it is called in `language`; a heading is called as it stands in the article.
    #[must_use]
    pub fn title(&self, language: Language) -> &'l str {
        match self.title {
            Title::Topic(titles) => titles[language as usize],
            Title::Own(title) => title,
        }
    }

    /// The language in which it is called so: this one, or a heading's own.
    #[must_use]
    pub fn titled_in(&self, language: Language) -> Language {
        match self.title {
            Title::Topic(_) => language,
            Title::Own(_) => self.library.articles[self.article].language(),
        }
    }

    /// The key of the guide's topic that it is, if it is one.
    #[must_use]
    pub fn topic_key(&self) -> Option<u64> {
        self.topic_key
    }

    /// The number of its article in [`Library::articles`].
    #[must_use]
    pub fn article(&self) -> usize {
        self.article
    }

    /// The numbers of its passages in their article.
    #[must_use]
    pub fn passages(&self) -> &[usize] {
        &self.passages
    }

    /// Its passages from the one at place `from` on, as quotes.
    pub fn quotes(&self, from: usize) -> impl Iterator<Item = Quote<'l>> {
        let passages = self.passages.get(from..).unwrap_or_default();
        passages
            .iter()
            .map(|number| self.library.whole_passage(self.article, *number))
    }

    /// A number that no other subject has, and that changes when the text or the choice does.
    #[must_use]
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let text = self.library.articles[self.article].fingerprint();
        (text, self.title, &self.passages).hash(&mut hasher);
        hasher.finish()
    }
}

impl Library {
    /// The subjects of every article: the topics of its guide; where there are none what stands
    /// under its headings, and where it has none either the whole of it.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject<'_>> {
        (0..self.articles.len())
            .flat_map(|article| self.subjects_of(article))
            .collect()
    }

    /// The subjects of the articles that are drawn on; of each article when its turn comes.
    pub fn subjects_in(&self, scope: &Scope) -> impl Iterator<Item = Subject<'_>> {
        let articles = self.articles_in(scope);
        articles.flat_map(|(at, _)| self.subjects_of(at))
    }

    /// The subjects of one article.
    #[must_use]
    pub fn subjects_of(&self, at: usize) -> Vec<Subject<'_>> {
        let article = &self.articles[at];
        let topics = self.guides[at].topics();
        if !topics.is_empty() {
            let of = |topic| Subject::topic(self, at, topic);
            return topics.iter().map(of).collect();
        }
        let sections = article.sections().into_iter();
        sections
            .filter(|(_, passages)| !passages.is_empty())
            .map(|(heading, passages)| {
                let heading = heading.map(|line| passage::heading_text(line.of(article.text())));
                Subject {
                    library: self,
                    article: at,
                    title: Title::Own(heading.filter(|h| !h.is_empty()).unwrap_or(article.title())),
                    topic_key: None,
                    passages: passages.collect(),
                }
            })
            .collect()
    }

    /// The subjects that a guide gives this command.
    #[must_use]
    pub fn subjects_by_command(&self, name: &str) -> Vec<Subject<'_>> {
        self.topics()
            .filter(|(_, topic)| topic.command() == Some(name))
            .map(|(article, topic)| Subject::topic(self, article, topic))
            .collect()
    }

    /// The subject with this key, be it a whole article.
    #[must_use]
    pub fn subject_by_key(&self, key: u64) -> Option<Subject<'_>> {
        let wholes = (0..self.articles.len()).map(|article| self.whole(article));
        self.subjects()
            .into_iter()
            .chain(wholes)
            .find(|subject| subject.key() == key)
    }

    /// All of an article, by its number in [`Library::articles`].
    #[must_use]
    pub fn whole(&self, article: usize) -> Subject<'_> {
        let (id, text) = (article, &self.articles[article]);
        Subject {
            library: self,
            article: id,
            title: Title::Own(text.title()),
            topic_key: None,
            passages: (0..text.passages().len()).collect(),
        }
    }

    /// The topics of the guides, with the numbers of their articles.
    pub fn topics(&self) -> impl Iterator<Item = (usize, &Topic)> {
        let guides = self.guides.iter().enumerate();
        guides.flat_map(|(article, guide)| guide.topics().iter().map(move |topic| (article, topic)))
    }

    /// Whether a quote's passage belongs to one of the topics with these keys.
    #[must_use]
    pub fn is_on(&self, quote: &Quote<'_>, topics: &[u64]) -> bool {
        let here = |at: usize| std::ptr::eq(&raw const self.articles[at], quote.article());
        self.topics().any(|(article, topic)| {
            here(article)
                && topics.contains(&topic.key())
                && topic.passages().contains(&quote.number())
        })
    }

    /// A passage of an article, whole.
    fn whole_passage(&self, article: usize, number: usize) -> Quote<'_> {
        let text = &self.articles[article];
        let span = text.passages()[number].span();
        Quote::new(text, &self.guides[article], number, span, 1.0, Vec::new())
    }

    /// The article and the passage that a link names: `p8`, or `<article>_p8` where there are
    /// several. An article whose name does not fit a link is named by its fingerprint.
    #[must_use]
    pub fn linked(&self, payload: &str) -> Option<(usize, usize)> {
        let (name, id) = match payload.rsplit_once('_') {
            Some((name, id)) => (Some(name), id),
            None => (None, payload),
        };
        let article = match name {
            Some(name) => (0..self.articles.len()).find(|at| self.link_name(*at) == name)?,
            None if self.articles.len() == 1 => 0,
            None => return None,
        };
        let mut passages = self.articles[article].passages().iter();
        Some((article, passages.position(|passage| passage.id() == id)?))
    }

    /// What a link to a passage carries.
    #[must_use]
    pub fn link(&self, article: usize, passage: usize) -> Option<String> {
        let id = self
            .articles
            .get(article)?
            .passages()
            .get(passage)
            .map(Passage::id)?;
        Some(match self.articles.len() {
            1 => id.to_owned(),
            _ => format!("{}_{id}", self.link_name(article)),
        })
    }

    /// An article's name in a link: room is left for `_` and the longest id of a passage.
    fn link_name(&self, article: usize) -> String {
        let article = &self.articles[article];
        let usual = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if article.id().len() <= 40 && article.id().bytes().all(usual) {
            article.id().to_owned()
        } else {
            format!("{:016x}", article.fingerprint())
        }
    }
}
