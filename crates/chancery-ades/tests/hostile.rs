//! Whatever timestamps stand in a signature: a time is proven only by a trusted one that covers the signature.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::collections::HashMap;

use chancery_ades::{
    Coverage, CoveringTimestamp, Existence, SignatureReport, TimestampKind, Validation, Verdict,
};
use chancery_digest::{DigestAlgorithm, LegacyDigest};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestIdentity};
use jiff::Timestamp;
use proptest::prelude::*;
use support::{World, at, days, octets, stamp, token};

/// One timestamp as an attacker would put it together.
#[derive(Clone, Debug)]
struct Drawn {
    by: usize,
    kind: TimestampKind,
    /// Days after 2025-01-01.
    day: i64,
    weak: bool,
    of_value: bool,
    of_evidence: bool,
    /// Which of those before it covers, and which it only claims to.
    of_tokens: Vec<bool>,
    owned: bool,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let kinds = vec![
        TimestampKind::Content,
        TimestampKind::Signature,
        TimestampKind::References,
        TimestampKind::Archive,
        TimestampKind::Document,
    ];
    (
        0..3_usize,
        prop::sample::select(kinds),
        -800..2500_i64,
        prop::bool::weighted(0.2),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(any::<bool>(), 6),
        any::<bool>(),
    )
        .prop_map(|(by, kind, day, weak, of_value, of_evidence, of_tokens, owned)| Drawn {
            by,
            kind,
            day,
            weak,
            of_value,
            of_evidence,
            of_tokens,
            owned,
        })
}

struct Known {
    world: World,
    strangers: TestIdentity,
}

impl Known {
    fn new() -> Self {
        let profile = Profile::authority("Strangers", KeyKind::P256);
        let root = TestAuthority::root(profile, at("2025-01-01"), Locations::under("http://s.test", "s"));
        Self {
            world: World::new(),
            strangers: root.issue(Profile::timestamp_authority("Strange", KeyKind::P256)),
        }
    }

    fn authority(&self, number: usize) -> &TestIdentity {
        [&self.world.first, &self.world.second, &self.strangers][number]
    }
}

/// Since when the signature is covered by a stamp that could be trusted at all, directly or through others.
fn coverable(stamps: &[(Drawn, Timestamp, Vec<usize>)]) -> HashMap<Timestamp, bool> {
    let mut covers_value: Vec<bool> = Vec::new();
    let mut times = HashMap::new();
    for (drawn, time, tokens) in stamps {
        let covers = drawn.of_value || tokens.iter().any(|token| covers_value[*token]);
        covers_value.push(covers);
        if covers {
            *times.entry(*time).or_default() |= drawn.by < 2 && !drawn.weak;
        }
    }
    times
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_time_is_proven_only_by_a_trusted_timestamp_that_covers_the_signature(
        drawn in prop::collection::vec(drawn(), 0..6),
        present in 0..4000_i64,
    ) {
        thread_local!(static KNOWN: Known = Known::new());
        KNOWN.with(|known| -> Result<(), TestCaseError> {
            let world = &known.world;
            let mut signed = world.sign().with(world.lists(at("2025-06-02")));
            let (mut of_document, mut made) = (Vec::new(), Vec::new());
            let mut tokens: Vec<Vec<u8>> = Vec::new();
            for one in drawn {
                let time = at("2025-01-01") + days(one.day);
                let of_tokens: Vec<usize> =
                    (0..tokens.len()).filter(|place| one.of_tokens[*place]).collect();
                let mut covers = Coverage::new();
                if one.of_value {
                    covers = covers.signature(signed.value());
                }
                if one.of_evidence {
                    covers = covers.evidence(signed.evidence.clone());
                    covers = signed.chain.iter().cloned().fold(covers, Coverage::certificate);
                }
                covers = of_tokens.iter().fold(covers, |covers, place| covers.token(tokens[*place].as_slice()));
                let by = known.authority(one.by);
                let content = octets(&covers);
                let token = match one.weak {
                    true => token(by, LegacyDigest::Sha1, &content, time),
                    false => token(by, DigestAlgorithm::Sha256, &content, time),
                };
                tokens.push(token.as_ref().unwrap().to_der().to_vec());
                let stamp: CoveringTimestamp = stamp(one.kind, "drawn", token, covers);
                if one.owned { signed.stamps.push(stamp) } else { of_document.push(stamp) }
                made.push((one, time, of_tokens));
            }
            let moment = at("2025-01-01") + days(present);
            let policy = world.policy().evidence(world.lists(moment - days(1)));
            let times = coverable(&made);
            let validation = Validation::new(&policy, moment).signature(signed.subject());
            let validated = of_document.into_iter().fold(validation, Validation::document_timestamp).judge();
            let report: &SignatureReport = &validated.signatures[0];
            let existence = report.facts().existence();
            if let Some(Existence::Proven { before, .. }) = existence {
                prop_assert_eq!(times.get(before), Some(&true), "{} {:?}", report, made);
                prop_assert!(*before <= moment, "{}", report);
            }
            if let Verdict::Passed(proof) = report.verdict() {
                let alice = world.alice.certificate();
                prop_assert!(proof.time() >= alice.not_before() && proof.time() <= alice.not_after(), "{}", report);
            }
            for timestamp in &validated.timestamps {
                let passed = matches!(timestamp.verdict(), Verdict::Passed(_));
                prop_assert!(!passed || timestamp.claimed_signer() != Some("Strange"), "{}", timestamp);
            }
            Ok(())
        })?;
    }
}
