//! Says what is slow and why, from whatever is at hand: pprof profiles, execution traces, compiler output.
//!
//! What goes in: any number of [`pprof::Profile`](crate::pprof::Profile)s of any kind, what [`Detectors`] saw in a
//! trace, and the compiler's output. What comes out: a [`Report`] of ranked [`Finding`]s, each with its place, how
//! much it costs, what proves it in which file, and what to change.
//!
//! ```text
//! profiles, trace, compiler output → subjects (function, line) → rules → findings → report
//! ```
//!
//! Every input is optional. A rule that lacks its data says so in [`Report::coverage`]; inputs that are not of one
//! program or one run are told in [`Report::mismatches`], and findings that join them are hints only.
//!
//! ```
//! use godiag::diagnose::Diagnosis;
//! use godiag::pprof::Profile;
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/order");
//! let mutex = Profile::open(format!("{folder}/mutex.pb.gz"))?;
//! let report = Diagnosis::new().profile("mutex.pb.gz", &mutex).run();
//! let finding = report.of("lock-contention").next().unwrap();
//! assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.(*stock).reserve");
//! # Ok::<(), godiag::Error>(())
//! ```

mod diagnosis;
mod facts;
mod finding;
mod inputs;
mod report;
mod rules;
mod thresholds;

pub use diagnosis::Diagnosis;
pub use finding::{Amount, Confidence, Evidence, Finding, Place, Rule, Severity, Source, Subject, Unit};
pub use inputs::{Mismatch, Moment, Traced};
pub use report::{Coverage, Input, Report};
pub use rules::{Detectors, rules};
pub use thresholds::Thresholds;
