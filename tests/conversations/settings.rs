//! An administrator bends the bot to the place, by buttons; nobody else does.

use iqtibas::sandbox::{Chat, Message, Options, Person, Sandbox, Standing};

use super::{QUESTION, Stage, a_moment_later, choose, labels, panel, quiet_from_now, quoted};

/// Taps the button that begins so, and sees the panel change.
async fn tap(chat: &Chat, by: &Person, panel: &Message, begins: &str) -> Message {
    let now = chat.message(panel.id()).expect("the panel stands there");
    let buttons = now.buttons();
    let button = buttons
        .iter()
        .find(|it| it.text().starts_with(begins))
        .unwrap_or_else(|| panic!("no {begins}: {buttons:?}"));
    a_moment_later().await;
    chat.taps(by, &now, button.text());
    chat.sees_edit(panel).await
}

/// Taps what a button holds, and sees the panel change.
async fn tap_data(chat: &Chat, by: &Person, panel: &Message, data: &str) -> Message {
    a_moment_later().await;
    chat.taps_data(by, panel, data);
    chat.sees_edit(panel).await
}

fn shows(panel: &Message, label: &str) -> bool {
    labels(panel).iter().any(|it| it == label)
}

#[tokio::test]
async fn only_administrators_open_the_settings_and_tap_in_them() {
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
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
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
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
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
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
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
    let asked = group.says(&member, "/ask كم تكلفة تدريب DeepSeek؟");
    let answer = group.hears().await;
    let panel = panel(&group, &admin).await;
    let picker = tap(&group, &admin, &panel, "Quiet from").await;
    assert_eq!(picker.text(), "Quiet from");
    let (from, until) = quiet_from_now();
    tap_data(&group, &admin, &panel, &format!("1s6.{from}")).await;
    let picker = tap(&group, &admin, &panel, "The group's clock").await;
    assert!(
        picker
            .buttons()
            .iter()
            .any(|it| it.text().contains("UTC+5:45"))
    );
    tap_data(&group, &admin, &panel, "1s8.0").await;
    tap_data(&group, &admin, &panel, &format!("1s7.{until}")).await;
    group.says(&member, &format!("/ask {QUESTION}"));
    group.stays_quiet().await;
    // What was answered before still follows its question.
    group.edits(&asked, "/ask هل DeepSeek مفتوح المصدر؟");
    assert!(!quoted(&group.sees_edit(&answer).await).is_empty());
    tap(&group, &admin, &panel, "Quiet from").await;
    let now = tap_data(&group, &admin, &panel, "1s6.-1").await;
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
    a_moment_later().await;
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
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
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
    let (group, admin, _) = stage.group_with_admin();
    panel(&group, &admin).await;
    group.says(&admin, "/settings");
    group.hears().await;
    let asked = stage.sandbox.requests_of("getChatMember").len();
    assert_eq!(asked, 1, "Telegram's word is believed for a while");
    stage.close().await;
}

#[tokio::test]
async fn ten_administrators_tapping_at_once_change_a_panel_once_a_second() {
    let (stage, group, amal, _) = Stage::in_group_with_admin().await;
    let panel = panel(&group, &amal).await;
    let taps: Vec<_> = (0..10)
        .map(|n| {
            let admin = stage.sandbox.person(&format!("Admin {n}")).speaking("en");
            group.puts(&admin, Standing::Administrator);
            group.taps_data(&admin, &panel, &format!("1s3.{}", n % 2 + 1))
        })
        .collect();
    let mut waiting = 0;
    for tap in taps {
        waiting += usize::from(tap.answer().await["text"] == "One moment…");
    }
    assert_eq!(waiting, 9);
    assert_eq!(stage.sandbox.requests_of("editMessageText").len(), 1);
    a_moment_later().await;
    group.says(&amal, "/report");
    let report = group.hears().await;
    let taps: Vec<_> = [30, 1, 30, 1]
        .map(|days| group.taps_data(&amal, &report, &format!("1r{days}")))
        .into();
    for tap in taps {
        tap.answer().await;
    }
    assert_eq!(stage.sandbox.requests_of("editMessageText").len(), 2);
    stage.close().await;
}

/// A change of the bot's place in a group, as Telegram tells it.
fn leaves(group: &Chat, by: &Person) -> serde_json::Value {
    serde_json::json!({"my_chat_member": {
        "chat": group.json(), "from": by.json(), "date": 1,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "left"},
    }})
}

#[tokio::test]
async fn settings_move_whatever_telegram_tells_first_of_a_group_that_moves() {
    for left_first in [true, false] {
        let stage = Stage::open().await;
        let admin = stage.sandbox.person("Amal").speaking("en");
        let group = stage.sandbox.group("Readers");
        group.puts(&admin, Standing::Creator);
        choose(&group, &admin, &["1s3.1"]).await;
        let left = leaves(&group, &admin);
        if left_first {
            stage.sandbox.push(left.clone());
            stage.sandbox.all_read().await;
        }
        let supergroup = group.becomes_supergroup(&admin);
        if !left_first {
            stage.sandbox.push(left);
        }
        let there = panel(&supergroup, &admin).await;
        assert!(shows(&there, "Quotes at most: 1"), "{:?}", labels(&there));
        stage.close().await;
    }
}

#[tokio::test]
async fn a_group_that_removes_the_bot_finds_no_settings_when_it_comes_back() {
    let (stage, group, admin, _) = Stage::in_group_with_admin().await;
    choose(&group, &admin, &["1s3.1"]).await;
    group.puts_bot(&admin, Standing::Left);
    group.puts_bot(&admin, Standing::Member);
    group.hears().await;
    let panel = panel(&group, &admin).await;
    assert!(shows(&panel, "Quotes at most: 3"), "{:?}", labels(&panel));
    stage.close().await;
}

#[tokio::test]
async fn an_administrator_chooses_subjects_to_stay_out_of() {
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
    let panel = panel(&group, &admin).await;
    assert!(
        shows(&panel, "I leave out: nothing"),
        "{:?}",
        labels(&panel)
    );
    let topics = tap(&group, &admin, &panel, "I leave out").await;
    assert!(
        topics
            .text()
            .starts_with("✓ I speak of it, ✕ I leave it out.")
    );
    let topics = tap(&group, &admin, &panel, "✓ \u{2066}Tesla").await;
    assert!(
        labels(&topics)
            .iter()
            .any(|it| it.starts_with("✕ \u{2066}Tesla"))
    );
    let now = tap(&group, &admin, &panel, "Back").await;
    assert!(shows(&now, "I leave out: 1"), "{:?}", labels(&now));
    group.says(
        &member,
        "/ask Does Tesla still have an advantage after DeepSeek?",
    );
    let told = group.hears().await;
    assert_eq!(
        told.text(),
        "The admins have chosen that I leave this subject out here."
    );
    group.says(&member, &format!("/ask {QUESTION}"));
    assert!(!quoted(&group.hears().await).is_empty());
    group.says(&member, "/topics");
    let menu = group.hears().await;
    assert!(!menu.buttons().is_empty());
    assert!(labels(&menu).iter().all(|it| !it.contains("Tesla")));
    // Elsewhere it speaks of everything.
    member.writes("Does Tesla still have an advantage after DeepSeek?");
    assert!(!quoted(&member.hears().await).is_empty());
    tap(&group, &admin, &panel, "I leave out").await;
    tap(&group, &admin, &panel, "✕ \u{2066}Tesla").await;
    group.says(
        &member,
        "/ask Does Tesla still have an advantage after DeepSeek?",
    );
    assert!(!quoted(&group.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn a_subject_left_out_is_not_opened_by_its_command_or_an_old_button() {
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
    group.says(&member, "/topics");
    let menu = group.hears().await;
    let cost = menu.buttons()[0].text().to_owned();
    // The first topic is the article's on cost; questions to everybody are answered, too.
    choose(&group, &admin, &["1s0.1", "1s10.1"]).await;
    let word = group.taps(&member, &menu, &cost).answer().await;
    assert!(
        word["text"].as_str().is_some_and(|it| it.contains("old")),
        "{word}"
    );
    group.says(&member, "/cost");
    let told = group.hears().await;
    assert!(
        told.text().contains("leave this subject out"),
        "{}",
        told.text()
    );
    group.says(&member, "deepseek最直接的冲击是什么？");
    group.stays_quiet().await;
    stage.close().await;
}
