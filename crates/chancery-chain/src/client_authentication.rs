//! Who may enter: clients that prove themselves with a certificate.

mod allowed;
mod authenticated;
mod error;
mod hash;
mod hash_error;
mod policy;
#[cfg(feature = "rustls")]
mod rustls_verifier;

pub use allowed::AllowedClients;
pub use authenticated::{AuthenticatedClient, ListedBy};
pub use error::ClientRefused;
pub use hash::{CertificateFingerprint, KeyHash};
pub use hash_error::HashTextError;
pub use policy::ClientAuthentication;
#[cfg(feature = "rustls")]
pub use rustls_verifier::RustlsClientVerifier;
