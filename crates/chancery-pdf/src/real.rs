//! Real numbers (ISO 32000-2, 7.3.3).

/// A real number, kept as it was written so that copying it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Real {
    text: Box<str>,
}

impl Real {
    /// A number to be written; not a number and infinities become 0, which PDF cannot express.
    #[must_use]
    pub fn new(value: f64) -> Self {
        let mut text = if value.is_finite() { value.to_string() } else { String::from("0") };
        if !text.contains('.') {
            text.push_str(".0");
        }
        Self { text: text.into() }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// The number as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value. What viewers accept although it is no number, such as `-` or `1.2.3`, counts as far as it
    /// can be read.
    #[must_use]
    pub fn value(&self) -> f64 {
        let negative = self.text.starts_with('-');
        let unsigned = self.text.trim_start_matches(['-', '+']);
        let mut points = 0;
        let end = unsigned
            .find(|c: char| {
                points += u32::from(c == '.');
                points > 1 || !(c.is_ascii_digit() || c == '.')
            })
            .unwrap_or(unsigned.len());
        let value: f64 = format!("0{}", &unsigned[..end]).parse().unwrap_or_default();
        if negative { -value } else { value }
    }
}
