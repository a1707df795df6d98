//! Where a finding was seen.

use std::fmt;

use crate::Printable;
use crate::asm::decisions::{DecisionKind, FlowStep};
use crate::asm::listing::{Inst, Reloc};
use crate::asm::text::position::Pos;

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
    /// The line in the input, from 1; `None` for flow steps, which follow the decision before them.
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
