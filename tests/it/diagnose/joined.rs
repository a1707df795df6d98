//! Rules over several inputs: findings that neither shows alone.

use godiag::asm::CompilerOutput;
use godiag::diagnose::{Confidence, Diagnosis, Report, Source, Thresholds, Traced};
use godiag::pprof::Profile;
use godiag::trace::{Options, Reader};
use godiag::{Limits, wire};

use super::{data, ids};

fn inflated(name: &str) -> Vec<u8> {
    wire::inflate(&std::fs::read(data(name)).unwrap(), &Limits::DEFAULT).unwrap()
}

#[test]
fn boxing_is_proven_by_heap_profile_and_listing_together() {
    let heap = Profile::open(data("samples/pool_misuse.heap.pprof")).unwrap();
    let text = inflated("samples/pool_misuse.S.txt.gz");
    let listing = CompilerOutput::parse(&text).unwrap();
    let both = Diagnosis::new().profile("heap", &heap).compiler("listing", &listing).run();
    let finding = both.of("pool-boxing").next().unwrap();
    assert_eq!(finding.subject.to_string(), "main.putByValue at diagnose/cmd/pool_misuse/main.go:18");
    assert_eq!((finding.figure("share").unwrap() * 1e4).round(), 8365.0);
    let sources: Vec<_> = finding.evidence.iter().map(|evidence| evidence.source).collect();
    assert_eq!(sources, [Source::HeapProfile, Source::Compiler]);
    let lines = finding.evidence[1].lines.join("\n");
    assert!(
        lines.contains("CALL runtime.convTslice(SB)") && lines.contains("CALL sync.(*Pool).Put(SB)"),
        "{lines}"
    );
    // The other misuse of the same program: objects that are never returned.
    let finding = both.of("pool-new").next().unwrap();
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.neverReturned");
    assert_eq!(both.mismatches, []);

    for alone in [Diagnosis::new().profile("heap", &heap), Diagnosis::new().compiler("listing", &listing)] {
        let report = alone.run();
        assert!(report.of("pool-boxing").next().is_none());
        assert!(!report.findings.iter().any(|finding| finding.summary.contains("box")), "{report:#?}");
    }
}

const PROFILES: [&str; 8] = [
    "cpu.pb.gz",
    "heap.pb.gz",
    "mutex.pb.gz",
    "block.pb.gz",
    "goroutine.1.pb.gz",
    "goroutine.2.pb.gz",
    "goroutine.3.pb.gz",
    "goroutineleak.pb.gz",
];

/// The diagnosis of the demonstration, with a trace and compiler output.
fn order(trace: &[u8], text: &[u8]) -> Report {
    let profiles: Vec<_> = PROFILES.map(|name| Profile::open(data(&format!("order/{name}"))).unwrap()).into();
    let output = CompilerOutput::parse(text).unwrap();
    let mut reader = Reader::parse_with(trace, &Options::salvage()).unwrap();
    let traced = Traced::read(&mut reader, Thresholds::default()).unwrap();
    let source = std::fs::read(data("order/main.go")).unwrap();
    let mut diagnosis = Diagnosis::new().trace("order.trace", &traced).compiler("build.txt", &output);
    diagnosis = diagnosis.source("main.go", &source);
    for (name, profile) in PROFILES.iter().zip(&profiles) {
        diagnosis = diagnosis.profile(name, profile);
    }
    diagnosis.run()
}

#[test]
fn the_demonstration_shows_its_story() {
    let trace = std::fs::read(data("order/order.trace")).unwrap();
    let report = order(&trace, &inflated("order/build.txt.gz"));
    assert_eq!(report.mismatches, []);
    let about = |id: &str| {
        let finding = report.shown().find(|finding| finding.id() == id);
        let finding = finding.unwrap_or_else(|| panic!("no {id} in {:?}", ids(&report)));
        (finding.subject.to_string(), finding)
    };

    let (subject, finding) = about("pool-wait");
    assert_eq!(subject, "main.locate at example.com/order/db.go:43");
    assert!(finding.summary.contains("a connection of the database/sql pool"), "{}", finding.summary);
    assert!(finding.summary.contains("at main.warehouse.QueryContext (db.go:23)"), "{}", finding.summary);
    // What takes most of the time is the answer.
    assert_eq!(report.shown().next().unwrap().id(), "pool-wait", "{:?}", ids(&report));
    assert!(
        report.verdict.contains("waiting for a database connection, at main.locate"),
        "{}",
        report.verdict
    );

    let (subject, finding) = about("hot-not-inlined");
    assert_eq!(subject, "main.processOrder at example.com/order/main.go:60");
    assert_eq!((finding.figure("cost"), finding.figure("budget")), (Some(252.0), Some(80.0)));
    assert!(finding.summary.contains("cost 252 over 80"), "{}", finding.summary);

    let (subject, finding) = about("hot-allocating");
    assert_eq!(subject, "main.processOrder at example.com/order/main.go:72");
    let compiler = finding.evidence.iter().find(|evidence| evidence.source == Source::Compiler).unwrap();
    let lines = compiler.lines.join("\n");
    assert!(lines.contains("it.Count escapes to the heap") && lines.contains("runtime.convT64"), "{lines}");
    assert!(lines.contains("return r (return) at line 74"), "{lines}");

    let (subject, finding) = about("lock-holder");
    assert_eq!(subject, "main.(*stock).reserve at example.com/order/main.go:90");
    // The sleep under the lock is why the others wait.
    assert!(finding.code.as_deref().unwrap().starts_with("time.Sleep("), "{:?}", finding.code);
    assert!(
        finding.evidence[0].text.contains("because of main.(*stock).reserve (main.go:90), in time.Sleep")
    );
    let sources: Vec<_> = finding.evidence.iter().map(|evidence| evidence.source).collect();
    for source in [Source::Trace, Source::MutexProfile, Source::BlockProfile] {
        assert!(sources.contains(&source), "{sources:?}");
    }
    assert!(report.of("lock-contention").all(|finding| finding.part_of == Some("lock-holder")));

    let (subject, finding) = about("dns-slow");
    assert_eq!(subject, "main.ship at example.com/order/main.go:163");
    assert_eq!((finding.figure("lookups"), finding.figure("server_waits")), (Some(6.0), Some(12.0)));

    let (subject, finding) = about("pool-boxing");
    assert_eq!(subject, "main.encode at example.com/order/main.go:102");
    assert_eq!(finding.confidence, Confidence::Certain);

    let (subject, finding) = about("goroutine-leak");
    assert_eq!(subject, "main.notify.func1 at example.com/order/main.go:111");
    let shown: Vec<_> = finding.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
    let shown = shown.join("\n");
    assert!(
        shown.contains("main.notify starts them at example.com/order/main.go:109: 213 goroutines"),
        "{shown}"
    );
    assert!(shown.contains("main.notify holds the go statement"), "{shown}");
    assert!(shown.contains(" in 3 snapshots"), "{shown}");
    assert!(report.of("stuck-group").all(|finding| finding.part_of == Some("goroutine-leak")));
}

#[test]
fn the_first_lines_are_those_of_the_readme() {
    let mut diagnosis = Diagnosis::new();
    diagnosis.open(data("order")).unwrap();
    let mut text = Vec::new();
    diagnosis.run().write_text(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let readme = include_str!("../../../README.md");
    let shown = readme.split_once("worst first:\n\n```text\n").unwrap().1.split_once("\n```").unwrap().0;
    for line in shown.lines().filter(|line| !line.is_empty()) {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
}

#[test]
fn inputs_of_other_programs_are_reported_before_any_finding() {
    let report = order(&inflated("samples/healthy.trace.gz"), &inflated("samples/pool_misuse.S.txt.gz"));
    let shown: Vec<_> = report
        .mismatches
        .iter()
        .map(|mismatch| (mismatch.other.as_str(), mismatch.reason.as_str()))
        .collect();
    assert!(shown.iter().any(|(other, _)| *other == "order.trace"), "{shown:?}");
    assert!(
        shown.iter().any(|(other, why)| *other == "build.txt" && why.contains("different source")),
        "{shown:?}"
    );
    let mut text = Vec::new();
    report.write_text(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.find("do not belong together") < text.find("\n1. "), "{text}");
}

/// A profile of the demonstration, taken `minutes` later.
fn later(name: &str, minutes: i64) -> Profile {
    let field = |time: i64| -> Vec<u8> {
        let groups =
            (0..9).map(|group| (time >> (7 * group)) as u8 & 0x7f | if group < 8 { 0x80 } else { 0 });
        std::iter::once(9 << 3).chain(groups).collect()
    };
    let mut bytes = inflated(&format!("order/{name}"));
    let time = Profile::parse(&bytes).unwrap().time_nanos();
    let at = memchr::memmem::find(&bytes, &field(time)).unwrap();
    bytes.splice(at..at + 10, field(time + minutes * 60_000_000_000));
    Profile::parse(&bytes).unwrap()
}

#[test]
fn inputs_of_another_time_are_reported() {
    let trace = std::fs::read(data("order/order.trace")).unwrap();
    let traced = Traced::read(&mut Reader::parse(&trace).unwrap(), Thresholds::default()).unwrap();
    let cpu = Profile::open(data("order/cpu.pb.gz")).unwrap();
    let reasons = |minutes: i64| -> Vec<String> {
        let mutex = later("mutex.pb.gz", minutes);
        let of_profiles = Diagnosis::new().profile("cpu", &cpu).profile("mutex", &mutex).run();
        let of_trace = Diagnosis::new().profile("mutex", &mutex).trace("trace", &traced).run();
        [of_profiles, of_trace].into_iter().flat_map(|report| report.mismatches).map(|m| m.reason).collect()
    };
    assert_eq!(reasons(10), [""; 0]);
    for minutes in [-60, 60] {
        let reasons = reasons(minutes);
        assert_eq!(reasons.len(), 2);
        assert!(reasons.iter().all(|reason| reason.ends_with(" minutes apart")), "{reasons:?}");
    }
    // Snapshots of one kind are meant to be taken at different times.
    let snapshot = later("cpu.pb.gz", 60);
    assert_eq!(Diagnosis::new().profile("a", &cpu).profile("b", &snapshot).run().mismatches, []);
}

#[test]
fn every_form_of_the_report_holds_every_finding() {
    let trace = std::fs::read(data("order/order.trace")).unwrap();
    let report = order(&trace, &inflated("order/build.txt.gz"));
    let cpu = Profile::open(data("order/cpu.pb.gz")).unwrap();
    let (mut markdown, mut sarif, mut html) = (Vec::new(), Vec::new(), Vec::new());
    report.write_markdown(&mut markdown).unwrap();
    godiag::export::sarif::write_report(&report, &mut sarif).unwrap();
    godiag::export::html::Page::new(&report).with_profile("cpu", &cpu).write(&mut html).unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), report.shown().count());
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    let (markdown, html) = (String::from_utf8(markdown).unwrap(), String::from_utf8(html).unwrap());
    for finding in report.shown() {
        assert!(markdown.contains(finding.id()) && html.contains(finding.id()), "{}", finding.id());
    }
    assert!(html.contains("<svg class=\"flame\"") && !html.contains("src=") && !html.contains("href="));
}
