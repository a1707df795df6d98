//! Decisions: what holds on any bytes.

use godiag::asm::{CompilerOutput, FlowStep};

/// Each decision is part of its line, and flows belong to the decision before them.
pub(crate) fn check(data: &[u8]) {
    let text = [b"# p\n", data].concat();
    let Ok(out) = CompilerOutput::parse(&text) else { return };
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let holds =
        |line: &[u8], part: &[u8]| part.is_empty() || line.windows(part.len()).any(|window| window == part);
    let mut last = 0;
    for decision in out.decisions() {
        assert!(decision.line > last, "in input order, one a line");
        last = decision.line;
        let line = lines[decision.line as usize - 1];
        assert!(holds(line, decision.kind.subject()), "{decision:?}");
        if let Some(position) = decision.position {
            assert!(holds(line, position.file));
        }
        let mut at = decision.line as usize;
        for step in out.flow(decision) {
            let FlowStep::From { expr, why, .. } = step else { continue };
            let found = (at..lines.len()).find(|at| holds(lines[*at], expr) && holds(lines[*at], why));
            at = found.expect("a step is below its decision") + 1;
        }
    }
    let _ = (out.findings(), out.go_versions());
}
