//! Diagnoses a folder of profiles, traces and compiler output: bytes in, ranked findings out.
//!
//!     cargo run --release --example diagnose -- tests/data/diagnose/order

#![expect(clippy::print_stdout, reason = "an example prints")]

use godiag::diagnose::Diagnosis;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: diagnose FOLDER")?;
    let mut diagnosis = Diagnosis::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            diagnosis.add(&name, std::fs::read(path)?)?;
        }
    }
    let report = diagnosis.run();
    for finding in report.shown() {
        println!("{:<7} {:>5.1} %  {}", finding.severity.name(), finding.share * 100.0, finding.id());
        println!("        {}: {}", finding.subject, finding.summary);
        println!("        {}", finding.advice);
    }
    for gap in &report.coverage {
        println!("not looked at: {}", gap.missing);
    }
    Ok(())
}
