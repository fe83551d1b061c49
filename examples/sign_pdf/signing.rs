//! Signing one file.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use chancery_certificate::Certificate;
use chancery_chain::TrustAnchors;
use chancery_digest::FileSource;
use chancery_examples::{Failure, Level, Services, anchors_from, pdf_failure, signer_from};
use chancery_key::{Password, Signer, SoftwareSigner};
use chancery_pades::{Appearance, PadesError, PdfSigner, SignatureMeaning};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use jiff::Timestamp;

use crate::advice::advice;
use crate::appearance::appearance;
use crate::arguments::{Arguments, Rules, Said};

/// Everything that signing needs, whatever the file.
pub(crate) struct Signing {
    signer: SoftwareSigner,
    password: Option<Password>,
    level: Level,
    services: Option<Services>,
    timestamp_room: Option<usize>,
    said: Said,
    rules: Rules,
    appearance: Option<Appearance>,
}

impl Signing {
    pub(crate) fn of(arguments: Arguments) -> Result<Self, Failure> {
        let Arguments { said, rules, .. } = &arguments;
        if said.meaning.is_some() && said.reason.is_some() {
            return Err(Failure::usage("--meaning takes the place of --reason: one of them"));
        }
        if said.role.is_some() && said.meaning.is_none() {
            return Err(Failure::usage("--role goes with --meaning"));
        }
        let level = arguments.level.unwrap_or(match arguments.authority {
            Some(_) => Level::Time,
            None => Level::Basic,
        });
        let services = services(level, &arguments)?;
        let appearance = appearance(&arguments.seen, rules.field.as_deref())?;
        let file = arguments.key_file;
        let file: PathBuf = file.ok_or_else(|| Failure::usage("--p12 is needed: the file with the key"))?;
        let signer = signer_from(&file, arguments.key_password)?;
        let Arguments { said, rules, pdf_password: password, timestamp_room, .. } = arguments;
        Ok(Self { signer, password, level, services, timestamp_room, said, rules, appearance })
    }

    pub(crate) fn sign(&self, input: &Path, output: &Path) -> Result<(), Failure> {
        let pdf = FileSource::open(input).map_err(|error| Failure::unreadable(input.display(), error))?;
        let refused = |error| failure(input.display(), error);
        let signing = self.signer_of_one();
        let signed = match &self.services {
            Some(services) => {
                // In halves, so that a field gets the timestamp that it demands.
                let prepared = signing.prepare(&pdf).map_err(refused)?;
                let value =
                    self.signer.sign(prepared.to_be_signed()).map_err(|error| refused(error.into()))?;
                let mut signed = prepared.finish(value).map_err(refused)?;
                let authority = services.authority();
                let stamped = signed.timestamp(authority, &mut UnwrapErr(SysRng));
                stamped.map_err(|error| failure(authority.address().uri(), error))?;
                services.extend(signed.into(), self.level).map_err(refused)?
            }
            None => signing.sign(&pdf).map_err(refused)?.into(),
        };
        signed.save(output).map_err(|error| Failure::unreadable(output.display(), error))?;
        println!("{}: signed", output.display());
        Ok(())
    }

    fn signer_of_one(&self) -> PdfSigner<'_, &SoftwareSigner> {
        let mut signing =
            self.rules.apply(self.said.apply(PdfSigner::new(&self.signer, Timestamp::now()), &self.signer));
        if let Some(appearance) = &self.appearance {
            signing = signing.appearance(appearance.clone());
        }
        if let Some(password) = &self.password {
            let mut seed = [0; 32];
            UnwrapErr(SysRng).fill_bytes(&mut seed);
            signing = signing.password(password.clone(), seed);
        }
        if let Some(bytes) = self.timestamp_room {
            signing = signing.timestamp_room(bytes);
        }
        signing.application("Chancery", env!("CARGO_PKG_VERSION"))
    }
}

fn failure(what: impl Display, error: PadesError) -> Failure {
    let advice = advice(&error);
    pdf_failure(what, error).with_advice(advice)
}

fn services(level: Level, arguments: &Arguments) -> Result<Option<Services>, Failure> {
    match (level, &arguments.authority, &arguments.trust) {
        // Who asks for b-b in so many words has no timestamp, so that one command serves for every level.
        (Level::Basic, _, _) => Ok(None),
        (_, None, _) => Err(Failure::usage("levels from b-t on need --tsa URL")),
        (Level::LongTerm | Level::Archive, _, None) => {
            Err(Failure::usage("levels from b-lt on need --trust: the certificates to trust"))
        }
        (_, Some(url), trust) => {
            let anchors = trust.as_deref().map_or_else(|| Ok(TrustAnchors::default()), anchors_from)?;
            Ok(Some(Services::new(url, arguments.allowed, anchors.clone(), anchors)?))
        }
    }
}

impl Said {
    fn apply<'a>(
        &self,
        mut signing: PdfSigner<'a, &'a SoftwareSigner>,
        signer: &SoftwareSigner,
    ) -> PdfSigner<'a, &'a SoftwareSigner> {
        if let Some(name) = &self.name {
            signing = signing.name(name);
        }
        if let Some(reason) = &self.reason {
            signing = signing.reason(reason);
        }
        if let Some(meaning) = &self.meaning {
            let of_certificate = || signer.chain().first().map(Certificate::display_name);
            let name = self.name.clone().or_else(of_certificate).unwrap_or_default();
            let meaning = SignatureMeaning::new(name, meaning);
            signing = signing.meaning(match &self.role {
                Some(role) => meaning.role(role),
                None => meaning,
            });
        }
        if let Some(location) = &self.location {
            signing = signing.location(location);
        }
        if let Some(contact) = &self.contact {
            signing = signing.contact(contact);
        }
        if let Some(offset) = self.zone {
            signing = signing.time_offset(offset);
        }
        signing
    }
}

impl Rules {
    fn apply<'a>(&self, mut signing: PdfSigner<'a, &'a SoftwareSigner>) -> PdfSigner<'a, &'a SoftwareSigner> {
        if let Some(allowed) = self.certify {
            signing = signing.certify(allowed);
        }
        if let Some(lock) = &self.lock {
            signing = signing.lock(lock.clone());
        }
        if let Some(field) = &self.field {
            signing = signing.field(field);
        }
        if let Some(form) = self.form {
            signing = signing.form(form);
        }
        signing.not_permitted(self.not_permitted)
    }
}
