//! Blobs in a folder.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::store::{prove_blob, read_blob};
use super::{BlobError, BlobId, BlobStore, KeptBlob, Removal};
use crate::{FileSource, Source};

/// Where what is being written stands.
const INCOMING: &str = "incoming";

/// Keeps blobs as files of a folder: `ab/abcd…`, read-only, each named by its digest, in 256 folders by the first two
/// digits. Any number of processes may use one folder at once, on one file system.
///
/// A blob is written to `incoming/`, synchronised with the disk, renamed, and the folder that names it synchronised
/// too; only then does [`put`](BlobStore::put) return. A process that dies leaves at most a file in `incoming/`, which
/// [`sweep`](Self::sweep) removes.
///
/// No name in this folder comes from outside: names are digests. But whoever may write into the folder may break it
/// (reading tells), so it belongs to the account of the service: on Unix, what [`create`](Self::create) makes may be
/// read by its owner only.
///
/// ```
/// use chancery_digest::{BlobStore, DirectoryBlobStore, Source};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path().join("blobs");
/// let store = DirectoryBlobStore::create(&folder)?;
/// let contract = store.put(&mut &b"I approve this contract"[..], 1_000_000)?;
/// // Now, and not before, commit what names `contract.id()`.
/// let source = store.open(&contract.id())?;
/// assert_eq!(&*source.read_range(2..9)?, b"approve");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DirectoryBlobStore {
    root: PathBuf,
    /// Random, so that no two processes ever use one temporary name, not even two with one process number in two
    /// containers: a file that `sweep` removed under a slow writer must not be replaced by another's.
    nonce: u64,
    number: AtomicU64,
}

impl DirectoryBlobStore {
    /// Opens a folder, and makes what is missing of it, durably.
    ///
    /// # Errors
    /// [`BlobError::Medium`] if a folder cannot be made, or something else stands there.
    pub fn create(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root = root.into();
        let is_new = make_folder(&root)?;
        let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty());
        let named = synchronise_folder(parent.unwrap_or(Path::new(".")));
        if is_new {
            named?; // else it was tried for another process that may have made it just now
        }
        make_folder(&root.join(INCOMING))?;
        for first in 0..=u8::MAX {
            make_folder(&root.join(format!("{first:02x}")))?;
        }
        // Always: the folders may be there because another process just made them and has not come to this line.
        synchronise_folder(&root)?;
        Ok(Self::at(root))
    }

    /// Opens a folder that [`create`](Self::create) made, and makes nothing: for reading from a read-only medium.
    ///
    /// # Errors
    /// [`BlobError::Medium`] if there is no such folder.
    pub fn open_existing(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root = root.into();
        expect_folder(&root.join("00")).map_err(BlobError::medium("find its folders"))?;
        Ok(Self::at(root))
    }

    /// Removes what dead writers left in `incoming/`: every file there that was last written to before this moment.
    /// Take one long enough ago that nobody can still be writing; a writer that is slower gets a
    /// [`BlobError::Medium`] and loses nothing but its time. Says how many files were removed.
    ///
    /// # Errors
    /// [`BlobError::Medium`] if `incoming/` cannot be read or written.
    pub fn sweep(&self, before: SystemTime) -> Result<u64, BlobError> {
        let mut removed = 0;
        let mut sweep = || -> io::Result<()> {
            for entry in fs::read_dir(self.root.join(INCOMING))? {
                let entry = entry?;
                // Of the entry itself: a link is not followed.
                let stale = match entry.metadata() {
                    Ok(found) => !found.is_dir() && found.modified()? < before,
                    Err(error) if error.kind() == ErrorKind::NotFound => false, // its writer was done, or another sweep
                    Err(error) => return Err(error),
                };
                if stale && remove_if_there(&entry.path())? {
                    removed += 1;
                }
            }
            Ok(())
        };
        sweep().map_err(BlobError::medium("sweep its incoming folder"))?;
        Ok(removed)
    }

    /// Gives the name of every blob to `each`, in no order: to find those that nothing names any more. What is put or
    /// removed meanwhile may be among them or not. Files that are no blobs by their name are passed over.
    ///
    /// # Errors
    /// [`BlobError::Medium`] if a folder cannot be read, or what `each` answers.
    pub fn for_each<E: From<BlobError>>(
        &self,
        mut each: impl FnMut(BlobId) -> Result<(), E>,
    ) -> Result<(), E> {
        let medium = |error| BlobError::Medium { doing: "list its blobs", source: error };
        for first in 0..=u8::MAX {
            for entry in fs::read_dir(self.root.join(format!("{first:02x}"))).map_err(medium)? {
                let name = entry.map_err(medium)?.file_name();
                if let Some(blob) = name.to_str().and_then(|name| name.parse::<BlobId>().ok())
                    && blob.as_bytes()[0] == first
                {
                    each(blob)?;
                }
            }
        }
        Ok(())
    }

    fn at(root: PathBuf) -> Self {
        // What the standard library keys its hash maps with is the only randomness that it has; nothing secret hangs
        // on it.
        let nonce = RandomState::new().hash_one(std::process::id());
        Self { root, nonce, number: AtomicU64::new(0) }
    }

    fn folder_of(&self, blob: &BlobId) -> PathBuf {
        self.root.join(format!("{:02x}", blob.as_bytes()[0]))
    }

    fn path_of(&self, blob: &BlobId) -> PathBuf {
        self.folder_of(blob).join(blob.to_string())
    }

    fn new_file(&self) -> io::Result<Temporary> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(INCOMING).join(format!("{:016x}-{number}", self.nonce));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true); // neither follows a link nor opens what is there
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o400);
        let file = options.open(&path)?;
        Ok(Temporary { path: Some(path), file })
    }
}

impl BlobStore for DirectoryBlobStore {
    fn put(&self, bytes: &mut dyn Read, limit: u64) -> Result<KeptBlob, BlobError> {
        let mut temporary = self.new_file().map_err(BlobError::medium("begin a new file"))?;
        let kept = read_blob(bytes, limit, |piece| {
            temporary.file.write_all(piece).map_err(BlobError::medium("write a new blob"))
        })?;
        temporary.file.sync_all().map_err(BlobError::medium("synchronise a new blob with the disk"))?;
        let folder = self.folder_of(&kept.id());
        expect_folder(&folder).map_err(BlobError::medium("find its folders"))?;
        // Also when such a file is there already: it may be damaged, or put by a process that has not come to its
        // synchronising yet. A link that stands there is replaced, not followed.
        temporary.rename(&self.path_of(&kept.id())).map_err(BlobError::medium("name a new blob"))?;
        synchronise_folder(&folder)?;
        Ok(kept)
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Source>, BlobError> {
        let path = self.path_of(blob);
        let missing_or = |doing| {
            move |error: io::Error| match error.kind() {
                ErrorKind::NotFound => BlobError::Missing { blob: *blob },
                _ => BlobError::Medium { doing, source: error },
            }
        };
        // Before it is opened: opening a pipe would wait for ever.
        let found = fs::symlink_metadata(&path).map_err(missing_or("look for a blob"))?;
        if !found.is_file() {
            return Err(BlobError::NotAFile { blob: *blob });
        }
        let source = FileSource::open(&path).map_err(missing_or("open a blob"))?;
        prove_blob(blob, &source)?;
        Ok(Box::new(source))
    }

    fn remove(&self, blob: &BlobId) -> Result<Removal, BlobError> {
        let removed = remove_if_there(&self.path_of(blob)).map_err(BlobError::medium("remove a blob"))?;
        // Also when it was missing: another process may have removed it just now.
        synchronise_folder(&self.folder_of(blob))?;
        Ok(if removed { Removal::Removed } else { Removal::WasMissing })
    }
}

/// A file that goes away unless it gets its name.
struct Temporary {
    path: Option<PathBuf>,
    file: File,
}

impl Temporary {
    fn rename(&mut self, to: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, to)?;
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // What cannot be removed is left to `sweep`.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether it was there.
fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether it is new. A folder that is there is fine; a link to one is not, below the root.
fn make_folder(path: &Path) -> Result<bool, BlobError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(BlobError::Medium { doing: "make its folders", source: error }),
    }
}

fn expect_folder(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { Ok(()) } else { Err(ErrorKind::NotADirectory.into()) }
}

/// A new name is durable only when the folder that holds it is.
#[cfg(unix)]
fn synchronise_folder(path: &Path) -> Result<(), BlobError> {
    let synchronise = || File::open(path)?.sync_all();
    synchronise().map_err(BlobError::medium("synchronise a folder with the disk"))
}

/// Other systems offer no way to synchronise a folder; NTFS keeps a journal of names.
#[cfg(not(unix))]
fn synchronise_folder(_path: &Path) -> Result<(), BlobError> {
    Ok(())
}
