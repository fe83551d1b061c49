//! Which delivery, and how it ended.

use crate::number::Sequence;

/// Which effect of which event.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DeliveryId {
    /// The event.
    pub sequence: Sequence,
    /// Which of its effects, from 0.
    pub n: u32,
}

/// How a delivery ended.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum DeliveryEnd {
    /// It arrived, by the word of whoever delivered it.
    Delivered,
    /// It is a dead letter.
    Dead,
}

impl DeliveryEnd {
    /// Its word, as it is hashed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
