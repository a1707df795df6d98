"""The text form of traces as Go writes it and back to the same, and their footprints."""

import pathlib


def run(tools, tally):
    recorded = [file for file in (tools.samples / "trace/recorded").glob("*.trace") if "-1.2" in file.name]
    files = [file for file in recorded if any(f"-1.2{minor}" in file.name for minor in range(3, 8))]
    files += [file for file in (tools.samples / "diagnose/out").rglob("*.trace") if file.stat().st_size <= 2 << 20]
    for file in sorted(files):
        compare(tools, tally, file)
    tally.at_least("texts equal", 40)


def compare(tools, tally, file):
    text, binary = tools.work / "ours.txt", tools.work / "back.trace"
    tools.ours("trace", "raw", file, into=text)
    ours = text.read_bytes()
    go = tools.run(tools.oracle("trace"), "-d=wire", file)
    body = ours.partition(b"\n")[2]
    if go.stderr:
        # Go stops: up to there all is equal.
        tally.allow("text-of-experiments")
        lines = go.stdout.count(b"\n")
        start = b"".join(body.splitlines(keepends=True)[:lines])
        equal = tally.expect(f"{file.name}: text up to Go's error", start, go.stdout)
    else:
        equal = tally.expect(f"{file.name}: text", body, go.stdout)
        equal &= footprint(tools, tally, file)
    binary.write_bytes(tools.output(tools.godiag, "trace", "raw", "--to-binary", text))
    equal &= tally.expect(f"{file.name}: text of the binary of the text", tools.output(tools.godiag, "trace", "raw", binary), ours)
    if equal:
        tally.count("texts equal")


def footprint(tools, tally, file: pathlib.Path):
    """Whether bytes by kind of event are equal; Go's rows of zero events are left out."""
    rows = lambda text: sorted(line.split() for line in text.decode().splitlines()[2:])
    go = [row for row in rows(tools.output(tools.oracle("trace"), "-d=footprint", file)) if row[-2:-1] != ["0"]]
    return tally.expect(f"{file.name}: footprint", rows(tools.output(tools.godiag, "trace", "footprint", file)), go)
