//! SARIF 2.1.0, which code hosts and editors show beside the source.
//!
//! In go findings: of compiler output ([`write_findings`]), of a gate that compares it with a baseline
//! ([`write_comparison`]), of a diagnosis ([`write_report`]), or of whatever else is put into a [`Log`]. Out
//! comes a log with one run, whose rules come before their results.

mod asm;
mod diagnosis;
mod log;
mod roots;

pub use asm::{write_comparison, write_findings};
pub use diagnosis::{write_report, write_report_with};
pub use log::{Level, Location, Log, Rule, RuleIndex, RunResult};
pub use roots::Roots;
