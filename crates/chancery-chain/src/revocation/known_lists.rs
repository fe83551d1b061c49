//! CRLs at hand, in memory or in a source, each read once.

use std::sync::{Arc, OnceLock};

use chancery_certificate::Octets;
use jiff::Timestamp;

use crate::past::proofs::{Existence, ObjectDigest, ProofsOfExistence};
use crate::path::build::Work;
use crate::path::signature;
use crate::revocation::crl::RevocationList;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::crl_source::CrlSource;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::finder::Wanted;
use crate::revocation::foundation::Piece;
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::readings::ListKey;

/// All lists at hand.
pub(crate) type Lists<'a> = Vec<KnownList<'a>>;

/// A list, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownList<'a> {
    pub(crate) key: ListKey,
    bytes: Bytes<'a>,
    pub(crate) list: Arc<Result<RevocationList<'a>, RevocationListError>>,
    digest: Arc<OnceLock<ObjectDigest>>,
    existence: Existence<'a>,
}

/// A list as it was read, without what depends on who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ReadList<'a> {
    key: ListKey,
    bytes: Bytes<'a>,
    list: Arc<Result<RevocationList<'a>, RevocationListError>>,
    /// Made when it is first needed, once for all who ask.
    digest: Arc<OnceLock<ObjectDigest>>,
}

/// Where the bytes of a list are.
#[derive(Copy, Clone, Debug)]
enum Bytes<'a> {
    Memory(&'a Octets),
    Source(&'a CrlSource),
}

/// Reads all lists; that one cannot be read is kept as the answer.
pub(crate) fn read<'a>(crls: &'a [Octets], sources: &'a [CrlSource]) -> Vec<ReadList<'a>> {
    let in_memory = crls.iter().enumerate().map(|(index, der)| {
        let (key, bytes) = (ListKey::Memory(index), Bytes::Memory(der));
        ReadList { key, bytes, list: Arc::new(RevocationList::from_der(der)), digest: Arc::default() }
    });
    let elsewhere = sources.iter().enumerate().map(|(index, source)| {
        let (key, bytes) = (ListKey::Source(index), Bytes::Source(source));
        ReadList { key, bytes, list: Arc::new(source.frame()), digest: Arc::default() }
    });
    in_memory.chain(elsewhere).collect()
}

impl<'a> ReadList<'a> {
    /// The list, as these proofs see it.
    pub(crate) fn seen_by(&self, proofs: Option<&'a ProofsOfExistence>) -> KnownList<'a> {
        let Self { key, bytes, list, digest } = self;
        let (list, digest) = (Arc::clone(list), Arc::clone(digest));
        KnownList { key: *key, bytes: *bytes, list, digest, existence: Existence::by(proofs) }
    }
}

impl KnownList<'_> {
    /// By what it is recognised; nothing, if it is not in memory.
    pub(crate) fn object(&self) -> Option<ObjectDigest> {
        match self.bytes {
            Bytes::Memory(der) => Some(*self.digest.get_or_init(|| ObjectDigest::of(der))),
            Bytes::Source(_) => None,
        }
    }

    /// What the list says of the certificate. One that is not in memory is read once for that and for its signature.
    pub(crate) fn read_through(
        &self,
        list: &RevocationList<'_>,
        wanted: Wanted<'_>,
        work: &mut Work,
    ) -> Result<Option<RevokedEntry>, EvidenceFault> {
        let readings = &mut work.signatures.readings;
        let found = match self.bytes {
            Bytes::Memory(_) => readings.look_up(self.key, list, wanted),
            Bytes::Source(source) => {
                readings.read_through(self.key, source, list, wanted, signature::digest_of(list))
            }
        };
        found.map_err(|error| malformed(&error))
    }

    /// Since when it is proven to have existed.
    pub(crate) fn proven(&self) -> Timestamp {
        let digest = |der: &Octets| *self.digest.get_or_init(|| ObjectDigest::of(der));
        self.existence.since(match self.bytes {
            Bytes::Memory(der) => Some(move || digest(der)),
            Bytes::Source(_) => None,
        })
    }

    /// The list, as what a proof rests on.
    pub(crate) fn piece(&self) -> Piece {
        match self.bytes {
            Bytes::Memory(der) => Piece::Crl(der.clone()),
            Bytes::Source(source) => Piece::CrlSource(source.clone()),
        }
    }
}

/// What a list that cannot be read says.
pub(crate) fn malformed(error: &RevocationListError) -> EvidenceFault {
    let kind = EvidenceKind::Crl;
    match error {
        RevocationListError::UnknownCriticalExtension(oid) => {
            EvidenceFault::UnknownCriticalExtension { kind, oid: *oid }
        }
        other => EvidenceFault::Malformed { kind, reason: other.to_string() },
    }
}
