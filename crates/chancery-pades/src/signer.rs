//! Signing: one call, or two steps around the key.

use chancery_certificate::Certificate;
use chancery_digest::Source;
use chancery_key::{KeyKind, Password, PublicKey, SignatureAlgorithm, Signer};
use chancery_pdf::Document;
use jiff::Timestamp;
use jiff::tz::Offset;
use rand_core::CryptoRng;

use crate::appearance::{Appearance, Saying, Show, Visible};
use crate::application::Application;
use crate::certification::ChangesAllowed;
use crate::dictionary::{Kind, texts};
use crate::field::WantedField;
use crate::lock::FieldLock;
use crate::meaning::{SignatureMeaning, Statement};
use crate::message::Templates;
use crate::options::{AmbiguousFile, NotPermitted, Options, OutsideValidity, Unlock};
use crate::prepared::PreparedPdf;
use crate::room::{self, Room, Wanted};
use crate::seed_values::timestamp_needed;
use crate::signature_form::SignatureForm;
use crate::standing::Standing;
use crate::terms::Terms;
use crate::{PadesError, SignedPdf, ambiguity};

/// Signs PDF files as PAdES baseline B-B (ETSI EN 319 142-1, 6).
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_key::{Password, SoftwareSigner};
/// use chancery_pades::PdfSigner;
///
/// let alice = SoftwareSigner::from_pkcs12(&std::fs::read("alice.p12")?, &Password::from("secret"))?;
/// let now = "2026-11-21T12:00:00Z".parse()?;
/// let pdf = std::fs::read("contract.pdf")?;
/// let signed = PdfSigner::new(&alice, now).reason("I approve this contract").sign(&pdf)?;
/// signed.save("contract-signed.pdf")?;
/// # Ok(()) }
/// ```
///
/// When the key is in an HSM, on a phone or a day away, the same happens in two steps: [`PdfSigner::without_key`]
/// and [`prepare`](PdfSigner::prepare), then [`PreparedPdf::finish`].
#[derive(Clone)]
pub struct PdfSigner<'a, K> {
    key: K,
    chain: &'a [Certificate],
    algorithm: SignatureAlgorithm,
    options: Options,
    templates: Templates,
}

/// The place of a key that is elsewhere.
#[derive(Copy, Clone, Debug)]
pub struct KeyElsewhere;

impl<'a, S: Signer + ?Sized> PdfSigner<'a, &'a S> {
    /// Signs with this signer. `now` is the time of signing that the signature will claim, and at which the
    /// signer's certificate must be valid.
    pub fn new(signer: &'a S, now: Timestamp) -> Self {
        let (chain, algorithm) = (signer.chain(), signer.algorithm());
        Self { key: signer, chain, algorithm, options: Options::at(now), templates: Templates::new() }
    }

    /// Signs a document. One pass over its bytes, one use of the key.
    ///
    /// A field may demand a timestamp over the signature ([`AskedTimestamp`](crate::AskedTimestamp)), which this does not
    /// add: see [`sign_with_timestamp`](Self::sign_with_timestamp).
    ///
    /// # Errors
    /// If the document cannot be read or must not be signed, or the signer does not sign;
    /// [`PadesError::SeedValue`] if the field demands a timestamp.
    pub fn sign<'s>(&self, pdf: &'s dyn Source) -> Result<SignedPdf<'s>, PadesError> {
        let prepared = self.prepare(pdf)?;
        match prepared.asked_timestamp() {
            Some(asked) if asked.is_required => {
                Err(timestamp_needed(self.options.field.as_deref().unwrap_or_default()))
            }
            _ => self.sign_prepared(prepared),
        }
    }

    /// Signs a document, which gets its timestamp afterwards.
    pub(crate) fn sign_for_timestamp<'s>(&self, pdf: &'s dyn Source) -> Result<SignedPdf<'s>, PadesError> {
        self.sign_prepared(self.prepare(pdf)?)
    }

    fn sign_prepared<'s>(&self, prepared: PreparedPdf<'s>) -> Result<SignedPdf<'s>, PadesError> {
        let value = self.key.sign(prepared.to_be_signed())?;
        prepared.finish(value)
    }
}

impl<'a> PdfSigner<'a, KeyElsewhere> {
    /// Prepares signatures for a key that is elsewhere: its certificate chain, the signer's first, and what it
    /// signs with.
    #[must_use]
    pub const fn without_key(
        chain: &'a [Certificate],
        algorithm: SignatureAlgorithm,
        now: Timestamp,
    ) -> Self {
        Self { key: KeyElsewhere, chain, algorithm, options: Options::at(now), templates: Templates::new() }
    }
}

impl<K> PdfSigner<'_, K> {
    /// The same again for what was stored.
    pub(crate) fn with_options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// The same for another document, if it is encrypted: a seed is for one.
    pub(crate) fn with_fresh_seed(&self, rng: &mut impl CryptoRng) -> Option<Self>
    where
        K: Clone,
    {
        let unlock = self.options.unlock.clone()?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Some(
            self.clone()
                .with_options(Options { unlock: Some(Unlock { seed, ..unlock }), ..self.options.clone() }),
        )
    }

    /// Why the signer signs, shown by viewers.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.options.reason = Some(reason.into());
        self
    }

    /// Where the signer signs.
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.options.location = Some(location.into());
        self
    }

    /// How to reach the signer.
    #[must_use]
    pub fn contact(mut self, contact: impl Into<String>) -> Self {
        self.options.contact = Some(contact.into());
        self
    }

    /// The name of the signer, where the certificate does not say it as it should be shown.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Who signs and what that means (21 CFR 11.50): sets [`name`](Self::name) and [`reason`](Self::reason), and sees to
    /// it that an [`appearance`](Self::appearance) shows them, the role and the time of signing.
    #[must_use]
    pub fn meaning(mut self, meaning: SignatureMeaning) -> Self {
        let SignatureMeaning { printed_name, reason, role } = meaning;
        self.options.name = Some(printed_name);
        self.options.reason = Some(reason);
        self.options.role = role;
        self.options.show = Show::Meaning;
        self
    }

    /// In what time zone the time of signing is told, in `/M` and where it is shown: UTC unless told otherwise. It is the
    /// same instant in each.
    #[must_use]
    pub const fn time_offset(mut self, offset: Offset) -> Self {
        self.options.offset = offset;
        self
    }

    /// What people see of the signature, and where. Without it, nobody sees it on the page.
    #[must_use]
    pub fn appearance(mut self, appearance: Appearance) -> Self {
        self.options.appearance = Some(appearance);
        self
    }

    /// The page of a new field that nobody sees, counted from 0; the first unless told otherwise.
    #[must_use]
    pub fn invisible_on_page(mut self, index: usize) -> Self {
        self.options.page = index;
        self.options.appearance = None;
        self
    }

    /// The full name of the field to sign: an empty signature field that exists, or a new one. Without it, a new field
    /// with the first free name. Periods part the names of groups (`lease.tenant.signature`); those that are missing
    /// are made, unless somebody signed before: a group is part of what was signed.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.options.field = Some(name.into());
        self
    }

    /// Certifies the document: says as its author which changes are allowed from now on (ISO 32000-2, 12.8.2.2). Only a
    /// document that nobody has signed can be certified.
    #[must_use]
    pub const fn certify(mut self, allowed: ChangesAllowed) -> Self {
        self.options.certify = Some(allowed);
        self
    }

    /// Locks fields of the form: nobody may change or sign them any more (ISO 32000-2, 12.8.2.4). A field that brings a
    /// lock along needs no call: it is honoured by itself.
    #[must_use]
    pub fn lock(mut self, lock: FieldLock) -> Self {
        self.options.lock = Some(lock);
        self
    }

    /// Allows only these changes from now on, without certifying: any signature may narrow what is allowed (PDF 2.0; ISO
    /// 32000-2, table 236). With [`ChangesAllowed::None`], the last signature closes the document.
    #[must_use]
    pub const fn allow_only(mut self, allowed: ChangesAllowed) -> Self {
        self.options.allow_only = Some(allowed);
        self
    }

    /// The form of the signature; unless told otherwise the one that its field asks for, else PAdES.
    #[must_use]
    pub const fn form(mut self, form: SignatureForm) -> Self {
        self.options.form = Some(form);
        self
    }

    /// The application that the signature names as the one it was made with (`/Prop_Build`); viewers show it among the
    /// details.
    #[must_use]
    pub fn application(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.options.application = Some(Application { name: name.into(), version: version.into() });
        self
    }

    /// How many bytes to keep free for timestamps; 12 KiB unless told otherwise. 0 makes a smaller file that
    /// cannot be timestamped later.
    #[must_use]
    pub const fn timestamp_room(mut self, bytes: usize) -> Self {
        self.options.timestamp_room = bytes;
        self
    }

    /// What to do when the signer's certificate is not valid at the time of signing.
    #[must_use]
    pub const fn outside_validity(mut self, choice: OutsideValidity) -> Self {
        self.options.outside_validity = choice;
        self
    }

    /// What to do with a file that readers take in different ways.
    #[must_use]
    pub const fn ambiguous_file(mut self, choice: AmbiguousFile) -> Self {
        self.options.ambiguous = choice;
        self
    }

    /// What to do where the encryption of the document does not permit its users to sign.
    #[must_use]
    pub const fn not_permitted(mut self, choice: NotPermitted) -> Self {
        self.options.not_permitted = choice;
        self
    }

    /// The password of an encrypted document; a signed one stays encrypted. `seed` are 32 fresh random bytes, from which
    /// the encryption of what is added takes its initialization vectors: use them once.
    #[must_use]
    pub fn password(mut self, password: Password, seed: [u8; 32]) -> Self {
        self.options.unlock = Some(Unlock { password, seed });
        self
    }

    /// Prepares the signature: everything but the key. Reads the document once, writes nothing.
    ///
    /// # Errors
    /// If the document cannot be read or must not be signed, or the certificate is not valid at the time of
    /// signing.
    pub fn prepare<'s>(&self, pdf: &'s dyn Source) -> Result<PreparedPdf<'s>, PadesError> {
        let signer = self.chain.first().ok_or(PadesError::NoCertificate)?;
        self.check_validity(signer)?;
        let kind = PublicKey::of(signer)?.kind();
        let as_it_is = self.open(pdf).and_then(|document| self.prepare_in(&document, signer, kind));
        match as_it_is {
            Err(error)
                if self.options.ambiguous == AmbiguousFile::Repair && ambiguity::may_be_damage(&error) =>
            {
                self.prepare_in(&self.open_repaired(pdf)?, signer, kind)
            }
            prepared => prepared,
        }
    }

    fn open<'s>(&self, pdf: &'s dyn Source) -> Result<Document<'s>, PadesError> {
        Ok(match &self.options.unlock {
            Some(unlock) => Document::open_with_password(pdf, unlock.password.expose())?,
            None => Document::open(pdf)?,
        })
    }

    fn open_repaired<'s>(&self, pdf: &'s dyn Source) -> Result<Document<'s>, PadesError> {
        Ok(match &self.options.unlock {
            Some(unlock) => Document::repaired_with_password(pdf, unlock.password.expose())?,
            None => Document::repaired(pdf)?,
        })
    }

    fn prepare_in<'s>(
        &self,
        document: &Document<'s>,
        signer: &Certificate,
        kind: KeyKind,
    ) -> Result<PreparedPdf<'s>, PadesError> {
        let pdf = document.source();
        let standing = Standing::of(document)?;
        let terms = Terms::agree(&standing, &self.options, self.chain, (self.algorithm, kind))?;
        let form = (terms.form, self.options.at);
        let template = self.templates.of(self.chain, (self.algorithm, kind), form)?;
        let room = template.longest.saturating_add(self.options.timestamp_room);
        let statement = Statement::of(&self.options, signer)?;
        let Room { appended, layout, replaced, seen } = self.append(standing, &terms, &statement, room)?;
        match self.options.ambiguous {
            AmbiguousFile::Sign => {}
            AmbiguousFile::Repair if !document.repairs().is_empty() => {
                ambiguity::refuse_divided(document, &replaced)?;
            }
            AmbiguousFile::Refuse | AmbiguousFile::Repair => ambiguity::refuse_to_sign(document, &replaced)?,
        }
        let digest = layout.digest(self.algorithm.digest(), pdf, &appended)?;
        let message = template.message.with_content_digest(digest)?;
        let (chain, mut options) = (self.chain.to_vec(), self.options.clone());
        options.appearance = options.appearance.zip(seen).map(|(appearance, seen)| appearance.drawn(seen));
        let timestamp = terms.timestamp;
        let repairs = document.repairs().to_vec();
        Ok(PreparedPdf { source: pdf, appended, layout, message, chain, options, timestamp, repairs })
    }

    fn check_validity(&self, signer: &Certificate) -> Result<(), PadesError> {
        let (at, subject) = (self.options.at, || signer.display_name());
        let (not_before, not_after) = (signer.not_before(), signer.not_after());
        match self.options.outside_validity {
            OutsideValidity::Sign => Ok(()),
            OutsideValidity::Refuse if at > not_after => {
                Err(PadesError::CertificateExpired { subject: subject(), not_after, at })
            }
            OutsideValidity::Refuse if at < not_before => {
                Err(PadesError::CertificateNotYetValid { subject: subject(), not_before, at })
            }
            OutsideValidity::Refuse => Ok(()),
        }
    }

    /// The revision with the signature's place.
    fn append(
        &self,
        standing: Standing<'_>,
        terms: &Terms,
        statement: &Statement,
        room: usize,
    ) -> Result<Room, PadesError> {
        let saying = Saying { statement, show: self.options.show };
        let visible = self.options.appearance.as_ref().map(|appearance| Visible { appearance, saying });
        let field = WantedField {
            kind: Kind::Signature(terms.form),
            name: self.options.field.as_deref(),
            page: self.options.page,
            visible,
            lock: terms.lock_of_field.as_ref(),
        };
        let mut texts = texts(&self.options, statement);
        terms.write(&mut texts);
        let wanted = Wanted {
            field,
            texts,
            certification: terms.certification,
            extensions: &terms.extensions,
            room,
            timestamp_room: self.options.timestamp_room,
            seed: self.options.unlock.as_ref().map(|unlock| unlock.seed),
        };
        room::append(standing, &wanted)
    }
}
