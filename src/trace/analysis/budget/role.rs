//! What a group of goroutines is for.

/// What a group of goroutines is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum GroupRole {
    /// They serve requests.
    Requests,
    /// They do the program's work without requests: workers, tasks, stages of a pipeline.
    Workers,
    /// They were created by goroutines that serve requests and wait for them.
    Children,
    /// They are clients of a server in the same process, such as a test's load.
    Clients,
    /// They belong to a library: readers and writers of connections, resolvers.
    Library,
    /// They record profiles or traces.
    Recorder,
}

impl GroupRole {
    /// The role in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Workers => "workers",
            Self::Children => "children",
            Self::Clients => "clients",
            Self::Library => "library",
            Self::Recorder => "recorder",
        }
    }
}
