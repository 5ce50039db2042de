//! The reader at work: its pages over HTTP, each with a search that the library answers, and the
//! same pages as files for any host, without the search.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path as Part, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::answer::Answer;
use crate::library::{Context, Library};
use crate::reader::{self, Page, Search};

/// The longest question that is looked up, in bytes.
const MAX_QUESTION: usize = 4096;

/// How often each passage was quoted, by article.
#[derive(Debug, Default)]
pub struct Tally(Mutex<HashMap<String, Vec<u32>>>);

impl Tally {
    /// Counts what a member is shown of an answer.
    pub fn count(&self, answer: &Answer<'_>) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for quote in answer.shown() {
            let article = quote.article();
            let counts = tally
                .entry(article.id().to_owned())
                .or_insert_with(|| vec![0; article.passages().len()]);
            if let Some(count) = counts.get_mut(quote.number()) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// The counts of an article's passages.
    #[must_use]
    pub fn of(&self, article: &str) -> Vec<u32> {
        let tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.get(article).cloned().unwrap_or_default()
    }
}

#[derive(Clone)]
struct Shelf {
    library: Arc<Library>,
    tally: Arc<Tally>,
}

/// `/read/` with the articles, `/read/<article>` and `/reader.css`.
pub fn routes(library: Arc<Library>, tally: Arc<Tally>) -> Router {
    Router::new()
        .route("/read/", get(articles))
        .route("/read/{article}", get(article))
        .route("/read/{article}/", get(article))
        .route(
            "/reader.css",
            get(async || content("text/css", reader::POLICY, reader::STYLE)),
        )
        .with_state(Shelf { library, tally })
}

/// A body with what keeps a browser from guessing and from loading anything from elsewhere.
pub fn content(kind: &str, policy: &str, body: impl Into<String>) -> Response {
    let headers: [(HeaderName, String); 5] = [
        (CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (
            CONTENT_SECURITY_POLICY,
            format!("{policy}; frame-ancestors 'none'"),
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, body.into()).into_response()
}

async fn articles(State(shelf): State<Shelf>) -> Response {
    let page = reader::shelf(shelf.library.articles(), "/");
    content("text/html", reader::POLICY, page)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn article(
    State(shelf): State<Shelf>,
    Part(id): Part<String>,
    Query(Asked { q }): Query<Asked>,
) -> Response {
    let Some(article) = shelf.library.articles().iter().find(|it| it.id() == id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let asked = q.trim();
    if asked.len() > MAX_QUESTION {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let question = shelf.library.question(asked);
    let answer = if asked.is_empty() {
        None
    } else {
        match shelf.library.answer(&question, Context::default()) {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::error!(%error, "the library cannot be read");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        }
    };
    let page = Page {
        article,
        quoted: &shelf.tally.of(&id),
        search: answer.as_ref().map_or(Search::Open, |answer| {
            Search::Answered(asked, question.language(), answer)
        }),
        root: "/",
    };
    content("text/html", reader::POLICY, page.html())
}

/// Writes the pages of every article into `dir` and returns the files written.
///
/// # Errors
/// Where a file cannot be written.
pub fn export(library: &Library, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = vec![
        (
            dir.join("index.html"),
            reader::shelf(library.articles(), ""),
        ),
        (dir.join("reader.css"), reader::STYLE.to_owned()),
    ];
    for article in library.articles() {
        let page = Page {
            article,
            quoted: &[],
            search: Search::Absent,
            root: "../../",
        };
        files.push((
            dir.join("read").join(article.id()).join("index.html"),
            page.html(),
        ));
    }
    for (file, text) in &files {
        let folder = file.parent().unwrap_or(dir);
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}
