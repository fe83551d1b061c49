//! How long does it take to find a serial in a CRL of 1,000,000 entries, and how much memory beyond its bytes?
//!
//! Bars: 20 ms besides hashing, and 1 MB beyond the bytes. Each entry has a serial of 16 octets, a date, and a reason: 45
//! octets and more.

use std::path::Path;
use std::process::ExitCode;

use chancery_benches::{Case, Outcome, Peak, Rounds, Table, child_job, ensure, peak_of_child, tell_parent};
use chancery_certificate::{Certificate, Name};
use chancery_chain::{
    ChainVerifier, Evidence, Purpose, RevocationList, RevocationPolicy, RevokedEntry, TrustAnchors,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_testkit::{CrlProfile, Locations, Profile, Revocation, RevocationReason, TestAuthority};
use jiff::{SignedDuration, Timestamp};

const ENTRIES: u64 = 1_000_000;
/// Seconds besides hashing.
const TIME: f64 = 0.020;
/// MB beyond the bytes.
const MEMORY: f64 = 1.0;

fn main() -> Outcome<ExitCode> {
    if let Some((_, arguments)) = child_job() {
        let [crl, issuer] = arguments.as_slice() else { return Err("a list and a certificate".into()) };
        let (crl, issuer) = (std::fs::read(crl)?, Certificate::from_der(&std::fs::read(issuer)?)?);
        tell_parent(|| ensure(find(&crl, 2 * ENTRIES + 1, issuer.subject())?.is_none(), "it is not there"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new("Find a serial in a CRL of 1,000,000 entries (CPU time)");
    let pki = Pki::new()?;
    table.note(&format!("the list has {} bytes", pki.crl.len()));
    look_up(&mut table, &pki)?;
    memory(&mut table, &pki)?;
    Ok(table.finish())
}

fn look_up(table: &mut Table, pki: &Pki) -> Outcome<()> {
    let rounds = Rounds::new(11, 5)?;
    let issuer = pki.issuing.subject();
    let anchors = TrustAnchors::new([pki.root.clone()]);
    let evidence = Evidence::new()
        .with_certificate(pki.issuing.clone())
        .with_crl(pki.crl.clone())
        .with_crl(pki.root_crl.clone());
    let verifier =
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require).evidence(&evidence);
    let [hash, absent, present, whole] = rounds.run([
        Case::new(
            "hash: SHA-256 of the list",
            Ok,
            |_| Ok(DigestAlgorithm::Sha256.digest(&pki.crl)),
            |_, _| Ok(()),
        ),
        Case::new(
            "RevocationList::from_der and find, not revoked",
            |number| Ok(ENTRIES + number),
            |number| find(&pki.crl, *number, issuer),
            |_, found| ensure(found.is_none(), "it is not there"),
        ),
        Case::new(
            "RevocationList::from_der and find, revoked",
            |number| Ok(number * 7_919 % ENTRIES),
            |number| find(&pki.crl, *number, issuer),
            |_, found| ensure(found.is_some(), "it is there"),
        ),
        Case::new(
            "ChainVerifier::verify_at, a chain of three with two lists",
            |number| Ok(&pki.leaves[usize::try_from(number)? % pki.leaves.len()]),
            |leaf| Ok(verifier.verify_at(leaf, pki.now)?),
            |_, chain| ensure(chain.revocation().len() == 3, "the status of each"),
        ),
    ])?;
    table.heading(&rounds.describe());
    table.row(&hash);
    table.row_with_bar(&absent, TIME);
    table.row_with_bar(&present, TIME);
    table.row(&whole);
    table.row_with_bar(
        &whole.minus(&hash).named("the chain besides hashing (four verifications included)"),
        TIME,
    );
    Ok(())
}

/// Beyond the bytes of the list, which the child holds before its job begins.
fn memory(table: &mut Table, pki: &Pki) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (crl, issuer) = (folder.path().join("list.crl"), folder.path().join("issuer.cer"));
    std::fs::write(&crl, &pki.crl)?;
    std::fs::write(&issuer, pki.issuing.to_der())?;
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or("a path in UTF-8");
    let peak = peak_of_child("find", &[&text(&crl)?, &text(&issuer)?])?;
    let beyond = peak.map(|peak| Peak { before: 0, total: peak.total - peak.before, ..peak });
    table.peak_with_bar("peak memory beyond the bytes: from_der and find", beyond, MEMORY);
    Ok(())
}

fn find(crl: &[u8], number: u64, issuer: &Name) -> Outcome<Option<RevokedEntry>> {
    Ok(RevocationList::from_der(crl)?.find(&serial(number), issuer)?)
}

/// Sixteen octets without order, as authorities draw them (CA/Browser Forum, 7.1: at least 64 bits of a random number).
fn serial(number: u64) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
    let mut serial = digest.as_bytes()[..16].to_vec();
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}

/// A root, an authority with a million revoked certificates, and people whose certificates are good.
struct Pki {
    root: Certificate,
    issuing: Certificate,
    leaves: Vec<Certificate>,
    crl: Vec<u8>,
    root_crl: Vec<u8>,
    now: Timestamp,
}

impl Pki {
    fn new() -> Outcome<Self> {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
        let (this_update, next_update) =
            (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(24 * 7));
        let locations = |name: &str| Locations::under("http://pki.example.com", name);
        let authority = |name: &str| Profile::authority(name, KeyKind::P256);
        let root = TestAuthority::root(authority("Root"), now, locations("root"));
        let issuing = root.subordinate(authority("Issuing"), locations("issuing"));
        let person = |number| issuing.issue(Profile::signer(&format!("Alice {number}"), KeyKind::P256));
        let leaves = (0..16).map(|number| person(number).certificate().clone()).collect();
        let revocation =
            Revocation::new(now - SignedDuration::from_hours(24 * 30), RevocationReason::Superseded);
        let profile = CrlProfile::new(this_update).next_update(next_update).number(1);
        let profile =
            (0..ENTRIES).fold(profile, |profile, number| profile.revoke(serial(number), revocation));
        Ok(Self {
            root: root.certificate().clone(),
            issuing: issuing.certificate().clone(),
            leaves,
            crl: issuing.sign_crl(&profile),
            root_crl: root.crl(this_update, next_update),
            now,
        })
    }
}
