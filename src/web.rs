//! What the bot offers over HTTP: how it is, its figures, and the webhook. Plain HTTP, meant for
//! loopback or for a proxy that speaks TLS.

mod door;
mod health;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use door::{Secret, SecretError, door};
pub use health::{Condition, Health, Report};

use crate::metrics::{self, Metrics};

/// How long requests in hand may take to end when the bot is asked to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// `/healthz`, 503 where a part is ill, and `/metrics`, of which `refresh` sets the gauges first.
pub fn pages<R, F>(health: Health, metrics: Metrics, refresh: R) -> Router
where
    R: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send,
{
    let healthz = async move || {
        let report = health.report(Instant::now());
        let status = if report.is_well() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        (status, Json(report))
    };
    let figures = move || {
        let (metrics, refresh) = (metrics.clone(), refresh.clone());
        async move {
            refresh().await;
            ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics.encode())
        }
    };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(figures))
}

/// Listens at `address`, which the operator gave with `option`.
///
/// # Errors
/// Where that cannot be, with the way out.
pub async fn bind(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        let trouble = match error.kind() {
            ErrorKind::AddrInUse => format!(
                "another program listens there: stop it, or choose another port with {option}"
            ),
            ErrorKind::PermissionDenied => {
                format!("port {port} is not for everybody: choose one from 1024 on with {option}")
            }
            ErrorKind::AddrNotAvailable => format!(
                "this machine has no such address: 127.0.0.1:{port} is always there for {option}"
            ),
            _ => error.to_string(),
        };
        anyhow::anyhow!("{option} {address}: {trouble}")
    })
}

/// Serves until `shutdown` completes; then takes in nothing more, ends what is in hand, at most for
/// five seconds, and returns.
///
/// # Errors
/// Where the system takes the socket away.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (ask, asked) = oneshot::channel::<()>();
    let served = axum::serve(listener, router).with_graceful_shutdown(async move {
        shutdown.await;
        drop(ask);
    });
    tokio::select! {
        ended = served => ended,
        () = async {
            _ = asked.await;
            tokio::time::sleep(DRAIN).await;
        } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    use reqwest::{Client, RequestBuilder};
    use serde_json::{Value, json};
    use tokio::task::JoinHandle;

    use super::*;

    const LOOPBACK: &str = "127.0.0.1:0";
    const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

    /// A server on loopback that serves until it is stopped.
    struct Served {
        url: String,
        client: Client,
        stop: oneshot::Sender<()>,
        ended: JoinHandle<std::io::Result<()>>,
    }

    impl Served {
        async fn new(router: Router) -> Self {
            let address = LOOPBACK.parse().expect("an address");
            let listener = bind(address, "--listen").await.expect("a free port");
            let url = format!("http://{}", listener.local_addr().expect("an address"));
            let (stop, stopped) = oneshot::channel::<()>();
            let ended = tokio::spawn(serve(listener, router, async move {
                _ = stopped.await;
            }));
            let client = Client::builder().no_proxy().build().expect("a client");
            Self {
                url,
                client,
                stop,
                ended,
            }
        }

        /// Status, content type and body of a page.
        async fn get(&self, path: &str) -> (u16, String, String) {
            let url = format!("{}{path}", self.url);
            let response = self.client.get(url).send().await.expect("an answer");
            let content_type = response.headers().get("content-type");
            let content_type = content_type.and_then(|value| value.to_str().ok());
            (
                response.status().as_u16(),
                content_type.unwrap_or_default().to_owned(),
                response.text().await.expect("a body"),
            )
        }

        fn update(&self, secret: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
            let url = format!("{}/hook", self.url);
            self.client.post(url).header(HEADER, secret).body(body)
        }
    }

    async fn status(request: RequestBuilder) -> u16 {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.text().await.expect("a body");
        assert_eq!(body, "", "nothing but the status is said");
        status
    }

    type Taken = Arc<Mutex<Vec<Value>>>;

    /// A door at `/hook` with the secret `right`, and what came through it.
    fn hook() -> (Router, Taken) {
        let taken = Taken::default();
        let shelf = Arc::clone(&taken);
        let take_in = move |updates: Vec<Value>| {
            shelf.lock().expect("no panics").extend(updates);
            async { Ok::<_, ()>(()) }
        };
        (door("/hook", secret(), take_in), taken)
    }

    fn secret() -> Secret {
        Secret::new("right").expect("a secret")
    }

    #[tokio::test]
    async fn health_names_each_part_and_is_unavailable_where_one_is_ill() {
        let health = Health::new(Instant::now());
        let router = pages(health.clone(), Metrics::default(), async || ());
        let served = Served::new(router).await;
        let (status, content_type, body) = served.get("/healthz").await;
        assert_eq!((status, content_type.as_str()), (503, "application/json"));
        assert_eq!(body, r#"{"receiver":"ok","store":"ill","library":"ill"}"#);
        health.store_writable(true);
        health.library_loaded(true);
        let (status, _, body) = served.get("/healthz").await;
        assert_eq!(
            (status, body.as_str()),
            (200, r#"{"receiver":"ok","store":"ok","library":"ok"}"#)
        );
    }

    #[tokio::test]
    async fn metrics_have_the_gauges_of_this_moment() {
        let metrics = Metrics::default();
        let (gauges, asked) = (metrics.clone(), Arc::new(AtomicU32::new(0)));
        let refresh = move || {
            gauges.inbox_pending(asked.fetch_add(1, Ordering::Relaxed) + 5);
            std::future::ready(())
        };
        let router = pages(Health::new(Instant::now()), metrics, refresh);
        let served = Served::new(router).await;
        for pending in [5, 6] {
            let (status, content_type, body) = served.get("/metrics").await;
            assert_eq!(
                (status, content_type.as_str()),
                (200, metrics::CONTENT_TYPE)
            );
            let line = format!("iqtibas_inbox_pending {pending}");
            assert!(body.lines().any(|found| found == line), "{body}");
        }
    }

    #[tokio::test]
    async fn an_update_with_the_secret_is_taken_in_as_it_came() {
        let (router, taken) = hook();
        let served = Served::new(router).await;
        let update = json!({"update_id": 7, "new": {"id": 1_i64 << 52, "text": "ما هذا؟"}});
        assert_eq!(
            status(served.update("right", update.to_string())).await,
            200
        );
        assert_eq!(*taken.lock().expect("no panics"), [update]);
    }

    #[tokio::test]
    async fn nobody_else_gets_anything_in() {
        let (router, taken) = hook();
        let served = Served::new(router).await;
        let body = r#"{"update_id":7}"#;
        for wrong in ["", "righ", "rightt", "Right", "wrong"] {
            assert_eq!(status(served.update(wrong, body)).await, 401, "{wrong}");
        }
        let without = served
            .client
            .post(format!("{}/hook", served.url))
            .body(body);
        assert_eq!(status(without).await, 401);
        let elsewhere = served.client.post(&served.url).header(HEADER, "right");
        assert_eq!(status(elsewhere.body(body)).await, 404);
        let (got, ..) = served.get("/hook").await;
        assert_eq!(got, 405);
        assert_eq!(*taken.lock().expect("no panics"), [Value::Null; 0]);
    }

    #[tokio::test]
    async fn what_is_no_update_is_refused() {
        let (router, taken) = hook();
        let served = Served::new(router).await;
        let deep = "[".repeat(100_000);
        for body in [
            "",
            "{",
            "[]",
            "7",
            "{}",
            r#"{"update_id":null}"#,
            r#"{"update_id":"7"}"#,
            r#"[{"update_id":7}]"#,
            r#"{"update_id":7} {"update_id":8}"#,
            deep.as_str(),
        ] {
            let request = served.update("right", body.to_owned());
            assert_eq!(status(request).await, 400, "{body:.40}");
        }
        let not_utf8 = served.update("right", b"{\"update_id\":7,\"a\":\"\xff\"}".to_vec());
        assert_eq!(status(not_utf8).await, 400);
        assert!(taken.lock().expect("no panics").is_empty());
    }

    #[tokio::test]
    async fn a_mebibyte_is_read_and_no_more() {
        let (router, taken) = hook();
        let served = Served::new(router).await;
        let sized = |size: usize| {
            let (head, tail) = (r#"{"update_id":7,"text":""#, r#""}"#);
            format!("{head}{}{tail}", "x".repeat(size - head.len() - tail.len()))
        };
        assert_eq!(status(served.update("right", sized(1 << 20))).await, 200);
        assert_eq!(
            status(served.update("right", sized((1 << 20) + 1))).await,
            413
        );
        assert_eq!(taken.lock().expect("no panics").len(), 1);
    }

    #[tokio::test]
    async fn what_could_not_be_taken_in_is_to_be_brought_again() {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let take_in = move |_| {
            let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if first {
                    Err("the disk is full")
                } else {
                    Ok(())
                }
            }
        };
        let served = Served::new(door("/hook", secret(), take_in)).await;
        for wanted in [503, 200] {
            let request = served.update("right", r#"{"update_id":7}"#);
            assert_eq!(status(request).await, wanted);
        }
        assert_eq!(tries.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn the_door_stands_at_whatever_path_it_is_given_and_beside_the_pages() {
        for (path, asked) in [
            ("/a/b", "/a/b"),
            ("a", "/a"),
            ("/{id}", "/{id}"),
            ("/:id", "/:id"),
            ("/*all", "/*all"),
            ("/سر", "/سر"),
            ("/%41", "/%41"),
            ("/healthz", "/healthz"),
            ("", "/"),
        ] {
            let take_in = |_| async { Ok::<_, ()>(()) };
            let router = door(path, secret(), take_in).merge(pages(
                Health::new(Instant::now()),
                Metrics::default(),
                async || (),
            ));
            let served = Served::new(router).await;
            let post = |path: &str| {
                let url = format!("{}{path}", served.url);
                let request = served.client.post(url).header(HEADER, "right");
                status(request.body(r#"{"update_id":7}"#))
            };
            assert_eq!(post(asked).await, 200, "{path}");
            assert_eq!(post("/other").await, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_stop_lets_what_is_in_hand_end() {
        let (begun, mut work) = tokio::sync::mpsc::unbounded_channel();
        let take_in = move |_| {
            let (end, ended) = oneshot::channel::<()>();
            begun.send(end).expect("somebody waits");
            async { ended.await.map_err(|_| ()) }
        };
        let served = Served::new(door("/hook", secret(), take_in)).await;
        let request = served.update("right", r#"{"update_id":7}"#);
        let answered = tokio::spawn(status(request));
        let end = work.recv().await.expect("it is taken in");
        served.stop.send(()).expect("it is serving");
        // The port closes while the work goes on.
        let address = served.url.strip_prefix("http://").expect("an address");
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        end.send(()).expect("it waits");
        assert_eq!(answered.await.expect("no panic"), 200);
        served.ended.await.expect("no panic").expect("it served");
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_ever() {
        let (begun, mut work) = tokio::sync::mpsc::unbounded_channel();
        let take_in = move |_| {
            begun.send(()).expect("somebody waits");
            std::future::pending::<Result<(), ()>>()
        };
        let served = Served::new(door("/hook", secret(), take_in)).await;
        let request = served.update("right", r#"{"update_id":7}"#);
        let _unanswered = tokio::spawn(request.send());
        work.recv().await.expect("it is taken in");
        served.stop.send(()).expect("it is serving");
        let ended = tokio::time::timeout(DRAIN * 2, served.ended).await;
        ended
            .expect("in time")
            .expect("no panic")
            .expect("it served");
    }

    #[tokio::test]
    async fn an_address_that_is_taken_names_the_option_and_the_way_out() {
        let first = bind(LOOPBACK.parse().expect("an address"), "--listen")
            .await
            .expect("a free port");
        let address = first.local_addr().expect("an address");
        let error = bind(address, "--webhook-listen").await.expect_err("taken");
        assert_eq!(
            error.to_string(),
            format!(
                "--webhook-listen {address}: another program listens there: stop it, or choose another port with --webhook-listen"
            )
        );
        // An address for documentation, which no machine has.
        let nowhere = "192.0.2.1:8080".parse().expect("an address");
        let error = bind(nowhere, "--listen").await.expect_err("not here");
        assert!(error.to_string().contains("127.0.0.1:8080"), "{error}");
    }

    #[test]
    fn a_secret_is_one_that_telegram_takes_and_does_not_show_itself() {
        let longest = "x".repeat(256);
        for good in ["a", "A-Z_09", &longest] {
            let secret = Secret::new(good).expect("a secret");
            assert_eq!(secret.reveal(), good);
            assert_eq!(format!("{secret:?}"), "Secret");
        }
        let too_long = "x".repeat(257);
        for bad in ["", "a b", "é", "a\n", &too_long] {
            assert_eq!(Secret::new(bad).err(), Some(SecretError), "{bad}");
        }
    }
}
