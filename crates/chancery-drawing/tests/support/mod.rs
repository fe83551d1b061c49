//! What the tests share.

use chancery_drawing::{Drawing, DrawingError, Drawn};

/// Numbers from 10 on; the file around uses those below.
pub(crate) fn finish(drawing: Drawing) -> Result<Drawn, DrawingError> {
    let mut next = 9;
    drawing.finish(&mut || {
        next += 1;
        next
    })
}
