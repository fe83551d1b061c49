//! How values of other crates are written in events.

/// People, as 32 hexadecimal digits.
pub(crate) mod user {
    use chancery_auth::UserId;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(user: &UserId, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(user)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(input: D) -> Result<UserId, D::Error> {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

/// People that may be absent.
pub(crate) mod maybe_user {
    use chancery_auth::UserId;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(user: &Option<UserId>, out: S) -> Result<S::Ok, S::Error> {
        match user {
            Some(user) => out.collect_str(user),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(input: D) -> Result<Option<UserId>, D::Error> {
        Option::<String>::deserialize(input)?.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
