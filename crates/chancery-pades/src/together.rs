//! All signatures and timestamps of a document, judged together: each timestamp over the document proves what the
//! revisions before it hold.

use std::collections::{HashMap, HashSet};

use chancery_ades::{
    Coverage, CoveringTimestamp, Policy, SignatureLevel, SignatureReport, SignatureSubject, TimestampKind,
    Validation,
};
use chancery_certificate::Octets;
use chancery_chain::Evidence;
use chancery_digest::Digests;
use chancery_pdf::Document;
use chancery_timestamp::{MatchingToken, TimestampToken, TokenFault};
use jiff::Timestamp;

use crate::PadesError;
use crate::form::Field;
use crate::legacy;
use crate::particulars;
use crate::security_store::Gathering;
use crate::structure::{Kind, Placed};

/// The signatures and timestamps that are in their places.
pub(crate) struct Together<'d, 's> {
    document: &'d Document<'s>,
    /// What the document carries.
    stored: &'d Evidence,
    /// That, with what the policy knows.
    at_hand: &'d Evidence,
    entries: Vec<Entry>,
    /// The places of signatures that hold the document by a digest in their message.
    over_digest: HashSet<usize>,
}

struct Entry {
    /// The place of the field among the signed ones.
    place: usize,
    revision: usize,
    what: What,
}

enum What {
    Signature(Box<SignatureSubject>),
    Timestamp { name: String, token: Box<Result<MatchingToken, TokenFault>> },
}

/// What a revision holds that a timestamp of a later one covers.
#[derive(Default)]
struct Held {
    /// Since the timestamp before.
    since: Coverage,
    /// The timestamp before, which covers the rest.
    before: Option<Octets>,
    /// What is covered by timestamps that bind nothing any more, or nothing at all, and by none since.
    unbound: Coverage,
}

/// Whether nobody could find other bytes with the digest that a timestamp is over.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Binding {
    Holds,
    /// Its digest is no longer acceptable: what it covers is told by it only for as long as it was.
    Weak,
}

impl<'d, 's> Together<'d, 's> {
    pub(crate) fn new(document: &'d Document<'s>, stored: &'d Evidence, at_hand: &'d Evidence) -> Self {
        Self { document, stored, at_hand, entries: Vec::new(), over_digest: HashSet::new() }
    }

    /// Adds what a field holds; nothing if it holds no signer, which its structure excludes.
    pub(crate) fn add(&mut self, place: usize, field: &Field, placed: &Placed, digests: &Digests) {
        let name = field.name.clone();
        let what = match placed.timestamp() {
            Some(message) => {
                let token = TimestampToken::from_message(message.clone())
                    .and_then(|token| token.matching(digests, self.at_hand.certificates()));
                Some(What::Timestamp { name, token: Box::new(token) })
            }
            None => placed.subject(&name, digests, self.at_hand).map(|mut subject| {
                // The time of signing stands in the dictionary, not among the attributes as the form of CMS would have it
                // (EN 319 142-1, 6.3).
                let stamped = subject.timestamps.iter().any(|one| one.kind == TimestampKind::Signature);
                subject.level = match (placed.kind, stamped) {
                    (Kind::Signature(_), true) => SignatureLevel::Time,
                    (Kind::Signature(_), false) => SignatureLevel::Basic,
                    _ => SignatureLevel::BelowBaseline,
                };
                let said = particulars::of_dictionary(&placed.dictionary);
                subject.particulars.attributes.extend(said);
                What::Signature(Box::new(subject))
            }),
        };
        if placed.kind == Kind::OverDigest {
            self.over_digest.insert(place);
        }
        let revision = placed.covered.revision;
        self.entries.extend(what.map(|what| Entry { place, revision, what }));
    }

    /// The reports by the places of the fields.
    ///
    /// # Errors
    /// If the document cannot be read.
    pub(crate) fn judge(
        mut self,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<HashMap<usize, SignatureReport>, PadesError> {
        self.entries.sort_by_key(|entry| entry.revision);
        let mut stores = self.stores()?;
        let levels = self.levels(stores.values().any(|store| !store.is_empty()));
        // What the policy knows is not what came with the signatures: a level that is demanded must stand without it.
        let mut validation = Validation::new(policy, at).evidence(self.stored.clone());
        let (mut signatures, mut timestamps) = (Vec::new(), Vec::new());
        let mut held = Held::default();
        for Entry { place, revision, what } in self.entries {
            match what {
                What::Signature(mut subject) => {
                    subject.level = levels.raise(subject.level, revision);
                    held.note(&subject);
                    signatures.push(place);
                    validation = validation.signature(*subject);
                }
                What::Timestamp { name, token } => {
                    let store = stores.remove(&revision).unwrap_or_default();
                    let algorithms = policy.algorithms();
                    let octets = token.as_ref().as_ref().ok().map(|token| {
                        let lifetime = algorithms.digest_acceptable_until(token.imprint_algorithm());
                        let binding = if lifetime.includes(at) { Binding::Holds } else { Binding::Weak };
                        (token.to_der().into(), binding)
                    });
                    let covers = held.cover(store, octets);
                    timestamps.push(place);
                    let (kind, evidence) = (TimestampKind::Document, Evidence::new());
                    let one = CoveringTimestamp { kind, name, token: *token, covers, evidence };
                    validation = validation.document_timestamp(one);
                }
            }
        }
        let validated = validation.judge();
        let of_signatures = signatures.into_iter().zip(validated.signatures).map(|(place, report)| {
            let over_digest = self.over_digest.contains(&place);
            (place, if over_digest { legacy::judge_enclosed_digest(report, policy) } else { report })
        });
        Ok(of_signatures.chain(timestamps.into_iter().zip(validated.timestamps)).collect())
    }

    /// What came into the store of the document with each revision that is stamped since the one before: the rest is in
    /// what that one covers.
    fn stores(&self) -> Result<HashMap<usize, Evidence>, PadesError> {
        let mut gathering = Gathering::new();
        let mut stores = HashMap::new();
        for Entry { revision, .. } in self.stamped() {
            if let Some(view) = self.document.at(*revision) {
                stores.insert(*revision, gathering.come_with(&view)?);
            }
        }
        Ok(stores)
    }

    fn stamped(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| matches!(entry.what, What::Timestamp { .. }))
    }

    /// What the form of the document adds to the levels of its signatures (EN 319 142-1, 6.3).
    fn levels(&self, stamped_store: bool) -> Levels {
        let last_timestamp = self.stamped().map(|entry| entry.revision).max();
        Levels { last_timestamp, stamped_store, has_store: stamped_store || !self.stored.is_empty() }
    }
}

struct Levels {
    /// The revision of the last timestamp over the document.
    last_timestamp: Option<usize>,
    /// Whether it covers certificates and revocation information.
    stamped_store: bool,
    has_store: bool,
}

impl Levels {
    fn raise(&self, own: SignatureLevel, revision: usize) -> SignatureLevel {
        let stamped = self.last_timestamp.is_some_and(|last| last > revision);
        let has_time = own >= SignatureLevel::Time || stamped;
        match (own, has_time) {
            (SignatureLevel::BelowBaseline, _) | (_, false) => own,
            (_, true) if stamped && self.stamped_store => SignatureLevel::Archive,
            (_, true) if self.has_store => SignatureLevel::LongTerm.max(own),
            (_, true) => SignatureLevel::Time.max(own),
        }
    }
}

impl Held {
    /// The bytes of a signature are there from its revision on: its value, its timestamps, and what it carries itself;
    /// not what else is at hand, which may have come later.
    fn note(&mut self, subject: &SignatureSubject) {
        let own = std::mem::take(&mut self.since);
        let own = own.signature(&subject.value).evidence(subject.evidence.clone());
        let tokens = subject.timestamps.iter().filter_map(|timestamp| timestamp.token.as_ref().ok());
        self.since = tokens.fold(own, |covers, token| covers.token(token.message().octets()));
    }

    /// What a timestamp covers, and from then on what is older than it; nothing is given where it is not over these bytes.
    ///
    /// Everything is covered once by the first timestamp after it, and once by the first whose digest holds: the lists
    /// together are linear.
    fn cover(&mut self, store: Evidence, token: Option<(Octets, Binding)>) -> Coverage {
        let since = std::mem::take(&mut self.since).evidence(store);
        let Some((token, binding)) = token else {
            // It proves nothing, so what it would have covered is left to the next one.
            self.leave_to_the_next(&since);
            return since;
        };
        let before = self.before.replace(token);
        let covers = before.into_iter().fold(since, Coverage::token);
        if binding == Binding::Weak {
            // The octets of this token say nothing of what it covers. The next one covers it itself, as it does all bytes.
            self.leave_to_the_next(&covers);
            return covers;
        }
        with_all_of(covers, &std::mem::take(&mut self.unbound))
    }

    fn leave_to_the_next(&mut self, covers: &Coverage) {
        self.unbound = with_all_of(std::mem::take(&mut self.unbound), covers);
    }
}

fn with_all_of(covers: Coverage, other: &Coverage) -> Coverage {
    let covers = other.signatures().fold(covers, Coverage::signature);
    let covers = other.tokens().fold(covers, Coverage::token);
    covers.evidence(other.covered_evidence().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signature values, tokens and CRLs as text.
    fn told(covers: &Coverage) -> [Vec<String>; 3] {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let crls = covers.covered_evidence().crls().iter().map(|crl| text(crl));
        let mut told =
            [covers.signatures().map(text).collect(), covers.tokens().map(text).collect(), crls.collect()];
        told.iter_mut().for_each(|list: &mut Vec<String>| list.sort());
        told
    }

    fn cover(held: &mut Held, crl: &str, token: Option<(&str, Binding)>) -> [Vec<String>; 3] {
        let mut store = Evidence::new();
        store.add_crl(crl.as_bytes().to_vec());
        told(&held.cover(store, token.map(|(token, binding)| (token.as_bytes().into(), binding))))
    }

    fn list<const N: usize>(list: [&str; N]) -> Vec<String> {
        list.map(str::to_owned).to_vec()
    }

    #[test]
    fn what_a_timestamp_does_not_bind_is_left_to_the_next_one() {
        let mut held = Held { since: Coverage::new().signature(&b"value"[..]), ..Held::default() };
        let weak = cover(&mut held, "a", Some(("first", Binding::Weak)));
        assert_eq!(weak, [list(["value"]), list([]), list(["a"])]);
        let again = cover(&mut held, "b", Some(("second", Binding::Weak)));
        assert_eq!(again, [list([]), list(["first"]), list(["b"])], "each list only has what came since");
        let broken = cover(&mut held, "c", None);
        assert_eq!(broken, [list([]), list([]), list(["c"])]);
        let strong = cover(&mut held, "d", Some(("third", Binding::Holds)));
        assert_eq!(strong[0], list(["value"]));
        assert!(["first", "second"].iter().all(|token| strong[1].iter().any(|found| found == token)));
        assert_eq!(strong[2], list(["a", "b", "c", "d"]));
        let last = cover(&mut held, "e", Some(("fourth", Binding::Holds)));
        assert_eq!(last, [list([]), list(["third"]), list(["e"])], "the third covers the rest");
    }
}
