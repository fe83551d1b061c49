//! Certificates in PEM (RFC 7468).

use der::pem;

use crate::CertificateError;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const LABELS: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];

/// The DER of every certificate in a text; other blocks, and text between blocks, are passed over.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>, CertificateError> {
    let mut found = Vec::new();
    let mut offset = 0;
    while let Some(begin) = find(text, BEGIN, offset) {
        let damaged = CertificateError::DamagedPem { offset: begin };
        let end = find(text, END, begin).ok_or_else(|| damaged.clone())?;
        let end = text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at + 1);
        let block = &text[begin..end];
        let label = pem::decode_label(block).map_err(|_| damaged.clone())?;
        if LABELS.contains(&label) {
            let (_, der) = pem::decode_vec(block).map_err(|_| damaged)?;
            found.push(der);
        }
        offset = end;
    }
    Ok(found)
}

fn find(text: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| from + at)
}
