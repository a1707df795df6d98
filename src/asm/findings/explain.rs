//! The explanation of each rule, from the rule's file.

use super::explanation::Explanation;
use super::rule::Rule;
use super::{
    alloc_loop, barrier_loop, big_copy, big_frame, bounds_loop, boxing, closure, defer_loop, escape,
    func_call_loop, grow, interface_loop, near_budget, no_inline, pool, strings_loop, waiting_loop,
};

impl Rule {
    /// What the rule finds, why that costs, when it is silent, and an example.
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

    /// The rule's page as text: title, explanation, advice, and the releases it knows.
    ///
    /// ```
    /// use godiag::asm::Rule;
    /// assert!(Rule::DeferLoop.page().contains("defer f.Close()"));
    /// ```
    pub fn page(self) -> String {
        let Explanation { finds, costs, silent, bad, good } = self.explanation();
        let mut page = format!("{}: {}\n", self.id(), self.title());
        for (heading, text) in [
            ("What it finds", *finds),
            ("Why it costs", *costs),
            ("When it is silent", *silent),
            ("What to do", self.fix()),
        ] {
            page.push_str(&format!("\n{heading}\n"));
            push_wrapped(&mut page, text);
        }
        for (heading, code) in [("Instead of", *bad), ("Write", *good)] {
            page.push_str(&format!("\n{heading}\n\n"));
            for line in code.lines() {
                page.push_str(&format!("        {line}\n"));
            }
        }
        page.push_str(&format!("\nGo releases: {}\n", self.go_versions()));
        page
    }
}

/// Columns of a line of text.
const WIDTH: usize = 92;

/// Appends a paragraph, indented and wrapped at words.
fn push_wrapped(page: &mut String, text: &str) {
    let mut column = WIDTH;
    for word in text.split(' ') {
        if column + 1 + word.chars().count() > WIDTH {
            if !page.ends_with('\n') {
                page.push('\n');
            }
            page.push_str("    ");
            column = 4;
        } else {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += word.chars().count();
    }
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_that_fits_a_terminal() {
        for rule in Rule::ALL {
            let page = rule.page();
            let Explanation { finds, costs, silent, bad, good } = rule.explanation();
            for text in [finds, costs, silent] {
                assert!(text.ends_with('.') && !text.contains("  "), "{rule}: {text}");
            }
            assert!(!bad.is_empty() && !good.is_empty() && bad != good, "{rule}");
            assert!(page.lines().all(|line| line.chars().count() <= 110), "{page}");
        }
    }
}
