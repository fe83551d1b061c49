//! The secrets themselves: checked for their form, wiped when dropped, never printed, never copied.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::bytes::StateKind;
use crate::error::SecretFault;
use crate::kind::FactorKind;

/// A secret on its way to a [`SecretHasher`](crate::SecretHasher). Has no `Debug`, no `Clone`, and lives no longer than the call.
pub struct Exposed<'a>(&'a [u8]);

impl Exposed<'_> {
    /// The bytes. Do not keep them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A secret that is kept as a verifier: [`AccessCode`], [`SigningPin`], [`ApprovalCode`]. Nobody else can add one.
pub trait Secret: sealed::Sealed + Sized {
    /// Of which kind it is.
    const KIND: FactorKind;

    #[doc(hidden)]
    fn exposed(&self) -> Exposed<'_>;
    #[doc(hidden)]
    fn text(&self) -> &str;
}

/// Which state belongs to a kind of secret.
pub(crate) fn state_kind<S: Secret>() -> StateKind {
    match S::KIND {
        FactorKind::AccessCode => StateKind::AccessCode,
        FactorKind::ApprovalCode => StateKind::ApprovalCode,
        // The trait is sealed; the only other one is the PIN.
        _ => StateKind::SigningPin,
    }
}

macro_rules! secret {
    ($name:ident, $kind:ident) => {
        impl sealed::Sealed for $name {}

        impl Secret for $name {
            const KIND: FactorKind = FactorKind::$kind;

            fn exposed(&self) -> Exposed<'_> {
                Exposed(self.0.as_bytes())
            }

            fn text(&self) -> &str {
                &self.0
            }
        }
    };
}

/// What the sender of a request sets and tells the party out of band. It gates viewing, never a key.
///
/// ```compile_fail
/// let code = chancery_auth::AccessCode::new("river stones")?;
/// let pin = chancery_auth::SigningPin::from(code); // no way from one to the other
/// # Ok::<(), chancery_auth::SecretFault>(())
/// ```
pub struct AccessCode(Zeroizing<String>);

secret!(AccessCode, AccessCode);

impl AccessCode {
    /// A code of 6 to 64 letters, digits, spaces and signs of ASCII.
    ///
    /// # Errors
    /// [`SecretFault`] says what is wrong with the form, never the code.
    pub fn new(code: &str) -> Result<Self, SecretFault> {
        form(code, 6, 64, |byte| (b' '..=b'~').contains(&byte), "letters, digits, spaces and signs of ASCII")
            .map(Self)
    }

    /// A code that nobody guesses, to be told: sixteen letters and digits without those that look alike (79 bits).
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        /// Without 0 o, 1 l i.
        const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
        let mut code = Zeroizing::new(String::with_capacity(16));
        let mut drawn = Zeroizing::new([0_u8; 1]);
        while code.len() < 16 {
            rng.fill_bytes(&mut *drawn);
            // 248 is the largest multiple of 31: what lies above is drawn again, so that no letter is likelier.
            if drawn[0] < 248 {
                code.push(char::from(LETTERS[usize::from(drawn[0] % 31)]));
            }
        }
        Self(code)
    }

    /// The code, to be shown to its sender once. Do not keep it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What a person sets to use a signing key: at least eight letters and digits, both.
///
/// ```compile_fail
/// let pin = chancery_auth::SigningPin::new("river7stone")?;
/// println!("{pin:?}"); // has no Debug
/// # Ok::<(), chancery_auth::SecretFault>(())
/// ```
///
/// ```compile_fail
/// let pin = chancery_auth::SigningPin::new("river7stone")?;
/// println!("{pin}"); // and no Display
/// # Ok::<(), chancery_auth::SecretFault>(())
/// ```
///
/// ```compile_fail
/// let pin = chancery_auth::SigningPin::new("river7stone")?;
/// let copy = pin.clone(); // nor is it copied
/// # Ok::<(), chancery_auth::SecretFault>(())
/// ```
///
/// ```compile_fail
/// let pin = chancery_auth::SigningPin::new("river7stone")?;
/// let code = chancery_auth::AccessCode::from(pin); // no way from one to the other
/// # Ok::<(), chancery_auth::SecretFault>(())
/// ```
pub struct SigningPin(Zeroizing<String>);

secret!(SigningPin, SigningPin);

impl SigningPin {
    /// A PIN of 8 to 64 ASCII letters and digits, at least one of each.
    ///
    /// # Errors
    /// [`SecretFault`] says what is wrong with the form, never the PIN.
    pub fn new(pin: &str) -> Result<Self, SecretFault> {
        let pin = form(pin, 8, 64, |byte| byte.is_ascii_alphanumeric(), "ASCII letters and digits")?;
        let has = |is: fn(&u8) -> bool| pin.as_bytes().iter().any(is);
        if !has(u8::is_ascii_digit) || !has(u8::is_ascii_alphabetic) {
            return Err(SecretFault::LettersAndDigits);
        }
        Ok(Self(pin))
    }
}

/// Four digits that a person sets when first using a seal. Ten thousand guesses are all there are: few tries, a delay
/// that grows, and never the only factor.
///
/// ```compile_fail
/// println!("{:?}", chancery_auth::ApprovalCode::new("8305")); // has no Debug
/// ```
pub struct ApprovalCode(Zeroizing<String>);

secret!(ApprovalCode, ApprovalCode);

impl ApprovalCode {
    /// A code of exactly four digits.
    ///
    /// # Errors
    /// [`SecretFault`] says what is wrong with the form, never the code.
    pub fn new(code: &str) -> Result<Self, SecretFault> {
        form(code, 4, 4, |byte| byte.is_ascii_digit(), "the digits 0 to 9").map(Self)
    }
}

/// Six digits that were sent to a person.
///
/// ```compile_fail
/// println!("{:?}", chancery_auth::OneTimeCode::new("830512")); // has no Debug
/// ```
pub struct OneTimeCode(Zeroizing<String>);

impl OneTimeCode {
    /// A code of exactly six digits.
    ///
    /// # Errors
    /// [`SecretFault`] says what is wrong with the form, never the code.
    pub fn new(code: &str) -> Result<Self, SecretFault> {
        form(code, 6, 6, |byte| byte.is_ascii_digit(), "the digits 0 to 9").map(Self)
    }

    /// Of a number below 1,000,000, with its leading zeros.
    pub(crate) fn of(number: u32) -> Self {
        Self(Zeroizing::new(format!("{number:06}")))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

fn form(
    text: &str,
    least: usize,
    most: usize,
    allowed: impl Fn(u8) -> bool,
    of: &'static str,
) -> Result<Zeroizing<String>, SecretFault> {
    // Characters first: what is left is ASCII, so that bytes are characters.
    if !text.bytes().all(allowed) {
        return Err(SecretFault::Characters { of });
    }
    if text.len() < least || text.len() > most {
        return Err(SecretFault::Length { least, most });
    }
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (pin, good) in [
            ("river7stone", true),
            ("rivers7", false),
            ("riverstone", false),
            ("12345678", false),
            ("river 7 stone", false),
            ("rivér7stone", false),
            ("", false),
        ] {
            assert_eq!(SigningPin::new(pin).is_ok(), good, "{pin}");
        }
        assert!(SigningPin::new(&format!("1{}", "a".repeat(63))).is_ok());
        assert!(SigningPin::new(&format!("1{}", "a".repeat(64))).is_err());
        for (code, good) in
            [("0000", true), ("000", false), ("00000", false), ("٠١٢٣", false), ("12 4", false)]
        {
            assert_eq!(ApprovalCode::new(code).is_ok(), good, "{code}");
        }
        assert!(AccessCode::new("blue horse").is_ok() && AccessCode::new("blue\n").is_err());
        assert!(AccessCode::new("horse").is_err());
        assert!(OneTimeCode::new("000000").is_ok() && OneTimeCode::new("00000").is_err());
        assert_eq!(OneTimeCode::of(42).text(), "000042");
    }

    #[test]
    fn a_fault_does_not_repeat_the_secret() {
        let Err(fault) = SigningPin::new("secret!word") else { panic!("taken") };
        assert!(!format!("{fault} {fault:?}").contains("secret"));
    }

    #[test]
    fn random_access_codes_are_codes() {
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        let codes: Vec<_> = (0..50).map(|_| AccessCode::random(&mut rng)).collect();
        assert!(codes.iter().all(|code| code.expose().len() == 16 && AccessCode::new(code.expose()).is_ok()));
        assert!(codes.windows(2).all(|pair| pair[0].expose() != pair[1].expose()));
    }
}
