//! Where in a stack the program's own code is, and what it calls there.

use super::Activity;
use super::function::{Function, Mark, Owner};
use crate::symbol::{FuncName, WaitClass};
use crate::table::Map;
use crate::trace::{Frame, GoState, StackId, StringId, Tables};

/// What a stack shows, found once. Positions count frames from the innermost.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::trace::analysis) struct StackSite {
    /// The innermost frame of the program's own code.
    pub(in crate::trace::analysis) own: Option<u16>,
    /// The next outer frame of the program's own code, in another function.
    pub(in crate::trace::analysis) caller: Option<u16>,
    /// How many frames are the program's own.
    pub(in crate::trace::analysis) own_depth: u16,
    /// The function of the innermost own frame.
    pub(in crate::trace::analysis) own_function: Option<StringId>,
    /// The function of `caller`.
    pub(in crate::trace::analysis) caller_function: Option<StringId>,
    /// The library function that waits or works for it; `None` if it does so itself.
    pub(in crate::trace::analysis) callee: Option<u16>,
    /// A better name for the goroutine's group if its start function is only a wrapper.
    pub(in crate::trace::analysis) group: Option<StringId>,
    /// What it waits for, by its library functions.
    waits_for: Option<Activity>,
    /// The purpose of a system call.
    calls: Option<Activity>,
    /// It records a profile or a trace.
    pub(in crate::trace::analysis) records: bool,
    /// It gives a connection of `net/http.Transport` back.
    pub(in crate::trace::analysis) returns_conn: bool,
    /// It waits for the next request.
    next_request: bool,
}

/// Sites by stack, and functions by name.
#[derive(Debug, Default)]
pub(in crate::trace::analysis) struct Sites {
    stacks: Vec<Option<StackSite>>,
    functions: Vec<Option<(Function, StringId)>>,
    /// The first function seen of each declared function.
    declared: Map<Box<[u8]>, StringId>,
}

impl Sites {
    /// What a stack shows.
    #[inline]
    pub(in crate::trace::analysis) fn site(&mut self, stack: StackId, tables: &Tables) -> StackSite {
        match self.stacks.get(stack.index()) {
            Some(&Some(site)) => site,
            _ => self.resolve(stack, tables),
        }
    }

    #[cold]
    fn resolve(&mut self, stack: StackId, tables: &Tables) -> StackSite {
        let mut site = StackSite::default();
        let frames = tables.stack_frames(stack);
        let mut owners = Vec::with_capacity(frames.len());
        for (position, &frame) in (0u16..).zip(frames) {
            let name = tables.frame(frame).function;
            let function = self.function(name, tables);
            let is_below_own = site.own.is_none();
            owners.push(function.owner);
            match function.mark {
                Mark::WaitsFor(activity) if is_below_own => {
                    site.waits_for.get_or_insert(activity);
                }
                Mark::Records => site.records = true,
                Mark::ReturnsConn => site.returns_conn = true,
                Mark::NextRequest if is_below_own => site.next_request = true,
                _ => {}
            }
            if is_below_own && site.calls.is_none() {
                site.calls = system_call(tables.string(name));
            }
            if function.owner == Owner::Program {
                site.own_depth += 1;
                if site.own_function.is_none() {
                    (site.own, site.own_function) = (Some(position), Some(name));
                } else if site.caller.is_none() && site.own_function != Some(name) {
                    (site.caller, site.caller_function) = (Some(position), Some(name));
                }
                site.group = Some(name);
            }
        }
        site.callee = callee(&owners, site.own, frames.iter().map(|&frame| tables.frame(frame)), tables);
        let stacks = tables.stack_count().max(stack.index() + 1);
        if stack.index() < stacks && stack.index() <= tables.stack_count() {
            self.stacks.resize(stacks.max(self.stacks.len()), None);
            self.stacks[stack.index()] = Some(site);
        }
        site
    }

    /// What a function's name says.
    #[inline]
    pub(in crate::trace::analysis) fn function(&mut self, name: StringId, tables: &Tables) -> Function {
        self.classify(name, tables).0
    }

    /// The same for a function and all closures and wrappers that were written in it.
    #[inline]
    pub(in crate::trace::analysis) fn folded(&mut self, name: StringId, tables: &Tables) -> StringId {
        self.classify(name, tables).1
    }

    #[inline]
    fn classify(&mut self, name: StringId, tables: &Tables) -> (Function, StringId) {
        match self.functions.get(name.index()) {
            Some(&Some(known)) => known,
            _ => self.classify_new(name, tables),
        }
    }

    #[cold]
    fn classify_new(&mut self, name: StringId, tables: &Tables) -> (Function, StringId) {
        let text = tables.string(name);
        let declared = FuncName::parse(text).outermost();
        let folded = match self.declared.get(declared.as_bytes()) {
            Some(&first) => first,
            None => *self.declared.entry(declared.as_bytes().into()).or_insert(name),
        };
        let known = (Function::of(text), folded);
        if name.index() < tables.string_count() {
            self.functions.resize(tables.string_count().max(self.functions.len()), None);
            self.functions[name.index()] = Some(known);
        }
        known
    }
}

impl StackSite {
    /// What a goroutine in this state at this stack does. `returns_conn` says whether the goroutine that
    /// ended the wait [gave a connection back](Self::returns_conn).
    #[inline(always)]
    pub(in crate::trace::analysis) fn activity(
        &self,
        state: GoState,
        class: WaitClass,
        returns_conn: impl FnOnce() -> bool,
    ) -> Activity {
        if self.records {
            return Activity::Recording;
        }
        match state {
            GoState::Running => Activity::Running,
            GoState::Runnable => Activity::Runnable,
            GoState::Syscall => self.calls.unwrap_or(Activity::Syscall),
            _ => match Activity::of_wait(class) {
                coarse @ (Activity::Send
                | Activity::Receive
                | Activity::Select
                | Activity::Sleep
                | Activity::Condition) => match self.waits_for {
                    Some(Activity::Network) if returns_conn() => Activity::Pool,
                    Some(activity) => activity,
                    None => coarse,
                },
                other => other,
            },
        }
    }

    /// Whether it waits for the answer of a server.
    pub(in crate::trace::analysis) fn asks(&self) -> bool {
        self.waits_for == Some(Activity::Network)
    }

    /// Whether a wait of this class at this stack is for the next request, connection or signal.
    pub(in crate::trace::analysis) fn is_idle(&self, class: WaitClass) -> bool {
        let by_class = matches!(
            class,
            WaitClass::HttpIdleConn | WaitClass::NetAccept | WaitClass::SelectEmpty | WaitClass::System
        );
        by_class || self.next_request
    }
}

/// What a system call below this function is for.
fn system_call(name: &[u8]) -> Option<Activity> {
    let starts = |prefixes: &[&[u8]]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if starts(&[b"net._C", b"net.cgo", b"net.(*Resolver)"]) {
        return Some(Activity::Dns);
    }
    if starts(&[b"net.(*conn).Write", b"net.(*TCPConn).ReadFrom", b"net.(*netFD).Write"]) {
        return Some(Activity::NetworkWrite);
    }
    if starts(&[b"net.", b"internal/poll.(*FD).Accept"]) {
        return Some(Activity::Network);
    }
    if starts(&[b"os.(*Process)", b"os/"]) {
        return Some(Activity::Syscall);
    }
    starts(&[b"os.", b"syscall.Fsync", b"syscall.fsync", b"internal/poll.(*FD).Fsync"])
        .then_some(Activity::Disk)
}

/// The innermost function outside the runtime that the own frame calls, directly or not; of packages `sync`,
/// `net` and `os` the outermost, whose name people know.
fn callee(
    owners: &[Owner],
    own: Option<u16>,
    frames: impl Iterator<Item = Frame> + Clone,
    tables: &Tables,
) -> Option<u16> {
    let end = own.map_or(owners.len(), usize::from);
    let below = owners.get(..end).unwrap_or_default();
    let first = below.iter().position(|owner| *owner != Owner::Runtime)?;
    let package = |frame: Frame| {
        let name = tables.string(frame.function);
        [&b"sync."[..], b"net.", b"os."].into_iter().find(|package| name.starts_with(package))
    };
    let mut packages = frames.skip(first).take(end - first).map(package);
    let known = packages.next()?;
    let more = known.map_or(0, |_| packages.take_while(|package| *package == known).count());
    u16::try_from(first + more).ok()
}
