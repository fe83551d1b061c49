//! The proof that a client may enter.

use chancery_certificate::Certificate;

use super::hash::{CertificateFingerprint, KeyHash};
use crate::verified::VerifiedChain;

/// A client whose certificate is listed and holds. Only
/// [`ClientAuthentication::authenticate`](super::ClientAuthentication::authenticate) makes one.
///
/// It proves what was proven of the certificate. That the client has its key is proven by the TLS handshake (or by
/// another signature) and by nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatedClient {
    chain: VerifiedChain,
    listed_by: ListedBy,
}

/// The entry of the list that admitted a client.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ListedBy {
    /// Its key.
    Key(KeyHash),
    /// Its certificate.
    Certificate(CertificateFingerprint),
}

impl AuthenticatedClient {
    pub(super) fn new(chain: VerifiedChain, listed_by: ListedBy) -> Self {
        Self { chain, listed_by }
    }

    /// The client's certificate.
    pub fn certificate(&self) -> &Certificate {
        self.chain.certificate()
    }

    /// The path that holds, with what is known of its revocation.
    pub fn chain(&self) -> &VerifiedChain {
        &self.chain
    }

    /// The entry of the list that admits the client: the key under which an application finds its own record.
    pub fn listed_by(&self) -> ListedBy {
        self.listed_by
    }

    /// The hash of the client's key.
    pub fn key(&self) -> KeyHash {
        KeyHash::of(self.certificate())
    }
}
