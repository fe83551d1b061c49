//! Files that belong together by their names.

use std::path::{Path, PathBuf};

/// What signatures and timestamps of NAME are called: NAME.p7s and so on.
const EXTENSIONS: [&str; 3] = ["p7s", "tst", "tsr"];

/// NAME for NAME.p7s, if that is there. Whoever uses it tells so, that nobody wonders what was judged.
#[must_use]
pub fn content_beside(file: &Path) -> Option<PathBuf> {
    let known = file.extension().is_some_and(|found| EXTENSIONS.iter().any(|known| found == *known));
    let content = file.with_extension("");
    (known && content.is_file()).then_some(content)
}

/// NAME.p7s and the like for NAME, as far as they are there.
#[must_use]
pub fn signatures_beside(file: &Path) -> Vec<PathBuf> {
    let named = |extension: &&str| {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        PathBuf::from(name)
    };
    EXTENSIONS.iter().map(named).filter(|path| path.is_file()).collect()
}
