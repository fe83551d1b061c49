//! What would help a signature that did not pass.

use crate::{Conclusion, SignatureReport, SubIndication};

impl SignatureReport {
    /// What would help, in a sentence for people; nothing if the signature passed, or if nobody can tell.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        let reason = self.verdict().reason()?;
        reason.help().or_else(|| self.help_against_changes()).or_else(|| help(reason.sub_indication()))
    }
}

impl SignatureReport {
    /// Whoever changes a signed document by appending to it leaves what was signed in it. Only if that is what decided.
    fn help_against_changes(&self) -> Option<&'static str> {
        let text = self.verdict().reason()?.text();
        let changes = self.changes();
        let decided = changes.findings().iter().any(|finding| finding.text == text);
        (changes.conclusion() != Conclusion::Sound && decided).then_some(
            "the document as it was signed would help: it is still in the file, up to the end of what the signature covers; or a signature over the document as it is now",
        )
    }
}

/// What can be said by the word alone, where nothing better is known.
const fn help(word: SubIndication) -> Option<&'static str> {
    Some(match word {
        SubIndication::FormatFailure
        | SubIndication::SignatureCryptographyFailure
        | SubIndication::Revoked
        | SubIndication::Expired
        | SubIndication::NotYetValid
        | SubIndication::CryptographicConstraintsFailure => "only a new signature would help",
        SubIndication::HashFailure => {
            "only the file exactly as it was signed would help, if somebody still has it, or a new signature"
        }
        SubIndication::ChainConstraintsFailure => {
            "a signature with a certificate that may be used for this would help, or trust in its authority for it"
        }
        SubIndication::CryptographicConstraintsFailureNoProof => {
            "a trusted timestamp from when the algorithm was still acceptable would help"
        }
        SubIndication::TimestampOrderFailure => {
            "timestamps whose times agree with what each of them covers would help"
        }
        SubIndication::NoSigningCertificateFound => "the certificate of the signer would help",
        SubIndication::NoCertificateChainFound => {
            "the certificates between the signer and a trusted authority would help, or trust in the topmost one"
        }
        SubIndication::RevokedNoProof => {
            "a trusted timestamp over the signature from before the certificate was revoked would help"
        }
        SubIndication::RevokedAuthorityNoProof => {
            "a trusted timestamp over the signature from before the authority was revoked would help"
        }
        SubIndication::OutOfBoundsNotRevoked | SubIndication::OutOfBoundsNoProof => {
            "a trusted timestamp over the signature from while the certificate was valid would help"
        }
        SubIndication::RevocationOutOfBoundsNoProof => {
            "newer revocation information would help, or a timestamp over that at hand from while its signer was valid"
        }
        SubIndication::NoCertificateChainFoundNoProof => {
            "a trusted timestamp over the signature from while its authority was trusted would help"
        }
        SubIndication::NoProofOfExistence => "a trusted timestamp from the time in question would help",
        SubIndication::TryLater => {
            "newer information about revocation would help: a CRL or an OCSP answer for each certificate"
        }
        SubIndication::SignedDataNotFound => "the file that was signed would help",
        // The findings say what.
        SubIndication::SignatureConstraintsFailure
        | SubIndication::CertificateChainGeneralFailure
        | SubIndication::Generic => return None,
    })
}
