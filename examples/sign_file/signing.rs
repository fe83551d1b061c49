//! Those who sign, and how each of them does.

use std::io;

use chancery_cms::{
    Attribute, CmsError, CountersignaturePreparation, Enclosures, FinishedCountersignature, FinishedSigner,
    SignerInfo, SignerPreparation, attributes,
};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_examples::{Failure, signer_from};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::{SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_timestamp::TimestampAuthority;
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

use crate::arguments::{Arguments, Key, Level};

/// Everybody who signs.
pub(crate) struct Signing {
    pub(crate) signers: Vec<SoftwareSigner>,
    authority: Option<TimestampAuthority<BlockingClient>>,
    now: Timestamp,
    /// What is signed, for messages.
    name: String,
}

impl Signing {
    pub(crate) fn of(arguments: &mut Arguments, name: String) -> Result<Self, Failure> {
        let timestamped =
            arguments.level.map_or(arguments.authority.is_some(), |level| level == Level::Timestamped);
        let authority = match (timestamped, &arguments.authority) {
            (false, _) => None,
            (true, Some(url)) => Some(authority(url, arguments.loopback)?),
            (true, None) => return Err(Failure::usage("level b-t needs --tsa URL")),
        };
        let digest = arguments.digest;
        let signers = arguments.keys.drain(..).map(|key| signer(key, digest));
        let signing =
            Self { signers: signers.collect::<Result<_, _>>()?, authority, now: Timestamp::now(), name };
        signing.signers.iter().try_for_each(|signer| signing.refuse_expired(signer))?;
        Ok(signing)
    }

    fn refuse_expired(&self, signer: &SoftwareSigner) -> Result<(), Failure> {
        let (certificate, moment) = (signer.certificate(), self.now);
        let name = certificate.subject();
        let refuse = |text| Err(Failure::refused(&self.name, io::Error::other(text)));
        if moment > certificate.not_after() {
            return refuse(format!("the certificate of {name} expired at {}", certificate.not_after()));
        }
        if moment < certificate.not_before() {
            return refuse(format!(
                "the certificate of {name} is not valid before {}",
                certificate.not_before()
            ));
        }
        Ok(())
    }

    /// Signs content with the digests that `digest` gives.
    pub(crate) fn sign(
        &self,
        content_type: Oid,
        digest: impl Fn(DigestAlgorithm) -> Result<Digest, CmsError>,
    ) -> Result<Vec<FinishedSigner>, Failure> {
        let one = |signer: &SoftwareSigner| {
            let algorithm = signer.algorithm();
            let digest = digest(algorithm.digest()).map_err(|error| self.not_signed(error))?;
            let preparation = SignerPreparation::new(signer.chain(), algorithm, digest);
            let prepared = preparation.content_type(content_type).signing_time(self.now).prepare();
            let prepared = prepared.map_err(|error| self.not_signed(error))?;
            let value = signer.sign(prepared.to_be_signed());
            let value = value.map_err(|error| Failure::refused(&self.name, error))?;
            let finished = prepared.finish(value).map_err(|error| self.not_signed(error))?;
            self.stamp(finished)
        };
        self.signers.iter().map(one).collect()
    }

    fn stamp(&self, signer: FinishedSigner) -> Result<FinishedSigner, Failure> {
        let Some(authority) = &self.authority else { return Ok(signer) };
        let covered = DigestAlgorithm::Sha256.digest(signer.signature());
        let token = authority.stamp(&covered, &mut UnwrapErr(SysRng));
        let token = token.map_err(|error| Failure::refused(authority.address().uri(), error))?;
        let attribute = Attribute::new(attributes::SIGNATURE_TIMESTAMP, token.to_der());
        signer.with_unsigned_attribute(attribute).map_err(|error| self.not_signed(error))
    }

    /// Signs the signature of somebody.
    pub(crate) fn countersign(&self, target: &SignerInfo) -> Result<Vec<FinishedCountersignature>, Failure> {
        let one = |signer: &SoftwareSigner| {
            let preparation = CountersignaturePreparation::new(signer.chain(), signer.algorithm(), target);
            let prepared = preparation.signing_time(self.now).prepare();
            let prepared = prepared.map_err(|error| self.not_signed(error))?;
            let value = signer.sign(prepared.to_be_signed());
            let value = value.map_err(|error| Failure::refused(&self.name, error))?;
            prepared.finish(value).map_err(|error| self.not_signed(error))
        };
        self.signers.iter().map(one).collect()
    }

    /// What content must be digested with.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = DigestAlgorithm> {
        self.signers.iter().map(|signer| signer.algorithm().digest())
    }

    /// The certificates of everybody, with those above them.
    pub(crate) fn chains(&self) -> Enclosures {
        Enclosures::new().certificates(self.signers.iter().flat_map(Signer::chain).cloned())
    }

    /// What could not be read or written is told apart from what was refused.
    pub(crate) fn not_signed(&self, error: CmsError) -> Failure {
        match error {
            CmsError::Input(_) | CmsError::Output(_) | CmsError::SourceChanged => {
                Failure::unreadable(&self.name, error)
            }
            _ => Failure::refused(&self.name, error),
        }
    }
}

fn signer(key: Key, digest: Option<DigestAlgorithm>) -> Result<SoftwareSigner, Failure> {
    let file = key.file;
    let signer = signer_from(&file, key.password)?;
    let Some(digest) = digest else { return Ok(signer) };
    let algorithm = match signer.algorithm() {
        SignatureAlgorithm::RsaPkcs1v15(_) => SignatureAlgorithm::RsaPkcs1v15(digest),
        SignatureAlgorithm::RsaPss { .. } => SignatureAlgorithm::rsa_pss(digest),
        SignatureAlgorithm::Ecdsa(_) => SignatureAlgorithm::Ecdsa(digest),
        other if other.digest() == digest => other,
        other => {
            let (name, only) = (file.display(), other.digest().name());
            return Err(Failure::usage(format!("{name}: {other} goes with {only} only: leave --digest out")));
        }
    };
    signer.with_algorithm(algorithm).map_err(|error| Failure::refused(file.display(), error))
}

fn authority(url: &str, loopback: bool) -> Result<TimestampAuthority<BlockingClient>, Failure> {
    let address = Address::parse(url).map_err(Failure::usage)?;
    let client = BlockingClient::new();
    let client = if loopback { client.allow(AddressRule::Loopback) } else { client };
    Ok(TimestampAuthority::new(address, client))
}
