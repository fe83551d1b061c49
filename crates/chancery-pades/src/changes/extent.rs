//! Where a comment is seen (ISO 32000-2, 12.5.6).

use chancery_pdf::{Dictionary, Object, View};

use super::values::number;
use crate::appearance::rectangle;

/// Where a comment may be seen: readers draw one without a look by its coordinates, wherever its rectangle is. `None` if
/// that cannot be told.
pub(super) fn extent(view: &View<'_>, entries: &Dictionary) -> Option<[f32; 4]> {
    let lies = rectangle(view, entries.get("Rect")?)?;
    let mut area = [lies.x, lies.y, lies.x + lies.width, lies.y + lies.height];
    let mut points = Vec::new();
    for key in ["QuadPoints", "L", "InkList", "Vertices", "CL"] {
        coordinates(view, &view.value(entries, key).ok()?, 0, &mut points)?;
    }
    let half = width(view, entries)? / 2.0;
    for point in points.chunks_exact(2) {
        let [left, bottom, right, top] = area;
        let (x, y) = (point[0], point[1]);
        area = [left.min(x - half), bottom.min(y - half), right.max(x + half), top.max(y + half)];
    }
    Some(area)
}

/// The numbers of a list, or of lists in it.
fn coordinates(view: &View<'_>, value: &Object, depth: usize, points: &mut Vec<f32>) -> Option<()> {
    match view.resolve(value).ok()? {
        Object::Null if depth == 0 => {}
        Object::Array(elements) if depth < 2 => {
            elements.iter().try_for_each(|element| coordinates(view, element, depth + 1, points))?;
        }
        value => points.push(narrow(number(&value)?)),
    }
    Some(())
}

/// How wide the lines of a comment are (tables 166 and 168).
fn width(view: &View<'_>, entries: &Dictionary) -> Option<f32> {
    let style = view.value(entries, "BS").ok()?;
    let of_style = style.as_dictionary().map_or(Ok(Object::Null), |style| view.value(style, "W")).ok()?;
    let border = view.value(entries, "Border").ok()?;
    let of_border = border.as_array().and_then(|border| border.get(2)).cloned().unwrap_or(Object::Null);
    let widths = [of_style, of_border].into_iter().filter(|stated| !stated.is_null());
    let widths: Vec<f64> = widths.map(|stated| number(&stated)).collect::<Option<_>>()?;
    Some(widths.into_iter().map(|width| narrow(width.abs())).fold(1.0, f32::max))
}

#[expect(clippy::cast_possible_truncation, reason = "a place is told in fewer digits")]
const fn narrow(number: f64) -> f32 {
    number as f32
}
