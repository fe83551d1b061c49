//! Chains of three certificates: ours, OpenSSL's `X509_verify_cert` and rustls-webpki's, call by call on the same
//! certificates.
//!
//! All judge the same moment and the purpose of a TLS client, which all three know; revocation is asked of none. Two
//! tables: with every certificate read before (webpki reads the intermediate in each call, and has no place in it), and
//! with the person's certificate read in each call, as a server does with what a client sends.

use std::process::ExitCode;

use chancery_benches::{BarePublicKey, Case, Chain, Outcome, Rounds, Samples, Table, ensure};
use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_key::{KeyKind, Provider};
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId, X509StoreContext};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

fn main() -> Outcome<ExitCode> {
    let table = Table::new("Validate a chain of three certificates: ours and our peers (CPU time)");
    let theirs = if cfg!(feature = "aws-lc") { "AWS-LC" } else { "ring" };
    let (ours, openssl) = (Provider::default(), openssl::version::version());
    table.note(&format!("ours by {ours:?}; {openssl}; webpki by {theirs}"));
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        let chain = Chain::new(kind)?;
        read_before(&table, kind, &chain)?;
        read_within(&table, kind, &chain)?;
    }
    Ok(table.finish())
}

fn read_before(table: &Table, kind: KeyKind, chain: &Chain) -> Outcome<()> {
    let rounds = Rounds::new(21, 200)?;
    let (anchors, intermediates) = (chain.anchors(), [chain.intermediate.clone()]);
    let ours = ours(&anchors, &intermediates);
    let openssl = OpenSsl::new(chain)?;
    let leaves = chain.leaves.iter().map(|leaf| Ok(X509::from_der(leaf.to_der())?));
    let leaves = leaves.collect::<Outcome<Vec<_>>>()?;
    let [bare, ours, openssl] = rounds.run([
        bare(chain, chain.bare(Provider::default())?),
        Case::new(
            "ChainVerifier::verify_at",
            |number| chain.leaf(number),
            |leaf| Ok(ours.verify_at(leaf, chain.now)?),
            |leaf, found| is_the_chain(chain, leaf, found),
        ),
        Case::new(
            "OpenSSL: X509_verify_cert",
            |number| leaves.get(usize::try_from(number)? % leaves.len()).ok_or_else(|| "a leaf".into()),
            |leaf| openssl.verify(leaf),
            |_, ()| {
                ensure(openssl.verify(&X509::from_der(&damaged(chain)?)?).is_err(), "a damaged one must fail")
            },
        ),
    ])?;
    table.heading(&format!("{kind}, all certificates read before: {}", rounds.describe()));
    print(table, &bare, &[ours, openssl]);
    Ok(())
}

fn read_within(table: &Table, kind: KeyKind, chain: &Chain) -> Outcome<()> {
    let rounds = Rounds::new(21, 200)?;
    let (anchors, intermediates) = (chain.anchors(), [chain.intermediate.clone()]);
    let ours = ours(&anchors, &intermediates);
    let (openssl, webpki) = (OpenSsl::new(chain)?, Webpki::new(chain)?);
    let der = |number| Ok(chain.leaf(number)?.to_der());
    let [bare, ours, openssl, webpki] = rounds.run([
        bare(chain, chain.bare(Provider::default())?),
        Case::new(
            "Certificate::from_der, ChainVerifier::verify_at",
            der,
            |der| Ok(ours.verify_at(&Certificate::from_der(der)?, chain.now)?),
            |der, found| is_the_chain(chain, &Certificate::from_der(der)?, found),
        ),
        Case::new(
            "OpenSSL: d2i_X509, X509_verify_cert",
            der,
            |der| openssl.verify(&X509::from_der(der)?),
            |_, ()| {
                ensure(openssl.verify(&X509::from_der(&damaged(chain)?)?).is_err(), "a damaged one must fail")
            },
        ),
        Case::new(
            "webpki: EndEntityCert::try_from, verify_for_usage",
            der,
            |der| webpki.verify(der),
            |_, ()| ensure(webpki.verify(&damaged(chain)?).is_err(), "a damaged one must fail"),
        ),
    ])?;
    table.heading(&format!("{kind}, the person's certificate read in each call: {}", rounds.describe()));
    print(table, &bare, &[ours, openssl, webpki]);
    Ok(())
}

fn print(table: &Table, bare: &Samples, all: &[Samples]) {
    table.row(bare);
    all.iter().for_each(|samples| table.row(samples));
    if let [ours, peers @ ..] = all {
        peers.iter().for_each(|peer| table.ratio(&ours.over(peer).named(format!("ours / {}", peer.name()))));
    }
}

fn bare(chain: &Chain, keys: [BarePublicKey; 2]) -> Case<'_> {
    Case::new(
        "bare: the two verifications, by our provider",
        |number| chain.leaf(number),
        move |leaf| chain.verify_bare(&keys, leaf),
        |_, ()| Ok(()),
    )
}

fn ours<'a>(anchors: &'a TrustAnchors, intermediates: &'a [Certificate]) -> ChainVerifier<'a> {
    ChainVerifier::new(anchors, Purpose::ClientAuthentication, RevocationPolicy::NotChecked)
        .intermediates(intermediates)
}

fn is_the_chain(chain: &Chain, leaf: &Certificate, found: &VerifiedChain) -> Outcome<()> {
    ensure(found.certificates().iter().eq([leaf, &chain.intermediate, &chain.root]), "the chain")
}

/// A leaf with one bit of its signature changed.
fn damaged(chain: &Chain) -> Outcome<Vec<u8>> {
    let mut der = chain.leaf(0)?.to_der().to_vec();
    *der.last_mut().ok_or("a certificate has bytes")? ^= 1;
    Ok(der)
}

struct OpenSsl {
    store: X509Store,
    intermediates: Stack<X509>,
}

impl OpenSsl {
    fn new(chain: &Chain) -> Outcome<Self> {
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(X509::from_der(chain.root.to_der())?)?;
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_time(chain.now.as_second());
        parameters.set_purpose(X509PurposeId::SSL_CLIENT)?;
        store.set_param(&parameters)?;
        let mut intermediates = Stack::new()?;
        intermediates.push(X509::from_der(chain.intermediate.to_der())?)?;
        Ok(Self { store: store.build(), intermediates })
    }

    fn verify(&self, leaf: &X509) -> Outcome<()> {
        let mut context = X509StoreContext::new()?;
        let mut said = None;
        let holds = context.init(&self.store, leaf, &self.intermediates, |context| {
            let holds = context.verify_cert()?;
            said = (!holds).then(|| context.error());
            Ok(holds)
        })?;
        if holds { Ok(()) } else { Err(format!("{said:?}").into()) }
    }
}

#[cfg(feature = "aws-lc")]
use webpki::aws_lc_rs as provider;
#[cfg(not(feature = "aws-lc"))]
use webpki::ring as provider;

const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] =
    &[provider::ECDSA_P256_SHA256, provider::RSA_PKCS1_2048_8192_SHA256];

struct Webpki {
    anchors: [TrustAnchor<'static>; 1],
    intermediates: [CertificateDer<'static>; 1],
    now: UnixTime,
}

impl Webpki {
    fn new(chain: &Chain) -> Outcome<Self> {
        let root = CertificateDer::from(chain.root.to_der().to_vec());
        let now = std::time::Duration::from_secs(u64::try_from(chain.now.as_second())?);
        Ok(Self {
            anchors: [anchor_from_trusted_cert(&root)?.to_owned()],
            intermediates: [CertificateDer::from(chain.intermediate.to_der().to_vec())],
            now: UnixTime::since_unix_epoch(now),
        })
    }

    fn verify(&self, der: &[u8]) -> Outcome<()> {
        let der = CertificateDer::from(der);
        let leaf = EndEntityCert::try_from(&der)?;
        let usage = KeyUsage::client_auth();
        leaf.verify_for_usage(ALGORITHMS, &self.anchors, &self.intermediates, self.now, usage, None, None)?;
        Ok(())
    }
}
