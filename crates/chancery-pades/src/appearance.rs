//! What people see of a signature.

mod archive;
mod foreign_page;
mod page;
mod place;
mod seen;
mod sketch;
mod stored;
mod visible;

use std::fmt;
use std::sync::Arc;

use chancery_drawing::{Drawing, DrawingError, Font, Image};
use chancery_pdf::Document;

use crate::PadesError;
use crate::meaning::Statement;

pub(crate) use page::{LETTER, Nodes, PageFrame, Part, Spot, common, rectangle};
pub use place::{Corner, PagePlace, Place};
pub(crate) use seen::Seen;
pub(crate) use sketch::{Saying, Show, Sketch};
pub(crate) use visible::Visible;

use foreign_page::ForeignPage;
use sketch::{Ground, Picture, Words};

/// What people see of a signature, and where.
///
/// Unless told otherwise it shows in words what the signature says ([`Statement`]): who, in what role, why, where and
/// when, each on a line of its own. An image or a QR code stands beside the words.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (alice, pdf): (chancery_key::SoftwareSigner, Vec<u8>) = todo!();
/// use chancery_drawing::{Font, Image, Rectangle};
/// use chancery_pades::{Appearance, PdfSigner, Place};
///
/// let font = Font::parse(std::fs::read("NotoSans-Regular.ttf")?)?;
/// let handwriting = Image::parse(&std::fs::read("zoe.png")?)?;
/// let place = Place::on_page(0).at(Rectangle { x: 72.0, y: 90.0, width: 220.0, height: 60.0 });
/// let signed = PdfSigner::new(&alice, "2026-11-22T09:15:00Z".parse()?)
///     .reason("I approve this contract")
///     .appearance(Appearance::at(place).image(handwriting).font(&font))
///     .sign(&pdf)?;
/// # Ok(()) }
/// ```
///
/// Nothing of it changes what the signature means: it is drawn when the signature is prepared, holds no script and
/// refers to nothing outside the file, and it is part of what is signed. A character that no font can show, text that
/// does not fit, a place that is not on the page or over another signature are errors, never something half shown.
#[derive(Clone)]
pub struct Appearance {
    pub(crate) at: Whereabouts,
    pub(crate) content: Content,
    pub(crate) language: Option<String>,
    pub(crate) alternate_name: Option<String>,
}

/// Where an appearance is shown.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(crate) enum Whereabouts {
    /// Where the field is that is to be signed.
    Field,
    At(Place),
}

/// What is shown.
#[derive(Clone)]
pub(crate) enum Content {
    ToDraw(Sketch),
    /// As it was drawn when the signature was prepared.
    Drawn(Seen),
}

impl Appearance {
    /// At a place on a page, in a new field.
    #[must_use]
    pub fn at(place: Place) -> Self {
        Self::new(Whereabouts::At(place))
    }

    /// Where the field lies that is to be signed, which must be there already and visible: a page lists it, and it is not
    /// hidden. Where it shows a [`SignatureMeaning`](crate::SignatureMeaning), it also lies wholly on its page, is
    /// printed, and is on no layer that can be switched off. It stands upright for the reader, unless the field says how
    /// it is to be turned.
    #[must_use]
    pub fn in_field() -> Self {
        Self::new(Whereabouts::Field)
    }

    fn new(at: Whereabouts) -> Self {
        Self { at, content: Content::ToDraw(Sketch::default()), language: None, alternate_name: None }
    }

    /// This text in place of the statement. `\n` begins a new line.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.sketch(|sketch| sketch.words = Words::Own(text))
    }

    /// A text made of the statement, for who wants other words around what is said.
    ///
    /// ```
    /// # let place = chancery_pades::Place::on_page(0).at(chancery_drawing::Rectangle { x: 0.0, y: 0.0, width: 9.0, height: 9.0 });
    /// # use chancery_pades::Appearance;
    /// Appearance::at(place).text_of(|said| format!("Unterschrieben von {}\nam {}", said.name(), said.time()));
    /// ```
    #[must_use]
    pub fn text_of(self, text: impl Fn(&Statement) -> String + Send + Sync + 'static) -> Self {
        self.sketch(|sketch| sketch.words = Words::Composed(Arc::new(text)))
    }

    /// No text: only what else is shown.
    #[must_use]
    pub fn without_text(self) -> Self {
        self.sketch(|sketch| sketch.words = Words::None)
    }

    /// One more font for the text, asked for the characters that those before do not have. Without any, the text is
    /// drawn in Helvetica, which has the letters of Western Europe and must not stand in PDF/A.
    #[must_use]
    pub fn font(self, font: &Font) -> Self {
        self.sketch(|sketch| sketch.fonts.push(font.clone()))
    }

    /// An image, such as a handwritten signature, beside the text: left of it, or above where there is more height
    /// than width. Instead of a QR code.
    #[must_use]
    pub fn image(self, image: Image) -> Self {
        self.sketch(|sketch| sketch.picture = Some(Picture::Image(image)))
    }

    /// A QR code that says this, beside the text. Instead of an image.
    #[must_use]
    pub fn qr_code(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.sketch(|sketch| sketch.picture = Some(Picture::QrCode(text)))
    }

    /// Whatever can be drawn, behind everything else: a frame, a coat of arms, texts at places of their own. The drawing
    /// is as large as the place. Without [`text`](Self::text) or [`text_of`](Self::text_of) after it, no text is added.
    #[must_use]
    pub fn drawing(
        self,
        draw: impl Fn(&mut Drawing) -> Result<(), DrawingError> + Send + Sync + 'static,
    ) -> Self {
        self.sketch(|sketch| {
            sketch.ground = Some(Ground::Drawing(Arc::new(draw)));
            sketch.words = Words::None;
        })
    }

    /// A page of another document, counted from 0, behind everything else, as large as it fits: a stamp, a letterhead.
    /// Only what drawing needs comes along. In place of a [`drawing`](Self::drawing); like there, no text is added unless
    /// it is asked for afterwards.
    ///
    /// # Errors
    /// If the page cannot be taken over as it looks.
    pub fn pdf_page(self, document: &Document<'_>, index: usize) -> Result<Self, PadesError> {
        let page = ForeignPage::read(&document.latest(), index)?;
        Ok(self.sketch(|sketch| {
            sketch.ground = Some(Ground::Page(page));
            sketch.words = Words::None;
        }))
    }

    /// The language of the text as a tag of BCP 47 (`ja`, `pt-BR`, `zh-Hant`): fonts choose by it how some characters
    /// look, and readers aloud how they sound.
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.language = Some(tag.into());
        self
    }

    /// What readers aloud call the field (`/TU`); the name of the signer unless told otherwise.
    #[must_use]
    pub fn alternate_name(mut self, name: impl Into<String>) -> Self {
        self.alternate_name = Some(name.into());
        self
    }

    fn sketch(mut self, change: impl FnOnce(&mut Sketch)) -> Self {
        if let Content::ToDraw(sketch) = &mut self.content {
            change(sketch);
        }
        self
    }

    /// The same, as it was drawn.
    pub(crate) fn drawn(self, seen: Seen) -> Self {
        Self { content: Content::Drawn(seen), ..self }
    }
}

impl fmt::Debug for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appearance").field("at", &self.at).finish_non_exhaustive()
    }
}
