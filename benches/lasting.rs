//! Signatures of level B-LTA, and the bare verifications that judging them takes at least.

use std::collections::HashSet;

use chancery_ades::{Policy, Proof, Report, SignatureReport, TimestampFacts, Verdict};
use chancery_cades::{CadesSignature, CadesSigner, CadesVerifier, LongTermCollector};
use chancery_certificate::asn1::Reader;
use chancery_certificate::{Certificate, Octets};
use chancery_chain::{
    ChainVerifier, Evidence, OcspAnswer, Purpose, RevocationList, RevocationPolicy, TrustAnchors,
    VerifiedChain,
};
use chancery_cms::{Attribute, SignedMessage, SignerInfo};
use chancery_http::Address;
use chancery_key::{KeyKind, Provider, Signer, SoftwareSigner};
use chancery_testkit::{Profile, TestPki, test_key};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

use crate::{BarePublicKey, Outcome, ensure};

/// A root, an authority, a timestamp authority and an OCSP responder, each with a key of its own, and their clock.
pub struct Office {
    pki: TestPki,
    anchors: TrustAnchors,
    kind: KeyKind,
    people: usize,
}

impl Office {
    /// A new one. All keys are of this kind.
    ///
    /// # Errors
    /// Never.
    pub fn open(kind: KeyKind) -> Outcome<Self> {
        let pki = TestPki::with_keys("2026-11-21T12:00:00Z".parse()?, kind);
        let anchors = TrustAnchors::new([pki.root().clone()]);
        Ok(Self { pki, anchors, kind, people: 0 })
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.pki.now()
    }

    /// Time goes by.
    pub fn wait(&self, time: SignedDuration) {
        self.pki.set_now(self.pki.now() + time);
    }

    /// What a user would judge by who keeps signatures for long: revocation must be known, level B-LTA. Nothing is
    /// known but the root, and what the authorities say of themselves today where that is asked for.
    #[must_use]
    pub fn policy(&self, today: Today) -> Policy {
        let policy = Policy::archival(self.anchors.clone());
        match today {
            Today::Unknown => policy,
            Today::Known => {
                policy.evidence(self.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl))
            }
        }
    }

    /// Somebody with a new certificate, which is valid for half a year.
    ///
    /// # Errors
    /// If the provider does not take the key.
    pub fn person(&mut self) -> Outcome<SoftwareSigner> {
        self.people += 1;
        // The first keys are those of the authorities.
        let key = test_key(self.kind, 4 + self.people % 4);
        let (from, to) = (self.now(), self.now() + SignedDuration::from_hours(24 * 180));
        let profile = Profile::signer(&format!("Alice {}", self.people), self.kind).with_key(&key);
        let profile = profile.valid(from, to);
        Ok(self.pki.issue(profile).signer())
    }

    /// Signs, stamps, preserves and archives: level B-LTA with two timestamps.
    ///
    /// # Errors
    /// Never.
    pub fn archived(&self, person: &dyn Signer, content: Vec<u8>) -> Outcome<CadesSignature> {
        let signed = CadesSigner::new(person, self.now()).sign(content)?;
        self.wait(SignedDuration::from_secs(1));
        let signed = signed.timestamp(&self.authority()?, &mut UnwrapErr(SysRng))?;
        self.renewed(&signed)
    }

    /// Preserves what is known today, and archives: one timestamp more.
    ///
    /// # Errors
    /// Never.
    pub fn renewed(&self, signed: &CadesSignature) -> Outcome<CadesSignature> {
        self.wait(SignedDuration::from_secs(1));
        let verifier = ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let evidence =
            LongTermCollector::new(signed, &verifier, &verifier, self.now())?.collect(&self.pki)?;
        let preserved = signed.preserve(&evidence)?;
        self.wait(SignedDuration::from_secs(1));
        Ok(preserved.archive(&self.authority()?, &mut UnwrapErr(SysRng))?)
    }

    /// The path of a signer, as it was when the signature is proven to have existed, by what the message carries alone.
    fn enough_by_itself(&self, message: &SignedMessage, proof: &Proof) -> Outcome<VerifiedChain> {
        let mut carried = Evidence::new().with_certificates(message.certificates().iter().cloned());
        message.crls().iter().for_each(|crl| carried.add_crl(crl));
        message.other_revocations().iter().for_each(|answer| carried.add_ocsp(&answer.value));
        let verifier = ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .evidence(&carried);
        Ok(verifier.verify_at(proof.signer(), proof.time())?)
    }

    fn authority(&self) -> Outcome<TimestampAuthority<&TestPki>> {
        Ok(TimestampAuthority::new(Address::parse(&self.pki.tsa_url())?, &self.pki))
    }

    /// Every certificate that may have signed something.
    fn issuers(&self) -> [&Certificate; 3] {
        [self.pki.root(), self.pki.intermediate(), self.pki.ocsp_responder().certificate()]
    }
}

/// Whether the verifier knows what the authorities say of themselves on the day of validation.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Today {
    /// Their newest revocation lists are at hand.
    Known,
    /// Only what the signature carries.
    Unknown,
}

/// The raw signature verifications that the verdict on a message rests on: those of its signer and of its tokens, of
/// the certificates of their paths and of OCSP responders, and of the CRLs and OCSP answers that speak for these; and
/// those that show that the evidence in the message is enough for its level. Each distinct one once.
pub struct RawVerifications {
    keys: Vec<BarePublicKey>,
    /// The place of the key, what was signed, and the signature.
    all: Vec<(usize, Vec<u8>, Vec<u8>)>,
    /// How many are of signers and tokens, of certificates, of CRLs, and of OCSP answers.
    pub counts: [usize; 4],
}

impl RawVerifications {
    /// Those behind the report on this message, for this provider. Whose key signed what is found out here, by trying.
    ///
    /// # Errors
    /// The report has not passed, or something in it was signed by somebody else.
    pub fn behind(report: &Report, message: &[u8], office: &Office, provider: Provider) -> Outcome<Self> {
        let message = SignedMessage::from_file_bytes(message)?;
        let [signer] = message.signers() else { return Err("one signer".into()) };
        let [signature] = report.signatures() else { return Err("one report".into()) };
        let passed = |verdict: &Verdict| match verdict {
            Verdict::Passed(proof) => Ok(proof.chain().clone()),
            _ => Err(format!("not passed: {report}")),
        };
        let mut chains = vec![passed(signature.verdict())?];
        for timestamp in timestamps(signature) {
            chains.push(passed(timestamp)?);
        }
        let mut found = Self { keys: Vec::new(), all: Vec::new(), counts: [0; 4] };
        let (mut known, mut keys) = (HashSet::new(), Vec::new());
        let mut add = |certificates: &[&Certificate], to_be_signed: &[u8], signature: &[u8]| {
            if !known.insert((to_be_signed.to_vec(), signature.to_vec())) {
                return Ok(0);
            }
            for certificate in certificates {
                if !keys.contains(&certificate.public_key_info().to_vec()) {
                    keys.push(certificate.public_key_info().to_vec());
                    found.keys.push(BarePublicKey::of(certificate, provider)?);
                }
            }
            let signed = |key: &BarePublicKey| key.verify(to_be_signed, signature).is_ok();
            let key = found.keys.iter().position(signed).ok_or("whose signature?")?;
            found.all.push((key, to_be_signed.to_vec(), signature.to_vec()));
            Ok::<_, Box<dyn std::error::Error>>(1)
        };
        let mut counts = [0; 4];
        let own: Vec<&Certificate> = chains.iter().filter_map(|chain| chain.certificates().first()).collect();
        let mut signers: Vec<SignerInfo> = vec![signer.clone()];
        for value in tokens(signer) {
            signers.extend(SignedMessage::from_ber(value)?.signers().iter().cloned());
        }
        for signer in &signers {
            let attributes = signer.signed_attributes_der().ok_or("signed attributes")?;
            counts[0] += add(&own, attributes, signer.signature())?;
        }
        let issuers = office.issuers();
        // Level B-LTA asks besides whether what the message carries is enough by itself. That rests on its OCSP answer
        // about the authority also where the verdict rests on a newer CRL, so that signature is verified as well.
        chains.push(office.enough_by_itself(&message, passed_proof(signature)?)?);
        for chain in &chains {
            let evidence = chain.evidence();
            let above = chain.certificates().iter().chain(evidence.certificates());
            for certificate in above.filter(|one| *one != chain.anchor().certificate()) {
                counts[1] += add(&issuers, certificate.to_be_signed(), certificate.signature())?;
            }
            for crl in evidence.crls() {
                let list = RevocationList::from_der(crl)?;
                counts[2] += add(&issuers, list.to_be_signed(), list.signature())?;
            }
            for answer in evidence.ocsp() {
                let answer = OcspAnswer::from_der(answer)?;
                counts[3] += add(&issuers, answer.to_be_signed(), answer.signature())?;
                // That the authority delegated the responder is shown by its signature on the certificate that the answer
                // brings.
                for responder in answer.certificates() {
                    counts[1] += add(&issuers, responder.to_be_signed(), responder.signature())?;
                }
            }
        }
        found.counts = counts;
        ensure(found.all.len() == found.counts.iter().sum::<usize>(), "all are counted")?;
        Ok(found)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Verifies them by the provider alone: digest and signature.
    ///
    /// # Errors
    /// If one does not hold.
    pub fn verify(&self) -> Outcome<()> {
        self.all.iter().try_for_each(|(key, message, signature)| {
            self.keys.get(*key).ok_or("a key")?.verify(message, signature)
        })
    }
}

fn passed_proof(signature: &SignatureReport) -> Outcome<&Proof> {
    Ok(signature.verdict().proof().ok_or("it has passed")?)
}

fn timestamps(signature: &SignatureReport) -> impl Iterator<Item = &Verdict> {
    signature.facts().timestamps().iter().map(TimestampFacts::verdict)
}

/// The tokens of a signature: the values of its unsigned attributes that are messages.
fn tokens(signer: &SignerInfo) -> impl Iterator<Item = &[u8]> {
    let values = signer.unsigned_attributes().iter().flat_map(Attribute::values).map(Octets::as_slice);
    values.filter(|value| {
        let mut fields = match Reader::new(value).element() {
            Ok(element) => element.reader(),
            Err(_) => return false,
        };
        fields.element().is_ok_and(|first| first.oid().is_ok())
    })
}

/// Judges a message as a user would.
///
/// # Errors
/// If it cannot be read.
pub fn judge_lasting(policy: &Policy, message: &[u8], at: Timestamp) -> Outcome<Report> {
    Ok(CadesVerifier::new(policy).verify_at(message, at)?)
}
