//! The font is the one that the README names.

use sha2::{Digest, Sha256};

#[test]
fn the_font_is_the_one_that_the_readme_names() {
    let digest = Sha256::digest(chancery_font::latin());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let row =
        include_str!("../README.md").lines().find(|line| line.starts_with("| `font/")).unwrap_or_default();
    assert!(row.contains(&format!("SHA-256 `{digest}`")), "{digest} is not in: {row}");
    assert!(row.contains("259,936 bytes") && chancery_font::latin().len() == 259_936);
}

#[test]
fn the_licence_goes_with_it() {
    let first = chancery_font::LICENCE.lines().next();
    assert_eq!(first, Some("Copyright 2015 Google LLC. All Rights Reserved."));
    // The first row of names of the font says the same, in 16-bit letters.
    let said: Vec<u8> = first.unwrap_or_default().encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(chancery_font::latin().windows(said.len()).any(|window| window == said));
    assert!(chancery_font::LICENCE.contains("SIL OPEN FONT LICENSE Version 1.1"));
    assert!(!chancery_font::LICENCE.contains("with Reserved Font Name"));
}
