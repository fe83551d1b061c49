//! Since when things are proven to have existed.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use jiff::Timestamp;

/// By what an object is recognised: the SHA-256 digest of its octets. Whoever proves something of it several times makes
/// it once.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectDigest([u8; 32]);

/// Its first octets find it in a table: nobody makes more than a handful of objects that begin alike.
impl Hash for ObjectDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (first, _) = self.0.as_chunks::<8>();
        state.write_u64(first.first().map_or(0, |first| u64::from_le_bytes(*first)));
    }
}

impl ObjectDigest {
    /// Of the object with these octets.
    pub fn of(object: &[u8]) -> Self {
        Self::from_sha256(DigestAlgorithm::Sha256.digest(object).as_bytes())
    }

    /// Of a certificate, which keeps it.
    pub fn of_certificate(certificate: &Certificate) -> Self {
        Self::from_sha256(certificate.sha256().as_bytes())
    }

    fn from_sha256(digest: &[u8]) -> Self {
        let mut key = Self([0; 32]);
        key.0.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        key
    }
}

/// Since when objects are proven to have existed: certificates, CRLs, OCSP answers, timestamp tokens, signature values
/// (the set of POEs of ETSI EN 319 102-1, 5.6.2.3).
///
/// Why anybody wants to know: a key that is trusted today may be in wrong hands tomorrow, and an algorithm that holds
/// today may be broken then. Whoever has the key, or breaks the algorithm, can write certificates and revocation lists
/// of any date. What is proven to have existed *before* cannot be of that kind. The proof is a timestamp of an authority
/// that is itself to be trusted, over the octets in question.
///
/// Everything at hand exists at the present, so nothing needs a proof for that. An object is its octets: another
/// encoding of the same certificate is another object, and so is an OCSP answer with its outer layer and without. Of CRLs
/// that are not in memory ([`CrlSource`](crate::CrlSource)) nothing is proven.
///
/// ```
/// use chancery_chain::ProofsOfExistence;
/// # let (list, other) = (b"a CRL", b"another");
/// let mut proofs = ProofsOfExistence::new("2026-11-21T12:00:00Z".parse()?);
/// proofs.prove(list, "2024-03-01T00:00:00Z".parse()?);
/// // A later proof adds nothing.
/// proofs.prove(list, "2025-03-01T00:00:00Z".parse()?);
/// assert_eq!(proofs.earliest(list), "2024-03-01T00:00:00Z".parse()?);
/// assert_eq!(proofs.earliest(other), proofs.present());
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug)]
pub struct ProofsOfExistence {
    present: Timestamp,
    earliest: HashMap<ObjectDigest, Timestamp>,
    /// Of what something earlier became known, in the order in which it did.
    lowered: Vec<ObjectDigest>,
    identity: Identity,
}

/// Which proofs they are, for those who follow them.
#[derive(Clone, Debug)]
pub(crate) struct Identity(Arc<()>);

impl Identity {
    /// Whether these are the same proofs, and not only equal ones.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A copy goes its own way.
impl Clone for ProofsOfExistence {
    fn clone(&self) -> Self {
        Self { earliest: self.earliest.clone(), ..Self::new(self.present) }
    }
}

impl PartialEq for ProofsOfExistence {
    fn eq(&self, other: &Self) -> bool {
        (self.present, &self.earliest) == (other.present, &other.earliest)
    }
}

impl Eq for ProofsOfExistence {}

impl ProofsOfExistence {
    /// Everything that is at hand exists at the present, and nothing is proven for an earlier time.
    pub fn new(present: Timestamp) -> Self {
        let identity = Identity(Arc::default());
        Self { present, earliest: HashMap::new(), lowered: Vec::new(), identity }
    }

    /// Notes that the object existed at this time. The earliest time is kept.
    ///
    /// Only a timestamp that was found trustworthy proves anything (`TrustedTimestamp` of `chancery-timestamp`), and
    /// only for the octets that it covers. Times that something claims of itself, as `signing-time`, `thisUpdate` or the
    /// date of a file, must never come here.
    pub fn prove(&mut self, object: &[u8], at: Timestamp) {
        self.prove_digest(ObjectDigest::of(object), at);
    }

    /// The same for an object whose digest was made before.
    pub fn prove_digest(&mut self, object: ObjectDigest, at: Timestamp) {
        let earliest = self.earliest.entry(object).or_insert(Timestamp::MAX);
        if at < *earliest {
            *earliest = at;
            self.lowered.push(object);
        }
    }

    /// The earliest time at which the object is proven to have existed, never later than the present.
    pub fn earliest(&self, object: &[u8]) -> Timestamp {
        self.earliest_of(|| ObjectDigest::of(object))
    }

    /// The same for a certificate.
    pub fn earliest_of_certificate(&self, certificate: &Certificate) -> Timestamp {
        self.earliest_of(|| ObjectDigest::of_certificate(certificate))
    }

    /// The same for an object whose digest is made when it is needed: without any proof nothing needs to be hashed.
    pub fn earliest_of(&self, object: impl FnOnce() -> ObjectDigest) -> Timestamp {
        if self.earliest.is_empty() {
            return self.present;
        }
        self.earliest.get(&object()).map_or(self.present, |at| self.present.min(*at))
    }

    /// The present: the time at which everything at hand exists.
    pub fn present(&self) -> Timestamp {
        self.present
    }

    /// Which proofs these are, and of how many things something earlier became known so far.
    pub(crate) fn state(&self) -> (&Identity, usize) {
        (&self.identity, self.lowered.len())
    }

    /// Of what something earlier became known after so many.
    pub(crate) fn lowered_since(&self, count: usize) -> &[ObjectDigest] {
        self.lowered.get(count..).unwrap_or_default()
    }
}

/// Since when one piece is proven to have existed: looked up once, when somebody first asks.
#[derive(Clone, Debug)]
pub(crate) struct Existence<'a> {
    proofs: Option<&'a ProofsOfExistence>,
    since: OnceCell<Timestamp>,
}

impl<'a> Existence<'a> {
    /// By these proofs. Without any, nobody asks.
    pub(crate) fn by(proofs: Option<&'a ProofsOfExistence>) -> Self {
        Self { proofs, since: OnceCell::new() }
    }

    /// Of the piece with this digest, which is made when it is needed; of one whose octets are not in memory nothing is
    /// proven before the present.
    pub(crate) fn since(&self, object: Option<impl FnOnce() -> ObjectDigest>) -> Timestamp {
        *self.since.get_or_init(|| match (self.proofs, object) {
            (Some(proofs), Some(object)) => proofs.earliest_of(object),
            (Some(proofs), None) => proofs.present(),
            (None, _) => Timestamp::MIN,
        })
    }

    /// Of a certificate beside it.
    pub(crate) fn of_certificate(&self, certificate: &Certificate) -> Timestamp {
        self.proofs.map_or(Timestamp::MIN, |proofs| proofs.earliest_of_certificate(certificate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    #[test]
    fn the_earliest_proof_counts_whatever_the_order() {
        let mut proofs = ProofsOfExistence::new(time(100));
        assert_eq!(proofs.earliest(b"a"), time(100));
        proofs.prove(b"a", time(50));
        proofs.prove(b"a", time(20));
        proofs.prove(b"a", time(30));
        assert_eq!(proofs.earliest(b"a"), time(20));
        assert_eq!(proofs.earliest(b"b"), time(100));
    }

    #[test]
    fn a_digest_that_was_made_before_stands_for_the_object() {
        let mut proofs = ProofsOfExistence::new(time(100));
        proofs.prove_digest(ObjectDigest::of(b"a"), time(50));
        assert_eq!((proofs.earliest(b"a"), proofs.earliest(b"b")), (time(50), time(100)));
    }

    #[test]
    fn who_follows_is_told_only_what_became_earlier() {
        let mut proofs = ProofsOfExistence::new(time(100));
        proofs.prove(b"a", time(50));
        proofs.prove(b"b", time(60));
        let (_, before) = proofs.state();
        proofs.prove(b"a", time(70));
        assert!(proofs.lowered_since(before).is_empty());
        proofs.prove(b"b", time(40));
        assert_eq!(proofs.lowered_since(before), [ObjectDigest::of(b"b")]);
        let copy = proofs.clone();
        assert!(copy == proofs && !copy.state().0.is(proofs.state().0));
    }

    #[test]
    fn nothing_is_younger_than_the_present() {
        let mut proofs = ProofsOfExistence::new(time(100));
        proofs.prove(b"a", time(500));
        assert_eq!(proofs.earliest(b"a"), time(100));
    }
}
