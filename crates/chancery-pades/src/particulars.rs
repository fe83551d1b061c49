//! What a signature dictionary says, for the report.

use chancery_ades::SignatureAttribute;
use chancery_pdf::{Dictionary, Object};

/// The entries of a signature dictionary that a report has words for (ISO 32000-2, table 255). They are within the
/// bytes that the signature covers, so they are what the signer, or their software, wrote.
pub(crate) fn of_dictionary(dictionary: &Dictionary) -> Vec<SignatureAttribute> {
    let text = |key| dictionary.get(key).and_then(Object::as_string).map(|text| text.to_text());
    let name = |key| {
        let name = dictionary.get(key).and_then(Object::as_name);
        name.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned())
    };
    let numbers = dictionary.get("ByteRange").and_then(Object::as_array).unwrap_or_default();
    let numbers =
        numbers.iter().map(|number| number.as_integer().and_then(|number| u64::try_from(number).ok()));
    let said = [
        name("Filter").map(SignatureAttribute::Filter),
        name("SubFilter").map(SignatureAttribute::SubFilter),
        numbers.collect::<Option<Vec<u64>>>().map(SignatureAttribute::ByteRange),
        text("Name").map(SignatureAttribute::Name),
        text("Reason").map(SignatureAttribute::Reason),
        text("Location").map(|place| SignatureAttribute::Place(vec![place])),
        text("ContactInfo").map(SignatureAttribute::ContactInfo),
    ];
    said.into_iter().flatten().collect()
}
