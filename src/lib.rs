//! Iqtibas.

pub mod analysis;
pub mod answer;
pub mod article;
pub mod bot;
pub mod bridge;
pub mod classifier;
pub mod cli;
pub mod config;
pub mod evaluation;
pub mod evidence;
pub mod guide;
pub mod guide_skeleton;
pub mod guide_test;
pub mod index;
pub mod library;
pub mod names;
pub mod pack;
pub mod passage;
pub mod question;
pub mod ranking;
pub mod render;
pub mod sandbox;
pub mod telegram;
pub mod text;
pub mod wording;
