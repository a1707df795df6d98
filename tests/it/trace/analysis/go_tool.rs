//! `Compat::GoTool`: the figures of Go 1.27.3, to the nanosecond.
//!
//! `NAME.KIND.pprof` is `go tool trace -pprof=KIND`, `NAME.mmu*.json` the answer of its viewer,
//! `NAME.summary.json` the output of `internal/trace`'s `Summarizer` (`.ci/tracesummary`).

use std::collections::BTreeMap;

use godiag::export::trace_profile;
use godiag::pprof::Profile;
use godiag::trace::analysis::{
    Compat, ExecStats, Goroutines, MmuPoint, MutatorUtilization, Profiles, TimeHistogram, TraceProfile,
};
use serde_json::Value;

use super::analyse;
use crate::fixtures;

const FOLDER: &str = "trace-analysis/go1.27.3";

type Frames = Vec<(u64, String, String, i64)>;

/// Samples by stack, in full.
fn samples(profile: &Profile) -> Vec<(Frames, Vec<i64>)> {
    let frames = |locations: &[godiag::pprof::LocationId]| {
        let mut frames = Vec::new();
        for &id in locations {
            for line in profile.lines(id) {
                let function = profile.function(line.function);
                let [name, file] =
                    [function.name, function.filename].map(|id| profile.string_lossy(id).into_owned());
                frames.push((profile.location(id).address, name, file, line.line));
            }
        }
        frames
    };
    let mut all: Vec<_> =
        profile.samples().map(|sample| (frames(sample.locations()), sample.values().to_vec())).collect();
    all.sort();
    all
}

#[test]
fn the_four_profiles_are_those_of_go() {
    let mut compared = 0;
    for (name, bytes) in fixtures::files(FOLDER, ".pprof") {
        let file = name.rsplit('/').next().unwrap();
        let (sample, kind) = file.strip_suffix(".pprof").unwrap().rsplit_once('.').unwrap();
        let kind = TraceProfile::ALL.into_iter().find(|profile| profile.name() == kind).unwrap();
        let set = analyse(sample, Profiles::new(Compat::GoTool));
        let ours = trace_profile(&set.profile(kind)).unwrap();
        let go = Profile::parse(&bytes).unwrap();
        assert_eq!(samples(&ours), samples(&go), "{file}");
        compared += samples(&go).len();
    }
    assert_eq!(compared, 1329);
}

fn stats_of_go(go: &Value) -> [Value; 7] {
    ["Exec", "Sched", "Syscall", "SyscallBlock", "Total", "Block", "Range"].map(|key| go[key].clone())
}

fn stats_of_ours(stats: &ExecStats) -> [Value; 7] {
    let block: BTreeMap<_, _> =
        stats.block.iter().map(|block| (block.reason.to_string(), block.time)).collect();
    let ranges: BTreeMap<_, _> =
        stats.ranges.iter().map(|range| (range.name.to_string(), range.wall)).collect();
    let ExecStats { exec, sched_wait, syscall, syscall_block, total, .. } = *stats;
    [
        exec.into(),
        sched_wait.into(),
        syscall.into(),
        syscall_block.into(),
        total.into(),
        serde_json::to_value(block).unwrap(),
        serde_json::to_value(ranges).unwrap(),
    ]
}

#[test]
fn goroutines_regions_and_tasks_are_those_of_go() {
    let (mut goroutines, mut regions, mut tasks) = (0, 0, 0);
    for (name, bytes) in fixtures::files(FOLDER, ".summary.json.gz") {
        let sample = name.rsplit('/').next().unwrap().strip_suffix(".summary.json.gz").unwrap();
        let go: Value = serde_json::from_slice(&fixtures::inflate(&bytes)).unwrap();
        let ours = analyse(sample, Goroutines::new(Compat::GoTool));
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();

        let expected = list(&go["Goroutines"]);
        assert_eq!(ours.goroutines.len(), expected.len(), "{sample}");
        for go in &expected {
            let id = godiag::trace::GoId::new(go["ID"].as_i64().unwrap());
            let our = ours.goroutine(id).unwrap();
            assert_eq!(our.name.to_string(), go["Name"].as_str().unwrap(), "{sample} {id}");
            let times = [our.created, our.first_run.unwrap_or(0), our.ended.unwrap_or(0)];
            assert_eq!(
                times.map(Value::from),
                ["Created", "Started", "Ended"].map(|key| go[key].clone()),
                "{sample} {id}"
            );
            assert_eq!(stats_of_ours(&our.stats), stats_of_go(&go["Stats"]), "{sample} {id}");

            let mut our_regions: Vec<_> =
                ours.regions.iter().filter(|region| region.goroutine == id).collect();
            for go in list(&go["Regions"]) {
                let is_it = |region: &&godiag::trace::analysis::UserRegion| {
                    region.name == *go["Name"].as_str().unwrap()
                        && Value::from(region.start) == go["Start"]
                        && Value::from(region.end) == go["End"]
                        && stats_of_ours(&region.stats) == stats_of_go(&go["Stats"])
                };
                let at = our_regions.iter().position(is_it);
                let at = at.unwrap_or_else(|| panic!("{sample} {id}: no region {go}"));
                our_regions.remove(at);
                regions += 1;
            }
            assert!(our_regions.is_empty(), "{sample} {id}");
            goroutines += 1;
        }
        for go in list(&go["Tasks"]) {
            let our = ours.task(godiag::trace::TaskId(go["ID"].as_u64().unwrap())).unwrap();
            assert_eq!(our.name.to_string(), go["Name"].as_str().unwrap());
            let our: [Value; 4] =
                [our.start.into(), our.end.into(), our.logs.len().into(), our.regions.len().into()];
            assert_eq!(
                our,
                ["Start", "End", "Logs", "Regions"].map(|key| go[key].clone()) as [Value; 4],
                "{sample}"
            );
            tasks += 1;
        }
    }
    assert_eq!((goroutines, regions, tasks), (379, 18, 12));
}

fn curve(value: &Value) -> Vec<MmuPointOf> {
    let rows = value["curve"].as_array().unwrap();
    rows.iter()
        .map(|row| row.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect())
        .collect()
}

type MmuPointOf = Vec<f64>;

/// The same number, except for the last bit, which serde_json may read wrongly.
fn is_same(ours: f64, go: f64) -> bool {
    (ours - go).abs() <= go.abs() * 2.0 * f64::EPSILON
}

fn row(point: &MmuPoint) -> MmuPointOf {
    std::iter::once(point.window as f64).chain(point.utilization.iter().copied()).collect()
}

#[test]
fn mutator_utilization_is_that_of_go() {
    let mut compared = 0;
    let quantiles = [0.0, 1.0 - 0.999, 1.0 - 0.99, 1.0 - 0.95];
    for (name, bytes) in fixtures::files(FOLDER, ".json.gz") {
        let file = name.rsplit('/').next().unwrap().strip_suffix(".json.gz").unwrap();
        let (sample, what) = file.split_once('.').unwrap();
        if what == "summary" {
            continue;
        }
        let per_proc = what == "mmu-perproc";
        let analysis = MutatorUtilization::new(Compat::GoTool).with_sweep(false).with_per_proc(per_proc);
        let ours = analyse(sample, analysis).curve();
        let go: Value = serde_json::from_slice(&fixtures::inflate(&bytes)).unwrap();
        if what == "mmu-worst-10ms" {
            let worst = ours.worst_windows(10_000_000, 10);
            let worst: Vec<_> = worst.iter().map(|window| (window.time, window.utilization)).collect();
            let of_go = go.as_array().unwrap().iter();
            let of_go: Vec<_> =
                of_go.map(|go| (go["Time"].as_i64().unwrap(), go["MutatorUtil"].as_f64().unwrap())).collect();
            assert_eq!(worst.len(), of_go.len(), "{file}");
            for (ours, go) in worst.iter().zip(&of_go) {
                assert!(ours.0 == go.0 && is_same(ours.1, go.1), "{file}: {ours:?} {go:?}");
            }
        } else {
            let plot = ours.plot(if what == "mud" { &quantiles } else { &[] });
            let (ours, go) = (plot.iter().flat_map(row), curve(&go).into_iter().flatten());
            assert_eq!(ours.clone().count(), go.clone().count(), "{file}");
            for (ours, go) in ours.zip(go) {
                assert!(is_same(ours, go), "{file}: {ours} {go}");
            }
        }
        compared += 1;
    }
    assert_eq!(compared, 24);
}

#[test]
fn histograms_are_those_of_its_pages() {
    let summary = analyse("annotations", Goroutines::new(Compat::GoTool));
    let rows = |histogram: &TimeHistogram| histogram.buckets().collect::<Vec<_>>();
    let tasks: Vec<_> = summary
        .task_groups()
        .iter()
        .map(|group| (group.name.to_string(), group.count, rows(&group.durations)))
        .collect();
    // The page also shows the least duration of the bucket after the last.
    assert_eq!(
        tasks,
        [
            (String::new(), 2, vec![]),
            ("item".to_owned(), 6, vec![(2_511_886, 3), (3_981_071, 0), (6_309_573, 3)]),
            ("never-ended".to_owned(), 1, vec![]),
            ("order".to_owned(), 3, vec![(10_000_000, 3)]),
        ]
    );
    let groups = summary.region_groups();
    let pick = groups.iter().find(|group| group.name == "pick").unwrap();
    let root = pick.root.as_ref().unwrap();
    assert_eq!(
        (pick.count, root.pc, root.line, root.function.to_string()),
        (6, 0x560f44, 34, "main.order.func2".into())
    );
}
