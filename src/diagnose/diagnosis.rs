//! The builder: inputs in, report out.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::facts::Facts;
use super::finding::{Confidence, Source};
use super::inputs::{
    self, Compiled, Crashed, Decoded, Inputs, LeftAside, NamedFile, Profiled, Reading, SourceLines, Traced,
};
use super::report::{InputSummary, Report, TraceBudget, mark_echoes, unite};
use super::rules;
use super::run::Run;
use super::thresholds::Thresholds;
use crate::asm::CompilerOutput;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::limits::Limits;
use crate::pprof::Profile;
use crate::table::SortRows;

/// A diagnosis to be made. Give it what there is, then [`run`](Self::run) it.
///
/// [`open`](Self::open) and [`add`](Self::add) recognise what a file is; [`profile`](Self::profile),
/// [`trace`](Self::trace), [`compiler`](Self::compiler) and [`source`](Self::source) take what is read
/// already.
///
/// ```
/// use godiag::diagnose::Diagnosis;
/// let mut diagnosis = Diagnosis::new();
/// diagnosis.open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/order"))?;
/// let report = diagnosis.run();
/// assert!(report.of("goroutine-leak").next().is_some());
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug, Default)]
#[doc(alias = "doctor")]
pub struct Diagnosis<'a> {
    reading: Reading,
    profiles: Vec<(String, Held<'a, Profile>, Format)>,
    traces: Vec<(String, Held<'a, Traced>)>,
    crashes: Vec<(String, Vec<Crashed>)>,
    compilers: Vec<(String, Listing<'a>)>,
    /// Go source files, by path.
    sources: Vec<(String, Cow<'a, [u8]>)>,
    left_aside: Vec<LeftAside>,
}

/// A model that was read here, or that somebody else holds.
#[derive(Debug)]
enum Held<'a, T> {
    Own(Box<T>),
    Lent(&'a T),
}

impl<T> Held<'_, T> {
    fn get(&self) -> &T {
        match self {
            Self::Own(model) => model,
            Self::Lent(model) => model,
        }
    }
}

/// Compiler output: its text, or read already.
#[derive(Debug)]
enum Listing<'a> {
    Text(Cow<'a, [u8]>),
    Lent(&'a CompilerOutput<'a>),
}

impl<'a> Diagnosis<'a> {
    /// A diagnosis without inputs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets from which values on something is reported. Traces that are added later are looked at so.
    #[must_use]
    pub fn with_thresholds(mut self, thresholds: Thresholds) -> Self {
        self.reading.thresholds = thresholds;
        self
    }

    /// Sets upper bounds on what each input that is added later may cost.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.reading.limits = limits;
        self
    }

    /// Adds the file at `path`, or the files in the folder there, in the order of their names; folders within
    /// it are not read. A file in a folder that cannot be read is [left aside](Report::left_aside), and named
    /// without the folder.
    ///
    /// # Errors
    /// Those of reading the file or the folder; for a file also those of [`add`](Self::add).
    pub fn open(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.open_all(&[path]).map_err(|(_, error)| error)
    }

    /// Adds several files and folders as [`open`](Self::open) does, decoded on all cores.
    ///
    /// # Errors
    /// Those of the first path that `open` would refuse, with that path. Nothing is added then.
    pub fn open_all<P: AsRef<Path>>(&mut self, paths: &[P]) -> std::result::Result<(), (PathBuf, Error)> {
        let mut files = Vec::new();
        for path in paths {
            let path = path.as_ref();
            if !path.is_dir() {
                files.push(NamedFile::alone(path));
                continue;
            }
            files.extend(NamedFile::in_folder(path).map_err(|error| (path.to_owned(), error))?);
        }
        let paths: Vec<_> = files.iter().map(|file| file.path.as_path()).collect();
        let mut added = Vec::new();
        for (file, decoded) in files.iter().zip(self.reading.files(&paths)) {
            match decoded {
                Err(error) if !file.is_in_folder => return Err((file.path.clone(), error)),
                decoded => added.push((&file.name, decoded)),
            }
        }
        for (name, decoded) in added {
            match decoded {
                Ok(decoded) => self.keep(name, decoded),
                Err(error) => self.leave_aside(name, error.to_string()),
            }
        }
        Ok(())
    }

    /// Adds bytes of whatever kind: a profile in any form, a goroutine dump, the log of a crash, a trace,
    /// compiler output, gzipped or not, or Go source if `name` ends in `.go`. Other formats are [left
    /// aside](Report::left_aside). A trace is read at once, and what is damaged in it is left out.
    ///
    /// # Errors
    /// Those of reading what the bytes are.
    pub fn add(&mut self, name: &str, bytes: impl Into<Cow<'a, [u8]>>) -> Result<()> {
        let decoded = self.reading.decode(name, bytes)?;
        self.keep(name, decoded);
        Ok(())
    }

    fn keep(&mut self, name: &str, decoded: Decoded<'a>) {
        let name = name.to_owned();
        match decoded {
            Decoded::Profile(profile, form) => self.profiles.push((name, Held::Own(profile), form)),
            Decoded::Goroutines(profile, form, crashes) => {
                if !crashes.is_empty() {
                    self.crashes.push((name.clone(), crashes));
                }
                self.profiles.push((name, Held::Own(profile), form));
            }
            Decoded::Trace(traced) => self.traces.push((name, Held::Own(traced))),
            Decoded::Compiler(text) => self.compilers.push((name, Listing::Text(text))),
            Decoded::GoSource(text) => self.sources.push((name, text)),
            Decoded::Unreadable(format) => self.leave_aside(&name, format!("this is {}", format.describe())),
        }
    }

    fn leave_aside(&mut self, name: &str, reason: String) {
        self.left_aside.push(LeftAside { name: name.to_owned(), reason });
    }

    /// Adds a profile of any kind; `name` is what the report calls it.
    #[must_use]
    pub fn profile(mut self, name: &str, profile: &'a Profile) -> Self {
        self.profiles.push((name.to_owned(), Held::Lent(profile), Format::Pprof));
        self
    }

    /// Adds compiler output; `name` is what the report calls it.
    #[must_use]
    pub fn compiler(mut self, name: &str, output: &'a CompilerOutput<'a>) -> Self {
        self.compilers.push((name.to_owned(), Listing::Lent(output)));
        self
    }

    /// Adds what the detectors saw in a trace; `name` is what the report calls it.
    #[must_use]
    pub fn trace(mut self, name: &str, traced: &'a Traced) -> Self {
        self.traces.push((name.to_owned(), Held::Lent(traced)));
        self
    }

    /// Adds a Go source file, whose lines findings then show. The end of `path` is compared with the end of
    /// the paths in the other inputs.
    #[must_use]
    pub fn source(mut self, path: &str, text: &'a [u8]) -> Self {
        self.sources.push((path.to_owned(), text.into()));
        self
    }

    /// The first CPU profile, with its name.
    pub fn cpu_profile(&self) -> Option<(&str, &Profile)> {
        let mut profiles = self.profiles.iter().map(|(name, profile, _)| (name.as_str(), profile.get()));
        profiles.find(|(_, profile)| inputs::role(profile) == Source::CpuProfile)
    }

    /// What was seen in each trace, with its name.
    pub fn traces(&self) -> impl Iterator<Item = (&str, &Traced)> {
        self.traces.iter().map(|(name, traced)| (name.as_str(), traced.get()))
    }

    /// Applies all rules.
    ///
    /// # Cost
    /// Linear in the inputs, a few times over.
    pub fn run(&self) -> Report {
        let mut report = Report { left_aside: self.left_aside.clone(), ..Report::default() };
        let mut texts = Vec::new();
        for (name, listing) in &self.compilers {
            let Listing::Text(text) = listing else { continue };
            match CompilerOutput::parse(text) {
                Ok(output) => texts.push((name, output)),
                Err(error) => {
                    report.left_aside.push(LeftAside { name: name.clone(), reason: error.to_string() });
                }
            }
        }
        let mut inputs = Inputs { thresholds: self.reading.thresholds, ..Inputs::default() };
        for (name, profile, form) in &self.profiles {
            inputs.profiles.push(Profiled::new(name, profile.get(), *form));
        }
        inputs.sort_by_time();
        inputs.traces = self.traces().map(|(name, traced)| (name.to_owned(), traced)).collect();
        inputs.crashes = self.crashes.iter().map(|(name, all)| (name.clone(), all.as_slice())).collect();
        inputs.compilers = texts.iter().map(|(name, output)| Compiled::new(name, output)).collect();
        for (name, listing) in &self.compilers {
            if let Listing::Lent(output) = listing {
                inputs.compilers.push(Compiled::new(name, output));
            }
        }
        self.judge(&inputs, &mut report);
        report
    }

    fn judge(&self, inputs: &Inputs<'_>, report: &mut Report) {
        report.inputs = summaries(inputs);
        report.mismatches = inputs::mismatches(inputs);
        for (name, traced) in &inputs.traces {
            let mut findings = traced.findings.clone();
            for evidence in findings.iter_mut().flat_map(|finding| &mut finding.evidence) {
                evidence.input.clone_from(name);
            }
            mark_echoes(&mut findings, &traced.moments);
            report.findings.extend(findings);
        }
        let facts = Facts::new(inputs);
        report.budgets = inputs
            .traces
            .iter()
            .filter_map(|(name, traced)| {
                Some(TraceBudget { input: name.clone(), budget: traced.budget.clone()? })
            })
            .collect();
        report.run = Run::of(inputs);
        report.verdict = facts.verdict();
        report.findings.extend(rules::find(&facts));
        report.coverage = rules::coverage(inputs);
        unite(&mut report.findings);
        let mut sources = SourceLines::default();
        for (path, text) in &self.sources {
            sources.add(path, text);
        }
        for finding in &mut report.findings {
            let names: Vec<_> = finding.evidence.iter().map(|evidence| evidence.input.as_str()).collect();
            let apart = report.mismatches.iter().any(|mismatch| {
                names.contains(&mismatch.input.as_str()) && names.contains(&mismatch.other.as_str())
            });
            if apart {
                finding.confidence = Confidence::Hint;
            }
            finding.code = finding.subject.place.as_ref().and_then(|place| sources.line(place));
        }
        report.rank();
    }
}

/// What each input holds, by kind and name.
fn summaries(inputs: &Inputs<'_>) -> Vec<InputSummary> {
    let summary = |name: &str, source, contents| InputSummary {
        name: name.to_owned(),
        source,
        contents,
        doubts: Vec::new(),
    };
    // Of several traces the one with the most processors bounds the CPU time.
    let procs = inputs.traces.iter().map(|(_, traced)| traced.gomaxprocs).max();
    let profiles = inputs
        .profiles
        .iter()
        .map(|p| InputSummary { doubts: p.doubts(procs), ..summary(&p.input, p.source, p.contents()) });
    let traces = inputs.traces.iter().map(|(name, traced)| summary(name, Source::Trace, traced.contents()));
    let compilers = inputs.compilers.iter().map(|c| summary(&c.input, Source::Compiler, c.contents()));
    let mut all: Vec<_> = profiles.chain(traces).chain(compilers).collect();
    all.sort_rows_by(|a, b| (a.source, &a.name).cmp(&(b.source, &b.name)));
    all
}
