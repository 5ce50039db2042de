//! Iqtibas.

pub mod analysis;
pub mod answer;
pub mod article;
pub mod bot;
pub mod classifier;
pub mod guide;
pub mod library;
pub mod names;
pub mod passage;
pub mod question;
pub mod render;
pub mod telegram;
pub mod text;
pub mod wording;
