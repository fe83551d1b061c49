//! The list of what an archive timestamp covers, by hashes (ETSI EN 319 122-1, 5.5.2).

use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{self, Element, Reader, tag};
use chancery_cms::Attributes;
use chancery_digest::{DigestAlgorithm, KnownDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::attributes::{HASH_INDEX_V1, HASH_INDEX_V2, HASH_INDEX_V3};
use crate::hash_index_fault::HashIndexFault;

/// How unsigned attributes are hashed.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum AttributeHashing {
    /// Each value by itself, with the type of its attribute before it: ats-hash-index-v3.
    Values,
    /// Each attribute as a whole: the two versions before.
    Whole,
}

/// Certificates, revocation information and unsigned attributes by their hashes.
///
/// ```text
/// ATSHashIndexV3 ::= SEQUENCE {
///     hashIndAlgorithm            AlgorithmIdentifier,
///     certificatesHashIndex       SEQUENCE OF OCTET STRING,
///     crlsHashIndex               SEQUENCE OF OCTET STRING,
///     unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
/// ```
///
/// In the version of TS 101 733 the algorithm is SHA-256 if it is left out.
#[derive(Copy, Clone, Debug)]
pub(crate) struct HashIndex<'a> {
    der: &'a [u8],
    hashing: AttributeHashing,
    algorithm: KnownDigest,
    /// The hashes of certificates, revocation information and attributes, each list without its header. A thousand
    /// renewals have indices with a million of them, so they are read as they are needed.
    lists: [&'a [u8]; 3],
}

impl<'a> HashIndex<'a> {
    /// Writes an index of version 3 over these hashes. What is there twice is listed once.
    pub(crate) fn write(
        algorithm: DigestAlgorithm,
        certificates: Vec<Vec<u8>>,
        revocations: Vec<Vec<u8>>,
        attributes: Vec<Vec<u8>>,
    ) -> Vec<u8> {
        let encoded = [certificates, revocations, attributes].map(|hashes| {
            let hashes: Vec<_> = distinct(hashes).iter().map(|hash| asn1::octet_string(hash)).collect();
            asn1::encode(tag::SEQUENCE, &hashes.concat())
        });
        let identifier = asn1::sequence(&[&asn1::oid(&algorithm.oid())]);
        asn1::sequence(&[&identifier, &encoded[0], &encoded[1], &encoded[2]])
    }

    /// The index among the unsigned attributes of a token's signer.
    pub(crate) fn in_token(unsigned: &'a Attributes) -> Result<Self, HashIndexFault> {
        let versions = [HASH_INDEX_V3, HASH_INDEX_V2, HASH_INDEX_V1];
        let found: Vec<(Oid, &'a [u8])> =
            versions.iter().flat_map(|&oid| unsigned.values(oid).map(move |value| (oid, value))).collect();
        match found.as_slice() {
            [] => Err(HashIndexFault::Absent),
            [(oid, value)] => Self::read(*oid, value),
            several => Err(HashIndexFault::Several { count: several.len() }),
        }
    }

    fn read(oid: Oid, value: &'a [u8]) -> Result<Self, HashIndexFault> {
        let mut fields = Element::only(value, tag::SEQUENCE)?.reader();
        let mut lists = fields.clone();
        let mut count = 0;
        while !lists.is_empty() {
            lists.element()?;
            count += 1;
        }
        let algorithm = if count == 3 && oid != HASH_INDEX_V3 {
            DigestAlgorithm::Sha256.into()
        } else {
            let oid = AlgorithmIdentifier::read(&mut fields)?.oid;
            KnownDigest::from_oid(&oid).ok_or(HashIndexFault::Unsupported { oid })?
        };
        let mut list = || fields.expect(tag::SEQUENCE).map(|list| list.content);
        let lists = [list()?, list()?, list()?];
        fields.finish()?;
        let hashing = if oid == HASH_INDEX_V3 { AttributeHashing::Values } else { AttributeHashing::Whole };
        Ok(Self { der: value, hashing, algorithm, lists })
    }

    /// The encoding that is stamped, as received.
    pub(crate) const fn to_der(self) -> &'a [u8] {
        self.der
    }

    pub(crate) const fn hashing(&self) -> AttributeHashing {
        self.hashing
    }

    pub(crate) const fn algorithm(&self) -> KnownDigest {
        self.algorithm
    }

    /// The hashes of certificates, revocation information and attributes, for [`hashes`].
    pub(crate) const fn lists(&self) -> [&'a [u8]; 3] {
        self.lists
    }
}

/// The hashes of a list, or of its end.
pub(crate) fn hashes(list: &[u8]) -> impl Iterator<Item = Result<&[u8], HashIndexFault>> {
    let mut reader = Reader::new(list);
    std::iter::from_fn(move || match reader.is_empty() {
        true => None,
        false => {
            Some(reader.expect(tag::OCTET_STRING).map(|hash| hash.content).map_err(HashIndexFault::from))
        }
    })
}

fn distinct(hashes: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seen = std::collections::HashSet::new();
    hashes.into_iter().filter(|hash| seen.insert(hash.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(byte: u8) -> Vec<u8> {
        vec![byte; 32]
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = HashIndex::write(
            DigestAlgorithm::Sha256,
            vec![hash(1), hash(2), hash(1)],
            Vec::new(),
            vec![hash(3)],
        );
        let read = HashIndex::read(HASH_INDEX_V3, &written).unwrap();
        let lists =
            read.lists().map(|list| hashes(list).map(|one| one.unwrap().to_vec()).collect::<Vec<_>>());
        assert_eq!(lists, [vec![hash(1), hash(2)], Vec::new(), vec![hash(3)]]);
        assert_eq!(
            (read.algorithm(), read.hashing()),
            (DigestAlgorithm::Sha256.into(), AttributeHashing::Values)
        );
        assert_eq!(read.to_der(), written);
    }

    #[test]
    fn only_the_oldest_version_may_leave_the_algorithm_out() {
        let empty = asn1::sequence(&[]);
        let three = asn1::sequence(&[&empty, &empty, &empty]);
        let read = HashIndex::read(HASH_INDEX_V1, &three).unwrap();
        assert_eq!(
            (read.algorithm(), read.hashing()),
            (DigestAlgorithm::Sha256.into(), AttributeHashing::Whole)
        );
        assert!(matches!(HashIndex::read(HASH_INDEX_V3, &three), Err(HashIndexFault::Malformed(_))));
        let four = asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&HASH_INDEX_V3)]), &empty, &empty, &empty]);
        assert!(matches!(HashIndex::read(HASH_INDEX_V3, &four), Err(HashIndexFault::Unsupported { .. })));
        for bytes in [&b""[..], b"x", &[0x30, 1], &[three.as_slice(), &[0]].concat()] {
            assert!(HashIndex::read(HASH_INDEX_V1, bytes).is_err(), "{bytes:?}");
        }
    }
}
