"""Sick and healthy services whose cause is known: how many diagnoses are right, as the samples' own checker scores."""

import json
import sys

# The score of 28 November 2026, never to fall. Raise it with each rule that finds more.
RIGHT, RIGHT_KIND, SILENT, MUST_NOT = 13, 13, 3, 0


def run(tools, tally):
    folder = tools.samples / "scenarios"
    programs = sorted(file.parent for file in folder.glob("*/truth.json"))
    score = tools.work / "score.json"
    done = tools.run(sys.executable, folder / "check.py", tools.godiag, "--json", score, *programs)
    print(done.stdout.decode())
    rows = json.loads(score.read_bytes())
    sick = [row for row in rows if row["healthy"] is False]
    healthy = [row for row in rows if row["healthy"]]
    tally.expect("programs scored", len(sick) + len(healthy), len(programs))
    tally.count("right causes", sum(row["ok"] for row in sick))
    tally.count("right causes of the right kind", sum(bool(row.get("strict")) for row in sick))
    tally.count("healthy programs without a warning", sum(row["ok"] for row in healthy))
    tally.at_least("right causes", RIGHT)
    tally.at_least("right causes of the right kind", RIGHT_KIND)
    tally.at_least("healthy programs without a warning", SILENT)
    false_statements = [f"{row['name']}: {statement}" for row in rows for statement in row["must_not"]]
    programs_wrong = sum(bool(row["must_not"]) for row in rows)
    if programs_wrong > MUST_NOT:
        tally.differs(f"{programs_wrong} programs have a statement that is false, {MUST_NOT} before: {false_statements}")
