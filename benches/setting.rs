//! The people who sign, and what they sign.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chancery_ades::Policy;
use chancery_certificate::Certificate;
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_key::{
    KeyKind, Provider, SignatureAlgorithm, SignatureValue, Signer, SignerError, SoftwareSigner, ToBeSigned,
};
use chancery_testkit::pdf::contract_pdf;
use chancery_testkit::{Profile, TestPki};
use jiff::Timestamp;

use crate::{BareKey, Outcome, cpu_time, ensure};

/// The providers of this build: the default one first.
#[must_use]
pub fn providers() -> Vec<Provider> {
    vec![
        #[cfg(feature = "aws-lc")]
        Provider::AwsLc,
        Provider::RustCrypto,
    ]
}

/// A PKI, its present, and a policy that trusts it.
pub struct Setting {
    pki: TestPki,
    now: Timestamp,
}

/// Somebody who signs, with a certificate from an authority below the root.
pub struct Person {
    /// With our crates.
    pub signer: SoftwareSigner,
    /// With the provider alone, by the same key.
    pub bare: BareKey,
    /// Key and provider, for the table.
    pub title: String,
}

impl Setting {
    /// A new PKI.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> Outcome<Self> {
        let now = "2026-11-21T12:00:00Z".parse()?;
        Ok(Self { pki: TestPki::at(now), now })
    }

    /// The moment of everything.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The PKI.
    #[must_use]
    pub const fn pki(&self) -> &TestPki {
        &self.pki
    }

    /// Somebody with a new key and a certificate.
    ///
    /// # Errors
    /// If the provider does not take such a key.
    pub fn person(&self, kind: KeyKind, provider: Provider) -> Outcome<Person> {
        let identity = self.pki.issue(Profile::signer("Alice", kind));
        Ok(Person {
            bare: BareKey::of(identity.key(), provider)?,
            signer: identity.signer().with_provider(provider)?,
            title: format!("{kind}, {provider:?}"),
        })
    }

    /// Trusts the root of this PKI.
    ///
    /// # Errors
    /// Never.
    pub fn policy(&self, revocation: RevocationPolicy) -> Outcome<Policy> {
        let anchors = TrustAnchors::from_pem(self.pki.anchors_pem().as_bytes())?;
        let evidence = self.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
        Ok(Policy::new(anchors, revocation).evidence(evidence))
    }
}

/// A contract of one page, a different one for each number.
#[must_use]
pub fn contract(number: u64) -> Vec<u8> {
    let clause =
        "The landlord lets the flat to the tenant, who pays the rent on the first day of each month. ";
    contract_pdf(&format!("Lease {number:012}"), &[&clause.repeat(4), &clause.repeat(3)])
}

/// The same file with other bytes in the comment of its second line: a new input, as far as anybody can tell who does
/// not look.
///
/// # Errors
/// If the file cannot be written, or is not of ours.
pub fn renewed(pdf: &Path, number: u64) -> Outcome<PathBuf> {
    const COMMENT: u64 = b"%PDF-1.7\n%".len() as u64;
    let mut file = File::options().read(true).write(true).open(pdf)?;
    file.seek(SeekFrom::Start(COMMENT))?;
    let mut old = [0; 5];
    file.read_exact(&mut old)?;
    ensure(old.iter().take(4).all(|byte| *byte >= 128) && old[4] == b'\n', "a comment of four bytes")?;
    let [.., a, b, c, d] = number.to_be_bytes();
    let seven = u32::from_be_bytes([a, b, c, d]);
    let bytes = [21, 14, 7, 0].map(|shift| 128 | (seven >> shift & 127).to_le_bytes()[0]);
    file.seek(SeekFrom::Start(COMMENT))?;
    file.write_all(&bytes)?;
    Ok(pdf.to_path_buf())
}

/// A signer that takes the time of its key, so that the rest can be told exactly.
pub struct TimedSigner<'a> {
    signer: &'a SoftwareSigner,
    spent: Cell<Duration>,
}

impl<'a> TimedSigner<'a> {
    /// Signs with this one.
    #[must_use]
    pub const fn new(signer: &'a SoftwareSigner) -> Self {
        Self { signer, spent: Cell::new(Duration::ZERO) }
    }

    /// The CPU time in [`Signer::sign`] since the last time it was asked.
    pub fn take_spent(&self) -> Duration {
        self.spent.take()
    }
}

impl Signer for TimedSigner<'_> {
    fn chain(&self) -> &[Certificate] {
        self.signer.chain()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        let start = cpu_time();
        let value = self.signer.sign(to_be_signed);
        self.spent.set(self.spent.get() + cpu_time().saturating_sub(start));
        value
    }
}
