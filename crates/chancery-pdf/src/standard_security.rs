//! The standard security handler: from a password to the key of the file (ISO 32000-2, 7.6.4).

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cipher;
use crate::error::PdfError;
use crate::object::{Dictionary, Object};
use crate::pdf_doc_encoding;
use crate::permissions::{Layout, OpenedAs, Permissions};
use crate::saslprep;
use crate::string::PdfString;
use crate::unsupported_encryption::UnsupportedEncryption;

/// What fills a password up to 32 bytes (algorithm 2, step a).
const PADDING: [u8; 32] = *b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\
                             \x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";

/// Passwords of AES-256 files are cut after so many bytes (algorithm 2.A, step a).
const LONGEST_PASSWORD: usize = 127;

/// The key that everything in the file is encrypted with.
pub(crate) type FileKey = Zeroizing<Vec<u8>>;

/// The entries of the encryption dictionary that concern passwords (table 21).
struct Parameters {
    revision: i64,
    /// Bytes of the key.
    length: usize,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    /// `/P` as four bytes, low-order first.
    permissions: [u8; 4],
    encrypted_permissions: Vec<u8>,
    metadata: Metadata,
    /// First part of the file's `/ID`.
    identifier: Vec<u8>,
}

/// Whether metadata streams are encrypted (`/EncryptMetadata`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metadata {
    Encrypted,
    Plain,
}

/// What a password gives: the key of the file, and what its bearer may do.
pub(crate) struct Opened {
    pub(crate) key: FileKey,
    pub(crate) permissions: Permissions,
}

/// Tries a password as the owner's, then as the user's. References in the encryption dictionary are already followed.
pub(crate) fn open(encryption: &Dictionary, identifier: &[u8], password: &str) -> Result<Opened, PdfError> {
    let parameters = Parameters::read(encryption, identifier)?;
    let modern = parameters.revision >= 5;
    let candidates = spellings(password, modern);
    let layout = if parameters.revision == 2 { Layout::Four } else { Layout::Seven };
    for opened_as in [OpenedAs::Owner, OpenedAs::User] {
        for candidate in &candidates {
            let key = match (modern, opened_as) {
                (true, _) => parameters.modern_key(candidate, opened_as)?,
                (false, OpenedAs::Owner) => parameters.classic_owner_key(candidate),
                (false, OpenedAs::User) => parameters.key_of_user(&padded(candidate)),
            };
            if let Some(key) = key {
                let bits = u32::from_le_bytes(parameters.permissions);
                return Ok(Opened { key, permissions: Permissions::new(bits, opened_as, layout) });
            }
        }
    }
    Err(PdfError::WrongPassword)
}

/// Whether metadata streams are encrypted.
pub(crate) fn metadata(encryption: &Dictionary) -> Metadata {
    match encryption.get("EncryptMetadata") {
        Some(Object::Boolean(false)) => Metadata::Plain,
        _ => Metadata::Encrypted,
    }
}

/// The bytes that a password may stand for. AES-256 takes UTF-8 after SASLprep, which some writers left out; older files
/// take PDFDocEncoding, in whose place some writers used Latin-1 or UTF-8.
fn spellings(password: &str, modern: bool) -> Vec<Zeroizing<Vec<u8>>> {
    let utf8 = Zeroizing::new(password.as_bytes().to_vec());
    let latin = || password.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
    let mut spellings: Vec<Zeroizing<Vec<u8>>> = if modern {
        vec![Zeroizing::new(saslprep::prepared(password).into_bytes()), utf8]
    } else {
        let one_byte_each = [pdf_doc_encoding::encoded(password), latin()];
        one_byte_each.into_iter().flatten().map(Zeroizing::new).chain([utf8]).collect()
    };
    if modern {
        spellings.iter_mut().for_each(|spelling| spelling.truncate(LONGEST_PASSWORD));
    }
    spellings.dedup();
    spellings
}

impl Parameters {
    fn read(encryption: &Dictionary, identifier: &[u8]) -> Result<Self, PdfError> {
        let integer = |key: &'static str| {
            let value = encryption.get(key).and_then(Object::as_integer);
            value.ok_or(PdfError::Entry { key, of: "the encryption dictionary", expected: "a whole number" })
        };
        let string = |key: &'static str, length: usize| {
            let value = encryption.get(key).and_then(Object::as_string).map(PdfString::as_bytes);
            let expected = "a string of the length that its revision wants";
            // Some writers add zeros.
            let value = value.and_then(|value| value.get(..length)).map(<[u8]>::to_vec);
            value.ok_or(PdfError::Entry { key, of: "the encryption dictionary", expected })
        };
        let (version, revision) = (integer("V")?, integer("R")?);
        let unsupported = |what| Err(PdfError::UnsupportedEncryption { what });
        let unknown = UnsupportedEncryption::Version { version, revision };
        let length = match version {
            1 => 5,
            2 => match encryption.get("Length").map_or(Some(40), Object::as_integer) {
                Some(bits @ 40..=128) if bits % 8 == 0 => usize::try_from(bits / 8).unwrap_or(5),
                // Some writers count in bytes.
                Some(bytes @ 5..=16) => usize::try_from(bytes).unwrap_or(5),
                bits => return unsupported(UnsupportedEncryption::KeyLength { bits }),
            },
            4 => 16,
            5 => 32,
            _ => return unsupported(unknown),
        };
        let modern = match revision {
            2..=4 if version < 5 => false,
            5 | 6 if version == 5 => true,
            _ => return unsupported(unknown),
        };
        // /P is a signed number of 32 bits; some writers wrote it as an unsigned one.
        let permissions = integer("P")?.to_le_bytes();
        let hash_length = if modern { 48 } else { 32 };
        let modern_string = |key, length| if modern { string(key, length) } else { Ok(Vec::new()) };
        Ok(Self {
            revision,
            length: if revision == 2 { 5 } else { length },
            owner: string("O", hash_length)?,
            user: string("U", hash_length)?,
            owner_key: modern_string("OE", 32)?,
            user_key: modern_string("UE", 32)?,
            permissions: [permissions[0], permissions[1], permissions[2], permissions[3]],
            encrypted_permissions: modern_string("Perms", 16)?,
            metadata: metadata(encryption),
            identifier: identifier.to_vec(),
        })
    }

    /// Revisions 2 to 4: the owner's password decrypts the user's (algorithm 7).
    fn classic_owner_key(&self, password: &[u8]) -> Option<FileKey> {
        let mut user = Zeroizing::new(self.owner.clone());
        let key = self.stretched(&[&*padded(password)], 16);
        for round in (0..=self.last_round()).rev() {
            user = Zeroizing::new(cipher::rc4(&with_round(&key[..self.length], round), &user)?);
        }
        self.key_of_user(&padded(&user))
    }

    /// Algorithms 2 and 6.
    fn key_of_user(&self, padded: &[u8; 32]) -> Option<FileKey> {
        let mark = [0xff; 4];
        let plain_metadata = self.revision >= 4 && self.metadata == Metadata::Plain;
        let mark = if plain_metadata { mark.as_slice() } else { &[] };
        let key =
            self.stretched(&[padded, &self.owner, &self.permissions, &self.identifier, mark], self.length);
        let key = Zeroizing::new(key[..self.length].to_vec());
        let (expected, compared) = if self.revision == 2 {
            (cipher::rc4(&key, &PADDING)?, 32)
        } else {
            let mut check = cipher::md5(&[&PADDING, &self.identifier]).to_vec();
            for round in 0..=self.last_round() {
                check = cipher::rc4(&with_round(&key, round), &check)?;
            }
            (check, 16)
        };
        bool::from(expected[..compared].ct_eq(&self.user[..compared])).then_some(key)
    }

    /// MD5, from revision 3 on fifty times more over the first `length` bytes.
    fn stretched(&self, parts: &[&[u8]], length: usize) -> Zeroizing<[u8; 16]> {
        let mut digest = cipher::md5(parts);
        for _ in 0..if self.revision >= 3 { 50 } else { 0 } {
            digest = cipher::md5(&[&digest[..length]]);
        }
        digest
    }

    /// RC4 is applied twenty times from revision 3 on.
    fn last_round(&self) -> u8 {
        if self.revision >= 3 { 19 } else { 0 }
    }

    /// Revisions 5 and 6 (algorithm 2.A): `/U` and `/O` are a hash, a salt to check and a salt for the key.
    fn modern_key(&self, password: &[u8], opened_as: OpenedAs) -> Result<Option<FileKey>, PdfError> {
        let (stored, encrypted_key, more) = match opened_as {
            OpenedAs::Owner => (&self.owner, &self.owner_key, self.user.as_slice()),
            OpenedAs::User => (&self.user, &self.user_key, [].as_slice()),
        };
        let (hash, salts) = stored.split_at(32);
        let (check, for_key) = salts.split_at(8);
        if !bool::from(self.hash(password, check, more).ct_eq(hash)) {
            return Ok(None);
        }
        let intermediate = self.hash(password, for_key, more);
        let key = cipher::aes_256_decrypt_blocks(&intermediate, encrypted_key);
        let key = key.ok_or(PdfError::WrongPassword)?;
        self.check_permissions(&key)?;
        Ok(Some(key))
    }

    /// Algorithm 13: whoever changed `/P` did not know the key.
    fn check_permissions(&self, key: &[u8]) -> Result<(), PdfError> {
        let block = <[u8; cipher::BLOCK]>::try_from(self.encrypted_permissions.as_slice()).ok();
        let block = block.and_then(|block| cipher::aes_256_decrypt_block(key, block));
        match block {
            Some(block) if &block[9..12] == b"adb" && block[..4] == self.permissions => Ok(()),
            _ => Err(PdfError::Entry {
                key: "Perms",
                of: "the encryption dictionary",
                expected: "the encrypted form of /P: the permissions were tampered with, or damaged",
            }),
        }
    }

    fn hash(&self, password: &[u8], salt: &[u8], more: &[u8]) -> Zeroizing<Vec<u8>> {
        let first = Sha256::new().chain_update(password).chain_update(salt).chain_update(more).finalize();
        if self.revision == 5 { Zeroizing::new(first.to_vec()) } else { hardened(&first, password, more) }
    }
}

/// Algorithm 2.B, the hash of revision 6.
fn hardened(first: &[u8], password: &[u8], more: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(first.to_vec());
    let mut round = 0_u32;
    loop {
        let once = Zeroizing::new([password, &key, more].concat());
        let repeated = Zeroizing::new(once.repeat(64));
        // 64 repetitions are whole blocks, and the key is always of 32 bytes or more.
        let encrypted =
            cipher::aes_128_encrypt_blocks(&key[..16], &key[16..32], &repeated).unwrap_or_default();
        let encrypted = Zeroizing::new(encrypted);
        // The first sixteen bytes as a number modulo 3: 256 is 1 modulo 3, so their sum will do.
        let remainder = encrypted.iter().take(16).map(|&byte| u32::from(byte)).sum::<u32>() % 3;
        key = Zeroizing::new(match remainder {
            0 => Sha256::digest(&*encrypted).to_vec(),
            1 => Sha384::digest(&*encrypted).to_vec(),
            _ => Sha512::digest(&*encrypted).to_vec(),
        });
        round += 1;
        let last = encrypted.last().copied().map_or(0, u32::from);
        if round >= 64 && last + 32 <= round {
            key.truncate(32);
            return key;
        }
    }
}

fn padded(password: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut padded = Zeroizing::new([0; 32]);
    padded.iter_mut().zip(password.iter().chain(&PADDING)).for_each(|(to, from)| *to = *from);
    padded
}

/// The key of a round: each byte combined with its number.
fn with_round(key: &[u8], round: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(key.iter().map(|byte| byte ^ round).collect())
}
