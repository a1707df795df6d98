//! The explanation of each rule, from the rule's file.

use std::io::{self, Write};

use super::explanation::Explanation;
use super::rule::Rule;
use super::{
    alloc_loop, barrier_loop, big_copy, big_frame, bounds_loop, boxing, closure, defer_loop, escape,
    func_call_loop, grow, interface_loop, near_budget, no_inline, pool, strings_loop, waiting_loop,
};
use crate::text::page::{write_code, write_paragraph};

impl Rule {
    /// What the rule sees, why that costs, when it is silent, and an example.
    pub const fn explanation(self) -> &'static Explanation {
        match self {
            Self::ClosureHeap => &closure::CLOSURE_HEAP,
            Self::GoroutineClosure => &closure::GOROUTINE_CLOSURE,
            Self::InterfaceLoop => &interface_loop::INTERFACE_LOOP,
            Self::FuncCallLoop => &func_call_loop::FUNC_CALL_LOOP,
            Self::DictionaryLoop => &func_call_loop::DICTIONARY_LOOP,
            Self::Box => &boxing::BOX,
            Self::BoxLoop => &boxing::BOX_LOOP,
            Self::Grow => &grow::GROW,
            Self::PoolValue => &pool::POOL_VALUE,
            Self::PoolNoPut => &pool::POOL_NO_PUT,
            Self::PoolNoReset => &pool::POOL_NO_RESET,
            Self::PoolLocal => &pool::POOL_LOCAL,
            Self::NoInline => &no_inline::NO_INLINE,
            Self::NearBudget => &near_budget::NEAR_BUDGET,
            Self::Escape => &escape::ESCAPE,
            Self::BigVarHeap => &escape::BIG_VAR_HEAP,
            Self::AllocLoop => &alloc_loop::ALLOC_LOOP,
            Self::BoundsLoop => &bounds_loop::BOUNDS_LOOP,
            Self::BarrierLoop => &barrier_loop::BARRIER_LOOP,
            Self::DeferLoop => &defer_loop::DEFER_LOOP,
            Self::BigFrame => &big_frame::BIG_FRAME,
            Self::BigCopy => &big_copy::BIG_COPY,
            Self::ConvertLoop => &strings_loop::CONVERT_LOOP,
            Self::ConcatLoop => &strings_loop::CONCAT_LOOP,
            Self::TimeLoop => &waiting_loop::TIME_LOOP,
            Self::LockLoop => &waiting_loop::LOCK_LOOP,
        }
    }

    /// Writes the rule's page: what it sees, why that costs, when it is silent, an example, what to do.
    ///
    /// # Errors
    /// Those of `out`.
    ///
    /// ```
    /// let mut page = Vec::new();
    /// godiag::asm::Rule::DeferLoop.write_page(&mut page)?;
    /// assert!(String::from_utf8_lossy(&page).contains("defer f.Close()"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write_page(self, out: &mut impl Write) -> io::Result<()> {
        let Explanation { sees, costs, silent, bad, good } = self.explanation();
        writeln!(out, "{}: {}", self.id(), self.title())?;
        write_paragraph(out, "What it sees", sees)?;
        write_paragraph(out, "Why it costs", costs)?;
        write_paragraph(out, "When it is silent", silent)?;
        write_code(out, "Instead of", bad.lines())?;
        write_code(out, "Write", good.lines())?;
        write_paragraph(out, "What to do", self.fix())?;
        writeln!(out, "\nGo releases: {}", self.go_versions())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_that_fits_a_terminal() {
        for rule in Rule::ALL {
            let mut page = Vec::new();
            rule.write_page(&mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            let Explanation { sees, costs, silent, bad, good } = rule.explanation();
            for text in [sees, costs, silent] {
                assert!(text.ends_with('.') && !text.contains("  "), "{rule}: {text}");
            }
            assert!(!bad.is_empty() && !good.is_empty() && bad != good, "{rule}");
            assert!(page.lines().all(|line| line.chars().count() <= 110), "{page}");
        }
    }
}
