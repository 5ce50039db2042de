//! Files that people send, named and downloaded as at Telegram.

use iqtibas::sandbox::Fault;
use serde_json::json;

use crate::sandbox;
use crate::support::call;

#[tokio::test]
async fn a_file_is_named_by_its_id_and_downloaded_from_its_path() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let sent = sara.sends("مقال.md", "نص".as_bytes());
    let document = &sent.json()["document"];
    assert_eq!(document["file_name"], "مقال.md");
    assert_eq!(document["file_size"], 4);
    let named = json!({ "file_id": document["file_id"] });
    let file = call(&sandbox, "getFile", named).await.result();
    let path = file["file_path"].as_str().expect("a path");
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let get = async |token: &str, path: &str| {
        let url = format!("{}/file/bot{token}/{path}", sandbox.url());
        let answer = client.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    };
    let token = sandbox.token();
    assert_eq!(get(&token, path).await, Some((200, "نص".to_owned())));
    for (token, path) in [("1:other", path), (&token, "documents/other.md")] {
        let (status, _) = get(token, path).await.expect("an answer");
        assert_eq!(status, 404);
    }
    sandbox.fail(Fault::CutBody.at("download"));
    assert_eq!(get(&token, path).await, None);
}

#[tokio::test]
async fn what_cannot_be_downloaded_is_refused() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let unknown = call(&sandbox, "getFile", json!({ "file_id": "other" })).await;
    assert_eq!(unknown.refusal(), "Bad Request: invalid file_id");
    let sent = sara.sends("large.md", &vec![b'a'; (20 << 20) + 1]);
    let named = json!({ "file_id": sent.json()["document"]["file_id"] });
    let large = call(&sandbox, "getFile", named).await;
    assert_eq!(large.refusal(), "Bad Request: file is too big");
}
