//! Runtime functions that report a failed bounds check.

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
    /// Unknown: the call says only that a check failed.
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

/// `panicIndex` and its like up to 1.25, `panicBounds` from 1.26, `goPanicIndex` on wasm, `panicExtend…` on
/// 32 bits.
pub(super) fn by_name(name: &[u8]) -> Option<Bounds> {
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
