//! The kinds of lines.

/// The kind of a line, by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum LineKind {
    /// Nothing, or white space only.
    Blank,
    /// `# import/path`, as the go command prints before a package's output.
    Package,
    /// The header of a symbol in a listing.
    Symbol,
    /// An instruction of a listing, pseudo instructions included.
    Inst,
    /// A line of a symbol's hex dump.
    Hex,
    /// A relocation.
    Reloc,
    /// `position: message`, or one of the compiler's messages that have no position.
    Diagnostic,
    /// An indented line below a diagnostic: a step of an escape flow.
    Flow,
    /// Compiler debugging text that is known and not modelled: trees, graphs, statements, score tables.
    Debug,
    /// A line of a `-json=0,DIR` log.
    OptLog,
    /// An event of `go build -json` or `go test -json`; see [`plain`](crate::asm::plain).
    BuildJson,
    /// `TEXT symbol(SB) file`, from `go tool objdump`.
    ObjdumpText,
    /// An instruction from `go tool objdump`.
    ObjdumpInst,
    /// A source line that `go tool objdump -S` puts between instructions.
    ObjdumpSource,
    /// What the go command, a test run or a CI runner prints around a build.
    BuildNoise,
    /// None of these.
    Unknown,
}
