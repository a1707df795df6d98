//! Whose figures to give.

/// Whose figures to give where those of Go's own tools are known to be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Compat {
    /// What really happened, as far as the trace shows.
    #[default]
    Correct,
    /// What `go tool trace` of Go 1.27.3 computes, to the nanosecond.
    GoTool,
}
