//! Every program of `samples`: required and forbidden findings of its trace.
//!
//! The figures are what the programs measured themselves while they were recorded.

use godiag::diagnose::{Diagnosis, Finding, Report, Thresholds, Traced};
use godiag::trace::Reader;
use godiag::{Limits, wire};

use super::{data, ids};

fn diagnose(program: &str, thresholds: Thresholds) -> Report {
    let packed = std::fs::read(data(&format!("samples/{program}.trace.gz"))).unwrap();
    let bytes = wire::inflate(&packed, &Limits::DEFAULT).unwrap();
    let mut reader = Reader::parse(&bytes).unwrap();
    let traced = Traced::read(&mut reader, thresholds).unwrap();
    Diagnosis::new().trace(program, &traced).run()
}

fn of(program: &str) -> Report {
    diagnose(program, Thresholds::default())
}

fn only<'a>(report: &'a Report, id: &'a str) -> &'a Finding {
    let mut findings = report.of(id);
    let finding = findings.next().unwrap_or_else(|| panic!("no {id} in {report:#?}"));
    assert!(findings.next().is_none(), "{id} twice");
    finding
}

#[track_caller]
fn is(finding: &Finding, figure: &str, expected: std::ops::RangeInclusive<f64>) {
    let value = finding.figure(figure).unwrap_or_else(|| panic!("no {figure} in {finding:#?}"));
    assert!(expected.contains(&value), "{figure} is {value}");
}

const MS: f64 = 1e6;

/// This checks that nothing else is found; the figures are below.
#[test]
fn every_program_has_exactly_its_findings() {
    let text = std::fs::read_to_string(data("findings.txt")).unwrap();
    let mut programs = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let program = words.next().unwrap();
        assert_eq!(ids(&of(program)), words.collect::<Vec<_>>(), "{program}");
        programs += 1;
    }
    let names = std::fs::read_dir(data("samples")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(programs, names.filter(|name| name.to_str().unwrap().ends_with(".trace.gz")).count());
}

#[test]
fn six_lookups_of_300_ms() {
    let report = of("slow_dns");
    let finding = only(&report, "dns-slow");
    is(finding, "lookups", 6.0..=6.0);
    is(finding, "server_waits", 12.0..=12.0);
    is(finding, "longest", 300.0 * MS..=304.0 * MS);
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.lookup");
}

#[test]
fn twelve_blocking_reads() {
    let report = of("syscall_block");
    let finding = only(&report, "syscall-long");
    is(finding, "count", 12.0..=12.0);
    is(finding, "sum", 1_510.0 * MS..=1_530.0 * MS);
    is(finding, "max", 200.0 * MS..=210.0 * MS);
}

#[test]
fn loops_that_hold_the_collector_up() {
    let report = of("stw_nopreempt");
    let finding = only(&report, "stw-gc");
    is(finding, "count", 18.0..=18.0);
    is(finding, "slow_to_stop", 18.0..=18.0);
    is(finding, "max", 60.0 * MS..=66.0 * MS);
    only(&report, "no-preempt");
    assert!(report.of("gc-assist").next().is_none());
}

#[test]
fn stops_that_are_not_the_collectors() {
    let report = of("stw_api");
    let finding = only(&report, "stw-other");
    is(finding, "count", 3.0..=3.0);
    is(finding, "max", 21.0 * MS..=24.0 * MS);
    assert!(finding.figure("stopped") > finding.figure("stopping"));
    assert!(report.of("stw-gc").next().is_none());
    is(only(&report, "goroutines"), "goroutines", 20_008.0..=20_008.0);
    is(only(&report, "pile-up"), "goroutines", 20_000.0..=20_000.0);
}

#[test]
fn a_collector_without_rest() {
    let report = of("gc_pressure");
    is(only(&report, "gc-assist"), "share", 0.54..=0.55);
    is(only(&report, "gc-always"), "share", 0.81..=0.83);
    assert!(report.of("lock-wait").next().is_none());
    let report = of("pool_misuse");
    is(only(&report, "gc-always"), "share", 0.56..=0.57);
    is(only(&report, "gc-assist"), "share", 0.07..=0.071);
    is(only(&report, "gc-always"), "cycles_per_second", 950.0..=970.0);
}

#[test]
fn too_few_ps() {
    let report = of("sched_latency");
    let finding = only(&report, "sched-latency");
    is(finding, "long", 200.0..=206.0);
    is(finding, "p99", 1_100.0 * MS..=1_300.0 * MS);
    assert!(report.of("stalled").next().is_none());
    let report = of("busy_loop");
    is(only(&report, "sched-latency"), "long", 16.0..=16.0);
    let report = of("asyncpreemptoff");
    is(only(&report, "no-preempt"), "max", 636.0 * MS..=645.0 * MS);
}

#[test]
fn long_waits_for_a_mutex() {
    let report = of("mutex_contention");
    let finding = only(&report, "lock-wait");
    is(finding, "count", 20.0..=20.0);
    is(finding, "max", 480.0 * MS..=490.0 * MS);
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.(*account).update");
}

#[test]
fn readers_behind_a_writer() {
    let report = of("rwmutex_writer");
    let finding = only(&report, "lock-wait");
    is(finding, "count", 63.0..=63.0);
    is(finding, "behind_writer", 60.0..=60.0);
    is(finding, "max", 239.0 * MS..=242.0 * MS);
}

#[test]
fn goroutines_that_stay() {
    let report = of("leak_http");
    let finding = only(&report, "stuck-group");
    is(finding, "stuck", 500.0..=500.0);
    is(finding, "woken", 0.0..=0.0);
    assert_eq!(finding.subject.function.as_ref().unwrap().as_bytes(), b"main.backend");
    assert!(report.of("pile-up").next().is_none() && report.of("goroutines").next().is_none());
    let report = of("slow_readers");
    is(only(&report, "stuck-group"), "stuck", 180.0..=180.0);
    assert!(report.of("netpoll-starved").next().is_none());
    let report = of("chan_pileup");
    is(only(&report, "pile-up"), "goroutines", 5_999.0..=5_999.0);
    is(only(&report, "stuck-group"), "stuck", 5_800.0..=5_800.0);
    is(only(&report, "stuck-group"), "woken", 200.0..=200.0);
}

#[test]
fn idle_connections_are_many_but_no_leak() {
    let report = of("conn_pileup");
    let finding = only(&report, "pile-up");
    is(finding, "goroutines", 12_000.0..=12_000.0);
    assert!(finding.summary.contains("idle connections") && finding.advice.contains("IdleTimeout"));
}

#[test]
fn only_sysmon_looks_at_the_network() {
    let report = of("netpoll_starved");
    let finding = only(&report, "netpoll-starved");
    is(finding, "by_sysmon", 24.0..=24.0);
    is(finding, "wake_ups", 63.0..=63.0);
    assert!(report.of("lock-wait").next().is_none());
}

#[test]
fn a_process_that_is_stopped_every_100_ms() {
    let report = of("throttled");
    let finding = only(&report, "stalled");
    is(finding, "stalls", 6.0..=6.0);
    is(finding, "max", 60.0 * MS..=71.5 * MS);
    is(finding, "share", 0.63..=0.65);
    assert!(finding.summary.contains("quota"), "{}", finding.summary);
    assert!(report.of("lock-wait").next().is_none());
}

#[test]
fn nil_channels_and_churn() {
    is(only(&of("forever"), "forever"), "goroutines", 30.0..=30.0);
    let report = of("churn");
    is(only(&report, "churn"), "rate", 8e5..=1e6);
}

#[test]
fn thresholds_can_be_set() {
    let mut thresholds = Thresholds::default();
    thresholds.set("lock-wait", "100ms").unwrap();
    // The snapshot of a flight recorder around one wait of 125 ms.
    let report = diagnose("flight", thresholds);
    is(only(&report, "lock-wait"), "max", 120.0 * MS..=126.0 * MS);
}

#[test]
fn what_the_programs_show_beside_their_own_trouble() {
    let report = of("stw_nopreempt");
    is(only(&report, "gc-forced"), "forced", 8.0..=8.0);
    assert!(of("stw_api").of("gomaxprocs").next().is_some(), "it sets GOMAXPROCS again and again");
    assert!(of("gc_pressure").of("mmu").next().is_some());
    let mut thresholds = Thresholds::default();
    thresholds.set("busy-threads", "1").unwrap();
    let report = diagnose("syscall_block", thresholds);
    // More reads at once than there are procs: each holds a thread.
    assert!(only(&report, "busy-threads").summary.contains("system calls"), "{report:?}");
}

#[test]
fn asking_again_and_again() {
    // Two goroutines call runtime.Gosched until a counter, which each adds to, is at 3,000.
    let report = of("yields");
    is(only(&report, "yield-storm"), "yields", 2_990.0..=2_999.0);
    let subject = only(&report, "yield-storm").subject.to_string();
    assert_eq!(subject, "main.spin at yields/main.go:14");
}

/// The catalogue of detectors, and the rules that answer for each. Critical path and wake graph are analyses.
#[test]
fn every_detector_of_the_catalogue_is_there() {
    let catalogue: [&[&str]; 20] = [
        &["dns-slow"],
        &["syscall-long"],
        &["stw-gc", "stw-other"],
        &["sched-latency"],
        &["lock-wait"],
        &["goroutines", "pile-up"],
        &["leak-growth", "stuck-group", "goroutine-leak"],
        &["netpoll-starved"],
        &["forever"],
        &["gc-assist", "gc-always", "mmu"],
        &["stalled"],
        &["no-preempt"],
        &["churn"],
        &["yield-storm"],
        &["pool-boxing", "pool-new"],
        &["timer-leak"],
        &["idle-with-work"],
        &["busy-threads"],
        &["gc-forced"],
        &["gomaxprocs"],
    ];
    let ids: Vec<_> = godiag::diagnose::rules().map(|rule| rule.id).collect();
    for id in catalogue.concat() {
        assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id} in {ids:?}");
    }
}
