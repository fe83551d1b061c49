//! Which extensions of PDF a revision uses, as the catalog declares them (`/Extensions`; ISO 32000-2, 7.12).

use chancery_digest::DigestAlgorithm;
use chancery_key::{KeyKind, SignatureAlgorithm};
use chancery_pdf::{Dictionary, Document, Name, Object, PdfString};

use crate::PadesError;
use crate::catalog::Catalog;

/// Something that a version of PDF does not know by itself.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Extension {
    /// Long-term data and document timestamps (ETSI EN 319 142-1; part of PDF 2.0).
    LongTerm,
    /// Signatures of the kind ETSI.CAdES.detached (ETSI EN 319 142-1; part of PDF 2.0).
    CadesSignature,
    /// Digests of SHA-3 (ISO/TS 32001).
    Sha3,
    /// Signatures by Ed25519 (ISO/TS 32002).
    EdwardsCurve,
    /// ECDSA on one of the curves that ISO/TS 32002 lists. Before PDF 2.0 no version says anything of ECDSA that could be
    /// extended, and every reader takes it.
    NamedCurve,
}

impl Extension {
    /// What a signature by this algorithm and kind of key needs.
    pub(crate) fn of_algorithm(algorithm: SignatureAlgorithm, kind: KeyKind) -> Vec<Self> {
        let mut needed = Vec::new();
        if is_sha3(algorithm.digest()) {
            needed.push(Self::Sha3);
        }
        match algorithm {
            SignatureAlgorithm::Ed25519 => needed.push(Self::EdwardsCurve),
            SignatureAlgorithm::Ecdsa(_) => {
                let listed = [
                    KeyKind::P256,
                    KeyKind::P384,
                    KeyKind::P521,
                    KeyKind::BrainpoolP256r1,
                    KeyKind::BrainpoolP384r1,
                ];
                needed.extend(listed.contains(&kind).then_some(Self::NamedCurve));
            }
            _ => {}
        }
        needed
    }

    /// The prefix of the developer and the level under which the extension is declared.
    const fn stated(self) -> (&'static str, i64) {
        match self {
            Self::LongTerm => ("ESIC", 1),
            Self::CadesSignature => ("ESIC", 2),
            Self::Sha3 => ("ISO_", 32001),
            Self::EdwardsCurve | Self::NamedCurve => ("ISO_", 32002),
        }
    }

    /// Whether files of a version need the declaration. What ETSI added to PDF 1.7 is part of PDF 2.0; in files before
    /// 1.7 it cannot be declared, since `/BaseVersion` may not be above the version of the file (7.12.3).
    fn is_needed(self, version: (u8, u8)) -> bool {
        match self {
            Self::LongTerm | Self::CadesSignature => ((1, 7)..(2, 0)).contains(&version),
            Self::Sha3 | Self::EdwardsCurve => true,
            Self::NamedCurve => version >= (2, 0),
        }
    }

    /// The developer extensions dictionary (table 50).
    fn to_dictionary(self) -> Dictionary {
        let (prefix, level) = self.stated();
        let mut dictionary = Dictionary::new();
        dictionary.set("Type", Name::from("DeveloperExtensions"));
        if prefix == "ESIC" {
            dictionary.set("BaseVersion", Name::from("1.7"));
            dictionary.set("ExtensionLevel", level);
            return dictionary;
        }
        let page = if level == 32001 { "45874" } else { "45875" };
        dictionary.set("BaseVersion", Name::from("2.0"));
        dictionary.set("ExtensionLevel", level);
        dictionary.set("ExtensionRevision", PdfString::literal(":2022"));
        dictionary.set("URL", PdfString::literal(format!("https://www.iso.org/standard/{page}.html")));
        dictionary
    }
}

/// Declares extensions that are used now, unless the catalog does so already.
///
/// # Errors
/// If what the catalog declares cannot be read.
pub(crate) fn declare(
    document: &Document<'_>,
    catalog: &mut Catalog<'_>,
    used: &[Extension],
) -> Result<(), PadesError> {
    let version = version(document, catalog);
    for extension in used.iter().filter(|extension| extension.is_needed(version)) {
        declare_one(catalog, *extension)?;
    }
    Ok(())
}

fn declare_one(catalog: &mut Catalog<'_>, extension: Extension) -> Result<(), PadesError> {
    let (prefix, level) = extension.stated();
    let view = catalog.view();
    // Both must be direct objects (7.12.2); what is not as it should be is left to its producer.
    let mut extensions = match catalog.dictionary().get("Extensions") {
        None => Dictionary::new(),
        Some(Object::Dictionary(extensions)) => extensions.clone(),
        Some(_) => return Ok(()),
    };
    let level_of = |declared: &Object| -> Result<Option<i64>, PadesError> {
        let declared = view.resolve(declared)?;
        let Some(declared) = declared.as_dictionary() else { return Ok(None) };
        Ok(view.value(declared, "ExtensionLevel")?.as_integer())
    };
    let new = Object::from(extension.to_dictionary());
    let value = match (prefix, extensions.get(prefix)) {
        // ETSI's levels build on each other; there is one declaration.
        ("ESIC", Some(Object::Array(_))) => return Ok(()),
        ("ESIC", Some(declared)) if level_of(declared)? >= Some(level) => return Ok(()),
        ("ESIC", _) => new,
        // Those of ISO stand beside each other, in an array (PDF 2.0).
        (_, None) => Object::Array(vec![new]),
        (_, Some(declared)) => {
            let mut all = declared.as_array().map_or_else(|| vec![declared.clone()], <[Object]>::to_vec);
            for declared in &all {
                if level_of(declared)? == Some(level) {
                    return Ok(());
                }
            }
            all.push(new);
            Object::Array(all)
        }
    };
    extensions.set(prefix, value);
    catalog.set("Extensions", extensions);
    Ok(())
}

/// The version of the file: of its header, or a later one in the catalog (7.5.2).
fn version(document: &Document<'_>, catalog: &Catalog<'_>) -> (u8, u8) {
    let stated = catalog.dictionary().get("Version").and_then(Object::as_name).and_then(Name::as_str);
    let stated = stated.and_then(|stated| {
        let (major, minor) = stated.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    });
    // Without a header, nothing newer than the first version is known of the file.
    document.header_version().unwrap_or((1, 0)).max(stated.unwrap_or((1, 0)))
}

const fn is_sha3(digest: DigestAlgorithm) -> bool {
    matches!(
        digest,
        DigestAlgorithm::Sha3_224
            | DigestAlgorithm::Sha3_256
            | DigestAlgorithm::Sha3_384
            | DigestAlgorithm::Sha3_512
    )
}
