//! One diagnostic of the compiler.

use std::ops::Range;

use super::kind::DecisionKind;
use crate::asm::listing::PackageId;
use crate::asm::text::position::Pos;

/// One diagnostic.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// The package whose output it is in; `None` without a `# ` line.
    pub package: Option<PackageId>,
    /// Where: the outermost position, so the call site for inlined code. A few messages have none.
    pub position: Option<Pos<'a>>,
    /// What was decided.
    pub kind: DecisionKind<'a>,
    /// The line in the input, from 1.
    pub line: u32,
    /// The steps of its flow.
    pub(crate) flow: Range<u32>,
}
