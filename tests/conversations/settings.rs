//! An administrator bends the bot to the place, by buttons; nobody else does.

use iqtibas::sandbox::{Chat, Message, Options, Person, Sandbox, Standing};

use super::{Stage, quoted};

const QUESTION: &str = "بكم انخفض سهم Nvidia؟";

/// A group with an administrator whose app speaks English.
fn group(stage: &Stage) -> (Chat, Person, Person) {
    let group = stage.sandbox.supergroup("Readers");
    let admin = stage.sandbox.person("Amal").speaking("en");
    let member = stage.sandbox.person("Sara").speaking("en");
    group.puts(&admin, Standing::Administrator);
    group.puts(&member, Standing::Member);
    (group, admin, member)
}

async fn panel(chat: &Chat, admin: &Person) -> Message {
    chat.says(admin, "/settings");
    chat.hears().await
}

/// Taps the button that begins so, and sees the panel change.
async fn tap(chat: &Chat, by: &Person, panel: &Message, begins: &str) -> Message {
    let now = chat.message(panel.id()).expect("the panel stands there");
    let buttons = now.buttons();
    let button = buttons
        .iter()
        .find(|it| it.text().starts_with(begins))
        .unwrap_or_else(|| panic!("no {begins}: {buttons:?}"));
    chat.taps(by, &now, button.text());
    chat.sees_edit(panel).await
}

fn shows(panel: &Message, label: &str) -> bool {
    panel.buttons().iter().any(|button| button.text() == label)
}

#[tokio::test]
async fn only_administrators_open_the_settings_and_tap_in_them() {
    let stage = Stage::open().await;
    let (group, admin, member) = group(&stage);
    group.says(&member, "/settings");
    assert_eq!(
        group.hears().await.text(),
        "This command is for the group's admins."
    );
    let panel = panel(&group, &admin).await;
    let before = panel.buttons();
    let button = before[0].text().to_owned();
    let word = group.taps(&member, &panel, &button).answer().await;
    assert_eq!(word["text"], "This is for the group's admins.");
    assert_eq!(group.message(panel.id()).expect("it stands there"), panel);
    let now = tap(&group, &admin, &panel, "I answer").await;
    assert!(shows(&now, "I answer: open questions, too"));
    stage.close().await;
}

#[tokio::test]
async fn an_administrator_no_more_changes_nothing_and_an_anonymous_one_does() {
    let stage = Stage::open().await;
    let (group, admin, member) = group(&stage);
    group.puts(&admin, Standing::Anonymous);
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    // At a tap Telegram names the real user.
    let label = panel.buttons()[0].text().to_owned();
    group.taps(&admin, &panel, &label);
    group.sees_edit(&panel).await;
    let before = group.message(panel.id()).expect("it stands there");
    let word = group.taps_data(&member, &panel, "1s3.1").answer().await;
    assert_eq!(word["text"], "This is for the group's admins.");
    assert_eq!(group.message(panel.id()).expect("it stands there"), before);
    stage.close().await;
}

#[tokio::test]
async fn the_linked_channel_and_other_bots_are_no_administrators() {
    let stage = Stage::open().await;
    let group = stage.sandbox.discussion("قناة");
    group.gets_post("/settings");
    let bot = stage.sandbox.other_bot("غيره");
    group.puts(&bot, Standing::Administrator);
    group.says(&bot, "/settings");
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn settings_change_how_answers_look() {
    let stage = Stage::open().await;
    let (group, admin, member) = group(&stage);
    let panel = panel(&group, &admin).await;
    let now = tap(&group, &admin, &panel, "Quotes at most").await;
    assert!(shows(&now, "Quotes at most: 1"));
    tap(&group, &admin, &panel, "Translation").await;
    let mut now = tap(&group, &admin, &panel, "Language").await;
    for _ in 0..2 {
        if !shows(&now, "Language: English") {
            now = tap(&group, &admin, &panel, "Language").await;
        }
    }
    assert!(shows(&now, "Language: English"));
    let done = tap(&group, &admin, &panel, "Done").await;
    assert_eq!(
        (done.text(), done.buttons().len()),
        ("The settings are saved.", 0)
    );
    group.says(&member, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    assert!(
        answer.text().starts_with("From the article:"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.quotations().len(), 1, "one quote, no translation");
    assert_eq!(quoted(&answer).len(), 1);
    let old = group.taps_data(&admin, &panel, "1s3.3").answer().await;
    assert!(
        old["text"]
            .as_str()
            .is_some_and(|it| it.contains("no longer works"))
    );
    stage.close().await;
}

#[tokio::test]
async fn in_quiet_hours_it_is_silent_but_for_its_settings() {
    let stage = Stage::open().await;
    let (group, admin, member) = group(&stage);
    let asked = group.says(&member, "/ask كم تكلفة تدريب DeepSeek؟");
    let answer = group.hears().await;
    let panel = panel(&group, &admin).await;
    let picker = tap(&group, &admin, &panel, "Quiet from").await;
    assert_eq!(picker.text(), "Quiet from");
    // From now on for two hours, by a clock that runs with UTC.
    let hour = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
        / 3600
        % 24;
    group.taps_data(&admin, &panel, &format!("1s6.{hour}"));
    group.sees_edit(&panel).await;
    let picker = tap(&group, &admin, &panel, "The group's clock").await;
    assert!(
        picker
            .buttons()
            .iter()
            .any(|it| it.text().contains("UTC+5:45"))
    );
    group.taps_data(&admin, &panel, "1s8.0");
    group.sees_edit(&panel).await;
    group.taps_data(&admin, &panel, &format!("1s7.{}", (hour + 2) % 24));
    group.sees_edit(&panel).await;
    group.says(&member, &format!("/ask {QUESTION}"));
    group.stays_quiet().await;
    // What was answered before still follows its question.
    group.edits(&asked, "/ask هل DeepSeek مفتوح المصدر؟");
    assert!(!quoted(&group.sees_edit(&answer).await).is_empty());
    tap(&group, &admin, &panel, "Quiet from").await;
    group.taps_data(&admin, &panel, "1s6.-1");
    let now = group.sees_edit(&panel).await;
    assert!(shows(&now, "Quiet from: never"));
    group.says(&member, &format!("/ask {QUESTION}"));
    assert!(!quoted(&group.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn a_topic_has_rules_of_its_own_and_can_be_left_alone() {
    let stage = Stage::open().await;
    let admin = stage.sandbox.person("Amal").speaking("en");
    let forum = stage.sandbox.forum("Forum");
    forum.puts(&admin, Standing::Creator);
    let (one, two) = (forum.topic("one", &admin), forum.topic("two", &admin));
    let panel = panel(&one, &admin).await;
    assert_eq!(panel.thread(), one.thread());
    let now = tap(&one, &admin, &panel, "This topic").await;
    assert!(shows(&now, "This topic: I stay out"));
    one.says(&admin, &format!("/ask {QUESTION}"));
    one.stays_quiet().await;
    two.says(&admin, &format!("/ask {QUESTION}"));
    assert!(!quoted(&two.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn settings_move_with_the_group_to_its_supergroup() {
    let stage = Stage::open().await;
    let admin = stage.sandbox.person("Amal").speaking("en");
    let group = stage.sandbox.group("Readers");
    group.puts(&admin, Standing::Creator);
    let panel = panel(&group, &admin).await;
    tap(&group, &admin, &panel, "Quotes at most").await;
    let supergroup = group.becomes_supergroup(&admin);
    supergroup.says(&admin, "/settings");
    let there = supergroup.hears().await;
    assert!(shows(&there, "Quotes at most: 1"), "{:?}", there.buttons());
    stage.close().await;
}

#[tokio::test]
async fn in_a_direct_message_there_is_less_to_set_and_nobody_to_ask() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    let panel = panel(&sara.chat(), &sara).await;
    assert_eq!(panel.buttons().len(), 4, "{:?}", panel.buttons());
    tap(&sara.chat(), &sara, &panel, "Quotes at most").await;
    assert!(stage.sandbox.requests_of("getChatMember").is_empty());
    let word = sara.chat().taps_data(&sara, &panel, "1s0.1").answer().await;
    assert!(
        word["text"]
            .as_str()
            .is_some_and(|it| it.contains("no longer works"))
    );
    stage.close().await;
}

#[tokio::test]
async fn the_report_counts_and_names_nobody() {
    let stage = Stage::open().await;
    let (group, admin, member) = group(&stage);
    group.says(&member, &format!("/ask {QUESTION}"));
    group.hears().await;
    group.says(&member, "/ask How do I cook rice with OpenAI?");
    group.hears().await;
    group.says(&member, "/report");
    assert_eq!(
        group.hears().await.text(),
        "This command is for the group's admins."
    );
    group.says(&admin, "/report");
    let report = group.hears().await;
    assert!(
        report.text().starts_with("The last 7 days:"),
        "{}",
        report.text()
    );
    assert!(report.text().contains("Answered: 1"), "{}", report.text());
    assert!(report.text().contains("Most quoted:") && report.text().contains("deepseek p"));
    for private in ["Sara", "rice", "انخفض", &member.id().to_string()] {
        assert!(!report.text().contains(private), "{}", report.text());
    }
    group.taps(&admin, &report, "30 days");
    let longer = group.sees_edit(&report).await;
    assert!(
        longer.text().starts_with("The last 30 days:"),
        "{}",
        longer.text()
    );
    let word = group.taps(&member, &longer, "Today").answer().await;
    assert_eq!(word["text"], "This is for the group's admins.");
    stage.close().await;
}

#[tokio::test]
async fn the_bot_need_not_be_an_administrator_to_know_who_is() {
    let options = Options {
        reads_all: false,
        ..Options::default()
    };
    let stage = Stage::on(Sandbox::with(options).await.expect("a free port"));
    let (group, admin, _) = group(&stage);
    panel(&group, &admin).await;
    group.says(&admin, "/settings");
    group.hears().await;
    let asked = stage.sandbox.requests_of("getChatMember").len();
    assert_eq!(asked, 1, "Telegram's word is believed for a while");
    stage.close().await;
}
