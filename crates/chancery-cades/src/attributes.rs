//! The object identifiers of the unsigned attributes that make a signature last, new and old.

use const_oid::ObjectIdentifier as Oid;

/// archive-time-stamp-v3 (ETSI EN 319 122-1, 5.5.3): the one of today.
pub const ARCHIVE_TIMESTAMP_V3: Oid = Oid::new_unwrap("0.4.0.1733.2.4");
/// archive-time-stamp (ETSI EN 319 122-1, A.2.4), known as version 2.
pub const ARCHIVE_TIMESTAMP_V2: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.48");
/// archive-time-stamp of RFC 3126 and TS 101 733 V1.4.0, known as version 1.
pub const ARCHIVE_TIMESTAMP_V1: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.27");
/// The archive timestamps of all versions.
pub const ARCHIVE_TIMESTAMPS: [Oid; 3] = [ARCHIVE_TIMESTAMP_V3, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V1];
/// long-term-validation (ETSI EN 319 122-1, A.2.5).
pub const LONG_TERM_VALIDATION: Oid = Oid::new_unwrap("0.4.0.1733.2.2");

/// ats-hash-index-v3, in the token of an archive timestamp (ETSI EN 319 122-1, 5.5.2).
pub const HASH_INDEX_V3: Oid = Oid::new_unwrap("0.4.0.19122.1.5");
/// ats-hash-index-v2, of the draft EN 319 122-1 V1.0.0.
pub const HASH_INDEX_V2: Oid = Oid::new_unwrap("0.4.0.19122.1.4");
/// ats-hash-index, of TS 101 733 V2.2.1, 6.4.2.
pub const HASH_INDEX_V1: Oid = Oid::new_unwrap("0.4.0.1733.2.5");

/// complete-certificate-references (ETSI EN 319 122-1, A.1.1.1).
pub const CERTIFICATE_REFERENCES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.21");
/// complete-revocation-references (A.1.2.1).
pub const REVOCATION_REFERENCES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.22");
/// certificate-values (A.1.1.2).
pub const CERTIFICATE_VALUES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.23");
/// revocation-values (A.1.2.2).
pub const REVOCATION_VALUES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.24");
/// CAdES-C-timestamp (A.1.5.2): over the signature, its timestamps and the references.
pub const REFERENCES_AND_SIGNATURE_TIMESTAMP: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.25");
/// time-stamped-certs-crls-references (A.1.5.1): over the references alone.
pub const REFERENCES_TIMESTAMP: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.26");

/// An evidence record over the signature and its content (RFC 4998, appendix A: id-aa-er-internal).
pub const INTERNAL_EVIDENCE_RECORD: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.49");
/// An evidence record over the signature, whose content is elsewhere (RFC 4998, appendix A: id-aa-er-external).
pub const EXTERNAL_EVIDENCE_RECORD: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.50");
