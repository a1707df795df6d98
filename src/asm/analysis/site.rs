//! A place of a function that analyses and findings speak about.

use super::indirect::Indirect;
use crate::asm::runtime::{AllocKind, Bounds};

/// One place of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Site<'a> {
    /// What happens there.
    pub kind: SiteKind<&'a [u8]>,
    /// It can happen more than once in one call of the function.
    pub in_loop: bool,
    /// The index of its instruction among those of the whole listing.
    pub(crate) row: u32,
}

/// What happens at a [`Site`]. `S` is how a symbol is given: in a site as the bytes of the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteKind<S> {
    /// A call to a function outside the runtime.
    Call {
        /// Its symbol.
        target: S,
    },
    /// A call into the runtime that is none of the others.
    RuntimeCall {
        /// Its symbol.
        target: S,
    },
    /// A call through a register.
    IndirectCall(Indirect),
    /// A call that allocates on the heap when it is reached.
    Alloc {
        /// Why.
        kind: AllocKind,
        /// The runtime function.
        symbol: S,
        /// The type, where its descriptor is loaded nearby: `type:main.T`.
        type_symbol: Option<S>,
        /// Bytes that the allocator takes for it, where that is known.
        size: Option<u32>,
    },
    /// A bounds check.
    BoundsCheck(Bounds),
    /// A test whether the write barrier is on: one for each group of pointer stores.
    WriteBarrier,
    /// Memory is copied in bulk.
    Copy {
        /// Bytes per copy.
        bytes: u32,
    },
    /// Memory is cleared in bulk.
    Clear {
        /// Bytes per clear.
        bytes: u32,
    },
}

impl<S> SiteKind<S> {
    /// The same with symbols given another way.
    #[inline]
    pub(super) fn map<T>(self, mut symbol_as: impl FnMut(S) -> T) -> SiteKind<T> {
        match self {
            Self::Call { target } => SiteKind::Call { target: symbol_as(target) },
            Self::RuntimeCall { target } => SiteKind::RuntimeCall { target: symbol_as(target) },
            Self::IndirectCall(through) => SiteKind::IndirectCall(through),
            Self::Alloc { kind, symbol, type_symbol, size } => SiteKind::Alloc {
                kind,
                symbol: symbol_as(symbol),
                type_symbol: type_symbol.map(symbol_as),
                size,
            },
            Self::BoundsCheck(kind) => SiteKind::BoundsCheck(kind),
            Self::WriteBarrier => SiteKind::WriteBarrier,
            Self::Copy { bytes } => SiteKind::Copy { bytes },
            Self::Clear { bytes } => SiteKind::Clear { bytes },
        }
    }
}
