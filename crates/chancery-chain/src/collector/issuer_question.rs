//! One question for the certificate of an issuer, and what counts as its answer (RFC 5280 §4.2.2.1).

use chancery_certificate::Certificate;
use chancery_cms::SignedMessage;
use chancery_http::{Address, AddressError, Limits, Request, Response};

use crate::collector::answer_error::AnswerError;
use crate::collector::question;

/// A certificate has some thousand bytes, a message with all that an authority ever had some hundred thousand.
pub(crate) const MAX_CERTIFICATES: usize = 1 << 20;

/// "Who issued this certificate?": a question for the place that a certificate names in its authority information
/// access (`caIssuers`).
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_chain::{Evidence, IssuerQuestion};
/// use chancery_http::Transport;
///
/// fn ask(certificate: &Certificate, http: &impl Transport) -> Result<Evidence, Box<dyn std::error::Error>> {
///     let question = IssuerQuestion::new(certificate);
///     let place = certificate.issuer_urls().into_iter().next().ok_or("it does not say where its issuer is")?;
///     let response = http.send(&question.request(place)?)?;
///     Ok(Evidence::new().with_certificates(question.accept(&response)?))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct IssuerQuestion {
    certificate: Certificate,
}

impl IssuerQuestion {
    /// Asks who issued this certificate.
    pub fn new(certificate: &Certificate) -> Self {
        Self { certificate: certificate.clone() }
    }

    /// The certificate whose issuer is asked for.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The HTTP request: a GET.
    ///
    /// # Errors
    /// The address is not an absolute http or https URL.
    pub fn request<A>(&self, address: A) -> Result<Request, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        Ok(Request::get(address)?.with_limits(Limits::default().with_max_response(MAX_CERTIFICATES)))
    }

    /// Reads an HTTP response: all certificates in it, when one of them bears the name of the issuer.
    ///
    /// It may be one certificate in DER or PEM, or a certificates-only CMS message (`.p7c`) in DER, PEM or Base64: its
    /// bytes say which. Certificates in a message that cannot be read are left out. None of them is trusted: that one
    /// has the right name does not yet say that its key made the signature.
    ///
    /// # Errors
    /// It holds no certificate, or none of the issuer's name.
    pub fn accept(&self, response: &Response) -> Result<Vec<Certificate>, AnswerError> {
        let body = question::content(response, MAX_CERTIFICATES)?;
        let certificates =
            read(body).map_err(|reason| question::not_recognised(response, "a certificate", reason))?;
        let wanted = self.certificate.issuer();
        if certificates.iter().any(|found| found.subject().matches(wanted)) {
            Ok(certificates)
        } else {
            Err(AnswerError::NoIssuer { found: certificates.len() })
        }
    }
}

fn read(body: &[u8]) -> Result<Vec<Certificate>, String> {
    let of_message = |message: SignedMessage| message.certificates().to_vec();
    if body.first() != Some(&chancery_certificate::asn1::tag::SEQUENCE) {
        return match Certificate::all_from_pem(body) {
            Ok(certificates) => Ok(certificates),
            Err(not_pem) => SignedMessage::from_file_bytes(body)
                .map(of_message)
                .map_err(|not_cms| format!("neither PEM ({not_pem}) nor CMS ({not_cms})")),
        };
    }
    match Certificate::from_der(body) {
        Ok(certificate) => Ok(vec![certificate]),
        Err(not_certificate) => SignedMessage::from_ber(body)
            .map(of_message)
            .map_err(|not_cms| format!("neither a certificate ({not_certificate}) nor CMS ({not_cms})")),
    }
}
