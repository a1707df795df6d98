//! The gate: which changes must fail, and which must not.

use godiag::asm::{Baseline, Build, CompilerOutput, Level, Thresholds};
use godiag::export::sarif;

use super::listing::text;

fn baseline(text: &[u8], go_version: &str) -> Baseline {
    let out = CompilerOutput::parse(text).unwrap();
    let mut build = Build::new(&out);
    build.go_version = go_version.to_owned();
    Baseline::new(&out, build)
}

/// The packages closure, growth and names of the samples, and the same with five comment lines and a function
/// with a closure added to each file.
#[test]
fn a_line_shift_and_added_functions_change_no_number() {
    let old = baseline(&text("gate/lab.S.txt.gz"), "go1.27.3");
    let new = baseline(&text("gate/shifted.S.txt.gz"), "go1.27.3");
    let comparison = old.compare(&new, &Thresholds::default(), |_| true).unwrap();
    assert!(comparison.changes.is_empty(), "{:?}", comparison.changes);
    assert!(comparison.removed.is_empty() && comparison.matched > 60, "{comparison:?}");
    assert_eq!(comparison.added.len(), 8, "{:?}", comparison.added);
}

/// Good forms replaced by bad ones, as a change that slipped in would.
#[test]
fn regressions_are_reported() {
    let text = text("gate/lab.S.txt.gz");
    let old = baseline(&text, "go1.27.3");
    let as_if = |bad: &str, good: &str| {
        let mut new = old.clone();
        let metrics = |name: &str| {
            let function = old.functions.iter().find(|record| record.name.ends_with(name));
            function.unwrap_or_else(|| panic!("no {name}")).metrics
        };
        let bad = metrics(bad);
        let record = new.functions.iter_mut().find(|record| record.name.ends_with(good)).unwrap();
        record.metrics = bad;
        new
    };
    let default = Thresholds::default();
    let new = as_if("closure.BadGoLoop", "closure.GoodLoop");
    let comparison = old.compare(&new, &default, |_| false).unwrap();
    assert_eq!(comparison.worst(), Some(Level::Fail));
    let first = &comparison.changes[0];
    assert_eq!((first.metric, first.old), ("allocations_in_loop", 0));

    // Allocations outside loops warn, and fail if the function is hot.
    let new = as_if("closure.BadApply", "closure.GoodApply");
    let cold = old.compare(&new, &default, |_| false).unwrap();
    let hot = old.compare(&new, &default, |record| record.key().as_bytes().ends_with(b"GoodApply")).unwrap();
    assert_eq!((cold.worst(), hot.worst()), (Some(Level::Warn), Some(Level::Fail)));
    assert!(hot.changes[0].hot);

    // In the other direction it is better.
    let back = new.compare(&old, &default, |_| true).unwrap();
    assert!(back.count(Level::Better) > 0 && back.count(Level::Fail) == 0, "{back:?}");

    let mut out = Vec::new();
    sarif::write_comparison(&hot, &mut out).unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["level"], "error");
    let place = &result["locations"][0]["physicalLocation"];
    let file = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(file.ends_with("closure.go") && place["region"]["startLine"].as_u64() > Some(0), "{place}");
}

#[test]
fn baselines_are_files() {
    let old = baseline(&text("gate/lab.S.txt.gz"), "go1.27.3");
    let mut written = Vec::new();
    old.write_json_lines(&mut written).unwrap();
    let read = Baseline::parse(&written).unwrap();
    let mut without_places = old.clone();
    without_places.functions.iter_mut().for_each(|record| record.place = None);
    assert_eq!(read, without_places);
    assert!(old.functions.iter().any(|record| record.place.is_some()));
    let lines: Vec<&str> = std::str::from_utf8(&written).unwrap().lines().collect();
    assert_eq!(lines.len(), old.functions.len() + 1);
    assert!(!lines.iter().any(|line| line.contains(".go\"") || line.contains("/src/")), "no paths");
    for line in &lines {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    for (bad, what) in [("", "empty"), ("{}", "not a baseline"), ("x", "no JSON")] {
        let error = Baseline::parse(bad.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    }
    let cut = &written[..written.len() - 5];
    assert_eq!(Baseline::parse(cut).unwrap_err().line_column().unwrap().0, lines.len() as u64);
}

#[test]
fn findings_are_sarif() {
    let text = super::findings::sample(27);
    let out = CompilerOutput::parse(&text).unwrap();
    let findings = out.findings();
    let mut written = Vec::new();
    sarif::write_findings(&out, &findings, &mut written).unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    let located = results.iter().filter(|result| {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        region["startLine"].as_u64().is_some_and(|line| line > 0)
    });
    assert!(located.count() * 10 > findings.len() * 9);
}
