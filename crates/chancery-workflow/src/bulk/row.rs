//! From the values of a row to people.

use chancery_auth::UserId;

use super::error::{BulkFault, RowFault};
use crate::csv::CsvRow;
use crate::person::{Email, Person, Phone};
use crate::template::{Bindings, Template};
use crate::text::Text;

/// Whom a name and address belong to: the application knows its users, or makes new ones.
///
/// It may be asked again for the same row when a batch is planned again, and should then name the same person.
pub trait People {
    /// The identity of this person.
    ///
    /// # Errors
    /// Why they cannot be asked, in words for whoever wrote the table.
    fn identify(&mut self, person: &Person) -> Result<UserId, String>;
}

impl<F: FnMut(&Person) -> Result<UserId, String>> People for F {
    fn identify(&mut self, person: &Person) -> Result<UserId, String> {
        self(person)
    }
}

/// What a column says of a role.
const NAME: &str = "name";
const EMAIL: &str = "email";
const PHONE: &str = "phone";
const LANGUAGE: &str = "language";
/// The column of titles.
pub(super) const TITLE: &str = "title";

/// The columns of people and titles that must be there.
pub(super) fn needed_columns(template: &Template) -> Vec<String> {
    template.roles_to_bind().flat_map(|role| [NAME, EMAIL].map(|what| format!("{role}.{what}"))).collect()
}

/// All columns of people and titles that may be there.
pub(super) fn person_columns(template: &Template) -> Vec<String> {
    template
        .roles_to_bind()
        .flat_map(|role| [NAME, EMAIL, PHONE, LANGUAGE].map(|what| format!("{role}.{what}")))
        .chain([TITLE.to_owned()])
        .collect()
}

/// Everybody whom a row names. What is wrong is added to the faults.
pub(super) fn bindings(
    template: &Template,
    row: &CsvRow,
    people: &mut impl People,
    faults: &mut Vec<RowFault>,
) -> Bindings {
    let mut bindings = Bindings::new();
    for role in template.roles_to_bind() {
        let column = |what: &str| format!("{role}.{what}");
        let fault = |name: &str, fault| RowFault {
            line: row.line(),
            column: row.column_number(name).map(|number| (number, name.to_owned())),
            fault,
        };
        let before = faults.len();
        let mut read = |what: &str, needed: bool| {
            let name = column(what);
            let value = row.value(&name).unwrap_or_default().trim();
            if value.is_empty() && needed {
                faults.push(fault(&name, BulkFault::Empty));
            }
            (!value.is_empty()).then_some((name, value))
        };
        let name = read(NAME, true);
        let email = read(EMAIL, true);
        let (phone, language) = (read(PHONE, false), read(LANGUAGE, false));
        let mut checked = |name: &str, why: String| faults.push(fault(name, BulkFault::Value(why)));
        let name =
            name.and_then(|(at, value)| Text::new(value).map_err(|why| checked(&at, why.to_string())).ok());
        let email =
            email.and_then(|(at, value)| Email::new(value).map_err(|why| checked(&at, why.to_string())).ok());
        let phone =
            phone.and_then(|(at, value)| Phone::new(value).map_err(|why| checked(&at, why.to_string())).ok());
        let language = language
            .and_then(|(at, value)| Text::new(value).map_err(|why| checked(&at, why.to_string())).ok());
        let (Some(name), Some(email), true) = (name, email, faults.len() == before) else { continue };
        let person = Person { name, email: Some(email), phone, language };
        match people.identify(&person) {
            Ok(user) => bindings = bindings.bind(role.as_str(), user, Some(person)),
            Err(why) => faults.push(fault(&column(EMAIL), BulkFault::Person(why))),
        }
    }
    bindings
}
