//! Documents, which the workflow knows by digest only.

use serde::{Deserialize, Serialize};

use crate::id::{ContentDigest, DocumentId};
use crate::text::Text;

/// A document of an envelope, as the sender hands it in. Its bytes are elsewhere, under this digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What people call it.
    pub name: Text,
    /// SHA-256 of its bytes.
    pub digest: ContentDigest,
    /// Its media type, where known: `application/pdf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<Text>,
}

impl Document {
    /// A document of this name and digest.
    #[must_use]
    pub const fn new(name: Text, digest: ContentDigest) -> Self {
        Self { name, digest, media_type: None }
    }
}

/// How many more signatures a document may get, as [`ModificationPermission`](crate::ModificationPermission) said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allowance {
    /// As many as anybody likes.
    Any,
    /// So many.
    AtMost(u32),
    /// None.
    Nothing {
        /// Why not: "certified without permission for further signatures".
        why: Text,
    },
}

impl Allowance {
    /// Whether so many more are allowed.
    #[must_use]
    pub const fn permits(&self, signatures: u32) -> bool {
        match self {
            Self::Any => true,
            Self::AtMost(most) => signatures <= *most,
            Self::Nothing { .. } => signatures == 0,
        }
    }
}

/// What was found about a document before the envelope was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permitted {
    /// Which document.
    pub document: DocumentId,
    /// How many signatures it may get.
    pub signatures: Allowance,
}
