//! The picture as SVG: header, legend, and an element for each frame.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::colour::{Colour, Colours, write_rules};
use super::label::{fitted, limited};
use super::layout::Frame;
use super::omitted::Omitted;
use super::tree::{Pair, Tree};
use crate::export::markup::Escaped;
use crate::pprof::report::Report;
use crate::pprof::units::percent;
use crate::text::Printable;

const STYLE: &str = include_str!("flame.css");
const SCRIPT: &str = include_str!("flame.js");

/// The width for which the picture is laid out; the script fits it to the window.
const WIDTH: u32 = 1200;
/// Height of a row of frames, and of a line in the header.
const ROW: u32 = 16;
const LINE: u32 = 18;
/// The height that the script's search box takes.
const CONTROLS: u32 = 28;
/// Left edge of texts in the header.
const MARGIN: u32 = 8;
/// Width of a character in a frame, and of one in the legend, with some air.
const FRAME_CHARACTER: f64 = 6.7;
const LEGEND_CHARACTER: u32 = 7;
/// Characters of a value: a unit may be any text from the file.
const LONGEST_VALUE: usize = 40;

/// How large frames are in the file.
pub(super) struct Sizes {
    /// By the tree's names.
    names: Vec<u64>,
}

impl Sizes {
    pub(super) fn new(tree: &Tree) -> Self {
        let size =
            |name: &Vec<u8>| Escaped::text(&limited(&Printable(name).to_string())).to_string().len() as u64;
        Self { names: tree.names.iter().map(size).collect() }
    }

    /// The most bytes that all frames may take. A sample takes at least 6 bytes in a profile.
    pub(super) fn budget(samples: u64) -> u64 {
        let fixed = (STYLE.len() + SCRIPT.len()) as u64 + (64 << 10);
        (1 << 20) - fixed + 300 * samples
    }

    /// The most bytes that the frame of a node takes, which has this share of the width.
    pub(super) fn frame(&self, tree: &Tree, node: u32, share: f64) -> u64 {
        let name = self.names[tree.nodes[node as usize].name as usize];
        // An escaped character takes 6 bytes at most.
        let label = 6 * room(share * 100.0) as u64;
        name + name.min(label) + 240 + 3 * LONGEST_VALUE as u64
    }
}

/// How many characters fit a frame of this width.
fn room(percent: f64) -> usize {
    ((percent / 100.0 * f64::from(WIDTH) - 6.0) / FRAME_CHARACTER).max(0.0) as usize
}

/// Everything that a picture shows.
pub(super) struct Picture<'a, 'p> {
    pub(super) report: &'a Report<'p>,
    pub(super) colours: Colours,
    pub(super) title: &'a str,
    pub(super) tree: &'a Tree,
    pub(super) frames: &'a [Frame],
    pub(super) omitted: Omitted,
}

impl Picture<'_, '_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let notes = self.omitted.to_string();
        let legend_y = LINE * if notes.is_empty() { 3 } else { 4 } + 4;
        let top = legend_y + CONTROLS + LINE + 8;
        let rows = self.frames.iter().map(|frame| frame.depth + 1).max().unwrap_or(0);
        let height = top + rows * ROW + MARGIN;
        let title = Escaped::text(self.title);
        writeln!(
            out,
            "<svg class=\"flame\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" aria-label=\"{title}\">\n<style><![CDATA[\n{STYLE}"
        )?;
        let mut colours: BTreeSet<Colour> = self.frames.iter().map(|frame| self.colour(frame)).collect();
        colours.extend(self.colours.legend().iter().map(|(colour, _)| *colour));
        write_rules(&colours, out)?;
        writeln!(out, "]]></style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>")?;
        writeln!(out, "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{title}</text>", LINE + 2)?;
        writeln!(out, "<text class=\"about\" x=\"{MARGIN}\" y=\"{}\">{}</text>", LINE * 2 + 2, self.about())?;
        if !notes.is_empty() {
            writeln!(out, "<text class=\"about\" x=\"{MARGIN}\" y=\"{}\">{notes}</text>", LINE * 3 + 2)?;
        }
        self.write_legend(legend_y, out)?;
        writeln!(
            out,
            "<text class=\"detail\" x=\"{MARGIN}\" y=\"{}\" aria-live=\"polite\"></text>",
            top - 8
        )?;
        writeln!(
            out,
            "<svg class=\"frames\" y=\"{top}\" width=\"100%\" height=\"{}\" data-row=\"{ROW}\" \
             data-controls=\"{}\">",
            rows * ROW,
            legend_y + 4
        )?;
        for frame in self.frames {
            self.write_frame(frame, out)?;
        }
        writeln!(out, "</svg>\n<script><![CDATA[\n{SCRIPT}]]></script>\n</svg>")
    }

    /// The type of the values, and how much of them the picture shows.
    fn about(&self) -> String {
        let (report, total) = (self.report, self.tree.total());
        let mut text = format!("{} ({}): ", report.value_type(), report.value_unit());
        text.push_str(&self.value(total.after));
        if total.after != report.total() {
            text.push_str(&format!(" of {}", self.value(report.total())));
        }
        if self.colours == Colours::Changes {
            text.push_str(&format!(", {} before", self.value(total.before)));
        }
        Escaped::text(&limited(&text)).to_string()
    }

    fn write_legend(&self, y: u32, out: &mut impl Write) -> io::Result<()> {
        let mut x = MARGIN;
        for (colour, meaning) in self.colours.legend() {
            let (class, text_x) = (colour.class(), x + 16);
            writeln!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\"/>\
                 <text class=\"about\" x=\"{text_x}\" y=\"{y}\">{meaning}</text>",
                y - 10
            )?;
            x = text_x + meaning.len() as u32 * LEGEND_CHARACTER + 12;
        }
        Ok(())
    }

    fn colour(&self, frame: &Frame) -> Colour {
        let node = &self.tree.nodes[frame.node as usize];
        match self.colours {
            Colours::Changes => Colour::change(node.total, self.tree.total()),
            Colours::Packages if frame.depth == 0 => Colour::Plain,
            Colours::Packages => Colour::package(&self.tree.names[node.name as usize]),
        }
    }

    fn write_frame(&self, frame: &Frame, out: &mut impl Write) -> io::Result<()> {
        let node = &self.tree.nodes[frame.node as usize];
        let name = limited(&Printable(&self.tree.names[node.name as usize]).to_string());
        let (x, width, y) = (decimal(frame.x), decimal(frame.width), frame.depth * ROW);
        write!(
            out,
            "<g><title>{}\n{}</title>\
             <rect class=\"{}\" x=\"{x}%\" y=\"{y}\" width=\"{width}%\" height=\"{}\"/>",
            Escaped::text(&name),
            Escaped::text(&self.values(node.total, node.own)),
            self.colour(frame).class(),
            ROW - 1
        )?;
        let label = fitted(&name, room(frame.width));
        if !label.is_empty() {
            let label = Escaped::text(&label);
            write!(out, "<text x=\"{x}%\" dx=\"3\" y=\"{}\">{label}</text>", y + ROW - 5)?;
        }
        writeln!(out, "</g>")
    }

    /// The values of a frame, for its tooltip.
    fn values(&self, total: Pair, own: Pair) -> String {
        let share = |value| percent(value, self.report.total()).trim().to_owned();
        match self.colours {
            Colours::Packages if own.after > 0 => {
                let own = self.value(own.after);
                format!("{}, {}, own {own}", self.value(total.after), share(total.after))
            }
            Colours::Packages => format!("{}, {}", self.value(total.after), share(total.after)),
            Colours::Changes => {
                let change = total.after - total.before;
                let sign = if change < 0 { "-" } else { "+" };
                let (before, after) = (self.value(total.before), self.value(total.after));
                format!("{after}, before {before}: {sign}{}", share(change))
            }
        }
    }

    fn value(&self, value: i128) -> String {
        self.report.value_label(value).chars().take(LONGEST_VALUE).collect()
    }
}

/// A percentage to a millionth, without needless zeros.
fn decimal(percent: f64) -> String {
    let text = format!("{percent:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(decimal(100.0), "100");
        assert_eq!(decimal(0.0), "0");
        assert_eq!(decimal(12.345_678_9), "12.345679");
    }

    #[test]
    fn the_script_and_the_style_cannot_end_their_elements() {
        for asset in [STYLE, SCRIPT] {
            assert!(!asset.contains("]]>") && !asset.contains("</"));
        }
    }
}
