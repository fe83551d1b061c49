//! Passwords.

use zeroize::Zeroizing;

/// A password that opens a key. Wiped from memory when it is dropped, and never printed.
///
/// ```
/// use chancery_key::Password;
///
/// let password = Password::from("correct horse battery staple");
/// ```
///
/// ```compile_fail
/// println!("{:?}", chancery_key::Password::from("secret")); // has no Debug
/// ```
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The password itself, for what has to be opened with it. Do not keep it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self(Zeroizing::new(password.to_owned()))
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Self(Zeroizing::new(password))
    }
}
