//! One question for a CRL, and what counts as its answer.

use chancery_certificate::{Certificate, GeneralName};
use chancery_http::{Address, AddressError, Limits, Request, Response};

use crate::collector::answer_error::AnswerError;
use crate::collector::question;
use crate::revocation::crl::RevocationList;
use crate::revocation::lists::may_speak_of;

/// The largest CRLs of public authorities have some tens of megabytes.
pub(crate) const MAX_LIST: usize = 64 << 20;

/// "Which certificates were revoked?": a question for the CRL that speaks of a certificate.
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_chain::{CrlQuestion, Evidence};
/// use chancery_http::Transport;
///
/// fn ask(certificate: &Certificate, http: &impl Transport) -> Result<Evidence, Box<dyn std::error::Error>> {
///     let question = CrlQuestion::new(certificate);
///     let place = question.urls().into_iter().next().ok_or("it names no CRL")?;
///     let response = http.send(&question.request(place)?)?;
///     Ok(Evidence::new().with_crl(question.accept(&response)?))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CrlQuestion {
    certificate: Certificate,
}

impl CrlQuestion {
    /// Asks for the CRL that speaks of this certificate.
    pub fn new(certificate: &Certificate) -> Self {
        Self { certificate: certificate.clone() }
    }

    /// The certificate asked about.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where the certificate says that its CRLs are (RFC 5280 §4.2.1.13), in its order; of any scheme, as they stand.
    pub fn urls(&self) -> Vec<String> {
        let points = self.certificate.crl_distribution_points().ok().flatten().unwrap_or_default();
        let names = points.into_iter().flat_map(|point| point.full_name);
        names.filter_map(|name| if let GeneralName::Uri(url) = name { Some(url) } else { None }).collect()
    }

    /// The HTTP request: a GET.
    ///
    /// # Errors
    /// The address is not an absolute http or https URL: many certificates name `ldap:` directories too.
    pub fn request<A>(&self, address: A) -> Result<Request, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        Ok(Request::get(address)?.with_limits(Limits::default().with_max_response(MAX_LIST)))
    }

    /// Reads an HTTP response: the `CertificateList` in DER when it comes from the issuer of the certificate, or from
    /// one that the certificate names for its CRLs (`cRLIssuer`).
    ///
    /// # Errors
    /// It is no CRL, or that of another issuer.
    pub fn accept(&self, response: &Response) -> Result<Vec<u8>, AnswerError> {
        let body = question::content(response, MAX_LIST)?;
        let list = RevocationList::from_der(body)
            .map_err(|error| question::not_recognised(response, "a CRL", error))?;
        if may_speak_of(&self.certificate, &list) {
            Ok(body.to_vec())
        } else {
            Err(AnswerError::OtherIssuer { found: list.issuer().to_string() })
        }
    }
}
