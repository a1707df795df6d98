//! What a call into Go's runtime says (`cmd/compile/internal/typecheck/_builtin/runtime.go`, `cmd/compile/internal/ir/symtab.go`).
//!
//! Names of all versions from 1.19 to 1.27 are listed; which one a compiler emits differs by version and machine.

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

/// Why an allocation is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AllocKind {
    /// A value of a known type: `new`, a composite literal, an escaping variable, a closure.
    Object,
    /// The backing store of `make([]T, n)`.
    Slice,
    /// `append` past the capacity: reached only when that is exhausted.
    Grow,
    /// A slice that was built on the stack moves to the heap once (1.26 and later).
    MoveSlice,
    /// `make(map[K]V)`.
    Map,
    /// `make(chan T)`.
    Chan,
    /// A value is put in an interface.
    Box,
    /// `a + b` on strings, or on strings into bytes.
    Concat,
    /// A conversion between strings and slices.
    Convert,
    /// `go f()`.
    Goroutine,
    /// A `defer` record on the heap, as in a loop.
    Defer,
}

/// What a bounds check protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Bounds {
    /// `s[i]`.
    Index,
    /// `s[:h]` against the length (strings, arrays).
    SliceLen,
    /// `s[:h]` against the capacity.
    SliceCap,
    /// `s[l:h]` with l ≤ h.
    SliceOrder,
    /// `s[::m]` against the length.
    Slice3Len,
    /// `s[::m]` against the capacity.
    Slice3Cap,
    /// `s[:h:m]` with h ≤ m.
    Slice3High,
    /// `s[l:h:]` with l ≤ h.
    Slice3Low,
    /// A slice converted to an array.
    Convert,
    /// Not known: the call says only that a check failed.
    Unknown,
}

impl Bounds {
    /// The kind in `PCDATA $4` (`internal/abi/bounds.go`): the value modulo 9.
    pub(crate) fn from_pcdata(value: i64) -> Self {
        match value.rem_euclid(9) {
            0 => Self::Index,
            1 => Self::SliceLen,
            2 => Self::SliceCap,
            3 => Self::SliceOrder,
            4 => Self::Slice3Len,
            5 => Self::Slice3Cap,
            6 => Self::Slice3High,
            7 => Self::Slice3Low,
            _ => Self::Convert,
        }
    }

    /// The kind in Go's terms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::SliceLen => "slice length",
            Self::SliceCap => "slice capacity",
            Self::SliceOrder => "slice low ≤ high",
            Self::Slice3Len => "3-index slice length",
            Self::Slice3Cap => "3-index slice capacity",
            Self::Slice3High => "3-index slice high ≤ max",
            Self::Slice3Low => "3-index slice low ≤ high",
            Self::Convert => "slice to array",
            Self::Unknown => "unknown",
        }
    }
}

/// The class of a call to `symbol`; `None` outside the runtime.
pub(crate) fn class(symbol: &[u8]) -> Option<Runtime> {
    let name = symbol.strip_prefix(b"runtime.")?;
    let name = name.strip_suffix(b".abi0").unwrap_or(name);
    Some(
        alloc(name)
            .map(Runtime::Alloc)
            .or_else(|| bounds(name).map(Runtime::Bounds))
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

fn alloc(name: &[u8]) -> Option<AllocKind> {
    Some(match name {
        b"newobject" | b"mallocgc" => AllocKind::Object,
        b"makeslice" | b"makeslice64" | b"makeslicecopy" => AllocKind::Slice,
        b"growslice" | b"growsliceBuf" | b"growsliceNoAlias" | b"growsliceBufNoAlias" => AllocKind::Grow,
        b"moveSlice" | b"moveSliceNoScan" | b"moveSliceNoCap" | b"moveSliceNoCapNoScan" => {
            AllocKind::MoveSlice
        }
        b"makemap" | b"makemap64" | b"makemap_small" => AllocKind::Map,
        b"makechan" | b"makechan64" => AllocKind::Chan,
        b"convT" | b"convTnoptr" | b"convT16" | b"convT32" | b"convT64" | b"convTstring" | b"convTslice" => {
            AllocKind::Box
        }
        b"slicebytetostring" | b"stringtoslicebyte" | b"slicerunetostring" | b"stringtoslicerune"
        | b"intstring" => AllocKind::Convert,
        b"newproc" => AllocKind::Goroutine,
        // deferprocat and deferrangefunc (range-over-func, 1.23) take their records from a per-P pool, mostly.
        b"deferproc" => AllocKind::Defer,
        _ if name.starts_with(b"mallocgcSmall") || name.starts_with(b"mallocgcTiny") => AllocKind::Object,
        _ if name.starts_with(b"concatstring") || name.starts_with(b"concatbyte") => AllocKind::Concat,
        _ => return None,
    })
}

/// `panicIndex` and its like up to 1.25, `panicBounds` from 1.26, `goPanicIndex` on wasm, `panicExtend…` on 32 bits.
fn bounds(name: &[u8]) -> Option<Bounds> {
    let kind = name
        .strip_prefix(b"panicExtend")
        .or_else(|| name.strip_prefix(b"goPanicExtend"))
        .or_else(|| name.strip_prefix(b"goPanic"))
        .or_else(|| name.strip_prefix(b"panic"))?;
    let kind = kind.strip_suffix(b"U").unwrap_or(kind);
    Some(match kind {
        b"Index" => Bounds::Index,
        b"SliceAlen" => Bounds::SliceLen,
        b"SliceAcap" => Bounds::SliceCap,
        b"SliceB" => Bounds::SliceOrder,
        b"Slice3Alen" => Bounds::Slice3Len,
        b"Slice3Acap" => Bounds::Slice3Cap,
        b"Slice3B" => Bounds::Slice3High,
        b"Slice3C" => Bounds::Slice3Low,
        b"SliceConvert" => Bounds::Convert,
        b"Bounds" => Bounds::Unknown,
        b"" if name == b"panicExtend" => Bounds::Unknown,
        _ => return None,
    })
}

/// The size class in bytes that the name of an allocator says (1.27: `mallocgcSmallNoScanSC3` is 24 bytes).
///
/// From `runtime/sizeclasses.go`; the compiler uses the specialised entry points up to class 7.
pub(crate) fn size_class(symbol: &[u8]) -> Option<u32> {
    const SIZES: [u32; 8] = [0, 8, 16, 24, 32, 48, 64, 80];
    let name = symbol.strip_prefix(b"runtime.mallocgc")?;
    let at = memchr::memmem::rfind(name, b"SC")?;
    let class = crate::asm::text::number::decimal(name.get(at + 2..)?)?;
    SIZES.get(class as usize).copied().filter(|size| *size > 0)
}

/// Rounds a size up to the class that the allocator takes (`runtime/sizeclasses.go`); `None` above 32 KiB, where
/// whole pages are taken.
pub(crate) fn round_to_class(size: u64) -> Option<u32> {
    const CLASSES: [u32; 67] = [
        8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384,
        416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688,
        3072, 3200, 3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880,
        12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672,
    ];
    if size > 28672 && size <= 32768 {
        return Some(32768);
    }
    CLASSES.get(CLASSES.partition_point(|class| u64::from(*class) < size)).copied()
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

    #[test]
    fn size_classes() {
        assert_eq!(size_class(b"runtime.mallocgcSmallNoScanSC3"), Some(24));
        assert_eq!(size_class(b"runtime.mallocgcTinySC2"), Some(16));
        assert_eq!(size_class(b"runtime.newobject"), None);
        assert_eq!([1, 8, 17, 320, 32768].map(round_to_class), [8, 8, 24, 320, 32768].map(Some));
        assert_eq!(round_to_class(32769), None);
    }
}
