//! Values as the standard writes them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use chancery_pdf::{Name, Object, PdfString, Real, Reference};

fn read(text: &str) -> Object {
    let (value, length) = Object::parse(text.as_bytes()).unwrap();
    assert_eq!(length, text.len(), "{text}");
    value
}

fn string(text: &str) -> Vec<u8> {
    read(text).as_string().unwrap().as_bytes().to_vec()
}

#[test]
fn strings_as_in_the_standard() {
    // ISO 32000-2, 7.3.4.2 and 7.3.4.3.
    assert_eq!(
        string("(Balanced parentheses () and so on ( x ).)"),
        b"Balanced parentheses () and so on ( x )."
    );
    assert_eq!(string("(These \\\ntwo strings \\\r\nare the same.)"), b"These two strings are the same.");
    assert_eq!(string("(end of\r\nline)"), b"end of\nline");
    assert_eq!(string("(\\0053 \\053 \\53 \\500)"), b"\x053 + + @");
    assert_eq!(string("<4E6F762073 686D6F7A206B6120706F702E>"), b"Nov shmoz ka pop.");
    assert_eq!(string("<901FA>"), [0x90, 0x1f, 0xa0]);
}

#[test]
fn names_as_in_the_standard() {
    // ISO 32000-2, table 4.
    let name = |text: &str| read(text).as_name().unwrap().to_string();
    assert_eq!(name("/A;Name_With-Various***Characters?"), "A;Name_With-Various***Characters?");
    assert_eq!(name("/Lime#20Green"), "Lime Green");
    assert_eq!(name("/paired#28#29parentheses"), "paired()parentheses");
    assert_eq!(name("/The_Key_of_F#23_Minor"), "The_Key_of_F#_Minor");
    assert_eq!(name("/A#42"), "AB");
    assert_eq!(Name::from("a b#").as_bytes(), read("/a#20b#23").as_name().unwrap().as_bytes());
}

#[test]
fn numbers_keep_their_text() {
    for (text, value) in [
        ("34.5", 34.5),
        ("-3.62", -3.62),
        ("+123.6", 123.6),
        ("4.", 4.0),
        ("-.002", -0.002),
        ("-", 0.0),
        ("--5.5", -5.5),
        ("1.2.3", 1.2),
    ] {
        let read = read(text);
        assert!((read.as_number().unwrap() - value).abs() < 1e-9, "{text}");
        assert_eq!(read.to_bytes(), text.as_bytes());
    }
    assert_eq!(read("+17"), Object::Integer(17));
    assert_eq!(read("9223372036854775808").as_integer(), None);
    assert_eq!(Real::new(f64::NAN).text(), "0.0");
    assert_eq!(Real::new(1e21).text(), "1000000000000000000000.0");
}

#[test]
fn references_are_told_from_numbers() {
    assert_eq!(read("[1 0 R 2 0 3 0 R]").to_bytes(), b"[1 0 R 2 0 3 0 R]");
    assert_eq!(read("[1 0 R 2 0]").as_array().unwrap().len(), 3);
    assert_eq!(read("[1 % one\n0 % zero\nR]").as_array().unwrap(), [Reference::new(1, 0).into()]);
}

#[test]
fn text_strings_in_every_encoding() {
    for text in ["plain", "grüße", "契約書", "𝔘nicode"] {
        assert_eq!(PdfString::text(text).to_text(), text);
    }
    assert_eq!(PdfString::literal(b"\xef\xbb\xbf\xc3\xa9".as_slice()).to_text(), "é");
    assert_eq!(PdfString::literal(b"\xff\xfe\x41\x00".as_slice()).to_text(), "A");
    assert_eq!(PdfString::literal(b"caf\xe9".as_slice()).to_text(), "café");
}

#[test]
fn dictionaries_keep_order_and_duplicates() {
    let Object::Dictionary(mut dictionary) = read("<</B 1/A 2/B 3/C 4/C 5>>") else { panic!() };
    assert_eq!(dictionary.get("B"), Some(&Object::Integer(3)));
    assert_eq!(dictionary.duplicates(), [&Name::from("B"), &Name::from("C")]);
    dictionary.set("A", 9);
    assert_eq!(dictionary.remove("B"), Some(Object::Integer(3)));
    assert_eq!(Object::from(dictionary).to_bytes(), b"<</A 9 /C 4 /C 5>>");
}
