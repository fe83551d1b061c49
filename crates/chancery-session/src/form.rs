//! How a document is signed.

use std::io;

use chancery_digest::Source;
use chancery_workflow::Text;

/// How a document is signed. It stays the same as long as the envelope lives, since it follows from what the sender handed
/// in: of a document whose [`media_type`](chancery_workflow::Document::media_type) is `application/pdf` it is
/// [`Pdf`](Self::Pdf), of one with another type [`File`](Self::File), and where the sender said nothing, or
/// `application/octet-stream`, its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentForm {
    /// Signatures are added to it, each as a revision of its own (PAdES).
    Pdf,
    /// Signatures stand beside it: a CMS message, detached, with a signer for each (CAdES). The document never changes.
    File,
}

/// A PDF says so within so many bytes; readers take what stands before it (ISO 32000-1, annex H, note 13).
const HEADER_WITHIN: u64 = 1024;
const HEADER: &[u8] = b"%PDF-";

impl DocumentForm {
    /// What the media type says; none if it says nothing.
    pub(crate) fn of_media_type(media_type: Option<&Text>) -> Option<Self> {
        let essence = media_type?.as_str().split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/pdf" => Some(Self::Pdf),
            "application/octet-stream" => None,
            _ => Some(Self::File),
        }
    }

    /// What the first bytes say.
    pub(crate) fn of_bytes(bytes: &dyn Source) -> Result<Self, io::Error> {
        let beginning = bytes.read_range(0..bytes.len().min(HEADER_WITHIN))?;
        let is_pdf = beginning.windows(HEADER.len()).any(|window| window == HEADER);
        Ok(if is_pdf { Self::Pdf } else { Self::File })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sender_says_goes_before_what_the_bytes_say() {
        let of = |media_type: &str| DocumentForm::of_media_type(Some(&Text::new(media_type).unwrap()));
        assert_eq!(of("application/pdf"), Some(DocumentForm::Pdf));
        assert_eq!(of("Application/PDF; version=2.0"), Some(DocumentForm::Pdf));
        assert_eq!(of("text/csv"), Some(DocumentForm::File));
        assert_eq!(of("application/octet-stream"), None);
        assert_eq!(DocumentForm::of_media_type(None), None);
        let bytes = |bytes: &[u8]| DocumentForm::of_bytes(&bytes.to_vec()).unwrap();
        assert_eq!(bytes(b"%PDF-1.7\n"), DocumentForm::Pdf);
        assert_eq!(bytes(&[&[b'x'; 1019][..], b"%PDF-1.7"].concat()), DocumentForm::Pdf);
        for other in [&b""[..], b"a;b\n1;2\n", b"%PDF", &[&[b'x'; 1020][..], b"%PDF-1.7"].concat()] {
            assert_eq!(bytes(other), DocumentForm::File);
        }
    }
}
