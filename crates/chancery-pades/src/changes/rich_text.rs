//! Rich text: XHTML as fields have it beside their plain value (ISO 32000-2, 12.7.4.4 and annex S of XFA 3.3). Only what is
//! certainly shown, and certainly as it stands there, says the same as the plain value.

/// The text of rich text as people read it, or nothing if some of it may be hidden, added or moved.
pub(super) fn text_of(rich: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = rich.trim_start();
    if let Some(declared) = rest.strip_prefix("<?xml ") {
        rest = declared.split_once("?>")?.1;
    }
    while let Some(letter) = rest.chars().next() {
        rest = match letter {
            '<' => {
                let (tag, after) = rest.get(1..)?.split_once('>')?;
                if is_block(element(tag)?) {
                    text.push(' ');
                }
                after
            }
            '&' => {
                let (entity, after) = rest.get(1..)?.split_once(';')?;
                text.push(character(entity)?);
                after
            }
            letter => {
                text.push(letter);
                rest.get(letter.len_utf8()..)?
            }
        };
    }
    Some(text)
}

/// The element of a tag, if it is one that only sets letters, with attributes that hide none.
fn element(tag: &str) -> Option<&str> {
    if let Some(closed) = tag.strip_prefix('/') {
        return Some(closed.trim_end()).filter(|name| ELEMENTS.contains(name));
    }
    let tag = tag.strip_suffix('/').unwrap_or(tag);
    let end = tag.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, mut attributes) = tag.split_at_checked(end)?;
    while !attributes.trim_start().is_empty() {
        let (key, value) = attributes.trim_start().split_once('=')?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = value.get(1..)?.split_once(quote)?;
        let key = key.trim_end();
        let fine = match key {
            "style" => value.split(';').all(is_harmless),
            "dir" => matches!(value, "ltr" | "LTR"),
            _ => key == "xmlns" || key.starts_with("xmlns:") || VERSIONS.contains(&key),
        };
        if !fine || value.contains(['<', '&']) {
            return None;
        }
        attributes = after;
    }
    ELEMENTS.contains(&name).then_some(name)
}

const ELEMENTS: [&str; 8] = ["body", "p", "span", "b", "i", "sub", "sup", "br"];
/// Which version of the rules it was written by.
const VERSIONS: [&str; 3] = ["xfa:APIVersion", "xfa:spec", "xfa:contentType"];

fn is_block(element: &str) -> bool {
    matches!(element, "body" | "p" | "br")
}

/// A property of a style by which letters stay where they are, large enough, and darker than paper.
fn is_harmless(property: &str) -> bool {
    if property.trim().is_empty() {
        return true;
    }
    let Some((name, value)) = property.split_once(':') else { return false };
    let value = value.trim();
    match name.trim() {
        "font-family" | "font-weight" | "font-style" | "font-stretch" | "text-align" | "text-decoration" => {
            value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,'\"-_".contains(&byte))
        }
        "xfa-spacerun" => matches!(value, "yes" | "no"),
        "font-size" => points(value).is_some_and(|points| (4.0..=72.0).contains(&points)),
        "margin-top" | "margin-bottom" | "margin-left" | "margin-right" | "text-indent"
        | "letter-spacing" => points(value) == Some(0.0),
        "line-height" => points(value).is_some_and(|points| (4.0..=144.0).contains(&points)),
        "color" => is_dark(value),
        _ => false,
    }
}

fn points(length: &str) -> Option<f64> {
    let (number, unit) = ["pt", "in", "mm", "cm", "px"]
        .into_iter()
        .find_map(|unit| Some((length.strip_suffix(unit)?, unit)))
        .unwrap_or((length, "pt"));
    let plain = !number.is_empty() && number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.'));
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    let points = match unit {
        "in" => 72.0,
        "mm" => 72.0 / 25.4,
        "cm" => 72.0 / 2.54,
        "px" => 0.75,
        _ => 1.0,
    };
    Some(number * points)
}

/// At most two thirds as bright as paper (the weights of ITU-R BT.601).
fn is_dark(colour: &str) -> bool {
    let Some(digits) = colour.strip_prefix('#').filter(|digits| digits.len() == 6) else { return false };
    let Ok(parts) = u32::from_str_radix(digits, 16) else { return false };
    let [_, red, green, blue] = parts.to_be_bytes().map(u32::from);
    !digits.starts_with('+') && 299 * red + 587 * green + 114 * blue <= 170_000
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        number => {
            let number =
                number.strip_prefix('#').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
            char::from_u32(number.parse().ok()?)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_is_what_people_read() {
        let by_products = concat!(
            r#"<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml" "#,
            r#"xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/" xfa:APIVersion="Acroform:2.7.0.0" xfa:spec="2.1">"#,
            r#"<p dir="ltr" style="margin-top:0pt;margin-bottom:0pt;font-family:Helvetica;font-size:12pt">"#,
            r##"1 &lt; <span style="color:#000000;font-weight:bold">2</span>&#160;</p></body>"##,
        );
        assert_eq!(text_of(by_products).unwrap().trim(), "1 < 2");
        assert_eq!(text_of("a<br/>b").unwrap(), "a b");
        assert_eq!(text_of("&amp;lt;").unwrap(), "&lt;");
    }

    #[test]
    fn what_may_be_hidden_or_added_is_not_read() {
        for odd in [
            "<!-- >1000<x --><![CDATA[9000]]>",
            "<p>1<!-- 2 --></p>",
            "<p><![CDATA[1]]></p>",
            "<p style=\"display:none\">1</p>",
            "<p style=\"font-size:0pt\">1</p>",
            "<p style=\"font-size:0.1pt\">1</p>",
            "<p style=\"color:#FFFFFF\">1</p>",
            "<p style=\"color:white\">1</p>",
            "<p style=\"margin-left:900pt\">1</p>",
            "<p style=\"text-indent:-900pt\">1</p>",
            "<p xfa:embed=\"form.price\">1</p>",
            "<img alt=\"1\"/>",
            "<p hidden>1</p>",
            "<p title=\">\">1</p>",
            "<p dir=\"rtl\">12</p>",
            "&nine;",
            "<?x 1?>1",
            "1 <",
        ] {
            assert_eq!(text_of(odd), None, "{odd}");
        }
    }
}
