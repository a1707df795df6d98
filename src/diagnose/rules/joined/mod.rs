//! The rules over all inputs, one a file. Each looks at the [`Facts`] and gives its findings; none knows another.

pub(crate) mod gc_pressure;
pub(crate) mod goroutine_leak;
pub(crate) mod goroutines;
pub(crate) mod hot_allocating;
pub(crate) mod hot_not_inlined;
pub(crate) mod leak_growth;
pub(crate) mod lock_contention;
pub(crate) mod pool_boxing;
pub(crate) mod pool_new;
pub(crate) mod timer_leak;

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{Finding, Rule};

/// The rules over the join.
pub(crate) const RULES: &[&Rule] = &[
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
pub(crate) fn apply(facts: &Facts<'_>) -> Vec<Finding> {
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
    rules.iter().flat_map(|find| find(facts)).collect()
}
