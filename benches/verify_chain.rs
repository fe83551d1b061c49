//! What does validating a chain of three certificates cost, beside the raw verifications that it needs?
//!
//! Bar with AWS-LC: at most 1.2 times the two verifications (the person's certificate by the key of the authority, the
//! authority's by the key of the root; nobody verifies the root), with the authority's certificate read before and the
//! person's read within the time. Peers on the same chains: `benches/peers`.

use std::process::ExitCode;

use chancery_benches::{Case, Chain, Outcome, Rounds, Table, ensure, providers};
use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, VerifiedChain};
use chancery_key::{KeyKind, Provider};

/// Above the raw verifications with AWS-LC.
const BAR: f64 = 1.2;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Validate a chain of three certificates (CPU time)");
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        chain(&mut table, kind)?;
    }
    Ok(table.finish())
}

fn chain(table: &mut Table, kind: KeyKind) -> Outcome<()> {
    let rounds = Rounds::new(21, 200)?;
    let chain = Chain::new(kind)?;
    // Chains are verified by the default provider of the build.
    let provider = Provider::default();
    ensure(providers().first() == Some(&provider), "the default provider comes first")?;
    let keys = chain.bare(provider)?;
    let anchors = chain.anchors();
    let intermediates = [chain.intermediate.clone()];
    let verifier = ChainVerifier::new(&anchors, Purpose::ClientAuthentication, RevocationPolicy::NotChecked)
        .intermediates(&intermediates);
    let damaged = damaged(&chain.leaves[0])?;
    let [bare, read, verify, whole] = rounds.run([
        Case::new(
            "bare: the provider's two verifications",
            |number| chain.leaf(number),
            |leaf| chain.verify_bare(&keys, leaf),
            |_, ()| ensure(chain.verify_bare(&keys, &damaged).is_err(), "it must tell them apart"),
        ),
        Case::new(
            "Certificate::from_der",
            |number| Ok(chain.leaf(number)?.to_der()),
            |der| Ok(Certificate::from_der(der)?),
            |der, certificate| ensure(certificate.to_der() == *der, "the same"),
        ),
        Case::new(
            "ChainVerifier::verify_at, all certificates read before",
            |number| chain.leaf(number),
            |leaf| Ok(verifier.verify_at(leaf, chain.now)?),
            |leaf, found| judged(&verifier, &chain, leaf, found),
        ),
        Case::new(
            "Certificate::from_der and ChainVerifier::verify_at",
            |number| Ok(chain.leaf(number)?.to_der()),
            |der| Ok(verifier.verify_at(&Certificate::from_der(der)?, chain.now)?),
            |der, found| judged(&verifier, &chain, &Certificate::from_der(der)?, found),
        ),
    ])?;
    table.heading(&format!("{kind}, {provider:?}: {}", rounds.describe()));
    table.row(&bare);
    table.row(&read);
    table.row(&verify);
    table.row(&whole);
    table.row(&whole.minus(&bare).named("the last above bare"));
    table.ratio(&verify.over(&bare).named("verify / bare"));
    let ratio = whole.over(&bare).named("read and verify / bare");
    if provider == Provider::RustCrypto {
        table.ratio(&ratio);
    } else {
        table.ratio_with_bar(&ratio, BAR);
    }
    Ok(())
}

/// The chain is the one that was issued, and a damaged leaf has none.
fn judged(
    verifier: &ChainVerifier<'_>,
    chain: &Chain,
    leaf: &Certificate,
    found: &VerifiedChain,
) -> Outcome<()> {
    let expected = [leaf, &chain.intermediate, &chain.root];
    ensure(found.certificates().iter().eq(expected), "the chain")?;
    ensure(verifier.verify_at(&damaged(leaf)?, chain.now).is_err(), "a damaged certificate must fail")
}

/// The same certificate with one bit of its signature changed.
fn damaged(certificate: &Certificate) -> Outcome<Certificate> {
    let mut der = certificate.to_der().to_vec();
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
    Ok(Certificate::from_der(&der)?)
}
