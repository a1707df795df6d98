//! The rules over the join, one a file. Each looks at the [`Facts`] and gives its findings; none knows another.

mod context;
mod gc_pressure;
mod goroutine_leak;
pub(super) mod goroutines;
mod leak_growth;
mod lock_contention;
mod pool_new;
mod timer_leak;

use super::finding::{Finding, Rule};
use super::report::Coverage;

pub(super) use context::{Context, Facts};

/// Every rule, by what it looks at.
pub const RULES: &[&Rule] = &[
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
    let rules: [fn(&Facts<'_>) -> Vec<Finding>; 7] = [
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
    lacks(Source::CpuProfile, &[gc_pressure::RULE.id], "no CPU profile (runtime/pprof.StartCPUProfile)");
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
    let snapshots = context.of(Source::GoroutineProfile).len();
    if snapshots < 3 {
        let missing = format!("{snapshots} goroutine profiles: growth shows in 3 or more, taken apart");
        out.push(Coverage { rules: vec![leak_growth::RULE.id], missing });
    }
    out
}
