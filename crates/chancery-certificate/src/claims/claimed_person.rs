//! Whether the subject is a person of flesh and blood.

use const_oid::ObjectIdentifier as Oid;

use super::claim::{Claim, ClaimedUse, NameSemantics};
use super::person::Person;
use super::policy::StandardPolicy;
use super::{Claims, IdentityNumber};
use crate::Name;

/// What kind of person a certificate claims its subject to be, and what says so. A claim like any other: it is
/// worth as much as the issuer.
///
/// All clues must agree; where two contradict each other, or there is none, the person is [`Person::Unknown`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ClaimedPerson {
    /// What the clues say together.
    pub person: Person,
    /// The clues, those of the certificate's statements first.
    pub clues: Vec<PersonClue>,
    /// The number under which a register knows the subject: its organizationIdentifier, else its serialNumber,
    /// where it is written as ETSI EN 319 412-1 says.
    pub number: Option<IdentityNumber>,
}

/// Something in a certificate that says what kind of person its subject is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PersonClue {
    /// The semantics identifier among the statements (EN 319 412-1, 5.1.3 to 5.1.6).
    Semantics(NameSemantics),
    /// The use for which the certificate claims to be qualified: only natural persons sign, only legal persons
    /// seal (eIDAS, article 3 (9) and (24)).
    Use(ClaimedUse),
    /// The certificate policy (EN 319 411-2, 5.3).
    Policy(StandardPolicy),
    /// givenName, surname or pseudonym in the subject, which natural persons have (EN 319 412-2, 4.2.4).
    PersonalName,
    /// organizationIdentifier in the subject without a personal name, as legal persons have it (EN 319 412-3,
    /// 4.2.1). (With a personal name it is the organisation to which the natural person belongs.)
    OrganisationIdentifier,
}

impl ClaimedPerson {
    pub(crate) fn of(subject: &Name, claims: Option<&Claims>, policies: &[Oid]) -> Self {
        let semantics = claims.into_iter().flatten().filter_map(|claim| match claim {
            Claim::NamedBy { semantics: Some(semantics), .. } => Some(PersonClue::Semantics(*semantics)),
            _ => None,
        });
        let uses = claims.map(Claims::claimed_uses).unwrap_or_default().into_iter().map(PersonClue::Use);
        let policies =
            policies.iter().filter_map(|oid| StandardPolicy::from_oid(*oid)).map(PersonClue::Policy);
        let all = semantics.chain(uses).chain(policies).chain(subject_clue(subject));
        let mut clues: Vec<PersonClue> = all.filter(|clue| clue.person() != Person::Unknown).collect();
        // Semantics identifiers say how attributes are to be read. Beside a natural person's, the legal one is about the
        // organisation that the person belongs to (EN 319 412-1, 5.1.4).
        let natural = |clue: &PersonClue| {
            matches!(clue, PersonClue::PersonalName | PersonClue::Semantics(_))
                && clue.person() == Person::Natural
        };
        if clues.iter().any(natural) {
            clues
                .retain(|clue| !matches!(clue, PersonClue::Semantics(_)) || clue.person() == Person::Natural);
        }
        let person = match clues.split_first() {
            Some((first, rest)) if rest.iter().all(|clue| clue.person() == first.person()) => first.person(),
            _ => Person::Unknown,
        };
        let number = |oid| subject.attribute(oid).and_then(|text| IdentityNumber::from_text(&text));
        Self { person, clues, number: number(ORGANISATION_IDENTIFIER).or_else(|| number(SERIAL_NUMBER)) }
    }
}

impl PersonClue {
    /// What kind of person the clue points to.
    #[must_use]
    pub fn person(self) -> Person {
        match self {
            Self::Semantics(NameSemantics::Natural | NameSemantics::EidasNatural)
            | Self::Use(ClaimedUse::Signatures)
            | Self::PersonalName => Person::Natural,
            Self::Semantics(NameSemantics::Legal | NameSemantics::EidasLegal)
            | Self::Use(ClaimedUse::Seals)
            | Self::OrganisationIdentifier => Person::Legal,
            Self::Policy(policy) => policy.claimed_person().unwrap_or(Person::Unknown),
            Self::Semantics(NameSemantics::Other(_))
            | Self::Use(ClaimedUse::WebSites | ClaimedUse::Other(_)) => Person::Unknown,
        }
    }
}

fn subject_clue(subject: &Name) -> Option<PersonClue> {
    let has = |oid: &Oid| subject.relative_names().iter().flatten().any(|attribute| attribute.oid == *oid);
    if [GIVEN_NAME, SURNAME, PSEUDONYM].iter().any(has) {
        Some(PersonClue::PersonalName)
    } else {
        has(&ORGANISATION_IDENTIFIER).then_some(PersonClue::OrganisationIdentifier)
    }
}

const SURNAME: Oid = Oid::new_unwrap("2.5.4.4");
const SERIAL_NUMBER: Oid = Oid::new_unwrap("2.5.4.5");
const GIVEN_NAME: Oid = Oid::new_unwrap("2.5.4.42");
const PSEUDONYM: Oid = Oid::new_unwrap("2.5.4.65");
const ORGANISATION_IDENTIFIER: Oid = Oid::new_unwrap("2.5.4.97");

#[cfg(test)]
mod tests {
    use super::*;

    fn person(subject: &str, claims: Vec<Claim>, policies: &[&str]) -> ClaimedPerson {
        let policies: Vec<Oid> = policies.iter().map(|oid| Oid::new_unwrap(oid)).collect();
        ClaimedPerson::of(&Name::from_text(subject).unwrap(), Some(&Claims(claims)), &policies)
    }

    #[test]
    fn the_kind_of_person_follows_from_the_clues() {
        let alice = "CN=Alice Doe,SN=Doe,GN=Alice,serialNumber=PNOBE-85020212345,C=BE";
        assert_eq!(person(alice, vec![], &[]).person, Person::Natural);
        assert_eq!(person(alice, vec![], &[]).number.unwrap().reference, "85020212345");
        let employee = format!("organizationIdentifier=VATBE-0123456789,{alice}");
        assert_eq!(person(&employee, vec![], &[]).person, Person::Natural);
        let company = "CN=Example,O=Example,organizationIdentifier=VATBE-0123456789,C=BE";
        assert_eq!(person(company, vec![], &["0.4.0.194112.1.3"]).clues.len(), 2);
        assert_eq!(person(company, vec![], &["0.4.0.194112.1.3"]).person, Person::Legal);
        assert_eq!(person("CN=x", vec![], &[]).person, Person::Unknown);
        assert_eq!(person("CN=x", vec![Claim::ForUses(vec![ClaimedUse::Seals])], &[]).person, Person::Legal);
        assert_eq!(
            person("CN=x", vec![Claim::ForUses(vec![ClaimedUse::WebSites])], &[]).person,
            Person::Unknown
        );
        assert_eq!(person("CN=x", vec![], &["0.4.0.194112.1.0"]).person, Person::Natural);
    }

    #[test]
    fn contradictions_are_not_decided() {
        let both = Claim::ForUses(vec![ClaimedUse::Signatures, ClaimedUse::Seals]);
        assert_eq!(person("CN=x", vec![both], &[]).person, Person::Unknown);
        let seal = Claim::ForUses(vec![ClaimedUse::Seals]);
        let told = person("CN=Alice,GN=Alice,SN=Doe", vec![seal], &[]);
        assert_eq!((told.person, told.clues.len()), (Person::Unknown, 2));
    }

    #[test]
    fn a_person_who_belongs_to_an_organisation_stays_a_person() {
        let legal = || Claim::NamedBy { semantics: Some(NameSemantics::Legal), authorities: vec![] };
        let natural = Claim::NamedBy { semantics: Some(NameSemantics::Natural), authorities: vec![] };
        let subject = "CN=Alice,GN=Alice,SN=Doe,organizationIdentifier=LEIXG-529900T8BM49AURSDO55";
        assert_eq!(person(subject, vec![natural, legal()], &[]).person, Person::Natural);
        assert_eq!(person(subject, vec![legal()], &[]).person, Person::Natural);
        assert_eq!(person("CN=x", vec![legal()], &[]).person, Person::Legal);
    }
}
