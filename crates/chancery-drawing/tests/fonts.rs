//! Fonts: what is embedded, how lines fall, and what is refused. The fonts are made here.

mod support;

use chancery_drawing::{
    Alignment, ArchiveObstacle, Drawing, DrawingError, Drawn, DrawnObject, Fit, Font, HeightAlignment, Size,
    Text,
};
use proptest::prelude::*;

/// A TrueType font of 1000 units with a box of 500 for each character, which must be in order, and a ligature
/// of its first two.
fn font(characters: &[char], fs_type: u16) -> Vec<u8> {
    let count = u16::try_from(characters.len()).unwrap_or(u16::MAX) + 1;
    let long = |values: &[u32]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
    let short = |values: &[u16]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();

    let mut head = long(&[0x10000, 0x10000, 0, 0x5f0f_3cf5]);
    head.extend(short(&[0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 700, 0, 8, 2, 1, 0]));
    let mut hhea = short(&[1, 0, 800, 0xff38, 0, 500]);
    hhea.extend(short(&[0; 11]));
    hhea.extend(short(&[count]));
    let mut maxp = short(&[1, 0, count, 4, 1]);
    maxp.extend(short(&[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]));
    let hmtx: Vec<u8> = (0..count).flat_map(|_| short(&[500, 0])).collect();

    let pairs = u32::try_from(characters.len()).unwrap_or(0);
    let mut cmap = short(&[0, 1, 3, 10]);
    cmap.extend(long(&[12]));
    cmap.extend(short(&[12, 0]));
    cmap.extend(long(&[16 + 12 * pairs, 0, pairs]));
    for (glyph, character) in (1..).zip(characters) {
        cmap.extend(long(&[u32::from(*character), u32::from(*character), glyph]));
    }

    // One contour of four points.
    let mut outline = short(&[1, 0, 0, 450, 700, 3, 0]);
    outline.extend([1, 1, 1, 1]);
    outline.extend(short(&[0, 450, 0, 0xfe3e, 0, 0, 700, 0]));
    let length = u32::try_from(outline.len()).unwrap_or(0);
    let glyf: Vec<u8> = characters.iter().flat_map(|_| outline.clone()).collect();
    // The first glyph is empty.
    let loca = long(&[0].into_iter().chain((0..=pairs).map(|index| index * length)).collect::<Vec<u32>>());

    // Glyphs 1 and 2 become glyph 3 (OpenType, GSUB lookup type 4).
    let mut gsub = short(&[1, 0, 10, 30, 44]);
    gsub.extend(short(&[1, 0x4446, 0x4c54, 8, 4, 0, 0, 0xffff, 1, 0])); // scripts: DFLT
    gsub.extend(short(&[1, 0x6c69, 0x6761, 8, 0, 1, 0])); // features: liga
    gsub.extend(short(&[1, 4, 4, 0, 1, 8])); // one lookup
    gsub.extend(short(&[1, 8, 1, 14, 1, 1, 1, 1, 4, 3, 2, 2]));

    let mut names = short(&[0, 3, 42]);
    names.extend((0..3).flat_map(|_| short(&[3, 1, 0x409, 0, 40_000, 30_000])));
    names.extend([b'N'; 70_000]);

    let mut os2 = short(&[4, 500, 400, 5, fs_type]);
    os2.extend([0; 86]);

    let mut tables = vec![
        (b"GSUB", gsub),
        (b"OS/2", os2),
        (b"cmap", cmap),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
        // Names that end beyond what 16 bits can count.
        (b"name", names),
    ];
    let mut file = long(&[0x10000]);
    file.extend(short(&[u16::try_from(tables.len()).unwrap_or(0), 128, 3, 16]));
    let mut offset = 12 + 16 * tables.len();
    for (tag, data) in &mut tables {
        let length = data.len();
        data.resize(length.next_multiple_of(4), 0);
        file.extend(tag.as_slice());
        let numbers = [0, offset, length].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        file.extend(long(&numbers));
        offset += data.len();
    }
    file.extend(tables.into_iter().flat_map(|(_, data)| data));
    file
}

fn parsed(characters: &[char]) -> Result<Font, DrawingError> {
    Font::parse(font(characters, 0))
}

const SIZE: Size = Size { width: 100.0, height: 60.0 };

fn drawn(text: &Text) -> Result<Drawn, DrawingError> {
    let mut drawing = Drawing::new(SIZE)?;
    drawing.text(drawing.rectangle(), text)?;
    support::finish(drawing)
}

/// What the form does, in words of PDF.
fn content(drawn: &Drawn) -> String {
    let form = drawn.objects.iter().find(|object| object.number == drawn.form);
    form.map(inflated).unwrap_or_default()
}

fn inflated(object: &DrawnObject) -> String {
    let data = object.data.as_deref().unwrap_or_default();
    let data = miniz_oxide::inflate::decompress_to_vec_zlib(data).unwrap_or_default();
    data.iter().map(|byte| char::from(*byte)).collect()
}

fn said(drawn: &Drawn) -> Vec<String> {
    let content = content(drawn);
    content
        .split("/ActualText (")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn a_character_without_a_glyph_is_named_and_nothing_is_drawn() {
    let font = parsed(&['a', 'b', 'c']).expect("a font");
    let mut drawing = Drawing::new(SIZE).expect("a size");
    let missing = drawing.text(drawing.rectangle(), &Text::new("ab\ncé").with_font(&font)).err();
    // The é can be made neither by itself nor from e and an accent.
    assert_eq!(missing, Some(DrawingError::MissingGlyph { character: 'é', at: 4 }));
    // Helvetica has it, but is not mixed in.
    assert!(missing.is_some_and(|error| error.to_string().contains("U+00E9")));
    let empty = Drawing::new(SIZE).and_then(support::finish);
    assert_eq!(support::finish(drawing), empty);
}

#[test]
fn only_the_glyphs_that_are_used_are_embedded_and_can_be_read_back() {
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').collect();
    let drawn = drawn(&Text::new("Za").with_font(&parsed(&letters).expect("a font"))).expect("drawn");
    let find = |what: &str| {
        drawn
            .objects
            .iter()
            .filter(|object| String::from_utf8_lossy(&object.value).contains(what))
            .collect::<Vec<_>>()
    };
    let [descendant] = find("/CIDFontType2")[..] else { panic!("one font") };
    assert!(String::from_utf8_lossy(&descendant.value).contains("/W [1 [500] 2 [500]]"), "two glyphs");
    let [map] = find("/CMapName")[..] else { panic!("one map") };
    let map = inflated(map);
    assert!(map.contains("<0001> <005A>") && map.contains("<0002> <0061>"), "{map}");
    assert!(content(&drawn).contains("/F0 10 Tf"));
    assert_eq!(said(&drawn), ["Za"]);
    assert_eq!(drawn.obstacles, []);
}

#[test]
fn letters_are_shaped_and_a_ligature_stands_for_all_of_them() {
    let drawn = drawn(&Text::new("ab").with_font(&parsed(&['a', 'b', 'c']).expect("a font"))).expect("drawn");
    let maps: Vec<String> =
        drawn.objects.iter().map(inflated).filter(|data| data.contains("beginbfchar")).collect();
    let [map] = &maps[..] else { panic!("one map") };
    assert!(map.contains("<0001> <00610062>") && !map.contains("<0002>"), "{map}");
}

#[test]
fn each_character_is_drawn_in_the_first_font_that_has_it() {
    let (latin, hebrew) =
        (parsed(&['a', 'b', 'c']).expect("a font"), parsed(&['א', 'ב', 'ג']).expect("a font"));
    let drawn = drawn(&Text::new("aבאc").with_font(&latin).with_font(&hebrew)).expect("drawn");
    let content = content(&drawn);
    let order = ["/F0 10 Tf", "/F1 10 Tf", "/F0 10 Tf"];
    let places: Vec<&str> = content.lines().filter(|line| line.ends_with(" Tf")).map(str::trim).collect();
    assert_eq!(places, order);
}

#[test]
fn hebrew_runs_from_right_to_left_and_begins_at_the_right() {
    let hebrew = parsed(&['א', 'ב', 'ג', 'ד']).expect("a font");
    let drawn = drawn(&Text::new("גד").with_font(&hebrew)).expect("drawn");
    let content = content(&drawn);
    // Two letters of five points each, at the right edge of 100.
    assert!(content.contains("1 0 0 1 90 52 Tm"), "{content}");
    // From left to right: the fourth letter, then the third; codes are given in that order.
    let map: Vec<String> =
        drawn.objects.iter().map(inflated).filter(|data| data.contains("beginbfchar")).collect();
    assert!(map[0].contains("<0001> <05D3>") && map[0].contains("<0002> <05D2>"), "{}", map[0]);
}

#[test]
fn lines_of_korean_end_at_spaces() {
    let font = parsed(&[' ', '가', '나', '다']).expect("a font");
    let text = Text::new(format!("{} {}", "다".repeat(15), "다".repeat(8))).with_font(&font);
    // 20 syllables fit. Chinese would fill the line; Korean does not split the word.
    assert_eq!(drawn(&text).map(|drawn| map_lines(&drawn)), Ok(vec![20, 4]));
    assert_eq!(drawn(&text.with_language("ko")).map(|drawn| map_lines(&drawn)), Ok(vec![16, 8]));
    // A word that is longer than a line is split all the same.
    let long = Text::new("다".repeat(25)).with_font(&font).with_language("ko-KR");
    assert_eq!(drawn(&long).map(|drawn| map_lines(&drawn)), Ok(vec![20, 5]));
}

#[test]
fn figures_begin_at_the_side_at_which_the_text_does() {
    let font = parsed(&['1', '2', 'א', 'ב', 'ג']).expect("a font");
    let drawn = drawn(&Text::new("גג\n12\n").with_font(&font)).expect("drawn");
    // Two lines of two glyphs, each at the right edge; the second one of figures that stand from left to right.
    let content = content(&drawn);
    let places: Vec<&str> = content.lines().filter(|line| line.ends_with(" Tm")).map(str::trim).collect();
    assert_eq!(places, ["1 0 0 1 90 52 Tm", "1 0 0 1 95 42 Tm"], "{content}");
}

#[test]
fn lines_end_between_words_and_words_that_are_too_long_are_split() {
    let font = parsed(&[' ', 'x', 'y', 'z']).expect("a font");
    // 20 letters of five points fit the width of 100.
    let text = Text::new("zzzzz zzzzz zzzzz zzzzz").with_font(&font);
    assert_eq!(drawn(&text).map(|drawn| said(&drawn)), Ok(vec!["zzzzz zzzzz zzzzz ".into(), "zzzzz".into()]));
    let text = Text::new("z".repeat(25)).with_font(&font);
    assert_eq!(drawn(&text).map(|drawn| said(&drawn)), Ok(vec!["z".repeat(20), "z".repeat(5)]));
    let letter = Text::new("z").with_font(&font).with_size(300.0);
    assert!(matches!(drawn(&letter), Err(DrawingError::LetterTooWide { .. })));
}

#[test]
fn thai_fills_its_lines_and_ends_them_where_words_are_said_to_end() {
    let font = parsed(&[' ', 'ก', 'ข', 'ค', 'ง', 'จ']).expect("a font");
    let lines = |text: &str| drawn(&Text::new(text).with_font(&font)).map(|drawn| map_lines(&drawn));
    // 20 letters of five points fit. A word that must be split anyway begins on the first line.
    assert_eq!(lines(&format!("กขค {}", "ง".repeat(22))), Ok(vec![20, 6]));
    assert_eq!(lines(&format!("กขค {}", "ง".repeat(18))), Ok(vec![4, 18]));
    // What ends a word is not seen.
    assert_eq!(lines(&format!("{}\u{200b}{}", "ง".repeat(15), "จ".repeat(8))), Ok(vec![15, 8]));
}

/// How many characters that are seen each line has.
fn map_lines(drawn: &Drawn) -> Vec<usize> {
    let content = content(drawn);
    let lines = content.split("/ActualText <").skip(1).filter_map(|rest| rest.split_once('>'));
    lines
        .map(|(said, _)| {
            let units: Vec<&str> =
                said.as_bytes().chunks(4).filter_map(|unit| std::str::from_utf8(unit).ok()).collect();
            // The first unit is the mark of byte order.
            units.iter().skip(1).filter(|unit| **unit != "200B").count()
        })
        .collect()
}

#[test]
fn text_that_is_too_much_is_refused_or_gets_smaller() {
    let text = Text::new("a\n".repeat(7));
    assert!(matches!(drawn(&text), Err(DrawingError::TextOverflows { size: 10.0, .. })));
    let smaller = text.clone().with_fit(Fit::ShrinkTo(5.0));
    let smaller = drawn(&smaller).map(|drawn| content(&drawn)).expect("it fits at five points");
    assert!(!smaller.contains("/F 10 Tf"));
    let least = text.with_fit(Fit::ShrinkTo(9.0));
    assert!(matches!(drawn(&least), Err(DrawingError::TextOverflows { size: 9.0, .. })));
}

#[test]
fn lines_stand_where_they_are_asked_to() {
    let font = parsed(&['x', 'y', 'z']).expect("a font");
    for (alignment, height, place) in [
        (Alignment::Start, HeightAlignment::Top, "1 0 0 1 0 52 Tm"),
        (Alignment::Centre, HeightAlignment::Middle, "1 0 0 1 47.5 27 Tm"),
        (Alignment::End, HeightAlignment::Bottom, "1 0 0 1 95 2 Tm"),
    ] {
        let text = Text::new("z").with_font(&font).with_alignment(alignment).with_height_alignment(height);
        let content = drawn(&text).map(|drawn| content(&drawn)).expect("drawn");
        assert!(content.contains(place), "{content}");
    }
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let text = Text::new("abc cba").with_font(&parsed(&[' ', 'a', 'b', 'c']).expect("a font"));
    assert_eq!(drawn(&text), drawn(&text));
}

#[test]
fn helvetica_is_said_to_keep_a_file_from_being_an_archive() {
    assert_eq!(
        drawn(&Text::new("ê")).map(|drawn| drawn.obstacles),
        Ok(vec![ArchiveObstacle::FontNotEmbedded])
    );
}

#[test]
fn a_font_that_may_not_be_embedded_is_refused() {
    for fs_type in [0x0002, 0x0100, 0x0200, 0x0104] {
        let refused = Font::parse(font(&['a', 'b', 'c'], fs_type)).err();
        assert_eq!(refused, Some(DrawingError::FontLicence { fs_type }));
    }
    // Preview and print, editing; and both a strict and a mild bit, of which the mild one counts.
    for fs_type in [0x0004, 0x0008, 0x000a] {
        assert!(Font::parse(font(&['a', 'b', 'c'], fs_type)).is_ok());
    }
}

#[test]
fn what_is_no_font_is_refused() {
    for bytes in [
        &b""[..],
        b"OTTO",
        b"wOF2 and so on",
        b"ttcf\0\x01\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
        b"%!PS-AdobeFont",
    ] {
        assert!(matches!(Font::parse(bytes), Err(DrawingError::Font { .. })));
    }
    let whole = font(&['a', 'b', 'c'], 0);
    assert!(matches!(Font::parse_in_collection(whole, 1), Ok(_) | Err(DrawingError::Font { .. })));
}

proptest! {
    #[test]
    fn changed_fonts_never_panic(changes in prop::collection::vec((0_usize..2000, any::<u8>()), 1..4)) {
        let mut bytes = font(&[' ', 'a', 'b', 'c'], 0);
        for (at, to) in changes {
            let at = at % bytes.len();
            bytes[at] = to;
        }
        if let Ok(font) = Font::parse(bytes) {
            let _ = drawn(&Text::new("abc cba ab").with_font(&font));
        }
    }

    // Without the characters that a PDF escapes, so that what is said can be compared as it stands.
    #[test]
    fn no_letter_is_lost_on_the_way(content in "[!-'*-\\[\\]-~\n]{0,80}") {
        let text = Text::new(content.clone()).with_fit(Fit::ShrinkTo(0.5));
        let drawn = drawn(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(said(&drawn).concat(), content.replace('\n', ""));
    }
}
