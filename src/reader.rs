//! An article as a page to be read: every passage an anchor, so that a quote can be opened in its
//! place. Pure: text in, HTML out; who serves or writes it is somebody else's business.
//!
//! The page needs no script and loads nothing from elsewhere: the passage that an address names is
//! marked by `:target`, the search is a form. All text is escaped on its way in.

mod site;

use std::fmt::Write as _;

use crate::analysis::Language;
use crate::answer::{Answer, Quote, Verdict};
use crate::article::Article;
use crate::passage::Passage;
use crate::text::{Span, clip};
use crate::wording;

pub use site::{Site, SiteError};

/// The style sheet of the pages.
pub const STYLE: &str = include_str!("reader/reader.css");

/// The Content-Security-Policy of the pages: their own style sheet, their own search, nothing else.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'";

/// From an article's page to the root of its site, which may lie below any path.
const PAGE_TO_ROOT: &str = "../../";

/// The most lines of an outline.
const MAX_OUTLINE: usize = 12;
/// The longest beginning of a paragraph in an outline, in UTF-16 units.
const BEGINNING: usize = 48;

/// Where a quote can be read in its place, on the site of the articles: the anchor is that of the part
/// in which it begins.
#[must_use]
pub fn place(quote: &Quote<'_>) -> String {
    let article = quote.article();
    let mut passages = article.passages().iter();
    let begins = passages.find(|part| quote.span().start() < part.span().end());
    let id = begins.unwrap_or(quote.passage()).id();
    format!("{}#{id}", path(article.id()))
}

/// Where an article's page lies on its site. It ends in a slash, so that it is also a folder with an
/// `index.html` where the site is one of files.
#[must_use]
pub fn path(article: &str) -> String {
    let mut path = "read/".to_owned();
    for byte in article.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path + "/"
}

/// The search box of a page.
#[derive(Clone, Copy, Debug)]
pub enum Search<'p> {
    /// There is none: nobody is there to answer.
    Absent,
    /// Nothing was asked yet.
    Open,
    /// What was asked, and the answer.
    Answered(&'p str, Language, &'p Answer<'p>),
}

/// The page of one article.
#[derive(Clone, Copy, Debug)]
pub struct Page<'p> {
    /// The article.
    pub article: &'p Article,
    /// How often each passage was quoted, in the order of [`Article::passages`]; what is missing was
    /// not quoted.
    pub quoted: &'p [u64],
    /// The search box.
    pub search: Search<'p>,
}

impl Page<'_> {
    /// The whole page.
    #[must_use]
    pub fn html(&self) -> String {
        let (article, language) = (self.article, self.article.language());
        let mut about = String::new();
        for line in wording::credits(language, article.author(), article.source()) {
            let _ = write!(about, "<p>{}</p>", text(&line));
        }
        if self.quoted.iter().any(|times| *times > 0) {
            let mark = wording::reader::mark(language);
            let _ = write!(about, "<p class=\"mark\">{mark}</p>");
        }
        let body = format!(
            "<a class=\"skip\" href=\"#text\">{skip}</a>\n\
             <header><h1>{title}</h1>{about}</header>\n{search}\
             <div class=\"columns\">\n<nav aria-label=\"{contents}\"><details><summary>{contents}</summary><ol>{outline}</ol></details></nav>\n\
             <main id=\"text\" tabindex=\"-1\">\n{text}</main>\n</div>",
            skip = wording::reader::skip(language),
            title = text(article.title()),
            search = self.search(),
            contents = wording::reader::contents(language),
            outline = outline(article),
            text = self.text(),
        );
        document(language, article.title(), PAGE_TO_ROOT, &body)
    }

    /// Headings, images and paragraphs in the order in which they stand.
    fn text(&self) -> String {
        let article = self.article;
        let mut items: Vec<(Span, String)> = Vec::new();
        for (at, line) in (1..).zip(article.heading_lines()) {
            let words = article.headings().nth(at - 1).unwrap_or_default();
            items.push((*line, format!("<h2 id=\"h{at}\">{}</h2>\n", text(words))));
        }
        for line in article.images() {
            items.push((*line, image(article.language(), line.of(article.text()))));
        }
        let most = self.quoted.iter().copied().max().unwrap_or_default();
        let numbered: Vec<(usize, &Passage)> = article.passages().iter().enumerate().collect();
        for parts in numbered.chunk_by(|a, b| a.1.paragraph() == b.1.paragraph()) {
            if let [(_, first), ..] = parts {
                items.push((first.span(), self.paragraph(parts, most)));
            }
        }
        items.sort_by_key(|(place, _)| *place);
        items.into_iter().map(|(_, html)| html).collect()
    }

    /// A paragraph: its number, which leads to it, and its passages.
    fn paragraph(&self, parts: &[(usize, &Passage)], most: u64) -> String {
        let (article, language) = (self.article, self.article.language());
        let quoted = |number: usize| self.quoted.get(number).copied().unwrap_or_default();
        let times = parts
            .iter()
            .map(|(at, _)| quoted(*at))
            .max()
            .unwrap_or_default();
        let mut html = String::new();
        if let [(_, first), ..] = parts {
            let mut label = wording::reader::paragraph(language, first.paragraph());
            let mut mark = String::new();
            if times > 0 {
                label = format!("{label} · {}", wording::reader::quoted(language, times));
                // Three strengths, by the share of what is quoted most.
                mark = format!(" quoted-{}", (times * 3).div_ceil(most.max(1)).min(3));
            }
            let _ = write!(
                html,
                "<div class=\"paragraph{mark}\"><a class=\"number\" href=\"#{id}\" title=\"{label}\" aria-label=\"{label}\">{number}</a><p>",
                id = first.id(),
                label = text(&label),
                number = first.paragraph(),
            );
        }
        let mut at = None;
        for (_, passage) in parts {
            let place = passage.span();
            let gap = at.and_then(|end| article.text().get(end..place.start()));
            let _ = write!(
                html,
                "{}<span class=\"passage\" id=\"{}\">{}</span>",
                text(gap.unwrap_or_default()),
                passage.id(),
                text(place.of(article.text())),
            );
            at = Some(place.end());
        }
        html + "</p></div>\n"
    }

    fn search(&self) -> String {
        let language = self.article.language();
        let (asked, found) = match self.search {
            Search::Absent => return String::new(),
            Search::Open => ("", String::new()),
            Search::Answered(asked, language, answer) => (asked, Self::found(language, answer)),
        };
        format!(
            "<search><form><input type=\"search\" name=\"q\" dir=\"auto\" maxlength=\"500\" required aria-label=\"{label}\" placeholder=\"{label}\" value=\"{asked}\"><button>{label}</button></form>\n{found}</search>\n",
            label = text(wording::reader::search(language)),
            asked = text(asked),
        )
    }

    /// An answer as the bot gives it, each quote with the way to its place.
    fn found(language: Language, answer: &Answer<'_>) -> String {
        let framing = match answer.verdict {
            Verdict::Answer => wording::from_the_article(language),
            Verdict::Nearest if answer.is_silent() => wording::silent(language),
            Verdict::Nearest => wording::nearest(language),
            Verdict::None => wording::none(language),
        };
        let mut html = format!(
            "<section class=\"found\" lang=\"{}\" dir=\"{}\"><h2>{}</h2>\n",
            language.code(),
            direction(language),
            text(framing)
        );
        for quote in answer.shown() {
            let (article, own) = (quote.article(), quote.article().language());
            let (paragraph, speaker) = (quote.passage().paragraph(), quote.speaker(language));
            let _ = writeln!(
                html,
                "<a href=\"{root}{place}\"><blockquote lang=\"{code}\" dir=\"{dir}\">{words}</blockquote><span>{source}</span></a>",
                root = PAGE_TO_ROOT,
                place = place(quote),
                code = own.code(),
                dir = direction(own),
                words = with_matches(quote),
                source = text(&wording::source(language, article, paragraph, speaker)),
            );
        }
        html + "</section>\n"
    }
}

/// The list of all articles, at the root of their site.
#[must_use]
pub fn shelf(articles: &[Article], root: &str) -> String {
    let language = articles
        .first()
        .map_or(Language::English, Article::language);
    let title = wording::reader::articles(language);
    let mut body = format!("<header><h1>{title}</h1></header>\n<main><ul class=\"shelf\">");
    for article in articles {
        let own = article.language();
        let author = article.author().map(|name| wording::author(own, name));
        let _ = write!(
            body,
            "<li dir=\"{}\" lang=\"{}\"><a href=\"{root}{}\">{}</a><p>{}</p></li>",
            direction(own),
            own.code(),
            path(article.id()),
            text(article.title()),
            text(&author.unwrap_or_default()),
        );
    }
    document(language, title, root, &(body + "</ul></main>"))
}

fn document(language: Language, title: &str, root: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{code}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{root}reader.css\">\n</head>\n\
         <body>\n{body}\n</body>\n</html>\n",
        code = language.code(),
        dir = direction(language),
        title = text(title),
    )
}

/// The headings; where there are none, how some of the paragraphs begin.
fn outline(article: &Article) -> String {
    let entries: Vec<(String, &str, &str)> = if article.heading_lines().is_empty() {
        let passages = article.passages();
        passages
            .iter()
            .step_by(passages.len().div_ceil(MAX_OUTLINE).max(1))
            .map(|passage| {
                let whole = passage.span().of(article.text());
                let words = beginning(whole);
                let more = if words.len() < whole.len() { "…" } else { "" };
                (passage.id().to_owned(), words, more)
            })
            .collect()
    } else {
        (1..)
            .zip(article.headings())
            .map(|(at, words)| (format!("h{at}"), words, ""))
            .collect()
    };
    entries
        .into_iter()
        .fold(String::new(), |mut html, (id, words, more)| {
            let _ = write!(html, "<li><a href=\"#{id}\">{}{more}</a></li>", text(words));
            html
        })
}

/// Where a paragraph begins, up to a space.
fn beginning(text: &str) -> &str {
    let start = clip(text, BEGINNING);
    let end = (start.len() < text.len())
        .then(|| start.rfind(' '))
        .flatten();
    end.and_then(|end| start.get(..end)).unwrap_or(start)
}

/// The way to an image, which the page itself does not load.
fn image(language: Language, line: &str) -> String {
    let words = wording::reader::image(language);
    let target = line
        .rsplit_once("](")
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .filter(|target| target.starts_with("https://") || target.starts_with("http://"));
    match target {
        Some(target) => format!(
            "<p class=\"image\"><a href=\"{}\" rel=\"noreferrer\">{words}</a></p>\n",
            text(target)
        ),
        None => format!("<p class=\"image\">{words}</p>\n"),
    }
}

/// The quote's words, those that matched marked.
fn with_matches(quote: &Quote<'_>) -> String {
    let source = quote.article().text();
    let part = |start: usize, end: usize| text(source.get(start..end).unwrap_or_default());
    let (mut html, mut at) = (String::new(), quote.span().start());
    for matched in quote.matched() {
        if matched.start() >= at {
            html += &part(at, matched.start());
            let _ = write!(html, "<b>{}</b>", part(matched.start(), matched.end()));
            at = matched.end();
        }
    }
    html + &part(at, quote.span().end())
}

fn direction(language: Language) -> &'static str {
    if language == Language::Arabic {
        "rtl"
    } else {
        "ltr"
    }
}

/// Any text as HTML, in an element or in an attribute's quotation marks.
fn text(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            '\'' => html += "&#39;",
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const HOSTILE: &str = "---\ntitle: <script>alert(\"1\")</script>\n---\n# A & B\nFirst <b>line</b>.\n![x](javascript:alert)\n![x](https://example.org/a.png?a=\"1\")\nSecond 'line'.";

    fn article(id: &str, content: &str) -> Article {
        Article::parse(id, Path::new("a.md"), content.as_bytes().to_vec()).expect("valid")
    }

    fn html(content: &str, quoted: &[u64]) -> String {
        let page = Page {
            article: &article("a", content),
            quoted,
            search: Search::Absent,
        };
        page.html()
    }

    #[test]
    fn no_text_of_an_article_becomes_markup() {
        let html = html(HOSTILE, &[]);
        for raw in ["<script", "<b>", "javascript:", "a=\"1\""] {
            assert!(!html.contains(raw), "{raw} in {html}");
        }
        assert!(html.contains("First &lt;b&gt;line&lt;/b&gt;."));
        assert!(html.contains("href=\"https://example.org/a.png?a=&quot;1&quot;\""));
    }

    #[test]
    fn everything_stands_in_the_articles_order() {
        let html = html(HOSTILE, &[]);
        let places: Vec<_> = ["id=\"h1\"", "id=\"p2\"", "class=\"image\"", "id=\"p5\""]
            .iter()
            .map(|mark| {
                html.find(mark)
                    .unwrap_or_else(|| panic!("{mark} in {html}"))
            })
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn every_passage_is_an_anchor_with_the_articles_own_words() {
        let long = "One sentence of some length, to be cut. ".repeat(40);
        let content = format!("{long}\nانخفض سهم Nvidia بأكثر من 10%.");
        let article = article("a", &content);
        let html = html(&content, &[]);
        assert!(article.passages().len() > 2);
        for passage in article.passages() {
            let anchor = format!(
                "id=\"{}\">{}</span>",
                passage.id(),
                passage.span().of(article.text())
            );
            assert!(html.contains(&anchor), "{anchor}");
        }
    }

    #[test]
    fn what_is_quoted_most_is_marked_most() {
        let html = html("One.\nTwo.\nThree.", &[0, 9, 2]);
        let marks: Vec<_> = html.matches(" quoted-").collect();
        assert_eq!(marks.len(), 2);
        assert!(html.contains("quoted-3\"><a class=\"number\" href=\"#p2\""));
        assert!(html.contains("quoted-1\"><a class=\"number\" href=\"#p3\""));
    }

    #[test]
    fn the_page_goes_in_the_articles_direction() {
        assert!(html("نص أول.", &[]).contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert!(html("文章第一段。", &[]).contains("<html lang=\"zh\" dir=\"ltr\">"));
    }

    #[test]
    fn an_articles_page_has_a_path_whatever_its_name() {
        assert_eq!(path("مقال a/b"), "read/%D9%85%D9%82%D8%A7%D9%84%20a%2Fb/");
    }
}
