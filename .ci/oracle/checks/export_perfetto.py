"""Perfetto exports, decoded with Perfetto's own schema.

Nothing may be unknown to the schema, slices nest on each track, and the time that goroutines run is that of
`godiag trace summary`.
"""

import sys


def run(tools, tally):
    sys.path.insert(0, str(tools.cache / "python"))
    from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as schema

    for file in sorted((tools.samples / "diagnose/out/1.27.3").glob("*.trace")):
        trace = schema.Trace.FromString(tools.output(tools.godiag, "trace", "export", file))
        size = trace.ByteSize()
        trace.DiscardUnknownFields()
        tally.expect(f"{file.name}: bytes known to the schema", trace.ByteSize(), size)
        problems, slices, running = replay(trace, schema.TrackEvent)
        for problem in problems:
            tally.differs(f"{file.name}: {problem}")
        summary = tools.our_json("trace", "summary", "--json", file)
        executed = sum(group["stats"]["exec"] for group in summary["groups"])
        tally.expect(f"{file.name}: some time is run", executed > 0, True)
        if tally.expect(f"{file.name}: nanoseconds run", running, executed) and not problems:
            tally.count("exports decode")
            tally.count("slices nest", slices)
    tally.at_least("exports decode", 20)


def replay(trace, event_types):
    """What is wrong with the packets, how many slices there are, and how long goroutines run."""
    problems, names, tracks, stacks = set(), {}, {}, {}
    slices = running = 0
    for packet in trace.packet:
        names.update((name.iid, name.name) for name in packet.interned_data.event_names)
        if packet.HasField("track_descriptor"):
            tracks[packet.track_descriptor.uuid] = packet.track_descriptor
        if not packet.HasField("track_event"):
            continue
        event = packet.track_event
        stack = stacks.setdefault(event.track_uuid, [])
        if event.track_uuid not in tracks:
            problems.add("a track without a descriptor")
        if event.type == event_types.TYPE_SLICE_BEGIN:
            stack.append((packet.timestamp, names[event.name_iid]))
            slices += 1
        elif event.type == event_types.TYPE_SLICE_END:
            began, name = stack.pop()
            if packet.timestamp < began:
                problems.add("a slice that ends before it begins")
            running += (packet.timestamp - began) * (name == "Running")
        elif event.type == event_types.TYPE_COUNTER and not tracks[event.track_uuid].HasField("counter"):
            problems.add("a counter on a track for slices")
    if any(stacks.values()):
        problems.add("a slice that does not end")
    return problems, slices, running
