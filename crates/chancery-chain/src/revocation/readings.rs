//! What was read in CRLs: the digest of each, and who is on it. A list may be long, so nothing is read twice.

use std::collections::HashMap;

use chancery_digest::{Digest, KnownDigest};

use crate::revocation::crl::RevocationList;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::crl_source::CrlSource;
use crate::revocation::finder::Wanted;
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::scope::EntriesOf;

/// Which list of the evidence: its place among those in memory, or among the sources.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ListKey {
    Memory(usize),
    Source(usize),
}

/// Which OCSP answer of the evidence, by its place. An answer may speak of a certificate many times, so its bytes are no
/// key to look up with.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AnswerKey(pub(crate) usize);

/// A certificate that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    list: ListKey,
    serial: Vec<u8>,
    /// The issuer's name as DER.
    issuer: Vec<u8>,
    entries_of: EntriesOf,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    digests: HashMap<ListKey, Digest<KnownDigest>>,
    entries: HashMap<Asked, Result<Option<RevokedEntry>, RevocationListError>>,
}

impl Readings {
    /// The digest of what is signed, if it was made.
    pub(crate) fn digest(&self, list: ListKey) -> Option<&Digest<KnownDigest>> {
        self.digests.get(&list)
    }

    /// The digest of what is signed; `make` makes it the first time.
    pub(crate) fn digest_or_make(
        &mut self,
        list: ListKey,
        make: impl FnOnce() -> Digest<KnownDigest>,
    ) -> &Digest<KnownDigest> {
        self.digests.entry(list).or_insert_with(make)
    }

    /// What a list in memory says of the certificate.
    pub(crate) fn look_up(
        &mut self,
        key: ListKey,
        list: &RevocationList<'_>,
        wanted: Wanted<'_>,
    ) -> Result<Option<RevokedEntry>, RevocationListError> {
        self.entries.entry(asked(key, wanted)).or_insert_with(|| list.look_up(wanted)).clone()
    }

    /// The same for a list that is not in memory. Its digest is made on the way, every time: the bytes may lie where
    /// somebody else writes, and only what the signature was checked of may answer.
    pub(crate) fn read_through(
        &mut self,
        key: ListKey,
        source: &CrlSource,
        list: &RevocationList<'_>,
        wanted: Wanted<'_>,
        digest: Option<KnownDigest>,
    ) -> Result<Option<RevokedEntry>, RevocationListError> {
        let asked = asked(key, wanted);
        if let Some(known) = self.entries.get(&asked) {
            return known.clone();
        }
        let found = source.read_through(list, wanted, digest).and_then(|reading| match reading.digest {
            Some(digest) if *self.digest_or_make(key, || digest) != digest => {
                let reason = "its bytes are not those that were read before".into();
                Err(RevocationListError::Unreadable { reason })
            }
            _ => Ok(reading.entry),
        });
        self.entries.insert(asked, found.clone());
        found
    }
}

fn asked(list: ListKey, wanted: Wanted<'_>) -> Asked {
    let Wanted { serial, issuer, entries_of } = wanted;
    Asked { list, serial: serial.to_vec(), issuer: issuer.to_der().to_vec(), entries_of }
}
