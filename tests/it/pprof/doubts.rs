//! Figures of valid profiles that cannot be, or are not whole.

use godiag::pprof::{
    Builder, Doubt, DoubtKind, Label, LabelValue, Line, LocationId, Profile, ValueType, doubts,
    doubts_between,
};

use crate::fixtures::file;

/// A CPU profile of `seconds`, with a sample of `ticks` of 10 ms for each stack of function names, leaf first.
fn cpu(seconds: i64, ticks: i64, stacks: &[&[&str]]) -> Profile {
    let mut builder = Builder::new();
    let [samples, count, cpu, ns] =
        ["samples", "count", "cpu", "nanoseconds"].map(|text| builder.string(text.as_bytes()));
    builder.sample_type(ValueType::new(samples, count)).sample_type(ValueType::new(cpu, ns));
    builder.period(ValueType::new(cpu, ns), 10_000_000).duration_nanos(seconds * 1_000_000_000);
    for stack in stacks {
        let stack: Vec<LocationId> = stack
            .iter()
            .map(|name| {
                let name = builder.string(name.as_bytes());
                let function = builder.function(name, name, name, 1);
                builder.location(None, 0, false, &[Line { function, line: 1, column: 0 }])
            })
            .collect();
        builder.sample(&stack, &[ticks, ticks * 10_000_000], &[]);
    }
    builder.finish().unwrap()
}

fn kinds(found: &[Doubt]) -> Vec<DoubtKind> {
    found.iter().map(|doubt| doubt.kind).collect()
}

const MAIN: &[&str] = &["main.f", "main.main", "runtime.main"];

#[test]
fn a_healthy_profile_has_no_doubts() {
    assert_eq!(doubts(&cpu(10, 500, &[MAIN]), Some(1)), []);
    for name in ["cpu", "heap.debug0", "allocs.debug0", "block.debug0", "mutex.debug0"] {
        let profile = Profile::parse(&file(&format!("pprof/go1.27.3/{name}.pb.gz"))).unwrap();
        assert_eq!(doubts(&profile, None), [], "{name}");
    }
}

#[test]
fn cpu_time_has_bounds() {
    for (ticks, procs, expected) in [
        (1000, Some(1), None),
        (1100, Some(1), Some(DoubtKind::CpuAboveDuration)),
        (1100, Some(2), None),
        (1100, None, None),
        (5_000_000, None, Some(DoubtKind::CpuAboveDuration)),
        (10, None, None),
        (9, None, Some(DoubtKind::CpuNearZero)),
    ] {
        let found = doubts(&cpu(10, ticks, &[MAIN]), procs);
        assert_eq!(kinds(&found), Vec::from_iter(expected), "{ticks} {procs:?}");
    }
    let above = doubts(&cpu(10, 4400, &[MAIN]), Some(4));
    assert!(above[0].text.starts_with("44s of CPU time in 10s on 4 processors"), "{above:?}");
    let scaled = cpu(10, 500, &[MAIN]);
    let mut builder = Builder::new();
    let [samples, count, kind, ns] =
        ["samples", "count", "cpu", "nanoseconds"].map(|text| builder.string(text.as_bytes()));
    builder.sample_type(ValueType::new(samples, count)).sample_type(ValueType::new(kind, ns));
    builder.period(ValueType::new(kind, ns), scaled.period());
    let location = builder.location(None, 1, false, &[]);
    builder.sample(&[location], &[500, 50_000_000], &[]);
    let found = doubts(&builder.finish().unwrap(), None);
    assert_eq!(kinds(&found), [DoubtKind::CpuNotSamples]);
    assert_eq!(found[0].text, "50ms of CPU time is not 500 samples times the period of 10ms");
}

#[test]
fn stacks_are_missing_lost_or_cut() {
    let lost: &[&str] = &["runtime._LostExternalCode", "runtime._ExternalCode"];
    let found = doubts(&cpu(1, 25, &[MAIN, &[], lost, MAIN]), None);
    assert_eq!(kinds(&found), [DoubtKind::NoStack, DoubtKind::LostSamples]);
    assert_eq!(found[0].text, "1 sample (25.00%) without a stack");
    assert!(found[1].text.contains("(runtime._LostExternalCode)"));

    for (depth, is_cut) in
        [(31, true), (32, true), (33, false), (63, true), (64, true), (65, false), (128, true)]
    {
        let deep = vec!["main.fib"; depth];
        let found = doubts(&cpu(1, 25, &[MAIN, &deep, &deep]), None);
        assert_eq!(kinds(&found), Vec::from_iter(is_cut.then_some(DoubtKind::TruncatedStacks)), "{depth}");
        if is_cut {
            assert!(found[0].text.starts_with("2 samples (66.67%) cut after "), "{found:?}");
        }
    }
    // A stack of the depth that begins as others do is whole.
    let mut whole = vec!["main.fib"; 62];
    whole.extend(["main.main", "main.start"]);
    assert_eq!(doubts(&cpu(1, 25, &[&["main.f", "main.start"], &whole]), None), []);
}

#[test]
fn labels_of_one_key_have_one_unit() {
    let mixed = Profile::parse(&file("logs/mixed-label-units.pb.gz")).unwrap();
    let found = doubts(&mixed, None);
    assert_eq!(kinds(&found), [DoubtKind::MixedLabelUnits]);
    assert!(found[0].text.contains("latency: values in microseconds and in milliseconds"), "{found:?}");
}

#[test]
fn what_is_in_use_is_not_negative() {
    let heap = |value: i64, is_base: bool| {
        let mut builder = Builder::new();
        let [space, bytes, base, yes] =
            ["inuse_space", "bytes", "pprof::base", "true"].map(|text| builder.string(text.as_bytes()));
        builder.sample_type(ValueType::new(space, bytes));
        let location = builder.location(None, 1, false, &[]);
        let mark = [Label { key: base, value: LabelValue::Str(yes) }];
        builder.sample(&[location], &[value], if is_base { &mark } else { &[] });
        doubts(&builder.finish().unwrap(), None)
    };
    assert_eq!(heap(2048, false), []);
    assert_eq!(
        heap(-2048, false)[0].text,
        "inuse_space: 1 sample is negative (-2kB): this is the difference of two profiles"
    );
    assert_eq!(heap(-2048, true), [], "a difference is meant to be one");
}

#[test]
fn comparisons_are_of_like_and_like() {
    let ten = cpu(10, 500, &[MAIN]);
    assert_eq!(doubts_between(&ten, &ten), []);
    let found = doubts_between(&ten, &cpu(5, 250, &[MAIN]));
    assert_eq!(kinds(&found), [DoubtKind::DurationsDiffer]);
    assert!(found[0].text.ends_with(": 10s before, 5s after"), "{found:?}");
}

#[cfg(feature = "cli")]
#[test]
fn the_command_says_what_is_doubtful() {
    let file = crate::fixtures::path("logs/mixed-label-units.pb.gz");
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_godiag"));
        let output = command.args(args).arg(&file).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, quiet, _) = run(&["pprof", "check"]);
    assert_eq!((code, quiet.lines().count()), (Some(0), 1), "{quiet}");
    let (_, warnings, _) = run(&["pprof", "check", "--warnings"]);
    assert!(warnings.contains("\n  mixed_label_units: label latency"), "{warnings}");
    let (_, json, _) = run(&["pprof", "check", "--json"]);
    assert!(json.contains(r#""doubts":[{"kind":"mixed_label_units""#), "{json}");
    let (code, _, notes) = run(&["pprof", "top"]);
    assert_eq!(code, Some(0));
    assert!(notes.contains("label latency: values in microseconds and in milliseconds"), "{notes}");
    let (_, report, _) = run(&["diagnose"]);
    assert!(report.contains("    ! label latency: values in"), "{report}");
}
