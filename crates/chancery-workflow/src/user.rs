//! How identities and the kinds of factors are stored: as text.

use chancery_auth::UserId;
use serde::{Deserializer, Serializer};

use crate::hex;

/// Reads 32 hexadecimal digits.
pub(crate) fn read(text: &str) -> Option<UserId> {
    hex::array(text).map(UserId::from_bytes)
}

pub(crate) fn serialize<S: Serializer>(user: &UserId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::text(&user.to_bytes()))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
    struct Digits;
    impl serde::de::Visitor<'_> for Digits {
        type Value = UserId;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an identity: 32 hexadecimal digits")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<UserId, E> {
            read(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(Digits)
}

/// The same where there may be none.
pub(crate) mod optional {
    use chancery_auth::UserId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct One(#[serde(with = "super")] UserId);

    // The signature is serde's.
    pub(crate) fn serialize<S: Serializer>(user: &Option<UserId>, serializer: S) -> Result<S::Ok, S::Error> {
        user.map(One).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<UserId>, D::Error> {
        Ok(Option::<One>::deserialize(deserializer)?.map(|One(user)| user))
    }
}
