//! CMS messages as our benches make and check them.

use chancery_cms::{Preparation, SignedMessage};
use chancery_digest::{AnyDigest, Digests};
use chancery_key::Signer;

use crate::{BareKey, Outcome, Person, ensure};

/// Content of this length, a different one for each number.
#[must_use]
pub fn contents(number: u64, length: usize) -> Vec<u8> {
    number.to_be_bytes().into_iter().cycle().take(length).collect()
}

/// A detached signature over the content, with the certificates of the chain: everything from the digest of the
/// content to the bytes of the message.
///
/// # Errors
/// If it cannot be signed.
pub fn sign_detached(person: &Person, signer: &impl Signer, content: &[u8]) -> Outcome<Vec<u8>> {
    let digest = signer.algorithm().digest().digest(content);
    let prepared = Preparation::new(person.signer.chain(), signer.algorithm(), digest).prepare()?;
    let value = signer.sign(prepared.to_be_signed())?;
    Ok(prepared.finish(value)?.into_bytes())
}

/// Reads the message, digests the content, and checks that it was signed by this person, whose chain is known to be
/// good.
///
/// # Errors
/// If it was not.
pub fn verify_detached(person: &Person, content: &[u8], message: &[u8]) -> Outcome<()> {
    let message = SignedMessage::from_ber(message)?;
    let digests = Digests::over_bytes(message.digest_algorithms(), content);
    let check = message.check(&digests, &[]);
    let by_this_person = check
        .signers()
        .iter()
        .filter_map(chancery_cms::SignerCheck::sound)
        .all(|signer| person.signer.chain().first() == Some(signer.certificate()));
    ensure(check.is_sound() && by_this_person, "it must be sound, and by this person")
}

/// How many bytes this person signs in a message: its signed attributes.
///
/// # Errors
/// If nothing can be signed.
pub fn to_be_signed_len(person: &Person) -> Outcome<usize> {
    let message = SignedMessage::from_ber(&sign_detached(person, &person.signer, b"one")?)?;
    let signer = message.signers().first().ok_or("it was signed")?;
    Ok(signer.signed_attributes_der().map_or(0, <[u8]>::len))
}

/// The provider's own signing operation: SHA-256 of these bytes, and the key.
///
/// # Errors
/// What the provider says.
pub fn bare_signature(person: &Person, bytes: &[u8]) -> Outcome<Vec<u8>> {
    person.bare.sign(&BareKey::digest(bytes)?)
}
