//! Text with styles, measured as Telegram measures: UTF-16 units, and at most so many of them.
//!
//! A [`Block`] grows freely; a [`Body`] takes a block whole or not at all, so that no body is ever
//! over the limits and nothing is cut in its middle.

use serde::Serialize;

use crate::text::utf16_len;

/// The most UTF-16 units of a message's text.
pub const MAX_UNITS: usize = 4096;
/// The most entities of a message; Telegram shows the rest without style.
pub const MAX_ENTITIES: usize = 100;

/// How a part of a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// A quotation. Quotations do not nest.
    Blockquote,
    /// A quotation that is folded to a few lines until it is tapped.
    ExpandableBlockquote,
}

/// A styled part of a text, in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// How it is set.
    #[serde(rename = "type")]
    pub style: Style,
    /// The first unit.
    pub offset: usize,
    /// How many units.
    pub length: usize,
}

/// A piece of text with its styles.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    text: String,
    units: usize,
    entities: Vec<Entity>,
}

impl Block {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds `text` as it is.
    pub(super) fn plain(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self.units += utf16_len(text);
        self
    }

    /// Adds `text` in a style.
    pub(super) fn styled(self, style: Style, text: &str) -> Self {
        self.within(style, &Self::new().plain(text))
    }

    /// Adds a block in a style of its own around it.
    pub(super) fn within(mut self, style: Style, inner: &Self) -> Self {
        if inner.units > 0 {
            self.entities.push(Entity {
                style,
                offset: self.units,
                length: inner.units,
            });
        }
        self.then(inner)
    }

    /// Adds a block.
    pub(super) fn then(mut self, next: &Self) -> Self {
        self.entities
            .extend(next.entities.iter().map(|entity| Entity {
                offset: entity.offset + self.units,
                ..*entity
            }));
        self.plain(&next.text)
    }
}

/// A message's text with its styles, within Telegram's limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Body {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity>,
    #[serde(skip)]
    units: usize,
}

impl Body {
    /// An empty body: what is pushed first opens the message.
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            entities: Vec::new(),
            units: 0,
        }
    }

    /// Adds a block, or changes nothing and says `false` where it does not fit.
    pub(super) fn push(&mut self, block: &Block) -> bool {
        let fits = self.units + block.units <= MAX_UNITS
            && self.entities.len() + block.entities.len() <= MAX_ENTITIES;
        if fits {
            self.entities
                .extend(block.entities.iter().map(|entity| Entity {
                    offset: entity.offset + self.units,
                    ..*entity
                }));
            self.units += block.units;
            self.text.push_str(&block.text);
        }
        fits
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its styles.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn styles_are_placed_by_utf16_units() {
        let inner = Block::new().plain("👍 ").styled(Style::Bold, "قال");
        let mut body = Body::new();
        assert!(body.push(&Block::new().plain("👍\n").within(Style::Blockquote, &inner)));
        let places: Vec<_> = body
            .entities()
            .iter()
            .map(|e| (e.style, e.offset, e.length))
            .collect();
        assert_eq!(places, [(Style::Blockquote, 3, 6), (Style::Bold, 6, 3)]);
    }

    #[test]
    fn nothing_is_not_styled() {
        assert!(Block::new().styled(Style::Bold, "").entities.is_empty());
    }

    proptest! {
        #[test]
        fn a_body_takes_a_block_whole_or_not_at_all(blocks in prop::collection::vec(("\\PC{0,1500}", 0usize..60), 0..8)) {
            let mut body = Body::new();
            for (text, bolds) in blocks {
                let block = (0..bolds).fold(Block::new().plain(&text), |block, _| block.styled(Style::Bold, "b"));
                let (before, whole) = (body.clone(), block.text.clone());
                if body.push(&block) {
                    prop_assert_eq!(body.text(), before.text.clone() + &whole);
                } else {
                    prop_assert_eq!(&body, &before);
                }
                prop_assert!(utf16_len(body.text()) <= MAX_UNITS);
                prop_assert_eq!(utf16_len(body.text()), body.units);
                prop_assert!(body.entities().len() <= MAX_ENTITIES);
            }
        }
    }
}
