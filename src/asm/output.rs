//! Everything that one compiler output holds, and the questions to ask it.

use std::sync::OnceLock;

use super::analysis::{Analysis, Metrics, Site};
use super::arch::Arch;
use super::decisions::{Decision, FlowStep};
use super::flags::CompileFlags;
use super::infer;
use super::listing::{Function, FunctionId, Inst, Listing, PackageId, Reloc};
use super::log::{LogHeader, LogRecord, Logs};
use super::release::GoVersions;
use super::text::counts::Counts;
use super::text::position::Pos;

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
/// It is covariant in `'a`: a `&'s CompilerOutput<'a>` is a `&'s CompilerOutput<'s>` wherever one is asked
/// for, so whoever keeps outputs of several texts needs one lifetime only.
///
/// # Cost
/// One pass; its own memory is at most about a third of the text for a listing and about the text for `-m=2`.
/// Metrics and sites are computed on first use, for all functions at once.
///
/// ```
/// let text = "\
/// ## example.com/p
/// ./a.go:3:6: can inline f
/// example.com/p.f STEXT nosplit size=1 align=0x0 args=0x0 locals=0x0 funcid=0x0
/// \t0x0000 00000 (/p/a.go:3)\tTEXT\texample.com/p.f(SB), NOSPLIT|NOFRAME|ABIInternal, $0-0
/// \t0x0000 00000 (/p/a.go:3)\tRET
/// ".replace("##", "#");
/// let output = godiag::asm::CompilerOutput::parse(text.as_bytes())?;
/// let (id, f) = output.functions().next().unwrap();
/// assert_eq!(f.name().local(), b"f");
/// assert_eq!(output.metrics(id).instructions, 1);
/// assert_eq!(output.decisions().len(), 1);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "gcflags")]
pub struct CompilerOutput<'a> {
    pub(super) listing: Listing<'a>,
    pub(super) packages: Vec<Package<'a>>,
    pub(super) decisions: Vec<Decision<'a>>,
    pub(super) steps: Vec<FlowStep<'a>>,
    pub(super) logs: Logs<'a>,
    pub(super) counts: Counts,
    pub(super) arch: Option<Arch>,
    pub(super) go_versions: Option<GoVersions>,
    /// Without a lifetime of its own: a cell that held `'a` would make the output invariant in it.
    pub(super) analysis: OnceLock<Analysis>,
}

impl<'a> CompilerOutput<'a> {
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
    /// Where the id comes from another output.
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

    /// The source position of a log record.
    pub fn log_position(&self, record: &LogRecord<'_>) -> Pos<'_> {
        self.logs.position(record)
    }

    /// The packages, in input order: the order in which the compiler finished them, which differs from run to
    /// run.
    pub fn packages(&self) -> &[Package<'a>] {
        &self.packages
    }

    /// The package of a function or decision.
    pub fn package(&self, id: Option<PackageId>) -> Option<&Package<'a>> {
        self.packages.get(id?.0 as usize)
    }

    /// Whether two packages of the input have one path: the output of a package can come in pieces.
    pub(super) fn has_one_path(&self, a: Option<PackageId>, b: Option<PackageId>) -> bool {
        a == b || self.package(a).zip(self.package(b)).is_some_and(|(a, b)| a.path() == b.path())
    }

    /// The instructions from one site to another.
    pub(super) fn insts_between(&self, from: &Site<'_>, to: &Site<'_>) -> impl Iterator<Item = Inst<'a>> {
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
            .unwrap_or_else(|| infer::release(&self.listing, &self.decisions, &self.logs.headers, self.arch))
    }

    /// The flags that packages were compiled with: those that any of them has. None for output without `-S`,
    /// and for objdump's.
    pub fn flags(&self) -> CompileFlags {
        let all = self.listing.flags.iter().map(|(_, flags)| *flags);
        all.fold(CompileFlags::default(), CompileFlags::union)
    }

    /// Whether a package was compiled for debugging.
    pub(super) fn is_for_debugging(&self, package: Option<PackageId>) -> bool {
        self.listing
            .flags
            .iter()
            .any(|(own, flags)| flags.is_for_debugging() && self.has_one_path(*own, package))
    }

    /// How many lines of each kind there were.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The metrics of a function.
    pub fn metrics(&self, id: FunctionId) -> Metrics {
        self.analysis().metrics(id)
    }

    /// What a function does, in code order.
    pub fn sites(&self, id: FunctionId) -> impl ExactSizeIterator<Item = Site<'a>> {
        self.analysis().sites(id, self.listing.text)
    }

    /// The instruction of a site.
    ///
    /// # Panics
    /// Where the site comes from another output.
    pub fn site_inst(&self, site: &Site<'_>) -> Inst<'a> {
        let row = self.listing.rows.get(site.row as usize).expect("a site of this output");
        self.listing.inst(row)
    }

    fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| Analysis::new(&self.listing, self.arch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_of_a_longer_lived_text_passes_for_one_of_a_shorter() {
        fn shorter<'s>(output: &'s CompilerOutput<'static>) -> &'s CompilerOutput<'s> {
            output
        }
        let output = CompilerOutput::parse(b"# p\n").unwrap();
        assert_eq!(shorter(&output).packages()[0].path(), b"p");
    }
}
