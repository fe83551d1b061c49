//! A TLS server on this machine lets in the clients on its list, and refuses everybody else, whatever their
//! certificates say.
//!
//! `cargo run --release --example require_client_certificate`
//!
//! Needs nothing: the certificates are made here and the server listens on this machine only. Exits with 1 when a
//! client is treated otherwise than it should be.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chancery_certificate::Certificate;
use chancery_chain::{
    AllowedClients, ClientAuthentication, Evidence, KeyHash, RevocationPolicy, RustlsClientVerifier,
    TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, TestIdentity, TestPki, oid};
use jiff::{Timestamp, ToSpan};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

const HOST: &str = "localhost";
/// Nobody here needs longer to answer; a mistake ends the example instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that a refused client may still send.
const LAST_WORDS: u64 = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let now = Timestamp::now();
    let provider = Arc::new(ring::default_provider());

    // An authority that certifies many, of whom the server knows one: by her key, not by her name.
    let pki = TestPki::at(now);
    let warehouse = pki.issue(Profile::tls_client("Warehouse", KeyKind::P256));
    let clients = AllowedClients::none().allow_key(KeyHash::of(warehouse.certificate()));
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let policy = ClientAuthentication::new(
        TrustAnchors::new([pki.root().clone()]),
        clients,
        RevocationPolicy::Require,
    )
    .evidence(evidence);

    let host = pki.issue(Profile::tls_server(HOST, KeyKind::P256));
    let server = Server::start(policy, &host, &provider)?;
    println!(
        "A server listens on {} for the client with the key\n  {}\n",
        server.address,
        KeyHash::of(warehouse.certificate())
    );

    let with_her_key = |profile: Profile| pki.issue(profile.with_key(warehouse.key()));
    let namesake = pki.issue(Profile::tls_client("Warehouse", KeyKind::P256));
    let expired =
        with_her_key(Profile::tls_client("Warehouse", KeyKind::P256).valid(now - 48.hours(), now - 1.hour()));
    let for_servers = with_her_key(
        Profile::tls_client("Warehouse", KeyKind::P256).extended_key_usage(&[oid::SERVER_AUTHENTICATION]),
    );
    let visits = [
        ("the listed client", &warehouse, Expected::Served),
        ("another of the same name, from the same authority", &namesake, Expected::Refused("AccessDenied")),
        ("an expired certificate of the listed key", &expired, Expected::Refused("CertificateExpired")),
        (
            "a certificate of the listed key that is for servers",
            &for_servers,
            Expected::Refused("UnsupportedCertificate"),
        ),
    ];
    for (who, identity, expected) in visits {
        println!("{who}:");
        let heard = visit(server.address, identity, pki.root(), &provider);
        expected.compare(heard)?;
    }
    println!("One client was served, three were refused, each for its own reason.");
    Ok(())
}

/// What should happen to a client.
enum Expected {
    Served,
    /// With this alert.
    Refused(&'static str),
}

impl Expected {
    fn compare(&self, heard: io::Result<String>) -> Result<(), Box<dyn Error>> {
        match (self, heard) {
            (Self::Served, Ok(answer)) if answer == "Welcome, Warehouse." => {
                println!("  it is served: {answer}\n");
                Ok(())
            }
            (Self::Refused(alert), Err(error)) if error.to_string().contains(alert) => {
                println!("  it is refused: {error}\n");
                Ok(())
            }
            (_, Ok(answer)) => Err(format!("it was served, and should not have been: {answer}").into()),
            (_, Err(error)) => Err(format!("this was not expected: {error}").into()),
        }
    }
}

/// A server whose thread ends with the program.
struct Server {
    address: SocketAddr,
}

impl Server {
    fn start(
        policy: ClientAuthentication,
        host: &TestIdentity,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Box<dyn Error>> {
        let verifier = RustlsClientVerifier::new(policy.clone(), provider)
            .on_refusal(|refused| println!("  the server's log: {refused}"));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(ders(host.chain()), private_key(host)?)?;
        // A client that was admitted once shall not come back unasked.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever was refused was told, and is in the log.
                let _ = serve(stream, Arc::clone(&config), &policy);
            }
        });
        Ok(Self { address })
    }
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    policy: &ClientAuthentication,
) -> Result<(), Box<dyn Error>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut connection = StreamOwned::new(ServerConnection::new(config)?, stream);
    while connection.conn.is_handshaking() {
        if let Err(refused) = connection.conn.complete_io(&mut connection.sock) {
            hang_up(connection.sock);
            return Err(refused.into());
        }
    }
    // The application asks who it serves, and gets an answer that only the policy can give.
    let sent = connection.conn.peer_certificates().unwrap_or_default();
    let client = policy.authenticate(sent, Timestamp::now())?;
    write!(connection, "Welcome, {}.", client.certificate().display_name())?;
    connection.conn.send_close_notify();
    connection.flush()?;
    Ok(())
}

/// Reads what the client still says before the line is closed: closing it at once could take back the alert.
fn hang_up(stream: TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = io::copy(&mut stream.take(LAST_WORDS), &mut io::sink());
}

/// What the server answers a client.
fn visit(
    address: SocketAddr,
    identity: &TestIdentity,
    root: &Certificate,
    provider: &Arc<CryptoProvider>,
) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_der())).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_client_auth_cert(ders(identity.chain()), private_key(identity).map_err(io::Error::other)?)
        .map_err(io::Error::other)?;
    let name = ServerName::try_from(HOST).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answer = String::new();
    StreamOwned::new(connection, stream).read_to_string(&mut answer)?;
    Ok(answer)
}

fn ders(chain: &[Certificate]) -> Vec<CertificateDer<'static>> {
    chain.iter().map(|certificate| CertificateDer::from(certificate.to_der().to_vec())).collect()
}

fn private_key(identity: &TestIdentity) -> Result<PrivateKeyDer<'static>, rustls::pki_types::pem::Error> {
    PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes())
}
