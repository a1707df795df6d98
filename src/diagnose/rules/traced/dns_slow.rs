//! `dns-slow`: name servers that answer late. A trace has no event for a lookup; its frames give it away.
//!
//! A lookup is one wait of its caller. The A and AAAA questions go out in parallel from helper goroutines,
//! whose waits for the server must not be added up (`net/dnsclient_unix.go`, `net/lookup.go`).

use super::detector::{Detector, Found, is_of_program};
use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, things};
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::symbol::WaitClass;
use crate::trace::analysis::{Analysis, Context, Span};
use crate::trace::{GoState, StackId};

const RULE: Rule = Rule {
    id: "dns-slow",
    title: "slow DNS lookups",
    advice: "Look up less often: cache addresses, or keep connections open. Then look at the name server, \
             and at search domains and ndots in resolv.conf (a trailing dot on a full name skips the \
             search).",
    basis: "A lookup of 100 ms. It is inferred from the frames of the resolver, Go's own and cgo's; a trace \
            does not hold the names that were looked up.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that wait for a DNS lookup for 100 ms or longer. A caller that waits counts as a \
               lookup; the helpers that wait for the server, two for each lookup, are counted apart and not \
               added to it.",
        costs: "Every request that needs a new connection pays for the lookup first. A server that drops \
                packets costs the resolver's time-out, 5 s per attempt, before the next one is asked.",
        silent: "Lookups below the threshold; lookups of other resolvers, which look like any other network \
                 read; connections that are reused.",
        example: &[
            "resp, err := http.Get(\"http://stock.internal/\") // a new connection, and a lookup, each time",
            "defer resp.Body.Close()                          // the body is not read: no reuse",
        ],
    },
};

/// The resolver's default time-out in nanoseconds (`net/dnsconfig_unix.go`).
const TIMEOUT: i64 = 5_000_000_000;

#[derive(Debug)]
pub(super) struct DnsSlow {
    least: i64,
    lookups: Waits,
    server: Waits,
    /// By stack.
    sides: Vec<Option<Side>>,
}

/// Who waits for what in a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Neither,
    /// A helper waits for the server, or C code does.
    Server,
    /// The goroutine that wants the address waits.
    Caller,
}

impl Detector for DnsSlow {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        let least = nanos(thresholds.dns);
        Self { least, lookups: Waits::default(), server: Waits::default(), sides: Vec::new() }
    }
}

impl Analysis for DnsSlow {
    type Output = Found;

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        if span.class == WaitClass::Dns {
            self.lookup(span, cx);
        }
    }

    fn syscall(&mut self, span: &Span, cx: &Context<'_>) {
        self.lookup(span, cx);
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let (lookups, server) = (self.lookups.count(), self.server.count());
        if lookups + server == 0 {
            return Found::default();
        }
        let (worst, one, many) = match lookups {
            0 => (&self.server, "wait for a server", "waits for a server"),
            _ => (&self.lookups, "lookup", "lookups"),
        };
        let timed_out = worst.max() as f64 >= 0.95 * TIMEOUT as f64;
        let summary = format!(
            "{} took {} in total, the longest {}{}",
            things(worst.count(), "name lookup"),
            Amount::nanos(worst.sum()),
            Amount::nanos(worst.max()),
            if timed_out { ": the resolver's time-out" } else { "" }
        );
        let waits = worst
            .evidence(cx, one, many)
            .figure("lookups", Amount::count(lookups))
            .figure("server_waits", Amount::count(server))
            .figure("waits", Amount::count(lookups + server))
            .figure("longest", Amount::nanos(self.lookups.max().max(self.server.max())));
        // As for locks: of the time of as many goroutines as may have waited.
        let goroutine_time = cx.elapsed().max(1) as f64 * worst.count().min(16) as f64;
        let share = worst.sum() as f64 / goroutine_time;
        let severity = if timed_out { Severity::Error } else { Severity::Warning };
        let subject = worst.worst().map(|(stack, _)| frames::subject(cx, stack)).unwrap_or_default();
        let mut finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(waits);
        if lookups > 0 && server > 0 {
            finding = finding.proof(self.server.evidence(cx, "wait for a server", "waits for a server"));
        }
        let finding = finding.sure(if server > 0 { Confidence::Certain } else { Confidence::Likely });
        Found { findings: vec![finding], moments: worst.moments(cx, RULE.id), ..Found::default() }
    }
}

impl DnsSlow {
    /// Takes a span that may be part of a lookup.
    fn lookup(&mut self, span: &Span, cx: &Context<'_>) {
        if span.duration() < self.least || !is_of_program(span, cx) {
            return;
        }
        match self.side(span, cx) {
            Side::Neither => {}
            Side::Server => self.server.add(span),
            Side::Caller => self.lookups.add(span),
        }
    }

    fn side(&mut self, span: &Span, cx: &Context<'_>) -> Side {
        let slot = span.stack.index().min(cx.tables().stack_count());
        if slot >= self.sides.len() {
            self.sides.resize(slot + 1, None);
        }
        *self.sides[slot].get_or_insert_with(|| match span.state {
            GoState::Syscall if is_lookup(span.stack, cx) => Side::Server,
            GoState::Syscall => Side::Neither,
            _ => waiting_side(span.stack, cx),
        })
    }
}

/// Whether the system call with this stack is a lookup by C's resolver.
pub(super) fn is_lookup(stack: StackId, cx: &Context<'_>) -> bool {
    ["net._C2func_getaddrinfo", "net._C_getaddrinfo", "net._C2func_res_nsearch*"]
        .iter()
        .any(|name| frames::calls(cx, stack, name))
}

fn waiting_side(stack: StackId, cx: &Context<'_>) -> Side {
    let calls = |name| frames::calls(cx, stack, name);
    if calls("net.dnsPacketRoundTrip") || calls("net.dnsStreamRoundTrip") {
        return Side::Server;
    }
    // Under singleflight a helper looks up for whoever dials; the dialler's own wait is the lookup.
    let helper = calls("internal/singleflight.(*Group).doCall*");
    if helper { Side::Neither } else { Side::Caller }
}
