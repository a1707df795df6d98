//! Rules over profiles alone.

use godiag::diagnose::{Confidence, Source};

use godiag::diagnose::Diagnosis;
use godiag::pprof::{Builder, Line, ValueType};

use super::{ids, of_profiles};

#[test]
fn the_lock_of_the_demonstration_is_found_from_both_ends() {
    let report = of_profiles(&["order/mutex.pb.gz", "order/block.pb.gz"]);
    let finding = report.of("lock-contention").next().unwrap();
    assert_eq!(finding.subject.to_string(), "main.(*stock).reserve at example.com/order/main.go:85");
    assert_eq!(finding.confidence, Confidence::Certain);
    let sources: Vec<_> = finding.evidence.iter().map(|evidence| evidence.source).collect();
    assert_eq!(sources, [Source::MutexProfile, Source::BlockProfile]);
    // go tool pprof -top -lines: 3893.50ms and 3279.76ms.
    assert_eq!((finding.evidence[0].figures[0].1.value / 1e4).round(), 389_350.0);
    assert_eq!((finding.evidence[1].figures[0].1.value / 1e4).round(), 327_976.0);
}

#[test]
fn the_leak_of_the_demonstration_is_proven_and_its_growth_shown() {
    let names = [
        "order/goroutine.3.pb.gz",
        "order/goroutineleak.pb.gz",
        "order/goroutine.1.pb.gz",
        "order/goroutine.2.pb.gz",
    ];
    let report = of_profiles(&names);
    assert_eq!(report.shown().count(), 1);
    assert_eq!(report.of("leak-growth").next().unwrap().part_of, Some("goroutine-leak"));
    let finding = report.shown().next().unwrap();
    assert_eq!(finding.subject.to_string(), "main.notify.func1 at example.com/order/main.go:111");
    assert_eq!(finding.figure("goroutines"), Some(213.0));
    assert_eq!((finding.figure("first"), finding.figure("last")), (Some(50.0), Some(161.0)));
    // Without the proof, the snapshots alone raise the suspicion.
    let report = of_profiles(&[names[0], names[2], names[3]]);
    assert_eq!(ids(&report), ["leak-growth"]);
    // Two snapshots are too few.
    let report = of_profiles(&names[2..]);
    assert_eq!(ids(&report), [""; 0]);
    assert!(report.coverage.iter().any(|gap| gap.rules == ["leak-growth"]));
}

#[test]
fn leaks_grow_and_idle_connections_do_not() {
    let snapshots = |program: &str, n: usize| -> Vec<String> {
        (1..=n).map(|i| format!("samples/{program}.goroutine.snap{i}.pprof")).collect()
    };
    let diagnose = |names: Vec<String>| of_profiles(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let report = diagnose(snapshots("leak_http", 5));
    let finding = report.of("leak-growth").next().unwrap();
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.backend");
    assert_eq!((finding.figure("first"), finding.figure("last")), (Some(100.0), Some(500.0)));
    let report = diagnose(snapshots("slow_readers", 3));
    let finding = report.of("leak-growth").next().unwrap();
    assert_eq!((finding.figure("first"), finding.figure("last")), (Some(60.0), Some(180.0)));
    let report = diagnose(snapshots("conn_pileup", 2));
    assert_eq!(ids(&report), ["goroutines", "pile-up"]);
    let report = of_profiles(&["samples/chan_pileup.goroutine.peak.pprof"]);
    assert_eq!(ids(&report), ["goroutines", "pile-up"]);
    assert_eq!(report.of("pile-up").next().unwrap().figure("goroutines"), Some(5800.0));
}

#[test]
fn proof_of_500_stuck_goroutines() {
    let report = of_profiles(&["samples/leak_http.goroutineleak.pprof"]);
    assert_eq!(report.of("goroutine-leak").next().unwrap().figure("goroutines"), Some(500.0));
}

#[test]
fn the_collector_takes_the_cpu() {
    let report = of_profiles(&["samples/gc_pressure.cpu.pprof", "samples/gc_pressure.heap.pprof"]);
    assert_eq!(ids(&report), ["gc-pressure", "hot-allocating"]);
    let finding = report.of("gc-pressure").next().unwrap();
    // go tool pprof: runtime.gcAssistAlloc has 53 % of all samples.
    assert!((0.52..0.55).contains(&finding.figure("assist").unwrap()), "{:?}", finding.figure("assist"));
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.tree");
}

#[test]
fn contention_is_not_one_long_wait() {
    let report =
        of_profiles(&["samples/mutex_contention.mutex.pprof", "samples/mutex_contention.block.pprof"]);
    assert_eq!(ids(&report), ["lock-contention"]);
    assert!((report.findings[0].figure("delay").unwrap() / 1e7).round() == 817.0, "{report:?}");
    let report = of_profiles(&["samples/sync_kinds.mutex.pprof", "samples/sync_kinds.block.pprof"]);
    assert_eq!(ids(&report), [""; 0]);
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let kinds = ["block", "cpu", "goroutine.end", "heap", "mutex"];
    let names: Vec<_> = kinds.iter().map(|kind| format!("samples/healthy.{kind}.pprof")).collect();
    let report = of_profiles(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ids(&report), [""; 0], "{report:#?}");
    assert_eq!(ids(&of_profiles(&["samples/timer_leak.heap.pprof"])), [""; 0]);
}

#[test]
fn files_of_two_programs_are_distinguished() {
    let report = of_profiles(&["order/cpu.pb.gz", "samples/gc_pressure.heap.pprof"]);
    assert_eq!(report.mismatches.len(), 1);
    assert!(report.mismatches[0].reason.contains("build id"), "{}", report.mismatches[0].reason);
    let joined: Vec<_> = report.findings.iter().filter(|f| f.evidence.len() > 1).collect();
    assert!(joined.iter().all(|finding| finding.confidence == Confidence::Hint));
    let text = {
        let mut out = Vec::new();
        report.write_text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(text.find("do not belong together") < text.find("\n1. "), "{text}");
}

#[test]
fn timers_that_are_never_stopped() {
    let timers = |in_use: i64| {
        let mut builder = Builder::new();
        for (kind, unit) in
            [("alloc", "objects"), ("alloc", "space"), ("inuse", "objects"), ("inuse", "space")]
        {
            let name = builder.string(format!("{kind}_{unit}").as_bytes());
            let unit = builder.string(if unit == "space" { b"bytes" } else { b"count" });
            builder.sample_type(ValueType::new(name, unit));
        }
        let mut stack = Vec::new();
        for (address, name) in [(0x1000, &b"time.NewTimer"[..]), (0x2000, b"main.poll")] {
            let (name, file) = (builder.string(name), builder.string(b"app/poll.go"));
            let function = builder.function(name, name, file, 1);
            stack.push(builder.location(None, address, false, &[Line { function, line: 12, column: 0 }]));
        }
        builder.sample(&stack, &[in_use, in_use * 100, in_use, in_use * 100], &[]);
        Diagnosis::new().profile("heap", &builder.finish().unwrap()).run()
    };
    let report = timers(81_495);
    let finding = report.of("timer-leak").next().unwrap_or_else(|| panic!("{report:#?}"));
    assert_eq!(finding.figure("timers"), Some(81_495.0));
    assert_eq!(finding.subject.to_string(), "main.poll at app/poll.go:12");
    // The program's Go release is unknown, and may be one that collects them.
    assert_eq!(finding.confidence, Confidence::Likely);
    assert!(timers(9_999).of("timer-leak").next().is_none());
}
