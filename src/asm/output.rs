//! The room's front: everything that one compiler output holds.

use std::sync::OnceLock;

use super::analysis::{Analysis, Metrics, Site};
use super::arch::Arch;
use super::decisions::{self, Decision, DecisionKind, FlowStep};
use super::infer;
use super::listing::{Builder, Function, FunctionId, Inst, Listing, PackageId, Reloc};
use super::log::{LogHeader, LogRecord, Logs};
use super::release::GoVersions;
use super::text::counts::Counts;
use super::text::lines::{Line, LineKind, Lines};
use super::text::plain;
use super::text::position::{self, Pos};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::symbol::FuncName;

/// How to read an output.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The machine; inferred where it is not set.
    pub arch: Option<Arch>,
    /// The toolchain's release; inferred as a range where it is not set.
    pub go_versions: Option<GoVersions>,
    /// What the input may cost.
    pub limits: Limits,
}

impl Options {
    /// Sets the machine.
    #[must_use]
    pub const fn with_arch(mut self, arch: Arch) -> Self {
        self.arch = Some(arch);
        self
    }

    /// Sets the toolchain's release.
    #[must_use]
    pub const fn with_go_versions(mut self, versions: GoVersions) -> Self {
        self.go_versions = Some(versions);
        self
    }

    /// Sets what the input may cost.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// A package of the input.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Package<'a> {
    /// What follows `# `: the import path; for tests with the test binary in brackets.
    pub description: &'a [u8],
    /// The line of its header, from 1.
    pub line: u32,
}

impl<'a> Package<'a> {
    /// The import path.
    pub fn path(&self) -> &'a [u8] {
        let end = memchr::memchr(b' ', self.description).unwrap_or(self.description.len());
        self.description.get(..end).unwrap_or_default()
    }
}

/// What a compiler printed: functions, decisions and log records, borrowed from its text.
///
/// # Cost
/// One pass; memory of its own is at most about a third of the text for a listing and about the text for `-m=2`.
/// Metrics, sites and findings are computed on first use.
///
/// ```
/// let text = "\
/// ## example.com/p
/// ./a.go:3:6: can inline f
/// example.com/p.f STEXT nosplit size=1 align=0x0 args=0x0 locals=0x0 funcid=0x0
/// \t0x0000 00000 (/p/a.go:3)\tTEXT\texample.com/p.f(SB), NOSPLIT|NOFRAME|ABIInternal, $0-0
/// \t0x0000 00000 (/p/a.go:3)\tRET
/// ".replace("##", "#");
/// let out = godiag::asm::CompilerOutput::parse(&text)?;
/// let (id, f) = out.functions().next().unwrap();
/// assert_eq!(f.name().local(), b"f");
/// assert_eq!(out.metrics(id).instructions, 1);
/// assert_eq!(out.decisions().len(), 1);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct CompilerOutput<'a> {
    listing: Listing<'a>,
    packages: Vec<Package<'a>>,
    decisions: Vec<Decision<'a>>,
    steps: Vec<FlowStep<'a>>,
    logs: Logs<'a>,
    counts: Counts,
    arch: Option<Arch>,
    go_versions: Option<GoVersions>,
    analysis: OnceLock<Analysis<'a>>,
}

impl<'a> CompilerOutput<'a> {
    /// Reads an output with default options.
    ///
    /// # Errors
    /// `Encoding` for UTF-16; `NotAListing` for what is no text, such as a profile; `Limit` for a line above
    /// [`Limits::line`] and for 4 GiB of text. No line is ever an error: what is not known is counted.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self> {
        Self::with(text, &Options::default())
    }

    /// Reads an output.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with<T: AsRef<[u8]> + ?Sized>(text: &'a T, options: &Options) -> Result<Self> {
        let text = text.as_ref();
        plain::check(text)?;
        if u32::try_from(text.len()).is_err() {
            return Err(
                Error::new(ErrorKind::Limit).detail("the text is 4 GiB or more; read it package by package")
            );
        }
        let mut reader = Reader::new(text);
        for line in Lines::new(text) {
            if line.full_len as u64 >= options.limits.line {
                return Err(Error::new(ErrorKind::Limit).at_line(u64::from(line.number), 0).detail(format!(
                    "a line of {} bytes reaches the limit `line`, {}",
                    line.full_len, options.limits.line
                )));
            }
            let known = reader.line(&line);
            reader.counts.add(&line, known);
        }
        Ok(reader.finish(options))
    }

    /// The functions of the listing, in input order.
    pub fn functions(&self) -> impl ExactSizeIterator<Item = (FunctionId, &Function<'a>)> {
        self.listing
            .functions
            .iter()
            .enumerate()
            .map(|(index, function)| (FunctionId(index as u32), function))
    }

    /// One function.
    ///
    /// # Panics
    /// Where the id is of another output.
    pub fn function(&self, id: FunctionId) -> &Function<'a> {
        self.listing.functions.get(id.index()).expect("an id of this output")
    }

    /// The instructions of a function, pseudo instructions included.
    pub fn insts(&self, id: FunctionId) -> impl ExactSizeIterator<Item = Inst<'a>> {
        self.listing.rows(self.function(id)).iter().map(|row| self.listing.inst(row))
    }

    /// The relocations of a function that are evidence.
    pub fn relocs(&self, id: FunctionId) -> &[Reloc<'a>] {
        self.listing.relocs(self.function(id))
    }

    /// What the compiler decided, in input order.
    pub fn decisions(&self) -> &[Decision<'a>] {
        &self.decisions
    }

    /// The escape flow below a decision: edges from what outlives the function back to the value.
    pub fn flow(&self, decision: &Decision<'_>) -> &[FlowStep<'a>] {
        self.steps.get(decision.flow.start as usize..decision.flow.end as usize).unwrap_or_default()
    }

    /// The headers of JSON logs.
    pub fn log_headers(&self) -> &[LogHeader<'a>] {
        &self.logs.headers
    }

    /// The records of JSON logs.
    pub fn log_records(&self) -> &[LogRecord<'a>] {
        &self.logs.records
    }

    /// Where a log record is.
    pub fn log_position(&self, record: &LogRecord<'_>) -> Pos<'_> {
        self.logs.position(record)
    }

    /// The packages, in input order; which is the order in which they were done, and differs from run to run.
    pub fn packages(&self) -> &[Package<'a>] {
        &self.packages
    }

    /// The package of a function or decision.
    pub fn package(&self, id: Option<PackageId>) -> Option<&Package<'a>> {
        self.packages.get(id?.0 as usize)
    }

    /// Whether two packages of the input are the same one: its output can come in pieces.
    pub(crate) fn has_one_path(&self, a: Option<PackageId>, b: Option<PackageId>) -> bool {
        a == b || self.package(a).zip(self.package(b)).is_some_and(|(a, b)| a.path() == b.path())
    }

    /// The instructions from one site to another.
    pub(crate) fn insts_between(&self, from: &Site<'a>, to: &Site<'a>) -> impl Iterator<Item = Inst<'a>> {
        let rows = self.listing.rows.get(from.row as usize..to.row as usize).unwrap_or_default();
        rows.iter().map(|row| self.listing.inst(row))
    }

    /// The machine: as set, from a JSON log, or inferred from the listing.
    pub fn arch(&self) -> Option<Arch> {
        self.arch
    }

    /// The releases that can have made this output: as set, from a JSON log, or inferred.
    pub fn go_versions(&self) -> GoVersions {
        self.go_versions
            .unwrap_or_else(|| infer::release::infer(&self.listing, &self.decisions, &self.logs, self.arch))
    }

    /// What became of the lines.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The numbers of a function.
    pub fn metrics(&self, id: FunctionId) -> Metrics {
        self.analysis().metrics(id)
    }

    /// What a function does, in code order.
    pub fn sites(&self, id: FunctionId) -> &[Site<'a>] {
        self.analysis().sites(id)
    }

    /// The instruction of a site.
    ///
    /// # Panics
    /// Where the site is of another output.
    pub fn site_inst(&self, site: &Site<'a>) -> Inst<'a> {
        site.inst(&self.listing).expect("a site of this output")
    }

    fn analysis(&self) -> &Analysis<'a> {
        self.analysis.get_or_init(|| Analysis::new(&self.listing, self.arch))
    }
}

impl<'a> Function<'a> {
    /// The symbol taken apart.
    pub fn name(&self) -> FuncName<'a> {
        FuncName::parse(self.symbol)
    }
}

/// Sorts lines to what collects them.
struct Reader<'a> {
    text: &'a [u8],
    builder: Builder<'a>,
    packages: Vec<Package<'a>>,
    decisions: Vec<Decision<'a>>,
    steps: Vec<FlowStep<'a>>,
    logs: Logs<'a>,
    counts: Counts,
}

impl<'a> Reader<'a> {
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

    /// Takes a line; false where it stays unclassified.
    #[inline]
    fn line(&mut self, line: &Line<'a>) -> bool {
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
            LineKind::OptLog => self.logs.line(line.text, line.number),
            LineKind::Unknown => false,
            _ => true,
        }
    }

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
        let at = self.steps.len() as u32;
        self.decisions.push(Decision {
            package: self.package(),
            position,
            kind,
            line: line.number,
            flow: at..at,
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
        counts.carriage_returns =
            counts.lines == 1 && memchr::memchr(b'\r', self.text).is_some_and(|at| at + 2 < self.text.len());
        let listing = self.builder.finish();
        let logged = self.logs.headers.first().and_then(|header| std::str::from_utf8(&header.goarch).ok());
        let arch = options.arch.or_else(|| Arch::from_name(logged?)).or_else(|| infer::arch::infer(&listing));
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
