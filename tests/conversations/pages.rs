//! The article's subjects under the rules of a chat: what administrators choose, what somebody asks
//! and changes, and how often, holds for them as for answers.

use iqtibas::analysis::Language;
use iqtibas::sandbox::{Chat, Message, Person, Standing};
use iqtibas::wording;

use super::manners::most;
use super::{Stage, a_moment_later, labels, quiet_from_now, quoted};

const SHOW_ALL: &str = "أظهره للجميع";

/// A group whose administrator has made these choices, each a setting's number and a choice's.
async fn group(stage: &Stage, choices: &[(usize, u64)]) -> (Chat, Person) {
    let group = stage.sandbox.supergroup("قرّاء");
    let admin = stage.sandbox.person("أمل");
    group.puts(&admin, Standing::Administrator);
    choose(&group, &admin, choices).await;
    (group, admin)
}

async fn choose(group: &Chat, admin: &Person, choices: &[(usize, u64)]) {
    group.says(admin, "/settings");
    let panel = group.hears().await;
    for (setting, choice) in choices {
        a_moment_later().await;
        group.taps_data(admin, &panel, &format!("1s{setting}.{choice}"));
        group.sees_edit(&panel).await;
    }
}

fn seen_by(message: &Message) -> Option<i64> {
    message.json()["receiver_user"]["id"].as_i64()
}

#[tokio::test]
async fn a_subjects_pages_keep_to_language_number_of_quotes_and_translation() {
    let stage = Stage::open().await;
    // English, one quote, no translation.
    let (group, _) = group(&stage, &[(2, 1), (3, 1), (4, 0)]).await;
    let sara = stage.sandbox.person("سارة").speaking("ar");
    group.says(&sara, "/cost");
    let first = group.hears().await;
    assert!(
        first.text().starts_with("From the article · "),
        "{}",
        first.text()
    );
    assert_eq!((quoted(&first).len(), first.quotations().len()), (1, 1));
    a_moment_later().await;
    group.taps(&sara, &first, "▶");
    let second = group.sees_edit(&first).await;
    assert_eq!((quoted(&second).len(), second.quotations().len()), (1, 1));
    assert_ne!(quoted(&first), quoted(&second));
    a_moment_later().await;
    group.taps(&sara, &first, "◀");
    assert_eq!(quoted(&group.sees_edit(&first).await), quoted(&first));
    stage.close().await;
}

#[tokio::test]
async fn in_quiet_hours_no_subject_is_opened_but_what_is_open_can_be_turned() {
    let stage = Stage::open().await;
    let (group, admin) = group(&stage, &[]).await;
    let sara = stage.sandbox.person("سارة");
    group.says(&sara, "/cost");
    let page = group.hears().await;
    let (from, until) = quiet_from_now();
    choose(&group, &admin, &[(6, from), (8, 0), (7, until)]).await;
    for command in ["/topics", "/cost", "/crypto"] {
        group.says(&sara, command);
    }
    group.stays_quiet().await;
    group.taps(&sara, &page, "▶");
    assert_ne!(quoted(&group.sees_edit(&page).await), quoted(&page));
    stage.close().await;
}

#[tokio::test]
async fn a_subject_may_be_for_the_asker_alone_until_he_shows_it() {
    let stage = Stage::open().await;
    let (group, _) = group(&stage, &[(1, 1)]).await;
    let sara = stage.sandbox.person("سارة");
    group.says(&sara, "/cost");
    let page = group.hears().await;
    assert_eq!(seen_by(&page), Some(sara.id()));
    group.taps(&sara, &page, "▶");
    let second = group.sees_edit(&page).await;
    assert_eq!(seen_by(&second), Some(sara.id()));
    assert!(labels(&second).contains(&SHOW_ALL.to_owned()));
    group.taps(&sara, &page, SHOW_ALL);
    let open = group.hears().await;
    assert_eq!((seen_by(&open), quoted(&open)), (None, quoted(&second)));
    stage.close().await;
}

#[tokio::test]
async fn a_page_follows_an_edit_of_the_command_that_opened_it() {
    let (stage, group, sara) = Stage::in_group().await;
    let asked = group.says(&sara, "/cost");
    let page = group.hears().await;
    group.edits(&asked, "/crypto");
    let now = group.sees_edit(&page).await;
    assert_ne!(quoted(&now), quoted(&page));
    a_moment_later().await;
    group.taps(&sara, &page, "▶");
    assert_ne!(quoted(&group.sees_edit(&page).await), quoted(&now));
    group.edits(&asked, "/topics");
    assert!(quoted(&group.sees_edit(&page).await).is_empty());
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn a_bare_why_below_a_page_goes_on_after_it() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, "/cost");
    let page = group.hears().await;
    group.replies(&sara, &page, "ليش؟");
    let answer = group.hears().await;
    assert_eq!(quoted(&answer).len(), 1);
    assert!(!quoted(&page).contains(&quoted(&answer)[0]));
    stage.close().await;
}

#[tokio::test]
async fn from_the_word_on_the_article_its_subjects_are_opened_in_its_place() {
    let stage = Stage::open().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let sara = stage.sandbox.person("سارة").speaking("ar");
    group.says(&sara, "/article");
    let about = group.hears().await;
    group.taps(&sara, &about, "☰ المواضيع");
    let menu = group.sees_edit(&about).await;
    assert!(labels(&menu).iter().any(|it| it.contains("تسلا")));
    stage.close().await;
}

#[tokio::test]
async fn ten_people_turning_a_page_at_once_cause_one_change_a_second() {
    let stage = Stage::open().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let people: Vec<Person> = (0..10)
        .map(|n| stage.sandbox.person(&format!("عضو {n}")))
        .collect();
    group.says(&people[0], "/cost");
    let page = group.hears().await;
    let taps: Vec<_> = people
        .iter()
        .map(|person| group.taps(person, &page, "▶"))
        .collect();
    for tap in taps {
        tap.answer().await;
    }
    assert_eq!(stage.sandbox.requests_of("editMessageText").len(), 1);
    assert_eq!(stage.sandbox.requests_of("answerCallbackQuery").len(), 10);
    stage.close().await;
}

#[tokio::test]
async fn a_forged_button_puts_no_menu_in_the_place_of_an_answer_or_of_the_settings() {
    let stage = Stage::open().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let (admin, omar) = (
        stage.sandbox.person("أمل"),
        stage.sandbox.person("Omar").speaking("en"),
    );
    group.puts(&admin, Standing::Administrator);
    group.says(&admin, "/ask بكم انخفض سهم Nvidia؟");
    let answer = group.hears().await;
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    for message in [&answer, &panel] {
        let word = group.taps_data(&omar, message, "r1:en:m::0").answer().await;
        assert_eq!(word["text"], wording::old_button(Language::English));
    }
    assert!(stage.sandbox.requests_of("editMessageText").is_empty());
    stage.close().await;
}

#[tokio::test]
async fn who_opens_too_many_subjects_is_told_once() {
    let (stage, group, sara) = Stage::in_group().await;
    let most = most();
    for _ in 0..most + 5 {
        group.says(&sara, "/topics");
    }
    for n in 0..=most {
        let heard = group.hears().await;
        assert_eq!(
            heard.text().starts_with("الأسئلة كثيرة"),
            n == most,
            "{}",
            heard.text()
        );
    }
    group.stays_quiet().await;
    stage.close().await;
}
