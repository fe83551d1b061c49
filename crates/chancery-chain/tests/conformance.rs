//! Runs public suites of certification paths: NIST PKITS, x509-limbo, BoringSSL and OpenSSL.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-chain --test conformance -- --nocapture`

// A harness of tests fails as tests do, also in functions that are not marked as tests themselves.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use chancery_certificate::Certificate;
use chancery_chain::{
    ANY_POLICY, AnchorScope, CertificateProfile, ChainFailure, ChainVerifier, Evidence, OcspAnswer,
    PolicyDemands, PolicySet, Purpose, RevocationPolicy, RevocationStatus, TrustAnchors, VerifiedChain,
    WeakAlgorithms,
};
use const_oid::ObjectIdentifier;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::{Expected, Outcome, Suite, certificates, pem_blocks, read, table, text, texts};

/// Cases that name no moment mean "now"; all their certificates are valid on this day.
const PRESENT: &str = "2026-11-21T12:00:00Z";

#[test]
fn the_public_suites_give_the_expected_answers() {
    let Some(corpus) = support::corpus() else { return };
    let mut run = support::Run::new(include_str!("exceptions.json"));
    run.suite(pkits(&corpus.join("pkits")));
    run.suite(limbo(&corpus.join("limbo")));
    run.suite(boringssl_chains(&corpus.join("pki_extra/chain_boringssl")));
    run.suite(boringssl_crls(&corpus.join("pki_extra/crl_boringssl")));
    run.suite(boringssl_ocsp(&corpus.join("pki_extra/ocsp_boringssl")));
    run.suite(openssl_ocsp(&corpus.join("pki_extra/ocsp_openssl")));
    run.suite(openssl_verify(&corpus.join("pki_extra/openssl_verify")));
    run.finish();
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// NIST PKITS: every test with its own parameters, revocation required.
fn pkits(folder: &Path) -> Option<Suite> {
    let manifest: Value = serde_json::from_slice(&read(&folder.join("tests.json"))?).unwrap();
    let mut suite = Suite::new("pkits");
    for test in manifest.as_array().unwrap() {
        let certificate =
            |name: &str| Certificate::from_der(&read(&folder.join("certs").join(name)).unwrap());
        let path = texts(&test["path"]);
        let expected = match text(&test["expected"]) {
            "valid" => Expected::Accepted,
            _ => Expected::Refused,
        };
        let anchor = certificate(path[0]).unwrap();
        let anchors = TrustAnchors::new([anchor]);
        let others: Result<Vec<_>, _> = texts(&test["listed_certs"]).into_iter().map(certificate).collect();
        let (target, others) = match (certificate(path[path.len() - 1]), others) {
            (Ok(target), Ok(others)) => (target, others),
            (Err(error), _) | (_, Err(error)) => {
                suite.case(text(&test["id"]), expected, Outcome::Refused(error.to_string()));
                continue;
            }
        };
        let mut evidence = Evidence::new();
        for name in texts(&test["crls"]) {
            evidence.add_crl(read(&folder.join("crls").join(name)).unwrap());
        }
        let at = moment(text(&test["validation_time"]));
        let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::Require)
            .intermediates(&others)
            .evidence(&evidence)
            .policies(policy_demands(test))
            .verify_at(&target, at);
        let outcome = match (&answer, expected) {
            (Ok(chain), Expected::Accepted) if *chain.policies() != expected_policies(test) => {
                Outcome::Refused(format!("valid, but for the policies {:?}", chain.policies()))
            }
            _ => Outcome::of(&answer),
        };
        suite.case(text(&test["id"]), expected, outcome);
    }
    Some(suite)
}

fn oids(list: &Value) -> impl Iterator<Item = ObjectIdentifier> {
    texts(list).into_iter().map(ObjectIdentifier::new_unwrap)
}

fn policy_demands(test: &Value) -> PolicyDemands {
    let flag = |name: &str| test[name].as_bool().unwrap();
    let demands = PolicyDemands::new().accept_only(oids(&test["initial_policy_set"]));
    let demands = if flag("initial_explicit_policy") { demands.require_explicit() } else { demands };
    let demands = if flag("initial_policy_mapping_inhibit") { demands.forbid_mapping() } else { demands };
    if flag("initial_inhibit_any_policy") { demands.forbid_any_policy() } else { demands }
}

fn expected_policies(test: &Value) -> PolicySet {
    let policies: BTreeSet<_> = oids(&test["expected_user_constrained_policy_set"]).collect();
    if policies.contains(&ANY_POLICY) { PolicySet::Any } else { PolicySet::Only(policies) }
}

/// x509-limbo, the part about RFC 5280. Host names are not judged by this crate.
fn limbo(folder: &Path) -> Option<Suite> {
    let manifest: Value = serde_json::from_slice(&read(&folder.join("limbo_rfc5280.json"))?).unwrap();
    let mut suite = Suite::new("limbo");
    for test in manifest["testcases"].as_array().unwrap() {
        let id = text(&test["id"]);
        let expected = match text(&test["expected_result"]) {
            "SUCCESS" => Expected::Accepted,
            _ => Expected::Refused,
        };
        suite.case(id, expected, limbo_case(test).unwrap_or_else(Outcome::Refused));
    }
    Some(suite)
}

fn limbo_case(test: &Value) -> Result<Outcome, String> {
    let parse = |pem: &str| Certificate::from_pem(pem.as_bytes()).map_err(|error| error.to_string());
    let all = |list: &Value| texts(list).into_iter().map(parse).collect::<Result<Vec<_>, _>>();
    let anchors = TrustAnchors::new(all(&test["trusted_certs"])?);
    let others = all(&test["untrusted_intermediates"])?;
    let target = parse(text(&test["peer_certificate"]))?;
    let crls = texts(&test["crls"]);
    let mut evidence = Evidence::new();
    for pem in &crls {
        evidence.add_crl(pem_blocks(pem.as_bytes()).remove(0).1);
    }
    let at = test["validation_time"].as_str().unwrap_or(PRESENT);
    let purpose = match text(&test["validation_kind"]) {
        "CLIENT" => Purpose::ClientAuthentication,
        _ => Purpose::Any,
    };
    let revocation = if crls.is_empty() { RevocationPolicy::NotChecked } else { RevocationPolicy::Require };
    let mut verifier =
        ChainVerifier::new(&anchors, purpose, revocation).intermediates(&others).evidence(&evidence);
    // The suite holds issuers to their rules.
    verifier = verifier.profile(CertificateProfile::Rfc5280);
    if let Some(depth) = test["max_chain_depth"].as_u64() {
        let mut limits = chancery_chain::Limits::default();
        limits.intermediates = usize::try_from(depth).unwrap();
        verifier = verifier.limits(limits);
    }
    Ok(Outcome::of(&verifier.verify_at(&target, moment(at))))
}

/// BoringSSL's chains. Web policy (server authentication, its strict variants) is not ours: such a case is judged
/// for any purpose when its expectation does not rest on the extended key usage, and is unsupported otherwise.
fn boringssl_chains(folder: &Path) -> Option<Suite> {
    let mut suite = Suite::new("chain_boringssl");
    for row in table(&read(&folder.join("expected.tsv"))?) {
        let id = &row["test"];
        let chain = Path::new(id).parent().unwrap().join(&row["chain"]);
        let expected = match row["expected"].as_str() {
            "valid" => Expected::Accepted,
            _ => Expected::Refused,
        };
        let outcome = match boringssl_options(&row) {
            Err(option) => Outcome::Unsupported(option),
            Ok((purpose, scope)) => {
                let at = match row["utc_time"].as_str() {
                    // The moment that BoringSSL's own test uses for DEFAULT.
                    "DEFAULT" => moment("2021-10-05T12:00:00Z"),
                    utc => utc_time(utc),
                };
                match certificates(&read(&folder.join(chain)).unwrap()) {
                    // BoringSSL keeps anchors for issuing apart; here a certificate that is an anchor is trusted.
                    Ok(chain) if chain.len() == 1 && row["last_cert_trust"] == "TRUSTED_ANCHOR" => {
                        Outcome::Unsupported(
                            "last_cert_trust TRUSTED_ANCHOR on the certificate itself".into(),
                        )
                    }
                    Err(error) => Outcome::Refused(error.to_string()),
                    Ok(chain) => {
                        let root = chain[chain.len() - 1].clone();
                        let anchors = match row["last_cert_trust"].as_str() {
                            "UNSPECIFIED" | "DISTRUSTED" => TrustAnchors::default(),
                            _ => TrustAnchors::new([root]).with_scope(scope),
                        };
                        let verifier = ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
                            .intermediates(&chain[1..]);
                        Outcome::of(&verifier.verify_at(&chain[0], at))
                    }
                }
            }
        };
        suite.case(id, expected, outcome);
    }
    Some(suite)
}

fn boringssl_options(
    row: &std::collections::BTreeMap<String, String>,
) -> Result<(Purpose, AnchorScope), String> {
    let scope = match row["last_cert_trust"].as_str() {
        "TRUSTED_ANCHOR" | "TRUSTED_ANCHOR_OR_LEAF" | "UNSPECIFIED" | "DISTRUSTED" => AnchorScope::NameAndKey,
        "TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS" => AnchorScope::Certificate,
        other => return Err(format!("last_cert_trust {other}")),
    };
    // What the web asks of certificates for servers, and its own purposes.
    let about_usage = ["extended key usage", "key purpose", "KeyUsage must", "when it should not be a CA"];
    let purpose = match row["key_purpose"].as_str() {
        "CLIENT_AUTH" => Purpose::ClientAuthentication,
        "ANY_EKU" => Purpose::Any,
        _ if !about_usage.iter().any(|words| row["errors"].contains(words)) => Purpose::Any,
        other => return Err(format!("key_purpose {other}")),
    };
    Ok((purpose, scope))
}

/// `YYMMDDHHMMSSZ`, all in this century.
fn utc_time(text: &str) -> Timestamp {
    let part = |at: usize| &text[at..at + 2];
    moment(&format!("20{}-{}-{}T{}:{}:{}Z", part(0), part(2), part(4), part(6), part(8), part(10)))
}

/// BoringSSL's CRLs: one certificate, its issuer, one CRL; one without `nextUpdate` is believed for seven days.
fn boringssl_crls(folder: &Path) -> Option<Suite> {
    let mut suite = Suite::new("crl_boringssl");
    for row in table(&read(&folder.join("expected.tsv"))?) {
        let id = &row["file"];
        let blocks = pem_blocks(&read(&folder.join(id)).unwrap());
        let one = |label: &str| blocks.iter().find(|(found, _)| found == label).map(|(_, der)| der.clone());
        // The certificates have outlived their validity on no account: only the list is judged.
        let at = moment("2017-03-09T00:00:00Z");
        let expected = match row["expected"].split_whitespace().next().unwrap() {
            "GOOD" => Expected::Accepted,
            "UNKNOWN" => Expected::Open,
            _ => Expected::Refused,
        };
        if one("CA CERTIFICATE 2").is_some() {
            let option = "two keys of an authority without the root above them".to_owned();
            suite.case(id, expected, Outcome::Unsupported(option));
            continue;
        }
        let parsed =
            ["CERTIFICATE", "CA CERTIFICATE"].map(|label| Certificate::from_der(&one(label).unwrap()));
        let [Ok(target), Ok(issuer)] = parsed else {
            suite.case(id, expected, Outcome::Refused("a certificate cannot be read".into()));
            continue;
        };
        let anchors = TrustAnchors::new([issuer]).with_scope(AnchorScope::NameAndKey);
        let evidence = Evidence::new().with_crl(one("CRL").unwrap());
        let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::Require)
            .evidence(&evidence)
            .known_by(at)
            .believe_open_ended_for(SignedDuration::from_hours(7 * 24))
            .verify_at(&target, at);
        suite.case(id, expected, Outcome::of(&answer));
    }
    Some(suite)
}

/// BoringSSL's OCSP answers: one certificate, its issuer, one answer. The suite is of the time of SHA-1 and believes
/// answers without `nextUpdate` for seven days.
fn boringssl_ocsp(folder: &Path) -> Option<Suite> {
    let mut suite = Suite::new("ocsp_boringssl");
    for row in table(&read(&folder.join("expected.tsv"))?) {
        let id = &row["file"];
        let blocks = pem_blocks(&read(&folder.join(id)).unwrap());
        let one = |label: &str| blocks.iter().find(|(found, _)| found == label).unwrap().1.clone();
        let expected = match row["revocation_status"].as_str() {
            "GOOD" => Expected::Accepted,
            _ => Expected::Refused,
        };
        let target = Certificate::from_der(&one("CERTIFICATE")).unwrap();
        let issuer = Certificate::from_der(&one("CA CERTIFICATE")).unwrap();
        let at = moment("2017-03-05T00:00:00Z");
        let anchors = TrustAnchors::new([issuer]).with_scope(AnchorScope::NameAndKey);
        let evidence = Evidence::new().with_ocsp(one("OCSP RESPONSE"));
        let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::WhenKnown)
            .evidence(&evidence)
            .known_by(at)
            .believe_open_ended_for(SignedDuration::from_hours(7 * 24))
            .weak_algorithms(WeakAlgorithms::Report)
            .verify_at(&target, at);
        suite.case(id, expected, status_outcome(&answer));
    }
    Some(suite)
}

/// Accepted when the certificate itself is known to be good: neither suite says anything of the revocation of
/// responders, or of authorities above.
fn status_outcome(answer: &Result<VerifiedChain, ChainFailure>) -> Outcome {
    match answer.as_ref().map(|chain| &chain.revocation()[0]) {
        Ok(RevocationStatus::Good(_)) => Outcome::Accepted,
        Ok(other) => Outcome::Refused(format!("{other:?}")),
        Err(_) => Outcome::of(answer),
    }
}

/// OpenSSL's OCSP answers, judged at the moment at which each was given.
fn openssl_ocsp(folder: &Path) -> Option<Suite> {
    let mut suite = Suite::new("ocsp_openssl");
    for row in table(&read(&folder.join("expected.tsv"))?) {
        let id = format!("{} {} {}", row["response"], row["ca_file"], row["name"]);
        let expected = match row["expected"].as_str() {
            "valid" => Expected::Accepted,
            _ => Expected::Refused,
        };
        suite.case(&id, expected, openssl_answer(folder, &row).unwrap_or_else(Outcome::Refused));
    }
    Some(suite)
}

fn openssl_answer(
    folder: &Path,
    row: &std::collections::BTreeMap<String, String>,
) -> Result<Outcome, String> {
    let load = |name: &str| {
        let pem = read(&folder.join(name)).ok_or(format!("{name} is missing"))?;
        certificates(&pem).map_err(|error| error.to_string())
    };
    // ND1, D2 …: which certificate the answer is about, also where it is damaged.
    let stem = row["response"].trim_end_matches(".ors");
    let subject = stem.rsplit('_').next().unwrap();
    let target =
        load(&format!("{subject}_Cert_EE.pem")).or_else(|_| load(&format!("{subject}_Cert_ICA.pem")))?;
    let encoded = String::from_utf8(read(&folder.join(&row["response"])).unwrap()).unwrap();
    let answer = support::base64(&encoded.split_whitespace().collect::<String>());
    let at = OcspAnswer::from_der(&answer).map_err(|error| error.to_string())?.produced_at();
    let anchors = TrustAnchors::new(load(&row["ca_file"])?).with_scope(AnchorScope::NameAndKey);
    let others = if row["untrusted"].is_empty() { Vec::new() } else { load(&row["untrusted"])? };
    let evidence = Evidence::new().with_ocsp(answer);
    let judged = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::WhenKnown)
        .intermediates(&others)
        .evidence(&evidence)
        .weak_algorithms(WeakAlgorithms::Report)
        .verify_at(&target[0], at);
    Ok(status_outcome(&judged))
}

/// OpenSSL's table. Rows that test an option of its command line are unsupported by that option.
fn openssl_verify(folder: &Path) -> Option<Suite> {
    let mut suite = Suite::new("openssl_verify");
    for row in table(&read(&folder.join("expected.tsv"))?) {
        let id = format!("{} ({})", row["leaf"], row["name"]);
        let expected = match row["expected"].as_str() {
            "valid" => Expected::Accepted,
            _ => Expected::Refused,
        };
        suite.case(&id, expected, openssl_case(folder, &row).unwrap_or_else(Outcome::Refused));
    }
    Some(suite)
}

fn openssl_case(folder: &Path, row: &std::collections::BTreeMap<String, String>) -> Result<Outcome, String> {
    let purpose = match row["purpose"].as_str() {
        "" | "sslserver" => Purpose::Any,
        "sslclient" => Purpose::ClientAuthentication,
        "timestampsign" => Purpose::Timestamping,
        other => return Ok(Outcome::Unsupported(format!("purpose {other}"))),
    };
    if !row["options"].is_empty() {
        return Ok(Outcome::Unsupported(format!("option {}", row["options"])));
    }
    let load = |names: &str| {
        let mut all = Vec::new();
        for name in names.split_whitespace() {
            let pem = read(&folder.join(format!("{name}.pem"))).ok_or(format!("{name} is missing"))?;
            if pem.windows(7).any(|window| window == b"TRUSTED") {
                return Ok(Err("TRUSTED CERTIFICATE, a format of OpenSSL".to_owned()));
            }
            all.extend(certificates(&pem).map_err(|error| error.to_string())?);
        }
        Ok::<_, String>(Ok(all))
    };
    let (roots, others, mut leaf) =
        match (load(&row["trusted"])?, load(&row["untrusted"])?, load(&row["leaf"])?) {
            (Ok(roots), Ok(others), Ok(leaf)) => (roots, others, leaf),
            (Err(option), _, _) | (_, Err(option), _) | (_, _, Err(option)) => {
                return Ok(Outcome::Unsupported(option));
            }
        };
    let anchors = TrustAnchors::new(roots);
    let verifier = ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked).intermediates(&others);
    Ok(Outcome::of(&verifier.verify_at(&leaf.remove(0), moment(PRESENT))))
}
