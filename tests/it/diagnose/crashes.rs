//! Crash logs as inputs of a diagnosis.

use godiag::diagnose::{Diagnosis, Report, Severity};

use crate::fixtures::read_text;

fn diagnosed(logs: &[(&str, String)]) -> Report {
    let mut diagnosis = Diagnosis::new();
    for (name, text) in logs {
        diagnosis.add(name, text.clone().into_bytes()).unwrap();
    }
    diagnosis.run()
}

fn log(name: &str) -> String {
    read_text(&crate::fixtures::path(&format!("logs/{name}")))
}

#[test]
fn a_crash_is_the_first_finding() {
    for (name, function, line, summary) in [
        ("map-go1.27.3.txt", "main.main.func3", 54, "concurrent use of a map: concurrent map writes"),
        ("deadlock-go1.27.3.txt", "main.main", 62, "deadlock: all goroutines are asleep"),
        ("nested-go1.22.10.txt", "main.main", 45, "panic: first"),
        ("crash-overflow.txt", "main.main.func4", 0, "stack overflow"),
    ] {
        let report = diagnosed(&[("app.log", log(name))]);
        let finding = report.shown().next().unwrap();
        assert_eq!((finding.id(), finding.severity), ("crash", Severity::Error), "{name}");
        assert!(finding.summary.starts_with(summary), "{name}: {}", finding.summary);
        assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), function.as_bytes(), "{name}");
        let place = finding.subject.place.as_ref().unwrap();
        assert!(line == 0 || place.line == line, "{name}: {place}");
        assert!(!finding.evidence[0].lines.is_empty(), "{name}");
        let mut text = Vec::new();
        report.write_text(&mut text).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("godiag pprof crash app.log"), "{name}");
    }
}

#[test]
fn one_cause_is_one_finding_however_often_it_happens() {
    let again = "2026/11/29 restarted\n".to_owned() + &log("nested-go1.27.3.txt") + "\n";
    let report = diagnosed(&[("app.log", again.repeat(3))]);
    let found: Vec<_> = report.of("crash").collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].summary.ends_with(", 3 times"), "{}", found[0].summary);
    assert_eq!(found[0].figure("times"), Some(3.0));
}

#[test]
fn races_and_leaks_have_their_weight() {
    let report = diagnosed(&[("race.txt", log("race.txt")), ("goleak.txt", log("goleak.txt"))]);
    let found: Vec<_> =
        report.of("crash").map(|finding| (finding.severity, finding.summary.clone())).collect();
    assert!(found[0].0 == Severity::Error && found[0].1.starts_with("data race, in "), "{found:?}");
    assert!(
        found[1].0 == Severity::Warning && found[1].1.starts_with("goroutines left after a test"),
        "{found:?}"
    );
    let asked = diagnosed(&[("dump.txt", log("join-debug2.txt"))]);
    assert_eq!(asked.of("crash").count(), 0, "somebody asked for it");
    let quit = diagnosed(&[("quit.txt", log("quit-go1.27.3.txt"))]);
    assert_eq!(quit.of("crash").next().unwrap().severity, Severity::Info);
}

#[test]
fn every_crash_of_the_samples_is_found() {
    let folder = crate::fixtures::path("logs");
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(&folder).unwrap();
    let report = diagnosis.run();
    assert!(report.of("crash").count() >= 25, "{}", report.of("crash").count());
    assert!(report.of("crash").all(|finding| !finding.summary.is_empty()));
}
