//! Any bytes as a certificate, DER or PEM: a typed error, or a certificate of which everything can be asked.
#![no_main]

use chancery_certificate::Certificate;
use chancery_digest::DigestAlgorithm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        // What was signed is kept as it came, and nothing stands behind it.
        assert_eq!(certificate.to_der(), bytes);
        ask(&certificate);
    }
    for certificate in Certificate::all_from_pem(bytes).unwrap_or_default() {
        ask(&certificate);
    }
});

fn ask(certificate: &Certificate) {
    let _ = (certificate.basic_constraints(), certificate.key_usage(), certificate.extended_key_usage());
    let _ = (certificate.subject_key_identifier(), certificate.authority_key_identifier());
    let _ = (certificate.subject_alternative_names(), certificate.crl_distribution_points());
    let _ = (certificate.authority_information(), certificate.claims(), certificate.ocsp_no_check());
    let _ = (certificate.ocsp_urls(), certificate.issuer_urls(), certificate.version());
    let _ = (certificate.signature_algorithm(), certificate.inner_signature_algorithm(), certificate.signature());
    let _ = (certificate.public_key_bits(), certificate.fingerprint(DigestAlgorithm::Sha256));
    let _ = (certificate.not_before(), certificate.not_after(), certificate.is_self_issued());
    let _ = (certificate.irregularities(), certificate.describe().to_string());
    let text = format!("{} {} {}", certificate.subject(), certificate.issuer(), certificate.display_name());
    assert!(!text.contains(['\0', '\n', '\r', '\u{1b}', '\u{202e}']), "names of strangers are printed harmlessly");
}
