"""Counts what a comparison finds: what is equal, which named differences it met, what differs without a name."""

import collections
import pathlib
import sys
import threading
import tomllib

TABLE = pathlib.Path(__file__).with_name("differences.toml")


def differences():
    """The rows of the table, each with its name, its reason, and the comparisons that may meet it."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["difference"]


class Tally:
    """The findings of one comparison."""

    def __init__(self, check):
        self.counts = collections.Counter()
        self.allowed = {row["name"]: row for row in differences() if check in row["checks"]}
        self.met = collections.Counter()
        self.unexplained = 0
        self.lock = threading.Lock()

    def count(self, what, number=1):
        """Counts what holds: `what` says it in words, such as `traces equal`."""
        with self.lock:
            self.counts[what] += number

    def allow(self, name):
        """Counts a difference that the table names for this comparison."""
        if name not in self.allowed:
            raise KeyError(f"{TABLE.name} allows no difference {name} here")
        with self.lock:
            self.met[name] += 1

    def named_for(self, key, value):
        """The difference whose patterns under `key` match `value`, if one does."""
        for name, row in self.allowed.items():
            if any(pathlib.PurePath(value).match(pattern) for pattern in row.get(key, [])):
                return name
        return None

    def differs(self, message):
        """Reports a difference that has no name; the comparison fails at its end."""
        with self.lock:
            self.unexplained += 1
            print(f"DIFFERS {message}", flush=True)

    def expect(self, what, ours, theirs):
        """Reports `what` unless both are equal."""
        if ours != theirs:
            self.differs(f"{what}: {str(ours)[:500]}, not {str(theirs)[:500]}")
        return ours == theirs

    def at_least(self, what, floor):
        """Fails a comparison that compares too little to mean anything."""
        if self.counts[what] < floor:
            self.differs(f"only {self.counts[what]} {what}, and at least {floor} are wanted")

    def report(self):
        """Prints the counts, and says whether everything is equal or named."""
        for what, count in self.counts.items():
            print(f"{count} {what}")
        for name in self.allowed:
            print(f"  {name}: {self.met[name]}" if self.met[name] else f"  {name}: not met in this run")
        print(f"{self.unexplained} differences without a name")
        sys.stdout.flush()
        return self.unexplained == 0
