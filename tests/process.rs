//! The program as an operator runs it: a process of its own, with a state on disk.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use iqtibas::sandbox::{Fault, Options, Sandbox};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iqtibas");
const QUESTION: &str = "بكم انخفض سهم Nvidia؟";

/// A folder with a small article, segments and a state.
struct Home(TempDir);

/// A process that is killed when the test ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        std::fs::create_dir(home.path("library")).expect("made");
        let article = "انخفض سهم Nvidia بنسبة كبيرة في يوم واحد.\n\nالمصباح يُضاء كل مساء.\n";
        std::fs::write(home.path("library/lamp.md"), article).expect("written");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(PROGRAM);
        program
            .env_clear()
            .current_dir(self.0.path())
            .args(arguments)
            .env("IQTIBAS_LIBRARY", self.path("library"))
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped());
        program
    }

    /// The bot on a sandbox; what it logs goes to a file of that name.
    fn run(&self, sandbox: &Sandbox, log: &str, more: &[&str]) -> Process {
        let file = std::fs::File::create(self.path(log)).expect("made");
        let url = sandbox.url();
        let mut arguments = vec!["run", "--api-url", &url];
        arguments.extend(more);
        if !more.contains(&"--health") {
            arguments.extend(["--health", "127.0.0.1:0"]);
        }
        let child = self
            .program(&arguments)
            .env("TELOXIDE_TOKEN", sandbox.token())
            .stderr(file)
            .spawn();
        Process(child.expect("it starts"))
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a log")
    }

    /// A command that ends.
    fn output(&self, arguments: &[&str]) -> Output {
        let output = self.program(arguments).stderr(Stdio::piped()).output();
        output.expect("it runs")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[cfg(unix)]
fn signal(process: &Process, name: &str) {
    let id = process.0.id().to_string();
    let kill = Command::new("kill").args([name, &id]).status();
    assert!(kill.expect("kill is there").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_works_and_the_other_takes_over_when_it_dies() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let sara = sandbox.person("سارة");
    let mut first = home.run(&sandbox, "first.log", &[]);
    sara.writes(QUESTION);
    sara.hears().await;
    let _second = home.run(&sandbox, "second.log", &[]);
    until("it says that it stands by", || {
        home.log("second.log").contains("standing by")
    })
    .await;
    // The first dies with an answer in hand.
    sandbox.fail(Fault::Silence.at("sendMessage"));
    let sends = sandbox.requests_of("sendMessage").len();
    let asked = sara.writes(QUESTION);
    sandbox.request("sendMessage", sends).await.expect("a try");
    first.0.kill().expect("killed");
    first.0.wait().expect("ended");
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    sara.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_machines_with_one_token_one_works_and_the_other_takes_over_when_it_dies() {
    let options = Options {
        patience: Duration::from_secs(30),
        ..Options::default()
    };
    let sandbox = Sandbox::with(options).await.expect("a port");
    let (home, elsewhere) = (Home::new(), Home::new());
    let sara = sandbox.person("سارة");
    let mut bots = [
        home.run(&sandbox, "log", &[]),
        elsewhere.run(&sandbox, "log", &[]),
    ];
    let stands_by = || [&home, &elsewhere].map(|home| home.log("log").contains("standing by"));
    until("one stands by", || stands_by() != [false, false]).await;
    sara.writes(QUESTION);
    sara.hears().await;
    sara.hears_nothing().await;
    let standing = stands_by();
    assert!(standing == [true, false] || standing == [false, true]);
    // The one that works dies; what is asked then waits at Telegram for the other.
    let working = usize::from(standing[0]);
    bots[working].0.kill().expect("killed");
    bots[working].0.wait().expect("ended");
    let asked = sara.writes(QUESTION);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    sara.hears_nothing().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_ends_what_it_has_in_hand_and_exits_well() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let sara = sandbox.person("سارة");
    let mut bot = home.run(&sandbox, "log", &[]);
    sandbox.fail(Fault::Delay(Duration::from_millis(500)).at("sendMessage"));
    sara.writes(QUESTION);
    sandbox.request("sendMessage", 0).await.expect("a try");
    signal(&bot, "-TERM");
    assert!(bot.0.wait().expect("ended").success());
    sara.hears().await;
    assert_eq!(sandbox.pending(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_at_any_level_shows_the_token_or_a_text() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    for fault in [Fault::CloseBefore, Fault::CutBody, Fault::BadGateway] {
        for method in ["getMe", "getUpdates", "sendMessage"] {
            sandbox.fail(fault.clone().at(method));
        }
    }
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    let bot = home.run(&sandbox, "log", &[]);
    sara.hears().await;
    drop(bot);
    let log = home.log("log");
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
    for secret in [sandbox.token().as_str(), "سهم", "سارة"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_ends_it_with_a_clear_word() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    sandbox.fail(Fault::Unauthorized.at("getMe").always());
    let mut bot = home.run(&sandbox, "log", &[]);
    let status = bot.0.wait().expect("ended");
    assert_eq!(status.code(), Some(1));
    let log = home.log("log");
    assert!(log.contains("Telegram refuses the token"), "{log}");
    assert!(!log.contains(&sandbox.token()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_listed_tried_again_dropped_and_copied() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let none = home.output(&["state"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("--state"), "{none:?}");
    let sara = sandbox.person("سارة");
    let refusal = Fault::Refuse {
        code: 400,
        description: "Bad Request: on purpose".to_owned(),
    };
    sandbox.fail(refusal.at("sendMessage").times(2));
    let bot = home.run(&sandbox, "log", &[]);
    sara.writes(QUESTION);
    sara.writes(QUESTION);
    let dead = |count: &str| text(&home.output(&["state"]).stdout).contains(count);
    until("two are dead", || dead("dead: 2")).await;
    let listed = text(&home.output(&["state"]).stdout);
    let names: Vec<&str> = listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names.len(), 2, "{listed}");
    assert!(!listed.contains("Nvidia"), "{listed}");
    assert!(home.output(&["state", "drop", names[0]]).status.success());
    assert!(home.output(&["state", "retry", names[1]]).status.success());
    assert!(!home.output(&["state", "retry", "out:999"]).status.success());
    assert!(home.output(&["backup", "copy.db"]).status.success());
    assert!(!home.output(&["backup", "copy.db"]).status.success());
    // The next process tries again at once.
    drop(bot);
    let _bot = home.run(&sandbox, "log", &[]);
    sara.hears().await;
    until("nothing is left", || dead("dead: 0")).await;
    let copy = home.output(&["state", "--state", "copy.db", "--key-file", "iqtibas.key"]);
    assert!(text(&copy.stdout).contains("to be sent: 1"), "{copy:?}");
}

/// A port of loopback that nobody uses just now.
fn free_address() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").to_string()
}

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("a client")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_articles_are_served_for_everybody_and_an_answer_leads_there() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let (reader, health) = (free_address(), free_address());
    let public = format!("http://{reader}");
    let options = [
        "--reader",
        &reader,
        "--public-url",
        &public,
        "--health",
        &health,
    ];
    let _bot = home.run(&sandbox, "log", &options);
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    let answer = sara.hears().await;
    let buttons = answer.buttons();
    let place = buttons.iter().find_map(|it| it.json()["url"].as_str());
    let place = place.expect("a button that leads to the place").to_owned();
    assert_eq!(place, format!("http://{reader}/read/lamp/#p1"));
    let client = client();
    let get = async |url: &str| {
        let answer = client.get(url).send().await.expect("an answer");
        let policy = answer.headers().get("content-security-policy").cloned();
        let status = answer.status().as_u16();
        (status, policy, answer.text().await.expect("text"))
    };
    let (status, policy, page) = get(&place).await;
    let policy = policy.expect("a policy");
    assert_eq!(status, 200);
    assert!(
        policy
            .to_str()
            .is_ok_and(|it| it.starts_with("default-src 'none'"))
    );
    assert!(page.contains("id=\"p1\""), "{page}");
    assert!(
        page.contains("quoted-3"),
        "what was quoted is marked: {page}"
    );
    let (_, _, found) = get(&format!("http://{reader}/read/lamp?q={QUESTION}")).await;
    assert!(found.contains("href=\"../../read/lamp/#p1\""), "{found}");
    assert_eq!(get(&format!("http://{reader}/")).await.0, 200);
    for private in ["healthz", "metrics"] {
        assert_eq!(get(&format!("http://{reader}/{private}")).await.0, 404);
    }
    assert_eq!(get(&format!("http://{health}/read/")).await.0, 404);
    // The same pages as files, with the same marks, while the bot runs.
    let written = home.output(&["export", "site", "--state", "iqtibas.db"]);
    assert!(written.status.success(), "{}", text(&written.stderr));
    let page = std::fs::read_to_string(home.path("site/read/lamp/index.html"));
    assert!(page.expect("a page").contains("quoted-3"));
}

#[test]
fn an_address_that_cannot_serve_is_refused_at_the_start_with_the_way_out() {
    let home = Home::new();
    for url in [
        "example.org",
        "http://localhost/",
        "https://example.org/?a=b",
    ] {
        let refused = home.output(&["run", "--public-url", url]);
        let words = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{words}");
        for part in ["--public-url", url, "https://example.org/articles"] {
            assert!(words.contains(part), "{part} in {words}");
        }
    }
    std::fs::write(home.path("token"), "1:A\n").expect("written");
    let (token, same) = (["run", "--token-file", "token"], "127.0.0.1:19464");
    let refused = home.output(&[&token[..], &["--reader", same, "--health", same]].concat());
    let words = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{words}");
    assert!(words.contains("--reader 127.0.0.1:19464"), "{words}");
    assert!(words.contains("choose another port"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_it_is_and_what_it_did_can_be_read() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let address = free_address();
    let _bot = home.run(&sandbox, "log", &["--health", &address]);
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    sara.hears().await;
    let client = client();
    let get = async |page: &str| {
        let answer = client.get(format!("http://{address}/{page}")).send().await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    assert_eq!(get("healthz").await.0, 200);
    // What was sent is counted once Telegram has said so, which is after it is heard.
    let counted = async {
        while !get("metrics").await.1.contains("iqtibas_sent_total 1") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let counted = tokio::time::timeout(Duration::from_secs(20), counted).await;
    counted.expect("it is counted");
    let (_, figures) = get("metrics").await;
    for series in [
        r#"iqtibas_questions_total{verdict="answer",language="ar"} 1"#,
        "iqtibas_sent_total 1",
        "iqtibas_updates_total 1",
        "iqtibas_library_articles 1",
        r#"iqtibas_rebuilds_total{outcome="built"} 1"#,
    ] {
        assert!(figures.contains(series), "{series} in {figures}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_article_serves_at_once_and_a_broken_one_is_told_to_the_operators() {
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let operators = [sandbox.person("أمل"), sandbox.person("Omar")];
    let [one, two] = operators.each_ref().map(|it| it.id().to_string());
    for operator in &operators {
        operator.writes("/help");
    }
    let several = format!("7,{one}");
    let arguments = ["--operator", &several, "--operator", &two];
    let mut bot = home.run(&sandbox, "log", &arguments);
    for operator in &operators {
        operator.hears().await;
    }
    let sara = sandbox.person("سارة");
    let ask = async |wanted: &str| {
        sara.writes(QUESTION);
        let answer = sara.hears().await;
        answer.text().contains(wanted)
    };
    assert!(ask("بنسبة كبيرة").await);
    let article = home.path("library/lamp.md");
    let write = |content: &str| std::fs::write(&article, content).expect("written");
    let logged = |words: &str| home.log("log").matches(words).count();

    write("انخفض سهم Nvidia قليلا ثم عاد.\n");
    until("the edit serves", || logged("another library serves") == 1).await;
    assert!(ask("قليلا").await);

    write("---\ntitle: A\nانخفض سهم Nvidia.\n");
    for operator in &operators {
        let told = operator.hears().await;
        assert!(told.text().contains("lamp.md"), "{}", told.text());
    }
    until("it is in the log", || logged("lamp.md:") > 0).await;
    assert!(ask("قليلا").await);

    signal(&bot, "-HUP");
    until("it is heard", || {
        logged("asked to read the library anew") == 1
    })
    .await;
    for operator in &operators {
        operator.hears().await;
    }
    write("انخفض سهم Nvidia ثم ارتفع.\n");
    signal(&bot, "-HUP");
    until("it serves", || logged("another library serves") == 2).await;
    assert!(ask("ثم ارتفع").await);
    assert_eq!(logged("سهم"), 0);
    signal(&bot, "-TERM");
    assert!(bot.0.wait().expect("ended").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_to_try_it_answers_from_the_folder_as_it_is_now() {
    use std::io::BufRead as _;
    let home = Home::new();
    let mut program = home.program(&["try", "--no-open"]);
    let mut page = Process(program.spawn().expect("it starts"));
    let mut line = String::new();
    let out = page.0.stdout.take().expect("it is piped");
    let told = std::io::BufReader::new(out).read_line(&mut line);
    told.expect("it says where it is");
    let mut words = line.split(' ');
    let address = words.find(|word| word.starts_with("http")).expect(&line);
    let (client, article) = (client(), format!("{address}read/lamp/"));
    std::fs::write(home.path("library/lamp.md"), "Whale oil burns brightly.\n").expect("written");
    let read = async || {
        let page = client.get(&article).send().await.expect("an answer");
        page.text().await.expect("text")
    };
    let started = Instant::now();
    while !read().await.contains("Whale oil") {
        assert!(started.elapsed() < Duration::from_secs(20), "never");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_library_that_cannot_be_served_is_refused_at_the_start_with_place_and_way_out() {
    let home = Home::new();
    std::fs::write(home.path("token"), "1:A\n").expect("written");
    let file = |name: &str, content: &[u8]| {
        let file = home.path(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, content).expect("written");
    };
    std::fs::create_dir(home.path("empty")).expect("made");
    file("notext/a.md", b"\xff\xfe");
    file("guide/lamp/article.md", b"A line.");
    file(
        "guide/lamp/guide.toml",
        b"[[passage]]\ntext = \"Another line.\"\n",
    );
    file("names/a.md", b"A line.");
    file("names/names.toml", b"[whale_oil]\nkind = \"fish\"\n");
    file("lexicon/a.md", b"A line.");
    file("lexicon/lexicon/en.tsv", b"# words\nlamp\n");
    file("loop/a.md", b"A line.");
    file("loop/names.toml/file", b"");
    for (library, parts) in [
        ("nowhere", &["nowhere", "--library"][..]),
        ("token", &["token", "--library"]),
        ("empty", &["empty", "put a .md or .txt file"]),
        ("notext", &["notext/a.md", "UTF-8"]),
        ("guide", &["guide/lamp/guide.toml:2", "Another line."]),
        ("names", &["names/names.toml", "line 2", "person"]),
        ("lexicon", &["lexicon/lexicon/en.tsv:2"]),
        ("loop", &["loop/names.toml"]),
    ] {
        for command in ["run", "check"] {
            let mut arguments = vec![command, "--library", library];
            if command == "run" {
                arguments.extend(["--token-file", "token"]);
            }
            let refused = home.output(&arguments);
            let words = text(&refused.stderr);
            assert_eq!(refused.status.code(), Some(1), "{words}");
            for part in parts {
                assert!(words.contains(part), "{command}: {part} in {words}");
            }
        }
    }
}

/// One test at a time has the server: there is one that stops it.
#[cfg(feature = "postgres")]
static POSTGRES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn of_replicas_each_makes_in_a_folder_of_its_own_what_operators_change() {
    let _server = POSTGRES.lock().await;
    let database = std::env::var("IQTIBAS_TEST_DATABASE").expect("tests/postgres.sh sets it");
    let url = format!("{database}&options=-csearch_path%3Diqtibas_test_folders");
    let made = tokio::task::spawn_blocking(move || {
        let client = postgres::Client::connect(&database, postgres::NoTls);
        let mut client = client.expect("it is there");
        client.batch_execute("CREATE SCHEMA iqtibas_test_folders")
    });
    made.await.expect("no panic").expect("made");
    let begin = || {
        let home = Home::new();
        let [from, to] = ["lamp.md", "Lamp.md"].map(|it| home.path("library").join(it));
        std::fs::rename(from, to).expect("moved");
        home
    };
    let (home, other) = (begin(), begin());
    let sandbox = Sandbox::start().await.expect("a port");
    let operator = sandbox.person("Amal").speaking("en");
    let (key, id) = (home.path("key"), operator.id().to_string());
    let key = key.to_str().expect("a name");
    let more = ["--database-url", &url, "--key-file", key, "--operator", &id];
    let _first = home.run(&sandbox, "log", &more);
    let mut second = other.run(&sandbox, "log", &more);
    let in_both = |file: &str| [&home, &other].map(|it| it.path("library").join(file).exists());
    let tap = async |message: &iqtibas::sandbox::Message, words: &str| {
        let chat = operator.chat();
        let now = chat.message(message.id()).expect("it stands there");
        let buttons = now.buttons();
        let button = buttons.iter().find(|it| it.text().contains(words));
        tokio::time::sleep(Duration::from_millis(1050)).await;
        chat.taps(&operator, &now, button.expect(words).text());
        chat.sees_edit(message).await;
    };

    let boat = "The boat brought flour every second Tuesday.\n";
    operator.sends("boat.md", boat.as_bytes());
    tap(&operator.hears().await, "Add").await;
    until("both have it", || in_both("boat.md") == [true; 2]).await;
    for home in [&home, &other] {
        until("it serves", || {
            home.log("log").contains("another library serves")
        })
        .await;
        let there = std::fs::read_to_string(home.path("library/boat.md"));
        assert_eq!(there.expect("read"), boat);
    }
    operator.writes("/library");
    let list = operator.hears().await;
    tap(&list, "boat").await;
    tap(&list, "Take it out").await;
    until("none has it", || in_both("boat.md") == [false; 2]).await;
    tap(&list, "Bring it back").await;
    until("both have it again", || in_both("boat.md") == [true; 2]).await;
    // One that goes, and one whose file would be the same.
    operator.writes("/library");
    let list = operator.hears().await;
    tap(&list, "Lamp").await;
    tap(&list, "Take it out").await;
    until("none has it", || in_both("Lamp.md") == [false; 2]).await;
    operator.sends("lamp.md", b"The lamp was lit every evening at six.\n");
    tap(&operator.hears().await, "Add").await;
    until("both have it", || in_both("lamp.md") == [true; 2]).await;

    // One begins anew, with the articles that all began with.
    second.0.kill().expect("killed");
    second.0.wait().expect("ended");
    let other = begin();
    let _second = other.run(&sandbox, "log", &more);
    let made = || {
        let log = other.log("log");
        log.matches("changed as an operator wanted").count()
    };
    until("it has made all changes", || made() == 3).await;
    for (file, is_there) in [("boat.md", true), ("lamp.md", true), ("Lamp.md", false)] {
        let file = other.path("library").join(file);
        assert_eq!(file.exists(), is_there, "{}", file.display());
    }
    // Whatever an editor does there afterwards stays.
    std::fs::write(other.path("library/boat.md"), "The boat is sold.\n").expect("written");
    let edits = || other.log("log").matches("another library serves").count();
    until("it is taken in", || edits() == 4).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(edits(), 4);
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn while_postgres_is_gone_nothing_is_confirmed_and_all_goes_on_when_it_is_back() {
    let _server = POSTGRES.lock().await;
    let variable = |name| std::env::var(name).expect("tests/postgres.sh sets it");
    let (url, control) = (
        variable("IQTIBAS_TEST_DATABASE"),
        variable("IQTIBAS_TEST_SERVER"),
    );
    let server = |what: &str| {
        let done = Command::new("sh")
            .args(["-c", &format!("{control} {what}")])
            .status();
        assert!(done.expect("it runs").success(), "{what}");
    };
    let (home, sandbox) = (Home::new(), Sandbox::start().await.expect("a port"));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address").to_string();
    drop(free);
    let more = ["--health", &address, "--database-url", &url];
    let _bot = home.run(&sandbox, "log", &more);
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    sara.hears().await;
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let health = async || {
        let page = client.get(format!("http://{address}/healthz")).send().await;
        let page = page.expect("an answer");
        (page.status().as_u16(), page.text().await.expect("text"))
    };
    assert_eq!(health().await.0, 200);
    let state = home.output(&["state", "--database-url", &url]);
    assert!(text(&state.stdout).starts_with("0 waiting"), "{state:?}");
    let copy = home.output(&["backup", "copy.db", "--database-url", &url]);
    assert!(text(&copy.stderr).contains("pg_dump"), "{copy:?}");

    server("stop -m immediate");
    let asked = sara.writes(QUESTION);
    let mut page = health().await;
    while page.0 == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = health().await;
    }
    assert!(page.1.contains(r#""store":"ill""#), "{page:?}");
    assert_eq!(sandbox.requests_of("sendMessage").len(), 1);
    assert_eq!(sandbox.pending(), 1);

    server("start");
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    until("it is confirmed", || sandbox.pending() == 0).await;
    assert_eq!(health().await.0, 200);
    let log = home.log("log");
    assert!(!log.contains(&url), "{log}");
}

#[test]
fn the_token_may_lie_in_a_file_and_a_damaged_state_is_named() {
    let home = Home::new();
    let missing = home.output(&["run"]);
    assert!(text(&missing.stderr).contains("TELOXIDE_TOKEN"));
    std::fs::write(home.path("token"), "1:A\n").expect("written");
    std::fs::write(home.path("iqtibas.db"), [7; 8192]).expect("written");
    std::fs::write(home.path("iqtibas.key"), "00".repeat(32)).expect("written");
    let damaged = home.output(&["run", "--token-file", "token"]);
    let words = text(&damaged.stderr);
    assert_eq!(damaged.status.code(), Some(1), "{words}");
    assert!(words.contains("iqtibas.db is damaged"), "{words}");
    assert!(Path::new(&home.path("iqtibas.db")).exists());
}
