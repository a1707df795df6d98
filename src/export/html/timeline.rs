//! The worst moments of a trace, one row per rule.

use std::io::{self, Write};

use super::chart::{self, WIDTH};
use crate::diagnose::{Amount, Moment, Traced};
use crate::export::markup::Escaped;

const LEFT: f64 = 150.0;
const ROW: f64 = 26.0;

pub(super) fn write(name: &str, traced: &Traced, out: &mut impl Write) -> io::Result<()> {
    let elapsed = traced.elapsed().max(1);
    let mut rules: Vec<&str> = traced.moments().iter().map(|moment| moment.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let height = rules.len() as f64 * ROW + 24.0;
    let scale = (WIDTH - LEFT) / elapsed as f64;
    write!(
        out,
        "<section><h2>The worst moments <span class=\"soft\">{}, {}</span></h2>",
        Escaped::text(name),
        Amount::nanos(elapsed)
    )?;
    chart::open(height, out)?;
    for (row, rule) in rules.iter().enumerate() {
        let y = row as f64 * ROW;
        write!(out, "\n<text x=\"0\" y=\"{:.0}\">{}</text>", y + 16.0, Escaped::text(rule))?;
        write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{0}\" y2=\"{0}\" class=\"grid\"/>",
            y + ROW - 2.0
        )?;
        for moment in traced.moments().iter().filter(|moment| moment.rule == *rule) {
            write_moment(moment, y, scale, row, out)?;
        }
    }
    let y = rules.len() as f64 * ROW + 14.0;
    for tick in 0..=8 {
        let x = LEFT + (WIDTH - LEFT) * f64::from(tick) / 8.0;
        let time = Amount::nanos(elapsed / 8 * i64::from(tick));
        let anchor = match tick {
            0 => "start",
            8 => "end",
            _ => "middle",
        };
        write!(out, "<text class=\"soft\" x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\">{time}</text>")?;
    }
    writeln!(out, "</svg></section>")
}

fn write_moment(moment: &Moment, y: f64, scale: f64, row: usize, out: &mut impl Write) -> io::Result<()> {
    let x = LEFT + moment.start as f64 * scale;
    let width = (moment.end.saturating_sub(moment.start) as f64 * scale).max(1.5);
    let hue = row * 67 % 360;
    write!(
        out,
        "<rect x=\"{x:.1}\" y=\"{:.0}\" width=\"{width:.1}\" height=\"{:.0}\" fill=\"hsl({hue},60%,50%)\" \
         fill-opacity=\"0.45\"><title>{} from {}: {}</title></rect>",
        y + 3.0,
        ROW - 8.0,
        Amount::nanos(moment.end.saturating_sub(moment.start)),
        Amount::nanos(moment.start),
        Escaped::text(&moment.label)
    )
}
