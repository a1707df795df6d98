//! The kinds of profiles.

/// A profile of the time that goroutines spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TraceProfile {
    /// Waiting for the network and other polled files.
    Net,
    /// Waiting for other goroutines: locks, channels, `select`.
    Sync,
    /// In system calls.
    Syscall,
    /// Runnable, waiting for a proc.
    Sched,
    /// Everything but running.
    OffCpu,
    /// Everything. Running time counts where the goroutine stopped.
    Wall,
}

impl TraceProfile {
    /// All profiles.
    pub const ALL: [Self; 6] = [Self::Net, Self::Sync, Self::Syscall, Self::Sched, Self::OffCpu, Self::Wall];

    /// The name, for the first four as in `go tool trace -pprof`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Sync => "sync",
            Self::Syscall => "syscall",
            Self::Sched => "sched",
            Self::OffCpu => "offcpu",
            Self::Wall => "wall",
        }
    }
}
