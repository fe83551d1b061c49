//! An envelope before it is sent: documents, steps, parties, fields, rules.

use chancery_auth::UserId;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::error::TextError;
use crate::field::{Field, FieldContent, Prefilled};
use crate::hex::hex_type;
use crate::id::{ContentDigest, DocumentId, FieldId, PartyId, StepId, TemplateId, TemplateVersion, number};
use crate::party::Party;
use crate::person::Person;
use crate::role::Role;
use crate::rules::Rules;
use crate::step::{Phase, Step};
use crate::text::Text;
use crate::user;

hex_type! {
    /// SHA-256 of a template in its stored form.
    TemplateHash, 32
}

/// Which template an envelope was made of; it keeps this for ever, whatever becomes of the template (G2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromTemplate {
    /// Which.
    pub id: TemplateId,
    /// In which version.
    pub version: TemplateVersion,
    /// Exactly these bytes of it.
    pub hash: TemplateHash,
}

/// An envelope before it is sent. Whatever it holds is checked as a whole when it is sent; a draft may be unfinished.
///
/// ```
/// use chancery_workflow::*;
/// # use chancery_auth::UserId;
/// # let (boss, alice, bob) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]), UserId::from_bytes([3; 16]));
/// # let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
/// let mut draft = Draft::new("Lease of the harbour office", Rules::new(disclosure))?;
/// let contract = draft.document("lease.pdf", ContentDigest::from_bytes([7; 32]))?;
/// let approval = draft.step(Step::all(Phase::Approval));
/// let signing = draft.step(Step::all(Phase::Signing));
/// draft.party(Party::new(Role::Approve, approval, boss));
/// for (signer, field) in [(alice, "Landlord"), (bob, "Tenant")] {
///     let party = draft.party(Party::new(Role::Sign { level: SignatureLevel::Simple }, signing, signer));
///     draft.signature_field(contract, party, field)?;
/// }
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What people call it.
    pub title: Text,
    /// Its documents, by [`DocumentId`].
    pub documents: Vec<Document>,
    /// Its steps, by [`StepId`], in order.
    pub steps: Vec<Step>,
    /// Its parties, by [`PartyId`].
    pub parties: Vec<Party>,
    /// Its fields, by [`FieldId`].
    pub fields: Vec<Field>,
    /// Its rules.
    pub rules: Rules,
    /// Who owns it besides the sender: may pause and void it, and answers for it later. The sender, unless said.
    #[serde(default, with = "user::optional", skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// The template that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<FromTemplate>,
}

impl Draft {
    /// An empty one.
    ///
    /// # Errors
    /// [`TextError`] of the title.
    pub fn new(title: &str, rules: Rules) -> Result<Self, TextError> {
        Ok(Self {
            title: Text::new(title)?,
            documents: Vec::new(),
            steps: Vec::new(),
            parties: Vec::new(),
            fields: Vec::new(),
            rules,
            owner: None,
            template: None,
        })
    }

    /// Adds a document.
    ///
    /// # Errors
    /// [`TextError`] of the name.
    pub fn document(&mut self, name: &str, digest: ContentDigest) -> Result<DocumentId, TextError> {
        self.documents.push(Document::new(Text::new(name)?, digest));
        Ok(DocumentId::new(number(self.documents.len() - 1)))
    }

    /// Adds a step after the others.
    pub fn step(&mut self, step: Step) -> StepId {
        self.steps.push(step);
        StepId::new(number(self.steps.len() - 1))
    }

    /// Adds a party.
    pub fn party(&mut self, party: Party) -> PartyId {
        self.parties.push(party);
        PartyId::new(number(self.parties.len() - 1))
    }

    /// Adds a field.
    pub fn field(&mut self, field: Field) -> FieldId {
        self.fields.push(field);
        FieldId::new(number(self.fields.len() - 1))
    }

    /// Adds a place for a party's signature. A party signs a document once, so it has one place in it, with a name that no
    /// other field of the document has.
    ///
    /// # Errors
    /// [`TextError`] of the name.
    pub fn signature_field(
        &mut self,
        document: DocumentId,
        party: PartyId,
        name: &str,
    ) -> Result<FieldId, TextError> {
        let name = Text::new(name)?;
        Ok(self.field(Field::new(document, party, name, FieldContent::Signature)))
    }

    /// Puts a step before all others in which everybody whose role is to approve does so, whatever step they stood in
    /// (G4).
    pub fn approvals_first(&mut self) {
        let first = Step::all(Phase::Approval);
        self.steps.insert(0, first);
        for party in &mut self.parties {
            let later = StepId::new(party.step.number().saturating_add(1));
            party.step = if matches!(party.role, Role::Approve) { StepId::new(0) } else { later };
        }
    }

    /// The people in it, taken out: what is recorded apart.
    pub(crate) fn people(&self) -> Vec<Named> {
        let person = |(n, party): (usize, &Party)| {
            let person = party.person.clone()?;
            Some(Named { party: PartyId::new(number(n)), person })
        };
        self.parties.iter().enumerate().filter_map(person).collect()
    }

    /// What stands in its fields, taken out: what is recorded apart.
    pub(crate) fn prefilled(&self) -> Vec<Prefilled> {
        let prefilled = |(n, field): (usize, &Field)| {
            Some(Prefilled { field: FieldId::new(number(n)), value: field.prefill.clone()? })
        };
        self.fields.iter().enumerate().filter_map(prefilled).collect()
    }

    /// The same without the people, and with empty fields.
    pub(crate) fn structure(&self) -> Self {
        let mut draft = self.clone();
        draft.parties.iter_mut().for_each(|party| party.person = None);
        draft.fields.iter_mut().for_each(|field| field.prefill = None);
        draft
    }
}

/// Who a party is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Which party.
    pub party: PartyId,
    /// Who.
    pub person: Person,
}
