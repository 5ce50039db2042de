//! The reader at work: its pages over HTTP, each with a search that the library answers, and the
//! same pages as files for any host, without the search. What was quoted most, the store knows.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path as Part, Query, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::article::Article;
use crate::bot;
use crate::library::{Context, Library};
use crate::live::LiveLibrary;
use crate::reader::{self, Page, Search};
use crate::store::Store;

/// The longest question that is looked up, in bytes.
const MAX_QUESTION: usize = 4096;

#[derive(Clone)]
struct Shelf {
    library: LiveLibrary,
    store: Store,
}

/// `/read/` with the articles, `/read/<article>/` and `/reader.css`. Their links are relative: a
/// proxy may serve them below any path.
pub fn routes(library: impl Into<LiveLibrary>, store: Store) -> Router {
    let library = library.into();
    Router::new()
        .route("/read/", get(articles))
        .route("/read/{article}", get(with_slash))
        .route("/read/{article}/", get(article))
        .route(
            "/reader.css",
            get(async || content("text/css", reader::POLICY, reader::STYLE)),
        )
        .with_state(Shelf { library, store })
}

/// The same as a site of their own, whose root leads to the articles.
pub fn site(library: impl Into<LiveLibrary>, store: Store) -> Router {
    routes(library, store).route("/", get(async || Redirect::temporary("read/")))
}

/// How often each passage was quoted of late.
fn quoted(article: &Article, store: &Store) -> Vec<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
    bot::quoted(article, &store.memory(now), now)
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
    let page = reader::shelf(shelf.library.current().articles(), "../");
    content("text/html", reader::POLICY, page)
}

async fn with_slash(Part(id): Part<String>, RawQuery(query): RawQuery) -> Redirect {
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Redirect::permanent(&format!("../{}{query}", reader::path(&id)))
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
    let library = shelf.library.current();
    let Some(article) = library.articles().iter().find(|it| it.id() == id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let asked = q.trim();
    if asked.len() > MAX_QUESTION {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let question = library.question(asked);
    let answer = if asked.is_empty() {
        None
    } else {
        match library.answer(&question, Context::default()) {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::error!(%error, "the library cannot be read");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        }
    };
    let page = Page {
        article,
        quoted: &quoted(article, &shelf.store),
        search: answer.as_ref().map_or(Search::Open, |answer| {
            Search::Answered(asked, question.language(), answer)
        }),
    };
    content("text/html", reader::POLICY, page.html())
}

/// Writes the pages of every article into `dir` and returns the files written. Where there is a
/// store, what was quoted most is marked as it is now.
///
/// # Errors
/// Where a file cannot be written.
pub fn export(
    library: &Library,
    store: Option<&Store>,
    dir: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
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
            quoted: &store.map_or_else(Vec::new, |store| quoted(article, store)),
            search: Search::Absent,
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
