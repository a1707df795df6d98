//! What the compiler says it decided: the text of `-m`, `-m=2` and of `-d=…` flags.
//!
//! What goes in: diagnostic lines, already told from other text. What comes out: [`Decision`]s with typed kinds,
//! and below those that have one, the steps of the escape flow. Wording follows
//! `cmd/compile/internal/{inline,escape,devirtualize,walk,ssa,ssagen}` of Go 1.19 to 1.27.
//!
//! A message says what the compiler concluded about an expression, not what the machine will do: `escapes to heap`
//! is printed for constants and static closures too, which never allocate.

mod flow;
mod message;

pub(crate) use flow::step as flow_step;
pub use flow::{FlowStep, Place};
pub(crate) use message::parse as parse_message;

use std::ops::Range;

use crate::Printable;
use crate::asm::listing::PackageId;
use crate::asm::text::position::Pos;

/// One diagnostic.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// The package whose output it stands in; `None` without a `# ` line.
    pub package: Option<PackageId>,
    /// Where: the outermost position, so a call site for what was inlined. A few messages have none.
    pub position: Option<Pos<'a>>,
    /// What was decided.
    pub kind: DecisionKind<'a>,
    /// The line in the input, from 1.
    pub line: u32,
    /// The steps of its flow.
    pub(crate) flow: Range<u32>,
}

/// What a [`Decision`] says. Names of functions are as printed: without a package inside their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecisionKind<'a> {
    /// `can inline F`, with `-m=2` its cost and body.
    CanInline {
        /// The function.
        function: &'a [u8],
        /// Its cost in nodes.
        cost: Option<u32>,
        /// What is inlined.
        body: &'a [u8],
    },
    /// `cannot inline F: reason`.
    CannotInline {
        /// The function.
        function: &'a [u8],
        /// Why.
        reason: NoInline<'a>,
    },
    /// `inlining call to F`.
    InlinedCall {
        /// The callee.
        callee: &'a [u8],
    },
    /// `function F considered 'big'`: only callees of cost 20 or less are inlined into it.
    BigFunction {
        /// The function.
        function: &'a [u8],
    },
    /// `devirtualizing x.M to T`.
    Devirtualized {
        /// The call.
        call: &'a [u8],
        /// The concrete type, or for PGO the method or function.
        to: &'a [u8],
        /// By the profile: the indirect call stays as the other branch.
        by_profile: bool,
    },
    /// `cannot devirtualize x.M: reason`.
    CannotDevirtualize {
        /// The call.
        call: &'a [u8],
        /// Why.
        reason: &'a [u8],
    },
    /// `E escapes to heap`. Not yet an allocation.
    EscapesToHeap {
        /// The expression.
        expr: &'a [u8],
    },
    /// The header of an explanation: `E escapes to heap in F:`; its flow says why.
    EscapePath {
        /// The expression or variable.
        expr: &'a [u8],
        /// The function (1.25 and later).
        function: Option<&'a [u8]>,
    },
    /// `E does not escape`.
    DoesNotEscape {
        /// The expression or parameter.
        expr: &'a [u8],
    },
    /// `moved to heap: x`.
    MovedToHeap {
        /// The variable.
        variable: &'a [u8],
    },
    /// `leaking param: p`, `leaking param content: p`, `leaking param: p to result r level=0`.
    LeakingParam {
        /// The parameter.
        param: &'a [u8],
        /// What it points to leaks, not the pointer itself.
        content: bool,
        /// The result it leaks to; `None` is the heap.
        result: Option<&'a [u8]>,
    },
    /// The header of an explanation: `parameter p leaks to {heap} for F with derefs=0:`.
    LeakPath {
        /// The parameter.
        param: &'a [u8],
        /// `{heap}`, a result, or a storage.
        to: &'a [u8],
        /// How often it is dereferenced on the way.
        derefs: Option<u32>,
    },
    /// `F capturing by ref: x (…)`.
    Capture {
        /// The function that holds the closure.
        function: &'a [u8],
        /// The captured variable.
        variable: &'a [u8],
        /// By reference: the variable is assigned after the capture, or is large.
        by_ref: bool,
        /// Its size in bytes.
        width: Option<u32>,
    },
    /// `Found IsInBounds` (`-d=ssa/check_bce`): a bounds check stays.
    BoundsCheck {
        /// Of a slice expression, not of an index.
        slice: bool,
    },
    /// `generated nil check` or `removed nil check` (`-d=nil`).
    NilCheck {
        /// It is not made.
        removed: bool,
    },
    /// `write barrier` (`-d=wb`).
    WriteBarrier,
    /// `heap-allocated defer` and its like (`-d=defer`).
    Defer {
        /// Where its record lives.
        storage: Storage,
    },
    /// `heap closure, captured vars = [x]` and its like (`-d=closure`).
    Closure {
        /// Where its object lives.
        storage: Storage,
        /// The captured variables, separated by spaces.
        captured: &'a [u8],
    },
    /// Another message of the compiler that is known: its text.
    Note {
        /// The message.
        text: &'a [u8],
    },
    /// A message that is not known: an error, or one of a later compiler.
    Other {
        /// The message.
        text: &'a [u8],
    },
}

/// Where a closure object or a defer record lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Storage {
    /// On the heap.
    Heap,
    /// On the stack.
    Stack,
    /// In static data (closures), or in the function itself (open-coded defers).
    Static,
}

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
    /// By how much the cost is over the budget.
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

impl<'a> DecisionKind<'a> {
    /// The kind as a stable word for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CanInline { .. } => "can_inline",
            Self::CannotInline { .. } => "cannot_inline",
            Self::InlinedCall { .. } => "inlined_call",
            Self::BigFunction { .. } => "big_function",
            Self::Devirtualized { by_profile: false, .. } => "devirtualized",
            Self::Devirtualized { by_profile: true, .. } => "pgo_devirtualized",
            Self::CannotDevirtualize { .. } => "cannot_devirtualize",
            Self::EscapesToHeap { .. } => "escapes_to_heap",
            Self::EscapePath { .. } => "escape_path",
            Self::DoesNotEscape { .. } => "does_not_escape",
            Self::MovedToHeap { .. } => "moved_to_heap",
            Self::LeakingParam { .. } => "leaking_param",
            Self::LeakPath { .. } => "leak_path",
            Self::Capture { .. } => "capture",
            Self::BoundsCheck { .. } => "bounds_check",
            Self::NilCheck { .. } => "nil_check",
            Self::WriteBarrier => "write_barrier",
            Self::Defer { .. } => "defer",
            Self::Closure { .. } => "closure",
            Self::Note { .. } => "note",
            Self::Other { .. } => "other",
        }
    }

    /// What it is about: a function, a call, an expression or a variable; the message where there is none.
    pub fn subject(&self) -> &'a [u8] {
        match *self {
            Self::CanInline { function, .. }
            | Self::CannotInline { function, .. }
            | Self::BigFunction { function } => function,
            Self::InlinedCall { callee } => callee,
            Self::Devirtualized { call, .. } | Self::CannotDevirtualize { call, .. } => call,
            Self::EscapesToHeap { expr } | Self::EscapePath { expr, .. } | Self::DoesNotEscape { expr } => {
                expr
            }
            Self::MovedToHeap { variable } | Self::Capture { variable, .. } => variable,
            Self::LeakingParam { param, .. } | Self::LeakPath { param, .. } => param,
            Self::Closure { captured, .. } => captured,
            Self::Note { text } | Self::Other { text } => text,
            Self::BoundsCheck { .. } | Self::NilCheck { .. } | Self::WriteBarrier | Self::Defer { .. } => b"",
        }
    }
}
