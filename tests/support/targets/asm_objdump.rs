//! objdump's text: what holds on any bytes.

use godiag::asm::{Arch, CompilerOutput, Options};

/// Every instruction belongs to one function, and the rules of every machine accept it.
pub(crate) fn check(data: &[u8]) {
    let text = [b"TEXT main.f(SB) /a.go\n", data].concat();
    for arch in Arch::ALL {
        let Ok(out) = CompilerOutput::parse_with(&text, &Options::default().with_arch(arch)) else { return };
        assert_eq!(out.arch(), Some(arch));
        let insts: usize = out.functions().map(|(id, _)| out.insts(id).len()).sum();
        assert!(insts < out.counts().lines as usize + 1);
        for (id, _) in out.functions() {
            let m = out.metrics(id);
            assert!(m.indirect_calls_in_loop <= m.indirect_calls && m.loops <= m.branches + 1);
        }
        let _ = out.findings();
    }
}
