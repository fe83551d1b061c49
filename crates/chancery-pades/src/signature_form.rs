//! The forms of PDF signatures.

/// The form of a signature, `/SubFilter` (ISO 32000-2, 12.8.3).
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum SignatureForm {
    /// `ETSI.CAdES.detached`: PAdES (ETSI EN 319 142-1), the form of PDF 2.0 and of the EU's rules.
    #[default]
    Cades,
    /// `adbe.pkcs7.detached`: the form of PDF 1.3 to 1.7, for those whose readers or rules still ask for it. The message
    /// says when it was signed, as that form wants it, and names its certificate all the same.
    AdobePkcs7,
}

impl SignatureForm {
    /// The value of `/SubFilter`.
    #[must_use]
    pub const fn sub_filter(self) -> &'static str {
        match self {
            Self::Cades => "ETSI.CAdES.detached",
            Self::AdobePkcs7 => "adbe.pkcs7.detached",
        }
    }

    pub(crate) fn from_sub_filter(name: &str) -> Option<Self> {
        [Self::Cades, Self::AdobePkcs7].into_iter().find(|form| form.sub_filter() == name)
    }
}
