//! What a finding is about.

use std::fmt;

use crate::Printable;
use crate::asm::decisions::NoInline;
use crate::asm::runtime::Bounds;

/// What a [`Finding`](crate::asm::Finding) is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail<'a> {
    /// Nothing beyond the rule.
    None,
    /// A type, by its descriptor: `type:main.T`.
    Type(&'a [u8]),
    /// A called function.
    Callee(&'a [u8]),
    /// A method of an interface: the interface's descriptor where only one comes into question, and the
    /// method's number in the order of names.
    Method {
        /// `type:main.Shape`.
        interface: Option<&'a [u8]>,
        /// From 0.
        method: u32,
    },
    /// A variable or expression, and what made it escape.
    Escape {
        /// The variable or expression.
        what: &'a [u8],
        /// `return`, `captured by a closure`, `call parameter`, …; empty where no flow was printed.
        why: &'a [u8],
    },
    /// Why a callee is not inlined.
    Inline {
        /// The callee.
        callee: &'a [u8],
        /// The cause on the callee's side, or on the caller's.
        cause: InlineCause<'a>,
    },
    /// A bounds check.
    Bounds(Bounds),
}

/// Why a call was not inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InlineCause<'a> {
    /// The callee cannot be inlined anywhere.
    Callee(NoInline<'a>),
    /// The caller is big, so that only callees of cost 20 or less are inlined.
    BigCaller {
        /// The callee's cost.
        cost: u32,
    },
    /// The callee could be inlined, but was not here: recursion, a `go` or `defer` statement, or the caller
    /// has used up its budget.
    Caller,
}

impl fmt::Display for Detail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Type(symbol) => Printable(type_name(symbol)).fmt(f),
            Self::Callee(callee) => Printable(callee).fmt(f),
            Self::Method { interface: Some(interface), method } => {
                write!(f, "method {method} of {}", Printable(type_name(interface)))
            }
            Self::Method { interface: None, method } => write!(f, "method {method} of an interface"),
            Self::Escape { what, why: b"" } => Printable(what).fmt(f),
            Self::Escape { what, why } => write!(f, "{} ({})", Printable(what), Printable(why)),
            Self::Inline { callee, cause } => write!(f, "{}: {cause}", Printable(callee)),
            Self::Bounds(kind) => f.write_str(kind.name()),
        }
    }
}

impl fmt::Display for InlineCause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callee(reason) => reason.fmt(f),
            Self::BigCaller { cost } => {
                write!(f, "the caller is big, and the callee costs {cost}, more than 20")
            }
            Self::Caller => {
                f.write_str("it can be inlined, but not here (recursion, go or defer, or a full caller)")
            }
        }
    }
}

/// A type descriptor's symbol as Go writes the type.
fn type_name(symbol: &[u8]) -> &[u8] {
    let name = symbol.strip_prefix(b"type:").or_else(|| symbol.strip_prefix(b"type.")).unwrap_or(symbol);
    name.strip_prefix(b"noalg.").unwrap_or(name)
}
