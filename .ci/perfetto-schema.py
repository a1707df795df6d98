"""Decodes exports with Perfetto's own schema, as its Python package has it.

usage: perfetto-schema.py GODIAG FILE.trace…

Nothing may be unknown to the schema, slices nest on each track, and the time that goroutines run is that of `godiag trace summary`.
"""
import json, subprocess, sys

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

godiag, files = sys.argv[1], sys.argv[2:]
slices = 0
for file in files:
    trace = Trace.FromString(subprocess.check_output([godiag, "trace", "export", file]))
    size = trace.ByteSize()
    trace.DiscardUnknownFields()
    if trace.ByteSize() != size:
        sys.exit("%s: %d bytes that the schema does not know" % (file, size - trace.ByteSize()))
    names, tracks, stacks, running = {}, {}, {}, 0
    for packet in trace.packet:
        names.update((name.iid, name.name) for name in packet.interned_data.event_names)
        if packet.HasField("track_descriptor"):
            tracks[packet.track_descriptor.uuid] = packet.track_descriptor
        if not packet.HasField("track_event"):
            continue
        event = packet.track_event
        stack = stacks.setdefault(event.track_uuid, [])
        assert event.track_uuid in tracks, "a track without a descriptor"
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            stack.append((packet.timestamp, names[event.name_iid]))
            slices += 1
        elif event.type == TrackEvent.TYPE_SLICE_END:
            began, name = stack.pop()
            assert packet.timestamp >= began, "a slice that ends before it begins"
            running += (packet.timestamp - began) * (name == "Running")
        elif event.type == TrackEvent.TYPE_COUNTER:
            assert tracks[event.track_uuid].HasField("counter"), "a counter on a track for slices"
    assert not any(stacks.values()), "a slice that does not end"
    summary = json.loads(subprocess.check_output([godiag, "trace", "summary", "--json", file]))
    executed = sum(group["stats"]["exec"] for group in summary["groups"])
    assert running == executed > 0, "%s: %d ns of slices, %d ns in the summary" % (file, running, executed)
print("%d exports decode with Perfetto's schema: %d slices" % (len(files), slices))
