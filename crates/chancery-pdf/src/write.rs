//! Values as PDF syntax.

use std::io::Write as _;

use crate::name::Name;
use crate::object::{Dictionary, Object};
use crate::parser::is_regular;
use crate::string::{PdfString, StringForm};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub(crate) fn object(value: &Object, out: &mut Vec<u8>) {
    match value {
        Object::Null => out.extend(b"null"),
        Object::Boolean(true) => out.extend(b"true"),
        Object::Boolean(false) => out.extend(b"false"),
        Object::Integer(value) => text(out, format_args!("{value}")),
        Object::Real(value) => out.extend(value.text().bytes()),
        Object::String(value) => string(value, out),
        Object::Name(value) => name(value, out),
        Object::Array(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                object(value, out);
            }
            out.push(b']');
        }
        Object::Dictionary(value) => dictionary(value, out),
        Object::Stream(value) => dictionary(value.dictionary(), out),
        Object::Reference(value) => text(out, format_args!("{value}")),
    }
}

pub(crate) fn dictionary(value: &Dictionary, out: &mut Vec<u8>) {
    out.extend(b"<<");
    for (index, (key, value)) in value.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        name(key, out);
        out.push(b' ');
        object(value, out);
    }
    out.extend(b">>");
}

/// Appends formatted text. Writing to a vector cannot fail.
pub(crate) fn text(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _always_ok = out.write_fmt(text);
}

fn name(value: &Name, out: &mut Vec<u8>) {
    out.push(b'/');
    let is_plain = |byte: u8| byte.is_ascii_graphic() && is_regular(byte) && byte != b'#';
    for &byte in value.as_bytes() {
        if is_plain(byte) {
            out.push(byte);
        } else {
            text(out, format_args!("#{byte:02X}"));
        }
    }
}

fn string(value: &PdfString, out: &mut Vec<u8>) {
    match value.form() {
        StringForm::Hexadecimal => {
            out.push(b'<');
            out.reserve(value.as_bytes().len() * 2 + 1);
            // Signatures are long: no formatting machinery for each byte.
            let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
            out.extend(value.as_bytes().iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]));
            out.push(b'>');
        }
        StringForm::Literal => {
            out.push(b'(');
            for &byte in value.as_bytes() {
                match byte {
                    b'(' | b')' | b'\\' => out.extend([b'\\', byte]),
                    // An unescaped CR would be read as LF.
                    b'\r' => out.extend(b"\\r"),
                    b'\n' => out.extend(b"\\n"),
                    byte => out.push(byte),
                }
            }
            out.push(b')');
        }
    }
}

impl Object {
    /// The value as PDF syntax. Of a stream this is the dictionary alone: its bytes are written by
    /// [`crate::Increment::put`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Appends what [`Object::to_bytes`] returns.
    pub fn write(&self, out: &mut Vec<u8>) {
        object(self, out);
    }
}
