//! What scripts rely on: the shape of the JSON, fingerprints, baselines, SARIF.

use std::collections::BTreeSet;

use godiag::diagnose::{Baseline, Diagnosis, FailOn, Report, Suppression};
use godiag::export::sarif;
use serde_json::Value;

use super::data;

fn order() -> Report {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(data("order")).unwrap();
    diagnosis.add("page.html", &b"<!doctype html>"[..]).unwrap();
    diagnosis.open(data("samples/healthy.cpu.pprof")).unwrap();
    diagnosis.run()
}

/// Every path in `value` with the type that is there: `findings[].subject.line number`.
fn shape(path: &str, value: &Value, out: &mut BTreeSet<String>) {
    let ty = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(values) => {
            values.iter().for_each(|value| shape(&format!("{path}[]"), value, out));
            "array"
        }
        Value::Object(fields) => {
            // The names of figures are the rules'.
            let is_map = path.ends_with(".figures");
            for (name, value) in fields {
                let name = if is_map { "*" } else { name };
                shape(&format!("{path}.{name}"), value, out);
            }
            "object"
        }
    };
    out.insert(format!("{path} {ty}"));
}

#[test]
fn the_json_has_the_shape_that_its_version_promises() {
    let mut alone = Diagnosis::new();
    alone.open(data("order/mutex.pb.gz")).unwrap();
    let mut doubtful = Diagnosis::new();
    doubtful.open(data("../logs/mixed-label-units.pb.gz")).unwrap();
    let mut paths = BTreeSet::new();
    for report in [order(), alone.run(), doubtful.run()] {
        let json = serde_json::to_value(report).unwrap();
        assert_eq!(json["schema"], Report::SCHEMA);
        shape("", &json, &mut paths);
    }
    let now: String = paths.iter().map(|path| format!("{path}\n")).collect();
    let file = data("report.shape.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap();
    let reviewed: BTreeSet<_> = reviewed.lines().collect();
    let now: BTreeSet<_> = now.lines().collect();
    let gone: Vec<_> = reviewed.difference(&now).collect();
    assert!(gone.is_empty(), "a new SCHEMA, since these are gone: {gone:?}");
    assert_eq!(now, reviewed, "UPDATE=1 accepts new fields");
}

#[test]
fn every_field_is_described() {
    let page = include_str!("../../../src/diagnose/scripts.md");
    let json = serde_json::to_value(order()).unwrap();
    let top = json.as_object().unwrap();
    let finding = json["findings"][0].as_object().unwrap();
    let evidence = json["findings"][0]["evidence"][0].as_object().unwrap();
    for field in top.keys().chain(finding.keys()).chain(evidence.keys()) {
        assert!(page.contains(&format!("`{field}`")), "{field} is not in scripts.md");
    }
}

#[test]
fn the_json_says_all_that_the_text_says() {
    let report = order();
    let json = serde_json::to_value(&report).unwrap();
    assert!(json["headline"].as_str().unwrap().ends_with("in 11 files"), "{}", json["headline"]);
    assert_eq!(json["verdict"], *report.verdict);
    assert_eq!(json["worst"], "error");
    assert!(json["left_aside"].as_array().unwrap().iter().any(|file| file["name"] == "page.html"));
    for list in ["budgets", "inputs", "mismatches", "findings"] {
        assert!(!json[list].as_array().unwrap().is_empty(), "{list}");
    }
}

#[test]
fn fingerprints_outlive_edits_and_are_unique() {
    let report = order();
    let fingerprints: BTreeSet<_> = report.findings.iter().map(|finding| &*finding.fingerprint).collect();
    assert_eq!(fingerprints.len(), report.findings.len());
    // The leak is in main.notify.func1; the literal's number depends on the other literals of the function.
    assert!(fingerprints.contains("goroutine-leak main.notify"), "{fingerprints:?}");
    assert!(fingerprints.contains("pool-wait main.locate"), "{fingerprints:?}");
    assert!(!fingerprints.iter().any(|fingerprint| fingerprint.contains(".go:")), "{fingerprints:?}");
}

#[test]
fn a_baseline_takes_what_is_known_out_of_sight() {
    let mut report = order();
    let all = report.shown().count();
    let text = Baseline::of(&report).to_string();
    let edited = text.replace("\ndns-slow main.ship\n", "\n\n# not any more: dns-slow main.ship\n");
    assert_ne!(text, edited);
    report.suppress(&Baseline::parse(edited.as_bytes()).unwrap());
    let left: Vec<_> = report.shown().map(|finding| finding.fingerprint.as_str()).collect();
    assert_eq!(left, ["dns-slow main.ship"]);
    assert_eq!(report.suppressed(), [(Suppression::Baseline, all - 1)]);
    assert_eq!(report.worst(), report.shown().next().map(|finding| finding.severity));
    let json = serde_json::to_value(&report).unwrap();
    let of = |id: &str| json["findings"].as_array().unwrap().iter().find(|f| f["id"] == id).unwrap();
    assert_eq!(of("pool-wait")["suppressed"], "baseline");
    assert_eq!(of("dns-slow")["suppressed"], Value::Null);

    for other in ["", "{}", "# godiag diagnose baseline, version 2\n"] {
        assert_eq!(Baseline::parse(other.as_bytes()).unwrap_err().kind(), godiag::ErrorKind::Baseline);
    }
}

#[test]
fn a_script_stops_at_the_findings_it_names() {
    let mut report = order();
    let fails = |report: &Report, what: &str| what.parse::<FailOn>().unwrap().is_met(report);
    for (what, expected) in [
        ("error", true),
        ("never", false),
        ("dns-slow", true),
        ("churn", false),
        ("churn, warning", true),
        // Shown as a part of lock-holder.
        ("lock-contention", true),
    ] {
        assert_eq!(fails(&report, what), expected, "{what}");
    }
    assert_eq!(FailOn::default(), "info".parse().unwrap());
    assert_eq!("error,info".parse::<FailOn>().unwrap(), "info,error".parse().unwrap());
    report.ignore(&["dns-slow"]);
    assert!(!fails(&report, "dns-slow") && fails(&report, "warning"));
    assert!(report.shown().all(|finding| finding.id() != "dns-slow"));
}

#[test]
fn sarif_has_one_result_per_cause_with_relative_paths() {
    let mut report = order();
    report.ignore(&["dns-slow"]);
    let mut sarif = Vec::new();
    let roots = sarif::Roots::default().with("example.com/order/", "services/order");
    sarif::write_report_with(&report, roots, &mut sarif).unwrap();
    let sarif: Value = serde_json::from_slice(&sarif).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["properties"]["verdict"], *report.verdict);
    assert_eq!(run["properties"]["headline"], *report.headline());
    let results = run["results"].as_array().unwrap();
    let causes: BTreeSet<_> = results
        .iter()
        .map(|result| result["partialFingerprints"]["godiagCause/v1"].as_str().unwrap())
        .collect();
    assert_eq!(causes.len(), results.len());
    assert_eq!(results.len(), report.shown().count() + 1);
    let hidden = results.iter().filter(|result| result["suppressions"][0]["kind"] == "external");
    assert_eq!(hidden.map(|result| &result["ruleId"]).collect::<Vec<_>>(), ["dns-slow"]);
    let lock = results.iter().find(|result| result["ruleId"] == "lock-holder").unwrap();
    let at = &lock["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(at, "services/order/main.go");
}
