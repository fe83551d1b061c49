//! The ciphers of encrypted documents. RC4 and MD5 are what old files need; nothing new is protected by them
//! except what is added to such a file.

use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
};
use aes::{Aes128, Aes256};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};
use zeroize::Zeroizing;

/// Bytes of an AES block, and so of an initialization vector.
pub(crate) const BLOCK: usize = 16;

/// MD5 of several parts.
pub(crate) fn md5(parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    let mut hasher = Md5::new();
    parts.iter().for_each(|part| hasher.update(part));
    Zeroizing::new(hasher.finalize().into())
}

/// RC4, which encrypts and decrypts alike; `None` if the key is empty.
pub(crate) fn rc4(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut data = data.to_vec();
    Rc4::new_from_slice(key).ok()?.apply_keystream(&mut data);
    Some(data)
}

/// AES in CBC mode with the initialization vector in front and PKCS #7 padding behind; the key's length, 16
/// or 32 bytes, decides which. Nothing at all stands for the empty string, as some writers have it.
pub(crate) fn aes_decrypt(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    if data.is_empty() {
        return Some(Vec::new());
    }
    let (vector, data) = data.split_at_checked(BLOCK)?;
    if data.is_empty() {
        return Some(Vec::new());
    }
    match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, vector)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(data)
            .ok(),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, vector)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(data)
            .ok(),
    }
}

/// The reverse of [`aes_decrypt`].
pub(crate) fn aes_encrypt(key: &[u8], vector: &[u8; BLOCK], data: &[u8]) -> Option<Vec<u8>> {
    let encrypted = match key.len() {
        16 => cbc::Encryptor::<Aes128>::new_from_slices(key, vector).ok()?.encrypt_padded_vec::<Pkcs7>(data),
        _ => cbc::Encryptor::<Aes256>::new_from_slices(key, vector).ok()?.encrypt_padded_vec::<Pkcs7>(data),
    };
    Some([vector.as_slice(), &encrypted].concat())
}

/// AES-128 in CBC mode without padding, for the hash of revision 6.
pub(crate) fn aes_128_encrypt_blocks(key: &[u8], vector: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    Some(cbc::Encryptor::<Aes128>::new_from_slices(key, vector).ok()?.encrypt_padded_vec::<NoPadding>(data))
}

/// AES-256 in CBC mode with a vector of zeros and without padding, for the file key.
pub(crate) fn aes_256_decrypt_blocks(key: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, &[0; BLOCK]).ok()?;
    cipher.decrypt_padded_vec::<NoPadding>(data).ok().map(Zeroizing::new)
}

/// One block of AES-256, for `/Perms`.
pub(crate) fn aes_256_decrypt_block(key: &[u8], block: [u8; BLOCK]) -> Option<[u8; BLOCK]> {
    let mut block = block.into();
    Aes256::new_from_slice(key).ok()?.decrypt_block(&mut block);
    Some(block.into())
}

/// Initialization vectors from a seed: AES-256 of a counter, so none comes twice and none can be foretold.
pub(crate) struct Vectors {
    cipher: Aes256,
    count: u128,
}

impl Vectors {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        Self { cipher: Aes256::new(&(*seed).into()), count: 0 }
    }

    pub(crate) fn next(&mut self) -> [u8; BLOCK] {
        let mut block = self.count.to_be_bytes().into();
        self.count += 1;
        self.cipher.encrypt_block(&mut block);
        block.into()
    }
}
