//! The final check: what each event says about goroutines, Ps and ranges must agree with what came before.
//!
//! Source: `postProcessTrace` in `internal/trace/internal/tracev1/parser.go` of Go 1.27, and of Go 1.21 for
//! formats before 1.11.

use super::replay::Ordered;
use super::scan::Scan;
use super::spec::Kind;
use crate::error::ErrorKind;
use crate::table::Ids;
use crate::table::{Map, Set};

/// Go's numbers of Ps that mean something else.
pub(crate) const FAKE_P: i32 = 1_000_000;
const TIMER_P: i32 = 1_000_001;
const NETPOLL_P: i32 = 1_000_002;
pub(crate) const SYSCALL_P: i32 = 1_000_003;
const GC_P: i32 = 1_000_004;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Status {
    Unknown,
    Dead,
    Runnable,
    Running,
    Waiting,
}

#[derive(Clone, Copy, Debug)]
struct Goroutine {
    status: Status,
    /// It waits for the network.
    polled: bool,
    /// It helps to mark.
    assists: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Proc {
    g: u64,
    running: bool,
    sweeps: bool,
    stops_world: bool,
}

/// The state of the traced program.
#[derive(Debug)]
pub(crate) struct Check {
    version: u8,
    goroutines: Ids<Goroutine>,
    procs: Vec<Proc>,
    /// How many goroutines wait for the network.
    polled: u64,
    collects: bool,
    stops_world: bool,
    tasks: Set<u64>,
    /// Open regions by goroutine: task and name.
    regions: Map<u64, Vec<(u64, u64)>>,
}

impl Check {
    pub(crate) fn new(input_len: usize, scan: &Scan) -> Self {
        let unknown = Goroutine { status: Status::Unknown, polled: false, assists: false };
        let mut goroutines = Ids::new(input_len / 2 + 64, unknown);
        goroutines.set(0, Goroutine { status: Status::Running, ..unknown });
        Self {
            version: scan.table.version,
            goroutines,
            procs: vec![Proc::default(); scan.procs.len()],
            polled: 0,
            collects: false,
            stops_world: false,
            tasks: Set::default(),
            regions: Map::default(),
        }
    }

    /// Checks `next`, and corrects its P as Go does. It takes effect even if the check fails.
    ///
    /// From 1.7 on, the order of the events ensures that a goroutine runs before it blocks, waits before it
    /// is unblocked and so on, and a P runs whichever goroutine started there last. Little is left to check.
    #[inline(always)]
    pub(crate) fn step(&mut self, next: &mut Ordered, scan: &Scan) -> Result<(), ErrorKind> {
        if self.version < 7 {
            return self.every(next, scan);
        }
        let event = &next.event;
        let ok = match event.kind {
            Kind::GoStart | Kind::GoStartLocal | Kind::GoStartLabel => !event.busy,
            Kind::GoBlockNet => {
                let g = self.goroutines.get(event.g);
                self.polled += u64::from(!g.polled);
                self.goroutines.set(event.g, Goroutine { polled: true, ..g });
                event.g != 0
            }
            Kind::GoSysBlock | Kind::GoSysCall | Kind::GoSched | Kind::GoPreempt | Kind::GoStop => {
                event.g != 0
            }
            Kind::GoEnd => {
                if !self.regions.is_empty() {
                    self.regions.remove(&event.g);
                }
                event.g != 0
            }
            Kind::GoUnblock | Kind::GoUnblockLocal => {
                if !scan.timers.is_empty() && scan.timers.contains(&event.g) {
                    next.id = TIMER_P;
                }
                if self.polled != 0 {
                    let g = self.goroutines.get(event.args[0]);
                    if g.polled {
                        next.id = NETPOLL_P;
                        self.polled -= 1;
                        self.goroutines.set(event.args[0], Goroutine { polled: false, ..g });
                    }
                }
                true
            }
            Kind::GoSysExit | Kind::GoSysExitLocal => {
                next.id = SYSCALL_P;
                true
            }
            Kind::GoCreate | Kind::GoWaiting | Kind::GoInSyscall => true,
            kind if kind.blocks() => event.g != 0,
            _ => return self.rare(next),
        };
        if ok { Ok(()) } else { Err(ErrorKind::BadTransition) }
    }

    /// Every check, for format 1.5: its order by sequence number ensures none of them.
    #[inline(never)]
    fn every(&mut self, next: &mut Ordered, scan: &Scan) -> Result<(), ErrorKind> {
        let event = &next.event;
        let mut none = Proc::default();
        let proc = match self.procs.get_mut(next.proc as usize) {
            Some(proc) => proc,
            None => &mut none,
        };
        let ok = match event.kind {
            Kind::GoStart | Kind::GoStartLocal | Kind::GoStartLabel => {
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Runnable && proc.g == 0;
                g.status = Status::Running;
                g.polled = false;
                proc.g = event.g;
                self.goroutines.set(event.g, g);
                ok
            }
            kind if kind.blocks() || kind == Kind::GoSysBlock => {
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Running && proc.g == event.g && event.g != 0;
                g.status = Status::Waiting;
                if event.kind != Kind::GoSysBlock {
                    g.polled = event.kind == Kind::GoBlockNet;
                }
                proc.g = 0;
                self.goroutines.set(event.g, g);
                ok
            }
            Kind::GoUnblock | Kind::GoUnblockLocal => {
                let timer = !scan.timers.is_empty() && scan.timers.contains(&event.g);
                if timer {
                    next.id = TIMER_P;
                }
                let by =
                    self.goroutines.get(event.g).status == Status::Running && (timer || proc.g == event.g);
                let mut g = self.goroutines.get(event.args[0]);
                let ok = by && g.status == Status::Waiting;
                if g.polled {
                    next.id = NETPOLL_P;
                }
                g.status = Status::Runnable;
                g.polled = false;
                self.goroutines.set(event.args[0], g);
                ok
            }
            Kind::GoSched | Kind::GoPreempt | Kind::GoEnd | Kind::GoStop => {
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Running && proc.g == event.g && event.g != 0;
                let ends = matches!(event.kind, Kind::GoEnd | Kind::GoStop);
                g.status = if ends { Status::Dead } else { Status::Runnable };
                g.polled &= ends;
                proc.g = 0;
                self.goroutines.set(event.g, g);
                if event.kind == Kind::GoEnd && !self.regions.is_empty() {
                    self.regions.remove(&event.g);
                }
                ok
            }
            Kind::GoSysCall => {
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Running && proc.g == event.g && event.g != 0;
                g.polled = false;
                self.goroutines.set(event.g, g);
                ok
            }
            Kind::GoSysExit | Kind::GoSysExitLocal => {
                next.id = SYSCALL_P;
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Waiting;
                g.status = Status::Runnable;
                g.polled = false;
                self.goroutines.set(event.g, g);
                ok
            }
            Kind::GoCreate => {
                let by = self.goroutines.get(event.g).status == Status::Running && proc.g == event.g;
                let mut g = self.goroutines.get(event.args[0]);
                let ok = by && g.status == Status::Unknown;
                g.status = Status::Runnable;
                g.polled = false;
                self.goroutines.set(event.args[0], g);
                ok
            }
            _ => return self.rare(next),
        };
        if ok { Ok(()) } else { Err(ErrorKind::BadTransition) }
    }

    #[inline(never)]
    fn rare(&mut self, next: &mut Ordered) -> Result<(), ErrorKind> {
        let event = &next.event;
        let mut none = Proc::default();
        let proc = match self.procs.get_mut(next.proc as usize) {
            Some(proc) => proc,
            None => &mut none,
        };
        let range = |ok: bool| if ok { Ok(()) } else { Err(ErrorKind::BadRange) };
        let transition = |ok: bool| if ok { Ok(()) } else { Err(ErrorKind::BadTransition) };
        match event.kind {
            Kind::ProcStart => transition(!std::mem::replace(&mut proc.running, true)),
            Kind::ProcStop => transition(std::mem::replace(&mut proc.running, false) && event.g == 0),
            Kind::GcStart => {
                next.id = GC_P;
                range(!std::mem::replace(&mut self.collects, true))
            }
            Kind::GcDone => range(std::mem::replace(&mut self.collects, false)),
            Kind::StwStart | Kind::StwDone => {
                let begins = event.kind == Kind::StwStart;
                // Before 1.10 each P recorded it.
                let state = if self.version < 10 { &mut proc.stops_world } else { &mut self.stops_world };
                range(std::mem::replace(state, begins) != begins)
            }
            Kind::GcSweepStart => range(!std::mem::replace(&mut proc.sweeps, true)),
            Kind::GcSweepDone => range(std::mem::replace(&mut proc.sweeps, false)),
            Kind::GcMarkAssistStart | Kind::GcMarkAssistDone => {
                let begins = event.kind == Kind::GcMarkAssistStart;
                let mut g = self.goroutines.get(event.g);
                // It may have begun before the trace.
                let ok = !begins || !g.assists;
                g.assists = begins;
                if g.status == Status::Unknown {
                    g.status = Status::Dead;
                }
                self.goroutines.set(event.g, g);
                range(ok)
            }
            Kind::GoWaiting | Kind::GoInSyscall => {
                let mut g = self.goroutines.get(event.g);
                let ok = g.status == Status::Runnable;
                g.status = Status::Waiting;
                g.polled = false;
                self.goroutines.set(event.g, g);
                transition(ok)
            }
            Kind::UserTaskCreate => {
                let new = self.tasks.insert(event.args[0]);
                if new { Ok(()) } else { Err(ErrorKind::IdDuplicate) }
            }
            Kind::UserTaskEnd => {
                self.tasks.remove(&event.args[0]);
                Ok(())
            }
            Kind::UserRegion => self.region(next),
            _ => Ok(()),
        }
    }

    fn region(&mut self, next: &Ordered) -> Result<(), ErrorKind> {
        let event = &next.event;
        let [task, mode, name, _] = event.args;
        match mode {
            0 => {
                self.regions.entry(event.g).or_default().push((task, name));
                Ok(())
            }
            1 => {
                let Some(open) = self.regions.get_mut(&event.g) else { return Ok(()) };
                let fits = open.pop().is_none_or(|region| region == (task, name));
                if open.is_empty() {
                    self.regions.remove(&event.g);
                }
                if fits { Ok(()) } else { Err(ErrorKind::BadRange) }
            }
            _ => Err(ErrorKind::BadEnum),
        }
    }
}
