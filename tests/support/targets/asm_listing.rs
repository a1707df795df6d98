//! Compiler output: what holds on any bytes.

use godiag::asm::{Baseline, Build, CompilerOutput, Evidence, Lines, plain};

/// Every line is seen once, parts of a whole never exceed it, findings have evidence in the input, and a
/// baseline comes back as it was written.
pub(crate) fn check(data: &[u8]) {
    let lines = Lines::new(data).map(|line| line.full_len + 1).sum::<usize>();
    let start = if data.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    assert!(lines + start == data.len() || lines + start == data.len() + 1, "{lines} of {}", data.len());
    if let Ok(text) = plain(data) {
        read(&text);
    }
    read(data);
}

fn read(text: &[u8]) {
    let Ok(out) = CompilerOutput::parse(text) else { return };
    let counts = out.counts();
    assert!(counts.unclassified <= counts.lines);
    let mut insts = 0;
    for (id, function) in out.functions() {
        insts += out.insts(id).len();
        assert!(function.line <= counts.lines);
        let m = out.metrics(id);
        assert!(m.bounds_checks_in_loop <= m.bounds_checks && m.allocations_in_loop <= m.allocations);
        assert!(m.instructions as usize <= out.insts(id).len() && m.branches <= m.instructions);
        for site in out.sites(id) {
            assert!(out.site_inst(&site).line > function.line);
        }
    }
    assert!(insts <= counts.lines as usize);
    let steps: usize = out.decisions().iter().map(|decision| out.flow(decision).len()).sum();
    assert!(out.decisions().len() + steps <= counts.lines as usize);
    for finding in out.findings() {
        assert!(!finding.evidence.is_empty() && finding.count > 0);
        assert!(finding.evidence.iter().filter_map(Evidence::line).all(|line| line <= counts.lines));
        let message = finding.message();
        assert!(!message.chars().any(char::is_control), "{message:?}");
    }
    let check = out.cross_check();
    assert!(check.claims.len() + check.confirmed as usize <= out.decisions().len());
    let baseline = Baseline::new(&out, Build::new(&out));
    let mut written = Vec::new();
    baseline.write_json_lines(&mut written).unwrap();
    let mut again = Vec::new();
    Baseline::parse(&written).unwrap().write_json_lines(&mut again).unwrap();
    assert_eq!(written, again);
}
