//! What must not be drawn in a file that claims to be PDF/A (ISO 19005).

use chancery_drawing::ArchiveObstacle;
use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;

/// The header of an ICC profile: its colour space stands at byte 16 (ICC.1:2022, 7.2).
const COLOUR_SPACE: std::ops::Range<usize> = 16..20;
/// Profiles for printing have a few MB.
const PROFILE_BYTES: usize = 64 << 20;

/// Refuses what would make the claim of the file untrue.
///
/// # Errors
/// [`PadesError::Archive`]; or if the file cannot be read.
pub(super) fn refuse_obstacles(view: &View<'_>, obstacles: &[ArchiveObstacle]) -> Result<(), PadesError> {
    if obstacles.is_empty() {
        return Ok(());
    }
    let Some(archive) = view.claims()?.archive else { return Ok(()) };
    for obstacle in obstacles {
        let problem = match obstacle {
            ArchiveObstacle::FontNotEmbedded => "Helvetica, which is not embedded: give the text a font",
            ArchiveObstacle::Transparency if archive.part == 1 => {
                "a transparent image, which part 1 forbids: take one without transparency"
            }
            ArchiveObstacle::Transparency => continue,
            ArchiveObstacle::GreyImage if output_intent(view)?.is_some() => continue,
            ArchiveObstacle::GreyImage => {
                "a grey JPEG, and the file has no output intent: take a PNG or a JPEG in colour"
            }
            ArchiveObstacle::CmykImage if output_intent(view)?.as_deref() == Some(b"CMYK") => continue,
            ArchiveObstacle::CmykImage => {
                "a CMYK JPEG, and the file has no CMYK output intent: take an image in RGB"
            }
            _ => "something that PDF/A does not allow",
        };
        return Err(PadesError::Archive { part: archive.part, problem });
    }
    Ok(())
}

/// The colour space of the file's output intent for PDF/A, as its profile says.
pub(super) fn output_intent(view: &View<'_>) -> Result<Option<Vec<u8>>, PadesError> {
    let (_, catalog) = view.catalog()?;
    let intents = view.value(&catalog, "OutputIntents")?;
    for intent in intents.as_array().unwrap_or_default() {
        let Object::Dictionary(intent) = view.resolve(intent)? else { continue };
        if is_archival(&intent)
            && let Object::Stream(profile) = view.value(&intent, "DestOutputProfile")?
        {
            let profile = view.decoded(&profile, PROFILE_BYTES)?;
            return Ok(profile.get(COLOUR_SPACE).map(<[u8]>::to_vec));
        }
    }
    Ok(None)
}

fn is_archival(intent: &Dictionary) -> bool {
    intent.get("S").and_then(Object::as_name).is_some_and(|kind| kind == "GTS_PDFA1")
}
