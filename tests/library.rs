//! Libraries as operators make them: what is taken in, what is refused, and when the segments are
//! built, opened again, and built anew.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use iqtibas::analysis::{self, Language};
use iqtibas::answer::Quote;
use iqtibas::article::Article;
use iqtibas::bot::{self, Call, Effect, Event, Known, Me, Remembered, Settings};
use iqtibas::evaluation::{Case, Kind};
use iqtibas::guide::Guide;
use iqtibas::library::{Context, Files, Library, LibraryError, Scope, Subject};
use serde_json::json;
use tempfile::TempDir;

const SWAN: &str =
    "البجعة السوداء حدث نادر لا يتوقعه أحد.\nوانخفض سهم الشركة عشرة بالمئة يوم الاثنين.\n";

/// A file's name in a library, and its content.
type File<'f> = (&'f str, &'f [u8]);

/// A library with these files. Its tables are its own and nearly empty, so that it is built at once.
fn library(files: &[File<'_>]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let tables: [File<'_>; 4] = [
        ("names.toml", b""),
        ("smalltalk.toml", b""),
        ("lexicon/en.tsv", b""),
        ("lexicon/zh.tsv", b""),
    ];
    for (name, content) in tables.iter().chain(files) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, content).expect("a file is written");
    }
    dir
}

fn segments(dir: &TempDir) -> PathBuf {
    dir.path().join("segments")
}

fn open(dir: &TempDir) -> Result<Library, LibraryError> {
    Library::open(dir.path(), &segments(dir))
}

/// Opens a library that must open, and says whether it was built, and what was logged meanwhile.
fn reopen(dir: &Path, segments: &Path) -> (Library, bool, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let library = tracing::subscriber::with_default(subscriber, || Library::open(dir, segments))
        .expect("the library opens");
    let built = library.built().is_some();
    (library, built, log.text())
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panics").clone()).expect("a log is text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics").extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The words of the best quote for a question.
fn quoted(library: &Library, question: &str) -> Option<String> {
    let answer = library
        .answer(&library.question(question), Context::default())
        .expect("the segments can be read");
    answer.quotes.first().map(|quote| quote.text().to_owned())
}

/// Every file of the segments.
fn segment_files(segments: &Path) -> Vec<PathBuf> {
    let home = fs::read_dir(segments)
        .expect("segments were built")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.is_dir())
        .expect("a folder of segments");
    let mut files: Vec<PathBuf> = fs::read_dir(home)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        .collect();
    files.sort();
    files
}

fn ids(library: &Library) -> Vec<&str> {
    library.articles().iter().map(Article::id).collect()
}

#[test]
fn segments_are_built_at_first_use_and_opened_after() {
    let dir = library(&[("swan.md", SWAN.as_bytes())]);
    let (_, built, _) = reopen(dir.path(), &segments(&dir));
    assert!(built);
    let (library, built, log) = reopen(dir.path(), &segments(&dir));
    assert!(!built);
    assert_eq!(log, "");
    let quote = quoted(&library, "كم انخفض سهم الشركة؟").expect("the article says it");
    assert_eq!(quote, "وانخفض سهم الشركة عشرة بالمئة يوم الاثنين.");
}

#[test]
fn segments_are_built_anew_when_the_article_its_guide_or_a_table_changes() {
    let dir = library(&[("swan/article.md", SWAN.as_bytes())]);
    let path = |name: &str| dir.path().join(name);
    assert!(reopen(dir.path(), &segments(&dir)).1);
    let guide = "[[passage]]\ntext = '''البجعة السوداء حدث نادر لا يتوقعه أحد.'''\nquestions.en = '''what is a swan'''\n";
    let changes = [
        ("swan/article.md", format!("{SWAN}وهذا سطر جديد.\n")),
        ("swan/guide.toml", guide.to_owned()),
        ("smalltalk.toml", "en = 'hello'\n".to_owned()),
        ("lexicon/en.tsv", "swan\tبجعة\n".to_owned()),
    ];
    for (file, content) in changes {
        fs::write(path(file), content).expect("a file is written");
        assert!(reopen(dir.path(), &segments(&dir)).1, "{file} changed");
        assert!(
            !reopen(dir.path(), &segments(&dir)).1,
            "{file} did not change again"
        );
    }
    let states = fs::read_dir(segments(&dir)).expect("segments").count();
    assert_eq!(states, 1, "earlier states are removed");
}

#[test]
fn of_words_that_stand_twice_the_longer_paragraph_is_quoted_as_surely() {
    let short = "البجعة السوداء حدث نادر لا يتوقعه أحد.";
    let long = format!("{short} وقد وقع في عام 2008.");
    let dir = library(&[("swan.md", format!("{short}\n{long}\n").as_bytes())]);
    let library = open(&dir).expect("the library opens");
    let answer = library
        .answer(
            &library.question("ما هي البجعة السوداء"),
            Context::default(),
        )
        .expect("the segments can be read");
    let texts: Vec<&str> = answer.quotes.iter().map(Quote::text).collect();
    assert_eq!(texts, [long.as_str()]);
    let whole = answer.quotes[0].score() + answer.why.silence;
    assert!(whole > 0.99, "no share of it is lost: {whole}");
}

#[test]
fn segments_that_were_cut_or_overwritten_are_built_anew_with_a_warning() {
    let dir = library(&[("swan.md", SWAN.as_bytes())]);
    drop(open(&dir).expect("the library opens"));
    let count = segment_files(&segments(&dir)).len();
    assert!(count > 5, "{count}");
    for at in 0..count {
        for cut in [true, false] {
            let files = segment_files(&segments(&dir));
            let file = &files[at];
            if file.file_name().is_some_and(|name| name == ".managed.json") {
                continue; // tantivy's own list for collecting garbage: reading does not need it
            }
            let whole = fs::read(file).expect("a file of the segments");
            let broken = if cut {
                whole[..whole.len() / 2].to_vec()
            } else {
                vec![b'x'; whole.len()]
            };
            fs::write(file, broken).expect("a file is overwritten");
            let (library, built, log) = reopen(dir.path(), &segments(&dir));
            assert!(built, "{} (cut: {cut}) went unnoticed", file.display());
            assert!(log.contains("WARN"), "{log}");
            assert!(quoted(&library, "كم انخفض سهم الشركة؟").is_some());
        }
    }
}

#[test]
fn an_article_that_is_replaced_leaves_an_open_library_as_it_was() {
    let dir = library(&[("swan.md", SWAN.as_bytes())]);
    let before = open(&dir).expect("it opens");
    let question = "كم انخفض سهم الشركة؟";
    let quote = quoted(&before, question).expect("a quote");
    let other = "ارتفع سهم الشركة في يوم آخر.\nوسطر بعده.\n";
    fs::write(dir.path().join("swan.md"), other).expect("a file is written");
    // Its quotes are of one text, while it is built anew and after.
    let after = open(&dir).expect("it opens");
    assert_eq!(quoted(&before, question), Some(quote));
    let now = quoted(&after, question).expect("a quote");
    assert!(other.contains(&now), "{now}");
    fs::remove_dir_all(segments(&dir)).expect("removed");
    assert!(quoted(&before, question).is_some());
}

#[test]
fn what_others_keep_beside_the_segments_is_left_alone() {
    let dir = library(&[("swan.md", SWAN.as_bytes())]);
    let foreign = [
        "notes.txt",
        "1-backup/x",
        "my-photos-of-2024/x",
        "2-not-sixteen-digits/x",
    ];
    for name in foreign {
        let path = segments(&dir).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, "mine").expect("a file is written");
    }
    assert!(reopen(dir.path(), &segments(&dir)).1);
    fs::write(dir.path().join("swan.md"), format!("{SWAN}وسطر.\n")).expect("a file is written");
    assert!(reopen(dir.path(), &segments(&dir)).1);
    for name in foreign {
        let left = fs::read_to_string(segments(&dir).join(name));
        assert_eq!(left.ok().as_deref(), Some("mine"), "{name}");
    }
}

#[test]
fn where_segments_cannot_be_written_they_are_kept_in_memory() {
    let dir = library(&[("swan.md", SWAN.as_bytes()), ("file.bin", b"")]);
    // Below a file nobody can make a folder, not even root.
    let segments = dir.path().join("file.bin").join("segments");
    let (library, built, log) = reopen(dir.path(), &segments);
    assert!(built);
    assert!(log.contains("keeping them in memory"), "{log}");
    assert!(quoted(&library, "كم انخفض سهم الشركة؟").is_some());
}

#[test]
fn files_and_folders_are_articles_and_the_rest_is_not() {
    let dir = library(&[
        ("one.md", SWAN.as_bytes()),
        ("two.txt", SWAN.as_bytes()),
        ("three/article.md", SWAN.as_bytes()),
        ("three/draft.md", SWAN.as_bytes()),
        ("four/anything.txt", SWAN.as_bytes()),
        ("README.md", b"# How to write articles\n\nNot one."),
        (".hidden.md", SWAN.as_bytes()),
        ("picture.png", b"\x89PNG"),
        ("notes/list.csv", b"a,b"),
    ]);
    assert_eq!(
        ids(&open(&dir).expect("the library opens")),
        ["four", "one", "three", "two"]
    );
}

#[test]
fn what_is_wrong_with_a_library_is_said_with_the_way_out() {
    let swan = SWAN.as_bytes();
    let cases: [(&[File<'_>], &str); 6] = [
        (&[], "no article here: put a .md or .txt file into it"),
        (&[("README.md", b"Only this.")], "no article here"),
        (
            &[("a.md", swan), ("a.txt", swan)],
            "two articles are named `a`",
        ),
        (
            &[("a.md", swan), ("a/article.md", swan)],
            "two articles are named `a`",
        ),
        (
            &[("a/x.md", swan), ("a/y.md", swan)],
            "2 articles in one folder: keep one, or name it article.md",
        ),
        (
            &[("a.md", b"---\ncolour: red\n---\nText.")],
            "a.md:2: unknown key `colour`",
        ),
    ];
    for (files, wanted) in cases {
        let dir = library(files);
        let error = open(&dir).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
        assert!(!segments(&dir).exists(), "nothing is built of it");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_taken() {
    let windows = format!(
        "\u{FEFF}---\r\ntitle: عنوان\r\n---\r\n{}",
        SWAN.replace('\n', "\r\n")
    );
    let dir = library(&[("swan.md", windows.as_bytes())]);
    let library = open(&dir).expect("the library opens");
    let article = &library.articles()[0];
    assert_eq!(article.title(), "عنوان");
    assert_eq!(article.text(), SWAN.replace('\n', "\r\n"));
    let lines: Vec<&str> = article
        .passages()
        .iter()
        .map(|p| p.span().of(article.text()))
        .collect();
    assert_eq!(lines, SWAN.lines().collect::<Vec<_>>());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    let set = |name: &str| fs::read_to_string(root().join("tests/data").join(name));
    let sets = ["article-dev.jsonl", "article-second.jsonl"].map(|name| set(name).expect("a set"));
    sets.iter()
        .flat_map(|set| set.lines())
        .map(|line| serde_json::from_str(line).expect("a row of a set"))
        .collect()
}

#[test]
fn every_quote_is_the_articles_bytes_at_its_place() {
    let segments = tempfile::tempdir().expect("a folder for the test");
    let library = Library::open(&root().join("index"), segments.path()).expect("the library opens");
    let file = fs::read(root().join("index/deepseek/article.md")).expect("the article");
    let mut quotes = 0;
    for case in cases() {
        let answer = library
            .answer(&library.question(&case.question), Context::default())
            .expect("the segments can be read");
        for quote in &answer.quotes {
            // The text is the end of the file, after the front matter.
            let front = file.len() - quote.article().text().len();
            let place = front + quote.span().start()..front + quote.span().end();
            assert_eq!(quote.text().as_bytes(), &file[place], "{}", case.id);
            quotes += 1;
        }
    }
    assert!(quotes > 100, "{quotes}");
}

/// Two messages with this in common are one question. Emoji and the like have nothing to compare.
fn folded(message: &str) -> Option<String> {
    let forms: Vec<String> = analysis::tokens(message)
        .into_iter()
        .map(|token| token.form)
        .collect();
    Some(forms.join(" ")).filter(|forms| !forms.is_empty())
}

#[test]
fn the_guide_does_not_hold_the_questions_it_is_measured_by() {
    let index = root().join("index");
    let files = Files::read(&index, &index.join("segments")).expect("the library is valid");
    let written: HashSet<String> = files
        .guides
        .iter()
        .flat_map(Guide::examples)
        .filter_map(|example| folded(&example.question))
        .collect();
    assert!(written.len() > 1000, "{}", written.len());
    let talk = fs::read_to_string(index.join("smalltalk.toml")).expect("the table of small talk");
    let talk: HashSet<String> = talk.lines().filter_map(folded).collect();
    for case in cases() {
        let Some(question) = folded(&case.question) else {
            continue;
        };
        assert!(
            !written.contains(&question),
            "{} stands in the guide",
            case.id
        );
        // A greeting is a greeting, in the set as in the table.
        let known = talk.contains(&question) && case.kind != Kind::Chitchat;
        assert!(!known, "{} stands among small talk", case.id);
    }
}

/// Each subject's title and how many passages it has.
fn subjects(library: &Library) -> Vec<(String, usize)> {
    let subjects = library.subjects();
    let shown = |it: &Subject<'_>| (it.title(Language::English).to_owned(), it.passages().len());
    subjects.iter().map(shown).collect()
}

#[test]
fn an_article_is_read_by_topics_or_by_headings_or_whole() {
    let headed = "Before.\n# One\nA.\nB.\n# Two\nC.\n";
    let topic = "[[topic]]\ntitle = { ar = 'ع', en = 'Last', zh = '末' }\npassages.p6 = 'C'\n";
    let dir = library(&[
        (
            "by-heading.md",
            format!("---\ntitle: Headed\n---\n{headed}").as_bytes(),
        ),
        ("by-topic/article.md", headed.as_bytes()),
        ("by-topic/guide.toml", topic.as_bytes()),
        ("whole.md", b"---\ntitle: Plain\n---\nA.\nB.\n"),
    ]);
    let library = open(&dir).expect("it opens");
    assert_eq!(
        subjects(&library),
        [
            ("Headed", 1),
            ("One", 2),
            ("Two", 1),
            ("Last", 1),
            ("Plain", 2)
        ]
        .map(|(title, passages)| (title.to_owned(), passages))
    );
    let mut keys: Vec<u64> = library.subjects().iter().map(Subject::key).collect();
    for key in &keys {
        assert_eq!(
            library.subject_by_key(*key).map(|subject| subject.key()),
            Some(*key)
        );
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 5, "no two subjects have one key");
}

#[test]
fn a_link_names_the_article_where_there_are_several() {
    let dir = library(&[
        ("a_b.md", b"One.\nTwo."),
        ("\u{645}\u{642}\u{627}\u{644}.md", SWAN.as_bytes()),
    ]);
    let library = open(&dir).expect("it opens");
    for article in 0..2 {
        let link = library.link(article, 1).expect("a passage");
        let usual = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        assert!(link.len() <= 64 && link.bytes().all(usual), "{link}");
        assert_eq!(library.linked(&link), Some((article, 1)));
    }
    assert_eq!(library.link(0, 0).as_deref(), Some("a_b_p1"));
    for wrong in ["p1", "a_p1", "a_b_p9", "a_b", "_p1", ""] {
        assert_eq!(library.linked(wrong), None, "{wrong}");
    }
    assert_eq!(library.link(0, 9), None);
}

#[test]
fn within_a_scope_it_is_as_if_there_were_no_other_articles() {
    let (lamp, boat) = (
        "The lamp was lit at six by the keeper.\n",
        "The lamp of the boat was lit at seven.\n",
    );
    let both = library(&[("boat.md", boat.as_bytes()), ("lamp.md", lamp.as_bytes())]);
    let both = open(&both).expect("it opens");
    let question = both.question("When was the lamp lit?");
    let sources = |scope: &Scope| {
        let context = Context {
            scope: Some(scope),
            ..Context::default()
        };
        let answer = both.answer(&question, context).expect("it can be read");
        let found = both.find(&question, scope).expect("it can be read");
        [answer.quotes, found].map(|quotes| {
            let names = quotes.iter().map(|quote| quote.article().id().to_owned());
            names.collect::<HashSet<_>>()
        })
    };
    let named =
        |names: &[&str]| -> HashSet<String> { names.iter().map(ToString::to_string).collect() };
    let all = named(&["boat", "lamp"]);
    assert_eq!(sources(&Scope::default()), [all.clone(), all.clone()]);
    assert_eq!(
        sources(&both.scope(["lamp"])),
        [named(&["lamp"]), named(&["lamp"])]
    );
    assert_eq!(
        sources(&both.scope(["boat", "gone"])),
        [named(&["boat"]), named(&["boat"])]
    );
    assert_eq!(sources(&both.scope(["boat", "lamp"])), [all.clone(), all]);
    assert_eq!(both.scope(["gone"]), Scope::default());
    assert_eq!(both.scope([]), Scope::default());
}

#[test]
fn what_is_looked_for_is_found_wherever_it_stands() {
    let dir = library(&[(
        "a.md",
        "The lamp was lit.\nThe oil ran out.\nLamps and oil are dear.\n".as_bytes(),
    )]);
    let library = open(&dir).expect("it opens");
    let found = |words: &str| {
        let quotes = library
            .find(&library.question(words), &Scope::default())
            .expect("it can be read");
        quotes
            .iter()
            .map(|quote| quote.passage().id().to_owned())
            .collect::<HashSet<_>>()
    };
    let ids = |ids: &[&str]| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<HashSet<_>>()
    };
    assert!(found("lamp").is_superset(&ids(&["p1", "p3"])));
    assert!(found("oil").is_superset(&ids(&["p2", "p3"])));
    assert_eq!(found("zebra"), ids(&[]));
    assert_eq!(found("the"), ids(&[]));
    assert_eq!(found(""), ids(&[]));
}

/// What a tap on a button with this data leads to in a direct message.
fn tapped(library: &Library, data: &str) -> Vec<Call> {
    let update = json!({"update_id": 1, "callback_query": {
        "id": "q", "from": {"id": 5}, "data": data,
        "message": {"message_id": 7, "chat": {"id": 5, "type": "private"}},
    }});
    let me = Me {
        id: 42,
        username: "iqtibas_bot".to_owned(),
        reads_all: true,
        topics: Vec::new(),
    };
    let known = Known {
        me: &me,
        settings: &Settings::default(),
        memory: &Remembered::default(),
        now: 0,
    };
    let actions = bot::decide(&Event::read(&update), &known).into_iter();
    let effects = actions.flat_map(|action| {
        bot::respond(&action, library, &known).expect("the library can be read")
    });
    let calls = effects.filter_map(|effect| match effect {
        Effect::Call(call) => Some(call),
        _ => None,
    });
    calls.collect()
}

/// The data of the button with these words on it, if there is one.
fn button(call: &Call, words: &str) -> Option<String> {
    let rows = call.body.get("reply_markup")?["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(|row| row.as_array()).flatten();
    let button =
        buttons.find(|button| button["text"].as_str().is_some_and(|it| it.contains(words)))?;
    Some(button["callback_data"].as_str()?.to_owned())
}

#[test]
fn a_long_text_comes_in_parts_and_each_leads_to_the_next() {
    let lines: Vec<String> = (0..1200)
        .map(|at| format!("Paragraph {at} of a long text."))
        .collect();
    let dir = library(&[("long.md", lines.join("\n").as_bytes())]);
    let library = open(&dir).expect("it opens");
    let mut next = Some(format!("r1:en:w:{:016x}:0", library.whole(0).key()));
    let (mut parts, mut text) = (0, String::new());
    while let Some(data) = next {
        let calls = tapped(&library, &data);
        let [answer, part] = calls.as_slice() else {
            panic!("an answer and a part: {calls:?}");
        };
        assert_eq!(
            (answer.method.as_str(), answer.within.is_some()),
            ("answerCallbackQuery", true)
        );
        assert_eq!(part.method, "sendRichMessage");
        let plain = part.fallback.as_ref().expect("another way");
        assert_eq!(plain.method, "sendMessage");
        text += &part.body["rich_message"].to_string();
        parts += 1;
        next = button(part, "Read on");
    }
    assert!(parts >= 3, "{parts}");
    for line in &lines {
        assert_eq!(text.matches(line.as_str()).count(), 1, "{line}");
    }
}

#[test]
fn a_long_menu_is_turned_like_a_page() {
    let chapters: Vec<String> = (0..30)
        .map(|at| format!("# Chapter {at}\nText {at}.\n"))
        .collect();
    let text = chapters.concat();
    let dir = library(&[("long.md", text.as_bytes())]);
    let library = open(&dir).expect("it opens");
    let mut seen = Vec::new();
    let mut next = Some("r1:en:m::0".to_owned());
    while let Some(data) = next {
        let menu = tapped(&library, &data).pop().expect("an edit");
        assert_eq!(menu.method, "editMessageText");
        seen.extend((0..30).filter(|at| button(&menu, &format!("Chapter {at}\u{2069}")).is_some()));
        next = button(&menu, "▶");
    }
    assert_eq!(seen, (0..30).collect::<Vec<_>>());
    assert_eq!(
        button(&tapped(&library, "r1:en:m::24")[1], "◀").as_deref(),
        Some("r1:en:m::12")
    );
}

#[test]
fn who_waits_is_told_how_far_the_segments_are() {
    let dir = library(&[("a.md", b"One line.\nAnother line."), ("b.md", b"A third.")]);
    let steps = std::cell::RefCell::new(Vec::new());
    let tell = |done, of| steps.borrow_mut().push((done, of));
    Library::open_with(dir.path(), &segments(&dir), &tell).expect("the library opens");
    assert_eq!(*steps.borrow(), [(1, 3), (2, 3), (3, 3)]);
    Library::open_with(dir.path(), &segments(&dir), &tell).expect("the library opens");
    assert_eq!(steps.borrow().len(), 3, "nothing was to be built");
}

#[test]
fn the_guides_questions_come_from_many_passages_first() {
    let guide = "[[passage]]\ntext = \"One line.\"\nquestions.en = \"a?\\nb?\"\n[[passage]]\ntext = \"Two lines.\"\nquestions.en = \"c?\"\nquestions.zh = \"d?\"\n[[silence]]\ntopic = \"e\"\nquestions.en = \"e?\"\n";
    let dir = library(&[
        ("a/article.md", b"One line.\nTwo lines."),
        ("a/guide.toml", guide.as_bytes()),
    ]);
    let library = open(&dir).expect("the library opens");
    let examples: Vec<_> = library.examples(Language::English).collect();
    assert_eq!(examples, ["a?", "c?", "b?"]);
}

#[test]
fn a_thin_guide_takes_no_question_for_small_talk() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let guide = r#"
[[passage]]
text = "In March the oil ran out, and we burned candles for nine nights."
questions.en = """
what did they do when there was no oil
how long did they have only candles
"""
questions.ar = """
شو عملوا لما خلص الزيت
"""
"#;
    let article = "The lamp was lit every evening at six.\n\nIn March the oil ran out, and we burned candles for nine nights.\n";
    fs::create_dir(dir.path().join("lamp")).expect("a folder is made");
    for (name, content) in [("article.md", article), ("guide.toml", guide)] {
        fs::write(dir.path().join("lamp").join(name), content).expect("a file is written");
    }
    let library = open(&dir).expect("it opens");
    let is_small_talk = |text: &str| {
        let question = library.question(text);
        let answer = library.answer(&question, Context::default());
        answer.expect("the segments can be read").why.small_talk
    };
    for question in [
        "how tall was it",
        "who built the tower",
        "tell me about the storm",
        "when was the wall painted",
        "كم ارتفاع البرج",
        "مين بنى المنارة",
        "灯塔有多高",
    ] {
        assert!(!is_small_talk(question), "{question}");
    }
    for talk in [
        "hello hello my friends",
        "ok thanks guys",
        "صباح الخير يا شباب",
        "大家早上好",
    ] {
        assert!(is_small_talk(talk), "{talk}");
    }
}
