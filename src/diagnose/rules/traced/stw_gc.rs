//! `stw-gc`: the collector's stops of the world are long.

use crate::diagnose::finding::{Explanation, Rule, Source};

pub(super) const RULE: Rule = Rule {
    id: "stw-gc",
    title: "long garbage-collection pauses",
    advice: "If stopping takes long, the goroutine named here cannot be preempted: look at it. Otherwise the \
             machine has too little CPU for the collector's thread.",
    basis: "1 ms from the request to the first restart; the runtime aims at far less, and 20 to 200 µs is \
            usual. Below 10 ms a stop is reported only if stopping took 1 ms of it: the rest is the \
            machine's, which let the thread wait.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Each stop of the world that the garbage collector makes, in its three parts: stopping (until \
               the last P has given way), stopped, and restarting, with the last goroutine to stop.",
        costs: "Nobody runs meanwhile. A collection stops the world twice, so a stop of some milliseconds \
                shows in the slowest requests.",
        silent: "Stops below 1 ms; stops for the start and the end of the recording itself.",
        example: &[
            "for i := range table { // without a call, in assembly or with asyncpreemptoff:",
            "    sum += table[i]       // nobody can stop this loop before it ends",
            "}",
        ],
    },
};
