//! What stands in a signature, for the report.

use chancery_ades::{Particulars, SignatureAttribute};
use chancery_cms::attributes::{CONTENT_TYPE, COUNTERSIGNATURE};
use chancery_cms::statements::{StatedPolicy, Statement};
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::Digests;

use crate::enclosed;

/// What is signed beside the content, as far as a report has words for it; what cannot be read is left out here, and
/// judged elsewhere.
pub(crate) fn particulars(message: &SignedMessage, signer: &SignerInfo, content: &Digests) -> Particulars {
    let mut particulars = Particulars::default();
    let algorithm = signer.digest_algorithm();
    particulars.content = algorithm.and_then(|algorithm| content.find(algorithm)).copied();
    if let Some(signed) = signer.signed_attributes_der() {
        particulars.to_be_signed = signed.to_vec();
    }
    let attributes = &mut particulars.attributes;
    // A counter-signature has none: what it signs is a signature.
    if signer.signed_attributes().is_none_or(|signed| signed.contains(CONTENT_TYPE)) {
        attributes.push(SignatureAttribute::ContentType(message.content_type().to_string()));
    }
    attributes.extend(signer.message_digest().map(SignatureAttribute::MessageDigest));
    let signed = signer.signed_attributes().into_iter().flat_map(chancery_cms::Attributes::statements);
    attributes.extend(signed.filter_map(|(_, statement)| of_statement(statement.ok()?)));
    let counters = signer.unsigned_attributes().values(COUNTERSIGNATURE);
    let counters = counters.filter_map(|value| SignerInfo::from_ber(value).ok());
    attributes.extend(counters.map(|one| SignatureAttribute::Countersignature(one.signature().to_vec())));
    let carried = enclosed::of_attributes(signer.unsigned_attributes());
    if !carried.certificates().is_empty() {
        attributes.push(SignatureAttribute::CertificateValues(carried.certificates().to_vec()));
    }
    let (crls, ocsp) = (carried.crls().to_vec(), carried.ocsp().to_vec());
    if !crls.is_empty() || !ocsp.is_empty() {
        attributes.push(SignatureAttribute::RevocationValues { crls, ocsp });
    }
    particulars
}

fn of_statement(statement: Statement) -> Option<SignatureAttribute> {
    Some(match statement {
        Statement::MimeType(mime) => SignatureAttribute::MimeType(mime.0),
        Statement::Commitment(made) => SignatureAttribute::CommitmentType(made.commitment.oid().to_string()),
        Statement::SignaturePolicy(StatedPolicy::Identified(policy)) => {
            SignatureAttribute::SignaturePolicy(policy.identifier.to_string())
        }
        Statement::SignerLocation(location) => {
            let named = [location.locality, location.country].into_iter().flatten();
            SignatureAttribute::Place(location.postal_address.into_iter().chain(named).collect())
        }
        _ => return None,
    })
}
