//! Whose figures to give.

/// Whose figures to give where those of Go's own tools are known to be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Compat {
    /// What really happened, as far as the input shows.
    #[default]
    Correct,
    /// What Go 1.27.3 prints: `go tool pprof`, or `go tool trace` to the nanosecond.
    GoTool,
}

impl Compat {
    /// Whether Go's own figures are wanted.
    pub(crate) fn is_go_tool(self) -> bool {
        self == Self::GoTool
    }
}
