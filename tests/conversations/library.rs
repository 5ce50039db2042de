//! The library changes while it serves: operators send documents and take articles out, files are
//! edited, chats are bound to some of the articles.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use iqtibas::analysis::Language;
use iqtibas::library::{FileName, Library};
use iqtibas::live::{Change, Deed, LiveLibrary, Sent};
use iqtibas::metrics::Metrics;
use iqtibas::sandbox::{Chat, Fault, Message, Person, Sandbox, Standing};
use iqtibas::wording::{self, Label, Toast};
use tempfile::TempDir;

use super::{Stage, a_moment_later, refusal, sandbox};

const LAMP: &str = "---\ntitle: The lamp\nlanguage: en\n---\nThe lamp was lit every evening at six.\n\nIn March the oil ran out, and candles were burned for nine nights.\n";
const BOAT: &str = "---\ntitle: The boat\nlanguage: en\n---\nThe boat brought flour every second Tuesday.\n\nIn a storm the boat lost its mast.\n";
const GUIDE: &str = r#"
[[passage]]
text = "In March the oil ran out, and candles were burned for nine nights."
questions.en = '''
how long did they have only candles
'''

[[topic]]
title = { ar = "الوقود", en = "Fuel", zh = "燃料" }
command = "fuel"
passages.p2 = "In March the oil"
"#;
const OIL: &str = "In March the oil ran out: for how many nights were candles burned?";
const BOAT_GUIDE: &str = r#"
[[passage]]
text = "The boat brought flour every second Tuesday."
questions.en = '''
What did the boat bring every second Tuesday?
what came with the boat
how did they get flour
'''
"#;
const CANDLES: &str = "how long did they have only candles";
const FLOUR: &str = "What did the boat bring every second Tuesday?";

/// A library in a folder of its own.
struct Shelf {
    home: TempDir,
    library: LiveLibrary,
}

impl Shelf {
    fn with(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            let path = home.path().join("library").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, content).expect("written");
        }
        let (dir, segments) = (home.path().join("library"), home.path().join("segments"));
        let library = LiveLibrary::open(&dir, &segments, Metrics::default());
        Self {
            library: library.expect("it opens"),
            home,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("library").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// What another process would open there.
    fn opened_anew(&self) -> Library {
        let segments = self.home.path().join("others");
        Library::open(&self.path(""), &segments).expect("it opens")
    }

    /// The bot at work on it, with an operator.
    async fn serves(&self) -> (Stage, Person) {
        let sandbox = sandbox().await;
        let operator = sandbox.person("Amal").speaking("en");
        let operators = vec![operator.id()];
        let stage = Stage::serving(sandbox, self.library.clone(), operators);
        (stage, operator)
    }
}

fn labels(message: &Message) -> Vec<String> {
    let buttons = message.buttons();
    buttons.iter().map(|it| bare(it.text())).collect()
}

fn bare(text: &str) -> String {
    text.replace(['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'], "")
}

fn label(label: Label) -> &'static str {
    label.text(Language::English)
}

/// Taps the button that holds these words, and sees the message change.
async fn tap(chat: &Chat, by: &Person, message: &Message, words: &str) -> Message {
    let now = chat.message(message.id()).expect("it stands there");
    let buttons = now.buttons();
    let button = buttons
        .iter()
        .find(|it| it.text().contains(words))
        .unwrap_or_else(|| panic!("no {words}: {buttons:?}"));
    a_moment_later().await;
    chat.taps(by, &now, button.text());
    chat.sees_edit(message).await
}

/// What the bot answers to a question in a direct message.
async fn asks(person: &Person, question: &str) -> String {
    person.writes(question);
    bare(person.hears().await.text())
}

fn old() -> &'static str {
    Toast::Old.text(Language::English)
}

#[tokio::test]
async fn a_document_is_shown_as_understood_and_becomes_an_article_at_a_tap() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    let sent = operator.sends("../The Boat!.md", BOAT.as_bytes());
    let offer = operator.hears().await;
    assert_eq!(offer.reply_to(), Some(sent.id()));
    let words = bare(offer.text());
    for part in [
        "The boat",
        "Language: English",
        "2 passages",
        "the-boat",
        "It is new.",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(labels(&offer), [label(Label::Add), label(Label::Cancel)]);
    assert!(!shelf.path("the-boat.md").exists());
    assert!(!asks(&sara, FLOUR).await.contains("flour"));
    let done = tap(&operator.chat(), &operator, &offer, label(Label::Add)).await;
    assert!(
        bare(done.text()).starts_with("The boat is in the library"),
        "{}",
        done.text()
    );
    assert!(done.buttons().is_empty());
    assert_eq!(shelf.read("the-boat.md"), BOAT);
    let answer = asks(&sara, FLOUR).await;
    assert!(
        answer.contains("brought flour") && answer.contains("The boat"),
        "{answer}"
    );
    assert_eq!(shelf.opened_anew().articles().len(), 2);
    // The button is good once.
    let again = operator.chat().taps_data(&operator, &offer, "1y");
    assert_eq!(again.answer().await["text"], old());
    stage.close().await;
}

#[tokio::test]
async fn an_article_is_replaced_and_what_was_answered_from_the_old_one_says_so() {
    let shelf = Shelf::with(&[("lamp.md", LAMP), ("boat.md", BOAT)]);
    let (stage, operator) = shelf.serves().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    sara.writes(OIL);
    let answer = sara.hears().await;
    assert!(answer.text().contains("In March"), "{}", answer.text());
    let other = LAMP.replace("In March", "In April");
    operator.sends("Lamp.txt", other.as_bytes());
    let offer = operator.hears().await;
    assert!(offer.text().contains("Replace it?"), "{}", offer.text());
    tap(&operator.chat(), &operator, &offer, label(Label::Replace)).await;
    assert_eq!(shelf.read("lamp.md"), other);
    assert!(!shelf.path("lamp.txt").exists());
    assert_eq!(shelf.read(".removed/1-lamp.md"), LAMP);
    for data in ["1w", "1v0.1.0"] {
        let word = sara.chat().taps_data(&sara, &answer, data).answer().await;
        assert_eq!(
            word["text"],
            Toast::Rewritten.text(Language::English),
            "{data}"
        );
    }
    let again = asks(&sara, OIL).await;
    assert!(
        again.contains("In April") && !again.contains("In March"),
        "{again}"
    );
    stage.close().await;
}

#[tokio::test]
async fn a_document_that_is_not_confirmed_changes_nothing() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    operator.sends("boat.md", BOAT.as_bytes());
    let offer = operator.hears().await;
    let left = tap(&operator.chat(), &operator, &offer, label(Label::Cancel)).await;
    assert_eq!(left.text(), wording::not_installed(Language::English));
    let late = operator.chat().taps_data(&operator, &offer, "1y");
    assert_eq!(late.answer().await["text"], old());
    assert!(!shelf.path("boat.md").exists());
    assert_eq!(shelf.library.current().articles().len(), 1);
    stage.close().await;
}

#[tokio::test]
async fn a_member_who_does_the_same_is_a_member() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    sara.sends("boat.md", BOAT.as_bytes());
    sara.hears_nothing().await;
    let unknown = asks(&sara, "/nothing").await;
    for command in ["/library", "/reload"] {
        assert_eq!(asks(&sara, command).await, unknown, "{command}");
    }
    let group = stage.sandbox.supergroup("Readers");
    group.puts(&operator, Standing::Administrator);
    for person in [&sara, &operator] {
        for command in ["/library", "/reload", "/nothing"] {
            group.says(person, command);
        }
    }
    group
        .draft(&operator)
        .document("boat.md", BOAT.as_bytes())
        .send();
    group.stays_quiet().await;
    let answer = sara.writes(OIL);
    let answer = sara.chat().message(answer.id()).expect("it stands there");
    sara.hears().await;
    for data in ["1y", "1n", "1z", "1l0", "1m0000000000000007"] {
        let word = sara.chat().taps_data(&sara, &answer, data).answer().await;
        assert_eq!(word["text"], old(), "{data}");
    }
    assert!(stage.sandbox.requests_of("getFile").is_empty());
    stage.close().await;
}

#[tokio::test]
async fn what_can_be_no_article_is_refused_with_the_reason() {
    let shelf = Shelf::with(&[("lamp/lamp.md", LAMP), ("lamp/guide.toml", GUIDE)]);
    let (stage, operator) = shelf.serves().await;
    let latin: &[u8] = b"The lamp.\nLe ph\xe9nix.\n";
    let front = "---\ntitle: A\ncolour: red\n---\nText.\n";
    let other = "The lamp is out.\n";
    let large = vec![b'a'; 5 * 1024 * 1024 + 1];
    for (name, content, wanted) in [
        ("boat.pdf", BOAT.as_bytes(), ".md or .txt"),
        ("guide.toml", GUIDE.as_bytes(), ".md or .txt"),
        ("boat.md", latin, "boat.md:2: not UTF-8"),
        (
            "boat.md",
            front.as_bytes(),
            "boat.md:3: unknown key `colour`",
        ),
        ("boat.md", b"", "there is no text to quote"),
        ("boat.md", &large, "larger than 5 MiB"),
        // The guide that an editor has written for it would no longer fit.
        ("lamp.md", other.as_bytes(), "guide.toml:"),
    ] {
        operator.sends(name, content);
        let word = operator.hears().await;
        let text = bare(word.text());
        assert!(text.contains(wanted), "{wanted} in {text}");
        assert!(word.buttons().is_empty());
    }
    assert_eq!(shelf.read("lamp/lamp.md"), LAMP);
    assert_eq!(shelf.library.current().articles().len(), 1);
    stage.close().await;
}

#[tokio::test]
async fn a_document_that_cannot_be_fetched_can_be_tapped_once_more() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    let not_fetched = wording::not_fetched(Language::English);
    for fault in [
        refusal(400, "Bad Request: invalid file_id").at("getFile"),
        Fault::CutBody.at("download"),
        refusal(404, "Not Found").at("download"),
    ] {
        stage.sandbox.fail(fault);
        operator.sends("boat.md", BOAT.as_bytes());
        assert_eq!(operator.hears().await.text(), not_fetched);
    }
    operator.sends("boat.md", BOAT.as_bytes());
    let offer = operator.hears().await;
    stage.sandbox.fail(Fault::CloseBefore.at("download"));
    let tapped = operator.chat().taps(&operator, &offer, label(Label::Add));
    assert_eq!(tapped.answer().await["text"], not_fetched);
    tap(&operator.chat(), &operator, &offer, label(Label::Add)).await;
    assert_eq!(shelf.library.current().articles().len(), 2);
    stage.close().await;
}

#[tokio::test]
async fn where_the_folder_cannot_be_written_the_way_out_is_told() {
    let shelf = Shelf::with(&[("lamp.md", LAMP), ("boat.md", BOAT)]);
    let (stage, operator) = shelf.serves().await;
    // What stands in the way of every user, of root too.
    fs::write(shelf.path(".removed"), "").expect("written");
    fs::create_dir(shelf.path(&format!(".writing-{}", std::process::id()))).expect("made");
    for (name, content) in [("new.md", BOAT), ("lamp.md", BOAT)] {
        operator.sends(name, content.as_bytes());
        let offer = operator.hears().await;
        let word = tap(&operator.chat(), &operator, &offer, &labels(&offer)[0]).await;
        assert!(word.text().contains("ReadWritePaths"), "{}", word.text());
    }
    operator.writes("/library");
    let list = operator.hears().await;
    tap(&operator.chat(), &operator, &list, "The boat").await;
    let word = tap(&operator.chat(), &operator, &list, label(Label::Remove)).await;
    assert!(word.text().contains("ReadWritePaths"), "{}", word.text());
    assert_eq!(shelf.read("lamp.md"), LAMP);
    assert_eq!(shelf.read("boat.md"), BOAT);
    assert!(!shelf.path("new.md").exists());
    stage.close().await;
}

#[tokio::test]
async fn what_the_library_would_not_be_read_with_is_taken_back() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    fs::write(shelf.path("names.toml"), "[[name]\n").expect("written");
    let other = LAMP.replace("In March", "In April");
    for (name, content) in [("boat.md", BOAT), ("lamp.md", &other)] {
        operator.sends(name, content.as_bytes());
        let offer = operator.hears().await;
        let word = tap(&operator.chat(), &operator, &offer, &labels(&offer)[0]).await;
        assert!(word.text().contains("names.toml"), "{}", word.text());
    }
    assert!(!shelf.path("boat.md").exists());
    assert_eq!(shelf.read("lamp.md"), LAMP);
    let aside = fs::read_dir(shelf.path(".removed")).expect("a folder");
    assert_eq!(aside.count(), 0);
    assert!(asks(&operator, OIL).await.contains("In March"));
    stage.close().await;
}

#[tokio::test]
async fn what_cannot_be_brought_back_lies_where_it_lay() {
    let shelf = Shelf::with(&[("lamp.md", LAMP), ("boat.md", BOAT)]);
    let aside = shelf.library.remove("boat".to_owned(), 7).await;
    let aside = aside.expect("it is removed");
    let entry = shelf.path("").join(&aside);
    let another = shelf.path("boat/article.md");
    fs::create_dir(shelf.path("boat")).expect("made");
    fs::write(&another, BOAT).expect("written");
    for _ in 0..2 {
        let refused = shelf.library.restore(aside.clone()).await;
        let refused = refused.expect_err("two of a name").to_string();
        assert!(refused.contains("two articles are named"), "{refused}");
        assert!(entry.exists() && !shelf.path("boat.md").exists());
    }
    fs::remove_dir_all(shelf.path("boat")).expect("removed");
    let restored = shelf.library.restore(aside.clone()).await;
    assert_eq!(restored.expect("it is back"), "boat");
    // What is back already stays, though the library is refused.
    fs::write(shelf.path("names.toml"), "[[name]\n").expect("written");
    assert!(shelf.library.restore(aside).await.is_err());
    assert!(shelf.path("boat.md").exists());
}

#[tokio::test]
async fn the_library_is_listed_and_an_article_goes_and_comes_back() {
    let shelf = Shelf::with(&[
        ("lamp/lamp.md", LAMP),
        ("lamp/guide.toml", GUIDE),
        ("boat.md", BOAT),
    ]);
    let (stage, operator) = shelf.serves().await;
    let chat = operator.chat();
    operator.writes("/library");
    let list = operator.hears().await;
    let words = bare(list.text());
    for line in [
        "• The lamp · 2 passages · with a guide",
        "• The boat · 2 passages · no guide",
    ] {
        assert!(words.contains(line), "{line} in {words}");
    }
    let asked = tap(&chat, &operator, &list, "The lamp").await;
    assert!(asked.text().contains("Take"), "{}", asked.text());
    let back = tap(&chat, &operator, &list, label(Label::Cancel)).await;
    assert_eq!(back.text(), list.text());
    tap(&chat, &operator, &list, "The lamp").await;
    let gone = tap(&chat, &operator, &list, label(Label::Remove)).await;
    assert!(
        bare(gone.text()).ends_with("in .removed/1-lamp"),
        "{}",
        gone.text()
    );
    assert!(shelf.path(".removed/1-lamp/guide.toml").exists());
    assert_eq!(shelf.opened_anew().articles().len(), 1);
    // Nobody can be left without any article.
    operator.writes("/library");
    let rest = operator.hears().await;
    tap(&chat, &operator, &rest, "The boat").await;
    let kept = tap(&chat, &operator, &rest, label(Label::Remove)).await;
    assert!(kept.text().contains("no article here"), "{}", kept.text());
    assert_eq!(shelf.read("boat.md"), BOAT);
    let back = tap(&chat, &operator, &list, label(Label::Undo)).await;
    assert_eq!(back.text(), wording::restored(Language::English));
    assert_eq!(shelf.read("lamp/guide.toml"), GUIDE);
    assert_eq!(shelf.library.current().articles().len(), 2);
    stage.close().await;
}

#[tokio::test]
async fn a_file_that_is_edited_is_taken_in_and_a_broken_one_is_not() {
    let shelf = Shelf::with(&[("lamp/lamp.md", LAMP), ("lamp/guide.toml", GUIDE)]);
    let (stage, operator) = shelf.serves().await;
    let watching = shelf.library.clone();
    let watching = tokio::spawn(async move { watching.watch().await });
    let sara = stage.sandbox.person("Sara").speaking("en");
    // A bot writes to nobody first.
    assert!(asks(&operator, "/library").await.contains("The lamp"));
    let mut changes = shelf.library.changes();
    changes.mark_unchanged();
    // As editors save: another file, moved into its place.
    let other = GUIDE.replace("\"fuel\"", "\"oil\"");
    fs::write(shelf.path("lamp/guide.toml~"), other).expect("written");
    fs::rename(
        shelf.path("lamp/guide.toml~"),
        shelf.path("lamp/guide.toml"),
    )
    .expect("moved");
    within(changes.changed()).await.expect("it serves");
    let unknown = asks(&sara, "/nothing").await;
    assert_eq!(asks(&sara, "/fuel").await, unknown);
    assert!(asks(&sara, "/oil").await.contains("In March the oil"));
    until(|| menus(&stage.sandbox).contains(&"oil".to_owned())).await;
    // The menu is set anew for everybody; nobody is offered what is gone.
    until(|| !menus(&stage.sandbox).contains(&"fuel".to_owned())).await;

    fs::write(shelf.path("lamp/guide.toml"), "[[passage]]\ntext = 7\n").expect("written");
    let told = operator.hears().await;
    assert!(told.text().contains("guide.toml:2"), "{}", told.text());
    assert!(asks(&sara, "/oil").await.contains("In March the oil"));
    operator.writes("/reload");
    let again = operator.hears().await;
    assert!(again.text().contains("guide.toml:2"), "{}", again.text());

    changes.mark_unchanged();
    fs::write(shelf.path("lamp/guide.toml"), GUIDE).expect("written");
    within(changes.changed()).await.expect("it serves");
    assert!(asks(&sara, "/fuel").await.contains("In March the oil"));
    operator.hears_nothing().await;
    watching.abort();
    stage.close().await;
}

async fn within<T>(what: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(20), what).await;
    done.expect("it happens in time")
}

async fn until(is_so: impl Fn() -> bool) {
    within(async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// The commands of the menus that were set last, one a scope and language.
fn menus(sandbox: &Sandbox) -> Vec<String> {
    let mut last = std::collections::BTreeMap::new();
    for request in sandbox.requests_of("setMyCommands") {
        let of = format!(
            "{} {}",
            request.params["scope"], request.params["language_code"]
        );
        last.insert(of, request.params["commands"].clone());
    }
    let commands = last.values().filter_map(|it| it.as_array()).flatten();
    let names = commands.filter_map(|it| it["command"].as_str());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn reload_is_an_operators_word() {
    let shelf = Shelf::with(&[("lamp.md", LAMP)]);
    let (stage, operator) = shelf.serves().await;
    operator.writes("/reload");
    let none = operator.hears().await;
    assert!(none.text().contains("Nothing in the library has changed"));
    fs::write(shelf.path("boat.md"), BOAT).expect("written");
    operator.writes("/reload");
    let done = operator.hears().await;
    assert_eq!(
        done.text(),
        "The library is loaded anew.\nArticles: 2 · 4 passages"
    );
    let menu = stage.sandbox.requests_of("setMyCommands");
    let own = menu
        .iter()
        .find(|it| it.params["scope"]["chat_id"] == operator.id());
    assert!(
        own.expect("a menu")
            .params
            .to_string()
            .contains("\"reload\"")
    );
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_asked_it_changes_and_no_answer_is_of_two_versions() {
    let version = |n: usize| {
        format!("The beacon shone red in year {n}00.\n\nThe beacon turned slowly in year {n}00.\n")
    };
    let shelf = Shelf::with(&[("beacon.md", &version(1))]);
    let (stage, operator) = shelf.serves().await;
    let people: Vec<Person> = (0..6)
        .map(|n| stage.sandbox.person(&format!("Reader {n}")).speaking("en"))
        .collect();
    for n in 2..=4 {
        fs::write(shelf.path("beacon.md"), version(n)).expect("written");
        operator.writes("/reload");
        for person in &people {
            person.writes("The beacon: how did it turn and shine in that year?");
        }
        for person in &people {
            let answer = person.hears().await;
            let versions: Vec<bool> = [n - 1, n]
                .map(|n| answer.text().contains(&format!("year {n}00")))
                .into();
            assert_eq!(
                versions.iter().filter(|it| **it).count(),
                1,
                "{}",
                answer.text()
            );
        }
        let done = operator.hears().await;
        assert!(done.text().contains("loaded anew"), "{}", done.text());
    }
    let last = asks(
        &people[0],
        "The beacon: how did it turn and shine in that year?",
    )
    .await;
    assert!(last.contains("year 400"), "{last}");
    stage.close().await;
}

#[tokio::test]
async fn a_chat_that_is_bound_to_an_article_hears_of_no_other() {
    let shelf = Shelf::with(&[
        ("lamp/lamp.md", LAMP),
        ("lamp/guide.toml", GUIDE),
        ("boat/boat.md", BOAT),
        ("boat/guide.toml", BOAT_GUIDE),
    ]);
    let (stage, operator) = shelf.serves().await;
    let group = stage.sandbox.supergroup("Sailors");
    let (admin, sara) = (
        stage.sandbox.person("Omar").speaking("en"),
        stage.sandbox.person("Sara").speaking("en"),
    );
    group.puts(&admin, Standing::Administrator);
    group.puts(&sara, Standing::Member);
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    assert!(labels(&panel).contains(&"Articles: all".to_owned()));
    let choice = tap(&group, &admin, &panel, "Articles").await;
    assert_eq!(labels(&choice), ["✓ all", "The boat", "The lamp", "Back"]);
    let by_member = group.taps(&sara, &choice, choice.buttons()[1].text());
    assert_eq!(
        by_member.answer().await["text"],
        Toast::AdminsOnly.text(Language::English)
    );
    let choice = tap(&group, &admin, &panel, "The boat").await;
    assert_eq!(labels(&choice), ["all", "✓ The boat", "The lamp", "Back"]);
    let back = tap(&group, &admin, &panel, "Back").await;
    assert!(labels(&back).contains(&"Articles: 1 of 2".to_owned()));

    group.says(&sara, &format!("/ask {CANDLES}"));
    let none = group.hears().await;
    assert!(!none.text().contains("In March"), "{}", none.text());
    group.says(&sara, &format!("/ask {FLOUR}"));
    assert!(group.hears().await.text().contains("brought flour"));
    group.says(&sara, "/article");
    let about = bare(group.hears().await.text());
    assert!(
        about.contains("The boat") && !about.contains("The lamp"),
        "{about}"
    );
    group.says(&sara, "/topics");
    let topics = group.hears().await;
    assert_eq!(labels(&topics), ["The boat"]);
    group.says(&sara, "/fuel");
    let fuel = group.hears().await;
    assert!(!fuel.text().contains("In March"), "{}", fuel.text());
    // Elsewhere all is as before.
    assert!(asks(&sara, CANDLES).await.contains("In March"));

    // The article goes: the others answer, and the administrator can see why.
    fs::remove_dir_all(shelf.path("boat")).expect("removed");
    operator.writes("/reload");
    operator.hears().await;
    group.says(&sara, &format!("/ask {CANDLES}"));
    assert!(group.hears().await.text().contains("In March"));
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    assert!(
        labels(&panel).contains(&"Articles: all · ⚠ 1 gone".to_owned()),
        "{:?}",
        labels(&panel)
    );
    let choice = tap(&group, &admin, &panel, "Articles").await;
    assert!(choice.text().contains("I answer from all articles"));
    let choice = tap(&group, &admin, &panel, "✗").await;
    assert_eq!(labels(&choice), ["✓ all", "The lamp", "Back"]);
    stage.close().await;
}

#[tokio::test]
async fn what_is_chosen_in_a_direct_message_holds_for_what_is_typed_there() {
    let shelf = Shelf::with(&[("lamp.md", LAMP), ("boat.md", BOAT)]);
    let (stage, _) = shelf.serves().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    let chat = sara.chat();
    sara.writes("/settings");
    let panel = sara.hears().await;
    tap(&chat, &sara, &panel, "Articles").await;
    tap(&chat, &sara, &panel, "The boat").await;
    let titles = async |chat_type: &str, words: &str| {
        let answer = sara.asks_inline_in(chat_type, words, "").answer().await;
        let results = answer["results"].as_array().cloned().unwrap_or_default();
        results
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(titles("supergroup", "oil").await.contains("In March"));
    assert!(!titles("sender", "oil").await.contains("In March"));
    assert!(titles("sender", "").await.contains("The boat"));
    assert!(!titles("sender", "").await.contains("The lamp"));
    stage.close().await;
}

#[tokio::test]
async fn many_articles_are_chosen_page_by_page() {
    let files: Vec<(String, String)> = (10..30)
        .map(|n| {
            (
                format!("a{n}.md"),
                format!("# Article {n}\n\nWords of {n}.\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let shelf = Shelf::with(&files);
    let (stage, operator) = shelf.serves().await;
    let chat = operator.chat();
    operator.writes("/settings");
    let panel = operator.hears().await;
    tap(&chat, &operator, &panel, "Articles").await;
    tap(&chat, &operator, &panel, "▶").await;
    let page = tap(&chat, &operator, &panel, "Article 25").await;
    assert_eq!(
        labels(&page)
            .iter()
            .filter(|it| it.starts_with('✓'))
            .count(),
        1
    );
    assert!(labels(&page).contains(&"✓ Article 25".to_owned()));
    let end = tap(&chat, &operator, &panel, "▶").await;
    assert!(labels(&end).contains(&"Article 29".to_owned()));
    assert!(labels(&end).contains(&"◀".to_owned()) && !labels(&end).contains(&"▶".to_owned()));
    operator.writes("/library");
    let list = operator.hears().await;
    let list = tap(&chat, &operator, &list, "▶").await;
    assert!(
        bare(list.text()).contains("• Article 25"),
        "{}",
        list.text()
    );
    stage.close().await;
}

#[tokio::test]
async fn quotes_of_several_articles_stand_together_each_with_its_source() {
    let shelf = Shelf::with(&[
        (
            "north.md",
            "---\ntitle: The north tower\n---\nThe keeper of the tower repaired the lens in winter.\n",
        ),
        (
            "south.md",
            "---\ntitle: The south tower\n---\nThe keeper of the tower repaired the lens in summer.\n",
        ),
    ]);
    let (stage, _) = shelf.serves().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    let answer = asks(&sara, "When did the keeper of the tower repair the lens?").await;
    for part in [
        "in winter",
        "in summer",
        "The north tower",
        "The south tower",
    ] {
        assert!(answer.contains(part), "{part} in {answer}");
    }
    stage.close().await;
}

#[tokio::test]
async fn what_operators_change_elsewhere_is_made_here_once() {
    let shelf = Shelf::with(&[("lamp/lamp.md", LAMP), ("lamp/guide.toml", GUIDE)]);
    let change = |number, article: &str, deed| Change {
        number,
        article: article.to_owned(),
        deed,
    };
    let sent = |number, text: &str| {
        let name = FileName::read("boat.md").expect("a name");
        let text = text.to_owned();
        Some(Sent { number, name, text })
    };
    let lacks = async |change: &Change| {
        let lacks = shelf.library.lacks(vec![change.clone()]).await;
        !lacks.expect("it has a folder").is_empty()
    };
    let back = |number| Deed::Restored(format!(".removed/{number}").into());
    for (change, sent, there) in [
        (
            change(7, "boat", Deed::Installed),
            sent(7, BOAT),
            ["boat.md", "lamp/lamp.md"],
        ),
        (
            change(9, "lamp", Deed::Removed),
            None,
            ["boat.md", ".removed/9-lamp/guide.toml"],
        ),
        (
            change(11, "lamp", back("9-lamp")),
            None,
            ["boat.md", "lamp/guide.toml"],
        ),
        (
            change(13, "boat", Deed::Removed),
            sent(7, BOAT),
            [".removed/13-boat.md", "lamp/lamp.md"],
        ),
        // It was aside in another folder.
        (
            change(15, "boat", back("14-boat.md")),
            sent(7, BOAT),
            ["boat.md", "lamp/lamp.md"],
        ),
    ] {
        assert!(lacks(&change).await, "{change:?}");
        for _ in 0..2 {
            let made = shelf.library.follow(change.clone(), sent.clone()).await;
            made.unwrap_or_else(|error| panic!("{change:?}: {error}"));
            for file in there {
                assert!(shelf.path(file).exists(), "{change:?}: no {file}");
            }
        }
        assert!(!lacks(&change).await, "{change:?}");
    }
    for (change, sent) in [
        (
            change(17, "boat", Deed::Installed),
            sent(17, "---\ntitle: A\n"),
        ),
        (change(17, "mast", back("1-mast.md")), None),
    ] {
        let refused = shelf.library.follow(change.clone(), sent).await;
        assert!(refused.is_err() && lacks(&change).await, "{change:?}");
    }
    assert_eq!(shelf.read("boat.md"), BOAT);
    assert_eq!(shelf.library.current().articles().len(), 2);
}

#[tokio::test]
async fn what_was_sent_before_an_article_went_or_came_back_is_made_up_for() {
    let edited = BOAT.replace("flour", "salt");
    let installed = [(5, Deed::Installed)];
    let removed = [(7, Deed::Removed)];
    let restored = [(9, Deed::Restored(".removed/7-boat.md".into()))];
    for (seen, wanted) in [
        ([&installed[..], &removed, &restored].concat(), &edited),
        ([&installed[..], &restored].concat(), &edited),
        ([&removed[..], &restored].concat(), &BOAT.to_owned()),
        (restored.to_vec(), &BOAT.to_owned()),
    ] {
        let old = BOAT.replace("Tuesday", "Monday");
        let shelf = Shelf::with(&[("lamp.md", LAMP), ("boat.md", &old)]);
        for (number, deed) in seen.clone() {
            let is_first = deed == Deed::Installed;
            let change = Change {
                number,
                article: "boat".to_owned(),
                deed,
            };
            let sent = Sent {
                number: 5,
                name: FileName::read("boat.md").expect("a name"),
                text: BOAT.to_owned(),
            };
            let made = shelf.library.follow(change, Some(sent)).await;
            made.unwrap_or_else(|error| panic!("{seen:?}: {error}"));
            if is_first {
                fs::write(shelf.path("boat.md"), &edited).expect("an edit by hand");
            }
        }
        assert_eq!(shelf.read("boat.md"), *wanted, "{seen:?}");
    }
}
