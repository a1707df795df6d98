"""Trace analyses as Go computes them: profiles, goroutines, regions, tasks, mutator utilization."""

import json

import pprof_proto

COMPAT = "--compat"


def run(tools, tally):
    out = tools.samples / "diagnose/out/1.27.3"
    traces = sorted([*out.glob("*.trace"), *out.glob("*/*.trace")])
    recorded = sorted(file for file in (tools.samples / "trace/recorded").glob("*.trace") if not file.name.startswith("kill"))
    profiles(tools, tally, traces)
    summaries(tools, tally, traces + recorded)
    mutator_utilization(tools, tally, out)


def profiles(tools, tally, traces):
    """Sample by sample the four profiles of `go tool trace -pprof`."""
    for trace in traces:
        for kind in ("net", "sync", "syscall", "sched"):
            theirs = pprof_proto.profile(tools.output(tools.oracle("trace"), f"-pprof={kind}", trace))
            ours = tools.output(tools.godiag, "trace", "profile", kind, COMPAT, "--output", "-", trace)
            if tally.expect(f"{trace.name} {kind}", pprof_proto.profile(ours), theirs):
                tally.count("profiles equal")
                tally.count("samples equal", sum(theirs[1].values()))
    tally.at_least("profiles equal", 100)


def summaries(tools, tally, traces):
    """Figure by figure what internal/trace's Summarizer says of goroutines, regions and tasks."""
    for trace in traces:
        reader = tools.run(tools.oracle("tracesummary"), trace, "nomutator")
        # Go's converter of traces before Go 1.22 sorts equal times in an order of its own: its sums follow.
        if reader.returncode or "1.19" in trace.name or "1.21" in trace.name:
            continue
        theirs = json.loads(reader.stdout)
        ours = tools.our_json("trace", "goroutines", "--json", COMPAT, trace)
        equal = goroutines(tally, trace, ours, theirs)
        equal &= tally.expect(f"{trace.name}: regions", our_regions(ours), go_regions(theirs))
        equal &= tally.expect(f"{trace.name}: tasks", our_tasks(ours), go_tasks(theirs))
        if equal:
            tally.count("summaries equal")
            tally.count("goroutines equal", len(theirs["Goroutines"]))
            tally.count("regions equal", len(go_regions(theirs)))
            tally.count("tasks equal", len(go_tasks(theirs)))
    tally.at_least("summaries equal", 30)


def go_stats(stats):
    keys = ("Exec", "Sched", "Syscall", "SyscallBlock", "Total", "Block", "Range")
    return [stats[key] for key in keys]


def our_stats(stats):
    block = {row["reason"]: row["time"] for row in stats["block"]}
    ranges = {row["name"]: row["wall"] for row in stats["ranges"]}
    return [*(stats[key] for key in ("exec", "sched_wait", "syscall", "syscall_block", "total")), block, ranges]


def goroutines(tally, trace, ours, theirs):
    go = {row["ID"]: [row["Name"], row["Created"], row["Started"], row["Ended"], go_stats(row["Stats"])]
          for row in theirs["Goroutines"]}
    own = {row["id"]: [row["name"], row["created"], row["first_run"] or 0, row["ended"] or 0, our_stats(row["stats"])]
           for row in ours["goroutines"]}
    return all([tally.expect(f"{trace.name}: goroutine {id}", own.get(id), go.get(id)) for id in sorted(set(go) | set(own))])


def region_order(row):
    return json.dumps(row[:5]) + json.dumps(row[5], sort_keys=True)


def go_regions(summary):
    rows = [[row["ID"], region["Name"], region["Task"], region["Start"], region["End"], go_stats(region["Stats"])]
            for row in summary["Goroutines"] for region in row["Regions"] or []]
    return sorted(rows, key=region_order)


def our_regions(summary):
    rows = [[row["goroutine"], row["name"], row["task"], row["start"], row["end"], our_stats(row["stats"])]
            for row in summary["regions"]]
    return sorted(rows, key=region_order)


def go_tasks(summary):
    return [[task["ID"], task["Name"], task["Parent"], task["Children"] or [], task["Start"], task["End"], task["Logs"],
             task["Regions"], task["Goroutines"] or []] for task in summary["Tasks"] or []]


def our_tasks(summary):
    return [[task["id"], task["name"], task["parent"], task["children"], task["start"], task["end"], len(task["logs"]),
             len(task["regions"]), task["goroutines"]] for task in summary["tasks"]]


def mutator_utilization(tools, tally, out):
    """Point by point what Go's viewer answered."""
    options = {"mmu": [], "mmu-perproc": ["--per-proc"], "mud": ["--mud"], "mmu-worst-10ms": ["--worst", "10"]}
    for file in sorted((tools.samples / "diagnose/oracle/web").glob("*.m[mu][ud]*.json")):
        name, what = file.name.removesuffix(".json").split(".")
        ours = tools.our_json("trace", "mmu", "--json", COMPAT, "--flags", "stw,background,assist", *options[what],
                              out / f"{name}.trace")
        theirs = json.loads(file.read_bytes())
        if what == "mmu-worst-10ms":
            ours = [[window["time"], window["utilization"]] for window in ours["worst"]]
            theirs = [[window["Time"], window["MutatorUtil"]] for window in theirs]
        else:
            ours = [[point["window"]] + point["utilization"] for point in ours["curve"]]
            theirs = theirs["curve"]
        if tally.expect(file.name, ours, theirs):
            tally.count("points of mutator utilization equal", len(theirs))
    tally.at_least("points of mutator utilization equal", 1000)
