//! A prepared PDF that waits in storage.

use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_digest::{DigestAlgorithm, Source};
use chancery_key::{ClaimedAlgorithm, Password, SignatureAlgorithm};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::appearance::{Appearance, Show};
use crate::application::Application;
use crate::certification::ChangesAllowed;
use crate::lock::FieldLock;
use crate::options::{NotPermitted, Options, OutsideValidity, Unlock};
use crate::signature_form::SignatureForm;
use crate::stored::{self, Stored, StoredReader};
use crate::{PadesError, PdfSigner, PreparedPdf};

impl PreparedPdf<'_> {
    /// What is needed to finish later, in another process: what was asked for, the certificates, and what the key has to
    /// sign. Neither the document nor a password.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let algorithm = self.to_be_signed().algorithm();
        let options = &self.options;
        let mut stored = Stored::new(stored::SIGNATURE);
        stored.number(self.layout.source_len);
        stored.bytes(options.at.to_string().as_bytes());
        stored.number(i64::from(options.offset.seconds()).cast_unsigned());
        let texts = [
            &options.field,
            &options.reason,
            &options.location,
            &options.contact,
            &options.name,
            &options.role,
        ];
        for text in texts {
            stored.optional(text.as_deref().map(str::as_bytes));
        }
        stored.number(u64::from(options.show == Show::Meaning));
        stored.number(options.page as u64);
        stored.number(u64::from(options.appearance.is_some()));
        if let Some(appearance) = &options.appearance {
            appearance.store(&mut stored);
        }
        store_rules(options, &mut stored);
        stored.number(options.timestamp_room as u64);
        stored.number(u64::from(options.outside_validity == OutsideValidity::Sign));
        stored.number(options.ambiguous.to_number());
        stored.number(u64::from(options.not_permitted == NotPermitted::Sign));
        stored.optional(options.unlock.as_ref().map(|unlock| &unlock.seed[..]));
        stored.bytes(&algorithm.to_algorithm_identifier().unwrap_or_default());
        stored.bytes(algorithm.digest().oid().as_bytes());
        stored.bytes(self.to_be_signed().bytes());
        stored.number(self.chain.len() as u64);
        self.chain.iter().for_each(|certificate| stored.bytes(certificate.to_der()));
        stored.into_bytes()
    }
}

/// A [`PreparedPdf`] read back from storage, which waits for its document.
///
/// Nothing of the document is believed to storage: [`with`](Self::with) prepares the signature anew and compares what
/// has to be signed. Whoever can write to the storage could still change what is asked for, such as the reason; so give
/// the key only what was to be signed when it was prepared, not what comes out of storage.
#[derive(Clone)]
pub struct StoredPdf {
    source_len: u64,
    options: Options,
    algorithm: SignatureAlgorithm,
    to_be_signed: Vec<u8>,
    chain: Vec<Certificate>,
    seed: Option<[u8; 32]>,
}

/// A chain is rarely longer than four; this bounds what storage can make us read.
const MAX_CHAIN: u64 = 32;

impl StoredPdf {
    /// Reads what [`PreparedPdf::to_bytes`] wrote.
    ///
    /// # Errors
    /// If it is damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PadesError> {
        let mut stored = StoredReader::new(bytes, stored::SIGNATURE)?;
        let source_len = stored.number()?;
        let at: Option<Timestamp> = stored.text()?.parse().ok();
        let mut options =
            Options::at(at.ok_or(PadesError::Stored { reason: "the time of signing cannot be read" })?);
        let offset = i32::try_from(stored.number()?.cast_signed()).map(Offset::from_seconds);
        let Ok(Ok(offset)) = offset else {
            return Err(PadesError::Stored { reason: "the offset from UTC cannot be read" });
        };
        options.offset = offset;
        options.field = stored.optional_text()?;
        options.reason = stored.optional_text()?;
        options.location = stored.optional_text()?;
        options.contact = stored.optional_text()?;
        options.name = stored.optional_text()?;
        options.role = stored.optional_text()?;
        if stored.choice()? {
            options.show = Show::Meaning;
        }
        options.page = stored.index()?;
        if stored.choice()? {
            options.appearance = Some(Appearance::read(&mut stored)?);
        }
        read_rules(&mut options, &mut stored)?;
        options.timestamp_room = stored.index()?;
        if stored.choice()? {
            options.outside_validity = OutsideValidity::Sign;
        }
        options.ambiguous = stored.ambiguous_file()?;
        if stored.choice()? {
            options.not_permitted = NotPermitted::Sign;
        }
        let seed = stored.seed()?;
        let identifier = stored.bytes()?;
        let digest = stored.bytes()?;
        let algorithm = read_algorithm(identifier, digest)?;
        let to_be_signed = stored.bytes()?.to_vec();
        let count = stored.number()?;
        if count > MAX_CHAIN {
            return Err(PadesError::Stored { reason: "the certificate chain is too long" });
        }
        let chain = (0..count).map(|_| Ok(Certificate::from_der(stored.bytes()?)?));
        let chain = chain.collect::<Result<_, PadesError>>()?;
        stored.finish()?;
        Ok(Self { source_len, options, algorithm, to_be_signed, chain, seed })
    }

    /// Joins what was stored with its document, which is read once.
    ///
    /// # Errors
    /// [`PadesError::OtherDocument`] if this is not the document that was prepared, else as
    /// [`PdfSigner::prepare`] says.
    pub fn with<'s>(&self, pdf: &'s dyn Source) -> Result<PreparedPdf<'s>, PadesError> {
        self.join(pdf, self.options.clone())
    }

    /// The same for an encrypted document; passwords are not stored.
    ///
    /// # Errors
    /// As [`StoredPdf::with`], or if the password is wrong.
    pub fn with_password<'s>(
        &self,
        pdf: &'s dyn Source,
        password: Password,
    ) -> Result<PreparedPdf<'s>, PadesError> {
        let seed = self.seed.ok_or(PadesError::Stored { reason: "it was prepared without a password" })?;
        self.join(pdf, Options { unlock: Some(Unlock { password, seed }), ..self.options.clone() })
    }

    fn join<'s>(&self, pdf: &'s dyn Source, options: Options) -> Result<PreparedPdf<'s>, PadesError> {
        if pdf.len() != self.source_len {
            return Err(PadesError::OtherDocument);
        }
        let signer = PdfSigner::without_key(&self.chain, self.algorithm, options.at).with_options(options);
        let prepared = signer.prepare(pdf)?;
        if prepared.to_be_signed().bytes() == self.to_be_signed {
            Ok(prepared)
        } else {
            Err(PadesError::OtherDocument)
        }
    }
}

/// Certification, locks, form and application.
fn store_rules(options: &Options, stored: &mut Stored) {
    for level in [options.certify, options.allow_only] {
        stored.number(level.map_or(0, ChangesAllowed::to_number).unsigned_abs());
    }
    let (kind, names) = match &options.lock {
        None => (0, &[][..]),
        Some(FieldLock::All) => (1, &[][..]),
        Some(FieldLock::Only(names)) => (2, &names[..]),
        Some(FieldLock::AllExcept(names)) => (3, &names[..]),
    };
    stored.number(kind);
    stored.number(names.len() as u64);
    names.iter().for_each(|name| stored.bytes(name.as_bytes()));
    stored.optional(options.form.map(|form| form.sub_filter().as_bytes()));
    let application = options.application.as_ref();
    stored.optional(application.map(|application| application.name.as_bytes()));
    stored.optional(application.map(|application| application.version.as_bytes()));
}

/// More names than this in one lock are not read back.
const MAX_LOCKED: u64 = 100_000;

fn read_rules(options: &mut Options, stored: &mut StoredReader<'_>) -> Result<(), PadesError> {
    let wrong = |reason| PadesError::Stored { reason };
    let mut level = || match stored.number()? {
        0 => Ok(None),
        number => match ChangesAllowed::from_number(number) {
            Some(level) => Ok(Some(level)),
            None => Err(wrong("what a signature allows cannot be read")),
        },
    };
    (options.certify, options.allow_only) = (level()?, level()?);
    let (kind, count) = (stored.number()?, stored.number()?);
    if count > MAX_LOCKED {
        return Err(wrong("the lock names too many fields"));
    }
    let names = (0..count).map(|_| Ok(stored.text()?.to_owned()));
    let names = names.collect::<Result<Vec<_>, PadesError>>()?;
    options.lock = match (kind, names.is_empty()) {
        (0, true) => None,
        (1, true) => Some(FieldLock::All),
        (2, _) => Some(FieldLock::Only(names)),
        (3, _) => Some(FieldLock::AllExcept(names)),
        _ => return Err(wrong("the lock cannot be read")),
    };
    options.form = match stored.optional_text()? {
        None => None,
        Some(form) => Some(SignatureForm::from_sub_filter(&form).ok_or(wrong("the form cannot be read"))?),
    };
    options.application = match (stored.optional_text()?, stored.optional_text()?) {
        (None, None) => None,
        (Some(name), Some(version)) => Some(Application { name, version }),
        _ => return Err(wrong("the application cannot be read")),
    };
    Ok(())
}

fn read_algorithm(identifier: &[u8], digest: &[u8]) -> Result<SignatureAlgorithm, PadesError> {
    let wrong = PadesError::Stored { reason: "the algorithm cannot be read" };
    let Ok(identifier) = AlgorithmIdentifier::from_der(identifier) else { return Err(wrong) };
    let known = DigestAlgorithm::ALL.iter().copied().find(|known| known.oid().as_bytes() == digest);
    let Some(known) = known else { return Err(wrong) };
    ClaimedAlgorithm::from_cms(&identifier, known.into())?.current().ok_or(wrong)
}
