//! Values on their way into statements.

use std::fmt;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A parameter of a statement. It does not show what it holds: tokio-postgres writes parameters into the log of the
/// application when that is set to tell much.
pub(super) enum Param<'p> {
    Text(&'p str),
    Texts(Vec<&'p str>),
    Written(Vec<String>),
    Number(i64),
    MaybeNumber(Option<i64>),
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Bytes(&'p [u8]),
    MaybeBytes(Option<&'p [u8]>),
    Blobs(Vec<&'p [u8]>),
    MaybeBlobs(Vec<Option<&'p [u8]>>),
    Flags(Vec<bool>),
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

type Written = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Written {
        match self {
            Self::Text(value) => value.to_sql_checked(kind, out),
            Self::Texts(values) => values.to_sql_checked(kind, out),
            Self::Written(values) => values.to_sql_checked(kind, out),
            Self::Number(value) => value.to_sql_checked(kind, out),
            Self::MaybeNumber(value) => value.to_sql_checked(kind, out),
            Self::Numbers(values) => values.to_sql_checked(kind, out),
            Self::MaybeNumbers(values) => values.to_sql_checked(kind, out),
            Self::Bytes(value) => value.to_sql_checked(kind, out),
            Self::MaybeBytes(value) => value.to_sql_checked(kind, out),
            Self::Blobs(values) => values.to_sql_checked(kind, out),
            Self::MaybeBlobs(values) => values.to_sql_checked(kind, out),
            Self::Flags(values) => values.to_sql_checked(kind, out),
        }
    }

    /// Each value looks at the type itself when it is written.
    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Written {
        self.to_sql(kind, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_of_its_type_and_shows_nothing() {
        let mut out = BytesMut::new();
        assert!(Param::Number(7).to_sql_checked(&Type::INT8, &mut out).is_ok());
        assert!(Param::Number(7).to_sql_checked(&Type::TEXT, &mut out).is_err());
        assert!(Param::Blobs(vec![b"a"]).to_sql_checked(&Type::BYTEA_ARRAY, &mut out).is_ok());
        assert_eq!(format!("{:?}", [Param::Text("secret"), Param::Bytes(b"secret")]), "[.., ..]");
    }
}
