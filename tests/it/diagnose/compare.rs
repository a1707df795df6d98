//! Two runs side by side: the same service twice, and with two regressions.

use godiag::diagnose::{
    Change, Comparison, Diagnosis, FailOn, FindingChange, Report, TextOptions, Thresholds,
};

use super::data;

/// The report about some files or folders of the test data.
fn report(paths: &[&str]) -> Report {
    let mut diagnosis = Diagnosis::new();
    for path in paths {
        diagnosis.open(data(path)).unwrap();
    }
    diagnosis.run()
}

fn compare(before: &[&str], after: &[&str]) -> Comparison {
    Comparison::new(&report(before), &report(after), &Thresholds::default())
}

fn text(comparison: &Comparison, width: usize) -> String {
    let mut out = Vec::new();
    comparison.write_text(&mut out, &TextOptions::default().with_width(width)).unwrap();
    String::from_utf8(out).unwrap()
}

/// The change of a figure of the whole run, or of a function.
fn change(comparison: &Comparison, name: &str, function: Option<&str>) -> Change {
    let mut all = comparison.figures.iter().chain(&comparison.functions);
    let row = all.find(|row| {
        row.after.name == name && row.after.function.as_ref().map(ToString::to_string).as_deref() == function
    });
    row.unwrap_or_else(|| panic!("no {name} of {function:?}")).change
}

#[test]
fn the_same_load_again_is_no_news() {
    let comparison = compare(&["checkout/before"], &["checkout/again"]);
    assert!(!comparison.is_worse(), "{}", text(&comparison, 110));
    let news = |row: &&FindingChange| row.change != Change::Unchanged;
    assert_eq!(comparison.findings.iter().filter(news).count(), 0, "{}", text(&comparison, 110));
    // A finding that only one run has is not news if its function's figures are the same.
    let alone: Vec<_> = comparison.findings.iter().filter(|row| row.before.is_none()).collect();
    assert!(
        !alone.is_empty()
            && alone.iter().all(|row| row.note.as_deref() == Some("just below a threshold before"))
    );
}

#[test]
fn regressions_are_worse_where_they_are() {
    let comparison = compare(&["checkout/before"], &["checkout/after"]);
    assert!(comparison.is_worse());
    // The lock is held three times as long: the same place sleeps, and others now wait for it.
    let lock = comparison.findings.iter().find(|row| row.finding().unwrap().id() == "lock-holder").unwrap();
    assert_eq!(lock.change, Change::Worse, "{}", text(&comparison, 110));
    let (before, after) = (lock.before.as_ref().unwrap(), lock.after.as_ref().unwrap());
    assert_eq!((before.id(), after.id()), ("polling", "lock-holder"));
    assert_eq!(lock.note.as_deref(), Some("was polling"));
    let price = comparison.findings.iter().find(|row| {
        let subject = &row.finding().unwrap().subject;
        subject.function.as_ref().is_some_and(|name| name.as_bytes() == b"main.price")
    });
    assert!(price.unwrap().change.is_worse(), "{}", text(&comparison, 110));
    for (name, function, expected) in [
        ("requests", None, Change::Unchanged),
        ("request_p50", None, Change::Worse),
        ("request_p99", None, Change::Worse),
        ("time:lock", None, Change::Worse),
        ("time:sleep", None, Change::Worse),
        ("time:sleep", Some("main.(*ledger).reserve"), Change::Worse),
        ("time:running", Some("main.price"), Change::Worse),
    ] {
        assert_eq!(change(&comparison, name, function), expected, "{name} of {function:?}");
    }
    // The other way round all that is better.
    let back = compare(&["checkout/after"], &["checkout/before"]);
    assert!(!back.is_worse(), "{}", text(&back, 110));
    assert_eq!(change(&back, "time:lock", None), Change::Better);
    assert_eq!(change(&back, "request_p50", None), Change::Better);
}

#[test]
fn the_text_has_both_verdicts_the_caveats_and_the_figures() {
    let comparison = compare(&["checkout/before"], &["checkout/after"]);
    for width in [80, 140] {
        let text = text(&comparison, width);
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what:?} in {text}"));
        let parts = [
            "Before: Requests spend 91 %",
            "After:  Requests spend 67 %",
            "\nFindings: ",
            "\n! Counted from the start of each program",
            "\n  worse      lock-holder: ",
            "\nFigures ",
            "  half of the requests within ",
            "\nPer request ",
            "\nFunctions, per request ",
            "\nPer second ",
            "\n1. ",
        ];
        assert!(parts.map(at).is_sorted(), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(!text.contains('\x1b'));
    }
    let mut markdown = Vec::new();
    comparison.write_markdown(&mut markdown).unwrap();
    let markdown = String::from_utf8(markdown).unwrap();
    for part in
        ["**Before:**", "| worse (was polling) | **lock-holder** (error)", "| half of the requests within |"]
    {
        assert!(markdown.contains(part), "no {part:?} in {markdown}");
    }
}

#[test]
fn what_one_run_cannot_show_is_neither_new_nor_gone() {
    let comparison = compare(&["order/mutex.pb.gz"], &["order/cpu.pb.gz", "order/heap.pb.gz"]);
    let of = |id: &str| {
        let found = comparison.findings.iter().find(|row| row.finding().unwrap().id() == id);
        found.map(|row| (row.change, row.note.as_deref().unwrap_or_default())).unwrap()
    };
    assert_eq!(of("lock-contention"), (Change::Unknown, "no mutex profile or block profile after"));
    assert_eq!(of("hot-allocating").0, Change::Unknown);
    assert!(!comparison.is_worse());
    let caveats = comparison.caveats.join("\n");
    assert!(
        caveats.contains("Only before there is a mutex profile")
            && caveats.contains("Only after there is a CPU profile"),
        "{caveats}"
    );
}

#[test]
fn other_binaries_and_processors_are_said() {
    let caveats = compare(&["order"], &["checkout/after"]).caveats.join("\n");
    for part in ["Other binaries: ", "Recordings below 2 s", "Requests are not counted on both sides"] {
        assert!(caveats.contains(part), "no {part:?} in {caveats}");
    }
    let caveats = compare(&["checkout/before"], &["checkout/after"]).caveats;
    assert_eq!(caveats.len(), 1, "{caveats:?}");
}

#[test]
fn a_script_chooses_what_fails() {
    let comparison = compare(&["checkout/before"], &["checkout/after"]);
    let fails = |what: &str| comparison.fails(&what.parse::<FailOn>().unwrap());
    for (what, expected) in [
        ("info", true),
        ("warning", true),
        ("error", true),
        ("never", false),
        ("lock-holder", true),
        ("dns-slow", false),
    ] {
        assert_eq!(fails(what), expected, "{what}");
    }
    // The threshold is the user's.
    let lax = Thresholds::default().with_change(1.0);
    let lax = Comparison::new(&report(&["checkout/before"]), &report(&["checkout/after"]), &lax);
    assert_eq!(change(&lax, "request_p50", None), Change::Worse);
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!((&json["schema"], &json["is_worse"]), (&1.into(), &true.into()));
    assert!(["new", "worse"].contains(&json["findings"][0]["change"].as_str().unwrap()));
    assert_eq!(json["figures"][0]["name"], "requests");
}
