//! The builder: inputs in, report out.

use super::rules;
use crate::asm::CompilerOutput;
use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{Confidence, Source};
use crate::diagnose::inputs::{self, Compiled, Inputs, Profiled, SourceLines, Traced};
use crate::diagnose::report::{Input, Report, unite};
use crate::diagnose::thresholds::Thresholds;
use crate::pprof::Profile;

/// A diagnosis to be made. Give it what there is, then [`run`](Self::run) it.
#[derive(Debug, Default)]
pub struct Diagnosis<'a> {
    thresholds: Thresholds,
    profiles: Vec<Profiled<'a>>,
    traces: Vec<(String, &'a Traced)>,
    compilers: Vec<Compiled<'a>>,
    sources: SourceLines<'a>,
}

impl<'a> Diagnosis<'a> {
    /// A diagnosis without inputs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets from when on something is told.
    #[must_use]
    pub fn with_thresholds(mut self, thresholds: Thresholds) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// Adds a profile of any kind; `name` is what the report calls it.
    #[must_use]
    pub fn profile(mut self, name: &str, profile: &'a Profile) -> Self {
        self.profiles.push(Profiled::new(name, profile));
        self
    }

    /// Adds a compiler's output; `name` is what the report calls it.
    #[must_use]
    pub fn compiler<'t: 'a>(mut self, name: &str, output: &'a CompilerOutput<'t>) -> Self {
        self.compilers.push(Compiled::new(name, output));
        self
    }

    /// Adds what the detectors saw in a trace; `name` is what the report calls it.
    #[must_use]
    pub fn trace(mut self, name: &str, traced: &'a Traced) -> Self {
        self.traces.push((name.to_owned(), traced));
        self
    }

    /// Adds a Go source file, whose lines findings then show; `path` is matched with the ends of the paths that the other
    /// inputs name.
    #[must_use]
    pub fn source(mut self, path: &str, text: &'a [u8]) -> Self {
        self.sources.add(path, text);
        self
    }

    /// Applies all rules.
    ///
    /// # Cost
    /// Linear in the inputs, a few times over.
    pub fn run(self) -> Report {
        let mut all = Inputs { thresholds: self.thresholds, ..Inputs::default() };
        let mut report = Report::default();
        for profiled in self.profiles {
            let contents = profiled.contents();
            let input = Input { name: profiled.input.clone(), source: profiled.source, contents };
            report.inputs.push(input);
            all.profiles.push(profiled);
        }
        all.in_order_of_time();
        for (name, traced) in &self.traces {
            let input = Input { name: name.clone(), source: Source::Trace, contents: traced.contents() };
            report.inputs.push(input);
            report.findings.extend(traced.findings.iter().cloned().map(|mut finding| {
                finding.evidence.iter_mut().for_each(|evidence| evidence.input.clone_from(name));
                finding
            }));
        }
        all.traces = self.traces;
        for compiled in self.compilers {
            let (name, contents) = (compiled.input.clone(), compiled.contents());
            report.inputs.push(Input { name, source: Source::Compiler, contents });
            all.compilers.push(compiled);
        }
        report.inputs.sort_by(|a, b| (a.source, &a.name).cmp(&(b.source, &b.name)));
        report.mismatches = inputs::check(&all);
        report.findings.extend(rules::apply(&Facts::new(&all)));
        report.coverage = rules::coverage(&all);
        unite(&mut report.findings);
        for finding in &mut report.findings {
            let inputs: Vec<_> = finding.evidence.iter().map(|evidence| evidence.input.as_str()).collect();
            let apart = report.mismatches.iter().any(|mismatch| {
                inputs.contains(&mismatch.input.as_str()) && inputs.contains(&mismatch.other.as_str())
            });
            if apart {
                finding.confidence = Confidence::Hint;
            }
            finding.code = finding.subject.place.as_ref().and_then(|place| self.sources.line(place));
        }
        report.rank();
        report
    }
}
