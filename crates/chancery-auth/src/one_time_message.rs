//! The message that a one-time code travels in.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::channel::Channel;
use crate::error::IssueRefused;
use crate::secret::OneTimeCode;
use crate::text;

/// What a message says beside the code and the times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageText {
    channel: Channel,
    sender: String,
    confirms: String,
}

impl MessageText {
    const MOST: usize = 200;

    /// Where it goes, who asks ("Example Ltd."), and what the code confirms ("signing of *Lease.pdf*"): without the last
    /// a person confirms what a thief has begun.
    ///
    /// # Errors
    /// [`IssueRefused::Text`] unless both are one line of at most 200 characters without control or direction characters.
    pub fn new(channel: Channel, sender: &str, confirms: &str) -> Result<Self, IssueRefused> {
        text::check(sender, "the sender", Self::MOST)?;
        text::check(confirms, "what is confirmed", Self::MOST)?;
        Ok(Self { channel, sender: sender.to_owned(), confirms: confirms.to_owned() })
    }
}

/// A message with a one-time code, in parts, for whoever words it in the reader's language; [`OtpMessage::english`] is
/// one wording. Holds the code, so it has no `Debug` and no `Clone`; send it and drop it.
///
/// ```compile_fail
/// # fn f(message: chancery_auth::OtpMessage) {
/// println!("{message:?}"); // has no Debug
/// # }
/// ```
pub struct OtpMessage {
    text: MessageText,
    requested_at: Timestamp,
    generated_at: Timestamp,
    expires_at: Timestamp,
    code: OneTimeCode,
}

impl OtpMessage {
    pub(crate) fn new(text: MessageText, times: [Timestamp; 3], code: OneTimeCode) -> Self {
        let [requested_at, generated_at, expires_at] = times;
        Self { text, requested_at, generated_at, expires_at, code }
    }

    /// Where it goes.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        &self.text.channel
    }

    /// Who asks.
    #[must_use]
    pub fn sender(&self) -> &str {
        &self.text.sender
    }

    /// What the code confirms.
    #[must_use]
    pub fn confirms(&self) -> &str {
        &self.text.confirms
    }

    /// When the person asked for it.
    #[must_use]
    pub fn requested_at(&self) -> Timestamp {
        self.requested_at
    }

    /// When the code was made: not before it was asked for.
    #[must_use]
    pub fn generated_at(&self) -> Timestamp {
        self.generated_at
    }

    /// From when on it is dead.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The six digits. Do not keep them.
    #[must_use]
    pub fn expose_code(&self) -> &str {
        self.code.text()
    }

    /// The message in English, with times in UTC. Wiped when dropped.
    #[must_use]
    pub fn english(&self) -> Zeroizing<String> {
        let minute = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Zeroizing::new(format!(
            "{} asks you to confirm: {}.\nYour code: {}\nRequested {}, made {}, good until {}.\nDid you not ask for this? \
             Tell nobody the code.",
            self.text.sender,
            self.text.confirms,
            self.code.text(),
            minute(self.requested_at),
            minute(self.generated_at),
            minute(self.expires_at)
        ))
    }
}
