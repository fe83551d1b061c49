//! A whole small PKI.

use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_digest::Digest;
use chancery_http::{Answer, AsyncTransport, Request, Response, Transport, TransportError};
use chancery_key::{KeyKind, SoftwareSigner};
use jiff::Timestamp;

use crate::services::{Services, TestService};
use crate::{
    LoopbackServer, Misbehaviour, Profile, Revocation, RevocationReason, TestAuthority, TestIdentity,
    encoding, server,
};

/// A root, an issuing authority, an OCSP responder and a timestamp authority, and their services.
///
/// The PKI is itself a [`Transport`]: it answers at the URLs that its certificates name, in process, without a socket.
/// [`TestPki::on_loopback`] answers on a port of this machine as well. Certificates of the authorities are at the URLs
/// that others name (`/root.cer`, `/issuing.cer`), as text where these end in `.pem`, and all together as a CMS message
/// where they end in `.p7c`; the OCSP responder takes GET and POST.
///
/// ```
/// use chancery_http::{Request, Transport};
/// use chancery_key::KeyKind;
/// use chancery_testkit::{Profile, RevocationReason, TestPki};
///
/// let now = "2026-11-21T12:00:00Z".parse()?;
/// let pki = TestPki::at(now);
/// let bob = pki.issue(Profile::signer("Bob", KeyKind::Ed25519));
/// pki.revoke(bob.certificate(), now, RevocationReason::KeyCompromise);
///
/// let points = bob.certificate().crl_distribution_points()?.expect("authorities add them");
/// let list = pki.send(&Request::get(&pki.issuing().locations().crl)?)?;
/// assert_eq!(list.content_type(), Some("application/pkix-crl"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TestPki {
    services: Arc<Services>,
    server: Option<LoopbackServer>,
}

impl TestPki {
    /// A new PKI whose present is `now`. Its services are at `http://pki.test`, which exists in process only.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self::with_keys(now, KeyKind::P256)
    }

    /// The same with keys of this kind for authorities and services, each its own. [`TestPki::at`] takes P-256.
    ///
    /// # Panics
    ///
    /// If the system has no randomness, or the kind of key cannot be made.
    #[must_use]
    pub fn with_keys(now: Timestamp, kind: KeyKind) -> Self {
        let base = "http://pki.test".to_owned();
        Self { services: Arc::new(Services::new(now, base, kind)), server: None }
    }

    /// A PKI for what is to be judged decades later: the root lasts thirty years, the authorities below it twenty, the
    /// timestamp authority fifteen. As outside of tests, the timestamp authority is certified by an authority of its
    /// own, with a list (`/stamping.crl`) and an OCSP responder; and of the root there is only the list.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    #[must_use]
    pub fn lasting(now: Timestamp) -> Self {
        let base = "http://pki.test".to_owned();
        Self { services: Arc::new(Services::lasting(now, base)), server: None }
    }

    /// A new PKI whose services also answer on a port of this machine, where its certificates say they are.
    ///
    /// # Panics
    ///
    /// If the system has no randomness, or no free port on loopback.
    #[must_use]
    pub fn on_loopback(now: Timestamp) -> Self {
        let listener = server::bound();
        let base = format!("http://{}", server::address_of(&listener));
        let services = Arc::new(Services::new(now, base, KeyKind::P256));
        let server = Some(LoopbackServer::on(listener, services.clone()));
        Self { services, server }
    }

    /// Somebody who signs documents: a new key and its certificate from the issuing authority.
    #[must_use]
    pub fn signer(&self, common_name: &str, kind: KeyKind) -> SoftwareSigner {
        self.issue(Profile::signer(common_name, kind)).signer()
    }

    /// A certificate from the issuing authority.
    ///
    /// # Panics
    ///
    /// As [`TestAuthority::issue`].
    #[must_use]
    pub fn issue(&self, profile: Profile) -> TestIdentity {
        self.services.issuing.issue(profile)
    }

    /// The root authority.
    #[must_use]
    pub fn root_authority(&self) -> &TestAuthority {
        &self.services.root
    }

    /// The authority that issues certificates to people and services; certified by the root.
    #[must_use]
    pub fn issuing(&self) -> &TestAuthority {
        &self.services.issuing
    }

    /// The certificate of the root: the trust anchor.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        self.services.root.certificate()
    }

    /// The certificate of the issuing authority.
    #[must_use]
    pub fn intermediate(&self) -> &Certificate {
        self.services.issuing.certificate()
    }

    /// The trust anchors as PEM text: the root.
    #[must_use]
    pub fn anchors_pem(&self) -> String {
        encoding::pem("CERTIFICATE", self.root().to_der())
    }

    /// The key of the timestamp authority, with its chain.
    #[must_use]
    pub fn tsa(&self) -> SoftwareSigner {
        self.services.timestamp_authority.signer()
    }

    /// The certificate of the timestamp authority with its key.
    #[must_use]
    pub fn timestamp_authority(&self) -> &TestIdentity {
        &self.services.timestamp_authority
    }

    /// The OCSP responder to which the issuing authority delegates. (The root answers for itself.)
    #[must_use]
    pub fn ocsp_responder(&self) -> &TestIdentity {
        &self.services.responder
    }

    /// Where the timestamp authority answers.
    #[must_use]
    pub fn tsa_url(&self) -> String {
        format!("{}/tsa", self.services.base)
    }

    /// Where the OCSP responder answers.
    #[must_use]
    pub fn ocsp_url(&self) -> String {
        format!("{}/ocsp", self.services.base)
    }

    /// The beginning of all URLs of this PKI, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.services.base
    }

    /// The server, if there is one.
    #[must_use]
    pub fn server(&self) -> Option<&LoopbackServer> {
        self.server.as_ref()
    }

    /// Revokes a certificate of either authority: lists and answers made from now on say so.
    ///
    /// # Panics
    ///
    /// If neither authority of this PKI issued it.
    pub fn revoke(&self, certificate: &Certificate, at: Timestamp, reason: RevocationReason) {
        self.services.issuer_of(certificate).revoke(certificate, Revocation::new(at, reason));
    }

    /// The complete revocation list of the issuing authority: as of now, the next due in a week.
    #[must_use]
    pub fn crl(&self) -> Vec<u8> {
        self.services.crl(&self.services.issuing)
    }

    /// The lists of both authorities, root first: what one needs to judge a chain of this PKI.
    #[must_use]
    pub fn crls(&self) -> Vec<Vec<u8>> {
        vec![self.services.crl(&self.services.root), self.crl()]
    }

    /// What the OCSP responder says of a certificate as of now.
    ///
    /// # Panics
    ///
    /// If neither authority of this PKI issued it.
    #[must_use]
    pub fn ocsp(&self, certificate: &Certificate) -> Vec<u8> {
        self.services.ocsp(certificate)
    }

    /// A timestamp token of the timestamp authority over this digest, as of now: what a client gets when all goes well.
    ///
    /// For odd tokens, `chancery_timestamp::respond::Responder` with [`TestPki::tsa`] signs whatever it is told.
    #[must_use]
    pub fn timestamp_token(&self, digest: &Digest) -> Vec<u8> {
        self.services.timestamp_service().token(digest, self.now())
    }

    /// The present of the PKI: the time of its lists, answers and timestamps.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.services.now()
    }

    /// Lets the present be another time.
    pub fn set_now(&self, now: Timestamp) {
        self.services.set_now(now);
    }

    /// From now on this service misbehaves.
    pub fn misbehave(&self, service: TestService, misbehaviour: Misbehaviour) {
        self.services.misbehave(service, misbehaviour);
    }

    /// From now on all services behave.
    pub fn behave(&self) {
        self.services.behave();
    }
}

impl Transport for TestPki {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        Transport::send(&*self.services, request)
    }
}

impl AsyncTransport for TestPki {
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        AsyncTransport::send(&*self.services, request)
    }
}
