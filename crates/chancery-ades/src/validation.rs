//! The validation of everything that is in one document or message (ETSI EN 319 102-1 V1.4.1, clause 5).

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use chancery_chain::{Evidence, PreparedEvidence, ProofsOfExistence};
use chancery_cms::SignerCheck;
use jiff::Timestamp;

use crate::facts::{Path, TimestampFacts};
use crate::faults::{self, Meaning};
use crate::process::kept::{self, Carried};
use crate::process::order::{self, Disorder};
use crate::process::paths::Paths;
use crate::process::sequence::{Objects, Sequence, Stamp};
use crate::process::signature::{self, Signature};
use crate::process::timestamps::{self, Distrust, Gathered, Outcome};
use crate::report::{Aspect, Parts, Restriction, SignatureKind};
use crate::subject::{CoveringTimestamp, SignatureSubject};
use crate::timestamp_kind::TimestampKind;
use crate::verdict::{Existence, Proof};
use crate::{Finding, Policy, SignatureReport, SubIndication, Verdict};

/// Validates the signatures and timestamps of one document or message together, since they prove things for each
/// other.
///
/// First the timestamps are judged, the newest first: each by what those after it prove. A trusted one proves that what
/// it covers existed at its time. Then each signature is judged as of the earliest time at which it is proven to have
/// existed: by its path at the present, if that still holds; else at that time, if nothing happened since but that the
/// certificate ended, something was revoked or newer revocation information is missing; else in retrospect, by what is
/// proven of every certificate, CRL and OCSP answer.
///
/// Without any trusted timestamp a signature is judged at the moment of validation, since nothing else is proven.
///
/// # What does not pass
///
/// The words are those of the standard, told of the signature as of the present, as the standard and EU DSS do; what
/// would help is said beside ([`Reason::help`](crate::Reason::help)), and each timestamp has a word of its own
/// ([`TimestampFacts`]).
///
/// | what is wrong | word |
/// | --- | --- |
/// | the certificate has expired, and the signature is not proven to be older | `OUT_OF_BOUNDS_NOT_REVOKED` where it is known that it was not revoked before, else `OUT_OF_BOUNDS_NO_POE` |
/// | the signature is proven to be older than its certificate | `NOT_YET_VALID`, for good |
/// | the certificate was revoked, and the signature is not proven to be older | `REVOKED_NO_POE` |
/// | an authority was revoked, and not everything is proven to be older | `REVOKED_CA_NO_POE` |
/// | it is certainly younger, by a timestamp over the content that it covers | `REVOKED`, `EXPIRED`, for good |
/// | the certificate is on hold, or was when the signature existed | `TRY_LATER` |
/// | all revocation information is outdated | `TRY_LATER` |
/// | there is no revocation information | `CERTIFICATE_CHAIN_GENERAL_FAILURE` |
/// | whoever signed the revocation information has expired, and it is not proven to be older | `REVOCATION_OUT_OF_BOUNDS_NO_POE` |
/// | an algorithm or key has ended, and what uses it is not proven to be older | `CRYPTO_CONSTRAINTS_FAILURE_NO_POE` |
/// | it is certainly younger than the end of its algorithm | `CRYPTO_CONSTRAINTS_FAILURE` |
/// | trust in the anchor has ended, and the signature is not proven to be older | `NO_CERTIFICATE_CHAIN_FOUND_NO_POE` |
/// | times of trusted timestamps contradict each other | `TIMESTAMP_ORDER_FAILURE` |
/// | the level is lower than the policy demands, or only looks as high | `SIG_CONSTRAINTS_FAILURE` |
///
/// # Stricter than the standard
///
/// Where an authority was revoked after the signature existed, or nothing is known of it since, the standard lets it pass
/// (5.5.4 steps 4 a and 6); here the certificate and the revocation information below that authority must be proven to be
/// older too, since whoever stole its key can date them back. Two timestamps that contradict each other count only if both are trusted, so that nobody
/// spoils a signature by adding one.
///
/// ```
/// # fn judge(policy: &chancery_ades::Policy, one: chancery_ades::SignatureSubject, other: chancery_ades::SignatureSubject) -> Result<(), jiff::Error> {
/// use chancery_ades::Validation;
///
/// let validated = Validation::new(policy, "2026-11-21T12:00:00Z".parse()?).signature(one).signature(other).judge();
/// for report in &validated.signatures {
///     println!("{report}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Validation<'p> {
    policy: &'p Policy,
    at: Timestamp,
    signatures: Vec<SignatureSubject>,
    timestamps: Vec<CoveringTimestamp>,
    evidence: Evidence,
}

/// The reports on what was validated together, in the order in which it was added.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Validated {
    /// On the signatures.
    pub signatures: Vec<SignatureReport>,
    /// On the timestamps over the document.
    pub timestamps: Vec<SignatureReport>,
}

impl<'p> Validation<'p> {
    /// Judges by this policy, at this moment: the present of whoever asks, or of a time that is played back.
    #[must_use]
    pub fn new(policy: &'p Policy, at: Timestamp) -> Self {
        let (signatures, timestamps) = (Vec::new(), Vec::new());
        Self { policy, at, signatures, timestamps, evidence: Evidence::new() }
    }

    /// Adds certificates, CRLs and OCSP answers that belong to no signature but to the document. What the signatures
    /// and timestamps carry is known anyway, to all of them.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds a signature with its timestamps.
    #[must_use]
    pub fn signature(mut self, subject: SignatureSubject) -> Self {
        self.signatures.push(subject);
        self
    }

    /// Adds a timestamp that belongs to no signature but to the document.
    #[must_use]
    pub fn document_timestamp(mut self, timestamp: CoveringTimestamp) -> Self {
        self.timestamps.push(timestamp);
        self
    }

    /// Judges everything.
    #[must_use]
    pub fn judge(self) -> Validated {
        let mut carried = self.evidence;
        let (mut stamps, mut owned) = (Vec::new(), Vec::new());
        let mut signatures = self.signatures;
        for (place, subject) in signatures.iter_mut().enumerate() {
            carried.extend(mem::take(&mut subject.evidence));
            let timestamps = mem::take(&mut subject.timestamps).into_iter();
            let slots = timestamps.map(|one| Slot::of(one, Some(place), &mut carried, &mut stamps));
            owned.push(slots.collect::<Vec<_>>());
        }
        let of_document = self.timestamps.into_iter();
        let of_document: Vec<Slot> =
            of_document.map(|one| Slot::of(one, None, &mut carried, &mut stamps)).collect();
        let sequence = Sequence::of(&stamps);
        // What came with the signatures first: so it is a part of all that is known, and nothing in it is done twice.
        let mut evidence = carried.clone();
        evidence.extend(self.policy.known_evidence().clone());
        let prepared = PreparedEvidence::new(&evidence);
        let carried = kept::is_asked_for(self.policy).then(|| Carried::new(&carried, &prepared));
        let paths = Paths::new(self.policy, &prepared, self.at);
        let gathered = Gathered::from(&stamps, &sequence, &paths);
        let disorders = order::disorders(&stamps, &sequence, &gathered);
        // Those that contradict each other spoil the signatures that they belong to, and prove nothing for the others.
        let doubted: HashSet<usize> = disorders.iter().flat_map(|disorder| disorder.places).collect();
        let others = (!doubted.is_empty())
            .then(|| Known::from(Gathered::but_for(doubted, &stamps, &sequence, &paths)));
        let judged =
            Judged { paths, carried: carried.as_ref(), stamps, known: gathered.into(), others, disorders };
        let signatures = signatures.into_iter().zip(owned).enumerate();
        let reports = signatures.map(|(place, (subject, slots))| judged.signature(place, subject, slots));
        Validated {
            signatures: reports.collect(),
            timestamps: of_document.into_iter().map(|slot| judged.document_timestamp(slot)).collect(),
        }
    }
}

impl SignatureSubject {
    /// Validates this signature alone: see [`Validation`].
    #[must_use]
    pub fn validate(self, policy: &Policy, at: Timestamp) -> SignatureReport {
        let name = self.name.clone();
        let reports = Validation::new(policy, at).signature(self).judge().signatures;
        // One was added, so there is one.
        reports.into_iter().next().unwrap_or_else(|| not_judged(name))
    }
}

fn not_judged(name: String) -> SignatureReport {
    let finding = Finding::error("not-judged", "it was not judged");
    let restriction = Restriction::leaves_open(SubIndication::Generic, Aspect::Integrity, finding);
    SignatureReport::unchecked(name, restriction)
}

/// Where the outcome of a timestamp is found, or why it was not judged.
#[derive(Debug)]
enum Slot {
    Stamp(usize),
    Unmatched { kind: TimestampKind, name: String, text: String, meaning: Meaning },
}

impl Slot {
    fn of(
        timestamp: CoveringTimestamp,
        owner: Option<usize>,
        evidence: &mut Evidence,
        stamps: &mut Vec<Stamp>,
    ) -> Self {
        let CoveringTimestamp { kind, name, token, covers, evidence: beside } = timestamp;
        let token = match token {
            Ok(token) => token,
            Err(fault) => {
                let (text, meaning) = (fault.to_string(), faults::of_token(&fault));
                return Self::Unmatched { kind, name, text, meaning };
            }
        };
        evidence.extend(beside);
        token.certificates().iter().for_each(|certificate| evidence.add_certificate(certificate.clone()));
        token.message().crls().iter().for_each(|crl| evidence.add_crl(crl));
        let objects = Objects::of(&covers);
        stamps.push(Stamp { owner, kind, name, token, covers, objects });
        Self::Stamp(stamps.len() - 1)
    }
}

/// Everything that is known when the signatures are judged.
struct Judged<'a> {
    paths: Paths<'a>,
    /// What came with the signatures, where that must be enough.
    carried: Option<&'a Carried<'a>>,
    stamps: Vec<Stamp>,
    known: Known,
    /// What is known for signatures whose timestamps are in order, where those of others are not.
    others: Option<Known>,
    disorders: Vec<Disorder>,
}

/// What the timestamps prove.
struct Known {
    gathered: Gathered,
    /// The same proofs, for the reports.
    proofs: Arc<ProofsOfExistence>,
}

impl From<Gathered> for Known {
    fn from(gathered: Gathered) -> Self {
        Self { proofs: Arc::new(gathered.proofs.clone()), gathered }
    }
}

impl Judged<'_> {
    fn outcome(&self, place: usize) -> Option<(&Stamp, &Outcome)> {
        self.stamps.get(place).zip(self.known.gathered.outcomes.get(place)?.as_ref())
    }

    fn signature(&self, place: usize, subject: SignatureSubject, timestamps: Vec<Slot>) -> SignatureReport {
        let mut parts = Parts::default();
        let disorders: Vec<&Disorder> =
            self.disorders.iter().filter(|disorder| disorder.concerns(place)).collect();
        let known = self.others.as_ref().filter(|_| disorders.is_empty()).unwrap_or(&self.known);
        let made_after = self.tell_timestamps(timestamps, &mut parts);
        let facts = &mut parts.facts;
        (facts.value, facts.level) = (Some(subject.value.clone()), Some(subject.level));
        facts.particulars = subject.particulars;
        facts.policy = Some(self.paths.policy().revocation());
        facts.proofs = Some(Arc::clone(&known.proofs));
        facts.claimed_signer.clone_from(&subject.claimed_signer);
        let SignatureSubject { name, value, level, binding, .. } = subject;
        let mut report = match subject.check {
            SignerCheck::Faulty(faults) => {
                signature::refuse(name, subject.claimed_signer.as_ref(), &faults, parts)
            }
            SignerCheck::Sound(signer) => {
                let signature = Signature { name, value, level, binding, made_after };
                let report = signature::judge(&signature, &signer, &self.paths, &known.gathered, parts);
                match self.carried {
                    Some(carried) => kept::judge(report, self.paths.policy(), carried, self.paths.present()),
                    None => report,
                }
            }
        };
        for disorder in disorders {
            report = report.restrict(out_of_order(disorder));
        }
        let report = subject.restrictions.into_iter().fold(report, SignatureReport::restrict);
        subject.notes.into_iter().fold(report, |report, (aspect, finding)| report.note(aspect, finding))
    }

    /// Says what came of the timestamps of a signature. Gives the latest time that the signature is proven to be
    /// younger than.
    fn tell_timestamps(&self, timestamps: Vec<Slot>, parts: &mut Parts) -> Option<Timestamp> {
        let mut made_after = None;
        for slot in timestamps {
            let place = match slot {
                Slot::Stamp(place) => place,
                Slot::Unmatched { kind, name, text, meaning } => {
                    let finding = format!("a timestamp of the signature proves nothing: {text}");
                    parts.time.findings.push(Finding::warning("timestamp-invalid", finding));
                    let verdict = meaning.verdict(text);
                    parts.facts.timestamps.push(TimestampFacts::unmatched(kind, name, verdict));
                    continue;
                }
            };
            let Some((stamp, outcome)) = self.outcome(place) else { continue };
            if let (Outcome::Trusted(trusted), TimestampKind::Content) = (outcome, stamp.kind) {
                made_after = made_after.max(Some(trusted.token().earliest_time()));
            }
            tell(stamp, outcome, &self.paths, parts);
        }
        made_after
    }

    fn document_timestamp(&self, timestamp: Slot) -> SignatureReport {
        let mut parts = Parts::default();
        let place = match timestamp {
            Slot::Stamp(place) => place,
            Slot::Unmatched { name, text, meaning, .. } => {
                parts.integrity.worsen(meaning.conclusion());
                parts.integrity.findings.push(Finding::error(meaning.kind, text.clone()));
                let (kind, verdict) = (SignatureKind::DocumentTimestamp, meaning.verdict(text));
                return SignatureReport { kind, name, signer: None, verdict, parts };
            }
        };
        let Some((stamp, outcome)) = self.outcome(place) else { return not_judged(String::new()) };
        parts.facts.token = Some(stamp.token.message().octets().clone());
        parts.facts.covers = stamp.covers.clone();
        parts.facts.stamped_at = Some(stamp.token.time());
        parts.facts.proofs = Some(Arc::clone(&self.known.proofs));
        parts.facts.note_signer(stamp.token.signer(), self.paths.policy().algorithms());
        parts.facts.policy = Some(self.paths.policy().revocation());
        parts.integrity.state(format!("what was stamped is unchanged ({})", stamp.token.imprint_algorithm()));
        parts.time.state(format!("stamped at {}", stamp.token.time()));
        let (time, outcome) = match outcome {
            Outcome::Trusted(trusted) => (timestamps::existed_by(trusted, &self.paths), Ok(trusted.chain())),
            Outcome::Refused(refused) => (stamp.token.time(), Err(&refused.refusal)),
        };
        let name = stamp.name.clone();
        let authority = stamp.token.signer().certificate();
        let report = signature::of_document_timestamp(name, time, authority, outcome, parts);
        let concerns = |disorder: &&Disorder| disorder.places.contains(&place);
        let disorders = self.disorders.iter().filter(concerns).map(out_of_order);
        disorders.fold(report, SignatureReport::restrict)
    }
}

fn out_of_order(disorder: &Disorder) -> Restriction {
    let finding = Finding::error("timestamps-out-of-order", disorder.text.clone());
    let help = "timestamps of authorities whose clocks agree would help".to_owned();
    let finding = finding.rule("ETSI EN 319 102-1, 5.5.4").helped_by(Some(help));
    Restriction::leaves_open(SubIndication::TimestampOrderFailure, Aspect::Time, finding)
}

/// Says what came of one timestamp of a signature.
fn tell(stamp: &Stamp, outcome: &Outcome, paths: &Paths<'_>, parts: &mut Parts) {
    let Stamp { kind, name, token, covers, .. } = stamp;
    let (time, by) = (token.time(), token.signer().certificate().display_name());
    let (verdict, path) = match outcome {
        Outcome::Trusted(trusted) => {
            let time = timestamps::existed_by(trusted, paths);
            match kind {
                TimestampKind::Content => {}
                TimestampKind::Signature => {
                    parts.time.state(format!("signed before {time}, as the timestamp of {by} proves"));
                }
                _ => parts.time.state(format!("the {kind} of {by} proves what it covers since {time}")),
            }
            let chain = trusted.chain().clone();
            let path = Path::from(&chain);
            let existed = Existence::Proven { before: time, by };
            (Verdict::Passed(Proof { chain, existed }), Some(path))
        }
        Outcome::Refused(refused) => {
            let refusal = &refused.refusal;
            let (kind, text) = match refused.why {
                Distrust::Authority => {
                    let text = format!("the timestamp of {by} ({time}) is not trusted: {}", refusal.text);
                    ("timestamp-not-trusted", text)
                }
                Distrust::Future | Distrust::Weak => (refusal.meaning.kind, refusal.text.clone()),
            };
            parts.time.findings.push(Finding::warning(kind, text).helped_by(refusal.help.clone()));
            (refusal.verdict(), refusal.failure.as_ref().map(Path::of_failure))
        }
    };
    let mut told = TimestampFacts::of(*kind, name.clone(), token, paths.policy().algorithms(), verdict)
        .covering(covers.clone());
    told.facts.path = path;
    parts.facts.timestamps.push(told);
}
