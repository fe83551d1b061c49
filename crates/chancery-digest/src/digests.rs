//! Several digests of the same bytes.

use std::io;
use std::ops::Range;

use crate::source::read_through;
use crate::{Digest, Hasher, KnownDigest, Source};

/// Digests of the same bytes by several algorithms, made in one pass: what a verifier needs before it knows
/// which of them a signature names.
///
/// ```
/// use chancery_digest::{Digests, DigestAlgorithm};
///
/// let contract = b"I approve this contract".to_vec();
/// let digests = Digests::over_ranges([DigestAlgorithm::Sha256.into()], &contract, &[0..9, 10..23])?;
/// assert!(digests.find(DigestAlgorithm::Sha256.into()).is_some());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Digests(Vec<Digest<KnownDigest>>);

impl Digests {
    /// Digests of bytes in memory.
    #[must_use]
    pub fn over_bytes(algorithms: impl IntoIterator<Item = KnownDigest>, bytes: &[u8]) -> Self {
        let mut hashers = hashers(algorithms);
        hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        Self::finalize(hashers)
    }

    /// Digests of byte ranges of a source, one after another, read in one pass and constant memory.
    ///
    /// # Errors
    /// If a range does not lie within the source, or the source cannot be read.
    pub fn over_ranges(
        algorithms: impl IntoIterator<Item = KnownDigest>,
        source: &(impl Source + ?Sized),
        ranges: &[Range<u64>],
    ) -> io::Result<Self> {
        let mut hashers = hashers(algorithms);
        for range in ranges {
            let every = |bytes: &[u8]| hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
            read_through(source, range.clone(), every)?;
        }
        Ok(Self::finalize(hashers))
    }

    /// Digests that are known already.
    #[must_use]
    pub fn of(digests: impl IntoIterator<Item = Digest<KnownDigest>>) -> Self {
        Self(digests.into_iter().collect())
    }

    /// The digest by this algorithm, if it was made.
    #[must_use]
    pub fn find(&self, algorithm: KnownDigest) -> Option<&Digest<KnownDigest>> {
        self.0.iter().find(|digest| digest.algorithm() == algorithm)
    }

    fn finalize(hashers: Vec<Hasher<KnownDigest>>) -> Self {
        Self(hashers.into_iter().map(Hasher::finalize).collect())
    }
}

fn hashers(algorithms: impl IntoIterator<Item = KnownDigest>) -> Vec<Hasher<KnownDigest>> {
    let mut hashers: Vec<Hasher<KnownDigest>> = Vec::new();
    for algorithm in algorithms {
        if !hashers.iter().any(|hasher| hasher.algorithm() == algorithm) {
            hashers.push(Hasher::new(algorithm));
        }
    }
    hashers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{AnyDigest, DigestAlgorithm, FileSource, LegacyDigest};

    proptest! {
        #[test]
        fn ranges_of_a_file_digest_like_the_bytes_they_name(
            bytes in proptest::collection::vec(any::<u8>(), 0..200_000),
            cut in any::<prop::sample::Index>(),
            gap in 0_usize..500,
        ) {
            let first = cut.index(bytes.len() + 1);
            let second = (first + gap).min(bytes.len());
            let ranges = [0..first as u64, second as u64..bytes.len() as u64];
            let algorithms = [KnownDigest::from(DigestAlgorithm::Sha384), LegacyDigest::Sha1.into()];
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, &bytes).unwrap();
            let file = FileSource::new(file).unwrap();
            let joined = [&bytes[..first], &bytes[second..]].concat();
            for algorithm in algorithms {
                let from_file = Digests::over_ranges(algorithms, &file, &ranges).unwrap();
                let from_memory = Digests::over_ranges(algorithms, &bytes, &ranges).unwrap();
                prop_assert_eq!(from_file.find(algorithm), Some(&algorithm.digest(&joined)));
                prop_assert_eq!(from_memory.find(algorithm), Some(&algorithm.digest(&joined)));
            }
        }
    }

    #[test]
    fn a_range_beyond_the_end_is_an_error() {
        let short = b"short".to_vec();
        assert!(Digests::over_ranges([DigestAlgorithm::Sha256.into()], &short, &[0..2, 3..6]).is_err());
    }
}
