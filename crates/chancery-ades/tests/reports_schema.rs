//! JSON reports against `report.schema.json`: what a report says, the schema has, and the other way round.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod samples;
mod support;

use std::collections::BTreeSet;

use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../report.schema.json")).unwrap()
}

#[test]
fn every_report_is_as_the_schema_says() {
    let schema = schema();
    let mut seen = BTreeSet::new();
    for (name, report) in samples::reports() {
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        let mut check = Check { root: &schema, seen: &mut seen };
        let faults = check.value(&json, &schema, "$");
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{json:#}");
    }
    // What the schema has and no report ever showed would be nothing that this test has checked.
    for member in [
        "$.certificates[].serial",
        "$.signatures[].timestamps[].path.anchored",
        "$.findings[].rule",
        "$.findings[].page.area",
    ] {
        assert!(seen.contains(member), "{member} in none of {seen:#?}");
    }
}

#[test]
fn the_check_finds_what_is_wrong() {
    let schema = schema();
    let (_, report) = samples::reports().remove(0);
    let json: Value = serde_json::from_str(&report.to_json()).unwrap();
    let changes: [(&str, Value); 6] = [
        ("/version", 2.into()),
        ("/at", "yesterday".into()),
        ("/indication", "PASSED".into()),
        ("/signatures/0/integrity/conclusion", 1.into()),
        ("/signatures/0/times", Value::Object(serde_json::Map::new())),
        ("/certificates/0/fingerprint", "00".into()),
    ];
    for (place, value) in changes {
        let mut changed = json.clone();
        *changed.pointer_mut(place).unwrap() = value;
        let faults = Check { root: &schema, seen: &mut BTreeSet::new() }.value(&changed, &schema, "$");
        assert!(!faults.is_empty(), "{place}");
    }
    let mut more = json;
    more.as_object_mut().unwrap().insert("surprise".into(), Value::Null);
    assert!(!Check { root: &schema, seen: &mut BTreeSet::new() }.value(&more, &schema, "$").is_empty());
}

#[test]
fn json_says_everything_that_the_tree_says() {
    for (name, report) in samples::reports() {
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        let mut said = Vec::new();
        strings(&json, &mut said);
        for line in report.to_string().lines().skip(1) {
            let line = line.trim_start_matches(['│', '├', '└', '─', ' ']);
            let Some((mark, text)) = line.split_once(' ') else { panic!("{name}: {line}") };
            let text = text.trim_end_matches(": see above");
            let found = match mark {
                "✓" | "?" => ["integrity", "identity", "time", "changes since"].contains(&text),
                "✗" if ["integrity", "identity", "time", "changes since"].contains(&text) => true,
                "·" | "!" | "✗" | "→" => said.iter().any(|one| text.starts_with(one.as_str())),
                // A statement, or the headline of a signature.
                _ => said.iter().any(|one| line.starts_with(one.as_str())),
            };
            assert!(found, "{name}: {line}");
        }
    }
}

fn strings(json: &Value, said: &mut Vec<String>) {
    match json {
        // Short words would be found in anything.
        Value::String(text) if text.len() > 3 => said.push(chancery_certificate::printable(text)),
        Value::Array(items) => items.iter().for_each(|item| strings(item, said)),
        Value::Object(members) => members.values().for_each(|member| strings(member, said)),
        _ => {}
    }
}

/// As much of JSON Schema as `report.schema.json` uses; any other keyword is a panic, so that none is skipped. Members
/// that the schema does not have are faults, although readers must ignore them.
struct Check<'a> {
    root: &'a Value,
    seen: &'a mut BTreeSet<String>,
}

impl Check<'_> {
    fn value(&mut self, value: &Value, schema: &Value, place: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fail = |text: String| faults.push(format!("{place}: {text}"));
        let empty = serde_json::Map::new();
        for (keyword, rule) in schema.as_object().unwrap() {
            let told = match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => Vec::new(),
                "$ref" => {
                    let target =
                        self.root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap().clone();
                    self.value(value, &target, place)
                }
                "anyOf" => {
                    let tries = rule.as_array().unwrap().iter().map(|one| self.value(value, one, place));
                    tries.min_by_key(Vec::len).unwrap()
                }
                "const" if value == rule => Vec::new(),
                "enum" if rule.as_array().unwrap().contains(value) => Vec::new(),
                "const" | "enum" => vec![format!("{place}: {value} is not {rule}")],
                "type" => {
                    let one = [rule.clone()];
                    let kinds = rule.as_array().map_or(&one[..], Vec::as_slice);
                    let fits = kinds.iter().any(|kind| kind.as_str() == Some(kind_of(value)));
                    if fits { Vec::new() } else { vec![format!("{place}: {value} is no {rule}")] }
                }
                "pattern" => match value.as_str() {
                    Some(text) if !matches(rule.as_str().unwrap(), text) => {
                        vec![format!("{place}: {text} does not look like {rule}")]
                    }
                    _ => Vec::new(),
                },
                "required" => {
                    let members = value.as_object().unwrap_or(&empty);
                    let names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                    names
                        .filter(|name| !members.contains_key(*name))
                        .map(|name| format!("{place}: no {name}"))
                        .collect()
                }
                "properties" => {
                    let mut all = Vec::new();
                    for (name, member) in value.as_object().unwrap_or(&empty) {
                        let place = format!("{place}.{name}");
                        match rule.get(name) {
                            Some(rule) => all.extend(self.value(member, rule, &place)),
                            None => all.push(format!("{place}: is not in the schema")),
                        }
                        if !member.is_null() {
                            self.seen.insert(place);
                        }
                    }
                    all
                }
                "items" => {
                    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    items.iter().flat_map(|item| self.value(item, rule, &format!("{place}[]"))).collect()
                }
                "minItems" | "maxItems" => {
                    let (items, bound) = (value.as_array().map_or(0, Vec::len), rule.as_u64().unwrap());
                    let bound = usize::try_from(bound).unwrap();
                    let fits = if keyword == "minItems" { items >= bound } else { items <= bound };
                    if fits { Vec::new() } else { vec![format!("{place}: {items} items")] }
                }
                other => panic!("the schema uses {other}, which this check does not know"),
            };
            told.into_iter().for_each(&mut fail);
        }
        faults
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The patterns of the schema, which are few.
fn matches(pattern: &str, text: &str) -> bool {
    let hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match pattern {
        "^[0-9a-f]{64}$" => text.len() == 64 && hexadecimal(text),
        "^[0-9a-f]+$" => !text.is_empty() && hexadecimal(text),
        "^([0-9a-f]{2})*$" => text.len().is_multiple_of(2) && hexadecimal(text),
        "^[a-z0-9-]+$" => {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        }
        "^[0-2](\\.[0-9]+)+$" => {
            let mut arcs = text.split('.');
            matches!(arcs.next(), Some("0" | "1" | "2"))
                && text.contains('.')
                && arcs.all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
        }
        time if time.starts_with("^[0-9]{4}-") => {
            text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
        }
        other => panic!("the schema uses the pattern {other}, which this check does not know"),
    }
}

#[test]
fn a_tree_says_since_when_a_signature_existed_and_who_proves_it() {
    let reports: std::collections::BTreeMap<_, _> = samples::reports().into_iter().collect();
    for (name, line) in [
        ("passed", "└─ nothing proves that it was signed before 2025-06-02T00:00:00Z"),
        ("passed-stamped", "└─ signed before 2025-06-01T00:00:00Z, as the timestamp of First Stamps proves"),
        ("document", "└─ signed before 2025-06-01T00:00:00Z, as a timestamp of First Stamps over it proves"),
    ] {
        let tree = reports[name].to_string();
        assert_eq!(tree.matches(line).count(), 1, "{name}: {tree}");
    }
}
