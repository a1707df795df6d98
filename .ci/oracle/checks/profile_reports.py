"""Every report of `godiag pprof` against `go tool pprof`, over the option matrix.

The tool loads a profile once and answers many commands in its interactive mode; godiag is run for each. Where the two
differ, the tool's command line is asked again. Text must be equal byte for byte; profiles must be equal in `raw`; call
trees, whose order the tool leaves to chance, line by line in any order.

ORACLE_FULL=1 takes the whole matrix for every profile, ORACLE_ONLY=REGEX only the profiles whose path it matches.
"""

import collections
import dataclasses
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

FULL = bool(os.environ.get("ORACLE_FULL"))
ONLY = os.environ.get("ORACLE_ONLY")

REPORTS = "top tree peek traces raw tags comments callgrind dot topproto proto".split()
# Inputs that take the tool minutes or gigabytes.
SLOW = re.compile(r"/(bomb-|amp-|packed-locs|inline-product)")
# Profiles for the whole matrix.
WHOLE = ["cpu.pb.gz", "heap.debug0.pb.gz", "goroutine.debug0.pb.gz", "mutex.debug0.pb.gz"]

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

CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]")
ESCAPED = re.compile(rb"\\x[0-9a-f][0-9a-f]|\\u\{")


@dataclasses.dataclass
class Case:
    """One report with its options and its column (the default if none)."""

    report: str
    options: tuple = ()
    column: int | None = None

    def __str__(self):
        column = [] if self.column is None else [f"column {self.column}"]
        return " ".join([self.report, *self.options, *column])


@dataclasses.dataclass
class Job:
    """All cases of one profile, with the options that name a base."""

    number: int
    file: str
    cases: list
    base: list


def run(tools, tally):
    tool = Tool(tools, tally)
    jobs = sorted(plan(tools, tool), key=lambda job: -len(job.cases))
    compare_all(tool, jobs, "reports equal")
    tally.at_least("reports equal", 1000)


def compare_all(tool, jobs, equal):
    """Compares all cases of all jobs, and counts those that are equal as `equal`."""
    counts, tally = collections.Counter(), tool.tally
    with ThreadPoolExecutor(2) as pool:
        for job, found in pool.map(tool.compare, jobs):
            if found is None:
                tally.count("profiles that godiag refuses")
                continue
            tally.count("profiles compared")
            for case, outcome, detail in found:
                if outcome == "equal":
                    tally.count(equal)
                    counts[case.report] += 1
                elif outcome == "differs":
                    file = job.file.removeprefix(str(tool.tools.samples))
                    tally.differs(f"{case} {' '.join(job.base)} {file}\n{detail.decode(errors='replace')}")
                else:
                    tally.allow(outcome)
    print("  equal:", ", ".join(f"{report} {counts[report]}" for report in REPORTS))


def plan(tools, tool):
    files = [str(file) for file in tools.samples.rglob("*") if re.search(r"\.(pb|pb\.gz|pprof)$", file.name)]
    files = sorted(file for file in files if not SLOW.search(file) and (not ONLY or re.search(ONLY, file)))
    plans = [(file, matrix(file, tool.columns(file)), []) for file in files]
    for version in () if ONLY else ("1.21.13", "1.25.5", "1.27.3"):
        folder = tools.samples / "pprof" / version
        heap, allocs = folder / "heap.debug0.pb.gz", folder / "allocs.debug0.pb.gz"
        cases = [Case(report, options) for report in REPORTS
                 for options in ((), ("drop_negative=true",), ("granularity=lines",))]
        for base in (f"-base={heap}", f"-diff_base={heap}"):
            plans += [(str(allocs), cases, [base]), (str(allocs), cases, [base, "-normalize"])]
    return [Job(number, *job) for number, job in enumerate(plans)]


def matrix(file, columns):
    cases = [Case(report) for report in REPORTS]
    whole = FULL or "/pprof/1.27.3/" in file and os.path.basename(file) in WHOLE
    # Outside of the whole matrix, each profile has a few options of its own in turn.
    turn = sum(map(ord, file)) % 6
    for column in range(columns):
        cases += [Case(report, (), column) for report in (REPORTS if whole else ["top", "tree", "tags"])]
    for number, options in enumerate(OPTIONS):
        if whole or number % 6 == turn:
            cases += [Case(report, options) for report in REPORTS if report != "comments"
                      if whole or report in ("top", "tree", "dot", "traces equal")]
    return cases


class Tool:
    """`go tool pprof` and `godiag pprof` on the same profiles."""

    def __init__(self, tools, tally):
        self.tools, self.tally = tools, tally
        self.pprof, self.godiag = str(tools.oracle("pprof")), str(tools.godiag)
        self.environment = tools.environment()

    def run(self, words, **more):
        """What a command gives; nothing after two minutes."""
        try:
            return subprocess.run(words, capture_output=True, timeout=120, check=False, env=self.environment, **more)
        except subprocess.TimeoutExpired:
            return None

    def columns(self, file):
        """How many values each sample has."""
        lines = self.raw(file).split(b"\n")
        if lines == [b""]:
            return 0
        at = lines.index(b"Samples:") if b"Samples:" in lines else -1
        return len(lines[at + 1].split()) if at >= 0 else 1

    def raw(self, file):
        done = self.run([self.godiag, "pprof", "raw", file])
        return done.stdout if done and not done.returncode else b""

    def compare(self, job):
        """Outcome and detail of every case that the tool answers; nothing for a profile that godiag refuses."""
        checked = self.run([self.godiag, "pprof", "check", job.file])
        if checked and checked.returncode:
            return job, None
        folder = self.tools.work / str(job.number)
        folder.mkdir()
        self.ask_all(job, folder)
        found = []
        for number, case in enumerate(job.cases):
            if (folder / str(number)).exists():
                found.append((case, *self.outcome(job, case, folder, number)))
        shutil.rmtree(folder)
        return job, found

    def ask_all(self, job, folder):
        """Lets the tool write the answer to every case to a file of its number."""
        script, column = ["compact_labels=false"], None
        for number, case in enumerate(job.cases):
            if case.column != column:
                script.append(f"sample_index={case.column}" if case.column is not None else "sample_index=")
                column = case.column
            script += case.options
            count = [option.split("=")[1] for option in case.options if option.startswith("nodecount=")]
            # Unlike the command line, the interactive mode shows ten rows.
            words = [case.report] + ["."] * (case.report == "peek") + ((count or ["0"]) if case.report == "top" else [])
            script.append(" ".join(words) + f" >{folder}/{number}")
            script += [unset(option) for option in case.options]
        return self.run([self.pprof, "-symbolize=none", *job.base, job.file], input="\n".join([*script, "quit", ""]).encode())

    def ask(self, job, case):
        """Asks the tool's command line, which has the last word: the interactive mode copies the profile by encoding it."""
        options = ["-" + option.replace("granularity=", "").replace("sort=cum", "cum") for option in case.options]
        column = [] if case.column is None else [f"-sample_index={case.column}"]
        report = "-peek=." if case.report == "peek" else "-" + case.report
        return self.run([self.pprof, "-symbolize=none", *job.base, report, *options, *column, job.file])

    def ours(self, job, case, *more):
        words = [self.godiag, "pprof", case.report] + ["."] * (case.report == "peek")
        words += [flag(option) for option in case.options]
        words += ["-" + option.replace("diff_base", "diff-base") for option in job.base]
        words += [] if case.column is None else [f"--sample-index={case.column}"]
        return self.run([*words, *more, job.file])

    def outcome(self, job, case, folder, number):
        if case.report in ("proto", "topproto"):
            return self.outcome_of_profile(job, case, folder, number)
        want = (folder / str(number)).read_bytes()
        done = self.ours(job, case)
        got = done.stdout if done else b"timeout"
        if want == got:
            return "equal", b""
        single = self.ask(job, case)
        want = single.stdout if single else want
        call_tree = "call_tree=true" in case.options
        # Labels whose sums are equal but for the sign come in any order.
        if want == got or ((call_tree or case.report == "tags") and settled(want) == settled(got)):
            return "equal", b""
        compat = self.ours(job, case, "--compat")
        if compat and (compat.stdout == want or call_tree and settled(compat.stdout) == settled(want)):
            return "compat", b""
        name = self.tally.named_for("profiles", job.file)
        if name:
            return name, b""
        if CONTROL.search(want) or ESCAPED.search(got) or (case.report == "dot" and re.search(rb'\\["\\]', got)):
            return "escaped-names", b""
        # The tool's runs differ in one of three, at the least: the first that does settles it.
        runs = (other.stdout for other in (self.ask(job, case) for _ in range(40)) if other)
        if call_tree:
            by_chance = any(settled(other) != settled(want) for other in runs)
        else:
            by_chance = settled(want) == settled(got) and any(other != want for other in runs)
        if by_chance:
            return "chance", b""
        return "differs", difference(want, got) + (done.stderr if done else b"")

    def outcome_of_profile(self, job, case, folder, number):
        output = f"{folder}/ours-{number}.pb.gz"
        done = self.ours(job, case, "-o", output)
        if not done or done.returncode:
            return "differs", done.stderr if done else b"timeout"
        want, got = self.raw(folder / str(number)), self.raw(output)
        if want == got and want:
            return "equal", b""
        compat = self.ours(job, case, "--compat", "-o", output)
        if compat and want == self.raw(output):
            return "compat", b""
        name = self.tally.named_for("profiles", job.file)
        return (name, b"") if name else ("differs", difference(want, got))


def flag(option):
    """An option of the tool's interactive mode as godiag spells it."""
    name, value = option.split("=", 1)
    if name in ("granularity", "sort"):
        return "--" + value
    return "--" + name.replace("_", "-") + ("" if name in BOOLEAN else "=" + value)


def unset(option):
    name = option.split("=", 1)[0]
    return f"{name}={DEFAULTS.get(name, 'false' if name in BOOLEAN else '')}"


def settled(text):
    """Lines in any order, without the numbers that depend on which name came first."""
    for pattern, by in ((rb"^(c?f[ln]=|ob=)\([0-9]+\) ?", rb"\1"), (rb" \[[0-9]+/([0-9]+)\]$", rb" [\1]"),
                        (rb"^calls=0 .*", b"calls"), (rb"\bN+[0-9]+(_[0-9]+)*\b", b"N"), (rb'id="node[0-9]+"', b"")):
        text = re.sub(pattern, by, text, flags=re.M)
    return sorted(text.split(b"\n"))


def difference(want, got):
    """The first line that differs."""
    a, b = want.split(b"\n"), got.split(b"\n")
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    line = lambda lines: lines[first][:200] if first < len(lines) else b"(end)"
    return b"  line %d\n  < %s\n  > %s\n" % (first + 1, line(a), line(b))
