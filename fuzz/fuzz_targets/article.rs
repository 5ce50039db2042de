//! Anything as an article and its guide.
#![no_main]

#[path = "../../tests/support/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::article::holds(bytes));
