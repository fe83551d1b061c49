//! The list of clients.

use std::collections::HashSet;

use chancery_certificate::Certificate;

use super::authenticated::ListedBy;
use super::hash::{CertificateFingerprint, KeyHash};

/// The clients that may enter, by the hash of their key or of their certificate: never by a name, which any accepted
/// authority can put into a certificate. An empty list admits nobody.
///
/// A look-up costs the same however long the list is.
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_chain::AllowedClients;
///
/// # fn example(warehouse: &Certificate) -> Result<(), Box<dyn std::error::Error>> {
/// let clients = AllowedClients::none()
///     .allow_key_of(warehouse)                                    // also after renewal for the same key
///     .allow_certificate("A0:55:EE:13:5C:0E:83:0B:0E:AF:15:C9:7B:A2:96:1A:31:8A:2B:3C:4D:5E:6F:70:81:92:A3:B4:C5:D6:E7:F8".parse()?);
/// assert_eq!(clients.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedClients {
    keys: HashSet<KeyHash>,
    certificates: HashSet<CertificateFingerprint>,
}

impl AllowedClients {
    /// Nobody, to begin with.
    pub fn none() -> Self {
        Self::default()
    }

    /// Admits whoever has this key, under any certificate of an accepted authority.
    #[must_use]
    pub fn allow_key(mut self, key: KeyHash) -> Self {
        self.keys.insert(key);
        self
    }

    /// Admits whoever has the key of this certificate, also under another certificate of an accepted authority.
    #[must_use]
    pub fn allow_key_of(self, certificate: &Certificate) -> Self {
        self.allow_key(KeyHash::of(certificate))
    }

    /// Admits whoever has this certificate, until it is renewed.
    #[must_use]
    pub fn allow_certificate(mut self, fingerprint: CertificateFingerprint) -> Self {
        self.certificates.insert(fingerprint);
        self
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.keys.len() + self.certificates.len()
    }

    /// Whether nobody is admitted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry that admits the certificate.
    pub(super) fn find(&self, certificate: &Certificate) -> Option<ListedBy> {
        let (key, fingerprint) = (KeyHash::of(certificate), CertificateFingerprint::of(certificate));
        if self.keys.contains(&key) {
            return Some(ListedBy::Key(key));
        }
        self.certificates.contains(&fingerprint).then_some(ListedBy::Certificate(fingerprint))
    }
}

impl Extend<KeyHash> for AllowedClients {
    fn extend<I: IntoIterator<Item = KeyHash>>(&mut self, keys: I) {
        self.keys.extend(keys);
    }
}

impl Extend<CertificateFingerprint> for AllowedClients {
    fn extend<I: IntoIterator<Item = CertificateFingerprint>>(&mut self, fingerprints: I) {
        self.certificates.extend(fingerprints);
    }
}
