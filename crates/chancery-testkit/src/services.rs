//! The services of a PKI: what they answer to a request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_certificate::{Certificate, asn1};
use chancery_cms::SignedMessage;
use chancery_http::http::{HeaderMap, Method};
use chancery_http::{Answer, AsyncTransport, Request, Response, Transport, TransportError};
use chancery_key::KeyKind;
use jiff::{SignedDuration, Timestamp};

use crate::ocsp::{OcspQuestion, refusal};
use crate::timestamp::TimestampService;
use crate::{
    Locations, Misbehaviour, OcspAnswer, Profile, TestAuthority, TestIdentity, encoding, oid, test_key,
};

/// One of the services of a [`TestPki`](crate::TestPki).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TestService {
    /// The timestamp authority.
    Timestamp,
    /// The OCSP responder.
    Ocsp,
    /// The revocation lists.
    Crl,
    /// The certificates of the authorities.
    Certificate,
}

impl TestService {
    fn at(path: &str) -> Option<Self> {
        match path {
            "/tsa" => Some(Self::Timestamp),
            "/ocsp" => Some(Self::Ocsp),
            _ if path.starts_with("/ocsp/") => Some(Self::Ocsp),
            _ if path.ends_with(".crl") => Some(Self::Crl),
            _ if CertificateForm::at(path).is_some() => Some(Self::Certificate),
            _ => None,
        }
    }

    /// RFC 3161 §3.4, RFC 6960 appendix A, RFC 2585 §4.
    fn content_type(self) -> &'static str {
        match self {
            Self::Timestamp => "application/timestamp-reply",
            Self::Ocsp => "application/ocsp-response",
            Self::Crl => "application/pkix-crl",
            Self::Certificate => "application/pkix-cert",
        }
    }

    /// RFC 6960 appendix A.1 has GET and POST for OCSP.
    fn takes(self, method: &Method) -> bool {
        match self {
            Self::Timestamp => *method == Method::POST,
            Self::Ocsp => *method == Method::POST || *method == Method::GET,
            Self::Crl | Self::Certificate => *method == Method::GET,
        }
    }
}

/// How a certificate is served, by the end of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CertificateForm {
    /// `.cer`: one certificate in DER.
    Der,
    /// `.pem`: the same as text.
    Pem,
    /// `.p7c`: a CMS message with the certificates of all authorities (RFC 5280 §4.2.2.1).
    Message,
}

impl CertificateForm {
    fn at(path: &str) -> Option<Self> {
        match path.rsplit('.').next() {
            Some("cer") => Some(Self::Der),
            Some("pem") => Some(Self::Pem),
            Some("p7c") => Some(Self::Message),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) root: TestAuthority,
    pub(crate) issuing: TestAuthority,
    pub(crate) responder: TestIdentity,
    pub(crate) timestamp_authority: TestIdentity,
    /// What a PKI that lasts has beside these.
    lasting: Option<Lasting>,
    /// The beginning of all URLs.
    pub(crate) base: String,
    now: Mutex<Timestamp>,
    misbehaviours: Mutex<HashMap<TestService, Misbehaviour>>,
}

/// The authority that certifies the timestamp authority, and who answers for it.
#[derive(Debug)]
struct Lasting {
    stamping: TestAuthority,
    responder: TestIdentity,
}

impl Services {
    /// As [`Services::new`], for decades.
    pub(crate) fn lasting(now: Timestamp, base: String) -> Self {
        let kind = KeyKind::P256;
        let (begin, years) = (now - A_DAY, |count: i32| now + A_YEAR * count);
        let profile = Profile::authority("Test Root", kind).valid(begin, years(30));
        let root = TestAuthority::root(profile, now, Locations::under(&base, "root"));
        let below = |common_name, name| {
            let profile = Profile::authority(common_name, kind).path_length(0).valid(begin, years(20));
            // The root has a list, and no responder.
            let profile = profile.without_extension(oid::AUTHORITY_INFORMATION_ACCESS);
            root.subordinate(profile, Locations::under(&base, name))
        };
        let issuing = below("Test Issuing Authority", "issuing");
        let stamping = below("Test Stamping Authority", "stamping");
        let stamps = Profile::timestamp_authority("Test Timestamp Authority", kind);
        let timestamp_authority = stamping.issue(stamps.valid(begin, years(15)));
        let responder = issuing.issue(Profile::ocsp_responder("Test OCSP Responder", kind));
        let answers = Profile::ocsp_responder("Test OCSP Responder for Stamps", kind);
        let lasting = Lasting { responder: stamping.issue(answers.valid(begin, years(15))), stamping };
        let (now, misbehaviours) = (Mutex::new(now), Mutex::default());
        Self {
            root,
            issuing,
            responder,
            timestamp_authority,
            lasting: Some(lasting),
            base,
            now,
            misbehaviours,
        }
    }

    /// All services have keys of this kind, each its own.
    pub(crate) fn new(now: Timestamp, base: String, kind: KeyKind) -> Self {
        let root_profile = Profile::authority("Test Root", kind).with_key(&test_key(kind, 0));
        let root = TestAuthority::root(root_profile, now, Locations::under(&base, "root"));
        let issuing_profile = Profile::authority("Test Issuing Authority", kind).path_length(0);
        let issuing_profile = issuing_profile.with_key(&test_key(kind, 1));
        let issuing = root.subordinate(issuing_profile, Locations::under(&base, "issuing"));
        let responder_profile = Profile::ocsp_responder("Test OCSP Responder", kind);
        let responder = issuing.issue(responder_profile.with_key(&test_key(kind, 2)));
        let timestamp_profile = Profile::timestamp_authority("Test Timestamp Authority", kind);
        let timestamp_authority = issuing.issue(timestamp_profile.with_key(&test_key(kind, 3)));
        let (now, misbehaviours) = (Mutex::new(now), Mutex::default());
        Self { root, issuing, responder, timestamp_authority, lasting: None, base, now, misbehaviours }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *held(&self.now)
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        *held(&self.now) = now;
    }

    pub(crate) fn misbehave(&self, service: TestService, misbehaviour: Misbehaviour) {
        held(&self.misbehaviours).insert(service, misbehaviour);
    }

    pub(crate) fn behave(&self) {
        held(&self.misbehaviours).clear();
    }

    /// The authority that issued the certificate.
    pub(crate) fn issuer_of(&self, certificate: &Certificate) -> &TestAuthority {
        self.authorities()
            .into_iter()
            .find(|authority| authority.certificate().subject() == certificate.issuer())
            .unwrap_or_else(|| panic!("{} is of another PKI", certificate.display_name()))
    }

    pub(crate) fn ocsp(&self, certificate: &Certificate) -> Vec<u8> {
        let authority = self.issuer_of(certificate);
        self.delegated(OcspAnswer::about(certificate, authority, self.now())).sign()
    }

    pub(crate) fn crl(&self, authority: &TestAuthority) -> Vec<u8> {
        let now = self.now();
        authority.crl(now, now + SignedDuration::from_hours(7 * 24))
    }

    fn authorities(&self) -> Vec<&TestAuthority> {
        let stamping = self.lasting.iter().map(|lasting| &lasting.stamping);
        [&self.issuing, &self.root].into_iter().chain(stamping).collect()
    }

    /// The answers of other authorities are signed by their delegates, the root's by the root.
    fn delegated<'a>(&'a self, answer: OcspAnswer<'a>) -> OcspAnswer<'a> {
        let authority = answer.authority();
        let delegate = match &self.lasting {
            _ if std::ptr::eq(authority, &self.issuing) => Some(&self.responder),
            Some(lasting) if std::ptr::eq(authority, &lasting.stamping) => Some(&lasting.responder),
            _ => None,
        };
        match delegate {
            Some(delegate) => answer.delegated(delegate),
            None => answer,
        }
    }

    pub(crate) fn timestamp_service(&self) -> TimestampService {
        TimestampService::new(self.timestamp_authority.signer())
    }

    fn answer_ocsp(&self, request: &Request, misbehaviour: Option<Misbehaviour>) -> Vec<u8> {
        let in_url = request.address().uri().path().strip_prefix("/ocsp/").and_then(base64_of_url);
        let question = OcspQuestion::from_der(in_url.as_deref().unwrap_or_else(|| request.body()));
        let Ok(question) = question else { return refusal(MALFORMED_REQUEST) };
        let answer = question.answer(self.authorities(), self.now()).map(|answer| self.delegated(answer));
        match (answer, misbehaviour) {
            (_, Some(Misbehaviour::Reject)) => refusal(TRY_LATER),
            (None, _) => refusal(UNAUTHORIZED),
            (Some(answer), Some(Misbehaviour::WrongNonce)) => {
                answer.nonce(asn1::octet_string(&[0; 16])).sign()
            }
            (Some(answer), Some(Misbehaviour::WrongSubject)) => answer.with_serial(&[1]).sign(),
            (Some(answer), Some(Misbehaviour::Stale)) => {
                let then = self.now() - A_YEAR;
                answer.produced_at(then).current(then, Some(then + A_DAY)).sign()
            }
            (Some(answer), _) => answer.sign(),
        }
    }

    /// The authority whose file this is: `/root.crl`, `/issuing.cer`.
    fn authority_of(&self, path: &str) -> Option<(&TestAuthority, &TestAuthority)> {
        match path.trim_start_matches('/').split('.').next() {
            Some("root") => Some((&self.root, &self.issuing)),
            Some("issuing") => Some((&self.issuing, &self.root)),
            Some("stamping") => self.lasting.as_ref().map(|lasting| (&lasting.stamping, &self.root)),
            _ => None,
        }
    }

    fn answer_file(
        &self,
        path: &str,
        service: TestService,
        misbehaviour: Option<Misbehaviour>,
    ) -> Option<Response> {
        let (authority, other) = self.authority_of(path)?;
        let authority = match misbehaviour {
            Some(Misbehaviour::Reject) => return None,
            Some(Misbehaviour::WrongSubject) => other,
            _ => authority,
        };
        let list = |from: Timestamp| {
            Response::ok(
                service.content_type(),
                authority.crl(from, from + SignedDuration::from_hours(7 * 24)),
            )
        };
        Some(match (service, misbehaviour) {
            (TestService::Crl, Some(Misbehaviour::Stale)) => list(self.now() - A_YEAR),
            (TestService::Crl, _) => list(self.now()),
            _ => self.serve(authority.certificate(), path),
        })
    }

    fn serve(&self, certificate: &Certificate, path: &str) -> Response {
        match CertificateForm::at(path) {
            Some(CertificateForm::Pem) => {
                let text = encoding::pem("CERTIFICATE", certificate.to_der());
                Response::ok("application/x-pem-file", text.into_bytes())
            }
            Some(CertificateForm::Message) => {
                let all = self.authorities().into_iter().map(|authority| authority.certificate().clone());
                let all: Vec<_> = all.collect();
                let message = SignedMessage::without_signers(&all, &[] as &[Vec<u8>], &[]);
                let message = message.expect("certificates of our own");
                Response::ok("application/pkcs7-mime", message.into_bytes())
            }
            _ => Response::ok(TestService::Certificate.content_type(), certificate.to_der().to_vec()),
        }
    }
}

impl Transport for Services {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let path = request.address().uri().path();
        let Some(service) = TestService::at(path) else { return Ok(not_found()) };
        let misbehaviour = held(&self.misbehaviours).get(&service).copied();
        if let Some(answer) = misbehaviour.and_then(|bad| bad.answer(request, service.content_type())) {
            return answer;
        }
        Ok(match service {
            _ if !service.takes(request.method()) => Response::new(405, HeaderMap::new(), Vec::new()),
            TestService::Ocsp => {
                Response::ok(service.content_type(), self.answer_ocsp(request, misbehaviour))
            }
            TestService::Timestamp => {
                let answer = self.timestamp_service().answer(request.body(), misbehaviour, self.now());
                Response::ok(service.content_type(), answer)
            }
            TestService::Crl | TestService::Certificate => {
                self.answer_file(path, service, misbehaviour).unwrap_or_else(not_found)
            }
        })
    }
}

/// Tests need no runtime: the answer is there when it is asked for.
impl AsyncTransport for Services {
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        let answer = Transport::send(self, request);
        Box::pin(std::future::ready(answer))
    }
}

const A_DAY: SignedDuration = SignedDuration::from_hours(24);
const A_YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The octets of base64 (RFC 4648 §4) in a path, where `+`, `/` and `=` may be percent-encoded.
fn base64_of_url(text: &str) -> Option<Vec<u8>> {
    let text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let (mut octets, mut pending, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        pending = (pending << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            octets.push((pending >> bits).to_be_bytes()[3]);
        }
    }
    Some(octets)
}

fn not_found() -> Response {
    Response::new(404, HeaderMap::new(), Vec::new())
}

/// Values of OCSPResponseStatus (RFC 6960 §4.2.1).
const MALFORMED_REQUEST: u8 = 1;
const TRY_LATER: u8 = 3;
const UNAUTHORIZED: u8 = 6;

/// A test that failed while it held the lock left a whole value.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
