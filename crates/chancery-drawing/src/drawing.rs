//! The drawing.

use std::sync::Arc;

use pdf_writer::writers::ColorSpace;
use pdf_writer::{Content, Dict, Filter, Finish, Name, Rect, Ref, TextStr};

use crate::colour::Colour;
use crate::embed::{Used, write_helvetica};
use crate::error::DrawingError;
use crate::flate::compress;
use crate::geometry::{PageRotation, Rectangle, SMALLEST, Size, rounded, within};
use crate::image::Image;
use crate::layout::{Layout, Line, layout};
use crate::limits;
use crate::objects::{ArchiveObstacle, Drawn, Objects};
use crate::pen::{Codes, Pen};
use crate::picture::{Coding, Colours, Picture};
use crate::qr::Modules;
use crate::runs::Face;
use crate::text::{Alignment, HeightAlignment, Text};

/// Something to be seen, as large as it was begun: texts, images, QR codes and lines, one over the other.
///
/// Places are counted in points from the lower left corner, as the reader sees it.
/// [`Drawing::finish`] makes a form XObject of it (ISO 32000-2, 8.10). The same calls give the same bytes.
pub struct Drawing {
    size: Size,
    rotation: PageRotation,
    content: Content,
    fonts: Vec<Used>,
    helvetica: HelveticaUse,
    images: Vec<Image>,
    /// Form XObjects that stand elsewhere in the file, by their numbers.
    forms: Vec<u32>,
}

/// Whether Helvetica is among the fonts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HelveticaUse {
    None,
    Some,
}

impl Drawing {
    /// An empty drawing.
    ///
    /// # Errors
    /// [`DrawingError::OutOfRange`] if a side is not positive or longer than the largest page.
    pub fn new(size: Size) -> Result<Self, DrawingError> {
        Ok(Self {
            size: size.check()?,
            rotation: PageRotation::None,
            content: Content::new(),
            fonts: Vec::new(),
            helvetica: HelveticaUse::None,
            images: Vec::new(),
            forms: Vec::new(),
        })
    }

    /// For a page that is turned, so that the drawing stands upright on it. [`PageRotation::place`] says where
    /// on such a page it is to be put.
    #[must_use]
    pub fn on_page(mut self, rotation: PageRotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// All of it.
    #[must_use]
    pub fn rectangle(&self) -> Rectangle {
        self.size.rectangle()
    }

    /// Draws a text in a rectangle. What it says is also written down for those who search, copy or listen
    /// (`/ActualText`, ISO 32000-2, 14.9.4).
    ///
    /// # Errors
    /// [`DrawingError::MissingGlyph`], [`DrawingError::Invisible`], [`DrawingError::TextOverflows`],
    /// [`DrawingError::LetterTooWide`]; [`DrawingError::OutOfRange`] and [`DrawingError::TooLarge`] for what
    /// nobody draws. The drawing is then as it was before.
    pub fn text(&mut self, place: Rectangle, text: &Text) -> Result<&mut Self, DrawingError> {
        let place = place.check()?;
        let layout = layout(text, place.width, place.height)?;
        let free = place.height - layout.pitch() * layout.lines.len() as f32;
        let mut y = place.y + place.height
            - match text.height {
                HeightAlignment::Top => 0.0,
                HeightAlignment::Middle => free / 2.0,
                HeightAlignment::Bottom => free,
            };
        self.content.save_state();
        text.colour.fill(&mut self.content);
        for line in &layout.lines {
            let base = y - layout.reach.up * layout.size / 1000.0;
            y -= layout.pitch();
            let free = place.width - line.width * layout.size / 1000.0;
            let x = place.x
                + match (text.alignment, line.base.is_rtl()) {
                    (Alignment::Start, false) | (Alignment::End, true) => 0.0,
                    (Alignment::Centre, _) => free / 2.0,
                    (Alignment::End, false) | (Alignment::Start, true) => free,
                };
            self.line(text, &layout, line, (x, base));
        }
        self.content.restore_state();
        Ok(self)
    }

    /// Draws an image as large as it fits in the middle of a rectangle, in its proportions.
    ///
    /// # Errors
    /// [`DrawingError::OutOfRange`] for a rectangle that nobody can see.
    pub fn image(&mut self, place: Rectangle, image: &Image) -> Result<&mut Self, DrawingError> {
        let fitted = place.check()?.fit(image.size());
        let known = self.images.iter().position(|other| Arc::ptr_eq(&other.picture, &image.picture));
        let index = known.unwrap_or_else(|| {
            self.images.push(image.clone());
            self.images.len() - 1
        });
        self.content.save_state();
        let (across, up) = (fitted.width, fitted.height);
        let [a, b, c, d, e, f] = image.picture.orientation.matrix();
        let placed = [a * across, b * up, c * across, d * up, e * across + fitted.x, f * up + fitted.y];
        self.content.transform(placed.map(rounded));
        self.content.x_object(Name(format!("I{index}").as_bytes()));
        self.content.restore_state();
        Ok(self)
    }

    /// Draws a form XObject that stands elsewhere in the file, such as a page of another document, as large as it fits
    /// in the middle of a rectangle, in its proportions. It covers what lies between the origin and `size`.
    ///
    /// What it holds is not looked at: [`Drawn::obstacles`] says nothing of it.
    ///
    /// # Errors
    /// [`DrawingError::OutOfRange`] for a rectangle or a size that nobody can see.
    pub fn form(&mut self, place: Rectangle, number: u32, size: Size) -> Result<&mut Self, DrawingError> {
        let fitted = place.check()?.fit(size.check()?);
        let known = self.forms.iter().position(|other| *other == number);
        let index = known.unwrap_or_else(|| {
            self.forms.push(number);
            self.forms.len() - 1
        });
        let (across, up) = (fitted.width / size.width, fitted.height / size.height);
        self.content.save_state();
        // The scale is not a length: three digits would be too few for it.
        self.content.transform([across, 0.0, 0.0, up, rounded(fitted.x), rounded(fitted.y)]);
        self.content.x_object(Name(format!("X{index}").as_bytes()));
        self.content.restore_state();
        Ok(self)
    }

    /// Draws a QR code as large as it fits in the middle of a rectangle, on white and with the margin that
    /// readers need. 15 % of it may become unreadable (level M).
    ///
    /// # Errors
    /// [`DrawingError::TooLarge`] if the text has more bytes than a QR code holds, [`DrawingError::OutOfRange`].
    pub fn qr_code(&mut self, place: Rectangle, text: &str) -> Result<&mut Self, DrawingError> {
        let place = place.check()?;
        let modules = Modules::new(text)?;
        self.content.save_state();
        modules.draw(&mut self.content, place);
        self.content.restore_state();
        Ok(self)
    }

    /// Draws the edge of a rectangle, as a line of some width inside it.
    ///
    /// # Errors
    /// [`DrawingError::OutOfRange`].
    pub fn frame(&mut self, place: Rectangle, width: f32, colour: Colour) -> Result<&mut Self, DrawingError> {
        let place = place.check()?;
        let width = within("the width of the line", width, SMALLEST, limits::SIDE)?;
        let inner = place.inset(width / 2.0);
        self.content.save_state();
        colour.stroke(&mut self.content);
        self.content.set_line_width(rounded(width));
        self.content.rect(rounded(inner.x), rounded(inner.y), rounded(inner.width), rounded(inner.height));
        self.content.stroke().restore_state();
        Ok(self)
    }

    /// Fills a rectangle.
    ///
    /// # Errors
    /// [`DrawingError::OutOfRange`].
    pub fn fill(&mut self, place: Rectangle, colour: Colour) -> Result<&mut Self, DrawingError> {
        let place = place.check()?;
        self.content.save_state();
        colour.fill(&mut self.content);
        self.content.rect(rounded(place.x), rounded(place.y), rounded(place.width), rounded(place.height));
        self.content.fill_nonzero().restore_state();
        Ok(self)
    }

    /// Makes a form XObject of the drawing. `numbers` is asked for the number of each object that is needed.
    ///
    /// # Errors
    /// [`DrawingError::Font`] if the outlines of a font turn out to be damaged,
    /// [`DrawingError::ObjectNumber`] if a number cannot be used.
    pub fn finish(self, numbers: &mut dyn FnMut() -> u32) -> Result<Drawn, DrawingError> {
        let mut objects = Objects::new(numbers);
        let mut obstacles = Vec::new();
        let form = objects.allocate()?;
        let mut fonts: Vec<(String, Ref)> = Vec::new();
        if self.helvetica == HelveticaUse::Some {
            fonts.push(("F".into(), write_helvetica(&mut objects)?));
            obstacles.push(ArchiveObstacle::FontNotEmbedded);
        }
        for (index, used) in self.fonts.iter().enumerate() {
            fonts.push((format!("F{index}"), used.write(&mut objects)?));
        }
        let mut pictures: Vec<(String, Ref)> = Vec::new();
        for (index, image) in self.images.iter().enumerate() {
            let picture = &image.picture;
            pictures.push((format!("I{index}"), write_picture(picture, &mut objects)?));
            if picture.opacity.is_some() {
                obstacles.push(ArchiveObstacle::Transparency);
            }
            match picture.colours {
                Colours::Grey => obstacles.push(ArchiveObstacle::GreyImage),
                Colours::Cmyk | Colours::CmykInverted => obstacles.push(ArchiveObstacle::CmykImage),
                Colours::Rgb => {}
            }
        }
        obstacles.sort_unstable();
        obstacles.dedup();
        for (index, number) in self.forms.iter().enumerate() {
            let reference = i32::try_from(*number).ok().filter(|number| *number > 0).map(Ref::new);
            let reference = reference.ok_or(DrawingError::ObjectNumber { number: *number })?;
            pictures.push((format!("X{index}"), reference));
        }

        let (size, rotation) = (self.size, self.rotation);
        objects.put_stream(form, compress(&self.content.finish()), |chunk, data| {
            let mut written = chunk.form_xobject(form, data);
            written.filter(Filter::FlateDecode);
            written.bbox(Rect::new(0.0, 0.0, rounded(size.width), rounded(size.height)));
            if rotation != PageRotation::None {
                written.matrix(rotation.matrix(size).map(rounded));
            }
            let mut resources = written.resources();
            // RGB means the same in every file, whatever its output intent says (ISO 32000-2, 8.6.5.6).
            let mut spaces = resources.color_spaces();
            spaces.insert(Name(b"DefaultRGB")).start::<ColorSpace<'_>>().srgb();
            spaces.finish();
            let named = |mut dictionary: Dict<'_>, entries: &[(String, Ref)]| {
                for (name, reference) in entries {
                    dictionary.pair(Name(name.as_bytes()), *reference);
                }
            };
            if !fonts.is_empty() {
                named(resources.fonts(), &fonts);
            }
            if !pictures.is_empty() {
                named(resources.x_objects(), &pictures);
            }
        });
        Ok(Drawn {
            form: number(form),
            objects: objects.finish(),
            footprint: rotation.footprint(size),
            rotation,
            obstacles,
        })
    }

    /// Writes one line, with its base line beginning at `from`.
    fn line(&mut self, text: &Text, layout: &Layout, line: &Line, from: (f32, f32)) {
        if line.pieces.is_empty() {
            return;
        }
        let mut marked = self.content.begin_marked_content_with_properties(Name(b"Span"));
        let mut properties = marked.properties();
        properties.actual_text(TextStr(&line.text));
        if let Some(language) = &text.language {
            properties.pair(Name(b"Lang"), TextStr(language));
        }
        properties.finish();
        marked.finish();
        self.content.begin_text();
        self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, rounded(from.0), rounded(from.1)]);
        let mut pen = Pen::default();
        for (face, glyphs) in &line.pieces {
            let codes = match face {
                Face::Helvetica => {
                    self.helvetica = HelveticaUse::Some;
                    self.content.set_font(Name(b"F"), rounded(layout.size));
                    Codes::Helvetica
                }
                Face::Given(index) => {
                    let Some(font) = text.fonts.get(*index) else { continue };
                    let known = self.fonts.iter().position(|used| used.font().is(font));
                    let index = known.unwrap_or_else(|| {
                        self.fonts.push(Used::new(font));
                        self.fonts.len() - 1
                    });
                    self.content.set_font(Name(format!("F{index}").as_bytes()), rounded(layout.size));
                    match self.fonts.get_mut(index) {
                        Some(used) => Codes::Of(font, used),
                        None => continue,
                    }
                }
            };
            pen.write(&mut self.content, codes, glyphs, layout.size);
        }
        if pen.rise != 0.0 {
            self.content.set_rise(0.0);
        }
        self.content.end_text();
        self.content.end_marked_content();
    }
}

fn write_picture(picture: &Picture, objects: &mut Objects<'_>) -> Result<Ref, DrawingError> {
    let image = objects.allocate()?;
    let mask = if picture.opacity.is_some() { Some(objects.allocate()?) } else { None };
    let sides =
        (i32::try_from(picture.width).unwrap_or(i32::MAX), i32::try_from(picture.height).unwrap_or(i32::MAX));
    objects.put_stream(image, picture.samples.clone(), |chunk, data| {
        let mut written = chunk.image_xobject(image, data);
        written.filter(match picture.coding {
            Coding::Flate => Filter::FlateDecode,
            Coding::Dct => Filter::DctDecode,
        });
        written.width(sides.0).height(sides.1).bits_per_component(8);
        match picture.colours {
            Colours::Grey => written.color_space().device_gray(),
            Colours::Rgb => written.color_space().device_rgb(),
            Colours::Cmyk | Colours::CmykInverted => written.color_space().device_cmyk(),
        }
        if picture.colours == Colours::CmykInverted {
            written.decode([1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        }
        if let Some(mask) = mask {
            written.s_mask(mask);
        }
    });
    if let (Some(mask), Some(opacity)) = (mask, &picture.opacity) {
        objects.put_stream(mask, opacity.clone(), |chunk, data| {
            let mut written = chunk.image_xobject(mask, data);
            written.filter(Filter::FlateDecode);
            written.width(sides.0).height(sides.1).bits_per_component(8);
            written.color_space().device_gray();
        });
    }
    Ok(image)
}

fn number(reference: Ref) -> u32 {
    u32::try_from(reference.get()).unwrap_or_default()
}
