//! Which reader an input is for, by its format.

use crate::asm::CompilerOutput;
use crate::format::Format;

/// What an input can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A profile: protobuf, text (debug=1) or one of the older forms.
    Profile,
    /// A goroutine dump (debug=2), or the log of a crash.
    Goroutines,
    /// An execution trace.
    Trace,
    /// Compiler output, or a listing of `go tool objdump`.
    Compiler,
}

impl Kind {
    /// The kind of inflated bytes whose format is `format`. Compiler output of rarer flags has no telling
    /// word at its start: text and JSON are read to see whether most lines are the compiler's.
    pub(super) fn new(format: Format, bytes: &[u8]) -> Option<Self> {
        match format {
            Format::Pprof
            | Format::CountText
            | Format::HeapText
            | Format::JemallocHeap
            | Format::ContentionText
            | Format::ThreadText
            | Format::JavaText
            | Format::LegacyCpu => Some(Self::Profile),
            Format::Goroutines => Some(Self::Goroutines),
            Format::Trace(..) => Some(Self::Trace),
            Format::CompilerOutput | Format::Objdump => Some(Self::Compiler),
            Format::Json | Format::Text => is_compiler_output(bytes).then_some(Self::Compiler),
            _ => None,
        }
    }
}

/// Whether something was found, and most lines have a known form.
fn is_compiler_output(text: &[u8]) -> bool {
    let Ok(plain) = crate::asm::plain(text) else { return false };
    let Ok(output) = CompilerOutput::parse(&plain) else { return false };
    let found = output.packages().len() + output.functions().len() + output.decisions().len();
    found > 0 && output.counts().unclassified * 2 < output.counts().lines
}
