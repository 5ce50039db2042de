//! Iqtibas.

pub mod analysis;
pub mod answer;
pub mod article;
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
pub mod text;
