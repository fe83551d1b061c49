//! The digests of what the signatures of a document cover, in one scan of its bytes.

use chancery_digest::{AnyDigest, Digests, Hasher, KnownDigest, Source};

use crate::PadesError;
use crate::structure::Covered;

/// What one signature asks for.
pub(crate) struct Wanted {
    pub(crate) covered: Covered,
    pub(crate) algorithms: Vec<KnownDigest>,
}

/// The digests for each signature, in the order asked.
///
/// Every signature covers the file from its beginning, so the digest of what lies before a gap is taken over from
/// the signature before and only continued. What lies after the gaps does not overlap, since each signature
/// stands in the revision that it signs: the work is linear in the file, however many signatures there are.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn digests(source: &dyn Source, wanted: &[Wanted]) -> Result<Vec<Digests>, PadesError> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&index| wanted[index].covered.gap_start);
    let mut results = vec![Digests::default(); wanted.len()];
    let mut running: Vec<Hasher<KnownDigest>> = Vec::new();
    for algorithm in wanted.iter().flat_map(|wanted| &wanted.algorithms) {
        if !running.iter().any(|hasher| hasher.algorithm() == *algorithm) {
            running.push(algorithm.hasher());
        }
    }
    let mut position = 0;
    for index in order {
        let Wanted { covered, algorithms } = &wanted[index];
        for hasher in &mut running {
            hasher.update_from(source, position..covered.gap_start)?;
        }
        position = covered.gap_start;
        let mut finished = Vec::new();
        for hasher in running.iter().filter(|hasher| algorithms.contains(&hasher.algorithm())) {
            let mut hasher = hasher.clone();
            hasher.update_from(source, covered.gap_end..covered.end)?;
            finished.push(hasher.finalize());
        }
        results[index] = Digests::of(finished);
    }
    Ok(results)
}
