//! The tables that classify a wait: reasons, the runtime's innermost frames, and the frames that refine both.

use super::WaitClass;
use super::WaitClass as W;
use crate::symbol::pattern::name_matches;

/// The reasons of traces and dumps.
const REASONS: &[(&str, WaitClass)] = &[
    // Execution traces (runtime/traceruntime.go).
    ("chan receive", W::ChanRecv),
    ("chan send", W::ChanSend),
    ("select", W::Select),
    ("sync", W::Semaphore),
    ("sync.(*Cond).Wait", W::Cond),
    ("network", W::NetRead),
    ("sleep", W::Sleep),
    ("forever", W::ChanNil),
    ("preempted", W::Suspend),
    ("GC mark assist wait for work", W::GcAssist),
    ("GC background sweeper wait", W::System),
    ("system goroutine wait", W::System),
    ("wait until GC ends", W::GcWait),
    ("wait for debug call", W::Suspend),
    ("GC weak to strong wait", W::GcWait),
    ("synctest", W::Synctest),
    // Goroutine dumps (runtime/runtime2.go).
    ("IO wait", W::NetRead),
    ("semacquire", W::Semaphore),
    ("sync.Mutex.Lock", W::Mutex),
    ("sync.RWMutex.RLock", W::RwmutexRead),
    ("sync.RWMutex.Lock", W::RwmutexWrite),
    ("sync.WaitGroup.Wait", W::Waitgroup),
    ("sync.Cond.Wait", W::Cond),
    ("chan receive (nil chan)", W::ChanNil),
    ("chan send (nil chan)", W::ChanNil),
    ("select (no cases)", W::SelectEmpty),
    ("coroutine", W::Coroutine),
    ("synctest.Run", W::Synctest),
    ("synctest.Wait", W::Synctest),
    ("GC assist marking", W::GcAssist),
    ("GC assist wait", W::GcAssist),
    ("wait for GC cycle", W::GcWait),
    ("garbage collection", W::Stw),
    ("garbage collection scan", W::Suspend),
    ("GC mark termination", W::Stw),
    ("stopping the world", W::Stw),
    ("dumping heap", W::Stw),
    ("flushing proc caches", W::Suspend),
    ("trace goroutine status", W::Suspend),
    ("trace proc status", W::Suspend),
    ("page trace flush", W::Suspend),
    ("debug call", W::Suspend),
    ("panicwait", W::System),
    ("GC sweep wait", W::System),
    ("GC scavenge wait", W::System),
    ("finalizer wait", W::System),
    ("cleanup wait", W::System),
    ("force gc (idle)", W::System),
    ("GOMAXPROCS updater (idle)", W::System),
    ("trace reader (blocked)", W::System),
    ("GC worker (idle)", W::System),
    ("GC worker (active)", W::System),
];

/// What the runtime's innermost frames say where no reason is given. The frame nearest to the leaf decides.
const LEAVES: &[(&str, WaitClass)] = &[
    ("runtime.chanrecv", W::ChanRecv),
    ("runtime.chanrecv1", W::ChanRecv),
    ("runtime.chanrecv2", W::ChanRecv),
    ("runtime.chansend", W::ChanSend),
    ("runtime.chansend1", W::ChanSend),
    ("runtime.selectgo", W::Select),
    ("runtime.block", W::SelectEmpty),
    ("runtime.netpollblock", W::NetRead),
    ("internal/poll.runtime_pollWait", W::NetRead),
    ("time.Sleep", W::Sleep),
    ("runtime.timeSleep", W::Sleep),
    ("runtime.semacquire", W::Semaphore),
    ("runtime.semacquire1", W::Semaphore),
    ("runtime.notifyListWait", W::Cond),
    ("sync.runtime_notifyListWait", W::Cond),
    ("runtime.coroswitch", W::Coroutine),
    ("runtime.coroswitch_m", W::Coroutine),
    ("runtime.corostart", W::Coroutine),
    ("runtime.synctestWait", W::Synctest),
    ("runtime.synctestRun", W::Synctest),
    ("internal/synctest.Wait", W::Synctest),
    ("internal/synctest.Run", W::Synctest),
    ("runtime.gcParkAssist", W::GcAssist),
    ("runtime.gcWaitOnMark", W::GcWait),
    ("runtime.gcBgMarkWorker", W::System),
    ("runtime.bgsweep", W::System),
    ("runtime.bgscavenge", W::System),
    ("runtime.forcegchelper", W::System),
    ("runtime.runfinq", W::System),
    ("runtime.runFinalizers", W::System),
    ("runtime.runCleanups", W::System),
    ("runtime.updateMaxProcsGoroutine", W::System),
    ("runtime.readTrace0", W::System),
    ("runtime.ReadTrace", W::System),
];

/// Where in the stack a pattern is looked for.
enum Frames {
    /// A frame of this name, or beginning with it if the text ends in `.` or `*`.
    Any(&'static str),
    /// The second right below the first, which is the callee.
    Pair(&'static str, &'static str),
    /// The innermost frame: dumps leave out the runtime's.
    Leaf(&'static str),
}

/// How frames refine a coarse class. The first rule that holds decides.
const REFINED: &[(WaitClass, Frames, WaitClass)] = &[
    // Semaphores; dumps since Go 1.20 call them by their user already.
    (W::Semaphore, Frames::Any("internal/poll.(*fdMutex).*"), W::FdMutex),
    (W::Semaphore, Frames::Any("runtime.gcMarkDone"), W::GcMarkDone),
    (W::Semaphore, Frames::Any("runtime.stopTheWorld*"), W::Stw),
    (W::Semaphore, Frames::Any("runtime.gcStart"), W::GcStart),
    (W::Semaphore, Frames::Any("runtime.startTheWorld*"), W::Stw),
    (W::Semaphore, Frames::Any("runtime.traceAdvance"), W::System),
    (W::Semaphore, Frames::Pair("sync.(*Mutex).Lock", "sync.(*Once).doSlow"), W::Once),
    (W::Mutex, Frames::Pair("sync.(*Mutex).Lock", "sync.(*Once).doSlow"), W::Once),
    (W::Semaphore, Frames::Pair("sync.(*Mutex).Lock", "sync.(*RWMutex).Lock"), W::RwmutexWrite),
    (W::Mutex, Frames::Pair("sync.(*Mutex).Lock", "sync.(*RWMutex).Lock"), W::RwmutexWrite),
    (W::Semaphore, Frames::Any("sync.(*RWMutex).RLock"), W::RwmutexRead),
    (W::Semaphore, Frames::Any("sync.(*RWMutex).Lock"), W::RwmutexWrite),
    (W::Semaphore, Frames::Any("sync.(*Mutex).*"), W::Mutex),
    (W::Semaphore, Frames::Any("internal/sync.(*Mutex).*"), W::Mutex),
    (W::Semaphore, Frames::Any("sync.(*WaitGroup).Wait"), W::Waitgroup),
    (W::Semaphore, Frames::Any("sync.(*Cond).Wait"), W::Cond),
    // Name resolution: the caller waits by select or channel, its helpers for the name server's socket.
    (W::NetRead, Frames::Any("net.dnsPacketRoundTrip"), W::Dns),
    (W::NetRead, Frames::Any("net.dnsStreamRoundTrip"), W::Dns),
    (W::ChanRecv, Frames::Any("net.(*Resolver).goLookupIPCNAMEOrder*"), W::Dns),
    (W::Select, Frames::Any("net.(*Resolver).lookupIPAddr"), W::Dns),
    (W::Select, Frames::Any("net.doBlockingWithCtx*"), W::Dns),
    (W::ChanRecv, Frames::Any("net.cgoLookup*"), W::Dns),
    // Descriptors.
    (W::NetRead, Frames::Any("internal/poll.(*FD).Accept"), W::NetAccept),
    (W::NetRead, Frames::Any("net.(*netFD).connect"), W::NetDial),
    (W::NetRead, Frames::Pair("internal/poll.(*FD).*", "os.(*File).*"), W::FilePoll),
    (W::NetRead, Frames::Pair("internal/poll.(*FD).*", "os.(*file).*"), W::FilePoll),
    (W::NetRead, Frames::Any("crypto/tls.(*Conn).handshake*"), W::TlsHandshake),
    (W::NetRead, Frames::Any("crypto/tls.(*Conn).clientHandshake"), W::TlsHandshake),
    (W::NetRead, Frames::Any("crypto/tls.(*Conn).serverHandshake"), W::TlsHandshake),
    (W::NetRead, Frames::Pair("bufio.(*Reader).Peek", "net/http.(*conn).serve"), W::HttpIdleConn),
    (W::NetRead, Frames::Pair("bufio.(*Reader).Peek", "net/http.(*persistConn).readLoop"), W::HttpIdleConn),
    (W::NetRead, Frames::Any("net/http.(*body).*"), W::HttpBody),
    (W::NetRead, Frames::Any("internal/poll.(*FD).Write*"), W::NetWrite),
    (W::NetRead, Frames::Any("internal/poll.(*FD).WaitWrite"), W::NetWrite),
    (W::NetRead, Frames::Any("internal/poll.(*pollDesc).waitWrite"), W::NetWrite),
    (W::NetRead, Frames::Any("internal/poll.(*FD).SendFile"), W::NetWrite),
    (W::NetRead, Frames::Any("internal/poll.sendFile*"), W::NetWrite),
    // HTTP's own goroutines.
    (W::Select, Frames::Pair("runtime.selectgo", "net/http.(*persistConn).writeLoop"), W::HttpIdleConn),
    (W::Select, Frames::Pair("runtime.selectgo", "net/http.(*persistConn).readLoop"), W::HttpBody),
    (W::ChanRecv, Frames::Any("net/http.(*bodyEOFSignal).*"), W::HttpBody),
    (W::Select, Frames::Leaf("net/http.(*persistConn).writeLoop"), W::HttpIdleConn),
    (W::Select, Frames::Leaf("net/http.(*persistConn).readLoop"), W::HttpBody),
    // Contexts.
    (W::Select, Frames::Leaf("context.*"), W::ContextDone),
    (W::ChanRecv, Frames::Leaf("context.*"), W::ContextDone),
    (W::Select, Frames::Pair("runtime.selectgo", "context.*"), W::ContextDone),
    (W::ChanRecv, Frames::Pair("runtime.chanrecv*", "context.*"), W::ContextDone),
    // Forever.
    (W::ChanNil, Frames::Any("runtime.block"), W::SelectEmpty),
    // The runtime's own goroutines, which trace and profile like any other.
    (W::ChanRecv, Frames::Any("runtime.gcBgMarkStartWorkers"), W::GcStart),
    (W::ChanRecv, Frames::Any("runtime.(*wakeableSleep).sleep"), W::System),
    (W::Select, Frames::Any("runtime.(*wakeableSleep).sleep"), W::System),
    (W::Sleep, Frames::Any("runtime.bgscavenge"), W::System),
    (W::Suspend, Frames::Any("runtime.bgscavenge"), W::System),
];

impl WaitClass {
    /// Classifies a wait by its reason in a trace or dump, empty if there is none, and its frames' functions,
    /// the innermost first.
    ///
    /// # Cost
    /// Some hundred comparisons of short texts for each frame: remember the answer for each distinct stack.
    pub fn of<R, I>(reason: R, frames: I) -> Self
    where
        R: AsRef<[u8]>,
        I: IntoIterator<IntoIter: Clone, Item: AsRef<[u8]>>,
    {
        let frames = frames.into_iter();
        let coarse = Self::of_reason(reason.as_ref())
            .or_else(|| frames.clone().take(LEAF_FRAMES).find_map(|frame| lookup(LEAVES, frame.as_ref())));
        let Some(coarse) = coarse else { return Self::Unknown };
        let mut rules = REFINED.iter().filter(|(from, ..)| *from == coarse);
        rules.find(|(_, pattern, _)| pattern.occur_in(frames.clone())).map_or(coarse, |(.., class)| *class)
    }

    /// The coarse class of a reason, `None` if it is empty or not known.
    fn of_reason(reason: &[u8]) -> Option<Self> {
        // Waits inside a testing/synctest bubble are marked.
        let bubble = [&b" (durable)"[..], b" (synctest)"];
        let reason = bubble.iter().find_map(|mark| reason.strip_suffix(*mark)).unwrap_or(reason);
        lookup(REASONS, reason)
    }

    /// The class of a wait that has ended, given also the frames of the goroutine that ended it; none for the
    /// scheduler.
    ///
    /// A receive that the scheduler itself ends was on a timer's channel, one that `context` ends on a
    /// context's.
    #[must_use]
    pub fn ended_by<I>(self, by_scheduler: bool, waker: I) -> Self
    where
        I: IntoIterator<Item: AsRef<[u8]>>,
    {
        match self {
            W::ChanRecv if by_scheduler => W::Timer,
            W::ChanRecv | W::Select => {
                let cancels = |frame: I::Item| frame.as_ref().starts_with(b"context.(*");
                if waker.into_iter().take(LEAF_FRAMES).any(cancels) { W::ContextDone } else { self }
            }
            _ => self,
        }
    }
}

/// How deep the runtime's own frames go at most: gopark, goparkunlock, semacquire1, runtime_SemacquireMutex,
/// …
const LEAF_FRAMES: usize = 8;

fn lookup(table: &[(&str, WaitClass)], text: &[u8]) -> Option<WaitClass> {
    table.iter().find(|(key, _)| key.as_bytes() == text).map(|(_, class)| *class)
}

impl Frames {
    fn occur_in(&self, mut frames: impl Iterator<Item: AsRef<[u8]>> + Clone) -> bool {
        match *self {
            Self::Leaf(name) => frames.next().is_some_and(|frame| name_matches(name, frame.as_ref())),
            Self::Any(name) => frames.into_iter().any(|frame| name_matches(name, frame.as_ref())),
            Self::Pair(callee, caller) => {
                let callers = frames.clone().skip(1);
                frames.zip(callers).any(|(leaf, next)| {
                    name_matches(callee, leaf.as_ref()) && name_matches(caller, next.as_ref())
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_of_go_agrees() {
        // The same waits as an execution trace, a goroutine dump and a goroutine profile show them.
        let full =
            ["runtime.gopark", "runtime.goparkunlock", "runtime.semacquire1", "sync.runtime_SemacquireMutex"];
        let lock = ["sync.(*Mutex).Lock", "main.update"];
        let full_lock: Vec<_> = full.iter().chain(&lock).collect();
        assert_eq!(W::of("sync", lock), W::Mutex);
        assert_eq!(W::of("sync.Mutex.Lock", lock), W::Mutex);
        assert_eq!(W::of("semacquire", &full_lock), W::Mutex);
        assert_eq!(W::of("", &full_lock), W::Mutex);

        let accept = [
            "internal/poll.runtime_pollWait",
            "internal/poll.(*pollDesc).wait",
            "internal/poll.(*FD).Accept",
        ];
        for reason in ["network", "IO wait", ""] {
            assert_eq!(W::of(reason, accept), W::NetAccept, "{reason}");
        }
        for reason in ["forever", "chan receive (nil chan)"] {
            assert_eq!(W::of(reason, ["runtime.chanrecv1", "main.nilReceive"]), W::ChanNil, "{reason}");
        }
        for reason in ["forever", "select (no cases)", ""] {
            assert_eq!(W::of(reason, ["runtime.block", "main.main"]), W::SelectEmpty, "{reason}");
        }
        assert_eq!(W::of("chan receive (durable)", ["main.main"]), W::ChanRecv);
    }

    #[test]
    fn frames_refine_what_the_reason_leaves_open() {
        let cases: &[(&str, &[&str], WaitClass)] = &[
            ("sync", &["runtime.gcMarkDone", "runtime.gcAssistAlloc"], W::GcMarkDone),
            ("sync", &["runtime.gcStart", "runtime.mallocgc"], W::GcStart),
            ("sync", &["sync.(*Mutex).Lock", "sync.(*Once).doSlow", "sync.(*Once).Do"], W::Once),
            ("sync", &["sync.(*Mutex).Lock", "main.init.func1", "sync.(*Once).doSlow"], W::Mutex),
            ("sync", &["sync.(*Mutex).Lock", "sync.(*RWMutex).Lock"], W::RwmutexWrite),
            ("sync", &["sync.(*RWMutex).RLock", "main.reader"], W::RwmutexRead),
            ("sync", &["sync.(*WaitGroup).Wait", "main.main"], W::Waitgroup),
            ("sync", &["internal/poll.(*fdMutex).rwlock", "os.(*File).Read"], W::FdMutex),
            ("sync", &["main.f"], W::Semaphore),
            ("network", &["internal/poll.(*FD).Read", "os.(*File).read"], W::FilePoll),
            ("network", &["internal/poll.(*FD).Read", "net.(*netFD).Read", "net.dnsPacketRoundTrip"], W::Dns),
            ("network", &["internal/poll.(*FD).WaitWrite", "net.(*netFD).connect"], W::NetDial),
            ("network", &["internal/poll.(*FD).Write", "net.(*netFD).Write"], W::NetWrite),
            ("network", &["bufio.(*Reader).Peek", "net/http.(*conn).serve"], W::HttpIdleConn),
            ("network", &["internal/poll.(*FD).Read", "net.(*netFD).Read"], W::NetRead),
            ("select", &["runtime.selectgo", "net.(*Resolver).lookupIPAddr"], W::Dns),
            ("select", &["runtime.selectgo", "net/http.(*persistConn).writeLoop"], W::HttpIdleConn),
            ("select", &["runtime.selectgo", "main.handler"], W::Select),
            ("chan receive", &["runtime.chanrecv1", "runtime.(*wakeableSleep).sleep"], W::System),
            ("a reason of the future", &["main.main"], W::Unknown),
            ("", &[], W::Unknown),
        ];
        for &(reason, frames, class) in cases {
            assert_eq!(W::of(reason, frames), class, "{reason} {frames:?}");
        }
    }

    #[test]
    fn who_ends_a_wait_shows_what_it_was_for() {
        assert_eq!(W::ChanRecv.ended_by(true, [""; 0]), W::Timer);
        let cancel = ["runtime.closechan", "context.(*cancelCtx).cancel", "context.(*timerCtx).cancel"];
        assert_eq!(W::Select.ended_by(false, cancel), W::ContextDone);
        assert_eq!(W::Mutex.ended_by(false, cancel), W::Mutex);
    }
}
