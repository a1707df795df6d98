//! `dns-slow`: name servers that answer late. There is no event for a lookup; the frames tell.
//!
//! A lookup is one wait of its caller. The A and AAAA questions go out in parallel from helper goroutines, whose waits
//! for the server must not be added up (`net/dnsclient_unix.go`, `net/lookup.go`).

use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, things};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::WaitClass;
use crate::trace::analysis::{Context, Span};
use crate::trace::{GoState, StackId};

pub(super) const RULE: Rule = Rule {
    id: "dns-slow",
    title: "DNS lookups take long",
    advice: "Cache addresses or keep connections open, so that fewer lookups happen; look at the name server, and at \
             search domains and ndots in resolv.conf (a trailing dot on full names avoids the search).",
    basis: "100 ms. Inferred from the resolver's frames, Go's own and cgo's; the names that were asked for are not in \
            a trace.",
};

/// The resolver's default time-out (`net/dnsconfig_unix.go`), in nanoseconds.
const TIMEOUT: i64 = 5_000_000_000;

#[derive(Debug, Default)]
pub(super) struct Dns {
    lookups: Waits,
    server: Waits,
    /// By stack.
    sides: Vec<Option<Side>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Neither,
    /// A helper waits for the server, or C does.
    Server,
    /// Whoever wants the address waits.
    Caller,
}

impl Dns {
    /// Takes a wait or a system call; true where it belongs to a lookup.
    pub(super) fn span(&mut self, span: &Span, cx: &Context<'_>, thresholds: &Thresholds) -> bool {
        let candidate = span.class == WaitClass::Dns || span.state == GoState::Syscall;
        if !candidate || i128::from(span.duration()) < thresholds.dns.as_nanos() as i128 {
            return false;
        }
        match self.side(span, cx) {
            Side::Neither => return false,
            Side::Server => self.server.add(span),
            Side::Caller => self.lookups.add(span),
        }
        true
    }

    fn side(&mut self, span: &Span, cx: &Context<'_>) -> Side {
        let at = span.stack.index().min(cx.tables().stack_count());
        if at >= self.sides.len() {
            self.sides.resize(at + 1, None);
        }
        *self.sides[at].get_or_insert_with(|| side(span.state, span.stack, cx))
    }

    pub(super) fn finish(&self, cx: &Context<'_>, moments: &mut Vec<Moment>) -> Option<Finding> {
        let (lookups, server) = (self.lookups.count(), self.server.count());
        if lookups + server == 0 {
            return None;
        }
        let worst = if lookups > 0 { &self.lookups } else { &self.server };
        moments.extend(worst.moments(cx, RULE.id));
        let timed_out = worst.max() as f64 >= 0.95 * TIMEOUT as f64;
        let summary = format!(
            "{} took {} together, the longest {}{}",
            things(worst.count(), "name lookup"),
            Amount::nanos(worst.sum()),
            Amount::nanos(worst.max()),
            if timed_out { ": the resolver's time-out" } else { "" }
        );
        let waits = worst
            .evidence(
                cx,
                if lookups > 0 { "lookup" } else { "wait for a server" },
                if lookups > 0 { "lookups" } else { "waits for a server" },
            )
            .figure("lookups", Amount::count(lookups))
            .figure("server_waits", Amount::count(server))
            .figure("waits", Amount::count(lookups + server))
            .figure("longest", Amount::nanos(self.lookups.max().max(self.server.max())));
        let share = worst.sum() as f64 / cx.elapsed().max(1) as f64;
        let severity = if timed_out { Severity::Error } else { Severity::Warning };
        let subject = worst.worst().map(|(stack, _)| frames::subject(cx, stack)).unwrap_or_default();
        let mut finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(waits);
        if lookups > 0 && server > 0 {
            finding = finding.proof(self.server.evidence(cx, "wait for a server", "waits for a server"));
        }
        Some(finding.sure(if server > 0 { Confidence::Certain } else { Confidence::Likely }))
    }
}

fn side(state: GoState, stack: StackId, cx: &Context<'_>) -> Side {
    let calls = |name| frames::calls(cx, stack, name);
    if state == GoState::Syscall {
        let in_c = calls("net._C2func_getaddrinfo")
            || calls("net._C_getaddrinfo")
            || calls("net._C2func_res_nsearch*");
        return if in_c { Side::Server } else { Side::Neither };
    }
    if calls("net.dnsPacketRoundTrip") || calls("net.dnsStreamRoundTrip") {
        return Side::Server;
    }
    // Behind singleflight a helper looks up for whoever dials; the dialler's own wait is the lookup.
    let helper = calls("internal/singleflight.(*Group).doCall*");
    if helper { Side::Neither } else { Side::Caller }
}
