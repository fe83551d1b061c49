//! What is seen of a signature.

use std::path::Path;

use chancery_drawing::{DrawingError, Font, Image, Size};
use chancery_examples::Failure;
use chancery_pades::{Appearance, Corner, PadesError, Place};
use chancery_pdf::Document;

use crate::arguments::Seen;

/// Where nobody says how large it is to be: room for four lines.
const SIZE: Size = Size { width: 200.0, height: 60.0 };

/// None: nothing is seen of it.
pub(crate) fn appearance(seen: &Seen, field: Option<&str>) -> Result<Option<Appearance>, Failure> {
    if !seen.wanted {
        return Ok(None);
    }
    let mut appearance = base(seen, field)?;
    if let Some((file, page)) = &seen.stamp {
        let unreadable = |error: PadesError| Failure::unreadable(file.display(), error);
        let bytes = read(file)?;
        let stamp = Document::open(&bytes).map_err(|error| unreadable(error.into()))?;
        appearance = appearance.pdf_page(&stamp, *page).map_err(unreadable)?;
    }
    if let Some(file) = &seen.image {
        let image = Image::parse(&read(file)?).map_err(|error| Failure::unreadable(file.display(), error))?;
        appearance = appearance.image(image);
    }
    if let Some(text) = &seen.qr {
        appearance = appearance.qr_code(text);
    }
    if let Some(text) = &seen.text {
        appearance = if text.is_empty() { appearance.without_text() } else { appearance.text(text) };
    }
    if seen.fonts.is_empty() {
        appearance = appearance.font(&font("the font", || Font::parse(chancery_font::latin()))?);
    }
    for file in &seen.fonts {
        let bytes = read(file)?;
        appearance = appearance.font(&font(file.display(), || Font::parse(bytes))?);
    }
    if let Some(tag) = &seen.language {
        appearance = appearance.language(tag);
    }
    Ok(Some(appearance))
}

/// Its place.
fn base(seen: &Seen, field: Option<&str>) -> Result<Appearance, Failure> {
    if seen.image.is_some() && seen.qr.is_some() {
        return Err(Failure::usage("--image and --qr stand in the same place: one of them"));
    }
    if seen.in_field {
        if field.is_none() {
            return Err(Failure::usage("--in-field needs --field: the name of a field that is there"));
        }
        if seen.rectangle.is_some() || seen.page.is_some() {
            return Err(Failure::usage("--in-field has the place already: leave --page and --rect out"));
        }
        return Ok(Appearance::in_field());
    }
    let page = Place::on_page(seen.page.unwrap_or(0));
    Ok(Appearance::at(match seen.rectangle {
        Some(rectangle) => page.at(rectangle),
        None => page.in_corner(Corner::BottomRight, SIZE),
    }))
}

fn font(
    what: impl std::fmt::Display,
    parse: impl FnOnce() -> Result<Font, DrawingError>,
) -> Result<Font, Failure> {
    parse().map_err(|error| Failure::unreadable(what, error))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::unreadable(file.display(), error))
}
