//! From a text to a [`CompilerOutput`]: each line goes to the collector of its kind.

use std::sync::OnceLock;

use super::arch::Arch;
use super::decisions::{self, Decision, DecisionKind, FlowStep};
use super::infer;
use super::listing::{Builder, PackageId};
use super::log::Logs;
use super::options::Options;
use super::output::{CompilerOutput, Package};
use super::text::counts::Counts;
use super::text::kind::LineKind;
use super::text::lines::{Line, Lines};
use super::text::plain;
use super::text::position;
use crate::error::{Error, ErrorKind, Result};

impl<'a> CompilerOutput<'a> {
    /// Parses an output with default options.
    ///
    /// # Errors
    /// `Encoding` for UTF-16; `NotAListing` for anything but text, such as a profile; `Limit` for a line that
    /// reaches [`Limits::line`](crate::Limits::line) and for 4 GiB of text. A line alone is never an error:
    /// lines of no known form are [counted](Self::counts).
    pub fn parse(text: &'a [u8]) -> Result<Self> {
        Self::parse_with(text, &Options::default())
    }

    /// Parses an output.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(text: &'a [u8], options: &Options) -> Result<Self> {
        plain::check(text)?;
        if u32::try_from(text.len()).is_err() {
            return Err(
                Error::new(ErrorKind::Limit).detail("the text is 4 GiB or more; read it package by package")
            );
        }
        let mut sorter = Sorter::new(text);
        for line in Lines::new(text) {
            if line.full_len as u64 >= options.limits.line {
                return Err(Error::new(ErrorKind::Limit).at_line(u64::from(line.number), 0).detail(format!(
                    "a line of {} bytes reaches the limit `line`, {}",
                    line.full_len, options.limits.line
                )));
            }
            let known = sorter.add(&line);
            sorter.counts.add(&line, known);
        }
        Ok(sorter.finish(options))
    }
}

/// Sorts lines to what collects them.
struct Sorter<'a> {
    text: &'a [u8],
    builder: Builder<'a>,
    packages: Vec<Package<'a>>,
    decisions: Vec<Decision<'a>>,
    steps: Vec<FlowStep<'a>>,
    logs: Logs<'a>,
    counts: Counts,
}

impl<'a> Sorter<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            builder: Builder::new(text),
            packages: Vec::new(),
            decisions: Vec::new(),
            steps: Vec::new(),
            logs: Logs::default(),
            counts: Counts::default(),
        }
    }

    /// Collects a line; false where it stays unclassified.
    #[inline(always)]
    fn add(&mut self, line: &Line<'a>) -> bool {
        match line.kind {
            LineKind::Inst | LineKind::Hex | LineKind::Reloc | LineKind::Symbol => {
                let package = self.package();
                self.builder.line(line, package)
            }
            LineKind::Diagnostic => self.diagnostic(line),
            LineKind::Flow => self.flow(line),
            LineKind::ObjdumpInst => self.builder.objdump_inst(line),
            LineKind::ObjdumpText => {
                let package = self.package();
                self.builder.objdump_text(line, package)
            }
            LineKind::Package => {
                self.builder.close();
                let description = line.text.get(2..).unwrap_or_default();
                self.packages.push(Package { description, line: line.number });
                true
            }
            LineKind::OptLog => self.logs.add(line.text, line.number),
            LineKind::Unknown => false,
            _ => true,
        }
    }

    /// The package whose output is being read.
    fn package(&self) -> Option<PackageId> {
        self.packages.len().checked_sub(1).map(|last| PackageId(last as u32))
    }

    fn diagnostic(&mut self, line: &Line<'a>) -> bool {
        let (position, message) = match position::split(line.text) {
            Some((position, message)) => (Some(position), message),
            None => (None, line.text),
        };
        let kind = decisions::parse_message(message);
        let known = !matches!(kind, DecisionKind::Other { .. });
        self.counts.bad_numbers += u32::from(position.is_some_and(|pos| pos.line == 0 && pos.column != 0));
        let first_step = self.steps.len() as u32;
        self.decisions.push(Decision {
            package: self.package(),
            position,
            kind,
            line: line.number,
            flow: first_step..first_step,
        });
        known
    }

    /// A flow step belongs to the diagnostic above it, which has the same position.
    fn flow(&mut self, line: &Line<'a>) -> bool {
        let Some((position, message)) = position::split(line.text) else { return false };
        let (Some(step), Some(decision)) = (decisions::flow_step(message), self.decisions.last_mut()) else {
            return false;
        };
        if decision.position != Some(position) || decision.flow.end != self.steps.len() as u32 {
            return false;
        }
        self.steps.push(step);
        decision.flow.end += 1;
        true
    }

    fn finish(self, options: &Options) -> CompilerOutput<'a> {
        let mut counts = self.counts;
        counts.bad_numbers += self.builder.bad_numbers;
        counts.out_of_order = self.builder.out_of_order;
        counts.ends_early = self.text.last().is_some_and(|byte| *byte != b'\n');
        counts.carriage_returns = counts.lines == 1
            && memchr::memchr(b'\r', self.text).is_some_and(|first| first + 2 < self.text.len());
        let listing = self.builder.finish();
        let logged = self.logs.headers.first().and_then(|header| std::str::from_utf8(&header.goarch).ok());
        let arch = options.arch.or_else(|| Arch::from_name(logged?)).or_else(|| infer::arch(&listing));
        CompilerOutput {
            listing,
            packages: self.packages,
            decisions: self.decisions,
            steps: self.steps,
            logs: self.logs,
            counts,
            arch,
            go_versions: options.go_versions,
            analysis: OnceLock::new(),
        }
    }
}
