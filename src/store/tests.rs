//! The laws of the inbox and the outbox, on real files.
