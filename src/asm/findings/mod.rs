//! Findings: what costs in a function, how sure that is, and what to do about it.
//!
//! One output goes in, best with both texts of the same build (`-gcflags='-S -m=2'`). Out come [`Finding`]s
//! in input order, each with its evidence. Each file holds one rule, or a few close ones.
//!
//! The listing says what the code does; the decisions say why. A rule never claims from decisions alone what
//! the listing does not show, but for [`Rule::NearBudget`], which is about the decision itself.

mod alloc_loop;
mod barrier_loop;
mod big_copy;
mod big_frame;
mod bounds_loop;
mod boxing;
mod closure;
mod context;
mod crosscheck;
mod defer_loop;
mod detail;
mod escape;
mod evidence;
mod explain;
mod explanation;
mod finding;
mod func_call_loop;
mod grow;
mod interface_loop;
mod joins;
mod near_budget;
mod no_inline;
mod pool;
mod rule;
mod strings_loop;
mod waiting_loop;
mod worth;

pub use crosscheck::{Claim, CrossCheck, Unmatched};
pub use detail::{Detail, InlineCause};
pub use evidence::Evidence;
pub use explanation::Explanation;
pub use finding::Finding;
pub use rule::Rule;

use context::Cx;
use joins::Joins;

use crate::asm::analysis::SiteKind;
use crate::asm::output::CompilerOutput;

impl<'a> CompilerOutput<'a> {
    /// What costs in the functions of this output, in input order.
    ///
    /// A package built with `-race`, `-msan`, `-asan`, `-cover`, `-N` or `-l` has no findings, because its
    /// code is not the one that is shipped; see [`flags`](Self::flags) and
    /// [`is_instrumented`](Self::is_instrumented).
    pub fn findings(&self) -> Vec<Finding<'a>> {
        let mut out = Vec::new();
        if self.is_instrumented() {
            return out;
        }
        let joins = Joins::new(self);
        let mut sites = Vec::new();
        for (id, function) in self.functions() {
            if self.is_for_debugging(function.package) {
                continue;
            }
            sites.clear();
            sites.extend(self.sites(id));
            let cx = Cx::new(self, &joins, (id, function), &sites);
            big_frame::find(&cx, &mut out);
            if cx.sites.is_empty() {
                continue;
            }
            closure::find(&cx, &mut out);
            interface_loop::find(&cx, &mut out);
            func_call_loop::find(&cx, &mut out);
            boxing::find(&cx, &mut out);
            grow::find(&cx, &mut out);
            pool::find(&cx, &mut out);
            no_inline::find(&cx, &mut out);
            escape::find(&cx, &mut out);
            alloc_loop::find(&cx, &mut out);
            bounds_loop::find(&cx, &mut out);
            barrier_loop::find(&cx, &mut out);
            defer_loop::find(&cx, &mut out);
            big_copy::find(&cx, &mut out);
            strings_loop::find(&cx, &mut out);
            waiting_loop::find(&cx, &mut out);
        }
        near_budget::find(self, &mut out);
        out
    }

    /// Whether the code holds calls of a race, memory or address sanitizer, or counters of `-cover`.
    pub fn is_instrumented(&self) -> bool {
        const CALLS: [&[u8]; 5] = [
            b"runtime.racefuncenter",
            b"runtime.msanread",
            b"runtime.asanread",
            b"runtime.raceread",
            b"runtime.addCovMeta",
        ];
        self.functions().any(|(id, _)| {
            self.sites(id)
                .any(|site| matches!(site.kind, SiteKind::RuntimeCall { target } if CALLS.contains(&target)))
        })
    }
}
