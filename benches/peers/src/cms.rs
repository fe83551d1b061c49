//! CMS messages: ours, and OpenSSL's `CMS_sign` and `CMS_verify`, call by call with the same keys and certificates.
//!
//! Both make detached messages with signed attributes, a reference to the signer's certificate (CAdES), and the
//! certificates of signer and authority in them. Overhead is what lies above the own provider's raw signing operation
//! over as many bytes as the signed attributes have, or over the content where that is longer. OpenSSL verifies the
//! chain in each call, which it needs to check the reference; ours has it already. What OpenSSL takes without both is
//! printed too, and what ours takes with the chain.
//!
//! OpenSSL's Rust binding has `CMS_verify` write the content out to memory, which counts at 1 MB and not at 100 bytes.

use std::process::ExitCode;

use chancery_benches::{
    BareKey, Case, Outcome, Person, Rounds, Samples, Setting, Table, TimedSigner, bare_signature, contents,
    cpu_time, ensure, providers, sign_detached, to_be_signed_len, verify_detached,
};
use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::SignedMessage;
use chancery_digest::Digests;
use chancery_key::{KeyKind, Provider};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::{Signer, Verifier};
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;

/// `CMS_CADES` of cms.h: a signed reference to the certificate is written, and demanded.
const CADES: u32 = 0x0010_0000;
/// How often ours verifies while OpenSSL verifies once.
const VERIFY_BAR: f64 = 3.0;
/// Our overhead of signing, in that of OpenSSL.
const SIGN_BAR: f64 = 1.0;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new(
        "Sign and verify detached CMS messages: ours and OpenSSL's CMS_sign, CMS_verify (CPU time)",
    );
    table.note(&openssl::version::version());
    let setting = Setting::new()?;
    for (kind, calls) in [(KeyKind::P256, 200), (KeyKind::Rsa { bits: 2048 }, 200)] {
        let people = providers().into_iter().map(|provider| Ok((provider, setting.person(kind, provider)?)));
        let people = people.collect::<Outcome<Vec<_>>>()?;
        for (provider, person) in &people {
            let peer = Peer::new(&setting, person)?;
            for (name, length, calls) in [("100 bytes", 100, calls), ("1 MB", 1_000_000, 20)] {
                let calls = if *provider == Provider::RustCrypto { calls / 4 } else { calls };
                let task = Task { name, length, rounds: Rounds::new(21, calls)?, provider: *provider };
                sign(&mut table, &task, person, &peer)?;
                // Messages are verified by the default provider.
                if *provider == Provider::default() {
                    verify(&mut table, &task, &setting, person, &peer)?;
                }
            }
        }
    }
    Ok(table.finish())
}

struct Task {
    name: &'static str,
    length: usize,
    rounds: Rounds,
    provider: Provider,
}

impl Task {
    /// Whether a bar stands here: messages of 100 bytes, with a provider in C on both sides.
    fn is_judged(&self) -> bool {
        self.length == 100 && self.provider != Provider::RustCrypto
    }

    fn content(&self) -> impl Fn(u64) -> Outcome<Vec<u8>> + use<> {
        let length = self.length;
        move |number| Ok(contents(number, length))
    }

    fn heading(&self, table: &Table, verb: &str, person: &Person) {
        table.heading(&format!("{verb} {}, {}: {}", self.name, person.title, self.rounds.describe()));
    }
}

fn sign(table: &mut Table, task: &Task, person: &Person, peer: &Peer) -> Outcome<()> {
    let length = to_be_signed_len(person)?.max(task.length);
    let to_be_signed = |number| Ok(contents(number, length));
    let timed = TimedSigner::new(&person.signer);
    let [bare, ours, within, their_bare, theirs] = task.rounds.run([
        Case::new(
            person.bare.signing_call(),
            to_be_signed,
            |bytes| bare_signature(person, bytes),
            |bytes, value| person.bare.verify(&BareKey::digest(bytes)?, value),
        ),
        Case::new(
            "ours: Preparation, Signer::sign, finish",
            task.content(),
            |content| sign_detached(person, &person.signer, content),
            |content, message| peer.accepts(content, message),
        ),
        Case::with_time_of("ours, less the time in Signer::sign", {
            let content = task.content();
            let timed = &timed;
            move |number, _| {
                let content = content(number)?;
                let start = cpu_time();
                let message = sign_detached(person, timed, &content)?;
                let spent = cpu_time().saturating_sub(start);
                drop(message);
                Ok(spent.saturating_sub(timed.take_spent()))
            }
        }),
        Case::new(
            "bare: EVP_DigestSign",
            to_be_signed,
            |bytes| peer.bare_sign(bytes),
            |bytes, value| peer.bare_verify(bytes, value),
        ),
        Case::new(
            "OpenSSL: CMS_sign, i2d_CMS_ContentInfo",
            task.content(),
            |content| peer.sign(content),
            |content, message| verify_detached(person, content, message),
        ),
    ])?;
    task.heading(table, "Sign", person);
    [&bare, &ours, &their_bare, &theirs].into_iter().for_each(|samples| table.row(samples));
    let (our_overhead, their_overhead) = (ours.minus(&bare), theirs.minus(&their_bare));
    table.row(&our_overhead.clone().named("ours above bare"));
    table.row(&within);
    table.row(&their_overhead.clone().named("OpenSSL above bare"));
    let ratio = our_overhead.over(&their_overhead).named("ours above bare / OpenSSL above bare");
    if task.is_judged() {
        table.ratio_with_bar(&ratio, SIGN_BAR)
    } else {
        table.ratio(&ratio)
    }
    table.ratio(&within.over(&their_overhead).named("the same, ours measured from within"));
    Ok(())
}

fn verify(table: &mut Table, task: &Task, setting: &Setting, person: &Person, peer: &Peer) -> Outcome<()> {
    let makers: [(&str, Box<dyn Fn(&[u8]) -> Outcome<Vec<u8>>>); 2] = [
        ("messages by OpenSSL", Box::new(|content| peer.sign(content))),
        ("messages of ours", Box::new(|content| sign_detached(person, &person.signer, content))),
    ];
    let anchors = TrustAnchors::new([setting.pki().root().clone()]);
    let chains = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked);
    let chain = |message: &SignedMessage, certificate: &Certificate| {
        Ok(chains
            .clone()
            .intermediates(message.certificates())
            .verify_at(certificate, setting.now())
            .map(drop)?)
    };
    for (name, maker) in makers {
        let content = task.content();
        let signed = |number| {
            let content = content(number)?;
            let message = maker(&content)?;
            Ok((content, message))
        };
        let damaged = |message: &[u8]| {
            let mut damaged = message.to_vec();
            *damaged.last_mut().ok_or("a message has bytes")? ^= 1;
            Ok::<_, Box<dyn std::error::Error>>(damaged)
        };
        let content = task.content();
        let [bare, ours, whole, their_bare, signer_only, theirs] = task.rounds.run([
            Case::new(
                "bare: SHA-256 and verifying, by our provider",
                |number| {
                    let content = content(number)?;
                    let value = bare_signature(person, &content)?;
                    Ok((content, value))
                },
                |(content, value)| person.bare.verify(&BareKey::digest(content)?, value),
                |_, ()| Ok(()),
            ),
            Case::new(
                "ours: from_ber, check (the chain was validated before)",
                signed,
                |(content, message)| verify_detached(person, content, message),
                |(content, message), ()| {
                    let refused = verify_detached(person, content, &damaged(message)?).is_err();
                    ensure(refused, "a damaged one must fail")
                },
            ),
            Case::new(
                "ours, the chain validated in each call",
                signed,
                |(content, message)| {
                    let message = SignedMessage::from_ber(message)?;
                    let check =
                        message.check(&Digests::over_bytes(message.digest_algorithms(), content), &[]);
                    ensure(check.is_sound(), "it must be sound")?;
                    let sound = check.signers().iter().filter_map(chancery_cms::SignerCheck::sound);
                    sound.map(|signer| chain(&message, signer.certificate())).collect::<Outcome<()>>()
                },
                |_, ()| Ok(()),
            ),
            Case::new(
                "bare: EVP_DigestVerify",
                |number| {
                    let content = contents(number, task.length);
                    let value = bare_signature(person, &content)?;
                    Ok((content, value))
                },
                |(content, value)| peer.bare_verify(content, value),
                |_, ()| Ok(()),
            ),
            Case::new(
                "OpenSSL: the same, neither chain nor reference checked",
                signed,
                |(content, message)| peer.holds(content, message),
                |_, ()| Ok(()),
            ),
            Case::new(
                "OpenSSL: d2i_CMS_ContentInfo, CMS_verify",
                signed,
                |(content, message)| peer.accepts(content, message),
                |(content, message), ()| {
                    ensure(peer.accepts(content, &damaged(message)?).is_err(), "a damaged one must fail")
                },
            ),
        ])?;
        task.heading(table, &format!("Verify {name},"), person);
        let rows = [&bare, &ours, &whole, &their_bare, &signer_only, &theirs];
        rows.into_iter().for_each(|samples| table.row(samples));
        let above: Samples = ours.minus(&bare).named("ours above bare");
        table.row(&above);
        table.row(&signer_only.minus(&their_bare).named("OpenSSL without chain and reference, above bare"));
        let ratio = theirs.over(&ours).named("CMS_verify / ours: so many of ours in the time of one");
        if task.is_judged() {
            table.ratio_with_least(&ratio, VERIFY_BAR)
        } else {
            table.ratio(&ratio)
        }
        table.ratio(&theirs.over(&whole).named("both with the chain"));
        table.ratio(&signer_only.over(&ours).named("CMS_verify without chain and reference / ours"));
    }
    Ok(())
}

/// The same person with OpenSSL.
struct Peer {
    certificate: X509,
    key: PKey<Private>,
    others: Stack<X509>,
    store: X509Store,
    public: PKey<openssl::pkey::Public>,
}

impl Peer {
    fn new(setting: &Setting, person: &Person) -> Outcome<Self> {
        let [certificate, authority] = chancery_key::Signer::chain(&person.signer) else {
            return Err("two certificates".into());
        };
        let mut others = Stack::new()?;
        others.push(X509::from_der(authority.to_der())?)?;
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(X509::from_der(setting.pki().root().to_der())?)?;
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_time(setting.now().as_second());
        parameters.set_purpose(openssl::x509::X509PurposeId::ANY)?;
        store.set_param(&parameters)?;
        let certificate = X509::from_der(certificate.to_der())?;
        let public = certificate.public_key()?;
        let key = PKey::private_key_from_pkcs8(&person.signer.key().to_pkcs8_der()?)?;
        Ok(Self { certificate, key, others, store: store.build(), public })
    }

    fn sign(&self, content: &[u8]) -> Outcome<Vec<u8>> {
        let options = CMSOptions::BINARY | CMSOptions::DETACHED | CMSOptions::NOSMIMECAP;
        let options = options | CMSOptions::from_bits_retain(CADES);
        let (certificate, others) = (Some(&*self.certificate), Some(&*self.others));
        let message = CmsContentInfo::sign(certificate, Some(&*self.key), others, Some(content), options)?;
        Ok(message.to_der()?)
    }

    fn verify(&self, content: &[u8], message: &[u8], options: CMSOptions) -> Outcome<()> {
        let mut message = CmsContentInfo::from_der(message)?;
        Ok(message.verify(None, Some(&self.store), Some(content), None, CMSOptions::BINARY | options)?)
    }

    /// The signature, the chain, and the reference to the certificate.
    fn accepts(&self, content: &[u8], message: &[u8]) -> Outcome<()> {
        self.verify(content, message, CMSOptions::from_bits_retain(CADES))
    }

    /// The signature alone.
    fn holds(&self, content: &[u8], message: &[u8]) -> Outcome<()> {
        self.verify(content, message, CMSOptions::NO_SIGNER_CERT_VERIFY)
    }

    fn bare_sign(&self, bytes: &[u8]) -> Outcome<Vec<u8>> {
        Ok(Signer::new(MessageDigest::sha256(), &self.key)?.sign_oneshot_to_vec(bytes)?)
    }

    fn bare_verify(&self, bytes: &[u8], value: &[u8]) -> Outcome<()> {
        let holds = Verifier::new(MessageDigest::sha256(), &self.public)?.verify_oneshot(value, bytes)?;
        ensure(holds, "it must hold")
    }
}
