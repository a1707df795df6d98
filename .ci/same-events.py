#!/usr/bin/env python3
"""Compares two files of events as JSON lines: Go's, then godiag's. Prints one word, exits 1 on a difference.

same      every line is equal, and both end the same way: with the trace, or with an error
later     both end with an error; godiag gives more events before it (a malformed event is an error where it
          stands, not one event of its thread earlier), and those that both give are equal
stricter  Go reads to the end, godiag refuses (only with --strict: inputs made to be wrong); prints godiag's error
"""
import json
import re
import sys


def event(line):
    """The event of a line. The dump shows arguments of experiments as Go prints them."""
    line = re.sub(rb'Value\{Uint64\((\d+)\)\}', rb"\1", line)
    return json.loads(line.decode("utf-8", "surrogateescape")) if line else {}


def main():
    strict = sys.argv[1] == "--strict"
    go, ours = [open(name, "rb") for name in sys.argv[-2:]]
    count = 0
    while True:
        a, b = go.readline(), ours.readline()
        if a == b:
            if not a:
                sys.exit("no last line")
            count += 1
            if a.strip() == b'{"eof":true}':
                return print("same", count)
            continue
        x, y = event(a), event(b)
        if x == y:
            count += 1
            if "eof" in x:
                return print("same", count)
            continue
        go_failed, ours_failed = "error" in x or "open_error" in x, "error" in y or "open_error" in y
        if go_failed and ours_failed:
            return print("same", count)
        if not x and strict:
            return print("stricter", count, "Go's accessors panic")
        if go_failed and "eof" not in y:
            last = y
            for line in ours:
                last = event(line)
            if "error" in last:
                return print("later", count)
            sys.exit("Go fails at line %d, godiag reads to the end: %s" % (count + 1, a[:200]))
        if strict and x.get("k") == "Sync" and "clock" not in x and "clock" in y:
            # The same on Go's side: it drops a generation that godiag gives before the error behind it.
            x = event(go.readline())
            go_failed = "error" in x
            if go_failed:
                for line in ours:
                    y = event(line)
                if "error" in y:
                    return print("later", count)
                sys.exit("Go fails at line %d, godiag reads to the end: %s" % (count + 1, x))
        if strict and y.get("k") == "Sync" and "clock" not in y:
            # Of a generation that is refused only the sync before the error is given.
            y = event(ours.readline())
            ours_failed = "error" in y
        if ours_failed and strict:
            for line in go:
                a = line
            if b'"error"' not in a:
                return print("stricter", count, y.get("error") or y.get("open_error"))
        sys.exit("line %d differs:\n%s\n%s" % (count + 1, a[:2000].decode("utf-8", "replace"), b[:2000].decode("utf-8", "replace")))


main()
