//! Says what is slow and why, from whatever there is: pprof profiles, goroutine dumps, execution traces,
//! compiler output.
//!
//! ```text
//! inputs → facts → rules → findings → report
//! ```
//!
//! A [`Diagnosis`] takes files, folders, bytes or models that are read already. It gives a [`Report`] of
//! ranked [`Finding`]s, each with its place, how much it costs, what proves it in which file, and what to
//! change. Profile, trace and compiler output meet in the function and the line.
//!
//! Every input is optional. A rule that lacks its data is in [`Report::coverage`]; inputs that are not of one
//! program or one run are in [`Report::mismatches`], and findings that join them are hints only; files that
//! were not used are in [`Report::left_aside`]. [`rules`] lists the rules, and each explains itself
//! ([`Rule::write_page`]).
//!
//! ```
//! use godiag::diagnose::Diagnosis;
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/order");
//! let mut diagnosis = Diagnosis::new();
//! diagnosis.open(format!("{folder}/mutex.pb.gz"))?;
//! let report = diagnosis.run();
//! let finding = report.of("lock-contention").next().unwrap();
//! assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.(*stock).reserve");
//! # Ok::<(), godiag::Error>(())
//! ```
//!
#![doc = include_str!("scripts.md")]

mod compare;
mod diagnosis;
mod facts;
mod finding;
mod inputs;
mod report;
mod rules;
mod run;
mod thresholds;

pub use compare::{Change, Comparison, FigureChange, FindingChange, Per, Side};
pub use diagnosis::Diagnosis;
pub use finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Place, Rule, Severity, Source, Subject, Suppression,
    Unit,
};
pub use inputs::{LeftAside, Mismatch, Moment, Traced};
pub use report::{Baseline, FailOn, InputSummary, Report, TextOptions, TextStyle, TraceBudget};
pub(crate) use report::{BudgetLevel, percent};
pub use rules::{Coverage, Detectors, rules};
pub use run::{Better, Figure, Measure, Recording, Run};
pub use thresholds::Thresholds;
