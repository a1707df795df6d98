//! What several rules say about one thing, reported once.

//!
//! A leaking goroutine is a stuck group in the trace, growth in the snapshots and proof in the leak profile;
//! a contended lock is in the trace and in two profiles. The strongest finding gets the evidence of the
//! others.

use crate::diagnose::finding::Finding;

/// Rules that see the same thing, the strongest first.
const FAMILIES: [&[&str]; 3] = [
    &["goroutine-leak", "leak-growth", "piling-up", "stuck-group", "pile-up"],
    &["lock-wait", "lock-contention", "lock-holder"],
    &["dns-slow", "slow-call"],
];

/// How strong a rule is within its family; rules of other families are alone in theirs.
fn rank(finding: &Finding) -> (usize, usize) {
    let place =
        |(family, ids): (usize, &&[&str])| Some((family, ids.iter().position(|id| *id == finding.id())?));
    FAMILIES.iter().enumerate().find_map(place).unwrap_or((usize::MAX, 0))
}

/// Two findings are about the same thing.
fn same(a: &Finding, b: &Finding) -> bool {
    let family = rank(a).0 == rank(b).0 && rank(a).0 != usize::MAX;
    (family || a.id() == b.id()) && a.subject.function == b.subject.function
}

/// Gives each thing's strongest finding the evidence of the others, and marks those as its parts.
pub(crate) fn unite(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| rank(finding).1);
    for index in 0..findings.len() {
        let (before, rest) = findings.split_at_mut(index);
        let Some(finding) = rest.first_mut() else { break };
        let Some(main) = before.iter_mut().find(|main| main.part_of.is_none() && same(main, finding)) else {
            continue;
        };
        finding.part_of = Some(main.rule.id);
        for evidence in &finding.evidence {
            // The waits that a trace shows are the stronger finding's own.
            let is_known =
                finding.id() == "lock-contention" && main.evidence.iter().any(|e| e.input == evidence.input);
            if !is_known && !main.evidence.contains(evidence) {
                main.evidence.push(evidence.clone());
            }
        }
        main.severity = main.severity.max(finding.severity);
        main.confidence = main.confidence.max(finding.confidence);
        main.share = main.share.max(finding.share);
    }
}
