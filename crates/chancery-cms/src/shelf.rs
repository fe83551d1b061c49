//! The certificates at hand, and how the one that a signer names is found among them.
//!
//! A message may have 10,000 signers and thousands of certificates: whoever compares each with each does millions of
//! comparisons, and reads the extensions of a certificate anew in each of them. From some certificates on they are
//! found by what identifies them.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use chancery_certificate::Certificate;
use chancery_digest::{AnyDigest, LegacyDigest};

use crate::signer::SignerIdentifier;

/// How many different certificates are looked at for one signer. Two certificates with the same identifier are
/// rare; the limit bounds what is digested and compared.
const MAX_FITTING: usize = 4;

/// How many certificates that do not have the identifier byte for byte are looked at more closely for one signer.
const MAX_CLOSE_LOOKS: usize = 64;

/// Up to so many certificates, and so many signers, looking at each is quicker than an index. Nearly all messages have
/// fewer. Certificates can have thousands of extensions, so few of them are too many for ten thousand signers.
const SCANNED: usize = 8;

/// Certificates in which signers are looked up.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Shelf<'a> {
    certificates: &'a [Certificate],
    index: Option<&'a Index>,
}

/// Places of certificates by what signers may call them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    by_issuer_and_serial: HashMap<Vec<u8>, Vec<usize>>,
    by_serial: HashMap<Vec<u8>, Vec<usize>>,
    by_key_identifier: HashMap<Vec<u8>, Vec<usize>>,
    /// By the SHA-1 digest of the key, for certificates that give their key no identifier.
    by_key_digest: HashMap<Vec<u8>, Vec<usize>>,
}

impl Index {
    fn over(certificates: &[Certificate]) -> Self {
        let mut index = Self::default();
        let put = |map: &mut HashMap<Vec<u8>, Vec<usize>>, key: Vec<u8>, place| {
            map.entry(key).or_default().push(place);
        };
        // The same one a thousand times is no choice.
        let mut known = HashSet::new();
        for (place, certificate) in certificates.iter().enumerate().filter(|(_, one)| known.insert(*one)) {
            let name = issuer_and_serial(certificate.issuer().to_der(), certificate.serial());
            put(&mut index.by_issuer_and_serial, name, place);
            put(&mut index.by_serial, certificate.serial().to_vec(), place);
            match certificate.subject_key_identifier() {
                Ok(Some(identifier)) => put(&mut index.by_key_identifier, identifier, place),
                Ok(None) => {
                    let digest = LegacyDigest::Sha1.digest(certificate.public_key_bits());
                    put(&mut index.by_key_digest, digest.as_bytes().to_vec(), place);
                }
                Err(_) => {}
            }
        }
        index
    }

    fn named(&self, identifier: &SignerIdentifier) -> &[usize] {
        let places = match identifier {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => {
                self.by_issuer_and_serial.get(&issuer_and_serial(issuer.to_der(), serial))
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => self.by_key_identifier.get(identifier),
        };
        places.map_or(&[], Vec::as_slice)
    }

    fn perhaps_named(&self, identifier: &SignerIdentifier) -> &[usize] {
        let places = match identifier {
            SignerIdentifier::IssuerAndSerial { serial, .. } => self.by_serial.get(serial),
            SignerIdentifier::SubjectKeyIdentifier(identifier) => self.by_key_digest.get(identifier),
        };
        places.map_or(&[], Vec::as_slice)
    }
}

fn issuer_and_serial(issuer: &[u8], serial: &[u8]) -> Vec<u8> {
    [&serial.len().to_be_bytes(), serial, issuer].concat()
}

impl<'a> Shelf<'a> {
    /// Certificates that are looked up once: each is looked at.
    pub(crate) const fn scanned(certificates: &'a [Certificate]) -> Self {
        Self { certificates, index: None }
    }

    /// Certificates in which `signers` are looked up. `index` is filled when there are enough of either to need it.
    pub(crate) fn indexed(
        certificates: &'a [Certificate],
        signers: usize,
        index: &'a OnceLock<Index>,
    ) -> Self {
        let many = certificates.len().max(signers) > SCANNED;
        let index = many.then(|| index.get_or_init(|| Index::over(certificates)));
        Self { certificates, index }
    }

    /// Those that have the identifier byte for byte, as many as are looked at.
    fn named(self, identifier: &SignerIdentifier) -> Vec<&'a Certificate> {
        match self.index {
            Some(index) => self.at(index.named(identifier)).take(MAX_FITTING).collect(),
            None => self.certificates.iter().filter(|certificate| identifier.names(certificate)).collect(),
        }
    }

    /// Those that have it as some signers write it.
    fn named_loosely(self, identifier: &SignerIdentifier) -> Vec<&'a Certificate> {
        let loosely = |certificate: &&'a Certificate| identifier.names_loosely(certificate);
        match self.index {
            Some(index) => {
                self.at(index.perhaps_named(identifier)).take(MAX_CLOSE_LOOKS).filter(loosely).collect()
            }
            None => {
                let perhaps = self.certificates.iter().filter(|certificate| identifier.may_name(certificate));
                perhaps.take(MAX_CLOSE_LOOKS).filter(loosely).collect()
            }
        }
    }

    fn at(self, places: &'a [usize]) -> impl Iterator<Item = &'a Certificate> {
        places.iter().filter_map(move |&place| self.certificates.get(place))
    }
}

/// The different certificates that have the identifier, each once, as many as are looked at.
pub(crate) fn fitting<'a>(identifier: &SignerIdentifier, shelves: [Shelf<'a>; 2]) -> Vec<&'a Certificate> {
    let exactly = distinct(shelves.into_iter().flat_map(|shelf| shelf.named(identifier)));
    if !exactly.is_empty() {
        return exactly;
    }
    distinct(shelves.into_iter().flat_map(|shelf| shelf.named_loosely(identifier)))
}

fn distinct<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> Vec<&'a Certificate> {
    let mut distinct: Vec<&Certificate> = Vec::new();
    for certificate in certificates {
        if distinct.len() == MAX_FITTING {
            break;
        }
        if !distinct.contains(&certificate) {
            distinct.push(certificate);
        }
    }
    distinct
}
