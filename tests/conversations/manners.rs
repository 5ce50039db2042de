//! At home in a loud group: no noise, no second copy, no flood, a word at the door.

use std::time::{Duration, Instant};

use iqtibas::bot::Pace;
use iqtibas::sandbox::{Fault, Options, Sandbox, Standing};

use super::{LIBRARY, QUESTION, Stage, choose, quoted};

#[tokio::test]
async fn a_reply_to_the_bot_is_a_question_only_if_it_reads_as_one() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    for remark in [
        "شكرا",
        "lol",
        "👍",
        "صحيح هذا ما قلته لكم",
        "谢谢",
        "nice one",
    ] {
        group.replies(&sara, &answer, remark);
    }
    group.stays_quiet().await;
    let asked = group.replies(&sara, &answer, "وماذا عن تسلا");
    let next = group.hears().await;
    assert_eq!(next.reply_to(), Some(asked.id()));
    assert!(quoted(&next).concat().contains("Tesla"), "{}", next.text());
    stage.close().await;
}

#[tokio::test]
async fn a_bare_why_goes_on_from_what_was_quoted() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for (why, framing) in [
        ("ليش؟", "يمضي المقال قائلًا:"),
        ("why?", "The article goes on:"),
        ("为什么？", "文章接着写道："),
    ] {
        let group = stage.sandbox.supergroup("قرّاء");
        group.says(&sara, &format!("/ask {QUESTION}"));
        let answer = group.hears().await;
        let asked = group.replies(&sara, &answer, why);
        let next = group.hears().await;
        assert_eq!(next.reply_to(), Some(asked.id()));
        assert!(next.text().starts_with(framing), "{}", next.text());
        let article = LIBRARY.articles()[0].text();
        let place = |quote: &str| article.find(quote).expect("a place");
        assert!(place(&quoted(&next)[0]) > place(&quoted(&answer)[0]));
    }
    stage.close().await;
}

#[tokio::test]
async fn who_asks_an_answer_for_what_it_says_is_read_on_to_and_not_pointed_back() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    group.replies(&sara, &answer, QUESTION);
    let next = group.hears().await;
    assert!(
        next.text().starts_with("يمضي المقال قائلًا:"),
        "{}",
        next.text()
    );
    assert_ne!(quoted(&next), quoted(&answer));
    stage.close().await;
}

#[tokio::test]
async fn a_selected_part_of_an_answer_is_what_a_reply_is_about() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, "/ask ما هي البجعة السوداء؟");
    let answer = group.hears().await;
    let part = quoted(&answer)[0].clone();
    let article = LIBRARY.articles()[0].text();
    assert!(article.contains(&part));
    let asked = group.replies_to_fragment(&sara, &answer, &part, "@iqtibas_bot ؟");
    let about = group.hears().await;
    assert_eq!(about.reply_to(), Some(asked.id()));
    let pointed = about.text().starts_with("أجبت عن هذا");
    assert!(pointed || quoted(&about)[0] == part, "{}", about.text());
    stage.close().await;
}

#[tokio::test]
async fn the_same_question_again_is_pointed_to_its_answer() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("Omar"));
    let group = stage.sandbox.supergroup("قرّاء");
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    let internal = -1_000_000_000_000 - group.id();
    let address = format!("https://t.me/c/{internal}/{}", answer.id());
    for (again, words) in [
        (QUESTION, "أجبت عن هذا"),
        ("How much did Nvidia's stock fall?", "I answered this"),
        ("英伟达的股票跌了多少？", "刚才回答过"),
    ] {
        let asked = group.says(&omar, &format!("/ask {again}"));
        let pointer = group.hears().await;
        assert_eq!(pointer.reply_to(), Some(asked.id()));
        assert!(pointer.text().starts_with(words), "{}", pointer.text());
        assert!(pointer.text().ends_with(&address), "{}", pointer.text());
        assert!(pointer.buttons().is_empty());
    }
    omar.writes(QUESTION);
    assert!(
        !quoted(&omar.hears().await).is_empty(),
        "nobody is disturbed there"
    );
    stage.close().await;
}

#[tokio::test]
async fn where_messages_have_no_address_the_pointer_replies_to_the_answer() {
    let stage = Stage::open().await;
    let (sara, group) = (stage.sandbox.person("سارة"), stage.sandbox.group("قرّاء"));
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    group.says(&sara, &format!("/ask {QUESTION}"));
    let pointer = group.hears().await;
    assert_eq!(pointer.reply_to(), Some(answer.id()));
    assert!(quoted(&pointer).is_empty());
    // Where that answer is gone, it is given again.
    group.deletes(&answer);
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    let again = group.hears().await;
    assert_eq!(
        (again.reply_to(), again.text()),
        (Some(asked.id()), answer.text())
    );
    stage.close().await;
}

/// How many questions a member may put in a minute.
pub(super) fn most() -> usize {
    let (member, _) = Pace::default().limits();
    usize::try_from(member).expect("a number")
}

#[tokio::test]
async fn who_asks_too_much_is_told_once_and_the_others_are_served() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    let group = stage.sandbox.supergroup("قرّاء");
    let most = most();
    for n in 0..most + 5 {
        group.says(&sara, &format!("/ask كيف أطبخ الكبسة رقم {n}؟"));
    }
    let mut heard = Vec::new();
    for _ in 0..=most {
        heard.push(group.hears().await.text().to_owned());
    }
    assert!(
        heard[..most]
            .iter()
            .all(|it| it.starts_with("لا يقول المقال")),
        "{heard:?}"
    );
    assert!(heard[most].starts_with("الأسئلة كثيرة"), "{heard:?}");
    group.stays_quiet().await;
    group.says(&omar, &format!("/ask {QUESTION}"));
    assert!(!quoted(&group.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn who_is_no_administrator_is_told_so_no_more_often_than_anything_else() {
    let (stage, group, sara) = Stage::in_group().await;
    let most = most();
    for _ in 0..most + 5 {
        group.says(&sara, "/settings");
    }
    for n in 0..=most {
        let said = group.hears().await;
        assert_eq!(
            said.text().starts_with("الأسئلة كثيرة"),
            n == most,
            "{}",
            said.text()
        );
    }
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn a_vote_is_thanked_for_in_private_and_counts_once() {
    let stage = Stage::open().await;
    let (sara, omar) = (
        stage.sandbox.person("Sara").speaking("en"),
        stage.sandbox.person("Omar").speaking("en"),
    );
    let group = stage.sandbox.supergroup("Readers");
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    for (who, thumb, word) in [
        (&sara, "👍", "Thank you"),
        (&sara, "👍", "already counted"),
        (&sara, "👎", "changed"),
        (&omar, "👎", "Thank you"),
    ] {
        let said = group.taps(who, &answer, thumb).answer().await;
        assert!(
            said["text"].as_str().is_some_and(|it| it.contains(word)),
            "{said}"
        );
        assert!(said.get("show_alert").is_none());
    }
    group.stays_quiet().await;
    assert_eq!(group.message(answer.id()).expect("it stands there"), answer);
    group.puts(&sara, Standing::Administrator);
    group.says(&sara, "/report");
    let report = group.hears().await;
    assert!(
        report.text().contains("👍: 0") && report.text().contains("👎: 2"),
        "{}",
        report.text()
    );
    stage.close().await;
}

#[tokio::test]
async fn a_new_group_is_told_in_one_message_how_to_ask_and_what_will_not_work() {
    for (reads_all, standing, says) in [
        (true, Standing::Administrator, None),
        (true, Standing::Member, Some("I am no admin")),
        (false, Standing::Member, Some("Privacy mode is on")),
        (false, Standing::Administrator, None),
    ] {
        let options = Options {
            reads_all,
            ..Options::default()
        };
        let stage = Stage::on(Sandbox::with(options).await.expect("a free port"));
        let sara = stage.sandbox.person("Sara").speaking("en");
        let group = stage.sandbox.supergroup("Readers");
        group.puts_bot(&sara, Standing::Left);
        group.puts_bot(&sara, standing);
        let hello = group.hears().await;
        assert!(
            hello.text().starts_with("Hello, I am Iqtibas."),
            "{}",
            hello.text()
        );
        assert!(hello.text().contains("/ask") && hello.reply_to().is_none());
        for limit in ["I am no admin", "Privacy mode is on"] {
            assert_eq!(
                hello.text().contains(limit),
                says == Some(limit),
                "{}",
                hello.text()
            );
        }
        group.stays_quiet().await;
        stage.close().await;
    }
}

#[tokio::test]
async fn a_group_in_which_it_may_not_write_is_not_written_to_and_one_that_it_left_is_forgotten() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    group.puts_bot(&sara, Standing::Kicked);
    group.puts_bot(&sara, Standing::Restricted);
    group.stays_quiet().await;
    let sent = stage.sandbox.requests_of("sendMessage");
    let here = sent.iter().filter(|it| it.params["chat_id"] == group.id());
    assert_eq!(here.count(), 1);
    let word = group.taps_data(&sara, &answer, "1v0.0.1").answer().await;
    assert!(
        word["text"]
            .as_str()
            .is_some_and(|it| it.contains("لم يعد")),
        "{word}"
    );
    stage.close().await;
}

#[tokio::test]
async fn who_adds_it_where_it_may_not_write_is_told_so_alone() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    sara.writes("/help");
    sara.hears().await;
    let group = stage.sandbox.supergroup("Readers");
    group.puts_bot(&sara, Standing::Left);
    group.puts_bot(&sara, Standing::Restricted);
    let told = sara.hears().await;
    assert!(
        told.text().contains("Readers") && told.text().contains("may not write"),
        "{}",
        told.text()
    );
    group.stays_quiet().await;
    group.puts_bot(&sara, Standing::Member);
    assert!(
        group
            .hears()
            .await
            .text()
            .starts_with("Hello, I am Iqtibas.")
    );
    stage.close().await;
}

#[tokio::test]
async fn a_refused_tap_answer_ends_nothing() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    sara.writes(QUESTION);
    let answer = sara.hears().await;
    let late = Fault::Refuse {
        code: 400,
        description:
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
                .to_owned(),
    };
    stage.sandbox.fail(late.at("answerCallbackQuery"));
    sara.chat().taps(&sara, &answer, "بعده ◀");
    sara.chat().sees_edit(&answer).await;
    stage.close().await;
}

#[tokio::test]
async fn a_burst_of_taps_and_questions_in_one_group_leaves_other_chats_alone() {
    let (stage, group, sara) = Stage::in_group().await;
    let people: Vec<_> = (0..20)
        .map(|n| stage.sandbox.person(&format!("عضو {n}")))
        .collect();
    // A pace at which 40 questions a minute are answered.
    let opened = Instant::now();
    group.puts(&sara, Standing::Administrator);
    choose(&group, &sara, &["1s5.1"]).await;
    group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    let begun = Instant::now();
    for n in 0..200 {
        let who = &people[n % people.len()];
        group.taps_data(who, &answer, &format!("1v0.0.{}", n % 3 + 1));
        group.says(who, &format!("/ask كيف أطبخ الكبسة رقم {n}؟"));
    }
    let asked = Instant::now();
    sara.writes("هل DeepSeek مفتوح المصدر؟");
    assert!(!quoted(&sara.hears().await).is_empty());
    assert!(asked.elapsed() < Duration::from_secs(2), "{asked:?}");
    let mut answers = 0;
    let last = loop {
        let heard = group.hears().await;
        if !heard.text().starts_with("لا يقول المقال") {
            break heard;
        }
        answers += 1;
    };
    assert!(last.text().starts_with("الأسئلة كثيرة"), "{}", last.text());
    // The settings and the first question were two of the 40, and every 1.5 seconds there is room
    // for one more.
    let more = opened.elapsed().as_secs() * 2 / 3 + 1;
    assert!((38..=38 + more).contains(&answers), "{answers}");
    group.stays_quiet().await;
    let edits = stage.sandbox.requests_of("editMessageText").len() as u64 - 1;
    assert!(
        (1..=begun.elapsed().as_secs() + 1).contains(&edits),
        "{edits}"
    );
    assert_eq!(stage.sandbox.requests_of("answerCallbackQuery").len(), 201);
    stage.close().await;
}
