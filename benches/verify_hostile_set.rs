//! What do certificate sets cost that were made to cost much?
//!
//! No bar here; the tests of `chancery-chain` compare one size with another. Each set has 10,000 certificates of one name
//! beside the true authority: with keys of their own (each has to be tried), with the true key identifier (none looks
//! worse than the true one), or as a ladder of cross-certificates (as many paths as there are subsets).

use std::process::ExitCode;

use chancery_benches::{Case, Outcome, Rounds, Table, ensure};
use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_key::{KeyKind, SoftwareKey};
use chancery_testkit::{Locations, Profile, TestAuthority};
use jiff::Timestamp;

const STRANGERS: usize = 10_000;
/// Keys of the strangers: all different would only take longer to make.
const KEYS: usize = 500;
/// Names of the ladder, and keys of each name.
const RUNGS: usize = 12;
const SIDES: usize = 8;

fn main() -> Outcome<ExitCode> {
    let table = Table::new("Search a path among hostile certificates (CPU time)");
    let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
    strangers(&table, now)?;
    ladder(&table, now)?;
    Ok(table.finish())
}

fn locations() -> Locations {
    Locations::under("http://pki.example.com", "authority")
}

fn authority(name: &str) -> Profile {
    Profile::authority(name, KeyKind::P256)
}

fn strangers(table: &Table, now: Timestamp) -> Outcome<()> {
    let root = TestAuthority::root(authority("Root"), now, locations());
    let issuing = root.subordinate(authority("Issuing"), locations());
    let other = TestAuthority::root(authority("Root"), now, locations());
    let leaf = issuing.issue(Profile::signer("Alice", KeyKind::P256)).certificate().clone();
    let orphan =
        other.subordinate(authority("Issuing"), locations()).issue(Profile::signer("Bob", KeyKind::P256));
    let keys: Vec<SoftwareKey> =
        (0..KEYS).map(|number| chancery_testkit::test_key(KeyKind::P256, number)).collect();
    let strangers: Vec<Certificate> = (0..STRANGERS)
        .map(|number| other.issue(authority("Issuing").with_key(&keys[number % KEYS])).certificate().clone())
        .collect();
    let crowd: Vec<Certificate> = strangers.iter().chain([issuing.certificate()]).cloned().collect();
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let verifier = |intermediates| {
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
            .intermediates(intermediates)
    };
    let alone = [issuing.certificate().clone()];
    let [quiet, found, lost] = Rounds::new(11, 3)?.run([
        Case::new(
            "the true authority alone",
            |_| Ok(&leaf),
            |leaf| Ok(verifier(&alone).verify_at(leaf, now)?),
            |_, chain| ensure(chain.certificates().len() == 3, "the chain"),
        ),
        Case::new(
            "10,000 others of its name: the path is found",
            |_| Ok(&leaf),
            |leaf| Ok(verifier(&crowd).verify_at(leaf, now)?),
            |_, chain| ensure(chain.certificates().len() == 3, "the chain"),
        ),
        Case::new(
            "10,000 others of its name: there is no path",
            |_| Ok(orphan.certificate()),
            |orphan| Ok(verifier(&crowd).verify_at(orphan, now).is_err()),
            |_, failed| ensure(*failed, "it must fail"),
        ),
    ])?;
    table.heading("certificates of one name, the default limits");
    for samples in [quiet, found, lost] {
        table.row(&samples);
    }
    Ok(())
}

/// Names in a row, each with several keys, and every key certified by every key of the name above: keys ^ names paths,
/// none of which reaches an anchor.
fn ladder(table: &Table, now: Timestamp) -> Outcome<()> {
    let name = |rung: usize| format!("Rung {rung}");
    let mut above: Vec<TestAuthority> =
        (0..SIDES).map(|_| TestAuthority::root(authority(&name(0)), now, locations())).collect();
    let mut certificates: Vec<Certificate> = Vec::new();
    for rung in 1..=RUNGS {
        let below: Vec<TestAuthority> =
            (0..SIDES).map(|_| TestAuthority::root(authority(&name(rung)), now, locations())).collect();
        for (issuer, subject) in
            above.iter().flat_map(|issuer| below.iter().map(move |subject| (issuer, subject)))
        {
            let profile = authority(&name(rung)).with_key(subject.identity().key());
            certificates.push(issuer.issue(profile).certificate().clone());
        }
        above = below;
    }
    let leaf = above[0].issue(Profile::signer("Alice", KeyKind::P256)).certificate().clone();
    let stranger = TestAuthority::root(authority("Somebody else"), now, locations());
    let anchors = TrustAnchors::new([stranger.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
        .intermediates(&certificates);
    let [lost] = Rounds::new(11, 3)?.run([Case::new(
        format!("{SIDES} keys of each of {RUNGS} names, all cross-certified, no anchor"),
        |_| Ok(&leaf),
        |leaf| Ok(verifier.verify_at(leaf, now).is_err()),
        |_, failed| ensure(*failed, "it must fail"),
    )])?;
    table.heading(&format!("{} cross-certificates, the default limits", certificates.len()));
    table.row(&lost);
    Ok(())
}
