//! The name that an authority gives itself in a token, compared with its certificate.

use chancery_certificate::{Certificate, GeneralName};

use crate::token::MatchingToken;

/// Whether the name that a token gives its authority (`tsa` of TSTInfo) is one of the certificate that made it.
///
/// ```text
/// tsa  [0] GeneralName OPTIONAL     -- RFC 3161, 2.4.2: MUST correspond to one of the subject names included in the
///                                   -- certificate that is to be used to verify the token
/// ```
///
/// The name is a hint, and nothing is trusted for it: who made a token is settled by the certificate that the signature
/// is bound to. So a name that differs does not spoil a token (authorities that leave out parts of their name are
/// common), but whoever shows one should say so.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StatedAuthority<'a> {
    /// The token names nobody.
    Nobody,
    /// It names the subject of the certificate, or one of its alternative names.
    Signer(&'a GeneralName),
    /// It names somebody else, against RFC 3161, 2.4.2.
    Another(&'a GeneralName),
}

impl MatchingToken {
    /// Compares the name that the token gives its authority with the certificate that signed it.
    #[must_use]
    pub fn stated_authority(&self) -> StatedAuthority<'_> {
        match self.info().authority() {
            None => StatedAuthority::Nobody,
            Some(name) if is_of(name, self.signer().certificate()) => StatedAuthority::Signer(name),
            Some(name) => StatedAuthority::Another(name),
        }
    }
}

fn is_of(name: &GeneralName, certificate: &Certificate) -> bool {
    // What cannot be read names nobody.
    let alternative = certificate.subject_alternative_names().ok().flatten().unwrap_or_default();
    let subject = GeneralName::Directory(certificate.subject().clone());
    std::iter::once(&subject).chain(&alternative).any(|known| match (name, known) {
        (GeneralName::Directory(name), GeneralName::Directory(known)) => name.matches(known),
        (GeneralName::Dns(name), GeneralName::Dns(known)) => name.eq_ignore_ascii_case(known),
        (name, known) => name == known,
    })
}
