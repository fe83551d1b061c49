//! Much evidence about one certificate: prepared, it answers as it does piece by piece, and nobody looks at all of it
//! each time.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod case;

use std::sync::atomic::{AtomicU64, Ordering};

use case::{Case, hours, scope};
use chancery_chain::{
    AnchorConstraints, ChainVerifier, Evidence, Freshness, PreparedEvidence, ProofsOfExistence, Purpose,
    RevocationPolicy, TrustAnchor, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspStatus, Profile, Revocation, RevocationReason, TestAuthority, TestIdentity,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::SignedDuration;
use proptest::prelude::*;

#[derive(Copy, Clone, Debug)]
enum Form {
    List,
    ForSomeReasons,
    ForTheOtherReasons,
    Answer,
    OpenAnswer,
    Unknown,
    Revoked,
    RevokingList,
}

#[derive(Copy, Clone, Debug)]
enum By {
    Issuer,
    Another,
    /// Who has the name, but not the key.
    Forger,
}

/// Somebody whose certificate may be spoken of, by whom.
struct World {
    case: Case,
    responder: TestIdentity,
    /// Without id-pkix-ocsp-nocheck: it is asked about.
    asked: TestIdentity,
    other_key: TestAuthority,
    forger: TestAuthority,
}

impl World {
    fn new() -> Self {
        let case = Case::new();
        let responder = case.pki.issuing().issue(Profile::ocsp_responder("Responder", KeyKind::P256));
        let nocheck = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
        let asked = Profile::ocsp_responder("Asked", KeyKind::P256).without_extension(nocheck);
        let asked = case.pki.issuing().issue(asked);
        let subject = || case.pki.intermediate().subject().to_der().to_vec();
        let profile = || Profile::authority("Other key", KeyKind::P256).subject(subject());
        let locations = case.pki.issuing().locations().clone();
        let other_key = case.pki.root_authority().subordinate(profile(), locations.clone());
        let forger = TestAuthority::root(profile(), case::now(), locations);
        Self { case, responder, asked, other_key, forger }
    }

    /// A piece of hours around now, for so many hours.
    fn add(&self, evidence: &mut Evidence, form: Form, by: By, of: i64, lasts: i64) {
        let revocation = Revocation::new(hours(of - 5), RevocationReason::Superseded);
        let status = match form {
            Form::Answer | Form::OpenAnswer => OcspStatus::Good,
            Form::Unknown => OcspStatus::Unknown,
            Form::Revoked => OcspStatus::Revoked(revocation),
            Form::List | Form::ForSomeReasons | Form::ForTheOtherReasons | Form::RevokingList => {
                let number = u64::try_from(of + 1000).unwrap();
                let list = CrlProfile::new(hours(of)).next_update(hours(of + lasts)).number(number);
                let list = match form {
                    // keyCompromise (1) to cessationOfOperation (5); the others.
                    Form::ForSomeReasons => list.extension(scope(&[0x83, 2, 1, 0x7c])),
                    Form::ForTheOtherReasons => list.extension(scope(&[0x83, 3, 7, 0x03, 0x80])),
                    Form::RevokingList => list.revoke(self.case.serial(), revocation),
                    _ => list,
                };
                evidence.add_crl(match by {
                    By::Issuer => self.case.sign(&list),
                    By::Another => self.other_key.sign_crl(&list),
                    By::Forger => self.forger.sign_crl(&list),
                });
                return;
            }
        };
        let next = (!matches!(form, Form::OpenAnswer)).then(|| hours(of + lasts));
        let answer = self.case.about(hours(of)).current(hours(of), next).status(status);
        evidence.add_ocsp(match by {
            By::Issuer => answer.delegated(&self.responder).sign(),
            By::Another => answer.delegated(&self.asked).sign(),
            By::Forger => answer.delegated(self.forger.identity()).sign(),
        });
    }

    fn above(&self) -> Evidence {
        let authorities = [self.case.pki.intermediate(), self.other_key.certificate()];
        let above = authorities.into_iter().cloned().fold(Evidence::new(), Evidence::with_certificate);
        // So often that one is always fresh.
        (-40..40).step_by(4).fold(above, |above, of| {
            let list = CrlProfile::new(hours(of)).next_update(hours(24 * 60)).number(1);
            above.with_crl(self.case.pki.root_authority().sign_crl(&list))
        })
    }

    fn anchors(&self, trusted_until: Option<i64>) -> TrustAnchors {
        let anchor = TrustAnchor::new(self.case.pki.root().clone());
        let constraints = AnchorConstraints::new();
        TrustAnchors::new([anchor.constrained(match trusted_until {
            Some(until) => constraints.trusted_until(hours(until)),
            None => constraints,
        })])
    }
}

/// Many pieces, signed once: tests choose some of them.
struct Signed {
    world: World,
    above: Evidence,
    lists: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
    /// Those that name a revocation.
    revoking: Evidence,
}

thread_local! {
    static SIGNED: Signed = {
        let world = World::new();
        let mut evidence = Evidence::new();
        let forms = [Form::List, Form::Answer, Form::ForSomeReasons, Form::ForTheOtherReasons, Form::OpenAnswer, Form::Unknown];
        for (number, of) in (-30..30).enumerate() {
            let form = forms[[0, 1, 0, 1, 2, 3, 1, 0, 4, 5][number % 10]];
            let by = [By::Issuer, By::Another, By::Issuer, By::Forger][number % 4];
            world.add(&mut evidence, form, by, of, [1, 40, 7, 12, 25][number % 5]);
            world.add(&mut evidence, forms[number % 2], By::Issuer, of, [9, 30, 2][number % 3]);
        }
        let mut revoking = Evidence::new();
        world.add(&mut revoking, Form::Revoked, By::Issuer, 4, 10);
        world.add(&mut revoking, Form::RevokingList, By::Another, 9, 10);
        let (lists, answers) = (&evidence.crls(), &evidence.ocsp());
        let (lists, answers) = (lists.iter().map(|one| one.to_vec()).collect(), answers.iter().map(|one| one.to_vec()).collect());
        Signed { above: world.above(), world, lists, answers, revoking }
    };
}

fn freshness() -> impl Strategy<Value = Freshness> {
    prop_oneof![
        3 => Just(Freshness::default()),
        1 => Just(Freshness::issued_after()),
        1 => (0_i64..20).prop_map(|age| Freshness::until_next_update().maximum_age(SignedDuration::from_hours(age))),
        1 => (0_i64..9).prop_map(|grace| Freshness::until_next_update().grace(SignedDuration::from_hours(grace))),
    ]
}

/// How many chains held in retrospect.
static PASSED: AtomicU64 = AtomicU64::new(0);

/// Whatever is at hand, whenever it is proven to have existed, and while more is proven.
#[test]
fn much_evidence_answers_as_it_does_piece_by_piece() {
    compare();
    let passed = PASSED.load(Ordering::Relaxed);
    assert!(passed > 50, "{passed}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    fn compare(
        chosen in prop::collection::vec((0_usize..120, prop::option::of(-30_i64..40)), 17..60),
        revoking in prop::option::weighted(0.15, 0_usize..2),
        moments in prop::collection::vec(-25_i64..35, 1..5),
        (trusted_until, freshness, open) in (prop::option::of(-20_i64..40), freshness(), 0_i64..20),
        require in any::<bool>(),
    ) {
        SIGNED.with(|Signed { world, above, lists, answers, revoking: claims }| {
            let mut evidence = above.clone();
            let piece = |number: usize| match number.checked_sub(lists.len()) {
                None => (Some(lists[number].clone()), None),
                Some(number) => (None, answers.get(number).cloned()),
            };
            for (number, _) in &chosen {
                let (list, answer) = piece(*number);
                list.into_iter().for_each(|list| evidence.add_crl(list));
                answer.into_iter().for_each(|answer| evidence.add_ocsp(answer));
            }
            match revoking {
                Some(0) => evidence.add_ocsp(claims.ocsp()[0].clone()),
                Some(_) => evidence.add_crl(claims.crls()[0].clone()),
                None => {}
            }
            let (anchors, prepared) = (world.anchors(trusted_until), PreparedEvidence::new(&evidence));
            let policy = if require { RevocationPolicy::Require } else { RevocationPolicy::WhenKnown };
            let plain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
                .evidence(&evidence)
                .freshness(freshness)
                .believe_open_ended_for(SignedDuration::from_hours(open));
            let certificate = world.case.alice.certificate();
            let mut proofs = ProofsOfExistence::new(hours(40));
            proofs.prove(certificate.to_der(), hours(-40));
            above.crls().iter().for_each(|list| proofs.prove(list, hours(-40)));
            proofs.prove(world.case.pki.intermediate().to_der(), hours(-40));
            proofs.prove(world.other_key.certificate().to_der(), hours(-40));
            let mut rest = chosen.iter();
            for at in moments {
                for moment in [hours(at), hours(at + 3)] {
                    let one = plain.clone().verify_at(certificate, moment);
                    let other = plain.clone().prepared(&prepared).verify_at(certificate, moment);
                    prop_assert_eq!(one, other);
                    let one = plain.clone().proofs(&proofs).verify_at(certificate, moment);
                    let other = plain.clone().prepared(&prepared).proofs(&proofs).verify_at(certificate, moment);
                    PASSED.fetch_add(u64::from(one.is_ok()), Ordering::Relaxed);
                    prop_assert_eq!(one, other);
                }
                for (number, proven) in rest.by_ref().take(9) {
                    let (list, answer) = piece(*number);
                    for (object, proven) in list.iter().chain(&answer).zip(proven) {
                        proofs.prove(object, hours(*proven));
                    }
                }
            }
            Ok(())
        })?;
    }
}

/// The number of pieces that are looked at while as many moments are judged as there are pieces, each by one more proof.
fn looked_at(world: &World, count: i64, form: Form, trusted_until: Option<i64>) -> u64 {
    let mut evidence = world.above();
    for of in 0..count {
        world.add(&mut evidence, form, By::Issuer, of, 24 * 30);
    }
    let (anchors, prepared) = (world.anchors(trusted_until), PreparedEvidence::new(&evidence));
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let verifier = verifier.prepared(&prepared);
    let certificate = world.case.alice.certificate();
    let mut proofs = ProofsOfExistence::new(hours(24 * 20));
    proofs.prove(certificate.to_der(), hours(-1));
    proofs.prove(world.case.pki.intermediate().to_der(), hours(-1));
    let above = world.above().crls().len();
    evidence.crls().iter().take(above).for_each(|above| proofs.prove(above, hours(-40)));
    let pieces: Vec<_> = evidence.crls().iter().skip(above).chain(evidence.ocsp()).cloned().collect();
    // The newest first, as timestamps are judged.
    for of in (0..count).rev() {
        proofs.prove(&pieces[usize::try_from(of).unwrap()], hours(of + 1));
        if trusted_until.is_some_and(|until| of + 1 >= until) {
            continue;
        }
        for verifier in [verifier.clone(), verifier.clone().proofs(&proofs)] {
            let found = verifier.verify_at(certificate, hours(of));
            assert!(found.is_ok(), "{found:?}");
        }
    }
    prepared.looked_at()
}

/// Twice the pieces and twice the questions take twice the looks: with an authority that is trusted until today, and with
/// one that was trusted until half of them were issued.
#[test]
fn what_is_looked_at_grows_with_the_number_of_pieces() {
    let world = World::new();
    for form in [Form::List, Form::Answer] {
        for trusted in [1, 2] {
            let until = |count: i64| (trusted == 2).then_some(count / 2);
            let looks = |count: i64| looked_at(&world, count, form, until(count));
            let (few, many) = (looks(50), looks(200));
            println!("{form:?}, trust that ends: {}: {few} looks for 50, {many} for 200", trusted == 2);
            assert!(many <= 4 * few, "{few} {many}");
            assert!(many <= 200 * 10, "{many}");
        }
    }
}

/// It only takes longer: then all are looked at.
#[test]
fn one_forged_piece_does_not_change_the_answer() {
    let world = World::new();
    let mut evidence = world.above();
    (0..20).for_each(|of| world.add(&mut evidence, Form::Answer, By::Issuer, of, 24));
    (0..20).for_each(|of| world.add(&mut evidence, Form::Answer, By::Forger, of + 20, 24));
    world.add(&mut evidence, Form::RevokingList, By::Forger, 50, 24);
    let (anchors, prepared) = (world.anchors(None), PreparedEvidence::new(&evidence));
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let certificate = world.case.alice.certificate();
    let found = verifier.clone().prepared(&prepared).verify_at(certificate, hours(10));
    assert_eq!(found, verifier.evidence(&evidence).verify_at(certificate, hours(10)));
    assert!(found.is_ok());
}
