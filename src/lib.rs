//! Iqtibas.

pub mod analysis;
pub mod article;
pub mod passage;
pub mod guide;
pub mod names;
pub mod text;
