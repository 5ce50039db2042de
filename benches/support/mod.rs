//! The program as a process of its own, on a sandbox in this one.
#![allow(dead_code, reason = "each bench uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use iqtibas::sandbox::Sandbox;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iqtibas");

/// A place of the program's own: segments of the library that ships, and a state.
pub(crate) struct Home(TempDir);

/// A bot that is killed when it is dropped.
pub(crate) struct Bot(Child);

impl Home {
    /// With segments that are there.
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        assert!(home.program("index").status().unwrap().success());
        home
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.0.path().join("iqtibas.db")
    }

    /// The program on the library that ships, with nothing of this environment.
    fn program(&self, command: &str) -> Command {
        let mut program = Command::new(PROGRAM);
        program
            .env_clear()
            .args([command, "--library"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("index"))
            .arg("--segments")
            .arg(self.0.path().join("segments"))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .env("RUST_LOG", "off");
        program
    }

    /// Starts the bot on a sandbox.
    pub(crate) fn run(&self, sandbox: &Sandbox) -> Bot {
        self.run_with(sandbox, &[])
    }

    /// Starts the bot on a sandbox, with these variables in its environment.
    pub(crate) fn run_with(&self, sandbox: &Sandbox, variables: &[(&str, String)]) -> Bot {
        let mut program = self.program("run");
        program
            .arg("--state")
            .arg(self.state())
            .args(["--health", "127.0.0.1:0", "--api-url", &sandbox.url()])
            .env("TELOXIDE_TOKEN", sandbox.token())
            .envs(variables.iter().cloned());
        Bot(program.spawn().unwrap())
    }
}

impl Bot {
    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// A signal, by its name: STOP, CONT.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// The resident memory in bytes, where the system tells.
    pub(crate) fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// How many files and sockets it holds, where the system tells.
    pub(crate) fn files(&self) -> Option<usize> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.0.id())).ok()?;
        Some(files.count())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The size of the program in bytes.
pub(crate) fn size() -> u64 {
    std::fs::metadata(PROGRAM).unwrap().len()
}

/// The number after `--name` on the command line.
pub(crate) fn option(name: &str, otherwise: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    match (arguments.next(), arguments.next()) {
        (Some(_), Some(value)) => value.parse().expect("a number"),
        _ => otherwise,
    }
}
