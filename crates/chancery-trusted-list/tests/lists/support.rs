//! A provider with a root, an issuing authority and a person, and a list that names them.

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, Name};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_key::KeyKind;
use chancery_testkit::trusted_list::{self, ListDraft, ServiceDraft, StateDraft};
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension};
use chancery_trusted_list::UnverifiedTrustedList;
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

pub(crate) const PROVIDER: &str = "Example Trust";

/// What certificates claim, by the last number of the statement.
#[derive(Clone, Default)]
pub(crate) struct Claiming {
    pub(crate) compliance: bool,
    pub(crate) uses: Vec<u8>,
    pub(crate) device: bool,
    pub(crate) legislation: Option<&'static str>,
    pub(crate) policies: Vec<&'static str>,
}

impl Claiming {
    pub(crate) fn everything() -> Self {
        Self { compliance: true, uses: vec![1], device: true, ..Self::default() }
    }
}

pub(crate) struct Provider {
    pub(crate) root: TestAuthority,
    pub(crate) issuing: TestAuthority,
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn provider(organisation: &str) -> Provider {
    let now = time("2026-11-21T12:00:00Z");
    let subject =
        |name: &str| Name::from_text(&format!("CN={name},O={organisation},C=BE")).unwrap().to_der().to_vec();
    let long = |profile: Profile| profile.valid(time("2000-01-01T00:00:00Z"), time("2040-01-01T00:00:00Z"));
    let profile = Profile::authority("root", KeyKind::P256).subject(subject("Root"));
    let root = TestAuthority::root(long(profile), now, Locations::under("http://ca.test", "root"));
    let profile = Profile::authority("issuing", KeyKind::P256).subject(subject("Issuing"));
    let issuing = root.subordinate(long(profile), Locations::under("http://ca.test", "issuing"));
    Provider { root, issuing }
}

impl Provider {
    pub(crate) fn person(&self, claiming: &Claiming, not_before: &str) -> Certificate {
        let profile = Profile::signer("Alice", KeyKind::P256)
            .valid(time(not_before), time("2030-01-01T00:00:00Z"))
            .extension(TestExtension::plain(QC_STATEMENTS, statements(claiming)));
        let profile = if claiming.policies.is_empty() {
            profile
        } else {
            let policy = |dotted: &&str| asn1::sequence(&[&asn1::oid(&Oid::new(dotted).unwrap())]);
            let policies: Vec<u8> = claiming.policies.iter().flat_map(policy).collect();
            profile.extension(TestExtension::plain(POLICIES, asn1::encode(tag::SEQUENCE, &policies)))
        };
        self.issuing.issue(profile).certificate().clone()
    }

    /// The proof of the path from a certificate of the issuing authority to the root.
    pub(crate) fn chain(&self, certificate: &Certificate) -> VerifiedChain {
        self.chain_at(certificate, certificate.not_before())
    }

    pub(crate) fn chain_at(&self, certificate: &Certificate, at: Timestamp) -> VerifiedChain {
        let anchors = TrustAnchors::new([self.root.certificate().clone()]);
        let above = [self.issuing.certificate().clone()];
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
            .intermediates(&above)
            .verify_at(certificate, at)
            .unwrap()
    }

    /// The list of Belgium with one service of the issuing authority.
    pub(crate) fn listed(&self, states: Vec<StateDraft>) -> UnverifiedTrustedList {
        read(&ListDraft::new("BE").service(PROVIDER, self.service(states)))
    }

    pub(crate) fn service(&self, states: Vec<StateDraft>) -> ServiceDraft {
        let mut states = states.into_iter();
        let first = ServiceDraft::new(states.next().unwrap()).certificate(self.issuing.certificate());
        states.fold(first, ServiceDraft::once)
    }
}

/// Granted for signatures since the regulation applies.
pub(crate) fn granted() -> StateDraft {
    StateDraft::new(trusted_list::CA_QC, trusted_list::GRANTED, "2016-07-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES)
}

pub(crate) fn supervised() -> StateDraft {
    StateDraft::new(trusted_list::CA_QC, trusted_list::UNDER_SUPERVISION, "2010-01-01T00:00:00Z")
}

pub(crate) fn read(draft: &ListDraft) -> UnverifiedTrustedList {
    UnverifiedTrustedList::from_xml(draft.xml().as_bytes())
        .unwrap_or_else(|error| panic!("{error}\n{}", draft.xml()))
}

fn statements(claiming: &Claiming) -> Vec<u8> {
    let statement = |number: u8, value: &[u8]| {
        asn1::sequence(&[&asn1::oid(&Oid::new(&format!("0.4.0.1862.1.{number}")).unwrap()), value])
    };
    let mut all = Vec::new();
    if claiming.compliance {
        all.extend(statement(1, &[]));
    }
    if claiming.device {
        all.extend(statement(4, &[]));
    }
    if !claiming.uses.is_empty() {
        let each = claiming
            .uses
            .iter()
            .flat_map(|used| asn1::oid(&Oid::new(&format!("0.4.0.1862.1.6.{used}")).unwrap()));
        all.extend(statement(6, &asn1::encode(tag::SEQUENCE, &each.collect::<Vec<_>>())));
    }
    if let Some(country) = claiming.legislation {
        let country = asn1::encode(tag::PRINTABLE_STRING, country.as_bytes());
        all.extend(statement(7, &asn1::sequence(&[&country])));
    }
    asn1::encode(tag::SEQUENCE, &all)
}

const QC_STATEMENTS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.3");
const POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
