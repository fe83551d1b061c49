//! Writes signed messages in every algorithm, attached and detached, with one and with three signers, and with all
//! that can be added, for other programs to judge: `cargo run -p chancery-cms --example cms_matrix -- DIRECTORY`.
//!
//! The directory then holds the messages (`.p7m` attached, `.p7s` detached), `content.txt` that they sign, and the
//! certificate of their authority, `root.pem`. Keys and certificates are new each time, and worth nothing.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use chancery_certificate::Certificate;
use chancery_cms::statements::{
    Commitment, CommitmentType, ContentHints, ContentIdentifier, ContentReference, ContentTimestamp,
    MimeType, NoticeReference, PolicyDocument, PolicyHash, PolicyQualifier, PolicySpecification,
    SignaturePolicy, SignaturePolicyStore, SignerAttributes, SignerLocation, UserNotice,
};
use chancery_cms::{
    Assembly, CertificateReferences, CountersignaturePreparation, Enclosures, FinishedSigner, Identification,
    MessageReader, MessageWriter, SignedMessage, SignerPreparation, attributes,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

type Outcome<T> = Result<T, Box<dyn Error>>;

const CONTENT: &[u8] = b"Alice owes Bob ten euros.\n";

fn main() -> Outcome<()> {
    let directory = std::env::args_os().nth(1).ok_or("usage: cms_matrix DIRECTORY")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let now = Timestamp::now();
    let pki = TestPki::at(now);
    fs::write(directory.join("content.txt"), CONTENT)?;
    fs::write(directory.join("root.pem"), pki.anchors_pem())?;

    let bob = pki.signer("Bob", KeyKind::P384);
    let carol = pki.signer("Carol", KeyKind::Rsa { bits: 2048 });
    for (name, kind, algorithm) in algorithms() {
        let alice = pki.signer("Alice", kind).with_algorithm(algorithm)?;
        for (number, signers) in [("one", vec![&alice]), ("three", vec![&alice, &bob, &carol])] {
            for (form, empty) in forms() {
                let mut assembly = empty;
                for signer in &signers {
                    assembly = assembly.signer(finished(preparation(signer).signing_time(now), signer)?);
                }
                let chain = Enclosures::new().certificates(alice.chain().iter().cloned());
                let message = assembly.enclosures(chain).assemble()?;
                fs::write(directory.join(format!("{name}-{number}.{form}")), message.to_bytes())?;
            }
        }
    }
    for (form, empty) in forms() {
        let signer = preparation(&bob).identified_by(Identification::SubjectKeyIdentifier).signing_time(now);
        let chain = || Enclosures::new().certificates(bob.chain().iter().cloned());
        let message = empty.clone().enclosures(chain()).signer(finished(signer, &bob)?).assemble()?;
        fs::write(directory.join(format!("added-key-identifier.{form}")), message.to_bytes())?;

        let statements = stated(preparation(&bob))?.signing_time(now);
        let all = statements.referring_to(CertificateReferences::Chain);
        let message = empty.clone().enclosures(chain()).signer(finished(all, &bob)?).assemble()?;
        let store = SignaturePolicyStore {
            specification: PolicySpecification::Uri("https://example.com/specification".to_owned()),
            document: PolicyDocument::Encoded(POLICY.to_vec()),
        };
        let message = message.with_unsigned_attribute(0, &store.to_attribute()?)?;
        fs::write(directory.join(format!("added-statements.{form}")), message.to_bytes())?;

        // By themselves: not every judge reads context tags.
        let token = pki.timestamp_token(&DigestAlgorithm::Sha256.digest(CONTENT));
        let role = SignerAttributes::default().claiming_role("urn:example:notary")?.to_attribute()?;
        let tagged = [ContentTimestamp { token }.to_attribute()?, location().to_attribute()?, role];
        let tagged =
            tagged.into_iter().fold(preparation(&bob), SignerPreparation::attribute).signing_time(now);
        let message = empty.clone().enclosures(chain()).signer(finished(tagged, &bob)?).assemble()?;
        fs::write(directory.join(format!("added-tagged-statements.{form}")), message.to_bytes())?;

        let evidence = chain().crl(&pki.crl())?;
        let message = empty.signer(finished(preparation(&bob).signing_time(now), &bob)?).assemble()?;
        let message = message.with_enclosures(&evidence.ocsp(&pki.ocsp(&certificate(&bob)?))?)?;
        fs::write(directory.join(format!("added-evidence.{form}")), message.to_bytes())?;
        let signer = finished(preparation(&carol).signing_time(now), &carol)?;
        let joined = message.with_signer(&signer, &Enclosures::new())?;
        fs::write(directory.join(format!("added-signer.{form}")), joined.to_bytes())?;
        let counter = countersigned(&joined, &carol, now)?;
        fs::write(directory.join(format!("added-counter-signature.{form}")), counter.to_bytes())?;
    }
    streamed(directory, &bob, &carol, now)
}

/// Content that streams by, in DER and in BER; and one signer more, the content streaming by once more.
fn streamed(directory: &Path, bob: &SoftwareSigner, carol: &SoftwareSigner, now: Timestamp) -> Outcome<()> {
    let chain = || Enclosures::new().certificates(bob.chain().iter().cloned());
    let writer = || MessageWriter::new().announce(bob.algorithm()).enclosures(chain());
    let out = || Cursor::new(Vec::new());
    let length = u64::try_from(CONTENT.len())?;
    for (name, content) in
        [("der", writer().begin_with_length(out(), length)?), ("ber", writer().begin(out())?)]
    {
        let mut content = content;
        content.write_all(CONTENT)?;
        let enclosed = content.end()?;
        let digest = enclosed.digest(bob.algorithm().digest())?;
        let of_bob = SignerPreparation::new(bob.chain(), bob.algorithm(), digest).signing_time(now);
        let message = enclosed.finish(&[finished(of_bob, bob)?])?.into_inner();
        fs::write(directory.join(format!("added-streamed-{name}.p7m")), &message)?;

        let read = MessageReader::new().digesting(carol.algorithm().digest()).read(&*message)?;
        let of_carol = finished(preparation(carol).signing_time(now), carol)?;
        let joined = read.with_signer(&of_carol, &Enclosures::new())?;
        let mut enclosing = joined.enclosing(length, Vec::new())?;
        MessageReader::new().copying_content_to(&mut enclosing).read(&*message)?;
        fs::write(directory.join(format!("added-streamed-{name}-signer.p7m")), enclosing.end()?)?;
    }
    Ok(())
}

const POLICY: &[u8] = b"Whoever signs has read.";

fn forms() -> [(&'static str, Assembly); 2] {
    [("p7m", Assembly::enclosing(CONTENT.to_vec())), ("p7s", Assembly::detached())]
}

fn algorithms() -> Vec<(String, KeyKind, SignatureAlgorithm)> {
    use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};
    let rsa = KeyKind::Rsa { bits: 2048 };
    let digests = [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512];
    let curves = [
        ("p256", KeyKind::P256),
        ("p384", KeyKind::P384),
        ("p521", KeyKind::P521),
        ("brainpoolp256r1", KeyKind::BrainpoolP256r1),
        ("brainpoolp384r1", KeyKind::BrainpoolP384r1),
    ];
    let mut all = vec![("ed25519".to_owned(), KeyKind::Ed25519, SignatureAlgorithm::Ed25519)];
    for digest in digests {
        let name = digest.name().to_ascii_lowercase();
        all.push((format!("rsa-{name}"), rsa, SignatureAlgorithm::RsaPkcs1v15(digest)));
        all.push((format!("pss-{name}"), rsa, SignatureAlgorithm::rsa_pss(digest)));
        for (curve, kind) in curves {
            all.push((format!("{curve}-{name}"), kind, SignatureAlgorithm::Ecdsa(digest)));
        }
    }
    all
}

fn preparation(signer: &SoftwareSigner) -> SignerPreparation<'_> {
    let digest = signer.algorithm().digest().digest(CONTENT);
    SignerPreparation::new(signer.chain(), signer.algorithm(), digest)
}

fn finished(preparation: SignerPreparation<'_>, signer: &SoftwareSigner) -> Outcome<FinishedSigner> {
    let prepared = preparation.prepare()?;
    Ok(prepared.finish(signer.sign(prepared.to_be_signed())?)?)
}

fn countersigned(message: &SignedMessage, by: &SoftwareSigner, now: Timestamp) -> Outcome<SignedMessage> {
    let target = message.signers().first().ok_or("nobody signed")?;
    let prepared = CountersignaturePreparation::new(by.chain(), by.algorithm(), target);
    let prepared = prepared.signing_time(now).prepare()?;
    Ok(message.with_countersignature(&prepared.finish(by.sign(prepared.to_be_signed())?)?)?)
}

/// What a signer can state without context tags.
fn stated(preparation: SignerPreparation<'_>) -> Outcome<SignerPreparation<'_>> {
    let policy = SignaturePolicy {
        identifier: Oid::new_unwrap("1.2.3.4.5.6"),
        hash: PolicyHash::Known(DigestAlgorithm::Sha256.digest(POLICY)),
        qualifiers: vec![
            PolicyQualifier::Uri("https://example.com/policy".to_owned()),
            PolicyQualifier::UserNotice(UserNotice {
                reference: Some(NoticeReference {
                    organization: "Example Ltd".to_owned(),
                    numbers: vec![1, 300],
                }),
                text: Some("Whoever signs has read.".to_owned()),
            }),
            PolicyQualifier::Specification(PolicySpecification::Uri(
                "https://example.com/specification".to_owned(),
            )),
        ],
    };
    let commitment = Commitment { commitment: CommitmentType::ProofOfApproval, qualifiers: Vec::new() };
    let hints = ContentHints { description: Some("A debt".to_owned()), content_type: attributes::DATA };
    let reference = ContentReference {
        content_type: attributes::DATA,
        identifier: ContentIdentifier(b"the offer".to_vec()),
        signature: vec![7; 64],
    };
    let format = MimeType("text/plain; charset=us-ascii".to_owned());
    let stated = [
        format.to_attribute()?,
        policy.to_attribute()?,
        commitment.to_attribute()?,
        hints.to_attribute()?,
        ContentIdentifier(b"Alice, today, 4711".to_vec()).to_attribute(),
        reference.to_attribute(),
    ];
    Ok(stated.into_iter().fold(preparation, SignerPreparation::attribute))
}

fn location() -> SignerLocation {
    SignerLocation {
        country: Some("AT".to_owned()),
        locality: Some("Wien".to_owned()),
        postal_address: vec!["Ring 1".to_owned(), "1010 Wien".to_owned()],
    }
}

fn certificate(signer: &SoftwareSigner) -> Outcome<Certificate> {
    Ok(signer.chain().first().ok_or("no certificate")?.clone())
}
