#!/usr/bin/env python3
"""What godiag salvages of traces that were cut, against what Go reads before its error, and against the whole trace.

usage: salvage.py TRACEDUMP GODIAG CUTS FILE…

Each file is cut at CUTS places, spread over its bytes; with 0 it is read as it is (a trace of a killed process, whose
whole nobody has). Of each cut godiag must give every event that Go gives, in Go's order, and after them only events
that the whole trace has too: the same change of the same goroutine or proc by the same thread, in the same order on
each thread. Their texts and stacks may be missing: the tables stand behind the events. Of a trace before 1.22 Go reads
nothing if it is cut, and where goroutines and procs began may be lost, and with the stacks which wakes are the network
poller's: there each event must be one of the whole trace's, in any order, on any proc and from any state. Prints counts;
exits 1 at the first difference.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile


def lines_of(*command):
    """The events as lines. The dump shows arguments of experiments as Go prints them."""
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return re.sub(rb"Value\{Uint64\((\d+)\)\}", rb"\1", output).splitlines()


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


def check_v1(name, ours, whole):
    """How many events were kept; all of them are the whole trace's."""
    if not ours or b'"eof"' not in ours[-1]:
        sys.exit("%s: salvage fails: %s" % (name, ours[-1:]))
    left = collections.Counter(map(change, whole))
    for line in ours[:-1]:
        event = change(line)
        left[event] -= 1
        if event and left[event] < 0 and b'"from":"Undetermined"' not in line:
            sys.exit("%s: the whole trace contradicts\n%s" % (name, line))
    return len(ours) - 1


def change(line):
    """What happens to whom; nothing for syncs and samples."""
    event = json.loads(line.decode("utf-8", "surrogateescape"))
    if event.get("k") in (None, "Sync", "StackSample"):
        return None
    return tuple(str(event.get(key)) for key in ("k", "g", "res", "to", "id", "value"))


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
        v1 = data[:7] < b"go 1.22"
        salvaged = ["--salvage"] if v1 else []
        lines = lines_of(godiag, "trace", "events", "--json", *salvaged, path) if cuts else []
        whole = Whole(lines) if cuts and not v1 else None
        more = 0
        places = [len(data) * (2 * i + 1) // (2 * cuts) for i in range(cuts)] or [len(data)]
        with tempfile.NamedTemporaryFile(suffix=".trace") as cut:
            for place in places:
                cut.seek(0)
                cut.truncate()
                cut.write(data[:place])
                cut.flush()
                ours = lines_of(godiag, "trace", "events", "--json", "--salvage", cut.name)
                if v1:
                    more += check_v1("%s cut at %d" % (name, place), ours, lines)
                    continue
                go = lines_of(tracedump, cut.name)
                more += check("%s cut at %d" % (name, place), go, ours, whole)
        kept = "%d events, all of them the whole trace's" if v1 else "every event of Go, and %d more"
        print("  %s: %d places, %s" % (name, len(places), kept % more))


main()
