//! What the fuzzers begin with and what they have found keeps the laws.

#[path = "support/laws/mod.rs"]
mod laws;

/// Gives `law` every seed of this fuzzer.
fn each(fuzzer: &str, law: impl Fn(&[u8])) {
    let folder = laws::root().join("fuzz/seeds").join(fuzzer);
    let seeds = std::fs::read_dir(&folder).expect("a folder of seeds");
    let mut count = 0;
    for seed in seeds {
        let path = seed.expect("an entry").path();
        let seed = std::fs::read(&path).expect("a seed");
        let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&seed)));
        assert!(kept.is_ok(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 10, "{count} seeds in {}", folder.display());
}

#[test]
fn updates() {
    each("update", laws::update::holds);
}

#[test]
fn taps() {
    each("callback", laws::update::holds_for_taps);
}

#[test]
fn questions() {
    each("question", |seed| {
        laws::question::holds(&String::from_utf8_lossy(seed));
    });
}

#[test]
fn articles() {
    each("article", laws::article::holds);
}
