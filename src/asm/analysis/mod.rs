//! What each function does, read from its instructions.
//!
//! What goes in: a listing. What comes out: [`Metrics`] a function, and its [`Site`]s in code order: calls,
//! allocations, bounds checks, write barriers and bulk copies, each with whether it is in a loop.
//!
//! `rows → graph → sites → metrics`

mod alloc;
mod copies;
mod indirect;
mod metrics;
mod sites;

pub use indirect::Indirect;
pub use metrics::Metrics;
pub use sites::{Site, SiteKind};

use std::ops::Range;

use crate::asm::arch::{Arch, Op};
use crate::asm::graph::cfg::Cfg;
use crate::asm::listing::{Function, FunctionId, Listing};

/// The facts about every function of a listing.
#[derive(Debug)]
pub(crate) struct Analysis<'a> {
    facts: Vec<Facts>,
    sites: Vec<Site<'a>>,
}

/// The facts about one function.
#[derive(Clone, Debug)]
struct Facts {
    metrics: Metrics,
    sites: Range<u32>,
}

impl<'a> Analysis<'a> {
    /// Looks at every function. Without a known machine only what needs no control flow is found.
    pub(crate) fn new(listing: &Listing<'a>, arch: Option<Arch>) -> Self {
        let arch = arch.unwrap_or(Arch::Wasm);
        let ops: Vec<Op> = listing.ops.names().iter().map(|name| Op::of(name, arch)).collect();
        let mut scratch = Scratch::default();
        let mut analysis = Self { facts: Vec::with_capacity(listing.functions.len()), sites: Vec::new() };
        for function in &listing.functions {
            let from = analysis.sites.len() as u32;
            scratch.cfg.build(listing, function, &ops, arch);
            let view = View { listing, function, ops: &ops, arch, cfg: &scratch.cfg };
            sites::find(&view, &mut scratch.panics, &mut analysis.sites);
            let sites = from..analysis.sites.len() as u32;
            let found = analysis.sites.get(from as usize..).unwrap_or_default();
            analysis.facts.push(Facts { metrics: metrics::measure(&view, found), sites });
        }
        analysis
    }

    pub(crate) fn metrics(&self, function: FunctionId) -> Metrics {
        self.facts.get(function.index()).map(|facts| facts.metrics).unwrap_or_default()
    }

    pub(crate) fn sites(&self, function: FunctionId) -> &[Site<'a>] {
        let Some(facts) = self.facts.get(function.index()) else { return &[] };
        self.sites.get(facts.sites.start as usize..facts.sites.end as usize).unwrap_or_default()
    }
}

/// Buffers that live for the whole listing.
#[derive(Default)]
struct Scratch {
    cfg: Cfg,
    panics: Vec<sites::Panic>,
}

/// One function as the analyses see it.
struct View<'l, 'a> {
    listing: &'l Listing<'a>,
    function: &'l Function<'a>,
    ops: &'l [Op],
    arch: Arch,
    cfg: &'l Cfg,
}

impl<'l, 'a> View<'l, 'a> {
    fn rows(&self) -> &'l [crate::asm::listing::Row] {
        self.listing.rows(self.function)
    }

    fn op(&self, row: &crate::asm::listing::Row) -> Op {
        self.ops.get(usize::from(row.op.0)).copied().unwrap_or(Op::Plain)
    }

    fn row(&self, step: &crate::asm::graph::cfg::Step) -> Option<&'l crate::asm::listing::Row> {
        self.rows().get(step.row as usize)
    }

    fn operands(&self, step: &crate::asm::graph::cfg::Step) -> &'a [u8] {
        self.row(step).map_or(&[], |row| self.listing.operands(row))
    }
}
