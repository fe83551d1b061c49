//! More proofs, and earlier ones, never make a chain worse, as long as what they prove names no revocation.
//!
//! Of evidence that names a revocation it is not true, and must not be: such a piece is dropped when it may have been
//! written by somebody who stole the key, and counts when it is proven to be of before.

use chancery_chain::{ChainFault, FaultGroup, ProofsOfExistence};
use chancery_testkit::RevocationReason;
use proptest::prelude::*;

use crate::timeline::{ARCHIVED, PRESENT, Timeline, day, list, revoke};

/// When something is proven; never, if later than the present.
fn proven() -> impl Strategy<Value = i64> {
    prop_oneof![90..130_i64, 90..450_i64, Just(PRESENT + 1)]
}

fn prove(proofs: &mut ProofsOfExistence, object: &[u8], at: i64) {
    if at <= PRESENT {
        proofs.prove(object, day(at));
    }
}

#[derive(Clone, Debug)]
struct Piece {
    issued: i64,
    lasts: i64,
    proven: i64,
}

fn piece() -> impl Strategy<Value = Piece> {
    (60..400_i64, 1..300_i64, proven()).prop_map(|(issued, lasts, proven)| Piece { issued, lasts, proven })
}

/// Objects with when they are proven, the two certificates last.
fn set_up(
    above: &[Piece],
    about: &[Piece],
    stolen: Option<i64>,
    own: i64,
    authority: i64,
) -> (Timeline, Vec<(Vec<u8>, i64)>) {
    let mut line = Timeline::bare();
    let mut objects = Vec::new();
    let add = |line: &mut Timeline, objects: &mut Vec<(Vec<u8>, i64)>, crl: Vec<u8>, proven: i64| {
        line.evidence.add_crl(crl.clone());
        objects.push((crl, proven));
    };
    for one in above {
        let crl = line.root.sign_crl(&list(one.issued, one.issued + one.lasts));
        add(&mut line, &mut objects, crl, one.proven);
    }
    if let Some(since) = stolen {
        let named =
            revoke(list(500, 2000), line.authority.certificate(), since, RevocationReason::KeyCompromise);
        let crl = line.root.sign_crl(&named);
        line.evidence.add_crl(crl);
    }
    for one in about {
        let crl = line.authority.sign_crl(&list(one.issued, one.issued + one.lasts));
        add(&mut line, &mut objects, crl, one.proven);
    }
    objects.push((line.alice.certificate().to_der().to_vec(), own));
    objects.push((line.authority.certificate().to_der().to_vec(), authority));
    (line, objects)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn an_earlier_proof_never_refuses_what_was_accepted(
        above in proptest::collection::vec(piece(), 0..3),
        about in proptest::collection::vec(piece(), 1..4),
        stolen in proptest::option::of(95..450_i64),
        (own, authority) in (proven(), proven()),
        chosen in any::<prop::sample::Index>(),
        earlier in 60..450_i64,
        signed in 95..130_i64,
    ) {
        let (mut line, mut objects) = set_up(&above, &about, stolen, own, authority);
        for (object, at) in &objects {
            prove(&mut line.proofs, object, *at);
        }
        let before = line.verify_with(day(signed), |verifier| verifier);
        let (object, at) = chosen.get_mut(&mut objects[..]);
        prove(&mut line.proofs, object, earlier.min(*at));
        let after = line.verify_with(day(signed), |verifier| verifier);
        if let Ok(chain) = before {
            let again = after.map_err(|failure| TestCaseError::fail(failure.to_string()))?;
            let time = |chain: &chancery_chain::VerifiedChain| chain.control_time().unwrap().time;
            prop_assert!(time(&again) >= time(&chain));
        }
    }

    #[test]
    fn without_a_proof_in_time_nothing_is_accepted(
        about in proptest::collection::vec(piece(), 1..4),
        stolen in 95..450_i64,
        own in proven(),
        signed in 95..130_i64,
    ) {
        let above = Piece { issued: 80, lasts: 300, proven: ARCHIVED };
        let (mut line, objects) = set_up(&[above], &about, Some(stolen), own, ARCHIVED);
        for (object, at) in &objects {
            prove(&mut line.proofs, object, *at);
        }
        let found = line.verify_with(day(signed), |verifier| verifier);
        // What has to be so, counted by hand. The list that names the authority says that it was good until then.
        let in_time = |at: i64| at < stolen;
        let evidence = about.iter().any(|one| {
            let end = one.issued + one.lasts;
            one.issued <= 365 && in_time(one.proven.max(one.issued)) && signed <= end
        });
        let wanted = in_time(own) && in_time(signed) && evidence;
        prop_assert_eq!(found.is_ok(), wanted, "{:?}", found.err().map(|failure| failure.to_string()));
    }
}

#[test]
fn a_proof_of_a_revocation_can_refuse() {
    // The authority was revoked on day 300. A list that names Alice says that it is of day 150.
    let mut line = Timeline::kept();
    line.above(
        revoke(list(400, 2000), line.authority.certificate(), 300, RevocationReason::Superseded),
        PRESENT,
    );
    let crl = line.authority.sign_crl(&revoke(
        list(150, 160),
        line.alice.certificate(),
        99,
        RevocationReason::KeyCompromise,
    ));
    line.evidence.add_crl(crl.clone());
    line.verify().unwrap();
    line.proofs.prove(&crl, day(299));
    assert!(matches!(line.fault(), ChainFault::Revoked { .. }));
    assert_eq!(line.fault().group(), FaultGroup::Revoked);
}
