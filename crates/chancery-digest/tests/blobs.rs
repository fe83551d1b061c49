//! Blobs in a folder: crashes, damage, and what a hostile neighbour may place there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use chancery_digest::{BlobError, BlobId, BlobStore, DirectoryBlobStore, Source};
use tempfile::TempDir;

mod in_memory {
    chancery_digest::blob_store_conformance!(chancery_digest::MemoryBlobStore::new());
}

mod in_a_folder {
    chancery_digest::blob_store_conformance!(super::Kept::new());
}

/// A store and its folder.
struct Kept {
    store: DirectoryBlobStore,
    folder: TempDir,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: DirectoryBlobStore::create(folder.path()).unwrap(), folder }
    }

    fn path(&self, blob: &BlobId) -> PathBuf {
        let name = blob.to_string();
        self.folder.path().join(&name[..2]).join(name)
    }

    fn incoming(&self) -> usize {
        fs::read_dir(self.folder.path().join("incoming")).unwrap().count()
    }

    fn contract(&self) -> BlobId {
        self.store.put(&mut &b"contract"[..], 8).unwrap().id()
    }
}

impl BlobStore for Kept {
    fn put(&self, bytes: &mut dyn Read, limit: u64) -> Result<chancery_digest::KeptBlob, BlobError> {
        let answer = self.store.put(bytes, limit);
        if answer.is_err() {
            assert_eq!(self.incoming(), 0, "a failed put leaves nothing");
        }
        answer
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Source>, BlobError> {
        self.store.open(blob)
    }

    fn remove(&self, blob: &BlobId) -> Result<chancery_digest::Removal, BlobError> {
        self.store.remove(blob)
    }
}

fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn damage_is_told_and_mended() {
    let kept = Kept::new();
    let id = kept.contract();
    for damaged in [&b"contracT"[..], b"contrac", b"contracts", b""] {
        overwrite(&kept.path(&id), damaged);
        let told = kept.store.open(&id).err().unwrap();
        assert!(
            matches!(told, BlobError::Damaged { blob, found } if blob == id && found == BlobId::of(damaged)),
            "{told}"
        );
        assert_eq!(kept.contract(), id);
        assert_eq!(kept.store.open(&id).unwrap().len(), 8);
    }
}

#[test]
fn what_a_dead_writer_left_is_swept() {
    let kept = Kept::new();
    let left = kept.folder.path().join("incoming/1234-0");
    fs::write(&left, "half of a contract").unwrap();
    let young = fs::metadata(&left).unwrap().modified().unwrap();
    assert_eq!(kept.store.sweep(young).unwrap(), 0, "a writer that is at work is left alone");
    assert_eq!(kept.store.sweep(young + Duration::from_secs(1)).unwrap(), 1);
    assert_eq!(kept.incoming(), 0);
}

#[test]
fn a_writer_whose_file_was_swept_is_told() {
    struct Sweeping<'a>(&'a Kept, bool);
    impl Read for Sweeping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.1, true) {
                assert_eq!(self.0.store.sweep(SystemTime::now() + Duration::from_secs(3600)).unwrap(), 1);
                return Ok(0);
            }
            (&b"contract"[..]).read(buffer)
        }
    }
    let kept = Kept::new();
    let told = kept.store.put(&mut Sweeping(&kept, false), 8).unwrap_err();
    assert!(matches!(told, BlobError::Medium { .. }), "{told}");
    assert!(matches!(kept.store.open(&BlobId::of(b"contract")), Err(BlobError::Missing { .. })));
}

#[test]
fn all_blobs_are_listed_and_nothing_else() {
    let kept = Kept::new();
    let mut put: Vec<BlobId> =
        (0..600_u32).map(|n| kept.store.put(&mut &n.to_be_bytes()[..], 4).unwrap().id()).collect();
    fs::write(kept.folder.path().join("00/README"), "no blob").unwrap();
    fs::write(kept.folder.path().join("00").join(BlobId::from_bytes([1; 32]).to_string()), "elsewhere")
        .unwrap();
    let mut listed = Vec::new();
    kept.store
        .for_each(|blob| {
            listed.push(blob);
            Ok::<_, BlobError>(())
        })
        .unwrap();
    put.sort();
    listed.sort();
    assert_eq!(listed, put);
}

#[test]
fn a_folder_that_nobody_made_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    assert!(DirectoryBlobStore::open_existing(folder.path()).is_err());
    assert!(DirectoryBlobStore::create(folder.path().join("no/such")).is_err());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(DirectoryBlobStore::create(&file).is_err());
    let made = folder.path().join("made");
    let id = DirectoryBlobStore::create(&made).unwrap().put(&mut &b"contract"[..], 8).unwrap().id();
    assert_eq!(DirectoryBlobStore::open_existing(&made).unwrap().open(&id).unwrap().len(), 8);
    assert_eq!(DirectoryBlobStore::create(&made).unwrap().open(&id).unwrap().len(), 8);
}

#[test]
fn a_store_whose_incoming_folder_is_gone_still_reads() {
    let kept = Kept::new();
    let id = kept.contract();
    fs::remove_dir(kept.folder.path().join("incoming")).unwrap();
    let told = kept.store.put(&mut &b"contract"[..], 8).unwrap_err();
    assert!(
        matches!(&told, BlobError::Medium { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    );
    assert_eq!(kept.store.open(&id).unwrap().len(), 8);
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_and_pipes_and_folders_are_no_blobs() {
        let kept = Kept::new();
        let id = kept.contract();
        let elsewhere = kept.folder.path().join("elsewhere");
        fs::write(&elsewhere, "contract").unwrap();
        let place = kept.path(&id);
        let refused = || matches!(kept.store.open(&id), Err(BlobError::NotAFile { blob }) if blob == id);

        fs::remove_file(&place).unwrap();
        symlink(&elsewhere, &place).unwrap();
        assert!(refused(), "a link, even to the right bytes");
        // Putting replaces the link, and leaves alone what it points to.
        fs::write(&elsewhere, "precious").unwrap();
        kept.contract();
        assert_eq!(kept.store.open(&id).unwrap().len(), 8);
        assert_eq!(fs::read(&elsewhere).unwrap(), b"precious");

        // Opening a pipe would wait for ever.
        fs::remove_file(&place).unwrap();
        assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
        assert!(refused(), "a pipe");
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(refused(), "a folder");
        assert!(matches!(kept.store.put(&mut &b"contract"[..], 8), Err(BlobError::Medium { .. })));
        assert_eq!(kept.incoming(), 0);
    }

    #[test]
    fn a_link_in_place_of_a_folder_is_not_written_through() {
        let kept = Kept::new();
        let elsewhere = tempfile::tempdir().unwrap();
        let folder = kept.path(&BlobId::of(b"contract")).parent().unwrap().to_path_buf();
        fs::remove_dir(&folder).unwrap();
        symlink(elsewhere.path(), &folder).unwrap();
        assert!(matches!(kept.store.put(&mut &b"contract"[..], 8), Err(BlobError::Medium { .. })));
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_the_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("blobs");
        let store = DirectoryBlobStore::create(&root).unwrap();
        let id = store.put(&mut &b"contract"[..], 8).unwrap().id().to_string();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(root.clone()), 0o700);
        assert_eq!(mode(root.join(&id[..2])), 0o700);
        assert_eq!(mode(root.join(&id[..2]).join(&id)), 0o400);
    }

    /// A disk that is full in the middle of a blob, as far as a process can tell: the system refuses to let the file
    /// grow further. This test calls itself with that limit.
    #[test]
    fn a_full_disk_leaves_nothing_behind() {
        const FOLDER: &str = "CHANCERY_TEST_FULL_DISK";
        if let Ok(folder) = std::env::var(FOLDER) {
            let store = DirectoryBlobStore::open_existing(folder).unwrap();
            let told = store.put(&mut &[7; 100_000][..], 100_000).unwrap_err();
            assert!(matches!(&told, BlobError::Medium { doing: "write a new blob", .. }), "{told:?}");
            assert!(store.put(&mut &[7; 30_000][..], 100_000).is_ok());
            return;
        }
        let kept = Kept::new();
        let this = std::env::current_exe().unwrap();
        // `ulimit -f` counts blocks of 512 bytes, or of 1,024 in some shells: either is between the two blobs.
        let script =
            "trap '' XFSZ; ulimit -f 90; exec \"$0\" --exact on_unix::a_full_disk_leaves_nothing_behind";
        let child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(this)
            .env(FOLDER, kept.folder.path())
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        assert_eq!(kept.incoming(), 0);
        assert!(matches!(kept.store.open(&BlobId::of(&[7; 100_000])), Err(BlobError::Missing { .. })));
        assert!(kept.store.open(&BlobId::of(&[7; 30_000])).is_ok());
    }
}

/// Processes that put one blob again and again, and say so after each time, are killed in the midst of it. Calls
/// itself as that process.
#[test]
fn killed_writers_lose_nothing_that_they_acknowledged() {
    const FOLDER: &str = "CHANCERY_TEST_KILLED_WRITER";
    if let Ok(folder) = std::env::var(FOLDER) {
        let store = DirectoryBlobStore::create(folder).unwrap();
        let mut out = std::io::stderr();
        for number in 0_u64.. {
            // Every other blob is the same for all writers.
            let own = u64::from(std::process::id()) << 32 | number;
            let bytes = if number % 2 == 0 { number } else { own }.to_be_bytes().repeat(20_000);
            let id = store.put(&mut &bytes[..], 200_000).unwrap().id();
            writeln!(out, "put {id}").unwrap();
        }
    }
    let kept = Kept::new();
    let mut children: Vec<_> = (0..6)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "killed_writers_lose_nothing_that_they_acknowledged", "--nocapture"])
                .env(FOLDER, kept.folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let readers: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let mut told = child.stderr.take().unwrap();
            std::thread::spawn(move || {
                let mut text = String::new();
                told.read_to_string(&mut text).map(|_| text)
            })
        })
        .collect();
    for child in &mut children {
        std::thread::sleep(Duration::from_millis(150));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut acknowledged = 0;
    for reader in readers {
        let text = reader.join().unwrap().unwrap();
        // The last line may be torn.
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let id = line.trim().strip_prefix("put ").expect("only what was put").parse::<BlobId>().unwrap();
            assert_eq!(kept.store.open(&id).unwrap().len(), 160_000);
            acknowledged += 1;
        }
    }
    assert!(acknowledged >= 6, "only {acknowledged} blobs were put: this proves nothing");
    // Nothing is half there, and what the dead left can be swept.
    kept.store.for_each(|blob| kept.store.open(&blob).map(|_| ())).unwrap();
    kept.store.sweep(SystemTime::now() + Duration::from_secs(3600)).unwrap();
    assert_eq!(kept.incoming(), 0);
}
