//! What a rule's page says beside its title and advice.

/// The documentation of a [`Rule`](super::Rule).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What the rule sees in the compiler's output.
    pub sees: &'static str,
    /// Why that costs time or memory.
    pub costs: &'static str,
    /// When the rule reports nothing, or is less sure.
    pub silent: &'static str,
    /// Go code that the rule reports.
    pub bad: &'static str,
    /// The same without the cost.
    pub good: &'static str,
}
