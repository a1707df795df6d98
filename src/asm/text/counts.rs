//! How many lines of each kind an input has, and what was odd about them.

use super::kind::LineKind;
use super::lines::Line;

/// How many numbers of unclassified lines are kept.
const KEPT: usize = 16;

/// How many lines of each kind an input has, and what was odd about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Lines of the input.
    pub lines: u32,
    /// Lines of no known form: an unknown shape, a known shape with contents that cannot be read, or an
    /// unknown message.
    pub unclassified: u32,
    /// The numbers of the first 16 unclassified lines, from 1.
    pub first_unclassified: Vec<u32>,
    /// Lines of the listing: headers, instructions, hex dumps, relocations, objdump's.
    pub listing: u32,
    /// Diagnostics and the flow steps below them.
    pub diagnostics: u32,
    /// Records of JSON logs.
    pub logs: u32,
    /// Lines of go commands, test runs and CI systems.
    pub noise: u32,
    /// Lines longer than 64 KiB, which were cut there.
    pub cut: u32,
    /// Lines with a CI time stamp or a colour sequence in front.
    pub prefixed: u32,
    /// Numbers that are negative or do not fit; they count as unknown.
    pub bad_numbers: u32,
    /// Instructions whose offset is smaller than the previous one's: two listings interleaved.
    pub out_of_order: u32,
    /// Carriage returns end the lines, so that the input looks like one line; see
    /// [`plain`](crate::asm::plain).
    pub carriage_returns: bool,
    /// The last line has no line end, so the input may be cut.
    pub ends_early: bool,
}

impl Counts {
    pub(crate) fn add(&mut self, line: &Line<'_>, known: bool) {
        self.lines = line.number;
        self.prefixed += u32::from(line.prefix_len > 0);
        self.cut += u32::from(line.full_len > (64 << 10));
        if !known {
            self.unclassified += 1;
            if self.first_unclassified.len() < KEPT {
                self.first_unclassified.push(line.number);
            }
            return;
        }
        match line.kind {
            LineKind::Symbol | LineKind::Inst | LineKind::Hex | LineKind::Reloc => self.listing += 1,
            LineKind::ObjdumpText | LineKind::ObjdumpInst | LineKind::ObjdumpSource => self.listing += 1,
            LineKind::Diagnostic | LineKind::Flow => self.diagnostics += 1,
            LineKind::OptLog => self.logs += 1,
            LineKind::BuildNoise => self.noise += 1,
            _ => {}
        }
    }

    /// Whether the input can be a compiler's at all: it has lines of one, or nothing but names of packages about
    /// which there was nothing to say.
    pub fn may_be_compiler_output(&self) -> bool {
        let says_something = self.listing + self.diagnostics + self.logs > 0;
        says_something || self.lines > 0 && self.unclassified == 0
    }

    /// What a reader of the results should know, one sentence per warning.
    pub fn warnings(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut warn = |count: u32, what: &str| {
            if count > 0 {
                out.push(format!("{count} {what}"));
            }
        };
        warn(self.unclassified, "lines are of no known form");
        warn(self.cut, "lines are longer than 64 KiB and were cut");
        warn(self.prefixed, "lines begin with a CI prefix or colours");
        warn(self.bad_numbers, "numbers do not fit and were left out");
        warn(self.out_of_order, "instructions are out of order: listings of a parallel build may be mixed");
        if self.carriage_returns {
            out.push("the lines end in CR alone, so the input is a single line".to_owned());
        }
        if self.ends_early {
            out.push("the last line has no end: the input may be cut".to_owned());
        }
        if self.lines > 0 && self.listing + self.diagnostics + self.logs == 0 {
            out.push("no line comes from the compiler".to_owned());
        }
        out
    }
}
