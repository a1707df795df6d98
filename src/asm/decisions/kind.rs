//! What a diagnostic says.

use super::no_inline::NoInline;

/// What a [`Decision`](super::Decision) says. Names of functions are as printed: without a package inside
/// their own.
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
        /// By a profile: the indirect call stays as the other branch.
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
        /// It was removed.
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
    /// Another known message of the compiler.
    Note {
        /// The message.
        text: &'a [u8],
    },
    /// An unknown message: an error, or one of a later compiler.
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

    /// What it is about: a function, a call, an expression or a variable; for notes and unknown messages the
    /// message.
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
