//! NIST PKITS as cases.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use crate::case::{Case, Demands, Use};
use crate::values::ANY_POLICY;

/// Every test with its own parameters.
pub fn cases(folder: &Path) -> Result<Vec<Case>, String> {
    let file = |name: &str| fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"));
    let manifest: Value = serde_json::from_slice(&file("tests.json")?).map_err(|error| error.to_string())?;
    manifest.as_array().ok_or("tests.json is no list")?.iter().map(|test| case(test, &file)).collect()
}

fn case(test: &Value, file: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> Result<Case, String> {
    let texts = |field: &str| -> Vec<&str> {
        test[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let text = |field: &str| test[field].as_str().unwrap_or_default();
    let flag = |field: &str| test[field].as_bool().unwrap_or_default();
    let certificate = |name: &&str| file(&format!("certs/{name}"));
    let names = texts("path");
    let [anchor, path @ .., target] = &names[..] else { return Err("a path of one".into()) };
    let strays = texts("crl_issuer_certs").iter().map(certificate).collect::<Result<_, _>>()?;
    let at: Timestamp = text("validation_time").parse().map_err(|error| format!("{error}"))?;
    let policies = texts("initial_policy_set");
    let policies = if policies.contains(&ANY_POLICY) { Vec::new() } else { policies };
    Ok(Case {
        id: format!("pkits {}", text("id")),
        anchor: certificate(anchor)?,
        path: path.iter().map(certificate).collect::<Result<_, _>>()?,
        strays,
        target: certificate(target)?,
        crls: texts("crls").iter().map(|name| file(&format!("crls/{name}"))).collect::<Result<_, _>>()?,
        demands: Demands {
            policies: policies.into_iter().map(String::from).collect(),
            require_policy: flag("initial_explicit_policy"),
            forbid_mapping: flag("initial_policy_mapping_inhibit"),
            forbid_any_policy: flag("initial_inhibit_any_policy"),
            purpose: Use::Any,
            revocation: true,
        },
        at: at.as_second(),
        traits: vec!["pkits"],
        expected: Some(text("expected") == "valid"),
    })
}
