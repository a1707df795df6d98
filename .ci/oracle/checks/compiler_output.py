"""Compiler output made in this run against what the compiler itself logs, and against the samples' ground truth."""

import collections
import json
import re
import shutil

GO_VERSION = "go1.27.3"
# The machines that the samples have no whole listing of.
OTHER_MACHINES = ["riscv64", "ppc64le", "s390x", "loong64", "mips64le", "arm", "386"]
# Nothing but two errors, which have no grammar.
NO_GRAMMAR = "go1.27.tool-compile-import-error.txt"
BOUNDS_CHECK = re.compile(rb'"code":"is(Slice)?InBounds"')
# Bad form, good form, rule, and how often the rule finds the bad form.
PAIRS = """
bce.BadSum bce.GoodSum bce-loop 1
bce.BadDot bce.GoodDot bce-loop 1
bce.BadTable bce.GoodTable bce-loop 1
iface.BadTotal iface.GoodTotal iface-loop 2
iface.BadBox iface.GoodBox box-loop 1
iface.BadBox iface.BadBoxNoEscape box-loop 1
closure.BadApply closure.GoodApply closure-heap 1
closure.BadCounter closure.GoodStatic closure-heap 1
closure.BadGoLoop closure.GoodLoop goroutine-closure 2
growth.BadCollect growth.GoodCollect grow 1
growth.BadPtrCollect growth.GoodFill grow 1
pool.BadValuePut pool.GoodPtrPut pool-value 1
pool.BadSlicePut pool.GoodSlicePut pool-value 1
pool.BadNoReset pool.GoodReset pool-no-reset 1
pool.BadNoPut pool.GoodReset pool-no-put 1
pool.BadLocalPool pool.GoodReset pool-local 1
escape.BadReturn escape.GoodReturn escape 1
escape.BadStore escape.GoodLocal escape 1
escape.TooLarge escape.NoLeak big-var-heap 1
wb.BadFill wb.GoodFill wb-loop 1
frame.Big8K frame.Small big-frame 1
strs.BadConcat strs.GoodConcat concat-loop 1
strs.BadBytes strs.GoodRange conv-loop 1
strs.BadString strs.GoodLookup conv-loop 1
deferloop.BadLoop deferloop.GoodLoop defer-loop 1
bigcopy.BadPass bigcopy.GoodPass big-copy 2
bigcopy.BadRange bigcopy.GoodRange big-copy 1
looplock.BadLock looplock.GoodLock lock-loop 1
"""
SHIFT = "// One of five lines that shift the rest.\n" * 5 + "\n"
ADDED = """
func Added%d(xs []int) func() int {
\tt := 0
\tfor _, x := range xs {
\t\tt += x
\t}
\treturn func() int { t++; return t }
}
"""
REGRESSION = "\n\t\tregistry = append(registry, func(x int) int { return x * it })"


def run(tools, tally):
    lab = Lab(tools, tally, writable_copy(tools.samples / "asm/src", tools.work / "lab"))
    for machine in ("amd64", "arm64"):
        lab.compare_listing("lab", machine, "./...", many=True)
        lab.compare_listing("http", machine, "net/http", many=True)
        lab.compare_listing("json", machine, "encoding/json", many=True)
        decisions = lab.compile(f"lab-{machine}.m2", machine, "-m=2", "./...")
        tally.expect(f"lab {machine}: unclassified lines of -m=2", lab.info(decisions)["unclassified_lines"], 0)
    for machine in OTHER_MACHINES:
        lab.compare_listing("lab", machine, "./...")
    sample_files(tools, tally, lab)
    bad_and_good_forms(tools, tally)
    gate(tools, tally, lab)


def writable_copy(source, target):
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    return target


class Lab:
    """The sample programs, compiled for a machine. They hold a function without a body: packages only, no program."""

    def __init__(self, tools, tally, folder):
        self.tools, self.tally, self.folder = tools, tally, folder

    def compile(self, name, machine, flags, *packages, folder=None):
        """A file with what the compiler prints."""
        environment = self.tools.environment(GOARCH=machine, GOOS="linux", CGO_ENABLED=0, GOFLAGS="-mod=mod", GOPROXY="off")
        command = [self.tools.goroot / "bin/go", "build", "-pgo=off", f"-gcflags={flags}", *packages]
        done = self.tools.run(*command, cwd=folder or self.folder, env=environment)
        if done.returncode:
            raise RuntimeError(f"{packages} for {machine} with {flags}: {done.stderr[-2000:].decode()}")
        path = self.tools.work / name
        path.write_bytes(done.stdout + done.stderr)
        return path

    def info(self, file):
        return self.tools.our_json("info", "--json", file)

    def compare_listing(self, name, machine, package, many=False):
        """Every line has a form, and the bounds checks are those of the compiler's own log."""
        # Flags for the standard library's packages name their package.
        prefix = "" if package.startswith(".") else f"{package}="
        listing = self.compile(f"{name}-{machine}.S", machine, f"{prefix}-S", package)
        logs = self.tools.work / f"{name}-{machine}.json"
        self.compile("ignored", machine, f"{prefix}-json=0,{logs}", package)
        log = self.tools.work / "log.json"
        log.write_bytes(b"".join(file.read_bytes() for file in sorted(logs.glob("*/*.json"))))
        info = self.info(listing)
        what = f"{name} {machine}"
        self.tally.expect(f"{what}: more than 100 functions", not many or info["functions"] > 100, True)
        self.tally.expect(f"{what}: unclassified lines", info["unclassified_lines"], 0)
        if many:
            self.tally.expect(f"{what}: unclassified lines of the log", self.info(log)["unclassified_lines"], 0)
        rows = self.tools.output(self.tools.godiag, "asm", "functions", "--wrappers", "--json", listing)
        checks = sum(json.loads(row)["bounds_checks"] for row in rows.splitlines())
        logged = sum(1 for line in log.read_bytes().splitlines() if BOUNDS_CHECK.search(line))
        if self.tally.expect(f"{what}: bounds checks", checks, logged):
            print(f"  {what}: {info['lines']} lines, {checks} bounds checks")
            self.tally.count("listings with the compiler's own bounds checks")
            self.tally.count("bounds checks", checks)


def sample_files(tools, tally, lab):
    for file in sorted((tools.samples / "asm").rglob("*.txt*")):
        if file.name.endswith((".txt", ".txt.gz")) and file.name != NO_GRAMMAR:
            if tally.expect(f"{file.name}: unclassified lines", lab.info(file)["unclassified_lines"], 0):
                tally.count("sample files without an unclassified line")
    tally.at_least("sample files without an unclassified line", 81)


def bad_and_good_forms(tools, tally):
    """Each bad form is told from its good form by its finding."""
    work = tools.work
    done = tools.ours("asm", "findings", "--json", work / "lab-amd64.S", work / "lab-amd64.m2")
    tally.expect("exit code of findings", done.returncode in (0, 1), True)
    found = collections.Counter()
    *findings, last = map(json.loads, done.stdout.splitlines())
    tally.expect("lines not understood", last["coverage"]["lines_not_understood"], 0)
    for finding in findings:
        found[finding["function"].replace("example.com/lab/", ""), finding["rule"]] += finding["count"]
    for pair in PAIRS.split("\n")[1:-1]:
        bad, good, rule, count = pair.split()
        if tally.expect(f"{rule} of {bad} and {good}", (found[bad, rule], found[good, rule]), (int(count), 0)):
            tally.count("bad forms told from their good forms")
    tally.at_least("bad forms told from their good forms", 28)


def gate(tools, tally, lab):
    """A shift of lines and added functions change no number, and a regression shuts the gate."""
    work = tools.work
    shifted = writable_copy(lab.folder, work / "shifted")
    sources = [file for file in shifted.rglob("*.go") if not file.name.endswith("_test.go") and file.name != "doc.go"]
    sources = sorted(sources, key=str)[:18]
    tally.expect("files with a shift and an added function", len(sources), 18)
    for number, file in enumerate(sources, 1):
        file.write_text(SHIFT + file.read_text() + ADDED % number)
    listing = lab.compile("shifted.S", "amd64", "-S", "./...", folder=shifted)
    baseline = work / "baseline.jsonl"
    baseline.write_bytes(tools.output(tools.godiag, "asm", "metrics", "--go-version", GO_VERSION, work / "lab-amd64.S"))
    compare = ["asm", "gate", "--go-version", GO_VERSION, "--baseline", baseline]
    answer = tools.our_json(*compare, "--json", listing)
    tally.expect("changes by a shift", (answer["changes"][:3], bool(answer["removed"])), ([], False))
    tally.expect("functions added", len(answer["added"]), 36)
    tally.count("functions unchanged by a shift", answer["matched"])
    tally.at_least("functions unchanged by a shift", 330)

    source = shifted / "closure/closure.go"
    source.write_text(re.sub(r"^\t\ttotal \+= it$", lambda match: match[0] + REGRESSION, source.read_text(), flags=re.M))
    done = tools.ours(*compare, lab.compile("regressed.S", "amd64", "-S", "./closure", folder=shifted))
    fails = re.findall(rb"^fail .*$", done.stdout, re.M)
    tally.expect("a regression shuts the gate", (done.returncode != 0, bool(fails)), (True, True))
    print(" ", (fails or [b""])[0].decode())
