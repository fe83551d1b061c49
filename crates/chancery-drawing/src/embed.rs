//! Fonts in a PDF: the glyphs that are used (ISO 32000-2, 9.7), or Helvetica by its name.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use crate::error::DrawingError;
use crate::flate::compress;
use crate::font::Font;
use crate::helvetica;
use crate::objects::Objects;
use crate::sfnt::Outlines;

/// Codes mean glyphs, not characters of a collection (ISO 32000-2, 9.7.3).
const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font and the glyphs of it that a drawing uses.
pub(crate) struct Used {
    font: Font,
    remapper: GlyphRemapper,
    /// What each glyph stands for: old number and characters, by the number in the embedded font.
    glyphs: BTreeMap<u16, (u16, String)>,
}

impl Used {
    pub(crate) fn new(font: &Font) -> Self {
        Self { font: font.clone(), remapper: GlyphRemapper::new(), glyphs: BTreeMap::new() }
    }

    pub(crate) fn font(&self) -> &Font {
        &self.font
    }

    /// The code of a glyph in the content stream. What it stands for is kept the first time.
    pub(crate) fn code(&mut self, glyph: u16, text: &str) -> u16 {
        let code = self.remapper.remap(glyph);
        let known = self.glyphs.entry(code).or_insert_with(|| (glyph, String::new()));
        if known.1.is_empty() {
            known.1 = text.into();
        }
        code
    }

    /// Writes the font; the reference is that of the font dictionary.
    pub(crate) fn write(&self, objects: &mut Objects<'_>) -> Result<Ref, DrawingError> {
        let [font, descendant, descriptor, program, to_unicode, set] = [
            objects.allocate()?,
            objects.allocate()?,
            objects.allocate()?,
            objects.allocate()?,
            objects.allocate()?,
            objects.allocate()?,
        ];
        // The numbers of a part count from 1, as the codes do.
        let part = self.font.part(self.glyphs.values().map(|(glyph, _)| *glyph).collect())?;
        let outlines = self.font.outlines();
        let name = format!("{}+{}", self.tag(), self.font.name());
        let name = Name(name.as_bytes());

        objects.put(font, |chunk| {
            chunk
                .type0_font(font)
                .base_font(name)
                .encoding_predefined(Name(b"Identity-H"))
                .descendant_font(descendant)
                .to_unicode(to_unicode);
        });
        objects.put(descendant, |chunk| {
            let mut cid = chunk.cid_font(descendant);
            cid.base_font(name).system_info(IDENTITY).font_descriptor(descriptor).default_width(0.0);
            match outlines {
                Outlines::TrueType => {
                    cid.subtype(CidFontType::Type2).cid_to_gid_map_predefined(Name(b"Identity"))
                }
                Outlines::Cff => cid.subtype(CidFontType::Type0),
            };
            let mut widths = cid.widths();
            for (code, (glyph, _)) in &self.glyphs {
                widths.consecutive(*code, [self.font.width(*glyph)]);
            }
            widths.finish();
        });
        objects.put(descriptor, |chunk| {
            let metrics = self.font.face().metrics();
            let thousandths = |units: f32| (self.font.em(units) * 1000.0).round().clamp(-20_000.0, 20_000.0);
            let bounds =
                [metrics.bounds.x_min, metrics.bounds.y_min, metrics.bounds.x_max, metrics.bounds.y_max]
                    .map(|edge| thousandths(edge.to_f32()));
            let (ascent, descent) = self.font.extents();
            let mut written = chunk.font_descriptor(descriptor);
            written
                .name(name)
                .flags(FontFlags::SYMBOLIC)
                .bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]))
                .italic_angle(0.0)
                .ascent(ascent.round())
                .descent(descent.round())
                .cap_height(metrics.cap_height.map_or(700.0, |height| thousandths(height.to_f32())))
                // No table says it; 80 is between light and bold.
                .stem_v(80.0)
                .cid_set(set);
            match outlines {
                Outlines::TrueType => written.font_file2(program),
                Outlines::Cff => written.font_file3(program),
            };
        });
        let length = i32::try_from(part.length).unwrap_or(i32::MAX);
        objects.put_stream(program, part.program.clone(), |chunk, data| {
            let mut stream = chunk.stream(program, data);
            stream.filter(Filter::FlateDecode);
            match outlines {
                Outlines::TrueType => stream.pair(Name(b"Length1"), length),
                Outlines::Cff => stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
            };
        });
        let mut map = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), IDENTITY);
        for (code, (_, text)) in &self.glyphs {
            if !text.is_empty() {
                map.pair_with_multiple(*code, text.chars());
            }
        }
        objects.put_stream(to_unicode, compress(&map.finish()), |chunk, data| {
            chunk
                .cmap(to_unicode, data)
                .name(Name(b"Adobe-Identity-UCS"))
                .system_info(IDENTITY)
                .filter(Filter::FlateDecode);
        });
        // One bit for each glyph of the embedded font, which PDF/A-1 asks for (ISO 19005-1, 6.3.5).
        let mut bits = vec![0_u8; usize::from(part.glyphs).div_ceil(8)];
        for code in 0..usize::from(part.glyphs) {
            if let Some(byte) = bits.get_mut(code / 8) {
                *byte |= 0x80 >> (code % 8);
            }
        }
        objects.put_stream(set, compress(&bits), |chunk, data| {
            chunk.stream(set, data).filter(Filter::FlateDecode);
        });
        Ok(font)
    }

    /// Six letters that differ where the glyphs differ (ISO 32000-2, 9.9.2): FNV-1a over their numbers.
    fn tag(&self) -> String {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let glyphs = self.glyphs.values().flat_map(|(glyph, _)| glyph.to_be_bytes());
        for byte in self.font.name().bytes().chain(glyphs) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut letters = String::new();
        for _ in 0..6 {
            letters.push(char::from(b'A' + u8::try_from(hash % 26).unwrap_or_default()));
            hash /= 26;
        }
        letters
    }
}

/// Writes Helvetica, with the widths that PDF 2.0 asks for.
pub(crate) fn write_helvetica(objects: &mut Objects<'_>) -> Result<Ref, DrawingError> {
    let (font, descriptor) = (objects.allocate()?, objects.allocate()?);
    objects.put(font, |chunk| {
        chunk
            .type1_font(font)
            .base_font(Name(b"Helvetica"))
            .first_char(helvetica::FIRST)
            .last_char(u8::MAX)
            .widths(helvetica::WIDTHS.map(f32::from))
            .font_descriptor(descriptor)
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    });
    // The values of Adobe's Helvetica.afm.
    objects.put(descriptor, |chunk| {
        chunk
            .font_descriptor(descriptor)
            .name(Name(b"Helvetica"))
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(-166.0, -225.0, 1000.0, 931.0))
            .italic_angle(0.0)
            .ascent(f32::from(helvetica::ASCENT))
            .descent(f32::from(helvetica::DESCENT))
            .cap_height(718.0)
            .x_height(523.0)
            .stem_v(88.0);
    });
    Ok(font)
}
