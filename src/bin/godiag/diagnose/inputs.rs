//! Files and folders on the way to a report.

use godiag::diagnose::{Diagnosis, Report, Thresholds};

use crate::input;
use crate::outcome::{Failure, Result};

/// The diagnosis of the files and folders at `paths`.
pub(super) fn diagnosis(paths: &[String], thresholds: Thresholds) -> Result<Diagnosis<'static>> {
    let mut diagnosis = Diagnosis::new().with_thresholds(thresholds);
    let (standard, files): (Vec<_>, Vec<_>) = paths.iter().partition(|path| *path == "-");
    diagnosis.open_all(&files).map_err(|(path, error)| input::failure(&path.to_string_lossy(), error))?;
    if let Some(path) = standard.first() {
        diagnosis.add(path, input::read(path)?).map_err(|error| input::failure(path, error))?;
    }
    Ok(diagnosis)
}

/// The report, if there was a file to look at.
pub(super) fn report(diagnosis: &Diagnosis<'_>) -> Result<Report> {
    let report = diagnosis.run();
    if !report.inputs.is_empty() {
        return Ok(report);
    }
    let left_aside: Vec<_> =
        report.left_aside.iter().map(|file| format!("{}: {}", file.name, file.reason)).collect();
    let why = match left_aside.join("; ") {
        none if none.is_empty() => "no files there; folders within folders are not read".to_owned(),
        left_aside => left_aside,
    };
    Err(Failure::Usage(format!("nothing to diagnose: {why}")))
}
