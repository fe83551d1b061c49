//! The document security store: certificates and revocation answers that a PDF carries (ETSI EN 319 142-1, 5.4.2).

use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;

/// More entries than this are not read; a document with years of renewals has some dozens.
const MAX_ENTRIES: usize = 1_000;
/// The CRLs of the largest authorities have some megabytes.
const MAX_ENTRY: usize = 64 << 20;
/// All together.
const MAX_TOTAL: usize = 256 << 20;

/// Everything in `/DSS` of the document as it is now. What cannot be read is passed over: it is evidence that was
/// offered, and without it less can be proven.
///
/// # Errors
/// If the objects on the way to it cannot be read.
pub(crate) fn evidence(view: &View<'_>) -> Result<Evidence, PadesError> {
    let (_, catalog) = view.catalog()?;
    let store = view.value(&catalog, "DSS")?;
    let Some(store) = store.as_dictionary() else { return Ok(Evidence::new()) };
    let mut left = MAX_TOTAL;
    let mut evidence = Evidence::new();
    for bytes in streams(view, store, "Certs", &mut left)? {
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            evidence.add_certificate(certificate);
        }
    }
    streams(view, store, "CRLs", &mut left)?.into_iter().for_each(|crl| evidence.add_crl(crl));
    streams(view, store, "OCSPs", &mut left)?.into_iter().for_each(|answer| evidence.add_ocsp(answer));
    Ok(evidence)
}

fn streams(
    view: &View<'_>,
    store: &Dictionary,
    key: &str,
    left: &mut usize,
) -> Result<Vec<Vec<u8>>, PadesError> {
    let array = view.value(store, key)?;
    let mut found = Vec::new();
    for element in array.as_array().unwrap_or_default().iter().take(MAX_ENTRIES) {
        let Ok(Object::Stream(stream)) = view.resolve(element) else { continue };
        if let Ok(bytes) = view.decoded(&stream, MAX_ENTRY.min(*left)) {
            *left = left.saturating_sub(bytes.len());
            found.push(bytes.into_owned());
        }
    }
    Ok(found)
}
