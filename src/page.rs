//! The sandbox as a chat in the browser: the real bot, a group and direct messages, in one process
//! and without an account. For trying the bot, and for an operator who wants to see why it answers
//! as it does.
//!
//! The page is three files built into the program. It is told what there is to see by server-sent
//! events ([`crate::sandbox::Watcher`]) and does what people do by posting a `Deed`.

mod browser;
mod cast;
mod deed;
mod why;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Json, Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use browser::open;

use crate::bot::Settings;
use crate::live::LiveLibrary;
use crate::shelf;
use crate::store::Store;
use crate::telegram::{self, Service};
use crate::web::Health;
use cast::Cast;
use deed::Deed;

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'";

/// What the page's answers are made of; cheap to clone.
#[derive(Clone)]
struct Stage {
    cast: Arc<Cast>,
    library: LiveLibrary,
}

/// Runs the bot against a sandbox and serves the page on this port of loopback until `shutdown`
/// completes; 0 is any free port. `ready` is told the page's address.
///
/// # Errors
/// Where the port is taken, or the bot ends.
pub async fn run(
    library: impl Into<LiveLibrary>,
    port: u16,
    ready: impl FnOnce(&str),
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let library = library.into();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address}: choose another port with --port"))?;
    let address = listener.local_addr()?;
    let cast = Cast::gather().await?;
    let client = telegram::client(&cast.sandbox.token(), Some(&cast.sandbox.url()))?;
    let url = format!("http://{address}/");
    // Who only tries the bot leaves nothing behind.
    let store = Store::in_memory()?;
    let health = Health::new(Instant::now());
    let service = Service {
        settings: Settings {
            site: Some(url.parse()?),
            ..Settings::default()
        },
        ..Service::new(client, library.clone(), store.clone(), health)
    };
    let reader = shelf::routes(library.clone(), store);
    let stage = Stage {
        cast: Arc::new(cast),
        library: library.clone(),
    };
    let served = axum::serve(listener, routes(stage, reader, address));
    ready(&url);
    tokio::select! {
        ended = telegram::run(service, shutdown) => ended,
        served = served => Ok(served?),
        () = library.watch() => Ok(()),
    }
}

fn routes(stage: Stage, reader: Router, address: SocketAddr) -> Router {
    Router::new()
        .route("/", get(async || shelf::content("text/html", POLICY, HTML)))
        .route(
            "/page.css",
            get(async || shelf::content("text/css", POLICY, STYLE)),
        )
        .route(
            "/page.js",
            get(async || shelf::content("text/javascript", POLICY, SCRIPT)),
        )
        .route("/events", get(events))
        .route("/do", post(act))
        .with_state(stage)
        .merge(reader)
        .layer(middleware::from_fn(move |request, next| {
            only_by_its_own_name(address, request, next)
        }))
}

/// Refuses whoever reached loopback under another name: a page on the web whose name was made to
/// point here.
async fn only_by_its_own_name(address: SocketAddr, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let name = host.and_then(|host| host.rsplit_once(':').map(|(name, _)| name));
    match name {
        // The port may be another one: that of a tunnel.
        Some(name) if name == address.ip().to_string() || name == "localhost" => {
            next.run(request).await
        }
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn act(State(stage): State<Stage>, Json(deed): Json<Deed>) -> Response {
    match deed.done(&stage).await {
        Some(outcome) => axum::Json(outcome).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Who there is, then everything to be seen, then whatever changes.
async fn events(State(stage): State<Stage>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = json!([{ "hello": stage.cast.json(&stage.library.current()) }]);
    let watcher = stage.cast.sandbox.watcher();
    let batches = stream::unfold((Some(hello), watcher), async |(hello, mut watcher)| {
        let batch: Value = match hello {
            Some(hello) => hello,
            None => json!(watcher.next().await),
        };
        Some((
            Ok(Event::default().data(batch.to_string())),
            (None, watcher),
        ))
    });
    Sse::new(batches).keep_alive(KeepAlive::default())
}
