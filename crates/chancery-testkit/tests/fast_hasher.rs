//! The hasher that costs nothing is for tests: no build for users can have it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A feature of `chancery-auth` could let it in; there is none. That no crate for users depends on this one is what
/// `floors.rs` shows.
#[test]
fn no_feature_lets_it_in() -> Result<(), Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()?;
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let auth =
        packages.iter().find(|package| package["name"] == "chancery-auth").ok_or("no chancery-auth")?;
    assert_eq!(auth["features"], serde_json::json!({}));
    Ok(())
}

/// Who implements the joint, in all crates: Argon2id, a reference to a hasher, and this crate.
#[test]
fn there_are_two_hashers() -> Result<(), Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                // Built of two halves, so that this file is not among them.
                let implements = format!("{} for", "SecretHasher");
                let places =
                    text.lines().filter(|line| line.starts_with("impl") && line.contains(&implements));
                found.extend(places.map(str::to_owned));
            }
        }
    }
    found.sort();
    assert_eq!(
        found,
        [
            "impl SecretHasher for Argon2Hasher {",
            "impl SecretHasher for FastHasher {",
            "impl<H: SecretHasher + ?Sized> SecretHasher for &H {"
        ]
    );
    Ok(())
}
