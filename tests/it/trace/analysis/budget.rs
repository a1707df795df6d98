//! Where the time goes: programs with known causes.
//!
//! The recordings are of programs with one known cause each, under load from another process; the
//! expectations are what an expert finds with `go tool trace` and `go tool pprof`.

use godiag::trace::Reader;
use godiag::trace::analysis::{Activity, Budget, BudgetReport, GroupRole, Site, StuckKind, VerdictKind};

use crate::fixtures;

fn budget(name: &str) -> BudgetReport {
    let bytes = fixtures::inflate(&fixtures::file(&format!("trace-analysis/budget/{name}.trace.gz")));
    Reader::parse(&bytes).unwrap().run(Budget::default()).unwrap()
}

fn function(site: &Site) -> String {
    site.subject().0.to_string()
}

/// The wait with the most time, its place, and what is to blame for it.
#[track_caller]
fn assert_waits(name: &str, share: f64, activity: Activity, at: &str, blamed: (&str, u64, Activity)) {
    let report = budget(name);
    let verdict = &report.verdict;
    assert_eq!((verdict.kind, verdict.activity), (VerdictKind::Waits, Some(activity)), "{name}: {verdict:?}");
    assert!((verdict.share - share).abs() < 0.1, "{name}: {} instead of {share}", verdict.share);
    assert_eq!(function(verdict.site.as_ref().unwrap()), at, "{name}");
    let culprit = &report.culprits[0];
    let found = (function(&culprit.site), culprit.site.subject().2, culprit.activity);
    assert_eq!(found, (blamed.0.to_owned(), blamed.1, blamed.2), "{name}");
    assert!(culprit.share > 0.8 * share, "{name}: {}", culprit.share);
}

#[test]
fn a_lock_is_the_symptom_of_what_happens_under_it() {
    let save = ("main.(*store).save", 24, Activity::Network);
    assert_waits("ledger", 0.87, Activity::Lock, "main.(*ledger).post", save);
    let export = ("main.(*table).export", 27, Activity::Sleep);
    assert_waits("rwstarve", 0.89, Activity::RwLock, "main.(*table).lookup", export);
    let sleep = ("main.onEvent", 22, Activity::Sleep);
    assert_waits("cgo-lock", 1.0, Activity::Lock, "main.onEvent", sleep);
}

#[test]
fn a_pool_is_the_symptom_of_what_its_slots_are_used_for() {
    let query = ("main.(*wireConn).QueryContext", 40, Activity::Network);
    assert_waits("orders", 0.8, Activity::Pool, "main.(*shop).customer", query);
    let report = budget("orders");
    assert_eq!(report.verdict.site.unwrap().callee, "database/sql.(*DB).conn");
}

#[test]
fn a_fan_out_waits_for_its_slowest() {
    let reviews = ("main.fetchReviews", 65, Activity::Network);
    assert_waits("page", 0.95, Activity::WaitGroup, "main.(*group).Wait", reviews);
}

#[test]
fn waits_that_nobody_makes_are_their_own_cause() {
    let charge = ("main.charge", 25, Activity::Network);
    assert_waits("checkout", 0.97, Activity::Network, "main.charge", charge);
    let poll = ("main.await", 51, Activity::Sleep);
    assert_waits("jobs", 0.97, Activity::Sleep, "main.await", poll);
}

#[test]
fn running_is_summed_by_function_and_waits_for_a_busy_cpu_are_charged_to_who_runs() {
    for (name, at) in [("meter", "main.(*ewma).observe"), ("catalog", "main.itemKey")] {
        let verdict = budget(name).verdict;
        assert_eq!(verdict.kind, VerdictKind::CpuBound, "{name}: {}", verdict.sentence);
        assert_eq!(function(&verdict.site.unwrap()), at);
    }
    let report = budget("meter");
    assert_eq!(function(&report.culprits[0].site), "main.(*ewma).observe");
    assert!(report.culprits[0].share > 0.7, "{:?}", report.culprits[0]);
}

#[test]
fn one_goroutine_that_all_wait_for_is_found() {
    let report = budget("etl");
    assert_eq!(report.verdict.kind, VerdictKind::Serial, "{}", report.verdict.sentence);
    assert_eq!(function(report.verdict.site.as_ref().unwrap()), "main.merge");
}

#[test]
fn a_collector_without_room_is_found() {
    let report = budget("search");
    assert_eq!(report.verdict.kind, VerdictKind::CollectorBound, "{}", report.verdict.sentence);
    assert!(report.process.tight_heap_goals * 2 > report.process.heap_goals, "{:?}", report.process);
}

#[test]
fn what_never_moves_again_is_found() {
    let lost = budget("condlost");
    assert_eq!(lost.verdict.kind, VerdictKind::Stuck, "{}", lost.verdict.sentence);
    let found: Vec<_> = lost.stuck.iter().map(|group| (function(&group.site), group.count)).collect();
    let expected = [("main.(*queue).put", 12), ("main.(*queue).take", 12)];
    assert_eq!(found, expected.map(|(function, count)| (function.to_owned(), count)));
    assert!(lost.stuck.iter().all(|group| group.kind == StuckKind::NeverWoken));

    let leak = budget("hedge");
    let [group] = &leak.stuck[..] else { panic!("{:?}", leak.stuck) };
    assert_eq!((group.kind, group.site.line, group.created_at.line), (StuckKind::Leak, 33, 32));
}

#[test]
fn healthy_programs_wait_for_something_to_do() {
    for name in ["status", "cron", "daemon-select"] {
        let report = budget(name);
        assert_eq!(report.verdict.kind, VerdictKind::Idle, "{name}: {}", report.verdict.sentence);
        assert!(report.stuck.is_empty(), "{name}: {:?}", report.stuck);
    }
    let busy = budget("tiles");
    assert_eq!(busy.verdict.kind, VerdictKind::CpuBound, "{}", busy.verdict.sentence);
    assert!(busy.stuck.is_empty(), "{:?}", busy.stuck);
}

#[test]
fn times_add_up() {
    for (name, _) in fixtures::files("trace-analysis/budget", ".trace.gz") {
        let name = name.rsplit('/').next().unwrap().trim_end_matches(".trace.gz");
        let report = budget(name);
        let mut work = 0;
        for group in &report.groups {
            let parts: i64 = group.activities.iter().map(|part| part.time).sum();
            // Times by CPU samples are rounded.
            assert!((parts - group.work).abs() < 1000, "{name}: {} is not {parts}", group.work);
            work += if group.counts { group.work } else { 0 };
        }
        assert_eq!(work, report.work, "{name}");
        let blamed: i64 = report.culprits.iter().map(|culprit| culprit.time).sum();
        assert!(blamed <= work + 1000 && blamed * 10 >= work * 7, "{name}: {blamed} of {work}");
    }
}

#[test]
fn roles_are_found_by_what_goroutines_do() {
    let role = |report: &BudgetReport, name: &str| {
        report.groups.iter().find(|group| group.name == *name).map(|group| group.role)
    };
    let page = budget("page");
    assert_eq!(role(&page, "net/http.(*conn).serve"), Some(GroupRole::Requests));
    assert_eq!(role(&page, "main.(*group).Go.func1"), Some(GroupRole::Children));
    assert_eq!(role(&page, "net/http.(*persistConn).readLoop"), Some(GroupRole::Library));
    let daemon = budget("daemon-select");
    assert_eq!(role(&daemon, "main.main.func3"), Some(GroupRole::Clients));
    // Goroutines that C calls are the program's, named by what C calls.
    let cgo = budget("cgo-lock");
    assert_eq!(role(&cgo, "main.onEvent"), Some(GroupRole::Workers));
    assert_eq!(cgo.groups[0].goroutines, 8);
}
