//! The facts about every function, kept for as long as the output lives.

use std::ops::Range;

use super::find::{self, Panic};
use super::metrics::{self, Metrics};
use super::site::{Site, SiteKind};
use super::view::View;
use crate::asm::arch::{Arch, Role};
use crate::asm::graph::Cfg;
use crate::asm::listing::{FunctionId, Listing};
use crate::asm::text::span::Span;

/// Metrics and sites of every function of a listing. It borrows nothing: symbols are spans of the text, which
/// is given again to ask for sites.
#[derive(Debug)]
pub(crate) struct Analysis {
    functions: Vec<Facts>,
    sites: Vec<Kept>,
}

/// The facts about one function.
#[derive(Clone, Debug)]
struct Facts {
    metrics: Metrics,
    sites: Range<u32>,
}

/// A site as it is kept.
#[derive(Clone, Copy, Debug)]
struct Kept {
    kind: SiteKind<Span>,
    in_loop: bool,
    row: u32,
}

/// Buffers that serve one function after the other.
#[derive(Default)]
struct Buffers<'a> {
    cfg: Cfg,
    panics: Vec<Panic>,
    sites: Vec<Site<'a>>,
}

impl Analysis {
    /// Analyses every function. Without a known machine, only what needs no control flow is found.
    pub(crate) fn new(listing: &Listing<'_>, arch: Option<Arch>) -> Self {
        let arch = arch.unwrap_or(Arch::Wasm);
        let roles: Vec<Role> =
            listing.mnemonics.names().iter().map(|name| Role::of_mnemonic(name, arch)).collect();
        let mut buffers = Buffers::default();
        let mut analysis = Self { functions: Vec::with_capacity(listing.functions.len()), sites: Vec::new() };
        for function in &listing.functions {
            buffers.cfg.build(listing, function, &roles, arch);
            let view = View { listing, function, roles: &roles, arch, cfg: &buffers.cfg };
            buffers.sites.clear();
            find::sites(&view, &mut buffers.panics, &mut buffers.sites);
            let first = analysis.sites.len() as u32;
            analysis.sites.extend(buffers.sites.iter().map(|site| Kept::new(site, listing.text)));
            let sites = first..analysis.sites.len() as u32;
            analysis.functions.push(Facts { metrics: metrics::measure(&view, &buffers.sites), sites });
        }
        analysis
    }

    pub(crate) fn metrics(&self, function: FunctionId) -> Metrics {
        self.functions.get(function.index()).map(|facts| facts.metrics).unwrap_or_default()
    }

    /// The sites of a function, with symbols from `text`, the text of the listing.
    pub(crate) fn sites<'a>(
        &self,
        function: FunctionId,
        text: &'a [u8],
    ) -> impl ExactSizeIterator<Item = Site<'a>> {
        let range = self.functions.get(function.index()).map(|facts| facts.sites.clone()).unwrap_or_default();
        let kept = self.sites.get(range.start as usize..range.end as usize).unwrap_or_default();
        kept.iter().map(move |kept| kept.site(text))
    }
}

impl Kept {
    #[inline]
    fn new(site: &Site<'_>, text: &[u8]) -> Self {
        let kind = site.kind.map(|symbol| Span::new(text, symbol));
        Self { kind, in_loop: site.in_loop, row: site.row }
    }

    #[inline]
    fn site<'a>(&self, text: &'a [u8]) -> Site<'a> {
        let kind = self.kind.map(|symbol| symbol.slice(text));
        Site { kind, in_loop: self.in_loop, row: self.row }
    }
}
