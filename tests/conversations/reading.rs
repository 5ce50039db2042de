//! Reading on below an answer, and what a tap can and cannot do.

use iqtibas::sandbox::{Chat, Message, Person};

use super::{LIBRARY, QUESTION, Stage, a_moment_later, labels, quoted};

const BEFORE: &str = "▶ قبله";
const AFTER: &str = "بعده ◀";
const NEXT: &str = "اقتباس آخر";
const BACK: &str = "عودة";

async fn answered(chat: &Chat, person: &Person) -> Message {
    chat.says(person, &format!("/ask {QUESTION}"));
    chat.hears().await
}

#[tokio::test]
async fn the_quote_grows_by_the_passages_around_it_and_back() {
    let (stage, group, sara) = Stage::in_group().await;
    let answer = answered(&group, &sara).await;
    let first = quoted(&answer)[0].clone();
    let article = LIBRARY.articles()[0].text();
    for (button, longer) in [(AFTER, true), (BEFORE, true), (BACK, false)] {
        a_moment_later().await;
        let before = group.message(answer.id()).expect("it stands there");
        let tap = group.taps(&sara, &before, button);
        let now = group.sees_edit(&answer).await;
        assert!(tap.answer().await.get("text").is_none());
        let (old, new) = (quoted(&before).join("\n"), quoted(&now).join("\n"));
        assert_eq!(
            new.chars().count() > old.chars().count(),
            longer,
            "{button}: {new}"
        );
        assert!(new.contains(&first) && quoted(&now).iter().all(|q| article.contains(q)));
    }
    let back = group.message(answer.id()).expect("it stands there");
    assert_eq!(
        (back.text(), labels(&back)),
        (answer.text(), labels(&answer))
    );
    assert_eq!(group.messages().len(), 2);
    stage.close().await;
}

#[tokio::test]
async fn it_grows_to_the_end_and_never_over_the_limit() {
    let (stage, group, sara) = Stage::in_group().await;
    let answer = answered(&group, &sara).await;
    // What the buttons would lead to after many taps, at once.
    for view in ["1v0.3.0", "1v0.0.4", "1v0.2.3"] {
        a_moment_later().await;
        group.taps_data(&sara, &answer, view);
        let now = group.sees_edit(&answer).await;
        assert!(now.text().encode_utf16().count() <= 4096);
        assert!(!quoted(&now).is_empty());
    }
    for beyond in ["1v0.99999.0", "1v0.0.99999", "1v9.0.0", "1v0.40.40"] {
        a_moment_later().await;
        let tap = group.taps_data(&sara, &answer, beyond);
        let word = tap.answer().await;
        assert!(
            word["text"]
                .as_str()
                .is_some_and(|it| it.contains("لم يعد")),
            "{beyond}: {word}"
        );
    }
    stage.close().await;
}

#[tokio::test]
async fn the_next_best_passage_is_another_one_and_says_so() {
    let (stage, group, sara) = Stage::in_group().await;
    let answer = answered(&group, &sara).await;
    a_moment_later().await;
    group.taps(&sara, &answer, NEXT);
    let next = group.sees_edit(&answer).await;
    assert_eq!(quoted(&next).len(), 1);
    assert!(!quoted(&answer).contains(&quoted(&next)[0]));
    assert!(
        next.text().starts_with("المقطع التالي صلةً بالسؤال:"),
        "{}",
        next.text()
    );
    assert!(labels(&next).contains(&BACK.to_owned()));
    stage.close().await;
}

#[tokio::test]
async fn the_button_in_the_middle_says_where_the_quote_stands() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    sara.writes(QUESTION);
    let answer = sara.hears().await;
    let tap = sara.chat().taps_data(&sara, &answer, "1w");
    let word = tap.answer().await["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        word.contains("paragraph") && word.contains(LIBRARY.articles()[0].title()),
        "{word}"
    );
    stage.close().await;
}

#[tokio::test]
async fn forged_foreign_and_old_taps_are_answered_and_change_nothing() {
    let (stage, group, sara) = Stage::in_group().await;
    let other = stage.sandbox.supergroup("غيرهم");
    let answer = answered(&group, &sara).await;
    let elsewhere = other.says(&sara, "كلام");
    for (chat, message, data) in [
        (&group, &answer, "x"),
        (&group, &answer, "1v0.0"),
        (&group, &answer, "1s0.1"),
        (&group, &answer, "1x"),
        (&group, &answer, "1e"),
        (&group, &answer, "1r7"),
        (&other, &elsewhere, "1v0.0.1"),
    ] {
        let word = chat.taps_data(&sara, message, data).answer().await;
        assert!(
            word["text"]
                .as_str()
                .is_some_and(|it| it.contains("لم يعد")),
            "{data}: {word}"
        );
    }
    assert!(stage.sandbox.requests_of("editMessageText").is_empty());
    assert_eq!(group.message(answer.id()).expect("it stands there"), answer);
    stage.close().await;
}

#[tokio::test]
async fn ten_people_tapping_at_once_cause_one_change_a_second() {
    let stage = Stage::open().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let people: Vec<Person> = (0..10)
        .map(|n| stage.sandbox.person(&format!("عضو {n}")))
        .collect();
    let answer = answered(&group, &people[0]).await;
    let taps: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(n, person)| group.taps_data(person, &answer, &format!("1v0.0.{}", n % 3 + 1)))
        .collect();
    for tap in taps {
        tap.answer().await;
    }
    assert_eq!(stage.sandbox.requests_of("editMessageText").len(), 1);
    assert_eq!(stage.sandbox.requests_of("answerCallbackQuery").len(), 10);
    stage.close().await;
}
