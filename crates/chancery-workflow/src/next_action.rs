//! What would make a refused command succeed (G10).

use std::fmt;

use jiff::Timestamp;

use crate::id::Revision;
use crate::text::Text;

/// What would make a refused command succeed. `Display` says it to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextAction {
    /// Log in as somebody who may.
    LogInAs(Capacity),
    /// Wait for the party's turn; it is told when that comes.
    WaitForTurn,
    /// Try again after this moment.
    WaitUntil(Timestamp),
    /// Open the envelope first.
    Open,
    /// Show the disclosure of this version and give consent.
    GiveConsent(Text),
    /// Open a document in the form that is used, or type the code in one, and hand that in with the consent.
    Demonstrate,
    /// Prove what is named, for this occasion.
    ProveFactors,
    /// Fill these fields.
    FillFields,
    /// Begin to sign.
    BeginSigning,
    /// Prepare the document again on the head, and begin to sign again.
    PrepareAgain(Revision),
    /// Change what was handed in, as the refusal says.
    Correct,
    /// Ask the sender to do this.
    AskSender(&'static str),
    /// Ask an operator.
    AskOperator,
    /// Pause the envelope first.
    Pause,
    /// Resume the envelope first.
    Resume,
    /// Release every legal hold first.
    Release,
    /// Create it first.
    Create,
    /// Nothing: it is over. If it is still wanted, send another envelope.
    SendAnother,
    /// Nothing needs to be done: it is done.
    Nothing,
}

/// In what capacity somebody acts on an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// The party itself; of a signature in person its host too.
    Party,
    /// Who sends the envelope.
    Sender,
    /// Who sends or owns it.
    SenderOrOwner,
    /// Who owns it.
    Owner,
    /// What watches the deadlines.
    Timer,
    /// What finishes envelopes.
    Sealer,
    /// Sender or sealer.
    SenderOrSealer,
    /// What delivers notices.
    Notifier,
    /// Who operates the service.
    Operator,
    /// The records officer.
    RecordsOfficer,
    /// Any person.
    Person,
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Party => "the party itself",
            Self::Sender => "the sender",
            Self::SenderOrOwner => "the sender or owner",
            Self::Owner => "the owner",
            Self::Timer => "the timer",
            Self::Sealer => "the sealer",
            Self::SenderOrSealer => "the sender or sealer",
            Self::Notifier => "the notifier",
            Self::Operator => "an operator",
            Self::RecordsOfficer => "the records officer",
            Self::Person => "a person",
        })
    }
}

impl fmt::Display for NextAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogInAs(capacity) => write!(f, "{capacity} may do this: log in as that"),
            Self::WaitForTurn => f.write_str("wait for the turn; a notice will come"),
            Self::WaitUntil(time) => write!(f, "try again after {time}"),
            Self::Open => f.write_str("open the envelope first"),
            Self::GiveConsent(version) => write!(f, "read the disclosure {version} and consent to it"),
            Self::Demonstrate => f.write_str("show with the consent that a document in this form was read"),
            Self::ProveFactors => f.write_str("prove what is named, for this very occasion"),
            Self::FillFields => f.write_str("fill the fields that are named"),
            Self::BeginSigning => f.write_str("begin to sign"),
            Self::PrepareAgain(head) => write!(f, "prepare the document on {head} and begin to sign again"),
            Self::Correct => f.write_str("change what was handed in"),
            Self::AskSender(what) => write!(f, "ask the sender to {what}"),
            Self::AskOperator => f.write_str("ask an operator"),
            Self::Pause => f.write_str("pause the envelope first"),
            Self::Resume => f.write_str("resume the envelope first"),
            Self::Release => f.write_str("have the records officer release every legal hold first"),
            Self::Create => f.write_str("create the envelope first"),
            Self::SendAnother => f.write_str("it is over; send another envelope if it is still wanted"),
            Self::Nothing => f.write_str("nothing needs to be done"),
        }
    }
}
