//! Why a function cannot be inlined.

use crate::Printable;

/// Why a function cannot be inlined (`cmd/compile/internal/inline/inl.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoInline<'a> {
    /// `function too complex: cost C exceeds budget B`.
    TooComplex {
        /// Cost so far: counting stops soon after the budget.
        cost: u32,
        /// 80; for closures 160 or 800; for hot callees of a profile 2000.
        budget: u32,
    },
    /// `marked go:noinline` and other pragmas.
    Pragma {
        /// `go:noinline`.
        pragma: &'a [u8],
    },
    /// `unhandled op DEFER`: a statement that cannot be inlined.
    Statement {
        /// `DEFER`, `GO`, `TAILCALL`, …
        op: &'a [u8],
    },
    /// `call to recover`.
    Recover,
    /// `no function body`: assembly, or linked from elsewhere.
    NoBody,
    /// `recursive` (up to 1.23).
    Recursive,
    /// `repeated recursive cycle` when it was tried into this caller (1.24 and later).
    RecursiveCycle {
        /// The caller.
        caller: &'a [u8],
    },
    /// Anything else, as printed.
    Other {
        /// The reason.
        text: &'a [u8],
    },
}

impl NoInline<'_> {
    /// By how much the cost exceeds the budget.
    pub fn margin(&self) -> Option<u32> {
        match self {
            Self::TooComplex { cost, budget } => cost.checked_sub(*budget),
            _ => None,
        }
    }
}

impl std::fmt::Display for NoInline<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooComplex { cost, budget } => {
                write!(f, "too complex: cost {cost} exceeds budget {budget}")
            }
            Self::Pragma { pragma } => write!(f, "marked {}", Printable(pragma)),
            Self::Statement { op } => write!(f, "it has a {} statement", Printable(&op.to_ascii_lowercase())),
            Self::Recover => f.write_str("it calls recover"),
            Self::NoBody => f.write_str("it has no Go body"),
            Self::Recursive => f.write_str("it is recursive"),
            Self::RecursiveCycle { caller } => write!(f, "it is recursive through {}", Printable(caller)),
            Self::Other { text } => Printable(text).fmt(f),
        }
    }
}
