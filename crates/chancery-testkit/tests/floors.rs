//! The arrows between our crates point down: `docs/architecture.md` says on which floor a crate stands, `cargo metadata`
//! says on whom it depends, and this test fails when the two disagree.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Members of the workspace that are not published and that nothing may depend on.
const EXEMPT: [&str; 2] = ["chancery-examples", "chancery-benches"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    Number(u32),
    /// Beside the house: used from tests, examples and benches only.
    Beside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Exists,
    Planned,
}

type Table = BTreeMap<String, (Floor, State)>;

#[test]
fn every_arrow_points_to_a_lower_floor() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = floor_table(&std::fs::read_to_string(root.join("docs/architecture.md"))?)?;
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .output()?;
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let faults = faults(&table, &serde_json::from_slice(&output.stdout)?);
    assert!(faults.is_empty(), "docs/architecture.md and the manifests disagree:\n{}", faults.join("\n"));
    Ok(())
}

/// Reads the rows `| floor | crates | state | … |` of the table of crates.
fn floor_table(page: &str) -> Result<Table, String> {
    let mut lines = page.lines().skip_while(|line| !line.starts_with("| floor | crate | state |"));
    lines.next().ok_or("no table that begins `| floor | crate | state |`")?;
    let mut table = Table::new();
    for row in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, floor, crates, state, ..] = cells[..] else { return Err(format!("too few cells: {row}")) };
        let floor = match floor {
            "beside" => Floor::Beside,
            number => Floor::Number(number.parse().map_err(|_| format!("no floor: {row}"))?),
        };
        let state = match state {
            "exists" => State::Exists,
            "planned" => State::Planned,
            _ => return Err(format!("neither `exists` nor `planned`: {row}")),
        };
        for name in crates.split('·').map(|name| name.trim().trim_matches('`')) {
            if table.insert(name.to_owned(), (floor, state)).is_some() {
                return Err(format!("`{name}` stands twice in the table"));
            }
        }
    }
    Ok(table)
}

/// Everything in which the manifests differ from the table, a sentence each.
fn faults(table: &Table, metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut faults: Vec<String> = table
        .iter()
        .filter(|(name, (_, state))| *state == State::Exists && !names.contains(&name.as_str()))
        .map(|(name, _)| format!("`{name}` is said to exist and is no member of the workspace"))
        .collect();
    if packages.is_empty() {
        faults.push("cargo metadata names no package".to_owned());
    }
    for package in packages {
        let name = package["name"].as_str().unwrap_or("?");
        if EXEMPT.contains(&name) {
            if is_published(package) {
                faults.push(format!("`{name}` lacks `publish = false`"));
            }
            continue;
        }
        match table.get(name) {
            None => faults.push(format!("`{name}` is missing in the table")),
            Some((_, State::Planned)) => faults.push(format!("`{name}` exists and is said to be planned")),
            Some((floor, State::Exists)) => {
                let dependencies = package["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
                faults
                    .extend(dependencies.iter().filter_map(|arrow| arrow_fault(table, name, *floor, arrow)));
            }
        }
    }
    faults
}

/// `publish` is null for any registry, and an empty array for `publish = false`.
fn is_published(package: &Value) -> bool {
    package["publish"].as_array().is_none_or(|registries| !registries.is_empty())
}

/// What is wrong with one dependency of the crate `from`, if anything.
fn arrow_fault(table: &Table, from: &str, floor: Floor, arrow: &Value) -> Option<String> {
    let to = arrow["name"].as_str()?;
    if EXEMPT.contains(&to) {
        return Some(format!("`{from}` depends on `{to}`, which is not published"));
    }
    let ours = to.starts_with("chancery-") || arrow["path"].is_string();
    let target = match table.get(to) {
        Some((target, _)) => *target,
        None if ours => return Some(format!("`{from}` depends on `{to}`, which is missing in the table")),
        None => return None,
    };
    let points_down = match (floor, target) {
        (Floor::Number(from), Floor::Number(to)) => to < from,
        (Floor::Beside, Floor::Number(_)) => true,
        (_, Floor::Beside) => false,
    };
    match (arrow["kind"].as_str(), target) {
        _ if points_down => None,
        // Cargo writes `*` for a dependency that is given by path alone.
        (Some("dev"), _) if arrow["req"] == "*" => None,
        (Some("dev"), _) => Some(format!(
            "the dev-dependency of `{from}` on `{to}` has a version: by path only, or `{from}` cannot be published"
        )),
        (_, Floor::Beside) => {
            Some(format!("`{from}` depends on `{to}`, which is for tests, examples and benches only"))
        }
        (_, Floor::Number(to_floor)) => Some(format!(
            "`{from}` (floor {floor:?}) depends on `{to}` (floor {to_floor}): not a lower floor"
        )),
    }
}

#[cfg(test)]
mod the_rule {
    use super::*;
    use serde_json::json;

    const PAGE: &str = "\
# Words
| floor | not the table |

| floor | crate | state | responsibility | uses |
| --- | --- | --- | --- | --- |
| 3 | `chancery-roof` | exists | keeps the rain out | walls |
| 2 | `chancery-walls` · `chancery-stairs` | exists | hold | – |
| 1 | `chancery-cellar` | planned | cool | – |
| beside | `chancery-ladder` | exists | for builders | – |

| 0 | `chancery-elsewhere` | exists | another table | – |
";

    fn package(name: &str, dependencies: &Value) -> Value {
        json!({ "name": name, "publish": null, "dependencies": dependencies })
    }

    fn arrow(to: &str, kind: Option<&str>, requirement: &str) -> Value {
        json!({ "name": to, "kind": kind, "req": requirement })
    }

    /// The house of `PAGE` in good order, with one crate's dependencies replaced.
    fn house_with(changed: &str, dependencies: &Value) -> Value {
        let members = ["chancery-roof", "chancery-walls", "chancery-stairs", "chancery-ladder"];
        let packages: Vec<Value> = members
            .iter()
            .map(|name| package(name, if *name == changed { dependencies } else { &Value::Null }))
            .collect();
        json!({ "packages": packages })
    }

    fn faults_of(changed: &str, dependencies: &Value) -> Vec<String> {
        faults(&floor_table(PAGE).unwrap(), &house_with(changed, dependencies))
    }

    #[test]
    fn the_table_is_read() {
        let table = floor_table(PAGE).unwrap();
        assert_eq!(table.len(), 5);
        assert_eq!(table["chancery-stairs"], (Floor::Number(2), State::Exists));
        assert_eq!(table["chancery-cellar"], (Floor::Number(1), State::Planned));
        assert_eq!(table["chancery-ladder"], (Floor::Beside, State::Exists));
        assert!(floor_table("no table").is_err());
        assert!(floor_table(&PAGE.replace("| exists | keeps", "| someday | keeps")).is_err());
        assert!(floor_table(&PAGE.replace("chancery-stairs", "chancery-roof")).is_err());
    }

    #[test]
    fn arrows_down_and_foreign_crates_are_fine() {
        let dependencies = json!([
            arrow("chancery-walls", None, "^0.1.0"),
            arrow("serde", None, "^1"),
            arrow("chancery-walls", Some("dev"), "^0.1.0"),
            arrow("chancery-ladder", Some("dev"), "*"),
        ]);
        assert_eq!(faults_of("chancery-roof", &dependencies), [""; 0]);
        assert_eq!(faults_of("chancery-ladder", &json!([arrow("chancery-roof", None, "^0.1.0")])), [""; 0]);
    }

    #[test]
    fn an_upward_arrow_is_found() {
        for kind in [None, Some("build")] {
            let found = faults_of("chancery-walls", &json!([arrow("chancery-roof", kind, "^0.1.0")]));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains("not a lower floor"), "{found:?}");
        }
    }

    #[test]
    fn an_arrow_on_the_same_floor_is_found() {
        let found = faults_of("chancery-walls", &json!([arrow("chancery-stairs", None, "*")]));
        assert!(found[0].contains("not a lower floor"), "{found:?}");
    }

    #[test]
    fn the_testkit_is_for_tests_and_by_path_only() {
        let found = faults_of("chancery-roof", &json!([arrow("chancery-ladder", None, "*")]));
        assert!(found[0].contains("for tests, examples and benches only"), "{found:?}");
        let found = faults_of("chancery-roof", &json!([arrow("chancery-ladder", Some("dev"), "^0.1.0")]));
        assert!(found[0].contains("has a version"), "{found:?}");
        let found = faults_of("chancery-walls", &json!([arrow("chancery-roof", Some("dev"), "^0.1.0")]));
        assert!(found[0].contains("has a version"), "{found:?}");
    }

    #[test]
    fn the_table_and_the_workspace_name_the_same_crates() {
        let table = floor_table(PAGE).unwrap();
        let mut house = house_with("", &Value::Null);
        house["packages"][1]["name"] = json!("chancery-attic");
        let found = faults(&table, &house).join("\n");
        assert!(found.contains("`chancery-attic` is missing in the table"), "{found}");
        assert!(found.contains("`chancery-walls` is said to exist"), "{found}");
        house["packages"][1]["name"] = json!("chancery-cellar");
        assert!(faults(&table, &house).join("\n").contains("said to be planned"));
        assert!(!faults(&table, &json!({ "packages": [] })).is_empty());
    }

    #[test]
    fn examples_are_exempt_and_unpublished() {
        let table = floor_table(PAGE).unwrap();
        let mut house = house_with("", &Value::Null);
        let dependencies = json!([arrow("chancery-ladder", None, "*")]);
        house["packages"].as_array_mut().unwrap().push(json!({
            "name": "chancery-examples", "publish": [], "dependencies": dependencies
        }));
        assert_eq!(faults(&table, &house), [""; 0]);
        house["packages"][4]["publish"] = Value::Null;
        assert!(faults(&table, &house)[0].contains("publish = false"));
        assert!(
            faults_of("chancery-roof", &json!([arrow("chancery-examples", None, "*")]))[0]
                .contains("not published")
        );
    }
}
