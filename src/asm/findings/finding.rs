//! What a finding is.

use std::fmt;

use super::rule::Rule;
use crate::Printable;
use crate::asm::decisions::{DecisionKind, FlowStep, NoInline};
use crate::asm::listing::{FunctionId, Inst, PackageId, Reloc};
use crate::asm::runtime::calls::Bounds;
use crate::asm::text::position::Pos;

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Confidence {
    /// Worth a look: the good form can look the same.
    Hint,
    /// Nearly always so.
    Likely,
    /// The listed code does this.
    Certain,
}

impl Confidence {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Something in a function that costs, and why it is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// Which rule found it.
    pub rule: Rule,
    /// The function of the listing; `None` where only the decisions know it.
    pub function: Option<FunctionId>,
    /// The function's name: its symbol, or without a listing its name in its package.
    pub name: &'a [u8],
    /// The package whose output it was found in.
    pub package: Option<PackageId>,
    /// Where. With `-S=1` listings the place in the inlined body, with `-S=2` the place in the function.
    pub position: Option<Pos<'a>>,
    /// It happens in a loop.
    pub in_loop: bool,
    /// How sure it is.
    pub confidence: Confidence,
    /// How many places of the function it stands for.
    pub count: u32,
    /// Bytes that it costs each time, where they are known.
    pub bytes: Option<u64>,
    /// What it is about.
    pub detail: Detail<'a>,
    /// Where it was seen, strongest first; never empty.
    pub evidence: Vec<Evidence<'a>>,
}

impl Finding<'_> {
    /// The finding in one sentence.
    pub fn message(&self) -> String {
        let mut text = self.rule.title().to_owned();
        let detail = self.detail.to_string();
        if !detail.is_empty() {
            text.push_str(": ");
            text.push_str(&detail);
        }
        if self.count > 1 {
            text.push_str(&format!(", {} times", self.count));
        }
        if let Some(bytes) = self.bytes {
            text.push_str(&format!(", {bytes} bytes"));
        }
        if let Some(position) = self.position {
            text.push_str(&format!(" at {position}"));
        }
        text
    }
}

/// What a [`Finding`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail<'a> {
    /// Nothing beyond the rule.
    None,
    /// A type, by its descriptor: `type:main.T`.
    Type(&'a [u8]),
    /// A called function.
    Callee(&'a [u8]),
    /// A method of an interface: the interface's descriptor where only one comes into question, and the method's
    /// number in the order of names.
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
    /// The callee could be inlined, but was not here: recursion, a `go` or `defer` statement, or the caller has
    /// used up its budget.
    Caller,
}

/// A place where a finding was seen.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Evidence<'a> {
    /// An instruction of the listing.
    Inst(Inst<'a>),
    /// A relocation of the listing.
    Reloc(Reloc<'a>),
    /// A decision.
    Decision {
        /// What it says.
        kind: DecisionKind<'a>,
        /// Where.
        position: Option<Pos<'a>>,
        /// The line in the input, from 1.
        line: u32,
    },
    /// A step of an escape flow.
    Flow(FlowStep<'a>),
    /// The size of the frame, from the function's TEXT line.
    Frame {
        /// In bytes.
        bytes: u32,
        /// The line of the function in the input, from 1.
        line: u32,
    },
}

impl Evidence<'_> {
    /// The line in the input, from 1; flow steps follow the decision before them.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Inst(inst) => Some(inst.line),
            Self::Reloc(reloc) => Some(reloc.line),
            Self::Decision { line, .. } | Self::Frame { line, .. } => Some(*line),
            Self::Flow(_) => None,
        }
    }

    /// Which kind of evidence, as a stable word.
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Inst(_) | Self::Frame { .. } => "listing",
            Self::Reloc(_) => "relocation",
            Self::Decision { .. } => "decision",
            Self::Flow(_) => "flow",
        }
    }
}

impl fmt::Display for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inst(inst) => {
                write!(f, "{:#06x} ({}) {}", inst.pc, inst.position, Printable(inst.mnemonic))?;
                let operands = inst.operand_text;
                if operands.is_empty() { Ok(()) } else { write!(f, " {}", Printable(operands)) }
            }
            Self::Reloc(reloc) => write!(f, "{:?} {}+{}", reloc.kind, Printable(reloc.target), reloc.addend),
            Self::Decision { kind, position, .. } => {
                if let Some(position) = position {
                    write!(f, "{position}: ")?;
                }
                write!(f, "{} {}", kind.name().replace('_', " "), Printable(kind.subject()))
            }
            Self::Flow(step) => step.fmt(f),
            Self::Frame { bytes, .. } => write!(f, "a frame of {bytes} bytes"),
        }
    }
}

/// A type descriptor's symbol as Go writes the type.
pub(crate) fn type_name(symbol: &[u8]) -> &[u8] {
    let name = symbol.strip_prefix(b"type:").or_else(|| symbol.strip_prefix(b"type.")).unwrap_or(symbol);
    name.strip_prefix(b"noalg.").unwrap_or(name)
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
