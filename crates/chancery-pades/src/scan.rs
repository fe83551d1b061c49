//! One scan of the signed bytes: the digests of what the signatures of a document cover, and what else is looked for there.

use std::ops::Range;

use chancery_digest::{AnyDigest, Digests, Hasher, KnownDigest, Source};

use crate::PadesError;
use crate::structure::Covered;

/// So much is read at once: it stays in the cache of a processor until it was hashed and looked through.
const BLOCK: usize = 64 << 10;

/// What one signature asks for.
pub(crate) struct Wanted {
    pub(crate) covered: Covered,
    pub(crate) algorithms: Vec<KnownDigest>,
}

/// The digests for each signature, in the order asked.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn digests(source: &dyn Source, wanted: &[Wanted]) -> Result<Vec<Digests>, PadesError> {
    read(source, wanted, 0, |_, _| Ok(()))
}

/// As [`digests`]. All bytes of the file are shown to `look`, once and one after another, with the offset of the first of
/// each piece: also those that nobody signed, in which something may stand that changes what is seen of the others.
/// Where nothing is asked, nothing is read.
///
/// # Errors
/// If the file cannot be read, and what `look` says.
pub(crate) fn digests_and(
    source: &dyn Source,
    wanted: &[Wanted],
    look: impl FnMut(u64, &[u8]) -> Result<(), PadesError>,
) -> Result<Vec<Digests>, PadesError> {
    let until = if wanted.is_empty() { 0 } else { source.len() };
    read(source, wanted, until, look)
}

/// Every signature covers the file from its beginning, so the digest of what lies before a gap is taken over from
/// the signature before and only continued. What lies after the gaps does not overlap, since each signature
/// stands in the revision that it signs: the work is linear in the file, however many signatures there are. What
/// follows is read up to `until`: what nobody signed, and the white space that another one covers at the end of the same
/// revision.
fn read(
    source: &dyn Source,
    wanted: &[Wanted],
    until: u64,
    mut look: impl FnMut(u64, &[u8]) -> Result<(), PadesError>,
) -> Result<Vec<Digests>, PadesError> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&index| wanted[index].covered.gap_start);
    let mut results = vec![Digests::default(); wanted.len()];
    let mut running: Vec<Hasher<KnownDigest>> = Vec::new();
    for algorithm in wanted.iter().flat_map(|wanted| &wanted.algorithms) {
        if !running.iter().any(|hasher| hasher.algorithm() == *algorithm) {
            running.push(algorithm.hasher());
        }
    }
    let mut scan = Scan { source, buffer: Vec::new() };
    let mut position = 0;
    let last = order.last().copied();
    for index in order {
        let Wanted { covered, algorithms } = &wanted[index];
        scan.read(position..covered.gap_start, |offset, bytes| {
            running.iter_mut().for_each(|hasher| hasher.update(bytes));
            look(offset, bytes)
        })?;
        position = covered.gap_start;
        let asked = running.iter().filter(|hasher| algorithms.contains(&hasher.algorithm()));
        let mut finished: Vec<Hasher<KnownDigest>> = asked.cloned().collect();
        // What follows the gap of the last one is signed by nobody after it: here it passes by only once.
        let is_last = last == Some(index);
        if is_last {
            scan.read(position..covered.gap_end, &mut look)?;
            position = covered.end;
        }
        scan.read(covered.gap_end..covered.end, |offset, bytes| {
            finished.iter_mut().for_each(|hasher| hasher.update(bytes));
            if is_last { look(offset, bytes) } else { Ok(()) }
        })?;
        results[index] = Digests::of(finished.into_iter().map(Hasher::finalize));
    }
    scan.read(position..until.max(position), &mut look)?;
    Ok(results)
}

struct Scan<'s> {
    source: &'s dyn Source,
    buffer: Vec<u8>,
}

impl Scan<'_> {
    /// Shows a range piece by piece.
    fn read(
        &mut self,
        range: Range<u64>,
        mut tell: impl FnMut(u64, &[u8]) -> Result<(), PadesError>,
    ) -> Result<(), PadesError> {
        let Range { mut start, end } = range;
        while start < end {
            let length = usize::try_from(end - start).map_or(BLOCK, |left| left.min(BLOCK));
            let piece_end = start + length as u64;
            if self.source.as_slice().is_some() {
                tell(start, &self.source.read_range(start..piece_end)?)?;
            } else {
                self.buffer.resize(BLOCK, 0);
                let piece = self.buffer.get_mut(..length).unwrap_or_default();
                self.source.read_exact_at(start, piece)?;
                tell(start, piece)?;
            }
            start = piece_end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chancery_digest::DigestAlgorithm;

    use super::*;

    fn wanted(gap_start: u64, gap_end: u64, end: u64) -> Wanted {
        let covered = Covered { gap_start, gap_end, end, revision: 0 };
        Wanted { covered, algorithms: vec![DigestAlgorithm::Sha256.into()] }
    }

    #[test]
    fn each_byte_passes_by_once_and_in_order() {
        let file: Vec<u8> = (0..300_000_u32).map(|byte| (byte % 251) as u8).collect();
        // The second in the order of the file comes first; another one ends behind the last gap's signature.
        let all = [
            wanted(200_000, 200_100, 250_000),
            wanted(70_000, 70_010, 140_000),
            wanted(150_000, 150_020, 250_002),
        ];
        let mut seen = Vec::new();
        let digests = digests_and(&file, &all, |offset, bytes| {
            assert_eq!(offset, seen.len() as u64);
            seen.extend_from_slice(bytes);
            Ok(())
        });
        assert!(seen == file);
        assert!(digests_and(&file, &[], |_, _| panic!("nobody asked")).unwrap().is_empty());
        for (wanted, digests) in all.iter().zip(digests.unwrap()) {
            let Covered { gap_start, gap_end, end, .. } = wanted.covered;
            let part =
                |from: u64, to: u64| &file[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()];
            let signed = [part(0, gap_start), part(gap_end, end)].concat();
            let expected = KnownDigest::from(DigestAlgorithm::Sha256).digest(&signed);
            assert_eq!(digests.find(DigestAlgorithm::Sha256.into()), Some(&expected));
        }
    }
}
