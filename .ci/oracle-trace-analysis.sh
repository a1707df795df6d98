#!/usr/bin/env bash
# Trace analyses with --go-compat against Go's own, made anew from the sample traces.
#
#     oracle-trace-analysis.sh GOROOT BIN_DIR GODIAG SHARED_DIR
#
# GOROOT is that of Go 1.27.3. Compares sample by sample the four profiles of `go tool trace -pprof`, figure by figure
# the goroutines, regions and tasks of internal/trace's Summarizer, point by point the mutator utilization of its
# viewer; exits with 1 at a difference.
set -euo pipefail
goroot=$1 bin=$2 godiag=$3 shared=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOTOOLCHAIN=local GOFLAGS= GOCACHE="${GOCACHE:-$work/gocache}" HOME="${HOME:-$work}"

summary=$bin/tracesummary
if [ ! -x "$summary" ]; then
  summary=$work/tracesummary
  printf '{"Replace":{"%s/src/cmd/tracesummary/main.go":"%s/tracesummary/main.go"}}' "$goroot" "$here" > "$work/overlay.json"
  "$goroot/bin/go" build -overlay "$work/overlay.json" -o "$summary" cmd/tracesummary
fi

python3 - "$goroot/bin/go" "$summary" "$godiag" "$shared" "$work" <<'PY'
import collections, glob, gzip, json, os, subprocess, sys

go, summary, godiag, shared, work = sys.argv[1:]
diagnose = shared + "/samples/diagnose"
traces = sorted(glob.glob(diagnose + "/out/1.27.3/*.trace") + glob.glob(diagnose + "/out/1.27.3/*/*.trace"))
recorded = sorted(t for t in glob.glob(shared + "/samples/trace/recorded/*.trace") if not os.path.basename(t).startswith("kill"))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def numbers(value):
    if isinstance(value, int):
        return [value]
    out, at = [], 0
    while at < len(value):
        number, at = varint(value, at)
        out.append(number)
    return out


def profile(data):
    """Sample types, and a multiset of samples by stack in full."""
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    texts, samples, locations, functions, types = [], [], {}, {}, []
    for number, value in fields(data):
        if number == 6:
            texts.append(value.decode("utf8", "replace"))
        elif number == 2:
            samples.append(value)
        elif number == 4:
            one = list(fields(value))
            locations[dict(one)[1]] = (dict(one).get(3, 0), [dict(fields(line)) for n, line in one if n == 4])
        elif number == 5:
            functions[dict(fields(value))[1]] = dict(fields(value))
        elif number in (1, 11):
            types.append((number, tuple(sorted(dict(fields(value)).items()))))
    types = [(n, tuple(texts[t] for _, t in pair)) for n, pair in types]
    out = collections.Counter()
    for sample in samples:
        ids = [i for n, v in fields(sample) if n == 1 for i in numbers(v)]
        values = tuple(i for n, v in fields(sample) if n == 2 for i in numbers(v))
        name = lambda line, key: texts[functions[line[1]].get(key, 0)]
        frames = lambda i: tuple((name(line, 2), name(line, 4), line.get(2, 0)) for line in locations[i][1])
        out[tuple((locations[i][0], frames(i)) for i in ids), values] += 1
    return sorted(types), out


def output(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout


def same(what, ours, theirs):
    if ours != theirs:
        sys.exit(f"{what}: ours {str(ours)[:500]}\n  Go's {str(theirs)[:500]}")


samples = files = 0
for trace in traces:
    for kind in ["net", "sync", "syscall", "sched"]:
        theirs = profile(output(go, "tool", "trace", "-pprof=" + kind, trace))
        ours = profile(output(godiag, "trace", "profile", kind, "--go-compat", "--output", "-", trace))
        same(f"{trace} {kind}", ours, theirs)
        samples, files = samples + sum(theirs[1].values()), files + 1
print(f"trace profiles: {files} equal to go tool trace -pprof, {samples} samples")


def go_stats(s):
    return [s["Exec"], s["Sched"], s["Syscall"], s["SyscallBlock"], s["Total"], s["Block"], s["Range"]]


def our_stats(s):
    block, ranges = {b["reason"]: b["time"] for b in s["block"]}, {r["name"]: r["wall"] for r in s["ranges"]}
    return [s["exec"], s["sched_wait"], s["syscall"], s["syscall_block"], s["total"], block, ranges]


counts = collections.Counter()
for trace in traces + recorded:
    reader = subprocess.run([summary, trace, "nomutator"], capture_output=True)
    # The converter of traces before Go 1.22 sorts equal times in an order of its own.
    if reader.returncode or "1.19" in trace or "1.21" in trace:
        continue
    theirs, ours = json.loads(reader.stdout), json.loads(output(godiag, "trace", "goroutines", "--json", "--go-compat", trace))
    a = {g["ID"]: [g["Name"], g["Created"], g["Started"], g["Ended"], go_stats(g["Stats"])] for g in theirs["Goroutines"]}
    b = {g["id"]: [g["name"], g["created"], g["first_run"] or 0, g["ended"] or 0, our_stats(g["stats"])] for g in ours["goroutines"]}
    for id in sorted(set(a) | set(b)):
        same(f"{trace} goroutine {id}", b.get(id), a.get(id))
    key = lambda row: json.dumps(row[:5]) + json.dumps(row[5], sort_keys=True)
    a = sorted(([g["ID"], r["Name"], r["Task"], r["Start"], r["End"], go_stats(r["Stats"])] for g in theirs["Goroutines"] for r in g["Regions"] or []), key=key)
    b = sorted(([r["goroutine"], r["name"], r["task"], r["start"], r["end"], our_stats(r["stats"])] for r in ours["regions"]), key=key)
    same(f"{trace} regions", b, a)
    c = [[t["ID"], t["Name"], t["Parent"], t["Children"] or [], t["Start"], t["End"], t["Logs"], t["Regions"], t["Goroutines"] or []] for t in theirs["Tasks"] or []]
    d = [[t["id"], t["name"], t["parent"], t["children"], t["start"], t["end"], len(t["logs"]), len(t["regions"]), t["goroutines"]] for t in ours["tasks"]]
    same(f"{trace} tasks", d, c)
    counts.update(traces=1, goroutines=len(theirs["Goroutines"]), regions=len(a), tasks=len(c))
print("trace summaries:", ", ".join(f"{n} {what}" for what, n in counts.items()), "equal to internal/trace")

points = 0
for path in sorted(glob.glob(diagnose + "/oracle/web/*.m[mu][ud]*.json")):
    name, what = os.path.basename(path).removesuffix(".json").split(".")
    trace = f"{diagnose}/out/1.27.3/{name}.trace"
    options = {"mmu": [], "mmu-perproc": ["--per-proc"], "mud": ["--mud"], "mmu-worst-10ms": ["--worst", "10"]}[what]
    ours = json.loads(output(godiag, "trace", "mmu", "--json", "--go-compat", "--flags", "stw,background,assist", *options, trace))
    theirs = json.load(open(path))
    if what == "mmu-worst-10ms":
        ours, theirs = [[w["time"], w["utilization"]] for w in ours["worst"]], [[w["Time"], w["MutatorUtil"]] for w in theirs]
    else:
        ours, theirs = [[p["window"]] + p["utilization"] for p in ours["curve"]], theirs["curve"]
    same(path, ours, theirs)
    points += len(theirs)
print(f"mutator utilization: {points} points equal to the viewer's")
PY
