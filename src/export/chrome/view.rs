//! The two ways to arrange a trace in rows.

/// What the rows of the picture are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// A row for each proc, as the viewer shows by default.
    #[default]
    Procs,
    /// A row for each thread.
    Threads,
}
