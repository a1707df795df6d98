//! The frame of every chart on the page.

use std::io::{self, Write};

/// The width of a chart, in the units of its view box; the browser fits it to the window.
pub(super) const WIDTH: f64 = 1200.0;

/// Opens a chart of this height.
pub(super) fn open(height: f64, out: &mut impl Write) -> io::Result<()> {
    write!(out, "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">")
}
