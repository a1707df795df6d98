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

mod belong;
mod detect;
mod diagnosis;
mod evidence;
mod finding;
mod join;
mod measure;
mod render;
mod report;
mod rules;
mod same_thing;
mod source_lines;
mod subject;
mod thresholds;
mod traced;

pub use detect::Detectors;
pub use diagnosis::Diagnosis;
pub use evidence::{Evidence, Source};
pub use finding::{Confidence, Finding, Rule, Severity};
pub use measure::{Amount, Unit};
pub use report::{Coverage, Input, Mismatch, Report};
pub use rules::rules;
pub use subject::{Place, Subject};
pub use thresholds::Thresholds;
pub use traced::{Moment, Traced};
