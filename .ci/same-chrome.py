#!/usr/bin/env python3
"""Compares two files of Chrome's JSON trace format. usage: same-chrome.py OURS GOS

Stack and arrow numbers may differ, and so may the order in which Go writes what it keeps in maps.
"""
import collections
import gzip
import json
import sys


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def canonical(trace):
    frames, events, arrows = trace["stackFrames"], collections.Counter(), {}

    def stack(number):
        names = []
        while number and str(number) in frames:
            frame = frames[str(number)]
            names.append(frame["name"])
            number = frame.get("parent", 0)
        return names

    for event in trace["traceEvents"]:
        for key in ("sf", "esf"):
            if key in event:
                event[key] = stack(event[key])
        number = event.pop("id", None)
        text = json.dumps(event, sort_keys=True)
        if number is None:
            events[text] += 1
        else:
            # Arrows and regions are numbered apart.
            arrows.setdefault((number, event.get("cat")), []).append(text)
    for pair in arrows.values():
        events["|".join(pair)] += 1
    return events


ours, gos = canonical(load(sys.argv[1])), canonical(load(sys.argv[2]))
for sign, rest in (("+", ours - gos), ("-", gos - ours)):
    for text in list(rest)[:3]:
        print(sign, text[:400])
if ours != gos:
    sys.exit(f"{sum((ours - gos).values())} events only ours, {sum((gos - ours).values())} only Go's")
print(f"{sum(ours.values())} events equal")
