//! What a finding is.

use super::detail::Detail;
use super::evidence::Evidence;
use super::rule::Rule;
use crate::asm::listing::{FunctionId, PackageId};
use crate::asm::text::position::Pos;
use crate::severity::Confidence;

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
    /// The package in whose output it was found.
    pub package: Option<PackageId>,
    /// Where. With `-S=1` listings the line of the inlined body, with `-S=2` the line of the call in the
    /// function.
    pub position: Option<Pos<'a>>,
    /// Whether it happens in a loop.
    pub in_loop: bool,
    /// How sure the finding is.
    pub confidence: Confidence,
    /// How many sites of the function it counts.
    pub count: u32,
    /// Bytes per occurrence, where they are known.
    pub bytes: Option<u64>,
    /// What it is about.
    pub detail: Detail<'a>,
    /// Where it was seen, the strongest first; never empty.
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
