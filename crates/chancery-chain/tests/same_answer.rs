//! Whatever is at hand: what a proof rests on is enough for the same proof, until it says.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, delta_of, hours, scope};
use chancery_chain::{Evidence, RevocationReason, RevocationStatus, VerifiedChain};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspStatus, Profile, Revocation, RevocationReason as TestReason, TestAuthority, TestIdentity,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;
use proptest::prelude::*;

/// A signer, and those who may speak of its certificate beside its issuer.
struct World {
    case: Case,
    /// Without id-pkix-ocsp-nocheck: it is asked about.
    responder: TestIdentity,
    /// Another key of the issuer.
    signer: TestAuthority,
}

impl World {
    fn new() -> Self {
        let case = Case::new();
        let nocheck = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
        let profile = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(nocheck);
        let responder = case.pki.issuing().issue(profile);
        let subject = case.pki.intermediate().subject().to_der().to_vec();
        let profile = Profile::authority("Other key", KeyKind::P256).subject(subject);
        let locations = case.pki.issuing().locations().clone();
        let signer = case.pki.root_authority().subordinate(profile, locations);
        Self { case, responder, signer }
    }

    fn evidence(&self, pieces: &[Piece]) -> Evidence {
        let above = self.case.above().with_certificate(self.signer.certificate().clone());
        pieces.iter().fold(above, |evidence, piece| piece.join(self, evidence))
    }
}

/// A piece of evidence: the same for all, in hours around now.
#[derive(Clone, Debug)]
struct Piece {
    form: Form,
    of: i64,
    lasts: i64,
    /// Since when and why the certificate is revoked.
    revoked: Option<(i64, TestReason)>,
    /// By the issuer itself or by another.
    by: By,
}

#[derive(Copy, Clone, Debug)]
enum Form {
    List,
    ForSomeReasons,
    ForTheOtherReasons,
    Delta { base: i64 },
    Answer,
    OpenAnswer,
}

#[derive(Copy, Clone, Debug)]
enum By {
    Issuer,
    Another,
}

impl Piece {
    fn join(&self, world: &World, evidence: Evidence) -> Evidence {
        let revocation = self.revoked.map(|(since, reason)| Revocation::new(hours(since), reason));
        if let Form::Answer | Form::OpenAnswer = self.form {
            let next = matches!(self.form, Form::Answer).then(|| hours(self.of + self.lasts));
            let answer = world.case.about(hours(self.of)).current(hours(self.of), next);
            let answer = answer.status(revocation.map_or(OcspStatus::Good, OcspStatus::Revoked));
            return evidence.with_ocsp(match self.by {
                By::Issuer => answer.sign(),
                By::Another => answer.delegated(&world.responder).sign(),
            });
        }
        let number = u64::try_from(self.of + 100).unwrap();
        let list = CrlProfile::new(hours(self.of)).next_update(hours(self.of + self.lasts)).number(number);
        let list = match self.form {
            // keyCompromise (1) to cessationOfOperation (5); the others.
            Form::ForSomeReasons => list.extension(scope(&[0x83, 2, 1, 0x7c])),
            Form::ForTheOtherReasons => list.extension(scope(&[0x83, 3, 7, 0x03, 0x80])),
            Form::Delta { base } => list.extension(delta_of(u8::try_from(self.of + 100 - base).unwrap())),
            _ => list,
        };
        let list = match revocation {
            Some(revocation) => list.revoke(world.case.serial(), revocation),
            None => list,
        };
        evidence.with_crl(match self.by {
            By::Issuer => world.case.sign(&list),
            By::Another => world.signer.sign_crl(&list),
        })
    }
}

fn piece() -> impl Strategy<Value = Piece> {
    let form = prop_oneof![
        3 => Just(Form::List),
        1 => Just(Form::ForSomeReasons),
        1 => Just(Form::ForTheOtherReasons),
        2 => (0_i64..30).prop_map(|base| Form::Delta { base }),
        4 => Just(Form::Answer),
        1 => Just(Form::OpenAnswer),
    ];
    let reason = prop_oneof![
        6 => Just(TestReason::CertificateHold),
        1 => Just(TestReason::KeyCompromise),
        1 => Just(TestReason::RemoveFromList),
    ];
    let by = prop_oneof![2 => Just(By::Issuer), 1 => Just(By::Another)];
    let revoked = prop::option::weighted(0.4, (-10_i64..25, reason));
    (form, -30_i64..30, 1_i64..60, revoked, by).prop_map(|(form, of, lasts, revoked, by)| {
        let removal = |reason| reason == TestReason::RemoveFromList && !matches!(form, Form::Delta { .. });
        let revoked = revoked.map(|(before, reason)| {
            (of - before, if removal(reason) { TestReason::CertificateHold } else { reason })
        });
        Piece { form, of, lasts, revoked, by }
    })
}

fn pieces_of(chain: &VerifiedChain) -> Vec<Vec<u8>> {
    let evidence = chain.evidence();
    let certificates = evidence.certificates().iter().map(|one| one.to_der().to_vec());
    let others = evidence.crls().iter().chain(evidence.ocsp()).map(|one| one.to_vec());
    let mut pieces: Vec<_> = certificates.chain(others).collect();
    pieces.sort();
    pieces
}

/// Since when the signer is revoked, and why.
fn said(chain: &VerifiedChain) -> Option<(Timestamp, RevocationReason)> {
    match &chain.revocation()[0] {
        RevocationStatus::Good(_) => None,
        RevocationStatus::RevokedLater { since, reason, .. } => Some((*since, *reason)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_pieces_of_one_time_the_one_that_lasts_longer_counts() {
    let world = World::new();
    for form in [Form::Answer, Form::List] {
        let piece = |lasts| Piece { form, of: 16, lasts, revoked: None, by: By::Issuer };
        for pieces in [[piece(1), piece(2)], [piece(2), piece(1)]] {
            let chain = world.case.verify(&world.evidence(&pieces), hours(0)).unwrap();
            assert_eq!(chain.holds_until(), Some(hours(18)), "{form:?}");
        }
    }
}

fn piece_of(form: Form, of: i64, lasts: i64, by: By) -> Piece {
    Piece { form, of, lasts, revoked: None, by }
}

/// The delta is not what the proof rests on, so the proof is the same without it: the list of the other key is the newest
/// in both cases.
#[test]
fn a_delta_that_is_of_no_use_does_not_change_which_list_counts() {
    let world = World::new();
    let hold = Some((-27, TestReason::CertificateHold));
    let pieces = [
        Piece { revoked: hold, ..piece_of(Form::List, -10, 29, By::Issuer) },
        piece_of(Form::Answer, 17, 3, By::Another),
        piece_of(Form::Answer, -3, 1, By::Issuer),
        piece_of(Form::List, 0, 20, By::Another),
    ];
    let delta = piece_of(Form::Delta { base: 0 }, 0, 1, By::Issuer);
    let with_delta = delta.join(&world, world.evidence(&pieces));
    for evidence in [world.evidence(&pieces), with_delta] {
        let chain = world.case.verify(&evidence, hours(0)).unwrap();
        assert_eq!(chain.holds_until(), Some(hours(20)));
        let again = world.case.verify(&chain.evidence(), hours(0)).unwrap();
        assert_eq!(again.holds_until(), Some(hours(20)));
    }
}

#[test]
fn of_pieces_of_the_same_times_the_same_one_counts_in_any_order() {
    let world = World::new();
    let later = Some((1, TestReason::Superseded));
    for (form, revoked) in
        [(Form::Answer, None), (Form::Answer, later), (Form::List, None), (Form::List, later)]
    {
        let piece = |by| Piece { revoked, ..piece_of(form, 2, 7, by) };
        let [one, other] = [[By::Issuer, By::Another], [By::Another, By::Issuer]]
            .map(|by| world.case.verify(&world.evidence(&by.map(piece)), hours(0)).unwrap());
        assert_eq!(one.holds_until(), other.holds_until(), "{form:?} {revoked:?}");
        assert_eq!(pieces_of(&one), pieces_of(&other), "{form:?} {revoked:?}");
    }
}

thread_local! {
    static WORLD: World = World::new();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_proof_rests_on_gives_the_same_answer_for_as_long_as_it_says(
        pieces in prop::collection::vec(piece(), 1..6),
        at in -20_i64..25,
    ) {
        WORLD.with(|world| {
            let at = hours(at);
            let Ok(chain) = world.case.verify(&world.evidence(&pieces), at) else { return };
            let rest = chain.evidence();
            let again = world.case.verify(&rest, at).unwrap();
            let end = chain.holds_until().unwrap();
            assert!(at <= end, "{at} {end}");
            let last = world.case.verify(&rest, end).unwrap();
            // Of pieces that say the same, others may have been looked at first.
            for other in [&again, &last] {
                assert_eq!(said(other), said(&chain));
                assert!(other.holds_until().unwrap() >= end);
                let known = pieces_of(&chain);
                assert!(pieces_of(other).iter().all(|piece| known.contains(piece)));
            }
        });
    }

    #[test]
    fn the_order_of_the_evidence_does_not_matter(
        mut pieces in prop::collection::vec(piece(), 1..6),
        at in -20_i64..25,
    ) {
        WORLD.with(|world| {
            let judge = |pieces: &[Piece]| {
                let found = world.case.verify(&world.evidence(pieces), hours(at));
                found.map(|chain| (chain.holds_until(), pieces_of(&chain))).map_err(|failure| case::revoked_since(&Err(failure)))
            };
            let found = judge(&pieces);
            pieces.reverse();
            assert_eq!(judge(&pieces), found);
        });
    }
}
