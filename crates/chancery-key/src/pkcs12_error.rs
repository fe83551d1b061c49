//! What can be wrong with a PKCS#12 file.

use chancery_certificate::CertificateError;
use chancery_certificate::asn1::Asn1Error;
use const_oid::ObjectIdentifier as Oid;

use crate::error::KeyError;

/// Why a PKCS#12 file (`.p12`, `.pfx`) could not be opened, or has not what was asked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs12Error {
    /// The password does not open the file.
    #[error("the password does not open the PKCS#12 file")]
    WrongPassword,
    /// The password opens the file, but its check sum (MAC) says that it has changed since it was made.
    #[error("the PKCS#12 file is damaged: the password opens it, but its check sum does not hold")]
    Damaged,
    /// Not the structure that it should be.
    #[error("this is not a PKCS#12 file in DER: {0}")]
    Structure(#[from] Asn1Error),
    /// The right structure with a content that makes no sense.
    #[error("the PKCS#12 file cannot be read: {reason}")]
    Malformed {
        /// What was expected.
        reason: &'static str,
    },
    /// An encoding with indefinite lengths (BER), which some programs write.
    #[error(
        "the PKCS#12 file is written in BER: `openssl pkcs12 -in OLD.p12 -nodes -out ALL.pem` and \
         `openssl pkcs12 -export -in ALL.pem -out NEW.p12` write it anew in DER"
    )]
    NotDer,
    /// An encryption, check sum or container that this crate does not open: RC2 and Triple-DES of old files,
    /// certificates instead of passwords.
    #[error(
        "the PKCS#12 file uses {oid}, which is not supported: `openssl pkcs12 -legacy -in OLD.p12 -nodes -out \
         ALL.pem` and `openssl pkcs12 -export -in ALL.pem -out NEW.p12` write it anew with AES"
    )]
    Unsupported {
        /// The object identifier as found.
        oid: Oid,
    },
    /// The key derivations would take longer than we are willing to work for a stranger's file.
    #[error(
        "the PKCS#12 file asks for {asked} iterations of key derivation; {left} are left of what is allowed"
    )]
    TooMuchWork {
        /// The iterations that the next derivation asks for.
        asked: u64,
        /// What is left of the most that we do for one file.
        left: u64,
    },
    /// A file with certificates only.
    #[error("the PKCS#12 file holds no private key")]
    NoKey,
    /// Several private keys, and nobody said which.
    #[error("the PKCS#12 file holds {count} private keys: choose one by its name")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// No private key has this name.
    #[error("the PKCS#12 file holds no private key named {name:?}")]
    NoSuchKey {
        /// The name asked for.
        name: String,
    },
    /// No certificate in the file belongs to the private key.
    #[error("the PKCS#12 file holds no certificate of its private key")]
    NoCertificate,
    /// A private key that cannot be used.
    #[error(transparent)]
    Key(KeyError),
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl From<KeyError> for Pkcs12Error {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::WrongPassword => Self::WrongPassword,
            KeyError::UnsupportedEncryption { oid } => Self::Unsupported { oid },
            KeyError::TooMuchWork { asked, left } => Self::TooMuchWork { asked, left },
            other => Self::Key(other),
        }
    }
}
