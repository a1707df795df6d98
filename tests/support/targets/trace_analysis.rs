//! Analyses of a trace: what holds on any bytes.

use std::fmt::Display;

use godiag::export::trace_profile;
use godiag::pprof::Profile;
use godiag::trace::analysis::{
    Analysis, Compat, Gc, Goroutines, Lifetimes, MutatorUtilization, NetPoll, ProcUtilization, Profiles,
    SchedLatency, SpanIndex, Spans, StackOf, Stops, Summary, Syscalls, TraceProfile, Utilization, WakeGraph,
};
use godiag::trace::{Options, Reader};

/// Every analysis has a result that can be printed, with both kinds of figures; shares are between 0 and 1;
/// profiles of a trace are valid; a critical path is as long as the time that it explains.
pub(crate) fn check(data: &[u8]) {
    for compat in [Compat::Correct, Compat::GoTool] {
        let sinks = (
            (Goroutines::new(compat).with_annotations(100), Spans::default()),
            (Profiles::new(compat), Profiles::new(compat).with_stack_of(StackOf::Waker).with_system(true)),
            (MutatorUtilization::new(compat), MutatorUtilization::new(compat).with_per_proc(true)),
            (SchedLatency::default(), Syscalls::default(), NetPoll::default(), ProcUtilization::default()),
            (Gc::default(), Stops::default(), Lifetimes::default(), WakeGraph::default()),
        );
        let Some((goroutines, profiles, mutators, waits, whole)) = run(data, sinks) else { return };
        summary(&goroutines.0, &goroutines.1);
        for set in [&profiles.0, &profiles.1] {
            show(set);
            for profile in TraceProfile::ALL.map(|kind| set.profile(kind)) {
                show(&profile);
                assert!(profile.time() >= 0);
                if let Ok(profile) = trace_profile(&profile) {
                    Profile::parse(&profile.to_bytes()).expect("a profile of a trace is a profile");
                }
            }
        }
        utilization(&mutators.0);
        utilization(&mutators.1);
        assert!(is_share(waits.3.utilization()), "{:?}", waits.3);
        for share in [whole.0.assist_share(), whole.0.mark_share(), whole.0.worker_share()] {
            assert!(share.is_finite() && share >= 0.0, "{:?}", whole.0);
        }
        let mut dot = Vec::new();
        whole.3.write_dot(50, &mut dot).expect("a vector takes everything");
        let reports: [&dyn Display; 8] =
            [&waits.0, &waits.1, &waits.2, &waits.3, &whole.0, &whole.1, &whole.2, &whole.3];
        reports.into_iter().for_each(show);
    }
}

fn run<A: Analysis>(data: &[u8], analysis: A) -> Option<A::Output> {
    Reader::parse_with(data, &Options::salvage()).ok()?.run(analysis).ok()
}

fn summary(summary: &Summary, spans: &SpanIndex) {
    show(summary);
    let mut tasks = String::new();
    summary.write_tasks(50, &mut tasks).expect("a string takes everything");
    assert!(summary.groups().iter().map(|group| group.count).sum::<usize>() <= summary.goroutines.len());
    summary.task_groups();
    summary.region_groups();
    for goroutine in summary.goroutines.iter().take(20) {
        let path = spans.critical_path(goroutine.id, summary.start, summary.end);
        show(&path);
        assert!(path.steps.iter().all(|step| summary.start <= step.start && step.end <= summary.end));
        assert!(path.duration() <= summary.duration(), "{path:?}");
        path.shares();
    }
    for task in summary.tasks.iter().take(20) {
        spans.critical_path_of(task);
    }
    for region in summary.regions.iter().take(20) {
        spans.critical_path_of_region(region);
    }
}

fn utilization(utilization: &Utilization) {
    // Go's figures have Go's rounding.
    let is_share = |share| is_share(share) || utilization.compat == Compat::GoTool;
    assert!(is_share(utilization.mean()));
    let curve = utilization.curve();
    for point in curve.plot(&[0.0, 0.01]) {
        assert!(point.utilization.iter().all(|&share| is_share(share)), "{point:?}");
    }
    assert!(is_share(curve.mmu(1)) && is_share(curve.mmu(i64::MAX)));
    curve.worst_windows(1_000_000, 10);
}

fn is_share(share: f64) -> bool {
    (0.0..=1.0).contains(&share)
}

fn show(report: &(impl Display + ?Sized)) {
    let text = format!("{report:.20}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character");
}
