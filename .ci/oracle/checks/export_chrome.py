"""Chrome JSON as Go's trace viewer answers it: recorded answers, and the viewer asked in this very run."""

import collections
import gzip
import json
import random
import subprocess
import time
import urllib.error
import urllib.request

# Traces whose answers are not recorded.
LIVE = ["slow_dns", "mutex_contention", "rwmutex_writer", "sched_latency", "stw_api", "open_ends", "throttled"]
PROC, THREAD = ["--to", "chrome", "--view", "proc"], ["--to", "chrome", "--view", "thread"]


def run(tools, tally):
    traces = tools.samples / "diagnose/out/1.27.3"
    web = tools.samples / "diagnose/oracle/web"

    def same(name, options, answer, what):
        ours = tools.work / "ours.json"
        tools.output(tools.godiag, "trace", "export", *options, "-o", ours, traces / f"{name}.trace")
        compare(tally, f"{name} {' '.join(options)}", ours.read_bytes(), answer, what)

    for file in sorted(web.glob("*.jsontrace.json.gz")):
        name = file.name.removesuffix(".jsontrace.json.gz")
        same(name, PROC, file.read_bytes(), "recorded answers equal")
        same(name, THREAD, (web / f"{name}.jsontrace-thread.json.gz").read_bytes(), "recorded answers equal")
    for options, ending in ((["--goroutine", 1], "g1"), (["--task", 5], "taskid"), (["--task-on-procs", 5], "focustask")):
        answer = (web / f"annotations.jsontrace-{ending}.json.gz").read_bytes()
        same("annotations", list(map(str, options)), answer, "recorded answers equal")
    for name in LIVE:
        with Viewer(tools, traces / f"{name}.trace") as viewer:
            for options, query in ((PROC, ""), (THREAD, "?view=thread"), (["--goroutine", "1"], "?goid=1")):
                same(name, options, viewer.answer(query), "live answers equal")
    tally.at_least("recorded answers equal", 15)
    tally.at_least("live answers equal", 3 * len(LIVE))


class Viewer:
    """`go tool trace -http` of one trace."""

    def __init__(self, tools, trace):
        self.address = f"127.0.0.1:{random.randrange(20000, 40000)}"
        command = [tools.oracle("trace"), f"-http={self.address}", trace]
        environment = tools.environment(BROWSER="true")
        self.server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.server.wait()

    def answer(self, query):
        """The viewer's JSON; waits until it serves."""
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://{self.address}/jsontrace{query}") as response:
                    return response.read()
            except urllib.error.HTTPError:
                raise
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"the viewer does not answer {query} at {self.address}")


def compare(tally, name, ours, gos, what):
    ours, gos = canonical(ours), canonical(gos)
    if ours == gos:
        tally.count(what)
        return
    lines = [f"{sign} {text[:400]}" for sign, rest in (("+", ours - gos), ("-", gos - ours)) for text in list(rest)[:3]]
    counts = f"{sum((ours - gos).values())} events only ours, {sum((gos - ours).values())} only Go's"
    tally.differs("\n".join([f"{name}: {counts}", *lines]))


def canonical(data):
    """The events as a multiset, stacks by their functions, arrows by their two ends."""
    trace = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    frames, events, arrows = trace["stackFrames"], collections.Counter(), {}

    def stack(number):
        names = []
        while number and str(number) in frames:
            frame = frames[str(number)]
            names.append(frame["name"])
            number = frame.get("parent", 0)
        return names

    for event in trace["traceEvents"]:
        for key in ("sf", "esf"):
            if key in event:
                event[key] = stack(event[key])
        number = event.pop("id", None)
        text = json.dumps(event, sort_keys=True)
        if number is None:
            events[text] += 1
        else:
            # Arrows and regions are numbered apart.
            arrows.setdefault((number, event.get("cat")), []).append(text)
    for pair in arrows.values():
        events["|".join(pair)] += 1
    return events
