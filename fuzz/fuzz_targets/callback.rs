//! Anything as the data of buttons, tapped by anybody.
#![no_main]

#[path = "../../tests/support/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::update::holds_for_taps(bytes));
