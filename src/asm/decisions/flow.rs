//! Steps of an escape flow: the indented lines below an explanation (`cmd/compile/internal/escape/solve.go`).
//!
//! `flow: DST ← OPS SRC:` is one edge of the graph; the `from` lines below it are the source steps from SRC
//! towards DST. Read top to bottom they lead from the place that outlives the function back to the value.

use crate::Printable;
use crate::asm::text::position::{self, Pos};

/// One step of an escape flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowStep<'a> {
    /// `flow: DST ← &SRC:` (`=` instead of the arrow up to 1.24).
    Edge {
        /// Where it flows to.
        to: FlowLocation<'a>,
        /// How often the source is dereferenced; −1 is its address.
        derefs: i32,
        /// Where it comes from.
        from: FlowLocation<'a>,
    },
    /// `from EXPR (WHY) at POS`.
    From {
        /// The expression.
        expr: &'a [u8],
        /// What passes the value on: `return`, `assign`, `call parameter`, `captured by a closure`, …
        why: &'a [u8],
        /// Where.
        position: Option<Pos<'a>>,
    },
    /// `warning: truncated explanation due to assignment cycle`.
    Truncated,
}

/// An end of an edge: a location of `cmd/compile/internal/escape`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowLocation<'a> {
    /// `{heap}`.
    Heap,
    /// `{temp}`: a temporary of the compiler.
    Temp,
    /// `{storage for EXPR}`.
    Storage(&'a [u8]),
    /// A variable, parameter or result.
    Name(&'a [u8]),
}

impl<'a> FlowLocation<'a> {
    fn parse(text: &'a [u8]) -> Self {
        match text {
            b"{heap}" => Self::Heap,
            b"{temp}" => Self::Temp,
            _ => match text.strip_prefix(b"{storage for ").and_then(|rest| rest.strip_suffix(b"}")) {
                Some(expr) => Self::Storage(expr),
                None => Self::Name(text),
            },
        }
    }
}

impl std::fmt::Display for FlowLocation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Heap => f.write_str("the heap"),
            Self::Temp => f.write_str("a temporary"),
            Self::Storage(expr) => write!(f, "the storage of {}", Printable(expr)),
            Self::Name(name) => write!(f, "{}", Printable(name)),
        }
    }
}

impl std::fmt::Display for FlowStep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Edge { to, derefs: -1, from } => write!(f, "{to} ← the address of {from}"),
            Self::Edge { to, derefs, from } => {
                write!(f, "{to} ← ")?;
                (0..*derefs).try_for_each(|_| f.write_str("*"))?;
                write!(f, "{from}")
            }
            Self::From { expr, why, position } => {
                write!(f, "{} ({})", Printable(expr), Printable(why))?;
                position.map_or(Ok(()), |position| write!(f, " at {position}"))
            }
            Self::Truncated => f.write_str("the rest is a cycle"),
        }
    }
}

/// Parses the message of an indented line; `None` where it is no flow step.
pub(crate) fn step(message: &[u8]) -> Option<FlowStep<'_>> {
    let text = message.trim_ascii_start();
    if let Some(text) = text.strip_prefix(b"from ") {
        let (expr, why, position) = position::step(text)?;
        return Some(FlowStep::From { expr, why, position });
    }
    if let Some(text) = text.strip_prefix(b"flow: ") {
        return edge(text.strip_suffix(b":")?);
    }
    if text.starts_with(b"warning: truncated explanation") { Some(FlowStep::Truncated) } else { None }
}

fn edge(text: &[u8]) -> Option<FlowStep<'_>> {
    let arrow = " ← ".as_bytes();
    let (at, len) = match memchr::memmem::find(text, arrow) {
        Some(at) => (at, arrow.len()),
        None => (memchr::memmem::find(text, b" = ")?, 3),
    };
    let (to, from) = (text.get(..at)?, text.get(at + len..)?);
    let stars = from.iter().take_while(|byte| **byte == b'*').count().min(1000);
    let (derefs, from) = match from.strip_prefix(b"&") {
        Some(from) => (-1, from),
        None => (i32::try_from(stars).ok()?, from.get(stars..)?),
    };
    Some(FlowStep::Edge { to: FlowLocation::parse(to), derefs, from: FlowLocation::parse(from) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings() {
        let want = FlowStep::Edge {
            to: FlowLocation::Heap,
            derefs: -1,
            from: FlowLocation::Storage(b"func literal"),
        };
        assert_eq!(step("  flow: {heap} ← &{storage for func literal}:".as_bytes()), Some(want));
        assert_eq!(step(b"  flow: {heap} = &{storage for func literal}:"), Some(want));
        let want = FlowStep::Edge { to: FlowLocation::Name(b"x"), derefs: 2, from: FlowLocation::Temp };
        assert_eq!(step("  flow: x ← **{temp}:".as_bytes()), Some(want));
        assert_eq!(
            step(b"  warning: truncated explanation due to assignment cycle; see x"),
            Some(FlowStep::Truncated)
        );
        assert_eq!(step(b"  flow: cut"), None);
    }
}
