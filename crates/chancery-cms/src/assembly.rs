//! Putting a message together from signers who signed each for itself.

use std::collections::{BTreeMap, BTreeSet};

use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use const_oid::ObjectIdentifier as Oid;

use crate::around::Around;
use crate::attributes::{DATA, SIGNED_DATA};
use crate::enclosures::Enclosures;
use crate::error::CmsError;
use crate::message::SignedMessage;
use crate::signer_preparation::{FinishedSigner, VERSION_LEN};

/// A message of several signers: content, those who signed it, and what helps to verify.
///
/// The order in which signers and certificates come does not matter: the message is DER, its sets are in order.
/// See [`SignerPreparation`](crate::SignerPreparation) for an example.
#[derive(Clone, Debug)]
pub struct Assembly {
    content_type: Oid,
    content: Enclosed,
    /// Of the content that is held, as far as they were asked for.
    digests: BTreeMap<DigestAlgorithm, Digest>,
    signers: Vec<FinishedSigner>,
    enclosures: Enclosures,
    own: SignerCertificates,
}

/// Where the content is.
#[derive(Clone, Debug)]
enum Enclosed {
    /// Not in the message.
    No,
    Held(Vec<u8>),
}

/// Whether the certificates of the signers are put into the message.
#[derive(Copy, Clone, Debug)]
enum SignerCertificates {
    Included,
    LeftOut,
}

impl Assembly {
    /// A message that does not hold its content.
    #[must_use]
    pub fn detached() -> Self {
        Self {
            content_type: DATA,
            content: Enclosed::No,
            digests: BTreeMap::new(),
            signers: Vec::new(),
            enclosures: Enclosures::new(),
            own: SignerCertificates::Included,
        }
    }

    /// A message that carries its content with it.
    #[must_use]
    pub fn enclosing(content: Vec<u8>) -> Self {
        Self { content: Enclosed::Held(content), ..Self::detached() }
    }

    /// The digest of the content that is enclosed: what a [`SignerPreparation`](crate::SignerPreparation) is made of. It is
    /// computed once, and is what the signers are compared with. None for detached content.
    pub fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<Digest> {
        let Enclosed::Held(content) = &self.content else { return None };
        Some(*self.digests.entry(algorithm).or_insert_with(|| algorithm.digest(content)))
    }

    /// The type of the content, if it is not plain data.
    #[must_use]
    pub const fn content_type(mut self, content_type: Oid) -> Self {
        self.content_type = content_type;
        self
    }

    /// With one more signer.
    #[must_use]
    pub fn signer(mut self, signer: FinishedSigner) -> Self {
        self.signers.push(signer);
        self
    }

    /// With these certificates and revocation information, beside the certificates of the signers.
    #[must_use]
    pub fn enclosures(mut self, enclosures: Enclosures) -> Self {
        self.enclosures = enclosures;
        self
    }

    /// Leaves the certificates of the signers out, unless they are among the enclosures.
    #[must_use]
    pub const fn without_signer_certificates(mut self) -> Self {
        self.own = SignerCertificates::LeftOut;
        self
    }

    /// Puts the message together.
    ///
    /// # Errors
    /// There is no signer ([`SignedMessage::without_signers`] makes such messages), one signer is there twice, one
    /// signed content of another type or other content, or there are more parts than can be read again.
    pub fn assemble(mut self) -> Result<SignedMessage, CmsError> {
        self.check_signers()?;
        let mut enclosures = self.enclosures;
        if let SignerCertificates::Included = self.own {
            let own = self.signers.iter().map(|signer| signer.signer().clone());
            enclosures = enclosures.certificates(own);
        }
        let content = match self.content {
            Enclosed::No => None,
            Enclosed::Held(content) => Some(content),
        };
        let frame = Frame {
            content_type: self.content_type,
            digest_algorithms: self.signers.iter().map(FinishedSigner::digest_identifier).collect(),
            signers_version: self.signers.iter().map(|signer| signer.prepared.least_version()).max(),
            enclosures: &enclosures,
            signer_infos: self.signers.iter().map(FinishedSigner::to_signer_info).collect(),
        };
        let around = frame.around(content.as_ref().map(Vec::len));
        SignedMessage::read(around.moved(content.unwrap_or_default()), &enclosures.known)
    }

    /// Everybody must have signed this content, and nobody twice.
    fn check_signers(&mut self) -> Result<(), CmsError> {
        if self.signers.is_empty() {
            return Err(CmsError::NoSigner);
        }
        let mut signer_infos = BTreeSet::new();
        for signer in &self.signers {
            let signed = signer.content_digest();
            if signer.prepared.content_type != Some(self.content_type) {
                return Err(CmsError::OtherContentType {
                    signed: signer.prepared.content_type,
                    message: self.content_type,
                });
            }
            // Of detached content the digest that the first signer of each algorithm signed is all that is known.
            let digest = self.digests.entry(signed.algorithm()).or_insert_with(|| match &self.content {
                Enclosed::Held(content) => signed.algorithm().digest(content),
                Enclosed::No => *signed,
            });
            if digest != signed {
                return Err(CmsError::OtherContent { algorithm: signed.algorithm().name() });
            }
            if !signer_infos.insert(signer.to_signer_info()) {
                return Err(CmsError::SignerTwice);
            }
        }
        Ok(())
    }
}

/// All of a SignedData but its content, which may be held, elsewhere, or still on its way.
pub(crate) struct Frame<'a> {
    pub(crate) content_type: Oid,
    /// In DER, in any order, with repetitions.
    pub(crate) digest_algorithms: Vec<Vec<u8>>,
    /// The least version that the signers ask for.
    pub(crate) signers_version: Option<u8>,
    pub(crate) enclosures: &'a Enclosures,
    /// In DER, in any order.
    pub(crate) signer_infos: Vec<Vec<u8>>,
}

impl Frame<'_> {
    /// The version of the SignedData: the greatest that any of its parts asks for (RFC 5652, 5.1).
    pub(crate) fn version(&self) -> u8 {
        let of_content = if self.content_type == DATA { 1 } else { 3 };
        of_content.max(self.signers_version.unwrap_or(1)).max(self.enclosures.least_version())
    }

    /// The fields of the SignedData that stand before encapContentInfo.
    pub(crate) fn before_content(&self) -> Vec<u8> {
        let mut algorithms = self.digest_algorithms.clone();
        algorithms.sort_unstable();
        algorithms.dedup();
        [asn1::integer(&[self.version()]), asn1::set_of(algorithms)].concat()
    }

    /// The fields of the SignedData that stand after encapContentInfo.
    pub(crate) fn after_content(&self) -> Vec<u8> {
        [self.enclosures.to_fields(), asn1::set_of(self.signer_infos.clone())].concat()
    }

    /// How long the whole message is, with content of this length, one digest algorithm of so many bytes, and signers of so
    /// many bytes together: that of [`around`](Self::around), without putting it together.
    pub(crate) fn message_len(
        enclosures: &Enclosures,
        content_type: &Oid,
        content: Option<usize>,
        [digest_algorithm, signers]: [usize; 2],
    ) -> usize {
        let element = asn1::encoded_len;
        let content = content.map_or(0, |length| element(element(length)));
        let encapsulated = element(element(content_type.as_bytes().len()) + content);
        let before = VERSION_LEN + element(digest_algorithm);
        let signed_data = element(before + encapsulated + enclosures.fields_len() + element(signers));
        element(element(SIGNED_DATA.as_bytes().len()) + element(signed_data))
    }

    /// What stands around content of this length: ContentInfo and SignedData in DER (RFC 5652, 3 and 5.1).
    pub(crate) fn around(&self, content_len: Option<usize>) -> Around {
        let content = match content_len {
            None => Around::default(),
            Some(length) => Around::new(length).wrapped_in(tag::OCTET_STRING).wrapped_in(tag::constructed(0)),
        };
        let encapsulated = content.preceded_by(&[&asn1::oid(&self.content_type)]).wrapped_in(tag::SEQUENCE);
        let signed_data = encapsulated
            .preceded_by(&[&self.before_content()])
            .followed_by(&[&self.after_content()])
            .wrapped_in(tag::SEQUENCE);
        let info = signed_data.wrapped_in(tag::constructed(0)).preceded_by(&[&asn1::oid(&SIGNED_DATA)]);
        info.wrapped_in(tag::SEQUENCE)
    }
}
