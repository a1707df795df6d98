//! What a goroutine does with its time, in the words of a report.

mod function;
mod site;

pub(super) use function::Owner;
pub(super) use site::{Sites, StackSite};

use crate::symbol::WaitClass;

/// What a goroutine does: it runs, wants to run, or waits for something.
///
/// The fine classes of [`WaitClass`] are summed up in everyday terms. [`Pool`](Self::Pool) is found by what
/// the program calls (`database/sql.(*DB).conn`) or by behaviour (a channel that works as a semaphore), which
/// the runtime's reasons do not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Activity {
    /// Runs on a P.
    Running,
    /// Runnable: waits for a P.
    Runnable,
    /// Waits for a `sync.Mutex` or a `sync.Once`.
    Lock,
    /// Waits for a `sync.RWMutex`.
    RwLock,
    /// Waits for one of a limited number: a connection of a pool, a slot of a semaphore.
    Pool,
    /// Waits to send on a channel.
    Send,
    /// Waits to receive from a channel.
    Receive,
    /// Waits in a `select`.
    Select,
    /// Waits for a `sync.Cond`.
    Condition,
    /// Waits for goroutines that it started, in a `sync.WaitGroup`.
    WaitGroup,
    /// Waits for the network, or for an answer that comes over it.
    Network,
    /// Waits to write to the network.
    NetworkWrite,
    /// Waits for the name server.
    Dns,
    /// Is in a system call on files.
    Disk,
    /// Is in another system call, or in C.
    Syscall,
    /// Sleeps, or waits for a timer.
    Sleep,
    /// Waits for the garbage collector, or helps it.
    Gc,
    /// Records a profile or a trace.
    Recording,
    /// Waits forever by design, or for something that the trace does not name.
    Unknown,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Running,
        Self::Runnable,
        Self::Lock,
        Self::RwLock,
        Self::Pool,
        Self::Send,
        Self::Receive,
        Self::Select,
        Self::Condition,
        Self::WaitGroup,
        Self::Network,
        Self::NetworkWrite,
        Self::Dns,
        Self::Disk,
        Self::Syscall,
        Self::Sleep,
        Self::Gc,
        Self::Recording,
        Self::Unknown,
    ];

    /// The name in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Runnable => "runnable",
            Self::Lock => "lock",
            Self::RwLock => "rw_lock",
            Self::Pool => "pool",
            Self::Send => "channel_send",
            Self::Receive => "channel_receive",
            Self::Select => "select",
            Self::Condition => "condition",
            Self::WaitGroup => "wait_group",
            Self::Network => "network",
            Self::NetworkWrite => "network_write",
            Self::Dns => "dns",
            Self::Disk => "disk",
            Self::Syscall => "syscall",
            Self::Sleep => "sleep",
            Self::Gc => "gc",
            Self::Recording => "recording",
            Self::Unknown => "unknown",
        }
    }

    /// The words after "spends its time": `waiting for a lock`.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Runnable => "waiting for a P",
            Self::Lock => "waiting for a lock (sync.Mutex)",
            Self::RwLock => "waiting for a lock (sync.RWMutex)",
            Self::Pool => "waiting for a slot of a pool",
            Self::Send => "waiting to send to a channel",
            Self::Receive => "waiting to receive from a channel",
            Self::Select => "waiting in select",
            Self::Condition => "waiting for a condition (sync.Cond)",
            Self::WaitGroup => "waiting for the goroutines it started",
            Self::Network => "waiting for the network",
            Self::NetworkWrite => "writing to the network",
            Self::Dns => "waiting for the name server (DNS)",
            Self::Disk => "in system calls on the disk",
            Self::Syscall => "in system calls",
            Self::Sleep => "sleeping (time.Sleep or a timer)",
            Self::Gc => "waiting for the garbage collector",
            Self::Recording => "recording profiles",
            Self::Unknown => "waiting for something that the trace does not name",
        }
    }

    /// The words at a place in which `callee` waits: a pool by what it holds.
    pub fn phrase_in(self, callee: &[u8]) -> &'static str {
        match self {
            Self::Pool if callee.starts_with(b"database/sql.") => "waiting for a database connection",
            Self::Pool if callee.starts_with(b"net/http.") => "waiting for a connection of an http.Transport",
            _ => self.phrase(),
        }
    }

    /// Whether another goroutine of the program ends it by giving back what it holds.
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Lock | Self::RwLock | Self::Pool)
    }

    /// Whether it waits for the other side of a channel.
    pub const fn is_channel(self) -> bool {
        matches!(self, Self::Send | Self::Receive)
    }

    /// Whether it ends only when another goroutine of the program acts.
    pub const fn is_caused(self) -> bool {
        let other = matches!(self, Self::Select | Self::Condition | Self::WaitGroup) || self.is_channel();
        self.is_held() || other || matches!(self, Self::Network | Self::Unknown)
    }

    /// The activity of a wait of this class.
    pub(super) const fn of_wait(class: WaitClass) -> Self {
        use WaitClass as W;
        match class {
            W::Mutex | W::Once | W::FdMutex => Self::Lock,
            W::RwmutexRead | W::RwmutexWrite => Self::RwLock,
            W::Waitgroup => Self::WaitGroup,
            W::Cond => Self::Condition,
            W::ChanSend => Self::Send,
            W::ChanRecv | W::ContextDone | W::Coroutine | W::Semaphore => Self::Receive,
            W::Select => Self::Select,
            W::Timer | W::Sleep => Self::Sleep,
            W::NetDial | W::NetRead | W::TlsHandshake | W::HttpBody | W::HttpIdleConn | W::NetAccept => {
                Self::Network
            }
            W::FilePoll => Self::Syscall,
            W::NetWrite => Self::NetworkWrite,
            W::Dns => Self::Dns,
            W::GcStart | W::GcMarkDone | W::GcAssist | W::GcWait | W::Stw | W::Suspend => Self::Gc,
            _ => Self::Unknown,
        }
    }
}

impl std::fmt::Display for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
