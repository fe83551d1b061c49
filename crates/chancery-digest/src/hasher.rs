//! A digest in the making.

use std::io;
use std::ops::Range;

use sha2::digest::Digest as _;

use crate::source::read_through;
use crate::{Digest, DigestAlgorithm, KnownDigest, LegacyDigest, Source};

/// A digest in the making: give it bytes, then finalize. It is an [`io::Write`], so [`io::copy`] fills it too.
///
/// ```
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
///
/// let mut hasher = DigestAlgorithm::Sha256.hasher();
/// hasher.update(b"I approve ");
/// hasher.update(b"this contract");
/// assert_eq!(hasher.finalize(), DigestAlgorithm::Sha256.digest(b"I approve this contract"));
/// ```
#[derive(Clone)]
pub struct Hasher<D = DigestAlgorithm> {
    algorithm: D,
    state: State,
}

impl<D: Copy + Into<KnownDigest>> Hasher<D> {
    pub(crate) fn new(algorithm: D) -> Self {
        Self { algorithm, state: State::of(algorithm.into()) }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> D {
        self.algorithm
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
    }

    /// Takes the bytes of a range of a source, in one pass and constant memory.
    ///
    /// # Errors
    /// If the range does not lie within the source, or the source cannot be read.
    pub fn update_from(&mut self, source: &(impl Source + ?Sized), range: Range<u64>) -> io::Result<()> {
        read_through(source, range, |bytes| self.update(bytes))
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finalize(self) -> Digest<D> {
        let mut value = [0; crate::value::MAX_LEN];
        self.state.finalize_into(&mut value[..self.algorithm.into().output_len()]);
        Digest::from_hasher(self.algorithm, value)
    }
}

impl<D: Copy + Into<KnownDigest>> io::Write for Hasher<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<D: std::fmt::Debug> std::fmt::Debug for Hasher<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

macro_rules! states {
    ($($variant:ident of $kind:ident $algorithm:ident: $type:ty),* $(,)?) => {
        #[derive(Clone)]
        enum State { $($variant($type)),* }

        impl State {
            fn of(algorithm: KnownDigest) -> Self {
                match algorithm {
                    $(KnownDigest::$kind($algorithm::$variant) => Self::$variant(Default::default()),)*
                }
            }

            fn update(&mut self, bytes: &[u8]) {
                match self { $(Self::$variant(state) => state.update(bytes),)* }
            }

            fn finalize_into(self, value: &mut [u8]) {
                match self { $(Self::$variant(state) => value.copy_from_slice(&state.finalize()),)* }
            }
        }
    };
}

states! {
    Md5 of Legacy LegacyDigest: md5::Md5,
    Sha1 of Legacy LegacyDigest: sha1::Sha1,
    Sha224 of Current DigestAlgorithm: sha2::Sha224,
    Sha256 of Current DigestAlgorithm: sha2::Sha256,
    Sha384 of Current DigestAlgorithm: sha2::Sha384,
    Sha512 of Current DigestAlgorithm: sha2::Sha512,
    Sha512_224 of Current DigestAlgorithm: sha2::Sha512_224,
    Sha512_256 of Current DigestAlgorithm: sha2::Sha512_256,
    Sha3_224 of Current DigestAlgorithm: sha3::Sha3_224,
    Sha3_256 of Current DigestAlgorithm: sha3::Sha3_256,
    Sha3_384 of Current DigestAlgorithm: sha3::Sha3_384,
    Sha3_512 of Current DigestAlgorithm: sha3::Sha3_512,
}
