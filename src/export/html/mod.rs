//! A diagnosis as one HTML page: findings, flame graph, timeline of the worst moments, MMU curve.
//!
//! In goes a [`Report`], and what is at hand of its inputs; out comes a page that needs nothing but itself:
//! no font, script or picture from elsewhere, so that it can be kept as a build artefact and opened from
//! disk, in light or dark. Every name from an input is escaped, and a content security policy forbids the
//! page to load or send anything.

mod chart;
mod curve;
mod page;
mod timeline;

use std::io::{self, Write};

use super::flame::{self, FlameGraph};
use super::markup::Escaped;
use crate::diagnose::{Report, Traced};
use crate::pprof::Profile;
use crate::pprof::report;

/// A page about a diagnosis. Sections without data are left out.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    report: &'a Report,
    cpu: Option<(&'a str, &'a Profile)>,
    trace: Option<(&'a str, &'a Traced)>,
    mmu: &'a [(i64, f64)],
}

impl<'a> Page<'a> {
    /// A page about `report`.
    pub fn new(report: &'a Report) -> Self {
        Self { report, cpu: None, trace: None, mmu: &[] }
    }

    /// Adds a flame graph of a CPU profile; the page calls it `name`.
    #[must_use]
    pub fn with_profile(mut self, name: &'a str, profile: &'a Profile) -> Self {
        self.cpu = Some((name, profile));
        self
    }

    /// Adds the worst moments of a trace.
    #[must_use]
    pub fn with_trace(mut self, name: &'a str, traced: &'a Traced) -> Self {
        self.trace = Some((name, traced));
        self
    }

    /// Adds the minimum mutator utilization: windows in nanoseconds, and the utilization from 0 to 1.
    #[must_use]
    pub fn with_mmu(mut self, curve: &'a [(i64, f64)]) -> Self {
        self.mmu = curve;
        self
    }

    /// Writes the page.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        page::head(self.report, out)?;
        page::budgets(self.report, out)?;
        page::findings(self.report, out)?;
        if let Some((name, profile)) = self.cpu {
            write_flame_graph(name, profile, out)?;
        }
        if let Some((name, traced)) = self.trace.filter(|(_, traced)| !traced.moments().is_empty()) {
            timeline::write(name, traced, out)?;
        }
        if self.mmu.len() > 1 {
            curve::write(self.mmu, out)?;
        }
        page::tail(self.report, out)
    }
}

/// Writes the flame graph of a profile's default column; nothing if no stack has a value above 0.
fn write_flame_graph(name: &str, profile: &Profile, out: &mut impl Write) -> io::Result<()> {
    let Ok(report) = report::Report::new(profile, &report::Options::default()) else { return Ok(()) };
    let Ok(graph) = FlameGraph::new(&report, &flame::Options::default().with_title(name)) else {
        return Ok(());
    };
    write!(out, "<section><h2>Where it goes <span class=\"soft\">{}</span></h2>", Escaped::text(name))?;
    graph.write(out).map_err(io::Error::other)?;
    writeln!(out, "</section>")
}
