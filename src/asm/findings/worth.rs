//! What findings are worth: what one costs each time it is reached, and how often that may be.

use super::detail::{Detail, InlineCause};
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::decisions::NoInline;

/// How often a loop is taken to run for each time that its function runs.
const ITERATIONS: f64 = 10.0;

impl Finding<'_> {
    /// Roughly how many nanoseconds it costs each time the function runs, with ten iterations for a loop.
    ///
    /// It is meant for ranking: the figures are those of small loops with and without the construct, by Go
    /// 1.27 on amd64 (`tests/programs/costs`). Only a profile knows how often the function runs.
    pub fn worth_ns(&self) -> f64 {
        let bytes = self.bytes.map_or(0.0, |bytes| bytes as f64);
        // An object is taken from its size class, cleared, and later marked and swept.
        let allocation = 20.0 + 0.4 * bytes;
        let once = match self.rule {
            Rule::ClosureHeap | Rule::Box | Rule::BoxLoop | Rule::Escape | Rule::AllocLoop => allocation,
            Rule::PoolValue => allocation,
            // The object of a pool is as large as somebody found worth a pool.
            Rule::PoolNoPut | Rule::PoolLocal => 300.0,
            Rule::BigVarHeap => 30_000.0,
            Rule::GoroutineClosure => 800.0,
            Rule::TimeLoop => 45.0,
            Rule::ConvertLoop | Rule::ConcatLoop => 55.0,
            Rule::DeferLoop | Rule::LockLoop => 20.0,
            Rule::Grow => 10.0,
            Rule::BigFrame => 5.0,
            Rule::BigCopy => 0.03 * bytes,
            Rule::NoInline | Rule::NearBudget => 2.5,
            Rule::InterfaceLoop | Rule::FuncCallLoop | Rule::DictionaryLoop => 2.0,
            Rule::BarrierLoop => 1.0,
            Rule::BoundsLoop => 0.5,
            // It may be wrong, but it costs nothing.
            Rule::PoolNoReset => 1.0,
        };
        // Bytes are the sum of the sites that a finding counts.
        let sites = if self.bytes.is_some() { 1.0 } else { f64::from(self.count) };
        once * sites * if self.in_loop { ITERATIONS } else { 1.0 }
    }

    /// Whether no small change helps: a callee that exceeds the inline budget more than twice.
    pub fn is_out_of_reach(&self) -> bool {
        let Detail::Inline { cause: InlineCause::Callee(reason), .. } = self.detail else { return false };
        matches!(reason, NoInline::TooComplex { cost, budget } if cost > budget.saturating_mul(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::CompilerOutput;

    #[test]
    fn loops_and_bytes_weigh() {
        let output = CompilerOutput::parse(
            b"# p\n./a.go:3:6: cannot inline f: function too complex: cost 84 exceeds budget 80\n",
        )
        .unwrap();
        let mut finding = output.findings().remove(0);
        let once = finding.worth_ns();
        finding.in_loop = true;
        assert!(finding.worth_ns() > 5.0 * once);
        finding.rule = Rule::AllocLoop;
        let small = finding.worth_ns();
        finding.bytes = Some(4096);
        assert!(finding.worth_ns() > 10.0 * small);
        assert!(!finding.is_out_of_reach());
        let reason = NoInline::TooComplex { cost: 161, budget: 80 };
        finding.detail = Detail::Inline { callee: b"f", cause: InlineCause::Callee(reason) };
        assert!(finding.is_out_of_reach());
    }
}
