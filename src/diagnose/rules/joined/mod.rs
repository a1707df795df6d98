//! The rules over all inputs. Each looks at the [`Facts`] and gives its findings; none knows another.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{Finding, Rule};

/// Looks for what a rule is about.
type Find = fn(&Facts<'_>) -> Vec<Finding>;

/// Declares the rules' modules, and lists what each has: a `RULE`, and how to `find` it.
macro_rules! rules {
    ($($module:ident,)+) => {
        $(pub(crate) mod $module;)+

        /// The rules, and how to find each.
        const RULES: &[(&Rule, Find)] = &[$((&$module::RULE, $module::find)),+];
    };
}

rules![
    crash,
    pool_wait,
    lock_holder,
    slow_call,
    polling,
    one_by_one,
    serial_stage,
    repeated_work,
    hot_path,
    never_woken,
    piling_up,
    memory_limit,
    gc_always,
    heap_growth,
    hot_not_inlined,
    hot_allocating,
    pool_boxing,
    lock_contention,
    gc_pressure,
    pool_new,
    timer_leak,
    goroutine_leak,
    leak_growth,
    goroutines,
    pile_up,
];

/// The rules over all inputs.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().map(|(rule, _)| *rule)
}

/// What every rule finds.
pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    RULES.iter().flat_map(|(_, find)| find(facts)).collect()
}
