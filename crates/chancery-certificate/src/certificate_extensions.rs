//! The extensions of a certificate that this crate reads, each when it is asked for.

use const_oid::ObjectIdentifier as Oid;
use const_oid::db::{rfc5280, rfc5912, rfc6960};

use crate::asn1::{Asn1Error, Element, tag};
use crate::extension::{names_from_der, oids_from_der};
use crate::{
    AccessDescription, AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError,
    ClaimedPerson, Claims, DistributionPoint, Extension, GeneralName, KeyUsages, PolicyInformation,
};

impl Certificate {
    /// Whether this is a certification authority's certificate.
    ///
    /// # Errors
    /// If the extension is there but cannot be read; so for every typed extension below.
    pub fn basic_constraints(&self) -> Result<Option<BasicConstraints>, CertificateError> {
        self.typed(rfc5280::ID_CE_BASIC_CONSTRAINTS, BasicConstraints::from_der)
    }

    /// What the key may be used for.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn key_usage(&self) -> Result<Option<KeyUsages>, CertificateError> {
        self.typed(rfc5280::ID_CE_KEY_USAGE, KeyUsages::from_der)
    }

    /// The purposes that the certificate is limited to.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn extended_key_usage(&self) -> Result<Option<Vec<Oid>>, CertificateError> {
        self.typed(rfc5280::ID_CE_EXT_KEY_USAGE, oids_from_der)
    }

    /// The identifier of this certificate's key.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn subject_key_identifier(&self) -> Result<Option<Vec<u8>>, CertificateError> {
        let read = |bytes: &[u8]| Ok(Element::only(bytes, tag::OCTET_STRING)?.content.to_vec());
        self.typed(rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER, read)
    }

    /// Which key of the issuer signed.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn authority_key_identifier(&self) -> Result<Option<AuthorityKeyIdentifier>, CertificateError> {
        self.typed(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, AuthorityKeyIdentifier::from_der)
    }

    /// Other names of the subject: mail addresses for example.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn subject_alternative_names(&self) -> Result<Option<Vec<GeneralName>>, CertificateError> {
        self.typed(rfc5280::ID_CE_SUBJECT_ALT_NAME, names_from_der)
    }

    /// Other names of the issuer.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn issuer_alternative_names(&self) -> Result<Option<Vec<GeneralName>>, CertificateError> {
        self.typed(rfc5280::ID_CE_ISSUER_ALT_NAME, names_from_der)
    }

    /// The policies under which the certificate was issued.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn certificate_policies(&self) -> Result<Option<Vec<PolicyInformation>>, CertificateError> {
        self.typed(rfc5280::ID_CE_CERTIFICATE_POLICIES, PolicyInformation::list_from_der)
    }

    /// Where the CRLs that cover this certificate are.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn crl_distribution_points(&self) -> Result<Option<Vec<DistributionPoint>>, CertificateError> {
        self.typed(rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS, DistributionPoint::list_from_der)
    }

    /// Where the delta CRLs are that say what is newer than the complete ones (RFC 5280 §4.2.1.15).
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn freshest_crl(&self) -> Result<Option<Vec<DistributionPoint>>, CertificateError> {
        self.typed(rfc5280::ID_CE_FRESHEST_CRL, DistributionPoint::list_from_der)
    }

    /// Where to learn more about the issuer.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn authority_information(&self) -> Result<Option<Vec<AccessDescription>>, CertificateError> {
        self.typed(rfc5280::ID_PE_AUTHORITY_INFO_ACCESS, AccessDescription::list_from_der)
    }

    /// The addresses of the issuer's OCSP responders; none if the extension cannot be read.
    #[must_use]
    pub fn ocsp_urls(&self) -> Vec<String> {
        self.urls(rfc5912::ID_AD_OCSP)
    }

    /// The addresses of the issuer's own certificates; none if the extension cannot be read.
    #[must_use]
    pub fn issuer_urls(&self) -> Vec<String> {
        self.urls(rfc5912::ID_AD_CA_ISSUERS)
    }

    /// The addresses of the CRLs that cover this certificate; none if the extension cannot be read.
    #[must_use]
    pub fn crl_urls(&self) -> Vec<String> {
        let points = self.crl_distribution_points().ok().flatten().unwrap_or_default();
        let names = points.into_iter().flat_map(|point| point.full_name);
        let uri = |name| match name {
            GeneralName::Uri(uri) => Some(uri),
            _ => None,
        };
        names.filter_map(uri).collect()
    }

    /// What the certificate claims in its QCStatements: to be qualified, for example. Anybody can write that;
    /// whether it *is* qualified only a verified trusted list can say.
    ///
    /// # Errors
    /// If the extension cannot be read.
    pub fn claims(&self) -> Result<Option<Claims>, CertificateError> {
        self.typed(QC_STATEMENTS, Claims::from_der)
    }

    /// What kind of person the certificate claims its subject to be: natural or legal. Extensions that cannot be
    /// read give no clue.
    #[must_use]
    pub fn claimed_person(&self) -> ClaimedPerson {
        let claims = self.claims().ok().flatten();
        let policies = self.certificate_policies().ok().flatten().unwrap_or_default();
        let policies: Vec<Oid> = policies.into_iter().map(|policy| policy.oid).collect();
        ClaimedPerson::of(self.subject(), claims.as_ref(), &policies)
    }

    /// Whether the certificate carries id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1).
    #[must_use]
    pub fn ocsp_no_check(&self) -> Option<&Extension> {
        self.extension(rfc6960::ID_PKIX_OCSP_NOCHECK)
    }

    fn urls(&self, method: Oid) -> Vec<String> {
        let descriptions = self.authority_information().ok().flatten().unwrap_or_default();
        let matching = descriptions.into_iter().filter(|description| description.method == method);
        let uri = |description: AccessDescription| match description.location {
            GeneralName::Uri(uri) => Some(uri),
            _ => None,
        };
        matching.filter_map(uri).collect()
    }

    fn typed<T>(
        &self,
        oid: Oid,
        read: impl Fn(&[u8]) -> Result<T, Asn1Error>,
    ) -> Result<Option<T>, CertificateError> {
        let value = self.extension(oid).map(|extension| read(&extension.value));
        value.transpose().map_err(|fault| CertificateError::Extension { oid, fault })
    }
}

/// id-pe-qcStatements (RFC 3739, 3.2.6).
const QC_STATEMENTS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.3");
