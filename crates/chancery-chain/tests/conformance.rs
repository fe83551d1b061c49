//! Runs public suites of certification paths: NIST PKITS, x509-limbo, BoringSSL and OpenSSL.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-chain --test conformance -- --nocapture`

// A harness of tests fails as tests do, also in functions that are not marked as tests themselves.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{Certificate, CertificateError};
use chancery_chain::{
    ANY_POLICY, AnchorConstraints, AnchorScope, CertificateProfile, ChainVerifier, Evidence, Limits,
    OcspAnswer, PolicyDemands, PolicySet, Purpose, RevocationPolicy, TrustAnchor, TrustAnchors, UsageDemands,
    WeakAlgorithms,
};
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run, read, table};
use const_oid::ObjectIdentifier;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::{certificates, outcome, pem_blocks, refused, status_outcome, text, texts};

/// Cases that name no moment mean "now"; all their certificates are valid on this day.
const PRESENT: &str = "2026-11-21T12:00:00Z";

#[test]
fn the_public_suites_give_the_expected_answers() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new(include_str!("exceptions.json"), |expected| match expected {
        "valid" | "SUCCESS" | "GOOD" => Some(&["valid"]),
        "invalid" | "FAILURE" | "REVOKED" | "UNKNOWN" => Some(&["invalid"]),
        _ => None,
    });
    let mut folder = |name: &str, cases: Option<Vec<Case>>| run.folder(name, cases.unwrap_or_default());
    folder("pkits", pkits(&corpus.join("pkits")));
    folder("limbo", limbo(&corpus.join("limbo")));
    folder("chain_boringssl", boringssl_chains(&corpus.join("pki_extra/chain_boringssl")));
    folder("crl_boringssl", boringssl_crls(&corpus.join("pki_extra/crl_boringssl")));
    folder("ocsp_boringssl", boringssl_ocsp(&corpus.join("pki_extra/ocsp_boringssl")));
    folder("ocsp_openssl", openssl_ocsp(&corpus.join("pki_extra/ocsp_openssl")));
    folder("openssl_verify", openssl_verify(&corpus.join("pki_extra/openssl_verify")));
    run.finish();
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// NIST PKITS: every test with its own parameters, revocation required.
fn pkits(folder: &Path) -> Option<Vec<Case>> {
    let manifest: Value = serde_json::from_slice(&read(&folder.join("tests.json"))?).unwrap();
    let case = |test: &Value| {
        let outcome = pkits_case(folder, test).unwrap_or_else(refused);
        Case::new(text(&test["id"]), text(&test["expected"]), outcome)
    };
    Some(manifest.as_array().unwrap().iter().map(case).collect())
}

fn pkits_case(folder: &Path, test: &Value) -> Result<Outcome, CertificateError> {
    let certificate = |name: &str| Certificate::from_der(&read(&folder.join("certs").join(name)).unwrap());
    let path = texts(&test["path"]);
    let anchors = TrustAnchors::new([certificate(path[0])?]);
    let target = certificate(path[path.len() - 1])?;
    let others = texts(&test["listed_certs"]).into_iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    let mut evidence = Evidence::new();
    for name in texts(&test["crls"]) {
        evidence.add_crl(read(&folder.join("crls").join(name)).unwrap());
    }
    let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::Require)
        .intermediates(&others)
        .evidence(&evidence)
        .policies(policy_demands(test))
        .verify_at(&target, moment(text(&test["validation_time"])));
    Ok(match &answer {
        Ok(chain) if text(&test["expected"]) == "valid" && *chain.policies() != expected_policies(test) => {
            refused(format!("valid, but for the policies {:?}", chain.policies()))
        }
        _ => outcome(&answer),
    })
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
fn limbo(folder: &Path) -> Option<Vec<Case>> {
    let manifest: Value = serde_json::from_slice(&read(&folder.join("limbo_rfc5280.json"))?).unwrap();
    let case = |test: &Value| {
        let outcome = limbo_case(test).unwrap_or_else(refused);
        Case::new(text(&test["id"]), text(&test["expected_result"]), outcome)
    };
    Some(manifest["testcases"].as_array().unwrap().iter().map(case).collect())
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
        let mut limits = Limits::default();
        limits.intermediates = usize::try_from(depth).unwrap();
        verifier = verifier.limits(limits);
    }
    Ok(outcome(&verifier.verify_at(&target, moment(at))))
}

/// BoringSSL's chains.
fn boringssl_chains(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let outcome = boringssl_chain(folder, row).unwrap_or_else(refused);
        Case::new(&row["test"], &row["expected"], outcome)
    };
    Some(table(&folder.join("expected.tsv"))?.iter().map(case).collect())
}

fn boringssl_chain(folder: &Path, row: &Row) -> Result<Outcome, CertificateError> {
    let path = folder.join(Path::new(&row["test"]).parent().unwrap()).join(&row["chain"]);
    let chain = certificates(&read(&path).unwrap())?;
    let trust = row["last_cert_trust"].as_str();
    let alone = chain.len() == 1;
    let scope = match trust {
        // Here an anchor is trusted for itself and for what it issues.
        "TRUSTED_ANCHOR" | "TRUSTED_ANCHOR_WITH_EXPIRATION" if alone => {
            return Ok(Outcome::Unsupported(format!("{trust} on the certificate itself")));
        }
        "TRUSTED_LEAF" if !alone => return Ok(Outcome::Unsupported(format!("{trust} on an authority"))),
        "TRUSTED_ANCHOR" | "TRUSTED_ANCHOR_OR_LEAF" | "TRUSTED_LEAF" => AnchorScope::NameAndKey,
        "UNSPECIFIED" | "DISTRUSTED" => AnchorScope::NameAndKey,
        "TRUSTED_ANCHOR_WITH_EXPIRATION" => AnchorScope::Validity,
        "TRUSTED_ANCHOR_WITH_CONSTRAINTS" => AnchorScope::Constraints,
        "TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS" => AnchorScope::Certificate,
        other => return Ok(Outcome::Unsupported(format!("last_cert_trust {other}"))),
    };
    let anchors = match trust {
        "UNSPECIFIED" | "DISTRUSTED" => TrustAnchors::default(),
        _ => TrustAnchors::new(chain.last().cloned()).with_scope(scope),
    };
    let at = match row["utc_time"].as_str() {
        // The moment that BoringSSL's own test uses for DEFAULT.
        "DEFAULT" => moment("2021-10-05T12:00:00Z"),
        utc => utc_time(utc),
    };
    let (purpose, usages) = match boringssl_purpose(row) {
        Ok(asked) => asked,
        Err(option) => return Ok(Outcome::Unsupported(option)),
    };
    let verifier = ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
        .intermediates(&chain[1..])
        .usages(usages);
    Ok(outcome(&verifier.verify_at(&chain[0], at)))
}

const SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
/// rcsMlsClient of the GSMA (RCC.16).
const RCS_MLS_CLIENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.146.2.1.3");

fn boringssl_purpose(row: &Row) -> Result<(Purpose, UsageDemands), String> {
    let lenient = UsageDemands::new;
    // A strict purpose asks that the usage is named, and none beside it that is meant for another service.
    let leaf = || lenient().named_by_the_certificate().exclude([CODE_SIGNING, TIME_STAMPING, OCSP_SIGNING]);
    let path = || leaf().named_along_the_path();
    let purpose = row["key_purpose"].as_str();
    if purpose.contains("STRICT") && row["errors"].contains("ERROR: Certificate has Basic Constraints") {
        // A rule of the CA/Browser Forum for the certificates of servers.
        return Err(format!("{purpose} of an authority's certificate"));
    }
    Ok(match purpose {
        "ANY_EKU" => (Purpose::Any, lenient()),
        "SERVER_AUTH" => (Purpose::Usage(SERVER), lenient()),
        "SERVER_AUTH_STRICT_LEAF" => (Purpose::Usage(SERVER), leaf()),
        "SERVER_AUTH_STRICT" => (Purpose::Usage(SERVER), path()),
        "CLIENT_AUTH" => (Purpose::ClientAuthentication, lenient()),
        "CLIENT_AUTH_STRICT_LEAF" => (Purpose::ClientAuthentication, leaf()),
        "CLIENT_AUTH_STRICT" => (Purpose::ClientAuthentication, path()),
        "MLS_CLIENT_AUTH" => (Purpose::Usage(RCS_MLS_CLIENT), path()),
        // C2PA: what an authority is certified for does not bind what it issues.
        other => return Err(format!("key_purpose {other}")),
    })
}

/// `YYMMDDHHMMSSZ`, all in this century.
fn utc_time(text: &str) -> Timestamp {
    let part = |at: usize| &text[at..at + 2];
    moment(&format!("20{}-{}-{}T{}:{}:{}Z", part(0), part(2), part(4), part(6), part(8), part(10)))
}

/// BoringSSL's CRLs: one certificate, its issuer, one CRL; one without `nextUpdate` is believed for seven days.
fn boringssl_crls(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let blocks = pem_blocks(&read(&folder.join(&row["file"])).unwrap());
        // The word before an explanation counts: "UNKNOWN or parse error".
        let expected = row["expected"].split_whitespace().next().unwrap();
        let case = Case::new(&row["file"], expected, boringssl_crl(&blocks).unwrap_or_else(refused));
        // BoringSSL does not know indirect lists and cannot tell; PKITS 4.14.22 expects this one to count.
        if row["file"] == "bad_idp_indirectcrl.pem" { case.also("GOOD") } else { case }
    };
    Some(table(&folder.join("expected.tsv"))?.iter().map(case).collect())
}

fn boringssl_crl(blocks: &[(String, Vec<u8>)]) -> Result<Outcome, CertificateError> {
    let one = |label: &str| blocks.iter().find(|(found, _)| found == label).map(|(_, der)| der.clone());
    if one("CA CERTIFICATE 2").is_some() {
        let option = "two keys of an authority without the root above them".to_owned();
        return Ok(Outcome::Unsupported(option));
    }
    let at = moment("2017-03-09T00:00:00Z");
    let target = Certificate::from_der(&one("CERTIFICATE").unwrap())?;
    let issuer = Certificate::from_der(&one("CA CERTIFICATE").unwrap())?;
    let anchors = TrustAnchors::new([issuer]).with_scope(AnchorScope::NameAndKey);
    let evidence = Evidence::new().with_crl(one("CRL").unwrap());
    let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::Require)
        .evidence(&evidence)
        .known_by(at)
        .believe_open_ended_for(SignedDuration::from_hours(7 * 24))
        .verify_at(&target, at);
    Ok(outcome(&answer))
}

/// BoringSSL's OCSP answers: one certificate, its issuer, one answer. The suite is of the time of SHA-1 and believes
/// answers without `nextUpdate` for seven days.
fn boringssl_ocsp(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let blocks = pem_blocks(&read(&folder.join(&row["file"])).unwrap());
        let outcome = boringssl_answer(&blocks).unwrap_or_else(refused);
        Case::new(&row["file"], &row["revocation_status"], outcome)
    };
    Some(table(&folder.join("expected.tsv"))?.iter().map(case).collect())
}

fn boringssl_answer(blocks: &[(String, Vec<u8>)]) -> Result<Outcome, CertificateError> {
    let one = |label: &str| blocks.iter().find(|(found, _)| found == label).unwrap().1.clone();
    let at = moment("2017-03-05T00:00:00Z");
    let target = Certificate::from_der(&one("CERTIFICATE"))?;
    let issuer = Certificate::from_der(&one("CA CERTIFICATE"))?;
    let anchors = TrustAnchors::new([issuer]).with_scope(AnchorScope::NameAndKey);
    let evidence = Evidence::new().with_ocsp(one("OCSP RESPONSE"));
    let answer = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::WhenKnown)
        .evidence(&evidence)
        .known_by(at)
        .believe_open_ended_for(SignedDuration::from_hours(7 * 24))
        .weak_algorithms(WeakAlgorithms::Report)
        .verify_at(&target, at);
    Ok(status_outcome(&answer))
}

/// OpenSSL's OCSP answers, judged at the moment at which each was given.
fn openssl_ocsp(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let id = format!("{} {} {}", row["response"], row["ca_file"], row["name"]);
        Case::new(&id, &row["expected"], openssl_answer(folder, row).unwrap_or_else(refused))
    };
    Some(table(&folder.join("expected.tsv"))?.iter().map(case).collect())
}

fn openssl_answer(folder: &Path, row: &Row) -> Result<Outcome, String> {
    let load = |name: &str| {
        let pem = read(&folder.join(name)).ok_or(format!("{name} is missing"))?;
        certificates(&pem).map_err(|error| error.to_string())
    };
    // ND1, D2 …: which certificate the answer is about, also where it is damaged.
    let stem = row["response"].trim_end_matches(".ors");
    let subject = stem.rsplit('_').next().unwrap();
    let [user, authority] = ["EE", "ICA"].map(|kind| format!("{subject}_Cert_{kind}.pem"));
    let target = load(if folder.join(&user).is_file() { &user } else { &authority })?;
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
fn openssl_verify(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let id = format!("{} ({})", row["leaf"], row["name"]);
        Case::new(&id, &row["expected"], openssl_case(folder, row).unwrap_or_else(refused))
    };
    Some(table(&folder.join("expected.tsv"))?.iter().map(case).collect())
}

fn openssl_case(folder: &Path, row: &Row) -> Result<Outcome, String> {
    let purpose = match row["purpose"].as_str() {
        "" => Purpose::Any,
        "sslserver" => Purpose::Usage(SERVER),
        "sslclient" => Purpose::ClientAuthentication,
        "timestampsign" => Purpose::Timestamping,
        other => return Ok(Outcome::Unsupported(format!("purpose {other}"))),
    };
    let mut limits = Limits::default();
    let mut weak_algorithms = WeakAlgorithms::Refuse;
    match row["options"].split_whitespace().collect::<Vec<_>>().as_slice() {
        // Here every anchor may end a path, also one that is not self-signed. What is refused by default is what
        // level 2 refuses, and SHA-1, which is level 1.
        [] | ["-partial_chain"] | ["-auth_level", "1" | "2"] => {}
        ["-auth_level", "0"] => weak_algorithms = WeakAlgorithms::Report,
        ["-verify_depth", depth] => limits.intermediates = depth.parse().unwrap(),
        other => return Ok(Outcome::Unsupported(format!("option {}", other.join(" ")))),
    }
    let mut anchors = Vec::new();
    for name in row["trusted"].split_whitespace() {
        match openssl_anchors(folder, name, purpose, row["trusted"] == name)? {
            Ok(found) => anchors.extend(found),
            Err(option) => return Ok(Outcome::Unsupported(option)),
        }
    }
    let mut others = Vec::new();
    for name in row["untrusted"].split_whitespace() {
        others.extend(openssl_certificates(folder, name)?.into_iter().map(|(certificate, _)| certificate));
    }
    let (leaf, _) = openssl_certificates(folder, &row["leaf"])?.remove(0);
    let anchors = TrustAnchors::new(anchors);
    let verifier = ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
        .intermediates(&others)
        .limits(limits)
        .weak_algorithms(weak_algorithms);
    Ok(outcome(&verifier.verify_at(&leaf, moment(PRESENT))))
}

/// Certificates, each with what follows it in a `TRUSTED CERTIFICATE`, OpenSSL's own format.
fn openssl_certificates(folder: &Path, name: &str) -> Result<Vec<(Certificate, Vec<u8>)>, String> {
    let pem = read(&folder.join(format!("{name}.pem"))).ok_or(format!("{name} is missing"))?;
    let mut all = Vec::new();
    for (label, der) in pem_blocks(&pem) {
        if label.ends_with("CERTIFICATE") {
            let end = Reader::new(&der).element().map_err(|error| error.to_string())?.raw.len();
            let certificate = Certificate::from_der(&der[..end]).map_err(|error| error.to_string())?;
            all.push((certificate, der[end..].to_vec()));
        }
    }
    Ok(all)
}

/// What OpenSSL trusts a certificate for beside what it says of itself:
/// `CertAux ::= SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject [0] SEQUENCE OF OID OPTIONAL, … }`. What our anchors
/// cannot say is unsupported.
fn openssl_anchors(
    folder: &Path,
    name: &str,
    purpose: Purpose,
    alone: bool,
) -> Result<Result<Vec<TrustAnchor>, String>, String> {
    let asked = match purpose {
        Purpose::Usage(usage) => usage,
        _ => ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    };
    let mut anchors = Vec::new();
    for (certificate, settings) in openssl_certificates(folder, name)? {
        let (trusted, rejected) = openssl_settings(&settings).map_err(|error| error.to_string())?;
        let own = certificate.extended_key_usage().map_err(|error| error.to_string())?;
        let anchor = TrustAnchor::new(certificate);
        let concerns = |usages: &[ObjectIdentifier]| usages.contains(&asked) || usages.contains(&ANY_USAGE);
        if concerns(&rejected) {
            if !alone {
                return Ok(Err("trust settings that reject what another anchor certifies".into()));
            }
            anchors.push(anchor.constrained(AnchorConstraints::new().only_for([])));
        } else if !trusted.is_empty() && !concerns(&trusted) && !alone {
            // OpenSSL goes to such an anchor first and tries no other path.
            return Ok(Err("trust settings that end the search".into()));
        } else if trusted.is_empty() {
            anchors.push(anchor);
        } else if own.is_some_and(|own| !own.contains(&asked)) {
            return Ok(Err("trust settings that override the usages of the anchor's certificate".into()));
        } else {
            let purposes = trusted.iter().map(|usage| match *usage {
                ANY_USAGE => Purpose::Any,
                usage if usage == asked => purpose,
                other => Purpose::Usage(other),
            });
            anchors.push(anchor.constrained(AnchorConstraints::new().only_for(purposes)));
        }
    }
    Ok(Ok(anchors))
}

type Usages = Vec<ObjectIdentifier>;

fn openssl_settings(settings: &[u8]) -> Result<(Usages, Usages), Asn1Error> {
    if settings.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let read = |list: Option<Element<'_>>| {
        let mut usages = Vec::new();
        let mut list = list.map(|list| list.reader()).unwrap_or_else(|| Reader::new(&[]));
        while !list.is_empty() {
            usages.push(list.expect(tag::OBJECT_IDENTIFIER)?.oid()?);
        }
        Ok(usages)
    };
    let mut fields = Element::only(settings, tag::SEQUENCE)?.reader();
    Ok((read(fields.optional(tag::SEQUENCE)?)?, read(fields.optional(tag::constructed(0))?)?))
}
