//! Any bytes as an image, as a font and as a text in that font: a drawing, or an error. Each object that is made can be read.
#![no_main]

use chancery_drawing::{Drawing, Fit, Font, Image, Size, Text};
use chancery_pdf::Object;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut drawing = Drawing::new(Size { width: 200.0, height: 80.0 }).expect("a size");
    let place = drawing.rectangle();
    match Image::parse(bytes) {
        Ok(image) => drop(drawing.image(place, &image).expect("a place")),
        Err(error) => drop(error.to_string()),
    }
    let said = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes));
    let text = Text::new(said).with_fit(Fit::ShrinkTo(1.0));
    let _ = drawing.text(place, &text);
    if let Ok(font) = Font::parse(bytes.to_vec()) {
        // The letters of many scripts, so that its layout tables are used.
        let letters = ["Signed fi ffi", "ลงนาม น้ำผึ้ง", "ကျွန်ုပ်", "山田", "العربية", "क्षि", "Ngưỡng"];
        for letters in letters {
            let _ = drawing.text(place, &text.clone().with_font(&font));
            let _ = drawing.text(place, &Text::new(letters).with_fit(Fit::ShrinkTo(1.0)).with_font(&font));
        }
    }
    let mut next = 0;
    let numbers = &mut || {
        next += 1;
        next
    };
    if let Ok(drawn) = drawing.finish(numbers) {
        for object in drawn.objects {
            let (_, read) = Object::parse(&object.value).expect("what we write can be read");
            assert_eq!(read, object.value.len(), "and is one object");
        }
    }
});
