//! It fails on order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use iqtibas::sandbox::Fault;
use serde_json::json;

use crate::sandbox;
use crate::support::{call, try_call};

#[tokio::test]
async fn every_fault_is_played_and_its_work_done_or_not() {
    let refuse = Fault::Refuse {
        code: 400,
        description: "Bad Request: of course".to_owned(),
    };
    let ms = Duration::from_millis(60);
    // The fault; the status, where there is an answer at all; how its body begins; whether the work was done.
    for (fault, status, body, done) in [
        (
            Fault::TooManyRequests { retry_after: 7 },
            Some(429),
            "{",
            false,
        ),
        (Fault::InternalError, Some(500), "{", false),
        (Fault::BadGateway, Some(502), "<html>", false),
        (Fault::EmptyBody, Some(200), "", true),
        (Fault::CutBody, None, "", true),
        (Fault::CloseBefore, None, "", false),
        (Fault::CloseAfter, None, "", true),
        (Fault::Delay(ms), Some(200), "{", true),
        (Fault::Unauthorized, Some(401), "{", false),
        (refuse, Some(400), "{", false),
    ] {
        let sandbox = sandbox().await;
        let group = sandbox.supergroup("قرّاء");
        sandbox.fail(fault.clone().at("sendMessage"));
        let params = json!({ "chat_id": group.id(), "text": "أهلا" });
        let begun = Instant::now();
        let answer = try_call(&sandbox, "sendMessage", &params).await;
        assert_eq!(
            answer.as_ref().map(|answer| answer.status),
            status,
            "{fault:?}"
        );
        assert!(
            answer.is_none_or(|answer| answer.text.starts_with(body)),
            "{fault:?}"
        );
        assert_eq!(group.messages().len(), usize::from(done), "{fault:?}");
        assert!(!matches!(fault, Fault::Delay(_)) || begun.elapsed() >= ms);
        call(&sandbox, "sendMessage", params).await.result();
    }
}

#[tokio::test]
async fn too_many_requests_says_when_to_come_back() {
    let sandbox = sandbox().await;
    sandbox.fail(Fault::TooManyRequests { retry_after: 7 });
    let answer = call(&sandbox, "getMe", json!({})).await;
    assert_eq!(answer.refusal(), "Too Many Requests: retry after 7");
    assert_eq!(answer.json()["parameters"]["retry_after"], 7);
}

#[tokio::test]
async fn a_cut_body_begins_and_does_not_end() {
    let sandbox = sandbox().await;
    sandbox.fail(Fault::CutBody);
    let address = sandbox.url().replace("http://", "");
    let call = format!(
        "GET /bot{}/getMe HTTP/1.1\r\nhost: a\r\n\r\n",
        sandbox.token()
    );
    let answer = tokio::task::spawn_blocking(move || {
        let mut line = TcpStream::connect(address).expect("the sandbox listens");
        line.write_all(call.as_bytes()).expect("the sandbox reads");
        let mut answer = Vec::new();
        let _broken = line.read_to_end(&mut answer);
        answer
    });
    let answer = answer.await.expect("the call ends");
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.contains("\r\n\r\n{\"ok\":true,") && !answer.ends_with('}'),
        "{answer}"
    );
}

#[tokio::test]
async fn silence_lasts() {
    let sandbox = sandbox().await;
    sandbox.fail(Fault::Silence);
    let params = json!({});
    let answer = tokio::time::timeout(
        Duration::from_millis(80),
        try_call(&sandbox, "getMe", &params),
    )
    .await;
    assert!(answer.is_err());
}

#[tokio::test]
async fn a_fault_waits_for_its_method_and_its_chat_and_is_counted() {
    let sandbox = sandbox().await;
    let (one, other) = (sandbox.supergroup("أ"), sandbox.supergroup("ب"));
    sandbox.fail(
        Fault::InternalError
            .at("sendMessage")
            .in_chat(one.id())
            .times(2),
    );
    let to = |chat: i64| json!({ "chat_id": chat, "text": "أهلا" });
    call(&sandbox, "getMe", json!({})).await.result();
    call(&sandbox, "sendMessage", to(other.id())).await.result();
    assert_eq!(sandbox.orders()[0].left(), 2);
    for status in [500, 500, 200] {
        assert_eq!(
            call(&sandbox, "sendMessage", to(one.id())).await.status,
            status
        );
    }
    sandbox.fail(Fault::InternalError.at("getMe").always());
    for _ in 0..3 {
        assert_eq!(call(&sandbox, "getMe", json!({})).await.status, 500);
    }
    sandbox.heal();
    assert_eq!(call(&sandbox, "getMe", json!({})).await.status, 200);
}
