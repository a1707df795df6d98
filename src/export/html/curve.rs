//! Minimum mutator utilization by the length of the window.

use std::io::{self, Write};

use super::chart::{self, WIDTH};
use crate::diagnose::Amount;

const HEIGHT: f64 = 260.0;
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 24.0;

pub(super) fn write(curve: &[(i64, f64)], out: &mut impl Write) -> io::Result<()> {
    let log = |window: i64| (window.max(1) as f64).log10();
    let from = curve.first().map_or(0.0, |point| log(point.0));
    let to = curve.last().map_or(1.0, |point| log(point.0));
    let span = (to - from).max(1e-9);
    let x = |window: i64| LEFT + (log(window) - from) / span * (WIDTH - LEFT - 10.0);
    let y = |share: f64| 8.0 + (1.0 - share.clamp(0.0, 1.0)) * (HEIGHT - BOTTOM - 8.0);
    write!(
        out,
        "<section><h2>Minimum mutator utilization <span class=\"soft\">the least share of the CPU that the collector \
         leaves to the program in any window of a length</span></h2>"
    )?;
    chart::open(HEIGHT, out)?;
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        let at = y(share);
        write!(out, "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{at:.1}\" y2=\"{at:.1}\" class=\"grid\"/>")?;
        write!(out, "<text class=\"soft\" x=\"0\" y=\"{:.0}\">{}</text>", at + 4.0, Amount::share(share))?;
    }
    for power in from.ceil() as i32..=to.floor() as i32 {
        let window = 10f64.powi(power) as i64;
        let (at, below) = (x(window), HEIGHT - 6.0);
        write!(
            out,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"8\" y2=\"{}\" class=\"grid\"/>",
            HEIGHT - BOTTOM
        )?;
        let label = Amount::nanos(window);
        write!(
            out,
            "<text class=\"soft\" x=\"{at:.0}\" y=\"{below:.0}\" text-anchor=\"middle\">{label}</text>"
        )?;
    }
    let points: Vec<_> =
        curve.iter().map(|(window, share)| format!("{:.1},{:.1}", x(*window), y(*share))).collect();
    write!(out, "<polyline points=\"{}\" class=\"curve\"/>", points.join(" "))?;
    writeln!(out, "</svg></section>")
}
