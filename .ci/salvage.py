#!/usr/bin/env python3
"""What godiag salvages of traces that were cut, against what Go reads before its error, and against the whole trace.

usage: salvage.py TRACEDUMP GODIAG CUTS FILE…

Each file is cut at CUTS places, spread over its bytes; with 0 it is read as it is (a trace of a killed process, whose
whole nobody has). Of each cut godiag must give every event that Go gives, in Go's order, and after them only events
that the whole trace has too: the same change of the same goroutine or proc by the same thread, in the same order on
each thread. Their texts and stacks may be missing: the tables stand behind the events. Prints counts; exits 1 at the
first difference.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile


def lines_of(*command):
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return output.splitlines()


def is_end(line):
    return line.startswith((b'{"eof"', b'{"error"', b'{"open_error"'))


def what(line):
    """The thread of an event, and what it says without texts, stacks and times; nothing for syncs and samples."""
    event = json.loads(line.decode("utf-8", "surrogateescape"))
    if event["k"] in ("Sync", "StackSample"):
        return None
    return event["m"], tuple(str(event.get(key)) for key in ("k", "g", "p", "res", "from", "to", "id", "value"))


class Whole:
    """The events of the whole trace: its lines, what each says, and what happened on each thread, in order."""

    def __init__(self, lines):
        self.lines = [line for line in lines if not is_end(line)]
        self.events = [what(line) for line in self.lines]
        self.threads = {}
        for thread, event in filter(None, self.events):
            self.threads.setdefault(thread, []).append(event)


def check(name, go, ours, whole):
    """How many events more than Go were kept."""
    if go and is_end(go[-1]):
        if b'"eof"' in go[-1]:
            go = go[:-1]
        else:
            # Go gives an empty sync before an error.
            go = go[:-2] if len(go) > 1 and b'"k":"Sync"' in go[-2] and b'"clock"' not in go[-2] else go[:-1]
    if not ours or b'"eof"' not in ours[-1]:
        sys.exit("%s: salvage fails: %s" % (name, ours[-1:]))
    ours = ours[:-1]
    if ours[: len(go)] != go:
        at = next((i for i, line in enumerate(go) if i >= len(ours) or ours[i] != line), 0)
        sys.exit("%s: Go's event %d is missing:\n%s\n%s" % (name, at, go[at], ours[at : at + 1]))
    if whole is not None:
        equal = 0
        while equal < len(ours) and equal < len(whole.lines) and ours[equal] == whole.lines[equal]:
            equal += 1
        # What is kept of a thread is what the whole trace has of it, up to some point.
        kept = collections.Counter(event[0] for event in whole.events[:equal] if event)
        for line in ours[equal:]:
            event = what(line)
            if event:
                thread, real = event[0], whole.threads.get(event[0], [])
                if kept[thread] >= len(real) or real[kept[thread]] != event[1]:
                    sys.exit("%s: the whole trace contradicts\n%s" % (name, line))
                kept[thread] += 1
    return len(ours) - len(go)


def main():
    tracedump, godiag, cuts = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for path in sys.argv[4:]:
        data = open(path, "rb").read()
        name = os.path.basename(path)
        whole = Whole(lines_of(godiag, "trace", "events", "--json", path)) if cuts else None
        more = 0
        places = [len(data) * (2 * i + 1) // (2 * cuts) for i in range(cuts)] or [len(data)]
        with tempfile.NamedTemporaryFile(suffix=".trace") as cut:
            for place in places:
                cut.seek(0)
                cut.truncate()
                cut.write(data[:place])
                cut.flush()
                go = lines_of(tracedump, cut.name)
                ours = lines_of(godiag, "trace", "events", "--json", "--salvage", cut.name)
                more += check("%s cut at %d" % (name, place), go, ours, whole)
        print("  %s: %d places, every event of Go, and %d more" % (name, len(places), more))


main()
