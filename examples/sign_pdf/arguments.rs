//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use chancery_drawing::Rectangle;
use chancery_examples::{Failure, Level, password_from};
use chancery_http::AddressRule;
use chancery_key::Password;
use chancery_pades::{ChangesAllowed, FieldLock, NotPermitted, SignatureForm};
use jiff::tz::Offset;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Signs PDFs (PAdES): B-B; B-T with a timestamp; B-LT with what proves that nobody's certificate was revoked, fetched from
where the certificates say; B-LTA with a timestamp over all of that.

usage: sign_pdf IN.pdf OUT.pdf --p12 FILE [options]
       sign_pdf IN.pdf… --into FOLDER --p12 FILE [options]

  --p12 FILE               key and certificates, as `openssl pkcs12 -export` writes them
  --p12-password-env VAR   the environment variable that holds its password (none: no password)
  --pdf-password-env VAR   the environment variable that holds the password of the PDF
  --into FOLDER            signs every IN.pdf, and puts each under its name into this folder

How long it lasts:
  --level b-b|b-t|b-lt|b-lta
                           the level; b-t if --tsa is given, else b-b, which asks
                           no TSA
  --trust FILE             certificates (PEM) to trust for signers and timestamps, for b-lt and b-lta
  --tsa URL                the timestamp authority
  --timestamp-room BYTES   how many bytes to keep free for its timestamp: 12288 unless given, more for one with long chains
                           in it, 0 for a file that is to get none later either
  --allow-loopback         lets the services be on this machine

What it says:
  --reason TEXT            why you sign
  --meaning TEXT           what your signature means, as 21 CFR 11.50 asks for it: name, date, time and meaning stand together
                           in the signature and in what is seen of it; in place of --reason
  --name TEXT              your name as it is to be printed; that of the certificate unless given
  --role TEXT              in what role you sign, with --meaning
  --location TEXT          where you sign
  --contact TEXT           how to reach you
  --zone OFFSET            in what time zone the time is told, such as +01:00; UTC unless given

What it allows:
  --certify 1|2|3          you are the author, and from now on allow 1: nothing, 2: filling in forms and signing, 3: annotations
                           too; only for a document that nobody has signed yet
  --lock FIELDS            locks these fields of the form (names with commas between them), or `all`; the name of a group
                           stands for all fields in it
  --lock-except FIELDS     locks all fields but these
  --field NAME             the field to sign: an empty one that exists, or a new one
  --despite-permissions    signs what the author of an encrypted PDF withholds from those who do not have the owner's password:
                           only for those who have the right to
  --form adbe              the older form adbe.pkcs7.detached, for readers that do not know PAdES

What is seen of it (without any of these: nothing):
  --page NUMBER            on which page, the first being 1; on the first unless given
  --rect X,Y,WIDTH,HEIGHT  where, in points (1/72 inch) from the lower left corner of the page as one sees it; in the lower
                           right corner unless given
  --in-field               where the field of --field lies
  --text TEXT              these words, \\n between lines; otherwise who signs, why, where and when
  --font FILE              a font (TrueType or OpenType) for the words; several times: for what those before do not have.
                           Noto Sans (Latin, Greek, Cyrillic) unless given
  --image FILE             an image (PNG or JPEG), such as a handwritten signature, beside the words
  --qr TEXT                a QR code that says this, beside the words
  --stamp-page FILE:NUMBER a page of another PDF, such as a stamp; no words unless --text is given
  --language TAG           the language of the words, such as ja or pt-BR

  --help                   this text

exit codes: 0 signed, 1 refused, 4 something could not be read, 64 wrong usage; of several files the worst
What is signed appears whole or not at all; IN.pdf is never changed, unless OUT.pdf has its name.";

#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) into: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) key_password: Option<Password>,
    pub(crate) pdf_password: Option<Password>,
    pub(crate) level: Option<Level>,
    pub(crate) trust: Option<PathBuf>,
    pub(crate) authority: Option<String>,
    pub(crate) timestamp_room: Option<usize>,
    pub(crate) allowed: Option<AddressRule>,
    pub(crate) said: Said,
    pub(crate) rules: Rules,
    pub(crate) seen: Seen,
}

/// What the signature says.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) reason: Option<String>,
    pub(crate) meaning: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) zone: Option<Offset>,
}

/// What the signature allows.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) certify: Option<ChangesAllowed>,
    pub(crate) lock: Option<FieldLock>,
    pub(crate) field: Option<String>,
    pub(crate) form: Option<SignatureForm>,
    pub(crate) not_permitted: NotPermitted,
}

/// What is seen of the signature.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) wanted: bool,
    /// Counted from 0.
    pub(crate) page: Option<usize>,
    pub(crate) rectangle: Option<Rectangle>,
    pub(crate) in_field: bool,
    pub(crate) text: Option<String>,
    pub(crate) fonts: Vec<PathBuf>,
    pub(crate) image: Option<PathBuf>,
    pub(crate) qr: Option<String>,
    /// A file, and one of its pages, counted from 0.
    pub(crate) stamp: Option<(PathBuf, usize)>,
    pub(crate) language: Option<String>,
}

/// None: help is wanted.
pub(crate) fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        let name = match argument {
            Value(file) => {
                arguments.files.push(file.into());
                continue;
            }
            Long("help") | Short('h') => return Ok(None),
            Long("allow-loopback") => {
                arguments.allowed = Some(AddressRule::Loopback);
                continue;
            }
            Long("despite-permissions") => {
                arguments.rules.not_permitted = NotPermitted::Sign;
                continue;
            }
            Long("in-field") => {
                (arguments.seen.in_field, arguments.seen.wanted) = (true, true);
                continue;
            }
            Long(name) => name.to_owned(),
            other => return Err(other.unexpected().into()),
        };
        let known = arguments.take(&name, &mut parser)?
            || arguments.said.take(&name, &mut parser)?
            || arguments.rules.take(&name, &mut parser)?
            || arguments.seen.take(&name, &mut parser)?;
        if !known {
            return Err(lexopt::Error::UnexpectedOption(format!("--{name}")).into());
        }
    }
    Ok(Some(arguments))
}

impl Arguments {
    /// False if the option of this name is another's.
    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, Failure> {
        match name {
            "into" => self.into = Some(parser.value()?.into()),
            "p12" => self.key_file = Some(parser.value()?.into()),
            "p12-password-env" => self.key_password = Some(password_from(&text(parser)?)?),
            "pdf-password-env" => self.pdf_password = Some(password_from(&text(parser)?)?),
            "level" => self.level = Some(Level::from_name(&text(parser)?)?),
            "trust" => self.trust = Some(parser.value()?.into()),
            "tsa" => self.authority = Some(text(parser)?),
            "timestamp-room" => self.timestamp_room = Some(bytes(&text(parser)?)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Said {
    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, Failure> {
        let place = match name {
            "reason" => &mut self.reason,
            "meaning" => &mut self.meaning,
            "name" => &mut self.name,
            "role" => &mut self.role,
            "location" => &mut self.location,
            "contact" => &mut self.contact,
            "zone" => {
                self.zone = Some(zone(&text(parser)?)?);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        *place = Some(text(parser)?);
        Ok(true)
    }
}

impl Rules {
    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, Failure> {
        if matches!(name, "lock" | "lock-except") && self.lock.is_some() {
            return Err(Failure::usage("--lock and --lock-except: one of them, and once"));
        }
        match name {
            "certify" => self.certify = Some(changes_allowed(&text(parser)?)?),
            "lock" => {
                let names = text(parser)?;
                self.lock =
                    Some(if names == "all" { FieldLock::All } else { FieldLock::Only(fields(&names)?) });
            }
            "lock-except" => self.lock = Some(FieldLock::AllExcept(fields(&text(parser)?)?)),
            "field" => self.field = Some(text(parser)?),
            "form" => self.form = Some(form(&text(parser)?)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Seen {
    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, Failure> {
        match name {
            "page" => self.page = Some(number(&text(parser)?, "--page")?),
            "rect" => self.rectangle = Some(rectangle(&text(parser)?)?),
            "text" => self.text = Some(text(parser)?.replace("\\n", "\n")),
            "font" => self.fonts.push(parser.value()?.into()),
            "image" => self.image = Some(parser.value()?.into()),
            "qr" => self.qr = Some(text(parser)?),
            "stamp-page" => self.stamp = Some(page_of_file(parser.value()?)?),
            "language" => self.language = Some(text(parser)?),
            _ => return Ok(false),
        }
        self.wanted = true;
        Ok(true)
    }
}

fn text(parser: &mut lexopt::Parser) -> Result<String, Failure> {
    Ok(parser.value()?.string()?)
}

/// A number that people count from 1, counted from 0.
fn number(text: &str, option: &str) -> Result<usize, Failure> {
    let number = text.parse().ok().and_then(|number: usize| number.checked_sub(1));
    number.ok_or_else(|| Failure::usage(format!("{option} counts pages from 1: {text} is none")))
}

fn bytes(text: &str) -> Result<usize, Failure> {
    text.parse().map_err(|_| Failure::usage(format!("--timestamp-room is a number of bytes, not {text}")))
}

fn changes_allowed(text: &str) -> Result<ChangesAllowed, Failure> {
    match text {
        "1" => Ok(ChangesAllowed::None),
        "2" => Ok(ChangesAllowed::FormFilling),
        "3" => Ok(ChangesAllowed::Annotations),
        other => Err(Failure::usage(format!("--certify is 1, 2 or 3, not {other}"))),
    }
}

fn form(text: &str) -> Result<SignatureForm, Failure> {
    match text {
        "pades" => Ok(SignatureForm::Cades),
        "adbe" => Ok(SignatureForm::AdobePkcs7),
        other => Err(Failure::usage(format!("--form is pades or adbe, not {other}"))),
    }
}

fn fields(text: &str) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(Failure::usage("--lock and --lock-except take names of fields with commas between them"));
    }
    Ok(names)
}

fn rectangle(text: &str) -> Result<Rectangle, Failure> {
    let numbers: Option<Vec<f32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[x, y, width, height]) if width > 0.0 && height > 0.0 => Ok(Rectangle { x, y, width, height }),
        _ => Err(Failure::usage(format!(
            "--rect is X,Y,WIDTH,HEIGHT in points, such as 72,90,200,60, not {text}"
        ))),
    }
}

/// `+01:00`, `-03:30`, `Z`.
fn zone(text: &str) -> Result<Offset, Failure> {
    let usage = || Failure::usage(format!("--zone is an offset from UTC such as +01:00, not {text}"));
    if matches!(text, "Z" | "UTC") {
        return Ok(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Err(usage()),
    };
    let value = |digits: &str| digits.parse().ok().filter(|_| digits.len() == 2);
    let parts = digits.split_once(':').and_then(|(hours, minutes)| Some((value(hours)?, value(minutes)?)));
    let (hours, minutes): (i32, i32) = parts.filter(|(_, minutes)| *minutes < 60).ok_or_else(usage)?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| usage())
}

/// `FILE:NUMBER`; without a number, the first page.
fn page_of_file(value: OsString) -> Result<(PathBuf, usize), Failure> {
    let split = value.to_str().and_then(|text| text.rsplit_once(':'));
    match split {
        Some((file, page)) if page.bytes().all(|digit| digit.is_ascii_digit()) => {
            Ok((file.into(), number(page, "--stamp-page")?))
        }
        _ => Ok((value.into(), 0)),
    }
}
