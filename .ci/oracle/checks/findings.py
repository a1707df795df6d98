"""Findings in traces of programs whose trouble is known: exactly those of tests/data/diagnose/findings.txt."""

import json
import pathlib

EXPECTED = pathlib.Path(__file__).parents[3] / "tests/data/diagnose/findings.txt"

# A program that was recorded under another name than the repository's.
ELSEWHERE = {"asyncpreemptoff": "asyncpreemptoff/busy_loop.trace"}


def run(tools, tally):
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        program, *ids = line.split()
        trace = tools.samples / "diagnose/out/1.27.3" / ELSEWHERE.get(program, f"{program}.trace")
        if not trace.exists():
            print(f"  {program}: only in the repository")
            continue
        done = tools.ours("trace", "findings", "--json", trace)
        found = sorted({finding["id"] for finding in json.loads(done.stdout)["findings"]})
        if tally.expect(f"{program}: findings", found, ids):
            tally.count("programs have exactly the expected findings")
    tally.at_least("programs have exactly the expected findings", 23)
