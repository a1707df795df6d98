"""Events of traces of Go 1.22 and later, line for line as Go's own reader gives them."""

import ast
import filecmp
import re

import trace_lines

HEADER = re.compile(rb"^go 1\.2[2-9] trace\0")
# The first takes Go's reader minutes to sort, the second prints a gigabyte; godiag reads gzip, Go does not.
NOT_COMPARED = re.compile(r"^(order-reversed|output-blowup|hdr-gz)")


def run(tools, tally):
    both = Both(tools, tally)
    samples(tools, tally, both)
    malformed(tools, both)
    vectors(tools, tally, both)
    fuzz_corpus(tools, both)
    recorded_now(tools, tally, both)
    tally.at_least("traces equal", 41)
    tally.at_least("malformed traces equal", 188)


class Both:
    """Reads a trace with Go's reader and with godiag, and compares what they give."""

    def __init__(self, tools, tally):
        self.tools, self.tally = tools, tally
        self.go, self.ours = tools.work / "go.jsonl", tools.work / "ours.jsonl"

    def compare(self, file, name, strict=False, what="traces equal"):
        """With `strict`, for input made to be wrong, godiag may refuse more than Go."""
        self.tools.dump(file, self.go, "-s")
        self.tools.ours("trace", "events", "--json", "--stacks", file, into=self.ours)
        if filecmp.cmp(self.go, self.ours, shallow=False) and self.reads_to_end():
            self.tally.count(what)
            return
        try:
            outcome = trace_lines.compare(self.go, self.ours, strict)
        except trace_lines.Differs as error:
            self.tally.differs(f"{name}: {error}")
            return
        self.settle(name, outcome, what)

    def settle(self, name, outcome, what):
        if outcome.kind == "equal":
            self.tally.count(what)
            return
        difference = self.tally.named_for(outcome.kind, name)
        print(f"  {name}: {outcome.kind} after {outcome.lines} lines {outcome.error}", flush=True)
        if difference:
            self.tally.allow(difference)
        else:
            self.tally.differs(f"{name}: godiag is {outcome.kind}, which no difference names")

    def reads_to_end(self, dump=None):
        """Whether a dump ends with the trace, not with an error."""
        with open(dump or self.ours, "rb") as lines:
            last = b""
            for last in lines:
                pass
        return b'"eof"' in last


def samples(tools, tally, both):
    recorded = tools.samples / "trace/recorded"
    for file in sorted([*recorded.rglob("*.trace"), *(tools.samples / "diagnose").rglob("*.trace")]):
        with open(file, "rb") as opened:
            if HEADER.match(opened.read(16)):
                both.compare(file, file.name)
    for file in sorted(recorded.glob("af-*.trace")):
        tools.dump(file, both.go)
        tools.ours("trace", "events", "--json", file, into=both.ours)
        try:
            trace_lines.compare(both.go, both.ours)
            tally.count("traces without stacks equal")
        except trace_lines.Differs as error:
            tally.differs(f"without stacks: {file.name}: {error}")


def malformed(tools, both):
    for folder in ["trace/malformed-v2", "hostile/trace2"]:
        for file in sorted((tools.samples / folder).iterdir()):
            if not NOT_COMPARED.match(file.name):
                both.compare(file, file.name, strict=True, what="malformed traces equal")


def vectors(tools, tally, both):
    """Go's test vectors, in place: accepted and refused as they say, with Go's events."""
    text, binary = tools.work / "vector.txt", tools.work / "vector.trace"
    for file in sorted((tools.goroot / "src/internal/trace/testdata/tests").glob("*.test")):
        expect, trace = file.read_bytes().split(b"-- trace --\n")
        text.write_bytes(trace)
        binary.write_bytes(tools.output(tools.godiag, "trace", "raw", "--to-binary", text))
        both.compare(binary, file.name, what="test vectors equal")
        succeeds = expect.split(b"-- expect --\n")[1].startswith(b"SUCCESS")
        for dump in (both.go, both.ours):
            tally.expect(f"{file.name}: {dump.stem} accepts", both.reads_to_end(dump), succeeds)
    tally.at_least("test vectors equal", 22)


def fuzz_corpus(tools, both):
    trace = tools.work / "fuzz.trace"
    for file in sorted((tools.goroot / "src/internal/trace/testdata/fuzz/FuzzReader").iterdir()):
        trace.write_bytes(go_bytes(file.read_bytes().split(b"\n")[1]))
        if HEADER.match(trace.read_bytes()[:16]):
            both.compare(trace, file.name, strict=True, what="files of Go's fuzz corpus equal")


def go_bytes(line):
    """The bytes of a line `[]byte("…")` of Go's fuzz corpus."""
    text = line.decode("latin-1")
    literal = text[len("[]byte("):text.rindex(")")]
    return ast.literal_eval("b" + literal.encode("ascii", "backslashreplace").decode())


def recorded_now(tools, tally, both):
    """Traces that every toolchain from 1.22 on records in this very run."""
    workload, trace = tools.work / "workload", tools.work / "now.trace"
    for version, root in tools.toolchains:
        if int(version.split(".")[1]) < 22:
            continue
        environment = tools.environment(GOROOT=root, GO111MODULE="off")
        built = tools.run(root / "bin/go", "build", "-trimpath", "-o", workload, "main.go",
                          cwd=tools.shared / "oracle/workload", env=environment)
        if built.returncode:
            tally.differs(f"{version}: the workload does not build: {built.stderr[:300]}")
            continue
        tools.run(workload, "-mix", "http,chan,lock,fan,gc,timer,anno", "-trace", trace,
                  "-tracebytes", 1000000, "-dur", "2s", env=environment)
        both.compare(trace, version, what="traces recorded now equal")
