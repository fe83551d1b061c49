//! What timestamps prove (ETSI EN 319 102-1, 5.4, 5.6.2.3 and 5.6.3).

use std::collections::{HashMap, HashSet};

use chancery_certificate::Certificate;
use chancery_chain::{ProofsOfExistence, VerifiedChain};
use chancery_timestamp::TrustedTimestamp;
use jiff::Timestamp;

use crate::SubIndication;
use crate::faults;
use crate::process::help;
use crate::process::paths::{Paths, Role};
use crate::process::refusal::Refusal;
use crate::process::sequence::{Sequence, Stamp};
use crate::process::strength;
use crate::timestamp_kind::TimestampKind;
use crate::verdict::Existence;

/// What came of a timestamp.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It proves what it covers.
    Trusted(Box<TrustedTimestamp>),
    /// It proves nothing.
    Refused(Box<Refused>),
}

/// Why a timestamp proves nothing.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: Distrust,
    pub(crate) refusal: Refusal,
}

/// In which respect a timestamp is not to be trusted.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Distrust {
    Future,
    Weak,
    Authority,
}

/// All timestamps, judged, and what they prove together.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) proofs: ProofsOfExistence,
    /// The places of timestamps that prove nothing although they are trusted.
    doubted: HashSet<usize>,
    /// By the places of the timestamps.
    pub(crate) outcomes: Vec<Option<Outcome>>,
    /// Since when each signature value is proven to exist, and who proves it.
    existence: HashMap<Box<[u8]>, Existence>,
    /// Signature values that trusted archive timestamps cover.
    archived: HashSet<Box<[u8]>>,
    /// One timestamp of each authority that holds at the present: it need not be asked about again.
    holding: HashMap<Certificate, TrustedTimestamp>,
}

/// A moment that a trusted timestamp proves, and whose it is. Nothing else makes one.
#[derive(Clone, Debug)]
struct Proven {
    time: Timestamp,
    by: String,
    kind: TimestampKind,
}

impl Proven {
    fn by(trusted: &TrustedTimestamp, kind: TimestampKind, paths: &Paths<'_>) -> Self {
        let by = trusted.token().signer().certificate().display_name();
        Self { time: existed_by(trusted, paths), by, kind }
    }

    fn or_earlier(self, other: Option<&Self>) -> Self {
        match other {
            Some(other) if other.time < self.time => other.clone(),
            _ => self,
        }
    }
}

/// By when that existed which a timestamp covers: an authority may say that its clock is off by an hour, and then the
/// stated time proves an hour less. At the latest at the present.
pub(crate) fn existed_by(trusted: &TrustedTimestamp, paths: &Paths<'_>) -> Timestamp {
    trusted.existed_by().min(paths.present())
}

impl Gathered {
    /// Judges the timestamps, the newest first, each by what those before it prove.
    pub(crate) fn from(stamps: &[Stamp], sequence: &Sequence, paths: &Paths<'_>) -> Self {
        Self::but_for(HashSet::new(), stamps, sequence, paths)
    }

    /// The same without what those at these places prove: the clocks of their authorities contradict each other.
    pub(crate) fn but_for(
        doubted: HashSet<usize>,
        stamps: &[Stamp],
        sequence: &Sequence,
        paths: &Paths<'_>,
    ) -> Self {
        let mut gathered = Self {
            doubted,
            proofs: ProofsOfExistence::new(paths.present()),
            outcomes: stamps.iter().map(|_| None).collect(),
            existence: HashMap::new(),
            archived: HashSet::new(),
            holding: HashMap::new(),
        };
        // By when each token existed, as those that cover it prove, with everything that it covers itself.
        let mut known: Vec<Option<Proven>> = stamps.iter().map(|_| None).collect();
        for place in &sequence.newest_first {
            let Some(stamp) = stamps.get(*place) else { continue };
            let inherited = known.get(*place).cloned().flatten();
            let below = gathered.judge(stamp, inherited, paths, *place);
            let Some(below) = below else { continue };
            for covered in sequence.covered.get(*place).into_iter().flatten() {
                if let Some(slot) = known.get_mut(*covered) {
                    *slot = Some(below.clone().or_earlier(slot.as_ref()));
                }
            }
        }
        gathered
    }

    /// Since when a signature is proven to exist, nothing: only now.
    pub(crate) fn existence(&self, value: &[u8]) -> Option<&Existence> {
        self.existence.get(value)
    }

    /// Whether a trusted timestamp covers the signature with everything that belongs to it.
    pub(crate) fn is_archived(&self, value: &[u8]) -> bool {
        self.archived.contains(value)
    }

    /// Judges one timestamp and notes what it proves. Gives back since when what it covers is proven.
    fn judge(
        &mut self,
        stamp: &Stamp,
        inherited: Option<Proven>,
        paths: &Paths<'_>,
        place: usize,
    ) -> Option<Proven> {
        // The octets of this token hold the digest of what it covers. Where they are proven to have existed, so is all
        // that, whoever made the token, as long as nobody could find other octets with this digest by then.
        let constraints = paths.policy().algorithms();
        let inherited =
            inherited.filter(|known| strength::of_imprint(&stamp.token, constraints, known.time).is_none());
        if let Some(known) = &inherited {
            self.prove(stamp, known);
        }
        let outcome = self.outcome(stamp, paths);
        let proven = match &outcome {
            Outcome::Trusted(trusted) if !self.doubted.contains(&place) => {
                let proven = Proven::by(trusted, stamp.kind, paths);
                self.prove(stamp, &proven);
                Some(proven.or_earlier(inherited.as_ref()))
            }
            Outcome::Trusted(_) | Outcome::Refused(_) => inherited,
        };
        if let Some(slot) = self.outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
        proven
    }

    fn outcome(&mut self, stamp: &Stamp, paths: &Paths<'_>) -> Outcome {
        let token = &stamp.token;
        let (time, by) = (token.time(), || token.signer().certificate().display_name());
        let refused = |why, refusal| Outcome::Refused(Box::new(Refused { why, refusal }));
        if time > paths.present() {
            let text = format!("the timestamp of {} is of {time}, after the moment of validation", by());
            let meaning = faults::open(SubIndication::TimestampOrderFailure, "timestamp-in-the-future");
            return refused(
                Distrust::Future,
                Refusal { meaning, text, help: None, failure: None, past: None },
            );
        }
        let existed = self.proofs.earliest_of(|| token.object());
        let constraints = paths.policy().algorithms();
        if let Some(weakness) =
            strength::of_token(token, constraints, existed).filter(|_| paths.refuses_weak())
        {
            let text = format!("the timestamp of {} proves nothing: {}", by(), weakness.text);
            let word = SubIndication::CryptographicConstraintsFailureNoProof;
            let (meaning, help) = (faults::open(word, "weak-timestamp"), help::of_weak_token(&weakness));
            return refused(Distrust::Weak, Refusal { meaning, text, help, failure: None, past: None });
        }
        let certificate = token.signer().certificate();
        let known = self.holding.get(certificate).map(|known| token.clone().trust_like(known));
        if let Some(Ok(trusted)) = known {
            return Outcome::Trusted(Box::new(trusted));
        }
        let trusted = paths.judge(
            Role::TimestampAuthority,
            certificate,
            existed,
            &self.proofs,
            &mut |verifier, moment| token.clone().trust(verifier, moment),
            TrustedTimestamp::chain as fn(&TrustedTimestamp) -> &VerifiedChain,
        );
        match trusted {
            Ok(trusted) => {
                if trusted.chain().at() == paths.present() {
                    self.holding.insert(certificate.clone(), trusted.clone());
                }
                Outcome::Trusted(Box::new(trusted))
            }
            Err(refusal) => refused(Distrust::Authority, *refusal),
        }
    }

    /// Notes that everything in there existed then: its objects, and the signatures by their values.
    fn prove(&mut self, stamp: &Stamp, proven: &Proven) {
        stamp.objects.iter().for_each(|object| self.proofs.prove_digest(object, proven.time));
        for value in stamp.covers.signatures() {
            if proven.kind.lasts() {
                self.archived.insert(value.into());
            }
            let known = self.existence.get(value).map(Existence::time);
            if known.is_none_or(|known| proven.time < known) {
                let existed = Existence::Proven { before: proven.time, by: proven.by.clone() };
                self.existence.insert(value.into(), existed);
            }
        }
    }
}
