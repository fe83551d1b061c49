//! The policy in a rustls server.

use std::fmt;
use std::sync::Arc;

use ::rustls::client::danger::HandshakeSignatureValid;
use ::rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use ::rustls::pki_types::{CertificateDer, UnixTime};
use ::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use ::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};
use chancery_certificate::Name;
use jiff::Timestamp;

use super::error::ClientRefused;
use super::policy::ClientAuthentication;
use crate::anchor::TrustAnchors;
use crate::path::fault::{ChainFault, FaultGroup};
use crate::rules::purpose::Purpose;

/// The names of acceptable authorities that TLS can send: a list of at most 65,535 bytes, each with its length before
/// it (RFC 8446 §4.2.4).
const LONGEST_HINTS: usize = 65_535;

/// Lets a rustls server authenticate its clients by a [`ClientAuthentication`]. A client without a certificate is
/// refused.
///
/// ```
/// # use std::sync::Arc;
/// # use chancery_chain::{ClientAuthentication, RustlsClientVerifier};
/// # use rustls::pki_types::{CertificateDer, PrivateKeyDer};
/// # fn example(
/// #     policy: ClientAuthentication,
/// #     provider: Arc<rustls::crypto::CryptoProvider>,
/// #     chain: Vec<CertificateDer<'static>>,
/// #     key: PrivateKeyDer<'static>,
/// # ) -> Result<(), rustls::Error> {
/// let verifier = RustlsClientVerifier::new(policy, &provider)
///     .on_refusal(|refused| eprintln!("a client was refused: {refused}"));
/// let mut config = rustls::ServerConfig::builder_with_provider(provider)
///     .with_safe_default_protocol_versions()?
///     .with_client_cert_verifier(Arc::new(verifier))
///     .with_single_cert(chain, key)?;
/// // See below: or else a client that was admitted once comes back unasked.
/// config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
/// # Ok(())
/// # }
/// ```
///
/// # Resumed sessions are not verified again
///
/// A client that was admitted may resume its session, with tickets or from the server's storage, and rustls then asks
/// nobody: not the list, not revocation, not the clock. Switch resumption off as above (and leave
/// `ServerConfig::ticketer` as it is, or set `send_tls13_tickets` to 0 besides), or call
/// [`ClientAuthentication::authenticate`] with the connection's `peer_certificates()` for every connection: rustls
/// keeps them with the session. That call also gives the [`AuthenticatedClient`](super::AuthenticatedClient) that an
/// application should ask for before it serves anybody.
///
/// # What the client hears
///
/// | refused because | alert |
/// |---|---|
/// | not on the list, or of another issuer | `access_denied` |
/// | expired, or not yet valid | `certificate_expired` |
/// | revoked | `certificate_revoked` |
/// | no path to an anchor, or revocation is not known | `unknown_ca` |
/// | not for client authentication | `unsupported_certificate` |
/// | unreadable, or an unknown critical extension | `bad_certificate` |
/// | a signature in the path does not verify | `decrypt_error` |
/// | anything else | `certificate_unknown` |
///
/// The whole reason goes to [`on_refusal`](Self::on_refusal).
#[derive(Clone)]
pub struct RustlsClientVerifier {
    policy: ClientAuthentication,
    algorithms: WebPkiSupportedAlgorithms,
    hints: Vec<DistinguishedName>,
    refused: Option<Arc<Log>>,
}

/// Is told why a client was refused.
type Log = dyn Fn(&ClientRefused) + Send + Sync;

impl RustlsClientVerifier {
    /// A verifier by this policy. The provider verifies the signatures of the handshake, those of certificates and
    /// evidence are verified by this crate; the moment is the one that rustls says.
    pub fn new(policy: ClientAuthentication, provider: &CryptoProvider) -> Self {
        let hints = hints(policy.anchors());
        Self { policy, algorithms: provider.signature_verification_algorithms, hints, refused: None }
    }

    /// Tells this function why a client was refused, for the log of the server. It is called during the handshake and
    /// should not wait for anything. Text of certificates in the reason is escaped.
    #[must_use]
    pub fn on_refusal(self, tell: impl Fn(&ClientRefused) + Send + Sync + 'static) -> Self {
        Self { refused: Some(Arc::new(tell)), ..self }
    }

    /// The policy.
    pub fn policy(&self) -> &ClientAuthentication {
        &self.policy
    }
}

impl fmt::Debug for RustlsClientVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RustlsClientVerifier").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl ClientCertVerifier for RustlsClientVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let seconds = i64::try_from(now.as_secs()).ok();
        let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let at = at.ok_or(Error::FailedToGetCurrentTime)?;
        let chain: Vec<&[u8]> = std::iter::once(end_entity).chain(intermediates).map(AsRef::as_ref).collect();
        match self.policy.authenticate(&chain, at) {
            Ok(_) => Ok(ClientCertVerified::assertion()),
            Err(refused) => {
                if let Some(tell) = &self.refused {
                    tell(&refused);
                }
                Err(Error::InvalidCertificate(as_tls(refused)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The names of the anchors that may vouch for clients, each once. None when TLS cannot send them all: a client then
/// offers what it has, instead of believing that nothing of it will do.
fn hints(anchors: &TrustAnchors) -> Vec<DistinguishedName> {
    let for_clients = anchors.iter().filter(|anchor| {
        anchor.constraints().purposes().is_none_or(|purposes| {
            purposes.contains(&Purpose::ClientAuthentication) || purposes.contains(&Purpose::Any)
        })
    });
    let mut names: Vec<&[u8]> = for_clients
        .map(|anchor| anchor.certificate().subject())
        .filter(|name| !name.is_empty())
        .map(Name::to_der)
        .collect();
    names.sort_unstable();
    names.dedup();
    let length: usize = names.iter().map(|name| name.len() + 2).sum();
    if length > LONGEST_HINTS {
        return Vec::new();
    }
    names.into_iter().map(|name| DistinguishedName::from(name.to_vec())).collect()
}

/// What rustls makes an alert of.
fn as_tls(refused: ClientRefused) -> CertificateError {
    let reason = match &refused {
        ClientRefused::Unlisted { .. } | ClientRefused::Issuer { .. } => {
            return CertificateError::ApplicationVerificationFailure;
        }
        ClientRefused::Malformed { .. } => return CertificateError::BadEncoding,
        ClientRefused::NoCertificate | ClientRefused::TooMany { .. } => return other(refused),
        ClientRefused::Chain(failure) => failure.reason(),
    };
    match reason {
        ChainFault::UnknownCriticalExtension { .. } => CertificateError::UnhandledCriticalExtension,
        ChainFault::Purpose { .. } | ChainFault::KeyUsage { .. } | ChainFault::ExcludedUsage { .. } => {
            CertificateError::InvalidPurpose
        }
        ChainFault::NotYetValid { .. } => CertificateError::NotValidYet,
        ChainFault::Expired { .. } => CertificateError::Expired,
        other_fault => match other_fault.group() {
            FaultGroup::Signature => CertificateError::BadSignature,
            FaultGroup::Malformed => CertificateError::BadEncoding,
            // What is left of OutOfBounds: trust in the anchor has not begun, or has ended.
            FaultGroup::NoChain | FaultGroup::OutOfBounds => CertificateError::UnknownIssuer,
            FaultGroup::Revoked => CertificateError::Revoked,
            FaultGroup::RevocationUnknown | FaultGroup::NoProof => CertificateError::UnknownRevocationStatus,
            FaultGroup::Unsupported
            | FaultGroup::Constraints
            | FaultGroup::Cryptography
            | FaultGroup::Budget => other(refused),
        },
    }
}

fn other(refused: ClientRefused) -> CertificateError {
    CertificateError::Other(OtherError(Arc::new(refused)))
}
