//! What a call into Go's runtime is for, by the callee's name
//! (`cmd/compile/internal/typecheck/_builtin/runtime.go`, `cmd/compile/internal/ir/symtab.go`).

use super::alloc::{self, AllocKind};
use super::bounds::{self, Bounds};

/// The class of a runtime call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// Allocates on the heap when reached.
    Alloc(AllocKind),
    /// Reports a failed bounds check; never returns.
    Bounds(Bounds),
    /// Panics or exits; never returns.
    NoReturn,
    /// Grows the stack.
    MoreStack,
    /// Stores pointers in bulk, or is the slow half of a write barrier.
    Barrier,
    /// Copies or clears memory.
    Copy,
    /// Runs the deferred functions.
    DeferReturn,
    /// Another function of the runtime.
    Other,
}

/// The class of a call to `symbol`; `None` outside the runtime.
pub(crate) fn class(symbol: &[u8]) -> Option<Runtime> {
    let name = symbol.strip_prefix(b"runtime.")?;
    let name = name.strip_suffix(b".abi0").unwrap_or(name);
    Some(
        alloc::by_name(name)
            .map(Runtime::Alloc)
            .or_else(|| bounds::by_name(name).map(Runtime::Bounds))
            .unwrap_or_else(|| other(name)),
    )
}

fn other(name: &[u8]) -> Runtime {
    match name {
        b"morestack" | b"morestack_noctxt" | b"morestackc" => Runtime::MoreStack,
        b"deferreturn" => Runtime::DeferReturn,
        b"memmove" | b"memclrNoHeapPointers" | b"duffcopy" | b"duffzero" => Runtime::Copy,
        b"typedmemmove" | b"typedmemclr" | b"typedslicecopy" | b"memclrHasPointers" | b"wbZero"
        | b"wbMove" => Runtime::Barrier,
        b"throw" | b"fatal" | b"fatalthrow" | b"fatalpanic" | b"gopanic" | b"block" | b"goexit"
        | b"goexit1" | b"panicrangestate" | b"panicrangeexit" | b"unreachableMethod" => Runtime::NoReturn,
        _ if name.starts_with(b"gcWriteBarrier") => Runtime::Barrier,
        _ if name.starts_with(b"panic") || name.starts_with(b"goPanic") => Runtime::NoReturn,
        _ => Runtime::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_calls() {
        use Runtime::{Alloc, NoReturn};
        for (symbol, want) in [
            ("runtime.mallocgcSmallScanNoHeaderSC4", Alloc(AllocKind::Object)),
            ("runtime.panicSlice3BU", Runtime::Bounds(Bounds::Slice3High)),
            ("runtime.goPanicIndex", Runtime::Bounds(Bounds::Index)),
            ("runtime.panicBounds", Runtime::Bounds(Bounds::Unknown)),
            ("runtime.panicshift", NoReturn),
            ("runtime.panicdivide", NoReturn),
            ("runtime.panicdottypeE", NoReturn),
            ("runtime.deferprocStack", Runtime::Other),
            ("runtime.morestack_noctxt.abi0", Runtime::MoreStack),
        ] {
            assert_eq!(class(symbol.as_bytes()), Some(want), "{symbol}");
        }
        assert_eq!(class(b"sync.(*Pool).Put"), None);
    }
}
