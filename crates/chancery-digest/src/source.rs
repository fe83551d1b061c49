//! Bytes that need not be in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Random access to bytes of a fixed length: a document in memory, in a file, or wherever you keep it.
///
/// Implement `len` and `read_at`; if the bytes lie in memory anyway, `as_slice` too, which spares copies.
/// A source must not change while it is used. Reading is by shared reference, so that several readers, also on
/// several threads, can look at different places at once.
///
/// ```
/// use chancery_digest::Source;
///
/// let document = b"%PDF-1.7 and more".to_vec();
/// assert_eq!(&*document.read_range(0..5)?, b"%PDF-");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Source: Send + Sync {
    /// The number of bytes.
    fn len(&self) -> u64;

    /// Reads bytes from `offset` on into `buffer` and says how many were read. The answer is shorter than
    /// the buffer only where the source ends, and zero at or beyond its end.
    ///
    /// # Errors
    /// Whatever the medium reports.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// All bytes, if they lie in memory.
    fn as_slice(&self) -> Option<&[u8]> {
        None
    }

    /// Whether there is no byte at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the source ends before the buffer is full, else whatever the
    /// medium reports.
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if self.read_at(offset, buffer)? == buffer.len() {
            Ok(())
        } else {
            Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the source ends at byte {}", self.len()),
            ))
        }
    }

    /// The bytes of `range`, borrowed where they lie in memory. The whole range is held in memory, so ask
    /// only for what is known to be small.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the range does not lie within the source, else whatever the
    /// medium reports.
    fn read_range(&self, range: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        if range.start > range.end || range.end > self.len() {
            let told = format!(
                "bytes {}..{} are not within the {} of the source",
                range.start,
                range.end,
                self.len()
            );
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, told));
        }
        if let Some(slice) = self.as_slice() {
            let within = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            if let Some(found) = within.and_then(|(start, end)| slice.get(start..end)) {
                return Ok(Cow::Borrowed(found));
            }
        }
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        self.read_exact_at(range.start, &mut bytes)?;
        Ok(Cow::Owned(bytes))
    }
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|start| self.get(start..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Source::read_at(self.as_slice(), offset, buffer)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(self)
    }
}

macro_rules! source_behind_a_pointer {
    ($($pointer:ty),*) => {$(
        impl<T: Source + ?Sized> Source for $pointer {
            fn len(&self) -> u64 {
                (**self).len()
            }

            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
                (**self).read_at(offset, buffer)
            }

            fn as_slice(&self) -> Option<&[u8]> {
                (**self).as_slice()
            }
        }
    )*};
}
source_behind_a_pointer!(&T, Box<T>, Arc<T>);

/// A file as a [`Source`]. Its length is taken once, when it is opened: bytes that another process appends
/// later are not part of it.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
}

impl FileSource {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// If there is no such file, or it may not be read.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }

    /// Takes a file that is open for reading.
    ///
    /// # Errors
    /// If the file's length cannot be told.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let mut filled = 0;
        while filled < wanted {
            match read_some(&self.file, offset + filled as u64, &mut buffer[filled..wanted]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

#[cfg(unix)]
fn read_some(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_some(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_some(mut file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

/// Gives the bytes of a range to `take`, piece by piece. Pieces of 64 KiB stay in the processor's cache
/// between the copy from the file and the digest.
pub(crate) fn read_through(
    source: &(impl Source + ?Sized),
    range: Range<u64>,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    if source.as_slice().is_some() {
        take(&source.read_range(range)?);
        return Ok(());
    }
    let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
    let mut buffer = vec![0; length.min(64 * 1024)];
    let mut offset = range.start;
    while offset < range.end {
        let count = usize::try_from(range.end - offset).unwrap_or(usize::MAX).min(buffer.len());
        source.read_exact_at(offset, &mut buffer[..count])?;
        take(&buffer[..count]);
        offset += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_bytes_read_alike() {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let file = FileSource::new(file).unwrap();
        assert_eq!(Source::len(&file), Source::len(&bytes));
        for (offset, length) in [(0, 10), (99_990, 20), (100_000, 5), (200_000, 5), (5_000, 70_000)] {
            let (mut left, mut right) = (vec![0; length], vec![0; length]);
            let read = file.read_at(offset, &mut left).unwrap();
            assert_eq!(read, Source::read_at(&bytes, offset, &mut right).unwrap());
            assert_eq!(left, right);
        }
        assert_eq!(file.read_range(5..9).unwrap(), bytes.read_range(5..9).unwrap());
    }

    #[test]
    fn a_range_outside_the_source_is_refused() {
        let bytes = b"twelve bytes".to_vec();
        assert!(bytes.read_range(4..13).is_err());
        #[expect(clippy::reversed_empty_ranges, reason = "the point of the test")]
        let backwards = bytes.read_range(5..4);
        assert!(backwards.is_err());
        assert!(bytes.read_exact_at(10, &mut [0; 3]).is_err());
        assert_eq!(bytes.read_range(12..12).unwrap().len(), 0);
    }
}
