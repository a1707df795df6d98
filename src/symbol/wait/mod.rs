//! What a goroutine waits for, by the runtime's reason and the frames of its stack.
//!
//! The reasons that Go writes are coarse and differ between its outputs: an execution trace says `sync` for
//! mutexes, wait groups and the runtime's own semaphores alike, a goroutine dump says `sync.Mutex.Lock` but
//! `IO wait` for every descriptor, and a goroutine profile says nothing. The frames show the rest. One table
//! serves all three, so that their answers can be compared.
//!
//! ```text
//! reason ──► REASONS ──► coarse class ──► REFINED by frames ──► class
//!    └ empty: the runtime's frames name the coarse class (LEAVES)
//! ```
//!
//! Reasons: `runtime/traceruntime.go` and `runtime/runtime2.go`, Go 1.19 to 1.27. Frames: stacks recorded by
//! those versions.

mod classify;

use WaitClass as W;

/// What a goroutine waits for.
///
/// ```
/// use godiag::symbol::WaitClass;
/// let stack = ["sync.(*Mutex).Lock", "main.update"];
/// assert_eq!(WaitClass::of("sync", stack), WaitClass::Mutex);
/// assert_eq!(WaitClass::of("sync", ["runtime.gcStart", "runtime.mallocgc"]), WaitClass::GcStart);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum WaitClass {
    /// Neither the reason nor the frames show it.
    #[default]
    Unknown,
    /// A `sync.Mutex`.
    Mutex,
    /// A `sync.RWMutex`, to read.
    RwmutexRead,
    /// A `sync.RWMutex`, to write.
    RwmutexWrite,
    /// A `sync.WaitGroup`.
    Waitgroup,
    /// A `sync.Once` whose function another goroutine runs.
    Once,
    /// A `sync.Cond`.
    Cond,
    /// The lock of a file descriptor: another goroutine reads or writes, or closes it.
    FdMutex,
    /// Any other semaphore of `package sync` or of the runtime.
    Semaphore,
    /// A send on a channel.
    ChanSend,
    /// A receive from a channel.
    ChanRecv,
    /// An operation on a nil channel: forever.
    ChanNil,
    /// A `select`.
    Select,
    /// A `select` without cases: forever.
    SelectEmpty,
    /// The end of a `context.Context`.
    ContextDone,
    /// The channel of a timer.
    Timer,
    /// `time.Sleep`.
    Sleep,
    /// A connection to accept.
    NetAccept,
    /// A connection to be established.
    NetDial,
    /// Bytes from a connection.
    NetRead,
    /// Room to write into a connection.
    NetWrite,
    /// The other side of a TLS handshake.
    TlsHandshake,
    /// The next request or response on an idle HTTP connection.
    HttpIdleConn,
    /// The body of an HTTP message.
    HttpBody,
    /// A name server, or the library that asks it.
    Dns,
    /// A pipe, terminal or other file that can be polled.
    FilePoll,
    /// Room to start a garbage collection.
    GcStart,
    /// The end of the mark phase.
    GcMarkDone,
    /// Mark assist: work of the collector to pay for an allocation.
    GcAssist,
    /// The end of a garbage collection.
    GcWait,
    /// A stop of the world.
    Stw,
    /// Suspended by the collector or the tracer, to have its stack looked at.
    Suspend,
    /// The other side of a coroutine (`iter.Pull`).
    Coroutine,
    /// The other goroutines of a `testing/synctest` bubble.
    Synctest,
    /// Work for one of the runtime's own goroutines.
    System,
}

impl WaitClass {
    /// The name in reports and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            W::Unknown => "unknown",
            W::Mutex => "mutex",
            W::RwmutexRead => "rwmutex_read",
            W::RwmutexWrite => "rwmutex_write",
            W::Waitgroup => "waitgroup",
            W::Once => "once",
            W::Cond => "cond",
            W::FdMutex => "fd_mutex",
            W::Semaphore => "semaphore",
            W::ChanSend => "chan_send",
            W::ChanRecv => "chan_recv",
            W::ChanNil => "chan_nil",
            W::Select => "select",
            W::SelectEmpty => "select_empty",
            W::ContextDone => "context_done",
            W::Timer => "timer",
            W::Sleep => "sleep",
            W::NetAccept => "net_accept",
            W::NetDial => "net_dial",
            W::NetRead => "net_read",
            W::NetWrite => "net_write",
            W::TlsHandshake => "tls_handshake",
            W::HttpIdleConn => "http_idle_conn",
            W::HttpBody => "http_body",
            W::Dns => "dns",
            W::FilePoll => "file_poll",
            W::GcStart => "gc_start",
            W::GcMarkDone => "gc_mark_done",
            W::GcAssist => "gc_assist",
            W::GcWait => "gc_wait",
            W::Stw => "stw",
            W::Suspend => "suspend",
            W::Coroutine => "coroutine",
            W::Synctest => "synctest",
            W::System => "system",
        }
    }

    /// All classes, in the order of the enum.
    pub const ALL: [Self; 35] = [
        W::Unknown,
        W::Mutex,
        W::RwmutexRead,
        W::RwmutexWrite,
        W::Waitgroup,
        W::Once,
        W::Cond,
        W::FdMutex,
        W::Semaphore,
        W::ChanSend,
        W::ChanRecv,
        W::ChanNil,
        W::Select,
        W::SelectEmpty,
        W::ContextDone,
        W::Timer,
        W::Sleep,
        W::NetAccept,
        W::NetDial,
        W::NetRead,
        W::NetWrite,
        W::TlsHandshake,
        W::HttpIdleConn,
        W::HttpBody,
        W::Dns,
        W::FilePoll,
        W::GcStart,
        W::GcMarkDone,
        W::GcAssist,
        W::GcWait,
        W::Stw,
        W::Suspend,
        W::Coroutine,
        W::Synctest,
        W::System,
    ];

    /// A lock that another goroutine of the program holds.
    pub const fn is_lock(self) -> bool {
        matches!(self, W::Mutex | W::RwmutexRead | W::RwmutexWrite | W::Once)
    }

    /// Another goroutine of the program has to act: locks, wait groups, conditions, channels and `select`.
    pub const fn is_sync(self) -> bool {
        let other =
            matches!(self, W::Waitgroup | W::Cond | W::FdMutex | W::Semaphore | W::Coroutine | W::Synctest);
        let channel = matches!(self, W::ChanSend | W::ChanRecv | W::Select | W::ContextDone | W::Timer);
        self.is_lock() || other || channel
    }

    /// The network, or another file that is polled like it.
    pub const fn is_io(self) -> bool {
        let net = matches!(self, W::NetAccept | W::NetDial | W::NetRead | W::NetWrite | W::Dns);
        net || matches!(self, W::TlsHandshake | W::HttpIdleConn | W::HttpBody | W::FilePoll)
    }

    /// Nothing in the program will ever end it.
    pub const fn is_forever(self) -> bool {
        matches!(self, W::ChanNil | W::SelectEmpty)
    }

    /// The runtime's own business: garbage collection, stops of the world, its own goroutines.
    pub const fn is_runtime(self) -> bool {
        let gc = matches!(self, W::GcStart | W::GcMarkDone | W::GcAssist | W::GcWait);
        gc || matches!(self, W::Stw | W::Suspend | W::System)
    }
}

impl std::fmt::Display for WaitClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_complete() {
        assert!(W::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        let mut names: Vec<_> = W::ALL.iter().map(|class| class.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), W::ALL.len());
        assert_eq!(W::ALL.last(), Some(&W::System), "the list is as long as the enum");
    }
}
