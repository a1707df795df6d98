"""The programs that are compared, and where samples lie."""

import dataclasses
import functools
import json
import os
import pathlib
import subprocess

GO = "1.27.3"


@dataclasses.dataclass
class Tools:
    """Paths of one run; `work` is a folder of the comparison's own."""

    godiag: pathlib.Path
    cache: pathlib.Path
    shared: pathlib.Path
    work: pathlib.Path

    @property
    def samples(self):
        return self.shared / "samples"

    @property
    def goroot(self):
        """The toolchain whose tools are the reference."""
        return self.cache / "go" / GO / "go"

    def oracle(self, name):
        """A program that `.ci/install oracle` built: `tracedump`, `tracesummary`, `workload`, `pprof`, `trace`."""
        return self.cache / f"bin-{GO}" / name

    def toolchain(self, version):
        """The GOROOT of another version."""
        return self.cache / "go" / version / "go"

    @functools.cached_property
    def toolchains(self):
        """Version and GOROOT of every toolchain, oldest first."""
        roots = [(path.name, path / "go") for path in (self.cache / "go").iterdir() if (path / "go/bin/go").exists()]
        return sorted(roots, key=lambda root: [int(number) for number in root[0].split(".")])

    def environment(self, **more):
        """The environment of Go's tools."""
        fixed = {"GOTOOLCHAIN": "local", "GOFLAGS": "", "TZ": "UTC", "LC_ALL": "C", "GOROOT": str(self.goroot)}
        fixed.update(GOCACHE=str(self.cache / "gocache"), PPROF_TMPDIR=str(self.work), HOME=str(self.work))
        return os.environ | fixed | {name: str(value) for name, value in more.items()}

    def run(self, *command, into=None, **more):
        """Runs a command and gives what it printed and its exit code; `into` is a file for standard output."""
        more.setdefault("env", self.environment())
        command = [str(word) for word in command]
        if into is None:
            return subprocess.run(command, capture_output=True, check=False, **more)
        with open(into, "wb") as out:
            return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False, **more)

    def ours(self, *arguments, into=None, **more):
        """Runs godiag."""
        return self.run(self.godiag, *arguments, into=into, **more)

    def output(self, *command, **more):
        """What a command prints that must succeed."""
        done = self.run(*command, **more)
        if done.returncode:
            words = " ".join(map(str, command))
            raise RuntimeError(f"{words}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')[:2000]}")
        return done.stdout

    def our_json(self, *arguments):
        """What godiag prints as JSON."""
        return json.loads(self.output(self.godiag, *arguments))

    def dump(self, trace, into, *options):
        """Go's events of a trace as lines of JSON. The last line says how reading ended."""
        return self.run(self.oracle("tracedump"), trace, *options, into=into)
