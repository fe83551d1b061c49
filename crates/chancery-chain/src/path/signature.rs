//! Signatures on certificates, CRLs and OCSP answers: right key, known algorithm, acceptable at the moment.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_digest::{AnyDigest, KnownDigest};
use chancery_key::{
    AlgorithmError, ClaimedAlgorithm, KeyError, KeyKind, ParameterReading, PublicKey, VerifyError,
    lifetime::{AlgorithmConstraints, Lifetime},
};
use jiff::Timestamp;

use crate::path::budget::{Budget, Exhausted};
use crate::revocation::crl::RevocationList;
use crate::revocation::foundation::WeakFrom;
use crate::revocation::ocsp::OcspAnswer;
use crate::revocation::readings::{AnswerKey, ListKey, Readings};

/// How a signature fared. What is weak is a statement of its own: the signature may be right and weak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignatureOutcome {
    Right,
    Wrong,
    Unsupported { algorithm: String },
    Malformed { reason: String },
}

/// An algorithm with a key that was not acceptable at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weak {
    pub(crate) algorithm: String,
    pub(crate) acceptable_until: Option<Timestamp>,
}

/// A certificate as the key that it holds: however many certificates there are of one key, a signature is checked
/// with it once.
#[derive(Clone, Debug)]
struct KeyOf(Certificate);

impl PartialEq for KeyOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.public_key_info() == other.0.public_key_info()
    }
}

impl Eq for KeyOf {}

impl Hash for KeyOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.public_key_info().hash(state);
    }
}

/// How signatures fared, of each thing with each that may have signed it. A chain has a handful of them, which are found
/// sooner one after another than by their hashes; what is beyond that goes into a table, so that hostile sets cost no more
/// for each than small ones.
#[derive(Debug)]
struct Outcomes<P> {
    first: Vec<(P, SignatureOutcome)>,
    others: HashMap<P, SignatureOutcome>,
}

impl<P> Default for Outcomes<P> {
    fn default() -> Self {
        Self { first: Vec::new(), others: HashMap::new() }
    }
}

impl<P: Eq + Hash> Outcomes<P> {
    const HANDFUL: usize = 8;

    fn get(&self, pair: &P) -> Option<&SignatureOutcome> {
        let found = self.first.iter().find(|(known, _)| known == pair).map(|(_, outcome)| outcome);
        // An empty table is not worth the hash.
        found.or_else(|| if self.others.is_empty() { None } else { self.others.get(pair) })
    }

    fn insert(&mut self, pair: P, outcome: SignatureOutcome) {
        if self.first.len() < Self::HANDFUL {
            self.first.push((pair, outcome));
        } else {
            self.others.insert(pair, outcome);
        }
    }
}

/// Keys whose arithmetic is prepared: for RSA that takes as long as a good part of a verification. A handful, since an
/// attacker can send thousands that are used once.
#[derive(Debug, Default)]
struct Keys(Vec<(KeyOf, PublicKey)>);

impl Keys {
    const HANDFUL: usize = 8;

    /// Lends the key of a certificate.
    fn lend<T>(
        &mut self,
        certificate: &Certificate,
        work: impl FnOnce(&PublicKey) -> T,
    ) -> Result<T, KeyError> {
        let wanted = KeyOf(certificate.clone());
        if let Some((_, key)) = self.0.iter().find(|(known, _)| *known == wanted) {
            return Ok(work(key));
        }
        let key = PublicKey::of(certificate)?;
        let done = work(&key);
        if self.0.len() < Self::HANDFUL {
            self.0.push((wanted, key));
        }
        Ok(done)
    }
}

/// Checks signatures, each pair of certificate and key once, and each pair of list or answer and signer.
#[derive(Debug, Default)]
pub(crate) struct SignatureChecker {
    keys: Keys,
    certificates: Outcomes<(Certificate, KeyOf)>,
    lists: Outcomes<(ListKey, Certificate)>,
    answers: Outcomes<(AnswerKey, Certificate)>,
    /// What was read in lists: the digest of each, by the one algorithm that the list itself names.
    pub(crate) readings: Readings,
}

impl SignatureChecker {
    /// Whether `issuer`'s key made the signature on `certificate`.
    pub(crate) fn certificate(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        budget: &mut Budget,
    ) -> Result<SignatureOutcome, Exhausted> {
        let pair = (certificate.clone(), KeyOf(issuer.clone()));
        if let Some(outcome) = self.certificates.get(&pair) {
            return Ok(outcome.clone());
        }
        let outcome = check(
            &mut self.keys,
            issuer,
            &certificate.signature_algorithm(),
            certificate.to_be_signed(),
            certificate.signature(),
            ParameterReading::Strict,
            budget,
        )?;
        self.certificates.insert(pair, outcome.clone());
        Ok(outcome)
    }

    /// Whether `signer`'s key made the signature on the list. A list is hashed once, however many keys are tried; one
    /// that is not in memory when it is read through.
    pub(crate) fn list(
        &mut self,
        key: ListKey,
        list: &RevocationList<'_>,
        signer: &Certificate,
        budget: &mut Budget,
    ) -> Result<SignatureOutcome, Exhausted> {
        let pair = (key, signer.clone());
        if let Some(outcome) = self.lists.get(&pair) {
            return Ok(outcome.clone());
        }
        if matches!(key, ListKey::Source(_)) && self.readings.digest(key).is_none() {
            let algorithm = match digest_of(list) {
                Some(_) => "a list that was not read through".into(),
                None => format!("{} over a list that is not in memory", list.signature_algorithm().oid),
            };
            return Ok(SignatureOutcome::Unsupported { algorithm });
        }
        let readings = &mut self.readings;
        let verify = |public: &PublicKey, claimed: &ClaimedAlgorithm| {
            if *claimed == ClaimedAlgorithm::Ed25519 {
                return public.verify(claimed, list.to_be_signed(), list.signature());
            }
            let make = || claimed.digest().digest(list.to_be_signed());
            public.verify_digest(claimed, readings.digest_or_make(key, make), list.signature())
        };
        let outcome = check_with(
            &mut self.keys,
            signer,
            (list.signature_algorithm(), ParameterReading::Strict),
            budget,
            verify,
        )?;
        self.lists.insert(pair, outcome.clone());
        Ok(outcome)
    }

    /// Whether `signer`'s key made the signature on the answer.
    pub(crate) fn answer(
        &mut self,
        key: AnswerKey,
        answer: &OcspAnswer<'_>,
        signer: &Certificate,
        reading: ParameterReading,
        budget: &mut Budget,
    ) -> Result<SignatureOutcome, Exhausted> {
        let pair = (key, signer.clone());
        if let Some(outcome) = self.answers.get(&pair) {
            return Ok(outcome.clone());
        }
        let (algorithm, signature) = (answer.signature_algorithm(), answer.signature());
        let (keys, message) = (&mut self.keys, answer.to_be_signed());
        let outcome = check(keys, signer, algorithm, message, signature, reading, budget)?;
        self.answers.insert(pair, outcome.clone());
        Ok(outcome)
    }
}

/// The digest that the signature of the list is made of; `None` when it is made of the whole message, or not known.
pub(crate) fn digest_of(list: &RevocationList<'_>) -> Option<KnownDigest> {
    let algorithm = list.signature_algorithm();
    let claimed =
        ClaimedAlgorithm::from_algorithm_identifier_with(algorithm, ParameterReading::Strict).ok()?;
    (claimed != ClaimedAlgorithm::Ed25519).then(|| claimed.digest())
}

/// Whether `signer`'s key made `signature` over `message`.
fn check(
    keys: &mut Keys,
    signer: &Certificate,
    algorithm: &AlgorithmIdentifier<'_>,
    message: &[u8],
    signature: &[u8],
    reading: ParameterReading,
    budget: &mut Budget,
) -> Result<SignatureOutcome, Exhausted> {
    let verify = |key: &PublicKey, claimed: &ClaimedAlgorithm| key.verify(claimed, message, signature);
    check_with(keys, signer, (algorithm, reading), budget, verify)
}

fn check_with(
    keys: &mut Keys,
    signer: &Certificate,
    (algorithm, reading): (&AlgorithmIdentifier<'_>, ParameterReading),
    budget: &mut Budget,
    verify: impl FnOnce(&PublicKey, &ClaimedAlgorithm) -> Result<(), VerifyError>,
) -> Result<SignatureOutcome, Exhausted> {
    let claimed = match ClaimedAlgorithm::from_algorithm_identifier_with(algorithm, reading) {
        Ok(claimed) => claimed,
        Err(AlgorithmError::Unsupported { oid }) => {
            return Ok(SignatureOutcome::Unsupported { algorithm: oid.to_string() });
        }
        Err(error @ AlgorithmError::MaskDigest { .. }) => {
            return Ok(SignatureOutcome::Unsupported { algorithm: error.to_string() });
        }
        Err(error) => return Ok(SignatureOutcome::Malformed { reason: error.to_string() }),
    };
    let verified = keys.lend(signer, |key| {
        budget.signature_check()?;
        Ok(match verify(key, &claimed) {
            Ok(()) => SignatureOutcome::Right,
            Err(VerifyError::Key(error)) => unusable(&error),
            Err(_) => SignatureOutcome::Wrong,
        })
    });
    verified.unwrap_or_else(|error| Ok(unusable(&error)))
}

/// A key that cannot be used for verification: not supported, or not readable.
fn unusable(error: &KeyError) -> SignatureOutcome {
    match error {
        KeyError::Unsupported { oid } => {
            SignatureOutcome::Unsupported { algorithm: format!("a key of the kind {oid}") }
        }
        KeyError::ModulusLength { bits, .. } => {
            SignatureOutcome::Unsupported { algorithm: format!("an RSA key of {bits} bits") }
        }
        KeyError::MaskDigest { .. } => SignatureOutcome::Unsupported { algorithm: error.to_string() },
        KeyError::UnnamedCurve => {
            SignatureOutcome::Unsupported { algorithm: "an elliptic curve that has no name".into() }
        }
        other => SignatureOutcome::Malformed { reason: format!("the issuer's key: {other}") },
    }
}

/// The weakness of a signature by `signer` at the moment, if its algorithm and key are known at all.
pub(crate) fn weakness(
    constraints: AlgorithmConstraints,
    signer: &Certificate,
    algorithm: &AlgorithmIdentifier<'_>,
    reading: ParameterReading,
    at: Timestamp,
) -> Option<Weak> {
    let claimed = ClaimedAlgorithm::from_algorithm_identifier_with(algorithm, reading).ok()?;
    let kind = KeyKind::of(signer).ok()?;
    let lifetime = constraints.acceptable_until(&claimed, kind);
    weak(lifetime, at, || format!("{claimed} and a key of {kind}"))
}

/// From when on a signature by `signer` is too weak, if a day is set.
pub(crate) fn weak_from(
    constraints: AlgorithmConstraints,
    signer: &Certificate,
    algorithm: &AlgorithmIdentifier<'_>,
    reading: ParameterReading,
) -> Option<WeakFrom> {
    let weak = weakness(constraints, signer, algorithm, reading, Timestamp::MAX)?;
    Some(WeakFrom { from: weak.acceptable_until?, algorithm: weak.algorithm })
}

/// The weakness of a certificate's own key at the moment, if it is of a known kind.
pub(crate) fn weak_key(
    constraints: AlgorithmConstraints,
    certificate: &Certificate,
    at: Timestamp,
) -> Option<Weak> {
    let kind = match KeyKind::of(certificate) {
        Ok(kind) => kind,
        // Too short to compute with, so too short at any time.
        Err(KeyError::ModulusLength { bits, .. }) if bits < 1024 => KeyKind::Rsa { bits },
        Err(_) => return None,
    };
    weak(constraints.key_acceptable_until(kind), at, || kind.to_string())
}

fn weak(lifetime: Lifetime, at: Timestamp, algorithm: impl FnOnce() -> String) -> Option<Weak> {
    if lifetime.includes(at) {
        return None;
    }
    let acceptable_until = match lifetime {
        Lifetime::Until(until) => Some(until),
        _ => None,
    };
    Some(Weak { algorithm: algorithm(), acceptable_until })
}
