"""Compares godiag with Go's own tools, on files of the samples and on files recorded in this very run.

usage: python3 .ci/oracle [--list] [--design] [--jobs N] [CHECK…]

Without a name runs every check, N (2) at a time. A check prints what it counted, each difference that it met by the
name that differences.toml gives it, and each difference without a name; one of these makes it fail. GODIAG names the
binary (otherwise it is built), GODIAG_CI_CACHE the folder of the toolchains, GODIAG_SHARED the folder with the samples.
"""

import argparse
import contextlib
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import design
from tally import Tally
from tools import Tools

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Name and module, those that take long first.
CHECKS = {
    "trace": "trace_events",
    "reports": "profile_reports",
    "options": "random_options",
    "salvage": "trace_salvage",
    "asm": "compiler_output",
    "analyses": "trace_analyses",
    "trace-v1": "trace_v1",
    "trace-text": "trace_text",
    "check": "profile_check",
    "chrome": "export_chrome",
    "perfetto": "export_perfetto",
    "findings": "findings",
    "scenarios": "scenarios",
    "programs": "programs",
}


def module(check):
    return importlib.import_module(f"checks.{CHECKS[check]}")


def help_of(check):
    return f"{check:12} {module(check).__doc__.strip().splitlines()[0]}"


def arguments():
    listed = "\n".join(f"  {help_of(check)}" for check in CHECKS)
    parser = argparse.ArgumentParser(prog="python3 .ci/oracle", description=__doc__, epilog=f"checks:\n{listed}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="what to run; everything without one")
    parser.add_argument("--list", action="store_true", help="print each check with one line, and stop")
    parser.add_argument("--design", action="store_true", help="print DESIGN.md's list of differences, and stop")
    parser.add_argument("--jobs", type=int, default=2, help="checks at the same time (2)")
    chosen = parser.parse_args()
    unknown = [check for check in chosen.checks if check not in CHECKS]
    if unknown:
        parser.error(f"no check {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    return chosen


def built():
    """The binary that is compared."""
    if os.environ.get("GODIAG"):
        return pathlib.Path(os.environ["GODIAG"]).resolve()
    subprocess.run(["cargo", "build", "--release", "--features", "cli"], cwd=ROOT, check=True)
    return (ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/godiag").resolve()


def run_here(check, godiag):
    """Runs one check in this process."""
    with tempfile.TemporaryDirectory(prefix="godiag-oracle-") as work:
        tools = Tools(godiag=godiag, cache=cache(), shared=shared(), work=pathlib.Path(work))
        tally = Tally(check)
        try:
            module(check).run(tools, tally)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            tally.differs("the check itself failed")
        return tally.report()


def cache():
    default = pathlib.Path.home() / ".cache/godiag-ci"
    return pathlib.Path(os.environ.get("GODIAG_CI_CACHE", default)).resolve()


def shared():
    return pathlib.Path(os.environ.get("GODIAG_SHARED", ROOT.parent / "shared")).resolve()


def run_apart(check, godiag):
    """Runs one check in a process of its own, and prints what it printed once it is done."""
    began = time.monotonic()
    command = [sys.executable, HERE, check]
    done = subprocess.run(command, env=os.environ | {"GODIAG": str(godiag), "GODIAG_INSTALLED": "1"}, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode(errors="replace").splitlines()
    seconds = time.monotonic() - began
    print(f"--- {help_of(check)}\n" + "\n".join([*lines[-200:], f"exit code {done.returncode} after {seconds:.0f} s"]), flush=True)
    return done.returncode == 0


def main():
    chosen = arguments()
    if chosen.list:
        print("\n".join(map(help_of, CHECKS)))
        return True
    if chosen.design:
        print(design.text())
        return True
    if not os.environ.get("GODIAG_INSTALLED"):
        environment = os.environ | {"GODIAG_SHARED": str(shared()), "GODIAG_CI_CACHE": str(cache())}
        subprocess.run([HERE.parent / "install", "go", "oracle", "perfetto"], env=environment, check=True)
    godiag = built()
    if len(chosen.checks) == 1:
        return run_here(chosen.checks[0], godiag)
    checks = chosen.checks or list(CHECKS)
    with ThreadPoolExecutor(chosen.jobs) as pool:
        failed = [check for check, holds in zip(checks, pool.map(lambda check: run_apart(check, godiag), checks), strict=True)
                  if not holds]
    print(f"{len(checks) - len(failed)} comparisons hold" + (f"; these do not: {', '.join(failed)}" if failed else ""))
    return not failed


with contextlib.suppress(KeyboardInterrupt):
    sys.exit(0 if main() else 1)
