//! The documents.

use std::ops::Range;

use chancery_ades::{Policy, Report};
use chancery_chain::RevocationPolicy;
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{ChangesAllowed, FieldLock, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Increment};
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use jiff::Timestamp;

use crate::office::Office;
use crate::support::{contract, lists, now, policy, seen, with_widget};

/// A signed document that passes, and how it is judged.
pub(crate) struct Base {
    pub(crate) name: &'static str,
    pub(crate) file: Vec<u8>,
    /// The innermost first.
    pub(crate) signatures: Vec<Signed>,
    policy: Policy,
    at: Timestamp,
    password: Option<Password>,
}

/// What a signature covers, read from the text of the file.
pub(crate) struct Signed {
    pub(crate) name: String,
    /// `/Contents` and its brackets.
    pub(crate) gap: Range<usize>,
    /// The first byte after what is covered.
    pub(crate) end: usize,
}

impl Signed {
    /// Whether all that is covered is the same in the other file, at the same place.
    pub(crate) fn same(&self, one: &[u8], other: &[u8]) -> bool {
        let parts = |file: &[u8]| {
            Some((file.get(..self.gap.start)?.to_vec(), file.get(self.gap.end..self.end)?.to_vec()))
        };
        parts(one).is_some() && parts(one) == parts(other)
    }
}

impl Base {
    fn new(name: &'static str, office: &Office, revocation: RevocationPolicy, file: Vec<u8>) -> Self {
        let policy = policy(&office.pki, revocation);
        // B-LT and B-LTA bring all evidence along.
        let policy = match revocation {
            RevocationPolicy::Require => policy.evidence(lists(&office.pki)),
            _ => policy,
        };
        Self { name, file, signatures: Vec::new(), policy, at: office.pki.now(), password: None }.read()
    }

    fn password(mut self, password: &str) -> Self {
        self.password = Some(Password::from(password));
        self.signatures.clear();
        self.read()
    }

    fn read(mut self) -> Self {
        let mut found: Vec<(Range<usize>, usize)> = byte_ranges(&self.file);
        found.sort_by_key(|(_, end)| *end);
        if let Ok(report) = self.judge(&self.file) {
            assert_eq!(report.signatures().len(), found.len(), "{}: {report}", self.name);
            let names = report.signatures().iter().map(|signature| signature.name().to_owned());
            self.signatures = names.zip(found).map(|(name, (gap, end))| Signed { name, gap, end }).collect();
        }
        self
    }

    pub(crate) fn judge(&self, file: &dyn Source) -> Result<Report, PadesError> {
        let verifier = PdfVerifier::new(&self.policy);
        let verifier = self.password.as_ref().map_or(verifier, |password| verifier.password(password));
        verifier.verify_at(file, self.at)
    }

    pub(crate) fn open<'f>(&self, file: &'f dyn Source) -> Option<Document<'f>> {
        match &self.password {
            Some(password) => Document::open_with_password(file, password.expose()),
            None => Document::open(file),
        }
        .ok()
    }
}

/// Every `/ByteRange` of a file: the gap, and where what is covered ends.
fn byte_ranges(file: &[u8]) -> Vec<(Range<usize>, usize)> {
    let word = b"/ByteRange";
    let starts = file.windows(word.len()).enumerate().filter(|(_, window)| window == word);
    starts
        .filter_map(|(start, _)| {
            let rest = &file[start + word.len()..];
            let open = rest.iter().position(|&byte| byte == b'[')? + 1;
            let close = rest.iter().position(|&byte| byte == b']')?;
            let text = String::from_utf8(rest.get(open..close)?.to_vec()).ok()?;
            let numbers: Vec<usize> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            let [0, gap, after, length] = numbers[..] else { return None };
            // The encrypted file holds one that never signed anything.
            let is_gap = file.get(gap) == Some(&b'<') && file.get(after.checked_sub(1)?) == Some(&b'>');
            is_gap.then_some((gap..after, after + length))
        })
        .collect()
}

/// Ten documents, signed in ten ways.
pub(crate) fn all() -> Vec<Base> {
    let office = Office::open();
    let original = contract();
    let signed = |pdf: &dyn Source| office.signed(pdf).to_vec().unwrap();
    let known = |name, file| Base::new(name, &office, RevocationPolicy::Require, file);
    let form = with_widget(
        &original,
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(rent)/V(1000)/Rect[72 200 172 220]/F 4/P {page} 0 R>>",
    );
    let alice = || PdfSigner::new(&office.alice, office.pki.now());
    let mut bases = vec![
        known("B-B", signed(&original)),
        known(
            "certified",
            alice().certify(ChangesAllowed::FormFilling).sign(&form).unwrap().to_vec().unwrap(),
        ),
        known("locked", alice().lock(FieldLock::All).sign(&form).unwrap().to_vec().unwrap()),
        known("visible", {
            let appearance = seen::at(seen::SPOT).font(&seen::font()).qr_code("I agree");
            alice().reason("I agree").appearance(appearance).sign(&original).unwrap().to_vec().unwrap()
        }),
        known("object streams", {
            let sample = SamplePdf::new().extra_objects(3).cross_reference(CrossReference::ObjectStreams);
            signed(&sample.to_bytes())
        }),
        known("encrypted", {
            let pdf = encrypted();
            let signer = alice().password(Password::from("user"), [7; 32]);
            signer.field("Second").sign(&pdf).unwrap().to_vec().unwrap()
        })
        .password("user"),
        known("two signatures", {
            let first = signed(&original);
            office.wait();
            signed(&first)
        }),
        known("B-T", office.stamped(&original).to_vec().unwrap()),
    ];
    let stamped = office.stamped(&original);
    let preserved = office.preserved(&stamped.into());
    bases.push(Base::new("B-LT", &office, RevocationPolicy::Require, preserved.to_vec().unwrap()));
    let archived = office.archived(&preserved);
    bases.push(Base::new("B-LTA", &office, RevocationPolicy::Require, archived.to_vec().unwrap()));
    for base in &bases {
        assert!(!base.signatures.is_empty(), "{} cannot be read", base.name);
    }
    assert_eq!(bases.len(), 10);
    assert!(office.pki.now() > now());
    bases
}

/// A document that qpdf encrypted, without its old signature field.
fn encrypted() -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    let pdf = std::fs::read(folder.join("aes-256-r6.pdf")).unwrap();
    let document = Document::open_with_password(&pdf, "user").unwrap();
    let mut increment = Increment::new(&document).with_seed([9; 32]);
    let (root, mut catalog) = document.latest().catalog().unwrap();
    catalog.remove("AcroForm");
    increment.put(root, &catalog.into()).unwrap();
    let (place, mut page) = document.latest().page(0).unwrap();
    page.remove("Annots");
    increment.put(place, &page.into()).unwrap();
    [&pdf[..], &increment.finish().unwrap().bytes].concat()
}
