//! From something that happened to a message that somebody reads.

use fluent_bundle::FluentArgs;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::catalogue::{Catalogue, SUBJECT};
use super::error::NoticeError;
use super::kinds::{News, Opens, Urgency, turn_key};
use super::link::PartyLink;
use super::safe::{header_text, one_line};
use super::words::Phrase;
use crate::id::PartyId;
use crate::language::Language;

/// The longest title and name in a line above a message, in a message, and the longest reason.
const IN_SUBJECT: usize = 100;
const IN_TEXT: usize = 200;
const REASON: usize = 1000;

/// To whom a letter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Addressee {
    /// To the sender of the envelope, who sees it where they sent it: there are no links in letters to them.
    Sender,
    /// To a party, or whoever hosts its signing.
    Party(PartyId),
}

/// What a letter needs besides the thing that happened.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'l> {
    /// The title of the envelope.
    pub title: &'l str,
    /// The name of its sender.
    pub sender: &'l str,
    /// The name of whoever reads it.
    pub recipient: &'l str,
    /// To whom it goes.
    pub to: Addressee,
    /// In which language.
    pub language: Language,
    /// Times are written at this offset, and say so.
    pub offset: Offset,
    /// What opens the envelope for the addressee, or lets them download. Without it the letter says what happened and
    /// opens nothing.
    pub link: Option<&'l PartyLink>,
}

/// A message as it is sent: a line, a text, and how soon. Plain text; write it into a page only through an escaper.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    language: Language,
    subject: String,
    body: String,
    urgency: Urgency,
}

impl std::fmt::Debug for Message {
    /// Without the text, which may hold a link.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Message {
    /// The language that it is in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The line above it.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The line above it, as the header of a mail holds it.
    #[must_use]
    pub fn subject_header(&self) -> String {
        header_text(&self.subject)
    }

    /// The text, its lines ended by LF, its paragraphs by an empty line.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// How soon it goes out.
    #[must_use]
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }
}

impl Catalogue {
    /// Writes a letter.
    ///
    /// # Errors
    /// [`NoticeError::OthersLink`] if the link is somebody else's, [`NoticeError::NoLink`] if nothing is to be opened;
    /// else if there is no such message for people.
    pub fn write(&self, notice: &News, letter: &Letter<'_>) -> Result<Message, NoticeError> {
        let key = notice.key()?;
        let link = permitted(notice, letter)?;
        let words = Words { catalogue: self, letter };
        let subject = self.text(letter.language, key, Some(SUBJECT), &words.of(notice, IN_SUBJECT)?)?;
        let args = words.of(notice, IN_TEXT)?;
        let line = |key| self.text(letter.language, key, None, &args);

        let mut paragraphs = vec![line("greeting")?, line(key)?];
        if let News::Reminder { act, .. } = notice {
            paragraphs.push(line(turn_key(*act)?)?);
        }
        if words.reason(notice).is_some() {
            paragraphs.push(line("reason-line")?);
        }
        if asks_until(notice).is_some() {
            paragraphs.push(line("deadline-line")?);
        }
        if let Some(link) = link {
            let before = match notice.opens() {
                Opens::Download(_) => line("download-line")?,
                Opens::Envelope | Opens::Nothing => line("open-line")?,
            };
            paragraphs.push(format!("{before}\n{}", link.address()));
            paragraphs.push(line("link-warning")?);
        }
        if let Addressee::Party(_) = letter.to {
            paragraphs.push(line("closing")?);
        }
        let body = paragraphs.join("\n\n") + "\n";
        Ok(Message { language: letter.language, subject, body, urgency: notice.urgency() })
    }
}

/// The link, if it may stand in this letter.
fn permitted<'l>(notice: &News, letter: &Letter<'l>) -> Result<Option<&'l PartyLink>, NoticeError> {
    let Some(link) = letter.link else { return Ok(None) };
    if notice.opens() == Opens::Nothing {
        return Err(NoticeError::NoLink);
    }
    match letter.to {
        Addressee::Party(party) if party == link.party() => Ok(Some(link)),
        Addressee::Party(party) => Err(NoticeError::OthersLink { link: link.party(), to: party.to_string() }),
        Addressee::Sender => Err(NoticeError::OthersLink { link: link.party(), to: "the sender".to_owned() }),
    }
}

/// Until when the addressee is asked to act.
fn asks_until(notice: &News) -> Option<Timestamp> {
    match notice {
        News::YourTurn { before, .. } | News::HostSigning { before, .. } | News::Reminder { before, .. } => {
            *before
        }
        News::Expiring { deadline, .. } => Some(*deadline),
        _ => None,
    }
}

/// The variables of a letter.
struct Words<'w> {
    catalogue: &'w Catalogue,
    letter: &'w Letter<'w>,
}

impl Words<'_> {
    fn of(&self, notice: &News, most: usize) -> Result<FluentArgs<'static>, NoticeError> {
        let letter = self.letter;
        let mut args = FluentArgs::new();
        args.set("title", one_line(letter.title, most));
        args.set("sender", self.name(Some(letter.sender), most)?);
        args.set("recipient", self.name(Some(letter.recipient), most)?);
        if let Some(reason) = self.reason(notice) {
            args.set("reason", reason);
        }
        if let Some(before) = asks_until(notice) {
            args.set("deadline", self.date(before)?);
        }
        let name = |name: &Option<String>| self.name(name.as_deref(), most);
        match notice {
            News::HostSigning { party, .. }
            | News::Undeliverable { party }
            | News::PartyExpired { party } => {
                args.set("party", name(party)?);
            }
            News::Expiring { days, .. } => args.set("days", *days),
            News::Completed { documents } => args.set("documents", *documents),
            News::MayDownload { until } => args.set("until", self.date(*until)?),
            News::Declined { by, .. } | News::Voided { by, .. } | News::Returned { by, .. } => {
                args.set("actor", name(by)?);
            }
            News::Expired { deadline } => args.set("deadline", self.date(*deadline)?),
            News::ReplacedBy { new } => args.set("new", name(new)?),
            News::SignerChanged { original, new, .. } => {
                args.set("original", name(original)?);
                args.set("new", name(new)?);
            }
            News::NamedInstead { original, .. } => args.set("original", name(original)?),
            News::YouAreLocked { factor } => {
                args.set("factor", self.catalogue.phrase(Phrase::Factor(*factor), letter.language)?);
            }
            News::PartyLocked { party, factor } => {
                args.set("party", name(party)?);
                args.set("factor", self.catalogue.phrase(Phrase::Factor(*factor), letter.language)?);
            }
            News::BulkFinished { rows, sent } => {
                args.set("rows", *rows);
                args.set("sent", *sent);
            }
            News::YourTurn { .. }
            | News::MayView
            | News::CopySent
            | News::NewLink
            | News::Reminder { .. }
            | News::Failed
            | News::Released
            | News::Paused { .. }
            | News::Resumed
            | News::Unlocked => {}
        }
        Ok(args)
    }

    /// What somebody gave as a reason, or noted.
    fn reason(&self, notice: &News) -> Option<String> {
        let given = match notice {
            News::Declined { reason, .. }
            | News::Voided { reason, .. }
            | News::Returned { reason, .. }
            | News::Paused { reason } => reason.as_deref(),
            News::SignerChanged { note, .. } | News::NamedInstead { note, .. } => note.as_deref(),
            _ => None,
        };
        given.map(|text| one_line(text, REASON)).filter(|text| !text.is_empty())
    }

    /// A name, or "somebody".
    fn name(&self, name: Option<&str>, most: usize) -> Result<String, NoticeError> {
        let name = name.map(|name| one_line(name, most)).filter(|name| !name.is_empty());
        name.map_or_else(
            || self.catalogue.text(self.letter.language, "somebody", None, &FluentArgs::new()),
            Ok,
        )
    }

    /// A moment with its zone (documenso #3386 wrote UTC below the name of another).
    fn date(&self, at: Timestamp) -> Result<String, NoticeError> {
        let offset = self.letter.offset;
        let there = at.to_zoned(TimeZone::fixed(offset)).datetime();
        let zone = match offset.seconds() {
            0 => "UTC".to_owned(),
            seconds => {
                let minutes = seconds.unsigned_abs() / 60;
                let sign = if seconds < 0 { '-' } else { '+' };
                format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        let mut args = FluentArgs::new();
        args.set("year", there.year().to_string());
        args.set("month", i32::from(there.month()));
        args.set("day", i32::from(there.day()));
        args.set("time", format!("{:02}:{:02}", there.hour(), there.minute()));
        args.set("zone", zone);
        self.catalogue.text(self.letter.language, "date", None, &args)
    }
}
