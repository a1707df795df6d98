//! `Compat::Correct`: the traced programs' own measurements (`truth.json` of each sample), or known
//! behaviour.

use godiag::symbol::WaitClass;
use godiag::trace::GoState;
use godiag::trace::analysis::{
    Cause, Compat, Gc, GoroutineSummary, Goroutines, Lifetimes, MutatorUtilization, NetPoll, ProcUtilization,
    Profiles, SchedLatency, Spans, StackOf, Stops, Summary, Syscalls, TraceProfile, WakeGraph,
};

use super::{MS, analyse};

fn named<'a>(summary: &'a Summary, name: &str) -> &'a GoroutineSummary {
    summary.goroutines.iter().find(|go| go.name == *name).unwrap()
}

fn close(found: i64, expected: f64, tolerance: f64) {
    let found = found as f64 / MS as f64;
    assert!((found - expected).abs() <= tolerance, "{found} ms instead of {expected}");
}

#[test]
fn time_in_an_unfinished_system_call_counts_once() {
    // Goroutine newSyscall enters read(2) 30 ms after the trace begins and stays; after 15 ms its proc is
    // taken.
    let correct = analyse("open_ends", Goroutines::default());
    let stats = &named(&correct, "main.newSyscall").stats;
    close(stats.syscall, 15.0, 0.1);
    close(stats.syscall_block, 60.3, 0.2);
    assert!(stats.sched_wait < MS);
    let sum = stats.exec + stats.sched_wait + stats.syscall + stats.syscall_block + stats.blocked();
    assert_eq!(sum, stats.total);

    let go_tool = analyse("open_ends", Goroutines::new(Compat::GoTool));
    let stats = &named(&go_tool, "main.newSyscall").stats;
    close(stats.syscall, 75.3, 0.1);
    close(stats.sched_wait, 60.3, 0.2);

    // The one from before the trace has no proc all the time.
    let stats = &named(&correct, "main.oldSyscall").stats;
    assert_eq!((stats.syscall, stats.syscall_block), (0, stats.total));
}

#[test]
fn waits_from_before_the_trace_have_a_class() {
    let correct = analyse("open_ends", Goroutines::default());
    let go_tool = analyse("open_ends", Goroutines::new(Compat::GoTool));
    for (name, class) in [
        ("main.oldNetwork", WaitClass::FilePoll),
        ("main.oldChan", WaitClass::ChanRecv),
        ("main.oldMutex", WaitClass::Mutex),
        ("main.oldSleep", WaitClass::Sleep),
        ("main.newNetwork", WaitClass::FilePoll),
        ("main.newChan", WaitClass::ChanRecv),
        ("main.newMutex", WaitClass::Mutex),
        ("main.newSleep", WaitClass::Sleep),
    ] {
        let stats = &named(&correct, name).stats;
        assert_eq!(stats.block.len(), 1, "{name}");
        assert_eq!(stats.block[0].class, class, "{name}");
        let is_old = name.starts_with("main.old");
        assert_eq!(named(&go_tool, name).stats.block[0].reason.is_empty(), is_old, "{name}");
        if is_old {
            assert_eq!(stats.blocked(), stats.total, "{name}");
        }
    }
}

#[test]
fn every_goroutine_is_accounted_for() {
    for name in
        ["open_ends", "healthy", "syscall_block", "gc_pressure", "mutex_contention", "flight", "churn"]
    {
        let summary = analyse(name, Goroutines::default());
        for go in &summary.goroutines {
            let stats = &go.stats;
            let sum = stats.exec + stats.sched_wait + stats.syscall + stats.syscall_block + stats.blocked();
            assert_eq!(sum, stats.total, "{name} {}", go.id);
            let by_cause: i64 = stats.sched_wait_by_cause.iter().map(|part| part.time).sum();
            assert_eq!(by_cause, stats.sched_wait, "{name} {}", go.id);
        }
    }
}

#[test]
fn assists_count_by_the_time_on_a_proc() {
    // The CPU profile of the program has 53 % of its samples below gcAssistAlloc, on two procs.
    let gc = analyse("gc_pressure", Gc::default());
    assert!((gc.assist_share() - 0.545).abs() < 0.01, "{}", gc.assist_share());
    assert!((gc.mark_share() - 0.82).abs() < 0.01, "{}", gc.mark_share());
    let summary = analyse("gc_pressure", Goroutines::default());
    let assists = summary.goroutines.iter().filter_map(|go| go.stats.range("GC mark assist"));
    let (wall, on_cpu) =
        assists.fold((0, 0), |sum, range| (sum.0 + range.wall, sum.1 + range.on_cpu.unwrap()));
    assert!(wall > on_cpu);
    assert!((on_cpu - gc.assist).abs() < MS, "{on_cpu} {}", gc.assist);
}

#[test]
fn the_collector_cycles_are_complete() {
    let gc = analyse("stw_nopreempt", Gc::default());
    // The program calls runtime.GC eight times; the trace begins and ends within others.
    let complete: Vec<_> =
        gc.cycles.iter().filter(|cycle| cycle.sweep_term > 0 && cycle.mark_term > 0).collect();
    assert_eq!(complete.len(), 9);
    for cycle in complete {
        assert!(cycle.mark > cycle.sweep_term && cycle.concurrent().unwrap() < cycle.mark);
        assert!((30 * MS..70 * MS).contains(&cycle.mark_term), "{cycle:?}");
    }
}

#[test]
fn stops_of_the_world_fall_into_phases() {
    // A loop that cannot be preempted keeps the collector waiting: the whole stop is stopping.
    let stops = analyse("stw_nopreempt", Stops::default());
    let slow: Vec<_> = stops.stops.iter().filter(|stop| stop.is_gc && stop.stopping >= 30 * MS).collect();
    assert_eq!(slow.len(), 18);
    for stop in &slow {
        assert!(stop.stopping * 10 > stop.duration * 9, "{stop:?}");
        assert_eq!(stop.stopping + stop.stopped + stop.restarting, stop.duration);
        assert_eq!(stop.last_name, "main.main.func1");
    }
    // runtime.Stack(all) stops the world for its own work: 21 to 24 ms, three times.
    let stops = analyse("stw_api", Stops::default());
    let long: Vec<_> = stops.stops.iter().filter(|stop| stop.duration >= MS).collect();
    assert_eq!(long.len(), 3);
    for stop in long {
        assert_eq!(stop.kind, "all goroutines stack trace");
        assert!(!stop.is_gc && stop.stopped * 10 > stop.duration * 9, "{stop:?}");
        assert!((21 * MS..24 * MS).contains(&stop.duration));
    }
    assert_eq!(stops.gc.count(), 0, "the collector is off");
}

#[test]
fn creation_counts_as_scheduler_delay() {
    // 20,000 goroutines of some microseconds, started faster than two procs run them.
    let correct = analyse("churn", Profiles::default()).profile(TraceProfile::Sched);
    close(correct.time(), 33_200.0, 100.0);
    let go_tool = analyse("churn", Profiles::new(Compat::GoTool)).profile(TraceProfile::Sched);
    close(go_tool.time(), 0.93, 0.01);
    let latency = analyse("churn", SchedLatency::default());
    let created = latency.by_cause.iter().find(|cause| cause.cause == Cause::Created).unwrap();
    assert!(created.waits.count() >= 20_000 && created.waits.sum() * 100 > latency.all.sum() * 99);

    let correct = analyse("sched_latency", Profiles::default()).profile(TraceProfile::Sched);
    close(correct.time(), 88_600.0, 900.0);
}

#[test]
fn scheduler_delays_count_at_the_stack_of_the_delayed() {
    for name in ["slow_dns", "slow_readers", "flight"] {
        let go_tool = analyse(name, Profiles::new(Compat::GoTool)).profile(TraceProfile::Sched);
        let correct = analyse(name, Profiles::default()).profile(TraceProfile::Sched);
        let share = |profile: &godiag::trace::analysis::StackProfile| {
            let without = profile.records.iter().filter(|record| record.stack.is_empty());
            without.map(|record| record.time).sum::<i64>() as f64 / profile.time() as f64
        };
        assert!(share(&go_tool) > 0.85, "{name} {}", share(&go_tool));
        // The rest are goroutines without any stack.
        assert!(share(&correct) < 0.1, "{name} {}", share(&correct));
        let waker =
            analyse(name, Profiles::default().with_stack_of(StackOf::Waker)).profile(TraceProfile::Sched);
        assert_eq!(waker.time(), correct.time(), "{name}");
    }
}

#[test]
fn waits_without_end_are_part_of_the_profiles() {
    // 500 goroutines stay in a channel send for 193 s in total.
    let set = analyse("leak_http", Profiles::default());
    let leak = set.waits().find(|cell| cell.open == 500).unwrap();
    assert_eq!(
        (leak.class, leak.stack.user_leaf().unwrap().function.to_string()),
        (WaitClass::ChanSend, "main.backend".into())
    );
    close(leak.open_time, 193_000.0, 1500.0);
    let in_backend = |compat| {
        let profile = analyse("leak_http", Profiles::new(compat)).profile(TraceProfile::Sync);
        profile
            .records
            .iter()
            .filter(|record| record.stack.root() == b"main.backend")
            .map(|record| record.time)
            .sum()
    };
    assert_eq!(in_backend(Compat::GoTool), 0);
    close(in_backend(Compat::Correct), 193_000.0, 1500.0);
}

#[test]
fn the_tracer_is_no_part_of_the_profiles() {
    let tracer = |compat| {
        let profile = analyse("mutex_contention", Profiles::new(compat)).profile(TraceProfile::Sync);
        let of_tracer = |root: &[u8]| root.starts_with(b"runtime.") || root.starts_with(b"runtime/");
        profile
            .records
            .iter()
            .filter(|record| of_tracer(record.stack.root()))
            .map(|record| record.time)
            .sum::<i64>()
    };
    close(tracer(Compat::GoTool), 2410.0, 10.0);
    assert_eq!(tracer(Compat::Correct), 0);
}

#[test]
fn lock_waits_are_as_long_as_the_program_says() {
    // 23 waits for one mutex, 8.14 s in total; the longest 486 ms.
    let set = analyse("mutex_contention", Profiles::default());
    let lock = set.waits().find(|cell| cell.class == WaitClass::Mutex).unwrap();
    assert_eq!((lock.count, lock.open), (23, 0));
    close(lock.time, 8140.0, 10.0);
    close(lock.max, 486.0, 1.0);

    let set = analyse("rwmutex_writer", Profiles::default());
    let sum = |class| {
        let cells: Vec<_> = set.waits().filter(|cell| cell.class == class).collect();
        (cells.iter().map(|cell| cell.count).sum::<u64>(), cells.iter().map(|cell| cell.time).sum::<i64>())
    };
    let (readers, writers) = (sum(WaitClass::RwmutexRead), sum(WaitClass::RwmutexWrite));
    assert_eq!((readers.0, writers.0), (60, 3));
    close(readers.1, 13_791.6, 5.0);
    close(writers.1, 720.4, 1.0);
    let wakes = analyse("rwmutex_writer", WakeGraph::default());
    let edge = wakes.edges.iter().find(|edge| edge.class == WaitClass::RwmutexRead).unwrap();
    assert!(
        edge.waker_stack.functions().any(|function| function == b"sync.(*RWMutex).Unlock"),
        "{}",
        edge.waker_stack
    );
}

#[test]
fn kinds_of_synchronization_are_distinguished() {
    let summary = analyse("sync_kinds", Goroutines::default());
    let mut classes: Vec<_> = summary
        .goroutines
        .iter()
        .filter(|go| go.name == *"main.main.func1")
        .flat_map(|go| go.stats.block.iter().filter(|block| block.time > 20 * MS).map(|block| block.class))
        .collect();
    classes.sort_unstable();
    let mut expected = [
        WaitClass::Mutex,
        WaitClass::RwmutexRead,
        WaitClass::RwmutexWrite,
        WaitClass::Waitgroup,
        WaitClass::Cond,
        WaitClass::Once,
        WaitClass::ChanRecv,
        WaitClass::ChanSend,
        WaitClass::Select,
        WaitClass::Timer,
        WaitClass::Sleep,
        WaitClass::ContextDone,
    ];
    expected.sort_unstable();
    assert_eq!(classes, expected);
}

#[test]
fn system_calls_show_who_lost_the_proc() {
    let report = analyse("syscall_block", Syscalls::default().with_worst(12));
    // Twelve reads, 1520.6 ms by the program's own clock, all without a proc in the end.
    assert_eq!(report.worst.len(), 12);
    let reads = report.worst.iter().all(|call| call.stack.leaf() == b"syscall.read" && call.without_proc > 0);
    assert!(reads);
    close(report.worst.iter().map(|call| call.duration).sum(), 1520.6, 1.5);
    assert!(report.max_without_proc >= 4, "{}", report.max_without_proc);
}

#[test]
fn the_system_monitor_polls_when_nobody_else_does() {
    let report = analyse("netpoll_starved", NetPoll::default());
    assert_eq!((report.by_sysmon, report.wakeups()), (24, 63));
    assert_eq!(analyse("healthy", NetPoll::default()).by_sysmon, 0);
}

#[test]
fn name_lookups_are_distinguished_from_other_waits() {
    let set = analyse("slow_dns", Profiles::default());
    let dns: Vec<_> = set.waits().filter(|cell| cell.class == WaitClass::Dns).collect();
    // Six lookups of 301 ms: two queries each to the name server, and the caller, who waits for both.
    let long = |cell: &&&godiag::trace::analysis::ProfileCell| cell.max > 290 * MS;
    assert_eq!(dns.iter().filter(long).map(|cell| cell.count).sum::<u64>(), 24);
    let caller =
        dns.iter().find(|cell| cell.stack.root() == b"runtime.main" || cell.stack.root() == b"main.main");
    close(caller.unwrap().time, 1810.2, 6.0);
}

#[test]
fn mutator_utilization_forgets_no_worker() {
    let background =
        |compat| MutatorUtilization::new(compat).with_stw(false).with_assist(false).with_sweep(false);
    let mean = |compat| analyse("gc_pressure", background(compat)).mean();
    assert!((mean(Compat::GoTool) - 0.6955).abs() < 0.0005, "{}", mean(Compat::GoTool));
    assert!((mean(Compat::Correct) - 0.8223).abs() < 0.0005, "{}", mean(Compat::Correct));
}

#[test]
fn mutator_utilization_counts_every_stop() {
    // Three stops of 21 to 24 ms that are not the collector's.
    assert_eq!(analyse("stw_api", MutatorUtilization::new(Compat::GoTool)).curve().mmu(20 * MS), 1.0);
    assert_eq!(analyse("stw_api", MutatorUtilization::default()).curve().mmu(20 * MS), 0.0);
}

#[test]
fn the_distribution_of_utilization_is_one() {
    let curve = analyse("gc_pressure", MutatorUtilization::default()).curve();
    for window in [MS, 10 * MS, 100 * MS] {
        let quantiles = curve.mud(window, &[0.0, 0.05, 0.5, 0.95]);
        assert!((quantiles[0] - curve.mmu(window)).abs() < 1e-3, "{quantiles:?}");
        assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1]), "{quantiles:?}");
        assert!(quantiles[3] > quantiles[0], "{quantiles:?}");
    }
}

#[test]
fn lifetimes_and_procs() {
    let lifetimes = analyse("churn", Lifetimes::default());
    let site = &lifetimes.sites[0];
    assert_eq!((site.created, site.live_at_end), (20_000, 0));
    assert!(lifetimes.created_per_second > 800_000.0, "{}", lifetimes.created_per_second);

    let procs = analyse("sched_latency", ProcUtilization::default());
    assert_eq!(procs.gomaxprocs.iter().map(|change| change.1).collect::<Vec<_>>(), [2]);
    assert!(procs.utilization() > 0.95, "{}", procs.utilization());
    let idle = analyse("healthy", ProcUtilization::default());
    assert!(idle.utilization() < 0.1);
}

#[test]
fn wall_time_is_all_the_time_there_is() {
    let set = analyse("healthy", Profiles::default().with_system(true));
    let summary = analyse("healthy", Goroutines::default());
    let total: i64 = summary.goroutines.iter().map(|go| go.stats.total).sum();
    assert_eq!(set.profile(TraceProfile::Wall).time(), total);
    let running: i64 = summary.goroutines.iter().map(|go| go.stats.exec).sum();
    assert_eq!(set.profile(TraceProfile::OffCpu).time(), total - running);
    assert!(set.cells.iter().any(|cell| cell.state == GoState::Running));
}

#[test]
fn the_critical_path_of_a_pipeline_is_its_design() {
    // Ten requests through five stages: 1 ms, a sleep of 5 ms, 12 ms, 2 ms and 1 ms each.
    let (index, summary) = analyse("pipeline", (Spans::default(), Goroutines::default()));
    let tasks: Vec<_> = summary.tasks.iter().filter(|task| task.name == *"request").collect();
    assert_eq!(tasks.len(), 10);
    let (first, last) = (tasks[0], tasks[9]);
    let (start, end) = (first.start.unwrap(), last.end.unwrap());
    let path = index.critical_path(first.creator, start, end);
    assert_eq!(path.duration(), end - start, "the parts add up to the nanosecond");
    assert!(path.steps.windows(2).all(|pair| pair[0].end == pair[1].start));

    let mut stages: Vec<_> = path.shares().into_iter().filter(|share| share.name == *"main.stage").collect();
    stages.retain(|share| matches!(share.what, "running" | "sleep") && share.time > 5 * MS);
    let found: Vec<_> = stages.iter().map(|share| (share.what, share.time)).collect();
    let designed =
        [("running", 120.0), ("sleep", 56.2), ("running", 20.0), ("running", 10.0), ("running", 9.0)];
    assert_eq!(found.len(), designed.len(), "{found:?}");
    for ((what, time), (is, milliseconds)) in found.into_iter().zip(designed) {
        assert_eq!(what, is);
        close(time, milliseconds, 1.0);
    }
    for task in tasks {
        let path = index.critical_path_of(task).unwrap();
        assert_eq!(path.duration(), task.duration().unwrap());
    }
}

#[test]
fn regions_and_goroutines_have_a_critical_path_too() {
    let (index, summary) = analyse("annotations", (Spans::default(), Goroutines::default()));
    let regions = summary.regions.iter().filter(|region| !region.is_inherited);
    let mut whole = 0;
    for region in regions {
        let length = region.start.zip(region.end).map(|(start, end)| end - start);
        let path = index.critical_path_of_region(region);
        assert_eq!(path.map(|path| path.duration()), length, "{region:?}");
        whole += usize::from(length.is_some());
    }
    assert!(whole > 5, "{whole}");
    let go = named(&summary, "main.main");
    let path = index.critical_path(go.id, summary.start, summary.end);
    assert_eq!(path.duration(), summary.duration());
}

#[test]
fn the_wake_graph_is_dot() {
    let wakes = analyse("mutex_contention", WakeGraph::default());
    let mut dot = Vec::new();
    wakes.write_dot(3, &mut dot).unwrap();
    let dot = String::from_utf8(dot).unwrap();
    assert!(dot.starts_with("digraph wakes {") && dot.ends_with("}\n"), "{dot}");
    assert_eq!(dot.matches(" -> ").count(), 3);
    assert!(
        dot.contains("\"main.main.func1\" -> \"main.main.func1\" [label=\"mutex: 23 waits, 8.14"),
        "{dot}"
    );
}
