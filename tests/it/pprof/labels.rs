//! Numeric labels: their own units, on graphs, and as frames.

use godiag::Compat;
use godiag::pprof::filter::{Filters, TagFilter};
use godiag::pprof::report::{Options, Report};
use godiag::pprof::{Builder, Label, LabelValue, Line, Profile, ValueType};

use crate::fixtures::file;

/// Latencies of 1500 microseconds and of 9 milliseconds under one key, 100 ms of CPU time each.
fn mixed() -> Profile {
    Profile::parse(&file("logs/mixed-label-units.pb.gz")).unwrap()
}

fn tags(options: &Options) -> Vec<String> {
    let profile = mixed();
    let tags = Report::new(&profile, options).unwrap().tags();
    let names = tags.keys()[0].values.iter().map(|value| String::from_utf8(value.name.clone()).unwrap());
    names.collect()
}

#[test]
fn every_label_has_its_own_unit() {
    assert_eq!(tags(&Options::default()), ["1.50ms", "9ms"]);
    assert_eq!(tags(&Options::default().with_compat(Compat::GoTool)), ["1.50ms", "9us"], "as the tool");
    let (profile, mut traces) = (mixed(), Vec::new());
    Report::new(&profile, &Options::default()).unwrap().write_traces(&mut traces).unwrap();
    let traces = String::from_utf8(traces).unwrap();
    assert!(traces.contains("latency:  1.50ms\n") && traces.contains("latency:  9ms\n"), "{traces}");
}

#[test]
fn ranges_compare_what_labels_mean() {
    let profile = mixed();
    let left = |range: &str, compat: Compat| {
        let mut filters = Filters::default();
        filters.tag_focus = TagFilter::range(range);
        let options = Options::default().with_filters(filters).with_compat(compat);
        let report = Report::new(&profile, &options).unwrap();
        let rows = report.top().unwrap();
        (rows.rows().first().map_or(0, |row| row.flat), report.unmatched_filters().len())
    };
    for (range, nanos, unmatched) in [
        ("5ms:", 100_000_000, 0),
        (":2ms", 100_000_000, 0),
        ("9000us", 100_000_000, 0),
        ("latency=1ms:10ms", 200_000_000, 0),
        ("10ms:", 0, 1),
    ] {
        assert_eq!(left(range, Compat::Correct), (nanos, unmatched), "{range}");
    }
    assert_eq!(left("5ms:", Compat::GoTool), (0, 1), "as the tool");
}

fn dot(profile: &Profile, options: &Options) -> String {
    let mut out = Vec::new();
    Report::new(profile, options).unwrap().write_dot(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn graphs_show_numeric_labels() {
    let shown = dot(&mixed(), &Options::default());
    for label in ["latency:1.50ms", "latency:9ms"] {
        assert!(shown.contains(&format!("[label = \"{label}\"")), "{shown}");
    }
    assert!(!dot(&mixed(), &Options::default().with_compat(Compat::GoTool)).contains("latency"));
}

/// Labels `bytes` of 2048 bytes and of 2 kB are one box.
#[test]
fn sizes_of_different_units_are_put_together() {
    let mut builder = Builder::new();
    let [space, bytes, kilobytes, f] =
        ["space", "bytes", "kB", "f"].map(|text| builder.string(text.as_bytes()));
    builder.sample_type(ValueType::new(space, bytes));
    let function = builder.function(f, f, f, 1);
    for (value, unit) in [(2048, bytes), (2, kilobytes)] {
        let location = builder.location(None, 0, false, &[Line { function, line: value, column: 0 }]);
        builder.sample(&[location], &[100], &[Label { key: bytes, value: LabelValue::Num { value, unit } }]);
    }
    let shown = dot(&builder.finish().unwrap(), &Options::default());
    assert_eq!(shown.matches("shape=box3d").count(), 1, "{shown}");
    assert!(shown.contains("[label = \"2kB\"") && shown.contains("label=\" 200B\""), "{shown}");
}

#[test]
fn frames_of_labels_name_their_key() {
    let profile = mixed();
    let names = |compat: Compat, key: &str| {
        let mut filters = Filters::default();
        filters.tag_root = vec![key.to_owned()];
        let options = Options::default().with_filters(filters).with_compat(compat);
        let top = Report::new(&profile, &options).unwrap().top().unwrap();
        let mut names: Vec<String> =
            top.rows().iter().map(|row| String::from_utf8(row.name.clone()).unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(Compat::Correct, "latency"), ["latency:1.50ms", "latency:9ms", "main.f", "main.main"]);
    assert_eq!(names(Compat::GoTool, "latency"), ["1.50ms", "9ms", "main.f", "main.main"], "as the tool");
    assert_eq!(names(Compat::Correct, "host"), ["host:(none)", "main.f", "main.main"]);
}
