//! What was signed and archived ten years ago. The certificate of the signer has ended since then.

use std::error::Error;

use chancery_ades::{Indication, Policy, SignatureKind};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, SourceOrder, TrustAnchors};
use chancery_digest::Source;
use chancery_http::Address;
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{LastingPdf, PdfSigner, PdfVerifier};
use chancery_testkit::{Profile, TestPki};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Ten years.
const DAYS: i32 = 3652;

/// What was done in ten years.
#[derive(Copy, Clone, Eq, PartialEq)]
pub(crate) enum Years {
    /// Nothing: whether the timestamp authority still holds is not in the document.
    Untouched,
    /// The evidence of the newest timestamp was gathered today.
    Preserved(SourceOrder),
    /// Renewed after seven years, and the evidence gathered today.
    Renewed(SourceOrder),
}

impl Years {
    pub(crate) const ALL: [Self; 5] = [
        Self::Untouched,
        Self::Preserved(SourceOrder::CrlFirst),
        Self::Preserved(SourceOrder::OcspFirst),
        Self::Renewed(SourceOrder::CrlFirst),
        Self::Renewed(SourceOrder::OcspFirst),
    ];

    /// As in the names of files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Untouched => "years-untouched",
            Self::Preserved(SourceOrder::CrlFirst) => "years-crl",
            Self::Preserved(SourceOrder::OcspFirst) => "years-ocsp",
            Self::Renewed(SourceOrder::CrlFirst) => "years-crl-renewed",
            Self::Renewed(SourceOrder::OcspFirst) => "years-ocsp-renewed",
        }
    }

    const fn order(self) -> SourceOrder {
        match self {
            Self::Untouched => SourceOrder::CrlFirst,
            Self::Preserved(order) | Self::Renewed(order) => order,
        }
    }
}

/// A PKI that is ten years old.
pub(crate) struct Archive {
    pki: TestPki,
    begin: Timestamp,
    anchors: TrustAnchors,
    address: Address,
    alice: SoftwareSigner,
}

impl Archive {
    pub(crate) fn open() -> Outcome<Self> {
        let begin = Timestamp::now() - DAY * DAYS;
        let pki = TestPki::lasting(begin);
        let profile = Profile::signer("Alice", KeyKind::P256).valid(begin - DAY, begin + DAY * 1095);
        let alice = pki.issue(profile).signer();
        let anchors = TrustAnchors::new([pki.root().clone()]);
        let address = Address::parse(&pki.tsa_url())?;
        Ok(Self { pki, begin, anchors, address, alice })
    }

    /// The certificate that all trust, as PEM text.
    pub(crate) fn root(&self) -> String {
        self.pki.anchors_pem()
    }

    /// The document, as it is today.
    pub(crate) fn keep(&self, pdf: &dyn Source, years: Years) -> Outcome<Vec<u8>> {
        let authority = TimestampAuthority::new(self.address.clone(), &self.pki);
        self.pki.set_now(self.begin);
        let mut signed = PdfSigner::new(&self.alice, self.begin).sign(pdf)?;
        self.pki.set_now(self.begin + MINUTE);
        signed.timestamp(&authority, &mut UnwrapErr(SysRng))?;
        let preserved = self.preserve(&signed.into(), MINUTE * 2, years)?;
        self.pki.set_now(self.begin + MINUTE * 3);
        let mut kept = preserved.archive(&authority, &mut UnwrapErr(SysRng))?;
        if let Years::Renewed(_) = years {
            kept = self.preserve(&kept, DAY * 2500, years)?;
            self.pki.set_now(self.begin + DAY * 2500 + MINUTE);
            kept = kept.archive(&authority, &mut UnwrapErr(SysRng))?;
        }
        if years != Years::Untouched {
            kept = self.preserve(&kept, DAY * DAYS, years)?;
        }
        Ok(kept.to_vec()?)
    }

    /// With the evidence that was there this long after the signature.
    fn preserve<'s>(
        &self,
        pdf: &LastingPdf<'s>,
        after: SignedDuration,
        years: Years,
    ) -> Outcome<LastingPdf<'s>> {
        self.pki.set_now(self.begin + after);
        let verifier = ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let collector = pdf.collector(&verifier, &verifier, self.pki.now())?;
        Ok(pdf.preserve(&collector.order(years.order()).collect(&self.pki)?)?)
    }

    /// What we say of it today, ourselves.
    pub(crate) fn verdict(&self, pdf: &dyn Source) -> String {
        let policy = Policy::new(self.anchors.clone(), RevocationPolicy::Require);
        let report = match PdfVerifier::new(&policy).verify_at(pdf, Timestamp::now()) {
            Ok(report) => report,
            Err(error) => return format!("ERROR {error}"),
        };
        let mut signatures =
            report.signatures().iter().filter(|signature| signature.kind() == SignatureKind::Signature);
        match signatures.next().map(|signature| signature.verdict().indication()) {
            Some(Indication::TotalPassed) => "PASS".to_owned(),
            other => {
                let told = report.all_findings().map(|finding| format!(" [{}]", finding.kind));
                format!("FAIL {other:?}{}", told.collect::<String>())
            }
        }
    }
}
