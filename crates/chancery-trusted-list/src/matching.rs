//! Which services stand for the issuer of a certificate (TS 119 615, 4.3).

use chancery_certificate::{Certificate, Name};
use chancery_chain::VerifiedChain;
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::list::UnverifiedTrustedList;
use crate::provider::Provider;
use crate::remark::Remark;
use crate::service::{Service, ServiceState, StateAt};
use crate::text::Localized;
use crate::uris::{AdditionalInformation, ServiceType};

/// A service that stands for the issuer, with what held of it at the moment.
pub(crate) struct Matched<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) service: &'a Service,
    pub(crate) state: &'a ServiceState,
}

/// The services that issue qualified certificates and stand for the issuer of the chain's certificate at a moment.
/// `Err` holds what makes any answer impossible (the process fails, in the words of the standard).
pub(crate) fn services<'a>(
    list: &'a UnverifiedTrustedList,
    chain: &VerifiedChain,
    at: Timestamp,
    remarks: &mut Vec<Remark>,
) -> Result<Vec<Matched<'a>>, Remark> {
    let mut matched = Vec::new();
    let all = list
        .providers()
        .iter()
        .flat_map(|provider| provider.services.iter().map(move |service| (provider, service)));
    for (provider, service) in all {
        let Some(height) = height(service, chain) else { continue };
        let state = match service.state_at(at) {
            StateAt::State(state) => state,
            StateAt::NotListedYet => continue,
            StateAt::Disputed => return Err(Remark::HistoryOutOfOrder),
        };
        if state.kind != ServiceType::QualifiedCertificates {
            continue;
        }
        if height > 1 && !state.extensions.additional.contains(&AdditionalInformation::RootOfQualified) {
            remarks.push(Remark::AboveTheIssuer);
            continue;
        }
        matched.push(Matched { provider, service, state });
    }
    let same_provider =
        |one: &Matched<'_>| matched.first().is_some_and(|first| first.provider.names == one.provider.names);
    if !matched.iter().all(same_provider) {
        return Err(Remark::ProvidersDiffer);
    }
    if !matched.is_empty() && !bears_name(chain.certificate().issuer(), &matched) {
        return Err(Remark::ProviderHasAnotherName);
    }
    Ok(matched)
}

/// How far above the judged certificate the service's own stands in the path: 1 for its issuer. The signatures
/// between them were verified with the keys of the path, which is all that a chain of a proof can be made of.
fn height(service: &Service, chain: &VerifiedChain) -> Option<usize> {
    let recognised = |certificate: &Certificate| service.identity().recognises(certificate);
    chain.certificates().iter().skip(1).position(recognised).map(|position| position + 1)
}

/// PRO-4.4.4-06: the issuer's organisation is the provider; without an organisation its common name is, or its whole
/// name is one by which the service is recognised.
fn bears_name(issuer: &Name, matched: &[Matched<'_>]) -> bool {
    let provider_has = |name: &String| {
        matched.iter().any(|one| has(&one.provider.names, name) || has(&one.provider.trade_names, name))
    };
    let organisations = texts(issuer, ORGANISATION);
    if !organisations.is_empty() {
        return organisations.iter().any(provider_has);
    }
    let recognised =
        |one: &Matched<'_>| one.service.identity().subject_names.iter().any(|name| name.matches(issuer));
    texts(issuer, COMMON_NAME).iter().any(provider_has) || matched.iter().any(recognised)
}

fn has(names: &Localized, wanted: &str) -> bool {
    names.iter().any(|(_, name)| folded(name) == folded(wanted))
}

/// White space and case do not matter (RFC 5280, 7.1).
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn texts(name: &Name, oid: Oid) -> Vec<String> {
    let attributes = name.relative_names().into_iter().flatten();
    attributes.filter(|attribute| attribute.oid == oid).filter_map(|attribute| attribute.text).collect()
}

/// The territory whose list is to be asked: the issuer's country, with the two that lists spell otherwise
/// (PRO-4.4.4-01).
pub(crate) fn territory(issuer: &Name) -> Option<String> {
    let country = issuer.attribute(COUNTRY)?.to_ascii_uppercase();
    Some(match country.as_str() {
        "GB" => "UK".to_owned(),
        "GR" => "EL".to_owned(),
        _ => country,
    })
}

const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");
const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");
const ORGANISATION: Oid = Oid::new_unwrap("2.5.4.10");
