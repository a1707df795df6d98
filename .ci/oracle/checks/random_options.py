"""A thousand random combinations of options of `godiag pprof` against `go tool pprof`.

The option matrix of `reports` takes one or two options at a time; here up to five meet, over profiles and columns drawn
from all samples. The seed is fixed, so that every run compares the same; ORACLE_SEED takes another.
"""

import os
import random
import re

from checks.profile_reports import REPORTS, SLOW, Case, Job, Tool, compare_all

SEED = int(os.environ.get("ORACLE_SEED", "20261129"))
PROFILES, CASES = 50, 20

# How often each report is drawn.
WEIGHTS = dict(zip(REPORTS, [6, 4, 2, 2, 2, 2, 0, 2, 4, 2, 2], strict=True))
# One of each row may be drawn; the tool splits files at random, and so there is no granularity=files.
POOL = [
    ["granularity=filefunctions", "granularity=lines", "granularity=addresses"],
    ["noinlines=true"], ["showcolumns=true"], ["sort=cum"], ["mean=true"], ["trim=false"], ["compact_labels=true"],
    ["divide_by=2", "divide_by=0.5", "divide_by=1000"],
    ["unit=auto", "unit=ms", "unit=s", "unit=kB", "unit=MB", "unit=count"],
    ["nodecount=1", "nodecount=4", "nodecount=30"],
    ["nodefraction=0", "nodefraction=0.02", "nodefraction=0.3"],
    ["edgefraction=0", "edgefraction=0.02", "edgefraction=0.3"],
    ["drop_negative=true"], ["call_tree=true"], ["relative_percentages=true"],
]
FILTERS = ["focus", "ignore", "hide", "show", "show_from", "prune_from"]
LABELS = ["tagfocus", "tagignore", "tagshow", "taghide", "tagroot", "tagleaf"]
WORDS = ["main", r"^runtime\.", "mallocgc|newobject", "(?i)HTTP", r"\.go", "alloc.*", "no such name", "[a-m]ain", "ssa", "gc"]
TAGS = {
    "tagfocus": ["handler", "handler=burn,serve", ":64kb", "1kb:", "bytes=16:4096", "tenant=.*"],
    "tagshow": ["bytes", "handler|tenant", "x"],
    "tagroot": ["handler", "bytes", "handler,tenant", "nothing"],
}


def run(tools, tally):
    tool, dice = Tool(tools, tally), random.Random(SEED)
    files = [str(file) for file in tools.samples.rglob("*") if re.search(r"\.(pb|pb\.gz|pprof)$", file.name)]
    # What is malformed and what takes minutes has no options to compare.
    files = sorted(file for file in files if not SLOW.search(file) and "/malformed/" not in file and "/hostile/" not in file)
    jobs = [Job(number, file, cases(dice, tool.columns(file)), [])
            for number, file in enumerate(dice.sample(files, min(PROFILES, len(files))))]
    compare_all(tool, jobs, "combinations equal")
    tally.at_least("combinations equal", 700)


def cases(dice, columns):
    return [case(dice, columns) for _ in range(CASES)]


def case(dice, columns):
    options = [dice.choice(row) for row in dice.sample(POOL, dice.randint(0, 3))]
    names = dice.sample(FILTERS, dice.choice([0, 0, 1, 1, 2])) + dice.sample(LABELS, dice.choice([0, 0, 0, 1]))
    options += [f"{name}={value(dice, name)}" for name in names]
    column = dice.randrange(columns) if columns > 1 and dice.random() < 0.4 else None
    return Case(dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0], tuple(options), column)


def value(dice, name):
    if name in FILTERS:
        return dice.choice(WORDS)
    return dice.choice(TAGS[{"tagignore": "tagfocus", "taghide": "tagshow", "tagleaf": "tagroot"}.get(name, name)])
