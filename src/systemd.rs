//! What systemd is told where it runs the bot: that it is ready, what it does, that it lives, that it
//! stops. Where nobody asked to be told, nothing happens.

use std::time::{Duration, Instant};

use crate::web::{Condition, Health};

/// The bot takes in updates.
pub fn ready() {
    tell("READY=1");
}

/// The bot ends what it has in hand.
pub fn stopping() {
    tell("STOPPING=1");
}

/// What the bot does at this moment, as `systemctl status` shows it.
pub fn status(words: &str) {
    // A second line would be another message.
    tell(&format!("STATUS={}", words.replace(['\r', '\n'], " ")));
}

/// Tells systemd that the bot lives for as long as its receiver comes round; when that stops,
/// systemd starts the bot anew. Ends at once where there is no watchdog, else never.
///
/// The receiver alone decides: a full disk or Telegram's silence would outlive the restart.
pub async fn watchdog(health: Health) {
    let Some(limit) = watchdog_limit().filter(|limit| !limit.is_zero()) else {
        return;
    };
    // As systemd advises: twice as often as it must be.
    let mut beats = tokio::time::interval((limit / 2).max(Duration::from_micros(1)));
    loop {
        beats.tick().await;
        if health.report(Instant::now()).receiver == Condition::Ok {
            tell("WATCHDOG=1");
        } else {
            tracing::error!("the receiver stands still; systemd is not told that the bot lives");
        }
    }
}

#[cfg(unix)]
fn tell(message: &str) {
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Custom(message)]) {
        tracing::warn!(%error, "systemd cannot be told how the bot is");
    }
}

#[cfg(unix)]
fn watchdog_limit() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(not(unix))]
fn tell(_message: &str) {}

#[cfg(not(unix))]
fn watchdog_limit() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// This test alone, in a process of its own: the environment of this one is not to be changed.
    fn child() -> Command {
        let mut child = Command::new(std::env::current_exe().expect("this program"));
        child
            .args(["--ignored", "--exact", "systemd::tests::a_service"])
            .env_remove("NOTIFY_SOCKET")
            .env_remove("WATCHDOG_PID")
            .env_remove("WATCHDOG_USEC")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        child
    }

    /// A short life: ready, watched while well and then while stuck, stopped.
    #[tokio::test]
    #[ignore = "the other tests run it in a process of its own"]
    async fn a_service() {
        let moment = Duration::from_millis(300);
        ready();
        status("reads\nREADY=0");
        let now = Instant::now();
        let long_ago = now.checked_sub(Duration::from_secs(100)).expect("a time");
        for begun in [now, long_ago] {
            status(if begun == now { "well" } else { "stuck" });
            // Without a watchdog it ends at once, and says so by not running into the limit.
            if tokio::time::timeout(moment, watchdog(Health::new(begun)))
                .await
                .is_ok()
            {
                status("unwatched");
            }
        }
        stopping();
    }

    #[cfg(unix)]
    fn told(mut child: Command) -> Vec<String> {
        use std::os::unix::net::UnixDatagram;

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).expect("a socket");
        let mut child = child.env("NOTIFY_SOCKET", &path).spawn().expect("a child");
        let mut told = Vec::new();
        manager
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a time limit");
        while told.last().is_none_or(|last| last != "STOPPING=1") {
            let mut buffer = [0; 256];
            let length = manager.recv(&mut buffer).expect("a message in time");
            let message = str::from_utf8(&buffer[..length]).expect("a message is text");
            told.push(message.trim_end().to_owned());
        }
        assert!(child.wait().expect("the child ends").success());
        told
    }

    #[cfg(unix)]
    #[test]
    fn systemd_is_told_that_the_bot_lives_only_while_its_receiver_comes_round() {
        let mut child = child();
        child.env("WATCHDOG_USEC", "40000");
        let told = told(child);
        assert_eq!(
            told[..3],
            ["READY=1", "STATUS=reads READY=0", "STATUS=well"]
        );
        let stuck = told.iter().position(|message| message == "STATUS=stuck");
        let (well, stuck) = told.split_at(stuck.expect("it gets stuck"));
        let beats = |part: &[String]| part.iter().filter(|m| *m == "WATCHDOG=1").count();
        assert!(beats(well) >= 2, "{told:?}");
        assert_eq!(stuck, ["STATUS=stuck", "STOPPING=1"]);
    }

    #[cfg(unix)]
    #[test]
    fn without_a_watchdog_there_is_no_sign_of_life() {
        assert_eq!(
            told(child())[2..],
            [
                "STATUS=well",
                "STATUS=unwatched",
                "STATUS=stuck",
                "STATUS=unwatched",
                "STOPPING=1"
            ]
        );
    }

    #[test]
    fn without_systemd_nothing_happens() {
        assert!(child().status().expect("the child runs").success());
    }
}
