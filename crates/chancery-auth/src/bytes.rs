//! How states become bytes, and how bytes that may come from anybody become states: fixed order, bounded, one form only.

use jiff::Timestamp;

use crate::error::StateError;

/// First bytes of every state, with its version.
const MAGIC: &[u8; 4] = b"cha\x01";

/// Which state bytes hold, so that one is never read as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum StateKind {
    UserIds = b'u',
    AccessCode = b'a',
    SigningPin = b'p',
    ApprovalCode = b'4',
    OneTimeCodes = b'o',
    Session = b's',
}

impl StateKind {
    fn byte(self) -> u8 {
        match self {
            Self::UserIds => b'u',
            Self::AccessCode => b'a',
            Self::SigningPin => b'p',
            Self::ApprovalCode => b'4',
            Self::OneTimeCodes => b'o',
            Self::Session => b's',
        }
    }
}

pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(kind: StateKind) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.push(kind.byte());
        Self(bytes)
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn array(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.array(&number.to_be_bytes());
    }

    /// At most 65,535 bytes, which everything here is by construction; what were longer is cut and would not be read again.
    pub(crate) fn counted(&mut self, bytes: &[u8]) {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.array(&length.to_be_bytes());
        self.array(&bytes[..usize::from(length)]);
    }

    pub(crate) fn time(&mut self, time: Timestamp) {
        self.array(&time.as_second().to_be_bytes());
        self.array(&time.subsec_nanosecond().to_be_bytes());
    }

    pub(crate) fn optional_time(&mut self, time: Option<Timestamp>) {
        self.byte(u8::from(time.is_some()));
        if let Some(time) = time {
            self.time(time);
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], kind: StateKind) -> Result<Self, StateError> {
        let mut reader = Self { bytes, at: 0 };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(StateError { at: 0, why: "not a state of chancery-auth, or of a later version" });
        }
        if reader.byte()? != kind.byte() {
            return Err(StateError { at: MAGIC.len(), why: "the state of something else" });
        }
        Ok(reader)
    }

    pub(crate) fn fault(&self, why: &'static str) -> StateError {
        StateError { at: self.at, why }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), StateError> {
        if self.is_empty() { Ok(()) } else { Err(self.fault("bytes after the end")) }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], StateError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| self.fault("cut off"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, StateError> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], StateError> {
        let fault = self.fault("cut off");
        self.take(N)?.try_into().map_err(|_| fault)
    }

    pub(crate) fn number(&mut self) -> Result<u64, StateError> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn counted(&mut self, most: usize) -> Result<&'a [u8], StateError> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        if length > most {
            return Err(self.fault("longer than it may be"));
        }
        self.take(length)
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, StateError> {
        let second = i64::from_be_bytes(self.array()?);
        let nanosecond = i32::from_be_bytes(self.array()?);
        let time =
            Timestamp::new(second, nanosecond).map_err(|_| self.fault("a time outside the calendar"))?;
        if (time.as_second(), time.subsec_nanosecond()) != (second, nanosecond) {
            return Err(self.fault("a time in another form than it is written"));
        }
        Ok(time)
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>, StateError> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.time().map(Some),
            _ => Err(self.fault("neither a time nor none")),
        }
    }
}
