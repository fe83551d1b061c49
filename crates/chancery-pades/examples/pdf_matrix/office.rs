//! People who sign, and the authorities that they need.

use std::error::Error;

use chancery_ades::{Indication, Policy, SignatureKind};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, SourceOrder, TrustAnchors};
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_drawing::{Colour, Font, Rectangle, Size};
use chancery_http::Address;
use chancery_key::{KeyKind, Password, SoftwareSigner};
use chancery_pades::{
    Appearance, Corner, LastingPdf, NotPermitted, PadesError, PdfSigner, PdfVerifier, Place, SignedPdf,
};
use chancery_testkit::{Profile, TestPki};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

/// What is done to a document.
#[derive(Copy, Clone, Eq, PartialEq)]
pub(crate) enum Variant {
    /// Signed: B-B.
    Signed,
    /// With a timestamp: B-T.
    Timestamped,
    /// With evidence: B-LT.
    Preserved,
    /// With a timestamp over all of that: B-LTA.
    Archived,
    /// With evidence by OCSP, archived, and renewed.
    Renewed,
    /// Signed by one, then by another, with a timestamp.
    Twice,
    /// Signed where people see it: in words, and a QR code beside them.
    Visible,
}

impl Variant {
    pub(crate) const ALL: [Self; 7] = [
        Self::Signed,
        Self::Timestamped,
        Self::Preserved,
        Self::Archived,
        Self::Renewed,
        Self::Twice,
        Self::Visible,
    ];

    /// As in the names of files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Signed => "b-b",
            Self::Timestamped => "b-t",
            Self::Preserved => "b-lt",
            Self::Archived => "b-lta",
            Self::Renewed => "renewed",
            Self::Twice => "two",
            Self::Visible => "visible",
        }
    }
}

/// What is to be signed.
pub(crate) struct Document {
    pub(crate) pdf: Vec<u8>,
    /// Of an encrypted one; perhaps empty.
    pub(crate) password: Option<String>,
    /// Which of all documents it is.
    pub(crate) number: usize,
}

/// A PKI with all its services, in process, and two people.
pub(crate) struct Office {
    pki: TestPki,
    begin: Timestamp,
    anchors: TrustAnchors,
    address: Address,
    alices: [SoftwareSigner; 2],
    bob: SoftwareSigner,
    font: Font,
}

impl Office {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        // Everything happens in the last hours, so that judges who know only the present believe it.
        let begin = Timestamp::now() - SignedDuration::from_hours(6);
        let pki = TestPki::at(begin);
        // Certificates of people end before that of the timestamp authority: only so do timestamps help.
        let day = SignedDuration::from_hours(24);
        let person = |name, kind| {
            pki.issue(Profile::signer(name, kind).valid(begin - day, begin + day * 365)).signer()
        };
        let alices = [KeyKind::P256, KeyKind::Rsa { bits: 2048 }].map(|kind| person("Alice", kind));
        let bob = person("Bob", KeyKind::P256);
        let anchors = TrustAnchors::new([pki.root().clone()]);
        let address = Address::parse(&pki.tsa_url())?;
        let font = Font::parse(chancery_font::latin())?;
        Ok(Self { pki, begin, anchors, address, alices, bob, font })
    }

    /// The certificate that all trust, as PEM text.
    pub(crate) fn root(&self) -> String {
        self.pki.anchors_pem()
    }

    /// The signed document, whole. What its author withholds from users is refused first, and then done by those who may.
    pub(crate) fn sign(&self, document: &Document, variant: Variant) -> Result<Vec<u8>, Box<dyn Error>> {
        self.attempt(document, variant, NotPermitted::Refuse).or_else(|error| match error.downcast_ref() {
            Some(PadesError::NotPermitted { .. }) => self.attempt(document, variant, NotPermitted::Sign),
            _ => Err(error),
        })
    }

    fn attempt(
        &self,
        document: &Document,
        variant: Variant,
        otherwise: NotPermitted,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        self.pki.set_now(self.begin);
        let alice = self.alices.iter().cycle().nth(document.number % 2).ok_or("nobody signs")?;
        let signing = self.signing(alice, document, variant).not_permitted(otherwise);
        if variant == Variant::Visible {
            for appearance in self.appearances() {
                match signing.clone().appearance(appearance).sign(&document.pdf) {
                    Err(PadesError::PlaceTaken { .. } | PadesError::OffPage { .. }) => {}
                    signed => return Ok(signed?.to_vec()?),
                }
            }
            return Err("there is no place for an appearance".into());
        }
        let mut signed = signing.sign(&document.pdf)?;
        match variant {
            Variant::Signed | Variant::Visible => Ok(signed.to_vec()?),
            Variant::Twice => {
                self.wait();
                let signing = self.signing(&self.bob, document, variant).not_permitted(otherwise);
                let mut twice = signing.sign(&signed)?;
                self.stamp(&mut twice)?;
                Ok(twice.to_vec()?)
            }
            Variant::Timestamped => {
                self.stamp(&mut signed)?;
                Ok(signed.to_vec()?)
            }
            Variant::Preserved => {
                self.stamp(&mut signed)?;
                Ok(self.preserve(&signed.into(), SourceOrder::CrlFirst)?.to_vec()?)
            }
            Variant::Archived => {
                self.stamp(&mut signed)?;
                Ok(self.archive(&signed.into(), SourceOrder::CrlFirst)?.to_vec()?)
            }
            Variant::Renewed => {
                self.stamp(&mut signed)?;
                let archived = self.archive(&signed.into(), SourceOrder::OcspFirst)?;
                Ok(self.archive(&archived, SourceOrder::OcspFirst)?.to_vec()?)
            }
        }
    }

    /// What we say of it ourselves, revocation required where the document is to hold the evidence.
    pub(crate) fn verdict(&self, pdf: &dyn Source, document: &Document, variant: Variant) -> String {
        let revocation = match variant {
            Variant::Preserved | Variant::Archived | Variant::Renewed => RevocationPolicy::Require,
            Variant::Signed | Variant::Timestamped | Variant::Twice | Variant::Visible => {
                RevocationPolicy::WhenKnown
            }
        };
        let policy = Policy::new(self.anchors.clone(), revocation);
        let password = document.password.as_deref().map(Password::from);
        let verifier = PdfVerifier::new(&policy);
        let verifier = password.as_ref().map_or(verifier, |password| verifier.password(password));
        let report = match verifier.verify_at(pdf, self.pki.now()) {
            Ok(report) => report,
            Err(error) => return format!("ERROR {error}"),
        };
        // The newest timestamp over the document has no evidence of its own yet.
        let judged =
            report.signatures().iter().filter(|signature| signature.kind() == SignatureKind::Signature);
        let verdicts: Vec<_> = judged.map(|signature| signature.verdict().indication()).collect();
        let wanted = if variant == Variant::Twice { 2 } else { 1 };
        let told: String =
            report.all_findings().map(|finding| format!(" [{}: {}]", finding.kind, finding.text)).collect();
        match verdicts.as_slice() {
            passed if passed == vec![Indication::TotalPassed; wanted] => "PASS".to_owned() + &told,
            other => format!("FAIL {other:?}{told}"),
        }
    }

    fn signing<'a>(
        &self,
        signer: &'a SoftwareSigner,
        document: &Document,
        variant: Variant,
    ) -> PdfSigner<'a, &'a SoftwareSigner> {
        let signing = PdfSigner::new(signer, self.pki.now()).reason("I approve this").location("Zürich");
        match &document.password {
            Some(password) => {
                // Some of the corpus withhold it from their users; what is judged here is what is written.
                let signing = signing.not_permitted(NotPermitted::Sign);
                signing.password(Password::from(password.as_str()), self.seed(document, variant))
            }
            None => signing,
        }
    }

    /// Words with a QR code beside them, in a place where there may be something else already, and in another; and a mark
    /// for pages that are no larger than a stamp.
    fn appearances(&self) -> [Appearance; 3] {
        let words = |place| Appearance::at(place).font(&self.font).qr_code("I approve this");
        let corner = |corner| Place::on_page(0).in_corner(corner, Size { width: 120.0, height: 40.0 });
        let mark = Place::on_page(0).at(Rectangle { x: 0.5, y: 0.5, width: 1.0, height: 1.0 });
        let square = Appearance::at(mark).drawing(|drawing| {
            drawing.fill(Rectangle { x: 0.0, y: 0.0, width: 1.0, height: 1.0 }, Colour::BLACK)?;
            Ok(())
        });
        [words(corner(Corner::BottomLeft)), words(corner(Corner::TopRight)), square]
    }

    /// Fresh for each signature.
    fn seed(&self, document: &Document, variant: Variant) -> [u8; 32] {
        let parts = format!("{} {} {}", self.pki.now(), document.number, variant.name());
        let digest = DigestAlgorithm::Sha256.digest(parts.as_bytes());
        digest.as_bytes().try_into().unwrap_or_default()
    }

    fn authority(&self) -> TimestampAuthority<&TestPki> {
        TimestampAuthority::new(self.address.clone(), &self.pki)
    }

    fn stamp(&self, signed: &mut SignedPdf<'_>) -> Result<(), Box<dyn Error>> {
        self.wait();
        Ok(signed.timestamp(&self.authority(), &mut UnwrapErr(SysRng))?)
    }

    fn preserve<'s>(
        &self,
        signed: &LastingPdf<'s>,
        order: SourceOrder,
    ) -> Result<LastingPdf<'s>, Box<dyn Error>> {
        self.wait();
        let verifier = ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let collector = signed.collector(&verifier, &verifier, self.pki.now())?;
        Ok(signed.preserve(&collector.order(order).collect(&self.pki)?)?)
    }

    fn archive<'s>(
        &self,
        signed: &LastingPdf<'s>,
        order: SourceOrder,
    ) -> Result<LastingPdf<'s>, Box<dyn Error>> {
        let preserved = self.preserve(signed, order)?;
        self.wait();
        Ok(preserved.archive(&self.authority(), &mut UnwrapErr(SysRng))?)
    }

    /// A minute goes by.
    fn wait(&self) {
        self.pki.set_now(self.pki.now() + SignedDuration::from_mins(1));
    }
}
