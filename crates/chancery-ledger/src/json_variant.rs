//! The name of a variant, as serde writes it.

use std::fmt;

use serde::ser::{Impossible, Serialize, Serializer};

use crate::error::NameError;

/// What the variant of an enum is called. What is in it is not looked at.
pub(crate) fn variant_name(value: &impl Serialize) -> Result<&'static str, NameError> {
    match value.serialize(NameOfVariant) {
        Err(Seen::Variant(name)) => Ok(name),
        Err(Seen::Other) | Ok(()) => {
            Err(NameError::NoEvent { why: "it is no variant of an enum, as serde writes one".to_owned() })
        }
    }
}

/// Stops at the first thing that it is told.
struct NameOfVariant;

/// What it was told.
#[derive(Debug)]
enum Seen {
    Variant(&'static str),
    Other,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seen")
    }
}

impl std::error::Error for Seen {}

impl serde::ser::Error for Seen {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

type Never = Impossible<(), Seen>;

/// Anything but a variant.
macro_rules! other {
    ($($method:ident($($of:ty),*) -> $answer:ty;)*) => {$(
        fn $method(self, $(_: $of),*) -> Result<$answer, Seen> {
            Err(Seen::Other)
        }
    )*};
}

impl Serializer for NameOfVariant {
    type Ok = ();
    type Error = Seen;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Seen> {
        Err(Seen::Variant(name))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: &T,
    ) -> Result<(), Seen> {
        Err(Seen::Variant(name))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Never, Seen> {
        Err(Seen::Variant(name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Never, Seen> {
        Err(Seen::Variant(name))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Seen> {
        Err(Seen::Other)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), Seen> {
        Err(Seen::Other)
    }

    other! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
    }
}
