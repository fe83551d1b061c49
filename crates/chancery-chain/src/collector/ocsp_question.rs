//! One question to an OCSP responder, and what counts as its answer (RFC 6960, RFC 5019, RFC 9654).

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_http::{Address, AddressError, Limits, Request, Response};
use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;

use crate::collector::answer_error::AnswerError;
use crate::collector::question;
use crate::revocation::ocsp::{OcspAnswer, SpeaksOf};
use crate::revocation::ocsp_error::OcspError;

const QUERY: &str = "application/ocsp-request";
/// Answers have some thousand bytes, also with certificates and signatures of the largest kinds.
pub(crate) const MAX_ANSWER: usize = 256 << 10;
/// Longer URLs are posted (RFC 5019 §5).
const LONGEST_GET: usize = 255;

/// "Was this certificate revoked?": a question for an OCSP responder.
///
/// It knows no network. [`request`](Self::request) says what to send, [`accept`](Self::accept) reads what came back.
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_chain::{Evidence, OcspQuestion};
/// use chancery_http::Transport;
///
/// fn ask(
///     certificate: &Certificate,
///     issuer: &Certificate,
///     http: &impl Transport,
/// ) -> Result<Evidence, Box<dyn std::error::Error>> {
///     let question = OcspQuestion::new(certificate, issuer);
///     let responder = certificate.ocsp_urls().into_iter().next().ok_or("it names no responder")?;
///     let response = http.send(&question.request(responder)?)?;
///     Ok(Evidence::new().with_ocsp(question.accept(&response)?))
/// }
/// ```
///
/// The certificate is named by SHA-1 digests, which every responder understands and many (those of RFC 5019) demand.
/// Nothing rests on their strength: they are only an index. Who could make two issuers with the same digests would
/// still have to sign the answer with the key of the one in question, and that signature has its own digest.
#[derive(Clone, Debug)]
pub struct OcspQuestion {
    certificate: Certificate,
    issuer: Certificate,
    digest: KnownDigest,
    nonce: Option<[u8; 32]>,
}

impl OcspQuestion {
    /// Asks about a certificate that was issued with the key of `issuer`.
    pub fn new(certificate: &Certificate, issuer: &Certificate) -> Self {
        let digest = LegacyDigest::Sha1.into();
        Self { certificate: certificate.clone(), issuer: issuer.clone(), digest, nonce: None }
    }

    /// Names the certificate by digests of another kind, for responders that do not take SHA-1 any more.
    #[must_use]
    pub fn digest(self, digest: DigestAlgorithm) -> Self {
        Self { digest: digest.into(), ..self }
    }

    /// Insists on an answer made for this question: 32 random octets that the answer must repeat (RFC 9654).
    ///
    /// Responders that sign in advance (RFC 5019) repeat no nonce. Without one, `thisUpdate` and `nextUpdate` bound
    /// how old an answer can be, which is what evidence that is kept rests on in any case.
    #[must_use]
    pub fn nonce(self, nonce: [u8; 32]) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    /// The certificate asked about.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The `OCSPRequest` in DER, unsigned and about this one certificate.
    ///
    /// ```text
    /// OCSPRequest ::= SEQUENCE { tbsRequest SEQUENCE {                  -- RFC 6960 §4.1.1
    ///     requestList SEQUENCE OF SEQUENCE { reqCert CertID },
    ///     requestExtensions [2] EXPLICIT Extensions OPTIONAL } }
    /// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
    ///     serialNumber INTEGER }
    /// ```
    pub fn to_der(&self) -> Vec<u8> {
        let hashed = |bytes: &[u8]| asn1::octet_string(self.digest.digest(bytes).as_bytes());
        let identifier = asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid(&self.digest.oid()), &asn1::null()]),
            &hashed(self.certificate.issuer().to_der()),
            &hashed(self.issuer.public_key_bits()),
            &asn1::encode(tag::INTEGER, self.certificate.serial()),
        ]);
        let extensions = self.nonce.map(|nonce| {
            let value = asn1::octet_string(&nonce_value(&nonce));
            let extension = asn1::sequence(&[&asn1::oid(&ID_PKIX_OCSP_NONCE), &value]);
            asn1::encode(tag::constructed(2), &asn1::sequence(&[&extension]))
        });
        let list = asn1::sequence(&[&asn1::sequence(&[&identifier])]);
        asn1::sequence(&[&asn1::sequence(&[&list, &extensions.unwrap_or_default()])])
    }

    /// The HTTP request: a GET, which caches can answer, when its URL has at most 255 bytes and there is no nonce; a
    /// POST otherwise (RFC 5019 §5).
    ///
    /// # Errors
    /// The address is not an absolute http or https URL.
    pub fn request<A>(&self, address: A) -> Result<Request, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        self.usual(&address.try_into()?)
    }

    /// The HTTP request as a POST, which every responder takes (RFC 6960 appendix A.1).
    ///
    /// # Errors
    /// The address is not an absolute http or https URL.
    pub fn post<A>(&self, address: A) -> Result<Request, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        Ok(Request::post(address, QUERY, self.to_der())?.with_limits(limits()))
    }

    fn usual(&self, address: &Address) -> Result<Request, AddressError> {
        match self.get_url(address).filter(|_| self.nonce.is_none()) {
            Some(url) => Ok(Request::get(url)?.with_limits(limits())),
            None => self.post(address),
        }
    }

    /// `{url}/{url-encoding of base-64 encoding of the DER encoding of the OCSPRequest}`, if it is short enough.
    fn get_url(&self, address: &Address) -> Option<String> {
        let base = address.to_string();
        // What follows a question mark is no path.
        if base.contains('?') {
            return None;
        }
        let url = format!("{}/{}", base.trim_end_matches('/'), base64_in_url(&self.to_der()));
        (url.len() <= LONGEST_GET).then_some(url)
    }

    /// Reads an HTTP response: the `OCSPResponse` in DER when it speaks of this certificate and, where the question
    /// has a nonce, repeats it.
    ///
    /// # Errors
    /// It is no OCSP answer, or one of another question.
    pub fn accept(&self, response: &Response) -> Result<Vec<u8>, AnswerError> {
        let body = question::content(response, MAX_ANSWER)?;
        let answer = match OcspAnswer::from_der(body) {
            Ok(answer) => answer,
            Err(OcspError::Refused { status }) => return Err(AnswerError::Refused { status }),
            Err(error) => return Err(question::not_recognised(response, "an OCSP answer", error)),
        };
        if answer.speaks_of(&self.certificate, &self.issuer) == SpeaksOf::No {
            return Err(AnswerError::AboutOthers);
        }
        match self.nonce {
            Some(nonce) if answer.nonce() != Some(&nonce_value(&nonce)[..]) => Err(AnswerError::Nonce),
            _ => Ok(body.to_vec()),
        }
    }
}

/// `Nonce ::= OCTET STRING(SIZE(1..128))` (RFC 9654 §2.1).
fn nonce_value(nonce: &[u8]) -> Vec<u8> {
    asn1::octet_string(nonce)
}

fn limits() -> Limits {
    Limits::default().with_max_response(MAX_ANSWER)
}

/// Base64 (RFC 4648 §4) with what has a meaning in URLs percent-encoded.
fn base64_in_url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 16);
    for group in bytes.chunks(3) {
        let octet = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 0x3f;
            match usize::try_from(value).ok().and_then(|value| DIGITS.get(value)) {
                _ if digit > group.len() => text.push_str("%3D"),
                Some(b'+') => text.push_str("%2B"),
                Some(b'/') => text.push_str("%2F"),
                Some(digit) => text.push(char::from(*digit)),
                None => {}
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg%3D%3D"), ("fo", "Zm8%3D"), ("foo", "Zm9v"), ("foob", "Zm9vYg%3D%3D")]
        {
            assert_eq!(base64_in_url(bytes.as_bytes()), text);
        }
        assert_eq!(base64_in_url(&[0xfb, 0xef, 0xff]), "%2B%2B%2F%2F");
    }
}
