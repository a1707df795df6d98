"""What is salvaged of cut traces: every event that Go reads before its error, and no event that the whole does not have.

Each trace is cut at 100 offsets, spread over its bytes; traces of killed processes, whose whole nobody has, are read as
they are. godiag must give every event that Go gives, in Go's order, and after them only events that the whole trace
has too: the same change of the same goroutine or proc by the same thread, in the same order on each thread. Their
texts and stacks may be missing: the tables come after the events.

Of a cut trace before Go 1.22 Go reads nothing. Where goroutines and procs began may be lost, and with the stacks which
wakes are the network poller's: there each event must be one of the whole trace's, in any order, on any proc and from
any state.
"""

import collections
import json
import re
from concurrent.futures import ThreadPoolExecutor

import trace_lines

CUTS = 100


def run(tools, tally):
    recorded = tools.samples / "trace/recorded"
    for file in sorted(recorded.glob("kill-1.2[2-9]*.trace")):
        traces_from_1_22(tools, tally, file, cuts=0)
    cut = [recorded / name for name in ("crash-1.23.9.trace", "wl-1.25.5.trace", "wl-1.27.3.trace")]
    old = [recorded / name for name in ("crash-1.21.13.trace", "wl-1.19.trace")]
    jobs = [(traces_from_1_22, file) for file in cut] + [(traces_before_1_22, file) for file in old]
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(check, tools, tally, file, CUTS) for check, file in jobs]:
            done.result()
    refused_by_go(tools, tally, recorded)
    tally.at_least("cuts agree with Go and with the whole", 500)


def refused_by_go(tools, tally, recorded):
    """Whole files before Go 1.22 that Go refuses: something is lost of each, and the rest is read."""
    for name in ("wl-1.21.13", "kill-1.21.13", "crash-1.21.13", "wl-1.19"):
        done = tools.ours("trace", "events", "--salvage", "--count", recorded / f"{name}.trace")
        kept = re.search(rb"^ *(\d+) events$", done.stdout, re.M)
        if done.returncode == 0 or not kept:
            tally.differs(f"{name}: nothing lost?")
            continue
        print(f"  {name}: {kept[1].decode()} events salvaged")
        tally.count("events salvaged of files that Go refuses", int(kept[1]))


def traces_from_1_22(tools, tally, file, cuts):
    whole = Whole(events(tools, file)) if cuts else None
    go_dump = tools.work / f"{file.name}.go"
    more = 0
    for cut, name in pieces(tools, file, cuts):
        ours = events(tools, cut, "--salvage")
        tools.dump(cut, go_dump)
        go = [trace_lines.plain(line) for line in go_dump.read_bytes().splitlines()]
        try:
            more += more_than_go(before_error(go), salvaged(ours), whole)
            tally.count("cuts agree with Go and with the whole" if cuts else "traces of killed processes")
        except trace_lines.Differs as error:
            tally.differs(f"{name}: {error}")
    print(f"  {file.name}: {more} events more than Go gives", flush=True)


def traces_before_1_22(tools, tally, file, cuts):
    whole = events(tools, file, "--salvage")
    kept = 0
    for cut, name in pieces(tools, file, cuts):
        try:
            kept += kept_of_whole(salvaged(events(tools, cut, "--salvage")), whole)
            tally.count("cuts agree with Go and with the whole")
        except trace_lines.Differs as error:
            tally.differs(f"{name}: {error}")
    print(f"  {file.name}: {kept} events, all of them the whole trace's", flush=True)


def pieces(tools, file, cuts):
    """The file, cut at each offset in turn, with a name for messages."""
    data = file.read_bytes()
    piece = tools.work / f"{file.name}.cut"
    for offset in [len(data) * (2 * i + 1) // (2 * cuts) for i in range(cuts)] or [len(data)]:
        piece.write_bytes(data[:offset])
        yield piece, f"{file.name} cut at {offset}"


def events(tools, file, *options):
    """godiag's events as lines."""
    return [trace_lines.plain(line) for line in tools.ours("trace", "events", "--json", *options, file).stdout.splitlines()]


def salvaged(lines):
    """The events that were salvaged."""
    if not lines or b'"eof"' not in lines[-1]:
        raise trace_lines.Differs(f"salvage fails: {lines[-1:]}")
    return lines[:-1]


def is_end(line):
    return line.startswith((b'{"eof"', b'{"error"', b'{"open_error"'))


def before_error(go):
    """Go's events without its last line, and without the empty sync that it gives before an error."""
    if not go or not is_end(go[-1]):
        return go
    bare = b'"eof"' not in go[-1] and len(go) > 1 and b'"k":"Sync"' in go[-2] and b'"clock"' not in go[-2]
    return go[:-2] if bare else go[:-1]


class Whole:
    """The events of the whole trace: its lines, what each says, and what happened on each thread, in order."""

    def __init__(self, lines):
        self.lines = [line for line in lines if not is_end(line)]
        self.events = [on_thread(line) for line in self.lines]
        self.threads = {}
        for thread, event in filter(None, self.events):
            self.threads.setdefault(thread, []).append(event)


def more_than_go(go, ours, whole):
    """How many events more than Go gives were kept; all of Go's are there, and none contradicts the whole trace."""
    if ours[:len(go)] != go:
        index = next((i for i, line in enumerate(go) if i >= len(ours) or ours[i] != line), 0)
        raise trace_lines.Differs(f"Go's event {index} is missing:\n{go[index]}\n{ours[index:index + 1]}")
    if whole is not None:
        equal = 0
        while equal < len(ours) and equal < len(whole.lines) and ours[equal] == whole.lines[equal]:
            equal += 1
        # What is kept of a thread is what the whole trace has of it, up to some event.
        kept = collections.Counter(event[0] for event in whole.events[:equal] if event)
        for line in ours[equal:]:
            event = on_thread(line)
            if event:
                thread, real = event[0], whole.threads.get(event[0], [])
                if kept[thread] >= len(real) or real[kept[thread]] != event[1]:
                    raise trace_lines.Differs(f"the whole trace contradicts\n{line}")
                kept[thread] += 1
    return len(ours) - len(go)


def kept_of_whole(ours, whole):
    """How many events were kept; all of them are the whole trace's."""
    left = collections.Counter(map(change, whole))
    for line in ours:
        event = change(line)
        left[event] -= 1
        if event and left[event] < 0 and b'"from":"Undetermined"' not in line:
            raise trace_lines.Differs(f"the whole trace contradicts\n{line}")
    return len(ours)


def on_thread(line):
    """The thread of an event, and what it says without texts, stacks and times; nothing for syncs and samples."""
    event = trace_lines.event(line)
    if event["k"] in ("Sync", "StackSample"):
        return None
    return event["m"], tuple(str(event.get(key)) for key in ("k", "g", "p", "res", "from", "to", "id", "value"))


def change(line):
    """What happens to whom; nothing for syncs and samples."""
    event = json.loads(line.decode("utf-8", "surrogateescape"))
    if event.get("k") in (None, "Sync", "StackSample"):
        return None
    return tuple(str(event.get(key)) for key in ("k", "g", "res", "to", "id", "value"))
