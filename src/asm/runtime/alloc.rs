//! Runtime functions that allocate.

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

/// The reason of a call to `runtime.NAME`; `None` where it does not allocate.
pub(super) fn by_name(name: &[u8]) -> Option<AllocKind> {
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
        // deferprocat and deferrangefunc (range-over-func, 1.23) mostly get their records from a per-P pool.
        b"deferproc" => AllocKind::Defer,
        _ if name.starts_with(b"mallocgcSmall") || name.starts_with(b"mallocgcTiny") => AllocKind::Object,
        _ if name.starts_with(b"concatstring") || name.starts_with(b"concatbyte") => AllocKind::Concat,
        _ => return None,
    })
}
