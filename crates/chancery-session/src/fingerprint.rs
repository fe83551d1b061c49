//! The fingerprint of a certificate.

use chancery_certificate::Certificate;
use chancery_digest::BlobId;
use chancery_workflow::Fingerprint;

/// SHA-256 of the certificate in DER.
pub(crate) fn of(certificate: &Certificate) -> Fingerprint {
    Fingerprint::from_bytes(*BlobId::of(certificate.to_der()).as_bytes())
}
