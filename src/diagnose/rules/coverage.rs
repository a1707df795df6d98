//! What could not be looked at, for lack of an input.

use super::joined::leak_growth;
use super::{joined, traced};
use crate::diagnose::finding::{Rule, Source, things};
use crate::diagnose::inputs::Inputs;

/// Something that could not be looked at, and what would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coverage {
    /// The rules concerned, by id.
    pub rules: Vec<&'static str>,
    /// What was missing, and how to record it.
    pub missing: String,
}

/// The inputs that rules need, and how each is recorded.
const RECORDED: [(Source, &str); 6] = [
    (Source::CpuProfile, "no CPU profile (runtime/pprof.StartCPUProfile)"),
    (Source::HeapProfile, "no heap profile (pprof.Lookup(\"heap\"))"),
    (Source::MutexProfile, "no mutex profile (runtime.SetMutexProfileFraction, pprof.Lookup(\"mutex\"))"),
    (Source::BlockProfile, "no block profile (runtime.SetBlockProfileRate, pprof.Lookup(\"block\"))"),
    (
        Source::Compiler,
        "no compiler output (go build -gcflags='-S -m=2' 2>build.txt): why values escape and calls are \
         not inlined",
    ),
    (Source::Trace, "no execution trace (runtime/trace.Start): single waits, and what the scheduler did"),
];

/// What could not be looked at.
pub(crate) fn coverage(inputs: &Inputs<'_>) -> Vec<Coverage> {
    let mut out = Vec::new();
    for (source, missing) in RECORDED {
        // A rule that takes one of several inputs lacks the others only if it has none of them.
        let lacks = |rule: &&Rule| {
            rule.needs
                .iter()
                .any(|group| group.contains(&source) && !group.iter().any(|one| inputs.has(*one)))
        };
        let rules: Vec<_> = all().filter(lacks).map(|rule| rule.id).collect();
        if !inputs.has(source) && !rules.is_empty() {
            out.push(Coverage { rules, missing: missing.to_owned() });
        }
    }
    for (name, traced) in &inputs.traces {
        if let Some(loss) = &traced.loss {
            let rules = traced::rules().map(|rule| rule.id).collect();
            out.push(Coverage { rules, missing: format!("{name}: {loss}") });
        }
    }
    let snapshots = inputs.snapshots().len();
    if snapshots < leak_growth::SNAPSHOTS {
        let count = if snapshots == 0 {
            "no goroutine profile".to_owned()
        } else {
            things(snapshots, "goroutine profile")
        };
        let missing = format!("{count}: growth shows in {} or more, taken apart", leak_growth::SNAPSHOTS);
        out.push(Coverage { rules: vec![leak_growth::RULE.id], missing });
    }
    out
}

fn all() -> impl Iterator<Item = &'static Rule> {
    joined::rules().chain(traced::rules())
}
