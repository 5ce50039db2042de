//! What holds whatever comes in, said once: the tests ask with inputs of their own, the fuzzers in
//! `fuzz/` with any. A law that is broken panics.

#![allow(dead_code, reason = "each who asks needs some of them")]

pub(crate) mod article;
pub(crate) mod question;
pub(crate) mod update;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use iqtibas::library::Library;

/// The stack of a thread of the bot.
const STACK: usize = 2 * 1024 * 1024;

/// The library that ships, whose passages a guide leads to, and one beside it without a guide.
pub(crate) static LIBRARIES: LazyLock<[Library; 2]> = LazyLock::new(|| {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let plain = tempfile::tempdir().expect("a folder for a library");
    let article = root().join("index/deepseek/article.md");
    std::fs::copy(article, plain.path().join("plain.md")).expect("the article is copied");
    let open = |dir: &Path, name: &str| {
        Library::open(dir, &segments.path().join(name)).expect("the library opens")
    };
    [
        open(&root().join("index"), "guided"),
        open(plain.path(), "plain"),
    ]
});

/// The project's folder, from this crate or from the one in `fuzz/`.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().find(|it| it.join("index").is_dir());
    root.expect("the project has an index").to_owned()
}

/// Runs `law` on a thread with the stack of one of the bot's.
///
/// # Panics
/// Where the law is broken.
pub(crate) fn on_a_small_stack(law: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, law).expect("a thread starts");
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    });
}
