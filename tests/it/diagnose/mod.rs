//! Diagnoses of programs with known trouble.

mod compare;
mod crashes;
mod hostile;
mod inputs;
mod joined;
mod machines;
mod profiles;
mod text;
mod traces;
mod weights;

use std::path::PathBuf;

use godiag::diagnose::{Diagnosis, Report};
use godiag::pprof::Profile;

/// A file of the demonstration, or of the small programs with one problem each.
fn data(name: &str) -> PathBuf {
    crate::fixtures::path("diagnose").join(name)
}

/// The diagnosis of some profiles.
fn of_profiles(names: &[&str]) -> Report {
    let profiles: Vec<_> = names.iter().map(|name| Profile::open(data(name)).unwrap()).collect();
    let mut diagnosis = Diagnosis::new();
    for (name, profile) in names.iter().zip(&profiles) {
        diagnosis = diagnosis.profile(name, profile);
    }
    diagnosis.run()
}

/// The ids of all findings, sorted, each once.
fn ids(report: &Report) -> Vec<&'static str> {
    let mut ids: Vec<_> = report.findings.iter().map(godiag::diagnose::Finding::id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
