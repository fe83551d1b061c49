//! `chancery-chain`.

use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Evidence, PolicyDemands, Purpose, RevocationPolicy, TrustAnchors};
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::case::{Case, Use, Verdict};

pub fn judge(case: &Case) -> Verdict {
    match judged(case) {
        Ok(()) => Verdict::Valid,
        // The name of the variant is the word for the reason.
        Err(reason) => Verdict::Invalid(word(&reason)),
    }
}

/// The whole reason, for people.
pub fn explain(case: &Case) -> String {
    judged(case).err().unwrap_or_else(|| "valid".into())
}

fn judged(case: &Case) -> Result<(), String> {
    let read = |der: &Vec<u8>| Certificate::from_der(der).map_err(|_| "Unreadable".to_owned());
    let anchors = TrustAnchors::new([read(&case.anchor)?]);
    let target = read(&case.target)?;
    // What cannot be read cannot be part of a path.
    let others: Vec<_> = case.path.iter().chain(&case.strays).filter_map(|der| read(der).ok()).collect();
    let mut evidence = Evidence::new();
    case.crls.iter().for_each(|crl| evidence.add_crl(crl.clone()));
    let demands = &case.demands;
    let purpose = match demands.purpose {
        Use::Any => Purpose::Any,
        Use::ClientAuthentication => Purpose::ClientAuthentication,
        Use::Email => Purpose::Email,
    };
    let revocation =
        if demands.revocation { RevocationPolicy::Require } else { RevocationPolicy::NotChecked };
    let at = Timestamp::from_second(case.at).expect("a moment of our time");
    let answer = ChainVerifier::new(&anchors, purpose, revocation)
        .intermediates(&others)
        .evidence(&evidence)
        .policies(policies(case))
        .known_by(at)
        .verify_at(&target, at);
    answer.map(|_| ()).map_err(|failure| format!("{:?}; {failure}", failure.reason()))
}

fn policies(case: &Case) -> PolicyDemands {
    let demands = &case.demands;
    let mut policies = PolicyDemands::new();
    if !demands.policies.is_empty() {
        policies = policies.accept_only(demands.policies.iter().map(|oid| ObjectIdentifier::new_unwrap(oid)));
    }
    if demands.require_policy {
        policies = policies.require_explicit();
    }
    if demands.forbid_mapping {
        policies = policies.forbid_mapping();
    }
    if demands.forbid_any_policy {
        policies = policies.forbid_any_policy();
    }
    policies
}

/// The beginning of a text up to the first character that is not part of a word.
pub fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric()).collect()
}
