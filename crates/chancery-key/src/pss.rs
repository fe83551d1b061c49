//! The encoding of RSA-PSS, verified (RFC 8017 §9.1.2).

use chancery_digest::{AnyDigest, Digest, KnownDigest};

use crate::identifier::PssParameters;

/// Does `block` hold this digest, with exactly the salt length that the parameters name?
///
/// `bits` is emBits, the length of the modulus less one; `block` has `⌈bits / 8⌉` octets.
pub(crate) fn holds(
    block: &[u8],
    bits: usize,
    parameters: PssParameters,
    digest: &Digest<KnownDigest>,
) -> bool {
    check(block, bits, parameters, digest).is_some()
}

/// The steps of the standard by their numbers. Nothing is secret here, so plain comparisons do.
fn check(block: &[u8], bits: usize, parameters: PssParameters, digest: &Digest<KnownDigest>) -> Option<()> {
    let digest_len = parameters.digest.output_len();
    let salt_len = usize::try_from(parameters.salt_length).ok()?;
    // 3. emLen ≥ hLen + sLen + 2, which bounds the salt length that a file may claim.
    let padding_len = block.len().checked_sub(digest_len)?.checked_sub(salt_len)?.checked_sub(2)?;
    // 4. The trailer, and 5. the two parts.
    let (&0xbc, rest) = block.split_last()? else { return None };
    let (masked, hash) = rest.split_at(rest.len() - digest_len);
    // 6. The bits beyond emBits are zero.
    let unused = (8 * block.len()).checked_sub(bits)?;
    let kept = 0xff_u8.checked_shr(u32::try_from(unused).ok()?)?;
    if masked.first()? & !kept != 0 {
        return None;
    }
    // 7. and 8. Takes the mask off, 9. and clears the same bits again.
    let mut data = masked.to_vec();
    apply_mask(parameters.digest, hash, &mut data);
    *data.first_mut()? &= kept;
    // 10. Zeros, one, salt.
    let (padding, salt) = data.split_at_checked(padding_len + 1)?;
    let (&1, zeros) = padding.split_last()? else { return None };
    if zeros.iter().any(|&octet| octet != 0) {
        return None;
    }
    // 12. to 14. The hash of eight zeros, the digest and the salt is the hash in the block.
    let mut hasher = parameters.digest.hasher();
    hasher.update(&[0; 8]);
    hasher.update(digest.as_bytes());
    hasher.update(salt);
    (hasher.finalize().as_bytes() == hash).then_some(())
}

/// MGF1 (RFC 8017 B.2.1), applied by exclusive or.
fn apply_mask(digest: KnownDigest, seed: &[u8], data: &mut [u8]) {
    for (counter, chunk) in (0_u32..).zip(data.chunks_mut(digest.output_len())) {
        let mut hasher = digest.hasher();
        hasher.update(seed);
        hasher.update(&counter.to_be_bytes());
        let mask = hasher.finalize();
        chunk.iter_mut().zip(mask.as_bytes()).for_each(|(octet, mask)| *octet ^= mask);
    }
}
