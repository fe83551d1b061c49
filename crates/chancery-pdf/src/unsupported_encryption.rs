//! Kinds of encryption that are known and not read.

use std::fmt;

/// How a document is encrypted that this crate does not decrypt. [`fmt::Display`] says what could be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsupportedEncryption {
    /// For the holders of certain keys instead of a password: a public-key security handler (ISO 32000-2, 7.6.5).
    PublicKey,
    /// By another security handler than the standard one, often that of a shop or of a rights management.
    Handler {
        /// `/Filter`, escaped; empty if none is named.
        name: String,
    },
    /// With AES in Galois/Counter Mode (ISO/TS 32003): `/V 6`, `/R 7` or a crypt filter `/AESV4`.
    AesGcm,
    /// By a version of the standard handler that no standard describes, such as the secret `/V 3`, or whose parts do
    /// not belong together.
    Version {
        /// `/V`.
        version: i64,
        /// `/R`.
        revision: i64,
    },
    /// With a key of a length that the standard does not allow.
    KeyLength {
        /// `/Length`, if it is a number.
        bits: Option<i64>,
    },
    /// By a crypt filter that the document does not define.
    FilterMissing {
        /// Its name, escaped.
        name: String,
    },
    /// By a crypt filter of a method that no standard describes.
    FilterMethod {
        /// `/CFM`, escaped.
        method: String,
    },
}

impl fmt::Display for UnsupportedEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicKey => f.write_str(
                "it is encrypted for the holders of certificates; have one of them save it without encryption, or with \
                 a password",
            ),
            Self::Handler { name } if name.is_empty() => f.write_str("no security handler is named"),
            Self::Handler { name } => write!(
                f,
                "its security handler is /{name}; only programs with this extension open it, and may save it without"
            ),
            Self::AesGcm => f.write_str(
                "it is encrypted with AES-GCM (ISO/TS 32003); have it saved with AES-256 in CBC mode, or without \
                 encryption",
            ),
            Self::Version { version, revision } => {
                write!(f, "version /V {version} with revision /R {revision} of the standard security handler")
            }
            Self::KeyLength { bits: Some(bits) } => write!(f, "a key of {bits} bits"),
            Self::KeyLength { bits: None } => f.write_str("its key /Length is no number"),
            Self::FilterMissing { name } => write!(f, "the crypt filter /{name} is not defined"),
            Self::FilterMethod { method } => write!(f, "the crypt filter method /{method}"),
        }
    }
}
