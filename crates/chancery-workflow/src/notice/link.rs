//! Links that open something for one party.

use std::fmt;

use crate::id::PartyId;

use super::error::NoticeError;

/// A link that opens an envelope for one party, who still proves what it must. It goes into letters to that party and
/// nowhere else. Does not print.
///
/// ```
/// use chancery_workflow::PartyId;
/// use chancery_workflow::notice::PartyLink;
///
/// let link = PartyLink::new(PartyId::new(2), "https://sign.example/t/6pYk2")?;
/// assert_eq!(format!("{link:?}"), "PartyLink(of party 2)");
/// # Ok::<(), chancery_workflow::notice::NoticeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PartyLink {
    party: PartyId,
    address: String,
}

impl PartyLink {
    /// The longest address.
    pub const MOST_BYTES: usize = 2000;

    /// The address of a page for this party.
    ///
    /// # Errors
    /// [`NoticeError::Address`] if it is none, or none by TLS.
    pub fn new(party: PartyId, address: &str) -> Result<Self, NoticeError> {
        let host = address.strip_prefix("https://").unwrap_or_default();
        let plain =
            address.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"'));
        if address.len() > Self::MOST_BYTES
            || !plain
            || !host.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return Err(NoticeError::Address { most: Self::MOST_BYTES });
        }
        Ok(Self { party, address: address.to_owned() })
    }

    /// For whom it is.
    #[must_use]
    pub const fn party(&self) -> PartyId {
        self.party
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Debug for PartyLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyLink(of {})", self.party)
    }
}
