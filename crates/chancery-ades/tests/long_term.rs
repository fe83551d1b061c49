//! Must-show 3: with a fixed clock and our own PKI, validation after the certificate of the signer and the first
//! timestamp authority have expired passes through proofs of existence, and each link that is taken out fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::collections::HashSet;

use chancery_ades::Indication::{self, Indeterminate, TotalFailed, TotalPassed};
use chancery_ades::SubIndication::{self, *};
use chancery_ades::{Coverage, Reason, SignatureReport, TimestampKind, Verdict};
use chancery_chain::Evidence;
use chancery_digest::{DigestAlgorithm, LegacyDigest};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, RevocationReason, TestAuthority};
use support::{Signed, World, assert_passed, at, octets, stamp, token, word};

/// The signature is of June 2025 and was archived a year later, before the first timestamp authority expired.
const SIGNED: &str = "2025-06-01";
const KEPT: &str = "2025-06-01T12";
const ARCHIVED: &str = "2026-06-01";
/// Alice, her issuer and the first timestamp authority have expired; the second one has not.
const NOW: &str = "2031-06-01";

/// One thing that is taken out of the whole, or put in another's place.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Link {
    Nothing,
    SignatureTimestamp,
    ArchiveTimestamp,
    ArchiveCoversNoTimestamp,
    ArchiveCoversNoCertificates,
    ArchiveCoversNoRevocation,
    RevocationOfSigner,
    RevocationOfFirstAuthority,
    RevocationOfSecondAuthority,
    ArchiveByStrangers,
    ArchiveAfterFirstExpired,
    ArchiveOverWeakDigest,
    ArchiveBeforeTimestamp,
    TimestampBeforeCertificate,
    TimestampAfterCertificate,
    ContentAfterCertificate,
    SignerRevokedBefore,
    SignerOnHold,
    IssuerRevokedBefore,
    FirstAuthorityCompromised,
    SecondAuthorityCompromised,
}

use Link::*;

/// What each link that is missing comes to: the verdict, and the word of the first timestamp that proves nothing.
///
/// The standard tells of a signature what is wrong with it at the present (5.6.2.4 step 6), which is for most links
/// that Alice has expired; what would help is told beside, and that is another thing for each.
const TABLE: [(Link, Indication, Option<SubIndication>, Option<SubIndication>); 21] = [
    (Nothing, TotalPassed, None, None),
    (SignatureTimestamp, Indeterminate, Some(OutOfBoundsNoProof), None),
    (ArchiveTimestamp, Indeterminate, Some(OutOfBoundsNoProof), Some(OutOfBoundsNoProof)),
    (ArchiveCoversNoTimestamp, Indeterminate, Some(OutOfBoundsNoProof), Some(OutOfBoundsNoProof)),
    (ArchiveCoversNoCertificates, Indeterminate, Some(OutOfBoundsNoProof), None),
    (ArchiveCoversNoRevocation, Indeterminate, Some(OutOfBoundsNoProof), None),
    (RevocationOfSigner, Indeterminate, Some(CertificateChainGeneralFailure), None),
    (RevocationOfFirstAuthority, Indeterminate, Some(OutOfBoundsNoProof), Some(OutOfBoundsNoProof)),
    (RevocationOfSecondAuthority, Indeterminate, Some(OutOfBoundsNoProof), Some(TryLater)),
    (ArchiveByStrangers, Indeterminate, Some(OutOfBoundsNoProof), Some(NoCertificateChainFound)),
    (ArchiveAfterFirstExpired, Indeterminate, Some(OutOfBoundsNoProof), Some(OutOfBoundsNoProof)),
    (
        ArchiveOverWeakDigest,
        Indeterminate,
        Some(OutOfBoundsNoProof),
        Some(CryptographicConstraintsFailureNoProof),
    ),
    (ArchiveBeforeTimestamp, Indeterminate, Some(TimestampOrderFailure), None),
    (TimestampBeforeCertificate, TotalFailed, Some(NotYetValid), None),
    (TimestampAfterCertificate, Indeterminate, Some(OutOfBoundsNoProof), None),
    (ContentAfterCertificate, TotalFailed, Some(Expired), None),
    (SignerRevokedBefore, Indeterminate, Some(RevokedNoProof), None),
    (SignerOnHold, Indeterminate, Some(TryLater), None),
    (IssuerRevokedBefore, Indeterminate, Some(RevokedAuthorityNoProof), None),
    (FirstAuthorityCompromised, Indeterminate, Some(OutOfBoundsNoProof), Some(RevokedNoProof)),
    (SecondAuthorityCompromised, Indeterminate, Some(OutOfBoundsNoProof), Some(RevokedNoProof)),
];

#[test]
fn each_link_that_is_taken_out_fails() {
    let (mut wrong, mut helps) = (Vec::new(), HashSet::new());
    for (link, indication, expected, of_timestamp) in TABLE {
        let report = judged_without(link);
        let refused = report.facts().timestamps().iter().rev().find_map(|one| one.verdict().reason());
        let refused = refused.map(Reason::sub_indication);
        println!(
            "{link:?}: {}{}",
            report.verdict(),
            refused.map(|word| format!(" [timestamp: {word}]")).unwrap_or_default()
        );
        if (report.verdict().indication(), word(&report), refused) != (indication, expected, of_timestamp) {
            wrong.push(format!(
                "{link:?}: not {indication} {expected:?} {of_timestamp:?}, but {refused:?}\n{report}"
            ));
        }
        if let Verdict::Indeterminate(reason) = report.verdict() {
            let help = reason.help();
            assert!(help.is_some(), "{link:?}: nothing is said to help: {report}");
            helps.extend(help.map(ToOwned::to_owned));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(helps.len() >= 10, "{helps:#?}");
}

#[test]
fn what_expired_long_ago_passes_by_proofs_of_existence() {
    let report = judged_without(Nothing);
    assert_passed(&report);
    let proof = report.verdict().proof().unwrap();
    assert_eq!(proof.time(), at(SIGNED), "{report}");
    let relied_on = proof.chain().control_time();
    assert!(relied_on.is_some_and(|control| control.time >= at(SIGNED)), "{relied_on:?}");
}

/// The same files, at the moments between: first nothing needs to be proven, later more and more.
#[test]
fn certificates_that_expire_between_every_two_steps() {
    for (moment, passes) in [
        ("2025-06-02", true),
        // Alice is still valid, and a newer list is due.
        ("2025-12-01", true),
        // Alice has expired.
        ("2026-07-01", true),
        // The first timestamp authority has expired.
        ("2027-06-01", true),
        // Alice's issuer has expired.
        (NOW, true),
        // The second timestamp authority has expired, and nobody renewed.
        ("2036-06-01", false),
    ] {
        let (world, signed) = signed_without(Nothing);
        let report = signed.judge(&world.policy().evidence(present_lists(&world, moment)), moment);
        println!("{moment}: {}", report.verdict());
        assert_eq!(report.verdict().indication() == TotalPassed, passes, "{moment}: {report}");
    }
    // Renewed in time by a third authority, it lasts.
    let (world, signed) = signed_without(Nothing);
    let third =
        Profile::timestamp_authority("Third Stamps", KeyKind::P256).valid(at("2033-01-01"), at("2043-01-01"));
    let third = world.stamping.issue(third);
    let kept = signed.with(present_lists(&world, "2035-01-01")).archived(&third, "2035-01-01");
    let report = kept.judge(&world.policy().evidence(present_lists(&world, "2042-01-01")), "2042-01-01");
    assert_passed(&report);
    assert_eq!(report.verdict().proof().unwrap().time(), at(SIGNED), "{report}");
}

fn judged_without(link: Link) -> SignatureReport {
    let (world, signed) = signed_without(link);
    // While Alice's certificate is valid, that of her issuer is what fails first.
    let moment = if link == IssuerRevokedBefore { "2025-06-15" } else { NOW };
    let present = match link {
        RevocationOfSecondAuthority => Evidence::new(),
        _ => present_lists(&world, moment),
    };
    signed.judge(&world.policy().evidence(present), moment)
}

/// What can be had at the present: lists of those authorities that have not expired.
fn present_lists(world: &World, moment: &str) -> Evidence {
    let moment = at(moment) - support::days(1);
    let expired = |authority: &&TestAuthority| authority.certificate().not_after() < moment;
    [&world.root, &world.issuing, &world.stamping]
        .into_iter()
        .filter(|one| !expired(one))
        .fold(Evidence::new(), |evidence, authority| {
            evidence.with_crl(authority.crl(moment, moment + support::days(30)))
        })
}

fn signed_without(link: Link) -> (World, Signed) {
    let world = World::new();
    let alice = world.alice.certificate().clone();
    match link {
        SignerRevokedBefore => world.revoke(&alice, "2025-05-01", RevocationReason::Superseded),
        SignerOnHold => world.revoke(&alice, "2025-05-01", RevocationReason::CertificateHold),
        IssuerRevokedBefore => {
            world.revoke(world.issuing.certificate(), "2025-05-01", RevocationReason::CessationOfOperation);
        }
        FirstAuthorityCompromised => {
            world.revoke(world.first.certificate(), "2025-05-01", RevocationReason::KeyCompromise);
        }
        SecondAuthorityCompromised => {
            world.revoke(world.second.certificate(), "2026-05-01", RevocationReason::KeyCompromise);
        }
        _ => {}
    }
    let mut signed = world.sign();
    if link == ContentAfterCertificate {
        signed = signed.after(&world.first, "2026-02-01");
    }
    signed = match link {
        SignatureTimestamp => signed,
        TimestampBeforeCertificate => signed.stamped(&world.first, "2023-12-01"),
        TimestampAfterCertificate | ContentAfterCertificate => signed.stamped(&world.first, "2026-02-02"),
        _ => signed.stamped(&world.first, SIGNED),
    };
    if link != RevocationOfSigner {
        signed = signed.with(world.lists(at(KEPT)));
    } else {
        let list = world.root.crl(at(KEPT), at(KEPT) + support::days(30));
        signed = signed.with(Evidence::new().with_crl(list));
    }
    let about_first = |authority: &TestAuthority| {
        let before = at(ARCHIVED) - support::days(1);
        Evidence::new().with_crl(authority.crl(before, before + support::days(30)))
    };
    if link == RevocationOfFirstAuthority {
        let issuing = world.issuing.crl(at(KEPT), at(KEPT) + support::days(30));
        let root = world.root.crl(at(KEPT), at(KEPT) + support::days(30));
        signed.evidence = Evidence::new().with_crl(issuing).with_crl(root);
    } else {
        // When it is about to expire, what is known of it is kept too.
        signed = signed.with(about_first(&world.stamping)).with(about_first(&world.root));
    }
    let signed = match link {
        ArchiveTimestamp | IssuerRevokedBefore => signed,
        ArchiveBeforeTimestamp => {
            signed.archived(&world.first, "2025-05-31").archived(&world.second, ARCHIVED)
        }
        ArchiveAfterFirstExpired => signed.archived(&world.second, "2027-06-01"),
        ArchiveOverWeakDigest => signed.archived_with(&world.second, LegacyDigest::Sha1, ARCHIVED),
        ArchiveByStrangers => {
            let strangers = Profile::authority("Strangers", KeyKind::P256);
            let strangers =
                TestAuthority::root(strangers, at(ARCHIVED), Locations::under("http://s.test", "s"));
            let tsa = strangers.issue(Profile::timestamp_authority("Strange Stamps", KeyKind::P256));
            signed.archived(&tsa, ARCHIVED)
        }
        ArchiveCoversNoTimestamp | ArchiveCoversNoCertificates | ArchiveCoversNoRevocation => {
            archived_without(signed, &world, link)
        }
        _ => signed.archived(&world.second, ARCHIVED),
    };
    (world, signed)
}

/// An archive timestamp that covers not everything.
fn archived_without(mut signed: Signed, world: &World, link: Link) -> Signed {
    let all = signed.everything();
    let evidence = all.covered_evidence();
    let mut kept = Evidence::new();
    if link != ArchiveCoversNoCertificates {
        kept = kept.with_certificates(evidence.certificates().iter().cloned());
    }
    if link != ArchiveCoversNoRevocation {
        evidence.crls().iter().for_each(|list| kept.add_crl(list.clone()));
    }
    let covers = Coverage::new().signature(signed.value()).evidence(kept);
    let covers = match link {
        ArchiveCoversNoTimestamp => covers,
        _ => all.tokens().fold(covers, Coverage::token),
    };
    let token = token(&world.second, DigestAlgorithm::Sha256, &octets(&covers), at(ARCHIVED));
    signed.stamps.push(stamp(TimestampKind::Archive, "archive timestamp", token, covers));
    signed
}
