//! What is to be verified: a file, or standard input, recognised by how it begins.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chancery_digest::{FileSource, Source};
use chancery_examples::Failure;

/// How much of an input is looked at to recognise it: a PEM block must begin within it.
const BEGINNING: u64 = 64 << 10;
/// Timestamps have some thousand bytes, some hundred thousand with their CRLs. More than this is not held in memory.
const MAX_TIMESTAMP: u64 = 16 << 20;

/// Bytes to be verified.
pub(crate) enum Input {
    File {
        path: PathBuf,
        source: FileSource,
        beginning: Vec<u8>,
    },
    /// It can be read once only.
    Standard {
        beginning: Vec<u8>,
    },
}

/// What an input seems to hold.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A CMS message, bare or wrapped in text: signatures or a timestamp.
    Message,
    /// The response of a timestamp authority.
    Response,
    /// Something else: what was signed, perhaps.
    Other,
}

impl Input {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error| Failure::unreadable(path.display(), error);
        if path.as_os_str() == "-" {
            let mut beginning = Vec::new();
            io::stdin().lock().take(BEGINNING).read_to_end(&mut beginning).map_err(unreadable)?;
            return Ok(Self::Standard { beginning });
        }
        let source = FileSource::open(path).map_err(unreadable)?;
        let beginning = source.read_range(0..source.len().min(BEGINNING)).map_err(unreadable)?.into_owned();
        Ok(Self::File { path: path.to_owned(), source, beginning })
    }

    /// What to call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.display().to_string(),
            Self::Standard { .. } => "standard input".to_owned(),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        let (Self::File { beginning, .. } | Self::Standard { beginning }) = self;
        kind(beginning)
    }

    /// All of it, if it is no longer than any timestamp.
    pub(crate) fn whole(&self) -> Result<Vec<u8>, Failure> {
        let bytes = match self {
            Self::File { source, .. } if source.len() > MAX_TIMESTAMP => Err(too_long()),
            Self::File { source, .. } => source.read_range(0..source.len()).map(Cow::into_owned),
            Self::Standard { beginning } => {
                let mut bytes = beginning.clone();
                let rest = io::stdin().lock().take(MAX_TIMESTAMP + 1).read_to_end(&mut bytes);
                rest.and_then(
                    |_| if bytes.len() as u64 > MAX_TIMESTAMP { Err(too_long()) } else { Ok(bytes) },
                )
            }
        };
        bytes.map_err(|error| Failure::unreadable(self.name(), error))
    }
}

fn too_long() -> io::Error {
    io::Error::other("this is longer than any timestamp")
}

/// Gives its bytes on, and keeps them as long as a timestamp could have as many.
pub(crate) struct Keeping<R> {
    reader: R,
    kept: Vec<u8>,
    total: u64,
}

impl<R: Read> Keeping<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, kept: Vec::new(), total: 0 }
    }

    /// Everything that was read, if it was no more than a timestamp has.
    pub(crate) fn whole(self) -> io::Result<Vec<u8>> {
        if self.total > BEGINNING_KEPT { Err(too_long()) } else { Ok(self.kept) }
    }
}

/// What is kept of standard input while it streams by.
const BEGINNING_KEPT: u64 = 1 << 20;

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.total += count as u64;
        if self.total <= BEGINNING_KEPT {
            self.kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// Tells by the first elements, or for text by the first digits.
///
/// ```asn1
/// ContentInfo   ::= SEQUENCE { OBJECT IDENTIFIER, … }                     -- RFC 5652, 3
/// TimeStampResp ::= SEQUENCE { SEQUENCE { INTEGER, … }, … }               -- RFC 3161, 2.4.2
/// ```
fn kind(beginning: &[u8]) -> Kind {
    if let Some(inside) = inside_sequence(beginning) {
        return match inside.first() {
            Some(0x06) => Kind::Message,
            // A status is one small number; certificates and the like go on otherwise.
            Some(0x30) => match inside_sequence(inside) {
                Some([0x02, 0x01, 0..=5, ..]) => Kind::Response,
                _ => Kind::Other,
            },
            _ => Kind::Other,
        };
    }
    let text = beginning.strip_prefix("\u{feff}".as_bytes()).unwrap_or(beginning);
    let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let digits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ');
    // A SEQUENCE begins with M in Base64.
    let base64 = line.len() > 40 && line.first() == Some(&b'M') && line.iter().all(digits);
    let armoured: [&[u8]; 3] = [b"-----BEGIN CMS", b"-----BEGIN PKCS7", b"-----BEGIN PKCS #7"];
    let pem = armoured.into_iter().any(|begin| text.windows(begin.len()).any(|window| window == begin));
    if base64 || pem { Kind::Message } else { Kind::Other }
}

/// What stands in the SEQUENCE that these bytes begin with.
fn inside_sequence(bytes: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = bytes.strip_prefix(&[0x30])?.split_first()?;
    let octets = if first > 0x80 { usize::from(first & 0x7f) } else { 0 };
    rest.get(octets..)
}
