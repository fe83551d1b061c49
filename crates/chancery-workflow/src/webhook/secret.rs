//! The secrets that sender and receiver share.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::WebhookSecretFault;

/// Before the Base64, so that a secret is known for one wherever it turns up.
const PREFIX: &str = "whsec_";
/// 192 to 512 bits (Standard Webhooks 1.0, "Signature scheme").
const LEAST: usize = 24;
const MOST: usize = 64;

/// A secret that one sender and one receiver share; never one secret for two receivers. Wiped when dropped, never
/// printed.
///
/// ```compile_fail
/// let secret = chancery_workflow::webhook::WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// println!("{secret:?}"); // has no Debug
/// # Ok::<(), chancery_workflow::webhook::WebhookSecretFault>(())
/// ```
///
/// ```compile_fail
/// let secret = chancery_workflow::webhook::WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let copy = secret.clone(); // nor is it copied
/// # Ok::<(), chancery_workflow::webhook::WebhookSecretFault>(())
/// ```
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// A new one, of 256 random bits.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Reads `whsec_` and Base64, as [`WebhookSecret::expose`] writes it.
    ///
    /// # Errors
    /// [`WebhookSecretFault`] says what is wrong, never the secret.
    pub fn parse(text: &str) -> Result<Self, WebhookSecretFault> {
        let base64 = text.strip_prefix(PREFIX).ok_or(WebhookSecretFault::Prefix)?;
        // Without this a text of any length would be decoded before its length is looked at.
        let longest = MOST.div_ceil(3) * 4;
        let length = |found| WebhookSecretFault::Length { least: LEAST, most: MOST, found };
        if base64.len() > longest {
            return Err(length(base64.len() / 4 * 3));
        }
        let bytes = Base64::decode_vec(base64).map(Zeroizing::new).map_err(|_| WebhookSecretFault::Base64)?;
        if bytes.len() < LEAST || bytes.len() > MOST {
            return Err(length(bytes.len()));
        }
        Ok(Self(bytes))
    }

    /// `whsec_` and Base64, to be shown to the receiver once. Do not keep it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let base64 = Zeroizing::new(Base64::encode_string(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + base64.len()));
        text.push_str(PREFIX);
        text.push_str(&base64);
        text
    }

    /// The MAC over `id.timestamp.body`, without its answer yet.
    pub(crate) fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of every length; the `Option` is that of the trait.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

/// The secrets of one webhook address: one, or several while one takes the place of another.
///
/// To change a secret: the sender adds the new one and lets the old one end some days later. Meanwhile every webhook
/// bears a signature by each, so the receiver changes over when it likes and loses none.
pub struct WebhookSecrets(Vec<(WebhookSecret, Option<Timestamp>)>);

impl WebhookSecrets {
    /// So many at one time.
    pub const MOST: usize = 4;

    /// The secret that is in use.
    #[must_use]
    pub fn new(secret: WebhookSecret) -> Self {
        Self(vec![(secret, None)])
    }

    /// An older secret, in use beside it until then; at that moment it is not any more.
    ///
    /// # Errors
    /// [`WebhookSecretFault::TooMany`].
    pub fn and_until(mut self, older: WebhookSecret, until: Timestamp) -> Result<Self, WebhookSecretFault> {
        if self.0.len() >= Self::MOST {
            return Err(WebhookSecretFault::TooMany { most: Self::MOST });
        }
        self.0.push((older, Some(until)));
        Ok(self)
    }

    /// A new secret takes the place of the one that is in use, which ends at `until`. Those that have ended by `now`
    /// are wiped.
    ///
    /// # Errors
    /// [`WebhookSecretFault::TooMany`].
    pub fn rotate(
        &mut self,
        new: WebhookSecret,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), WebhookSecretFault> {
        self.0.retain(|(_, end)| end.is_none_or(|end| now < end));
        if self.0.len() >= Self::MOST {
            return Err(WebhookSecretFault::TooMany { most: Self::MOST });
        }
        for (_, end) in &mut self.0 {
            end.get_or_insert(until);
        }
        self.0.insert(0, (new, None));
        Ok(())
    }

    /// Those in use.
    pub(crate) fn at(&self, now: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        self.0.iter().filter(move |(_, end)| end.is_none_or(|end| now < end)).map(|(secret, _)| secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<WebhookSecretFault> {
        WebhookSecret::parse(text).err()
    }

    #[test]
    fn forms() {
        let length = |found| Some(WebhookSecretFault::Length { least: 24, most: 64, found });
        assert_eq!(fault("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Some(WebhookSecretFault::Prefix));
        assert_eq!(fault("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Some(WebhookSecretFault::Prefix));
        assert_eq!(fault("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\n"), Some(WebhookSecretFault::Base64));
        assert_eq!(fault("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"), Some(WebhookSecretFault::Base64));
        assert_eq!(fault("whsec_"), length(0));
        assert_eq!(fault(&format!("whsec_{}", Base64::encode_string(&[7; 23]))), length(23));
        assert_eq!(fault(&format!("whsec_{}", Base64::encode_string(&[7; 24]))), None);
        assert_eq!(fault(&format!("whsec_{}", Base64::encode_string(&[7; 64]))), None);
        assert_eq!(fault(&format!("whsec_{}", Base64::encode_string(&[7; 65]))), length(65));
        assert!(fault(&format!("whsec_{}", "A".repeat(1_000_000))).is_some());
    }

    #[test]
    fn random_ones_differ_and_are_read_back() {
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        let (one, other) = (WebhookSecret::random(&mut rng), WebhookSecret::random(&mut rng));
        assert_ne!(*one.0, *other.0);
        assert_eq!(*WebhookSecret::parse(&one.expose()).unwrap().0, *one.0);
    }

    #[test]
    fn a_fault_does_not_repeat_the_secret() {
        let fault = fault("whsec_short").unwrap();
        assert!(!format!("{fault} {fault:?}").contains("short"));
    }

    #[test]
    fn a_rotation_keeps_the_old_one_until_its_end() {
        let secret = |byte| WebhookSecret(Zeroizing::new(vec![byte; 32]));
        let at = |second| Timestamp::from_second(second).unwrap();
        let in_use = |secrets: &WebhookSecrets, now| secrets.at(now).map(|s| s.0[0]).collect::<Vec<_>>();
        let mut secrets = WebhookSecrets::new(secret(1));
        secrets.rotate(secret(2), at(100), at(0)).unwrap();
        assert_eq!(in_use(&secrets, at(99)), [2, 1]);
        assert_eq!(in_use(&secrets, at(100)), [2]);
        // A second rotation does not lengthen the life of the first one.
        secrets.rotate(secret(3), at(500), at(50)).unwrap();
        assert_eq!(in_use(&secrets, at(99)), [3, 2, 1]);
        assert_eq!(in_use(&secrets, at(100)), [3, 2]);
        secrets.rotate(secret(4), at(500), at(100)).unwrap();
        assert_eq!(secrets.0.len(), 3, "the one that ended is gone");
        secrets.rotate(secret(5), at(500), at(100)).unwrap();
        assert_eq!(secrets.rotate(secret(6), at(500), at(100)), Err(WebhookSecretFault::TooMany { most: 4 }));
    }
}
