//! Anything as a question.
#![no_main]

#[path = "../../tests/support/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(
    // To open the libraries is no part of an input's time.
    init: std::sync::LazyLock::force(&laws::LIBRARIES),
    |bytes: &[u8]| laws::question::holds(&String::from_utf8_lossy(bytes))
);
