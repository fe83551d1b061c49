//! What can be wrong with the list of hashes in an archive timestamp.

use const_oid::ObjectIdentifier as Oid;

/// Why the hash index of an archive timestamp proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashIndexFault {
    /// The token has none.
    #[error("it has no hash index (ats-hash-index-v3): nothing says what it covers")]
    Absent,
    /// The token has several.
    #[error("it has {count} hash indices instead of one")]
    Several {
        /// How many there are.
        count: usize,
    },
    /// It cannot be read.
    #[error("its hash index cannot be read: {0}")]
    Malformed(#[from] chancery_certificate::asn1::Asn1Error),
    /// The algorithm of its hashes is not known.
    #[error("its hash index uses the algorithm {oid}, which is not supported")]
    Unsupported {
        /// The algorithm.
        oid: Oid,
    },
    /// The hashes are made with another algorithm than the stamp itself (ETSI EN 319 122-1, 5.5.2).
    #[error("its hash index uses {index}, the timestamp {imprint}: they must be the same")]
    OtherAlgorithm {
        /// The algorithm of the hashes.
        index: &'static str,
        /// The algorithm of the stamp.
        imprint: &'static str,
    },
    /// It lists something that is not there (ETSI EN 319 122-1, 5.5.2: such an index is invalid).
    #[error(
        "its hash index lists {count} {what} that are not in the signature: they were changed or taken out"
    )]
    Missing {
        /// What kind of thing.
        what: &'static str,
        /// How many of them.
        count: usize,
    },
    /// Together with the other archive timestamps of the signature it lists more than is looked at.
    #[error("the archive timestamps of the signature list more than {allowed} things")]
    TooMuch {
        /// How many are looked at.
        allowed: usize,
    },
    /// The parts of the signature cannot be found.
    #[error("what it covers cannot be read: {0}")]
    Parts(#[from] chancery_cms::CmsError),
}
