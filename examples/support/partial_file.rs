//! Files that appear whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Failure;

/// A file that is written beside the place where it belongs, and gets its name when it is complete. Until then a tool
/// that ends leaves nothing behind.
#[derive(Debug)]
pub struct PartialFile {
    out: BufWriter<File>,
    /// None once it has its name.
    temporary: Option<PathBuf>,
}

impl PartialFile {
    /// Creates a file in the folder of `path`, so that renaming does not cross file systems.
    ///
    /// # Errors
    /// If no file can be made there.
    pub fn beside(path: &Path) -> Result<Self, Failure> {
        let create = || {
            let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            // The number only keeps two tools apart; `create_new` is what makes it ours.
            let mut temporary = OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}.part", std::process::id()));
            let temporary = path.with_file_name(temporary);
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary)?;
            Ok(Self { out: BufWriter::new(file), temporary: Some(temporary) })
        };
        create().map_err(|error: io::Error| Failure::unreadable(path.display(), error))
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// If it cannot be written or renamed.
    pub fn keep_as(mut self, path: &Path) -> Result<(), Failure> {
        let written = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        let renamed = written.and_then(|()| match &self.temporary {
            Some(temporary) => fs::rename(temporary, path),
            None => Ok(()),
        });
        renamed.map_err(|error| Failure::unreadable(path.display(), error))?;
        self.temporary = None;
        Ok(())
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What was written can be read again, for those who have to move it.
impl Read for PartialFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.out.flush()?;
        self.out.get_mut().read(buffer)
    }
}

impl Seek for PartialFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.out.seek(position)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            // The first error is the one worth telling.
            drop(fs::remove_file(temporary));
        }
    }
}
