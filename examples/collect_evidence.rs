//! How do I keep everything that it takes to judge a certificate years from now, in one file?
//!
//! `cargo run --release --example collect_evidence`
//!
//! Needs nothing: the authorities are made here and listen on this machine only. With your own roots and a certificate
//! of the world the same code asks the services that the certificate names; leave out both `allow`s.

use std::error::Error;
use std::fs;

use chancery_chain::{
    ChainVerifier, Evidence, EvidenceCollector, Purpose, RevocationPolicy, RevocationStatus, TrustAnchors,
};
use chancery_http::{AddressRule, BlockingClient};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, TestPki};
use jiff::{Timestamp, ToSpan};

fn main() -> Result<(), Box<dyn Error>> {
    let now = Timestamp::now();
    let pki = TestPki::on_loopback(now);
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let (certificate, roots) = (alice.certificate(), TrustAnchors::from_pem(pki.anchors_pem().as_bytes())?);

    // Today: the issuer, and answers about revocation, are fetched from where the certificates say.
    let verifier = ChainVerifier::new(&roots, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, certificate, now)
        .allow(AddressRule::Loopback)
        .collect(&BlockingClient::new().allow(AddressRule::Loopback));
    for fetch in collected.fetches() {
        println!("{fetch}");
    }
    for missing in collected.missing() {
        println!("still missing: {missing}");
    }

    // What the verdict rests on is enough, and goes into one file.
    let chain = collected.into_chain()?;
    fs::create_dir_all("target/evidence")?;
    fs::write("target/evidence/alice.p7b", chain.evidence().to_der()?)?;
    let until = chain.holds_until().ok_or("revocation was asked for")?;
    println!("target/evidence/alice.p7b speaks of every moment until {until}");

    // Years later: the authorities are gone, the file is there, and says how it was when Alice signed.
    drop(pki);
    let kept = Evidence::from_der(&fs::read("target/evidence/alice.p7b")?)?;
    let signed_at = now + 1.hour();
    let chain = verifier.evidence(&kept).verify_at(certificate, signed_at)?;
    for (certificate, status) in chain.certificates().iter().zip(chain.revocation()) {
        match status {
            RevocationStatus::Good(evidence) => {
                let (name, kind) = (certificate.display_name(), evidence.kind);
                println!("{name} was good at {signed_at:.0}, says the {kind} of {}", evidence.this_update);
            }
            other => println!("{}: {other:?}", certificate.display_name()),
        }
    }
    Ok(())
}
