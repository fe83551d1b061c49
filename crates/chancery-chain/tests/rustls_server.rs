//! Clients at the door of a rustls server: whole handshakes, in memory.

#![cfg(feature = "rustls")]
// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use chancery_certificate::Certificate;
use chancery_chain::{
    AllowedClients, AnchorConstraints, ClientAuthentication, ClientRefused, Evidence, Purpose,
    RevocationPolicy, RustlsClientVerifier, TrustAnchor, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, RevocationReason, TestIdentity, TestPki, oid};
use jiff::{Timestamp, ToSpan};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, Error, HandshakeKind, RootCertStore,
    ServerConfig, ServerConnection, SignatureScheme, SupportedProtocolVersion,
};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The clock of both sides.
#[derive(Debug)]
struct Fixed;

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn key(identity: &TestIdentity) -> PrivateKeyDer<'static> {
    use rustls::pki_types::pem::PemObject;
    PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes()).unwrap()
}

fn ders(chain: &[Certificate]) -> Vec<CertificateDer<'static>> {
    chain.iter().map(|certificate| CertificateDer::from(certificate.to_der().to_vec())).collect()
}

/// Sends this, whether or not the key belongs to it.
#[derive(Debug)]
struct Sends {
    identity: Option<Arc<CertifiedKey>>,
    hints: Mutex<Vec<Vec<u8>>>,
}

impl ResolvesClientCert for Sends {
    fn resolve(&self, hints: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        *self.hints.lock().unwrap() = hints.iter().map(|hint| hint.to_vec()).collect();
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn sends(chain: &[Certificate], key_of: &TestIdentity) -> Sends {
    let key = provider().key_provider.load_private_key(key(key_of)).unwrap();
    let identity = Some(Arc::new(CertifiedKey::new(ders(chain), key)));
    Sends { identity, hints: Mutex::default() }
}

/// A PKI with a host that asks its clients for certificates.
struct Door {
    pki: TestPki,
    host: TestIdentity,
    version: &'static SupportedProtocolVersion,
    told: Arc<Mutex<Vec<ClientRefused>>>,
}

/// What both sides heard in the end.
type Heard = (Result<ServerConnection, Error>, Result<ClientConnection, Error>);

impl Door {
    fn new(version: &'static SupportedProtocolVersion) -> Self {
        let pki = TestPki::at(now());
        let host = pki.issue(Profile::tls_server("host.test", KeyKind::P256));
        Self { pki, host, version, told: Arc::default() }
    }

    fn policy(&self, clients: AllowedClients) -> ClientAuthentication {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        let evidence = self.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
        ClientAuthentication::new(anchors, clients, RevocationPolicy::Require).evidence(evidence)
    }

    fn server(&self, policy: ClientAuthentication) -> ServerConfig {
        let told = Arc::clone(&self.told);
        let verifier = RustlsClientVerifier::new(policy, &provider())
            .on_refusal(move |refused| told.lock().unwrap().push(refused.clone()));
        ServerConfig::builder_with_details(provider(), Arc::new(Fixed))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(ders(self.host.chain()), key(&self.host))
            .unwrap()
    }

    fn client(&self, sends: Arc<Sends>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.pki.root().to_der().to_vec())).unwrap();
        ClientConfig::builder_with_details(provider(), Arc::new(Fixed))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(sends)
    }

    fn knock(&self, policy: ClientAuthentication, identity: &TestIdentity) -> Heard {
        let client = self.client(Arc::new(sends(identity.chain(), identity)));
        shake_hands(&Arc::new(self.server(policy)), &Arc::new(client))
    }

    /// Refused with this error, of which the client hears this, and the log the whole reason.
    fn refuses(
        &self,
        policy: ClientAuthentication,
        identity: &TestIdentity,
        error: CertificateError,
        alert: AlertDescription,
    ) {
        self.told.lock().unwrap().clear();
        let (server, client) = self.knock(policy, identity);
        assert_eq!(server.unwrap_err(), Error::InvalidCertificate(error));
        assert_eq!(client.unwrap_err(), Error::AlertReceived(alert));
        assert_eq!(self.told.lock().unwrap().len(), 1);
    }
}

fn shake_hands(server: &Arc<ServerConfig>, client: &Arc<ClientConfig>) -> Heard {
    let name = ServerName::try_from("host.test").unwrap();
    let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
    let mut client = ClientConnection::new(Arc::clone(client), name).unwrap();
    let (mut heard_by_server, mut heard_by_client) = (Ok(()), Ok(()));
    for _ in 0..10 {
        let mut sent = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut sent).unwrap();
        }
        let mut sent = sent.as_slice();
        while !sent.is_empty() && heard_by_server.is_ok() {
            server.read_tls(&mut sent).unwrap();
            heard_by_server = server.process_new_packets().map(drop);
        }
        let mut answer = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut answer).unwrap();
        }
        let mut answer = answer.as_slice();
        while !answer.is_empty() && heard_by_client.is_ok() {
            client.read_tls(&mut answer).unwrap();
            heard_by_client = client.process_new_packets().map(drop);
        }
    }
    let finished = heard_by_server.map(|()| assert!(!server.is_handshaking()));
    (finished.map(|()| server), heard_by_client.map(|()| client))
}

fn client(name: &str) -> Profile {
    Profile::tls_client(name, KeyKind::P256)
}

fn listing(identity: &TestIdentity) -> AllowedClients {
    AllowedClients::none().allow_key_of(identity.certificate())
}

fn in_both_versions(test: impl Fn(&Door)) {
    test(&Door::new(&rustls::version::TLS12));
    test(&Door::new(&rustls::version::TLS13));
}

#[test]
fn a_listed_client_enters() {
    in_both_versions(|door| {
        let alice = door.pki.issue(client("Alice"));
        let policy = door.policy(listing(&alice));
        let (server, client) = door.knock(policy.clone(), &alice);
        assert!(client.is_ok());
        // What an application asks before it serves.
        let server = server.unwrap();
        let entered = policy.authenticate(server.peer_certificates().unwrap(), now()).unwrap();
        assert_eq!(entered.certificate(), alice.certificate());
        assert!(door.told.lock().unwrap().is_empty());
    });
}

#[test]
fn everybody_else_hears_why_not() {
    in_both_versions(|door| {
        let alice = door.pki.issue(client("Alice"));
        let again = |profile: Profile| door.pki.issue(profile.with_key(alice.key()));
        let policy = || door.policy(listing(&alice));
        let eve = door.pki.issue(client("Alice"));
        door.refuses(
            policy(),
            &eve,
            CertificateError::ApplicationVerificationFailure,
            AlertDescription::AccessDenied,
        );
        let refused = door.told.lock().unwrap().remove(0);
        assert!(matches!(refused, ClientRefused::Unlisted { .. }), "{refused}");
        let expired = again(client("Alice").valid(now() - 48.hours(), now() - 1.second()));
        door.refuses(policy(), &expired, CertificateError::Expired, AlertDescription::CertificateExpired);
        let early = again(client("Alice").valid(now() + 1.hour(), now() + 48.hours()));
        door.refuses(policy(), &early, CertificateError::NotValidYet, AlertDescription::CertificateExpired);
        let server = again(client("Alice").extended_key_usage(&[oid::SERVER_AUTHENTICATION]));
        let alert = AlertDescription::UnsupportedCertificate;
        door.refuses(policy(), &server, CertificateError::InvalidPurpose, alert);
        let strange = again(client("Alice").unknown_critical_extension());
        let error = CertificateError::UnhandledCriticalExtension;
        door.refuses(policy(), &strange, error, AlertDescription::BadCertificate);
        let forged = again(client("Alice").with_damaged_signature());
        door.refuses(policy(), &forged, CertificateError::BadSignature, AlertDescription::DecryptError);
        let other = Locations::under("http://pki.test", "stranger");
        let stranger = chancery_testkit::TestAuthority::root(
            Profile::authority("Stranger", KeyKind::P256),
            now(),
            other,
        );
        let foreign = stranger.issue(client("Alice").with_key(alice.key()));
        door.refuses(policy(), &foreign, CertificateError::UnknownIssuer, AlertDescription::UnknownCA);
        let unknown = door.policy(listing(&alice)).evidence(Evidence::new());
        let error = CertificateError::UnknownRevocationStatus;
        door.refuses(unknown, &alice, error, AlertDescription::UnknownCA);
        let revoked = again(client("Alice"));
        door.pki.revoke(revoked.certificate(), now() - 1.hour(), RevocationReason::KeyCompromise);
        door.refuses(policy(), &revoked, CertificateError::Revoked, AlertDescription::CertificateRevoked);
        let anchor = TrustAnchor::new(door.pki.root().clone());
        let mail = anchor.constrained(AnchorConstraints::new().only_for([Purpose::Email]));
        let mail = ClientAuthentication::new(
            TrustAnchors::new([mail]),
            listing(&alice),
            RevocationPolicy::NotChecked,
        );
        let (server, client) = door.knock(mail, &alice);
        let error = server.unwrap_err();
        assert!(matches!(error, Error::InvalidCertificate(CertificateError::Other(_))), "{error}");
        assert_eq!(client.unwrap_err(), Error::AlertReceived(AlertDescription::CertificateUnknown));
    });
}

#[test]
fn a_certificate_without_its_key_opens_nothing() {
    in_both_versions(|door| {
        let (alice, eve) = (door.pki.issue(client("Alice")), door.pki.issue(client("Eve")));
        // Certificates are public: Eve sends Alice's, and signs with her own key.
        let config = door.client(Arc::new(sends(alice.chain(), &eve)));
        let server = door.server(door.policy(listing(&alice)));
        let (server, client) = shake_hands(&Arc::new(server), &Arc::new(config));
        assert_eq!(server.unwrap_err(), Error::InvalidCertificate(CertificateError::BadSignature));
        assert_eq!(client.unwrap_err(), Error::AlertReceived(AlertDescription::DecryptError));
        // And nobody enters without any.
        let nothing = Sends { identity: None, hints: Mutex::default() };
        let config = door.client(Arc::new(nothing));
        let server = door.server(door.policy(listing(&alice)));
        let (server, _) = shake_hands(&Arc::new(server), &Arc::new(config));
        assert_eq!(server.unwrap_err(), Error::NoCertificatesPresented);
    });
}

#[test]
fn the_anchors_are_hinted_at() {
    in_both_versions(|door| {
        let alice = door.pki.issue(client("Alice"));
        let sends = Arc::new(sends(alice.chain(), &alice));
        let config = door.client(Arc::clone(&sends));
        let server = door.server(door.policy(listing(&alice)));
        assert!(shake_hands(&Arc::new(server), &Arc::new(config)).0.is_ok());
        assert_eq!(*sends.hints.lock().unwrap(), [door.pki.root().subject().to_der()]);
    });
    let door = Door::new(&rustls::version::TLS13);
    let anchor = |name: &str| {
        let locations = Locations::under("http://pki.test", "many");
        let root = Profile::authority(name, KeyKind::P256);
        TrustAnchor::new(chancery_testkit::TestAuthority::root(root, now(), locations).certificate().clone())
    };
    let hints = |anchors: Vec<TrustAnchor>| {
        let anchors = TrustAnchors::new(anchors);
        let policy = ClientAuthentication::new(anchors, AllowedClients::none(), RevocationPolicy::NotChecked);
        RustlsClientVerifier::new(policy, &provider()).root_hint_subjects().len()
    };
    // Once for each name, and not for anchors that vouch for other things.
    let mail = AnchorConstraints::new().only_for([Purpose::Email]);
    let root = TrustAnchor::new(door.pki.root().clone());
    assert_eq!(
        hints(vec![root.clone(), root.clone().with_scope(chancery_chain::AnchorScope::NameAndKey)]),
        1
    );
    assert_eq!(hints(vec![root.clone(), anchor("Mail").constrained(mail)]), 1);
    // More than TLS can send: none, so that clients offer what they have.
    let long = |number: usize| anchor(&format!("{number:05}{}", "x".repeat(1_500)));
    assert_eq!(hints((0..40).map(long).collect()), 40);
    assert_eq!(hints((0..45).map(long).collect()), 0);
}

#[test]
fn a_resumed_session_is_not_verified_again_unless_resumption_is_off() {
    let door = Door::new(&rustls::version::TLS13);
    let alice = door.pki.issue(client("Alice"));
    let policy = door.policy(listing(&alice));
    let visit = |server: &Arc<ServerConfig>, client: &Arc<ClientConfig>| {
        let (server, _) = shake_hands(server, client);
        let server = server.unwrap();
        (server.handshake_kind().unwrap(), server.peer_certificates().unwrap().to_vec())
    };
    let client = Arc::new(door.client(Arc::new(sends(alice.chain(), &alice))));
    let resuming = Arc::new(door.server(policy.clone()));
    assert_eq!(visit(&resuming, &client).0, HandshakeKind::Full);
    let (kind, sent) = visit(&resuming, &client);
    assert_eq!(kind, HandshakeKind::Resumed);
    // What rustls does not ask, the application can: the session keeps what the client had sent.
    assert!(policy.authenticate(&sent, now()).is_ok());
    let later = policy.authenticate(&sent, now() + (24 * 365 * 5).hours());
    assert!(matches!(later, Err(ClientRefused::Chain(_))));
    let mut config = door.server(policy);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    let strict = Arc::new(config);
    let client = Arc::new(door.client(Arc::new(sends(alice.chain(), &alice))));
    for _ in 0..3 {
        assert_eq!(visit(&strict, &client).0, HandshakeKind::Full);
    }
}
