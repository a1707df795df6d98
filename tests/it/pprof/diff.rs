//! Differences of two profiles: rates if both have a duration.

use godiag::pprof::report::{Basis, Diff, Options, Report, Thresholds, Verdict};
use godiag::pprof::{Builder, Line, Profile, ValueType};

/// A CPU profile of `seconds`, sampled every `period` nanoseconds, with the given number of samples per
/// function.
fn cpu(seconds: i64, period: i64, functions: &[(&str, i64)]) -> Profile {
    let mut builder = Builder::new();
    let ty = |builder: &mut Builder, kind: &str, unit: &str| {
        ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()))
    };
    let types = [ty(&mut builder, "samples", "count"), ty(&mut builder, "cpu", "nanoseconds")];
    for ty in types {
        builder.sample_type(ty);
    }
    builder.duration_nanos(seconds * 1_000_000_000).period(types[1], period);
    for (address, (name, samples)) in (0x400..).zip(functions) {
        let name = builder.string(name.as_bytes());
        let function = builder.function(name, name, name, 1);
        let location = builder.location(None, address, false, &[Line { function, line: 1, column: 0 }]);
        builder.sample(&[location], &[*samples, samples * period], &[]);
    }
    builder.finish().unwrap()
}

fn diff(basis: Basis, column: &str, before: &Profile, after: &Profile) -> (Diff, String) {
    let mut options = Options::default();
    options.sample_index = Some(column.to_owned());
    let report = |profile| Report::new(profile, &options).unwrap();
    let diff = Diff::new_by(basis, &report(before), &report(after), &Thresholds::default()).unwrap();
    let mut text = Vec::new();
    diff.write_text(10, &mut text).unwrap();
    (diff, String::from_utf8(text).unwrap())
}

#[test]
fn the_same_load_for_half_the_time_is_no_improvement() {
    let before = cpu(10, 1_000_000, &[("main.f", 4_000), ("main.g", 2_000)]);
    let after = cpu(5, 1_000_000, &[("main.f", 2_000), ("main.g", 1_400)]);
    let (totals, text) = diff(Basis::Totals, "cpu", &before, &after);
    assert_eq!(totals.total().verdict, Verdict::Improvement);
    assert!(text.contains("Duration: 10s before, 5s after; values are not scaled\n"), "{text}");

    let (rates, text) = diff(Basis::PerSecond, "cpu", &before, &after);
    assert!(text.contains("Duration: 10s before, 5s after; per second"), "{text}");
    assert!((rates.scaling().factor - 2.0).abs() < 1e-9);
    // main.f is the same, and main.g uses 40 % more.
    let rows: Vec<_> = rates.rows().iter().map(|row| (row.name.as_slice(), row.flat.percent())).collect();
    assert_eq!(rows, [(&b"main.g"[..], Some(40.0))]);
    assert_eq!(rates.rows()[0].flat.verdict, Verdict::Regression);
    assert_eq!(rates.total().after, 6_800_000_000);
}

#[test]
fn samples_of_another_period_are_as_many_as_their_time() {
    let before = cpu(10, 10_000_000, &[("main.f", 400)]);
    let after = cpu(10, 2_000_000, &[("main.f", 2_000)]);
    for column in ["samples", "cpu"] {
        let (rates, text) = diff(Basis::PerSecond, column, &before, &after);
        assert_eq!(rates.rows(), [], "{column}");
        assert!(text.contains("Period: 10ms before, 2ms after\n"), "{text}");
    }
    assert_eq!(diff(Basis::Totals, "samples", &before, &after).0.total().after, 2_000);
}

#[test]
fn an_unknown_duration_is_said() {
    let (before, after) = (cpu(10, 1_000, &[("main.f", 400)]), cpu(0, 1_000, &[("main.f", 400)]));
    let (rates, text) = diff(Basis::PerSecond, "cpu", &before, &after);
    assert_eq!(rates.rows(), []);
    assert!(text.contains("Duration: 10s before, unknown after; totals are compared\n"), "{text}");
    let (_, text) = diff(Basis::PerSecond, "cpu", &after, &after);
    assert!(!text.contains("Duration"), "{text}");
    let (_, text) = diff(Basis::PerSecond, "cpu", &before, &before);
    assert!(!text.contains("Duration"), "{text}");
}

#[test]
fn what_may_be_chance_is_the_same() {
    let before = cpu(10, 10_000_000, &[("main.f", 400), ("main.g", 20)]);
    let after = cpu(10, 10_000_000, &[("main.f", 400), ("main.g", 35)]);
    let verdicts = |basis| {
        let (diff, text) = diff(basis, "cpu", &before, &after);
        assert_eq!(text.contains("main.g"), diff.has_regression(), "{text}");
        diff.rows().iter().map(|row| row.flat.verdict).collect::<Vec<_>>()
    };
    // The standard deviation of the difference of 20 and 35 samples is more than 7.
    assert_eq!(verdicts(Basis::PerSecond), [Verdict::Same]);
    assert_eq!(verdicts(Basis::Totals), [Verdict::Regression]);
}
