//! The guides in `docs/` are true: their files are valid, their commands run, in order, and print
//! what they are shown to print.
//!
//! A fenced block with a path (` ```toml library/names.toml `) is a file that is written there; `sh`
//! is run, line by line; `console` is run and its output compared. Other blocks are to be read.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use iqtibas::sandbox::Sandbox;
use tempfile::TempDir;

/// A fenced block: its language, the path it is to be written to, its content.
struct Block<'t> {
    language: &'t str,
    path: Option<&'t str>,
    content: &'t str,
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    text.split("\n```").skip(1).step_by(2).map(|block| {
        let (info, content) = block
            .split_once('\n')
            .expect("a fence has a line of its own");
        let (language, path) = match info.split_once(' ') {
            Some((language, path)) => (language, Some(path)),
            None => (info, None),
        };
        Block {
            language,
            path,
            content,
        }
    })
}

/// Where a guide is followed: a folder with a folder of programs that come before the machine's.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        home.program(
            "iqtibas",
            &format!("exec {} \"$@\"", env!("CARGO_BIN_EXE_iqtibas")),
        );
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A program that does what `script` says.
    fn program(&self, name: &str, script: &str) {
        let programs = self.path().join("programs");
        fs::create_dir_all(&programs).expect("made");
        let file = programs.join(name);
        fs::write(&file, format!("#!/bin/sh\nset -eu\n{script}\n")).expect("written");
        let done = Command::new("chmod").arg("+x").arg(&file).status();
        assert!(done.expect("chmod is there").success());
    }

    /// Runs a command line in a shell.
    fn run(&self, line: &str, environment: &[(&str, &str)]) -> Output {
        let programs = self.path().join("programs");
        Command::new("sh")
            .args(["-euc", line])
            .env_clear()
            .env(
                "PATH",
                format!(
                    "{}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    programs.display()
                ),
            )
            .envs(environment.iter().copied())
            .current_dir(self.path())
            .stdin(fs::File::open(self.path().join("typed")).map_or(Stdio::null(), Stdio::from))
            .output()
            .expect("there is a shell")
    }
}

/// Does what a guide says, and counts the commands. `place` says where a path or a line of the guide
/// leads here.
fn follow(
    name: &str,
    home: &Home,
    place: &dyn Fn(&str) -> String,
    environment: &[(&str, &str)],
) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name);
    let text = fs::read_to_string(path).expect("the guide is there");
    let mut commands = 0;
    let mut succeed = |line: &str| {
        commands += 1;
        let output = home.run(&place(line), environment);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {line}\n{errors}");
        String::from_utf8(output.stdout).expect("text")
    };
    for block in blocks(&text) {
        match (block.language, block.path) {
            (_, Some(path)) => {
                let path = home.path().join(place(path));
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, place(block.content) + "\n").expect("written");
            }
            ("sh", None) => {
                for line in block.content.lines() {
                    succeed(line);
                }
            }
            ("console", None) => {
                let (line, wanted) = block.content.split_once('\n').expect("a command and more");
                let line = line.strip_prefix("$ ").expect("a prompt");
                assert_eq!(
                    succeed(line).trim_end(),
                    wanted.trim_end(),
                    "{name}: {line}"
                );
            }
            _ => {}
        }
    }
    commands
}

#[test]
fn the_guide_to_a_good_article_folder_can_be_followed() {
    assert!(follow("articles.md", &Home::new(), &str::to_owned, &[]) >= 9);
}

#[test]
fn the_format_of_a_library_is_what_the_program_reads() {
    assert!(follow("library.md", &Home::new(), &str::to_owned, &[]) >= 8);
}

/// What systemd does with the unit: the program runs with the unit's environment until it is stopped.
const SYSTEMCTL: &str = r#"
set -f
home=$(dirname "$(dirname "$0")")
here() { sed "s|%S|$home/var/lib|g; s|%d|$home/etc/iqtibas|g; s|=/usr/local|=$home/usr/local|g"; }
units() { cat "$home/etc/systemd/system/iqtibas.service"; find "$home/etc/systemd/system/iqtibas.service.d" -type f -exec cat {} + 2>/dev/null; }
stop() {
  if [ -e "$home/pid" ]; then
    pid=$(cat "$home/pid"); kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$home/pid"
}
start() {
  mkdir -p "$home/var/lib/iqtibas"
  settings="$(units | here | sed -n 's/^Environment=//p') $(units | sed -n 's/^EnvironmentFile=//p' | xargs -r cat)"
  cd "$home/var/lib/iqtibas"
  env $settings "$home/usr/local/bin/iqtibas" run >"$home/log" 2>&1 </dev/null &
  echo $! >"$home/pid"
  for _ in $(seq 100); do
    if curl -fsS http://127.0.0.1:9464/healthz >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  cat "$home/log" >&2
  exit 1
}
case $1 in
  enable | start) start ;;
  restart) stop; start ;;
  stop) stop ;;
  reload) kill -HUP "$(cat "$home/pid")" ;;
  daemon-reload) ;;
  *) exit 1 ;;
esac"#;

/// The server, with the file that the guide writes among its own.
const NGINX: &str = r#"
home=$(dirname "$(dirname "$0")")
[ "$*" = -t ]
printf 'pid %s/nginx.pid; error_log stderr; events {} http { access_log off; include %s/etc/nginx/conf.d/*.conf; }' "$home" "$home" >"$home/nginx.conf"
exec /usr/sbin/nginx -t -c "$home/nginx.conf""#;

/// The build that continuous integration makes.
const CARGO: &str = r#"[ "$*" = "build --locked --release" ]"#;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs curl, OpenSSL, nginx, Caddy, Prometheus and PostgreSQL: .ci/run guides"]
async fn the_operators_guide_can_be_followed() {
    let sandbox = Sandbox::start().await.expect("a port");
    let home = Home::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, script) in [("systemctl", SYSTEMCTL), ("nginx", NGINX), ("cargo", CARGO)] {
        home.program(name, script);
    }
    // The repository as it is after the build, and what an operator types.
    for folder in [
        "target/release",
        "etc/systemd/system",
        "usr/local/bin",
        "usr/local/share",
        "var/backups",
    ] {
        fs::create_dir_all(home.path().join(folder)).expect("made");
    }
    let copied = home.run(
        &format!("cp -r {0}/index {0}/deploy .", root.display()),
        &[],
    );
    assert!(copied.status.success());
    fs::copy(
        env!("CARGO_BIN_EXE_iqtibas"),
        home.path().join("target/release/iqtibas"),
    )
    .expect("copied");
    fs::write(home.path().join("typed"), sandbox.token()).expect("written");
    let certificates = home.path().join("etc/letsencrypt/live/bot.example.org");
    fs::create_dir_all(&certificates).expect("made");
    let made = home.run(
        &format!("cd {} && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=bot.example.org -keyout privkey.pem -out fullchain.pem 2>/dev/null", certificates.display()),
        &[],
    );
    assert!(made.status.success());
    let place = |text: &str| {
        let mut text = text.replace(
            "https://api.telegram.org",
            sandbox.url().trim_end_matches('/'),
        );
        for folder in ["/etc/", "/usr/local/", "/var/"] {
            text = text.replace(folder, &format!("{}{folder}", home.path().display()));
        }
        text
    };
    // A database as a distribution sets it up: its socket in /var/run, its superuser at work.
    let database = std::env::var("IQTIBAS_TEST_DATABASE").expect("tests/postgres.sh sets it");
    let part = |name: &str| {
        let mut parts = database.split(['?', '&']);
        parts
            .find_map(|part| part.strip_prefix(name))
            .expect("it is named")
            .to_owned()
    };
    let (socket, superuser) = (part("host="), part("user="));
    fs::create_dir_all(home.path().join("var/run")).expect("made");
    std::os::unix::fs::symlink(&socket, home.path().join("var/run/postgresql")).expect("made");
    let url = sandbox.url();
    let environment = [
        ("TELOXIDE_API_URL", url.as_str()),
        ("HOME", "/nonexistent"),
        ("PGHOST", &socket),
        ("PGUSER", &superuser),
        ("PGDATABASE", "postgres"),
    ];
    let commands = follow("operating.md", &home, &place, &environment);
    home.run("systemctl stop iqtibas", &environment);
    assert!(commands >= 30, "{commands}");
}
