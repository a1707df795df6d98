//! The rules over the join, one a file. Each looks at the [`Facts`] and gives its findings; none knows another.

mod context;
mod gc_pressure;
mod goroutine_leak;
pub(super) mod goroutines;
mod hot_allocating;
mod hot_not_inlined;
mod leak_growth;
mod lock_contention;
mod pool_boxing;
mod pool_new;
mod timer_leak;

use super::detect;
use super::finding::{Finding, Rule};
use super::report::Coverage;

pub(super) use context::{Context, Facts};

/// Every rule: those over the join, then those over a trace.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(detect::RULES).copied()
}

/// The rules over the join.
const RULES: &[&Rule] = &[
    &hot_not_inlined::RULE,
    &hot_allocating::RULE,
    &pool_boxing::RULE,
    &lock_contention::RULE,
    &gc_pressure::RULE,
    &pool_new::RULE,
    &timer_leak::RULE,
    &goroutine_leak::RULE,
    &leak_growth::RULE,
    &goroutines::GOROUTINES,
    &goroutines::PILE_UP,
];

/// What every rule finds.
pub(super) fn apply(context: &Context<'_>) -> Vec<Finding> {
    let facts = Facts::new(context);
    let rules: [fn(&Facts<'_>) -> Vec<Finding>; 10] = [
        hot_not_inlined::find,
        hot_allocating::find,
        pool_boxing::find,
        lock_contention::find,
        gc_pressure::find,
        pool_new::find,
        timer_leak::find,
        goroutine_leak::find,
        leak_growth::find,
        goroutines::find,
    ];
    rules.iter().flat_map(|find| find(&facts)).collect()
}

/// What could not be looked at, for lack of an input.
pub(super) fn coverage(context: &Context<'_>) -> Vec<Coverage> {
    use super::evidence::Source;
    let mut out = Vec::new();
    let mut lacks = |source: Source, rules: &[&'static str], missing: &str| {
        if context.last(source).is_none() {
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
    if context.compilers.is_empty() {
        let missing =
            "no compiler output (go build -gcflags='-S -m=2' 2>build.txt): why values escape and calls stay";
        let rules = vec![hot_not_inlined::RULE.id, pool_boxing::RULE.id];
        out.push(Coverage { rules, missing: missing.to_owned() });
    }
    if context.traces.is_empty() {
        let missing = "no execution trace (runtime/trace.Start): single waits, and what the scheduler did";
        out.push(Coverage { rules: trace_rules(), missing: missing.to_owned() });
    }
    for (name, traced) in &context.traces {
        if let Some(loss) = &traced.loss {
            out.push(Coverage { rules: trace_rules(), missing: format!("{name}: {loss}") });
        }
    }
    let snapshots = context.of(Source::GoroutineProfile).len();
    if snapshots < 3 {
        let missing = format!("{snapshots} goroutine profiles: growth shows in 3 or more, taken apart");
        out.push(Coverage { rules: vec![leak_growth::RULE.id], missing });
    }
    out
}

/// The rules that need a trace.
fn trace_rules() -> Vec<&'static str> {
    detect::RULES.iter().map(|rule| rule.id).collect()
}
