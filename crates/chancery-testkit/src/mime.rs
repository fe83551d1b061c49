//! Just enough of S/MIME (RFC 8551) to take the message, and the content if it is detached, out of the mails of
//! a corpus. It is no reader of mail: what it does not know it gives up on.

/// The message in the form in which the mail carries it (Base64, most often), and the signed content of
/// `multipart/signed`. `None` if this is no signed mail.
#[must_use]
pub fn unwrap(mail: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let lines = mail.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    // Signed content has the line ends of mail (RFC 8551, 3.1.1), files often have others.
    let lines: Vec<&[u8]> = lines.collect();
    let (headers, body) = split(&lines)?;
    let content_type = headers.lines().find_map(|line| header(line, "content-type:"))?;
    let lower = content_type.to_ascii_lowercase();
    if lower.starts_with("application/pkcs7-mime") || lower.starts_with("application/x-pkcs7-mime") {
        return Some((body.concat(), None));
    }
    let start = lower.find("boundary=")? + "boundary=".len();
    let boundary = content_type[start..].trim_start_matches('"');
    let boundary = boundary.split(['"', ';']).next()?.trim();
    let delimiter = format!("--{boundary}");
    let is_delimiter = |line: &&[u8]| line.starts_with(delimiter.as_bytes());
    let mut parts = body.split(is_delimiter).skip(1);
    let content = parts.next()?.join(&b"\r\n"[..]);
    let (_, signature) = split(parts.next()?)?;
    Some((signature.concat(), Some(content)))
}

/// Header lines, unfolded, and the lines after them.
fn split<'a, 'b>(lines: &'b [&'a [u8]]) -> Option<(String, &'b [&'a [u8]])> {
    let end = lines.iter().position(|line| line.is_empty())?;
    let headers: Vec<_> = lines[..end].iter().map(|line| String::from_utf8_lossy(line)).collect();
    Some((headers.join("\n").replace("\n ", " ").replace("\n\t", " "), &lines[end + 1..]))
}

fn header<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let matches = line.get(..name.len())?.eq_ignore_ascii_case(name);
    matches.then(|| line[name.len()..].trim())
}
