//! Findings that are the echo of a stall: while the whole process stands still, every wait is long.

use crate::diagnose::finding::{Finding, Severity};
use crate::diagnose::inputs::Moment;

/// The rule that names the cause.
const STALLED: &str = "stalled";

/// The part of a rule's worst moments that must fall into stalls.
const MOST: f64 = 0.5;

/// Marks the findings of one trace whose moments are those of its stalls as parts of that finding.
pub(crate) fn mark_echoes(findings: &mut [Finding], moments: &[Moment]) {
    let stalls: Vec<_> = moments.iter().filter(|moment| moment.rule == STALLED).collect();
    if !findings.iter().any(|finding| finding.id() == STALLED) {
        return;
    }
    let mut echoes = Vec::new();
    for finding in findings.iter_mut().filter(|finding| finding.id() != STALLED) {
        let of_rule = moments.iter().filter(|moment| moment.rule == finding.rule.id);
        let (mut time, mut stalled) = (0.0, 0.0);
        for moment in of_rule {
            time += moment.end.saturating_sub(moment.start) as f64;
            let common = |stall: &&Moment| {
                moment.end.min(stall.end).saturating_sub(moment.start.max(stall.start)).max(0)
            };
            stalled += stalls.iter().map(common).fold(0i64, i64::saturating_add) as f64;
        }
        if time > 0.0 && stalled >= MOST * time {
            finding.part_of = Some(STALLED);
            finding.severity = Severity::Info;
            echoes.push(format!("at the same moments: {}", finding.summary));
        }
    }
    let cause = findings.iter_mut().find(|finding| finding.id() == STALLED);
    if let Some(evidence) = cause.and_then(|cause| cause.evidence.first_mut()) {
        evidence.lines.extend(echoes);
    }
}
