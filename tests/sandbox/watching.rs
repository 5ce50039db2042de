//! Who watches the sandbox sees all there is and then every change, once.

use iqtibas::sandbox::{Sight, Standing, Watcher};
use serde_json::{Value, json};

use crate::sandbox;
use crate::support::call;

/// The next change, its kind and what it shows.
async fn seen(watcher: &mut Watcher) -> Vec<(String, Value)> {
    let sights: Vec<Sight> = watcher.next().await;
    sights
        .iter()
        .map(|sight| {
            let json = serde_json::to_value(sight).expect("a sight is plain data");
            let (kind, content) = json
                .as_object()
                .and_then(|it| it.iter().next())
                .expect("one kind");
            (kind.clone(), content.clone())
        })
        .collect()
}

fn kinds(sights: &[(String, Value)]) -> Vec<&str> {
    sights.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[tokio::test]
async fn a_late_watcher_sees_all_there_is_and_then_what_changes() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    let asked = group.says(&sara, "سؤال");
    let mut watcher = sandbox.watcher();
    assert_eq!(
        kinds(&seen(&mut watcher).await),
        ["chat", "message", "chat"]
    );

    group.edits(&asked, "سؤال آخر");
    let sights = seen(&mut watcher).await;
    assert_eq!(kinds(&sights), ["message"]);
    assert_eq!(sights[0].1["text"], "سؤال آخر");

    let reply = json!({ "chat_id": group.id(), "text": "جواب" });
    call(&sandbox, "sendMessage", reply).await.result();
    let mut sights = seen(&mut watcher).await;
    // The request is seen as it comes in, what comes of it perhaps a moment later.
    if sights.len() == 1 {
        sights.extend(seen(&mut watcher).await);
    }
    let mut both = kinds(&sights);
    both.sort_unstable();
    assert_eq!(both, ["message", "request"]);

    group.deletes(&asked);
    let sights = seen(&mut watcher).await;
    assert_eq!(
        sights,
        [(
            "gone".to_owned(),
            json!({ "chat": group.id(), "message": asked.id() })
        )]
    );
}

#[tokio::test]
async fn members_rights_and_topics_are_part_of_a_chat() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    let mut watcher = sandbox.watcher();
    seen(&mut watcher).await;
    group.puts(&sara, Standing::Administrator);
    let sights = seen(&mut watcher).await;
    let members = sights[0].1["members"].as_array().expect("members").clone();
    assert!(members.contains(&json!({ "id": sara.id(), "admin": true, "inside": true })));

    group.opens_topics();
    let topic = group.topic("أسواق", &sara);
    let sights = seen(&mut watcher).await;
    let thread = topic.thread().expect("a topic has a number");
    assert_eq!(sights[0].1["is_forum"], true);
    assert_eq!(
        sights[0].1["topics"],
        json!([{ "id": thread, "name": "أسواق" }])
    );
    assert!(group.topic_of(thread).is_some() && group.topic_of(thread + 1).is_none());
}

#[tokio::test]
async fn a_whisper_is_seen_though_it_is_not_kept() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    let mut watcher = sandbox.watcher();
    seen(&mut watcher).await;
    let whisper = json!({ "chat_id": group.id(), "text": "لك وحدك",
        "ephemeral_message_parameters": { "receiver_user_id": sara.id() } });
    call(&sandbox, "sendMessage", whisper).await.result();
    let mut sights = seen(&mut watcher).await;
    if sights.len() == 1 {
        sights.extend(seen(&mut watcher).await);
    }
    assert!(kinds(&sights).contains(&"whisper"), "{sights:?}");
    assert!(group.messages().is_empty());
    assert_eq!(group.whisper(1).expect("it was sent").text(), "لك وحدك");
    assert!(group.whisper(2).is_none() && sara.chat().whisper(1).is_none());

    assert!(!group.whispers("/ask سؤال"));
    let commands = json!([{ "command": "ask", "description": "d", "is_ephemeral": true }]);
    let scope = json!({ "type": "chat", "chat_id": group.id() });
    let menu = json!({ "commands": commands, "scope": scope });
    call(&sandbox, "setMyCommands", menu).await.result();
    assert!(group.whispers("/ask@iqtibas_bot سؤال"));
    assert!(!group.whispers("/help") && !group.whispers("ask") && !sara.chat().whispers("/ask"));
    assert!(!sandbox.supergroup("غيرهم").whispers("/ask"));
}

#[tokio::test]
async fn a_chosen_result_is_sent_through_the_bot() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    let asked = sara.asks_inline("نص", "");
    assert!(asked.answered().is_none());
    assert!(
        group.gets_result(&sara, &asked, "1", "نص").is_none(),
        "nothing is offered yet"
    );
    let content = json!({ "message_text": "قال", "entities": [{ "type": "bold", "offset": 0, "length": 3 }] });
    let results =
        json!([{ "type": "article", "id": "1", "title": "t", "input_message_content": content }]);
    let answer = json!({ "inline_query_id": asked.id(), "results": results });
    call(&sandbox, "answerInlineQuery", answer).await.result();
    let known = sandbox.query(asked.id());
    assert!(
        group.gets_result(&sara, &known, "2", "نص").is_none(),
        "it was not offered"
    );
    let sent = group
        .gets_result(&sara, &known, "1", "نص")
        .expect("it was offered");
    assert_eq!(sent.styled("bold"), ["قال"]);
    assert_eq!(sent.json()["via_bot"]["username"], "iqtibas_bot");
    assert_eq!(sent.json()["from"]["id"], sara.id());
}
