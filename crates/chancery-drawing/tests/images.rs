//! Images: what is embedded, and what is refused before it costs anything.

mod support;

use chancery_drawing::{ArchiveObstacle, Drawing, DrawingError, Drawn, DrawnObject, Image, Size};
use proptest::prelude::*;

/// A PNG of the given kind, with rows of samples without compression tricks.
fn png(width: u32, height: u32, bits: u8, kind: u8, rows: &[u8]) -> Vec<u8> {
    png_with(width, height, [bits, kind, 0], &[], rows)
}

/// The same with a way of interlacing and with more chunks before the samples.
fn png_with(
    width: u32,
    height: u32,
    [bits, kind, interlaced]: [u8; 3],
    more: &[(&[u8; 4], &[u8])],
    rows: &[u8],
) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([bits, kind, 0, 0, interlaced]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let data = miniz_oxide::deflate::compress_to_vec_zlib(rows, 6);
    let chunks = [(b"IHDR", header.as_slice())].into_iter().chain(more.iter().copied());
    for (name, body) in chunks.chain([(b"IDAT", data.as_slice()), (b"IEND", &[])]) {
        bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
        let named = [name.as_slice(), body].concat();
        bytes.extend(&named);
        bytes.extend(crc(&named).to_be_bytes());
    }
    bytes
}

/// CRC-32 (ISO/IEC 15948, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

/// A JPEG as its markers say it is; the coded data mean nothing.
fn jpeg(frame: u8, bits: u8, components: u8, adobe: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xff\xd8".to_vec();
    bytes.extend(adobe);
    bytes.extend([0xff, frame, 0, 8 + 3 * components, bits, 0, 20, 0, 30, components]);
    for component in 1..=components {
        bytes.extend([component, 0x11, 0]);
    }
    bytes.extend([0xff, 0xda, 0, 6 + 2 * components, components]);
    for component in 1..=components {
        bytes.extend([component, 0]);
    }
    bytes.extend([0, 63, 0, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]);
    bytes
}

const ADOBE: &[u8] = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02";

fn drawn(image: &[u8]) -> Result<Drawn, DrawingError> {
    let image = Image::parse(image)?;
    let mut drawing = Drawing::new(Size { width: 100.0, height: 50.0 })?;
    drawing.image(drawing.rectangle(), &image)?;
    support::finish(drawing)
}

fn images(drawn: &Drawn) -> Vec<&DrawnObject> {
    drawn.objects.iter().filter(|object| has(object, "/Subtype /Image")).collect()
}

fn has(object: &DrawnObject, what: &str) -> bool {
    String::from_utf8_lossy(&object.value).contains(what)
}

fn inflated(object: &DrawnObject) -> Vec<u8> {
    let data = object.data.as_deref().unwrap_or_default();
    miniz_oxide::inflate::decompress_to_vec_zlib(data).unwrap_or_default()
}

#[test]
fn the_opacity_of_a_png_becomes_a_mask() {
    // Two pixels: red and half seen, blue and opaque.
    let file = png(2, 1, 8, 6, &[0, 255, 0, 0, 128, 0, 0, 255, 255]);
    let drawn = drawn(&file).unwrap();
    let [image, mask] = images(&drawn)[..] else { panic!("an image and its mask") };
    assert!(has(image, &format!("/SMask {} 0 R", mask.number)) && has(image, "/DeviceRGB"));
    assert_eq!(inflated(image), [255, 0, 0, 0, 0, 255]);
    assert!(has(mask, "/DeviceGray"));
    assert_eq!(inflated(mask), [128, 255]);
    assert_eq!(drawn.obstacles, [ArchiveObstacle::Transparency]);
}

#[test]
fn a_png_that_is_opaque_throughout_needs_no_mask() {
    for file in [
        png(1, 1, 8, 6, &[0, 1, 2, 3, 255]),
        png(1, 1, 8, 2, &[0, 1, 2, 3]),
        png(1, 1, 16, 2, &[0, 1, 9, 2, 9, 3, 9]),
    ] {
        let drawn = drawn(&file).unwrap();
        let [image] = images(&drawn)[..] else { panic!("one image") };
        assert_eq!(inflated(image), [1, 2, 3]);
        assert_eq!(drawn.obstacles, []);
    }
    // One bit of grey.
    let drawn = drawn(&png(3, 1, 1, 0, &[0, 0b1010_0000])).unwrap();
    assert_eq!(inflated(images(&drawn)[0]), [255, 255, 255, 0, 0, 0, 255, 255, 255]);
}

#[test]
fn palettes_colour_keys_and_interlaced_rows_are_resolved() {
    let colours = |file: &[u8]| {
        let drawn = drawn(file).unwrap();
        let images: Vec<Vec<u8>> = images(&drawn).into_iter().map(inflated).collect();
        images
    };
    // Two colours of a palette, of which the first is half seen.
    let palette: &[u8] = &[9, 8, 7, 1, 2, 3];
    let file = png_with(2, 1, [8, 3, 0], &[(b"PLTE", palette), (b"tRNS", &[128])], &[0, 0, 1]);
    assert_eq!(colours(&file), [vec![9, 8, 7, 1, 2, 3], vec![128, 255]]);
    // One bit for each pixel.
    let file = png_with(3, 1, [1, 3, 0], &[(b"PLTE", palette)], &[0, 0b0100_0000]);
    assert_eq!(colours(&file), [vec![9, 8, 7, 1, 2, 3, 9, 8, 7]]);
    // A colour that is transparent.
    let file = png_with(2, 1, [8, 2, 0], &[(b"tRNS", &[0, 4, 0, 5, 0, 6])], &[0, 4, 5, 6, 1, 2, 3]);
    assert_eq!(colours(&file), [vec![4, 5, 6, 1, 2, 3], vec![0, 255]]);
    // Grey with opacity, of sixteen bits each.
    assert_eq!(colours(&png(1, 1, 16, 4, &[0, 7, 255, 128, 255])), [vec![7, 7, 7], vec![128]]);
    // Interlaced (Adam7): the first pixel, the second one, then the second row.
    let file = png_with(2, 2, [8, 0, 1], &[], &[0, 1, 0, 2, 0, 3, 4]);
    assert_eq!(colours(&file), [[1, 2, 3, 4].map(|grey| [grey; 3]).concat()]);
}

#[test]
fn a_palette_of_no_whole_colours_or_of_too_many_is_refused() {
    for bytes in [0, 1, 2, 5, 3 * 256 + 3] {
        let file = png_with(1, 1, [8, 3, 0], &[(b"PLTE", &vec![1; bytes])], &[0, 0]);
        assert!(matches!(Image::parse(&file), Err(DrawingError::Image { .. })), "{bytes}");
    }
    assert!(Image::parse(&png_with(1, 1, [8, 3, 0], &[(b"PLTE", &[1; 768])], &[0, 0])).is_ok());
    // An index beyond the palette is black, as other programs show it.
    let beyond = drawn(&png_with(1, 1, [8, 3, 0], &[(b"PLTE", &[9, 9, 9])], &[0, 200])).unwrap();
    assert_eq!(inflated(images(&beyond)[0]), [0, 0, 0]);
}

/// Exif data that say how the camera was held, and where.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"35.6586 N 139.7454 E");
    tiff
}

#[test]
fn a_picture_is_seen_as_the_camera_was_held() {
    let in_jpeg = |orientation| {
        let body = [b"Exif\0\0", exif(orientation).as_slice()].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        jpeg(0xc0, 8, 3, &[&[0xff, 0xe1], length.as_slice(), &body].concat())
    };
    let in_png = |orientation| png_with(30, 20, [8, 0, 0], &[(b"eXIf", &exif(orientation))], &[0; 31 * 20]);
    for upright in [in_jpeg(1), in_jpeg(9), in_png(1), in_png(0)] {
        assert_eq!(Image::parse(&upright).unwrap().size(), Size { width: 30.0, height: 20.0 });
        assert!(content(&upright).contains("75 0 0 50 12.5 0 cm"), "{}", content(&upright));
    }
    for turned in [in_jpeg(6), in_png(6)] {
        assert_eq!(Image::parse(&turned).unwrap().size(), Size { width: 20.0, height: 30.0 });
        // 33.333 wide and 50 high, in the middle of 100: the first row goes down at the right.
        assert!(content(&turned).contains("0 -50 33.333 0 33.333 50 cm"), "{}", content(&turned));
    }
}

fn content(image: &[u8]) -> String {
    let drawn = drawn(image).ok();
    let form =
        drawn.as_ref().and_then(|drawn| drawn.objects.iter().find(|object| object.number == drawn.form));
    form.map(|form| String::from_utf8_lossy(&inflated(form)).into_owned()).unwrap_or_default()
}

#[test]
fn what_a_camera_says_of_place_and_time_is_not_embedded() {
    let plain = jpeg(0xc2, 8, 4, ADOBE);
    let mut remarks = Vec::new();
    for (marker, body) in [
        (0xe1, &b"Exif\0\0 35.6586 N"[..]),
        (0xe2, b"ICC_PROFILE"),
        (0xed, b"Photoshop"),
        (0xfe, b"by Alice"),
    ] {
        remarks.extend([0xff, marker]);
        remarks.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        remarks.extend(body);
    }
    let told = jpeg(0xc2, 8, 4, &[&remarks, ADOBE].concat());
    let drawn = drawn(&told).unwrap();
    assert_eq!(images(&drawn)[0].data.as_deref(), Some(&plain[..]));
}

#[test]
fn a_jpeg_is_embedded_as_it_is_up_to_its_end() {
    let file = jpeg(0xc0, 8, 3, &[]);
    let drawn = drawn(&[file.as_slice(), b"PK\x03\x04 something else"].concat()).unwrap();
    let [image] = images(&drawn)[..] else { panic!("one image") };
    assert_eq!(image.data.as_deref(), Some(&file[..]));
    assert!(has(image, "/DCTDecode") && has(image, "/Width 30") && has(image, "/Height 20"));
    assert!(!has(image, "/Decode ["));
}

#[test]
fn adobe_writes_cmyk_the_other_way_round() {
    let inverted = drawn(&jpeg(0xc2, 8, 4, ADOBE)).unwrap();
    assert!(has(images(&inverted)[0], "/Decode [1 0 1 0 1 0 1 0]"));
    assert_eq!(inverted.obstacles, [ArchiveObstacle::CmykImage]);
    let plain = drawn(&jpeg(0xc0, 8, 4, &[])).unwrap();
    assert!(!has(images(&plain)[0], "/Decode ["));
    assert_eq!(drawn(&jpeg(0xc0, 8, 1, &[])).unwrap().obstacles, [ArchiveObstacle::GreyImage]);
}

#[test]
fn what_viewers_cannot_show_is_refused() {
    for (file, word) in [
        (jpeg(0xc3, 8, 3, &[]), "lossless"),
        (jpeg(0xc9, 8, 3, &[]), "arithmetically"),
        (jpeg(0xc0, 12, 3, &[]), "eight bits"),
        (jpeg(0xc0, 8, 2, &[]), "colours"),
        (b"GIF89a".to_vec(), "neither PNG nor JPEG"),
        (b"\xff\xd8\xff\xd9".to_vec(), "no picture"),
    ] {
        match drawn(&file) {
            Err(DrawingError::Image { problem, .. }) => assert!(problem.contains(word), "{problem}"),
            other => panic!("{word}: {other:?}"),
        }
    }
    let whole = jpeg(0xc0, 8, 3, &[]);
    for end in 0..whole.len() {
        assert!(matches!(drawn(&whole[..end]), Err(DrawingError::Image { .. })), "cut at {end}");
    }
}

#[test]
fn a_small_file_cannot_become_a_large_picture() {
    // 65,535 × 65,535 pixels in a file of a few bytes.
    let bomb = png(65_535, 65_535, 8, 6, &[0; 64]);
    assert!(matches!(Image::parse(&bomb), Err(DrawingError::TooLarge { unit: "pixels", .. })));
    let long = png(70_000, 1, 1, 0, &[0; 64]);
    assert!(matches!(Image::parse(&long), Err(DrawingError::TooLarge { .. })));
    // Fewer rows than it says.
    assert!(matches!(Image::parse(&png(4, 4, 8, 2, &[0; 13])), Err(DrawingError::Image { .. })));
}

#[test]
fn an_image_drawn_twice_is_embedded_once() {
    let image = Image::parse(&png(1, 1, 8, 2, &[0, 1, 2, 3])).unwrap();
    let mut drawing = Drawing::new(Size { width: 100.0, height: 50.0 }).unwrap();
    let (left, right) = drawing.rectangle().split_left(50.0);
    drawing.image(left, &image).unwrap().image(right, &image.clone()).unwrap();
    assert_eq!(images(&support::finish(drawing).unwrap()).len(), 1);
}

proptest! {
    #[test]
    fn changed_images_never_panic(at in 0_usize..200, to in any::<u8>()) {
        for mut file in [png(2, 1, 8, 6, &[0, 255, 0, 0, 128, 0, 0, 255, 255]), jpeg(0xc0, 8, 4, ADOBE)] {
            let at = at % file.len();
            file[at] = to;
            let _ = drawn(&file);
        }
    }
}
