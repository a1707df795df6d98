"""Compares two dumps of a trace's events, line by line: Go's, then godiag's.

equal     every line is equal, and both end the same way: with the trace, or with an error
later     both end with an error; godiag gives more events before it, and those that both give are equal
stricter  Go reads to the end, godiag refuses (allowed for inputs made to be wrong only)
"""

import dataclasses
import json
import re


class Differs(Exception):
    """Both dumps contradict each other."""


@dataclasses.dataclass
class Outcome:
    """How two dumps compare: `kind` is one of the words above, `lines` were equal, `error` is godiag's."""

    kind: str
    lines: int
    error: str = ""


def plain(line):
    """A line with the arguments of experiments as numbers; the dump has them as Go prints them."""
    return re.sub(rb"Value\{Uint64\((\d+)\)\}", rb"\1", line)


def event(line):
    """The event of a line; nothing after the last."""
    return json.loads(plain(line).decode("utf-8", "surrogateescape")) if line else {}


def failed(line):
    return "error" in line or "open_error" in line


def compare(go_path, ours_path, strict=False):
    """The outcome for two files; with `strict`, godiag may refuse what Go reads."""
    with open(go_path, "rb") as go, open(ours_path, "rb") as ours:
        return compare_lines(go, ours, strict)


def compare_lines(go, ours, strict):
    count = 0
    while True:
        a, b = go.readline(), ours.readline()
        if a == b:
            if not a:
                raise Differs("no last line")
            count += 1
            if a.strip() == b'{"eof":true}':
                return Outcome("equal", count)
            continue
        x, y = event(a), event(b)
        if x == y:
            count += 1
            if "eof" in x:
                return Outcome("equal", count)
            continue
        if failed(x) and failed(y):
            return Outcome("equal", count)
        if not x and strict:
            return Outcome("stricter", count, "Go's accessors panic")
        if failed(x) and "eof" not in y:
            return later(count, a, ours, y)
        if strict and x.get("k") == "Sync" and "clock" not in x and "clock" in y:
            # Go drops a generation that godiag gives before the error after it.
            a = go.readline()
            x = event(a)
            if failed(x):
                return later(count, a, ours, y)
        if strict and y.get("k") == "Sync" and "clock" not in y:
            # Of a generation that is refused, only the sync before the error is given.
            y = event(ours.readline())
        if strict and failed(y):
            for line in go:
                a = line
            if b'"error"' not in a:
                return Outcome("stricter", count, y.get("error") or y.get("open_error"))
        first, second = (line[:2000].decode("utf-8", "replace") for line in (a, b))
        raise Differs(f"line {count + 1} differs:\n{first}\n{second}")


def later(count, go_error, ours, last):
    """The outcome where Go has failed: godiag's rest must end with an error too."""
    for line in ours:
        last = event(line)
    if "error" in last:
        return Outcome("later", count)
    raise Differs(f"Go fails at line {count + 1}, godiag reads to the end: {go_error[:200]}")
