//! `stw-other`: something other than the collector stops the world for long.

use crate::diagnose::finding::{Explanation, Rule, Source};

pub(super) const RULE: Rule = Rule {
    id: "stw-other",
    title: "long stops of the world outside garbage collection",
    advice: "Do not ask for all goroutines' stacks, memory statistics or GOMAXPROCS changes in production, \
             or not often: use goroutine profiles and runtime/metrics, which hardly stop the program.",
    basis: "1 ms from the request to the first restart. Up to Go 1.20 a trace holds only the collector's \
            stops.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Each stop of the world for another reason than a collection, with the stack that asked for \
               it: runtime.Stack of all goroutines, ReadMemStats, GOMAXPROCS, goroutine profiles, the \
               runtime's tests.",
        costs: "Nobody runs meanwhile. Some of them take time in proportion to the number of goroutines.",
        silent: "Stops below 1 ms; stops of the recording itself: the start and the end of a trace, goroutine and \
                 heap profiles of runtime/pprof.",
        example: &[
            "go func() {",
            "    for range time.Tick(time.Second) {",
            "        var m runtime.MemStats",
            "        runtime.ReadMemStats(&m) // stops the world each second",
            "        gauge.Set(m.HeapAlloc)",
            "    }",
            "}()",
        ],
    },
};
