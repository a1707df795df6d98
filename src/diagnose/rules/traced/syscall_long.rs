//! `syscall-long`: system calls so long that the P had to be taken away.

use super::detector::{Detector, Found, is_of_program};
use super::dns_slow;
use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, things};
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::trace::GoState;
use crate::trace::analysis::{Analysis, Context, Span};

const RULE: Rule = Rule {
    id: "syscall-long",
    title: "long blocking system calls",
    advice: "Bound how many goroutines are in such calls at once: each holds a thread.",
    basis: "10 ms, after which sysmon takes the P away even if no other goroutine wants it (sooner if one \
            does). A warning if three or more took so long, and as many at once as there are Ps.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "System calls of 10 ms or longer during which the goroutine lost its P, with the stack that \
               made them and how many there were at once.",
        costs: "A goroutine in a blocking call holds a thread. The P goes to another one, but only after up \
                to 10 ms, and each further call at once may start one more thread.",
        silent: "Calls that keep their P; waits for sockets and pipes that the runtime polls, which are no \
                 system calls to it; calls on sockets, which do not block: if one takes long, the machine \
                 took the CPU away; waits for child processes; the loop of os/signal; the goroutines that \
                 record profiles; DNS lookups in C, which dns-slow reports.",
        example: &[
            "f, _ := os.Open(\"/dev/ttyUSB0\") // not pollable: Read blocks a thread until a byte comes",
            "n, err := f.Read(buf)",
        ],
    },
};

/// Whose calls take long without that being the program's fault.
const EXCUSED: [&str; 8] = [
    "os/signal.*",
    "os.(*Process).*",
    "os/exec.*",
    "runtime/pprof.*",
    "runtime/trace.*",
    "net/http/pprof.*",
    "internal/poll.(*FD).Accept*",
    // Sockets are in non-blocking mode.
    "net.(*netFD).*",
];

/// What helps, by a function on the stack of the call.
const ADVICE: [(&str, &str); 6] = [
    ("os.(*File).Sync", SYNC),
    ("syscall.Fsync", SYNC),
    ("syscall.Fdatasync", SYNC),
    (
        "runtime.cgocall",
        "Bound how many goroutines are in C at once: each call holds a thread until it returns.",
    ),
    (
        "os.*",
        "Files are read and written by blocking calls: let a few goroutines do so for all others, and keep what is \
         read often.",
    ),
    (
        "syscall.Read*",
        "A raw read holds a thread until data comes: os.NewFile on a descriptor in non-blocking mode lets the \
         runtime poll pipes and terminals.",
    ),
];

const SYNC: &str = "Sync once for several writes (group commit), and only what must survive a crash.";

/// Edges that are kept; a trace with more has its answer long before.
const EDGES: usize = 1 << 16;

#[derive(Debug)]
pub(super) struct SyscallLong {
    least: i64,
    least_dns: i64,
    long: Waits,
    /// Time of the long ones without a P.
    without_p: i64,
    /// How many had other runnable goroutines beside them when they ended.
    contended: u64,
    /// When the long ones began and ended, for how many there were at once.
    edges: Vec<(i64, bool)>,
}

impl Detector for SyscallLong {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: nanos(thresholds.syscall),
            least_dns: nanos(thresholds.dns),
            long: Waits::default(),
            without_p: 0,
            contended: 0,
            edges: Vec::new(),
        }
    }
}

impl Analysis for SyscallLong {
    type Output = Found;

    fn syscall(&mut self, span: &Span, cx: &Context<'_>) {
        if span.duration() < self.least {
            return;
        }
        let Some(lost) = span.proc_lost.filter(|_| is_of_program(span, cx)) else { return };
        let whole_trace = span.is_open_start && span.is_open_end;
        // A goroutine that sits in a call all the time is there for it.
        let is_unknown = span.is_open_start && span.stack.is_none();
        if whole_trace || is_unknown || EXCUSED.iter().any(|name| frames::calls(cx, span.stack, name)) {
            return;
        }
        if span.duration() >= self.least_dns && dns_slow::is_lookup(span.stack, cx) {
            return;
        }
        self.long.add(span);
        self.without_p = self.without_p.saturating_add(span.end.saturating_sub(lost));
        self.contended += u64::from(cx.count(GoState::Runnable) > 1);
        if self.edges.len() < EDGES {
            self.edges.extend([(span.start, true), (span.end, false)]);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let Some((stack, _)) = self.long.worst() else { return Found::default() };
        let at_once = self.at_once();
        let summary = format!(
            "{} blocked for {} in total, the longest {}; up to {at_once} at once",
            things(self.long.count(), "system call"),
            Amount::nanos(self.long.sum()),
            Amount::nanos(self.long.max()),
        );
        let evidence = self
            .long
            .evidence(cx, "system call", "system calls")
            .figure("without_p", Amount::nanos(self.without_p))
            .figure("at_once", Amount::count(at_once))
            .figure("others_runnable", Amount::count(self.contended));
        let is_many = at_once >= cx.gomaxprocs() && self.long.count() >= 3;
        let severity = if is_many { Severity::Warning } else { Severity::Info };
        let fitting = ADVICE.iter().find(|(name, _)| frames::calls(cx, stack, name));
        let share = self.long.sum() as f64 / cx.elapsed().max(1) as f64;
        let finding = Finding::new(&RULE, severity, frames::subject(cx, stack), summary);
        let advice = fitting.map_or(RULE.advice, |(_, advice)| advice);
        let findings = vec![finding.share(share).proof(evidence).advise(advice)];
        Found { findings, moments: self.long.moments(cx, RULE.id), ..Found::default() }
    }
}

impl SyscallLong {
    /// The most long calls at once.
    fn at_once(&self) -> usize {
        let mut edges = self.edges.clone();
        edges.sort_unstable();
        let (mut now, mut most) = (0usize, 0);
        for (_, begins) in edges {
            now = if begins { now + 1 } else { now.saturating_sub(1) };
            most = most.max(now);
        }
        most
    }
}
