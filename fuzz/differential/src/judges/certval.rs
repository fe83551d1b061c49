//! The crate `certval`, with the path that is right: it judges, and does not search here.

use certval::path_settings::{CertificationPathSettings, ObjectIdentifierSet};
use certval::{
    CertificationPath, CertificationPathResults, Error, MemoryCrlSource, PDVCertificate,
    PDVTrustAnchorChoice, PkiEnvironment, TimeOfInterest, check_revocation_local,
    enforce_trust_anchor_constraints, parse_cert,
};
use chancery_certificate::AlgorithmIdentifier;
use chancery_key::{ClaimedAlgorithm, PublicKey};
use der::Encode;
use der::asn1::BitString;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::case::{Case, Use, Verdict};

/// id-kp-clientAuth and id-kp-emailProtection.
const USES: [&str; 2] = ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"];

pub fn judge(case: &Case) -> Verdict {
    match judged(case) {
        Ok(()) => Verdict::Valid,
        Err(Error::PathValidation(status)) => Verdict::Invalid(format!("{status:?}")),
        Err(other) => Verdict::Invalid(super::ours::word(&format!("{other:?}"))),
    }
}

fn judged(case: &Case) -> Result<(), Error> {
    let mut environment = PkiEnvironment::new();
    environment.populate_5280_pki_environment();
    environment.add_verify_signature_message_callback(rsa);
    let lists = MemoryCrlSource::new();
    for crl in &case.crls {
        lists.add(crl);
    }
    environment.add_crl_source(Box::new(lists));

    let anchor = PDVTrustAnchorChoice::create(&case.anchor, "anchor").map_err(|_| Error::ParseError)?;
    let path = case
        .path
        .iter()
        .map(|der| parse_cert(der, "authority"))
        .collect::<Result<Vec<PDVCertificate>, _>>()?;
    let target = parse_cert(&case.target, "target")?;
    let settings = enforce_trust_anchor_constraints(&settings(case), &anchor)?;
    let mut path = CertificationPath::new(anchor, path, target);
    let mut results = CertificationPathResults::new();
    environment.validate_path(&environment, &settings, &mut path, &mut results)?;
    check_revocation_local(&environment, &settings, &path, &mut results)
}

fn settings(case: &Case) -> CertificationPathSettings {
    let demands = &case.demands;
    let mut settings = CertificationPathSettings::new();
    settings
        .set_time_of_interest(TimeOfInterest::from_unix_secs(case.at as u64).expect("a moment of our time"));
    settings.set_require_ta_store(false);
    settings.set_enforce_trust_anchor_constraints(true);
    settings.set_initial_explicit_policy_indicator(demands.require_policy);
    settings.set_initial_policy_mapping_inhibit_indicator(demands.forbid_mapping);
    settings.set_initial_inhibit_any_policy_indicator(demands.forbid_any_policy);
    if !demands.policies.is_empty() {
        settings.set_initial_policy_set(demands.policies.clone());
    }
    settings.set_check_revocation_status(demands.revocation);
    let wanted = match demands.purpose {
        Use::Any => None,
        Use::ClientAuthentication => Some(USES[0]),
        Use::Email => Some(USES[1]),
    };
    if let Some(wanted) = wanted {
        let set: ObjectIdentifierSet = [der::asn1::ObjectIdentifier::new_unwrap(wanted)].into();
        settings.set_extended_key_usage_from_oid_set(set);
        settings.set_extended_key_usage_path(true);
    }
    settings
}

/// RSA for PKITS, by our own provider: certval's feature for it pins a release candidate that we do not allow.
/// Signatures are not what the two are compared on.
fn rsa(
    _: &PkiEnvironment,
    message: &[u8],
    signature: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> certval::Result<()> {
    let (algorithm, key) =
        (algorithm.to_der().map_err(|_| Error::ParseError)?, key.to_der().map_err(|_| Error::ParseError)?);
    let algorithm = AlgorithmIdentifier::from_der(&algorithm).map_err(|_| Error::ParseError)?;
    let algorithm =
        ClaimedAlgorithm::from_algorithm_identifier(&algorithm).map_err(|_| Error::Unrecognized)?;
    let key = PublicKey::from_info(&key).map_err(|_| Error::Unrecognized)?;
    key.verify(&algorithm, message, signature.raw_bytes())
        .map_err(|_| Error::PathValidation(certval::PathValidationStatus::SignatureVerificationFailure))
}
