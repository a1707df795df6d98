//! The rules: those that join all inputs, and those that look at a trace alone.

mod joined;
mod traced;

use crate::diagnose::finding::{Rule, Source};
use crate::diagnose::inputs::Inputs;
use crate::diagnose::report::Coverage;

use joined::{
    gc_pressure, hot_allocating, hot_not_inlined, leak_growth, lock_contention, pool_boxing, pool_new,
    timer_leak,
};

pub(crate) use joined::apply;
pub use traced::Detectors;

/// Every rule: those over all inputs, then those over a trace.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    joined::RULES.iter().chain(traced::RULES).copied()
}

/// What could not be looked at, for lack of an input.
pub(crate) fn coverage(inputs: &Inputs<'_>) -> Vec<Coverage> {
    let mut out = Vec::new();
    let mut lacks = |source: Source, rules: &[&'static str], missing: &str| {
        if inputs.last(source).is_none() {
            out.push(Coverage { rules: rules.to_vec(), missing: missing.to_owned() });
        }
    };
    let by_cpu = [gc_pressure::RULE.id, hot_not_inlined::RULE.id, hot_allocating::RULE.id];
    lacks(Source::CpuProfile, &by_cpu, "no CPU profile (runtime/pprof.StartCPUProfile)");
    lacks(
        Source::HeapProfile,
        &[pool_new::RULE.id, timer_leak::RULE.id],
        "no heap profile (pprof.Lookup(\"heap\"))",
    );
    lacks(
        Source::MutexProfile,
        &[lock_contention::RULE.id],
        "no mutex profile (runtime.SetMutexProfileFraction, pprof.Lookup(\"mutex\"))",
    );
    if inputs.compilers.is_empty() {
        let missing =
            "no compiler output (go build -gcflags='-S -m=2' 2>build.txt): why values escape and calls stay";
        let rules = vec![hot_not_inlined::RULE.id, pool_boxing::RULE.id];
        out.push(Coverage { rules, missing: missing.to_owned() });
    }
    if inputs.traces.is_empty() {
        let missing = "no execution trace (runtime/trace.Start): single waits, and what the scheduler did";
        out.push(Coverage { rules: trace_rules(), missing: missing.to_owned() });
    }
    for (name, traced) in &inputs.traces {
        if let Some(loss) = &traced.loss {
            out.push(Coverage { rules: trace_rules(), missing: format!("{name}: {loss}") });
        }
    }
    let snapshots = inputs.of(Source::GoroutineProfile).len();
    if snapshots < 3 {
        let missing = format!("{snapshots} goroutine profiles: growth shows in 3 or more, taken apart");
        out.push(Coverage { rules: vec![leak_growth::RULE.id], missing });
    }
    out
}

/// The rules that need a trace.
fn trace_rules() -> Vec<&'static str> {
    traced::RULES.iter().map(|rule| rule.id).collect()
}
