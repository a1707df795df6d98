"""Programs of this repository, recorded in this very run: what is said of their one known trouble, or that nothing is."""

import pathlib
import re

PROGRAMS = pathlib.Path(__file__).parents[3] / "tests/programs"

# Of 25 verdicts and 26 diagnoses, those that must be right. Recorded anew, about one in 20 misses on a machine that
# others use, too (51 of 52 diagnoses with two loops beside them); six misses at once come by chance in less than 1 of
# 200 runs, three in 1 of 6.
VERDICTS, DIAGNOSES = 20, 21


def run(tools, tally):
    go = tools.goroot / "bin/go"
    for script, what, floor in (("check.sh", "verdicts right", VERDICTS), ("diagnose.sh", "diagnoses right", DIAGNOSES)):
        done = tools.run(PROGRAMS / script, tools.godiag, go, "2")
        text = done.stdout.decode(errors="replace")
        print(text + done.stderr.decode(errors="replace"))
        right = re.search(r"^(\d+) right, \d+ wrong$", text, re.MULTILINE)
        tally.count(what, int(right[1]) if right else 0)
        tally.at_least(what, floor)
