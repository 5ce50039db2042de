//! Iqtibas.

pub mod analysis;
pub mod article;
pub mod passage;
pub mod text;
