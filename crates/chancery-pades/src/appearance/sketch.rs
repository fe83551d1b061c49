//! What is to be drawn, and how it is laid out.

use std::sync::Arc;

use chancery_drawing::{Drawing, DrawingError, Fit, Font, HeightAlignment, Image, Rectangle, Text};
use chancery_pdf::View;

use super::archive::refuse_obstacles;
use super::foreign_page::ForeignPage;
use super::page::Spot;
use super::seen::Seen;
use crate::PadesError;
use crate::meaning::Statement;

/// Text of this size if there is room, and never smaller than that: below four points nobody reads.
const LARGEST_TEXT: f32 = 12.0;
const SMALLEST_TEXT: f32 = 4.0;

/// Free at the edges, and between picture and text, in points.
const EDGE: f32 = 2.0;
const GAP: f32 = 4.0;

/// How much of the rectangle a picture may take beside a text.
const PICTURE_SHARE: f32 = 0.4;

/// What is to be drawn.
#[derive(Clone, Default)]
pub(crate) struct Sketch {
    pub(super) words: Words,
    pub(super) fonts: Vec<Font>,
    pub(super) picture: Option<Picture>,
    pub(super) ground: Option<Ground>,
}

/// Which words are shown.
#[derive(Clone, Default)]
pub(super) enum Words {
    #[default]
    Statement,
    Own(String),
    Composed(Arc<dyn Fn(&Statement) -> String + Send + Sync>),
    None,
}

/// What stands beside the words.
#[derive(Clone)]
pub(super) enum Picture {
    Image(Image),
    QrCode(String),
}

/// What a caller draws.
pub(super) type Draw = dyn Fn(&mut Drawing) -> Result<(), DrawingError> + Send + Sync;

/// What lies behind everything.
#[derive(Clone)]
pub(super) enum Ground {
    Drawing(Arc<Draw>),
    Page(ForeignPage),
}

/// What is said, and whether all of it must be shown.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Saying<'s> {
    pub(crate) statement: &'s Statement,
    pub(crate) show: Show,
}

/// How much of what is said must be shown.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Show {
    /// What the caller likes.
    #[default]
    Freely,
    /// Name, role, meaning and time: the caller gave a [`SignatureMeaning`](crate::SignatureMeaning).
    Meaning,
}

impl Sketch {
    /// Draws it as large as its place.
    ///
    /// # Errors
    /// What cannot be drawn; a meaning that would not be shown.
    pub(crate) fn draw(
        &self,
        view: &View<'_>,
        spot: &Spot,
        (saying, language): (&Saying<'_>, Option<&str>),
        numbers: &mut dyn FnMut() -> u32,
    ) -> Result<Seen, PadesError> {
        let words = self.words(saying.statement);
        if saying.show == Show::Meaning {
            refuse_to_hide(saying.statement, words.as_deref().unwrap_or_default())?;
        }
        let mut drawing = Drawing::new(spot.size)?.on_page(spot.rotation);
        let foreign = match &self.ground {
            Some(Ground::Page(page)) => page.draw(view, &mut drawing, numbers)?,
            Some(Ground::Drawing(draw)) => {
                draw(&mut drawing)?;
                Vec::new()
            }
            None => Vec::new(),
        };
        let all = drawing.rectangle().inset(EDGE);
        let (beside, rest) = match (&self.picture, &words) {
            (Some(picture), Some(_)) => picture.beside(all),
            _ => (all, all),
        };
        match &self.picture {
            Some(Picture::Image(image)) => drawing.image(beside, image)?,
            Some(Picture::QrCode(text)) => drawing.qr_code(beside, text)?,
            None => &mut drawing,
        };
        if let Some(words) = words {
            drawing.text(rest, &self.text(words, language))?;
        }
        let drawn = drawing.finish(numbers)?;
        refuse_obstacles(view, &drawn.obstacles)?;
        Ok(Seen::new(foreign, drawn))
    }

    fn words(&self, statement: &Statement) -> Option<String> {
        match &self.words {
            Words::Statement => Some(statement.to_string()),
            Words::Own(text) => Some(text.clone()),
            Words::Composed(compose) => Some(compose(statement)),
            Words::None => None,
        }
    }

    fn text(&self, words: String, language: Option<&str>) -> Text {
        let text = Text::new(words)
            .with_size(LARGEST_TEXT)
            .with_fit(Fit::ShrinkTo(SMALLEST_TEXT))
            .with_height_alignment(HeightAlignment::Middle);
        let text = self.fonts.iter().fold(text, Text::with_font);
        match language {
            Some(tag) => text.with_language(tag),
            None => text,
        }
    }
}

impl Picture {
    /// The place for the picture, and the place for the words.
    fn beside(&self, all: Rectangle) -> (Rectangle, Rectangle) {
        // Height for each point of width.
        let slope = match self {
            Self::Image(image) => image.size().height / image.size().width,
            Self::QrCode(_) => 1.0,
        };
        if all.width >= all.height {
            let (left, right) = all.split_left((all.height / slope).min(all.width * PICTURE_SHARE));
            let (_, right) = right.split_left(GAP);
            (left, right)
        } else {
            let (top, bottom) = all.split_top((all.width * slope).min(all.height * PICTURE_SHARE));
            let (_, bottom) = bottom.split_top(GAP);
            (top, bottom)
        }
    }
}

/// What a signature means stands beside it, all of it (21 CFR 11.50): a text of the caller's own may add, not leave out.
fn refuse_to_hide(statement: &Statement, words: &str) -> Result<(), PadesError> {
    match statement.parts().find(|(_, part)| !words.contains(part.as_str())) {
        Some((what, text)) => Err(PadesError::MeaningNotShown { what, text }),
        None => Ok(()),
    }
}
