//! What a rule looks for, and what helps.

/// A rule: what it looks for, and what helps. Each is one file.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Rule {
    /// The stable name, such as `lock-wait`.
    pub id: &'static str,
    /// What it finds, as a short noun phrase.
    pub title: &'static str,
    /// What to change.
    pub advice: &'static str,
    /// Where the threshold comes from, and what the rule cannot see.
    pub basis: &'static str,
}
