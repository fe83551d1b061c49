//! What a signature dictionary says, for the report.

use chancery_ades::SignatureAttribute;
use chancery_pdf::{Dictionary, Object, PdfString};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The entries of a signature dictionary that a report has words for (ISO 32000-2, table 255). They are within the
/// bytes that the signature covers, so they are what the signer, or their software, wrote.
pub(crate) fn of_dictionary(dictionary: &Dictionary) -> Vec<SignatureAttribute> {
    let text = |key| dictionary.get(key).and_then(Object::as_string).map(PdfString::to_text);
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
        text("M").and_then(|date| time(&date)).map(SignatureAttribute::SigningTime),
        text("Reason").map(SignatureAttribute::Reason),
        text("Location").map(|place| SignatureAttribute::Place(vec![place])),
        text("ContactInfo").map(SignatureAttribute::ContactInfo),
    ];
    said.into_iter().flatten().collect()
}

/// `D:YYYYMMDDHHmmSSOHH'mm'` (ISO 32000-2, 7.9.4), what is missing at its least. Without a relation to UTC it is no
/// moment.
pub(crate) fn time(date: &str) -> Option<Timestamp> {
    let date = date.strip_prefix("D:").unwrap_or(date);
    let end = date.find(|character: char| !character.is_ascii_digit())?;
    let (digits, relation) = date.split_at_checked(end)?;
    let field = |from: usize, to: usize, least: i8| match digits.get(from..to) {
        Some(field) => field.parse().ok(),
        None if digits.len() <= from => Some(least),
        None => None,
    };
    let year = digits.get(..4)?.parse().ok()?;
    let (month, day) = (field(4, 6, 1)?, field(6, 8, 1)?);
    let (hour, minute, second) = (field(8, 10, 0)?, field(10, 12, 0)?, field(12, 14, 0)?);
    let local = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let offset = offset(relation)?;
    if digits.len() > 14 { None } else { offset.to_timestamp(local).ok() }
}

fn offset(relation: &str) -> Option<Offset> {
    let sign = match relation.get(..1)? {
        "Z" => return Some(Offset::UTC),
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let hours: i32 = relation.get(1..3)?.parse().ok()?;
    let minutes: i32 = match relation.get(3..).unwrap_or_default().trim_matches('\'') {
        "" => 0,
        minutes => minutes.parse().ok()?,
    };
    let fits = (0..24).contains(&hours) && (0..60).contains(&minutes);
    fits.then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_moments_where_they_say_how_they_relate_to_utc() {
        for (date, moment) in [
            ("D:20141107141125+01'00'", Some("2014-11-07T13:11:25Z")),
            ("D:20141107141125-05'30", Some("2014-11-07T19:41:25Z")),
            ("D:20141107141125Z", Some("2014-11-07T14:11:25Z")),
            ("D:20141107141125Z00'00'", Some("2014-11-07T14:11:25Z")),
            ("20141107+02", Some("2014-11-06T22:00:00Z")),
            ("D:20141107141125", None),
            ("D:20141307141125Z", None),
            ("D:201411071411250Z", None),
            ("D:2014110714112Z", None),
            ("D:20141107141125+99'00'", None),
            ("D:20141107141125+é1", None),
            ("D:+", None),
            ("", None),
        ] {
            assert_eq!(time(date).map(|time| time.to_string()).as_deref(), moment, "{date}");
        }
    }
}
