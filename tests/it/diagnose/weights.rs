//! How much a finding matters, and when there is none: by what would be gained, and by whose fault it is.

use godiag::diagnose::{Diagnosis, Report, Severity, Source};
use godiag::pprof::{Builder, Line, Profile, ValueType};

use super::{data, ids};
use crate::fixtures;

/// A profile of stacks, leaf first, with their values.
fn profile(types: &[(&str, &str)], samples: &[(&[&str], &[i64])]) -> Profile {
    let mut builder = Builder::new();
    for (kind, unit) in types {
        let ty = ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()));
        builder.sample_type(ty);
    }
    let mut address = 0x400;
    for (stack, values) in samples {
        let mut locations = Vec::new();
        for name in *stack {
            let (name, file) = (builder.string(name.as_bytes()), builder.string(b"app/file.go"));
            let function = builder.function(name, name, file, 1);
            locations.push(builder.location(None, address, false, &[Line { function, line: 7, column: 0 }]));
            address += 1;
        }
        builder.sample(&locations, values, &[]);
    }
    builder.finish().unwrap()
}

fn cpu(samples: &[(&[&str], i64)]) -> Profile {
    let values: Vec<_> = samples.iter().map(|(stack, ms)| (*stack, [*ms / 10, *ms * 1_000_000])).collect();
    let samples: Vec<_> = values.iter().map(|(stack, values)| (*stack, &values[..])).collect();
    profile(&[("samples", "count"), ("cpu", "nanoseconds")], &samples)
}

fn heap(samples: &[(&[&str], i64, i64)]) -> Profile {
    let kinds = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    let values: Vec<_> =
        samples.iter().map(|(stack, objects, bytes)| (*stack, [*objects, *bytes, 0, 0])).collect();
    let samples: Vec<_> = values.iter().map(|(stack, values)| (*stack, &values[..])).collect();
    profile(&kinds, &samples)
}

fn of(cpu: &Profile, heap: &Profile) -> Report {
    Diagnosis::new().profile("cpu", cpu).profile("heap", heap).run()
}

#[test]
fn allocation_weighs_what_it_costs() {
    let builds = &["main.build", "main.main"][..];
    let allocates = &["runtime.mallocgc", "runtime.growslice", "main.build", "main.main"][..];
    let memory = heap(&[(&["main.build", "main.main"], 100_000, 100 << 20)]);
    let severity = |report: &Report| report.of("hot-allocating").next().unwrap().severity;
    // All bytes of the program, and next to nothing of its time.
    let report = of(&cpu(&[(builds, 970), (allocates, 30)]), &memory);
    assert_eq!(severity(&report), Severity::Info, "{report:#?}");
    let report = of(&cpu(&[(builds, 900), (allocates, 100)]), &memory);
    assert_eq!(severity(&report), Severity::Warning);
    // The collector works for whoever allocates, but not where it only fills an idle P.
    let worker =
        |mode| ["runtime.scanobject", mode, "runtime.gcBgMarkWorker.func2", "runtime.gcBgMarkWorker"];
    let (dedicated, idle) =
        (worker("runtime.gcDrainMarkWorkerDedicated"), worker("runtime.gcDrainMarkWorkerIdle"));
    let report = of(&cpu(&[(builds, 700), (&dedicated[..], 300)]), &memory);
    assert_eq!(severity(&report), Severity::Error);
    let report = of(&cpu(&[(builds, 700), (&idle[..], 300)]), &memory);
    assert_eq!(severity(&report), Severity::Info);
}

#[test]
fn what_is_compiled_for_each_request_is_named() {
    let compile = |root| {
        cpu(&[
            (&["regexp/syntax.parse", "regexp.compile", "regexp.MustCompile", "main.valid", root][..], 400),
            (&["main.work", root][..], 600),
        ])
    };
    let report = Diagnosis::new().profile("cpu", &compile("net/http.(*conn).serve")).run();
    let finding = report.of("repeated-work").next().unwrap_or_else(|| panic!("{report:#?}"));
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.valid");
    assert_eq!((finding.severity, finding.share), (Severity::Error, 0.4));
    assert!(finding.advice.contains("Compile"), "{}", finding.advice);
    // Once, while packages are initialised, is what the advice asks for.
    let report = Diagnosis::new().profile("cpu", &compile("runtime.doInit1")).run();
    assert!(report.of("repeated-work").next().is_none());
}

#[test]
fn a_pool_that_fills_is_no_misuse() {
    let get = &["main.init.func1", "sync.(*Pool).Get", "main.squeeze", "main.main"][..];
    for (objects, expected) in [(4, 0), (4_000, 1)] {
        let report = Diagnosis::new().profile("heap", &heap(&[(get, objects, 2 << 20)])).run();
        assert_eq!(report.of("pool-new").count(), expected, "{report:#?}");
    }
}

#[test]
fn an_empty_mutex_profile_is_called_so() {
    let empty = profile(&[("contentions", "count"), ("delay", "nanoseconds")], &[]);
    let report = Diagnosis::new().profile("out/mutex.pb.gz", &empty).profile("block.pb.gz", &empty).run();
    let sources: Vec<_> = report.inputs.iter().map(|input| (input.name.as_str(), input.source)).collect();
    assert_eq!(sources, [("out/mutex.pb.gz", Source::MutexProfile), ("block.pb.gz", Source::BlockProfile)]);
}

#[test]
fn a_dump_has_no_addresses_to_compare() {
    let mut diagnosis = Diagnosis::new();
    diagnosis.add("dump.txt", fixtures::file("diagnose/samples/leak_http.goroutine.end.txt.gz")).unwrap();
    diagnosis.add("app.trace", fixtures::file("diagnose/samples/leak_http.trace.gz")).unwrap();
    let report = diagnosis.run();
    assert_eq!(report.mismatches, []);
    let missing: Vec<_> = report.coverage.iter().map(|gap| gap.missing.as_str()).collect();
    assert!(missing.iter().any(|text| text.starts_with("1 goroutine profile: growth")), "{missing:?}");
}

#[test]
fn waits_that_a_stall_makes_are_its_echo() {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(data("samples/throttled.trace.gz")).unwrap();
    let report = diagnosis.run();
    assert!(ids(&report).contains(&"sched-latency"), "{report:#?}");
    let shown: Vec<_> = report.shown().filter(|finding| finding.severity > Severity::Info).collect();
    assert_eq!(shown.iter().map(|finding| finding.id()).collect::<Vec<_>>(), ["stalled"]);
}

/// A mutex or block profile: stacks with how often and how long, in milliseconds.
fn delays(samples: &[(&[&str], i64, i64)]) -> Profile {
    let values: Vec<_> =
        samples.iter().map(|(stack, count, ms)| (*stack, [*count, *ms * 1_000_000])).collect();
    let samples: Vec<_> = values.iter().map(|(stack, values)| (*stack, &values[..])).collect();
    profile(&[("contentions", "count"), ("delay", "nanoseconds")], &samples)
}

#[test]
fn both_ends_of_a_queue_are_one_finding() {
    let unlock = "sync.(*Mutex).Unlock";
    let held = delays(&[
        (&[unlock, "main.(*table).export.deferwrap1", "main.(*table).export", "main.main"], 100, 2_000),
        (&[unlock, "main.(*table).reload", "main.main"], 100, 200),
        (&[unlock, "main.other", "main.main"], 100, 200),
    ]);
    let waited = delays(&[(&["sync.(*Mutex).Lock", "main.(*table).lookup", "main.main"], 200, 2_200)]);
    let report = Diagnosis::new().profile("mutex", &held).profile("block", &waited).run();
    let shown: Vec<_> =
        report.shown().map(|finding| finding.subject.function.clone().unwrap().to_string()).collect();
    // The functions of one type share a lock; another function has another.
    assert_eq!(shown.len(), 2, "{report:#?}");
    assert!(shown.contains(&"main.other".to_owned()), "{shown:?}");
    let queue = report.shown().find(|finding| finding.evidence.len() > 1).unwrap();
    let places: Vec<_> = queue.evidence.iter().map(|evidence| evidence.source).collect();
    assert!(places.contains(&Source::MutexProfile) && places.contains(&Source::BlockProfile), "{places:?}");
    // A deferred Unlock is the function's own.
    assert!(report.of("lock-contention").all(|finding| !finding.summary.contains("deferwrap")));
}

/// The findings of a sample's trace that are shown, with their severity, the first of each rule.
fn shown(program: &str) -> Vec<(&'static str, Severity, String)> {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(data(&format!("samples/{program}.trace.gz"))).unwrap();
    let report = diagnosis.run();
    report
        .shown()
        .map(|f| (f.id(), f.severity, format!("{}: {} {}", f.subject, f.summary, f.advice)))
        .collect()
}

#[test]
fn a_limit_of_the_transport_is_a_pool() {
    let (id, severity, text) = shown("transport_limit").remove(0);
    assert_eq!((id, severity), ("pool-wait", Severity::Error));
    assert!(text.contains("main.get") && text.contains("MaxConnsPerHost"), "{text}");
}

#[test]
fn requests_that_sleep_are_polling() {
    let (id, severity, text) = shown("polling").remove(0);
    assert_eq!((id, severity), ("polling", Severity::Error));
    assert!(text.starts_with("main.awaitJob at "), "{text}");
}

#[test]
fn calls_through_one_helper_are_told_apart() {
    let found = shown("one_by_one");
    for function in ["main.fetchUser", "main.fetchOffers", "main.fetchNews"] {
        let of_function = found.iter().find(|(id, _, text)| *id == "slow-call" && text.starts_with(function));
        assert!(of_function.is_some(), "no {function} in {found:?}");
    }
    let (.., text) = found.iter().find(|(id, ..)| *id == "one-by-one").unwrap();
    assert!(text.contains("wait for 3 answers one after the other"), "{text}");
}

#[test]
fn a_long_queue_for_the_ps_is_a_warning() {
    let severity = |program: &str| {
        let found = shown(program);
        found.iter().find(|(id, ..)| *id == "sched-latency").map(|(_, severity, _)| *severity)
    };
    assert_eq!(severity("sched_latency"), Some(Severity::Warning));
    // Two that take turns on one P.
    assert_eq!(severity("busy_loop"), Some(Severity::Info));
}

#[test]
fn background_work_that_starves_requests_is_named() {
    let found = shown("starved");
    let (_, severity, text) = found.iter().find(|(id, ..)| *id == "sched-latency").unwrap();
    assert_eq!(*severity, Severity::Warning);
    assert!(text.starts_with("net/http.(*conn).serve") && text.contains("hardly use the CPU"), "{text}");
    // The poller that looks late is the same trouble.
    assert!(found.iter().all(|(id, ..)| *id != "netpoll-starved"), "{found:?}");
}
