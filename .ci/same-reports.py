"""Every report of `godiag pprof` against `go tool pprof`, over the option matrix.

usage: same-reports.py PPROF GODIAG SAMPLES WORK

The tool loads a profile once and answers many commands in its interactive mode; godiag is run for each. Where the two differ, the tool's
command line is asked again. Text must be equal byte for byte; profiles must be equal in `raw`; call trees, whose order the tool leaves to chance, line by line in
any order. What differs on purpose is counted by its reason:

  compat   equal with --compat, which reproduces the tool where it is wrong
  escaped  names that could steer a terminal or break a line, which the tool prints as they are
  exact    sums beyond 64 bits, which wrap around in the tool
  merged   a message field given twice: protobuf merges the two, the tool takes the second for the whole
  refused  profiles that godiag refuses, which oracle-check.sh lists with their reasons
  chance   the tool's own runs differ: which of several nodes of one name a call tree keeps, and in which order edges
           come that weigh the same but for the sign
"""
import collections, glob, os, re, shutil, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

PPROF, GODIAG, SAMPLES, WORK = sys.argv[1:5]
FULL = bool(os.environ.get("ORACLE_FULL"))
ONLY = os.environ.get("ORACLE_ONLY")

REPORTS = "top tree peek traces raw tags comments callgrind dot topproto proto".split()
GRAPHS = "top tree peek dot callgrind topproto".split()
# Inputs that take the tool minutes or gigabytes.
SLOW = re.compile(r"/(bomb-|amp-|packed-locs|inline-product)")
TWICE = re.compile(r"/36-period-type-twice-partial\.pb$")
WRAPS = re.compile(r"/(sum-cancel|neg-values)\.pb$")

PLAIN = [()]
OPTIONS = (
    [("granularity=" + g,) for g in ("filefunctions", "lines", "addresses")]
    + [("noinlines=true",), ("sort=cum",), ("mean=true",), ("divide_by=3",), ("trim=false",), ("compact_labels=true",)]
    + [("unit=" + u,) for u in ("auto", "ms", "us", "MB")]
    + [("nodecount=7",), ("nodefraction=0.05",), ("edgefraction=0.05",), ("drop_negative=true",)]
    + [("granularity=lines", "noinlines=true"), ("granularity=lines", "showcolumns=true")]
    + [("call_tree=true",), ("call_tree=true", "nodecount=10")]
    + [(f,) for f in (
        "focus=main", "ignore=runtime", r"hide=^runtime\.", "show=main", "show_from=main", "prune_from=main",
        "tagfocus=handler", "tagignore=handler=burn", "tagfocus=bytes=1kb:64kb", "tagignore=:1kb",
        "tagshow=handler", "taghide=bytes", "tagroot=handler,bytes", "tagleaf=bytes")]
    + [("focus=main", "relative_percentages=true"), ("hide=runtime", "relative_percentages=true", "granularity=lines"),
       ("tagfocus=handler", "relative_percentages=true")]
)
DEFAULTS = {"granularity": "functions", "sort": "flat", "unit": "minimum", "nodecount": "-1", "divide_by": "1",
            "nodefraction": "0.005", "edgefraction": "0.001", "trim": "true"}
BOOLEAN = {"noinlines", "mean", "compact_labels", "drop_negative", "showcolumns", "call_tree", "relative_percentages"}


def flag(option):
    """An option of the tool's interactive mode as godiag spells it."""
    name, value = option.split("=", 1)
    if name in ("granularity", "sort"):
        return "--" + value
    return "--" + name.replace("_", "-") + ("" if name in BOOLEAN else "=" + value)


def unset(option):
    name = option.split("=", 1)[0]
    return f"{name}={DEFAULTS.get(name, 'false' if name in BOOLEAN else '')}"


def run(args, **more):
    try:
        return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    except subprocess.TimeoutExpired:
        return None


def theirs(file, cases, sources, folder):
    """Lets the tool write every case to a file of its number."""
    script, column = ["compact_labels=false"], None
    for number, (report, options, index) in enumerate(cases):
        if index != column:
            script.append(f"sample_index={index}" if index is not None else "sample_index=")
            column = index
        script += options
        count = [o.split("=")[1] for o in options if o.startswith("nodecount=")]
        # Unlike the command line, the interactive mode shows ten rows.
        words = [report] + (["."] if report == "peek" else []) + ((count or ["0"]) if report == "top" else [])
        script.append(" ".join(words) + f" >{folder}/{number}")
        script += [unset(option) for option in options]
    return run([PPROF, "-symbolize=none", *sources, file], input="\n".join(script + ["quit", ""]).encode())


def ours(report, options, index, file, sources, output=None, compat=False):
    args = [GODIAG, "pprof", report] + (["."] if report == "peek" else []) + [flag(o) for o in options]
    args += [s.replace("-diff_base", "--diff-base").replace("-base=", "-base=") for s in sources]
    args = [("-" + a if re.match(r"-(base|normalize|drop_negative)", a) else a) for a in args]
    args += [f"--sample-index={index}"] * (index is not None) + ["--compat"] * compat
    args += ["-o", output] * (output is not None) + [file]
    return run(args)


def raw(file):
    done = run([GODIAG, "pprof", "raw", file])
    return done.stdout if done else b""


def settled(text):
    """Lines in any order, without the numbers that depend on which name came first."""
    for pattern, by in ((rb"^(c?f[ln]=|ob=)\([0-9]+\) ?", rb"\1"), (rb" \[[0-9]+/([0-9]+)\]$", rb" [\1]"),
                        (rb"^calls=0 .*", b"calls"), (rb"\bN+[0-9]+(_[0-9]+)*\b", b"N"), (rb'id="node[0-9]+"', b"")):
        text = re.sub(pattern, by, text, flags=re.M)
    return sorted(text.split(b"\n"))


CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]")
ESCAPED = re.compile(rb"\\x[0-9a-f][0-9a-f]|\\u\{")


def verdict(case, file, sources, folder, number):
    report, options, index = case
    path = f"{folder}/{number}"
    if not os.path.exists(path):
        return None  # the tool refuses
    if report in ("proto", "topproto"):
        mine = f"{folder}/ours-{number}.pb.gz"
        done = ours(report, options, index, file, sources, output=mine)
        if not done or done.returncode:
            return "differs", done.stderr if done else b"timeout"
        want, got = raw(path), raw(mine)
        if want == got and want:
            return "equal", b""
        return on_purpose(file) or ("differs", difference(want, got))
    with open(path, "rb") as opened:
        want = opened.read()
    done = ours(report, options, index, file, sources)
    got = done.stdout if done else b"timeout"
    if want == got:
        return "equal", b""
    # The interactive mode copies the profile by way of its encoding; the command line has the last word.
    again = lambda: run([PPROF, "-symbolize=none", *sources, "-peek=." if report == "peek" else "-" + report,
                  *(["-" + o.replace("granularity=", "").replace("sort=cum", "cum") for o in options]),
                  *([] if index is None else [f"-sample_index={index}"]), file])
    single = again()
    want = single.stdout if single else want
    if want == got:
        return "equal", b""
    # Labels whose sums are equal but for the sign come in any order.
    if ("call_tree=true" in options or report == "tags") and settled(want) == settled(got):
        return "equal", b""
    compat = ours(report, options, index, file, sources, compat=True)
    if compat and compat.stdout == want:
        return "compat", b""
    if on_purpose(file):
        return on_purpose(file)
    if CONTROL.search(want) or ESCAPED.search(got) or (report == "dot" and re.search(rb'\\["\\]', got)):
        return "escaped", b""
    runs = [other.stdout for other in (again() for _ in range(8)) if other]
    if "call_tree=true" in options:
        by_chance = any(settled(other) != settled(want) for other in runs)
    else:
        by_chance = settled(want) == settled(got) and any(other != want for other in runs)
    if by_chance:
        return "chance", b""
    return "differs", difference(want, got) + (done.stderr if done else b"")


def on_purpose(file):
    return ("exact", b"") if WRAPS.search(file) else ("merged", b"") if TWICE.search(file) else None


def difference(want, got):
    a, b = want.split(b"\n"), got.split(b"\n")
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    line = lambda lines: lines[at][:200] if at < len(lines) else b"(end)"
    return b"  line %d\n  < %s\n  > %s\n" % (at + 1, line(a), line(b))


def columns(file):
    done = run([GODIAG, "pprof", "raw", file])
    if not done or done.returncode:
        return 0
    lines = done.stdout.split(b"\n")
    at = lines.index(b"Samples:") if b"Samples:" in lines else -1
    return len(lines[at + 1].split()) if at >= 0 else 1


def matrix(file):
    cases = [(report, (), None) for report in REPORTS]
    kind = re.sub(r"^.*/", "", file)
    whole = FULL or "/pprof/1.27.3/" in file and kind in (
        "cpu.pb.gz", "heap.debug0.pb.gz", "goroutine.debug0.pb.gz", "mutex.debug0.pb.gz")
    # Outside of the whole matrix, each profile has a few options of its own in turn.
    turn = sum(map(ord, file)) % 6
    count = columns(file)
    for index in range(count):
        cases += [(r, (), index) for r in (REPORTS if whole else ["top", "tree", "tags"])]
    for at, options in enumerate(OPTIONS):
        if whole or at % 6 == turn:
            cases += [(r, options, None) for r in REPORTS if r != "comments"
                      if whole or r in ("top", "tree", "dot", "traces")]
    return cases


def compare(job):
    number, file, cases, sources = job
    checked = run([GODIAG, "pprof", "check", file])
    if checked and checked.returncode:
        return file, sources, [(("", (), None), ("refused", b""))]
    folder = f"{WORK}/{number}"
    os.mkdir(folder)
    theirs(file, cases, sources, folder)
    found = []
    for at, case in enumerate(cases):
        answer = verdict(case, file, sources, folder, at)
        if answer:
            found.append((case, answer))
    shutil.rmtree(folder)
    return file, sources, found


def jobs():
    files = [f for f in glob.glob(SAMPLES + "/**/*", recursive=True)
             if re.search(r"\.(pb|pb\.gz|pprof)$", f) and not SLOW.search(f)]
    files = sorted(f for f in files if not ONLY or re.search(ONLY, f))
    plans = [(file, matrix(file), []) for file in files]
    for version in ("1.21.13", "1.25.5", "1.27.3"):
        folder = f"{SAMPLES}/pprof/{version}"
        heap, allocs = f"{folder}/heap.debug0.pb.gz", f"{folder}/allocs.debug0.pb.gz"
        cases = [(r, o, None) for r in REPORTS for o in ((), ("drop_negative=true",), ("granularity=lines",))]
        for base in (f"-base={heap}", f"-diff_base={heap}"):
            for normalize in ([], ["-normalize"]):
                if not ONLY:
                    plans.append((allocs, cases, [base, *normalize]))
    return [(number, *plan) for number, plan in enumerate(plans)]


def main():
    counts, profiles = collections.Counter(), 0
    plan = sorted(jobs(), key=lambda job: -len(job[2]))
    with ThreadPoolExecutor(2) as pool:
        for file, sources, found in pool.map(compare, plan):
            profiles += any(outcome != "refused" for _, (outcome, _) in found)
            for (report, options, index), (outcome, detail) in found:
                counts[outcome] += 1
                if outcome == "equal":
                    counts[report] += 1
                if outcome == "differs":
                    what = " ".join([report, *options, *(() if index is None else (f"column {index}",)), *sources])
                    print(f"DIFFERS: {what} {file.removeprefix(SAMPLES)}\n{detail.decode(errors='replace')}", flush=True)
    print("reports equal:", ", ".join(f"{report} {counts[report]}" for report in REPORTS))
    print(f"{profiles} profiles: {counts['equal']} equal, {counts['compat']} with --compat, {counts['escaped']} escaped, "
          f"{counts['exact']} with exact sums, {counts['merged']} merged, {counts['chance']} by chance, "
          f"{counts['refused']} profiles refused, "
          f"{counts['differs']} differ")
    sys.exit(counts["differs"] > 0 or counts["equal"] < 1000)


main()
