//! The HTTP edge: `/bot<token>/<method>` to a request, the world's answer or the ordered fault back;
//! and `/file/bot<token>/<path>` to a file.

use std::future::pending;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::connection::{Door, Switch};
use super::fault::{Fault, Order};
use super::hall::Hall;
use super::refusal::Refusal;
use super::request::Request;

/// Serves until it is dropped.
pub(super) async fn serve(door: Door, hall: Arc<Hall>) {
    let router = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(16 << 20))
        .with_state(hall);
    let served = axum::serve(door, router.into_make_service_with_connect_info::<Switch>()).await;
    if let Err(error) = served {
        tracing::warn!(%error, "the sandbox stopped serving");
    }
}

async fn answer(
    State(hall): State<Arc<Hall>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(place) = uri.path().strip_prefix("/file") {
        return download(&hall, place, &switch).await;
    }
    let request = match read(&hall, &uri, &headers, &body) {
        Ok(request) => request,
        Err(refusal) => return refused(&refusal),
    };
    let fault = hall.change(|world| {
        world.requests.push(request.clone());
        Order::take(&mut world.orders, &request)
    });
    match fault {
        None => done(&hall, &request).await,
        Some(fault) => fail(&hall, &request, fault, &switch).await,
    }
}

/// Gives a file, or fails as ordered at the method `download`, which there is not.
async fn download(hall: &Hall, place: &str, switch: &Switch) -> Response {
    let fault = hall.change(|world| {
        let request = Request::new("download", "", b"").ok()?;
        Order::take(&mut world.orders, &request)
    });
    let content = token_and(place).and_then(|(token, path)| {
        let known = hall.look(|world| world.options.token == token);
        known.then(|| hall.look(|world| world.content(path)))?
    });
    let response = match content {
        Some(content) => (
            StatusCode::OK,
            [(CONTENT_TYPE, "application/octet-stream")],
            content,
        )
            .into_response(),
        None => refused(&Refusal::new(404, "Not Found")),
    };
    match fault {
        None => response,
        Some(Fault::CutBody) => {
            switch.cut_body();
            response
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            response
        }
        Some(Fault::Silence) => pending().await,
        Some(Fault::Refuse { code, description }) => refused(&Refusal::new(code, description)),
        Some(_) => {
            switch.cut();
            response
        }
    }
}

/// The token in a path, and what follows it.
fn token_and(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/bot")?.split_once('/')
}

fn read(hall: &Hall, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Request, Refusal> {
    let (token, method) = token_and(uri.path()).ok_or_else(|| Refusal::new(404, "Not Found"))?;
    if !hall.look(|world| world.options.token == token) {
        return Err(Refusal::new(401, "Unauthorized"));
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Request::new(method, content_type, body)
}

/// Does what was asked; `getUpdates` may take its time.
async fn done(hall: &Hall, request: &Request) -> Response {
    #[derive(Serialize)]
    struct Done<'r> {
        ok: bool,
        result: &'r Value,
    }

    let outcome = if request.method.eq_ignore_ascii_case("getUpdates") {
        polled(hall, request).await.map(Arc::new)
    } else {
        hall.change(|world| world.call(request))
    };
    match outcome {
        Ok(result) => sent(
            StatusCode::OK,
            "application/json",
            serde_json::to_string(&Done {
                ok: true,
                result: &result,
            })
            .expect("JSON is plain data"),
        ),
        Err(refusal) => refused(&refusal),
    }
}

async fn polled(hall: &Hall, request: &Request) -> Result<Value, Refusal> {
    let poll = hall.change(|world| world.updates.poll(request, Instant::now()))?;
    let found = hall
        .until(poll.until, |world| {
            world.updates.polled(&poll, Instant::now())
        })
        .await;
    found.unwrap_or_else(|| Ok(json!([])))
}

async fn fail(hall: &Hall, request: &Request, fault: Fault, switch: &Switch) -> Response {
    match fault {
        Fault::TooManyRequests { retry_after } => refused(&Refusal::too_many(retry_after)),
        Fault::InternalError => refused(&Refusal::new(500, "Internal Server Error")),
        Fault::Unauthorized => refused(&Refusal::new(401, "Unauthorized")),
        Fault::Refuse { code, description } => refused(&Refusal::new(code, description)),
        Fault::BadGateway => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
            sent(StatusCode::BAD_GATEWAY, "text/html", page.to_owned())
        }
        Fault::EmptyBody => {
            done(hall, request).await;
            sent(StatusCode::OK, "application/json", String::new())
        }
        Fault::CutBody => {
            let response = done(hall, request).await;
            switch.cut_body();
            response
        }
        Fault::CloseBefore => {
            switch.cut();
            StatusCode::OK.into_response()
        }
        Fault::CloseAfter => {
            done(hall, request).await;
            switch.cut();
            StatusCode::OK.into_response()
        }
        Fault::Delay(time) => {
            let response = done(hall, request).await;
            tokio::time::sleep(time).await;
            response
        }
        Fault::Silence => pending().await,
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
    sent(status, "application/json", refusal.body().to_string())
}

fn sent(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(CONTENT_TYPE, content_type)], body).into_response()
}
