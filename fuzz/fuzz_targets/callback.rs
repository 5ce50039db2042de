//! Anything as the data of buttons, tapped by anybody.
#![no_main]

#[path = "../../tests/support/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(
    // To open the libraries is no part of an input's time.
    init: std::sync::LazyLock::force(&laws::LIBRARIES),
    |bytes: &[u8]| laws::update::holds_for_taps(bytes)
);
