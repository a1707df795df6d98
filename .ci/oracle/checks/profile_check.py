"""Accept or reject: `godiag pprof check` against `go tool pprof -raw`, for every profile of the samples."""

import re
from concurrent.futures import ThreadPoolExecutor

FOLDERS = ["pprof", "hostile/pprof", "diagnose"]
PROFILE = re.compile(r"\.(pb|pb\.gz|pb\.zst|pprof)$")
# Slow or huge in Go's tool by design; it counts as refusing them.
NOT_ASKED = re.compile(r"^(bomb-.*|amp-packed-locs\.pb)$")


def run(tools, tally):
    def judge(file):
        ours = tools.ours("pprof", "check", file).returncode == 0
        theirs = not NOT_ASKED.match(file.name) and accepts(tools, file)
        return file, ours, theirs

    files = [file for folder in FOLDERS for file in (tools.samples / folder).rglob("*") if PROFILE.search(file.name)]
    with ThreadPoolExecutor(2) as pool:
        for file, ours, theirs in pool.map(judge, sorted(files)):
            name = tally.named_for("accepted" if ours else "refused", file.name)
            if ours == theirs:
                tally.count("profiles judged alike")
            elif name:
                tally.allow(name)
            else:
                said = tools.ours("pprof", "check", file)
                verdict = {True: "accepts", False: "refuses"}
                tally.differs(f"{file.name}: godiag {verdict[ours]}, go tool pprof {verdict[theirs]}: {said.stderr[:300]}")
    tally.at_least("profiles judged alike", 501)


def accepts(tools, file):
    """Whether Go's tool reads the file, in 20 seconds at most."""
    return tools.run("timeout", 20, tools.oracle("pprof"), "-symbolize=none", "-raw", file).returncode == 0
