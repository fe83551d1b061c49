//! Tables: what is read, what is refused, and where.

use chancery_workflow::csv::{Csv, CsvError, CsvFault, CsvLimits, harmless};
use proptest::prelude::*;

fn read(text: &str) -> Result<Vec<Vec<String>>, CsvError> {
    let csv = Csv::read(text.as_bytes(), CsvLimits::default())?;
    Ok(csv.rows().iter().map(|row| row.values().to_vec()).collect())
}

fn fault(text: &str) -> Option<(usize, Option<usize>, CsvFault)> {
    read(text).err().map(|error| (error.line, error.column, error.fault))
}

#[test]
fn what_is_read() {
    let rows = |text| read(text).unwrap();
    let expected = vec![vec!["1".to_owned(), "2".into()]];
    for text in [
        "a,b\r\n1,2\r\n",
        "a,b\n1,2\n",
        "a,b\n1,2",
        "\u{feff}a,b\n1,2\n\n\r\n",
        "a,b\n\n1,2",
        " a , b \n\"1\",\"2\"",
    ] {
        assert_eq!(rows(text), expected, "{text:?}");
    }
    assert_eq!(rows("a,b\n,\n"), [["", ""]]);
    assert_eq!(rows("a\n\"x \"\"y\"\" z\"\n"), [["x \"y\" z"]]);
    assert_eq!(rows("a,b\n\"one\r\ntwo\",3\n"), [["one\r\ntwo", "3"]]);
    assert_eq!(rows("a\n\"\"\n"), [[""]]);
    assert_eq!(rows("名前\n山田 太郎\n"), [["山田 太郎"]]);
    assert_eq!(rows("a,b\n"), Vec::<Vec<String>>::new());
    // A space before a quote is a space, and then the quote is out of place.
    assert_eq!(fault("a,b\n1, \"2\"\n"), Some((2, Some(2), CsvFault::Quote)));
}

#[test]
fn what_is_refused_and_where() {
    assert_eq!(fault(""), Some((1, None, CsvFault::NoHeader)));
    assert_eq!(fault("\n\n"), Some((1, None, CsvFault::NoHeader)));
    assert_eq!(fault("a,,c\n"), Some((1, Some(2), CsvFault::Unnamed)));
    assert_eq!(fault("a,b, a\n"), Some((1, Some(3), CsvFault::NamedTwice("a".into()))));
    assert_eq!(fault("a,b\n1,2\n1,2,3\n"), Some((3, None, CsvFault::Width { header: 2, row: 3 })));
    assert_eq!(fault("a,b\n1\"2\",3\n"), Some((2, Some(1), CsvFault::Quote)));
    assert_eq!(fault("a,b\n1,\"2\"3\n"), Some((2, Some(2), CsvFault::AfterQuote)));
    assert_eq!(fault("a,b\n1,2\n3,\"4\n5,6\n"), Some((3, Some(2), CsvFault::NeverClosed)));
    assert_eq!(fault("a,b\n1\r2,3\n"), Some((2, Some(1), CsvFault::LoneReturn)));
    assert_eq!(fault("a,b\n1,2\r"), Some((2, Some(2), CsvFault::LoneReturn)));
    assert_eq!(fault("a,b\n1,\u{0}\n"), Some((2, Some(2), CsvFault::Control(0))));
    assert_eq!(fault("a,b\n1,\"x\ny\u{1b}\"\n"), Some((3, Some(2), CsvFault::Control(0x1b))));
    // Lines inside quotes are counted.
    assert_eq!(fault("a\n\"1\n2\n3\"\n4,5\n"), Some((5, None, CsvFault::Width { header: 1, row: 2 })));
    let latin = Csv::read(b"a,b\n1,2\n3,caf\xe9\n", CsvLimits::default()).unwrap_err();
    assert_eq!((latin.line, latin.fault), (3, CsvFault::NotUtf8));
    assert_eq!(read("a,b\n1,\"2\"3\n").unwrap_err().to_string().split(':').next(), Some("line 2, column 2"));
}

#[test]
fn limits() {
    let limits = CsvLimits { bytes: 30, rows: 2, columns: 2, field: 4 };
    let fault = |text: &str| Csv::read(text.as_bytes(), limits).err().map(|error| (error.line, error.fault));
    assert!(Csv::read(b"a,b\n1234,\"1234\"\n3,4\n", limits).is_ok());
    assert_eq!(fault("a,b,c\n"), Some((1, CsvFault::Columns { most: 2 })));
    assert_eq!(fault("a,b\n1,2\n1,2\n1,2\n"), Some((4, CsvFault::Rows { most: 2 })));
    assert_eq!(fault("a,b\n1,12345\n"), Some((2, CsvFault::Field { most: 4 })));
    assert_eq!(fault("a,b\n1,\"12345\"\n"), Some((2, CsvFault::Field { most: 4 })));
    assert_eq!(
        fault(&format!("a\n{}", "1\n".repeat(15))),
        Some((1, CsvFault::Bytes { most: 30, found: 32 }))
    );
}

/// Names go out of here into tables that others open.
#[test]
fn no_value_is_a_formula() {
    for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u{a0}=1"] {
        assert_eq!(harmless(bad), format!("'{bad}"));
    }
    for good in ["Jane", "a=b", "1-2", "", "'x"] {
        assert_eq!(harmless(good), good);
    }
}

/// Nothing of what is in a table is repeated in an error but the names of columns.
#[test]
fn an_error_repeats_no_value() {
    let error = read("a,b\nsecret,\"secret\"secret\n").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}

proptest! {
    /// Whatever is written by the rules is read as it was.
    #[test]
    fn written_and_read(rows in prop::collection::vec(prop::collection::vec("[^\u{0}-\u{1f}\u{7f}-\u{9f}]{0,12}(\r\n|\n|\")?", 3), 0..8)) {
        let mut text = String::from("a,b,c\r\n");
        for row in &rows {
            let quoted: Vec<_> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push_str("\r\n");
        }
        prop_assert_eq!(read(&text).unwrap(), rows);
    }

    /// Whatever comes in is answered, with a line that is there.
    #[test]
    fn anything_is_answered(bytes in prop::collection::vec(prop::sample::select(b"a\",\r\n\x00\xc3\xa9=".to_vec()), 0..60)) {
        let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
        match Csv::read(&bytes, CsvLimits::default()) {
            Ok(csv) => prop_assert!(csv.rows().iter().all(|row| row.values().len() == csv.columns().len() && row.line() <= lines)),
            Err(error) => prop_assert!((1..=lines).contains(&error.line)),
        }
    }
}
