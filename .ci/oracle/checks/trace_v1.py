"""Traces before Go 1.22: events as Go 1.27 converts them; of the oldest formats, their number by kind."""

import collections
import filecmp
import itertools
import json
import re

# What Go 1.21 prints of formats that Go 1.27 does not read, and the same in godiag's text. Goroutines that were there
# before, futile wake-ups and instants of blocking have no event of their own in today's model.
KINDS = {
    "HeapAlloc": r"/memory/classes/heap/objects",
    "GCStart": r"RangeBegin.*concurrent mark",
    "GCDone": r"RangeEnd.*concurrent mark",
    "GoEnd": r"Running->NotExist",
    "GoUnblock": r"Waiting->Runnable",
    "GoSysExit": r"Syscall->Runnable",
    "GoSched": r'Reason="runtime.Gosched"',
    "GoPreempt": r'Reason="preempted"',
    "GoBlockSend": r'Reason="chan send"',
    "GoBlockRecv": r'Reason="chan receive"',
    "GoSleep": r'Reason="sleep"',
    "GoSysCall": r"Running->Syscall",
}
MIXES = ["chan,lock,fan", "http,file,gc,timer", "text,anno,gc"]


def run(tools, tally):
    old = tools.toolchain("1.21.13")
    old_data = old / "src/internal/trace/testdata"
    files = [
        *(tools.goroot / "src/internal/trace/internal/tracev1/testdata").glob("*_good"),
        *(file for version in (11, 19, 21) for file in old_data.glob(f"*_1_{version}_good")),
        *(file for version in ("1.19", "1.21.13") for file in (tools.samples / "trace/recorded").glob(f"*{version}.trace")),
        *(tools.samples / "trace/malformed-v1").iterdir(),
    ]
    for file in sorted(files):
        compare(tools, tally, file, "traces equal")
    tally.at_least("traces equal", 35)
    recorded_now(tools, tally, old)
    oldest_formats(tools, tally, old, old_data)


def compare(tools, tally, file, what):
    """Compares the events of both readers; both may refuse the file."""
    go, ours = tools.work / "go.jsonl", tools.work / "ours.jsonl"
    tools.dump(file, go, "-s")
    tools.ours("trace", "events", "--json", "--stacks", file, into=ours)
    lines = ours.read_bytes().count(b"\n")
    if not filecmp.cmp(go, ours, shallow=False):
        pairs = itertools.zip_longest(clusters(go), clusters(ours))
        first = next((pair for pair in pairs if pair[0] != pair[1]), None)
        if first:
            tally.differs(f"{file.name}: {str(first)[:1000]}")
            return
        tally.allow("equal-times-v1")
    tally.count(what)
    tally.count("lines equal", lines)


def clusters(dump):
    """The events of a dump by time, those a nanosecond apart in any order.

    Go takes events of one time in the order of a hash map, and spreads them by a nanosecond each.
    """
    group, last = None, None
    for line in open(dump, "rb"):
        event = json.loads(line.decode("utf-8", "surrogateescape"))
        if "t" not in event:
            if group:
                yield group[0], sorted(group[1])
            group = None
            yield sorted(event)[0], []
            continue
        time = event.pop("t")
        if group is None or last is None or time != last + 1:
            if group:
                yield group[0], sorted(group[1])
            group = (time, [])
        last = time
        group[1].append(json.dumps(event, sort_keys=True))
    if group:
        yield group[0], sorted(group[1])


def recorded_now(tools, tally, old):
    """Traces that Go 1.21 records in this very run."""
    environment = tools.environment(GOROOT=old, GO111MODULE="off")
    workload = tools.work / "workload"
    tools.output(old / "bin/go", "build", "-o", workload, "main.go", cwd=tools.shared / "oracle/workload", env=environment)
    for number, mix in enumerate(MIXES):
        trace = tools.work / f"{number}.trace"
        tools.run(workload, "-mix", mix, "-conc", 4, "-trace", trace, "-tracebytes", 1000000, "-dur", "2s", env=environment)
        compare(tools, tally, trace, "traces recorded now equal")
        counted = tools.output(tools.godiag, "trace", "events", "--count", trace)
        print(f"  {mix}: {counted.decode().splitlines()[-1]}")


def oldest_formats(tools, tally, old, folder):
    """Formats of Go 1.5 to 1.10: as many events of each kind as Go 1.21 prints."""
    for file in sorted(file for version in (5, 7, 9, 10) for file in folder.glob(f"*_1_{version}_good")):
        go = tools.run(old / "bin/go", "tool", "trace", "-d", tools.oracle("tracedump"), file,
                       env=tools.environment(GOROOT=old)).stdout.decode(errors="replace").splitlines()
        ours = tools.output(tools.godiag, "trace", "events", file).decode(errors="replace").splitlines()
        kinds = collections.Counter(match[1] for line in go if (match := re.match(r"[0-9]+ (\w+) ", line)))
        for kind, pattern in KINDS.items():
            found = sum(1 for line in ours if re.search(pattern, line))
            if tally.expect(f"{file.name}: events like {kind}", found, kinds[kind]):
                tally.count("counts of event kinds equal")
